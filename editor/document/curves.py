"""The curve that edges fade by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def smoothstep(x: ArrayLike) -> NDArray[np.float32]:
    """3 x² − 2 x³: from 0 at 0 and below to 1 at 1 and above, level at both ends, float32."""
    t = np.clip(np.asarray(x), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
