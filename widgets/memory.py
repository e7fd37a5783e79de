"""Has the window look and begin as the settings say, and as it was the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, Slot

from widgets import settings as declared
from widgets.theme import SURROUNDS, worn

if TYPE_CHECKING:
    from widgets.main_window import MainWindow
    from widgets.settings import Setting

_LAYOUT = 4  # of the docks; a layout stored by an older window does not fit


class Memory(QObject):
    """The wires between one window and its settings."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._settings = window, window.settings
        self._worn = worn()
        self._settings.changed.connect(self._on_changed)
        window.installEventFilter(self)
        for setting in (declared.SURROUND, declared.NOTICES, declared.RECENT):
            self._on_changed(setting)

    def restore(self) -> None:
        """Begin where the last window ended."""
        window, settings = self._window, self._settings
        if settings.flag(declared.KEEP_BRUSH):
            window.canvas.set_brush(settings.brush())
            window.region_panel.mask_options.set_look(settings.look())
        if settings.flag(declared.KEEP_DIALS):
            window.session.sliders.set_dials(settings.dials())
            window.session.sliders.set_together(settings.read("together") in (True, "true"))
        if settings.flag(declared.KEEP_LAYOUT):
            geometry, state = settings.read("geometry"), settings.read("docks")
            if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
                window.restoreGeometry(geometry)
                window.restoreState(state, _LAYOUT)
            folded = settings.read("folded")
            if isinstance(folded, str):
                window.edits.attributes.set_folded(folded.split("\n"))
            folded = settings.read("folded_presets")
            if isinstance(folded, str):
                window.edits.presets.list.set_folded(folded.split("\n"))

    def keep(self) -> None:
        """Let the next window begin so."""
        window, settings = self._window, self._settings
        if settings.flag(declared.KEEP_BRUSH):
            settings.remember("brush", window.canvas.brush)
            settings.remember("look", window.region_panel.mask_options.look)
        if settings.flag(declared.KEEP_DIALS):
            settings.remember("dials", window.session.dials)
            settings.write("together", window.session.together)
        if settings.flag(declared.KEEP_LAYOUT):
            settings.write("geometry", window.saveGeometry())
            settings.write("docks", window.saveState(_LAYOUT))
            settings.write("folded", "\n".join(sorted(window.edits.attributes.folded)))
            folded = sorted(window.edits.presets.list.folded)
            settings.write("folded_presets", "\n".join(folded))

    @Slot(object)
    def _on_changed(self, setting: Setting) -> None:
        window, settings = self._window, self._settings
        if setting is declared.SURROUND:
            chosen = settings.choice(declared.SURROUND)
            window.canvas.set_surround(SURROUNDS[worn()] if chosen == "theme" else int(chosen))
        elif setting is declared.NOTICES:
            window.banner.set_stay(settings.number(declared.NOTICES))
        elif setting is declared.RECENT:
            window.recent.set_most(settings.number(declared.RECENT))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another theme is worn."""
        if event.type() == QEvent.Type.StyleChange and worn() != self._worn:
            self._worn = worn()
            self._on_changed(declared.SURROUND)
            self._window.commands.draw_icons()
            self._window.history_panel.list.show_history(self._window.session.history)
        return super().eventFilter(watched, event)
