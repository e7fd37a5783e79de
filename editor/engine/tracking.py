"""Where landmarks went between two renders: found anew, unless the surface says otherwise.

A landmark network slips: with brows raised it may take the lids' crease for brows. Dense flow
between the two renders slips elsewhere (where surface is new), so the two check each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from editor.engine.compositing.surface import displaced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Points = NDArray[np.float64]

_PARTS = (
    *(slice(0, 6), slice(6, 11), slice(11, 17)),  # the outline: left, chin, right
    *(slice(17, 22), slice(22, 27), slice(27, 31), slice(31, 36)),  # brows, nose
    *(slice(36, 42), slice(42, 48), slice(48, 60), slice(60, 68)),  # eyes, outer and inner lips
)
_APART = 0.03  # eye distances: nearer, the two agree
_PATCH = 0.14  # eye distances, half a side: what is compared
_ALIKE = 0.75  # correlation: surface that is surely the same
_BETTER = 0.15  # by how much the flow's must be ahead


class Finder(Protocol):
    """What finds landmarks in an aligned crop: ``models.faces.analyser.FaceAnalyser``."""

    def aligned_landmarks(self, crop: Picture) -> Points:
        """(68, 2), crop pixels."""
        ...


def landmarks_after(
    faces: Finder, before: Picture, old: Points, after: Picture, *, moves: bool
) -> Points:
    """Landmarks (68, 2) of a crop after an edit.

    Of edits that move nothing they are the old ones: looked for anew they slip, and miss half of
    what a brow has darkened.

    Args:
        faces: finds them.
        before: uint8 sRGB (r, r, 3), a render.
        old: its landmarks.
        after: the render after the edit.
        moves: whether the edit moves things.
    """
    return tracked(before, after, old, faces.aligned_landmarks(after)) if moves else old


def tracked(before: Picture, after: Picture, old: Points, found: Points) -> Points:
    """Landmarks of the second of two renders of one face.

    Part by part (a brow, an eye, the lips): where those found anew lie away from where the surface
    went, and the surface there looks like the old place and theirs does not, the surface is
    believed.

    Args:
        before: uint8 sRGB (r, r, 3).
        after: the same.
        old: (68, 2), landmarks of ``before``, crop pixels.
        found: (68, 2), landmarks found in ``after`` alone.

    Returns:
        (68, 2), crop pixels.
    """
    unit = float(np.hypot(*(old[36:42].mean(0) - old[42:48].mean(0))))
    carried = old + displaced(before, after, old)
    off = np.hypot(*(carried - found).T) / unit
    points = found.copy()
    if off.max() <= _APART:
        return points
    grey = [_grey(picture) for picture in (before, after)]
    reach = max(3, round(_PATCH * unit))
    for part in _PARTS:
        if off[part].mean() <= _APART:
            continue
        own = _patches(grey[0], old[part], reach)
        theirs, surface = (
            float((own * _patches(grey[1], at[part], reach)).sum(-1).mean())
            for at in (found, carried)
        )
        if surface > max(_ALIKE, theirs + _BETTER):
            points[part] = carried[part]
    return points


def _grey(picture: Picture) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def _patches(grey: NDArray[np.float32], points: Points, reach: int) -> NDArray[np.float32]:
    """What is seen around each point, (n, pixels), less its mean and of length 1."""
    side = 2 * reach + 1
    seen = [cv2.getRectSubPix(grey, (side, side), (float(x), float(y))).ravel() for x, y in points]
    rows = np.asarray(seen, np.float32)
    rows -= rows.mean(1, keepdims=True)
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + np.float32(1e-3))
