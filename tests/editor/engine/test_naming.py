"""Discovered sliders are called by what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.engine.naming import names
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

SIDE = 256
UNITS = {"mouth_open": 0.05, "eyes_open": 0.05, "lip_redness": 4.0, "brow_height": 0.05}


@pytest.fixture
def face() -> Points:
    return landmarks_at(128, 118, 160)


@pytest.fixture
def plain() -> NDArray[np.uint8]:
    return np.full((SIDE, SIDE, 3), 140, np.uint8)


def moved(points: Points, which: list[int], x: float, y: float) -> Points:
    there = points.copy()
    there[which] += (x, y)
    return there


def test_an_attribute_that_moves_alone_names_it(face: Points, plain: NDArray[np.uint8]) -> None:
    opened = moved(face, [65, 66, 67], 0, 9)
    (name,) = names([(plain, plain)], [(face, opened)], UNITS)
    assert (name.text, name.flipped) == ("Mouth open", False)
    (name,) = names([(plain, plain)], [(opened, face)], UNITS)
    assert (name.text, name.flipped) == ("Mouth open", True)


def test_one_side_is_said(face: Points, plain: NDArray[np.uint8]) -> None:
    left, right = moved(face, [48, 60], -8, -4), moved(face, [54, 64], 8, -4)
    texts = [n.text for n in names([(plain, plain)] * 2, [(face, left), (face, right)], UNITS)]
    assert texts == ["Mouth corner, left", "Mouth corner, right"]


def test_what_moves_nothing_is_named_by_its_colour_and_place(
    face: Points, plain: NDArray[np.uint8]
) -> None:
    bright, red = plain.copy(), plain.copy()
    cv2.circle(bright, (78, 140), 12, (190, 190, 190), -1)
    cv2.circle(red, (178, 140), 12, (190, 110, 120), -1)
    pairs = [(plain, bright), (plain, red), (bright, plain)]
    told = names(pairs, [(face, face)] * 3, {})
    assert [name.text for name in told] == [
        "Cheek, left: lighter 1", "Cheek, right: redder", "Cheek, left: lighter 2",
    ]  # fmt: skip
    assert [name.flipped for name in told] == [False, False, True]


def test_no_two_are_called_alike(face: Points, plain: NDArray[np.uint8]) -> None:
    opened = moved(face, [65, 66, 67], 0, 9)
    wider = moved(opened, [40, 41, 46, 47], 0, 3)
    told = names([(plain, plain)] * 3, [(face, opened), (face, wider), (face, opened)], UNITS)
    assert [name.text for name in told] == [
        "Mouth open 1", "Mouth open, more eyes open", "Mouth open 2",
    ]  # fmt: skip
