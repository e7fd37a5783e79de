"""The attributes as sliders, in groups."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from widgets.sliders import NamedSlider
from widgets.theme import styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from editor.attributes import AttributeInfo


class AttributePanel(QScrollArea):
    """One slider an attribute, −100…100.

    Signals:
        dragged(str name, float value): the slider is being moved.
        committed(str name, float value): it was let go, typed, or reset.
    """

    dragged = Signal(str, float)
    committed = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows: dict[str, NamedSlider] = {}
        self._note = styled(QLabel(wordWrap=True), "quiet")
        self._sliders = QWidget()
        self._available = False
        self._build(())

    def set_attributes(self, attributes: Sequence[AttributeInfo]) -> None:
        """Offer these, in this order."""
        self._build(attributes)

    def set_values(self, values: Mapping[str, float]) -> None:
        """Show where the sliders stand; absent ones at 0. One in the user's hand stays."""
        for name, row in self.rows.items():
            row.set_value(round(values.get(name, 0.0)))

    def set_available(self, available: bool, why: str = "") -> None:
        """Let the sliders move, or say why they cannot."""
        self._available = available
        self._sliders.setEnabled(available)
        self._note.setText(why)
        self._note.setVisible(bool(why))

    def _build(self, attributes: Sequence[AttributeInfo]) -> None:
        self.rows = {}
        page = styled(QWidget(), "panel")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(12, 8, 12, 12)
        why = self._note.text()
        self._note = styled(QLabel(why, wordWrap=True), "quiet")
        outer.addWidget(self._note)
        self._note.setVisible(bool(why))
        self._sliders = QWidget()
        self._sliders.setEnabled(self._available)
        layout = QVBoxLayout(self._sliders)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        outer.addWidget(self._sliders)
        outer.addStretch(1)
        group = ""
        for info in attributes:
            if info.group != group:
                group = info.group
                layout.addWidget(styled(QLabel(group.upper()), "heading"))
            tip = f"{info.measures}\nUsual region: {info.region}. Double-click resets."
            row = NamedSlider(info.label, -100, 100, 0, tip=tip, signed=True)
            row.dragged.connect(partial(self._on_dragged, info.name))
            row.committed.connect(partial(self._on_committed, info.name))
            layout.addWidget(row)
            self.rows[info.name] = row
        self.setWidget(page)

    def _on_dragged(self, name: str, value: int) -> None:
        self.dragged.emit(name, float(value))

    def _on_committed(self, name: str, value: int) -> None:
        self.committed.emit(name, float(value))
