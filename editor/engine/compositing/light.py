"""Light, as factors of what sRGB says, and the light of black hair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

DARK = np.float32(0.055)
"""Light is ((sRGB + this) / 1.055) ** 2.4 (IEC 61966-2-1): a factor of it is one of sRGB + this."""

LUMA = np.array((0.299, 0.587, 0.114), np.float32)
"""What red, green and blue have in a pixel's lightness (ITU-R BT.601)."""

BLACK_HAIR = 0.1, 0.45
"""Tones of hair that is black, and of what is brown already."""

BROWN = np.array((1.3, 0.95, 0.62), np.float32) / np.float32(1.017)
"""Light on black hair, of luma 1: in neutral light it is grey under a veil."""


def dotted(one: Float, other: Float) -> Float:
    """Products of vectors (…, 2 or 3), summed, (…): a twelfth of the time of ``sum(-1)``."""
    total = one[..., 0] * other[..., 0]
    for n in range(1, one.shape[-1]):
        total += one[..., n] * other[..., n]
    return total


def luma(picture: Float) -> Float:
    """(…), alike wherever a tile begins: a product of matrices may not be."""
    red, green, blue = (picture[..., n] * LUMA[n] for n in range(3))
    return np.asarray(red + green + blue, np.float32)


def told_apart(one: Float, other: Float) -> Float:
    """How far colours (n, 3), sRGB in [0, 1], are apart to the eye, (n,).

    CIEDE2000 (CIE 142-2001) without its rotation of blues and its waves of hue: hair is brown.
    """
    first, second = (
        np.asarray(cv2.cvtColor(np.clip(c, 0, 1)[None], cv2.COLOR_RGB2LAB)[0], np.float32)
        for c in (one, other)
    )
    chroma, purer = (np.hypot(lab[:, 1], lab[:, 2]) for lab in (first, second))
    middle, mean = ((first + second)[:, 0] / 2 - 50) ** 2, (chroma + purer) / 2
    lighter = (second - first)[:, 0] / (1 + 0.015 * middle / np.sqrt(20 + middle))
    hues = (second - first)[:, 1:]
    hue = np.maximum(dotted(hues, hues) - (purer - chroma) ** 2, 0)
    purer = (purer - chroma) / (1 + 0.045 * mean)
    return np.asarray(np.sqrt(lighter**2 + purer**2 + hue / (1 + 0.015 * mean) ** 2), np.float32)
