"""The user's own generators: what they are and under which terms, renamed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.fitting import ask_attributes, told_of_fit
from widgets.theme import styled
from widgets.translation import tr, translated

if TYPE_CHECKING:
    from editor.engine.jobs import GeneratorInfo
    from editor.session.desks.generators import Generators
    from widgets.main_window import MainWindow

_WIDTH, _HEIGHT = 560, 340  # pixels of the dialog


class OwnGenerators(QObject):
    """Opens the dialog, and tells what became of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.session.generators.changed.connect(self._on_changed)

    @Slot()
    def show_dialog(self) -> None:
        """Show the user's own generators."""
        dialog = OwnGeneratorsDialog(self._window.session.generators, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot(object)
    def _on_changed(self, changed: GeneratorInfo) -> None:
        if changed.is_installed:
            text = tr(
                "The generator is called {name} now. Projects go on with it.", name=changed.name
            )
        else:
            text = tr(
                "Removed the generator {name}. Projects that were made with it open again once "
                "{file} is added.",
                name=changed.name,
                file=changed.source,
            )
        self._window.banner.show_notice(text)


class OwnGeneratorsDialog(QDialog):
    """A list of them with the licence of the one that is chosen."""

    def __init__(self, generators: Generators, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Your generators"))
        self.resize(_WIDTH, _HEIGHT)
        self._generators = generators
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Your generators"))
        self.facts = QLabel(wordWrap=True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)  # it is the file's own text
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.rename = QPushButton(tr("Rename…"))
        self.remove = QPushButton(tr("Remove…"))
        self.fit = QPushButton(tr("Fit the attributes…"))
        self.fit.setToolTip(tr("Smile, jaw width and the others, for a face generator of your own"))
        for button in (self.fit, self.rename, self.remove):
            button.setAutoDefault(False)
        self.why = styled(QLabel(wordWrap=True), "quiet")
        self.fit.clicked.connect(self._ask_attributes)
        self.rename.clicked.connect(self._ask_name)
        self.remove.clicked.connect(self._ask_remove)
        self.list.currentItemChanged.connect(self._show_facts)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.fit)
        row.addWidget(self.rename)
        row.addWidget(self.remove)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.facts)
        layout.addWidget(self.why)
        layout.addLayout(row)
        generators.added.connect(self._fill)
        generators.changed.connect(self._fill)
        generators.fitted.connect(self._fill)
        self._fill()

    @property
    def chosen(self) -> GeneratorInfo | None:
        """The one that is marked."""
        marked = self.list.selectedItems()
        sha256 = marked[0].data(Qt.ItemDataRole.UserRole) if marked else None
        return next((one for one in self._generators.own if one.sha256 == sha256), None)

    @Slot()
    def _fill(self) -> None:
        marked = self.chosen
        self.list.clear()
        for one in self._generators.own:
            item = QListWidgetItem(f"{one.name}, {one.resolution} px")
            item.setData(Qt.ItemDataRole.UserRole, one.sha256)
            self.list.addItem(item)
            if marked is not None and one.sha256 == marked.sha256:
                self.list.setCurrentItem(item)
        if not self.list.selectedItems():
            self.list.setCurrentRow(0)
        self._show_facts()

    @Slot()
    def _show_facts(self) -> None:
        one = self.chosen
        if one is None:
            self.facts.setText(tr("You have added none. File → Add generator… does."))
        else:
            lines = [tr("From {file}", file=one.source)]
            found = self._generators.fits.get(one.sha256)
            if found is not None:
                lines.append(told_of_fit(found))
            elif one.has_attributes:
                lines.append(tr("Attributes are fitted to it."))
            lines += [tr("Draws: {subject}", subject=one.subject)] if one.subject else []
            self.facts.setText("\n".join([*lines, translated(one.licence)]))
        why = self._generators.why_kept(one.sha256) if one is not None else ""
        self.why.setText(translated(why))
        self.why.setVisible(bool(why))
        self.fit.setEnabled(one is not None)
        self.rename.setEnabled(one is not None)
        self.remove.setEnabled(one is not None and not why)

    @Slot()
    def _ask_attributes(self) -> None:
        one = self.chosen
        if one is not None:
            ask_attributes(self._generators, one, self)

    @Slot()
    def _ask_name(self) -> None:
        one = self.chosen
        if one is not None:
            name = ask_name(self, one.name)
            if name and name != one.name:
                self._generators.rename(one.sha256, name)

    @Slot()
    def _ask_remove(self) -> None:
        one = self.chosen
        if one is not None and ask_remove(self, one):
            self._generators.remove(one.sha256)


def ask_name(parent: QWidget, name: str) -> str:
    """Another name for a generator; "" when it is to keep its own."""
    text, accepted = QInputDialog.getText(
        parent, tr("Rename the generator"), tr("Letters, digits and hyphens:"), text=name
    )
    return text.strip() if accepted else ""


def ask_remove(parent: QWidget, one: GeneratorInfo) -> bool:
    """Whether a generator is to be deleted."""
    buttons = QMessageBox.StandardButton
    text = tr(
        "Delete the converted copy of {name}? Projects and kept sliders that were made with it "
        "need it; they work again once you add {file} anew. That file stays as it is.",
        name=one.name,
        file=one.source,
    )
    box = QMessageBox(QMessageBox.Icon.Question, tr("Remove the generator"), text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)  # names are the file's own
    box.setStandardButtons(buttons.Yes | buttons.No)
    box.setDefaultButton(buttons.No)
    return box.exec() == buttons.Yes
