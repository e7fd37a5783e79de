"""What a user asks of a region, and what that means for the history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal, likeness_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.goals import Reference
    from editor.document.history import Edit, EditHistory
    from editor.document.paint import PaintLayer
    from editor.document.region import RegionMask
    from editor.document.style import StyleDelta
    from editor.session.open_document import Face

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
        return mask.feathered(self.feather)


@dataclass(frozen=True, slots=True, eq=False)
class PaintedRegion:
    """Where colours are painted, grown by the feather so that all of the paint counts in full."""

    paint: PaintLayer
    feather: float

    def feathered(self) -> RegionMask:
        """What an edit gets."""
        return self.paint.area.grown(self.feather).feathered(self.feather)


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
        dials: the objective's, as they stood when the user asked.
        region: made of ``source``, feathered; None as long as it is not needed.
    """

    face: Face
    goals: tuple[Goal, ...]
    source: RegionSource
    serial: int
    likeness: Reference | PaintLayer | None = None
    together: bool = False
    dials: Dials = Dials()
    region: RegionMask | None = None

    @property
    def names(self) -> frozenset[str]:
        """The sliders that it moves."""
        return frozenset(goal.attribute for goal in self.goals)

    @property
    def likeness_name(self) -> str:
        """As ``EditOrigin.likeness`` calls it."""
        return likeness_name(self.likeness)

    def is_there(self, other: Wish) -> bool:
        """Whether the other is about the same region of the same face."""
        if self.face is not other.face:
            return False
        if self.region is not None and other.region is not None:
            return self.region == other.region
        return self.source == other.source

    def moves_the_same(self, other: Wish) -> bool:
        """Whether the other moves the same sliders, or follows the same likeness."""
        return self.names == other.names and self.likeness_name == other.likeness_name

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
        amended: id of the last edit when that one is replaced (or taken away, without goals and
            likeness); "" when an edit is added.
    """

    start: EditHistory
    goals: tuple[Goal, ...]
    amended: str = ""


def slider_values(edits: tuple[Edit, ...], region: RegionMask) -> dict[str, float]:
    """Where the sliders stand for one region: the goals of all edits made in it, added up."""
    values: dict[str, float] = {}
    for edit in edits:
        if edit.region is region or edit.region == region:
            for attribute, change in edit.origin.goals:
                values[attribute] = values.get(attribute, 0.0) + change
    return values


def step_for(
    history: EditHistory, wish: Wish, region: RegionMask, known: Mapping[str, StyleDelta | None]
) -> Step | None:
    """How to fulfil a wish; None when the sliders stand there already.

    The last edit is amended when it was made in the same region and moved the same sliders (or
    followed the same likeness), or when the wish goes together with whatever it moved. Else an edit
    is added for the rest of the way.

    Args:
        history: of the face.
        wish: for it.
        region: the wish's, feathered.
        known: direction of each discovered slider, None for an attribute; an edit with a slider
            that is not here cannot be asked for again, so nothing joins it.
    """
    wanted = {goal.attribute: goal for goal in wish.goals}
    stand = slider_values(history.applied, region)
    if wish.likeness is None and not any(
        abs(goal.value - stand.get(goal.attribute, 0.0)) > _NOTHING for goal in wish.goals
    ):
        return None
    last = _last_here(history, region)
    amends = False
    if last is not None and last.origin.likeness == wish.likeness_name:
        moved = [name for name, _ in last.origin.goals]
        joins = wish.together and wish.likeness is None and all(name in known for name in moved)
        amends = joins or frozenset(moved) == wish.names
        if joins:
            wanted = {name: Goal(name, stand[name], known[name]) for name in moved} | wanted
    start = history.undo() if amends else history
    here = slider_values(start.applied, region)
    goals = (replace(goal, value=goal.value - here.get(name, 0.0)) for name, goal in wanted.items())
    kept = tuple(goal for goal in goals if abs(goal.value) > _NOTHING)
    return Step(start, kept, last.id if amends and last is not None else "")


def landed(history: EditHistory, step: Step, edit: Edit) -> EditHistory:
    """The history with a finished edit on top, whatever became of it while that was computed.

    The edit that it amends makes way if it is still the last one.
    """
    last = history.applied[-1].id if history.position else ""
    return (history.undo() if step.amended and last == step.amended else history).push(edit)


def _last_here(history: EditHistory, region: RegionMask) -> Edit | None:
    """The last applied edit, if it was made in this region."""
    if not history.position:
        return None
    last = history.applied[-1]
    return last if last.region is region or last.region == region else None
