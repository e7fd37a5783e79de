"""Edits of one face: a slider that is dragged, and an intervention that is searched for."""

from __future__ import annotations

import math
import time
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from editor.document import attributes
from editor.document.goals import Guess, Pull, Reference, likeness_name
from editor.document.history import Edit, EditOrigin
from editor.document.landmarks import PARTS
from editor.document.style import StyleDelta
from editor.engine import intervention, joining, likeness, pulling, readings
from editor.engine.changes import AttributeChange, TargetPicture
from editor.engine.compositing.bending import how_far
from editor.engine.handlers import hair
from editor.engine.jobs import Finished, Intervention, InterventionReport, Preview, Progress
from editor.engine.locality import channel_locality, first_guess
from editor.engine.objectives import attribute_terms, paint_terms, reference_terms
from editor.engine.previews import FINAL_SIDE, PREVIEW_SIDE, Pace
from editor.engine.tensors import mask_tensor, picture_tensor, to_picture, to_uint8
from editor.engine.workspace import bad_request
from models.directions import Direction
from models.perceptual import seen

if TYPE_CHECKING:
    import collections.abc
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.goals import Goal
    from editor.document.history import Portrait
    from editor.document.region import RegionMask
    from editor.engine.intervention import Gauge, InterventionStep
    from editor.engine.jobs import Drag, Intervene, Report, Resettle
    from editor.engine.objectives import Term
    from editor.engine.workspace import Workspace
    from models.generator import Generator
    from models.measures import Side

_AN_EYE = 0.1  # of its usual region: less of that is the soft edge of another one
_STRIDE = 25  # slider units between two renders of a slider in hand that bends, or tones


def drag(workspace: Workspace, job: Drag) -> Iterator[Report]:
    """Finished(Patch | None).

    Raises:
        EngineFailure: there is no such attribute, or no face in the region.
    """
    if job.under_way and not any(goal.value for goal in job.goals):
        first, *rest = job.under_way
        job = replace(job, region=first.region, goals=first.goals, under_way=tuple(rest))
    current = ahead = None
    if any(goal.value for goal in job.goals):
        job = joining.placed(job)
        guesses = [_guessed(workspace, job, guess) for guess in job.under_way]
        goals, share = _next_stride(job.goals)
        found = _guessed(workspace, job, Guess(job.region, goals))
        ahead = None if found.parts else (found.delta, share)
        now = joining.sketched(job, found.delta.scaled(share), found.parts)
        current = job.active, (now, *job.above, *guesses)
    edits = workspace.rendered_edits(job.portraits, current, preview=True, ahead=ahead)
    yield Finished(workspace.patch(job.photo, edits, PREVIEW_SIDE))


def _next_stride(goals: tuple[Goal, ...]) -> tuple[tuple[Goal, ...], float]:
    """What is drawn of a slider in hand, and what share of that it is.

    Where points of a face go grows evenly with a slider that bends, and so does what one adds that
    changes colours by tone: the generator draws every ``_STRIDE``, and what lies between is a part
    of that. Of anything else it draws what it is.
    """
    if len(goals) != 1:
        return goals, 1.0
    (goal,) = goals
    value, names = goal.value, [goal.attribute]
    tones = attributes.only_colours(names) and attributes.toned(names)
    tones = tones or attributes.shades([(goal.attribute, goal.value)])
    if not value or not (tones or attributes.bends(_drawn(goals))):
        return goals, 1.0
    far = math.copysign(math.ceil(abs(value) / _STRIDE) * _STRIDE, value)
    return (replace(goal, value=far),), value / far


def _guessed(workspace: Workspace, job: Drag, guess: Guess) -> Edit:
    """What is searched for behind a slider in hand, as it was shown when it was in hand itself."""
    alone = replace(job, region=guess.region, goals=guess.goals, opacity=1.0)
    alone = joining.there(workspace, alone)
    each = [(part.goals, _dragged(workspace, part)) for part in joining.parts(alone)]
    return joining.sketched(alone, *joining.added(each))


def _dragged(workspace: Workspace, job: Drag) -> StyleDelta:
    """The last intervention on this slider here, scaled; or a first guess."""
    portrait, goals = job.portraits[job.active], _of_generator(job.goals)
    if not any(goal.value for goal in goals):
        return _no_change(workspace)
    found = workspace.deltas.get(_delta_key(portrait, job.region, goals))
    if len(goals) == 1 and found is not None and found[0] * goals[0].value > 0:
        delta = found[1] * (goals[0].value / found[0])
    else:
        change = _attribute_change(workspace, goals)
        local = _locality(workspace, portrait, job.region)
        delta = first_guess(change.entangled, change.precise, *local)
    return StyleDelta.from_dense(workspace.layout, delta[0].cpu().numpy())


def _locality(
    workspace: Workspace, portrait: Portrait, region: RegionMask
) -> tuple[Tensor, Tensor]:
    """``channel_locality`` of a face as it is."""
    code, lies = portrait.history.current(), workspace.lies(portrait)

    def look() -> tuple[Tensor, Tensor]:
        mask = workspace.crop_mask(lies, region)
        generator = workspace.generator_of(code)
        s = workspace.code_tensor(code)
        return channel_locality(generator, s, mask, replays=workspace.replays)

    return workspace.localities.made((lies, code, region.digest), look)


def intervene(workspace: Workspace, job: Intervene) -> Iterator[Report]:
    """Finished(Intervention).

    Raises:
        EngineFailure: there is no such attribute, nothing to do, or no face in the region.
    """
    yield from hair.notices(workspace, job)
    yield from _intervened(workspace, job, pictures=True)


def resettle(workspace: Workspace, job: Resettle) -> Iterator[Report]:
    """Finished(Intervention), its patch None.

    Raises:
        EngineFailure: as ``intervene``.
    """
    yield from _intervened(workspace, job.search, pictures=False)


def _intervened(workspace: Workspace, job: Intervene, *, pictures: bool) -> Iterator[Report]:
    job = joining.placed(job)
    parts = joining.parts(joining.there(workspace, job))
    each = [_turns(workspace, part) if _is_searched(part) else () for part in parts]
    told = joining.Told(sum(map(len, each)) * job.dials.steps, Pace() if pictures else None)
    found: list[joining.Found] = []
    for number, part in enumerate(parts):
        here, *turns = (joining.on_top(one, found) for one in (part, *each[number]))
        found.append((yield from _found(workspace, here, turns, told)))
        if number and len(part.goals) == 1:  # a slider in hand looks for it beneath all parts
            faces = (one.portraits[job.active] for one in (here, part))
            key, beneath = (_delta_key(face, part.region, part.goals) for face in faces)
            if (known := workspace.deltas.get(key)) is not None:
                workspace.deltas.keep(beneath, known)
    edit, report = joining.joined(job, parts, found)
    patch = None
    if pictures:
        there = job.active, (replace(edit, opacity=job.opacity), *job.above)
        edits = workspace.rendered_edits(job.portraits, there)
        patch = workspace.patch(job.photo, edits, FINAL_SIDE)
    yield Finished(Intervention(edit, report, patch))


def _found(
    workspace: Workspace, job: Intervene, turns: Sequence[Intervene], told: joining.Told
) -> collections.abc.Generator[Report, None, joining.Found]:
    """An edit, or a part of one, that is searched for at once, or in turns."""
    if not _is_searched(job) and any(goal.value for goal in job.goals):
        return joining.on_skin(workspace, job)
    seconds, began = 0.0, time.monotonic()
    problem = yield from _problem(workspace, job)
    result, found, steps = None, torch.zeros_like(problem.s), 0
    for number, turn in enumerate(turns):
        here = _after(workspace, turn, problem, found) if number else turn
        if number and not any(goal.value for goal in here.goals):
            break  # another turn did that as well
        part = problem if len(turns) == 1 else (yield from _problem(workspace, here))
        for result in _search(workspace, here, part):
            seconds += time.monotonic() - began
            step = told.done + number * job.dials.steps + result.step
            yield Progress("Making the edit", step, told.steps)
            began = time.monotonic()  # other jobs may have gone first meanwhile
            if told.pace is not None and told.pace.due():
                at = time.monotonic()
                dense = (found + result.delta)[0].cpu().numpy()
                now = joining.sketched(job, StyleDelta.from_dense(workspace.layout, dense))
                current = job.active, (now, *job.above)
                edits = workspace.rendered_edits(job.portraits, current, preview=True)
                yield Preview(workspace.patch(job.photo, edits, PREVIEW_SIDE))
                told.pace.spent(at)
        assert result is not None
        found, steps = found + result.delta, steps + result.step
    assert result is not None
    told.done += len(turns) * job.dials.steps
    seconds += time.monotonic() - began
    result = replace(result, step=steps, delta=found)
    return _concluded(workspace, job, problem, result, seconds)


def _is_searched(job: Intervene) -> bool:
    return job.likeness is not None or bool(_of_generator(job.goals))


def _turns(workspace: Workspace, job: Intervene) -> tuple[Intervene, ...]:
    """What is searched for one after the other: a mouth, and then the eyes.

    In one search they compete: of 28 goals for eyes and brows beside a smile twelve stayed below
    a quarter, or went the wrong way (ten photographs; docs/measurements.md). What bends the eyes
    themselves goes with them: size, found before lids that close, was lost to these.
    """
    regions = attributes.found_at_eyes(_asked(job))
    if not regions:
        return (job,)
    portrait, size = job.portraits[job.active], (job.region.width, job.region.height)
    portrait = replace(portrait, crop=workspace.lies(portrait))  # its eyes are there
    about = job.region.within(workspace.laying.usual(portrait, regions, *size))
    each = [workspace.laying.usual(portrait, (name,), *size) for name in regions]
    held = any(job.region.within(one).area > _AN_EYE * one.area for one in each)
    rows = {row.name for row in attributes.table() if row.region not in regions}
    beside = tuple(g for g in _of_generator(job.goals) if g.attribute in rows)
    there = tuple(g for g in _of_generator(job.goals) if g not in beside)
    if not held or not all(any(g.value for g in part) for part in (beside, there)):
        return (job,)
    return replace(job, goals=beside), replace(job, goals=there, region=about)


def _asked(job: Intervene) -> list[tuple[str, float]]:
    """What attributes it asks for; a likeness asks for none."""
    return [] if job.likeness is not None else _drawn(job.goals)


def _drawn(goals: Sequence[Goal]) -> list[tuple[str, float]]:
    return [(goal.attribute, goal.value) for goal in _of_generator(goals)]


def _after(workspace: Workspace, job: Intervene, problem: _Problem, found: Tensor) -> Intervene:
    """A turn as it is once another one found a change: what that did of its goals is left out."""
    portrait = job.portraits[job.active]
    delta = StyleDelta.from_dense(workspace.layout, found[0].cpu().numpy())
    origin = EditOrigin((), job.dials.seed, 0)
    edit = Edit(uuid.uuid4().hex, "", delta, job.region, origin, 0.0)
    changed = portrait.with_history(portrait.history.push(edit))
    portraits = (*job.portraits[: job.active], changed, *job.portraits[job.active + 1 :])
    mask = workspace.crop_mask(workspace.lies(portrait), job.region)[0, 0].cpu().numpy()
    side = readings.side_of(mask, portrait.crop.landmarks_in_crop())
    gauge = _gauge(workspace, job.goals, side)
    if gauge is None:
        return replace(job, portraits=portraits)
    with torch.no_grad():
        pictures = [problem.generator.synthesise(s) for s in (problem.s, problem.s + found)]
        moved = [float(sd) for sd in gauge(*pictures)[0]]
    units = {row.name: row.unit_sd for row in attributes.table()}
    goals: list[Goal] = []
    for goal, sd in zip(job.goals, moved, strict=True):
        left = goal.value - 100 * (0.0 if math.isnan(sd) else sd) / units[goal.attribute]
        goals.append(replace(goal, value=round(max(-100.0, min(100.0, left)))))
    return replace(job, portraits=portraits, goals=tuple(goals))


def _of_generator(goals: Sequence[Goal]) -> list[Goal]:
    """The goals that a style code must be found for; the rest is work on the photo's skin."""
    return [goal for goal in goals if not attributes.is_skin_work(goal.attribute)]


def _in_order(goals: Sequence[Goal], measured: Sequence[float]) -> tuple[float, ...]:
    """What was measured of the generator's goals, and NaN for the others."""
    left = iter(measured)
    return tuple(
        float("nan") if attributes.is_skin_work(goal.attribute) else next(left) for goal in goals
    )


def _no_change(workspace: Workspace) -> StyleDelta:
    layout = workspace.layout
    return StyleDelta.from_dense(layout, np.zeros(layout.channels, np.float32))


@dataclass(frozen=True, slots=True)
class _Problem:
    """What a search is to solve.

    Attributes:
        generator: the one that makes this face.
        s: (1, channels), the face before it.
        mask: (1, 1, r, r).
        wanted: what the region is to look like.
        terms: the objective.
        moves: whether the edit moves things, and not only changes their colours.
        gauge: measures what is wanted on the way; None where nothing does.
        side: of the face on which the region lies; None: on both.
    """

    generator: Generator
    s: Tensor
    mask: Tensor
    wanted: AttributeChange | TargetPicture
    terms: tuple[Term, ...]
    moves: bool
    gauge: Gauge | None = None
    side: Side | None = None


def _problem(
    workspace: Workspace, job: Intervene
) -> collections.abc.Generator[Report, None, _Problem]:
    """What the job asks for; what a pull needs of the face is looked for first.

    Raises:
        EngineFailure: there is no such attribute, nothing to do, or no face in the region.
    """
    dials, portrait, wanted = job.dials, job.portraits[job.active], job.likeness
    code = portrait.history.current()
    generator, s = workspace.generator_of(code), workspace.code_tensor(code)
    lies = workspace.lies(portrait)
    mask = workspace.crop_mask(lies, job.region)
    weights = dials.strictness, dials.naturalness
    if wanted is None:
        goals = _of_generator(job.goals)
        moves = attributes.moves(goal.attribute for goal in goals)
        terms = attribute_terms(
            moves=moves, strictness=dials.strictness, naturalness=dials.naturalness
        )
        change = _attribute_change(workspace, goals)
        asked_of = [goal for goal in goals if goal.value]
        side = readings.side_of(mask[0, 0].cpu().numpy(), portrait.crop.landmarks_in_crop())
        gauge = _gauge(workspace, asked_of, side)
        return _Problem(generator, s, mask, change, terms, moves, gauge, side)
    if isinstance(wanted, Pull):
        return (yield from _pulled(workspace, job, wanted, mask))
    render, moves = workspace.reconstruction(code), isinstance(wanted, Reference)
    crop = workspace.aligned_crop(job.photo, lies, workspace.rendered_edits(job.portraits))
    if isinstance(wanted, Reference):
        landmarks = replace(lies, landmarks=portrait.landmarks).landmarks_in_crop()
        picture, coverage = likeness.of_reference(render, crop, landmarks, wanted)
        terms = reference_terms(*weights)
    else:
        picture, coverage = likeness.of_paint(render, crop, lies, wanted)
        terms = paint_terms(*weights)
    device = workspace.device
    asked = TargetPicture(picture_tensor(picture, device), mask_tensor(coverage, device))
    return _Problem(generator, s, mask, asked, terms, moves)


def _pulled(
    workspace: Workspace, job: Intervene, pull: Pull, mask: Tensor
) -> collections.abc.Generator[Report, None, _Problem]:
    """A pull as a direct edit of this face.

    Raises:
        EngineFailure: no point is to go anywhere.
    """
    if not pull.moves:
        raise bad_request("Nothing to do.", "Drag a point of the face.")
    portrait = job.portraits[job.active]
    code = portrait.history.current()
    generator, s = workspace.generator_of(code), workspace.code_tensor(code)
    pulled = pulling.Pulled.of(workspace.faces.mesh, pull, portrait.crop, generator, s)
    delta = torch.zeros_like(s)
    steps = pulling.search(generator, workspace.components(), s, pulled)
    for number, found in enumerate(steps, 1):
        delta = found
        yield Progress("Finding the pull", number, pulling.STEPS)
    direction = _own_direction(workspace, delta[0])
    terms = attribute_terms(
        moves=True, strictness=job.dials.strictness, naturalness=job.dials.naturalness
    )
    change = AttributeChange.of([direction], [1.0])
    return _Problem(
        generator, s, mask, change, (*terms, pulled.term), moves=True, gauge=pulled.gauge()
    )


def _search(workspace: Workspace, job: Intervene, problem: _Problem) -> Iterator[InterventionStep]:
    """The optimiser's steps."""
    goals = [goal for goal in _of_generator(job.goals) if goal.value]
    gauge = problem.gauge
    return intervention.optimise(
        problem.generator,
        workspace.features,
        workspace.directions.statistics,
        problem.s,
        problem.mask,
        problem.wanted,
        terms=problem.terms,
        residual=job.dials.residual,
        steps=job.dials.steps,
        seed=job.dials.seed,
        loop=gauge and intervention.Loop.of(gauge, moves=problem.moves),
        readouts=readings.attribute_readouts(
            workspace.directions,
            [goal.attribute for goal in goals],
            problem.wanted,
            moves=problem.moves,
            held=_held(job, [goal.attribute for goal in goals]),
            side=problem.side,
        ),
        replays=workspace.replays,
    )


def warm_up(workspace: Workspace) -> Iterator[None]:
    """The graphs of one attribute's edits, on a GPU: of what moves, and of what changes colours."""
    if workspace.device.type != "cuda":
        return
    generator, statistics = workspace.generator, workspace.directions.statistics
    s, side = statistics.s_mean[None], workspace.generator.config.resolution
    mask = s.new_zeros(1, 1, side, side)
    mask[..., side // 2 :, side // 4 : -side // 4] = 1
    for name in ("smile", "lip_redness"):
        if name not in workspace.directions.attributes:
            continue
        moves = attributes.moves([name])
        change = AttributeChange.of([workspace.directions.attributes[name]], [1.0])
        for _ in intervention.optimise(
            generator,
            workspace.features,
            statistics,
            s,
            mask,
            change,
            terms=attribute_terms(moves=moves),
            readouts=readings.attribute_readouts(workspace.directions, [name], change, moves=moves),
            replays=workspace.replays,
        ):
            yield


def _held(job: Intervene, asked: Sequence[str]) -> tuple[str, ...]:
    """What must stay on this face, although what is wanted drags it along."""
    landmarks = job.portraits[job.active].landmarks
    if isinstance(job.likeness, Pull):
        return readings.held_by_pull(landmarks, job.likeness)
    return readings.held(landmarks, asked)


def _gauge(workspace: Workspace, goals: Sequence[Goal], side: Side | None) -> Gauge | None:
    """What measures the attributes of ``_attribute_change(goals)``."""
    return readings.attribute_gauge(workspace.faces, _units(workspace, goals), side)


def _units(workspace: Workspace, goals: Sequence[Goal]) -> list[tuple[str, float]]:
    """Of each goal its attribute and the standard deviation of that one's measure."""
    rows = workspace.directions.attributes
    return [(g.attribute, 1.0 if g.direction else rows[g.attribute].sd) for g in goals]


def _attribute_change(workspace: Workspace, goals: Sequence[Goal]) -> AttributeChange:
    """The direct edit of the goals."""
    units = {row.name: row.unit_sd for row in attributes.table()}
    fitted = workspace.directions.attributes
    directions: list[Direction] = []
    amounts: list[float] = []
    for goal in goals:
        if goal.direction is not None:
            goal.direction.layout.require(workspace.layout)
            directions.append(_slider_direction(workspace, goal.direction))
            amounts.append(goal.value / 100)
        elif goal.attribute in fitted and goal.attribute in units:
            directions.append(fitted[goal.attribute])
            amounts.append(goal.value / 100 * units[goal.attribute])
        else:
            offered = ", ".join(name for name in units if name in fitted)
            raise bad_request(
                f"There is no attribute named {goal.attribute!r}.", f"Choose one of: {offered}."
            )
    moved = [pair for pair in zip(directions, amounts, strict=True) if pair[1]]
    if not moved:
        raise bad_request("Nothing to do.", "Move a slider away from 0.")
    return AttributeChange.of([d for d, _ in moved], [a for _, a in moved])


def _slider_direction(workspace: Workspace, delta: StyleDelta) -> Direction:
    """A discovered slider as a direction: it is its own direct edit and its own normal."""
    return _own_direction(workspace, torch.from_numpy(delta.dense()).to(workspace.device))


def _own_direction(workspace: Workspace, dense: Tensor) -> Direction:
    """A step in S (channels,) as a direction."""
    whitened = dense / workspace.directions.statistics.s_sd
    normal = whitened / (whitened.square().sum() + 1e-12)
    return Direction(dense, dense, normal, mean=0.0, sd=1.0, correlation=float("nan"))


def _concluded(
    workspace: Workspace, job: Intervene, problem: _Problem, last: InterventionStep, seconds: float
) -> tuple[Edit, InterventionReport]:
    """The history entry that a search leads to, and its figures."""
    portrait = job.portraits[job.active]
    # Half precision: 1/2,000 of a value is nothing that can be seen, and files are half as large.
    dense = last.delta[0].cpu().numpy().astype(np.float16)
    delta = StyleDelta.from_dense(workspace.layout, dense.astype(np.float32))
    report, shift = _report(workspace, job, problem, delta, last.step, seconds)
    goals = _asked(job)
    if far := how_far(goals, portrait.crop.landmarks):
        shift = workspace.gone(portrait, (job.region, delta), goals, far, shift)
    moved = _shift(job, shift) if problem.moves else None
    if len(job.goals) == 1:
        key = _delta_key(portrait, job.region, job.goals)
        workspace.deltas.keep(key, (job.goals[0].value, last.delta))
    offset = portrait.history.base.offset
    origin = EditOrigin(
        tuple((goal.attribute, goal.value) for goal in job.goals),
        job.dials.seed,
        last.step,
        job.dials.strictness,
        job.dials.naturalness,
        job.dials.residual,
        likeness_name(job.likeness),
        "" if offset is None else offset.fingerprint,
        job.likeness.points if isinstance(job.likeness, Pull) else (),
    )
    created = round(time.time(), 3)
    edit = Edit(uuid.uuid4().hex, joining.label(job), delta, job.region, origin, created, moved)
    return edit, report


@torch.no_grad()
def _report(
    workspace: Workspace,
    job: Intervene,
    problem: _Problem,
    delta: StyleDelta,
    steps: int,
    seconds: float,
) -> tuple[InterventionReport, NDArray[np.float64]]:
    """The figures, and by how much the render's landmarks moved, (68, 2) in crop pixels."""
    code = job.portraits[job.active].history.current()
    before, after = (  # drawn for the canvas as well
        picture_tensor(workspace.reconstruction(one), workspace.device)
        for one in (code, code.plus(delta))
    )
    if isinstance(problem.wanted, AttributeChange):
        direct = problem.generator.synthesise(problem.s + problem.wanted.entangled)
    else:
        direct = torch.lerp(before, problem.wanted.picture, problem.mask * problem.wanted.coverage)
    outside, inside = 1 - problem.mask, problem.mask

    def mean_square(a: Tensor, b: Tensor, where: Tensor) -> float:
        return float(((a - b).square() * where).sum() / (3 * where.sum() + 1e-8))

    pictures = [to_uint8(to_picture(seen(picture))) for picture in (before, after, direct)]
    points = readings.landmarks_along(workspace.faces, pictures, moves=problem.moves)
    units = _units(workspace, _of_generator(job.goals))
    distances = readings.attribute_distances(pictures, points, units, problem.side)
    attained, attained_direct = distances
    report = InterventionReport(
        steps=steps,
        seconds=seconds,
        leak=mean_square(after, before, outside),
        leak_direct=mean_square(direct, before, outside),
        inside_error=mean_square(after, direct, inside),
        attained=_in_order(job.goals, attained),
        attained_direct=_in_order(job.goals, attained_direct),
        delta_channels=len(delta.channels),
    )
    return report, (points[1] - points[0]) * (before.shape[-1] / pictures[0].shape[0])


def _delta_key(portrait: Portrait, region: RegionMask, goals: Sequence[Goal]) -> tuple[object, ...]:
    names = tuple(goal.attribute for goal in goals)
    return (portrait.crop, portrait.history.current(), region.digest, names)


def _shift(job: Intervene, shift: NDArray[np.float64]) -> NDArray[np.float32]:
    """By how much an edit moves its face's landmarks in the photo, (68, 2) in photo pixels.

    Args:
        job: the edit; its face as it is before.
        shift: (68, 2), by how much the whole render moves them, crop pixels.
    """
    portrait, region = job.portraits[job.active], job.region
    share = region.at(portrait.landmarks)[:, None]
    goals = _asked(job)
    far = np.full_like(share, how_far(goals, portrait.crop.landmarks) or 1)
    for part in attributes.drawn_at_eyes(goals):
        for side in ("left", "right"):
            far[PARTS[f"{side} {part.removesuffix('s')}"]] = 1
    lids = attributes.moves_lids(goals)
    if lids or (attributes.gaze(goals) and portrait.detail is not None):  # or lids stay
        for side in ("left", "right"):
            far[PARTS[f"{side} eye"]] = lids
    moved = (far * share * (shift @ portrait.crop.to_photo[:, :2].T)).astype(np.float32)
    moved.setflags(write=False)
    return moved
