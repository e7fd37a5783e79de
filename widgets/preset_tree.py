"""The list of presets: favourites stand first, keys act on the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QTreeWidget, QTreeWidgetItem, QWidget

from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from editor.document.presets import AttributePreset

STAR = "★"
"""Marks favourites, and is the key for it."""

_NAME = Qt.ItemDataRole.UserRole


class PresetTree(QTreeWidget):
    """Presets by name. Enter applies the chosen one, Delete deletes it, ``*`` marks it.

    Signals:
        chosen_changed(): another one is chosen, or none.
        deleted(), marked(): the chosen one.
    """

    chosen_changed = Signal()
    deleted = Signal()
    marked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Presets"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self._presets: dict[str, AttributePreset] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self.currentItemChanged.connect(self._on_current)

    @property
    def chosen(self) -> AttributePreset | None:
        """The preset that is chosen."""
        item = self.currentItem()
        return self._presets.get(str(item.data(0, _NAME))) if item is not None else None

    def choose(self, name: str) -> None:
        """Choose a preset; one that is not there changes nothing."""
        item = self._items.get(name)
        if item is not None:
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
        names = list(self._items)
        chosen = self.chosen.name if self.chosen is not None else ""
        place = names.index(chosen) if chosen else 0
        with QSignalBlocker(self):
            self.clear()
            self._presets = {preset.name: preset for preset in presets}
            self._items = {}
            for name in sorted(self._presets, key=lambda name: name not in favourites):
                item = QTreeWidgetItem([f"{STAR} {name}" if name in favourites else name])
                item.setData(0, _NAME, name)
                item.setToolTip(0, tips.get(name, ""))
                if name in favourites:
                    role = Qt.ItemDataRole.AccessibleTextRole
                    item.setData(0, role, tr("{name}, favourite", name=name))
                self._items[name] = item
                self.addTopLevelItem(item)
            left = list(self._items)
            if left:
                self.choose(chosen if chosen in left else left[min(place, len(left) - 1)])
        self.chosen_changed.emit()

    # ------------------------------------------------------------ keys

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
        return "marked" if event.text() == "*" else None

    @Slot()
    def _on_current(self) -> None:
        self.chosen_changed.emit()
