"""Pictures that stand for a generator's renders."""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 128


def blurred_noise(seed: int = 1) -> np.ndarray:
    """Float32 (SIDE, SIDE, 3) in [0.2, 0.8], as soft as a render."""
    noise = np.random.default_rng(seed).random((SIDE, SIDE, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    return 0.2 + 0.6 * (smooth - smooth.min()) / (smooth.max() - smooth.min())


def redder(render: np.ndarray) -> np.ndarray:
    """The same with another colour."""
    return np.clip(render + np.array([0.15, -0.05, 0], np.float32), 0, 1)
