from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from filelock import FileLock
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from editor.session.journal import Recovery
from widgets import recovery as recovery_module
from widgets.recovery import RecoveryDialog, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def left(tmp_path: Path) -> tuple[Recovery, ...]:
    """Three that were found, each locked."""
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[:, 160:] = (20, 30, 250)
    found: list[Recovery] = []
    for number, edits in enumerate((2, 1, 0)):
        folder = tmp_path / str(number)
        folder.mkdir()
        lock = FileLock(folder / "lock", timeout=0, thread_local=False)
        lock.acquire()
        cv2.imwrite(str(folder / "thumbnail.jpg"), picture)
        found.append(
            Recovery(
                folder,
                f"portrait-{number}.jpg",
                time.time() - 86_400 * 3 * number,
                edits,
                folder / "thumbnail.jpg" if number < 2 else None,
                tmp_path / "wedding.sip" if number else None,
                lock,
            )
        )
    return tuple(found)


def yes(_parent: object, _name: str) -> bool:
    return True


class Asked:
    """A dialog, and what it asked for."""

    def __init__(self, qtbot: QtBot, left: tuple[Recovery, ...]) -> None:
        self.restored: list[Recovery] = []
        self.discarded: list[Recovery] = []
        self.dialog = RecoveryDialog(left)
        self.dialog.restore_requested.connect(self.restored.append)
        self.dialog.discard_requested.connect(self.discarded.append)
        qtbot.addWidget(self.dialog)
        with qtbot.waitExposed(self.dialog):
            self.dialog.open()
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow)


@pytest.fixture
def asked(qtbot: QtBot, left: tuple[Recovery, ...]) -> Iterator[Asked]:
    made = Asked(qtbot, left)
    yield made
    made.dialog.close()


def test_it_says_what_was_there(asked: Asked, qtbot: QtBot) -> None:
    items = [asked.dialog.list.item(row) for row in range(3)]
    assert "portrait-0.jpg" in items[0].text()
    assert "Today" in items[0].text()
    assert "2 edits" in items[0].text()
    assert "1 edit" in items[1].text().splitlines()
    assert "Project wedding.sip" in items[1].text()
    spoken = items[1].data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("portrait-1.jpg, Project wedding.sip, ")
    colour = items[0].icon().pixmap(144, 108).toImage().pixelColor(120, 50)
    assert colour.red() > 200
    assert colour.blue() < 60


def test_return_restores_the_newest_and_leaves_the_others(
    asked: Asked, qtbot: QtBot, left: tuple[Recovery, ...]
) -> None:
    qtbot.keyClick(asked.dialog.list, Qt.Key.Key_Return)
    assert asked.restored == [left[0]]
    assert asked.dialog.result() == QDialog.DialogCode.Accepted
    assert [one.lock.is_locked for one in left] == [True, False, False]


def test_arrows_and_return_restore_another(
    asked: Asked, qtbot: QtBot, left: tuple[Recovery, ...]
) -> None:
    qtbot.keyClick(asked.dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(asked.dialog.list, Qt.Key.Key_Return)
    assert asked.restored == [left[1]]


def test_escape_leaves_all_of_it(asked: Asked, qtbot: QtBot, left: tuple[Recovery, ...]) -> None:
    qtbot.keyClick(asked.dialog.list, Qt.Key.Key_Escape)
    assert not asked.dialog.isVisible()
    assert not asked.restored
    assert not asked.discarded
    assert not any(one.lock.is_locked for one in left)
    assert all(one.folder.is_dir() for one in left)


def test_closing_the_window_of_the_dialog_leaves_all_of_it(
    asked: Asked, left: tuple[Recovery, ...]
) -> None:
    asked.dialog.close()
    assert not any(one.lock.is_locked for one in left)


def test_delete_discards_after_a_question(
    asked: Asked, qtbot: QtBot, left: tuple[Recovery, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [False, True]

    def answer(_parent: object, _name: str) -> bool:
        return answers.pop(0)

    monkeypatch.setattr(recovery_module, "ask_discard", answer)
    qtbot.keyClick(asked.dialog.list, Qt.Key.Key_Delete)
    assert not asked.discarded
    qtbot.keyClick(asked.dialog.list, Qt.Key.Key_Delete)
    assert asked.discarded == [left[0]]
    assert left[0].lock.is_locked  # until it is gone
    assert asked.dialog.list.count() == 2
    qtbot.keyClick(asked.dialog.list, Qt.Key.Key_Return)
    assert asked.restored == [left[1]]


def test_it_closes_when_all_is_discarded(
    asked: Asked, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_module, "ask_discard", yes)
    for _ in range(3):
        qtbot.mouseClick(asked.dialog.discard, LEFT)
    assert len(asked.discarded) == 3
    assert not asked.dialog.isVisible()


def test_all_of_it_is_reached_with_tab_and_has_a_name(asked: Asked, qtbot: QtBot) -> None:
    dialog = asked.dialog
    reached = {dialog.focusWidget()}
    for _ in range(4):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.add(dialog.focusWidget())
    assert reached == {dialog.list, dialog.restore, dialog.discard, dialog.later}
    assert dialog.list.accessibleName() == "Unsaved work"


def test_times_are_for_people() -> None:
    now = datetime.now()
    assert moment(now.replace(hour=0, minute=0, second=1).timestamp()).startswith("Today, ")
    assert moment(time.time() - 86_400).startswith("Yesterday, ")
    assert moment(1e9).count(",") == 1
