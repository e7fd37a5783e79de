"""Points over the canvas that can be dragged: the landmarks of one face, and its crop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from editor.document.face import FaceCrop
from editor.document.landmarks import PARTS, handle, part_moved, placed, point_moved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widgets.canvas import PhotoCanvas

_REACH = 11.0  # widget pixels from which a point or handle is taken hold of
_HANDLE = 8.0  # radius of a handle
_CLOSE = 7.0  # widget pixels between an eye's corners' neighbours from which single points show
_YELLOW, _DARK = QColor(250, 190, 70), QColor(0, 0, 0, 150)
# first and last landmark of each line, and whether it closes
_LINES = (
    (0, 16, False), (17, 21, False), (22, 26, False), (27, 30, False), (31, 35, False),
    (36, 41, True), (42, 47, True), (48, 59, True), (60, 67, True),
)  # fmt: skip


class LandmarkTool(QObject):
    """What the pointer does while a face is aligned; the canvas hands its events on.

    Without landmarks, three clicks, on both eyes and the mouth, place the mean face.

    Signals:
        changed(): a point was moved, or the next click of the three is awaited.
    """

    changed = Signal()

    def __init__(self, canvas: PhotoCanvas, landmarks: NDArray[np.float64] | None) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.landmarks = None if landmarks is None else np.array(landmarks)
        self.clicks: list[tuple[float, float]] = []
        self._held: str | int | None = None
        self._over: str | int | None = None
        self._last = (0.0, 0.0)

    @property
    def quad(self) -> NDArray[np.float64] | None:
        """Corners of the crop that these landmarks give, photo pixels; None where they give none.

        From upper left, clockwise, as the face sees it.
        """
        if self.landmarks is None:
            return None
        try:
            return FaceCrop.from_landmarks(self.landmarks, 256).quad
        except ValueError:
            return None

    def place_anew(self) -> None:
        """Ask for the three clicks again."""
        self.landmarks, self.clicks, self._held = None, [], None
        self._tell()

    # ------------------------------------------------------------ pointer

    def press(self, position: QPointF) -> None:
        """Take hold of what is under the pointer, or click an eye or the mouth."""
        self._last = self._canvas.port.photo_point(position)
        if self.landmarks is None:
            self._click(self._last)
        else:
            self._held = self._target(position)

    def move(self, position: QPointF) -> None:
        """Drag what is held."""
        if self.landmarks is None:
            return
        if self._held is None:
            over = self._target(position)
            if over != self._over:
                self._over = over
                self._canvas.update()
            return
        x, y = self._canvas.port.photo_point(position)
        by = (x - self._last[0], y - self._last[1])
        self._last = (x, y)
        if isinstance(self._held, str):
            self.landmarks = part_moved(self.landmarks, self._held, by)
        else:
            self.landmarks = point_moved(self.landmarks, self._held, by)
        self._tell()

    def release(self) -> None:
        """Let go."""
        self._held = None

    def _click(self, point: tuple[float, float]) -> None:
        self.clicks.append(point)
        if len(self.clicks) == 3:
            try:
                self.landmarks = placed(*self.clicks)
            except ValueError:
                self.clicks.pop()  # the mouth is asked for again
        self._tell()

    def _tell(self) -> None:
        self.changed.emit()
        self._canvas.update()

    @property
    def _shows_points(self) -> bool:
        """Whether the face is large enough on the screen for single points."""
        if self.landmarks is None:
            return False
        first, second = (self._canvas.port.widget_point(*self.landmarks[k]) for k in (36, 39))
        return math.hypot(first.x() - second.x(), first.y() - second.y()) > 3 * _CLOSE

    def _target(self, position: QPointF) -> str | int | None:
        """The handle (a part's name) or point (its number) within reach, handles first."""
        assert self.landmarks is not None
        spots: list[tuple[float, str | int]] = []
        for part in PARTS:
            spots.append((self._distance(handle(self.landmarks, part), position), part))
        nearest = min(spots, key=lambda spot: spot[0])
        if nearest[0] <= _HANDLE:
            return nearest[1]
        if self._shows_points:
            spots += [
                (self._distance((x, y), position), number)
                for number, (x, y) in enumerate(self.landmarks.tolist())
            ]
        distance, target = min(spots, key=lambda spot: spot[0])
        return target if distance <= _REACH else None

    def _distance(self, point: tuple[float, float], position: QPointF) -> float:
        at = self._canvas.port.widget_point(*point)
        return math.hypot(at.x() - position.x(), at.y() - position.y())

    # ------------------------------------------------------------ drawing

    def draw(self, painter: QPainter) -> None:
        """Draw crop, parts, points and handles in widget coordinates."""
        for x, y in self.clicks if self.landmarks is None else ():
            self._ring(painter, self._canvas.port.widget_point(x, y), active=True)
        landmarks = self.landmarks
        if landmarks is None:
            return
        quad = self.quad
        if quad is not None:
            corners = self._line(quad)
            self._stroke(painter, [*corners, corners[0]], 1.4)
            self._stroke(painter, corners[:2], 3.0)  # where the crop's upper edge is
        for first, last, closed in _LINES:
            line = self._line(landmarks[first : last + 1])
            self._stroke(painter, [*line, line[0]] if closed else line, 1.2, faint=True)
        if self._shows_points:
            for number, spot in enumerate(self._line(landmarks)):
                active = number in (self._held, self._over)
                painter.setPen(QPen(_DARK, 1))
                painter.setBrush(_YELLOW if active else QColor(255, 255, 255))
                painter.drawEllipse(spot, 4 if active else 2.6, 4 if active else 2.6)
        for part in PARTS:
            active = part in (self._held, self._over)
            self._ring(
                painter, self._canvas.port.widget_point(*handle(landmarks, part)), active=active
            )

    def _line(self, points: NDArray[np.float64]) -> list[QPointF]:
        return [self._canvas.port.widget_point(x, y) for x, y in points.tolist()]

    @staticmethod
    def _stroke(
        painter: QPainter, line: list[QPointF], width: float, *, faint: bool = False
    ) -> None:
        colour = QColor(_YELLOW)
        colour.setAlpha(140 if faint else 255)
        for pen in (QPen(_DARK, width + 1.6), QPen(colour, width)):
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(line))

    @staticmethod
    def _ring(painter: QPainter, at: QPointF, *, active: bool) -> None:
        painter.setBrush(QColor(250, 190, 70, 150) if active else QColor(0, 0, 0, 40))
        for pen in (QPen(_DARK, 3.4), QPen(_YELLOW, 1.8)):
            painter.setPen(pen)
            painter.drawEllipse(at, _HANDLE, _HANDLE)
