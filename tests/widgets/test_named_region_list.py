"""The list of named regions alone: what each gesture on it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit, QListWidget

from editor.session.desks.named_regions import NamedRegion
from widgets.named_regions import NamedRegionList

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

THREE = (
    NamedRegion("a", "Mouth", True, 2, 2),
    NamedRegion("b", "Eyes", False, 3, 1),
    NamedRegion("c", "Skin", False, 0, 0),
)


class Listed:
    """The list with three regions, and what it asked for."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.view = NamedRegionList()
        qtbot.addWidget(self.view)
        self.view.resize(360, 240)
        self.view.show_regions(THREE)
        self.view.show()
        self.asked: list[tuple[object, ...]] = []
        for name in (
            "kept", "put_down", "chosen", "duplicated", "deleted", "renamed", "moved",
            "stepped", "shown", "copied", "pasted",
        ):  # fmt: skip
            self._note(name)

    def _note(self, name: str) -> None:
        def note(*values: object) -> None:
            self.asked.append((name, *values))

        getattr(self.view, name).connect(note)

    def click(self, row: int, x: int) -> None:
        box = self.view.list.visualItemRect(self.view.list.item(row))
        place = box.topLeft()
        place.setX(x)
        place.setY(box.center().y())
        self.qtbot.mouseClick(self.view.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.view.list, key, keys)

    def dropped(self, event: QDropEvent) -> None:
        """A drag from the list itself, which Qt knows by the event's source alone."""
        rows = self.view.list
        rows.model().moveRow(QModelIndex(), 0, QModelIndex(), 3)  # what Qt does then
        rows.dropEvent(event)

    def choose(self, row: int, text: str) -> None:
        menu = self.view.menu_of(self.view.list.item(row))
        next(action for action in menu.actions() if action.text() == text).trigger()


@pytest.fixture
def listed(qtbot: QtBot) -> Listed:
    return Listed(qtbot)


def test_a_click_chooses_and_its_box_hides(listed: Listed) -> None:
    listed.click(1, 200)
    assert listed.asked == [("chosen", "b")]
    listed.click(0, 12)
    listed.click(1, 12)
    assert listed.asked[1:] == [("shown", "a", False), ("shown", "b", True)]
    listed.view.show_regions(THREE)
    listed.click(2, 200)
    assert listed.asked[3:] == [("chosen", "c")]


def test_rows_say_what_they_are(listed: Listed) -> None:
    rows = [listed.view.list.item(row) for row in range(3)]
    states = [row.checkState() for row in rows[:2]]
    assert states == [Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked]
    assert not rows[2].flags() & Qt.ItemFlag.ItemIsUserCheckable, "nothing to hide"
    assert [row.font().bold() for row in rows] == [True, False, False]
    assert rows[0].toolTip().startswith("In hand. 2 edits")
    assert rows[2].toolTip() == "No edits yet"
    assert listed.view.list.marked == "a"


def test_the_mark_goes_along_with_the_hand_and_stays_where_the_hand_stays(listed: Listed) -> None:
    rows = listed.view.list
    rows.setCurrentRow(2)
    listed.view.show_regions((*THREE[:2], replace(THREE[2], name="Cheeks")))
    assert rows.marked == "c"
    listed.view.show_regions((replace(THREE[0], in_hand=False), replace(THREE[1], in_hand=True)))
    assert rows.marked == "b"
    listed.view.show_regions(tuple(replace(one, in_hand=False) for one in THREE))
    assert rows.marked == ""


def test_keys_do_what_the_menu_does(listed: Listed) -> None:
    listed.view.list.setCurrentRow(1)
    listed.key(Qt.Key.Key_Return)
    listed.key(Qt.Key.Key_Delete)
    listed.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    listed.qtbot.waitUntil(lambda: len(listed.asked) == 3)
    assert listed.asked == [("chosen", "b"), ("deleted", "b"), ("stepped", "b", -1)]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Choose", ("chosen", "b")),
        ("Hide its edits", ("shown", "b", False)),
        ("Duplicate", ("duplicated", "b")),
        ("Move up", ("stepped", "b", -1)),
        ("Move down", ("stepped", "b", 1)),
        ("Copy", ("copied", ["b"])),
        ("Copy all", ("copied", ["a", "b", "c"])),
        ("Paste", ("pasted",)),
        ("Delete", ("deleted", "b")),
    ],
)
def test_the_menu(listed: Listed, text: str, asked: tuple[object, ...]) -> None:
    listed.view.set_available(brushed=True, can_paste=True)
    listed.choose(1, text)
    assert listed.asked == [asked]


def test_a_name_is_typed_and_one_of_blanks_is_none(listed: Listed) -> None:
    item = listed.view.list.item(2)
    item.setText("Cheeks")
    assert listed.asked == [("renamed", "c", "Cheeks")]
    listed.view.show_regions(THREE)
    listed.view.list.item(2).setText("  ")
    assert listed.view.list.item(2).text() == "Skin"
    assert len(listed.asked) == 1


def test_a_row_that_is_dropped_elsewhere_is_moved(listed: Listed) -> None:
    rows = listed.view.list
    rows.setCurrentRow(0)
    below = rows.visualItemRect(rows.item(2)).bottomLeft()
    drop = QDropEvent(
        QPointF(below),
        Qt.DropAction.MoveAction,
        rows.mimeData([rows.item(0)]),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    listed.dropped(drop)
    listed.qtbot.waitUntil(lambda: bool(listed.asked))
    assert listed.asked == [("moved", "a", [])]


def test_what_changes_while_a_row_is_dragged_is_listed_after_the_drop(
    listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt turns the event loop while the pointer drags, and another region may come in hand."""
    rows = listed.view.list
    rows.setCurrentRow(0)
    now = (*(replace(one, in_hand=False) for one in THREE), replace(THREE[1], id="d", in_hand=True))

    def drag(_: object, actions: Qt.DropAction) -> None:
        del actions
        listed.view.show_regions(now)
        assert (rows.marked, rows.count()) == ("a", 3)
        below = rows.visualItemRect(rows.item(2)).bottomLeft()
        data = rows.mimeData([rows.item(0)])
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        listed.dropped(QDropEvent(QPointF(below), Qt.DropAction.MoveAction, data, left, none))

    monkeypatch.setattr(QListWidget, "startDrag", drag)
    rows.startDrag(Qt.DropAction.MoveAction)
    listed.qtbot.waitUntil(lambda: bool(listed.asked))
    assert listed.asked == [("moved", "a", [])], "below all that the user saw"
    assert (rows.marked, rows.count()) == ("d", 4)


def test_without_regions_there_is_no_empty_box(listed: Listed) -> None:
    listed.view.show_regions(())
    assert not listed.view.list.isVisible()
    listed.view.set_available(brushed=False, can_paste=False)
    assert not listed.view.keep.isEnabled()


def test_a_click_after_the_space_key_chooses(listed: Listed) -> None:
    listed.view.list.setCurrentRow(0)
    listed.key(Qt.Key.Key_Space)
    listed.view.show_regions((replace(THREE[0], shown=0), *THREE[1:]))
    listed.click(2, 200)
    assert listed.asked == [("shown", "a", False), ("chosen", "c")]


def test_a_name_is_typed_on_while_an_edit_is_counted(listed: Listed) -> None:
    rows = listed.view.list
    rows.rename("b")
    listed.qtbot.keyClicks(rows.findChild(QLineEdit), "Lo")
    listed.view.show_regions((replace(THREE[0], edits=3), THREE[2], THREE[1]))
    editor = rows.indexWidget(rows.currentIndex())
    assert isinstance(editor, QLineEdit)
    listed.qtbot.keyClicks(editor, "ok")
    listed.qtbot.keyClick(editor, Qt.Key.Key_Return)
    listed.qtbot.waitUntil(lambda: bool(listed.asked))  # Qt takes it in a turn of its own
    assert listed.asked == [("renamed", "b", "Look")]


def test_a_name_that_was_taken_is_not_typed_again(listed: Listed) -> None:
    rows, view = listed.view.list, listed.view

    def show(_: str, name: str) -> None:
        view.show_regions((replace(THREE[0], name=name),))

    view.renamed.connect(show)
    rows.rename("a")
    listed.qtbot.keyClicks(rows.findChild(QLineEdit), "Laugh")
    listed.qtbot.keyClick(rows.findChild(QLineEdit), Qt.Key.Key_Return)
    listed.qtbot.waitUntil(lambda: bool(listed.asked))
    assert listed.asked == [("renamed", "a", "Laugh")]
    assert rows.state() != rows.State.EditingState


def test_the_menu_outlives_the_rows_that_it_was_opened_on(listed: Listed) -> None:
    rows = listed.view.list
    menu = listed.view.menu_of(rows.item(1))
    listed.view.show_regions((THREE[1], THREE[0]))
    next(action for action in menu.actions() if action.text() == "Rename").trigger()
    editor = rows.indexWidget(rows.currentIndex())
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "Eyes"
