"""The reference's expression, and a neutral one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.expressions import BEHIND_LIPS, OPENED, expression_goals
from editor.document.face_regions import preset
from editor.document.project import open_project
from editor.engine.expression_jobs import CompareExpressions
from editor.engine.jobs import Intervene
from tests import fake_likenesses
from tests.editor.session_desk import Desk, begin_edit, said, stroke
from tests.fake_engine import face_at, one_face

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.face import DetectedFace
    from editor.document.photo import Photo

BOTH = "Smile +40, Brow height -100"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.png"
    Image.fromarray(np.full((90, 90, 3), 150, np.uint8)).save(path)
    return path


def with_closed_lips(photo: Photo) -> tuple[DetectedFace, ...]:
    (face,) = one_face(photo)
    return (replace(face, landmarks=closed(face.landmarks)),)


def closed(landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    landmarks = landmarks.copy()
    landmarks[60:68, 1] = landmarks[60:68, 1].mean()
    landmarks.setflags(write=False)
    return landmarks


def follow(desk: Desk, path: Path) -> None:
    desk.session.likeness.open_reference(path)
    desk.until(lambda: desk.session.reference)


def interventions(desk: Desk) -> list[Intervene]:
    return [job for job in desk.engine.begun(Intervene) if isinstance(job, Intervene)]


def test_an_expression_is_copied_in_one_edit(desk: Desk, other: Path) -> None:
    desk.session.expressions.copy()
    assert "Open a reference photo first" in said(desk)
    follow(desk, other)
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels)
    desk.idle()
    assert desk.labels == [BOTH], "by less than 15 nothing is asked; 100 is as far as it goes"
    assert "Brow height: as far as it goes" in said(desk)
    session = desk.session
    assert session.region is not None
    assert session.region.mask.is_empty, "what the user brushed is not touched"
    assert session.photo is not None
    landmarks = session.faces[0].landmarks
    size = session.photo.width, session.photo.height
    for name in ("smile", "brows"):
        mask = preset(name, landmarks, *size)
        region = desk.history.edits[0].region
        inside = region.full()[mask.full() > 0]
        assert (inside > 100).mean() > 0.8, f"the usual region of {name} is in it"
    session.steps.undo()
    assert desk.labels == []
    session.steps.redo()
    assert desk.labels == [BOTH]


def test_what_the_face_does_already_is_not_asked_again(desk: Desk, other: Path) -> None:
    follow(desk, other)
    desk.session.regions.apply_preset("smile")
    desk.commit("smile", 20)
    desk.session.regions.clear_region()
    desk.session.expressions.copy()
    desk.until(lambda: len(desk.labels) == 2)
    desk.idle()
    assert desk.labels == ["Smile +20", "Smile +20, Brow height -100"]
    desk.session.expressions.copy()
    desk.until(lambda: "has that expression already" in said(desk) or len(desk.labels) > 2)
    desk.idle()
    assert len(desk.labels) == 2


def test_an_entry_that_is_weighed_is_topped_up_where_it_stands(desk: Desk, other: Path) -> None:
    follow(desk, other)
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels)
    desk.idle()
    entry = desk.history.edits[0]
    desk.session.adjustments.weigh(entry.id, 0.5)
    assert desk.labels == ["Smile +20, Brow height -50"]
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels == [BOTH])
    desk.idle()
    assert [edit.id for edit in desk.history.applied] == [entry.id]


def test_only_what_the_brushed_region_covers_is_asked_for(desk: Desk, other: Path) -> None:
    follow(desk, other)
    desk.session.regions.apply_preset("brows")
    desk.session.masks.keep_half(left=True)
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels)
    desk.idle()
    assert desk.labels == ["Brow height -100"]
    assert interventions(desk)[-1].region == desk.session.regions.soft()


def test_a_region_of_nothing_that_moves_says_so(desk: Desk, other: Path) -> None:
    follow(desk, other)
    desk.session.regions.paint_region(stroke(3, 3, radius=3))
    desk.session.expressions.copy()
    desk.until(lambda: "already" in said(desk))
    desk.idle()
    assert desk.labels == []


def test_a_region_that_a_slider_made_is_nobodys_choice(desk: Desk, other: Path) -> None:
    follow(desk, other)
    desk.commit("eyes_open", 20)
    desk.session.expressions.copy()
    desk.until(lambda: len(desk.labels) == 2)
    assert desk.labels[1] == BOTH


def test_a_laugh_gets_smaller_and_no_more_is_taken_of_it(desk: Desk) -> None:
    desk.session.expressions.neutralise()
    desk.until(lambda: "gets smaller, and does not close" in said(desk))
    desk.until(lambda: desk.labels)
    assert desk.labels == ["Smile -30"], "the lips stay open: the brows stay with them"


def test_a_laugh_gets_smaller_only_so_far(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = (("smile", -95.0), ("mouth_open", -70.0), ("eyes_open", 30.0))
    monkeypatch.setattr(fake_likenesses, "NEUTRAL", wanted)
    desk.session.expressions.neutralise()
    desk.until(lambda: desk.labels)
    assert desk.labels == ["Smile -60, Mouth open -40"]
    assert "as far as it goes" not in said(desk), "it was told why already"


def test_a_face_is_made_neutral(make_desk: Callable[..., Desk], photo: Path) -> None:
    desk = make_desk(faces=with_closed_lips)
    desk.open(photo)
    desk.idle()
    desk.session.expressions.neutralise()
    desk.until(lambda: desk.labels)
    assert desk.labels == ["Smile -30, Brow height +50"]
    job = desk.engine.begun(CompareExpressions)[0]
    assert isinstance(job, CompareExpressions)
    assert job.reference is None


def test_closed_lips_are_asked_for_less_since_their_slider_bends_them_farther(
    make_desk: Callable[..., Desk], photo: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = attributes.bends([("smile", 1.0)], closed=True)
    monkeypatch.setattr(fake_likenesses, "COPIED", (("smile", 20.0 * far),))
    desk = make_desk(faces=with_closed_lips)
    desk.open(photo)
    follow(desk, other)
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels)
    assert desk.labels == ["Smile +20"]


def test_closed_lips_take_over_less_of_a_smile_that_shows_teeth() -> None:
    opened = face_at(200, 150, 120).landmarks
    far = attributes.bends([("smile", 1.0)], closed=True)

    def asked(points: NDArray[np.float64], *values: tuple[str, float]) -> float:
        found = expression_goals(values, {name: name for name, _ in values}, points)
        return {goal.attribute: goal.value for goal in found.goals}["smile"]

    smile, teeth = ("smile", 60.0 * far), ("mouth_open", 80.0)
    assert asked(closed(opened), smile, ("mouth_open", 10.0)) == 60
    assert asked(closed(opened), smile, teeth) == round(BEHIND_LIPS * 60)
    assert asked(closed(opened), ("smile", 900.0), teeth) == round(BEHIND_LIPS * 100)
    assert asked(closed(opened), ("smile", 18.0 * far), teeth) == round(BEHIND_LIPS * 18)
    assert asked(opened, ("smile", 60.0), teeth) == 60


def test_a_mouth_opens_no_farther_than_its_teeth_bear() -> None:
    found = expression_goals(
        (("mouth_open", 95.0),), {"mouth_open": "Mouth open"}, face_at(200, 150, 120).landmarks
    )
    assert [goal.value for goal in found.goals] == [OPENED]
    assert "as far as it goes" in found.whys[0]


def test_a_slight_tilt_of_brows_is_left() -> None:
    landmarks = face_at(200, 150, 120).landmarks
    values = (("smile", 60.0), ("brow_tilt", 30.0), ("brow_frown", -45.0))
    found = expression_goals(values, {name: name for name, _ in values}, landmarks)
    assert [goal.attribute for goal in found.goals] == ["smile", "brow_frown"]


def test_what_nobody_moved_is_left() -> None:
    landmarks = face_at(200, 150, 120).landmarks
    values = (("smile", 60.0), ("gaze", -30.0), ("brow_height", -30.0), ("eyes_open", -20.0))
    found = expression_goals(values, {name: name for name, _ in values}, landmarks)
    assert [goal.attribute for goal in found.goals] == ["smile", "eyes_open"]
    values = (("gaze", -45.0), ("brow_height", 42.0))
    found = expression_goals(values, {name: name for name, _ in values}, landmarks)
    assert [goal.attribute for goal in found.goals] == ["gaze", "brow_height"]


def test_closed_lips_smile_only_so_far(
    make_desk: Callable[..., Desk], photo: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = (("smile", 180.0), ("mouth_open", 120.0), ("eyes_open", -80.0))
    monkeypatch.setattr(fake_likenesses, "COPIED", wanted)
    monkeypatch.setattr(fake_likenesses, "NEUTRAL", (("smile", -90.0),))
    desk = make_desk(faces=with_closed_lips)
    desk.open(photo)
    follow(desk, other)
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels)
    desk.idle()
    assert desk.labels == ["Smile +50, Eyes open -60"]
    assert "Smile, Eyes open: as far as it goes" in said(desk)
    assert "Lips that are closed stay closed" in said(desk)
    desk.session.steps.undo()
    desk.session.expressions.neutralise()
    desk.until(lambda: desk.labels)
    assert desk.labels == ["Smile -40"]
    assert "Only 40 of a smile" in said(desk)


def test_it_comes_after_edits_that_are_under_way(desk: Desk, other: Path) -> None:
    follow(desk, other)
    desk.session.regions.apply_preset("smile")
    begin_edit(desk, "smile", 20)
    desk.session.regions.clear_region()
    desk.session.expressions.copy()
    assert not desk.engine.begun(CompareExpressions)
    desk.engine.delayed.clear()
    desk.until(lambda: len(desk.labels) == 2)
    assert desk.labels == ["Smile +20", "Smile +20, Brow height -100"]


def test_it_stays_with_the_face_that_it_was_asked_for(two: Desk, other: Path) -> None:
    desk = two
    follow(desk, other)
    desk.engine.delayed.add(CompareExpressions)
    desk.session.expressions.copy()
    desk.until(lambda: desk.engine.begun(CompareExpressions))
    desk.session.faces_desk.choose_face(1)
    desk.engine.delayed.clear()
    document = desk.session.studio.document
    assert document is not None
    first = document.faces[0]
    desk.until(lambda: first.portrait is not None and first.portrait.history.applied)
    desk.idle()
    assert first.portrait is not None
    assert [edit.label for edit in first.portrait.history.applied] == [BOTH]


def test_a_project_keeps_it(desk: Desk, other: Path, tmp_path: Path) -> None:
    follow(desk, other)
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels)
    desk.idle()
    kept = desk.history.applied
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    project, _ = open_project(tmp_path / "a.sip")
    assert project.portraits[0].history.applied == kept


def begin_comparing(desk: Desk, other: Path) -> None:
    """Ask for an expression that is compared until ``desk.engine.delayed`` is empty."""
    follow(desk, other)
    desk.engine.delayed.add(CompareExpressions)
    desk.session.expressions.copy()
    desk.until(lambda: desk.engine.begun(CompareExpressions))


def test_a_save_holds_an_expression_that_is_still_compared(
    desk: Desk, other: Path, tmp_path: Path
) -> None:
    begin_comparing(desk, other)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.engine.delayed.clear()
    desk.until(lambda: desk.ear.heard["saved"])
    project, _ = open_project(tmp_path / "a.sip")
    assert [edit.label for edit in project.portraits[0].history.applied] == [BOTH]


@pytest.mark.parametrize("way", ["escape", "undo"])
def test_an_expression_that_is_compared_can_be_taken_back(
    desk: Desk, other: Path, way: str
) -> None:
    begin_comparing(desk, other)
    assert desk.session.busy
    if way == "escape":
        desk.session.cancel()
    else:
        desk.session.steps.undo()
    desk.engine.delayed.clear()
    desk.idle()
    assert not desk.session.edits.pending
    assert not desk.engine.begun(Intervene)
    desk.session.expressions.copy()
    desk.until(lambda: desk.labels)
    assert desk.labels == [BOTH]


def test_a_comparison_that_fails_keeps_nobody_waiting(
    desk: Desk, other: Path, tmp_path: Path
) -> None:
    follow(desk, other)
    desk.engine.fail[CompareExpressions] = EngineFailure(
        EngineError("bad_request", "No.", "Again.")
    )
    desk.session.expressions.copy()
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    assert desk.ear.last("failed").title == "No."
    desk.idle()
    assert not desk.session.edits.pending


def test_an_expression_is_copied_twice_and_both_are_undone(desk: Desk, other: Path) -> None:
    follow(desk, other)
    session = desk.session
    session.expressions.copy()
    session.expressions.copy()
    desk.idle()
    once = desk.history
    assert desk.labels == [BOTH], "the second one changes nothing"
    session.steps.undo()
    desk.idle()
    assert desk.labels == []
    assert desk.ear.last("undo_changed")[0] == ""
    session.steps.redo()
    desk.idle()
    assert desk.history == once
    session.expressions.copy()
    desk.idle()
    assert desk.labels == [BOTH]
    session.adjustments.weigh(desk.history.edits[0].id, 0.5)
    session.expressions.copy()
    desk.idle()
    assert len(desk.labels) <= 2
    for _ in range(2):
        session.steps.undo()
        desk.idle()
    assert desk.history == once


def test_two_expressions_that_are_compared_are_taken_back_one_by_one(
    desk: Desk, other: Path
) -> None:
    follow(desk, other)
    session = desk.session
    desk.engine.delayed.add(CompareExpressions)
    session.expressions.copy()
    session.expressions.copy()
    desk.until(lambda: desk.engine.begun(CompareExpressions))
    assert len(session.edits.pending) == 2
    session.steps.undo()
    assert len(session.edits.pending) == 1
    session.steps.undo()
    assert not session.edits.pending
    desk.engine.delayed.clear()
    desk.idle()
    assert desk.labels == []
    session.steps.undo()
    assert "There is nothing to undo." in said(desk)
