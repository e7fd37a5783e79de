"""The view turned and flipped, the loupe, differences, clipping, navigator, side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from editor.document.photo import Photo, make_pyramid
from editor.engine.jobs import Patch
from tests.widgets.hands import GREY, HEIGHT, LEFT, WIDTH, at, colour, drag, grab
from widgets.beside import Beside
from widgets.canvas import PhotoCanvas
from widgets.compare import Split
from widgets.loupe import Loupe
from widgets.navigator import Navigator
from widgets.picture import Marks, Picture
from widgets.pixels import pixels_of
from widgets.viewport import Turn, Viewport

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from editor.document.stroke import BrushStroke

TURNS = [Turn(90), Turn(180), Turn(270), Turn(0, True), Turn(90, True), Turn(37), Turn(300, True)]


def red_square(canvas: PhotoCanvas) -> None:
    pixels = np.full((40, 40, 3), (220, 30, 30), np.uint8)
    canvas.show_composite(Patch(300, 40, 40, 40, pixels))


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_places_go_to_the_screen_and_back(turn: Turn) -> None:
    port = Viewport()
    port.photo = 400, 300
    port.resize(501, 401, 1.0)
    port.turn_to(turn)
    assert port.fits
    for x, y in ((0, 0), (399, 0), (10.5, 290), (200, 150)):
        on_widget = port.to_widget.map(port.widget_point(x, y))
        assert port.photo_point(port.on_sheet(on_widget)) == pytest.approx((x, y), abs=1e-6)
        assert 0 <= on_widget.x() <= 501, "all of a fitted photo is seen"
        assert 0 <= on_widget.y() <= 401
    assert port.middle == pytest.approx((199.5, 149.5), abs=1)


@pytest.mark.parametrize("x", [0, 150, 280])
def test_a_box_beside_the_edge_leaves_no_gap_on_one_side(x: int) -> None:
    port = Viewport()
    port.photo = 400, 300
    port.resize(300, 500, 1.0)
    port.show_box(x, 40, 120, 120)
    left, right = port.widget_point(-0.5, 0).x(), port.widget_point(399.5, 0).x()
    top, bottom = port.widget_point(0, -0.5).y(), port.widget_point(0, 299.5).y()
    assert left <= 1e-6
    assert right >= 300 - 1e-6
    assert (top <= 1e-6 and bottom >= 500 - 1e-6) or top == pytest.approx(500 - bottom)


def test_turning_keeps_the_middle_and_quarters_come_round() -> None:
    port = Viewport()
    port.photo = 4000, 3000
    port.resize(500, 400, 2.0)
    port.look(1.0, 2800, 700)
    for turn in TURNS:
        port.turn_to(turn)
        assert port.middle == pytest.approx((2800, 700), abs=1)
    turn = Turn()
    for _ in range(24):
        turn = turn.by(15)
    assert turn.is_upright
    assert Turn(30).mirrored().mirrored() == Turn(30)
    before, after = (
        Turn(*args).to_widget((100, 100), (100, 100)).map(QPointF(80, 50))
        for args in ((30.0, False), (Turn(30).mirrored().degrees, True))
    )
    assert after.x() == pytest.approx(100 - before.x()), "flipped on the screen"
    assert after.y() == pytest.approx(before.y())


@pytest.mark.parametrize("zoom", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("turn", [Turn(30), Turn(200, True)], ids=str)
def test_what_is_drawn_turned_at_once_is_what_the_sheet_shows(zoom: float, turn: Turn) -> None:
    rng = np.random.default_rng(0)
    noise = cv2.resize(rng.integers(0, 255, (30, 40, 3), np.uint8), (400, 300))
    patch = Patch(100, 80, 90, 70, np.full((70, 90, 3), (220, 30, 30), np.uint8))
    picture, port = Picture(), Viewport()
    port.photo = picture.show_photo(make_pyramid(Photo(np.asarray(noise, np.uint8))))
    picture.show_composite(patch)
    port.resize(310, 250, 1.0)
    port.turn_to(turn)
    port.look(zoom, 180, 130)
    at_once = pixels_of(picture.draw(port)).astype(int)
    picture.split = Split(-1.0)  # all lies on the other side of it: by way of the sheet
    by_sheet = pixels_of(picture.draw(port)).astype(int)
    off = np.abs(at_once - by_sheet).max(axis=2)
    assert np.median(off) <= 3
    assert (off > 40).mean() < 0.04, "at edges alone"
    bare = [(shown == picture.surround).all(axis=2).mean() for shown in (at_once, by_sheet)]
    assert bare[0] == pytest.approx(bare[1], abs=0.03)


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_pixels_and_strokes_are_where_the_pointer_is(
    qtbot: QtBot, canvas: PhotoCanvas, turn: Turn
) -> None:
    red_square(canvas)
    canvas.turn_to(turn)
    assert colour(canvas, 320, 60) == pytest.approx([220, 30, 30], abs=3)
    assert colour(canvas, 100, 200) == pytest.approx(GREY, abs=1)
    assert canvas.colour_at(canvas.widget_point(320, 60)) == (220, 30, 30)
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    drag(qtbot, canvas, (100, 200), (150, 100))
    (stroke,) = strokes
    assert stroke.points[0][:2] == pytest.approx((100, 200), abs=1.5)
    assert stroke.points[-1][:2] == pytest.approx((150, 100), abs=1.5)
    shown = grab(canvas)[at(canvas, 100, 200).y(), at(canvas, 100, 200).x()]
    assert shown[0] > shown[1] + 20, "the stroke is drawn there"


def test_panning_and_zooming_follow_the_screen(canvas: PhotoCanvas) -> None:
    canvas.set_zoom(2.0)
    canvas.turn_to(Turn(90, True))
    here = canvas.widget_point(200, 150)
    canvas.pan(QPointF(30, -20))
    assert (canvas.widget_point(200, 150) - here).toPoint() == QPoint(30, -20)
    under = canvas.photo_point(QPointF(100, 60))
    canvas.zoom_by(1.5, QPointF(100, 60))
    assert canvas.photo_point(QPointF(100, 60)) == pytest.approx(under, abs=0.01)
    canvas.show_photo(make_pyramid(Photo(np.full((300, 400, 3), 9, np.uint8))))
    assert canvas.port.turn.is_upright, "another photo begins upright"


def test_the_loupe_shows_the_photos_own_pixels(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    pixels = np.full((1200, 1600, 3), 120, np.uint8)
    pixels[600:603, 800:803] = (255, 255, 0)
    canvas.show_photo(make_pyramid(Photo(pixels)))
    assert canvas.view.zoom < 0.5
    qtbot.mouseMove(canvas, at(canvas, 801, 601))

    def yellow() -> int:
        shown = grab(canvas)
        return int(((shown[..., 2] < 40) & (shown[..., 0] > 230)).sum())

    canvas.set_brush(canvas.brush.resized(500))  # its outline is elsewhere
    assert yellow() < 4
    canvas.loupe.on = True
    assert yellow() == 9, "three pixels a side, as in the photo"
    qtbot.mouseMove(canvas, QPoint(20, 20))
    assert yellow() < 4, "it goes along"
    assert Loupe.zoom(canvas.view) == 1.0
    canvas.set_zoom(1.0)
    assert Loupe.zoom(canvas.view) == 2.0


def test_difference_and_clipping(canvas: PhotoCanvas) -> None:
    red_square(canvas)
    canvas.pictures.mark(Marks.DIFFERENCE)
    assert colour(canvas, 100, 200) == [128, 128, 128]
    assert colour(canvas, 320, 60) == [255, 0, 0], "100 more and 90 less, four times as much"
    canvas.pictures.mark(Marks.CLIPPING)
    assert colour(canvas, 4, 100) == [60, 90, 255], "a pure blue has black channels"
    assert colour(canvas, 100, 200) == GREY
    canvas.pictures.mark(Marks.NONE)
    assert colour(canvas, 4, 100) == [0, 0, 255]


@pytest.fixture
def navigator(qtbot: QtBot, canvas: PhotoCanvas) -> Navigator:
    panel = Navigator(canvas)
    qtbot.addWidget(panel)
    panel.resize(220, 260)
    panel.show()
    panel.refresh()
    qtbot.waitUntil(lambda: panel.clipping.text() != "")
    return panel


def test_the_navigator_goes_where_it_is_pressed(
    qtbot: QtBot, canvas: PhotoCanvas, navigator: Navigator
) -> None:
    canvas.set_zoom(4.0)
    photo = navigator.photo
    middle = photo.rect().center()
    qtbot.mousePress(photo, LEFT, pos=middle)
    assert canvas.port.middle == pytest.approx((200, 150), abs=4)
    qtbot.mouseMove(photo, middle + QPoint(40, 10))
    x, y = canvas.port.middle
    assert x > 250
    assert 160 < y < 190


def test_nothing_is_marked_on_no_photo(qtbot: QtBot, navigator: Navigator) -> None:
    assert navigator.mark.isEnabled()
    empty = Navigator(PhotoCanvas())
    qtbot.addWidget(empty)
    assert not empty.mark.isEnabled()


def test_what_is_clipped_is_told(qtbot: QtBot, canvas: PhotoCanvas, navigator: Navigator) -> None:
    assert "Black" in navigator.clipping.text(), "the blue edge: its red and green are 0"
    assert "White" in navigator.clipping.text()
    canvas.show_photo(make_pyramid(Photo(np.full((300, 400, 3), 99, np.uint8))))
    qtbot.waitUntil(lambda: navigator.clipping.text() == "Nothing clipped")
    canvas.show_composite(Patch(0, 0, 400, 30, np.full((30, 400, 3), 255, np.uint8)))
    qtbot.waitUntil(lambda: navigator.clipping.text() == "White 10.0 %")


def test_side_by_side_is_linked(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    red_square(canvas)
    beside = Beside(canvas)
    qtbot.addWidget(beside)
    beside.resize(300, 300)
    beside.show()
    beside.show_photo(make_pyramid(Photo(np.full((HEIGHT, WIDTH, 3), 120, np.uint8))))
    canvas.look(3.0, 320, 60)
    assert beside.port.view.zoom == 3.0
    assert beside.port.middle == pytest.approx((320, 60), abs=0.5)
    assert grab(beside)[150, 150].tolist() == GREY, "without the edit"
    plain = grab(canvas)[14:40, 14:60]
    canvas.beside_original = True
    canvas.update()
    named = grab(canvas)[14:40, 14:60]
    assert (named != plain).any(), "the canvas says “After”, as the other says “Before”"
    canvas.beside_original = False
    qtbot.mousePress(beside, LEFT, pos=QPoint(150, 150))
    qtbot.mouseMove(beside, QPoint(120, 150))
    qtbot.mouseRelease(beside, LEFT, pos=QPoint(120, 150))
    assert canvas.port.middle == pytest.approx((330, 60), abs=0.5)
    place = QPointF(40, 200)
    under = beside.port.photo_point(place)
    wheel = QWheelEvent(
        place, beside.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(beside, wheel)
    assert math.isclose(canvas.view.zoom, 3.6)
    assert beside.port.photo_point(place) == pytest.approx(under, abs=0.5)
    canvas.turn_to(Turn(90))
    assert beside.port.turn == Turn(90)


def test_two_fingers_on_a_pad_turn_the_photo(canvas: PhotoCanvas) -> None:
    from PySide6.QtGui import QNativeGestureEvent, QPointingDevice

    at_middle = QPointF(canvas.rect().center())
    event = QNativeGestureEvent(
        Qt.NativeGestureType.RotateNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
        at_middle, at_middle, at_middle, 30.0, QPointF(),
    )  # fmt: skip
    assert event.type() == QEvent.Type.NativeGesture
    QApplication.sendEvent(canvas, event)
    assert canvas.port.turn == Turn(30)
