"""Where an edit may change pixels: soft masks in photo pixels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import cv2
import imagecodecs
import numpy as np

from editor.document.colour import rounded_to_8_bits
from editor.document.files import write_failure
from editor.document.photo import PhotoError, open_photo
from foundation.atomic_files import atomic_write
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.stroke import Stamp

    Field = NDArray[np.floating]  # distances on a grid; those of shapes are negative inside


_BAND = 256  # rows worked on at once, so that large masks need few copies of themselves
_FEW = 32  # where pixels are picked out: that keeps Python's lock, and the window waits for it


class RegionError(AdvisedError):
    """A mask cannot be used."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionMask:
    """How much of an edit each pixel of a photo takes: a patch, zero outside it.

    Masks are equal when they cover the same pixels alike: the patch is always cut tight.

    Attributes:
        width, height: of the photo.
        x, y: upper left pixel of the patch in the photo.
        alpha: uint8 (h, w), 255 takes all of the edit, read-only; 0 × 0 when empty.
    """

    width: int
    height: int
    x: int
    y: int
    alpha: NDArray[np.uint8]
    _digest: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        alpha = self.alpha
        if alpha.ndim != 2 or alpha.dtype != np.uint8:
            raise ValueError(f"a mask is uint8 (h, w), got {alpha.dtype} {alpha.shape}")
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a photo of {self.width} × {self.height}")
        x, y, w, h = cv2.boundingRect(alpha) if alpha.size else (0, 0, 0, 0)
        if w:
            left, top = self.x + x, self.y + y
            if min(left, top) < 0 or left + w > self.width or top + h > self.height:
                raise ValueError("the mask reaches outside the photo")
        else:
            left, top, h = 0, 0, 0
        if (h, w) != alpha.shape or alpha.flags.writeable or not alpha.flags.c_contiguous:
            alpha = alpha[y : y + h, x : x + w].copy()
            alpha.setflags(write=False)
        for name, value in (("x", left), ("y", top), ("alpha", alpha)):
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, RegionMask) or (self.width, self.height, *self.bounds) != (
            other.width,
            other.height,
            *other.bounds,
        ):
            return False
        if self.alpha is other.alpha:
            return True
        if self._digest and other._digest:
            return self._digest == other._digest
        return np.array_equal(other.alpha, self.alpha)

    def __hash__(self) -> int:
        return hash(self.digest)

    @classmethod
    def empty(cls, width: int, height: int) -> RegionMask:
        """Nothing of a photo of that size may change."""
        return cls(width, height, 0, 0, np.zeros((0, 0), np.uint8))

    @classmethod
    def from_full(cls, alpha: NDArray[np.uint8]) -> RegionMask:
        """From a mask of the photo's own size, uint8 (height, width)."""
        return cls(alpha.shape[1], alpha.shape[0], 0, 0, alpha)

    def full(self) -> NDArray[np.uint8]:
        """The mask at the photo's size, uint8 (height, width), writable."""
        return self._within(0, 0, self.width, self.height)

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """x, y, width, height of the tight box around its pixels, all 0 when empty."""
        return self.x, self.y, self.alpha.shape[1], self.alpha.shape[0]

    @property
    def is_empty(self) -> bool:
        """Whether no pixel may change."""
        return not self.alpha.size

    @property
    def area(self) -> float:
        """Pixels covered, partial ones in part."""
        return float(self.alpha.sum(dtype=np.int64)) / 255

    @property
    def digest(self) -> str:
        """16 hex digits of SHA-256 over place and content: equal masks, equal digests."""
        if not self._digest:
            place = np.array([self.width, self.height, *self.bounds], "<i8")
            digest = hashlib.sha256(place.tobytes())
            digest.update(self.alpha.data)
            object.__setattr__(self, "_digest", digest.hexdigest()[:16])
        return self._digest

    def stamped(self, stroke: Stamp) -> RegionMask:
        """This mask with a stroke added (maximum) or erased (times 1 − opacity)."""
        (x, y, w, h), stamp = stroke.coverage(self.width, self.height)
        if stroke.erase:
            return self._erased(x, y, stamp)
        return self._joined(x, y, w, h, stamp)

    def at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much of it lies at each point, (n, 2) photo pixels, in 0…1."""
        x, y = (np.rint(points).astype(int) - [self.x, self.y]).T
        height, width = self.alpha.shape
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        share = np.zeros(len(points))
        share[inside] = self.alpha[y[inside], x[inside]] / 255
        return share

    def united(self, other: RegionMask) -> RegionMask:
        """The larger alpha of both, pixel by pixel.

        Raises:
            ValueError: the masks belong to photos of different sizes.
        """
        self._require(other)
        return self._joined(*other.bounds, other.alpha)

    def subtracted(self, other: RegionMask) -> RegionMask:
        """This mask times 1 − ``other``.

        Raises:
            ValueError: the masks belong to photos of different sizes.
        """
        self._require(other)
        return self._erased(other.x, other.y, other.alpha)

    def within(self, other: RegionMask) -> RegionMask:
        """This mask times ``other``.

        Raises:
            ValueError: the masks belong to photos of different sizes.
        """
        self._require(other)
        if self.is_empty:
            return self
        x, y, w, h = self.bounds
        alpha = cv2.multiply(self.alpha, other._within(x, y, w, h), scale=1 / 255)
        return RegionMask(self.width, self.height, x, y, _frozen(np.asarray(alpha, np.uint8)))

    def common(self, other: RegionMask) -> RegionMask:
        """The lesser of this mask and ``other``.

        Raises:
            ValueError: the masks belong to photos of different sizes.
        """
        self._require(other)
        if self.is_empty:
            return self
        x, y, w, h = self.bounds
        alpha = np.minimum(self.alpha, other._within(x, y, w, h))
        return RegionMask(self.width, self.height, x, y, _frozen(alpha))

    def grown(self, radius: float) -> RegionMask:
        """Fully opaque wherever this mask is within ``radius`` pixels, zero elsewhere."""
        if self.is_empty:
            return self
        margin = int(np.ceil(radius))
        left, top = max(0, self.x - margin), max(0, self.y - margin)
        right = min(self.width, self.x + self.alpha.shape[1] + margin)
        bottom = min(self.height, self.y + self.alpha.shape[0] + margin)
        here = self._within(left, top, right - left, bottom - top)
        outside = np.where(here == 0, 1, 0).astype(np.uint8)
        distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        alpha = np.where(distance <= radius, 255, 0).astype(np.uint8)
        return RegionMask(self.width, self.height, left, top, alpha)

    def feathered(self, radius: float) -> RegionMask:
        """Soft towards its edges, inward only: no pixel gains, none outside is touched.

        Alpha rises as a smoothstep of the distance to the edge and is full ``radius`` pixels
        inside. A part of the region that is thinner than that reaches full alpha along its core.
        The photo's own border is no edge.
        """
        if radius <= 1 or self.is_empty:
            return self
        x, y, w, h = self.bounds
        sides = (int(y > 0), int(y + h < self.height), int(x > 0), int(x + w < self.width))
        inside = np.ascontiguousarray(self.alpha > 0).view(np.uint8)
        inside = np.asarray(
            cv2.copyMakeBorder(inside, *sides, cv2.BORDER_CONSTANT, value=(0,)), np.uint8
        )
        if inside.all():
            return self
        distance = np.asarray(
            cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32
        )
        ramp = distance[sides[0] : sides[0] + h, sides[2] : sides[2] + w]
        parts, deepest = _thin_parts(inside, distance, radius)
        if parts is not None:
            parts = parts[sides[0] : sides[0] + h, sides[2] : sides[2] + w]
        alpha = np.empty((h, w), np.uint8)
        for top in range(0, h, _BAND):
            band = slice(top, top + _BAND)
            full = np.float32(radius) if parts is None else deepest[parts[band]]
            t = np.minimum(ramp[band] / full, 1)
            t *= t * (3 - 2 * t)
            alpha[band] = np.rint(np.multiply(t, self.alpha[band], out=t))
        return RegionMask(self.width, self.height, x, y, _frozen(alpha))

    def faded(self, share: float) -> RegionMask:
        """Every alpha times ``share``, 0…1, rounded."""
        if share == 1 or self.is_empty:
            return self
        table = np.rint(np.arange(256) * share).astype(np.uint8)
        alpha = np.asarray(cv2.LUT(self.alpha, table), np.uint8)
        return RegionMask(self.width, self.height, self.x, self.y, _frozen(alpha))

    def _require(self, other: RegionMask) -> None:
        if (other.width, other.height) != (self.width, self.height):
            raise ValueError(
                f"a mask for {other.width} × {other.height} met one for "
                f"{self.width} × {self.height}"
            )

    def _within(self, x: int, y: int, w: int, h: int) -> NDArray[np.uint8]:
        """A writable copy of the mask in a box that lies inside the photo."""
        out = np.zeros((h, w), np.uint8)
        left, top = max(x, self.x), max(y, self.y)
        right = min(x + w, self.x + self.alpha.shape[1])
        bottom = min(y + h, self.y + self.alpha.shape[0])
        if left < right and top < bottom:
            out[top - y : bottom - y, left - x : right - x] = self.alpha[
                top - self.y : bottom - self.y, left - self.x : right - self.x
            ]
        return out

    def _joined(self, x: int, y: int, w: int, h: int, alpha: NDArray[np.uint8]) -> RegionMask:
        if not w or not h:
            return self
        if self.is_empty:
            return RegionMask(self.width, self.height, x, y, alpha)
        left, top = min(x, self.x), min(y, self.y)
        right = max(x + w, self.x + self.alpha.shape[1])
        bottom = max(y + h, self.y + self.alpha.shape[0])
        out = self._within(left, top, right - left, bottom - top)
        view = out[y - top : y - top + h, x - left : x - left + w]
        np.maximum(view, alpha, out=view)
        return RegionMask(self.width, self.height, left, top, _frozen(out))

    def _erased(self, x: int, y: int, eraser: NDArray[np.uint8]) -> RegionMask:
        left, top = max(x, self.x), max(y, self.y)
        right = min(x + eraser.shape[1], self.x + self.alpha.shape[1])
        bottom = min(y + eraser.shape[0], self.y + self.alpha.shape[0])
        if left >= right or top >= bottom:
            return self
        out = self.alpha.copy()
        view = out[top - self.y : bottom - self.y, left - self.x : right - self.x]
        kept = 255 - eraser[top - y : bottom - y, left - x : right - x]
        view[...] = cv2.multiply(view, kept, scale=1 / 255)
        return RegionMask(self.width, self.height, self.x, self.y, _frozen(out))


def _frozen(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same pixels, read-only: a mask keeps them without a copy of its own."""
    alpha.setflags(write=False)
    return alpha


def _thin_parts(
    inside: NDArray[np.uint8], distance: Field, radius: float
) -> tuple[NDArray[np.int32] | None, Field]:
    """The connected part of each pixel, and how deep each part is, at most ``radius``.

    None instead of the parts when all are as deep as that: most regions are one such part.
    """
    count, labelled = cv2.connectedComponents(inside, connectivity=8)
    parts = np.asarray(labelled, np.int32)
    deepest = np.full(count, radius, np.float32)
    thin = np.ones(count, np.bool_)
    thin[0] = False
    bands = [slice(top, top + _FEW) for top in range(0, len(inside), _FEW)]
    for band in bands:
        thin[parts[band][distance[band] >= radius]] = False
        if not thin.any():
            return None, deepest
    deepest[thin] = 1
    for band in bands:
        chosen = thin[parts[band]]
        np.maximum.at(deepest, parts[band][chosen], distance[band][chosen])
    return parts, deepest


def write_mask(mask: RegionMask, path: Path, depth: Literal[8, 16] = 8) -> None:
    """Write a mask as a grey PNG of the photo's size, white where all of an edit is taken.

    ``from_image`` reads the same mask from it.

    Raises:
        RegionError: it cannot be written.
    """
    pixels = mask.full() if depth == 8 else mask.full().astype(np.uint16) * np.uint16(257)
    try:
        atomic_write(path, bytes(imagecodecs.png_encode(pixels, level=6)))
    except OSError as error:
        raise RegionError(*write_failure(error, path)) from error


def from_image(source: Path | NDArray[np.uint8 | np.uint16], width: int, height: int) -> RegionMask:
    """A mask image for a photo of ``width`` × ``height`` pixels: white may change, grey in part.

    ``source`` is an image file, or pixels of shape (h, w), (h, w, 3) RGB or (h, w, 4) RGBA, 8 or
    16 bit. Colour counts by its luma. Where an image is transparent nothing may change, as in a
    layer of a paint program; one that is equally transparent everywhere counts as opaque.

    Raises:
        RegionError: the image cannot be read, or its size is not the photo's.
    """
    if isinstance(source, np.ndarray):
        pixels = source
    else:
        try:
            photo = open_photo(source)
            pixels = photo.pixels
            if photo.alpha is not None:
                pixels = np.dstack([pixels, photo.alpha])
        except PhotoError as error:
            raise RegionError(error.title, error.advice) from error
    if pixels.dtype.name not in ("uint8", "uint16") or not (
        pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))
    ):
        raise RegionError(
            f"A mask cannot be made from {pixels.dtype} pixels of shape {pixels.shape}.",
            "Save the mask as an 8-bit greyscale PNG.",
        )
    if pixels.shape[:2] != (height, width):
        raise RegionError(
            f"The mask is {pixels.shape[1]} × {pixels.shape[0]} pixels, "
            f"but the photo is {width} × {height}.",
            "Make a mask of exactly the photo's size: white where it may change, black elsewhere.",
        )
    if pixels.ndim == 2:
        return RegionMask.from_full(rounded_to_8_bits(pixels))
    luma = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)
    mask = rounded_to_8_bits(luma.astype(pixels.dtype, copy=False))
    if pixels.shape[2] == 4 and np.ptp(pixels[..., 3]):
        mask = cv2.multiply(mask, rounded_to_8_bits(pixels[..., 3].copy()), scale=1 / 255)
    return RegionMask.from_full(np.asarray(mask, np.uint8))
