"""Strokes in the whole window, over a session that works them in beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from editor.engine.jobs import Intervene
from tests.end_to_end.desktop import Desktop
from tests.fake_engine import FakeEngine
from widgets.pixels import pixels_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton
UPPER, LOWER = ((120.0, 80.0), (200.0, 80.0)), ((120.0, 160.0), (200.0, 160.0))


@pytest.fixture
def desk(qtbot: QtBot, photo: Path) -> Desktop:
    """Every stroke goes to the background."""
    desk = Desktop(qtbot, FakeEngine(), at_once=-1)
    desk.open(photo)
    return desk


def is_red(desk: Desktop, x: float, y: float) -> bool:
    place = desk.at(x, y)
    red, green, _ = pixels_of(desk.window.canvas.grab().toImage())[place.y(), place.x()].tolist()
    return red > green + 40


def press(desk: Desktop, *places: tuple[float, float]) -> None:
    canvas = desk.window.canvas
    desk.qtbot.mousePress(canvas, LEFT, pos=desk.at(*places[0]))
    for place in places[1:]:
        desk.qtbot.mouseMove(canvas, desk.at(*place))


def area(desk: Desktop) -> float:
    region = desk.session.region
    assert region is not None
    return region.mask.area


def test_strokes_never_leave_the_screen_while_they_are_worked_in(desk: Desktop) -> None:
    desk.brush(*UPPER)
    desk.brush(*LOWER)
    assert len(desk.window.canvas.waiting_strokes) == 2
    while desk.session.regions.waiting or desk.window.canvas.waiting_strokes:
        assert is_red(desk, 160, 80)
        assert is_red(desk, 160, 160)
        QApplication.processEvents()
    assert is_red(desk, 160, 80)
    assert is_red(desk, 160, 160)
    assert area(desk) > 0


def test_undo_before_a_stroke_is_worked_in_takes_that_stroke(desk: Desktop) -> None:
    desk.brush(*UPPER)
    desk.brush(*LOWER)
    desk.window.undo()
    desk.until(lambda: not desk.window.canvas.waiting_strokes)
    desk.until(lambda: not is_red(desk, 160, 160))
    assert is_red(desk, 160, 80)


def test_undo_in_mid_stroke_takes_only_the_stroke_under_way(desk: Desktop) -> None:
    desk.brush(*UPPER)
    desk.until(lambda: not desk.window.canvas.waiting_strokes)
    before = area(desk)
    press(desk, *LOWER)
    desk.qtbot.keyClick(desk.window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.mouseMove(desk.window.canvas, desk.at(240, 160))
    desk.qtbot.mouseRelease(desk.window.canvas, LEFT, pos=desk.at(240, 160))
    desk.until(lambda: not desk.session.regions.pending)
    assert area(desk) == before
    assert desk.window.commands.undo.text() == "&Undo brush stroke"
    assert not is_red(desk, 160, 160)


def test_a_lost_release_paints_nothing_by_hovering(desk: Desktop) -> None:
    canvas = desk.window.canvas
    press(desk, *UPPER)
    for place in ((260.0, 200.0), (60.0, 200.0)):
        at = QPointF(desk.at(*place))
        event = QMouseEvent(
            QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(canvas, event)
    desk.until(lambda: desk.session.region and not desk.session.region.mask.is_empty)
    region = desk.session.region
    assert region is not None
    assert not region.mask.full()[195:].any()
    assert not is_red(desk, 160, 200)


def test_a_zoom_key_in_mid_stroke_does_not_hide_it(desk: Desktop) -> None:
    press(desk, *UPPER)
    desk.qtbot.keyClick(desk.window.canvas, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.canvas.view.zoom == 2
    assert is_red(desk, 180, 80)


def test_a_stroke_that_changes_nothing_waits_for_nothing(desk: Desktop) -> None:
    desk.window.commands.eraser.trigger()
    desk.brush(*LOWER)
    desk.until(lambda: not desk.window.canvas.waiting_strokes)
    desk.window.commands.brush.trigger()
    desk.brush(*UPPER)
    desk.brush(*UPPER)  # all of it is there already
    desk.until(lambda: not desk.window.canvas.waiting_strokes)
    assert is_red(desk, 160, 80)


def test_a_stroke_of_another_face_is_not_shown_on_this_one(qtbot: QtBot, photo: Path) -> None:
    from tests.fake_engine import two_faces

    desk = Desktop(qtbot, FakeEngine(faces=two_faces), at_once=-1)
    desk.open(photo)
    desk.brush((60, 120), (120, 120))
    desk.session.faces_desk.choose_face(1)
    desk.until(lambda: not desk.window.canvas.waiting_strokes)
    assert not is_red(desk, 90, 120)
    desk.until(lambda: not desk.session.regions.pending)
    desk.session.faces_desk.choose_face(0)
    desk.until(lambda: is_red(desk, 90, 120))


def test_a_paint_stroke_in_hand_goes_on_over_the_end_of_an_edit(desk: Desktop) -> None:
    canvas = desk.window.canvas
    desk.engine.delayed.add(Intervene)
    desk.slide("smile", 0, 60)
    desk.until(lambda: desk.engine.begun(Intervene))
    canvas.set_brush(canvas.brush.dipped((20, 220, 40)))
    press(desk, *UPPER)
    desk.engine.delayed.clear()
    desk.until(lambda: desk.labels and not desk.session.busy)
    assert canvas.stroking
    desk.qtbot.mouseMove(canvas, desk.at(240, 80))
    desk.qtbot.mouseRelease(canvas, LEFT, pos=desk.at(240, 80))
    desk.until(lambda: not canvas.waiting_strokes and not desk.session.regions.pending)
    paint = desk.session.paint
    assert paint is not None
    assert not paint.is_empty
    x, _, width, _ = paint.area.bounds
    assert x < 120 < 240 < x + width  # from its beginning to its end
    assert len(desk.labels) == 1


def test_paint_waits_too(desk: Desktop) -> None:
    desk.window.canvas.set_brush(desk.window.canvas.brush.dipped((20, 220, 40)))
    desk.window.canvas.set_paint_opacity(1.0)
    desk.brush(*UPPER)

    def green() -> list[int]:
        place = desk.at(160, 80)
        shown = pixels_of(desk.window.canvas.grab().toImage())[place.y(), place.x()]
        return shown.astype(int).tolist()

    while desk.window.canvas.waiting_strokes:
        assert np.abs(np.array(green()) - (20, 220, 40)).max() <= 2
        QApplication.processEvents()
    assert np.abs(np.array(green()) - (20, 220, 40)).max() <= 2
    paint = desk.session.paint
    assert paint is not None
    assert not paint.is_empty


def test_the_original_ends_when_the_window_loses_the_key(desk: Desktop, qtbot: QtBot) -> None:
    qtbot.keyPress(desk.window.canvas, Qt.Key.Key_Backslash)
    assert desk.window.commands.original.isChecked()
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    qtbot.keyRelease(other, Qt.Key.Key_Backslash)
    assert not desk.window.commands.original.isChecked()
