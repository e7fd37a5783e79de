"""A loupe under the pointer: the photo's own pixels, whatever the zoom around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from widgets.pixels import rgb_image
from widgets.view import View

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from widgets.picture import Picture
    from widgets.viewport import Viewport

_RADIUS = 120  # widget pixels
_NEAR = 0.9  # from this zoom on, 100 % would show nothing new: the loupe doubles


class Loupe:
    """A round window at 100 %, or at twice the zoom where that is near.

    Attributes:
        on: it is drawn wherever the pointer is.
    """

    def __init__(self) -> None:
        self.on = False

    @staticmethod
    def zoom(view: View) -> float:
        """Of what it shows."""
        return 1.0 if view.zoom < _NEAR else 2 * view.zoom

    @staticmethod
    def box(centre: QPointF | None) -> QRect:
        """What of the sheet it covers; empty without a pointer."""
        if centre is None:
            return QRect()
        reach = _RADIUS + 4
        return QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach).toAlignedRect()

    def draw(
        self, painter: QPainter, picture: Picture, port: Viewport, centre: QPointF | None
    ) -> None:
        """Draw it around a sheet position, if it is on."""
        if not self.on or centre is None:
            return
        side = round(2 * _RADIUS * port.ratio)
        pixels = np.empty((side, side, 3), np.uint8)
        x, y = port.photo_point(centre)
        view = View(self.zoom(port.view)).centred_on((x + 0.5, y + 0.5), (side, side))
        picture.look(pixels, view)
        corner = QPointF(centre.x() - _RADIUS, centre.y() - _RADIUS)
        ring = QRectF(corner.x(), corner.y(), 2 * _RADIUS, 2 * _RADIUS)
        path = QPainterPath()
        path.addEllipse(ring)
        painter.save()
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        painter.drawImage(corner, rgb_image(pixels, port.ratio))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 160), 4.0), (QColor(240, 240, 240), 1.6)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(ring)
