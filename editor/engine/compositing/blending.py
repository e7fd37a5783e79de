"""How softly an edit joins the photo: its own fade inside the region's edge.

A region's soft edge has one width all around. Where the change is strong against the photo's own
gradients, that width shows as a step of light. So the change fades over a wider stretch there, and
only there; it never reaches beyond the region.

Everything here is as large as a small grid over the crop: its cost does not grow with the photo.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.byte_cache import Shelf
    from editor.document.face import FaceCrop
    from editor.document.region import RegionMask

    Float = NDArray[np.float32]

_GRID = 256  # pixels a side at most, over the crop; as fine as the crop up to that
_SEAM = 0.5  # of the photo's own gradient: as much may the edit add across the edge
_WIDER = 8.0  # times the region's own soft edge, at most
_CORE = 1.3  # a fade takes at most 1 / _CORE of the depth of its part of the region
_STRETCH = 0.4  # pixel a pixel: as fast may the photo's own texture change where it is carried to
_BENT = 0.2  # likewise where nothing else is drawn: an outline shows what skin hides
_STEPS = 4  # of widening: a change that grows inwards asks for more than the first guess
_SCALES = 0.75, 1.5  # Gaussian sigmas at which gradients are seen, grid pixels
_PIECE = 3.0  # of the edge that is looked at together
_QUIET = 0.25  # quantile: a piece that happens to lie flat is measured by the edge's quiet quarter


def on_grid(picture: Float) -> Float:
    """A crop-sized picture (r, r, …), float32 (n, n, …) on the grid."""
    side = min(_GRID, len(picture))
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def fade(
    region: RegionMask,
    crop: FaceCrop,
    seen: Float,
    change: Float,
    flow: Float,
    kept: Shelf[Float] | None = None,
    *,
    quick: bool = False,
    bent: bool = False,
) -> Float:
    """What a region's alpha is multiplied by so that its edge hides in the photo's own gradients.

    In pieces of the edge, the energy that the change adds to the gradient across it is held against
    the photo's own there. Where the root of their ratio is above a half, alpha may rise by as much
    less: the result is the largest mask under alpha that rises nowhere faster. A fade leaves the
    core of each part of the region, and a region cut hard stays hard.

    Alpha is also how much of the way the photo's texture is carried. Where that ends within a
    shorter stretch than the way itself, texture is drawn out to streaks, across the edge like the
    lines of a fingerprint: there, too, alpha rises no faster than texture bears.

    Args:
        region: of the photo.
        crop: the face's place in it.
        seen: float32 (n, n, 3) on the grid, the photo there, sRGB in [0, 1].
        change: float32 (r, r, 3), what the edit adds where alpha is 1.
        flow: float32 (r, r, 2), how far texture is carried there, crop pixels.
        kept: fades that were found before, by what they were found from.
        quick: whether the first guess will do.
        bent: whether the photo is bent, and nothing drawn.

    Returns:
        float32 (n, n) in [0, 1], read-only; 1 where nothing need fade.
    """
    if region.is_empty:
        return np.ones(seen.shape[:2], np.float32)
    side = len(seen)
    ratio = crop.size / side
    to_photo = crop.to_photo @ np.array(
        [[ratio, 0, 0.5 * ratio - 0.5], [0, ratio, 0.5 * ratio - 0.5], [0, 0, 1]]
    )
    pixel = math.hypot(to_photo[0, 0], to_photo[1, 0])  # a grid pixel, in the photo's
    x, y, w, h = region.bounds
    columns, rows = (max(1, math.ceil(side / max(1.0, pixel))) for side in (w, h))
    small = cv2.resize(region.alpha, (columns, rows), interpolation=cv2.INTER_AREA)
    # Nothing lies around it; but where the photo ends, the region does not.
    free = y > 0, y + h < region.height, x > 0, x + w < region.width
    top, bottom, left, right = (2 * int(side) for side in free)
    small = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(0,))
    fx, fy = columns / w, rows / h
    to_small = np.diag([fx, fy]) @ to_photo
    to_small[:, 2] += [(0.5 - x) * fx - 0.5 + left, (0.5 - y) * fy - 0.5 + top]
    alpha = cv2.warpAffine(
        np.asarray(small, np.float32) / np.float32(255),
        to_small,
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    soft = _soft_edge(region.alpha) / pixel
    added, alpha = on_grid(change), np.asarray(alpha, np.float32)
    way = on_grid(flow) / np.float32(ratio)
    steps, stretch = 1 if quick else _STEPS, _BENT if bent else _STRETCH
    if kept is None:
        return _faded(alpha, soft, seen, added, way, steps, stretch)
    digest = hashlib.blake2b(np.array([soft, steps, stretch]).tobytes(), digest_size=16)
    for array in (alpha, seen, added, way):
        digest.update(array.tobytes())
    return kept.made(digest.digest(), lambda: _faded(alpha, soft, seen, added, way, steps, stretch))


def _soft_edge(alpha: NDArray[np.uint8]) -> float:
    """Width of a region's soft edge, pixels: its area over the length of the outline.

    Both are counted along some hundred rows and columns (Crofton's formula).
    """
    area = length = 0.0
    for lines in (alpha, alpha.T):
        step = max(1, len(lines) // 128)
        some = lines[::step]
        inside = np.pad(some > 0, ((0, 0), (1, 1)))
        area += step * np.count_nonzero((some > 0) & (some < 255)) / 2
        length += step * np.count_nonzero(inside[:, 1:] != inside[:, :-1]) * math.pi / 4
    return area / length


def _faded(
    alpha: Float,
    soft: float,
    seen: Float,
    change: Float,
    way: Float,
    steps: int = _STEPS,
    stretch: float = _STRETCH,
) -> Float:
    """``fade`` of an alpha on the grid, whose soft edge is ``soft`` grid pixels wide."""
    across, down = _gradient(_smooth(alpha, 0.5))
    steep = np.hypot(across, down)
    edge = (alpha > 0) & (alpha < 0.98) & (steep > 0.02)
    if edge.sum() < 8:
        return np.ones_like(alpha)
    weight = edge.astype(np.float32)
    scale = weight / (steep + np.float32(1e-6))
    normal = (across * scale)[..., None], (down * scale)[..., None]
    around = _smooth(weight, _PIECE) + np.float32(1e-6)

    def energies(picture: Float) -> list[Float]:
        """Of the gradient across the edge, around each place, at every scale."""
        found: list[Float] = []
        for sigma in _SCALES:
            x, y = _gradient(_smooth(picture, sigma))
            slope = x * normal[0] + y * normal[1]
            energy = _smooth(np.square(slope).mean(-1), _PIECE)
            found.append(np.asarray(energy / around, np.float32))
        return found

    size = 2 * round(2 * _PIECE) + 1
    softness = cv2.dilate(steep, np.ones((size, size), np.uint8))  # of the edge nearby
    # a smoothstep of the same width is steepest in its middle
    lowest = np.maximum(1.5 / (_WIDER * soft + 1e-3), _CORE / _depth(alpha))
    fastest = cv2.dilate(np.linalg.norm(way, axis=-1), np.ones((5, 5), np.uint8))
    bears = np.maximum(stretch / (np.asarray(fastest, np.float32) + np.float32(1e-6)), lowest)
    bears = np.asarray(np.minimum(bears, 1), np.float32)
    wider, mask = np.ones_like(alpha), rising(alpha, bears)
    own = energies(seen) if change.any() else []  # what adds nothing has no seam
    noise = [np.maximum(one, np.float32(np.quantile(one[edge], _QUIET))) + 1e-8 for one in own]
    for _ in range(steps if own else 0):
        new = energies(np.asarray(seen + mask[..., None] * change, np.float32))
        squares = [np.maximum(0, b - a) / n for a, b, n in zip(own, new, noise, strict=True)]
        seam = np.sqrt(np.maximum.reduce(squares))
        if float(seam[edge].max()) <= _SEAM:
            break
        wider = np.clip(wider * seam / np.float32(_SEAM), 1, np.float32(_WIDER))
        spread = np.asarray(cv2.dilate(wider, np.ones((5, 5), np.uint8)), np.float32)
        spread = _smooth(spread, 1.5)
        limit = np.where(spread > 1.02, np.maximum(softness / spread, lowest), np.float32(1))
        mask = rising(alpha, np.asarray(np.minimum(limit, bears), np.float32))
    found = np.asarray((mask + 1e-3) / (alpha + 1e-3), np.float32)
    found.setflags(write=False)
    return found


def rising(alpha: Float, limit: Float) -> Float:
    """The largest picture under ``alpha`` that rises by at most ``limit`` from pixel to pixel."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    square = np.ones((3, 3), np.uint8)
    mask, diagonal = alpha, limit * np.float32(math.sqrt(2))
    for _ in range(alpha.shape[0]):
        near = cv2.add(cv2.erode(mask, cross), limit)
        far = cv2.add(cv2.erode(mask, square), diagonal)
        lower = cv2.min(mask, cv2.min(near, far))
        if np.array_equal(lower, mask):
            break
        mask = lower
    return np.asarray(mask, np.float32)


def _depth(alpha: Float) -> Float:
    """How deep each pixel's part of the region is, pixels; 1 outside."""
    inside = (alpha > 0).astype(np.uint8)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    count, parts = cv2.connectedComponents(inside, connectivity=8)
    deepest = np.ones(count, np.float32)
    np.maximum.at(deepest, np.asarray(parts, np.int32).ravel(), distance.ravel())
    return deepest[np.asarray(parts, np.int32)]


def _gradient(picture: Float) -> tuple[Float, Float]:
    kernel = np.array([[-0.5, 0, 0.5]], np.float32)
    return (
        np.asarray(cv2.filter2D(picture, cv2.CV_32F, kernel), np.float32),
        np.asarray(cv2.filter2D(picture, cv2.CV_32F, kernel.T), np.float32),
    )


def _smooth(picture: Float, sigma: float) -> Float:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
