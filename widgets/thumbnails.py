"""Small pictures of where in the photo each edit lies, made beside the window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon, QPixmap

from editor.session.background import Background
from widgets.pixels import rgb_image

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

    from editor.document.history import EditHistory
    from editor.document.photo import Pyramid
    from editor.document.region import RegionMask

SIDE = 34
"""Of a thumbnail in the list, pixels of the window."""

_MADE = 2 * SIDE  # for screens of twice as many
_ROOM = 0.25  # of the region's longer side, around it
_DIMMED = 0.35  # what lies outside the region
_MOST = 2000  # that are kept


def thumbnail(pyramid: Pyramid, region: RegionMask, side: int = _MADE) -> NDArray[np.uint8]:
    """A square of the photo around a region, uint8 RGB (side, side, 3); the rest is dimmed.

    Args:
        pyramid: of the photo.
        region: not empty.
        side: pixels.
    """
    x, y, width, height = region.bounds
    span = max(1.0, (1 + 2 * _ROOM) * max(width, height))
    left, top = x + width / 2 - span / 2, y + height / 2 - span / 2
    level = 0
    while level + 1 < len(pyramid.levels) and span / 2 ** (level + 1) >= side:
        level += 1
    photo = _square(pyramid.levels[level], left, top, span, 2**level, side)
    thin = max(1, int(span // (4 * side)))
    alpha = np.ascontiguousarray(region.alpha[::thin, ::thin])
    share = _square(alpha, left - x, top - y, span, thin, side).astype(np.float32) / 255
    shade = _DIMMED + (1 - _DIMMED) * share[..., None]
    return np.asarray(np.rint(photo * shade), np.uint8)


def _square(
    pixels: NDArray[np.uint8], left: float, top: float, span: float, step: float, side: int
) -> NDArray[np.uint8]:
    """A square of ``span`` from pixels that are ``step`` apart; black where there are none."""
    scale = span / step / side
    offset = np.array([left, top]) / step + (scale - 1) / 2
    matrix = np.array([[scale, 0, offset[0]], [0, scale, offset[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(pixels, matrix, (side, side), flags=flags), np.uint8)


class Thumbnails(QObject):
    """Makes what is missing of a history, one after another.

    Signals:
        made(): there is one more.
    """

    made = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background("thumbnails", self)
        parent.destroyed.connect(partial(self._background.close, wait=False))
        self._pyramid: Pyramid | None = None
        self._icons: dict[str, QIcon] = {}  # by the region's digest
        self._asked: set[str] = set()

    def icon(self, region: RegionMask) -> QIcon | None:
        """Of a region; None while it is being made."""
        return self._icons.get(region.digest)

    def ask(self, pyramid: Pyramid | None, history: EditHistory | None) -> None:
        """Make those of a history that are not there yet."""
        if pyramid is not self._pyramid or len(self._icons) > _MOST:
            self._pyramid, self._icons, self._asked = pyramid, {}, set()
        for edit in history.edits if history is not None and pyramid is not None else ():
            digest = edit.region.digest
            if digest not in self._asked and not edit.region.is_empty and pyramid is not None:
                self._asked.add(digest)
                work = partial(thumbnail, pyramid, edit.region)
                self._background.submit(work, partial(self._keep, pyramid, digest))

    def _keep(self, pyramid: Pyramid, digest: str, future: Future[NDArray[np.uint8]]) -> None:
        if pyramid is self._pyramid:
            self._icons[digest] = untinted(rgb_image(future.result(), 1.0).copy())
            self.made.emit()


def untinted(picture: QImage) -> QIcon:
    """A picture that looks the same in a row that is chosen: Qt would lay its colour over it."""
    made, pixmap = QIcon(), QPixmap.fromImage(picture)
    made.addPixmap(pixmap, QIcon.Mode.Normal)
    made.addPixmap(pixmap, QIcon.Mode.Selected)
    return made
