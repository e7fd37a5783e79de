"""The status line where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.engine.jobs import Progress
from widgets.status import StatusStrip

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("width", [330, 680])
def test_what_happens_now_stays_and_what_is_always_the_same_comes_back(
    qtbot: QtBot, width: int
) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.photo.setText("5304 × 7952 · 8 bit")
    strip.device.setText("CPU, 2 threads")
    strip.zoom.setText("69 %")
    for part in (strip.refining, strip.pause):
        part.show()
    strip.refining.setText("Preview quality, improving · 2 min left")
    strip.resize(width, 34)
    strip.show()
    strip.show_progress(Progress("Making the edit of a face", 5, 30))
    whole = strip.cancel.sizeHint().width()
    qtbot.waitUntil(lambda: strip.cancel.width() == whole and strip.device.width() == 0)
    assert strip.stage.width() > 60
    assert strip.cancel.geometry().right() < width
    strip.show_progress(None)
    qtbot.waitUntil(lambda: strip.refining.width() > 60)
    strip.resize(1200, 34)
    qtbot.waitUntil(lambda: strip.device.width() >= strip.device.sizeHint().width())
    assert strip.photo.width() >= strip.photo.sizeHint().width()
