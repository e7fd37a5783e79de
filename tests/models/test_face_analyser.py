"""The analyser on the bundled sample: found where it is, the same person at every size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import resources
from editor.document.face import FaceCrop
from models.checkpoints import CheckpointError
from models.faces import detection
from models.faces.analyser import FaceAnalyser
from models.faces.detection import FaceDetector
from models.faces.ibug import eye_distance
from models.faces.identity import Identity, identity_distance
from models.training.face_measures import similarity
from resources.face_mesh import ibug_landmarks


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


def turned(picture: np.ndarray, degrees: float, scale: float = 1.0) -> tuple[np.ndarray, ...]:
    """The picture turned anticlockwise on a canvas that holds it, and where its points went."""
    h, w = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), degrees, scale)
    side = round(1.42 * scale * max(w, h))
    matrix[:, 2] += (side - np.array([w, h])) / 2
    return cv2.warpAffine(picture, matrix, (side, side), borderValue=(90, 90, 90)), matrix


def half_of(sample: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.resize(sample, (448, 448), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("degrees", [-45, 180])
def test_a_turned_face_has_its_landmarks_where_they_belong(
    faces: FaceAnalyser, sample: np.ndarray, degrees: float
) -> None:
    half = half_of(sample)
    (upright,) = faces.detect(half)
    picture, matrix = turned(half, degrees)
    (found,) = faces.detect(picture)
    expected = upright.landmarks @ matrix[:, :2].T + matrix[:, 2]
    off = np.linalg.norm(found.landmarks - expected, axis=1).mean()
    assert off < 0.05 * eye_distance(upright.landmarks)
    assert found.confidence > 0.8


def test_a_tilted_face_is_found_beside_an_upright_one(
    faces: FaceAnalyser, sample: np.ndarray
) -> None:
    half = half_of(sample)
    canvas = np.full((640, 1100, 3), 120, np.uint8)
    canvas[50:498, 20:468] = half
    canvas[30:475, 560:1005] = turned(half, 45, 0.7)[0]
    large, tilted = faces.detect(canvas)
    assert large.landmarks[:, 0].max() < 500 < tilted.landmarks[:, 0].min()
    right, left = tilted.landmarks[36:42].mean(0), tilted.landmarks[42:48].mean(0)
    assert abs(np.degrees(np.arctan2(*(left - right)[::-1])) + 45) < 4


def test_eyes_25_pixels_apart_are_enough(faces: FaceAnalyser, sample: np.ndarray) -> None:
    (large,) = faces.detect(sample)
    factor = 25 / eye_distance(large.landmarks)
    size = round(896 * factor)
    canvas = np.full((500, 700, 3), 120, np.uint8)
    canvas[150 : 150 + size, 200 : 200 + size] = cv2.resize(
        sample, (size, size), interpolation=cv2.INTER_AREA
    )
    (found,) = faces.detect(canvas)
    expected = (large.landmarks + 0.5) * size / 896 - 0.5 + [200, 150]
    assert np.linalg.norm(found.landmarks - expected, axis=1).mean() < 0.08 * 25
    assert found.confidence > 0.8


def test_landmarks_of_an_aligned_crop_are_those_of_its_mesh(
    faces: FaceAnalyser, sample: np.ndarray
) -> None:
    crop = np.asarray(cv2.resize(sample, (256, 256), interpolation=cv2.INTER_AREA), np.uint8)
    mesh, landmarks = faces.aligned_mesh(crop), faces.aligned_landmarks(crop)
    assert mesh.shape == (478, 3)
    np.testing.assert_array_equal(landmarks, ibug_landmarks(mesh))
    (found,) = faces.detect(sample)
    expected = (found.landmarks + 0.5) * 256 / 896 - 0.5
    off = np.linalg.norm(landmarks - expected, axis=1).mean()
    assert off < 0.03 * eye_distance(expected)


def test_similarity_undoes_itself() -> None:
    points = np.array([[0, 0], [2, 0], [1, 3.0]])
    there = similarity(points, points @ np.array([[0, 2], [-2, 0]]) + [5, 7])
    assert np.allclose(points @ there[:, :2].T + there[:, 2], points @ [[0, 2], [-2, 0]] + [5, 7])


def test_no_face_is_no_error(faces: FaceAnalyser) -> None:
    assert faces.detect(np.full((64, 64, 3), 90, np.uint8)) == []
    assert faces.detect(np.zeros((1, 1, 3), np.uint8)) == []
    assert not faces.has_face(np.full((256, 256, 3), 90, np.uint8))


def test_identity_survives_a_change_of_size_and_light(
    faces: FaceAnalyser, sample: np.ndarray
) -> None:
    half = np.asarray(
        cv2.resize(sample, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
    )
    dim = (sample * 0.7).astype(np.uint8)
    told = [faces.identity.descriptor(p, faces.detect(p)[0].landmarks) for p in (sample, half, dim)]
    assert told[0].shape == (128,)
    assert identity_distance(told[0], told[1]) < 0.3
    assert identity_distance(told[0], told[2]) < 0.3
    assert identity_distance(told[0], told[0]) == 0


def test_without_the_package_faces_are_found_and_nobody_is_told_apart(
    sample: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(name: str) -> None:
        del name

    monkeypatch.setattr(detection, "_package_file", nowhere)
    assert len(FaceAnalyser().detect(half_of(sample))) == 1
    assert len(list(FaceDetector().searches(np.full((90, 90, 3), 90, np.uint8)))) == 2
    identity = Identity()
    assert not identity.is_known
    with pytest.raises(CheckpointError) as caught:
        identity.descriptor(sample, np.zeros((68, 2)))
    assert "face-recognition-models" in caught.value.advice


def test_what_differs_little_from_a_face_is_looked_for_where_that_lies(
    faces: FaceAnalyser, sample: np.ndarray
) -> None:
    (found,) = faces.detect(sample)
    crop = FaceCrop.from_landmarks(found.landmarks, 256)
    size, flags = (256, 256), cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    face = np.asarray(cv2.warpAffine(sample, crop.to_photo, size, flags=flags), np.uint8)
    others = [np.asarray(cv2.convertScaleAbs(face, alpha=a), np.uint8) for a in (0.9, 1.05)]
    near = faces.meshes_near(others, face)
    for other, mesh in zip(others, near, strict=True):
        apart = np.linalg.norm((mesh - faces.aligned_mesh(other))[:, :2], axis=1)
        assert apart.max() < 0.02 * eye_distance(ibug_landmarks(mesh))
