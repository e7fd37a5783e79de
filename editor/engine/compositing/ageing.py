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
_LINES = 0.006, 0.01, 0.016  # standard deviations at which folds are looked for
_SPARED = {"eyes": (0.014, 0.012), "brows": (0.004, 0.006), "lips": (0.004, 0.006)}
_OTHERS = 0.003, 0.006  # so far around hats, glasses and what lies behind
_RIM = 0.03  # so deep in the face age is all there
_HAIRY = 0.04, 0.35  # of a matte: skin with a hair or two, and hair
_GAP = 0.03  # so wide a gap between skin and skin is skin
_OUTLINE = 0.012  # so far beyond the points of a jaw a face goes on, at most
_FOREHEAD = 1.5  # of a face's height, likewise above its brows
_SURELY = 0.04  # hollow of a fold that surely is one, natural logarithm of light
_ROUND = 1.0  # times its curvature along: what is no more than that across is a spot
_SPREAD = 1.5  # a hollow is wider than its middle
_MOVED = np.float32(0.35)  # of what is seen within a pixel: as much more or less has moved there
_STAIN = 0.35, 0.7  # natural logarithm of light: so wide a change begins to be none of age, and is
_TORN = 0.9, 1.4  # likewise, of a fold's width
_NEAR_STAIN = 0.03  # so far around such a place
_NOSE = np.float32(0.75)  # of it is none of age, on a nose and about it
_STRENGTH = np.float32(0.8), np.float32(4.0)  # of the renders' light, elsewhere and where faces fold
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
    fold = _soft(change, grain) - patch
    near = np.ones((3, 3), np.uint8)
    shifted = _MOVED * (cv2.dilate(old, near) - cv2.erode(old, near))
    fold *= fold**2 / (fold**2 + shifted**2 + np.float32(1e-6))
    fold *= _hollow(new if older else old)
    fold = np.minimum(fold, 0) if older else np.maximum(fold, 0)
    weight = weight * (1 - _stained(change, patch, grain))
    if landmarks is not None:
        marks = landmarks * (side / whole)
        weight = weight * (1 - _NOSE * _about_nose(marks, side))
    strength = np.full_like(weight, _STRENGTH[0])
    if landmarks is not None:
        strength += (_STRENGTH[1] - _STRENGTH[0]) * _where_faces_fold(marks, side)
    light = _DEEPEST * np.tanh(strength * fold / _DEEPEST) * weight
    return Shade(enlarged(_soft(light, grain), whole))


def _stained(change: Float, patch: Float, grain: float) -> Float:
    """Where light changes by more than age, 0…1: a hand, hair, a shadow that goes elsewhere."""
    side = len(change)
    found = np.maximum(ramp(np.abs(patch), *_STAIN), ramp(np.abs(_soft(change, 2 * grain)), *_TORN))
    size = 2 * round(_NEAR_STAIN * side) + 1
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.clip(_soft(cv2.dilate(found, round_), 0.5 * _NEAR_STAIN * side), 0, 1)


def _hollow(light: Float) -> Float:
    """Where light (r, r) is as in a fold, 0…1: hollow across it and not along."""
    share = np.zeros_like(light)
    for scale in _LINES:
        sigma = scale * len(light)
        seen = _soft(light, sigma)
        xx, yy, xy = (
            cv2.Sobel(seen, cv2.CV_32F, *order, ksize=3) * np.float32(sigma**2 / 4)
            for order in ((2, 0), (0, 2), (1, 1))
        )
        middle, apart = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
        found = (middle + apart - _ROUND * np.abs(middle - apart)) / np.float32(_SURELY)
        share = np.maximum(share, _soft(np.clip(found, 0, 1), sigma))
    return np.asarray(np.minimum(1, _SPREAD * share), np.float32)


def _where_faces_fold(landmarks: NDArray[np.float64], side: int) -> Float:
    """1 from nose to mouth and down beside it, about and under eyes, between and above brows."""
    drawn = np.zeros((side, side), np.float32)
    left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
    apart = float(np.linalg.norm(right - left))
    across, down = (right - left) / max(apart, 1e-6), landmarks[8] - landmarks[27]
    down = down / max(float(np.linalg.norm(down)), 1e-6)

    def line(places: list[NDArray[np.float64]], wide: float) -> None:
        at = np.rint(np.array(places)).astype(np.int32)
        thick = max(1, round(wide * apart))
        cv2.polylines(drawn, [at], isClosed=False, color=1, thickness=thick)

    for wing, corner, outer, eye, sign in (
        (landmarks[31], landmarks[48], landmarks[36], left, -1),
        (landmarks[35], landmarks[54], landmarks[45], right, 1),
    ):
        out = sign * apart * across
        beside = corner + 0.14 * out
        below = beside + 0.3 * apart * down
        line([wing + 0.08 * out - 0.1 * apart * down, (wing + beside) / 2 + 0.12 * out, beside, below], 0.26)
        line([outer + 0.14 * out, outer + 0.34 * out], 0.4)
        under = eye + 0.24 * apart * down
        line([under - 0.24 * out, under + 0.26 * out], 0.2)
    brows = landmarks[17:27]
    line([landmarks[21], landmarks[22]], 0.3)
    for up in (0.25, 0.45, 0.65):
        line([*(brows - up * apart * down)], 0.24)
    return _soft(np.minimum(drawn, 1), 0.06 * apart)


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
