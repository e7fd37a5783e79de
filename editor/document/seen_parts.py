"""Regions of what was seen of a face in the photograph: its hair, its teeth, what hides it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.face import FaceCrop
from editor.document.region import RegionError, RegionMask
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail

TEETH = ("teeth",)
_FACE = (
    "skin", "nose", "right brow", "left brow", "right eye", "left eye", "iris", "upper lip",
    "lower lip", "mouth", "teeth",
)  # fmt: skip
BEFORE = ("glasses", "hat", "clothes", "background")
"""What hides a face, besides hair; a hand is *background*."""

_LEAST_HAIR = 0.05  # square eye distances; less is none
_LEAST_BEARD = 0.02  # likewise
_LEAST_TEETH = 0.004  # likewise: a glint between lips that are all but closed is less
# Likewise. Of twelve pictures with glasses those with thin rims, which are seen in pieces, come to
# 0.11 to 0.25, but around both eyes in 17 of 24 directions at least; others have none at all.
_LEAST_GLASSES, _LEAST_RIMS = 0.3, 0.05
_DARK = 0.7  # of an eye; of 103 faces one has both eyes hidden whole, the next one a third of one
_DIRECTIONS, _AROUND = 24, 0.5
_LENS = 0.55  # eye distances that a lens reaches from the eye's middle, across and down
_RIM = (
    0.03  # eye distances: so far beside the labels a rim may reach (two of 512 pixels at a bridge)
)
_SOFT = 0.8  # of a class's edge, in pixels of its map


def no_teeth() -> RegionError:
    """What is raised where there are none."""
    return RegionError(
        "No teeth show between these lips.",
        "Open the mouth first; or, where teeth do show, brush over them.",
    )


def hair_seen(detail: FaceDetail, width: int, height: int) -> RegionMask:
    """The hair that was seen, where the photo is.

    Raises:
        RegionError: there is none, or next to none.
    """
    if detail.hair.sum(dtype=np.int64) < 255 * _LEAST_HAIR * _square_unit(detail.crop):
        raise RegionError(
            "No hair was found on this head.",
            "Where there is some, brush over it: the region is yours to brush.",
        )
    return _placed(detail.hair, detail.crop, width, height)


def hair_to_the_rim(detail: FaceDetail, within: float = 0.0) -> FaceDetail | None:
    """What was seen of a face if its hair ends with the aligned crop; None where it does anyway.

    Up to version 0.4 nobody looked further, and regions of that time are hair nevertheless.

    Args:
        detail: what was seen.
        within: how far from the crop's rim it ends, of the crop's side.
    """
    aligned = FaceCrop.from_landmarks(detail.crop.landmarks, detail.crop.size)
    side = detail.crop.size * aligned.scale / detail.crop.scale
    edge = round((detail.crop.size - side) / 2)
    if edge <= 0:
        return None
    edge += round(within * side)
    hair = np.zeros_like(detail.hair)
    hair[edge:-edge, edge:-edge] = detail.hair[edge:-edge, edge:-edge]
    return replace(detail, hair=hair)


def teeth_seen(
    detail: FaceDetail, labels: NDArray[np.uint8], width: int, height: int
) -> RegionMask:
    """The teeth among a face's labels, where the photo is.

    Raises:
        RegionError: there are none, or next to none.
    """
    crop = FaceCrop.from_landmarks(detail.crop.landmarks, len(labels))
    alpha = beside(labels, TEETH)
    if alpha.sum(dtype=np.int64) < 255 * _LEAST_TEETH * _square_unit(crop):
        raise no_teeth()
    return _placed(alpha, crop, width, height)


def has_teeth(detail: FaceDetail) -> bool:
    """Whether some were seen; where nothing was labelled, they may be there."""
    return _has(detail, "teeth", _LEAST_TEETH)


def has_beard(detail: FaceDetail) -> bool:
    """Whether one was seen; where nothing was labelled, it may be there."""
    return _has(detail, "beard", _LEAST_BEARD)


def dark_glasses(detail: FaceDetail) -> bool:
    """Whether both eyes lie behind glasses that hide them."""
    labels = detail.labels
    if labels is None:
        return False
    square = FaceCrop.from_landmarks(detail.crop.landmarks, len(labels))
    for eye in (slice(36, 42), slice(42, 48)):
        hull = cv2.convexHull(np.rint(square.landmarks_in_crop()[eye]).astype(np.int32))
        there = labels[cv2.fillConvexPoly(np.zeros_like(labels), hull, 1) > 0]
        if np.count_nonzero(there == CLASSES.index("glasses")) < max(1, _DARK * len(there)):
            return False
    return True


def _has(detail: FaceDetail, name: str, least: float) -> bool:
    if detail.labels is None:
        return True
    crop = FaceCrop.from_landmarks(detail.crop.landmarks, len(detail.labels))
    seen = np.count_nonzero(detail.labels == CLASSES.index(name))
    return bool(seen >= least * _square_unit(crop))


def beard_seen(detail: FaceDetail, beard: NDArray[np.uint8], width: int, height: int) -> RegionMask:
    """The beard of ``FaceDetail.beard``, where the photo is."""
    return _placed(beard, detail.crop, width, height)


def neck_seen(detail: FaceDetail, width: int, height: int) -> RegionMask | None:
    """Neck and ears, where the photo is; None where nobody looked."""
    alpha = neck_among(detail)
    return None if alpha is None else _labelled(alpha, detail, width, height)


def neck_among(detail: FaceDetail) -> NDArray[np.uint8] | None:
    """Neck and ears among a face's labels, uint8 of their size; None where nobody looked.

    A neck goes on where the crop ends: there it has faded.
    """
    if detail.labels is None:
        return None
    side = len(detail.labels)
    chin = FaceCrop.from_landmarks(detail.crop.landmarks, side).landmarks_in_crop()[8, 1]
    below = np.arange(side) + 0.5 - chin
    fade = np.clip(1 - below / max(1.0, side - chin), 0, 1)[:, None]
    return np.asarray(beside(detail.labels, ("neck", "ears")) * fade, np.uint8)


def glasses_seen(detail: FaceDetail, width: int, height: int) -> RegionMask | None:
    """Frames and lenses, where the photo is; None where too little of a frame was seen."""
    alpha = glasses_among(detail)
    return None if alpha is None else _labelled(alpha, detail, width, height)


def glasses_among(detail: FaceDetail) -> NDArray[np.uint8] | None:
    """Frames and lenses among a face's labels, uint8 of their size; None: too little of a frame.

    A lens is what the frame around an eye encloses, with that eye. Of thin rims little is seen, but
    it lies all around both eyes.
    """
    labels = detail.labels
    if labels is None:
        return None
    crop = FaceCrop.from_landmarks(detail.crop.landmarks, len(labels))
    there = _there(labels, ("glasses",))
    unit = math.sqrt(_square_unit(crop))
    area = np.count_nonzero(there) / unit**2
    if area < _LEAST_RIMS:
        return None
    points = crop.landmarks_in_crop()
    rows, columns = np.nonzero(there)
    frame = np.column_stack([columns, rows])
    eyes = points[36:42], points[42:48]
    away = np.stack([np.linalg.norm(frame - eye.mean(0), axis=1) for eye in eyes])
    surrounded: list[float] = []
    for number, eye in enumerate(eyes):
        apart = frame - eye.mean(0)
        near = (np.abs(apart) < _LENS * unit).all(1) & (away.argmin(0) == number)
        towards = np.arctan2(apart[near, 1], apart[near, 0]) / (2 * np.pi) * _DIRECTIONS
        surrounded.append(len(np.unique(np.floor(towards) % _DIRECTIONS)) / _DIRECTIONS)
        corners = np.concatenate([frame[near], np.rint(eye)]).astype(np.int32)
        if near.any():
            cv2.fillConvexPoly(there, cv2.convexHull(corners), 255)
    if area < _LEAST_GLASSES and min(surrounded) < _AROUND:
        return None
    return _around(there)


def before_face(detail: FaceDetail, width: int, height: int) -> Iterator[RegionMask]:
    """What was seen to hide a face: hair, and glasses, hats, hands and the like."""
    if detail.hair.any():
        yield _placed(detail.hair, detail.crop, width, height)
    if detail.labels is not None:
        yield _labelled(beside(detail.labels, BEFORE), detail, width, height)


def face_seen(detail: FaceDetail) -> tuple[NDArray[np.uint8], NDArray[np.float64]] | None:
    """Where skin of the face was seen, with what lies in it, for ``face_frame.frame_of``."""
    if detail.labels is None:
        return None
    crop = FaceCrop.from_landmarks(detail.crop.landmarks, len(detail.labels))
    return _there(detail.labels, _FACE), crop.to_crop


def _labelled(alpha: NDArray[np.uint8], detail: FaceDetail, width: int, height: int) -> RegionMask:
    """What was made of a face's labels, of their size, where the photo is."""
    crop = FaceCrop.from_landmarks(detail.crop.landmarks, len(alpha))
    return _placed(alpha, crop, width, height)


def off_frames(region: RegionMask, detail: FaceDetail) -> RegionMask:
    """A region without the frames of glasses, and what lies close beside them."""
    if detail.labels is None:
        return region
    frames = _labelled(beside(detail.labels, ("glasses",)), detail, region.width, region.height)
    points = detail.crop.landmarks
    away = points[36:42].mean(0) - points[42:48].mean(0)
    return region.subtracted(frames.grown(_RIM * math.hypot(*away.tolist())))


def beside(labels: NDArray[np.uint8], names: tuple[str, ...]) -> NDArray[np.uint8]:
    """255 where a pixel or one beside it has one of these names, with a soft edge.

    Args:
        labels: uint8 (n, n), numbers of ``resources.face_classes.CLASSES``.
        names: some of these.
    """
    return _around(_there(labels, names))


def only(labels: NDArray[np.uint8], names: tuple[str, ...]) -> NDArray[np.uint8]:
    """255 where a pixel has one of these names, with a soft edge; as for ``beside``."""
    return np.asarray(cv2.GaussianBlur(_there(labels, names), (0, 0), _SOFT), np.uint8)


def _around(there: NDArray[np.uint8]) -> NDArray[np.uint8]:
    around = cv2.dilate(there, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(around, (0, 0), _SOFT), np.uint8)


def _there(labels: NDArray[np.uint8], names: tuple[str, ...]) -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)  # a twentieth of the time of isin
    table[[CLASSES.index(name) for name in names]] = 255
    return np.asarray(cv2.LUT(labels, table), np.uint8)


def _square_unit(crop: FaceCrop) -> float:
    """The eyes' distance squared, in crop pixels."""
    points = crop.landmarks_in_crop()
    away = points[36:42].mean(0) - points[42:48].mean(0)
    return float(away @ away)


def _placed(seen: NDArray[np.uint8], crop: FaceCrop, width: int, height: int) -> RegionMask:
    """What was seen in a crop where the photo is; may be empty."""
    x, y, w, h = crop.bounds(width, height)
    if not w or not h:
        return RegionMask.empty(width, height)
    matrix = crop.to_photo - np.array([[0, 0, x], [0, 0, y]])
    alpha = np.asarray(
        cv2.warpAffine(seen, matrix, (w, h), borderMode=cv2.BORDER_CONSTANT), np.uint8
    )
    alpha.setflags(write=False)
    return RegionMask(width, height, x, y, alpha)
