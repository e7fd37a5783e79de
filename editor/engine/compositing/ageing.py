"""What age does to a face: where it folds, and how much light falls into the folds.

No surface moves and nothing is drawn. Of two renders only the light counts, and of it what is as
narrow as a fold and looks like one: what movement by a pixel explains is an outline (a nose's
became drawn lines), what is wider is a stain. It is a factor of the photo's own light, so hue, pores and
grain stay. It lies on the face's bare skin alone: a hand before the cheek is skin too, and the
generator draws it anew, so skin ends where the face does, and where the renders differ by more than
age there is something else.
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
_LONG, _NARROW = 0.022, (0.005, 0.016)  # standard deviations along a fold, and across it
_SPARED = {"eyes": (0.014, 0.012), "brows": (0.004, 0.006), "lips": (0.004, 0.006)}
_OTHERS = 0.003, 0.006  # so far around hats, glasses and what lies behind
_RIM = 0.03  # so deep in the face age is all there
_HAIRY = 0.04, 0.35  # of a matte: skin with a hair or two, and hair
_GAP = 0.03  # so wide a gap between skin and skin is skin
_OUTLINE = 0.012  # so far beyond the points of a jaw a face goes on, at most
_FOREHEAD = 1.5  # of a face's height, likewise above its brows
_ENDS = 0.06  # of the eyes' distance: so softly places end where faces fold
_EDGE = np.float32(0.25)  # natural logarithm of light within a pixel: an outline, which may move
_STAIN = 0.35, 0.7  # natural logarithm of light: so wide a change begins to be none of age, and is
_TORN = 0.9, 1.4  # likewise, of a fold's width
_NEAR_STAIN = 0.03  # so far around such a place
_NOSE = np.float32(0.75)  # of it is none of age, on a nose and about it
_OLDER, _YOUNGER = np.float32(8.0), np.float32(4.0)  # times the renders' light
_FOREHEAD_LESS, _BROWS_LESS = np.float32(0.3), np.float32(0.55)  # of that: there are stains
_DEEPEST = np.float32(0.5)  # natural logarithm of a factor of light


def bare(parts: dict[str, Float], landmarks: NDArray[np.float64]) -> Float:
    """Where bare skin of a face is, (r, r) in 0…1.

    Args:
        parts: by name, (r, r) in 0…1: "skin", "beside" (ears and neck), "eyes", "brows", "lips",
            "others" and "hair", which is a matte.
        landmarks: (68, 2), crop pixels.
    """
    skin = parts["skin"]
    side = len(skin)
    face = skin * _within(landmarks, side)
    found = np.maximum(face, parts["beside"])
    whole = np.maximum.reduce([found, parts["eyes"], parts["brows"], parts["lips"]])
    closing = np.ones((2 * round(_GAP * side) + 1,) * 2, np.uint8)  # from a jaw to its neck
    closed = cv2.morphologyEx((whole > 0.5).astype(np.uint8), cv2.MORPH_CLOSE, closing)
    whole = np.maximum(found, closed * skin * _within(landmarks, side, _GAP))
    found = whole * _smoothly(_depth(closed > 0) / _RIM)
    for name, (by, soft) in _SPARED.items():
        found = found * (1 - _grown(parts[name], by, soft))
    found = found * (1 - _grown(parts["others"], *_OTHERS))
    return np.asarray(found * (1 - ramp(parts["hair"], *_HAIRY)), np.float32)


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
    patch = _soft(change * weight, _WIDE * side) / known
    near = np.ones((3, 3), np.uint8)
    edges = (cv2.dilate(old, near) - cv2.erode(old, near)) / _EDGE
    clear = weight * (1 - _stained(change, patch, grain))
    fold = (change - patch) * weight / (1 + edges**2)
    light = np.zeros_like(fold)
    if landmarks is not None:
        marks = landmarks * (side / whole)
        for where, way in _where_faces_fold(marks, side):
            found = _along(fold, way)
            found = np.minimum(found, 0) if older else np.maximum(found, 0)
            light = light + where * (found - light * (np.abs(light) > np.abs(found)))
        clear = clear * (1 - _NOSE * _about_nose(marks, side))
    light = light * (_OLDER if older else _YOUNGER)
    light = _DEEPEST * np.tanh(light / _DEEPEST) * clear
    return Shade(enlarged(_soft(light, grain), whole))


def _stained(change: Float, patch: Float, grain: float) -> Float:
    """Where light changes by more than age, 0…1: a hand, hair, a shadow that goes elsewhere."""
    side = len(change)
    found = np.maximum(ramp(np.abs(patch), *_STAIN), ramp(np.abs(_soft(change, 2 * grain)), *_TORN))
    size = 2 * round(_NEAR_STAIN * side) + 1
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.clip(_soft(cv2.dilate(found, round_), 0.5 * _NEAR_STAIN * side), 0, 1)


def _along(change: Float, way: NDArray[np.float64]) -> Float:
    """What of a change of light (r, r) is as a fold is that goes one way: long, and narrow.

    Args:
        change: of light.
        way: (2,), of length 1.
    """
    side = len(change)
    reach = round(2.5 * _LONG * side)
    here = np.arange(-reach, reach + 1, dtype=np.float32)
    x, y = np.meshgrid(here, here)
    along, across = x * way[0] + y * way[1], y * way[0] - x * way[1]
    kernels = [
        np.exp(-((along / (_LONG * side)) ** 2) / 2 - (across / (narrow * side)) ** 2 / 2)
        for narrow in _NARROW
    ]
    one, other = (np.asarray(kernel / kernel.sum(), np.float32) for kernel in kernels)
    return np.asarray(cv2.filter2D(change, cv2.CV_32F, one - other), np.float32)


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
            line([eye + 0.26 * deep - 0.24 * out, eye + 0.26 * deep + 0.26 * out], 0.22),
        ]
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


def _within(landmarks: NDArray[np.float64], side: int, beyond: float = _OUTLINE) -> Float:
    """1 in a face's outline, (side, side), with all that is above it."""
    jaw, middle = landmarks[:17], landmarks[27]
    up = _FOREHEAD * (middle - landmarks[8])
    outer = jaw - middle
    far = np.maximum(np.linalg.norm(outer, axis=1, keepdims=True), 1e-6)
    jaw = jaw + beyond * side * outer / far
    outline = np.concatenate([jaw, [jaw[-1] + up, jaw[0] + up]])
    drawn = np.zeros((side, side), np.float32)
    cv2.fillPoly(drawn, [np.rint(outline).astype(np.int32)], color=1)
    return drawn


def _depth(inside: NDArray[np.bool_]) -> Float:
    """How deep each place of a mask lies in it, as a share of the side; the rim is no edge."""
    if inside.all():
        return np.ones(inside.shape, np.float32)
    far = cv2.distanceTransform(inside.view(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(far / np.float32(len(inside)), np.float32)


def _grown(mask: Float, by: float, soft: float) -> Float:
    return 1 - ramp(_depth(mask < 0.5), by, by + soft)


def _smoothly(share: Float) -> Float:
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _soft(picture: NDArray[np.floating], sigma: float) -> Float:
    return np.asarray(cv2.GaussianBlur(np.asarray(picture, np.float32), (0, 0), sigma), np.float32)
