"""The real engine on the CPU, what a job of it ends with, and a quick edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import torch

from editor.document.face_regions import feather_of, preset
from editor.document.goals import Dials, Goal
from editor.engine import generators
from editor.engine.engine import Engine
from editor.engine.jobs import Finished, Intervene, OpenedPhoto, OpenPhoto
from models import checkpoints
from tests.end_to_end.older_generator import write_older

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.document.history import Portrait
    from editor.document.photo import Photo
    from editor.engine.jobs import Intervention, Job
    from models.faces.finder import FoundFace
    from models.generator import Generator


SAMPLE = Path(__file__).parents[1] / "data" / "portrait-448.jpg"
"""The sample that ships at half its size: a face is found in a quarter of the time."""


def no_faces(*_: object) -> list[FoundFace]:
    """In place of a search that takes seconds where there are none."""
    return []


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """With an older generator, of 128 pixels: in half the time."""
    folder = tmp_path_factory.mktemp("weights")
    card = write_older(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "WEIGHTS", folder)
        patch.setattr(generators, "catalogue", lambda: (card,))
        engine = Engine.create("cpu")
        yield engine
        engine.close()


def finish(engine: Engine, job: Job) -> object:
    *_, last = engine.run(job)
    assert isinstance(last, Finished), last
    return last.result


def sample(engine: Engine) -> OpenedPhoto:
    return cast("OpenedPhoto", finish(engine, OpenPhoto(SAMPLE)))


def run_out_of_memory(monkeypatch: pytest.MonkeyPatch, engine: Engine, call: int) -> None:
    """The generator's ``call``-th picture from now on, the first is 1, does not fit."""
    synthesise = type(engine.workspace.generator).synthesise
    calls: list[int] = []

    def once_too_large(self: Generator, *args: Any, **kwargs: Any) -> torch.Tensor:
        calls.append(1)
        if len(calls) == call:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        return synthesise(self, *args, **kwargs)

    monkeypatch.setattr(type(engine.workspace.generator), "synthesise", once_too_large)


def edited(
    engine: Engine, photo: Photo, portrait: Portrait, where: str, attribute: str, value: float
) -> Portrait:
    """With one more edit, of a few steps, that goes the way it was asked to."""
    soft = feather_of(where, 8)
    region = preset(where, portrait.landmarks, photo.width, photo.height).feathered(soft)
    job = Intervene(photo, (portrait,), 0, region, (Goal(attribute, value),), Dials(steps=5))
    done = cast("Intervention", finish(engine, job))
    assert done.report.attained[0] * np.sign(value) > 0.05
    return portrait.with_history(portrait.history.push(done.edit))
