"""What the canvas says before there is a photo on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence

from widgets.translation import tr

if TYPE_CHECKING:
    from pathlib import Path

    from editor.session.session import EditSession
    from widgets.canvas import PhotoCanvas
    from widgets.commands import Commands


class EmptyCanvas(QObject):
    """Invites, or names what was asked for and what that waits for."""

    def __init__(
        self, session: EditSession, canvas: PhotoCanvas, commands: Commands, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._canvas, self._commands = session, canvas, commands
        self._asked: Path | None = None
        self._begins = True  # the engine does
        session.engine_ready.connect(self._on_engine)
        session.engine_unavailable.connect(self._on_engine)

    def open(self, path: Path) -> None:
        """That file was asked for."""
        self._asked = path
        self._tell()

    def refresh(self) -> None:
        """Invite again, if nothing is under way."""
        if self._session.photo is None and not self._session.busy:
            self._asked = None
            self._tell()

    @Slot()
    def _on_engine(self) -> None:
        self._begins = False
        self._tell()

    def _tell(self) -> None:
        if self._session.photo is not None:
            return
        if self._asked is not None:
            waits = tr("Opens as soon as the engine has started…")
            self._canvas.set_hint(self._asked.name, waits if self._begins else tr("Opening…"))
            return
        keys = self._commands.open.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._canvas.set_hint(
            tr("Open a portrait or drop one here"),
            tr("JPEG, PNG, TIFF, raw, PSD, AVIF … or a project  ·  {keys}", keys=keys),
        )
