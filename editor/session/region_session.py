"""The open document as the brush sees it: its faces, and the region and paint of each."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.document.errors import EngineError
from editor.document.landmarks import face_axis
from editor.document.paint import PaintLayer
from editor.document.region import RegionError, RegionMask, preset
from editor.session.background import Background, SoftRegion
from editor.session.undo import BrushedRegion, Change

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from editor.document.face import DetectedFace
    from editor.document.history import EditHistory, Portrait
    from editor.document.paint import Colour
    from editor.document.photo import Photo, Pyramid
    from editor.document.region import BrushStroke
    from editor.session.open_document import Document
    from editor.session.undo import State


class RegionSession(QObject):
    """Owns the document, what is brushed and painted on it, and what can be undone.

    Needs no engine: the brush never waits. ``DocumentSession`` adds files, faces and history.

    Signals:
        region_changed(BrushedRegion): brushed, feathered, undone or of another face.
        paint_changed(PaintLayer | None): colours over the active face; None without a photo.
        mirrored_changed(bool): whether strokes are painted on both sides of the face.
        undo_changed(str, str): what undo and redo would do, "" for nothing.
        failed(EngineError): with advice; the document is as it was.
    """

    region_changed = Signal(object)
    paint_changed = Signal(object)
    mirrored_changed = Signal(bool)
    undo_changed = Signal(str, str)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serials = count(1)
        self._document: Document | None = None
        self._mirrored = False
        self._background = Background(self)
        self._soft = SoftRegion(self._background, self)

    # ------------------------------------------------------------ state

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
        photo, landmarks = document.photo, document.face.landmarks
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

    # ------------------------------------------------------------ undo

    def _record(self, label: str, before: State, after: State, serial: int | None = None) -> None:
        if self._document is not None:
            serial = next(self._serials) if serial is None else serial
            self._document.undo.record(Change(label, serial, self.active, before, after))
            self._emit_undo()

    def _emit_undo(self) -> None:
        if self._document is None:
            return
        undone, newest = self._document.undo.undone, self._document.undo.newest
        self.undo_changed.emit(newest.label if newest else "", undone[-1].label if undone else "")
