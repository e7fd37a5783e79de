"""Edits that stay editable: the stack changed at any place, crossed with all that goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.goals import Dials
from editor.document.history import LONGEST_LABEL
from editor.document.photo_export import ExportOptions
from editor.document.project import open_project
from editor.engine.jobs import Drag, Intervene, Render
from tests.editor.session_desk import begin_edit, labels_in, let_on, said, stroke

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.history import Edit
    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]


def searches(desk: Desk) -> int:
    return len(desk.engine.begun(Intervene))


def entry(desk: Desk, place: int) -> Edit:
    return desk.history.edits[place]


@pytest.fixture
def stacked(desk: Desk) -> Desk:
    """Three edits: of the mouth, of the eyes, of the skin."""
    for region, slider, value in (
        ("mouth", "smile", 60), ("eyes", "eyes_open", 40), ("skin", "light_from_left", 30),
    ):  # fmt: skip
        desk.session.regions.apply_preset(region)
        desk.commit(slider, value)
    desk.idle()
    assert desk.labels == ["Smile +60", "Eyes open +40", "Light from the left +30"]
    return desk


# ------------------------------------------------------------------ choosing


def test_choosing_an_edit_brings_back_its_region_and_its_sliders(stacked: Desk) -> None:
    session = stacked.session
    assert stacked.value("smile") == 0
    skin = session.region
    assert skin is not None
    first = entry(stacked, 0)
    session.adjustments.choose(first.id)
    assert session.adjustments.chosen == first.id
    assert session.region == first.brushed
    assert stacked.value("smile") == 60
    assert session.history is not None
    assert session.history.position == 3, "nothing is jumped to"
    session.steps.undo()
    assert session.region == skin, "what was brushed is not lost"
    assert len(stacked.labels) == 3


def test_moving_its_slider_again_changes_that_edit_at_once_and_all_others_stay(
    stacked: Desk,
) -> None:
    session, before = stacked.session, stacked.history
    session.adjustments.choose(entry(stacked, 0).id)
    asked = searches(stacked)
    session.sliders.commit_attribute("smile", 45)
    assert stacked.labels == ["Smile +45", "Eyes open +40", "Light from the left +30"], "at once"
    assert searches(stacked) == asked
    assert entry(stacked, 0).weight == 0.75
    assert entry(stacked, 0).delta == before.edits[0].delta, "as it was found"
    assert stacked.history.edits[1:] == before.edits[1:]
    assert stacked.value("smile") == 45
    stacked.idle()
    assert stacked.picture_is_current
    session.steps.undo()
    assert stacked.history == before
    assert stacked.value("smile") == 60
    session.steps.redo()
    assert stacked.labels[0] == "Smile +45"


def test_moving_it_farther_than_scaling_is_honest_searches_for_that_edit_alone(
    stacked: Desk,
) -> None:
    session, before = stacked.session, stacked.history
    session.adjustments.choose(entry(stacked, 0).id)
    for value in (90, -20):
        asked = searches(stacked)
        stacked.commit("smile", value)
        assert searches(stacked) == asked + 1
        job = stacked.engine.begun(Intervene)[-1]
        assert isinstance(job, Intervene)
        assert [goal.value for goal in job.goals] == [value]
        assert job.portraits[job.active].history.applied == ()
        assert job.above == before.edits[1:]
        assert entry(stacked, 0).id == before.edits[0].id
        assert entry(stacked, 0).weight == 1
        assert stacked.labels == [f"Smile {value:+d}", "Eyes open +40", "Light from the left +30"]


def test_other_dials_than_it_was_found_with_search_again(stacked: Desk) -> None:
    stacked.session.adjustments.choose(entry(stacked, 0).id)
    stacked.session.sliders.set_dials(Dials(strictness=4.0))
    asked = searches(stacked)
    stacked.commit("smile", 50)
    assert searches(stacked) == asked + 1
    assert entry(stacked, 0).origin.strictness == 4.0


def test_a_drag_shows_the_very_result_beneath_what_lies_above(stacked: Desk) -> None:
    session = stacked.session
    session.adjustments.choose(entry(stacked, 0).id)
    session.sliders.preview_attribute("smile", 30)
    stacked.until(lambda: stacked.engine.begun(Drag))
    stacked.idle()
    job = stacked.engine.begun(Drag)[-1]
    assert isinstance(job, Drag)
    weights = [edit.weight for edit in job.portraits[job.active].history.applied]
    assert (weights, job.goals) == ([0.5, 1, 1], ())
    shown = stacked.ear.last("preview_changed")
    session.sliders.commit_attribute("smile", 30)
    stacked.idle()
    assert np.array_equal(stacked.ear.last("composite_changed").pixels, shown.pixels)
    assert stacked.ear.last("preview_changed") is None
    session.sliders.preview_attribute("smile", 80)  # a search, if it were let go there
    stacked.until(lambda: stacked.engine.begun(Drag)[-1] is not job)
    job = stacked.engine.begun(Drag)[-1]
    assert isinstance(job, Drag)
    assert [edit.label for edit in job.above] == ["Eyes open +40", "Light from the left +30"]
    session.sliders.preview_attribute("smile", 30)
    stacked.idle()


def test_no_old_picture_flashes_between_a_preview_and_its_result(stacked: Desk) -> None:
    session = stacked.session
    session.adjustments.choose(entry(stacked, 0).id)
    session.sliders.preview_attribute("smile", 30)
    stacked.idle()
    for name in ("preview_changed", "composite_changed"):
        stacked.ear.heard[name].clear()
    stacked.engine.delayed.add(Render)
    session.sliders.commit_attribute("smile", 30)
    assert not stacked.ear.heard["composite_changed"]
    assert None not in stacked.ear.heard["preview_changed"], "the preview stays until then"
    let_on(stacked)
    assert len(stacked.ear.heard["composite_changed"]) == 1
    assert stacked.ear.last("preview_changed") is None


def test_the_chosen_edit_is_forgotten_with_its_face_or_when_it_goes(stacked: Desk) -> None:
    session = stacked.session
    session.adjustments.choose(entry(stacked, 2).id)
    session.adjustments.delete(entry(stacked, 2).id)
    assert session.adjustments.chosen == ""
    session.adjustments.choose("nothing")
    assert session.adjustments.chosen == ""


def test_an_edit_that_is_undone_is_no_longer_looked_at(stacked: Desk) -> None:
    session = stacked.session
    session.adjustments.choose(entry(stacked, 2).id)
    session.steps.undo()  # its region comes back
    session.steps.undo()
    assert stacked.history.position == 2
    assert session.adjustments.chosen == "", "the newest in force is marked, and weighed"
    session.steps.redo()
    assert session.adjustments.chosen == ""


# ------------------------------------------------------------------ what the delta suffices for


def test_each_change_is_one_step_of_undo_and_needs_no_search(stacked: Desk) -> None:
    session, first = stacked.session, entry(stacked, 0)
    adjustments, asked = session.adjustments, searches(stacked)
    changes: list[tuple[Callable[[], None], str]] = [
        (lambda: adjustments.weigh(first.id, 0.5), "Strength of Smile +60"),
        (lambda: adjustments.fade(first.id, 0.25), "Opacity of Smile +60"),
        (lambda: adjustments.switch(first.id, False), "Switch Smile +60 off"),
        (lambda: adjustments.rename(first.id, "  Grin\n"), "Rename Smile +60"),
        (lambda: adjustments.delete(first.id), "Delete Smile +60"),
    ]
    before = stacked.history
    for change, label in changes:
        change()
        after = stacked.history
        assert after != before
        assert stacked.ear.last("undo_changed")[0] == label
        stacked.idle()
        assert stacked.picture_is_current
        session.steps.undo()
        assert stacked.history == before
        session.steps.redo()
        assert stacked.history == after
        session.steps.undo()
    assert searches(stacked) == asked
    adjustments.rename(first.id, "Grin")
    assert entry(stacked, 0).title == "Grin"
    adjustments.rename(first.id, "")
    assert entry(stacked, 0).title == "Smile +60"
    adjustments.weigh(first.id, 99)
    assert entry(stacked, 0).weight == 2
    assert entry(stacked, 0).label == "Smile +120"


def test_what_is_off_is_shown_by_no_slider_and_comes_back(stacked: Desk) -> None:
    session, first = stacked.session, entry(stacked, 0)
    session.adjustments.choose(first.id)
    session.adjustments.switch(first.id, False)
    assert stacked.value("smile") == 0
    assert stacked.labels == ["Eyes open +40", "Light from the left +30"]
    session.adjustments.switch(first.id, True)
    assert stacked.value("smile") == 60


def test_a_change_that_changes_nothing_is_no_step(stacked: Desk) -> None:
    before = stacked.ear.heard["undo_changed"][:]
    stacked.session.adjustments.weigh(entry(stacked, 0).id, 1.0)
    stacked.session.adjustments.rename(entry(stacked, 0).id, "")
    stacked.session.adjustments.switch("gone", False)
    assert stacked.ear.heard["undo_changed"] == before


def test_an_opacity_is_previewed_and_given_up_without_a_trace(stacked: Desk) -> None:
    session, before = stacked.session, stacked.history
    session.adjustments.preview(entry(stacked, 0).id, opacity=0.5)
    stacked.until(lambda: stacked.engine.begun(Drag))
    stacked.idle()
    job = stacked.engine.begun(Drag)[-1]
    assert isinstance(job, Drag)
    assert job.portraits[0].history.edits[0].opacity == 0.5
    session.edits.let_go()
    stacked.idle()
    assert stacked.history is before
    assert stacked.ear.last("preview_changed") is None


def test_opacity_fades_the_picture(stacked: Desk) -> None:
    whole = stacked.ear.last("composite_changed")
    for place in (1, 2):
        stacked.session.adjustments.switch(entry(stacked, place).id, False)
    stacked.session.adjustments.fade(entry(stacked, 0).id, 0.0)
    stacked.idle()
    assert stacked.ear.last("composite_changed") is not whole
    patch = stacked.ear.last("composite_changed")
    assert patch is None or patch.pixels.size == 0 or stacked.picture_is_current


# ------------------------------------------------------------------ another region


def test_an_edit_moves_to_the_brushed_region_by_a_search_of_its_own(stacked: Desk) -> None:
    session, first = stacked.session, entry(stacked, 0)
    session.regions.apply_preset("brows")
    stacked.idle()
    session.adjustments.move(first.id)
    stacked.until(lambda: entry(stacked, 0) is not first)
    stacked.idle()
    job = stacked.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    assert (len(job.above), [goal.value for goal in job.goals]) == (2, [60])
    moved = entry(stacked, 0)
    assert session.region is not None
    assert moved.region == session.region.feathered()
    assert moved.brushed == session.region
    assert moved.id == first.id
    assert stacked.labels[0] == "Smile +60"
    session.steps.undo()
    assert entry(stacked, 0).region == first.region


def test_a_mask_that_is_cut_needs_no_search(stacked: Desk) -> None:
    session, first = stacked.session, entry(stacked, 0)
    session.adjustments.choose(first.id)
    x, y, w, h = first.region.bounds
    session.regions.paint_region(stroke(x + w / 2, y + h / 2, erase=True, radius=6))
    stacked.idle()
    asked = searches(stacked)
    session.adjustments.move(first.id)
    assert searches(stacked) == asked
    assert session.region is not None
    assert entry(stacked, 0).region == session.region.feathered()
    assert entry(stacked, 0).delta == first.delta


def test_brushing_on_its_mask_and_moving_its_slider_takes_the_brushed_mask(stacked: Desk) -> None:
    session, first = stacked.session, entry(stacked, 0)
    session.adjustments.choose(first.id)
    x, y, w, h = first.region.bounds
    session.regions.paint_region(stroke(x + w - 20, y + h / 2, radius=8))
    stacked.idle()
    assert stacked.value("smile") == 60, "it is in force there still"
    stacked.commit("smile", 50)
    assert stacked.labels == ["Smile +50", "Eyes open +40", "Light from the left +30"]
    assert session.region is not None
    assert entry(stacked, 0).region == session.region.feathered()


def test_a_match_whose_reference_is_gone_is_laid_over_the_region_and_says_so(desk: Desk) -> None:
    session = desk.session
    session.regions.paint_colour(stroke(150, 120), (200, 40, 60))
    session.likeness.match_paint()
    desk.until(lambda: desk.labels)
    desk.idle()
    session.regions.clear_paint()
    session.regions.apply_preset("eyes")
    desk.idle()
    asked = searches(desk)
    session.adjustments.move(entry(desk, 0).id)
    assert searches(desk) == asked
    assert "as it was found" in said(desk)
    assert session.region is not None
    assert entry(desk, 0).region == session.region.feathered()


def test_a_match_is_searched_for_in_its_new_region_while_its_paint_is_there(desk: Desk) -> None:
    session = desk.session
    session.regions.paint_colour(stroke(150, 120), (200, 40, 60))
    session.likeness.match_paint()
    desk.until(lambda: desk.labels)
    desk.idle()
    session.regions.apply_preset("eyes")
    desk.idle()
    asked = searches(desk)
    session.adjustments.move(entry(desk, 0).id)
    desk.until(lambda: searches(desk) == asked + 1)
    desk.idle()
    assert desk.labels == ["Match paint"]


# ------------------------------------------------------------------ while other things go on


def test_a_change_during_an_edit_loses_neither(stacked: Desk) -> None:
    session = stacked.session
    session.regions.apply_preset("lips")
    begin_edit(stacked, "lip_redness", 50)
    asked = searches(stacked)
    session.adjustments.switch(entry(stacked, 0).id, False)
    assert stacked.labels == ["Eyes open +40", "Light from the left +30"], "at once"
    stacked.until(lambda: searches(stacked) == asked + 1)
    job = stacked.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    assert len(job.portraits[0].history.applied) == 2, "it is found on the stack as it is now"
    let_on(stacked)
    assert stacked.labels == ["Eyes open +40", "Light from the left +30", "Lip redness +50"]
    assert stacked.picture_is_current
    session.steps.undo()  # the change is the newer gesture
    assert stacked.labels[0] == "Smile +60"
    assert len(stacked.labels) == 4
    session.steps.undo()
    assert stacked.labels == ["Smile +60", "Eyes open +40", "Light from the left +30"]
    for _ in range(2):
        session.steps.redo()
    assert stacked.labels == ["Eyes open +40", "Light from the left +30", "Lip redness +50"]


def test_undo_of_a_change_during_an_edit_leaves_the_edit_under_way(stacked: Desk) -> None:
    session = stacked.session
    session.regions.apply_preset("lips")
    begin_edit(stacked, "lip_redness", 50)
    session.adjustments.weigh(entry(stacked, 1).id, 0.5)
    session.steps.undo()
    assert entry(stacked, 1).weight == 1
    assert len(session.edits.pending) == 1
    let_on(stacked)
    assert stacked.labels[-1] == "Lip redness +50"
    assert len(stacked.labels) == 4


def test_a_file_holds_the_edit_it_waited_for_and_not_what_was_changed_later(
    stacked: Desk, tmp_path: Path
) -> None:
    session = stacked.session
    session.regions.apply_preset("lips")
    begin_edit(stacked, "lip_redness", 50)
    session.files.save_project(tmp_path / "a.sip")
    session.adjustments.delete(entry(stacked, 0).id)
    session.adjustments.weigh(entry(stacked, 0).id, 0.5)
    let_on(stacked)
    assert labels_in(tmp_path / "a.sip") == [
        ["Smile +60", "Eyes open +40", "Light from the left +30", "Lip redness +50"]
    ]
    assert stacked.labels == ["Eyes open +20", "Light from the left +30", "Lip redness +50"]
    assert session.modified
    session.files.save_project(tmp_path / "b.sip")
    let_on(stacked)
    assert labels_in(tmp_path / "b.sip") == [stacked.labels]
    assert not session.modified


def test_a_change_before_a_save_is_in_it_though_the_edit_began_before_that(
    stacked: Desk, tmp_path: Path
) -> None:
    session = stacked.session
    session.regions.apply_preset("lips")
    begin_edit(stacked, "lip_redness", 50)
    session.adjustments.switch(entry(stacked, 0).id, False)
    session.files.save_project(tmp_path / "a.sip")
    session.steps.undo()
    let_on(stacked)
    assert labels_in(tmp_path / "a.sip") == [
        ["Eyes open +40", "Light from the left +30", "Lip redness +50"]
    ]
    assert len(stacked.labels) == 4


def test_deleting_an_edit_that_is_searched_for_anew_takes_that_back(stacked: Desk) -> None:
    session = stacked.session
    session.adjustments.choose(entry(stacked, 0).id)
    begin_edit(stacked, "smile", 95)
    session.adjustments.delete(entry(stacked, 0).id)
    let_on(stacked)
    assert stacked.labels == ["Eyes open +40", "Light from the left +30"]
    session.steps.undo()
    assert stacked.labels == ["Smile +60", "Eyes open +40", "Light from the left +30"]


def test_what_was_set_meanwhile_holds_for_the_edit_that_is_found_anew(stacked: Desk) -> None:
    session = stacked.session
    session.adjustments.choose(entry(stacked, 0).id)
    begin_edit(stacked, "smile", 95)
    session.adjustments.fade(entry(stacked, 0).id, 0.5)
    session.adjustments.rename(entry(stacked, 0).id, "Grin")
    let_on(stacked)
    first = entry(stacked, 0)
    assert (first.label, first.name, first.opacity, first.weight) == ("Smile +95", "Grin", 0.5, 1)


def test_a_change_comes_after_the_strokes_before_it(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    slow.commit("smile", 60)
    session.regions.paint_region(stroke(60, 60))
    session.adjustments.weigh(entry(slow, 0).id, 0.5)
    assert entry(slow, 0).weight == 1
    slow.until(lambda: entry(slow, 0).weight == 0.5)
    session.steps.undo()
    slow.until(lambda: entry(slow, 0).weight == 1)


def test_changes_of_one_face_leave_the_edits_of_another_alone(two: Desk) -> None:
    session = two.session
    session.regions.apply_preset("mouth")
    two.commit("smile", 60)
    begin_edit(two, "lip_redness", 30)
    asked = searches(two)
    session.faces_desk.choose_face(1)
    session.adjustments.choose("edit-1")
    assert session.adjustments.chosen == "", "it is the other face's"
    session.adjustments.switch("edit-1", False)
    assert searches(two) == asked
    let_on(two)
    session.faces_desk.choose_face(0)
    assert two.labels == ["Smile +60", "Lip redness +30"]


def test_an_export_shows_what_is_in_force(stacked: Desk, tmp_path: Path) -> None:
    session = stacked.session
    for place in range(3):
        session.adjustments.switch(entry(stacked, place).id, False)
    stacked.idle()
    assert stacked.ear.last("composite_changed") is None
    session.files.export(tmp_path / "a.png", ExportOptions())
    let_on(stacked)
    assert session.photo is not None
    from editor.document.photo import open_photo

    assert np.array_equal(open_photo(tmp_path / "a.png").pixels, session.photo.pixels)


# ------------------------------------------------------------------ projects


def test_a_project_brings_every_setting_back_and_goes_on_from_there(
    stacked: Desk, make_desk: Make, tmp_path: Path
) -> None:
    session = stacked.session
    session.adjustments.weigh(entry(stacked, 0).id, 0.5)
    session.adjustments.switch(entry(stacked, 1).id, False)
    session.adjustments.fade(entry(stacked, 2).id, 0.25)
    session.adjustments.rename(entry(stacked, 2).id, "Glow")
    stacked.idle()
    session.files.save_project(tmp_path / "a.sip")
    let_on(stacked)
    assert not session.modified
    session.adjustments.rename(entry(stacked, 2).id, "Glow more")
    assert session.modified
    session.steps.undo()
    assert not session.modified
    project, _ = open_project(tmp_path / "a.sip")
    assert project.portraits[0].history == stacked.history

    other = make_desk()
    other.until(lambda: other.session.info)
    other.session.files.open_project(tmp_path / "a.sip")
    other.until(lambda: other.session.portrait)
    other.idle()
    assert other.history == stacked.history
    before = entry(other, 0)
    other.session.adjustments.choose(before.id)
    assert other.value("smile") == 30
    asked = searches(other)
    other.session.sliders.commit_attribute("smile", 60)
    assert searches(other) == asked, "its delta is there"
    assert entry(other, 0).delta == stacked.history.edits[0].delta
    assert entry(other, 0).weight == 1


def test_a_crash_takes_no_change_along(stacked: Desk, tmp_path: Path) -> None:
    from editor.session.autosave import Autosave

    autosave = Autosave(stacked.session.snapshot, tmp_path / "recovery")
    stacked.session.changed.connect(autosave.touch)
    stacked.session.adjustments.weigh(entry(stacked, 0).id, 0.5)
    stacked.until(lambda: not autosave.pending)
    (kept,) = (tmp_path / "recovery").glob("*/project.sip")
    assert open_project(kept)[0].portraits[0].history == stacked.history
    stacked.session.adjustments.delete(entry(stacked, 1).id)
    stacked.until(lambda: not autosave.pending)
    assert open_project(kept)[0].portraits[0].history == stacked.history
    autosave.close()


def test_among_a_thousand_edits_every_jump_and_change_asks_for_one_picture(stacked: Desk) -> None:
    session, studio = stacked.session, stacked.session.studio
    assert studio.face is not None
    one = entry(stacked, 0)
    edits = tuple(replace(one, id=f"e-{n}", weight=(n + 1) / 1_000) for n in range(1_000))
    studio.put_history(studio.face, replace(stacked.history, edits=edits, position=1_000))
    session.picture.show()
    stacked.idle()
    steps: list[Callable[[], None]] = [
        lambda: session.steps.jump(500),
        lambda: session.steps.jump(3),
        lambda: session.steps.jump(999),
        lambda: session.adjustments.weigh("e-2", 0.25),
        lambda: session.adjustments.delete("e-700"),
    ]
    asked = 0
    for step in steps:
        asked = len(stacked.engine.begun(Render))
        step()
        stacked.idle()
        assert len(stacked.engine.begun(Render)) == asked + 1
        assert stacked.picture_is_current
    session.steps.undo()
    stacked.idle()
    assert len(stacked.engine.begun(Render)) == asked + 1, "that one is known"


def test_a_strength_set_after_a_slider_holds_for_what_that_slider_asked_for(stacked: Desk) -> None:
    session, first = stacked.session, entry(stacked, 0)
    session.adjustments.choose(first.id)
    begin_edit(stacked, "smile", 90)
    session.adjustments.weigh(first.id, 0.5)
    let_on(stacked)
    assert stacked.labels[0] == "Smile +45"
    assert (entry(stacked, 0).weight, entry(stacked, 0).origin.goals) == (0.5, (("smile", 90.0),))
    states = [stacked.history]
    for expected in ("Smile +90", "Smile +60"):
        session.steps.undo()
        assert stacked.labels[0] == expected
        states.append(stacked.history)
    assert states[-1].edits[0] == first
    for state in reversed(states[:-1]):
        session.steps.redo()
        assert stacked.history == state


def test_the_label_of_many_sliders_is_none_that_no_project_may_hold(stacked: Desk) -> None:
    edit = entry(stacked, 0)
    goals = tuple((f"slider {number}", 50.0) for number in range(200))
    many = stacked.session.edits.relabelled(replace(edit, origin=replace(edit.origin, goals=goals)))
    assert len(many.label) == LONGEST_LABEL
