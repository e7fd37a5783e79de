"""Sliders fitted to what the user brings: the dialogs that ask for folders or a scorer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from editor.engine.fitting_jobs import FitBoundary, FitScorer
from widgets import dialogs, settings
from widgets.edit_panels import bring_up
from widgets.theme import styled
from widgets.translation import marked, tr

if TYPE_CHECKING:
    from widgets.main_window import MainWindow

_WIDTH = 340  # pixels of a path
_SCALINGS = (
    ("imagenet", marked("ImageNet's mean and spread")),
    ("unit", "0 … 1"),
    ("symmetric", "−1 … 1"),
    ("bytes", "0 … 255"),
)


class Fitting(QObject):
    """What the menu has about fitted sliders, and what becomes of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def ask_boundary(self) -> None:
        """Fit what tells two folders of pictures apart."""
        dialog = BoundaryDialog(self._generator, self._window)
        dialog.accepted.connect(partial(self._fit, dialog))
        _open(dialog)

    @Slot()
    def ask_scorer(self) -> None:
        """Fit what raises a score."""
        dialog = ScorerDialog(self._generator, self._window)
        dialog.accepted.connect(partial(self._fit, dialog))
        _open(dialog)

    @property
    def _generator(self) -> str:
        info = self._window.session.info
        return info.generator_sha256 if info is not None else ""

    def _fit(self, dialog: BoundaryDialog | ScorerDialog) -> None:
        bring_up(self._window.edits.discovery)
        self._window.session.discoveries.fit(dialog.job)


class BoundaryDialog(QDialog):
    """Two folders, and what tells them apart is called."""

    def __init__(self, generator: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("A slider from two folders"))
        self._generator = generator
        self.having, self.lacking = QLineEdit(), QLineEdit()
        self.name = QLineEdit(placeholderText=tr("smile, curly hair, fog …"))
        self.square = QCheckBox(tr("Take the middle square, not the face"))
        self.square.setToolTip(tr("For generators of other things than faces"))
        form = QFormLayout()
        form.addRow(tr("With it"), _chosen(self.having, self._choose_folder))
        form.addRow(tr("Without it"), _chosen(self.lacking, self._choose_folder))
        form.addRow(tr("Name"), self.name)
        form.addRow("", self.square)
        hint = tr(
            "Pictures that show something, and pictures that do not; a dozen or more of each, "
            "otherwise alike. They are looked at while you go on working."
        )
        self.fit = _finish(self, form, hint)
        for line in (self.having, self.lacking, self.name):
            line.textChanged.connect(self._check)
        self._check()

    @property
    def job(self) -> FitBoundary:
        """What was asked for."""
        having, lacking = Path(self.having.text().strip()), Path(self.lacking.text().strip())
        name = self.name.text().strip()
        return FitBoundary(self._generator, having, lacking, name, self.square.isChecked())

    def _choose_folder(self, line: QLineEdit) -> None:
        folder = dialogs.ask_folder(self, tr("Choose a folder of pictures"), settings.folder())
        if folder is not None:
            line.setText(str(folder))

    @Slot()
    def _check(self) -> None:
        lines = (self.having, self.lacking, self.name)
        self.fit.setEnabled(all(line.text().strip() for line in lines))


class ScorerDialog(QDialog):
    """A scorer, and how it is to be asked."""

    def __init__(self, generator: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("A slider along a score"))
        self._generator = generator
        self.source = QLineEdit(placeholderText=tr("scorer.onnx, or file.py:function"))
        self.name = QLineEdit(placeholderText=tr("as the scorer"))
        self.scaling = QComboBox()
        for scaling, text in _SCALINGS:
            self.scaling.addItem(tr(text), scaling)
        self.output = QSpinBox(maximum=99_999)
        self.samples = QSpinBox(minimum=50, maximum=20_000, value=400, singleStep=50)
        warning = tr(
            "A Python function is run as it is, with all that you may do yourself. Take only one "
            "that you trust."
        )
        self.warning = QLabel(warning, wordWrap=True)
        self._form = form = QFormLayout()
        form.addRow(tr("Scorer"), _chosen(self.source, self._choose_file))
        form.addRow(self.warning)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("It takes"), self.scaling)
        form.addRow(tr("Output number"), self.output)
        form.addRow(tr("Samples"), self.samples)
        hint = tr(
            "The generator's samples are scored, and the slider is what they vary when the score "
            "rises. It goes on while you work."
        )
        self.fit = _finish(self, form, hint)
        self.source.textChanged.connect(self._check)
        self._check()

    @property
    def job(self) -> FitScorer:
        """What was asked for."""
        scaling = cast(
            "Literal['unit', 'symmetric', 'imagenet', 'bytes']", self.scaling.currentData()
        )
        return FitScorer(
            self._generator,
            self.source.text().strip(),
            self.name.text().strip(),
            scaling,
            self.output.value(),
            self.samples.value(),
        )

    def _choose_file(self, line: QLineEdit) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            tr("Choose a scorer"),
            settings.folder(),
            tr("Networks (*.onnx);;All files (*)"),
        )
        if name:
            line.setText(name)

    @Slot()
    def _check(self) -> None:
        source = self.source.text().strip()
        is_onnx = source.lower().endswith(".onnx")
        self.warning.setVisible(bool(source) and not is_onnx)
        for field in (self.scaling, self.output):
            self._form.setRowVisible(field, is_onnx or not source)
        self.fit.setEnabled(bool(source))


def _chosen(line: QLineEdit, choose: object) -> QHBoxLayout:
    """A path with a button that asks for it."""
    assert callable(choose)
    line.setMinimumWidth(_WIDTH)
    button = QPushButton(tr("Choose…"))
    button.setObjectName("small")
    button.clicked.connect(lambda: choose(line))
    row = QHBoxLayout()
    row.addWidget(line, 1)
    row.addWidget(button)
    return row


def _finish(dialog: QDialog, form: QFormLayout, hint: str) -> QPushButton:
    """Lay the dialog out; the button that accepts it."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    fit = buttons.addButton(tr("Fit"), QDialogButtonBox.ButtonRole.AcceptRole)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addLayout(form)
    layout.addWidget(styled(QLabel(hint, wordWrap=True), "quiet"))
    layout.addWidget(buttons)
    return fit


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
