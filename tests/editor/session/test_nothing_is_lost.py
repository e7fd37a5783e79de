"""Two things under way at once: each of these gestures lost something at 48ed9b8."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from filelock import FileLock

from editor.document.history import EditHistory
from editor.document.photo_export import ExportOptions
from editor.document.project import open_project
from editor.document.region import RegionMask
from editor.engine.jobs import Intervene, Invert, Render, SaveProject
from editor.session.engine_thread import EngineThread
from editor.session.journal import Recovery
from editor.session.session import EditSession
from tests.editor.session_desk import stroke
from tests.fake_engine import FakeEngine, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.editor.session_desk import Desk


def hold(desk: Desk) -> None:
    """The next job stops at its first step."""
    desk.engine.gate.clear()
    desk.engine.at_gate.clear()


def until_held(desk: Desk) -> None:
    desk.until(desk.engine.at_gate.is_set)


# ------------------------------------------------------------------ pictures


def with_three_edits(make_desk: Callable[..., Desk], photo: Path) -> Desk:
    """Over an engine that takes its time."""
    desk = make_desk(pause=0.02)
    desk.open(photo)
    desk.idle()
    desk.session.regions.apply_preset("mouth")
    for name in ("smile", "lip_redness", "mouth_open"):
        desk.commit(name, 30)
        desk.idle()
    return desk


def test_one_click_in_the_history_renders_once(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = with_three_edits(make_desk, photo)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    before = len(desk.engine.begun(Render))
    desk.session.files.open_project(tmp_path / "a.sip")
    desk.until(lambda: len(desk.engine.begun(Render)) > before)
    desk.session.steps.jump(2)
    desk.until(lambda: desk.picture_is_current)
    desk.idle()
    assert len(desk.engine.begun(Render)) - before <= 2
    assert desk.ear.last("composite_changed") is not None


def test_two_undos_while_pictures_are_unknown_render_once_more(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = with_three_edits(make_desk, photo)
    desk.forget_pictures()
    before = len(desk.engine.begun(Render))
    desk.session.steps.undo()
    desk.session.steps.undo()
    desk.until(lambda: desk.picture_is_current)
    desk.idle()
    assert len(desk.engine.begun(Render)) - before <= 2


# ------------------------------------------------------------------ sliders and regions


def test_a_drag_back_to_where_it_was_forgets_its_region(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    session.sliders.preview_attribute("smile", 30)
    session.sliders.preview_attribute("smile", 0)  # what a slider says that is let go there
    desk.idle()
    session.regions.clear_region()
    session.regions.apply_preset("eyes")
    assert session.region is not None
    session.sliders.preview_attribute("smile", 40)
    session.sliders.commit_attribute("smile", 40)
    desk.idle()
    assert desk.history.applied[-1].region == session.region.feathered()


def test_a_stroke_between_an_arrow_key_and_its_commit_counts(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    session.sliders.preview_attribute("smile", 10)  # an arrow key; its commit comes later
    session.regions.paint_region(stroke(60, 60))
    desk.idle()
    session.sliders.commit_attribute("smile", 10)
    desk.idle()
    assert session.region is not None
    assert desk.history.applied[-1].region == session.region.feathered()


def test_a_click_on_a_handle_while_its_edit_computes_costs_nothing(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 50)
    until_held(desk)
    session.sliders.preview_attribute("smile", 50)  # pressed and let go
    desk.engine.gate.set()
    desk.idle()
    assert desk.labels == ["Smile +50"]
    assert desk.value("smile") == 50
    assert len(desk.engine.begun(Intervene)) == 1


def test_a_handle_moved_and_moved_back_while_its_edit_computes_costs_nothing(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 50)
    until_held(desk)
    session.sliders.preview_attribute("smile", 62)
    session.sliders.preview_attribute("smile", 50)
    desk.engine.gate.set()
    desk.idle()
    assert desk.labels == ["Smile +50"]
    assert desk.value("smile") == 50


def test_an_edit_goes_on_behind_another_face(make_desk: Callable[..., Desk], photo: Path) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    session = desk.session
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 50)
    until_held(desk)
    session.faces_desk.choose_face(1)
    desk.engine.gate.set()
    desk.until(lambda: session.portrait and not session.busy)
    assert not desk.labels
    session.faces_desk.choose_face(0)
    assert desk.labels == ["Smile +50"]


def test_strokes_edits_and_undo_keep_their_order_when_strokes_take_long(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(at_once=-1)  # every stroke goes to the background
    desk.open(photo)
    desk.idle()
    session = desk.session
    session.regions.paint_region(stroke(60, 60))
    session.regions.paint_region(stroke(60, 120))
    session.steps.undo()
    session.sliders.commit_attribute("smile", 40)
    assert session.busy
    desk.idle()
    assert session.region is not None
    full = session.region.mask.full()
    assert full[60, 60] == 255
    assert full[120, 60] == 0
    assert desk.history.applied[-1].region == session.region.feathered()


def test_a_save_behind_an_edit_that_makes_its_own_region_holds_the_edit(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(at_once=-1)
    desk.open(photo)
    desk.idle()
    session = desk.session
    session.regions.paint_region(stroke(60, 60, erase=True))  # leaves nothing brushed
    session.sliders.commit_attribute("smile", 40)  # takes its usual region, once that is in
    session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    project, _ = open_project(tmp_path / "a.sip")
    assert [edit.label for edit in project.portraits[0].history.applied] == ["Smile +40"]


# ------------------------------------------------------------------ files


def test_undo_and_escape_cancel_an_edit_and_no_file(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 30)
    for verb in (session.steps.undo, session.cancel):
        hold(desk)
        session.sliders.commit_attribute("lip_redness", 50)
        until_held(desk)
        session.files.export(tmp_path / "out.png", ExportOptions())
        session.files.save_project(tmp_path / "out.sip")
        verb()
        desk.engine.gate.set()
        desk.until(lambda: not session.files.writing)
        desk.idle()
        assert (tmp_path / "out.png").exists()
        assert (tmp_path / "out.sip").exists()
        assert desk.labels == ["Smile +30"]
        (tmp_path / "out.png").unlink()
        (tmp_path / "out.sip").unlink()


def test_an_export_holds_the_edit_that_was_computing(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 80)
    until_held(desk)
    session.files.export(tmp_path / "out.png", ExportOptions())
    session.files.save_project(tmp_path / "out.sip")
    session.sliders.commit_attribute("lip_redness", 40)  # later: not in it
    desk.engine.gate.set()
    desk.until(lambda: not session.files.writing and not session.busy)
    project, _ = open_project(tmp_path / "out.sip")
    assert [edit.label for edit in project.portraits[0].history.applied] == ["Smile +80"]
    assert "as soon as" in " ".join(desk.ear.heard["noticed"])
    assert session.modified


def test_an_export_that_cannot_succeed_is_refused_at_once(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 30)
    session.files.save_project(tmp_path / "a.png")  # a project with an odd name
    desk.until(lambda: not session.files.writing)
    kept = (tmp_path / "a.png").read_bytes()
    ended: list[bool] = []
    for path in (tmp_path / "missing" / "x.png", tmp_path / "x.exe", tmp_path / "a.png"):
        session.files.export(path, ExportOptions(), ended.append)
    assert ended == [False] * 3
    assert len(desk.ear.heard["failed"]) == 3
    assert (tmp_path / "a.png").read_bytes() == kept


def test_each_save_ends_by_its_own_outcome(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 30)
    ended: list[tuple[str, bool]] = []
    hold(desk)
    for name in ("first", "missing/second", "third"):
        session.files.save_project(
            tmp_path / f"{name}.sip", ended=lambda is_there, n=name: ended.append((n, is_there))
        )
    until_held(desk)
    desk.engine.gate.set()
    desk.until(lambda: not session.files.writing)
    assert ended == [("first", True), ("missing/second", False), ("third", True)]
    assert len(desk.ear.heard["failed"]) == 1


def test_a_cancelled_save_says_so_and_leaves_edits_alone(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 30)
    until_held(desk)
    ended: list[bool] = []
    session.files.save_project(tmp_path / "a.sip", ended=ended.append)
    session.files.cancel()
    desk.engine.gate.set()
    desk.idle()
    assert ended == [False]
    assert desk.labels == ["Smile +30"]
    assert not desk.engine.begun(SaveProject)


def test_a_failed_open_leaves_the_running_edit_alone(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 30)
    until_held(desk)
    session.files.open_photo(tmp_path / "there is none.jpg")
    desk.engine.gate.set()
    desk.until(lambda: desk.ear.heard["failed"])
    desk.idle()
    assert desk.labels == ["Smile +30"]


def test_edits_made_while_another_photo_opens_are_asked_about(
    desk: Desk, photo: Path, tmp_path: Path
) -> None:
    session = desk.session
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    hold(desk)
    session.files.open_photo(other)
    until_held(desk)
    asked: list[Callable[[], None]] = []
    session.replacing.connect(asked.append)
    session.regions.paint_region(stroke(60, 60))
    desk.engine.gate.set()
    desk.until(lambda: asked)
    assert session.photo is not None
    assert session.photo.path == photo
    asked[0]()
    assert session.photo.path == other


def test_a_brushed_region_counts_as_unsaved(desk: Desk) -> None:
    session = desk.session
    assert not session.modified
    session.regions.paint_region(stroke(60, 60))
    assert session.modified
    session.steps.undo()
    assert not session.modified


def test_a_file_holds_what_other_faces_were_when_it_was_asked_for(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    session.faces_desk.choose_face(1)
    desk.until(lambda: session.portrait and not session.busy)
    hold(desk)
    session.sliders.commit_attribute("smile", 50)
    until_held(desk)
    session.files.save_project(tmp_path / "a.sip")
    session.faces_desk.choose_face(0)
    session.steps.jump(0)  # later: not in it
    desk.engine.gate.set()
    desk.until(lambda: not session.files.writing)
    project, _ = open_project(tmp_path / "a.sip")
    applied = [[edit.label for edit in p.history.applied] for p in project.portraits]
    assert applied == [["Smile +40"], ["Smile +50"]]
    assert session.modified


def test_redo_during_an_edit_of_the_same_slider_adds_nothing(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    session.steps.undo()
    hold(desk)
    session.sliders.commit_attribute("smile", 70)
    until_held(desk)
    session.steps.redo()
    desk.engine.gate.set()
    desk.idle()
    assert desk.labels == ["Smile +70"]
    assert desk.value("smile") == 70


def test_a_slider_put_back_while_its_region_is_feathered_gives_its_edit_back(
    make_desk: Callable[..., Desk], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(at_once=-1)
    desk.open(photo)
    desk.idle()
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.idle()
    hold(desk)
    session.sliders.commit_attribute("smile", 50)
    desk.until(lambda: session.regions.soft() is not None)
    until_held(desk)
    session.sliders.preview_attribute("smile", 62)
    # as while a change of its feather is worked in
    monkeypatch.setattr(session.regions, "soft", lambda: None)
    session.sliders.preview_attribute("smile", 50)
    desk.engine.gate.set()
    desk.until(lambda: desk.labels == ["Smile +50"])
    assert session.edits.queue.phase == "rest"


def test_a_moved_photo_of_restored_work_stays_restored_work(
    desk: Desk, photo: Path, tmp_path: Path
) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: not session.files.writing)
    moved = tmp_path / "away" / "moved.png"
    moved.parent.mkdir()
    photo.rename(moved)
    restored: list[object] = []
    asked: list[Callable[[Path], None]] = []
    session.restored.connect(restored.append)

    def ask(project: Path, go_on: Callable[[Path], None]) -> None:
        del project
        asked.append(go_on)

    session.photo_missing.connect(ask)
    recovery = Recovery(tmp_path, "a.png", 0.0, 1, None, None, FileLock(tmp_path / "lock"))
    session.files.restore(recovery, tmp_path / "a.sip")
    desk.until(lambda: asked)
    asked[0](moved)
    desk.until(lambda: restored)
    assert session.project_path is None
    assert session.modified


def test_an_error_in_the_background_ends_the_edit_and_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.session
    session.regions.set_region(RegionMask.from_full(np.full((240, 320), 255, np.uint8)))
    desk.idle()

    def fails(*_: object) -> RegionMask:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(RegionMask, "feathered", fails)
    session.regions.set_feather(9)
    session.sliders.commit_attribute("smile", 40)
    desk.until(lambda: desk.ear.heard["failed"] and not session.busy)
    assert "planted" in desk.ear.last("failed").detail
    assert not desk.labels


# ------------------------------------------------------------------ faces


def test_taking_a_move_of_the_face_back_leaves_later_edits(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 40)  # asked for before the face is moved
    until_held(desk)
    session.faces_desk.align_face(session.faces[0].landmarks + 2.0)
    desk.engine.gate.set()
    desk.until(lambda: desk.labels == ["Smile +40"])
    desk.until(lambda: session.faces[0].detector == "hand")
    desk.idle()
    session.steps.undo()
    desk.idle()
    assert session.faces[0].detector != "hand"
    assert desk.labels == ["Smile +40"]


def test_a_face_that_is_taken_away_takes_its_edits_along(desk: Desk) -> None:
    session = desk.session
    session.faces_desk.add_face(session.faces[0].landmarks + 60.0)
    desk.until(lambda: session.portrait and session.active == 1)
    desk.idle()
    session.regions.apply_preset("mouth")
    hold(desk)
    session.sliders.commit_attribute("smile", 40)
    until_held(desk)
    for _ in range(3):  # the edit, the region, the face
        session.steps.undo()
    desk.engine.gate.set()
    desk.idle()
    assert session.active == 0
    assert not desk.labels


# ------------------------------------------------------------------ the end


def test_closing_right_after_opening_raises_nothing(qtbot: QtBot, photo: Path) -> None:
    engine = FakeEngine()
    thread = EngineThread(lambda: engine)
    session = EditSession(thread)
    thread.start()
    session.files.open_photo(photo)
    opened = threading.Event()
    while not engine.released:  # the answer is on its way to this thread
        opened.wait(0.01)
    session.close()
    with qtbot.captureExceptions() as exceptions:
        qtbot.wait(50)
    assert not exceptions


def test_closing_with_everything_pending_raises_nothing(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    desk = make_desk(at_once=-1)
    desk.open(photo)
    session = desk.session
    hold(desk)
    session.regions.paint_region(stroke(60, 60))
    session.sliders.commit_attribute("smile", 30)
    session.files.save_project(tmp_path / "a.sip")
    session.files.open_photo(photo)
    session.discoveries.discover()
    desk.engine.gate.set()
    session.close()
    with qtbot.captureExceptions() as exceptions:
        qtbot.wait(50)
    assert not exceptions


@pytest.mark.parametrize("refined", [False, True])
def test_an_edit_that_amends_one_that_is_gone_is_added(desk: Desk, refined: bool) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("lip_redness", 40)
    hold(desk)
    session.sliders.commit_attribute("lip_redness", 60)  # amends the last edit
    until_held(desk)
    history = desk.history
    face = session.studio.face
    assert face is not None
    if refined:  # as an inversion would, behind the edit
        base = history.base
        moved = type(base)(base.layout, np.asarray(base.values) + 1, base.offset)
        session.studio.put_history(face, history.rebased(moved))
    else:
        session.studio.put_history(face, EditHistory(history.base, history.edits[:1], 1))
    desk.engine.gate.set()
    desk.idle()
    assert [label.split()[0] for label in desk.labels] == ["Smile", "Lip"]
    assert not desk.engine.begun(Invert)[1:]
