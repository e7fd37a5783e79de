"""What a face's draft was refined to, while edits that were made on the draft lie on that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from editor.document.history import EditHistory, Portrait

if TYPE_CHECKING:
    from editor.document.history import Edit, Inversion, NamedState
    from editor.document.style import StyleCode
    from editor.engine.jobs import Patch


def _as_found(edit: Edit, found: Edit) -> Edit:
    """With what was found for it; weight, opacity and name are its own."""
    return replace(
        edit, delta=found.delta, origin=found.origin, shift=found.shift, parts=found.parts
    )


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """An entry that was settled again.

    Attributes:
        drafted: as it was made on the draft.
        beneath: the code that it was found on top of.
        found: for the same goals; None where they are not known any more: it stays as it was.
    """

    drafted: Edit
    beneath: StyleCode
    found: Edit | None

    def answers(self, edit: Edit, beneath: StyleCode) -> bool:
        """Whether that is what would be found for an entry, as it is now, on top of a code."""
        old = self.drafted
        same = old is edit or (
            old.origin == edit.origin and old.region == edit.region and old.delta == edit.delta
        )
        return same and self.beneath == beneath

    def applied(self, edit: Edit) -> Edit:
        """The entry with what was found; weight, opacity and name are its own."""
        if self.found is None:
            return edit
        found = self.found
        return _as_found(edit, found)


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A face as it would be, refined.

    Attributes:
        source: its history on the draft; the proposal is of no other one.
        portrait: the refined one, with each entry settled again; of those that are undone it has
            what was settled before.
        kept: entries that stay as they were, because what they followed is not known any more.
    """

    source: EditHistory
    portrait: Portrait
    kept: tuple[Edit, ...]


@dataclass(slots=True, eq=False)
class Refined:
    """An inversion that waits until all edits of its face are settled on it, and for the user.

    Attributes:
        inversion: of the crop that the face still lies in.
        settled: by entry's id.
        proposal: once all are settled.
        picture: of the proposal, once it was looked at.
        seen: all portraits of the photo, as they are in that picture.
    """

    inversion: Inversion
    settled: dict[str, Settled] = field(default_factory=dict[str, Settled])
    proposal: Proposal | None = None
    picture: Patch | None = None
    seen: tuple[Portrait, ...] | None = None

    def next_of(self, history: EditHistory) -> tuple[EditHistory, Edit | None]:
        """A history on the refined code, and the first entry in force that is not settled yet.

        With None it is the whole history. Else it holds the entries beneath that one. What the user
        has undone is not asked for: of that it holds what was settled before it was undone.
        """
        anew = EditHistory(self.inversion.code)
        for place, edit in enumerate(history.edits):
            entry = edit
            if edit.is_searched:
                settled = self.settled.get(edit.id)
                if settled is None or not settled.answers(edit, anew.current()):
                    if place >= history.position:
                        continue
                    return anew, edit
                entry = settled.applied(edit)
            anew = anew.push(entry)
        return anew.at(history.position), None

    def propose(self, portrait: Portrait, anew: EditHistory) -> Proposal:
        """The face with all of its entries settled; the same one as long as nothing changes."""
        known = self.proposal
        if known is None or known.source != portrait.history:
            refined = Portrait.of(portrait.crop, self.inversion).with_history(anew)
            kept = tuple(
                edit
                for edit in portrait.history.reached
                if edit.is_searched and self.settled[edit.id].found is None
            )
            self.proposal, self.picture = Proposal(portrait.history, refined, kept), None
        assert self.proposal is not None
        return self.proposal

    def in_states(
        self, states: tuple[NamedState, ...], draft: StyleCode, *, back: bool = False
    ) -> tuple[NamedState, ...]:
        """Named states with what was settled instead of what was made on the draft.

        One of which not all was settled stays as it was, on the base that it was made on.

        Args:
            states: of the face.
            draft: the base that what was settled had been made on.
            back: as they were before, instead.
        """
        old, new = draft.fingerprint, self.inversion.code.fingerprint
        if back:
            old, new = new, old

        def settled(edit: Edit) -> Edit | None:
            one = self.settled.get(edit.id)
            if not edit.is_searched or (one is not None and one.found is None):
                return edit
            if one is None or one.found is None:
                return None
            was, then = (one.found, one.drafted) if back else (one.drafted, one.found)
            if edit.delta != was.delta:
                return None
            return _as_found(edit, then)

        def moved(state: NamedState) -> NamedState:
            edits = tuple(found for edit in state.edits if (found := settled(edit)) is not None)
            if state.base != old or len(edits) < len(state.edits):
                return state
            return replace(state, edits=edits, base=new)

        return tuple(moved(state) for state in states)
