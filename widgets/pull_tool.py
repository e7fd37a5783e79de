"""Pulling: points of the face are dragged on the canvas, and the edit follows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from widgets.keymap import tipped
from widgets.translation import tr

if TYPE_CHECKING:
    from editor.session.desks.pulls import PulledFace
    from editor.session.session import EditSession
    from widgets.alignment import AlignmentMode
    from widgets.canvas import PhotoCanvas
    from widgets.square_crop import SquareMode

    Point = tuple[float, float]

_REACH = 11.0  # widget pixels from which a point is taken hold of
_CLICK = 3.0  # and that a press may move and still be a click
_YELLOW, _DARK = QColor(250, 190, 70), QColor(0, 0, 0, 150)


class PullTool(QObject):
    """What the pointer does while points are pulled; the canvas hands its events on.

    Signals:
        pulled(dict[int, tuple[float, float]]): points were dragged, pinned or let go: by number,
            how far each is to go, photo pixels.
    """

    pulled = Signal(object)

    def __init__(self, canvas: PhotoCanvas, face: PulledFace) -> None:
        super().__init__(canvas)
        self._canvas, self._face = canvas, face
        self._offsets = dict(face.offsets)
        self._held: int | None = None
        self._over: int | None = None
        self._pressed = QPointF()
        self._drags = False

    @property
    def offsets(self) -> dict[int, Point]:
        """By number, how far pulled points are to go, photo pixels; (0, 0) is a pin."""
        return dict(self._offsets)

    def show(self, face: PulledFace) -> None:
        """The face is another one by now; what is in hand stays there, and nothing else does."""
        held = None if self._held is None or not self._drags else self._offsets.get(self._held)
        self._face, self._offsets = face, dict(face.offsets)
        if self._held is not None and held is not None:
            self._offsets[self._held] = held
        self._canvas.update()

    def spot(self, number: int) -> Point:
        """Where a point's handle is, photo pixels."""
        if number in self._offsets:
            (x, y), (by_x, by_y) = self._face.home[number].tolist(), self._offsets[number]
            return x + by_x, y + by_y
        x, y = self._face.now[number].tolist()
        return x, y

    # ------------------------------------------------------------ pointer

    def press(self, position: QPointF) -> None:
        """Take hold of the point under the pointer."""
        self._held, self._pressed, self._drags = self._target(position), position, False

    def move(self, position: QPointF) -> None:
        """Drag what is held."""
        if self._held is None:
            over = self._target(position)
            if over != self._over:
                self._over = over
                self._canvas.update()
            return
        self._drags = self._drags or (position - self._pressed).manhattanLength() >= _CLICK
        if self._drags:
            x, y = self._canvas.port.photo_point(position)
            home_x, home_y = self._face.home[self._held].tolist()
            self._offsets[self._held] = x - home_x, y - home_y
            self._canvas.update()

    def release(self) -> None:
        """Let go: what was dragged is pulled, what was clicked is pinned, or free again."""
        held, self._held = self._held, None
        if held is None:
            return
        if not self._drags:
            if self._offsets.pop(held, None) is None:
                self._offsets[held] = (0.0, 0.0)
            self._canvas.update()
        self.pulled.emit(self.offsets)

    def _target(self, position: QPointF) -> int | None:
        """The nearest point within reach."""
        distance, number = min((self._away(number, position), number) for number in range(68))
        return number if distance <= _REACH else None

    def _away(self, number: int, position: QPointF) -> float:
        at = self._canvas.port.widget_point(*self.spot(number)) - position
        return math.hypot(at.x(), at.y())

    # ------------------------------------------------------------ drawing

    def draw(self, painter: QPainter) -> None:
        """Draw free points as dots, pulled ones as rings with their way, pins as squares."""
        for number in range(68):
            at = self._canvas.port.widget_point(*self.spot(number))
            active = number in (self._held, self._over)
            if number not in self._offsets:
                painter.setPen(QPen(_DARK, 1))
                painter.setBrush(_YELLOW if active else QColor(255, 255, 255))
                across = 4 if active else 2.4
                painter.drawEllipse(at, across, across)
                continue
            home = self._canvas.port.widget_point(*self._face.home[number].tolist())
            painter.setBrush(QColor(250, 190, 70, 150) if active else QColor(0, 0, 0, 40))
            for pen in (QPen(_DARK, 3.4), QPen(_YELLOW, 1.8)):
                painter.setPen(pen)
                if self._offsets[number] == (0.0, 0.0):
                    painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8))
                else:
                    painter.drawLine(home, at)
                    painter.drawEllipse(at, 5, 5)


class PullBar(QFrame):
    """What to do, and its buttons.

    Signals:
        reset(), left(): its buttons.
    """

    reset = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("kind", "notice")
        text = QLabel(
            tr(
                "Drag a point of the face: the region follows it, the rest stays. "
                "Click any point to pin it, or to let it go."
            ),
            wordWrap=True,
        )
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.take_away = QPushButton(tr("Reset"))
        self.take_away.setToolTip(tr("Let all points go back, and take this region's pull away"))
        self.done = QPushButton(tr("Done"))
        tipped(self.done, tr("Brush and paint again ({cancel}); the pull stays"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addWidget(text)
        for button, signal in ((self.take_away, self.reset), (self.done, self.left)):
            button.setObjectName("small")
            button.clicked.connect(signal)
            layout.addWidget(button)
        self.hide()


class PullMode(QObject):
    """Goes into the mode and out of it; what is pulled goes to the session at once.

    Signals:
        active_changed(bool): whether points can be pulled now.
    """

    active_changed = Signal(bool)

    def __init__(
        self,
        session: EditSession,
        canvas: PhotoCanvas,
        alignment: AlignmentMode,
        square: SquareMode,
    ) -> None:
        """Over that canvas; only one of this, ``alignment`` and ``square`` has the pointer."""
        super().__init__(alignment)
        self._session, self._canvas = session, canvas
        self._others = alignment, square
        self.tool: PullTool | None = None
        self.bar = PullBar()
        self.bar.reset.connect(self._reset)
        self.bar.left.connect(self.leave)
        alignment.begins.connect(self.leave)
        square.active_changed.connect(self._on_square)
        session.face_chosen.connect(self.leave)
        session.photo_opened.connect(self.leave)
        for signal in (session.history_changed, session.region_changed, session.portrait_changed):
            signal.connect(self._refresh)
        session.regions.softened.connect(self._refresh)
        session.edits.changed.connect(self._refresh)

    @property
    def active(self) -> bool:
        """Whether points can be pulled now."""
        return self.tool is not None

    @Slot()
    def begin(self) -> None:
        """Pull the points of the active face."""
        face = self._session.pulls.state
        if face is None or self.tool is not None:
            return
        for other in self._others:
            other.leave()
        self.tool = tool = PullTool(self._canvas, face)
        tool.pulled.connect(self._session.pulls.pull)
        self._canvas.set_tool(tool, on_edits=True)
        self.bar.show()
        self.active_changed.emit(True)

    @Slot()
    def leave(self) -> None:
        """Pull no more; what was pulled stays."""
        if self.tool is not None:
            self.tool.deleteLater()
            self.tool = None
            self._canvas.set_tool(None)
            self.bar.hide()
            self.active_changed.emit(False)

    @Slot()
    def _reset(self) -> None:
        self._session.pulls.pull({})

    @Slot(bool)
    def _on_square(self, active: bool) -> None:
        if active:
            self.leave()

    @Slot()
    def _refresh(self) -> None:
        face = None if self.tool is None else self._session.pulls.state
        if self.tool is not None and face is not None:
            self.tool.show(face)
