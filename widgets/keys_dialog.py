"""All keys in one table: searched, changed, and refused where they would mean two things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets.keymap import shown
from widgets.shortcuts import GESTURES, SHORTCUTS
from widgets.theme import colour, styled
from widgets.translation import beginning, marked, tr, translated
from widgets.words import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from widgets.keymap import Keymap

_COMMAND = Qt.ItemDataRole.UserRole
_WITHOUT = marked("Commands without a key")


class KeysDialog(QDialog):
    """The table, a search, and what can be done with the row that is marked.

    Attributes:
        table: a row for every command, by groups; below them what mouse and held keys do.
        why: what keeps a key from being given, or "".
    """

    def __init__(
        self, keymap: Keymap, commands: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        """Show ``commands``, names with their texts, beside those of the table."""
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard and mouse"))
        self._keymap, self._commands = keymap, commands
        self._rows: dict[str, QTreeWidgetItem] = {}
        self.search = QLineEdit(
            placeholderText=tr("Search by words or by key"), clearButtonEnabled=True
        )
        self.search.setAccessibleName(tr("Search keys"))
        self.table = QTreeWidget()
        self.table.setAccessibleName(tr("Keys"))
        self.table.setColumnCount(2)
        self.table.setHeaderLabels([tr("What it does"), tr("Keys")])
        self.table.setRootIsDecorated(False)
        self.table.header().setAccessibleName(tr("Columns"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.header().setStretchLastSection(False)
        self.key = QKeySequenceEdit()
        self.key.setMaximumSequenceLength(1)
        self.key.setAccessibleName(tr("New key"))
        self.key.setClearButtonEnabled(True)
        self.why = styled(QLabel(wordWrap=True), "quiet")
        self.why.setAccessibleName(tr("Why this key cannot be given"))
        self.give = self._button(
            tr("Give it this key"), tr("Instead of the keys that it has"), self._give
        )
        self.add = self._button(tr("Add"), tr("Beside the keys that it has"), self._add)
        self.take = self._button(
            tr("No key"), tr("It can still be chosen from the menus"), self._take
        )
        self.back = self._button(tr("As it was"), tr("The keys that it came with"), self._reset)
        every = self._button(
            tr("All as they were"), tr("The keys that all came with"), self._reset_all
        )
        line = QHBoxLayout()
        for widget in (self.key, self.give, self.add, self.take, self.back):
            line.addWidget(widget, int(widget is self.key))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(every, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (self.search, self.table):
            layout.addWidget(part)
        layout.addLayout(line)
        layout.addWidget(self.why)
        layout.addWidget(buttons)
        self._fill()
        self.search.textChanged.connect(self._filter)
        self.table.currentItemChanged.connect(self._refresh)
        self.key.keySequenceChanged.connect(self._refresh)
        keymap.changed.connect(self._show_keys)
        self._refresh()
        self.resize(640, 640)
        self.search.setFocus()

    @property
    def command(self) -> str:
        """Of the row that is marked; "" for none."""
        item = self.table.currentItem()
        return "" if item is None else str(item.data(0, _COMMAND) or "")

    def mark(self, command: str) -> None:
        """Mark the row of a command."""
        self.table.setCurrentItem(self._rows[command])

    def _button(self, text: str, tip: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, autoDefault=False)
        button.setToolTip(tip)
        button.clicked.connect(lambda: act())
        return button

    def _fill(self) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in SHORTCUTS:
            groups.setdefault(translated(row.group), []).append((row.command, translated(row.does)))
        known = {row.command for row in SHORTCUTS}
        groups[tr(_WITHOUT)] = [(n, text) for n, text in self._commands.items() if n not in known]
        for group, rows in groups.items():
            heading = self._heading(group)
            for command, does in rows:
                item = QTreeWidgetItem(heading, [beginning(does), ""])
                item.setData(0, _COMMAND, command)
                self._rows[command] = item
                self._show_keys(command)
        heading = self._heading(tr("Mouse and held keys (always so)"))
        for keys, does in GESTURES:
            QTreeWidgetItem(heading, [beginning(translated(does)), translated(keys)])
        self.table.expandAll()

    def _heading(self, text: str) -> QTreeWidgetItem:
        heading = QTreeWidgetItem(self.table, [text])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        heading.setForeground(0, colour("heading"))
        heading.setFirstColumnSpanned(True)
        return heading

    @Slot(str)
    def _show_keys(self, command: str) -> None:
        if command in self._rows:
            item = self._rows[command]
            item.setText(1, ", ".join(shown(key) for key in self._keymap.keys(command)))
            font = item.font(1)
            font.setBold(self._keymap.is_own(command))
            item.setFont(1, font)
        self._refresh()

    @Slot()
    def _filter(self) -> None:
        wanted = folded(self.search.text()).split()
        for number in range(self.table.topLevelItemCount()):
            heading = self.table.topLevelItem(number)
            if heading is None:
                continue
            fits = 0
            for row in range(heading.childCount()):
                item = heading.child(row)
                if item is None:
                    continue
                text = folded(f"{heading.text(0)} {item.text(0)} {item.text(1)}")
                item.setHidden(not all(word in text for word in wanted))
                fits += not item.isHidden()
            heading.setHidden(not fits)

    @Slot()
    def _refresh(self) -> None:
        command, sequence = self.command, self.key.keySequence()
        key = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        refusal = self._keymap.refusal(command, key) if command and key else ""
        self.why.setText(refusal)
        for button in (self.give, self.add):
            button.setEnabled(bool(command and key and not refusal))
        self.take.setEnabled(bool(command) and bool(self._keymap.keys(command)))
        self.back.setEnabled(bool(command) and self._keymap.is_own(command))

    def _bind(self, keys: tuple[str, ...]) -> None:
        self._keymap.bind(self.command, keys)
        self.key.clear()

    def _give(self) -> None:
        self._bind((self.key.keySequence().toString(),))

    def _add(self) -> None:
        key = self.key.keySequence().toString()
        self._bind((*self._keymap.keys(self.command), key))

    def _take(self) -> None:
        self._bind(())

    def _reset(self) -> None:
        try:
            self._keymap.reset(self.command)
        except ValueError as error:
            self.why.setText(str(error))

    def _reset_all(self) -> None:
        self._keymap.reset_all()
