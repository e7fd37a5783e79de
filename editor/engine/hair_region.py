"""Hair's light in a region that holds other things as well: it falls on the hair that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.document.region import RegionMask

_NONE = 0.02  # of a region, or of all hair where that is less: a soft edge, a stray strand
_HARDLY_ANY = 0.1

COUNTS_AS_HAIR = "No hair was found in this region, so all of it counts as hair."
HARDLY_ANY = (
    "Hardly any hair was found in this region, and only that changes. Where hair was not found, "
    "brush it alone."
)


def hair_in(region: RegionMask, hair: RegionMask) -> RegionMask:
    """What of a region an edit of hair changes: its hair; all of it where none was seen.

    Args:
        region: of the edit, its opacity included.
        hair: of the head, as it was seen.
    """
    held = _held(region, hair)
    return region if _share(region, hair, held) < _NONE else held


def told_of(region: RegionMask, hair: RegionMask) -> str:
    """What to know of the hair in a region before it is changed; "" for nothing."""
    share = _share(region, hair, _held(region, hair))
    if share < _NONE:
        return COUNTS_AS_HAIR
    return HARDLY_ANY if share < _HARDLY_ANY else ""


def _held(region: RegionMask, hair: RegionMask) -> RegionMask:
    """The lesser of both, so that hair's own region stays what it is; at the region's opacity."""
    return region.common(hair.faded(region.alpha.max(initial=0) / 255))


def _share(region: RegionMask, hair: RegionMask, held: RegionMask) -> float:
    """How much hair there is, in parts of the region, or of all hair where that is less."""
    most = min(region.area, hair.area)
    return held.area / most if most else 0.0
