"""The window while a draft is refined: what a user sees and can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from editor.engine.jobs import Intervene, Resettle
from widgets.pixels import pixels_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.end_to_end.desktop import Desktop


@pytest.fixture
def desk(make: Callable[..., Desktop], photo: Path) -> Desktop:
    """A window with a draft, its refinement paused."""
    made = make(drafts=True)
    made.session.faces_desk.pause_refining(True)
    made.open(photo)
    made.until(lambda: not made.session.busy)
    return made


def test_sliders_work_on_the_draft_and_the_strip_tells_how_far_the_refinement_is(
    desk: Desktop,
) -> None:
    window = desk.window
    assert window.face_panel.quality.text() == "Face preview, paused"
    assert window.status.refining.text() == "Face preview, paused"
    assert not window.status.stage.isVisible(), "nobody waits"
    desk.brush((120, 150), (190, 150))
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    assert desk.engine.begun(Intervene)
    assert window.status.pause.text() == "Resume"
    desk.click(window.status.pause)
    desk.until(window.status.take.isVisible)
    assert window.status.refining.text() == "Improved, your edits too"
    assert window.status.refining.isVisible()
    assert not window.status.pause.isVisible()
    assert len(desk.labels) == 1
    assert not window.face_panel.analyse.isVisible()


def test_a_face_without_edits_is_refined_without_a_question(desk: Desktop) -> None:
    window = desk.window
    desk.click(window.status.pause)
    desk.until(lambda: "very good" in window.face_panel.quality.text())
    assert window.status.refining.text() == "Face preview: very good"
    assert window.status.refining.isVisible()
    assert not window.status.take.isVisible()
    assert not window.status.keep.isVisible()


@pytest.fixture
def refined(desk: Desktop) -> Desktop:
    """An edit of the draft is settled on the refined face, and the user is to choose."""
    desk.brush((120, 150), (190, 150))
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    desk.session.faces_desk.pause_refining(False)
    desk.until(desk.window.status.take.isVisible)
    desk.until(lambda: not desk.session.busy)
    return desk


def test_the_user_sees_both_and_then_takes_the_refined_edit(refined: Desktop) -> None:
    desk, status, canvas = refined, refined.window.status, refined.window.canvas
    assert "draft" in desk.window.face_panel.quality.text(), "nothing was changed unasked"
    assert "compare" in desk.window.banner.text.text()
    desk.window.banner.clear()
    canvas.curtain.set_on(True)
    assert canvas.overlay_visible
    drafted = pixels_of(canvas.grab().toImage())
    desk.click(status.compare)
    assert status.refining.text() == "It is being drawn, improved…"
    assert not canvas.overlay_visible, "comparing is for looking"
    desk.until(lambda: status.refining.text() == "You see it improved")
    assert not np.array_equal(pixels_of(canvas.grab().toImage()), drafted), "not said before"
    desk.qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert not status.compare.isChecked()
    assert np.array_equal(pixels_of(canvas.grab().toImage()), drafted)
    desk.qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert status.compare.isChecked()
    desk.click(status.take)
    desk.until(lambda: "very good" in desk.window.face_panel.quality.text())
    for button in (status.compare, status.take, status.keep):
        assert not button.isVisible()
    assert not desk.window.commands.refined.isChecked()
    assert not desk.window.commands.take_refined.isEnabled()
    assert desk.window.history_panel.list.count() == 2
    desk.qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: "draft" in desk.window.face_panel.quality.text())
    assert status.take.isVisible(), "the choice is back"


def test_the_user_keeps_the_draft_by_its_key(refined: Desktop) -> None:
    desk, status = refined, refined.window.status
    before = desk.session.history
    control = Qt.KeyboardModifier.ControlModifier
    desk.qtbot.keyClick(desk.window.canvas, Qt.Key.Key_K, control)
    assert desk.session.history == before
    assert not status.keep.isVisible()
    assert not status.refining.isVisible()
    assert not desk.window.face_panel.analyse.isVisible()
    desk.qtbot.keyClick(desk.window.canvas, Qt.Key.Key_T, control)
    assert desk.session.history == before, "there is nothing to take any more"


def test_the_strip_tells_how_far_the_settling_is_and_it_can_be_stopped(desk: Desktop) -> None:
    window, status = desk.window, desk.window.status
    desk.brush((120, 150), (190, 150))
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    desk.engine.delayed.add(Resettle)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: status.refining.text().startswith("Edits, being improved"))
    assert not status.stage.isVisible(), "nobody waits"
    assert status.pause.isVisible()
    assert not status.take.isVisible()
    desk.click(status.pause)
    assert status.refining.text() == "Edits, paused"
    desk.click(status.pause)
    desk.click(status.keep)
    desk.until(lambda: not status.pause.isVisible())
    assert not status.keep.isVisible()
    assert len(desk.labels) == 1
    assert window.session.portrait is not None
    assert not window.session.portrait.is_draft


def test_a_window_is_closed_while_edits_are_settled(desk: Desktop) -> None:
    desk.brush((120, 150), (190, 150))
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    desk.engine.delayed.add(Resettle)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.engine.begun(Resettle))
    desk.session.files.set_saved()
    desk.window.close()
    desk.until(lambda: not desk.window.isVisible())
    desk.until(lambda: desk.engine.closed)
    assert desk.engine.begun(Resettle)[0] in desk.engine.released


def test_a_light_tells_how_well_the_region_is_rebuilt_while_it_is_brushed(desk: Desktop) -> None:
    light, canvas = desk.window.region_panel.light, desk.window.canvas
    portrait = desk.session.portrait
    assert portrait is not None
    assert light.text() == ""
    left, right = ((x, 32.0) for x in (6.0, 58.0))  # the fake's misfit rises from left to right
    (lx, ly), (rx, ry) = (portrait.crop.to_photo @ [*point, 1] for point in (left, right))
    seen: list[str] = []
    canvas.stroke_moved.connect(lambda: seen.append(light.text()))
    canvas.set_brush(canvas.brush.resized(6))
    desk.brush((lx, ly - 5), (lx, ly), (lx, ly + 5))
    assert light.text().endswith("good")
    assert "well" in light.toolTip()
    desk.session.regions.clear_region()
    assert light.text() == ""
    desk.brush((rx, ry - 5), (rx, ry), (rx, ry + 5))
    assert light.text().endswith("weak")
    assert "poorly" in light.toolTip()
    assert any(text.endswith("weak") for text in seen), "before the brush was lifted"
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: not desk.session.inverting)
    assert light.text().endswith("fair"), "the refined face is rebuilt better"
    desk.session.steps.undo()
    assert light.text() == ""


def test_the_face_can_be_tinted_by_how_badly_it_is_rebuilt(desk: Desktop) -> None:
    window = desk.window

    def pixels() -> NDArray[np.uint8]:
        return pixels_of(window.canvas.grab().toImage())

    plain = pixels()
    window.commands.quality.trigger()
    assert (pixels() != plain).mean() > 0.02
    window.commands.original.setChecked(True)
    assert (pixels() != plain).mean() < 0.02, "not over the original"
    window.commands.original.setChecked(False)
    window.commands.quality.trigger()
    assert np.array_equal(pixels(), plain)
