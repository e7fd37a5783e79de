"""Gestures end when their button does, wherever that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtWidgets import QApplication

from tests.widgets.hands import GREY, LEFT, at, colour, drag, hover, press
from widgets.brush import Brush

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from editor.document.stroke import BrushStroke
    from widgets.canvas import PhotoCanvas

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def drawn(canvas: PhotoCanvas) -> list[BrushStroke]:
    """Every stroke that the canvas hands over."""
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    return strokes


def test_a_stroke_ends_where_its_release_was_lost(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    press(qtbot, canvas, (100, 150), (160, 150))
    hover(canvas, 300, 250)
    hover(canvas, 350, 100)
    assert not canvas.stroking
    assert len(drawn) == 1
    assert drawn[0].points[:, 0].max() == pytest.approx(160, abs=0.6)
    assert colour(canvas, 130, 150)[0] > 160
    assert colour(canvas, 250, 215) == GREY


@pytest.mark.parametrize(
    "kind", [QEvent.Type.WindowDeactivate, QEvent.Type.FocusOut, QEvent.Type.UngrabMouse]
)
def test_what_takes_the_pointer_away_ends_the_stroke_and_keeps_it(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke], kind: QEvent.Type
) -> None:
    press(qtbot, canvas, (100, 150), (160, 150))
    QApplication.sendEvent(canvas, QEvent(kind))
    assert not canvas.stroking
    assert len(drawn) == 1
    qtbot.mouseMove(canvas, at(canvas, 300, 250))
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 300, 250))
    assert len(drawn) == 1


def test_a_canvas_that_is_disabled_or_hidden_ends_the_stroke(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    press(qtbot, canvas, (100, 150), (160, 150))
    canvas.setEnabled(False)
    assert not canvas.stroking
    assert len(drawn) == 1
    canvas.setEnabled(True)
    press(qtbot, canvas, (100, 150), (160, 150))
    canvas.hide()
    assert not canvas.stroking
    assert len(drawn) == 2


def test_a_pan_whose_release_was_lost_does_not_follow_the_pointer(
    qtbot: QtBot, canvas: PhotoCanvas
) -> None:
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(250, 200))
    view = canvas.view
    hover(canvas, 300, 250)
    assert canvas.view == view


def test_another_button_does_not_disturb_the_stroke(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    press(qtbot, canvas, (100, 150), (130, 150))
    qtbot.mouseClick(canvas, RIGHT, pos=at(canvas, 130, 150))
    assert canvas.stroking
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 160, 150))
    assert len(drawn) == 1
    assert drawn[0].points[:, 0].max() == pytest.approx(160, abs=0.6)


def test_undo_in_mid_stroke_takes_only_that_stroke(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    press(qtbot, canvas, (100, 150), (160, 150))
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not canvas.stroking
    qtbot.mouseMove(canvas, at(canvas, 200, 150))
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 200, 150))
    assert not drawn
    assert colour(canvas, 130, 150) == GREY


def test_shift_click_draws_a_straight_line_from_the_last_stroke(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    drag(qtbot, canvas, (60, 60), (100, 60))
    qtbot.mouseClick(canvas, LEFT, SHIFT, at(canvas, 100, 240))
    assert len(drawn) == 2
    np.testing.assert_allclose(drawn[1].points, [[100, 60], [100, 240]], atol=0.6)
    assert colour(canvas, 100, 150)[0] > 160
    qtbot.mouseClick(canvas, LEFT, SHIFT, at(canvas, 300, 240))
    np.testing.assert_allclose(drawn[2].points, [[100, 240], [300, 240]], atol=0.6)


def test_alt_and_the_right_button_size_the_brush(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    qtbot.mousePress(canvas, RIGHT, ALT, QPoint(250, 200))
    qtbot.mouseMove(canvas, QPoint(275, 180))
    assert canvas.brush.radius == pytest.approx(40)
    assert canvas.brush.hardness == pytest.approx(0.9)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, RIGHT, ALT, QPoint(275, 180))
    assert not drawn


def test_half_opaque_brushes_are_half_a_region(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    canvas.set_brush(Brush(15, 0.8, opacity=0.5))
    drag(qtbot, canvas, (100, 150), (160, 150), (100, 150))
    assert drawn[0].opacity == 0.5
    half = colour(canvas, 130, 150)[0]
    canvas.set_brush(Brush(15, 0.8))
    drag(qtbot, canvas, (100, 200), (160, 200))
    full = colour(canvas, 130, 200)[0]
    assert half - 120 == pytest.approx((full - 120) / 2, abs=2)


# ------------------------------------------------------------------ pen

PEN = QPointingDevice(
    "pen",
    7,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Pen,
    QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
    1,
    1,
    "",
    QPointingDeviceUniqueId(),
)
RUBBER = QPointingDevice(
    "rubber",
    8,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Eraser,
    QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
    1,
    1,
    "",
    QPointingDeviceUniqueId(),
)


def pen(
    canvas: PhotoCanvas,
    kind: QEvent.Type,
    place: tuple[float, float],
    pressure: float,
    device: QPointingDevice = PEN,
) -> None:
    position = QPointF(canvas.widget_point(*place))
    up = kind == QEvent.Type.TabletRelease
    down = Qt.MouseButton.NoButton if up else LEFT
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else LEFT
    event = QTabletEvent(
        kind, device, position, canvas.mapToGlobal(position), pressure, 0, 0, 0, 0, 0,
        Qt.KeyboardModifier.NoModifier, button, down,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert event.isAccepted()


def pen_stroke(
    canvas: PhotoCanvas, *places: tuple[float, float, float], device: QPointingDevice = PEN
) -> None:
    pen(canvas, QEvent.Type.TabletPress, places[0][:2], places[0][2], device)
    for x, y, pressure in places[1:]:
        pen(canvas, QEvent.Type.TabletMove, (x, y), pressure, device)
    pen(canvas, QEvent.Type.TabletRelease, places[-1][:2], 0, device)


def test_a_pen_pressed_harder_draws_wider(canvas: PhotoCanvas, drawn: list[BrushStroke]) -> None:
    pen_stroke(canvas, (100, 150, 0.2), (200, 150, 0.6), (300, 150, 1.0))
    assert drawn[0].pressure is not None
    np.testing.assert_allclose(drawn[0].pressure, [0.2, 0.6, 1.0], atol=1e-6)
    assert colour(canvas, 104, 159) == GREY
    assert colour(canvas, 296, 159)[0] > 160
    np.testing.assert_allclose(drawn[0].line[:, 2], [3, 9, 15], atol=1e-5)


def test_a_pens_pressure_can_change_opacity_instead(
    canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    canvas.set_brush(Brush(15, 0.8, pressure_to_size=False, pressure_to_opacity=True))
    pen_stroke(canvas, (100, 150, 0.2), (200, 150, 0.6), (300, 150, 1.0))
    shades = [colour(canvas, x, 150)[0] for x in (101, 200, 299)]
    assert shades[0] < shades[1] - 10 < shades[2] - 20
    assert colour(canvas, 101, 160)[0] > 120  # as wide as at its other end
    np.testing.assert_allclose(drawn[0].line[:, 3], [0.2, 0.6, 1.0], atol=1e-6)


def test_the_other_end_of_the_pen_erases(canvas: PhotoCanvas, drawn: list[BrushStroke]) -> None:
    pen_stroke(canvas, (100, 150, 1.0), (200, 150, 1.0))
    pen_stroke(canvas, (140, 150, 1.0), (160, 150, 1.0), device=RUBBER)
    assert [stroke.erase for stroke in drawn] == [False, True]
    assert colour(canvas, 150, 150) == GREY


def test_a_hovering_pen_draws_nothing(canvas: PhotoCanvas, drawn: list[BrushStroke]) -> None:
    position = QPointF(canvas.widget_point(150, 150))
    for x in range(0, 60, 10):
        moved = position + QPointF(x, 0)
        event = QTabletEvent(
            QEvent.Type.TabletMove, PEN, moved, canvas.mapToGlobal(moved), 0, 0, 0, 0, 0, 0,
            Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        )  # fmt: skip
        QApplication.sendEvent(canvas, event)
    assert not canvas.stroking
    assert not drawn
