"""What a region is to look like: references laid landmark on landmark, painted colours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.face_regions import preset
from editor.document.goals import Reference
from editor.document.paint import PaintLayer
from editor.document.stroke import BrushStroke
from editor.engine import likeness
from tests.models.test_measures import drawn_face, face_points

SIZE = 256


def _reference(picture: np.ndarray, points: np.ndarray) -> Reference:
    return Reference("other.jpg", picture, points)


def _moved(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The drawn face, larger and shifted, with its landmarks."""
    matrix = np.array([[1.1, 0, -10.0], [0, 1.1, -20.0]])
    picture = cv2.warpAffine(drawn_face(), matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT_101)
    return picture, points @ matrix[:, :2].T + matrix[:, 2]


def test_a_face_as_its_own_reference_changes_nothing() -> None:
    seen, points = drawn_face(), face_points()
    render = np.full((SIZE, SIZE, 3), 0.4, np.float32)
    picture, told = likeness.of_reference(render, seen, points, _reference(seen, points))
    assert told.min() == 1
    assert np.abs(picture - render).mean() < 0.01


def test_landmarks_are_laid_on_landmarks() -> None:
    seen, points = drawn_face(), face_points()
    other, there = _moved(points)
    render = (seen / 255).astype(np.float32)
    picture, _ = likeness.of_reference(render, seen, points, _reference(other, there))
    face = preset("face", points, SIZE, SIZE).full() > 128
    assert np.abs(picture - render)[face].mean() < 0.02  # the same face again, moved back
    untouched = np.abs(other.astype(np.float32) / 255 - render)[face].mean()
    assert untouched > 0.03  # it did lie elsewhere


def test_redder_lips_are_wanted_on_the_lips_only() -> None:
    seen, points = drawn_face(), face_points()
    lips = preset("lips", points, SIZE, SIZE).full() > 0
    core = cv2.fillPoly(np.zeros((SIZE, SIZE), np.uint8), [points[48:60].astype(np.int32)], 1) > 0
    redder = seen.copy()
    redder[core] = (220, 30, 40)
    render = (seen / 255).astype(np.float32)
    picture, _ = likeness.of_reference(render, seen, points, _reference(redder, points))
    change = picture - render
    assert change[core][:, 0].mean() > 0.1
    assert change[core][:, 1].mean() < -0.1
    assert np.abs(change[~lips]).mean() < 0.005


@pytest.mark.parametrize("gain", [0.7, 1.3])
def test_the_reference_takes_this_photos_light(gain: float) -> None:
    seen, points = drawn_face(), face_points()
    light = np.clip((seen / 255.0) ** 2.2 * gain, 0, 1) ** (1 / 2.2)
    lit = np.rint(light * 255).astype(np.uint8)
    render = (seen / 255).astype(np.float32)
    picture, _ = likeness.of_reference(render, seen, points, _reference(lit, points))
    skin = preset("skin", points, SIZE, SIZE).full() > 128
    assert np.abs((picture - render)[skin].mean()) < 0.02


def test_paint_is_wanted_where_it_was_painted() -> None:
    seen, points = drawn_face(), face_points()
    crop = FaceCrop(points, np.array([[2.0, 0, 30], [0, 2.0, 10]]), SIZE)
    stroke = BrushStroke(np.array([[30 + 2 * 128, 10 + 2 * 190]], np.float32), 30, 1.0)
    layer = PaintLayer.empty(600, 600).stamped(stroke, (10, 200, 30))
    render = np.full((SIZE, SIZE, 3), 0.5, np.float32)
    picture, told = likeness.of_paint(render, seen, crop, layer)
    assert told[190, 128] == pytest.approx(1, abs=0.02)
    assert told[100, 128] == 0
    wanted = picture[190, 128] - 0.5 + seen[190, 128] / 255
    assert wanted == pytest.approx(np.array([10, 200, 30]) / 255, abs=0.02)
    edge = (told > 0.3) & (told < 0.7)  # the blank around a stroke does not tint its edge
    assert (picture - render + seen / 255)[edge][:, 1].mean() == pytest.approx(200 / 255, abs=0.03)


def test_a_reference_of_another_size_fits() -> None:
    seen, points = drawn_face(), face_points()
    half = cv2.resize(seen, (SIZE // 2, SIZE // 2), interpolation=cv2.INTER_AREA)
    render = (seen / 255).astype(np.float32)
    picture, _ = likeness.of_reference(render, seen, points, _reference(half, points / 2))
    assert np.abs(picture - render).mean() < 0.03
