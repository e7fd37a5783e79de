"""Edits that were made on a draft are settled again once their face is refined.

A delta that was found on the draft makes another picture on the refined face. So the draft stays
beneath its edits, and the picture as it is, while each of them is searched for again with the same
goal; then the user compares, and takes the refined face or keeps what there is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from editor.document.goals import Dials, Goal
from editor.document.history import Portrait
from editor.engine.jobs import Intervene, Render, Resettle
from editor.session.operations import Operation, Turn
from editor.session.refined import Settled
from editor.session.undo import Footing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from editor.document.history import Edit, EditHistory
    from editor.engine.jobs import Intervention, Patch
    from editor.session.desks.edits import Edits
    from editor.session.desks.faces import Faces
    from editor.session.desks.likeness import Likeness
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.known_sliders import KnownSliders
    from editor.session.open_document import Document, Face
    from editor.session.refined import Refined
    from editor.session.studio import Studio

NOT_YET = "The edits are still being made on the improved preview; what you see is the draft's."
READY = (
    "The preview is better now, and your edits were made on it again. You still see them as they "
    "were made on the draft: compare, then take the improved ones or keep these."
)
KEPT_AS_THEY_WERE = (
    "{} could not be made again, because what it followed is not here any more: on the improved "
    "preview it lies as it was made on the draft."
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the active face waits for, before its draft makes way.

    Attributes:
        edits: how many were made on the draft and are not undone.
        is_ready: all are settled again; it is the user's turn.
        is_shown: the refined face is shown, and not the document's state.
        is_drawn: and it is there to be seen; until then the document's state still is.
    """

    edits: int
    is_ready: bool
    is_shown: bool
    is_drawn: bool = False


class Refinements(QObject):
    """Settles edits again behind the user's back, and shows nothing of that unasked.

    Signals:
        waiting_changed(Waiting | None): of the active face; None: it waits for nothing.
    """

    waiting_changed = Signal(object)

    def __init__(
        self,
        studio: Studio,
        regions: Regions,
        picture: Picture,
        edits: Edits,
        likeness: Likeness,
        known: KnownSliders,
        faces: Faces,
    ) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._picture = picture
        self._edits = edits
        self._likeness = likeness
        self._known = known
        self._faces = faces
        self._told: Waiting | None = None
        self._shown: Refined | None = None  # whose picture covers the document's
        self._following = False
        faces.refinement_came.connect(self.follow)
        studio.changed.connect(self.follow)
        studio.face_chosen.connect(self.follow)
        edits.changed.connect(self.follow)
        picture.preview_changed.connect(self._on_preview)

    @property
    def waiting(self) -> Waiting | None:
        """What the active face waits for."""
        face = self._studio.face
        if face is None or face.refined is None or face.portrait is None:
            return None
        made = _count_searched(face.portrait.history.reached)
        if not made and _count_searched(face.portrait.history.edits):
            return None  # all of them are undone: nobody is to choose, until one is redone
        shown = self._shown is face.refined
        drawn = shown and face.refined.picture is not None
        return Waiting(made, self._is_ready(face), shown, drawn)

    @property
    def is_refined(self) -> bool:
        """Whether it is known what the draft of the active face can be refined to."""
        face = self._studio.face
        return face is not None and face.refined is not None

    # ------------------------------------------------------------ what the user decides

    def compare(self, shown: bool) -> None:
        """Show the refined face instead of the document's state, or that again."""
        document, face = self._studio.document, self._studio.face
        if not shown or document is None or face is None or not self._is_ready(face):
            self._end_comparison()
            self._tell()
            if shown and face is not None and face.refined is not None:
                self._studio.noticed.emit(NOT_YET)
            return
        refined = face.refined
        if refined is None or refined.proposal is None or self._shown is refined:
            return
        self._shown = refined
        portraits = _with(document, face, refined.proposal.portrait)[0]
        if refined.picture is not None and refined.seen == portraits:
            self._show(refined, portraits, refined.picture)
        else:
            refined.picture = None
            end = partial(self._not_shown, refined)
            self._studio.operations.submit(
                Operation(
                    Render(document.photo, portraits),
                    done=partial(self._show, refined, portraits),
                    failed=end,
                    cancelled=end,
                    subject=refined,
                )
            )
        self._tell()

    def take(self) -> None:
        """Let the refined face, with the edits that were settled on it, make the picture."""
        face, serial = self._studio.face, self._studio.next_serial()
        self._regions.then(lambda: self._take(face, serial))

    def keep(self) -> None:
        """Keep the draft beneath the edits for good; what is still being settled is stopped."""
        face, serial = self._studio.face, self._studio.next_serial()
        self._regions.then(lambda: self._keep(face, serial))

    def _take(self, face: Face | None, serial: int) -> None:
        if face is None or face.refined is None:
            return
        proposal = face.refined.proposal
        if not self._is_ready(face) or proposal is None:
            self._studio.noticed.emit(NOT_YET)
            return
        document, seen = self._studio.document, face.refined.seen
        if document is not None:
            current = seen is not None and seen == _with(document, face, proposal.portrait)[0]
            picture = face.refined.picture if current else None
            self._stand(face, "Take improved edits", proposal.portrait, serial, picture)

    def _keep(self, face: Face | None, serial: int) -> None:
        if face is not None and face.refined is not None and face.portrait is not None:
            self._stand(face, "Keep draft's edits", replace(face.portrait, is_draft=False), serial)

    def _stand(
        self,
        face: Face,
        label: str,
        portrait: Portrait,
        serial: int,
        picture: Patch | None = None,
    ) -> None:
        document, now = self._studio.document, face.portrait
        if document is None or now is None or face not in document.faces:
            return
        self._end_comparison()
        before, after = Footing(now, face.refined), Footing(portrait, None)
        self._studio.record(label, document.number_of(face), before, after, serial)
        self._faces.put_footing(face, after, picture)

    # ------------------------------------------------------------ what goes on behind

    @Slot()
    def follow(self) -> None:
        """Faces, edits or both may have changed: settle what is not settled, and say so."""
        if self._following:
            return
        self._following = True
        try:
            document = self._studio.document
            self._withdraw(document)
            for face in document.faces if document is not None else ():
                if document is not None and face.refined is not None:
                    self._follow(document, face, face.refined)
        finally:
            self._following = False
        self._tell()

    def _withdraw(self, document: Document | None) -> None:
        """Settle nothing for faces that wait for nothing."""
        operations = self._studio.operations
        waiting = [] if document is None else [f for f in document.faces if f.refined is not None]
        settling = operations.pending(Resettle)
        gone = [one for one in settling if not any(one.subject is face for face in waiting)]
        if gone:
            operations.withdraw(*gone)

    def _follow(self, document: Document, face: Face, refined: Refined) -> None:
        portrait, operations = face.portrait, self._studio.operations
        if portrait is None:
            return
        under_way = [one for one in operations.pending(Resettle) if one.subject is face]
        if not _count_searched(portrait.history.reached):
            operations.withdraw(*under_way)
            if _count_searched(portrait.history.edits):  # undone: redo needs the draft
                if self._shown is refined:
                    self._end_comparison()
            elif not any(wish.face is face for wish in self._edits.pending):
                self._faces.take_refined(face)
            return
        while True:
            beneath, entry = refined.next_of(portrait.history)
            if entry is None:
                operations.withdraw(*under_way)
                self._propose(face, refined, portrait, beneath)
                return
            wanted = Settled(entry, beneath.current(), None)
            same = [o for o in under_way if _is_for(o.cause, wanted)]
            operations.withdraw(*(one for one in under_way if one not in same))
            if same:
                return
            job = self._job(document, face, refined, entry, beneath)
            if job is not None:
                self._submit(face, refined, wanted, job)
                return
            refined.settled[entry.id] = wanted

    def _propose(self, face: Face, refined: Refined, portrait: Portrait, anew: EditHistory) -> None:
        known = refined.proposal
        proposal = refined.propose(portrait, anew)
        if proposal is known:
            return
        is_news = known is None  # else the user knows, and went on editing
        if self._shown is refined:
            self._end_comparison()
        if face is self._studio.face and is_news:
            self._studio.noticed.emit(READY)
            for edit in proposal.kept:
                self._studio.noticed.emit(KEPT_AS_THEY_WERE.format(edit.title))

    def _job(
        self, document: Document, face: Face, refined: Refined, entry: Edit, beneath: EditHistory
    ) -> Resettle | None:
        """The same search on the refined face; None where what it followed is not known."""
        portrait, origin, directions = face.portrait, entry.origin, self._known.directions()
        if portrait is None:
            return None
        likeness = self._likeness.followed(face, entry) if origin.likeness else None
        names = [name for name, _ in origin.goals]
        if (origin.likeness and likeness is None) or not directions.keys() >= set(names):
            return None
        region, crop = entry.region, portrait.crop
        if region.is_empty or crop.mask_in_crop(region.alpha, region.x, region.y).sum() < 1:
            return None
        goals = tuple(Goal(name, value, directions[name]) for name, value in origin.goals)
        dials = Dials(
            origin.strictness,
            origin.naturalness,
            origin.residual,
            self._studio.dials.steps,
            origin.seed,
        )
        base = Portrait.of(crop, refined.inversion).with_history(beneath)
        portraits, active = _with(document, face, base)
        photo = document.photo
        upon = np.zeros((68, 2), np.float32) if entry.upon is None else entry.upon
        search = Intervene(photo, portraits, active, region, goals, dials, likeness, upon=upon)
        return Resettle(search)

    def _submit(self, face: Face, refined: Refined, wanted: Settled, job: Resettle) -> None:
        def done(result: Intervention) -> None:
            refined.settled[wanted.drafted.id] = replace(wanted, found=result.edit)
            self.follow()

        def stopped(error: object = None) -> None:
            del error  # told; the draft stays, and can be refined again
            if face.refined is refined:
                face.refined = None
                if face is self._studio.face:
                    self._studio.portrait_changed.emit(face.portrait)
            self.follow()

        self._studio.operations.submit(
            Operation(
                job,
                done=done,
                failed=stopped,
                cancelled=stopped,
                subject=face,
                cause=wanted,
                turn=partial(_turn, face, wanted.drafted.id),
                is_drafted=True,  # Esc is for what somebody waits for
            )
        )

    # ------------------------------------------------------------ what is seen

    def _is_ready(self, face: Face) -> bool:
        refined, portrait = face.refined, face.portrait
        if refined is None or refined.proposal is None or portrait is None:
            return False
        busy = any(wish.face is face for wish in self._edits.pending)
        return not busy and refined.proposal.source == portrait.history

    def _show(
        self, refined: Refined, portraits: tuple[Portrait, ...], picture: Patch | None
    ) -> None:
        refined.picture, refined.seen = picture, portraits
        if self._shown is refined:
            self._picture.preview(picture)
            self._tell()

    def _not_shown(self, refined: Refined, error: object = None) -> None:
        del error  # told
        if self._shown is refined:
            self._end_comparison()
            self._tell()

    def _end_comparison(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None:
            operations = self._studio.operations
            operations.withdraw(*(o for o in operations.pending(Render) if o.subject is shown))
            self._picture.preview(None)

    @Slot(object)
    def _on_preview(self, patch: Patch | None) -> None:
        """Something else is shown over the photo by now."""
        shown = self._shown
        if shown is not None and shown.picture is not None and patch is not shown.picture:
            self._shown = None
            self._tell()

    def _tell(self) -> None:
        face = self._studio.face
        shown = self._shown
        if shown is not None:
            renders = self._studio.operations.pending(Render)
            rendered = shown.picture is not None or any(o.subject is shown for o in renders)
            if face is None or face.refined is not shown or not rendered:
                self._end_comparison()
        waiting = self.waiting
        if waiting != self._told:
            self._told = waiting
            self.waiting_changed.emit(waiting)


def _count_searched(edits: Iterable[Edit]) -> int:
    """How many were found for the face as the generator draws it."""
    return sum(edit.is_searched for edit in edits)


def _turn(face: Face, id: str) -> Turn:
    """Which of a face's edits that one is, among those that are settled again."""
    edits = face.portrait.history.reached if face.portrait is not None else ()
    ids = [edit.id for edit in edits if edit.is_searched]
    return Turn(ids.index(id) + 1, len(ids)) if id in ids else Turn(1, 1)


def _is_for(cause: object, wanted: Settled) -> bool:
    """Whether an operation looks for that already."""
    return isinstance(cause, Settled) and cause.answers(wanted.drafted, wanted.beneath)


def _with(document: Document, face: Face, portrait: Portrait) -> tuple[tuple[Portrait, ...], int]:
    """The document's portraits, that one for the face, and its place among them."""
    assert face.portrait is not None
    portraits, place = document.portraits(face, face.portrait.history)
    return (*portraits[:place], portrait, *portraits[place + 1 :]), place
