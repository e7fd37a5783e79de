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

_INNER = slice(17, 68)  # all landmarks but the jaw
_SLACK = 1e-3  # how little the spline keeps to each landmark: noise makes no folds
_NEAR, _FAR = 0.7, 1.2  # of a face's size: from where on, and where, only the reflection counts
_AT_ONCE = 4096  # places that are bent together
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


class Symmetry:
    """Where what lies on one side of a face has its counterpart on the other.

    A thin-plate spline takes brows, eyes, nose and mouth to their partners: on a head that is
    turned, the far side is narrower than the near one. The jaw is left out: its far part hides what
    lies behind it. Away from the face it is the reflection of ``face_axis``. Of the mean head
    turned by 17°, the mesh's points come out 5 % of the distance between the eyes from their
    counterparts on average (by the reflection 14 %), and the eyes within 1 % (7 %).

    Attributes:
        axis: as ``face_axis`` has it.
    """

    def __init__(self, landmarks: Landmarks) -> None:
        self.axis = face_axis(landmarks)
        self._scale = float(np.ptp(landmarks, axis=0).max())
        self._middle = landmarks.mean(0)
        self._knots = self._of_unit(landmarks[_INNER])
        count = len(self._knots)
        system = np.zeros((count + 3, count + 3))
        system[:count, :count] = _plate(self._knots, self._knots) + _SLACK * np.eye(count)
        system[:count, count:] = _with_one(self._knots)
        system[count:, :count] = system[:count, count:].T
        partners = np.vstack([landmarks[_partners()[_INNER]], np.zeros((3, 2))])
        self._weights = np.linalg.solve(system, partners)

    def __call__(self, places: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, 2) → (n, 2), photo pixels."""
        found = np.empty((len(places), 2))
        for start in range(0, len(places), _AT_ONCE):
            part = np.asarray(places[start : start + _AT_ONCE], np.float64)
            unit = self._of_unit(part)
            bent = np.column_stack([_plate(unit, self._knots), _with_one(unit)]) @ self._weights
            flat = part @ self.axis[:, :2].T + self.axis[:, 2]
            away = np.clip((np.hypot(*unit.T)[:, None] - _NEAR) / (_FAR - _NEAR), 0, 1)
            found[start : start + _AT_ONCE] = bent + away * (flat - bent)
        return found

    def _of_unit(self, places: Landmarks) -> Landmarks:
        return (places - self._middle) / self._scale


def face_axis(landmarks: Landmarks) -> NDArray[np.float64]:
    """The reflection that maps each side of a face to the other, float64 (2, 3).

    Of all reflections of the plane, the one with the least squared distance between the landmarks
    (68, 2) and their mirrored partners: its line runs through their mean, along the eigenvector
    of Σ pᵢ pⱼᵀ over partners i, j with the largest eigenvalue. It knows of no perspective, as
    ``Symmetry`` does.
    """
    partner = _partners()
    middle = landmarks.mean(0)
    points = landmarks - middle
    _, vectors = np.linalg.eigh(points.T @ points[partner])
    along = vectors[:, -1]
    turn = 2 * np.outer(along, along) - np.eye(2)
    return np.column_stack([turn, middle - turn @ middle])


@cache
def _partners() -> NDArray[np.intp]:
    partner = np.arange(68)
    for a, b in _PAIRS:
        partner[a], partner[b] = b, a
    return partner


def _with_one(points: Landmarks) -> Landmarks:
    return np.column_stack([points, np.ones(len(points))])


def _plate(places: Landmarks, knots: Landmarks) -> Landmarks:
    """r² log r² between each place and each knot."""
    squared = (places**2).sum(1)[:, None] + (knots**2).sum(1) - 2 * places @ knots.T
    np.maximum(squared, 1e-12, out=squared)
    return squared * np.log(squared)
