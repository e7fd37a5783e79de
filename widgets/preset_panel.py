"""Presets: named sets of slider values, for this photo and the next."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.sliders import NamedSlider
from widgets.theme import styled
from widgets.translation import tr, translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from editor.document.presets import AttributePreset


class PresetPanel(QWidget):
    """A list of presets and what can be done with them.

    Signals:
        apply_requested(AttributePreset, float): make its edits on the face, its values times that.
        save_requested(): keep the face's edits under a name.
        delete_requested(AttributePreset): remove it.
        import_requested(), export_requested(AttributePreset): from a file, to a file.
    """

    apply_requested = Signal(object, float)
    save_requested = Signal()
    delete_requested = Signal(object)
    import_requested = Signal()
    export_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._presets: tuple[AttributePreset, ...] = ()
        self._labels: Mapping[str, str] = {}
        self._applicable = self._savable = False
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Presets"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.note = styled(QLabel(wordWrap=True), "quiet")
        self.strength = NamedSlider(
            tr("Strength"),
            0,
            150,
            100,
            suffix=" %",
            tip=tr(
                "How much of a preset is applied: 100 % is as it was saved. No slider goes beyond "
                "100; at 0 % the preset's sliders go back to 0."
            ),
        )
        self.apply = self._button(tr("Apply"), tr("Make the preset's edits on this face (Enter)"))
        self.save = self._button(tr("Save…"), tr("Keep this face's edits as a preset"))
        self.delete = self._button(tr("Delete"), tr("Remove the preset and its file (Del)"))
        self.import_file = self._button(tr("Import…"), tr("Add a preset from a file"))
        self.export_file = self._button(tr("Export…"), tr("Write the preset to a file to share it"))
        buttons = QGridLayout()
        buttons.setSpacing(4)
        for place, button in enumerate((self.apply, self.save, self.delete)):
            buttons.addWidget(button, 0, 2 * place, 1, 2)
        buttons.addWidget(self.import_file, 1, 0, 1, 3)
        buttons.addWidget(self.export_file, 1, 3, 1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self.note)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.strength)
        layout.addLayout(buttons)
        self.apply.clicked.connect(self._on_apply)
        self.list.itemActivated.connect(self._on_apply)
        self.save.clicked.connect(self.save_requested)
        self.delete.clicked.connect(self._on_delete)
        self.import_file.clicked.connect(self.import_requested)
        self.export_file.clicked.connect(self._on_export)
        self.list.currentRowChanged.connect(self._refresh)
        self._refresh()

    def sizeHint(self) -> QSize:
        """As the panels beside it."""
        return QSize(372, 300)

    @property
    def chosen(self) -> AttributePreset | None:
        """The one in the list that the buttons are about."""
        row = self.list.currentRow()
        return self._presets[row] if 0 <= row < len(self._presets) else None

    def set_labels(self, labels: Mapping[str, str]) -> None:
        """What attributes are called, by name."""
        self._labels = dict(labels)
        self.show_presets(self._presets)

    @Slot(object)
    def show_presets(self, presets: Sequence[AttributePreset]) -> None:
        """List these; the chosen one stays chosen when it is still there."""
        chosen = self.chosen.name if self.chosen else ""
        self._presets = tuple(presets)
        self.list.clear()
        for preset in self._presets:
            item = QListWidgetItem(preset.name)
            item.setToolTip(self._contents(preset))
            self.list.addItem(item)
            if preset.name == chosen:
                self.list.setCurrentItem(item)
        if self._presets and self.chosen is None:
            self.list.setCurrentRow(0)
        self._refresh()

    def set_available(self, *, applicable: bool, savable: bool, why: str) -> None:
        """Say what can be done with this face now, and why something cannot."""
        self._applicable, self._savable = applicable, savable
        self.note.setText(why)
        self.note.setVisible(bool(why))
        self._refresh()

    def _contents(self, preset: AttributePreset) -> str:
        lines: list[str] = []
        for part in preset.parts:
            goals = ", ".join(f"{self._labels.get(name, name)} {v:+.0f}" for name, v in part.goals)
            lines.append(f"<i>{html.escape(translated(part.region))}</i>: {html.escape(goals)}")
        return f"<b>{html.escape(preset.name)}</b><br>" + "<br>".join(lines)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = styled(QPushButton(text), "preset")
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _refresh(self) -> None:
        chosen = self.chosen is not None
        self.apply.setEnabled(chosen and self._applicable)
        self.save.setEnabled(self._savable)
        self.delete.setEnabled(chosen)
        self.export_file.setEnabled(chosen)

    @Slot()
    def _on_apply(self) -> None:
        if self.chosen and self._applicable:
            self.apply_requested.emit(self.chosen, self.strength.value / 100)

    @Slot()
    def _on_delete(self) -> None:
        if self.chosen:
            self.delete_requested.emit(self.chosen)

    @Slot()
    def _on_export(self) -> None:
        if self.chosen:
            self.export_requested.emit(self.chosen)
