"""Named states of a face's edits: kept, returned to, saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.project import open_project
from editor.engine.jobs import Intervene
from tests.editor.session_desk import begin_edit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.editor.session_desk import Desk


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Two edits, a snapshot of them, and a third edit."""
    for region, slider, value in (("mouth", "smile", 60), ("eyes", "eyes_open", 40)):
        desk.session.regions.apply_preset(region)
        desk.commit(slider, value)
    assert desk.session.snapshots.take("  Calm\n")
    desk.session.regions.apply_preset("skin")
    desk.commit("light_from_left", 30)
    desk.idle()
    return desk


def test_a_snapshot_brings_back_what_was_deleted_and_changed_bit_for_bit(kept: Desk) -> None:
    session = kept.session
    (state,) = session.snapshots.states
    assert (state.name, state.position) == ("Calm", 2)
    then = kept.history.at(2).current()
    session.adjustments.delete(kept.history.edits[0].id)
    session.adjustments.weigh(kept.history.edits[0].id, 0.25)
    kept.idle()
    assert kept.labels == ["Eyes open +10", "Light from the left +30"]
    changed = kept.history
    session.snapshots.return_to(state.id)
    assert kept.labels == ["Smile +60", "Eyes open +40"]
    assert kept.history.edits == state.edits
    assert np.array_equal(kept.history.current().values, then.values)
    assert kept.ear.last("undo_changed")[0] == "Return to Calm"
    kept.idle()
    assert kept.picture_is_current
    session.steps.undo()
    kept.idle()
    assert kept.history == changed, "one step of undo"
    session.steps.redo()
    assert kept.labels == ["Smile +60", "Eyes open +40"]


def test_an_edit_under_way_is_taken_back(kept: Desk) -> None:
    session = kept.session
    kept.engine.gate.clear()
    begin_edit(kept, "brow_height", 50)
    session.snapshots.return_to(session.snapshots.states[0].id)
    assert kept.labels == ["Smile +60", "Eyes open +40"]
    kept.engine.gate.set()
    kept.idle()
    assert kept.labels == ["Smile +60", "Eyes open +40"]


def test_names_count_on_and_can_be_changed(kept: Desk) -> None:
    snapshots = kept.session.snapshots
    heard: list[object] = []
    snapshots.changed.connect(heard.append)
    second, third = snapshots.take(), snapshots.take()
    assert [state.name for state in snapshots.states] == ["Calm", "Snapshot 1", "Snapshot 2"]
    snapshots.rename(second, " Louder ")
    snapshots.rename(third, "  ")
    assert [state.name for state in snapshots.states] == ["Calm", "Louder", "Snapshot 2"]
    snapshots.delete(third)
    assert heard[-1] == snapshots.states
    assert len(heard) == 4, "a name of blanks changes nothing"
    asked = len(kept.engine.begun(Intervene))
    snapshots.return_to("nothing")
    assert len(kept.engine.begun(Intervene)) == asked


def test_a_project_keeps_them_also_those_of_edits_that_are_gone(kept: Desk, tmp_path: Path) -> None:
    session, path = kept.session, tmp_path / "work.sip"
    session.adjustments.delete(kept.history.edits[0].id)
    kept.idle()
    session.files.save_project(path, None)
    kept.until(lambda: not session.modified and not session.files.writing)
    session.snapshots.take("Without a smile")
    assert session.modified, "it is to be saved"
    session.files.save_project(path, None)
    kept.until(lambda: not session.modified and not session.files.writing)
    states = session.snapshots.states
    project, _ = open_project(path)
    assert [state.name for state in project.faces[0].snapshots] == ["Calm", "Without a smile"]
    session.files.open_project(path)
    kept.until(lambda: session.snapshots.states and session.snapshots.states is not states)
    assert not session.modified
    session.snapshots.return_to(states[0].id)
    kept.idle()
    assert kept.labels == ["Smile +60", "Eyes open +40"]
    before, after = states[0].edits[0], kept.history.edits[0]
    assert (after.id, after.look) == (before.id, before.look)
    assert after.delta == before.delta
