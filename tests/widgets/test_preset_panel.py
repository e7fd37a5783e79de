"""The panel of presets: favourites and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from editor.document.presets import AttributePreset, PresetPart
from widgets.preset_panel import PresetPanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTreeWidgetItem
    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


def preset(name: str) -> AttributePreset:
    return AttributePreset(name, (PresetPart("mouth", (("smile", 20.0),)),))


@pytest.fixture
def panel(qtbot: QtBot) -> PresetPanel:
    made = PresetPanel()
    qtbot.addWidget(made)
    made.resize(372, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.set_available(applicable=True, savable=True, why="")
    made.show_presets([preset(name) for name in ("Calm", "Joy", "Quiet")])
    return made


def rows(panel: PresetPanel) -> list[str]:
    """The list as it is read, rows of folders indented."""
    found: list[str] = []
    for k in range(panel.list.topLevelItemCount()):
        item = panel.list.topLevelItem(k)
        assert item is not None
        found.append(item.text(0))
        inside = [item.child(n) for n in range(item.childCount())]
        found += [f"  {child.text(0)}" for child in inside if child is not None]
    return found


def test_favourites_stand_first_and_are_toggled_by_button_and_key(
    qtbot: QtBot, panel: PresetPanel
) -> None:
    asked: list[tuple[str, bool]] = []

    def note(preset: AttributePreset, favourite: bool) -> None:
        asked.append((preset.name, favourite))

    panel.favourite_requested.connect(note)
    panel.list.choose("Quiet")
    qtbot.mouseClick(panel.favourite, LEFT)
    assert asked == [("Quiet", True)]
    assert not panel.favourite.isChecked(), "it is none before it is kept"
    panel.show_favourites(frozenset({"Quiet", "gone"}))
    assert rows(panel) == ["★ Quiet", "Calm", "Joy"]
    assert panel.chosen == preset("Quiet"), "the chosen one stays chosen"
    assert panel.favourite.isChecked()
    said = panel.list.item_of("Quiet").data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Quiet, favourite"
    panel.list.setFocus()
    qtbot.keyClicks(panel.list, "*")
    assert asked[-1] == ("Quiet", False)
    panel.list.choose("Joy")
    assert not panel.favourite.isChecked()
    qtbot.keyClicks(panel.list, "*")
    assert asked[-1] == ("Joy", True)


def test_delete_asks_for_the_chosen_one_and_its_neighbour_is_chosen_then(
    qtbot: QtBot, panel: PresetPanel
) -> None:
    panel.list.choose("Joy")
    panel.list.setFocus()
    with qtbot.waitSignal(panel.delete_requested) as caught:
        qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert caught.args == [preset("Joy")]
    panel.show_presets([preset("Calm"), preset("Quiet")])
    assert panel.chosen == preset("Quiet")
    panel.show_presets([])
    assert panel.chosen is None
    for button in (panel.apply, panel.delete, panel.favourite, panel.export_file):
        assert not button.isEnabled()
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    qtbot.keyClicks(panel.list, "*")


# ------------------------------------------------------------------ folders

FOLDERS = ("Calm", "Portraits/Joy", "Portraits/Soft", "Couples/Joy", "../x")


def folder_of(panel: PresetPanel, name: str) -> QTreeWidgetItem:
    item = panel.list.item_of(name).parent()
    assert item is not None
    return item


def drop(panel: PresetPanel, place: QPointF) -> None:
    """Let go of the chosen preset there, as the end of a drag."""
    actions, data = Qt.DropAction.MoveAction, QMimeData()
    none = Qt.KeyboardModifier.NoModifier
    panel.list.dropEvent(QDropEvent(place, actions, data, LEFT, none))


def test_names_make_folders_that_fold(qtbot: QtBot, panel: PresetPanel) -> None:
    panel.show_presets([preset(name) for name in FOLDERS])
    folders = ["Couples", "  Joy", "Portraits", "  Joy", "  Soft"]
    assert rows(panel) == [*folders, "Calm", "../x"]
    panel.list.choose("Portraits/Soft")
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_Left)  # to the folder
    assert panel.chosen is None
    assert not panel.delete.isEnabled()
    qtbot.keyClick(panel.list, Qt.Key.Key_Left)
    assert panel.list.folded == {"Portraits"}
    panel.show_favourites(frozenset({"Portraits/Soft"}))
    assert rows(panel)[0] == "★ Portraits/Soft", "in reach although its folder is folded"
    assert panel.list.folded == {"Portraits"}
    assert not folder_of(panel, "Portraits/Joy").isExpanded()
    panel.list.set_folded(["Couples"])
    panel.list.choose("Couples/Joy")  # unfolds it
    assert panel.list.folded == frozenset()
    folder_of(panel, "Couples/Joy").setExpanded(False)
    assert panel.chosen is None, "keys do not act on what is not seen"


def test_a_preset_is_dropped_into_another_folder(panel: PresetPanel) -> None:
    panel.show_presets([preset(name) for name in FOLDERS])
    asked: list[tuple[str, str]] = []

    def note(name: str, wanted: str) -> None:
        asked.append((name, wanted))

    panel.moved.connect(note)

    def middle(name: str) -> QPointF:
        return QPointF(panel.list.visualItemRect(panel.list.item_of(name)).center())

    folder = folder_of(panel, "Portraits/Joy")
    panel.list.choose("Calm")
    drop(panel, QPointF(panel.list.visualItemRect(folder).center()))
    drop(panel, middle("Couples/Joy"))
    drop(panel, middle("../x"))  # it is in no folder already
    assert asked == [("Calm", "Portraits/Calm"), ("Calm", "Couples/Calm")]
    panel.list.choose("Portraits/Soft")
    drop(panel, middle("Portraits/Joy"))
    drop(panel, QPointF(20, panel.list.viewport().height() - 3))
    assert asked[2:] == [("Portraits/Soft", "Soft")]
    panel.list.choose("../x")
    drop(panel, middle("Portraits/Joy"))
    assert len(asked) == 3, "it cannot stand in a folder"
    assert len(rows(panel)) == 7, "the list changes when the library says so"


def test_a_renamed_preset_stays_chosen(qtbot: QtBot, panel: PresetPanel) -> None:
    panel.list.choose("Joy")
    panel.list.setFocus()
    with qtbot.waitSignal(panel.rename_requested) as caught:
        qtbot.keyClick(panel.list, Qt.Key.Key_F2)
    assert caught.args == [preset("Joy")]
    panel.list.set_folded(["Portraits"])
    panel.list.follow("Portraits/Joy")
    panel.show_presets([preset(name) for name in ("Calm", "Portraits/Joy", "Quiet")])
    assert panel.chosen == preset("Portraits/Joy")
    assert panel.list.folded == frozenset()


# ------------------------------------------------------------------ pictures


def test_pictures_stand_beside_their_presets(panel: PresetPanel) -> None:
    pictures = {"Joy": np.full((256, 200, 3), (10, 200, 30), np.uint8)}
    panel.show_pictures(pictures)
    icon = panel.list.item_of("Joy").icon(0)
    seen = icon.pixmap(40, 40).toImage()
    colour = seen.pixelColor(seen.width() // 2, seen.height() // 2)
    assert (colour.red(), colour.green(), colour.blue()) == (10, 200, 30)
    assert panel.list.item_of("Calm").icon(0).isNull()
    panel.show_presets([preset("Joy"), preset("New")])
    assert panel.list.item_of("Joy").icon(0).cacheKey() == icon.cacheKey()
    panel.show_pictures({"New": pictures["Joy"]})
    assert panel.list.item_of("Joy").icon(0).isNull()
    assert not panel.list.item_of("New").icon(0).isNull()
    assert "never in an exported preset" in panel.save.toolTip()


def menu_at(panel: PresetPanel, place: QPoint) -> dict[str, bool]:
    """What the right button offers there, and whether it can be done."""
    asked: list[object] = []
    panel.list.menu_requested.disconnect()  # a menu that pops up would take the keys
    panel.list.menu_requested.connect(asked.append)
    reason = QContextMenuEvent.Reason.Mouse
    everywhere = panel.list.viewport().mapToGlobal(place)
    QApplication.sendEvent(panel.list.viewport(), QContextMenuEvent(reason, place, everywhere))
    actions = panel.menu().actions() if asked else []
    return {action.text(): action.isEnabled() for action in actions if action.text()}


def test_the_right_button_offers_what_the_buttons_do(panel: PresetPanel) -> None:
    panel.show_presets([preset(name) for name in FOLDERS])
    place = panel.list.visualItemRect(panel.list.item_of("Portraits/Joy")).center()
    offered = menu_at(panel, place)
    assert panel.chosen is not None
    assert panel.chosen.name == "Portraits/Joy"
    assert list(offered) == ["Apply", "Make it a favourite", "Rename…", "Export…", "Delete"]
    assert all(offered.values())
    deleted: list[str] = []

    def delete(chosen: AttributePreset) -> None:
        deleted.append(chosen.name)

    panel.delete_requested.connect(delete)
    next(action for action in panel.menu().actions() if action.text() == "Delete").trigger()
    assert deleted == ["Portraits/Joy"]
    panel.set_available(applicable=False, savable=False, why="no face")
    assert not menu_at(panel, place)["Apply"]
    folder = panel.list.visualItemRect(folder_of(panel, "Portraits/Joy")).center()
    assert menu_at(panel, folder) == {}, "a folder is no preset"
    assert menu_at(panel, QPoint(20, panel.list.viewport().height() - 3)) == {}


def tip_of(panel: PresetPanel, name: str) -> str:
    item = panel.list.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]
    return item.toolTip(0)


def test_tips_say_where_sliders_will_stand(panel: PresetPanel) -> None:
    nested = AttributePreset(
        "Nested",
        (
            PresetPart("face", (("smile", 75.0),)),
            PresetPart("mouth", (("smile", -45.0), ("unheard_of", 10.0)), 0.5),
        ),
    )
    panel.set_labels({"smile": "Smile"})
    panel.show_presets([nested])
    tip = tip_of(panel, "Nested")
    assert "Smile +75" in tip
    assert "Smile +30 within “face”, else -45, opacity 50 %" in tip
    assert "Not offered here: unheard of" in tip
    panel.strength.set_value(150)
    panel.strength.committed.emit(150)
    tip = tip_of(panel, "Nested")
    assert "Smile +100" in tip, "at this strength, no farther than the slider goes"


def test_an_empty_list_says_what_to_do(panel: PresetPanel) -> None:
    assert not panel.empty.isVisible()
    panel.show_presets([])
    assert panel.empty.isVisible()
    assert "Save…" in panel.empty.text()
    panel.show_presets([preset("Calm")])
    assert not panel.empty.isVisible()
