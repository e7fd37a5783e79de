"""The one thread that owns the engine: a mailbox in front, reports behind.

Jobs wait in three lanes; ``schedules.SCHEDULES`` says which, and what supersedes them. An inversion
runs while nothing else is asked for, is set aside at its next report when something is, and goes on
from there.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
import traceback
from collections import deque
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QThread, Signal

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo import PhotoError, make_pyramid, open_photo
from editor.engine.jobs import (
    Cancelled,
    Drafted,
    Failed,
    Finished,
    OpenedPhoto,
    OpenPhoto,
    Resettle,
    SaveProject,
)
from editor.engine.saving import saved
from editor.engine.schedules import SCHEDULES, Lane
from editor.session.background import stand_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from PySide6.QtCore import QObject

    from editor.engine.jobs import EngineInfo, Job, Report

_log = logging.getLogger(__name__)

_WARM = object()  # there is nothing left to do beforehand
_REST = 0.6  # seconds without other jobs and gestures before an inversion goes on


@dataclass(slots=True, eq=False)
class _Letter:
    """A job on its way: waiting, running, or set aside.

    Attributes:
        ticket, job: as submitted.
        stopped: it is to end at its next report.
        reports: the engine's, once begun.
        drafted: nobody waits for it: it has said that its face can be edited, or is of an edit
            that can be seen already.
    """

    ticket: int
    job: Job
    stopped: bool = False
    reports: Iterator[Report] | None = None
    drafted: bool = False

    def close(self) -> None:
        """Release what it holds in the engine."""
        close = getattr(self.reports, "close", None)
        if close is not None:
            close()


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


@runtime_checkable
class Warmable(Protocol):
    """An engine that can do beforehand what its first job would wait for."""

    def warm_up(self) -> Generator[None]:
        """In steps, after each of which it can be given up."""
        ...


class EngineThread(QThread):
    """Builds an engine, runs one job at a time, and says how each ended.

    Every ticket gets exactly one outcome: Finished, Failed or Cancelled. Nothing is emitted from
    inside ``submit`` or ``cancel``, so a caller can note the ticket before it hears of it.

    Signals:
        ready(EngineInfo): the engine has started.
        unavailable(EngineError): it could not start; photos open without faces, what is brushed is
            saved, and every other job fails with this.
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
        self._files: deque[_Letter] = deque()
        self._interactive: deque[_Letter] = deque()
        self._analyses: list[_Letter] = []  # the last one is next; one that runs stays here
        self._running: _Letter | None = None
        self._dropped: list[_Letter] = []
        self._paused = False
        self._rest_until = 0.0
        self._closing = False

    # ------------------------------------------------------------ any thread

    def submit(self, job: Job) -> int:
        """Put a job in its lane, in the place of those that it supersedes; returns its ticket."""
        with self._mail:
            lane, beginning = SCHEDULES[type(job)].lane, SCHEDULES[type(job)].beginning
            behind = lane is Lane.ANALYSIS and not beginning
            letter = _Letter(next(self._tickets), job, drafted=behind)
            if self._closing:
                self._dropped.append(letter)
            elif lane is Lane.FILES:
                self._files.append(letter)
            elif lane is Lane.ANALYSIS:
                self._analyses.append(letter)
            else:
                self._supersede(type(job))
                self._interactive.append(letter)
            self._mail.notify()
            return letter.ticket

    def _supersede(self, newer: type) -> None:
        for letter in tuple(self._interactive):
            if newer in SCHEDULES[type(letter.job)].superseded_by:
                self._interactive.remove(letter)
                self._dropped.append(letter)
        running = self._running
        if running is not None and newer in SCHEDULES[type(running.job)].superseded_by:
            running.stopped = True

    def cancel(self, ticket: int | None = None) -> None:
        """Stop the job with that ticket at its next report, or every job with None."""
        with self._mail:
            for lane in (self._files, self._interactive, self._analyses):
                for letter in tuple(lane):
                    if ticket in (None, letter.ticket) and letter is not self._running:
                        lane.remove(letter)
                        self._dropped.append(letter)
            if self._running and ticket in (None, self._running.ticket):
                self._running.stopped = True
            self._mail.notify()

    def prefer(self, ticket: int) -> None:
        """Let that inversion go before the others."""
        with self._mail:
            self._analyses.sort(key=lambda letter: letter.ticket == ticket)
            self._mail.notify()

    def pause_refining(self, paused: bool) -> None:
        """Set inversions aside once their faces can be edited, or let them go on."""
        with self._mail:
            self._paused = paused
            self._mail.notify()

    def rest(self) -> None:
        """The user is at work and may want something at once: inversions wait for a moment."""
        with self._mail:
            self._rest_until = time.monotonic() + _REST

    def shut_down(self, timeout_ms: int = 30_000) -> bool:
        """Cancel everything, close the engine and join; False when a step outlasts the timeout."""
        with self._mail:
            self._closing = True
        self.cancel()
        if not self.isRunning():
            self._report_dropped()
            return True
        return self.wait(timeout_ms)

    # ------------------------------------------------------------ the thread

    def run(self) -> None:
        """Start the engine, then serve the mailbox until it closes (QThread's override)."""
        stand_behind()
        engine = self._start_engine()
        if isinstance(engine, Warmable):
            self._warm_up(engine)
        while (letter := self._next()) is not None:
            self._serve(engine, letter)
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

    def _warm_up(self, engine: Warmable) -> None:
        """While nobody asks for anything: whoever comes at the start waits for a step at most."""
        try:
            with closing(engine.warm_up()) as steps:
                while not self._has_mail and next(steps, _WARM) is not _WARM:
                    pass
        except Exception:  # noqa: BLE001 - the first job will meet the same, and say so
            _log.warning("warming up failed", exc_info=True)

    @property
    def _has_mail(self) -> bool:
        with self._mail:
            waits = self._files or self._interactive or self._analyses or self._dropped
            return bool(waits) or self._closing

    def _next(self) -> _Letter | None:
        """Wait for the next job, begun or not; None when the mailbox closes."""
        while True:
            with self._mail:
                self._running = None
                while not (self._dropped or self._closing):
                    if self._files:
                        self._running = self._files.popleft()
                    elif self._interactive:
                        self._running = self._interactive.popleft()
                    else:
                        inversion = self._next_inversion()
                        if inversion is None or self._rests(inversion):
                            rest = self._rest_until - time.monotonic()
                            self._mail.wait(None if inversion is None else rest)
                            continue
                        self._running = inversion
                    return self._running
                if self._closing:
                    return None
            self._report_dropped()

    def _next_inversion(self) -> _Letter | None:
        waiting = [one for one in reversed(self._analyses) if not (self._paused and one.drafted)]
        waiting.sort(key=lambda one: SCHEDULES[type(one.job)].patient)
        if waiting and isinstance(waiting[0].job, Resettle):  # somebody may wait for a draft
            return next((one for one in waiting if not one.drafted), waiting[0])
        return waiting[0] if waiting else None

    def _gives_way(self, letter: _Letter) -> bool:
        """Whether an inversion is to end or something else goes first; asked between reports."""
        return letter in self._analyses and bool(
            self._files
            or self._interactive
            or self._dropped
            or self._closing
            or self._rests(letter)
            or self._next_inversion() is not letter
        )

    def _steps_aside(self, letter: _Letter) -> bool:
        """Whether an edit waits behind previews that are wanted at once; then it has gone there."""
        short = SCHEDULES[type(letter.job)].gives_way_to
        first = [one for one in self._interactive if isinstance(one.job, short)]
        if first:
            rest = [one for one in self._interactive if one not in first]
            self._interactive = deque((*first, letter, *rest))
        return bool(first)

    def _rests(self, inversion: _Letter) -> bool:
        behind = inversion.drafted or SCHEDULES[type(inversion.job)].patient
        return behind and time.monotonic() < self._rest_until

    def _report_dropped(self) -> None:
        with self._mail:
            dropped, self._dropped = self._dropped, []
        for letter in dropped:
            letter.close()
            self.reported.emit(letter.ticket, Cancelled())

    def _serve(self, engine: EngineLike, letter: _Letter) -> None:
        """Run a job to its outcome, or an inversion until it gives way."""
        try:
            outcome = self._outcome(engine, letter)
            if outcome is None:
                return
            letter.close()
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
            _log.info("%s: %s", type(letter.job).__name__, outcome.error.detail)
        with self._mail:
            self._running = None
            if letter in self._analyses:
                self._analyses.remove(letter)
            else:
                self._rest_until = time.monotonic() + _REST
        self.reported.emit(letter.ticket, outcome)

    def _outcome(self, engine: EngineLike, letter: _Letter) -> Finished | Failed | Cancelled | None:
        if letter.reports is None:
            letter.reports = engine.run(letter.job)
        for report in letter.reports:
            final = isinstance(report, Finished | Failed)
            with self._mail:
                # a file that is written already is no longer cancelled: say what happened
                if letter.stopped and not (final and SCHEDULES[type(letter.job)].writes):
                    return Cancelled()
            if isinstance(report, Finished | Failed):
                return report
            letter.drafted = letter.drafted or isinstance(report, Drafted)
            self.reported.emit(letter.ticket, report)
            with self._mail:
                if letter.stopped:
                    return Cancelled()
                if self._gives_way(letter) or self._steps_aside(letter):
                    self._running = None
                    return None
        raise RuntimeError(f"{type(letter.job).__name__} ended without an outcome")


class _Viewer:
    """Opens photos and saves projects when there is no engine; of all else it says why not."""

    def __init__(self, error: EngineError) -> None:
        self._error = error

    @property
    def info(self) -> EngineInfo:
        raise EngineFailure(self._error)

    def run(self, job: Job) -> Iterator[Report]:
        if isinstance(job, SaveProject):
            yield from saved(job)
            return
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
