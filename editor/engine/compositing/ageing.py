"""What age does to a face: where it folds, and how much light falls into the folds.

No surface moves and nothing is drawn. Of two renders only light counts, and of it what lies where
faces fold, as long and as narrow as folds are there, and goes their way: what is wider is a stain,
and an outline that moved was a drawn line about a nose. It is a factor of the photo's own light, so
hue, pores and grain stay. It falls on bare skin alone (``bare_skin``), and where the renders differ
by more than age, by a hand or a shadow that goes elsewhere, nothing is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.light import DARK, luma
from editor.engine.compositing.shading import Shade
from editor.engine.compositing.surface import as_measured, enlarged, ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.engine.compositing.surface import Surface

    Float = NDArray[np.float32]

_GAMMA = np.float32(2.4)
# Shares of the crop's side.
_GRAINED = 0.003  # standard deviation: finer is the renders' grain
_WIDE = 0.022  # standard deviation: wider is no fold
_LONG, _NARROW = 0.014, (0.005, 0.016)  # standard deviations along a fold, and across it
_FARTHER = 2.5  # times that along, a fold goes on
_HARDLY = 0.02  # of a place where faces fold
_ENDS = 0.06  # of the eyes' distance: so softly places end where faces fold
_EDGE = np.float32(0.25)  # natural logarithm of light within a pixel: an outline, which may move
_STAIN = 0.35, 0.7  # natural logarithm of light: so wide a change begins to be none of age, and is
_TORN = 0.9, 1.4  # likewise, of a fold's width
_NEAR_STAIN = 0.03  # so far around such a place
_NOSE = np.float32(0.75)  # of it is none of age, on a nose and about it
_OLDER, _YOUNGER = np.float32(8.0), np.float32(2.5)  # times the renders' light
# Of that: there are stains.
_FOREHEAD_LESS, _BROWS_LESS, _EYES_LESS = np.float32(0.3), np.float32(0.55), np.float32(0.4)
_DEEPEST = np.float32(0.5)  # natural logarithm of a factor of light


def of_renders(
    before: Float,
    after: Float,
    surface: Surface,
    skin: Float | None,
    landmarks: NDArray[np.float64] | None = None,
    *,
    older: bool = True,
) -> Shade:
    """How much darker folds get between two renders, or lighter.

    Args:
        before: the one render, (r, r, 3) sRGB in [0, 1].
        after: the other.
        surface: how it moves between them: light is taken where the photo's own surface is.
        skin: ``bare``; None where nobody looked.
        landmarks: (68, 2), crop pixels, of a nose that is no fold; None: nobody knows where.
        older: whether it gets older: then what folds in the one after counts.
    """
    whole = len(before)
    small, then = as_measured(before), as_measured(after)
    side = len(small)
    grain = max(0.5, _GRAINED * side)
    old, new = (np.log(luma(_soft(p, grain)) + DARK) * _GAMMA for p in (small, then))
    flow = as_measured(surface.flow) * np.float32(side / whole)
    here = np.arange(side, dtype=np.float32)
    at = here - flow[..., 0], here[:, None] - flow[..., 1]
    new = np.asarray(cv2.remap(np.asarray(new, np.float32), *at, cv2.INTER_LINEAR), np.float32)
    weight = np.ones_like(old) if skin is None else as_measured(skin)
    change = new - old
    known = _soft(weight, _WIDE * side) + np.float32(1e-3)
    patch = np.asarray(_soft(change * weight, _WIDE * side) / known, np.float32)
    near = np.ones((3, 3), np.uint8)
    edges = (cv2.dilate(old, near) - cv2.erode(old, near)) / _EDGE
    clear = weight * (1 - _stained(change, patch, grain))
    fold = np.asarray((change - patch) * weight / (1 + edges**2), np.float32)
    light = np.zeros_like(fold)
    if landmarks is not None:
        marks = landmarks * (side / whole)
        for where, way in _where_faces_fold(marks, side):
            found = _along(fold, where, way)
            found = np.minimum(found, 0) if older else np.maximum(found, 0)
            light = light + where * (found - light * (np.abs(light) > np.abs(found)))
        clear = clear * (1 - _NOSE * _about_nose(marks, side))
    light = light * (_OLDER if older else _YOUNGER)
    light = _DEEPEST * np.tanh(light / _DEEPEST) * clear
    return Shade.plain(enlarged(_soft(light, grain), whole))


def _stained(change: Float, patch: Float, grain: float) -> Float:
    """Where light changes by more than age, 0…1: a hand, hair, a shadow that goes elsewhere."""
    side = len(change)
    found = np.maximum(ramp(np.abs(patch), *_STAIN), ramp(np.abs(_soft(change, 2 * grain)), *_TORN))
    size = 2 * round(_NEAR_STAIN * side) + 1
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.clip(
        _soft(np.asarray(cv2.dilate(found, round_), np.float32), 0.5 * _NEAR_STAIN * side), 0, 1
    )


def _along(change: Float, where: Float, way: NDArray[np.float64]) -> Float:
    """What of a change of light (r, r) is as a fold is that goes one way: long, and narrow.

    Args:
        change: of light.
        where: it is looked for, (r, r), 0 elsewhere.
        way: (2,), of length 1.
    """
    side, found = len(change), np.zeros_like(change)
    x, y, w, h = cv2.boundingRect((where > _HARDLY).astype(np.uint8))
    if not w:
        return found
    reach = round(3 * _LONG * side)
    left, top = max(0, x - 2 * reach), max(0, y - 2 * reach)
    part = change[top : y + h + 2 * reach, left : x + w + 2 * reach]
    here = np.arange(-reach, reach + 1, dtype=np.float32)
    across, along = np.meshgrid(here, here)
    along, across = across * way[0] + along * way[1], along * way[0] - across * way[1]
    kernels = [
        np.exp(-((along / (_LONG * side)) ** 2) / 2 - (across / (narrow * side)) ** 2 / 2)
        for narrow in _NARROW
    ]
    one, other = (np.asarray(kernel / kernel.sum(), np.float32) for kernel in kernels)
    line = np.asarray(cv2.filter2D(part, cv2.CV_32F, one - other), np.float32)
    # a mole is not as long: it is left out where neither what is before nor behind goes on
    step = _FARTHER * _LONG * side * way
    ahead, behind = (
        cv2.warpAffine(
            line, np.array([[1, 0, sign * step[0]], [0, 1, sign * step[1]]]), line.shape[::-1]
        )
        for sign in (-1, 1)
    )
    low, high = np.minimum(ahead, behind), np.maximum(ahead, behind)
    rows, columns = slice(y - top, y - top + h), slice(x - left, x - left + w)
    found[y : y + h, x : x + w] = np.clip(line, low, high)[rows, columns]
    return found


def _where_faces_fold(
    landmarks: NDArray[np.float64], side: int
) -> list[tuple[Float, NDArray[np.float64]]]:
    """Where faces fold, (r, r) in 0…1 each, and which way folds go there, (2,).

    That is from nose to mouth and down beside it, about and under eyes, between brows and above.
    """
    left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
    apart = float(np.linalg.norm(right - left))
    across = (right - left) / max(apart, 1e-6)
    down = landmarks[8] - landmarks[27]
    down = down / max(float(np.linalg.norm(down)), 1e-6)

    def line(places: list[NDArray[np.float64]], wide: float) -> tuple[Float, NDArray[np.float64]]:
        drawn = np.zeros((side, side), np.float32)
        at = np.rint(np.array(places)).astype(np.int32)
        cv2.polylines(drawn, [at], isClosed=False, color=1, thickness=max(1, round(wide * apart)))
        way = places[-1] - places[0]
        way = way / max(float(np.linalg.norm(way)), 1e-6)
        return _soft(drawn, _ENDS * apart), np.asarray(way, np.float64)

    found: list[tuple[Float, NDArray[np.float64]]] = []
    for wing, corner, outer, eye, sign in (
        (landmarks[31], landmarks[48], landmarks[36], left, -1),
        (landmarks[35], landmarks[54], landmarks[45], right, 1),
    ):
        out, deep = sign * apart * across, apart * down
        beside = corner + 0.16 * out
        found += [
            line([wing + 0.1 * out - 0.1 * deep, beside], 0.26),
            line([beside, beside + 0.3 * deep], 0.2),
            line([outer + 0.14 * out, outer + 0.34 * out], 0.36),
        ]
        under, way = line([eye + 0.26 * deep - 0.24 * out, eye + 0.26 * deep + 0.26 * out], 0.22)
        found.append((_EYES_LESS * under, way))
    brow = (landmarks[21] + landmarks[22]) / 2
    between, way = line([brow - 0.15 * apart * down, brow + 0.15 * apart * down], 0.3)
    found.append((_BROWS_LESS * between, way))
    ends = landmarks[18], landmarks[25]
    where, way = line([end - 0.5 * apart * down for end in ends], 0.55)
    return [*found, (_FOREHEAD_LESS * where, way)]


def _about_nose(landmarks: NDArray[np.float64], side: int) -> Float:
    """1 on a nose and its wings, soft: their outlines move, and are no folds."""
    hull = cv2.convexHull(np.rint(landmarks[27:36]).astype(np.int32))
    drawn = np.zeros((side, side), np.float32)
    cv2.fillConvexPoly(drawn, hull, color=1)
    width = float(np.linalg.norm(landmarks[35] - landmarks[31]))
    cv2.polylines(drawn, [hull], isClosed=True, color=1, thickness=max(1, round(0.35 * width)))
    return _soft(drawn, max(0.5, 0.08 * width))


def _soft(picture: NDArray[np.floating], sigma: float) -> Float:
    soft = cv2.GaussianBlur(np.asarray(picture, np.float32), (0, 0), max(0.3, sigma))
    return np.asarray(soft, np.float32)
