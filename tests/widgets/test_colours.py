"""The colour wheel, the swatches, and the colours that were used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.widgets.hands import LEFT, drag
from widgets.colours import SWATCHES, Colours, ColourWheel
from widgets.settings import Settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from editor.document.paint import Colour
    from widgets.canvas import PhotoCanvas


@pytest.fixture
def wheel(qtbot: QtBot) -> ColourWheel:
    made = ColourWheel()
    qtbot.addWidget(made)
    made.resize(220, 200)
    made.show()
    return made


@pytest.mark.parametrize("wanted", [(200, 60, 60), (20, 90, 200), (120, 200, 90)])
def test_a_colour_is_chosen_where_it_is_shown(
    qtbot: QtBot, wheel: ColourWheel, wanted: Colour
) -> None:
    heard: list[Colour] = []
    wheel.chosen.connect(heard.append)
    for place in wheel.place_of(wanted):
        qtbot.mouseClick(wheel, LEFT, pos=place.toPoint())
    assert heard[-1] == wheel.colour
    assert heard[-1] == pytest.approx(wanted, abs=9)


def test_it_is_dragged_and_stays_inside(qtbot: QtBot, wheel: ColourWheel) -> None:
    wheel.show_colour((200, 60, 60))
    _, inside = wheel.place_of((200, 60, 60))
    qtbot.mousePress(wheel, LEFT, pos=inside.toPoint())
    qtbot.mouseMove(wheel, QPoint(500, -90))
    assert wheel.colour == pytest.approx((255, 0, 0), abs=2), "purest and lightest of its hue"
    qtbot.mouseRelease(wheel, LEFT, pos=QPoint(500, -90))
    qtbot.mouseMove(wheel, QPoint(10, 10))
    assert wheel.colour == pytest.approx((255, 0, 0), abs=2)


def test_keys_and_grey(qtbot: QtBot, wheel: ColourWheel) -> None:
    wheel.show_colour((20, 90, 200))
    wheel.show_colour((90, 90, 90))
    assert wheel.colour == (90, 90, 90)
    wheel.setFocus()
    for _ in range(10):
        qtbot.keyClick(wheel, Qt.Key.Key_PageUp)
    red, green, blue = wheel.colour
    assert blue > green > red, "the hue that was there before it was grey"
    before = sum(wheel.colour)
    qtbot.keyClick(wheel, Qt.Key.Key_Down)
    assert sum(wheel.colour) < before


def test_swatches_paint_and_what_was_painted_with_is_kept(
    qtbot: QtBot, canvas: PhotoCanvas
) -> None:
    settings = Settings(None)
    panel = Colours(canvas, settings)
    qtbot.addWidget(panel)
    panel.show()
    needed: list[bool] = []
    panel.needed.connect(lambda: needed.append(True))
    qtbot.mouseClick(panel.swatches[6], LEFT)
    assert canvas.brush.paint
    assert canvas.brush.colour == SWATCHES[6][1] == panel.wheel.colour
    assert needed == [True]
    assert panel.used == []
    drag(qtbot, canvas, (100, 100), (150, 120))
    qtbot.mouseClick(panel.swatches[0], LEFT)
    drag(qtbot, canvas, (100, 150), (150, 160))
    drag(qtbot, canvas, (100, 180), (150, 190))
    assert panel.used == [SWATCHES[0][1], SWATCHES[6][1]]
    again = Colours(canvas, settings)
    qtbot.addWidget(again)
    assert again.used == panel.used
    settings.write("colours", '[[1, 2], "x", [1, 2, 300], [4, 5, 6]]')
    damaged = Colours(canvas, settings)
    qtbot.addWidget(damaged)
    assert damaged.used == [(4, 5, 6)]


def test_the_brush_says_what_shift_does(canvas: PhotoCanvas) -> None:
    told: list[str] = []
    canvas.hint_changed.connect(told.append)
    canvas.set_brush(canvas.brush.as_tool(canvas.brush.tool, erase=True))
    canvas.set_brush(canvas.brush.dipped((1, 2, 3)))
    assert all("Shift+click draws a line" in hint for hint in told)
    assert "Alt brushes" in told[0]
    assert "Alt+click takes a colour" in told[1]
