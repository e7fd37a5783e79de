"""The whole window over the real engine: it stays usable while the CPU optimises."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from editor.document.goals import Dials
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from tests.end_to_end.real_engine import SAMPLE
from tests.hasty_engine import HastyEngine
from tests.heartbeat import Heartbeat
from widgets.main_window import MainWindow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


LEFT = Qt.MouseButton.LeftButton


@pytest.mark.slow
def test_brushing_while_the_optimizer_runs(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    engines: list[HastyEngine] = []

    def factory() -> HastyEngine:
        engines.append(HastyEngine())
        return engines[-1]

    thread = EngineThread(factory)
    session = EditSession(thread)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda _: session.files.set_saved())
    with qtbot.waitExposed(window):
        window.show()
    heart = Heartbeat()
    thread.start()
    window.open(SAMPLE)
    qtbot.waitUntil(lambda: session.portrait is not None, timeout=240_000)

    session.sliders.set_dials(Dials(steps=16))
    session.regions.apply_preset("mouth")
    heart.start()
    session.sliders.preview_attribute("smile", 40)
    session.sliders.commit_attribute("smile", 60)
    qtbot.waitUntil(lambda: engines[0].previews > 0, timeout=240_000)
    before = session.region
    canvas = window.canvas
    points = [canvas.widget_point(x, 225).toPoint() for x in range(150, 300, 12)]
    qtbot.mousePress(canvas, LEFT, pos=points[0])
    for point in points[1:]:
        qtbot.mouseMove(canvas, point)
    qtbot.mouseRelease(canvas, LEFT, pos=points[-1])
    assert session.busy, "the stroke was done while the optimizer ran"
    assert session.region != before
    qtbot.waitUntil(lambda: not session.busy, timeout=240_000)
    heart.stop()

    history = session.history
    assert history is not None
    assert [edit.label for edit in history.applied] == ["Smile +60"]
    assert np.median(heart.gaps) < heart.longest
    with capsys.disabled():
        sys.stdout.write(
            f"\nlongest gap of the GUI thread during an edit on the CPU: "
            f"{heart.longest * 1000:.0f} ms (median {np.median(heart.gaps) * 1000:.1f} ms)\n"
        )
    session.steps.undo()  # the stroke
    session.steps.undo()  # the edit
    qtbot.waitUntil(lambda: not session.busy, timeout=240_000)
    assert session.history is not None
    assert session.history.position == 0
