"""What a face cannot carry is known before an edit is made."""

from __future__ import annotations

import numpy as np
import pytest

from editor.document.face import FaceCrop, FaceDetail
from editor.document.goals import Goal
from editor.document.limits import Limit, limits, within
from resources.face_classes import CLASSES


def face(gap: float) -> np.ndarray:
    """Landmarks (68, 2) of eyes 100 apart whose inner lips are so far from each other."""
    points = np.zeros((68, 2))
    points[36:42], points[42:48] = (0, 0), (100, 0)
    points[61:64], points[65:68] = (50, 100), (50, 100 + gap)
    return points


def test_teeth_that_do_not_show_are_not_whitened_and_closed_lips_stay_closed() -> None:
    found = limits(face(2))
    assert (found["teeth_whiteness"].low, found["teeth_whiteness"].high) == (0, 0)
    assert (found["mouth_open"].low, found["mouth_open"].high) == (-100, 0)
    assert all(limit.why for limit in found.values())
    narrow = limits(face(5))  # a row of teeth
    assert (narrow["teeth_whiteness"].low, narrow["teeth_whiteness"].high) == (0, 100)
    assert set(narrow) == {"teeth_whiteness", "heal_blemishes", "lighten_under_eyes"}
    assert all(limit.usual and limit.low == 0 for limit in narrow.values())


@pytest.mark.parametrize(
    ("asked", "standing", "got"),
    [(60, 0, 20), (-60, 0, -60), (60, 40, 40), (30, 40, 30), (0, 0, 0)],
)
def test_a_slider_goes_no_further_than_its_limit_or_than_it_stands(
    asked: float, standing: float, got: float
) -> None:
    assert Limit("why", high=20).clamped(asked, standing) == got


def test_goals_that_a_face_cannot_carry_are_left_out_and_told() -> None:
    goals = Goal("teeth_whiteness", 40), Goal("smile", 60), Goal("mouth_open", 0)
    kept, whys = within(goals, face(2))
    assert kept == (Goal("smile", 60), Goal("mouth_open", 0))
    assert len(whys) == 1
    assert "teeth" in whys[0]
    assert within(goals, face(20)) == (goals, ())


@pytest.mark.parametrize(
    ("tip", "low", "high"), [(95, -20, 100), (5, -100, 20), (70, None, None), (30, None, None)]
)
def test_a_head_that_is_turned_away_hardly_turns_back(
    tip: float, low: float | None, high: float | None
) -> None:
    """Its far half would be stretched to streaks."""
    points = face(20)
    points[1:3], points[14:16], points[30] = (0, 50), (100, 50), (tip, 60)
    found = limits(points).get("head_turn")
    assert (found and found.low, found and found.high) == (low, high)


def test_a_head_that_an_edit_has_turned_may_turn_back() -> None:
    """Its far half is in the photo; and one photographed aside has none, whatever edits did."""
    straight, aside = face(20), face(20)
    for points, tip in ((straight, 60), (aside, 95)):
        points[1:3], points[14:16], points[30] = (0, 50), (100, 50), (tip, 60)
    nothing = np.zeros((8, 8), np.uint8)

    def limited(now: np.ndarray, photographed: np.ndarray) -> bool:
        crop = FaceCrop(photographed, np.eye(2, 3), 8)
        return "head_turn" in limits(now, FaceDetail(np.zeros((478, 2)), crop, nothing))

    assert not limited(aside, straight)
    assert limited(straight, aside)


def seen(opened: float, over: str | None) -> FaceDetail:
    """Eyes of a width of 30, opened so far, on which the parser saw that; else skin."""
    points = face(20) + np.array([70, 60])
    for first in (36, 42):
        middle = points[first]
        points[first : first + 6] = middle + np.array(
            [
                [-15, 0],
                [-5, -opened / 2],
                [5, -opened / 2],
                [15, 0],
                [5, opened / 2],
                [-5, opened / 2],
            ]
        )
    points[1:3], points[14:16], points[30] = (70, 110), (170, 110), (120, 120)
    crop = FaceCrop.from_landmarks(points, 256)
    labels = np.full((256, 256), CLASSES.index("skin"), np.uint8)
    if over is not None:
        eyes = np.rint(crop.landmarks_in_crop()[[36, 45]]).astype(int)
        (left, top), (right, low) = eyes.min(0) - 12, eyes.max(0) + 12
        labels[top:low, left:right] = CLASSES.index(over)
    hair = np.full((256, 256), 255, np.uint8)
    return FaceDetail(np.zeros((478, 2)), crop, hair, labels)


def test_eyes_behind_dark_glasses_are_not_in_the_photo() -> None:
    """They got cloudy patches on their lenses, which bent."""
    detail = seen(9, "glasses")
    found = limits(detail.crop.landmarks, detail)
    for name in ("eyes_open", "eye_size", "gaze", "eye_brightness", "under_eye_darkness"):
        assert (found[name].low, found[name].high) == (0, 0)
    assert "dark glasses" in found["gaze"].why
    assert "eyes_open" not in limits(detail.crop.landmarks), "brushed over, it is the user's to say"


def test_eyes_that_are_closed_do_not_open() -> None:
    shut, opened = seen(3, None), seen(9, "iris")
    found = limits(shut.crop.landmarks, shut)
    assert (found["eyes_open"].low, found["eyes_open"].high) == (-100, 0)
    assert (found["gaze"].low, found["gaze"].high) == (0, 0)
    assert found.keys() - limits(opened.crop.landmarks, opened).keys() == {
        "eyes_open", "gaze", "eye_brightness",
    }  # fmt: skip


def test_what_several_sliders_have_in_common_is_said_once() -> None:
    """A preset of four sliders of eyes told of dark glasses four times."""
    detail = seen(9, "glasses")
    asked = [Goal("eyes_open", 50), Goal("gaze", 40), Goal("smile", 20)]
    kept, whys = within(asked, detail.crop.landmarks, detail)
    assert [goal.attribute for goal in kept] == ["smile"]
    assert len(whys) == 1
