"""The open document, and what every desk needs to work on it."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import cv2
from PySide6.QtCore import QObject, Signal

from editor.document.errors import EngineError
from editor.document.goals import Dials
from editor.document.region import RegionError
from editor.engine.jobs import OpenPhoto
from editor.session.deferrals import Deferrals
from editor.session.undo import UndoStep
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.attributes import AttributeInfo
    from editor.document.history import EditHistory
    from editor.engine.jobs import EngineInfo
    from editor.session.open_document import Document, Face
    from editor.session.operations import Operations
    from editor.session.undo import State

_log = logging.getLogger(__name__)


class Studio(QObject):
    """Holds the document; desks change it, and say so here.

    Signals:
        face_chosen(int): number of the active face, −1 for none.
        portrait_changed(Portrait | None): the active face was analysed, refined, or is not yet.
        history_changed(EditHistory | None): of the active face.
        undo_changed(str, str): what undo and redo would do, "" for nothing.
        modified_changed(bool): whether there is something that no project file has.
        changed(): the document is another one than before: something for the journal.
        failed(EngineError): with advice; the document is as it was.
        noticed(str): something good to know.
        hinted(str): something good to know as long as the region and what was asked of it stay.
        hints_over(): they are others now; so are those that errors of the kind "region" were about.
        engine_changed(EngineInfo): the engine works in another way, for this document.

    Attributes:
        operations: what is with the engine.
        document: the open one.
        info: the engine as it is for this document, once it has started.
        dials: of the edits to come.
        deferrals: who waits for edits and alignments to be over.
        pending_label: asked what undo would give up, of what is under way; "" for nothing.
        fitted: attributes that were fitted to generators since the start, by SHA-256.
        generator: SHA-256 of the one for photos that are opened; "" is the default one's.
    """

    face_chosen = Signal(int)
    portrait_changed = Signal(object)
    history_changed = Signal(object)
    undo_changed = Signal(str, str)
    modified_changed = Signal(bool)
    changed = Signal()
    failed = Signal(object)
    noticed = Signal(str)
    hinted = Signal(str)
    hints_over = Signal()
    engine_changed = Signal(object)

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.operations = operations
        self.document: Document | None = None
        self.info: EngineInfo | None = None
        self.dials = Dials()
        self.deferrals = Deferrals()
        self.pending_label: Callable[[], str] = str
        self.generator = ""
        self.fitted: dict[str, tuple[AttributeInfo, ...]] = {}
        self._serials = count(1)
        self._modified = False
        operations.failed.connect(self.failed)
        operations.noticed.connect(self.noticed)

    # ------------------------------------------------------------ state

    @property
    def face(self) -> Face | None:
        """The active face."""
        return self.document.face if self.document else None

    @property
    def history(self) -> EditHistory | None:
        """Of the active face."""
        return self.document.history if self.document else None

    @property
    def finding_faces(self) -> bool:
        """Whether the open photo's faces are being looked for."""
        pending = self.operations.pending(OpenPhoto)
        return self.document is not None and any(o.subject is self.document for o in pending)

    @property
    def modified(self) -> bool:
        """Whether the document holds something that no project file has."""
        return self._modified

    def up_to_date(self, info: EngineInfo) -> EngineInfo:
        """What was told of the engine some time ago, with what was fitted since."""
        known = self.fitted.get(info.generator_sha256)
        return info if known is None else replace(info, attributes=known)

    def next_serial(self) -> int:
        """Grows with every gesture: what was asked for later has the larger one."""
        return next(self._serials)

    # ------------------------------------------------------------ changes

    def record(
        self, label: str, number: int, before: State, after: State, serial: int | None = None
    ) -> None:
        """One step of undo of a face, −1 for none, in the order in which the user asked."""
        if self.document is None:
            return
        serial = self.next_serial() if serial is None else serial
        self.document.undo.record(UndoStep(label, serial, number, before, after))
        self.tell_undo()

    def put_history(self, face: Face, history: EditHistory) -> None:
        """Make that the history of an analysed face."""
        if face.portrait is not None:
            face.portrait = face.portrait.with_history(history)
            if face is self.face:
                self.history_changed.emit(history)
            self.tell_modified()

    def tell_undo(self) -> None:
        """Say what undo and redo would do."""
        if self.document is None:
            return
        undone, newest = self.document.undo.undone, self.document.undo.newest
        takes_back = self.pending_label() or (newest.label if newest else "")
        self.undo_changed.emit(takes_back, undone[-1].label if undone else "")

    def tell_modified(self) -> None:
        """The document was changed, or saved."""
        document = self.document
        modified = document is not None and document.state() != document.saved
        if modified != self._modified:
            self._modified = modified
            self.modified_changed.emit(modified)
        self.changed.emit()


def engine_error(error: BaseException) -> EngineError:
    """What to tell of an exception that some work in the background ended with."""
    if isinstance(error, AdvisedError):
        kind = "region" if isinstance(error, RegionError) else "bad_request"
        return EngineError(kind, error.title, error.advice)
    if isinstance(error, MemoryError):
        return EngineError(
            "out_of_memory",
            "There is not enough memory for this.",
            "Close other programs or use a smaller photo, then try again.",
            repr(error),
        )
    _log.error("work in the background failed", exc_info=error)
    if isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem:
        return engine_error(MemoryError(str(error)))
    return EngineError(
        "bug",
        "Something went wrong inside the editor.",
        "Save your project, then report this with the details from the log.",
        "".join(traceback.format_exception(error)),
    )
