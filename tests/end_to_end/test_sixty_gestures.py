"""An hour in the window, as a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.engine.engine import Engine
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from tests.end_to_end import gestures_60
from tests.end_to_end.gestures_60 import Hour
from tests.end_to_end.real_engine import SAMPLE
from widgets.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.end_to_end.desktop import Desktop


def spend(hour: Hour) -> None:
    for part in (
        gestures_60.regions, gestures_60.edits, gestures_60.looking, gestures_60.the_rest,
    ):  # fmt: skip
        part(hour)
    assert len(hour.done) >= 60
    assert len(set(hour.done)) == len(hour.done)


@pytest.mark.slow
def test_sixty_gestures_offscreen(make: Callable[..., Desktop], tmp_path: Path) -> None:
    desk = make()
    desk.open(SAMPLE)
    spend(Hour(desk.window, tmp_path, 20))


@pytest.mark.search  # ten minutes on one core
def test_sixty_gestures_over_the_real_engine(qtbot: QtBot, tmp_path: Path) -> None:
    thread = EngineThread(lambda: Engine.create("cpu"))
    session = EditSession(thread)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda _: session.files.set_saved())
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    thread.start()
    window.open(SAMPLE)
    qtbot.waitUntil(lambda: session.portrait is not None, timeout=240_000)
    session.faces_desk.pause_refining(True)
    spend(Hour(window, tmp_path, 600))
