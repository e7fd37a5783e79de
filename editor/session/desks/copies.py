"""Edits that are copied from a face and pasted onto others, of this photo and of later ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.attributes import succeeded
from editor.document.carrying import CarriedRegion, CopiedEdits
from editor.document.edit_sets import EditSet
from editor.document.goals import Goal
from editor.document.limits import within
from editor.document.named_regions import CopiedRegions, RegionList
from editor.document.presets import region_name
from editor.session.desks.sliders import can_edit
from editor.session.wishes import BroughtRegion, Wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.region import RegionMask
    from editor.session.desks.edits import Edits
    from editor.session.desks.regions import Regions
    from editor.session.known_sliders import KnownSliders
    from editor.session.open_document import Face
    from editor.session.studio import Studio

_MUCH = 1 << 30  # pixels: always done in the background
_NOTHING = "This face has no edits that could be copied. Move a slider first."
_STANDS = (
    "The copied edits stand on this face already: nothing was pasted, and undo has no step of it."
)
_LIKENESS = "Matches, pulled points and healed spots belong to this photo; they are not copied."


class Copies(QObject):
    """What was copied outlives the photo; it is lost when the session ends.

    Attributes:
        copied: what ``paste`` does; None before anything was copied.

    Signals:
        copied_changed(CopiedEdits): something was copied.
    """

    copied_changed = Signal(object)

    def __init__(self, studio: Studio, regions: Regions, edits: Edits, known: KnownSliders) -> None:
        super().__init__(studio)
        self._studio, self._regions, self._edits, self._known = studio, regions, edits, known
        self.copied: CopiedEdits | None = None
        self._pasted: set[int] = set()  # serials of the last paste that may all come to nothing
        edits.landed.connect(self._on_landed)
        edits.stood.connect(self._on_stood)

    @Slot(object, object, object)
    def _on_landed(self, wish: Wish, *_: object) -> None:
        if wish.serial in self._pasted:
            self._pasted.clear()  # it is seen

    @Slot(object)
    def _on_stood(self, wish: Wish) -> None:
        """Say so where a whole paste does nothing: undo would take back what was done before it."""
        if wish.serial in self._pasted:
            self._pasted.discard(wish.serial)
            if not self._pasted:
                self._studio.noticed.emit(_STANDS)

    def copy(self) -> None:
        """Copy the active face's edits; those that are under way are waited for."""
        face = self._studio.face
        if face is not None and can_edit(self._studio, face):
            self._regions.then(lambda: self._edits.when_done(lambda: self._copy(face)))

    def _copy(self, face: Face) -> None:
        if face.portrait is None:
            return
        edits = face.portrait.history.applied
        document = self._studio.document
        named = document.regions_of(face).named if document is not None else ()
        copied = CopiedEdits.of(edits, face.detected.landmarks, face.portrait.detail, named)
        if not copied.parts:
            self._studio.noticed.emit(_LIKENESS if copied.left_out else _NOTHING)
            return
        if copied.left_out:
            self._studio.noticed.emit(_LIKENESS)
        self.copied = copied
        count = len(copied.parts)
        many = "one region" if count == 1 else f"{count} regions"
        self._studio.noticed.emit(f"Copied the edits of {many}. Paste them onto another face.")
        self.copied_changed.emit(copied)

    def as_set(self, then: Callable[[Callable[[], EditSet]], object]) -> None:
        """Hand out what makes a file of the active face's edits.

        Args:
            then: called once the edits under way are done, with what takes some tenths of a second
                and may raise PresetError.
        """
        face = self._studio.face

        def made() -> None:
            if face is None or face.portrait is None:
                return
            edits = face.portrait.history.applied
            copied = CopiedEdits.of(edits, face.detected.landmarks, face.portrait.detail)
            if copied.left_out:
                self._studio.noticed.emit(_LIKENESS)
            then(lambda: EditSet.of(copied))

        if face is not None and can_edit(self._studio, face):
            self._regions.then(lambda: self._edits.when_done(made))

    def paste(self) -> None:
        """Bring the sliders of the active face to what was copied, one edit for each region.

        Each changes them as it did on the other face, on top of those before it: they come to
        stand where they stood there, also where regions lie in one another.
        The regions lie where this face has what they covered on the other one. Those with a name
        bring it along, unless this face has a region that is called so: that is theirs, then.
        """
        studio, copied = self._studio, self.copied
        document, face = studio.document, studio.face
        if copied is None or document is None or face is None or not can_edit(studio, face):
            return
        assert face.portrait is not None
        layout = face.portrait.history.base.layout
        directions = {
            name: delta
            for name, delta in self._known.directions().items()
            if delta is None or delta.layout == layout
        }
        parts = [
            (region, share, succeeded(goals, directions)) for region, share, goals in copied.parts
        ]
        missing = [
            self._known.label(name)
            for _, _, goals in parts
            for name, _ in goals
            if name not in directions
        ]
        if missing:
            studio.noticed.emit(
                f"This generator has no slider {' or '.join(dict.fromkeys(missing))}; the rest is "
                "pasted."
            )
        first = studio.next_serial()  # of the names, which come before what is done there
        asked = [
            (region, opacity, kept, studio.next_serial(), named.name if named else "")
            for (region, opacity, goals), named in zip(parts, copied.named, strict=True)
            if (kept := tuple(Goal(n, v, directions[n]) for n, v in goals if n in directions))
        ]
        dials = studio.dials

        wanted = {named.id: named for named in copied.named if named is not None}
        where = face.landmarks, face.detail, document.photo.width, document.photo.height

        def with_names(regions: RegionList) -> RegionList:
            there = {one.name for one in regions.named}
            missing = tuple(one for one in wanted.values() if one.name not in there)
            if not missing:
                return regions
            # those that lie outside this photo are no regions here; their edits tell of that
            brought, _ = CopiedRegions(missing, copied.landmarks, copied.detail).onto(*where)
            return regions.with_names_of(brought)

        def carried(
            region: RegionMask, goals: tuple[Goal, ...]
        ) -> tuple[tuple[Goal, ...], tuple[str, ...]]:
            """As far as the face can carry them; what a brushed region holds is the user's to say.

            A large photo's region takes tenths of a second to name, so only where it matters.
            """
            found = within(goals, face.landmarks, face.detail)
            if not found[1] or region_name(region, copied.landmarks, copied.detail) is not None:
                return found
            return within(goals, face.landmarks)

        def paste() -> None:
            named = {one.name: one for one in document.regions_of(face).named}
            ids = frozenset(one.id for one in named.values())
            there: list[BroughtRegion] = []
            wishes: list[Wish] = []
            for region, opacity, goals, serial, name in asked:
                own = named.get(name)
                source = CarriedRegion(
                    region,
                    copied.landmarks,
                    copied.detail,
                    face.landmarks,
                    face.detail,
                    document.photo.width,
                    document.photo.height,
                    document.region_of(face).feather,
                    own,
                )
                part = BroughtRegion(source, goals, opacity, partial(carried, region), there)
                there.append(part)
                apart = ids - {own.id if own else ""}
                wish = Wish(face, goals, part, serial, dials=dials, apart=apart, opacity=opacity)
                wishes.append(wish)
            self._pasted = {wish.serial for wish in wishes}
            for wish in wishes:  # all parts know each other by now
                self._edits.commit(wish)

        def begin() -> None:
            if wanted:
                self._regions.rearrange("Paste regions", with_names, _MUCH, face, first)
            self._regions.then(paste)

        self._regions.then(begin)
