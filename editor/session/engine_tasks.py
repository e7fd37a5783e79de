"""What is with the engine: tasks by ticket, their progress, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from editor.engine.jobs import (
    Discover,
    Drafted,
    Export,
    Intervene,
    Invert,
    Notice,
    OpenPhoto,
    OpenProject,
    OpenReference,
    Preview,
    Progress,
    Render,
    SaveProject,
)

if TYPE_CHECKING:
    from editor.document.history import EditHistory
    from editor.engine.jobs import Cancelled, Job, Report
    from editor.session.engine_thread import EngineThread
    from editor.session.open_document import Document
    from editor.session.wishes import Wish

_BEGINNINGS: dict[type, str] = {
    OpenPhoto: "Opening the photo",
    OpenProject: "Opening the project",
    OpenReference: "Opening the reference",
    SaveProject: "Saving the project",
    Export: "Exporting",
    Invert: "Analysing the face",
    Intervene: "Editing",
    Discover: "Looking for what can change",
}


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A job with the engine, and what to do with its result.

    Attributes:
        job: as submitted.
        document: that it belongs to.
        face: number of the face that it belongs to, −1 for none.
        wish: what an edit or its preview fulfils.
        start: the history that an edit goes on top of.
        state: what it saves or renders.
        progress: the last report.
        drafted: of an inversion: its face can be edited, so nobody waits for it.
    """

    job: Job
    document: Document | None = None
    face: int = -1
    wish: Wish | None = None
    start: EditHistory | None = None
    state: object = None
    progress: Progress | None = None
    drafted: bool = False


@dataclass(frozen=True, slots=True)
class Refining:
    """An inversion that goes on behind the edits: how far it is (0…1), whether it is paused."""

    share: float
    paused: bool


class EngineTasks(QObject):
    """Submits tasks, and hands on what the engine thread reports of those still wanted.

    Signals:
        progress_changed(Progress | None): of the job a user waits for; steps 0: unknown.
        busy_changed(bool): whether such a job is under way.
        refining_changed(Refining | None): of the inversion that goes on behind the edits.
        drafted(Task, Inversion): a face can be edited from now on.
        previewed(Task, Patch | None): what the photo looks like at this step.
        noticed(str): something the user should know.
        ended(int ticket, Task, Outcome): the task is over and forgotten.
    """

    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    refining_changed = Signal(object)
    drafted = Signal(object, object)
    previewed = Signal(object, object)
    noticed = Signal(str)
    ended = Signal(int, object, object)

    def __init__(self, thread: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._tasks: dict[int, Task] = {}
        self._busy = self._paused = False
        self._refining: Refining | None = None
        thread.reported.connect(self._on_report)

    @property
    def busy(self) -> bool:
        """Whether a job is under way that a user would wait for."""
        return self._busy

    def submit(self, task: Task) -> int:
        """Hand a task to the engine; returns its ticket."""
        ticket = self._thread.submit(task.job)
        self._tasks[ticket] = task
        self._emit_progress()
        return ticket

    def of(self, *kinds: type) -> list[Task]:
        """The tasks whose jobs are of these types, oldest first."""
        return [task for task in self._tasks.values() if isinstance(task.job, kinds)]

    def forget(self, *kinds: type) -> None:
        """Their outcomes no longer matter; a newer job takes their place."""
        for ticket in self._tickets(*kinds):
            del self._tasks[ticket]

    def drop(self, *kinds: type) -> None:
        """Cancel and forget them: their outcomes are not reported."""
        for ticket in self._tickets(*kinds):
            del self._tasks[ticket]
            self._thread.cancel(ticket)
        self._emit_progress()

    def drop_inversion(self, face: int) -> None:
        """Cancel and forget the inversion of a face: it is to be made elsewhere."""
        for ticket, task in tuple(self._tasks.items()):
            if isinstance(task.job, Invert) and task.face == face:
                del self._tasks[ticket]
                self._thread.cancel(ticket)
        self._emit_progress()

    def cancel(self) -> None:
        """Stop all that a user waits for; each ends as cancelled."""
        for ticket, task in tuple(self._tasks.items()):
            if not (isinstance(task.job, Render) or task.drafted):
                self._thread.cancel(ticket)

    def prefer_inversion(self, face: int) -> bool:
        """Let a face's inversion go before the others; False when none is under way."""
        for ticket, task in tuple(self._tasks.items()):
            if isinstance(task.job, Invert) and task.face == face:
                self._thread.prefer(ticket)
                self._tasks[ticket] = self._tasks.pop(ticket)  # the last one is shown
                self._emit_progress()
                return True
        return False

    def pause_refining(self, paused: bool) -> None:
        """Set inversions that nobody waits for aside, or let them go on."""
        self._paused = paused
        self._thread.pause_refining(paused)
        self._emit_progress()

    def rest(self) -> None:
        """A gesture goes on: inversions that nobody waits for rest for a moment."""
        self._thread.rest()

    def _tickets(self, *kinds: type) -> list[int]:
        return [ticket for ticket, task in self._tasks.items() if isinstance(task.job, kinds)]

    @Slot(int, object)
    def _on_report(self, ticket: int, report: Report | Cancelled) -> None:
        task = self._tasks.get(ticket)
        if task is None:
            return  # superseded
        if isinstance(report, Progress):
            self._tasks[ticket] = replace(task, progress=report)
            self._emit_progress()
        elif isinstance(report, Notice):
            self.noticed.emit(report.message)
        elif isinstance(report, Preview):
            self.previewed.emit(task, report.patch)
        elif isinstance(report, Drafted):
            self._tasks[ticket] = replace(task, drafted=True)
            self.drafted.emit(task, report.inversion)
            self._emit_progress()
        else:
            del self._tasks[ticket]
            self.ended.emit(ticket, task, report)
            self._emit_progress()

    def _emit_progress(self) -> None:
        shown: Progress | None = None
        for task in self._tasks.values():
            beginning = _BEGINNINGS.get(type(task.job))
            if beginning and not task.drafted:
                shown = task.progress or Progress(beginning, 0, 0)
                if task.progress:
                    break
        self.progress_changed.emit(shown)
        refining: Refining | None = None
        for task in self._tasks.values():
            if task.drafted:
                done = task.progress.step / task.progress.steps if task.progress else 0.0
                refining = Refining(done, self._paused)
        if refining != self._refining:
            self._refining = refining
            self.refining_changed.emit(refining)
        if (shown is not None) != self._busy:
            self._busy = shown is not None
            self.busy_changed.emit(self._busy)
