"""The picture comes to show the document's state, whatever goes on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.engine.jobs import Render

if TYPE_CHECKING:
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
