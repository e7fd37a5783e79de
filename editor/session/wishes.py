"""What a user asks of a region, and what that means for the history."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from editor.document.brushed_region import BrushedRegion
from editor.document.carrying import CarriedRegion
from editor.document.face_regions import feather_of, preset
from editor.document.goals import Dials, Goal, likeness_name
from editor.document.region import RegionError, RegionMask
from editor.document.region_overlap import HALF, covers, overlap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.goals import Pull, Reference
    from editor.document.history import Edit, EditHistory
    from editor.document.paint import PaintLayer
    from editor.document.stroke import BrushStroke
    from editor.document.style import StyleDelta
    from editor.session.open_document import Face

MOST_SCALED = 1.25
"""Times what was searched for: so far a delta is scaled for a slider (docs/adr/0012)."""

_SAME_REGION = 0.98  # of what two regions cover together, to people
_NOTHING = 1e-6  # slider units: what is left after adding and taking away the same numbers


class RegionSource(Protocol):
    """Something that a feathered region can be made of, which may take long."""

    def feathered(self) -> RegionMask:
        """What an edit gets."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PresetRegion:
    """A region preset for one face, not made yet.

    Attributes:
        name: of the preset.
        landmarks: (68, 2), photo pixels.
        width, height: of the photo.
        feather: photo pixels.
        detail: what was seen of the face.
    """

    name: str
    landmarks: NDArray[np.float64]
    width: int
    height: int
    feather: float
    detail: FaceDetail | None = None

    def feathered(self) -> RegionMask:
        """What an edit gets; may be empty.

        Raises:
            RegionError: there is no preset of that name, or no hair on this head.
        """
        mask = preset(self.name, self.landmarks, self.width, self.height, self.detail)
        return mask.feathered(feather_of(self.name, self.feather))


@dataclass(frozen=True, slots=True, eq=False)
class PresetRegions:
    """Several presets for one face as one region, not made yet; at least one."""

    parts: tuple[PresetRegion, ...]

    def feathered(self) -> RegionMask:
        """What an edit gets; may be empty.

        Raises:
            RegionError: as of a ``PresetRegion``.
        """
        first, *others = (part.feathered() for part in self.parts)
        for other in others:
            first = first.united(other)
        return first


@dataclass(frozen=True, slots=True, eq=False)
class PaintedRegion:
    """Where colours are painted, grown by the feather so that all of the paint counts in full."""

    paint: PaintLayer
    feather: float

    def feathered(self) -> RegionMask:
        """What an edit gets."""
        return self.paint.area.grown(self.feather).feathered(self.feather)


class StrokeRegion:
    """What a stroke covers, not stamped yet: on a large photo that takes up to a second.

    Attributes:
        brushed: that region, once ``feathered`` was called; None before.
    """

    def __init__(self, stroke: BrushStroke, width: int, height: int, feather: float) -> None:
        """Of a stroke over a photo of that size, with a feather in photo pixels."""
        self._stroke, self._feather = stroke, feather
        self._width, self._height = width, height
        self.brushed: BrushedRegion | None = None

    def __eq__(self, other: object) -> bool:
        """Whether the other was drawn alike."""
        return isinstance(other, StrokeRegion) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        stroke = self._stroke
        pressure = None if stroke.pressure is None else stroke.pressure.tobytes()
        return stroke.points.tobytes(), pressure, stroke.radius, stroke.erase, self._feather

    def feathered(self) -> RegionMask:
        """What an edit gets."""
        if self.brushed is None:
            mask = RegionMask.empty(self._width, self._height).stamped(self._stroke)
            self.brushed = BrushedRegion(mask, self._feather)
        return self.brushed.feathered()


class BroughtRegion:
    """Where one part of a preset, or of copied edits, lies on a face, not made yet.

    Its sliders' values are what the part changes, on top of the parts before it: where they shall
    stand is known once it is known which of these are in force in this region.

    Attributes:
        source: what the region is made of.
        wanted: where its sliders shall stand, as far as the face can carry that, once ``feathered``
            was called; before, what the part changes.
        whys: why they stand no further.
    """

    def __init__(
        self,
        source: RegionSource,
        changes: tuple[Goal, ...],
        opacity: float,
        limited: Callable[[tuple[Goal, ...]], tuple[tuple[Goal, ...], tuple[str, ...]]],
        others: Iterable[BroughtRegion] = (),
    ) -> None:
        """Of a part.

        Args:
            source: what its region is made of.
            changes: what it changes, at least one.
            opacity: of its edit, 0…1.
            limited: where sliders can stand on this face, and why some go no further.
            others: the parts before it, oldest first.
        """
        self.source, self.wanted = source, changes
        self.whys: tuple[str, ...] = ()
        self._changes = {goal.attribute: goal.value for goal in changes}
        self._opacity, self._limited = opacity, limited
        self._mask: RegionMask | None = None
        self._under = tuple(o for o in others if o._changes.keys() & self._changes.keys())
        self._over: list[BroughtRegion] = []
        for other in self._under:
            other._over.append(self)

    @property
    def brushed(self) -> BrushedRegion | None:
        """The region with a name that it belongs to."""
        return self.source.brushed if isinstance(self.source, CarriedRegion) else None

    def feathered(self) -> RegionMask:
        """What an edit gets; from then on ``wanted`` is known.

        Raises:
            RegionError: as of the source.
        """
        mask = self._made()
        for other in (*self._under, *self._over):
            with suppress(RegionError):  # that part is told of in its own turn
                other._made()
        beneath = [self, *(other for other in self._under if other._is_in_force(mask))]
        stand = tuple(
            replace(goal, value=sum(one._changes.get(goal.attribute, 0.0) for one in beneath))
            for goal in self.wanted
        )
        self.wanted, self.whys = self._limited(stand)
        return mask

    def owns(self, edit: Edit) -> bool:
        """Whether an entry is this part's, brought earlier or made alike, and no other part's."""
        return self._owner(edit) is self

    def beneath(self, edits: Iterable[Edit]) -> tuple[Edit, ...]:
        """Those that this part lies upon: without what the parts after it have brought earlier."""
        return tuple(edit for edit in edits if self._owner(edit) not in self._over)

    def _made(self) -> RegionMask:
        if self._mask is None:
            self._mask = self.source.feathered()
        return self._mask

    def _is_in_force(self, region: RegionMask) -> bool:
        return self._mask is not None and covers(self._mask, region)

    def _owner(self, edit: Edit) -> BroughtRegion | None:
        """The part whose region, name and opacity are most like an entry's."""

        def likeness(part: BroughtRegion) -> tuple[float, bool, float]:
            share = 0.0 if part._mask is None else overlap(part._mask, edit.region).of_both
            ids = [one.id if one else "" for one in (part.brushed, edit.brushed)]
            return share, ids[0] == ids[1], -abs(part._opacity - edit.opacity)

        best = max((self, *self._under, *self._over), key=likeness)
        return best if likeness(best)[0] >= HALF else None


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What a region of a face shall become, waiting for the engine or with it.

    Attributes:
        face: whose it is.
        goals: where sliders shall stand (not how far they move); none for a likeness.
        source: what the region is made of.
        serial: when the user asked for it.
        likeness: what the region shall look like instead.
        together: joins the region's last edit instead of adding one of its own.
        chosen: id of the entry that the user looks at; "" for none.
        moved: id of the entry that is wanted here as it is, instead of where it was; "" for none.
        change: what is shown of the history while the slider of an entry is in hand; such a wish
            is never committed.
        dials: the objective's, as they stood when the user asked.
        region: made of ``source``, feathered; None as long as it is not needed.
        apart: ids of regions with names; edits that were made in these stay theirs, even where
            they cover the same.
        upon: (68, 2) float32, how far heads that turn had moved the face when it was asked for, and
            its region with it (``EditHistory.turned``); until it is computed others may turn it.
        opacity: of its entry, 0…1; None: what the entry has that it changes, or 1.
    """

    face: Face
    goals: tuple[Goal, ...]
    source: RegionSource
    serial: int
    likeness: Reference | PaintLayer | Pull | None = None
    together: bool = False
    dials: Dials = Dials()
    region: RegionMask | None = None
    chosen: str = ""
    moved: str = ""
    change: Callable[[EditHistory], EditHistory] | None = None
    apart: frozenset[str] = frozenset()
    upon: NDArray[np.float32] | None = None
    opacity: float | None = None

    def __post_init__(self) -> None:
        portrait = self.face.portrait
        if self.upon is None and portrait is not None:
            turned = portrait.history.turned
            object.__setattr__(self, "upon", np.zeros((68, 2), "f4") if turned is None else turned)

    @property
    def names(self) -> frozenset[str]:
        """The sliders that it moves."""
        return frozenset(goal.attribute for goal in self.goals)

    @property
    def brushed(self) -> BrushedRegion | None:
        """What the user brushed for it; None where its region was made otherwise, or not yet."""
        source = self.source
        if isinstance(source, StrokeRegion | CarriedRegion | BroughtRegion):
            return source.brushed
        return source if isinstance(source, BrushedRegion) else None

    @property
    def likeness_name(self) -> str:
        """As ``EditOrigin.likeness`` calls it."""
        return likeness_name(self.likeness)

    def made(self, region: RegionMask) -> Wish:
        """This one, whose region was made of its source."""
        source = self.source
        goals = source.wanted if isinstance(source, BroughtRegion) else self.goals
        return replace(self, region=region, goals=goals)

    def is_there(self, other: Wish) -> bool:
        """Whether the other is about the same region of the same face."""
        if self.face is not other.face:
            return False
        if isinstance(other.source, BrushedRegion) and other.source.id in self.apart:
            return False
        if self.region is not None and other.region is not None:
            return self.region == other.region
        return self.source == other.source

    def moves_the_same(self, other: Wish) -> bool:
        """Whether the other moves the same sliders or entry, or follows the same likeness."""
        return (self.names, self.likeness_name, self.moved) == (
            other.names,
            other.likeness_name,
            other.moved,
        )

    def repeats(self, other: Wish) -> bool:
        """Whether this one moves the same sliders, or follows the same likeness, there."""
        return self.moves_the_same(other) and self.is_there(other)

    def equals(self, other: Wish) -> bool:
        """Whether it asks for nothing else than the other."""
        return (
            self.repeats(other)
            and self.likeness is other.likeness
            and {g.attribute: g.value for g in self.goals}
            == {g.attribute: g.value for g in other.goals}
        )

    def replaces(self, other: Wish) -> bool:
        """Whether the other need not be fulfilled once this one has ``taken_over`` from it."""
        if self.together and self.likeness is None and other.likeness is None:
            return self.is_there(other)
        return self.repeats(other)

    def taken_over(self, other: Wish) -> Wish:
        """This one, and what the other wants of further sliders."""
        kept = tuple(goal for goal in other.goals if goal.attribute not in self.names)
        return replace(self, goals=(*kept, *self.goals))


@dataclass(frozen=True, slots=True)
class Step:
    """What a wish asks of the history.

    Attributes:
        start: the history that the edit goes on top of.
        goals: changes of the sliders on top of ``start``; none when only ``start`` is wanted.
        amended: the entry that is replaced where it stands (or taken away, without goals and
            likeness); None when one is added.
        above: edits in force above that entry.
        scaled: that entry as it answers the wish without a search; None where it must be made.
        opacity: of the entry, where the wish says; None: what that entry has, or 1.
    """

    start: EditHistory
    goals: tuple[Goal, ...]
    amended: Edit | None = None
    above: tuple[Edit, ...] = ()
    scaled: Edit | None = None
    opacity: float | None = None

    @property
    def shown_at(self) -> float:
        """The opacity of its edit as pictures show it, 0…1."""
        if self.opacity is not None:
            return self.opacity
        return 1.0 if self.amended is None else self.amended.opacity


def slider_values(edits: tuple[Edit, ...], region: RegionMask) -> dict[str, float]:
    """Where the sliders stand for one region: the goals of all edits in force there, added up.

    An edit is in force in a region of which it covers at least half.
    """
    values: dict[str, float] = {}
    for edit in edits:
        if edit.goals and covers(edit.region, region):
            for attribute, change in edit.goals:
                values[attribute] = values.get(attribute, 0.0) + change
    return values


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What an edit does by a slider that does not count it, since it lies in another region.

    Attributes:
        id, title: of the edit.
        value: what it adds, slider units.
        share: how much of the region at hand it covers, 0…½; 0 without a region.
    """

    id: str
    title: str
    value: float
    share: float


def in_force_elsewhere(edits: tuple[Edit, ...], region: RegionMask | None) -> dict[str, Elsewhere]:
    """By slider, the newest edit in force that ``slider_values`` leaves out for this region."""
    found: dict[str, Elsewhere] = {}
    for edit in edits:
        share = 0.0 if region is None else overlap(region, edit.region).of_first
        if share < HALF:
            for attribute, value in edit.goals:
                if abs(value) > _NOTHING:
                    found[attribute] = Elsewhere(edit.id, edit.title, value, share)
    return found


def step_for(
    history: EditHistory, wish: Wish, region: RegionMask, known: Mapping[str, StyleDelta | None]
) -> Step | None:
    """How to fulfil a wish; None when the sliders stand there already.

    The entry that moved these sliders in this region (or followed this likeness there) is changed,
    wherever it stands in the stack; with a wish that goes together, also the region's last entry,
    whatever that moved. Else an edit is added for the rest of the way.

    Args:
        history: of the face.
        wish: for it.
        region: the wish's, feathered.
        known: direction of each discovered slider, None for an attribute; an edit with a slider
            that is not here cannot be asked for again, so nothing joins it.
    """
    source = wish.source
    beneath = history.applied
    if isinstance(source, BroughtRegion):
        beneath = source.beneath(beneath)
    stand = slider_values(beneath, region)
    if wish.moved:
        return _step_of_move(history, wish, region)
    if wish.likeness is None and not any(
        abs(goal.value - stand.get(goal.attribute, 0.0)) > _NOTHING for goal in wish.goals
    ):
        return None
    wanted = {goal.attribute: goal for goal in wish.goals}
    amended = _entry_for(history, wish, region, known)
    kept = dict(amended.goals) if amended is not None else {}
    goals = {name: Goal(name, value, known.get(name)) for name, value in kept.items()}
    for name, goal in wanted.items():
        others = stand.get(name, 0.0) - kept.get(name, 0.0)
        goals[name] = replace(goal, value=goal.value - others)
    asked = tuple(goal for goal in goals.values() if abs(goal.value) > _NOTHING)
    if amended is None:
        return Step(history, asked, opacity=wish.opacity)
    scaled = None if wish.likeness is not None else _scaled(amended, asked, wish, region)
    if scaled is not None and wish.opacity is not None:
        scaled = replace(scaled, opacity=wish.opacity)
    step = _step_at(history, amended, asked, scaled and _in(scaled, region, wish))
    return replace(step, opacity=wish.opacity)


def _step_at(
    history: EditHistory, amended: Edit, goals: tuple[Goal, ...], scaled: Edit | None
) -> Step:
    """To an entry where it stands."""
    start = history.before(amended.id)
    above = tuple(edit for edit in history.reached[start.position + 1 :] if edit.enabled)
    return Step(start, goals, amended, above, scaled)


def replaced(step: Step, wish: Wish, region: RegionMask) -> Edit | None:
    """The entry of another region that a wish changes and takes into its own; None for none.

    A region that was brushed on since is the same one.
    """
    old = step.amended
    if old is None or wish.moved or not (step.goals or wish.likeness):
        return None
    here, there = wish.brushed, old.brushed
    if here is not None and there is not None and here.id == there.id:
        return None
    return None if overlap(region, old.region).of_both > _SAME_REGION else old


def _step_of_move(history: EditHistory, wish: Wish, region: RegionMask) -> Step | None:
    """An entry in another region; None where it is gone, or there already."""
    entry = next((edit for edit in history.reached if edit.id == wish.moved), None)
    if entry is None or entry.region == region:
        return None
    directions = {goal.attribute: goal.direction for goal in wish.goals}
    goals = tuple(Goal(name, value, directions.get(name)) for name, value in entry.goals)
    smaller = overlap(region, entry.region).of_first == 1  # what was found does there as well
    return _step_at(history, entry, goals, _in(entry, region, wish) if smaller else None)


def landed(history: EditHistory, step: Step, edit: Edit) -> EditHistory:
    """The history with a finished edit, whatever became of it while that was computed.

    The edit that it amends makes way if it is still there; what was set for that one holds for it.
    """
    old = None if step.amended is None else history.find(step.amended.id)
    if step.opacity is not None:
        edit = replace(edit, opacity=step.opacity)
    if old is None:
        return history.push(edit)
    opacity = old.opacity if step.opacity is None else step.opacity
    return history.changed(
        replace(edit, id=old.id, opacity=opacity, enabled=old.enabled, name=old.name)
    )


def _entry_for(
    history: EditHistory, wish: Wish, region: RegionMask, known: Mapping[str, StyleDelta | None]
) -> Edit | None:
    """The entry that a wish changes: the chosen one, or else the newest that it can change."""
    fit: list[Edit] = []
    joined: list[Edit] = []
    for edit in history.applied:
        if edit.origin.likeness != wish.likeness_name or not _is_of(edit, region):
            continue
        if edit.brushed is not None and edit.brushed.id in wish.apart:
            continue
        if isinstance(wish.source, BroughtRegion) and not wish.source.owns(edit):
            continue
        moved = frozenset(name for name, _ in edit.origin.goals)
        if moved == wish.names:
            fit.append(edit)
        elif wish.likeness is None and known.keys() >= moved:
            if len(wish.names) == 1 and wish.names < moved:
                fit.append(edit)
            elif wish.together:
                joined.append(edit)
    chosen = next((edit for edit in fit if edit.id == wish.chosen), None)
    return chosen or next(reversed(fit or joined), None)


def _scaled(edit: Edit, goals: tuple[Goal, ...], wish: Wish, region: RegionMask) -> Edit | None:
    """The entry with all its goals changed alike and no farther than a delta may be scaled.

    None where that does not answer the wish: it was found with other dials, or would change pixels
    where it was not meant to.
    """
    origin, dials = edit.origin, wish.dials
    found = dict(origin.goals)
    if {goal.attribute for goal in goals} != found.keys() or not all(found.values()):
        return None
    weights = [goal.value / found[goal.attribute] for goal in goals]
    if not weights or max(weights) - min(weights) > _NOTHING:
        return None
    alike = (origin.strictness, origin.naturalness, origin.residual) == (
        dials.strictness,
        dials.naturalness,
        dials.residual,
    )
    inside = overlap(region, edit.region).of_first == 1
    if not (alike and inside and 0 < weights[0] <= MOST_SCALED):
        return None
    return replace(edit, weight=weights[0])


def _in(edit: Edit, region: RegionMask, wish: Wish) -> Edit:
    """The entry in a wish's region, which lies where the face did as that was asked for."""
    if region == edit.region:
        return edit
    upon = wish.upon if wish.upon is not None and wish.upon.any() else None
    return replace(edit, region=region, upon=upon)


def _is_of(edit: Edit, region: RegionMask) -> bool:
    """Whether the entry's region is this one, though perhaps brushed on since."""
    return overlap(region, edit.region).of_both >= HALF
