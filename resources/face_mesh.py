"""The 478 points of FaceMesh V2: the mean face, its mirror image, and iBUG's 68 among them.

``face-mesh.csv`` holds a row for each point: x to the picture's right, y down, z away from the
camera (the eyes' middles are one unit apart, their midpoint is the origin), and the number of the
point that it becomes in the mirror. ``models.training.mesh_shape`` made it.

``face-mesh-68.csv`` says of which points of the mesh each of the 68 is made, with what shares: a
line is ``landmark, point, share``. Each is one point, or lies between two of the same contour.
``models.training.mesh_layout`` chose them; what they differ by from dlib's is told there.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

import resources

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


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


@cache
def ibug_shares() -> Array:
    """(68, 478), how much of each point of the mesh each landmark is; read-only."""
    shares = np.zeros((68, len(_table())))
    table = np.loadtxt(resources.path("face-mesh-68.csv"), delimiter=",")
    shares[table[:, 0].astype(int), table[:, 1].astype(int)] = table[:, 2]
    shares.setflags(write=False)
    return shares


def ibug_landmarks(mesh: Array) -> Array:
    """(68, 2), iBUG order, of a mesh (478, 2 or 3), in the same pixels."""
    return ibug_shares() @ mesh[:, :2]
