"""No surprise: which region an edit will change, and what is in force there, is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication

from editor.document.face_regions import preset
from widgets import curtain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.region import RegionMask
    from tests.end_to_end.desktop import Desktop

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(make: Callable[..., Desktop], photo: Path) -> Desktop:
    made = make()
    made.open(photo)
    return made


def lit(desk: Desktop) -> set[str]:
    buttons = desk.window.region_panel.preset_buttons
    return {name for name, button in buttons.items() if button.isChecked()}


def mask(desk: Desktop, name: str) -> RegionMask:
    face, photo = desk.session.studio.face, desk.session.photo
    assert face is not None
    assert photo is not None
    return preset(name, face.landmarks, photo.width, photo.height, face.detail)


def edited(desk: Desktop, name: str, value: float) -> None:
    count = len(desk.labels)
    desk.slide(name, 0, value)
    desk.until(lambda: len(desk.labels) > count and not desk.session.busy)


def test_presets_light_up_for_the_region_in_force(desk: Desktop) -> None:
    buttons = desk.window.region_panel.preset_buttons
    assert lit(desk) == set()
    desk.click(buttons["eyes"])
    desk.until(lambda: lit(desk) == {"eyes"})
    assert buttons["eyes"].accessibleDescription()
    desk.session.regions.apply_preset("mouth", add=True)
    desk.until(lambda: lit(desk) == {"eyes", "mouth"})
    desk.brush((20, 20), (60, 20))  # beside the face
    desk.until(lambda: lit(desk) == set())
    desk.window.commands.undo.trigger()
    desk.until(lambda: lit(desk) == {"eyes", "mouth"})
    desk.session.regions.clear_region()
    desk.until(lambda: lit(desk) == set())
    assert buttons["eyes"].accessibleDescription() == ""


@pytest.mark.parametrize("name", ["mouth", "lips", "brows", "nose", "face", "jaw", "hair", "skin"])
def test_every_preset_lights_its_own_button_and_no_other(desk: Desktop, name: str) -> None:
    desk.session.regions.apply_preset(name)
    desk.until(lambda: lit(desk) == {name})


def test_the_region_shows_while_the_pointer_is_over_its_panel(desk: Desktop) -> None:
    window = desk.window
    desk.click(window.region_panel.preset_buttons["eyes"])
    edited(desk, "eyes_open", 40)
    desk.until(lambda: not window.canvas.overlay_visible)
    place = QPointF(5, 5)
    QApplication.sendEvent(window.region_dock, QEnterEvent(place, place, place))
    assert window.canvas.overlay_visible
    QApplication.sendEvent(window.region_dock, QEvent(QEvent.Type.Leave))
    assert not window.canvas.overlay_visible
    window.commands.overlay.setChecked(False)  # who hides it does not want to see it
    QApplication.sendEvent(window.region_dock, QEnterEvent(place, place, place))
    assert not window.canvas.overlay_visible


def test_a_slider_says_that_its_usual_region_is_another_one_and_offers_it(desk: Desktop) -> None:
    panel = desk.window.edits.attributes
    row = panel.rows["eyes_open"]
    assert not row.place.isVisible()
    desk.session.regions.apply_preset("jaw")
    desk.until(row.place.isVisible)
    assert not panel.rows["mouth_open"].place.isVisible()  # at home in the jaw
    row.slider.setFocus()
    assert "eyes" in panel.place_note.text()
    assert "eyes" in row.place.accessibleName()
    desk.click(row.place)
    desk.until(lambda: lit(desk) == {"eyes"})
    assert not row.place.isVisible()
    assert panel.place_note.text() == ""


def test_a_small_part_of_its_usual_region_is_not_another_one(desk: Desktop) -> None:
    desk.brush((150, 145), (154, 145))  # at a corner of the mouth
    desk.until(lambda: desk.session.usual.match.apart)
    assert "smile" not in desk.session.usual.match.apart
    assert "brows" in desk.session.usual.match.apart


def test_a_part_of_a_head_does_not_turn(desk: Desktop) -> None:
    desk.session.regions.apply_preset("head")
    desk.until(lambda: lit(desk) == {"head"})
    assert "head" not in desk.session.usual.match.apart
    desk.session.regions.apply_preset("skin")
    desk.until(lambda: lit(desk) == {"skin"})
    assert "head" in desk.session.usual.match.apart, "it lies within, and would only be bent"
    assert "face" not in desk.session.usual.match.apart


def test_an_automatic_region_makes_way_for_the_next_slider(desk: Desktop) -> None:
    edited(desk, "smile", 40)
    edited(desk, "brow_height", 30)
    history = desk.session.history
    assert history is not None
    regions = [edit.brushed.mask for edit in history.edits if edit.brushed is not None]
    assert regions == [mask(desk, "smile"), mask(desk, "brows")]
    row = desk.window.edits.attributes.rows["eyes_open"]
    assert row.place_text == ""  # it will take its own by itself
    desk.window.commands.undo.trigger()
    desk.window.commands.undo.trigger()
    assert desk.session.region is not None
    assert desk.session.region.mask == mask(desk, "smile")
    edited(desk, "eyes_open", 30)  # also after undo it is nobody's choice
    assert desk.session.region.mask == mask(desk, "eyes")


def test_the_region_of_a_slider_that_jumps_does_not_stay_over_its_edit(
    make: Callable[..., Desktop], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curtain, "_LOOK_MS", 20)
    desk = make()
    desk.open(photo)
    for name in ("lighten_under_eyes", "smile"):
        row = desk.window.edits.attributes.rows[name]
        row.number.setValue(40)  # at once, as by a click into the track, or by typing
        desk.until(lambda name=name: desk.session.attribute_values.get(name) == 40)
        desk.until(lambda: not (desk.session.busy or desk.window.canvas.overlay_visible))


def test_a_region_that_the_user_chose_stays(desk: Desktop) -> None:
    edited(desk, "smile", 40)
    desk.click(desk.window.region_panel.preset_buttons["smile"])  # the same, now by hand
    undo = desk.window.commands.undo.text()
    assert "mile" in undo  # nothing changed: no step
    edited(desk, "brow_height", 30)
    assert desk.session.region is not None
    assert desk.session.region.mask == mask(desk, "smile")


def test_a_region_that_was_brushed_on_stays(desk: Desktop) -> None:
    edited(desk, "smile", 40)
    desk.brush((120, 150), (190, 150))
    region = desk.session.region
    edited(desk, "brow_height", 30)
    assert desk.session.region == region


def test_a_region_that_came_back_with_its_edit_stays(desk: Desktop) -> None:
    edited(desk, "smile", 40)
    history = desk.session.history
    assert history is not None
    desk.session.adjustments.choose(history.edits[0].id)
    edited(desk, "brow_height", 30)
    assert desk.session.region is not None
    assert desk.session.region.mask == mask(desk, "smile")


def test_a_region_that_is_not_there_leaves_the_slider_where_it_was(desk: Desktop) -> None:
    edited(desk, "smile", 40)
    face = desk.session.studio.face
    assert face is not None
    asked: list[tuple[str, object]] = []
    regions = desk.session.regions
    work = regions.apply_preset

    def none_there(name: str, **how: object) -> None:
        asked.append((name, how))  # as where no hair was found: nothing changes

    regions.apply_preset = none_there
    try:
        desk.slide("hair_brightness", 0, 40)
    finally:
        regions.apply_preset = work
    assert {name for name, _ in asked} == {"hair"}
    assert desk.labels[-1].startswith("Smile")
    rows = desk.window.edits.attributes.rows
    desk.until(lambda: rows["hair_brightness"].value == 0)


def test_a_slider_that_reads_0_says_what_is_in_force_elsewhere(desk: Desktop) -> None:
    panel = desk.window.edits.attributes
    row = panel.rows["smile"]
    desk.session.regions.apply_preset("mouth")
    edited(desk, "smile", 40)
    value = row.value
    assert value > 30
    assert not row.place.isVisible()
    desk.session.regions.apply_preset("face")
    desk.until(lambda: row.value == 0)
    desk.until(row.place.isVisible)
    row.slider.setFocus()
    assert "Smile" in panel.place_note.text()
    assert "% of this region" in panel.place_note.text()
    desk.session.regions.apply_preset("eyes")
    desk.until(lambda: "another region" in panel.place_note.text())
    desk.session.regions.clear_region()
    desk.until(lambda: desk.session.region is not None and desk.session.region.mask.is_empty)
    assert row.place.isVisible()
    desk.click(row.place)  # and brings it back
    desk.until(lambda: row.value == value)
    assert desk.session.region is not None
    assert desk.session.region.mask == mask(desk, "mouth")
    desk.until(lambda: not row.place.isVisible())
    assert panel.place_note.text() == ""


def test_the_history_shows_where_each_edit_lies(desk: Desktop) -> None:
    desk.session.regions.apply_preset("mouth")
    edited(desk, "smile", 40)
    desk.session.regions.apply_preset("eyes")
    edited(desk, "eyes_open", 40)
    stack = desk.window.history_panel.list
    history, made = desk.session.history, desk.window.history_panel.thumbnails
    assert history is not None
    desk.until(lambda: all(made.icon(edit.region) is not None for edit in history.edits))
    assert stack.item(1).icon().cacheKey() != stack.item(2).icon().cacheKey()
    assert stack.item(0).icon().isNull()
    before = stack.item(1).icon().cacheKey()
    desk.session.adjustments.rename(history.edits[0].id, "A small smile")
    desk.until(lambda: stack.item(1).text() == "A small smile")
    assert stack.item(1).icon().cacheKey() == before


def test_every_region_is_seen_in_a_small_window(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.window.resize(1000, 700)
    desk.open(photo)
    desk.qtbot.wait(20)
    for name, button in desk.window.region_panel.preset_buttons.items():
        assert button.visibleRegion().boundingRect() == button.rect(), name


def test_the_hint_names_no_slider_that_a_search_has_hidden(desk: Desktop) -> None:
    panel = desk.window.edits.attributes
    row = panel.rows["eyes_open"]
    desk.session.regions.apply_preset("jaw")
    desk.until(row.place.isVisible)
    row.slider.setFocus()
    assert "eyes" in panel.place_note.text()
    panel.search.setText("smile")
    assert panel.place_note.text() == ""


def test_what_was_said_of_a_region_goes_with_it(desk: Desktop) -> None:
    window, session = desk.window, desk.session
    desk.slide("smile", 0, 40)
    desk.until(lambda: desk.labels and not session.busy)
    assert "No region was brushed" in window.banner.text.text()
    window.commands.undo.trigger()
    desk.until(lambda: not desk.labels)
    assert not window.banner.isVisible(), "it was of the edit that is gone"
    window.commands.undo.trigger()
    desk.until(lambda: session.region is not None and session.region.mask.is_empty)
    session.discoveries.discover()
    desk.until(window.banner.isVisible)
    assert "Brush a region first" in window.banner.text.text()
    desk.brush((120, 150), (190, 150))
    assert not window.banner.isVisible(), "that was done"


def test_a_refused_region_is_told_until_another_one_is_brushed(desk: Desktop) -> None:
    window, session = desk.window, desk.session
    window.canvas.set_brush(window.canvas.brush.resized(3))
    desk.brush((4, 4), (8, 4))
    session.sliders.commit_attribute("smile", 40)
    desk.until(lambda: "does not touch" in window.banner.text.text())
    assert window.banner.isVisible()
    window.canvas.set_brush(window.canvas.brush.resized(12))
    desk.brush((120, 150), (190, 150))
    assert not window.banner.isVisible()
    session.sliders.commit_attribute("smile", 40)
    desk.until(lambda: desk.labels)
