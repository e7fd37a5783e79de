"""The real engine with two generators: a project goes on with the one that it was made with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.history import Inversion, Portrait
from editor.document.photo_export import ExportOptions
from editor.document.project import Project, open_project, save_project
from editor.document.style import StyleCode
from editor.engine import generators
from editor.engine.engine import Engine
from editor.engine.jobs import (
    Drafted,
    Export,
    Exported,
    Failed,
    Finished,
    Invert,
    Notice,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    Patch,
    Progress,
    Render,
    SaveProject,
)
from models import checkpoints
from tests.end_to_end.older_generator import write_default, write_older
from tests.end_to_end.real_engine import (
    SAMPLE,
    edited,
    finish,
    run_out_of_memory,
    sample,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from editor.document.errors import EngineError
    from editor.document.photo import Photo
    from editor.engine.jobs import Job
    from models.checkpoints import ModelCard

STEPS = 2

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ModelCard, ModelCard]]:
    """The catalogue: the default, and one that no longer ships; the files of both are there."""
    folder = tmp_path_factory.mktemp("weights")
    both = write_default(folder), write_older(folder, 64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "WEIGHTS", folder)
        patch.setattr(generators, "catalogue", lambda: both)
        yield both


@pytest.fixture(scope="module")
def default(cards: tuple[ModelCard, ModelCard]) -> ModelCard:
    return cards[0]


@pytest.fixture(scope="module")
def older(cards: tuple[ModelCard, ModelCard]) -> ModelCard:
    return cards[1]


@pytest.fixture(scope="module")
def two(older: ModelCard) -> Iterator[Engine]:
    """An engine that knows both."""
    del older
    engine = Engine.create("cpu")
    yield engine
    engine.close()


@pytest.fixture
def opened(two: Engine) -> OpenedPhoto:
    """The sample; the default generator is in use."""
    return sample(two)


@pytest.fixture(scope="module")
def portrait(two: Engine, default: ModelCard) -> Portrait:
    """Of the default generator, with an edit."""
    opened = sample(two)
    return redder(two, opened.photo, inverted(two, opened, default))


@pytest.fixture(scope="module")
def project(two: Engine, older: ModelCard, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the second generator with one edit, the photograph inside."""
    opened = sample(two)
    portrait = redder(two, opened.photo, inverted(two, opened, older))
    path = tmp_path_factory.mktemp("project") / "older.sip"
    finish(two, SaveProject(document(opened.photo, portrait), path, embed_photo=True))
    return path


def inverted(engine: Engine, opened: OpenedPhoto, card: ModelCard) -> Portrait:
    crop = FaceCrop.from_landmarks(opened.faces[0].landmarks, card.resolution)
    job = Invert(opened.photo, crop, STEPS, generator=card.sha256)
    return Portrait.of(crop, cast("Inversion", finish(engine, job)))


def redder(engine: Engine, photo: Photo, portrait: Portrait) -> Portrait:
    return edited(
        engine, photo, portrait, "mouth", "lip_redness", 70
    )  # lips of 64 pixels are 3 high


def document(photo: Photo, *portraits: Portrait) -> Project:
    return Project(photo.path, photo.sha256, photo.width, photo.height, portraits)


def rendered(engine: Engine, photo: Photo, portrait: Portrait) -> Any:
    return cast("Patch", finish(engine, Render(photo, (portrait,)))).pixels


def failure(engine: Engine, job: Job) -> EngineError:
    *_, last = engine.run(job)
    assert isinstance(last, Failed), last
    return last.error


def test_a_project_goes_on_with_its_generator_and_a_photo_with_the_default(
    two: Engine,
    older: ModelCard,
    opened: OpenedPhoto,
    project: Path,
    tmp_path: Path,
    default: ModelCard,
) -> None:
    assert opened.info is not None
    assert opened.info.generator == two.info.generator == default.name
    reports = list(two.run(OpenProject(project)))
    assert [older.name in r.message for r in reports if isinstance(r, Notice)] == [True]
    again = cast("OpenedProject", cast("Finished", reports[-1]).result)
    assert again.info == two.info
    assert (two.info.generator, two.info.generator_sha256) == (older.name, older.sha256)
    assert two.info.crop_size == two.crop_of(opened.faces[0]).size == 64
    ours, theirs = ([row.name for row in info.attributes] for info in (opened.info, two.info))
    assert [name for name in ours if name != "gaze"] == theirs
    (portrait,) = again.project.portraits
    assert portrait.misfit is not None
    assert portrait.misfit.shape == (64, 64)

    # inversion, its own draft first; an edit on top of the project's; and the file
    crop = two.crop_of(opened.faces[0])
    fresh = list(two.run(Invert(again.photo, crop, STEPS, generator=older.sha256)))
    assert isinstance(fresh[0], Drafted), "it has an encoder"
    result = cast("Inversion", cast("Finished", fresh[-1]).result)
    assert result.code.layout.generator == older.sha256
    assert result.psnr > 15
    more = redder(two, again.photo, portrait)
    assert not np.array_equal(
        rendered(two, again.photo, more), rendered(two, again.photo, portrait)
    )
    job = Export(again.photo, (more,), tmp_path / "out.png", ExportOptions())
    assert cast("Exported", finish(two, job)).outside_identical

    finish(two, SaveProject(document(again.photo, more), tmp_path / "b.sip", embed_photo=True))
    (kept,) = open_project(tmp_path / "b.sip")[0].portraits
    assert kept.history == more.history
    assert kept.history.base.layout.generator == older.sha256

    reports = list(two.run(OpenPhoto(SAMPLE)))
    assert not any(isinstance(r, Notice) for r in reports)
    back = cast("OpenedPhoto", cast("Finished", reports[-1]).result)
    assert back.info == two.info == opened.info
    job = Invert(back.photo, two.crop_of(back.faces[0]), STEPS)
    result = cast("Inversion", finish(two, job))
    assert result.code.layout.generator == default.sha256


def test_a_project_of_the_default_generator_goes_back_to_it(
    two: Engine,
    portrait: Portrait,
    opened: OpenedPhoto,
    project: Path,
    tmp_path: Path,
    default: ModelCard,
) -> None:
    for number, portraits in enumerate(((portrait,), ())):
        path = tmp_path / f"{number}.sip"
        save_project(document(opened.photo, *portraits), path)
        finish(two, OpenProject(project))
        reports = list(two.run(OpenProject(path)))
        assert isinstance(reports[-1], Finished)
        assert not any(isinstance(r, Notice) for r in reports)
        assert two.info.generator == default.name


def test_a_job_of_the_document_before_brings_its_generator_back(
    two: Engine,
    opened: OpenedPhoto,
    portrait: Portrait,
    project: Path,
    tmp_path: Path,
    default: ModelCard,
) -> None:
    """As an export that was asked for while a project was being opened."""
    before = rendered(two, opened.photo, portrait)
    inversion = two.run(Invert(opened.photo, portrait.crop, STEPS, generator=default.sha256))
    assert isinstance(next(inversion), Drafted)
    assert isinstance(next(inversion), Progress)
    finish(two, OpenProject(project))
    np.testing.assert_array_equal(rendered(two, opened.photo, portrait), before)
    finish(two, OpenProject(project))
    job = Export(opened.photo, (portrait,), tmp_path / "out.png", ExportOptions())
    assert cast("Exported", finish(two, job)).outside_identical
    finish(two, OpenProject(project))
    again = list(inversion)  # was set aside, and begins anew
    assert isinstance(again[0], Drafted)
    result = cast("Inversion", cast("Finished", again[-1]).result)
    assert result.code.layout == portrait.history.base.layout
    assert result.code == portrait.history.base


def test_missing_files_are_named_and_what_is_open_stays(
    two: Engine,
    older: ModelCard,
    opened: OpenedPhoto,
    portrait: Portrait,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    default: ModelCard,
) -> None:
    before, generator = rendered(two, opened.photo, portrait), two.workspace.generator
    for name in older.files:
        (checkpoints.WEIGHTS / name).rename(checkpoints.WEIGHTS / f"no {name}")
        error = failure(two, OpenProject(project))
        (checkpoints.WEIGHTS / f"no {name}").rename(checkpoints.WEIGHTS / name)
        assert error.kind == "model_missing"
        assert older.name in error.title
        assert all(file in error.advice for file in older.files)
        assert str(checkpoints.WEIGHTS) in error.advice
        assert "version 0.1" in error.advice
        assert two.workspace.generator is generator

    damaged = replace(older, encoder_sha256="0" * 64)
    monkeypatch.setattr(generators, "catalogue", lambda: (default, damaged))
    error = failure(two, OpenProject(project))
    assert error.kind == "model_damaged"
    assert "older-64-encoder" in error.title
    assert "version 0.1" in error.advice
    assert two.workspace.generator is generator
    np.testing.assert_array_equal(rendered(two, opened.photo, portrait), before)


def test_an_unknown_generator_is_asked_for(
    two: Engine,
    project: Path,
    opened: OpenedPhoto,
    portrait: Portrait,
    tmp_path: Path,
    default: ModelCard,
) -> None:
    layout = replace(portrait.history.base.layout, generator="1" * 64)
    base = StyleCode(layout, portrait.history.base.values)
    stranger = Portrait.of(portrait.crop, Inversion(base, 20.0, 0.3, 1.0, STEPS))
    save_project(document(opened.photo, stranger), tmp_path / "a.sip")
    # one project with faces of both, as no version has written
    mixed = (portrait, *open_project(project)[0].portraits)
    save_project(document(opened.photo, *mixed), tmp_path / "b.sip")
    for name in ("a.sip", "b.sip"):
        error = failure(two, OpenProject(tmp_path / name))
        assert error.kind == "model_missing"
        assert "generator" in error.title
        assert "not here" in error.title
        assert "Add" in error.advice
        assert two.info.generator == default.name


def test_a_project_whose_photo_is_gone_leaves_the_generator_in_use(
    two: Engine, project: Path, opened: OpenedPhoto, tmp_path: Path
) -> None:
    lost = replace(open_project(project)[0], photo_path=tmp_path / "gone.png", photo_near=None)
    save_project(lost, tmp_path / "a.sip")
    assert failure(two, OpenProject(tmp_path / "a.sip")).kind == "photo_missing"
    assert two.info == opened.info


def test_out_of_memory_goes_on_with_the_same_generator_on_the_cpu(
    older: ModelCard, project: Path, monkeypatch: pytest.MonkeyPatch, default: ModelCard
) -> None:
    engine = Engine.create("cpu")
    reading = finish(engine, OpenProject(project))
    portrait = cast("OpenedProject", reading).project.portraits[0]
    photo = cast("OpenedProject", reading).photo
    run_out_of_memory(monkeypatch, engine, 1)
    redder(engine, photo, portrait)
    assert (engine.info.generator, bool(engine.info.notice)) == (older.name, True)
    sample(engine)
    assert (engine.info.generator, bool(engine.info.notice)) == (default.name, True)
