"""Questions that need an answer first: which file, how to export, what about unsaved edits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from editor.document.photo import SUFFIXES
from editor.document.photo_export import SUFFIXES as EXPORTED
from editor.document.photo_export import ExportOptions
from widgets.sliders import NamedSlider
from widgets.theme import styled

if TYPE_CHECKING:
    from editor.document.photo import Photo

PROJECT_SUFFIX = ".sip"
_FORMATS = {
    "JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "WEBP": ".webp", "AVIF": ".avif", "JXL": ".jxl",
}  # fmt: skip
_NAMES = {
    "JPEG": "JPEG", "PNG": "PNG, lossless", "TIFF": "TIFF, lossless", "WEBP": "WebP",
    "AVIF": "AVIF", "JXL": "JPEG XL",
}  # fmt: skip
_LOSSY = ("JPEG", "WEBP", "AVIF", "JXL")
_EIGHT_BITS = ("JPEG", "WEBP", "AVIF")


def ask_open(parent: QWidget, folder: str) -> Path | None:
    """A photo or project to open."""
    photos = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in SUFFIXES)
    name, _ = QFileDialog.getOpenFileName(
        parent,
        "Open a photo or project",
        folder,
        f"Photos and projects ({photos} *{PROJECT_SUFFIX});;Photos ({photos});;"
        f"Projects (*{PROJECT_SUFFIX});;All files (*)",
    )
    return Path(name) if name else None


def ask_photo(parent: QWidget, title: str, folder: str) -> Path | None:
    """A photo to open."""
    photos = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in SUFFIXES)
    name, _ = QFileDialog.getOpenFileName(
        parent, title, folder, f"Photos ({photos});;All files (*)"
    )
    return Path(name) if name else None


def ask_name(parent: QWidget, title: str, label: str, suggestion: str) -> str | None:
    """A name that is not empty."""
    name, given = QInputDialog.getText(parent, title, label, text=suggestion)
    return name.strip() or None if given else None


def ask_replace(parent: QWidget, name: str) -> bool:
    """Whether the preset of that name may go."""
    return _ask(parent, "Replace the preset?", f"There is a preset “{name}”. Replace it?")


def ask_delete(parent: QWidget, name: str) -> bool:
    """Whether to remove a preset with its file."""
    return _ask(parent, "Delete the preset?", f"“{name}” and its file would be removed.")


def ask_preset_to_import(parent: QWidget, folder: str) -> Path | None:
    """A preset's file to add."""
    name, _ = QFileDialog.getOpenFileName(parent, "Import a preset", folder, "Presets (*.json)")
    return Path(name) if name else None


def ask_preset_file(parent: QWidget, suggestion: Path) -> Path | None:
    """Where to write a preset."""
    name, _ = QFileDialog.getSaveFileName(
        parent, "Export the preset", str(suggestion), "Presets (*.json)"
    )
    if not name:
        return None
    path = Path(name)
    return path if path.suffix.lower() == ".json" else Path(f"{path}.json")


def _ask(parent: QWidget, title: str, text: str) -> bool:
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.question(parent, title, text, buttons.Yes | buttons.No, buttons.No)
    return answer == buttons.Yes


def ask_project(parent: QWidget, suggestion: Path) -> Path | None:
    """Where to save the project."""
    name, _ = QFileDialog.getSaveFileName(
        parent, "Save project", str(suggestion), f"Projects (*{PROJECT_SUFFIX})"
    )
    if not name:
        return None
    path = Path(name)
    return path if path.suffix.lower() == PROJECT_SUFFIX else Path(f"{path}{PROJECT_SUFFIX}")


def ask_unsaved(parent: QWidget, name: str) -> Literal["save", "discard", "cancel"]:
    """What to do with edits that no project file has."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Unsaved edits")
    box.setText(f"“{name}” has edits that are not saved in a project.")
    box.setInformativeText("The photo itself is never changed. Without a project the edits go.")
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    answer = box.exec()
    if answer == buttons.Save:
        return "save"
    return "discard" if answer == buttons.Discard else "cancel"


def ask_points(parent: QWidget) -> Literal["apply", "discard", "cancel"]:
    """What to do with a face's points that were moved and not applied."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Points not applied")
    box.setText("You moved points of a face and did not apply them.")
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Apply | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Apply)
    answer = box.exec()
    if answer == buttons.Apply:
        return "apply"
    return "discard" if answer == buttons.Discard else "cancel"


def ask_writing(parent: QWidget, names: list[str]) -> Literal["wait", "stop", "stay"]:
    """What to do with files that are still being written when the window is to close."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Still writing")
    listed = ", ".join(f"“{name}”" for name in names)
    box.setText(f"{listed} {'is' if len(names) == 1 else 'are'} still being written.")
    box.setInformativeText("The window can close by itself as soon as that is done.")
    wait = box.addButton("Close when done", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(wait)
    box.exec()
    if box.clickedButton() is wait:
        return "wait"
    return "stop" if box.clickedButton() is stop else "stay"


def export_suggestion(photo: Photo) -> Path:
    """A name beside the photo that is not taken."""
    path = photo.path or Path.home() / "portrait"
    suffix = _FORMATS.get(photo.file_format, ".png")
    if path.suffix.lower() in EXPORTED and photo.path:
        suffix = path.suffix
    free = path.with_name(f"{path.stem}-edited{suffix}")
    number = 2
    while free.exists():
        free = path.with_name(f"{path.stem}-edited-{number}{suffix}")
        number += 1
    return free


class ExportDialog(QDialog):
    """Where and how to write the edited photograph."""

    def __init__(self, photo: Photo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the photo")
        self.setMinimumWidth(520)
        self._photo = photo
        self.path = QLineEdit(str(export_suggestion(photo)))
        self.path.setAccessibleName("File")
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)  # Enter exports
        browse.clicked.connect(self._browse)
        self.format = QComboBox()
        for name, text in _NAMES.items():
            self.format.addItem(text, name)
        self.quality = NamedSlider("Quality", 1, 100, 95, tip="95 keeps all; 90 is for the web")
        self.metadata = QCheckBox("Keep camera data, captions and resolution (EXIF, XMP, IPTC)")
        self.metadata.setChecked(True)
        self.ai_mark = QCheckBox("Say in the file that an AI model changed the picture")
        self.ai_mark.setToolTip("IPTC digital source type: compositeWithTrainedAlgorithmicMedia")
        self.ai_mark.setChecked(True)
        self.note = styled(QLabel(wordWrap=True), "quiet")
        buttons = QDialogButtonBox()
        self.accept_button = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

        where = QHBoxLayout()
        where.addWidget(self.path)
        where.addWidget(browse)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow("File", where)
        form.addRow("Format", self.format)
        form.addRow("", self.quality)
        form.addRow("", self.metadata)
        form.addRow("", self.ai_mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        self.path.textChanged.connect(self._on_path)
        self.format.activated.connect(self._on_format)
        self._on_path()

    @property
    def chosen_path(self) -> Path:
        """Where to write."""
        return Path(self.path.text().strip()).expanduser()

    @property
    def options(self) -> ExportOptions:
        """How to write."""
        return ExportOptions(
            quality=self.quality.value,
            keep_metadata=self.metadata.isChecked(),
            ai_mark=self.ai_mark.isChecked(),
        )

    def accept(self) -> None:
        """Ask before a file is replaced."""
        path = self.chosen_path
        if path.exists():
            what = "the photo you opened" if path == self._photo.path else "a file"
            answer = QMessageBox.question(
                self,
                "Replace the file?",
                f"{path.name} is {what} and would be replaced.",
                QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
                QMessageBox.StandardButton.No,
            )
            if answer != QMessageBox.StandardButton.Yes:
                return
        super().accept()

    @Slot()
    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Export the photo",
            self.path.text(),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            self.path.setText(name)

    @Slot()
    def _on_path(self) -> None:
        suffix = self.chosen_path.suffix.lower().replace("jpeg", "jpg").replace("tiff", "tif")
        kinds = [kind for kind, own in _FORMATS.items() if own == suffix]
        self.accept_button.setEnabled(bool(kinds))
        if not kinds:
            self.note.setText("End the name in .jpg, .png, .tif, .webp, .avif or .jxl.")
            return
        kind = kinds[0]
        self.format.setCurrentIndex(self.format.findData(kind))
        self.quality.setEnabled(kind in _LOSSY)
        lost: list[str] = []
        if kind in _EIGHT_BITS:
            lost.append("fine tones of 16 bit" if self._photo.sixteen_bit else "")
            lost.append("transparency" if kind == "JPEG" and self._photo.alpha is not None else "")
        lost = [part for part in lost if part]
        if lost:
            self.note.setText(
                f"{_NAMES[kind]} loses {' and '.join(lost)}; PNG or TIFF keep everything."
            )
        elif kind in ("PNG", "TIFF"):
            self.note.setText("Pixels outside your regions stay exactly as they were.")
        else:
            self.note.setText("The whole photo is compressed anew; PNG and TIFF keep it exactly.")

    @Slot()
    def _on_format(self) -> None:
        path = self.chosen_path
        stem = path.stem if path.suffix.lower() in EXPORTED else path.name
        suffix = _FORMATS[self.format.currentData()]
        self.path.setText(str(path.with_name(f"{stem}{suffix}")))
