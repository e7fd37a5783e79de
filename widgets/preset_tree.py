"""The list of presets: favourites first, then folders; keys act on the chosen preset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QTreeWidget, QTreeWidgetItem, QWidget

from editor.document.presets import moved_name, split_name
from widgets.pixels import rgb_image
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.presets import AttributePreset

SIDE = 40
"""Of a picture in the list, pixels of the window."""
STAR = "★"
"""Marks favourites, and is the key for it."""

_NAME = Qt.ItemDataRole.UserRole
_ROW = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class PresetTree(QTreeWidget):
    """Presets by name. Enter applies the chosen one, Delete deletes it, ``*`` marks it, F2 renames.

    "Portraits/Soft smile" stands in the folder Portraits; a favourite stands above all folders. A
    preset that is dropped on a folder, on a preset in one, or beside all of them, is asked for
    under its new name; the list changes when ``show_presets`` says so.

    Signals:
        chosen_changed(): another one is chosen, or none.
        deleted(), marked(), renaming(): the chosen one.
        menu_requested(QPoint): of the chosen one, at that place of the screen.
        moved(str, str): a preset, and its name in another folder.
    """

    chosen_changed = Signal()
    deleted = Signal()
    marked = Signal()
    renaming = Signal()
    menu_requested = Signal(QPoint)
    moved = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Presets"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.header().setAccessibleName(tr("Presets"))
        self._presets: dict[str, AttributePreset] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._folders: dict[str, QTreeWidgetItem] = {}
        self._folded: set[str] = set()
        self._pictures: Mapping[str, NDArray[np.uint8]] = {}
        self._icons: dict[str, QIcon] = {}
        self.setIconSize(QSize(SIDE, SIDE))
        self._awaited = ""  # a preset that is to be chosen once it is there
        self.setIndentation(16)
        self.setDragDropMode(QTreeWidget.DragDropMode.InternalMove)
        self.itemCollapsed.connect(self._on_folded)
        self.itemExpanded.connect(self._on_unfolded)
        self.currentItemChanged.connect(self._on_current)

    @property
    def chosen(self) -> AttributePreset | None:
        """The preset that is chosen."""
        item = self.currentItem()
        return self._presets.get(str(item.data(0, _NAME))) if item is not None else None

    @property
    def folded(self) -> frozenset[str]:
        """Folders that the user folded, those that are gone as well."""
        return frozenset(self._folded)

    def set_folded(self, folders: Collection[str]) -> None:
        """Fold these, also when they come later; unfold all others."""
        self._folded = set(folders)
        for folder, item in self._folders.items():
            item.setExpanded(folder not in self._folded)

    def follow(self, name: str) -> None:
        """Choose a preset as soon as it is listed."""
        self._awaited = name

    def choose(self, name: str) -> None:
        """Choose a preset; one that is not there changes nothing."""
        item = self._items.get(name)
        if item is not None:
            parent = item.parent()  # None at the top, whatever the stub says
            if parent:
                parent.setExpanded(True)
                self._folded.discard(parent.text(0))
            self.setCurrentItem(item)

    def item_of(self, name: str) -> QTreeWidgetItem:
        """The row of a preset.

        Raises:
            KeyError: there is none.
        """
        return self._items[name]

    def show_presets(
        self,
        presets: Sequence[AttributePreset],
        favourites: Collection[str],
        tips: Mapping[str, str],
    ) -> None:
        """List these; the chosen one stays chosen when it is still there, else its neighbour is.

        Args:
            presets: by name.
            favourites: names of those that stand first.
            tips: by name.
        """
        before, folder = list(self._items), self._chosen_folder
        chosen = self.chosen.name if self.chosen is not None else ""
        with QSignalBlocker(self):
            self.clear()
            self._presets = {preset.name: preset for preset in presets}
            self._items, self._folders = {}, {}
            first = [name for name in self._presets if name in favourites]
            others = [name for name in self._presets if name not in favourites]
            inside = [name for name in others if split_name(name)[0]]
            for name in first:
                self._add(name, f"{STAR} {name}", tr("{name}, favourite", name=name))
            for name in sorted(inside, key=lambda name: split_name(name)[0].casefold()):
                folder_name, title = split_name(name)
                self._add(name, title, parent=self._folder(folder_name))
            for name in others:
                if name not in inside:
                    self._add(name, name)
            for name, item in self._items.items():
                item.setToolTip(0, tips.get(name, ""))
            for name, item in self._folders.items():
                item.setExpanded(name not in self._folded)
            self._choose_again(before, chosen, folder)
        self.chosen_changed.emit()

    def _add(
        self, name: str, text: str, said: str = "", parent: QTreeWidgetItem | None = None
    ) -> None:
        item = QTreeWidgetItem([text])
        item.setData(0, _NAME, name)
        item.setFlags(_ROW | Qt.ItemFlag.ItemIsDragEnabled)
        if said:  # a favourite stands in no folder, so nothing can be dropped into its
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, said)
        else:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsDropEnabled)
        item.setIcon(0, self._icons.get(name, QIcon()))
        (parent or self.invisibleRootItem()).addChild(item)
        self._items[name] = item

    def _folder(self, folder: str) -> QTreeWidgetItem:
        if folder not in self._folders:
            item = QTreeWidgetItem([folder])
            item.setFlags(_ROW | Qt.ItemFlag.ItemIsDropEnabled)
            self.addTopLevelItem(item)
            self._folders[folder] = item
        return self._folders[folder]

    @property
    def _chosen_folder(self) -> str:
        item = self.currentItem()
        return next((folder for folder, it in self._folders.items() if it is item), "")

    def _choose_again(self, before: list[str], chosen: str, folder: str) -> None:
        """What is awaited, else what was chosen before the list changed, or its neighbour."""
        left = list(self._items)
        if self._awaited in left:
            self.choose(self._awaited)
            self._awaited = ""
        elif folder in self._folders:
            self.setCurrentItem(self._folders[folder])
        elif chosen in left:
            self.choose(chosen)
        elif left:
            place = before.index(chosen) if chosen else 0
            item = self._items[left[min(place, len(left) - 1)]]
            parent = item.parent()
            self.setCurrentItem(parent if parent and not parent.isExpanded() else item)

    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """Show these beside their presets, uint8 sRGB (h, w, 3) by name."""
        known = {id(picture): self._icons[name] for name, picture in self._pictures.items()}
        self._icons = {
            name: known.get(id(picture)) or _icon(picture) for name, picture in pictures.items()
        }
        self._pictures = pictures
        for name, item in self._items.items():
            item.setIcon(0, self._icons.get(name, QIcon()))

    # ------------------------------------------------------------ folders

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the chosen preset under its name in the folder that it is dropped on."""
        event.setDropAction(Qt.DropAction.IgnoreAction)  # Qt takes no row away
        event.accept()
        onto = self.itemAt(event.position().toPoint())
        folder = next((f for f, item in self._folders.items() if item is onto), "")
        if onto is not None and not folder:
            folder = split_name(str(onto.data(0, _NAME)))[0]
        if self.chosen is None or folder == self.chosen.folder:
            return
        wanted = moved_name(self.chosen.name, folder)
        if split_name(wanted)[0] == folder:  # else its title cannot stand in a folder
            self.moved.emit(self.chosen.name, wanted)

    @Slot(QTreeWidgetItem)
    def _on_folded(self, item: QTreeWidgetItem) -> None:
        self._folded.add(item.text(0))
        current = self.currentItem()
        if current is not None and current.parent() is item:
            self.setCurrentItem(item)  # keys shall not act on what is not seen

    @Slot(QTreeWidgetItem)
    def _on_unfolded(self, item: QTreeWidgetItem) -> None:
        self._folded.discard(item.text(0))

    # ------------------------------------------------------------ keys and the menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose the preset under the pointer, and ask for its menu; by key for the chosen one."""
        event.accept()
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        if item is None:
            return
        self.setCurrentItem(item)
        corner = self.visualItemRect(item).bottomLeft() + QPoint(12, 0)
        if self.chosen is not None:
            place = self.viewport().mapToGlobal(corner) if by_key else event.globalPos()
            self.menu_requested.emit(place)

    def event(self, event: QEvent) -> bool:
        """With the keys here these act on the list, whatever the window has for them."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._signal_of(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As above; the rest as usual."""
        name = self._signal_of(event)
        if name is None:
            super().keyPressEvent(event)
        elif self.chosen is not None:
            getattr(self, name).emit()

    def _signal_of(self, event: QKeyEvent) -> str | None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return "deleted"
        if event.key() == Qt.Key.Key_F2:
            return "renaming"
        return "marked" if event.text() == "*" else None

    @Slot()
    def _on_current(self) -> None:
        self.chosen_changed.emit()


def _icon(picture: NDArray[np.uint8]) -> QIcon:
    """As the list shows it, also on screens of twice as many pixels; the whole is not kept."""
    side = 2 * SIDE
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    pixmap = QPixmap.fromImage(rgb_image(picture).scaled(side, side, keep, smooth))
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt tints it
    return icon
