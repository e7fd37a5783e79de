"""What the pointer does from press to release: one object for each gesture.

A gesture ends in one of three ways. ``finish`` keeps what was done: the button was released.
``lose`` is for a release that was lost, to another window perhaps: most gestures keep what was done
by then as well. ``abandon`` takes it back: Escape, or undo in mid-stroke.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QPointF, Qt

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from widgets.brush import Brush
    from widgets.shapes import Shape

_CLICK = 4.0  # widget pixels: what moves less was a click


class Gesture(Protocol):
    """What is under way while a button is held."""

    button: Qt.MouseButton

    def move(self, position: QPointF, pressure: float | None) -> None:
        """The pointer is at another widget position; pressure is a pen's, 0…1."""
        ...

    def finish(self) -> None:
        """Keep what was done."""
        ...

    def lose(self) -> None:
        """The button's release went elsewhere."""
        self.finish()

    def abandon(self) -> None:
        """Take it back."""
        ...


@dataclass(frozen=True, slots=True)
class Press:
    """A button or a pen that went down.

    Attributes:
        position: in the widget.
        button: which.
        modifiers: the keys that were held.
        pressure: of a pen, 0…1; None for a mouse.
        rubs: with the eraser end of a pen.
    """

    position: QPointF
    button: Qt.MouseButton
    modifiers: Qt.KeyboardModifier
    pressure: float | None = None
    rubs: bool = False

    @property
    def left(self) -> bool:
        """Whether it is the left button, or a pen's tip."""
        return self.button == Qt.MouseButton.LeftButton

    @property
    def shift(self) -> bool:
        """Whether Shift was held."""
        return bool(self.modifiers & Qt.KeyboardModifier.ShiftModifier)

    @property
    def control(self) -> bool:
        """Whether Ctrl was held."""
        return bool(self.modifiers & Qt.KeyboardModifier.ControlModifier)

    @property
    def alt(self) -> bool:
        """Whether Alt was held."""
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)


class Pointer:
    """One gesture at a time, ended by its own button or when its release was lost.

    Attributes:
        position: of the pointer in the widget; None outside it.
        gesture: what is under way.
    """

    def __init__(
        self, choose: Callable[[Press], Gesture | None], ended: Callable[[], None]
    ) -> None:
        """``choose`` begins a gesture, or does at once what a press asks for."""
        self.position: QPointF | None = None
        self.gesture: Gesture | None = None
        self._choose, self._ended = choose, ended

    def press(self, press: Press) -> None:
        """A button went down."""
        if self.gesture is not None:
            if self.gesture.button != press.button:
                return
            self.lose()
        self.position = press.position
        self.gesture = self._choose(press)

    def move(self, position: QPointF, buttons: Qt.MouseButton, pressure: float | None) -> None:
        """The pointer moved."""
        if self.gesture is not None and not buttons & self.gesture.button:
            self.lose()  # released over another window, which did not tell
        self.position = position
        if self.gesture is not None:
            self.gesture.move(position, pressure)

    def release(self, position: QPointF, button: Qt.MouseButton) -> None:
        """A button went up."""
        if self.gesture is not None and self.gesture.button == button:
            if position != self.position:
                self.gesture.move(position, None)
            self.end()

    def end(self) -> None:
        """End what is under way; what it did is kept."""
        self._let_go("finish")

    def lose(self) -> None:
        """The pointer was taken away in the middle."""
        self._let_go("lose")

    def abandon(self) -> None:
        """End what is under way; what it did is taken back."""
        self._let_go("abandon")

    def _let_go(self, how: Literal["finish", "lose", "abandon"]) -> None:
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            if how == "finish":
                gesture.finish()
            elif how == "lose":
                gesture.lose()
            else:
                gesture.abandon()
            self._ended()


class Pan(Gesture):
    """Moves the photo with the pointer."""

    def __init__(
        self, button: Qt.MouseButton, position: QPointF, pan: Callable[[QPointF], None]
    ) -> None:
        self.button = button
        self._last, self._pan = position, pan

    def move(self, position: QPointF, pressure: float | None) -> None:
        """Take the photo along."""
        del pressure
        moved, self._last = position - self._last, position
        self._pan(moved)

    def finish(self) -> None:
        """The photo stays where it is."""

    def abandon(self) -> None:
        """The photo stays where it is."""


class SizeBrush(Gesture):
    """Sets the brush's size by moving sideways and its hardness by moving up and down.

    A click without a move is something else: ``clicked`` is called, with the position.
    """

    def __init__(
        self,
        button: Qt.MouseButton,
        position: QPointF,
        brush: Brush,
        pixels: float,
        take: Callable[[Brush], None],
        clicked: Callable[[QPointF], None] | None,
    ) -> None:
        """``pixels`` of the photo are one of the widget."""
        self.button, self.centre = button, position
        self._brush, self._pixels = brush, pixels
        self._take, self._clicked = take, clicked
        self.sizing = clicked is None

    def move(self, position: QPointF, pressure: float | None) -> None:
        """Give the canvas another brush."""
        del pressure
        moved = position - self.centre
        self.sizing = self.sizing or moved.manhattanLength() >= _CLICK
        if self.sizing:
            radius = self._brush.radius + moved.x() * self._pixels
            hardness = self._brush.hardness - moved.y() / 200
            self._take(self._brush.resized(radius).hardened(hardness))

    def finish(self) -> None:
        """Keep the brush."""
        if not self.sizing and self._clicked is not None:
            self._clicked(self.centre)

    def abandon(self) -> None:
        """Give the old brush back."""
        self._take(self._brush)


class Draw(Gesture):
    """A stroke of the brush, the eraser or the paint brush."""

    def __init__(
        self,
        button: Qt.MouseButton,
        extend: Callable[[QPointF, float | None], None],
        finish: Callable[[], None],
        abandon: Callable[[], None],
    ) -> None:
        self.button = button
        self._extend, self._finish, self._abandon = extend, finish, abandon

    def move(self, position: QPointF, pressure: float | None) -> None:
        """Draw on."""
        self._extend(position, pressure)

    def finish(self) -> None:
        """Hand the stroke over."""
        self._finish()

    def abandon(self) -> None:
        """Forget the stroke."""
        self._abandon()


class PointerTool(Protocol):
    """What is dragged over the photo instead of painting: the points of a face, a square."""

    def press(self, position: QPointF) -> None:
        """Take hold of what is under the pointer."""
        ...

    def move(self, position: QPointF) -> None:
        """Drag what is held."""
        ...

    def release(self) -> None:
        """Let go."""
        ...

    def draw(self, painter: QPainter) -> None:
        """Draw it, in widget coordinates."""
        ...


class DragPoints(Gesture):
    """Drags the points of a face, or what else a tool has."""

    def __init__(self, button: Qt.MouseButton, position: QPointF, tool: PointerTool) -> None:
        self.button, self._tool = button, tool
        tool.press(position)

    def move(self, position: QPointF, pressure: float | None) -> None:
        """Drag what is held."""
        del pressure
        self._tool.move(position)

    def finish(self) -> None:
        """Let go."""
        self._tool.release()

    def abandon(self) -> None:
        """Let go where the points are now."""
        self._tool.release()


class DrawShape(Gesture):
    """A corner of a shape, or a lasso's way; the shape may go on after it."""

    def __init__(self, button: Qt.MouseButton, shape: Shape) -> None:
        self.button, self._shape = button, shape

    def move(self, position: QPointF, pressure: float | None) -> None:
        """The corner goes there, or the way goes on."""
        del pressure
        self._shape.drag(position)

    def finish(self) -> None:
        """What is drawn by one drag is done; a polygon has one more corner."""
        self._shape.let_go()

    def lose(self) -> None:
        """The shape stays in hand as it is: it is neither half done nor gone."""

    def abandon(self) -> None:
        """The shape is given up by whoever gives up the gesture."""
