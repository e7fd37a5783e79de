"""Jobs that read and write files, what they refuse, and what they leave when they are stopped."""

from __future__ import annotations

import itertools
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import psdtags
import pytest
from PIL import Image

from editor.document.colour import rounded_to_8_bits
from editor.document.goals import Goal
from editor.document.history import Inversion
from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.project import SavedProject
from editor.engine.jobs import (
    Discover,
    Drag,
    Export,
    Exported,
    Finished,
    Invert,
    Notice,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    OpenReference,
    Render,
    RenderTile,
    SaveProject,
)
from tests.contract.engines import AnyEngine, last_result, refusal, reports, result

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.history import Portrait
    from editor.engine.jobs import Job
    from tests.contract.conftest import Case


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_photo_opens_with_its_faces(engine: AnyEngine, case: Case) -> None:
    opened = result(engine, OpenPhoto(case.path), OpenedPhoto)
    assert opened.photo.path == case.path
    assert opened.photo.sha256 == case.photo.sha256
    assert opened.pyramid.levels[0].shape == opened.photo.pixels.shape
    assert opened.info == engine.info
    areas = [face.box[2] * face.box[3] for face in opened.faces]
    assert areas
    assert areas == sorted(areas, reverse=True)
    assert not opened.faces[0].landmarks.flags.writeable


def test_a_photo_without_a_face_opens(engine: AnyEngine, tmp_path: Path) -> None:
    Image.new("RGB", (1, 1)).save(tmp_path / "one.png")
    assert result(engine, OpenPhoto(tmp_path / "one.png"), OpenedPhoto).faces == ()


def test_what_is_no_photo_is_refused(engine: AnyEngine, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    for path in (tmp_path / "text.png", tmp_path / "gone.png", tmp_path):
        assert refusal(engine, OpenPhoto(path)).kind == "photo_unreadable"


@pytest.mark.parametrize("name", ["out.png", "out.tif", "out.jpg", "out.webp"])
def test_an_export_is_checked_where_the_format_can_be(
    engine: AnyEngine, case: Case, smiling: Portrait, tmp_path: Path, name: str
) -> None:
    job = Export(case.photo, (smiling,), tmp_path / name, ExportOptions())
    done = result(engine, job, Exported)
    assert done.path == tmp_path / name
    lossless = name.endswith(("png", "tif"))
    assert done.outside_identical is (True if lossless else None)
    written = open_photo(tmp_path / name).pixels
    assert written.shape == case.photo.pixels.shape
    if lossless:
        outside = smiling.history.edits[0].region.full() == 0
        np.testing.assert_array_equal(written[outside], case.photo.pixels[outside])
        assert not np.array_equal(written, case.photo.pixels)
    assert listed(tmp_path) == [name]


def test_sixteen_bits_of_a_photo_of_eight_are_the_picture_that_is_shown(
    engine: AnyEngine, case: Case, smiling: Portrait, tmp_path: Path
) -> None:
    deep, plain = (
        Export(case.photo, (smiling,), tmp_path / f"{depth}.tif", ExportOptions(depth=depth))
        for depth in (16, 8)
    )
    for job in (deep, plain):
        result(engine, job, Exported)
    written, shown = (open_photo(job.path).pixels for job in (deep, plain))
    assert written.dtype == np.uint16
    np.testing.assert_array_equal(rounded_to_8_bits(written), shown)
    outside = smiling.history.edits[0].region.full() == 0
    np.testing.assert_array_equal(written[outside], case.photo.pixels[outside] * np.uint16(257))


def test_layers_lead_from_the_photo_to_the_export(
    engine: AnyEngine, case: Case, smiling: Portrait, tmp_path: Path
) -> None:
    portrait = case.edited(Goal("lip_redness", -70), portrait=smiling)
    path = tmp_path / "layers.tif"
    job = Export(case.photo, (portrait,), path, ExportOptions(layers=True))
    assert result(engine, job, Exported).path == path
    plain = replace(job, path=tmp_path / "plain.tif", options=ExportOptions(depth=16))
    result(engine, plain, Exported)
    wanted = open_photo(plain.path).pixels
    np.testing.assert_array_equal(open_photo(path).pixels, wanted)
    base, *above = psdtags.TiffImageSourceData.fromtiff(path).layers
    assert [str(layer.info[0].value) for layer in above] == [
        edit.title for edit in portrait.history.edits
    ]
    mixed = np.stack([np.asarray(channel.data) for channel in base.channels[:3]], -1).astype(float)
    np.testing.assert_array_equal(mixed, case.photo.pixels.astype(float) * 257)
    for layer in above:
        top, left, bottom, right = layer.rectangle
        *colours, opaque, mask = (np.asarray(channel.data, float) for channel in layer.channels)
        assert (opaque == 65_535).all()
        share = mask[..., None] / 65_535
        box = mixed[top:bottom, left:right]
        box[...] = np.rint(box * (1 - share) + np.stack(colours, -1) * share)
    np.testing.assert_array_equal(mixed, wanted)
    refused = replace(job, path=tmp_path / "layers.png")
    assert refusal(engine, refused).kind == "not_writable"
    assert listed(tmp_path) == ["layers.tif", "plain.tif"]


def test_an_export_of_a_draft_says_so(
    engine: AnyEngine, case: Case, smiling: Portrait, tmp_path: Path
) -> None:
    options = ExportOptions()
    for draft in (False, True):
        portraits = (replace(smiling, is_draft=draft),)
        done = result(engine, Export(case.photo, portraits, tmp_path / "a.png", options), Exported)
        assert any("draft" in note for note in done.notes) is draft


def test_an_export_of_skin_work_alone_tells_of_no_generator(
    engine: AnyEngine, case: Case, smiling: Portrait, tmp_path: Path
) -> None:
    skin = case.edited(Goal("smooth_skin", 80))
    for portrait, drawn in ((skin, False), (smiling, True)):
        portraits = (replace(portrait, is_draft=True),)
        job = Export(case.photo, portraits, tmp_path / "a.png", ExportOptions())
        done = result(engine, job, Exported)
        assert any("draft" in note for note in done.notes) is drawn
        packet = open_photo(job.path).metadata.xmp or b""
        assert (b"TrainedAlgorithmicMedia" in packet) is drawn


def test_a_file_that_cannot_be_written_is_told_and_nothing_is_left(
    engine: AnyEngine, case: Case, smiling: Portrait, tmp_path: Path
) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.sip").mkdir()
    before = listed(tmp_path)
    for name in ("no/where.png", "name.xyz", "folder.png"):
        job = Export(case.photo, (smiling,), tmp_path / name, ExportOptions())
        assert refusal(engine, job).kind == "not_writable"
    for name in ("no/where.sip", "folder.sip"):
        assert refusal(engine, saving(case, smiling, tmp_path / name)).kind == "not_writable"
    assert listed(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
def test_a_write_protected_file_stays_as_it_is(
    engine: AnyEngine,
    case: Case,
    smiling: Portrait,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def denied(*_: object) -> bool:
        return False

    monkeypatch.setattr(os, "access", denied)  # root may write anything
    for name in ("a.png", "a.sip"):
        (tmp_path / name).write_text("kept")
    exported = Export(case.photo, (smiling,), tmp_path / "a.png", ExportOptions())
    saved = saving(case, smiling, tmp_path / "a.sip")
    for job in (exported, saved):
        assert refusal(engine, job).kind == "not_writable"
        assert job.path.read_text() == "kept"
    assert listed(tmp_path) == ["a.png", "a.sip"]


# ------------------------------------------------------------------ projects


@pytest.fixture
def own(case: Case, tmp_path: Path) -> Case:
    """The case with its photo in a folder of this test's own."""
    path = tmp_path / "photos" / "portrait.png"
    path.parent.mkdir()
    shutil.copy(case.path, path)
    return replace(case, path=path, opened=replace(case.opened, photo=open_photo(path)))


def saving(case: Case, portrait: Portrait, path: Path, **options: object) -> SaveProject:
    """As the session saves what is open."""
    job = SaveProject(case.project(portrait), path, photo=case.photo)
    return replace(job, **options)  # type: ignore[arg-type] # pyright: ignore


@pytest.mark.parametrize("embed", [False, True])
def test_a_project_opens_as_it_was_saved_again_and_again(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path, embed: bool
) -> None:
    path = tmp_path / "a.sip"
    job = saving(own, smiling, path, embed_photo=embed)
    for _ in range(3):
        saved = result(engine, job, SavedProject)
        assert (saved.path, saved.embedded, saved.notes) == (path, embed, ())
        opened = result(engine, OpenProject(path), OpenedProject)
        assert opened.embedded is embed
        (portrait,) = opened.project.portraits
        assert portrait.history == smiling.history
        assert portrait.misfit is not None
        assert opened.photo.sha256 == own.photo.sha256
        assert opened.info == engine.info
        np.testing.assert_array_equal(opened.photo.pixels, own.photo.pixels)
        job = replace(job, project=opened.project, photo=opened.photo, source=opened.source)
    assert listed(tmp_path) == ["a.sip", "photos"]


def test_a_photo_inside_needs_no_file_and_stays_inside(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path
) -> None:
    """On another machine, where it is saved again, and with the file gone in between."""
    path = tmp_path / "a.sip"
    assert result(engine, saving(own, smiling, path, embed_photo=True), SavedProject).embedded
    own.path.unlink()
    for _ in range(2):
        opened = result(engine, OpenProject(path), OpenedProject)
        assert opened.embedded
        assert opened.source is not None
        np.testing.assert_array_equal(opened.photo.pixels, own.photo.pixels)
        again = SaveProject(
            opened.project, path, embed_photo=True, photo=opened.photo, source=opened.source
        )
        assert result(engine, again, SavedProject).embedded


def test_a_photo_whose_file_is_gone_goes_inside_unasked_and_this_is_told(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path
) -> None:
    own.path.unlink()
    found = reports(engine, saving(own, smiling, tmp_path / "a.sip"))
    assert any(isinstance(report, Notice) for report in found)
    opened = result(engine, OpenProject(tmp_path / "a.sip"), OpenedProject)
    assert opened.embedded
    np.testing.assert_array_equal(opened.photo.pixels, own.photo.pixels)


def test_a_photo_that_changed_on_the_disk_is_saved_as_it_was_opened(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path
) -> None:
    Image.new("RGB", (360, 360)).save(own.path)
    for embed in (True, False):
        last_result(engine, saving(own, smiling, tmp_path / "a.sip", embed_photo=embed))
        opened = result(engine, OpenProject(tmp_path / "a.sip"), OpenedProject)
        np.testing.assert_array_equal(opened.photo.pixels, own.photo.pixels)


def test_without_the_open_photo_only_its_file_can_go_inside(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path
) -> None:
    job = SaveProject(own.project(smiling), tmp_path / "a.sip", embed_photo=True)
    assert result(engine, job, SavedProject).embedded
    kept = job.path.read_bytes()
    own.path.unlink()
    assert refusal(engine, job).kind == "photo_unreadable"
    assert job.path.read_bytes() == kept


def test_a_linked_photo_is_found_where_it_went_with_the_project(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.sip", tmp_path / "elsewhere" / "a.sip"
    last_result(engine, saving(own, smiling, first))
    second.parent.mkdir()
    for name in ("a.sip", "photos"):
        shutil.move(tmp_path / name, second.with_name(name))
    opened = result(engine, OpenProject(second), OpenedProject)
    assert opened.photo.path == second.parent / "photos" / "portrait.png"
    assert not opened.embedded
    shutil.move(second.parent / "photos" / "portrait.png", second.parent / "renamed.png")
    opened = result(engine, OpenProject(second), OpenedProject)
    assert opened.photo.path == second.parent / "renamed.png"


def test_a_photo_that_is_gone_or_another_one_is_asked_for(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path
) -> None:
    path, moved = tmp_path / "a.sip", tmp_path / "moved" / "portrait.png"
    last_result(engine, saving(own, smiling, path))
    moved.parent.mkdir()
    shutil.copy(own.path, moved)
    Image.new("RGB", (360, 360)).save(own.path)
    assert refusal(engine, OpenProject(path)).kind == "photo_missing"
    own.path.unlink()
    assert refusal(engine, OpenProject(path)).kind == "photo_missing"
    opened = result(engine, OpenProject(path, moved), OpenedProject)
    assert opened.photo.path == moved
    assert refusal(engine, OpenProject(path, tmp_path / "no.png")).kind == "photo_unreadable"


def test_what_is_no_project_is_refused(engine: AnyEngine, tmp_path: Path) -> None:
    (tmp_path / "text.sip").write_text("not a project")
    for path in (tmp_path / "text.sip", tmp_path / "gone.sip", tmp_path):
        assert refusal(engine, OpenProject(path)).kind == "project_unreadable"


# ------------------------------------------------------------------ stopped


@pytest.mark.parametrize("name", ["photo", "project", "reference", "invert", "drag", "intervene",
                                  "discover", "render", "tile", "save", "export"])  # fmt: skip
def test_a_job_that_is_stopped_after_any_report_leaves_nothing(
    engine: AnyEngine, own: Case, smiling: Portrait, tmp_path: Path, name: str
) -> None:
    region, portraits, photo = own.region(), (smiling,), own.photo
    project = tmp_path / "a.sip"
    last_result(engine, saving(own, smiling, project))
    out = tmp_path / "out"
    out.mkdir()
    goal = (Goal("smile", 40),)
    made: dict[str, Job] = {
        "photo": OpenPhoto(own.path),
        "project": OpenProject(project),
        "reference": OpenReference(own.path),
        "invert": Invert(photo, smiling.crop, steps=3),
        "drag": Drag(photo, portraits, 0, region, goal),
        "intervene": own.job(*goal, portrait=smiling),
        "discover": Discover(photo, portraits, 0, region, count=2),
        "render": Render(photo, portraits),
        "tile": RenderTile(photo, portraits, 0, 0, 0),
        "save": saving(own, smiling, out / "b.sip"),
        "export": Export(photo, portraits, out / "b.png", ExportOptions()),
    }
    job = made[name]
    before = listed(tmp_path)
    count = len(reports(engine, job))
    for path in out.iterdir():
        path.unlink()
    for stop in range(count):
        running = engine.run(job)
        for _ in itertools.islice(running, stop):  # fewer, where something is kept by now
            pass
        running.close()  # type: ignore[attr-defined] # pyright: ignore
        assert not [path for path in listed(out) if path.endswith(".tmp")]
        for path in out.iterdir():
            open_photo(path)  # whole, or not there
            path.unlink()
    assert listed(tmp_path) == before
    assert isinstance(reports(engine, job)[-1], Finished), "the engine goes on"


def test_an_inversion_goes_on_after_other_jobs(
    engine: AnyEngine, case: Case, smiling: Portrait
) -> None:
    running = engine.run(Invert(case.photo, case.portrait.crop, steps=3))
    next(running)
    assert last_result(engine, Render(case.photo, (smiling,))) is not None
    *_, last = running
    assert isinstance(last, Finished)
    assert isinstance(last.result, Inversion)
    assert last.result.code == case.portrait.history.base
