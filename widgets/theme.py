"""The dark, grey or light look: colours around a photo must not tint how it is judged."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeVar

from PySide6.QtCore import QByteArray, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QImage, QPalette, QPixmap

import resources

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

Theme = Literal["dark", "grey", "light"]
THEMES: tuple[Theme, ...] = ("dark", "grey", "light")
SURROUNDS: dict[Theme, int] = {"dark": 34, "grey": 96, "light": 200}
"""Grey around the photo, 0…255, where the user chose none."""

_ICON_SIDE = 24
_Object = TypeVar("_Object", bound=QObject)

# Of each theme, in the order of THEMES.
_COLOURS: dict[str, tuple[str, str, str]] = {
    "seam": ("#1f2022", "#3a3a3a", "#bdbdbd"),
    "accent_fill": ("#3f6fb5", "#3f6fb5", "#3f6fb5"),
    "tip": ("#17181a", "#2b2b2b", "#fbfbf6"),
    "tip_text": ("#e4e6ea", "#f2f2f2", "#202020"),
    "line": ("#43464c", "#6b6b6b", "#c2c2c2"),
    "base": ("#232427", "#474747", "#ffffff"),
    "button": ("#3a3c42", "#656565", "#e4e4e4"),
    "menu": ("#2e3034", "#505050", "#f7f7f7"),
    "off_text": ("#74777e", "#9a9a9a", "#949494"),
    "window": ("#2a2b2f", "#535353", "#efefef"),
    "checked": ("#3f5f90", "#3f5f90", "#3f6fb5"),
    "raised": ("#303136", "#5b5b5b", "#e6e6e6"),
    "hover": ("#34363b", "#5f5f5f", "#e2e8f1"),
    "heading": ("#989ca5", "#cecece", "#5c5c5c"),
    "quiet": ("#9a9ea7", "#c6c6c6", "#565656"),
    "edge": ("#484b52", "#757575", "#b4b4b4"),
    "button_hover": ("#44474e", "#6e6e6e", "#d8dfe9"),
    "button_down": ("#33353a", "#4d4d4d", "#cfd6e0"),
    "accent": ("#6ea8fe", "#8fbcff", "#1f5fc0"),
    "off_button_text": ("#6c6f76", "#949494", "#9a9a9a"),
    "off_edge": ("#393b40", "#646464", "#d2d2d2"),
    "checked_edge": ("#4c7ec7", "#5c8ed7", "#2f5fa5"),
    "segment": ("#36383d", "#5e5e5e", "#ebebeb"),
    "text": ("#d9dbe0", "#f6f6f6", "#222222"),
    "face": ("#fabe46", "#fabe46", "#b06f00"),
    "field_edge": ("#3d4046", "#6a6a6a", "#bcbcbc"),
    "deep_seam": ("#1b1c1e", "#333333", "#b0b0b0"),
    "banner": ("#2f3b4d", "#35455c", "#dbe7f8"),
    "banner_error": ("#5a2e31", "#6b3438", "#f8dcdd"),
    "banner_text": ("#eef0f3", "#f4f4f4", "#1c1c1c"),
    "banner_focus": ("#cfe2ff", "#cfe2ff", "#1f5fc0"),
    "scroll": ("#46494f", "#7b7b7b", "#b9b9b9"),
    "scroll_hover": ("#5a5d64", "#8d8d8d", "#9d9d9d"),
    "card_edge": ("#55585f", "#808080", "#a8a8a8"),
    "well_edge": ("#5c5e64", "#8a8a8a", "#9a9a9a"),
    "changed": ("#8fbcff", "#b4d2ff", "#1a55ad"),
    "swatch_edge": ("#85888f", "#b0b0b0", "#6f6f6f"),
    "info_edge": ("#5c5f66", "#8a8a8a", "#8f8f8f"),
    "lit_off": ("#35435a", "#4a5566", "#c3d0e4"),
    "selected": ("#3f5f90", "#3f5f90", "#c9dcf5"),
    "selected_text": ("#ffffff", "#ffffff", "#1c1c1c"),
    "groove": ("#4e5158", "#3c3c3c", "#b9b9b9"),
    "handle": ("#e2e4e8", "#f0f0f0", "#3c3c3c"),
    "off_handle": ("#5c5f66", "#7d7d7d", "#b4b4b4"),
    "undone": ("#76797e", "#9c9c9c", "#8d8d8d"),
    "switched_off": ("#96999f", "#b6b6b6", "#727272"),
    "icon": ("#d9dbe0", "#ececec", "#333333"),
}
_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "base",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "segment",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipBase: "tip",
    QPalette.ColorRole.ToolTipText: "tip_text",
    QPalette.ColorRole.PlaceholderText: "swatch_edge",
    QPalette.ColorRole.Highlight: "accent_fill",
    QPalette.ColorRole.Link: "accent",
}


class _Worn:
    """The theme that all windows wear."""

    name: Theme = "dark"


def colour(name: str) -> QColor:
    """A colour of the theme that is worn now."""
    return QColor(_COLOURS[name][THEMES.index(_Worn.name)])


def worn() -> Theme:
    """The theme that is worn now."""
    return _Worn.name


def styled(thing: _Object, name: str) -> _Object:
    """The same widget, called as ``resources/theme.qss`` knows it."""
    thing.setObjectName(name)
    return thing


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Give a widget a property that ``resources/theme.qss`` asks for, and dress it anew."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def icon(name: str) -> QIcon:
    """An icon of ``resources/icons`` in the theme that is worn now."""
    made = QIcon()
    theme = THEMES.index(_Worn.name)
    plain, off = _COLOURS["icon"][theme], _COLOURS["off_text"][theme]
    for mode, state, shade in (
        (QIcon.Mode.Normal, QIcon.State.Off, plain),
        (QIcon.Mode.Normal, QIcon.State.On, "#ffffff"),  # on the colour of what is checked
        (QIcon.Mode.Disabled, QIcon.State.Off, off),  # Qt's own is as light as others on dark
    ):
        for factor in (1, 2, 3):
            drawn = QPixmap.fromImage(_drawn(name, shade, _ICON_SIDE * factor))
            made.addPixmap(drawn, mode, state)
    return made


@cache  # fifteen icons of three sizes, white and in two shades a theme: below a megabyte
def _drawn(name: str, shade: str, side: int) -> QImage:
    svg = resources.path(f"icons/{name}.svg").read_text("utf-8").replace(_COLOURS["icon"][0], shade)
    svg = svg.replace('width="24" height="24"', f'width="{side}" height="{side}"')
    return QImage.fromData(QByteArray(svg.encode()))


def apply_theme(application: QApplication, theme: Theme = "dark") -> None:
    """Dress every window of the application."""
    _Worn.name = theme
    application.setStyle("Fusion")
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, colour(name))
    for role in (QPalette.ColorRole.BrightText, QPalette.ColorRole.HighlightedText):
        palette.setColor(role, QColor("white"))
    for role in (
        QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText,
    ):  # fmt: skip
        palette.setColor(QPalette.ColorGroup.Disabled, role, colour("off_text"))
    application.setPalette(palette)
    sheet = resources.path("theme.qss").read_text("utf-8")
    application.setStyleSheet(re.sub(r"@(\w+)", lambda found: colour(found[1]).name(), sheet))


class Dresser(QObject):
    """Has the application wear the theme that the user chose, and follow the system's.

    Signals:
        dressed(): another theme is worn.
    """

    dressed = Signal()

    def __init__(self, application: QApplication, chosen: str) -> None:
        """Wear ``chosen``: a theme, or ``"system"``."""
        super().__init__(application)
        self._application, self._chosen = application, chosen
        application.styleHints().colorSchemeChanged.connect(self._dress)
        self._dress()

    def choose(self, chosen: str) -> None:
        """Wear another one from now on."""
        self._chosen = chosen
        self._dress()

    @Slot()
    def _dress(self) -> None:
        theme = self._chosen if self._chosen in THEMES else self._system
        if theme != _Worn.name or not self._application.styleSheet():
            apply_theme(self._application, theme)
            self.dressed.emit()

    @property
    def _system(self) -> Theme:
        """What the system wears; dark where it does not say."""
        light = self._application.styleHints().colorScheme() == Qt.ColorScheme.Light
        return "light" if light else "dark"
