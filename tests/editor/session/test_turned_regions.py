"""Regions lie where the face did when they were asked for, and come back where it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from editor.document.brushed_region import BrushedRegion
from editor.document.face import FaceCrop
from editor.document.goals import Goal
from editor.document.history import Edit, EditHistory, EditOrigin, Portrait
from editor.document.named_regions import RegionList
from editor.document.region import RegionMask
from editor.document.style import StyleCode, StyleDelta, StyleLayout
from editor.session.desks.adjustments import brushed_of
from editor.session.wishes import Wish, step_for
from tests.fake_engine import landmarks_at

LAYOUT = StyleLayout(("b4.conv",), (4,), "00" * 32)
SHIFT = np.full((68, 2), (9, 0), np.float32)


def mask(x: int = 90) -> RegionMask:
    full = np.zeros((200, 200), np.uint8)
    full[100:120, x : x + 20] = 255
    return RegionMask.from_full(full)


def edit(id: str, **goals: float) -> Edit:
    delta = StyleDelta.from_dense(LAYOUT, np.ones(4, np.float32))
    origin = EditOrigin(tuple(goals.items()), 0, 2)
    return Edit(id, id, delta, mask(), origin, 0.0, brushed=BrushedRegion(mask(), 2.0))


TURN = replace(edit("turn", head_turn=50.0), shift=SHIFT)


def portrait(*edits: Edit) -> Portrait:
    history = EditHistory(StyleCode(LAYOUT, np.zeros(4, np.float32)))
    for one in edits:
        history = history.push(one)
    crop = FaceCrop.from_landmarks(landmarks_at(100, 100, 80), 64)
    return Portrait(crop, history, 20.0, 0.3)


class _Face:
    def __init__(self, portrait: Portrait) -> None:
        self.portrait = portrait


def test_an_entrys_region_comes_back_where_the_face_is_now() -> None:
    listed, made = RegionList(BrushedRegion(mask(), 2.0)), replace(edit("lips"), upon=SHIFT)
    there = brushed_of(made, listed, portrait(TURN, made))
    assert there.mask == mask()
    off = brushed_of(made, listed, portrait(replace(TURN, enabled=False), made)).mask
    middle = off.x + off.alpha.shape[1] / 2
    assert abs(middle - (100 - 9)) < 1
    beneath = brushed_of(edit("first"), listed, portrait(edit("first"), TURN)).mask
    assert abs(beneath.x + beneath.alpha.shape[1] / 2 - (100 + 9)) < 1


def test_a_wish_knows_where_its_face_lay_though_another_edit_turns_it_first() -> None:
    made = edit("lips", lip_redness=40.0)
    face = _Face(portrait(made))
    before = Wish(cast("Any", face), (Goal("lip_redness", 20.0),), BrushedRegion(mask(), 2.0), 1)
    face.portrait = portrait(made, TURN)
    smaller = RegionMask.from_full(mask().full() * (np.arange(200) > 95).astype(np.uint8))
    later = Wish(cast("Any", face), before.goals, before.source, 3)
    assert before.upon is not None
    assert later.upon is not None
    assert not before.upon.any()
    np.testing.assert_array_equal(later.upon, SHIFT)
    step = step_for(face.portrait.history, later, smaller, {"lip_redness": None})
    assert step is not None
    assert step.scaled is not None
    np.testing.assert_array_equal(step.scaled.upon, SHIFT)  # pyright: ignore[reportArgumentType]
    assert step.scaled.region == smaller
