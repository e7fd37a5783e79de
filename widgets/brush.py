"""What is in the hand over the photo: the region's brush and eraser, or colour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.document.paint import Colour


class Tool(Enum):
    """What the left button does over the photo."""

    BRUSH = "brush"
    LASSO = "lasso"
    POLYGON = "polygon"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    CLASS = "class"
    COLOUR = "colour"
    HEAL = "heal"

    @property
    def draws_shapes(self) -> bool:
        """Whether it encloses what it means."""
        return self in (Tool.LASSO, Tool.POLYGON, Tool.ELLIPSE, Tool.RECTANGLE)

    @property
    def is_round(self) -> bool:
        """Whether it draws strokes with a round tip."""
        return self in (Tool.BRUSH, Tool.HEAL)


@dataclass(frozen=True, slots=True)
class Brush:
    """The brush, or another tool, in hand.

    Attributes:
        tool: which; shapes take ``erase`` and ``opacity`` from here too.
        radius: photo pixels.
        hardness: share of the radius that is fully opaque, 0…1.
        erase: takes away instead of adding.
        paint: strokes are colour over the photo, not region.
        colour: of the paint.
        opacity: of a stroke, above 0 up to 1.
        pressure_to_size, pressure_to_opacity: what a pen's pressure changes.
        flow: how much one dab adds; below 1, strokes build up.
        smoothing: 0…1, how far the brush hangs behind the pointer, which draws calmer lines.
        follows: the region's strokes stop at edges of the picture and of what a face consists of.
        within: strokes of region and paint colour only that part of the face on which they begin.
    """

    radius: float = 40.0
    hardness: float = 0.6
    erase: bool = False
    paint: bool = False
    colour: Colour = (190, 60, 70)
    opacity: float = 1.0
    pressure_to_size: bool = True
    pressure_to_opacity: bool = False
    flow: float = 1.0
    smoothing: float = 0.0
    follows: bool = False
    within: bool = False
    tool: Tool = Tool.BRUSH

    def resized(self, radius: float) -> Brush:
        """With another radius, ½…2,000 photo pixels."""
        return replace(self, radius=min(2000.0, max(0.5, radius)))

    def hardened(self, hardness: float) -> Brush:
        """With another hardness."""
        return replace(self, hardness=min(1.0, max(0.0, hardness)))

    def dipped(self, colour: Colour) -> Brush:
        """A paint brush of that colour."""
        return replace(self, erase=False, paint=True, colour=colour, tool=Tool.BRUSH)

    def as_tool(self, tool: Tool, *, erase: bool = False, paint: bool = False) -> Brush:
        """With another tool; only the brush paints."""
        return replace(self, tool=tool, erase=erase, paint=paint)
