"""The 68 points of iBUG's layout, in which alignment, measures and projects speak."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MIRRORED = (
    *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1),
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
)  # fmt: skip
"""Which landmark each of the 68 becomes in the mirror image."""


def eye_distance(landmarks: NDArray[np.float64]) -> float:
    """Between the middles of the eyes of (68, 2) landmarks."""
    return math.dist(landmarks[36:42].mean(0), landmarks[42:48].mean(0))
