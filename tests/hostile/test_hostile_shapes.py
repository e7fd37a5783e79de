"""Shapes and strokes that no hand draws: they cover pixels of the photo, or are refused."""

from __future__ import annotations

import numpy as np
import pytest

from editor.document.class_mattes import ClassMatte, KeptStroke
from editor.document.face_parts import FaceClasses
from editor.document.outline import Outline
from editor.document.photo import Photo, Pyramid, make_pyramid
from editor.document.picture_limits import FollowingStroke
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from tests.fake_engine import landmarks_at

W, H = 97, 61
NASTY = np.array([0, -0.0, 0.5, -1, 1, 30, 60, 96, 97, 1e4, -1e4, 1e9, -1e9, 3e38, -3e38, 1e-38])


def kept_at(place: np.ndarray, picture: Pyramid) -> ClassMatte:
    classes = FaceClasses(landmarks_at(60, 10, 50), None)  # its brow is above the photo
    return ClassMatte(classes, classes.at(*place.tolist()), picture)


def places(number: int, most: int) -> np.ndarray:
    rng = np.random.default_rng(number)
    points = rng.choice(NASTY, (rng.integers(3, most), 2))
    return np.where(rng.random(points.shape) < 0.5, points, rng.uniform(-50, 150, points.shape))


@pytest.mark.parametrize("number", range(40))
def test_outlines_stay_inside_the_photo(number: int) -> None:
    shape = Outline(places(number, 60).astype(np.float32), bool(number % 2))
    (x, y, w, h), alpha = shape.coverage(W, H)
    assert alpha.shape == (h, w)
    assert min(x, y) >= 0
    assert x + w <= W
    assert y + h <= H
    full = RegionMask.from_full(np.full((H, W), 255, np.uint8))
    assert full.stamped(shape).width == W
    assert shape.cost >= 0


@pytest.mark.parametrize("number", range(20))
def test_strokes_that_build_up_or_follow_stay_inside_the_photo(number: int) -> None:
    points = places(number, 12)
    near = points[np.abs(points).max(1) < 2e4].astype(np.float32)
    if not len(near):
        near = np.zeros((1, 2), np.float32)
    picture = make_pyramid(Photo(np.random.default_rng(number).integers(
        0, 256, (H, W, 3)).astype(np.uint8)))  # fmt: skip
    radius = float(np.random.default_rng(number).choice([0.5, 3, 40, 2000]))
    for stroke in (
        BrushStroke(near, radius, 1.0, flow=0.01),
        FollowingStroke(BrushStroke(near, radius, 0.0, follows=True), picture),
        KeptStroke(BrushStroke(near, radius, 0.0), lambda: kept_at(near[0], picture)),
    ):
        (x, y, w, h), alpha = stroke.coverage(W, H)
        assert alpha.shape == (h, w)
        assert min(x, y) >= 0
        assert x + w <= W
        assert y + h <= H


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_places_that_are_no_numbers_are_refused(wrong: float) -> None:
    points = np.array([[0, 0], [wrong, 5], [5, 5]], np.float32)
    with pytest.raises(ValueError, match="finite"):
        Outline(points)
    with pytest.raises(ValueError, match="finite"):
        BrushStroke(points, 5)
