"""Regions as image files: out to a paint program, and in again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from widgets import dialogs, settings
from widgets.translation import tr

if TYPE_CHECKING:
    from widgets.main_window import MainWindow


class MaskFiles(QObject):
    """Asks which file, and hands it to the desks."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session

    @Slot()
    def ask_save(self) -> None:
        """Choose where the region goes, and write it."""
        photo = self._session.photo
        if photo is None:
            return
        near = photo.path or Path(settings.folder()) / "portrait"
        asked = dialogs.ask_mask_file(self._window, near.with_name(f"{near.stem}-mask.png"))
        if asked is not None and self._window.is_still(photo):
            self._session.files.save_mask(*asked)

    @Slot()
    def ask_open(self) -> None:
        """Choose a mask of the photo's size, and make it the region."""
        photo = self._session.photo
        if photo is None:
            return
        folder = settings.folder() if photo.path is None else str(photo.path.parent)
        path = dialogs.ask_photo(self._window, tr("Open a mask"), folder)
        if path is not None and self._window.is_still(photo):
            self._session.masks.open(path)
