"""Contours of a face's mesh of 478 points, and the mesh that goes through 68 landmarks.

The landmarks are what projects hold, what a user drags and what edits carry along; the mesh is what
was seen in the photograph, or the mean face where nobody has looked.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from resources.face_mesh import ibug_landmarks, ibug_shares, mean_mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
OUTER_LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
INNER_LIPS = (
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)  # fmt: skip
RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
RIGHT_IRIS, LEFT_IRIS = (469, 470, 471, 472), (474, 475, 476, 477)
"""Closed contours, as MediaPipe's face_mesh_connections names them; right is the person's own."""

_REACH = 0.3  # eye distances over which a moved landmark takes the mesh along


def mesh_through(landmarks: Points, mesh: Points | None = None) -> Points:
    """The mesh (478, 2) whose 68 are the landmarks (68, 2), as near to a seen one as can be.

    Args:
        landmarks: iBUG order, pixels.
        mesh: (478, 2), as it was seen in the same pixels; None lays the mean face there first.
    """
    if mesh is None:
        ours = ibug_landmarks(mean_mesh())
        camera = np.linalg.lstsq(np.column_stack([ours, np.ones(68)]), landmarks, rcond=None)[0]
        mesh = np.column_stack([mean_mesh()[:, :2], np.ones(len(mean_mesh()))]) @ camera
    return mesh + _spread() @ (landmarks - ibug_landmarks(mesh))


@cache
def _spread() -> Points:
    """(478, 68), how much each point of the mesh goes along with each landmark.

    Radial basis functions exp(−d / reach) between places of the mean face, in three dimensions; a
    mesh that went along has its 68 where the landmarks are.
    """
    mean, shares = mean_mesh(), ibug_shares()
    away = np.linalg.norm(mean[:, None] - (shares @ mean)[None], axis=-1)
    near = np.exp(-away / _REACH)
    return np.asarray(near @ np.linalg.inv(shares @ near), np.float64)
