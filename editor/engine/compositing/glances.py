"""An iris looks elsewhere: it moves between lids that stay, and nothing of it is drawn.

Between the lids' lines all goes along them as far as the iris does, and less towards the corners,
which stay: what the iris leaves behind is the white that lay beside it, drawn out. Lids go along a
little: where these were to stay, a rim of the old iris did too, or one of white before the new, for
no mesh knows their lines to a pixel. A catch-light goes along, for light cannot be told from a
bright iris in small eyes; it would stay behind by two fifths of the way (Le Grand and El Hage,
*Physiological Optics*, 1980: its centre lies 5.6 mm before the eyeball's, the pupil 9.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.curves import smoothstep
from editor.engine.compositing.surface import ramp, remapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

_RIGID = 1.12  # iris radii: so far from its middle all goes as far as the iris
_AT_CORNERS = 0.02  # of an eye's width: so far from its corners nothing goes
BESIDE = 0.25
"""Of an eye's width: so far above and below it lids go along, less and less."""
_FOLLOWS = 0.14  # likewise: so far within it what goes keeps its distance to the line
_BARELY = 0.004  # of an eye's width: what goes less is hardly elsewhere


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """An eyeball that looks elsewhere, in a part of a box of the photo.

    Attributes:
        ball: float32 (h, w, 3), sRGB in [0, 1]: what is seen of it.
        place: float32 (h, w) each, along from the left corner to the right one, 0…1, and how far
            below the upper lid's line and above the lower one's, likewise.
        iris: its middle and its radius along.
        way: how far it goes along, to the right.
        step: (2, 2), x and y, pixels of the part for 1 of the way and for 1 down.
        lines: float32 (2, n), how far down those lie along.
    """

    ball: Float
    place: tuple[Float, Float, Float]
    iris: tuple[float, float]
    way: float
    step: NDArray[np.float64]
    lines: Float

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
        goes = np.asarray(smoothstep(np.minimum(rising, falling)) * way, np.float32)
        goes *= _away(-below, BESIDE) * _away(-above, BESIDE)
        rows, columns = np.mgrid[here].astype(np.float32)
        there = np.asarray(along - goes, np.float32)
        rise, fall = (self._line(there, n) - self._line(along, n) for n in (0, 1))
        down = _away(below, _FOLLOWS) * rise + _away(above, _FOLLOWS) * fall
        x, y = (
            np.asarray(at - np.float32(one) * goes + np.float32(other) * down, np.float32)
            for at, (one, other) in zip((columns, rows), self.step, strict=True)
        )
        return remapped(self.ball, x, y), ramp(np.abs(goes), 0, _BARELY)

    def _line(self, along: Float, number: int) -> Float:
        table = self.lines[number][None]
        place = np.asarray(along * np.float32(table.shape[1] - 1), np.float32)
        return remapped(table, place, np.zeros_like(place), cv2.INTER_LINEAR)


def _away(far: Float, reach: float) -> Float:  # 1 at a lid's line and before it, smoothly 0 there
    return np.asarray((1 + np.cos(np.pi * np.clip(far / reach, 0, 1))) / 2, np.float32)
