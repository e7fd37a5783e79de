"""The snapshots of the face's edits: named states to return to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.keymap import tipped
from widgets.named_list import ID, ROW, NamedList
from widgets.theme import styled
from widgets.translation import tr, translated

if TYPE_CHECKING:
    from editor.document.history import NamedState
    from editor.session.desks.snapshots import Snapshots

_MOST_ROWS = 3  # shown at once; more scroll


class SnapshotList(QWidget):
    """A button that takes one, and those that there are."""

    def __init__(self, snapshots: Snapshots, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshots = snapshots
        self.take = styled(QPushButton(tr("Take snapshot")), "small")
        tipped(self.take, tr("Keep the edits as they are now under a name ({snapshot})"))
        self.take.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list = NamedList()
        self.list.setAccessibleName(tr("Snapshots"))
        self.list.setToolTip(tr("A double click returns to it"))
        top = QHBoxLayout()
        top.setContentsMargins(10, 4, 8, 0)
        top.addWidget(styled(QLabel(tr("SNAPSHOTS")), "heading"))
        top.addStretch(1)
        top.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.list)
        self.take.clicked.connect(self.take_one)
        self.list.itemDoubleClicked.connect(self._return)
        self.list.returned.connect(self._return)
        self.list.deleted.connect(self._delete)
        self.list.itemChanged.connect(self._on_renamed)
        self.list.customContextMenuRequested.connect(self._show_menu)
        snapshots.changed.connect(self.show_states)
        self.show_states(snapshots.states)

    @Slot()
    def take_one(self) -> None:
        """Keep the edits as they are, and let the user type a name."""
        id = self._snapshots.take()
        if id:
            self.list.rename(id)

    @Slot(object)
    def show_states(self, states: tuple[NamedState, ...]) -> None:
        """List these."""
        self.list.show_rows(map(_row, states), self.list.marked)
        self.list.fit(_MOST_ROWS)

    def menu_of(self, item: QListWidgetItem) -> QMenu:
        """What can be done with a snapshot."""
        menu = QMenu(self)
        menu.addAction(tr("Return to it"), self._return)
        menu.addAction(tr("Rename"), partial(self.list.rename, str(item.data(ID))))
        menu.addAction(tr("Delete"), self._delete)
        return menu

    @Slot()
    def _return(self) -> None:
        self._snapshots.return_to(self.list.marked)

    @Slot()
    def _delete(self) -> None:
        self._snapshots.delete(self.list.marked)

    @Slot(QListWidgetItem)
    def _on_renamed(self, item: QListWidgetItem) -> None:
        name = item.text()
        if name.strip():
            self._snapshots.rename(str(item.data(ID)), name)
        else:
            self.show_states(self._snapshots.states)  # its name stays

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        item = self.list.itemAt(place)
        if item is not None:
            self.list.setCurrentItem(item)
            menu = self.menu_of(item)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.list.viewport().mapToGlobal(place))


def _row(state: NamedState) -> QListWidgetItem:
    item = QListWidgetItem(translated(state.name))
    item.setData(ID, state.id)
    item.setSizeHint(QSize(0, ROW))
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
    return item
