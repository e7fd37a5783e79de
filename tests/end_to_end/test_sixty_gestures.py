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
        gestures_60.regions, gestures_60.named_regions, gestures_60.edits, gestures_60.looking,
        gestures_60.points, gestures_60.the_window, gestures_60.the_rest,
        gestures_60.presets_and_photos,
    ):  # fmt: skip
        part(hour)
    assert len(hour.done) >= 60
    assert len(set(hour.done)) == len(hour.done)


def test_sixty_gestures_offscreen(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make(tmp_path / "library")
    desk.open(SAMPLE)
    spend(Hour(desk.window, tmp_path, 120, monkeypatch))


@pytest.mark.slow  # two minutes
def test_sixty_gestures_over_the_real_engine(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = EngineThread(lambda: Engine.create("cpu"))
    session = EditSession(thread, library=tmp_path / "library")
    window = MainWindow(session)

    def let_go(_: object) -> None:
        session.files.set_saved()
        window.alignment.leave()

    qtbot.addWidget(window, before_close_func=let_go)
    window.resize(1360, 860)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    thread.start()
    window.open(SAMPLE)
    try:
        qtbot.waitUntil(lambda: session.portrait is not None, timeout=400_000)
        session.faces_desk.pause_refining(True)
        spend(Hour(window, tmp_path, 600, monkeypatch))
    finally:
        session.files.set_saved()
        session.close()
        qtbot.waitUntil(lambda: not thread.isRunning(), timeout=60_000)
