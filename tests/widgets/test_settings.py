"""Settings: declared once, always allowed, kept from one run to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QSpinBox

from editor.document.goals import Dials
from widgets import settings as declared
from widgets.brush import Brush, Tool
from widgets.look import LookKind, RegionLook
from widgets.settings import SETTINGS, Choice, Flag, Number, Settings
from widgets.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from widgets.settings import Setting


def stored_in(path: Path) -> Settings:
    return Settings(QSettings(str(path / "settings.ini"), QSettings.Format.IniFormat))


def another(setting: Setting) -> bool | int | str:
    if isinstance(setting, Flag):
        return not setting.default
    if isinstance(setting, Number):
        return setting.low
    return next(value for value, _ in setting.options if value != setting.default)


def test_every_setting_is_declared_whole() -> None:
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.label, setting
        assert setting.help.endswith("."), setting
        assert setting.allowed(setting.default) == setting.default
        if isinstance(setting, Choice):
            assert setting.default in dict(setting.options)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_setting_outlasts_the_run(tmp_path: Path, setting: Setting) -> None:
    value = another(setting)
    first = stored_in(tmp_path)
    assert first.get(setting) == setting.default
    first.put(setting, value)
    del first  # writes
    again = stored_in(tmp_path)
    assert again.get(setting) == value
    assert type(again.get(setting)) is type(setting.default)
    again.reset()
    assert again.get(setting) == setting.default


@pytest.mark.parametrize("rubbish", ["", "no such", "1e99", "-7", "[1]", "\0", "true false"])
def test_whatever_is_stored_the_answer_is_allowed(tmp_path: Path, rubbish: str) -> None:
    settings = stored_in(tmp_path)
    for setting in SETTINGS:
        settings.write(setting.key, rubbish)
        value = settings.get(setting)
        if isinstance(setting, Number):
            assert setting.low <= int(value) <= setting.high
        elif isinstance(setting, Choice):
            assert value in dict(setting.options)
        else:
            assert isinstance(value, bool)
    for key in ("brush", "dials", "look"):
        settings.write(key, rubbish)
    assert (settings.brush(), settings.dials(), settings.look()) == (Brush(), Dials(), RegionLook())


def test_a_number_is_brought_into_its_range(tmp_path: Path) -> None:
    settings = stored_in(tmp_path)
    settings.put(declared.NOTICES, 1000)
    assert settings.number(declared.NOTICES) == declared.NOTICES.high


def test_brush_dials_and_look_are_remembered(tmp_path: Path) -> None:
    settings = stored_in(tmp_path)
    brush = Brush(
        radius=12.5, hardness=0.25, colour=(1, 2, 3), opacity=0.5, flow=0.3, smoothing=0.2,
        follows=True, within=True, pressure_to_size=False, pressure_to_opacity=True,
    )  # fmt: skip
    settings.remember("brush", brush.as_tool(Tool.LASSO, erase=True))
    settings.remember("dials", Dials(2.0, 0.5, False, 60, 7))
    settings.remember("look", RegionLook(LookKind.OUTLINE, (9, 8, 7)))
    del settings
    again = stored_in(tmp_path)
    assert again.brush() == brush  # the brush, not the eraser's lasso
    assert again.dials() == Dials(2.0, 0.5, False, 60, 7)
    assert again.look() == RegionLook(LookKind.OUTLINE, (9, 8, 7))


def test_what_was_remembered_is_brought_into_range(tmp_path: Path) -> None:
    settings = stored_in(tmp_path)
    settings.write("brush", '{"radius": 1e12, "hardness": -3, "colour": [1, 2, 999], "flow": "x"}')
    settings.write("dials", '{"steps": 100000, "strictness": NaN, "residual": 1}')
    assert settings.brush() == Brush(radius=2000.0, hardness=0.0)
    assert settings.dials() == Dials(steps=200)


def test_the_dialog_has_a_control_for_every_setting(qtbot: QtBot) -> None:
    settings = Settings(None)
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    assert list(dialog.controls) == [setting.key for setting in SETTINGS]
    told: list[Setting] = []
    settings.changed.connect(told.append)
    for setting in SETTINGS:
        control, value = dialog.controls[setting.key], another(setting)
        if isinstance(control, QCheckBox):
            control.click()
        elif isinstance(control, QSpinBox):
            control.setValue(int(value))
        else:
            assert isinstance(control, QComboBox)
            control.setCurrentIndex(control.findData(value))
        assert settings.get(setting) == value
        assert control.accessibleName() == setting.label
        assert control.toolTip() == setting.help
    assert told == list(SETTINGS)
    defaults = next(b for b in dialog.findChildren(QPushButton) if "Restore" in b.text())
    qtbot.mouseClick(defaults, Qt.MouseButton.LeftButton)
    for setting in SETTINGS:
        assert settings.get(setting) == setting.default
    box = dialog.controls["keep_brush"]
    assert isinstance(box, QCheckBox)
    assert box.isChecked()
