"""Before and after beside each other: a line across the canvas that can be dragged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen

from widgets import marks
from widgets.gestures import Gesture
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from widgets.view import Box

_GRIP = 7.0  # widget pixels from the line within which a press takes hold of it
_LEAST, _MOST = 0.02, 0.98


@dataclass(frozen=True, slots=True)
class Split:
    """Where the line stands.

    Attributes:
        place: share of the canvas that shows the photo without edits, 0.02…0.98.
        across: the line is horizontal, before is above; else upright, before is on the left.
    """

    place: float = 0.5
    across: bool = False

    def at(self, position: QPointF, width: float, height: float) -> Split:
        """The line through a position on a canvas."""
        share = position.y() / height if self.across else position.x() / width
        return replace(self, place=min(_MOST, max(_LEAST, share)))

    def holds(self, position: QPointF, width: float, height: float) -> bool:
        """Whether a press there takes hold of the line."""
        at, side = (position.y(), height) if self.across else (position.x(), width)
        return abs(at - self.place * side) <= _GRIP

    def edited(self, width: int, height: int) -> Box:
        """The device pixels that show the edits: left, top, right, bottom."""
        if self.across:
            return 0, round(self.place * height), width, height
        return round(self.place * width), 0, width, height

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """The line, a grip on it, and what is on its sides."""
        x, y = self.place * width, self.place * height
        line = QLineF(0, y, width, y) if self.across else QLineF(x, 0, x, height)
        for colour, breadth in ((QColor(0, 0, 0, 140), 3.0), (QColor(240, 240, 240), 1.2)):
            painter.setPen(QPen(colour, breadth))
            painter.drawLine(line)
        painter.setBrush(QColor(240, 240, 240))
        painter.drawEllipse(line.center(), 5, 5)
        corners = {tr("Before"): QPointF(14, 14), tr("After"): QPointF(x + 14, 14)}
        if self.across:
            corners[tr("After")] = QPointF(14, y + 14)
        for word, corner in corners.items():
            marks.draw_badge(painter, word, corner)


class DragSplit(Gesture):
    """The line follows the pointer."""

    def __init__(
        self, button: Qt.MouseButton, split: Split, size: QRectF, show: Callable[[Split], None]
    ) -> None:
        self.button = button
        self._split, self._size, self._show = split, size, show

    def move(self, position: QPointF, pressure: float | None) -> None:
        """The line goes there."""
        del pressure
        self._show(self._split.at(position, self._size.width(), self._size.height()))

    def finish(self) -> None:
        """It stays there."""

    def abandon(self) -> None:
        """It goes back."""
        self._show(self._split)
