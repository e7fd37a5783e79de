"""A shape that is being drawn on the canvas: lasso, polygon, rectangle or ellipse.

It lies in photo pixels, so zooming and panning do not disturb it, and it outlives the gestures that
draw it: when the pointer is taken away in the middle it stays in hand, and the next press goes on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QTransform

from editor.document.outline import Outline, ellipse, rectangle
from widgets.brush import Tool
from widgets.translation import marked

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from widgets.viewport import Viewport

    Point = tuple[float, float]

_CLOSE = 9.0  # widget pixels from a polygon's beginning where a click closes it
_SAME = 4.0  # widget pixels from the last corner where a click closes it, as a double click does
_STEP = 2.0  # widget pixels between the points of a lasso
_LEAST = 3.0  # widget pixels: what is smaller on the screen was a click
_ANGLE = math.pi / 4  # a polygon's sides with Shift

HINTS: dict[Tool, str] = {
    Tool.LASSO: marked("Lasso: draw around it · Alt takes away · X swaps · Esc"),
    Tool.POLYGON: marked(
        "Polygon: click corners · Enter closes · Backspace · Shift 45° · Alt takes away · Esc"
    ),
    Tool.ELLIPSE: marked("Ellipse: drag · Shift makes a circle · Alt takes away · X swaps · Esc"),
    Tool.RECTANGLE: marked("Box: drag · Shift makes a square · Alt takes away · X swaps · Esc"),
}
"""What can be done with each kind."""
OPEN_HINT = marked("The shape is not closed: go on drawing, Enter keeps it, Esc gives it up")


class Shape:
    """One shape in hand.

    Attributes:
        kind: which tool draws it.
        erases: takes away instead of adding.
        constrained: Shift is held: sides are alike, or angles are multiples of 45°.
        hover: where the pointer is, photo pixels; None away from the canvas.
    """

    def __init__(
        self,
        kind: Tool,
        port: Viewport,
        position: QPointF,
        *,
        erases: bool,
        done: Callable[[], None],
    ) -> None:
        """Begin at a widget position; ``done`` is called once the shape is complete."""
        self.kind, self.erases, self.constrained = kind, erases, False
        self._port, self._done = port, done
        self._corners: list[Point] = [port.photo_point(position)]
        self._way = QPainterPath(QPointF(*self._corners[0]))  # a lasso's, in photo pixels
        self.hover: Point | None = None

    # ------------------------------------------------------------ drawing it

    def press(self, position: QPointF) -> bool:
        """The button goes down again, with the shape in hand; whether that completes it."""
        if self.kind is not Tool.POLYGON:
            self.drag(position)
            return False
        first, last = self._is_at(0, position), self._is_at(-1, position)
        if len(self._corners) >= 3 and (first or last):
            return True
        if not last:  # else the first of two clicks at one place has set it
            self._corners.append(self._turned(self._corners[-1], position))
        return False

    def drag(self, position: QPointF) -> None:
        """The pointer moves with the button down."""
        point, last = self._port.photo_point(position), self._corners[-1]
        if self.kind is Tool.LASSO:
            if self._port.widget_length(math.dist(point, last)) >= _STEP:
                self._corners.append(point)
                self._way.lineTo(*point)
        elif self.kind is Tool.POLYGON:
            if len(self._corners) > 1:  # the corner that was just set
                self._corners[-1] = self._turned(self._corners[-2], position)
        else:
            self._corners[1:] = [self._opposite(position)]
        self.hover = point

    def move(self, position: QPointF | None) -> None:
        """The pointer moves, the button is up."""
        if position is None:
            self.hover = None
        elif self.kind is Tool.POLYGON:
            self.hover = self._turned(self._corners[-1], position)

    def let_go(self) -> None:
        """The button goes up: all but a polygon are complete."""
        if self.kind is not Tool.POLYGON:
            self._done()

    def take_corner(self) -> bool:
        """Take the last corner of a polygon, or all of another shape, back; whether any is left."""
        if self.kind is not Tool.POLYGON or len(self._corners) < 2:
            return False
        self._corners.pop()
        return True

    @property
    def start(self) -> Point:
        """Where the pointer went down, photo pixels."""
        return self._corners[0]

    def outline(self, opacity: float, *, within: bool = False) -> Outline | None:
        """What it encloses; None when that is next to nothing."""
        points = self._points()
        if len(points) < 3:
            return None
        across, down = (np.ptp(points, axis=0) * self._port.widget_length(1)).tolist()
        if max(across, down) < _LEAST or min(across, down) == 0:
            return None
        return Outline(points, self.erases, opacity=opacity, begin=self.start, within=within)

    def _points(self) -> NDArray[np.float32]:
        if self.kind in (Tool.RECTANGLE, Tool.ELLIPSE):
            one, other = self._corners[0], self._corners[-1]
            return (rectangle if self.kind is Tool.RECTANGLE else ellipse)(one, other)
        return np.array(self._corners, np.float32).reshape(-1, 2)

    def _opposite(self, position: QPointF) -> Point:
        """The corner opposite to the first; with Shift, the box is as wide as high."""
        (x, y), (ax, ay) = self._port.photo_point(position), self._corners[0]
        if self.constrained:
            side = max(abs(x - ax), abs(y - ay))
            x, y = ax + math.copysign(side, x - ax), ay + math.copysign(side, y - ay)
        return x, y

    def _turned(self, start: Point, position: QPointF) -> Point:
        """The end of a side; with Shift, at a multiple of 45°."""
        x, y = self._port.photo_point(position)
        if self.constrained:
            length = math.dist((x, y), start)
            angle = round(math.atan2(y - start[1], x - start[0]) / _ANGLE) * _ANGLE
            x, y = start[0] + length * math.cos(angle), start[1] + length * math.sin(angle)
        return x, y

    def _is_at(self, number: int, position: QPointF) -> bool:
        away = self._port.widget_point(*self._corners[number]) - position
        return math.hypot(away.x(), away.y()) <= (_CLOSE if number == 0 else _SAME)

    # ------------------------------------------------------------ on the screen

    def path(self) -> QPainterPath:
        """Its line in widget coordinates, with the side that follows the pointer."""
        if self.kind is Tool.LASSO:  # thousands of points: not one by one, at every move
            origin, end = self._port.widget_point(0, 0), self._port.widget_point(1, 1)
            scale = end - origin
            return QTransform(scale.x(), 0, 0, scale.y(), origin.x(), origin.y()).map(self._way)
        path = QPainterPath()
        box = QRectF(
            self._port.widget_point(*self._corners[0]), self._port.widget_point(*self._corners[-1])
        )
        if self.kind is Tool.RECTANGLE:
            path.addRect(box.normalized())
        elif self.kind is Tool.ELLIPSE:
            path.addEllipse(box.normalized())
        else:
            corners = [*self._corners, *([] if self.hover is None else [self.hover])]
            places = [self._port.widget_point(*corner) for corner in corners]
            path.moveTo(places[0])
            for place in places[1:]:
                path.lineTo(place)
        return path

    def box(self) -> QRect:
        """Widget pixels that change when the pointer moves on."""
        if self.kind is not Tool.LASSO:
            return self.path().boundingRect().toAlignedRect().adjusted(-6, -6, 6, 6)
        first, last = self._corners[max(0, len(self._corners) - 2)], self._corners[-1]
        ends = self._port.widget_point(*first), self._port.widget_point(*last)
        return QRectF(*ends).normalized().toAlignedRect().adjusted(-6, -6, 6, 6)

    def draw(self, painter: QPainter) -> None:
        """Draw the line, dark and light, so that it shows on every photo; dashed to take away."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = self.path()
        if self.kind is Tool.LASSO:  # of many points: wide smooth lines would take 100 ms
            pens = ((QColor(0, 0, 0), 1.0, 1), (QColor(255, 255, 255), 1.0, 0))
        else:
            pens = ((QColor(0, 0, 0, 160), 2.6, 0), (QColor(255, 255, 255), 1.2, 0))
        for colour, width, beside in pens:
            pen = QPen(colour, width)
            if self.erases and colour.red():
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawPath(path.translated(beside, beside))
        if self.kind is Tool.POLYGON:
            for number, corner in enumerate(self._corners):
                radius = 4.0 if number == 0 and len(self._corners) >= 3 else 2.2
                painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
                painter.setBrush(QColor(255, 255, 255))
                painter.drawEllipse(self._port.widget_point(*corner), radius, radius)
