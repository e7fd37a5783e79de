"""Which keys every command has now: the table's, or those that the user gave it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from widgets.shortcuts import HELD, RESERVED, SHORTCUTS, keys_of
from widgets.translation import tr, translated

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtCore import QKeyCombination

    from widgets.settings import Settings

_STORED = "keys"
_PLACE = re.compile(r"( \()?\{([a-z_]+)\}(\))?")
_Modifier = Qt.KeyboardModifier


class Keymap(QObject):
    """Gives keys out, and refuses those that would mean two things.

    Signals:
        changed(str): a command has other keys.
    """

    changed = Signal(str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        """Take what the user chose earlier; what would be refused now is left out."""
        super().__init__(parent)
        self._settings = settings
        self._own = _stored(settings.read(_STORED))
        # Each is held to all others, so that two commands may have changed their keys.
        self._own = {
            command: keys
            for command, keys in self._own.items()
            if not any(self.refusal(command, key) for key in keys)
        }

    def keys(self, command: str) -> tuple[str, ...]:
        """Of a command, in Qt's portable notation; none for one without."""
        return self._own.get(command, keys_of(command))

    def is_own(self, command: str) -> bool:
        """Whether the user gave it other keys than it had."""
        return command in self._own

    def refusal(self, command: str, key: str) -> str:
        """Why a command cannot have a key; "" when it can."""
        pressed, name = chord(key), normal(key)
        if pressed is None:
            return tr("Press one key, with or without Ctrl, Alt and Shift.")
        if name in RESERVED:
            return f"{shown(name)} {translated(RESERVED[name])}."
        modifiers = pressed.keyboardModifiers()
        if modifiers == _Modifier.AltModifier and Qt.Key.Key_A <= pressed.key() <= Qt.Key.Key_Z:
            return tr("{name} may open a menu: Alt with a letter is the menus'.", name=shown(name))
        if command in HELD and modifiers & ~_Modifier.ShiftModifier:
            return tr("This key is held down: it must be one key alone.")
        for other in {row.command for row in SHORTCUTS} | self._own.keys():
            if other != command and name in self.keys(other):
                return tr(
                    "{name} is the key of “{other}”. Take it from there first.",
                    name=shown(name),
                    other=translated(described(other)),
                )
        return ""

    def bind(self, command: str, keys: tuple[str, ...]) -> None:
        """Give a command these keys instead of those it has.

        Raises:
            ValueError: one of them is refused; the message says why.
        """
        for key in keys:
            if refusal := self.refusal(command, key):
                raise ValueError(refusal)
        names = tuple(dict.fromkeys(normal(key) for key in keys))
        if names == keys_of(command):
            self._own.pop(command, None)
        else:
            self._own[command] = names
        self._keep()
        self.changed.emit(command)

    def reset(self, command: str) -> None:
        """Give a command back the keys of the table.

        Raises:
            ValueError: another command has one of them now.
        """
        self.bind(command, keys_of(command))

    def reset_all(self) -> None:
        """All commands have the keys of the table again."""
        changed, self._own = [*self._own], {}
        self._keep()
        for command in changed:
            self.changed.emit(command)

    def fill(self, tip: str, written: Callable[[str], str] = str) -> str:
        """A text with the keys of the commands that it names in braces: ``Brush ({brush})``.

        ``written`` makes of a key what stands in the text.
        """

        def key(found: re.Match[str]) -> str:
            keys = self.keys(found[2])
            if keys:
                return f"{found[1] or ''}{written(shown(keys[0]))}{found[3] or ''}"
            return "" if found[1] else tr("no key")

        return _PLACE.sub(key, tip)

    def rename_tips(self, window: QWidget) -> None:
        """Bring the tips of a window in line with the keys."""
        for widget in (window, *window.findChildren(QWidget)):
            tip = widget.property("tip")
            if isinstance(tip, str):
                widget.setToolTip(self.fill(tip))

    def _keep(self) -> None:
        self._settings.write(_STORED, json.dumps(self._own))


def tipped(widget: QWidget, tip: str) -> None:
    """Give a widget a tip that names commands in braces; ``rename_tips`` keeps it true."""
    widget.setProperty("tip", tip)

    def key(found: re.Match[str]) -> str:
        keys = keys_of(found[2])
        return f"{found[1] or ''}{shown(keys[0])}{found[3] or ''}" if keys else ""

    widget.setToolTip(_PLACE.sub(key, tip))


def chord(key: str) -> QKeyCombination | None:
    """What is pressed at once; None for several presses, or for no key."""
    sequence = QKeySequence(key)
    if sequence.count() != 1 or not sequence.toString():
        return None
    # PySide's stubs do not know that a sequence has items.
    return cast("QKeyCombination", cast("Any", sequence)[0])


def normal(key: str) -> str:
    """As the table writes a key: by the character that it gives, without the Shift that gives it.

    ``Shift+{`` is ``{``: Qt finds the character on any layout, and both together are ambiguous.
    """
    pressed = chord(key)
    if pressed is None:
        return ""
    code, modifiers = int(pressed.key()), pressed.keyboardModifiers()
    printed = 0x20 < code < 0x1000000
    if printed and not chr(code).isalpha():
        modifiers &= ~_Modifier.ShiftModifier
    modifiers &= ~_Modifier.KeypadModifier
    combined = QKeySequence(modifiers.value | code)
    return combined.toString(QKeySequence.SequenceFormat.PortableText)


def shown(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def described(command: str) -> str:
    """What a command of the table does; its name for one without keys there."""
    return next((row.does for row in SHORTCUTS if row.command == command), command)


def _stored(text: object) -> dict[str, tuple[str, ...]]:
    """What ``_keep`` wrote; nothing where there is something else."""
    try:
        stored = json.loads(str(text or "{}"))
    except ValueError:
        return {}
    if not isinstance(stored, dict):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for command, keys in cast("dict[str, object]", stored).items():
        if isinstance(keys, list):
            found[command] = tuple(str(key) for key in cast("list[object]", keys))
    return found
