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
    from editor.session.wishes import RegionSource
    from editor.session.workspace import Workspace


class Likeness(QObject):
    """Keeps the reference, and asks for edits that follow it or the paint.

    Signals:
        reference_changed(Reference | None): the face that ``match_reference`` follows.
    """

    reference_changed = Signal(object)

    def __init__(self, workspace: Workspace, regions: Regions, edits: Edits) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._regions = regions
        self._edits = edits
        self.reference: Reference | None = None

    def open_reference(self, path: Path) -> None:
        """Read another photograph; its largest face becomes the reference."""
        operations = self._workspace.operations
        operations.withdraw(*operations.pending(OpenReference))
        operations.submit(Operation(OpenReference(path), done=self.follow))

    def clear_reference(self) -> None:
        """Follow no reference."""
        operations = self._workspace.operations
        operations.withdraw(*operations.pending(OpenReference))
        self.follow(None)

    def follow(self, reference: Reference | None) -> None:
        """Make that the reference; it outlasts the photo."""
        if reference is not self.reference:
            self.reference = reference
            self.reference_changed.emit(reference)
            self._workspace.changed.emit()

    def match_reference(self) -> None:
        """Make the region look like the same region of the reference: one edit."""
        self._regions.then(self._match_reference)

    def match_paint(self) -> None:
        """Make the region, or the painted area without one, follow the painted colours: one edit.

        The painted area is grown by the feather first, so that all of the paint counts in full.
        """
        self._regions.then(self._match_paint)

    def _match_reference(self) -> None:
        document = self._workspace.document
        if document is None or not can_edit(self._workspace):
            return
        if self.reference is None:
            self._workspace.noticed.emit("Open a reference photo first.")
        elif document.region.mask.is_empty:
            self._workspace.noticed.emit(NO_REGION)
        else:
            self._commit(self.reference, document.region)

    def _match_paint(self) -> None:
        document = self._workspace.document
        if document is None or not can_edit(self._workspace):
            return
        region, paint = document.region, document.paint
        if paint.is_empty:
            self._workspace.noticed.emit("Paint colours over the face first.")
        elif region.mask.is_empty:
            self._commit(paint, PaintedRegion(paint, max(2.0, region.feather)))
        else:
            self._commit(paint, region)

    def _commit(self, likeness: Reference | PaintLayer, source: RegionSource) -> None:
        face = self._workspace.face
        if face is not None:
            serial = self._workspace.next_serial()
            self._edits.commit(Wish(face, (), source, serial, likeness))
