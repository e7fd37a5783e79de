"""Brush strokes: the pointer's way over the photo, and what it covers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from editor.document.curves import smoothstep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Float = NDArray[np.float32]
    Box = tuple[int, int, int, int]

_BAND = 256  # rows worked on at once, so that large strokes need few copies of themselves
_DAB_CELLS = 48  # grid steps that a dab's radius has at least
_CELLS = 24  # grid steps that a radius has at least: coarser grids bend the brush's edge
_FAR = -1e6  # the fall where no line was measured
_LIGHTEST = 0.05  # of the brush's radius: what the pen draws without pressure
_SPACING = 0.2  # radii between the dabs of a stroke that builds up
_DAB_ROWS = 1024  # rows of dabs worked on at once: they need four bytes a pixel
_PIXELS_OF_A_POINT = 1_700  # what a piece of line costs, in pixels of the box


class Mirror(Protocol):
    """Knows the other side of something (``landmarks.Symmetry``)."""

    def __call__(self, places: NDArray[np.floating]) -> NDArray[np.floating]:
        """(n, 2) → (n, 2), photo pixels."""
        ...


class Stamp(Protocol):
    """What is drawn between press and release: it covers pixels, and can be mirrored."""

    @property
    def erase(self) -> bool:
        """Whether it takes away instead of adding."""
        ...

    @property
    def cost(self) -> int:
        """Roughly how many pixels' worth of work ``coverage`` is."""
        ...

    def coverage(self, width: int, height: int) -> tuple[Box, NDArray[np.uint8]]:
        """Its box (x, y, w, h) inside a photo of that size, and how it covers it, uint8 (h, w)."""
        ...

    def mirrored(self, mirror: Mirror) -> Stamp:
        """The same on the other side of a face, as wide as it was drawn."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class BrushStroke:
    """What the brush drew between press and release.

    Attributes:
        points: float32 (n, 2), the pointer's way in photo pixels, n ≥ 1, read-only.
        radius: of the brush, photo pixels, above 0.
        hardness: share of the radius, 0…1, that is fully opaque.
        erase: takes away instead of adding.
        opacity: of the stroke as a whole, 0…1: it does not build up where the line crosses itself.
        pressure: float32 (n,), of a pen at each point, 0…1, read-only; None for a mouse.
        to_size, to_opacity: what the pressure acts on.
        flow: how much one dab adds, above 0 up to 1. Below 1 the stroke is made of dabs and builds
            up, to its opacity at most, where they overlap and where the line crosses itself.
        follows: stops at edges of the picture; ``coverage`` is its reach, the session knows the
            picture.
        within: is kept within the class of the face that it begins on; likewise.
    """

    points: Float
    radius: float
    hardness: float = 0.5
    erase: bool = False
    opacity: float = field(default=1.0, kw_only=True)
    pressure: Float | None = field(default=None, kw_only=True)
    to_size: bool = field(default=True, kw_only=True)
    to_opacity: bool = field(default=False, kw_only=True)
    flow: float = field(default=1.0, kw_only=True)
    follows: bool = field(default=False, kw_only=True)
    within: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        points = np.array(self.points, np.float32)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise ValueError(f"a stroke needs points of shape (n, 2), got {points.shape}")
        if not (np.isfinite(points).all() and self.radius > 0 and 0 <= self.hardness <= 1):
            raise ValueError("a stroke needs finite points, a radius and a hardness in 0…1")
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"a stroke's opacity is in 0…1, got {self.opacity}")
        if not 0 < self.flow <= 1:
            raise ValueError(f"a stroke's flow is above 0 and at most 1, got {self.flow}")
        points.setflags(write=False)
        object.__setattr__(self, "points", points)
        if self.pressure is not None:
            pressure = np.array(self.pressure, np.float32)
            if pressure.shape != (len(points),) or not ((pressure >= 0) & (pressure <= 1)).all():
                raise ValueError("a stroke's pressure is one number in 0…1 for each point")
            pressure.setflags(write=False)
            object.__setattr__(self, "pressure", pressure)

    @property
    def start(self) -> tuple[float, float]:
        """Where the pointer went down, photo pixels."""
        x, y = self.points[0].tolist()
        return float(x), float(y)

    @property
    def line(self) -> Float:
        """x, y, radius and opacity at each point, float32 (n, 4), photo pixels."""
        line = np.empty((len(self.points), 4), np.float32)
        line[:, :2], line[:, 2], line[:, 3] = self.points, self.radius, self.opacity
        if self.pressure is not None and self.to_size:
            line[:, 2] *= np.maximum(self.pressure, np.float32(_LIGHTEST))
        if self.pressure is not None and self.to_opacity:
            line[:, 3] *= self.pressure
        return line

    @property
    def cost(self) -> int:
        """Roughly how many pixels' worth of work ``coverage`` is."""
        across, down = (np.ptp(self.points, axis=0) + np.float32(2 * self.radius)).tolist()
        if self.flow == 1:
            return int(across * down) + _PIXELS_OF_A_POINT * len(_thinned(self.line))
        length = float(np.hypot(*np.diff(self.points, axis=0).T).sum())
        dabs = 1 + length / max(0.5, _SPACING * self.radius)
        return int(across * down + dabs * (_PIXELS_OF_A_POINT + (2 * self.radius) ** 2))

    def coverage(self, width: int, height: int) -> tuple[Box, NDArray[np.uint8]]:
        """Its box (x, y, w, h) inside a photo of that size, and how it covers it, uint8 (h, w).

        The stroke's opacity up to ``radius * hardness`` from the line, a smooth fall to 0 at
        ``radius``; the last pixel always falls, so hard edges are anti-aliased.
        """
        x, y, w, h = box = box_around(self.points, self.radius, width, height)
        out = np.zeros((h, w), np.uint8)
        line = self.line - np.array([x, y, 0, 0], np.float32)
        if self.flow == 1:
            cover(out, line, self.hardness)
            return box, out
        placed, _ = dabs(line)
        for top in range(0, h, _DAB_ROWS):
            band = out[top : top + _DAB_ROWS]
            layer = np.zeros(band.shape, np.float32)
            here = placed - np.array([0, top, 0, 0], np.float32)
            deposit(layer, here, self.flow, self.hardness)
            band[...] = np.rint(np.multiply(layer, 255, out=layer))
        return box, out

    def mirrored(self, mirror: Mirror) -> BrushStroke:
        """The same stroke on the other side of a face, as wide as it was drawn."""
        return replace(self, points=mirror(self.points))


def cover(out: NDArray[np.uint8], line: Float, hardness: float, edge: float = 1.0) -> Box:
    """Draw a line's coverage into a picture, in place: the larger of both at each pixel.

    Args:
        out: uint8 (h, w).
        line: x, y, radius and opacity at each point, float32 (n, 4), in pixels of ``out``; the
            centre of pixel (i, j) is at (i, j).
        hardness: share of the radius that is fully opaque.
        edge: pixels of ``out`` that the opacity takes to fall at least.

    Returns:
        x, y, width, height of what was touched; all 0 when nothing was.
    """
    height, width = out.shape
    touched = np.zeros((0, 2), np.int64)
    for run in _runs(_thinned(line)):
        x, y, w, h = box_around(run[:, :2], float(run[:, 2].max()), width, height)
        if w and h:
            here = run - np.array([x, y, 0, 0], np.float32)
            _cover_run(out[y : y + h, x : x + w], here, hardness, edge)
            touched = np.concatenate([touched, [[x, y], [x + w, y + h]]])
    if not len(touched):
        return 0, 0, 0, 0
    (left, top), (right, bottom) = touched.min(0).tolist(), touched.max(0).tolist()
    return left, top, right - left, bottom - top


def dabs(line: Float, since: float | None = None) -> tuple[Float, float]:
    """Where the dabs of a line fall, in radii evenly, whatever its points.

    Args:
        line: x, y, radius and opacity at each point, float32 (n, 4).
        since: length since the last dab of the line that this one goes on from; None: begins anew,
            with a dab.

    Returns:
        the dabs, as ``line``, (m, 4), and the length since the last of them.
    """
    made = [line[:1]] if since is None else []
    since = since or 0.0
    for k in range(len(line) - 1):
        a, b = line[k], line[k + 1]
        length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
        spacing = max(0.5, _SPACING * float(a[2] + b[2]) / 2)
        places = np.arange(max(0.0, spacing - since), length, spacing)
        if len(places):
            share = (places / length)[:, None]
            made.append((a + share * (b - a)).astype(np.float32))
            since = length - float(places[-1])
        else:
            since += length
    return np.concatenate(made) if made else np.zeros((0, 4), np.float32), since


def deposit(layer: Float, placed: Float, flow: float, hardness: float, edge: float = 1.0) -> Box:
    """Lay dabs on a layer, in place: each brings its pixels nearer to its own opacity.

    Args:
        layer: opacities, float32 (h, w).
        placed: x, y, radius and opacity of each dab, float32 (n, 4), in pixels of ``layer``.
        flow: how much of the way one dab goes.
        hardness: as for ``cover``.
        edge: as for ``cover``.

    Returns:
        x, y, width, height of what was touched; all 0 when nothing was.
    """
    height, width = layer.shape
    touched: list[Box] = []
    for x, y, radius, opacity in placed.tolist():
        x0, y0 = max(0, math.floor(x - radius)), max(0, math.floor(y - radius))
        x1, y1 = min(width, math.ceil(x + radius) + 1), min(height, math.ceil(y + radius) + 1)
        if x0 >= x1 or y0 >= y1:
            continue
        view = layer[y0:y1, x0:x1]
        more = np.maximum(np.float32(opacity) - view, 0)
        more *= _dab(x - x0, y - y0, radius, view.shape, hardness, edge)
        view += np.multiply(more, np.float32(flow), out=more)
        touched.append((x0, y0, x1, y1))
    if not touched:
        return 0, 0, 0, 0
    edges = np.array(touched)
    (left, top), (right, bottom) = edges[:, :2].min(0).tolist(), edges[:, 2:].max(0).tolist()
    return left, top, right - left, bottom - top


def _dab(
    x: float, y: float, radius: float, shape: tuple[int, int], hardness: float, edge: float
) -> Float:
    """A dab about (x, y) on pixels of that shape: full up to ``radius * hardness``, then falling.

    Large ones are interpolated between points of a grid.
    """
    height, width = shape
    step = 1
    while 2 * step * _DAB_CELLS <= radius:
        step *= 2
    across = np.arange(-(-width // step) + 1, dtype=np.float32) * step - np.float32(x)
    down = np.arange(-(-height // step) + 1, dtype=np.float32) * step - np.float32(y)
    distance = np.sqrt((across * across)[None, :] + (down * down)[:, None])
    inner = min(radius * hardness, radius - edge)
    fall = smoothstep((np.float32(radius) - distance) / np.float32(radius - inner))
    return _enlarged(fall, step, 0, shape)


def box_around(
    points: NDArray[np.float32] | NDArray[np.float64], margin: float, width: int, height: int
) -> Box:
    """x, y, width, height of the pixels within ``margin`` of points' box, inside the photo."""
    limit = [width, height]
    low = np.floor(points.min(0) - margin).clip(0, limit).astype(int)
    high = (np.ceil(points.max(0) + margin) + 1).clip(0, limit).astype(int)
    w, h = (high - low).tolist()
    return int(low[0]), int(low[1]), w, h


def _thinned(line: Float) -> Float:
    """A line without the points that the eye would not miss."""
    if len(line) < 3:
        return line
    tolerance = float(np.clip(0.002 * line[:, 2].max(), 0.05, 1.0))
    points = np.ascontiguousarray(line[:, :2])
    if not np.ptp(line[:, 2:], axis=0).any():
        way = cv2.approxPolyDP(points.reshape(-1, 1, 2), tolerance, False)[:, 0]
        if not np.array_equal(way[-1], points[-1]):  # it ends where it began: that was left out
            way = np.concatenate([way, points[-1:]])
        rest = np.broadcast_to(line[0, 2:], (len(way), 2))
        return np.concatenate([way, rest], axis=1).astype(np.float32)
    steps = np.floor(np.cumsum(np.hypot(*np.diff(points, axis=0).T)) / (5 * tolerance))
    kept = np.concatenate([[True], np.diff(steps, prepend=0) > 0])
    kept[-1] = True
    return line[kept]


def _runs(line: Float) -> Iterator[Float]:
    """A line cut into overlapping pieces of limited extent and of radii that one grid suits."""
    start, low, high = 0, line[0, :3], line[0, :3]
    for end in range(1, len(line)):
        low, high = np.minimum(low, line[end, :3]), np.maximum(high, line[end, :3])
        wide = float((high - low)[:2].max()) > max(8 * float(high[2]), 1024.0)
        uneven = high[2] > 4 * low[2]
        if (wide or uneven) and end - start > 1:
            yield line[start:end]
            start = end - 1
            low, high = line[start : end + 1, :3].min(0), line[start : end + 1, :3].max(0)
    yield line[start:]


def _cover_run(out: NDArray[np.uint8], line: Float, hardness: float, edge: float) -> None:
    """Draw one piece: distances on a grid as coarse as its radii allow, edges at each pixel.

    The fall of opacity is linear in the distance, and that is smooth: between the grid's points it
    is interpolated, and only then clipped to the brush's edge.
    """
    height, width = out.shape
    step = 1
    while step < 16 and 2 * step * _CELLS <= line[:, 2].min():
        step *= 2
    rows, columns = -(-height // step) + 1, -(-width // step) + 1
    fall = np.full((rows, columns), _FAR, np.float32)
    fades = np.ptp(line[:, 3]) > 0
    opacity = np.zeros_like(fall) if fades else None
    grid_y = (np.arange(rows, dtype=np.float32) * step)[:, None]
    grid_x = (np.arange(columns, dtype=np.float32) * step)[None, :]
    ends = line[1:] if len(line) > 1 else line
    for (ax, ay, ar, ao), (bx, by, br, bo) in zip(
        line[: len(ends)].tolist(), ends.tolist(), strict=True
    ):
        reach = max(ar, br) + step
        c0 = max(0, int((min(ax, bx) - reach) // step))
        r0 = max(0, int((min(ay, by) - reach) // step))
        c1 = min(columns, int((max(ax, bx) + reach) // step) + 2)
        r1 = min(rows, int((max(ay, by) + reach) // step) + 2)
        if c0 >= c1 or r0 >= r1:
            continue
        px, py = grid_x[:, c0:c1] - ax, grid_y[r0:r1] - ay
        ex, ey = bx - ax, by - ay
        length = ex * ex + ey * ey
        along: Float | float = 0.0
        if length > 1e-6:  # else it is a point
            along = np.clip((px * ex + py * ey) / np.float32(length), 0, 1)
        distance = np.sqrt((px - along * ex) ** 2 + (py - along * ey) ** 2)
        radius = ar + (br - ar) * along
        inner = np.minimum(radius * hardness, radius - edge)
        here = (radius - distance) / (radius - inner)
        best = fall[r0:r1, c0:c1]
        if opacity is None:
            np.maximum(best, here, out=best)
        else:
            known = opacity[r0:r1, c0:c1]
            shade = np.broadcast_to(np.float32(ao + (bo - ao) * along), here.shape)
            better = smoothstep(here) * shade > smoothstep(best) * known
            better |= (best < 0) & (here > best)
            best[better], known[better] = here[better], shade[better]
    scale = 255.0 if fades else 255.0 * float(line[0, 3])
    for top in range(0, height, _BAND):
        part = out[top : top + _BAND]
        alpha = smoothstep(_enlarged(fall, step, top, part.shape)) * np.float32(scale)
        if opacity is not None:
            alpha *= _enlarged(opacity, step, top, part.shape)
        np.maximum(part, np.rint(alpha).astype(np.uint8), out=part)


def _enlarged(grid: Float, step: int, top: int, shape: tuple[int, int]) -> Float:
    """Rows from ``top`` on of a grid, interpolated between its points."""
    height, width = shape
    if step == 1:
        return grid[top : top + height, :width]
    matrix = np.array([[1 / step, 0, 0], [0, 1 / step, top / step]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    larger = cv2.warpAffine(
        grid, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(larger, np.float32)
