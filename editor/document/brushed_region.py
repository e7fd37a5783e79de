"""A region as it was brushed: hard, with the softness of its edge beside it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace

from editor.document.region import RegionMask


def _new_id() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class BrushedRegion:
    """What the user brushed, and how soft its edge is.

    Regions are equal when they cover the same pixels alike; ``id`` says which one it is, through
    all strokes.

    Attributes:
        mask: as brushed, not feathered.
        feather: inward softening, photo pixels.
        id: unique; stays when the mask changes, and goes when another takes the mask's place.
        name: for people; "" for one that is not listed (``named_regions``).
        usual: the preset that a slider made it of while nothing was brushed; "" for a region that
            the user chose. It is one slider's, and makes way for the next one's.
    """

    mask: RegionMask
    feather: float
    id: str = field(default_factory=_new_id, compare=False)
    name: str = field(default="", compare=False)
    usual: str = field(default="", compare=False)

    def feathered(self) -> RegionMask:
        """What an edit gets."""
        return self.mask.feathered(self.feather)

    def with_mask(self, mask: RegionMask, usual: str = "") -> BrushedRegion:
        """The same region, brushed otherwise: by the user, or as a slider's ``usual`` preset."""
        return replace(self, mask=mask, usual=usual)

    def anew(self, mask: RegionMask, usual: str = "") -> BrushedRegion:
        """Another region in the place of this one, as soft: one with a name is not changed."""
        return BrushedRegion(mask, self.feather, usual=usual)

    def emptied(self) -> BrushedRegion:
        """Nothing in the place of this one."""
        return self.anew(RegionMask.empty(self.mask.width, self.mask.height))
