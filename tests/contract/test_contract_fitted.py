"""The named attributes, fitted to a generator of the user's own: a face generator, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.document import attributes
from editor.document.goals import Goal
from editor.document.history import Inversion, Portrait
from editor.engine.generator_jobs import FitAttributes, RemoveGenerator
from editor.engine.jobs import (
    Finished,
    FittedAttributes,
    GeneratorInfo,
    ImportGenerator,
    Intervention,
    Invert,
    OpenedPhoto,
    OpenPhoto,
    Progress,
)
from models.fitting import attributes as fitting
from tests.contract.engines import AnyEngine, refusal, reports, result
from tests.end_to_end.older_generator import write_older
from tests.models.importing import formats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.conftest import Case

SAMPLES = 72


@pytest.fixture(autouse=True)
def content_with_little(monkeypatch: pytest.MonkeyPatch) -> None:
    def effort(_: object, __: int, samples: int) -> fitting.Effort:
        return fitting.Effort(samples or SAMPLES, 1, 8)

    monkeypatch.setattr(fitting.Effort, "on", effort)
    monkeypatch.setattr(fitting, "FEWEST", 40)


@pytest.fixture(autouse=True, scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generator that ships, without its finest blocks; before the engine knows another one."""
    folder = tmp_path_factory.mktemp("faces")
    return folder / write_older(folder, 64).file


@pytest.fixture
def faces(engine: AnyEngine, checkpoint: Path) -> GeneratorInfo:
    """The same as somebody's own."""
    return result(engine, ImportGenerator(checkpoint, "faces"), GeneratorInfo)


def test_a_face_generator_gets_the_named_attributes(
    engine: AnyEngine, case: Case, faces: GeneratorInfo, tmp_path: Path
) -> None:
    assert not faces.has_attributes
    opened = result(engine, OpenPhoto(case.path, faces.sha256), OpenedPhoto)
    assert opened.info is not None
    assert opened.info.attributes == ()
    job = FitAttributes(faces.sha256, tmp_path / "parts")
    fit = engine.run(job)
    told = [next(fit) for _ in range(3)]
    default = engine.info.generators[0].sha256
    result(engine, OpenPhoto(case.path, default), OpenedPhoto)  # it is set aside meanwhile
    done = result(engine, case.job(Goal("smile", 40)), Intervention)
    assert done.edit.delta.layout.generator == case.portrait.history.base.layout.generator
    told += fit
    assert sum(isinstance(report, Progress) for report in told) >= 6, "it tells how far it is"
    assert isinstance(told[-1], Finished)
    found = result(engine, job, FittedAttributes)
    assert len(reports(engine, job)) <= 3, "a second time it is there at once"
    assert not list((tmp_path / "parts").rglob("*.safetensors")), "the parts are of no use now"
    assert found.generator.has_attributes
    assert found.generator.sha256 == faces.sha256
    names = {row.name for row in found.attributes}
    assert {"smile", "light_from_left"} <= names
    assert names <= {row.name for row in attributes.all_rows()}
    assert found.left_out
    assert all(label and why.endswith(".") for label, why in found.left_out)
    listed = {one.sha256: one for one in engine.info.generators}
    assert listed[faces.sha256].has_attributes
    opened = result(engine, OpenPhoto(case.path, faces.sha256), OpenedPhoto)
    assert opened.info is not None
    assert opened.info.attributes == found.attributes
    if engine.info.generator != "faces":
        return  # the fake one edits with its own only
    crop = engine.crop_of(opened.faces[0])
    inversion = result(engine, Invert(opened.photo, crop, 3, generator=faces.sha256), Inversion)
    portrait = Portrait.of(crop, inversion)
    done = result(engine, case.job(Goal("smile", 60), portrait=portrait), Intervention)
    assert done.edit.label.startswith("Smile")
    assert done.edit.delta.layout.generator == faces.sha256


def test_what_draws_no_faces_is_refused_soon(engine: AnyEngine, tmp_path: Path, case: Case) -> None:
    checkpoint = tmp_path / "afhqcat.pkl"
    checkpoint.write_bytes(formats.ada(formats.random_network(5, 64), 256))
    made = result(engine, ImportGenerator(checkpoint, "cats"), GeneratorInfo)
    default = case.portrait.history.base.layout.generator
    job = FitAttributes(made.sha256, tmp_path / "parts")
    told = reports(engine, job)
    assert len(told) < SAMPLES / 4, "it does not look at all of them"
    assert "faces" in refusal(engine, job).title
    assert "irections" in refusal(engine, job).advice
    assert not list((tmp_path / "parts").rglob("*.safetensors"))
    assert refusal(engine, FitAttributes(default, tmp_path)).kind == "bad_request"
    assert refusal(engine, FitAttributes("1" * 64, tmp_path)).kind == "model_missing"
    result(engine, RemoveGenerator(made.sha256), GeneratorInfo)
