"""The list of the history: what a click, a key and its menu ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QHelpEvent, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit

from editor.document.history import Edit, EditHistory, EditOrigin
from editor.document.region import RegionMask
from editor.document.style import StyleCode, StyleDelta
from tests.fake_engine import LAYOUT
from widgets.history_list import HistoryList
from widgets.thumbnails import SIDE

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def history(position: int, *names: str) -> EditHistory:
    base = StyleCode(LAYOUT, np.zeros(6, np.float32))
    delta = StyleDelta(LAYOUT, np.array([0]), np.array([1.0]))
    edits = tuple(
        Edit(name, name, delta, RegionMask.empty(4, 4), EditOrigin((), 0, 1), 0.0)
        for name in names or ("Smile +60", "Lip redness +30", "Eyes open +20")
    )
    return EditHistory(base, edits, position)


class Heard:
    """What a list asked for."""

    def __init__(self, panel: HistoryList) -> None:
        self.said: list[tuple[object, ...]] = []
        for name in (
            "jump_requested", "chosen", "switched", "renamed", "delete_requested",
            "opacity_requested", "region_requested",
        ):  # fmt: skip
            self._listen(panel, name)

    def _listen(self, panel: HistoryList, name: str) -> None:
        def note(*values: object) -> None:
            self.said.append((name, *values))

        getattr(panel, name).connect(note)

    def take(self) -> list[tuple[object, ...]]:
        said, self.said = self.said, []
        return said


@pytest.fixture
def panel(qtbot: QtBot) -> HistoryList:
    made = HistoryList()
    qtbot.addWidget(made)
    made.resize(240, 300)
    with qtbot.waitExposed(made):
        made.show()
    made.show_history(history(2))
    return made


def place(panel: HistoryList, row: int, x: int = 80) -> QPoint:
    rect = panel.visualItemRect(panel.item(row))
    return QPoint(rect.left() + x, rect.center().y())


def texts(panel: HistoryList) -> list[str]:
    return [panel.item(row).text() for row in range(panel.count())]


def test_the_original_comes_first_and_what_is_undone_is_dimmed(panel: HistoryList) -> None:
    assert texts(panel) == ["Original", "Smile +60", "Lip redness +30", "Eyes open +20"]
    assert panel.currentRow() == 2
    colours = [panel.item(row).foreground().color().name() for row in range(4)]
    assert colours[1] == colours[2] != colours[3]
    assert "a new edit drops it" in panel.item(3).toolTip()
    panel.show_history(history(3))
    assert panel.item(3).toolTip() == "Eyes open +20"
    panel.show_history(history(1, "Smile +60"))
    assert texts(panel) == ["Original", "Smile +60"]
    panel.show_history(None)
    assert panel.count() == 0


def test_a_click_chooses_what_is_in_force_and_brings_back_what_is_undone(
    panel: HistoryList, qtbot: QtBot
) -> None:
    heard = Heard(panel)
    qtbot.mouseClick(panel.viewport(), LEFT, pos=place(panel, 1))
    assert heard.take() == [("chosen", "Smile +60")]
    qtbot.mouseClick(panel.viewport(), LEFT, pos=place(panel, 3))
    assert heard.take() == [("jump_requested", 3), ("chosen", "Eyes open +20")]
    qtbot.mouseClick(panel.viewport(), LEFT, pos=place(panel, 0))
    assert heard.take() == [("jump_requested", 0)]
    qtbot.mouseClick(panel.viewport(), LEFT, pos=place(panel, 1))
    qtbot.mouseDClick(panel.viewport(), LEFT, pos=place(panel, 1))
    assert ("jump_requested", 1) in heard.take()


def test_the_right_button_opens_a_menu_and_does_nothing_else(
    panel: HistoryList, qtbot: QtBot
) -> None:
    heard = Heard(panel)
    qtbot.mouseClick(panel.viewport(), RIGHT, pos=place(panel, 1))
    assert heard.take() == []
    assert panel.currentRow() == 2
    menu = panel.menu_of(1)
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == [
        "Switch off", "Opacity and strength…", "Rename…", "Give it the brushed region",
        "Go back to here", "Delete",
    ]  # fmt: skip
    for action in menu.actions():
        if action.text() and action.text() != "Rename…":
            action.trigger()
    one = "Smile +60"
    assert heard.take() == [
        ("switched", one, False), ("opacity_requested", one), ("region_requested", one),
        ("jump_requested", 1), ("delete_requested", one),
    ]  # fmt: skip
    assert [action.text() for action in panel.menu_of(0).actions()] == ["Go back to here"]


def test_its_menu_goes_back_to_its_own_edit_when_rows_have_moved(panel: HistoryList) -> None:
    heard = Heard(panel)
    menu = panel.menu_of(2)
    back = next(action for action in menu.actions() if action.text() == "Go back to here")
    panel.show_history(history(1, "Lip redness +30", "Eyes open +20"))
    back.trigger()
    assert heard.take() == [("jump_requested", 1)]
    panel.show_history(history(1, "Eyes open +20"))
    back.trigger()
    assert heard.take() == [], "it is gone"


def test_its_box_switches_an_edit_and_waits_for_the_session_to_say_so(
    panel: HistoryList, qtbot: QtBot
) -> None:
    heard = Heard(panel)
    qtbot.mouseClick(panel.viewport(), LEFT, pos=place(panel, 1, 9))
    assert heard.take() == [("switched", "Smile +60", False)], "it is not chosen as well"
    assert panel.item(1).checkState() == Qt.CheckState.Checked
    now = history(2)
    off = now.changed(replace(now.edits[0], enabled=False))
    panel.show_history(off)
    assert panel.item(1).checkState() == Qt.CheckState.Unchecked
    assert panel.item(1).font().strikeOut()
    assert "Switched off" in panel.item(1).toolTip()
    assert panel.menu_of(1).actions()[0].text() == "Switch on"
    assert heard.take() == []


def test_a_name_is_typed_in_the_list(panel: HistoryList, qtbot: QtBot) -> None:
    heard = Heard(panel)
    panel.menu_of(1).actions()[2].trigger()
    editor = panel.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("Grin")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(heard.said))
    assert heard.take() == [("renamed", "Smile +60", "Grin")]
    now = history(2)
    panel.show_history(now.changed(replace(now.edits[0], name="Grin")))
    assert texts(panel)[1] == "Grin"
    assert panel.item(1).toolTip() == "Grin\nSmile +60"


def test_keys_choose_go_back_and_delete(panel: HistoryList, qtbot: QtBot) -> None:
    heard = Heard(panel)
    panel.setFocus()
    qtbot.keyClick(panel, Qt.Key.Key_Up)
    assert heard.take() == [("chosen", "Smile +60")]
    qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert heard.take() == [("jump_requested", 1)]
    qtbot.keyClick(panel, Qt.Key.Key_Delete)
    assert heard.take() == [("delete_requested", "Smile +60")]
    qtbot.keyClick(panel, Qt.Key.Key_Up)
    assert heard.take() == [], "the original is gone back to by Enter only"
    qtbot.keyClick(panel, Qt.Key.Key_Delete)
    assert heard.take() == []


def test_the_chosen_edit_is_marked_or_else_the_newest(panel: HistoryList) -> None:
    panel.show_chosen("Smile +60")
    assert panel.currentRow() == 1
    panel.show_chosen("")
    assert panel.currentRow() == 2


def test_rows_stay_where_they_are_when_their_thumbnails_come(panel: HistoryList) -> None:
    names = [f"Edit {number}" for number in range(20)]
    panel.show_history(history(20, *names))  # as a project that was opened
    place = panel.verticalScrollBar().value()
    rows = [panel.visualItemRect(panel.item(row)) for row in range(panel.count())]
    assert panel.viewport().rect().contains(rows[-1]), "the newest is in sight"
    picture = QPixmap(SIDE, SIDE)
    picture.fill(Qt.GlobalColor.red)
    with QSignalBlocker(panel):
        for row in range(1, panel.count()):
            panel.item(row).setIcon(QIcon(picture))
    panel.doItemsLayout()
    assert panel.verticalScrollBar().value() == place
    assert [panel.visualItemRect(panel.item(row)) for row in range(panel.count())] == rows


def test_a_name_is_typed_on_while_an_edit_lands(panel: HistoryList, qtbot: QtBot) -> None:
    heard = Heard(panel)
    panel.setCurrentRow(1)
    panel.editItem(panel.item(1))
    editor = panel.findChild(QLineEdit)
    qtbot.keyClicks(editor, "Gr")
    panel.show_history(history(3))
    qtbot.keyClicks(editor, "in")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(heard.said))
    assert heard.take() == [("renamed", "Smile +60", "Grin")]


def test_the_menu_renames_its_own_edit_when_rows_have_moved(panel: HistoryList) -> None:
    menu = panel.menu_of(2)
    panel.show_history(history(1, "Lip redness +30"))
    next(one for one in menu.actions() if one.text() == "Rename…").trigger()
    editor = panel.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Lip redness +30"


def test_a_tip_names_the_region_once_that_is_found_out(
    panel: HistoryList, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []  # a window of its own is more than every platform has

    class Tip:
        visible = True

        @staticmethod
        def showText(_place: QPoint, text: str, _widget: object) -> None:
            shown.append(text)

        @classmethod
        def isVisible(cls) -> bool:
            return cls.visible

    monkeypatch.setattr("widgets.history_list.QToolTip", Tip)
    found: list[str] = []
    panel.region_of = lambda edit: found[-1] if found else None
    panel.show_tip_again()
    assert not shown, "nobody asked"
    at = place(panel, 1)
    over = panel.viewport().mapToGlobal(at)
    QApplication.sendEvent(panel.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, over))
    assert "region" not in shown[-1], "neither a name nor “a region of your own” yet"
    found.append("mouth")
    panel.show_tip_again()
    assert "In the region “mouth”" in shown[-1]
    Tip.visible = False
    panel.show_tip_again()
    assert len(shown) == 2, "a tip that is gone stays so"
