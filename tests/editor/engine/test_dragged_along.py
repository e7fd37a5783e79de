"""A smile moves a mouth and lids as people's do, and not what goes with smiles in samples."""

from __future__ import annotations

import numpy as np
import pytest

from editor.engine.compositing.dragged_along import (
    landmarks_bent,
    lips_alone,
    nose_alone,
    nose_at_rest,
    outline_alone,
    squinting,
)
from editor.engine.compositing.lids import LIDS
from resources.face_mesh import ibug_landmarks, mean_mesh

FACE = 60 * mean_mesh()[:, :2] + 128
NOSE = [30, 31, 33, 35]


def shifted(points: np.ndarray) -> np.ndarray:
    return points + np.array([2.0, -3.0])


def moved(before: np.ndarray, after: np.ndarray, numbers: list[int]) -> np.ndarray:
    return (ibug_landmarks(after) - ibug_landmarks(before))[numbers]


@pytest.mark.parametrize(
    "goals",
    [[("smile", 50.0)], [("smile", -40.0), ("brow_height", 0.0)],
     [("mouth_width", 60.0), ("eyes_open", -30.0), ("brow_height", 20.0), ("jaw_width", 0.0)]],
)  # fmt: skip
def test_a_nose_stays_beside_a_mouth(goals: list[tuple[str, float]]) -> None:
    held = nose_at_rest(FACE, shifted(FACE), goals)
    assert np.abs(moved(FACE, held, NOSE)).max() < 0.2
    np.testing.assert_allclose(moved(FACE, held, [48, 54, 8]), np.full((3, 2), [2.0, -3.0]))


@pytest.mark.parametrize("other", ["nose_width", "jaw_width", "head_turn", "femininity"])
def test_a_nose_goes_along_where_more_than_a_mouth_is_asked_for(other: str) -> None:
    goals = [("smile", 50.0), (other, 30.0)]
    after = shifted(FACE)
    assert nose_at_rest(FACE, after, goals) is after
    assert nose_at_rest(FACE, after, [("brow_height", 30.0)]) is after
    assert nose_at_rest(FACE, after, [("lip_fullness", 30.0)]) is after


def gaps(mesh: np.ndarray) -> np.ndarray:
    """Between opposite points of each eye's lids, and how low the upper ones lie, (2, 2, 7)."""
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for contour in LIDS:
        lower, upper = mesh[list(contour[1:8]), 1], mesh[list(contour[15:8:-1]), 1]
        found.append((lower - upper, upper))
    return np.array(found)


def test_eyes_that_close_in_a_smile_close_from_below() -> None:
    drooping = FACE.copy()
    for contour in LIDS:
        drooping[list(contour[9:16]), 1] += 2.0
    goals = [("smile", 50.0), ("eyes_open", -40.0)]
    base, before, after = squinting([FACE, FACE, drooping], goals)
    assert base is before is FACE
    np.testing.assert_allclose(gaps(after)[:, 0], gaps(drooping)[:, 0], atol=0.05)
    np.testing.assert_allclose(gaps(after)[:, 1] - gaps(FACE)[:, 1], 0.6, atol=0.05)
    others = np.setdiff1d(np.arange(len(FACE)), np.concatenate(LIDS))
    np.testing.assert_array_equal(after[others], drooping[others])


@pytest.mark.parametrize(
    "goals",
    [[("eyes_open", -40.0)], [("smile", -40.0), ("eyes_open", -40.0)],
     [("smile", 50.0), ("eyes_open", 40.0)], [("smile", 50.0)]],
)  # fmt: skip
def test_other_eyes_move_as_they_did(goals: list[tuple[str, float]]) -> None:
    after = shifted(FACE)
    assert squinting([FACE, FACE, after], goals)[2] is after


def test_landmarks_of_lips_stay_closed_and_others_go_as_they_were_tracked() -> None:
    seen = ibug_landmarks(FACE).copy()
    seen[60:68, 1] = seen[60:68, 1].mean()
    line = seen[60, 1]
    shut = FACE.copy()
    parted = FACE.copy()
    below = np.abs(FACE[:, 0] - 128) < 25
    parted[:, 1] += 6 * below * np.clip((FACE[:, 1] - line) / 2, 0, 1)
    meshes = tuple(np.column_stack([m, np.zeros(len(m))]) for m in (shut, parted))
    tracked = np.full((68, 2), 7.0)
    shift = landmarks_bent((meshes[0], meshes[1]), 1.5, [("smile", 50.0)], seen, tracked)
    opened = (ibug_landmarks(parted) - ibug_landmarks(shut))[[67, 66, 65], 1].mean()
    assert opened > 3, "else this test shows nothing"
    assert abs((shift[[67, 66, 65], 1] - shift[[61, 62, 63], 1]).mean()) < 0.5 * opened
    np.testing.assert_array_equal(shift[36:48], tracked[36:48])
    np.testing.assert_array_equal(shift[:27], tracked[:27])
    assert np.abs(shift[27:36]).max() < 1


@pytest.mark.parametrize(
    ("goals", "way"),
    [([("nose_width", 60.0)], (2.0, 0.0)), ([("nose_length", -60.0), ("smile", 0.0)], (0.0, -3.0)),
     ([("nose_width", 60.0), ("nose_length", 60.0)], (2.0, -3.0))],
)  # fmt: skip
def test_a_nose_alone_gets_wider_or_longer(
    goals: list[tuple[str, float]], way: tuple[float, float]
) -> None:
    after = nose_alone(FACE, shifted(FACE), goals)
    np.testing.assert_allclose(moved(FACE, after, NOSE), np.tile(way, (4, 1)), atol=0.25)
    assert np.abs(moved(FACE, after, [8, 19, 36, 48, 54])).max() < 0.2


@pytest.mark.parametrize("other", ["smile", "jaw_width", "head_turn"])
def test_what_goes_with_a_nose_goes_along(other: str) -> None:
    after = shifted(FACE)
    assert nose_alone(FACE, after, [("nose_width", 50.0), (other, 30.0)]) is after
    assert nose_alone(FACE, after, [(other, 30.0)]) is after


@pytest.mark.parametrize("name", ["face_roundness", "jaw_width", "chin_length"])
def test_a_rounder_face_keeps_its_mouths_shape(name: str) -> None:
    """Teeth were twice as long in slimmer faces, and mouths small in rounder ones."""
    after = 128 + (FACE - 128) * [0.9, 1.2]
    held = outline_alone(FACE, after, [(name, -60.0), ("smile", 0.0)])
    ways, outline = (moved(FACE, p, list(range(17))) for p in (held, after))
    np.testing.assert_allclose(ways[[1, 8, 15]], outline[[1, 8, 15]], atol=0.3)
    mouth = moved(FACE, held, list(range(48, 68)))
    assert np.ptp(mouth, axis=0).max() < 0.1 * np.ptp(moved(FACE, after, [51, 57]), axis=0).max()
    asked = moved(FACE, after, list(range(48, 68))).mean(0)
    np.testing.assert_allclose(mouth.mean(0), asked / 2, atol=0.4)
    assert outline_alone(FACE, after, [(name, 50.0), ("smile", 30.0)]) is after
    assert outline_alone(FACE, after, []) is after


@pytest.mark.parametrize("way", [1.0, -0.5])
def test_fuller_lips_part_no_further_and_thinner_ones_close_nothing(way: float) -> None:
    """Teeth were drawn out by a quarter, and lips none the fuller; thinner ones closed a mouth."""
    before, after = FACE.copy(), FACE.copy()
    line = ibug_landmarks(FACE)[[62, 66], 1].mean()
    side = np.where(FACE[:, 1] > line, 1, -1) * (np.abs(FACE[:, 0] - 128) < 30)
    for mesh, gap in ((before, 3.0), (after, 3.0 + 4 * way)):  # it opens
        mesh[:, 1] += gap * side * (FACE[:, 1] > line - 12)
    points = ibug_landmarks(before)
    mouth = points[60:68].mean(0)
    after += 0.2 * way * (before - mouth) * (np.abs(before - mouth) < 35).all(1)[:, None]
    held = lips_alone(before, after, [("lip_fullness", 60.0 * way)])
    inner = list(range(60, 68))
    assert np.abs(moved(before, after, inner)).max() > 1, "else this test shows nothing"
    np.testing.assert_allclose(moved(before, held, inner), 0, atol=0.5)
    for outer, own in ((51, 62), (57, 66)):
        asked = moved(before, after, [outer])[0] - moved(before, after, [own])[0]
        np.testing.assert_allclose(moved(before, held, [outer])[0], asked, atol=0.05)
    np.testing.assert_allclose(moved(before, held, [27, 36, 45]), 0, atol=0.05)


@pytest.mark.parametrize("other", ["smile", "mouth_open", "head_turn"])
def test_lips_part_where_something_else_is_asked_for(other: str) -> None:
    after = shifted(FACE)
    assert lips_alone(FACE, after, [("lip_fullness", 50.0), (other, 30.0)]) is after
    assert lips_alone(FACE, after, [(other, 30.0)]) is after


def test_fuller_lips_may_be_wider_if_that_is_asked_for() -> None:
    after = 128 + (FACE - 128) * [1.1, 1.0]
    goals = [("lip_fullness", 50.0), ("mouth_width", 50.0)]
    wider = moved(FACE, after, [48, 54])
    np.testing.assert_allclose(
        moved(FACE, lips_alone(FACE, after, goals), [48, 54]), wider, atol=0.1
    )
    alone = moved(FACE, lips_alone(FACE, after, goals[:1]), [60, 64])
    np.testing.assert_allclose(alone, 0, atol=0.05)
