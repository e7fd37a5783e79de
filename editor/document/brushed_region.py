"""A region as it was brushed: hard, with the softness of its edge beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.document.region import RegionMask


@dataclass(frozen=True, slots=True)
class BrushedRegion:
    """What the user painted for one face, and how soft its edge is.

    Attributes:
        mask: as painted, not feathered.
        feather: inward softening, photo pixels.
    """

    mask: RegionMask
    feather: float

    def feathered(self) -> RegionMask:
        """What an edit gets."""
        return self.mask.feathered(self.feather)
