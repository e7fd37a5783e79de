"""The real engine in a hurry: where its edits are needed, not its best inversion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from editor.engine.jobs import Invert, Preview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.engine.jobs import EngineInfo, Job, Report


class HastyEngine:
    """The real engine, content with a few steps of inversion; counts what an edit shows."""

    def __init__(self) -> None:
        from editor.engine.engine import Engine

        self._engine = Engine.create("cpu")
        self.previews = 0

    @property
    def info(self) -> EngineInfo:
        """As the real one's."""
        return self._engine.info

    def run(self, job: Job) -> Iterator[Report]:
        """Likewise, but for inversions."""
        for report in self._engine.run(replace(job, steps=4) if isinstance(job, Invert) else job):
            self.previews += isinstance(report, Preview)
            yield report

    def close(self) -> None:
        """Let go of it."""
        self._engine.close()
