"""Two things under way at once, second look: each of these gestures was eaten, or ended another.

An edit, a stroke, an alignment, a save or an export ends by its own outcome.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from editor.document.errors import EngineError, EngineFailure
from editor.document.goals import Dials, Reference
from editor.document.photo_export import ExportOptions
from editor.document.presets import AttributePreset, PresetError, PresetPart
from editor.document.project import open_project
from editor.engine.jobs import (
    Discover,
    Export,
    Intervene,
    OpenReference,
    SaveProject,
)
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from tests.editor.session_desk import Desk, Ear, begin_edit, labels_in, let_on, said, stroke
from tests.fake_engine import FakeEngine, landmarks_at, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    Make = Callable[..., Desk]


# ------------------------------------------------------------------ cancelling (16)


def test_cancel_stops_the_file_that_is_shown_and_no_other_and_says_so(
    desk: Desk, tmp_path: Path
) -> None:
    session = desk.session
    desk.engine.delayed.add(Export)
    ended: list[tuple[str, bool]] = []
    for name in ("first", "second"):
        session.files.export(
            tmp_path / f"{name}.png",
            ExportOptions(),
            lambda there, n=name: ended.append((n, there)),
        )
    session.files.save_project(tmp_path / "a.sip", None, lambda there: ended.append(("a", there)))
    desk.until(lambda: desk.engine.begun(Export))
    session.cancel_shown()
    desk.until(lambda: ended)
    assert ended == [("first", False)]
    assert "first.png" in said(desk)
    assert "second.png" not in said(desk)
    let_on(desk)
    assert dict(ended) == {"first": False, "second": True, "a": True}
    assert not (tmp_path / "first.png").exists()


def test_cancel_of_an_edit_that_files_wait_for_lets_them_go_on(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    begin_edit(desk)
    session.files.export(tmp_path / "x.png", ExportOptions())
    session.files.save_project(tmp_path / "x.sip")
    session.cancel_shown()
    let_on(desk)
    assert desk.labels == []
    assert (tmp_path / "x.png").exists()
    assert labels_in(tmp_path / "x.sip") == [[]]


def test_files_that_are_given_up_are_named(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    begin_edit(desk)
    session.files.export(tmp_path / "x.png", ExportOptions())
    session.files.save_project(tmp_path / "x.sip")
    session.files.cancel()
    for name in ("x.png", "x.sip"):
        assert f"{name} was not written" in said(desk)
    let_on(desk)
    assert desk.labels == ["Smile +40"]
    assert not (tmp_path / "x.png").exists()
    assert not (tmp_path / "x.sip").exists()


def test_cancel_of_what_is_shown_costs_no_edit(desk: Desk, photo: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.engine.delayed.add(OpenReference)
    session.likeness.open_reference(photo)
    desk.until(lambda: desk.engine.begun(OpenReference))
    session.sliders.commit_attribute("smile", 40)
    desk.until(lambda: "Taking long" in str(desk.ear.last("progress_changed")))
    session.cancel_shown()
    desk.until(lambda: "not opened" in said(desk))
    let_on(desk)
    assert desk.labels == ["Smile +40"]
    assert session.reference is None


def test_escape_reaches_edits_that_wait_behind_strokes(slow: Desk) -> None:
    session = slow.session
    session.regions.paint_region(stroke(60, 60))
    session.sliders.commit_attribute("smile", 40)
    assert session.cancel()
    slow.idle()
    assert slow.labels == []
    assert session.region is not None
    assert not session.region.mask.is_empty  # the stroke was finished before


# ------------------------------------------------------------------ what an edit takes along (20)


def test_an_edit_has_the_dials_of_its_own_moment(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    begin_edit(desk)
    first = Dials(strictness=7.0)
    session.sliders.set_dials(first)
    session.sliders.commit_attribute("lip_redness", 30)  # waits
    session.sliders.set_dials(Dials(strictness=2.0))
    let_on(desk)
    jobs = [job for job in desk.engine.begun(Intervene) if isinstance(job, Intervene)]
    assert [job.dials for job in jobs] == [Dials(), first]


def test_dials_and_together_are_those_of_the_gesture_behind_strokes_too(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    slow.commit("smile", 40)
    session.regions.paint_region(stroke(60, 60))
    session.steps.undo()
    session.sliders.commit_attribute("lip_redness", 30)
    session.sliders.set_dials(Dials(strictness=2.0))
    session.sliders.set_together(True)
    slow.idle()
    assert slow.labels == ["Smile +40", "Lip redness +30"]  # apart, as it was asked for
    job = slow.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    assert job.dials == Dials()


def test_a_match_follows_the_reference_of_its_own_moment(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    slow.idle()
    pixels = np.zeros((64, 64, 3), np.uint8)
    first, second = (Reference(name, pixels, landmarks_at(32, 32, 40)) for name in ("a", "b"))
    session.likeness.follow(first)
    session.regions.paint_region(stroke(60, 60))
    session.likeness.match_reference()
    session.likeness.follow(second)
    slow.idle()
    assert slow.labels == ["Match a"]


def test_a_project_holds_nothing_that_came_after_it_was_asked_for(
    desk: Desk, tmp_path: Path
) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    begin_edit(desk)
    before = session.region
    assert before is not None
    session.files.save_project(tmp_path / "a.sip")
    session.regions.paint_region(stroke(200, 200))
    session.regions.paint_colour(stroke(100, 100), (200, 0, 0))
    session.sliders.set_dials(Dials(strictness=2.0))
    let_on(desk)
    project, _ = open_project(tmp_path / "a.sip")
    assert labels_in(tmp_path / "a.sip") == [["Smile +40"]]
    assert project.faces[0].regions[0].mask == before.mask
    assert project.faces[0].paint is None
    assert project.dials == Dials()
    assert session.modified


def test_a_second_save_behind_the_first_holds_what_was_done_between(
    desk: Desk, tmp_path: Path
) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.engine.delayed.add(SaveProject)
    session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.engine.begun(SaveProject))
    session.sliders.commit_attribute("lip_redness", 30)
    session.files.save_project(tmp_path / "a.sip")
    unsaved: list[bool] = []

    def note(path: Path) -> None:
        del path
        unsaved.append(session.files.unsaved)

    session.saved.connect(note)
    let_on(desk)
    assert unsaved == [True, False]
    assert labels_in(tmp_path / "a.sip") == [["Smile +40", "Lip redness +30"]]


def test_a_preset_is_saved_with_the_edit_that_was_computing(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    begin_edit(desk)
    session.sliders.save_preset("mine")
    session.sliders.commit_attribute("lip_redness", 30)  # later: not in it
    let_on(desk)
    desk.until(lambda: session.presets)
    (preset,) = session.presets
    assert [part.goals for part in preset.parts] == [(("smile", 40.0),)]


# ------------------------------------------------------------------ the order of gestures (21, 3)


def test_a_preset_waits_for_the_strokes_and_edits_before_it(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    slow.idle()
    session.regions.set_feather(2)
    session.regions.paint_region(stroke(60, 60))
    session.regions.set_feather(9)
    session.sliders.commit_attribute("smile", 40)
    preset = AttributePreset("mine", (PresetPart("skin", (("lip_redness", 30.0),)),))
    session.sliders.apply_preset_values(preset)
    slow.idle()
    assert slow.labels == ["Smile +40", "Lip redness +30"]
    job = slow.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    session.regions.apply_preset("skin")
    slow.idle()
    assert session.region is not None
    assert session.region.feather == 9
    assert job.region == session.region.feathered()


def test_undo_and_redo_keep_the_order_of_strokes_and_of_an_edit_that_makes_its_region(
    slow: Desk,
) -> None:
    session = slow.session
    session.regions.paint_region(stroke(60, 60, erase=True))  # leaves nothing brushed
    session.sliders.commit_attribute("smile", 40)  # takes its usual region
    session.regions.paint_region(stroke(250, 40))  # newer than both
    slow.idle()
    end = session.region
    assert end is not None
    document = session.studio.document
    assert document is not None
    steps = len(document.undo.done)
    assert document.undo.done[-1].label == "Brush stroke"
    for _ in range(steps):
        session.steps.undo()
    assert session.region is not None
    assert session.region.mask.is_empty
    for _ in range(steps):
        session.steps.redo()
    assert session.region.mask == end.mask
    assert slow.labels == ["Smile +40"]


def test_a_region_made_for_a_drag_has_the_place_of_its_first_move_among_the_strokes(
    slow: Desk,
) -> None:
    session = slow.session
    session.regions.paint_region(stroke(60, 60, erase=True))
    session.sliders.preview_attribute("smile", 10)  # makes its usual region behind the stroke
    session.regions.paint_region(stroke(250, 40))
    session.sliders.preview_attribute("smile", 20)  # the same drag
    slow.idle()
    end = session.region
    assert end is not None
    for _ in range(2):
        session.steps.undo()
    for _ in range(2):
        session.steps.redo()
    assert session.region is not None
    assert session.region.mask == end.mask
    session.edits.let_go()


def test_a_slider_that_moves_on_while_its_usual_region_is_made_is_shown_where_it_stands(
    slow: Desk,
) -> None:
    sliders = slow.session.sliders
    for value in (10, 20, 30):
        sliders.preview_attribute("smile", value)
    assert slow.session.regions.pending, "the first one's region"
    slow.idle()
    dragging = slow.session.edits.dragging
    assert dragging is not None
    assert [goal.value for goal in dragging.goals] == [30]


def test_a_drag_whose_usual_region_is_made_does_not_go_over_to_a_face_that_is_chosen_meanwhile(
    make_desk: Make, photo: Path
) -> None:
    """There it would make a region before strokes that were asked for first, and undo lose them."""
    desk = make_desk(at_once=-1, faces=two_faces)
    desk.open(photo)
    session = desk.session
    for number in (1, 0):
        session.faces_desk.choose_face(number)
        desk.until(lambda: session.portrait)
    desk.idle()
    session.sliders.preview_attribute("smile", 10)
    assert session.regions.pending, "its usual region"
    session.faces_desk.choose_face(1)
    session.regions.paint_region(stroke(60, 60))
    desk.idle()
    assert session.edits.dragging is None, "the slider was let go"
    document = session.studio.document
    assert document is not None
    assert document.undo.done[-1].label == "Brush stroke"
    brushed = document.region.mask
    for _ in range(2):
        session.steps.undo()
    for _ in range(2):
        session.steps.redo()
    assert document.region.mask == brushed


def test_a_paint_stroke_across_the_end_of_an_edit_stays(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    slow.idle()
    begin_edit(slow)
    session.regions.paint_colour(stroke(100, 100), (200, 0, 0))
    slow.engine.delayed.clear()
    slow.until(lambda: slow.labels)
    slow.idle()
    paint = session.paint
    assert paint is not None
    assert not paint.is_empty
    session.steps.undo()  # the stroke is the newer of the two
    assert session.paint is not None
    assert session.paint.is_empty
    assert slow.labels == ["Smile +40"]


def test_an_export_is_what_the_canvas_shows(desk: Desk, photo: Path, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    begin_edit(desk)
    session.files.export(tmp_path / "x.png", ExportOptions())
    let_on(desk)
    shown = desk.ear.last("composite_changed")
    with Image.open(photo) as original, Image.open(tmp_path / "x.png") as written:
        expected, found = np.array(original.convert("RGB")), np.array(written.convert("RGB"))
    assert not np.array_equal(expected, found)
    expected[shown.y : shown.y + shown.height, shown.x : shown.x + shown.width] = shown.pixels
    assert np.array_equal(found, expected)


def test_another_face_is_edited_while_an_edit_runs(two: Desk) -> None:
    session = two.session
    session.regions.apply_preset("mouth")
    begin_edit(two)
    session.faces_desk.choose_face(1)
    session.regions.apply_preset("mouth")
    session.sliders.commit_attribute("lip_redness", 30)
    session.faces_desk.choose_face(0)
    session.faces_desk.choose_face(1)
    let_on(two)
    assert two.labels == ["Lip redness +30"]
    session.faces_desk.choose_face(0)
    assert two.labels == ["Smile +40"]


# ------------------------------------------------------------------ without an engine (22, 23)


def test_without_an_engine_what_is_brushed_is_saved(
    qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    def factory() -> FakeEngine:
        raise EngineFailure(EngineError("model_missing", "No weights.", "Install them."))

    thread = EngineThread(factory)
    session = EditSession(thread)
    ear = Ear(session)
    thread.start()
    session.files.open_photo(photo)
    qtbot.waitUntil(lambda: session.photo is not None)
    session.regions.paint_region(stroke(60, 60))
    session.files.save_project(tmp_path / "a.sip")
    qtbot.waitUntil(lambda: not session.files.writing)
    assert not ear.heard["failed"]
    assert not session.modified
    project, _ = open_project(tmp_path / "a.sip")
    assert not project.unowned.regions[0].mask.is_empty
    session.files.save_project(tmp_path / "none" / "a.sip")
    qtbot.waitUntil(lambda: bool(ear.heard["failed"]))
    assert ear.last("failed").kind == "not_writable"
    assert session.close()


def test_an_engine_that_will_not_end_is_waited_for_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(qtbot, FakeEngine())
    waited: list[int] = []

    def stuck() -> bool:
        waited.append(1)
        return False

    with monkeypatch.context() as patch:
        patch.setattr(desk.thread, "shut_down", stuck)
        assert not desk.session.close()  # the window's end
        assert not desk.session.close()  # the program's end
    assert waited == [1]
    assert desk.thread.shut_down()


# ------------------------------------------------------------------ nothing ends without a word


def test_a_search_that_ends_says_why(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    slow.idle()
    for ends, why in (
        (lambda: session.sliders.commit_attribute("smile", 40), "made way for your edit"),
        (lambda: session.regions.apply_preset("eyes"), "was stopped: its region"),
        (session.cancel, "was stopped."),
    ):
        slow.engine.delayed.add(Discover)
        begun = len(slow.engine.begun(Discover))
        session.discoveries.discover()
        slow.until(lambda begun=begun: len(slow.engine.begun(Discover)) > begun)
        ends()
        slow.until(lambda why=why: why in said(slow))
        let_on(slow)
    assert session.discovery is None


def test_a_preset_of_which_nothing_lies_on_the_photo_says_so(desk: Desk) -> None:
    session = desk.session
    session.faces_desk.align_face(
        session.faces[0].landmarks + np.array([0, 110])
    )  # the mouth lies below
    desk.until(lambda: session.faces[0].detector == "hand")
    preset = AttributePreset("mine", (PresetPart("mouth", (("smile", 30.0),)),))
    session.sliders.apply_preset_values(preset)
    desk.until(lambda: "Smile was left out" in said(desk))
    desk.idle()
    assert desk.labels == []


# ------------------------------------------------------------------ nobody waits for the disk


def test_a_region_does_not_wait_for_the_disk(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    slow.commit("smile", 40)
    begun, free = threading.Event(), threading.Event()

    def slowly() -> AttributePreset:
        begun.set()
        assert free.wait(60)
        raise PresetError("The disk is gone.", "Use another.")

    session.library.put_preset(slowly)
    slow.until(begun.is_set)
    session.regions.set_feather(9)
    slow.until(lambda: session.region and session.region.feather == 9)
    session.sliders.commit_attribute("lip_redness", 30)
    slow.until(lambda: len(slow.labels) == 2)
    free.set()
    slow.until(lambda: slow.ear.heard["failed"])


def test_a_jump_behind_strokes_goes_to_its_edit_wherever_it_stands_by_then(slow: Desk) -> None:
    session = slow.session
    session.regions.apply_preset("mouth")
    for slider in ("smile", "mouth_open", "lip_redness"):
        slow.commit(slider, 40)
    slow.idle()
    first, second, third = slow.history.edits
    session.regions.paint_region(stroke(150, 150))  # is still worked in
    session.adjustments.delete(first.id)
    session.steps.jump(2)
    slow.until(lambda: slow.history.edits == (second, third))
    slow.idle()
    assert slow.history.applied == (second,)
    session.regions.paint_region(stroke(150, 160))
    session.adjustments.delete(third.id)
    session.steps.jump(2)
    slow.until(lambda: slow.history.edits == (second,))
    slow.idle()
    assert "not there any more" in said(slow)
