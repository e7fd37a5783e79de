"""Strokes and shapes that are kept within a part of the face, in the whole window, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.end_to_end.desktop import Desktop
from tests.end_to_end.test_window_masks import (
    LEFT,
    NONE,
    click,
    drag,
    inside,
    is_red,
    key,
    press,
    settle,
    undo_text,
)
from tests.fake_engine import FakeEngine
from widgets.brush import Tool

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def desk(qtbot: QtBot, photo: Path) -> Desktop:
    """Every change goes to the background."""
    desk = Desktop(qtbot, FakeEngine(), at_once=-1)
    desk.open(photo)
    return desk


def test_a_stroke_kept_within_a_class_shows_and_covers_that_alone(desk: Desktop) -> None:
    canvas, options = desk.window.canvas, desk.window.region_panel.brush_options
    options.within.click()
    assert canvas.brush.within
    desk.session.regions.set_feather(0)
    face = desk.session.faces[0].landmarks
    x, y = face[30].tolist()  # the nose
    canvas.set_brush(canvas.brush.resized(40).hardened(0.9))
    press(desk, (x, y), (x + 1, y))
    cheek = x - 22, y
    desk.until(lambda: not is_red(desk, *cheek))  # while the button is down
    assert is_red(desk, x, y)
    live, _ = canvas.region_on_screen()
    desk.qtbot.mouseRelease(canvas, LEFT, NONE, pos=desk.at(x + 1, y))
    assert inside(desk, round(x), round(y)) == 255
    assert inside(desk, *(round(v) for v in cheek)) == 0
    canvas.grab()
    done, _ = canvas.region_on_screen()
    different = np.abs(live.astype(int) - done)
    assert different.mean() < 0.5
    assert (different > 60).sum() < 0.02 * (done > 127).sum(), "what is drawn is what there is"
    assert undo_text(desk) == "&Undo brush stroke"
    desk.window.undo()
    press(desk, (x, y), (x + 1, y))
    canvas.zoom_by(1.5)  # drawn anew at another view, it is kept within still
    desk.until(lambda: not is_red(desk, *cheek))
    assert is_red(desk, x, y)
    desk.qtbot.mouseRelease(canvas, LEFT, NONE, pos=desk.at(x + 1, y))
    settle(desk)
    desk.window.undo()
    options.within.click()
    drag(desk, (x, y), (x + 1, y))
    assert inside(desk, *(round(v) for v in cheek)) == 255


def test_paint_is_kept_within_a_class_and_so_is_what_was_drawn_before_it_was_found(
    desk: Desktop,
) -> None:
    canvas = desk.window.canvas
    desk.window.region_panel.brush_options.within.click()
    key(desk, Qt.Key.Key_P)
    canvas.set_brush(canvas.brush.dipped((0, 0, 255)).resized(40).hardened(0.9))
    face = desk.session.faces[0].landmarks
    x, y = face[30].tolist()
    drag(desk, (x, y), (x + 1, y))  # faster than anything beside the window
    assert canvas.waiting_strokes
    desk.until(lambda: desk.session.paint is not None and not desk.session.paint.is_empty)
    settle(desk)
    paint = desk.session.paint
    assert paint is not None
    alpha = paint.area.full()
    assert alpha[round(y), round(x)] == 255
    assert alpha[round(y), round(x) - 22] == 0


@pytest.mark.parametrize("tool", [Tool.LASSO, Tool.POLYGON, Tool.RECTANGLE, Tool.ELLIPSE])
def test_a_shape_kept_within_a_class_shows_and_covers_that_alone(desk: Desktop, tool: Tool) -> None:
    canvas = desk.window.canvas
    desk.window.region_panel.brush_options.within.click()
    desk.session.regions.set_feather(0)
    canvas.set_brush(replace(canvas.brush, tool=tool))
    x, y = desk.session.faces[0].landmarks[30].tolist()  # the nose
    corners = [(x, y), (x - 40, y), (x - 40, y - 12), (x, y - 12)]
    cheek, nose = (x - 34, y - 6), (x - 2, y - 6)
    if tool is Tool.LASSO:
        drag(desk, *corners)
    elif tool is Tool.POLYGON:
        for corner in corners:
            click(desk, corner)
        key(desk, Qt.Key.Key_Return)
    else:
        drag(desk, corners[0], corners[2])
    if tool is Tool.ELLIPSE:
        nose = x - 5, y - 6
    waited = is_red(desk, *nose)
    settle(desk)
    assert waited
    assert inside(desk, *(round(v) for v in nose)) > 150  # the ellipse has little of it
    assert inside(desk, *(round(v) for v in cheek)) == 0
    assert not is_red(desk, *cheek)
    desk.window.undo()
    desk.window.region_panel.brush_options.within.click()
    canvas.set_brush(replace(canvas.brush, tool=Tool.RECTANGLE))
    drag(desk, corners[0], corners[2])
    assert inside(desk, *(round(v) for v in cheek)) == 255
