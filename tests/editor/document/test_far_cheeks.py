"""Regions of skin follow the skin that was seen: far cheeks, foreheads, bald heads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.document.face_mesh import mesh_through
from editor.document.face_regions import PresetGrid, older_preset, preset
from editor.document.presets import region_name
from resources.face_classes import CLASSES
from tests.editor.document.test_region import face_at, value_at
from tests.editor.document.test_seen_parts import region, seen

if TYPE_CHECKING:
    from editor.document.face import FaceDetail


@pytest.fixture
def landmarks() -> np.ndarray:
    """Of a head that is turned far to the left of the picture: there its jaw lies too near."""
    points = face_at(400, 400)
    middle = points[27:31, 0].mean()
    left = points[:, 0] < middle
    points[left, 0] = middle + 0.35 * (points[left, 0] - middle)
    points[27:36, 0] -= 8
    return points


def with_skin(landmarks: np.ndarray, outline: np.ndarray) -> FaceDetail:
    """Skin within an outline (n, 2) of the photo, and nothing else."""
    detail = seen(landmarks, "skin")
    assert detail.labels is not None
    labels = np.zeros_like(detail.labels)
    corners = outline @ detail.crop.to_crop[:, :2].T + detail.crop.to_crop[:, 2]
    cv2.fillPoly(labels, [np.rint(corners).astype(np.int32)], CLASSES.index("skin"))
    return replace(detail, labels=labels)


def around(landmarks: np.ndarray, far: float, up: float) -> np.ndarray:
    """An outline of the face whose far side lies farther out, and whose forehead higher."""
    middle = (landmarks[27] + landmarks[8]) / 2
    t = np.linspace(0, 2 * np.pi, 40)
    wide = np.where(np.cos(t) < 0, far, landmarks[16, 0] - middle[0] + 4)
    high = np.where(np.sin(t) < 0, up, landmarks[8, 1] - middle[1])
    return np.column_stack([middle[0] + wide * np.cos(t), middle[1] + high * np.sin(t)])


def test_a_far_cheek_is_in_the_regions_of_a_turned_face(landmarks: np.ndarray) -> None:
    detail = with_skin(landmarks, around(landmarks, 110, 180))
    cheek = landmarks[48] + [-35, 5]
    for name in ("skin", "face", "jaw", "smile", "mouth"):
        if name != "jaw":  # that goes on beyond the contour
            assert value_at(region(name, landmarks, None), cheek) == 0, name
        assert value_at(region(name, landmarks, detail), cheek) == 255, name
        mask = region(name, landmarks, detail)
        assert region_name(mask, landmarks, detail) == name
    nose = landmarks[31] - [14, 10]
    assert value_at(region("jaw", landmarks, None), nose) == 255
    assert value_at(region("jaw", landmarks, detail), nose) == 0, "a band along the contour"
    beyond = landmarks[48] + [-125, 0]
    assert value_at(region("skin", landmarks, detail), beyond) == 0


def test_a_face_that_looks_here_has_its_mesh_alone() -> None:
    points = face_at(400, 400)
    detail = with_skin(points, around(points, 150, 180))
    for name in ("face", "jaw", "smile", "mouth", "beard"):
        assert region(name, points, detail) == preset(
            name, points, 800, 800, replace(detail, labels=None)
        )


def test_skin_goes_up_to_the_hairline() -> None:
    points = face_at(400, 400)
    high = points[27] - [0, 138]
    detail = with_skin(points, around(points, 110, 250))
    hair = np.zeros_like(detail.hair)
    hair[:8] = 255
    detail = replace(detail, hair=hair, mesh=mesh_through(points))
    assert value_at(region("skin", points, None), high) == 0
    assert value_at(region("skin", points, detail), high) == 255
    assert value_at(region("skin", points, detail), high - [0, 32]) == 0, "hair"


def test_skin_of_older_projects_is_skin_still() -> None:
    points = face_at(400, 400)
    detail = with_skin(points, around(points, 110, 280))
    older = older_preset("skin", points, 800, 800, detail)
    assert older is not None
    assert older.area < 0.9 * region("skin", points, detail).area
    assert region_name(older, points, detail) == "skin"
    assert PresetGrid(points, 800, 800, detail).compare(older).parts == {"skin"}
    assert region_name(region("skin", points, detail), points, detail) == "skin"


def test_another_patch_of_skin_is_not_the_faces(landmarks: np.ndarray) -> None:
    detail = with_skin(landmarks, around(landmarks, 110, 180))
    assert detail.labels is not None
    labels = detail.labels.copy()
    labels[:6, :20] = CLASSES.index("skin")
    corner = detail.crop.to_photo[:, :2] @ [10, 3] + detail.crop.to_photo[:, 2]
    mask = region("skin", landmarks, replace(detail, labels=labels))
    assert value_at(mask, corner) == 0


def test_a_complexion_has_brows_lips_and_neck_and_is_known_again() -> None:
    points = face_at(400, 400)
    detail = with_skin(points, around(points, 110, 180))
    assert detail.labels is not None
    labels = detail.labels.copy()
    side = len(labels)
    below = detail.crop.to_crop[:, :2] @ (points[8] + [0, 12]) + detail.crop.to_crop[:, 2]
    labels[round(below[1]) :, side // 3 : 2 * side // 3] = CLASSES.index("neck")
    detail = replace(detail, labels=labels)
    made = region("complexion", points, detail)
    brow, lip = points[19], (points[51] + points[62]) / 2
    for place in (brow, lip, points[30]):
        assert value_at(made, place) == 255
    assert 20 < value_at(made, points[8] + [0, 16]) < 200, "fading towards the crop's rim"
    eye = points[36:42].mean(0)
    assert value_at(made, eye) == 0
    assert value_at(region("complexion", points, None), points[8] + [0, 16]) == 0
    assert region_name(made, points, detail) == "complexion"
    assert PresetGrid(points, 800, 800, detail).compare(made).parts == {"complexion"}
