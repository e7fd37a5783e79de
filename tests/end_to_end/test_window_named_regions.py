"""Named regions in the whole window, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea

from tests.end_to_end.desktop import Desktop
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from widgets.named_regions import NamedRegionList


@pytest.fixture
def desk(qtbot: QtBot, photo: Path) -> Desktop:
    desk = Desktop(qtbot, FakeEngine())
    desk.open(photo)
    return desk


def listed(desk: Desktop) -> NamedRegionList:
    return desk.window.region_panel.named


def rows(desk: Desktop) -> list[str]:
    items = listed(desk).list
    return [items.item(row).text() for row in range(items.count())]


def choose(desk: Desktop, preset: str) -> None:
    desk.window.region_panel.preset_buttons[preset].click()
    desk.until(lambda: not desk.session.regions.pending and desk.session.regions.soft())
    desk.until(lambda: desk.session.usual.is_current)


def editor_of(desk: Desktop) -> QLineEdit | None:
    return listed(desk).list.findChild(QLineEdit)


def test_the_name_that_is_typed_is_seen_in_a_small_window(desk: Desktop) -> None:
    window = desk.window
    window.resize(1000, 600)
    choose(desk, "mouth")
    area = window.region_dock.widget()
    assert isinstance(area, QScrollArea)
    desk.until(lambda: area.verticalScrollBar().maximum() > 0)
    area.verticalScrollBar().setValue(0)
    window.commands.name_region.trigger()
    desk.until(lambda: editor_of(desk) is not None)

    def seen() -> bool:
        editor = editor_of(desk)
        return editor is not None and not editor.visibleRegion().isEmpty()

    desk.until(seen)


def test_a_region_is_named_edited_left_and_chosen_again(desk: Desktop) -> None:
    window, session = desk.window, desk.session
    assert not window.commands.name_region.isEnabled()
    choose(desk, "mouth")
    window.commands.name_region.trigger()
    assert rows(desk) == ["Mouth"], "named after what it is"
    editor = editor_of(desk)
    assert editor is not None, "and the name can be typed at once"
    desk.qtbot.keyClicks(editor, "Laugh")
    desk.qtbot.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: rows(desk) == ["Laugh"])
    session.sliders.commit_attribute("smile", 40)
    desk.until(lambda: session.history and session.history.position == 1 and not session.busy)
    item = listed(desk).list.item(0)
    assert item.checkState() == Qt.CheckState.Checked
    listed(desk).new.click()
    assert session.region is not None
    assert session.region.mask.is_empty
    assert not window.commands.name_region.isEnabled()
    choose(desk, "eyes")
    listed(desk).keep.click()
    assert rows(desk) == ["Laugh", "Eyes"]
    listed(desk).list.setCurrentRow(0)
    listed(desk).list.returned.emit()
    desk.until(lambda: "mouth" in session.usual.match.parts)
    assert session.attribute_values["smile"] == 40
    listed(desk).list.item(0).setCheckState(Qt.CheckState.Unchecked)
    desk.until(lambda: session.history and not session.history.applied)
    window.commands.undo.trigger()
    desk.until(lambda: session.history and session.history.applied)
    assert listed(desk).list.item(0).checkState() == Qt.CheckState.Checked


def test_regions_are_copied_from_the_menu(desk: Desktop) -> None:
    commands = desk.window.commands
    assert not commands.copy_regions.isEnabled()
    choose(desk, "mouth")
    listed(desk).keep.click()
    commands.copy_regions.trigger()
    desk.until(lambda: commands.paste_regions.isEnabled())
    commands.paste_regions.trigger()
    desk.until(lambda: rows(desk) == ["Mouth", "Mouth 2"])
    commands.undo.trigger()
    desk.until(lambda: rows(desk) == ["Mouth"])


def test_a_region_that_is_not_looked_at_yet_is_not_called_like_the_last_one(
    desk: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(desk, "mouth")

    def nothing(asked: object) -> None:
        del asked

    monkeypatch.setattr(desk.session.usual, "_compare", nothing)
    desk.window.region_panel.preset_buttons["eyes"].click()
    desk.until(lambda: not desk.session.regions.pending)
    listed(desk).keep.click()
    assert rows(desk) == ["Region"]
