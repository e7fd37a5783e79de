"""The real engine on the embedded generator, from a photograph's file to an exported file."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import torch

from editor.document.class_mattes import ClassMatte
from editor.document.face_parts import FaceClasses
from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Inversion, Portrait
from editor.document.photo import Photo, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from editor.document.project import Project, open_project, save_project
from editor.document.region import RegionMask
from editor.document.style import GeneratorOffset, LayoutMismatchError
from editor.engine import readings
from editor.engine.engine import Engine
from editor.engine.jobs import (
    Drafted,
    Drag,
    Export,
    Exported,
    Failed,
    Finished,
    Intervene,
    Intervention,
    Invert,
    Notice,
    OpenedPhoto,
    OpenPhoto,
    Patch,
    Preview,
    Progress,
    Render,
)
from editor.engine.tensors import to_picture, to_uint8
from models.encoder import Draft
from models.faces.analyser import FaceAnalyser
from models.measures import measure
from tests.end_to_end.real_engine import edited, finish, run_out_of_memory, sample

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from editor.document.photo import Pixels
    from editor.engine.intervention import Gauge
    from editor.engine.jobs import Job, Report


@pytest.fixture(scope="module")
def opened(engine: Engine) -> OpenedPhoto:
    return sample(engine)


@pytest.fixture(scope="module")
def portrait(engine: Engine, opened: OpenedPhoto) -> Portrait:
    crop = engine.crop_of(opened.faces[0])
    inversion = cast("Inversion", finish(engine, Invert(opened.photo, crop, steps=6)))
    return Portrait.of(crop, inversion)


@pytest.fixture(scope="module")
def states(engine: Engine, opened: OpenedPhoto, portrait: Portrait) -> list[Portrait]:
    """The portrait after none to three edits."""
    found = [portrait]
    for where, attribute, value in (
        ("mouth", "smile", 60),
        ("lips", "lip_redness", 60),
        ("eyes", "eyes_open", -50),
    ):
        found.append(edited(engine, opened.photo, found[-1], where, attribute, value))
    return found


def test_a_click_on_the_sample_finds_its_ear_neck_and_clothes_at_their_edges(
    engine: Engine, opened: OpenedPhoto
) -> None:
    face = opened.faces[0]
    detail = engine.workspace.detail_of(opened.photo, engine.crop_of(face))
    assert detail.beard is None
    classes = FaceClasses(face.landmarks, detail)
    pixels = opened.photo.pixels[..., :3].astype(float)
    for name, place in {"ears": (380, 250), "neck": (300, 415), "clothes": (135, 432)}.items():
        assert classes.at(*place) == name
        alpha = ClassMatte(classes, name, opened.pyramid).region().full()
        assert alpha[place[1], place[0]] > 230
        assert alpha[250, 200] == 0, "a cheek"
    ear = ClassMatte(classes, "ears", opened.pyramid).region().full()[220:290, 365:420]
    near = pixels[220:290, 365:420]
    warm = near[..., 0] - near[..., 2]  # skin's, not hair's
    assert warm[ear > 200].mean() > warm[(ear > 20) & (ear < 100)].mean() + 8


def test_opening_finds_the_face(opened: OpenedPhoto) -> None:
    (face,) = opened.faces
    x, y, w, h = face.box
    assert 0 < x < x + w < opened.photo.width
    assert 0 < y < y + h < opened.photo.height
    assert face.landmarks[36:42].mean(0)[0] < face.landmarks[42:48].mean(0)[0]


@pytest.mark.slow
def test_inversion_reports_each_step_and_improves(engine: Engine, opened: OpenedPhoto) -> None:
    crop = engine.crop_of(opened.faces[0])
    short, long = (list(engine.run(Invert(opened.photo, crop, steps=steps))) for steps in (2, 6))
    steps = [r.step for r in long if isinstance(r, Progress)]
    assert steps == list(range(1, 7))
    assert sum(isinstance(r, Drafted) for r in long) == 1
    ends = (cast("Finished", reports[-1]) for reports in (short, long))
    worse, better = (cast("Inversion", end.result) for end in ends)
    assert better.psnr > worse.psnr + 0.5
    assert better.code.layout == engine.workspace.layout


@pytest.mark.slow
def test_inversion_fits_the_generator_to_the_photo_and_a_project_keeps_it(
    engine: Engine, opened: OpenedPhoto, states: list[Portrait], tmp_path: Path
) -> None:
    portrait, smiling, redder, _ = states
    base = portrait.history.base
    assert base.offset is not None
    kilobytes = sum(array.nbytes for array in base.offset.tensors.values()) / 1000
    assert kilobytes < 500
    untuned = np.abs(
        engine.workspace.reconstruction(replace(base, offset=None))
        - engine.workspace.reconstruction(base)
    )
    assert untuned.max() > 0.01

    origin = smiling.history.edits[0].origin
    assert origin.offset == base.offset.fingerprint
    photo = opened.photo
    project = Project(None, "", photo.width, photo.height, (smiling,))
    save_project(project, tmp_path / "a.sip")
    again = open_project(tmp_path / "a.sip")[0].portraits[0]
    assert again.history == smiling.history
    engine.close()  # what is remembered is forgotten
    for old, new in zip(smiling.history.codes(), again.history.codes(), strict=True):
        np.testing.assert_array_equal(
            engine.workspace.reconstruction(old), engine.workspace.reconstruction(new)
        )

    # the smile moved the corners of the mouth, and nothing outside its region
    moved = smiling.landmarks - smiling.crop.landmarks
    assert np.abs(moved[[48, 54]]).max() > 1
    assert not moved[[*range(17, 28), *range(36, 48)]].any()
    np.testing.assert_array_equal(again.landmarks, smiling.landmarks)
    assert redder.history.edits[1].shift is None, "colours move nothing"
    np.testing.assert_array_equal(redder.landmarks, smiling.landmarks)

    foreign = GeneratorOffset({"b16.conv0.left": np.zeros((2, 2), np.float16)})
    with pytest.raises(LayoutMismatchError, match="another generator"):
        engine.workspace.reconstruction(replace(base, offset=foreign))


@pytest.mark.slow
def test_the_draft_is_shown_first_and_is_no_worse_than_the_mean_face(
    engine: Engine, opened: OpenedPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    crop = engine.crop_of(opened.faces[0])

    def first_steps() -> tuple[list[Report], Inversion]:
        reports = list(engine.run(Invert(opened.photo, crop, steps=2)))
        return reports, cast("Inversion", cast("Finished", reports[-1]).result)

    reports, drafted = first_steps()
    assert isinstance(reports[0], Drafted), "before the optimiser has begun"
    assert reports[0].inversion.is_draft
    assert reports[0].inversion.code.offset is None
    encoder, loaded = engine.workspace.encoder, engine.workspace.loaded
    assert encoder is not None
    monkeypatch.setattr(engine.workspace, "loaded", replace(loaded, encoder=None))
    without, from_mean = first_steps()
    assert isinstance(without[0], Progress)
    assert drafted.psnr > from_mean.psnr + 3

    def astray(*_: object) -> Draft:
        draft = Draft.mean(engine.workspace.generator, 1)
        return Draft(draft.offset + 5, draft.residual)

    monkeypatch.setattr(engine.workspace, "loaded", loaded)
    monkeypatch.setattr(encoder, "encode", astray)
    reports, lost = first_steps()
    assert isinstance(reports[0], Progress)
    assert lost.psnr == pytest.approx(from_mean.psnr, abs=0.05)


@pytest.mark.slow
def test_an_intervention_moves_the_attribute_and_keeps_the_rest(
    engine: Engine, opened: OpenedPhoto, portrait: Portrait
) -> None:
    photo = opened.photo
    region = preset("lips", portrait.crop.landmarks, photo.width, photo.height).feathered(4)
    job = Intervene(photo, (portrait,), 0, region, (Goal("lip_redness", 80),), Dials(steps=8))
    reports = list(engine.run(job))
    done = cast("Intervention", cast("Finished", reports[-1]).result)
    assert done.edit.label == "Lip redness +80"
    assert done.report.attained[0] > 0.3
    assert done.report.leak < 0.3 * done.report.leak_direct
    assert done.report.delta_channels == len(done.edit.delta.channels) > 10
    previews = [r.patch for r in reports if isinstance(r, Preview)]
    assert all(isinstance(p, Patch) and not p.pixels.flags.writeable for p in previews)
    again = cast("Intervention", finish(engine, job))
    assert again.edit.delta == done.edit.delta, "the same seed gives the same edit"


@pytest.mark.slow
def test_what_the_attribute_measures_corrects_an_intervention(
    engine: Engine, opened: OpenedPhoto, portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = opened.photo
    region = preset("lips", portrait.crop.landmarks, photo.width, photo.height).feathered(4)
    goals = Goal("lip_redness", 60), Goal("glasses", 0), Goal("lip_darkness", -30)
    job = Intervene(photo, (portrait,), 0, region, goals, Dials(steps=6))
    units: list[tuple[str, float]] = []

    def strength(share: float) -> float:
        """Of the edit when every reading says that so much of the goals is reached."""

        def gauge(_: object, asked: Sequence[tuple[str, float]], side: object) -> Gauge:
            assert side is None, "the region is of both"
            units[:] = asked
            return lambda before, _: share * before.new_tensor([[0.9, -0.45]])

        monkeypatch.setattr(readings, "attribute_gauge", gauge)
        done = cast("Intervention", finish(engine, job))
        return float(np.abs(done.edit.delta.values).sum())

    asked = strength(1.0)
    assert strength(0.7) > 1.15 * asked
    assert strength(1.4) < 0.85 * asked
    assert [name for name, _ in units] == ["lip_redness", "lip_darkness"], "those that move"


@pytest.mark.parametrize("still", [False, True])
def test_what_moves_nothing_is_measured_where_the_face_was(engine: Engine, still: bool) -> None:
    faces = FaceAnalyser()
    z = torch.randn(
        4, engine.workspace.generator.config.z_dim, generator=torch.Generator().manual_seed(3)
    )
    with torch.no_grad():
        before, now = engine.workspace.generator(z, truncation=0.7).chunk(2)
    asked = (
        [("lip_redness", 4.0)] if still else [("smile", 0.5), ("style:1", 1), ("lip_redness", 4)]
    )
    gauge = readings.attribute_gauge(faces, asked)
    assert gauge is not None
    moved = gauge(before, now).numpy()
    assert moved.shape == (2, len(asked))
    for row, *pair in zip(moved, before.split(1), now.split(1), strict=True):
        pixels = [to_uint8(to_picture(picture)) for picture in pair]
        points = readings.landmarks_along(faces, pixels, moves=True)
        first = measure(pixels[0], points[0])
        last = measure(pixels[1], points[0 if still else 1])
        for (name, unit), change in zip(asked, row, strict=True):
            if name == "style:1":
                assert np.isnan(change)
            else:
                assert change == pytest.approx((last[name] - first[name]) / unit, rel=1e-4)
    assert readings.attribute_gauge(faces, [("style:1", 1.0), ("glasses", 2.0)]) is None


@pytest.mark.parametrize(("suffix", "dtype"), [(".png", np.uint8), (".tif", np.uint16)])
@pytest.mark.slow
def test_exported_pixels_outside_the_regions_are_bit_identical(
    engine: Engine,
    opened: OpenedPhoto,
    states: list[Portrait],
    tmp_path: Path,
    suffix: str,
    dtype: type,
) -> None:
    rng = np.random.default_rng(0)
    pixels: Pixels = opened.photo.pixels
    if dtype == np.uint16:
        low = rng.integers(0, 257, pixels.shape, np.uint16)
        pixels = np.clip(pixels.astype(np.int64) * 257 + low - 128, 0, 65535).astype(np.uint16)
    source = tmp_path / f"photo{suffix}"
    save_photo(Photo(pixels), pixels, source, ExportOptions())
    photo = open_photo(source)
    assert photo.pixels.dtype == dtype
    portrait = states[-1]
    out = tmp_path / f"edited{suffix}"
    exported = cast("Exported", finish(engine, Export(photo, (portrait,), out, ExportOptions())))
    assert exported.outside_identical
    assert not any("draft" in note for note in exported.notes)
    drafted = Export(photo, (replace(portrait, is_draft=True),), out, ExportOptions())
    assert any("draft" in note for note in cast("Exported", finish(engine, drafted)).notes)
    written = open_photo(out).pixels
    union = np.zeros(photo.pixels.shape[:2], bool)
    for entry in portrait.history.applied:
        union |= entry.region.full() > 0
    assert np.array_equal(written[~union], photo.pixels[~union])
    changed = (written != photo.pixels).any(-1)
    assert changed[union].mean() > 0.5


@pytest.mark.slow
def test_undo_and_redo_reproduce_every_state_bit_exactly(
    engine: Engine, opened: OpenedPhoto, states: list[Portrait]
) -> None:
    photo = opened.photo
    pictures = [cast("Patch | None", finish(engine, Render(photo, (s,)))) for s in states]
    last = states[-1]
    for position in (0, 3, 1, 2, 0, 2, 3):
        at = last.with_history(last.history.at(position))
        assert at.history.current() == states[position].history.current()
        again = cast("Patch | None", finish(engine, Render(photo, (at,))))
        wanted = pictures[position]
        if wanted is None:
            assert again is None
        else:
            assert again is not None
            assert np.array_equal(again.pixels, wanted.pixels)


@pytest.mark.slow
def test_dragging_scales_the_cached_delta(
    engine: Engine, opened: OpenedPhoto, portrait: Portrait
) -> None:
    photo = opened.photo
    region = preset("lips", portrait.crop.landmarks, photo.width, photo.height)
    strength: list[float] = []
    for value in (20, 40, 80):  # ten is less than a level on these lips
        job = Drag(photo, (portrait,), 0, region, (Goal("lip_redness", value),))
        patch = cast("Patch", finish(engine, job))
        part = photo.pixels[patch.y : patch.y + patch.height, patch.x : patch.x + patch.width]
        strength.append(float(np.abs(part.astype(float) - patch.pixels).mean()))
    assert 0 < strength[0] < strength[1] < strength[2]
    still = Drag(photo, (portrait,), 0, region, (Goal("lip_redness", 0),))
    assert finish(engine, still) is None


@pytest.mark.slow
def test_closing_the_reports_stops_within_a_step(
    engine: Engine, opened: OpenedPhoto, portrait: Portrait
) -> None:
    region = RegionMask.from_full(np.full((opened.photo.height, opened.photo.width), 255, np.uint8))
    job = Intervene(opened.photo, (portrait,), 0, region, (Goal("smile", 50),), Dials(steps=1000))
    reports = engine.run(job)
    assert isinstance(next(reports), Progress)
    reports.close()
    assert finish(engine, Render(opened.photo, (portrait,))) is None


@pytest.mark.slow
def test_requests_that_cannot_be_met_say_what_to_do(
    engine: Engine, opened: OpenedPhoto, portrait: Portrait, tmp_path: Path
) -> None:
    photo = opened.photo
    corner = np.zeros((photo.height, photo.width), np.uint8)
    corner[:2, :2] = 255
    far = RegionMask.from_full(corner)
    lips = preset("lips", portrait.crop.landmarks, photo.width, photo.height)
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    jobs: list[Job] = [
        Intervene(photo, (portrait,), 0, lips, (Goal("wings", 50),)),
        Intervene(photo, (portrait,), 0, far, (Goal("smile", 50),)),
        Intervene(photo, (portrait,), 0, lips, ()),
        OpenPhoto(text),
        OpenPhoto(tmp_path / "missing.png"),
        Export(photo, (portrait,), tmp_path / "no" / "where.png", ExportOptions()),
    ]
    for job in jobs:
        *_, last = engine.run(job)
        assert isinstance(last, Failed), job
        assert last.error.advice
        assert last.error.kind != "bug"


def test_a_tiny_photo_opens_without_a_face(engine: Engine, tmp_path: Path) -> None:
    one = tmp_path / "one.png"
    save_photo(
        Photo(np.zeros((1, 1, 3), np.uint8)), np.zeros((1, 1, 3), np.uint8), one, ExportOptions()
    )
    assert cast("OpenedPhoto", finish(engine, OpenPhoto(one))).faces == ()


@pytest.mark.slow
def test_running_out_of_memory_falls_back_to_the_cpu_and_says_so(
    opened: OpenedPhoto, portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine.create("cpu")
    run_out_of_memory(monkeypatch, engine, 3)
    photo = opened.photo
    lips = preset("lips", portrait.crop.landmarks, photo.width, photo.height)
    job = Intervene(photo, (portrait,), 0, lips, (Goal("lip_redness", 50),), Dials(steps=3))
    reports = list(engine.run(job))
    assert any(isinstance(r, Notice) and "memory" in r.message for r in reports)
    assert isinstance(reports[-1], Finished)
    assert "CPU" in engine.info.device
    assert engine.info.notice


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.slow
def test_cuda_gives_the_cpu_edit(opened: OpenedPhoto, engine: Engine, portrait: Portrait) -> None:
    cuda = Engine.create("cuda")
    photo = opened.photo
    lips = preset("lips", portrait.crop.landmarks, photo.width, photo.height)
    job = Intervene(photo, (portrait,), 0, lips, (Goal("lip_redness", 60),), Dials(steps=10))
    here, there = (cast("Intervention", finish(e, job)) for e in (engine, cuda))
    assert math.isclose(here.report.attained[0], there.report.attained[0], abs_tol=0.2)
    assert there.report.leak < 2 * here.report.leak + 1e-5
