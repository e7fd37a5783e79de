"""A slider that changes an edit of another region says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document.region_overlap import overlap
from tests.editor.session_desk import said, stroke

if TYPE_CHECKING:
    from tests.editor.session_desk import Desk


def test_an_edit_that_is_taken_into_another_region_is_told_of(desk: Desk) -> None:
    session = desk.session
    session.regions.paint_region(stroke(140, 120, radius=14))
    desk.commit("smile", 60)
    before = desk.history.edits[0].region
    session.regions.clear_region()
    session.regions.apply_preset("mouth")  # another region, though
    session.regions.clear_region()
    session.regions.paint_region(stroke(142, 122, radius=16))
    desk.idle()
    session.sliders.commit_attribute("smile", 30)
    desk.idle()
    (edit,) = desk.history.edits
    assert 0.5 < overlap(before, edit.region).of_both < 0.98
    assert (
        "Smile +30 replaces “Smile +60”, which was made in another region; undo brings that back."
        in said(desk)
    )
    session.steps.undo()
    desk.idle()
    assert desk.labels == ["Smile +60"]
    assert desk.history.edits[0].region == before


def test_a_region_that_is_brushed_on_is_no_other_region(desk: Desk) -> None:
    session = desk.session
    session.regions.paint_region(stroke(140, 120, radius=14))
    desk.commit("smile", 60)
    session.regions.paint_region(stroke(150, 126, radius=12))
    desk.idle()
    session.sliders.commit_attribute("smile", 30)
    desk.idle()
    assert desk.labels == ["Smile +30"]
    session.sliders.reset_attribute("smile")
    desk.idle()
    assert "replaces" not in said(desk)
