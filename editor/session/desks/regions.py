"""What is brushed and painted on the document."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from editor.document.brushed_region import BrushedRegion
from editor.document.carrying import on_the_other_side
from editor.document.face_regions import PRESETS, area_of, feather_of, preset
from editor.document.landmarks import Symmetry
from editor.document.named_regions import NoRoomError, RegionList
from editor.document.outline import Outline
from editor.document.paint import PaintLayer
from editor.session.background import Background
from editor.session.studio import engine_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from editor.document.errors import EngineError
    from editor.document.paint import Colour
    from editor.document.region import RegionMask
    from editor.document.stroke import BrushStroke, Stamp
    from editor.session.open_document import Document, Face
    from editor.session.studio import Studio
    from editor.session.wishes import RegionSource

AT_ONCE = 1 << 17
"""Pixels that are stamped without leaving the window's thread; more goes to the background.

A stroke takes 23 ns for each pixel of the region around it, a preset 40, feathering 90 (issue 16's
figures for a face of 4,500 pixels, two cores), so this is about three milliseconds of each.
"""
_PRESET, _FEATHER = 2, 4  # what a pixel of those counts
_MIRROR = 1 << 22  # and a region's mirror image, however small: some tens of milliseconds
_NO_FACE = "That needs a face. Choose one, or Face → Add a face by hand."

_State = BrushedRegion | RegionList | PaintLayer
_Brushed = TypeVar("_Brushed", BrushedRegion, RegionList, PaintLayer)


@dataclass(slots=True, eq=False)
class _Change:
    """A change of a region or of paint that has been asked for.

    Attributes:
        label, serial: of its step of undo.
        document, face: what it belongs to, whoever is active when it is done.
        kind: of what it changes: the region in hand, with those that have names, or paint.
        work: makes the new state of the old one.
        pixels: roughly how many it touches.
        stroke: that it works in, as it was drawn.
    """

    label: str
    serial: int
    document: Document
    face: Face | None
    kind: type[_State]
    work: Callable[[_State], _State]
    pixels: int
    stroke: Stamp | None = None


class Regions(QObject):
    """Brush, presets, feather and paint: in order, without ever keeping the window waiting.

    What touches few pixels happens at once, the rest in the background; whoever depends on the
    result asks by ``then``.

    Signals:
        region_changed(BrushedRegion): brushed, feathered, undone or of another face.
        paint_changed(PaintLayer | None): colours over the active face; None without a photo.
        mirrored_changed(bool): whether strokes are painted on both sides of the face.
        softened(): the newest region is feathered.
        stroke_dropped(): a stroke changed nothing, or failed; no changed state will contain it.
    """

    region_changed = Signal(object)
    paint_changed = Signal(object)
    mirrored_changed = Signal(bool)
    softened = Signal()
    stroke_dropped = Signal()

    def __init__(self, studio: Studio, at_once: int = AT_ONCE) -> None:
        """Work on the studio's document.

        Args:
            studio: the owner.
            at_once: pixels that are worked on without the background.
        """
        super().__init__(studio)
        self._studio = studio
        self._at_once = at_once
        self._background = Background("regions", self)
        self._queue: deque[_Change | Callable[[], object]] = deque()
        self._working = False  # the first of the queue is in the background
        self._asked: list[_Change | Callable[[], object]] | None = None  # by the action that runs
        self._mirrored = False
        self._soft_of: RegionSource | None = None
        self._soft: RegionMask | None = None

    # ------------------------------------------------------------ state

    @property
    def mirrored(self) -> bool:
        """Whether strokes are painted on both sides of the face."""
        return self._mirrored

    @property
    def pending(self) -> bool:
        """Whether strokes or other changes are still being worked in."""
        return any(isinstance(step, _Change) for step in self._queue)

    @property
    def waiting(self) -> tuple[Stamp, ...]:
        """Strokes on the active face that its region and paint do not contain yet."""
        face = self._studio.face
        changes = (step for step in self._queue if isinstance(step, _Change))
        return tuple(step.stroke for step in changes if step.stroke and step.face is face)

    def soft(self) -> RegionMask | None:
        """The active face's region, feathered; None while it is being made."""
        document = self._studio.document
        return self._soft if document and self._soft_of is document.region else None

    def then(self, action: Callable[[], object]) -> None:
        """Do something after the strokes that were made before: at once when all are in.

        What an action asks for comes before whatever was asked for after the action.
        """
        if self._asked:
            self._asked.append(action)
        elif self._queue and self._asked is None:
            self._queue.append(action)
        else:
            action()

    def soften(
        self,
        source: RegionSource,
        done: Callable[[RegionMask], None],
        failed: Callable[[EngineError], None],
    ) -> None:
        """Hand out the feathered mask of a source: at once if it is there, or when it is made."""
        if source is self._soft_of and self._soft is not None:
            done(self._soft)
            return
        if isinstance(source, BrushedRegion) and _FEATHER * source.mask.alpha.size <= self._at_once:
            done(source.feathered())
            return

        def hand_out(future: Future[RegionMask]) -> None:
            error = future.exception()
            if error is None:
                done(future.result())
            else:
                failed(engine_error(error))

        self._background.submit(source.feathered, hand_out)

    def close(self) -> None:
        """Work on nothing any more."""
        self._queue.clear()
        self._background.close(wait=False)

    # ------------------------------------------------------------ region

    def paint_region(self, stroke: Stamp, meant: Stamp | None = None) -> None:
        """Add a stroke or a shape to the region, or erase with it: one step of undo.

        Args:
            stroke: as it was drawn, and waits for the region.
            meant: what is made of it; None: itself.
        """
        both, cost = self._both_sides(meant or stroke)

        def work(region: BrushedRegion) -> BrushedRegion:
            mask = region.mask
            for one in both():
                mask = mask.stamped(one)
            return region.with_mask(mask)

        label = "Eraser stroke" if stroke.erase else "Brush stroke"
        if isinstance(stroke, Outline):
            label = "Shape taken away" if stroke.erase else "Shape"
        self._change(label, BrushedRegion, work, cost, stroke=stroke)

    def apply_preset(
        self,
        name: str,
        *,
        add: bool = False,
        subtract: bool = False,
        face: Face | None = None,
        serial: int | None = None,
        automatic: bool = False,
    ) -> None:
        """Make a preset the region, or add it, or take it away.

        Args:
            name: of the preset.
            add: to the region that there is; else it takes that one's place.
            subtract: from it.
            face: whose; None: of the active one.
            serial: when that was asked for; None: now.
            automatic: by a slider, not by the user.
        """
        document, face = self._studio.document, face or self._studio.face
        if document is None:
            return
        if face is None:
            self._studio.noticed.emit(_NO_FACE)
            return
        photo, landmarks, detail = document.photo, face.landmarks, face.detail
        usual = face.detected.default_feather

        def work(region: BrushedRegion) -> BrushedRegion:
            mask = preset(name, landmarks, photo.width, photo.height, detail)
            if add:
                mask = region.mask.united(mask)
            elif subtract:
                mask = region.mask.subtracted(mask)
            if add or subtract:
                return region.with_mask(mask)
            made = region.anew(mask, name if automatic else "")
            if region.feather not in {feather_of(one, usual) for one in PRESETS}:
                return made  # what the user chose stays
            return replace(made, feather=feather_of(name, usual))

        across, down = landmarks.max(0) - landmarks.min(0)
        pixels = int(_PRESET * 4 * across * down)
        self._change(f"Region “{area_of(name)}”", BrushedRegion, work, pixels, face, serial=serial)

    def clear_region(self) -> None:
        """Empty the region."""
        self.set_region(None)

    def set_region(self, mask: RegionMask | None) -> None:
        """Replace the region, by nothing with None."""

        def work(region: BrushedRegion) -> BrushedRegion:
            return region.emptied() if mask is None else region.anew(mask)

        self._change("Clear region" if mask is None else "Set region", BrushedRegion, work, 0)

    def set_feather(self, pixels: float) -> None:
        """Soften the region's edge inward by that many photo pixels."""

        def work(region: BrushedRegion) -> BrushedRegion:
            return replace(region, feather=max(0.0, pixels))

        self._change("Feather", BrushedRegion, work, 0)

    def reshape(self, label: str, work: Callable[[RegionMask], RegionMask], pixels: int) -> None:
        """Change the region that there is: one step of undo.

        Args:
            label: of the step.
            work: makes it; where an error is raised, that is told and the region stays.
            pixels: roughly how many it touches.
        """

        def reshaped(region: BrushedRegion) -> BrushedRegion:
            return region.with_mask(work(region.mask))

        self._change(label, BrushedRegion, reshaped, pixels)

    def renew(
        self, label: str, work: Callable[[BrushedRegion], BrushedRegion], pixels: int
    ) -> None:
        """Make another region in its place: one step of undo."""
        self._change(label, BrushedRegion, work, pixels)

    def rearrange(
        self,
        label: str,
        work: Callable[[RegionList], RegionList],
        pixels: int = 0,
        face: Face | None = None,
        serial: int | None = None,
    ) -> None:
        """Change which regions have names, or which is in hand: one step of undo.

        Args:
            label: of the step.
            work: makes the new list of the old one.
            pixels: roughly how many it touches.
            face: whose; None: of the active one.
            serial: when that was asked for; None: now.
        """
        self._change(label, RegionList, work, pixels, face, serial=serial)

    def mirror_region(self) -> None:
        """Unite the region with its mirror image: one step of undo."""
        face = self._studio.face
        if face is None:
            self._studio.noticed.emit(_NO_FACE)
            return
        landmarks = face.detected.landmarks

        def work(region: BrushedRegion) -> BrushedRegion:
            other = on_the_other_side(region.mask, landmarks)
            return region.with_mask(region.mask.united(other))

        self._change("Mirror region", BrushedRegion, work, _MIRROR)

    def set_mirrored(self, mirrored: bool) -> None:
        """Paint strokes on both sides of the active face, or only where they are drawn."""
        if mirrored != self._mirrored:
            self._mirrored = mirrored
            self.mirrored_changed.emit(mirrored)

    # ------------------------------------------------------------ paint

    def paint_colour(self, stroke: BrushStroke, colour: Colour, meant: Stamp | None = None) -> None:
        """Paint a stroke of colour, or erase with it: one step of undo.

        Args:
            stroke: as it was drawn, and waits for the paint.
            colour: sRGB.
            meant: what is made of it; None: itself.
        """
        both, cost = self._both_sides(meant or stroke)

        def work(paint: PaintLayer) -> PaintLayer:
            for one in both():
                paint = paint.stamped(one, colour)
            return paint

        label = "Paint eraser stroke" if stroke.erase else "Paint stroke"
        self._change(label, PaintLayer, work, 4 * cost, stroke=stroke)

    def clear_paint(self) -> None:
        """Take all painted colour away: one step of undo."""

        def work(paint: PaintLayer) -> PaintLayer:
            return paint if paint.is_empty else PaintLayer.empty(paint.width, paint.height)

        self._change("Clear paint", PaintLayer, work, 0)

    # ------------------------------------------------------------ putting states

    def put(self, face: Face | None, state: _State) -> None:
        """Make that what is brushed or painted for a face, without a step of undo."""
        studio = self._studio
        if studio.document is None:
            return
        studio.document.put(face, state)
        if face is studio.face:
            if isinstance(state, PaintLayer):
                self.paint_changed.emit(state)
            else:
                self.follow()
        studio.tell_modified()

    def follow(self) -> None:
        """Show the region of the active face, and feather it ahead of its use."""
        document = self._studio.document
        if document is None:
            return
        region = document.region
        if region is not self._soft_of:
            self._soft_of, self._soft = region, None
            self._studio.hints_over.emit()
            self.soften(region, partial(self._on_soft, region), self._studio.failed.emit)
        self.region_changed.emit(region)

    def _on_soft(self, region: BrushedRegion, mask: RegionMask) -> None:
        if region is self._soft_of:
            self._soft = mask
            self.softened.emit()

    # ------------------------------------------------------------ inside

    def _both_sides(self, stroke: Stamp) -> tuple[Callable[[], tuple[Stamp, ...]], int]:
        """What makes a stroke and its mirror image, where it has one, and what both cost."""
        symmetry = self._symmetry() if self._mirrored else None
        if symmetry is None:
            return lambda: (stroke,), stroke.cost
        return lambda: (stroke, stroke.mirrored(symmetry)), 2 * stroke.cost

    def _symmetry(self) -> Symmetry | None:
        face = self._studio.face
        return None if face is None else Symmetry(face.detected.landmarks)

    def _change(
        self,
        label: str,
        kind: type[_Brushed],
        work: Callable[[_Brushed], _Brushed],
        pixels: int,
        face: Face | None = None,
        stroke: Stamp | None = None,
        serial: int | None = None,
    ) -> None:
        studio = self._studio
        if studio.document is None:
            return

        def checked(state: _State) -> _State:
            assert isinstance(state, kind)
            made = work(state)
            if not isinstance(made, BrushedRegion) or made != state:
                return made
            assert isinstance(state, BrushedRegion)
            return state if made.usual == state.usual else replace(state, usual=made.usual)

        change = _Change(
            label,
            studio.next_serial() if serial is None else serial,
            studio.document,
            face or studio.face,
            kind,
            checked,
            pixels,
            stroke,
        )
        if self._asked is not None:
            self._asked.append(change)
            return
        self._queue.append(change)
        self._go_on()

    def _go_on(self) -> None:
        """Work off the queue until something goes to the background."""
        while self._queue and not self._working:
            step = self._queue[0]
            if not isinstance(step, _Change):
                self._queue.popleft()
                self._act(step)
                continue
            if step.document is not self._studio.document:
                self._queue.popleft()  # its photo was closed
                continue
            if step.face is None and step.document.faces:
                step.face = step.document.faces[0]  # added meanwhile; it takes over what there was
            before = self._now(step)
            if step.pixels + _size(before) > self._at_once:
                self._working = True
                self._background.submit(partial(step.work, before), partial(self._on_worked, step))
                return
            try:
                after = step.work(before)
            except Exception as error:  # noqa: BLE001 - told, or raised again
                self._queue.popleft()
                self.stroke_dropped.emit()
                self._studio.failed.emit(engine_error(error))
            else:
                self._queue.popleft()
                self._finish(step, before, after)

    def _act(self, action: Callable[[], object]) -> None:
        asked: list[_Change | Callable[[], object]] = []
        self._asked = asked
        try:
            action()
        finally:
            self._asked = None
            self._queue.extendleft(reversed(asked))

    def _on_worked(self, step: _Change, future: Future[_State]) -> None:
        self._working = False
        self._queue.popleft()
        error = future.exception()
        try:
            if error is not None:
                self.stroke_dropped.emit()
                self._studio.failed.emit(engine_error(error))
            elif step.document is self._studio.document:
                self._finish(step, self._now(step), future.result())
        finally:
            self._go_on()

    def _now(self, step: _Change) -> _State:
        document = step.document
        if step.kind is PaintLayer:
            return document.paint_of(step.face)
        of = document.regions_of if step.kind is RegionList else document.region_of
        return of(step.face)

    def _finish(self, step: _Change, before: _State, after: _State) -> None:
        if after is before or (step.face is not None and step.face not in step.document.faces):
            self.stroke_dropped.emit()
            return
        if isinstance(after, BrushedRegion):
            try:
                step.document.regions_of(step.face).require_room(after)
            except NoRoomError as error:
                self.stroke_dropped.emit()
                self._studio.failed.emit(engine_error(error))
                return
        if _covers_the_same(before, after):  # it is the user's own now, or a slider's: no step
            self.put(step.face, after)
            return
        number = step.document.number_of(step.face)
        self._studio.record(step.label, number, before, after, step.serial)
        self.put(step.face, after)


def _covers_the_same(before: _State, after: _State) -> bool:
    if isinstance(before, RegionList) and isinstance(after, RegionList):
        return before.is_same(after)
    if not isinstance(before, BrushedRegion) or not isinstance(after, BrushedRegion):
        return False
    return before.mask is after.mask and before.feather == after.feather


def _size(state: _State) -> int:
    if isinstance(state, RegionList):
        return 0  # no pixel of those that there are is touched
    return state.mask.alpha.size if isinstance(state, BrushedRegion) else state.pixels.size
