"""Generators in the window: add one, choose one, look for what it varies."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from widgets import settings
from widgets.edit_panels import bring_up
from widgets.theme import styled
from widgets.translation import number, tr, translated

if TYPE_CHECKING:
    from editor.engine.generator_jobs import GeneratorOffer
    from editor.engine.jobs import GeneratorInfo
    from widgets.main_window import MainWindow

_WIDTH = 460  # pixels of the dialog's text


class GeneratorMenu(QObject):
    """What the menus have about generators, and what becomes of it.

    Attributes:
        choose: submenu of all generators, the one in use checked.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = session = window.session
        self.choose = QMenu(tr("&Generator"), window)
        self.choose.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        session.engine_ready.connect(self._show)
        session.photo_opened.connect(self._show)
        session.generators.offered.connect(self._on_offered)
        session.generators.added.connect(self._on_added)
        self._show()

    @Slot()
    def ask_generator(self) -> None:
        """Choose a checkpoint, look what it is, and add it once its licence was read."""
        path = ask_generator(self._window, settings.folder())
        if path is not None:
            self._session.generators.inspect(path)

    @Slot()
    def ask_directions(self) -> None:
        """Choose a file of directions for the generator in use."""
        path = ask_directions(self._window, settings.folder())
        if path is not None:
            bring_up(self._window.edits.discovery)
            self._session.discoveries.find_directions(path)

    @Slot()
    def find_sefa(self) -> None:
        """Offer the steps that change the generator's styles most."""
        bring_up(self._window.edits.discovery)
        self._session.discoveries.find_directions("sefa")

    @Slot()
    def find_ganspace(self) -> None:
        """Offer the ways in which the generator's samples differ most."""
        bring_up(self._window.edits.discovery)
        self._session.discoveries.find_directions("ganspace")

    @Slot()
    def find_published(self) -> None:
        """Offer the channels of NVIDIA's FFHQ network that others have named."""
        bring_up(self._window.edits.discovery)
        self._session.discoveries.find_directions("published")

    @Slot()
    def _show(self) -> None:
        """List the generators as they are now."""
        generators = self._session.generators
        for action in self._group.actions():
            self._group.removeAction(action)
            action.deleteLater()
        for one in generators.known:
            action = QAction(f"{one.name}, {one.resolution} px".replace("&", "&&"), self)
            action.setCheckable(True)
            action.setChecked(one.sha256 == generators.chosen)
            action.setEnabled(one.is_installed)
            action.setToolTip(one.licence if one.is_installed else tr("Its files are not here."))
            action.triggered.connect(partial(self._use, one.sha256))
            self._group.addAction(action)
            self.choose.addAction(action)

    def _use(self, sha256: str, checked: bool = True) -> None:
        del checked
        self._show()  # until it is in use, the other one stays checked
        if sha256 != self._session.generators.chosen:
            self._window.leaving.once_safe(partial(self._begin, sha256))

    def _begin(self, sha256: str) -> None:
        self._session.generators.use(sha256)
        self._show()

    @Slot(object)
    def _on_offered(self, offer: GeneratorOffer) -> None:
        name = ask_to_add(self._window, offer)
        if name is not None:
            self._session.generators.add(offer, name)

    @Slot(object)
    def _on_added(self, made: GeneratorInfo) -> None:
        self._window.banner.show_notice(
            tr("Added the generator {name}. Choose it in File → Generator.", name=made.name)
        )


class OfferDialog(QDialog):
    """What a checkpoint holds and under which terms, before it is added."""

    def __init__(self, offer: GeneratorOffer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Add a generator"))
        self.name = QLineEdit(placeholderText=offer.path.stem)
        self.name.setToolTip(tr("Letters and digits; without one it is named as its file"))
        self.licence = _text(offer.licence)
        self.facts = _text(
            tr(
                "StyleGAN2, {resolution} × {resolution} pixels, {millions} million numbers",
                resolution=offer.resolution,
                millions=number(offer.parameters / 1e6, 1),
            )
        )
        form = QFormLayout()
        form.addRow(tr("File"), _text(offer.path.name))
        form.addRow(tr("Written by"), _text(offer.format))
        form.addRow(tr("It is"), self.facts)
        if offer.subject:
            form.addRow(tr("Draws"), _text(offer.subject))
        form.addRow(tr("Licence"), self.licence)
        for note in offer.notes:
            form.addRow(tr("Note"), _text(translated(note)))
        form.addRow(tr("Name"), self.name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add = buttons.addButton(tr("Add"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        hint = tr("It is converted and kept among your own files. Nothing in the file is executed.")
        layout.addWidget(styled(QLabel(hint, wordWrap=True), "quiet"))
        layout.addWidget(buttons)


def ask_to_add(parent: QWidget, offer: GeneratorOffer) -> str | None:
    """The name to add it under ("": as its file), or None: it is not to be added."""
    dialog = OfferDialog(offer, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    name = dialog.name.text().strip()
    dialog.deleteLater()
    return name if accepted else None


def ask_generator(parent: QWidget, folder: str) -> Path | None:
    """A checkpoint to add."""
    kinds = tr("Checkpoints (*.pkl *.pt *.pth *.safetensors *.ckpt)")
    return _ask_file(parent, tr("Add a StyleGAN2 generator"), folder, kinds)


def ask_directions(parent: QWidget, folder: str) -> Path | None:
    """A file of directions."""
    kinds = tr("Directions (*.npy *.npz *.pt *.txt *.csv)")
    return _ask_file(parent, tr("Import directions"), folder, kinds)


def _ask_file(parent: QWidget, title: str, folder: str, kinds: str) -> Path | None:
    name, _ = QFileDialog.getOpenFileName(parent, title, folder, f"{kinds};;{tr('All files (*)')}")
    return Path(name) if name else None


def _text(text: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)  # it is the file's own text
    label.setText(text)
    label.setMinimumWidth(_WIDTH)
    return label
