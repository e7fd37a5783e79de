"""Eyeballs are completed under their lids, from what the photo shows of them.

What a lid uncovers is painted from what is seen beside it: the iris goes on as the circle that it
is, by its profile from the pupil outwards, and the white by its own colour and shade. Between lids
that stay an iris may look elsewhere (``glances``), and light falls on what lies there alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.geometry import chain, inside, inverse, positions, shift, unit
from editor.engine.compositing.glances import BESIDE, Glance
from editor.engine.compositing.lids import TABLE
from editor.engine.compositing.light import DARK
from editor.engine.compositing.surface import Grain, ramp, remapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.engine.compositing.geometry import Box
    from editor.engine.compositing.lids import Eye

    Float = NDArray[np.float32]
    Iris = tuple[float, float, float, float]
    Places = tuple[Float, Float]

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
# Where light falls on what lies between the lids: from their lines inwards.
_OPEN = (0.008, 0.05), (0.0, 0.05)
_EVEN = 16.0  # places along an eye
_DARKER = 0.3, 0.8  # light's logarithm: so much darker than an eyeball are lashes, and hair
_CORNER = 0.2  # of an eye's width: so far from its corners as much of it falls
_WHITER = 0.55, 1.0  # of white: from there on less light is added, up to none
_GLINT = 0.06  # of white: brighter than the iris at its distance from the pupil is a light


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
        glance: how it looks elsewhere; None: it does not.
        free: float32 (h, w), 0 where lashes or hair lie before it.
    """

    eye: Eye
    at: Box
    painted: Float
    hidden: Float
    bared: Float
    shade: Float
    pixel: float
    glance: Glance | None
    free: Float

    @property
    def stays(self) -> bool:
        """Whether its lids do."""
        return not self.eye.ways.any()

    @classmethod
    def of(
        cls,
        eye: Eye,
        here: NDArray[np.uint16],
        to_crop: NDArray[np.float64],
    ) -> Eyeball | None:
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
        to_part = inverse(chain(eye.to_eye, to_crop, shift(left, top)))
        along = np.asarray(frame[0] / eye.width, np.float32)

        def glance(ball: Float, mesh: Eye) -> Glance | None:
            if not mesh.gaze:
                return None
            axes = to_part[:, :2] * mesh.width
            step = np.column_stack([axes @ mesh.to_eye[:, 0], axes[:, 1]])
            place = mesh.iris[0] / mesh.width, mesh.iris[2] / mesh.width
            # the mesh's kinks are none of the lids'
            lines = mesh.lids / np.float32(mesh.width)
            lines = np.asarray(cv2.GaussianBlur(lines, (0, 0), _EVEN, sigmaY=1e-3), np.float32)
            return Glance(ball, (along, *mesh.depth(x, y)), place, mesh.gaze, step, lines)

        mesh, stays = eye, not eye.ways.any()
        nothing, even = np.zeros((2, *part.shape[:2]), np.float32), np.ones(_BINS, np.float32)
        if stays and not eye.light:
            elsewhere = glance(part, mesh)
            return cls(eye, at, part, nothing, nothing, even, pixel, elsewhere, 1 + nothing[0])
        limits = tuple((max(a, c), max(b, d)) for (a, b), (c, d) in zip(_CLEAN, _NEAR, strict=True))
        deep = _within(depths, limits, pixel)
        if np.count_nonzero(deep > _HALF) < _SMALLEST**2:
            return None
        iris = _fitted(part, deep, eye, to_part)
        first = _painted(part, deep, iris, frame, 1 / pixel)
        apart = np.log((_grey(part) + _DARK) / (_grey(first) + _DARK))
        apart = np.asarray(cv2.GaussianBlur(apart, (0, 0), _BLURRED / pixel), np.float32)
        lower = _edge(np.abs(apart), depths[1], along, _NEAR[1][1], rim=True)
        # Where a lid rises, the dark ring of an iris would go along with it.
        lower *= eye.ways[1] > 0
        eye = eye.seen_from(_edge(-apart, depths[0], along, _NEAR[0][1]), lower)
        free = 1 - ramp(-apart, *_DARKER)
        if stays:
            return cls(eye, at, part, nothing, nothing, even, pixel, glance(part, mesh), free)
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
        ball = part
        if eye.gaze:  # all of it, in even shade: lids go over it
            ball = part / _shaded(shade, depths[0])
            ball += hidden.max(0)[..., None] * (painted - ball)
        bared, elsewhere = np.stack(eye.baring(x, y)), glance(ball, mesh)
        return cls(eye, at, painted, hidden, bared, shade, pixel, elsewhere, free)

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
        if self.stays:
            seen = np.ones_like(seen)
        bared = share[here] * self.bared[:, *own]
        new = (self.hidden[:, *own] * ramp(bared, 0, _BARELY)).max(0)[..., None]
        shade = _shaded(self.shade, depths[0])
        soft = np.clip(depths[0] / (np.maximum(bared[0], 0) + np.float32(_CLEAN[0][0])), 0, 1)
        # none where the photo goes on
        opened = np.minimum(shade, (_SHADE + (1 - _SHADE) * soft)[..., None])
        behind = photo[here] + new * (self.painted[own] * opened - photo[here])
        if self.glance is not None:
            picture, elsewhere = self.glance.seen(share[here], own)
            picture = np.clip(picture if self.stays else picture * shade, 0, 1)
            behind += elsewhere[..., None] * (picture - behind)
        if self.eye.light:
            lit = _within(depths, _OPEN, self.pixel) * share[here] * self.free[own]
            along, _ = self.eye.frame(places[0][here], places[1][here])
            corner = np.minimum(along, np.float32(self.eye.width) - along)
            lit *= ramp(corner, 0, _CORNER * self.eye.width)
            behind = _lit(behind, np.asarray(np.float32(self.eye.light) * lit, np.float32))
        bent[here] = np.where(seen < 1, bent[here] + seen * (behind - bent[here]), behind)


def _around(eye: Eye, to_crop: NDArray[np.float64], width: int, height: int) -> Box:
    """The part of a box (height, width) in which an eye lies, before and after."""
    edge = (BESIDE if eye.gaze else _EDGE) * eye.width
    low = min(0.0, float((eye.lids[0] + np.minimum(eye.ways[0], 0)).min())) - edge
    high = max(0.0, float((eye.lids[1] + np.maximum(eye.ways[1], 0)).max())) + edge
    corners = np.array([(x, y) for x in (0.0, eye.width) for y in (low, high)])
    back = inverse(chain(eye.to_eye, to_crop))
    corners = corners @ back[:, :2].T + back[:, 2]
    left, top = (max(0, math.floor(a)) for a in corners.min(0))
    right, bottom = (math.ceil(a) + 1 for a in corners.max(0))
    return left, top, min(width, right) - left, min(height, bottom) - top


def _shaded(shade: Float, depth: Float) -> Float:
    """The upper lid's shade, a factor (h, w, 1), by the depth under its line."""
    place = np.clip(depth / np.float32(_SHADED), 0, 1) * np.float32(_BINS - 1)
    found = remapped(shade[None], place, np.zeros_like(place), cv2.INTER_LINEAR)
    return np.asarray(found[..., None], np.float32)


def _lit(picture: Float, light: Float) -> Float:
    """More or less light (h, w), a factor's natural logarithm; near white none is added."""
    brightest = picture.max(-1)
    room = 1 - ramp(brightest, *_WHITER)
    added = np.where(light > 0, light * room, light)
    more = np.exp(np.asarray(added / np.float32(2.4), np.float32))[..., None]
    return np.asarray((picture + DARK) * more - DARK, np.float32)


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
    return np.interp(np.linspace(0, 1, TABLE), places, reach).astype(np.float32)


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
