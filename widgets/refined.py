"""The choice between edits as they were made on a draft and as they were settled again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from editor.session.desks.refinements import Waiting
    from editor.session.session import EditSession
    from widgets.commands import Commands
    from widgets.curtain import Curtain
    from widgets.status import StatusStrip


class RefinedChoice(QObject):
    """Offers it in the status strip and in the menu, for as long as there is a choice."""

    def __init__(
        self,
        session: EditSession,
        strip: StatusStrip,
        commands: Commands,
        curtain: Curtain,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._strip, self._curtain = strip, curtain
        self._commands = commands
        strip.compare_requested.connect(commands.refined.setChecked)
        strip.take_requested.connect(session.refinements.take)
        strip.keep_requested.connect(session.refinements.keep)
        session.waiting_changed.connect(self._show)
        self._show(None)

    @Slot(object)
    def _show(self, waiting: Waiting | None) -> None:
        self._strip.show_waiting(waiting)
        ready = waiting is not None and waiting.is_ready
        self._curtain.compare("refined", waiting is not None and waiting.is_shown)
        self._commands.refined.setChecked(waiting is not None and waiting.is_shown)
        self._commands.refined.setEnabled(ready)
        self._commands.take_refined.setEnabled(ready)
        self._commands.keep_draft.setEnabled(waiting is not None)
