"""The hand over the photo: what the pointer and the keys do with the tool that it holds."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QTabletEvent
from PySide6.QtWidgets import QApplication

from widgets import marks
from widgets.brush import Brush, Tool
from widgets.compare import DragSplit
from widgets.gestures import DragPoints, Draw, DrawShape, Pan, Pointer, Press, SizeBrush
from widgets.shapes import HINTS, OPEN_HINT, Shape
from widgets.stabiliser import Stabiliser
from widgets.translation import marked, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from widgets.compare import Split
    from widgets.curtain import Curtain
    from widgets.gestures import Gesture, PointerTool
    from widgets.picture import FaceFrames, Picture
    from widgets.strokes import Drawn, PaintedLayers
    from widgets.viewport import Viewport

_OTHER_HINTS: dict[Tool, str] = {
    Tool.CLASS: marked(
        "Click what to select: lips, brows, hair, skin … · Shift adds · Alt takes away"
    ),
    Tool.COLOUR: marked(
        "Click a colour: the region keeps only what looks like it (all of the photo, "
        "where there is no region) · Alt takes it away"
    ),
    Tool.HEAL: marked(
        "Click a spot, or draw over it: skin from beside takes its place · Shift+drag sizes the "
        "brush"
    ),
}
_ERASES = marked("Shift+click draws a line · Shift+drag sizes the brush · Alt erases")
_BRUSHES = marked("Shift+click draws a line · Shift+drag sizes the brush · Alt brushes")
_TAKES = marked("Shift+click draws a line · Shift+drag sizes the brush · Alt+click takes a colour")
_CLOSERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Hand(QObject):
    """Holds the brush or another tool; turns presses, moves and keys into gestures.

    Attributes:
        points: what is dragged instead of painting, such as a face's points; None: painting.
        split: the line between before and after, to be dragged; None without one.
        space: the space bar is held.

    Signals:
        stroke_finished(Stamp): a stroke or shape on the region.
        paint_finished(BrushStroke, Colour): of the paint brush.
        spot_drawn(BrushStroke): what is to be healed.
        stroke_moved(): a stroke on the region goes on.
        brush_changed(Brush): another one is in hand.
        face_chosen(int): another face was clicked.
        limit_wanted(float, float): a stroke or shape began there, and is kept within a part of the
            face.
        class_clicked(float, float, str): a photo point, and ``"replace"``, ``"add"`` or
            ``"subtract"``.
        colour_clicked(float, float, bool): a photo point; whether its colour is to go.
        hint_changed(str): what the tool in hand does now; "" when that needs no word.
    """

    stroke_finished = Signal(object)
    paint_finished = Signal(object, object)
    spot_drawn = Signal(object)
    stroke_moved = Signal()
    brush_changed = Signal(object)
    face_chosen = Signal(int)
    limit_wanted = Signal(float, float)
    class_clicked = Signal(float, float, str)
    colour_clicked = Signal(float, float, bool)
    hint_changed = Signal(str)

    def __init__(
        self,
        canvas: QWidget,
        port: Viewport,
        picture: Picture,
        layers: PaintedLayers,
        faces: FaceFrames,
        curtain: Curtain,
    ) -> None:
        """Work on what lies on the canvas, which shows and updates it."""
        super().__init__(canvas)
        self._canvas, self._port, self._picture = canvas, port, picture
        self._layers, self._faces, self._curtain = layers, faces, curtain
        self.points: PointerTool | None = None
        self.split: Split | None = None
        self.space = False
        self._brush = Brush()
        self._shape: Shape | None = None
        self._pointer = Pointer(self._choose_gesture, self.show)
        self._stabiliser = Stabiliser()
        self._told = ""
        # set by the canvas: how the photo is moved, the line between before and after, and what of
        # the sheet is to be drawn again
        self.pan: Callable[[QPointF], None] = _nowhere
        self.show_split: Callable[[Split], None] = _no_split
        self.touch: Callable[[QRect], None] = canvas.update

    # ------------------------------------------------------------ state

    @property
    def brush(self) -> Brush:
        """The brush or other tool in hand."""
        return self._brush

    @property
    def drawing(self) -> bool:
        """Whether a stroke or a shape is being drawn."""
        return self._layers.stroking or self._shape is not None

    @property
    def position(self) -> QPointF | None:
        """Of the pointer in the widget; None outside it."""
        return self._pointer.position

    def take(self, brush: Brush) -> None:
        """Take another brush or tool; a shape in hand is completed first."""
        if brush == self._brush:
            return
        if self._shape is not None and brush.tool is not self._brush.tool:
            self.put_down()
        if brush.paint and not self._brush.paint:
            self._curtain.aside = False  # what is painted so far comes back
        self._brush = brush
        self.brush_changed.emit(brush)
        self.show()

    def show(self) -> None:
        """The cursor, the brush and the hint fit what the pointer would do."""
        canvas, shapes = self._canvas, Qt.CursorShape
        if self._port.photo is None:
            canvas.setCursor(shapes.PointingHandCursor)
        elif isinstance(self._pointer.gesture, Pan):
            canvas.setCursor(shapes.ClosedHandCursor)
        elif self.space:
            canvas.setCursor(shapes.OpenHandCursor)
        elif self.points is not None or self._brush.radius * self._port.view.zoom < 4:
            canvas.setCursor(shapes.CrossCursor)
        elif self._brush.tool.is_round:
            canvas.setCursor(shapes.BlankCursor)
        else:
            canvas.setCursor(shapes.CrossCursor)
        hint = HINTS.get(self._brush.tool) or _OTHER_HINTS.get(self._brush.tool, "")
        if self._brush.tool is Tool.BRUSH:
            hint = _TAKES if self._brush.paint else _BRUSHES if self._brush.erase else _ERASES
        if self._port.photo is None or self.points is not None:
            hint = ""
        elif self._shape and self._pointer.gesture is None and self._shape.kind is not Tool.POLYGON:
            hint = OPEN_HINT
        if hint != self._told:
            self._told = hint
            self.hint_changed.emit(tr(hint) if hint else "")
        canvas.update()

    # ------------------------------------------------------------ ends

    def drop(self) -> None:
        """Another photo comes: whatever is being drawn belonged to the old one."""
        self._pointer.abandon()
        self._shape = None

    def put_down(self) -> None:
        """Something else begins: a shape is completed, a stroke under way is forgotten."""
        self._pointer.abandon()
        if self._shape is not None:
            self._finish_shape()

    def lose(self) -> None:
        """The pointer was taken away: a stroke is kept as it is, a shape stays in hand."""
        self._pointer.lose()

    def give_up(self) -> None:
        """Forget the stroke or shape being drawn, or go back to the brush from before it."""
        self._shape = None
        self._pointer.abandon()
        self.show()

    def take_back(self) -> None:
        """Undo in the middle: a polygon's last corner, or else all of what is being drawn."""
        if self._shape is None or not self._shape.take_corner():
            self.give_up()
        self._canvas.update()

    # ------------------------------------------------------------ events

    def tablet(self, event: QTabletEvent) -> None:
        """A pen is a mouse with pressure, and its other end an eraser."""
        at, pressure = self._port.on_sheet(event.position()), min(1.0, max(0.0, event.pressure()))
        if event.type() == QTabletEvent.Type.TabletPress:
            rubs = event.pointerType() == event.pointerType().Eraser
            self.press(Press(at, event.button(), event.modifiers(), pressure, rubs))
        elif event.type() == QTabletEvent.Type.TabletMove:
            self.move(at, event.buttons(), event.modifiers(), pressure)
        else:
            self.release(at, event.button())
        event.accept()  # no mouse event is made of it

    def press(self, press: Press) -> None:
        """A button went down."""
        self._hold(press.modifiers)
        self._pointer.press(press)
        self.show()

    def move(
        self,
        position: QPointF,
        buttons: Qt.MouseButton,
        modifiers: Qt.KeyboardModifier,
        pressure: float | None = None,
    ) -> None:
        """The pointer moved."""
        old, before = self._box(), self._shape_box()
        self._hold(modifiers)
        self._pointer.move(position, buttons, pressure)
        if self._pointer.gesture is None:
            if self.points is not None:
                self.points.move(position)
            elif self._shape is not None:
                self._shape.move(position)
        self.touch(old.united(self._box()))
        if self._shape is not None:
            self.touch(before.united(self._shape_box()))

    def release(self, position: QPointF, button: Qt.MouseButton) -> None:
        """A button went up."""
        self._pointer.release(position, button)

    def leave(self) -> None:
        """The pointer left; with a button down there is no leaving, so its release was lost."""
        self._pointer.position = None
        if self._shape is not None:
            self._shape.move(None)
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._pointer.lose()
        self._canvas.update()

    def key(self, event: QKeyEvent, *, held: bool) -> bool:
        """A key goes down or up; whether it was for the hand alone."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.space = held
                if not held and isinstance(self._pointer.gesture, Pan):
                    self._pointer.end()
                self.show()
            return True
        if event.key() in (Qt.Key.Key_Alt, Qt.Key.Key_Shift):
            if self._shape is not None and event.key() == Qt.Key.Key_Shift:
                self._shape.constrained = held
                if self._pointer.position is not None and self._pointer.gesture is not None:
                    self._shape.drag(self._pointer.position)
                else:
                    self._shape.move(self._pointer.position)
            self._canvas.update()
            return False
        if not held or not self.drawing:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.take_back()  # the window's own commands may be disabled
        elif self._shape is not None and event.key() == Qt.Key.Key_Backspace:
            self.take_back()
        elif self._shape is not None and event.key() in _CLOSERS:
            self.put_down()
        else:
            return False
        return True

    # ------------------------------------------------------------ gestures

    def _hold(self, modifiers: Qt.KeyboardModifier) -> None:
        if self._shape is not None:
            self._shape.constrained = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)

    def _erases(self, modifiers: Qt.KeyboardModifier) -> bool:
        if self._layers.stroking:
            return self._layers.erases
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier) and not self._brush.paint
        return self._brush.erase != alt

    def _picks(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a click takes a colour from the photo."""
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        paints = self._brush.paint and alt and not self._layers.stroking
        return paints or self._brush.tool is Tool.COLOUR

    def _choose_gesture(self, press: Press) -> Gesture | None:
        button, at = press.button, press.position
        if button == Qt.MouseButton.MiddleButton or (press.left and self.space):
            return Pan(button, at, self.pan)
        sheet = self._port.sheet
        seen = self.split is not None and (self.points is None or self._curtain.comparing)
        on_line = seen and press.left
        if self.split and on_line and self.split.holds(at, sheet.width(), sheet.height()):
            return DragSplit(button, self.split, sheet, self.show_split)
        if self.points is not None:
            if not press.left:
                return None
            if self._curtain.comparing:  # out of sight: they come back before they are dragged
                self._curtain.touch()
                self._canvas.update()
                return None
            return DragPoints(button, at, self.points)
        pixels = 1 / self._port.widget_length(1)
        size = partial(SizeBrush, button, at, self._brush, pixels, self.take)
        if button == Qt.MouseButton.RightButton and press.alt:
            return size(None)
        if not press.left:
            return None
        if self._shape is None:
            choosing = self._faces.shown or press.control
            face = self._faces.other_at(*self._port.photo_point(at)) if choosing else None
            if face is not None:
                self.face_chosen.emit(face)
                return None
        if self._brush.tool.is_round:
            return self._brushed(press, size)
        if self._brush.tool.draws_shapes:
            return self._shaped(press)
        if self._brush.tool is Tool.CLASS:
            how = "add" if press.shift else "subtract" if press.alt else "replace"
            self.class_clicked.emit(*self._port.photo_point(at), how)
        else:
            self.colour_clicked.emit(*self._port.photo_point(at), press.alt)
        self._uncover()
        return None

    def _brushed(
        self, press: Press, size: Callable[[Callable[[QPointF], None] | None], Gesture]
    ) -> Gesture | None:
        at = press.position
        heals = self._brush.tool is Tool.HEAL
        if press.shift:
            return size(None if heals else self._draw_line_to)
        if self._picks(press.modifiers):
            colour = self._picture.colour_at(at, self._port)
            self.take(self._brush.dipped(colour))
            return None
        erases = not heals and (press.rubs or self._erases(press.modifiers))
        self._stabiliser.begin(at, self._brush)
        self._begin_stroke(self._port.photo_point(at), erases=erases, pressure=press.pressure)
        return Draw(press.button, self._extend_stroke, self._finish_stroke, self._layers.abandon)

    # ------------------------------------------------------------ strokes

    def _uncover(self) -> None:
        """The region is worked on: it is shown, and the faces' frames are not."""
        self._faces.shown = False
        if self._brush.tool is Tool.HEAL:
            return  # no region is worked on
        self._curtain.touch()
        self._curtain.on = self._curtain.on or not self._brush.paint

    def _begin_stroke(
        self, point: tuple[float, float], *, erases: bool, pressure: float | None = None
    ) -> None:
        self._uncover()
        self._layers.render(self._port.view, *self._port.size)
        self._layers.begin(point, self._brush, erases=erases, pressure=pressure)
        start = self._layers.start_within
        if start is not None:
            self.limit_wanted.emit(*start)
        self._canvas.update()

    def _extend_stroke(self, position: QPointF, pressure: float | None) -> None:
        pulled = self._stabiliser.pulled(position)
        if pulled is not None:
            self._extend_to(self._port.photo_point(pulled), pressure)

    def _extend_to(self, point: tuple[float, float], pressure: float | None = None) -> None:
        for box in self._layers.extend(point, pressure):
            self.touch(self._port.widget_box(box))
        if not self._layers.paints:
            self.stroke_moved.emit()

    def _draw_line_to(self, position: QPointF) -> None:
        """A straight stroke from where the last one ended; a dot when there was none."""
        point = self._port.photo_point(position)
        start = self._layers.last or point
        self._begin_stroke(start, erases=self._erases(Qt.KeyboardModifier.NoModifier))
        self._layers.extend(point)
        self._finish_stroke()

    def _finish_stroke(self) -> None:
        hangs = self._stabiliser.brush is not None and self._brush.smoothing > 0
        if hangs and self._pointer.position is not None:
            self._extend_to(self._port.photo_point(self._pointer.position))  # the last bit
        self._stabiliser.end()
        if self._brush.tool is Tool.HEAL:
            stroke = self._layers.take()
            if stroke is not None:
                self.spot_drawn.emit(stroke)
            self._canvas.update()
            return
        drawn = self._layers.finish()
        if drawn is not None:
            self._hand_over(drawn)

    def _hand_over(self, drawn: Drawn) -> None:
        if drawn.colour is not None:
            self.paint_finished.emit(drawn.stroke, drawn.colour)
        else:
            self.stroke_finished.emit(drawn.stroke)

    # ------------------------------------------------------------ shapes

    def _shaped(self, press: Press) -> Gesture | None:
        at = press.position
        if self._shape is None:
            self._uncover()
            erases = press.rubs or self._erases(press.modifiers)
            self._shape = Shape(
                self._brush.tool, self._port, at, erases=erases, done=self._finish_shape
            )
            self._hold(press.modifiers)
            if self._brush.within:  # found while it is drawn, told once it is
                self.limit_wanted.emit(*self._shape.start)
        elif self._shape.press(at):
            self._finish_shape()
            return None
        return DrawShape(press.button, self._shape)

    def _finish_shape(self) -> None:
        shape, self._shape = self._shape, None
        outline = None
        if shape is not None:
            outline = shape.outline(self._brush.opacity, within=self._brush.within)
        if outline is not None:
            self._layers.render(self._port.view, *self._port.size)
            self._hand_over(self._layers.lay(outline))
            if outline.within:
                self.limit_wanted.emit(*outline.start)
        self.show()

    # ------------------------------------------------------------ on the screen

    def draw(self, painter: QPainter) -> None:
        """Draw what is in hand: the shape so far, the brush, a ring of the colour under it."""
        if self._shape is not None:
            self._shape.draw(painter)
        centre, gesture = self._pointer.position, self._pointer.gesture
        if centre is None or self.space or isinstance(gesture, Pan):
            return
        if not self._canvas.isEnabled():
            return
        modifiers = QApplication.keyboardModifiers()
        sizing = isinstance(gesture, SizeBrush) and gesture.sizing
        if isinstance(gesture, SizeBrush):
            centre = gesture.centre
        elif self._picks(modifiers):
            colour = self._picture.colour_at(centre, self._port)
            marks.draw_pipette(painter, centre, QColor(*colour))
            return
        elif not self._brush.tool.is_round:
            return
        elif self._stabiliser.brush is not None:
            marks.draw_string(painter, self._stabiliser.brush, centre)
            centre = self._stabiliser.brush
        radius = self._port.widget_length(self._brush.radius)
        erasing = self._erases(modifiers)
        marks.draw_brush(painter, centre, radius, self._brush, erasing=erasing, sizing=sizing)

    def _box(self) -> QRect:
        """The widget's pixels that the brush may be drawn on."""
        box = QRect()
        for centre in (self._pointer.position, self._stabiliser.brush):
            if centre is not None:
                radius = max(20, math.ceil(self._port.widget_length(self._brush.radius)) + 4)
                corner = centre.toPoint() - QPoint(radius, radius)
                box = box.united(QRect(corner, QSize(2 * radius, 2 * radius)))
        return box

    def _shape_box(self) -> QRect:
        return QRect() if self._shape is None else self._shape.box()


def _nowhere(moved: QPointF) -> None:
    """Without a canvas that moves."""
    del moved


def _no_split(split: Split) -> None:
    """Without a canvas that shows it."""
    del split
