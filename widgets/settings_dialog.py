"""The settings as a dialog, made from what ``widgets.settings`` declares."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from widgets.scrolled import Scrolled
from widgets.settings import SETTINGS, Choice, Flag, Number
from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from widgets.settings import Setting, Settings

_WIDTH = 470


class SettingsDialog(QDialog):
    """One control a setting; a change holds at once.

    Attributes:
        controls: by the setting's key.
    """

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self._settings = settings
        self.controls: dict[str, QCheckBox | QSpinBox | QComboBox] = {}
        page = styled(QWidget(), "panel")
        form = QFormLayout(page)
        form.setContentsMargins(16, 8, 16, 12)
        form.setVerticalSpacing(6)
        group = ""
        for setting in SETTINGS:
            if setting.group != group:
                group = setting.group
                form.addRow(styled(QLabel(tr(group).upper()), "heading"))
            control = self._control(setting)
            help = tr(setting.help)
            control.setAccessibleName(tr(setting.label))
            control.setAccessibleDescription(help)
            control.setToolTip(help)
            if isinstance(control, QCheckBox):
                form.addRow(control)
            else:
                form.addRow(tr(setting.label), control)
            form.addRow(styled(QLabel(help, wordWrap=True), "quiet"))
            self.controls[setting.key] = control
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        defaults = buttons.addButton(tr("Restore defaults"), QDialogButtonBox.ButtonRole.ResetRole)
        defaults.setAutoDefault(False)
        defaults.clicked.connect(settings.reset)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(Scrolled(page))
        layout.addWidget(buttons)
        settings.changed.connect(self._show)
        for setting in SETTINGS:
            self._show(setting)
        self.resize(_WIDTH, min(640, self.sizeHint().height()))

    def _control(self, setting: Setting) -> QCheckBox | QSpinBox | QComboBox:
        put = partial(self._settings.put, setting)
        if isinstance(setting, Flag):
            box = QCheckBox(tr(setting.label))
            box.toggled.connect(put)
            return box
        if isinstance(setting, Number):
            number = QSpinBox()
            number.setRange(setting.low, setting.high)
            number.setSuffix(setting.unit)
            number.valueChanged.connect(put)
            return number
        choice = QComboBox()
        for value, text in setting.options:
            choice.addItem(tr(text), value)
        choice.currentIndexChanged.connect(partial(self._choose, setting, choice))
        return choice

    def _choose(self, setting: Choice, box: QComboBox, place: int) -> None:
        self._settings.put(setting, str(box.itemData(place)))

    @Slot(object)
    def _show(self, setting: Setting) -> None:
        control = self.controls[setting.key]
        with QSignalBlocker(control):
            if isinstance(control, QCheckBox):
                control.setChecked(bool(self._settings.get(setting)))
            elif isinstance(control, QSpinBox):
                control.setValue(int(self._settings.get(setting)))
            else:
                control.setCurrentIndex(control.findData(self._settings.get(setting)))
