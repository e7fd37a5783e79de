"""Where the photo lies on the screen, and how its pixels get there.

Photo coordinates here count from the photo's upper left *corner*: pixel (i, j) spans
[i, i + 1] × [j, j + 1]. Device coordinates are physical pixels of the canvas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ZOOM = 32.0
_SAME_GRID = 1e-3  # device pixels: no bilinear weight of 1/32 differs by that
_KEPT_IN_SIGHT = 48  # device pixels of the photo that panning cannot push out


Box = tuple[int, int, int, int]  # left, top, right, bottom; device pixels


def between_centres(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """A (2, 3) between pixels that counts from their corners → one that counts from centres."""
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return moved


def scroll(pixels: NDArray[Any], du: int, dv: int) -> list[Box]:
    """Move a canvas' pixels (h, w, …) in place; returns what is to be drawn anew."""
    height, width = pixels.shape[:2]
    if abs(du) >= width or abs(dv) >= height:
        return [(0, 0, width, height)]
    there = pixels[max(0, dv) : height + min(0, dv), max(0, du) : width + min(0, du)]
    there[...] = pixels[max(0, -dv) : height + min(0, -dv), max(0, -du) : width + min(0, -du)]
    boxes: list[Box] = []
    if dv:
        boxes.append((0, 0, width, dv) if dv > 0 else (0, height + dv, width, height))
    if du:
        top, bottom = max(0, dv), height + min(0, dv)
        boxes.append((0, top, du, bottom) if du > 0 else (width + du, top, width, bottom))
    return boxes


@dataclass(frozen=True, slots=True)
class View:
    """A similarity from photo to device: ``device = (photo − origin) · zoom``.

    Attributes:
        zoom: device pixels per photo pixel; 1 is 100 %.
        x, y: the origin: photo coordinates of the canvas' upper left corner.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @classmethod
    def fitting(cls, photo: tuple[int, int], canvas: tuple[int, int], margin: int = 24) -> View:
        """All of a photo (width, height) in the middle of a canvas; never enlarged."""
        zoom = min(
            1.0,
            max(1, canvas[0] - 2 * margin) / photo[0],
            max(1, canvas[1] - 2 * margin) / photo[1],
        )
        return cls(zoom).centred_on((photo[0] / 2, photo[1] / 2), canvas)

    def to_device(self, x: float, y: float) -> tuple[float, float]:
        """Photo → device."""
        return (x - self.x) * self.zoom, (y - self.y) * self.zoom

    def to_photo(self, u: float, v: float) -> tuple[float, float]:
        """Device → photo."""
        return self.x + u / self.zoom, self.y + v / self.zoom

    def panned(self, du: float, dv: float) -> View:
        """Moved with the pointer by whole device pixels, so that those drawn can be moved too."""
        return View(self.zoom, self.x - round(du) / self.zoom, self.y - round(dv) / self.zoom)

    def shift_to(self, other: View) -> tuple[int, int] | None:
        """Whole device pixels by which what this one shows lies elsewhere in the other.

        None where it must be drawn anew: the zoom differs, or the pixels' grid.
        """
        du, dv = (self.x - other.x) * self.zoom, (self.y - other.y) * self.zoom
        if self.zoom != other.zoom or max(abs(du - round(du)), abs(dv - round(dv))) > _SAME_GRID:
            return None
        return round(du), round(dv)

    def zoomed(self, zoom: float, u: float, v: float) -> View:
        """At another zoom; the photo point under device (u, v) stays there."""
        x, y = self.to_photo(u, v)
        return View(zoom, x - u / zoom, y - v / zoom)

    def centred_on(self, point: tuple[float, float], canvas: tuple[int, int]) -> View:
        """With a photo point in the middle of the canvas."""
        return View(
            self.zoom,
            point[0] - canvas[0] / 2 / self.zoom,
            point[1] - canvas[1] / 2 / self.zoom,
        )

    def balanced(self, photo: tuple[int, int], canvas: tuple[int, int]) -> View:
        """Without an empty stretch beside the photo on one side only, upright as it is here."""
        starts = (self.x, self.y)
        x, y = (
            min(max(start, 0.0), length - seen)
            if (seen := size / self.zoom) <= length
            else (length - seen) / 2
            for start, length, size in zip(starts, photo, canvas, strict=True)
        )
        return View(self.zoom, x, y)

    def kept_in_sight(self, photo: tuple[int, int], canvas: tuple[int, int]) -> View:
        """Pulled back when hardly any of the photo would be on the canvas."""
        slack = _KEPT_IN_SIGHT / self.zoom
        x = min(max(self.x, slack - canvas[0] / self.zoom), photo[0] - slack)
        y = min(max(self.y, slack - canvas[1] / self.zoom), photo[1] - slack)
        return View(self.zoom, x, y)


class Layer:
    """Pixels over a rectangle of the photo, with the smaller sizes that zooming out needs."""

    def __init__(
        self,
        levels: tuple[NDArray[np.uint8], ...],
        rectangle: tuple[float, float, float, float],
    ) -> None:
        """Hold ``levels``, uint8 (h, w) or (h, w, channels), each next one half as large.

        Args:
            levels: at least one.
            rectangle: x, y, width, height in the photo that each level covers.
        """
        self._levels = levels
        self.rectangle = rectangle

    def shrink(self, zoom: float = 0.0) -> None:
        """Make the smaller sizes that zooming out this far needs; by default all."""
        self._level(max(zoom, 1e-9))

    def box(self, view: View) -> Box:
        """Left, top, right and bottom of the canvas' pixels that it covers, all of each."""
        left, top, right, bottom = self._edges(view)
        return round(left), round(top), round(right), round(bottom)

    def _edges(self, view: View) -> tuple[float, float, float, float]:
        x, y, w, h = self.rectangle
        return *view.to_device(x, y), *view.to_device(x + w, y + h)

    def draw(self, target: NDArray[np.uint8], view: View, box: Box | None = None) -> None:
        """Write what ``view`` shows of the layer into the canvas' pixels, in place.

        Args:
            target: the canvas' pixels.
            view: where they lie.
            box: left, top, right and bottom of the pixels to write; by default all.
        """
        left, top, right, bottom = self._edges(view)
        height, width = target.shape[:2]
        u0, v0, u1, v1 = common(box or (0, 0, width, height), self.box(view))
        if u0 >= u1 or v0 >= v1:
            return
        level = self._level(view.zoom)
        rows, columns = self._levels[level].shape[:2]
        # device pixel (u, v), centre at + ½ → source pixel, centre at integers
        fx, fy = columns / (right - left), rows / (bottom - top)
        ox, oy = (u0 + 0.5 - left) * fx - 0.5, (v0 + 0.5 - top) * fy - 0.5
        sx0, sy0 = max(0, math.floor(ox) - 1), max(0, math.floor(oy) - 1)
        sx1 = min(columns, math.ceil(ox + (u1 - u0) * fx) + 2)
        sy1 = min(rows, math.ceil(oy + (v1 - v0) * fy) + 2)
        matrix = np.array([[fx, 0, ox - sx0], [0, fy, oy - sy0]])
        smooth = max(fx, fy) > 0.51  # from 200 % on, pixels show as squares
        flags = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
        pixels = self._pixels(level, slice(sy0, sy1), slice(sx0, sx1))
        is_colour = pixels.ndim == 3 and pixels.shape[2] == 3
        if is_colour:  # the same pixels in half the time: OpenCV has vectors of four, not of three
            pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)
        drawn = cv2.warpAffine(
            pixels,
            matrix,
            (u1 - u0, v1 - v0),
            flags=flags | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        target[v0:v1, u0:u1] = cv2.cvtColor(drawn, cv2.COLOR_RGBA2RGB) if is_colour else drawn

    def draw_turned(self, target: NDArray[np.uint8], matrix: NDArray[np.float64]) -> None:
        """Write all that is seen of the layer into a canvas that does not lie upright, in place.

        Args:
            target: the canvas' pixels, of as many channels as the layer.
            matrix: (2, 3), from the photo to the canvas' pixels, both from their corners.
        """
        x, y, w, h = self.rectangle
        level = self._level(float(np.linalg.norm(matrix[:, 0])))
        rows, columns = self._levels[level].shape[:2]
        onto = matrix.copy()  # from the level to the canvas
        onto[:, 2] += matrix[:, :2] @ (x, y)
        onto[:, :2] *= (w / columns, h / rows)
        back = cv2.invertAffineTransform(onto)
        ends = (0, target.shape[1]), (0, target.shape[0])
        corners = np.array([[u, v, 1] for u in ends[0] for v in ends[1]]) @ back.T
        low, high = np.floor(corners.min(0)) - 2, np.ceil(corners.max(0)) + 2
        x0, y0 = (max(0, int(low[k])) for k in (0, 1))
        x1, y1 = min(columns, int(high[0])), min(rows, int(high[1]))
        if x0 >= x1 or y0 >= y1:
            return
        onto[:, 2] += onto[:, :2] @ (x0, y0)
        zoom = np.linalg.norm(onto[:, 0])
        cv2.warpAffine(
            self._pixels(level, slice(y0, y1), slice(x0, x1)),
            between_centres(onto),
            (target.shape[1], target.shape[0]),
            dst=target,
            flags=cv2.INTER_LINEAR if zoom < 1 / 0.51 else cv2.INTER_NEAREST,  # as above
            borderMode=cv2.BORDER_TRANSPARENT,
        )

    def _pixels(self, level: int, rows: slice, columns: slice) -> NDArray[np.uint8]:
        return self._levels[level][rows, columns]

    def _level(self, zoom: float) -> int:
        """Number of the level that a zoom is drawn from, made where it is missing."""
        shrink = self._levels[0].shape[1] / (self.rectangle[2] * zoom)
        wanted = max(0, math.floor(math.log2(max(shrink, 1e-9)) + 0.01))
        levels = self._levels
        while len(levels) <= wanted and min(levels[-1].shape[:2]) > 1:
            height, width = levels[-1].shape[:2]
            half = ((width + 1) // 2, (height + 1) // 2)
            smaller = cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA)
            levels = (*levels, np.asarray(smaller, np.uint8))
        self._levels = levels  # at once: another thread may be drawing
        return min(wanted, len(levels) - 1)


def common(one: Box, other: Box) -> Box:
    """What two boxes share; empty ones end before they begin."""
    return (
        max(one[0], other[0]), max(one[1], other[1]),
        min(one[2], other[2]), min(one[3], other[3]),
    )  # fmt: skip


def around(box: Box, hole: Box) -> list[Box]:
    """The boxes that cover what a box has beside a hole in it."""
    left, top, right, bottom = box
    u0, v0, u1, v1 = common(box, hole)
    if u0 >= u1 or v0 >= v1:
        return [box]
    parts = [
        (left, top, right, v0), (left, v0, u0, v1), (u1, v0, right, v1), (left, v1, right, bottom)
    ]  # fmt: skip
    return [part for part in parts if part[0] < part[2] and part[1] < part[3]]
