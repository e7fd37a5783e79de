"""Regions that the picture itself limits: by lightness, by colour, and by its edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.curves import smoothstep
from editor.document.region import RegionMask
from editor.document.stroke import box_around, cover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from editor.document.photo import Pyramid
    from editor.document.stroke import BrushStroke, Mirror

    Floats = NDArray[np.float32]
    Alpha = NDArray[np.uint8]
    Box = tuple[int, int, int, int]

_BAND = 256  # rows worked on at once
_LIGHTNESS_FADE = 6.0  # of L*, over which a limit by lightness fades
_COLOUR_FADE = 0.5  # of the tolerance, over which a limit by colour fades
_SPOT = 2  # pixels around the one that is picked, whose mean counts

_FINEST = 40.0  # working pixels in a brush's radius: more only takes longer
_LONGEST = 6.0  # radii that a piece of a stroke may extend over
_SEED = 0.15  # of the radius: what the brush's middle went over is meant
_THIN = 1.0  # working pixels, the radius of a line
_TOUCHED = 30  # of 255: so much of it has every pixel that a line goes through the corner of
_MEANT = 0.1  # share of the line that a class takes at least that is meant
_PASSES = 6  # over rows and columns, until ways around corners are found
_NOISE = 1.5  # times the usual step between neighbours: what is less is no edge
_LEAST_STEP = 0.8  # ΔE between neighbours that is no edge in the calmest picture
_NEAR, _FAR = 5.0, 12.0  # ΔE of edges on the way: all of the brush passes, nothing passes
_BORDER = 100.0  # ΔE that a border between classes counts as


def within_lightness(
    mask: RegionMask, picture: Pyramid, darkest: float, lightest: float
) -> RegionMask:
    """Only what is so light; of an empty mask, of all of the photo.

    Args:
        mask: of the picture's size.
        picture: sRGB.
        darkest: L*, 0…100; it fades over 6 beyond both limits.
        lightest: L*, not below ``darkest``.

    Raises:
        ValueError: the limits are out of range.
    """
    if not 0 <= darkest <= lightest <= 100:
        raise ValueError(f"lightness is limited within 0…100, got {darkest}…{lightest}")

    def share(lab: Floats) -> Floats:
        light = lab[..., 0]
        # the ends of the range are open: nothing is darker than black
        low = 1.0 if darkest == 0 else _ramp(light, darkest - _LIGHTNESS_FADE, darkest)
        high = 1.0 if lightest == 100 else _ramp(light, lightest + _LIGHTNESS_FADE, lightest)
        return np.asarray(low * np.ones_like(light) * high, np.float32)

    return _limited(mask, picture, share)


def within_colour(
    mask: RegionMask,
    picture: Pyramid,
    place: tuple[float, float],
    tolerance: float,
    *,
    remove: bool = False,
) -> RegionMask:
    """Only what has about the colour of a place; of an empty mask, of all of the photo.

    Args:
        mask: of the picture's size.
        picture: sRGB.
        place: photo pixels; the mean of 5 × 5 pixels counts.
        tolerance: ΔE (CIE 1976) up to which all is kept, above 0; it fades over half as much more.
        remove: keep all but that.

    Raises:
        ValueError: the place is outside the picture, or the tolerance is not above 0.
    """
    pixels = picture.levels[0]
    height, width = pixels.shape[:2]
    if not (-0.5 <= place[0] < width - 0.5 and -0.5 <= place[1] < height - 0.5):
        raise ValueError(f"the photo has no colour at {place}")
    if not 0 < tolerance < 1_000:
        raise ValueError(f"a tolerance above 0 is expected, got {tolerance}")
    x, y = round(place[0]), round(place[1])
    spot = pixels[max(0, y - _SPOT) : y + _SPOT + 1, max(0, x - _SPOT) : x + _SPOT + 1]
    colour = lab_of(spot).mean((0, 1))

    def share(lab: Floats) -> Floats:
        difference = np.sqrt(((lab - colour) ** 2).sum(2))
        alike = _ramp(difference, tolerance * (1 + _COLOUR_FADE), tolerance)
        return 1 - alike if remove else alike

    return _limited(mask, picture, share)


def _limited(mask: RegionMask, picture: Pyramid, share: Callable[[Floats], Floats]) -> RegionMask:
    pixels = picture.levels[0]
    if pixels.shape[:2] != (mask.height, mask.width):
        raise ValueError(f"a mask of {mask.width} × {mask.height} for pixels {pixels.shape}")
    x, y, w, h = mask.bounds if not mask.is_empty else (0, 0, mask.width, mask.height)
    out = np.empty((h, w), np.uint8)
    for top in range(0, h, _BAND):
        band = out[top : top + _BAND]
        kept = share(lab_of(pixels[y + top : y + top + len(band), x : x + w]))
        full = 255 if mask.is_empty else mask.alpha[top : top + _BAND]
        band[...] = np.rint(kept * full)
    return RegionMask(mask.width, mask.height, x, y, out)


def lab_of(pixels: NDArray[np.uint8]) -> Floats:
    """sRGB → CIELAB, float32: L* in 0…100."""
    scaled = np.asarray(pixels, np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB), np.float32)


def _ramp(values: Floats, zero: float, one: float) -> Floats:
    """Smoothly from 0 at ``zero`` to 1 at ``one``, which may lie below."""
    return smoothstep((values - np.float32(zero)) / np.float32(one - zero))


# ------------------------------------------------------------------ edges


@dataclass(frozen=True, slots=True, eq=False)
class FollowingStroke:
    """A stroke that stops at edges of the picture, and at borders between classes of a face.

    From what the middle of the brush went over, the stroke spreads as far as the brush reaches,
    but not across edges: the way to a pixel is as long as the steps in colour on it (a geodesic
    distance, at a working resolution), and what is far by that is left out. At full resolution the
    edge of the stroke is the picture's own (guided filter).

    Attributes:
        stroke: as it was drawn.
        picture: sRGB, of the photo's size.
        classes: numbers of what a face consists of, for a box (x, y, w, h) of the photo and a step
            in photo pixels: uint8 (rows, columns) of points that far apart, the first at the
            middle of the box's first step; None where no face is known.
    """

    stroke: BrushStroke
    picture: Pyramid
    classes: Callable[[Box, float], Alpha] | None = None

    @property
    def erase(self) -> bool:
        """Whether it takes away instead of adding."""
        return self.stroke.erase

    @property
    def cost(self) -> int:
        """More than is worked on at once: the session does it in the background."""
        return max(1 << 24, 8 * self.stroke.cost)

    def mirrored(self, mirror: Mirror) -> FollowingStroke:
        """The same on the other side of a face, at the edges that are there."""
        return FollowingStroke(self.stroke.mirrored(mirror), self.picture, self.classes)

    def coverage(self, width: int, height: int) -> tuple[Box, Alpha]:
        """Its box (x, y, w, h) inside a photo of that size, and how it covers it, uint8 (h, w)."""
        (x, y, w, h), reach = self.stroke.coverage(width, height)
        if not w or not h:
            return (x, y, w, h), reach
        allowed = np.zeros((h, w), np.uint8)
        for piece in _pieces(self.stroke.line):
            left, top, across, down = box = box_around(
                piece[:, :2], float(piece[:, 2].max()), width, height
            )
            if across and down:
                part = allowed[top - y : top - y + down, left - x : left - x + across]
                np.maximum(part, self._allowed(piece, box), out=part)
        return (x, y, w, h), np.asarray(cv2.multiply(reach, allowed, scale=1 / 255), np.uint8)

    def _allowed(self, piece: Floats, box: Box) -> Alpha:
        """How far a piece of the line may colour each pixel of a box, uint8 (h, w)."""
        x, y, w, h = box
        step = 1
        while piece[:, 2].max() / (2 * step) > _FINEST:
            step *= 2
        level = min(len(self.picture.levels) - 1, step.bit_length() - 1)
        pixels = self.picture.levels[level]
        rows, columns = -(-h // step), -(-w // step)
        small = window(pixels, x / 2**level, y / 2**level, rows, columns, step / 2**level)
        calm = np.asarray(cv2.medianBlur(small, 3), np.uint8)
        lab = cv2.bilateralFilter(lab_of(calm), 5, 8.0, 1.5)
        labels = None if self.classes is None else self.classes(box, float(step))
        seeds = _seeds(piece, (x, y), step, labels, (rows, columns))
        away = _geodesic(seeds, *_steps(np.asarray(lab, np.float32), labels))
        share = _ramp(away, _FAR, _NEAR)
        slope, offset = _guided(np.asarray(lab[..., 0], np.float32), share)
        out = np.empty((h, w), np.uint8)
        full = self.picture.levels[0]
        for top in range(0, h, _BAND):
            band = out[top : top + _BAND]
            part = full[y + top : y + top + len(band), x : x + w]
            light = cv2.cvtColor(part, cv2.COLOR_RGB2LAB)[..., 0] * np.float32(100 / 255)
            value = spread(slope, step, (0, top), band.shape) * light
            value += spread(offset, step, (0, top), band.shape)
            band[...] = np.rint(np.clip(value, 0, 1) * 255)
        return out


def _seeds(
    piece: Floats, corner: tuple[int, int], step: int, labels: Alpha | None, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """What the middle of the brush went over, of the classes that its very line went over."""
    line = piece.copy()
    line[:, :2] = (line[:, :2] - corner + 0.5) / step - 0.5
    line[:, 3] = 1
    line[:, 2] = np.maximum(line[:, 2] * np.float32(_SEED / step), _THIN)
    middle, thread = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    cover(middle, line, 1.0)
    seeds = middle > _TOUCHED
    if labels is not None:
        line[:, 2] = _THIN
        cover(thread, line, 1.0)
        under = np.bincount(labels[thread > _TOUCHED], minlength=256)
        seeds &= (under >= max(1, _MEANT * under.sum()))[labels]
    return seeds


def _pieces(line: Floats) -> Iterator[Floats]:
    """A line cut into overlapping pieces of limited extent."""
    most = _LONGEST * float(line[:, 2].max())
    start, low, high = 0, line[0, :2], line[0, :2]
    for end in range(1, len(line)):
        low, high = np.minimum(low, line[end, :2]), np.maximum(high, line[end, :2])
        if float((high - low).max()) > most and end - start > 1:
            yield line[start:end]
            start = end - 1
            low, high = line[start : end + 1, :2].min(0), line[start : end + 1, :2].max(0)
    yield line[start:]


def window(
    pixels: NDArray[np.uint8], x: float, y: float, rows: int, columns: int, step: float
) -> NDArray[np.uint8]:
    """Part of a picture from the corner (x, y) on, with ``step`` of its pixels for one."""
    matrix = np.array([[step, 0, x + step / 2 - 0.5], [0, step, y + step / 2 - 0.5]])
    left, top = max(0, int(x) - 1), max(0, int(y) - 1)
    part = pixels[top : int(y + rows * step) + 3, left : int(x + columns * step) + 3]
    matrix[:, 2] -= [left, top]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(part, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _steps(lab: Floats, labels: Alpha | None) -> tuple[Floats, Floats]:
    """What a step to the right (h, w − 1) and down (h − 1, w) costs: the edge that it crosses."""
    costs: list[Floats] = []
    usual = np.concatenate(
        [np.sqrt((np.diff(lab, axis=axis) ** 2).sum(2)).ravel() for axis in (1, 0)]
    )
    noise = max(_LEAST_STEP, _NOISE * float(np.median(usual))) if usual.size else _LEAST_STEP
    for axis in (1, 0):
        cost = np.sqrt((np.diff(lab, axis=axis) ** 2).sum(2)) - np.float32(noise)
        cost = np.maximum(cost, 0)
        if labels is not None:
            cost += np.float32(_BORDER) * (np.diff(labels.astype(np.int16), axis=axis) != 0)
        costs.append(np.asarray(cost, np.float32))
    return costs[0], costs[1]


def _geodesic(seeds: NDArray[np.bool_], right: Floats, down: Floats) -> Floats:
    """The cheapest way from the seeds to each pixel, along rows and columns in turn.

    A whole row is one running minimum: the cheapest way along it is the least of (cost at the
    start − sum of steps before it), plus the sum of steps up to here.
    """
    away = np.where(seeds, np.float32(0), np.float32(1e4))
    sums_right = np.pad(np.cumsum(right, axis=1), ((0, 0), (1, 0)))
    sums_down = np.pad(np.cumsum(down, axis=0), ((1, 0), (0, 0)))
    for _ in range(_PASSES):
        for axis, sums in ((1, sums_right), (0, sums_down)):
            forth = np.minimum.accumulate(away - sums, axis=axis) + sums
            back = (
                np.flip(np.minimum.accumulate(np.flip(away + sums, axis), axis=axis), axis) - sums
            )
            away = np.minimum(forth, back)
    return away


def _guided(
    guide: Floats, share: Floats, radius: int = 3, smoothest: float = 4.0
) -> tuple[Floats, Floats]:
    """Slope and offset of ``share`` in ``guide`` around each pixel (guided filter, He 2010)."""
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: NDArray[np.floating]) -> Floats:
        blurred = cv2.blur(
            values.astype(np.float32, copy=False), size, borderType=cv2.BORDER_REPLICATE
        )
        return np.asarray(blurred, np.float32)

    middle, level = mean(guide), mean(share)
    variance = mean(guide * guide) - middle * middle
    slope = (mean(guide * share) - middle * level) / (variance + np.float32(smoothest))
    return mean(slope), mean(level - slope * middle)


def spread(grid: Floats, step: int, start: tuple[int, int], shape: tuple[int, ...]) -> Floats:
    """Pixels from (x, y) on of a grid whose points lie in the middle of steps, interpolated."""
    shift = 0.5 / step - 0.5
    (x, y), (rows, columns) = start, shape[:2]
    matrix = np.array([[1 / step, 0, x / step + shift], [0, 1 / step, y / step + shift]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    larger = cv2.warpAffine(
        grid, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(larger, np.float32)
