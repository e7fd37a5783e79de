"""Sliders fitted to two folders of pictures, and to a score, over the real engine at 64 pixels.

The pictures are the small generator's own, so that what tells the folders apart is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
import torch
from PIL import Image

from editor.command_line import commands as command_line
from editor.document import places
from editor.engine.engine import Engine
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.handlers import fitting
from editor.engine.jobs import Failed, Finished, ImportGenerator, Notice, OpenPhoto, Progress
from editor.engine.tensors import to_picture, to_uint8
from models.faces.analyser import FaceAnalyser
from tests.end_to_end.real_engine import finish, no_faces
from tests.models.importing import formats

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np

    from editor.engine.jobs import FittedDirection, GeneratorInfo

SIDE = 64


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """With a generator of random weights, in use, content with few steps of inversion.

    In what it draws is no face, however long one looks.
    """
    monkeypatch.setattr(FaceAnalyser, "detect", no_faces)
    monkeypatch.setattr(fitting, "STEPS", 12)
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")
    checkpoint = tmp_path / "afhqcat.pkl"
    checkpoint.write_bytes(formats.ada(formats.random_network(5, SIDE), 256))
    engine = Engine.create("cpu", tmp_path / "user" / "generators")
    made = cast("GeneratorInfo", finish(engine, ImportGenerator(checkpoint, "cats")))
    blank = tmp_path / "blank.png"
    Image.new("RGB", (SIDE, SIDE)).save(blank)
    finish(engine, OpenPhoto(blank, made.sha256))
    assert engine.info.generator == "cats"
    yield engine
    engine.close()


@torch.no_grad()
def folders(engine: Engine, tmp_path: Path, count: int) -> tuple[Path, Path, np.ndarray]:
    """Samples at both ends of the axis along which W varies most, and their codes."""
    network = engine.workspace.generator
    random = torch.Generator().manual_seed(3)
    w = network.mapping(torch.randn(200, network.config.z_dim, generator=random))
    centred = w - w.mean(0)
    axes = cast("torch.Tensor", torch.linalg.svd(centred, full_matrices=False)[2])
    order = torch.argsort(centred @ axes[0])
    found: list[Path] = []
    for name, chosen in (("with", order[-count:]), ("without", order[:count])):
        folder = tmp_path / name
        folder.mkdir()
        places = cast("list[int]", chosen.tolist())
        for number, place in enumerate(places):
            codes = network.styles(network.broadcast(w[place : place + 1]))
            pixels = to_uint8(to_picture(network.synthesise(codes)))
            Image.fromarray(pixels).save(folder / f"{number}.png")
        found.append(folder)
    ends = torch.cat([order[-count:], order[:count]])  # those with it first
    return found[0], found[1], w[ends].numpy()


@pytest.mark.slow
def test_two_folders_give_the_direction_that_tells_them_apart(
    engine: Engine, tmp_path: Path
) -> None:
    having, lacking, codes = folders(engine, tmp_path, 5)
    (having / "broken.png").write_text("no picture")
    (having / "notes.txt").write_text("not one at all")
    job = FitBoundary(engine.info.generator_sha256, having, lacking, "stripes", square=True)
    told = list(engine.run(job))
    (note,) = (report.message for report in told if isinstance(report, Notice))
    assert note.startswith("1 pictures were left out")
    assert "broken.png" in note
    assert sum(isinstance(report, Progress) for report in told) > 50, "it can be stopped anywhere"
    assert isinstance(told[-1], Finished)
    found = cast("FittedDirection", told[-1].result)
    assert found.pictures == 10
    assert found.agreement >= 0.75
    along = codes @ found.normal  # the true codes, those with it first
    in_order = (along[:5, None] > along[None, 5:]).mean()
    assert in_order >= 0.8, "chance is 0.5"
    (slider,) = found.discovery.sliders
    assert slider.label == "stripes"
    assert "% of 10 pictures told apart" in found.discovery.origin


@pytest.mark.slow
def test_faces_are_looked_for_unless_squares_are_meant(engine: Engine, tmp_path: Path) -> None:
    having, lacking, _ = folders(engine, tmp_path, 5)
    *_, last = engine.run(FitBoundary(engine.info.generator_sha256, having, lacking, "stripes"))
    assert isinstance(last, Failed)
    assert "too few" in last.error.title
    assert "faces" in last.error.advice


@pytest.mark.slow
def test_a_score_gives_the_direction_that_raises_it(engine: Engine, tmp_path: Path) -> None:
    scorer = tmp_path / "mine.py"
    scorer.write_text("def warmth(p):\n    return p[..., 0].mean() - p[..., 2].mean()\n")
    job = FitScorer(engine.info.generator_sha256, f"{scorer}:warmth", samples=160)
    found = cast("FittedDirection", finish(engine, job))
    assert found.agreement > 0.5
    (slider,) = found.discovery.sliders
    assert slider.label == "warmth"
    low, high = (
        float(end[..., 0].mean() - end[..., 2].mean()) for end in (slider.low, slider.high)
    )
    assert high > low
    scorer.write_text("def warmth(p):\n    return 1\n")
    *_, last = engine.run(job)
    assert isinstance(last, Failed)
    assert "every picture gets the same score" in last.error.title


@pytest.mark.slow
def test_on_the_command_line(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scorer, out = tmp_path / "mine.py", tmp_path / "warm.npz"
    scorer.write_text("def warmth(p):\n    return p[..., 0].mean() - p[..., 2].mean()\n")

    def told(*arguments: object, status: int = 0) -> str:
        assert command_line.main([str(argument) for argument in arguments]) == status
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return said.out + said.err

    fit = ("scorer", f"{scorer}:warmth", "--samples", 80, "--generator", "cats")
    assert "call it NAME.npz" in told(*fit, "-o", tmp_path / "warm.npy", status=2)
    assert "does not exist" in told(*fit, "-o", tmp_path / "gone" / "a.npz", status=2)
    assert "Fitted to 80 pictures" in told(*fit, "-o", out)
    listed = told("attributes", "--generator", "cats", "--directions", out)
    assert "warm-1" in listed
    assert "components of 16 numbers" in told("attributes", "--directions", out, status=2)
    having, lacking, _ = folders(engine, tmp_path, 5)
    boundary = ("boundary", having, lacking, "--generator", "cats", "-o", tmp_path / "b.npz")
    assert "too few" in told(*boundary, status=2)
    assert "Fitted to 10 pictures" in told(*boundary, "--square")
    assert "b-1" in told("attributes", "--generator", "cats", "--directions", tmp_path / "b.npz")
