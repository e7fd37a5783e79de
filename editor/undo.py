"""One linear undo for brush and edits, and what a slider move means for the history.

A change holds the state before and after it as immutable values, so undo puts a value back; style
codes are always replayed from the base (see editor.history), never subtracted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from editor.history import EditHistory

if TYPE_CHECKING:
    from editor.history import Edit
    from editor.region import RegionMask

_REGION_BYTES = 256 << 20  # what snapshots of regions may hold before the oldest are forgotten


@dataclass(frozen=True, slots=True)
class BrushedRegion:
    """What the user painted for one face, and how soft its edge is.

    Attributes:
        mask: as painted, not feathered.
        feather: inward softening, photo pixels.
    """

    mask: RegionMask
    feather: float

    def feathered(self) -> RegionMask:
        """What an edit gets."""
        return self.mask.feathered(self.feather)


@dataclass(frozen=True, slots=True)
class Change:
    """One step of undo.

    Attributes:
        label: for the menu: ``"Brush stroke"``, ``"Smile +60"``.
        serial: when the user asked for it; an edit may finish after a later stroke.
        face: which face it belongs to.
        before, after: the face's region or its history.
    """

    label: str
    serial: int
    face: int
    before: BrushedRegion | EditHistory
    after: BrushedRegion | EditHistory

    @property
    def nbytes(self) -> int:
        """Memory that only this snapshot holds, roughly."""
        return self.before.mask.alpha.nbytes if isinstance(self.before, BrushedRegion) else 0


@dataclass(slots=True)
class UndoList:
    """The changes that can be taken back, and those that can be done again."""

    done: list[Change] = field(default_factory=list[Change])
    undone: list[Change] = field(default_factory=list[Change])

    def record(self, change: Change) -> None:
        """Add a change in the order of serials; what was undone before it is forgotten."""
        place = len(self.done)
        while place and self.done[place - 1].serial > change.serial:
            place -= 1
        self.done.insert(place, change)
        self.undone = [later for later in self.undone if later.serial > change.serial]
        spare = _REGION_BYTES - sum(kept.nbytes for kept in self.done)
        while spare < 0 and len(self.done) > 1:
            spare += self.done.pop(0).nbytes

    def undo(self) -> Change | None:
        """The newest change, now undone; None when there is none."""
        if not self.done:
            return None
        self.undone.append(self.done.pop())
        return self.undone[-1]

    def redo(self) -> Change | None:
        """The change that was undone last, now done again; None when there is none."""
        if not self.undone:
            return None
        self.done.append(self.undone.pop())
        return self.done[-1]

    @property
    def newest(self) -> Change | None:
        """What ``undo`` would take back."""
        return self.done[-1] if self.done else None


@dataclass(frozen=True, slots=True)
class SliderMove:
    """What a slider's new value asks of the history.

    Attributes:
        start: the history that the edit goes on top of.
        goal: change of the attribute on top of ``start``, slider units.
        amends: the last edit is replaced (or taken away, when the goal is 0).
    """

    start: EditHistory
    goal: float
    amends: bool


def slider_values(edits: tuple[Edit, ...], region: RegionMask) -> dict[str, float]:
    """Where the sliders stand for one region: the goals of all edits made in it, added up."""
    values: dict[str, float] = {}
    for edit in edits:
        if edit.region is region or edit.region == region:
            for attribute, change in edit.origin.goals:
                values[attribute] = values.get(attribute, 0.0) + change
    return values


def slider_move(
    history: EditHistory, attribute: str, value: float, region: RegionMask
) -> SliderMove:
    """How to bring ``attribute`` to ``value`` in ``region``.

    When the last edit moved the same slider in the same region, it is amended; else an edit is
    added for the rest of the way.
    """
    start, amends = history, False
    if history.position:
        last = history.applied[-1]
        same_slider = [name for name, _ in last.origin.goals] == [attribute]
        if same_slider and (last.region is region or last.region == region):
            start, amends = history.undo(), True
    return SliderMove(
        start, value - slider_values(start.applied, region).get(attribute, 0.0), amends
    )


def without_last(history: EditHistory) -> EditHistory:
    """The history with its last applied edit dropped, and all that was undone after it."""
    position = history.position - 1
    return EditHistory(history.base, history.edits[:position], position)
