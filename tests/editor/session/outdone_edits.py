"""Edits that made way for others: they were asked for again, where others do as much already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.session.wishes import slider_values

if TYPE_CHECKING:
    from editor.document.history import EditHistory
    from editor.session.session import EditSession
    from editor.session.wishes import Wish

_SAME = 1e-6  # slider units


class OutdoneEdits:
    """Hears what lands.

    A slider says where it shall stand, not how far it moves. Where edits of other regions bring it
    there, the region's own has nothing left to do, and goes: a step of undo, that the user asked
    for.

    Attributes:
        ids: of entries that went so, and did not come back since.
    """

    def __init__(self, session: EditSession) -> None:
        self.ids: set[str] = set()
        session.studio.history_changed.connect(self._come_back)
        session.edits.landed.connect(self._note)

    def _come_back(self, history: EditHistory | None) -> None:
        """Undo brought entries back: the next time they go needs a reason of its own."""
        if history is not None:
            self.ids -= {edit.id for edit in history.applied}

    def _note(self, wish: Wish, before: EditHistory, after: EditHistory) -> None:
        portrait = wish.face.portrait
        if portrait is None or wish.region is None or wish.likeness is not None or wish.moved:
            return
        left = {edit.id for edit in after.edits}
        gone = {
            edit.id
            for edit in before.applied
            if edit.id not in left and {name for name, _ in edit.origin.goals} <= wish.names
        }
        stand = slider_values(portrait.history.applied, wish.region)
        if all(abs(stand.get(goal.attribute, 0.0) - goal.value) < _SAME for goal in wish.goals):
            self.ids |= gone
