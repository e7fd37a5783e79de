"""The window while a draft is refined: what a user sees and can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.engine.jobs import Intervene
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
    assert "draft" in window.face_panel.quality.text()
    assert window.status.refining.text() == "Refining paused · 0 %"
    assert not window.status.stage.isVisible(), "nobody waits"
    desk.brush((120, 150), (190, 150))
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    assert desk.engine.begun(Intervene)
    assert window.status.pause.text() == "Resume"
    desk.click(window.status.pause)
    desk.until(lambda: "27.5 dB" in window.face_panel.quality.text())
    assert window.status.refining.text() == "Refined: 27.5 dB; your edits lie on top"
    assert window.status.refining.isVisible()
    assert not window.status.pause.isVisible()
    assert len(desk.labels) == 1
    assert not window.face_panel.analyse.isVisible()


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
