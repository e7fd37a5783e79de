"""Lasso, polygon, boxes, classes, colours and operations in the whole window, by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from editor.engine.jobs import Intervene, SaveProject
from tests.end_to_end.desktop import Desktop
from tests.fake_engine import FakeEngine, two_faces
from tests.widgets.test_gestures import RUBBER, pen_stroke
from widgets.brush import Tool
from widgets.look import LookKind
from widgets.pixels import pixels_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
SQUARE = ((100.0, 60.0), (200.0, 60.0), (200.0, 160.0), (100.0, 160.0))


@pytest.fixture
def desk(qtbot: QtBot, photo: Path) -> Desktop:
    """Every change goes to the background."""
    desk = Desktop(qtbot, FakeEngine(), at_once=-1)
    desk.open(photo)
    return desk


def key(desk: Desktop, name: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    desk.qtbot.keyClick(desk.window.canvas, name, keys)


def press(desk: Desktop, *places: tuple[float, float], keys: Qt.KeyboardModifier = NONE) -> None:
    """Press at the first place and move over the others; the button stays down."""
    canvas = desk.window.canvas
    desk.qtbot.mousePress(canvas, LEFT, keys, pos=desk.at(*places[0]))
    for place in places[1:]:
        at = QPointF(desk.at(*place))
        event = QMouseEvent(
            QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, keys
        )
        QApplication.sendEvent(canvas, event)


def drag(desk: Desktop, *places: tuple[float, float], keys: Qt.KeyboardModifier = NONE) -> None:
    press(desk, *places, keys=keys)
    desk.qtbot.mouseRelease(desk.window.canvas, LEFT, keys, pos=desk.at(*places[-1]))


def click(desk: Desktop, *places: tuple[float, float], keys: Qt.KeyboardModifier = NONE) -> None:
    for place in places:
        desk.qtbot.mouseClick(desk.window.canvas, LEFT, keys, pos=desk.at(*place))


def settle(desk: Desktop) -> None:
    desk.until(lambda: not desk.session.regions.pending and not desk.window.canvas.waiting_strokes)


def area(desk: Desktop) -> float:
    settle(desk)
    region = desk.session.region
    assert region is not None
    return region.mask.area


def inside(desk: Desktop, x: int, y: int) -> int:
    settle(desk)
    region = desk.session.region
    assert region is not None
    return int(region.mask.full()[y, x])


def undo_text(desk: Desktop) -> str:
    return desk.window.commands.undo.text()


def is_red(desk: Desktop, x: float, y: float) -> bool:
    place = desk.at(x, y)
    red, green, _ = pixels_of(desk.window.canvas.grab().toImage())[place.y(), place.x()].tolist()
    return red > green + 40


def along(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Many places on the way around."""
    closed = [*corners, corners[0]]
    return [
        (a[0] + (b[0] - a[0]) * k / 10, a[1] + (b[1] - a[1]) * k / 10)
        for a, b in pairwise(closed)
        for k in range(10)
    ]


# ------------------------------------------------------------------ shapes


def test_a_lasso_adds_and_alt_takes_away_in_one_step_each(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_S)
    assert desk.window.canvas.brush.tool is Tool.LASSO
    drag(desk, *along(SQUARE))
    assert is_red(desk, 150, 110)  # at once
    assert area(desk) == pytest.approx(10_000, rel=0.03)
    assert undo_text(desk) == "&Undo shape"
    drag(desk, *along(((120, 80), (180, 80), (180, 140), (120, 140))), keys=ALT)
    assert area(desk) == pytest.approx(10_000 - 3_600, rel=0.04)
    assert inside(desk, 150, 110) == 0
    desk.window.undo()
    assert area(desk) == pytest.approx(10_000, rel=0.03)
    desk.window.undo()
    assert area(desk) == 0


@pytest.mark.parametrize("how", ["enter", "beginning", "twice"])
def test_a_polygon_is_closed_in_three_ways(desk: Desktop, how: str) -> None:
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE)
    assert desk.window.canvas.drawing
    assert area(desk) == 0
    if how == "enter":
        key(desk, Qt.Key.Key_Return)
    elif how == "beginning":
        click(desk, SQUARE[0])
    else:
        canvas = desk.window.canvas
        desk.qtbot.mouseDClick(canvas, LEFT, pos=desk.at(*SQUARE[-1]))
    assert not desk.window.canvas.drawing
    assert area(desk) == pytest.approx(10_000, rel=0.03)
    assert undo_text(desk) == "&Undo shape"


def test_backspace_and_undo_take_corners_back_one_by_one(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE, (60, 200), (40, 220))
    key(desk, Qt.Key.Key_Backspace)
    key(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    key(desk, Qt.Key.Key_Return)
    assert area(desk) == pytest.approx(10_000, rel=0.03)
    click(desk, (50, 50))
    key(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not desk.window.canvas.drawing
    assert area(desk) == pytest.approx(10_000, rel=0.03)  # the shape before stays


def test_shift_makes_squares_circles_and_angles(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_R)
    drag(desk, (100, 60), (160, 80), keys=SHIFT)
    assert area(desk) == pytest.approx(60 * 60, rel=0.04)
    desk.window.undo()
    key(desk, Qt.Key.Key_U)
    drag(desk, (100, 60), (160, 80), keys=SHIFT)
    assert area(desk) == pytest.approx(np.pi * 30**2, rel=0.04)
    desk.window.undo()
    key(desk, Qt.Key.Key_G)
    click(desk, (100, 60))
    click(desk, (200, 66), (206, 160), (100, 166), keys=SHIFT)
    key(desk, Qt.Key.Key_Return)
    settle(desk)
    region = desk.session.region
    assert region is not None
    assert region.mask.bounds[1] in (59, 60)  # the upper side was made level


def test_shift_pressed_and_let_go_in_the_middle_counts(desk: Desktop) -> None:
    canvas = desk.window.canvas
    key(desk, Qt.Key.Key_R)
    press(desk, (100, 60), (160, 80))
    desk.qtbot.keyPress(canvas, Qt.Key.Key_Shift)
    assert canvas.drawing
    desk.qtbot.mouseRelease(canvas, LEFT, SHIFT, pos=desk.at(160, 80))
    assert area(desk) == pytest.approx(60 * 60, rel=0.04)


def test_the_swap_key_turns_a_shape_into_its_eraser(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_R)
    drag(desk, (100, 60), (200, 160))
    key(desk, Qt.Key.Key_X)
    assert desk.window.canvas.brush.tool is Tool.RECTANGLE
    drag(desk, (120, 80), (180, 140))
    assert area(desk) == pytest.approx(10_000 - 3_600, rel=0.04)
    drag(desk, (120, 80), (180, 140), keys=ALT)
    assert area(desk) == pytest.approx(10_000, rel=0.04)


def test_shapes_are_mirrored_with_the_face(desk: Desktop) -> None:
    desk.window.commands.mirror.setChecked(True)
    key(desk, Qt.Key.Key_R)
    drag(desk, (90, 100), (120, 130))
    settle(desk)
    region = desk.session.region
    assert region is not None
    assert region.mask.area == pytest.approx(2 * 900, rel=0.06)
    assert undo_text(desk) == "&Undo shape"


def test_a_click_is_no_shape(desk: Desktop) -> None:
    for tool in (Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_U):
        key(desk, tool)
        click(desk, (150, 100))
        assert not desk.window.canvas.drawing
    assert area(desk) == 0
    assert undo_text(desk) == "&Undo"


def test_the_status_bar_says_what_the_keys_do(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_R)
    assert "Shift makes a square" in desk.window.status.hint.text()
    assert "Alt takes away" in desk.window.status.hint.text()
    key(desk, Qt.Key.Key_B)
    assert "Shift+click draws a line" in desk.window.status.hint.text()


def test_shapes_hit_the_photo_at_every_zoom_and_zooming_goes_on_in_between(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE[:2])
    desk.window.canvas.set_zoom(2.0)
    desk.window.canvas.centre_on(150, 110)
    click(desk, *SQUARE[2:])
    key(desk, Qt.Key.Key_Enter)
    assert area(desk) == pytest.approx(10_000, rel=0.02)


# ------------------------------------------------------------------ in the middle


@pytest.mark.parametrize("tool", [Qt.Key.Key_S, Qt.Key.Key_G, Qt.Key.Key_R, Qt.Key.Key_U])
def test_escape_leaves_nothing_of_a_shape(desk: Desktop, tool: Qt.Key) -> None:
    key(desk, tool)
    press(desk, *along(SQUARE)[:25])
    assert desk.window.canvas.drawing
    key(desk, Qt.Key.Key_Escape)
    assert not desk.window.canvas.drawing
    desk.qtbot.mouseMove(desk.window.canvas, desk.at(60, 60))
    desk.qtbot.mouseRelease(desk.window.canvas, LEFT, pos=desk.at(60, 60))
    assert area(desk) == 0
    assert undo_text(desk) == "&Undo"


@pytest.mark.parametrize("kind", [QEvent.Type.WindowDeactivate, QEvent.Type.FocusOut])
@pytest.mark.parametrize("tool", [Qt.Key.Key_S, Qt.Key.Key_R])
def test_a_shape_that_lost_the_pointer_stays_in_hand_and_can_be_completed(
    desk: Desktop, tool: Qt.Key, kind: QEvent.Type
) -> None:
    canvas = desk.window.canvas
    key(desk, tool)
    press(desk, *along(SQUARE)[:21])  # around two sides: the box's corner is (200, 160)
    QApplication.sendEvent(canvas, QEvent(kind))
    assert canvas.drawing  # not gone
    assert area(desk) == 0  # and not half of it done
    assert "Enter keeps it" in desk.window.status.hint.text()
    desk.qtbot.mouseRelease(canvas, LEFT, pos=desk.at(200, 160))
    assert canvas.drawing
    if tool == Qt.Key.Key_S:
        drag(desk, *along(SQUARE)[21:])
    else:
        key(desk, Qt.Key.Key_Return)
    assert not canvas.drawing
    assert area(desk) == pytest.approx(10_000, rel=0.04)


def test_another_tool_completes_the_shape_in_hand(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE)
    key(desk, Qt.Key.Key_B)
    assert not desk.window.canvas.drawing
    assert area(desk) == pytest.approx(10_000, rel=0.03)
    desk.window.undo()
    assert area(desk) == 0


def test_dragging_the_faces_points_completes_the_shape_in_hand(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE)
    desk.window.commands.align.trigger()
    assert desk.window.alignment.active
    assert not desk.window.canvas.drawing
    assert area(desk) == pytest.approx(10_000, rel=0.03)
    assert desk.window.status.hint.text() == ""


def test_a_shape_goes_on_over_the_end_of_an_edit(desk: Desktop) -> None:
    desk.brush((100, 150), (200, 150))
    settle(desk)
    desk.engine.delayed.add(Intervene)
    desk.slide("smile", 0, 60)
    desk.until(lambda: desk.engine.begun(Intervene))
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE[:3])
    desk.engine.delayed.clear()
    desk.until(lambda: desk.labels and not desk.session.busy)
    assert desk.window.canvas.drawing
    before = area(desk)
    click(desk, SQUARE[3])
    key(desk, Qt.Key.Key_Return)
    assert area(desk) > before + 5_000
    assert len(desk.labels) == 1
    desk.window.undo()
    assert area(desk) == before
    assert len(desk.labels) == 1  # the edit is another step


def test_another_photo_takes_the_shape_of_the_old_one_away(desk: Desktop, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    Image.fromarray(np.full((240, 320, 3), 90, np.uint8)).save(other)
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE)
    desk.window.open(other)
    desk.until(lambda: desk.session.photo and desk.session.photo.path == other)
    assert not desk.window.canvas.drawing
    key(desk, Qt.Key.Key_Return)
    desk.until(lambda: desk.session.portrait)
    assert area(desk) == 0


def test_a_pending_save_holds_what_was_drawn_before_it_and_no_half_shape(
    desk: Desktop, tmp_path: Path
) -> None:
    key(desk, Qt.Key.Key_R)
    drag(desk, (20, 20), (60, 60))
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE[:3])
    path = tmp_path / "a.sip"
    desk.engine.gate.clear()
    desk.session.files.save_project(path)
    desk.until(lambda: desk.engine.begun(SaveProject))
    click(desk, SQUARE[3])
    key(desk, Qt.Key.Key_Return)
    assert desk.session.files.writing
    desk.engine.gate.set()
    desk.until(lambda: not desk.session.files.writing)
    job = desk.engine.begun(SaveProject)[0]
    assert isinstance(job, SaveProject)
    saved = job.project.faces[0].regions[0].mask
    assert saved.area == pytest.approx(1_600, rel=0.06)
    assert area(desk) == pytest.approx(11_600, rel=0.04)
    assert desk.session.modified


def test_a_shape_belongs_to_the_face_that_is_edited_when_it_is_closed(
    qtbot: QtBot, photo: Path
) -> None:
    desk = Desktop(qtbot, FakeEngine(faces=two_faces), at_once=-1)
    desk.open(photo)
    key(desk, Qt.Key.Key_G)
    click(desk, *SQUARE)
    desk.session.faces_desk.choose_face(1)
    key(desk, Qt.Key.Key_Return)
    settle(desk)
    document = desk.session.studio.document
    assert document is not None
    assert document.faces[0].region.mask.is_empty
    assert document.faces[1].region.mask.area == pytest.approx(10_000, rel=0.03)


# ------------------------------------------------------------------ operations and limits


def test_the_buttons_of_the_region_change_it_in_one_step_each(desk: Desktop) -> None:
    options = desk.window.region_panel.mask_options
    options.set_folded(False)
    key(desk, Qt.Key.Key_R)
    drag(desk, (100, 60), (200, 160))
    whole = area(desk)
    options.amount.set_value(10)
    for name, expected, label in (
        ("Grow", 100 * 100 + 4 * 100 * 10 + np.pi * 100, "grow region"),
        ("Shrink", 80 * 80, "shrink region"),
        ("Invert", 320 * 240 - 100 * 100, "invert region"),
    ):
        desk.click(options.buttons[name])
        assert area(desk) == pytest.approx(expected, rel=0.05)
        assert undo_text(desk) == f"&Undo {label}"
        desk.window.undo()
        assert area(desk) == whole
    drag(desk, (130, 90), (160, 120), keys=ALT)
    desk.click(options.buttons["Fill holes"])
    assert area(desk) == pytest.approx(whole, rel=0.01)
    desk.click(options.buttons["Smooth"])
    assert area(desk) == pytest.approx(whole, rel=0.05)


def test_a_region_is_halved_at_the_axis_of_the_face(qtbot: QtBot, photo: Path) -> None:
    desk = Desktop(qtbot, FakeEngine())
    desk.open(photo)
    options = desk.window.region_panel.mask_options
    options.set_folded(False)
    key(desk, Qt.Key.Key_R)
    drag(desk, (110, 70), (210, 170))
    whole = area(desk)
    desk.click(options.buttons["Left half"])
    assert area(desk) == pytest.approx(whole / 2, rel=0.03)
    assert undo_text(desk) == "&Undo left half of region"
    assert (inside(desk, 130, 120), inside(desk, 190, 120)) == (255, 0)
    desk.window.undo()
    desk.click(options.buttons["Right half"])
    assert (inside(desk, 130, 120), inside(desk, 190, 120)) == (0, 255)


@pytest.fixture
def two_halves(tmp_path: Path) -> Path:
    pixels = np.full((240, 320, 3), (150, 105, 85), np.uint8)
    pixels[:, 160:] = (205, 205, 210)
    path = tmp_path / "halves.png"
    Image.fromarray(pixels).save(path)
    return path


def test_a_click_on_a_colour_limits_the_region(qtbot: QtBot, two_halves: Path) -> None:
    desk = Desktop(qtbot, FakeEngine())
    desk.open(two_halves)
    options = desk.window.region_panel.mask_options
    options.set_folded(False)
    key(desk, Qt.Key.Key_R)
    drag(desk, (100, 60), (220, 160))
    key(desk, Qt.Key.Key_I)
    click(desk, (120, 100))
    assert area(desk) == pytest.approx(60 * 100, rel=0.04)
    assert inside(desk, 200, 100) == 0
    desk.window.undo()
    click(desk, (120, 100), keys=ALT)
    assert inside(desk, 120, 100) == 0
    assert inside(desk, 200, 100) == 255
    options.lightest.set_value(60)
    desk.click(options.buttons["Limit lightness"])
    assert area(desk) == 0


def test_a_stroke_that_follows_shows_raw_at_once_and_then_stops_at_the_edge(
    qtbot: QtBot, two_halves: Path
) -> None:
    desk = Desktop(qtbot, FakeEngine())
    desk.open(two_halves)
    key(desk, Qt.Key.Key_A)
    canvas = desk.window.canvas
    assert canvas.brush.follows
    canvas.set_brush(canvas.brush.resized(30).hardened(0.9))
    # away from the face, whose classes are borders too
    desk.brush((140, 15), (140, 20))
    assert is_red(desk, 165, 18)  # raw
    settle(desk)
    assert inside(desk, 166, 18) < 20
    assert inside(desk, 150, 18) > 235
    desk.until(lambda: not is_red(desk, 167, 18))
    assert undo_text(desk) == "&Undo brush stroke"


def test_a_click_selects_a_class_shift_adds_and_alt_takes_away(desk: Desktop) -> None:
    face = desk.session.faces[0].landmarks
    lips = tuple(face[[51, 62]].mean(0).tolist())
    brow = tuple(face[17:22].mean(0).tolist())
    key(desk, Qt.Key.Key_W)
    click(desk, lips)
    alone = area(desk)
    assert alone > 100
    assert inside(desk, round(brow[0]), round(brow[1])) == 0
    click(desk, brow, keys=SHIFT)
    both = area(desk)
    assert both > alone + 100
    click(desk, lips, keys=ALT)
    assert area(desk) == pytest.approx(both - alone, rel=0.05)
    assert undo_text(desk) == "&Undo region by class"


def test_the_region_is_shown_as_outline_or_as_the_mask(desk: Desktop) -> None:
    key(desk, Qt.Key.Key_R)
    drag(desk, (100, 60), (200, 160))
    settle(desk)
    combo = desk.window.region_panel.mask_options.kind

    def shown(x: float, y: float) -> list[int]:
        place = desk.at(x, y)
        pixels = pixels_of(desk.window.canvas.grab().toImage())
        return pixels[place.y() - 1 : place.y() + 2, place.x()].astype(int).max(0).tolist()

    combo.setCurrentIndex(list(LookKind).index(LookKind.GREY))
    desk.qtbot.mouseMove(desk.window.canvas, desk.at(40, 220))
    assert shown(150, 110) == [255, 255, 255]
    assert shown(60, 30) == [0, 0, 0]
    combo.setCurrentIndex(list(LookKind).index(LookKind.OUTLINE))
    assert shown(150, 110) == [110, 110, 110]
    red, green, _ = shown(150, 60)
    assert red > 200 > 100 > green
    combo.setCurrentIndex(0)
    assert is_red(desk, 150, 110)


# ------------------------------------------------------------------ the pen


def test_the_pen_draws_a_lasso_and_its_other_end_takes_away(desk: Desktop) -> None:
    canvas = desk.window.canvas
    key(desk, Qt.Key.Key_S)
    pen_stroke(canvas, *((x, y, 0.5) for x, y in along(SQUARE)))
    assert area(desk) == pytest.approx(10_000, rel=0.04)
    hole = along(((120, 80), (180, 80), (180, 140), (120, 140)))
    pen_stroke(canvas, *((x, y, 0.5) for x, y in hole), device=RUBBER)
    assert area(desk) == pytest.approx(10_000 - 3_600, rel=0.05)


def test_flow_and_the_pen_reach_the_region(desk: Desktop) -> None:
    options = desk.window.region_panel.brush_options
    options.set_folded(False)
    options.flow.set_value(10)
    options.flow.dragged.emit(10)
    options.to_opacity.setChecked(True)
    canvas = desk.window.canvas
    assert canvas.brush.flow == pytest.approx(0.1)
    assert canvas.brush.pressure_to_opacity
    assert desk.window.commands.pen_opacity.isChecked()
    canvas.set_brush(canvas.brush.resized(15))
    pen_stroke(canvas, (100, 60, 1.0), (200, 60, 1.0))
    pen_stroke(canvas, (100, 140, 0.3), (200, 140, 0.3))
    strong, weak = inside(desk, 150, 60), inside(desk, 150, 140)
    assert 60 < strong < 220
    assert 10 < weak < 0.6 * strong
