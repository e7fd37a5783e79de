"""What the window remembers from one run to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from pathlib import Path


def stored() -> QSettings | None:
    """The user's settings; None in rehearsals and tests, which must neither read nor leave any."""
    return QSettings() if QApplication.organizationName() else None


def folder() -> str:
    """Where the user last opened something, or ""."""
    settings = stored()
    return str(settings.value("folder", "")) if settings else ""


def remember_folder(path: Path) -> None:
    """The user opened this file."""
    settings = stored()
    if settings:
        settings.setValue("folder", str(path.parent))
