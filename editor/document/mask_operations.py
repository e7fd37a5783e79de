"""What is done to a region as a whole: grow, shrink, smooth, fill its holes, invert, halve.

Half-transparent parts keep their opacities: what happens to a mask is what happens to the sets of
its pixels that are at least so and so opaque, for a few opacities, interpolated in between.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.landmarks import face_axis
from editor.document.region import RegionMask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Alpha = NDArray[np.uint8]

FARTHEST = 500.0
"""Photo pixels by which a region can grow or shrink at once."""
SMOOTHEST = 127.0
"""Photo pixels, the largest radius of smoothing."""

_SOFT = 0.05  # share of pixels that are neither clear nor full from which a mask counts as soft
_SLOPE = 0.3  # share of pixels between two opacities from which there is a slope, not a step
_LEVELS = 12  # opacities that a soft mask is taken apart into


def grown(mask: RegionMask, radius: float) -> RegionMask:
    """Each pixel as opaque as the most opaque one within ``radius``, 0…500 photo pixels.

    Raises:
        ValueError: the radius is out of range.
    """
    _check(radius, FARTHEST)
    if mask.is_empty or radius == 0:
        return mask
    alpha, x, y = _with_room(mask, math.ceil(radius) + 1)
    return RegionMask(mask.width, mask.height, x, y, _dilated(alpha, radius))


def shrunk(mask: RegionMask, radius: float) -> RegionMask:
    """Each pixel as opaque as the least opaque one within ``radius``, 0…500 photo pixels.

    The photo's own border is no edge.

    Raises:
        ValueError: the radius is out of range.
    """
    _check(radius, FARTHEST)
    if mask.is_empty or radius == 0:
        return mask
    alpha, x, y = _with_room(mask, 1)
    return RegionMask(mask.width, mask.height, x, y, 255 - _dilated(255 - alpha, radius))


def smoothed(mask: RegionMask, radius: float) -> RegionMask:
    """The median within ``radius``, 0…127 photo pixels: specks and dents go, edges stay sharp.

    Raises:
        ValueError: the radius is out of range.
    """
    _check(radius, SMOOTHEST)
    reach = round(radius)
    if mask.is_empty or reach == 0:
        return mask
    alpha, x, y = _with_room(mask, reach + 1)
    return RegionMask(
        mask.width, mask.height, x, y, np.asarray(cv2.medianBlur(alpha, 2 * reach + 1), np.uint8)
    )


def filled(mask: RegionMask) -> RegionMask:
    """Without holes: what is enclosed is as opaque as what encloses it."""
    if mask.is_empty:
        return mask
    out = mask.alpha.copy()
    for level in _levels(mask.alpha):
        # outside, one pixel wide all around, so that all of it hangs together
        below = np.asarray(mask.alpha < level).view(np.uint8)
        open_sides = np.pad(below, 1, constant_values=1)
        cv2.floodFill(open_sides, None, (0, 0), (2,))
        enclosed = open_sides[1:-1, 1:-1] == 1
        out[enclosed] = np.maximum(out[enclosed], level)
    return RegionMask(mask.width, mask.height, mask.x, mask.y, out)


def inverted(mask: RegionMask) -> RegionMask:
    """All of the photo but this."""
    return RegionMask.from_full(255 - mask.full())


def half(mask: RegionMask, landmarks: NDArray[np.float64], *, left: bool) -> RegionMask:
    """What lies on one side of a face's axis of symmetry.

    Args:
        mask: the region.
        landmarks: of the face, (68, 2), photo pixels.
        left: the side that is the picture's left of an upright face, the person's own right.
    """
    if mask.is_empty:
        return mask
    axis = face_axis(landmarks)
    across = landmarks[42:48].mean(0) - landmarks[36:42].mean(0)
    across /= 2 * float(np.hypot(*across)) + 1e-9
    # half the way to the mirrored place, positive on the left
    slope, offset = (axis[:, :2] - np.eye(2)).T @ across, float(axis[:, 2] @ across)
    x, y, width, height = mask.bounds
    away = np.add.outer(
        slope[1] * np.arange(y, y + height), slope[0] * np.arange(x, x + width) + offset
    )
    share = np.clip(0.5 + (away if left else -away), 0, 1)
    kept = np.rint(mask.alpha * share).astype(np.uint8)
    return RegionMask(mask.width, mask.height, x, y, kept)


def _check(radius: float, most: float) -> None:
    if not 0 <= radius <= most:
        raise ValueError(f"a radius of 0…{most:g} pixels is expected, got {radius}")


def _with_room(mask: RegionMask, room: int) -> tuple[Alpha, int, int]:
    """The mask with so many pixels around it, as far as the photo goes, and where that begins."""
    x, y, w, h = mask.bounds
    left, top = min(room, x), min(room, y)
    right, bottom = min(room, mask.width - x - w), min(room, mask.height - y - h)
    return np.pad(mask.alpha, ((top, bottom), (left, right))), x - left, y - top


def _levels(alpha: Alpha) -> list[int]:
    """Opacities to take a mask apart at, rising; the last one is the largest that there is."""
    counts = np.bincount(alpha.ravel(), minlength=256)
    counts[0] = 0
    values = np.flatnonzero(counts)
    if not len(values):
        return []
    largest = int(values[-1])
    between = counts[:largest]
    levels = {largest, (largest + 1) // 2}
    if between.sum() > _SOFT * counts.sum():
        share = np.cumsum(between) / between.sum()
        places = np.searchsorted(share, (np.arange(_LEVELS) + 0.5) / _LEVELS)
        levels |= {int(place) for place in places if place}
        levels.add(int(values[0]))
    return sorted(levels)


def _dilated(alpha: Alpha, radius: float) -> Alpha:
    """The largest value within a radius, uint8 (h, w)."""
    out = np.zeros(alpha.shape, np.float32)
    before: NDArray[np.float32] | None = None
    lower = 0
    counts = np.bincount(alpha.ravel(), minlength=256)
    for level in _levels(alpha):
        outside = np.asarray(alpha < level).view(np.uint8)
        distance = np.asarray(
            cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32
        )
        between = counts[lower + 1 : level].sum()
        if before is None or between < _SLOPE * counts[lower:level].sum():  # it is a step
            reached = np.clip(radius + 1 - distance, 0, 1)
            out += np.maximum(level - out, 0) * reached
        else:
            # between the lines of two opacities, in proportion to the ways there
            way = np.maximum(distance - before, np.float32(1e-3))
            share = np.clip((radius - before) / way, 0, 1)
            share[distance <= radius] = 1
            np.maximum(out, (lower + (level - lower) * share) * (before <= radius), out=out)
        before, lower = distance, level
    return np.maximum(np.rint(out).astype(np.uint8), alpha)
