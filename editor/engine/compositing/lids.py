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

from editor.engine.compositing.geometry import chain, inside, inverse, positions, shift, unit
from editor.engine.compositing.surface import Grain, Surface, ramp, remapped
from models.faces.face_classes import CONTOURS, IRISES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.engine.compositing.geometry import Box

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]
    Iris = tuple[float, float, float, float]
    Places = tuple[Float, Float]
    Lids = tuple[Points, Points, Points, Points]
    """Contours before and after, (n, 16, 2) each, irises (n, 4, 2), and ``Eye.reach``, (n, 2)."""

LIDS = tuple(CONTOURS[f"{side} eye"] for side in ("right", "left"))
NEARLY_CLOSED = 0.18  # of its width; photo08's laughing eyes: 0.13, 0.17; slits that open well 0.19
_TABLE = 257  # places along an eye where its lids' heights are kept
_SMOOTHED = 6.0  # places: corners of the mesh's polyline are none of the lid's
REACH = np.array([0.45, 0.35])  # of its width: so far above and below skin goes along with lids
_SHORTEST = 0.11  # likewise: between a lid and nearer spectacles it would be crushed
_CORNER = 0.15  # of its width from its corners an eye's lids hardly move: frames may be there
_PLACES, _A_FEW = 12, 3  # between them; what is nearer in so few is light on a lens and no frame
_A_CRUMB = 1.2e-4  # of the crop: less of it is a lash
_CLEAR = 0.8  # of the way to spectacles
_STEEPEST = 0.5  # of that reach a lid may go: skin folds over at 0.64
_COVERED, _AT_LEAST = 0.85, 0.4  # of an iris's radius that a lid may bare; of its way in any case
_LOWER = 0.6  # of what the renders show: lower lids of photographs hardly open further
_LEAST = 0.08  # of the gap between the lids that closing leaves
# Depth below the upper and above the lower lid's line, of an eye's width: from where to where the
# line of the lid ends, and from where to where the photo's eyeball begins to be believed.
_LINE = (0.008, 0.024), (0.0, 0.012)
_CLEAN = (0.020, 0.036), (0.010, 0.026)
_NEAR = (0.05, 0.09), (0.025, 0.045)  # so far into the eyeball lashes and a lid's rim may reach
_ABOUT = 0.01  # of an eye's width: so far before its line a lid's edge is looked for
_BESIDE = 0.04  # of an eye's width: so far above lashes the mesh may have a lid's line
_BLURRED = 0.006  # of an eye's width: finer things are no edge
_STAIN = 0.2  # of light's logarithm: so much darker, or lighter, such a trace is
_LIT = 0.5  # likewise: so much lighter a catch-light is
_COLUMNS, _ROWS = 24, 24  # of places about a lid's line where its edge is looked for
_DARK = np.float32(0.04)  # of white: in deep shade nothing is told
_SMALLEST = 4  # pixels
_HALF = np.float32(0.5)
_EDGE = 0.06  # of an eye's width around it
_BARELY = 0.025  # of an eye's width: what a lid uncovers that moves less is hardly new
_RIM = 1.2  # iris radii: as far out an eyeball looks as its distance from the pupil says
_BINS = 64
_SOFT = 1.5  # pixels: no ramp is steeper
_WIDTHS = 0.02, 0.06, 0.2, 0.6  # of an eye's width: what is seen beside a place
_RATHER = 0.03  # as much less each wider one of them counts
_SHADED = 0.08  # of an eye's width: so far down an upper lid's shade is taken along with it
_DARKEST, _SHADE = 0.5, np.float32(0.8)  # that shade at a lid's line: a factor, at least and most
# How else than in the mesh an iris may lie: across and down, its size, its width in a turned head.
_MOVED = np.linspace(-0.2, 0.2, 7)  # iris radii
_SIZED = np.linspace(0.85, 1.15, 7)
_NARROWED = np.array([0.76, 0.88, 1.0])
_SPREAD = np.array([0.2, 0.1, 0.15, 0.2])  # so much of each it costs ``_UNWILLING`` of a rise
_UNWILLING = 0.03
_GRAINED = 2.0  # pixels: what is coarser in skin is no eyeball's
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
        reach: how far above and below skin goes along, of its width.
    """

    to_eye: NDArray[np.float64]
    width: float
    lids: Float
    ways: Float
    iris: tuple[float, float, float]
    reach: tuple[float, float]

    @classmethod
    def of(cls, before: Points, after: Points, iris: Points, reach: Points = REACH) -> Eye:
        """From contours of FaceMesh.

        Args:
            before: (16, 2), crop pixels; numbers 0 and 8 are the corners, the lower lid lies
                between them.
            after: (16, 2), likewise. That the corners move is the head's movement: it is left out.
            iris: (n, 2), around it.
            reach: how far above and below skin goes along, of the eye's width.
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
        lids: list[Float] = []
        ways: list[Float] = []
        for inner in (slice(9, 16), slice(1, 8)):
            order = np.argsort(places[inner, 0])
            x = np.concatenate([[0], places[inner, 0][order], [width]])
            x = np.maximum.accumulate(np.clip(x, 0, width) + 1e-6 * np.arange(len(x)))
            y = np.concatenate([[0], places[inner, 1][order], [0]])
            way = np.concatenate([[0], moved[inner, 1][order], [0]])
            way[1:-1] = (way[:-2] + 2 * way[1:-1] + way[2:]) / 4
            lids.append(_smoothed(np.interp(along, x, y)))
            ways.append(_smoothed(np.interp(along, x, way)))
        lines, way = np.stack(lids), np.stack(ways)
        gap = np.maximum(lines[1] - lines[0], 0)
        lines[1] = lines[0] + gap
        closing = np.maximum(way[0] - way[1], 1e-6)
        way *= np.minimum(1, (1 - np.float32(_LEAST)) * gap / closing)
        most = np.asarray(_STEEPEST * width * reach[:, None], np.float32)
        way = np.clip(way, -most, most)
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
        up, down = (float(n) for n in reach)
        return cls(to_eye, width, lines, way, (float(x), float(y), radius), (up, down))

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
        gone = _away(above / self.reach[0]) * _away(below / self.reach[1])
        return np.asarray(-along * gone, np.float32)

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


def lids_of(
    seen: Points, renders: Sequence[Points], far: float, spectacles: Float | None, *, opens: bool
) -> Lids | None:
    """Where a photo's lids lie before and after an edit.

    None where they cannot be moved over an eyeball: one that is to open is nearly closed, where the
    mesh knows no iris and no eyeball is seen to go on, or spectacles' frames are too near to a lid.

    Args:
        seen: (478, 2), the mesh of the photo, crop pixels.
        renders: (478, 2) each, of the renders of the inversion, before and after the edit.
        far: how many times as far as the renders' lids they go.
        spectacles: (r, r), where the crop shows frames; None if nobody looked.
        opens: whether the eyes are to open.
    """
    base, before, after = renders
    here = seen + before - base
    one, other = (
        np.stack([mesh[list(points)] for points in LIDS])
        for mesh in (here, here + far * (after - before))
    )
    reach = np.array([_reach(lids, spectacles) for lids in one])
    if (opens and min(map(opening, one)) < NEARLY_CLOSED) or reach.min() < _SHORTEST:
        return None
    return one, other, np.stack([seen[list(points)] for points in IRISES]), reach


def opening(lids: Points) -> float:
    """How far a contour (16, 2) of FaceMesh is open, of its width."""
    still = Eye.of(lids, lids, lids)
    return float((still.lids[1] - still.lids[0]).max()) / still.width


def _reach(lids: Points, spectacles: Float | None) -> Points:
    """How far above and below an eye skin may go along without bending spectacles."""
    if spectacles is None:
        return REACH
    eye = Eye.of(lids, lids, lids)
    rows, columns = (n.astype(np.float32) for n in np.nonzero(_frames(spectacles)))
    u, v = eye.frame(columns, rows)
    place = np.floor((u / eye.width - _CORNER) / (1 - 2 * _CORNER) * _PLACES).astype(int)
    between, along = (place >= 0) & (place < _PLACES), np.linspace(0, eye.width, _TABLE)
    upper, lower = (np.asarray(np.interp(u, along, line), np.float64) for line in eye.lids)
    nearest = np.full((2, _PLACES), np.inf)
    for side, away in zip(nearest, (upper - v, v - lower), strict=True):
        there = between & (away > 0)
        np.minimum.at(side, place[there], away[there] / eye.width)
    windows = np.lib.stride_tricks.sliding_window_view(nearest, _A_FEW + 1, axis=1)
    return np.minimum(REACH, _CLEAR * windows.max(-1).min(1))


def _frames(spectacles: Float) -> NDArray[np.bool_]:
    seen = np.asarray(spectacles > _HALF, np.uint8)
    number = np.asarray(cv2.connectedComponents(seen, connectivity=8)[1], np.int64)
    large = np.bincount(number.ravel()) >= _A_CRUMB * seen.size
    return np.asarray((seen > 0) & large[number], np.bool_)


def _smoothed(line: NDArray[np.floating]) -> Float:
    """A line along an eye from 0 to 0; it ends there."""
    edge = 32
    wide = np.concatenate([-line[edge:0:-1], line, -line[-2 : -edge - 2 : -1]])
    smooth = cv2.GaussianBlur(wide[None].astype(np.float32), (0, 0), _SMOOTHED)
    return np.asarray(smooth[0, edge:-edge], np.float32)


def _away(far: NDArray[np.floating]) -> Float:  # 1 at a lid's line, smoothly 0 at 1
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
        eye: whose, its lids' lines where their lashes and rims end.
        at: the part.
        painted: float32 (h, w, 3), sRGB in [0, 1]: how it looks where the photo does not show it.
        hidden: float32 (2, h, w): where upper and lower lid hide it in the photo.
        bared: float32 (2, h, w): how far they open there, of the eye's width.
        shade: float32 (n,), a factor: how much darker it looks the nearer to the upper lid.
        pixel: of the box, of the eye's width.
    """

    eye: Eye
    at: Box
    painted: Float
    hidden: Float
    bared: Float
    shade: Float
    pixel: float

    @classmethod
    def of(cls, eye: Eye, here: NDArray[np.uint16], to_crop: NDArray[np.float64]) -> Eyeball | None:
        """Seen and painted; None if the box does not show enough of it.

        Args:
            eye: whose.
            here: a box of the picture, (h, w, 3).
            to_crop: box pixels to the crop's.
        """
        at = _around(eye, to_crop, here.shape[1], here.shape[0])
        left, top, width, height = at
        if min(width, height) < _SMALLEST:
            return None
        part = unit(here[top : top + height, left : left + width])
        magnify = 1 / math.hypot(to_crop[0, 0], to_crop[1, 0])
        pixel = 1 / (eye.width * magnify)
        x, y = positions(at, to_crop)
        frame, depths = eye.frame(x, y), eye.depth(x, y)
        limits = tuple((max(a, c), max(b, d)) for (a, b), (c, d) in zip(_CLEAN, _NEAR, strict=True))
        deep = _within(depths, limits, pixel)
        if np.count_nonzero(deep > _HALF) < _SMALLEST**2:
            return None
        to_part = inverse(chain(eye.to_eye, to_crop, shift(left, top)))
        iris = _fitted(part, deep, eye, to_part)
        first = _painted(part, deep, iris, frame, 1 / pixel)
        apart = np.log((_grey(part) + _DARK) / (_grey(first) + _DARK))
        apart = np.asarray(cv2.GaussianBlur(apart, (0, 0), _BLURRED / pixel), np.float32)
        along = np.asarray(frame[0] / eye.width, np.float32)
        lower = _edge(np.abs(apart), depths[1], along, _NEAR[1][1], rim=True)
        # Where a lid rises, the dark ring of an iris would go along with it.
        lower *= eye.ways[1] > 0
        eye = eye.seen_from(_edge(-apart, depths[0], along, _NEAR[0][1]), lower)
        depths = eye.depth(x, y)
        clean = _within(depths, _CLEAN, pixel)
        painted = _painted(part, clean * clean, iris, frame, 1 / pixel)
        shade = _shade(part, painted, depths)
        pattern, known = _mirrored(part - painted, clean, iris, to_part, frame)
        grain = Grain.of(here, _GRAINED).sample(*at)
        grain *= np.minimum(_grey(painted) / max(float(part.mean()), 1e-3), 1)[..., None]
        painted += grain + known[..., None] * (pattern - grain)
        ends = _softened(_CLEAN, pixel)
        hidden = np.stack([1 - ramp(d, *two) for d, two in zip(depths, ends, strict=True)])
        return cls(eye, at, painted, hidden, np.stack(eye.baring(x, y)), shade, pixel)

    def over(self, bent: Float, photo: Float, share: Float, places: Places, at: Box) -> None:
        """Laid between the lids of a part ``at`` of the box.

        Args:
            bent: (h, w, 3), the part as its skin is bent; changed in place.
            photo: (h, w, 3), as it was.
            share: (h, w), of the way that lids go.
            places: x and y, (h, w) each, from where skin comes, crop pixels.
            at: the part.
        """
        left, top = max(at[0], self.at[0]), max(at[1], self.at[1])
        right = min(at[0] + at[2], self.at[0] + self.at[2])
        bottom = min(at[1] + at[3], self.at[1] + self.at[3])
        if right <= left or bottom <= top:
            return
        both = left, top, right - left, bottom - top
        here, own = inside(both, at), inside(both, self.at)
        depths = self.eye.depth(places[0][here], places[1][here])
        seen = _within(depths, _LINE, self.pixel)[..., None]
        bared = share[here] * self.bared[:, *own]
        new = (self.hidden[:, *own] * ramp(bared, 0, _BARELY)).max(0)[..., None]
        place = np.clip(depths[0] / np.float32(_SHADED), 0, 1) * np.float32(_BINS - 1)
        shade = remapped(self.shade[None], place, np.zeros_like(place), cv2.INTER_LINEAR)
        soft = np.clip(depths[0] / (np.maximum(bared[0], 0) + np.float32(_CLEAN[0][0])), 0, 1)
        shade = np.minimum(shade, _SHADE + (1 - _SHADE) * soft)  # none where the photo goes on
        behind = photo[here] + new * (self.painted[own] * shade[..., None] - photo[here])
        bent[here] = np.where(seen < 1, bent[here] + seen * (behind - bent[here]), behind)


def _around(eye: Eye, to_crop: NDArray[np.float64], width: int, height: int) -> Box:
    """The part of a box (height, width) in which an eye lies, before and after."""
    edge = _EDGE * eye.width
    low = min(0.0, float((eye.lids[0] + np.minimum(eye.ways[0], 0)).min())) - edge
    high = max(0.0, float((eye.lids[1] + np.maximum(eye.ways[1], 0)).max())) + edge
    corners = np.array([(x, y) for x in (0.0, eye.width) for y in (low, high)])
    back = inverse(chain(eye.to_eye, to_crop))
    corners = corners @ back[:, :2].T + back[:, 2]
    left, top = (max(0, math.floor(a)) for a in corners.min(0))
    right, bottom = (math.ceil(a) + 1 for a in corners.max(0))
    return left, top, min(width, right) - left, min(height, bottom) - top


def _grey(picture: Float) -> Float:
    return np.asarray(picture.mean(-1), np.float32)


def _within(
    depths: tuple[Float, Float], limits: tuple[tuple[float, float], ...], pixel: float
) -> Float:
    """1 between the lids, 0 at their lines; from one to the other in some pixels at least."""
    ends = _softened(limits, pixel)
    upper, lower = (ramp(d, *two) for d, two in zip(depths, ends, strict=True))
    return np.asarray(np.minimum(upper, lower), np.float32)


def _softened(limits: tuple[tuple[float, float], ...], pixel: float) -> list[tuple[float, float]]:
    """In pixels of that size, of the eye's width, no ramp is a step."""
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
    near = (depth > -_ABOUT) & (depth < deepest) & (along > 0) & (along < 1)
    column = (along[near] * _COLUMNS).astype(int)
    row = ((depth[near] + _ABOUT) / (deepest + _ABOUT) * _ROWS).astype(int)
    row = np.minimum(row, _ROWS - 1)
    number, shape = column * _ROWS + row, (_COLUMNS, _ROWS)
    count = np.bincount(number, minlength=_COLUMNS * _ROWS).reshape(shape)
    total = np.bincount(number, strange[near], _COLUMNS * _ROWS).reshape(shape)
    smooth = [cv2.GaussianBlur(p.astype(np.float32), (0, 0), 0.8) for p in (total, count)]
    mean = np.asarray(smooth[0] / (smooth[1] + 1e-3), np.float32)
    rows = np.arange(_ROWS) / _ROWS * (deepest + _ABOUT) - _ABOUT
    unlike: NDArray[np.bool_] = mean > _STAIN
    begun: NDArray[np.bool_] = np.maximum.accumulate(unlike, axis=1)
    if rim:
        until: NDArray[np.bool_] = np.maximum.accumulate(unlike[:, ::-1], axis=1)[:, ::-1]
    else:  # the mesh may have its line in the skin above the lashes
        soon = np.asarray(begun[:, rows < _BESIDE].max(1, keepdims=True), np.bool_)
        until = unlike | (~begun & soon)
    lid: NDArray[np.bool_] = np.minimum.accumulate(until, axis=1)
    reach = lid.sum(1) / _ROWS * (deepest + _ABOUT) - _ABOUT
    reach = np.where(lid.all(1), deepest / 2, np.maximum(reach, 0)).astype(np.float32)
    reach = cv2.medianBlur(np.pad(reach, 2, mode="edge")[None], 5)[:, 2:-2]
    reach = np.asarray(cv2.GaussianBlur(reach, (0, 0), 1.5)[0], np.float32)
    if not rim:  # a catch-light stays where it is
        lit = (mean < -_LIT) & (begun | (rows > _BESIDE))
        free = np.where(lit, np.maximum(rows - _CLEAN[0][1], 0), deepest).min(1)
        free = np.asarray(cv2.erode(free[None].astype(np.float32), np.ones((1, 3), np.uint8)))[0]
        reach = np.minimum(reach, free)
    places = (np.arange(_COLUMNS) + 0.5) / _COLUMNS
    return np.interp(np.linspace(0, 1, _TABLE), places, reach).astype(np.float32)


def _painted(
    part: Float, seen: Float, iris: Iris, frame: tuple[Float, Float], width: float
) -> Float:
    """An eyeball from what is seen of it, (h, w, 3).

    By its distance from the pupil, and what is seen nearby is otherwise than that says.

    Args:
        part: (h, w, 3), the picture.
        seen: (h, w), how far it shows the eyeball.
        iris: its middle in the eye's frame, its radius and its width in proportion.
        frame: x and y in it, (h, w) each.
        width: of the eye, pixels.
    """
    far = _distance(iris, *frame)
    profile = _profile(part, seen, far)
    place = np.minimum(far / np.float32(_RIM), 1) * np.float32(_BINS - 1)
    base = remapped(profile[None], place, np.zeros_like(place), cv2.INTER_LINEAR)
    apart = part - base
    lit = ramp(apart.max(-1), _GLINT, 2 * _GLINT) * (far < 1)
    weight = (seen * (1 - lit))[..., None]
    both = np.asarray(np.concatenate([apart * weight, weight], -1), np.float32)
    total = np.zeros_like(both)
    total[..., 3] = 1e-9
    for number, share in enumerate(_WIDTHS):
        total += _blurred(both, share * width) * np.float32(_RATHER**number)
    return np.clip(base + total[..., :3] / total[..., 3:], 0, 1).astype(np.float32)


def _blurred(picture: Float, sigma: float) -> Float:
    """With nothing around it. A wide blur of a smaller picture is as good."""
    h, w = picture.shape[:2]
    finer = max(1, int(sigma / 3))
    size = -(-w // finer), -(-h // finer)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / finer, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)


def _distance(iris: Iris, x: Float, y: Float) -> Float:
    """From the middle of an iris, of its radius."""
    to_x, to_y, radius, wide = iris
    across = (x - np.float32(to_x)) / np.float32(radius * wide)
    return np.asarray(np.hypot(across, (y - np.float32(to_y)) / np.float32(radius)), np.float32)


def _mirrored(
    pattern: Float,
    seen: Float,
    iris: Iris,
    to_part: NDArray[np.float64],
    frame: tuple[Float, Float],
) -> tuple[Float, Float]:
    """An iris's pattern from its other half, (h, w, 3), and how much of it is known, (h, w)."""
    u, v = frame[0], np.float32(2 * iris[1]) - frame[1]
    x, y = (
        np.asarray(row[0] * u + row[1] * v + row[2], np.float32)
        for row in np.asarray(to_part, np.float32)
    )
    fine = np.clip(pattern, -_PATTERN, _PATTERN)
    both = np.concatenate([fine * seen[..., None], seen[..., None]], -1)
    found = cv2.remap(both, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    found = np.asarray(found, np.float32)
    known = found[..., 3] * (1 - ramp(_distance(iris, *frame), 0.95, 1.05))
    fine = np.asarray(found[..., :3] / np.maximum(found[..., 3:], 1e-3), np.float32)
    return fine, np.asarray(known, np.float32)


def _profile(part: Float, seen: Float, far: Float) -> Float:
    """The eyeball's colour by its distance from the pupil up to ``_RIM``, (n, 3)."""
    known = (seen > _HALF) & (far < _RIM)
    pixels, place = part[known], far[known] / _RIM * (_BINS - 1)
    number = np.rint(place).astype(int)
    out, found = np.zeros((_BINS, 3), np.float32), np.zeros(_BINS, np.bool_)
    for ring in range(_BINS):
        these = pixels[number == ring]
        if len(these) >= 3:
            out[ring], found[ring] = np.quantile(these, 0.45, axis=0), True
    if not found.any():
        return out
    rings = np.arange(_BINS)
    filled = [np.interp(rings, rings[found], channel[found]) for channel in out.T]
    smooth = cv2.GaussianBlur(np.stack(filled, -1).astype(np.float32), (1, 0), 0.01, sigmaY=1.2)
    return np.asarray(smooth, np.float32)


def _shade(part: Float, painted: Float, depths: tuple[Float, Float]) -> Float:
    """By what factor an eyeball is darker under the upper lid than where it is clean, (n,)."""
    upper, lower = depths
    near = (upper > 0) & (upper < _SHADED) & (lower > _SHADED)
    ratio = np.log((_grey(part)[near] + _DARK) / (_grey(painted)[near] + _DARK))
    number = np.rint(upper[near] / _SHADED * (_BINS - 1)).astype(int)
    rings = np.arange(_BINS)
    known = [ring for ring in range(_BINS) if np.count_nonzero(number == ring) >= 3]
    if not known:
        return np.ones(_BINS, np.float32)
    found = [float(np.median(ratio[number == ring])) for ring in known]
    line = np.exp(np.interp(rings, known, found))
    line = np.maximum.accumulate(line / max(float(line[-1]), 1e-3))
    line = np.clip(line, _DARKEST, 1).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(line[None], (0, 0), 2)[0], np.float32)


def _fitted(part: Float, seen: Float, eye: Eye, to_part: NDArray[np.float64]) -> Iris:
    """The iris's circle, moved and sized to where the picture has its edge.

    Where light rises most from within to without (Daugman, *High Confidence Visual Recognition of
    Persons*, 1993), as far as it is seen.

    Args:
        part: (h, w, 3).
        seen: (h, w), where the eyeball is.
        eye: whose.
        to_part: (2, 3), the eye's frame to the part's pixels.
    """
    grey = np.asarray(cv2.GaussianBlur(np.log(_grey(part) + _DARK), (0, 0), 1.0), np.float32)
    turns = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    x, y, radius = eye.iris
    tried = np.array(np.meshgrid(_MOVED, _MOVED, _SIZED, _NARROWED)).reshape(4, -1).T
    middles = np.array([x, y]) + tried[:, :2] * radius
    radii = radius * tried[:, 2:3] * np.column_stack([tried[:, 3], np.ones(len(tried))])
    ring = np.stack([np.cos(turns), np.sin(turns)], -1)

    def at(share: float) -> tuple[Float, Float]:
        places = middles[:, None] + share * radii[:, None] * ring
        places = np.asarray(places @ to_part[:, :2].T + to_part[:, 2], np.float32)
        px, py = (np.ascontiguousarray(places[..., axis]) for axis in (0, 1))
        light = remapped(grey, px, py, cv2.INTER_LINEAR)
        known = cv2.remap(seen, px, py, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return light, np.asarray(known, np.float32)

    (inner, here), (outer, there) = at(0.9), at(1.1)
    weight, steps = here * there, np.clip(outer - inner, -1, 1)
    rise = np.zeros(len(tried))
    for half in (ring[:, 0] > 0, ring[:, 0] < 0):  # or one edge of the two would do
        found = (weight * steps)[:, half].sum(1) / np.maximum(weight[:, half].sum(1), 4)
        rise += np.sqrt(np.maximum(found, 0))
    rise -= _UNWILLING * np.square((tried - [0, 0, 1, 1]) / _SPREAD).sum(1)
    best = int(rise.argmax())
    x, y = (float(n) for n in middles[best])
    return x, y, float(radii[best, 1]), float(tried[best, 3])
