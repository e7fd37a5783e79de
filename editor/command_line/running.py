"""Jobs of the command line: how their progress is shown, and how they end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from editor.document.errors import EngineFailure
from editor.engine.jobs import Drafted, Failed, Finished, Notice, Progress

if TYPE_CHECKING:
    from editor.engine.engine import Engine
    from editor.engine.jobs import Job

DONE, WRONG_INPUT, NO_FACE = 0, 2, 3


def refuse(message: str) -> int:
    """Say on standard error why not; returns the exit status."""
    sys.stderr.write(f"main.py: {message}\n")
    return WRONG_INPUT


def run(engine: Engine, job: Job, *, draft: bool = False) -> object:
    """The job's result, or an inversion's ``draft``; progress on standard error.

    Raises:
        EngineFailure: the job failed.
    """
    live = sys.stderr.isatty()
    for report in engine.run(job):
        if isinstance(report, Finished | Failed) and live:
            sys.stderr.write("\r\033[K")
        if draft and isinstance(report, Drafted):
            return report.inversion
        if isinstance(report, Finished):
            return report.result
        if isinstance(report, Failed):
            raise EngineFailure(report.error)
        if isinstance(report, Notice):
            sys.stderr.write(f"main.py: {report.message}\n")
        elif isinstance(report, Progress) and live:
            sys.stderr.write(f"\r\033[K{report.stage} {report.step}/{report.steps}")
            sys.stderr.flush()
    raise RuntimeError("the engine ended without a result")
