"""Which part of the photo the canvas shows: zooming, panning, and widget ↔ photo coordinates."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF

from widgets.view import MAX_ZOOM, View


class Viewport:
    """A view of a photo in a widget; every change of it keeps some of the photo in sight.

    Widget positions count logical pixels; photo points count from the centre of the first pixel.

    Attributes:
        view: where the photo lies, device pixels.
        photo: its width and height; None without one.
        size: of the widget, device pixels.
        ratio: device pixels for one of the widget.
        fits: all of the photo is shown, and stays so when the size changes.
    """

    def __init__(self) -> None:
        self.view = View()
        self.photo: tuple[int, int] | None = None
        self.size = (1, 1)
        self.ratio = 1.0
        self.fits = True

    def resize(self, width: int, height: int, ratio: float) -> None:
        """The widget has another size: keep the photo fitted, or its middle in the middle."""
        old, self.ratio = self.size, ratio
        self.size = max(1, round(width * ratio)), max(1, round(height * ratio))
        if self.photo is None or old == self.size:
            return
        if self.fits:
            self.fit()
        else:
            middle = self.view.to_photo(old[0] / 2, old[1] / 2)
            self._take(self.view.centred_on(middle, self.size))

    def fit(self) -> None:
        """Show all of the photo."""
        if self.photo is not None:
            self._take(View.fitting(self.photo, self.size), fits=True)

    def show_box(self, x: float, y: float, width: float, height: float) -> None:
        """Bring a rectangle, in photo pixels, to the widget's size; at most 100 %."""
        if self.photo is not None:
            zoom = View.fitting((max(1, round(width)), max(1, round(height))), self.size).zoom
            view = View(max(zoom, View.fitting(self.photo, self.size).zoom))
            self._take(view.centred_on((x + width / 2, y + height / 2), self.size))

    def zoom_to(self, zoom: float, at: QPointF) -> None:
        """Zoom to a factor about a point of the widget."""
        if self.photo is not None:
            smallest = min(View.fitting(self.photo, self.size).zoom / 2, 1.0)
            zoom = min(MAX_ZOOM, max(smallest, zoom))
            self._take(self.view.zoomed(zoom, at.x() * self.ratio, at.y() * self.ratio))

    def pan(self, moved: QPointF) -> None:
        """Move the photo with the pointer."""
        self._take(self.view.panned(moved.x() * self.ratio, moved.y() * self.ratio))

    def centre_on(self, x: float, y: float) -> None:
        """Bring a photo point to the middle."""
        self._take(self.view.centred_on((x, y), self.size))

    def photo_point(self, position: QPointF) -> tuple[float, float]:
        """Widget position → photo pixels; the centre of pixel (i, j) is at (i, j)."""
        x, y = self.view.to_photo(position.x() * self.ratio, position.y() * self.ratio)
        return x - 0.5, y - 0.5

    def widget_point(self, x: float, y: float) -> QPointF:
        """The inverse of ``photo_point``."""
        u, v = self.view.to_device(x + 0.5, y + 0.5)
        return QPointF(u / self.ratio, v / self.ratio)

    def widget_length(self, length: float) -> float:
        """Widget pixels that so many pixels of the photo take."""
        return length * self.view.zoom / self.ratio

    def widget_box(self, box: QRect) -> QRect:
        """The widget's pixels that these device pixels lie in."""
        parts = (part / self.ratio for part in (box.x(), box.y(), box.width(), box.height()))
        return QRectF(*parts).toAlignedRect()

    def _take(self, view: View, *, fits: bool = False) -> None:
        if self.photo is not None:
            self.fits = fits
            self.view = view.kept_in_sight(self.photo, self.size)
