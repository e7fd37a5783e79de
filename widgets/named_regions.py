"""The regions with names: chosen, renamed, hidden, ordered, copied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from widgets.keymap import tipped
from widgets.named_list import ID, ROW, NamedList
from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QDropEvent, QKeyEvent

    from editor.session.desks.named_regions import NamedRegion

_MOST_ROWS = 5  # shown at once; more scroll
_BOX = 13  # pixels of a box
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class _List(NamedList):
    """Rows can also be dragged, or moved by Alt and the arrow keys.

    Signals:
        moved(str, list[str]): one was, right above these.
        stepped(str, int): one is to be, by so many rows.
        let_go(): a drag is over.

    Attributes:
        dragged: what the row in hand is about; "" without one.
    """

    moved = Signal(str, list)
    stepped = Signal(str, int)
    let_go = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dragged = ""
        self.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        """A row is in hand until this returns."""
        self.dragged = self.marked
        try:
            super().startDrag(supportedActions)
        finally:
            self.dragged = ""
            self.let_go.emit()

    def dropEvent(self, event: QDropEvent) -> None:
        """A row was dragged elsewhere."""
        id = self.dragged or self.marked
        super().dropEvent(event)
        ids = [str(self.item(row).data(ID)) for row in range(self.count())]
        if id in ids:
            self.moved.emit(id, ids[ids.index(id) + 1 :])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As above."""
        step = _STEPS.get(Qt.Key(event.key()))
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and step and self.marked and self.state() != QListWidget.State.EditingState:
            self.stepped.emit(self.marked, step)
        else:
            super().keyPressEvent(event)


class NamedRegionList(QWidget):
    """A button that gives the region in hand a name, one that begins another, and the list.

    Signals:
        kept(): the region in hand is to have a name.
        put_down(): another region is to be begun.
        chosen(str), duplicated(str), deleted(str): by id.
        renamed(str, str): id and name.
        moved(str, list[str]): id, and ids of those that stand below it now.
        stepped(str, int): id, and by how many rows it is to stand farther down.
        shown(str, bool): id, and whether its edits are to take part.
        copied(list[str]): ids, for other faces.
        pasted(): what was copied is to come here.
    """

    kept = Signal()
    put_down = Signal()
    chosen = Signal(str)
    duplicated = Signal(str)
    deleted = Signal(str)
    renamed = Signal(str, str)
    moved = Signal(str, list)
    stepped = Signal(str, int)
    shown = Signal(str, bool)
    copied = Signal(list)
    pasted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._regions: tuple[NamedRegion, ...] = ()
        self._newest: tuple[NamedRegion, ...] | None = None  # to be listed after a drag
        self._naming = self._switched = False
        self._can_paste = False
        self.keep = styled(QPushButton(tr("Name it")), "tiny")
        tipped(self.keep, tr("Keep the region under a name ({name_region})"))
        self.new = styled(QPushButton(tr("New")), "tiny")
        tipped(
            self.new, tr("Begin another region; those with names stay as they are ({new_region})")
        )
        for button in (self.keep, self.new):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list = _List()
        self.list.setAccessibleName(tr("Named regions"))
        top = QHBoxLayout()
        top.setSpacing(6)
        heading = styled(QLabel(tr("NAMED REGIONS")), "heading")
        top.addWidget(heading, alignment=Qt.AlignmentFlag.AlignBottom)
        top.addStretch(1)
        top.addWidget(self.new, alignment=Qt.AlignmentFlag.AlignBottom)
        top.addWidget(self.keep, alignment=Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.list)
        self.keep.clicked.connect(self.name)
        self.new.clicked.connect(self.put_down)
        self.list.itemPressed.connect(self._on_pressed)
        self.list.itemClicked.connect(self._on_clicked)
        self.list.returned.connect(self._choose)
        self.list.deleted.connect(lambda: self.deleted.emit(self.list.marked))
        self.list.moved.connect(self.moved, Qt.ConnectionType.QueuedConnection)  # the drop first
        self.list.stepped.connect(self.stepped)
        self.list.let_go.connect(self._on_let_go)
        self.list.itemChanged.connect(self._on_changed)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.show_regions(())

    @Slot()
    def name(self) -> None:
        """Let the user type a name for the region in hand, which is kept under it."""
        self._naming = True
        if any(one.in_hand for one in self._regions):
            self._edit_name()
        else:
            self.kept.emit()
            self._naming = False  # nothing was listed, or it was at once

    @Slot(object)
    def show_regions(self, regions: tuple[NamedRegion, ...]) -> None:
        """List these; while a row is dragged, after that: it would be another one's by then."""
        if self.list.dragged:
            self._newest = regions
            return
        before, now = _in_hand(self._regions), _in_hand(regions)
        marked = self.list.marked if now == before else now
        self._regions = regions
        self.list.show_rows(map(_row, regions), marked)
        self.list.fit(_MOST_ROWS)
        if self._naming and any(one.in_hand for one in regions):
            self._edit_name()

    def set_available(self, *, brushed: bool, can_paste: bool) -> None:
        """Whether there is a region to name, and regions to paste."""
        self.keep.setEnabled(brushed)
        self._can_paste = can_paste

    def menu_of(self, item: QListWidgetItem) -> QMenu:
        """What can be done with a region."""
        id, row = str(item.data(ID)), self.list.row(item)
        region = self._regions[row]
        menu = QMenu(self)
        menu.addAction(tr("Choose"), partial(self.chosen.emit, id))
        menu.addAction(tr("Rename"), partial(self.list.rename, id))
        if region.edits:
            hidden = not region.shown
            text = tr("Show its edits") if hidden else tr("Hide its edits")
            menu.addAction(text, partial(self.shown.emit, id, hidden))
        menu.addAction(tr("Duplicate"), partial(self.duplicated.emit, id))
        up = menu.addAction(tr("Move up"), partial(self.stepped.emit, id, -1))
        up.setEnabled(row > 0)
        down = menu.addAction(tr("Move down"), partial(self.stepped.emit, id, 1))
        down.setEnabled(row + 1 < len(self._regions))
        menu.addSeparator()
        menu.addAction(tr("Copy"), partial(self.copied.emit, [id]))
        every = [one.id for one in self._regions]
        menu.addAction(tr("Copy all"), partial(self.copied.emit, every))
        menu.addAction(tr("Paste"), self.pasted.emit).setEnabled(self._can_paste)
        menu.addSeparator()
        menu.addAction(tr("Delete"), partial(self.deleted.emit, id))
        return menu

    # ------------------------------------------------------------ inside

    def _edit_name(self) -> None:
        self._naming = False
        self.list.rename(_in_hand(self._regions))
        QTimer.singleShot(0, self, self._into_view)  # once the row has its place

    @Slot()
    def _into_view(self) -> None:
        """What is typed must be seen: the list may lie below what a small window shows."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None:
            above.ensureWidgetVisible(self.list)

    @Slot()
    def _on_let_go(self) -> None:
        newest, self._newest = self._newest, None
        if newest is not None:
            self.show_regions(newest)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.list.marked)

    @Slot()
    def _on_pressed(self) -> None:
        self._switched = False  # Space may have switched one before

    @Slot(QListWidgetItem)
    def _on_clicked(self, item: QListWidgetItem) -> None:
        if not self._switched:  # a click on its box hides it, and chooses nothing
            self.chosen.emit(str(item.data(ID)))

    @Slot(QListWidgetItem)
    def _on_changed(self, item: QListWidgetItem) -> None:
        region = self._regions[self.list.row(item)]
        name = item.text()
        if region.edits and item.checkState() != _state(region):
            self._switched = True
            self.shown.emit(region.id, item.checkState() == Qt.CheckState.Checked)
        elif name.strip() and name != region.name:
            self.renamed.emit(region.id, name)
        else:
            self.show_regions(self._regions)  # its name stays

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        item = self.list.itemAt(place)
        if item is not None:
            self.list.setCurrentItem(item)
            menu = self.menu_of(item)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.list.viewport().mapToGlobal(place))


def _row(region: NamedRegion) -> QListWidgetItem:
    item = QListWidgetItem(region.name)
    item.setData(ID, region.id)
    item.setSizeHint(QSize(0, ROW))
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
    told = tr("%n edits", one="%n edit", n=region.edits) if region.edits else tr("No edits yet")
    if region.edits:
        item.setCheckState(_state(region))
        told = tr("{edits}; the box hides them and shows them", edits=told)
    else:
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        room = QPixmap(_BOX, _BOX)  # where others have a box
        room.fill(Qt.GlobalColor.transparent)
        item.setIcon(room)
    if region.in_hand:
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        told = tr("In hand. {told}", told=told)
    item.setToolTip(told)
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, told)
    return item


def _in_hand(regions: tuple[NamedRegion, ...]) -> str:
    return next((one.id for one in regions if one.in_hand), "")


def _state(region: NamedRegion) -> Qt.CheckState:
    if region.shown == region.edits:
        return Qt.CheckState.Checked
    return Qt.CheckState.PartiallyChecked if region.shown else Qt.CheckState.Unchecked
