"""What was seen of a face, where it lies after its head was turned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import cv2
import numpy as np

from editor.document.curves import smoothstep
from editor.document.face import FaceCrop
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.face import FaceDetail

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]

_CORNERS = [36, 39, 42, 45]  # of the eyes: what opens or slants these leaves their middle
_BEHIND = 0.5  # of a pixel: more of it is no soft edge of a head
_SILHOUETTE = 0.12  # of a side: so far inside a head's outline all of it turns
_GRID = 64  # places along a side where it is said how far they go
_NEAR = 0.3  # eye distances within which a landmark says so
_FAR = 0.5  # of a landmark's say: where all together say less, less of it is believed
_FARTHEST = 1.5  # times as far as eyes: a nose's tip goes 1.3 times as far
_LEAST = 0.25  # of a pixel: less is no turn

_MOST_KEPT = 3  # of a face: canvas and engine look at another edit's
_kept: WeakKeyDictionary[FaceDetail, dict[bytes, FaceDetail]] = WeakKeyDictionary()


def still_behind(behind: Float) -> Float:
    """The share of its way that each pixel goes where a head turns before what stays, (r, r).

    The head's outline stays, and what is seen behind it: a post beside a cheek would be bent.

    Args:
        behind: (r, r), the share of each pixel that shows what lies behind the head.
    """
    inside = np.asarray(behind < _BEHIND, np.uint8)
    if inside.all():
        return np.ones_like(behind)
    deep = cv2.distanceTransform(inside, cv2.DIST_L2, 5) / np.float32(_SILHOUETTE * len(behind))
    return smoothstep(deep)


def gone(landmarks: Points, detail: FaceDetail) -> Points:
    """Where a head has gone with its eyes since it was seen, as it turns: x, y, photo pixels."""
    return np.asarray((landmarks - detail.crop.landmarks)[_CORNERS].mean(0), np.float64)


def has_gone(landmarks: Points, detail: FaceDetail) -> bool:
    """Whether a head has turned since it was seen."""
    return float(np.hypot(*gone(landmarks, detail))) >= _LEAST * detail.crop.scale


def gone_along(detail: FaceDetail, landmarks: Points) -> FaceDetail:
    """What was seen of a face, with its head where its landmarks (68, 2) are now; kept.

    Hair, a beard and what was labelled go as the photo does that is bent (``turning``): all of the
    way deep in the head, none at its outline. What was seen while the head was as it is stays. The
    mesh is left to ``mesh_through``.
    """
    if not has_gone(landmarks, detail):
        return detail
    kept, key = _kept.setdefault(detail, {}), landmarks.tobytes()
    there = kept.pop(key, None) or _turned(detail, landmarks, gone(landmarks, detail))
    kept[key] = there  # the last one
    for old in list(kept)[:-_MOST_KEPT]:
        kept.pop(old, None)
    return there


def _turned(detail: FaceDetail, landmarks: Points, by: Points) -> FaceDetail:
    crop, labels = detail.crop, detail.labels
    aligned = FaceCrop.from_landmarks(crop.landmarks, crop.size)
    still = np.ones((1, 1), np.float32)
    # labels are placed by landmarks, which go all of the way; what is too far is taken back
    if labels is not None:
        still = still_behind((labels == CLASSES.index("background")).astype(np.float32))
        square = FaceCrop.from_landmarks(crop.landmarks, len(labels)).moved(by)
        far = _share(square, aligned, landmarks, by, still) - 1
        labels = _moved(labels, far, by, square, cv2.INTER_NEAREST)
    far, beard = _share(crop, aligned, landmarks, by, still), detail.beard
    if beard is not None:
        beard = _moved(beard, far, by, crop, cv2.INTER_LINEAR)
    return replace(
        detail,
        crop=FaceCrop(crop.landmarks + by, crop.to_photo, crop.size),
        hair=_moved(detail.hair, far, by, crop, cv2.INTER_LINEAR),
        labels=labels,
        beard=beard,
    )


def _share(
    square: FaceCrop, aligned: FaceCrop, landmarks: Points, by: Points, still: Float
) -> Float:
    """How much of the eyes' way places on a grid of a square have gone, (n, n).

    ``still``: of the aligned crop, ``still_behind``.
    """
    seen = aligned.landmarks
    ways = np.clip((landmarks - seen) @ by / (by @ by), 0, _FARTHEST)
    held = _at(still, landmarks, aligned)
    steps = (np.arange(_GRID) + 0.5) * (square.size / _GRID) - 0.5
    places = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    places = places @ square.to_photo[:, :2].T + square.to_photo[:, 2]
    eyes = seen[36:42].mean(0) - seen[42:48].mean(0)
    away = ((places[:, None] - landmarks[None]) ** 2).sum(-1) / (_NEAR**2 * (eyes @ eyes))
    near = np.exp(-away / 2)
    # a landmark at the outline goes less than what is deep beneath it: its way is taken as whole
    say = near @ held**2
    whole = near @ (held * ways) / np.maximum(say, _FAR)
    return np.asarray((whole * _at(still, places, aligned)).reshape(_GRID, _GRID), np.float32)


def _at(picture: Float, places: Points, aligned: FaceCrop) -> NDArray[np.float64]:
    """A picture of the aligned crop at places (n, 2) of the photo; beyond, as at its rim."""
    back = aligned.resized(len(picture)).to_crop
    at = np.clip(np.rint(places @ back[:, :2].T + back[:, 2]), 0, len(picture) - 1).astype(int)
    return np.asarray(picture[at[:, 1], at[:, 0]], np.float64)


def _moved(
    seen: NDArray[np.uint8], far: Float, by: Points, square: FaceCrop, how: int
) -> NDArray[np.uint8]:
    """A picture (s, s) of a square of which each place has come from ``far`` times a way back."""
    side = len(seen)
    way = square.resized(side).to_crop[:, :2] @ by
    here = np.arange(side, dtype=np.float32)
    share = cv2.resize(far, (side, side), interpolation=cv2.INTER_LINEAR)
    x = here - share * np.float32(way[0])
    y = here[:, None] - share * np.float32(way[1])
    moved = cv2.remap(seen, x, y, how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
