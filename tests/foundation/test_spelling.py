"""What is suggested for a word that is not known."""

from __future__ import annotations

import pytest

from foundation.spelling import did_you_mean

KNOWN = ("smile", "mouth_open", "eyes_open", "teeth_whiteness")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Smile", "smile"), ("simle", "smile"), ("mouth open", "mouth_open"),
     ("Mouth-Open", "mouth_open"), ("teeth-whitness", "teeth_whiteness")],
)  # fmt: skip
def test_the_nearest_word_is_named(word: str, meant: str) -> None:
    assert did_you_mean(word, KNOWN) == f" Did you mean {meant}?"


@pytest.mark.parametrize("word", ["", "hair", "x"])
def test_nothing_near_is_not_suggested(word: str) -> None:
    assert did_you_mean(word, KNOWN) == ""
