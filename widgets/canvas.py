"""The photo on the screen: pan, zoom, brush, overlay, original."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QSizePolicy, QWidget

from editor.region import BrushStroke
from widgets.overlay import RegionOverlay
from widgets.pixels import rgb_image
from widgets.view import MAX_ZOOM, Layer, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from editor.jobs import Patch
    from editor.photo import Pyramid
    from editor.undo import BrushedRegion

BACKGROUND = 34  # a neutral dark grey: colours around it are judged truly
_FLASH_MS = 900


@dataclass(frozen=True, slots=True)
class Brush:
    """The brush in hand.

    Attributes:
        radius: photo pixels.
        hardness: share of the radius that is fully opaque, 0…1.
        erase: takes away instead of adding.
    """

    radius: float = 40.0
    hardness: float = 0.6
    erase: bool = False

    def resized(self, radius: float) -> Brush:
        """With another radius, ½…2,000 photo pixels."""
        return replace(self, radius=min(2000.0, max(0.5, radius)))

    def hardened(self, hardness: float) -> Brush:
        """With another hardness."""
        return replace(self, hardness=min(1.0, max(0.0, hardness)))


class PhotoCanvas(QWidget):
    """Shows the photo and collects brush strokes; never waits for the engine.

    Signals:
        stroke_finished(BrushStroke): from press to release.
        brush_changed(Brush): by a gesture or ``set_brush``.
        view_changed(float): zoom, 1 is 100 %.
        open_requested(): the empty canvas was clicked.
    """

    stroke_finished = Signal(object)
    brush_changed = Signal(object)
    view_changed = Signal(float)
    open_requested = Signal()

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
        self._overlay = RegionOverlay()
        self._overlay_stale = True
        self._overlay_on = True
        self._overlay_aside = False  # out of the way until the region is touched again
        self._flash = QTimer(self, singleShot=True, interval=_FLASH_MS)
        self._flash.timeout.connect(self._put_overlay_aside)
        self._original = False
        self._faces: tuple[tuple[float, float, float, float], ...] = ()
        self._active_face = -1
        self._faces_shown = False
        self._brush = Brush()
        self._stroke: list[tuple[float, float]] | None = None
        self._stroke_erases = False
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
        return self._overlay_on and not self._overlay_aside and not self._original

    @property
    def stroking(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._stroke is not None

    def show_photo(self, pyramid: Pyramid | None) -> None:
        """Show another photo, fitted; edits and region are gone until they are set."""
        self._stroke = None
        self._composite = self._preview = None
        self._overlay.set_region(None)
        self._faces, self._active_face = (), -1
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
        self._stroke = None
        self._overlay.set_region(region)
        self._overlay_stale = True
        self._overlay_aside = False
        self._flash.stop()
        self.update()

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
        """Hide the region until it is touched again, at once or after a moment."""
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
            self._overlay_stale = True
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
            self._paint_hint(painter)
            return
        width, height = self._device_size()
        if self._pixels.shape[:2] != (height, width):
            self._pixels = np.empty((height, width, 3), np.uint8)
            self._stale = self._overlay_stale = True
        if self._stale:
            self._pixels[...] = BACKGROUND
            self._photo_layer.draw(self._pixels, self._view)
            if not self._original:
                for layer in (self._composite, self._preview):
                    if layer:
                        layer.draw(self._pixels, self._view)
            self._stale = False
        ratio = self.devicePixelRatio()
        image = rgb_image(self._pixels)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)
        if self.overlay_visible:
            if self._overlay_stale:
                self._overlay.render(self._view, width, height)
                self._overlay_stale = False
            image = self._overlay.image()
            image.setDevicePixelRatio(ratio)
            painter.drawImage(0, 0, image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._original:
            self._paint_badge(painter, "Original")
        if self._faces_shown:
            self._paint_faces(painter)
        self._paint_brush(painter)

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.rect().center())
        frame = QRectF(0, 0, min(520, self.width() - 60), min(300, self.height() - 60))
        frame.moveCenter(middle)
        pen = QPen(QColor(92, 94, 100), 1.5, Qt.PenStyle.DashLine)
        pen.setDashPattern([6, 5])
        painter.setPen(pen)
        painter.drawRoundedRect(frame, 14, 14)
        # a head in an oval: what goes here
        icon = middle - QPointF(0, 62)
        painter.setPen(QPen(QColor(128, 132, 140), 2.2))
        painter.drawEllipse(icon, 19, 24)
        painter.drawArc(QRectF(icon.x() - 44, icon.y() + 32, 88, 62), 20 * 16, 140 * 16)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.6)
        painter.setFont(font)
        painter.setPen(QColor(222, 224, 228))
        line = QRectF(frame.left(), middle.y() + 20, frame.width(), 36)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self._hint[0])
        painter.setFont(self.font())
        painter.setPen(QColor(150, 154, 162))
        painter.drawText(line.translated(0, 36), Qt.AlignmentFlag.AlignCenter, self._hint[1])

    def _paint_badge(self, painter: QPainter, text: str) -> None:
        box = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(text) + 24, 26)
        box.moveTopLeft(QPointF(14, 14))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(box, 13, 13)
        painter.setPen(QColor(240, 240, 240))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_faces(self, painter: QPainter) -> None:
        for number, (x, y, w, h) in enumerate(self._faces):
            box = QRectF(self.widget_point(x, y), self.widget_point(x + w, y + h))
            active = number == self._active_face
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(0, 0, 0, 120), 4))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QPen(QColor(250, 190, 70) if active else QColor(235, 235, 235), 2))
            painter.drawRoundedRect(box, 6, 6)
            painter.drawText(box.adjusted(8, 5, 0, 0), str(number + 1))

    def _paint_brush(self, painter: QPainter) -> None:
        if self._pointer is None or self._hand or not self.isEnabled():
            return
        centre = self._sizing[0] if self._sizing else self._pointer
        radius = self._brush.radius * self._view.zoom / self.devicePixelRatio()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        erasing = self._erases(QApplication.keyboardModifiers())
        for colour, width in ((QColor(0, 0, 0, 150), 2.6), (QColor(255, 255, 255, 235), 1.2)):
            pen = QPen(colour, width)
            if erasing:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawEllipse(centre, radius, radius)
        inner = radius * self._brush.hardness
        if 3 < inner < radius - 3:
            painter.setPen(QPen(QColor(255, 255, 255, 110), 1))
            painter.drawEllipse(centre, inner, inner)
        if self._sizing:
            diameter = 2 * self._brush.radius
            text = f"{diameter:.0f} px, hardness {100 * self._brush.hardness:.0f} %"
            painter.setPen(QColor(0, 0, 0))
            painter.drawText(centre + QPointF(13, 5), text)
            painter.setPen(QColor(255, 255, 255))
            painter.drawText(centre + QPointF(12, 4), text)

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
        if self._stroke is not None:
            return self._stroke_erases
        return self._brush.erase != bool(modifiers & Qt.KeyboardModifier.AltModifier)

    def _choose_cursor(self) -> None:
        if self._photo_size is None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._panning is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._brush.radius * self._view.zoom < 4:
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
        if self._stroke is not None:
            return
        if button == Qt.MouseButton.MiddleButton or (left and self._space):
            self._panning = position
        elif left and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._sizing = (position, self._brush)
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
        if self._sizing is not None:
            start, brush = self._sizing
            moved = event.position() - start
            pixels = moved.x() * self.devicePixelRatio() / self._view.zoom
            hardness = brush.hardness - moved.y() / 200
            self.set_brush(brush.resized(brush.radius + pixels).hardened(hardness))
            self.update()
            return
        if self._stroke is not None:
            self._extend_stroke(event.position())
        self.update(self._brush_box(old).united(self._brush_box(self._pointer)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what the press began."""
        if event.button() == Qt.MouseButton.LeftButton and self._stroke is not None:
            self._extend_stroke(event.position())
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
        if self._stroke is not None or self._photo_size is None:
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
        elif event.key() == Qt.Key.Key_Escape and self._stroke is not None:
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
        self._stroke_erases = self._erases(modifiers)
        self._stroke = [self.photo_point(position)]
        self._overlay_aside = False
        self._overlay_on = True
        self._faces_shown = False
        self._flash.stop()
        if self._overlay_stale:
            self._overlay.render(self._view, *self._device_size())
            self._overlay_stale = False
        self._overlay.begin_stroke(erase=self._stroke_erases)
        self._draw_segment(self._stroke[0], self._stroke[0])
        self.update()

    def _extend_stroke(self, position: QPointF) -> None:
        point = self.photo_point(position)
        if self._stroke and point != self._stroke[-1]:
            self._draw_segment(self._stroke[-1], point)
            self._stroke.append(point)

    def _draw_segment(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        corner = ((start[0] + 0.5, start[1] + 0.5), (end[0] + 0.5, end[1] + 0.5))
        box = self._overlay.extend_stroke(*corner, self._brush.radius, self._brush.hardness)
        ratio = self.devicePixelRatio()
        self.update(
            QRectF(
                box.x() / ratio, box.y() / ratio, box.width() / ratio, box.height() / ratio
            ).toAlignedRect()
        )

    def _finish_stroke(self) -> None:
        points, self._stroke = self._stroke, None
        if points:
            stroke = BrushStroke(
                np.array(points, np.float32),
                self._brush.radius,
                self._brush.hardness,
                self._stroke_erases,
            )
            self.stroke_finished.emit(stroke)

    def abandon_stroke(self) -> None:
        """Forget the stroke being drawn."""
        if self._stroke is not None:
            self._stroke = None
            self._overlay.abandon_stroke()
            self.update()


def _layer(patch: Patch | None) -> Layer | None:
    if patch is None:
        return None
    return Layer((patch.pixels,), (patch.x, patch.y, patch.width, patch.height))
