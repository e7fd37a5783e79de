"""How the program starts."""

from __future__ import annotations

import gc
import re

import pytest

from editor.command_line.commands import main as command_line
from editor.engine.engine import Engine
from main import COMMANDS, create_engine, main


class _NoWeights(Exception):
    pass


def test_the_collector_stands_still_while_the_engine_starts_and_passes_it_over_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With torch imported, one look through everything stopped the window for 0.3 s."""
    at_work: list[bool] = []
    loop: list[object] = []
    loop.append(loop)  # only the collector could find that it is in use by nobody

    def create(*_: object) -> Engine:
        at_work.append(gc.isenabled())
        raise _NoWeights

    monkeypatch.setattr(Engine, "create", create)
    with pytest.raises(_NoWeights):
        create_engine()
    assert at_work == [False]
    assert gc.isenabled()
    assert not any(thing is loop for thing in gc.get_objects())


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
