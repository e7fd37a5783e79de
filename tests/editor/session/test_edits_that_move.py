"""Edits that undo and redo carry to where their face lies otherwise are settled again there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.engine.jobs import Intervene
from tests.editor.session.stepped_engine import strangers
from tests.editor.session_desk import begin_edit, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]

DRAFT, REFINED = 0.5, 1.0  # channel 1 of the fake's bases


def base(desk: Desk) -> float:
    return float(desk.history.base.values[1])


def place(desk: Desk) -> float:
    assert desk.session.portrait is not None
    return float(desk.session.portrait.crop.landmarks[0, 0])


def rests(desk: Desk) -> None:
    document = desk.session.studio.document
    assert document is not None
    assert not strangers(document), "found on a draft, lies on the refined face"


def ready(desk: Desk) -> bool:
    waiting = desk.session.refinements.waiting
    return waiting is not None and waiting.is_ready


def move(desk: Desk) -> None:
    """Let the active face be moved, and land there."""
    before = place(desk)
    desk.session.faces_desk.align_face(desk.session.faces[0].landmarks + 6)
    desk.until(lambda: place(desk) != before)


@pytest.fixture
def desk(make_desk: Make, photo: Path) -> Desk:
    """The face was refined without edits."""
    made = make_desk(drafts=True)
    made.open(photo)
    made.until(lambda: base(made) == REFINED)
    made.session.regions.apply_preset("mouth")
    made.idle()
    return made


def land_while_an_edit_waits(desk: Desk) -> None:
    """An edit is asked for, then the face is moved; it is there first, on a draft."""
    begin_edit(desk)
    before = place(desk)
    desk.session.faces_desk.align_face(desk.session.faces[0].landmarks + 6)
    desk.session.sliders.preview_attribute("smile", 50)  # sets its edit aside
    desk.until(lambda: place(desk) != before)
    begun = len(desk.engine.begun(Intervene))
    desk.session.sliders.preview_attribute("smile", 40)  # where it stood: it goes on
    desk.until(lambda: len(desk.engine.begun(Intervene)) > begun)
    assert base(desk) == DRAFT


def test_an_edit_that_lands_after_its_face_was_moved_is_settled_where_undo_takes_it(
    desk: Desk,
) -> None:
    old = place(desk)
    land_while_an_edit_waits(desk)
    desk.engine.delayed.clear()
    desk.until(lambda: desk.labels)
    there = desk.history
    rests(desk)
    desk.session.steps.undo()  # the move, which was asked for later
    assert place(desk) == old
    assert desk.labels == ["Smile +40"]
    rests(desk)
    assert base(desk) == DRAFT
    assert "where the face lay before" in said(desk)
    desk.until(lambda: ready(desk))
    desk.session.steps.redo()
    assert place(desk) != old
    assert desk.history.reached == there.reached
    rests(desk)
    desk.session.steps.undo()
    desk.until(lambda: ready(desk))
    desk.session.refinements.take()
    assert base(desk) == REFINED
    assert desk.labels == ["Smile +40"]
    rests(desk)
    for _ in range(3):
        desk.session.steps.undo()
        rests(desk)
    assert not desk.labels


def test_an_edit_under_way_while_its_move_is_undone_is_found_where_it_lies(desk: Desk) -> None:
    old = place(desk)
    land_while_an_edit_waits(desk)
    desk.session.steps.undo()
    assert place(desk) == old
    assert base(desk) == REFINED
    desk.engine.delayed.clear()
    desk.until(lambda: desk.labels)
    rests(desk)
    assert base(desk) == REFINED


def test_an_edit_deleted_while_its_face_moves_comes_back_on_a_draft(drafted: Desk) -> None:
    desk = drafted
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    edit = desk.history.edits[0]
    old = place(desk)
    begin = desk.engine.gate
    begin.clear()
    desk.session.faces_desk.align_face(desk.session.faces[0].landmarks + 6)
    desk.session.adjustments.delete(edit.id)  # newer, and done earlier
    begin.set()
    desk.until(lambda: place(desk) != old)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: base(desk) == REFINED)
    desk.session.steps.undo()
    assert desk.labels == ["Smile +40"]
    rests(desk)
    assert base(desk) == DRAFT
    desk.until(lambda: ready(desk))
    desk.session.steps.undo()
    assert place(desk) == old
    rests(desk)
    for _ in range(2):
        desk.session.steps.redo()
        rests(desk)
    assert place(desk) != old
    assert not desk.labels
