"""One linear undo for brush, paint and edits.

A change holds the state before and after it as immutable values, so undo puts a value back; style
codes are always replayed from the base (see editor.document.history), never subtracted. What of a
history changed is repeated or taken back in the stack as it is by then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from editor.document.brushed_region import BrushedRegion
from editor.document.history import EditHistory
from editor.document.history_changes import with_change
from editor.document.named_regions import RegionList
from editor.document.paint import PaintLayer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from editor.document.face import DetectedFace
    from editor.document.history import Portrait
    from editor.session.refined import Refined

_MOST_KNOWN = 200  # steps of a project that is opened
_SNAPSHOT_BYTES = 256 << 20  # what snapshots of pixels may hold before the oldest are forgotten


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Where one face lies, with its inversion and edits there.

    Attributes:
        detected: its landmarks; None before the face was added.
        portrait: None while it was not analysed there.
    """

    detected: DetectedFace | None
    portrait: Portrait | None


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """What the edits of one face stand on.

    Attributes:
        portrait: its inversion, and the edits as they were made on that.
        refined: what it could be refined to; None once that was taken or refused.
    """

    portrait: Portrait
    refined: Refined | None


State = BrushedRegion | RegionList | PaintLayer | EditHistory | Alignment | Footing
"""What one step of undo puts back."""


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One step of undo.

    Attributes:
        label: for the menu: ``"Brush stroke"``, ``"Smile +60"``.
        serial: when the user asked for it; an edit may finish after a later stroke.
        face: which face it belongs to.
        before, after: the face's region, regions, paint, history, alignment or footing.
    """

    label: str
    serial: int
    face: int
    before: State
    after: State

    @property
    def nbytes(self) -> int:
        """Memory that only this snapshot holds, roughly."""
        if isinstance(self.before, BrushedRegion):
            return self.before.mask.alpha.nbytes
        if isinstance(self.before, RegionList) and isinstance(self.after, RegionList):
            kept = {id(one.mask.alpha) for one in self.after.all}
            gone = (one.mask.alpha for one in self.before.all if id(one.mask.alpha) not in kept)
            return sum(alpha.nbytes for alpha in gone)
        return self.before.pixels.nbytes if isinstance(self.before, PaintLayer) else 0


@dataclass(slots=True)
class UndoList:
    """The changes that can be taken back, and those that can be done again."""

    done: list[UndoStep] = field(default_factory=list[UndoStep])
    undone: list[UndoStep] = field(default_factory=list[UndoStep])

    @classmethod
    def of(cls, histories: Mapping[int, EditHistory]) -> UndoList:
        """What a project's stacks tell of how they were made: one step for each entry.

        Entries come in the order in which they stand, those of several faces by when they were
        made. How an entry was changed later is not known: it is taken back as it is.

        Args:
            histories: by the number of the face.
        """
        made: list[tuple[float, int, int]] = []
        for face, history in histories.items():
            times = accumulate((edit.created for edit in history.edits), max)
            made += [(time, face, place) for place, time in enumerate(times)]
        made.sort()
        steps = cls()
        for serial, (_, face, place) in enumerate(made[-_MOST_KNOWN:], -_MOST_KNOWN):
            history = histories[face]
            states = history.at(place), history.at(place + 1)
            step = UndoStep(history.edits[place].title, serial, face, *states)
            (steps.done if place < history.position else steps.undone).append(step)
        steps.undone.reverse()
        return steps

    def record(self, change: UndoStep) -> None:
        """Add a change in the order of serials; what was undone before it is forgotten."""
        place = len(self.done)
        while place and self.done[place - 1].serial > change.serial:
            place -= 1
        self.done.insert(place, change)
        self.undone = [later for later in self.undone if later.serial > change.serial]
        spare = _SNAPSHOT_BYTES - sum(kept.nbytes for kept in self.done)
        while spare < 0 and len(self.done) > 1:
            spare += self.done.pop(0).nbytes

    def slip_in(
        self,
        face: int,
        serial: int,
        now: EditHistory,
        change: Callable[[EditHistory], EditHistory],
        mend: Callable[[EditHistory], EditHistory],
    ) -> tuple[EditHistory, EditHistory, EditHistory]:
        """Change a history as of the time that was asked for; what was asked for later is repeated.

        Args:
            face: whose.
            serial: when the change was asked for.
            now: its history.
            change: what is asked for.
            mend: puts right what a repeated change says of a changed entry.

        Returns:
            the histories before and after the change, and the one of now with it.
        """
        later = [
            place
            for place, step in enumerate(self.done)
            if step.face == face and step.serial > serial and isinstance(step.after, EditHistory)
        ]
        before = now
        if later and isinstance(first := self.done[later[0]].before, EditHistory):
            before = first.rebased(now.base)
        after = new = change(before)
        for place in later:
            step = self.done[place]
            assert isinstance(step.before, EditHistory)
            assert isinstance(step.after, EditHistory)
            repeated = mend(with_change(new, step.before, step.after))
            self.done[place] = replace(step, before=new, after=repeated)
            new = repeated
        return before, after, new

    def undo(self) -> UndoStep | None:
        """The newest change, now undone; None when there is none."""
        if not self.done:
            return None
        self.undone.append(self.done.pop())
        return self.undone[-1]

    def redo(self) -> UndoStep | None:
        """The change that was undone last, now done again; None when there is none."""
        if not self.undone:
            return None
        self.done.append(self.undone.pop())
        return self.done[-1]

    def hand_over(self, face: int, heir: int, feather: float) -> None:
        """What was done to one face, by its number, was done to another.

        ``feather``: of the other's regions without names.
        """

        def softened(state: State) -> State:
            if isinstance(state, RegionList) and not state.hand.name:
                return replace(state, hand=replace(state.hand, feather=feather))
            bare = isinstance(state, BrushedRegion) and not state.name
            return replace(state, feather=feather) if bare else state

        def handed(step: UndoStep) -> UndoStep:
            states = {"before": softened(step.before), "after": softened(step.after)}
            return replace(step, face=heir, **states) if step.face == face else step

        self.done = [handed(step) for step in self.done]
        self.undone = [handed(step) for step in self.undone]

    @property
    def newest(self) -> UndoStep | None:
        """What ``undo`` would take back."""
        return self.done[-1] if self.done else None
