"""What a face expresses: how far its measures lie from those of faces at rest.

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
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from models.faces.blendshapes import NAMES
from models.measures import measure

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
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


RESTS: dict[str, Rest] = {
    "smile": Rest(-0.073, 0.171, unit=0.303),
    "mouth_open": Rest(0.0064, 0.0152),
    "eyes_open": Rest(0.111, 0.151),
    "gaze": Rest(0.491, 0.527),
    "brow_height": Rest(0.254, 0.402),
    "brow_frown": Rest(-0.842, -0.648),
    "brow_tilt": Rest(0.040, 0.201),
}
"""By attribute, the mean of the 22 neutral pictures of the Face Research Lab London Set and 1.5
standard deviations on both sides; 2.5 of brows, whose height tells people apart more than moods.
``python -m tests.benchmarks.expressions PAIRS`` prints them, and the errors with other widths. The
smile's reading is the mean of the two blendshapes ``mouthSmile…``; 0.303 eye distances of the
measure go with 1 of it (r 0.85 over the 22 smiles). All others are read as they are measured."""

TURNED = 0.5
"""Eye distances of *head turn*, one standard deviation of the generator's samples: where two heads
are turned otherwise by more, brows and gaze are seen otherwise too, and are not compared."""
_FORESHORTENED = ("gaze", "brow_height", "brow_frown", "brow_tilt")

NEUTRAL = tuple(name for name in RESTS if name != "gaze")
"""What makes a face neutral; where it looks is not among it."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One face's readings.

    Attributes:
        measures: by attribute, of geometry.
        readings: the same, or what tells an expression better.
        turn: of the head, measured.
    """

    measures: dict[str, float]
    readings: dict[str, float]
    turn: float = 0.0

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
        measures = measure(picture, landmarks, (*RESTS, "head_turn"))
        with torch.no_grad():
            shapes = network(torch.from_numpy(mesh[None]).float())[0].tolist()
        smile = sum(shapes[k] for k in _SMILES) / len(_SMILES)
        turn = measures.pop("head_turn")
        return cls(measures, measures | {"smile": smile}, turn)

    def to_neutral(self) -> dict[str, float]:
        """By attribute, the change of its measure that takes the expression away."""
        names = _compared(NEUTRAL, self.turn)  # those at rest look ahead
        return {name: -RESTS[name].beyond(self.readings[name]) for name in names}

    def to(self, other: Expression, *, same_person: bool) -> dict[str, float]:
        """By attribute, the change of its measure that brings the other's expression here.

        What one of the two does not show is left out.
        """
        changes: dict[str, float] = {}
        for name in _compared(RESTS, self.turn - other.turn):
            rest = RESTS[name]
            if same_person:
                change = other.measures[name] - self.measures[name]
            else:
                change = rest.beyond(other.readings[name]) - rest.beyond(self.readings[name])
            if math.isfinite(change):
                changes[name] = change
        return changes


def _compared(names: Iterable[str], turned: float) -> tuple[str, ...]:
    """What can be compared with a head that is turned otherwise by so much."""
    hidden = _FORESHORTENED if abs(turned) > TURNED else ()
    return tuple(name for name in names if name not in hidden)
