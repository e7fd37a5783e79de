"""The word that somebody probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``" Did you mean smile?"`` for "Smile" or "simle", to end a sentence; "" for nothing near."""
    by_letters = {_letters(name): name for name in known}
    near = difflib.get_close_matches(_letters(word), by_letters, n=1)
    return f" Did you mean {by_letters[near[0]]}?" if near else ""


def _letters(word: str) -> str:
    return "".join(character for character in word.casefold() if character.isalnum())
