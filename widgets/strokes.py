"""What is painted over the photo on the canvas: region, colours, and the strokes on top of them.

A stroke stays on the screen from the first point until the document that contains it is there. The
session answers when it has stamped it, perhaps several strokes later; until then strokes *wait*,
and are drawn over the newest document in their order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PySide6.QtCore import QRect

from editor.document.outline import Outline
from editor.document.stroke import BrushStroke, dabs
from widgets.brush import Tool
from widgets.overlay import PaintOverlay, RegionOverlay, paint_layer, region_layer
from widgets.stroke_on_screen import StrokeOnScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.landmarks import Symmetry
    from editor.document.paint import Colour, PaintLayer
    from editor.document.stroke import Stamp
    from editor.session.background import Background
    from widgets.brush import Brush
    from widgets.look import RegionLook
    from widgets.view import Layer, View

    Point = tuple[float, float]

_Stamp = TypeVar("_Stamp", "BrushStroke", "Outline")
_INLINE = 1 << 18  # pixels of a document that are prepared at once, within a frame
_INLINE_FEATHERED = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A stroke or shape as it was drawn.

    Attributes:
        stroke: what the session gets, not mirrored.
        colour: of the paint; None on the region.
        kept: what is on the screen, its mirror image included: to draw a long line again takes
            longer than a frame. None when that is nothing.
    """

    stroke: Stamp
    colour: Colour | None
    kept: Layer | None


@dataclass(slots=True)
class _Sheet:
    """One of the two documents that strokes go on.

    Attributes:
        overlay: its pixels on the screen.
        layer: the newest document that was prepared.
        waiting: strokes on top of it, the oldest first.
        contained: those of them that the newest document contains.
        stale: the overlay must be drawn again.
        shown: counts the documents.
        preparing: the newest document, while it is not prepared.
    """

    overlay: RegionOverlay | PaintOverlay
    layer: Layer | None = None
    waiting: list[Drawn] = field(default_factory=list[Drawn])
    contained: tuple[Drawn, ...] = ()
    stale: bool = True
    shown: int = 0
    preparing: Future[Layer | None] | None = None


class PaintedLayers:
    """The region and the painted colours, and the strokes on either, mirrored if wanted."""

    def __init__(self, background: Background, changed: Callable[[], None]) -> None:
        """Prepare large documents in ``background``; call ``changed`` when one is there."""
        self._background, self._changed = background, changed
        self._region_overlay, self._paint_overlay = RegionOverlay(), PaintOverlay()
        self._region, self._paint = _Sheet(self._region_overlay), _Sheet(self._paint_overlay)
        self.reflection: Symmetry | None = None
        self.erases = self.paints = False  # the stroke being drawn
        self._points: list[Point] = []
        self._pressures: list[float] = []
        self._since: list[float | None] = []  # the last dab, on each side
        self._limit: tuple[Layer, int] | None = None  # of the stroke being drawn, and beside that
        self._brush: Brush | None = None
        self._view: View | None = None
        self._size = (0, 0)
        self.last: Point | None = None

    # ------------------------------------------------------------ documents

    @property
    def stroking(self) -> bool:
        """Whether a stroke is being drawn."""
        return bool(self._points)

    @property
    def waiting(self) -> tuple[Stamp, ...]:
        """Strokes that no document contains yet: of the region, then of the paint."""
        return tuple(one.stroke for one in (*self._region.waiting, *self._paint.waiting))

    @property
    def has_paint(self) -> bool:
        """Whether there are colours to draw."""
        sheet = self._paint
        return bool(sheet.layer or sheet.waiting or (self.stroking and self.paints))

    @property
    def region(self) -> RegionOverlay:
        """The region's pixels, as last rendered."""
        return self._region_overlay

    @property
    def colours(self) -> PaintOverlay:
        """The paint's pixels, as last rendered."""
        return self._paint_overlay

    def show_as(self, look: RegionLook) -> None:
        """Draw the region in another way."""
        self._region_overlay.show_as(look)
        self._changed()

    def clear(self) -> None:
        """Another photo: nothing is painted, nothing waits."""
        self._points = []
        self.last = self.reflection = None
        for sheet in (self._region, self._paint):
            sheet.waiting.clear()
            self._show(sheet, _nothing, (), inline=True)

    def show_region(self, region: BrushedRegion | None, waiting: Sequence[Stamp]) -> None:
        """Another region, in which all strokes are but those that wait."""
        small = region is None or region.mask.alpha.size <= (
            _INLINE_FEATHERED if region.feather else _INLINE
        )
        prepare = partial(region_layer, region) if region is not None else _nothing
        self._show(self._region, prepare, waiting, inline=small)

    def show_paint(self, paint: PaintLayer | None, waiting: Sequence[Stamp]) -> None:
        """Other colours, in which all strokes are but those that wait."""
        small = paint is None or paint.pixels.size <= _INLINE
        prepare = partial(paint_layer, paint) if paint is not None else _nothing
        self._show(self._paint, prepare, waiting, inline=small)

    def keep_waiting(self, strokes: Sequence[Stamp]) -> None:
        """No document will contain the waiting strokes but for these."""
        kept = {id(stroke) for stroke in strokes}
        for sheet in (self._region, self._paint):
            # what is in the document that is being prepared goes when that is there
            kept |= {id(one.stroke) for one in sheet.contained}
            sheet.waiting = [one for one in sheet.waiting if id(one.stroke) in kept]
            sheet.stale = True
        self._changed()

    def _show(
        self,
        sheet: _Sheet,
        prepare: Callable[[], Layer | None],
        waiting: Sequence[Stamp],
        *,
        inline: bool,
    ) -> None:
        known = {id(stroke) for stroke in waiting}
        contained = tuple(one for one in sheet.waiting if id(one.stroke) not in known)
        if sheet.preparing is not None:
            sheet.preparing.cancel()
            sheet.preparing = None
        sheet.shown += 1
        sheet.contained = contained
        if inline:
            self._put(sheet, prepare())
        else:
            then = partial(self._prepared, sheet, sheet.shown)
            sheet.preparing = self._background.submit(prepare, then)

    def _prepared(self, sheet: _Sheet, number: int, layer: Future[Any]) -> None:
        if number == sheet.shown:  # else a newer document is on its way
            sheet.preparing = None
            self._put(sheet, layer.result())

    def _put(self, sheet: _Sheet, layer: Layer | None) -> None:
        sheet.layer, sheet.stale = layer, True
        sheet.waiting = [one for one in sheet.waiting if one not in sheet.contained]
        sheet.contained = ()
        self._changed()

    # ------------------------------------------------------------ the screen

    def render(self, view: View, width: int, height: int) -> None:
        """Bring what is stale to a view and canvas size, in device pixels."""
        before = self._view if (width, height) == self._size else None
        old, self._view, self._size = self._view, view, (width, height)
        for sheet in (self._region, self._paint):
            if before == view and not sheet.stale:
                continue
            alone = not (sheet.stale or sheet.waiting or self.stroking)
            shift = before.shift_to(view) if before is not None and alone else None
            if shift is None:
                self._render(sheet, view, old)
            else:
                sheet.overlay.move(sheet.layer, view, *shift)

    def _render(self, sheet: _Sheet, view: View, old: View | None) -> None:
        overlay, (width, height) = sheet.overlay, self._size
        kept = None
        if overlay.stroke is not None and old is not None:
            kept = overlay.stroke.kept(old, limited=False)
        overlay.begin(sheet.layer, view, width, height)
        for one in sheet.waiting:
            if one.kept is not None:
                overlay.begin_stroke(one.colour, erases=one.stroke.erase).lay(one.kept, view)
                overlay.settle_stroke()
        if self.stroking and sheet is self._sheet:
            stroke = overlay.begin_stroke(self._colour, erases=self.erases)
            if self._limit is not None:
                stroke.limit_to(*self._limit, view)
            if kept is not None:
                stroke.lay(kept, view)
        overlay.colour(QRect(0, 0, width, height))
        sheet.stale = False

    def axis(self, width: int, height: int) -> tuple[Point, Point]:
        """Two points of the mirror's axis, beyond the edges of a photo of that size."""
        if self.reflection is None:
            return (0.0, 0.0), (0.0, 0.0)
        turn, shift = self.reflection.axis[:, :2], self.reflection.axis[:, 2]
        angle = math.atan2(turn[1, 0], turn[0, 0]) / 2
        middle = np.array([width, height]) / 2
        on_axis = (middle + turn @ middle + shift) / 2
        reach = np.array([math.cos(angle), math.sin(angle)]) * (width + height)
        (ax, ay), (bx, by) = on_axis - reach, on_axis + reach
        return (float(ax), float(ay)), (float(bx), float(by))

    # ------------------------------------------------------------ stroke

    def begin(
        self, point: Point, brush: Brush, *, erases: bool, pressure: float | None = None
    ) -> list[QRect]:
        """Start a stroke at a photo point; returns the device pixels touched."""
        self._points, self._brush = [point], brush
        self._pressures = [] if pressure is None else [pressure]
        self._since, self._limit = [None, None], None
        self.erases, self.paints = erases, brush.paint
        self._sheet.overlay.begin_stroke(self._colour, erases=erases)
        return self._draw(self._stroke())

    @property
    def start_within(self) -> Point | None:
        """Where the stroke being drawn began that is to be kept within a part of the face.

        Photo pixels, as its document will have it; None: there is none.
        """
        stroke = self._stroke() if self.stroking else None
        return stroke.start if stroke is not None and stroke.within else None

    def limit(self, start: Point, layer: Layer, beyond: int) -> None:
        """Show what began there, and is to be kept within it, only where a layer has it."""
        if start == self.start_within:
            self._limit = layer, beyond
            self._sheet.stale = True
        for sheet in (self._region, self._paint):
            for place, one in enumerate(sheet.waiting):
                stroke = one.stroke
                if not isinstance(stroke, BrushStroke | Outline):
                    continue
                if stroke.within and stroke.start == start:
                    sheet.waiting[place] = self._limited(one, layer, beyond)
                    sheet.stale = True
        self._changed()

    def _limited(self, one: Drawn, layer: Layer, beyond: int) -> Drawn:
        """A stroke that was finished before anybody knew its limit; what is out of sight goes."""
        if one.kept is None or self._view is None:
            return one
        stroke = StrokeOnScreen(self._size[1], self._size[0])
        stroke.lay(one.kept, self._view)
        stroke.limit_to(layer, beyond, self._view)
        return replace(one, kept=stroke.kept(self._view))

    def extend(self, point: Point, pressure: float | None = None) -> list[QRect]:
        """Go on to a photo point; returns the device pixels touched."""
        if not self._points or point == self._points[-1]:
            return []
        self._points.append(point)
        if self._pressures:
            self._pressures.append(self._pressures[-1] if pressure is None else pressure)
        return self._draw(self._stroke(last=2))

    def finish(self) -> Drawn | None:
        """The stroke; it waits from now on."""
        if not self._points:
            return None
        stroke = self._stroke()
        self.last, self._points = self._points[-1], []
        return self._settle(self._sheet, stroke)

    def take(self) -> BrushStroke | None:
        """The stroke, which goes on no document: it is off the screen."""
        stroke = self._stroke() if self._points else None
        self.abandon()
        return stroke

    def abandon(self) -> None:
        """Forget the stroke being drawn."""
        if self._points:
            self._points = []
            self._sheet.overlay.abandon_stroke()

    def lay(self, outline: Outline) -> Drawn:
        """A shape on the region; it waits from now on."""
        overlay, view = self._region_overlay, self._view
        stroke = overlay.begin_stroke(None, erases=outline.erase)
        for side in self._sides(outline):
            if view is not None:
                overlay.colour(stroke.fill(_on_screen(side.points, view), side.opacity))
        self.erases = outline.erase
        self.paints = False
        return self._settle(self._region, outline)

    @property
    def _sheet(self) -> _Sheet:
        return self._paint if self.paints else self._region

    @property
    def _colour(self) -> Colour | None:
        return self._brush.colour if self.paints and self._brush is not None else None

    def _settle(self, sheet: _Sheet, stamp: Stamp) -> Drawn:
        stroke, view = sheet.overlay.stroke, self._view
        kept = stroke.kept(view) if stroke is not None and view is not None else None
        sheet.overlay.settle_stroke()
        one = Drawn(stamp, self._colour, kept)
        sheet.waiting.append(one)
        return one

    def _stroke(self, last: int = 0) -> BrushStroke:
        """The stroke being drawn, or its ``last`` points."""
        brush = self._brush
        if brush is None:
            raise RuntimeError("no stroke was begun")
        return BrushStroke(
            np.array(self._points[-last:], np.float32),
            brush.radius,
            brush.hardness,
            self.erases,
            opacity=brush.opacity,
            pressure=np.array(self._pressures[-last:], np.float32) if self._pressures else None,
            to_size=brush.pressure_to_size,
            to_opacity=brush.pressure_to_opacity,
            flow=brush.flow,
            follows=brush.follows and not self.paints,
            within=brush.within and brush.tool is Tool.BRUSH,
        )

    def _sides(self, stamp: _Stamp) -> tuple[_Stamp, ...]:
        """What was drawn, and its mirror image where it has one."""
        return (stamp,) if self.reflection is None else (stamp, stamp.mirrored(self.reflection))

    def _draw(self, piece: BrushStroke) -> list[QRect]:
        overlay, view, boxes = self._sheet.overlay, self._view, list[QRect]()
        if view is None or overlay.stroke is None:
            return boxes
        edge = max(1.0, view.zoom)
        for number, side in enumerate(self._sides(piece)):
            if side.flow == 1:
                box = overlay.stroke.draw_line(_on_screen(side.line, view), side.hardness, edge)
            else:
                placed, self._since[number] = dabs(side.line, self._since[number])
                # zoomed out, several fall on one pixel: one of them does for all
                step = max(1, int(1 / (view.zoom * max(1.0, side.radius))))
                flow = 1 - (1 - side.flow) ** step
                placed = _on_screen(placed[::step], view)
                box = overlay.stroke.lay_dabs(placed, flow, side.hardness, edge)
            overlay.colour(box)
            boxes.append(box)
        return boxes


def _on_screen(line: NDArray[np.float32], view: View) -> NDArray[np.float32]:
    """x, y and perhaps radius and more of points, from photo to device pixels.

    Both count from the centre of the first pixel.
    """
    line = line.copy()
    line[:, :2] += np.array([0.5 - view.x, 0.5 - view.y], np.float32)
    line[:, :3] *= np.float32(view.zoom)
    line[:, :2] -= np.float32(0.5)
    return line


def _nothing() -> None:
    """No document."""
