"""The engine's half that edits one face: goals to directions, searches, discovery, reports.

Owned and asked by ``engine`` alone; it knows the networks and no photograph beyond the crop.
"""

from __future__ import annotations

import hashlib
import math
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.goals import Reference, likeness_name
from editor.document.history import Edit, EditOrigin
from editor.document.style import LayoutMismatchError, StyleDelta
from editor.document.style_sliders import StyleSlider
from editor.engine import discovery, intervention, likeness
from editor.engine.intervention import AttributeChange, Likeness
from editor.engine.jobs import Discovery, Finished, InterventionReport, Progress
from editor.engine.objectives import Sight, attribute_terms, paint_terms, reference_terms
from editor.engine.tensors import (
    code_tensor,
    mask_tensor,
    offset_tensors,
    picture_tensor,
    to_picture,
    to_uint8,
)
from editor.engine.tracking import landmarks_after
from models.directions import Direction
from models.measures import MEASURES, measure
from models.tuning import tuned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.face import FaceCrop
    from editor.document.goals import Goal
    from editor.document.history import Portrait
    from editor.document.region import RegionMask
    from editor.document.style import GeneratorOffset, StyleCode, StyleLayout
    from editor.engine.discovery import Found
    from editor.engine.intervention import Gauge, InterventionStep
    from editor.engine.jobs import Discover, Drag, Intervene, Report
    from editor.engine.objectives import Term
    from models.directions import Directions
    from models.face import FaceAnalyser
    from models.generator import Generator
    from models.perceptual import EfficientNetLite

COLOURS = (
    *("lip_redness", "lip_darkness", "beard_density"),
    *("skin_brightness", "skin_redness", "skin_warmth"),
)
"""What an edit that moves things leaves alone."""

SHAPES = (
    *("smile", "mouth_open", "mouth_width", "lip_fullness"),
    *("eyes_open", "eye_size", "eye_slant"),
    *("brow_height", "brow_frown", "brow_tilt", "brow_arch"),
    *("nose_width", "nose_length", "jaw_width", "face_roundness", "chin_length"),
)
"""What an edit that only changes colours leaves alone."""

_KEPT_DELTAS = 48
_KEPT_GENERATORS = 3  # tuned ones: about 100 MB each


@dataclass(frozen=True, slots=True)
class Wish:
    """What an intervention is to reach.

    Attributes:
        generator: the one that makes this face.
        s: (1, channels), the face before it.
        mask: (1, 1, r, r).
        wanted: what the region is to look like.
        terms: the objective that asks for it.
        moves: whether it moves things, and not only changes their colours.
    """

    generator: Generator
    s: Tensor
    mask: Tensor
    wanted: AttributeChange | Likeness
    terms: tuple[Term, ...]
    moves: bool


class Editing:
    """Edits of faces with one generator and its directions, and what is remembered of them."""

    def __init__(
        self,
        generator: Generator,
        layout: StyleLayout,
        directions: Directions,
        features: EfficientNetLite,
        faces: FaceAnalyser,
        device: torch.device,
    ) -> None:
        self._generator, self._layout, self._directions = generator, layout, directions
        self._features, self._faces, self._device = features, faces, device
        self._deltas: OrderedDict[tuple[object, ...], tuple[float, Tensor]] = OrderedDict()
        self._discovered: tuple[tuple[object, ...], tuple[StyleSlider, ...]] | None = None
        self._local: tuple[tuple[object, ...], tuple[Tensor, Tensor]] | None = None
        self._tuned: OrderedDict[GeneratorOffset, Generator] = OrderedDict()

    def generator_of(self, code: StyleCode) -> Generator:
        """The generator that makes the picture of a code; recently tuned ones are kept.

        Raises:
            LayoutMismatchError: the code's offset belongs to another generator.
        """
        offset = code.offset
        if offset is None:
            return self._generator
        if offset not in self._tuned:
            try:
                self._tuned[offset] = tuned(self._generator, offset_tensors(offset))
            except ValueError as error:
                raise LayoutMismatchError(str(error)) from error
        self._tuned.move_to_end(offset)
        while len(self._tuned) > _KEPT_GENERATORS:
            self._tuned.popitem(last=False)
        return self._tuned[offset]

    def forget(self) -> None:
        """Give the memory of remembered tensors back."""
        self._deltas.clear()
        self._tuned.clear()
        self._local = self._discovered = None

    # ------------------------------------------------------------------ interventions

    def wish(
        self,
        job: Intervene,
        *,
        base: Callable[[], NDArray[np.float32]],
        seen: Callable[[], NDArray[np.uint8]],
    ) -> Wish:
        """What the job asks for.

        Args:
            job: the intervention.
            base: (r, r, 3) sRGB in [0, 1], what the generator makes of the history's base.
            seen: (r, r, 3) sRGB, the aligned crop of the photograph; like ``base`` it is made for
                a likeness only.

        Raises:
            EngineFailure: there is no such attribute, nothing to do, or no face in the region.
        """
        dials, portrait, wanted = job.dials, job.portraits[job.active], job.likeness
        code = portrait.history.current()
        generator, s = self.generator_of(code), code_tensor(code, self._device)
        mask = self._crop_mask(portrait.crop, job.region)
        weights = dials.strictness, dials.naturalness
        if wanted is None:
            moves = attributes.moves(goal.attribute for goal in job.goals)
            terms = attribute_terms(
                moves=moves,
                strictness=dials.strictness,
                naturalness=dials.naturalness,
            )
            return Wish(generator, s, mask, self._change(job.goals), terms, moves)
        if isinstance(wanted, Reference):
            landmarks = portrait.crop.landmarks_in_crop()
            moves = True
            picture, told = likeness.of_reference(base(), seen(), landmarks, wanted)
            terms = reference_terms(*weights)
        else:
            picture, told = likeness.of_paint(base(), seen(), portrait.crop, wanted)
            moves = False
            terms = paint_terms(*weights)
        device = self._device
        asked = Likeness(picture_tensor(picture, device), mask_tensor(told, device))
        return Wish(generator, s, mask, asked, terms, moves)

    def search(self, job: Intervene, wish: Wish) -> Iterator[InterventionStep]:
        """The optimiser's steps."""
        goals = [goal for goal in job.goals if goal.value]
        gauge = self._gauge(goals)
        return intervention.optimise(
            wish.generator,
            self._features,
            self._directions.statistics,
            wish.s,
            wish.mask,
            wish.wanted,
            terms=wish.terms,
            residual=job.dials.residual,
            steps=job.dials.steps,
            seed=job.dials.seed,
            loop=gauge and intervention.Loop.of(gauge, moves=wish.moves),
            sight=attribute_sight(
                self._directions, [goal.attribute for goal in goals], wish.wanted, moves=wish.moves
            ),
        )

    def concluded(
        self, job: Intervene, wish: Wish, last: InterventionStep, seconds: float
    ) -> tuple[Edit, InterventionReport]:
        """The history entry that a search leads to, and its figures."""
        delta = StyleDelta.from_dense(self._layout, last.delta[0].cpu().numpy())
        report, shift = self._report(job, wish, delta, last.step, seconds)
        landmarks = _moved(job.portraits[job.active], job.region, shift) if wish.moves else None
        if len(job.goals) == 1:
            key = _delta_key(job.portraits[job.active], job.region, job.goals)
            self._deltas[key] = job.goals[0].value, last.delta
            self._deltas.move_to_end(key)
            while len(self._deltas) > _KEPT_DELTAS:
                self._deltas.popitem(last=False)
        offset = job.portraits[job.active].history.base.offset
        origin = EditOrigin(
            tuple((goal.attribute, goal.value) for goal in job.goals),
            job.dials.seed,
            last.step,
            job.dials.strictness,
            job.dials.naturalness,
            job.dials.residual,
            likeness_name(job.likeness),
            "" if offset is None else offset.fingerprint,
        )
        created = round(time.time(), 3)
        edit = Edit(uuid.uuid4().hex, _label(job), delta, job.region, origin, created, landmarks)
        return edit, report

    def dragged(self, job: Drag) -> StyleDelta:
        """The last intervention on this slider here, scaled; or a first guess."""
        portrait = job.portraits[job.active]
        known = self._deltas.get(_delta_key(portrait, job.region, job.goals))
        if len(job.goals) == 1 and known is not None and known[0] * job.goals[0].value > 0:
            delta = known[1] * (job.goals[0].value / known[0])
        else:
            change = self._change(job.goals)
            local = self._locality(portrait, job.region)
            delta = intervention.first_guess(change.entangled, change.precise, *local)
        return StyleDelta.from_dense(self._layout, delta[0].cpu().numpy())

    def _locality(self, portrait: Portrait, region: RegionMask) -> tuple[Tensor, Tensor]:
        """``channel_locality`` of a face as it is, of the last region asked for."""
        code = portrait.history.current()
        key = (portrait.crop, code, region.digest)
        if self._local is None or self._local[0] != key:
            s, mask = code_tensor(code, self._device), self._crop_mask(portrait.crop, region)
            generator = self.generator_of(code)
            self._local = (key, intervention.channel_locality(generator, s, mask))
        return self._local[1]

    def _crop_mask(self, crop: FaceCrop, region: RegionMask) -> Tensor:
        mask = crop.mask_in_crop(region.alpha, region.x, region.y) if not region.is_empty else None
        if mask is None or float(mask.sum()) < 1:
            raise _bad_request(
                "The region does not touch the chosen face.",
                "Brush over the face, or choose a region preset.",
            )
        return mask_tensor(mask, self._device)

    def _change(self, goals: Sequence[Goal]) -> AttributeChange:
        """The direct edit of the goals."""
        units = {row.name: row.unit_sd for row in attributes.table()}
        directions: list[Direction] = []
        amounts: list[float] = []
        for goal in goals:
            if goal.direction is not None:
                goal.direction.layout.require(self._layout)
                directions.append(self._slider_direction(goal.direction))
                amounts.append(goal.value / 100)
            elif goal.attribute in self._directions.attributes and goal.attribute in units:
                directions.append(self._directions.attributes[goal.attribute])
                amounts.append(goal.value / 100 * units[goal.attribute])
            else:
                known = ", ".join(name for name in units if name in self._directions.attributes)
                raise _bad_request(
                    f"There is no attribute named {goal.attribute!r}.", f"Choose one of: {known}."
                )
        moved = [pair for pair in zip(directions, amounts, strict=True) if pair[1]]
        if not moved:
            raise _bad_request("Nothing to do.", "Move a slider away from 0.")
        return AttributeChange.of([d for d, _ in moved], [a for _, a in moved])

    def _gauge(self, goals: Sequence[Goal]) -> Gauge | None:
        """What measures the attributes of ``_change(goals)``."""
        return attribute_gauge(self._faces, self._units(goals))

    def _units(self, goals: Sequence[Goal]) -> list[tuple[str, float]]:
        """Of each goal its attribute and the standard deviation of that one's measure."""
        known = self._directions.attributes
        return [(g.attribute, 1.0 if g.direction else known[g.attribute].sd) for g in goals]

    def _slider_direction(self, delta: StyleDelta) -> Direction:
        """A discovered slider as a direction: it is its own direct edit and its own normal."""
        dense = torch.from_numpy(delta.dense()).to(self._device)
        whitened = dense / self._directions.statistics.s_sd
        normal = whitened / (whitened.square().sum() + 1e-12)
        return Direction(dense, dense, normal, mean=0.0, sd=1.0, correlation=float("nan"))

    @torch.no_grad()
    def _report(
        self, job: Intervene, wish: Wish, delta: StyleDelta, steps: int, seconds: float
    ) -> tuple[InterventionReport, NDArray[np.float64]]:
        """The figures, and by how much the render's landmarks moved, (68, 2) in crop pixels."""
        edited = code_tensor(job.portraits[job.active].history.current().plus(delta), self._device)
        before, after = wish.generator.synthesise(torch.cat([wish.s, edited])).chunk(2)
        if isinstance(wish.wanted, AttributeChange):
            direct = wish.generator.synthesise(wish.s + wish.wanted.entangled)
        else:
            direct = torch.lerp(before, wish.wanted.picture, wish.mask * wish.wanted.told)
        outside, inside = 1 - wish.mask, wish.mask

        def mean_square(a: Tensor, b: Tensor, where: Tensor) -> float:
            return float(((a - b).square() * where).sum() / (3 * where.sum() + 1e-8))

        seen = [to_uint8(to_picture(picture)) for picture in (before, after, direct)]
        points = landmarks_along(self._faces, seen, moves=wish.moves)
        attained, attained_direct = _distances(seen, points, self._units(job.goals))
        report = InterventionReport(
            steps=steps,
            seconds=seconds,
            leak=mean_square(after, before, outside),
            leak_direct=mean_square(direct, before, outside),
            inside_error=mean_square(after, direct, inside),
            attained=attained,
            attained_direct=attained_direct,
            delta_channels=len(delta.channels),
        )
        return report, points[1] - points[0]

    # ------------------------------------------------------------------ discovery

    def discover(self, job: Discover) -> Iterator[Report]:
        """Reports of the job; the last is Finished."""
        began, stage = time.monotonic(), "Looking for what can change here"
        portrait, statistics = job.portraits[job.active], self._directions.statistics
        code = portrait.history.current()
        key = (portrait.crop, code, job.region.digest, job.count)
        if self._discovered is None or self._discovered[0] != key:
            s = code_tensor(code, self._device)
            mask = self._crop_mask(portrait.crop, job.region)
            generator = self.generator_of(code)
            scene = generator, statistics, s, mask
            yield Progress(stage, 0, 3)
            channels = discovery.candidates(*scene)
            yield Progress(stage, 1, 3)
            deltas = discovery.choose(*scene, channels, count=job.count)
            yield Progress(stage, 2, 3)
            found = discovery.pictured(generator, s, mask, deltas)
            box = _box_of(mask[0, 0].cpu().numpy())
            self._discovered = (key, tuple(self._style_slider(one, box) for one in found))
        yield Finished(Discovery(self._discovered[1], time.monotonic() - began))

    def _style_slider(self, found: Found, box: tuple[slice, slice]) -> StyleSlider:
        delta = StyleDelta.from_dense(self._layout, found.delta.cpu().numpy())
        at = np.cumsum([0, *self._layout.widths])
        strongest = int(delta.channels[np.abs(delta.values).argmax()])
        layer = int(np.searchsorted(at, strongest, "right")) - 1
        label = f"{self._layout.names[layer]} #{strongest - int(at[layer])}"
        if len(delta.channels) > 1:
            label += f" + {len(delta.channels) - 1}"
        digest = hashlib.sha256(delta.channels.tobytes() + delta.values.tobytes()).hexdigest()
        thumbnails = [to_uint8(to_picture(p[None])[box]) for p in (found.low, found.high)]
        for thumbnail in thumbnails:
            thumbnail.setflags(write=False)
        return StyleSlider(
            "style:" + digest[:16], label, delta, found.locality, found.visibility, *thumbnails
        )


def landmarks_along(
    faces: FaceAnalyser, pictures: Sequence[NDArray[np.uint8]], *, moves: bool
) -> list[NDArray[np.float64]]:
    """Landmarks (68, 2) of one face's crops before and after edits, the first before."""
    before, *later = pictures
    first = faces.aligned_landmarks(before)
    return [first, *(landmarks_after(faces, before, first, now, moves=moves) for now in later)]


def _distances(
    pictures: Sequence[NDArray[np.uint8]],
    points: Sequence[NDArray[np.float64]],
    units: Sequence[tuple[str, float]],
) -> list[tuple[float, ...]]:
    """How far attributes lie from the first picture in each of the others, in their units.

    NaN for those without a measure of their own.
    """
    names = [name for name, _ in units if name in MEASURES]
    first, *later = (measure(p, at, names) for p, at in zip(pictures, points, strict=True))
    return [
        tuple(
            (last[name] - first[name]) / unit if name in first else math.nan for name, unit in units
        )
        for last in later
    ]


def attribute_gauge(faces: FaceAnalyser, units: Sequence[tuple[str, float]]) -> Gauge | None:
    """What measures how far attributes have moved in renders, on the CPU: 25 ms for each face.

    Args:
        faces: finds the landmarks.
        units: of each attribute its name and its measure's standard deviation.

    Returns:
        None if none of the attributes has a measure of its own.
    """
    if not any(name in MEASURES for name, _ in units):
        return None
    moves = attributes.moves(name for name, _ in units)

    def read(before: Tensor, now: Tensor) -> Tensor:
        moved: list[tuple[float, ...]] = []
        for pair in zip(torch.split(before, 1), torch.split(now, 1), strict=True):
            pixels = [to_uint8(to_picture(picture)) for picture in pair]
            points = landmarks_along(faces, pixels, moves=moves)
            moved += _distances(pixels, points, units)
        return now.new_tensor(moved)

    return read


def attribute_sight(
    directions: Directions, asked: Sequence[str], wanted: AttributeChange | Likeness, *, moves: bool
) -> Sight | None:
    """What sees the attributes that are asked for, and those that must stay: colours, or shapes.

    Args:
        directions: of the generator.
        asked: the attributes of ``wanted``, in its order.
        wanted: the direct edit.
        moves: whether it moves things.

    Returns:
        None if the generator's readout does not tell all of them, or nothing is asked for.
    """
    readout, known = directions.readout, directions.attributes
    if readout is None or not isinstance(wanted, AttributeChange):
        return None
    if not set(asked) <= set(readout.names):
        return None
    guarded = [
        name
        for name in (COLOURS if moves else SHAPES)
        if name in known and name in readout.names and name not in asked
    ]
    held = intervention.stack([known[name] for name in guarded]) if moves else None
    return Sight(readout.of(asked), readout.of(guarded), wanted.amounts, held)


def _delta_key(portrait: Portrait, region: RegionMask, goals: Sequence[Goal]) -> tuple[object, ...]:
    names = tuple(goal.attribute for goal in goals)
    return (portrait.crop, portrait.history.current(), region.digest, names)


def _moved(
    portrait: Portrait, region: RegionMask, shift: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A portrait's landmarks once an edit in ``region`` has shifted them by crop pixels."""
    points = portrait.landmarks
    x, y = (np.rint(points).astype(int) - [region.x, region.y]).T
    height, width = region.alpha.shape
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    share = np.zeros((len(points), 1))
    share[inside, 0] = region.alpha[y[inside], x[inside]] / 255
    moved = points + share * (shift @ portrait.crop.to_photo[:, :2].T)
    moved.setflags(write=False)
    return moved


def _box_of(mask: NDArray[np.float32]) -> tuple[slice, slice]:
    """Rows and columns of a thumbnail: the mask's box with a margin, at least a quarter."""
    spans: list[slice] = []
    for axis in (1, 0):
        at = np.flatnonzero(mask.max(axis) > 0.02)
        middle, reach = (at[0] + at[-1]) / 2, max((at[-1] - at[0]) * 0.65, len(mask) / 8)
        low = int(np.clip(middle - reach, 0, len(mask)))
        spans.append(slice(low, int(np.clip(middle + reach, low + 1, len(mask)))))
    return spans[0], spans[1]


def _bad_request(title: str, advice: str) -> EngineFailure:
    return EngineFailure(EngineError("bad_request", title, advice))


def _label(job: Intervene) -> str:
    """What the history calls an edit."""
    if job.likeness is not None:
        name = likeness_name(job.likeness)
        return "Match paint" if name == "paint" else f"Match {name.removeprefix('reference ')}"
    labels = {row.name: row.label for row in attributes.table()}
    return ", ".join(
        f"{labels.get(goal.attribute, 'Discovered')} {goal.value:+.0f}" for goal in job.goals
    )
