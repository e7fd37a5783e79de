"""What the fake engine says about other photographs: references, expressions, persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from editor.document.errors import EngineError
from editor.document.goals import Reference
from editor.document.photo import PhotoError, open_photo
from editor.engine.expression_jobs import CompareExpressions, ExpressionChange
from editor.engine.jobs import Failed, FindPerson, Finished, FoundPerson, OpenReference, Progress
from tests import fake_engine
from tests.fake_tints import rgb8

JOBS = (OpenReference, FindPerson, CompareExpressions)

COPIED = (("smile", 40.0), ("mouth_open", 5.0), ("brow_height", -120.0))
"""Of every reference, from every face."""
NEUTRAL = (("smile", -30.0), ("brow_height", 50.0))
"""From every face."""

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.engine.jobs import Report
    from tests.fake_engine import FakeEngine


def answered(
    engine: FakeEngine, job: OpenReference | FindPerson | CompareExpressions
) -> Iterator[Report]:
    """What jobs about other photographs answer."""
    if isinstance(job, OpenReference):
        yield from _reference(engine, job)
    elif isinstance(job, FindPerson):
        yield from _person(job)
    else:
        yield Progress("Comparing expressions", 0, 1)
        engine.step()
        yield Finished(ExpressionChange(NEUTRAL if job.reference is None else COPIED))


def _reference(engine: FakeEngine, job: OpenReference) -> Iterator[Report]:
    yield Progress("Opening the reference", 0, 1)
    try:
        photo = open_photo(job.path)
    except PhotoError as error:
        yield Failed(EngineError("photo_unreadable", error.title, error.advice))
        return
    engine.step()
    if not engine.find_faces(photo):
        error = EngineError("no_face", "No face was found.", "Choose another photo.")
        yield Failed(error)
        return
    picture = np.full((64, 64, 3), rgb8(photo).mean((0, 1)), np.uint8)
    picture.setflags(write=False)
    landmarks = fake_engine.landmarks_at(32, 32, 40)
    landmarks.setflags(write=False)
    yield Finished(Reference(job.path.name, picture, landmarks))


def _person(job: FindPerson) -> Iterator[Report]:
    """People are their colours here."""
    wanted = job.person.picture.reshape(-1, 3).mean(0)
    distances: list[float] = []
    for face in job.faces:
        x, y, w, h = (max(0, round(v)) for v in face.box)
        own = rgb8(job.photo)[y : y + h, x : x + w].reshape(-1, 3).mean(0)
        distances.append(float(np.abs(own - wanted).mean() / 80))
    nearest = int(np.argmin(distances)) if distances and min(distances) < 0.6 else None
    yield Finished(FoundPerson(nearest, tuple(distances)))
