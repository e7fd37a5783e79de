"""FFHQ alignment of a face, its exact inverse, and sampling between photo and crop.

Coordinates put the *centre* of pixel (column i, row j) at (i, j), as OpenCV does. The alignment is
the ffhq-dataset recipe for 68 iBUG landmarks: a rotated square, so photo ↔ crop is a similarity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """One face found in a photo.

    Attributes:
        box: x, y, width, height in photo pixels; upright, however the head is tilted.
        landmarks: float64 (68, 2), iBUG order, photo pixels, read-only.
        confidence: how likely the landmarks lie right, 0…1 (docs/measurements.md); below 0.5 they
            should be looked at.
        detector: ``"hog"``, ``"cnn"`` or ``"mesh"``; ``"hand"`` for landmarks that the user placed,
            ``"square"`` where no face is meant but a square of the photo, ``"project"`` for those a
            project file remembers.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float64]
    confidence: float
    detector: str

    @classmethod
    def at(cls, landmarks: NDArray[np.float64], detector: str) -> DetectedFace:
        """A face at landmarks that a person, or a project, vouches for."""
        points = np.array(landmarks, np.float64)
        points.setflags(write=False)
        (x, y), (width, height) = points.min(0).tolist(), np.ptp(points, axis=0).tolist()
        return cls((x, y, width, height), points, 1.0, detector)

    @property
    def is_doubtful(self) -> bool:
        """Whether the landmarks should be looked at before the face is edited."""
        return self.confidence < 0.5

    @property
    def default_feather(self) -> float:
        """Radius in photo pixels of a soft edge that hides and still lets one aim."""
        return max(2.0, round(0.04 * float(np.ptp(self.landmarks, axis=0).max())))


@dataclass(frozen=True, slots=True, eq=False)
class FaceCrop:
    """Where a face lies in its photo: the similarity between photo and aligned crop.

    Attributes:
        landmarks: float64 (68, 2) in photo pixels, read-only.
        to_photo: float64 (2, 3), maps crop pixels to photo pixels, read-only.
        size: side of the crop in pixels (the generator's resolution).
    """

    landmarks: NDArray[np.float64]
    to_photo: NDArray[np.float64]
    size: int

    def __post_init__(self) -> None:
        for name in ("landmarks", "to_photo"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.landmarks.shape != (68, 2) or self.to_photo.shape != (2, 3):
            raise ValueError("a face crop needs 68 landmarks and a 2 × 3 transform")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FaceCrop)
            and self.size == other.size
            and np.array_equal(self.landmarks, other.landmarks)
            and np.array_equal(self.to_photo, other.to_photo)
        )

    def __hash__(self) -> int:
        return hash((self.to_photo.tobytes(), self.size))

    @classmethod
    def from_landmarks(cls, landmarks: NDArray[np.float64], size: int) -> FaceCrop:
        """Align as ffhq-dataset does (``rotate_level``), landmarks (68, 2) in photo pixels.

        Raises:
            ValueError: the landmarks coincide, so there is no face to align.
        """
        left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
        eyes, between = (left + right) / 2, right - left
        to_mouth = (landmarks[48] + landmarks[54]) / 2 - eyes
        x = np.array([between[0] + to_mouth[1], between[1] - to_mouth[0]])
        length = math.hypot(*x)
        if not length > 1e-6:
            raise ValueError("landmarks coincide")
        x *= max(math.hypot(*between) * 2.0, math.hypot(*to_mouth) * 1.8) / length
        y = np.array([-x[1], x[0]])
        upper_left = eyes + 0.1 * to_mouth - x - y
        right_step, down_step = 2 * x / size, 2 * y / size
        # crop pixel i spans [i, i + 1] of the quad; its centre is at i + 1/2
        origin = upper_left + 0.5 * (right_step + down_step)
        return cls(landmarks, np.column_stack([right_step, down_step, origin]), size)

    def widened(self, edge: int) -> FaceCrop:
        """A larger square around this one: so many pixels of the same size more on each side."""
        to_photo = self.to_photo.copy()
        to_photo[:, 2] -= edge * to_photo[:, :2].sum(1)
        return FaceCrop(self.landmarks, to_photo, self.size + 2 * edge)

    def moved(self, by: NDArray[np.float64]) -> FaceCrop:
        """The same square elsewhere: x, y, photo pixels."""
        to_photo = self.to_photo.copy()
        to_photo[:, 2] += by
        return FaceCrop(self.landmarks + by, to_photo, self.size)

    def resized(self, size: int) -> FaceCrop:
        """The same square in pixels of another size."""
        step = self.to_photo[:, :2] * (self.size / size)
        origin = self.to_photo[:, 2] + (step - self.to_photo[:, :2]).sum(1) / 2
        return FaceCrop(self.landmarks, np.column_stack([step, origin]), size)

    @property
    def scale(self) -> float:
        """Photo pixels per crop pixel."""
        return math.hypot(self.to_photo[0, 0], self.to_photo[1, 0])

    @property
    def to_crop(self) -> NDArray[np.float64]:
        """(2, 3), maps photo pixels to crop pixels: the exact inverse of ``to_photo``."""
        return np.asarray(cv2.invertAffineTransform(self.to_photo), np.float64)

    @property
    def quad(self) -> NDArray[np.float64]:
        """(4, 2): outer corners of the crop in photo pixels, from upper left, clockwise."""
        edge = self.size - 0.5
        corners = np.array([[-0.5, -0.5], [edge, -0.5], [edge, edge], [-0.5, edge]])
        return corners @ self.to_photo[:, :2].T + self.to_photo[:, 2]

    def landmarks_in_crop(self) -> NDArray[np.float64]:
        """The landmarks in crop pixels, (68, 2)."""
        matrix = self.to_crop
        return self.landmarks @ matrix[:, :2].T + matrix[:, 2]

    def bounds(self, width: int, height: int, margin: float = 0.0) -> tuple[int, int, int, int]:
        """x, y, width, height of the crop's box in a photo of that size; ``margin`` in crop sizes.

        The box may be empty (width or height 0) when the crop lies outside.
        """
        extra = margin * self.scale * self.size
        low = np.floor(self.quad.min(0) - extra).astype(int).clip(0, [width, height])
        high = (np.ceil(self.quad.max(0) + extra).astype(int) + 1).clip(0, [width, height])
        return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])

    def sample(
        self, near: NDArray[np.uint8], origin: tuple[int, int] = (0, 0), *, mirrored: bool = True
    ) -> NDArray[np.uint8]:
        """The aligned crop: uint8 (size, size, c).

        Filtered before it is shrunk, so that fine texture does not alias.

        Args:
            near: uint8 (h, w, c), the photo or the part of it around ``bounds``.
            origin: x, y of that part in the photo.
            mirrored: past the photo's edge its mirror image is seen; else what is there goes on.
        """
        h, w = near.shape[:2]
        matrix = self.to_photo - np.array([[0, 0, origin[0]], [0, 0, origin[1]]])
        shrink = max(1, math.floor(self.scale))
        if shrink > 1:
            small = (max(1, round(w / shrink)), max(1, round(h / shrink)))
            near = np.asarray(cv2.resize(near, small, interpolation=cv2.INTER_AREA), np.uint8)
            fx, fy = small[0] / w, small[1] / h
            matrix = np.diag([fx, fy]) @ matrix
            matrix[:, 2] += [0.5 * fx - 0.5, 0.5 * fy - 0.5]
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REFLECT_101 if mirrored else cv2.BORDER_REPLICATE
        size = self.size, self.size
        out = cv2.warpAffine(near, matrix, size, flags=flags, borderMode=border)
        return np.asarray(out, np.uint8)

    def coverage(self, width: int, height: int) -> NDArray[np.float32]:
        """How much of each crop pixel the photo covers: float32 (size, size), 1 to 0."""
        columns, rows = np.meshgrid(np.arange(self.size), np.arange(self.size))
        at = np.stack([columns, rows], -1) @ self.to_photo[:, :2].T + self.to_photo[:, 2]
        inside = np.minimum(at + 0.5, np.array([width, height]) - 0.5 - at).min(-1) / self.scale
        return np.clip(inside + 0.5, 0, 1).astype(np.float32)

    def face_weight(self) -> NDArray[np.float32]:
        """How much each crop pixel counts in inversion: the face and its hairline most.

        Returns:
            float32 (size, size), 0.35 to 1.
        """
        mask = np.zeros((self.size, self.size), np.float32)
        hull = cv2.convexHull(np.round(self.landmarks_in_crop()).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, 1.0)
        reach = self.size // 6
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        mask = cv2.GaussianBlur(cv2.dilate(mask, kernel), (0, 0), self.size / 25)
        return np.asarray(0.35 + 0.65 * mask, np.float32)

    def mask_in_crop(self, alpha: NDArray[np.uint8], x: int, y: int) -> NDArray[np.float32]:
        """A mask patch (h, w) at (x, y) of the photo as seen by the crop: float32 in [0, 1]."""
        edge = math.ceil(2 * self.scale) + 1  # patches are cut tight; the blur needs room past them
        soft = np.pad(alpha, edge).astype(np.float32) / np.float32(255)
        matrix = self.to_photo - np.array([[0, 0, x - edge], [0, 0, y - edge]])
        if self.scale > 1:
            cv2.GaussianBlur(soft, (0, 0), 0.4 * self.scale, soft, borderType=cv2.BORDER_CONSTANT)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out = cv2.warpAffine(
            soft, matrix, (self.size, self.size), flags=flags, borderMode=cv2.BORDER_CONSTANT
        )
        return np.asarray(out, np.float32)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class FaceDetail:
    """What was seen of one face in the photograph, beyond its landmarks.

    Attributes:
        mesh: float64 (478, 2), FaceMesh V2, photo pixels, read-only.
        crop: where the hair was looked for.
        hair: uint8, of the crop's size: 255 is this head's hair; all 0 without any; read-only.
        labels: uint8 (n, n), the likeliest of ``resources.face_classes.CLASSES`` in the same
            square, which may have fewer pixels; read-only. None: nobody looked.
        beard: as ``hair``, of the beard and moustache; None where none was seen, or nobody looked.
    """

    mesh: NDArray[np.float64]
    crop: FaceCrop
    hair: NDArray[np.uint8]
    labels: NDArray[np.uint8] | None = None
    beard: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if self.mesh.shape != (478, 2) or self.hair.shape != (self.crop.size,) * 2:
            raise ValueError("a face's detail needs 478 points and hair of the crop's size")
        if self.beard is not None and self.beard.shape != self.hair.shape:
            raise ValueError("a beard has the size that the hair has")
        for array in (self.mesh, self.hair, self.labels, self.beard):
            if array is not None:
                array.setflags(write=False)
