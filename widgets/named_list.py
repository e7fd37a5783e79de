"""A list of what the user gave names to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QListWidgetItem

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
        self._commits = False  # a name that was typed is being taken
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

    def show_rows(self, rows: Iterable[QListWidgetItem], marked: str) -> None:
        """List these instead, with that one marked; a name that is being typed goes on."""
        typed, id = self._editor(), self.marked
        at = None if typed is None else (typed.text(), typed.cursorPosition())
        chosen = "" if typed is None else typed.selectedText()
        start = -1 if typed is None else typed.selectionStart()
        with QSignalBlocker(self):
            self.clear()
            for item in rows:
                self.addItem(item)
                if item.data(ID) == marked:
                    self.setCurrentItem(item)
        if at is None or not self.rename(id) or (editor := self._editor()) is None:
            return
        editor.setText(at[0])
        if chosen:
            editor.setSelection(start, len(chosen))
        else:
            editor.setCursorPosition(at[1])

    def rename(self, id: str) -> bool:
        """Let the name of what is about that be typed; False: it is not listed any more."""
        for row in range(self.count()):
            item = self.item(row)
            if item.data(ID) == id:
                self.setCurrentItem(item)
                self.editItem(item)
                return True
        return False

    def commitData(self, editor: QWidget) -> None:
        """Take what was typed; who hears of it may list other rows at once."""
        self._commits = True
        try:
            super().commitData(editor)
        finally:
            self._commits = False

    def _editor(self) -> QLineEdit | None:
        """Where a name is being typed."""
        if self._commits or self.state() != QListWidget.State.EditingState:
            return None
        editor = self.indexWidget(self.currentIndex())
        return editor if isinstance(editor, QLineEdit) else None

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
