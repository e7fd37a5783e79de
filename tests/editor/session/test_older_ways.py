"""A way to go on that had been left is taken up again, while edits, files and undo cross it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.document.presets import AttributePreset, PresetPart
from editor.document.project import open_project
from editor.engine.jobs import Intervene, Resettle
from tests.editor.session_desk import begin_edit, labels_in, let_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.editor.session_desk import Desk

SMILE, LIPS, BROWS = "Smile +40", "Lip redness +60", "Brow height +30"


def listed(desk: Desk) -> list[str]:
    """All entries of the list, those that are undone too."""
    return [edit.label for edit in desk.history.edits]


@pytest.fixture
def desk(make_desk: Callable[..., Desk], photo: Path) -> Desk:
    """A session with two edits, of which the second was replaced by another way and is back."""
    made = make_desk()
    made.open(photo)
    made.session.regions.apply_preset("mouth")
    made.commit("smile", 40)
    made.commit("lip_redness", 60)
    made.session.steps.undo()
    made.commit("brow_height", 30)
    assert listed(made) == [SMILE, BROWS]
    made.session.steps.undo()
    made.idle()
    assert listed(made) == [SMILE, LIPS]
    made.session.steps.jump(2)
    made.idle()
    assert made.labels == [SMILE, LIPS]
    return made


def test_undo_while_a_save_waits_for_an_edit_upon_an_older_way(desk: Desk, tmp_path: Path) -> None:
    path, steps = tmp_path / "waits.sip", desk.session.steps
    begin_edit(desk, "eyes_open", 20)
    desk.session.files.save_project(path)
    assert desk.session.files.writing
    steps.undo()  # the edit that the file waits for
    steps.undo()  # back to before the older way was taken up
    steps.undo()  # and to before both
    assert desk.labels == []
    let_on(desk)
    assert labels_in(path) == [[SMILE, LIPS]], "as it was when it was asked for"
    assert desk.session.modified
    steps.redo()
    steps.redo()
    desk.idle()
    assert desk.labels == [SMILE, LIPS]
    assert not desk.session.modified


def test_a_save_holds_an_edit_upon_an_older_way_whatever_is_undone_beneath_it(
    desk: Desk, tmp_path: Path
) -> None:
    path, session = tmp_path / "waits.sip", desk.session
    first = desk.history.edits[0].id
    begin_edit(desk, "eyes_open", 20)
    session.adjustments.fade(first, 0.5)  # newer than the edit, so undone before it
    session.files.save_project(path)
    session.steps.undo()
    assert desk.history.edits[0].opacity == 1
    let_on(desk)
    assert labels_in(path) == [[SMILE, LIPS, "Eyes open +20"]]
    project, _ = open_project(path)
    assert project.portraits[0].history.edits[0].opacity == 0.5, "as it was asked for"
    assert desk.labels == [SMILE, LIPS, "Eyes open +20"]
    assert desk.history.edits[0].opacity == 1
    for left in ([SMILE, LIPS], [SMILE], []):
        session.steps.undo()
        desk.idle()
        assert desk.labels == left
    for there in ([SMILE], [SMILE, LIPS], [SMILE, LIPS, "Eyes open +20"]):
        session.steps.redo()
        desk.idle()
        assert desk.labels == there


def test_a_reopened_older_way_goes_back_and_forth(desk: Desk, tmp_path: Path) -> None:
    path, session = tmp_path / "ways.sip", desk.session
    session.steps.undo()
    session.files.save_project(path)
    desk.until(lambda: not session.files.writing)
    before = desk.history
    session.files.open_project(path)
    desk.until(lambda: session.history is not before and not session.busy)
    assert listed(desk) == [SMILE, LIPS]
    session.steps.redo()
    desk.idle()
    assert desk.labels == [SMILE, LIPS]
    session.steps.undo()
    desk.commit("brow_height", 30)
    session.steps.undo()
    desk.idle()
    assert listed(desk) == [SMILE, LIPS]
    assert desk.labels == [SMILE]


def evening() -> AttributePreset:
    parts = (
        PresetPart("mouth", (("smile", 40.0),)),
        PresetPart("eyes", (("eyes_open", 30.0),)),
        PresetPart("brows", (("brow_height", 20.0),), 0.5),
    )
    return AttributePreset("Evening", parts)


def test_a_preset_of_several_regions_is_undone_redone_saved_and_reopened(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk, path = make_desk(), tmp_path / "evening.sip"
    session = desk.session
    desk.open(photo)
    session.sliders.apply_preset_values(evening())
    all_three = ["Smile +40", "Eyes open +30", "Brow height +20"]
    desk.until(lambda: desk.labels == all_three and not session.busy)
    made = desk.history
    for count in (2, 1, 0):
        session.steps.undo()
        assert desk.labels == all_three[:count]
    for count in (1, 2, 3):
        session.steps.redo()
        assert desk.labels == all_three[:count]
    assert desk.history == made
    session.steps.undo()
    session.files.save_project(path)
    desk.until(lambda: not session.files.writing)
    session.files.open_project(path)
    desk.until(lambda: session.history is not made and not session.busy)
    assert desk.labels == all_three[:2]
    assert listed(desk) == all_three
    session.steps.redo()
    desk.idle()
    assert desk.labels == all_three
    assert [edit.region for edit in desk.history.edits] == [edit.region for edit in made.edits]
    assert desk.history.edits[2].opacity == 0.5
    for count in (2, 1, 0):
        session.steps.undo()
        desk.idle()
        assert desk.labels == all_three[:count]
    session.steps.redo()
    desk.idle()
    found = len(desk.engine.begun(Intervene))
    session.sliders.apply_preset_values(evening())
    desk.until(lambda: len(desk.labels) == 3 and not session.busy)
    assert desk.labels == all_three
    assert len(desk.engine.begun(Intervene)) == found + 2, "what stands there is not made again"


def test_a_preset_of_several_regions_is_saved_while_it_is_made(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk, path = make_desk(), tmp_path / "evening.sip"
    session = desk.session
    desk.open(photo)
    desk.engine.delayed.add(Intervene)
    session.sliders.apply_preset_values(evening())
    desk.until(lambda: len(session.edits.pending) == 3)
    session.files.save_project(path)
    session.steps.undo()
    let_on(desk)
    assert labels_in(path) == [["Smile +40", "Eyes open +30"]]
    assert desk.labels == ["Smile +40", "Eyes open +30"]
    assert not session.modified


def test_a_preset_of_several_regions_on_a_draft_is_settled_as_far_as_it_is_not_undone(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk, path = make_desk(drafts=True), tmp_path / "draft.sip"
    session = desk.session
    session.faces_desk.pause_refining(True)
    desk.open(photo)
    session.sliders.apply_preset_values(evening())
    all_three = ["Smile +40", "Eyes open +30", "Brow height +20"]
    desk.until(lambda: desk.labels == all_three and not session.busy)
    made = desk.history
    session.steps.undo()
    session.files.save_project(path)
    desk.until(lambda: not session.files.writing)
    session.files.open_project(path)
    desk.until(lambda: session.history is not made and not session.busy)
    session.faces_desk.pause_refining(False)

    def ready() -> bool:
        waiting = session.refinements.waiting
        return waiting is not None and waiting.is_ready

    desk.until(ready)
    assert len(desk.engine.begun(Resettle)) == 2
    session.steps.redo()
    desk.until(lambda: desk.labels == all_three and ready())
    assert len(desk.engine.begun(Resettle)) == 3
    session.steps.undo()
    session.steps.undo()
    desk.until(ready)
    session.refinements.take()
    assert desk.labels == all_three[:1]
    assert listed(desk) == all_three, "they were settled before they were undone"
    session.steps.undo()
    assert listed(desk) == all_three
    session.steps.jump(3)
    desk.until(ready)
    session.refinements.take()
    session.files.save_project(path)
    desk.until(lambda: not session.files.writing)
    assert labels_in(path) == [all_three]
    assert not session.modified
