from __future__ import annotations

import numpy as np
import pytest

from editor.document.landmarks import (
    PARTS,
    handle,
    part_moved,
    placed,
    point_moved,
)


def test_three_clicks_place_eyes_and_mouth_whichever_eye_comes_first() -> None:
    for clicks in (((80, 100), (120, 104)), ((120, 104), (80, 100))):
        points = placed(*clicks, (98, 145))
        assert np.allclose(points[36:42].mean(0), (80, 100))
        assert np.allclose(points[42:48].mean(0), (120, 104))
        assert np.allclose((points[48] + points[54]) / 2, (98, 145))
        assert points[17:27, 1].max() < 105 < points[33, 1] < 145 < points[8, 1]


def test_a_face_upside_down_is_placed_upside_down() -> None:
    points = placed((80, 100), (120, 100), (100, 60))
    assert np.allclose(points[36:42].mean(0), (120, 100))  # the person's right is at the right now
    assert points[8, 1] < 60


def test_clicks_on_a_line_are_no_face() -> None:
    with pytest.raises(ValueError, match="line"):
        placed((80, 100), (120, 100), (160, 100))
    with pytest.raises(ValueError, match="line"):
        placed((80, 100), (80, 100), (80, 100))


def test_a_part_moves_as_one_and_a_point_of_the_jaw_takes_its_neighbours_along() -> None:
    points = placed((80, 100), (120, 100), (100, 140))
    moved = part_moved(points, "mouth", (3, -2))
    assert np.allclose(moved[48:] - points[48:], (3, -2))
    assert np.array_equal(moved[:48], points[:48])
    alone = point_moved(points, 30, (5, 0))
    assert np.flatnonzero((alone != points).any(1)).tolist() == [30]
    chin = point_moved(points, 8, (0, 10)) - points
    assert chin[8, 1] == 10
    assert 5 < chin[7, 1] == chin[9, 1] < 10
    assert not chin[17:].any()


def test_every_part_has_a_handle_of_its_own() -> None:
    points = placed((80, 100), (120, 100), (100, 140))
    spots = np.array([handle(points, part) for part in PARTS])
    gaps = np.linalg.norm(spots[:, None] - spots, axis=-1) + 100 * np.eye(len(spots))
    assert gaps.min() > 8
