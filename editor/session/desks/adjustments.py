"""The stack of edits: entries chosen, weighed, faded, switched off, renamed, moved, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from editor.document.brushed_region import BrushedRegion
from editor.document.carrying import carried
from editor.document.goals import Goal
from editor.document.history import LONGEST_NAME, MOST_WEIGHT
from editor.session.wishes import Wish, step_for

if TYPE_CHECKING:
    from typing import Any

    from editor.document.errors import EngineError
    from editor.document.history import Edit, EditHistory, Portrait
    from editor.document.named_regions import RegionList
    from editor.document.region import RegionMask
    from editor.session.desks.edits import Edits
    from editor.session.desks.likeness import Likeness
    from editor.session.desks.regions import Regions
    from editor.session.known_sliders import KnownSliders
    from editor.session.open_document import Face
    from editor.session.studio import Studio

_NO_SEARCH = (
    "“{}” lies over the new region as it was found: what it followed is not here any more, so it "
    "cannot be searched for again."
)


class Adjustments(QObject):
    """Changes what was made before. Each gesture is one step of undo, and comes after strokes.

    What the delta of an entry suffices for happens at once; edits that are being computed for the
    face begin anew on the changed stack. Entries that are not there any more are left alone.

    Signals:
        chosen_changed(str): id of the entry that the user looks at; "" for none.
    """

    chosen_changed = Signal(str)

    def __init__(
        self,
        studio: Studio,
        regions: Regions,
        edits: Edits,
        likeness: Likeness,
        known: KnownSliders,
    ) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._edits = edits
        self._likeness = likeness
        self._known = known
        self._chosen_at = 0  # the serial of that
        self._face: Face | None = None  # whose history was told last
        studio.history_changed.connect(self._on_history)
        edits.landed.connect(self._on_landed)

    @property
    def chosen(self) -> str:
        """Id of the entry that the user looks at; "" for none."""
        return self._edits.chosen

    # ------------------------------------------------------------ choosing

    def choose(self, id: str) -> None:
        """Look at an entry: its region comes back, and its sliders change it from now on.

        The region that was there before comes back with undo.
        """
        face, serial = self._studio.face, self._studio.next_serial()
        self._regions.then(lambda: self._choose(face, id, serial))

    def _choose(self, face: Face | None, id: str, serial: int) -> None:
        document, entry = self._studio.document, self._entry(face, id)
        if document is None or face is None or entry is None:
            return
        before, listed = document.region_of(face), document.regions_of(face)
        after = brushed_of(entry, listed, face.portrait)
        # one that covers the same is another one where strokes would be a named region's from now
        another = after.id != before.id and bool(after.name or before.name)
        if another or after != before:
            label = f"Region of {entry.title}"
            self._studio.record(label, document.number_of(face), before, after, serial)
            self._regions.put(face, after)
        elif after.id != before.id:
            self._regions.put(face, after)
        elif before.usual:
            self._regions.put(face, replace(before, usual=""))  # it was chosen by hand now
        self._chosen_at = serial
        self._set_chosen(id)

    def _set_chosen(self, id: str) -> None:
        if id != self._edits.chosen:
            self._edits.chosen = id
            self.chosen_changed.emit(id)
            self._edits.changed.emit()

    # ------------------------------------------------------------ what the delta suffices for

    def weigh(self, id: str, weight: float) -> None:
        """Let 0…``MOST_WEIGHT`` times of what was found be in force."""
        weight = max(0.0, min(MOST_WEIGHT, weight))
        self._change(id, "Strength of {}", weight=weight)

    def fade(self, id: str, opacity: float) -> None:
        """Lay an entry over the photo with an opacity of 0…1."""
        self._change(id, "Opacity of {}", opacity=max(0.0, min(1.0, opacity)))

    def switch(self, id: str, on: bool) -> None:
        """Let an entry take part, or leave it out."""
        self._change(id, "Switch {} on" if on else "Switch {} off", enabled=on)

    def rename(self, id: str, name: str) -> None:
        """Call an entry so; "" is what it does."""
        name = " ".join(name.replace("\0", " ").split())[:LONGEST_NAME]
        self._change(id, "Rename {}", name=name)

    def delete(self, id: str) -> None:
        """Take an entry out of the stack; an edit under way that would change it is taken back."""
        face, serial = self._studio.face, self._studio.next_serial()

        def delete() -> None:
            entry = self._entry(face, id)
            if face is None or face.portrait is None or entry is None:
                return
            for wish in self._changing(face, face.portrait.history, id):
                self._edits.take_back(wish)
            after = face.portrait.history.without(id)
            self._edits.adjust(face, f"Delete {entry.title}", after, serial)

        self._regions.then(delete)

    def preview(
        self, id: str, *, weight: float | None = None, opacity: float | None = None
    ) -> None:
        """Show what that would do, while its slider is in hand; nothing is recorded."""
        face, serial = self._studio.face, self._studio.next_serial()
        entry = self._entry(face, id)
        document = self._studio.document
        if document is None or face is None or entry is None or self._regions.pending:
            return
        changes = {"weight": weight, "opacity": opacity}
        changes = {name: value for name, value in changes.items() if value is not None}

        def change(history: EditHistory) -> EditHistory:
            now = history.find(id)
            return history if now is None else history.changed(replace(now, **changes))

        region = document.region_of(face)
        self._edits.drag(Wish(face, (), region, serial, region=entry.region, change=change))

    # ------------------------------------------------------------ another region

    def move(self, id: str) -> None:
        """Give an entry the region that is brushed now.

        Within its own, what was found does; elsewhere it is searched for, with all others kept.
        """
        studio = self._studio
        face, serial, dials = studio.face, studio.next_serial(), studio.dials

        def move() -> None:
            document, entry = studio.document, self._entry(face, id)
            if document is None or face is None or entry is None:
                return
            region = document.region_of(face)
            if region.mask.is_empty:
                studio.hinted.emit("Brush the region first that the edit is to have.")
                return
            directions = self._known.directions()
            likeness = self._likeness.followed(face, entry)
            can = (
                likeness is not None
                if entry.origin.likeness
                else directions.keys() >= set(dict(entry.goals))
            )
            if not can:
                self._lay(face, entry, region, serial)
                return
            goals = tuple(Goal(name, value, directions[name]) for name, value in entry.goals)
            soft = self._regions.soft() if face is document.face else None
            self._edits.commit(
                Wish(face, goals, region, serial, likeness, dials=dials, region=soft, moved=id)
            )

        self._regions.then(move)

    def _lay(self, face: Face, entry: Edit, region: BrushedRegion, serial: int) -> None:
        """What was found, over another region: undo and files see it from now on."""
        wish = Wish(face, (), region, serial, moved=entry.id)
        self._edits.announce(wish, lambda: None)

        def made(mask: RegionMask) -> None:
            if wish not in self._edits.pending:
                return  # it was taken back
            now = self._entry(face, entry.id)
            if face.portrait is not None and now is not None:
                before = face.portrait.history
                there = replace(now, region=mask, brushed=region, upon=wish.upon)
                after = before.changed(there)
                self._edits.adjust(face, f"Move {entry.title}", after, serial)
                self._edits.landed.emit(wish, before, after)
                self._studio.noticed.emit(_NO_SEARCH.format(entry.title))
            self._edits.settle(wish, None)

        def failed(error: EngineError) -> None:
            self._studio.failed.emit(error)
            self._edits.settle(wish, None)

        self._regions.soften(region, made, failed)

    # ------------------------------------------------------------ inside

    def _entry(self, face: Face | None, id: str) -> Edit | None:
        document = self._studio.document
        if document is None or face is None or face not in document.faces or not face.portrait:
            return None
        return face.portrait.history.find(id)

    def _change(self, id: str, label: str, **changes: Any) -> None:
        face, serial = self._studio.face, self._studio.next_serial()

        def change() -> None:
            entry = self._entry(face, id)
            if face is None or face.portrait is None or entry is None:
                return
            changed = replace(entry, **changes)
            if "weight" in changes:
                changed = self._edits.relabelled(changed)
            self._edits.let_go()
            after = face.portrait.history.changed(changed)
            self._edits.adjust(face, label.format(entry.title), after, serial)

        self._regions.then(change)

    def _changing(self, face: Face, history: EditHistory, id: str) -> list[Wish]:
        """Pending wishes that would change an entry."""
        known = self._known.directions()
        found: list[Wish] = []
        for wish in reversed(self._edits.pending):
            if wish.face is face and wish.region is not None:
                step = step_for(history, wish, wish.region, known)
                if step is not None and step.amended is not None and step.amended.id == id:
                    found.append(wish)
        return found

    @Slot(object, object, object)
    def _on_landed(self, wish: Wish, before: EditHistory, after: EditHistory) -> None:
        """What was made or changed is looked at, unless an entry was chosen since it was asked."""
        if wish.face is self._studio.face and wish.serial > self._chosen_at:
            made = next((e.id for e in after.reached if before.find(e.id) is not e), "")
            if made not in ("", self._edits.chosen):
                self._set_chosen("" if made == after.reached[-1].id else made)

    @Slot(object)
    def _on_history(self, history: EditHistory | None) -> None:
        reached = history.reached if history is not None else ()
        face, before = self._studio.face, self._face
        if face is not before and history is not None:  # of a photo that was opened, too
            self._face = face
            self._set_chosen(self._entry_in_hand(face))
        elif all(edit.id != self._edits.chosen for edit in reached):  # one that is undone, too
            self._set_chosen("")

    def _entry_in_hand(self, face: Face | None) -> str:
        """The newest entry in force of the region in hand; "" where that is the newest of all.

        Also where it is none's: then the newest of all is looked at.
        """
        document, portrait = self._studio.document, None if face is None else face.portrait
        if document is None or portrait is None:
            return ""
        here, listed = document.region_of(face), document.regions_of(face)
        for place, entry in enumerate(reversed(portrait.history.reached)):
            there = brushed_of(entry, listed, portrait)
            if there.id == here.id or there.mask == here.mask:
                return entry.id if place else ""
        return ""


def brushed_of(entry: Edit, listed: RegionList, portrait: Portrait | None) -> BrushedRegion:
    """The region that an entry was made in, as the user brushed it; one with a name as it is now.

    Where only the feathered one is known, it comes back as it is, without a feather. Where heads
    have turned since, it comes back where the face is now.
    """
    known = None if entry.brushed is None else listed.find(entry.brushed.id)
    if known is not None:
        return known
    brushed = entry.brushed or BrushedRegion(entry.region, 0.0)
    if portrait is not None:
        points, mask = portrait.crop.landmarks, brushed.mask
        ends = entry.upon, portrait.history.turned
        was, now = (points if by is None else points + by for by in ends)
        if not np.array_equal(was, now):
            brushed = replace(brushed, mask=carried(mask, was, now, mask.width, mask.height))
    return replace(brushed, name="", usual="")
