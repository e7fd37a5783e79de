"""A list of what the user gave names to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

ROW = 32
"""Pixels of a row: a name is typed in it."""

ID = Qt.ItemDataRole.UserRole
"""Role of what a row is about."""

_FRAME = 14  # pixels above and below the rows


class NamedList(QListWidget):
    """Enter and a double click return to the marked one, Delete forgets it, F2 renames it.

    Signals:
        returned(), deleted(): to the marked one; the marked one.
    """

    returned = Signal()
    deleted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QListWidget.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    @property
    def marked(self) -> str:
        """What the marked row is about; "" without one."""
        row = self.currentRow()
        return str(self.item(row).data(ID)) if row >= 0 else ""

    def fit(self, most: int) -> None:
        """Be as high as the rows, at most so many; more scroll. Without any it is hidden."""
        self.setVisible(self.count() > 0)
        self.setFixedHeight(min(self.count(), most) * ROW + _FRAME)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As above."""
        if self.state() == QListWidget.State.EditingState:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returned.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deleted.emit()
        else:
            super().keyPressEvent(event)
