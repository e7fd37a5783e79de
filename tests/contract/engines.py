"""What the contract needs of an engine, and what jobs of it end with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from editor.engine.jobs import Failed, Finished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.document.errors import EngineError
    from editor.document.face import DetectedFace, FaceCrop
    from editor.engine.jobs import EngineInfo, Job, Report

T = TypeVar("T")


class AnyEngine(Protocol):
    """The fake one or the real one."""

    @property
    def info(self) -> EngineInfo: ...

    def crop_of(self, face: DetectedFace) -> FaceCrop: ...

    def run(self, job: Job) -> Iterator[Report]: ...

    def close(self) -> None: ...


def reports(engine: AnyEngine, job: Job) -> list[Report]:
    """All of them: one outcome, at the end."""
    found = list(engine.run(job))
    assert found, "a job without an outcome"
    ends = [isinstance(report, Finished | Failed) for report in found]
    assert ends == [False] * (len(found) - 1) + [True]
    return found


def last_result(engine: AnyEngine, job: Job) -> object:
    """What it finished with."""
    last = reports(engine, job)[-1]
    assert isinstance(last, Finished), last
    return last.result


def result(engine: AnyEngine, job: Job, kind: type[T]) -> T:
    """What it finished with, of that type."""
    found = last_result(engine, job)
    assert isinstance(found, kind)
    return found


def refusal(engine: AnyEngine, job: Job) -> EngineError:
    """Why it failed: in words, with advice, and not as a bug."""
    last = reports(engine, job)[-1]
    assert isinstance(last, Failed), last
    error = last.error
    assert error.title
    assert error.advice
    assert error.kind != "bug"
    return error
