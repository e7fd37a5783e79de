"""Regions with names: kept, chosen, renamed, hidden, ordered, copied, deleted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.named_regions import CopiedRegions, RegionList, plain, switched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from editor.session.desks.edits import Edits
    from editor.session.desks.regions import Regions
    from editor.session.studio import Studio

_MUCH = 1 << 30  # pixels: always done in the background
_NOTHING = "Brush a region first, then give it a name."


@dataclass(frozen=True, slots=True)
class NamedRegion:
    """What is told of one.

    Attributes:
        id, name: of the region.
        in_hand: whether it is what is brushed, and what an edit gets.
        edits: how many are its own, of those that are reached.
        shown: how many of these are in force.
    """

    id: str
    name: str
    in_hand: bool
    edits: int
    shown: int


class NamedRegions(QObject):
    """Each verb is one step of undo, for the active face, and comes after the strokes before it.

    Attributes:
        copied: what ``paste`` brings; None before anything was copied. It outlives the photo.

    Signals:
        changed(tuple[NamedRegion, ...]): those of the active face, in the user's order.
        copied_changed(CopiedRegions): something was copied.
    """

    changed = Signal(object)
    copied_changed = Signal(object)

    def __init__(self, studio: Studio, regions: Regions, edits: Edits) -> None:
        super().__init__(studio)
        self._studio, self._regions, self._edits = studio, regions, edits
        self._told: tuple[NamedRegion, ...] = ()
        self.copied: CopiedRegions | None = None
        regions.region_changed.connect(self._tell)
        studio.history_changed.connect(self._tell)

    @property
    def listed(self) -> tuple[NamedRegion, ...]:
        """Those of the active face, or of a photo without one, in the user's order."""
        document, history = self._studio.document, self._studio.history
        if document is None:
            return ()
        regions = document.regions_of(document.face)
        reached = () if history is None else history.reached
        edits = Counter(edit.brushed.id for edit in reached if edit.brushed)
        shown = Counter(edit.brushed.id for edit in reached if edit.brushed and edit.enabled)
        return tuple(
            NamedRegion(one.id, one.name, one is regions.hand, edits[one.id], shown[one.id])
            for one in regions.named
        )

    # ------------------------------------------------------------ the list

    def keep(self, name: str = "") -> None:
        """Give the region in hand a name, which lists it."""
        told: list[str] = []

        def keep(regions: RegionList) -> RegionList:
            if regions.hand.mask.is_empty:
                told.append(_NOTHING)
                return regions
            return regions.kept(name)

        self._rearrange("Name region", keep, told)

    def put_down(self) -> None:
        """Begin another region: nothing is in hand, and those with names stay as they are."""
        self._rearrange("New region", RegionList.put_down)

    def choose(self, id: str) -> None:
        """Take one in hand: it is brushed, and edits get it, from now on."""
        self._rearrange(f"Choose region “{self._name(id)}”", lambda regions: regions.chosen(id))

    def rename(self, id: str, name: str) -> None:
        """Call one otherwise; "" changes nothing."""
        if plain(name):
            self._rearrange(
                f"Rename region “{self._name(id)}”", lambda regions: regions.renamed(id, name)
            )

    def move(self, id: str, below: Iterable[str]) -> None:
        """Let one stand right above the first of those ids that is still listed by then.

        Args:
            id: of the one.
            below: those that shall stand below it, in their order; none: at the end.
        """
        below = tuple(below)
        self._rearrange(f"Move region “{self._name(id)}”", lambda regions: regions.moved(id, below))

    def step(self, id: str, rows: int) -> None:
        """Let one stand so many rows farther down, or up, than it does by then."""
        self._rearrange(
            f"Move region “{self._name(id)}”", lambda regions: regions.stepped(id, rows)
        )

    def duplicate(self, id: str) -> None:
        """Take a copy of one in hand, which has no edits yet."""
        self._rearrange(f"Duplicate region “{self._name(id)}”", lambda regions: regions.doubled(id))

    def delete(self, id: str) -> None:
        """Take one out of the list; edits that were made in it stay."""
        self._rearrange(f"Delete region “{self._name(id)}”", lambda regions: regions.without(id))

    # ------------------------------------------------------------ its edits

    def show(self, id: str, on: bool) -> None:
        """Let a region's edits take part, or leave all of them out."""
        studio = self._studio
        face, serial = studio.face, studio.next_serial()

        def show() -> None:
            document = studio.document
            if document is None or face is None or face not in document.faces:
                return
            region = document.regions_of(face).find(id)
            if region is None or face.portrait is None:
                return
            after = switched(face.portrait.history, id, on=on)
            label = f"Show “{region.name}”" if on else f"Hide “{region.name}”"
            self._edits.let_go()
            self._edits.adjust(face, label, after, serial)

        self._regions.then(show)

    # ------------------------------------------------------------ other faces

    def copy(self, *ids: str) -> None:
        """Copy these, or all, for other faces, of this photo or of others."""
        face = self._studio.face

        def copy() -> None:
            document = self._studio.document
            if document is None or face is None or face not in document.faces:
                self._studio.noticed.emit("Regions follow a face; choose one first.")
                return
            named = [one for one in document.regions_of(face).named if not one.mask.is_empty]
            regions = tuple(one for one in named if one.id in ids or not ids)
            if not regions:
                self._studio.noticed.emit("There are no named regions to copy.")
                return
            self.copied = CopiedRegions(regions, face.landmarks, face.detail)
            names = ", ".join(f"“{one.name}”" for one in regions)
            self._studio.noticed.emit(f"Copied {names}. Paste onto another face.")
            self.copied_changed.emit(self.copied)

        self._regions.then(copy)

    def paste(self) -> None:
        """List what was copied here, each where this face has what it covered on the other."""
        studio, copied = self._studio, self.copied
        document, face = studio.document, studio.face
        if document is None or copied is None:
            return
        if face is None:
            studio.noticed.emit("Regions follow a face; choose one first.")
            return
        told: list[str] = []
        where = face.landmarks, face.detail, document.photo.width, document.photo.height

        def paste(regions: RegionList) -> RegionList:
            carried, left_out = copied.onto(*where)
            told.extend(left_out)
            return regions.joined(carried)

        self._rearrange("Paste regions", paste, told, _MUCH)

    # ------------------------------------------------------------ inside

    def _rearrange(
        self,
        label: str,
        work: Callable[[RegionList], RegionList],
        told: list[str] | None = None,
        pixels: int = 0,
    ) -> None:
        """One step of undo; then the user is told what ``work`` has noted."""
        self._regions.rearrange(label, work, pixels)
        if told is not None:
            self._regions.then(lambda: [self._studio.noticed.emit(why) for why in told])

    def _name(self, id: str) -> str:
        return next((one.name for one in self.listed if one.id == id), "")

    @Slot()
    def _tell(self) -> None:
        listed = self.listed
        if listed != self._told:
            self._told = listed
            self.changed.emit(listed)
