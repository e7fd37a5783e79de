from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QObject, Slot

from editor.document.errors import EngineError, EngineFailure
from editor.engine.generator_jobs import FitAttributes
from editor.engine.jobs import (
    Cancelled,
    Drafted,
    Drag,
    Export,
    Failed,
    Finished,
    Intervene,
    Invert,
    OpenedPhoto,
    OpenPhoto,
    Progress,
    Render,
)
from editor.session import engine_thread
from editor.session.engine_thread import EngineThread
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from editor.engine.jobs import Job, Outcome, Report

    Scripted = tuple["Script", EngineThread, "Listener"]


class Listener(QObject):
    def __init__(self, thread: EngineThread) -> None:
        super().__init__()
        self.infos: list[object] = []
        self.errors: list[EngineError] = []
        self.reports: list[tuple[int, Report | Cancelled]] = []
        self.receiving_thread: threading.Thread | None = None
        thread.ready.connect(self._on_ready)
        thread.unavailable.connect(self._on_unavailable)
        thread.reported.connect(self._on_report)

    @Slot(object)
    def _on_ready(self, info: object) -> None:
        self.infos.append(info)

    @Slot(object)
    def _on_unavailable(self, error: EngineError) -> None:
        self.errors.append(error)

    @Slot(int, object)
    def _on_report(self, ticket: int, report: Report | Cancelled) -> None:
        self.receiving_thread = threading.current_thread()
        self.reports.append((ticket, report))

    def outcomes(self) -> list[tuple[int, Outcome]]:
        return [(t, r) for t, r in self.reports if isinstance(r, Finished | Failed | Cancelled)]

    def outcome(self, ticket: int) -> Outcome | None:
        found = [report for t, report in self.outcomes() if t == ticket]
        assert len(found) <= 1, "a ticket had two outcomes"
        return found[0] if found else None


class Script:
    """An engine whose jobs yield ``steps`` reports; the test says when."""

    def __init__(self, steps: int = 3) -> None:
        self.info: Any = "info"
        self.steps = steps
        self.begun: list[Any] = []
        self.released: list[Any] = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_gate = threading.Event()
        self.closed = False

    def run(self, job: Job) -> Iterator[Report]:
        content: Any = getattr(job, "photo", job)
        self.begun.append(job)
        try:
            if isinstance(job, Invert):
                yield Drafted(content)
            for step in range(self.steps):
                yield Progress("working", step, self.steps)
                self.at_gate.set()
                assert self.gate.wait(60)
            if content == "fails":
                raise ZeroDivisionError("planted")
            yield Finished(content)
        finally:
            self.released.append(job)

    def close(self) -> None:
        self.closed = True


def render(name: object) -> Render:
    return Render(photo=cast("Any", name), portraits=())


def save(name: object) -> Export:
    return Export(cast("Any", name), (), Path("out.png"), cast("Any", None))


def intervene(name: object) -> Intervene:
    return Intervene(cast("Any", name), (), 0, cast("Any", None), ())


def drag(name: object) -> Drag:
    return Drag(cast("Any", name), (), 0, cast("Any", None), ())


def invert(name: object) -> Invert:
    return Invert(photo=cast("Any", name), crop=cast("Any", None))


def steps_of(listener: Listener, ticket: int) -> list[int]:
    return [r.step for t, r in listener.reports if t == ticket and isinstance(r, Progress)]


def failure(listener: Listener, ticket: int) -> EngineError:
    outcome = listener.outcome(ticket)
    assert isinstance(outcome, Failed)
    return outcome.error


@pytest.fixture
def scripted(qtbot: QtBot) -> Iterator[Scripted]:
    engine = Script()
    thread = EngineThread(lambda: engine)
    listener = Listener(thread)
    thread.start()
    qtbot.waitUntil(lambda: bool(listener.infos))
    yield engine, thread, listener
    engine.gate.set()
    assert thread.shut_down()


def held(engine: Script) -> None:
    engine.gate.clear()
    engine.at_gate.clear()


def test_reports_arrive_on_the_receivers_thread(qtbot: QtBot, scripted: Scripted) -> None:
    engine, thread, listener = scripted
    ticket = thread.submit(render("a"))
    qtbot.waitUntil(lambda: listener.outcome(ticket) is not None)
    assert listener.outcome(ticket) == Finished("a")
    assert [r.step for _, r in listener.reports if isinstance(r, Progress)] == [0, 1, 2]
    assert listener.receiving_thread is threading.main_thread()
    assert engine.released == engine.begun


def test_of_twenty_rapid_requests_only_the_last_runs_to_its_end(
    qtbot: QtBot, scripted: Scripted
) -> None:
    engine, thread, listener = scripted
    held(engine)
    tickets = [thread.submit(render(n)) for n in range(20)]
    engine.gate.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 20)
    assert listener.outcome(tickets[-1]) == Finished(19)
    assert all(listener.outcome(ticket) == Cancelled() for ticket in tickets[:-1])
    assert len(engine.begun) <= 2  # the first may have begun
    assert engine.released == engine.begun


def test_the_newest_request_stops_the_running_one_at_its_next_report(
    qtbot: QtBot, scripted: Scripted
) -> None:
    engine, thread, listener = scripted
    engine.steps = 1000
    held(engine)
    old = thread.submit(render("old"))
    assert engine.at_gate.wait(30)
    engine.steps = 1
    new = thread.submit(render("new"))
    engine.gate.set()
    qtbot.waitUntil(lambda: listener.outcome(new) is not None)
    assert listener.outcome(old) == Cancelled()
    assert listener.outcome(new) == Finished("new")
    assert len([1 for t, r in listener.reports if t == old and isinstance(r, Progress)]) == 1


def test_documents_are_neither_dropped_nor_reordered_by_edits(
    qtbot: QtBot, scripted: Scripted
) -> None:
    engine, thread, listener = scripted
    held(engine)
    documents = [thread.submit(save(f"doc{n}")) for n in range(3)]
    edit = [thread.submit(render(n)) for n in range(5)][-1]
    engine.gate.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 8)
    assert [listener.outcome(t) for t in documents] == [Finished(f"doc{n}") for n in range(3)]
    assert listener.outcome(edit) == Finished(4)
    done = [t for t, r in listener.outcomes() if isinstance(r, Finished)]
    assert done == [*documents, edit]


def test_an_edit_that_runs_gives_way_to_a_preview_and_goes_on(
    qtbot: QtBot, scripted: Scripted
) -> None:
    engine, thread, listener = scripted
    engine.steps = 50
    held(engine)
    edit = thread.submit(intervene("edit"))
    assert engine.at_gate.wait(30)
    preview, other = thread.submit(drag("preview")), thread.submit(intervene("other"))
    third = thread.submit(drag("third"))  # ``other`` has taken the first one's place
    engine.gate.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 4)
    done = [ticket for ticket, outcome in listener.outcomes() if isinstance(outcome, Finished)]
    assert done == [third, edit, other]
    assert listener.outcome(preview) == Cancelled()
    assert steps_of(listener, edit) == list(range(50)), "it goes on from where it was"
    assert [job.photo for job in engine.begun] == ["edit", "third", "other"]


def test_an_edit_that_was_set_aside_can_be_cancelled(
    qtbot: QtBot, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, thread, listener = scripted
    engine.steps = 50
    held(engine)
    edit = thread.submit(intervene("edit"))
    assert engine.at_gate.wait(30)
    preview = thread.submit(drag("preview"))
    run, shows = engine.run, threading.Event()

    def slowly(job: Job) -> Iterator[Report]:
        if isinstance(job, Drag):
            assert shows.wait(60)
        yield from run(job)

    monkeypatch.setattr(engine, "run", slowly)
    engine.gate.set()
    qtbot.waitUntil(lambda: thread._running is None or isinstance(thread._running.job, Drag))  # pyright: ignore[reportPrivateUsage]
    thread.cancel(edit)
    shows.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 2)
    assert listener.outcome(edit) == Cancelled()
    assert listener.outcome(preview) == Finished("preview")
    assert {id(job) for job in engine.released} == {id(job) for job in engine.begun}


def test_an_edit_is_never_superseded_and_takes_the_place_of_pictures(
    qtbot: QtBot, scripted: Scripted
) -> None:
    engine, thread, listener = scripted
    held(engine)
    edit = thread.submit(intervene("edit"))
    assert engine.at_gate.wait(30)
    picture, preview = thread.submit(render("picture")), thread.submit(drag("preview"))
    second = thread.submit(intervene("second"))
    engine.gate.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 4)
    assert listener.outcome(edit) == Finished("edit")
    assert listener.outcome(second) == Finished("second")
    assert listener.outcome(picture) == listener.outcome(preview) == Cancelled()


def test_opening_a_photo_stops_no_edit(qtbot: QtBot, scripted: Scripted) -> None:
    engine, thread, listener = scripted
    held(engine)
    edit = thread.submit(intervene("edit"))
    assert engine.at_gate.wait(30)
    thread.submit(save("file"))
    engine.gate.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 2)
    assert listener.outcome(edit) == Finished("edit")


def test_a_job_cancelled_twice_has_one_outcome(qtbot: QtBot) -> None:
    closing, go = threading.Event(), threading.Event()

    class Slow(Script):
        def run(self, job: Job) -> Iterator[Report]:
            try:
                while True:
                    yield Progress("working", 0, 1000)
            finally:
                closing.set()
                go.wait(30)

    thread = EngineThread(Slow)
    listener = Listener(thread)
    thread.start()
    ticket = thread.submit(invert("face"))
    qtbot.waitUntil(lambda: bool(listener.reports))
    thread.cancel(ticket)
    assert closing.wait(30)
    thread.cancel(ticket)  # Esc pressed twice, while the engine lets go of it
    other = thread.submit(render("other"))
    go.set()
    qtbot.waitUntil(lambda: bool(steps_of(listener, other)))
    assert thread.shut_down()
    qtbot.waitUntil(lambda: listener.outcome(other) is not None)
    assert listener.outcome(ticket) == Cancelled()


@pytest.mark.parametrize("ask", [render, save])
def test_an_inversion_gives_way_and_loses_nothing(
    qtbot: QtBot, scripted: Scripted, ask: Callable[[object], Job]
) -> None:
    engine, thread, listener = scripted
    held(engine)
    inversion = thread.submit(invert("face"))
    assert engine.at_gate.wait(30)
    other = thread.submit(ask("other"))
    engine.gate.set()
    qtbot.waitUntil(lambda: listener.outcome(inversion) is not None)
    assert [t for t, _ in listener.outcomes()] == [other, inversion]
    assert steps_of(listener, other) == [0, 1, 2]
    assert steps_of(listener, inversion) == [0, 1, 2], "each step once"
    assert listener.outcome(inversion) == Finished("face")
    assert len(engine.begun) == 2
    places = [t for t, r in listener.reports if isinstance(r, Progress)]
    assert places.index(other) <= 2, "after two steps at most"


def test_an_inversion_set_aside_is_released_when_it_is_cancelled(
    qtbot: QtBot, scripted: Scripted
) -> None:
    engine, thread, listener = scripted
    thread.pause_refining(True)
    ticket = thread.submit(invert("face"))
    qtbot.waitUntil(lambda: any(isinstance(r, Drafted) for _, r in listener.reports))
    other = thread.submit(save("doc"))
    qtbot.waitUntil(lambda: listener.outcome(other) is not None)
    assert listener.outcome(ticket) is None, "it was only set aside"
    assert steps_of(listener, ticket) == []
    thread.cancel(ticket)
    qtbot.waitUntil(lambda: listener.outcome(ticket) is not None)
    assert listener.outcome(ticket) == Cancelled()
    assert [job.photo for job in engine.released] == ["doc", "face"]


def test_an_inversion_rests_while_a_gesture_goes_on(
    qtbot: QtBot, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, thread, listener = scripted
    held(engine)
    ticket = thread.submit(invert("face"))
    assert engine.at_gate.wait(30)
    monkeypatch.setattr(engine_thread, "_REST", 3600)
    thread.rest()
    engine.gate.set()
    other = thread.submit(render("asked for by the gesture"))
    qtbot.waitUntil(lambda: listener.outcome(other) is not None)
    second = thread.submit(invert("another face"))  # its draft does not wait
    qtbot.waitUntil(lambda: any(t == second for t, _ in listener.reports))
    assert len(steps_of(listener, ticket)) <= 2
    assert steps_of(listener, second) == []
    monkeypatch.setattr(engine_thread, "_REST", 0)
    thread.rest()
    thread.submit(render("wakes it up"))
    qtbot.waitUntil(lambda: listener.outcome(ticket) == Finished("face"))
    assert listener.outcome(second) == Finished("another face")


def test_a_running_inversion_is_cancelled_within_one_step(qtbot: QtBot, scripted: Scripted) -> None:
    engine, thread, listener = scripted
    engine.steps = 1000
    held(engine)
    ticket = thread.submit(invert("face"))
    assert engine.at_gate.wait(30)
    thread.cancel(ticket)
    engine.gate.set()
    qtbot.waitUntil(lambda: listener.outcome(ticket) is not None)
    assert listener.outcome(ticket) == Cancelled()
    assert steps_of(listener, ticket) == [0]
    assert engine.released == engine.begun


def test_a_pause_stops_what_is_drafted_only(qtbot: QtBot, scripted: Scripted) -> None:
    _, thread, listener = scripted
    thread.pause_refining(True)
    tickets = [thread.submit(invert(n)) for n in range(2)]

    def drafted() -> set[int]:
        return {t for t, r in listener.reports if isinstance(r, Drafted)}

    qtbot.waitUntil(lambda: drafted() == set(tickets))
    assert not listener.outcomes()
    thread.pause_refining(False)
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 2)


def test_the_newest_inversion_goes_first_unless_another_is_preferred(
    qtbot: QtBot, scripted: Scripted
) -> None:
    _, thread, listener = scripted
    thread.pause_refining(True)
    tickets = [thread.submit(invert(n)) for n in range(3)]
    qtbot.waitUntil(lambda: sum(isinstance(r, Drafted) for _, r in listener.reports) == 3)
    thread.prefer(tickets[1])
    thread.pause_refining(False)
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 3)
    assert [t for t, _ in listener.outcomes()] == [tickets[1], tickets[2], tickets[0]]


def test_a_fit_of_minutes_goes_after_newer_and_older_analyses(
    qtbot: QtBot, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, thread, listener = scripted
    held(engine)
    older = thread.submit(invert("face"))
    assert engine.at_gate.wait(30)
    fit = thread.submit(FitAttributes("f", Path("parts")))
    newer = thread.submit(invert("another face"))
    engine.gate.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 3)
    assert [t for t, _ in listener.outcomes()] == [newer, older, fit]
    monkeypatch.setattr(engine_thread, "_REST", 3600)
    thread.rest()
    fit = thread.submit(FitAttributes("f", Path("parts")))
    drawn = thread.submit(render("by a gesture"))
    qtbot.waitUntil(lambda: listener.outcome(drawn) is not None)
    assert listener.outcome(fit) is None, "it rests while a gesture goes on"
    assert len(steps_of(listener, fit)) <= 1
    thread.cancel(fit)
    qtbot.waitUntil(lambda: listener.outcome(fit) == Cancelled())


def test_shut_down_releases_what_was_set_aside(qtbot: QtBot) -> None:
    engine = Script()
    thread = EngineThread(lambda: engine)
    listener = Listener(thread)
    thread.pause_refining(True)
    thread.start()
    ticket = thread.submit(invert("face"))
    qtbot.waitUntil(lambda: any(isinstance(r, Drafted) for _, r in listener.reports))
    assert thread.shut_down()
    qtbot.waitUntil(lambda: listener.outcome(ticket) is not None)
    assert listener.outcome(ticket) == Cancelled()
    assert engine.released == engine.begun
    assert engine.closed


def test_an_exception_becomes_a_failure_and_the_next_job_still_runs(
    qtbot: QtBot, scripted: Scripted
) -> None:
    _, thread, listener = scripted
    bad = thread.submit(save("fails"))
    good = thread.submit(save("good"))
    qtbot.waitUntil(lambda: listener.outcome(good) is not None)
    error = failure(listener, bad)
    assert error.kind == "bug"
    assert error.advice
    assert "planted" in error.detail
    assert listener.outcome(good) == Finished("good")


def test_cancel_ends_the_job_within_one_step(qtbot: QtBot, scripted: Scripted) -> None:
    engine, thread, listener = scripted
    engine.steps = 1000
    held(engine)
    ticket = thread.submit(save("long"))
    waiting = thread.submit(save("waiting"))
    assert engine.at_gate.wait(30)
    thread.cancel(ticket)
    thread.cancel(waiting)
    engine.gate.set()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 2)
    assert listener.outcome(ticket) == listener.outcome(waiting) == Cancelled()
    assert len([1 for _, r in listener.reports if isinstance(r, Progress)]) == 1
    assert len(engine.released) == 1


def test_shut_down_gives_every_ticket_its_outcome_and_closes_the_engine(qtbot: QtBot) -> None:
    engine = Script(steps=1000)
    held(engine)
    thread = EngineThread(lambda: engine)
    listener = Listener(thread)
    thread.start()
    tickets = [thread.submit(save(n)) for n in range(3)]
    assert engine.at_gate.wait(30)
    engine.gate.set()
    assert thread.shut_down()
    late = thread.submit(render("late"))
    thread.shut_down()
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 4)
    assert all(listener.outcome(t) == Cancelled() for t in [*tickets, late])
    assert engine.closed
    assert engine.released == engine.begun


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (
            EngineFailure(EngineError("model_missing", "No weights.", "Install them.")),
            "model_missing",
        ),
        (ImportError("no torch"), "bug"),
    ],
)
def test_without_an_engine_photos_open_and_edits_fail_with_the_reason(
    qtbot: QtBot, tmp_path: Path, raised: Exception, kind: str
) -> None:
    from PIL import Image

    Image.new("RGB", (8, 6), (10, 20, 30)).save(tmp_path / "a.png")

    def factory() -> FakeEngine:
        raise raised

    thread = EngineThread(factory)
    listener = Listener(thread)
    thread.start()
    opened = thread.submit(OpenPhoto(tmp_path / "a.png"))
    missing = thread.submit(OpenPhoto(tmp_path / "b.png"))
    edit = thread.submit(render("x"))
    qtbot.waitUntil(lambda: len(listener.outcomes()) == 3)
    assert [error.kind for error in listener.errors] == [kind]
    shown = listener.outcome(opened)
    assert isinstance(shown, Finished)
    assert isinstance(shown.result, OpenedPhoto)
    assert shown.result.photo.width == 8
    assert failure(listener, missing).kind == "photo_unreadable"
    assert failure(listener, edit).kind == kind
    assert thread.shut_down()


def test_the_engine_is_built_in_its_own_thread(qtbot: QtBot) -> None:
    built: list[FakeEngine] = []

    def build() -> FakeEngine:
        built.append(FakeEngine())
        return built[0]

    thread = EngineThread(build)
    listener = Listener(thread)
    thread.start()
    qtbot.waitUntil(lambda: bool(listener.infos))
    assert built[0].thread_name != threading.main_thread().name
    failed = thread.submit(OpenPhoto(Path("no such photo.jpg")))
    qtbot.waitUntil(lambda: listener.outcome(failed) is not None)
    assert failure(listener, failed).advice
    assert thread.shut_down()
    assert built[0].closed
