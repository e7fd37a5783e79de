"""How the program starts."""

from __future__ import annotations

import gc

import pytest

from editor.engine.engine import Engine
from main import create_engine


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
