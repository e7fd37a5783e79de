"""Which part of the photo the canvas shows: zooming, panning, turning, and widget ↔ photo.

A view that is turned or flipped is drawn on a *sheet* of device pixels as large as covers the
widget, upright as ever, and the sheet is laid over the widget turned. Positions of the pointer and
all that is drawn count on the sheet; an upright one is the widget itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QTransform

from widgets.view import MAX_ZOOM, View, between_centres, common

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widgets.view import Box


def _rows(transform: QTransform) -> NDArray[np.float64]:
    """The two rows that are not all zeros and a one."""
    return np.array(
        [
            [transform.m11(), transform.m21(), transform.dx()],
            [transform.m12(), transform.m22(), transform.dy()],
        ]
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """How the photo is turned on the screen; the photo itself stays as it is.

    Attributes:
        degrees: clockwise, 0 up to 360.
        flipped: left and right change places, as in a mirror.
    """

    degrees: float = 0.0
    flipped: bool = False

    @property
    def is_upright(self) -> bool:
        """Whether nothing is turned."""
        return not self.degrees and not self.flipped

    def by(self, degrees: float) -> Turn:
        """Turned further, clockwise on the screen."""
        return Turn((self.degrees + degrees) % 360, self.flipped)

    def mirrored(self) -> Turn:
        """Flipped on the screen, as the photo lies there now."""
        return Turn(-self.degrees % 360, not self.flipped)

    def around(self, width: float, height: float) -> tuple[float, float]:
        """Width and height of the upright box around a turned rectangle."""
        c, s = self._cos_sin()
        return width * abs(c) + height * abs(s), width * abs(s) + height * abs(c)

    def to_widget(self, sheet: tuple[float, float], widget: tuple[float, float]) -> QTransform:
        """From a sheet to the widget that it lies on, middle on middle."""
        if self.is_upright:
            return QTransform()
        c, s = self._cos_sin()
        f = -1 if self.flipped else 1
        turned = QTransform(c * f, s * f, -s, c, widget[0] / 2, widget[1] / 2)
        return QTransform.fromTranslate(-sheet[0] / 2, -sheet[1] / 2) * turned

    def _cos_sin(self) -> tuple[float, float]:
        """Exact at quarter turns: there, pixels fall on pixels."""
        quarters, rest = divmod(self.degrees, 90)
        if not rest:
            return ((1, 0), (0, 1), (-1, 0), (0, -1))[int(quarters) % 4]
        return math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))


class Viewport:
    """A view of a photo in a widget; every change of it keeps some of the photo in sight.

    Sheet positions count logical pixels; photo points count from the centre of the first pixel.

    Attributes:
        view: where the photo lies on the sheet, device pixels.
        photo: its width and height; None without one.
        size: of the sheet, device pixels.
        ratio: device pixels for one of the widget.
        turn: how the sheet lies on the widget.
        fits: all of the photo is shown, and stays so when the size changes.
    """

    def __init__(self) -> None:
        self.view = View()
        self.photo: tuple[int, int] | None = None
        self.size: tuple[int, int] = (1, 1)
        self.ratio = 1.0
        self.turn = Turn()
        self.fits = True
        self._widget = (1, 1)  # its size, device pixels

    def resize(self, width: int, height: int, ratio: float) -> None:
        """The widget has another size: keep the photo fitted, or its middle in the middle."""
        self.ratio = ratio
        self._widget = max(1, round(width * ratio)), max(1, round(height * ratio))
        self._lay_out()

    def turn_to(self, turn: Turn) -> None:
        """Show the photo turned so; what is in the middle stays there."""
        self.turn = turn
        self._lay_out()

    def _lay_out(self) -> None:
        old = self.size
        width, height = self.turn.around(*self._widget)
        self.size = math.ceil(width - 1e-9), math.ceil(height - 1e-9)
        if self.photo is None:
            return
        if self.fits:
            self.fit()
        elif old != self.size:
            middle = self.view.to_photo(old[0] / 2, old[1] / 2)
            self._take(self.view.centred_on(middle, self.size))

    @property
    def to_widget(self) -> QTransform:
        """Sheet positions → widget positions, logical pixels."""
        sheet, widget = (
            (size[0] / self.ratio, size[1] / self.ratio) for size in (self.size, self._widget)
        )
        return self.turn.to_widget(sheet, widget)

    @property
    def is_oblique(self) -> bool:
        """Whether pixels of the sheet fall between those of the widget."""
        return bool(self.turn.degrees % 90)

    @property
    def widget(self) -> tuple[int, int]:
        """Width and height of the widget, device pixels."""
        return self._widget

    @property
    def turned(self) -> NDArray[np.float64]:
        """From the photo to the widget's device pixels, both from their corners: (2, 3)."""
        zoom, (x, y) = self.view.zoom, self.view.to_device(0, 0)
        onto_sheet = QTransform(zoom, 0, 0, zoom, x, y)
        return _rows(onto_sheet * self.turn.to_widget(self.size, self._widget))

    def laid(self, pixels: NDArray[np.uint8], box: Box) -> tuple[NDArray[np.uint8], Box]:
        """A part of a sheet as it lies on the widget, with the box there around it.

        Painting it turned by ``to_widget`` does the same and takes four times as long.

        Args:
            pixels: of the whole sheet, (h, w, channels), uint8.
            box: of the part; an upright sheet is laid whole. What lies around the part is 0.
        """
        turn, whole = self.turn, (0, 0, pixels.shape[1], pixels.shape[0])
        if turn.is_upright:
            return pixels, whole
        left, top, right, bottom = box
        part = pixels[top:bottom, left:right]
        onto = turn.to_widget(self.size, self._widget)
        place = onto.mapRect(QRectF(left, top, right - left, bottom - top))
        if not self.is_oblique:
            laid = np.rot90(part[:, ::-1] if turn.flipped else part, -int(turn.degrees // 90))
            corner = round(place.x()), round(place.y())
            return np.ascontiguousarray(laid), (
                *corner, corner[0] + laid.shape[1], corner[1] + laid.shape[0],
            )  # fmt: skip
        width, height = self._widget
        seen = common(
            (0, 0, width, height),
            (
                math.floor(place.left()) - 1, math.floor(place.top()) - 1,
                math.ceil(place.right()) + 1, math.ceil(place.bottom()) + 1,
            ),
        )  # fmt: skip
        size = max(0, seen[2] - seen[0]), max(0, seen[3] - seen[1])
        if not all(size) or not part.size:
            return np.zeros((0, 0, pixels.shape[2]), np.uint8), (0, 0, 0, 0)
        moved = QTransform.fromTranslate(left, top) * onto
        moved *= QTransform.fromTranslate(-seen[0], -seen[1])
        laid = cv2.warpAffine(
            part,
            between_centres(_rows(moved)),
            size,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE if box == whole else cv2.BORDER_CONSTANT,
        )
        return np.asarray(laid, np.uint8), seen

    def on_sheet(self, position: QPointF) -> QPointF:
        """Widget position → sheet position."""
        if self.turn.is_upright:
            return position
        back, _ = self.to_widget.inverted()
        return back.map(position)

    @property
    def sheet(self) -> QRectF:
        """All of the sheet."""
        return QRectF(0, 0, self.size[0] / self.ratio, self.size[1] / self.ratio)

    @property
    def corners(self) -> list[tuple[float, float]]:
        """The photo points in the widget's corners, around it."""
        width, height = (side / self.ratio for side in self._widget)
        corners = QPointF(), QPointF(width, 0), QPointF(width, height), QPointF(0, height)
        return [self.photo_point(self.on_sheet(corner)) for corner in corners]

    @property
    def middle(self) -> tuple[float, float]:
        """The photo point in the middle of the widget."""
        return self.photo_point(self.sheet.center())

    def _fitting(self, width: float, height: float) -> float:
        """The zoom at which a part of the photo of that size fills the widget."""
        around = self.turn.around(width, height)
        box = max(1, round(around[0])), max(1, round(around[1]))
        return View.fitting(box, self._widget).zoom

    def fit(self) -> None:
        """Show all of the photo."""
        if self.photo is not None:
            width, height = self.photo
            view = View(self._fitting(width, height))
            self._take(view.centred_on((width / 2, height / 2), self.size), fits=True)

    def show_box(self, x: float, y: float, width: float, height: float) -> None:
        """Bring a rectangle, in photo pixels, to the widget's size; at most 100 %.

        Where it lies beside the photo's edge, that edge is the widget's.
        """
        if self.photo is not None:
            zoom = max(self._fitting(width, height), self._fitting(*self.photo))
            view = View(zoom).centred_on((x + width / 2, y + height / 2), self.size)
            self._take(view.balanced(self.photo, self.size))

    def zoom_to(self, zoom: float, at: QPointF) -> None:
        """Zoom to a factor about a point of the sheet."""
        if self.photo is not None:
            smallest = min(self._fitting(*self.photo) / 2, 1.0)
            zoom = min(MAX_ZOOM, max(smallest, zoom))
            self._take(self.view.zoomed(zoom, at.x() * self.ratio, at.y() * self.ratio))

    def look(self, zoom: float, x: float, y: float) -> None:
        """At a zoom, with a photo point in the middle."""
        if self.photo is not None:
            smallest = min(self._fitting(*self.photo) / 2, 1.0)
            view = View(min(MAX_ZOOM, max(smallest, zoom)))
            self._take(view.centred_on((x + 0.5, y + 0.5), self.size))

    def pan(self, moved: QPointF) -> None:
        """Move the photo with the pointer."""
        self._take(self.view.panned(moved.x() * self.ratio, moved.y() * self.ratio))

    def centre_on(self, x: float, y: float) -> None:
        """Bring a photo point to the middle."""
        self._take(self.view.centred_on((x, y), self.size))

    def photo_point(self, position: QPointF) -> tuple[float, float]:
        """Sheet position → photo pixels; the centre of pixel (i, j) is at (i, j)."""
        x, y = self.view.to_photo(position.x() * self.ratio, position.y() * self.ratio)
        return x - 0.5, y - 0.5

    def widget_point(self, x: float, y: float) -> QPointF:
        """The inverse of ``photo_point``."""
        u, v = self.view.to_device(x + 0.5, y + 0.5)
        return QPointF(u / self.ratio, v / self.ratio)

    def widget_length(self, length: float) -> float:
        """Logical pixels that so many pixels of the photo take."""
        return length * self.view.zoom / self.ratio

    def widget_box(self, box: QRect) -> QRect:
        """The sheet's logical pixels that these device pixels lie in."""
        parts = (part / self.ratio for part in (box.x(), box.y(), box.width(), box.height()))
        return QRectF(*parts).toAlignedRect()

    def _take(self, view: View, *, fits: bool = False) -> None:
        if self.photo is not None:
            self.fits = fits
            self.view = view.kept_in_sight(self.photo, self.size)
