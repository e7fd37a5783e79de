from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.document.face import FaceCrop
from editor.document.history import (
    MOST_WEIGHT,
    Edit,
    EditHistory,
    EditOrigin,
    EditPart,
    Portrait,
)
from editor.document.history_changes import with_change
from editor.document.region import RegionMask
from editor.document.style import LayoutMismatchError, StyleCode, StyleDelta, StyleLayout
from tests.fake_engine import landmarks_at

LAYOUT = StyleLayout(("b4.conv",), (16,), "00" * 32)
OTHER = StyleLayout(("b4.conv",), (16,), "11" * 32)


def edit(seed: int, layout: StyleLayout = LAYOUT) -> Edit:
    rng = np.random.default_rng(seed)
    # Magnitudes far apart: here subtracting an edit would not give the old code back.
    values = rng.normal(size=16) * 10.0 ** rng.integers(-6, 6, 16) * (rng.random(16) < 0.6)
    delta = StyleDelta.from_dense(layout, values.astype(np.float32))
    origin = EditOrigin((("smile", float(seed)),), seed, 40)
    return Edit(str(seed), f"Smile {seed}", delta, RegionMask.empty(4, 4), origin, 0.0)


def base(seed: int = 0) -> StyleCode:
    return StyleCode(LAYOUT, np.random.default_rng(seed).normal(size=16).astype(np.float32))


histories = st.lists(st.integers(0, 50), max_size=7).flatmap(
    lambda seeds: st.builds(
        EditHistory,
        st.integers(0, 5).map(base),
        st.just(tuple(edit(seed) for seed in seeds)),
        st.integers(0, len(seeds)),
    )
)


def bits(history: EditHistory) -> bytes:
    return history.current().values.tobytes()


@given(histories)
def test_undo_to_the_start_and_redo_to_the_end_are_bit_exact(history: EditHistory):
    history = history.at(len(history.edits))
    seen = [bits(history)]
    for _ in history.edits:
        history = history.undo()
        seen.append(bits(history))
    assert seen[-1] == history.base.values.tobytes()
    assert history.undo() == history
    for expected in reversed(seen[:-1]):
        history = history.redo()
        assert bits(history) == expected
    assert history.redo() == history


@given(histories, st.integers(1, 9))
def test_undo_n_then_redo_n_is_the_same_history(history: EditHistory, n: int):
    n = min(n, history.position)
    moved = history
    for _ in range(n):
        moved = moved.undo()
    for _ in range(n):
        moved = moved.redo()
    assert moved == history
    assert bits(moved) == bits(history)


@given(histories)
def test_codes_lists_every_state_on_the_way(history: EditHistory):
    codes = history.codes()
    assert len(codes) == history.position + 1
    for position, code in enumerate(codes):
        assert history.at(position).current() == code


@given(histories, st.integers(100, 120))
def test_pushing_applies_the_edit_and_drops_the_undone_ones(history: EditHistory, seed: int):
    new = edit(seed)
    pushed = history.push(new)
    assert pushed.edits == (*history.applied, new)
    assert pushed.position == len(pushed.edits)
    assert pushed.current() == history.current().plus(new.delta)
    assert bits(pushed.undo()) == bits(history)
    assert pushed.redo() == pushed


def test_half_of_an_edit_moves_the_faces_points_by_half() -> None:
    points = landmarks_at(100, 100, 40)
    shift = np.full((68, 2), 8, np.float32)
    face = Portrait(FaceCrop.from_landmarks(points, 64), EditHistory(base()), 20.0, 0.3)
    for weight, opacity in ((1, 1), (2, 1), (1, 0.5), (1.5, 0.25), (1, 0)):
        made = replace(edit(3), shift=shift, weight=weight, opacity=opacity)
        there = face.with_history(EditHistory(base()).push(made)).landmarks
        np.testing.assert_allclose(there - face.crop.landmarks, weight * opacity * shift)


def test_how_far_heads_have_turned_is_of_turns_in_force_alone() -> None:
    shift = np.full((68, 2), 8, np.float32)
    origin = EditOrigin((("head_turn", 50.0), ("lip_redness", 20.0)), 0, 2)
    turn = replace(edit(1), origin=origin, shift=shift, weight=0.5)
    history = EditHistory(base()).push(replace(edit(2), shift=shift)).push(turn)
    assert history.turned is not None
    np.testing.assert_array_equal(history.turned, 0.5 * shift)
    assert history.changed(replace(turn, enabled=False)).turned is None
    assert history.changed(replace(turn, weight=0.0)).turned is None
    assert history.undo().turned is None


def test_what_an_edit_was_found_in_and_where_its_face_lay_is_part_of_its_look() -> None:
    one, two = edit(3), edit(4)
    parts = (EditPart(("smile",), two.delta),)
    upon = np.full((68, 2), 3, np.float32)
    looks = {one.look, replace(one, parts=parts).look, replace(one, upon=upon).look}
    assert len(looks) == 3
    strange = replace(one, parts=(EditPart(("smile",), edit(4, OTHER).delta),))
    with pytest.raises(LayoutMismatchError):
        EditHistory(base()).push(strange)


# ------------------------------------------------------------------ a stack of adjustments


def stack(count: int, start: int = 0) -> EditHistory:
    """``count`` edits one by one, all reached."""
    history = EditHistory(base())
    for seed in range(start, start + count):
        history = history.push(edit(seed))
    return history


def same_to_the_bit(one: EditHistory, other: EditHistory) -> bool:
    """Every state on the way and all that a picture is made of."""
    return (
        [code.values.tobytes() for code in one.codes()]
        == [code.values.tobytes() for code in other.codes()]
        and [e.look for e in one.applied] == [e.look for e in other.applied]
        and one == other
    )


@given(st.integers(0, 9), st.floats(0, MOST_WEIGHT, width=32))
def test_an_entry_weighed_later_equals_one_that_always_was(place: int, weight: float):
    later = stack(10)
    later = later.changed(replace(later.edits[place], weight=weight))
    from_the_start = EditHistory(base())
    for seed in range(10):
        one = edit(seed)
        from_the_start = from_the_start.push(replace(one, weight=weight) if seed == place else one)
    assert same_to_the_bit(later, from_the_start)
    assert later.edits[place].goals == (("smile", place * weight),)


@given(st.integers(0, 9))
def test_a_deleted_entry_equals_one_that_never_was_and_one_that_is_off_looks_like_it(place: int):
    never = EditHistory(base())
    for seed in range(10):
        never = never if seed == place else never.push(edit(seed))
    history = stack(10)
    gone = history.without(str(place))
    assert same_to_the_bit(gone, never)
    off = history.changed(replace(history.edits[place], enabled=False))
    assert len(off.edits) == off.position == 10
    assert off.codes() == never.codes()
    assert [e.look for e in off.applied] == [e.look for e in never.applied]
    on = off.changed(replace(off.edits[place], enabled=True))
    assert same_to_the_bit(on, history)


def test_beneath_an_entry_lies_what_was_reached_before_it():
    history = stack(5).at(4)
    assert history.before("2") == history.at(2)
    assert history.before("4") == history, "it is not reached"
    assert history.without("4").edits == history.edits[:4]
    assert history.without("1").position == 3


@pytest.mark.parametrize(
    "change",
    [{"weight": -0.1}, {"weight": 2.1}, {"weight": np.nan}, {"opacity": 1.1}, {"opacity": np.inf}],
)
def test_weights_and_opacities_outside_are_refused(change: dict[str, float]):
    with pytest.raises(ValueError, match="not 0"):
        replace(edit(1), **change)


def test_looks_differ_where_pictures_do_and_nowhere_else():
    one = replace(edit(1), region=RegionMask(9, 9, 1, 1, np.full((3, 3), 200, np.uint8)))
    others = [
        replace(one, weight=0.5),
        replace(one, opacity=0.5),
        replace(one, region=RegionMask(9, 9, 1, 2, np.full((3, 3), 200, np.uint8))),
        replace(one, delta=one.delta.scaled(1.5)),
        replace(one, origin=replace(one.origin, likeness="paint")),
    ]
    assert len({each.look for each in (one, *others)}) == 6
    for same in (replace(one, name="Mine"), replace(one, enabled=False), replace(one, id="x")):
        assert same.look == one.look
    assert others[1].extent.alpha.max() == 100
    assert others[1].region == one.region


def test_points_move_by_what_is_in_force():
    shift = np.full((68, 2), 2.0, np.float32)
    crop = FaceCrop.from_landmarks(landmarks_at(50, 50, 40), 64)
    history = EditHistory(base()).push(replace(edit(1), shift=shift)).push(edit(2))
    history = history.push(replace(edit(3), shift=3 * shift, weight=0.5))
    portrait = Portrait(crop, history, 20, 0.1)

    def moved(history: EditHistory) -> float:
        return float((portrait.with_history(history).landmarks - crop.landmarks).max())

    assert moved(history) == pytest.approx(5)
    assert moved(history.changed(replace(history.edits[0], enabled=False))) == pytest.approx(3)
    assert moved(history.undo()) == pytest.approx(2)
    assert portrait.with_history(history.at(0)).landmarks is crop.landmarks
    wild = history.changed(replace(history.edits[0], shift=1e6 * shift))
    assert moved(wild) < 1.01 * np.ptp(crop.landmarks, axis=0).max()


# ------------------------------------------------------------------ changes, repeated elsewhere

_CHANGES = st.lists(
    st.tuples(st.sampled_from(("push", "weigh", "fade", "off", "delete", "name", "at")),
              st.integers(0, 9)),
    max_size=12,
)  # fmt: skip


def with_one(history: EditHistory, what: str, n: int, fresh: int) -> EditHistory:
    """The history after some gesture."""
    if what == "push":
        return history.push(edit(fresh))
    if what == "at" or not history.edits:
        return history.at(min(n, len(history.edits)))
    one = history.edits[n % len(history.edits)]
    if what == "delete":
        return history.without(one.id)
    change: dict[str, Any] = {
        "weigh": {"weight": n / 10},
        "fade": {"opacity": n / 10},
        "off": {"enabled": not one.enabled},
        "name": {"name": f"named {n}"},
    }[what]
    return history.changed(replace(one, **change))


@given(_CHANGES)
def test_changes_taken_back_in_order_lead_back_and_forth_to_the_bit(changes: list[tuple[str, int]]):
    states = [stack(3)]
    for count, (what, n) in enumerate(changes):
        states.append(with_one(states[-1], what, n, 100 + count))
    now = states[-1]
    for before, after in reversed(list(pairwise(states))):
        now = with_change(now, after, before, dim=True)
        assert now.reached == before.reached
    for before, after in pairwise(states):
        now = with_change(now, before, after)
        assert now.reached == after.reached


@given(st.lists(st.tuples(st.sampled_from(("weigh", "fade", "off", "name")), st.integers(0, 3)),
                max_size=6))  # fmt: skip
def test_an_edit_that_lands_late_is_neither_lost_nor_in_the_way(changes: list[tuple[str, int]]):
    began = stack(4)
    now = began
    for what, n in changes:
        now = with_one(now, what, n, 0)
    landed = now.push(edit(100))
    assert with_change(began, now, landed) == began.push(edit(100)), "without what came later"
    assert with_change(landed, now, began) == began.push(edit(100)), "that is taken back first"
    assert with_change(began.push(edit(100)), now, landed).find("100") == edit(100)


def test_what_was_changed_of_one_entry_in_two_ways_is_taken_back_in_either_order():
    first = stack(3)
    second = first.changed(replace(first.edits[1], weight=0.5))
    third = second.changed(replace(second.edits[1], opacity=0.25, name="Mine"))
    assert with_change(third, second, first) == first.changed(
        replace(first.edits[1], opacity=0.25, name="Mine")
    )


def test_an_undone_edit_stays_on_top_of_the_list_and_a_deleted_one_comes_back_in_its_place():
    history = stack(3)
    pushed = history.push(edit(7))
    undone = with_change(pushed, pushed, history, dim=True)
    assert (undone.edits, undone.position) == (pushed.edits, 3)
    assert with_change(pushed, pushed, history) == history
    deleted = history.without("1")
    assert with_change(deleted.push(edit(7)), deleted, history) == history.push(edit(7))


def test_undo_to_undone_edits_leaves_none_of_those_that_had_taken_their_place():
    """Both ways to go on stood in one list, and going to its end made both."""
    three = stack(3)
    original = three.at(0)
    one = original.push(edit(7))
    two = one.push(edit(8))
    undone = with_change(two, two, one, dim=True)
    assert [e.id for e in undone.edits] == ["7", "8"]
    back = with_change(undone, one, original, dim=True)
    assert (back.edits, back.position) == (three.edits, 0)
    back = with_change(back, original, three, dim=True)
    assert back == three
    again = with_change(with_change(original, original, one), one, two)
    assert [e.id for e in again.edits] == ["7", "8"]


@pytest.mark.parametrize("position", [-1, 2])
def test_positions_outside_are_refused(position: int):
    with pytest.raises(ValueError, match="position"):
        EditHistory(base(), (edit(1),), position)


def test_edits_of_another_generator_are_refused():
    with pytest.raises(LayoutMismatchError):
        EditHistory(base(), (edit(1, OTHER),), 1)
    with pytest.raises(LayoutMismatchError):
        EditHistory(base()).push(edit(1, OTHER))
