"""Feature matching of what pictures show of eyes, mouth and hair, at their full size."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from models.training.matching import FeatureMatching
from models.training.windows import WINDOWS, window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from models.perceptual import EfficientNetLite
    from models.training.dataset import Portraits

# How much what cut-outs show counts beside how they are drawn, of what it counts in whole faces:
# the pictures that exist at the full size are of other people than all of them together.
_DEEPEST = 0.5


class WindowMatching(nn.Module):
    """A :class:`FeatureMatching` for each of ``WINDOWS``; :meth:`learn` must follow."""

    def __init__(
        self, features: EfficientNetLite, bank: int, counts: Mapping[str, float] | None = None
    ) -> None:
        """Prepare.

        Args:
            features: frozen, with its head.
            bank: generated pictures that stand for all of them.
            counts: how much windows count, by name; 1 where nothing is said.
        """
        super().__init__()
        self._counts = [(counts or {}).get(name, 1.0) for name in WINDOWS]
        parts = [FeatureMatching(features, bank, deepest=_DEEPEST) for _ in WINDOWS]
        self.parts = nn.ModuleList(parts)

    def _parts(self) -> Iterator[FeatureMatching]:
        return (cast("FeatureMatching", part) for part in self.parts)

    def described(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """All windows of pictures, as ``windows`` cuts them → what is seen of each."""
        return next(self._parts()).described(x, dtype)

    def learn(self, portraits: Portraits, device: torch.device, dtype: torch.dtype) -> None:
        """Describe the windows of the training pictures, and of their mirror images."""
        for name, part in zip(WINDOWS, self._parts(), strict=True):
            part.learn(window(portraits.pixels, name), device, dtype, portraits.rows())

    def forward(self, described: Tensor) -> Tensor:
        """How much more alike generated windows are to generated than to real ones; scalar.

        The mean of the windows, each as much as it counts.
        """
        pairs = zip(self._counts, self._standardised(described), strict=True)
        weighted = [count * part(features) for count, (part, features) in pairs]
        return torch.stack(weighted).sum() / sum(self._counts)

    @torch.no_grad()
    def remember(self, described: Tensor) -> None:
        """Put generated pictures' descriptions in the place of the oldest."""
        for part, features in self._standardised(described):
            part.remember(features)

    def _standardised(self, described: Tensor) -> Iterator[tuple[FeatureMatching, Tensor]]:
        for part, some in zip(self._parts(), described.chunk(len(WINDOWS)), strict=True):
            yield part, part.standardised(some)
