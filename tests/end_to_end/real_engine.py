"""The real engine on the CPU, and what a job of it ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

import resources
from editor.engine import Engine
from editor.jobs import Finished, OpenedPhoto, OpenPhoto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.jobs import Job


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
