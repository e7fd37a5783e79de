"""An iris looks elsewhere: it moves with its white, beneath lids, their shade and their lashes.

Nothing of it is drawn. An eyeball that is completed under its lids is taken along as far as its
iris goes, and less towards the corners, which stay: what the iris leaves behind is the white that
lay beside it, drawn out. The lids' shade stays where it is, and a catch-light goes half of the way,
as it does on a cornea: its centre lies half as far before the eyeball's as the pupil (Le Grand and
El Hage, *Physiological Optics*, 1980: 5.6 and 9.8 mm).
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
_BARELY = 0.004  # of an eye's width: what goes less is hardly elsewhere
_LIGHT = np.float32(0.57)  # of the way catch-lights go
_LIT = 0.08, 0.16  # of white: so much brighter than all of its iris is where light lies on it
_BRIGHTEST = 0.9  # quantile of an iris without lights
_AROUND = 0.05  # iris radii: so far around it light shines
_INSIDE = 0.95, 1.1  # iris radii: beyond is white, which is bright itself


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """An eyeball that looks elsewhere, in a part of a box of the photo.

    Attributes:
        ball: float32 (h, w, 3), sRGB in [0, 1]: all of it, in even shade and without catch-lights.
        lights: float32 (h, w, 3), what these add.
        along: float32 (h, w), from the left corner to the right one, 0…1.
        iris: its middle and its radius there.
        way: how far it goes there, to the right.
        step: x and y, pixels of the part for 1 of that.
    """

    ball: Float
    lights: Float
    along: Float
    iris: tuple[float, float]
    way: float
    step: tuple[float, float]

    @classmethod
    def of(
        cls,
        ball: Float,
        painted: Float,
        far: Float,
        along: Float,
        iris: tuple[float, float],
        way: float,
        step: tuple[float, float],
    ) -> Glance:
        """With catch-lights told from the iris.

        Args:
            ball: (h, w, 3), with them.
            painted: (h, w, 3), without, and without detail.
            far: (h, w), from the iris's middle, of its radius.
            along: from the left corner to the right one.
            iris: its middle and its radius there.
            way: how far it goes there.
            step: pixels for 1 of that.
        """
        radius = iris[1] * float(np.hypot(*step))
        plain = painted[far < 1].mean(-1)
        brighter = ball.min(-1) - (np.quantile(plain, _BRIGHTEST) if len(plain) else 1)
        lit = ramp(brighter, *_LIT) * (1 - ramp(far, *_INSIDE))
        size = 2 * max(1, round(_AROUND * radius)) + 1
        lit = cv2.dilate(lit, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
        lit = cv2.GaussianBlur(lit, (0, 0), size / 4)
        lights = np.asarray(np.maximum(ball - painted, 0) * lit[..., None], np.float32)
        return cls(ball - lights, lights, along, iris, way, step)

    def seen(self, share: Float, here: tuple[slice, slice]) -> tuple[Float, Float]:
        """How a part of it looks where it goes a share (h, w) of its way, and how far that is new.

        Returns:
            float32 (h, w, 3) in even shade, and (h, w), 0 where it stays.
        """
        along, way = self.along[here], share * np.float32(self.way)
        middle, radius = self.iris
        rigid, low, high = _RIGID * radius, np.float32(_AT_CORNERS), np.float32(1 - _AT_CORNERS)
        first, last = middle + way - rigid, middle + way + rigid
        rising = (along - low) / np.maximum(first - low, 1e-3)
        falling = (high - along) / np.maximum(high - last, 1e-3)
        goes = np.clip(np.minimum(rising, falling), 0, 1) * way
        rows, columns = np.mgrid[here].astype(np.float32)

        def moved(picture: Float, part: np.float32) -> Float:
            x, y = (
                np.asarray(at - part * goes * np.float32(one), np.float32)
                for at, one in zip((columns, rows), self.step, strict=True)
            )
            return remapped(picture, x, y)

        picture = moved(self.ball, np.float32(1)) + moved(self.lights, _LIGHT)
        return picture, ramp(np.abs(goes), 0, _BARELY)
