"""dlib's 68 landmarks of aligned portraits: what ``mesh_layout`` compares the mesh with.

Nothing else reads them, and the program never does: the model comes with the package
``face-recognition-models`` and was trained on iBUG 300-W, whose terms exclude commercial use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dlib
import numpy as np

from models.faces.detection import model_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Where dlib's detector puts its box in an FFHQ-aligned crop, as fractions of the crop's side
# (left, top, right, bottom): medians over 60 samples of portrait-256.
_ALIGNED_BOX = (0.19, 0.32, 0.79, 0.92)


class DlibLandmarks:
    """dlib's landmark model.

    Raises:
        CheckpointError: it is not installed.
    """

    def __init__(self) -> None:
        self._shape = dlib.shape_predictor(model_file("shape_predictor_68_face_landmarks.dat"))

    def of(self, crop: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(68, 2), crop pixels, of an FFHQ-aligned crop (s, s, 3), s about 512 or more.

        The mean of five answers, from slightly moved boxes: the model's answer jumps with its box.
        """
        left, top, right, bottom = (f * crop.shape[0] for f in _ALIGNED_BOX)
        step = 0.02 * (right - left)
        answers: list[list[tuple[int, int]]] = []
        for dx, dy, grow in ((0, 0, 0), (step, 0, 0), (-step, 0, 0), (0, 0, step), (0, 0, -step)):
            rectangle = dlib.rectangle(
                round(left + dx - grow),
                round(top + dy - grow),
                round(right + dx + grow),
                round(bottom + dy + grow),
            )
            answers.append([(p.x, p.y) for p in self._shape(crop, rectangle).parts()])
        return np.array(answers, np.float64).mean(0)
