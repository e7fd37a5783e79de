"""Light, as factors of what sRGB says, and the light of black hair."""

from __future__ import annotations

import numpy as np

DARK = np.float32(0.055)
"""Light is ((sRGB + this) / 1.055) ** 2.4 (IEC 61966-2-1): a factor of it is one of sRGB + this."""

LUMA = np.array((0.299, 0.587, 0.114), np.float32)
"""What red, green and blue have in a pixel's lightness (ITU-R BT.601)."""

BLACK_HAIR = 0.1, 0.45
"""Tones of hair that is black, and of what is brown already."""

BROWN = np.array((1.3, 0.95, 0.62), np.float32) / np.float32(1.017)
"""Light on black hair, of luma 1: in neutral light it is grey under a veil."""
