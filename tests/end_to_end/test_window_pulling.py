"""Spots that are clicked and points that are dragged, over the canvas of a whole window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from tests.end_to_end.desktop import LEFT, Desktop
from widgets.brush import Tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from widgets.pull_tool import PullTool

    Make = Callable[..., Desktop]


def spot(desk: Desktop, number: int) -> tuple[float, float]:
    return tool(desk).spot(number)


def tool(desk: Desktop) -> PullTool:
    found = desk.window.pulling.tool
    assert found is not None
    return found


def drag(desk: Desktop, start: QPoint, by: QPoint) -> None:
    canvas = desk.window.canvas
    desk.qtbot.mousePress(canvas, LEFT, pos=start)
    desk.qtbot.mouseMove(canvas, start + by / 2)
    desk.qtbot.mouseMove(canvas, start + by)
    desk.qtbot.mouseRelease(canvas, LEFT, pos=start + by)


def test_a_click_heals_a_spot_and_leaves_the_region_alone(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    canvas, panel = desk.window.canvas, desk.window.region_panel
    desk.click(panel.tool_buttons[Tool.HEAL])
    canvas.set_brush(canvas.brush.resized(6))
    assert desk.window.commands.shapes[Tool.HEAL].isChecked()
    desk.brush((120, 100))
    desk.until(lambda: desk.labels == ["Heal spot +100"])
    desk.brush((180, 140), (190, 150))
    desk.until(lambda: desk.labels == ["Heal spot +100"] * 2)
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty
    assert not canvas.waiting_strokes
    assert not canvas.stroking
    desk.window.commands.undo.trigger()
    desk.until(lambda: desk.labels == ["Heal spot +100"])
    desk.window.commands.brush.trigger()
    desk.brush((120, 100), (150, 110))
    desk.until(lambda: desk.session.region and not desk.session.region.mask.is_empty)
    assert desk.labels == ["Heal spot +100"]


def test_points_are_pulled_over_the_edited_photo_pinned_and_reset(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, canvas = desk.window, desk.window.canvas
    desk.until(window.commands.pull.isEnabled)
    window.commands.pull.trigger()
    assert window.pulling.bar.isVisible()
    assert not canvas.pictures.photo.original, "it lies over the edits"
    desk.window.commands.face.trigger()
    corner, chin = 54, 8
    desk.qtbot.mouseClick(canvas, LEFT, pos=desk.at(*spot(desk, chin)))
    drag(desk, desk.at(*spot(desk, corner)), QPoint(18, -12))
    desk.until(lambda: desk.labels == ["Pull points"])
    assert desk.session.history is not None
    pulls = {number: (x, y) for number, x, y in desk.session.history.applied[0].origin.pulls}
    zoom = canvas.view.zoom / canvas.devicePixelRatio()
    assert pulls[chin] == (0.0, 0.0)
    assert abs(pulls[corner][0] - 18 / zoom) < 1.5 / zoom
    assert abs(pulls[corner][1] + 12 / zoom) < 1.5 / zoom
    desk.qtbot.mouseClick(canvas, LEFT, pos=desk.at(*spot(desk, chin)))
    desk.until(lambda: [*tool(desk).offsets] == [corner])
    canvas.repaint()
    desk.click(window.pulling.bar.take_away)
    desk.until(lambda: not desk.labels and not desk.session.busy)
    window.commands.undo.trigger()
    desk.until(lambda: desk.labels == ["Pull points"])
    desk.qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.pulling.active
    assert not window.pulling.bar.isVisible()
    assert desk.labels == ["Pull points"]


def test_only_one_tool_has_the_pointer(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window = desk.window
    desk.until(window.commands.pull.isEnabled)
    window.commands.pull.trigger()
    window.commands.align.trigger()
    assert window.alignment.active
    assert not window.pulling.active
    window.commands.pull.trigger()
    assert not window.alignment.active
    window.commands.edit_square.trigger()
    assert window.square.active
    assert not window.pulling.active
    window.square.leave()


def test_a_pull_that_is_undone_while_another_point_is_dragged_stays_undone(
    make: Make, photo: Path
) -> None:
    desk = make()
    desk.open(photo)
    window, canvas = desk.window, desk.window.canvas
    desk.until(window.commands.pull.isEnabled)
    window.commands.pull.trigger()
    window.commands.face.trigger()
    left, right, by = 48, 54, QPoint(12, -8)
    drag(desk, desk.at(*spot(desk, right)), by)
    desk.until(lambda: desk.labels == ["Pull points"] and not desk.session.busy)
    start = desk.at(*spot(desk, left))
    desk.qtbot.mousePress(canvas, LEFT, pos=start)
    desk.qtbot.mouseMove(canvas, start + by)
    desk.session.steps.undo()
    desk.until(lambda: not desk.labels)
    assert [*tool(desk).offsets] == [left], "what is in hand stays there"
    desk.qtbot.mouseRelease(canvas, LEFT, pos=start + by)
    desk.until(lambda: desk.labels == ["Pull points"] and not desk.session.busy)
    assert desk.session.history is not None
    assert [number for number, _, _ in desk.session.history.applied[0].origin.pulls] == [left]


def test_pull_has_a_button_that_says_what_is_in_hand(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, panel = desk.window, desk.window.region_panel
    heal = panel.tool_buttons[Tool.HEAL]
    desk.click(heal)
    desk.click(panel.pull_button)
    assert window.pulling.active
    assert panel.pull_button.isChecked()
    assert not heal.isChecked()
    window.canvas.set_brush(window.canvas.brush.resized(9))
    assert panel.pull_button.isChecked(), "a size is no tool"
    desk.click(heal)  # which was in hand before
    assert not window.pulling.active
    assert heal.isChecked()
    window.commands.pull.trigger()
    assert panel.pull_button.isChecked()
    window.commands.brush.trigger()
    assert not window.pulling.active
    assert panel.brush_button.isChecked()
    window.commands.pull.trigger()
    desk.qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert panel.brush_button.isChecked()
    desk.session.steps.undo()


def test_the_pull_button_stays_up_where_there_is_nothing_to_pull(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    panel = desk.window.region_panel
    assert desk.session.studio.face is not None
    desk.session.studio.face.portrait = None
    desk.click(panel.pull_button)
    assert not desk.window.pulling.active
    assert panel.brush_button.isChecked()
