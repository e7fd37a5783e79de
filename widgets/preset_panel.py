"""Presets: named sets of slider values, for this photo and the next."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.preset_tree import STAR, PresetTree
from widgets.sliders import NamedSlider
from widgets.theme import styled
from widgets.translation import marked, tr, translated
from widgets.words import region_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.presets import AttributePreset

_SAVE_TIP = marked(
    "Keep this face's edits as a preset, with a small picture of the face as it is now. It shows a "
    "person: it stays on this computer, is never in an exported preset, and goes with Delete."
)


_EMPTY = marked(
    "No presets yet. Move sliders until you like a face, then choose Save… to use the same edits "
    "on other faces. Import… adds presets from a file."
)


def _limited(value: float) -> float:
    """As far as sliders go."""
    return max(-100.0, min(100.0, value))


def _all_of(preset: AttributePreset) -> set[str]:
    """All that it moves, as long as it is not known what is offered."""
    return {name for part in preset.parts for name, _ in part.goals}


class PresetPanel(QWidget):
    """A list of presets and what can be done with them.

    Signals:
        apply_requested(AttributePreset, float): make its edits on the face, its values times that.
        save_requested(): keep the face's edits under a name.
        delete_requested(AttributePreset): remove it.
        rename_requested(AttributePreset): give it another name.
        moved(str, str): a preset by name, and its name in another folder.
        favourite_requested(AttributePreset, bool): make it a favourite, or one like the others.
        import_requested(), export_requested(AttributePreset): from a file, to a file.
    """

    apply_requested = Signal(object, float)
    save_requested = Signal()
    delete_requested = Signal(object)
    rename_requested = Signal(object)
    moved = Signal(str, str)
    favourite_requested = Signal(object, bool)
    import_requested = Signal()
    export_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._presets: tuple[AttributePreset, ...] = ()
        self._favourites: frozenset[str] = frozenset()
        self._labels: Mapping[str, str] = {}
        self._applicable = self._savable = False
        self.list = PresetTree()
        self.empty = styled(QLabel(tr(_EMPTY), wordWrap=True), "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
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
        self.save = self._button(tr("Save…"), tr(_SAVE_TIP))
        self.delete = self._button(tr("Delete"), tr("Remove the preset and its file (Del)"))
        self.rename = self._button(
            tr("Rename…"),
            tr("Give the preset another name; “Folder/Name” puts it in a folder (F2)"),
        )
        self.favourite = self._button("☆", tr("Favourites stand first in the list (*)"))
        self.favourite.setAccessibleName(tr("Favourite"))
        self.favourite.setCheckable(True)
        self.import_file = self._button(tr("Import…"), tr("Add a preset from a file"))
        self.export_file = self._button(tr("Export…"), tr("Write the preset to a file to share it"))
        self.favourite.setFixedWidth(36)
        above, below = QHBoxLayout(), QHBoxLayout()
        for button in (self.apply, self.save, self.rename):
            above.addWidget(button, 1)
        below.addWidget(self.favourite)
        for button in (self.delete, self.import_file, self.export_file):
            below.addWidget(button, 1)
        buttons = QVBoxLayout()
        for line in (above, below):
            line.setSpacing(4)
            buttons.addLayout(line)
        buttons.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self.note)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.strength)
        layout.addLayout(buttons)
        self.apply.clicked.connect(self._on_apply)
        self.list.itemActivated.connect(self._on_apply)
        self.save.clicked.connect(self.save_requested)
        self.delete.clicked.connect(self._on_delete)
        self.import_file.clicked.connect(self.import_requested)
        self.export_file.clicked.connect(self._on_export)
        self.favourite.clicked.connect(self._on_favourite)
        self.rename.clicked.connect(self._on_rename)
        self.list.renaming.connect(self._on_rename)
        self.list.moved.connect(self.moved)
        self.list.deleted.connect(self._on_delete)
        self.list.marked.connect(self._on_favourite)
        self.list.menu_requested.connect(self._show_menu)
        self.list.chosen_changed.connect(self._refresh)
        self.strength.committed.connect(self._fill)
        self._fill()
        self._refresh()

    def sizeHint(self) -> QSize:
        """As the panels beside it."""
        return QSize(372, 300)

    @property
    def chosen(self) -> AttributePreset | None:
        """The one in the list that the buttons are about."""
        return self.list.chosen

    def set_labels(self, labels: Mapping[str, str]) -> None:
        """What attributes are called, by name."""
        self._labels = dict(labels)
        self.show_presets(self._presets)

    @Slot(object)
    def show_presets(self, presets: Sequence[AttributePreset]) -> None:
        """List these; the chosen one stays chosen when it is still there."""
        self._presets = tuple(presets)
        self._fill()

    @Slot(object)
    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """Show these beside their presets."""
        self.list.show_pictures(pictures)

    @Slot(object)
    def show_favourites(self, names: frozenset[str]) -> None:
        """Have these stand first."""
        self._favourites = names
        self._fill()

    @Slot()
    def _fill(self) -> None:
        self.empty.setVisible(not self._presets)
        self.list.setVisible(bool(self._presets))
        tips = {preset.name: self._contents(preset) for preset in self._presets}
        self.list.show_presets(self._presets, self._favourites, tips)

    def menu(self) -> QMenu:
        """What the buttons do with the chosen preset."""
        menu = QMenu(self)
        menu.addAction(tr("Apply"), self._on_apply).setEnabled(self.apply.isEnabled())
        word = tr("No favourite any more") if self._is_favourite else tr("Make it a favourite")
        menu.addAction(word, self._on_favourite)
        menu.addSeparator()
        menu.addAction(self.rename.text(), self._on_rename)
        menu.addAction(self.export_file.text(), self._on_export)
        menu.addAction(self.delete.text(), self._on_delete)
        return menu

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def set_available(self, *, applicable: bool, savable: bool, why: str) -> None:
        """Say what can be done with this face now, and why something cannot."""
        self._applicable, self._savable = applicable, savable
        self.note.setText(why)
        self.note.setVisible(bool(why))
        self._refresh()

    def _contents(self, preset: AttributePreset) -> str:
        """Where its sliders will stand, at the strength that is set, on what is offered here."""
        name, lines = html.escape(preset.name), list[str]()
        usable, unknown = preset.limited_to(self._labels or _all_of(preset))
        if usable is not None:
            earlier: dict[str, tuple[str, float]] = {}  # by slider: where it stands, and at what
            for part in usable.at_strength(self.strength.value / 100)[0].parts:
                goals = [self._will_be(goal, earlier) for goal in part.goals]
                if part.opacity < 1:
                    goals.append(tr("opacity {share} %", share=round(100 * part.opacity)))
                title = region_title(part.region)
                for slider, value in part.goals:
                    stood = earlier.get(slider, ("", 0.0))[1]
                    earlier[slider] = title, _limited(stood + value)
                lines.append(f"<i>{html.escape(title)}</i>: {html.escape(', '.join(goals))}")
        if unknown:
            names = ", ".join(translated(name.replace("_", " ")) for name in unknown)
            lines.append(html.escape(tr("Not offered here: {names}", names=names)))
        return f"<b>{name}</b><br>" + "<br>".join(lines)

    def _will_be(self, goal: tuple[str, float], earlier: Mapping[str, tuple[str, float]]) -> str:
        """Where a slider will stand; within what an earlier part has changed, upon that."""
        slider, value = goal
        label = self._labels.get(slider, slider)
        if slider not in earlier:
            return f"{label} {_limited(value):+.0f}"
        region, stood = earlier[slider]
        here = f"{_limited(stood + value):+.0f}"
        told = tr("{label} {here} within “{region}”", label=label, here=here, region=region)
        return tr("{told}, else {alone}", told=told, alone=f"{_limited(value):+.0f}")

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
        self.rename.setEnabled(chosen)
        self.favourite.setEnabled(chosen)
        self.favourite.setChecked(self._is_favourite)
        self.favourite.setText(STAR if self._is_favourite else "☆")

    @property
    def _is_favourite(self) -> bool:
        return self.chosen is not None and self.chosen.name in self._favourites

    @Slot()
    def _on_favourite(self) -> None:
        if self.chosen:
            self.favourite_requested.emit(self.chosen, not self._is_favourite)
            self._refresh()  # the click has turned the button over already

    @Slot()
    def _on_apply(self) -> None:
        if self.chosen and self._applicable:
            self.apply_requested.emit(self.chosen, self.strength.value / 100)

    @Slot()
    def _on_rename(self) -> None:
        if self.chosen:
            self.rename_requested.emit(self.chosen)

    @Slot()
    def _on_delete(self) -> None:
        if self.chosen:
            self.delete_requested.emit(self.chosen)

    @Slot()
    def _on_export(self) -> None:
        if self.chosen:
            self.export_requested.emit(self.chosen)
