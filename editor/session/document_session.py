"""The open document: photo, faces, region, paint, and the history of what was done to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.face import DetectedFace, FaceCrop
from editor.document.goals import Dials
from editor.document.history import Inversion, Portrait
from editor.document.paint import PaintLayer
from editor.document.project import Project
from editor.engine.jobs import (
    Cancelled,
    Discover,
    Drag,
    EngineInfo,
    Export,
    Exported,
    Failed,
    Finished,
    Intervene,
    Invert,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    Patch,
    Render,
    SaveProject,
)
from editor.session.engine_tasks import EngineTasks, Task
from editor.session.open_document import Document
from editor.session.region_session import RegionSession
from editor.session.undo import Alignment, BrushedRegion, Change

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.errors import EngineError
    from editor.document.history import EditHistory
    from editor.document.photo_export import ExportOptions
    from editor.engine.jobs import Job, Outcome
    from editor.session.engine_thread import EngineThread
    from editor.session.open_document import StateKey
    from editor.session.undo import State


class DocumentSession(RegionSession):
    """What is done to the document without a search; ``EditSession`` adds edits.

    Signals, further to those of ``RegionSession``:
        engine_ready(EngineInfo): editing is possible from now on; again with a document that the
            engine works on in another way, as with the generator of an older project.
        engine_unavailable(EngineError): photos can be looked at, not edited.
        photo_opened(Photo): another document is open; everything else follows anew.
        faces_found(tuple[DetectedFace, ...]): largest first, maybe none.
        face_chosen(int): number of the active face, −1 for none.
        portrait_changed(Portrait | None): the active face was analysed, refined, or is not yet.
        refined(Portrait): the active face's draft has made way for its final inversion.
        refining_changed(Refining | None): of the inversion that goes on behind the edits.
        preview_changed(Patch | None): shown over the composite until None.
        composite_changed(Patch | None): the photo with all edits; None: no edits.
        history_changed(EditHistory | None): of the active face.
        progress_changed(Progress | None): of the job a user waits for; steps 0: unknown.
        busy_changed(bool): whether such a job is under way.
        noticed(str): something good to know.
        saved(Path): the project is written.
        exported(Exported): the photograph is written.
        modified_changed(bool): whether there is something that no project file has.
    """

    engine_ready = Signal(object)
    engine_unavailable = Signal(object)
    photo_opened = Signal(object)
    faces_found = Signal(object)
    face_chosen = Signal(int)
    portrait_changed = Signal(object)
    refined = Signal(object)
    refining_changed = Signal(object)
    preview_changed = Signal(object)
    composite_changed = Signal(object)
    history_changed = Signal(object)
    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    noticed = Signal(str)
    saved = Signal(object)
    exported = Signal(object)
    modified_changed = Signal(bool)

    def __init__(self, thread: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._opening = 0  # ticket of the newest open; older ones are stale
        self._info: EngineInfo | None = None
        self._dials = Dials()
        self._modified = False
        self._shown: StateKey | None = None  # the state of the composite on the canvas
        self._tasks = tasks = EngineTasks(thread, self)
        tasks.progress_changed.connect(self.progress_changed)
        tasks.busy_changed.connect(self.busy_changed)
        tasks.refining_changed.connect(self.refining_changed)
        tasks.drafted.connect(self._on_inversion)
        tasks.noticed.connect(self.noticed)
        tasks.previewed.connect(self._on_preview)
        tasks.ended.connect(self._on_ended)
        self.paint_changed.connect(self._emit_modified)
        thread.ready.connect(self._on_ready)
        thread.unavailable.connect(self._on_unavailable)

    # ------------------------------------------------------------ state

    @property
    def info(self) -> EngineInfo | None:
        """The engine as it is for this document, once it has started."""
        return self._info

    @property
    def modified(self) -> bool:
        """Whether there are edits, or painted colours, that no project file has."""
        return self._modified

    @property
    def busy(self) -> bool:
        """Whether a job is under way that a user would wait for."""
        return self._tasks.busy

    @property
    def inverting(self) -> bool:
        """Whether the active face is being analysed."""
        return any(task.face == self.active for task in self._tasks.of(Invert))

    @property
    def project_path(self) -> Path | None:
        """Where the project was saved to or opened from."""
        return self._document.project_path if self._document else None

    # ------------------------------------------------------------ documents

    def open_photo(self, path: Path) -> None:
        """Open a photograph; its largest face is analysed. The old document stays until then."""
        self._open(OpenPhoto(path))

    def open_project(self, path: Path) -> None:
        """Open a project with its photograph."""
        self._open(OpenProject(path))

    def _open(self, job: OpenPhoto | OpenProject) -> None:
        self._tasks.drop(Discover)  # nobody waits for it in front of the open dialog
        self._opening = self._tasks.submit(Task(job))

    def save_project(self, path: Path, embed: bool = False) -> None:
        """Write the project; ``embed`` puts the photograph inside."""
        document = self._document
        if document is None:
            return
        photo = document.photo
        portraits, active = document.portraits(document.history)
        project = Project(
            photo_path=photo.path,
            photo_sha256=photo.sha256,
            width=photo.width,
            height=photo.height,
            portraits=portraits,
            active=max(active, 0),
            paint=document.portraits_paint(),
        )
        job = SaveProject(project, path, embed)
        self._tasks.submit(Task(job, document, state=document.state()))

    def set_saved(self) -> None:
        """Let go of unsaved edits: what there is now counts as saved."""
        if self._document is not None:
            self._document.saved = self._document.state()
            self._emit_modified()

    def export(self, path: Path, options: ExportOptions) -> None:
        """Write the edited photograph."""
        if self._document is not None:
            portraits, _ = self._document.portraits(self.history)
            self._tasks.submit(Task(Export(self._document.photo, portraits, path, options)))

    def close(self) -> bool:
        """Stop everything; False when the engine's current step would not end."""
        self._soft.follow(None)
        self._background.close()
        return self._thread.shut_down()

    # ------------------------------------------------------------ faces

    def choose_face(self, number: int) -> None:
        """Edit another face; it is analysed when that has not been done."""
        if 0 <= number < len(self.faces):
            if number != self.active:
                self._abandon_edits()
                self._make_active(number)
            self.analyse_face()

    def analyse_face(self) -> None:
        """Find the style code of the active face, or refine its draft, unless that is done."""
        if self._document is not None and self.active >= 0:
            self._analyse(self._document, self.active)

    def _analyse(self, document: Document, number: int) -> None:
        face = document.faces[number]
        portrait = face.portrait
        if self._info is None or (portrait is not None and not portrait.is_draft):
            return
        if self._tasks.prefer_inversion(number):
            return
        if portrait is not None:
            crop = portrait.crop
        else:
            crop = FaceCrop.from_landmarks(face.detected.landmarks, self._info.crop_size)
        job = self._inversion(document, crop, self._info)
        drafted = portrait is not None
        self._tasks.submit(Task(job, document, face=number, drafted=drafted))
        if number == document.active:
            self.portrait_changed.emit(portrait)

    def _inversion(self, document: Document, crop: FaceCrop, info: EngineInfo) -> Invert:
        seed, generator = self._dials.seed, info.generator_sha256
        return Invert(document.photo, crop, seed=seed, generator=generator)

    def align_face(self, landmarks: NDArray[np.float64]) -> None:
        """Move the active face's landmarks, (68, 2) in photo pixels, and analyse it there anew.

        Its edits go along: they lie on the new inversion once there is a draft of it, until then
        on the old one. One step of undo, which brings the old inversion back.
        """
        document = self._document
        face = document.face if document else None
        if document is None or face is None or self._info is None:
            return
        detected = DetectedFace.at(landmarks, "hand")
        crop = FaceCrop.from_landmarks(detected.landmarks, self._info.crop_size)
        self._abandon_edits()
        self._tasks.drop_inversion(document.active)
        if face.portrait is None:
            self._realign("Align face", document.active, Alignment(detected, None))
            self.analyse_face()
        else:
            job = self._inversion(document, crop, self._info)
            self._tasks.submit(Task(job, document, face=document.active, state=detected))

    def add_face(self, landmarks: NDArray[np.float64]) -> None:
        """Edit a face that was not found, at landmarks (68, 2) in photo pixels: a step of undo."""
        document = self._document
        if document is None or self._info is None:
            return
        self._abandon_edits()
        detected = DetectedFace.at(landmarks, "hand")
        self._realign("Add face", len(document.faces), Alignment(detected, None))
        self.analyse_face()

    def _realign(self, label: str, number: int, alignment: Alignment) -> None:
        document = self._document
        if document is not None:
            is_new = number == len(document.faces)
            before = Alignment(None, None) if is_new else document.alignment(number)
            document.undo.record(Change(label, next(self._serials), number, before, alignment))
            self._put_alignment(number, alignment)
            self._emit_undo()

    def _put_alignment(self, number: int, alignment: Alignment) -> None:
        document = self._document
        if document is None:
            return
        self._tasks.drop(Render)
        document.put_alignment(number, alignment)
        self._shown = None
        self.faces_found.emit(self.faces)
        self._make_active(document.active)
        self._show_composite()
        self._emit_modified()

    def pause_refining(self, paused: bool) -> None:
        """Refine no further for now, or go on; drafts are made all the same."""
        self._tasks.pause_refining(paused)

    def rest_refining(self) -> None:
        """A gesture goes on, and what it asks for shall begin at once: refine no further yet."""
        self._tasks.rest()

    def _make_active(self, number: int) -> None:
        if self._document is None:
            return
        self._document.active = number
        self.face_chosen.emit(number)
        self.portrait_changed.emit(self.portrait)
        self.history_changed.emit(self.history)
        self._region_moved()
        self.paint_changed.emit(self.paint)

    # ------------------------------------------------------------ history

    def cancel(self) -> None:
        """Stop what is under way; the document returns to its last finished state."""
        self._abandon_edits()
        self._tasks.cancel()
        self._show_composite()

    def undo(self) -> None:
        """Take back the newest stroke, region change or edit."""
        document = self._document
        change = document.undo.undo() if document else None
        if document is None or change is None:
            return
        if isinstance(change.after, Alignment):  # perhaps refined since
            document.undo.undone[-1] = replace(change, after=document.alignment(change.face))
        self._restore(change.face, change.before)

    def redo(self) -> None:
        """Do again what was undone last."""
        document = self._document
        change = document.undo.redo() if document else None
        if document is None or change is None:
            return
        if isinstance(change.before, Alignment) and change.before.detected is not None:
            document.undo.done[-1] = replace(change, before=document.alignment(change.face))
        self._restore(change.face, change.after)

    def jump(self, position: int) -> None:
        """Go to the state after the first ``position`` edits of the active face."""
        history = self.history
        if history is None or position == history.position:
            return
        self._abandon_edits()
        label = history.edits[position - 1].label if position else "original"
        self._put_history(f"Go to {label}", next(self._serials), history.at(position))
        self._show_composite()

    def _abandon_edits(self) -> None:
        """Nothing half-made survives a step in the history or to another face."""
        self.preview_changed.emit(None)

    def _restore(self, face: int, state: State) -> None:
        if face != self.active:
            self.choose_face(face)
        if isinstance(state, BrushedRegion):
            self._put_region(state)
        elif isinstance(state, PaintLayer):
            self._put_paint(state)
        elif isinstance(state, Alignment):
            self._abandon_edits()
            self._tasks.drop_inversion(face)
            self._put_alignment(face, state)
            self.analyse_face()
        else:
            self._abandon_edits()
            now = self.history
            if now is not None and now.edits[: len(state.edits)] == state.edits:
                state = now.at(state.position)  # undone edits stay in the list, dimmed
            elif now is not None:
                state = state.rebased(now.base)  # the face may lie elsewhere since
            self._set_history(state)
            self._show_composite()
        self._emit_undo()

    def _put_history(
        self, label: str, serial: int, history: EditHistory, patch: Patch | None = None
    ) -> None:
        before = self.history
        if before is None or self._document is None:
            return
        self._set_history(history)
        self._record(label, before, history, serial)
        if patch is not None:
            self._document.composites.keep(self._document.composite_key(), patch)

    def _set_history(self, history: EditHistory) -> None:
        face = self._document.face if self._document else None
        if face is not None and face.portrait is not None:
            face.portrait = face.portrait.with_history(history)
            self.history_changed.emit(history)
            self._emit_modified()

    def _show_composite(self) -> None:
        """Show the document's state, from the cache or by a Render once no edit is under way."""
        document = self._document
        if document is None:
            return
        key = document.composite_key()
        if key == self._shown:
            return
        cache = document.composites
        if not any(key):
            cache.keep(key, None)
        if key in cache.patches:
            self._shown = key
            self.composite_changed.emit(cache.patches[key])
            cache.keep(key, cache.patches[key])
        elif not self._tasks.of(Intervene, Drag):
            portraits, _ = document.portraits(document.history)
            self._tasks.submit(Task(Render(document.photo, portraits), document, state=key))

    # ------------------------------------------------------------ engine

    @Slot(object)
    def _on_ready(self, info: EngineInfo) -> None:
        self._info = info
        self.engine_ready.emit(info)
        if info.notice:
            self.noticed.emit(info.notice)

    @Slot(object)
    def _on_unavailable(self, error: EngineError) -> None:
        self.engine_unavailable.emit(error)

    @Slot(object, object)
    def _on_preview(self, task: Task, patch: Patch | None) -> None:
        if task.face == self.active:
            self.preview_changed.emit(patch)

    @Slot(int, object, object)
    def _on_ended(self, ticket: int, task: Task, outcome: Outcome) -> None:
        if isinstance(task.job, OpenPhoto | OpenProject) and ticket != self._opening:
            return  # another one was asked for since
        if isinstance(outcome, Finished):
            self._on_result(task, outcome.result)
            return
        self._on_no_result(task, outcome)
        if isinstance(outcome, Failed):
            self.failed.emit(outcome.error)

    def _on_result(self, task: Task, result: object) -> None:
        job = task.job
        if isinstance(result, OpenedPhoto | OpenedProject):
            self._show_document(job, result)
        elif isinstance(result, Inversion):
            self._on_inversion(task, result)
        elif isinstance(result, Exported):
            self.exported.emit(result)
        elif isinstance(job, SaveProject):
            if task.document is self._document and self._document is not None:
                self._document.project_path, self._document.saved = job.path, task.state
                self._emit_modified()
            self.saved.emit(job.path)
        elif isinstance(job, Render) and self._document is not None:
            patch = result if isinstance(result, Patch) else None
            self._document.composites.keep(cast("StateKey", task.state), patch)
            self._show_composite()

    def _on_no_result(self, task: Task, outcome: Cancelled | Failed) -> None:
        job = task.job
        if isinstance(job, Invert):
            if task.face == self.active and not self.inverting:
                self.preview_changed.emit(None)
                self.portrait_changed.emit(self.portrait)
                if isinstance(outcome, Cancelled) and self.portrait is None:
                    self.noticed.emit("The face was not analysed. Choose Analyse face to go on.")
        elif isinstance(job, Render):
            if isinstance(outcome, Failed):
                self._shown = cast("StateKey", task.state)  # asking again would fail again
            else:
                self._show_composite()

    @Slot(object, object)
    def _on_inversion(self, task: Task, inversion: Inversion) -> None:
        """A draft, or what it was refined to: the only place where a base is replaced."""
        document = self._document
        if document is None or task.document is not document or not isinstance(task.job, Invert):
            return
        before = document.faces[task.face].portrait
        aligned = task.state
        if isinstance(aligned, DetectedFace) and aligned is not document.faces[task.face].detected:
            portrait = Portrait.of(task.job.crop, inversion)
            if before is not None:
                portrait = portrait.with_history(before.history.rebased(portrait.history.base))
            self._realign("Align face", task.face, Alignment(aligned, portrait))
            self.preview_changed.emit(None)
            return
        if not document.take_inversion(task.face, task.job.crop, inversion):
            return
        portrait = document.faces[task.face].portrait
        if portrait is not None and task.face == self.active:
            if before is None:
                self.preview_changed.emit(None)
                self._emit_modified()  # what was painted meanwhile
            self.portrait_changed.emit(portrait)
            self.history_changed.emit(portrait.history)
            if before is not None:
                self.refined.emit(portrait)
        if before is not None:
            self._tasks.drop(Render)  # of the old base
            self._shown = None
            self._show_composite()

    def _show_document(self, job: Job, opened: OpenedPhoto | OpenedProject) -> None:
        self._abandon_edits()
        self._tasks.drop(Invert, Render)
        self._shown = None
        document = self._document = Document.of(opened)
        if opened.info is not None and opened.info != self._info:
            self._info = opened.info
            self.engine_ready.emit(opened.info)
        if isinstance(job, OpenProject):
            document.project_path = job.path
        self.photo_opened.emit(document.photo)
        self.preview_changed.emit(None)
        self.composite_changed.emit(None)
        self._show_composite()
        self.faces_found.emit(self.faces)
        self._make_active(document.active)
        self._emit_undo()
        self._emit_modified()
        notices = [*document.photo.notes]
        if not document.faces and self._info:
            notices.append(
                "No face was found, so there is nothing to edit. Try a photo in which the face "
                "is larger, sharper or turned to the camera, or choose Face → Add a face by hand."
            )
        if any(face.detected.is_doubtful for face in document.faces):
            notices.append(
                "It is not certain that the points lie right on every face. Choose Face → Drag the "
                "points to look at them and to put them right."
            )
        for notice in notices:
            self.noticed.emit(notice)
        for number, face in enumerate(document.faces):
            if face.portrait is not None:  # a project's draft: its refinement begins again
                self._analyse(document, number)
        self.analyse_face()

    # ------------------------------------------------------------ small things

    @Slot()
    def _emit_modified(self) -> None:
        modified = self._document is not None and self._document.state() != self._document.saved
        if modified != self._modified:
            self._modified = modified
            self.modified_changed.emit(modified)
