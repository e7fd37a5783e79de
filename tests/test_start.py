"""How the program starts."""

from __future__ import annotations

import re

import pytest

from editor.command_line.commands import main as command_line
from main import COMMANDS, main


def test_every_command_is_one_of_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    """One that `main` does not know opened the window instead."""
    assert command_line(["--help"]) == 0
    listed = re.search(r"\{([a-z,]+)\}", capsys.readouterr().out)
    assert listed is not None
    assert sorted(listed[1].split(",")) == sorted(COMMANDS)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["edt", "photo.jpg"], "Did you mean edit?"),
        (["Batch"], "Did you mean batch?"),
        (["retouch", "photo.jpg"], "Commands: edit, batch"),
    ],
)
def test_a_command_that_is_not_one_is_told_with_the_nearest(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert told in capsys.readouterr().err
