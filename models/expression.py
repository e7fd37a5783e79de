"""What a face expresses: how far its measures lie from those of a face at rest.

Faces at rest differ by how they are made: the width of a mouth, the height of brows. So a face of
another person is not copied measure by measure. What lies within the spread of faces at rest is
taken for this one's own rest; only what goes beyond it is its expression. Two pictures of one
person have the same rest, and are compared as they are.

How often that is right was measured on 22 people who are neutral and smiling
(``tests.benchmarks.expressions``; docs/measurements.md): error of the change that a smile makes, in
standard deviations of the generator's samples, taken from somebody else's smile. Blendshapes tell
smiles apart from wide mouths (0.55; geometry beyond its spread 0.80), and nothing else better than
geometry does (opened lips 0.06 and 0.56; lids 0.55 and 0.61).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.faces.blendshapes import NAMES
from models.measures import measure
from resources.face_mesh import ibug_landmarks, mean_mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.faces.blendshapes import BlendshapeNetwork

_SMILES = tuple(NAMES.index(f"mouthSmile{side}") for side in ("Left", "Right"))


@dataclass(frozen=True, slots=True)
class Rest:
    """An expression's reading on faces at rest.

    Attributes:
        low, high: within them nothing is expressed, in the reading's unit.
        unit: of the attribute's own measure for 1 of the reading.
    """

    low: float
    high: float
    unit: float = 1.0

    def beyond(self, reading: float) -> float:
        """How far it lies outside, in units of the attribute's measure."""
        return (reading - min(max(reading, self.low), self.high)) * self.unit


COMPARED = (
    "smile", "mouth_open", "eyes_open", "gaze", "brow_height", "brow_frown", "brow_tilt",
)  # fmt: skip
"""The attributes that two pictures of one person are compared in."""

RESTS: dict[str, Rest] = {
    "smile": Rest(-0.073, 0.171, unit=0.303),
    "mouth_open": Rest(0.0064, 0.0152),
    "eyes_open": Rest(0.111, 0.151),
}
"""What two people can be compared in, and a face with those at rest: the mean of the 22 neutral
pictures of the Face Research Lab London Set and 1.5 standard deviations on both sides
(``python -m tests.benchmarks.expressions PAIRS``). The smile's reading is the mean of the two
blendshapes ``mouthSmile…``; 0.303 eye distances of the measure go with 1 of it (r 0.85 over the 22
smiles). The others are read as they are measured.

Brows and gaze are not among them: beyond any spread they were tried with, somebody's own high brows
were taken for raised ones, and lowered to a frown (photo06), and two people who both look into the
camera were asked to look aside (photo02, photo12)."""

SAME_REST = 0.45
"""dlib's distance below which two faces are one person's, with one rest. Closer than the usual 0.6:
of 1,689 pairs of two people (the 22, and 15 photographs) 19 lie below that, none below 0.45; the 22
neutral and smiling lie at 0.30 at most."""
TURNED = 0.5
"""Eye distances of *head turn*, one standard deviation of the generator's samples: where two heads
are turned otherwise by more, brows and gaze are seen otherwise too, and are not compared."""
_BROWS = ("brow_height", "brow_frown", "brow_tilt")
"""What a nod changes like nothing else: of the 22 pairs, in which nobody moved them, their height,
frown and tilt differ by 21, 16 and 23 (standard deviations, slider units), with the nod by r 0.87,
−0.91 and 0.97; in meshes that face the camera by 12, 7 and 6."""
_FORESHORTENED = ("gaze", *_BROWS)
_ABOVE_THE_MOUTH = 0.45  # of the mean mesh, eye distances below the eyes: above it little moves


@dataclass(frozen=True, slots=True)
class Expression:
    """One face's readings.

    Attributes:
        measures: by attribute, of geometry.
        readings: the same, or what tells an expression better.
        turn: of the head, measured.
        facing: measures of brows, of the mesh as it would face the camera; none if they are as in
            ``measures``.
    """

    measures: dict[str, float]
    readings: dict[str, float]
    turn: float = 0.0
    facing: dict[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def of(
        cls,
        picture: NDArray[np.uint8],
        landmarks: NDArray[np.float64],
        mesh: NDArray[np.float64],
        network: BlendshapeNetwork,
    ) -> Expression:
        """What an aligned crop shows.

        Args:
            picture: sRGB (s, s, 3).
            landmarks: (68, 2), crop pixels.
            mesh: (478, 3), crop pixels.
            network: of blendshapes, on the CPU.
        """
        measures = measure(picture, landmarks, (*COMPARED, "head_turn"))
        with torch.no_grad():
            shapes = network(torch.from_numpy(mesh[None]).float())[0].tolist()
        smile = sum(shapes[k] for k in _SMILES) / len(_SMILES)
        turn = measures.pop("head_turn")
        facing = measure(picture, ibug_landmarks(faced(mesh)), _BROWS)
        return cls(measures, measures | {"smile": smile}, turn, facing)

    def to_neutral(self) -> dict[str, float]:
        """By attribute, the change of its measure that takes the expression away."""
        return {name: -rest.beyond(self.readings[name]) for name, rest in RESTS.items()}

    def to(self, other: Expression, *, same_person: bool) -> dict[str, float]:
        """By attribute, the change of its measure that brings the other's expression here.

        What one of the two does not show is left out.
        """
        if not same_person:
            back = self.to_neutral()
            return {
                name: rest.beyond(other.readings[name]) + back[name] for name, rest in RESTS.items()
            }
        hidden = _FORESHORTENED if abs(self.turn - other.turn) > TURNED else ()
        here, there = (one.measures | one.facing for one in (self, other))
        changes = {name: there[name] - here[name] for name in COMPARED if name not in hidden}
        return {name: change for name, change in changes.items() if math.isfinite(change)}


def faced(mesh: NDArray[np.float64]) -> NDArray[np.float64]:
    """A mesh as it would face the camera, (478, 3): nods, turns and tilts are no expression.

    By the similarity that lays it on the mean face above the mouth (Umeyama, *Least-Squares
    Estimation of Transformation Parameters*, 1991), in eye distances.

    Args:
        mesh: (478, 3), crop pixels, z away from the camera.
    """
    goal = mean_mesh()
    above = goal[:, 1] < _ABOVE_THE_MOUTH
    middle, there = mesh[above].mean(0), goal[above].mean(0)
    own = mesh[above] - middle
    left, sizes, right = np.linalg.svd(own.T @ (goal[above] - there))
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    scale = float((sizes * signs).sum() / np.square(own).sum())
    return np.asarray(scale * (mesh - middle) @ ((left * signs) @ right) + there, np.float64)
