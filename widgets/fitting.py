"""What is fitted: the attributes to a generator, a slider to folders or a score; the dialogs."""

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

from editor.document.attributes import is_skin_work
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from widgets import dialogs, settings
from widgets.edit_panels import bring_up
from widgets.theme import styled
from widgets.translation import marked, tr, translated

if TYPE_CHECKING:
    from editor.engine.jobs import FittedAttributes, GeneratorInfo
    from editor.session.desks.generators import Generators
    from widgets.main_window import MainWindow

_WIDTH = 340  # pixels of a path
_SCALINGS = (
    ("imagenet", marked("ImageNet's mean and spread")),
    ("unit", "0 … 1"),
    ("symmetric", "-1 … 1"),
    ("bytes", "0 … 255"),
)


class Fitting(QObject):
    """What the menu has about fitted sliders, and what becomes of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.session.generators.fitted.connect(self._on_fitted)

    @Slot()
    def ask_attributes(self) -> None:
        """Fit the named attributes to the generator in use."""
        generator = self._window.session.generators.in_use
        if generator is not None:
            ask_attributes(self._window.session.generators, generator, self._window)

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

    @Slot(object)
    def _on_fitted(self, found: FittedAttributes) -> None:
        rows = [row for row in found.attributes if not is_skin_work(row.name)]
        text = tr(
            "Fitted to {name}: %n attributes. They are in the panel Attributes when it is in use.",
            n=len(rows),
            one="Fitted to {name}: %n attribute. It is in the panel Attributes when it is in use.",
            name=found.generator.name,
        )
        if found.left_out:
            text += " " + tr("File → Your generators… says what was left out, and why.")
        self._window.banner.show_notice(text)

    @property
    def _generator(self) -> str:
        info = self._window.session.info
        return info.generator_sha256 if info is not None else ""

    def _fit(self, dialog: BoundaryDialog | ScorerDialog) -> None:
        bring_up(self._window.edits.discovery)
        self._window.session.discoveries.fit(dialog.job)


def ask_attributes(
    generators: Generators, generator: GeneratorInfo, parent: QWidget
) -> AttributesDialog:
    """Ask how many samples, and fit the named attributes."""
    dialog = AttributesDialog(generator, parent)
    dialog.accepted.connect(
        lambda: generators.fit_attributes(generator.sha256, dialog.samples.value())
    )
    _open(dialog)
    return dialog


def told_of_fit(found: FittedAttributes) -> str:
    """What was fitted, and what was left out and why."""
    rows = (row for row in found.attributes if not is_skin_work(row.name))
    names = ", ".join(translated(row.label) for row in rows)
    lines = [tr("Fitted to {samples} samples: {names}.", samples=found.samples, names=names)]
    lines += [
        tr("Left out: {label}. {reason}", label=translated(label), reason=translated(why))
        for label, why in found.left_out
    ]
    return "\n".join(lines)


class AttributesDialog(QDialog):
    """What fitting the named attributes means, and how many samples are drawn for it."""

    def __init__(self, generator: GeneratorInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Fit the attributes"))
        self.samples = QSpinBox(maximum=50_000, singleStep=500)
        self.samples.setSpecialValueText(tr("as usual"))
        self.samples.setToolTip(tr("More take longer and tell the attributes a little better"))
        form = QFormLayout()
        form.addRow(tr("Generator"), QLabel(generator.name))
        form.addRow(tr("Samples"), self.samples)
        hint = tr(
            "Samples of a face generator are drawn and measured, and sliders like Smile and Jaw "
            "width are fitted to them: a few minutes on a GPU, five to thirty on a processor. It "
            "goes on while you work, and where it was when you stop it. Those that do not hold are "
            "left out."
        )
        self.fit = _finish(self, form, hint)


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
