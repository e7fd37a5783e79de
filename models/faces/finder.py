"""Faces of a photograph: found at any tilt, their meshes, and how far those are to be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.faces.detection import FINE_SIDE, FaceDetector, resized, strongest
from models.faces.mesh import frame_at
from models.faces.mesh_shape import reprojection_error
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.faces.detection import Candidate
    from models.faces.mesh import FaceMesh, FoundMesh

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

DOUBTFUL = 0.5
"""Confidence below which the points are probably off."""

_SMALL = 0.08  # faces below that share of the picture: there may be others, smaller still
_HOPELESS = 0.1  # confidence below which a face is none, where there are others
_PASSES = 4  # one for the detector's box, one for its tilt, two to settle
# Where no detector sees a face that can be relied on, the mesh's network looks by itself, at
# upright squares of these parts of the short side, so many sides apart, and follows the likeliest.
_PARTS, _APART, _FOLLOWED = (1.3, 0.95, 0.7, 0.5, 0.36), 0.28, 6
_SCANNED_SIDE = 640  # longest side of the picture for that
# Of 28 pictures without a face (scikit-image's and scikit-learn's) the surest find had 0.05, of 15
# portraits with their eyes covered the least sure one 0.47.
_LEAST_SCANNED = 0.25
_BRIDGE = (168, 6, 197, 195, 5, 4)


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """A face in a picture.

    Attributes:
        points: (478, 3), the mesh, pixels; z in the same unit, less is nearer.
        score, drift, asymmetry: see ``models.faces.mesh.FoundMesh``.
        detector: ``"hog"``, ``"cnn"``, or ``"mesh"`` where the mesh's network saw it first.
    """

    points: Array
    score: float
    drift: float
    asymmetry: float
    detector: str

    @classmethod
    def of(cls, mesh: FoundMesh, detector: str) -> FoundFace:
        """The face of a mesh."""
        return cls(mesh.points, mesh.score, mesh.drift, mesh.asymmetry, detector)

    @property
    def landmarks(self) -> Array:
        """(68, 2), iBUG order, pixels."""
        return ibug_landmarks(self.points)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width, height about the mesh, upright, pixels."""
        low, high = self.points[:, :2].min(0), self.points[:, :2].max(0)
        (x, y), (width, height) = low.tolist(), (high - low).tolist()
        return x, y, width, height

    @property
    def size(self) -> float:
        """The longer side of the box, pixels."""
        return max(self.box[2:])

    @property
    def confidence(self) -> float:
        """How likely the points are right, 0…1; 0.5 divides right ones from wrong ones."""
        against = (
            42 * min(self.asymmetry, 0.15)
            + 12 * min(self.drift, 0.15)
            + 30 * max(0.0, reprojection_error(self.points) - 0.08)
        )
        # The logistic function, which never overflows so: a mesh whose eyes fall together is
        # thousands of eye distances away from any face's.
        return (1 - math.tanh((against - 8 * (self.score - 0.5)) / 2)) / 2

    def holds(self, candidate: Candidate) -> bool:
        """Whether a candidate lies on it."""
        return math.dist((candidate.x, candidate.y), self._middle) < 0.35 * self.size

    def is_at(self, other: FoundFace) -> bool:
        """Whether both are about one face."""
        return math.dist(self._middle, other._middle) < 0.3 * max(self.size, other.size)

    @property
    def _middle(self) -> tuple[float, float]:
        x, y = self.points[_BRIDGE, :2].mean(0).tolist()
        return x, y


class FaceFinder:
    """Finds faces and their meshes."""

    def __init__(self, mesh: FaceMesh, detector: FaceDetector | None = None) -> None:
        self._mesh, self._detector = mesh, detector or FaceDetector()

    def detect(self, picture: Picture) -> list[FoundFace]:
        """Faces of an sRGB picture (H, W, 3), largest first; empty when there is none.

        The detector's next search is made only while no face is found that can be relied on; after
        the last one the mesh's network looks by itself (covered eyes, hands, masks).
        """
        side = max(picture.shape[:2])
        if min(picture.shape[:2]) < 16:
            return []
        found: list[FoundFace] = []
        sure: list[FoundFace] = []
        for number, search in enumerate(self._detector.searches(picture)):
            unknown = [
                candidate
                for candidate in strongest(search)
                if not any(face.holds(candidate) and face.confidence >= DOUBTFUL for face in found)
            ]
            for face in self._faces(picture, unknown):
                _add(found, face)
            sure = [face for face in found if face.confidence >= DOUBTFUL]
            large = any(face.size > _SMALL * side for face in sure)
            if sure and (large or side <= FINE_SIDE or number):
                break
        if not sure:
            for face in self._scanned(picture):
                _add(found, face)
            sure = [face for face in found if face.confidence >= DOUBTFUL]
        least = _HOPELESS if sure else 0.0
        found = [face for face in found if face.confidence >= least]
        return sorted(found, key=lambda face: face.size, reverse=True)

    def _faces(self, picture: Picture, candidates: Sequence[Candidate]) -> list[FoundFace]:
        """The face of each candidate, or of the same place upside down if that is surer.

        A beard under a bald head looks enough like hair for a mesh that stands on its head.
        """
        ways = [
            (replace(candidate, tilt=candidate.tilt + turn), candidate.detector)
            for candidate in candidates
            for turn in (0.0, math.pi)
        ]
        frames = [candidate.frame() for candidate, _ in ways]
        meshes = self._mesh.found([picture] * len(frames), frames, _PASSES)
        faces = [FoundFace.of(mesh, name) for mesh, (_, name) in zip(meshes, ways, strict=True)]
        pairs = zip(faces[::2], faces[1::2], strict=True)
        return [max(pair, key=lambda face: face.confidence) for pair in pairs]

    def _scanned(self, picture: Picture) -> list[FoundFace]:
        """What the mesh's network sees in squares all over the picture, upright heads only."""
        small = resized(picture, min(_SCANNED_SIDE, max(picture.shape[:2])))
        frames = _squares(*small.shape[:2])
        likeliest: list[int] = np.argsort(-self._mesh.scores(small, frames)).tolist()
        chosen = [frames[k] for k in likeliest[:_FOLLOWED]]
        meshes = self._mesh.found([small] * len(chosen), chosen, _PASSES)
        times = max(picture.shape[:2]) / max(small.shape[:2])
        faces: list[FoundFace] = []
        for mesh in meshes:
            places = mesh.points * times
            places[:, :2] += 0.5 * times - 0.5
            face = FoundFace.of(replace(mesh, points=places), "mesh")
            if face.confidence >= _LEAST_SCANNED:
                _add(faces, face)
        return faces


def _squares(height: int, width: int) -> list[Array]:
    """Upright frames all over a picture, of several sizes, their middles well within it."""
    frames: list[Array] = []
    for part in _PARTS:
        side = part * min(height, width)
        step = _APART * side
        frames += [
            frame_at((float(x), float(y)), side)
            for y in np.arange(height / 2 % step, height, step)
            for x in np.arange(width / 2 % step, width, step)
            if min(x, width - x) > side / 4 and min(y, height - y) > side / 5
        ]
    return frames


def _add(found: list[FoundFace], face: FoundFace) -> None:
    """Keep the surer one of two faces in the same place."""
    for number, other in enumerate(found):
        if face.is_at(other):
            if face.confidence > other.confidence:
                found[number] = face
            return
    found.append(face)
