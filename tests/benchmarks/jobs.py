"""What benchmarks ask of an engine, and the photographs they ask it of; torch stays outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.engine.jobs import Failed, Finished

if TYPE_CHECKING:
    from pathlib import Path

    from editor.engine.engine import Engine
    from editor.engine.jobs import Job

_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}


def photographs(folder: Path) -> list[Path]:
    """The photographs of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)


def result(engine: Engine, job: Job) -> object:
    """What a job finishes with.

    Raises:
        RuntimeError: it failed, or ended without a result.
    """
    for report in engine.run(job):
        if isinstance(report, Failed):
            raise RuntimeError(str(report.error))
        if isinstance(report, Finished):
            return report.result
    raise RuntimeError("no result")
