"""A session over the fake engine, and shorthand for what tests do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from editor.document.project import open_project
from editor.document.stroke import BrushStroke
from editor.engine.jobs import Cancelled, Drag, Failed, Finished, Intervene, Invert, Render
from editor.session.desks.regions import AT_ONCE
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import SignalInstance
    from pytestqt.qtbot import QtBot

    from editor.document.history import EditHistory
    from editor.engine.jobs import Job
    from tests.fake_engine import FakeEngine


class Ear:
    """Notes every signal of a session, in order; those of two values as a tuple."""

    def __init__(self, session: EditSession) -> None:
        self.heard: dict[str, list[Any]] = {}
        for name in (
            "composite_changed", "preview_changed", "failed", "noticed", "hinted", "saved",
            "exported",
            "modified_changed", "busy_changed", "progress_changed", "attribute_values_changed",
            "dials_changed", "together_changed", "mirrored_changed", "discovery_changed",
            "style_sliders_changed", "presets_changed", "reference_changed", "paint_changed",
            "undo_changed", "refining_changed", "refined", "waiting_changed",
        ):  # fmt: skip
            self._listen(name, getattr(session, name))

    def _listen(self, name: str, signal: SignalInstance) -> None:
        heard = self.heard[name] = list[Any]()

        def note(*values: object) -> None:
            heard.append(values[0] if len(values) == 1 else values)

        signal.connect(note)

    def last(self, name: str) -> Any:
        return self.heard[name][-1]


class _Thread(EngineThread):
    """Knows which pictures and previews it still owes: they keep nobody busy."""

    def __init__(self, engine: FakeEngine) -> None:
        super().__init__(lambda: engine)
        self.owed: set[int] = set()

    def submit(self, job: Job) -> int:
        ticket = super().submit(job)
        if isinstance(job, Render | Drag):
            self.owed.add(ticket)
        return ticket

    def note(self, ticket: int, report: object) -> None:
        if isinstance(report, Finished | Failed | Cancelled):
            self.owed.discard(ticket)


class Desk:
    """A session with a fake engine and shorthand for what tests do with it."""

    def __init__(
        self,
        qtbot: QtBot,
        engine: FakeEngine,
        library: Path | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self.qtbot = qtbot
        self.engine = engine
        self.thread = _Thread(engine)
        self.session = EditSession(self.thread, library=library, at_once=at_once)
        self.thread.reported.connect(self.thread.note)  # after the session has heard
        self.ear = Ear(self.session)
        self.thread.start()

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()))

    def open(self, path: Path) -> None:
        self.session.files.open_photo(path)
        self.until(lambda: self.session.portrait)

    def begin(self, path: Path) -> None:
        """Open a photo, whose face is being analysed until ``engine.delayed`` is cleared."""
        self.engine.delayed.add(Invert)
        self.session.files.open_photo(path)
        self.until(lambda: self.session.inverting)

    def idle(self) -> None:
        self.until(lambda: not (self.session.busy or self.thread.owed or self.thread_works()))

    @property
    def picture_is_current(self) -> bool:
        return self.session.picture.is_current

    def forget_pictures(self) -> None:
        document = self.session.studio.document
        assert document is not None
        document.composites.clear()
        self.session.picture.renew()

    def thread_works(self) -> bool:
        return len(self.engine.released) < len(self.engine.jobs)

    def commit(self, name: str, value: float) -> None:
        before = self.history
        self.session.sliders.commit_attribute(name, value)
        self.until(lambda: self.history is not before and not self.session.busy)

    @property
    def history(self) -> EditHistory:
        assert self.session.history is not None
        return self.session.history

    @property
    def labels(self) -> list[str]:
        return [edit.label for edit in self.history.applied]

    def value(self, name: str) -> float:
        return self.session.attribute_values.get(name, 0.0)


def stroke(x: float, y: float, *, erase: bool = False, radius: float = 12) -> BrushStroke:
    return BrushStroke(np.array([[x, y], [x + 30, y]], np.float32), radius, 0.5, erase)


def said(desk: Desk) -> str:
    """All that the user was told."""
    return " ".join((*desk.ear.heard["noticed"], *desk.ear.heard["hinted"]))


def begin_edit(desk: Desk, name: str = "smile", value: float = 40) -> None:
    """Ask for an edit that does not end before ``desk.engine.delayed`` is empty."""
    desk.engine.delayed.add(Intervene)
    before = len(desk.engine.begun(Intervene))
    desk.session.sliders.commit_attribute(name, value)
    desk.until(lambda: len(desk.engine.begun(Intervene)) > before)


def let_on(desk: Desk) -> None:
    """Let the engine come to the end of all that it has to do."""
    desk.engine.delayed.clear()
    desk.idle()
    desk.until(lambda: not desk.session.files.writing)


def labels_in(path: Path) -> list[list[str]]:
    """The applied edits of a project's faces."""
    project, _ = open_project(path)
    return [[edit.label for edit in p.history.applied] for p in project.portraits]
