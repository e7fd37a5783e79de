"""A stroke stays on the screen from the first point until the document that contains it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from editor.document.brushed_region import BrushedRegion
from editor.document.paint import PaintLayer
from editor.document.region import RegionMask
from tests.widgets.hands import GREY, HEIGHT, WIDTH, colour, drag, grab, press
from widgets import strokes
from widgets.brush import Brush

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from editor.document.stroke import BrushStroke
    from widgets.canvas import PhotoCanvas

FIRST, SECOND, THIRD = (100.0, 60.0), (100.0, 150.0), (100.0, 240.0)


def along(place: tuple[float, float]) -> tuple[tuple[float, float], tuple[float, float]]:
    return place, (place[0] + 100, place[1])


def is_red(canvas: PhotoCanvas, place: tuple[float, float]) -> bool:
    red, green, _ = colour(canvas, place[0] + 50, place[1])
    return red > green + 40


def stamped(*marks: BrushStroke) -> BrushedRegion:
    mask = RegionMask.empty(WIDTH, HEIGHT)
    for stroke in marks:
        mask = mask.stamped(stroke)
    return BrushedRegion(mask, 0.0)


@pytest.fixture
def drawn(canvas: PhotoCanvas) -> list[BrushStroke]:
    """Every stroke that the canvas hands over."""
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)

    def painted(stroke: BrushStroke, colour: object) -> None:
        del colour
        strokes.append(stroke)

    canvas.paint_finished.connect(painted)
    return strokes


def test_finished_strokes_stay_until_a_region_contains_them(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    for place in (FIRST, SECOND, THIRD):
        drag(qtbot, canvas, *along(place))
    assert all(is_red(canvas, place) for place in (FIRST, SECOND, THIRD))
    canvas.show_region(stamped(drawn[0]), drawn[1:])
    assert all(is_red(canvas, place) for place in (FIRST, SECOND, THIRD))
    before = grab(canvas)
    canvas.show_region(stamped(*drawn), ())
    assert np.abs(grab(canvas).astype(int) - before).max() <= 2  # no flicker, no double opacity


def test_a_stroke_that_was_undone_before_it_was_stamped_goes(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    for place in (FIRST, SECOND):
        drag(qtbot, canvas, *along(place))
    canvas.show_region(stamped(), drawn[:1])  # the second was taken back
    assert is_red(canvas, FIRST)
    assert not is_red(canvas, SECOND)


def test_a_stroke_that_changes_nothing_goes(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    for place in (FIRST, SECOND):
        drag(qtbot, canvas, *along(place))
    canvas.keep_waiting(drawn[1:])
    assert not is_red(canvas, FIRST)
    assert is_red(canvas, SECOND)


def test_a_region_that_arrives_in_mid_stroke_does_not_end_it(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    drag(qtbot, canvas, *along(FIRST))
    press(qtbot, canvas, *along(SECOND))
    canvas.show_region(stamped(drawn[0]))
    assert canvas.stroking
    assert is_red(canvas, FIRST)
    assert is_red(canvas, SECOND)
    canvas.abandon_stroke()
    assert is_red(canvas, FIRST)
    assert not is_red(canvas, SECOND)


def test_waiting_erasers_and_brushes_keep_their_order(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    drag(qtbot, canvas, *along(SECOND))
    canvas.set_brush(Brush(15, 0.8, erase=True))
    drag(qtbot, canvas, (150, 100), (150, 200))
    assert colour(canvas, 150, 150) == GREY
    assert is_red(canvas, (70, 150))
    canvas.set_zoom(2.0)  # drawn anew
    canvas.centre_on(150, 150)
    assert colour(canvas, 150, 150) == GREY
    assert is_red(canvas, (70, 150))
    canvas.set_brush(Brush(15, 0.8))
    drag(qtbot, canvas, (140, 150), (160, 150))
    assert is_red(canvas, (100, 150))


def test_a_zoom_in_mid_stroke_keeps_it_in_sight(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    press(qtbot, canvas, *along(SECOND))
    canvas.zoom_by(1.5)
    assert is_red(canvas, SECOND)
    canvas.resize(480, 380)
    assert is_red(canvas, SECOND)
    assert canvas.stroking


def test_fitting_waits_for_the_end_of_the_stroke(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    canvas.set_zoom(3.0)
    press(qtbot, canvas, *along(SECOND))
    view = canvas.view
    canvas.fit()
    assert canvas.view == view
    canvas.abandon_stroke()
    canvas.fit()
    assert canvas.view.zoom == 1


def test_another_photo_has_no_strokes_of_the_last_one(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    from editor.document.photo import Photo, make_pyramid

    drag(qtbot, canvas, *along(FIRST))
    press(qtbot, canvas, *along(SECOND))
    canvas.show_photo(make_pyramid(Photo(np.full((HEIGHT, WIDTH, 3), 120, np.uint8))))
    assert not canvas.stroking
    assert not is_red(canvas, FIRST)
    assert not is_red(canvas, SECOND)
    assert len(drawn) == 1


def test_waiting_paint_stays_until_its_layer_comes(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke]
) -> None:
    canvas.set_paint_opacity(1.0)
    canvas.set_brush(Brush(15, 0.8).dipped((20, 200, 60)))
    drag(qtbot, canvas, *along(FIRST))
    canvas.set_brush(Brush(15, 0.8).dipped((200, 20, 60)))
    drag(qtbot, canvas, *along(SECOND))
    layer = PaintLayer.empty(WIDTH, HEIGHT).stamped(drawn[0], (20, 200, 60))
    canvas.show_paint(layer, drawn[1:])
    assert colour(canvas, 150, 60) == [20, 200, 60]
    assert colour(canvas, 150, 150) == [200, 20, 60]
    before = grab(canvas)
    canvas.show_paint(layer.stamped(drawn[1], (200, 20, 60)))
    assert np.abs(grab(canvas).astype(int) - before).max() <= 3
    canvas.show_paint(PaintLayer.empty(WIDTH, HEIGHT))
    assert colour(canvas, 150, 60) == GREY
    assert not canvas.paint_visible


class Gate:
    """Holds back what is prepared beside the window, and says where it is prepared."""

    def __init__(self, prepare: Callable[[Any], Any]) -> None:
        self._prepare = prepare
        self.open = threading.Event()
        self.threads: list[int] = []
        self.asked: list[object] = []

    def __call__(self, document: object) -> Any:
        self.threads.append(threading.get_ident())
        self.asked.append(document)
        assert self.open.wait(30)
        return self._prepare(document)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Every region counts as large."""
    gate = Gate(strokes.region_layer)
    monkeypatch.setattr(strokes, "region_layer", gate)
    monkeypatch.setattr(strokes, "_INLINE", 0)
    return gate


def test_large_regions_are_prepared_beside_the_window(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke], gate: Gate
) -> None:
    for place in (FIRST, SECOND):
        drag(qtbot, canvas, *along(place))
    canvas.show_region(stamped(drawn[0]), drawn[1:])
    qtbot.waitUntil(lambda: bool(gate.asked))  # else it would make way for the next
    drag(qtbot, canvas, *along(THIRD))
    canvas.show_region(stamped(*drawn[:2]), drawn[2:])
    canvas.show_region(stamped(*drawn), ())
    assert all(is_red(canvas, place) for place in (FIRST, SECOND, THIRD))
    gate.open.set()
    qtbot.waitUntil(lambda: not canvas.waiting_strokes)
    assert all(is_red(canvas, place) for place in (FIRST, SECOND, THIRD))
    assert threading.get_ident() not in gate.threads
    assert len(gate.asked) == 2  # the one under way and the newest; the one between is skipped


def test_strokes_drawn_while_a_region_is_prepared_wait_for_a_later_one(
    qtbot: QtBot, canvas: PhotoCanvas, drawn: list[BrushStroke], gate: Gate
) -> None:
    drag(qtbot, canvas, *along(FIRST))
    canvas.show_region(stamped(drawn[0]))
    drag(qtbot, canvas, *along(SECOND))
    drag(qtbot, canvas, *along(THIRD))
    canvas.keep_waiting(drawn[1:2])  # the third failed
    assert is_red(canvas, FIRST)
    assert not is_red(canvas, THIRD)
    gate.open.set()
    qtbot.waitUntil(lambda: canvas.waiting_strokes == (drawn[1],))
    assert is_red(canvas, FIRST)
    assert is_red(canvas, SECOND)
