"""The open document: photo, faces, region, paint, and the history of what was done to them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from editor.background import Background, SoftRegion
from editor.document import Document
from editor.engine_tasks import EngineTasks, Task
from editor.face_crop import FaceCrop
from editor.history import EditHistory, Portrait
from editor.jobs import (
    Cancelled,
    Dials,
    Discover,
    Drag,
    EngineError,
    EngineInfo,
    Export,
    Exported,
    Failed,
    Finished,
    Intervene,
    Inversion,
    Invert,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    Patch,
    Render,
    SaveProject,
)
from editor.paint import PaintLayer
from editor.project import Project
from editor.region import RegionError, RegionMask, face_axis, preset
from editor.undo import BrushedRegion, Change

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from editor.document import StateKey
    from editor.engine_thread import EngineThread
    from editor.face_crop import DetectedFace
    from editor.jobs import Job, Outcome
    from editor.paint import Colour
    from editor.photo import ExportOptions, Photo, Pyramid
    from editor.region import BrushStroke
    from editor.undo import State


class DocumentSession(QObject):
    """Owns the document and what is done to it without a search; ``EditSession`` adds edits.

    Signals:
        engine_ready(EngineInfo): editing is possible from now on.
        engine_unavailable(EngineError): photos can be looked at, not edited.
        photo_opened(Photo): another document is open; everything else follows anew.
        faces_found(tuple[DetectedFace, ...]): largest first, maybe none.
        face_chosen(int): number of the active face, −1 for none.
        portrait_changed(Portrait | None): the active face was analysed, or is not yet.
        region_changed(BrushedRegion): brushed, feathered, undone or of another face.
        paint_changed(PaintLayer | None): colours over the active face; None without a photo.
        mirrored_changed(bool): whether strokes are painted on both sides of the face.
        preview_changed(Patch | None): shown over the composite until None.
        composite_changed(Patch | None): the photo with all edits; None: no edits.
        history_changed(EditHistory | None): of the active face.
        undo_changed(str, str): what undo and redo would do, "" for nothing.
        progress_changed(Progress | None): of the job a user waits for; steps 0: unknown.
        busy_changed(bool): whether such a job is under way.
        failed(EngineError): with advice; the document is as it was.
        noticed(str): something good to know.
        saved(Path): the project is written.
        exported(Exported): the photograph is written.
        modified_changed(bool): whether there are edits that no project file has.
    """

    engine_ready = Signal(object)
    engine_unavailable = Signal(object)
    photo_opened = Signal(object)
    faces_found = Signal(object)
    face_chosen = Signal(int)
    portrait_changed = Signal(object)
    region_changed = Signal(object)
    paint_changed = Signal(object)
    mirrored_changed = Signal(bool)
    preview_changed = Signal(object)
    composite_changed = Signal(object)
    history_changed = Signal(object)
    undo_changed = Signal(str, str)
    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    failed = Signal(object)
    noticed = Signal(str)
    saved = Signal(object)
    exported = Signal(object)
    modified_changed = Signal(bool)

    def __init__(self, thread: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._serials = count(1)
        self._opening = 0  # ticket of the newest open; older ones are stale
        self._info: EngineInfo | None = None
        self._document: Document | None = None
        self._dials = Dials()
        self._modified = self._mirrored = False
        self._shown: StateKey | None = None  # the state of the composite on the canvas
        self._background = Background(self)
        self._soft = SoftRegion(self._background, self)
        self._tasks = tasks = EngineTasks(thread, self)
        tasks.progress_changed.connect(self.progress_changed)
        tasks.busy_changed.connect(self.busy_changed)
        tasks.noticed.connect(self.noticed)
        tasks.previewed.connect(self._on_preview)
        tasks.ended.connect(self._on_ended)
        thread.ready.connect(self._on_ready)
        thread.unavailable.connect(self._on_unavailable)

    # ------------------------------------------------------------ state

    @property
    def info(self) -> EngineInfo | None:
        """The engine, once it has started."""
        return self._info

    @property
    def photo(self) -> Photo | None:
        """The open photograph."""
        return self._document.photo if self._document else None

    @property
    def pyramid(self) -> Pyramid | None:
        """Its display sizes."""
        return self._document.pyramid if self._document else None

    @property
    def faces(self) -> tuple[DetectedFace, ...]:
        """Its faces, largest first."""
        return tuple(face.detected for face in self._document.faces) if self._document else ()

    @property
    def active(self) -> int:
        """Number of the face that is edited, −1 for none."""
        return self._document.active if self._document else -1

    @property
    def portrait(self) -> Portrait | None:
        """The active face's inversion and edits, None before it was analysed."""
        return self._document.face.portrait if self._document and self._document.face else None

    @property
    def history(self) -> EditHistory | None:
        """Of the active face."""
        return self._document.history if self._document else None

    @property
    def region(self) -> BrushedRegion | None:
        """Of the active face; of the photo when it has no face; None without a photo."""
        return self._document.region if self._document else None

    @property
    def paint(self) -> PaintLayer | None:
        """Colours painted over the active face (over the photo without one)."""
        return self._document.paint if self._document else None

    @property
    def mirrored(self) -> bool:
        """Whether strokes are painted on both sides of the face."""
        return self._mirrored

    @property
    def modified(self) -> bool:
        """Whether there are edits that no project file has."""
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
        """Find the style code of the active face, unless that is known or under way."""
        document = self._document
        if self._info is None or document is None or document.face is None:
            return
        if document.face.portrait is None and not self.inverting:
            crop = FaceCrop.from_landmarks(document.face.detected.landmarks, self._info.crop_size)
            job = Invert(document.photo, crop, seed=self._dials.seed)
            self._tasks.submit(Task(job, document, face=document.active))
            self.portrait_changed.emit(None)

    def _make_active(self, number: int) -> None:
        if self._document is None:
            return
        self._document.active = number
        self.face_chosen.emit(number)
        self.portrait_changed.emit(self.portrait)
        self.history_changed.emit(self.history)
        self._region_moved()
        self.paint_changed.emit(self.paint)

    # ------------------------------------------------------------ region and paint

    def paint_region(self, stroke: BrushStroke) -> None:
        """Add a stroke to the region, or erase with it: one step of undo."""
        region = self.region
        if region is not None:
            mask = region.mask
            for one in self._both_sides(stroke):
                mask = mask.stamped(one)
            label = "Eraser stroke" if stroke.erase else "Brush stroke"
            self._change_region(label, BrushedRegion(mask, region.feather))

    def apply_preset(self, name: str, *, add: bool = False, subtract: bool = False) -> None:
        """Make a preset the region, or add it, or take it away."""
        region, mask = self.region, self._preset(name)
        if region is None or mask is None:
            return
        if add:
            mask = region.mask.united(mask)
        elif subtract:
            mask = region.mask.subtracted(mask)
        self._change_region(f"Region “{name}”", BrushedRegion(mask, region.feather))

    def clear_region(self) -> None:
        """Empty the region."""
        self.set_region(None)

    def set_region(self, mask: RegionMask | None) -> None:
        """Replace the region, by nothing with None."""
        region = self.region
        if region is not None:
            label = "Clear region" if mask is None else "Set region"
            mask = mask or RegionMask.empty(region.mask.width, region.mask.height)
            self._change_region(label, BrushedRegion(mask, region.feather))

    def set_feather(self, pixels: float) -> None:
        """Soften the region's edge inward by that many photo pixels."""
        region = self.region
        if region is not None:
            self._change_region("Feather", BrushedRegion(region.mask, max(0.0, pixels)))

    def set_mirrored(self, mirrored: bool) -> None:
        """Paint strokes on both sides of the active face, or only where they are drawn."""
        if mirrored != self._mirrored:
            self._mirrored = mirrored
            self.mirrored_changed.emit(mirrored)

    def mirror_region(self) -> None:
        """Unite the region with its mirror image: one step of undo."""
        region, axis = self.region, self._axis()
        if region is not None and axis is not None:
            mask = region.mask.united(region.mask.mirrored(axis))
            self._change_region("Mirror region", BrushedRegion(mask, region.feather))

    def paint_colour(self, stroke: BrushStroke, colour: Colour) -> None:
        """Paint a stroke of colour, or erase with it: one step of undo."""
        paint = self.paint
        if paint is not None:
            for one in self._both_sides(stroke):
                paint = paint.stamped(one, colour)
            self._change_paint("Paint eraser stroke" if stroke.erase else "Paint stroke", paint)

    def clear_paint(self) -> None:
        """Take all painted colour away: one step of undo."""
        paint = self.paint
        if paint is not None and not paint.is_empty:
            self._change_paint("Clear paint", PaintLayer.empty(paint.width, paint.height))

    def _both_sides(self, stroke: BrushStroke) -> tuple[BrushStroke, ...]:
        axis = self._axis() if self._mirrored else None
        return (stroke,) if axis is None else (stroke, stroke.mirrored(axis))

    def _axis(self) -> NDArray[np.float64] | None:
        face = self._document.face if self._document else None
        return None if face is None else face_axis(face.detected.landmarks)

    def _preset(self, name: str) -> RegionMask | None:
        document = self._document
        if document is None or document.face is None:
            return None
        photo, landmarks = document.photo, document.face.detected.landmarks
        try:
            return preset(name, landmarks, photo.width, photo.height)
        except RegionError as error:
            self.failed.emit(EngineError("bad_request", error.title, error.advice))
            return None

    def _change_region(self, label: str, region: BrushedRegion) -> None:
        before = self.region
        if before is not None and region != before:
            self._record(label, before, region)
            self._put_region(region)

    def _put_region(self, region: BrushedRegion) -> None:
        if self._document is not None:
            self._document.region = region
            self._region_moved()

    def _region_moved(self) -> None:
        region = self.region
        if region is not None:
            self._soft.follow(region)
            self.region_changed.emit(region)

    def _change_paint(self, label: str, paint: PaintLayer) -> None:
        before = self.paint
        if before is not None and paint is not before:
            self._record(label, before, paint)
            self._put_paint(paint)

    def _put_paint(self, paint: PaintLayer) -> None:
        if self._document is not None:
            self._document.paint = paint
            self.paint_changed.emit(paint)

    # ------------------------------------------------------------ history

    def cancel(self) -> None:
        """Stop what is under way; the document returns to its last finished state."""
        self._abandon_edits()
        self._tasks.cancel()
        self._show_composite()

    def undo(self) -> None:
        """Take back the newest stroke, region change or edit."""
        change = self._document.undo.undo() if self._document else None
        if change is not None:
            self._restore(change.face, change.before)

    def redo(self) -> None:
        """Do again what was undone last."""
        change = self._document.undo.redo() if self._document else None
        if change is not None:
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
        else:
            self._abandon_edits()
            now = self.history
            if now is not None and now.edits[: len(state.edits)] == state.edits:
                state = now.at(state.position)  # undone edits stay in the list, dimmed
            self._set_history(state)
            self._show_composite()
        self._emit_undo()

    def _record(self, label: str, before: State, after: State, serial: int | None = None) -> None:
        if self._document is not None:
            serial = next(self._serials) if serial is None else serial
            self._document.undo.record(Change(label, serial, self.active, before, after))
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
            self._on_inverted(task, result)
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
                if isinstance(outcome, Cancelled):
                    self.noticed.emit("The face was not analysed. Choose Analyse face to go on.")
        elif isinstance(job, OpenPhoto | OpenProject):
            self.analyse_face()  # opening had stopped it
        elif isinstance(job, Render):
            if isinstance(outcome, Failed):
                self._shown = cast("StateKey", task.state)  # asking again would fail again
            else:
                self._show_composite()

    def _on_inverted(self, task: Task, result: Inversion) -> None:
        if self._document is None or not isinstance(task.job, Invert):
            return
        portrait = Portrait(
            task.job.crop, EditHistory(result.code), result.psnr, result.identity_distance
        )
        self._document.faces[task.face].portrait = portrait
        if task.face == self.active:
            self.preview_changed.emit(None)
            self.portrait_changed.emit(portrait)
            self.history_changed.emit(portrait.history)

    def _show_document(self, job: Job, opened: OpenedPhoto | OpenedProject) -> None:
        self._abandon_edits()
        self._tasks.drop(Invert, Render)
        self._shown = None
        document = self._document = Document.of(opened)
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
                "is larger, sharper or turned to the camera."
            )
        for notice in notices:
            self.noticed.emit(notice)
        self.analyse_face()

    # ------------------------------------------------------------ small things

    def _emit_undo(self) -> None:
        if self._document is None:
            return
        undone, newest = self._document.undo.undone, self._document.undo.newest
        self.undo_changed.emit(newest.label if newest else "", undone[-1].label if undone else "")

    def _emit_modified(self) -> None:
        modified = self._document is not None and self._document.state() != self._document.saved
        if modified != self._modified:
            self._modified = modified
            self.modified_changed.emit(modified)
