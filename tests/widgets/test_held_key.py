from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from widgets.held_key import HeldKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

BACKSLASH = Qt.Key.Key_Backslash


class Window(QWidget):
    """Something to look at and something to type in."""

    def __init__(self) -> None:
        super().__init__()
        self.view, self.field = QWidget(), QLineEdit()
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view)
        layout.addWidget(self.field)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.view.setFocus()
    return window


@pytest.fixture
def said(window: Window) -> Iterator[list[bool]]:
    said: list[bool] = []
    key = HeldKey(BACKSLASH, window)
    key.changed.connect(said.append)
    yield said
    assert key.held == (said[-1] if said else False)


def physical(kind: QEvent.Type, key: Qt.Key, code: int, text: str) -> QKeyEvent:
    return QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, code, code, 0, text)


def test_it_is_held_from_press_to_release(qtbot: QtBot, window: Window, said: list[bool]) -> None:
    qtbot.keyPress(window.view, BACKSLASH)
    assert said == [True]
    repeat = QKeyEvent(
        QEvent.Type.KeyPress, BACKSLASH, Qt.KeyboardModifier.NoModifier, "\\", True, 1
    )
    QApplication.sendEvent(window.view, repeat)
    assert said == [True]
    qtbot.keyRelease(window.view, BACKSLASH)
    assert said == [True, False]
    qtbot.keyClick(window.view, Qt.Key.Key_A)
    assert said == [True, False]


def test_a_release_in_another_window_is_not_waited_for(
    qtbot: QtBot, window: Window, said: list[bool]
) -> None:
    qtbot.keyPress(window.view, BACKSLASH)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert said == [True, False]
    qtbot.keyRelease(other, BACKSLASH)
    qtbot.keyClick(other, BACKSLASH)  # it belongs to the first window only
    assert said == [True, False]


@pytest.mark.parametrize("kind", [QEvent.Type.WindowDeactivate, QEvent.Type.Hide])
def test_a_window_that_is_left_lets_go(
    qtbot: QtBot, window: Window, said: list[bool], kind: QEvent.Type
) -> None:
    qtbot.keyPress(window.view, BACKSLASH)
    QApplication.sendEvent(window, QEvent(kind))
    assert said == [True, False]


def test_typed_text_is_text(qtbot: QtBot, window: Window, said: list[bool]) -> None:
    window.field.setFocus()
    qtbot.keyClick(window.field, "\\")
    assert said == []
    assert window.field.text() == "\\"


def test_altgr_may_go_up_before_the_key(window: Window, said: list[bool]) -> None:
    # German: AltGr+ß is a backslash; released after AltGr, the same key is an ß
    QApplication.sendEvent(window.view, physical(QEvent.Type.KeyPress, BACKSLASH, 20, "\\"))
    assert said == [True]
    released = physical(QEvent.Type.KeyRelease, Qt.Key.Key_ssharp, 20, "ß")
    QApplication.sendEvent(window.view, released)
    assert said == [True, False]
