"""The edits of one face, oldest first; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

if TYPE_CHECKING:
    from editor.document.history import EditHistory

_UNDONE = QColor(118, 121, 128)


class HistoryPanel(QListWidget):
    """“Original”, then every edit; undone ones are dimmed.

    Signals:
        jump_requested(int): show the state after that many edits.
    """

    jump_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("History")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMinimumWidth(160)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentRowChanged.connect(self._on_row)

    @Slot(object)
    def show_history(self, history: EditHistory | None) -> None:
        """Show the states of a face; None: it is not analysed yet."""
        with QSignalBlocker(self):
            self.clear()
            if history is None:
                return
            self.addItem("Original")
            for number, edit in enumerate(history.edits, start=1):
                item = QListWidgetItem(edit.label)
                item.setToolTip(edit.label)
                if number > history.position:
                    item.setForeground(_UNDONE)
                    item.setToolTip(
                        f"{edit.label}\nUndone. Click to do it again; a new edit drops it."
                    )
                self.addItem(item)
            self.setCurrentRow(history.position)
        self.scrollToItem(self.item(history.position))

    @Slot(int)
    def _on_row(self, row: int) -> None:
        if row >= 0:
            self.jump_requested.emit(row)
