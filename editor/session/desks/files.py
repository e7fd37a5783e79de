"""Opening, saving and exporting. Each ends by its own outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.errors import EngineError
from editor.document.files import mark_of, same_file
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
    SaveProject,
)
from editor.session.open_document import Document
from editor.session.operations import Operation, nothing
from editor.session.studio import engine_error
from editor.session.writing import Writing, changed_elsewhere, is_anothers

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from editor.document.history import EditHistory
    from editor.document.photo_export import ExportOptions
    from editor.document.project import Project, SavedProject
    from editor.document.ratings import Rated
    from editor.session.background import Background
    from editor.session.desks.edits import Edits
    from editor.session.desks.faces import Faces
    from editor.session.desks.likeness import Likeness
    from editor.session.desks.regions import Regions
    from editor.session.desks.sliders import Sliders
    from editor.session.desks.succession import Succession
    from editor.session.journal import Recovery
    from editor.session.known_sliders import KnownSliders
    from editor.session.left_photos import LeftPhoto, LeftPhotos
    from editor.session.studio import Studio
    from editor.session.wishes import Wish

_NOT_LOOKED = "Faces are looked for no further. Choose Face → Add a face by hand, or open it again."


class Files(QObject):
    """The document's files.

    A save or an export holds what was asked for before it: strokes, edits and alignments that were
    pending then are waited for, later ones are not in it.

    Signals:
        photo_missing(Path, Callable[[Path], None]): the project of that file was not opened, since
            its photograph is gone; calling it with a path to that opens both.
        replacing(Callable[[], None]): something was opened, but the document before it has changed
            since that was asked for; calling it shows what was opened.
        restored(Recovery): its work is what is open now, and not saved.
        saved(Path): the project is written.
        exported(Exported): the photograph is written.
        writing_changed(bool): whether anything is being written, or waits to be.
    """

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
        edits: Edits,
        faces: Faces,
        succession: Succession,
        left: LeftPhotos,
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
        self._edits = edits
        self._faces = faces
        self._succession = succession
        self._left = left
        self._going: Path | None = None
        self._writing: list[Writing] = []
        edits.landed.connect(self._on_landed)
        self._afterwards: list[tuple[Callable[[], object], bool]] = []

    # ------------------------------------------------------------ opening

    def open_photo(self, path: Path, generator: str | None = None) -> None:
        """Open a photograph; its largest face is analysed. The old document stays until then.

        ``generator`` (SHA-256) is used for it and for later ones; None: the one that was chosen.
        """
        left = None if generator else self._left.find(path)
        if left is not None:
            self._show_again(left, keep=False)
        else:
            chosen = self._studio.generator if generator is None else generator
            self._open(OpenPhoto(path, chosen))

    def go_to(self, path: Path) -> None:
        """Open another photo, and keep the open one as it is, with its undo, to come back to.

        What is under way for it is waited for; the photo that was asked for last counts.
        """
        self._going = path

        def go() -> None:
            if self._going is not path:
                return
            self._going = None
            left, document = self._left.find(path), self._studio.document
            if left is not None:
                self._show_again(left, keep=True)
            elif document is None or document.photo.path != path:
                self._open(OpenPhoto(path, self._studio.generator), keep=True)

        self._succession.once_settled(path.name, go)

    def come_back(self, left: LeftPhoto, then: Callable[[], object]) -> None:
        """Open a photo that was left, and keep the open one; ``then``: once it is there."""
        self._succession.once_settled(
            left.name, lambda: self._show_again(left, keep=True, then=then)
        )

    def _show_again(
        self, left: LeftPhoto, *, keep: bool, then: Callable[[], object] = nothing
    ) -> None:
        """As it was left."""
        self._withdraw_opening()

        def show() -> None:
            if left in self._left:
                document = left.document
                self._succession.enter(document, left.info, keep=keep)
                self._left.take(left)  # now: its journal must not be without an owner before
                self._succession.tell(document, looked=bool(document.faces))
                then()

        if any(writing.operation is None for writing in self._writing):
            self.when_written(show)
        else:
            show()

    def _withdraw_opening(self) -> None:
        """Nothing else is to be opened any more."""
        operations, self._going = self._studio.operations, None
        opening = (o for o in operations.pending(OpenPhoto, OpenProject) if o.subject is None)
        operations.withdraw(*opening, *operations.pending(Discover))

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
        *,
        keep: bool = False,
    ) -> None:
        """Open that, and drop or keep what is open.

        ``asked``: the state that the user let go of, if that was an older one.
        """
        self._withdraw_opening()
        known = asked or self._unsaved_state()
        if recovery is not None:
            known = None  # nobody was asked about what is open now

        def decoded(seen: Decoded) -> None:
            """Show it at once; where somebody is to be asked or waited for, once all is there."""
            waits = any(writing.operation is None for writing in self._writing)
            if not (waits or not_yet() or operation.subject):
                found = OpenedPhoto(seen.photo, seen.pyramid, (), seen.info)
                self._show(job, found, recovery, operation, keep=keep)

        def not_yet() -> bool:
            """Whether the open document must not simply make way."""
            if keep:
                return self._succession.under_way
            return self.unsaved and self._unsaved_state() != known

        def done(opened: OpenedPhoto | OpenedProject) -> None:
            def show() -> None:
                self._show(job, opened, recovery, keep=keep)

            if isinstance(operation.subject, Document):
                self._succession.take_faces(operation.subject, opened.faces)
            elif any(writing.operation is None for writing in self._writing):
                # it waits for something of the document that is open
                self._studio.noticed.emit(
                    f"{job.path.name} is opened as soon as the files before it are written."
                )
                self.when_written(lambda: done(opened))
            elif not not_yet():
                show()
            elif keep:
                self._succession.once_settled(job.path.name, show)
            else:
                self.replacing.emit(show)

        def failed(error: EngineError) -> None:
            if isinstance(operation.subject, Document):
                self._succession.take_faces(operation.subject, ())
            elif error.kind == "photo_missing" and isinstance(job, OpenProject):

                def go_on(photo: Path) -> None:
                    self._open(OpenProject(job.path, photo), recovery, known)

                self.photo_missing.emit(job.path, go_on)

        def cancelled() -> None:
            if isinstance(operation.subject, Document):
                self._succession.take_faces(operation.subject, ())
                self._studio.noticed.emit(_NOT_LOOKED)

        operation = Operation(job, done=done, failed=failed, cancelled=cancelled, decoded=decoded)
        self._studio.operations.submit(operation)

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
        *,
        keep: bool = False,
    ) -> None:
        """Make it the open document; ``looking``: what still looks for its faces."""
        document = Document.of(opened)
        if looking is not None:
            looking.subject = document
        if isinstance(job, OpenPhoto):
            self._studio.generator = job.generator
        self._succession.enter(document, opened.info, keep=keep)
        if isinstance(job, OpenProject) and isinstance(opened, OpenedProject):
            self._take_over(document, job.path, opened)
        if recovery is not None:
            document.project_path, document.saved = recovery.project_path, None
            document.project_mark = recovery.last_mark
        self._succession.tell(document, looked=looking is None)
        if recovery is not None:
            self.restored.emit(recovery)

    def _take_over(self, document: Document, path: Path, opened: OpenedProject) -> None:
        """What a project keeps beside its photograph and faces."""
        project = opened.project
        if not document.is_damaged:  # else it is saved elsewhere: more may be read of it one day
            document.project_path, document.project_mark = path, mark_of(path)
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
        return self._studio.modified or self._succession.under_way

    @property
    def left(self) -> LeftPhotos:
        """Photos that were left for another, and can be come back to."""
        return self._left

    @property
    def writing(self) -> tuple[Writing, ...]:
        """What is being written, or waits to be, in the order it was asked for."""
        return tuple(self._writing)

    def save_project(
        self,
        path: Path,
        embed: bool | None = None,
        ended: Callable[[bool], None] = nothing,
        *,
        agreed: bool = False,
    ) -> None:
        """Write the project.

        Args:
            path: where to; it is the document's project from then on.
            embed: puts the photograph inside; None: as the project before holds it.
            ended: called once, with whether this file is there.
            agreed: the user was asked, and what is there is to be replaced; else it is not where
                somebody else changed it since it was opened or saved here.
        """
        document = self._studio.document
        if document is None:
            ended(False)
            return
        holds = document.holds_photo if embed is None else embed
        writing, settings = Writing(path, False, ended), self._settings

        def submit(copy: Document) -> Operation | None:
            if not agreed and is_anothers(document, path, self._writing):
                self._studio.failed.emit(changed_elsewhere(path))
                return None

            def done(saved: SavedProject) -> None:
                document.project_path, document.saved = path, copy.state()
                document.project_mark = mark_of(path)
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
        """Let go of unsaved edits, of photos that were left as well: all counts as saved."""
        self._left.discard()
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
        self, writing: Writing, document: Document, submit: Callable[[Document], Operation | None]
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
                operation = submit(copy)
                if operation is None:
                    self._end(writing, False)
                    return
                writing.operation = operation
                self._studio.operations.submit(operation)

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
