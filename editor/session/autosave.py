"""Unsaved work goes to a journal within two seconds of each change, in a thread of its own."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from editor.document.errors import EngineError
from editor.document.files import write_failure
from editor.document.project import TooLargeError
from editor.session.journal import Journal, discard, recoverable
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.session.journal import Recovery, Snapshot

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

_DELAY_MS = 800  # from the first change to a write; more is left for writing, and the one before
_RETRY_MS = 10_000


class Autosave(QObject):
    """Writes a snapshot at most 0.8 s after the first ``touch`` that no snapshot has seen.

    The thread of the window takes the snapshot, which must cost next to nothing, and never waits.
    While one is written no other is begun: of many changes the newest state counts.

    Signals:
        written(): what was there at the newest ``touch`` before the write is kept.
        failed(EngineError): nothing is kept at present; told once, and tried again. Also: what was
            found cannot be opened.
        found(tuple[Recovery, ...]): what ``look`` found, the newest first; maybe nothing.
        prepared(Recovery, Path): a project to open, which lasts until ``restored``.
    """

    written = Signal()
    failed = Signal(object)
    found = Signal(object)
    prepared = Signal(object, object)
    _ended = Signal(object)
    _over = Signal(object, object)

    def __init__(
        self,
        snapshot: Callable[[], Snapshot | None],
        folder: Path,
        parent: QObject | None = None,
        left: Callable[[], tuple[object, ...]] = tuple,
    ) -> None:
        """Begin a journal; nothing is written to it before ``touch``.

        Args:
            snapshot: what would be lost if the program were killed now; None for nothing.
            folder: of all windows' journals; made when it is not there.
            parent: owner.
            left: documents that are not open, and would be lost as well (``leave``).
        """
        super().__init__(parent)
        self._snapshot, self._left = snapshot, left
        self._aside: list[Journal] = []  # of documents that are not open; the pool's
        self._folder = folder
        self._journal: Journal | None = None
        self._restored: tuple[Recovery, ...] = ()
        self._writing: Future[tuple[Recovery, ...]] | None = None
        self._touched = self._failing = self._closed = False
        self._touched_at = 0.0
        # Not behind the window: where other programs compute, it would wait for all of them.
        self._pool = ThreadPoolExecutor(1, "autosave")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._write)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._over.connect(self._on_over, Qt.ConnectionType.QueuedConnection)
        try:
            self._journal = Journal(folder)  # now: it notes temporary files from here on
        except OSError:
            _log.exception("no journal in %s; tried again at the first change", folder)

    @property
    def folder(self) -> Path | None:
        """Of this window's journal; None while there is none."""
        return self._journal.folder if self._journal else None

    @property
    def pending(self) -> bool:
        """Whether there was a change that is not yet written."""
        return self._touched or self._writing is not None

    @Slot()
    def touch(self) -> None:
        """Something may have changed: of the document, or whether it is saved."""
        if not (self._touched or self._closed):
            self._touched, self._touched_at = True, time.monotonic()
            if self._writing is None:
                self._timer.start(_DELAY_MS)

    @Slot()
    def leave(self) -> None:
        """Another document comes, and the open one back perhaps: its journal is kept till then."""
        if self._closed:
            return
        snapshot = self._snapshot()
        if snapshot is None:
            return  # the next one takes its place
        self._timer.stop()
        self._touched = False
        self._submit(snapshot, aside=True)

    # ------------------------------------------------------------ recovery

    def look(self) -> None:
        """Look for what killed windows left behind, and clean up after them: ``found``."""
        self._do(lambda: recoverable(self._folder), self.found.emit)

    def prepare(self, recovery: Recovery) -> None:
        """Make a project to open of what was found: ``prepared``, or ``failed``."""
        self._do(recovery.open, lambda path: self.prepared.emit(recovery, path))

    def discard(self, recovery: Recovery) -> None:
        """Throw away what was found."""
        self._do(lambda: discard(recovery), lambda _: None)

    def restored(self, recovery: Recovery) -> None:
        """Its work is what is open now: throw it away once it is written anew, or saved."""
        self._restored = (*self._restored, recovery)
        self.touch()

    def close(self) -> None:
        """Write what is left to lose, for the next start, or leave nothing behind. Waits for it.

        What fails is logged: nobody is there to be told. The newest that could be written is left.
        """
        if self._closed:
            return
        self._closed = True
        self._timer.stop()
        self._touched, self._writing = False, None
        snapshot = self._snapshot()
        try:
            self._pool.submit(self._keep, snapshot, self._restored, self._left()).result()
        except (OSError, AdvisedError):
            _log.exception("autosave failed at the end")
        self._pool.shutdown()
        journal, self._journal = self._journal, None
        ends = [(one, True) for one in self._aside]  # those that nobody needs are gone by now
        if journal is not None:
            ends.append((journal, snapshot is not None))
        for one, keep in ends:
            try:
                one.close(keep=keep)
            except OSError:
                _log.exception("the journal is left to the next start")

    def _do(self, work: Callable[[], _T], then: Callable[[_T], object]) -> None:
        if not self._closed:
            future = self._pool.submit(work)
            future.add_done_callback(lambda ended: self._over.emit(then, ended))

    @Slot(object, object)
    def _on_over(self, then: Callable[[Any], object], future: Future[Any]) -> None:
        if self._closed:
            return
        try:
            result = future.result()
        except (OSError, AdvisedError) as error:
            _log.error("recovery failed", exc_info=error)
            title, advice = self._reason(error)
            title = f"The work of an earlier session cannot be recovered at present: {title}"
            self.failed.emit(EngineError("project_unreadable", title, advice))
        else:
            then(result)

    def _reason(self, error: OSError | AdvisedError) -> tuple[str, str]:
        if isinstance(error, AdvisedError):
            return error.title, error.advice
        return write_failure(error, self._folder / "journal")

    @Slot()
    def _write(self) -> None:
        self._touched = False
        self._submit(self._snapshot())

    def _submit(self, snapshot: Snapshot | None, *, aside: bool = False) -> None:
        writing = self._pool.submit(self._keep, snapshot, self._restored, self._left(), aside)
        self._writing = writing
        writing.add_done_callback(self._ended.emit)

    def _keep(
        self,
        snapshot: Snapshot | None,
        restored: tuple[Recovery, ...],
        left: tuple[object, ...],
        aside: bool = False,
    ) -> tuple[Recovery, ...]:
        """In the pool's thread; returns what is thrown away by now.

        Args:
            snapshot: of the open document.
            restored: to be thrown away once that is written.
            left: documents that keep the journals which were put aside for them.
            aside: whether to put this one aside.
        """
        self._choose_journal(None if snapshot is None else snapshot.document, left)
        if self._journal is None:
            self._journal = Journal(self._folder)
        self._journal.write(snapshot)
        if aside:
            self._aside.append(self._journal)
            self._journal = None
        for recovery in restored:
            discard(recovery)
        return restored

    def _choose_journal(self, document: object, left: tuple[object, ...]) -> None:
        """Take a document's own journal up again; those that nobody needs any more are removed."""
        for journal in tuple(self._aside):
            if any(journal.document is one for one in left):
                continue
            self._aside.remove(journal)
            if document is not None and journal.document is document:
                journal, self._journal = self._journal, journal
            if journal is not None:
                journal.close(keep=False)
        if self._journal is not None and not self._journal.folder.is_dir():
            _log.warning("%s is gone; another one is begun", self._journal.folder)
            self._journal = None
        if self._journal is not None:
            self._journal.note_here()

    @Slot(object)
    def _on_ended(self, writing: Future[tuple[Recovery, ...]]) -> None:
        if writing is not self._writing:
            return
        self._writing = None
        if self._touched:
            waited = round(1000 * (time.monotonic() - self._touched_at))
            self._timer.start(max(0, _DELAY_MS - waited))
        try:
            gone = writing.result()
        except (OSError, AdvisedError) as error:
            self._on_failed(error)
        else:
            self._failing = False
            self._restored = tuple(one for one in self._restored if one not in gone)
            self.written.emit()

    def _on_failed(self, error: OSError | AdvisedError) -> None:
        self._touched = True
        self._timer.start(_RETRY_MS)
        if self._failing:
            return
        self._failing = True
        _log.error("autosave failed", exc_info=error)
        title, advice = self._reason(error)
        if not isinstance(error, TooLargeError):  # which no project has room for either
            advice = f"{advice} Save the project meanwhile."
        title = f"Your changes are not kept automatically: {title}"
        self.failed.emit(EngineError("not_writable", title, advice))
