"""Who collects Python's cyclic garbage."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QThread, Signal

from editor.session.garbage import GarbageCollection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


class _Starting(QObject):
    ready = Signal(object)
    unavailable = Signal(object)


class _Dialog(QObject):
    """In a circle with itself, as every dialog is with its slots."""

    def __init__(self, gone_in: list[QThread]) -> None:
        super().__init__()
        self.itself = self
        self._gone_in = gone_in

    def __del__(self) -> None:
        self._gone_in.append(QThread.currentThread())


@pytest.fixture
def engine() -> _Starting:
    return _Starting()


@pytest.fixture
def garbage(engine: _Starting) -> Iterator[GarbageCollection]:
    collection = GarbageCollection()
    collection.wait_for(engine)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    yield collection
    collection.close()
    assert gc.isenabled()
    gc.disable()  # as in every test (conftest.py)


def make_objects() -> list[list[int]]:
    """More than the collector lets pass."""
    return [[] for _ in range(20 * gc.get_threshold()[0])]


@pytest.mark.parametrize("signal", ["ready", "unavailable"])
def test_what_qt_left_is_destroyed_on_the_gui_thread_whoever_makes_objects(
    qtbot: QtBot, engine: _Starting, garbage: GarbageCollection, signal: str
) -> None:
    gone_in: list[QThread] = []
    getattr(engine, signal).emit(None)
    _Dialog(gone_in)
    worker = threading.Thread(target=make_objects)
    worker.start()
    worker.join()
    assert gone_in == []
    kept = make_objects()
    qtbot.waitUntil(lambda: bool(gone_in))
    assert gone_in == [garbage.thread()]
    assert kept


def test_nothing_is_looked_for_while_the_engine_starts_and_that_is_passed_over_later(
    qtbot: QtBot, engine: _Starting, garbage: GarbageCollection
) -> None:
    """With torch imported, one look through everything stopped the window for 0.3 s."""
    gone_in: list[QThread] = []
    loop: list[object] = []
    loop.append(loop)
    _Dialog(gone_in)
    make_objects()
    assert not gc.isenabled()
    qtbot.wait(600)
    assert gone_in == []
    engine.ready.emit(None)
    assert not any(thing is loop for thing in gc.get_objects())
    garbage.collect()
    gc.collect()
    assert gone_in == []


def test_another_thread_that_needs_memory_has_it_looked_for_on_the_gui_thread(
    qtbot: QtBot, garbage: GarbageCollection
) -> None:
    gone_in: list[QThread] = []
    _Dialog(gone_in)
    seen: list[int] = []
    worker = threading.Thread(target=lambda: (garbage.collect_all(), seen.append(len(gone_in))))
    worker.start()
    qtbot.waitUntil(lambda: not worker.is_alive())
    assert seen == [1]
    assert gone_in == [garbage.thread()]
