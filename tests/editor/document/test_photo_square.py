"""A square of a photo in a face's place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.document.face import FaceCrop
from editor.document.photo_square import SMALLEST, PhotoSquare

WIDTH, HEIGHT = 320, 240
Point = tuple[float, float]
places = st.tuples(st.floats(-50, 400), st.floats(-50, 400))


@pytest.mark.parametrize("size", [(320, 240), (240, 320), (100, 100), (5000, 30), (321, 100)])
def test_alignment_makes_the_middle_square_of_its_landmarks(size: tuple[int, int]) -> None:
    square = PhotoSquare.middle(*size)
    assert square.side == min(size)
    assert square.lies_in(*size)
    check_crop(square)
    assert abs(2 * square.x + square.side - size[0]) <= 1
    assert abs(2 * square.y + square.side - size[1]) <= 1


def check_crop(square: PhotoSquare) -> None:
    face = square.face
    quad = FaceCrop.from_landmarks(face.landmarks, 64).quad
    corner = np.array([square.x, square.y]) - 0.5  # of pixels, not centres
    wanted = corner + square.side * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    np.testing.assert_allclose(quad, wanted, atol=1e-6)
    assert face.detector == "square"
    assert not face.landmarks.flags.writeable
    assert PhotoSquare.of(face) == square


@given(places, places)
def test_every_drag_stays_in_the_photo(
    anchor: tuple[float, float], to: tuple[float, float]
) -> None:
    square = PhotoSquare.between(anchor, to, WIDTH, HEIGHT)
    if square is None:
        return
    assert square.side >= SMALLEST
    assert square.lies_in(WIDTH, HEIGHT)
    check_crop(square)
    moved = square.moved(to[0] - anchor[0], to[1] - anchor[1], WIDTH, HEIGHT)
    assert moved.lies_in(WIDTH, HEIGHT)
    assert moved.side == square.side


@pytest.mark.parametrize(
    ("to", "square"),
    [
        ((160.4, 150), PhotoSquare(100, 100, 60)),
        ((160, 190), PhotoSquare(100, 100, 90)),
        ((40, 90), PhotoSquare(40, 40, 60)),
        ((20, 110), PhotoSquare(20, 100, 80)),
        ((170, 30), PhotoSquare(100, 30, 70)),
        ((900, 100), PhotoSquare(100, 100, 140)),
        ((-900, 100), PhotoSquare(0, 100, 100)),
        ((131, 100), None),
    ],
)
def test_a_drag_opens_towards_where_it_went(
    to: tuple[float, float], square: PhotoSquare | None
) -> None:
    assert PhotoSquare.between((100, 100), to, WIDTH, HEIGHT) == square


def test_a_face_is_no_square() -> None:
    square = PhotoSquare(10, 20, 60)
    assert not PhotoSquare(-1, 0, 60).lies_in(WIDTH, HEIGHT)
    assert not PhotoSquare(0, 181, 60).lies_in(WIDTH, HEIGHT)
    assert square.lies_in(70, 80)
    face = square.face
    assert PhotoSquare.of(type(face).at(face.landmarks, "hand")) is None
