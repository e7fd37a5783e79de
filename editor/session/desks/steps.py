"""Undo, redo, and jumps in the history of a face."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from editor.document.brushed_region import BrushedRegion
from editor.document.history import EditHistory
from editor.document.history_changes import with_change
from editor.document.named_regions import RegionList
from editor.document.paint import PaintLayer
from editor.session.desks.faces import Move
from editor.session.undo import Alignment, Footing

if TYPE_CHECKING:
    from editor.document.history import Portrait
    from editor.session.desks.edits import Edits
    from editor.session.desks.faces import Faces
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.open_document import Document, Face
    from editor.session.studio import Studio
    from editor.session.undo import State
    from editor.session.wishes import Wish

UNDER_WAY = "Edit under way"
BACK = "These edits were made on another preview of this face; that one is shown again, with them."
CAME = (
    "Some of these edits were made where the face lay before: it shows its first preview until "
    "they are made again here."
)


class Steps(QObject):
    """Takes back gestures one by one, the newest first, and does them again."""

    def __init__(
        self, studio: Studio, regions: Regions, picture: Picture, edits: Edits, faces: Faces
    ) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._picture = picture
        self._edits = edits
        self._faces = faces
        studio.pending_label = self._pending_label
        self._told = ""
        edits.changed.connect(self._on_pending)
        faces.moves_changed.connect(self._on_pending)

    def undo(self) -> None:
        """Take back the newest stroke, region change or edit; one under way is abandoned."""
        self._studio.hints_over.emit()
        self._regions.then(self._undo)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._studio.hints_over.emit()
        self._regions.then(self._redo)

    def jump(self, position: int) -> None:
        """Go to the state after the first ``position`` edits of the active face.

        The last of them is meant, wherever it stands after the strokes and changes before this. An
        edit of that face that is under way is newer than all of them, so it is taken back.
        """
        face, history = self._studio.face, self._studio.history
        serial = self._studio.next_serial()
        if history is None or not 0 <= position <= len(history.edits):
            return
        id = history.edits[position - 1].id if position else ""
        self._studio.hints_over.emit()
        self._regions.then(lambda: self._jump(face, id, serial))

    @property
    def _pending(self) -> Wish | Move | None:
        """What was asked for last and is not over."""
        pending = (*self._edits.pending, *self._faces.moves)
        return max(pending, key=lambda one: one.serial, default=None)

    @Slot()
    def _on_pending(self) -> None:
        if self._pending_label() != self._told:
            self._told = self._pending_label()
            self._studio.tell_undo()

    def _pending_label(self) -> str:
        """What undo gives up instead of taking the newest step back; "": nothing."""
        document, pending = self._studio.document, self._pending
        newest = None if document is None else document.undo.newest
        if pending is None or (newest is not None and pending.serial < newest.serial):
            return ""
        return pending.label if isinstance(pending, Move) else UNDER_WAY

    def _undo(self) -> None:
        document = self._studio.document
        if document is None:
            return
        pending, newest = self._pending, document.undo.newest
        if pending is not None and (newest is None or pending.serial > newest.serial):
            if isinstance(pending, Move):
                self._faces.take_back(pending)
            else:
                self._studio.noticed.emit(self._edits.take_back(pending))
            return
        change = document.undo.undo()
        if change is None:
            self._studio.noticed.emit("There is nothing to undo.")
            return
        if isinstance(change.after, Alignment):  # perhaps refined since
            after = document.alignment(document.faces[change.face])
            document.undo.undone[-1] = replace(change, after=after)
        self._restore(document, change.face, change.after, change.before, dim=True)

    def _redo(self) -> None:
        document = self._studio.document
        if document is None:
            return
        if not document.undo.undone:
            self._studio.noticed.emit("There is nothing to redo.")
            return
        pending = self._pending
        if pending is not None and pending.serial > document.undo.undone[-1].serial:
            # it ends redo, but is only recorded once it is done
            self._studio.noticed.emit(
                "Nothing can be redone while something newer is under way. Undo takes that back."
            )
            return
        change = document.undo.redo()
        if change is None:
            return
        if isinstance(change.before, Alignment) and change.before.detected is not None:
            before = document.alignment(document.faces[change.face])
            document.undo.done[-1] = replace(change, before=before)
        self._restore(document, change.face, change.before, change.after)

    def _jump(self, face: Face | None, id: str, serial: int) -> None:
        document = self._studio.document
        if document is None or face is None or face not in document.faces or not face.portrait:
            return
        history = face.portrait.history
        ids = ["", *(edit.id for edit in history.edits)]
        if id not in ids:
            self._studio.noticed.emit("The edit to go back to is not there any more.")
            return
        position = ids.index(id)
        if position == history.position:
            return
        told = self._edits.take_back_all_of(face)
        if told:
            self._studio.noticed.emit(told)
        label = history.edits[position - 1].title if position else "original"
        after = history.at(position)
        self._studio.put_history(face, after)
        self._studio.record(f"Go to {label}", document.number_of(face), history, after, serial)
        self._picture.show()

    def _restore(
        self, document: Document, number: int, there: State, state: State, *, dim: bool = False
    ) -> None:
        """Go from one state of a face to another, whatever else was done to it since."""
        face = document.faces[number] if 0 <= number < len(document.faces) else None
        if number != document.active and face is not None:
            self._faces.choose_face(number)
        if isinstance(state, BrushedRegion | RegionList | PaintLayer):
            self._regions.put(face, state)
        elif isinstance(state, Alignment):
            known = state.portrait
            if face is not None:
                self._faces.drop_inversions(face)
                state = _with_edits(state, face.portrait)
            self._faces.put_alignment(number, state)
            if face is not None and known is not None:
                self._settle_what_came(document, face, known.history)
            self._faces.analyse_face()
        elif isinstance(state, Footing):
            if face is not None and face.portrait is not None and isinstance(there, Footing):
                self._faces.put_footing(face, _with_changes(state, there, face.portrait))
        elif face is not None and face.portrait is not None and isinstance(there, EditHistory):
            now = face.portrait.history
            elsewhere = state.base != now.base
            known = _with_undone(now, there) if elsewhere else now
            history = with_change(known, there, state, dim=dim)
            footing = document.footing_on(face, state.base.fingerprint)
            if footing is not None and _brings_back(history, now):
                self._faces.put_footing(face, _standing(footing, history, state))
                self._studio.noticed.emit(BACK)
            else:
                if elsewhere:
                    history = _without_strange_undone(history, now)
                self._studio.put_history(face, history)
                self._edits.restack(face)
                if state.base != now.base:
                    self._settle_what_came(document, face, now)
        self._studio.tell_undo()

    def _settle_what_came(self, document: Document, face: Face, known: EditHistory) -> None:
        """Let edits that were found where a face lay otherwise lie on its draft, as if it moved.

        On what that was refined to, nobody would search for them again.

        Args:
            document: which the face is of.
            face: which stands where it shall lie, with its edits.
            known: what lay there before.
        """
        portrait = face.portrait
        if portrait is None or portrait.is_draft:
            return
        history = _without_strange_undone(portrait.history, known)
        draft = document.draft_of(face) if _brings_back(history, known) else None
        if draft is not None:
            history = history.rebased(draft.portrait.history.base)
            draft = replace(draft, portrait=draft.portrait.with_history(history))
            self._faces.put_footing(face, draft)
            self._studio.noticed.emit(CAME)
        elif history != portrait.history:
            self._studio.put_history(face, history)


def _brings_back(history: EditHistory, now: EditHistory) -> bool:
    """Whether edits come (back) that were found for a face, and are not there now.

    Those that are only in the list, as undone, are not seen: a face need not change for them.
    """
    there = {edit.id: edit for edit in now.edits}
    return any(
        edit.is_searched and (edit.id not in there or there[edit.id].delta != edit.delta)
        for edit in history.reached
    )


def _with_undone(now: EditHistory, there: EditHistory) -> EditHistory:
    """With what was in the list as undone, and left it since a face stands on another base."""
    ids = {edit.id for edit in now.edits}
    gone = (edit for edit in there.edits[there.position :] if edit.id not in ids)
    return replace(now, edits=(*now.edits, *gone))


def _standing(footing: Footing, history: EditHistory, state: EditHistory) -> Footing:
    """The footing with a history; what was undone on another base, and is not of it, goes."""
    history = _without_strange_undone(history, state).rebased(footing.portrait.history.base)
    return replace(footing, portrait=footing.portrait.with_history(history))


def _without_strange_undone(history: EditHistory, known: EditHistory) -> EditHistory:
    """The history without what was undone and had been found for another one than that."""
    ids = {edit.id for edit in known.edits}
    edits = tuple(
        edit
        for place, edit in enumerate(history.edits)
        if place < history.position or edit.id in ids or not edit.is_searched
    )
    return replace(history, edits=edits)


def _with_changes(state: Footing, there: Footing, now: Portrait) -> Footing:
    """The footing with what was changed of the edits since they went from one to the other."""
    histories = there.portrait.history, state.portrait.history
    history = with_change(now.history, *histories)
    if now.history.base != histories[1].base:
        return _standing(state, history, histories[1])
    return replace(state, portrait=state.portrait.with_history(history))


def _with_edits(alignment: Alignment, portrait: Portrait | None) -> Alignment:
    """The alignment with the edits of now: only the place is taken back, or moved again."""
    if alignment.portrait is None or portrait is None:
        return alignment
    there, now = alignment.portrait.history, portrait.history
    if there.reached == now.reached:
        return alignment
    return replace(alignment, portrait=alignment.portrait.with_history(now.rebased(there.base)))
