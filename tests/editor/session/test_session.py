from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo_export import ExportOptions
from editor.document.project import open_project
from editor.engine.jobs import Drag, Export, Intervene, Invert, OpenPhoto, Render, SaveProject
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from tests.editor.session_desk import Ear, stroke
from tests.fake_engine import FakeEngine, composite, landmarks_at, no_face, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from editor.engine.jobs import EngineInfo
    from tests.editor.session_desk import Desk


# ------------------------------------------------------------------ opening


def test_opening_chooses_the_largest_face_and_analyses_it(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    assert len(desk.session.faces) == 2
    assert desk.session.active == 0
    assert desk.history.edits == ()
    assert not desk.session.modified
    job = desk.engine.begun(Invert)[0]
    assert isinstance(job, Invert)
    assert job.crop.size == 64


def test_without_a_face_the_photo_can_be_seen_and_the_notice_says_what_to_do(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(faces=no_face)
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo and desk.ear.heard["noticed"])  # seen before that
    assert desk.session.active == -1
    assert "No face" in desk.ear.last("noticed")
    assert "Try" in desk.ear.last("noticed")
    desk.session.regions.paint_region(stroke(100, 100))  # harmless
    desk.session.sliders.preview_attribute("smile", 50)
    desk.session.sliders.commit_attribute("smile", 50)
    assert not desk.engine.begun(Intervene)


def test_a_failed_open_keeps_the_document(desk: Desk, tmp_path: Path) -> None:
    desk.commit("smile", 40)
    (tmp_path / "text.jpg").write_text("no photo")
    desk.session.files.open_photo(tmp_path / "text.jpg")
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.ear.last("failed").advice
    assert desk.session.photo is not None
    assert desk.session.photo.width == 320
    assert desk.labels == ["Smile +40"]


def test_a_failed_open_during_the_analysis_does_not_lose_it(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = make_desk()
    desk.begin(photo)
    desk.session.files.open_photo(tmp_path / "missing.jpg")
    desk.until(lambda: desk.ear.heard["failed"])
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.portrait)


def test_another_photo_starts_afresh(desk: Desk, tmp_path: Path) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    Image.new("RGB", (100, 80), (90, 80, 70)).save(tmp_path / "b.png")
    desk.session.files.open_photo(tmp_path / "b.png")
    desk.until(lambda: desk.session.photo and desk.session.photo.width == 100)
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty
    assert (desk.session.region.mask.width, desk.session.region.mask.height) == (100, 80)
    assert desk.ear.last("composite_changed") is None
    assert not desk.session.modified
    desk.session.steps.undo()
    assert desk.session.region.mask.is_empty


# ------------------------------------------------------------------ region


def test_a_stroke_is_one_step_of_undo(desk: Desk) -> None:
    session = desk.session
    empty = session.region
    session.regions.paint_region(stroke(100, 100))
    once = session.region
    session.regions.paint_region(stroke(200, 100))
    twice = session.region
    assert empty is not None
    assert once is not None
    assert twice is not None
    assert once.mask.alpha.max() == 255
    session.steps.undo()
    assert session.region == once
    session.steps.undo()
    assert session.region == empty
    session.steps.undo()  # nothing more
    session.steps.redo()
    session.steps.redo()
    assert session.region == twice


def test_presets_replace_join_and_cut(desk: Desk) -> None:
    session = desk.session

    def area() -> float:
        assert session.region is not None
        return session.region.mask.area

    session.regions.apply_preset("mouth")
    mouth = area()
    session.regions.apply_preset("brows", add=True)
    both = area()
    session.regions.apply_preset("brows", subtract=True)
    assert mouth == pytest.approx(area(), rel=0.02)
    assert both > mouth > 0
    session.regions.clear_region()
    assert area() == 0
    session.steps.undo()
    assert area() == pytest.approx(mouth, rel=0.02)


def test_the_brush_works_while_the_face_is_analysed_and_while_an_edit_runs(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk()
    desk.begin(photo)
    desk.session.regions.paint_region(stroke(100, 100))
    assert desk.session.region is not None
    painted = desk.session.region.mask
    assert not painted.is_empty
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.portrait)
    desk.engine.gate.clear()
    desk.session.sliders.commit_attribute("smile", 50)
    desk.session.regions.paint_region(stroke(100, 160))
    assert desk.session.region.mask != painted
    desk.engine.gate.set()
    desk.until(lambda: desk.history.position == 1)
    # the edit keeps the region that it was asked for
    assert desk.history.edits[0].region.bounds[3] < desk.session.region.mask.bounds[3]
    # the stroke is the newer action, so it goes first
    desk.session.steps.undo()
    assert desk.session.region.mask == painted
    assert desk.history.position == 1
    desk.session.steps.undo()
    assert desk.history.position == 0


# ------------------------------------------------------------------ sliders


def test_a_drag_is_one_entry_however_many_previews(desk: Desk) -> None:
    for value in range(0, 61, 3):
        desk.session.sliders.preview_attribute("smile", value)
    desk.until(lambda: desk.ear.heard["preview_changed"][-1] is not None)
    desk.commit("smile", 60)
    assert desk.labels == ["Smile +60"]
    assert desk.ear.last("preview_changed") is None
    assert desk.ear.last("composite_changed") is not None
    assert desk.value("smile") == 60
    assert desk.session.modified


def test_previews_keep_coming_during_a_long_drag(desk: Desk) -> None:
    shown = len(desk.ear.heard["preview_changed"])
    for value in range(1, 6):
        desk.session.sliders.preview_attribute("smile", value * 10)
        desk.until(lambda count=shown: len(desk.ear.heard["preview_changed"]) > count)
        shown = len(desk.ear.heard["preview_changed"])
    goals = [job.goals[0].value for job in desk.engine.begun(Drag) if isinstance(job, Drag)]
    assert goals == [10, 20, 30, 40, 50]


def test_an_empty_region_becomes_the_attributes_own_and_is_announced(desk: Desk) -> None:
    desk.session.sliders.preview_attribute("lip_redness", 30)
    assert desk.session.region is not None
    assert not desk.session.region.mask.is_empty
    assert "lips" in desk.ear.last("hinted")
    desk.commit("lip_redness", 30)
    assert len(desk.labels) == 1


def test_moving_the_same_slider_again_amends_its_edit(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    desk.commit("smile", 20)
    assert desk.labels == ["Smile +20"]
    assert desk.value("smile") == 20
    job = desk.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    assert job.portraits[job.active].history.position == 0
    desk.session.steps.undo()
    assert desk.labels == ["Smile +60"]
    desk.session.steps.undo()
    assert desk.labels == []
    desk.session.steps.redo()
    desk.session.steps.redo()
    assert desk.labels == ["Smile +20"]


def test_after_another_edit_the_slider_changes_its_own_entry_where_that_stands(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 20)
    desk.commit("lip_redness", 30)
    desk.commit("smile", 50)
    assert desk.labels == ["Smile +50", "Lip redness +30"]
    assert desk.value("smile") == 50
    job = desk.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    assert job.portraits[0].history.applied == ()
    assert [edit.label for edit in job.above] == ["Lip redness +30"]
    desk.commit("smile", 0)
    assert desk.labels == ["Lip redness +30"]


def test_back_to_zero_takes_the_edit_away(desk: Desk) -> None:
    desk.commit("smile", 60)
    desk.session.sliders.reset_attribute("smile")
    assert desk.history.edits == ()
    assert desk.ear.last("composite_changed") is None
    assert not desk.session.modified, "the region is the slider's own, and nobody misses it"
    desk.session.regions.clear_region()
    assert not desk.session.modified
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert desk.labels == ["Smile +60"]


def test_sliders_show_what_is_in_force_in_the_region_whichever_edit_did_it(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    desk.session.regions.apply_preset("face")
    desk.until(lambda: not desk.ear.last("attribute_values_changed"))
    assert desk.value("smile") == 0
    desk.commit("smile", 10)
    assert desk.labels == ["Smile +60", "Smile +10"]
    desk.session.regions.apply_preset("mouth")
    desk.until(lambda: desk.value("smile") == 70)
    desk.commit("smile", 80)
    assert desk.labels == ["Smile +70", "Smile +10"]


def test_a_cancelled_edit_leaves_no_entry_and_the_slider_returns(desk: Desk) -> None:
    desk.commit("smile", 30)
    shown = desk.ear.last("composite_changed")
    desk.engine.gate.clear()
    desk.engine.at_gate.clear()
    desk.session.sliders.commit_attribute("smile", 90)
    assert desk.value("smile") == 90
    assert desk.engine.at_gate.wait(30)
    desk.session.cancel()
    desk.engine.gate.set()
    desk.idle()
    assert desk.labels == ["Smile +30"]
    assert desk.value("smile") == 30
    assert desk.ear.last("preview_changed") is None
    assert desk.ear.last("composite_changed") is shown
    assert desk.ear.last("progress_changed") is None


def test_undo_during_an_edit_abandons_it_only(desk: Desk) -> None:
    desk.commit("smile", 30)
    desk.engine.gate.clear()
    desk.session.sliders.commit_attribute("smile", 90)
    desk.session.steps.undo()
    desk.engine.gate.set()
    desk.idle()
    assert desk.labels == ["Smile +30"]


def test_a_second_slider_waits_for_the_first_one_and_both_count(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.engine.gate.clear()
    desk.session.sliders.commit_attribute("smile", 40)
    desk.session.sliders.preview_attribute("lip_redness", 10)
    desk.session.sliders.commit_attribute("lip_redness", 20)
    desk.session.sliders.commit_attribute("mouth_open", 15)
    assert (desk.value("smile"), desk.value("lip_redness")) == (40, 20)
    desk.engine.gate.set()
    desk.until(lambda: len(desk.labels) == 3)
    assert desk.labels == ["Smile +40", "Lip redness +20", "Mouth open +15"]


def test_moving_a_slider_again_while_its_edit_runs_replaces_it(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.engine.gate.clear()
    desk.engine.at_gate.clear()
    desk.session.sliders.commit_attribute("smile", 40)
    assert desk.engine.at_gate.wait(30)
    desk.session.sliders.preview_attribute("smile", 70)
    desk.session.sliders.commit_attribute("smile", 80)
    desk.engine.gate.set()
    desk.until(lambda: desk.labels == ["Smile +80"])
    desk.idle()
    assert desk.labels == ["Smile +80"]


def test_a_failed_edit_says_why_and_changes_nothing(desk: Desk) -> None:
    error = EngineError("out_of_memory", "Out of memory.", "Close other programs.")
    desk.engine.fail[Intervene] = EngineFailure(error)
    desk.session.sliders.commit_attribute("smile", 50)
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.ear.last("failed") == error
    assert desk.history.edits == ()
    assert desk.value("smile") == 0
    assert desk.ear.last("preview_changed") is None
    desk.engine.fail.clear()
    desk.commit("smile", 50)
    assert desk.labels == ["Smile +50"]


# ------------------------------------------------------------------ history


def test_undo_and_redo_reproduce_every_state_without_rendering_again(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    states = [(desk.history.current(), desk.ear.heard["composite_changed"][-1])]
    for name, value in (("smile", 30), ("lip_redness", 60), ("mouth_open", -20)):
        desk.commit(name, value)
        states.append((desk.history.current(), desk.ear.last("composite_changed")))
    for code, patch in reversed(states[:-1]):
        desk.session.steps.undo()
        assert desk.history.current() == code
        assert desk.ear.last("composite_changed") is patch
    assert len(desk.history.edits) == 3  # dimmed, not gone
    for code, patch in states[1:]:
        desk.session.steps.redo()
        assert desk.history.current() == code
        assert desk.ear.last("composite_changed") is patch
    assert not desk.engine.begun(Render)


def test_undo_covers_strokes_and_edits_in_one_line(desk: Desk) -> None:
    session = desk.session
    session.regions.paint_region(stroke(100, 150))
    desk.commit("smile", 30)
    session.regions.paint_region(stroke(180, 150))
    session.steps.undo()
    assert desk.labels == ["Smile +30"]
    assert desk.value("smile") == 30 or session.region is not None
    session.steps.undo()
    assert desk.labels == []
    assert session.region is not None
    assert not session.region.mask.is_empty
    session.steps.undo()
    assert session.region.mask.is_empty


def test_a_jump_renders_what_is_not_cached_and_can_be_undone(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 30)
    desk.commit("lip_redness", 60)
    desk.session.steps.jump(0)
    assert desk.labels == []
    assert desk.ear.last("composite_changed") is None
    desk.session.steps.undo()
    assert desk.labels == ["Smile +30", "Lip redness +60"]
    desk.session.steps.jump(1)
    assert desk.labels == ["Smile +30"]
    desk.commit("mouth_open", 10)  # drops the future
    assert [edit.label for edit in desk.history.edits] == ["Smile +30", "Mouth open +10"]
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert desk.labels == ["Smile +30", "Lip redness +60"]  # nothing was lost


def test_the_composite_comes_back_when_a_render_was_superseded(
    desk: Desk, tmp_path: Path, photo: Path
) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 30)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    desk.session.files.open_project(tmp_path / "a.sip")
    desk.until(lambda: desk.engine.begun(Render))
    desk.until(lambda: desk.ear.last("composite_changed") is not None)
    patch = desk.ear.last("composite_changed")
    assert desk.session.photo is not None
    portrait = desk.session.portrait
    assert portrait is not None
    expected = composite(desk.session.photo, (portrait,), [])
    assert expected is not None
    assert np.array_equal(patch.pixels, expected.pixels)


# ------------------------------------------------------------------ several faces


def test_each_face_has_its_own_region_history_and_values(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    desk.session.regions.apply_preset("mouth")
    left = desk.session.region
    desk.commit("smile", 30)
    desk.session.faces_desk.choose_face(1)
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty
    assert desk.session.portrait is None
    desk.until(lambda: desk.session.portrait)
    desk.idle()
    assert desk.value("smile") == 0
    desk.commit("smile", 70)
    job = desk.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    assert len(job.portraits) == 2
    assert job.active == 1
    desk.session.faces_desk.choose_face(0)
    desk.until(lambda: desk.value("smile") == 30)
    assert desk.session.region == left
    desk.session.steps.undo()  # the newest edit is on the other face
    assert desk.session.active == 1
    assert desk.labels == []
    assert len(desk.engine.begun(Invert)) == 2


# ------------------------------------------------------------------ files


def test_saving_clears_modified_and_an_opened_project_has_its_edits(
    desk: Desk, tmp_path: Path
) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 30)
    desk.commit("lip_redness", 60)
    desk.session.steps.undo()
    before = desk.history
    assert desk.session.modified
    desk.session.files.save_project(tmp_path / "work.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    assert not desk.session.modified
    assert desk.session.project_path == tmp_path / "work.sip"
    desk.session.files.open_project(tmp_path / "work.sip")
    desk.until(lambda: desk.history is not before)
    assert desk.history == before
    assert not desk.session.modified
    assert len(desk.engine.begun(Invert)) == 1  # the project holds the inversion
    assert desk.session.project_path == tmp_path / "work.sip"


def test_a_project_of_another_generator_is_edited_with_what_that_one_offers(
    desk: Desk, photo: Path, tmp_path: Path
) -> None:
    desk.commit("smile", 30)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    usual = desk.engine.info
    assert desk.session.info == usual
    older = replace(usual, generator="older", generator_sha256="0" * 64, crop_size=32)
    desk.engine.of_projects = older
    told: list[EngineInfo] = []
    desk.session.engine_ready.connect(told.append)

    desk.session.files.open_project(tmp_path / "a.sip")
    desk.until(lambda: desk.session.info == older)
    assert "older" in desk.ear.last("noticed")
    desk.session.faces_desk.add_face(landmarks_at(80, 60, 40))
    desk.until(lambda: desk.session.active == 1 and desk.session.portrait)
    job = desk.engine.begun(Invert)[-1]
    assert isinstance(job, Invert)
    assert (job.crop.size, job.generator) == (32, "0" * 64)

    desk.engine.fail[OpenPhoto] = EngineFailure(EngineError("bug", "No.", "Try again."))
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.session.info == older, "the project is still open"
    del desk.engine.fail[OpenPhoto]
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.info == usual and desk.session.portrait)
    job = desk.engine.begun(Invert)[-1]
    assert isinstance(job, Invert)
    assert (job.crop.size, job.generator) == (64, usual.generator_sha256)
    assert told == [older, usual]


def test_a_failed_save_keeps_the_edits_modified(desk: Desk, tmp_path: Path) -> None:
    desk.commit("smile", 30)
    desk.session.files.save_project(tmp_path / "no folder" / "work.sip")
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.ear.last("failed").advice
    assert desk.session.modified
    assert desk.session.project_path is None


def test_export_writes_the_edit_and_leaves_the_rest_alone(desk: Desk, tmp_path: Path) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 100)
    desk.session.files.export(tmp_path / "out.png", ExportOptions())
    desk.until(lambda: desk.ear.heard["exported"])
    assert desk.session.photo is not None
    out = np.asarray(Image.open(tmp_path / "out.png").convert("RGB"))
    changed = (out != desk.session.photo.pixels).any(-1)
    region = desk.history.edits[0].region.full() > 0
    assert changed.any()
    assert not changed[~region].any()
    assert isinstance(desk.engine.begun(Export)[0], Export)


def test_a_save_that_was_begun_is_not_lost_to_edits(desk: Desk, tmp_path: Path) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.engine.gate.clear()
    desk.session.sliders.commit_attribute("smile", 30)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.session.sliders.preview_attribute("smile", 50)
    desk.session.sliders.commit_attribute("smile", 60)
    desk.engine.gate.set()
    desk.until(lambda: desk.ear.heard["saved"])
    assert desk.labels == ["Smile +60"]
    assert len(desk.engine.begun(SaveProject)) == 1
    project, _ = open_project(tmp_path / "a.sip")
    assert [e.label for e in project.portraits[0].history.applied] == ["Smile +60"]
    assert not desk.session.modified


def test_without_an_engine_the_photo_is_shown(qtbot: QtBot, photo: Path) -> None:
    def factory() -> FakeEngine:
        raise EngineFailure(EngineError("model_missing", "No weights.", "Install them."))

    thread = EngineThread(factory)
    session = EditSession(thread)
    ear = Ear(session)
    thread.start()
    session.files.open_photo(photo)
    qtbot.waitUntil(lambda: session.photo is not None)
    assert session.active == -1
    session.files.export(photo.with_name("x.png"), ExportOptions())
    qtbot.waitUntil(lambda: bool(ear.heard["failed"]))
    assert ear.last("failed").title == "No weights."
    assert session.close()


def test_busy_ends_with_every_job(desk: Desk) -> None:
    desk.commit("smile", 30)
    assert desk.ear.last("busy_changed") is False
    assert desk.ear.last("progress_changed") is None
    assert desk.engine.begun(OpenPhoto)
