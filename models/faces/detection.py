"""Where faces may be in a picture: dlib's detectors, at any tilt and size, cheap searches first."""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import dlib
import numpy as np

from models.checkpoints import CheckpointError
from models.faces.dlib_process import DLIB
from models.faces.mesh import frame_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

FINE_SIDE = 2560  # longest side of the picture that is searched for upright heads: from 1/32 of it
_FINEST_SIDE = 5120
_SIDE = 1280  # and for turned ones
_CNN_SIDE = 800  # the CNN detector costs about four seconds per megapixel on a core
_CNN_TURNED_SIDE = 480
_TILTS = (40, -40)  # degrees; the HOG detector finds heads tilted by about 25
_OTHER_TILTS = (80, -80, 120, -120, 160, -160)
_CNN = "mmod_human_face_detector.dat"
_LOOKED_AT = 384  # side of an aligned crop in which a face is to be seen
_MARGIN = 0.15  # of the short side, around a picture in which faces are looked for
_LEAST_SCORE = 0.6  # of the CNN detector
# The HOG detector is five: for heads seen from the front, turned to either side, and tilted to
# either side, the latter by about so many radians (measured by turning aligned photographs).
_LEANS = (0.0, 0.0, 0.0, -0.45, 0.45)
# The mesh's frame of a detection, in sides of its box: medians over 60 samples of portrait-256.
_FRAME_SIDE, _FRAME_OFFSET = 1.64, (0.02, -0.045)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where a detector sees a face.

    Attributes:
        x, y: the middle of its box, pixels.
        side: of the box, pixels.
        tilt: of the head, radians; positive is clockwise as the picture is seen.
        score: the detector's own.
        detector: ``"hog"`` or ``"cnn"``.
    """

    x: float
    y: float
    side: float
    tilt: float
    score: float
    detector: str

    def frame(self) -> Array:
        """The frame (2, 3) in which ``models.faces.mesh`` looks first."""
        right, down = (_FRAME_OFFSET[0] * self.side, _FRAME_OFFSET[1] * self.side)
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        centre = (self.x + cos * right - sin * down, self.y + sin * right + cos * down)
        return frame_at(centre, _FRAME_SIDE * self.side, self.tilt)


def strongest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best of each place, the best first."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda c: c.score, reverse=True):
        if not any(math.dist((one.x, one.y), (k.x, k.y)) < 0.4 * k.side for k in kept):
            kept.append(one)
    return kept


class FaceDetector:
    """dlib's HOG detector for frontal faces and its CNN one, loaded when first needed.

    Both were trained on data of dlib's author, free of terms. The HOG detector is part of dlib; the
    weights of the other come with ``face-recognition-models`` and are used where that is installed,
    in a process of its own (``dlib_process``).
    """

    @cached_property
    def _hog(self) -> dlib.fhog_object_detector:
        return dlib.get_frontal_face_detector()

    def searches(self, picture: Picture) -> Iterator[list[Candidate]]:
        """Candidates in pixels of an sRGB picture (H, W, 3), search by search.

        Upright and tilted heads; on large pictures a finer look; all the way round; then, where
        nothing else satisfied whoever asks, the CNN detector (profiles, covered faces) if it is
        installed.
        """
        side = max(picture.shape[:2])
        fine = resized(picture, min(side, FINE_SIDE))
        medium = resized(fine, min(2 * side, _SIDE))
        upright = resized(fine, min(2 * side, FINE_SIDE))
        longest = max(medium.shape[:2])
        found = [*self._turned(upright, side, (0,), "hog")]
        yield [*found, *self._turned(medium, side, _TILTS, "hog")]
        if side > FINE_SIDE:
            finest = resized(picture, min(side, _FINEST_SIDE))
            yield [*self._turned(finest, side, (0,), "hog")]
        yield [*self._turned(medium, side, _OTHER_TILTS, "hog")]
        if not is_installed(_CNN):
            return
        found = [*self._turned(resized(medium, min(longest, _CNN_SIDE)), side, (0,), "cnn")]
        small = resized(medium, min(longest, _CNN_TURNED_SIDE))
        yield found or [*self._turned(small, side, (90, -90, 180), "cnn")]

    def sees_face(self, crop: Picture) -> bool:
        """Whether the HOG detector sees a face in an aligned crop (s, s, 3)."""
        side = (_LOOKED_AT, _LOOKED_AT)
        large = np.asarray(cv2.resize(crop, side, interpolation=cv2.INTER_CUBIC), np.uint8)
        return len(self._hog(large, 0)) > 0

    def _hog_boxes(self, picture: Picture) -> list[tuple[dlib.rectangle, float, float]]:
        """Boxes, scores and tilts."""
        boxes, scores, kinds = self._hog.run(picture, 0, 0.0)
        return [(b, s, _LEANS[kind]) for b, s, kind in zip(boxes, scores, kinds, strict=True)]

    def _cnn_boxes(self, picture: Picture) -> list[tuple[dlib.rectangle, float, float]]:
        found = DLIB.boxes(model_file(_CNN), picture)
        return [(box, score, 0.0) for box, score in found if score > _LEAST_SCORE]

    def _turned(
        self, picture: Picture, side: int, tilts: Iterable[float], detector: str
    ) -> Iterator[Candidate]:
        """What a detector finds in turned copies, in pixels of the photo whose long side is told.

        The border goes on past the edges for the HOG detector, so that a face may fill the photo.
        """
        height, width = picture.shape[:2]
        scale = side / max(height, width)
        is_cnn = detector == "cnn"
        look, margin = (self._cnn_boxes, 0.0) if is_cnn else (self._hog_boxes, _MARGIN)
        for degrees in tilts:
            turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
            reach = np.abs(turn[:, :2]) @ [width, height] + 2 * margin * min(width, height)
            size = (round(reach[0]), round(reach[1]))
            turn[:, 2] += (np.array(size) - [width, height]) / 2
            copy = cv2.warpAffine(picture, turn, size, borderMode=cv2.BORDER_REPLICATE)
            back = cv2.invertAffineTransform(turn)
            for box, score, lean in look(np.asarray(copy, np.uint8)):
                middle = back[:, :2] @ [box.center().x, box.center().y] + back[:, 2]
                x, y = (middle + 0.5) * scale - 0.5
                tilt = math.radians(degrees) + lean
                yield Candidate(x, y, box.width() * scale, tilt, score, detector)


@cache
def _package_file(name: str) -> Path | None:
    """A file of ``face-recognition-models``, whose ``__init__`` imports pkg_resources."""
    spec = importlib.util.find_spec("face_recognition_models")
    path = Path(spec.origin).parent / "models" / name if spec and spec.origin else None
    return path if path is not None and path.is_file() else None


def is_installed(name: str) -> bool:
    """Whether the package ``face-recognition-models`` is there with this file."""
    return _package_file(name) is not None


def model_file(name: str) -> str:
    """Where the package ``face-recognition-models`` keeps a file.

    Raises:
        CheckpointError: the package is not installed.
    """
    path = _package_file(name)
    if path is None:
        raise CheckpointError(
            f"The face model {name} is not installed.",
            "Install it: pip install face-recognition-models",
        )
    return str(path)


def resized(picture: Picture, side: int) -> Picture:
    """With its long side at ``side``."""
    height, width = picture.shape[:2]
    factor = side / max(height, width)
    if factor == 1:
        return np.ascontiguousarray(picture)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)
