"""The status line where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication

from editor.engine.jobs import Progress
from editor.engine.schedules import SCHEDULES
from editor.session.desks.refinements import Waiting
from editor.session.operations import InTurn, Refining, Turn
from widgets import translation
from widgets.shapes import OPEN_HINT
from widgets.status import Elided, StatusStrip
from widgets.theme import apply_theme
from widgets.translation import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

STAGES = sorted({schedule.beginning for schedule in SCHEDULES.values() if schedule.beginning})
BEHIND: tuple[tuple[Refining | None, Waiting | None], ...] = (
    (None, None),
    (Refining(0.3, paused=False), None),
    (Refining(0.3, paused=True), None),
    (Refining(0.3, paused=False, settles=True, turn=Turn(1, 5)), Waiting(5, False, False)),
    (Refining(0.3, paused=True, settles=True, turn=Turn(10, 12)), Waiting(12, False, False)),
    (None, Waiting(5, True, False)),
    (None, Waiting(5, True, True)),
    (None, Waiting(5, True, True, is_drawn=True)),
)
"""What may go on, or be chosen, behind the edits."""


MIDDLE = 660
"""Pixels of the line, at least, in a window of 1360: it lies between the panels."""


class SlowClock:
    """Says that all takes long."""

    def of(self, what: str, share: float) -> str:
        del what, share
        return tr("about {seconds} min left", seconds=12)


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
    qtbot.waitUntil(lambda: strip.stage.width() > 60)
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


@pytest.mark.parametrize("hint", ["", OPEN_HINT])
@pytest.mark.parametrize("proof", ["", "Soft proof: Coated FOGRA39"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_state_of_the_line_is_whole_in_a_usual_window(
    qtbot: QtBot, qapp: QApplication, language: str, proof: str, hint: str
) -> None:
    sheet = qapp.styleSheet()
    apply_theme(qapp)
    translation.begin(qapp, language)
    cut: list[tuple[object, ...]] = []
    try:
        strip = StatusStrip()
        qtbot.addWidget(strip)
        strip._time_left = strip._refined_in = SlowClock()  # pyright: ignore
        strip.photo.setText("12345 × 12345 · 16 bit")
        strip.device.setText("NVIDIA H200 NVL")
        strip.zoom.setText("123 %")
        strip.show_proof(proof)
        strip.show_hint(tr(hint) if hint else "")
        strip.resize(MIDDLE, 34)
        strip.show()
        line = strip.hint.parentWidget()
        assert line is not None

        def look(state: object) -> None:
            layout = line.layout()
            assert layout is not None
            for _ in range(3):  # what is made room for is laid out once more
                qapp.processEvents()
                layout.activate()
            awaited = strip.stage.isVisible()
            choice = strip.compare, strip.take, strip.keep
            behind = strip.refining, strip.pause
            least = strip.device, strip.photo, *((*choice, *behind) if awaited else ())
            for part in (strip.stage, strip.cancel, *choice, *behind, strip.device, strip.photo):
                gone = part.maximumWidth() == 0 and part in least
                if part.isVisible() and not gone and part.width() < part.sizeHint().width():
                    cut.append((state, part.property("text"), part.width()))

        for refining, waiting in BEHIND:
            strip.show_waiting(None)
            strip.show_refining(refining)
            strip.show_waiting(waiting)
            strip.show_progress(None)
            look((refining, waiting))
            for stage in STAGES:
                strip.show_progress(Progress(stage, 10, 200))
                look((stage, refining, waiting))
            for turn in (Turn(1, 2), Turn(1, 12), Turn(12, 12)):
                strip.show_progress(InTurn("Making the edit", 10, 30, turn=turn))
                look((turn, refining, waiting))
    finally:
        translation.end(qapp)
        qapp.setStyleSheet(sheet)
    assert not cut


def test_what_is_cut_is_told_by_its_tip(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def show(place: QPoint, text: str, widget: QWidget) -> None:
        del place, widget
        told.append(text)

    monkeypatch.setattr("widgets.status.QToolTip.showText", show)
    label = Elided("Edit 1 of 2 · about 1 min left for all")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    asks = QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5))
    QApplication.sendEvent(label, asks)
    assert told == [label.text()]
    label.resize(label.sizeHint())
    QApplication.sendEvent(label, asks)
    assert len(told) == 1, "nothing is cut"
