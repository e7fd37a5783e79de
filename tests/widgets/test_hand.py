"""Flow, smoothing and shapes on the canvas: what is on the screen is what results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.brushed_region import BrushedRegion
from editor.document.region import RegionMask
from tests.widgets.hands import HEIGHT, LEFT, WIDTH, at, colour, drag, press
from widgets.brush import Brush, Tool

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from editor.document.stroke import BrushStroke, Stamp
    from widgets.canvas import PhotoCanvas

WAY = [(100.0 + 4 * k, 150.0 + 20 * np.sin(k / 6)) for k in range(45)]


@pytest.fixture
def drawn(canvas: PhotoCanvas) -> list[BrushStroke]:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    return strokes


def on_screen(canvas: PhotoCanvas) -> np.ndarray:
    """The overlay at the photo's pixels; the canvas shows it at 100 %."""
    canvas.repaint()
    alpha, view = canvas.region_on_screen()
    assert view.zoom == 1
    x, y = round(-view.x), round(-view.y)
    return alpha[y : y + HEIGHT, x : x + WIDTH].astype(int)


def result(stamp: Stamp) -> np.ndarray:
    return RegionMask.empty(WIDTH, HEIGHT).stamped(stamp).full().astype(int)


@pytest.mark.parametrize("flow", [0.08, 0.4])
def test_what_builds_up_on_the_screen_is_the_region_that_results(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke], flow: float
) -> None:
    canvas.set_brush(Brush(15, 0.5, opacity=0.9, flow=flow))
    drag(qtbot, canvas, *WAY, *WAY[::-1])
    assert np.abs(on_screen(canvas) - result(drawn[0])).max() <= 4
    assert on_screen(canvas).max() > 60


def test_a_stroke_that_builds_up_survives_a_zoom_in_its_middle(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    canvas.set_brush(Brush(15, 0.5, flow=0.3))
    press(qtbot, canvas, *WAY[:20])
    canvas.set_zoom(2.0)
    canvas.repaint()
    canvas.set_zoom(1.0)
    canvas.repaint()
    assert colour(canvas, *WAY[10])[0] > 150
    for place in WAY[20:]:
        qtbot.mouseMove(canvas, at(canvas, *place))
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, *WAY[-1]))
    assert len(drawn) == 1
    assert len(drawn[0].points) == len(WAY)
    assert np.abs(on_screen(canvas) - result(drawn[0])).mean() < 0.5


def test_a_shape_on_the_screen_is_the_region_that_results(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    turn = np.linspace(0, 2 * np.pi, 50)
    around = [(200 + 90 * np.cos(t), 150 + 70 * np.sin(t) + 10 * np.cos(5 * t)) for t in turn]
    for tool, places in ((Tool.LASSO, around), (Tool.ELLIPSE, [(60, 40), (330, 260)])):
        canvas.show_region(None)
        canvas.set_brush(Brush(opacity=0.6, tool=tool))
        drag(qtbot, canvas, *places)
        shape = drawn[-1]
        assert on_screen(canvas).max() == 153
        # edges are anti-aliased by Qt here, exactly there
        assert np.abs(on_screen(canvas) - result(shape)).mean() < 0.15
        canvas.show_region(BrushedRegion(RegionMask.empty(WIDTH, HEIGHT).stamped(shape), 0.0))
        assert not canvas.waiting_strokes
        assert np.abs(on_screen(canvas) - result(shape)).max() <= 1


def test_smoothing_draws_a_calmer_line_that_ends_at_the_pointer(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    tremor = [(60.0 + 3 * k, 150.0 + 6 * (-1) ** k) for k in range(90)]
    drag(qtbot, canvas, *tremor)
    canvas.set_brush(replace(canvas.brush, smoothing=0.4))
    drag(qtbot, canvas, *tremor)
    plain, calm = (np.abs(np.diff(stroke.points[:, 1])).sum() for stroke in drawn)
    assert calm < 0.3 * plain
    assert drawn[1].points[-1] == pytest.approx(tremor[-1], abs=1)
    assert drawn[1].points[0] == pytest.approx(tremor[0], abs=1)


def test_a_click_with_smoothing_is_a_dot(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    canvas.set_brush(replace(canvas.brush, smoothing=1.0))
    drag(qtbot, canvas, (100, 100))
    assert len(drawn) == 1
    assert colour(canvas, 100, 100)[0] > 160


def test_a_long_stroke_that_waits_is_shown_at_another_zoom_where_it_was(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    drag(qtbot, canvas, *WAY)
    assert canvas.waiting_strokes == tuple(drawn)
    before = on_screen(canvas)
    canvas.set_zoom(2.0)
    canvas.repaint()
    assert colour(canvas, *WAY[22])[0] > 150
    canvas.set_zoom(1.0)
    assert np.abs(on_screen(canvas) - before).mean() < 0.5
