"""A dragged square as what is edited: a frame over the photo, and a bar above it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from editor.document.photo_square import SMALLEST, PhotoSquare
from widgets.keymap import tipped
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.session.session import EditSession
    from widgets.alignment import AlignmentMode
    from widgets.canvas import PhotoCanvas

    Point = tuple[float, float]

_REACH = 11.0  # widget pixels from which a corner is taken hold of
_HANDLE = 5.0  # half a side of one
_YELLOW, _DARK, _DIM = QColor(250, 190, 70), QColor(0, 0, 0, 150), QColor(0, 0, 0, 110)


class SquareTool(QObject):
    """What the pointer does while a square is dragged; the canvas hands its events on.

    A drag by a corner sizes it, one inside moves it, one elsewhere draws it anew.

    Signals:
        changed(): it is another one.
    """

    changed = Signal()

    def __init__(
        self, canvas: PhotoCanvas, size: tuple[int, int], square: PhotoSquare | None
    ) -> None:
        """Drag over a photo of ``size``, beginning with that square, or without one."""
        super().__init__(canvas)
        self._canvas, self._size = canvas, size
        self.square = square
        self._drag: Callable[[Point], PhotoSquare | None] | None = None

    def press(self, position: QPointF) -> None:
        """Take hold of a corner or the inside, or begin a new one."""
        at, square = self._canvas.port.photo_point(position), self.square
        if square is None:
            self._size_from(at)
            return
        near = [
            (self._distance(corner, position), place)
            for place, corner in enumerate(_corners(square))
        ]
        distance, place = min(near)
        if distance <= _REACH:
            self._size_from(_corners(square)[(place + 2) % 4])
        elif (
            square.x <= at[0] <= square.x + square.side
            and square.y <= at[1] <= square.y + square.side
        ):
            self._drag = lambda to: square.moved(to[0] - at[0], to[1] - at[1], *self._size)
        else:
            self._size_from(at)

    def move(self, position: QPointF) -> None:
        """Drag what is held."""
        if self._drag is None:
            return
        square = self._drag(self._canvas.port.photo_point(position))
        if square is not None and square != self.square:
            self.square = square
            self.changed.emit()
            self._canvas.update()

    def release(self) -> None:
        """Let go."""
        self._drag = None

    def _size_from(self, anchor: Point) -> None:
        self._drag = lambda to: PhotoSquare.between(anchor, to, *self._size)

    def _distance(self, point: Point, position: QPointF) -> float:
        at = self._canvas.port.widget_point(*point)
        return math.hypot(at.x() - position.x(), at.y() - position.y())

    def draw(self, painter: QPainter) -> None:
        """Draw the frame with its corners, the rest of the photo dimmed."""
        if self.square is None:
            return
        width, height = self._size
        photo = self._polygon(((0, 0), (width, 0), (width, height), (0, height)))
        frame = self._polygon(_corners(self.square))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DIM)
        painter.drawPolygon(photo.subtracted(frame))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(_DARK, 3.4), QPen(_YELLOW, 1.8)):
            painter.setPen(pen)
            painter.drawPolygon(frame)
        painter.setPen(QPen(_DARK, 1))
        painter.setBrush(_YELLOW)
        for corner in _corners(self.square):
            middle = self._canvas.port.widget_point(*corner)
            reach = QPointF(_HANDLE, _HANDLE)
            painter.drawRect(QRectF(middle - reach, middle + reach))

    def _polygon(self, points: tuple[Point, ...]) -> QPolygonF:
        return QPolygonF([self._canvas.port.widget_point(x, y) for x, y in points])


def _corners(square: PhotoSquare) -> tuple[Point, ...]:
    """From upper left, clockwise."""
    x, y, side = square.x, square.y, square.side
    return (x, y), (x + side, y), (x + side, y + side), (x, y + side)


class SquareBar(QFrame):
    """What to do, and its buttons.

    Signals:
        applied(), added(), left(): its buttons.
    """

    applied = Signal()
    added = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("kind", "notice")
        self.text = QLabel(wordWrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.another = QPushButton(tr("One more"))
        self.another.setToolTip(tr("Edit this square too, and leave the one that is there"))
        self.apply = QPushButton(tr("Use square"))
        tipped(self.apply, tr("Let the generator see what lies in the square ({apply_points})"))
        self.cancel = QPushButton(tr("Cancel"))
        tipped(self.cancel, tr("Leave everything as it was ({cancel})"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addWidget(self.text)
        for button, signal in (
            (self.another, self.added),
            (self.apply, self.applied),
            (self.cancel, self.left),
        ):
            button.setObjectName("small")
            button.clicked.connect(signal)
            layout.addWidget(button)
        self.hide()

    def show_square(self, square: PhotoSquare | None, *, moves: bool) -> None:
        """Say how large it is, or how to draw one; ``moves``: an older one goes there."""
        if square is None:
            text = tr(
                "Drag a square over what to edit, at least {side} pixels wide.", side=SMALLEST
            )
        else:
            text = tr(
                "{side} × {side} pixels. Drag a corner to size it, inside to move it, elsewhere to "
                "draw it anew.",
                side=square.side,
            )
        self.text.setText(text)
        self.apply.setEnabled(square is not None)
        self.another.setVisible(moves)
        self.another.setEnabled(square is not None)


class SquareMode(QObject):
    """Goes into the mode and out of it, and hands the square to the session.

    Signals:
        active_changed(bool): whether a square can be dragged now.
    """

    active_changed = Signal(bool)

    def __init__(self, session: EditSession, canvas: PhotoCanvas, alignment: AlignmentMode) -> None:
        """Over that canvas; only one of this and ``alignment`` has the pointer."""
        super().__init__(alignment)
        self._session, self._canvas, self._alignment = session, canvas, alignment
        self._before: PhotoSquare | None = None
        self.tool: SquareTool | None = None
        self.bar = SquareBar()
        self.bar.applied.connect(self.apply)
        self.bar.added.connect(self.add_another)
        self.bar.left.connect(self.leave)
        alignment.begins.connect(self.leave)
        session.face_chosen.connect(self.leave)
        session.photo_opened.connect(self.leave)

    @property
    def active(self) -> bool:
        """Whether a square can be dragged now."""
        return self.tool is not None

    @Slot()
    def begin(self) -> None:
        """Drag the active square, or a new one."""
        session = self._session
        if session.photo is None:
            return
        self.leave()
        self._alignment.leave()
        number, faces = session.active, session.faces
        self._before = PhotoSquare.of(faces[number]) if 0 <= number < len(faces) else None
        size = session.photo.width, session.photo.height
        self.tool = tool = SquareTool(self._canvas, size, self._before)
        tool.changed.connect(self._refresh)
        self._canvas.set_tool(tool)
        self._refresh()
        self.bar.show()
        self.active_changed.emit(True)

    @Slot()
    def apply(self) -> None:
        """Edit what lies in the square; the one that was active goes there."""
        self._use(another=False)

    @Slot()
    def add_another(self) -> None:
        """Edit what lies in the square, beside the one that was active."""
        self._use(another=True)

    @Slot()
    def leave(self) -> None:
        """Leave everything as it was."""
        if self.tool is not None:
            self.tool.deleteLater()
            self.tool = None
            self._canvas.set_tool(None)
            self.bar.hide()
            self.active_changed.emit(False)

    def _use(self, *, another: bool) -> None:
        square = self.tool.square if self.tool is not None else None
        if square is not None:
            self.leave()
            self._session.faces_desk.use_square(square, another=another)

    @Slot()
    def _refresh(self) -> None:
        if self.tool is not None:
            self.bar.show_square(self.tool.square, moves=self._before is not None)
