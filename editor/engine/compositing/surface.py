"""What happens to surface between two renders: where it moved, where it is new, and its look.

Everything here is as large as the crop or smaller, so its cost does not grow with the photo.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

# Side of the renders between which every length and threshold here was measured. Between two of 512
# pixels strands of hair are texture enough for the flow to lose its way in: they became swirls.
MEASURED = 256
_STILL = 0.35  # crop pixels: slower flow is noise, and resampling for it would cost sharpness
_FINER = 2  # DIS stops at half its input's resolution
_NOVEL = 6.0  # CIELAB units
_HIDDEN = 14.0  # CIELAB units: residuals of faces stay below 9, see docs/history/measurements.md
_SIDE = 1024  # of the periodic noise
_BANDS = (1.0, 2.0, 4.0)  # Gaussian sigmas in pixels that part the grain's bands
_PATCH = 32  # pixels a side: where grain is measured
_PATCHES = 8  # along a side of the region


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """How surface moves between two renders (r, r, 3) of one face, and where it is new.

    Attributes:
        flow: float32 (r, r, 2): the surface at p of the render after was at p + flow of the
            render before, crop pixels; exactly 0 where movement explains nothing.
        novelty: float32 (r, r), at least 0: above 1, p shows surface that was hidden before. It
            varies smoothly, so that a threshold taken after it is enlarged gives a crisp outline.
    """

    flow: Float
    novelty: Float

    @classmethod
    def still(cls, side: int) -> Surface:
        """Of renders (side, side, 3) between which nothing moves and nothing is new."""
        return cls(np.zeros((side, side, 2), np.float32), np.zeros((side, side), np.float32))

    @classmethod
    def between(cls, before: Float, after: Float, *, quick: bool = False) -> Surface:
        """Computed, larger renders at ``MEASURED`` pixels; its arrays are read-only.

        ``quick``: in a third of the time, less finely.
        """
        side = len(before)
        flow, novelty = surface_flow(as_measured(before), as_measured(after), quick=quick)
        flow *= np.float32(side / len(flow))
        flow, novelty = enlarged(flow, side), enlarged(novelty, side)
        flow.setflags(write=False)
        novelty.setflags(write=False)
        return cls(flow, novelty)


def surface_flow(before: Float, after: Float, *, quick: bool = False) -> tuple[Float, Float]:
    """``Surface.flow`` and ``Surface.novelty`` between two renders, computed."""
    old, new = _lightness(before), _lightness(after)
    forward, backward = _dense(new, old, quick=quick), _dense(old, new, quick=quick)
    loop = np.linalg.norm(forward + _along(backward, forward), axis=-1)
    standing = _smooth(np.abs(old - new), 2.5)
    moving = _smooth(np.abs(_along(old, forward) - new), 2.5)
    speed = np.linalg.norm(forward, axis=-1)
    moves = ramp(speed, _STILL, 2 * _STILL) * ramp(standing - 1.15 * moving, 0.3, 2.0)
    # Where neither movement nor standing still is believed, the neighbours' movement goes on.
    trust = np.exp(-((np.minimum(standing, moving) / 12) ** 2) - (loop / 1.5) ** 2) + 1e-3
    flow = _smooth(forward * (moves * trust)[..., None], 3) / _smooth(trust, 3)[..., None]
    flow *= ramp(np.linalg.norm(flow, axis=-1), 0.4 * _STILL, 1.2 * _STILL)[..., None]

    # New surface: its colour is not that of what was carried there, beyond a change of light or
    # of the whole area's colour, and neither its pattern nor the flow back says it is the same.
    apart = _smooth(_lab(after) - _along(_lab(before), flow), 1.0)
    apart -= _smooth(apart, 10)
    strange = np.sqrt((0.6 * apart[..., 0]) ** 2 + apart[..., 1] ** 2 + apart[..., 2] ** 2)
    unlike = ramp(_smooth(np.abs(_along(old, flow) - new), 2.0), 10, 30)
    lost = np.maximum(ramp(_smooth(loop, 1.0), 1.0, 3.0), unlike)
    novelty = np.asarray(strange * (0.25 + lost) / _NOVEL, np.float32)
    # New surface has no specks and no holes: a tooth kept among new ones would look broken.
    for what, size in ((cv2.MORPH_OPEN, 3), (cv2.MORPH_CLOSE, 7)):
        shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        novelty = np.asarray(cv2.morphologyEx(novelty, what, shape), np.float32)
    novelty = _smooth(novelty, 1.0)
    return np.asarray(flow, np.float32), novelty


def as_measured(picture: Float) -> Float:
    """A crop-sized picture (r, r, …) at ``MEASURED`` pixels, averaged, where it is larger."""
    if len(picture) <= MEASURED:
        return picture
    size = (MEASURED, MEASURED)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def enlarged(picture: Float, side: int) -> Float:
    """What :func:`as_measured` gave, at the crop's own size again."""
    if len(picture) == side:
        return picture
    size = (side, side)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.float32)


def displaced(
    before: NDArray[np.uint8], after: NDArray[np.uint8], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far the surface at points (n, 2) of the first of two renders has moved in the second.

    Renders are uint8 sRGB (r, r, 3), points and the result (n, 2) crop pixels.
    """
    old, new = (_lightness(np.asarray(p / np.float32(255), np.float32)) for p in (before, after))
    flow = _dense(old, new)
    x, y = points.astype(np.float32).T
    moved = remapped(flow, x[None], y[None], cv2.INTER_LINEAR)
    return moved[0].astype(np.float64)


def _dense(at: Float, there: Float, *, quick: bool = False) -> Float:
    """DIS flow: p of ``at`` is found at p + flow of ``there``."""
    finer = 1 if quick else _FINER
    size = (at.shape[1] * finer, at.shape[0] * finer)
    pair = [
        np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)
        for p in (at, there)
    ]
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    fine = dis.calc(pair[0], pair[1], np.zeros((size[1], size[0], 2), np.float32))
    flow = cv2.resize(fine, (at.shape[1], at.shape[0]), interpolation=cv2.INTER_AREA)
    return _smooth(np.asarray(flow, np.float32) / np.float32(finer), 1.0)


def _lightness(render: Float) -> Float:
    """Lightness in 0…255, its local mean and contrast evened out: flow ignores colour edits."""
    grey = np.asarray(cv2.cvtColor(np.clip(render, 0, 1), cv2.COLOR_RGB2GRAY), np.float32)
    mean = _smooth(grey, 12)
    spread = np.sqrt(_smooth((grey - mean) ** 2, 12)) + 0.04
    return np.clip((grey - mean) / spread * 45 + 128, 0, 255).astype(np.float32)


def _lab(render: Float) -> Float:
    return np.asarray(cv2.cvtColor(np.clip(render, 0, 1), cv2.COLOR_RGB2LAB), np.float32)


def _along(picture: Float, flow: Float) -> Float:
    """A crop-sized picture sampled at p + flow."""
    ys, xs = np.mgrid[: flow.shape[0], : flow.shape[1]].astype(np.float32)
    return remapped(picture, xs + flow[..., 0], ys + flow[..., 1], cv2.INTER_LINEAR)


# ------------------------------------------------------------------ what hides the face


def explained(seen: Float, base: Float) -> Float:
    """Where the render of a face shows what the photo shows: float32 (r, r) in [0, 1].

    0 on what hides the face: a hand, a lock of hair, an instrument. A change of the face says
    nothing about them. Beard, freckles, and all that an inversion merely softens are explained:
    what they add is fine, and fine detail averages out. So does light of another strength or
    colour, which is smooth.

    Args:
        seen: the photo's aligned crop, sRGB (r, r, 3) in [0, 1].
        base: the render of its inversion.
    """
    side = len(seen)
    seen, base = as_measured(seen), as_measured(base)
    apart = (_lab(seen) - _lab(base)) * np.array([0.7, 1, 1], np.float32)
    trust = np.exp(-((apart / 12) ** 2).sum(-1))[..., None] + 1e-3
    both = _smooth(np.concatenate([apart * trust, trust], -1), 24)
    strange = np.linalg.norm(_smooth(apart - both[..., :3] / both[..., 3:], 3), axis=-1)
    # What is narrow is an outline that the render puts a little beside the photo's.
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    strange = np.asarray(cv2.morphologyEx(strange, cv2.MORPH_OPEN, shape), np.float32)
    # A face that the generator does not reach must still be edited.
    middle = len(seen) // 4
    usual = float(np.median(strange[middle:-middle, middle:-middle]))
    limit = max(_HIDDEN, 4 * usual)
    return enlarged(1 - ramp(strange, limit, 1.6 * limit), side)


# ------------------------------------------------------------------ the look of new surface


def narrowed(picture: Float, finer: int) -> Float:
    """A soft picture (h, w, 3) enlarged ``finer`` times, its edges narrowed without overshoot.

    Every pixel is fetched from further away from the nearest edge (edges as ridges of the
    gradient's strength; Arad and Gotsman, *Enhancement by Image-Dependent Warping*, 1999), so
    no value appears that was not there: no halos.
    """
    size = (picture.shape[1] * finer, picture.shape[0] * finer)
    large = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.float32)
    soft = _smooth(large, 0.5 * finer)
    slope = np.zeros(large.shape[:2], np.float32)
    for axis in (0, 1):
        slope += (np.gradient(soft, axis=axis).astype(np.float32) ** 2).sum(-1)
    edge = _smooth(np.sqrt(slope) * np.float32(finer), 0.8 * finer)  # per crop pixel
    dy, dx = (np.asarray(g, np.float32) for g in np.gradient(edge))
    share = _REACH * finer * finer / (edge + _FAINT)
    dx, dy = -dx * share, -dy * share
    length = np.hypot(dx, dy) / finer + 1e-6
    bound = np.tanh(length) / length  # at most one crop pixel
    ys, xs = np.mgrid[: size[1], : size[0]].astype(np.float32)
    return remapped(large, xs + dx * bound, ys + dy * bound)


_REACH = 1.6  # square crop pixels
_FAINT = 0.02  # per crop pixel: weaker slopes are no edges


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """How strong the photo's finest texture is around each place of a box, band by band.

    Attributes:
        width, height: of the box, pixels.
        strength: float32 (n, m, 2 · bands): of lightness, then of colour, finest first.
    """

    width: int
    height: int
    strength: Float

    @classmethod
    def of(cls, picture: NDArray[np.uint16], missing: float = math.inf) -> Grain:
        """Measured at up to 8 × 8 places of a box of a 16-bit picture (h, w, 3).

        What it is added to lacks detail finer than ``missing`` pixels, and has its own above.

        Each place takes the lowest eighth of its neighbourhood: bare skin, not beard or lashes.
        """
        height, width = picture.shape[:2]
        rows, columns = _spread(height, _PATCH), _spread(width, _PATCH)
        measured = np.array(
            [
                [_fine_texture(picture[y : y + _PATCH, x : x + _PATCH]) for x in columns]
                for y in rows
            ],
            np.float32,
        )
        padded = np.pad(measured, ((2, 2), (2, 2), (0, 0)), mode="edge")
        around = np.lib.stride_tricks.sliding_window_view(padded, (5, 5), (0, 1))
        typical = np.quantile(around, 0.12, axis=(-2, -1)) ** 2
        # Bands overlap: what one of them shows is in part its neighbours'.
        count = len(_BANDS)
        parts = [typical[..., :count], typical[..., count:]]
        parts = [np.linalg.solve(_overlap(), part[..., None])[..., 0] for part in parts]
        lacks = np.minimum(1, missing / np.array(_BANDS)) ** 2
        strength = np.sqrt(np.concatenate(parts, -1).clip(0)) * np.tile(lacks, 2)
        return cls(width, height, strength.astype(np.float32))

    def sample(self, x: int, y: int, w: int, h: int) -> Float:
        """Seeded grain of a part of the box, (h, w, 3); parts join without trace."""
        rows, columns, bands = self.strength.shape
        at_x = (np.arange(x, x + w) + 0.5) * (columns / self.width) - 0.5
        at_y = (np.arange(y, y + h) + 0.5) * (rows / self.height) - 0.5
        xs = np.broadcast_to(at_x.astype(np.float32), (h, w))
        ys = np.broadcast_to(at_y.astype(np.float32)[:, None], (h, w))
        noise = _noise()
        grain = np.zeros((h, w, 3), np.float32)
        for band in range(bands):
            gain = remapped(
                np.ascontiguousarray(self.strength[..., band]), xs, ys, cv2.INTER_LINEAR
            )
            grain += gain[..., None] * _wrapped(noise[band], x, y, w, h)
        return grain


def _fine_texture(patch: NDArray[np.uint16]) -> list[float]:
    """Robust deviations of a patch's lightness in each band, then of its colour."""
    previous = np.asarray(patch / np.float32(65535), np.float32)
    grey: list[float] = []
    colour: list[float] = []
    for sigma in _BANDS:
        smooth = _smooth(np.asarray(patch / np.float32(65535), np.float32), sigma)
        band = previous - smooth
        light = band.mean(-1, keepdims=True)
        grey.append(1.4826 * float(np.median(np.abs(light))))
        colour.append(1.4826 * float(np.median(np.abs(band - light))))
        previous = smooth
    return grey + colour


def _spread(length: int, side: int) -> list[int]:
    """Where pieces of a length begin, evenly spread."""
    count = max(1, min(_PATCHES, length // side))
    return [int(at) for at in np.linspace(0, max(0, length - side), count)]


@lru_cache(maxsize=1)
def _overlap() -> NDArray[np.float64]:
    """Variance that grain of band j, of variance 1, shows in band i."""
    grain = [band[..., 0].astype(np.float32) for band in _noise()[: len(_BANDS)]]
    table = np.empty((len(grain), len(grain)))
    for j, noise in enumerate(grain):
        levels = [noise, *(_smooth(noise, sigma) for sigma in _BANDS)]
        table[:, j] = [np.var(a - b) for a, b in itertools.pairwise(levels)]
    return table


@lru_cache(maxsize=1)
def _noise() -> tuple[NDArray[np.float16], ...]:
    """Periodic noise of variance 1: each band's lightness (s, s, 1), then its colour (s, s, 3)."""
    rng = np.random.default_rng(0)

    def bands(channels: int) -> list[NDArray[np.float16]]:
        white = rng.standard_normal((_SIDE, _SIDE, channels)).astype(np.float32)
        if channels > 1:
            white -= white.mean(-1, keepdims=True)
        edge, previous = 24, white
        out: list[NDArray[np.float16]] = []
        wide = np.pad(white, ((edge, edge), (edge, edge), (0, 0)), mode="wrap")
        for sigma in _BANDS:
            blurred = _smooth(wide, sigma)[edge:-edge, edge:-edge].reshape(white.shape)
            band = previous - blurred
            out.append((band / band.std()).astype(np.float16))
            previous = blurred
        return out

    return (*bands(1), *bands(3))


def _wrapped(square: NDArray[np.float16], x: int, y: int, w: int, h: int) -> Float:
    rows, columns = np.arange(y, y + h) % _SIDE, np.arange(x, x + w) % _SIDE
    return square[np.ix_(rows, columns)].astype(np.float32)


# ------------------------------------------------------------------ pictures


def ramp(x: NDArray[np.floating], low: float, high: float) -> Float:
    """0 up to ``low``, 1 from ``high``, linear between."""
    return np.clip((x - low) / (high - low), 0, 1).astype(np.float32)


def remapped(picture: Float, x: Float, y: Float, mode: int = cv2.INTER_CUBIC) -> Float:
    """A picture sampled at float positions, its edge pixels going on outside."""
    out = cv2.remap(picture, x, y, mode, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.float32)


def _smooth(picture: NDArray[np.floating], sigma: float) -> Float:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
