"""Light, warmth and redness of skin, as a retoucher changes them: in the photo's own colours.

Each pixel changes by its own colour alone, so nothing gets patches, and pores, moles and the shade
of a nostril stay what they are. Light is a factor. Hue goes by what a pixel has of red and yellow
itself: skin that loses some loses the more the more it has, and ends at white at most, never at
green or lilac.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from editor.engine.compositing.light import DARK, luma
from editor.engine.compositing.surface import ramp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Float = NDArray[np.float32]

LIGHT, WARMTH, REDNESS = "skin_light", "skin_tint", "skin_red"
NAMES = LIGHT, WARMTH, REDNESS

# At a slider's end.
_STOPS = 0.6  # of exposure
# Of what a pixel has of its own, as natural logarithms of red and blue over green:
_YELLOWER, _BLUER = 0.12, 0.36  # more, or less, of its yellow
_GOLDEN, _COOL = 0.11, 0.04  # and so much more, or less, of it that skin without yellow gets, too
_TANNED = 0.05  # and so much red: yellow alone is sallow
_LESS_RED = 0.25
_PALER = 0.2  # less yellow, along with less red, or it would be olive
_REDDER = 0.09  # more of it, the same of all: spots are red already
_PINKER = 0.04  # and so much more blue
_DEEPER = 0.15  # more of both, along with less light
_WHITE = 0.78, 1.0  # of the brightest channel: from there on less light is added
_SHINE = 0.5  # or taken: so much less, at white
_GAMMA = np.float32(2.4)


@dataclass(frozen=True, slots=True)
class Complexion:
    """How much of each, −1…1.

    Attributes:
        light: exposure.
        warmth: from blue to yellow.
        redness: from pale to red.
    """

    light: float
    warmth: float
    redness: float

    @classmethod
    def of(cls, amounts: Mapping[str, float], *, coloured: bool = True) -> Complexion | None:
        """Of sliders' values, −100…100; None where nothing is asked for.

        A photo that is not ``coloured`` gets no hue.
        """
        values = [float(np.clip(amounts.get(name, 0.0) / 100, -1, 1)) for name in NAMES]
        found = cls(values[0], *(values[1:] if coloured else (0.0, 0.0)))
        return found if found.light or found.warmth or found.redness else None

    def added(self, picture: Float) -> Float:
        """What is added to skin: sRGB in [0, 1], (h, w, 3) → (h, w, 3)."""
        own = picture + DARK
        red, green, blue = (np.ascontiguousarray(own[..., n]) for n in range(3))
        redness = _GAMMA * np.log(red / green)
        yellow = -_GAMMA * np.log(blue / green)
        redder, yellower = np.zeros_like(red), np.zeros_like(red)
        if self.warmth > 0:
            yellower += np.float32(self.warmth) * (_YELLOWER * np.maximum(0, yellow) + _GOLDEN)
            redder += np.float32(self.warmth * _TANNED)
        else:
            yellower += np.float32(self.warmth) * (_BLUER * np.maximum(0, yellow) + _COOL)
        if self.redness > 0:
            redder += np.float32(self.redness * _REDDER)
            yellower -= np.float32(self.redness * _PINKER)
        else:
            redder += np.float32(self.redness * _LESS_RED) * np.maximum(0, redness)
            yellower += np.float32(self.redness * _PALER) * np.maximum(0, yellow)
        if self.light < 0:  # darker skin is no greyer
            redder -= np.float32(self.light * _DEEPER) * np.maximum(0, redness)
            yellower -= np.float32(self.light * _DEEPER) * np.maximum(0, yellow)
        changed = np.stack(
            [red * np.exp(redder / _GAMMA), green, blue * np.exp(-yellower / _GAMMA)], -1
        )
        # another hue, as light as before: that is what light is for
        changed *= (luma(own) / luma(changed))[..., None]
        changed *= np.exp2(np.float32(self.light * _STOPS) / _GAMMA)
        added = changed - own
        if self.light:  # skin that burns out, and shine that gets grey
            brightest = np.asarray(picture.max(-1), np.float32)
            most = np.float32(1.0 if self.light > 0 else _SHINE)
            added *= (1 - most * ramp(brightest, *_WHITE))[..., None]
        return np.asarray(added, np.float32)
