"""Hair is found on the sample's head, and nowhere once it is gone or nobody is there."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

import resources
from models.faces.analyser import FaceAnalyser
from models.faces.face_classes import OVAL
from models.faces.hair import HairMatte

SIDE = 512
WHOLE = np.ones((SIDE, SIDE), np.float32)


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    bgr = cv2.imread(str(resources.path("sample-portrait.jpg")))
    assert bgr is not None
    small = cv2.resize(bgr[..., ::-1], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small)


@pytest.fixture(scope="module")
def mesh(sample: np.ndarray) -> np.ndarray:
    return FaceAnalyser().aligned_mesh(sample)


@pytest.fixture
def matte() -> HairMatte:
    return HairMatte(torch.device("cpu"))


def face_of(mesh: np.ndarray) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.round(mesh[list(OVAL), :2]).astype(np.int32)], 1)
    return mask > 0


def test_hair_lies_around_the_face_and_on_the_person(
    matte: HairMatte, sample: np.ndarray, mesh: np.ndarray
) -> None:
    found = matte.of(sample, mesh, WHOLE) / 255
    person = cv2.resize(matte.person(sample), (SIDE, SIDE))
    lower = np.arange(SIDE)[:, None] > mesh[[33, 263], 1].mean()
    assert found.mean() > 0.03
    assert found[face_of(mesh) & lower].mean() < 0.02, "none on the cheeks"
    assert found[person < 0.1].mean() < 0.02, "none in the background"
    above = found[round(mesh[10, 1]) - 60 : round(mesh[10, 1]) - 20, round(mesh[10, 0])]
    assert above.mean() > 0.6
    np.testing.assert_array_equal(found, matte.of(sample, mesh, WHOLE) / 255)


def test_a_head_of_skin_alone_has_no_hair(
    matte: HairMatte, sample: np.ndarray, mesh: np.ndarray
) -> None:
    bald = sample.copy()
    noise = np.random.default_rng(0).normal(0, 3, sample.shape)
    cheek = sample[face_of(mesh)].mean(0)
    outside = ~face_of(mesh)
    bald[outside] = np.clip(cheek + noise, 0, 255)[outside]
    assert not matte.of(bald, mesh, WHOLE).any()


def test_where_there_is_no_person_there_is_no_hair(
    matte: HairMatte, sample: np.ndarray, mesh: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = cv2.resize(face_of(mesh).astype(np.float32), (256, 256))

    def only_the_face(crop: np.ndarray) -> np.ndarray:
        del crop
        return face

    monkeypatch.setattr(matte, "person", only_the_face)
    assert not matte.of(sample, mesh, WHOLE).any()


def test_nothing_is_claimed_past_the_photographs_edge(
    matte: HairMatte, sample: np.ndarray, mesh: np.ndarray
) -> None:
    seen = WHOLE.copy()
    seen[:, : SIDE // 3] = 0
    assert not matte.of(sample, mesh, seen)[:, : SIDE // 3].any()
