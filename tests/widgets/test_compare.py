"""Before and after on both sides of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from editor.document.brushed_region import BrushedRegion
from editor.document.region import RegionMask
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


# ------------------------------------------------------------------ what lies over the picture


def covered(canvas: PhotoCanvas) -> bool:
    return colour(canvas, 250, 200) != RED


@pytest.fixture
def masked(edited: PhotoCanvas) -> PhotoCanvas:
    """The same with a region over all of it, in sight."""
    mask = RegionMask.from_full(np.full((HEIGHT, WIDTH), 255, np.uint8))
    edited.show_region(BrushedRegion(mask, 0.0))
    assert covered(edited)
    return edited


def compare(canvas: PhotoCanvas, way: str, on: bool) -> None:
    if way == "split":
        canvas.show_split(Split(0.1) if on else None)
    elif way == "original":
        canvas.show_original(on)
    else:
        canvas.curtain.compare(way, on)


@pytest.mark.parametrize("way", ["split", "beside", "refined"])
def test_comparing_is_for_looking_and_then_all_is_as_it_was(masked: PhotoCanvas, way: str) -> None:
    compare(masked, way, True)
    assert not covered(masked)
    assert not masked.overlay_visible
    compare(masked, way, False)
    assert covered(masked)
    masked.curtain.step_aside()
    compare(masked, way, True)
    compare(masked, way, False)
    assert not covered(masked), "it was out of the way before"


def test_of_two_ways_to_compare_the_last_one_ends_it(masked: PhotoCanvas) -> None:
    compare(masked, "beside", True)
    compare(masked, "split", True)
    compare(masked, "beside", False)
    assert not covered(masked)
    compare(masked, "split", False)
    assert covered(masked)
    assert masked.overlay_visible


def test_a_line_that_is_dragged_brings_nothing_back_and_a_stroke_does(
    qtbot: QtBot, masked: PhotoCanvas
) -> None:
    canvas = masked
    compare(canvas, "split", True)
    line = QPoint(canvas.width() // 10, 200)
    qtbot.mousePress(canvas, LEFT, pos=line)
    qtbot.mouseMove(canvas, line + QPoint(20, 0))
    qtbot.mouseRelease(canvas, LEFT, pos=line + QPoint(20, 0))
    assert not covered(canvas)
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 300, 100))
    assert canvas.overlay_visible, "what is brushed is seen"
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 300, 100))
    compare(canvas, "split", False)
    assert covered(canvas)
    compare(canvas, "split", True)
    assert not covered(canvas), "each time anew"


class Points(QObject):
    """A tool that draws all over the photo."""

    def __init__(self, canvas: PhotoCanvas) -> None:
        super().__init__(canvas)
        self.pressed = 0

    def press(self, position: QPointF) -> None:
        del position
        self.pressed += 1

    def move(self, position: QPointF) -> None:
        del position

    def release(self) -> None:
        pass

    def draw(self, painter: QPainter) -> None:
        painter.fillRect(0, 0, 500, 400, QColor(0, 255, 0))


@pytest.mark.parametrize("way", ["split", "original", "beside"])
def test_points_step_aside_and_are_not_dragged_unseen(
    qtbot: QtBot, edited: PhotoCanvas, way: str
) -> None:
    """They stayed over the picture, and the line between before and after was not there."""
    canvas, tool = edited, Points(edited)
    canvas.set_tool(tool, on_edits=True)
    assert colour(canvas, 250, 200) == [0, 255, 0]
    compare(canvas, way, True)
    assert colour(canvas, 250, 200) == (GREY if way == "original" else RED)
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, 250, 200))
    assert not tool.pressed
    assert colour(canvas, 250, 200) == [0, 255, 0], "the first click brings them back"
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, 250, 200))
    assert tool.pressed == 1
    compare(canvas, way, False)
    assert colour(canvas, 250, 200) == [0, 255, 0]


def test_points_that_are_taken_while_before_and_after_are_compared_are_seen(
    edited: PhotoCanvas,
) -> None:
    compare(edited, "split", True)
    edited.set_tool(Points(edited), on_edits=True)
    assert colour(edited, 250, 200) == [0, 255, 0]


def test_that_a_picture_is_only_what_was_kept_is_told_on_it(edited: PhotoCanvas) -> None:
    def foot() -> str:
        return edited.grab().toImage().pixelColor(40, edited.height() - 16).name()

    plain = foot()
    edited.pictures.tell_kept(True)
    assert foot() != plain
    edited.show_original(True)
    assert foot() == plain, "the original is what it is"
    edited.show_original(False)
    edited.pictures.tell_kept(False)
    assert foot() == plain
