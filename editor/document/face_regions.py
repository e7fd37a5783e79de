"""Regions of a face by name: contours of its mesh, and the hair that was seen in the photograph."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from editor.document.face import FaceCrop
from editor.document.face_mesh import (
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_IRIS,
    OUTER_LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_IRIS,
    mesh_through,
)
from editor.document.region import RegionError, RegionMask
from editor.document.seen_parts import (
    BEFORE,
    TEETH,
    before_face,
    beside,
    hair_seen,
    no_teeth,
    teeth_seen,
)
from editor.document.stroke import box_around

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail

    Points = NDArray[np.float64]
    Field = NDArray[np.floating]  # signed distances on a grid, negative inside

_PER_UNIT = 48  # grid steps per face unit; fields are straight between them
_BAND = 256  # rows worked on at once, so that large masks need few copies of themselves
_MOST_SAMPLED = 1024  # rows or columns of a region that are looked at
_CONTAINED, _MADE_OF = 0.97, 0.9  # on the grid, edges are uncertain by a point
_COLOURED = ("lips", "irises", "under-eyes", "brows", "skin")  # presets whose surface is meant
# Eye distances between inner lips. Those of eight photographs without teeth lie at 0.023 at most;
# a narrow row of teeth is seen at 0.05.
_LIPS_APART = 0.035


class _FaceFrame:
    """A face in its own axes: origin between the eyes, x along them, y down, 1 = eye distance.

    Shapes are signed distance fields on a coarse grid, so that growing, uniting and cutting are
    arithmetic, and edges stay sharp when the field is enlarged to the photo.
    """

    def __init__(self, landmarks: Points, mesh: Points) -> None:
        left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
        self.origin = (left + right) / 2
        mouth = landmarks[48:68].mean(0)
        # Turned heads bring the eyes together; the way to the mouth keeps its length.
        self.unit = float(
            max(np.linalg.norm(right - left), 0.9 * np.linalg.norm(mouth - self.origin))
        )
        if not self.unit > 1e-6:
            raise ValueError("landmarks coincide: there is no face")
        along = right - left + 1e-9
        along = along / np.linalg.norm(along)
        self.axes = np.array([along, [-along[1], along[0]]])
        self.points = (landmarks - self.origin) @ self.axes.T / self.unit
        self.mesh = (mesh - self.origin) @ self.axes.T / self.unit
        self.low = np.minimum(self.points.min(0), -2.2) - 0.5
        high = np.maximum(self.points.max(0), 2.2) + 0.5
        columns, rows = (int(n) for n in np.ceil((high - self.low) * _PER_UNIT))
        self._polygons: dict[bytes, Field] = {}
        self._shapes: dict[str, Field] = {}
        self.x: Field
        self.y: Field
        self.x, self.y = np.meshgrid(
            (np.arange(columns) / _PER_UNIT + self.low[0]).astype(np.float32),
            (np.arange(rows) / _PER_UNIT + self.low[1]).astype(np.float32),
        )

    def shape(self, name: str) -> Field:
        """The field of one of ``PRESETS``; not to be written."""
        if name not in self._shapes:
            self._shapes[name] = _SHAPES[name](self)
        return self._shapes[name]

    def polygon(self, corners: NDArray[np.float64]) -> Field:
        """Signed distance to a closed polygon, corners (n, 2) in face units; not to be written."""
        key = corners.tobytes()
        if key not in self._polygons:  # regions share contours: the oval is part of seven
            self._polygons[key] = self._distance(corners)
        return self._polygons[key]

    def _distance(self, corners: NDArray[np.float64]) -> Field:
        x, y = self.x[:1], self.y[:, :1]  # of all columns and rows
        nearest = np.full(self.x.shape, np.inf, np.float32)
        inside = np.zeros(self.x.shape, bool)
        along, beside = np.empty_like(nearest), np.empty_like(nearest)
        for (ax, ay), (bx, by) in zip(
            corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True
        ):
            length = math.hypot(bx - ax, by - ay)
            # The edge's own axes; a point has none, and any do.
            ex, ey = ((bx - ax) / length, (by - ay) / length) if length else (1.0, 0.0)
            np.add((x - ax) * ex, (y - ay) * ey, out=along)
            along -= np.clip(along, 0, length, out=beside)  # what is past its ends
            along *= along
            np.subtract((y - ay) * ex, (x - ax) * ey, out=beside)
            beside *= beside
            along += beside
            np.minimum(nearest, along, out=nearest)
            rows = np.flatnonzero((ay > y) != (by > y))  # those that the edge crosses
            if rows.size:
                crossed = slice(rows[0], rows[-1] + 1)
                inside[crossed] ^= x - ax < (y[crossed] - ay) * ((bx - ax) / (by - ay))
        distance = np.sqrt(nearest)
        np.negative(distance, out=distance, where=inside)
        distance.setflags(write=False)
        return distance

    def contour(self, numbers: tuple[int, ...]) -> Field:
        """Signed distance to a closed contour of the mesh."""
        return self.polygon(self.mesh[list(numbers)])

    def disc(self, ring: tuple[int, ...]) -> Field:
        """Signed distance to the circle that lies best through points of the mesh."""
        centre = self.mesh[list(ring)].mean(0)
        radius = np.linalg.norm(self.mesh[list(ring)] - centre, axis=1).mean()
        away = np.hypot(self.x - np.float32(centre[0]), self.y - np.float32(centre[1]))
        return away - np.float32(radius)

    def hull(self, *points: NDArray[np.float64]) -> Field:
        """Signed distance to the convex hull of points, each array (n, 2)."""
        corners = cv2.convexHull(np.concatenate(points).astype(np.float32))
        return self.polygon(corners[:, 0].astype(np.float64))

    def mask(self, field: Field, width: int, height: int) -> RegionMask:
        """The inside of a field as a mask of the photo, with anti-aliased edges."""
        rows, columns = np.nonzero(field < 1 / _PER_UNIT)
        if not rows.size:
            return RegionMask.empty(width, height)
        step = self.axes.T * (self.unit / _PER_UNIT)
        start = self.origin + self.axes.T @ self.low * self.unit
        ends = [[a, b] for a in (columns.min(), columns.max()) for b in (rows.min(), rows.max())]
        corners = np.array(ends) @ step.T + start
        x, y, w, h = box_around(corners, self.unit / _PER_UNIT, width, height)
        if not w or not h:
            return RegionMask.empty(width, height)
        alpha = np.empty((h, w), np.uint8)
        for top in range(0, h, _BAND):
            band = alpha[top : top + _BAND]
            distance = cv2.warpAffine(
                field,
                np.column_stack([step, start - [x, y + top]]),
                (w, len(band)),
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=(10.0,),
            )
            share = np.clip(0.5 - distance * np.float32(self.unit), 0, 1)
            band[...] = np.rint(share * 255)
        return RegionMask(width, height, x, y, _frozen(alpha))

    # The shapes below return fields; distances are in face units.

    def eye_contours(self) -> Field:
        return np.minimum(self.contour(RIGHT_EYE), self.contour(LEFT_EYE))

    def irises(self) -> Field:
        """What the lids leave of the irises."""
        irises = np.minimum(self.disc(RIGHT_IRIS), self.disc(LEFT_IRIS))
        return np.maximum(irises, self.eye_contours())

    def lips(self) -> Field:
        return self.contour(OUTER_LIPS)

    def lip_region(self) -> Field:
        """The lips with a rim, so that a soft edge falls beside them; not what shows between."""
        return np.maximum(self.lips() - 0.15, -0.08 - self.contour(INNER_LIPS))

    def oval(self) -> Field:
        """Jawline, cheeks and forehead, the forehead ending 0.85 above the brow line.

        The mesh itself ends in the middle of a high forehead.
        """
        p = self.points
        sides = self.mesh[[127, 356]]
        middle = sides.mean(0)
        top = np.array([p[[19, 24], 0].mean(), p[[19, 24], 1].mean() - 0.85])
        t = np.linspace(0, np.pi, 26)[:, None]
        arch = middle + np.cos(t) * (sides[1] - middle) + np.sin(t) * (top - middle)
        return np.minimum(self.contour(OVAL), self.polygon(arch))

    def mouth(self) -> Field:
        """Lips with room to smile and open: nose base, nasolabial folds, half the chin."""
        p = self.points
        beside = np.concatenate(
            [p[[48, 54]] + np.array([[-0.36, dy], [0.36, dy]]) for dy in (-0.08, 0.12)]
        )
        above = p[[31, 35]] + np.array([[-0.06, 0.14], [0.06, 0.14]])
        chin = (p[57] + p[8]) / 2
        below = chin + np.array([[-0.3, -0.09], [0.3, -0.09]])
        room = self.hull(p[48:60], beside, above, below) - 0.09
        return np.maximum(room, self.oval() - 0.1)  # turned heads: not past the cheek

    def smile(self) -> Field:
        """Mouth and cheeks, from the lower lids to the chin and out to the jawline."""
        p = self.points
        lid = max(p[[40, 41], 1].mean(), p[[46, 47], 1].mean())
        top = np.array([[p[36, 0] - 0.1, lid + 0.1], [p[45, 0] + 0.1, lid + 0.1]])
        return np.maximum(self.hull(p[2:15], top) - 0.05, 0.06 - self.eye_contours())

    def eyes(self) -> Field:
        return self.eye_contours() - 0.25

    def under_eyes(self) -> Field:
        """What lies between the lower lids and the cheekbones."""
        p = self.points
        parts: list[Field] = []
        for lid in (p[[36, 41, 40, 39]], p[[42, 47, 46, 45]]):
            middle = lid.mean(0)
            below = middle + (lid - middle) * np.array([0.8, 0.4]) + np.array([0, 0.24])
            parts.append(self.hull(lid + np.array([0, 0.04]), below) - 0.03)
        return np.maximum(np.minimum(parts[0], parts[1]), 0.04 - self.eye_contours())

    def brows(self) -> Field:
        """The brows, what lies between, the lids under them, and the way up that they have."""
        brows = self.mesh[[*RIGHT_BROW, *LEFT_BROW]]
        return self.hull(brows + np.array([0, -0.2]), brows + np.array([0, 0.05])) - 0.05

    def nose(self) -> Field:
        p = self.points
        wings = p[[31, 35]] + np.array([[-0.1, -0.08], [0.1, -0.08]])
        return self.hull(p[27:36], wings) - 0.08

    def skin(self) -> Field:
        brows = np.minimum(self.contour(RIGHT_BROW), self.contour(LEFT_BROW)) - 0.05
        features = np.minimum(brows, np.minimum(self.eye_contours() - 0.06, self.lips() - 0.03))
        return np.maximum(self.oval(), -features)

    def jaw(self) -> Field:
        """The face below the corners of the mouth, a band up the cheeks, and 0.3 past both.

        Where the band ends, below the eyes, the contour does not move any more: ended at the
        mouth, a wider jaw had a step there.
        """
        p, oval = self.points, self.oval()
        top = max(p[[40, 41], 1].mean(), p[[46, 47], 1].mean()) + 0.1
        whole = np.maximum(oval - 0.3, np.float32(top) - self.y)
        inside = np.minimum(np.float32(p[[48, 54], 1].mean()) - self.y, -0.35 - oval)
        return np.maximum(whole, inside)

    def beard(self) -> Field:
        """Chin, jaw and upper lip, without the lips, and 0.1 past the jawline."""
        p = self.points
        lip = self.hull(p[[31, 33, 35, 48, 54]])
        whole = np.minimum(np.maximum(self.oval() - 0.1, np.float32(p[33, 1]) - self.y), lip)
        return np.maximum(whole, 0.02 - self.lips())

    def skull(self) -> Field:
        """An ellipse around the head with its hair."""
        t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        middle = self.points[[0, 16], 0].mean()
        return self.polygon(np.column_stack([middle + 1.55 * np.cos(t), 2.0 * np.sin(t)]))

    def hair(self) -> Field:
        """A crescent around the head, down to the tip of the nose: where nobody has looked."""
        above = np.maximum(self.skull(), self.y - np.float32(self.points[30, 1]))
        return np.maximum(above, -self.oval())

    def background(self) -> Field:
        """What the aligned crop shows beside and above the head, down to the mouth."""
        sides = np.abs(self.x) - np.float32(2.0)
        above = np.maximum(self.y - np.float32(self.points[48:60, 1].mean()), -1.8 - self.y)
        return np.maximum(np.maximum(sides, above), -(self.skull() - 0.1))


_SHAPES: dict[str, Callable[[_FaceFrame], Field]] = {
    "mouth": _FaceFrame.mouth,
    "teeth": lambda face: face.contour(INNER_LIPS) - 0.02,
    "lips": _FaceFrame.lip_region,
    "smile": _FaceFrame.smile,
    "eyes": _FaceFrame.eyes,
    "irises": _FaceFrame.irises,
    "under-eyes": _FaceFrame.under_eyes,
    "brows": _FaceFrame.brows,
    "nose": _FaceFrame.nose,
    "skin": _FaceFrame.skin,
    "jaw": _FaceFrame.jaw,
    "face": lambda face: face.oval() - 0.08,
    "beard": _FaceFrame.beard,
    "glasses": lambda face: face.hull(face.points[36:48] + np.array([0, 0.08])) - 0.38,
    "hair": _FaceFrame.hair,
    "head": lambda face: np.minimum(face.skull() - 0.25, face.oval() - 0.3),
    "background": _FaceFrame.background,
}


def _frame(landmarks: Points, mesh: Points) -> _FaceFrame:
    return _kept_frame(*(np.asarray(points, np.float64).tobytes() for points in (landmarks, mesh)))


@lru_cache(maxsize=3)  # eleven megabytes when all shapes are drawn, which takes 0.15 s
def _kept_frame(landmarks: bytes, mesh: bytes) -> _FaceFrame:
    return _FaceFrame(*(np.frombuffer(points).reshape(-1, 2) for points in (landmarks, mesh)))


PRESETS: tuple[str, ...] = tuple(_SHAPES)
"""Names of the regions that ``preset`` knows, in the order to show."""


def preset(
    name: str, landmarks: Points, width: int, height: int, detail: FaceDetail | None = None
) -> RegionMask:
    """A region of a face, as large as the movement that edits of it cause, with hard edges.

    Hair alone is soft: what was seen of it in the photograph. Neither hair nor teeth are made up.
    What lies before the face (glasses, a hand, hair over a brow) is left out of what is coloured.

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
    if name not in _SHAPES:
        raise RegionError(f"There is no region “{name}”.", f"Choose one of {', '.join(PRESETS)}.")
    if name == "hair" and detail is not None:
        return hair_seen(detail, width, height)
    if name == "teeth" and detail is not None:
        if lips_are_closed(landmarks):
            raise no_teeth()
        if detail.labels is not None:
            return teeth_seen(detail, detail.labels, width, height)
    face = _frame(landmarks, mesh_through(landmarks, None if detail is None else detail.mesh))
    mask = face.mask(face.shape(name), width, height)
    if name in _COLOURED and detail is not None:
        for hidden in before_face(detail, width, height):
            mask = mask.subtracted(hidden)
    return mask


def feather_of(name: str, usual: float) -> float:
    """How far a region of that name fades inward from its edge, photo pixels.

    Hair ends as softly as it does in the photograph; faded further, its rim would stay as it was.
    """
    return 0.0 if name == "hair" else usual


def lips_are_closed(landmarks: Points) -> bool:
    """Whether nothing shows between the lips, by landmarks (68, 2)."""
    eyes = landmarks[36:42].mean(0) - landmarks[42:48].mean(0)
    gaps = landmarks[[61, 62, 63]] - landmarks[[67, 66, 65]]
    return float(np.hypot(*gaps.T).mean()) < _LIPS_APART * float(np.hypot(*eyes))


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
        mesh = mesh_through(landmarks, None if detail is None else detail.mesh)
        face = _frame(landmarks, mesh)
        self._step = face.axes.T * (face.unit / _PER_UNIT)
        self._start = face.origin + face.axes.T @ face.low * face.unit
        self._size = face.x.shape[1], face.x.shape[0]
        columns = np.arange(self._size[0], dtype=np.float64)
        rows = np.arange(self._size[1], dtype=np.float64)
        photo = np.stack(np.meshgrid(columns, rows), -1) @ self._step.T + self._start
        there = ((photo > -0.5) & (photo < np.array([width, height]) - 0.5)).all(-1)
        self._inside = {name: (face.shape(name) < 0) & there for name in _SHAPES}
        self._soft: set[str] = set()  # of which the grid has the dense part alone
        if detail is not None:
            back = np.asarray(cv2.invertAffineTransform(detail.crop.to_photo), np.float64)
            hair = self._sampled(
                detail.hair, back[:, :2] @ self._step, back[:, :2] @ self._start + back[:, 2]
            )
            self._inside["hair"] = hair & there
            self._soft.add("hair")
            for name in _COLOURED:
                self._inside[name] &= ~hair
            labels = detail.labels
            if labels is not None:
                small = FaceCrop.from_landmarks(detail.crop.landmarks, len(labels)).to_crop
                step, start = small[:, :2] @ self._step, small[:, :2] @ self._start + small[:, 2]
                teeth, before = (
                    self._sampled(beside(labels, names), step, start) for names in (TEETH, BEFORE)
                )
                self._inside["teeth"] = teeth & there
                self._soft.add("teeth")
                for name in _COLOURED:
                    self._inside[name] &= ~before

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
            whole = np.count_nonzero(inside | here)
            if name in self._soft or (whole and np.count_nonzero(inside & here) >= share * whole):
                found.append(name)
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
        for name, inside in self._inside.items():
            size, common = np.count_nonzero(inside), np.count_nonzero(inside & here)
            if size and common >= _CONTAINED * size:
                contained.append((int(size), name))
            if size and common < size / 2 and common < area / 2:
                apart.add(name)
        union = np.zeros(self._size[::-1], np.bool_)
        parts: list[str] = []
        for size, name in sorted(contained, reverse=True):
            if np.count_nonzero(self._inside[name] & ~union) > size / 10:
                parts.append(name)
                union |= self._inside[name]
        common = np.count_nonzero(union & here)
        whole = area + np.count_nonzero(union) - common
        return PresetMatch(frozenset(parts if common >= _MADE_OF * whole else ()), frozenset(apart))


@dataclass(frozen=True, slots=True)
class PresetMatch:
    """What a region is, in terms of presets.

    Attributes:
        parts: the presets that it consists of; none for one that is brushed otherwise.
        apart: those that have less than half in common with it, of either's area.
    """

    parts: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()


CLASSES: tuple[str, ...] = (
    "background", "hair", "skin", "nose", "brows", "lips", "teeth", "eyes", "irises",
)  # fmt: skip
"""What a click can mean, each a preset; later ones lie on top of earlier ones."""

_FIELDS: dict[str, Callable[[_FaceFrame], Field]] = {
    "skin": _FaceFrame.oval,
    "nose": lambda face: face.hull(face.points[27:36]),
    "brows": lambda face: np.minimum(face.contour(RIGHT_BROW), face.contour(LEFT_BROW)),
    "lips": _FaceFrame.lips,
    "teeth": lambda face: face.contour(INNER_LIPS),
    "eyes": _FaceFrame.eye_contours,
    "irises": _FaceFrame.irises,
}


class FaceClasses:
    """What a face consists of where: contours of its mesh, and the hair that was seen.

    What was seen before it (glasses, a hat, a hand) is background. Unlike presets, which leave room
    for movements, these end where the thing itself does.
    """

    def __init__(self, landmarks: Points, detail: FaceDetail | None) -> None:
        """Of a face with these landmarks (68, 2), photo pixels.

        Raises:
            ValueError: the landmarks coincide.
        """
        mesh = mesh_through(landmarks, None if detail is None else detail.mesh)
        self._face = face = _frame(landmarks, mesh)
        self._fields = {name: field(face).astype(np.float32) for name, field in _FIELDS.items()}
        self._detail = detail
        seen = None if detail is None else detail.labels
        self._before = None if seen is None else beside(seen, BEFORE)

    def labels(self, box: tuple[int, int, int, int], step: float) -> NDArray[np.uint8]:
        """Numbers in ``CLASSES`` of points that lie ``step`` photo pixels apart in a box.

        Args:
            box: x, y, width and height, photo pixels.
            step: the first point is the middle of the first so many pixels.

        Returns:
            uint8 (rows, columns), as many as steps cover the box.
        """
        x, y, w, h = box
        size = math.ceil(w / step), math.ceil(h / step)
        out = np.zeros(size[::-1], np.uint8)
        first = np.array([x, y]) + (step - 1) / 2
        if self._detail is not None and self._detail.hair.any():
            back = np.asarray(cv2.invertAffineTransform(self._detail.crop.to_photo), np.float64)
            hair = self._warped(self._detail.hair, back, first, step, size, 0)
            out[hair > 127] = CLASSES.index("hair")
        face = self._face
        turn = face.axes / face.unit * _PER_UNIT
        back = np.column_stack([turn, -turn @ face.origin - face.low * _PER_UNIT])
        hairy = out.astype(bool)
        for number, name in enumerate(CLASSES):
            if name in self._fields:
                field = self._warped(self._fields[name], back, first, step, size, 10)
                inside = field < 0
                if name in ("skin", "nose"):
                    inside &= ~hairy
                out[inside] = number
        if self._detail is not None and self._before is not None:
            side = len(self._before)
            back = FaceCrop.from_landmarks(self._detail.crop.landmarks, side).to_crop
            before = self._warped(self._before, back, first, step, size, 0) > 127
            out[before & ~hairy] = 0
        return out

    def at(self, x: float, y: float) -> str:
        """The class at a photo point."""
        return CLASSES[int(self.labels((round(x), round(y), 1, 1), 1.0)[0, 0])]

    @staticmethod
    def _warped(
        values: NDArray[Any],
        back: NDArray[np.float64],
        first: NDArray[np.float64],
        step: float,
        size: tuple[int, int],
        outside: float,
    ) -> NDArray[Any]:
        """A grid at points of the photo; ``back`` leads from there to the grid."""
        matrix = np.column_stack([back[:, :2] * step, back[:, :2] @ first + back[:, 2]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        warped = cv2.warpAffine(
            values, matrix, size, flags=flags,
            borderMode=cv2.BORDER_CONSTANT, borderValue=(outside,),
        )  # fmt: skip
        return np.asarray(warped, values.dtype)


def _frozen(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    alpha.setflags(write=False)
    return alpha
