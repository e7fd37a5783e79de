"""The photo on the screen: pan, zoom, brush, paint, overlays, original."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPointingDevice,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QSizePolicy, QWidget

from widgets import marks
from widgets.brush import Brush
from widgets.pixels import rgb_image
from widgets.strokes import PaintedLayers
from widgets.view import MAX_ZOOM, Layer, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.paint import Colour, PaintLayer
    from editor.document.photo import Pyramid
    from editor.engine.jobs import Patch
    from widgets.landmark_tool import LandmarkTool
    from widgets.quality import QualityTint

BACKGROUND = 34  # a neutral dark grey: colours around it are judged truly
_FLASH_MS = 900


class PhotoCanvas(QWidget):
    """Shows the photo and collects brush strokes; never waits for the engine.

    Signals:
        stroke_finished(BrushStroke): of the region's brush or eraser, from press to release.
        paint_finished(BrushStroke, Colour): of the paint brush.
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
        self._photo_size: tuple[int, int] | None = None
        self._photo_layer: Layer | None = None
        self._composite: Layer | None = None
        self._preview: Layer | None = None
        self._view = View()
        self._fits = True
        self._pixels = np.zeros((1, 1, 3), np.uint8)
        self._stale = True  # the photo's pixels must be drawn again
        self._layers = PaintedLayers()
        self._quality: QualityTint | None = None
        self._tool: LandmarkTool | None = None
        self._paint_opacity = 0.8
        self._overlay_on = True
        self._overlay_aside = False  # region and paint are out of the way until touched again
        self._flash = QTimer(self, singleShot=True, interval=_FLASH_MS)
        self._flash.timeout.connect(self._put_overlay_aside)
        self._original = False
        self._faces: tuple[tuple[float, float, float, float], ...] = ()
        self._active_face = -1
        self._faces_shown = False
        self._brush = Brush()
        self._panning: QPointF | None = None
        self._space = False
        self._sizing: tuple[QPointF, Brush] | None = None
        self._pointer: QPointF | None = None
        self._hint = ("Open a portrait or drop one here", "JPEG, PNG, TIFF or WebP")
        self._choose_cursor()

    # ------------------------------------------------------------ what is shown

    @property
    def view(self) -> View:
        """Where the photo lies, device pixels."""
        return self._view

    @property
    def brush(self) -> Brush:
        """The brush in hand."""
        return self._brush

    @property
    def overlay_visible(self) -> bool:
        """Whether the region is drawn now."""
        aside = self._overlay_aside or self._original or self._tool is not None
        return self._overlay_on and not aside

    @property
    def paint_visible(self) -> bool:
        """Whether painted colours are drawn now."""
        return not (self._layers.colours.is_empty or self._overlay_aside or self._original)

    @property
    def stroking(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._layers.stroking

    def show_photo(self, pyramid: Pyramid | None) -> None:
        """Show another photo, fitted; edits and region are gone until they are set."""
        self._layers = PaintedLayers()
        self._composite = self._preview = None
        self._faces, self._active_face = (), -1
        self._quality = self._tool = None
        if pyramid is None:
            self._photo_size = self._photo_layer = None
        else:
            height, width = pyramid.levels[0].shape[:2]
            self._photo_size = (width, height)
            self._photo_layer = Layer(pyramid.levels, (0, 0, width, height))
            self.set_brush(self._brush.resized(0.02 * max(width, height)))
        self.fit()
        self._choose_cursor()

    @Slot(object)
    def show_composite(self, patch: Patch | None) -> None:
        """Show the edited pixels; None: there are no edits."""
        self._composite = _layer(patch)
        self._redraw()

    @Slot(object)
    def show_preview(self, patch: Patch | None) -> None:
        """Show pixels over the composite for now; None ends it."""
        self._preview = _layer(patch)
        self._redraw()

    @Slot(object)
    def show_region(self, region: BrushedRegion | None) -> None:
        """Show what may change."""
        self._layers.abandon()
        self._layers.region.set_region(region)
        self._layers.stale = True
        self._overlay_aside = False
        self._flash.stop()
        self.update()

    def region_on_screen(self) -> tuple[NDArray[np.uint8], View]:
        """The region with the stroke being drawn, uint8 (h, w) in device pixels, and its view."""
        return self._layers.region.alpha, self._view

    def show_quality(self, tint: QualityTint | None) -> None:
        """Tint the face by how well the generator explains it; None ends it."""
        if tint is not self._quality:
            self._quality = tint
            self.update()

    def set_tool(self, tool: LandmarkTool | None) -> None:
        """Let the left button drag a tool's points instead of painting; None: paint again."""
        self.abandon_stroke()
        self._tool = tool
        self._choose_cursor()
        self._redraw()  # a tool shows the photo itself: that is where the points belong

    @Slot(object)
    def show_paint(self, paint: PaintLayer | None) -> None:
        """Show painted colours over the photo."""
        self._layers.abandon()
        self._layers.colours.set_paint(paint)
        self._layers.stale = True
        self._overlay_aside = False
        self.update()

    @Slot(float)
    def set_paint_opacity(self, opacity: float) -> None:
        """How strongly painted colours cover the photo, 0…1."""
        self._paint_opacity = opacity
        self._overlay_aside = False
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
        ratio = self.devicePixelRatio()
        height, width = self._pixels.shape[:2]
        x = min(width - 1, max(0, int(position.x() * ratio)))
        y = min(height - 1, max(0, int(position.y() * ratio)))
        red, green, blue = self._pixels[y, x].tolist()
        return red, green, blue

    def show_faces(
        self, boxes: Sequence[tuple[float, float, float, float]], active: int, shown: bool
    ) -> None:
        """Frame the faces (x, y, width, height in photo pixels) while one is chosen."""
        self._faces, self._active_face, self._faces_shown = tuple(boxes), active, shown
        self.update()

    @Slot(bool)
    def show_original(self, original: bool) -> None:
        """Show the photo as it was opened, without edits and overlay, or the edited one again."""
        if original != self._original:
            self._original = original
            self._redraw()

    @Slot(bool)
    def set_overlay_on(self, on: bool) -> None:
        """Draw the region, or do not."""
        self._overlay_on = on
        self._overlay_aside = False
        self._flash.stop()
        self.update()

    def step_overlay_aside(self, *, after_a_look: bool = False) -> None:
        """Hide region and paint until they are touched again, at once or after a moment."""
        if after_a_look:
            self._flash.start()
        elif not self._flash.isActive():
            self._put_overlay_aside()

    @Slot()
    def _put_overlay_aside(self) -> None:
        if not self._overlay_aside:
            self._overlay_aside = True
            self.update()

    @Slot(object)
    def set_brush(self, brush: Brush) -> None:
        """Take another brush."""
        if brush != self._brush:
            if brush.paint and not self._brush.paint:
                self._overlay_aside = False  # what is painted so far comes back
            self._brush = brush
            self.brush_changed.emit(brush)
            self._choose_cursor()
            self.update()

    def set_hint(self, title: str, detail: str) -> None:
        """What the empty canvas says."""
        self._hint = (title, detail)
        self.update()

    # ------------------------------------------------------------ view

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatio()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def _set_view(self, view: View, *, fits: bool = False) -> None:
        if self._photo_size is None:
            return
        self._fits = fits
        view = view.kept_in_sight(self._photo_size, self._device_size())
        if view != self._view:
            self._view = view
            self._layers.stale = True
            self.view_changed.emit(view.zoom)
        self._redraw()

    def _redraw(self) -> None:
        self._stale = True
        self.update()

    @Slot()
    def fit(self) -> None:
        """Show all of the photo."""
        if self._photo_size is None:
            self._redraw()
            return
        self._set_view(View.fitting(self._photo_size, self._device_size()), fits=True)

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom to a factor about a point of the widget, by default the pointer or the middle."""
        if self._photo_size is None:
            return
        inside = self._pointer if self._pointer is not None else QRectF(self.rect()).center()
        at = inside if at is None else at
        ratio = self.devicePixelRatio()
        smallest = min(View.fitting(self._photo_size, self._device_size()).zoom / 2, 1.0)
        zoom = min(MAX_ZOOM, max(smallest, zoom))
        self._set_view(self._view.zoomed(zoom, at.x() * ratio, at.y() * ratio))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out by a factor."""
        self.set_zoom(self._view.zoom * factor, at)

    def centre_on(self, x: float, y: float) -> None:
        """Bring a photo point to the middle."""
        self._set_view(self._view.centred_on((x, y), self._device_size()))

    def photo_point(self, position: QPointF) -> tuple[float, float]:
        """Widget position → photo pixels; the centre of pixel (i, j) is at (i, j)."""
        ratio = self.devicePixelRatio()
        x, y = self._view.to_photo(position.x() * ratio, position.y() * ratio)
        return x - 0.5, y - 0.5

    def widget_point(self, x: float, y: float) -> QPointF:
        """The inverse of ``photo_point``."""
        ratio = self.devicePixelRatio()
        u, v = self._view.to_device(x + 0.5, y + 0.5)
        return QPointF(u / ratio, v / ratio)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the photo fitted, or its middle in the middle."""
        if self._photo_size is not None:
            if self._fits:
                self.fit()
            else:
                ratio = self.devicePixelRatio()
                old = event.oldSize()
                middle = self._view.to_photo(old.width() * ratio / 2, old.height() * ratio / 2)
                self._set_view(self._view.centred_on(middle, self._device_size()))
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden canvas has nothing to flash."""
        self._flash.stop()
        super().hideEvent(event)

    # ------------------------------------------------------------ paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is stale, then photo, region, frames and cursor."""
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        if self._photo_layer is None:
            painter.fillRect(self.rect(), QColor(BACKGROUND, BACKGROUND, BACKGROUND))
            marks.draw_hint(painter, self.rect(), *self._hint)
            return
        width, height = self._device_size()
        if self._pixels.shape[:2] != (height, width):
            self._pixels = np.empty((height, width, 3), np.uint8)
            self._stale = self._layers.stale = True
        if self._stale:
            self._pixels[...] = BACKGROUND
            self._photo_layer.draw(self._pixels, self._view)
            if not self._original and self._tool is None:
                for layer in (self._composite, self._preview):
                    if layer:
                        layer.draw(self._pixels, self._view)
            self._stale = False
        ratio = self.devicePixelRatio()
        image = rgb_image(self._pixels)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)
        if self._layers.stale:
            self._layers.render(self._view, width, height)
        if self._quality and self._photo_size and not self._original:
            self._quality.draw(painter, self._view, self._photo_size, ratio)
        if self.paint_visible:
            image = self._layers.colours.image()
            image.setDevicePixelRatio(ratio)
            painter.setOpacity(self._paint_opacity)
            painter.drawImage(0, 0, image)
            painter.setOpacity(1)
        if self.overlay_visible:
            image = self._layers.region.image()
            image.setDevicePixelRatio(ratio)
            painter.drawImage(0, 0, image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._original:
            marks.draw_badge(painter, "Original")
        if self._layers.reflection is not None and self._photo_size is not None:
            ends = self._layers.axis(*self._photo_size)
            marks.draw_axis(painter, *(self.widget_point(*end) for end in ends))
        if self._tool is not None:
            self._tool.draw(painter)
            return
        if self._faces_shown:
            for number, (x, y, w, h) in enumerate(self._faces):
                box = QRectF(self.widget_point(x, y), self.widget_point(x + w, y + h))
                active = number == self._active_face
                marks.draw_face(painter, box, number + 1, active=active)
        self._paint_brush(painter)

    def _paint_brush(self, painter: QPainter) -> None:
        if self._pointer is None or self._hand or not self.isEnabled():
            return
        modifiers = QApplication.keyboardModifiers()
        centre = self._sizing[0] if self._sizing else self._pointer
        if self._picks(modifiers):
            marks.draw_pipette(painter, centre, QColor(*self.colour_at(centre)))
            return
        marks.draw_brush(
            painter,
            centre,
            self._brush.radius * self._view.zoom / self.devicePixelRatio(),
            self._brush,
            erasing=self._erases(modifiers),
            sizing=self._sizing is not None,
        )

    def _brush_box(self, position: QPointF | None) -> QRect:
        if position is None:
            return QRect()
        radius = math.ceil(self._brush.radius * self._view.zoom / self.devicePixelRatio()) + 4
        return QRect(position.toPoint() - QPoint(radius, radius), QSize(2 * radius, 2 * radius))

    # ------------------------------------------------------------ pointer

    @property
    def _hand(self) -> bool:
        return self._space or self._panning is not None

    def _erases(self, modifiers: Qt.KeyboardModifier) -> bool:
        if self.stroking:
            return self._layers.erases
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        return self._brush.erase if self._brush.paint else self._brush.erase != alt

    def _picks(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a click takes a colour from the photo."""
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        return self._brush.paint and alt and not self.stroking

    def _other_face(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> int | None:
        """The face that a click would choose: one that is not active, the smallest there."""
        if not (self._faces_shown or modifiers & Qt.KeyboardModifier.ControlModifier):
            return None
        px, py = self.photo_point(at)
        under = [
            (w * h, number)
            for number, (x, y, w, h) in enumerate(self._faces)
            if x <= px <= x + w and y <= py <= y + h
        ]
        if not under or any(number == self._active_face for _, number in under):
            return None
        return min(under)[1]

    def _choose_cursor(self) -> None:
        if self._photo_size is None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._panning is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._tool is not None or self._brush.radius * self._view.zoom < 4:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.BlankCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, a pan or a change of the brush."""
        button, position = event.button(), event.position()
        if self._photo_size is None:
            if button == Qt.MouseButton.LeftButton:
                self.open_requested.emit()
            return
        self._pointer = position
        left = button == Qt.MouseButton.LeftButton
        if self.stroking:
            return
        if button == Qt.MouseButton.MiddleButton or (left and self._space):
            self._panning = position
        elif self._tool is not None:
            if left:
                self._tool.press(position)
        elif left and (face := self._other_face(position, event.modifiers())) is not None:
            self.face_chosen.emit(face)
        elif left and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._sizing = (position, self._brush)
        elif left and self._picks(event.modifiers()):
            self.set_brush(self._brush.dipped(self.colour_at(position)))
        elif left:
            self._begin_stroke(position, event.modifiers())
        self._choose_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw, pan, size the brush, or show where it is."""
        old, self._pointer = self._pointer, event.position()
        if self._panning is not None:
            moved = event.position() - self._panning
            self._panning = event.position()
            ratio = self.devicePixelRatio()
            self._set_view(self._view.panned(moved.x() * ratio, moved.y() * ratio))
            return
        if self._tool is not None:
            self._tool.move(event.position())
            return
        if self._sizing is not None:
            start, brush = self._sizing
            moved = event.position() - start
            pixels = moved.x() * self.devicePixelRatio() / self._view.zoom
            hardness = brush.hardness - moved.y() / 200
            self.set_brush(brush.resized(brush.radius + pixels).hardened(hardness))
            self.update()
            return
        if self.stroking:
            self._update_device(self._layers.extend(self.photo_point(event.position())))
            if not self._layers.paints:
                self.stroke_moved.emit()
        self.update(self._brush_box(old).united(self._brush_box(self._pointer)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what the press began."""
        if self._tool is not None and event.button() == Qt.MouseButton.LeftButton:
            self._tool.release()
        if event.button() == Qt.MouseButton.LeftButton and self.stroking:
            self._layers.extend(self.photo_point(event.position()))
            self._finish_stroke()
        self._panning = self._sizing = None
        self._choose_cursor()
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Take the keys, unless a number is being typed."""
        if not isinstance(QApplication.focusWidget(), QAbstractSpinBox | QLineEdit):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer; two fingers on a touch pad pan."""
        if self.stroking or self._photo_size is None:
            return
        pad = event.device().type() == QPointingDevice.DeviceType.TouchPad
        if pad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
            ratio = self.devicePixelRatio()
            self._set_view(self._view.panned(moved.x() * ratio, moved.y() * ratio))
        else:
            self.zoom_by(1.2 ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinch on a touch pad zooms."""
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space pans, Escape abandons the stroke, arrows and Enter belong to others."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self._choose_cursor()
                self.update()
        elif event.key() == Qt.Key.Key_Escape and self.stroking:
            self.abandon_stroke()
        else:
            if event.key() == Qt.Key.Key_Alt:
                self.update()
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space ends panning."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = False
                self._panning = None
                self._choose_cursor()
                self.update()
        else:
            if event.key() == Qt.Key.Key_Alt:
                self.update()
            super().keyReleaseEvent(event)

    # ------------------------------------------------------------ stroke

    def _begin_stroke(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        erases = self._erases(modifiers)
        self._faces_shown = False
        self._overlay_aside = False
        self._overlay_on = self._overlay_on or not self._brush.paint
        self._flash.stop()
        if self._layers.stale:
            self._layers.render(self._view, *self._device_size())
        self._layers.begin(self.photo_point(position), self._brush, erases=erases)
        self.update()

    def _update_device(self, boxes: list[QRect]) -> None:
        """Draw these device pixels again."""
        ratio = self.devicePixelRatio()
        for box in boxes:
            x, y, w, h = (part / ratio for part in (box.x(), box.y(), box.width(), box.height()))
            self.update(QRectF(x, y, w, h).toAlignedRect())

    def _finish_stroke(self) -> None:
        stroke = self._layers.finish()
        if stroke is None:
            return
        if self._layers.paints:
            self.paint_finished.emit(stroke, self._brush.colour)
        else:
            self.stroke_finished.emit(stroke)

    def abandon_stroke(self) -> None:
        """Forget the stroke being drawn."""
        self._layers.abandon()
        self.update()


def _layer(patch: Patch | None) -> Layer | None:
    if patch is None:
        return None
    return Layer((patch.pixels,), (patch.x, patch.y, patch.width, patch.height))
