"""An engine that goes on when it is let, and a thread that counts what it was asked."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from editor.engine.jobs import Cancelled, Failed, Finished, Intervene
from editor.session.engine_thread import EngineThread
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from editor.engine.jobs import Job


class SteppedEngine(FakeEngine):
    """Goes one step further only when it is let."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.permits = threading.Semaphore(0)
        self.waits = threading.Event()
        self.free = False

    def _step(self) -> None:
        self.waits.set()
        while not self.free and not self.permits.acquire(timeout=0.05):
            pass
        self.waits.clear()


class CountingThread(EngineThread):
    """Knows its tickets, and what was asked with each.

    ``beside`` holds the sliders of edits that failed because their region lies beside the face: the
    user is told, and none is lost.
    """

    def __init__(self, engine: FakeEngine) -> None:
        super().__init__(lambda: engine)
        self.asked: dict[int, Job] = {}
        self.outcomes: Counter[int] = Counter()
        self.beside: set[str] = set()

    def submit(self, job: Job) -> int:
        ticket = super().submit(job)
        self.asked[ticket] = job
        return ticket

    def note(self, ticket: int, report: object) -> None:
        if isinstance(report, Finished | Failed | Cancelled):
            self.outcomes[ticket] += 1
            assert self.outcomes[ticket] == 1, f"two outcomes: {self.asked[ticket]}"
        job = self.asked[ticket]
        refused = isinstance(report, Failed) and "not touch" in report.error.title
        if refused and isinstance(job, Intervene):
            self.beside |= {goal.attribute for goal in job.goals}
