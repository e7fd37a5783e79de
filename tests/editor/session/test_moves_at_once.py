"""Two things under way at once, one of which moves a face.

An alignment ends by its own outcome, and ends no other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo_export import ExportOptions
from editor.document.project import open_project
from editor.engine.jobs import (
    Export,
    Intervene,
    Invert,
    OpenPhoto,
    Render,
)
from tests.editor.session_desk import begin_edit, labels_in, let_on, said, stroke
from tests.fake_engine import landmarks_at, no_face

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]


def align(desk: Desk, by: float = 6) -> NDArray[np.float64]:
    """Move the active face; its analysis does not end before ``desk.engine.delayed`` is empty."""
    desk.engine.delayed.add(Invert)
    points = desk.session.faces[desk.session.active].landmarks + by
    desk.session.faces_desk.align_face(points)
    assert desk.session.inverting
    return points


def places(path: Path) -> list[NDArray[np.float64]]:
    return [portrait.crop.landmarks for portrait in open_project(path)[0].portraits]


# ------------------------------------------------------------------ alignments (10, 17, 18, 19)


def test_a_save_and_an_export_wait_for_the_alignment_before_them(
    desk: Desk, tmp_path: Path
) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    points = align(desk)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.session.files.export(tmp_path / "a.png", ExportOptions())
    assert "as soon as" in said(desk)
    let_on(desk)
    (place,) = places(tmp_path / "a.sip")
    assert np.array_equal(place, points)
    assert labels_in(tmp_path / "a.sip") == [["Smile +40"]]
    (job,) = desk.engine.begun(Export)
    assert isinstance(job, Export)
    assert np.array_equal(job.portraits[0].crop.landmarks, points)
    assert not desk.session.modified


def test_a_save_holds_the_alignment_before_it_and_no_edit_after(desk: Desk, tmp_path: Path) -> None:
    desk.session.regions.apply_preset("mouth")
    begin_edit(desk)  # before
    points = align(desk)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.session.sliders.commit_attribute("lip_redness", 30)  # lands before the alignment
    desk.engine.delayed.remove(Intervene)
    desk.until(lambda: len(desk.labels) == 2)
    assert not (tmp_path / "a.sip").exists()
    let_on(desk)
    (place,) = places(tmp_path / "a.sip")
    assert np.array_equal(place, points)
    assert labels_in(tmp_path / "a.sip") == [["Smile +40"]]
    assert desk.session.modified


@pytest.mark.parametrize("how", ["fails", "is cancelled", "is undone"])
def test_a_save_is_written_when_the_alignment_before_it_comes_to_nothing(
    desk: Desk, tmp_path: Path, how: str
) -> None:
    old = desk.session.faces[0].landmarks
    if how == "fails":
        error = EngineError("no_face", "The face is too small.", "Choose another photo.")
        desk.engine.fail[Invert] = EngineFailure(error)
        desk.session.faces_desk.align_face(old + 6)
    else:
        align(desk)
    desk.session.files.save_project(tmp_path / "a.sip")
    if how == "is cancelled":
        desk.session.cancel()
    elif how == "is undone":
        desk.session.steps.undo()
    let_on(desk)
    (place,) = places(tmp_path / "a.sip")
    assert np.array_equal(place, old)
    assert desk.ear.heard["failed"] if how == "fails" else "not moved" in said(desk)


def test_an_alignment_that_takes_anothers_place_is_waited_for_instead(
    desk: Desk, tmp_path: Path
) -> None:
    align(desk)
    desk.session.files.save_project(tmp_path / "a.sip")
    points = align(desk, 9)
    let_on(desk)
    (place,) = places(tmp_path / "a.sip")
    assert np.array_equal(place, points)
    assert desk.ear.last("undo_changed")[0] == "Align face"
    desk.session.steps.undo()
    assert desk.ear.last("undo_changed")[0] == ""


def test_an_alignment_under_way_is_asked_about(desk: Desk, photo: Path) -> None:
    session = desk.session
    assert not session.files.unsaved
    desk.engine.delayed.add(OpenPhoto)
    other = photo.with_name("other.png")
    other.write_bytes(photo.read_bytes())
    asked: list[Callable[[], None]] = []
    session.replacing.connect(asked.append)
    session.files.open_photo(other)
    align(desk)
    assert session.files.unsaved  # the window asks before it closes
    desk.engine.delayed.remove(OpenPhoto)
    desk.until(lambda: asked)
    assert session.photo is not None
    assert session.photo.path == photo
    asked[0]()
    assert session.photo.path == other
    let_on(desk)
    assert not session.modified


def test_a_file_that_waits_for_an_alignment_keeps_the_photo_open_until_then(
    desk: Desk, photo: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    points = align(desk)
    desk.session.files.export(tmp_path / "x.png", ExportOptions())
    desk.session.files.open_photo(other)

    def go_on(action: Callable[[], None]) -> None:
        action()

    desk.session.replacing.connect(go_on)
    desk.until(lambda: "other.png" in said(desk))
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.photo and desk.session.photo.path == other)
    let_on(desk)
    (job,) = desk.engine.begun(Export)
    assert isinstance(job, Export)
    assert np.array_equal(job.portraits[0].crop.landmarks, points)


@pytest.mark.parametrize("how", ["fails", "is cancelled"])
def test_an_alignment_that_comes_to_nothing_leaves_the_refinement_going(
    make_desk: Make, photo: Path, how: str
) -> None:
    desk = make_desk(drafts=True)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.until(lambda: not desk.session.busy)
    (refinement,) = desk.engine.begun(Invert)
    place = cast("Invert", refinement).crop
    if how == "fails":
        error = EngineError("no_face", "The face is too small.", "Choose another photo.")
        desk.engine.fail[Invert] = EngineFailure(error)
        desk.session.faces_desk.align_face(desk.session.faces[0].landmarks + 6)
        desk.until(lambda: desk.ear.heard["failed"])
    else:
        align(desk)
        desk.session.cancel()
        desk.until(lambda: not desk.session.busy)
    assert refinement not in desk.engine.released
    desk.engine.fail.clear()
    desk.engine.delayed.clear()
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.session.portrait and not desk.session.portrait.is_draft)
    there = [job for job in desk.engine.begun(Invert) if cast("Invert", job).crop == place]
    assert there == [refinement]


def test_an_alignment_that_lands_ends_the_refinement_of_the_old_place(drafted: Desk) -> None:
    desk = drafted
    (old,) = desk.engine.begun(Invert)
    points = align(desk)
    desk.engine.delayed.clear()
    desk.until(lambda: old in desk.engine.released)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.session.portrait and not desk.session.portrait.is_draft)
    assert desk.session.portrait is not None
    assert np.array_equal(desk.session.portrait.crop.landmarks, points)


def test_a_stroke_drawn_while_the_first_face_is_added_is_on_it(
    make_desk: Make, photo: Path
) -> None:
    desk = make_desk(faces=no_face, at_once=-1)
    session = desk.session
    session.files.open_photo(photo)
    desk.until(lambda: session.photo and not session.studio.finding_faces)
    session.regions.paint_region(stroke(60, 60))
    session.faces_desk.add_face(landmarks_at(160, 120, 100))  # waits for that stroke
    session.regions.paint_region(stroke(200, 200))
    desk.until(lambda: session.portrait)
    desk.idle()
    assert session.region is not None
    full = session.region.mask.full()
    assert full[60, 60] == full[200, 200] == 255
    for _ in range(2):
        session.steps.undo()
    assert session.faces == ()
    assert session.region.mask.full()[60, 60] == 255
    for _ in range(2):
        session.steps.redo()
    assert session.region.mask.full()[200, 200] == 255
    let_on(desk)


def test_alignments_of_two_faces_both_land(two: Desk) -> None:
    session = two.session
    first = align(two)
    session.faces_desk.choose_face(1)
    second = align(two, -5)
    session.faces_desk.choose_face(0)
    let_on(two)
    assert np.array_equal(session.faces[0].landmarks, first)
    assert np.array_equal(session.faces[1].landmarks, second)
    assert session.active == 0


def test_undo_takes_back_an_alignment_under_way_and_says_so(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    old = session.faces[0]
    align(desk)
    session.steps.undo()
    assert not session.inverting
    assert "not moved" in said(desk)
    let_on(desk)
    assert session.faces[0] is old
    assert desk.labels == ["Smile +40"]


def test_undo_takes_the_newest_first_also_when_an_alignment_lands_late(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    old = session.faces[0]
    align(desk)
    session.sliders.commit_attribute("smile", 40)  # newer, and there earlier
    desk.until(lambda: desk.labels)
    let_on(desk)
    assert session.faces[0] is not old
    session.steps.undo()
    assert desk.labels == []
    assert session.faces[0] is not old
    session.steps.undo()
    assert session.faces[0] is old
    let_on(desk)
    for _ in range(2):
        session.steps.redo()
    let_on(desk)
    assert desk.labels == ["Smile +40"]
    assert session.faces[0] is not old


def test_undo_during_the_redo_of_a_face_takes_it_back(desk: Desk) -> None:
    session = desk.session
    session.faces_desk.add_face(landmarks_at(60, 60, 60))
    desk.until(lambda: session.active == 1 and session.portrait)
    desk.idle()
    session.steps.undo()
    document = session.studio.document
    assert document is not None
    step = document.undo.undone[-1]  # as if it had never been analysed there
    document.undo.undone[-1] = replace(step, after=replace(cast("Any", step.after), portrait=None))
    desk.engine.delayed.add(Invert)
    session.steps.redo()
    assert session.inverting
    session.steps.undo()
    assert len(session.faces) == 1
    assert not session.inverting
    let_on(desk)


def test_undo_and_redo_that_can_do_nothing_say_so(desk: Desk) -> None:
    session = desk.session
    session.steps.undo()
    assert "nothing to undo" in said(desk)
    session.steps.redo()
    assert "nothing to redo" in said(desk)
    session.regions.apply_preset("mouth")
    session.regions.apply_preset("eyes")
    session.steps.undo()
    begin_edit(desk)
    session.steps.redo()
    assert "newer" in said(desk)
    let_on(desk)
    assert desk.labels == ["Smile +40"]


def test_undo_and_redo_in_quick_succession_while_pictures_render(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    for name in ("smile", "lip_redness", "mouth_open"):
        desk.commit(name, 30)
    desk.idle()
    whole = desk.labels
    desk.forget_pictures()
    desk.engine.delayed.add(Render)
    for verb in (*(session.steps.undo,) * 3, *(session.steps.redo,) * 2, session.steps.undo):
        verb()
    assert desk.labels == whole[:1]
    let_on(desk)
    desk.until(lambda: desk.picture_is_current)
    job = desk.engine.begun(Render)[-1]
    assert isinstance(job, Render)
    assert [edit.label for edit in job.portraits[0].history.applied] == whole[:1]
    session.steps.redo()
    session.steps.redo()
    assert desk.labels == whole
    let_on(desk)
    desk.until(lambda: desk.picture_is_current)
