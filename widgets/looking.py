"""Ways to look at the photo beside zooming: all that needs no more than the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from editor.document.project import ViewPlace
from widgets.beside import Beside
from widgets.navigator import Navigator
from widgets.picture import Marks
from widgets.viewport import Turn

if TYPE_CHECKING:
    from editor.session.session import EditSession
    from widgets.canvas import PhotoCanvas

_STEP = 15.0  # degrees


class Looking(QObject):
    """Navigator, side by side, marks, and the view that the project keeps.

    Attributes:
        navigator: for a dock.
        beside: for the place beside the canvas.
    """

    def __init__(self, session: EditSession, canvas: PhotoCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self.navigator, self.beside = Navigator(canvas), Beside(canvas)
        canvas.view_changed.connect(self._keep)

    def show_photo(self) -> None:
        """Another photo is open: show it, where its project was looked at last."""
        place = self._session.view  # before the canvas shows all of it
        self._canvas.show_photo(self._session.pyramid)
        self.beside.show_photo(self._session.pyramid)
        if place is not None:
            self._canvas.look(place.zoom, place.x, place.y)

    @Slot()
    def _keep(self) -> None:
        canvas = self._canvas
        if canvas.is_fitted:
            self._session.look_at(None)
        else:
            x, y = canvas.port.middle
            self._session.look_at(ViewPlace(canvas.port.view.zoom, x, y))

    @Slot(bool)
    def show_beside(self, on: bool) -> None:
        """Show the photo without edits beside the canvas, or no longer."""
        self.beside.setVisible(on)
        self._canvas.beside_original = on
        self._canvas.curtain.compare("beside", on)
        self._canvas.update()

    @Slot(bool)
    def mark_clipping(self, on: bool) -> None:
        """Mark what is pure white and pure black in a channel."""
        self._mark(Marks.CLIPPING if on else Marks.NONE)

    @Slot(bool)
    def mark_difference(self, on: bool) -> None:
        """Show what the edits changed, four times as strong, on grey."""
        self._mark(Marks.DIFFERENCE if on else Marks.NONE)

    def _mark(self, marks: Marks) -> None:
        self._canvas.pictures.mark(marks)
        self._canvas.update()

    @Slot(bool)
    def show_loupe(self, on: bool) -> None:
        """Show the photo's own pixels under the pointer."""
        self._canvas.loupe.on = on
        self._canvas.update()

    @Slot()
    def turn_left(self) -> None:
        """Turn the view against the clock."""
        self._canvas.turn_to(self._canvas.port.turn.by(-_STEP))

    @Slot()
    def turn_right(self) -> None:
        """Turn the view with the clock."""
        self._canvas.turn_to(self._canvas.port.turn.by(_STEP))

    @Slot()
    def turn_back(self) -> None:
        """Upright again, and not flipped."""
        self._canvas.turn_to(Turn())

    @Slot()
    def flip(self) -> None:
        """Look at the photo as in a mirror, or no longer."""
        self._canvas.turn_to(self._canvas.port.turn.mirrored())
