"""Colour strokes over the photo: what a region is to look like, not pixels of the result."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.region import RegionMask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.stroke import Stamp

Colour = tuple[int, int, int]
"""sRGB, 0…255."""

_BAND = 128  # rows painted at once: what is computed of them stays in the cache


@dataclass(frozen=True, slots=True, eq=False)
class PaintLayer:
    """Painted colours over a photo, kept for their bounding box only.

    Attributes:
        width, height: of the photo.
        x, y: where ``pixels`` starts, photo pixels.
        pixels: sRGB with straight alpha, uint8 (h, w, 4), read-only, not transparent everywhere;
            h = w = 0 when nothing is painted.
    """

    width: int
    height: int
    x: int
    y: int
    pixels: NDArray[np.uint8]
    _digest: str = field(default="", init=False, repr=False)

    @classmethod
    def empty(cls, width: int, height: int) -> PaintLayer:
        """Nothing painted over a photo of that size."""
        return cls(width, height, 0, 0, _read_only(np.zeros((0, 0, 4), np.uint8)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is painted."""
        return not self.pixels.size

    @property
    def digest(self) -> str:
        """SHA-256 of place and pixels, in hex."""
        if not self._digest:
            place = f"{self.width} {self.height} {self.x} {self.y} {self.pixels.shape}"
            digest = hashlib.sha256(place.encode())
            digest.update(np.ascontiguousarray(self.pixels).data)
            object.__setattr__(self, "_digest", digest.hexdigest())
        return self._digest

    @property
    def area(self) -> RegionMask:
        """Where there is paint, as opaque as it is."""
        return RegionMask(self.width, self.height, self.x, self.y, self.pixels[..., 3])

    def stamped(self, stroke: Stamp, colour: Colour) -> PaintLayer:
        """With a stroke of ``colour`` painted over it; an eraser stroke takes paint away.

        Painting is Porter–Duff's *over* on straight alpha with the stroke's opacity; erasing
        multiplies alpha by 1 − opacity and leaves colours as they are.
        """
        (x, y, w, h), stamp = stroke.coverage(self.width, self.height)
        if stroke.erase:
            return self._erased(x, y, stamp)
        if not stamp.any():
            return self
        wide = self._covering(x, y, w, h)
        pixels = wide.pixels
        view = pixels[y - wide.y : y - wide.y + h, x - wide.x : x - wide.x + w]
        for top in range(0, h, _BAND):
            _paint(view[top : top + _BAND], stamp[top : top + _BAND], colour)
        return PaintLayer(self.width, self.height, wide.x, wide.y, _read_only(pixels))

    def _covering(self, x: int, y: int, w: int, h: int) -> PaintLayer:
        """A writable copy of the paint, kept for a box that covers (x, y, w, h) as well."""
        if not self.pixels.size:
            return PaintLayer(self.width, self.height, x, y, np.zeros((h, w, 4), np.uint8))
        rows, columns = self.pixels.shape[:2]
        left, top = min(x, self.x), min(y, self.y)
        right, bottom = max(x + w, self.x + columns), max(y + h, self.y + rows)
        pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
        at = pixels[self.y - top : self.y - top + rows, self.x - left : self.x - left + columns]
        at[...] = self.pixels
        return PaintLayer(self.width, self.height, left, top, pixels)

    def _erased(self, x: int, y: int, eraser: NDArray[np.uint8]) -> PaintLayer:
        rows, columns = self.pixels.shape[:2]
        left, top = max(x, self.x), max(y, self.y)
        right = min(x + eraser.shape[1], self.x + columns)
        bottom = min(y + eraser.shape[0], self.y + rows)
        if left >= right or top >= bottom:
            return self
        pixels = self.pixels.copy()
        view = pixels[top - self.y : bottom - self.y, left - self.x : right - self.x, 3]
        kept = 255 - eraser[top - y : bottom - y, left - x : right - x]
        view[...] = cv2.multiply(np.ascontiguousarray(view), kept, scale=1 / 255)
        box = RegionMask(self.width, self.height, self.x, self.y, pixels[..., 3])
        if box.is_empty:
            return PaintLayer.empty(self.width, self.height)
        tight = pixels[box.y - self.y :, box.x - self.x :][: box.bounds[3], : box.bounds[2]]
        return PaintLayer(self.width, self.height, box.x, box.y, _read_only(tight.copy()))


def _paint(pixels: NDArray[np.uint8], stamp: NDArray[np.uint8], colour: Colour) -> None:
    """Paint a colour over (h, w, 4) with an opacity of 0…255, in place."""
    columns = np.flatnonzero(stamp.any(axis=0))
    if not columns.size:
        return
    part = slice(columns[0], columns[-1] + 1)
    view = pixels[:, part]
    over = stamp[:, part].astype(np.float32) / 255
    alpha = over + view[..., 3].astype(np.float32) / 255 * (1 - over)
    share = over / np.maximum(alpha, np.float32(1e-6))
    for channel, value in enumerate(colour):
        under = view[..., channel].astype(np.float32)
        view[..., channel] = np.rint(under + (value - under) * share)
    view[..., 3] = np.rint(alpha * 255)


def _read_only(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    pixels.setflags(write=False)
    return pixels
