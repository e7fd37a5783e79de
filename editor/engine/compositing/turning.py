"""How a head turns before what is behind it, which stays.

A crop is aligned by eyes and mouth: in the renders of a turn these stay, and the outline goes the
other way, as if the head turned about its eyes. On the photograph that pushed cheeks, hair, neck
and background aside and left the face lopsided. So only the turn itself is taken of the renders,
and it goes about the middle between the ears: near parts go, all of one depth alike, and the
outline stays about where it was. As a head turns, other parts of it come to its outline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document import attributes
from editor.document.gone_along import still_behind
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]

BEHIND = ("background",)  # of the parser's classes
_AXES = "head_nod", "head_turn"  # about the picture's horizontal axis, about its vertical one
_EARS = 234, 454  # of the mesh: where a face ends before its ears
ALIGNED = slice(36, 68)  # of the landmarks: eyes and mouth


def turns(goals: Sequence[tuple[str, float]]) -> bool:
    """Whether goals, names and values, turn the head."""
    return attributes.moves_head(name for name, value in goals if value)


def as_asked(
    meshes: tuple[Points, Points], goals: Sequence[tuple[str, float]]
) -> tuple[Points, Points]:
    """The meshes of two renders, (n, 3) each, the second turned as a head is, if that was asked.

    Args:
        meshes: before and after, crop pixels, z away from the camera.
        goals: names and values.
    """
    if not turns(goals):
        return meshes
    names = [name for name, value in goals if value]
    alone = all(attributes.moves_head([name]) for name in names)
    axes = [name in names for name in _AXES]
    return meshes[0], turned(*meshes, axes=axes, alone=alone)


def turned(before: Points, after: Points, *, axes: Sequence[bool], alone: bool) -> Points:
    """Where a head's points lie once it is turned as two renders show it, (n, 3).

    By the rotation that lies best (Arun, Huang and Blostein, *Least-Squares Fitting of Two 3-D
    Point Sets*, 1987), but only about the axes that were asked for: a nod of 05 turned it as well.

    Args:
        before: (n, 3), the mesh of the render before, crop pixels, z away from the camera.
        after: (n, 3), of the one after.
        axes: whether it goes about the picture's horizontal axis, and about its vertical one.
        alone: whether the turn is all that was asked for; or what else moves goes on top of it.
    """
    first, last = before - before.mean(0), after - after.mean(0)
    left, _, right = np.linalg.svd(first.T @ last)
    sign = np.sign(np.linalg.det(left @ right))
    rotation = (left * [1, 1, sign]) @ right  # of rows: first @ rotation is nearest to last
    axis, _ = cv2.Rodrigues(rotation.T)
    turn, _ = cv2.Rodrigues(np.array([*(axes * axis[:2, 0]), 0.0]))
    about = before[list(_EARS)].mean(0)
    there = np.asarray((before - about) @ np.asarray(turn, np.float64).T + about, np.float64)
    return there if alone else there + last - first @ rotation


def beyond_render(
    meshes: tuple[Points, Points],
    goals: Sequence[tuple[str, float]],
    far: float,
    behind: Float | None,
) -> Points:
    """How much farther than its renders a head's eyes and mouth go as it turns, (2,), crop pixels.

    In renders they stay where crops are aligned; whatever is done to the face later is found there.

    Args:
        meshes: of the renders before and after.
        goals: names and values.
        far: how many times as far the photo is bent.
        behind: as for ``landmarks_gone``.
    """
    here, there = (ibug_landmarks(mesh)[ALIGNED] for mesh in meshes)
    gone = landmarks_gone(as_asked(meshes, goals), behind)[ALIGNED]
    return np.asarray((far * gone - (there - here)).mean(0), np.float64)


def landmarks_gone(meshes: tuple[Points, Points], behind: Float | None) -> Points:
    """By how much the landmarks of a face go along, (68, 2), crop pixels.

    Args:
        meshes: as ``as_asked`` gives them.
        behind: as for ``still_behind``; None if nobody looked.
    """
    here, there = (ibug_landmarks(mesh) for mesh in meshes)
    ways = there - here
    if behind is None:
        return ways
    columns, rows = np.clip(np.rint(there), 0, len(behind) - 1).astype(int).T
    return ways * still_behind(behind)[rows, columns][:, None]
