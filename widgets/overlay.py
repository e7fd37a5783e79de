"""What lies over the photo on the canvas: the region in red, painted colours, the stroke."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QRect

from editor.document.region import RegionMask
from widgets.pixels import argb_image
from widgets.view import Layer, View

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

    from editor.document.brushed_region import BrushedRegion
    from editor.document.paint import Colour, PaintLayer

    Point = tuple[float, float]

COLOUR = (235, 45, 55)  # RGB; photographers expect red
OPACITY = 0.5
_FEATHER_PIXELS = 500_000  # feathering more than this would cost the canvas its frame


class RegionOverlay:
    """The region at the canvas' resolution, updated stroke segment by segment."""

    def __init__(self) -> None:
        self._region: BrushedRegion | None = None
        self._layer: Layer | None = None
        self._layer_scale = 0.0
        self._view = View()
        self._alpha = np.zeros((1, 1), np.uint8)
        self._stroke: NDArray[np.uint8] | None = None
        self._erasing = False
        self._argb = np.zeros((1, 1), np.uint32)
        strength = np.arange(256) * OPACITY / 255
        red, green, blue = (np.rint(strength * part).astype(np.uint32) for part in COLOUR)
        opacity = np.rint(strength * 255).astype(np.uint32)
        self._colours = opacity << 24 | red << 16 | green << 8 | blue

    @property
    def alpha(self) -> NDArray[np.uint8]:
        """How much of an edit each device pixel takes, the current stroke included."""
        return self._combined(slice(None), slice(None))

    def set_region(self, region: BrushedRegion | None) -> None:
        """Show another region; the stroke is part of it or was abandoned."""
        self._region = region
        self._layer = None
        self._stroke = None

    def image(self) -> QImage:
        """The overlay as last rendered; valid until it is rendered again."""
        return argb_image(self._argb)

    def render(self, view: View, width: int, height: int) -> None:
        """Bring everything to a view and canvas size, in device pixels."""
        if view != self._view:
            self._stroke = None  # a stroke lives in one view only
        self._view = view
        if self._alpha.shape != (height, width):
            self._alpha = np.zeros((height, width), np.uint8)
            self._argb = np.zeros((height, width), np.uint32)
            self._stroke = None
        else:
            self._alpha[...] = 0
        layer = self._layer_for(view.zoom)
        if layer:
            layer.draw(self._alpha, view)
        self._colour(slice(None), slice(None))

    # ------------------------------------------------------------ stroke

    def begin_stroke(self, *, erase: bool) -> None:
        """Start a stroke on top of the region."""
        self._stroke = np.zeros_like(self._alpha)
        self._erasing = erase

    def abandon_stroke(self) -> None:
        """Show the region without the stroke."""
        self._stroke = None
        self._colour(slice(None), slice(None))

    def extend_stroke(
        self,
        start: Point,
        end: Point,
        radius: float,
        hardness: float,
    ) -> QRect:
        """Draw one segment, photo pixels; returns the device pixels that it touched."""
        if self._stroke is None:
            return QRect()
        box = stamp_segment(self._stroke, self._view, start, end, radius, hardness)
        self._colour(*_slices(box))
        return box

    def _combined(self, rows: slice, columns: slice) -> NDArray[np.uint8]:
        alpha = self._alpha[rows, columns]
        if self._stroke is None:
            return alpha
        stroke = self._stroke[rows, columns]
        if self._erasing:
            return np.asarray(cv2.multiply(alpha, 255 - stroke, scale=1 / 255), np.uint8)
        return np.maximum(alpha, stroke)

    def _colour(self, rows: slice, columns: slice) -> None:
        self._argb[rows, columns] = self._colours[self._combined(rows, columns)]

    def _layer_for(self, zoom: float) -> Layer | None:
        """The feathered region, computed no finer than the screen shows it."""
        region = self._region
        if region is None or region.mask.is_empty:
            return None
        x, y, w, h = region.mask.bounds
        scale = min(1.0, 2 ** math.ceil(math.log2(zoom)))
        if region.feather:
            scale = min(scale, math.sqrt(_FEATHER_PIXELS / (w * h)))
        if self._layer is None or scale != self._layer_scale:
            self._layer, self._layer_scale = Layer((_soft(region, scale),), (x, y, w, h)), scale
        return self._layer


class PaintOverlay:
    """Painted colours at the canvas' resolution, updated stroke segment by segment."""

    def __init__(self) -> None:
        self._paint: PaintLayer | None = None
        self._layer: Layer | None = None
        self._layer_step = 0
        self._view = View()
        self._base = np.zeros((1, 1, 4), np.uint8)  # blue, green, red, alpha; premultiplied
        self._shown = self._base
        self._stroke: NDArray[np.uint8] | None = None
        self._colour: Colour | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self._stroke is None and (self._paint is None or self._paint.is_empty)

    def set_paint(self, paint: PaintLayer | None) -> None:
        """Show another layer; the stroke is part of it or was abandoned."""
        self._paint = paint
        self._layer = self._stroke = None

    def image(self) -> QImage:
        """The colours as last rendered; valid until they are rendered again."""
        return argb_image(self._shown.view(np.uint32)[..., 0])

    def render(self, view: View, width: int, height: int) -> None:
        """Bring everything to a view and canvas size, in device pixels."""
        self._view = view
        self._stroke = None  # a stroke lives in one view only
        if self._base.shape[:2] != (height, width):
            self._base = np.zeros((height, width, 4), np.uint8)
            self._shown = np.empty_like(self._base)
        else:
            self._base[...] = 0
        layer = self._layer_for(view.zoom)
        if layer:
            layer.draw(self._base, view)
        self._shown[...] = self._base

    def begin_stroke(self, colour: Colour | None) -> None:
        """Start a stroke of a colour, or of the eraser with None."""
        self._stroke = np.zeros(self._base.shape[:2], np.uint8)
        self._colour = colour

    def abandon_stroke(self) -> None:
        """Show the colours without the stroke."""
        self._stroke = None
        self._shown[...] = self._base

    def extend_stroke(self, start: Point, end: Point, radius: float, hardness: float) -> QRect:
        """Draw one segment, photo pixels; returns the device pixels that it touched."""
        if self._stroke is None:
            return QRect()
        box = stamp_segment(self._stroke, self._view, start, end, radius, hardness)
        part = _slices(box)
        cover = self._stroke[part][..., None].astype(np.uint16)
        shown = self._base[part] * (255 - cover)
        if self._colour is not None:
            red, green, blue = self._colour
            shown = shown + cover * np.array([blue, green, red, 255], np.uint16)
        self._shown[part] = (shown // 255).astype(np.uint8)
        return box

    def _layer_for(self, zoom: float) -> Layer | None:
        """The colours, taken no more densely than the screen shows them: they are smooth."""
        paint = self._paint
        if paint is None or paint.is_empty:
            return None
        step = max(1, math.floor(1 / zoom))
        if self._layer is None or step != self._layer_step:
            pixels = paint.pixels[::step, ::step]
            alpha = pixels[..., 3:]
            blended = pixels[..., 2::-1].astype(np.uint16) * alpha // 255
            height, width = pixels.shape[:2]
            box = (paint.x, paint.y, width * step, height * step)
            self._layer = Layer((np.concatenate([blended.astype(np.uint8), alpha], axis=2),), box)
            self._layer_step = step
        return self._layer


def stamp_segment(
    stroke: NDArray[np.uint8],
    view: View,
    start: Point,
    end: Point,
    radius: float,
    hardness: float,
) -> QRect:
    """Draw one segment, photo pixels, into a stroke's opacity; returns the pixels touched.

    ``stroke`` is uint8 (h, w), device pixels. The fall of opacity is the one of
    ``editor.document.region.BrushStroke``.
    """
    zoom = view.zoom
    (ax, ay), (bx, by) = view.to_device(*start), view.to_device(*end)
    reach = radius * zoom
    height, width = stroke.shape
    u0 = max(0, math.floor(min(ax, bx) - reach))
    v0 = max(0, math.floor(min(ay, by) - reach))
    u1 = min(width, math.ceil(max(ax, bx) + reach) + 1)
    v1 = min(height, math.ceil(max(ay, by) + reach) + 1)
    if u0 >= u1 or v0 >= v1:
        return QRect()
    px = np.arange(u0, u1, dtype=np.float32)[None, :] + np.float32(0.5 - ax)
    py = np.arange(v0, v1, dtype=np.float32)[:, None] + np.float32(0.5 - ay)
    ex, ey = bx - ax, by - ay
    along = np.clip((px * ex + py * ey) / max(ex * ex + ey * ey, 1e-9), 0, 1)
    distance = np.sqrt((px - along * ex) ** 2 + (py - along * ey) ** 2) / zoom
    inner = min(radius * hardness, radius - max(1.0, 1 / zoom))
    fall = np.clip((radius - distance) / (radius - inner), 0, 1)
    stamp = (fall * fall * (3 - 2 * fall) * 255).astype(np.uint8)
    touched = stroke[v0:v1, u0:u1]
    np.maximum(touched, stamp, out=touched)
    return QRect(u0, v0, u1 - u0, v1 - v0)


def _slices(box: QRect) -> tuple[slice, slice]:
    """Rows and columns of a rectangle."""
    return (
        slice(box.y(), box.y() + box.height()),
        slice(box.x(), box.x() + box.width()),
    )


def _soft(region: BrushedRegion, scale: float) -> NDArray[np.uint8]:
    """The feathered alpha of the region's box at a scale up to 1."""
    mask = region.mask
    x, y, w, h = mask.bounds
    small = np.array(mask.alpha)
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
