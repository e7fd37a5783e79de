"""An iris looks elsewhere: it moves between lids that stay, and nothing of it is drawn.

Between the lids' lines all goes along them as far as the iris does, and less towards the corners,
which stay: what the iris leaves behind is the white that lay beside it, drawn out. Lids go along a
little: where these were to stay, a rim of the old iris did too, or one of white before the new, for
no mesh knows their lines to a pixel. A catch-light goes half of the way, as it does on a cornea:
its centre lies half as far before the eyeball's as the pupil (Le Grand and El Hage, *Physiological
Optics*, 1980: 5.6 and 9.8 mm).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.surface import ramp, remapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

_RIGID = 1.12  # iris radii: so far from its middle all goes as far as the iris
_AT_CORNERS = 0.02  # of an eye's width: so far from its corners nothing goes
BESIDE = 0.25
"""Of an eye's width: so far above and below it lids go along, less and less."""
_BARELY = 0.004  # of an eye's width: what goes less is hardly elsewhere
_LIGHT = 0.57  # of the way catch-lights go
_TOLD = 6.0, 14.0  # pixels: irises as small show no light apart from them, and as large do
_LIT = 0.08, 0.16  # of white: so much brighter than all of its iris is where light lies on it
_BRIGHTEST = 0.9  # quantile of an iris without lights
_AROUND = 0.05  # iris radii: so far around it light shines
_BETWEEN = 0.01, 0.04  # of an eye's width within the lids' lines
_INSIDE = 0.95, 1.1  # iris radii: beyond is white, which is bright itself


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """An eyeball that looks elsewhere, in a part of a box of the photo.

    Attributes:
        ball: float32 (h, w, 3), sRGB in [0, 1]: what is seen of it, without catch-lights.
        lights: float32 (h, w, 3), what these add.
        place: float32 (h, w) each, along from the left corner to the right one, 0…1, and how far
            below the upper lid's line and above the lower one's, likewise.
        iris: its middle and its radius along.
        way: how far it goes along, to the right.
        step: (2, 2), x and y, pixels of the part for 1 of the way and for 1 down.
        lines: float32 (2, n), how far down those lie along.
        apart: how much of the way catch-lights stay behind.
    """

    ball: Float
    lights: Float
    place: tuple[Float, Float, Float]
    iris: tuple[float, float]
    way: float
    step: NDArray[np.float64]
    lines: Float
    apart: float

    @classmethod
    def of(
        cls,
        ball: Float,
        painted: Float,
        far: Float,
        place: tuple[Float, Float, Float],
        iris: tuple[float, float],
        way: float,
        step: NDArray[np.float64],
        lines: Float,
    ) -> Glance:
        """With catch-lights told from the iris.

        Args:
            ball: (h, w, 3), with them.
            painted: (h, w, 3), without, and without detail.
            far: (h, w), from the iris's middle, of its radius.
            place: along, below the upper lid's line and above the lower one's.
            iris: its middle and its radius along.
            way: how far it goes.
            step: pixels for 1 of that, and for 1 down.
            lines: of the lids.
        """
        radius = iris[1] * float(np.hypot(*step[:, 0]))
        plain = painted[far < 1].mean(-1)
        brighter = ball.min(-1) - (np.quantile(plain, _BRIGHTEST) if len(plain) else 1)
        lit = ramp(brighter, *_LIT) * (1 - ramp(far, *_INSIDE))
        size = 2 * max(1, round(_AROUND * radius)) + 1
        lit = cv2.dilate(lit, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
        lit = cv2.GaussianBlur(lit, (0, 0), size / 4)
        lit *= ramp(np.minimum(place[1], place[2]), *_BETWEEN)  # and none is taken from skin
        lights = np.asarray(np.maximum(ball - painted, 0) * lit[..., None], np.float32)
        apart = (1 - _LIGHT) * float(np.interp(radius, _TOLD, (0, 1)))
        return cls(ball - lights, lights, place, iris, way, step, lines, apart)

    def seen(self, share: Float, here: tuple[slice, slice]) -> tuple[Float, Float]:
        """How a part of it looks where it goes a share (h, w) of its way, and how far that is new.

        Args:
            share: (h, w), of its way.
            here: rows and columns.

        Returns:
            float32 (h, w, 3), and (h, w), 0 where it stays.
        """
        along, below, above = (one[here] for one in self.place)
        way = share * np.float32(self.way)
        middle, radius = self.iris
        rigid, low, high = _RIGID * radius, np.float32(_AT_CORNERS), np.float32(1 - _AT_CORNERS)
        first, last = middle + way - rigid, middle + way + rigid
        rising = (along - low) / np.maximum(first - low, 1e-3)
        falling = (high - along) / np.maximum(high - last, 1e-3)
        goes = np.clip(np.minimum(rising, falling), 0, 1) * way
        goes *= _away(-below) * _away(-above)
        share = ramp(below / np.maximum(below + above, 1e-3), 0, 1)
        rows, columns = np.mgrid[here].astype(np.float32)
        lines = [self._line(along, n) for n in (0, 1)]

        def moved(picture: Float, part: float) -> Float:
            across = np.float32(-part) * goes
            rise, fall = (self._line(along + across, n) - lines[n] for n in (0, 1))
            down = rise + share * (fall - rise)
            x, y = (
                np.asarray(at + np.float32(one) * across + np.float32(other) * down, np.float32)
                for at, (one, other) in zip((columns, rows), self.step, strict=True)
            )
            return remapped(picture, x, y)

        picture = moved(self.ball, 1) + moved(self.lights, 1 - self.apart)
        return picture, ramp(np.abs(goes), 0, _BARELY)

    def _line(self, along: Float, number: int) -> Float:
        table = self.lines[number][None]
        place = np.asarray(along * np.float32(table.shape[1] - 1), np.float32)
        return remapped(table, place, np.zeros_like(place), cv2.INTER_LINEAR)


def _away(far: Float) -> Float:  # 1 at a lid's line and within it, smoothly 0 beyond its reach
    return np.asarray((1 + np.cos(np.pi * np.clip(far / BESIDE, 0, 1))) / 2, np.float32)
