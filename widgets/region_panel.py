"""The tools, the region's softness, and regions that the landmarks know."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from editor.document.face_regions import PRESETS
from widgets.brush import Brush, Tool
from widgets.flow import Columns, Flow
from widgets.keymap import tipped
from widgets.mask_options import BrushOptions, MaskOptions
from widgets.named_regions import NamedRegionList
from widgets.paint_options import PaintOptions
from widgets.sliders import NamedSlider
from widgets.theme import styled
from widgets.translation import beginning, tr
from widgets.words import region_title

if TYPE_CHECKING:
    from editor.document.brushed_region import BrushedRegion
    from editor.document.paint import Colour

_COLUMNS = 4  # of the buttons for regions; fewer where the panel is narrow


class _PresetButton(QPushButton):
    """Lit while the region is its own: that lights it, a click does not."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setCheckable(True)  # to be dressed anew is dear, to be checked is not

    def nextCheckState(self) -> None:
        """A click does not check it."""


class RegionPanel(QWidget):
    """Brush, eraser and paint, feather, presets, mirror, clear, overlay, regions with names.

    Signals:
        brush_changed(Brush): size, hardness, opacity or tool.
        feather_changed(float): photo pixels, when the slider is let go.
        preset_chosen(str name, str how): how is ``"replace"``, ``"add"`` or ``"subtract"``.
        clear_requested(): empty the region.
        overlay_toggled(bool): show the region in red.
        mirror_toggled(bool): paint on both sides of the face.
        mirror_requested(): unite the region with its mirror image.
        pull_requested(): points of the face are to be pulled.
        tool_chosen(): a button of another tool was pressed, perhaps of the one in hand.
    """

    brush_changed = Signal(object)
    feather_changed = Signal(float)
    preset_chosen = Signal(str, str)
    clear_requested = Signal()
    overlay_toggled = Signal(bool)
    mirror_toggled = Signal(bool)
    mirror_requested = Signal()
    pull_requested = Signal()
    tool_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._brush = Brush()
        self._region_is_empty = True
        self.brush_button = self._tool(
            tr("Brush"), tr("Brush where the edit may change the photo ({brush})")
        )
        self.eraser_button = self._tool(
            tr("Eraser"), tr("Take parts of the region away ({eraser}), or hold Alt")
        )
        self.paint_button = self._tool(
            tr("Paint"),
            tr("Paint colours that the face is to follow ({paint}). Alt+click takes a colour."),
        )
        self.brush_button.setChecked(True)
        self.mirror_button = self._tool(
            tr("Mirror"),
            tr("Brush and paint on both sides of the face at once ({mirror})"),
            exclusive=False,
        )
        self.tool_buttons = {
            Tool.LASSO: self._tool(tr("Lasso"), tr("Draw around what may change ({tool_lasso})")),
            Tool.POLYGON: self._tool(
                tr("Polygon"), tr("Click around what may change ({tool_polygon})")
            ),
            Tool.RECTANGLE: self._tool(
                tr("Box"), tr("Drag a box; Shift makes a square ({tool_rectangle})")
            ),
            Tool.ELLIPSE: self._tool(
                tr("Ellipse"), tr("Drag an ellipse; Shift makes a circle ({tool_ellipse})")
            ),
            Tool.CLASS: self._tool(
                tr("Pick"), tr("Click lips, brows, hair … to select them ({tool_class})")
            ),
            Tool.COLOUR: self._tool(
                tr("Colour"), tr("Click a colour to limit the region to it ({tool_colour})")
            ),
            Tool.HEAL: self._tool(
                tr("Heal"), tr("Click spots of the skin to heal them, region or not ({tool_heal})")
            ),
        }
        self.pull_button = self._tool(
            tr("Pull"), tr("Drag points of the face: the region follows ({pull})")
        )
        self._pulling = False
        self.brush_options, self.mask_options = BrushOptions(), MaskOptions()
        self.named = NamedRegionList()
        self.paint_options = PaintOptions()
        self.paint_options.hide()
        self.overlay_box = QCheckBox(tr("Show"))
        self.overlay_box.setChecked(True)
        tipped(self.overlay_box, tr("Show the region over the photo ({overlay})"))
        self.size_slider = NamedSlider(
            tr("Size"),
            1,
            4000,
            1,
            suffix=" px",
            resets=False,
            tip=tr("Diameter of the brush ({smaller} and {larger}, or Shift+drag)"),
        )
        self.hardness_slider = NamedSlider(
            tr("Hardness"),
            0,
            100,
            0,
            suffix=" %",
            resets=False,
            tip=tr("How sharp the brush's edge is ({softer} and {harder})"),
        )
        self.opacity_slider = NamedSlider(
            tr("Opacity"),
            1,
            100,
            100,
            suffix=" %",
            tip=tr("How much of an edit, or of the paint, one stroke takes"),
        )
        self.feather_slider = NamedSlider(
            tr("Feather"),
            0,
            200,
            0,
            suffix=" px",
            tip=tr("Softens the region's edge, inward only"),
        )
        tools = Flow(down=5)
        tools.add(self.brush_button, self.eraser_button, self.paint_button)
        tools.add(self.tool_buttons[Tool.HEAL], self.pull_button)
        tools.add(*(one for tool, one in self.tool_buttons.items() if not tool.is_round))
        tools.add(self.mirror_button)
        presets = Columns(_COLUMNS, 4)
        self.preset_buttons: dict[str, QPushButton] = {}
        for name in PRESETS:
            title = region_title(name)
            button = styled(_PresetButton(beginning(title)), "preset")
            button.setToolTip(
                tr(
                    "Make the {title} the region.\nShift+click adds it, Alt+click takes it away.",
                    title=title,
                )
            )
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._on_preset, name))
            presets.add(button)
            self.preset_buttons[name] = button
        self.clear_button = styled(QPushButton(tr("Clear")), "tiny")
        tipped(self.clear_button, tr("Empty the region ({clear})"))
        self.clear_button.clicked.connect(self.clear_requested)
        self.mirror_region_button = styled(QPushButton(tr("Mirror region")), "preset")
        tipped(self.mirror_region_button, tr("Add the region's mirror image ({mirror_region})"))
        self.mirror_region_button.clicked.connect(self.mirror_requested)
        for button in (self.clear_button, self.mirror_region_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        presets.add(self.mirror_region_button)
        self.light = styled(QLabel(), "light")
        self.light.setTextFormat(Qt.TextFormat.RichText)
        self.light.setAccessibleName(tr("How well the generator rebuilds this region"))
        heading = QHBoxLayout()
        heading.setSpacing(10)
        heading.addWidget(styled(QLabel(tr("REGION")), "heading"))
        heading.addWidget(self.light, alignment=Qt.AlignmentFlag.AlignBottom)
        heading.addStretch(1)
        heading.addWidget(self.clear_button, alignment=Qt.AlignmentFlag.AlignBottom)
        heading.addWidget(self.overlay_box, alignment=Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(5)
        layout.addLayout(tools)
        layout.addWidget(self.paint_options)
        # Above the sliders: where there is little room, the regions are seen first.
        layout.addLayout(heading)
        layout.addLayout(presets)
        layout.addWidget(self.size_slider)
        layout.addWidget(self.hardness_slider)
        layout.addWidget(self.opacity_slider)
        layout.addWidget(self.feather_slider)
        layout.addWidget(self.brush_options)
        layout.addWidget(self.named)
        layout.addWidget(self.mask_options)

        for button in (
            self.brush_button, self.eraser_button, self.paint_button, *self.tool_buttons.values(),
        ):  # fmt: skip
            button.clicked.connect(self._on_tool)
        self.pull_button.clicked.connect(self._on_pull)
        self.brush_options.brush_changed.connect(self._take)
        self.mirror_button.toggled.connect(self.mirror_toggled)
        self.paint_options.colour_chosen.connect(self._on_colour)
        self.paint_options.erase_toggled.connect(self._on_erase_paint)
        for slider in (self.size_slider, self.hardness_slider, self.opacity_slider):
            slider.dragged.connect(self._on_brush)
            slider.committed.connect(self._on_brush)
        self.feather_slider.committed.connect(self._on_feather)
        self.overlay_box.toggled.connect(self.overlay_toggled)

    @Slot(object)
    def show_brush(self, brush: Brush) -> None:
        """Show the brush in hand."""
        self._brush = brush
        tool = self.eraser_button if brush.erase else self.brush_button
        tool = self.tool_buttons.get(brush.tool, tool)
        tool = self.paint_button if brush.paint else tool
        (self.pull_button if self._pulling else tool).setChecked(True)
        self.brush_options.show_brush(brush)
        self.paint_options.show_brush(brush)
        self.paint_options.setVisible(brush.paint)
        self.size_slider.set_value(max(1, round(2 * brush.radius)))
        self.hardness_slider.set_value(round(100 * brush.hardness))
        self.opacity_slider.set_value(round(100 * brush.opacity))

    @Slot(bool)
    def show_pulling(self, pulling: bool) -> None:
        """Points are pulled now, and nothing is brushed; or it is as before again."""
        self._pulling = pulling
        self.show_brush(self._brush)

    @Slot(object)
    def show_region(self, region: BrushedRegion) -> None:
        """Show the region's feather."""
        self.feather_slider.set_value(round(region.feather))
        self._region_is_empty = region.mask.is_empty
        self.clear_button.setEnabled(not region.mask.is_empty)
        self._allow_mirroring()

    def light_presets(self, names: frozenset[str]) -> None:
        """Light up the presets that the region consists of."""
        for name, button in self.preset_buttons.items():
            lit = name in names
            if lit != button.isChecked():
                button.setChecked(lit)
                button.setAccessibleDescription(tr("This is the region") if lit else "")

    @Slot(bool)
    def show_mirrored(self, mirrored: bool) -> None:
        """Show whether strokes go on both sides."""
        self.mirror_button.setChecked(mirrored)

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
        """Presets and the mirror need a face."""
        for button in self.preset_buttons.values():
            button.setEnabled(available)
        self.mirror_button.setEnabled(available)
        self.pull_button.setEnabled(available)
        self._allow_mirroring()

    def _allow_mirroring(self) -> None:
        face = self.mirror_button.isEnabledTo(self)
        self.mirror_region_button.setEnabled(face and not self._region_is_empty)

    def _tool(self, text: str, tip: str, *, exclusive: bool = True) -> QToolButton:
        button = styled(QToolButton(), "segment")
        button.setText(text)
        tipped(button, tip)
        button.setCheckable(True)
        button.setAutoExclusive(exclusive)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _on_brush(self) -> None:
        self._take(
            replace(
                self._brush,
                radius=self.size_slider.value / 2,
                hardness=self.hardness_slider.value / 100,
                opacity=self.opacity_slider.value / 100,
            )
        )

    @Slot()
    def _on_pull(self) -> None:
        self.pull_requested.emit()
        self.show_brush(self._brush)  # it may not be possible

    @Slot()
    def _on_tool(self) -> None:
        paint, erase = self.paint_button.isChecked(), self.eraser_button.isChecked()
        shapes = (tool for tool, button in self.tool_buttons.items() if button.isChecked())
        chosen = self._brush.as_tool(next(shapes, Tool.BRUSH), paint=paint, erase=erase)
        self.tool_chosen.emit()
        self._take(chosen)

    @Slot(object)
    def _on_colour(self, colour: Colour) -> None:
        self._take(self._brush.dipped(colour))

    @Slot(bool)
    def _on_erase_paint(self, erase: bool) -> None:
        self._take(self._brush.as_tool(Tool.BRUSH, paint=True, erase=erase))

    @Slot(object)
    def _take(self, brush: Brush) -> None:
        if brush != self._brush:
            self._brush = brush
            self.brush_changed.emit(brush)

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
