"""What renders drag along with what was asked for, and a photograph leaves where it is.

The generator's direction of a smile drags along what goes with smiles in its samples: wide noses,
opened lips, lids that droop. Bent so, somebody else seems to smile. What 22 people's faces did who
were photographed neutral and smiling is measured in docs/adr/0017. Likewise wider noses were
shorter, and rounder faces had smaller mouths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document import attributes
from editor.document.landmarks import PARTS
from editor.engine.compositing.bending import opened_no_further
from editor.engine.compositing.lids import LIDS
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Goals = Sequence[tuple[str, float]]

_BESIDE_IT = frozenset({"smile", "mouth", "eyes", "brows"})  # regions
_OUTLINE = frozenset({"jaw", "face"})  # likewise
_NOSE, _FEATURES = PARTS["nose"], slice(17, 68)  # of the landmarks: all but the jaw's
_OF_LIPS = frozenset({"lip_fullness", "mouth_width"})
_INNER_LIPS = [60, 61, 62, 63, 64], [60, 67, 66, 65, 64]  # of the landmarks: upper and lower
_HALF = 0.5  # of the outline's way that these go
_BESIDE = 0.03, 0.28  # eye distances from a part: from where to where points go along again
_UPPER = 0.3  # of a smile's closing of the eyes, of 22 people: the lower lid does the rest


def as_photographed(
    meshes: tuple[Points, Points], far: float, goals: Goals, seen: Points
) -> Points:
    """Where the photo's points go, as far as its own lips and nose can go along, (n, 2).

    Args:
        meshes: (n, 2), of the renders before and after, crop pixels.
        far: how many times as far the photo is bent.
        goals: names and values.
        seen: (68, 2), the photo's landmarks, crop pixels.
    """
    before, after = meshes
    there = nose_at_rest(before, before + far * (after - before), goals)
    there = nose_alone(before, outline_alone(before, there, goals), goals)
    there = lips_alone(before, there, goals)
    if any(name == "mouth_open" and value > 0 for name, value in goals):
        return there
    return opened_no_further(before, there, seen)


def landmarks_bent(
    meshes: tuple[Points, Points], far: float, goals: Goals, seen: Points, tracked: Points
) -> Points:
    """How far landmarks go, over ``far``: nose and mouth as ``as_photographed`` says, (68, 2).

    Args:
        meshes: (n, 3), and all else as for ``as_photographed``.
        far: likewise.
        goals: likewise.
        seen: likewise.
        tracked: (68, 2), how far the render's go: the others.
    """
    before, after = (mesh[:, :2] for mesh in meshes)
    moved = ibug_landmarks(as_photographed((before, after), far, goals, seen) - before) / far
    regions = _asked(goals)[1]
    if regions == {"nose"} or _is_outline(regions):  # these go alone
        return moved
    parts = [*range(68)[PARTS["nose"]], *range(68)[PARTS["mouth"]]]
    shift = tracked.copy()
    shift[parts] = moved[parts]
    return shift


def nose_at_rest(before: Points, after: Points, goals: Goals) -> Points:
    """``after``, but that a nose stays in a smile, or where a mouth is made wider.

    Args:
        before: (n, 2), the mesh of the render before, crop pixels.
        after: (n, 2), as far as the photo is bent.
        goals: names and values.
    """
    _, regions = _asked(goals)
    if "smile" not in regions or not regions <= _BESIDE_IT:
        return after
    return before + _off(_NOSE, before)[:, None] * (after - before)


def outline_alone(before: Points, after: Points, goals: Goals) -> Points:
    """``after``, but that what a face's outline is round stays where its shape is asked for.

    Renders of rounder faces have smaller mouths; photographs, bent so, had teeth of twice the
    length, mouths at the nose.

    Args:
        before: (n, 2), the mesh of the render before, crop pixels.
        after: (n, 2), as far as the photo is bent.
        goals: names and values.
    """
    if not _is_outline(_asked(goals)[1]):
        return after
    ways = after - before
    lips = 1 - _off(PARTS["mouth"], before)[:, None]
    ways = (1 - lips) * ways + lips * (lips * ways).sum(0) / lips.sum()
    return before + (_HALF + (1 - _HALF) * _off(_FEATURES, before)[:, None]) * ways


def nose_alone(before: Points, after: Points, goals: Goals) -> Points:
    """``after``, but that only the nose goes anywhere where its shape is asked for.

    It gets wider or longer, as was asked for; narrower ones were shorter as well.

    Args:
        before: (n, 2), the mesh of the render before, crop pixels.
        after: (n, 2), as far as the photo is bent.
        goals: names and values.
    """
    asked, regions = _asked(goals)
    if regions != {"nose"}:
        return after
    ways = (1 - _off(_NOSE, before))[:, None] * (after - before)
    if len(asked) == 1:
        points = ibug_landmarks(before)
        across = points[42:48].mean(0) - points[36:42].mean(0)
        across /= np.hypot(*across)
        wider = (ways @ across)[:, None] * across
        ways = wider if "nose_width" in asked else ways - wider
    return before + ways


def lips_alone(before: Points, after: Points, goals: Goals) -> Points:
    """``after``, but that lips get fuller or thinner outwards, and part as far as they did.

    Renders of fuller lips have opened mouths: a photograph's teeth were drawn out instead, and its
    lips were none the fuller. Where lips meet or part they stay; a mouth's width is left to who
    asks for it.

    Args:
        before: (n, 2), the mesh of the render before, crop pixels.
        after: (n, 2), as far as the photo is bent.
        goals: names and values.
    """
    asked, _ = _asked(goals)
    if "lip_fullness" not in asked or not asked <= _OF_LIPS:
        return after
    ways, points = after - before, ibug_landmarks(before)
    corners = points[64] - points[60]
    across = corners / np.hypot(*corners)
    down = np.array([-across[1], across[0]])
    along, depth = ((before - points[60]) @ axis for axis in (across, down))
    gone: list[Points] = []
    lines: list[Points] = []
    for numbers in _INNER_LIPS:
        lip = points[numbers] - points[60]
        order = np.argsort(lip @ across)
        at, way = (lip @ across)[order], ibug_landmarks(ways)[numbers][order]
        each = [np.asarray(np.interp(along, at, way[:, n]), np.float64) for n in (0, 1)]
        gone.append(np.asarray(np.column_stack(each), np.float64))
        lines.append(np.asarray(np.interp(along, at, (lip @ down)[order]), np.float64))
    above = np.asarray(depth < (lines[0] + lines[1]) / 2)[:, None]
    inner = np.where(above, gone[0], gone[1])
    if "mouth_width" in asked:
        inner = (inner @ down)[:, None] * down
    return before + (1 - _off(PARTS["mouth"], before))[:, None] * (ways - inner)


def _asked(goals: Goals) -> tuple[set[str], set[str]]:
    """The names that are asked for, and their usual regions."""
    asked = {name for name, value in goals if value}
    return asked, {row.region for row in attributes.table() if row.name in asked}


def _is_outline(regions: set[str]) -> bool:
    return bool(regions) and regions <= _OUTLINE


def _off(part: slice, mesh: Points) -> NDArray[np.float64]:
    """0 on these landmarks of a mesh (n, 2) and between them, 1 away from them, (n,)."""
    points = ibug_landmarks(mesh)
    eyes = float(np.hypot(*(points[36:42].mean(0) - points[42:48].mean(0))))
    hull = cv2.convexHull(np.asarray(points[part], np.float32))
    far = [-cv2.pointPolygonTest(hull, (float(x), float(y)), True) for x, y in mesh]
    first, last = _BESIDE
    return np.clip((np.array(far) / eyes - first) / (last - first), 0, 1)


def squinting(renders: Sequence[Points], goals: Goals) -> list[Points]:
    """Meshes of which eyes that close beside a smile do so from below.

    As far as before: only which lid goes how far is another. Lids that droop look tired.

    Args:
        renders: (478, 2) each, of the inversion, before and after the edit.
        goals: names and values.
    """
    base, before, after = renders
    asked = dict(goals)
    if asked.get("smile", 0.0) <= 0 or asked.get("eyes_open", 0.0) >= 0:
        return [base, before, after]
    after = after.copy()
    for contour in LIDS:
        lower, upper = list(contour[1:8]), list(contour[15:8:-1])  # one above the other
        across = before[contour[8]] - before[contour[0]]
        down = np.array([-across[1], across[0]]) / np.hypot(*across)
        down *= np.sign((before[lower] - before[upper]).mean(0) @ down)
        ways = [(after[lid] - before[lid]) @ down for lid in (upper, lower)]
        corners = (after - before)[[contour[0], contour[8]]].mean(0) @ down
        closing = ways[0] - ways[1]
        for lid, way, share in ((upper, ways[0], _UPPER), (lower, ways[1], _UPPER - 1)):
            after[lid] += (corners + share * closing - way)[:, None] * down
    return [base, before, after]
