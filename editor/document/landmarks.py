"""Landmarks placed and moved by hand, and mirrored: 68 points in iBUG order, photo pixels."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from resources.face_mesh import ibug_landmarks, mean_mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Landmarks = NDArray[np.float64]
    Point = tuple[float, float]

PARTS: dict[str, slice] = {
    "jaw": slice(0, 17),
    "right brow": slice(17, 22),
    "left brow": slice(22, 27),
    "nose": slice(27, 36),
    "right eye": slice(36, 42),
    "left eye": slice(42, 48),
    "mouth": slice(48, 68),
}
"""The landmarks of each part; right and left are the person's own."""

_PAIRS: tuple[tuple[int, int], ...] = (
    *((k, 16 - k) for k in range(8)),  # jawline, 8 is the chin
    *((17 + k, 26 - k) for k in range(5)),  # brows
    (31, 35), (32, 34),  # nostrils
    (36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46),  # eyes
    (48, 54), (49, 53), (50, 52), (55, 59), (56, 58),  # outer lips
    (60, 64), (61, 63), (65, 67),  # inner lips
)  # fmt: skip
"""iBUG landmarks that a face has left and right; those not named lie on its axis."""

_JAW_REACH = 2.0  # how far along the jaw a pulled point takes its neighbours with it, points


@cache
def _mean_face() -> Landmarks:
    """The mean face from the front, (68, 2), one unit between the eyes."""
    return ibug_landmarks(mean_mesh())


def placed(one_eye: Point, other_eye: Point, mouth: Point) -> Landmarks:
    """The mean face through the middles of the eyes, in either order, and of the mouth.

    Raises:
        ValueError: the three lie on a line, or nearly.
    """
    eyes = np.array([one_eye, other_eye])
    across, down = eyes[1] - eyes[0], np.array(mouth) - eyes.mean(0)
    turn = across[0] * down[1] - across[1] * down[0]
    if abs(turn) < 0.1 * (across @ across + down @ down) or abs(turn) < 1:
        raise ValueError("the eyes and the mouth lie on a line")
    if turn < 0:
        eyes = eyes[::-1]
    face = _mean_face()
    anchors = [face[36:42].mean(0), face[42:48].mean(0), (face[48] + face[54]) / 2]
    camera = np.linalg.solve(np.column_stack([anchors, np.ones(3)]), [*eyes, mouth])
    return np.column_stack([face, np.ones(68)]) @ camera


def part_moved(landmarks: Landmarks, part: str, by: Point) -> Landmarks:
    """All points of a part moved by (x, y)."""
    moved = landmarks.copy()
    moved[PARTS[part]] += by
    return moved


def point_moved(landmarks: Landmarks, index: int, by: Point) -> Landmarks:
    """One point moved; a point of the jaw takes its neighbours along."""
    moved = landmarks.copy()
    if index < 17:
        share = np.exp(-(((np.arange(17) - index) / _JAW_REACH) ** 2))
        moved[:17] += share[:, None] * by
    else:
        moved[index] += by
    return moved


def handle(landmarks: Landmarks, part: str) -> Point:
    """Where a part is taken hold of: its middle; the jaw below the chin."""
    if part == "jaw":
        x, y = landmarks[8] + 0.25 * (landmarks[8] - landmarks[57])
    else:
        x, y = landmarks[PARTS[part]].mean(0)
    return float(x), float(y)


def face_axis(landmarks: Landmarks) -> NDArray[np.float64]:
    """The reflection that maps each side of a face to the other, float64 (2, 3).

    Of all reflections of the plane, the one with the least squared distance between the landmarks
    (68, 2) and their mirrored partners: its line runs through their mean, along the eigenvector
    of Σ pᵢ pⱼᵀ over partners i, j with the largest eigenvalue. It knows of no perspective: on a
    turned head, the far side is taken for as wide as the near one.
    """
    partner = np.arange(68)
    for a, b in _PAIRS:
        partner[a], partner[b] = b, a
    middle = landmarks.mean(0)
    points = landmarks - middle
    _, vectors = np.linalg.eigh(points.T @ points[partner])
    along = vectors[:, -1]
    turn = 2 * np.outer(along, along) - np.eye(2)
    return np.column_stack([turn, middle - turn @ middle])
