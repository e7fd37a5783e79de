"""Presets, references, painted colours and mirrored strokes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from editor.document.carrying import on_the_other_side
from editor.document.face_regions import preset
from editor.document.goals import Dials
from editor.document.presets import AttributePreset, PresetPart, read_preset, write_preset
from editor.document.project import open_project
from editor.engine.jobs import Intervene, OpenReference
from tests.editor.session_desk import Desk, stroke
from tests.fake_engine import no_face, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RED, BLUE = (200, 20, 30), (10, 20, 220)


def jobs(desk: Desk) -> list[Intervene]:
    return [job for job in desk.engine.begun(Intervene) if isinstance(job, Intervene)]


def edited_regions(desk: Desk) -> list[str]:
    """Names of the regions of the applied edits."""
    session = desk.session
    assert session.photo is not None
    assert session.region is not None
    names: list[str] = []
    for edit in desk.history.applied:
        for name in ("mouth", "lips", "skin", "face", "smile", "jaw"):
            landmarks = session.faces[session.active].landmarks
            mask = preset(name, landmarks, session.photo.width, session.photo.height)
            if mask.feathered(session.region.feather) == edit.region:
                names.append(name)
    return names


# ------------------------------------------------------------------ presets

LOOK = AttributePreset(
    "Look",
    (
        PresetPart("mouth", (("smile", 40.0), ("lip_redness", 20.0))),
        PresetPart("skin", (("light_from_left", -30.0),)),
    ),
)


def test_a_preset_holds_the_edits_by_region_and_is_one_file(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(library=tmp_path / "user")
    desk.open(photo)
    desk.session.sliders.save_preset("Too early")
    desk.until(lambda: desk.ear.heard["failed"])
    assert "nothing to keep" in desk.ear.last("failed").title
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    desk.commit("lip_redness", 20)
    desk.commit("smile", 40)
    desk.session.regions.apply_preset("skin")
    desk.commit("light_from_left", -30)
    desk.session.sliders.save_preset("  Look ")
    desk.until(lambda: desk.session.presets)
    assert desk.session.presets == (LOOK,)
    assert desk.ear.last("presets_changed") == (LOOK,)
    assert read_preset(tmp_path / "user" / "presets" / "Look.json") == LOOK
    again = make_desk(library=tmp_path / "user")
    again.until(lambda: again.session.presets == (LOOK,))
    again.session.library.drop_preset("Look")
    again.until(lambda: not again.session.presets)
    assert list((tmp_path / "user" / "presets").iterdir()) == []


def test_a_brushed_region_becomes_each_attributes_own(desk: Desk) -> None:
    desk.session.regions.paint_region(stroke(140, 150))
    desk.commit("smile", 40)
    desk.commit("lip_redness", 20)
    desk.session.sliders.save_preset("Brushed")
    desk.until(lambda: desk.session.presets)
    assert desk.session.presets[0].parts == (
        PresetPart("smile", (("smile", 40.0),)),
        PresetPart("lips", (("lip_redness", 20.0),)),
    )


def test_a_preset_leaves_out_what_belongs_to_this_photo(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.session.discoveries.discover()
    desk.until(lambda: desk.session.discovery)
    assert desk.session.discovery is not None
    desk.session.sliders.commit_slider(desk.session.discovery.sliders[0], 50)
    desk.until(lambda: desk.labels)
    desk.session.sliders.save_preset("Nothing")
    assert "not in the preset" in desk.ear.last("noticed")
    desk.until(lambda: desk.ear.heard["failed"])
    assert "nothing to keep" in desk.ear.last("failed").title
    desk.idle()
    desk.commit("smile", 10)
    desk.session.sliders.save_preset("Smile")
    desk.until(lambda: desk.session.presets)
    assert desk.session.presets[0].parts == (PresetPart("mouth", (("smile", 10.0),)),)
    assert "not in the preset" in desk.ear.last("noticed")
    desk.session.sliders.save_preset("")
    desk.until(lambda: len(desk.ear.heard["failed"]) == 2)
    assert "name" in desk.ear.last("failed").advice


def test_applying_a_preset_makes_one_edit_for_each_region(desk: Desk) -> None:
    desk.session.sliders.set_together(True)  # makes no difference
    desk.session.sliders.apply_preset_values(LOOK)
    desk.until(lambda: len(desk.labels) == 2)
    desk.idle()
    assert desk.labels == ["Smile +40, Lip redness +20", "Light from the left -30"]
    assert edited_regions(desk) == ["mouth", "skin"]
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty, "what the user brushed is not touched"
    desk.session.steps.undo()
    assert len(desk.labels) == 1
    desk.session.steps.undo()
    assert desk.labels == []
    desk.session.steps.redo()
    desk.session.steps.redo()
    desk.session.sliders.apply_preset_values(LOOK)  # the sliders stand there already
    desk.session.regions.apply_preset("mouth")
    desk.until(lambda: desk.value("smile") == 40)
    desk.idle()
    assert len(desk.labels) == 2


def test_a_preset_is_applied_at_a_strength(desk: Desk) -> None:
    desk.session.sliders.apply_preset_values(LOOK, 0.5)
    desk.until(lambda: len(desk.labels) == 2)
    desk.idle()
    assert desk.labels == ["Smile +20, Lip redness +10", "Light from the left -15"]
    assert not desk.ear.heard["noticed"]
    strong = AttributePreset("Strong", (PresetPart("skin", (("light_from_left", -80.0),)),))
    desk.session.sliders.apply_preset_values(strong, 1.5)
    assert "Light from the left would go beyond 100" in desk.ear.last("noticed")
    desk.until(lambda: desk.labels[-1] == "Light from the left -100")
    desk.idle()
    desk.session.regions.apply_preset("skin")
    desk.until(lambda: desk.value("light_from_left") == -100)
    desk.session.sliders.apply_preset_values(strong, 0)
    desk.until(lambda: desk.value("light_from_left") == 0)
    desk.idle()


def test_unknown_attributes_are_named_and_left_out(desk: Desk) -> None:
    odd = AttributePreset(
        "Odd", (PresetPart("mouth", (("wings", 9.0), ("smile", 10.0))), PresetPart("eyes", LOOKS))
    )
    desk.session.sliders.apply_preset_values(odd)
    assert "wings or fangs" in desk.ear.last("noticed")
    desk.until(lambda: desk.labels == ["Smile +10"])
    desk.idle()
    desk.session.sliders.apply_preset_values(AttributePreset("None", (PresetPart("eyes", LOOKS),)))
    desk.idle()
    assert len(jobs(desk)) == 1


LOOKS = (("fangs", 100.0),)


def test_a_preset_goes_on_behind_another_face_and_ends_with_undo_or_cancel(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    desk.session.sliders.apply_preset_values(LOOK)
    desk.session.faces_desk.choose_face(1)  # before its regions were made
    desk.until(lambda: desk.session.portrait)
    desk.idle()
    assert not desk.labels
    desk.session.faces_desk.choose_face(0)
    first = desk.labels
    assert len(first) == len(LOOK.parts)
    desk.session.faces_desk.choose_face(1)
    begun = len(jobs(desk))
    desk.engine.gate.clear()
    desk.session.sliders.apply_preset_values(LOOK)
    desk.until(lambda: len(jobs(desk)) == begun + 1)
    desk.session.steps.undo()
    desk.engine.gate.set()
    desk.until(lambda: desk.labels == ["Smile +40, Lip redness +20"])
    desk.idle()
    assert len(desk.labels) == 1, "undo took back the part that waited"
    desk.engine.gate.clear()
    desk.session.sliders.apply_preset_values(LOOK)
    desk.until(lambda: len(jobs(desk)) == begun + 2)
    desk.session.cancel()
    desk.engine.gate.set()
    desk.idle()
    assert len(desk.labels) == 1


def test_a_damaged_preset_is_named_and_not_overwritten(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "Look.json").write_text("{}")
    write_preset(LOOK, folder / "copy.json")
    write_preset(LOOK, folder / "other.json")
    desk = make_desk(library=tmp_path)
    desk.open(photo)
    desk.until(lambda: desk.ear.heard["failed"])
    assert "Look.json" in desk.ear.last("failed").title
    assert [preset.name for preset in desk.session.presets] == ["Look", "other"]
    desk.commit("smile", 10)
    desk.session.library.drop_preset("Look")
    desk.session.sliders.save_preset("Look")
    desk.until((folder / "Look (2).json").is_file)
    assert (folder / "Look.json").read_text() == "{}"


def test_a_preset_that_cannot_be_written_is_not_kept(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "user").write_text("a file where the folder should be")
    desk = make_desk(library=tmp_path / "user")
    desk.open(photo)
    desk.commit("smile", 10)
    assert "cannot be read" in desk.ear.last("failed").title
    desk.session.sliders.save_preset("Look")
    desk.until(lambda: desk.ear.last("failed").kind == "not_writable")
    assert desk.session.presets == ()


# ------------------------------------------------------------------ reference


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    path = tmp_path / "model.png"
    Image.new("RGB", (90, 80), (180, 60, 90)).save(path)
    return path


def test_a_region_is_matched_to_a_reference(desk: Desk, reference: Path) -> None:
    session = desk.session
    session.likeness.match_reference()
    assert "reference" in desk.ear.last("noticed")
    session.likeness.open_reference(reference)
    assert session.busy
    desk.until(lambda: session.reference)
    assert session.reference is not None
    assert session.reference.name == "model.png"
    assert desk.ear.heard["reference_changed"] == [session.reference]
    session.likeness.match_reference()
    assert "Brush a region" in desk.ear.last("hinted")
    session.regions.apply_preset("lips")
    session.sliders.set_dials(Dials(steps=9))
    session.likeness.match_reference()
    desk.until(lambda: desk.labels == ["Match model.png"])
    (job,) = jobs(desk)
    assert job.likeness is session.reference
    assert job.goals == ()
    assert job.dials.steps == 9
    assert edited_regions(desk) == ["lips"]
    desk.idle()
    session.likeness.match_reference()  # again: in its place
    desk.until(lambda: len(jobs(desk)) == 2)
    desk.idle()
    assert desk.labels == ["Match model.png"]
    desk.commit("smile", 30)
    assert desk.labels == ["Match model.png", "Smile +30"]
    session.steps.undo()
    session.steps.undo()
    assert len(desk.labels) == 1, "the first match"
    session.steps.undo()
    assert desk.labels == []
    session.likeness.clear_reference()
    assert session.reference is None
    assert desk.ear.last("reference_changed") is None


def test_sliders_together_do_not_join_a_match(desk: Desk, reference: Path) -> None:
    desk.session.sliders.set_together(True)
    desk.session.likeness.open_reference(reference)
    desk.until(lambda: desk.session.reference)
    desk.session.regions.apply_preset("lips")
    desk.engine.gate.clear()
    desk.session.likeness.match_reference()
    desk.session.sliders.commit_attribute("smile", 30)
    desk.engine.gate.set()
    desk.until(lambda: len(desk.labels) == 2)
    assert desk.labels == ["Match model.png", "Smile +30"]


def test_a_failed_reference_keeps_the_one_before(
    desk: Desk, reference: Path, tmp_path: Path
) -> None:
    desk.session.likeness.open_reference(reference)
    desk.until(lambda: desk.session.reference)
    kept = desk.session.reference
    desk.session.likeness.open_reference(tmp_path / "missing.png")
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.session.reference is kept
    desk.idle()
    desk.engine.find_faces = no_face
    desk.session.likeness.open_reference(reference)
    desk.until(lambda: len(desk.ear.heard["failed"]) == 2)
    assert desk.ear.last("failed").kind == "no_face"
    assert desk.session.reference is kept


def test_the_reference_stays_for_the_next_photo(desk: Desk, reference: Path, photo: Path) -> None:
    desk.session.likeness.open_reference(reference)
    desk.until(lambda: desk.session.reference)
    before = desk.session.photo
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo is not before)
    assert desk.session.reference is not None
    assert len(desk.engine.begun(OpenReference)) == 1


# ------------------------------------------------------------------ paint


def test_paint_strokes_are_steps_of_undo(desk: Desk) -> None:
    session = desk.session
    empty = session.paint
    assert empty is not None
    assert empty.is_empty
    session.regions.paint_colour(stroke(100, 120), RED)
    once = session.paint
    session.regions.paint_colour(stroke(120, 120), BLUE)
    session.regions.paint_colour(stroke(100, 120, erase=True), BLUE)
    assert desk.ear.last("undo_changed")[0] == "Paint eraser stroke"
    session.regions.clear_paint()
    assert session.paint is not None
    assert session.paint.is_empty
    assert desk.ear.last("paint_changed") is session.paint
    for _ in range(3):
        session.steps.undo()
    assert session.paint is once
    session.steps.undo()
    assert session.paint is empty
    session.steps.redo()
    assert session.paint is once
    assert session.modified


def test_each_face_has_its_own_paint(make_desk: Callable[..., Desk], photo: Path) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.session.regions.paint_colour(stroke(100, 120), RED)
    painted = desk.session.paint
    desk.session.faces_desk.choose_face(1)
    assert desk.session.paint is not None
    assert desk.session.paint.is_empty
    assert desk.ear.last("paint_changed") is desk.session.paint
    desk.session.steps.undo()
    assert desk.session.active == 0
    assert desk.session.paint is not painted
    desk.session.steps.redo()
    assert desk.session.paint is painted


def test_the_painted_area_is_matched_without_a_region(desk: Desk) -> None:
    session = desk.session
    session.likeness.match_paint()
    assert "Paint colours" in desk.ear.last("noticed")
    session.regions.paint_colour(stroke(140, 150, radius=8), RED)
    session.likeness.match_paint()
    desk.until(lambda: desk.labels == ["Match paint"])
    (job,) = jobs(desk)
    paint = session.paint
    assert job.likeness is paint
    assert paint is not None
    region = job.region.full()
    assert (region[paint.area.full() > 128] > 250).all(), "all of the paint counts in full"
    assert paint.area.area < job.region.area < 8 * paint.area.area
    assert 0 < region[region < 255].max() < 255, "its edge is soft"


def test_the_region_limits_where_paint_is_matched(desk: Desk) -> None:
    desk.session.regions.paint_colour(stroke(140, 150), RED)
    desk.session.regions.apply_preset("lips")
    desk.session.likeness.match_paint()
    desk.until(lambda: desk.labels == ["Match paint"])
    assert edited_regions(desk) == ["lips"]
    desk.idle()
    desk.session.regions.paint_colour(stroke(150, 150), BLUE)
    desk.session.likeness.match_paint()
    desk.until(lambda: len(jobs(desk)) == 2)
    desk.idle()
    assert desk.labels == ["Match paint"], "the last match is made again"
    assert jobs(desk)[-1].portraits[0].history.position == 0


def test_paint_goes_into_the_project_and_its_match_is_made_again(
    desk: Desk, tmp_path: Path
) -> None:
    session = desk.session
    assert not session.modified
    session.regions.paint_colour(stroke(140, 150), RED)
    assert session.modified, "it would be lost"
    session.steps.undo()
    assert not session.modified
    session.steps.redo()
    session.likeness.match_paint()
    desk.until(lambda: desk.labels == ["Match paint"])
    painted = session.paint
    session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"] and not session.modified)
    session.files.open_project(tmp_path / "a.sip")
    desk.until(lambda: session.project_path and session.paint is not painted)
    assert session.paint is not None
    assert painted is not None
    assert session.paint.digest == painted.digest
    assert not session.modified
    assert desk.labels == ["Match paint"]
    session.regions.paint_colour(stroke(150, 150), BLUE)
    assert session.modified
    session.likeness.match_paint()
    desk.until(lambda: len(jobs(desk)) == 2)
    desk.idle()
    session.regions.clear_paint()
    session.files.save_project(tmp_path / "b.sip")
    desk.until(lambda: session.project_path == tmp_path / "b.sip")
    assert open_project(tmp_path / "b.sip")[0].paint == {}


def test_paint_goes_with_its_face(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    session = desk.session
    session.faces_desk.choose_face(1)
    desk.until(lambda: session.portrait)
    session.regions.paint_colour(stroke(240, 120), RED)
    session.faces_desk.choose_face(0)
    session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    before = session.paint
    session.files.open_project(tmp_path / "a.sip")
    desk.until(lambda: session.paint is not before)
    assert session.active == 0
    assert session.paint is not None
    assert session.paint.is_empty
    session.faces_desk.choose_face(1)
    assert not session.paint.is_empty


def test_what_is_painted_while_the_face_is_analysed_is_saved_too(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk()
    desk.begin(photo)
    desk.session.regions.paint_colour(stroke(140, 150), RED)
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.portrait)
    assert desk.session.modified


def test_matches_wait_for_the_analysis(make_desk: Callable[..., Desk], photo: Path) -> None:
    desk = make_desk()
    desk.begin(photo)
    desk.session.regions.paint_colour(stroke(140, 150), RED)
    for verb in (
        desk.session.likeness.match_paint,
        desk.session.likeness.match_reference,
        desk.session.discoveries.discover,
    ):
        verb()
        assert "prepared" in desk.ear.last("noticed")
    desk.session.sliders.apply_preset_values(LOOK)
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.portrait)
    desk.idle()
    assert not jobs(desk)


# ------------------------------------------------------------------ mirrored


def test_mirrored_strokes_are_painted_on_both_sides(desk: Desk) -> None:
    session = desk.session
    session.regions.set_mirrored(True)
    assert desk.ear.heard["mirrored_changed"] == [True]
    session.regions.paint_region(stroke(110, 110, radius=6))
    assert session.region is not None
    mask = session.region.mask
    other = on_the_other_side(mask, session.faces[0].landmarks)
    assert mask.area == pytest.approx(other.area, rel=0.02)
    alpha = mask.full()
    assert alpha[110, 125] == alpha[110, 320 - 125] == 255, "the face is in the middle"
    assert alpha[110, 160] == 0
    session.regions.paint_colour(stroke(110, 110, radius=6), RED)
    assert session.paint is not None
    assert session.paint.area == mask
    session.regions.paint_region(stroke(110, 110, radius=10, erase=True))
    assert session.region.mask.is_empty
    session.steps.undo()
    assert session.region.mask == mask
    session.steps.undo()
    session.steps.undo()
    assert session.region.mask.is_empty
    session.regions.set_mirrored(False)
    session.regions.paint_region(stroke(110, 110, radius=6))
    assert session.region.mask.full()[:, 160:].max() == 0


def test_the_region_is_united_with_its_mirror_image(desk: Desk) -> None:
    session = desk.session
    session.regions.paint_region(stroke(110, 110, radius=6))
    assert session.region is not None
    one = session.region.mask
    session.regions.mirror_region()
    desk.until(lambda: not session.regions.pending)
    assert desk.ear.last("undo_changed")[0] == "Mirror region"
    assert session.region.mask.area == pytest.approx(2 * one.area, rel=0.02)
    assert np.array_equal(session.region.mask.full()[:, :160], one.full()[:, :160])
    session.steps.undo()
    assert session.region.mask == one


def test_without_a_face_strokes_are_painted_where_they_are_drawn(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(faces=no_face)
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo and not desk.session.studio.finding_faces)
    desk.session.regions.set_mirrored(True)
    desk.session.regions.paint_region(stroke(100, 100))
    desk.session.regions.mirror_region()
    desk.session.regions.paint_colour(stroke(100, 100), RED)
    assert desk.session.region is not None
    assert desk.session.region.mask.full()[:, 160:].max() == 0
    assert desk.session.paint is not None
    assert desk.session.paint.area == desk.session.region.mask
