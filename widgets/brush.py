"""What is in the hand over the photo: the region's brush and eraser, or colour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.document.paint import Colour


@dataclass(frozen=True, slots=True)
class Brush:
    """The brush in hand.

    Attributes:
        radius: photo pixels.
        hardness: share of the radius that is fully opaque, 0…1.
        erase: takes away instead of adding.
        paint: strokes are colour over the photo, not region.
        colour: of the paint.
        opacity: of a stroke, above 0 up to 1.
        pressure_to_size, pressure_to_opacity: what a pen's pressure changes.
    """

    radius: float = 40.0
    hardness: float = 0.6
    erase: bool = False
    paint: bool = False
    colour: Colour = (190, 60, 70)
    opacity: float = 1.0
    pressure_to_size: bool = True
    pressure_to_opacity: bool = False

    def resized(self, radius: float) -> Brush:
        """With another radius, ½…2,000 photo pixels."""
        return replace(self, radius=min(2000.0, max(0.5, radius)))

    def hardened(self, hardness: float) -> Brush:
        """With another hardness."""
        return replace(self, hardness=min(1.0, max(0.0, hardness)))

    def dipped(self, colour: Colour) -> Brush:
        """A paint brush of that colour."""
        return replace(self, erase=False, paint=True, colour=colour)
