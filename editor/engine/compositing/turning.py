"""How a head turns before what is behind it, which stays.

A crop is aligned by eyes and mouth: in the renders of a turn these stay, and the outline goes the
other way, as if the head turned about its eyes. On the photograph that pushed cheeks, hair, neck
and background aside and left the face lopsided. So only the turn itself is taken of the renders,
and it goes about the middle between the ears: near parts go, all of one depth alike, and the
outline stays about where it was. As a head turns, other parts of it come to its outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document import attributes
from editor.document.colour import srgb_decoded
from editor.document.curves import smoothstep
from editor.document.gone_along import still_behind
from editor.engine.compositing.light import luma
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]

BEHIND = ("background",)  # of the parser's classes
_LIT = 0.022  # of a side: light that is finer is the skin's own tone, and goes along
_ROUND = 0.8  # of half a face's width: so far from its outline light begins to go along
_BORDER = 0.012  # of a side: as far beside brows and hair what is labelled skin has some in it
_BARE = 0.2  # of skin nearby: of less nothing is told
_BROWS, _FOREHEAD = 0.2, 1.2  # of the way from eyes to brows: from where, to where light goes along
_CHIN = 0.7  # of the way from mouth to chin: from the mouth on, and there all of it does
_MOST = 0.7  # natural logarithm of light
_GLIMMER = np.float32(0.02)  # of white: in deep shade nothing is told
_AXES = "head_nod", "head_turn"  # about the picture's horizontal axis, about its vertical one
_EARS = 234, 454  # of the mesh: where a face ends before its ears
ALIGNED = slice(36, 68)  # of the landmarks: eyes and mouth


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What a head turns before, and with.

    Attributes:
        behind: (r, r), the share of each pixel that shows what lies behind the head, and stays.
        frames: (r, r), likewise of spectacles, which go stiffly; None if nobody looked.
    """

    behind: Float
    frames: Float | None = None

    def tobytes(self) -> bytes:
        """Of all of it."""
        frames = b"" if self.frames is None else self.frames.tobytes()
        return self.behind.tobytes() + frames


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
    names = [name for name, value in goals if value and not attributes.is_skin_work(name)]
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
    around: Surroundings | None,
) -> Points:
    """How much farther than its renders a head's eyes and mouth go as it turns, (2,), crop pixels.

    In renders they stay where crops are aligned; whatever is done to the face later is found there.

    Args:
        meshes: of the renders before and after.
        goals: names and values.
        far: how many times as far the photo is bent.
        around: as for ``landmarks_gone``.
    """
    here, there = (ibug_landmarks(mesh)[ALIGNED] for mesh in meshes)
    gone = landmarks_gone(as_asked(meshes, goals), around)[ALIGNED]
    return np.asarray((far * gone - (there - here)).mean(0), np.float64)


def landmarks_gone(meshes: tuple[Points, Points], around: Surroundings | None) -> Points:
    """By how much the landmarks of a face go along, (68, 2), crop pixels.

    Args:
        meshes: as ``as_asked`` gives them.
        around: the head; None if nobody looked.
    """
    here, there = (ibug_landmarks(mesh) for mesh in meshes)
    ways = there - here
    if around is None:
        return ways
    columns, rows = np.clip(np.rint(there), 0, len(around.behind) - 1).astype(int).T
    return ways * still_behind(around.behind)[rows, columns][:, None]


def light_left(seen: Float, flow: Float, skin: Float, mesh: Points) -> Float:
    """By how much light on a turned head differs from what its surface takes along, (r, r).

    Near its outline a head is round: what comes there faces as faced what was there before, and is
    lit alike. Taken along, the shade of a cheek's edge was stretched to a grey patch on the cheek.
    A forehead's shade is its hair's, which turns with it: left behind, it lay there as a brown
    patch with an edge; and at a chin lay its neck's. Only light is told: left in each colour, a
    gloss made yellow and lilac ones.

    Args:
        seen: the photo before the turn, sRGB (r, r, 3) in [0, 1].
        flow: (r, r, 2), from each pixel to where its surface was.
        skin: (r, r), the share of each pixel that showed bare skin.
        mesh: (478, 2), points of the turned face, crop pixels.

    Returns:
        the natural logarithm of a factor; 0 where no skin comes from or lies about.
    """
    side = len(seen)
    rim = np.ones(2 * [2 * round(_BORDER * side) + 1], np.uint8)
    sure = np.asarray(cv2.erode(skin, rim), np.float32)
    near, lit = (
        np.asarray(cv2.GaussianBlur(p, (0, 0), _LIT * side), np.float32)
        for p in (sure, luma(srgb_decoded(seen)) * sure)
    )
    light = np.log(lit / np.maximum(near, 1e-3) + _GLIMMER)
    told = np.asarray(np.clip(near / _BARE - 1, 0, 1), np.float32)
    here = np.arange(side, dtype=np.float32)
    at = here + flow[..., 0], here[:, None] + flow[..., 1]
    before, known, bare = (cv2.remap(p, *at, cv2.INTER_LINEAR) for p in (light, told, skin))
    hull = cv2.convexHull(np.asarray(mesh, np.float32))
    inside = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(inside, np.rint(hull).astype(np.int32), 1)
    wide = float(np.ptp(hull[:, 0, 0])) / 2
    deep = smoothstep(cv2.distanceTransform(inside, cv2.DIST_L2, 5) / (_ROUND * wide))
    share = (1 - deep) * told * known * bare * _beside_nose(mesh, side)
    return np.asarray(np.clip(light - before, -_MOST, _MOST) * share, np.float32)


def _beside_nose(mesh: Points, side: int) -> Float:
    """1 from the eyes of a mesh (478, 2) to its mouth, 0 above brows and at the chin, (r, r)."""
    points = ibug_landmarks(mesh)
    eyes, brows = points[36:48].mean(0), points[17:27].mean(0)
    mouth, chin = points[48:68].mean(0), points[8]
    here = np.arange(side, dtype=np.float32)

    def along(start: Points, end: Points) -> Float:
        way = (end - start) / max(float(np.square(end - start).sum()), 1e-6)
        return (here - start[0]) * way[0] + (here[:, None] - start[1]) * way[1]

    share = smoothstep((_FOREHEAD - along(eyes, brows)) / (_FOREHEAD - _BROWS))
    return share * smoothstep(1 - along(mouth, chin) / _CHIN)
