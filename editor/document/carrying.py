"""Regions carried from one face to another by the landmarks of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.attributes import BY_HAND
from editor.document.face import DetectedFace
from editor.document.face_regions import feather_of, preset
from editor.document.landmarks import Symmetry
from editor.document.presets import region_name, within_change
from editor.document.region import RegionError, RegionMask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.face import FaceDetail
    from editor.document.history import Edit

    Points = NDArray[np.float64]

_REACH = 0.12  # of a face's width: how far a landmark bends what lies around it
_GRID = 96  # places per axis between which the bend is interpolated
_MARGIN = 0.25  # of a face's width: what a bend may add to the box of a region


@dataclass(frozen=True, slots=True, eq=False)
class CopiedEdits:
    """What several edits of one face did, for other faces.

    Attributes:
        parts: region, how opaque its edits are, and the sliders' changes in it, added up; in the
            order of the edits.
        landmarks: (68, 2), of the face that they were made on, before all of them, photo pixels.
        detail: what was seen of that face.
        left_out: whether likenesses or healed spots were left out, which belong to their photo.
        named: for each part the region with a name that it was made in, as that is now, or None;
            empty where nobody knows.
    """

    parts: tuple[tuple[RegionMask, float, tuple[tuple[str, float], ...]], ...]
    landmarks: Points
    detail: FaceDetail | None
    left_out: bool
    named: tuple[BrushedRegion | None, ...] = ()

    @classmethod
    def of(
        cls,
        edits: Iterable[Edit],
        landmarks: Points,
        detail: FaceDetail | None,
        named: Iterable[BrushedRegion] = (),
    ) -> CopiedEdits:
        """Of edits in force on one face, oldest first, and that face's regions with names."""
        known = {region.id: region for region in named}
        found: dict[tuple[RegionMask, float, str], dict[str, float]] = {}
        left_out = False
        for edit in edits:
            placed = any(slider in BY_HAND for slider, _ in edit.goals)
            left_out |= bool(edit.origin.likeness) or placed
            if edit.opacity == 0 or placed:
                continue
            id = edit.brushed.id if edit.brushed is not None and edit.brushed.id in known else ""
            region = edit.region
            if edit.upon is not None:
                region = moved_region(region, landmarks + edit.upon, landmarks, detail)
            for slider, change in edit.goals:
                sums = found.setdefault((region, edit.opacity, id), {})
                sums[slider] = sums.get(slider, 0.0) + change
        parts = [
            ((region, opacity, goals), known.get(id))
            for (region, opacity, id), sums in found.items()
            if (goals := tuple((s, within_change(v)) for s, v in sums.items() if v))
        ]
        return cls(
            tuple(part for part, _ in parts),
            landmarks,
            detail,
            left_out,
            tuple(region for _, region in parts),
        )


@dataclass(frozen=True, slots=True, eq=False)
class CarriedRegion:
    """A region of one face on another face, not made yet.

    What covers a named region is that region of the other face; the rest is bent to its landmarks.

    Attributes:
        mask: on the first face, as soft as its edit has it.
        landmarks, detail: of the first face.
        onto, onto_detail: of the other one.
        width, height: of the other's photo.
        feather: of named regions there, photo pixels.
        brushed: the region with a name there that its edit belongs to.
    """

    mask: RegionMask
    landmarks: Points
    detail: FaceDetail | None
    onto: Points
    onto_detail: FaceDetail | None
    width: int
    height: int
    feather: float
    brushed: BrushedRegion | None = None

    def feathered(self) -> RegionMask:
        """What an edit gets; empty where it lies outside the other photo.

        Raises:
            RegionError: the other head has no hair, and the region is the hair.
        """
        name = region_name(self.mask, self.landmarks, self.detail)
        if name is None:
            return carried(self.mask, self.landmarks, self.onto, self.width, self.height)
        made = preset(name, self.onto, self.width, self.height, self.onto_detail)
        return made.feathered(feather_of(name, self.feather))


def carried(
    mask: RegionMask, landmarks: Points, onto: Points, width: int, height: int
) -> RegionMask:
    """A region where another face has what it covers on the first.

    An affine map takes the landmarks as near to each other as it can; what is left bends only what
    lies near them, so that hair and neck are carried without folds.

    Args:
        mask: on the first face.
        landmarks: (68, 2), of that, photo pixels.
        onto: (68, 2), of the other.
        width: of the other photo.
        height: likewise.
    """
    there, back = _Bend(landmarks, onto), _Bend(onto, landmarks)
    return _bent(mask, there, back, width, height, _MARGIN * float(np.ptp(onto[:, 0])))


def moved_region(
    region: RegionMask, was: Points, now: Points, detail: FaceDetail | None
) -> RegionMask:
    """A region of a face whose landmarks (68, 2) lie elsewhere than where it was made."""
    size, feather = (region.width, region.height), DetectedFace.at(now, "project").default_feather
    try:
        return CarriedRegion(region, was, detail, now, detail, *size, feather).feathered()
    except RegionError:  # what it was called is not there
        return carried(region, was, now, *size)


def on_the_other_side(mask: RegionMask, landmarks: Points) -> RegionMask:
    """A region where the other side of the face (68, 2) has what it covers on the first."""
    mirror = Symmetry(landmarks)
    margin = _MARGIN * float(np.ptp(landmarks[:, 0]))
    return _bent(mask, mirror, mirror, mask.width, mask.height, margin)


def _bent(
    mask: RegionMask,
    there: Callable[[Points], Points],
    back: Callable[[Points], Points],
    width: int,
    height: int,
    margin: float,
) -> RegionMask:
    """A mask on a photo of that size, by the ways of (n, 2) places there and back."""
    if mask.is_empty:
        return RegionMask.empty(width, height)
    x, y, w, h = mask.bounds
    sides = np.linspace(0, 1, 9)
    border = np.array([(x + w * i, y + h * j) for i in sides for j in sides])
    reached = there(border)
    left, top = (max(0, int(v)) for v in np.floor(reached.min(0) - margin))
    right, bottom = np.ceil(reached.max(0) + margin)
    right, bottom = min(width, int(right)), min(height, int(bottom))
    if left >= right or top >= bottom:
        return RegionMask.empty(width, height)
    columns = np.linspace(left, right - 1, min(_GRID, right - left))
    rows = np.linspace(top, bottom - 1, min(_GRID, bottom - top))
    places = np.stack(np.meshgrid(columns, rows), -1)
    source = back(places.reshape(-1, 2)).reshape(places.shape) - [x, y]
    source = source.astype(np.float32)
    # from one grid's ends to the other's: every pixel between them, linearly
    across = np.linspace(0, len(columns) - 1, right - left, dtype=np.float32)
    down = np.linspace(0, len(rows) - 1, bottom - top, dtype=np.float32)
    alpha = np.empty((bottom - top, right - left), np.uint8)
    for start in range(0, len(down), _GRID):
        band = down[start : start + _GRID]
        at = np.meshgrid(across, band)
        where = cv2.remap(source, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        x_of, y_of = cv2.split(where)
        alpha[start : start + len(band)] = cv2.remap(
            mask.alpha, x_of, y_of, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )
    return RegionMask(width, height, left, top, alpha)


class _Bend:
    """From one face's places to another's."""

    def __init__(self, here: Points, there: Points) -> None:
        self._here = here
        self._affine = np.linalg.lstsq(_with_one(here), there, rcond=None)[0]
        self._rest = there - _with_one(here) @ self._affine
        self._reach = _REACH * float(np.ptp(here[:, 0]))

    def __call__(self, places: Points) -> Points:
        """(n, 2) → (n, 2), photo pixels."""
        squared = ((places[:, None] - self._here[None]) ** 2).sum(-1)
        weights = np.exp(-squared / (2 * self._reach**2))
        bend = weights @ self._rest / (weights.sum(1, keepdims=True) + 0.1)
        return _with_one(places) @ self._affine + bend


def _with_one(points: Points) -> Points:
    return np.column_stack([points, np.ones(len(points))])
