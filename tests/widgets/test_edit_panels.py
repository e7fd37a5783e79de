from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QColorDialog

from editor.document.attributes import WITHDRAWN, AttributeInfo, all_rows
from editor.document.goals import Dials, Reference
from editor.document.presets import AttributePreset, PresetPart
from editor.document.style import StyleDelta
from editor.document.style_sliders import StyleSlider
from editor.engine.jobs import Discovery
from tests.fake_engine import ATTRIBUTES, LAYOUT
from widgets import translation
from widgets.attribute_card import card_text
from widgets.attribute_panel import FINE, OWN, AttributePanel
from widgets.dials_panel import DialsPanel
from widgets.discovery_panel import DiscoveryPanel
from widgets.paint_options import PaintOptions
from widgets.preset_panel import PresetPanel
from widgets.reference_panel import ReferencePanel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


def style_slider(number: int, label: str = "") -> StyleSlider:
    picture = np.full((20, 30, 3), 10 * number, np.uint8)
    delta = StyleDelta(LAYOUT, np.array([number % 6]), np.array([1.0]))
    name = f"channel {number}"
    return StyleSlider(name, label or name, delta, 0.9 - 0.1 * number, 0.06, picture, picture)


@pytest.fixture
def attributes(qtbot: QtBot) -> AttributePanel:
    panel = AttributePanel()
    qtbot.addWidget(panel)
    panel.set_attributes(ATTRIBUTES)
    panel.set_available(True)
    panel.resize(364, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def visible(panel: AttributePanel) -> list[str]:
    rows = {**panel.rows, **panel.own_rows}
    return [name for name, row in rows.items() if row.isVisibleTo(panel)]


def from_above(panel: AttributePanel) -> list[str]:
    """The rows that are seen, from above."""
    QApplication.processEvents()
    seen = [(name, row) for name, row in panel.rows.items() if row.isVisible()]
    return [name for name, _ in sorted(seen, key=lambda one: one[1].mapTo(panel, QPoint()).y())]


def test_groups_fold_and_remember(qtbot: QtBot, attributes: AttributePanel) -> None:
    assert list(attributes.sections) == ["Expression", "Pose", "Colour", "Skin"]
    assert attributes.folded == {FINE}
    qtbot.mouseClick(attributes.sections["Expression"].header, LEFT)
    assert "smile" not in visible(attributes)
    assert "head_turn" in visible(attributes)
    assert attributes.folded == {FINE, "Expression"}
    attributes.set_attributes(ATTRIBUTES[:3])  # built anew
    assert visible(attributes) == []
    attributes.set_folded(["Pose"])
    assert visible(attributes) == ["smile", "mouth_open", "eyes_open"]


def test_search_looks_at_names_before_descriptions(
    qtbot: QtBot, attributes: AttributePanel
) -> None:
    attributes.sections["Colour"].set_folded(True)
    qtbot.keyClicks(attributes.search, "lip")
    assert visible(attributes) == ["lip_redness"]  # though another one's measure names the lips
    qtbot.keyClick(attributes.search, Qt.Key.Key_Return)
    assert attributes.rows["lip_redness"].slider.hasFocus()
    attributes.search.setText("cheeks")
    assert visible(attributes) == ["head_turn"]
    attributes.search.setText("no such thing")
    assert visible(attributes) == []
    assert attributes.nothing.isVisible()
    assert "no such thing" in attributes.nothing.text()
    qtbot.keyClick(attributes.search, Qt.Key.Key_Escape)
    assert attributes.search.text() == ""
    assert "smile" in visible(attributes)
    assert "lip_redness" not in visible(attributes)  # folded again


@pytest.mark.parametrize(
    ("language", "searched", "first"),
    [
        ("en", "teeth", ["teeth_whiteness", "eye_brightness"]),
        ("de", "zähne", ["teeth_whiteness", "eye_brightness"]),
        ("de", "zahn", ["teeth_whiteness", "eye_brightness"]),
        ("en", "eyes", ["eyes_open", "lighten_under_eyes"]),
        ("en", "light", ["light_from_left", "lighten_under_eyes"]),
        ("en", "skin brightness", ["skin_light"]),
        ("de", "licht", ["light_from_left"]),
    ],
)
def test_what_fits_a_search_best_comes_first(
    qtbot: QtBot, qapp: QApplication, language: str, searched: str, first: list[str]
) -> None:
    translation.begin(qapp, language)
    try:
        panel = AttributePanel()
        qtbot.addWidget(panel)
        panel.resize(400, 2400)
        panel.show()
        panel.set_attributes([*(row for row in all_rows() if row.name not in WITHDRAWN)])
        panel.set_available(True)
        usual = from_above(panel)
        panel.search.setText(searched)
        assert from_above(panel)[: len(first)] == first
        qtbot.keyClick(panel.search, Qt.Key.Key_Return)
        assert panel.rows[first[0]].slider.hasFocus()
        panel.search.clear()
        assert from_above(panel) == usual, "each is where it was"
    finally:
        translation.end(qapp)


def test_changed_sliders_are_counted_and_reset_by_group(
    qtbot: QtBot, attributes: AttributePanel
) -> None:
    committed: list[tuple[str, float]] = []

    def note(name: str, value: float) -> None:
        committed.append((name, value))

    attributes.committed.connect(note)
    section = attributes.sections["Expression"]
    assert not section.reset.isVisible()
    attributes.set_values({"smile": 30, "brow_height": -10, "lip_redness": 5})
    assert section.header.text().endswith("2")
    assert attributes.rows["smile"].label.property("changed")
    assert not attributes.rows["mouth_open"].label.property("changed")
    qtbot.mouseClick(section.reset, LEFT)
    assert committed == [("smile", 0.0), ("brow_height", 0.0)]
    assert attributes.rows["lip_redness"].value == 5
    assert not section.reset.isVisible()


def test_the_card_says_what_is_known() -> None:
    info = AttributeInfo("smile", "Smile", "Expression", "Lips < nose.", "mouth", 2.0, True, 0.874)
    text = card_text(info)
    for part in ("Lips &lt; nose.", "mouth", "from ±50 strong", "nearly every face"):
        assert part in text
    assert "Drags" not in text
    drags = (("jaw_width", 0.1), ("head_nod", -0.42), ("mouth_width", 0.2), ("eye_size", 0.05))
    text = card_text(replace(info, correlation=float("nan"), drags=drags))
    assert "less head nod, more mouth width, more jaw width" in text
    assert "eye size" not in text
    assert "nan" not in text


def test_own_sliders_are_a_group_that_emits_the_slider(
    qtbot: QtBot, attributes: AttributePanel
) -> None:
    own = style_slider(1, "Softer lips")
    moved: list[tuple[StyleSlider, float]] = []

    def note(slider: StyleSlider, value: float) -> None:
        moved.append((slider, value))

    attributes.slider_committed.connect(note)
    attributes.set_own_sliders((own,))
    assert list(attributes.sections)[-1] == OWN
    number = attributes.own_rows[own.id].number
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "-30")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert moved == [(own, -30.0)]
    attributes.set_values({own.id: 12})
    assert attributes.own_rows[own.id].value == 12
    attributes.set_own_sliders(())
    assert OWN not in attributes.sections


def test_discovery_greys_what_is_stale_and_keeps_its_sliders(qtbot: QtBot) -> None:
    panel = DiscoveryPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.set_available(True, brushed=False, why="Brush a region first.")
    assert not panel.ask.isEnabled()
    assert panel.note.text() == "Brush a region first."
    panel.set_available(True, brushed=True, why="")
    with qtbot.waitSignal(panel.asked):
        qtbot.mouseClick(panel.ask, LEFT)
    sliders = tuple(style_slider(number) for number in range(3))
    panel.show_discovery(Discovery(sliders, 0.5))
    assert list(panel.cards) == [slider.id for slider in sliders]
    card = panel.cards["channel 1"]
    assert card.facts.text() == "80 % inside<br>Very strong"
    colour = card.low.pixmap().toImage().pixelColor(10, 10)
    assert colour.red() == 10
    panel.show_discovery(None)
    assert not card.low.isEnabled()
    assert card.row.slider.isEnabled()
    assert panel.ask.text() == "Ask again"
    assert "changed" in panel.note.text()
    with qtbot.waitSignal(panel.slider_committed) as caught:
        card.row.number.setValue(40)
    assert caught.args == [sliders[1], 40.0]
    panel.show_kept((replace(sliders[2], label="Mine"),))
    assert "Kept" in panel.cards["channel 2"].keep.text()
    assert "Mine" in panel.cards["channel 2"].keep.toolTip()
    panel.clear()
    assert not panel.cards
    assert panel.ask.text() == "What can change here?"


def test_dials_are_logarithmic_with_the_usual_in_the_middle(qtbot: QtBot) -> None:
    panel = DialsPanel()
    qtbot.addWidget(panel)
    seen: list[Dials] = []
    panel.dials_changed.connect(seen.append)
    for place, factor in ((-100, 0.25), (-50, 0.5), (100, 8.0), (0, 1.0)):
        panel.strictness.slider.setValue(place)
        assert seen[-1].strictness == pytest.approx(factor)
    assert not panel.reset.isEnabled()
    wanted = Dials(2.0, 0.5, residual=False, steps=80, seed=3)
    count = len(seen)
    panel.show_dials(wanted)
    assert len(seen) == count
    assert panel.strictness.factor == pytest.approx(2.0, rel=0.02)
    assert (panel.steps.value, panel.seed.value()) == (80, 3)
    assert not panel.residual.isChecked()
    panel.seed.setValue(4)
    assert seen[-1].steps == 80
    qtbot.mouseClick(panel.reset, LEFT)
    assert seen[-1] == Dials()


def test_presets_say_what_they_hold_and_wait_for_the_face(qtbot: QtBot) -> None:
    panel = PresetPanel()
    qtbot.addWidget(panel)
    panel.set_labels({"smile": "Smile"})
    first = AttributePreset("Calm", (PresetPart("mouth", (("smile", -20.0), ("gone", 5.0))),))
    second = AttributePreset("Joy", (PresetPart("smile", (("smile", 60.0),)),))
    panel.show_presets((first, second))
    assert (
        panel.list.item_of("Calm")
        .toolTip(0)
        .endswith("<i>mouth</i>: Smile -20<br>Not offered here: gone")
    )
    panel.set_available(applicable=False, savable=False, why="The face is being analysed.")
    assert not panel.apply.isEnabled()
    assert panel.note.text() == "The face is being analysed."
    applied: list[tuple[AttributePreset, float]] = []

    def note(preset: AttributePreset, strength: float) -> None:
        applied.append((preset, strength))

    panel.apply_requested.connect(note)
    panel.list.choose("Joy")
    panel.list.itemActivated.emit(panel.list.item_of("Joy"), 0)
    assert not applied
    panel.set_available(applicable=True, savable=True, why="")
    qtbot.mouseClick(panel.apply, LEFT)
    panel.strength.slider.setValue(150)
    panel.list.itemActivated.emit(panel.list.item_of("Joy"), 0)
    qtbot.mouseClick(panel.strength.reset, LEFT)
    qtbot.mouseClick(panel.apply, LEFT)
    assert applied == [(second, 1.0), (second, 1.5), (second, 1.0)]
    panel.show_presets((second,))
    assert panel.chosen == second


def test_the_reference_well_opens_shows_and_waits_for_a_region(qtbot: QtBot) -> None:
    panel = ReferencePanel()
    qtbot.addWidget(panel)
    panel.resize(364, 260)
    panel.show()
    with qtbot.waitSignal(panel.open_requested):
        qtbot.mouseClick(panel, LEFT, pos=panel.picture.geometry().center())
    picture = np.full((64, 64, 3), (10, 200, 30), np.uint8)
    panel.show_reference(Reference("<b>.jpg", picture, np.zeros((68, 2))))
    assert panel.name.text() == "<b>.jpg"
    assert panel.picture.pixmap().toImage().pixelColor(20, 20).green() == 200
    assert not panel.match.isEnabled()
    assert not panel.expression.isEnabled()
    panel.set_available(False, "", expression=True)
    assert not panel.match.isEnabled(), "there is no region"
    with qtbot.waitSignal(panel.expression_requested):
        qtbot.mouseClick(panel.expression, LEFT)
    panel.set_available(True, "")
    assert not panel.expression.isEnabled()
    with qtbot.waitSignal(panel.match_requested):
        qtbot.mouseClick(panel.match, LEFT)
    with qtbot.waitSignal(panel.remove_requested):
        qtbot.mouseClick(panel.remove, LEFT)
    panel.show_reference(None)
    assert not panel.match.isEnabled()
    assert not panel.remove.isVisible()


def test_the_colour_dialog_sets_the_paint(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    options = PaintOptions()
    qtbot.addWidget(options)
    chosen: list[tuple[int, int, int]] = []
    options.colour_chosen.connect(chosen.append)
    answers = [QColor(), QColor(9, 8, 7)]  # cancelled, then chosen

    def ask(*question: object) -> QColor:
        assert question[0] == QColor(190, 60, 70)
        return answers.pop(0)

    monkeypatch.setattr(QColorDialog, "getColor", ask)
    for _ in range(2):
        qtbot.mouseClick(options.swatch, LEFT)
    assert chosen == [(9, 8, 7)]
