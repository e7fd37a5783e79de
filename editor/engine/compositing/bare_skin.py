"""Where bare skin of a face is: what gets older or younger with it, and nothing before it.

A hand at the cheek is skin as well, and the generator that draws it explains it: only the face's
own outline tells them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.curves import smoothstep
from editor.engine.compositing.surface import ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

# Shares of the crop's side.
_SPARED = {"eyes": (0.014, 0.012), "brows": (0.004, 0.006), "lips": (0.004, 0.006)}
_OTHERS = 0.003, 0.006  # so far around hats, glasses and what lies behind
_RIM = 0.03  # so deep in the face age is all there
_HAIRY = 0.04, 0.35  # of a matte: skin with a hair or two, and hair
_FRINGE = 0.02  # standard deviation: so near hair there are wisps that no matte has
_GAP = 0.03  # so wide a gap between skin and skin is skin
_OUTLINE = 0.012  # so far beyond the points of a jaw a face goes on, at most
_FOREHEAD = 1.5  # of a face's height, likewise above its brows


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
    found = whole * smoothstep(_depth(closed > 0) / _RIM)
    for name, (by, soft) in _SPARED.items():
        found = found * (1 - _grown(parts[name], by, soft))
    found = found * (1 - _grown(parts["others"], *_OTHERS))
    hair = np.asarray(cv2.GaussianBlur(parts["hair"], (0, 0), _FRINGE * side), np.float32)
    hair = np.maximum(parts["hair"], hair)
    return np.asarray(found * (1 - ramp(hair, *_HAIRY)), np.float32)


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
