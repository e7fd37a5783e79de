"""What the engine does beforehand, while nobody asks for anything."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from editor.engine.jobs import Finished, OpenPhoto
from editor.session.engine_thread import EngineThread
from tests.editor.session.test_engine_thread import Listener
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def finished(ear: Listener) -> bool:
    return any(isinstance(report, Finished) for _, report in ear.reports)


class WarmingEngine(FakeEngine):
    """Has much to do beforehand, and waits before each step of it."""

    def __init__(self, steps: int = 3) -> None:
        super().__init__()
        self.steps_before = steps
        self.warmed = 0
        self.go_on = threading.Semaphore(0)
        self.begun_warming = threading.Event()

    def warm_up(self) -> Generator[None]:
        for _ in range(self.steps_before):
            self.begun_warming.set()
            assert self.go_on.acquire(timeout=60)
            self.warmed += 1
            yield


def test_what_is_done_beforehand_makes_way_for_the_first_job(qtbot: QtBot, photo: Path) -> None:
    engine = WarmingEngine(steps=100)
    thread = EngineThread(lambda: engine)
    ear = Listener(thread)
    with qtbot.waitSignal(thread.ready):
        thread.start()
    assert engine.begun_warming.wait(60), "nobody asks for anything yet"
    thread.submit(OpenPhoto(photo))
    engine.go_on.release()  # of the step that runs, no other one begins
    qtbot.waitUntil(lambda: finished(ear))
    assert engine.warmed == 1
    assert thread.shut_down()


def test_with_a_photo_waiting_nothing_is_done_beforehand(qtbot: QtBot, photo: Path) -> None:
    engine = WarmingEngine()
    thread = EngineThread(lambda: engine)
    ear = Listener(thread)
    thread.submit(OpenPhoto(photo))
    thread.start()
    qtbot.waitUntil(lambda: finished(ear))
    assert engine.warmed == 0
    assert thread.shut_down()


def test_an_engine_that_cannot_be_warmed_works(qtbot: QtBot, photo: Path) -> None:
    class Breaks(WarmingEngine):
        def warm_up(self) -> Generator[None]:
            raise RuntimeError("cold")
            yield

    thread = EngineThread(Breaks)
    ear = Listener(thread)
    with qtbot.waitSignal(thread.ready):
        thread.start()
    thread.submit(OpenPhoto(photo))
    qtbot.waitUntil(lambda: finished(ear))
    assert thread.shut_down()
