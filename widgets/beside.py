"""Side by side: the photo without edits beside the canvas, at the same place and zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import marks
from widgets.picture import Picture
from widgets.translation import tr
from widgets.viewport import Viewport

if TYPE_CHECKING:
    from editor.document.photo import Pyramid
    from widgets.canvas import PhotoCanvas


class Beside(QWidget):
    """Shows what the canvas shows, as the photo was; dragged or zoomed, it takes that along."""

    def __init__(self, canvas: PhotoCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Photo without edits"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._canvas = canvas
        self._picture, self.port = Picture(), Viewport()
        self._picture.original = True
        self._held: QPointF | None = None
        canvas.view_changed.connect(self._follow)
        self.hide()

    def show_photo(self, pyramid: Pyramid | None) -> None:
        """Another photo is open."""
        self.port.photo = self._picture.show_photo(pyramid)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Look where the canvas looks."""
        if not self.isVisible() or self.port.photo is None:
            return
        theirs = self._canvas.port
        self.port.turn = theirs.turn
        self.port.resize(self.width(), self.height(), self.devicePixelRatio())
        x, y = theirs.middle
        self.port.look(theirs.view.zoom, x, y)
        self._picture.surround = self._canvas.pictures.photo.surround
        self._picture.stale = True
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """It had its size before it was seen."""
        super().showEvent(event)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The middle stays the canvas' middle."""
        super().resizeEvent(event)
        self._follow()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo and its name."""
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        if self._picture.is_empty:
            return
        painter.drawImage(0, 0, self._picture.draw(self.port))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks.draw_badge(painter, tr("Before"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom both, about the same photo point."""
        at = self._canvas.widget_point(*self.port.photo_point(self.port.on_sheet(event.position())))
        self._canvas.zoom_by(1.2 ** (event.angleDelta().y() / 120), at)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the photo."""
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move both."""
        if self._held is not None:
            moved, self._held = event.position() - self._held, event.position()
            self._canvas.pan(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._held = None
