"""Jobs about generators themselves: looked at, added, chosen, and what they vary."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.goals import Goal
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.generator_jobs import GeneratorOffer, RemoveGenerator, RenameGenerator
from editor.engine.jobs import (
    Discovery,
    FindDirections,
    FittedDirection,
    GeneratorInfo,
    ImportGenerator,
    InspectGenerator,
    Intervention,
    OpenedPhoto,
    OpenPhoto,
    Progress,
)
from tests.contract.engines import AnyEngine, refusal, reports, result
from tests.models.importing import formats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.conftest import Case


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network as NVIDIA's code writes it."""
    path = tmp_path_factory.mktemp("checkpoints") / "afhqcat.pkl"
    path.write_bytes(formats.ada(formats.random_network(5, 64), 256))
    return path


def test_a_generator_is_looked_at_before_it_is_added(engine: AnyEngine, checkpoint: Path) -> None:
    before = engine.info.generators
    offer = result(engine, InspectGenerator(checkpoint), GeneratorOffer)
    assert engine.info.generators == before, "nothing is added"
    assert offer.path == checkpoint
    assert offer.source_sha256 == hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    assert offer.resolution == 64
    assert "non-commercial" in offer.licence


def test_an_added_generator_is_listed_and_can_be_chosen(
    engine: AnyEngine, case: Case, checkpoint: Path
) -> None:
    offer = result(engine, InspectGenerator(checkpoint), GeneratorOffer)
    job = ImportGenerator(checkpoint, "cats", source_sha256=offer.source_sha256)
    found = reports(engine, job)
    assert sum(isinstance(report, Progress) for report in found) >= 3, "it tells how far it is"
    made = result(engine, job, GeneratorInfo)
    assert (made.name, made.source, made.resolution) == ("cats", "afhqcat.pkl", 64)
    assert made.licence == offer.licence
    assert [one.name for one in engine.info.generators].count("cats") == 1, "twice is once"
    opened = result(engine, OpenPhoto(case.path, made.sha256), OpenedPhoto)
    assert opened.info is not None
    assert (opened.info.generator, opened.info.generator_sha256) == ("cats", made.sha256)
    again = result(engine, OpenPhoto(case.path), OpenedPhoto)
    assert again.info is not None
    assert again.info.generator == engine.info.generators[0].name


def test_what_is_no_generator_is_refused(
    engine: AnyEngine, checkpoint: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.pkl"
    text.write_text("hello")
    for path in (text, tmp_path / "gone.pkl", tmp_path):
        for kind in (InspectGenerator, ImportGenerator):
            error = refusal(engine, kind(path))
            assert error.kind == "bad_request"
            assert path.name in error.title
    changed = refusal(engine, ImportGenerator(checkpoint, source_sha256="0" * 64))
    assert "changed" in changed.title
    other = tmp_path / "other.pkl"
    other.write_bytes(formats.ada(formats.random_network(6, 64)))
    result(engine, ImportGenerator(checkpoint, "cats"), GeneratorInfo)
    assert "already" in refusal(engine, ImportGenerator(other, "cats")).title


def test_a_photo_with_an_unknown_generator_is_refused(engine: AnyEngine, case: Case) -> None:
    assert refusal(engine, OpenPhoto(case.path, "1" * 64)).kind == "model_missing"


@pytest.mark.parametrize(("source", "origin"), [("sefa", "SeFa"), ("ganspace", "GANSpace")])
def test_directions_of_its_own_can_be_used(
    source: str, origin: str, engine: AnyEngine, case: Case
) -> None:
    generator = engine.info.generator_sha256
    assert source in ("sefa", "ganspace")
    found = result(engine, FindDirections(generator, source, 3), Discovery)
    assert (found.origin, found.generator) == (origin, generator)
    assert [slider.label for slider in found.sliders] == [f"{origin} {k}" for k in (1, 2, 3)]
    assert len({slider.id for slider in found.sliders}) == 3
    for slider in found.sliders:
        assert slider.delta.layout == case.portrait.history.base.layout
        assert slider.low.shape == slider.high.shape
        assert not np.array_equal(slider.low, slider.high)
        assert not slider.high.flags.writeable
    goal = Goal(found.sliders[0].id, 40, found.sliders[0].delta)
    done = result(engine, case.job(goal), Intervention)
    assert done.report.delta_channels > 0


def test_directions_of_a_file_are_checked(engine: AnyEngine, case: Case, tmp_path: Path) -> None:
    del case
    generator = engine.info.generator_sha256
    path = tmp_path / "smile_w.npy"
    np.save(path, np.ones((1, 32), np.float32) / np.sqrt(32))  # as wide as the tiny network's W
    found = result(engine, FindDirections(generator, path), Discovery)
    assert found.origin == "smile_w.npy"
    assert len(found.sliders) == 1
    text = tmp_path / "text.xyz"
    text.write_text("hello")
    for source in (text, tmp_path / "gone.npy", "published"):
        error = refusal(engine, FindDirections(generator, source))
        assert error.kind == "bad_request"


def test_a_score_makes_a_slider(engine: AnyEngine, tmp_path: Path) -> None:
    scorer = tmp_path / "mine.py"
    scorer.write_text("def brightness(picture):\n    return picture.mean()\n")
    generator = engine.info.generator_sha256
    job = FitScorer(generator, f"{scorer}:brightness", "bright", samples=56)
    told = reports(engine, job)
    assert sum(isinstance(report, Progress) for report in told) >= 4, "it tells how far it is"
    found = result(engine, job, FittedDirection)
    (slider,) = found.discovery.sliders
    assert slider.label == "bright"
    assert found.discovery.generator == generator
    assert "bright" in found.discovery.origin
    assert float(np.linalg.norm(found.normal)) == pytest.approx(1, abs=1e-5)
    assert found.unit > 0
    assert refusal(engine, FitScorer(generator, "nothing")).kind == "bad_request"


def test_a_boundary_needs_pictures(engine: AnyEngine, tmp_path: Path) -> None:
    generator, empty = engine.info.generator_sha256, tmp_path / "empty"
    empty.mkdir()
    for folder in (empty, tmp_path / "gone"):
        error = refusal(engine, FitBoundary(generator, folder, empty, "smile"))
        assert error.kind == "bad_request"
        assert folder.name in error.title


def test_own_generators_are_renamed_and_removed(engine: AnyEngine, checkpoint: Path) -> None:
    made = result(engine, ImportGenerator(checkpoint, "cats"), GeneratorInfo)
    renamed = result(engine, RenameGenerator(made.sha256, "lions"), GeneratorInfo)
    assert (renamed.name, renamed.sha256) == ("lions", made.sha256)
    names = [one.name for one in engine.info.generators]
    assert "lions" in names
    assert "cats" not in names
    default = engine.info.generators[0]
    for job in (
        RenameGenerator(made.sha256, default.name),
        RenameGenerator(made.sha256, "…"),
        RenameGenerator(default.sha256, "mine"),
        RemoveGenerator(default.sha256),
        RemoveGenerator("1" * 64),
    ):
        assert refusal(engine, job).kind == "bad_request", job
    gone = result(engine, RemoveGenerator(made.sha256), GeneratorInfo)
    assert not gone.is_installed
    assert made.sha256 not in {one.sha256 for one in engine.info.generators}
