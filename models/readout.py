"""Attributes as EfficientNet-Lite0 sees them in a picture: linear in its maps, so with a gradient.

A ridge regression of the generator's measured samples on the first maps of their pictures
(``models/training/fit_directions.py`` fits it; held-out correlation 0.94 in the mean). Only
differences of maps are read: what a change of the picture changes in the attributes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from models.perceptual import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

MAPS = 3  # of Lite0, at strides 4, 8 and 16
GRID = 16  # cells a side at most, to which each is averaged


def described(maps: Sequence[Tensor]) -> list[Tensor]:
    """What is read of Lite0's maps over a grid, each (n, d_i)."""
    return [F.adaptive_avg_pool2d(m.float(), min(GRID, m.shape[-1])).flatten(1) for m in maps]


def described_width(side: int) -> int:
    """Numbers that are read of a picture of that side, all maps together."""
    strides = 4, 8, 16
    sides = (min(GRID, -(-side // stride)) for stride in strides)
    return sum(channels * cells**2 for channels, cells in zip(CHANNELS[:MAPS], sides, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What tells some attributes: differences of maps → their changes (n, k), sd.

    Attributes:
        weights: (d, k), standard deviations of an attribute's measure per feature.
    """

    weights: Tensor

    def __call__(self, maps: Sequence[Tensor]) -> Tensor:
        """(n, k)."""
        return torch.cat(described(maps), 1) @ self.weights


@dataclass(frozen=True, slots=True)
class AttributeReadout:
    """The regression.

    Attributes:
        names: of k attributes.
        weights: (d, k), standard deviations of an attribute's measure per feature.
    """

    names: tuple[str, ...]
    weights: Tensor

    def of(self, names: Sequence[str]) -> Reading:
        """What tells some of the attributes.

        Raises:
            ValueError: one of them is not among ``names``.
        """
        return Reading(self.weights[:, [self.names.index(name) for name in names]])
