"""Regions of a face by name: contours of its mesh, and the hair that was seen in the photograph."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.face import FaceCrop
from editor.document.face_frame import PER_UNIT, SHAPES, frame_of
from editor.document.face_mesh import mesh_through
from editor.document.gone_along import gone_along
from editor.document.region import RegionError, RegionMask
from editor.document.seen_parts import (
    BEFORE,
    TEETH,
    beard_seen,
    before_face,
    beside,
    face_seen,
    glasses_among,
    glasses_seen,
    hair_seen,
    hair_to_the_rim,
    neck_among,
    neck_seen,
    no_teeth,
    teeth_seen,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.face_frame import FaceFrame

    Points = NDArray[np.float64]

_MOST_SAMPLED = 1024  # rows or columns of a region that are looked at
_HALF_FADED = 0.04  # of a crop's side: so near its rim hair that ended there was half as dense
_CONTAINED, _MADE_OF = 0.97, 0.9  # on the grid, edges are uncertain by a point
_WHOLE = frozenset({"head"})  # a part of one does not turn: it is bent
# presets whose surface is meant
_COLOURED = ("lips", "irises", "under-eyes", "brows", "skin", "complexion")
# Eye distances between inner lips. Those of eight photographs without teeth lie at 0.023 at most;
# a narrow row of teeth is seen at 0.05.
_LIPS_APART = 0.035
_AREAS = {  # regions that a slider is called like
    "smile": "smile area",
    "beard": "beard area",
    "glasses": "glasses area",
}
_SHARPER = 0.4  # of the usual feather
_BESIDE = 0.08  # of the landmarks' longer side: so far beside a preset brushes go, twice a feather

PRESETS: tuple[str, ...] = tuple(SHAPES)
"""Names of the regions that ``preset`` knows, in the order to show."""


def area_of(preset: str) -> str:
    """What people call a region: never what a slider is called."""
    return _AREAS.get(preset, preset)


def preset(
    name: str, landmarks: Points, width: int, height: int, detail: FaceDetail | None = None
) -> RegionMask:
    """A region of a face, as large as the movement that edits of it cause, with hard edges.

    Hair and beards are soft: what was seen of them in the photograph. Neither hair nor teeth are
    made up; where no beard or no frame of glasses was seen, it is where one would be.
    What lies before the face (glasses, a hand, hair over a brow) is left out of what is coloured,
    and a beard is no skin.

    Args:
        name: one of ``PRESETS``.
        landmarks: (68, 2) in iBUG order, photo pixels; the contours go through them.
        width: of the photo.
        height: of the photo.
        detail: what was seen of the face; without it the contours are a mean face's, and hair is
            a crescent.

    Raises:
        RegionError: there is no preset of that name, no hair on this head, or no teeth between
            these lips.
        ValueError: the landmarks coincide.
    """
    if name not in SHAPES:
        raise RegionError(f"There is no region “{name}”.", f"Choose one of {', '.join(PRESETS)}.")
    if detail is not None:
        detail = gone_along(detail, landmarks)
    if name == "hair" and detail is not None:
        return hair_seen(detail, width, height)
    if name == "teeth" and detail is not None:
        if lips_are_closed(landmarks):
            raise no_teeth()
        if detail.labels is not None:
            return teeth_seen(detail, detail.labels, width, height)
    return _made(name, _frame(landmarks, detail), width, height, detail)


def older_preset(
    name: str, landmarks: Points, width: int, height: int, detail: FaceDetail | None = None
) -> RegionMask | None:
    """As ``preset`` was up to version 0.4; None where it is the same.

    Hair ended with the aligned crop, and skin with the mesh, in the middle of a high forehead; a
    nose had no room beside it.

    Raises:
        RegionError: there is no hair.
    """
    if name == "nose":
        face = _meshed(landmarks, detail)
        return face.mask(face.nose_itself(), width, height)
    if detail is None or name not in ("hair", "skin"):
        return None
    detail = gone_along(detail, landmarks)
    if name == "hair":
        older = hair_to_the_rim(detail)
        return None if older is None else hair_seen(older, width, height)
    return _made(name, _meshed(landmarks, detail), width, height, detail)


def _made(
    name: str, face: FaceFrame, width: int, height: int, detail: FaceDetail | None
) -> RegionMask:
    if name == "beard" and detail is not None and detail.beard is not None:
        lips = face.mask(face.lips() - 0.02, width, height)
        return beard_seen(detail, detail.beard, width, height).subtracted(lips)
    if name == "glasses" and detail is not None:
        glasses = glasses_seen(detail, width, height)
        if glasses is not None:
            return glasses
    mask = face.mask(face.shape(name), width, height)
    if name == "complexion" and detail is not None:
        neck = neck_seen(detail, width, height)
        mask = mask if neck is None else mask.united(neck)
    if name in _COLOURED and detail is not None:
        for hidden in before_face(detail, width, height):
            mask = mask.subtracted(hidden)
        if name == "skin" and detail.beard is not None:
            mask = mask.subtracted(beard_seen(detail, detail.beard, width, height))
    return mask


def feather_of(name: str, usual: float) -> float:
    """How far a region of that name fades inward from its edge, photo pixels.

    Hair ends as softly as it does in the photograph; faded further, its rim would stay as it was.
    Lips end more sharply than other regions: a rim for a softer edge stained the skin about them.
    """
    return {"hair": 0.0, "lips": _SHARPER * usual}.get(name, usual)


def around(
    names: Iterable[str],
    width: int,
    height: int,
    landmarks: Points,
    detail: FaceDetail | None = None,
) -> RegionMask:
    """Presets with what may be brushed beside them: nothing of the usual regions lies outside.

    Where nothing of its kind was seen it lies where one would be: it may have been brushed over.
    See ``preset``.
    """
    names = tuple(names)
    found = [preset(name, landmarks, width, height) for name in names]
    if "beard" in names and detail is not None:
        found.append(preset("beard", landmarks, width, height, detail))
    margin = _BESIDE * float(np.ptp(landmarks, axis=0).max())
    return reduce(RegionMask.united, found).grown(margin)


def lips_are_closed(landmarks: Points) -> bool:
    """Whether nothing shows between the lips, by landmarks (68, 2)."""
    eyes = landmarks[36:42].mean(0) - landmarks[42:48].mean(0)
    gaps = landmarks[[61, 62, 63]] - landmarks[[67, 66, 65]]
    return float(np.hypot(*gaps.T).mean()) < _LIPS_APART * float(np.hypot(*eyes))


def _frame(landmarks: Points, detail: FaceDetail | None) -> FaceFrame:
    """With what was seen of the face, where it is now."""
    if detail is None:
        return _meshed(landmarks, None)
    return frame_of(landmarks, mesh_through(landmarks, detail.mesh), face_seen(detail))


def _meshed(landmarks: Points, detail: FaceDetail | None) -> FaceFrame:
    """Of its mesh alone, as regions were up to version 0.4."""
    return frame_of(landmarks, mesh_through(landmarks, None if detail is None else detail.mesh))


class PresetGrid:
    """The presets of one face on a coarse grid, to tell which of them a region is.

    Points of a 48th of the eyes' distance: a few milliseconds for a region, whatever its size.
    """

    def __init__(
        self, landmarks: Points, width: int, height: int, detail: FaceDetail | None = None
    ) -> None:
        """As for ``preset``.

        Raises:
            ValueError: the landmarks coincide.
        """
        detail = None if detail is None else gone_along(detail, landmarks)
        face = _frame(landmarks, detail)
        self._step = face.axes.T * (face.unit / PER_UNIT)
        self._start = face.origin + face.axes.T @ face.low * face.unit
        self._size = face.x.shape[1], face.x.shape[0]
        columns = np.arange(self._size[0], dtype=np.float64)
        rows = np.arange(self._size[1], dtype=np.float64)
        photo = np.stack(np.meshgrid(columns, rows), -1) @ self._step.T + self._start
        there = ((photo > -0.5) & (photo < np.array([width, height]) - 0.5)).all(-1)
        self._inside = {name: (face.shape(name) < 0) & there for name in SHAPES}
        self._soft: set[str] = set()  # of which the grid has the dense part alone
        # as regions of version 0.4 were
        self._older: dict[str, NDArray[np.bool_]] = {"nose": (face.nose_itself() < 0) & there}
        if detail is not None:
            back = np.asarray(cv2.invertAffineTransform(detail.crop.to_photo), np.float64)
            matte = back[:, :2] @ self._step, back[:, :2] @ self._start + back[:, 2]
            hair = self._sampled(detail.hair, *matte)
            self._inside["hair"] = hair & there
            self._soft.add("hair")
            older = hair_to_the_rim(detail, _HALF_FADED)
            if older is not None:
                self._older["hair"] = self._sampled(older.hair, *matte) & there
            meshed = _meshed(landmarks, detail)
            self._older["skin"] = (meshed.shape("skin") < 0) & there & ~hair
            for name in _COLOURED:
                self._inside[name] &= ~hair
            if detail.beard is not None:
                beard = self._sampled(detail.beard, *matte)
                self._inside["beard"] = beard & there & (face.lips() > 0.02)
                self._soft.add("beard")
            labels = detail.labels
            if labels is not None:
                small = FaceCrop.from_landmarks(detail.crop.landmarks, len(labels)).to_crop
                step, start = small[:, :2] @ self._step, small[:, :2] @ self._start + small[:, 2]
                teeth, before = (
                    self._sampled(beside(labels, names), step, start) for names in (TEETH, BEFORE)
                )
                self._inside["teeth"] = teeth & there
                self._soft.add("teeth")
                glasses = glasses_among(detail)
                if glasses is not None:
                    self._inside["glasses"] = self._sampled(glasses, step, start) & there
                    self._soft.add("glasses")
                neck = neck_among(detail)
                if neck is not None:
                    self._inside["complexion"] |= self._sampled(neck, step, start) & there
                for name in _COLOURED:
                    self._inside[name] &= ~before
                self._older["skin"] &= ~before

    def _sampled(
        self, alpha: NDArray[np.uint8], step: NDArray[np.float64], start: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Where on the grid a picture is above one half."""
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        matrix = np.column_stack([step, start])
        border = cv2.BORDER_CONSTANT
        return np.asarray(
            cv2.warpAffine(alpha, matrix, self._size, flags=flags, borderMode=border)
        ) > 127  # fmt: skip

    def like(self, region: RegionMask, share: float) -> tuple[str, ...]:
        """Presets that may have this much in common with a region, of the area that both touch.

        All of them where the photo is coarser than the grid, which then says nothing of edges.
        """
        if region.is_empty:
            return ()
        if abs(float(np.linalg.det(self._step))) < 1:
            return PRESETS
        thin = max(1, math.ceil(max(region.alpha.shape) / _MOST_SAMPLED))
        touched = np.where(region.alpha[::thin, ::thin] > 0, np.uint8(255), np.uint8(0))
        here = self._sampled(
            touched, self._step / thin, (self._start - [region.x, region.y]) / thin
        )
        found: list[str] = []
        for name, inside in self._inside.items():
            shapes = [inside, self._older[name]] if name in self._older else [inside]
            for shape in shapes:
                whole = np.count_nonzero(shape | here)
                if whole and np.count_nonzero(shape & here) >= share * whole:
                    found.append(name)
                    break
            else:
                found += [name] if name in self._soft else []
        return tuple(found)

    def compare(self, region: RegionMask) -> PresetMatch:
        """Which presets a region is made of, and which lie apart from it."""
        if region.is_empty:
            return PresetMatch()
        thin = max(1, math.ceil(max(region.alpha.shape) / _MOST_SAMPLED))
        alpha = np.ascontiguousarray(region.alpha[::thin, ::thin])
        here = self._sampled(alpha, self._step / thin, (self._start - [region.x, region.y]) / thin)
        point = abs(float(np.linalg.det(self._step)))  # photo pixels
        covered = float(alpha.sum(dtype=np.int64)) / 255 * thin**2 / point
        area = max(float(np.count_nonzero(here)), covered, 1.0)
        contained: list[tuple[int, str]] = []
        apart: set[str] = set()
        presets = dict(self._inside)
        for name, older in self._older.items():
            beyond = presets[name] & ~older
            if older.any() and 2 * np.count_nonzero(beyond & here) < np.count_nonzero(beyond):
                presets[name] = older
        for name, inside in presets.items():
            size, common = np.count_nonzero(inside), np.count_nonzero(inside & here)
            if size and common >= _CONTAINED * size:
                contained.append((int(size), name))
            if size and common < size / 2 and (name in _WHOLE or common < area / 2):
                apart.add(name)
        union = np.zeros(self._size[::-1], np.bool_)
        parts: list[str] = []
        for size, name in sorted(contained, reverse=True):
            if np.count_nonzero(presets[name] & ~union) > size / 10:
                parts.append(name)
                union |= presets[name]
        common = np.count_nonzero(union & here)
        whole = area + np.count_nonzero(union) - common
        return PresetMatch(frozenset(parts if common >= _MADE_OF * whole else ()), frozenset(apart))


@dataclass(frozen=True, slots=True)
class PresetMatch:
    """What a region is, in terms of presets.

    Attributes:
        parts: the presets that it consists of; none for one that is brushed otherwise.
        apart: those that have less than half in common with it, of either's area (a head: of its
            own).
    """

    parts: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
