"""What is with the engine: each operation has its own success, failure and cancellation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from editor.engine.jobs import (
    Cancelled,
    Decoded,
    Drafted,
    Failed,
    Finished,
    Invert,
    Notice,
    Preview,
    Progress,
    Resettle,
)
from editor.engine.schedules import SCHEDULES, CancelGroup, Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.errors import EngineError
    from editor.document.history import Inversion
    from editor.engine.jobs import Job, Patch, Report
    from editor.session.engine_thread import EngineThread


def nothing(*_: object) -> None:
    """What an operation does at a point that does not matter to whoever asked for it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which of several that are made one after the other: ``number``, from 1, of ``count``."""

    number: int
    count: int


@dataclass(frozen=True, slots=True)
class InTurn(Progress):
    """How far the one is that is made now, and which of how many it is."""

    turn: Turn = Turn(1, 1)


@dataclass(slots=True, eq=False)
class Operation:
    """One request of the engine, and what becomes of it.

    Exactly one of ``done``, ``failed`` and ``cancelled`` is called, once, unless whoever asked
    withdrew it (``Operations.withdraw``) or the program closed first.

    Attributes:
        job: what is asked.
        done: called with the job's result.
        failed: called with the error, which the user is told as well.
        cancelled: stopped, or superseded by a newer job.
        previewed: called with what the photo looks like at a step.
        drafted: called with the encoder's draft; nobody waits for the inversion from then on.
        decoded: called with the photo that can be looked at while its faces are looked for.
        subject: what it is about (a face, a document), for whoever looks for it.
        cause: the wish that it fulfils, where a subject has several operations.
        turn: asked whenever progress is told: which of several alike it is.
        called: what progress calls it, where nobody waits for jobs of its type but for this one.
        progress: the last report.
        is_drafted: ``drafted`` was called.
        is_decoded: ``decoded`` was called.
        is_cancelled: the engine was asked to stop it; a draft that was on its way is not taken.
    """

    job: Job
    done: Callable[[Any], None] = nothing
    failed: Callable[[EngineError], None] = nothing
    cancelled: Callable[[], None] = nothing
    previewed: Callable[[Patch | None], None] = nothing
    drafted: Callable[[Inversion], None] = nothing
    decoded: Callable[[Decoded], None] = nothing
    subject: object = None
    cause: object = None
    turn: Callable[[], Turn] | None = None
    called: str = ""
    progress: Progress | None = None
    is_drafted: bool = False
    is_decoded: bool = False
    is_cancelled: bool = False

    @property
    def group(self) -> CancelGroup:
        """What cancels it."""
        return SCHEDULES[type(self.job)].group

    @property
    def shown(self) -> Progress | None:
        """How far it is, for whoever waits for it; None: nobody does."""
        beginning = SCHEDULES[type(self.job)].beginning
        if self.is_drafted or not (beginning or self.called):
            return None
        if self.called:  # a picture: there is no work without it
            return Progress(self.called, 0, 0, stoppable=False)
        progress = self.progress or Progress(beginning, 0, 0)
        turn = None if self.turn is None else self.turn()
        if turn is None or turn.count == 1:
            return progress
        return InTurn(progress.stage, progress.step, progress.steps, progress.stoppable, turn)


@dataclass(frozen=True, slots=True)
class Refining:
    """What goes on behind the edits: how far it is (0…1), whether it is paused.

    That is an inversion, or with ``settles`` an edit that is settled again on a refined face; with
    several of these ``share`` is of all of them.
    """

    share: float
    paused: bool
    settles: bool = False
    turn: Turn = Turn(1, 1)


class Operations(QObject):
    """Hands operations to the engine thread, and their outcomes back.

    Attributes:
        between: asked what a user waits for while nothing of it is with the engine, as between two
            edits.

    Signals:
        progress_changed(Progress | None): of the operation a user waits for; steps 0: unknown.
        busy_changed(bool): whether such an operation is under way.
        refining_changed(Refining | None): of what goes on behind the edits.
        noticed(str): something the user should know.
        failed(EngineError): an operation failed.
    """

    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    refining_changed = Signal(object)
    noticed = Signal(str)
    failed = Signal(object)

    def __init__(self, thread: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._pending: dict[int, Operation] = {}
        self._shown: Operation | None = None
        self._busy = self._paused = self._closed = False
        self._refining: Refining | None = None
        self.between: Callable[[], Progress | None] = lambda: None
        self._told_soon = QTimer(self, singleShot=True)
        self._told_soon.timeout.connect(self._tell_progress)
        thread.reported.connect(self._on_report)

    @property
    def busy(self) -> bool:
        """Whether an operation is under way that a user would wait for."""
        return self._busy

    @property
    def shown(self) -> Operation | None:
        """The one whose progress is told."""
        return self._shown

    def submit(self, operation: Operation) -> Operation:
        """Hand it to the engine."""
        self._pending[self._thread.submit(operation.job)] = operation
        self._tell_progress()
        return operation

    def pending(self, *kinds: type) -> list[Operation]:
        """Those whose jobs are of these types (all without any), oldest first."""
        return [one for one in self._pending.values() if isinstance(one.job, kinds or object)]

    def cancel(self, *operations: Operation) -> None:
        """Stop them; each is told so once the engine has let go of it."""
        for ticket, operation in tuple(self._pending.items()):
            if operation in operations:
                operation.is_cancelled = True
                self._thread.cancel(ticket)

    def withdraw(self, *operations: Operation) -> None:
        """Stop and forget them: whoever asked knows already."""
        for ticket, operation in tuple(self._pending.items()):
            if operation in operations:
                del self._pending[ticket]
                self._thread.cancel(ticket)
        self._tell_progress()

    def prefer(self, operation: Operation) -> None:
        """Let an inversion go before the others."""
        for ticket, other in tuple(self._pending.items()):
            if other is operation:
                self._thread.prefer(ticket)
                self._pending[ticket] = self._pending.pop(ticket)  # the last one is shown
        self._tell_progress()

    def pause_refining(self, paused: bool) -> None:
        """Set inversions that nobody waits for aside, or let them go on."""
        self._paused = paused
        self._thread.pause_refining(paused)
        self._tell_progress()

    def rest(self) -> None:
        """A gesture goes on: inversions that nobody waits for rest for a moment."""
        self._thread.rest()

    def close(self) -> bool:
        """Stop everything, call nobody back any more; False when the engine's step won't end."""
        self._closed = True
        self._told_soon.stop()
        self._pending.clear()
        return self._thread.shut_down()

    @Slot(int, object)
    def _on_report(self, ticket: int, report: Report | Cancelled) -> None:
        operation = self._pending.get(ticket)
        if operation is None or self._closed:
            return  # withdrawn
        if isinstance(report, Progress):
            operation.progress = report
        elif isinstance(report, Notice):
            self.noticed.emit(report.message)
        elif isinstance(report, Preview):
            operation.previewed(report.patch)
        elif isinstance(report, Drafted):
            if operation.is_cancelled:
                return  # it was on its way already: a draft that nobody would refine
            operation.is_drafted = True
            operation.drafted(report.inversion)
        elif isinstance(report, Decoded):
            if operation.is_cancelled:
                return
            operation.is_decoded = True
            operation.decoded(report)
        else:
            del self._pending[ticket]
            if isinstance(report, Finished):
                operation.done(report.result)
            elif isinstance(report, Failed):
                operation.failed(report.error)
                self.failed.emit(report.error)
            else:
                operation.cancelled()
            # In a turn of its own: what an edit's end shows takes the window half a frame already.
            self._told_soon.start(0)
            return
        self._tell_progress()

    def _to_show(self) -> Operation | None:
        """What the engine works on, or else will next, among what a user would wait for."""

        def rank(place: int, operation: Operation) -> tuple[bool, int, int]:
            lane = SCHEDULES[type(operation.job)].lane
            turn = -place if lane is Lane.ANALYSIS else place  # of those the newest goes first
            return operation.progress is None, lane.value, turn

        awaited = [
            (rank(place, operation), operation)
            for place, operation in enumerate(self._pending.values())
            if operation.shown is not None
        ]
        return min(awaited, key=lambda ranked: ranked[0])[1] if awaited else None

    def tell(self) -> None:
        """What ``between`` answers may be something else by now."""
        self._told_soon.start(0)

    @Slot()
    def _tell_progress(self) -> None:
        self._told_soon.stop()
        self._shown = self._to_show()
        shown = None if self._shown is None else self._shown.shown
        if self._shown is None or self._shown.group is CancelGroup.ANALYSIS:
            awaited = self.between()
            if awaited is not None:  # Cancel is about that, and not about what lies beneath
                self._shown, shown = None, awaited
        self.progress_changed.emit(shown)
        refining: Refining | None = None
        for operation in self.pending(Invert, Resettle):
            settles = isinstance(operation.job, Resettle)
            if operation.is_drafted or settles:
                last = operation.progress
                share = last.step / last.steps if last and last.steps else 0.0
                turn = Turn(1, 1) if operation.turn is None else operation.turn()
                share = (turn.number - 1 + share) / turn.count
                refining = Refining(share, self._paused, settles, turn)
        if refining != self._refining:
            self._refining = refining
            self.refining_changed.emit(refining)
        if (shown is not None) != self._busy:
            self._busy = shown is not None
            self.busy_changed.emit(self._busy)
