"""Measures that ought to say what the eye says of an edit; each 0 for the photo itself.

All are of what was added inside the region, at the scale of the face: lengths are shares of the
distance of the eyes. None of them knows what was asked for. Whether they agree with people is told
by ``tests.benchmarks.jury``; until they do, they decide nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tests.benchmarks.landing_measures import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from tests.benchmarks.landing_measures import Scene

    Float = NDArray[np.float32]

UNIT = 96.0  # pixels between the eyes at which everything is measured
PATCH = 12
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


class Place:
    """A scene at ``UNIT`` pixels between the eyes.

    Attributes:
        before, after: float32 (h, w, 3), levels.
        weight: (h, w), 0…1, the region.
        mouth: (h, w), 0 or 1, between the lips as they were, and a little beyond.
    """

    def __init__(self, scene: Scene) -> None:
        scale = UNIT / scene.unit
        h, w = scene.alpha.shape
        size = (max(8, round(w * scale)), max(8, round(h * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        self.before, self.after = (
            np.asarray(cv2.resize(picture, size, interpolation=way), np.float32)
            for picture in (scene.photo, scene.export)
        )
        alpha = cv2.resize(scene.alpha, size, interpolation=cv2.INTER_AREA)
        self.weight = np.asarray(alpha, np.float32) / np.float32(255)
        points = scene.points * [size[0] / w, size[1] / h]
        inner = filled((size[1], size[0]), [points[60:68]], UNIT / 16)
        self.mouth = (inner > 0).astype(np.float32)

    @property
    def change(self) -> Float:
        """(h, w, 3), levels."""
        return self.after - self.before


def ripples(place: Place) -> float:
    """Fine lines that the edit adds: energy between 2 and 8 pixels where the photo is smooth.

    The excess over the photo's own, in the worst twentieth of the region, levels.
    """
    old, new = (_energy(picture @ _GREY, 1.0, 3.0) for picture in (place.before, place.after))
    smooth = old < max(4.0, float(np.median(old)))
    excess = np.sqrt(np.maximum(0, new - old))
    return _worst(excess, place.weight * smooth)


def blotches(place: Place) -> float:
    """Patches of another tone: energy of the change between a tenth and a third of the eyes.

    In the worst twentieth of the region, levels.
    """
    energy = np.sqrt(_energy(place.change.mean(-1), UNIT / 16, UNIT / 6))
    return _worst(np.asarray(energy, np.float32), place.weight)


def cast(place: Place) -> float:
    """How far colours drift off what the photo has nearby: a, b of Lab, in the worst twentieth."""
    old, new = (
        cv2.cvtColor(np.clip(p / 255, 0, 1).astype(np.float32), cv2.COLOR_RGB2Lab)[..., 1:]
        for p in (place.before, place.after)
    )
    reach = UNIT / 12
    near_low, near_high = (
        f(old, np.ones((round(2 * reach) + 1,) * 2, np.uint8)) for f in (cv2.erode, cv2.dilate)
    )
    smooth = cv2.GaussianBlur(new, (0, 0), UNIT / 40)
    off = np.maximum(0, np.maximum(near_low - smooth, smooth - near_high))
    return _worst(np.asarray(np.hypot(off[..., 0], off[..., 1]), np.float32), place.weight)


def doubled(place: Place) -> float:
    """Contours that are there twice: the old edge stays, and a new one runs beside it.

    The weaker of the two strengths, in the worst twentieth, levels per pixel.
    """
    grey = [cv2.GaussianBlur(p @ _GREY, (0, 0), 1.0) for p in (place.before, place.after)]
    (ox, oy), (nx, ny) = (_slopes(np.asarray(g, np.float32)) for g in grey)
    old, new = np.hypot(ox, oy), np.hypot(nx, ny)
    stays = np.maximum(0, (ox * nx + oy * ny) / (old + 1e-3))
    stays = np.minimum(stays, old)
    came = np.asarray(np.maximum(0, new - cv2.dilate(old, np.ones((3, 3), np.uint8))), np.float32)
    side = 2 * round(UNIT / 16) + 1
    near = cv2.dilate(came, np.ones((side, side), np.uint8))
    return _worst(np.asarray(np.minimum(stays, near), np.float32), place.weight)


def smear(place: Place) -> float:
    """Texture that is lost: 1 − the share of the photo's fine energy left in the worst fifth."""
    old, new = (_energy(p @ _GREY, 0.6, 1.6) for p in (place.before, place.after))
    wide = [cv2.GaussianBlur(e, (0, 0), UNIT / 16) for e in (old, new)]
    lost = 1 - (np.sqrt(wide[1]) + 0.3) / (np.sqrt(wide[0]) + 0.3)
    return max(0.0, _worst(np.asarray(lost, np.float32), place.weight, 0.2))


def teeth(place: Place) -> float:
    """How much of what is bright between the lips is one bar: bright, and without gaps.

    0 where nothing bright came; else the share of the mouth that is bright and new, times
    1 − the contrast of upright edges there over that of real teeth.
    """
    inside = place.mouth * (place.weight > 0.5)
    total = float(inside.sum())
    if total < 20:
        return 0.0
    grey, was = place.after @ _GREY, place.before @ _GREY
    skin = float(np.median(was[place.weight > 0.5]))
    lab = cv2.cvtColor(np.clip(place.after / 255, 0, 1).astype(np.float32), cv2.COLOR_RGB2Lab)
    pale = (np.hypot(lab[..., 1] - 4, lab[..., 2] - 6) < 14) & (grey > 0.75 * skin)
    came = pale & (np.abs(grey - was) > 12) & (inside > 0)
    share = float(came.sum()) / total
    if share < 0.05:
        return 0.0
    across = np.abs(_slopes(np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.8), np.float32))[0])
    gaps = float(across[came].mean()) / max(1.0, float(grey[came].mean()))
    return share * max(0.0, 1 - gaps / 0.03)


MEASURES: dict[str, Callable[[Place], float]] = {
    "ripples": ripples,
    "blotches": blotches,
    "cast": cast,
    "doubled": doubled,
    "smear": smear,
    "teeth": teeth,
}
"""By name; ``patches`` comes beside them, as it needs other photographs."""


def patches(picture: Float, weight: Float) -> Float:
    """What surface looks like, (n, 20): band energies and colours of patches in a region."""
    lab = cv2.cvtColor(np.clip(picture / 255, 0, 1).astype(np.float32), cv2.COLOR_RGB2Lab)
    bands: list[Float] = []
    grey = np.asarray(picture @ _GREY, np.float32)
    for low, high in ((0.6, 1.2), (1.2, 2.4), (2.4, 4.8), (4.8, 9.6)):
        blurred = [cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (low, high)]
        band = np.asarray(blurred[0] - blurred[1], np.float32)
        x, y = _slopes(band)
        bands += [np.log1p(cv2.blur(part**2, (PATCH, PATCH))) for part in (band, x, y)]
    for channel in range(3):
        level = np.asarray(lab[..., channel], np.float32)
        mean, square = (
            np.asarray(cv2.blur(part, (PATCH, PATCH)), np.float32) for part in (level, level**2)
        )
        bands += [mean, np.asarray(np.log1p(np.maximum(0, square - mean**2)), np.float32)]
    stacked = np.stack(bands, -1)
    inside = weight[PATCH // 2 :: PATCH // 2, PATCH // 2 :: PATCH // 2] > 0.5
    return stacked[PATCH // 2 :: PATCH // 2, PATCH // 2 :: PATCH // 2][inside]


def strangeness(edited: Float, own: Float, real: Sequence[Float]) -> float:
    """Squared kernel distance of an edit's patches to real ones of its class, less the photo's own.

    The polynomial kernel of KID, (x·y / d + 1)³, over features with unit spread among the real
    ones. NaN without patches.

    Args:
        edited, own: (n, d), of the region after and before.
        real: (m, d) each, of the same region of other photographs.
    """
    if not len(edited) or not len(own) or not real:
        return math.nan
    others = np.concatenate(list(real))
    mean, spread = others.mean(0), others.std(0) + 1e-3
    sets = [np.clip((part - mean) / spread, -6, 6) for part in (edited, own, others)]
    new, old, there = (_thinned(part) for part in sets)
    return max(0.0, _distance(new, there) - _distance(old, there))


def _thinned(rows: Float, most: int = 400) -> Float:
    return rows[:: max(1, len(rows) // most)][:most]


def _distance(a: Float, b: Float) -> float:
    def kernel(x: Float, y: Float) -> Float:
        return (x @ y.T / x.shape[1] + 1) ** 3

    return float(kernel(a, a).mean() + kernel(b, b).mean() - 2 * kernel(a, b).mean())


def _energy(grey: Float, low: float, high: float) -> Float:
    """Of a band between two Gaussians, averaged around each place."""
    grey = np.asarray(grey, np.float32)
    band = cv2.GaussianBlur(grey, (0, 0), low) - cv2.GaussianBlur(grey, (0, 0), high)
    return np.asarray(cv2.GaussianBlur(band**2, (0, 0), high), np.float32)


def _worst(values: Float, weight: Float, share: float = 0.05) -> float:
    """Mean of the worst share of what lies in the region; 0 without one."""
    inside = values[weight > 0.3]
    if len(inside) < 20:
        return 0.0
    most = np.sort(inside)[-max(1, round(share * len(inside))) :]
    return float(most.mean())


def _slopes(grey: Float) -> tuple[Float, Float]:
    kernel = np.array([[-0.5, 0.0, 0.5]], np.float32)
    return (
        np.asarray(cv2.filter2D(grey, cv2.CV_32F, kernel), np.float32),
        np.asarray(cv2.filter2D(grey, cv2.CV_32F, kernel.T), np.float32),
    )
