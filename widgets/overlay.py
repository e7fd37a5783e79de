"""The region and the painted colours at the canvas' resolution, stroke by stroke.

``region_layer`` and ``paint_layer`` prepare a document for the screen; they may take long on large
photos, need no Qt, and are called beside the window. What the overlays do costs no more than the
canvas has pixels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRect

from editor.document.region import RegionMask
from widgets.look import LookKind, RegionLook
from widgets.pixels import argb_image
from widgets.stroke_on_screen import StrokeOnScreen
from widgets.view import Layer, scroll

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from editor.document.brushed_region import BrushedRegion
    from editor.document.paint import Colour, PaintLayer
    from widgets.view import Box, View
    from widgets.viewport import Viewport

_FEATHER_PIXELS = 500_000  # a soft edge is smooth: more pixels would only take longer


def region_layer(region: BrushedRegion) -> Layer | None:
    """The feathered region with the sizes that any zoom needs; None when it is empty."""
    mask = region.mask
    if mask.is_empty:
        return None
    x, y, w, h = mask.bounds
    scale = min(1.0, math.sqrt(_FEATHER_PIXELS / (w * h))) if region.feather else 1.0
    layer = Layer((_soft(region, scale),), (x, y, w, h))
    layer.shrink()
    return layer


def paint_layer(paint: PaintLayer) -> Layer | None:
    """The colours with the sizes that any zoom needs; None when nothing is painted."""
    if paint.is_empty:
        return None
    height, width = paint.pixels.shape[:2]
    return ColourLayer(paint.pixels, (paint.x, paint.y, width, height))


class ColourLayer(Layer):
    """Colours with alpha over a rectangle of the photo; drawn as BGRA, premultiplied."""

    def __init__(
        self, pixels: NDArray[np.uint8], rectangle: tuple[float, float, float, float]
    ) -> None:
        """Hold ``pixels``, RGBA with straight alpha, uint8 (h, w, 4), without a copy of them."""
        height, width = pixels.shape[:2]
        half = np.empty(((height + 1) // 2, (width + 1) // 2, 4), np.uint8)
        for top in range(0, height, 512):  # in bands: a whole premultiplied copy is never made
            band = _premultiplied(pixels[top : top + 512])
            part = half[top // 2 : (top + len(band) + 1) // 2]
            size = (half.shape[1], len(part))
            cv2.resize(band, size, dst=part, interpolation=cv2.INTER_AREA)
        super().__init__((pixels, half), rectangle)
        self.shrink()

    def _pixels(self, level: int, rows: slice, columns: slice) -> NDArray[np.uint8]:
        part = super()._pixels(level, rows, columns)
        return part if level else _premultiplied(part)


def _drawn_anew(base: NDArray[np.uint8], box: Box, layer: Layer, view: View) -> QRect:
    """Fill a box that scrolling left bare; returns it."""
    left, top, right, bottom = box
    base[top:bottom, left:right] = 0
    layer.draw(base, view, box)
    return QRect(left, top, right - left, bottom - top)


class RegionOverlay:
    """How much of an edit each device pixel takes, and that as the user likes to see it.

    Attributes:
        stroke: on top; None without one.
    """

    def __init__(self) -> None:
        self._base = np.zeros((1, 1), np.uint8)
        self._argb = np.zeros((1, 1), np.uint32)
        self.stroke: StrokeOnScreen | None = None
        self._erases = False
        self._look = RegionLook()
        self._colours = self._look.colours

    @property
    def alpha(self) -> NDArray[np.uint8]:
        """How much of an edit each device pixel takes, the current stroke included."""
        alpha = self._base.copy()
        if self.stroke is not None:
            part = _slices(self.stroke.touched)
            alpha[part] = self._combined(part)
        return alpha

    def show_as(self, look: RegionLook) -> None:
        """Draw it in another way."""
        self._look, self._colours = look, look.colours
        self.colour(QRect(0, 0, self._base.shape[1], self._base.shape[0]))

    def draw(self, painter: QPainter, port: Viewport) -> None:
        """Draw the overlay as it lies on the widget."""
        box = 0, 0, self._base.shape[1], self._base.shape[0]
        if not (port.turn.is_upright or self._colours[0]):  # else seen where nothing is brushed
            box = _box_of(self._base, self.stroke)
        _lay(painter, port, _bytes(self._argb), box)

    def begin(self, layer: Layer | None, view: View, width: int, height: int) -> None:
        """Show the layer alone, at a view and canvas size in device pixels."""
        self.stroke = None
        if self._base.shape != (height, width):
            self._base = np.zeros((height, width), np.uint8)
            self._argb = np.zeros((height, width), np.uint32)
        else:
            self._base[...] = 0
        if layer:
            layer.draw(self._base, view)

    def move(self, layer: Layer | None, view: View, du: int, dv: int) -> None:
        """Without a stroke on top: what is drawn lies elsewhere, by device pixels."""
        if layer is None:
            return
        scroll(self._argb, du, dv)
        for box in scroll(self._base, du, dv):
            self.colour(_drawn_anew(self._base, box, layer, view))

    def begin_stroke(self, colour: Colour | None, *, erases: bool) -> StrokeOnScreen:
        """Start a stroke on top."""
        del colour
        self.stroke, self._erases = StrokeOnScreen(*self._base.shape), erases
        return self.stroke

    def settle_stroke(self) -> None:
        """The stroke belongs to what is below the next one."""
        if self.stroke is not None:
            part = _slices(self.stroke.touched)
            self._base[part] = self._combined(part)
            self.stroke = None

    def abandon_stroke(self) -> None:
        """Show the region without the stroke."""
        if self.stroke is not None:
            touched, self.stroke = self.stroke.touched, None
            self.colour(touched)

    def colour(self, box: QRect) -> None:
        """Bring these pixels of the image in line."""
        if self._look.kind is LookKind.OUTLINE:
            self._draw_line(box)
        elif not box.isEmpty():
            part = _slices(box)
            self._argb[part] = _coloured(self._combined(part), self._colours)

    def _draw_line(self, box: QRect) -> None:
        """A line where half of an edit is taken, dark beside it: it shows on every photo."""
        if box.isEmpty():
            return
        whole = QRect(0, 0, self._base.shape[1], self._base.shape[0])
        drawn = box.adjusted(-2, -2, 2, 2) & whole
        seen = drawn.adjusted(-2, -2, 2, 2) & whole
        inside = (self._combined(_slices(seen)) > 127).view(np.uint8)
        wide, wider = (cv2.dilate(inside, np.ones((side, side), np.uint8)) for side in (3, 5))
        narrow = cv2.erode(inside, np.ones((3, 3), np.uint8))
        shade = np.asarray(wider - narrow + (wide - narrow), np.uint8)  # 0, 1 beside, 2 on the line
        inner = _slices(drawn.translated(-seen.topLeft()))
        self._argb[_slices(drawn)] = np.take(self._colours, shade[inner])

    def _combined(self, part: tuple[slice, slice]) -> NDArray[np.uint8]:
        alpha = self._base[part]
        if self.stroke is None or not alpha.size:
            return alpha  # OpenCV has no result for no pixels
        stroke = self.stroke.seen(part)
        if self._erases:
            return np.asarray(cv2.multiply(alpha, 255 - stroke, scale=1 / 255), np.uint8)
        return np.maximum(alpha, stroke)


class PaintOverlay:
    """Painted colours on device pixels.

    Attributes:
        stroke: on top; None without one.
    """

    def __init__(self) -> None:
        self._base = np.zeros((1, 1, 4), np.uint8)  # blue, green, red, alpha; premultiplied
        self._shown = self._base.copy()
        self.stroke: StrokeOnScreen | None = None
        self._colour: NDArray[np.uint8] | None = None  # (1, 256, 4): of each opacity, premultiplied

    def draw(self, painter: QPainter, port: Viewport) -> None:
        """Draw the overlay as it lies on the widget."""
        box = 0, 0, self._base.shape[1], self._base.shape[0]
        if not port.turn.is_upright:
            alpha = np.asarray(cv2.extractChannel(self._base, 3), np.uint8)
            box = _box_of(alpha, self.stroke)
        _lay(painter, port, self._shown, box)

    def begin(self, layer: Layer | None, view: View, width: int, height: int) -> None:
        """Show the layer alone, at a view and canvas size in device pixels."""
        self.stroke = None
        if self._base.shape[:2] != (height, width):
            self._base = np.zeros((height, width, 4), np.uint8)
            self._shown = np.empty_like(self._base)
        else:
            self._base[...] = 0
        if layer:
            layer.draw(self._base, view)

    def move(self, layer: Layer | None, view: View, du: int, dv: int) -> None:
        """Without a stroke on top: what is drawn lies elsewhere, by device pixels."""
        if layer is None:
            return
        scroll(self._shown, du, dv)
        for box in scroll(self._base, du, dv):
            self.colour(_drawn_anew(self._base, box, layer, view))

    def begin_stroke(self, colour: Colour | None, *, erases: bool) -> StrokeOnScreen:
        """Start a stroke of a colour, or of the eraser."""
        self.stroke = StrokeOnScreen(*self._base.shape[:2])
        self._colour = None
        if colour is not None and not erases:
            full = np.array([*colour[::-1], 255])
            self._colour = np.rint(np.arange(256)[None, :, None] / 255 * full).astype(np.uint8)
        return self.stroke

    def settle_stroke(self) -> None:
        """The stroke belongs to what is below the next one."""
        if self.stroke is not None:
            part = _slices(self.stroke.touched)
            self._base[part] = self._shown[part]
            self.stroke = None

    def abandon_stroke(self) -> None:
        """Show the colours without the stroke."""
        if self.stroke is not None:
            touched, self.stroke = self.stroke.touched, None
            self.colour(touched)

    def colour(self, box: QRect) -> None:
        """Bring these pixels of the image in line."""
        part = _slices(box)
        if self.stroke is None or box.isEmpty():
            self._shown[part] = self._base[part]
            return
        stroke = self.stroke.seen(part)
        under = cv2.multiply(self._base[part], cv2.merge([255 - stroke] * 4), scale=1 / 255)
        if self._colour is not None:
            under = cv2.add(under, cv2.LUT(cv2.merge([stroke] * 4), self._colour))
        self._shown[part] = under


def _box_of(alpha: NDArray[np.uint8], stroke: StrokeOnScreen | None) -> Box:
    """Around all that is not 0, and a stroke on top, with room for an outline."""
    box = QRect(*cv2.boundingRect(alpha))
    if stroke is not None:
        box |= stroke.touched
    if box.isEmpty():
        return 0, 0, 0, 0
    box = box.adjusted(-3, -3, 3, 3) & QRect(0, 0, alpha.shape[1], alpha.shape[0])
    return box.left(), box.top(), box.right() + 1, box.bottom() + 1


def _lay(painter: QPainter, port: Viewport, argb: NDArray[np.uint8], box: Box) -> None:
    """Draw a box of a sheet, (h, w, 4) as bytes of premultiplied ARGB, where it lies."""
    laid, (left, top, _, _) = port.laid(argb, box)
    if laid.size:
        image = argb_image(laid.view(np.uint32)[..., 0], port.ratio)  # of the array's memory
        painter.drawImage(QPointF(left / port.ratio, top / port.ratio), image)


def _bytes(colours: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The same memory as (h, w, 4)."""
    return colours.view(np.uint8).reshape(*colours.shape, 4)


def _slices(box: QRect) -> tuple[slice, slice]:
    """Rows and columns of a rectangle."""
    return (
        slice(box.y(), box.y() + box.height()),
        slice(box.x(), box.x() + box.width()),
    )


def _coloured(values: NDArray[np.uint8], colours: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The colour of each value, of 256; OpenCV looks them up three times as fast as NumPy."""
    return np.asarray(cv2.LUT(values, colours.view(np.int32)), np.int32).view(np.uint32)


def _premultiplied(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGBA with straight alpha → BGRA, premultiplied."""
    blended = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGBA2mRGBA)
    return np.asarray(cv2.cvtColor(blended, cv2.COLOR_RGBA2BGRA), np.uint8)


def _soft(region: BrushedRegion, scale: float) -> NDArray[np.uint8]:
    """The feathered alpha of the region's box at a scale up to 1."""
    mask = region.mask
    x, y, w, h = mask.bounds
    small = mask.alpha
    if scale < 1:
        size = (max(1, round(w * scale)), max(1, round(h * scale)))
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
    if not region.feather:
        return small
    # A photo just around the box: its border counts as an edge only where the photo goes on.
    left, top = int(x > 0), int(y > 0)
    width = left + small.shape[1] + int(x + w < mask.width)
    height = top + small.shape[0] + int(y + h < mask.height)
    soft = RegionMask(width, height, left, top, small).feathered(region.feather * scale).full()
    return np.ascontiguousarray(soft[top : top + small.shape[0], left : left + small.shape[1]])
