"""What the paint brush needs: a colour, how strongly it is shown, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.brush import Brush
from widgets.keymap import tipped
from widgets.sliders import NamedSlider
from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from editor.document.paint import Colour


class PaintOptions(QWidget):
    """Rows under the tools while the paint brush is in hand.

    Signals:
        colour_chosen(Colour): with the dialog.
        erase_toggled(bool): the paint brush takes paint away.
        opacity_changed(float): how strongly paint covers the photo on the screen, 0…1.
        match_requested(): make the region follow the colours.
        clear_requested(): take all paint away.
    """

    colour_chosen = Signal(object)
    erase_toggled = Signal(bool)
    opacity_changed = Signal(float)
    match_requested = Signal()
    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour: Colour = Brush().colour
        self.swatch = styled(QPushButton(), "swatch")
        self.swatch.setFixedSize(44, 24)
        tipped(
            self.swatch, tr("Choose a colour ({colour}). Alt+click on the photo takes one from it.")
        )
        self.swatch.setAccessibleName(tr("Colour of the paint"))
        self.eraser = QCheckBox(tr("Erase paint"))
        tipped(self.eraser, tr("The paint brush takes paint away ({swap})"))
        self.opacity = NamedSlider(
            tr("Paint shown"),
            0,
            100,
            80,
            suffix=" %",
            tip=tr("How strongly paint covers the photo here"),
        )
        self.match = styled(QPushButton(tr("Match paint")), "preset")
        self.match.setToolTip(
            tr("Make the face follow the colours: in your region, or where you painted without one")
        )
        self.clear = styled(QPushButton(tr("Clear paint")), "preset")
        self.clear.setToolTip(tr("Take all painted colour away"))
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self.swatch)
        first.addWidget(self.eraser)
        first.addStretch(1)
        second = QHBoxLayout()
        second.setSpacing(4)
        second.addWidget(self.match)
        second.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(5)
        layout.addLayout(first)
        layout.addWidget(self.opacity)
        layout.addLayout(second)
        self.swatch.clicked.connect(self.choose_colour)
        self.eraser.toggled.connect(self.erase_toggled)
        self.opacity.dragged.connect(self._on_opacity)
        self.opacity.committed.connect(self._on_opacity)
        self.match.clicked.connect(self.match_requested)
        self.clear.clicked.connect(self.clear_requested)
        self.show_brush(Brush())

    def show_brush(self, brush: Brush) -> None:
        """Show the paint brush's colour, and whether it erases."""
        self._colour = brush.colour
        self.swatch.setStyleSheet(f"background: {QColor(*brush.colour).name()};")
        self.eraser.blockSignals(True)
        self.eraser.setChecked(brush.paint and brush.erase)
        self.eraser.blockSignals(False)

    def set_available(self, *, painted: bool, matchable: bool) -> None:
        """What can be done with the paint now."""
        self.match.setEnabled(painted and matchable)
        self.clear.setEnabled(painted)

    @Slot()
    def choose_colour(self) -> None:
        """Ask for a colour."""
        colour = QColorDialog.getColor(QColor(*self._colour), self, tr("Colour of the paint"))
        if colour.isValid():
            self.colour_chosen.emit((colour.red(), colour.green(), colour.blue()))

    @Slot(int)
    def _on_opacity(self, percent: int) -> None:
        self.opacity_changed.emit(percent / 100)
