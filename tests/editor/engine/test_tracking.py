"""Landmarks after an edit: those found anew, unless the surface shows that they slipped."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from editor.engine.tracking import landmarks_after, tracked
from tests.editor.renders import blurred_noise

SIDE = 128
BROW = slice(17, 22)


def landmarks() -> np.ndarray:
    """Eyes 40 pixels apart, every part of the face somewhere inside."""
    points = np.random.default_rng(3).uniform([70, 90], 110, (68, 2))
    points[36:42] = np.random.default_rng(4).uniform([84, 88], [88, 92], (6, 2))
    points[42:48] = np.random.default_rng(5).uniform([44, 108], [48, 112], (6, 2))
    points[BROW] = np.stack([np.linspace(34, 54, 5), np.full(5, 46.0)], 1)
    return points


def picture() -> np.ndarray:
    return np.rint(blurred_noise(2) * 255).astype(np.uint8)


def lowered(image: np.ndarray, by: int) -> np.ndarray:
    """The part around the brow, and everything above it, moved down."""
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    share = np.clip(1 - np.hypot(xs - 44, ys - 46 - by) / 34, 0, 1)
    share = np.clip(2 * share, 0, 1)
    return cv2.remap(image, xs, ys - by * share, cv2.INTER_LINEAR)


class Slipped:
    """A landmark model that takes the brow for something else, and answers right elsewhere."""

    def __init__(self, points: np.ndarray, by: float) -> None:
        self.points = points.copy()
        self.points[BROW] -= [0, by]

    def aligned_landmarks(self, crop: np.ndarray) -> np.ndarray:
        return self.points.copy()


def test_a_brow_that_was_found_where_it_did_not_go_is_put_where_its_surface_is() -> None:
    before, old = picture(), landmarks()
    after = lowered(before, 5)
    found = landmarks_after(Slipped(old, 10), before, old, after, moves=True)
    assert found[BROW, 1] == pytest.approx(old[BROW, 1] + 5, abs=1.5)
    others = np.r_[0:17, 22:68]
    np.testing.assert_array_equal(found[others], old[others])


def test_landmarks_that_agree_with_the_surface_stay_as_they_were_found() -> None:
    before, old = picture(), landmarks()
    found = old + 0.3
    np.testing.assert_array_equal(tracked(before, before, old, found), found)


def test_new_surface_is_left_to_the_landmark_model() -> None:
    before, old = picture(), landmarks()
    after = np.random.default_rng(8).integers(0, 256, before.shape, np.uint8)  # nothing old is seen
    found = old + np.array([6.0, 0.0])
    np.testing.assert_array_equal(tracked(before, after, old, found), found)


def test_what_moves_nothing_is_measured_where_it_was() -> None:
    before, old = picture(), landmarks()
    darker = np.asarray(before * 0.7, np.uint8)
    model = Slipped(old, 10)
    np.testing.assert_array_equal(landmarks_after(model, before, old, darker, moves=False), old)
