"""Work beside the window."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject

from editor.session.background import Background

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pytestqt.qtbot import QtBot


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="niceness of threads is Linux's")
def test_what_computes_stands_behind_the_window(qtbot: QtBot) -> None:
    background = Background("test")
    heard: list[Future[int]] = []
    background.submit(niceness, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    background.close()
    assert heard[0].result() == min(niceness() + 10, 19), "19 is the most that there is"


def test_after_closing_nobody_is_called(qtbot: QtBot) -> None:
    background = Background("test")
    heard: list[Future[None]] = []
    first = background.submit(lambda: None, heard.append)
    background.close()
    assert background.submit(lambda: None, heard.append).cancelled()
    assert first.done()
    qtbot.wait(20)
    assert not heard


class _Held(QObject):
    """Something of Qt's that only a closure holds."""

    def __init__(self, gone_in: list[threading.Thread]) -> None:
        super().__init__()
        self._gone_in = gone_in

    def __del__(self) -> None:
        self._gone_in.append(threading.current_thread())

    def work(self) -> None:
        """Nothing."""

    def fail(self) -> None:
        """Not even that."""
        raise ValueError("as it was meant to")

    def then(self, future: Future[None]) -> None:
        """Hear of it."""
        del future


@pytest.mark.parametrize("what", ["work", "fail"])
def test_what_closures_hold_is_let_go_of_on_the_gui_thread(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Qt's objects are destroyed with their last reference, on their own thread only."""
    background = Background("test")
    here = threading.current_thread()
    gone_in: list[threading.Thread] = []
    for _ in range(50):
        background.submit(getattr(_Held(gone_in), what), lambda _: None)
        background.submit(lambda: None, _Held(gone_in).then)
    qtbot.waitUntil(lambda: len(gone_in) == 100)
    assert set(gone_in) == {here}
    gate = threading.Event()
    background.submit(gate.wait, lambda _: None)
    dropped = background.submit(_Held(gone_in).work, _Held(gone_in).then)
    pool = background._pool  # pyright: ignore[reportPrivateUsage]
    shutdown = pool.shutdown

    def let_on_once_it_ends(*, wait: bool, cancel_futures: bool) -> None:
        shutdown(wait=False, cancel_futures=cancel_futures)
        gate.set()
        shutdown(wait=wait)

    monkeypatch.setattr(pool, "shutdown", let_on_once_it_ends)
    background.close(wait=False)
    assert dropped.cancelled()
    assert set(gone_in) == {here}
    assert len(gone_in) == 102


def test_what_is_cancelled_is_told_to_nobody(qtbot: QtBot) -> None:
    background = Background("test")
    gate, heard = threading.Event(), list[str]()
    background.submit(gate.wait, lambda _: heard.append("first"))
    later = background.submit(lambda: None, lambda _: heard.append("later"))
    assert later.cancel()
    background.submit(lambda: None, lambda _: heard.append("last"))
    gate.set()
    qtbot.waitUntil(lambda: "last" in heard)
    assert heard == ["first", "last"]
    background.close()
