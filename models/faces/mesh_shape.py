"""The mean mesh of a face, how it mirrors, and how other meshes compare with it.

``resources/face-mesh.csv`` holds a row for each of the 478 points: x to the picture's right, y
down, z away from the camera (the eyes' middles are one unit apart, their midpoint is the origin),
and the number of the point that it becomes in the mirror. ``models.training.mesh_shape`` made it.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

import resources

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RIGHT_EYE, LEFT_EYE = (33, 133), (362, 263)
"""The corners of the person's right eye, outer and inner, and of the left, inner and outer."""

RIGHT_IRIS, LEFT_IRIS = 468, 473
"""The centres of the irises."""


@cache
def _table() -> Array:
    table = np.loadtxt(resources.path("face-mesh.csv"), delimiter=",")
    table.setflags(write=False)
    return table


def mean_mesh() -> Array:
    """(478, 3), read-only."""
    return _table()[:, :3]


@cache
def mirrored() -> NDArray[np.intp]:
    """(478,), which point each becomes in the mirror image, read-only."""
    partner = _table()[:, 3].astype(np.intp)
    partner.setflags(write=False)
    return partner


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
