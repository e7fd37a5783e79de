"""Opening, saving and exporting. Each ends by its own outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.errors import EngineError
from editor.document.files import same_file
from editor.document.goals import Dials
from editor.document.history_changes import with_change
from editor.document.photo import PhotoError
from editor.document.photo_export import check_export
from editor.document.region import RegionError, write_mask
from editor.engine.jobs import (
    Decoded,
    Discover,
    Export,
    Exported,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    Render,
    SaveProject,
)
from editor.session.open_document import Document
from editor.session.operations import Operation, nothing
from editor.session.studio import engine_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from editor.document.face import DetectedFace
    from editor.document.history import EditHistory
    from editor.document.photo_export import ExportOptions
    from editor.document.project import Project, SavedProject
    from editor.document.ratings import Rated
    from editor.session.background import Background
    from editor.session.deferrals import Deferred
    from editor.session.desks.edits import Edits
    from editor.session.desks.faces import Faces
    from editor.session.desks.likeness import Likeness
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.desks.sliders import Sliders
    from editor.session.journal import Recovery
    from editor.session.known_sliders import KnownSliders
    from editor.session.studio import Studio
    from editor.session.wishes import Wish

_NO_FACE = (
    "No face was found, so there is nothing to edit. Try a photo in which the face is larger, "
    "sharper or turned to the camera, or choose Face → Add a face by hand; with a generator of "
    "other things, choose Face → Edit a square."
)
_NOT_LOOKED = (
    "Faces are looked for no further. Choose Face → Add a face by hand, or open the photo again."
)
_DOUBTFUL = (
    "It is not certain that the points lie right on every face. Choose Face → Drag the points to "
    "look at them and to put them right."
)


@dataclass(slots=True, eq=False)
class Writing:
    """A save, an export or a mask, from the moment it was asked for until it is over.

    Attributes:
        path: where it goes.
        is_export: not a project.
        ended: called with whether the file is there.
        deferred: while it waits for edits and alignments that were pending when it was asked for.
        operation: once it is with the engine, which masks never are.
        cancelled: the user gave it up.
        take: puts an edit that was fulfilled meanwhile into what is written.
    """

    path: Path
    is_export: bool
    ended: Callable[[bool], None]
    deferred: Deferred | None = None
    operation: Operation | None = None
    cancelled: bool = False
    take: Callable[[Wish, EditHistory, EditHistory], None] = nothing


class Files(QObject):
    """The document's files.

    A save or an export holds what was asked for before it: strokes, edits and alignments that were
    pending then are waited for, later ones are not in it.

    Signals:
        photo_opened(Photo): another document is open; everything else follows anew.
        photo_missing(Path, Callable[[Path], None]): the project of that file was not opened, since
            its photograph is gone; calling it with a path to that opens both.
        replacing(Callable[[], None]): something was opened, but the document before it has changed
            since that was asked for; calling it shows what was opened.
        restored(Recovery): its work is what is open now, and not saved.
        saved(Path): the project is written.
        exported(Exported): the photograph is written.
        writing_changed(bool): whether anything is being written, or waits to be.
    """

    photo_opened = Signal(object)
    photo_missing = Signal(object, object)
    replacing = Signal(object)
    restored = Signal(object)
    saved = Signal(object)
    exported = Signal(object)
    writing_changed = Signal(bool)

    def __init__(
        self,
        studio: Studio,
        regions: Regions,
        picture: Picture,
        edits: Edits,
        faces: Faces,
        sliders: Sliders,
        likeness: Likeness,
        known: KnownSliders,
        disk: Background,
    ) -> None:
        super().__init__(studio)
        self._disk = disk
        self._sliders = sliders
        self._likeness = likeness
        self._known = known
        self._studio = studio
        self._regions = regions
        self._picture = picture
        self._edits = edits
        self._faces = faces
        self._writing: list[Writing] = []
        edits.landed.connect(self._on_landed)
        self._afterwards: list[tuple[Callable[[], object], bool]] = []

    # ------------------------------------------------------------ opening

    def open_photo(self, path: Path, generator: str | None = None) -> None:
        """Open a photograph; its largest face is analysed. The old document stays until then.

        ``generator`` (SHA-256) is used for it and for later ones; None: the one that was chosen.
        """
        self._open(OpenPhoto(path, self._studio.generator if generator is None else generator))

    def open_project(self, path: Path, photo: Path | None = None) -> None:
        """Open a project with its photograph, which lies at ``photo`` if it was moved."""
        self._open(OpenProject(path, photo))

    def restore(self, recovery: Recovery, path: Path) -> None:
        """Open the unsaved work of an earlier session, from ``path``; it stays unsaved."""
        self._open(OpenProject(path), recovery)

    def _open(
        self,
        job: OpenPhoto | OpenProject,
        recovery: Recovery | None = None,
        asked: object = None,
    ) -> None:
        """Open that; ``asked``: the state that the user let go of, if that was an older one."""
        operations = self._studio.operations
        opening = (o for o in operations.pending(OpenPhoto, OpenProject) if o.subject is None)
        operations.withdraw(*opening, *operations.pending(Discover))
        known = asked or self._unsaved_state()
        if recovery is not None:
            known = None  # nobody was asked about what is open now

        def decoded(seen: Decoded) -> None:
            """Show it at once; where somebody is to be asked or waited for, once all is there."""
            asks = self.unsaved and self._unsaved_state() != known
            waits = any(writing.operation is None for writing in self._writing)
            if not (asks or waits or operation.subject):
                found = OpenedPhoto(seen.photo, seen.pyramid, (), seen.info)
                self._show(job, found, recovery, operation)

        def done(opened: OpenedPhoto | OpenedProject) -> None:
            if isinstance(operation.subject, Document):
                self._take_faces(operation.subject, opened.faces)
            elif any(writing.operation is None for writing in self._writing):
                # it waits for something of the document that is open
                self._studio.noticed.emit(
                    f"{job.path.name} is opened as soon as the files before it are written."
                )
                self.when_written(lambda: done(opened))
            elif self.unsaved and self._unsaved_state() != known:
                self.replacing.emit(lambda: self._show(job, opened, recovery))
            else:
                self._show(job, opened, recovery)

        def failed(error: EngineError) -> None:
            if isinstance(operation.subject, Document):
                self._take_faces(operation.subject, ())
            elif error.kind == "photo_missing" and isinstance(job, OpenProject):

                def go_on(photo: Path) -> None:
                    self._open(OpenProject(job.path, photo), recovery, known)

                self.photo_missing.emit(job.path, go_on)

        def cancelled() -> None:
            if isinstance(operation.subject, Document):
                self._take_faces(operation.subject, ())
                self._studio.noticed.emit(_NOT_LOOKED)

        operation = Operation(job, done=done, failed=failed, cancelled=cancelled, decoded=decoded)
        operations.submit(operation)

    def _unsaved_state(self) -> object:
        """What the open document holds, finished or under way; equal as long as nothing happens."""
        document = self._studio.document
        if document is None:
            return None
        pending = self._edits.pending, self._faces.moves, self._regions.pending
        return id(document), document.state(), pending

    def _show(
        self,
        job: OpenPhoto | OpenProject,
        opened: OpenedPhoto | OpenedProject,
        recovery: Recovery | None,
        looking: Operation | None = None,
    ) -> None:
        """Make it the open document; ``looking``: what still looks for its faces."""
        studio, operations = self._studio, self._studio.operations
        self._edits.cancel()
        if studio.document is not None:
            self._faces.drop_inversions(*studio.document.faces)
        operations.withdraw(*operations.pending(Render, Discover))
        document = studio.document = Document.of(opened)
        if looking is not None:
            looking.subject = document
        if isinstance(job, OpenPhoto):
            studio.generator = job.generator
        self._picture.renew()
        if opened.info is not None and opened.info != studio.info:
            studio.info = opened.info
            studio.engine_changed.emit(opened.info)
        if isinstance(job, OpenProject) and isinstance(opened, OpenedProject):
            self._take_over(document, job.path, opened)
        if recovery is not None:
            document.project_path, document.saved = recovery.project_path, None
        self.photo_opened.emit(document.photo)
        self._picture.preview(None)
        self._picture.composite_changed.emit(None)
        self._picture.show()
        self._faces.tell_faces()
        self._faces.make_active(document.active)
        studio.tell_undo()
        studio.tell_modified()
        for notice in document.photo.notes:
            studio.noticed.emit(notice)
        if looking is None:
            self._tell_of_faces(document)
        for face in document.faces:
            if face.portrait is not None:  # a project's draft: its refinement begins again
                self._faces.analyse(document, face)
        self._faces.analyse_face()
        if recovery is not None:
            self.restored.emit(recovery)

    def _tell_of_faces(self, document: Document) -> None:
        if not document.faces and self._studio.info:
            self._studio.noticed.emit(_NO_FACE)
        if any(face.detected.is_doubtful for face in document.faces):
            self._studio.noticed.emit(_DOUBTFUL)

    def _take_faces(self, document: Document, faces: tuple[DetectedFace, ...]) -> None:
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

    def _take_over(self, document: Document, path: Path, opened: OpenedProject) -> None:
        """What a project keeps beside its photograph and faces."""
        project = opened.project
        if not document.is_damaged:  # else it is saved elsewhere: more may be read of it one day
            document.project_path = path
        self._known.met.update((slider.id, slider) for slider in project.sliders)
        self._sliders.set_dials(project.dials or Dials())
        self._sliders.set_together(project.together)
        if project.reference is not None:
            self._likeness.follow(project.reference)

    def take_rating(self, rated: Rated) -> None:
        """A photo was rated; if it is the open one, exports say so, and its file is still known."""
        document = self._studio.document
        if document is not None and document.photo.path == rated.path:
            document.take_rating(rated)

    # ------------------------------------------------------------ writing

    def snapshot(self, document: Document) -> Project:
        """All that a project file keeps of a document, and of the session around it."""
        return self._project(document, self._settings)

    @property
    def _settings(self) -> dict[str, Any]:
        """What a project keeps of the session, as it is now."""
        return {
            "reference": self._likeness.reference,
            "dials": self._studio.dials,
            "together": self._sliders.together,
        }

    def _project(self, document: Document, settings: dict[str, Any]) -> Project:
        project = document.project()
        used = {
            name
            for portrait in project.portraits
            for edit in portrait.history.edits
            for name, _ in edit.origin.goals
        }
        discovered = self._known.discovered
        info = self._studio.info
        of = {portrait.history.base.layout.generator for portrait in project.portraits}
        using = [one for one in (info.generators if info else ()) if one.sha256 in of]
        return replace(
            project,
            **settings,
            generator=using[0].described if using else "",
            sliders=tuple(discovered[name] for name in sorted(used & discovered.keys())),
        )

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost without saving, finished or under way."""
        pending = self._regions.pending or self._edits.pending or self._faces.moves
        return self._studio.modified or bool(pending)

    @property
    def writing(self) -> tuple[Writing, ...]:
        """What is being written, or waits to be, in the order it was asked for."""
        return tuple(self._writing)

    def save_project(
        self, path: Path, embed: bool | None = None, ended: Callable[[bool], None] = nothing
    ) -> None:
        """Write the project.

        Args:
            path: where to; it is the document's project from then on.
            embed: puts the photograph inside; None: as the project before holds it.
            ended: called once, with whether this file is there.
        """
        document = self._studio.document
        if document is None:
            ended(False)
            return
        holds = document.holds_photo if embed is None else embed
        writing, settings = Writing(path, False, ended), self._settings

        def submit(copy: Document) -> Operation:
            def done(saved: SavedProject) -> None:
                document.project_path, document.saved = path, copy.state()
                document.source, document.holds_photo = saved.source, saved.embedded
                document.is_damaged = False
                if document is self._studio.document:
                    self._studio.tell_modified()
                self.saved.emit(path)
                self._end(writing, True)

            copy.source = document.source  # an earlier save may have found it elsewhere
            project = self._project(copy, settings)
            job = SaveProject(project, path, holds, document.photo, document.source)
            return self._operation(job, writing, done)

        self._write(writing, document, submit)

    def export(
        self, path: Path, options: ExportOptions, ended: Callable[[bool], None] = nothing
    ) -> None:
        """Write the edited photograph; ``ended`` is called with whether it is there.

        What cannot succeed is refused before anything is computed. The photo itself may be
        replaced: the window has asked.
        """
        document = self._studio.document
        if document is None:
            ended(False)
            return
        kept = [] if document.project_path is None else [document.project_path]
        try:
            size = document.photo.width, document.photo.height
            check_export(path, size, kept, options)
        except PhotoError as error:
            self._studio.failed.emit(EngineError("not_writable", error.title, error.advice))
            ended(False)
            return
        writing = Writing(path, True, ended)

        def submit(copy: Document) -> Operation:
            portraits, _ = copy.portraits()

            def done(exported: Exported) -> None:
                self.exported.emit(exported)
                self._end(writing, True)

            job = Export(copy.described_photo, portraits, path, options)
            return self._operation(job, writing, done)

        self._write(writing, document, submit)

    def save_mask(
        self, path: Path, depth: Literal[8, 16] = 8, ended: Callable[[bool], None] = nothing
    ) -> None:
        """Write the active face's region, as soft as an edit gets it, as a grey PNG.

        Args:
            path: where to; neither the photo nor its project.
            depth: bits of a pixel.
            ended: called once, with whether the file is there.
        """
        document = self._studio.document
        if document is None:
            ended(False)
            return
        for other in (document.photo.path, document.project_path):
            if other is not None and same_file(path, other):
                error = RegionError(f"{path.name} is open.", "Give the mask another name.")
                self._studio.failed.emit(engine_error(error))
                ended(False)
                return
        writing, owner = Writing(path, True, ended), document.face
        self._begin(writing)

        def after_strokes() -> None:
            if writing.cancelled:
                self._give_up(writing)
                return
            region = document.region_of(owner)
            self._disk.submit(lambda: write_mask(region.feathered(), path, depth), written)

        def written(future: Future[None]) -> None:
            error = future.exception()
            if error is None:
                self._studio.noticed.emit(f"Saved the region as {path.name}.")
            else:
                self._studio.failed.emit(engine_error(error))
            self._end(writing, error is None)

        self._regions.then(after_strokes)

    def set_saved(self) -> None:
        """Let go of unsaved edits: what there is now counts as saved."""
        self._edits.cancel()
        if self._studio.document is not None:
            self._faces.drop_inversions(*(move.face for move in self._faces.moves))
            self._studio.document.saved = self._studio.document.state()
            self._studio.tell_modified()

    def cancel(self, only: Operation | None = None) -> None:
        """Give up opening, saving and exporting, or only that; what is written already stays.

        What is given up is told.
        """
        operations = self._studio.operations
        asked = [o for o in operations.pending(OpenPhoto, OpenProject) if only in (None, o)]
        opening = [operation for operation in asked if operation.subject is None]
        operations.cancel(*(operation for operation in asked if operation.subject))
        operations.withdraw(*opening)
        for operation in opening:
            self._studio.noticed.emit(f"{_path(operation).name} was not opened.")
        for writing in tuple(self._writing):
            if writing.operation is not None:
                if only in (None, writing.operation):
                    operations.cancel(writing.operation)
            elif only is None:
                writing.cancelled = True
                if writing.deferred is not None:
                    self._studio.deferrals.drop(writing.deferred)
                    self._give_up(writing)

    def when_written(self, action: Callable[[], object], *, only_if_there: bool = False) -> None:
        """Do something once all that is being written now is over.

        Args:
            action: what.
            only_if_there: drop it if one of the files does not come to be: its error is to be read.
        """
        if self._writing:
            self._afterwards.append((action, only_if_there))
        else:
            action()

    # ------------------------------------------------------------ inside

    def _operation(
        self, job: SaveProject | Export, writing: Writing, done: Callable[..., None]
    ) -> Operation:
        return Operation(
            job,
            done=done,
            failed=lambda _: self._end(writing, False),
            cancelled=lambda: self._give_up(writing),
        )

    def _write(
        self, writing: Writing, document: Document, submit: Callable[[Document], Operation]
    ) -> None:
        self._begin(writing)

        def after_strokes() -> None:
            if writing.cancelled:
                self._give_up(writing)
                return
            copy = document.copy()
            faces = tuple(zip(document.faces, copy.faces, strict=True))
            wishes, moves = self._edits.pending, self._faces.moves
            moved = {move.face for move in moves}

            def take(wish: Wish, before: EditHistory, after: EditHistory) -> None:
                """What was waited for; what came later is not to be in the file."""
                then = dict(faces).get(wish.face)
                if waiting is None or wish not in waiting.left or not (then and then.portrait):
                    return
                history = with_change(then.portrait.history, before, after)
                then.portrait = then.portrait.with_history(history)

            def begin() -> None:
                writing.deferred, writing.take = None, nothing
                for face, then in faces:
                    then.catch_up(face, moved=face in moved)
                writing.operation = submit(copy)
                self._studio.operations.submit(writing.operation)

            deferrals = self._studio.deferrals
            waiting = deferrals.when_over(wishes, nothing)
            writing.take = take
            writing.deferred = deferrals.when_over((*wishes, *moves), begin)
            if writing.deferred is not None:
                what = "edit" if wishes else "alignment"
                self._studio.noticed.emit(
                    f"{writing.path.name} is written as soon as the {what} under way is done."
                )

        self._regions.then(after_strokes)

    @Slot(object, object, object)
    def _on_landed(self, wish: Wish, before: EditHistory, after: EditHistory) -> None:
        for writing in self._writing:
            writing.take(wish, before, after)

    def _begin(self, writing: Writing) -> None:
        self._writing.append(writing)
        if len(self._writing) == 1:
            self.writing_changed.emit(True)

    def _give_up(self, writing: Writing) -> None:
        self._studio.noticed.emit(f"{writing.path.name} was not written.")
        self._end(writing, False)

    def _end(self, writing: Writing, is_there: bool) -> None:
        if writing in self._writing:
            self._writing.remove(writing)
            writing.ended(is_there)
        if not is_there:
            self._afterwards = [later for later in self._afterwards if not later[1]]
        if not self._writing:
            self.writing_changed.emit(False)
            actions, self._afterwards = self._afterwards, []
            for action, _ in actions:
                action()


def _path(operation: Operation) -> Path:
    job = operation.job
    assert isinstance(job, OpenPhoto | OpenProject)
    return job.path
