"""The real engine on the CPU, what a job of it ends with, and a quick edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

import resources
from editor.engine import Engine
from editor.jobs import Dials, Finished, Goal, Intervene, OpenedPhoto, OpenPhoto
from editor.region import preset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.history import Portrait
    from editor.jobs import Intervention, Job
    from editor.photo import Photo


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine.create("cpu")
    yield engine
    engine.close()


def finish(engine: Engine, job: Job) -> object:
    *_, last = engine.run(job)
    assert isinstance(last, Finished), last
    return last.result


def sample(engine: Engine) -> OpenedPhoto:
    return cast("OpenedPhoto", finish(engine, OpenPhoto(resources.path("sample-portrait.jpg"))))


def edited(
    engine: Engine, photo: Photo, portrait: Portrait, where: str, attribute: str, value: float
) -> Portrait:
    """With one more edit, of a few steps, that goes the way it was asked to."""
    region = preset(where, portrait.landmarks, photo.width, photo.height).feathered(8)
    job = Intervene(photo, (portrait,), 0, region, (Goal(attribute, value),), Dials(steps=5))
    done = cast("Intervention", finish(engine, job))
    assert done.report.attained[0] * np.sign(value) > 0.05
    return portrait.with_history(portrait.history.push(done.edit))
