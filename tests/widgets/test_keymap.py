"""Keys: found, changed, kept, and refused where they would mean two things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTreeWidgetItem

from widgets.keymap import Keymap, normal, tipped
from widgets.keys_dialog import KeysDialog
from widgets.settings import Settings
from widgets.shortcuts import GESTURES, RESERVED, SHORTCUTS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def settings(qtbot: QtBot) -> Settings:
    del qtbot
    return Settings(None)


def test_the_table_is_written_as_keys_are_normalised() -> None:
    for row in SHORTCUTS:
        for key in row.keys:
            assert normal(key) == normal(normal(key)), key
            assert "Shift+" not in normal(key) or normal(key)[-1].isalpha(), key


@pytest.mark.parametrize(
    ("pressed", "name"),
    [("Shift+{", "{"), ("Shift+B", "Shift+B"), ("Ctrl+Shift++", "Ctrl++"), ("b", "B"),
     ("Shift+F5", "Shift+F5"), ("Ctrl+Shift+1", "Ctrl+1"), ("Ctrl+K, Ctrl+C", "")],
)  # fmt: skip
def test_a_key_is_named_by_the_character_that_it_gives(pressed: str, name: str) -> None:
    assert normal(pressed) == name


def test_a_command_gets_other_keys_and_keeps_them(settings: Settings) -> None:
    keymap = Keymap(settings)
    changed: list[str] = []
    keymap.changed.connect(changed.append)
    keymap.bind("brush", ("Shift+*", "K"))
    assert keymap.keys("brush") == ("*", "K")
    assert Keymap(settings).keys("brush") == ("*", "K")
    assert not keymap.refusal("eraser", "B")  # free now
    keymap.reset("brush")
    assert keymap.keys("brush") == ("B",)
    assert not keymap.is_own("brush")
    keymap.bind("clear_paint", ("F7",))  # had none
    keymap.bind("brush", ())
    keymap.reset_all()
    assert keymap.keys("clear_paint") == ()
    assert changed == ["brush", "brush", "clear_paint", "brush", "clear_paint", "brush"]


def test_every_key_of_the_table_is_refused_to_others(settings: Settings) -> None:
    keymap = Keymap(settings)
    for row in SHORTCUTS:
        other = "brush" if row.command != "brush" else "eraser"
        for key in row.keys:
            assert row.does in keymap.refusal(other, key)
            assert keymap.refusal(row.command, key) == ""


@pytest.mark.parametrize("key", [*RESERVED, "Alt+F", "Alt+V", "", "Ctrl+K, Ctrl+C"])
def test_what_is_no_free_key_is_refused(settings: Settings, key: str) -> None:
    keymap = Keymap(settings)
    assert keymap.refusal("brush", key)
    with pytest.raises(ValueError, match=r"\w"):
        keymap.bind("brush", (key,))
    assert keymap.keys("brush") == ("B",)


def test_a_held_key_is_one_key_alone(settings: Settings) -> None:
    keymap = Keymap(settings)
    assert keymap.refusal("original", "Ctrl+J")
    assert not keymap.refusal("original", "K")


def test_a_default_that_was_given_away_is_not_given_twice(settings: Settings) -> None:
    keymap = Keymap(settings)
    keymap.bind("brush", ("K",))
    keymap.bind("eraser", ("B",))
    with pytest.raises(ValueError, match="eraser"):
        keymap.reset("brush")
    assert keymap.keys("brush") == ("K",)


def test_two_commands_may_change_their_keys(settings: Settings) -> None:
    keymap = Keymap(settings)
    keymap.bind("brush", ())
    keymap.bind("eraser", ("B",))
    keymap.bind("brush", ("E",))
    again = Keymap(settings)
    assert (again.keys("brush"), again.keys("eraser")) == (("E",), ("B",))


@pytest.mark.parametrize(
    "rubbish",
    ["[", "[]", "7", '{"brush": 3}', '{"brush": ["Ctrl+Z"]}', '{"brush": ["no such"]}',
     '{"brush": [["B"]]}'],
)  # fmt: skip
def test_what_was_stored_badly_or_clashes_is_left_out(settings: Settings, rubbish: str) -> None:
    settings.write("keys", rubbish)
    keymap = Keymap(settings)
    assert keymap.keys("brush") == ("B",)
    assert keymap.keys("undo") == ("Ctrl+Z",)


def test_tips_name_the_keys_that_hold(qtbot: QtBot, settings: Settings) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    tipped(label, "Brush ({brush}), or {softer} and {harder}")
    assert label.toolTip() == "Brush (B), or { and }"
    keymap = Keymap(settings)
    keymap.bind("brush", ())
    keymap.bind("softer", ("K",))
    keymap.rename_tips(label)
    assert label.toolTip() == "Brush, or K and }"


# ------------------------------------------------------------ the dialog


@pytest.fixture
def dialog(qtbot: QtBot, settings: Settings) -> KeysDialog:
    keymap = Keymap(settings, settings)
    made = KeysDialog(keymap, {"brush": "Brush", "clear_paint": "Clear paint"})
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def rows(dialog: KeysDialog) -> list[QTreeWidgetItem]:
    headings = [
        dialog.table.topLevelItem(number) for number in range(dialog.table.topLevelItemCount())
    ]
    children = [
        heading.child(row)
        for heading in headings
        if heading is not None and not heading.isHidden()
        for row in range(heading.childCount())
    ]
    return [child for child in children if child is not None and not child.isHidden()]


def test_the_dialog_lists_every_command_and_gesture(dialog: KeysDialog) -> None:
    shown = {item.text(0).casefold() for item in rows(dialog)}
    for row in SHORTCUTS:
        assert row.does.casefold() in shown
    for _, does in GESTURES:
        assert does.casefold() in shown
    assert "clear paint" in shown  # without a key


def test_the_dialog_is_searched_by_words_and_by_key(qtbot: QtBot, dialog: KeysDialog) -> None:
    qtbot.keyClicks(dialog.search, "mirror image")
    assert [item.text(1) for item in rows(dialog)] == ["Ctrl+M"]
    dialog.search.setText("ctrl+shift+z")
    assert [item.text(0) for item in rows(dialog)] == ["Redo"]


def test_a_key_that_is_taken_cannot_be_given(qtbot: QtBot, dialog: KeysDialog) -> None:
    dialog.mark("brush")
    qtbot.keyClick(dialog.key, Qt.Key.Key_E)
    assert "eraser" in dialog.why.text()
    assert not dialog.give.isEnabled()
    dialog.key.clear()
    qtbot.keyClick(dialog.key, Qt.Key.Key_K)
    assert dialog.why.text() == ""
    qtbot.mouseClick(dialog.give, LEFT)
    item = dialog.table.currentItem()
    assert item is not None
    assert item.text(1) == "K"
    qtbot.mouseClick(dialog.back, LEFT)
    assert item.text(1) == "B"
