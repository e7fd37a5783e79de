"""Who a face is, as 128 numbers: dlib's descriptor network, where it is installed.

The weights come with the package ``face-recognition-models``, which the program does without: it
also holds a landmark model (68 points, trained on iBUG 300-W) whose data exclude commercial use.
That one is never opened here. The descriptor itself is CC0; half of what it was trained on, VGG
Face and FaceScrub, was published for research.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from models.faces.detection import is_installed, model_file
from models.faces.dlib_process import DLIB

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

SAME_PERSON = 0.6
"""Descriptors of one person lie nearer than that (dlib's documentation)."""

_FILE = "dlib_face_recognition_resnet_model_v1.dat"


class Identity:
    """dlib's descriptor network, in a process of its own (``dlib_process``)."""

    @property
    def is_known(self) -> bool:
        """Whether its weights are installed."""
        return is_installed(_FILE)

    def descriptor(self, picture: Picture, landmarks: Array) -> Array:
        """The descriptor of a face, (128,); two of one person lie less than 0.6 apart.

        Args:
            picture: sRGB (H, W, 3).
            landmarks: (68, 2), iBUG order, pixels of ``picture``.

        Raises:
            CheckpointError: the weights are not installed.
            DlibProcessError: dlib could not compute it.
        """
        return DLIB.descriptor(model_file(_FILE), picture, landmarks)


def identity_distance(a: Array, b: Array) -> float:
    """Euclidean distance of two descriptors."""
    return float(math.dist(a, b))
