"""The brush, the region's softness, and regions that the landmarks know."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from editor.region import PRESETS
from widgets.brush import Brush
from widgets.sliders import NamedSlider
from widgets.theme import styled

if TYPE_CHECKING:
    from editor.undo import BrushedRegion


class RegionPanel(QWidget):
    """Brush settings, feather, presets, clear, overlay.

    Signals:
        brush_changed(Brush): size, hardness or eraser.
        feather_changed(float): photo pixels, when the slider is let go.
        preset_chosen(str name, str how): how is ``"replace"``, ``"add"`` or ``"subtract"``.
        clear_requested(): empty the region.
        overlay_toggled(bool): show the region in red.
    """

    brush_changed = Signal(object)
    feather_changed = Signal(float)
    preset_chosen = Signal(str, str)
    clear_requested = Signal()
    overlay_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._brush = Brush()
        self.brush_button = self._tool("Brush", "Paint where the edit may change the photo (B)")
        self.eraser_button = self._tool("Eraser", "Take parts of the region away (E, or hold Alt)")
        self.brush_button.setChecked(True)
        self.overlay_box = QCheckBox("Show region")
        self.overlay_box.setChecked(True)
        self.overlay_box.setToolTip("Show the region in translucent red (O)")
        self.size_slider = NamedSlider(
            "Size",
            1,
            4000,
            1,
            suffix=" px",
            resets=False,
            tip="Diameter of the brush ([ and ], or Shift+drag)",
        )
        self.hardness_slider = NamedSlider(
            "Hardness",
            0,
            100,
            0,
            suffix=" %",
            resets=False,
            tip="How sharp the brush's edge is ({ and })",
        )
        self.feather_slider = NamedSlider(
            "Feather", 0, 200, 0, suffix=" px", tip="Softens the region's edge, inward only"
        )
        tools = QHBoxLayout()
        tools.setSpacing(0)
        tools.addWidget(self.brush_button)
        tools.addWidget(self.eraser_button)
        tools.addStretch(1)
        tools.addWidget(self.overlay_box)
        presets = QGridLayout()
        presets.setSpacing(4)
        self.preset_buttons: dict[str, QPushButton] = {}
        for place, name in enumerate(PRESETS):
            button = styled(QPushButton(name.capitalize()), "preset")
            button.setToolTip(
                f"Make the {name} the region.\nShift+click adds it, Alt+click takes it away."
            )
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._on_preset, name))
            presets.addWidget(button, place // 4, place % 4)
            self.preset_buttons[name] = button
        self.clear_button = styled(QPushButton("Clear"), "preset")
        self.clear_button.setToolTip("Empty the region")
        self.clear_button.clicked.connect(self.clear_requested)
        row, column = divmod(len(PRESETS), 4)
        presets.addWidget(self.clear_button, row, column, 1, 4 - column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(5)
        layout.addLayout(tools)
        layout.addWidget(self.size_slider)
        layout.addWidget(self.hardness_slider)
        layout.addWidget(self.feather_slider)
        layout.addWidget(styled(QLabel("REGION OF THE FACE"), "heading"))
        layout.addLayout(presets)

        self.brush_button.toggled.connect(self._on_tool)
        for slider in (self.size_slider, self.hardness_slider):
            slider.dragged.connect(self._on_brush)
            slider.committed.connect(self._on_brush)
        self.feather_slider.committed.connect(self._on_feather)
        self.overlay_box.toggled.connect(self.overlay_toggled)

    @Slot(object)
    def show_brush(self, brush: Brush) -> None:
        """Show the brush in hand."""
        self._brush = brush
        with QSignalBlocker(self.brush_button):
            self.brush_button.setChecked(not brush.erase)
            self.eraser_button.setChecked(brush.erase)
        self.size_slider.set_value(max(1, round(2 * brush.radius)))
        self.hardness_slider.set_value(round(100 * brush.hardness))

    @Slot(object)
    def show_region(self, region: BrushedRegion) -> None:
        """Show the region's feather."""
        self.feather_slider.set_value(round(region.feather))
        self.clear_button.setEnabled(not region.mask.is_empty)

    def set_scale(self, photo_side: int, face_side: float) -> None:
        """Fit the ranges to a photo and a face, photo pixels."""
        for slider, most in (
            (self.size_slider, max(100, photo_side // 3)),
            (self.feather_slider, max(20, round(face_side * 0.25))),
        ):
            with QSignalBlocker(slider.slider), QSignalBlocker(slider.number):
                slider.slider.setMaximum(most)
                slider.number.setMaximum(most)

    def set_presets_available(self, available: bool) -> None:
        """Presets need a face."""
        for button in self.preset_buttons.values():
            button.setEnabled(available)

    def _tool(self, text: str, tip: str) -> QToolButton:
        button = styled(QToolButton(), "segment")
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _on_brush(self) -> None:
        brush = Brush(
            self.size_slider.value / 2, self.hardness_slider.value / 100, self._brush.erase
        )
        if brush != self._brush:
            self._brush = brush
            self.brush_changed.emit(brush)

    @Slot(bool)
    def _on_tool(self, brush: bool) -> None:
        self._brush = Brush(self._brush.radius, self._brush.hardness, not brush)
        self.brush_changed.emit(self._brush)

    @Slot(int)
    def _on_feather(self, pixels: int) -> None:
        self.feather_changed.emit(float(pixels))

    def _on_preset(self, name: str, checked: bool = False) -> None:
        del checked
        keys = QApplication.keyboardModifiers()
        how = "replace"
        if keys & Qt.KeyboardModifier.ShiftModifier:
            how = "add"
        elif keys & Qt.KeyboardModifier.AltModifier:
            how = "subtract"
        self.preset_chosen.emit(name, how)
