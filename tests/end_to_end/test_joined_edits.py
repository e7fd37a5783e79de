"""One edit with several sliders does what they do one after another, and stays one entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from editor.document.face_regions import preset
from editor.document.goals import Goal, Guess
from editor.engine import joining
from editor.engine.handlers import editing
from editor.engine.jobs import Drag, Preview, Progress
from tests.end_to_end.crossings import crossed, finished, job_of
from tests.end_to_end.late_engine import tiny_engine
from tests.end_to_end.test_crossings import (
    a_redo,
    a_save,
    a_snapshot,
    a_switch,
    a_weight,
    an_export,
    an_undo,
)
from tests.end_to_end.test_engine_turned import Turned, turned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.history import Edit, Portrait
    from editor.document.region import RegionMask
    from editor.engine.compositing.renders import RenderedEdit
    from editor.engine.engine import Engine
    from editor.engine.jobs import Finished, Intervene, Intervention
    from tests.end_to_end.crossings import Crossing

__all__ = ["crossed", "tiny_engine", "turned"]  # fixtures

JOINED = {
    "head_turn": 50.0, "lip_redness": 60.0, "smooth_skin": 40.0, "hair_brightness": 40.0,
    "smile": 50.0, "apparent_age": 0.0,
}  # fmt: skip
ORDER = "smooth_skin", "hair_brightness", "lip_redness", "smile", "head_turn"


def asked(goals: dict[str, float]) -> tuple[Goal, ...]:
    return tuple(Goal(name, value) for name, value in goals.items())


def one_after_another(engine: Engine, job: Intervene) -> Portrait:
    (portrait,), goals = job.portraits, {goal.attribute: goal for goal in job.goals}
    for name in ORDER:
        one = replace(job, portraits=(portrait,), goals=(goals[name],))
        edit = cast("Intervention", finished(engine, one)).edit
        portrait = portrait.with_history(portrait.history.push(edit))
    return portrait


def kinds(edits: list[RenderedEdit]) -> list[tuple[bool, ...]]:
    """How each reaches the photograph."""
    return [
        (one.bent is not None, one.behind is not None, one.toned, one.still, bool(one.skin))
        for one in edits
    ]


def test_sliders_of_one_edit_do_what_they_do_one_after_another(
    tiny_engine: Engine, tmp_path: Path
) -> None:
    job = replace(job_of(tiny_engine, "a turned head", tmp_path), goals=asked(JOINED))
    desk = tiny_engine.workspace
    reports = list(tiny_engine.run(job))
    done = cast("Intervention", finished(tiny_engine, job))
    apart = one_after_another(tiny_engine, job)
    joined = apart.with_history(job.portraits[0].history.push(done.edit))
    assert kinds(desk.rendered_edits([joined])) == kinds(desk.rendered_edits([apart]))
    pictures = [desk.patch(job.photo, desk.rendered_edits([one]), 400) for one in (joined, apart)]
    assert pictures[0] is not None
    assert pictures[1] is not None
    far = np.abs(pictures[0].pixels.astype(float) - pictures[1].pixels)
    assert far.mean() < 0.1
    assert done.patch is not None
    np.testing.assert_array_equal(done.patch.pixels, pictures[0].pixels)
    np.testing.assert_allclose(joined.landmarks, apart.landmarks, atol=0.01)
    edit = done.edit
    assert edit.origin.goals == tuple(JOINED.items())
    assert [part.names for part in edit.parts] == [(name,) for name in ORDER[:-1]]
    assert edit.region == job.region
    steps = [report.step for report in reports if isinstance(report, Progress)]
    assert steps == sorted(steps)
    assert {r.steps for r in reports if isinstance(r, Progress)} == {4 * job.dials.steps}
    assert done.report.steps == edit.origin.steps == 4 * 2
    nothing = [np.isnan(one) for one in done.report.attained]
    assert nothing[2], "of skin work nothing is measured"
    assert len(nothing) == len(JOINED)


def test_half_of_a_joined_edit_is_half_of_each(tiny_engine: Engine, tmp_path: Path) -> None:
    job = replace(job_of(tiny_engine, "a turned head", tmp_path), goals=asked(JOINED))
    desk, edit = tiny_engine.workspace, cast("Intervention", finished(tiny_engine, job)).edit
    apart = one_after_another(tiny_engine, job)

    def seen(portrait: Portrait, **how: float) -> np.ndarray:
        edits = tuple(replace(one, **how) for one in portrait.history.edits)
        portrait = portrait.with_history(replace(portrait.history, edits=edits))
        patch = desk.patch(job.photo, desk.rendered_edits([portrait]), 400)
        assert patch is not None
        return patch.pixels.astype(float)

    joined = apart.with_history(job.portraits[0].history.push(edit))
    for how in ({"weight": 0.5}, {"opacity": 0.5}, {"weight": 1.6, "opacity": 0.7}):
        assert np.abs(seen(joined, **how) - seen(apart, **how)).mean() < 0.1
    first = edit.parts[0]
    assert not first.delta.channels.size, "skin work is nothing of the generator's"


def test_a_slider_in_hand_shows_a_joined_edit_as_it_will_be(
    tiny_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goals = asked({name: JOINED[name] for name in ORDER[::-1]})
    job = replace(job_of(tiny_engine, "a turned head", tmp_path), goals=goals)
    seen: list[list[RenderedEdit]] = []
    usual = type(tiny_engine.workspace).rendered_edits

    def rendered(*given: object, **how: object) -> list[RenderedEdit]:
        seen.append(usual(*given, **how))  # pyright: ignore[reportArgumentType]
        return seen[-1]

    monkeypatch.setattr(type(tiny_engine.workspace), "rendered_edits", rendered)
    reports = list(tiny_engine.run(job))
    assert any(isinstance(report, Preview) for report in reports)
    final = seen[-1]
    drag = Drag(job.photo, job.portraits, 0, job.region, job.goals)
    finished(tiny_engine, drag)
    assert kinds(seen[-1]) == kinds(final)
    done = cast("Finished", reports[-1]).result
    found, guess = cast("Intervention", done).edit, Guess(job.region, job.goals)
    shown = editing._guessed(  # pyright: ignore[reportPrivateUsage]
        tiny_engine.workspace, joining.placed(drag), guess
    )
    np.testing.assert_allclose(shown.delta.dense(), found.delta.dense(), atol=1e-3)


@pytest.mark.parametrize("edit_first", [True, False])
@pytest.mark.parametrize(
    "other", [a_save, an_export, an_undo, a_redo, a_snapshot, a_weight, a_switch]
)
def test_a_turn_joined_with_a_colour_and(
    crossed: Callable[..., Crossing], other: Callable[..., list[str]], edit_first: bool
) -> None:
    it = crossed("a turned head with red lips")
    labels = other(it, edit_first=edit_first)
    assert it.desk.labels == labels
    for edit in it.desk.history.edits:
        joined = len(edit.origin.goals) > 1
        assert [part.names for part in edit.parts] == [("lip_redness",)] * joined
    it.is_the_same_everywhere()


# ------------------------------------------------------------------ later edits, and what turns


@pytest.mark.parametrize(
    ("weight", "opacity"), [(0.25, 1), (0.5, 1), (1, 1), (1.5, 1), (2, 1), (1, 0.5), (1.6, 0.5)]
)
def test_a_turn_goes_with_its_strength_and_the_faces_points_with_it(
    turned: Turned, weight: float, opacity: float
) -> None:
    edit = replace(turned.edit, weight=weight, opacity=opacity)
    portrait = turned.face.with_history(turned.face.history.push(edit))
    gone = weight * opacity * turned.gone
    lies = turned.desk.lies(portrait).landmarks - turned.face.crop.landmarks
    np.testing.assert_allclose(lies[36:].mean(0), gone, atol=0.1)
    seen = portrait.landmarks - turned.face.crop.landmarks
    np.testing.assert_allclose(seen[36:].mean(0), gone, atol=0.1)


def later(turned: Turned, region: RegionMask, upon: np.ndarray | None) -> Edit:
    portrait = turned.then(turned.portrait, "lip_redness", region)
    return replace(portrait.history.edits[-1], upon=upon)


def test_later_edits_lie_where_the_face_is_once_a_turn_is_off(turned: Turned) -> None:
    there = turned.portrait.landmarks
    lips = preset("lips", there, *turned.size).feathered(2)
    edit = later(turned, lips, turned.portrait.history.turned)
    history = turned.portrait.history.push(edit)

    def region(**how: object) -> RegionMask:
        turn = replace(history.edits[0], **how)  # pyright: ignore[reportArgumentType]
        now = turned.face.with_history(history.changed(turn))
        return turned.desk.rendered_edits([now])[-1].region

    assert region() is region(name="on again")
    np.testing.assert_array_equal(region().full(), lips.full())
    still = preset("lips", turned.face.landmarks, *turned.size).feathered(2)
    gone = turned.face.with_history(history.without("t"))
    for off in (
        region(enabled=False), region(weight=0.0), region(opacity=0.0),
        turned.desk.rendered_edits([gone])[-1].region,
    ):  # fmt: skip
        assert np.abs(off.full().astype(int) - still.full()).mean() < 0.3
        assert (
            off.at(turned.face.landmarks[48:60]).mean()
            > 0.9 * still.at(turned.face.landmarks[48:60]).mean()
        )
    centre = [np.average(axis, weights=lips.full()) for axis in np.indices(lips.full().shape)]
    half = region(weight=0.5).full()
    at = [np.average(axis, weights=half) for axis in np.indices(half.shape)]
    assert abs(centre[1] - at[1] - turned.gone[0] / 2) < 1


def test_while_a_turn_is_weighed_later_regions_slide_along(turned: Turned) -> None:
    """Carried exactly they would be found anew for each picture: tenths of a second."""
    lips = preset("lips", turned.portrait.landmarks, *turned.size).feathered(2)
    history = turned.portrait.history.push(later(turned, lips, turned.portrait.history.turned))
    turn = history.edits[0]

    def region(*, preview: bool, **how: float) -> RegionMask:
        now = turned.face.with_history(history.changed(replace(turn, **how)))
        return turned.desk.rendered_edits([now], preview=preview)[-1].region

    turned.desk.clear()  # of what other tests left
    for weight in (0.0, 0.5, 1.5):
        slid = region(preview=True, weight=weight)
        assert slid.alpha.shape == lips.alpha.shape
        exact = region(preview=False, weight=weight)
        assert np.abs(slid.full().astype(int) - exact.full()).mean() < 0.6
        assert region(preview=True, weight=weight) is exact, "what is known is taken"
    assert region(preview=True) is lips


def test_an_edit_made_while_a_turn_is_off_goes_along_once_it_is_on(turned: Turned) -> None:
    lips = preset("lips", turned.face.landmarks, *turned.size).feathered(2)
    portrait = turned.then(turned.portrait, "lip_redness", lips)
    *_, last = turned.desk.rendered_edits([portrait])
    there = preset("lips", portrait.landmarks, *turned.size).feathered(2)
    assert np.abs(last.region.full().astype(int) - there.full()).mean() < 0.3


def test_an_edit_is_searched_for_where_its_face_is_beneath_it(turned: Turned) -> None:
    """Its region was brushed on a head that an edit above it turns."""
    lips = preset("lips", turned.portrait.landmarks, *turned.size).feathered(2)
    job = replace(
        turned.job, portraits=(turned.face,), region=lips, above=(turned.edit,),
        goals=(Goal("lip_redness", 50),),
    )  # fmt: skip
    edit = cast("Intervention", finished(turned.engine, job)).edit
    assert edit.region == lips
    assert edit.upon is not None
    np.testing.assert_array_equal(edit.upon, turned.edit.shift)
    history = turned.face.history.push(edit).push(turned.edit)
    beneath, *_ = turned.desk.rendered_edits([turned.face.with_history(history)])
    still = preset("lips", turned.face.landmarks, *turned.size).feathered(2)
    assert np.abs(beneath.region.full().astype(int) - still.full()).mean() < 0.3
