"""Likeness: a reference face or painted colours that a region follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.document.goals import Pull, likeness_name
from editor.engine.jobs import OpenReference
from editor.session.desks.sliders import NO_REGION, can_edit
from editor.session.operations import Operation
from editor.session.wishes import PaintedRegion, Wish

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.goals import Reference
    from editor.document.history import Edit
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

        def cancelled() -> None:
            self._studio.noticed.emit(f"{path.name} was not opened.")

        operations.submit(Operation(OpenReference(path), done=self.follow, cancelled=cancelled))

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

    def followed(self, face: Face, entry: Edit) -> Reference | PaintLayer | Pull | None:
        """What an entry was to look like, if that is still there."""
        if entry.origin.pulls:
            return Pull(entry.origin.pulls)
        document = self._studio.document
        if document is None:
            return None
        paint = document.paint_of(face)
        for likeness in (self.reference, None if paint.is_empty else paint):
            if likeness is not None and likeness_name(likeness) == entry.origin.likeness:
                return likeness
        return None

    def match_reference(self) -> None:
        """Make the region look like the same region of the reference: one edit."""
        wish = self._wish
        reference = self.reference

        def match() -> None:
            document = self._studio.document
            if document is None or wish is None or not can_edit(self._studio, wish.face):
                return
            regions = document.regions_of(wish.face)
            region = regions.hand
            if reference is None:
                self._studio.noticed.emit("Open a reference photo first.")
            elif region.mask.is_empty:
                self._studio.hinted.emit(NO_REGION)
            else:
                apart = regions.apart
                self._edits.commit(replace(wish, likeness=reference, source=region, apart=apart))

        self._regions.then(match)

    def match_paint(self) -> None:
        """Make the region, or the painted area without one, follow the painted colours: one edit.

        The painted area is grown by the feather first, so that all of the paint counts in full.
        """
        wish = self._wish

        def match() -> None:
            document = self._studio.document
            if document is None or wish is None or not can_edit(self._studio, wish.face):
                return
            regions, paint = document.regions_of(wish.face), document.paint_of(wish.face)
            region, apart = regions.hand, regions.apart
            if paint.is_empty:
                self._studio.noticed.emit("Paint colours over the face first.")
                return
            source: RegionSource = region
            if region.mask.is_empty:
                source = PaintedRegion(paint, max(2.0, region.feather))
            self._edits.commit(replace(wish, likeness=paint, source=source, apart=apart))

        self._regions.then(match)

    @property
    def _wish(self) -> Wish | None:
        """For the active face, as of now; strokes may still be worked into its region."""
        document, face = self._studio.document, self._studio.face
        if document is None or face is None:
            return None
        serial = self._studio.next_serial()
        return Wish(face, (), document.region, serial, dials=self._studio.dials)
