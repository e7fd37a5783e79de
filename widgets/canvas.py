"""The photo on the screen: pan, zoom, brush, paint, overlays, original."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QSizePolicy, QWidget

from editor.session.background import Background
from widgets import marks
from widgets.brush import Brush
from widgets.compare import DragSplit
from widgets.curtain import Curtain
from widgets.gestures import DragPoints, Draw, Pan, Pointer, Press, SizeBrush
from widgets.picture import BACKGROUND, FaceFrames, Picture
from widgets.strokes import PaintedLayers
from widgets.viewport import Viewport

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.paint import Colour, PaintLayer
    from editor.document.photo import Pyramid
    from editor.document.stroke import BrushStroke
    from editor.engine.jobs import Patch
    from widgets.compare import Split
    from widgets.gestures import Gesture
    from widgets.landmark_tool import LandmarkTool
    from widgets.quality import QualityTint
    from widgets.view import View

_POINTER_LOST = (
    QEvent.Type.WindowDeactivate,
    QEvent.Type.FocusOut,
    QEvent.Type.UngrabMouse,
    QEvent.Type.EnabledChange,
)


class PhotoCanvas(QWidget):
    """Shows the photo and collects brush strokes; never waits for the engine.

    Attributes:
        curtain: whether region and paint are drawn.

    Signals:
        stroke_finished(BrushStroke): of the region's brush or eraser, from press to release. It
            stays on the screen until a region is shown that it does not wait for.
        paint_finished(BrushStroke, Colour): of the paint brush; likewise.
        stroke_moved(): a stroke of the region's brush or eraser goes on.
        brush_changed(Brush): by a gesture or ``set_brush``.
        view_changed(float): zoom, 1 is 100 %.
        open_requested(): the empty canvas was clicked.
        face_chosen(int): another face was clicked, with Ctrl or while the faces are framed.
    """

    stroke_finished = Signal(object)
    paint_finished = Signal(object, object)
    stroke_moved = Signal()
    brush_changed = Signal(object)
    view_changed = Signal(float)
    open_requested = Signal()
    face_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Photo")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setTabletTracking(True)
        self._picture, self._faces = Picture(), FaceFrames()
        self._port = Viewport()
        self._told = self._port.view  # by view_changed
        background = Background("canvas", self)
        self.destroyed.connect(partial(background.close, wait=False))
        self._layers = PaintedLayers(background, self.update)
        self._quality: QualityTint | None = None
        self._tool: LandmarkTool | None = None
        self._paint_opacity = 0.8
        self.curtain = Curtain(self.update, self)
        self._original = False
        self._split: Split | None = None
        self._brush = Brush()
        self._pointer = Pointer(self._choose_gesture, self._show_hand)
        self._space = False
        self._hint = ("Open a portrait or drop one here", "JPEG, PNG, TIFF or WebP")
        self._show_hand()

    # ------------------------------------------------------------ what is shown

    @property
    def view(self) -> View:
        """Where the photo lies, device pixels."""
        return self._port.view

    @property
    def is_fitted(self) -> bool:
        """Whether all of the photo is shown, as after opening."""
        return self._port.fits

    @property
    def brush(self) -> Brush:
        """The brush in hand."""
        return self._brush

    @property
    def overlay_visible(self) -> bool:
        """Whether the region is drawn now."""
        aside = self.curtain.aside or self._original or self._tool is not None
        return self.curtain.on and not aside

    @property
    def paint_visible(self) -> bool:
        """Whether painted colours are drawn now."""
        return self._layers.has_paint and not (self.curtain.aside or self._original)

    @property
    def stroking(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._layers.stroking

    @property
    def waiting_strokes(self) -> tuple[BrushStroke, ...]:
        """Finished strokes that no region or paint on the screen contains yet."""
        return self._layers.waiting

    def show_photo(self, pyramid: Pyramid | None) -> None:
        """Show another photo, fitted; edits and region are gone until they are set."""
        self._pointer.end(keep=False)
        self._layers.clear()
        self._faces.show((), -1, shown=False)
        self._quality = self._tool = None
        self._port.photo = size = self._picture.show_photo(pyramid)
        if size is not None:
            self.set_brush(self._brush.resized(0.02 * max(size)))
        self.fit()
        self._show_hand()

    @Slot(object)
    def show_composite(self, patch: Patch | None) -> None:
        """Show the edited pixels; None: there are no edits."""
        self._picture.show_composite(patch)
        self.update()

    @Slot(object)
    def show_preview(self, patch: Patch | None) -> None:
        """Show pixels over the composite for now; None ends it."""
        self._picture.show_preview(patch)
        self.update()

    @Slot(object)
    def show_region(
        self, region: BrushedRegion | None, waiting: Sequence[BrushStroke] = ()
    ) -> None:
        """Show what may change.

        Finished strokes are in ``region`` or were dropped, but for those of ``waiting``: they stay
        on top of it until they are in a later one. A stroke being drawn goes on.
        """
        self._layers.show_region(region, waiting)
        self.curtain.touch()

    def region_on_screen(self) -> tuple[NDArray[np.uint8], View]:
        """The region with the stroke being drawn, uint8 (h, w) in device pixels, and its view."""
        return self._layers.region.alpha, self._port.view

    def show_quality(self, tint: QualityTint | None) -> None:
        """Tint the face by how well the generator explains it; None ends it."""
        if tint is not self._quality:
            self._quality = tint
            self.update()

    def set_tool(self, tool: LandmarkTool | None) -> None:
        """Let the left button drag a tool's points instead of painting; None: paint again."""
        self._pointer.end(keep=False)
        self._tool = tool
        self._show_hand()
        self._show_edits()

    @Slot(object)
    def show_paint(self, paint: PaintLayer | None, waiting: Sequence[BrushStroke] = ()) -> None:
        """Show painted colours over the photo; ``waiting`` as for ``show_region``."""
        self._layers.show_paint(paint, waiting)
        self.curtain.aside = False

    def keep_waiting(self, strokes: Sequence[BrushStroke]) -> None:
        """Forget all finished strokes but these: the others changed nothing, or failed."""
        self._layers.keep_waiting(strokes)

    @Slot(float)
    def set_paint_opacity(self, opacity: float) -> None:
        """How strongly painted colours cover the photo, 0…1."""
        self._paint_opacity = opacity
        self.curtain.aside = False
        self.update()

    def show_mirror(self, reflection: NDArray[np.float64] | None) -> None:
        """Draw strokes on both sides of an axis.

        Args:
            reflection: float64 (2, 3), photo pixels: where a point's mirror image lies; None
                ends it.
        """
        self._layers.reflection = reflection
        self.update()

    def colour_at(self, position: QPointF) -> Colour:
        """The edited photo's colour at a widget position, paint and region left out."""
        return self._picture.colour_at(position, self.devicePixelRatio())

    def show_faces(
        self, boxes: Sequence[tuple[float, float, float, float]], active: int, shown: bool
    ) -> None:
        """Frame the faces (x, y, width, height in photo pixels) while one is chosen."""
        self._faces.show(boxes, active, shown=shown)
        self.update()

    @Slot(bool)
    def show_original(self, original: bool) -> None:
        """Show the photo as it was opened, without edits and overlay, or the edited one again."""
        self._original = original
        self._show_edits()

    def show_split(self, split: Split | None) -> None:
        """Show the photo without edits on one side of a line; None ends it."""
        self._split = split
        self._show_edits()

    def _show_edits(self) -> None:
        # a tool shows the photo itself: that is where the points belong
        self._picture.original = self._original or self._tool is not None
        self._picture.split = self._split
        self._picture.stale = True
        self.update()

    @Slot(object)
    def set_brush(self, brush: Brush) -> None:
        """Take another brush."""
        if brush != self._brush:
            if brush.paint and not self._brush.paint:
                self.curtain.aside = False  # what is painted so far comes back
            self._brush = brush
            self.brush_changed.emit(brush)
            self._show_hand()

    def set_hint(self, title: str, detail: str) -> None:
        """What the empty canvas says."""
        self._hint = (title, detail)
        self.update()

    # ------------------------------------------------------------ view

    @Slot()
    def fit(self) -> None:
        """Show all of the photo; not in mid-stroke, when it would move under the pointer."""
        if not self.stroking:
            self._port.fit()
            self._on_moved()

    def show_box(self, x: float, y: float, width: float, height: float) -> None:
        """Bring a rectangle of the photo, in its pixels, to the size of the canvas."""
        if not self.stroking:
            self._port.show_box(x, y, width, height)
            self._on_moved()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom to a factor about a point of the widget, by default the pointer or the middle."""
        if at is None:
            at = self._pointer.position
        self._port.zoom_to(zoom, QRectF(self.rect()).center() if at is None else at)
        self._on_moved()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out by a factor."""
        self.set_zoom(self._port.view.zoom * factor, at)

    def centre_on(self, x: float, y: float) -> None:
        """Bring a photo point to the middle."""
        self._port.centre_on(x, y)
        self._on_moved()

    def photo_point(self, position: QPointF) -> tuple[float, float]:
        """Widget position → photo pixels; the centre of pixel (i, j) is at (i, j)."""
        return self._port.photo_point(position)

    def widget_point(self, x: float, y: float) -> QPointF:
        """The inverse of ``photo_point``."""
        return self._port.widget_point(x, y)

    def _pan(self, moved: QPointF) -> None:
        self._port.pan(moved)
        self._on_moved()

    def _on_moved(self) -> None:
        if self._port.photo is not None and self._port.view != self._told:
            self._told = self._port.view
            self.view_changed.emit(self._told.zoom)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the photo fitted, or its middle in the middle."""
        self._port.resize(self.width(), self.height(), self.devicePixelRatio())
        self._on_moved()
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden canvas has nothing to flash, and no pointer."""
        self.curtain.stay()
        self._pointer.end()
        super().hideEvent(event)

    # ------------------------------------------------------------ paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is stale, then photo, region, frames and cursor."""
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        if self._picture.is_empty:
            painter.fillRect(self.rect(), QColor(BACKGROUND, BACKGROUND, BACKGROUND))
            marks.draw_hint(painter, self.rect(), *self._hint)
            return
        port, ratio = self._port, self.devicePixelRatio()
        if ratio != port.ratio:  # another screen
            port.resize(self.width(), self.height(), ratio)
            self._on_moved()
        self._layers.render(port.view, *port.size)
        painter.drawImage(0, 0, self._picture.draw(port))
        if self._quality and port.photo and not self._original:
            self._quality.draw(painter, port.view, port.photo, ratio)
        if self.paint_visible:
            painter.setOpacity(self._paint_opacity)
            painter.drawImage(0, 0, self._layers.colours.image(ratio))
            painter.setOpacity(1)
        if self.overlay_visible:
            painter.drawImage(0, 0, self._layers.region.image(ratio))
        self._draw_marks(painter)

    def _draw_marks(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._original:
            marks.draw_badge(painter, "Original")
        if self._layers.reflection is not None and self._port.photo is not None:
            ends = self._layers.axis(*self._port.photo)
            marks.draw_axis(painter, *(self.widget_point(*end) for end in ends))
        if self._tool is not None:
            self._tool.draw(painter)
            return
        if self._split is not None and not self._original:
            self._split.draw(painter, self.width(), self.height())
        self._faces.draw(painter, self._port)
        self._draw_brush(painter)

    def _draw_brush(self, painter: QPainter) -> None:
        centre, gesture = self._pointer.position, self._pointer.gesture
        if centre is None or self._space or isinstance(gesture, Pan) or not self.isEnabled():
            return
        modifiers = QApplication.keyboardModifiers()
        sizing = isinstance(gesture, SizeBrush) and gesture.sizing
        if isinstance(gesture, SizeBrush):
            centre = gesture.centre
        elif self._picks(modifiers):
            marks.draw_pipette(painter, centre, QColor(*self.colour_at(centre)))
            return
        radius = self._port.widget_length(self._brush.radius)
        erasing = self._erases(modifiers)
        marks.draw_brush(painter, centre, radius, self._brush, erasing=erasing, sizing=sizing)

    def _brush_box(self, position: QPointF | None) -> QRect:
        if position is None:
            return QRect()
        radius = math.ceil(self._port.widget_length(self._brush.radius)) + 4
        return QRect(position.toPoint() - QPoint(radius, radius), QSize(2 * radius, 2 * radius))

    # ------------------------------------------------------------ pointer

    def _erases(self, modifiers: Qt.KeyboardModifier) -> bool:
        if self.stroking:
            return self._layers.erases
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier) and not self._brush.paint
        return self._brush.erase != alt

    def _picks(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a click takes a colour from the photo."""
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        return self._brush.paint and alt and not self.stroking

    def _show_hand(self) -> None:
        """The cursor and the brush fit what the pointer would do."""
        if self._port.photo is None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif isinstance(self._pointer.gesture, Pan):
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._tool is not None or self._brush.radius * self._port.view.zoom < 4:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.BlankCursor)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self._press(Press(event.position(), event.button(), event.modifiers()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show where the brush is."""
        self._move(event.position(), event.buttons())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what the press of this button began."""
        self._pointer.release(event.position(), event.button())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen is a mouse with pressure, and its other end an eraser."""
        at, pressure = event.position(), min(1.0, max(0.0, event.pressure()))
        if event.type() == QEvent.Type.TabletPress:
            rubs = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._press(Press(at, event.button(), event.modifiers(), pressure, rubs))
        elif event.type() == QEvent.Type.TabletMove:
            self._move(at, event.buttons(), pressure)
        else:
            self._pointer.release(at, event.button())
        event.accept()  # no mouse event is made of it

    def _press(self, press: Press) -> None:
        if self._port.photo is None:
            if press.left:
                self.open_requested.emit()
            return
        self._pointer.press(press)
        self._show_hand()

    def _move(
        self, position: QPointF, buttons: Qt.MouseButton, pressure: float | None = None
    ) -> None:
        old = self._pointer.position
        self._pointer.move(position, buttons, pressure)
        if self._tool is not None and self._pointer.gesture is None:
            self._tool.move(position)
        self.update(self._brush_box(old).united(self._brush_box(position)))

    def _choose_gesture(self, press: Press) -> Gesture | None:
        button, at = press.button, press.position
        if button == Qt.MouseButton.MiddleButton or (press.left and self._space):
            return Pan(button, at, self._pan)
        if self._tool is not None:
            return DragPoints(button, at, self._tool) if press.left else None
        if self._split and press.left and self._split.holds(at, self.width(), self.height()):
            return DragSplit(button, self._split, QRectF(self.rect()), self.show_split)
        pixels = 1 / self._port.widget_length(1)
        size = partial(SizeBrush, button, at, self._brush, pixels, self.set_brush)
        if button == Qt.MouseButton.RightButton and press.alt:
            return size(None)
        if not press.left:
            return None
        choosing = self._faces.shown or press.control
        face = self._faces.other_at(*self.photo_point(at)) if choosing else None
        if face is not None:
            self.face_chosen.emit(face)
        elif press.shift:
            return size(self._draw_line_to)
        elif self._picks(press.modifiers):
            self.set_brush(self._brush.dipped(self.colour_at(at)))
        else:
            erases = press.rubs or self._erases(press.modifiers)
            self._begin_stroke(self.photo_point(at), erases=erases, pressure=press.pressure)
            return Draw(button, self._extend_stroke, self._finish_stroke, self._layers.abandon)
        return None

    def enterEvent(self, event: QEnterEvent) -> None:
        """Take the keys, unless a number is being typed."""
        if not isinstance(QApplication.focusWidget(), QAbstractSpinBox | QLineEdit):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush; with a button down there is no leaving, so a gesture has lost its end."""
        self._pointer.position = None
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._pointer.end()
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer; two fingers on a touch pad pan."""
        if self.stroking or self._port.photo is None:
            return
        pad = event.device().type() == QPointingDevice.DeviceType.TouchPad
        if pad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
            self._pan(QPointF(moved))
        else:
            self.zoom_by(1.2 ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinch on a touch pad zooms; what takes the pointer away ends a gesture."""
        if event.type() in _POINTER_LOST:
            self._pointer.end()
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space pans, Escape and undo abandon the stroke, other keys belong to others."""
        if event.key() == Qt.Key.Key_Space:
            self._hold_space(event, held=True)
        elif self.stroking and (
            event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Undo)
        ):
            self.abandon_stroke()  # the window's own commands may be disabled
        else:
            if event.key() == Qt.Key.Key_Alt:
                self.update()
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space ends panning."""
        if event.key() == Qt.Key.Key_Space:
            self._hold_space(event, held=False)
        else:
            if event.key() == Qt.Key.Key_Alt:
                self.update()
            super().keyReleaseEvent(event)

    def _hold_space(self, event: QKeyEvent, *, held: bool) -> None:
        if not event.isAutoRepeat():
            self._space = held
            if not held and isinstance(self._pointer.gesture, Pan):
                self._pointer.end()
            self._show_hand()

    # ------------------------------------------------------------ stroke

    def _begin_stroke(
        self, point: tuple[float, float], *, erases: bool, pressure: float | None = None
    ) -> None:
        self._faces.shown = False
        self.curtain.touch()
        self.curtain.on = self.curtain.on or not self._brush.paint
        self._layers.render(self._port.view, *self._port.size)
        self._layers.begin(point, self._brush, erases=erases, pressure=pressure)
        self.update()

    def _extend_stroke(self, position: QPointF, pressure: float | None) -> None:
        for box in self._layers.extend(self.photo_point(position), pressure):
            self.update(self._port.widget_box(box))
        if not self._layers.paints:
            self.stroke_moved.emit()

    def _draw_line_to(self, position: QPointF) -> None:
        """A straight stroke from where the last one ended; a dot when there was none."""
        point = self.photo_point(position)
        start = self._layers.last or point
        self._begin_stroke(start, erases=self._erases(Qt.KeyboardModifier.NoModifier))
        self._layers.extend(point)
        self._finish_stroke()

    def _finish_stroke(self) -> None:
        drawn = self._layers.finish()
        if drawn is None:
            return
        if drawn.colour is not None:
            self.paint_finished.emit(drawn.stroke, drawn.colour)
        else:
            self.stroke_finished.emit(drawn.stroke)

    def abandon_stroke(self) -> None:
        """Forget the stroke being drawn."""
        if self.stroking:
            self._pointer.end(keep=False)
