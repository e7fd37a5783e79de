"""How large meshes of faces are, and how they compare with the mean one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from resources.face_mesh import mean_mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RIGHT_EYE, LEFT_EYE = (33, 133), (362, 263)
"""The corners of the person's right eye, outer and inner, and of the left, inner and outer."""

RIGHT_IRIS, LEFT_IRIS = 468, 473
"""The centres of the irises."""


def eye_distance(points: Array) -> float:
    """Between the middles of the eyes' corners, of (478, 2 or 3), in the picture's plane."""
    right, left = (points[corners, :2].mean(0) for corners in (RIGHT_EYE, LEFT_EYE))
    return math.dist(right, left)


def reprojection_error(points: Array) -> float:
    """How far points (478, 2 or 3) lie from the mean mesh seen by the best affine camera.

    Root mean square over the points, in eye distances; expression and build count too.
    """
    seen = np.column_stack([mean_mesh(), np.ones(len(points))])
    camera = np.linalg.lstsq(seen, points[:, :2], rcond=None)[0]
    off = np.linalg.norm(seen @ camera - points[:, :2], axis=1)
    return float(np.sqrt((off**2).mean())) / max(eye_distance(points), 1e-9)
