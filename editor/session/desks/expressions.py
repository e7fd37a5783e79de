"""Expressions: a reference's, or a neutral face's, as one edit of the active face."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from editor.document.expressions import expression_goals
from editor.document.photo_square import SQUARE
from editor.engine.expression_jobs import CompareExpressions
from editor.session.desks.sliders import can_edit
from editor.session.operations import Operation
from editor.session.wishes import PresetRegion, PresetRegions, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from editor.document.brushed_region import BrushedRegion
    from editor.document.errors import EngineError
    from editor.document.goals import Goal, Reference
    from editor.document.region import RegionMask
    from editor.engine.expression_jobs import ExpressionChange
    from editor.session.desks.edits import Edits
    from editor.session.desks.likeness import Likeness
    from editor.session.desks.regions import Regions
    from editor.session.known_sliders import KnownSliders
    from editor.session.open_document import Document, Face
    from editor.session.studio import Studio
    from editor.session.wishes import RegionSource

_NOTHING_TO_COPY = "This face has that expression already, as far as it can be measured."
_NOTHING_LEFT = "This face is neutral already, as far as it can be measured."


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What held at the moment of the gesture; strokes before it come first.

    Attributes:
        document, face: whose expression it is.
        reference: whose it is to have; None: a neutral face's.
        wish: the edit, whose goals are looked for.
    """

    document: Document
    face: Face
    reference: Reference | None
    wish: Wish


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where it is asked for: the brushed region with its mask, or the usual regions (None)."""

    brushed: BrushedRegion | None = None
    mask: RegionMask | None = None
    apart: frozenset[str] = frozenset()


class Expressions(QObject):
    """Compares the active face's expression with another one, and asks for the difference."""

    def __init__(
        self,
        studio: Studio,
        regions: Regions,
        edits: Edits,
        known: KnownSliders,
        likeness: Likeness,
    ) -> None:
        super().__init__(studio)
        self._studio, self._regions, self._edits = studio, regions, edits
        self._known, self._likeness = known, likeness

    def copy(self) -> None:
        """Give the active face the reference's expression: one edit."""
        if self._likeness.reference is None:
            self._studio.noticed.emit("Open a reference photo first.")
        else:
            self._ask(self._likeness.reference)

    def neutralise(self) -> None:
        """Take the expression out of the active face: one edit."""
        self._ask(None)

    # ------------------------------------------------------------ inside

    def _ask(self, reference: Reference | None) -> None:
        studio = self._studio
        document, face = studio.document, studio.face
        if document is None or face is None or not can_edit(studio, face):
            return
        if face.detected.detector == SQUARE:
            studio.noticed.emit("Choose a face: a square has no expression.")
            return
        serial = studio.next_serial()
        wish = Wish(face, (), document.region_of(face), serial, dials=studio.dials)
        asked = _Asked(document, face, reference, wish)

        def begin() -> None:
            others = self._edits.pending
            self._edits.announce(wish, partial(self._stop, wish))
            studio.deferrals.when_over(others, partial(self._look, asked))

        self._regions.then(begin)

    def _stop(self, wish: Wish) -> None:
        """Nobody wants it any more."""
        operations = self._studio.operations
        operations.withdraw(
            *(one for one in operations.pending(CompareExpressions) if one.subject is wish)
        )

    def _look(self, asked: _Asked) -> None:
        """At the region at hand, once strokes are in; what a slider made is nobody's choice."""
        if not self._is_wanted(asked):
            return
        regions = asked.document.regions_of(asked.face)
        hand = regions.hand
        if hand.mask.is_empty or hand.usual:
            self._compare(asked, _Place(apart=regions.apart))
            return

        def made(mask: RegionMask) -> None:
            self._compare(asked, _Place(hand, mask, regions.apart))

        self._regions.soften(hand, made, partial(self._fail, asked))

    def _compare(self, asked: _Asked, place: _Place) -> None:
        if not self._is_wanted(asked) or asked.face.portrait is None:
            return
        job = CompareExpressions(asked.document.photo, asked.face.portrait.crop, asked.reference)
        end = partial(self._edits.settle, asked.wish, None)
        self._studio.operations.submit(
            Operation(
                job,
                done=partial(self._found, asked, place),
                failed=lambda _: end(),
                cancelled=end,
                subject=asked.wish,
            )
        )

    def _found(self, asked: _Asked, place: _Place, change: ExpressionChange) -> None:
        studio, face = self._studio, asked.face
        if not self._is_wanted(asked) or face.portrait is None:
            return
        rows = {row.name: row for row in self._known.attributes}
        labels = {name: row.label for name, row in rows.items()}
        edits = face.portrait.history.applied
        neutral = asked.reference is None
        found = expression_goals(
            change.values, labels, face.landmarks, edits, place.mask,
            neutral=neutral, detail=face.detail,
        )  # fmt: skip
        for why in found.whys:
            studio.noticed.emit(why)
        if not (found.goals or found.whys):
            studio.noticed.emit(_NOTHING_LEFT if neutral else _NOTHING_TO_COPY)
        if not found.goals:
            self._edits.settle(asked.wish, None)
            return
        source = place.brushed or _usual(
            asked, {rows[goal.attribute].region for goal in found.goals}
        )
        commit = partial(self._commit, asked, found.goals, source, place.apart)
        self._regions.soften(source, commit, partial(self._fail, asked))

    def _commit(
        self,
        asked: _Asked,
        moves: tuple[Goal, ...],
        source: RegionSource,
        apart: frozenset[str],
        region: RegionMask,
    ) -> None:
        """Ask for it where the sliders stand in this region, which others may not reach."""
        if not self._is_wanted(asked):
            return
        stand = self._edits.standing(asked.face, region)
        goals = tuple(
            replace(goal, value=max(-100.0, min(100.0, goal.value + stand.get(goal.attribute, 0))))
            for goal in moves
        )
        found = replace(asked.wish, goals=goals, source=source, region=region, apart=apart)
        self._edits.settle(asked.wish, found)

    def _fail(self, asked: _Asked, error: EngineError) -> None:
        self._studio.failed.emit(error)
        self._edits.settle(asked.wish, None)

    def _is_wanted(self, asked: _Asked) -> bool:
        """Whether it was not taken back meanwhile, and face and photo are still there."""
        there = self._studio.document is asked.document and asked.face in asked.document.faces
        return there and asked.wish in self._edits.pending


def _usual(asked: _Asked, names: Iterable[str]) -> PresetRegions:
    """The usual regions of what is asked for, as one."""
    face, photo = asked.face, asked.document.photo
    feather = asked.document.region_of(face).feather
    return PresetRegions(
        tuple(
            PresetRegion(name, face.landmarks, photo.width, photo.height, feather, face.detail)
            for name in sorted(names)
        )
    )
