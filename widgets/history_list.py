"""The stack of edits of one face as a list, oldest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QIcon, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QMenu, QToolTip, QWidget

from widgets.theme import colour, worn
from widgets.thumbnails import SIDE
from widgets.translation import tr, translated
from widgets.words import edit_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

    from editor.document.history import Edit, EditHistory
    from widgets.thumbnails import Thumbnails

_STATE = Qt.ItemDataRole.UserRole
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class HistoryList(QListWidget):
    """“Original”, then every edit with a box that switches it off; undone ones are dimmed.

    A click on an edit that is in force chooses it, and on one that is undone brings it back. Enter
    or a double click goes back to it. The right button opens a menu and changes nothing by itself.

    Attributes:
        region_of: asked for the name of the region that an edit lies in; "" for none,
            None while that is found out: then ``show_tip_again``.

    Signals:
        jump_requested(int): show the state after that many edits.
        chosen(str): look at the edit of that id.
        switched(str, bool): let it take part or leave it out.
        renamed(str, str): call it so; "" is what it does.
        delete_requested(str): take it out.
        opacity_requested(str): look at it, and at its opacity.
        region_requested(str): give it the region that is brushed.
    """

    jump_requested = Signal(int)
    chosen = Signal(str)
    switched = Signal(str, bool)
    renamed = Signal(str, str)
    delete_requested = Signal(str)
    opacity_requested = Signal(str)
    region_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("History"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMinimumWidth(160)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListWidget.EditTrigger.EditKeyPressed)
        self.setIconSize(QSize(SIDE, SIDE))
        self._blank = _blank()
        self._thumbnails: Thumbnails | None = None
        self._history: EditHistory | None = None
        self._toggled = False  # by the click that is under way
        self._tipped: tuple[QPoint, int] | None = None  # where a tip was asked for, and its row
        self.region_of: Callable[[Edit], str | None] = lambda edit: (
            edit.brushed.name if edit.brushed else ""
        )
        self.itemClicked.connect(self._on_clicked)
        self.itemDoubleClicked.connect(self._on_double_click)
        self.itemChanged.connect(self._on_changed)

    # ------------------------------------------------------------ what is shown

    @Slot(object)
    def show_history(self, history: EditHistory | None) -> None:
        """Show the stack of a face; None: it is not analysed yet."""
        before, self._history = self._history, history
        with QSignalBlocker(self):
            if history is None:
                self.clear()
                return
            count = len(history.edits) + 1
            while self.count() > count:
                self.takeItem(self.count() - 1)
            if not self.count():
                self.addItem(QListWidgetItem(tr("Original")))
                self.item(0).setFlags(_PLAIN)
            same = before.edits if before is not None else ()
            for number, edit in enumerate(history.edits):
                is_new = number + 1 >= self.count()
                if is_new:
                    self.addItem(QListWidgetItem())
                if is_new or number >= len(same) or same[number] is not edit:
                    self._fill(self.item(number + 1), edit)
                self._dim(self.item(number + 1), edit, reached=number < history.position)
            self._show_current(history.position)

    def take_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show those beside the edits, as they are made."""
        self._thumbnails = thumbnails
        thumbnails.made.connect(self._show_thumbnails)

    @Slot()
    def _show_thumbnails(self) -> None:
        edits = self._history.edits if self._history is not None else ()
        with QSignalBlocker(self):
            for number, edit in enumerate(edits, 1):
                self._show_thumbnail(self.item(number), edit)

    def _show_thumbnail(self, item: QListWidgetItem, edit: Edit) -> None:
        icon = self._thumbnails.icon(edit.region) if self._thumbnails is not None else None
        if icon is not None and item.icon().cacheKey() != icon.cacheKey():
            item.setIcon(icon)

    def show_chosen(self, id: str) -> None:
        """Mark an edit; "" marks the newest one in force."""
        if self._history is None:
            return
        rows = [n for n, edit in enumerate(self._history.edits, 1) if edit.id == id]
        with QSignalBlocker(self):
            self._show_current(rows[0] if rows else self._history.position)

    def _show_current(self, row: int) -> None:
        typing = self.state() == QListWidget.State.EditingState  # another row would end it
        if row != self.currentRow() and not typing:
            self.setCurrentRow(row)
            self.scrollToItem(self.item(row))

    def _fill(self, item: QListWidgetItem, edit: Edit) -> None:
        item.setFlags(_PLAIN | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable)
        item.setText(edit_title(edit))
        item.setCheckState(Qt.CheckState.Checked if edit.enabled else Qt.CheckState.Unchecked)
        item.setIcon(self._blank)  # rows are as high, and begin where they do, with any
        self._show_thumbnail(item, edit)

    def _dim(self, item: QListWidgetItem, edit: Edit, *, reached: bool) -> None:
        state = (reached, edit.enabled, edit.title, edit.label, worn())
        if item.data(_STATE) == state:
            return
        item.setData(_STATE, state)
        label = translated(edit.label)
        tip = label if edit.title == edit.label else f"{edit.title}\n{label}"
        if not reached:
            tip += "\n" + tr("Undone. Click to do it again; a new edit drops it.")
        elif not edit.enabled:
            tip += "\n" + tr("Switched off: it changes nothing.")
        item.setToolTip(tip)
        shade = "undone" if not reached else "switched_off" if not edit.enabled else ""
        font = item.font()
        font.setStrikeOut(reached and not edit.enabled)
        item.setFont(font)
        item.setData(Qt.ItemDataRole.ForegroundRole, colour(shade) if shade else None)

    # ------------------------------------------------------------ what the user does

    def dataChanged(
        self,
        topLeft: QModelIndex | QPersistentModelIndex,
        bottomRight: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """A name that is being typed stays: Qt would lay the old one over it."""
        if self.state() == QListWidget.State.EditingState:
            self.viewport().update()
        else:
            super().dataChanged(topLeft, bottomRight, roles)

    def viewportEvent(self, event: QEvent) -> bool:
        """A tip says in which region an edit lies: found out when it is asked for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self.itemAt(event.pos())
            if item is not None:
                self._tipped = event.globalPos(), self.row(item)
                QToolTip.showText(event.globalPos(), self.tip_of(self.row(item)), self)
                return True
        return super().viewportEvent(event)

    @Slot()
    def show_tip_again(self) -> None:
        """It is known now in which region the edit lies, the tip of which is on the screen."""
        if self._tipped is None or not QToolTip.isVisible():
            return
        place, row = self._tipped
        if self.indexAt(self.viewport().mapFromGlobal(place)).row() == row:
            QToolTip.showText(place, self.tip_of(row), self)

    def tip_of(self, row: int) -> str:
        """What a row does, and in which region."""
        edit, tip = self._edit_of(row), self.item(row).toolTip()
        if edit is None:
            return tip
        name = self.region_of(edit)
        if name is None:
            return tip
        where = tr("In the region “{name}”", name=name) if name else tr("In a region of your own")
        return f"{tip}\n{where}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Only the left button chooses."""
        self._toggled = False
        if event.button() == Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        else:
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose; Enter goes back to the marked edit, Delete takes it out."""
        before = self.currentRow()
        edit = self._edit_of(before)
        if self.state() == QListWidget.State.EditingState:
            super().keyPressEvent(event)  # Enter ends a name that is typed
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.jump_requested.emit(before)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and edit is not None:
            self.delete_requested.emit(edit.id)
        else:
            super().keyPressEvent(event)
            now = self._edit_of(self.currentRow())
            if self.currentRow() != before and now is not None:
                self.chosen.emit(now.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the edit under the pointer, or with the marked one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        event.accept()
        if item is None:
            return
        corner = self.visualItemRect(item).bottomLeft() + QPoint(12, 0)
        place = self.viewport().mapToGlobal(corner) if by_key else event.globalPos()
        menu = self.menu_of(self.row(item))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def menu_of(self, row: int) -> QMenu:
        """The menu of a row; 0 is the original."""
        menu, edit = QMenu(self), self._edit_of(row)
        if edit is not None:
            id = edit.id
            word = tr("Switch off") if edit.enabled else tr("Switch on")
            menu.addAction(word, partial(self.switched.emit, id, not edit.enabled))
            menu.addAction(tr("Opacity and strength…"), partial(self.opacity_requested.emit, id))
            menu.addAction(tr("Rename…"), partial(self._rename, id))
            menu.addAction(
                tr("Give it the brushed region"), partial(self.region_requested.emit, id)
            )
            menu.addSeparator()
        if edit is None:
            back = partial(self.jump_requested.emit, 0)
        else:
            back = partial(self._go_back, edit.id)
        menu.addAction(tr("Go back to here"), back)
        if edit is not None:
            menu.addAction(tr("Delete"), partial(self.delete_requested.emit, edit.id))
        return menu

    def _rename(self, id: str) -> None:
        """Let a name be typed, wherever the entry stands by now."""
        if (row := self._row_of(id)) > 0:
            self.editItem(self.item(row))

    def _go_back(self, id: str) -> None:
        """To an entry, wherever it stands by now."""
        if (row := self._row_of(id)) > 0:
            self.jump_requested.emit(row)

    def _row_of(self, id: str) -> int:
        """Where an edit is listed; 0: nowhere any more."""
        edits = self._history.edits if self._history is not None else ()
        return next((row for row, edit in enumerate(edits, 1) if edit.id == id), 0)

    def _edit_of(self, row: int) -> Edit | None:
        edits = self._history.edits if self._history is not None else ()
        return edits[row - 1] if 0 < row <= len(edits) else None

    @Slot(QListWidgetItem)
    def _on_clicked(self, item: QListWidgetItem) -> None:
        row = self.row(item)
        edit = self._edit_of(row)
        if self._toggled or self._history is None:
            return
        if edit is None or row > self._history.position:
            self.jump_requested.emit(row)
        if edit is not None:
            self.chosen.emit(edit.id)

    @Slot(QListWidgetItem)
    def _on_double_click(self, item: QListWidgetItem) -> None:
        if not self._toggled:
            self.jump_requested.emit(self.row(item))

    @Slot(QListWidgetItem)
    def _on_changed(self, item: QListWidgetItem) -> None:
        edit = self._edit_of(self.row(item))
        if edit is None:
            return
        on = item.checkState() == Qt.CheckState.Checked
        text = item.text()
        with QSignalBlocker(self):
            self._fill(item, edit)  # it is shown as it is until the session says otherwise
        if on != edit.enabled:
            self._toggled = True
            self.switched.emit(edit.id, on)
        elif text != edit_title(edit):
            as_made = text.strip() in (edit.label, translated(edit.label))
            self.renamed.emit(edit.id, "" if as_made else text)


def _blank() -> QIcon:
    """A picture of nothing, as large as a thumbnail."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)
