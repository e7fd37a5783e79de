"""What painters set less often: flow and pen, operations on the region, how it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from widgets.brush import Brush
from widgets.fold import FoldSection
from widgets.keymap import tipped
from widgets.look import LookKind, RegionLook
from widgets.sliders import NamedSlider
from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable


class BrushOptions(FoldSection):
    """Flow, smoothing, edges, parts of the face, and what a pen's pressure changes.

    Signals:
        brush_changed(Brush): with one of them changed.
    """

    brush_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Brush and pen"), folded=True, parent=parent)
        self._brush = Brush()
        self.flow = NamedSlider(
            tr("Flow"), 1, 100, 100, suffix=" %",
            tip=tr("How much one dab adds; below 100 % strokes build up to the opacity"),
        )  # fmt: skip
        self.smoothing = NamedSlider(
            tr("Smoothing"), 0, 100, 0, suffix=" %",
            tip=tr("The brush hangs on a string behind the pointer: calmer lines"),
        )  # fmt: skip
        self.follows = QCheckBox(tr("Stop at edges"))
        tipped(
            self.follows,
            tr(
                "Strokes stop at edges of the picture, and at lips, brows, eyes and hair ({follow})"
            ),
        )
        self.within = QCheckBox(tr("Keep within"))
        self.within.setToolTip(
            tr(
                "Strokes and shapes colour only that part of the face on which they begin: lips, "
                "skin, hair, beard, clothes …"
            )
        )
        self.to_size = QCheckBox(tr("Pen: size"))
        self.to_size.setToolTip(tr("A pen that is pressed harder draws wider"))
        self.to_opacity = QCheckBox(tr("Pen: opacity"))
        self.to_opacity.setToolTip(tr("A pen that is pressed harder draws more opaquely"))
        for widget in (self.flow, self.smoothing):
            self.add(widget)
        for pair in ((self.follows, self.within), (self.to_size, self.to_opacity)):
            boxes = QWidget()
            row = QHBoxLayout(boxes)
            row.setContentsMargins(0, 0, 0, 0)
            for box in pair:
                row.addWidget(box)
                box.toggled.connect(self._on_changed)
            row.addStretch(1)
            self.add(boxes)
        for slider in (self.flow, self.smoothing):
            slider.dragged.connect(self._on_changed)
            slider.committed.connect(self._on_changed)
        self.show_brush(self._brush)

    def show_brush(self, brush: Brush) -> None:
        """Show the brush in hand."""
        self._brush = brush
        self.flow.set_value(round(100 * brush.flow))
        self.smoothing.set_value(round(100 * brush.smoothing))
        for box, on in (
            (self.follows, brush.follows),
            (self.within, brush.within),
            (self.to_size, brush.pressure_to_size),
            (self.to_opacity, brush.pressure_to_opacity),
        ):
            with QSignalBlocker(box):
                box.setChecked(on)

    @Slot()
    def _on_changed(self) -> None:
        brush = replace(
            self._brush,
            flow=self.flow.value / 100,
            smoothing=self.smoothing.value / 100,
            follows=self.follows.isChecked(),
            within=self.within.isChecked(),
            pressure_to_size=self.to_size.isChecked(),
            pressure_to_opacity=self.to_opacity.isChecked(),
        )
        if brush != self._brush:
            self._brush = brush
            self.brush_changed.emit(brush)


class MaskOptions(FoldSection):
    """Operations on the whole region, limits by the picture, and how the region is shown.

    Signals:
        grow_requested(float): photo pixels; negative ones shrink.
        smooth_requested(float): photo pixels.
        fill_requested(): close holes.
        invert_requested(): all but the region.
        lightness_requested(float, float): keep L* between these.
        half_requested(bool): keep one side of the face; True: the left of the picture.
        look_changed(RegionLook): show the region in that way.
    """

    grow_requested = Signal(float)
    smooth_requested = Signal(float)
    fill_requested = Signal()
    invert_requested = Signal()
    lightness_requested = Signal(float, float)
    half_requested = Signal(bool)
    look_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Refine the region"), folded=True, parent=parent)
        self._look = RegionLook()
        self.amount = NamedSlider(
            tr("By"),
            1,
            200,
            4,
            suffix=" px",
            tip=tr("How far the region grows, shrinks or is smoothed"),
        )
        self.tolerance = NamedSlider(
            tr("Tolerance"), 1, 60, 14,
            tip=tr("How far colours may differ (ΔE) where a click limits the region to a colour "
            "({tool_colour})"),
        )  # fmt: skip
        self.darkest = NamedSlider(
            tr("Darkest"), 0, 100, 0, tip=tr("Lightness below which nothing stays")
        )
        self.lightest = NamedSlider(
            tr("Lightest"), 0, 100, 100, tip=tr("Lightness above which nothing stays")
        )
        operations = QWidget()
        grid = QGridLayout(operations)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        self.buttons: dict[str, QPushButton] = {}
        for place, (name, tip, act) in enumerate(
            (
                (tr("Grow"), tr("Let the region reach farther"), self._grow),
                (tr("Shrink"), tr("Let the region reach less far"), self._shrink),
                (tr("Smooth"), tr("Take specks, dents and corners away"), self._smooth),
                (tr("Fill holes"), tr("Select what the region encloses"), self.fill_requested.emit),
                (
                    tr("Invert"),
                    tr("Select all but the region ({invert})"),
                    self.invert_requested.emit,
                ),
                (tr("Limit lightness"), tr("Keep what is as light as set below"), self._limit),
                (tr("Left half"), tr("Keep what lies on the left of the face"), self._left),
                (tr("Right half"), tr("Keep what lies on the right of the face"), self._right),
            )
        ):
            button = self._button(name, tip, act)
            grid.addWidget(button, place // 3, place % 3)
            self.buttons[name] = button
        self.kind = QComboBox()
        self.kind.addItems([tr(kind.value) for kind in LookKind])
        self.kind.setToolTip(tr("How the region is shown over the photo"))
        self.kind.setAccessibleName(tr("How the region is shown"))
        self.swatch = styled(QPushButton(), "swatch")
        self.swatch.setFixedSize(44, 24)
        self.swatch.setToolTip(tr("Colour in which the region is shown"))
        self.swatch.setAccessibleName(tr("Colour of the region"))
        shown = QWidget()
        row = QHBoxLayout(shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("Shown as")))
        row.addWidget(self.kind, 1)
        row.addWidget(self.swatch)
        for widget in (
            self.amount, operations, self.darkest, self.lightest, self.tolerance, shown,
        ):  # fmt: skip
            self.add(widget)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.swatch.clicked.connect(self._choose_colour)
        self._show_look()

    def _button(self, name: str, tip: str, act: Callable[[], object]) -> QPushButton:
        button = styled(QPushButton(name), "preset")
        tipped(button, tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: act())
        return button

    def _grow(self) -> None:
        self.grow_requested.emit(float(self.amount.value))

    def _shrink(self) -> None:
        self.grow_requested.emit(-float(self.amount.value))

    def _smooth(self) -> None:
        self.smooth_requested.emit(float(self.amount.value))

    def _limit(self) -> None:
        ends = sorted((self.darkest.value, self.lightest.value))
        self.lightness_requested.emit(float(ends[0]), float(ends[1]))

    def _left(self) -> None:
        self.half_requested.emit(True)

    def _right(self) -> None:
        self.half_requested.emit(False)

    @Slot(int)
    def _on_kind(self, place: int) -> None:
        self._take(replace(self._look, kind=list(LookKind)[place]))

    @Slot()
    def _choose_colour(self) -> None:
        colour = QColorDialog.getColor(QColor(*self._look.colour), self, tr("Colour of the region"))
        if colour.isValid():
            chosen = colour.red(), colour.green(), colour.blue()
            self._take(replace(self._look, colour=chosen))

    @property
    def look(self) -> RegionLook:
        """How the region is shown."""
        return self._look

    def set_look(self, look: RegionLook) -> None:
        """Show the region so."""
        self._take(look)

    def _take(self, look: RegionLook) -> None:
        self._look = look
        self._show_look()
        self.look_changed.emit(look)

    def _show_look(self) -> None:
        with QSignalBlocker(self.kind):
            self.kind.setCurrentIndex(list(LookKind).index(self._look.kind))
        self.swatch.setStyleSheet(f"background: {QColor(*self._look.colour).name()};")
        self.swatch.setEnabled(self._look.kind is not LookKind.GREY)
