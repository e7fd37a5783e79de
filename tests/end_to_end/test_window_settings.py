"""The window as the settings say; its keys, its focus and its names for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QIcon
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFocusFrame,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QToolBar,
    QWidget,
)

from editor.document.goals import Dials
from editor.document.presets import AttributePreset, PresetPart
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from tests.fake_engine import FakeEngine
from widgets import settings as declared
from widgets.brush import Brush
from widgets.keys_dialog import KeysDialog
from widgets.look import LookKind, RegionLook
from widgets.main_window import MainWindow
from widgets.settings import Settings
from widgets.settings_dialog import SettingsDialog
from widgets.shortcuts import HELD, SHORTCUTS
from widgets.theme import SURROUNDS, THEMES, Dresser, apply_theme, colour, worn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QTreeWidgetItem
    from pytestqt.qtbot import QtBot

    from tests.end_to_end.desktop import Desktop

_USED = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit,
    QPlainTextEdit, QProgressBar, QTabBar,
)  # fmt: skip


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[QApplication]:
    palette, sheet, style = qapp.palette(), qapp.styleSheet(), qapp.style().objectName()
    yield qapp
    for dresser in qapp.findChildren(Dresser):
        shiboken6.delete(dresser)
    apply_theme(qapp)  # worn() says so again
    qapp.setStyle(style)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


def window_with(qtbot: QtBot, settings: Settings) -> MainWindow:
    session = EditSession(EngineThread(FakeEngine))
    window = MainWindow(session, settings=settings)
    qtbot.addWidget(window)
    return window


# ------------------------------------------------------------ settings


def test_brush_dials_and_look_come_back(qtbot: QtBot) -> None:
    settings = Settings(None)
    first = window_with(qtbot, settings)
    brush = Brush(radius=77.0, hardness=0.3, flow=0.5, colour=(1, 2, 3))
    first.canvas.set_brush(brush)
    first.session.sliders.set_dials(Dials(steps=60))
    first.session.sliders.set_together(True)
    first.region_panel.mask_options.set_look(RegionLook(LookKind.OUTLINE, (0, 9, 200)))
    first.close()
    again = window_with(qtbot, settings)
    assert again.canvas.brush == brush
    assert again.region_panel.size_slider.value == 154
    assert again.session.dials == Dials(steps=60)
    assert again.edits.attributes.dials.steps.value == 60
    assert again.session.together
    assert again.commands.together.isChecked()
    assert again.region_panel.mask_options.look == RegionLook(LookKind.OUTLINE, (0, 9, 200))
    again.close()


def test_folders_of_presets_stay_folded(qtbot: QtBot) -> None:
    settings = Settings(None)
    window = window_with(qtbot, settings)
    parts = (PresetPart("mouth", (("smile", 20.0),)),)
    presets = [AttributePreset(name, parts) for name in ("Portraits/Joy", "Couples/Joy")]

    def folder(of: MainWindow, name: str) -> QTreeWidgetItem:
        parent = of.edits.presets.list.item_of(name).parent()
        assert parent is not None
        return parent

    def shown(of: MainWindow) -> list[bool]:
        of.edits.presets.show_presets(presets)
        return [folder(of, preset.name).isExpanded() for preset in presets]

    assert shown(window) == [True, True]
    folder(window, "Portraits/Joy").setExpanded(False)
    window.close()
    again = window_with(qtbot, settings)
    assert shown(again) == [False, True]
    again.edits.presets.list.set_folded(())
    again.close()
    last = window_with(qtbot, settings)
    assert shown(last) == [True, True]
    last.close()


def test_what_is_not_to_be_remembered_is_not(qtbot: QtBot) -> None:
    settings = Settings(None)
    settings.put(declared.KEEP_BRUSH, False)
    settings.put(declared.KEEP_DIALS, False)
    first = window_with(qtbot, settings)
    first.canvas.set_brush(Brush(radius=77.0))
    first.session.sliders.set_dials(Dials(steps=60))
    first.close()
    again = window_with(qtbot, settings)
    assert again.canvas.brush == Brush()
    assert again.session.dials == Dials()
    again.close()


def test_the_settings_hold_at_once(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    window, settings = desk.window, desk.window.settings
    settings.put(declared.OPEN_AT_FACE, False)
    desk.open(photo)
    assert window.canvas.is_fitted
    settings.put(declared.SURROUND, "119")
    corner = window.canvas.grab().toImage().pixelColor(QPoint(2, window.canvas.height() - 3))
    assert corner == QColor(119, 119, 119)
    settings.put(declared.RECENT, 0)
    assert not window.recent.isEnabled()
    settings.put(declared.RECENT, 5)
    assert window.recent.isEnabled()


def test_both_dialogs_open_from_their_commands(make: Callable[..., Desktop]) -> None:
    desk = make()
    for action, kind in (
        (desk.window.commands.settings, SettingsDialog),
        (desk.window.commands.keys, KeysDialog),
    ):
        action.trigger()
        dialogs = desk.window.findChildren(kind)
        assert len(dialogs) == 1
        assert dialogs[0].isVisible()
        dialogs[0].close()


# ------------------------------------------------------------ themes


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_dresses_the_window(
    make: Callable[..., Desktop], photo: Path, themed: QApplication, theme: str
) -> None:
    desk = make()
    desk.open(photo)
    Dresser(themed, theme)
    desk.until(lambda: worn() == theme)
    window = desk.window
    assert "@" not in themed.styleSheet()
    grey = SURROUNDS[worn()]
    window.canvas.fit()
    image = window.canvas.grab().toImage()
    assert image.pixelColor(2, window.canvas.height() - 3) == QColor(grey, grey, grey)
    panel = window.region_panel.grab().toImage().pixelColor(2, 2)
    assert panel == colour("window")
    for mode, shade in ((QIcon.Mode.Normal, "icon"), (QIcon.Mode.Disabled, "off_text")):
        icon = window.commands.open.icon().pixmap(24, mode).toImage()
        drawn = [
            icon.pixelColor(x, y)
            for x in range(icon.width())
            for y in range(icon.height())
            if icon.pixelColor(x, y).alpha() > 250
        ]
        assert drawn
        want = colour(shade)
        assert all(abs(one.lightness() - want.lightness()) < 12 for one in drawn), shade


def contrast(one: QColor, other: QColor) -> float:
    """WCAG's contrast of two colours, 1…21."""

    def luminance(of: QColor) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (of.redF(), of.greenF(), of.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_letters_can_be_read(themed: QApplication, theme: str) -> None:
    Dresser(themed, theme)
    for letters, ground, least in (
        ("text", "window", 7.0), ("text", "base", 7.0), ("text", "button", 4.5),
        ("text", "menu", 7.0), ("quiet", "window", 4.5), ("heading", "window", 4.5),
        ("heading", "raised", 3.5), ("banner_text", "banner", 4.5),
        ("banner_text", "banner_error", 4.5), ("tip_text", "tip", 7.0),
        ("changed", "window", 4.5), ("face", "window", 3.0), ("accent", "window", 3.0),
        ("handle", "window", 3.0), ("switched_off", "window", 3.0),
    ):  # fmt: skip
        assert contrast(colour(letters), colour(ground)) >= least, (letters, ground)
    for ground in ("accent_fill", "checked"):
        assert contrast(QColor("white"), colour(ground)) >= 4.5, ground


def test_the_system_is_followed(themed: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    dresser = Dresser(themed, "system")
    hints = themed.styleHints()
    told: list[str] = []
    dresser.dressed.connect(lambda: told.append(worn()))
    hints.setColorScheme(Qt.ColorScheme.Light)
    if hints.colorScheme() != Qt.ColorScheme.Light:  # offscreen it cannot be set

        def light(_: object) -> Qt.ColorScheme:
            return Qt.ColorScheme.Light

        monkeypatch.setattr(type(hints), "colorScheme", light)
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert worn() == "light"
    dresser.choose("dark")
    assert worn() == "dark"
    assert told == ["light", "dark"]
    hints.unsetColorScheme()


# ------------------------------------------------------------ keys


def test_a_command_follows_its_new_key(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window = desk.window
    keymap = window.commands.keymap
    keymap.bind("eraser", ("K",))
    desk.qtbot.keyClick(window.canvas, Qt.Key.Key_E)
    assert not window.canvas.brush.erase
    desk.qtbot.keyClick(window.canvas, Qt.Key.Key_K)
    assert window.canvas.brush.erase
    assert "(K)" in window.commands.eraser.toolTip()
    assert "(K)" in window.region_panel.eraser_button.toolTip()
    keymap.reset_all()
    assert "(E)" in window.region_panel.eraser_button.toolTip()


def test_the_held_key_can_be_another_one(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    canvas, original = desk.window.canvas, desk.window.commands.original
    desk.window.commands.keymap.bind("original", ("K",))
    desk.qtbot.keyPress(canvas, Qt.Key.Key_Backslash)
    assert not original.isChecked()
    desk.qtbot.keyPress(canvas, Qt.Key.Key_K)
    assert original.isChecked()
    desk.qtbot.keyRelease(canvas, Qt.Key.Key_K)
    assert not original.isChecked()
    desk.window.commands.keymap.bind("original", ())
    desk.qtbot.keyPress(canvas, Qt.Key.Key_K)
    assert not original.isChecked()


def test_every_command_of_the_table_is_there(make: Callable[..., Desktop]) -> None:
    commands = make().window.commands
    for row in SHORTCUTS:
        shapes = {shape.value: action for shape, action in commands.shapes.items()}
        of, _, tool = row.command.partition("_")
        action = shapes[tool] if of == "tool" else getattr(commands, row.command)
        keys = [] if row.command in HELD else list(row.keys)
        assert [key.toString() for key in action.shortcuts()] == keys


# ------------------------------------------------------------ without a mouse


def test_a_ring_shows_what_has_the_keys(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window = desk.window
    (ring,) = window.findChildren(QFocusFrame)
    button = window.region_panel.brush_button
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.widget() is button
    assert ring.isVisible()
    accent = colour("accent")
    image = ring.grab().toImage()
    edge = [image.pixelColor(x, 1) for x in range(8, image.width() - 8)]
    assert any(abs(one.hue() - accent.hue()) < 12 and one.saturation() > 60 for one in edge)
    slider = window.region_panel.size_slider.slider
    desk.qtbot.mouseClick(slider, Qt.MouseButton.LeftButton)
    assert slider.hasFocus()
    assert ring.widget() is None  # who clicks knows where


def test_delete_resets_a_slider(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    row = desk.window.edits.attributes.rows["smile"]
    desk.slide("smile", 0, 40)
    desk.until(lambda: desk.labels and not desk.session.busy)
    row.slider.setFocus()
    desk.qtbot.keyClick(row.slider, Qt.Key.Key_Delete)
    desk.until(lambda: desk.labels == [])
    assert row.value == 0


def nameless(top: QWidget) -> list[str]:
    """Controls that a screen reader cannot name, and where they are."""
    found: list[str] = []
    for widget in top.findChildren(QWidget):
        above: list[QWidget] = []
        parent = widget.parentWidget()
        while parent is not None and parent is not top:
            above.append(parent)
            parent = parent.parentWidget()
        own = any(isinstance(one, QComboBox | QAbstractSpinBox | QToolBar) for one in above[1:])
        if not isinstance(widget, _USED) or isinstance(widget, QScrollBar) or own:
            continue
        if widget.objectName().startswith("qt_") or isinstance(widget.parent(), QLineEdit):
            continue  # Qt's own parts of a control, and its window buttons
        interface = QAccessible.queryAccessibleInterface(widget)
        text = interface.text(QAccessible.Text.Name) if interface else ""
        if isinstance(widget, QComboBox):
            text = widget.accessibleName()  # on Unix Qt tells its value instead
        if len([letter for letter in text if letter.isalnum()]) < 2:
            where = " < ".join(type(one).__name__ for one in (widget, *above))
            found.append(f"{where}: {widget.toolTip()!r} {text!r}")
    return found


def test_every_control_has_a_name_for_screen_readers(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.open(photo)
    desk.slide("smile", 0, 40)
    desk.until(lambda: desk.labels)
    window = desk.window
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert nameless(window) == []
    for dialog in (
        SettingsDialog(window.settings, window),
        KeysDialog(window.commands.keymap, {}, window),
    ):
        assert nameless(dialog) == []
        dialog.deleteLater()


def test_it_opens_no_larger_than_it_needs_nor_than_the_screen(qtbot: QtBot) -> None:
    session = EditSession(EngineThread(FakeEngine))
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    least, screen = window.minimumSizeHint(), window.screen().availableSize()
    assert window.width() <= max(least.width(), min(1360, screen.width()))
    assert window.height() <= max(least.height(), min(860, screen.height()))
    assert least.width() <= 1000
    assert least.height() <= 700
