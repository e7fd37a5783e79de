"""Where on the photo one looks, and how its lightness is spread: a small photo and a histogram."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from editor.session.background import Background
from widgets.keymap import tipped
from widgets.picture import clipped, glance
from widgets.pixels import rgb_image
from widgets.theme import styled
from widgets.translation import number, tr

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from widgets.canvas import PhotoCanvas
    from widgets.view import Layer

_SIDE = 640  # pixels of the longer side that are counted and shown
_PAUSE_MS = 120  # pixels may change at every step of an edit
_CHANNELS = QColor(220, 70, 70), QColor(70, 190, 90), QColor(80, 120, 240)
_CLIPPED = 0.0005  # share of the pixels from which clipping is worth a word


class SmallPhoto(QWidget):
    """The whole photo with a frame around what the canvas shows; a press goes there.

    Signals:
        pointed(float, float): show this photo point in the middle.
    """

    pointed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("The whole photo"))
        self.setToolTip(tr("Press or drag: the canvas goes there"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(84)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._pixels: NDArray[np.uint8] | None = None
        self._photo = (1, 1)
        self._frame: list[tuple[float, float]] = []

    def sizeHint(self) -> QSize:
        """A third of what a photo takes elsewhere."""
        return QSize(220, 130)

    def show_pixels(self, pixels: NDArray[np.uint8] | None, photo: tuple[int, int] | None) -> None:
        """Show a photo of (width, height), RGB (h, w, 3)."""
        self._pixels, self._photo = pixels, photo or (1, 1)
        self.update()

    def show_frame(self, corners: list[tuple[float, float]]) -> None:
        """Frame the polygon of these photo points."""
        self._frame = corners
        self.update()

    @property
    def _area(self) -> QRectF:
        """Where the photo lies in the widget."""
        width, height = self._photo
        scale = min((self.width() - 8) / width, (self.height() - 8) / height)
        area = QRectF(0, 0, width * scale, height * scale)
        area.moveCenter(QRectF(self.rect()).center())
        return area

    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo, then the frame."""
        del event
        if self._pixels is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area
        painter.drawImage(area, rgb_image(self._pixels))
        scale = area.width() / self._photo[0]
        corners = [QPointF(area.x() + x * scale, area.y() + y * scale) for x, y in self._frame]
        painter.setClipRect(area.adjusted(-2, -2, 2, 2))
        for shade, width in ((QColor(0, 0, 0, 170), 3.0), (QColor(250, 250, 250), 1.2)):
            painter.setPen(QPen(shade, width))
            painter.drawPolygon(QPolygonF(corners))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._point(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        self._point(event)

    def _point(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._pixels is not None:
            area = self._area
            at = (event.position() - area.topLeft()) * (self._photo[0] / area.width())
            self.pointed.emit(at.x(), at.y())


class Histogram(QWidget):
    """How many pixels have each value, of 256, in red, green and blue."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Histogram"))
        self.setToolTip(tr("How light the edited photo is, from black on the left to white"))
        self.setFixedHeight(56)
        self._heights: NDArray[np.float64] | None = None  # (3, 256), 0…1

    def show_heights(self, heights: NDArray[np.float64] | None) -> None:
        """Show float64 (3, 256), 0…1; None shows nothing."""
        self._heights = heights
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The three curves, where they overlap in a mixed colour."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(30, 30, 30))  # light adds to light
        if self._heights is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        width, height = self.width(), self.height()
        for row, shade in zip(self._heights, _CHANNELS, strict=True):
            points = [QPointF(k * width / 255, height * (1 - row[k])) for k in range(0, 256, 3)]
            area = QPolygonF([QPointF(0, height), *points, QPointF(width, height)])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(shade.red(), shade.green(), shade.blue(), 190))
            painter.drawPolygon(area)


class Navigator(QWidget):
    """The small photo, the histogram, and what is clipped.

    Signals:
        clipping_toggled(bool): mark clipped pixels on the canvas.
    """

    clipping_toggled = Signal(bool)

    def __init__(self, canvas: PhotoCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._canvas = canvas
        self._stale = True
        self._looking = False
        self._background = background = Background("navigator", self)
        self.destroyed.connect(partial(background.close, wait=False))
        self.photo, self.histogram = SmallPhoto(), Histogram()
        self.clipping = styled(QLabel(), "quiet")
        self.mark = styled(QToolButton(), "toggle")
        self.mark.setText(tr("Mark"))
        self.mark.setCheckable(True)
        self.mark.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.mark.setEnabled(False)
        tipped(self.mark, tr("Mark pure white red and pure black blue on the photo ({clipping})"))
        self.mark.setAccessibleName(tr("Mark clipped pixels"))
        line = QHBoxLayout()
        line.addWidget(self.clipping, 1)
        line.addWidget(self.mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.photo, 1)
        layout.addWidget(self.histogram)
        layout.addLayout(line)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        self.mark.toggled.connect(self.clipping_toggled)
        self.photo.pointed.connect(canvas.centre_on)
        canvas.pixels_changed.connect(self._on_pixels)
        canvas.view_changed.connect(self._on_view)

    @Slot()
    def refresh(self) -> None:
        """Look at the canvas' pixels again, beside the window."""
        self._timer.stop()
        if self._looking:
            return  # what comes will be stale, and looked at again
        self._stale = False
        layers = self._canvas.pictures.drawn.layers
        if layers:
            self._looking = True
            self._background.submit(partial(_look, layers), partial(self._on_looked, layers[0]))
        else:
            self._show(None)

    def _on_looked(self, photo: Layer, future: Future[_Seen]) -> None:
        self._looking = False
        if photo in self._canvas.pictures.drawn.layers:  # no other was opened meanwhile
            self._show(future.result())
        if self._stale and self.isVisible():
            self._timer.start()

    def _show(self, seen: _Seen | None) -> None:
        self.photo.show_pixels(seen.pixels if seen else None, self._canvas.port.photo)
        self.histogram.show_heights(seen.heights if seen else None)
        self.clipping.setText(seen.clipping if seen else "")
        self.mark.setEnabled(seen is not None)
        self._on_view()

    def showEvent(self, event: QShowEvent) -> None:
        """What happened meanwhile is shown."""
        super().showEvent(event)
        if self._stale:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        self._timer.stop()
        super().hideEvent(event)

    @Slot()
    def _on_pixels(self) -> None:
        self._stale = True
        if self.isVisible() and not self._timer.isActive() and not self._looking:
            self._timer.start()

    @Slot()
    def _on_view(self) -> None:
        if self.isVisible() and self._canvas.port.photo is not None:
            self.photo.show_frame(self._canvas.port.corners)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The small photo, RGB (h, w, 3), its histogram as heights (3, 256), 0…1, what is clipped."""

    pixels: NDArray[np.uint8]
    heights: NDArray[np.float64]
    clipping: str


def _look(layers: tuple[Layer, ...]) -> _Seen:
    pixels = glance(layers, _SIDE)
    counts = np.stack(
        [np.ravel(cv2.calcHist([pixels], [k], None, [256], [0, 256])) for k in range(3)]
    ).astype(np.float64)
    # the ends may hold half of a photo: they do not set the scale
    top = float(np.quantile(counts[:, 1:255], 0.995)) + 1.0
    return _Seen(pixels, np.minimum(counts / top, 1.0), _clipping(pixels))


def _clipping(pixels: NDArray[np.uint8]) -> str:
    """Which share of the pixels is as light or as dark as can be."""
    light, dark = (float(part.mean()) for part in clipped(pixels))
    told = [
        f"{word} {number(100 * share, 1)} %"
        for word, share in ((tr("White"), light), (tr("Black"), dark))
        if share >= _CLIPPED
    ]
    return " · ".join(told) or tr("Nothing clipped")
