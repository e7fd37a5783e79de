"""A healing brush: a place takes the texture of one beside it, and the light of its own edge.

    I′ = I(p + d) + F(p),   F = the difference I − I(p + d) around the hole, carried into it

(Georgiev, *Photoshop Healing Brush*, 2005; Pérez, Gangnet, Blake, *Poisson Image Editing*, 2003).
F is Shepard's interpolation, a convolution with 1/r³, which is near the membrane that Poisson's
equation would give (Farbman, Fattal, Lischinski, *Convolution Pyramids*, 2011).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

_SHEPARD = 3  # power of the distance
_TURNS = 16  # directions in which a source is looked for
_FAR = (1.0, 1.3, 1.7, 2.2)  # times the nearest distance that is no part of the hole
_FLAW = 0.02  # of squared difference, what a source costs that is all spots or no skin


def source(
    pixels: Float, hole: NDArray[np.bool_], sound: Float, blur: float
) -> tuple[int, int] | None:
    """The best source for a hole: x, y from there to it, whole pixels.

    Args:
        pixels: float32 sRGB (rows, columns, 3).
        hole: (rows, columns), what is healed.
        sound: (rows, columns), 1 where a source is good skin, 0 where it is a spot or no skin.
        blur: standard deviation of what counts as light and not as texture, pixels.

    Returns:
        None where nothing is to be healed, or no source fits into the picture.
    """
    rows, columns = np.nonzero(hole)
    if not len(rows):
        return None
    width = _width(blur)
    soft = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.float32)
    places = np.argwhere(_ring(hole, width))
    inside = np.column_stack([rows, columns])
    best: tuple[float, tuple[int, int]] | None = None
    for across, down in _offsets(inside, width):
        shift = np.array([down, across])
        around, source = places + shift, inside + shift
        both = np.concatenate([around, source])
        if (both < 0).any() or (both >= hole.shape).any() or hole[tuple(source.T)].any():
            continue
        lack = soft[tuple(places.T)] - soft[tuple(around.T)]
        flaws = 1 - float(sound[tuple(source.T)].mean())
        cost = float(lack.var(0).sum()) + 0.1 * float(np.square(lack.mean(0)).sum()) + _FLAW * flaws
        if best is None or cost < best[0]:
            best = cost, (across, down)
    return None if best is None else best[1]


def filling(pixels: Float, hole: NDArray[np.bool_], offset: tuple[int, int], blur: float) -> Float:
    """F, float32 (rows, columns, 3), of a hole whose source lies at an offset; 0 far from it.

    Args:
        pixels: float32 sRGB (rows, columns, 3).
        hole: (rows, columns), what is healed.
        offset: x, y from there to its source.
        blur: as for ``source``.
    """
    ring = _ring(hole, _width(blur))
    soft = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.float32)
    places = np.argwhere(ring)
    around = np.clip(places + np.array(offset[::-1]), 0, np.array(hole.shape) - 1)
    lack = np.zeros_like(pixels)
    lack[ring] = soft[ring] - soft[tuple(around.T)]
    return _carried(lack, ring)


def _width(blur: float) -> int:
    """Of the ring around a hole, pixels."""
    return max(2, math.ceil(2 * blur))


def _ring(hole: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1,) * 2)
    return (np.asarray(cv2.dilate(hole.astype(np.uint8), disc)) > 0) & ~hole


def _offsets(inside: NDArray[np.intp], width: int) -> list[tuple[int, int]]:
    """Where sources may lie, x and y: past the hole, as far as it is wide in that direction."""
    found: list[tuple[int, int]] = []
    for turn in range(_TURNS):
        angle = 2 * math.pi * turn / _TURNS
        way = np.array([math.sin(angle), math.cos(angle)])
        past = float(np.ptp(inside @ way)) + width
        found += [(round(way[1] * past * far), round(way[0] * past * far)) for far in _FAR]
    return found


def _carried(values: Float, known: NDArray[np.bool_]) -> Float:
    """Known values (rows, columns, 3) carried everywhere by Shepard's interpolation."""
    rows, columns = np.nonzero(known)
    reach = int(max(np.ptp(rows), np.ptp(columns))) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = (1 / (1 + np.hypot(x, y)) ** _SHEPARD).astype(np.float32)
    border = cv2.BORDER_CONSTANT
    weight = cv2.filter2D(known.astype(np.float32), -1, kernel, borderType=border)
    total = cv2.filter2D(values, -1, kernel, borderType=border)
    return np.asarray(total / np.maximum(weight, 1e-6)[..., None], np.float32)
