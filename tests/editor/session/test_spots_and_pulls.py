"""Edits that a tool makes where it is used: healed spots and pulled points."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.carrying import CopiedEdits
from editor.document.goals import Pull
from editor.document.project import open_project
from editor.document.region import RegionMask
from editor.engine.jobs import Intervene
from tests.editor.session_desk import Desk, begin_edit, let_on, said, stroke
from tests.fake_engine import no_face

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.stroke import Stamp


def made(desk: Desk, count: int) -> None:
    desk.until(lambda: len(desk.labels) == count and not desk.session.busy)


def pull(desk: Desk, offsets: dict[int, tuple[float, float]]) -> None:
    desk.session.pulls.pull(offsets)


def state_of(desk: Desk) -> dict[int, tuple[float, float]]:
    state = desk.session.pulls.state
    assert state is not None
    return state.offsets


# ------------------------------------------------------------------ spots


def test_each_healed_spot_is_an_edit_as_large_as_its_stroke(desk: Desk) -> None:
    desk.session.regions.paint_region(stroke(150, 150, radius=30))
    before = desk.session.region
    desk.session.spots.heal(stroke(90, 80, radius=5))
    made(desk, 1)
    desk.session.spots.heal(stroke(200, 120, radius=5))
    made(desk, 2)
    assert desk.labels == ["Heal spot +100", "Heal spot +100"]
    first, second = (edit.region for edit in desk.history.applied)
    assert first.bounds[0] in range(84, 88)
    assert first.bounds[2] <= 42
    assert second.bounds[0] in range(194, 198)
    assert desk.session.region == before, "the region is the user's"
    desk.session.steps.undo()
    assert len(desk.labels) == 1
    desk.session.steps.redo()
    assert len(desk.labels) == 2


def test_spots_are_kept_in_projects_and_are_not_copied(desk: Desk, tmp_path: Path) -> None:
    desk.session.spots.heal(stroke(90, 80, radius=5))
    made(desk, 1)
    desk.commit("smile", 40)
    path = tmp_path / "spots.sip"
    desk.session.files.save_project(path)
    desk.until(lambda: path.exists() and not desk.session.files.writing)
    project, _ = open_project(path)
    assert project.portraits[0].history.applied[0].goals == (("heal_spot", 100.0),)
    portrait = desk.session.portrait
    assert portrait is not None
    copied = CopiedEdits.of(desk.history.applied, portrait.landmarks, None)
    assert [goals for _, _, goals in copied.parts] == [(("smile", 40.0),)]
    assert copied.left_out


def test_a_spot_is_stamped_beside_the_window_and_waited_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long stroke of a large brush takes a second on 100 megapixels."""
    threads: list[str] = []
    stamped = RegionMask.stamped
    gate = threading.Event()

    def slow(mask: RegionMask, one: Stamp) -> RegionMask:
        threads.append(threading.current_thread().name)
        assert gate.wait(60)
        return stamped(mask, one)

    monkeypatch.setattr(RegionMask, "stamped", slow)
    desk.session.spots.heal(stroke(90, 80, radius=5))
    desk.session.spots.heal(stroke(90, 80, radius=5))  # twice the same is one
    path = tmp_path / "spot.sip"
    desk.session.files.save_project(path)
    assert not path.exists()
    gate.set()
    made(desk, 1)
    desk.until(lambda: not desk.session.files.writing)
    assert len(threads) == 1
    assert threads[0].startswith("regions")
    project, _ = open_project(path)
    (edit,) = project.portraits[0].history.applied
    assert edit.brushed is not None
    assert edit.brushed.feathered() == edit.region


def test_escape_that_waits_behind_strokes_is_not_for_a_spot_that_came_later(slow: Desk) -> None:
    slow.session.regions.paint_region(stroke(150, 150))
    slow.session.spots.heal(stroke(90, 80, radius=5))
    slow.session.cancel()
    slow.session.spots.heal(stroke(200, 120, radius=5))
    made(slow, 1)
    slow.idle()
    (edit,) = slow.history.applied
    assert edit.region.bounds[0] in range(194, 198), "the later one"


def test_without_a_face_nothing_is_healed(make_desk: Callable[..., Desk], photo: Path) -> None:
    desk = make_desk(faces=no_face)
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo and not desk.session.studio.finding_faces)
    desk.session.spots.heal(stroke(90, 80, radius=5))
    assert "needs a face" in said(desk)


# ------------------------------------------------------------------ pulls


def test_points_that_are_dragged_one_after_the_other_are_one_edit(desk: Desk) -> None:
    pull(desk, {54: (6.0, -4.0)})
    made(desk, 1)
    assert "“smile area”" in said(desk), "no region was painted"
    assert state_of(desk) == {54: (6.0, -4.0)}
    pull(desk, {54: (6.0, -4.0), 48: (-5.0, -4.0), 8: (0.0, 0.0)})
    desk.until(lambda: len(desk.engine.begun(Intervene)) == 2 and not desk.session.busy)
    assert desk.labels == ["Pull points"]
    (edit,) = desk.history.applied
    assert edit.origin.pulls == ((8, 0.0, 0.0), (48, -5.0, -4.0), (54, 6.0, -4.0))
    last = desk.engine.begun(Intervene)[-1]
    assert isinstance(last, Intervene)
    assert last.portraits[0].history.position == 0, "it is searched for where the first one was"
    state = desk.session.pulls.state
    assert state is not None
    np.testing.assert_allclose(state.now[54] - state.home[54], (6, -4), atol=1e-3)
    desk.session.steps.undo()
    assert state_of(desk) == {54: (6.0, -4.0)}


def test_pins_wait_for_the_first_pull_and_all_points_can_go_back(desk: Desk) -> None:
    pull(desk, {8: (0.0, 0.0)})
    desk.idle()
    assert desk.labels == []
    assert state_of(desk) == {8: (0.0, 0.0)}
    pull(desk, {8: (0.0, 0.0), 19: (0.0, -7.0)})
    made(desk, 1)
    pull(desk, {})
    desk.idle()
    assert desk.labels == []
    assert state_of(desk) == {}
    desk.session.steps.undo()
    assert state_of(desk) == {8: (0.0, 0.0), 19: (0.0, -7.0)}


def test_a_pull_under_way_is_what_the_user_sees_and_can_be_taken_back(desk: Desk) -> None:
    begin_edit(desk)
    pull(desk, {54: (6.0, -4.0)})
    desk.until(lambda: state_of(desk) == {54: (6.0, -4.0)})
    pull(desk, {})
    let_on(desk)
    assert desk.labels == ["Smile +40"]


@pytest.mark.parametrize(
    ("points", "region"),
    [((19, 24), "brows"), ((37, 43), "eyes"), ((5,), "jaw"), ((5, 54), "face")],
)
def test_the_usual_region_is_that_of_the_pulled_points(
    desk: Desk, points: tuple[int, ...], region: str
) -> None:
    pull(desk, {30: (0.0, 0.0), **dict.fromkeys(points, (3.0, 2.0))})
    made(desk, 1)
    assert f"“{region}”" in said(desk)


def test_a_pull_that_its_region_cannot_follow_is_told(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    pull(desk, {54: (6.0, -4.0), 8: (0.0, 0.0)})
    made(desk, 1)
    assert "pulled points" not in said(desk)
    pull(desk, {19: (0.0, -7.0), 54: (0.0, 0.0)})  # a brow; the mouth is only pinned
    desk.idle()
    assert "reaches none of the pulled points" in said(desk)


def test_a_pull_is_kept_in_projects(desk: Desk, tmp_path: Path) -> None:
    pull(desk, {54: (6.0, -4.5), 8: (0.0, 0.0)})
    made(desk, 1)
    path = tmp_path / "pull.sip"
    desk.session.files.save_project(path)
    desk.until(lambda: path.exists() and not desk.session.files.writing)
    project, _ = open_project(path)
    edit = project.portraits[0].history.applied[0]
    assert edit.origin.likeness == "pull"
    assert edit.origin.pulls == ((8, 0.0, 0.0), (54, 6.0, -4.5))


def test_a_pull_can_be_searched_for_again_without_anything_else(desk: Desk) -> None:
    pull(desk, {54: (6.0, -4.5)})
    made(desk, 1)
    face = desk.session.studio.face
    assert face is not None
    (entry,) = desk.history.applied
    assert desk.session.likeness.followed(face, entry) == Pull(((54, 6.0, -4.5),))


@pytest.mark.parametrize("points", [((68, 1.0, 0.0),), ((-1, 1.0, 0.0),), ((3, 1.0, 0.0),) * 2])
def test_points_that_no_face_has_are_refused(points: tuple[tuple[int, float, float], ...]) -> None:
    with pytest.raises(ValueError, match="points"):
        Pull(points)
