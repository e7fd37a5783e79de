from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from editor.document.brushed_region import BrushedRegion
from editor.document.landmarks import Symmetry
from editor.document.paint import PaintLayer
from editor.document.photo import Photo, halves, make_pyramid
from editor.document.region import RegionMask
from editor.engine.jobs import Patch
from tests.fake_engine import face_at
from tests.widgets.hands import HEIGHT, LEFT, WIDTH, at, colour, drag, grab
from widgets.brush import Brush
from widgets.canvas import PhotoCanvas
from widgets.view import Layer, View, scroll

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from editor.document.stroke import BrushStroke


def wheel(canvas: PhotoCanvas, position: QPointF, steps: int) -> None:
    event = QWheelEvent(
        position,
        canvas.mapToGlobal(position),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_photo_is_fitted_in_the_middle_and_never_enlarged(canvas: PhotoCanvas) -> None:
    assert canvas.view.zoom == 1
    assert colour(canvas, 200, 150) == [120, 120, 120]
    assert colour(canvas, 2, 150) == [0, 0, 255]
    assert colour(canvas, -20, 150) == [34, 34, 34]
    canvas.resize(340, 400)
    QApplication.processEvents()
    assert canvas.view.zoom == pytest.approx((340 - 48) / WIDTH)
    assert at(canvas, 200, 150).x() == pytest.approx(170, abs=1)


def test_the_pixel_under_the_brush_turns_red_at_once(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 100, 150))
    qtbot.mouseMove(canvas, at(canvas, 160, 150))
    red, green, blue = colour(canvas, 140, 150)
    assert red > green + 40
    assert red > blue + 40
    assert colour(canvas, 140, 190) == [120, 120, 120]
    assert not strokes
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 160, 150))
    assert len(strokes) == 1
    assert strokes[0].radius == 15
    np.testing.assert_allclose(strokes[0].points[[0, -1]], [[100, 150], [160, 150]], atol=0.6)


def test_the_overlay_while_painting_is_the_region_that_results(
    qtbot: QtBot, canvas: PhotoCanvas
) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 100, 150))
    qtbot.mouseMove(canvas, at(canvas, 180, 120))
    live = grab(canvas)
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 180, 120))
    mask = RegionMask.empty(WIDTH, HEIGHT).stamped(strokes[0])
    canvas.show_region(BrushedRegion(mask, 0.0))
    painted, drawn = grab(canvas)[..., 1] < 100, live[..., 1] < 100
    assert (painted & drawn).sum() > 0.97 * (painted | drawn).sum() > 2000


def test_strokes_hit_the_photo_at_every_zoom(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    for zoom in (0.5, 3.0):
        canvas.set_zoom(zoom, QPointF(250, 200))
        canvas.centre_on(210, 140)
        drag(qtbot, canvas, (205, 140), (225, 150))
        np.testing.assert_allclose(
            strokes[-1].points[[0, -1]], [[205, 140], [225, 150]], atol=1.1 / min(zoom, 1)
        )
        assert colour(canvas, 215, 145)[0] > 120


def test_the_eraser_takes_red_away(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    full = np.zeros((HEIGHT, WIDTH), np.uint8)
    full[50:250, 50:350] = 255
    canvas.show_region(BrushedRegion(RegionMask.from_full(full), 0.0))
    assert colour(canvas, 200, 150)[0] > 160
    canvas.set_brush(Brush(20, 1.0, erase=True))
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 200, 150))
    qtbot.mouseMove(canvas, at(canvas, 230, 150))
    assert colour(canvas, 216, 150) == [120, 120, 120]
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 230, 150))
    assert strokes[0].erase


def test_alt_swaps_brush_and_eraser_for_one_stroke(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.mousePress(canvas, LEFT, alt, at(canvas, 100, 100))
    qtbot.mouseRelease(canvas, LEFT, alt, at(canvas, 100, 100))
    drag(qtbot, canvas, (100, 100), (120, 100))
    assert [stroke.erase for stroke in strokes] == [True, False]


def test_escape_abandons_the_stroke(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 100, 150))
    qtbot.mouseMove(canvas, at(canvas, 160, 150))
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 160, 150))
    qtbot.mouseMove(canvas, at(canvas, 300, 280))
    assert not strokes
    assert colour(canvas, 140, 150) == [120, 120, 120]


def test_feathered_regions_fade_inward(canvas: PhotoCanvas) -> None:
    full = np.zeros((HEIGHT, WIDTH), np.uint8)
    full[50:250, 50:350] = 255
    mask = RegionMask.from_full(full)
    canvas.show_region(BrushedRegion(mask, 40.0))
    edge, middle = colour(canvas, 60, 150)[0], colour(canvas, 200, 150)[0]
    assert 120 <= edge < 150 < middle
    assert colour(canvas, 45, 150) == [120, 120, 120]
    canvas.show_region(BrushedRegion(mask, 0.0))
    assert colour(canvas, 60, 150)[0] == colour(canvas, 200, 150)[0] == middle


def test_the_overlay_steps_aside_until_the_region_is_touched(canvas: PhotoCanvas) -> None:
    mask = RegionMask.from_full(np.full((HEIGHT, WIDTH), 255, np.uint8))
    canvas.show_region(BrushedRegion(mask, 0.0))
    canvas.curtain.step_aside()
    assert not canvas.overlay_visible
    assert colour(canvas, 200, 150) == [120, 120, 120]
    canvas.show_region(BrushedRegion(mask, 0.0))
    assert colour(canvas, 200, 150)[0] > 160
    canvas.curtain.set_on(False)
    assert colour(canvas, 200, 150) == [120, 120, 120]


def test_the_wheel_zooms_to_the_pointer(canvas: PhotoCanvas) -> None:
    position = QPointF(310, 170)
    before = canvas.photo_point(position)
    for steps in (1, 3, 5, -2, -4):
        wheel(canvas, position, steps)
        assert canvas.photo_point(position) == pytest.approx(before, abs=1e-6)
    assert canvas.view.zoom == pytest.approx(1.2**3)


@pytest.mark.parametrize("how", ["space", "middle"])
def test_panning_moves_the_photo_with_the_pointer(
    qtbot: QtBot, canvas: PhotoCanvas, how: str
) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    button = LEFT if how == "space" else Qt.MouseButton.MiddleButton
    start, end = QPoint(250, 200), QPoint(290, 170)
    grabbed = canvas.photo_point(QPointF(start))
    if how == "space":
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
    qtbot.mousePress(canvas, button, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, button, pos=end)
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.photo_point(QPointF(end)) == pytest.approx(grabbed, abs=1e-6)
    assert not strokes
    drag(qtbot, canvas, (100, 100), (120, 100))
    assert len(strokes) == 1


def test_shift_drag_sizes_the_brush_and_paints_nothing(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(canvas, LEFT, shift, QPoint(250, 200))
    qtbot.mouseMove(canvas, QPoint(275, 200))
    qtbot.mouseRelease(canvas, LEFT, shift, QPoint(275, 200))
    assert canvas.brush.radius == pytest.approx(40)
    assert not strokes


def patch(value: int, shrink: int = 1) -> Patch:
    pixels = np.full((100 // shrink, 80 // shrink, 3), value, np.uint8)
    return Patch(150, 100, 80, 100, pixels)


def test_patches_cover_their_rectangle_at_any_resolution(canvas: PhotoCanvas) -> None:
    canvas.show_composite(patch(200))
    canvas.show_preview(patch(230, shrink=4))
    for zoom in (1.0, 0.4, 2.5):
        canvas.set_zoom(zoom, QPointF(250, 200))
        canvas.centre_on(190, 150)
        assert colour(canvas, 190, 150) == [230] * 3
        assert colour(canvas, 154, 104) == [230] * 3
        assert colour(canvas, 225, 195) == [230] * 3
        assert colour(canvas, 140, 150) == [120] * 3
    canvas.show_preview(None)
    assert colour(canvas, 190, 150) == [200] * 3
    canvas.show_original(True)
    assert colour(canvas, 190, 150) == [120] * 3
    canvas.show_original(False)
    assert colour(canvas, 190, 150) == [200] * 3


def test_zoomed_out_photos_show_the_right_pixels(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    rows, columns = np.mgrid[0:2400, 0:3200]
    pixels = np.stack([columns // 16, rows // 12, np.zeros_like(rows)], -1).astype(np.uint8)
    canvas.show_photo(make_pyramid(Photo(pixels)))
    for zoom in (canvas.view.zoom, 0.3, 0.7, 1.0):
        canvas.set_zoom(zoom, QPointF(250, 200))
        canvas.centre_on(1600, 1200)
        for x, y in ((1500, 1100), (1600, 1200), (1750, 1350)):
            shown = colour(canvas, x, y)
            assert shown[0] == pytest.approx(x / 16, abs=1.5 + 0.1 / zoom)
            assert shown[1] == pytest.approx(y / 12, abs=1.5 + 0.1 / zoom)


def test_the_empty_canvas_asks_for_a_photo(qtbot: QtBot) -> None:
    canvas = PhotoCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(500, 400)
    canvas.show()
    with qtbot.waitSignal(canvas.open_requested):
        qtbot.mouseClick(canvas, LEFT, pos=QPoint(250, 200))
    assert len(np.unique(grab(canvas))) > 10  # something is written there


def paint_layer(x: int, y: int, colour: tuple[int, int, int, int], size: int = 60) -> PaintLayer:
    pixels = np.empty((size, size, 4), np.uint8)
    pixels[...] = colour
    return PaintLayer(WIDTH, HEIGHT, x, y, pixels)


def test_a_paint_stroke_shows_its_colour_and_is_no_region(
    qtbot: QtBot, canvas: PhotoCanvas
) -> None:
    regions: list[BrushStroke] = []
    painted: list[tuple[BrushStroke, tuple[int, int, int]]] = []

    def note(stroke: BrushStroke, colour: tuple[int, int, int]) -> None:
        painted.append((stroke, colour))

    canvas.stroke_finished.connect(regions.append)
    canvas.paint_finished.connect(note)
    canvas.set_paint_opacity(1.0)
    canvas.set_brush(Brush(15, 0.8).dipped((20, 200, 60)))
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 100, 150))
    qtbot.mouseMove(canvas, at(canvas, 160, 150))
    assert colour(canvas, 130, 150) == [20, 200, 60]
    assert colour(canvas, 130, 190) == [120, 120, 120]
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 160, 150))
    assert not regions
    assert painted[0][1] == (20, 200, 60)
    assert not painted[0][0].erase
    canvas.show_paint(paint_layer(80, 130, (20, 200, 60, 255)))
    canvas.set_brush(replace(canvas.brush, erase=True))
    assert colour(canvas, 110, 150) == [20, 200, 60]
    drag(qtbot, canvas, (100, 150), (120, 150))
    assert painted[1][0].erase
    assert colour(canvas, 110, 150) == [120, 120, 120]


def test_painted_colours_lie_over_the_photo_at_every_zoom(canvas: PhotoCanvas) -> None:
    canvas.show_paint(paint_layer(100, 80, (200, 40, 0, 255)))
    canvas.set_paint_opacity(1.0)
    for zoom in (1.0, 0.4, 2.0):
        canvas.set_zoom(zoom, QPointF(250, 200))
        canvas.centre_on(130, 110)
        assert colour(canvas, 130, 110) == [200, 40, 0]
        assert colour(canvas, 175, 110) == [120, 120, 120]
    canvas.set_paint_opacity(0.5)
    assert colour(canvas, 130, 110) == pytest.approx([160, 80, 60], abs=1)
    canvas.show_paint(paint_layer(100, 80, (200, 40, 0, 128)))
    canvas.set_paint_opacity(1.0)
    assert colour(canvas, 130, 110) == pytest.approx([160, 80, 60], abs=2)
    canvas.show_original(True)
    assert colour(canvas, 130, 110) == [120, 120, 120]
    canvas.show_original(False)
    canvas.show_paint(None)
    assert colour(canvas, 130, 110) == [120, 120, 120]


def test_alt_click_takes_the_colour_of_the_photo_and_not_of_the_paint(
    qtbot: QtBot, canvas: PhotoCanvas
) -> None:
    painted: list[object] = []
    canvas.paint_finished.connect(painted.append)
    canvas.show_paint(paint_layer(0, 0, (250, 250, 0, 255), 300))
    canvas.set_brush(Brush(15, 0.8).dipped((1, 2, 3)))
    qtbot.mouseClick(canvas, LEFT, Qt.KeyboardModifier.AltModifier, at(canvas, 4, 100))
    assert canvas.brush.colour == (0, 0, 255)
    assert canvas.brush.paint
    assert not painted


def test_strokes_are_drawn_on_both_sides_of_the_mirror(qtbot: QtBot, canvas: PhotoCanvas) -> None:
    strokes: list[BrushStroke] = []
    canvas.stroke_finished.connect(strokes.append)
    canvas.show_mirror(Symmetry(face_at(200, 150, 130).landmarks))
    assert colour(canvas, 200, 20) != [120, 120, 120]  # the axis
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 100, 150))
    qtbot.mouseMove(canvas, at(canvas, 130, 170))
    assert colour(canvas, 115, 160)[0] > 150
    assert colour(canvas, 285, 160)[0] > 150
    assert colour(canvas, 285, 200) == [120, 120, 120]
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 130, 170))
    assert strokes[0].points[:, 0].max() < 140  # the session mirrors what it records
    canvas.show_mirror(None)
    assert colour(canvas, 200, 20) == [120, 120, 120]


def test_the_smaller_sizes_of_a_patch_come_with_it() -> None:
    # halving a crop of 4,500 pixels took the window 17 ms at every new picture
    pixels = np.random.default_rng(0).integers(0, 255, (900, 1200, 3), np.uint8)
    made = Patch(0, 0, 1200, 900, pixels, halves(pixels, 512))
    assert [half.shape[:2] for half in made.smaller] == [(450, 600), (225, 300)]
    assert made.nbytes == pixels.nbytes + sum(half.nbytes for half in made.smaller)
    alone, together = (
        Layer((pixels,), (0, 0, 1200, 900)),
        Layer((pixels, *made.smaller), (0, 0, 1200, 900)),
    )
    for zoom in (0.2, 0.3, 0.7):
        drawn = [np.zeros((200, 240, 3), np.uint8) for _ in range(2)]
        for layer, target in zip((alone, together), drawn, strict=True):
            layer.draw(target, View(zoom))
        assert np.array_equal(drawn[0], drawn[1])


@pytest.mark.parametrize("zoom", [0.7, 1.0, 3.0])
def test_panned_pixels_are_those_of_a_canvas_drawn_anew(
    qtbot: QtBot, canvas: PhotoCanvas, zoom: float
) -> None:
    rng = np.random.default_rng(1)
    photo = cv2.GaussianBlur(rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8), (0, 0), 1)
    canvas.show_photo(make_pyramid(Photo(np.asarray(photo, np.uint8))))
    canvas.show_composite(patch(200))
    canvas.show_paint(paint_layer(80, 130, (20, 200, 60, 255)))
    mask = RegionMask(WIDTH, HEIGHT, 40, 30, np.full((90, 120), 200, np.uint8))
    canvas.show_region(BrushedRegion(mask, 0.0))
    canvas.set_zoom(zoom)
    grab(canvas)
    middle, place = Qt.MouseButton.MiddleButton, QPoint(200, 200)
    qtbot.mousePress(canvas, middle, pos=place)
    for step in ((7, -3), (0, 11), (-160, 4), (23, -60)):
        place += QPoint(*step)
        qtbot.mouseMove(canvas, place)
        moved = grab(canvas).astype(int)
        canvas.resize(canvas.width() + 1, canvas.height())  # drawn anew
        canvas.resize(canvas.width() - 1, canvas.height())
        assert np.abs(moved - grab(canvas)).max() <= 2
    qtbot.mouseRelease(canvas, middle, pos=place)


def test_scrolled_pixels_leave_open_what_came_into_sight() -> None:
    for du, dv in ((3, 0), (-3, 0), (0, 2), (0, -2), (3, -2), (-1, 4), (20, 0), (0, 0)):
        pixels = np.arange(8 * 10).reshape(8, 10)
        expected = np.full((8, 10), -1)
        for v in range(8):
            for u in range(10):
                if 0 <= u - du < 10 and 0 <= v - dv < 8:
                    expected[v, u] = pixels[v - dv, u - du]
        for left, top, right, bottom in scroll(pixels, du, dv):
            assert (pixels[top:bottom, left:right] != -1).all()  # nothing twice
            pixels[top:bottom, left:right] = -1
        assert np.array_equal(pixels, expected)
