"""Several sliders in one edit, dials, discovery and kept sliders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.errors import EngineError, EngineFailure
from editor.document.goals import Dials
from editor.document.project import open_project, save_project
from editor.document.style import StyleDelta, StyleLayout
from editor.document.style_sliders import read_sliders, write_sliders
from editor.engine.jobs import Discover, Drag, Intervene
from tests.editor.session_desk import Desk, stroke
from tests.fake_engine import style_slider, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.goals import Goal
    from editor.engine.jobs import Discovery


def goals_of(job: object) -> dict[str, float]:
    assert isinstance(job, Intervene | Drag)
    return {goal.attribute: goal.value for goal in job.goals}


def last_job(desk: Desk) -> Intervene:
    job = desk.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    return job


# ------------------------------------------------------------------ together


def test_together_makes_one_edit_of_all_sliders_of_a_region(desk: Desk) -> None:
    desk.session.sliders.set_together(True)
    assert desk.ear.last("together_changed") is True
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("lip_redness", 20)
    assert desk.labels == ["Smile +40, Lip redness +20"]
    assert goals_of(last_job(desk)) == {"smile": 40, "lip_redness": 20}
    assert last_job(desk).portraits[0].history.position == 0
    assert (desk.value("smile"), desk.value("lip_redness")) == (40, 20)
    desk.commit("smile", -10)
    assert desk.labels == ["Smile -10, Lip redness +20"]
    desk.commit("lip_redness", 0)
    assert desk.labels == ["Smile -10"]
    for labels in (["Smile -10, Lip redness +20"], ["Smile +40, Lip redness +20"], ["Smile +40"]):
        desk.session.steps.undo()
        assert desk.labels == labels
    desk.session.steps.undo()
    assert desk.labels == []
    for _ in range(4):
        desk.session.steps.redo()
    assert desk.labels == ["Smile -10"]


def test_together_previews_all_of_the_goals(desk: Desk) -> None:
    desk.session.sliders.set_together(True)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.session.sliders.preview_attribute("lip_redness", 30)
    desk.until(lambda: desk.engine.begun(Drag))
    job = desk.engine.begun(Drag)[-1]
    assert goals_of(job) == {"smile": 40, "lip_redness": 30}
    assert isinstance(job, Drag)
    assert job.portraits[0].history.position == 0


def test_together_adds_an_edit_in_another_region_and_joins_the_last_of_its_own(
    desk: Desk,
) -> None:
    desk.session.sliders.set_together(True)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.session.regions.apply_preset("skin")
    desk.commit("light_from_left", 30)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    assert desk.labels == ["Smile +60", "Light from the left +30"]
    desk.commit("mouth_open", 10)
    assert desk.labels == ["Smile +60, Mouth open +10", "Light from the left +30"]
    assert desk.value("smile") == 60


def test_a_slider_moved_during_an_edit_joins_it(desk: Desk) -> None:
    desk.session.sliders.set_together(True)
    desk.session.regions.apply_preset("mouth")
    desk.engine.gate.clear()
    desk.engine.at_gate.clear()
    desk.session.sliders.commit_attribute("smile", 40)
    assert desk.engine.at_gate.wait(30)
    desk.session.sliders.preview_attribute("lip_redness", 10)
    assert desk.value("smile") == 40
    desk.session.sliders.commit_attribute("lip_redness", 20)
    desk.session.sliders.commit_attribute("mouth_open", 30)
    desk.engine.gate.set()
    desk.until(lambda: desk.labels)
    desk.idle()
    assert desk.labels == ["Smile +40, Lip redness +20, Mouth open +30"]
    desk.session.steps.undo()
    assert desk.labels == []


def test_joined_edits_can_be_abandoned_at_any_time(desk: Desk) -> None:
    desk.session.sliders.set_together(True)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    for stop in (desk.session.cancel, desk.session.steps.undo):
        desk.engine.gate.clear()
        desk.session.sliders.commit_attribute("lip_redness", 20)
        stop()
        desk.engine.gate.set()
        desk.idle()
        assert desk.labels == ["Smile +40"]
        assert desk.value("lip_redness") == 0


def test_apart_again_a_joined_slider_still_changes_its_edit(desk: Desk) -> None:
    desk.session.sliders.set_together(True)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("lip_redness", 20)
    desk.session.sliders.set_together(False)
    desk.commit("smile", 50)
    assert desk.labels == ["Smile +50, Lip redness +20"]
    desk.commit("mouth_open", 40)
    assert desk.labels == ["Smile +50, Lip redness +20", "Mouth open +40"]


def test_the_dials_go_with_every_edit_and_are_remembered_by_it(desk: Desk) -> None:
    dials = Dials(strictness=4, naturalness=0.5, residual=False, steps=60, seed=7)
    desk.session.sliders.set_dials(dials)
    desk.session.sliders.set_dials(dials)
    assert desk.ear.heard["dials_changed"] == [dials]
    desk.commit("smile", 40)
    assert last_job(desk).dials == dials
    origin = desk.history.edits[0].origin
    assert (origin.strictness, origin.naturalness, origin.residual) == (4, 0.5, False)


# ------------------------------------------------------------------ discovery


def discovered(desk: Desk) -> Discovery:
    desk.session.discoveries.discover()
    desk.until(lambda: desk.session.discovery)
    desk.idle()
    assert desk.session.discovery is not None
    return desk.session.discovery


def test_discovery_finds_sliders_for_the_feathered_region(desk: Desk) -> None:
    desk.session.discoveries.discover()
    assert "Brush a region" in desk.ear.last("hinted")
    assert not desk.engine.begun(Discover)
    desk.session.regions.apply_preset("mouth")
    desk.session.discoveries.discover()
    assert desk.session.busy
    assert "can change" in desk.ear.last("progress_changed").stage
    desk.until(lambda: desk.session.discovery)
    assert desk.ear.heard["discovery_changed"] == [desk.session.discovery]
    job = desk.engine.begun(Discover)[0]
    assert isinstance(job, Discover)
    assert desk.session.region is not None
    assert job.region == desk.session.region.feathered()
    assert desk.session.discovery is not None
    assert len(desk.session.discovery.sliders) == job.count
    desk.idle()
    assert desk.ear.last("busy_changed") is False


def test_a_discovery_is_stale_when_region_face_or_edits_change(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    changes: list[Callable[[], object]] = [
        lambda: desk.session.regions.paint_region(stroke(100, 100)),
        lambda: desk.session.regions.set_feather(9),
        lambda: desk.commit("smile", 20),
        desk.session.steps.undo,
        desk.session.steps.redo,
        lambda: desk.session.steps.jump(0),
        lambda: desk.session.faces_desk.choose_face(1),
    ]
    for change in changes:
        discovered(desk)
        change()
        assert desk.session.discovery is None
        assert desk.ear.last("discovery_changed") is None
    desk.until(lambda: desk.session.portrait)
    desk.session.regions.apply_preset("mouth")
    discovered(desk)
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.discovery is None)


def test_a_running_discovery_ends_with_what_it_was_for(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    stops: list[Callable[[], object]] = [
        lambda: desk.session.regions.paint_region(stroke(100, 100)),
        desk.session.cancel,
        lambda: desk.session.sliders.preview_attribute("smile", 20),
        lambda: desk.session.sliders.commit_attribute("smile", 20),
    ]
    for stop in stops:
        desk.engine.gate.clear()
        desk.engine.at_gate.clear()
        desk.session.discoveries.discover()
        assert desk.engine.at_gate.wait(30)
        stop()
        desk.engine.gate.set()
        desk.idle()
        assert desk.session.discovery is None
    desk.until(lambda: desk.labels == ["Smile +20"])
    assert not desk.ear.heard["discovery_changed"]


def test_a_discovery_waits_for_the_edit_that_runs(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.engine.gate.clear()
    desk.session.sliders.commit_attribute("smile", 20)
    desk.session.discoveries.discover()
    desk.engine.gate.set()
    desk.until(lambda: desk.session.discovery)
    job = desk.engine.begun(Discover)[-1]
    assert isinstance(job, Discover)
    assert job.portraits[0].history.position == 1


def test_a_failed_discovery_says_why(desk: Desk) -> None:
    error = EngineError("out_of_memory", "Out of memory.", "Close other programs.")
    desk.engine.fail[Discover] = EngineFailure(error)
    desk.session.regions.apply_preset("mouth")
    desk.session.discoveries.discover()
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.ear.last("failed") == error
    assert desk.session.discovery is None


def test_a_discovered_slider_is_moved_like_any_other(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    first, second, *_ = discovered(desk).sliders
    desk.session.sliders.drag_slider(first, 30)
    desk.until(lambda: desk.engine.begun(Drag))
    desk.session.sliders.commit_slider(first, 60)
    assert desk.session.attribute_values == {first.id: 60}
    desk.until(lambda: desk.labels)
    goal: Goal = last_job(desk).goals[0]
    assert (goal.attribute, goal.value, goal.direction) == (first.id, 60, first.delta)
    desk.idle()
    assert desk.session.discovery is not None, "its own sliders do not make it stale"
    desk.session.sliders.commit_slider(first, 80)
    desk.until(lambda: desk.labels == [f"{first.label} +80"])
    desk.idle()
    desk.session.sliders.set_together(True)
    desk.session.sliders.commit_slider(second, -500)
    desk.until(lambda: len(desk.labels[0].split(",")) == 2)
    goals = last_job(desk).goals
    assert [(g.attribute, g.value) for g in goals] == [(first.id, 80), (second.id, -100)]
    assert [g.direction for g in goals] == [first.delta, second.delta]
    desk.idle()
    desk.commit("smile", 10)
    assert goals_of(last_job(desk)) == {first.id: 80, second.id: -100, "smile": 10}
    assert desk.session.discovery is None
    desk.session.steps.undo()
    desk.session.steps.undo()
    assert desk.labels == [f"{first.label} +80"]


def test_an_edit_with_a_forgotten_slider_is_not_joined(
    desk: Desk, make_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    desk.session.regions.apply_preset("mouth")
    slider = discovered(desk).sliders[0]
    desk.session.sliders.commit_slider(slider, 60)
    desk.until(lambda: desk.labels)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    project, _ = open_project(tmp_path / "a.sip")
    save_project(replace(project, sliders=()), tmp_path / "a.sip")  # as older versions did
    other = make_desk()
    other.until(lambda: other.session.info)
    other.session.files.open_project(tmp_path / "a.sip")
    other.until(lambda: other.session.portrait)
    other.session.sliders.set_together(True)
    other.session.regions.apply_preset("mouth")
    assert other.labels == [f"{slider.id} +60"]
    other.commit("smile", 20)
    assert other.labels == [f"{slider.id} +60", "Smile +20"]
    assert other.value(slider.id) == 60


# ------------------------------------------------------------------ kept sliders


def test_a_kept_slider_has_the_users_name_and_comes_back(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(library=tmp_path / "new folder")
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    first, second, *_ = discovered(desk).sliders
    desk.session.library.keep_slider(first, "  Dimple\n depth ")
    desk.session.library.keep_slider(second, "")
    desk.until(lambda: len(desk.session.style_sliders) == 2)
    assert [s.label for s in desk.session.style_sliders] == ["Dimple depth", second.label]
    desk.session.sliders.commit_slider(first, 40)
    desk.until(lambda: desk.labels == ["Dimple depth +40"])
    desk.session.library.keep_slider(first, "Dimples")
    desk.until(lambda: desk.session.style_sliders[0].label == "Dimples")
    desk.session.library.forget_slider(second.id)
    desk.until(lambda: len(desk.session.style_sliders) == 1)

    again = make_desk(library=tmp_path / "new folder")
    again.open(photo)
    again.until(lambda: again.session.style_sliders)
    (kept,) = again.session.style_sliders
    assert (kept.id, kept.label, kept.delta) == (first.id, "Dimples", first.delta)
    assert np.array_equal(kept.low, first.low)
    again.session.regions.apply_preset("lips")
    again.session.sliders.commit_slider(kept, 20)
    again.until(lambda: again.labels == ["Dimples +20"])


def test_sliders_of_another_generator_are_kept_but_not_offered(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    mine = style_slider("mine", 1, np.zeros((4, 4, 3), np.uint8))
    layout = StyleLayout(("b4.conv1",), (6,), "0" * 64)
    foreign = replace(mine, id="foreign", delta=StyleDelta(layout, np.array([1]), np.array([1])))
    file = tmp_path / "style-sliders.json"
    write_sliders((foreign, mine), file)
    other = make_desk(library=tmp_path)
    other.open(photo)
    other.until(lambda: other.session.style_sliders)
    assert [s.id for s in other.session.style_sliders] == ["mine"]
    other.session.library.keep_slider(mine, "Mine")
    other.until(lambda: other.session.style_sliders[0].label == "Mine")
    assert [s.id for s in read_sliders(file)] == ["foreign", "mine"]


def test_a_damaged_library_says_so_and_nothing_is_lost(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    file = tmp_path / "style-sliders.json"
    file.write_text("{ damaged")
    desk = make_desk(library=tmp_path)
    desk.open(photo)
    desk.until(lambda: desk.ear.heard["failed"])
    assert "damaged" in desk.ear.last("failed").title
    assert (tmp_path / "style-sliders.json.damaged").read_text() == "{ damaged"
    desk.session.regions.apply_preset("mouth")
    desk.session.library.keep_slider(discovered(desk).sliders[0], "New")
    desk.until(lambda: desk.session.style_sliders)
    assert file.is_file()
    assert (tmp_path / "style-sliders.json.damaged").read_text() == "{ damaged"
