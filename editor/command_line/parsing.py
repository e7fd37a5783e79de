"""Options that are wrong, told in one line with what was probably meant."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from foundation.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

WRONG_USAGE = 2
"""The exit status that ``Parser`` ends with."""

_NUMBER = re.compile(r"-\.?\d")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in a line, and where to read on, instead of all that could be written."""

    def error(self, message: str) -> NoReturn:
        """End with that."""
        text = message.removeprefix("argument ")
        end = "" if text.endswith((".", "?")) else "."
        self.exit(WRONG_USAGE, f"main.py: {text}{end} See: {self.prog} --help\n")

    def parse_known_args(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """As argparse's, but nothing is left over: what is unknown is named, with the nearest."""
        given = sys.argv[1:] if args is None else list(args)
        options = self._option_string_actions
        if not self._has_commands:
            # before what is missing is told of: "--ouput a.png" is why "--out" is
            for word in given:
                if word == "--":
                    break
                if self._is_unknown(word):
                    named = [name for name in options if name.startswith("--")]
                    shown = word.partition("=")[0]
                    self.error(f"There is no option {shown}.{did_you_mean(shown, named)}")
        found, left = super().parse_known_args(given, namespace)
        if left:
            self.error(f"{left[0]!r} is one too many: nothing is taken there")
        return found, left

    @property
    def _has_commands(self) -> bool:
        return self._subparsers is not None

    def _is_unknown(self, word: str) -> bool:
        """Whether it looks like an option and is none, nor the beginning of one."""
        if len(word) < 2 or word[0] != "-" or _NUMBER.match(word) or " " in word.partition("=")[0]:
            return False
        name = word.partition("=")[0]
        if name.startswith("--"):
            return not any(option.startswith(name) for option in self._option_string_actions)
        return word[:2] not in self._option_string_actions
