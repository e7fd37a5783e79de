"""Likeness: a reference face or painted colours that a region follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.engine.jobs import OpenReference
from editor.session.desks.sliders import NO_REGION, can_edit
from editor.session.operations import Operation
from editor.session.wishes import PaintedRegion, Wish

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.goals import Reference
    from editor.document.paint import PaintLayer
    from editor.session.desks.edits import Edits
    from editor.session.desks.regions import Regions
    from editor.session.open_document import Face
    from editor.session.studio import Studio
    from editor.session.wishes import RegionSource


class Likeness(QObject):
    """Keeps the reference, and asks for edits that follow it or the paint.

    Signals:
        reference_changed(Reference | None): the face that ``match_reference`` follows.
    """

    reference_changed = Signal(object)

    def __init__(self, studio: Studio, regions: Regions, edits: Edits) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._edits = edits
        self.reference: Reference | None = None

    def open_reference(self, path: Path) -> None:
        """Read another photograph; its largest face becomes the reference."""
        operations = self._studio.operations
        operations.withdraw(*operations.pending(OpenReference))
        operations.submit(Operation(OpenReference(path), done=self.follow))

    def clear_reference(self) -> None:
        """Follow no reference."""
        operations = self._studio.operations
        operations.withdraw(*operations.pending(OpenReference))
        self.follow(None)

    def follow(self, reference: Reference | None) -> None:
        """Make that the reference; it outlasts the photo."""
        if reference is not self.reference:
            self.reference = reference
            self.reference_changed.emit(reference)
            self._studio.changed.emit()

    def match_reference(self) -> None:
        """Make the region look like the same region of the reference: one edit."""
        face = self._studio.face
        self._regions.then(lambda: self._match_reference(face))

    def match_paint(self) -> None:
        """Make the region, or the painted area without one, follow the painted colours: one edit.

        The painted area is grown by the feather first, so that all of the paint counts in full.
        """
        face = self._studio.face
        self._regions.then(lambda: self._match_paint(face))

    def _match_reference(self, face: Face | None) -> None:
        document = self._studio.document
        if document is None or face is None or not can_edit(self._studio, face):
            return
        region = document.region_of(face)
        if self.reference is None:
            self._studio.noticed.emit("Open a reference photo first.")
        elif region.mask.is_empty:
            self._studio.noticed.emit(NO_REGION)
        else:
            self._commit(face, self.reference, region)

    def _match_paint(self, face: Face | None) -> None:
        document = self._studio.document
        if document is None or face is None or not can_edit(self._studio, face):
            return
        region, paint = document.region_of(face), document.paint_of(face)
        if paint.is_empty:
            self._studio.noticed.emit("Paint colours over the face first.")
        elif region.mask.is_empty:
            self._commit(face, paint, PaintedRegion(paint, max(2.0, region.feather)))
        else:
            self._commit(face, paint, region)

    def _commit(self, face: Face, likeness: Reference | PaintLayer, source: RegionSource) -> None:
        self._edits.commit(Wish(face, (), source, self._studio.next_serial(), likeness))
