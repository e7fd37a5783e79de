"""Questions that need an answer first: which file, what about unsaved edits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from editor.document.photo import SUFFIXES
from widgets.translation import tr

_MOST_NAMES = 6  # of photos, in a question

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PROJECT_SUFFIX = ".sip"


def ask_open(parent: QWidget, folder: str) -> Path | None:
    """A photo or project to open."""
    photos = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in SUFFIXES)
    name, _ = QFileDialog.getOpenFileName(
        parent,
        tr("Open a photo or project"),
        folder,
        tr(
            "Photos and projects ({photos} {projects});;Photos ({photos});;Projects ({projects});;"
            "All files (*)",
            photos=photos,
            projects=f"*{PROJECT_SUFFIX}",
        ),
    )
    return Path(name) if name else None


def ask_photo(parent: QWidget, title: str, folder: str) -> Path | None:
    """A photo to open."""
    photos = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in SUFFIXES)
    name, _ = QFileDialog.getOpenFileName(
        parent, title, folder, tr("Photos ({photos});;All files (*)", photos=photos)
    )
    return Path(name) if name else None


def ask_photos(parent: QWidget, folder: str) -> list[Path]:
    """Photos to work on; none if the question was cancelled."""
    photos = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in SUFFIXES)
    names, _ = QFileDialog.getOpenFileNames(
        parent, tr("Choose photos"), folder, tr("Photos ({photos});;All files (*)", photos=photos)
    )
    return [Path(name) for name in names]


def ask_folder(parent: QWidget, title: str, folder: str) -> Path | None:
    """A folder that is there, or is made in the dialog."""
    name = QFileDialog.getExistingDirectory(parent, title, folder)
    return Path(name) if name else None


def ask_stop_batch(parent: QWidget) -> bool:
    """Whether a batch may be stopped so that the window can close."""
    return _ask(
        parent,
        tr("A batch is under way"),
        tr(
            "Photos are being edited. Stop and close? What is done stays, and the rest can be done "
            "later: begin the batch again with the same folder."
        ),
    )


def ask_mask_file(parent: QWidget, suggestion: Path) -> tuple[Path, Literal[8, 16]] | None:
    """Where to write a region as a grey PNG, and with how many bits."""
    eight, sixteen = tr("Grey PNG, 8 bit (*.png)"), tr("Grey PNG, 16 bit (*.png)")
    name, kind = QFileDialog.getSaveFileName(
        parent, tr("Save the region as a mask"), str(suggestion), f"{eight};;{sixteen}"
    )
    path = _with_suffix(parent, name, ".png")
    return None if path is None else (path, 16 if kind == sixteen else 8)


def ask_profile(parent: QWidget, folder: str) -> Path | None:
    """An ICC profile of a printer or screen."""
    name, _ = QFileDialog.getOpenFileName(
        parent, tr("Proof through a profile"), folder, tr("ICC profiles (*.icc *.icm *.ICC *.ICM)")
    )
    return Path(name) if name else None


def ask_name(parent: QWidget, title: str, label: str, suggestion: str) -> str | None:
    """A name that is not empty."""
    name, given = QInputDialog.getText(parent, title, label, text=suggestion)
    return name.strip() or None if given else None


def ask_replace(parent: QWidget, name: str) -> bool:
    """Whether the preset of that name may go."""
    return _ask(
        parent, tr("Replace the preset?"), tr("There is a preset “{name}”. Replace it?", name=name)
    )


def ask_delete(parent: QWidget, name: str) -> bool:
    """Whether to remove a preset with its file."""
    return _ask(
        parent, tr("Delete the preset?"), tr("“{name}” and its file would be removed.", name=name)
    )


def ask_preset_to_import(parent: QWidget, folder: str) -> Path | None:
    """A preset's file to add."""
    name, _ = QFileDialog.getOpenFileName(
        parent, tr("Import a preset"), folder, tr("Presets (*.json)")
    )
    return Path(name) if name else None


def ask_preset_file(parent: QWidget, suggestion: Path) -> Path | None:
    """Where to write a preset."""
    name, _ = QFileDialog.getSaveFileName(
        parent, tr("Export the preset"), str(suggestion), tr("Presets (*.json)")
    )
    return _with_suffix(parent, name, ".json")


def _with_suffix(parent: QWidget, name: str, suffix: str) -> Path | None:
    """What was chosen, with the suffix of its kind; "" for nothing.

    The dialog has asked about a file of the very name that was typed, and of no other.
    """
    path = Path(name)
    if not name or path.suffix.lower() == suffix:
        return path if name else None
    path = Path(f"{name}{suffix}")
    if path.exists() and not _ask(
        parent,
        tr("Replace the file?"),
        tr("“{name}” is there already. Replace it?", name=path.name),
    ):
        return None
    return path


def _ask(parent: QWidget, title: str, text: str) -> bool:
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.question(parent, title, text, buttons.Yes | buttons.No, buttons.No)
    return answer == buttons.Yes


def ask_project(parent: QWidget, suggestion: Path) -> Path | None:
    """Where to save the project."""
    name, _ = QFileDialog.getSaveFileName(
        parent,
        tr("Save project"),
        str(suggestion),
        tr("Projects ({projects})", projects=f"*{PROJECT_SUFFIX}"),
    )
    return _with_suffix(parent, name, PROJECT_SUFFIX)


def ask_unsaved(parent: QWidget, name: str, *others: str) -> Literal["save", "discard", "cancel"]:
    """What to do with edits that no project file has, of one photo or of several."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Unsaved edits"))
    buttons = QMessageBox.StandardButton
    save = buttons.Save
    lost = tr("The photo itself is never changed. What is not saved in a project is lost.")
    if others:
        save = buttons.SaveAll
        names = [name, *others]
        box.setText(tr("%n photos have edits that are not saved in projects.", n=len(names)))
        listed = [*names[:_MOST_NAMES], *(["…"] if len(names) > _MOST_NAMES else [])]
        lost = tr("No photo is ever changed. Without projects the edits are lost.")
        lost = "\n".join((*listed, "", lost))
    else:
        box.setText(tr("“{name}” has edits that are not saved.", name=name))
    box.setInformativeText(lost)
    box.setStandardButtons(save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(save)
    answer = box.exec()
    if answer == save:
        return "save"
    return "discard" if answer == buttons.Discard else "cancel"


def ask_points(parent: QWidget) -> Literal["apply", "discard", "cancel"]:
    """What to do with a face's points that were moved and not applied."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Points not applied"))
    box.setText(tr("You moved points of a face and did not apply them."))
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
    box.setWindowTitle(tr("Still writing"))
    listed = ", ".join(f"“{name}”" for name in names)
    one, more = tr("{listed} is still being written."), tr("{listed} are still being written.")
    box.setText((one if len(names) == 1 else more).format(listed=listed))
    box.setInformativeText(tr("The window can close by itself as soon as that is done."))
    wait = box.addButton(tr("Close when done"), QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton(tr("Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(wait)
    box.exec()
    if box.clickedButton() is wait:
        return "wait"
    return "stop" if box.clickedButton() is stop else "stay"
