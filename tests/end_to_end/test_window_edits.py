"""Attributes together, discovery, presets, dials, reference, paint and mirror, by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from editor.document.goals import Dials, Reference
from editor.document.paint import PaintLayer
from editor.engine.jobs import Discover, Intervene
from tests.end_to_end.desktop import LEFT, Desktop
from widgets import dialogs
from widgets.attribute_card import AttributeCard
from widgets.pixels import pixels_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Make = Callable[..., Desktop]


def answer(value: object) -> Callable[..., object]:
    """A dialog that is answered like that."""

    def asked(*question: object) -> object:
        assert question
        return value

    return asked


def shown(desk: Desktop, x: float, y: float) -> NDArray[np.int64]:
    """The colour on the screen at a photo point."""
    canvas = desk.window.canvas
    canvas.repaint()
    point = desk.at(x, y)
    return pixels_of(canvas.grab().toImage())[point.y(), point.x()].astype(np.int64)


def interventions(desk: Desktop) -> list[Intervene]:
    return [job for job in desk.engine.jobs if isinstance(job, Intervene)]


def test_together_makes_one_edit_of_two_sliders(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    panel = desk.window.edits.attributes
    desk.brush((120, 150), (190, 150))
    desk.qtbot.keyClick(desk.window.canvas, Qt.Key.Key_T)
    assert desk.session.together
    assert panel.together.isChecked()
    for name in ("smile", "lip_redness"):
        before = desk.labels
        desk.slide(name, 0, 40)
        desk.until(lambda before=before: desk.labels != before and not desk.session.busy)
    assert len(desk.labels) == 1
    assert [goal.attribute for goal in interventions(desk)[-1].goals] == ["smile", "lip_redness"]
    desk.click(panel.together)
    assert not desk.session.together
    assert not desk.window.commands.together.isChecked()


@pytest.mark.qt_log_ignore("grabbing the keyboard", "raise")  # popups, without a display
def test_the_card_makes_its_region_the_region(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    desk.click(desk.window.edits.attributes.rows["brow_height"].more)
    card = QApplication.activePopupWidget()
    assert isinstance(card, AttributeCard)
    assert "Brows to eyes." in card.text.text()
    desk.click(card.use_region)
    assert QApplication.activePopupWidget() is None
    region = desk.session.region
    assert region is not None
    assert not region.mask.is_empty
    assert desk.window.commands.undo.text() == "&Undo region “brows”"


def test_discovered_sliders_can_be_asked_for_tried_kept_and_forgotten(
    make: Make, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make(library=tmp_path / "library")
    desk.open(photo)
    discovery, attributes = desk.window.edits.discovery, desk.window.edits.attributes
    assert not discovery.ask.isEnabled()
    assert "Brush a region" in discovery.note.text()
    desk.brush((120, 150), (190, 150))
    desk.qtbot.keyClick(desk.window.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: len(discovery.cards) == 12)
    assert discovery.isVisible()
    first = next(iter(discovery.cards))
    card = discovery.cards[first]
    assert "100 % inside" in card.facts.text()
    assert not card.low.pixmap().isNull()
    desk.pull(card.row.slider, 0, 30, 60)
    desk.until(lambda: desk.labels)
    goal = interventions(desk)[-1].goals[0]
    assert goal.attribute == first
    assert goal.direction is not None
    assert card.low.isEnabled()

    monkeypatch.setattr(dialogs, "ask_name", answer("Softer lips"))
    desk.click(card.keep)
    desk.until(lambda: attributes.own_rows)
    row = attributes.own_rows[first]
    assert row.label.text() == "Softer lips"
    assert row.value == pytest.approx(60, abs=2)
    assert "Kept" in card.keep.text()
    desk.window.attribute_dock.raise_()
    desk.until(row.isVisible)
    desk.pull(row.slider, 60, 20)
    desk.until(lambda: card.row.value == row.value and not desk.session.busy)

    desk.brush((60, 60), (90, 60))
    assert not card.low.isEnabled()  # grey: found for another region
    assert discovery.ask.text() == "Ask again"
    desk.window.discovery_dock.raise_()
    desk.until(discovery.ask.isVisible)
    desk.click(discovery.ask)
    desk.until(lambda: all(card.low.isEnabled() for card in discovery.cards.values()))
    assert len([job for job in desk.engine.jobs if isinstance(job, Discover)]) == 2

    monkeypatch.setattr(dialogs, "ask_name", answer("Lips"))
    kept = desk.session.style_sliders[0]
    attributes.rename_requested.emit(kept)
    desk.until(lambda: attributes.own_rows[first].label.text() == "Lips")
    attributes.forget_requested.emit(kept)
    desk.until(lambda: not attributes.own_rows)
    assert discovery.cards[first].keep.text() == "Keep…"


def test_a_preset_is_saved_and_applied_to_another_photo(
    make: Make, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make(library=tmp_path / "library")
    panel = desk.window.edits.presets
    assert "Open a portrait" in panel.note.text()
    desk.open(photo)
    assert not panel.save.isEnabled()
    desk.slide("lip_redness", 0, 50)
    desk.until(lambda: desk.labels)
    desk.window.preset_dock.raise_()
    desk.until(panel.save.isVisible)
    monkeypatch.setattr(dialogs, "ask_name", answer("Evening"))
    desk.click(panel.save)
    desk.until(lambda: panel.list.topLevelItemCount() == 1)
    assert panel.chosen is not None
    assert panel.chosen.parts[0].region == "lips"
    assert "Lip redness +" in panel.list.item_of("Evening").toolTip(0)
    monkeypatch.setattr(dialogs, "ask_preset_file", answer(tmp_path / "gift.json"))
    desk.click(panel.export_file)
    desk.until((tmp_path / "gift.json").exists)
    monkeypatch.setattr(dialogs, "ask_preset_to_import", answer(tmp_path / "gift.json"))
    desk.click(panel.import_file)
    desk.until(lambda: panel.list.topLevelItemCount() == 2)
    texts = [panel.list.topLevelItem(n) for n in range(2)]
    assert [item and item.text(0) for item in texts] == ["Evening", "Evening (2)"]
    assert desk.session.presets[0].parts == desk.session.presets[1].parts
    monkeypatch.setattr(dialogs, "ask_preset_to_import", answer(photo))
    desk.click(panel.import_file)
    desk.until(lambda: photo.name in desk.window.banner.text.text())
    assert panel.list.topLevelItemCount() == 2

    Image.fromarray(np.full((240, 320, 3), 90, np.uint8)).save(tmp_path / "other.png")
    desk.session.files.set_saved()
    desk.engine.gate.clear()
    desk.window.open(tmp_path / "other.png")
    desk.engine.gate.set()
    desk.until(lambda: "other" in desk.window.windowTitle() and desk.session.portrait)
    assert desk.labels == []
    desk.click(panel.apply)
    desk.until(lambda: len(desk.labels) == 1)
    assert desk.labels[0].startswith("Lip redness +")

    monkeypatch.setattr(dialogs, "ask_delete", answer(False))
    desk.click(panel.delete)
    monkeypatch.setattr(dialogs, "ask_delete", answer(True))
    assert panel.list.topLevelItemCount() == 2
    desk.click(panel.delete)
    desk.until(lambda: panel.list.topLevelItemCount() == 1)
    desk.click(panel.delete)
    desk.until(lambda: panel.list.topLevelItemCount() == 0)
    assert not panel.apply.isEnabled()
    assert not list((tmp_path / "library" / "presets").iterdir())


def test_a_preset_gets_a_folder_a_star_and_a_strength(
    make: Make, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make(library=tmp_path / "library")
    panel, library = desk.window.edits.presets, desk.session.library
    desk.open(photo)
    desk.session.regions.apply_preset("lips")
    desk.session.sliders.commit_attribute("lip_redness", 40)
    desk.until(lambda: desk.labels == ["Lip redness +40"])
    desk.window.preset_dock.raise_()
    desk.until(panel.save.isVisible)
    monkeypatch.setattr(dialogs, "ask_name", answer("Evening"))
    desk.click(panel.save)
    desk.until(lambda: library.pictures)
    assert not panel.list.item_of("Evening").icon(0).isNull()
    monkeypatch.setattr(dialogs, "ask_name", answer("Work/Evening"))
    desk.click(panel.rename)
    desk.until(lambda: panel.chosen and panel.chosen.name == "Work/Evening")
    assert panel.list.item_of("Work/Evening").text(0) == "Evening"
    panel.list.moved.emit("Work/Evening", "Home/Evening")
    desk.until(lambda: panel.chosen and panel.chosen.name == "Home/Evening")
    desk.click(panel.favourite)
    desk.until(lambda: "Home/Evening" in library.favourites)
    assert panel.list.item_of("Home/Evening").text(0) == "★ Home/Evening"
    suggested: list[Path] = []

    def ask(_parent: object, place: Path) -> None:
        suggested.append(place)

    monkeypatch.setattr(dialogs, "ask_preset_file", ask)
    desk.click(panel.export_file)
    assert [path.name for path in suggested] == ["Evening.json"], "a folder of the list is none"
    panel.strength.slider.setValue(50)
    desk.click(panel.apply)
    desk.until(lambda: desk.labels == ["Lip redness +20"])


def test_dials_go_with_the_next_edit(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    attributes = desk.window.edits.attributes
    dials = attributes.dials
    assert not dials.isVisible()
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    desk.until(dials.strictness.isVisible)
    dials.strictness.slider.setValue(100)
    dials.naturalness.slider.setValue(-100)
    dials.residual.click()
    dials.seed.setValue(7)
    assert desk.session.dials == Dials(8.0, 0.25, residual=False, seed=7)
    desk.slide("smile", 0, 50)
    desk.until(lambda: desk.labels)
    assert interventions(desk)[-1].dials == desk.session.dials
    dials.reset.click()
    assert desk.session.dials == Dials()
    assert dials.residual.isChecked()
    assert dials.strictness.factor == 1


def test_a_dropped_reference_is_shown_and_matched(make: Make, photo: Path, tmp_path: Path) -> None:
    desk = make()
    desk.open(photo)
    other = tmp_path / "somebody.png"
    Image.fromarray(np.full((200, 200, 3), (180, 60, 60), np.uint8)).save(other)
    panel = desk.window.edits.reference
    desk.window.reference_dock.raise_()
    desk.until(panel.isVisible)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other))])
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(panel, QDragEnterEvent(QPoint(5, 5), copy, data, LEFT, keys))
    QApplication.sendEvent(panel, QDropEvent(QPointF(5, 5), copy, data, LEFT, keys))
    desk.until(lambda: panel.name.text() == "somebody.png")
    assert "portrait.png" in desk.window.windowTitle()  # no photo was opened
    middle = panel.picture.pixmap().toImage().pixelColor(40, 40)
    assert (middle.red(), middle.green()) == (180, 60)
    assert not panel.match.isEnabled()
    assert "Brush a region" in panel.note.text()
    desk.brush((120, 150), (190, 150))
    desk.click(panel.match)
    desk.until(lambda: desk.labels)
    assert isinstance(interventions(desk)[-1].likeness, Reference)
    assert desk.labels == ["Match somebody.png"]
    assert not desk.window.canvas.overlay_visible
    desk.click(panel.remove)
    assert desk.session.reference is None
    assert not panel.match.isEnabled()


def test_an_expression_is_copied_from_the_panel_and_taken_out_by_the_menu(
    make: Make, photo: Path, tmp_path: Path
) -> None:
    desk = make()
    commands = desk.window.commands
    assert not commands.neutral.isEnabled()
    desk.open(photo)
    panel = desk.window.edits.reference
    assert not panel.expression.isEnabled()
    assert not commands.copy_expression.isEnabled()
    other = tmp_path / "somebody.png"
    Image.fromarray(np.full((200, 200, 3), (180, 60, 60), np.uint8)).save(other)
    desk.session.likeness.open_reference(other)
    desk.until(panel.expression.isEnabled)
    desk.window.reference_dock.raise_()
    desk.until(panel.isVisible)
    desk.click(panel.expression)
    desk.until(lambda: desk.labels)
    assert desk.labels == ["Smile +40, Brow height -100"], "no region is needed"
    desk.session.steps.undo()
    commands.neutral.trigger()
    desk.until(lambda: "does not close" in desk.window.banner.text.text())
    desk.until(lambda: desk.labels)
    assert desk.labels == ["Smile -30"], "a laugh gets smaller"
    desk.session.steps.undo()
    assert commands.copy_expression.isEnabled()
    commands.copy_expression.trigger()
    desk.until(lambda: desk.labels)


def test_paint_is_painted_picked_matched_and_cleared(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, canvas = desk.window, desk.window.canvas
    options = window.region_panel.paint_options
    assert not options.isVisible()
    canvas.setFocus()
    desk.qtbot.keyClick(canvas, Qt.Key.Key_P)
    assert options.isVisible()
    assert window.region_panel.paint_button.isChecked()
    options.colour_chosen.emit((200, 20, 40))
    options.opacity.slider.setValue(100)
    desk.brush((140, 150), (180, 150))
    paint = desk.session.paint
    assert paint is not None
    assert not paint.is_empty
    np.testing.assert_allclose(shown(desk, 160, 150), [200, 20, 40], atol=2)
    region = desk.session.region
    assert region is not None
    assert region.mask.is_empty
    desk.qtbot.keyClick(canvas, Qt.Key.Key_X)
    assert options.eraser.isChecked()
    desk.brush((140, 150), (142, 150))
    assert desk.session.paint is not paint
    desk.qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.session.paint is paint
    alt = Qt.KeyboardModifier.AltModifier
    desk.qtbot.mouseClick(canvas, LEFT, alt, desk.at(160, 150))
    assert canvas.brush.colour == (110, 110, 110)  # the photo's, not the paint's
    assert not options.eraser.isChecked()

    desk.click(options.match)
    desk.until(lambda: desk.labels)
    assert isinstance(interventions(desk)[-1].likeness, PaintLayer)
    assert not interventions(desk)[-1].region.is_empty
    assert not canvas.paint_visible  # out of the way of the result
    desk.click(options.clear)
    assert desk.session.paint is not None
    assert desk.session.paint.is_empty
    assert not options.match.isEnabled()


def test_an_opened_project_shows_the_result_and_the_paint_when_it_is_taken_up(
    make: Make, photo: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    canvas = desk.window.canvas
    desk.qtbot.keyClick(canvas, Qt.Key.Key_P)
    desk.brush((140, 150), (180, 150))
    assert desk.window.isWindowModified()
    desk.click(desk.window.region_panel.paint_options.match)
    desk.until(lambda: desk.labels)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: not desk.window.isWindowModified())
    desk.qtbot.keyClick(canvas, Qt.Key.Key_B)
    painted = desk.session.paint
    desk.window.open(tmp_path / "a.sip")
    desk.until(lambda: desk.session.paint is not painted and not canvas.paint_visible)
    assert desk.session.paint is not None
    assert not desk.session.paint.is_empty
    desk.qtbot.keyClick(canvas, Qt.Key.Key_P)
    assert canvas.paint_visible


def test_mirrored_strokes_and_a_mirrored_region(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, canvas = desk.window, desk.window.canvas

    def sides() -> tuple[bool, bool]:
        region = desk.session.region
        assert region is not None
        full = region.mask.full()
        return bool(full[:, :155].any()), bool(full[:, 165:].any())

    desk.brush((100, 120), (110, 120))
    assert sides() == (True, False)
    desk.click(window.region_panel.mirror_region_button)
    desk.until(lambda: sides() == (True, True))
    desk.session.regions.clear_region()
    assert not window.region_panel.mirror_region_button.isEnabled()
    canvas.setFocus()
    before = shown(desk, 160, 60)
    desk.qtbot.keyClick(canvas, Qt.Key.Key_M)
    assert desk.session.mirrored
    assert window.region_panel.mirror_button.isChecked()
    assert (shown(desk, 160, 60) != before).any()  # the axis
    desk.brush((100, 120), (110, 120))
    assert sides() == (True, True)
    desk.click(window.region_panel.mirror_button)
    assert not desk.session.mirrored
    assert not window.commands.mirror.isChecked()


def test_taking_snapshots_moves_the_button_for_that_nowhere(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    desk.session.sliders.commit_attribute("smile", 50)
    desk.until(lambda: desk.labels and not desk.session.busy)
    snapshots = desk.window.history_panel.snapshots
    desk.until(lambda: snapshots.take.isEnabled() and desk.window.history_panel.strip.isVisible())

    def place() -> QPoint:
        return snapshots.take.mapTo(desk.window, QPoint())

    before = desk.until_still(place)
    for count in (1, 2):
        snapshots.take_one()
        desk.until(lambda count=count: snapshots.list.count() == count)
        assert desk.until_still(place) == before
