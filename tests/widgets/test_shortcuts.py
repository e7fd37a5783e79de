"""Every shortcut does one thing, on the keyboards that people have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from widgets.shortcuts import SHORTCUTS, clashes, keys_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Modifiers = Qt.KeyboardModifier
PLAIN, SHIFT, CONTROL = Modifiers.NoModifier, Modifiers.ShiftModifier, Modifiers.ControlModifier

# Each physical key of a layout: what it gives alone, with Shift and with AltGr, "" for nothing.
_LETTERS = [(letter, letter.upper(), "") for letter in "abcdefghijklmnopqrstuvwxyz"]
LAYOUTS: dict[str, list[tuple[str, str, str]]] = {
    "us": [
        *_LETTERS, ("[", "{", ""), ("]", "}", ""), ("\\", "|", ""), ("=", "+", ""), ("-", "_", ""),
        ("0", ")", ""), ("1", "!", ""), ("2", "@", ""), (",", "<", ""), (".", ">", ""),
    ],
    "de": [
        *_LETTERS, ("7", "/", "{"), ("8", "(", "["), ("9", ")", "]"), ("0", "=", "}"),
        ("ß", "?", "\\"), ("+", "*", "~"), ("-", "_", ""), ("1", "!", ""), ("2", '"', "²"),
    ],
    "fr": [
        *_LETTERS, ("'", "4", "{"), ("(", "5", "["), ("-", "6", "|"), ("_", "8", "\\"),
        ("à", "0", "@"), (")", "°", "]"), ("=", "+", "}"), ("&", "1", ""), ("é", "2", "~"),
    ],
}  # fmt: skip


def combinations(
    key: tuple[str, str, str], held: Qt.KeyboardModifier
) -> list[tuple[Qt.Key, Qt.KeyboardModifier]]:
    """What Qt's key mapper makes of a press, the most specific first.

    As ``QXkbCommon::possibleKeyCombinations`` does; looked at under Xvfb with these three layouts.
    AltGr is no modifier of Qt's. With Shift a key is also its unshifted one with Shift, and its
    shifted one without.
    """
    plain, shifted, _ = key
    if not held & SHIFT:
        return [(key_of(plain), held)]
    rest = held & ~SHIFT
    return [(key_of(shifted), held), (key_of(plain), held), (key_of(shifted), rest)]


def key_of(character: str) -> Qt.Key:
    upper = character.upper()
    return Qt.Key(ord(upper if len(upper) == 1 else character))  # ß has no capital key


def presses(layout: str) -> list[list[tuple[Qt.Key, Qt.KeyboardModifier]]]:
    """Every press of one key of a layout, with and without Ctrl, Shift and AltGr."""
    out: list[list[tuple[Qt.Key, Qt.KeyboardModifier]]] = []
    for key in LAYOUTS[layout]:
        for held in (PLAIN, SHIFT, CONTROL, CONTROL | SHIFT):
            out.append(combinations(key, held))
        if key[2]:
            out.append([(key_of(key[2]), PLAIN)])
    return out


def sequence(key: Qt.Key, held: Qt.KeyboardModifier) -> QKeySequence:
    return QKeySequence(QKeyCombination(held, key))


def test_no_key_has_two_commands() -> None:
    assert clashes(SHORTCUTS) == []
    assert clashes((*SHORTCUTS, SHORTCUTS[0])) == sorted(SHORTCUTS[0].keys)
    names = [row.command for row in SHORTCUTS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_press_of_a_key_is_ambiguous(layout: str) -> None:
    table = {QKeySequence(key).toString(): key for row in SHORTCUTS for key in row.keys}
    for press in presses(layout):
        # a letter's shifted twin is the same key to Qt
        said = {sequence(*one).toString() for one in press}
        if len({key for key, _ in press}) > 1:
            assert len(said & set(table)) <= 1, press


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("key", ["[", "]", "{", "}", "Ctrl++", "Ctrl+-", "B", "Ctrl+Shift+Z"])
def test_every_layout_has_a_press_for_the_key(qtbot: QtBot, layout: str, key: str) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    done: list[str] = []
    for row in SHORTCUTS:
        action = QAction(row.command, widget)
        action.setShortcuts([QKeySequence(one) for one in row.keys])
        action.triggered.connect(lambda _=False, name=row.command: done.append(name))
        widget.addAction(action)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    wanted = next(row.command for row in SHORTCUTS if key in row.keys)
    hits = [
        one
        for press in presses(layout)
        for one in press
        if sequence(*one) == QKeySequence(key)
    ]  # fmt: skip
    assert hits, f"no key of a {layout} keyboard gives {key}"
    qtbot.keyClick(widget, hits[0][0], hits[0][1])
    assert done == [wanted]


def test_a_command_without_keys_has_none() -> None:
    assert keys_of("softer") == ("{",)
    assert keys_of("clear_paint") == ()
