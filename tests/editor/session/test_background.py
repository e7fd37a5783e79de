"""Work beside the window."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

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
    assert heard[0].result() == niceness() + 10


def test_after_closing_nobody_is_called(qtbot: QtBot) -> None:
    background = Background("test")
    heard: list[Future[None]] = []
    first = background.submit(lambda: None, heard.append)
    background.close()
    assert background.submit(lambda: None, heard.append).cancelled()
    assert first.done()
    qtbot.wait(20)
    assert not heard
