"""Spots: what is clicked on the skin is healed, each an edit of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from editor.document.goals import Goal
from editor.session.desks.sliders import can_edit
from editor.session.wishes import StrokeRegion, Wish

if TYPE_CHECKING:
    from editor.document.stroke import BrushStroke
    from editor.session.desks.edits import Edits
    from editor.session.desks.regions import Regions
    from editor.session.studio import Studio

_NO_FACE = "That needs a face. Choose one, or Face → Add a face by hand."
_SOFT = 0.35  # of a stroke's radius: its edge


class Spots(QObject):
    """Asks for edits that are as large as a stroke, whatever the region is."""

    def __init__(self, studio: Studio, regions: Regions, edits: Edits) -> None:
        super().__init__(studio)
        self._studio, self._regions, self._edits = studio, regions, edits

    def heal(self, stroke: BrushStroke) -> None:
        """Let skin from beside it take the place of what a stroke covers.

        It comes after whatever waits behind strokes that were drawn before: Esc is not for it.
        """
        document, face = self._studio.document, self._studio.face
        if document is None:
            return
        if face is None:
            self._studio.noticed.emit(_NO_FACE)
        elif can_edit(self._studio, face):
            photo = document.photo
            whole = replace(stroke, hardness=1.0, opacity=1.0, flow=1.0, to_opacity=False)
            soft = max(1.0, _SOFT * stroke.radius)
            spot = StrokeRegion(whole, photo.width, photo.height, soft)
            wish = Wish(face, (Goal("heal_spot", 100.0),), spot, self._studio.next_serial())
            self._regions.then(lambda: self._edits.commit(wish))
