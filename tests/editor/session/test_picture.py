"""The picture comes to show the document's state, whatever goes on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.engine.jobs import Render

if TYPE_CHECKING:
    from pathlib import Path

    from tests.editor.session_desk import Desk


def test_a_picture_that_made_way_for_a_preview_that_nobody_wants_any_more_is_shown(
    desk: Desk,
) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.idle()
    desk.forget_pictures()
    desk.engine.delayed.add(Render)
    desk.session.picture.show()
    desk.until(lambda: desk.engine.begun(Render))
    # the preview ends the picture in the engine; it is let go before anybody hears of that
    desk.session.adjustments.preview(desk.history.edits[0].id, weight=0.5)
    desk.session.edits.let_go()
    desk.engine.delayed.clear()
    desk.until(lambda: desk.picture_is_current)


def test_a_project_that_is_opened_says_that_its_edits_are_drawn_until_they_are_seen(
    desk: Desk, tmp_path: Path
) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.session.project_path and not desk.session.files.writing)
    desk.idle()
    desk.engine.delayed.add(Render)
    desk.session.files.open_project(tmp_path / "a.sip")
    told = desk.ear.heard["progress_changed"]
    desk.until(lambda: told[-1] is not None and told[-1].stage == "Drawing the edits")
    assert desk.labels == ["Smile +40"]
    assert not desk.picture_is_current
    assert desk.session.busy
    assert not told[-1].stoppable, "there is nothing to work on without it"
    desk.engine.delayed.clear()
    desk.until(lambda: desk.picture_is_current and told[-1] is None)
    assert desk.ear.last("composite_changed") is not None


def test_a_state_that_undo_brings_back_is_not_waited_for(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("smile", 60)
    desk.idle()
    heard = desk.ear.heard["busy_changed"]
    heard.clear()
    document = desk.session.studio.document
    assert document is not None
    document.composites.clear()
    desk.session.steps.undo()
    desk.idle()
    assert heard == []
