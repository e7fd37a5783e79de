"""Brush strokes: the pointer's way over the photo, and what it covers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Float = NDArray[np.float32]
    Box = tuple[int, int, int, int]

_BAND = 256  # rows worked on at once, so that large strokes need few copies of themselves
_CELLS = 24  # grid steps that a radius has at least: coarser grids bend the brush's edge
_FAR = -1e6  # the fall where no line was measured
_LIGHTEST = 0.05  # of the brush's radius: what the pen draws without pressure


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
    """

    points: Float
    radius: float
    hardness: float = 0.5
    erase: bool = False
    opacity: float = field(default=1.0, kw_only=True)
    pressure: Float | None = field(default=None, kw_only=True)
    to_size: bool = field(default=True, kw_only=True)
    to_opacity: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        points = np.array(self.points, np.float32)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise ValueError(f"a stroke needs points of shape (n, 2), got {points.shape}")
        if not (np.isfinite(points).all() and self.radius > 0 and 0 <= self.hardness <= 1):
            raise ValueError("a stroke needs finite points, a radius and a hardness in 0…1")
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"a stroke's opacity is in 0…1, got {self.opacity}")
        points.setflags(write=False)
        object.__setattr__(self, "points", points)
        if self.pressure is not None:
            pressure = np.array(self.pressure, np.float32)
            if pressure.shape != (len(points),) or not ((pressure >= 0) & (pressure <= 1)).all():
                raise ValueError("a stroke's pressure is one number in 0…1 for each point")
            pressure.setflags(write=False)
            object.__setattr__(self, "pressure", pressure)

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

    def coverage(self, width: int, height: int) -> tuple[Box, NDArray[np.uint8]]:
        """Its box (x, y, w, h) inside a photo of that size, and how it covers it, uint8 (h, w).

        The stroke's opacity up to ``radius * hardness`` from the line, a smooth fall to 0 at
        ``radius``; the last pixel always falls, so hard edges are anti-aliased.
        """
        x, y, w, h = box = box_around(self.points, self.radius, width, height)
        out = np.zeros((h, w), np.uint8)
        cover(out, self.line - np.array([x, y, 0, 0], np.float32), self.hardness)
        return box, out

    def mirrored(self, axis: NDArray[np.float64]) -> BrushStroke:
        """The same stroke on the other side of a face; ``axis`` as ``face_axis`` gives it."""
        return replace(self, points=self.points @ axis[:, :2].T + axis[:, 2])


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
            better = _smoothstep(here) * shade > _smoothstep(best) * known
            better |= (best < 0) & (here > best)
            best[better], known[better] = here[better], shade[better]
    scale = 255.0 if fades else 255.0 * float(line[0, 3])
    for top in range(0, height, _BAND):
        part = out[top : top + _BAND]
        alpha = _smoothstep(_enlarged(fall, step, top, part.shape)) * np.float32(scale)
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


def _smoothstep(t: Float) -> Float:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)
