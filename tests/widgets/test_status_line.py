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
    strip.refining.setText("Face preview, improving · 2 min left")
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


def test_a_hint_says_something_or_is_not_there(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show_hint("Shift+click draws a line · Shift+drag sizes the brush · Alt erases")
    strip.refining.setText("Face preview, improving · about 9 min left")
    strip.show_progress(Progress("Making the edit of a face", 5, 30))
    for part in (strip.refining, strip.pause):
        part.show()
    strip.show()
    line = strip.hint.parentWidget()
    assert line is not None
    widths: set[int] = set()
    for width in range(500, 1500, 20):
        strip.resize(width, 34)
        qtbot.waitUntil(lambda: line.width() == strip.width())
        layout = line.layout()
        assert layout is not None
        layout.activate()
        widths.add(strip.hint.width())
    assert 0 in widths
    assert max(widths) > 300
    assert not {one for one in widths if 0 < one < 130}, "a letter and three dots help nobody"
