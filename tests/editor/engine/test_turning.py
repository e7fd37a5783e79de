"""A head turns as a head does: about its own axis, before what is behind it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from editor.document.colour import srgb_decoded, srgb_encoded
from editor.engine.compositing.bending import bent
from editor.engine.compositing.surface import remapped
from editor.engine.compositing.turning import (
    Surroundings,
    as_asked,
    landmarks_gone,
    light_left,
    still_behind,
    turned,
)
from resources.face_mesh import ibug_landmarks, ibug_shares, mean_mesh

SIDE = 256
NOSE, EARS, EYES, CHIN = 1, [234, 454], [33, 263], 152
BEFORE = np.array([128, 140, 0]) + 60 * mean_mesh()
TURN, YAW = ("head_turn", -60.0), (False, True)


def rendered(degrees: float, roll: float = 0.0) -> np.ndarray:
    """The mesh of a render after a turn: aligned by its eyes, and a little wider than before."""
    axis = np.radians([0, degrees, roll])
    rotation = np.asarray(cv2.Rodrigues(axis)[0], np.float64)
    there = 1.01 * BEFORE @ rotation.T
    return there + BEFORE[EYES].mean(0) - there[EYES].mean(0)


def test_the_outline_stays_and_the_face_goes_as_a_whole() -> None:
    """Taken as the renders have it, the eyes stay, and both cheeks go the other way."""
    after = rendered(8)
    seen = (after - BEFORE)[:, 0]
    assert abs(seen[EYES].mean()) < 0.1
    assert np.abs(seen[EARS]).min() > 5
    there = turned(BEFORE, after, axes=YAW, alone=True)
    ways = (there - BEFORE)[:, 0]
    assert np.abs(ways[EARS]).max() < 2.5, "what was pushed aside was background"
    assert np.sign(ways[EYES]).tolist() == 2 * [np.sign(ways[NOSE])]
    assert abs(ways[NOSE]) > abs(ways[CHIN]) > abs(ways[EARS]).max()
    apart = ways[NOSE] - ways[EARS].mean()
    assert apart == pytest.approx(seen[NOSE] - seen[EARS].mean(), abs=0.6), "as far as it was"


def test_a_turn_is_a_rotation_and_does_not_tilt() -> None:
    there = turned(BEFORE, rendered(8, roll=2), axes=YAW, alone=True)
    apart, now = (np.linalg.norm(p[:60, None] - p[None, :60], axis=-1) for p in (BEFORE, there))
    np.testing.assert_allclose(now, apart, atol=1e-3)
    assert np.abs(there - BEFORE)[:, 1].max() < 0.8


def test_a_head_that_is_to_nod_does_not_turn() -> None:
    meshes = BEFORE, rendered(6)
    assert np.abs(as_asked(meshes, [("head_nod", 60.0)])[1] - BEFORE)[:, 0].max() < 0.5
    assert np.abs(as_asked(meshes, [("head_nod", 60.0), TURN])[1] - BEFORE)[:, 0].max() > 5


def test_what_else_is_asked_for_goes_on_top_of_the_turn() -> None:
    after = rendered(8)
    after[13] += (0, -4, 0)
    alone, both = (turned(BEFORE, after, axes=YAW, alone=alone) for alone in (True, False))
    assert abs((both - alone)[13, 1] + 4) < 0.5
    meshes = BEFORE, after
    assert as_asked(meshes, [("smile", 60.0), ("head_turn", 0.0)]) is meshes
    np.testing.assert_array_equal(as_asked(meshes, [TURN])[1], alone)
    np.testing.assert_array_equal(as_asked(meshes, [TURN, ("smile", 60.0)])[1], both)


def test_a_turn_with_skin_work_in_one_edit_turns_as_alone() -> None:
    """Skin work is none of the renders': what else they do was bent into the photo beside it."""
    after = rendered(8)
    after[13] += (0, -4, 0)
    alone, beside = (
        as_asked((BEFORE, after), goals)[1] for goals in ([TURN], [TURN, ("smooth_skin", 60.0)])
    )
    np.testing.assert_array_equal(beside, alone)


def post() -> np.ndarray:
    """What is behind a head that touches it on the right."""
    behind = np.zeros((SIDE, SIDE), np.float32)
    behind[:, 205:] = 1
    return behind


def test_a_post_beside_a_cheek_is_not_bent() -> None:
    places = BEFORE[:, :2], turned(BEFORE, rendered(8), axes=YAW, alone=True)[:, :2] + [6, 0]
    free, kept = bent(*places, SIDE).flow, bent(*places, SIDE, Surroundings(post())).flow
    assert np.abs(free[:, 206:215]).max() > 1, "it was"
    assert not kept[:, 205:].any()
    nose = np.rint(places[1][NOSE]).astype(int)
    np.testing.assert_array_equal(kept[nose[1], nose[0]], free[nose[1], nose[0]])
    steps = np.abs(np.diff(kept[..., 0], axis=1))
    assert steps.max() < 0.9, "nothing is folded over the outline"
    assert (still_behind(np.zeros((SIDE, SIDE), np.float32)) == 1).all()


def test_a_temple_that_comes_into_view_is_not_smeared() -> None:
    """Between a face that goes and a head's outline it was made 2.7 times as wide."""
    goes = turned(BEFORE, rendered(8), axes=YAW, alone=True)[:, :2]
    flow = bent(BEFORE[:, :2], goes, SIDE, Surroundings(post())).flow
    level = np.s_[int(goes[:, 1].min()) : int(goes[:, 1].max())]
    stretch = 1 / (1 + np.diff(flow[level, 140:205, 0], axis=1))
    assert stretch.max() < 1.6
    free = bent(BEFORE[:, :2], goes, SIDE).flow
    for eye in (33, 263):
        x, y = np.rint(goes[eye]).astype(int)
        np.testing.assert_allclose(flow[y, x], free[y, x], atol=0.7)
    assert np.abs(flow[level, 203]).max() < 0.3, "labels' steps bend no outline"


def spectacles(*, gap: int = 0) -> np.ndarray:
    """Two rims and their bridge, and an arm that goes back to an ear; rims may have a gap."""
    seen = np.zeros((SIDE, SIDE), np.float32)
    for inner, outer in ((133, 33), (362, 263)):
        (left, y), (right, _) = sorted(np.rint(BEFORE[[inner, outer], :2]).astype(int).tolist())
        cv2.rectangle(seen, (left - 10, y - 14), (right + 10, y + 16), (1.0,), 3)
        seen[y + 12 : y + 20, left : left + gap] = 0
    seen[y - 10 : y - 7, right + 10 : 204] = 1
    return seen


@pytest.mark.parametrize("gap", [0, 20])
def test_spectacles_go_as_one_stiff_plane(gap: int) -> None:
    """Their rims were bent as the cheek and the nose behind them are: lenses got corners."""
    goes = turned(BEFORE, rendered(8), axes=YAW, alone=True)[:, :2]
    x, y = np.rint(goes[[33, 263]]).astype(int).T
    lenses = np.s_[y[0] - 8 : y[0] + 9, x[0] - 6 : x[1] + 7]

    def uneven(frames: np.ndarray | None) -> float:
        flow = bent(BEFORE[:, :2], goes, SIDE, Surroundings(post(), frames)).flow[lenses]
        rows, columns = np.indices(flow.shape[:2]).reshape(2, -1)
        places = np.column_stack([columns, rows, np.ones(len(rows))])
        ways = flow.reshape(-1, 2)
        return float(np.abs(places @ np.linalg.lstsq(places, ways)[0] - ways).max())

    assert uneven(None) > 1.2
    assert uneven(spectacles(gap=gap)) < 0.05
    crumb = spectacles()
    crumb[:, 128:] = 0
    assert uneven(crumb) == uneven(None), "what lies before one eye alone is no pair"


def test_landmarks_go_as_far_as_the_photo_is_bent() -> None:
    meshes = as_asked((BEFORE, rendered(8)), [TURN])
    ways = ibug_landmarks(meshes[1]) - ibug_landmarks(meshes[0])
    np.testing.assert_array_equal(landmarks_gone(meshes, None), ways)
    behind = post()
    behind[:, 120:] = 1
    gone = landmarks_gone(meshes, Surroundings(behind))
    assert not gone[45].any(), "the left eye is where nothing moves"
    np.testing.assert_array_equal(gone[2], ways[2])


def around(left: int, right: int) -> np.ndarray:
    """A mesh of a square outline, eyes and brows near its top, a mouth near its edge, (478, 2)."""
    mesh = np.array([[left, 20], [right, 20], [right, 236], [left, 236]] * 120, np.float64)[:478]
    parts = (44, slice(36, 48)), (34, slice(17, 27)), (214, slice(48, 68)), (236, slice(8, 9))
    for high, part in parts:
        mesh[ibug_shares()[part].any(0)] = (left + right) / 2, high
    return mesh


def test_light_stays_where_a_cheek_comes_from_a_heads_edge() -> None:
    """The shade of the edge, taken along, was a grey patch on the cheek."""
    columns = np.arange(SIDE, dtype=np.float32)
    shade = np.clip((columns - 48) / 60, 0.2, 1)  # a dark edge on the left, a lit cheek
    spot = np.ones((SIDE, SIDE), np.float32)
    spot[120:123, 84:87] = 0.6  # a mole
    seen = np.repeat((0.7 * shade * spot)[..., None], 3, -1).astype(np.float32)
    seen[..., 0] = np.sqrt(seen[..., 0])  # the shade is redder than the cheek
    flow = np.zeros((SIDE, SIDE, 2), np.float32)
    flow[..., 0] = -12
    mesh = around(70, 226)
    ones = np.ones((SIDE, SIDE), np.float32)
    at = columns + flow[..., 0], columns[:, None] + flow[..., 1]
    taken = remapped(seen, *at, cv2.INTER_LINEAR)
    lit = srgb_encoded(srgb_decoded(taken) * np.exp(light_left(seen, flow, ones, mesh))[..., None])
    near, off, on = np.s_[60:64, 72:80], np.abs(taken - seen), np.abs(lit - seen)
    assert off[near].mean() > 0.06
    assert on[near].mean() < 0.6 * off[near].mean()
    assert lit[121, 97, 1] < 0.8 * lit[121, 90, 1], "a mole goes along"
    middle = light_left(seen, flow, ones, mesh)[100:150, 120:170]
    assert np.abs(middle).max() < 0.05, "far from the outline all of it goes along"


def test_a_foreheads_shade_goes_along_with_its_hair() -> None:
    """Left behind, it lay on the forehead as a brown patch with an edge."""
    columns = np.arange(SIDE, dtype=np.float32)
    seen = np.full((SIDE, SIDE, 3), 0.7, np.float32)
    seen *= np.clip((columns - 48) / 60, 0.2, 1)[:, None]
    flow = np.full((SIDE, SIDE, 2), (-12, 0), np.float32)
    ones, mesh = np.ones((SIDE, SIDE), np.float32), around(70, 226)
    mesh[:, 1] += np.where(mesh[:, 1] < 50, 80, 0)  # eyes and brows farther down
    light = light_left(seen, flow, ones, mesh)
    assert np.abs(light[140:200, 75:90]).min() > 0.1, "cheeks keep it"
    assert not light[:110].any()


def test_hair_that_comes_over_skin_is_not_lit() -> None:
    seen = np.full((SIDE, SIDE, 3), 0.6, np.float32)
    seen[:, :90] = 0.05
    skin = np.ones((SIDE, SIDE), np.float32)
    skin[:, :90] = 0
    flow = np.full((SIDE, SIDE, 2), (-12, 0), np.float32)
    mesh = around(80, 206)
    light = light_left(seen, flow, skin, mesh)
    assert np.abs(light[60:200, :101]).max() == 0
    assert np.abs(light[60:200]).max() < 0.05


def test_hair_at_a_labels_border_shades_no_skin() -> None:
    """Skin beside hair and brows was grey, and white where a brow had been."""
    seen = np.full((SIDE, SIDE, 3), 0.8, np.float32)
    seen[:, :93] = 0.05
    skin = np.ones((SIDE, SIDE), np.float32)
    skin[:, :90] = 0
    flow = np.full((SIDE, SIDE, 2), (12, 0), np.float32)
    mesh = around(80, 206)
    light = light_left(seen, flow, skin, mesh)
    assert np.abs(light[60:200, 93:]).max() < 0.05
