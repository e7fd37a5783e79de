"""The open document: what the window shows, and what its gestures do.

Verbs are the user's actions, signals are what became of them. No pixel is computed here: strokes
go to ``editor.region``, everything slow goes to the engine thread.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from editor.document import Document
from editor.face_crop import FaceCrop
from editor.history import EditHistory, Portrait
from editor.jobs import (
    Cancelled,
    Dials,
    Drag,
    EngineError,
    EngineInfo,
    Export,
    Exported,
    Failed,
    Finished,
    Goal,
    Intervene,
    Intervention,
    Inversion,
    Invert,
    Notice,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    Patch,
    Preview,
    Progress,
    Render,
    SaveProject,
)
from editor.project import Project
from editor.region import PRESETS, BrushStroke, RegionError, RegionMask, preset
from editor.undo import BrushedRegion, Change, slider_move, slider_values, without_last

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document import StateKey
    from editor.engine_thread import EngineThread
    from editor.face_crop import DetectedFace
    from editor.jobs import Discovery, Job, Outcome, Reference, Report, StyleSlider
    from editor.paint import Colour, PaintLayer
    from editor.photo import ExportOptions, Photo, Pyramid
    from editor.presets import AttributePreset

_log = logging.getLogger(__name__)

_BEGINNINGS: dict[type, str] = {
    OpenPhoto: "Opening the photo",
    OpenProject: "Opening the project",
    SaveProject: "Saving the project",
    Export: "Exporting",
    Invert: "Analysing the face",
    Intervene: "Editing",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """A slider's new value, waiting for the engine or with it."""

    attribute: str
    value: float
    region: RegionMask
    serial: int

    def replaces(self, other: _Wish) -> bool:
        """Whether this one moves the same slider in the same region."""
        return self.attribute == other.attribute and self.region == other.region


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A job with the engine, and what to do with its result."""

    job: Job
    document: Document | None = None
    face: int = -1
    wish: _Wish | None = None
    start: EditHistory | None = None
    state: object = None  # what it saves or renders
    progress: Progress | None = None


class EditSession(QObject):
    """Owns the document and talks to the engine thread.

    Signals:
        engine_ready(EngineInfo): editing is possible from now on.
        engine_unavailable(EngineError): photos can be looked at, not edited.
        photo_opened(Photo): another document is open; everything else follows anew.
        faces_found(tuple[DetectedFace, ...]): largest first, maybe none.
        face_chosen(int): number of the active face, −1 for none.
        portrait_changed(Portrait | None): the active face was analysed, or is not yet.
        region_changed(BrushedRegion): painted, feathered, undone or of another face.
        preview_changed(Patch | None): shown over the composite until None.
        composite_changed(Patch | None): the photo with all edits; None: no edits.
        history_changed(EditHistory | None): of the active face.
        undo_changed(str, str): what undo and redo would do, "" for nothing.
        attribute_values_changed(dict[str, float]): where the sliders stand in this region.
        progress_changed(Progress | None): of the job a user waits for; steps 0: unknown.
        busy_changed(bool): whether such a job is under way.
        failed(EngineError): with advice; the document is as it was.
        noticed(str): something good to know.
        saved(Path): the project is written.
        exported(Exported): the photograph is written.
        modified_changed(bool): whether there are edits that no project file has.
        dials_changed(Dials): of the edits to come.
        together_changed(bool): whether sliders of one region make one edit.
        mirrored_changed(bool): whether strokes are painted on both sides of the face.
        discovery_changed(Discovery | None): what can change in this region; None: not known.
        style_sliders_changed(tuple[StyleSlider, ...]): those that the user kept.
        presets_changed(tuple[AttributePreset, ...]): in the order to show.
        reference_changed(Reference | None): the face that ``match_reference`` follows.
        paint_changed(PaintLayer | None): of the active face; None without a photo.
    """

    engine_ready = Signal(object)
    engine_unavailable = Signal(object)
    photo_opened = Signal(object)
    faces_found = Signal(object)
    face_chosen = Signal(int)
    portrait_changed = Signal(object)
    region_changed = Signal(object)
    preview_changed = Signal(object)
    composite_changed = Signal(object)
    history_changed = Signal(object)
    undo_changed = Signal(str, str)
    attribute_values_changed = Signal(object)
    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    failed = Signal(object)
    noticed = Signal(str)
    saved = Signal(object)
    exported = Signal(object)
    modified_changed = Signal(bool)
    dials_changed = Signal(object)
    together_changed = Signal(bool)
    mirrored_changed = Signal(bool)
    discovery_changed = Signal(object)
    style_sliders_changed = Signal(object)
    presets_changed = Signal(object)
    reference_changed = Signal(object)
    paint_changed = Signal(object)
    _feathered = Signal()

    def __init__(
        self, thread: EngineThread, parent: QObject | None = None, library: Path | None = None
    ) -> None:
        """Follow the thread.

        Args:
            thread: not yet started.
            parent: owner.
            library: folder of the user's presets and kept sliders; None: nothing is kept.
        """
        super().__init__(parent)
        self._thread = thread
        self._serials = count(1)
        self._tasks: dict[int, _Task] = {}
        self._opening = 0  # ticket of the newest open; older ones are stale
        self._info: EngineInfo | None = None
        self._document: Document | None = None
        self._dials = Dials()
        self._modified = self._busy = False
        self._waiting: list[_Wish] = []
        self._dragging: _Wish | None = None
        self._shown: StateKey | None = None  # the state of the composite on the canvas
        # Feathering a large region takes longer than a frame: it runs ahead of its use.
        self._softener = ThreadPoolExecutor(1, "feather")
        self._soft: tuple[BrushedRegion, Future[RegionMask]] | None = None
        self._feathered.connect(self._emit_values)
        thread.ready.connect(self._on_ready)
        thread.unavailable.connect(self._on_unavailable)
        thread.reported.connect(self._on_report)

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
    def dials(self) -> Dials:
        """The objective's dials."""
        return self._dials

    @property
    def modified(self) -> bool:
        """Whether there are edits that no project file has."""
        return self._modified

    @property
    def busy(self) -> bool:
        """Whether a job is under way that a user would wait for."""
        return self._busy

    @property
    def inverting(self) -> bool:
        """Whether the active face is being analysed."""
        return any(
            isinstance(task.job, Invert) and task.face == self.active
            for task in self._tasks.values()
        )

    @property
    def project_path(self) -> Path | None:
        """Where the project was saved to or opened from."""
        return self._document.project_path if self._document else None

    @property
    def attribute_values(self) -> dict[str, float]:
        """Where the sliders stand for the active face and region; absent ones at 0."""
        history, soft = self.history, self._soft_region(wait=False)
        values: dict[str, float] = {}
        if soft is None or soft.is_empty:
            return values
        if history:
            values = slider_values(history.applied, soft)
        wishes = [*self._running_wishes(), *self._waiting]
        for wish in (*wishes, self._dragging) if self._dragging else wishes:
            if wish.region == soft:
                values[wish.attribute] = wish.value
        return values

    # ------------------------------------------------------------ documents

    def open_photo(self, path: Path) -> None:
        """Open a photograph; its largest face is analysed. The old document stays until then."""
        self._opening = self._submit(_Task(OpenPhoto(path)))

    def open_project(self, path: Path) -> None:
        """Open a project with its photograph."""
        self._opening = self._submit(_Task(OpenProject(path)))

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
        self._submit(_Task(SaveProject(project, path, embed), document, state=document.state()))

    def set_saved(self) -> None:
        """Let go of unsaved edits: what there is now counts as saved."""
        if self._document is not None:
            self._document.saved = self._document.state()
            self._emit_modified()

    def export(self, path: Path, options: ExportOptions) -> None:
        """Write the edited photograph."""
        if self._document is not None:
            portraits, _ = self._document.portraits(self.history)
            self._submit(_Task(Export(self._document.photo, portraits, path, options)))

    def close(self) -> bool:
        """Stop everything; False when the engine's current step would not end."""
        self._soft = None
        self._softener.shutdown(cancel_futures=True)
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
            self._submit(_Task(job, document, face=document.active))
            self.portrait_changed.emit(None)

    def _make_active(self, number: int) -> None:
        if self._document is None:
            return
        self._document.active = number
        self.face_chosen.emit(number)
        self.portrait_changed.emit(self.portrait)
        self.history_changed.emit(self.history)
        self._region_moved()

    # ------------------------------------------------------------ region

    def paint_region(self, stroke: BrushStroke) -> None:
        """Add a stroke to the region, or erase with it: one step of undo."""
        region = self.region
        if region is not None:
            label = "Eraser stroke" if stroke.erase else "Brush stroke"
            self._change_region(label, replace(region, mask=region.mask.stamped(stroke)))

    def apply_preset(self, name: str, *, add: bool = False, subtract: bool = False) -> None:
        """Make a preset the region, or add it, or take it away."""
        region, mask = self.region, self._preset(name)
        if region is None or mask is None:
            return
        if add:
            mask = region.mask.united(mask)
        elif subtract:
            mask = region.mask.subtracted(mask)
        self._change_region(f"Region “{name}”", replace(region, mask=mask))

    def clear_region(self) -> None:
        """Empty the region."""
        self.set_region(None)

    def set_region(self, mask: RegionMask | None) -> None:
        """Replace the region, by nothing with None."""
        region = self.region
        if region is not None:
            label = "Clear region" if mask is None else "Set region"
            mask = mask or RegionMask.empty(region.mask.width, region.mask.height)
            self._change_region(label, replace(region, mask=mask))

    def set_feather(self, pixels: float) -> None:
        """Soften the region's edge inward by that many photo pixels."""
        region = self.region
        if region is not None:
            self._change_region("Feather", replace(region, feather=max(0.0, pixels)))

    @property
    def mirrored(self) -> bool:
        """Whether strokes are painted on both sides of the face."""
        return False

    def set_mirrored(self, mirrored: bool) -> None:
        """Paint strokes on both sides of the active face, or where they are drawn only."""

    def mirror_region(self) -> None:
        """Unite the region with its mirror image: one step of undo."""

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
        if before is None or (region.mask == before.mask and region.feather == before.feather):
            return
        self._record(label, before, region)
        self._put_region(region)

    def _put_region(self, region: BrushedRegion) -> None:
        if self._document is not None:
            self._document.region = region
            self._region_moved()

    def _region_moved(self) -> None:
        region = self.region
        if region is None:
            return
        if self._soft is not None:
            self._soft[1].cancel()  # nobody asks for it any more
        future = self._softener.submit(region.feathered)
        self._soft = (region, future)
        self.region_changed.emit(region)
        future.add_done_callback(self._announce_feathered)

    def _announce_feathered(self, future: Future[RegionMask]) -> None:
        if not future.cancelled():
            self._feathered.emit()

    def _soft_region(self, *, wait: bool = True) -> RegionMask | None:
        """The region as an edit gets it; None without one, or while it is not ready."""
        if self._soft is None or self._soft[0] is not self.region:
            return None
        future = self._soft[1]
        return future.result() if wait or future.done() else None

    # ------------------------------------------------------------ attributes

    def preview_attribute(self, name: str, value: float) -> None:
        """Show at once what a slider value would do; nothing is recorded."""
        wish = self._wish(name, value)
        if wish is None:
            return
        self._dragging = wish
        if any(wish.replaces(running) for running in self._running_wishes()):
            self._cancel_edits()
        self._preview_next()

    def commit_attribute(self, name: str, value: float) -> None:
        """Optimise the edit that brings the slider to ``value``: one entry of the history."""
        wish = self._wish(name, value)
        self._dragging = None
        if wish is None:
            self._emit_values()  # the slider goes back
            return
        self._waiting = [other for other in self._waiting if not wish.replaces(other)]
        if any(not wish.replaces(running) for running in self._running_wishes()):
            self._waiting.append(wish)  # the edit before it is not thrown away
        else:
            self._start(wish)
        self._emit_values()

    def reset_attribute(self, name: str) -> None:
        """Bring a slider back to 0."""
        self.commit_attribute(name, 0.0)

    def set_dials(self, dials: Dials) -> None:
        """The objective's dials for the edits to come."""
        if dials != self._dials:
            self._dials = dials
            self.dials_changed.emit(dials)

    @property
    def together(self) -> bool:
        """Whether moving another slider in the same region joins that region's last edit."""
        return False

    def set_together(self, together: bool) -> None:
        """Make one edit of all sliders in a region, or one of each."""

    # ------------------------------------------------------------ discovery

    @property
    def discovery(self) -> Discovery | None:
        """What can change in this region; None as soon as face, region or edits change."""
        return None

    def discover(self) -> None:
        """Look for what can change in this region."""

    def drag_slider(self, slider: StyleSlider, value: float) -> None:
        """Show at once what a discovered slider would do; nothing is recorded."""

    def commit_slider(self, slider: StyleSlider, value: float) -> None:
        """Optimise the edit that brings a discovered slider to ``value``."""

    @property
    def style_sliders(self) -> tuple[StyleSlider, ...]:
        """Discovered sliders that the user kept and that fit the loaded generator."""
        return ()

    def keep_slider(self, slider: StyleSlider, label: str) -> None:
        """Keep a discovered slider under a name of the user's own; again: rename it."""

    def forget_slider(self, id: str) -> None:
        """Keep it no longer."""

    # ------------------------------------------------------------ presets

    @property
    def presets(self) -> tuple[AttributePreset, ...]:
        """The user's presets, by name."""
        return ()

    def save_preset(self, name: str) -> None:
        """Keep the active face's applied edits under a name; an older preset is replaced."""

    def apply_preset_values(self, preset: AttributePreset) -> None:
        """Make the preset's edits on the active face, one for each region."""

    def delete_preset(self, name: str) -> None:
        """Remove it with its file."""

    # ------------------------------------------------------------ likeness

    @property
    def reference(self) -> Reference | None:
        """The face that ``match_reference`` follows."""
        return None

    def open_reference(self, path: Path) -> None:
        """Read another photograph; its largest face becomes the reference."""

    def clear_reference(self) -> None:
        """Follow no reference."""

    def match_reference(self) -> None:
        """Make the region look like the same region of the reference: one edit."""

    @property
    def paint(self) -> PaintLayer | None:
        """Colours painted over the active face (over the photo without one)."""
        return None

    def paint_colour(self, stroke: BrushStroke, colour: Colour) -> None:
        """Paint a stroke of colour, or erase with it: one step of undo."""

    def clear_paint(self) -> None:
        """Take all painted colour away: one step of undo."""

    def match_paint(self) -> None:
        """Make the region, or the painted area without one, follow the painted colours."""

    def _wish(self, name: str, value: float) -> _Wish | None:
        if self.portrait is None or self.region is None:
            return None
        if self.region.mask.is_empty and not self._take_default_region(name):
            return None
        if self._dragging and self._dragging.attribute == name:
            soft = self._dragging.region  # the same drag: the region cannot have moved
        else:
            soft = self._soft_region()
        if soft is None:
            return None
        return _Wish(name, max(-100.0, min(100.0, value)), soft, next(self._serials))

    def _take_default_region(self, attribute: str) -> bool:
        rows = [row for row in self._info.attributes if row.name == attribute] if self._info else []
        if not rows or rows[0].region not in PRESETS:
            self.noticed.emit("Brush a region first: an edit changes only what you painted.")
            return False
        self.apply_preset(rows[0].region)
        self.noticed.emit(
            f"No region was painted, so {rows[0].label.lower()} uses the region "
            f"“{rows[0].region}”. Brush to change it."
        )
        return True

    def _preview_next(self) -> None:
        """Ask for the newest preview, one at a time, so that each is shown before the next."""
        wish, document, history = self._dragging, self._document, self.history
        if wish is None or document is None or history is None:
            return
        if self._running_wishes() or self._tickets(Drag):
            return
        move = slider_move(history, wish.attribute, wish.value, wish.region)
        goals = (Goal(wish.attribute, move.goal),) if move.goal else ()
        portraits, active = document.portraits(move.start)
        job = Drag(document.photo, portraits, active, wish.region, goals)
        self._submit(_Task(job, document, wish=wish))

    def _start(self, wish: _Wish) -> None:
        document, history = self._document, self.history
        if document is None or history is None:
            return
        move = slider_move(history, wish.attribute, wish.value, wish.region)
        unchanged = wish.value == slider_values(history.applied, wish.region).get(
            wish.attribute, 0.0
        )
        if unchanged or (move.amends and move.goal == 0):
            self._cancel_edits()
            if not unchanged:
                label = f"Reset {self._label(wish.attribute)}"
                self._put_history(label, wish.serial, without_last(history))
            self.preview_changed.emit(None)
            self._after_edit()
            return
        portraits, active = document.portraits(move.start)
        goals = (Goal(wish.attribute, move.goal),)
        job = Intervene(document.photo, portraits, active, wish.region, goals, self._dials)
        for ticket in self._tickets(Intervene):
            del self._tasks[ticket]  # superseded in the mailbox
        self._submit(_Task(job, document, document.active, wish, move.start))

    def _finish_edit(self, task: _Task, result: Intervention) -> None:
        if task.wish is None or task.start is None:
            return
        history = task.start.push(result.edit)
        self._put_history(result.edit.label, task.wish.serial, history, result.patch)
        self.preview_changed.emit(None)
        self._after_edit()

    def _after_edit(self) -> None:
        """The engine is free for edits again: what waits goes next."""
        if self._waiting:
            self._start(self._waiting.pop(0))
        else:
            self._preview_next()
        self._show_composite()
        self._emit_values()

    def _running_wishes(self) -> list[_Wish]:
        return [
            task.wish
            for task in self._tasks.values()
            if task.wish is not None and isinstance(task.job, Intervene)
        ]

    def _cancel_edits(self) -> None:
        """Forget the running edit and preview; their outcomes will be stale."""
        for ticket in self._tickets(Intervene, Drag):
            del self._tasks[ticket]
            self._thread.cancel(ticket)
        self._emit_progress()

    def _abandon_edits(self) -> None:
        """Nothing half-made survives a step in the history or to another face."""
        self._waiting.clear()
        self._dragging = None
        self._cancel_edits()
        self.preview_changed.emit(None)
        self._emit_values()

    # ------------------------------------------------------------ history

    def cancel(self) -> None:
        """Stop what is under way; the document returns to its last finished state."""
        was_editing = bool(self._running_wishes() or self._waiting or self._dragging)
        self._abandon_edits()
        for ticket, task in tuple(self._tasks.items()):
            if not isinstance(task.job, Render):
                self._thread.cancel(ticket)
        self._show_composite()
        if was_editing:
            self.noticed.emit("The edit was cancelled; nothing changed.")

    def undo(self) -> None:
        """Take back the newest stroke, region change or edit; one under way is abandoned."""
        document = self._document
        if document is None:
            return
        pending = [*self._running_wishes(), *self._waiting]
        newest = document.undo.newest
        if pending and (newest is None or pending[-1].serial > newest.serial):
            if pending[-1] in self._waiting:
                self._waiting.remove(pending[-1])
                self._emit_values()
            else:
                self.cancel()
            return
        change = document.undo.undo()
        if change is None:
            return
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
        self._emit_values()

    def _restore(self, face: int, state: BrushedRegion | EditHistory) -> None:
        if face != self.active:
            self.choose_face(face)
        if isinstance(state, BrushedRegion):
            self._put_region(state)
        else:
            self._abandon_edits()
            now = self.history
            if now is not None and now.edits[: len(state.edits)] == state.edits:
                state = now.at(state.position)  # undone edits stay in the list, dimmed
            self._set_history(state)
            self._show_composite()
            self._emit_values()
        self._emit_undo()

    def _record(
        self,
        label: str,
        before: BrushedRegion | EditHistory,
        after: BrushedRegion | EditHistory,
        serial: int | None = None,
    ) -> None:
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
        elif not self._tickets(Intervene, Drag):
            portraits, _ = document.portraits(document.history)
            self._submit(_Task(Render(document.photo, portraits), document, state=key))

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

    @Slot(int, object)
    def _on_report(self, ticket: int, report: Report | Cancelled) -> None:
        task = self._tasks.get(ticket)
        if task is None:
            return  # superseded
        if isinstance(report, Progress):
            self._tasks[ticket] = replace(task, progress=report)
            self._emit_progress()
        elif isinstance(report, Notice):
            self.noticed.emit(report.message)
        elif isinstance(report, Preview):
            if task.face == self.active:
                self.preview_changed.emit(report.patch)
        else:
            del self._tasks[ticket]
            self._on_outcome(ticket, task, report)
            self._emit_progress()

    def _on_outcome(self, ticket: int, task: _Task, outcome: Outcome) -> None:
        if isinstance(task.job, OpenPhoto | OpenProject) and ticket != self._opening:
            return  # another one was asked for since
        if not isinstance(outcome, Finished):
            self._on_no_result(task, outcome)
            return
        job, result = task.job, outcome.result
        if isinstance(result, OpenedPhoto | OpenedProject):
            self._show_document(job, result)
        elif isinstance(result, Inversion):
            self._on_inverted(task, result)
        elif isinstance(result, Intervention):
            self._finish_edit(task, result)
        elif isinstance(result, Exported):
            self.exported.emit(result)
        elif isinstance(job, SaveProject):
            if task.document is self._document and self._document is not None:
                self._document.project_path, self._document.saved = job.path, task.state
                self._emit_modified()
            self.saved.emit(job.path)
        elif isinstance(job, Drag) and self._dragging is not None:
            self.preview_changed.emit(result)
            if self._dragging is not task.wish:
                self._preview_next()
        elif isinstance(job, Render) and self._document is not None:
            patch = result if isinstance(result, Patch) else None
            self._document.composites.keep(cast("StateKey", task.state), patch)
            self._show_composite()

    def _on_no_result(self, task: _Task, outcome: Cancelled | Failed) -> None:
        job = task.job
        if isinstance(job, Invert):
            if task.face == self.active and not self.inverting:
                self.preview_changed.emit(None)
                self.portrait_changed.emit(self.portrait)
                if isinstance(outcome, Cancelled):
                    self.noticed.emit("The face was not analysed. Choose Analyse face to go on.")
        elif isinstance(job, OpenPhoto | OpenProject):
            self.analyse_face()  # opening had stopped it
        elif isinstance(job, Intervene):
            self.preview_changed.emit(None)
            self._after_edit()
        elif isinstance(job, Drag):
            if isinstance(outcome, Failed):
                self._dragging = None
                self.preview_changed.emit(None)
        elif isinstance(job, Render):
            if isinstance(outcome, Failed):
                self._shown = cast("StateKey", task.state)  # asking again would fail again
            else:
                self._show_composite()
        if isinstance(outcome, Failed):
            self.failed.emit(outcome.error)

    def _on_inverted(self, task: _Task, result: Inversion) -> None:
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
            self._emit_values()

    def _show_document(self, job: Job, opened: OpenedPhoto | OpenedProject) -> None:
        for stale in self._tickets(Invert, Intervene, Drag, Render):
            del self._tasks[stale]
            self._thread.cancel(stale)
        self._waiting.clear()
        self._dragging = self._soft = self._shown = None
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

    def _submit(self, task: _Task) -> int:
        ticket = self._thread.submit(task.job)
        self._tasks[ticket] = task
        self._emit_progress()
        return ticket

    def _tickets(self, *kinds: type) -> list[int]:
        return [ticket for ticket, task in self._tasks.items() if isinstance(task.job, kinds)]

    def _label(self, attribute: str) -> str:
        rows = self._info.attributes if self._info else ()
        return next((row.label for row in rows if row.name == attribute), attribute)

    def _emit_progress(self) -> None:
        shown: Progress | None = None
        for task in self._tasks.values():
            beginning = _BEGINNINGS.get(type(task.job))
            if beginning:
                shown = task.progress or Progress(beginning, 0, 0)
                if task.progress:
                    break
        self.progress_changed.emit(shown)
        if (shown is not None) != self._busy:
            self._busy = shown is not None
            self.busy_changed.emit(self._busy)

    @Slot()
    def _emit_values(self) -> None:
        self.attribute_values_changed.emit(self.attribute_values)

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
