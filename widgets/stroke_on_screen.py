"""The stroke being drawn, on device pixels: how opaque it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from editor.document.stroke import box_around, cover, deposit
from widgets.view import Layer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widgets.view import View

_MOST_SMOOTH = 300  # corners of a shape whose edges are anti-aliased on the screen


class StrokeOnScreen:
    """Grows piece by piece; what it covers can be kept and laid down again at another view.

    Attributes:
        alpha: uint8 (h, w), device pixels of the canvas; ``seen`` is what a limit leaves of it.
        touched: outside it, ``alpha`` is 0.
    """

    def __init__(self, height: int, width: int) -> None:
        self.alpha = np.zeros((height, width), np.uint8)
        self.touched = QRect()
        self._built: NDArray[np.float32] | None = None  # what dabs build up, finer than 1/255
        self._limit: NDArray[np.uint8] | None = None

    def limit_to(self, layer: Layer, beyond: int, view: View) -> None:
        """Be seen only as far as a layer of one channel says, and as ``beyond`` says beside it."""
        self._limit = np.full(self.alpha.shape, beyond, np.uint8)
        layer.draw(self._limit, view)

    def seen(self, part: tuple[slice, slice]) -> NDArray[np.uint8]:
        """How opaque it is in rows and columns of the canvas; not to be written."""
        alpha = self.alpha[part]
        if self._limit is None or not alpha.size:
            return alpha  # OpenCV has no result for no pixels
        return np.asarray(cv2.multiply(alpha, self._limit[part], scale=1 / 255), np.uint8)

    def draw_line(self, line: NDArray[np.float32], hardness: float, edge: float) -> QRect:
        """Draw a piece of line as ``cover`` does; returns what it touched."""
        return self._touch(QRect(*cover(self.alpha, line, hardness, edge)))

    def lay_dabs(
        self, placed: NDArray[np.float32], flow: float, hardness: float, edge: float
    ) -> QRect:
        """Lay dabs as ``deposit`` does; returns what they touched."""
        if self._built is None:
            self._built = self.alpha.astype(np.float32) / np.float32(255)
        box = QRect(*deposit(self._built, placed, flow, hardness, edge))
        part = _slices(box)
        self.alpha[part] = np.rint(self._built[part] * np.float32(255))
        return self._touch(box)

    def fill(self, corners: NDArray[np.float32], opacity: float) -> QRect:
        """Fill what corners (n, 2) wind around; returns what it touched."""
        height, width = self.alpha.shape
        x, y, w, h = box_around(corners, 1, width, height)
        if not w or not h:
            return QRect()
        part = np.zeros((h, -(-w // 4) * 4), np.uint8)  # Qt's rows are whole words
        image = QImage(part.data, w, h, part.shape[1], QImage.Format.Format_Grayscale8)
        painter = QPainter(image)
        # thousands of crossing sides would take longer than a frame; what is stored is exact
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(corners) <= _MOST_SMOOTH)
        painter.setPen(Qt.PenStyle.NoPen)
        shade = round(255 * opacity)
        painter.setBrush(QColor(shade, shade, shade))
        # Qt counts from the corner of a pixel, points from its centre
        placed = (corners.astype(np.float64) + 0.5 - [x, y]).tolist()
        shape = QPolygonF([QPointF(*corner) for corner in placed])
        painter.drawPolygon(shape, Qt.FillRule.WindingFill)
        painter.end()
        view = self.alpha[y : y + h, x : x + w]
        np.maximum(view, part[:, :w], out=view)
        return self._touch(QRect(x, y, w, h))

    def kept(self, view: View, *, limited: bool = True) -> Layer | None:
        """What it covers, with its place in the photo; None when that is nothing.

        Args:
            view: in which it was drawn.
            limited: only what is seen of it.
        """
        if self.touched.isEmpty():
            return None
        box = self.touched
        x, y = view.to_photo(box.x(), box.y())
        size = box.width() / view.zoom, box.height() / view.zoom
        part = _slices(box)
        alpha = self.seen(part) if limited else self.alpha[part]
        return Layer((alpha.copy(),), (x, y, *size))

    def lay(self, layer: Layer, view: View) -> None:
        """Take what was kept, at another view perhaps; for a stroke that covers nothing yet."""
        layer.draw(self.alpha, view)
        height, width = self.alpha.shape
        x, y, w, h = layer.rectangle
        (left, top), (right, bottom) = view.to_device(x, y), view.to_device(x + w, y + h)
        corners = np.array([[left, top], [right, bottom]])
        self._touch(QRect(*box_around(corners, 1, width, height)))

    def _touch(self, box: QRect) -> QRect:
        self.touched = self.touched.united(box)
        return box


def _slices(box: QRect) -> tuple[slice, slice]:
    """Rows and columns of a rectangle."""
    return (
        slice(box.y(), box.y() + box.height()),
        slice(box.x(), box.x() + box.width()),
    )
