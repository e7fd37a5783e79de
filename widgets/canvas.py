"""The photo on the screen: pan, zoom, brush, paint, overlays, original."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal, Slot
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
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QGestureEvent,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from editor.session.background import Background
from widgets import marks
from widgets.curtain import Curtain
from widgets.gestures import Press
from widgets.hand import Hand
from widgets.look import LookKind, RegionLook
from widgets.loupe import Loupe
from widgets.picture import FaceFrames, Pictures
from widgets.strokes import PaintedLayers
from widgets.touch import TwoFingers
from widgets.translation import tr
from widgets.viewport import Turn, Viewport

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.landmarks import Symmetry
    from editor.document.paint import Colour, PaintLayer
    from editor.document.photo import Pyramid
    from editor.document.stroke import Stamp
    from editor.engine.jobs import Patch
    from widgets.brush import Brush
    from widgets.compare import Split
    from widgets.gestures import PointerTool
    from widgets.picture import Picture
    from widgets.quality import QualityTint
    from widgets.view import View

_MIDDLE = 110  # of grey: on lighter ones, dark letters are read
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
        port: which part of the photo is shown, and how it is turned.
        pictures: the photo's pixels; tell ``update`` what changed of them.
        loupe: the round window under the pointer.
        hint_room: pixels at the bottom that the hint of an empty canvas leaves free.
        limit_stroke: shows the stroke that began at a photo point only where a layer of one channel
            has it, and as the number says beside the layer.
        beside_original: the photo without edits is shown next to it, so it says what it is itself.

    Signals:
        stroke_finished(Stamp): of the region's brush or eraser, from press to release, or a shape.
            It stays on the screen until a region is shown that it does not wait for.
        paint_finished(BrushStroke, Colour): of the paint brush; likewise.
        spot_drawn(BrushStroke): what is to be healed; it does not stay on the screen.
        limit_wanted(float, float): a stroke begins at a photo point, within whose part of the face
            it is to be kept; ``limit_stroke`` answers.
        stroke_moved(): a stroke of the region's brush or eraser goes on.
        in_hand(): a button or a pen is down on it.
        brush_changed(Brush): by a gesture or ``set_brush``.
        class_clicked, colour_clicked, hint_changed: as the ``Hand`` has them.
        view_changed(float): zoom, 1 is 100 %; also when another part is shown or it is turned.
        pixels_changed(): the photo or its edits look different.
        open_requested(): the empty canvas was clicked.
        face_chosen(int): another face was clicked, with Ctrl or while the faces are framed.
    """

    stroke_finished = Signal(object)
    paint_finished = Signal(object, object)
    spot_drawn = Signal(object)
    limit_wanted = Signal(float, float)
    stroke_moved = Signal()
    in_hand = Signal()
    brush_changed = Signal(object)
    view_changed = Signal(float)
    pixels_changed = Signal()
    open_requested = Signal()
    face_chosen = Signal(int)
    class_clicked = Signal(float, float, str)
    colour_clicked = Signal(float, float, bool)
    hint_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Photo"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setTabletTracking(True)
        self.pictures, self._faces = Pictures(), FaceFrames()
        self.port = Viewport()
        self._told = self.port.view, self.port.turn  # by view_changed
        self.loupe, self.hint_room = Loupe(), 0
        self.beside_original = False
        background = Background("canvas", self)
        self.destroyed.connect(partial(background.close, wait=False))
        self._layers = PaintedLayers(background, self.update)
        self.limit_stroke = self._layers.limit
        self._quality: QualityTint | None = None
        self._paint_opacity = 0.8
        self.curtain = Curtain(self.update, self)
        self._original = self._bare = False  # a tool may need the photo itself
        self._look = RegionLook()
        self._hand = hand = Hand(
            self, self.port, self.pictures.photo, self._layers, self._faces, self.curtain
        )
        hand.pan, hand.show_split, hand.touch = self._pan, self.show_split, self._touch
        self._fingers = TwoFingers(self)
        for name in (
            "stroke_finished", "paint_finished", "spot_drawn", "limit_wanted", "stroke_moved",
            "brush_changed", "face_chosen", "class_clicked", "colour_clicked", "hint_changed",
        ):  # fmt: skip
            getattr(hand, name).connect(getattr(self, name))
        self._hint = (tr("Open a portrait or drop one here"), tr("JPEG, PNG, TIFF or WebP"))
        hand.show()

    # ------------------------------------------------------------ what is shown

    @property
    def view(self) -> View:
        """Where the photo lies, device pixels."""
        return self.port.view

    @property
    def is_fitted(self) -> bool:
        """Whether all of the photo is shown, as after opening."""
        return self.port.fits

    @property
    def brush(self) -> Brush:
        """The brush in hand."""
        return self._hand.brush

    @property
    def overlay_visible(self) -> bool:
        """Whether the region is drawn now."""
        return self.curtain.shows_region and not (self._original or self._hand.points)

    @property
    def paint_visible(self) -> bool:
        """Whether painted colours are drawn now."""
        return self._layers.has_paint and self.curtain.is_open and not self._original

    @property
    def stroking(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._layers.stroking

    @property
    def drawing(self) -> bool:
        """Whether a stroke or a shape is being drawn."""
        return self._hand.drawing

    @property
    def waiting_strokes(self) -> tuple[Stamp, ...]:
        """Finished strokes that no region or paint on the screen contains yet."""
        return self._layers.waiting

    def show_photo(self, pyramid: Pyramid | None) -> None:
        """Show another photo, fitted; edits and region are gone until they are set."""
        self._hand.drop()
        self._layers.clear()
        self._faces.show((), -1, shown=False)
        self._quality = self._hand.points = self.pictures.proof = None
        self._bare = False
        self.port.photo = size = self.pictures.photo.show_photo(pyramid)
        if size is not None:
            self.set_brush(self.brush.resized(0.02 * max(size)))
        self.port.turn = Turn()
        self.fit()
        self._hand.show()
        self.pixels_changed.emit()

    @Slot(object)
    def show_composite(self, patch: Patch | None) -> None:
        """Show the edited pixels; None: there are no edits."""
        self.pictures.photo.show_composite(patch)
        self.pixels_changed.emit()
        self.update()

    @Slot(object)
    def show_preview(self, patch: Patch | None) -> None:
        """Show pixels over the composite for now; None ends it."""
        self.pictures.photo.show_preview(patch)
        self.pixels_changed.emit()
        self.update()

    def show_proof(self, proof: Picture | None) -> None:
        """Draw other pixels of the same photo and edits instead; None ends it.

        Colours that are picked stay the photo's own. The owner puts edits into it, and then tells
        ``update``; another photo ends it.
        """
        self.pictures.proof = proof
        self.pictures.mark(self.pictures.marks)
        self._show_edits()
        self.pixels_changed.emit()

    @Slot(object)
    def show_region(self, region: BrushedRegion | None, waiting: Sequence[Stamp] = ()) -> None:
        """Show what may change.

        Finished strokes are in ``region`` or were dropped, but for those of ``waiting``: they stay
        on top of it until they are in a later one. A stroke being drawn goes on. A region that a
        slider made is shown for a look: it may come after that slider was let go.
        """
        self._layers.show_region(region, waiting)
        self.curtain.touch()
        if region is not None and region.usual:
            self.curtain.step_aside(after_a_look=True)

    def region_on_screen(self) -> tuple[NDArray[np.uint8], View]:
        """The region with the stroke being drawn, uint8 (h, w) in device pixels, and its view."""
        return self._layers.region.alpha, self.port.view

    def show_quality(self, tint: QualityTint | None) -> None:
        """Tint the face by how well the generator explains it; None ends it."""
        if tint is not self._quality:
            self._quality = tint
            self.update()

    def set_surround(self, grey: int) -> None:
        """Lay the photo on a neutral grey of 0…255."""
        self.pictures.photo.surround, self.pictures.photo.stale = grey, True
        self.update()

    def set_tool(self, tool: PointerTool | None, *, on_edits: bool = False) -> None:
        """Let the left button drag what a tool has instead of painting; None: paint again.

        It lies over the photo as it was opened, or ``on_edits`` over what became of it.
        """
        self._hand.put_down()
        self._hand.points, self._bare = tool, tool is not None and not on_edits
        self.curtain.comparing = self.curtain.comparing and tool is None
        self._hand.show()
        self._show_edits()

    @Slot(object)
    def show_paint(self, paint: PaintLayer | None, waiting: Sequence[Stamp] = ()) -> None:
        """Show painted colours over the photo; ``waiting`` as for ``show_region``."""
        self._layers.show_paint(paint, waiting)
        self.curtain.aside = False

    def keep_waiting(self, strokes: Sequence[Stamp]) -> None:
        """Forget all finished strokes but these: the others changed nothing, or failed."""
        self._layers.keep_waiting(strokes)

    @Slot(float)
    def set_paint_opacity(self, opacity: float) -> None:
        """How strongly painted colours cover the photo, 0…1."""
        if opacity == self._paint_opacity:
            return  # a slider's end repeats its last step: what stepped aside since stays so
        self._paint_opacity = opacity
        self.curtain.aside = False
        self.update()

    def show_mirror(self, reflection: Symmetry | None) -> None:
        """Draw strokes on both sides of a face; None ends that."""
        self._layers.reflection = reflection
        self.update()

    def colour_at(self, position: QPointF) -> Colour:
        """The edited photo's colour at a widget position, paint and region left out."""
        return self.pictures.photo.colour_at(self.port.on_sheet(position), self.port)

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
        self.curtain.compare("original", original)
        self._show_edits()

    def show_split(self, split: Split | None) -> None:
        """Show the photo without edits on one side of a line; None ends it."""
        self._hand.split = split
        self.curtain.compare("split", split is not None)
        self._show_edits()

    def _show_edits(self) -> None:
        for picture in self.pictures.both:
            picture.original = self._original or self._bare
            picture.split = self._hand.split
            picture.stale = True
        self.update()

    @Slot(object)
    def set_brush(self, brush: Brush) -> None:
        """Take another brush or tool."""
        self._hand.take(brush)

    def show_region_as(self, look: RegionLook) -> None:
        """Show the region in another way."""
        self._look = look
        self._layers.show_as(look)

    @Slot()
    def abandon_stroke(self) -> None:
        """Forget the stroke or shape being drawn."""
        if self.drawing:
            self._hand.give_up()

    @Slot()
    def take_back(self) -> None:
        """Take back what was drawn last of the stroke or shape in hand."""
        if self.drawing:
            self._hand.take_back()

    def set_hint(self, title: str, detail: str) -> None:
        """What the empty canvas says."""
        self._hint = (title, detail)
        self.update()

    # ------------------------------------------------------------ view

    @Slot()
    def fit(self) -> None:
        """Show all of the photo; not in mid-stroke, when it would move under the pointer."""
        if not self.stroking:
            self.port.fit()
            self._on_moved()

    def show_box(self, x: float, y: float, width: float, height: float) -> None:
        """Bring a rectangle of the photo, in its pixels, to the size of the canvas."""
        if not self.stroking:
            self.port.show_box(x, y, width, height)
            self._on_moved()

    def look(self, zoom: float, x: float, y: float) -> None:
        """Look from a zoom at a photo point, which comes into the middle."""
        if not self.stroking:
            self.port.look(zoom, x, y)
            self._on_moved()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom to a factor about a point of the widget, by default the pointer or the middle."""
        at = self._hand.position if at is None else self.port.on_sheet(at)
        self.port.zoom_to(zoom, self.port.sheet.center() if at is None else at)
        self._on_moved()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out by a factor."""
        self.set_zoom(self.port.view.zoom * factor, at)

    def centre_on(self, x: float, y: float) -> None:
        """Bring a photo point to the middle."""
        self.port.centre_on(x, y)
        self._on_moved()

    def photo_point(self, position: QPointF) -> tuple[float, float]:
        """Widget position → photo pixels; the centre of pixel (i, j) is at (i, j)."""
        return self.port.photo_point(self.port.on_sheet(position))

    def widget_point(self, x: float, y: float) -> QPointF:
        """The inverse of ``photo_point``."""
        return self.port.to_widget.map(self.port.widget_point(x, y))

    def turn_to(self, turn: Turn) -> None:
        """Show the photo turned so; not in mid-stroke."""
        if not self.drawing:
            self.port.turn_to(turn)
            self._on_moved()

    def pan(self, moved: QPointF) -> None:
        """Move the photo by so much of the widget."""
        if not self.stroking:
            self._pan(self.port.on_sheet(moved) - self.port.on_sheet(QPointF()))

    def _pan(self, moved: QPointF) -> None:
        self.port.pan(moved)
        self._on_moved()

    def _on_moved(self) -> None:
        now = self.port.view, self.port.turn
        if self.port.photo is not None and now != self._told:
            self._told = now
            self.view_changed.emit(self.port.view.zoom)
        self.update()

    def _touch(self, box: QRect) -> None:
        """A part of the sheet is to be drawn again."""
        if self.loupe.on:
            self.update()
        elif self.port.turn.is_upright:
            self.update(box)
        else:
            self.update(self.port.to_widget.mapRect(QRectF(box)).toAlignedRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the photo fitted, or its middle in the middle."""
        self.port.resize(self.width(), self.height(), self.devicePixelRatio())
        self._on_moved()
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden canvas has nothing to flash, and no pointer."""
        self.curtain.stay()
        self._hand.lose()
        super().hideEvent(event)

    # ------------------------------------------------------------ paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is stale, then photo, region, frames and cursor."""
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        if self.pictures.photo.is_empty:
            grey = self.pictures.photo.surround
            painter.fillRect(self.rect(), QColor(grey, grey, grey))
            free = self.rect().adjusted(0, 0, 0, -self.hint_room)
            marks.draw_hint(painter, free, *self._hint, light=grey > _MIDDLE)
            return
        port, ratio = self.port, self.devicePixelRatio()
        if ratio != port.ratio:  # another screen
            port.resize(self.width(), self.height(), ratio)
            self._on_moved()
        self._layers.render(port.view, *port.size)
        painter.drawImage(0, 0, self.pictures.drawn.draw(port))
        if self._quality and port.photo and not (self._original or self.curtain.comparing):
            painter.setWorldTransform(port.to_widget)
            self._quality.draw(painter, port.view, port.photo, ratio)
            painter.resetTransform()
        if self.paint_visible:
            painter.setOpacity(self._paint_opacity)
            self._layers.colours.draw(painter, port)
            painter.setOpacity(1)
        if self.overlay_visible:
            self._draw_region(painter)
        painter.setWorldTransform(port.to_widget)
        self._draw_marks(painter)

    def _draw_region(self, painter: QPainter) -> None:
        port, photo = self.port, self.port.photo
        painter.save()
        if photo is not None and self._look.kind is LookKind.GREY:  # black: not beside the photo
            far = port.widget_point(photo[0] - 0.5, photo[1] - 0.5)
            painter.setWorldTransform(port.to_widget)
            area = QRectF(port.widget_point(-0.5, -0.5), far)
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            painter.resetTransform()
        self._layers.region.draw(painter, port)
        painter.restore()

    def _draw_marks(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._original:
            marks.draw_badge(painter, tr("Original"))
        elif self.beside_original:
            marks.draw_badge(painter, tr("After"))
        if (note := self.pictures.note) and not (self._original or self._bare):
            marks.draw_note(painter, self.rect(), note)
        comparing = self.curtain.comparing
        if self._layers.reflection is not None and self.port.photo is not None and not comparing:
            ends = self._layers.axis(*self.port.photo)
            marks.draw_axis(painter, *(self.port.widget_point(*end) for end in ends))
        if self._hand.points is not None and not comparing:
            self._hand.points.draw(painter)
            return
        if self._hand.split is not None and not self._original:
            sheet = self.port.sheet
            self._hand.split.draw(painter, sheet.width(), sheet.height())
        if not comparing:
            self._faces.draw(painter, self.port)
        self.loupe.draw(painter, self.pictures.drawn, self.port, self._hand.position)
        self._hand.draw(painter)

    # ------------------------------------------------------------ pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture, or ask for a photo."""
        self.in_hand.emit()
        if self.port.photo is not None:
            at = self.port.on_sheet(event.position())
            self._hand.press(Press(at, event.button(), event.modifiers()))
        elif event.button() == Qt.MouseButton.LeftButton:
            self.open_requested.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show where the brush is."""
        if event.buttons():
            self.in_hand.emit()
        at = self.port.on_sheet(event.position())
        self._hand.move(at, event.buttons(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what the press of this button began."""
        self._hand.release(self.port.on_sheet(event.position()), event.button())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen draws with pressure; on the empty canvas it is a mouse."""
        if event.pressure() > 0:
            self.in_hand.emit()
        if self.port.photo is not None:
            self._hand.tablet(event)
        else:
            event.ignore()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Take the keys, unless a number is being typed."""
        if not isinstance(QApplication.focusWidget(), QAbstractSpinBox | QLineEdit):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush; with a button down there is no leaving, so a gesture has lost its end."""
        self._hand.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer; two fingers on a touch pad pan."""
        if self.stroking or self.port.photo is None:
            return
        pad = event.device().type() == QPointingDevice.DeviceType.TouchPad
        if pad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
            self.pan(QPointF(moved))
        else:
            self.zoom_by(1.2 ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Two fingers zoom and turn; what takes the pointer away ends a gesture."""
        if event.type() in _POINTER_LOST:
            self._hand.lose()
        if isinstance(event, QGestureEvent) and self.port.photo is not None:
            return self._fingers.take(event)
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.turn_to(self.port.turn.by(event.value()))
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the hand; others belong to others."""
        if not self._hand.key(event, held=True):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Likewise."""
        if not self._hand.key(event, held=False):
            super().keyReleaseEvent(event)
