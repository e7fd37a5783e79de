"""What an empty window offers: the files of last time, and a photo to try things on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

import resources
from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST = 4


class Welcome(QFrame):
    """Buttons under the hint of the empty canvas.

    Signals:
        chosen(Path): open it.
        open_requested(): ask which file.
    """

    chosen = Signal(object)
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.open = QPushButton(tr("Open…"))
        self.open.clicked.connect(self.open_requested)
        self.sample = QPushButton(tr("Try it on a sample"))
        self.sample.setToolTip(tr("A portrait of a person who never existed"))
        self.sample.clicked.connect(self._on_sample)
        top = QHBoxLayout()
        for button in (self.open, self.sample):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            top.addWidget(button)
        self.files: list[QPushButton] = []
        self._heading = styled(QLabel(tr("RECENT FILES")), "heading")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.addLayout(top)
        layout.addWidget(self._heading)
        layout.addLayout(self._rows)
        self.show_recent(())

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List the newest of these, by their names."""
        for button in self.files:
            self._rows.removeWidget(button)
            button.deleteLater()
        self.files = []
        for path in paths[:_MOST]:
            button = styled(QPushButton(_shortened(path.name)), "small")
            button.setToolTip(str(path))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._on_file, path))
            self._rows.addWidget(button)
            self.files.append(button)
        self._heading.setVisible(bool(self.files))

    def _on_file(self, path: Path, checked: bool = False) -> None:
        del checked
        self.chosen.emit(path)

    def _on_sample(self) -> None:
        self.chosen.emit(resources.path("sample-portrait.jpg"))


def _shortened(name: str) -> str:
    return name if len(name) <= 44 else f"{name[:24]}…{name[-18:]}"
