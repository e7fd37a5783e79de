"""The one thread that owns the engine: a mailbox in front, reports behind.

Jobs wait in two lanes. Documents (open, save, export, invert) run in the order they came and are
never lost to an edit. Of the interactive jobs (drag, intervene, render) only the newest counts: it
takes the place of the one that waits and stops the one that runs at its next report.
"""

from __future__ import annotations

import itertools
import logging
import threading
import traceback
from collections import deque
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QThread, Signal

from editor.jobs import (
    Cancelled,
    Drag,
    EngineError,
    EngineFailure,
    Export,
    Failed,
    Finished,
    Intervene,
    Invert,
    OpenedPhoto,
    OpenPhoto,
    OpenProject,
    Render,
    SaveProject,
)
from editor.photo import PhotoError, make_pyramid, open_photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtCore import QObject

    from editor.jobs import EngineInfo, Job, Report

_log = logging.getLogger(__name__)

_Letter = tuple[int, "Job"]  # ticket, job


class EngineLike(Protocol):
    """What the thread needs of an engine."""

    @property
    def info(self) -> EngineInfo:
        """What it is and what it offers."""
        ...

    def run(self, job: Job) -> Iterator[Report]:
        """A generator of reports, Finished or Failed last; closing it must release everything."""
        ...

    def close(self) -> None:
        """Give back memory and devices."""
        ...


class EngineThread(QThread):
    """Builds an engine, runs one job at a time, and says how each ended.

    Every ticket gets exactly one outcome: Finished, Failed or Cancelled. Nothing is emitted from
    inside ``submit`` or ``cancel``, so a caller can note the ticket before it hears of it.

    Signals:
        ready(EngineInfo): the engine has started.
        unavailable(EngineError): it could not start; photos open without faces, and every other
            job fails with this.
        reported(int ticket, Report | Cancelled): progress, previews and outcomes.
    """

    ready = Signal(object)
    unavailable = Signal(object)
    reported = Signal(int, object)

    def __init__(
        self,
        engine_factory: Callable[[], EngineLike],
        parent: QObject | None = None,
    ) -> None:
        """Prepare; ``start()`` begins.

        Args:
            engine_factory: called in the thread, so that torch is imported there. May raise
                EngineFailure.
            parent: owner.
        """
        super().__init__(parent)
        self.setObjectName("engine")
        self._engine_factory = engine_factory
        self._tickets = itertools.count(1)
        self._mail = threading.Condition()
        self._documents: deque[_Letter] = deque()
        self._interactive: _Letter | None = None
        self._running: _Letter | None = None
        self._stop_running = False
        self._dropped: list[int] = []
        self._closing = False

    # ------------------------------------------------------------ any thread

    def submit(self, job: Job) -> int:
        """Put a job in its lane and return its ticket."""
        with self._mail:
            ticket = next(self._tickets)
            if self._closing:
                self._dropped.append(ticket)
            elif isinstance(job, Drag | Intervene | Render):
                self._drop_interactive()
                self._interactive = (ticket, job)
            else:
                if isinstance(job, OpenPhoto | OpenProject | Invert):
                    self._drop_inversions()
                if isinstance(job, OpenPhoto | OpenProject):
                    self._drop_interactive()
                self._documents.append((ticket, job))
            self._mail.notify()
            return ticket

    def cancel(self, ticket: int | None = None) -> None:
        """Stop the job with that ticket at its next report, or every job with None."""
        with self._mail:
            for letter in tuple(self._documents):
                if ticket in (None, letter[0]):
                    self._documents.remove(letter)
                    self._dropped.append(letter[0])
            if self._interactive and ticket in (None, self._interactive[0]):
                self._dropped.append(self._interactive[0])
                self._interactive = None
            if self._running and ticket in (None, self._running[0]):
                self._stop_running = True
            self._mail.notify()

    def shut_down(self, timeout_ms: int = 30_000) -> bool:
        """Cancel everything, close the engine and join; False when a step outlasts the timeout."""
        with self._mail:
            self._closing = True
        self.cancel()
        if not self.isRunning():
            self._report_dropped()
            return True
        return self.wait(timeout_ms)

    def _drop_interactive(self) -> None:
        if self._interactive:
            self._dropped.append(self._interactive[0])
            self._interactive = None
        if self._running and isinstance(self._running[1], Drag | Intervene | Render):
            self._stop_running = True

    def _drop_inversions(self) -> None:
        for letter in tuple(self._documents):
            if isinstance(letter[1], Invert):
                self._documents.remove(letter)
                self._dropped.append(letter[0])
        if self._running and isinstance(self._running[1], Invert):
            self._stop_running = True

    # ------------------------------------------------------------ the thread

    def run(self) -> None:
        """Start the engine, then serve the mailbox until it closes (QThread's override)."""
        engine = self._start_engine()
        while (letter := self._next()) is not None:
            self._serve(engine, *letter)
        self._report_dropped()
        try:
            engine.close()
        except Exception:  # noqa: BLE001 - the thread must end whatever the engine does
            _log.warning("closing the engine failed", exc_info=True)

    def _start_engine(self) -> EngineLike:
        try:
            engine = self._engine_factory()
            info = engine.info
        except EngineFailure as failure:
            error = failure.error
        except Exception as exception:  # noqa: BLE001 - the window must stay usable
            error = _bug("The editing engine could not start.", exception)
        else:
            self.ready.emit(info)
            return engine
        _log.warning("engine unavailable: %s", error.detail or error)
        self.unavailable.emit(error)
        return _Viewer(error)

    def _next(self) -> _Letter | None:
        """Wait for the next job; None when the mailbox closes."""
        while True:
            with self._mail:
                self._running = None
                while not (self._documents or self._interactive or self._dropped or self._closing):
                    self._mail.wait()
                if self._closing:
                    return None
                if not self._dropped:
                    if self._documents:
                        self._running = self._documents.popleft()
                    else:
                        self._running, self._interactive = self._interactive, None
                    self._stop_running = False
                    return self._running
            self._report_dropped()

    def _report_dropped(self) -> None:
        with self._mail:
            dropped, self._dropped = self._dropped, []
        for ticket in dropped:
            self.reported.emit(ticket, Cancelled())

    def _serve(self, engine: EngineLike, ticket: int, job: Job) -> None:
        try:
            outcome = self._outcome(engine, ticket, job)
        except EngineFailure as failure:
            outcome = Failed(failure.error)
        except MemoryError as exception:
            outcome = Failed(
                EngineError(
                    "out_of_memory",
                    "There is not enough memory for this.",
                    "Close other programs or use a smaller photo, then try again.",
                    repr(exception),
                )
            )
        except Exception as exception:  # noqa: BLE001 - a failed job must not end the thread
            outcome = Failed(_bug("Something went wrong inside the editor.", exception))
        if isinstance(outcome, Failed) and outcome.error.detail:
            _log.info("%s: %s", type(job).__name__, outcome.error.detail)
        self.reported.emit(ticket, outcome)

    def _outcome(self, engine: EngineLike, ticket: int, job: Job) -> Finished | Failed | Cancelled:
        reports = engine.run(job)
        try:
            for report in reports:
                final = isinstance(report, Finished | Failed)
                with self._mail:
                    # a file that is written already is no longer cancelled: say what happened
                    if self._stop_running and not (final and isinstance(job, SaveProject | Export)):
                        return Cancelled()
                if isinstance(report, Finished | Failed):
                    return report
                self.reported.emit(ticket, report)
        finally:
            close = getattr(reports, "close", None)
            if close is not None:
                close()
        raise RuntimeError(f"{type(job).__name__} ended without an outcome")


class _Viewer:
    """Opens photos when there is no engine, and answers every other job with why there is none."""

    def __init__(self, error: EngineError) -> None:
        self._error = error

    @property
    def info(self) -> EngineInfo:
        raise EngineFailure(self._error)

    def run(self, job: Job) -> Iterator[Report]:
        if not isinstance(job, OpenPhoto):
            yield Failed(self._error)
            return
        try:
            photo = open_photo(job.path)
            yield Finished(OpenedPhoto(photo, make_pyramid(photo), ()))
        except PhotoError as error:
            yield Failed(EngineError("photo_unreadable", error.title, error.advice))

    def close(self) -> None:
        pass


def _bug(title: str, exception: BaseException) -> EngineError:
    return EngineError(
        "bug",
        title,
        "Save your project, then report this with the details from the log.",
        "".join(traceback.format_exception(exception)),
    )
