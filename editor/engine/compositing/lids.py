"""Eyes open and close as a retoucher does it: lids move over an eyeball that stays.

The generator's two renders say how far the lids move, and give no colour. Two layers: the skin with
lids and lashes is bent; the eyeball is the photo's own, where it is. What a lid that opens uncovers
is painted from what is seen beside it: the iris goes on as the circle that it is, by its profile
from the pupil outwards, and the white by its own colour and shade.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.surface import Surface, ramp
from models.faces.face_classes import CONTOURS, IRISES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]
    Iris = tuple[float, float, float, float]
    Places = tuple[Float, Float]
    Lids = tuple[Points, Points, Points, Points]
    """Contours before and after, (n, 16, 2) each, irises (n, 4, 2), and ``Eye.reach``, (n, 2)."""

LIDS = tuple(CONTOURS[f"{side} eye"] for side in ("right", "left"))
NEARLY_CLOSED = 0.18  # of its width; photo08's laughing eyes: 0.13, 0.17; slits that open well 0.19
TABLE = 257  # places along an eye where its lids' heights are kept
_SMOOTHED = 6.0  # places: corners of the mesh's polyline are none of the lid's
REACH = np.array([0.45, 0.35])  # of its width: so far above and below skin goes along with lids
_STEEPEST = 0.5  # of that reach a lid may go: skin folds over at 0.64
_COVERED, _AT_LEAST = 0.85, 0.4  # of an iris's radius that a lid may bare; of its way in any case
_LOWER = 0.6  # of what the renders show: lower lids of photographs hardly open further
_SLIT = 0.1, 0.24  # open so far, of its width: an eye whose iris is hardly seen, and a slit
_CANTHUS = 0.03  # of its width: so far from a corner an iris's edge stays
_FURTHEST = 0.6  # of the white beside an iris that it may cover
_LEAST = 0.08  # of the gap between the lids that closing leaves
_HALF = np.float32(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """Where an eye's lids lie before and after, along its axis from corner to corner.

    Attributes:
        to_eye: float64 (2, 3), crop pixels to the eye's own frame: along the axis from the left
            corner, and down from it, crop pixels.
        width: from corner to corner, crop pixels.
        lids: float32 (2, n): how far down the upper and the lower lid's line lies.
        ways: float32 (2, n): how much further down it comes to lie.
        iris: x, y in that frame and radius.
        reach: how far above and below skin goes along, of its width.
        gaze: how far its iris goes to the picture's right, of its width.
        light: that falls on what lies between its lids, a factor's natural logarithm.
    """

    to_eye: NDArray[np.float64]
    width: float
    lids: Float
    ways: Float
    iris: tuple[float, float, float]
    reach: tuple[float, float]
    gaze: float = 0.0
    light: float = 0.0

    @classmethod
    def of(cls, before: Points, after: Points, iris: Points, reach: Points = REACH) -> Eye:
        """From contours of FaceMesh.

        Args:
            before: (16, 2), crop pixels; numbers 0 and 8 are the corners, the lower lid lies
                between them.
            after: (16, 2), likewise. That the corners move is the head's movement: it is left out.
            iris: (n, 2), around it.
            reach: how far above and below skin goes along, of the eye's width.
        """
        first, second = (0, 8) if before[0, 0] < before[8, 0] else (8, 0)
        axis = before[second] - before[first]
        width = float(np.hypot(*axis))
        axis = axis / width
        turn = np.array([axis, [-axis[1], axis[0]]])
        to_eye = np.column_stack([turn, -turn @ before[first]])
        places, later = (p @ turn.T + to_eye[:, 2] for p in (before, after))
        along = np.linspace(0, width, TABLE)
        moved = later - places
        share = (places[:, 0] / width)[:, None]
        moved -= moved[first] + share * (moved[second] - moved[first])
        lids: list[Float] = []
        ways: list[Float] = []
        for inner in (slice(9, 16), slice(1, 8)):
            order = np.argsort(places[inner, 0])
            x = np.concatenate([[0], places[inner, 0][order], [width]])
            x = np.maximum.accumulate(np.clip(x, 0, width) + 1e-6 * np.arange(len(x)))
            y = np.concatenate([[0], places[inner, 1][order], [0]])
            way = np.concatenate([[0], moved[inner, 1][order], [0]])
            way[1:-1] = (way[:-2] + 2 * way[1:-1] + way[2:]) / 4
            lids.append(_smoothed(np.interp(along, x, y)))
            ways.append(_smoothed(np.interp(along, x, way)))
        lines, way = np.stack(lids), np.stack(ways)
        gap = np.maximum(lines[1] - lines[0], 0)
        lines[1] = lines[0] + gap
        closing = np.maximum(way[0] - way[1], 1e-6)
        way *= np.minimum(1, (1 - np.float32(_LEAST)) * gap / closing)
        most = np.asarray(_STEEPEST * width * reach[:, None], np.float32)
        way = np.clip(way, -most, most)
        middle = iris.mean(0)
        radius = float(np.linalg.norm(iris - middle, axis=1).mean())
        x, y = turn @ middle + to_eye[:, 2]
        # an iris that is seen all around stares
        there = int(np.clip(x / width, 0, 1) * (TABLE - 1))
        way[1] *= np.where(way[1] > 0, np.float32(_LOWER), np.float32(1))
        for lid, sign in enumerate((1, -1)):
            free = max(0.0, sign * (lines[lid, there] - y) + _COVERED * radius)
            bared = -sign * float(way[lid, there])
            way[lid] *= max(_AT_LEAST, min(1.0, free / bared)) if bared > 0 else 1
        up, down = (float(n) for n in reach)
        return cls(to_eye, width, lines, way, (float(x), float(y), radius), (up, down))

    def frame(self, x: Float, y: Float) -> tuple[Float, Float]:
        """Crop positions in the eye's frame."""
        (a, b, c), (d, e, f) = np.asarray(self.to_eye, np.float32)
        return a * x + b * y + c, d * x + e * y + f

    def flow(self, x: Float, y: Float) -> Float:
        """Down the eye's frame, from where a place of the picture after comes; crop pixels."""
        u, v = self.frame(x, y)
        upper, lower, rise, fall = self._at(u, *self.lids, *self.ways)
        upper, lower = upper + rise, lower + fall
        # constant about both lines: what is seen of a lid may begin a little beyond its line
        share = ramp((v - upper) / np.maximum(lower - upper, 1e-3), 0.3, 0.7)
        above, below = (upper - v) / self.width, (v - lower) / self.width
        along = rise + share * (fall - rise)
        gone = _away(above / self.reach[0]) * _away(below / self.reach[1])
        return np.asarray(-along * gone, np.float32)

    def depth(self, x: Float, y: Float) -> tuple[Float, Float]:
        """Below the upper lid's line and above the lower one's, before; of the eye's width."""
        u, v = self.frame(x, y)
        upper, lower = self._at(u, *self.lids)
        width = np.float32(self.width)
        return (v - upper) / width, (lower - v) / width

    def seen_from(self, upper: Float, lower: Float) -> Eye:
        """The same eye whose lids' lines lie nearer to each other, (n,) of its width each."""
        deeper = np.stack([upper, -lower]) * np.float32(self.width)
        gap = self.lids[1] - self.lids[0]
        share = np.minimum(1, 0.5 * gap / np.maximum(deeper[0] - deeper[1], 1e-6))
        return replace(self, lids=self.lids + share * deeper)

    def baring(self, x: Float, y: Float) -> list[Float]:
        """How far the upper and the lower lid open above and below a place; of the width."""
        u, _ = self.frame(x, y)
        return self._at(u, *(self.ways * np.array([[-1], [1]], np.float32) / self.width))

    def _at(self, u: Float, *tables: Float) -> list[Float]:
        place = u * np.float32((TABLE - 1) / self.width)
        rows = np.zeros_like(place)
        return [
            np.asarray(
                cv2.remap(
                    table[None], place, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
                ),
                np.float32,
            )
            for table in tables
        ]


def lids_of(seen: Points, renders: Sequence[Points], far: float, *, opens: bool) -> Lids | None:
    """Where a photo's lids lie before and after an edit.

    None where they cannot be moved over an eyeball: one that is to open is nearly closed, where the
    mesh knows no iris and no eyeball is seen to go on.

    Args:
        seen: (478, 2), the mesh of the photo, crop pixels.
        renders: (478, 2) each, of the renders of the inversion, before and after the edit.
        far: how many times as far as the renders' lids they go.
        opens: whether the eyes are to open.
    """
    base, before, after = renders
    here = seen + before - base
    one, other = (
        np.stack([mesh[list(points)] for points in LIDS])
        for mesh in (here, here + far * (after - before))
    )
    if opens and min(map(opening, one)) < NEARLY_CLOSED:
        return None
    irises = np.stack([seen[list(points)] for points in IRISES])
    return one, other, irises, np.stack([REACH] * len(one))


def opening(lids: Points) -> float:
    """How far a contour (16, 2) of FaceMesh is open, of its width."""
    still = Eye.of(lids, lids, lids)
    return float((still.lids[1] - still.lids[0]).max()) / still.width


def still_lids(seen: Points) -> Lids:
    """Lids that stay where a photo's mesh has them, (478, 2) crop pixels."""
    here = np.stack([seen[list(points)] for points in LIDS])
    irises = np.stack([seen[list(points)] for points in IRISES])
    return here, here, irises, np.stack([REACH] * len(here))


def within_lids(lids: Lids, gaze: float) -> float:
    """How far both irises go that are to go so far, of an eye's width to the picture's right.

    They go alike, stay in the opening, and where an eye is nearly closed they go less.
    """
    before, _, irises, _ = lids
    for contour, around in zip(before, irises, strict=True):
        eye = Eye.of(contour, contour, around)
        middle, radius = eye.iris[0] / eye.width, eye.iris[2] / eye.width
        free = (1 - middle if gaze > 0 else middle) - radius - _CANTHUS
        most = _FURTHEST * max(0.0, free)
        gaze = min(most, max(-most, gaze)) * float(np.interp(opening(contour), _SLIT, (0, 1)))
    return gaze


def _smoothed(line: NDArray[np.floating]) -> Float:
    """A line along an eye from 0 to 0; it ends there."""
    edge = 32
    wide = np.concatenate([-line[edge:0:-1], line, -line[-2 : -edge - 2 : -1]])
    smooth = cv2.GaussianBlur(wide[None].astype(np.float32), (0, 0), _SMOOTHED)
    return np.asarray(smooth[0, edge:-edge], np.float32)


def _away(far: NDArray[np.floating]) -> Float:  # 1 at a lid's line, smoothly 0 at 1
    return np.asarray((1 + np.cos(np.pi * np.clip(far, 0, 1))) / 2, np.float32)


def lid_surface(eyes: tuple[Eye, ...], side: int) -> Surface:
    """How the skin about eyes moves in a crop (side, side)."""
    flow = np.zeros((side, side, 2), np.float32)
    xs, ys = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    for eye in eyes:
        way = eye.flow(xs, ys)
        u, _ = eye.frame(xs, ys)
        way[(u <= 0) | (u >= eye.width)] = 0
        flow += way[..., None] * np.asarray(eye.to_eye[1, :2], np.float32)
    flow.setflags(write=False)
    return Surface(flow, Surface.still(side).novelty)
