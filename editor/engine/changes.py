"""What a region is asked to look like: attributes moved by amounts, or a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from models.directions import Direction


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """What a region is to look like: the direct edit of k attributes at once.

    Attributes:
        directions: (3, k, channels), of each attribute the entangled step, the precise step and
            the normal.
        amounts: (n, k), how far each attribute is to move at each face, in standard deviations,
            none of them 0.
        correction: (n, channels), what is added to Δs_z so that other attributes stay, see
            ``constrained``; None for nothing.
    """

    directions: Tensor
    amounts: Tensor
    correction: Tensor | None = None

    @classmethod
    def of(
        cls, directions: Sequence[Direction], amounts: Sequence[float], faces: int = 1
    ) -> AttributeChange:
        """Several attributes moved by ``amounts``, the same at each of n faces."""
        stacked = stack(directions)
        return cls(stacked, stacked.new_tensor(list(amounts)).expand(faces, -1))

    @property
    def entangled(self) -> Tensor:
        """Δs_z (n, channels)."""
        step = self.amounts @ self.directions[0]
        return step if self.correction is None else step + self.correction

    @property
    def precise(self) -> Tensor:
        """Δs_n (n, channels)."""
        return self.amounts @ self.directions[1]

    @property
    def normals(self) -> Tensor:
        """(n, k, channels): normal · whitened Δs is the share of a goal that is reached."""
        return self.directions[2] / self.amounts[..., None]


def stack(directions: Sequence[Direction]) -> Tensor:
    """(3, k, channels), of each direction the entangled step, the precise step and the normal."""
    return torch.stack([torch.stack([d.entangled, d.precise, d.normal]) for d in directions], 1)


@dataclass(frozen=True, slots=True)
class TargetPicture:
    """What a region is to look like: a picture.

    Attributes:
        picture: (n, 3, r, r) in [−1, 1].
        coverage: (n, 1, r, r) in [0, 1], where it says anything.
    """

    picture: Tensor
    coverage: Tensor
