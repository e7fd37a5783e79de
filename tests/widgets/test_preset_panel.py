"""The panel of presets: favourites and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from editor.document.presets import AttributePreset, PresetPart
from widgets.preset_panel import PresetPanel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


def preset(name: str) -> AttributePreset:
    return AttributePreset(name, (PresetPart("mouth", (("smile", 20.0),)),))


@pytest.fixture
def panel(qtbot: QtBot) -> PresetPanel:
    made = PresetPanel()
    qtbot.addWidget(made)
    made.resize(372, 400)
    made.show()
    qtbot.waitExposed(made)
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
    with qtbot.waitSignal(panel.delete_requested, timeout=1000) as caught:
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
