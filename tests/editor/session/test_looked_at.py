"""Which entry of the history is looked at: what is made or changed, until the user chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editor.session_desk import begin_edit, let_on

if TYPE_CHECKING:
    from tests.editor.session_desk import Desk


def test_what_is_made_newly_is_looked_at_and_no_longer_an_older_entry(desk: Desk) -> None:
    """Strength and sliders stayed the older entry's, and changed that."""
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("mouth_open", 30)
    desk.session.adjustments.choose(desk.history.edits[0].id)
    desk.commit("lip_redness", 50)
    assert desk.session.adjustments.chosen == ""
    assert desk.labels[-1] == "Lip redness +50"


@pytest.mark.parametrize("value", [-20, 15], ids=["searched", "scaled"])
def test_an_entry_that_is_changed_by_its_slider_is_looked_at(desk: Desk, value: int) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("mouth_open", 30)
    desk.commit("lip_redness", 50)
    first, second, _ = desk.history.edits
    desk.session.adjustments.choose(first.id)
    desk.commit("mouth_open", value)
    assert desk.session.adjustments.chosen == second.id


def test_an_entry_that_is_chosen_while_an_edit_computes_stays_chosen(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    begin_edit(desk, "mouth_open", 30)
    desk.session.adjustments.choose(desk.history.edits[0].id)
    let_on(desk)
    assert desk.labels == ["Smile +40", "Mouth open +30"]
    assert desk.session.adjustments.chosen == desk.history.edits[0].id


def test_an_edit_of_another_face_takes_no_choice_away(two: Desk) -> None:
    two.session.regions.apply_preset("mouth")
    two.commit("smile", 40)
    begin_edit(two, "mouth_open", 30)
    two.session.faces_desk.choose_face(1)
    two.session.regions.apply_preset("mouth")
    two.session.edits.chosen = "of the second face"
    let_on(two)
    assert two.session.edits.chosen == "of the second face"
