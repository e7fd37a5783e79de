"""A face in its own axes, and the shapes that its contours have there."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

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
)
from editor.document.region import RegionMask
from editor.document.stroke import box_around

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Field = NDArray[np.floating]  # signed distances on a grid, negative inside
    Seen = tuple[NDArray[np.uint8], NDArray[np.float64]]

PER_UNIT = 48
"""Grid steps per face unit; fields are straight between them."""

_REACH = 1.0  # face units beyond the mesh: farther away skin is not this face's
_OPENED = 0.05  # likewise: skin that is narrower lies between locks
# Likewise: so deep beyond the mesh's outline a far cheek is more than its wavering. Of 58 faces
# that are turned less 56 have 0.12 at most on either side, four that are turned farther 0.2 to 0.4.
_DEEP = 0.12
_CLOSED = 0.3  # likewise: a beard or hair before it is no notch in it
_TURNED = 0.25  # of a face's width that a nose's tip lies beside its middle, or more
_BAND = 256  # rows worked on at once, so that large masks need few copies of themselves


class FaceFrame:
    """A face in its own axes: origin between the eyes, x along them, y down, 1 = eye distance.

    Shapes are signed distance fields on a coarse grid, so that growing, uniting and cutting are
    arithmetic, and edges stay sharp when the field is enlarged to the photo.
    """

    def __init__(self, landmarks: Points, mesh: Points, skin: Seen | None = None) -> None:
        """See ``frame_of``."""
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
        columns, rows = (int(n) for n in np.ceil((high - self.low) * PER_UNIT))
        self._skin = skin
        self._polygons: dict[bytes, Field] = {}
        self._shapes: dict[str, Field] = {}
        self.x: Field
        self.y: Field
        self.x, self.y = np.meshgrid(
            (np.arange(columns) / PER_UNIT + self.low[0]).astype(np.float32),
            (np.arange(rows) / PER_UNIT + self.low[1]).astype(np.float32),
        )

    def shape(self, name: str) -> Field:
        """The field of one of ``PRESETS``; not to be written."""
        return self._once(f"shape {name}", lambda: SHAPES[name](self))

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
        rows, columns = np.nonzero(field < 1 / PER_UNIT)
        if not rows.size:
            return RegionMask.empty(width, height)
        step = self.axes.T * (self.unit / PER_UNIT)
        start = self.origin + self.axes.T @ self.low * self.unit
        ends = [[a, b] for a in (columns.min(), columns.max()) for b in (rows.min(), rows.max())]
        corners = np.array(ends) @ step.T + start
        x, y, w, h = box_around(corners, self.unit / PER_UNIT, width, height)
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
        alpha.setflags(write=False)
        return RegionMask(width, height, x, y, alpha)

    # The shapes below return fields; distances are in face units.

    def eye_contours(self) -> Field:
        """What the lids enclose."""
        return np.minimum(self.contour(RIGHT_EYE), self.contour(LEFT_EYE))

    def irises(self) -> Field:
        """What the lids leave of the irises."""
        irises = np.minimum(self.disc(RIGHT_IRIS), self.disc(LEFT_IRIS))
        return np.maximum(irises, self.eye_contours())

    def lips(self) -> Field:
        """The lips with what shows between them."""
        return self.contour(OUTER_LIPS)

    def lip_region(self) -> Field:
        """The lips, with half of a soft edge beside them; not what shows between."""
        return np.maximum(self.lips() - 0.03, -0.04 - self.contour(INNER_LIPS))

    def oval(self) -> Field:
        """Jawline, cheeks and forehead, the forehead ending 0.85 above the brow line.

        The mesh itself ends in the middle of a high forehead; of a head that is turned far it ends
        within the far cheek, which counts where skin was seen there.
        """
        return self._once("oval", lambda: np.minimum(self._of_mesh(), self._cheeks()))

    def face(self) -> Field:
        """The oval with all skin of the face that was seen: up to the hairline, a bald head."""
        return self._once("seen", lambda: np.minimum(self.oval(), self._seen()))

    def _once(self, name: str, draw: Callable[[], Field]) -> Field:
        if name not in self._shapes:
            self._shapes[name] = draw()
            self._shapes[name].setflags(write=False)
        return self._shapes[name]

    def _seen(self) -> Field:
        """The skin that was seen, where it goes on from the mesh; nothing where nobody looked."""
        return self._once("skin seen", self._look)

    def _look(self) -> Field:
        nothing = np.full(self.x.shape, np.float32(10))
        if self._skin is None:
            return nothing
        alpha, to_seen = self._skin
        step = to_seen[:, :2] @ self.axes.T * (self.unit / PER_UNIT)
        start = self.origin + self.axes.T @ self.low * self.unit
        matrix = np.column_stack([step, to_seen[:, :2] @ start + to_seen[:, 2]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        there = cv2.warpAffine(alpha, matrix, self.x.shape[::-1], flags=flags) > 127
        oval = self._of_mesh()
        there |= oval < 0
        opened = cv2.morphologyEx(np.asarray(there, np.uint8), cv2.MORPH_OPEN, _disc(_OPENED))
        opened[oval > _REACH] = 0
        _, parts = cv2.connectedComponents(opened)
        return _signed(np.isin(parts, np.unique(parts[(oval < 0) & (opened > 0)])))

    def _cheeks(self) -> Field:
        return self._once("cheeks", self._look_for_cheeks)

    def _look_for_cheeks(self) -> Field:
        """What was seen of a far cheek and jaw beyond the mesh; nothing where a face looks here."""
        p, oval, seen = self.points, self._of_mesh(), self._seen()
        aside = p[30, 0] - p[[0, 16], 0].mean()
        far = (self.x - np.float32(p[27:31, 0].mean())) * np.float32(np.sign(aside)) > 0
        far &= abs(aside) > _TURNED * np.ptp(p[[0, 16], 0])
        beside = np.asarray(far & (seen < 0) & (oval >= 0) & (self.y > p[17:27, 1].max()), np.uint8)
        _, parts = cv2.connectedComponents(beside)
        deep = np.unique(parts[(beside > 0) & (oval > _DEEP)])
        if not deep.size:
            return np.full(self.x.shape, np.float32(10))
        whole = np.asarray(np.isin(parts, deep) | (oval < 0), np.uint8)
        return _signed(cv2.morphologyEx(whole, cv2.MORPH_CLOSE, _disc(_CLOSED)) > 0)

    def _of_mesh(self) -> Field:
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
        cheeks = np.maximum(self._cheeks(), np.float32(lid + 0.1) - self.y)
        whole = np.minimum(self.hull(p[2:15], top), cheeks) - 0.05
        return np.maximum(whole, 0.06 - self.eye_contours())

    def eyes(self) -> Field:
        """The eyes with their lids and what lies around."""
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
        """The nose with its wings, and room to grow wider and longer, without eyes and lips."""
        beside = np.minimum(self.lips() - 0.01, self.eye_contours())
        return np.maximum(self.nose_itself() - 0.2, -beside)

    def nose_itself(self) -> Field:
        """The nose with its wings: the region up to version 0.4."""
        p = self.points
        wings = p[[31, 35]] + np.array([[-0.1, -0.08], [0.1, -0.08]])
        return self.hull(p[27:36], wings) - 0.08

    def skin(self) -> Field:
        """The face without brows, eyes and lips."""
        brows = np.minimum(self.contour(RIGHT_BROW), self.contour(LEFT_BROW)) - 0.05
        features = np.minimum(brows, np.minimum(self.eye_contours() - 0.06, self.lips() - 0.03))
        return np.maximum(self.face(), -features)

    def complexion(self) -> Field:
        """The face with brows and lips, but not what lies between lids and between lips."""
        openings = np.minimum(self.eye_contours() - 0.02, self.contour(INNER_LIPS) - 0.02)
        return np.maximum(self.face(), -openings)

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


SHAPES: dict[str, Callable[[FaceFrame], Field]] = {
    "mouth": FaceFrame.mouth,
    "teeth": lambda face: face.contour(INNER_LIPS) - 0.02,
    "lips": FaceFrame.lip_region,
    "smile": FaceFrame.smile,
    "eyes": FaceFrame.eyes,
    "irises": FaceFrame.irises,
    "under-eyes": FaceFrame.under_eyes,
    "brows": FaceFrame.brows,
    "nose": FaceFrame.nose,
    "skin": FaceFrame.skin,
    "complexion": FaceFrame.complexion,
    "jaw": FaceFrame.jaw,
    "face": lambda face: face.oval() - 0.08,
    "beard": FaceFrame.beard,
    "glasses": lambda face: face.hull(face.points[36:48] + np.array([0, 0.08])) - 0.38,
    "hair": FaceFrame.hair,
    "head": lambda face: np.minimum(face.skull() - 0.25, face.oval() - 0.3),
    "background": FaceFrame.background,
}


def _disc(across: float) -> NDArray[np.uint8]:
    """A disc of so many face units for OpenCV."""
    size = 2 * round(across / 2 * PER_UNIT) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _signed(inside: NDArray[np.bool_]) -> Field:
    """Signed distance to what is inside, without the steps of the grid."""
    there = inside.astype(np.uint8)
    beyond = cv2.distanceTransform(1 - there, cv2.DIST_L2, 5)
    signed = beyond - cv2.distanceTransform(there, cv2.DIST_L2, 5) + 0.5 - (beyond > 0)
    return np.asarray(cv2.GaussianBlur(signed, (0, 0), 1), np.float32) / np.float32(PER_UNIT)


def frame_of(landmarks: Points, mesh: Points, skin: Seen | None = None) -> FaceFrame:
    """A face in its own axes; kept for the last few.

    Args:
        landmarks: (68, 2), photo pixels.
        mesh: (478, 2), the mesh through them.
        skin: uint8 (n, n), 255 where the face's skin was seen, and (2, 3), what maps photo pixels
            to it; None where nobody looked.

    Raises:
        ValueError: the landmarks coincide.
    """
    points = (np.asarray(points, np.float64).tobytes() for points in (landmarks, mesh))
    return _kept(*points, *(() if skin is None else (skin[0].tobytes(), skin[1].tobytes())))


@lru_cache(maxsize=3)  # twelve megabytes when all shapes are drawn, which takes 0.15 s
def _kept(landmarks: bytes, mesh: bytes, skin: bytes = b"", to_seen: bytes = b"") -> FaceFrame:
    places, all_of_mesh = (np.frombuffer(p).reshape(-1, 2) for p in (landmarks, mesh))
    if not skin:
        return FaceFrame(places, all_of_mesh)
    side = math.isqrt(len(skin))
    seen = np.frombuffer(skin, np.uint8).reshape(side, side), np.frombuffer(to_seen).reshape(2, 3)
    return FaceFrame(places, all_of_mesh, seen)
