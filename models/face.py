"""Faces by dlib: detection, 68 landmarks, identity descriptors.

The weights come with the package ``face-recognition-models``. Its 68-point model was trained on
iBUG 300-W, whose terms exclude commercial use: the model card says so. The package's own
``__init__`` imports pkg_resources, so only its folder is looked up.
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import dlib
import numpy as np

from models.checkpoints import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DETECTION_SIDE = 1280  # longest side that the HOG detectors see
_CNN_SIDE = 800  # the CNN detector costs about a second per megapixel on two cores
_LANDMARK_FACE = 400  # side of the face box in the picture that the landmark model sees
# Where dlib's detector puts its box in an FFHQ-aligned crop, as fractions of the crop's side
# (left, top, right, bottom): medians over 60 samples of portrait-256.
_ALIGNED_BOX = (0.19, 0.32, 0.79, 0.92)


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """A detection: box (x, y, width, height) and landmarks (68, 2) in pixels of the picture."""

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float64]
    confidence: float
    detector: str


def _model_file(name: str) -> str:
    spec = importlib.util.find_spec("face_recognition_models")
    path = Path(spec.origin).parent / "models" / name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise CheckpointError(
            f"The face model {name} is not installed.",
            "Install it: pip install face-recognition-models",
        )
    return str(path)


class FaceAnalyser:
    """dlib's detectors, landmark model and descriptor network, loaded when first needed."""

    @cached_property
    def _hog(self) -> dlib.fhog_object_detector:
        return dlib.get_frontal_face_detector()

    @cached_property
    def _cnn(self) -> dlib.cnn_face_detection_model_v1:
        return dlib.cnn_face_detection_model_v1(_model_file("mmod_human_face_detector.dat"))

    @cached_property
    def _shape(self) -> dlib.shape_predictor:
        return dlib.shape_predictor(_model_file("shape_predictor_68_face_landmarks.dat"))

    @cached_property
    def _descriptor(self) -> dlib.face_recognition_model_v1:
        return dlib.face_recognition_model_v1(
            _model_file("dlib_face_recognition_resnet_model_v1.dat")
        )

    def detect(self, picture: NDArray[np.uint8]) -> list[FoundFace]:
        """Faces of an sRGB picture (H, W, 3), largest first; empty when there is none.

        The HOG detector is tried first, then on the picture at twice the size (faces from about
        40 px), then the CNN detector (turned and covered faces).
        """
        height, width = picture.shape[:2]
        if min(height, width) < 16:
            return []
        boxes, detector, scale = self._boxes(picture)
        faces = [
            FoundFace(
                (box.left() * scale, box.top() * scale, box.width() * scale, box.height() * scale),
                self._refined(picture, box, scale),
                score,
                detector,
            )
            for box, score in boxes
        ]
        return sorted(faces, key=lambda face: face.box[2] * face.box[3], reverse=True)

    def _boxes(
        self, picture: NDArray[np.uint8]
    ) -> tuple[list[tuple[dlib.rectangle, float]], str, float]:
        small, scale = _shrunk(picture, _DETECTION_SIDE)
        for upsample, name in ((0, "hog"), (1, "hog upsampled")):
            boxes, scores, _ = self._hog.run(small, upsample, 0.0)
            if boxes:
                return list(zip(boxes, scores, strict=True)), name, scale
        small, scale = _shrunk(picture, _CNN_SIDE)
        if max(small.shape[:2]) < _CNN_SIDE // 2:  # its smallest face is about 80 px
            factor = _CNN_SIDE // 2 / max(small.shape[:2])
            small = np.asarray(
                cv2.resize(small, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC),
                np.uint8,
            )
            scale /= factor
        found = self._cnn(small, 0)
        return [(f.rect, f.confidence) for f in found if f.confidence > 0.6], "cnn", scale

    def _refined(
        self, picture: NDArray[np.uint8], box: dlib.rectangle, scale: float
    ) -> NDArray[np.float64]:
        """Landmarks at the photo's own resolution, averaged over slightly moved boxes."""
        height, width = picture.shape[:2]
        side = max(box.width(), box.height()) * scale
        cx, cy = box.center().x * scale, box.center().y * scale
        x0, y0 = max(0, int(cx - side)), max(0, int(cy - side))
        x1, y1 = min(width, int(cx + side) + 1), min(height, int(cy + side) + 1)
        near = np.ascontiguousarray(picture[y0:y1, x0:x1])
        factor = min(1.0, _LANDMARK_FACE / side)
        if factor < 1:
            near = np.asarray(
                cv2.resize(near, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
            )
        half = side / 2
        points = self._points(
            near,
            (
                (cx - half - x0) * factor,
                (cy - half - y0) * factor,
                (cx + half - x0) * factor,
                (cy + half - y0) * factor,
            ),
        )
        return (points + 0.5) / factor - 0.5 + [x0, y0]

    def _points(
        self, picture: NDArray[np.uint8], box: tuple[float, float, float, float]
    ) -> NDArray[np.float64]:
        """Mean landmarks over five boxes: the model's answer jumps by a pixel with its box."""
        left, top, right, bottom = box
        step = 0.02 * (right - left)
        total = np.zeros((68, 2))
        moves = ((0, 0, 0), (step, 0, 0), (-step, 0, 0), (0, 0, step), (0, 0, -step))
        for dx, dy, grow in moves:
            rectangle = dlib.rectangle(
                round(left + dx - grow),
                round(top + dy - grow),
                round(right + dx + grow),
                round(bottom + dy + grow),
            )
            shape = self._shape(picture, rectangle)
            total += [(p.x, p.y) for p in shape.parts()]
        return total / len(moves)

    def aligned_landmarks(self, crop: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Landmarks (68, 2) of an FFHQ-aligned crop (s, s, 3), in crop pixels.

        No detection: the face is where the alignment puts it, so two renders of one face are
        measured with the same boxes and differ by the face alone.
        """
        side = crop.shape[0]
        factor = 2 * _LANDMARK_FACE / side
        large = np.asarray(
            cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8
        )
        left, top, right, bottom = (f * large.shape[0] for f in _ALIGNED_BOX)
        return (self._points(large, (left, top, right, bottom)) + 0.5) / factor - 0.5

    def has_face(self, crop: NDArray[np.uint8]) -> bool:
        """Whether the HOG detector sees a face in an aligned crop."""
        large = np.asarray(cv2.resize(crop, (384, 384), interpolation=cv2.INTER_CUBIC), np.uint8)
        return len(self._hog(large, 0)) > 0

    def descriptor(
        self, picture: NDArray[np.uint8], landmarks: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The 128-D identity descriptor; two of one person lie less than 0.6 apart.

        ``landmarks`` (68, 2) in pixels of ``picture`` (H, W, 3).
        """
        low, high = landmarks.min(0), landmarks.max(0)
        box = dlib.rectangle(*(int(v) for v in (*low, *high)))
        points = [dlib.point(round(x), round(y)) for x, y in landmarks]
        shape = dlib.full_object_detection(box, points)
        return np.array(self._descriptor.compute_face_descriptor(picture, shape))


def identity_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Euclidean distance of two descriptors."""
    return float(math.dist(a, b))


def _shrunk(picture: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], float]:
    """The picture with its long side at most ``side``, and photo pixels per its pixel."""
    longest = max(picture.shape[:2])
    if longest <= side:
        return np.ascontiguousarray(picture), 1.0
    scale = longest / side
    size = (round(picture.shape[1] / scale), round(picture.shape[0] / scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), scale
