"""Faces by dlib: detection at any tilt, 68 landmarks, a check of them, identity descriptors.

The weights come with the package ``face-recognition-models``. Its 68-point model was trained on
iBUG 300-W, whose terms exclude commercial use: the model card says so. The package's own
``__init__`` imports pkg_resources, so only its folder is looked up.
"""

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
from models.face_shape import (
    MIRRORED,
    eye_distance,
    mean_shape,
    reprojection_error,
    similarity,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Array = NDArray[np.float64]

DOUBTFUL = 0.5
"""Confidence below which landmarks are probably off."""

_SIDE = 1280  # longest side of the picture that is searched for turned heads
_FINE_SIDE = 2 * _SIDE  # and for upright ones: faces from 1/32 of it
_FINEST_SIDE = 4 * _SIDE
_CNN_SIDE = 800  # the CNN detector costs about four seconds per megapixel on a core
_CNN_TURNED_SIDE = 480
_SMALL = 0.08  # faces below that share of the picture: there may be others, smaller still
_TILTS = (40, -40)  # degrees; the HOG detector finds heads tilted by about 25
_OTHER_TILTS = (80, -80, 120, -120, 160, -160)
_ENLARGED = 800  # side of an aligned crop in which landmarks are looked for
_CANONICAL = 512  # side of the aligned square in which landmarks are looked for
_PASSES = 6
_SETTLED = 0.012  # eye distances that landmarks may still move from pass to pass
# Where dlib's detector puts its box in an FFHQ-aligned crop, as fractions of the crop's side
# (left, top, right, bottom): medians over 60 samples of portrait-256.
_ALIGNED_BOX = (0.19, 0.32, 0.79, 0.92)
_BOX_CENTRE, _BOX_SIDE = np.array([0.49, 0.62]), 0.6
_ALIGNED_EYES = (0.5, 0.4806)  # of the mean shape there
_ALIGNED_EYE_DISTANCE = 0.2543
_MARGIN = 0.15  # of the short side, around a picture in which faces are looked for
_LEAST_SCORE = -1.5  # of the HOG detector
# The HOG detector is five: for heads seen from the front, turned to either side, and tilted to
# either side, the latter by about so many radians (measured by turning aligned photographs).
_LEANS = (0.0, 0.0, 0.0, -0.45, 0.45)
_BRIGHT, _DARKEST = 200.0, 10.0  # of the brightest twentieth of a face: as it should be; noise
_HOPELESS = 0.1  # confidence below which a face is none, where there are others


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """A face in a picture.

    Attributes:
        box: x, y, width, height of the detection, pixels; upright, however the head is tilted.
        landmarks: (68, 2), iBUG order, pixels.
        check: of the landmarks.
        detector: ``"hog"`` or ``"cnn"``.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float64]
    check: LandmarkCheck
    detector: str

    @property
    def confidence(self) -> float:
        """How likely the landmarks are right, 0…1."""
        return self.check.confidence


@dataclass(frozen=True, slots=True)
class LandmarkCheck:
    """What speaks for landmarks and against them; lengths in eye distances, root mean square.

    Attributes:
        asymmetry: between the landmarks of the picture and of its mirror image.
        spread: between those from five slightly moved boxes.
        drift: between the last two passes.
        reprojection: see ``face_shape.reprojection_error``.
        score: of the HOG detector in the aligned picture; −1.5 where it sees no face.
    """

    asymmetry: float
    spread: float
    drift: float
    reprojection: float
    score: float

    @property
    def confidence(self) -> float:
        """From 0 to 1; calibrated so that 0.5 divides right landmarks from wrong ones."""
        against = (
            26 * min(self.asymmetry, 0.15)
            + 26 * min(self.spread, 0.1)
            + 5 * min(self.drift, 0.15)
            + 40 * max(0.0, self.reprojection - 0.1)
        )
        return 1 / (1 + math.exp(against - 0.8 - 2 * self.score))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A detection: ``box`` side and centre in pixels, the head's tilt in radians."""

    x: float
    y: float
    side: float
    tilt: float
    score: float
    detector: str = "hog"

    def frame(self) -> Array:
        """(2, 3), from sides of the aligned square to pixels: the box lies where it would there."""
        unit = self.side / _BOX_SIDE
        cos, sin = unit * math.cos(self.tilt), unit * math.sin(self.tilt)
        linear = np.array([[cos, -sin], [sin, cos]])
        return np.column_stack([linear, [self.x, self.y] - linear @ _BOX_CENTRE])

    @property
    def misplaced(self) -> bool:
        """In an aligned picture: whether it is not where the face should be there."""
        off = math.dist((self.x, self.y), _BOX_CENTRE)
        return self.tilt != 0 or off > 0.1 or abs(math.log(self.side / _BOX_SIDE)) > 0.3

    def hits(self, face: FoundFace) -> bool:
        """Whether it lies on a face."""
        x, y, side, _ = face.box
        return math.dist((self.x, self.y), (x + side / 2, y + side / 2)) < 0.4 * side


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

    # ------------------------------------------------------------------ detection

    def detect(self, picture: NDArray[np.uint8]) -> list[FoundFace]:
        """Faces of an sRGB picture (H, W, 3), largest first; empty when there is none.

        Upright and tilted heads are looked for first. Only when that gives no landmarks to rely
        on, the picture is searched more finely, turned all the way round, then given to the CNN
        detector (profiles, covered faces).
        """
        side = max(picture.shape[:2])
        if min(picture.shape[:2]) < 16:
            return []
        fine = _resized(picture, min(side, _FINE_SIDE))
        found: list[FoundFace] = []
        sure: list[FoundFace] = []
        for number, search in enumerate(self._searches(picture, fine)):
            for candidate in _strongest(search):
                known = next((face for face in found if candidate.hits(face)), None)
                if known is None or known.confidence < DOUBTFUL:
                    _add(found, self._settled(picture, fine, candidate))
            sure = [face for face in found if face.confidence >= DOUBTFUL]
            large = any(face.box[2] > _SMALL * side for face in sure)
            if sure and (large or side <= _FINE_SIDE or number):
                break
        least = _HOPELESS if sure else 0.0
        found = [face for face in found if face.confidence >= least]
        return sorted(found, key=lambda face: face.box[2], reverse=True)

    def _searches(self, picture: Picture, fine: Picture) -> Iterator[list[_Candidate]]:
        """Candidates in pixels of ``picture``, search by search; the cheap ones first."""
        side = max(picture.shape[:2])
        medium = _resized(fine, min(2 * side, _SIDE))
        upright = _resized(fine, min(2 * side, _FINE_SIDE))
        longest = max(medium.shape[:2])
        found = [*self._turned(upright, side, (0,), "hog")]
        yield [*found, *self._turned(medium, side, _TILTS, "hog")]
        if side > _FINE_SIDE:
            finest = _resized(picture, min(side, _FINEST_SIDE))
            yield [*self._turned(finest, side, (0,), "hog")]
        yield [*self._turned(medium, side, _OTHER_TILTS, "hog")]
        found = [*self._turned(_resized(medium, min(longest, _CNN_SIDE)), side, (0,), "cnn")]
        small = _resized(medium, min(longest, _CNN_TURNED_SIDE))
        yield found or [*self._turned(small, side, (90, -90, 180), "cnn")]

    def _hog_boxes(
        self, picture: Picture, least: float = 0.0
    ) -> list[tuple[dlib.rectangle, float, float]]:
        """Boxes, scores and tilts."""
        boxes, scores, kinds = self._hog.run(picture, 0, least)
        return [(b, s, _LEANS[kind]) for b, s, kind in zip(boxes, scores, kinds, strict=True)]

    def _cnn_boxes(self, picture: Picture) -> list[tuple[dlib.rectangle, float, float]]:
        return [(f.rect, f.confidence, 0.0) for f in self._cnn(picture, 0) if f.confidence > 0.6]

    def _turned(
        self, picture: Picture, side: int, tilts: Iterable[float], detector: str
    ) -> Iterator[_Candidate]:
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
                yield _Candidate(x, y, box.width() * scale, tilt, score, detector)

    # ------------------------------------------------------------------ landmarks

    def _settled(self, picture: Picture, fine: Picture, candidate: _Candidate) -> FoundFace:
        """Landmarks looked for in the aligned picture, which they align anew, until they rest.

        When the HOG detector sees the face elsewhere in the picture so aligned, that begins anew
        from its box, once.
        """
        frame = candidate.frame()
        points, check, frame, seen = self._rested(picture, fine, frame)
        if seen is not None:
            again = self._rested(picture, fine, frame @ _on_top(seen.frame()))
            if again[1].confidence > check.confidence:
                points, check, frame, _ = again
        half = math.hypot(frame[0, 0], frame[1, 0]) * _BOX_SIDE / 2
        centre = frame[:, :2] @ _BOX_CENTRE + frame[:, 2]
        box = (centre[0] - half, centre[1] - half, 2 * half, 2 * half)
        return FoundFace(box, points, check, candidate.detector)

    def _rested(
        self, picture: Picture, fine: Picture, frame: Array
    ) -> tuple[Array, LandmarkCheck, Array, _Candidate | None]:
        """Landmarks, their check, their frame, and where in it the face lies if that is wrong."""
        drift, points, passes = math.inf, np.zeros((68, 2)), 0
        while True:
            aligned = _lit(_aligned(picture, fine, frame))
            direct = self._answers(aligned)
            mirror = self._answers(np.ascontiguousarray(aligned[:, ::-1]))[:, MIRRORED]
            mirror[..., 0] = _CANONICAL - 1 - mirror[..., 0]
            middle = (direct.mean(0) + mirror.mean(0)) / 2
            last, points = points, ((middle + 0.5) / _CANONICAL) @ frame[:, :2].T + frame[:, 2]
            passes += 1
            if passes > 1:
                drift = _rms(points - last) / max(eye_distance(points), 1e-6)
            if drift < _SETTLED or passes == _PASSES:
                break
            frame = similarity(_aligned_shape(), points)
        eyes = max(eye_distance(middle), 1e-6)
        seen = self._seen(aligned)
        misplaced = seen if seen is not None and seen.misplaced else None
        check = LandmarkCheck(
            _rms(direct.mean(0) - mirror.mean(0)) / eyes,
            _rms(direct - direct.mean(0)) / eyes,
            drift,
            reprojection_error(middle),
            seen.score if seen is not None and misplaced is None else _LEAST_SCORE,
        )
        return points, check, frame, misplaced

    def _answers(self, aligned: Picture) -> Array:
        """Landmarks (5, 68, 2) from five boxes: the model's answer jumps with its box."""
        left, top, right, bottom = (f * aligned.shape[0] for f in _ALIGNED_BOX)
        step = 0.02 * (right - left)
        answers: list[list[tuple[int, int]]] = []
        for dx, dy, grow in ((0, 0, 0), (step, 0, 0), (-step, 0, 0), (0, 0, step), (0, 0, -step)):
            rectangle = dlib.rectangle(
                round(left + dx - grow),
                round(top + dy - grow),
                round(right + dx + grow),
                round(bottom + dy + grow),
            )
            answers.append([(p.x, p.y) for p in self._shape(aligned, rectangle).parts()])
        return np.array(answers, np.float64)

    def _seen(self, aligned: Picture) -> _Candidate | None:
        """What the HOG detector sees best in an aligned picture, in sides of it."""
        small = _resized(aligned, _CANONICAL // 2)
        side = small.shape[0]
        boxes = self._hog_boxes(small, _LEAST_SCORE)
        if not boxes:
            return None
        box, score, lean = max(boxes, key=lambda box: box[1])
        x, y = (box.center().x + 0.5) / side, (box.center().y + 0.5) / side
        return _Candidate(x, y, box.width() / side, lean, score)

    def aligned_landmarks(self, crop: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Landmarks (68, 2) of an FFHQ-aligned crop (s, s, 3), in crop pixels.

        No detection: the face is where the alignment puts it, so two renders of one face are
        measured with the same boxes and differ by the face alone.
        """
        side = crop.shape[0]
        factor = _ENLARGED / side
        large = np.asarray(
            cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8
        )
        return (self._answers(large).mean(0) + 0.5) / factor - 0.5

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


def _on_top(frame: Array) -> Array:
    """(2, 3) → (3, 3), so that another frame can be put in front of it."""
    return np.vstack([frame, [0, 0, 1]])


def _rms(offsets: Array) -> float:
    """Root mean square length of (…, 2)."""
    return float(np.sqrt((offsets**2).sum(-1).mean()))


@cache
def _aligned_shape() -> Array:
    """The mean shape's place in an FFHQ-aligned crop, (68, 2), in sides of the crop."""
    return mean_shape()[:, :2] * _ALIGNED_EYE_DISTANCE + _ALIGNED_EYES


def _strongest(candidates: list[_Candidate]) -> list[_Candidate]:
    """The best of each place."""
    kept: list[_Candidate] = []
    for one in sorted(candidates, key=lambda c: c.score, reverse=True):
        if not any(math.dist((one.x, one.y), (k.x, k.y)) < 0.4 * k.side for k in kept):
            kept.append(one)
    return kept


def _add(found: list[FoundFace], face: FoundFace) -> None:
    """Keep the surer one of two faces in the same place."""
    for number, other in enumerate(found):
        if _centre_distance(face, other) < 0.4 * max(face.box[2], other.box[2]):
            if face.confidence > other.confidence:
                found[number] = face
            return
    found.append(face)


def _centre_distance(a: FoundFace, b: FoundFace) -> float:
    return math.dist(a.landmarks[27:31].mean(0), b.landmarks[27:31].mean(0))


def _resized(picture: Picture, side: int) -> Picture:
    """With its long side at ``side``."""
    height, width = picture.shape[:2]
    factor = side / max(height, width)
    if factor == 1:
        return np.ascontiguousarray(picture)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)


def _lit(aligned: Picture) -> Picture:
    """Dark faces brightened: the landmark model compares differences of pixels with thresholds."""
    left, top, right, bottom = (round(f * aligned.shape[0]) for f in _ALIGNED_BOX)
    bright = float(np.percentile(aligned[top:bottom, left:right].max(2), 95))
    if bright >= _BRIGHT:
        return aligned
    gain = _BRIGHT / max(bright, _DARKEST)
    return np.asarray(cv2.convertScaleAbs(aligned, alpha=gain), np.uint8)


def _aligned(picture: Picture, fine: Picture, frame: Array) -> Picture:
    """The aligned square, (512, 512, 3), of which ``frame`` (2, 3) takes sides to photo pixels.

    Taken from the smaller copy ``fine`` where that is sharp enough; filtered before it shrinks.
    """
    matrix = np.column_stack([frame[:, :2] / _CANONICAL, frame[:, 2]])
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5]
    shrink = picture.shape[1] / fine.shape[1]
    if shrink > 1 and math.hypot(matrix[0, 0], matrix[1, 0]) > 0.7 * shrink:
        picture, matrix = fine, matrix / shrink
        matrix[:, 2] += 0.5 / shrink - 0.5
    height, width = picture.shape[:2]
    corners = np.array([[0, 0, _CANONICAL, _CANONICAL], [0, _CANONICAL, 0, _CANONICAL]])
    quad = matrix[:, :2] @ corners + matrix[:, 2:]
    low = np.floor(quad.min(1) - 4).astype(int).clip(0, [width - 1, height - 1])
    high = np.ceil(quad.max(1) + 4).astype(int).clip(low + 1, [width, height])
    near = picture[low[1] : high[1], low[0] : high[0]]
    matrix[:, 2] -= low
    times = math.floor(math.hypot(matrix[0, 0], matrix[1, 0]))
    if times > 1:
        size = (max(1, near.shape[1] // times), max(1, near.shape[0] // times))
        factor = np.array(size) / near.shape[1::-1]
        near = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
        matrix = factor[:, None] * matrix
        matrix[:, 2] += 0.5 * factor - 0.5
    square = cv2.warpAffine(
        near,
        matrix,
        (_CANONICAL, _CANONICAL),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(square, np.uint8)
