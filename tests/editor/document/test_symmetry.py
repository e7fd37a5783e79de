"""The reflection of a face, and strokes and masks in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.document.carrying import on_the_other_side
from editor.document.face_regions import preset
from editor.document.landmarks import Symmetry, face_axis
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from resources.face_mesh import ibug_landmarks, mean_mesh, mirrored
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

W, H = 320, 280
TILT = 0.4  # radians
OTHER_EYE = [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]  # of landmarks 36 to 47


def tilted(x: float = 160, y: float = 140, size: float = 150) -> NDArray[np.float64]:
    turn = np.array([[np.cos(TILT), -np.sin(TILT)], [np.sin(TILT), np.cos(TILT)]])
    return (landmarks_at(0, 0, size) @ turn.T) + [x, y]


def mapped(axis: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points @ axis[:, :2].T + axis[:, 2]


def test_the_axis_of_a_tilted_face_maps_each_side_to_the_other() -> None:
    points = tilted()
    axis = face_axis(points)
    image = mapped(axis, points)
    for a, b in ((0, 16), (17, 26), (31, 35), (36, 45), (41, 46), (48, 54), (55, 59), (61, 63)):
        assert image[a] == pytest.approx(points[b], abs=1e-6)
        assert image[b] == pytest.approx(points[a], abs=1e-6)
    for alone in (8, 27, 30, 33, 51, 57, 62, 66):
        assert image[alone] == pytest.approx(points[alone], abs=1e-6)


def test_it_is_a_reflection_whatever_the_landmarks() -> None:
    rng = np.random.default_rng(3)
    for points in (tilted() + rng.normal(0, 5, (68, 2)), rng.normal(0, 50, (68, 2))):
        axis = face_axis(points)
        assert np.linalg.det(axis[:, :2]) == pytest.approx(-1)
        assert mapped(axis, mapped(axis, points)) == pytest.approx(points, abs=1e-6)


def test_noise_turns_the_axis_only_a_little() -> None:
    rng = np.random.default_rng(3)
    points = tilted()
    noisy = face_axis(points + rng.normal(0, 1.5, (68, 2)))
    corners = np.array([[85.0, 65.0], [235.0, 215.0]])
    assert mapped(noisy, corners) == pytest.approx(mapped(face_axis(points), corners), abs=3)


def turned(angle: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mesh of a head that is turned aside (radians), (478, 2), and its landmarks."""
    mesh = mean_mesh() * [60, 60, 60]
    turn = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    mesh = mesh @ np.array(turn).T
    return mesh[:, :2] + [160, 140], ibug_landmarks(mesh[:, :2] + [160, 140])


@pytest.mark.parametrize(("angle", "share"), [(0.0, 1.0), (0.3, 0.5), (-0.6, 0.7)])
def test_what_lies_on_a_turned_head_finds_its_counterpart(angle: float, share: float) -> None:
    mesh, landmarks = turned(angle)
    there = mesh[mirrored()]
    off = np.linalg.norm(Symmetry(landmarks)(mesh) - there, axis=1)
    rigid = np.linalg.norm(mapped(face_axis(landmarks), mesh) - there, axis=1)
    assert off.mean() < share * rigid.mean() + 1e-6
    eyes = np.linalg.norm(Symmetry(landmarks)(landmarks[36:48]) - landmarks[OTHER_EYE], axis=1)
    assert eyes.max() < 4, "pixels; they are 60 apart"


def test_far_from_the_face_it_is_a_reflection() -> None:
    _, landmarks = turned(0.6)
    far = np.array([[-200.0, 100.0], [600.0, 900.0]])
    there = Symmetry(landmarks)(far)
    assert there == pytest.approx(mapped(face_axis(landmarks), far))


def test_a_stroke_on_one_eye_comes_out_on_the_other() -> None:
    points = tilted()
    stroke = BrushStroke(points[36:40].astype(np.float32), 6, 0.7, erase=True)
    other = stroke.mirrored(Symmetry(points))
    assert other.points == pytest.approx(points[[45, 44, 43, 42]], abs=1e-3)
    assert (other.radius, other.hardness, other.erase) == (6, 0.7, True)


def test_a_mask_is_mirrored_about_the_tilted_axis() -> None:
    points = tilted()
    left = RegionMask.empty(W, H).stamped(BrushStroke(points[36:40].astype(np.float32), 14, 0.5))
    right = RegionMask.empty(W, H).stamped(
        BrushStroke(points[[45, 44, 43, 42]].astype(np.float32), 14, 0.5)
    )
    found = on_the_other_side(left, points)
    # strokes are drawn on whole pixels: half a pixel of an edge 7 pixels wide
    assert np.abs(found.full().astype(int) - right.full()).max() < 55
    assert found.area == pytest.approx(right.area, rel=0.01)
    back = on_the_other_side(found, points)
    assert np.abs(back.full().astype(int) - left.full()).mean() < 0.1


def test_symmetric_presets_stay_where_they_are() -> None:
    points = tilted()
    eyes = preset("eyes", points, W, H)
    union = eyes.united(on_the_other_side(eyes, points))
    assert union.area == pytest.approx(eyes.area, rel=0.03)


def test_what_falls_outside_the_photo_is_lost() -> None:
    points = tilted(x=30)
    mask = RegionMask.empty(W, H).stamped(BrushStroke(np.array([[200.0, 150.0]]), 20))
    assert on_the_other_side(mask, points).is_empty
    assert on_the_other_side(RegionMask.empty(W, H), points).is_empty


def test_grown_reaches_a_round_margin_and_stays_inside_the_photo() -> None:
    mask = RegionMask(W, H, 2, 100, np.array([[3, 0, 255]], np.uint8))
    grown = mask.grown(10)
    outside = np.where(mask.full() == 0, 1, 0).astype(np.uint8)
    expected = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    assert np.array_equal(grown.full() > 0, expected <= 10)
    assert grown.alpha.max() == 255
    assert RegionMask.empty(W, H).grown(5).is_empty
