"""Snapshots: states of a face's edits that were given a name, to return to."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.history import LONGEST_NAME, MOST_STATES, EditHistory, NamedState
from editor.session.desks.steps import BACK
from editor.session.undo import Footing

if TYPE_CHECKING:
    from editor.session.desks.edits import Edits
    from editor.session.desks.faces import Faces
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.open_document import Face
    from editor.session.studio import Studio

ELSEWHERE = (
    "The snapshot “{}” was made on another preview of this face, which is not here any more: it "
    "can look otherwise than it did."
)


class Snapshots(QObject):
    """Keeps states of the active face under names, and returns to them.

    Returning is one step of undo; keeping, naming and forgetting are none, and are saved.

    Signals:
        changed(tuple[NamedState, ...]): those of the active face, the oldest first.
    """

    changed = Signal(object)

    def __init__(
        self, studio: Studio, regions: Regions, edits: Edits, picture: Picture, faces: Faces
    ) -> None:
        super().__init__(studio)
        self._studio, self._regions = studio, regions
        self._edits, self._picture, self._faces = edits, picture, faces
        studio.face_chosen.connect(self._tell)

    @property
    def states(self) -> tuple[NamedState, ...]:
        """Of the active face, the oldest first."""
        face = self._studio.face
        return face.snapshots if face is not None else ()

    def take(self, name: str = "") -> str:
        """Keep the active face's edits as they are now; "" as name counts on.

        Returns:
            its id; "" where there is nothing to keep yet.
        """
        face, history = self._studio.face, self._studio.history
        if face is None or history is None:
            return ""
        if len(face.snapshots) >= MOST_STATES:
            self._studio.noticed.emit(f"There are {MOST_STATES} snapshots. Delete one first.")
            return ""
        names = {state.name for state in face.snapshots}
        number = next(n for n in range(1, MOST_STATES + 2) if f"Snapshot {n}" not in names)
        state = NamedState(
            uuid.uuid4().hex[:12], _plain(name) or f"Snapshot {number}", history.edits,
            history.position, history.base.fingerprint,
        )  # fmt: skip
        self._put(face, (*face.snapshots, state))
        return state.id

    def rename(self, id: str, name: str) -> None:
        """Call one otherwise; "" changes nothing."""
        face, name = self._studio.face, _plain(name)
        if face is not None and name:
            self._put(
                face,
                tuple(replace(one, name=name) if one.id == id else one for one in face.snapshots),
            )

    def delete(self, id: str) -> None:
        """Forget one."""
        face = self._studio.face
        if face is not None:
            self._put(face, tuple(one for one in face.snapshots if one.id != id))

    def return_to(self, id: str) -> None:
        """Make the edits what they were; an edit of that face under way is taken back."""
        face, serial = self._studio.face, self._studio.next_serial()
        self._studio.hints_over.emit()
        self._regions.then(lambda: self._return(face, id, serial))

    def _return(self, face: Face | None, id: str, serial: int) -> None:
        document = self._studio.document
        if document is None or face is None or face not in document.faces or not face.portrait:
            return
        state = next((one for one in face.snapshots if one.id == id), None)
        if state is None:
            return
        told = self._edits.take_back_all_of(face)
        if told:
            self._studio.noticed.emit(told)
        label, number = f"Return to {state.name}", document.number_of(face)
        before = face.portrait.history
        elsewhere = state.base not in ("", before.base.fingerprint) and any(
            edit.is_searched for edit in state.edits
        )
        footing = document.footing_on(face, state.base) if elsewhere else None
        if footing is not None:
            portrait = footing.portrait
            history = EditHistory(portrait.history.base, state.edits, state.position)
            there = Footing(face.portrait, face.refined)
            then = replace(footing, portrait=portrait.with_history(history))
            self._studio.record(label, number, there, then, serial)
            self._faces.put_footing(face, then)
            self._studio.noticed.emit(BACK)
            return
        after = EditHistory(before.base, state.edits, state.position)
        if after == before:
            return
        self._studio.put_history(face, after)
        self._studio.record(label, number, before, after, serial)
        if elsewhere:
            self._studio.noticed.emit(ELSEWHERE.format(state.name))
        self._picture.show()

    def _put(self, face: Face, states: tuple[NamedState, ...]) -> None:
        if states != face.snapshots:
            face.snapshots = states
            self._tell()
            self._studio.tell_modified()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.states)


def _plain(name: str) -> str:
    return " ".join(name.replace("\0", " ").split())[:LONGEST_NAME]
