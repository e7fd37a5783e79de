"""One document after another: what ends with the one that was open, and what the next one tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.engine.jobs import Discover, Render

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.face import DetectedFace
    from editor.engine.jobs import EngineInfo
    from editor.session.desks.edits import Edits
    from editor.session.desks.faces import Faces
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.left_photos import LeftPhotos
    from editor.session.open_document import Document
    from editor.session.studio import Studio

_NO_FACE = (
    "No face was found, so there is nothing to edit. Try a photo in which the face is larger, "
    "sharper or turned to the camera, or choose Face → Add a face by hand; with a generator of "
    "other things, choose Face → Edit a square."
)
_DOUBTFUL = (
    "It is not certain that the points lie right on every face. Choose Face → Drag the points to "
    "look at them and to put them right."
)


class Succession(QObject):
    """Makes a document the open one.

    Signals:
        leaving(): the open document is kept aside in the next moment, and comes back perhaps.
        photo_opened(Photo): another document is open; everything else follows anew.
    """

    leaving = Signal()
    photo_opened = Signal(object)

    def __init__(
        self,
        studio: Studio,
        regions: Regions,
        picture: Picture,
        edits: Edits,
        faces: Faces,
        left: LeftPhotos,
    ) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._picture = picture
        self._edits = edits
        self._faces = faces
        self._left = left

    @property
    def under_way(self) -> bool:
        """Whether strokes, edits or alignments are asked for that no document holds yet."""
        return bool(self._regions.pending or self._edits.pending or self._faces.moves)

    def once_settled(self, name: str, action: Callable[[], None]) -> None:
        """Do something once what is under way is over; ``name``: what is opened then."""

        def after_strokes() -> None:
            pending = (*self._edits.pending, *self._faces.moves)
            if pending:
                what = "edit" if self._edits.pending else "alignment"
                self._studio.noticed.emit(
                    f"{name} is opened as soon as the {what} under way is done."
                )
            self._studio.deferrals.when_over(pending, action)

        self._regions.then(after_strokes)

    def enter(self, document: Document, info: EngineInfo | None, *, keep: bool = False) -> None:
        """Put it in the place of the open one, which is dropped, or kept to come back to."""
        studio, operations, before = self._studio, self._studio.operations, self._studio.document
        self._edits.cancel()
        if before is not None:
            self._faces.drop_inversions(*before.faces)
            if keep:
                self.leaving.emit()
                self._left.put(before, studio.info)
        operations.withdraw(*operations.pending(Render, Discover))
        studio.document = document
        self._picture.renew()
        info = None if info is None else studio.up_to_date(info)
        if info is not None and info != studio.info:
            told = studio.info.notice if studio.info is not None else ""
            if info.notice not in ("", told):
                studio.noticed.emit(info.notice)
            studio.info = info
            studio.engine_changed.emit(info)

    def tell(self, document: Document, *, looked: bool) -> None:
        """Say all of the document that is open now; ``looked``: whether for its faces, by now."""
        studio = self._studio
        self.photo_opened.emit(document.photo)
        self._picture.begin()
        self._faces.tell_faces()
        self._faces.make_active(document.active)
        studio.tell_undo()
        studio.tell_modified()
        for notice in document.photo.notes:
            studio.noticed.emit(notice)
        if looked:
            self._tell_of_faces(document)
        for face in document.faces:
            if face.portrait is not None:  # a project's draft: its refinement begins again
                self._faces.analyse(document, face)
        self._faces.analyse_face()

    def take_faces(self, document: Document, faces: tuple[DetectedFace, ...]) -> None:
        """The faces of a photo that was shown before they were looked for."""

        def take() -> None:
            document.take_faces(faces)
            if document is not self._studio.document:
                return
            self._faces.tell_faces()
            self._faces.make_active(document.active)
            self._picture.show()
            self._studio.tell_undo()
            self._studio.tell_modified()
            self._tell_of_faces(document)
            self._faces.analyse_face()

        self._regions.then(take)  # strokes made before go along

    def _tell_of_faces(self, document: Document) -> None:
        if not document.faces and self._studio.info:
            self._studio.noticed.emit(_NO_FACE)
        if any(face.detected.is_doubtful for face in document.faces):
            self._studio.noticed.emit(_DOUBTFUL)
