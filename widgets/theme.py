"""The dark, neutral look: colours around a photo must not tint how it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtGui import QColor, QIcon, QPalette

import resources

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QApplication

_Object = TypeVar("_Object", bound="QObject")


def styled(thing: _Object, name: str) -> _Object:
    """The same widget, called as ``resources/theme.qss`` knows it."""
    thing.setObjectName(name)
    return thing


def icon(name: str) -> QIcon:
    """An icon of ``resources/icons``."""
    return QIcon(str(resources.path(f"icons/{name}.svg")))


def apply_theme(application: QApplication) -> None:
    """Dress every window of the application."""
    application.setStyle("Fusion")
    palette = QPalette()
    role = QPalette.ColorRole
    for part, colour in (
        (role.Window, "#2a2b2f"),
        (role.WindowText, "#d9dbe0"),
        (role.Base, "#232427"),
        (role.AlternateBase, "#2a2b2f"),
        (role.Text, "#d9dbe0"),
        (role.Button, "#36383d"),
        (role.ButtonText, "#d9dbe0"),
        (role.BrightText, "#ffffff"),
        (role.ToolTipBase, "#17181a"),
        (role.ToolTipText, "#e4e6ea"),
        (role.PlaceholderText, "#85888f"),
        (role.Highlight, "#3f6fb5"),
        (role.HighlightedText, "#ffffff"),
        (role.Link, "#6ea8fe"),
    ):
        palette.setColor(part, QColor(colour))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor("#74777e"))
    application.setPalette(palette)
    application.setStyleSheet(resources.path("theme.qss").read_text("utf-8"))
