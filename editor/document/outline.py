"""Closed shapes: a lasso's way, a polygon, a rectangle, an ellipse, and what they enclose."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.stroke import box_around

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from editor.document.stroke import Mirror

    Floats = NDArray[np.float64]
    Box = tuple[int, int, int, int]

_BAND = 256  # rows filled at once
_PIECES = 1 << 20  # pieces of edges that are worked on at once
_FARTHEST = 1e7  # pixels: farther corners would be too coarse for floats
_CHORD = 0.05  # pixels that an ellipse's corners may lie inside its curve
_PIXELS_OF_A_CORNER = 60  # what an edge costs, in pixels of the box


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A closed line; what it winds around is covered.

    A line that crosses itself covers all that it goes around (the non-zero rule): a lasso that
    overshoots its beginning leaves no hole there.

    Attributes:
        points: float32 (n, 2), corners in photo pixels, n ≥ 3, read-only; the last joins the first.
        erase: takes away instead of adding.
        opacity: of what is covered, 0…1.
        begin: where the pointer went down, photo pixels; None: at the first corner.
        within: is kept within the class of the face that it begins on, as strokes are.
    """

    points: NDArray[np.float32]
    erase: bool = False
    opacity: float = field(default=1.0, kw_only=True)
    begin: tuple[float, float] | None = field(default=None, kw_only=True)
    within: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        points = np.array(self.points, np.float32)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
            raise ValueError(f"an outline needs at least 3 points (n, 2), got {points.shape}")
        if not np.isfinite(points).all():
            raise ValueError("an outline needs finite points")
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"an outline's opacity is in 0…1, got {self.opacity}")
        points.setflags(write=False)
        object.__setattr__(self, "points", points)

    @property
    def start(self) -> tuple[float, float]:
        """Where it begins, photo pixels: an ellipse beside its line, in its box's corner."""
        if self.begin is not None:
            return self.begin
        x, y = self.points[0].tolist()
        return float(x), float(y)

    @property
    def cost(self) -> int:
        """Roughly how many pixels' worth of work ``coverage`` is."""
        across, down = np.ptp(self.points.astype(np.float64), axis=0).tolist()
        return int(across * down) + _PIXELS_OF_A_CORNER * len(self.points)

    def coverage(self, width: int, height: int) -> tuple[Box, NDArray[np.uint8]]:
        """Its box (x, y, w, h) inside a photo of that size, and how it covers it, uint8 (h, w).

        Edges are anti-aliased exactly: a pixel that a line passes through counts by its share.
        """
        x, y, w, h = box = box_around(self.points, 1, width, height)
        out = np.zeros((h, w), np.uint8)
        if not w or not h:
            return box, out
        # pixel (i, j) spans [i − ½, i + ½]; below, its corners are whole numbers
        near = self.points.astype(np.float64).clip(-_FARTHEST, _FARTHEST)
        edges = _clipped(near + 0.5 - [x, y], w, h)
        for top in range(0, h, _BAND):
            band = out[top : top + _BAND]
            turns = _winding(edges - [0, top, 0, top], w, len(band))
            np.minimum(np.abs(turns, out=turns), 1, out=turns)
            band[...] = np.rint(np.multiply(turns, 255 * self.opacity, out=turns))
        return box, out

    def mirrored(self, mirror: Mirror) -> Outline:
        """The same shape on the other side of a face."""
        x, y = mirror(np.array([self.start])).tolist()[0]
        return replace(self, points=mirror(self.points), begin=(x, y))


def rectangle(one: tuple[float, float], other: tuple[float, float]) -> NDArray[np.float32]:
    """Corners (4, 2) of the upright rectangle between two opposite ones."""
    (ax, ay), (bx, by) = one, other
    return np.array([[ax, ay], [bx, ay], [bx, by], [ax, by]], np.float32)


def ellipse(one: tuple[float, float], other: tuple[float, float]) -> NDArray[np.float32]:
    """Points (n, 2) of the ellipse in an upright rectangle, so many that no corner shows."""
    (ax, ay), (bx, by) = one, other
    half = np.array([abs(bx - ax), abs(by - ay)]) / 2
    number = max(24, math.ceil(math.pi * math.sqrt(float(half.max()) / (2 * _CHORD))))
    turn = np.linspace(0, 2 * np.pi, number, endpoint=False)
    middle = [(ax + bx) / 2, (ay + by) / 2]
    points = middle + np.column_stack([np.cos(turn), np.sin(turn)]) * half
    return np.asarray(points, np.float32)


def _clipped(corners: Floats, width: int, height: int) -> Floats:
    """Edges (n, 4) of a closed line, from x, y to x, y, inside a box from 0 to its size.

    What lies above, below or at the right of it encloses nothing in it and is left out; what lies
    at its left is moved to its edge, around which it winds as well.
    """
    start, step = corners, np.roll(corners, -1, axis=0) - corners
    cuts = [np.zeros(len(corners)), np.ones(len(corners))]
    for axis, side in ((0, 0), (0, width), (1, 0), (1, height)):
        away = np.where(step[:, axis] == 0, 1.0, step[:, axis])
        cuts.append(np.where(step[:, axis] == 0, 0.0, (side - start[:, axis]) / away))
    share = np.sort(np.clip(np.array(cuts), 0, 1), axis=0)  # (6, n): ends and crossings, in order
    points = start + share[..., None] * step
    first, last = points[:-1].reshape(-1, 2), points[1:].reshape(-1, 2)
    middle = (first + last) / 2
    kept = (middle[:, 1] > 0) & (middle[:, 1] < height) & (middle[:, 0] < width)
    kept &= first[:, 1] != last[:, 1]
    size = [width, height]
    return np.concatenate([first.clip(0, size), last.clip(0, size)], axis=1)[kept]


def _winding(edges: Floats, width: int, height: int) -> Floats:
    """How often edges (n, 4) wind around each pixel of a box, float64 (height, width).

    Each edge is cut where it passes from pixel to pixel. A piece adds its height to all pixels at
    its right, and to its own by the share that lies at its right; so a running sum along each row
    is the exact area of each pixel that is enclosed.
    """
    top, bottom = edges[:, [1, 3]].min(1), edges[:, [1, 3]].max(1)
    edges = edges[(bottom > 0) & (top < height)]
    x0, y0, x1, y1 = edges.T
    upright = (x1 - x0) / (y1 - y0)  # none is level
    begin, end = y0.clip(0, height), y1.clip(0, height)
    edges = np.column_stack([x0 + (begin - y0) * upright, begin, x0 + (end - y0) * upright, end])
    change = np.zeros(height * (width + 2))
    for part in _portions(edges):
        t0, t1, edge = _cut(part)
        x0, y0, x1, y1 = part[edge].T
        middle = (t0 + t1) / 2
        x, y = x0 + middle * (x1 - x0), y0 + middle * (y1 - y0)
        tall = (t1 - t0) * (y1 - y0)
        column = np.floor(x).astype(np.int64).clip(0, width)
        row = np.floor(y).astype(np.int64).clip(0, height - 1)
        place = row * (width + 2) + column
        later = tall * (x - column)
        change += np.bincount(place, tall - later, len(change))
        change += np.bincount(place + 1, later, len(change))
    return np.cumsum(change.reshape(height, width + 2), axis=1)[:, :width]


def _portions(edges: Floats) -> Iterator[Floats]:
    """Edges in portions that are cut into a limited number of pieces, or one by one."""
    if not len(edges):
        return
    pieces = np.abs(edges[:, 2:] - edges[:, :2]).sum(1) + 4
    number = np.floor(np.cumsum(pieces) / _PIECES).astype(np.int64)
    for start, end in zip(
        np.flatnonzero(np.diff(number, prepend=-1)),
        [*np.flatnonzero(np.diff(number)) + 1, len(edges)],
        strict=True,
    ):
        yield edges[start:end]


def _cut(edges: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Pieces of edges within one pixel each: where they begin and end (0…1), and of which edge."""
    number = np.arange(len(edges))
    shares, owners = [np.zeros(len(edges)), np.ones(len(edges))], [number, number]
    for axis in (0, 1):
        begin, end = edges[:, axis], edges[:, axis + 2]
        low, high = np.minimum(begin, end), np.maximum(begin, end)
        first = np.floor(low) + 1
        count = np.maximum(np.ceil(high) - first, 0).astype(np.int64)
        owner = np.repeat(number, count)
        which = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        line = first[owner] + which
        shares.append((line - begin[owner]) / (end - begin)[owner])
        owners.append(owner)
    share, owner = np.concatenate(shares), np.concatenate(owners)
    order = np.lexsort((share, owner))
    share, owner = share[order], owner[order]
    same = owner[1:] == owner[:-1]
    return share[:-1][same], share[1:][same], owner[1:][same]
