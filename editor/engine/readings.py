"""How far an edit has moved attributes: measured at landmarks, or read from feature maps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch

from editor.document import attributes
from editor.document.face_regions import lips_are_closed
from editor.document.landmarks import PARTS
from editor.engine.changes import AttributeChange, stack
from editor.engine.objectives import AttributeReadouts
from editor.engine.tensors import to_picture, to_uint8
from editor.engine.tracking import landmarks_after
from models.measures import MEASURES, SIDED, measure
from models.perceptual import seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.goals import Pull
    from editor.engine.changes import TargetPicture
    from editor.engine.intervention import Gauge
    from models.directions import Directions
    from models.faces.analyser import FaceAnalyser
    from models.measures import Side


_ONE_SIDED = 0.9  # of a region's weight: an eye with its soft edge, and not a crooked mouth
_MOUTH = ("smile", "mouth")  # regions of what moves the lips
_CORNERS = frozenset({48, 54, 60, 64})  # of the lips, outer and inner
_CLOSED = ("mouth_open", "head_nod", "nose_length")  # the first, and what closing would drag along


def side_of(mask: NDArray[np.float32], points: NDArray[np.float64]) -> Side | None:
    """On which side of a face a region lies; None: on both.

    Args:
        mask: (r, r) in [0, 1], of the region.
        points: (68, 2), the face's landmarks in the same pixels.
    """
    across = points[42:48].mean(0) - points[36:42].mean(0)
    middle = (points[42:48].mean(0) + points[36:42].mean(0)) / 2
    rows, columns = np.indices(mask.shape)
    away = (np.stack([columns, rows], -1) - middle) @ across
    left, right = float(mask[away < 0].sum()), float(mask[away > 0].sum())
    if left + right <= 0 or max(left, right) < _ONE_SIDED * (left + right):
        return None
    return "left" if left > right else "right"


def landmarks_along(
    faces: FaceAnalyser, pictures: Sequence[NDArray[np.uint8]], *, moves: bool
) -> list[NDArray[np.float64]]:
    """Landmarks (68, 2) of one face's crops before and after edits, the first before."""
    before, *later = pictures
    first = faces.aligned_landmarks(before)
    return [first, *(landmarks_after(faces, before, first, now, moves=moves) for now in later)]


def attribute_distances(
    pictures: Sequence[NDArray[np.uint8]],
    points: Sequence[NDArray[np.float64]],
    units: Sequence[tuple[str, float]],
    side: Side | None = None,
) -> list[tuple[float, ...]]:
    """How far attributes lie from the first picture in each of the others, in their units.

    NaN for those without a measure of their own. With ``side``, of that half of the face.
    """
    names = [name for name, _ in units if name in MEASURES]
    first, *later = (measure(p, at, names, side) for p, at in zip(pictures, points, strict=True))
    return [
        tuple(
            (last[name] - first[name]) / unit if name in first else math.nan for name, unit in units
        )
        for last in later
    ]


def attribute_gauge(
    faces: FaceAnalyser, units: Sequence[tuple[str, float]], side: Side | None = None
) -> Gauge | None:
    """What measures how far attributes have moved in renders, on the CPU: 25 ms for each face.

    Args:
        faces: finds the landmarks.
        units: of each attribute its name and its measure's standard deviation.
        side: where the region lies, if on one side alone: one eye that opens is not half of two.

    Returns:
        None if none of the attributes has a measure of its own.
    """
    if not any(name in MEASURES for name, _ in units):
        return None
    moves = attributes.moves(name for name, _ in units)

    def read(before: Tensor, now: Tensor) -> Tensor:
        moved: list[tuple[float, ...]] = []
        for pair in zip(torch.split(before, 1), torch.split(now, 1), strict=True):
            pixels = [to_uint8(to_picture(seen(picture))) for picture in pair]
            points = landmarks_along(faces, pixels, moves=moves)
            moved += attribute_distances(pixels, points, units, side)
        return now.new_tensor(moved)

    return read


def held(landmarks: NDArray[np.float64], asked: Sequence[str]) -> tuple[str, ...]:
    """What must stay on this face, although the goals drag it along.

    Lips that are closed stay closed unless they are asked to open. Half open a generator draws
    them as a mean of lips and teeth: a grey slit.

    Args:
        landmarks: (68, 2), of the face before the edit.
        asked: the attributes of its goals.
    """
    around = {row.name for row in attributes.table() if row.moves and row.region in _MOUTH}
    if "mouth_open" in asked or around.isdisjoint(asked) or not lips_are_closed(landmarks):
        return ()
    return tuple(name for name in _CLOSED if name not in asked)


def held_by_pull(landmarks: NDArray[np.float64], pull: Pull) -> tuple[str, ...]:
    """The same of points that are pulled: lips of which only the corners are stay closed."""
    pulled = {number for number, x, y in pull.points if x or y}
    parts = pulled.intersection(range(*PARTS["mouth"].indices(68)))
    closed = bool(parts) and parts <= _CORNERS and lips_are_closed(landmarks)
    return _CLOSED if closed else ()


def attribute_readouts(
    directions: Directions,
    asked: Sequence[str],
    wanted: AttributeChange | TargetPicture,
    *,
    moves: bool,
    held: Sequence[str] = (),
    side: Side | None = None,
) -> AttributeReadouts | None:
    """Readouts of the attributes that are asked for, and of the constraints: colours, or shapes.

    Args:
        directions: of the generator.
        asked: the attributes of ``wanted``, in its order.
        wanted: the direct edit.
        moves: whether it moves things.
        held: what must stay on this face, beside what stays usually.
        side: where the region lies, if on one side alone. A readout sees the whole face, of which
            half has moved when all is done: what it says of that side's goals counts twice.

    Returns:
        None if the generator has no readout of all of them, or nothing is asked for.
    """
    readout, known = directions.readout, directions.attributes
    if readout is None or not isinstance(wanted, AttributeChange):
        return None
    if not set(asked) <= set(readout.names):
        return None
    constrained = [
        name
        for name in (*attributes.constraints(moves=moves), *held)
        if name in known and name in readout.names and name not in asked
    ]
    steps = stack([known[name] for name in constrained]) if moves else None

    def reached(_: Sequence[Tensor]) -> Tensor:
        return wanted.amounts  # as far as it knows

    seen_goals = readout.of(asked) if asked else reached
    counts = wanted.amounts.new_tensor([2.0 if side and name in SIDED else 1.0 for name in asked])

    def one_sided(maps: Sequence[Tensor]) -> Tensor:
        return seen_goals(maps) * counts

    goals = one_sided if side and asked else seen_goals
    return AttributeReadouts(goals, readout.of(constrained), wanted.amounts, steps)
