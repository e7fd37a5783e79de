"""What is painted over the photo on the canvas, the stroke being drawn included."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from editor.document.stroke import BrushStroke
from widgets.overlay import PaintOverlay, RegionOverlay

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QRect

    from widgets.brush import Brush
    from widgets.view import View

    Point = tuple[float, float]


class PaintedLayers:
    """The region and the painted colours, and one stroke on either, mirrored if wanted."""

    def __init__(self) -> None:
        self.region = RegionOverlay()
        self.colours = PaintOverlay()
        self.reflection: NDArray[np.float64] | None = None
        self.stale = True  # must be brought to the view
        self.erases = self.paints = False  # the stroke being drawn
        self._points: list[Point] | None = None
        self._brush: Brush | None = None

    @property
    def stroking(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._points is not None

    def render(self, view: View, width: int, height: int) -> None:
        """Bring everything to a view and canvas size, in device pixels."""
        self.region.render(view, width, height)
        self.colours.render(view, width, height)
        self.stale = False

    def begin(self, point: Point, brush: Brush, *, erases: bool) -> list[QRect]:
        """Start a stroke at a photo point; returns the device pixels touched."""
        self._points, self._brush = [point], brush
        self.erases, self.paints = erases, brush.paint
        if brush.paint:
            self.colours.begin_stroke(None if erases else brush.colour)
        else:
            self.region.begin_stroke(erase=erases)
        return self._draw(point, point)

    def extend(self, point: Point) -> list[QRect]:
        """Go on to a photo point; returns the device pixels touched."""
        if not self._points or point == self._points[-1]:
            return []
        boxes = self._draw(self._points[-1], point)
        self._points.append(point)
        return boxes

    def finish(self) -> BrushStroke | None:
        """The stroke, not mirrored; it stays visible until its layer is set anew."""
        points, self._points = self._points, None
        brush = self._brush
        if not points or brush is None:
            return None
        line = np.array(points, np.float32)
        return BrushStroke(line, brush.radius, brush.hardness, self.erases)

    def abandon(self) -> None:
        """Forget the stroke being drawn."""
        if self._points is not None:
            self._points = None
            (self.colours if self.paints else self.region).abandon_stroke()

    def axis(self, width: int, height: int) -> tuple[Point, Point]:
        """Two points of the mirror's axis, beyond the edges of a photo of that size."""
        if self.reflection is None:
            return (0.0, 0.0), (0.0, 0.0)
        turn, shift = self.reflection[:, :2], self.reflection[:, 2]
        angle = math.atan2(turn[1, 0], turn[0, 0]) / 2
        middle = np.array([width, height]) / 2
        on_axis = (middle + turn @ middle + shift) / 2
        reach = np.array([math.cos(angle), math.sin(angle)]) * (width + height)
        (ax, ay), (bx, by) = on_axis - reach, on_axis + reach
        return (float(ax), float(ay)), (float(bx), float(by))

    def _draw(self, start: Point, end: Point) -> list[QRect]:
        overlay, brush = self.colours if self.paints else self.region, self._brush
        if brush is None:
            return []
        segments = [np.array([start, end])]
        if self.reflection is not None:
            segments.append(segments[0] @ self.reflection[:, :2].T + self.reflection[:, 2])
        # overlays count from the photo's corner, points from the centre of its first pixel
        return [
            overlay.extend_stroke(
                (ax + 0.5, ay + 0.5), (bx + 0.5, by + 0.5), brush.radius, brush.hardness
            )
            for (ax, ay), (bx, by) in (segment.tolist() for segment in segments)
        ]
