"""What a face consists of where: contours of its mesh, and what was seen in the photograph."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from editor.document.face import FaceCrop
from editor.document.face_frame import PER_UNIT, FaceFrame, frame_of
from editor.document.face_mesh import INNER_LIPS, LEFT_BROW, RIGHT_BROW, mesh_through
from editor.document.gone_along import gone_along
from editor.document.seen_parts import BEFORE, beside, only

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail

    Points = NDArray[np.float64]
    Field = NDArray[np.floating]  # signed distances on a grid, negative inside
    Box = tuple[int, int, int, int]

CLASSES: tuple[str, ...] = (
    "background", "hair", "skin", "nose", "brows", "lips", "teeth", "eyes", "irises",
    "neck", "ears", "beard", "clothes", "hat", "glasses",
)  # fmt: skip
"""What a click can mean. Those up to *irises* are known of every face, and are presets; the others
where a parser looked."""

_FIELDS: dict[str, Callable[[FaceFrame], Field]] = {
    "skin": FaceFrame.oval,
    "nose": lambda face: face.hull(face.points[27:36]),
    "brows": lambda face: np.minimum(face.contour(RIGHT_BROW), face.contour(LEFT_BROW)),
    "lips": FaceFrame.lips,
    "teeth": lambda face: face.contour(INNER_LIPS),
    "eyes": FaceFrame.eye_contours,
    "irises": FaceFrame.irises,
}
_UNDER_BEARD = ("background", "skin", "neck", "ears")  # what a beard may be seen instead of
_BESIDE = ("skin", "neck", "ears")  # seen where the mesh has nothing: bald heads are skin


class FaceClasses:
    """What a face consists of where.

    Of the mesh: skin, nose, brows, lips, the opening of the mouth, eyes and irises. As it was seen:
    hair, beard, ears, neck, and what is before the face: glasses, a hat, clothes; a hand is
    background. Unlike presets, which leave room for movements, these end where the thing itself
    does.
    """

    def __init__(self, landmarks: Points, detail: FaceDetail | None) -> None:
        """Of a face with these landmarks (68, 2), photo pixels.

        Raises:
            ValueError: the landmarks coincide.
        """
        mesh = mesh_through(landmarks, None if detail is None else detail.mesh)
        self._face = face = frame_of(landmarks, mesh)
        self._fields = {name: field(face).astype(np.float32) for name, field in _FIELDS.items()}
        self._detail = detail = None if detail is None else gone_along(detail, landmarks)
        self._seen: dict[str, NDArray[np.uint8]] = {}
        if detail is not None and detail.labels is not None:
            for name in (*_BESIDE, "beard"):
                self._seen[name] = only(detail.labels, (name,))
            for name in BEFORE:
                self._seen[name] = beside(detail.labels, (name,))
            self._seen = {name: seen for name, seen in self._seen.items() if seen.any()}

    @property
    def unit(self) -> float:
        """The distance of the eyes, photo pixels."""
        return self._face.unit

    def bounds(self, width: int, height: int) -> Box:
        """The box (x, y, w, h) in a photo of that size beyond which all is background."""
        face, detail = self._face, self._detail
        end = face.low + np.array([face.x.shape[1], face.x.shape[0]]) / PER_UNIT
        corners = np.array([[x, y] for x in (face.low[0], end[0]) for y in (face.low[1], end[1])])
        placed = corners @ face.axes * face.unit + face.origin
        if detail is not None:
            placed = np.concatenate([placed, detail.crop.quad])
        low = np.floor(placed.min(0)).astype(int).clip(0, [width, height])
        high = (np.ceil(placed.max(0)).astype(int) + 1).clip(0, [width, height])
        return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])

    def labels(self, box: Box, step: float) -> NDArray[np.uint8]:
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
        turn = face.axes / face.unit * PER_UNIT
        back = np.column_stack([turn, -turn @ face.origin - face.low * PER_UNIT])
        hairy = out.astype(bool)
        for number, name in enumerate(CLASSES):
            if name in self._fields:
                field = self._warped(self._fields[name], back, first, step, size, 10)
                inside = field < 0
                if name in ("skin", "nose"):
                    inside &= ~hairy
                out[inside] = number
        self._add_seen(out, first, step, hairy)
        return out

    def _add_seen(
        self,
        out: NDArray[np.uint8],
        first: NDArray[np.float64],
        step: float,
        hairy: NDArray[np.bool_],
    ) -> None:
        """Write what the parser saw over what the mesh says, in place."""
        if self._detail is None or self._detail.labels is None:
            return
        side = len(self._detail.labels)
        back = FaceCrop.from_landmarks(self._detail.crop.landmarks, side).to_crop
        size = out.shape[1], out.shape[0]
        nothing = out == 0
        for name in (*_BESIDE, "beard", *reversed(BEFORE)):  # glasses lie on top
            if name not in self._seen:
                continue
            there = self._warped(self._seen[name], back, first, step, size, 0) > 127
            if name in _BESIDE:
                there &= nothing
            elif name == "beard":
                there &= np.isin(out, [CLASSES.index(under) for under in _UNDER_BEARD])
            else:
                there &= ~hairy
            out[there] = CLASSES.index(name)

    def matte(self, name: str, box: Box, step: float) -> NDArray[np.uint8] | None:
        """How much of each such point is of a class, where a matte of that was made: of hair.

        Args:
            name: one of ``CLASSES``.
            box: as for ``labels``.
            step: likewise.
        """
        detail = self._detail
        if detail is None:
            return None
        matte = {"hair": detail.hair, "beard": detail.beard}.get(name)
        if matte is None:
            return None
        x, y, w, h = box
        back = np.asarray(cv2.invertAffineTransform(detail.crop.to_photo), np.float64)
        first = np.array([x, y]) + (step - 1) / 2
        size = math.ceil(w / step), math.ceil(h / step)
        return self._warped(matte, back, first, step, size, 0)

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
