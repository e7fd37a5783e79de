"""The one object the window talks to: the open document, and the edits that are asked of it.

Verbs are the user's actions, signals are what became of them. No pixel is computed here: strokes
go to ``document.region`` and ``document.paint``, everything slow goes to the engine thread
or to the background.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.goals import Dials, Goal, Reference
from editor.document.presets import preset_of
from editor.document.region import PRESETS
from editor.document.region import preset as region_preset
from editor.engine.jobs import (
    Discover,
    Discovery,
    Drag,
    Failed,
    Intervene,
    Intervention,
    OpenReference,
)
from editor.session.document_session import DocumentSession
from editor.session.engine_tasks import Task
from editor.session.library import UserLibrary
from editor.session.undo import without_last
from editor.session.wishes import Wish, slider_values, step_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from editor.document.attributes import AttributeInfo
    from editor.document.history import Edit
    from editor.document.paint import PaintLayer
    from editor.document.presets import AttributePreset
    from editor.document.region import RegionMask
    from editor.document.style import StyleDelta, StyleLayout
    from editor.document.style_sliders import StyleSlider
    from editor.engine.jobs import Cancelled
    from editor.session.engine_thread import EngineThread

_NO_REGION = "Brush a region first: an edit changes only what you brushed."


class EditSession(DocumentSession):
    """Owns the document and talks to the engine thread.

    Signals, further to those of ``DocumentSession``:
        attribute_values_changed(dict[str, float]): where the sliders stand in this region.
        dials_changed(Dials): of the edits to come.
        together_changed(bool): whether sliders of one region make one edit.
        discovery_changed(Discovery | None): what can change in this region; None: not known.
        style_sliders_changed(tuple[StyleSlider, ...]): those that the user kept.
        presets_changed(tuple[AttributePreset, ...]): by name.
        reference_changed(Reference | None): the face that ``match_reference`` follows.
    """

    attribute_values_changed = Signal(object)
    dials_changed = Signal(object)
    together_changed = Signal(bool)
    discovery_changed = Signal(object)
    style_sliders_changed = Signal(object)
    presets_changed = Signal(object)
    reference_changed = Signal(object)

    def __init__(
        self, thread: EngineThread, parent: QObject | None = None, library: Path | None = None
    ) -> None:
        """Follow the thread.

        Args:
            thread: not yet started.
            parent: owner.
            library: folder of the user's presets and kept sliders; without one, what is kept lasts
                until the session ends.
        """
        super().__init__(thread, parent)
        self._together = False
        self._waiting: list[Wish] = []
        self._dragging: Wish | None = None
        self._errand: object = None  # the newest wishes that are prepared in the background
        self._met: dict[str, StyleSlider] = {}  # discovered sliders that were moved, by id
        self._discovery: Discovery | None = None
        self._discovered_for: object = None
        self._discover_next = False
        self._reference: Reference | None = None
        self._style_sliders: tuple[StyleSlider, ...] = ()
        self._layout: StyleLayout | None = None  # of the loaded generator, once a code is there
        self._library = library_ = UserLibrary(library, self._background, self)
        library_.presets_changed.connect(self.presets_changed)
        library_.sliders_changed.connect(self._choose_sliders)
        library_.failed.connect(self.failed)
        self._soft.ready.connect(self._emit_values)
        self.history_changed.connect(self._on_history)
        self.region_changed.connect(self._check_discovery)
        self.face_chosen.connect(self._check_discovery)

    # ------------------------------------------------------------ sliders

    @property
    def attribute_values(self) -> dict[str, float]:
        """Where the sliders stand for the active face and region; absent ones at 0."""
        history, soft = self.history, self._soft.mask(self.region, wait=False)
        if soft is None or soft.is_empty:
            return {}
        values = slider_values(history.applied, soft) if history else {}
        wishes = [*self._running_wishes(), *self._waiting]
        for wish in (*wishes, self._dragging) if self._dragging else wishes:
            if wish.region == soft:
                values.update((goal.attribute, goal.value) for goal in wish.goals)
        return values

    def preview_attribute(self, name: str, value: float) -> None:
        """Show at once what a slider value would do; nothing is recorded."""
        self._preview(Goal(name, value))

    def commit_attribute(self, name: str, value: float) -> None:
        """Optimise the edit that brings the slider to ``value``: one entry of the history."""
        self._commit_goal(Goal(name, value))

    def reset_attribute(self, name: str) -> None:
        """Bring a slider back to 0."""
        self.commit_attribute(name, 0.0)

    def drag_slider(self, slider: StyleSlider, value: float) -> None:
        """Show at once what a discovered slider would do; nothing is recorded."""
        self._met[slider.id] = slider
        self._preview(Goal(slider.id, value, slider.delta))

    def commit_slider(self, slider: StyleSlider, value: float) -> None:
        """Optimise the edit that brings a discovered slider to ``value``."""
        self._met[slider.id] = slider
        self._commit_goal(Goal(slider.id, value, slider.delta))

    @property
    def dials(self) -> Dials:
        """The objective's dials."""
        return self._dials

    def set_dials(self, dials: Dials) -> None:
        """The objective's dials for the edits to come."""
        if dials != self._dials:
            self._dials = dials
            self.dials_changed.emit(dials)

    @property
    def together(self) -> bool:
        """Whether moving another slider in the same region joins that region's last edit."""
        return self._together

    def set_together(self, together: bool) -> None:
        """Make one edit of all sliders in a region, or one of each."""
        if together != self._together:
            self._together = together
            self.together_changed.emit(together)

    # ------------------------------------------------------------ likeness

    @property
    def reference(self) -> Reference | None:
        """The face that ``match_reference`` follows; it outlasts the photo."""
        return self._reference

    def open_reference(self, path: Path) -> None:
        """Read another photograph; its largest face becomes the reference."""
        self._tasks.drop(OpenReference)
        self._tasks.submit(Task(OpenReference(path)))

    def clear_reference(self) -> None:
        """Follow no reference."""
        self._tasks.drop(OpenReference)
        self._follow(None)

    def match_reference(self) -> None:
        """Make the region look like the same region of the reference: one edit."""
        region = self.region
        if not self._can_edit() or region is None:
            return
        if self._reference is None:
            self.noticed.emit("Open a reference photo first.")
        elif region.mask.is_empty:
            self.noticed.emit(_NO_REGION)
        else:
            self._commit_likeness(self._reference, self._soft.mask(region, wait=True))

    def match_paint(self) -> None:
        """Make the region, or the painted area without one, follow the painted colours: one edit.

        The painted area is grown by the feather first, so that all of the paint counts in full.
        """
        region, paint = self.region, self.paint
        if not self._can_edit() or region is None or paint is None:
            return
        if paint.is_empty:
            self.noticed.emit("Paint colours over the face first.")
        elif region.mask.is_empty:
            edge = max(2.0, region.feather)
            self._prepare(
                lambda: [paint.area.grown(edge).feathered(edge)],
                lambda masks: self._commit_likeness(paint, masks[0]),
            )
        else:
            self._commit_likeness(paint, self._soft.mask(region, wait=True))

    def _commit_likeness(self, likeness: Reference | PaintLayer, region: RegionMask | None) -> None:
        if region is not None:
            self._commit(Wish((), region, next(self._serials), likeness))

    def _follow(self, reference: Reference | None) -> None:
        if reference is not self._reference:
            self._reference = reference
            self.reference_changed.emit(reference)

    # ------------------------------------------------------------ discovery

    @property
    def discovery(self) -> Discovery | None:
        """What can change in this region; None as soon as face, region or edits change.

        Edits made with the discovered sliders themselves do not count, so that one can go on
        trying them.
        """
        return self._discovery

    def discover(self) -> None:
        """Look for what can change in this region, after the edits that are under way."""
        document, region = self._document, self.region
        if not self._can_edit() or document is None or region is None:
            return
        if region.mask.is_empty:
            self.noticed.emit("Brush a region first: it is searched for what can change in it.")
            return
        self._discover_next = bool(self._running_wishes() or self._waiting)
        soft = self._soft.mask(region, wait=True)
        if self._discover_next or soft is None:
            return
        self._tasks.drop(Discover)
        portraits, active = document.portraits(document.history)
        job = Discover(document.photo, portraits, active, soft)
        self._tasks.submit(Task(job, document, document.active, state=self._ground()))

    def _on_discovered(self, discovery: Discovery) -> None:
        self._discovery = discovery
        self._discovered_for = self._ground(discovery)
        self.discovery_changed.emit(discovery)

    def _ground(self, discovery: Discovery | None = None) -> object:
        """What a discovery holds for: photo, face, region, and the edits but its own."""
        own = {slider.id for slider in discovery.sliders} if discovery else set[str]()
        others = tuple(
            edit.id
            for edit in (self.history.applied if self.history else ())
            if not edit.origin.goals or not own.issuperset(name for name, _ in edit.origin.goals)
        )
        return self.photo, self.active, self.region, others

    @Slot()
    def _check_discovery(self) -> None:
        if any(task.state != self._ground() for task in self._tasks.of(Discover)):
            self._tasks.drop(Discover)
        discovery = self._discovery
        if discovery is not None and self._discovered_for != self._ground(discovery):
            self._discovery = None
            self.discovery_changed.emit(None)

    # ------------------------------------------------------------ the user's library

    @property
    def style_sliders(self) -> tuple[StyleSlider, ...]:
        """Discovered sliders that the user kept and that fit the loaded generator.

        None before the first face was analysed: there is nothing to move them on.
        """
        return self._style_sliders

    def keep_slider(self, slider: StyleSlider, label: str) -> None:
        """Keep a discovered slider under a name of the user's own; again: rename it."""
        self._library.keep_slider(slider, label)

    def forget_slider(self, id: str) -> None:
        """Keep it no longer."""
        self._library.forget_slider(id)

    @property
    def presets(self) -> tuple[AttributePreset, ...]:
        """The user's presets, by name."""
        return self._library.presets

    def save_preset(self, name: str) -> None:
        """Keep the active face's applied edits under a name; an older preset is replaced."""
        face = self._document.face if self._document else None
        if face is None or self.history is None:
            return
        edits, landmarks = self.history.applied, face.detected.landmarks
        regions = {row.name: row.region for row in self._rows()}
        if any(not regions.keys() >= _names(edit) or edit.origin.likeness for edit in edits):
            self.noticed.emit(
                "Discovered sliders and matches belong to this photo; they are not in the preset."
            )
        self._library.put_preset(lambda: preset_of(name, edits, regions, landmarks))

    def delete_preset(self, name: str) -> None:
        """Remove it with its file."""
        self._library.drop_preset(name)

    def import_preset(self, path: Path) -> None:
        """Keep the preset of a file; one whose name is taken gets a number."""
        self._library.import_preset(path)

    def export_preset(self, name: str, path: Path) -> None:
        """Write a preset to a file that can be given away."""
        for preset in self.presets:
            if preset.name == name:
                self._library.export_preset(preset, path)

    def apply_preset_values(self, preset: AttributePreset) -> None:
        """Bring the preset's sliders to its values on the active face, one edit for each region."""
        document = self._document
        if not self._can_edit() or document is None or document.face is None:
            return
        usable, unknown = preset.limited_to(row.name for row in self._rows())
        if unknown:
            self.noticed.emit(
                f"There is no attribute named {' or '.join(unknown)} here; the preset "
                f"“{preset.name}” is applied without."
            )
        if usable is None:
            return
        parts, feather = usable.parts, document.region.feather
        photo, landmarks = document.photo, document.face.landmarks

        def commit(masks: list[RegionMask]) -> None:
            for part, mask in zip(parts, masks, strict=True):
                if not mask.is_empty:
                    goals = tuple(Goal(attribute, value) for attribute, value in part.goals)
                    self._commit(Wish(goals, mask, next(self._serials)))

        self._prepare(
            lambda: [
                region_preset(part.region, landmarks, photo.width, photo.height).feathered(feather)
                for part in parts
            ],
            commit,
        )

    @Slot()
    def _choose_sliders(self) -> None:
        fitting = tuple(s for s in self._library.sliders if s.delta.layout == self._layout)
        if fitting != self._style_sliders:
            self._style_sliders = fitting
            self.style_sliders_changed.emit(fitting)

    # ------------------------------------------------------------ wishes

    def _preview(self, goal: Goal) -> None:
        wish = self._wish(goal)
        if wish is None:
            return
        self._dragging = wish
        if any(wish.repeats(running) for running in self._running_wishes()):
            self._tasks.drop(Intervene, Drag)
        self._tasks.drop(Discover)  # the slider is not to wait for it
        self._preview_next()

    def _commit_goal(self, goal: Goal) -> None:
        wish = self._wish(goal)
        self._dragging = None
        if wish is None:
            self._emit_values()  # the slider goes back
        else:
            self._commit(wish)

    def _wish(self, goal: Goal) -> Wish | None:
        if self.portrait is None or self.region is None:
            return None
        if self.region.mask.is_empty and not self._take_default_region(goal.attribute):
            return None
        if self._dragging and self._dragging.names == frozenset([goal.attribute]):
            soft = self._dragging.region  # the same drag: the region cannot have moved
        else:
            soft = self._soft.mask(self.region, wait=True)
        if soft is None:
            return None
        goal = replace(goal, value=max(-100.0, min(100.0, goal.value)))
        return Wish((goal,), soft, next(self._serials), together=self._together)

    def _take_default_region(self, attribute: str) -> bool:
        row = next((row for row in self._rows() if row.name == attribute), None)
        if row is None or row.region not in PRESETS:
            self.noticed.emit(_NO_REGION)
            return False
        self.apply_preset(row.region)
        self.noticed.emit(
            f"No region was painted, so {row.label.lower()} uses the region "
            f"“{row.region}”. Brush to change it."
        )
        return True

    def _prepare(
        self, work: Callable[[], list[RegionMask]], then: Callable[[list[RegionMask]], None]
    ) -> None:
        """Make masks in the background for wishes, unless something else is wanted by then."""
        errand = self._errand = object()

        def go_on(made: Future[list[RegionMask]]) -> None:
            if self._errand is errand:
                self._errand = None
                then(made.result())

        self._background.submit(work, go_on)

    def _commit(self, wish: Wish) -> None:
        running = self._running_wishes()
        for other in reversed([*running, *self._waiting]):
            if wish.replaces(other):
                wish = wish.taken_over(other)
        self._waiting = [other for other in self._waiting if not wish.replaces(other)]
        if any(not wish.replaces(other) for other in running):
            self._waiting.append(wish)  # the edit before it is not thrown away
        else:
            self._start(wish)
        self._emit_values()

    def _preview_next(self) -> None:
        """Ask for the newest preview, one at a time, so that each is shown before the next."""
        wish, document, history = self._dragging, self._document, self.history
        if wish is None or document is None or history is None:
            return
        if self._tasks.of(Intervene, Drag):
            return
        step = step_for(history, wish, self._known())
        portraits, active = document.portraits(step.start if step else history)
        goals = step.goals if step else ()
        job = Drag(document.photo, portraits, active, wish.region, goals)
        self._tasks.submit(Task(job, document, wish=wish))

    def _start(self, wish: Wish) -> None:
        document, history = self._document, self.history
        if document is None or history is None:
            return
        step = step_for(history, wish, self._known())
        if step is None or not (step.goals or wish.likeness):
            self._tasks.drop(Intervene, Drag)
            if step is not None:
                label = "Reset " + ", ".join(self._label(goal.attribute) for goal in wish.goals)
                self._put_history(label, wish.serial, without_last(history))
            self.preview_changed.emit(None)
            self._after_edit()
            return
        portraits, active = document.portraits(step.start)
        job = Intervene(
            document.photo, portraits, active, wish.region, step.goals, self._dials, wish.likeness
        )
        self._tasks.forget(Intervene)  # superseded in the mailbox
        self._tasks.drop(Discover)
        self._tasks.submit(Task(job, document, document.active, wish, step.start))

    def _finish_edit(self, task: Task, result: Intervention) -> None:
        if task.wish is None or task.start is None:
            return
        edit = result.edit
        if not self._names_of_attributes() >= _names(edit):  # the engine knows sliders by id only
            goals = edit.origin.goals
            label = ", ".join(f"{self._label(name)} {value:+.0f}" for name, value in goals)
            edit = replace(edit, label=label)
        start, patch = task.start, result.patch
        if self.history is not None and start.base != self.history.base:
            start, patch = start.rebased(self.history.base), None  # refined meanwhile
        self._put_history(edit.label, task.wish.serial, start.push(edit), patch)
        self.preview_changed.emit(None)
        self._after_edit()

    def _after_edit(self) -> None:
        """The engine is free for edits again: what waits goes next."""
        if self._waiting:
            self._start(self._waiting.pop(0))
        elif self._discover_next:
            self.discover()
        else:
            self._preview_next()
        self._show_composite()
        self._emit_values()

    def _running_wishes(self) -> list[Wish]:
        return [task.wish for task in self._tasks.of(Intervene) if task.wish is not None]

    def _abandon_edits(self) -> None:
        self._waiting.clear()
        self._dragging = self._errand = None
        self._discover_next = False
        self._tasks.drop(Intervene, Drag)
        super()._abandon_edits()
        self._emit_values()

    # ------------------------------------------------------------ history

    def cancel(self) -> None:
        """Stop what is under way; the document returns to its last finished state."""
        was_editing = bool(self._running_wishes() or self._waiting or self._dragging)
        super().cancel()
        if was_editing:
            self.noticed.emit("The edit was cancelled; nothing changed.")

    def undo(self) -> None:
        """Take back the newest stroke, region change or edit; one under way is abandoned."""
        newest = self._document.undo.newest if self._document else None
        pending = [*self._running_wishes(), *self._waiting]
        if not pending or (newest is not None and newest.serial > pending[-1].serial):
            super().undo()
        elif self._waiting:
            self._waiting.pop()
            self._emit_values()
        else:
            self.cancel()

    @Slot()
    def _on_history(self) -> None:
        self._emit_values()
        self._check_discovery()
        if self.history is not None and self.history.base.layout != self._layout:
            self._layout = self.history.base.layout
            self._choose_sliders()

    # ------------------------------------------------------------ engine

    def _on_result(self, task: Task, result: object) -> None:
        if isinstance(result, Intervention):
            self._finish_edit(task, result)
        elif isinstance(result, Discovery):
            self._on_discovered(result)
        elif isinstance(result, Reference):
            self._follow(result)
        elif isinstance(task.job, Drag):
            if self._dragging is not None:
                self.preview_changed.emit(result)
                if self._dragging is not task.wish:
                    self._preview_next()
        else:
            super()._on_result(task, result)

    def _on_no_result(self, task: Task, outcome: Cancelled | Failed) -> None:
        if isinstance(task.job, Intervene):
            self.preview_changed.emit(None)
            self._after_edit()
        elif isinstance(task.job, Drag):
            if isinstance(outcome, Failed):
                self._dragging = None
                self.preview_changed.emit(None)
        else:
            super()._on_no_result(task, outcome)

    # ------------------------------------------------------------ small things

    def _can_edit(self) -> bool:
        if self._document is not None and self.portrait is None:
            self.noticed.emit("Wait until the face is analysed, or choose Analyse face.")
        return self.portrait is not None

    def _rows(self) -> tuple[AttributeInfo, ...]:
        return self._info.attributes if self._info else ()

    def _names_of_attributes(self) -> frozenset[str]:
        return frozenset(row.name for row in self._rows())

    def _sliders(self) -> dict[str, StyleSlider]:
        """Every discovered slider that there is, by id; kept ones under the user's name."""
        return self._met | {slider.id: slider for slider in self._style_sliders}

    def _known(self) -> dict[str, StyleDelta | None]:
        directions = {id: slider.delta for id, slider in self._sliders().items()}
        return directions | dict.fromkeys(self._names_of_attributes())

    def _label(self, name: str) -> str:
        slider = self._sliders().get(name)
        if slider is not None:
            return slider.label
        return next((row.label for row in self._rows() if row.name == name), name)

    @Slot()
    def _emit_values(self) -> None:
        self.attribute_values_changed.emit(self.attribute_values)


def _names(edit: Edit) -> set[str]:
    return {name for name, _ in edit.origin.goals}
