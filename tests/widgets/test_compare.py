"""Before and after on both sides of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from editor.engine.jobs import Patch
from tests.widgets.hands import GREY, HEIGHT, LEFT, WIDTH, at, colour
from widgets.compare import Split

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from editor.document.stroke import BrushStroke
    from widgets.canvas import PhotoCanvas

RED = [220, 30, 30]


@pytest.fixture
def edited(canvas: PhotoCanvas) -> PhotoCanvas:
    """Red all over, where edits are shown."""
    canvas.show_composite(Patch(0, 0, WIDTH, HEIGHT, np.full((HEIGHT, WIDTH, 3), RED, np.uint8)))
    return canvas


def test_edits_are_on_one_side_of_the_line(edited: PhotoCanvas) -> None:
    canvas = edited
    assert colour(canvas, 100, 200) == RED
    canvas.show_split(Split())
    assert colour(canvas, 150, 200) == GREY
    assert colour(canvas, 250, 200) == RED
    canvas.show_split(Split(across=True))
    assert colour(canvas, 100, 110) == GREY
    assert colour(canvas, 100, 200) == RED
    canvas.show_original(True)
    assert colour(canvas, 100, 200) == GREY
    canvas.show_original(False)
    canvas.show_split(None)
    assert colour(canvas, 100, 110) == RED


def test_the_line_is_dragged_and_paints_nothing(qtbot: QtBot, edited: PhotoCanvas) -> None:
    canvas = edited
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    canvas.show_split(Split())
    start = QPoint(canvas.width() // 2, canvas.height() // 2)
    end = QPoint(at(canvas, 300, 0).x(), 20)
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    assert colour(canvas, 250, 200) == GREY
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    assert colour(canvas, 250, 200) == GREY
    assert colour(canvas, 350, 200) == RED
    assert not strokes
    # elsewhere the brush paints as ever
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 100, 100))
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 100, 100))
    assert len(strokes) == 1


def test_panning_keeps_the_line_in_its_place(qtbot: QtBot, edited: PhotoCanvas) -> None:
    canvas, middle = edited, Qt.MouseButton.MiddleButton
    canvas.show_split(Split())
    colour(canvas, 100, 200)
    qtbot.mousePress(canvas, middle, pos=QPoint(60, 60))
    qtbot.mouseMove(canvas, QPoint(90, 60))
    left, right = QPointF(canvas.width() / 2 - 15, 200), QPointF(canvas.width() / 2 + 15, 200)
    for position, expected in ((left, GREY), (right, RED)):
        assert colour(canvas, *canvas.photo_point(position)) == expected
    qtbot.mouseRelease(canvas, middle, pos=QPoint(90, 60))


@pytest.mark.parametrize("across", [False, True])
def test_the_line_stays_on_the_canvas(across: bool) -> None:
    split = Split(across=across)
    assert split.at(QPointF(-50, -50), 400, 300).place == 0.02
    assert split.at(QPointF(900, 900), 400, 300).place == 0.98
    assert split.at(QPointF(100, 75), 400, 300).place == 0.25
    assert split.edited(400, 300) == ((0, 150, 400, 300) if across else (200, 0, 400, 300))
