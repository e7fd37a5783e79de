"""The same edits for many photos, while the window can be used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
)

from editor.document.photo_export import SUFFIXES
from editor.session.batch_run import BatchOrder, BatchRun
from widgets import dialogs, settings
from widgets.theme import styled
from widgets.translation import marked, number, tr, translated, translated_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from editor.document.edit_sets import EditSet
    from editor.document.errors import EngineError
    from editor.document.presets import AttributePreset
    from editor.session.batch_run import BatchProgress
    from widgets.main_window import MainWindow

_OWN = marked("This face's edits")
_HINT = marked(
    "A copy of each photo with the edits goes into the folder. Regions, brushed ones too, lie "
    "where each face has what they cover."
)
_STATES = (marked("done"), marked("failed"), marked("no face"))
_SIZE = (560, 520)  # pixels, at first


class BatchDialog(QDialog):
    """Chooses photos, edits and a folder, and follows the batch.

    It does not block the window, and a batch goes on while it is closed.
    """

    def __init__(self, window: MainWindow, run: BatchRun | None = None) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("Edit many photos"))
        self.resize(*_SIZE)
        self._window, self._session = window, window.session
        self.run = run or BatchRun(self)
        self.photos = QListWidget()
        self.photos.setAccessibleName(tr("Photos"))
        self.photos.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.add = QPushButton(tr("Add photos…"))
        self.add_folder = QPushButton(tr("Add folder…"))
        self.remove = QPushButton(tr("Remove"))
        self.edits = QComboBox()
        self.faces = QComboBox()
        self.faces.addItem(tr("The largest face"), "largest")
        self.faces.addItem(tr("Every face"), "all")
        self.faces.addItem(tr("A certain person…"), "person")
        self._person: Path | None = None
        self.format = QComboBox()
        self.format.addItem(tr("As each photo"), "")
        for suffix in SUFFIXES:
            self.format.addItem(suffix[1:].upper(), suffix)
        self.folder = QLineEdit(placeholderText=tr("Folder for the results"))
        self.choose = QPushButton(tr("Choose…"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(tr("Progress"))
        self.told = QLabel(wordWrap=True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.start = QPushButton(tr("Start"))
        self.start.setDefault(True)
        self.cancel = QPushButton(tr("Cancel"))
        self._arrange()
        self._connect()
        self.show_presets(self._session.presets)
        self._refresh()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.add, self.add_folder, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        place = QHBoxLayout()
        place.addWidget(self.folder, 1)
        place.addWidget(self.choose)
        form = QFormLayout()
        for widget, name in (
            (self.edits, tr("Edits")), (self.faces, tr("Faces")), (self.format, tr("Format")),
            (self.folder, tr("Folder for the results")),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        form.addRow(tr("Edits"), self.edits)
        form.addRow(tr("Faces"), self.faces)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("Into"), place)
        end = QHBoxLayout()
        end.addWidget(self.told, 1)
        end.addWidget(self.cancel)
        end.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.addWidget(self.photos, 1)
        layout.addLayout(buttons)
        layout.addLayout(form)
        layout.addWidget(styled(QLabel(tr(_HINT), wordWrap=True), "quiet"))
        layout.addWidget(self.bar)
        layout.addLayout(end)

    def _connect(self) -> None:
        self.add.clicked.connect(self._ask_photos)
        self.add_folder.clicked.connect(self._ask_folder)
        self.remove.clicked.connect(self._remove)
        self.choose.clicked.connect(self._ask_out)
        self.faces.activated.connect(self._on_faces)
        self.folder.textChanged.connect(self._refresh)
        self.photos.itemSelectionChanged.connect(self._refresh)
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self.run.cancel)
        self.run.progressed.connect(self._on_progress)
        self.run.ended.connect(self._on_ended)
        self.run.failed.connect(self._on_failed)
        self._session.presets_changed.connect(self.show_presets)
        self._session.history_changed.connect(self._refresh)

    @Slot()
    def bring_up(self) -> None:
        """Show it as it was left, with what is chosen in the filmstrip."""
        if not self.run.running:
            self.add_paths(self._window.film.selected)
        self.show()
        self.activateWindow()

    def end(self) -> None:
        """The window closes: stop what is under way."""
        self.run.close()
        self.hide()

    # ------------------------------------------------------------ choosing

    @property
    def paths(self) -> tuple[Path, ...]:
        """The photos and folders in the list."""
        return tuple(
            Path(self.photos.item(row).data(Qt.ItemDataRole.UserRole))
            for row in range(self.photos.count())
        )

    def add_paths(self, paths: Iterable[Path]) -> None:
        """List these, once each."""
        there = set(self.paths)
        for path in paths:
            if path not in there:
                item = QListWidgetItem(path.name, self.photos)
                item.setToolTip(str(path))
                item.setData(Qt.ItemDataRole.UserRole, str(path))
                there.add(path)
        self._refresh()

    @Slot(object)
    def show_presets(self, presets: Iterable[AttributePreset]) -> None:
        """Offer these, and what was done to the face that is open."""
        chosen = self.edits.currentText()
        self.edits.clear()
        self.edits.addItem(tr(_OWN))
        for preset in presets:
            self.edits.addItem(preset.name, preset)
        self.edits.setCurrentIndex(max(0, self.edits.findText(chosen)))

    @Slot()
    def _ask_photos(self) -> None:
        self.add_paths(dialogs.ask_photos(self, settings.folder()))

    @Slot()
    def _ask_folder(self) -> None:
        folder = dialogs.ask_folder(self, tr("A folder of photos"), settings.folder())
        if folder is not None:
            self.add_paths([folder])

    @Slot()
    def _ask_out(self) -> None:
        folder = dialogs.ask_folder(self, tr("Folder for the results"), self.folder.text())
        if folder is not None:
            self.folder.setText(str(folder))

    @Slot(int)
    def _on_faces(self, row: int) -> None:
        """A person is shown by a photo; without one, the largest face stays chosen."""
        if self.faces.itemData(row) != "person":
            return
        chosen = dialogs.ask_photo(self, tr("A photo of the person"), settings.folder())
        self._person = chosen or self._person
        if self._person is None:
            self.faces.setCurrentIndex(0)
        else:
            self.faces.setItemText(row, tr("The person of {name}", name=self._person.name))

    @Slot()
    def _remove(self) -> None:
        for item in self.photos.selectedItems():
            self.photos.takeItem(self.photos.row(item))
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        running = self.run.running
        for widget in (self.add, self.add_folder, self.edits, self.faces, self.format, self.choose):
            widget.setEnabled(not running)
        self.folder.setReadOnly(running)
        self.remove.setEnabled(not running and bool(self.photos.selectedItems()))
        ready = bool(self.photos.count()) and Path(self.folder.text()).is_absolute()
        self.start.setEnabled(not running and ready)
        self.cancel.setEnabled(running)
        self.bar.setVisible(running)

    # ------------------------------------------------------------ the batch

    @Slot()
    def _start(self) -> None:
        chosen: Literal["largest", "all", "person"] = self.faces.currentData()
        order = BatchOrder(
            self.paths,
            Path(self.folder.text()),
            "largest" if chosen == "person" else chosen,
            self.format.currentData(),
            self._generator,
            self._person if chosen == "person" else None,
        )
        preset: AttributePreset | None = self.edits.currentData()

        def begin(make: Callable[[], AttributePreset | EditSet]) -> None:
            self.run.start(order, make)
            self.bar.setRange(0, 0)
            self.told.setText(tr("Starting…"))
            self._refresh()

        for row in range(self.photos.count()):
            item = self.photos.item(row)
            place = Path(item.data(Qt.ItemDataRole.UserRole))
            item.setText(place.name)
            item.setToolTip(str(place))
        if preset is not None:
            begin(lambda: preset)
        elif self._session.portrait is None:
            self.told.setText(tr("Open a photo and edit its face first, or choose a preset."))
        else:
            self._session.copies.as_set(begin)

    @property
    def _generator(self) -> str:
        """Name of the one in use; "" for the default one."""
        known, chosen = self._session.generators.known, self._session.generators.chosen
        return next((one.name for one in known[1:] if one.sha256 == chosen), "")

    @Slot(object)
    def _on_progress(self, progress: BatchProgress) -> None:
        done = progress.photos - progress.left
        self.bar.setRange(0, progress.photos)
        self.bar.setValue(done)
        text = tr("{done} of {photos}", done=done, photos=progress.photos)
        if progress.seconds_left is not None and progress.left:
            text += tr(
                " · about {seconds_left} left", seconds_left=_duration(progress.seconds_left)
            )
        self.told.setText(text)
        if progress.photo is not None:
            self._mark(progress.photo, progress.state, progress.error)

    def _mark(self, photo: Path, state: str, error: str) -> None:
        """Say at the photo, or at its folder, what became of it."""
        paths = self.paths
        place = next((one for one in (photo, *photo.parents) if one in paths), None)
        if place is None:
            return
        item = self.photos.item(paths.index(place))
        told = tr(state) if state in _STATES else state
        item.setText(f"{place.name} · {told if place == photo else f'{photo.name} {told}'}")
        if error:
            item.setToolTip(f"{item.toolTip()}\n{photo.name}: {translated(error)}")

    @Slot(str)
    def _on_ended(self, text: str) -> None:
        self.told.setText(translated(text))
        self._refresh()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.told.setText(translated_error(error))
        self._window.banner.show_error(error)
        self._refresh()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return tr("{seconds} s", seconds=max(1, round(seconds)))
    minutes = seconds / 60
    if minutes < 90:
        return tr("{minutes} min", minutes=round(minutes))
    return tr("{hours} h", hours=number(minutes / 60, 1))
