"""The faces of the photo: which is edited, how they are analysed, where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.document.face import DetectedFace, FaceCrop
from editor.document.history import Inversion, Portrait
from editor.document.photo_square import SQUARE, PhotoSquare
from editor.engine.jobs import Invert, Resettle
from editor.session.operations import Operation
from editor.session.refined import Refined
from editor.session.undo import Alignment, Footing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from editor.document.errors import EngineError
    from editor.engine.jobs import EngineInfo, Patch
    from editor.session.desks.edits import Edits
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.open_document import Document, Face
    from editor.session.studio import Studio

NOT_MOVED = "The face was not moved; it lies where it was."


@dataclass(slots=True, eq=False)
class Move:
    """An alignment that waits for the analysis at its place.

    Attributes:
        face: which lies and is edited where it was until then.
        detected: where it is to lie.
        serial: when the user asked for it.
    """

    face: Face
    detected: DetectedFace
    serial: int

    @property
    def label(self) -> str:
        """Of its step of undo."""
        return "Move square" if self.detected.detector == SQUARE else "Align face"


class Faces(QObject):
    """Chooses, analyses and aligns faces. A draft or what it was refined to is only taken here.

    Signals:
        faces_found(tuple[DetectedFace, ...]): largest first, maybe none.
        refined(Portrait): the active face's draft has made way for its final inversion.
        refinement_came(Face): that could happen; whether edits lie on the draft was not looked at.
        moves_changed(): other alignments are under way than before.
    """

    faces_found = Signal(object)
    refined = Signal(object)
    refinement_came = Signal(object)
    moves_changed = Signal()

    def __init__(self, studio: Studio, regions: Regions, picture: Picture, edits: Edits) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._picture = picture
        self._edits = edits
        self._moves: list[Move] = []

    @property
    def moves(self) -> tuple[Move, ...]:
        """Alignments that were asked for and did not land yet, the oldest first."""
        return tuple(self._moves)

    @property
    def inverting(self) -> bool:
        """Whether the active face is being analysed."""
        face = self._studio.face
        return face is not None and self._inversion_of(face) is not None

    def choose_face(self, number: int) -> None:
        """Edit another face; it is analysed when that has not been done.

        Edits that are under way go on for the face that they were asked for.
        """
        document = self._studio.document
        if document is None or not 0 <= number < len(document.faces):
            return
        if number != document.active:
            self._edits.let_go()
            self._picture.preview(None)
            self.make_active(number)
        self.analyse_face()

    def make_active(self, number: int) -> None:
        """Show everything of that face."""
        studio = self._studio
        document = studio.document
        if document is None:
            return
        document.active = number
        studio.face_chosen.emit(number)
        studio.portrait_changed.emit(document.face.portrait if document.face else None)
        studio.history_changed.emit(document.history)
        self._regions.follow()
        self._regions.paint_changed.emit(document.paint)

    def tell_faces(self) -> None:
        """Say which faces there are."""
        document = self._studio.document
        if document is not None:
            self.faces_found.emit(tuple(face.detected for face in document.faces))

    # ------------------------------------------------------------ analysis

    def analyse_face(self) -> None:
        """Find the style code of the active face, or refine its draft, unless that is done."""
        document, face = self._studio.document, self._studio.face
        if document is not None and face is not None:
            self.analyse(document, face)

    def analyse(self, document: Document, face: Face) -> None:
        """Find the style code of a face, or refine its draft, unless that is done."""
        studio, portrait = self._studio, face.portrait
        if studio.info is None or (portrait is not None and not portrait.is_draft):
            return
        if face.refined is not None:
            return  # it waits for its edits, or for the user
        under_way = self._inversion_of(face)
        if under_way is not None:
            studio.operations.prefer(under_way)
            return
        if portrait is not None:
            crop = portrait.crop
        else:
            crop = FaceCrop.from_landmarks(face.detected.landmarks, studio.info.crop_size)
        self._submit(document, face, crop, studio.info)
        if face is document.face:
            studio.portrait_changed.emit(portrait)

    def pause_refining(self, paused: bool) -> None:
        """Refine no further for now, or go on; drafts are made all the same."""
        self._studio.operations.pause_refining(paused)

    def rest_refining(self) -> None:
        """A gesture goes on, and what it asks for shall begin at once: refine no further yet."""
        self._studio.operations.rest()

    def drop_inversions(self, *faces: Face) -> None:
        """Analyse these faces no further, and move them nowhere."""
        operations = self._studio.operations
        analyses = operations.pending(Invert, Resettle)
        operations.withdraw(*(one for one in analyses if one.subject in faces))
        for move in self.moves:
            if move.face in faces:
                self._over(move)

    # ------------------------------------------------------------ alignment

    def align_face(self, landmarks: NDArray[np.float64]) -> None:
        """Move the active face's landmarks, (68, 2) in photo pixels, and analyse it there anew.

        Its edits go along: they lie on the new inversion once there is a draft of it, until then
        on the old one, which is refined further if this comes to nothing. A newer alignment of the
        face takes its place. One step of undo, which brings the old inversion back.
        """
        self._ask_move(DetectedFace.at(landmarks, "hand"))

    def add_face(self, landmarks: NDArray[np.float64]) -> None:
        """Edit a face that was not found, at landmarks (68, 2) in photo pixels: a step of undo."""
        self._add("Add face", DetectedFace.at(landmarks, "hand"))

    def add_square(self) -> None:
        """Edit the middle square of the photo, whatever it shows: a step of undo."""
        document = self._studio.document
        if document is not None:
            photo = document.photo
            square = PhotoSquare.middle(photo.width, photo.height)
            self._add("Use the whole picture", square.face)

    def use_square(self, square: PhotoSquare, *, another: bool = False) -> None:
        """Edit that square of the photo, whatever it shows: a step of undo.

        A square that is active is moved there with its edits, unless it is to be ``another``.
        """
        face = self._studio.face
        if another or face is None or face.detected.detector != SQUARE:
            self._add("Edit a square", square.face)
        elif PhotoSquare.of(face.detected) != square:
            self._ask_move(square.face)

    def _ask_move(self, detected: DetectedFace) -> None:
        document, face = self._studio.document, self._studio.face
        if document is None or face is None or self._studio.info is None:
            return
        self._edits.let_go()
        move = Move(face, detected, self._studio.next_serial())
        self._regions.then(lambda: self._move(document, move))

    def _add(self, label: str, detected: DetectedFace) -> None:
        document = self._studio.document
        if document is None or self._studio.info is None:
            return
        if self._studio.finding_faces:
            self._studio.noticed.emit("Faces are still being looked for. Add one after that.")
            return
        self._edits.let_go()
        serial = self._studio.next_serial()

        def add() -> None:
            if document is self._studio.document:
                self._realign(label, None, Alignment(detected, None), serial)
                self.analyse_face()

        self._regions.then(add)  # strokes made before belong to whoever was active

    def take_back(self, move: Move) -> None:
        """Leave the face where it lies."""
        under_way = self._moving(move)
        if under_way is not None:
            self._studio.operations.withdraw(under_way)
        self._not_inverted(move.face, move, None)

    def put_alignment(self, number: int, alignment: Alignment) -> None:
        """Put a face there, add it, or take the last one away; without a step of undo."""
        document = self._studio.document
        if document is None:
            return
        if alignment.detected is None:
            self.drop_inversions(document.faces[number])
            self._edits.forget(document.faces[number])
        self._picture.renew()
        document.put_alignment(number, alignment)
        self.tell_faces()
        self.make_active(document.active)
        if alignment.detected is not None:
            self._edits.queue.restart(document.faces[number])  # begun on what lay there before
        self._picture.show()
        self._studio.tell_modified()

    # ------------------------------------------------------------ inside

    def _inversion_of(self, face: Face) -> Operation | None:
        pending = self._studio.operations.pending(Invert)
        return next((one for one in reversed(pending) if one.subject is face), None)

    def _moving(self, move: Move) -> Operation | None:
        pending = self._studio.operations.pending(Invert)
        return next((one for one in pending if one.cause is move), None)

    def _move(self, document: Document, move: Move) -> None:
        studio, face = self._studio, move.face
        if studio.info is None or document is not studio.document or face not in document.faces:
            return
        if face.portrait is None:
            self.drop_inversions(face)
            self._realign(move.label, face, Alignment(move.detected, None), move.serial)
            self.analyse(document, face)
            return
        older = next((one for one in self._moves if one.face is face), None)
        self._moves.append(move)
        if older is not None:
            studio.deferrals.replaced(older, move)
            under_way = self._moving(older)
            if under_way is not None:
                studio.operations.withdraw(under_way)
            self._over(older)
        crop = FaceCrop.from_landmarks(move.detected.landmarks, studio.info.crop_size)
        self._submit(document, face, crop, studio.info, move)
        self.moves_changed.emit()

    def _over(self, move: Move) -> None:
        if move in self._moves:
            self._moves.remove(move)
            self._studio.deferrals.over(move)
            self.moves_changed.emit()

    def _submit(
        self,
        document: Document,
        face: Face,
        crop: FaceCrop,
        info: EngineInfo,
        move: Move | None = None,
    ) -> None:
        studio = self._studio
        job = Invert(document.photo, crop, seed=studio.dials.seed, generator=info.generator_sha256)
        drafted = face.portrait is not None and move is None  # nobody waits for a better one
        take = partial(self._take, document, face, crop, move)
        studio.operations.submit(
            Operation(
                job,
                done=take,
                failed=partial(self._not_inverted, face, move),
                cancelled=partial(self._not_inverted, face, move, None),
                previewed=partial(self._show_step, face),
                drafted=take,
                subject=face,
                cause=move,
                is_drafted=drafted,
            )
        )

    def _take(
        self,
        document: Document,
        face: Face,
        crop: FaceCrop,
        move: Move | None,
        inversion: Inversion,
    ) -> None:
        """A draft, or what it was refined to: the only place where a base is replaced."""
        studio = self._studio
        if document is not studio.document or face not in document.faces:
            return
        before, active = face.portrait, face is document.face
        if move is not None and move in self._moves:
            portrait = Portrait.of(crop, inversion)
            if before is not None:
                portrait = portrait.with_history(before.history.rebased(portrait.history.base))
            operations = studio.operations  # what refines the face where it lay
            olds = (o for o in operations.pending(Invert) if o.subject is face)
            operations.withdraw(*(old for old in olds if old.cause is not move))
            self._realign(move.label, face, Alignment(move.detected, portrait), move.serial)
            self._picture.preview(None)
            self._over(move)
            return
        if before is not None:
            if before.is_draft and before.crop == crop and not inversion.is_draft:
                face.refined = Refined(inversion)
                if active:
                    studio.portrait_changed.emit(before)
                self.refinement_came.emit(face)
            return
        if not document.take_inversion(face, crop, inversion):
            return
        if active:
            self._picture.preview(None)
            studio.portrait_changed.emit(face.portrait)
            studio.history_changed.emit(face.portrait.history if face.portrait else None)
        studio.tell_modified()

    def take_refined(self, face: Face) -> None:
        """Let a face's draft make way: nothing that was found on it lies on it."""
        studio = self._studio
        document, portrait, refined = studio.document, face.portrait, face.refined
        if document is None or portrait is None or refined is None:
            return
        document.put_footing(face, Footing(portrait.refined(refined.inversion), None))
        portrait = face.portrait
        if face is document.face:
            studio.portrait_changed.emit(portrait)
            studio.history_changed.emit(portrait.history if portrait else None)
            self.refined.emit(portrait)
        studio.tell_modified()
        self._picture.renew()  # it was of the old base
        self._picture.show()

    def put_footing(self, face: Face, footing: Footing, picture: Patch | None = None) -> None:
        """Let a face's edits stand on that, without a step of undo; the picture, where known."""
        studio = self._studio
        document = studio.document
        if document is None or face not in document.faces:
            return
        document.put_footing(face, footing)
        if picture is not None:
            document.composites.keep(document.composite_key(), picture)
        if face is document.face:
            studio.portrait_changed.emit(face.portrait)
            studio.history_changed.emit(footing.portrait.history)
        studio.tell_modified()
        self._picture.renew()
        self._edits.restack(face)
        self.analyse(document, face)  # a draft that was left while it was refined

    def _realign(self, label: str, face: Face | None, alignment: Alignment, serial: int) -> None:
        """Put it there, as a step of undo; None: a face that there was not."""
        studio = self._studio
        document = studio.document
        if document is None:
            return
        if face is None:
            number, before = len(document.faces), Alignment(None, None)
        else:
            number, before = document.number_of(face), document.alignment(face)
        studio.record(label, number, before, alignment, serial)
        self.put_alignment(number, alignment)

    def _show_step(self, face: Face, patch: Patch | None) -> None:
        if face is self._studio.face:
            self._picture.preview(patch)

    def _not_inverted(self, face: Face, move: Move | None, error: EngineError | None) -> None:
        studio, is_move = self._studio, move in self._moves
        if move is not None:
            self._over(move)
        if face is studio.face:
            self._picture.preview(None)
            studio.portrait_changed.emit(face.portrait)
        if error is None and is_move:
            studio.noticed.emit(NOT_MOVED)
        elif error is None and face is studio.face and face.portrait is None:
            studio.noticed.emit("The face was not prepared. Choose Prepare face to go on.")
