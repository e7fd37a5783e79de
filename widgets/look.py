"""How the region is shown over the photo."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from widgets.translation import marked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.paint import Colour

_OPACITY = 0.5  # of a tint
_BESIDE = 0x90000000  # beside an outline: shows on light photos


class LookKind(Enum):
    """In which way."""

    TINT = marked("Tint")
    OUTLINE = marked("Outline")
    GREY = marked("Black and white")


@dataclass(frozen=True, slots=True)
class RegionLook:
    """How the region is shown.

    Attributes:
        kind: a translucent colour, a line where half of an edit is taken, or the mask itself:
            white changes, black does not.
        colour: sRGB, of tint and outline; photographers expect red.
    """

    kind: LookKind = LookKind.TINT
    colour: Colour = (235, 45, 55)

    @property
    def colours(self) -> NDArray[np.uint32]:
        """0xAARRGGBB, premultiplied: of each alpha, or of nothing, beside the line, the line."""
        red, green, blue = self.colour
        if self.kind is LookKind.OUTLINE:
            return np.array([0, _BESIDE, 0xFF << 24 | red << 16 | green << 8 | blue], np.uint32)
        if self.kind is LookKind.GREY:
            return np.uint32(0xFF000000) | np.arange(256, dtype=np.uint32) * np.uint32(0x010101)
        strength = np.arange(256) * _OPACITY / 255
        opacity, *parts = (
            np.rint(strength * part).astype(np.uint32) for part in (255, red, green, blue)
        )
        return np.asarray(opacity << 24 | parts[0] << 16 | parts[1] << 8 | parts[2], np.uint32)
