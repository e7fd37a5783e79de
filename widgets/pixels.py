"""NumPy arrays and Qt images: the only place where one becomes the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rgb_image(pixels: NDArray[np.uint8], ratio: float = 1.0) -> QImage:
    """An image that shares the memory of uint8 (h, w, 3); keep the array while it is used.

    ``ratio`` of its pixels are one of a widget.
    """
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(ratio)
    return image


def argb_image(pixels: NDArray[np.uint32], ratio: float = 1.0) -> QImage:
    """An image that shares the memory of uint32 (h, w), 0xAARRGGBB, premultiplied."""
    height, width = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, width, height, 4 * width, form)
    image.setDevicePixelRatio(ratio)
    return image


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """A copy of an image's pixels, uint8 (h, w, 3), RGB."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
