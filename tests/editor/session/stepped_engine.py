"""An engine that goes on when it is let, and a thread that counts what it was asked."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from editor.engine.jobs import Cancelled, Failed, Finished, Intervene
from editor.session import background
from editor.session.engine_thread import EngineThread
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from editor.engine.jobs import Job
    from editor.session.open_document import Document


class SteppedEngine(FakeEngine):
    """Goes one step further only when it is let."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.permits = threading.Semaphore(0)
        self.waits = threading.Event()
        self.free = False

    def step(self) -> None:
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


def strangers(document: Document) -> list[str]:
    """Edits that were found on a draft (see FakeEngine) and lie on another base.

    Matches apart: what one followed may be gone, and then it stays as it was.
    """
    return [
        edit.label
        for face in document.faces
        if face.portrait is not None and face.portrait.history.base.values[1] != 0.5
        for edit in face.portrait.history.edits
        if edit.delta.dense()[1] == 0.5 and not edit.origin.likeness
    ]


def begin_later(monkeypatch: pytest.MonkeyPatch, most: float) -> None:
    """Let work beside the window begin by chance up to so many seconds later; engine's: a sixth."""
    chance = random.Random()  # of its own: hypothesis seeds the common one

    def later(work: Callable[[Any], None], most: float) -> Callable[[Any], None]:
        def begin(of: Any) -> None:
            time.sleep(most * chance.random())
            work(of)

        return begin

    for owner, name, share in ((background, "_do", 1), (SteppedEngine, "step", 1 / 6)):
        if most:
            monkeypatch.setattr(owner, name, later(getattr(owner, name), most * share))
