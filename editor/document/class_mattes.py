"""One class of a face at the photograph's own edges, and strokes that are kept within it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.face_parts import CLASSES
from editor.document.picture_limits import lab_of, spread, window
from editor.document.region import RegionMask

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from editor.document.face_parts import FaceClasses
    from editor.document.photo import Pyramid
    from editor.document.stroke import Mirror, Stamp

    Floats = NDArray[np.float32]
    Alpha = NDArray[np.uint8]
    Box = tuple[int, int, int, int]

_BAND = 256  # rows worked on at once
_FINEST = 1024  # working pixels along the face's surroundings: more only takes longer
_LOOKED_AT = 256  # points along the same where a class is looked for
_SHOWN = 2048  # rows or columns for the screen
_PASSES = 3  # each is fitted to what the last one said, and comes closer to the picture's edge
# Eye distances that a border may be wrong by: of what the mesh has, and of what the parser saw,
# whose pixels are a fiftieth of that distance.
_REACH, _SEEN_REACH = 0.03, 0.06
_SEEN = frozenset({"neck", "ears", "beard", "clothes", "hat", "glasses", "background"})
# Variance of CIELAB that says nothing yet. At 4 borders followed the blocks of JPEG's colours (the
# necks of photo02 and photo06), at 12 no more; lips, ears and frames ended where they did.
_EVENNESS = np.float32(12.0)
_FEET = np.float32(0.1)  # of a border: the filter never quite arrives at 0 and 1
_WIDE_FEET = np.float32(0.2)  # where the picture shows no border, what the filter says is wide


@dataclass(frozen=True, slots=True, eq=False)
class ShownMatte:
    """A matte for the screen.

    Attributes:
        alpha: uint8 (rows, columns), perhaps fewer than the photo has there.
        box: x, y, w, h of it, photo pixels.
        beyond: what all other pixels are, 0 or 255.
    """

    alpha: Alpha
    box: Box
    beyond: int


class ClassMatte:
    """How much of each pixel of a photo is of one class.

    The class is known to some pixels only; around its border it is taken to be a linear function
    of the picture's colours, fitted at a working resolution and applied at the photo's own (guided
    filter with colours, He, Sun & Tang, arXiv 1505.00996). What lies deep inside or far outside
    stays so, however it looks. Hair and beards are mattes already.
    """

    def __init__(self, classes: FaceClasses, name: str, picture: Pyramid) -> None:
        """Takes some tenths of a second.

        Args:
            classes: of the face.
            name: one of ``CLASSES``.
            picture: sRGB, of the photo's size.
        """
        self.name, self._classes, self._picture = name, classes, picture
        height, width = picture.levels[0].shape[:2]
        self._size = width, height
        x, y, w, h = self._box = self._bounds(classes.bounds(width, height))
        self._step = 1
        while max(w, h) / self._step > _FINEST:
            self._step *= 2
        self._is_matte = w * h > 0 and classes.matte(name, (x, y, 1, 1), 1.0) is not None
        self._shown: ShownMatte | None = None
        if w and h and not self._is_matte:
            self._fit()

    def _bounds(self, whole: Box) -> Box:
        """The box around the class, and what its border needs; background goes on beyond all."""
        x, y, w, h = whole
        if self.name == "background" or not w or not h:
            return whole
        step = max(1.0, max(w, h) / _LOOKED_AT)
        labels = self._classes.labels(whole, step)
        left, top, across, down = cv2.boundingRect(
            np.where(labels == CLASSES.index(self.name), np.uint8(255), np.uint8(0))
        )
        if not across:
            return x, y, 0, 0
        room = 3 * _SEEN_REACH * self._classes.unit + 2 * step
        start = np.floor([x + left * step - room, y + top * step - room]).astype(int)
        end = np.ceil([x + (left + across) * step + room, y + (top + down) * step + room])
        low, high = start.clip([x, y], [x + w, y + h]), end.astype(int).clip([x, y], [x + w, y + h])
        return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])

    def _fit(self) -> None:
        (x, y, _, _), step = self._box, self._step
        labels = self._classes.labels(self._box, float(step))
        share = (labels == CLASSES.index(self.name)).astype(np.float32)
        radius = self._radius(share)
        level = min(len(self._picture.levels) - 1, step.bit_length() - 1)
        rows, columns = share.shape
        pixels = self._picture.levels[level]
        small = window(pixels, x / 2**level, y / 2**level, rows, columns, step / 2**level)
        lab = lab_of(np.asarray(cv2.medianBlur(small, 3), np.uint8))
        closer = share.copy()
        if self.name in _SEEN:  # whose pixels are coarse
            cv2.GaussianBlur(share, (0, 0), radius / 3, closer)
        for _ in range(_PASSES - 1):
            slopes, offset = _fitted(lab, np.asarray(closer, np.float32), radius)
            closer = _stretched((slopes * lab).sum(-1) + offset)
        self._slopes, self._offset = _fitted(lab, np.asarray(closer, np.float32), radius)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        outside = float(self.name == "background")  # it goes on beyond the box
        self._inside, self._around = (
            _softened(change(share, disc, borderValue=(outside,)), radius)
            for change in (cv2.erode, cv2.dilate)
        )

    def _radius(self, share: Floats) -> int:
        """Working pixels that its border may be wrong by; what is thin is not filtered away."""
        unit = self._classes.unit / self._step
        if self.name in _SEEN:
            return max(2, round(_SEEN_REACH * unit))
        inside = np.where(share > 0, np.uint8(1), np.uint8(0))
        thick = float(cv2.distanceTransform(np.pad(inside, 1), cv2.DIST_L2, 3).max())
        return max(1, round(min(_REACH * unit, thick / 2)))

    def alpha(self, box: Box) -> Alpha:
        """For a box (x, y, w, h) inside the photo, uint8 (h, w)."""
        x, y, w, h = box
        out = np.full((h, w), self._beyond, np.uint8)
        left, top = max(x, self._box[0]), max(y, self._box[1])
        right = min(x + w, self._box[0] + self._box[2])
        bottom = min(y + h, self._box[1] + self._box[3])
        for start in range(top, bottom, _BAND):
            end = min(bottom, start + _BAND)
            if left < right:
                part = out[start - y : end - y, left - x : right - x]
                part[...] = self._at_full_size((left, start, right - left, end - start))
        return out

    @property
    def _beyond(self) -> int:
        return 255 if self.name == "background" else 0

    def shown(self) -> ShownMatte:
        """For the screen; kept."""
        if self._shown is None:
            _, _, w, h = self._box
            alpha = self.alpha(self._box)
            if max(w, h) > _SHOWN:
                scale = _SHOWN / max(w, h)
                size = max(1, round(w * scale)), max(1, round(h * scale))
                alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
            alpha.setflags(write=False)
            self._shown = ShownMatte(alpha, self._box, self._beyond)
        return self._shown

    def _at_full_size(self, box: Box) -> Alpha:
        """For a box inside the working one."""
        x, y, w, h = box
        known = self._classes.matte(self.name, box, 1.0)
        if known is not None:
            return known
        lab = lab_of(self._picture.levels[0][y : y + h, x : x + w])
        share = self._spread(self._offset, box)
        for channel in range(3):
            share += self._spread(self._slopes[..., channel], box) * lab[..., channel]
        share = _stretched(share, _WIDE_FEET)
        share += (1 - share) * self._spread(self._inside, box)
        share *= self._spread(self._around, box)
        return np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)

    def _spread(self, grid: Floats, box: Box) -> Floats:
        x, y, w, h = box
        return spread(grid, self._step, (x - self._box[0], y - self._box[1]), (h, w))

    def region(self) -> RegionMask:
        """All of it, as a mask of the photo."""
        width, height = self._size
        if self.name == "background":
            return RegionMask.from_full(self.alpha((0, 0, width, height)))
        x, y, _, _ = self._box
        return RegionMask(width, height, x, y, self.alpha(self._box))


@dataclass(frozen=True, slots=True, eq=False)
class KeptStroke:
    """A stroke that colours nothing but the class of a face that it began on.

    Attributes:
        stroke: as it was drawn, or what it is where it stops at edges.
        matte: of the class; called beside the window.
    """

    stroke: Stamp
    matte: Callable[[], ClassMatte]

    @property
    def erase(self) -> bool:
        """Whether it takes away instead of adding."""
        return self.stroke.erase

    @property
    def cost(self) -> int:
        """More than is worked on at once: the session does it in the background."""
        return max(1 << 24, 4 * self.stroke.cost)

    def mirrored(self, mirror: Mirror) -> KeptStroke:
        """The same on the other side of a face, within the same class."""
        return KeptStroke(self.stroke.mirrored(mirror), self.matte)

    def coverage(self, width: int, height: int) -> tuple[Box, Alpha]:
        """Its box (x, y, w, h) inside a photo of that size, and how it covers it, uint8 (h, w)."""
        box, reach = self.stroke.coverage(width, height)
        if not reach.size:
            return box, reach
        kept = self.matte().alpha(box)
        return box, np.asarray(cv2.multiply(reach, kept, scale=1 / 255), np.uint8)


def _softened(mask: object, radius: int) -> Floats:
    blurred = cv2.GaussianBlur(np.asarray(mask, np.float32), (0, 0), radius / 3)
    return np.asarray(blurred, np.float32)


def _stretched(share: Floats, feet: np.float32 = _FEET) -> Floats:
    return np.clip((share - feet) / (1 - 2 * feet), 0, 1, out=share)


def _fitted(guide: Floats, share: Floats, radius: int) -> tuple[Floats, Floats]:
    """Slopes (h, w, 3) and offset (h, w) of the linear functions around each pixel, averaged."""
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Floats) -> Floats:
        return np.asarray(cv2.blur(values, size, borderType=cv2.BORDER_REPLICATE), np.float32)

    channels = [np.asarray(one, np.float32) for one in cv2.split(guide)]
    means = [mean(one) for one in channels]
    level = mean(share)
    l_l, l_a, l_b, a_a, a_b, b_b = (
        mean(channels[i] * channels[j]) - means[i] * means[j]
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    )
    for variance in (l_l, a_a, b_b):
        variance += _EVENNESS
    along = [mean(one * share) - means[i] * level for i, one in enumerate(channels)]
    # The inverse of a symmetric matrix by its cofactors: with LAPACK, matrix by matrix, the skin of
    # photo02 took 0.7 s, now 0.06.
    ll, la, lb = a_a * b_b - a_b * a_b, l_b * a_b - l_a * b_b, l_a * a_b - l_b * a_a
    aa, ab, bb = l_l * b_b - l_b * l_b, l_a * l_b - l_l * a_b, l_l * a_a - l_a * l_a
    whole = l_l * ll + l_a * la + l_b * lb
    slopes = [
        (row[0] * along[0] + row[1] * along[1] + row[2] * along[2]) / whole
        for row in ((ll, la, lb), (la, aa, ab), (lb, ab, bb))
    ]
    offset = level - slopes[0] * means[0] - slopes[1] * means[1] - slopes[2] * means[2]
    spread_out = [mean(np.asarray(values, np.float32)) for values in (*slopes, offset)]
    return np.dstack(spread_out[:3]), spread_out[3]
