"""dlib's models on the bundled sample: found where it is, the same person at every size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import resources
from models.face import FaceAnalyser, identity_distance


@pytest.fixture(scope="module")
def faces() -> FaceAnalyser:
    return FaceAnalyser()


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    bgr = cv2.imread(str(resources.path("sample-portrait.jpg")))
    assert bgr is not None
    return np.ascontiguousarray(bgr[..., ::-1])


def test_landmarks_lie_in_order(faces: FaceAnalyser, sample: np.ndarray) -> None:
    (found,) = faces.detect(sample)
    p = found.landmarks
    assert found.detector == "hog"
    assert p[36:42, 0].mean() < p[27:31, 0].mean() < p[42:48, 0].mean()
    assert p[17:27, 1].mean() < p[36:48, 1].mean() < p[31:36, 1].mean() < p[48:68, 1].mean()


def test_a_small_face_is_found_by_upsampling(faces: FaceAnalyser, sample: np.ndarray) -> None:
    canvas = np.full((400, 600, 3), 120, np.uint8)
    canvas[100:160, 300:360] = cv2.resize(sample, (60, 60), interpolation=cv2.INTER_AREA)
    (found,) = faces.detect(canvas)
    assert found.detector == "hog"
    x, y, w, h = found.box
    assert 300 < x + w / 2 < 360
    assert 100 < y + h / 2 < 160


def test_two_faces_come_largest_first(faces: FaceAnalyser, sample: np.ndarray) -> None:
    canvas = np.full((500, 900, 3), 120, np.uint8)
    canvas[50:250, 50:250] = cv2.resize(sample, (200, 200), interpolation=cv2.INTER_AREA)
    canvas[50:450, 450:850] = cv2.resize(sample, (400, 400), interpolation=cv2.INTER_AREA)
    large, small = faces.detect(canvas)
    assert large.box[2] > 1.5 * small.box[2]
    assert large.landmarks[30, 0] > 450 > small.landmarks[30, 0]


def test_no_face_is_no_error(faces: FaceAnalyser) -> None:
    assert faces.detect(np.full((300, 300, 3), 90, np.uint8)) == []
    assert faces.detect(np.zeros((1, 1, 3), np.uint8)) == []
    assert not faces.has_face(np.full((256, 256, 3), 90, np.uint8))


def test_identity_survives_a_change_of_size_and_light(
    faces: FaceAnalyser, sample: np.ndarray
) -> None:
    half = np.asarray(
        cv2.resize(sample, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
    )
    dim = (sample * 0.7).astype(np.uint8)
    told = [faces.descriptor(p, faces.detect(p)[0].landmarks) for p in (sample, half, dim)]
    assert told[0].shape == (128,)
    assert identity_distance(told[0], told[1]) < 0.3
    assert identity_distance(told[0], told[2]) < 0.3
    assert identity_distance(told[0], told[0]) == 0
