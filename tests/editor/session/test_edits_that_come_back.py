"""Edits that undo, redo and snapshots bring back lie on the inversion that they were found on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.document.attributes import skin_table
from editor.document.project import open_project
from editor.engine.jobs import Intervene, Invert, Resettle
from tests.editor.session_desk import said
from tests.fake_engine import two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.history import EditHistory
    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]

DRAFT, REFINED = 0.5, 1.0  # channel 1 of the fake's bases


def base(desk: Desk) -> float:
    return float(desk.history.base.values[1])


def rests(desk: Desk) -> None:
    """Nothing that was found on the draft lies on the refined face, and the other way round."""
    for edit in desk.history.edits:
        is_drafts = edit.delta.dense()[1] == 0.5
        assert is_drafts == (base(desk) == DRAFT), edit.label


def ready(desk: Desk) -> bool:
    waiting = desk.session.refinements.waiting
    return waiting is not None and waiting.is_ready


def refine(desk: Desk) -> None:
    """Let the face be refined, of which no edit lies on the draft."""
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: base(desk) == REFINED)


def delete_all(desk: Desk) -> None:
    for edit in reversed(desk.history.edits):
        desk.session.adjustments.delete(edit.id)
    assert not desk.history.edits


@pytest.fixture
def desk(two_on_a_draft: Desk) -> Desk:
    return two_on_a_draft


def test_undo_brings_deleted_edits_back_with_their_draft_and_they_are_settled(desk: Desk) -> None:
    made = desk.history
    delete_all(desk)
    refine(desk)
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert desk.history == made, "the very picture that there was"
    assert "another preview" in said(desk)
    desk.until(lambda: ready(desk))
    assert len(desk.engine.begun(Resettle)) == 2
    assert len(desk.engine.begun(Invert)) == 1, "what it was refined to is known"
    desk.session.refinements.take()
    assert base(desk) == REFINED
    rests(desk)
    desk.session.steps.undo()
    assert desk.history == made


def test_undo_and_redo_go_back_and_forth_over_both(desk: Desk) -> None:
    histories: list[EditHistory] = [desk.history]
    delete_all(desk)
    refine(desk)
    desk.commit("brow_height", 30)
    histories.append(desk.history)
    for _ in range(2):
        for _ in range(3):
            desk.session.steps.undo()
            rests(desk)
        assert desk.history.reached == histories[0].reached
        assert base(desk) == DRAFT
        for _ in range(3):
            desk.session.steps.redo()
            rests(desk)
        assert desk.history.reached == histories[1].reached
        assert base(desk) == REFINED
    for _ in range(5):
        desk.session.steps.undo()
        rests(desk)
    assert not desk.history.reached
    for _ in range(5):
        desk.session.steps.redo()
        rests(desk)
    assert desk.history.reached == histories[1].reached


def test_an_amended_edit_comes_back_with_its_draft(desk: Desk) -> None:
    made = desk.history
    desk.commit("smile", 0)
    desk.commit("lip_redness", 0)
    assert not desk.history.edits
    refine(desk)
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert desk.history == made


def test_skin_work_that_comes_back_lies_on_any_preview(make_desk: Make, photo: Path) -> None:
    desk = make_desk(drafts=True)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.session.regions.apply_preset("skin")
    desk.commit(skin_table()[0].name, 40)
    desk.session.adjustments.delete(desk.history.edits[0].id)
    refine(desk)
    desk.session.steps.undo()
    assert not desk.history.edits[0].is_searched
    assert base(desk) == REFINED
    assert "another preview" not in said(desk)


def test_an_entry_deleted_before_the_refined_edits_were_taken_comes_back_on_the_draft(
    desk: Desk,
) -> None:
    made = desk.history
    desk.session.adjustments.delete(made.edits[0].id)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    rests(desk)
    for _ in range(2):
        desk.session.steps.undo()
        rests(desk)
    assert desk.history == made
    for _ in range(2):
        desk.session.steps.redo()
        rests(desk)
    assert desk.labels == ["Lip redness +60"]
    assert base(desk) == REFINED


def test_what_was_undone_on_the_refined_face_does_not_lie_on_the_draft(desk: Desk) -> None:
    made = desk.history
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    desk.commit("brow_height", 30)
    after = desk.history
    desk.session.steps.undo()
    desk.session.steps.undo()
    rests(desk)
    assert desk.history == made
    desk.session.steps.redo()
    desk.session.steps.redo()
    assert desk.history == after


def test_what_was_undone_on_the_draft_does_not_lie_on_the_refined_face(desk: Desk) -> None:
    both = desk.session.snapshots.take("Both")
    delete_all(desk)
    refine(desk)
    desk.session.snapshots.return_to(both)
    desk.commit("brow_height", 30)
    after = desk.history
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert base(desk) == REFINED
    rests(desk)
    desk.session.steps.redo()
    desk.session.steps.redo()
    assert desk.history == after


def test_a_snapshot_that_was_not_settled_returns_with_its_draft(desk: Desk) -> None:
    made = desk.history
    both = desk.session.snapshots.take("Both")
    delete_all(desk)
    refine(desk)
    desk.commit("brow_height", 30)
    after = desk.history
    desk.session.snapshots.return_to(both)
    assert desk.history == made
    assert "another preview" in said(desk)
    desk.until(lambda: ready(desk))
    desk.session.steps.undo()
    assert desk.history == after
    desk.session.steps.redo()
    assert desk.history == made
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    rests(desk)
    assert desk.labels == ["Smile +40", "Lip redness +60"]
    desk.session.snapshots.return_to(both)
    rests(desk)
    assert base(desk) == REFINED, "it was settled by now"


def test_a_snapshot_of_which_only_a_part_was_settled_is_not_mixed(desk: Desk) -> None:
    made = desk.history
    both = desk.session.snapshots.take("Both")
    desk.session.adjustments.delete(made.edits[0].id)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    desk.session.snapshots.return_to(both)
    rests(desk)
    assert desk.history == made


def test_a_snapshot_of_the_refined_face_returns_with_it(desk: Desk) -> None:
    delete_all(desk)
    refine(desk)
    desk.commit("brow_height", 30)
    refined = desk.history
    brow = desk.session.snapshots.take("Brow")
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert base(desk) == DRAFT
    desk.session.snapshots.return_to(brow)
    assert desk.history == refined
    assert desk.session.refinements.waiting is None
    desk.session.steps.undo()
    assert base(desk) == DRAFT
    rests(desk)


def test_a_copy_of_edits_that_came_back_is_searched_for_where_it_is_pasted(
    make_desk: Make, photo: Path
) -> None:
    desk = make_desk(drafts=True, faces=two_faces)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    delete_all(desk)
    refine(desk)
    desk.session.steps.undo()
    desk.session.copies.copy()
    desk.session.faces_desk.choose_face(1)
    desk.until(lambda: desk.session.portrait and base(desk) == REFINED)
    found = len(desk.engine.begun(Intervene))
    desk.session.copies.paste()
    desk.until(lambda: desk.labels)
    assert len(desk.engine.begun(Intervene)) == found + 1
    rests(desk)


def test_a_project_with_edits_undone_on_the_draft_settles_them_once_they_are_redone(
    desk: Desk, tmp_path: Path
) -> None:
    for _ in range(2):
        desk.session.steps.undo()
    made = desk.history
    assert len(made.edits) == 2
    path = tmp_path / "undone.sip"
    desk.session.files.save_project(path)
    desk.until(lambda: desk.ear.heard["saved"])
    desk.session.files.open_project(path)
    desk.until(lambda: desk.session.history is not made)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.session.refinements.is_refined)
    rests(desk)
    assert not desk.engine.begun(Resettle)
    desk.session.steps.jump(2)
    rests(desk)
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    assert base(desk) == REFINED
    assert len(desk.labels) == 2
    rests(desk)


def test_a_projects_snapshot_knows_the_draft_that_it_was_made_on(
    desk: Desk, tmp_path: Path
) -> None:
    made = desk.history
    both = desk.session.snapshots.take("Both")
    delete_all(desk)
    path = tmp_path / "snapshot.sip"
    desk.session.files.save_project(path)
    desk.until(lambda: desk.ear.heard["saved"])
    desk.session.files.open_project(path)
    desk.until(lambda: desk.session.snapshots.states and not desk.session.busy)
    refine(desk)
    desk.session.files.save_project(path)
    desk.until(lambda: len(desk.ear.heard["saved"]) == 2)
    desk.session.snapshots.return_to(both)
    assert desk.history.edits == made.edits
    rests(desk)
    desk.session.files.open_project(path)
    desk.until(lambda: not desk.history.edits and not desk.session.busy)
    assert open_project(path)[0].faces[0].snapshots[0].base == made.base.fingerprint
    desk.session.snapshots.return_to(both)
    assert "can look otherwise" in said(desk), "its draft is no longer known"
