"""Where an edit may change pixels: soft masks in photo pixels, and presets from landmarks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.colour import rounded_to_8_bits
from editor.document.photo import PhotoError, open_photo
from editor.document.stroke import box_around
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.stroke import BrushStroke

    Field = NDArray[np.floating]  # distances on a grid; those of shapes are negative inside


_BAND = 256  # rows worked on at once, so that large masks need few copies of themselves


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

    def stamped(self, stroke: BrushStroke) -> RegionMask:
        """This mask with a stroke added (maximum) or erased (times 1 − opacity)."""
        (x, y, w, h), stamp = stroke.coverage(self.width, self.height)
        if stroke.erase:
            return self._erased(x, y, stamp)
        return self._joined(x, y, w, h, stamp)

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

    def mirrored(self, axis: NDArray[np.float64]) -> RegionMask:
        """The mask on the other side of a face; ``axis`` as ``face_axis`` gives it.

        Resampled linearly, so its edges soften by about a pixel; what falls outside the photo is
        lost.
        """
        x, y, w, h = self.bounds
        ends = np.array([[a, b] for a in (x, x + w - 1) for b in (y, y + h - 1)], np.float64)
        left, top, across, down = box_around(
            ends @ axis[:, :2].T + axis[:, 2], 1, self.width, self.height
        )
        if self.is_empty or not across or not down:
            return RegionMask.empty(self.width, self.height)
        # A reflection is its own inverse: it leads from the new pixels back to this patch.
        back = axis.copy()
        back[:, 2] += axis[:, :2] @ [left, top] - [x, y]
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        alpha = cv2.warpAffine(
            self.alpha, back, (across, down), flags=flags, borderMode=cv2.BORDER_CONSTANT
        )
        return RegionMask(self.width, self.height, left, top, _frozen(np.asarray(alpha, np.uint8)))

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
    thin = np.bincount(parts[distance >= radius], minlength=count) == 0
    thin[0] = False
    if not thin.any():
        return None, deepest
    deepest[thin] = 1
    for top in range(0, len(inside), _BAND):
        band = slice(top, top + _BAND)
        chosen = thin[parts[band]]
        np.maximum.at(deepest, parts[band][chosen], distance[band][chosen])
    return parts, deepest


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


# ------------------------------------------------------------------ presets

_PER_UNIT = 32  # grid steps per face unit: finer than any landmark is sure


class _FaceFrame:
    """A face in its own axes: origin between the eyes, x along them, y down, 1 = eye distance.

    Shapes are signed distance fields on a coarse grid, so that growing, uniting and cutting are
    arithmetic, and edges stay sharp when the field is enlarged to the photo.
    """

    def __init__(self, landmarks: NDArray[np.float64]) -> None:
        left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
        self.origin = (left + right) / 2
        mouth = landmarks[48:68].mean(0)
        # Turned heads bring the eyes together; the way to the mouth keeps its length.
        self.unit = float(
            max(np.linalg.norm(right - left), 0.9 * np.linalg.norm(mouth - self.origin))
        )
        if not self.unit > 1e-6:
            raise ValueError("landmarks coincide: there is no face")
        along = right - left + 1e-9
        along = along / np.linalg.norm(along)
        self.axes = np.array([along, [-along[1], along[0]]])
        self.points = (landmarks - self.origin) @ self.axes.T / self.unit
        self.low = np.minimum(self.points.min(0), -2.2) - 0.5
        high = np.maximum(self.points.max(0), 2.2) + 0.5
        columns, rows = (int(n) for n in np.ceil((high - self.low) * _PER_UNIT))
        self.x: Field
        self.y: Field
        self.x, self.y = np.meshgrid(
            (np.arange(columns) / _PER_UNIT + self.low[0]).astype(np.float32),
            (np.arange(rows) / _PER_UNIT + self.low[1]).astype(np.float32),
        )

    def polygon(self, corners: NDArray[np.float64]) -> Field:
        """Signed distance to a closed polygon, corners (n, 2) in face units."""
        nearest = np.full(self.x.shape, np.inf, np.float32)
        inside = np.zeros(self.x.shape, bool)
        for (ax, ay), (bx, by) in zip(
            corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True
        ):
            ex, ey = bx - ax, by - ay
            px, py = self.x - ax, self.y - ay
            t = np.clip((px * ex + py * ey) / max(ex * ex + ey * ey, 1e-12), 0, 1)
            np.minimum(nearest, (px - t * ex) ** 2 + (py - t * ey) ** 2, out=nearest)
            if ey:
                inside ^= ((ay > self.y) != (by > self.y)) & (px < py * (ex / ey))
        distance = np.sqrt(nearest)
        return np.where(inside, -distance, distance)

    def hull(self, *points: NDArray[np.float64]) -> Field:
        """Signed distance to the convex hull of points, each array (n, 2)."""
        corners = cv2.convexHull(np.concatenate(points).astype(np.float32))
        return self.polygon(corners[:, 0].astype(np.float64))

    def mask(self, field: Field, width: int, height: int) -> RegionMask:
        """The inside of a field as a mask of the photo, with anti-aliased edges."""
        rows, columns = np.nonzero(field < 1 / _PER_UNIT)
        if not rows.size:
            return RegionMask.empty(width, height)
        step = self.axes.T * (self.unit / _PER_UNIT)
        start = self.origin + self.axes.T @ self.low * self.unit
        ends = [[a, b] for a in (columns.min(), columns.max()) for b in (rows.min(), rows.max())]
        corners = np.array(ends) @ step.T + start
        x, y, w, h = box_around(corners, self.unit / _PER_UNIT, width, height)
        if not w or not h:
            return RegionMask.empty(width, height)
        alpha = np.empty((h, w), np.uint8)
        for top in range(0, h, _BAND):
            band = alpha[top : top + _BAND]
            distance = cv2.warpAffine(
                field,
                np.column_stack([step, start - [x, y + top]]),
                (w, len(band)),
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=(10.0,),
            )
            share = np.clip(0.5 - distance * np.float32(self.unit), 0, 1)
            band[...] = np.rint(share * 255)
        return RegionMask(width, height, x, y, _frozen(alpha))

    # The shapes below return fields; distances are in face units.

    def eye_contours(self) -> Field:
        return np.minimum(self.polygon(self.points[36:42]), self.polygon(self.points[42:48]))

    def lips(self) -> Field:
        return self.polygon(self.points[48:60])

    def lip_region(self) -> Field:
        """The lips with a rim, so that a soft edge falls beside them; not what shows between."""
        return np.maximum(self.lips() - 0.15, -0.08 - self.polygon(self.points[60:68]))

    def oval(self) -> Field:
        """Jawline and forehead, the forehead ending 0.85 above the brow line."""
        p = self.points
        middle = (p[0] + p[16]) / 2
        top = np.array([(p[19, 0] + p[24, 0]) / 2, (p[19, 1] + p[24, 1]) / 2 - 0.85])
        t = np.linspace(0, np.pi, 26)[1:-1, None]
        forehead = middle + np.cos(t) * (p[16] - middle) + np.sin(t) * (top - middle)
        return self.polygon(np.concatenate([p[:17], forehead]))

    def mouth(self) -> Field:
        """Lips with room to smile and open: nose base, nasolabial folds, half the chin."""
        p = self.points
        beside = np.concatenate(
            [p[[48, 54]] + np.array([[-0.36, dy], [0.36, dy]]) for dy in (-0.08, 0.12)]
        )
        above = p[[31, 35]] + np.array([[-0.06, 0.14], [0.06, 0.14]])
        chin = (p[57] + p[8]) / 2
        below = chin + np.array([[-0.3, -0.09], [0.3, -0.09]])
        room = self.hull(p[48:60], beside, above, below) - 0.09
        return np.maximum(room, self.oval() - 0.1)  # turned heads: not past the cheek

    def smile(self) -> Field:
        """Mouth and cheeks, from the lower lids to the chin and out to the jawline."""
        p = self.points
        lid = max(p[[40, 41], 1].mean(), p[[46, 47], 1].mean())
        top = np.array([[p[36, 0] - 0.1, lid + 0.1], [p[45, 0] + 0.1, lid + 0.1]])
        return np.maximum(self.hull(p[2:15], top) - 0.05, 0.06 - self.eye_contours())

    def eyes(self) -> Field:
        return self.eye_contours() - 0.25

    def brows(self) -> Field:
        """The brows, what lies between, the lids under them, and the way up that they have."""
        brows, up, down = self.points[17:27], np.array([0, -0.2]), np.array([0, 0.1])
        return self.hull(brows + up, brows + down) - 0.05

    def nose(self) -> Field:
        p = self.points
        wings = p[[31, 35]] + np.array([[-0.1, -0.08], [0.1, -0.08]])
        return self.hull(p[27:36], wings) - 0.08

    def skin(self) -> Field:
        brows = np.minimum(self.hull(self.points[17:22]), self.hull(self.points[22:27])) - 0.07
        features = np.minimum(brows, np.minimum(self.eye_contours() - 0.06, self.lips() - 0.03))
        return np.maximum(self.oval(), -features)

    def jaw(self) -> Field:
        """The face below the corners of the mouth, and 0.3 past the jawline."""
        return np.maximum(self.oval() - 0.3, np.float32(self.points[[48, 54], 1].mean()) - self.y)

    def beard(self) -> Field:
        """Chin, jaw and upper lip, without the lips, and 0.1 past the jawline."""
        p = self.points
        lip = self.hull(p[[31, 33, 35, 48, 54]])
        whole = np.minimum(np.maximum(self.oval() - 0.1, np.float32(p[33, 1]) - self.y), lip)
        return np.maximum(whole, 0.02 - self.lips())

    def skull(self) -> Field:
        """An ellipse around the head with its hair."""
        t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        middle = self.points[[0, 16], 0].mean()
        return self.polygon(np.column_stack([middle + 1.55 * np.cos(t), 2.0 * np.sin(t)]))

    def hair(self) -> Field:
        """A crescent around the head, down to the tip of the nose."""
        above = np.maximum(self.skull(), self.y - np.float32(self.points[30, 1]))
        return np.maximum(above, -self.oval())

    def background(self) -> Field:
        """What the aligned crop shows beside and above the head, down to the mouth."""
        sides = np.abs(self.x) - np.float32(2.0)
        above = np.maximum(self.y - np.float32(self.points[48:60, 1].mean()), -1.8 - self.y)
        return np.maximum(np.maximum(sides, above), -(self.skull() - 0.1))


_SHAPES: dict[str, Callable[[_FaceFrame], Field]] = {
    "mouth": _FaceFrame.mouth,
    "teeth": lambda face: face.polygon(face.points[60:68]) - 0.02,
    "lips": _FaceFrame.lip_region,
    "smile": _FaceFrame.smile,
    "eyes": _FaceFrame.eyes,
    "brows": _FaceFrame.brows,
    "nose": _FaceFrame.nose,
    "skin": _FaceFrame.skin,
    "jaw": _FaceFrame.jaw,
    "face": lambda face: face.oval() - 0.08,
    "beard": _FaceFrame.beard,
    "glasses": lambda face: face.hull(face.points[36:48] + np.array([0, 0.08])) - 0.38,
    "hair": _FaceFrame.hair,
    "head": lambda face: np.minimum(face.skull() - 0.25, face.oval() - 0.3),
    "background": _FaceFrame.background,
}

PRESETS: tuple[str, ...] = tuple(_SHAPES)
"""Names of the regions that ``preset`` knows, in the order to show."""


def preset(name: str, landmarks: NDArray[np.float64], width: int, height: int) -> RegionMask:
    """A region of a face, as large as the movement that edits of it cause, with hard edges.

    ``name`` is one of ``PRESETS``; the landmarks, float64 (68, 2) in iBUG order, and the photo's
    ``width`` and ``height`` are in photo pixels.

    Raises:
        RegionError: there is no preset of that name.
        ValueError: the landmarks coincide.
    """
    if name not in _SHAPES:
        raise RegionError(f"There is no region “{name}”.", f"Choose one of {', '.join(PRESETS)}.")
    face = _FaceFrame(landmarks)
    return face.mask(_SHAPES[name](face), width, height)
