"""Eyes open and close as a retoucher does it: lids move over an eyeball that stays.

The generator's two renders say how far the lids move, and give no colour. Two layers: the skin with
lids and lashes is bent; the eyeball is the photo's own, where it is. What a lid that opens uncovers
is painted from what is seen beside it: the iris goes on as the circle that it is, by its profile
from the pupil outwards, and the white by its own colour and shade.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.geometry import TOP, chain, inverse, shift
from editor.engine.compositing.surface import Grain, Surface, ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.engine.compositing.geometry import Box

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]

NEARLY_CLOSED = 0.2  # of its width; photo08's laughing eyes: 0.13 and 0.17, all others above 0.25
_TABLE = 257  # places along an eye where its lids' heights are kept
_SMOOTHED = 6.0  # places: corners of the mesh's polyline are none of the lid's
_UPWARDS, _DOWNWARDS = 0.45, 0.35  # of an eye's width: so far skin goes along with a lid
_COVERED, _AT_LEAST = 0.85, 0.4  # of an iris's radius that a lid may bare; of its way in any case
_LOWER = 0.6  # of what the renders show: lower lids of photographs hardly open further
_LEAST = 0.08  # of the gap between the lids that closing leaves
# Depth below the upper and above the lower lid line, in thousandths of an eye's width: from where
# to where lashes and the line of the lid end, and from where to where the photo's eyeball is clean.
_LINE = (0.008, 0.024), (0.0, 0.012)
_CLEAN = (0.020, 0.036), (0.010, 0.026)
_NEAR = (0.05, 0.09), (0.025, 0.045)  # so far into the eyeball lids leave their traces
_STAIN = 0.2  # of light's logarithm: so much darker, or lighter, such a trace is
_COLUMNS, _ROWS = 24, 24  # of places about a lid's line where its edge is looked for
_DARK = np.float32(0.04)
_BARELY = 0.025  # of an eye's width: what a lid uncovers that moves less is hardly new
_RIM = 1.2  # iris radii: as far out an eyeball looks as its distance from the pupil says
_BINS = 64
_SOFT = 1.5  # pixels
_WIDTHS = 0.02, 0.06, 0.2, 0.6  # of an eye's width: what is seen beside a place
_RATHER = 0.03  # as much less each wider one of them counts
_SHADED = 0.08  # of an eye's width: so far down an upper lid's shade is taken along with it
_DARKEST, _SHADE = 0.3, 0.8  # a lid's shade, at least and at most
_MOVED = np.linspace(-0.2, 0.2, 7)  # iris radii
_SIZED = np.linspace(0.85, 1.15, 7)
_NARROWED = np.array([0.76, 0.88, 1.0])  # its width, where a head is turned
_SPREAD = np.array([0.2, 0.1, 0.15, 0.2])
_UNWILLING = 0.03
_PATTERN = 0.06  # of white: what is brighter or darker is no iris's
_GLINT = 0.06  # of white: brighter than the iris at its distance from the pupil is a light


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """Where an eye's lids lie before and after, along its axis from corner to corner.

    Attributes:
        to_eye: float64 (2, 3), crop pixels to the eye's own frame: along the axis from the left
            corner, and down from it, crop pixels.
        width: from corner to corner, crop pixels.
        lids: float32 (2, n): how far down the upper and the lower lid's line lies.
        ways: float32 (2, n): how much further down it comes to lie.
        iris: x, y in that frame and radius.
    """

    to_eye: NDArray[np.float64]
    width: float
    lids: Float
    ways: Float
    iris: tuple[float, float, float]

    @classmethod
    def of(cls, before: Points, after: Points, iris: Points) -> Eye:
        """From contours of FaceMesh.

        Args:
            before: (16, 2), crop pixels; numbers 0 and 8 are the corners, the lower lid lies
                between them.
            after: (16, 2), likewise. That the corners move is the head's movement: it is left out.
            iris: (n, 2), around it.
        """
        first, second = (0, 8) if before[0, 0] < before[8, 0] else (8, 0)
        axis = before[second] - before[first]
        width = float(np.hypot(*axis))
        axis = axis / width
        turn = np.array([axis, [-axis[1], axis[0]]])
        to_eye = np.column_stack([turn, -turn @ before[first]])
        places, later = (p @ turn.T + to_eye[:, 2] for p in (before, after))
        along = np.linspace(0, width, _TABLE)
        moved = later - places
        share = (places[:, 0] / width)[:, None]
        moved -= moved[first] + share * (moved[second] - moved[first])
        lids, ways = [], []
        for inner in (slice(9, 16), slice(1, 8)):
            order = np.argsort(places[inner, 0])
            x = np.concatenate([[0], places[inner, 0][order], [width]])
            x = np.maximum.accumulate(np.clip(x, 0, width) + 1e-6 * np.arange(len(x)))
            y = np.concatenate([[0], places[inner, 1][order], [0]])
            way = np.concatenate([[0], moved[inner, 1][order], [0]])
            way[1:-1] = (way[:-2] + 2 * way[1:-1] + way[2:]) / 4
            lids.append(_smoothed(np.interp(along, x, y)))
            ways.append(_smoothed(np.interp(along, x, way)))
        lines, way = np.array(lids, np.float32), np.array(ways, np.float32)
        gap = np.maximum(lines[1] - lines[0], 0)
        lines[1] = lines[0] + gap
        closing = np.maximum(way[0] - way[1], 1e-6)
        way *= np.minimum(1, (1 - np.float32(_LEAST)) * gap / closing)
        middle = iris.mean(0)
        radius = float(np.linalg.norm(iris - middle, axis=1).mean())
        x, y = turn @ middle + to_eye[:, 2]
        # an iris that is seen all around stares
        there = int(np.clip(x / width, 0, 1) * (_TABLE - 1))
        way[1] *= np.where(way[1] > 0, np.float32(_LOWER), np.float32(1))
        for lid, sign in enumerate((1, -1)):
            free = max(0.0, sign * (lines[lid, there] - y) + _COVERED * radius)
            bared = -sign * float(way[lid, there])
            way[lid] *= max(_AT_LEAST, min(1.0, free / bared)) if bared > 0 else 1
        return cls(to_eye, width, lines, way, (float(x), float(y), radius))

    def frame(self, x: Float, y: Float) -> tuple[Float, Float]:
        """Crop positions in the eye's frame."""
        (a, b, c), (d, e, f) = np.asarray(self.to_eye, np.float32)
        return a * x + b * y + c, d * x + e * y + f

    def flow(self, x: Float, y: Float) -> Float:
        """Down the eye's frame, from where a place of the picture after comes; crop pixels."""
        u, v = self.frame(x, y)
        upper, lower, rise, fall = self._at(u, *self.lids, *self.ways)
        upper, lower = upper + rise, lower + fall
        # constant about both lines: what is seen of a lid may begin a little beyond its line
        share = ramp((v - upper) / np.maximum(lower - upper, 1e-3), 0.3, 0.7)
        above, below = (upper - v) / self.width, (v - lower) / self.width
        along = rise + share * (fall - rise)
        return -along * _away(above / _UPWARDS) * _away(below / _DOWNWARDS)

    def depth(self, x: Float, y: Float) -> tuple[Float, Float]:
        """Below the upper lid's line and above the lower one's, before; of the eye's width."""
        u, v = self.frame(x, y)
        upper, lower = self._at(u, *self.lids)
        width = np.float32(self.width)
        return (v - upper) / width, (lower - v) / width

    def seen_from(self, upper: Float, lower: Float) -> Eye:
        """The same eye whose lids' lines lie nearer to each other, (n,) of its width each."""
        deeper = np.stack([upper, -lower]) * np.float32(self.width)
        gap = self.lids[1] - self.lids[0]
        share = np.minimum(1, 0.5 * gap / np.maximum(deeper[0] - deeper[1], 1e-6))
        return replace(self, lids=self.lids + share * deeper)

    def baring(self, x: Float, y: Float) -> list[Float]:
        """How far the upper and the lower lid open above and below a place; of the width."""
        u, _ = self.frame(x, y)
        return self._at(u, *(self.ways * np.array([[-1], [1]], np.float32) / self.width))

    def _at(self, u: Float, *tables: Float) -> list[Float]:
        place = u * np.float32((_TABLE - 1) / self.width)
        rows = np.zeros_like(place)
        return [
            np.asarray(
                cv2.remap(
                    table[None], place, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
                ),
                np.float32,
            )
            for table in tables
        ]


def opening(lids: Points) -> float:
    """How far a contour (16, 2) of FaceMesh is open, of its width."""
    still = Eye.of(lids, lids, lids)
    return float((still.lids[1] - still.lids[0]).max()) / still.width


def _smoothed(line: Points) -> Points:
    """Along a lid; it ends where it ended."""
    ends = np.linspace(line[0], line[-1], len(line))
    wide = np.pad(line - ends, 32, mode="reflect", reflect_type="odd")
    return cv2.GaussianBlur(wide[None], (0, 0), _SMOOTHED)[0, 32:-32] + ends


def _away(far: Float) -> Float:
    """1 at a lid's line, smoothly 0 at 1."""
    return np.asarray((1 + np.cos(np.pi * np.clip(far, 0, 1))) / 2, np.float32)


def lid_surface(eyes: tuple[Eye, ...], side: int) -> Surface:
    """How the skin about eyes moves in a crop (side, side)."""
    flow = np.zeros((side, side, 2), np.float32)
    xs, ys = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    for eye in eyes:
        way = eye.flow(xs, ys)
        u, _ = eye.frame(xs, ys)
        way[(u <= 0) | (u >= eye.width)] = 0
        flow += way[..., None] * np.asarray(eye.to_eye[1, :2], np.float32)
    flow.setflags(write=False)
    return Surface(flow, Surface.still(side).novelty)


@dataclass(frozen=True, slots=True, eq=False)
class Eyeball:
    """What lies between and behind an eye's lids, in a part of a box of the photo.

    Attributes:
        eye: whose.
        at: the part.
        painted: float32 (h, w, 3), sRGB in [0, 1]: how it looks where the photo does not show it.
        new: float32 (h, w), where that is.
        pixel: of the box, of the eye's width.
        shade: float32 (n,), a factor: how much darker it looks the nearer to the upper lid.
    """

    eye: Eye
    at: Box
    painted: Float
    new: Float
    pixel: float
    shade: Float

    @classmethod
    def of(cls, eye: Eye, here: NDArray[np.uint16], to_crop: NDArray[np.float64]) -> Eyeball | None:
        """Seen and painted.

        Args:
            eye: whose.
            here: a box of the picture, (h, w, 3).
            to_crop: box pixels to the crop's.
        """
        magnify = 1 / math.hypot(to_crop[0, 0], to_crop[1, 0])
        low = min(0, float((eye.lids[0] + np.minimum(eye.ways[0], 0)).min())) - 0.06 * eye.width
        high = max(0, float((eye.lids[1] + np.maximum(eye.ways[1], 0)).max())) + 0.06 * eye.width
        corners = np.array([(x, y) for x in (0, eye.width) for y in (low, high)])
        for matrix in (eye.to_eye, to_crop):
            back = inverse(matrix)
            corners = corners @ back[:, :2].T + back[:, 2]
        left, top = np.floor(corners.min(0)).astype(int)
        right, bottom = np.ceil(corners.max(0)).astype(int) + 1
        left, top = max(0, left), max(0, top)
        right, bottom = min(here.shape[1], right), min(here.shape[0], bottom)
        if right - left < 4 or bottom - top < 4:
            return None
        part = np.asarray(here[top:bottom, left:right] / TOP, np.float32)
        at = left, top, right - left, bottom - top
        x, y = _places(at, to_crop)
        depths = eye.depth(x, y)
        frame, pixel = eye.frame(x, y), 1 / (eye.width * magnify)
        clean = _within(depths, _CLEAN, pixel)
        near = [1 - ramp(d, *limits) for d, limits in zip(depths, _NEAR, strict=True)]
        deep = clean * np.minimum(1 - near[0], 1 - near[1])
        if deep.sum() < 16:
            return None
        to_part = inverse(chain(eye.to_eye, to_crop, shift(left, top)))
        iris = _fitted(part, np.asarray(deep, np.float32), eye, to_part)
        # lashes, their shade and a lid's wet rim, which reach into the eyeball here and there
        first = _painted(part, np.asarray(deep, np.float32), eye, frame, iris, magnify)
        apart = np.log((part.mean(-1) + _DARK) / (first.mean(-1) + _DARK))
        apart = cv2.GaussianBlur(apart, (0, 0), 0.006 * eye.width * magnify)
        eye = eye.seen_from(
            _edge(-apart, depths[0], frame[0] / eye.width, _NEAR[0][1]),
            _edge(np.abs(apart), depths[1], frame[0] / eye.width, _NEAR[1][1], rim=True)
            * (eye.ways[1] > 0),  # or the iris's dark ring goes along with a lid that rises
        )
        depths = eye.depth(x, y)
        clean = _within(depths, _CLEAN, pixel)
        painted = _painted(part, clean * clean, eye, frame, iris, magnify)
        shade = _shade(part, painted, depths)
        detail, share = _mirrored(part, painted, clean, iris, to_part, frame)
        grain = Grain.of(here, math.inf).sample(*at)
        painted += grain + share[..., None] * (detail - grain)
        new = np.maximum.reduce(
            [
                (1 - ramp(d, *ends)) * ramp(bared, 0, _BARELY)
                for d, ends, bared in zip(
                    depths, _softened(_CLEAN, pixel), eye.baring(x, y), strict=True
                )
            ]
        )
        return cls(eye, at, painted, new, pixel, shade)

    def over(self, bent: Float, photo: Float, x: Float, y: Float, at: Box) -> None:
        """Laid between the lids of a part ``at`` of the box.

        Args:
            bent: the part as its skin is bent; changed in place.
            photo: as it was.
            x: from where its skin comes, crop pixels.
            y: likewise.
            at: the part.
        """
        left, top = max(at[0], self.at[0]), max(at[1], self.at[1])
        right = min(at[0] + at[2], self.at[0] + self.at[2])
        bottom = min(at[1] + at[3], self.at[1] + self.at[3])
        if right <= left or bottom <= top:
            return
        here = slice(top - at[1], bottom - at[1]), slice(left - at[0], right - at[0])
        own = (
            slice(top - self.at[1], bottom - self.at[1]),
            slice(left - self.at[0], right - self.at[0]),
        )
        depths = self.eye.depth(x[here], y[here])
        share = _within(depths, _LINE, self.pixel)[..., None]
        place = np.clip(depths[0] / np.float32(_SHADED), 0, 1) * np.float32(_BINS - 1)
        shade = cv2.remap(self.shade[None], place, np.zeros_like(place), cv2.INTER_LINEAR)[
            ..., None
        ]
        behind = photo[here]
        behind = behind + self.new[own][..., None] * (self.painted[own] * shade - behind)
        bent[here] = np.where(share < 1, bent[here] + share * (behind - bent[here]), behind)


def _within(
    depths: tuple[Float, Float], limits: tuple[tuple[float, float], ...], pixel: float
) -> Float:
    """1 between the lids, 0 at their lines; from one to the other in some pixels at least."""
    ends = _softened(limits, pixel)
    upper, lower = (ramp(d, *two) for d, two in zip(depths, ends, strict=True))
    return np.minimum(upper, lower)


def _softened(limits: tuple[tuple[float, float], ...], pixel: float) -> list[tuple[float, float]]:
    return [(low, max(high, low + _SOFT * pixel)) for low, high in limits]


def _edge(
    strange: Float, depth: Float, along: Float, deepest: float, *, rim: bool = False
) -> Float:
    """How far a lid's lashes and rim reach into the eyeball along it, (n,), of its width.

    Args:
        strange: how unlike the eyeball each place is.
        depth: of the places, from the lid's line.
        along: the eye, from 0 to 1.
        deepest: as far they may reach.
        rim: whether something that is like the eyeball may lie between it and what is not.
    """
    inside = (depth > -0.01) & (depth < deepest) & (along > 0) & (along < 1)
    column = (along[inside] * _COLUMNS).astype(int)
    row = ((depth[inside] + 0.01) / (deepest + 0.01) * _ROWS).astype(int)
    number, shape = column * _ROWS + row, (_COLUMNS, _ROWS)
    count = np.bincount(number, minlength=_COLUMNS * _ROWS).reshape(shape)
    total = np.bincount(number, strange[inside], _COLUMNS * _ROWS).reshape(shape)
    smooth = [cv2.GaussianBlur(p.astype(np.float32), (0, 0), 0.8) for p in (total, count)]
    mean = smooth[0] / (smooth[1] + 1e-3)
    lid = mean > _STAIN
    if rim:
        lid = np.logical_or.accumulate(lid[:, ::-1], axis=1)[:, ::-1]
    lid = np.logical_and.accumulate(lid, axis=1)
    reach = lid.sum(1) / _ROWS * (deepest + 0.01) - 0.01
    reach = np.where(lid.all(1), deepest / 2, np.maximum(reach, 0)).astype(np.float32)
    reach = cv2.medianBlur(np.pad(reach, 2, mode="edge")[None], 5)[0, 2:-2]
    reach = cv2.GaussianBlur(reach[None], (0, 0), 1.5)[0]
    if not rim:  # a catch-light stays where it is
        dark = np.logical_and.accumulate(mean > -_STAIN, axis=1).sum(1) / _ROWS
        free = np.asarray(dark * (deepest + 0.01) - 0.01 - _CLEAN[0][1], np.float32)
        free = np.where(dark < 1, np.maximum(free, 0), np.float32(deepest))
        reach = np.minimum(reach, cv2.erode(free[None], np.ones((1, 3), np.uint8))[0])
    places = (np.arange(_COLUMNS) + 0.5) / _COLUMNS
    return np.interp(np.linspace(0, 1, _TABLE), places, reach).astype(np.float32)


def _places(at: Box, to_crop: NDArray[np.float64]) -> tuple[Float, Float]:
    """Crop positions of the pixels of a part of a box."""
    xs, ys = np.arange(at[0], at[0] + at[2]), np.arange(at[1], at[1] + at[3])
    m = to_crop
    x, y = (row[0] * xs + (row[1] * ys + row[2])[:, None] for row in m)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _painted(
    part: Float,
    seen: Float,
    eye: Eye,
    frame: tuple[Float, Float],
    iris: tuple[float, float, float, float],
    magnify: float,
) -> Float:
    """An eyeball from what is seen of it, (h, w, 3)."""
    far = _distance(iris, *frame)
    profile = _profile(part, seen, far)
    place = np.minimum(far / np.float32(_RIM), 1) * np.float32(_BINS - 1)
    base = cv2.remap(profile[None], place, np.zeros_like(place), cv2.INTER_LINEAR)
    apart = part - np.asarray(base, np.float32)
    weight = seen * np.where(far < 1, 1 - ramp(apart.max(-1), _GLINT, 2 * _GLINT), np.float32(1))
    both = np.concatenate([apart, np.ones_like(apart[..., :1])], -1) * weight[..., None]
    total = np.full_like(both, 0)
    total[..., 3] = 1e-9
    for number, width in enumerate(_WIDTHS):
        sigma = width * eye.width * magnify
        shrink = max(1, int(sigma / 3))  # a wide blur of a small picture is as good
        total += _blurred(both, sigma, shrink) * np.float32(_RATHER**number)
    return np.clip(base + total[..., :3] / total[..., 3:], 0, 1).astype(np.float32)


def _blurred(picture: Float, sigma: float, shrink: int) -> Float:
    h, w = picture.shape[:2]
    size = -(-w // shrink), -(-h // shrink)
    small = picture if shrink == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_CONSTANT)
    return small if shrink == 1 else cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)


def _distance(iris: tuple[float, float, float, float], x: Float, y: Float) -> Float:
    """From the middle of an iris, of its radius."""
    to_x, to_y, radius, wide = iris
    across = (x - np.float32(to_x)) / np.float32(radius * wide)
    return np.hypot(across, (y - np.float32(to_y)) / np.float32(radius))


def _mirrored(
    part: Float,
    painted: Float,
    seen: Float,
    iris: tuple[float, float, float, float],
    to_part: NDArray[np.float64],
    frame: tuple[Float, Float],
) -> tuple[Float, Float]:
    """An iris's pattern from its other half, (h, w, 3), and how much of it is known, (h, w)."""
    u, v = frame[0], np.float32(2 * iris[1]) - frame[1]
    m = to_part.astype(np.float32)
    at = tuple(row[0] * u + row[1] * v + row[2] for row in m)
    detail = np.clip(part - painted, -_PATTERN, _PATTERN)
    both = np.concatenate([detail, np.ones_like(detail[..., :1])], -1) * seen[..., None]
    found = cv2.remap(both, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    far = _distance(iris, *frame)
    share = found[..., 3] * (1 - ramp(far, 0.95, 1.05))
    return found[..., :3] / np.maximum(found[..., 3:], 1e-3), np.asarray(share, np.float32)


def _profile(part: Float, seen: Float, far: Float) -> Float:
    """The eyeball's colour by its distance from the pupil, (n, 3): the darker half of each ring."""
    inside = (seen > 0.5) & (far < _RIM)
    pixels, place = part[inside], far[inside] / _RIM * (_BINS - 1)
    number = np.rint(place).astype(int)
    out, known = np.zeros((_BINS, 3), np.float32), np.zeros(_BINS, np.bool_)
    for ring in range(_BINS):
        these = pixels[number == ring]
        if len(these) >= 3:
            out[ring], known[ring] = np.quantile(these, 0.45, axis=0), True
    if not known.any():
        return out
    rings = np.arange(_BINS)
    filled = [np.interp(rings, rings[known], channel[known]) for channel in out.T]
    return cv2.GaussianBlur(np.stack(filled, -1).astype(np.float32), (1, 0), 0.01, sigmaY=1.2)


def _shade(part: Float, painted: Float, depths: tuple[Float, Float]) -> Float:
    """By what factor an eyeball is darker under the upper lid than where it is clean, (n,)."""
    upper, lower = depths
    light, clear = (p.mean(-1) + np.float32(0.02) for p in (part, painted))
    inside = (upper > 0) & (upper < _SHADED) & (lower > _SHADED)
    ratio = np.log(light[inside] / clear[inside])
    number = np.rint(upper[inside] / _SHADED * (_BINS - 1)).astype(int)
    rings = np.arange(_BINS)
    known = [ring for ring in rings if (number == ring).sum() >= 3]
    if not known:
        return np.ones(_BINS, np.float32)
    found = [np.median(ratio[number == ring]) for ring in known]
    line = np.exp(np.interp(rings, known, found))
    line = np.minimum(line / max(line[-1], 1e-3), 1)
    line = np.clip(np.maximum.accumulate(line), _DARKEST, _SHADE + (1 - _SHADE) * rings / _BINS)
    return cv2.GaussianBlur(line[None].astype(np.float32), (0, 0), 2)[0]


def _fitted(
    part: Float, seen: Float, eye: Eye, to_part: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """The iris's circle, moved and sized to where the picture has its edge.

    Where light rises most from within to without (Daugman, *High Confidence Visual Recognition of
    Persons*, 1993), as far as it is seen.

    Args:
        part: (h, w, 3).
        seen: (h, w), where the eyeball is.
        eye: whose.
        to_part: (2, 3), the eye's frame to the part's pixels.
    """
    grey = cv2.GaussianBlur(np.log(part.mean(-1) + _DARK), (0, 0), 1.0)
    turns = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    x, y, radius = eye.iris
    tried = np.array(np.meshgrid(_MOVED, _MOVED, _SIZED, _NARROWED)).reshape(4, -1).T
    middles = np.array([x, y]) + tried[:, :2] * radius
    radii = tried[:, 2] * radius
    ring = np.stack([np.cos(turns), np.sin(turns)], -1)

    def at(share: float) -> tuple[Float, Float]:
        wide = np.stack([tried[:, 3], np.ones(len(tried))], -1)[:, None]
        places = middles[:, None] + (share * radii)[:, None, None] * ring * wide
        px, py = np.moveaxis(places @ to_part[:, :2].T + to_part[:, 2], -1, 0).astype(np.float32)
        return tuple(
            cv2.remap(p, px, py, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
            for p in (grey, seen)
        )

    (inner, here), (outer, there) = at(0.9), at(1.1)
    weight, steps = here * there, np.clip(outer - inner, -1, 1)
    rise = np.zeros(len(tried))
    for half in (ring[:, 0] > 0, ring[:, 0] < 0):  # or one edge of the two would do
        found = (weight * steps)[:, half].sum(1) / np.maximum(weight[:, half].sum(1), 4)
        rise += np.sqrt(np.maximum(found, 0))
    rise -= _UNWILLING * np.square((tried - [0, 0, 1, 1]) / _SPREAD).sum(1)
    best = int(rise.argmax())
    return (*map(float, middles[best]), float(radii[best]), float(tried[best, 3]))
