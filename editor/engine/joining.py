"""One edit that asks for several things: searched for one after the other, kept as one entry."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from editor.document import attributes
from editor.document.goals import Pull, likeness_name
from editor.document.history import Edit, EditOrigin, EditPart, turned_by
from editor.document.style import StyleDelta
from editor.engine.jobs import Drag, Intervene, InterventionReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from editor.document.goals import Goal
    from editor.engine.previews import Pace
    from editor.engine.workspace import Workspace

Found = tuple[Edit, InterventionReport]
_NOWHERE = np.zeros((68, 2), np.float32)
_J = TypeVar("_J", Drag, Intervene)


@dataclass(slots=True)
class Told:
    """What is told of an edit on the way.

    Attributes:
        steps: of all of its searches together.
        pace: of its pictures; None: none are wanted.
        done: steps of the searches that are over.
    """

    steps: int
    pace: Pace | None
    done: int = 0


def placed(job: _J) -> _J:
    """The job, which says for sure where heads had gone as its region was made."""
    if job.upon is not None:
        return job
    seen = turned_by((*job.portraits[job.active].history.applied, *job.above))
    return replace(job, upon=_NOWHERE if seen is None else seen)


def there(workspace: Workspace, job: _J) -> _J:
    """A ``placed`` job with its region where the face is beneath it."""
    portrait = job.portraits[job.active]
    region, beneath = workspace.there(job.region, job.upon, portrait), portrait.history.turned
    return replace(job, region=region, upon=_NOWHERE if beneath is None else beneath)


def parts(job: _J) -> tuple[_J, ...]:
    """What is made one after the other, ``attributes.parts``; what stays at 0 goes with the last.

    A likeness is one.
    """
    asked = attributes.parts((goal.attribute, goal.value) for goal in job.goals)
    if len(asked) < 2:
        return (job,)
    each: list[tuple[Goal, ...]] = []
    for names in asked:
        each.append(tuple(goal for goal in job.goals if goal.value and goal.attribute in names))
    each[-1] += tuple(goal for goal in job.goals if not goal.value)
    return tuple(replace(job, goals=goals) for goals in each)


def on_top(job: Intervene, found: Sequence[Found]) -> Intervene:
    """The job once parts beneath it are found, as if they were edits of their own."""
    portrait = job.portraits[job.active]
    history = portrait.history
    for edit, _ in found:
        history = history.push(replace(edit, opacity=job.opacity, upon=job.upon))
    changed = portrait.with_history(history) if found else portrait
    portraits = (*job.portraits[: job.active], changed, *job.portraits[job.active + 1 :])
    return replace(job, portraits=portraits)


def sketched(job: Drag | Intervene, delta: StyleDelta, found: tuple[EditPart, ...] = ()) -> Edit:
    """What a job makes now, as an entry that nobody keeps."""
    likeness = job.likeness if isinstance(job, Intervene) else None
    origin = EditOrigin(
        tuple((goal.attribute, goal.value) for goal in job.goals),
        seed=0,
        steps=0,
        likeness=likeness_name(likeness),
        pulls=likeness.points if isinstance(likeness, Pull) else (),
    )
    return Edit(
        uuid.uuid4().hex, "", delta, job.region, origin, 0.0,
        opacity=job.opacity, parts=found, upon=job.upon,
    )  # fmt: skip


def added(
    each: Sequence[tuple[Iterable[Goal], StyleDelta]],
) -> tuple[StyleDelta, tuple[EditPart, ...]]:
    """The delta of parts together, in half precision where there are several; all but the last."""
    *first, (_, last) = each
    if not first:
        return last, ()
    dense = sum((delta.dense() for _, delta in first), last.dense())
    short = dense.astype(np.float16).astype(np.float32)
    kept = tuple(EditPart(tuple(goal.attribute for goal in goals), delta) for goals, delta in first)
    return StyleDelta.from_dense(last.layout, short), kept


def on_skin(workspace: Workspace, job: Intervene) -> Found:
    """An edit of the photo's skin alone: nothing is searched for.

    Raises:
        EngineFailure: the region does not touch the face.
    """
    workspace.crop_mask(workspace.lies(job.portraits[job.active]), job.region)
    goals = tuple((goal.attribute, goal.value) for goal in job.goals)
    origin = EditOrigin(goals, job.dials.seed, 0)
    created = round(time.time(), 3)
    layout = workspace.layout
    nothing = StyleDelta.from_dense(layout, np.zeros(layout.channels, np.float32))
    edit = Edit(uuid.uuid4().hex, label(job), nothing, job.region, origin, created)
    unknown = (float("nan"),) * len(goals)
    return edit, InterventionReport(0, 0.0, 0.0, 0.0, 0.0, unknown, unknown, 0)


def joined(job: Intervene, jobs: Sequence[Intervene], found: Sequence[Found]) -> Found:
    """One entry of what was found part by part, and its figures; leaks and errors are added up.

    Args:
        job: what was asked for.
        jobs: its parts.
        found: of each.
    """
    edits, reports = [edit for edit, _ in found], [report for _, report in found]
    each = [(part.goals, edit.delta) for part, edit in zip(jobs, edits, strict=True)]
    delta, first = added(each)
    moved = [edit.shift for edit in edits if edit.shift is not None]
    shift = sum(moved[1:], moved[0]) if moved else None
    if shift is not None:
        shift.setflags(write=False)
    upon = job.upon if job.upon is not None and job.upon.any() else None
    steps = sum(report.steps for report in reports)
    goals = tuple((goal.attribute, goal.value) for goal in job.goals)
    edit = replace(
        edits[-1],
        label=label(job),
        delta=delta,
        region=job.region,
        origin=replace(edits[-1].origin, goals=goals, steps=steps),
        shift=shift,
        parts=first,
        upon=upon,
    )
    names = [goal.attribute for part in jobs for goal in part.goals]
    order = [names.index(goal.attribute) for goal in job.goals]
    attained = [one for report in reports for one in report.attained]
    direct = [one for report in reports for one in report.attained_direct]
    report = InterventionReport(
        steps=steps,
        seconds=sum(report.seconds for report in reports),
        leak=sum(report.leak for report in reports),
        leak_direct=sum(report.leak_direct for report in reports),
        inside_error=sum(report.inside_error for report in reports),
        attained=tuple(attained[at] for at in order) if order else tuple(attained),
        attained_direct=tuple(direct[at] for at in order) if order else tuple(direct),
        delta_channels=len(delta.channels),
    )
    return edit, report


def label(job: Intervene) -> str:
    """What the history calls an edit."""
    if job.likeness is not None:
        name = likeness_name(job.likeness)
        if isinstance(job.likeness, Pull):
            return "Pull points"
        return "Match paint" if name == "paint" else f"Match {name.removeprefix('reference ')}"
    labels = {row.name: row.label for row in attributes.all_rows()}
    return ", ".join(
        f"{labels.get(goal.attribute, 'Discovered')} {goal.value:+.0f}" for goal in job.goals
    )
