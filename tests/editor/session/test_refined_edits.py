"""Edits that were made on a draft: settled again behind them, and changed only when told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo_export import ExportOptions
from editor.document.project import open_project
from editor.engine.jobs import Export, Intervene, Invert, Render, Resettle
from tests.editor.session_desk import said
from tests.fake_engine import two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]


def is_draft(desk: Desk) -> bool:
    return desk.session.portrait is not None and desk.session.portrait.is_draft


def ready(desk: Desk) -> bool:
    waiting = desk.session.refinements.waiting
    return waiting is not None and waiting.is_ready


def deltas(desk: Desk) -> list[list[float]]:
    return [edit.delta.dense().tolist() for edit in desk.history.edits]


def settle(desk: Desk) -> None:
    """Let the face be refined, and its edits be settled on it."""
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: ready(desk))


@pytest.fixture
def desk(two_on_a_draft: Desk) -> Desk:
    return two_on_a_draft


def test_the_picture_stays_while_edits_are_settled_again_and_until_the_user_says_so(
    desk: Desk,
) -> None:
    before, made, pictures = desk.history, deltas(desk), len(desk.ear.heard["composite_changed"])
    settle(desk)
    jobs: list[Any] = desk.engine.begun(Resettle)
    goals = [[(goal.attribute, goal.value) for goal in job.search.goals] for job in jobs]
    assert goals == [[("smile", 40.0)], [("lip_redness", 60.0)]], "the same goals, in their order"
    fine = jobs[0].search.portraits[0]
    assert not fine.is_draft
    assert fine.history.position == 0
    beneath = jobs[1].search.portraits[0].history
    assert [edit.id for edit in beneath.edits] == [before.edits[0].id]
    assert beneath.edits[0].delta != before.edits[0].delta, "it lies on the one settled before it"
    assert desk.history is before
    assert is_draft(desk)
    assert len(desk.ear.heard["composite_changed"]) == pictures
    assert desk.ear.heard["refined"] == []
    assert "compare" in said(desk)
    assert not desk.session.busy
    assert deltas(desk) == made


def test_taking_the_refined_edits_is_one_step_of_undo_and_no_entry_comes_or_goes(
    desk: Desk,
) -> None:
    before, made = desk.history, deltas(desk)
    settle(desk)
    desk.session.refinements.take()
    assert not is_draft(desk)
    assert desk.ear.last("waiting_changed") is None
    assert [edit.id for edit in desk.history.edits] == [edit.id for edit in before.edits]
    assert desk.labels == ["Smile +40", "Lip redness +60"]
    assert deltas(desk) != made
    assert desk.history.base != before.base
    assert desk.ear.last("undo_changed")[0] == "Take improved edits"
    desk.until(lambda: desk.picture_is_current)
    after = desk.history
    desk.session.steps.undo()
    assert is_draft(desk)
    assert desk.history == before
    assert ready(desk), "the choice is back, and nothing need be found again"
    desk.session.steps.undo()
    assert desk.labels == ["Smile +40"]
    desk.session.steps.redo()
    desk.session.steps.redo()
    assert desk.history == after
    assert not is_draft(desk)
    desk.idle()
    assert len(desk.engine.begun(Invert)) == 1
    assert len(desk.engine.begun(Resettle)) == 2


def test_a_snapshot_of_the_draft_returns_to_what_was_made_on_the_refined_face(desk: Desk) -> None:
    snapshots, drafted = desk.session.snapshots, deltas(desk)
    taken = snapshots.take("Both")
    settle(desk)
    desk.session.refinements.take()
    refined = deltas(desk)
    assert refined != drafted
    desk.session.adjustments.delete(desk.history.edits[1].id)
    desk.until(lambda: len(desk.history.edits) == 1)
    snapshots.return_to(taken)
    assert deltas(desk) == refined
    for _ in range(3):
        desk.session.steps.undo()
    assert is_draft(desk)
    assert deltas(desk) == drafted
    desk.session.adjustments.weigh(desk.history.edits[0].id, 0.5)
    snapshots.return_to(taken)
    assert deltas(desk) == drafted


def test_keeping_the_draft_is_for_good_and_can_be_taken_back(desk: Desk, tmp_path: Path) -> None:
    before = desk.history
    settle(desk)
    path = tmp_path / "kept.sip"
    desk.session.files.save_project(path)
    desk.until(lambda: desk.ear.heard["saved"] and not desk.session.modified)
    desk.session.refinements.keep()
    assert desk.session.modified, "the file still asks"
    assert desk.history == before
    assert not is_draft(desk), "nobody asks again"
    assert desk.session.refinements.waiting is None
    desk.session.files.save_project(path)
    desk.until(lambda: len(desk.ear.heard["saved"]) == 2)
    desk.session.files.open_project(path)
    desk.until(lambda: desk.session.history is not before and not desk.session.busy)
    assert desk.history == before
    desk.idle()
    assert len(desk.engine.begun(Invert)) == 1


def test_keeping_the_draft_stops_what_is_still_being_settled(desk: Desk) -> None:
    desk.engine.delayed.add(Resettle)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.engine.begun(Resettle))
    assert desk.ear.last("refining_changed").settles
    assert not desk.session.busy, "nobody waits for it"
    assert not desk.session.cancel(), "Esc is for what somebody waits for"
    desk.session.refinements.take()
    assert "still being made" in said(desk)
    assert is_draft(desk)
    desk.session.refinements.keep()
    desk.until(lambda: desk.ear.last("refining_changed") is None)
    desk.until(lambda: desk.engine.begun(Resettle)[0] in desk.engine.released)
    assert len(desk.engine.begun(Resettle)) == 1
    desk.session.steps.undo()
    desk.until(lambda: len(desk.engine.begun(Resettle)) == 2)
    desk.engine.delayed.clear()
    desk.until(lambda: ready(desk))


def test_comparing_shows_the_refined_face_and_changes_nothing(desk: Desk) -> None:
    settle(desk)
    before, modified = desk.history, desk.session.modified
    desk.session.refinements.compare(True)
    desk.until(lambda: desk.ear.last("preview_changed") is not None)
    waiting = desk.session.refinements.waiting
    assert waiting is not None
    assert waiting.is_shown
    (job,) = desk.engine.begun(Render)
    assert isinstance(job, Render)
    assert not job.portraits[0].is_draft
    desk.session.refinements.compare(False)
    assert desk.ear.last("preview_changed") is None
    assert desk.history is before
    assert desk.session.modified == modified
    desk.session.refinements.compare(True)
    assert desk.ear.last("preview_changed") is not None
    assert len(desk.engine.begun(Render)) == 1, "it is kept"
    shown = desk.ear.last("preview_changed")
    desk.session.refinements.take()
    assert desk.ear.last("preview_changed") is None
    assert desk.ear.last("composite_changed") is shown, "at once"


def test_another_gesture_ends_the_comparison(desk: Desk) -> None:
    settle(desk)
    desk.session.refinements.compare(True)
    desk.until(lambda: desk.ear.last("preview_changed") is not None)
    desk.session.sliders.preview_attribute("brow_height", 20)
    desk.until(lambda: not desk.ear.last("waiting_changed").is_shown)
    desk.session.edits.let_go()
    desk.idle()
    assert desk.ear.last("preview_changed") is None


def test_what_is_changed_meanwhile_is_settled_as_it_is_then(desk: Desk) -> None:
    settle(desk)
    top = desk.history.edits[1]
    desk.session.adjustments.fade(top.id, 0.5)
    assert ready(desk), "nothing need be found for that"
    desk.commit("brow_height", 30)
    desk.until(lambda: ready(desk))
    assert len(desk.engine.begun(Resettle)) == 3, "only what is new"
    desk.session.adjustments.weigh(desk.history.edits[0].id, 0.5)
    desk.until(lambda: ready(desk))
    assert len(desk.engine.begun(Resettle)) == 5, "and what lies on what was changed"
    desk.session.refinements.take()
    assert [edit.opacity for edit in desk.history.edits] == [1, 0.5, 1]
    assert [edit.weight for edit in desk.history.edits] == [0.5, 1, 1]
    assert desk.labels == ["Smile +20", "Lip redness +60", "Brow height +30"]


def test_an_edit_under_way_goes_first_and_is_settled_as_well(desk: Desk) -> None:
    settle(desk)
    desk.engine.delayed.add(Intervene)
    desk.session.sliders.commit_attribute("brow_height", 30)
    desk.until(lambda: len(desk.engine.begun(Intervene)) == 3)
    assert not ready(desk)
    desk.session.refinements.take()
    assert is_draft(desk), "it would lose the edit, or its footing"
    desk.engine.delayed.clear()
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    assert desk.labels[-1] == "Brow height +30"


def test_what_is_undone_is_not_settled_and_not_counted_until_it_is_redone(desk: Desk) -> None:
    made = desk.history
    desk.session.steps.undo()
    desk.engine.delayed.add(Resettle)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.engine.begun(Resettle))
    assert desk.ear.last("refining_changed").turn.count == 1
    assert desk.session.refinements.waiting is not None
    assert desk.session.refinements.waiting.edits == 1
    desk.engine.delayed.clear()
    desk.until(lambda: ready(desk))
    desk.idle()
    assert len(desk.engine.begun(Resettle)) == 1, "and not what is undone"
    desk.session.steps.redo()
    assert not ready(desk)
    desk.until(lambda: ready(desk))
    assert len(desk.engine.begun(Resettle)) == 2
    desk.session.steps.undo()
    assert ready(desk), "it was settled before"
    desk.session.refinements.take()
    assert [edit.delta.dense()[1] for edit in desk.history.edits] == [0, 0], "none is the draft's"
    assert desk.labels == ["Smile +40"]
    desk.session.steps.undo()
    assert desk.history == made.at(1)


def test_taking_the_improved_edits_leaves_what_was_undone_unless_take_is_undone(desk: Desk) -> None:
    made = desk.history
    desk.session.steps.undo()
    settle(desk)
    desk.session.refinements.take()
    assert [edit.label for edit in desk.history.edits] == ["Smile +40"]
    assert desk.history.edits[0].delta.dense()[1] == 0
    desk.session.steps.undo()
    assert desk.history == made.at(1)
    desk.session.steps.jump(2)
    assert desk.history == made
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    assert len(desk.labels) == 2


def test_while_all_edits_are_undone_nothing_is_settled_and_nobody_is_asked(desk: Desk) -> None:
    made = desk.history
    desk.session.steps.jump(0)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.session.refinements.is_refined)
    desk.idle()
    assert not desk.engine.begun(Resettle)
    assert desk.session.refinements.waiting is None
    assert desk.history == made.at(0), "redo finds its draft"
    desk.session.steps.undo()
    assert desk.history == made
    desk.until(lambda: ready(desk))
    desk.session.refinements.compare(True)
    desk.session.steps.jump(0)
    desk.idle()
    assert desk.session.refinements.waiting is None
    assert desk.history == made.at(0)


def test_without_edits_any_more_the_draft_makes_way_by_itself(desk: Desk) -> None:
    settle(desk)
    for edit in reversed(desk.history.edits):
        desk.session.adjustments.delete(edit.id)
    assert not is_draft(desk)
    assert desk.ear.last("refined").psnr == 27.5
    assert desk.ear.last("waiting_changed") is None


def test_a_file_holds_what_is_seen(desk: Desk, tmp_path: Path) -> None:
    settle(desk)
    before = desk.history
    path = tmp_path / "draft.sip"
    desk.session.files.save_project(path)
    desk.session.files.export(tmp_path / "draft.png", ExportOptions())
    desk.until(lambda: desk.ear.heard["exported"])
    (job,) = desk.engine.begun(Export)
    assert isinstance(job, Export)
    assert job.portraits[0].history == before
    assert open_project(path)[0].portraits[0].history == before
    assert "draft" in " ".join(desk.ear.last("exported").notes)
    assert not desk.session.modified
    desk.session.refinements.take()
    assert desk.session.modified
    desk.session.files.save_project(path)
    desk.until(lambda: len(desk.ear.heard["saved"]) == 2)
    project, _ = open_project(path)
    assert project.portraits[0].history == desk.history
    assert not project.portraits[0].is_draft


def one_of_two_settled(make_desk: Make, photo: Path) -> Desk:
    """Two faces; the first one's edit was made on its draft and settled again."""
    desk = make_desk(drafts=True, faces=two_faces)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    settle(desk)
    return desk


def test_a_file_that_waits_is_not_of_the_refined_edits_that_were_taken_since(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    desk = one_of_two_settled(make_desk, photo)
    before = desk.history
    desk.session.faces_desk.choose_face(1)
    desk.until(lambda: desk.session.portrait is not None)
    desk.session.regions.apply_preset("mouth")
    desk.engine.delayed.add(Intervene)
    desk.session.sliders.commit_attribute("smile", 20)
    path = tmp_path / "waits.sip"
    desk.session.files.save_project(path)
    desk.session.faces_desk.choose_face(0)
    desk.session.refinements.take()
    assert not is_draft(desk)
    desk.engine.delayed.clear()
    desk.until(lambda: desk.ear.heard["saved"])
    histories = [portrait.history for portrait in open_project(path)[0].portraits]
    assert before in histories


def test_each_face_has_its_own_choice(make_desk: Make, photo: Path) -> None:
    desk = make_desk(drafts=True, faces=two_faces)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    for number in (1, 0):
        desk.session.faces_desk.choose_face(number)
        desk.until(lambda: is_draft(desk) and not desk.session.busy)
        desk.session.regions.apply_preset("mouth")
        desk.commit("smile", 30 + 10 * number)
    settle(desk)
    desk.session.refinements.compare(True)
    desk.until(lambda: desk.ear.last("preview_changed") is not None)
    desk.session.faces_desk.choose_face(1)
    assert desk.ear.last("preview_changed") is None
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    assert not is_draft(desk)
    desk.session.faces_desk.choose_face(0)
    assert is_draft(desk)
    assert ready(desk)
    desk.session.steps.undo()
    assert desk.session.active == 1
    assert is_draft(desk)


def test_a_comparison_is_rendered_anew_once_another_face_looks_otherwise(
    make_desk: Make, photo: Path
) -> None:
    desk = make_desk(drafts=True, faces=two_faces)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    for number in (1, 0):
        desk.session.faces_desk.choose_face(number)
        desk.until(lambda: is_draft(desk) and not desk.session.busy)
        desk.session.regions.apply_preset("mouth")
        desk.commit("smile", 40)
    settle(desk)
    desk.session.refinements.compare(True)
    desk.until(lambda: desk.ear.last("preview_changed") is not None)
    first = desk.ear.last("preview_changed")
    desk.session.refinements.compare(False)
    desk.session.faces_desk.choose_face(1)
    desk.session.adjustments.fade(desk.history.edits[0].id, 0.2)
    desk.session.faces_desk.choose_face(0)
    desk.session.refinements.compare(True)
    desk.until(lambda: desk.ear.last("preview_changed") is not None)
    assert desk.ear.last("preview_changed") is not first


def test_a_draft_that_somebody_waits_for_goes_before_what_is_settled(
    make_desk: Make, photo: Path
) -> None:
    desk = one_of_two_settled(make_desk, photo)
    desk.engine.delayed.add(Invert)
    desk.session.faces_desk.choose_face(1)
    desk.until(lambda: len(desk.engine.begun(Invert)) == 2)
    desk.session.faces_desk.choose_face(0)
    desk.session.sliders.commit_attribute("brow_height", 30)
    desk.until(lambda: len(desk.labels) == 2)
    desk.qtbot.wait(50)
    assert len(desk.engine.begun(Resettle)) == 1
    desk.engine.delayed.clear()
    desk.until(lambda: ready(desk))
    assert len(desk.engine.begun(Resettle)) == 2


def test_a_search_that_fails_leaves_the_draft_which_can_be_refined_again(desk: Desk) -> None:
    error = EngineError("out_of_memory", "Out of memory.", "Close other programs.")
    desk.engine.fail[Resettle] = EngineFailure(error)
    before = desk.history
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.history is before
    assert is_draft(desk)
    assert desk.session.refinements.waiting is None
    del desk.engine.fail[Resettle]
    desk.session.faces_desk.analyse_face()
    desk.until(lambda: ready(desk))


def test_a_match_whose_paint_is_gone_stays_as_it_was_and_says_so(
    make_desk: Make, photo: Path
) -> None:
    from tests.editor.session_desk import stroke

    desk = make_desk(drafts=True)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.session.regions.paint_colour(stroke(150, 120), (200, 40, 60))
    desk.session.likeness.match_paint()
    desk.until(lambda: desk.labels)
    desk.session.regions.clear_paint()
    settle(desk)
    assert not desk.engine.begun(Resettle)
    assert "could not be made again" in said(desk)
    made = desk.history.edits[0].delta
    desk.session.refinements.take()
    assert desk.history.edits[0].delta == made


def test_another_photo_ends_the_settling(desk: Desk, photo: Path) -> None:
    desk.engine.delayed.add(Resettle)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.engine.begun(Resettle))
    first = desk.session.photo
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo is not first)
    desk.until(lambda: desk.engine.begun(Resettle)[0] in desk.engine.released)
    assert desk.session.refinements.waiting is None


def test_moving_the_face_drops_what_was_settled_where_it_lay(desk: Desk) -> None:
    settle(desk)
    labels = desk.labels
    desk.session.faces_desk.align_face(desk.session.faces[0].landmarks + 4)
    desk.until(lambda: not desk.session.faces_desk.moves)
    assert desk.labels == labels
    desk.until(lambda: ready(desk))
    jobs: list[Any] = desk.engine.begun(Resettle)
    assert len(jobs) == 4
    assert desk.session.portrait is not None
    assert jobs[-1].search.portraits[0].crop == desk.session.portrait.crop
    desk.session.refinements.take()
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert desk.labels == labels
    desk.until(lambda: ready(desk))


def test_undo_of_a_later_edit_leaves_the_improved_face_though_undone_entries_return_to_the_list(
    desk: Desk,
) -> None:
    steps, session = desk.session.steps, desk.session
    made = deltas(desk)
    steps.jump(0)
    desk.commit("smooth_skin", 40)
    session.faces_desk.pause_refining(False)
    desk.until(lambda: not is_draft(desk))
    desk.idle()
    steps.undo()
    assert desk.labels == []
    assert not is_draft(desk), "what was undone before is in the list, and nobody sees it"
    steps.undo()
    assert desk.labels == ["Smile +40", "Lip redness +60"]
    assert is_draft(desk), "these were found on the draft"
    assert deltas(desk) == made
    steps.redo()
    steps.redo()
    desk.idle()
    assert desk.labels == ["Skin smoothness +40"]
