"""Advanced: the dials of the objective, each with what it trades."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from editor.document.goals import Dials
from widgets.sliders import NamedSlider, TrackSlider
from widgets.theme import styled
from widgets.translation import tr

_USUAL = Dials()
_MOST_SEED = 2**31 - 1


class WeightSlider(QWidget):
    """A factor of ¼…8 on a logarithmic scale with the usual 1 in the middle.

    Signals:
        changed(float): by the user.
    """

    changed = Signal(float)

    def __init__(self, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = QLabel(label)
        name.setFixedWidth(108)
        self.slider = TrackSlider(-100, 100, 0)
        self.slider.setAccessibleName(label)
        self.slider.setAccessibleDescription(tip)
        self._shown = QLabel()
        self._shown.setFixedWidth(56)
        self._shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for widget in (self, name, self.slider):
            widget.setToolTip(f"{tip} {tr('Double-click the slider for the usual.')}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 24, 0)
        layout.setSpacing(4)
        for widget in (name, self.slider, self._shown):
            layout.addWidget(widget)
        self.slider.valueChanged.connect(self._on_value)
        self._say()

    @property
    def factor(self) -> float:
        """¼…8; 1 in the middle."""
        place = self.slider.value() / 100
        return 2 ** (3 * place if place > 0 else 2 * place)

    def set_factor(self, factor: float) -> None:
        """Show a factor without emitting."""
        octaves = math.log2(factor)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(100 * octaves / (3 if octaves > 0 else 2)))
        self.slider.update()
        self._say()

    def _say(self) -> None:
        self._shown.setText(
            tr("usual")
            if self.slider.value() == 0
            else f"× {QLocale().toString(self.factor, 'g', 2)}"
        )

    @Slot()
    def _on_value(self) -> None:
        self._say()
        self.changed.emit(self.factor)


class DialsPanel(QWidget):
    """Strictness, naturalness, free residual, steps and seed.

    Signals:
        dials_changed(Dials): by the user.
    """

    dials_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dials = _USUAL
        strict = tr("Higher leaves more outside the region untouched, and changes less inside.")
        natural = tr("Higher stays closer to faces as the program knows them, and changes less.")
        free = tr(
            "On lets an edit go further than the two ways that are tried first; off is tamer."
        )
        steps = tr("More make a finer edit and take longer.")
        seed = tr("The same number repeats an edit exactly; another one varies it slightly.")
        self.strictness = WeightSlider(tr("Protect the rest"), strict)
        self.naturalness = WeightSlider(tr("Stay natural"), natural)
        self.residual = QCheckBox(tr("Reach further"))
        self.residual.setToolTip(free)
        self.steps = NamedSlider(tr("Rounds"), 5, 200, _USUAL.steps, tip=steps)
        self.seed = QSpinBox()
        self.seed.setRange(0, _MOST_SEED)
        self.seed.setKeyboardTracking(False)
        self.seed.setFixedWidth(110)
        self.seed.setAccessibleName(tr("Variation"))
        self.seed.setToolTip(seed)
        label = QLabel(tr("Variation"))
        label.setFixedWidth(108)
        label.setBuddy(self.seed)
        seed_row = QWidget()
        line = QHBoxLayout(seed_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(label)
        line.addWidget(self.seed)
        line.addStretch(1)
        self.reset = styled(QPushButton(tr("Reset Advanced")), "small")
        self.reset.setToolTip(tr("Everything as usual"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        rows: tuple[tuple[QWidget, str], ...] = (
            (self.strictness, strict),
            (self.naturalness, natural),
            (self.residual, free),
            (self.steps, steps),
            (seed_row, seed),
        )
        for row, trade in rows:
            layout.addWidget(row)
            sentence = styled(QLabel(trade, wordWrap=True), "quiet")
            sentence.setContentsMargins(0, 0, 0, 8)
            layout.addWidget(sentence)
        layout.addWidget(self.reset, alignment=Qt.AlignmentFlag.AlignLeft)
        self.show_dials(_USUAL)
        self.strictness.changed.connect(self._on_dial)
        self.naturalness.changed.connect(self._on_dial)
        self.residual.toggled.connect(self._on_dial)
        self.steps.committed.connect(self._on_dial)
        self.seed.valueChanged.connect(self._on_dial)
        self.reset.clicked.connect(self._on_reset)

    @Slot(object)
    def show_dials(self, dials: Dials) -> None:
        """Show where the dials stand."""
        self._dials = dials
        self.strictness.set_factor(dials.strictness)
        self.naturalness.set_factor(dials.naturalness)
        with QSignalBlocker(self.residual), QSignalBlocker(self.seed):
            self.residual.setChecked(dials.residual)
            self.seed.setValue(dials.seed)
        self.steps.set_value(dials.steps)
        self.reset.setEnabled(dials != _USUAL)

    @Slot()
    def _on_dial(self) -> None:
        self._put(
            replace(
                self._dials,
                strictness=self.strictness.factor,
                naturalness=self.naturalness.factor,
                residual=self.residual.isChecked(),
                steps=self.steps.value,
                seed=self.seed.value(),
            )
        )

    @Slot()
    def _on_reset(self) -> None:
        self.show_dials(_USUAL)
        self._put(_USUAL)

    def _put(self, dials: Dials) -> None:
        self._dials = dials
        self.reset.setEnabled(dials != _USUAL)
        self.dials_changed.emit(dials)
