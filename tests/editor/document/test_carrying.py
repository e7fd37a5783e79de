"""Regions that are carried from face to face, and edits that are added up to be copied."""

from __future__ import annotations

import numpy as np
import pytest

from editor.document.carrying import CarriedRegion, CopiedEdits, carried
from editor.document.face_regions import feather_of, preset
from editor.document.history import Edit, EditOrigin
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from editor.document.style import StyleDelta
from tests.fake_engine import LAYOUT, landmarks_at

W, H = 400, 300
FACE = landmarks_at(200, 150, 160)


def edit(
    region: RegionMask, *goals: tuple[str, float], likeness: str = "", opacity: float = 1
) -> Edit:
    delta = StyleDelta(LAYOUT, np.array([0]), np.array([1.0]))
    origin = EditOrigin(goals, 0, 1, likeness=likeness)
    return Edit("id", "label", delta, region, origin, 1.0, opacity=opacity)


def dot(x: float, y: float, radius: float = 10) -> RegionMask:
    line = np.array([[x, y], [x + 1, y]], np.float32)
    return RegionMask.empty(W, H).stamped(BrushStroke(line, radius, 0.5, erase=False))


def middle(mask: RegionMask) -> np.ndarray:
    rows, columns = np.nonzero(mask.full() > 127)
    return np.array([columns.mean(), rows.mean()])


def test_a_region_moves_turns_and_grows_with_the_face() -> None:
    angle = 0.3
    turn = 2.5 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    onto = (FACE - [200, 150]) @ turn.T + [700, 500]
    place = np.array([230.0, 120.0])  # on a cheek
    mask = dot(*place)
    made = carried(mask, FACE, onto, 1400, 1000)
    assert (made.width, made.height) == (1400, 1000)
    expected = turn @ (place + np.array([0.5, 0]) - [200, 150]) + [700, 500]
    np.testing.assert_allclose(middle(made), expected, atol=1.5)
    assert made.area == pytest.approx(mask.area * 2.5**2, rel=0.03)
    there_and_back = carried(made, onto, FACE, W, H)
    off = there_and_back.full().astype(int) - mask.full()
    assert np.abs(off).mean() < 0.2


def test_what_lies_on_a_feature_follows_it_where_faces_differ() -> None:
    onto = FACE.copy()
    onto[48:] += [0, 14]  # a mouth that sits lower
    mouth = FACE[48:].mean(0)
    made = carried(dot(*mouth), FACE, onto, W, H)
    moved = middle(made) - middle(dot(*mouth))
    assert 9 < moved[1] < 16
    assert abs(moved[0]) < 1.5
    brow = FACE[17:22].mean(0)
    stays = middle(carried(dot(*brow), FACE, onto, W, H)) - middle(dot(*brow))
    assert np.abs(stays).max() < 4


def test_what_lies_beside_the_other_photo_is_empty_or_cut() -> None:
    assert carried(dot(200, 150), FACE, FACE + np.array([5000, 0]), W, H).is_empty
    cut = carried(
        dot(200, 150, 20), FACE, FACE + np.array([200, 0]), W, H
    )  # its middle is on the edge
    assert not cut.is_empty
    assert cut.x + cut.alpha.shape[1] == W
    assert carried(RegionMask.empty(W, H), FACE, FACE, 50, 60) == RegionMask.empty(50, 60)


def test_a_named_region_is_that_region_of_the_other_face() -> None:
    onto = landmarks_at(150, 160, 120)
    for name in ("mouth", "lips"):
        made = preset(name, FACE, W, H).feathered(5)
        source = CarriedRegion(made, FACE, None, onto, None, W, H, 8)
        soft = feather_of(name, 8)
        assert source.feathered() == preset(name, onto, W, H).feathered(soft)
    brushed = CarriedRegion(dot(230, 120), FACE, None, onto, None, W, H, 3)
    assert brushed.feathered() == carried(dot(230, 120), FACE, onto, W, H)


def test_edits_are_added_up_by_region_and_opacity_and_likenesses_stay() -> None:
    a, b = dot(180, 120), dot(230, 120)
    edits = (
        edit(a, ("smile", 60)),
        edit(b, ("eyes_open", 80)),
        edit(a, ("smile", -20), ("slider-1", 30)),
        edit(b, ("eyes_open", 70)),
        edit(b, ("eyes_open", 10), opacity=0.5),
        edit(b, ("smile", 10), opacity=0),
        edit(b, likeness="paint"),
        edit(dot(100, 100), ("smile", 30)),
        edit(dot(100, 100), ("smile", -30)),
    )
    copied = CopiedEdits.of(edits, FACE, None)
    assert copied.parts == (
        (a, 1, (("smile", 40), ("slider-1", 30))),
        (b, 1, (("eyes_open", 150),)),
        (b, 0.5, (("eyes_open", 10),)),
    )
    assert copied.left_out
    assert CopiedEdits.of(edits[:1], FACE, None).left_out is False
