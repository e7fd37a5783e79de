"""The 68 points of iBUG's layout, taken from the mesh.

``resources/face-mesh-68.csv`` says of which points of the mesh each is made, with what shares: a
line is ``landmark, point, share``. Each is one point, or lies between two of the same contour.
``models.training.mesh_layout`` chose them; what they differ by from dlib's is told there.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

import resources
from models.faces.mesh_network import POINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@cache
def _shares() -> Array:
    """(68, 478), read-only; each row sums to 1."""
    shares = np.zeros((68, POINTS))
    table = np.loadtxt(resources.path("face-mesh-68.csv"), delimiter=",")
    shares[table[:, 0].astype(int), table[:, 1].astype(int)] = table[:, 2]
    shares.setflags(write=False)
    return shares


def ibug_landmarks(points: Array) -> Array:
    """(68, 2), iBUG order, of a mesh (478, 2 or 3), in the same pixels."""
    return _shares() @ points[:, :2]
