"""Colour strokes over the photo: what a region is to look like, not pixels of the result."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.region import BrushStroke

Colour = tuple[int, int, int]
"""sRGB, 0…255."""


@dataclass(frozen=True, slots=True, eq=False)
class PaintLayer:
    """Painted colours over a photo, kept for their bounding box only.

    Attributes:
        width, height: of the photo.
        x, y: where ``pixels`` starts, photo pixels.
        pixels: sRGB with straight alpha, uint8 (h, w, 4), read-only; h = w = 0 when nothing is
            painted.
    """

    width: int
    height: int
    x: int
    y: int
    pixels: NDArray[np.uint8]

    @classmethod
    def empty(cls, width: int, height: int) -> PaintLayer:
        """Nothing painted over a photo of that size."""
        return cls(width, height, 0, 0, np.zeros((0, 0, 4), np.uint8))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is painted."""
        return not self.pixels.size or not self.pixels[..., 3].any()

    @property
    def digest(self) -> str:
        """SHA-256 of place and pixels, in hex."""
        place = f"{self.width} {self.height} {self.x} {self.y} {self.pixels.shape}".encode()
        return hashlib.sha256(place + self.pixels.tobytes()).hexdigest()

    def stamped(self, stroke: BrushStroke, colour: Colour) -> PaintLayer:
        """With a stroke of ``colour`` painted over it; an eraser stroke takes paint away."""
        raise NotImplementedError
