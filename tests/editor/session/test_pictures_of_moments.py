"""What is shown is what the edits make where their faces lie now, whatever else came meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.engine.jobs import Intervene, Invert
from tests.fake_tints import composite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]


def shows_what_there_is(desk: Desk) -> bool:
    document = desk.session.studio.document
    assert document is not None
    portraits, _ = document.portraits()
    made, shown = composite(document.photo, portraits, []), desk.ear.last("composite_changed")
    if made is None or shown is None:
        return made is shown
    return (made.x, made.y) == (shown.x, shown.y) and np.array_equal(made.pixels, shown.pixels)


def test_an_edit_begun_as_another_face_came_to_lie_elsewhere_does_not_show_that_as_before(
    two: Desk,
) -> None:
    session = two.session
    session.regions.apply_preset("mouth")
    two.commit("smile", 40)
    two.idle()
    assert shows_what_there_is(two)
    face = session.faces[0]
    session.faces_desk.align_face(face.landmarks + 5)
    session.faces_desk.choose_face(1)
    session.regions.apply_preset("mouth")
    released = two.engine.released
    end = time.monotonic() + 60
    while not isinstance(released[-1], Invert):  # its end is told, and not heard yet
        assert time.monotonic() < end
        time.sleep(0.001)
    session.sliders.commit_attribute("mouth_open", 30)
    two.until(lambda: two.labels == ["Mouth open +30"])
    two.idle()
    assert np.array_equal(session.faces[0].landmarks, face.landmarks + 5)
    assert shows_what_there_is(two)


@pytest.mark.parametrize("meanwhile", [True, False])
def test_an_edit_that_is_off_stays_so_when_it_is_found_for_another_region(
    desk: Desk, meanwhile: bool
) -> None:
    """Its search renders it as if it were on, and that was kept as the picture of the stack."""
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("lip_redness", 40)
    moved, other = desk.history.edits
    session.regions.apply_preset("face")
    if meanwhile:
        desk.engine.delayed.add(Intervene)
        session.adjustments.move(moved.id)
        desk.until(lambda: len(desk.engine.begun(Intervene)) == 3)
        session.adjustments.switch(moved.id, False)
        desk.engine.delayed.clear()
    else:
        session.adjustments.switch(moved.id, False)
        desk.idle()
        session.adjustments.move(moved.id)
    desk.idle()
    assert desk.history.edits[0].region != moved.region
    assert shows_what_there_is(desk)
    session.adjustments.fade(other.id, 0.5)
    desk.idle()
    session.steps.undo()
    desk.idle()
    assert shows_what_there_is(desk)


# ------------------------------------------------------------------ shown, exported, saved


def is_the_same_everywhere(desk: Desk, make_desk: Make, folder: Path) -> None:
    """On the canvas, in an export, and in a project that is saved and opened again: to the bit."""
    desk.until(lambda: not (desk.session.busy or desk.thread.owed))
    desk.until(lambda: desk.picture_is_current)
    assert shows_what_there_is(desk)
    number = len(list(folder.iterdir()))
    export, project = folder / f"{number}.png", folder / f"{number}.sip"
    desk.session.files.export(export, ExportOptions())
    desk.session.files.save_project(project)
    desk.until(lambda: not desk.session.files.writing)
    document, shown = desk.session.studio.document, desk.ear.last("composite_changed")
    assert document is not None
    whole = document.photo.pixels.copy()
    if shown is not None:
        whole[shown.y : shown.y + shown.height, shown.x : shown.x + shown.width] = shown.pixels
    assert np.array_equal(open_photo(export).pixels, whole)
    again = make_desk(drafts=True)
    again.session.faces_desk.pause_refining(True)
    again.session.files.open_project(project)
    again.until(lambda: again.session.portrait)
    again.until(lambda: again.picture_is_current)
    assert again.history.base == desk.history.base
    assert again.history.reached == desk.history.reached
    there = again.ear.last("composite_changed")
    assert (there is None) == (shown is None)
    if there is not None and shown is not None:
        assert np.array_equal(there.pixels, shown.pixels)


def test_take_undone_an_older_edit_weighed_and_take_redone(
    two_on_a_draft: Desk, make_desk: Make, tmp_path: Path
) -> None:
    desk, session = two_on_a_draft, two_on_a_draft.session
    refined(desk)
    session.refinements.take()
    is_the_same_everywhere(desk, make_desk, tmp_path)
    session.steps.undo()
    is_the_same_everywhere(desk, make_desk, tmp_path)
    session.adjustments.weigh(desk.history.edits[0].id, 0.5)
    is_the_same_everywhere(desk, make_desk, tmp_path)
    for steps in ((2, 2), (1, 1), (3, 3), (2, 1)):
        for _ in range(steps[0]):
            session.steps.undo()
            is_the_same_everywhere(desk, make_desk, tmp_path)
        for _ in range(steps[1]):
            session.steps.redo()
            is_the_same_everywhere(desk, make_desk, tmp_path)


def test_an_older_edit_weighed_between_take_and_its_redo(
    two_on_a_draft: Desk, make_desk: Make, tmp_path: Path
) -> None:
    desk, session = two_on_a_draft, two_on_a_draft.session
    session.adjustments.weigh(desk.history.edits[0].id, 0.5)
    refined(desk)
    session.refinements.take()
    for _ in range(2):
        session.steps.undo()
    is_the_same_everywhere(desk, make_desk, tmp_path)
    for _ in range(2):
        session.steps.redo()
        is_the_same_everywhere(desk, make_desk, tmp_path)
    assert desk.history.edits[0].weight == 0.5


@pytest.mark.parametrize("edits_first", [True, False])
def test_a_move_undone_beneath_edits_of_a_draft(
    two_on_a_draft: Desk, make_desk: Make, tmp_path: Path, edits_first: bool
) -> None:
    desk, session = two_on_a_draft, two_on_a_draft.session
    refined(desk)
    session.refinements.take()
    session.faces_desk.pause_refining(True)
    here = session.faces[0].landmarks
    session.faces_desk.align_face(here + 4)
    if not edits_first:
        desk.until(lambda: np.array_equal(session.faces[0].landmarks, here + 4))
    desk.commit("brow_height", 30)
    desk.until(lambda: np.array_equal(session.faces[0].landmarks, here + 4))
    is_the_same_everywhere(desk, make_desk, tmp_path)
    there_and_back(desk, make_desk, tmp_path)
    session.steps.undo()
    session.adjustments.weigh(desk.history.edits[0].id, 0.25)
    is_the_same_everywhere(desk, make_desk, tmp_path)
    session.faces_desk.pause_refining(False)
    desk.idle()
    is_the_same_everywhere(desk, make_desk, tmp_path)


def test_a_project_that_is_opened_refined(
    two_on_a_draft: Desk, make_desk: Make, tmp_path: Path
) -> None:
    desk = two_on_a_draft
    refined(desk)
    desk.session.refinements.take()
    desk.session.snapshots.take("Refined")
    path = tmp_path / "refined.sip"
    desk.session.files.save_project(path)
    desk.until(lambda: not desk.session.files.writing)
    again = make_desk(drafts=True)
    again.session.files.open_project(path)
    again.until(lambda: again.session.portrait)
    session = again.session
    is_the_same_everywhere(again, make_desk, tmp_path)
    session.adjustments.weigh(again.history.edits[0].id, 0.5)
    session.faces_desk.align_face(session.faces[0].landmarks + 4)
    again.idle()
    is_the_same_everywhere(again, make_desk, tmp_path)
    again.engine._serial = 100  # pyright: ignore[reportPrivateUsage] - real ids never meet
    again.commit("brow_height", 30)
    is_the_same_everywhere(again, make_desk, tmp_path)
    session.snapshots.return_to(session.snapshots.states[0].id)
    is_the_same_everywhere(again, make_desk, tmp_path)
    there_and_back(again, make_desk, tmp_path)


def there_and_back(desk: Desk, make_desk: Make, tmp_path: Path) -> None:
    """Four steps of undo and of redo, each the same everywhere."""
    for step in (desk.session.steps.undo, desk.session.steps.redo):
        for _ in range(4):
            step()
            is_the_same_everywhere(desk, make_desk, tmp_path)


def refined(desk: Desk) -> None:
    """Let the face be refined, and its edits be settled on it."""
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: (waiting := desk.session.refinements.waiting) and waiting.is_ready)
