"""What explains the window: the manual, the first hints, and on what terms it may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTextBrowser, QVBoxLayout

import resources
from widgets.manual import Manual
from widgets.tour import Hint, Tour
from widgets.translation import tr, translated
from widgets.welcome import Welcome

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from editor.document.brushed_region import BrushedRegion
    from editor.document.history import EditHistory
    from editor.engine.jobs import EngineInfo
    from widgets.main_window import MainWindow

_WHERE, _MOVE, _COMPARE = range(3)  # the hints
_SEEN = "tour_seen"  # under which the settings keep that


class About(QDialog):
    """The version, what computes, and the terms of every model and package."""

    def __init__(
        self, version: str, info: EngineInfo | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Style Intervention"))
        lines = [f"<b>{version}</b>", tr("Changes faces locally, on this machine alone; offline.")]
        if info is not None:
            versions = ", ".join(f"{name} {number}" for name, number in info.versions.items())
            lines.append(f"{translated(info.device)} · {info.generator} · {versions}")
        head = QLabel("<br>".join(lines), wordWrap=True)
        self.terms = QTextBrowser()
        self.terms.setAccessibleName(tr("Terms of use"))
        self.terms.setMarkdown(resources.terms())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (head, self.terms, buttons):
            layout.addWidget(widget)
        self.resize(820, 620)


class Help(QObject):
    """Shows the manual, About, the tour, and what an empty window offers.

    Attributes:
        welcome: for the middle of the empty canvas.
        tour: the hints, on top of the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.welcome, self.tour = Welcome(), Tour(window, window.canvas)
        self.welcome.chosen.connect(window.open)
        self.welcome.open_requested.connect(window.ask_open)
        self.tour.ended.connect(self._on_ended)
        session = window.session
        session.photo_opened.connect(self.welcome.hide)
        session.portrait_changed.connect(self._on_portrait)
        session.region_changed.connect(self._on_region)
        session.history_changed.connect(self._on_history)
        window.recent.listed.connect(self._on_listed)
        self._on_listed(window.recent.paths)

    @Slot(object)
    def _on_listed(self, paths: list[Path]) -> None:
        self.welcome.show_recent(paths)
        self._window.canvas.hint_room = self.welcome.sizeHint().height() + 8
        self._window.canvas.update()

    @Slot()
    def show_manual(self) -> None:
        """Open the manual."""
        self._show(Manual(self._window.commands.keymap, self._window))

    @Slot()
    def show_about(self) -> None:
        """Say what this is, and on what terms."""
        self._show(About(resources.version(), self._window.session.info, self._window))

    def _show(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def begin_tour(self) -> None:
        """Show the three hints."""
        self.tour.end()
        window, commands = self._window, self._window.commands
        fill = commands.keymap.fill
        for action in (commands.original, commands.split):
            action.toggled.connect(self._on_compared)
        self.tour.begin(
            (
                Hint(
                    window.region_panel,
                    tr("Choose where"),
                    tr(
                        "Press a button such as <i>Mouth</i>, or brush over the photo. Only there "
                        "will it change."
                    ),
                ),
                Hint(
                    window.edits.attributes,
                    tr("Move a slider"),
                    tr("You see the change at once. Let go: it is made precise while you go on."),
                ),
                Hint(
                    window.canvas,
                    tr("Compare"),
                    fill(
                        tr(
                            "Hold {original} for the photo without edits; {split} draws a line to "
                            "drag between before and after. The manual is under {manual}."
                        )
                    ),
                ),
            )
        )

    @Slot(object)
    def _on_portrait(self, portrait: object) -> None:
        """The first face that can be edited, ever: that is when hints help."""
        settings = self._window.settings
        if portrait is None or not settings.keeps or settings.read(_SEEN) in (True, "true"):
            return
        settings.write(_SEEN, True)
        QTimer.singleShot(0, self, self.begin_tour)  # once the window is laid out

    @Slot(object)
    def _on_region(self, region: BrushedRegion) -> None:
        if not region.mask.is_empty:
            self.tour.know(_WHERE)

    @Slot(object)
    def _on_history(self, history: EditHistory | None) -> None:
        if history is not None and history.position:
            self.tour.know(_MOVE)

    @Slot()
    def _on_compared(self) -> None:
        self.tour.know(_COMPARE)

    @Slot()
    def _on_ended(self) -> None:
        for action in (self._window.commands.original, self._window.commands.split):
            action.toggled.disconnect(self._on_compared)
        self._window.canvas.setFocus()
