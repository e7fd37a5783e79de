from __future__ import annotations

import html
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut

from editor.document.brushed_region import BrushedRegion
from editor.document.errors import EngineError
from editor.document.face_regions import PRESETS
from editor.document.region import RegionMask
from editor.engine.jobs import Progress
from tests.fake_engine import ATTRIBUTES
from widgets.attribute_panel import AttributePanel
from widgets.brush import Brush
from widgets.region_panel import RegionPanel
from widgets.status import Banner, StatusStrip

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def attributes(qtbot: QtBot) -> AttributePanel:
    panel = AttributePanel()
    qtbot.addWidget(panel)
    panel.set_attributes(ATTRIBUTES)
    panel.set_available(True)
    panel.resize(400, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


class Log:
    """What a panel emitted."""

    def __init__(self, panel: AttributePanel) -> None:
        self.dragged: list[tuple[str, float]] = []
        self.committed: list[tuple[str, float]] = []
        panel.dragged.connect(self._dragged)
        panel.committed.connect(self._committed)

    def _dragged(self, name: str, value: float) -> None:
        self.dragged.append((name, value))

    def _committed(self, name: str, value: float) -> None:
        self.committed.append((name, value))


def test_a_slider_drag_previews_and_commits_once(qtbot: QtBot, attributes: AttributePanel) -> None:
    log = Log(attributes)
    slider = attributes.rows["smile"].slider
    for step, value in enumerate((0, 15, 30, 45)):
        position = QPoint(round(slider.position_of(value)), slider.height() // 2)
        if step:
            qtbot.mouseMove(slider, position)
        else:
            qtbot.mousePress(slider, LEFT, pos=position)
    assert not log.committed
    assert len(log.dragged) == 3
    end = QPoint(round(slider.position_of(45)), slider.height() // 2)
    qtbot.mouseRelease(slider, LEFT, pos=end)
    assert log.committed == [("smile", pytest.approx(45, abs=1))]
    assert log.dragged[-1] == log.committed[0]


def test_values_from_the_session_emit_nothing_and_spare_the_slider_in_hand(
    qtbot: QtBot, attributes: AttributePanel
) -> None:
    log = Log(attributes)
    attributes.set_values({"smile": 40.4, "lip_redness": -7})
    assert attributes.rows["smile"].value == 40
    assert attributes.rows["smile"].number.text() == "+40"
    assert attributes.rows["smile"].number.toolTip().startswith("Visible")
    assert attributes.rows["lip_redness"].number.text() == "-7"
    assert attributes.rows["smile"].reset.isVisible()
    assert not attributes.rows["mouth_open"].reset.isVisible()
    slider = attributes.rows["smile"].slider
    qtbot.mousePress(slider, LEFT, pos=QPoint(round(slider.position_of(80)), 9))
    attributes.set_values({})
    assert attributes.rows["smile"].value == pytest.approx(80, abs=1)
    assert attributes.rows["lip_redness"].value == 0
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(round(slider.position_of(80)), 9))
    assert [name for name, _ in log.committed] == ["smile"]


def test_keys_preview_and_a_pause_commits(qtbot: QtBot, attributes: AttributePanel) -> None:
    log = Log(attributes)
    slider = attributes.rows["smile"].slider
    slider.setFocus()
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert log.dragged == [("smile", 1.0), ("smile", 2.0), ("smile", 3.0)]
    assert not log.committed
    qtbot.waitUntil(lambda: bool(log.committed))
    assert log.committed == [("smile", 3.0)]


def test_a_typed_number_commits_with_enter(qtbot: QtBot, attributes: AttributePanel) -> None:
    log = Log(attributes)
    number = attributes.rows["smile"].number
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "-55")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert log.committed == [("smile", -55.0)]


def test_undo_passes_a_number_in_hand_that_nobody_typed_in(
    qtbot: QtBot, attributes: AttributePanel
) -> None:
    """Ctrl+Z did nothing, forty times, while the cursor stood in a slider's number."""
    heard: list[str] = []
    for key in ("Ctrl+Z", "Ctrl+Shift+Z"):
        shortcut = QShortcut(QKeySequence(key), attributes.window())
        shortcut.activated.connect(partial(heard.append, key))
    attributes.window().show()
    number = attributes.rows["smile"].number
    number.setFocus()
    qtbot.waitUntil(number.hasFocus)
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(number, Qt.Key.Key_Z, ctrl)
    qtbot.keyClick(number, Qt.Key.Key_Z, ctrl | shift)
    assert heard == ["Ctrl+Z", "Ctrl+Shift+Z"]
    number.selectAll()
    qtbot.keyClicks(number, "5")
    qtbot.keyClick(number, Qt.Key.Key_Z, ctrl)
    assert len(heard) == 2, "what was typed comes first"


def test_reset_and_double_click_return_to_zero(qtbot: QtBot, attributes: AttributePanel) -> None:
    log = Log(attributes)
    for act in ("button", "name", "slider"):
        attributes.set_values({"smile": 40})
        row = attributes.rows["smile"]
        if act == "button":
            qtbot.mouseClick(row.reset, LEFT)
        elif act == "name":
            qtbot.mouseDClick(row.label, LEFT)
        else:
            middle = QPoint(round(row.slider.position_of(40)), 9)
            qtbot.mousePress(row.slider, LEFT, pos=middle)
            qtbot.mouseRelease(row.slider, LEFT, pos=middle)
            qtbot.mouseDClick(row.slider, LEFT, pos=middle)
            qtbot.waitUntil(lambda: not attributes.rows["smile"].in_hand)
        assert log.committed[-1] == ("smile", 0.0), act


def test_every_slider_says_what_it_measures(attributes: AttributePanel) -> None:
    for info in ATTRIBUTES:
        row = attributes.rows[info.name]
        assert html.escape(info.measures) in row.slider.toolTip()
        assert row.slider.accessibleName() == info.label
    attributes.set_available(False, "Open a portrait to edit it.")
    assert not attributes.rows["smile"].slider.isEnabled()


def test_the_region_panel_follows_the_brush_and_sets_it(qtbot: QtBot) -> None:
    panel = RegionPanel()
    qtbot.addWidget(panel)
    panel.show()
    brushes: list[Brush] = []
    panel.brush_changed.connect(brushes.append)
    panel.set_scale(2000, 500)
    panel.show_brush(Brush(30, 0.25, erase=True))
    assert not brushes
    assert panel.eraser_button.isChecked()
    assert panel.size_slider.value == 60
    qtbot.mouseClick(panel.brush_button, LEFT)
    assert brushes[-1] == Brush(30, 0.25, erase=False)
    panel.hardness_slider.slider.setValue(90)
    assert brushes[-1] == Brush(30, 0.9, erase=False)
    panel.opacity_slider.slider.setValue(40)
    assert brushes[-1] == Brush(30, 0.9, opacity=0.4)


def test_presets_replace_add_and_subtract(qtbot: QtBot) -> None:
    panel = RegionPanel()
    qtbot.addWidget(panel)
    chosen: list[tuple[str, str]] = []

    def note(name: str, how: str) -> None:
        chosen.append((name, how))

    panel.preset_chosen.connect(note)
    assert set(panel.preset_buttons) == set(PRESETS)
    qtbot.mouseClick(panel.preset_buttons["mouth"], LEFT)
    assert chosen == [("mouth", "replace")]


def test_feather_is_committed_once_per_drag(qtbot: QtBot) -> None:
    panel = RegionPanel()
    qtbot.addWidget(panel)
    panel.show()
    feathers: list[float] = []
    panel.feather_changed.connect(feathers.append)
    panel.show_region(BrushedRegion(RegionMask.empty(10, 10), 12.0))
    assert panel.feather_slider.value == 12
    slider = panel.feather_slider.slider
    qtbot.mousePress(slider, LEFT, pos=QPoint(round(slider.position_of(20)), 9))
    qtbot.mouseMove(slider, QPoint(round(slider.position_of(50)), 9))
    assert not feathers
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(round(slider.position_of(50)), 9))
    assert len(feathers) == 1
    assert feathers[0] == pytest.approx(50, abs=3)


def test_the_banner_shows_every_message_errors_first(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_notice("An older <generator>.")
    assert banner.property("kind") == "notice"
    banner.show_error(EngineError("no_face", "No <face>.", "Try another photo."))
    banner.show_notice("Doubtful points.")
    banner.show_notice("An older <generator>.")  # again: it is not told twice
    told = banner.text.text()
    assert "&lt;face" in told
    places = [told.index(text) for text in ("Try another", "An older &lt;gen", "Doubtful")]
    assert places == sorted(places)
    assert told.count("An older") == 1
    assert banner.property("kind") == "error"
    qtbot.mouseClick(banner.dismiss, LEFT)
    assert not banner.isVisible()
    banner.show_notice("Saved.")
    assert banner.isVisible()
    assert "older" not in banner.text.text()
    banner.clear()


def test_notices_go_by_themselves_one_after_the_other_and_errors_stay(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widgets.status._NOTICE_MS", 100)
    banner = Banner()
    qtbot.addWidget(banner)
    told: list[str] = []
    timer = banner._timer  # pyright: ignore[reportPrivateUsage]
    timer.timeout.connect(lambda: told.append(banner.text.text()))  # once one has gone
    banner.show_notice("Opened.")
    banner.show_notice("Doubtful.")
    banner.show_error(EngineError("no_face", "No face.", "Try another photo."))
    qtbot.waitUntil(lambda: len(told) == 2)
    assert "Opened" not in told[0]
    assert "Doubtful" in told[0]
    assert "Doubtful" not in told[1]
    assert all("Try another photo." in text for text in told)
    assert "Try another photo." in banner.text.text()
    banner.clear()
    banner.show_notice("Saved.")
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_what_is_about_a_region_goes_with_it(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    outside = EngineError("region", "Outside the face.", "Brush over the face.")
    banner.show_hint("No region was brushed.")
    banner.show_notice("Saved.")
    banner.show_error(outside)
    banner.show_error(EngineError("no_face", "No face.", "Try another photo."))
    banner.drop_hints()
    told = banner.text.text()
    assert "region" not in told
    assert "Outside" not in told
    assert "Saved." in told
    assert "Try another photo." in told
    banner.clear()
    banner.show_error(outside)
    banner.drop_hints()
    assert not banner.isVisible()
    banner.drop_hints()


def test_progress_shows_stage_and_step_and_can_be_cancelled(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    assert not strip.cancel.isVisible()
    strip.show_progress(Progress("Preparing the face", 12, 240))
    assert strip.stage.text() == "Preparing the face"
    assert (strip.bar.value(), strip.bar.maximum()) == (12, 240)
    with qtbot.waitSignal(strip.cancel_requested):
        qtbot.mouseClick(strip.cancel, LEFT)
    strip.show_progress(None)
    assert not strip.bar.isVisible()


def test_a_long_stage_does_not_widen_the_window(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.device.setText("NVIDIA H100 80GB HBM3, driver 570")
    strip.show_progress(Progress("Looking for what can change in this region", 12, 240))
    assert strip.minimumSizeHint().width() < 500
    strip.resize(1000, 34)
    strip.show()
    assert strip.stage.width() >= strip.stage.sizeHint().width()


def test_details_are_folded_and_copied_without_names(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_error(EngineError("no_face", "No face.", "Try another photo."))
    assert not banner.details.isVisible(), "there are none"
    assert not banner.copy.isVisible()
    trace = "OSError: '/home/anna/My photos/Anna.jpg'"
    banner.show_error(EngineError("bug", "Something went wrong.", "Save the project.", trace))
    assert banner.details.isVisible()
    assert not banner.detail.isVisible()
    qtbot.keyClick(banner.details, Qt.Key.Key_Space)
    assert banner.detail.isVisible()
    assert trace in banner.detail.toPlainText()
    qtbot.mouseClick(banner.copy, LEFT)
    copied = QGuiApplication.clipboard().text()
    assert copied == "Something went wrong. Save the project.\nOSError: '…/….jpg'"
    assert banner.copy.text() == "Copied"
    banner.show_error(EngineError("bug", "Again.", "Save the project.", "another"))
    assert banner.copy.text() == "Copy", "there is more to copy now"
    banner.clear()
    banner.show_error(EngineError("bug", "Later.", "Save the project.", "yet another"))
    assert not banner.detail.isVisible(), "folded again"
