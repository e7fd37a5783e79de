"""Shapes are changed by bending the photograph, as retouchers do: nothing is drawn anew.

Where a jaw or a nose moves, the generator's two renders say how far, and that is all that is taken
of them. Their light, their hair beside the jaw and what they imagine behind it stay out. The folds
of a smile are the exception: bare skin gets a little of their light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document import attributes
from editor.document.colour import srgb_decoded
from editor.document.curves import smoothstep
from editor.document.face_regions import lips_are_closed
from editor.document.gone_along import still_behind
from editor.engine.compositing.blending import rising
from editor.engine.compositing.surface import Surface, as_measured, enlarged
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.engine.compositing.turning import Surroundings

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]

_GRID = 65  # places along a side where the spline is computed
_ANCHORS = 9  # along each side of the crop's rim, where nothing moves
_BETWEEN = np.array([1 / 3, 2 / 3])[:, None, None]  # of the outline's corners, or it is wavy
# around the outline, as a multiple of its distance to the middle: what share of the outline's way
_RINGS = (1.1, 0.85), (1.3, 0.45), (1.6, 0.15)
_AT_REST = 0.08  # of a side: so near the rim it moves less, or the picture ends with a step there
_BESIDE = 0.2  # of what goes along: nearer points than that would have a say of their own
_A_TURN = 0.1  # of a pixel: a face that goes less does not turn
_COVERED = 0.5  # of a pixel: less of it is a rim's soft edge
_A_RIM = 5e-4  # of the crop: less is a crumb
_HELD = 160  # places of what stays, about
_ON_IT = 0.012  # of a side: points so near to it stay as well
_GRAINED = 0.005  # of a side: finer light than that is the renders' own grain
_FOLD = 0.04  # of a side: wider light than that is no fold's
_IN_SKIN = 0.02  # of a side: so far from lips, nose and hair all of a fold is believed
_DEEPEST = -0.25, 0.12  # natural logarithm of light
_GLIMMER = np.float32(0.02)  # of white: in deep shade nothing is told
_ROWS = 256  # places of a spline at once: what they need stays in a processor's cache
_OPENED = 1.7  # times as high a mouth opens; what is more goes off in its middle, less beside
_TO_CHIN = 2.0  # of half a mouth's width: so far below its line the lower lip takes skin along
_DRAWN_OUT = 0.3  # of a pixel a pixel, at most: texture 1.43 times as wide
_SOFT = 0.015  # of a side: so softly that begins at an outline, which labels have in steps
_OUTLINE = 0.006  # of a side: finer steps of labels are none of an outline's
_EVEN = 0.01  # of a side: how soft its kinks are
_NEARER = 0.3  # of half a face's width: so far from its middle all of a side is drawn out evenly
_NECK = 0.25  # likewise: so far beyond a face nothing is
_LEFT_EYE, _RIGHT_EYE = (33, 133), (263, 362)  # of the mesh: its corners, in the picture
_RIM = 0.3  # of a pixel: as thin a rim is one
_GAP = 0.02  # of a side: as wide are gaps of a rim
_THICK = 0.03  # of a side: as thick rims are
_LENS = 1e-3, 0.08  # of the crop
_ARMS = 0.5  # of an eye's width beyond it, where no lens is seen whole, they begin
_FOLLOWS = 0.1  # of a side: so far beside it what is about spectacles goes along
_SMOOTH = 2e-3  # of the spline: a mesh that is found twice differs by a third of a pixel


def how_far(goals: Sequence[tuple[str, float]], landmarks: Points) -> float:
    """How many times as far as the renders an edit bends the photo; 0 where all of it is drawn.

    Args:
        goals: names and values; of those that are drawn about the eyes nothing is said.
        landmarks: (68, 2), of the photographed face.
    """
    rows = {row.name for row in attributes.table() if row.bends}
    part = attributes.drawn_at_eyes(goals)
    bending = [goal for goal in goals if not part or goal[0] in rows]
    return attributes.bends(bending, closed=lips_are_closed(landmarks))


def bent(before: Points, after: Points, side: int, around: Surroundings | None = None) -> Surface:
    """How a picture (side, side) is bent so that points of it come to lie elsewhere.

    A smoothing thin-plate spline (Bookstein, *Principal Warps*, 1989; Wahba, *Spline Models for
    Observational Data*, 1990, section 2.4) through the points, and through the crop's rim, which
    stays. What lies around them goes along with their outline, the less the farther it lies: left
    to itself, a spline moves hair and background more than the face.

    Args:
        before: (n, 2), crop pixels.
        after: (n, 2), where they lie after the edit.
        side: of the crop.
        around: a head that turns; None for what bends in its place.
    """
    rim = np.linspace(0, side - 1, _ANCHORS)
    low, high = np.zeros_like(rim), np.full_like(rim, side - 1)
    anchors = np.concatenate(
        [np.column_stack(pair) for pair in ((rim, low), (rim, high), (low, rim), (high, rim))]
    )
    beside, along = _around(before, after)
    inwards = np.minimum(beside, side - 1 - beside).min(1)  # from the rim
    along *= np.clip(inwards / (_AT_REST * side), 0, 1)[:, None]
    beside, along = beside[inwards > 0], along[inwards > 0]
    places = np.concatenate([after, beside + along, np.unique(anchors, axis=0)])
    ways = np.zeros_like(places)
    ways[: len(after) + len(beside)] = -np.concatenate([after - before, along])
    spline = _Spline(places / side, ways)
    steps = np.linspace(0, 1 - 1 / side, _GRID)
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    coarse = np.asarray(spline(grid).reshape(_GRID, _GRID, 2), np.float32)
    at = np.linspace(0, _GRID - 1, side, dtype=np.float32)
    flow = cv2.remap(coarse, *np.meshgrid(at, at), cv2.INTER_CUBIC)
    flow = np.asarray(flow, np.float32)
    if around is not None:
        there = drawn_out_evenly(flow, around.behind, after)
        stiff = None if around.frames is None else front(around.frames, before)
        flow = there if stiff is None else stiffly(there, flow, stiff, around.behind)
    flow.setflags(write=False)
    return Surface(flow, Surface.still(side).novelty)


def drawn_out_evenly(flow: Float, behind: Float, points: Points) -> Float:
    """How a turned head is bent before what stays, (r, r, 2): nowhere more than it need be.

    What comes into view was seen aslant, and has to be drawn out. The mesh ends before the ears,
    where the spline falls off, and what is behind is still: both within a few pixels, there temples
    were 2.7 times as wide, smeared. As far as there is room, hair beside them goes along now.

    Args:
        flow: (r, r, 2), as the face goes, from each pixel to where its surface was.
        behind: (r, r), the share of each pixel that shows what lies behind the head.
        points: (n, 2), of the turned face, crop pixels.
    """
    side = len(flow)
    still = flow * still_behind(behind)[..., None]
    face = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(np.rint(points).astype(np.int32)), 1)
    if not face.any():
        return still
    way = flow[face > 0].mean(0)
    length = float(np.hypot(*way))
    if length < _A_TURN:
        return still
    way /= np.float32(length)
    along = np.ascontiguousarray(flow @ way)
    steps = np.full_like(along, _DRAWN_OUT)
    even = (rising(along, steps) - rising(-along, steps)) / 2  # as steep at most, each and both
    room = np.full_like(along, np.inf)
    smooth = cv2.GaussianBlur(behind, (0, 0), _OUTLINE * side)
    inside = np.asarray(np.maximum(smooth, behind) < _COVERED, np.uint8)
    if not inside.all():
        deep, soft = cv2.distanceTransform(inside, cv2.DIST_L2, 5), _SOFT * side
        room = np.asarray(_DRAWN_OUT * (np.hypot(deep, soft) - soft), np.float32)
    even = cv2.GaussianBlur(np.clip(even, -room, room), (0, 0), _EVEN * side)
    even = np.clip(even, -room, room)
    across = np.array([-way[1], way[0]])
    here = np.stack(np.meshgrid(*2 * [np.arange(side, dtype=np.float32)]), -1)
    middle = (points.min(0) + points.max(0)) / 2
    half = float(np.ptp(points @ way)) / 2
    low, high = (points @ across).min(), (points @ across).max()
    level = here @ across.astype(np.float32)
    beyond = np.maximum(np.maximum(low - level, level - high), 0) / (_NECK * half)
    nearer = ((here - middle.astype(np.float32)) @ way) / (_NEARER * half)
    share = np.clip(nearer, 0, 1) * np.clip(1 - beyond, 0, 1)
    share = smoothstep(share)[..., None]
    return np.asarray(still + share * (even[..., None] - still @ way[:, None]) * way, np.float32)


def front(frames: Float, points: Points) -> NDArray[np.bool_] | None:
    """The plane of spectacles, rims and lenses without the arms, (r, r); None if there is none.

    Args:
        frames: (r, r), the share of each pixel of the crop that shows them, rims or all.
        points: (478, 2), the face, crop pixels.
    """
    side = len(frames)
    seen = np.asarray(frames > _RIM, np.uint8)
    middle = points[[*_LEFT_EYE, *_RIGHT_EYE], 0].mean()
    columns = np.nonzero(seen)[1]
    least = _A_RIM / 4 * side * side
    if min((columns < middle).sum(), (columns >= middle).sum()) < least:
        return None  # none, or a crumb
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, 2 * [2 * round(_GAP * side / 2) + 1])
    rims = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, shape)
    _, found_parts = cv2.connectedComponents(1 - rims, connectivity=4)
    parts = np.asarray(found_parts, np.int32)
    found = np.zeros_like(seen)
    for inner, outer in (_LEFT_EYE[::-1], _RIGHT_EYE[::-1]):
        eye = points[[inner, outer]]
        x, y = np.clip(np.rint(eye.mean(0)), 0, side - 1).astype(int)
        lens = parts == parts[y, x]
        if parts[y, x] and _LENS[0] < lens.mean() < _LENS[1]:
            found[lens] = 1
            continue
        width = float(np.ptp(eye[:, 0]))
        beside = np.abs(np.arange(side) - eye[:, 0].mean()) > (0.5 + _ARMS) * width
        found[(seen > 0) & ~beside] = 1
    wide = np.ones(2 * [2 * round(_THICK * side) + 1], np.uint8)
    grown, near = (cv2.dilate(found, how) > 0 for how in (shape, wide))
    corners = np.argwhere(grown | (near & (seen > 0)))[:, ::-1].astype(np.int32)
    plane = np.zeros_like(seen)
    cv2.fillConvexPoly(plane, cv2.convexHull(corners), 1)
    return plane > 0


def stiffly(flow: Float, goes: Float, plane: NDArray[np.bool_], behind: Float) -> Float:
    """A bend that takes a plane along as one, with what is seen through it, (r, r, 2).

    Args:
        flow: (r, r, 2), the bend.
        goes: (r, r, 2), how far all of the head would go, were nothing behind it.
        plane: (r, r), where it was.
        behind: (r, r), the share of each pixel that shows what lies behind the head; beside the
            plane it goes along as well.
    """
    side = len(flow)
    rows, columns = np.nonzero(plane)
    places = np.column_stack([columns, rows, np.ones(len(rows))])
    # towards the side that comes into view there is as little room as for the face
    far, wanted = goes[rows, columns], flow[rows, columns]
    middle, way = places[:, :2].mean(0), far.mean(0)
    near = (places[:, :2] - middle) @ way
    wanted = np.asarray(np.where(near[:, None] > 0, wanted, far), np.float64)
    deep = cv2.distanceTransform(np.asarray(behind < _COVERED, np.uint8), cv2.DIST_L2, 5)
    narrow = _FOLLOWS * side / (deep[rows, columns] + _OUTLINE * side)
    weight = np.sqrt(1 + narrow * (near > 0))[:, None]
    affine = np.asarray(np.linalg.lstsq(weight * places, weight * wanted)[0], np.float64)
    here = np.stack(np.meshgrid(*2 * [np.arange(side, dtype=np.float32)]), -1)
    as_one = np.asarray(here @ affine[:2] + affine[2], np.float32)
    came = here + as_one
    there = cv2.remap(np.asarray(plane, np.uint8), came[..., 0], came[..., 1], cv2.INTER_NEAREST)
    away = cv2.distanceTransform(1 - there, cv2.DIST_L2, 5)
    share = smoothstep(1 - away / np.float32(_FOLLOWS * side))[..., None]
    return np.asarray(flow + share * (as_one - flow), np.float32)


def _around(before: Points, after: Points) -> tuple[Points, Points]:
    """Places on and around the points' outline, and how far they go along with it, (k, 2) each."""
    found = cv2.convexHull(np.asarray(before, np.float32), returnPoints=False)
    outline = np.asarray(found, np.int64).ravel()
    corners = np.asarray(before[outline], np.float64)
    ways = np.asarray(after[outline], np.float64) - corners
    middle = np.asarray(corners.mean(0), np.float64)
    between, along = (
        np.asarray(a + (np.roll(a, -1, 0) - a) * _BETWEEN, np.float64) for a in (corners, ways)
    )
    places = [middle + far * (corners - middle) for far, _ in _RINGS]
    return (
        np.concatenate([*between, *places]),
        np.concatenate([*along, *(share * ways for _, share in _RINGS)]),
    )


def going_exactly(
    meshes: tuple[Points, Points], places: tuple[Points, Points], ways: Points, reach: float
) -> tuple[Points, Points]:
    """The meshes of two renders, corrected so that some places go where they are to go.

    A search takes a pulled point a part of the way, and the face along with it. What is missing,
    the points nearby go too.

    Args:
        meshes: (n, 2) before and after, crop pixels.
        places: (k, 2), the pulled places in them.
        ways: (k, 2), how far they are to go.
        reach: within which others go along, a standard deviation.
    """
    (before, after), (here, there) = meshes, places
    missing = ways - (there - here)
    apart = np.linalg.norm(before[:, None] - here[None], axis=-1)
    near = np.exp(-np.square(apart / reach) / 2)
    along = near @ missing / np.maximum(near.sum(1, keepdims=True), 1)
    free = apart.min(1) > _BESIDE * reach
    return (
        np.concatenate([before[free], here]),
        np.concatenate([(after + along)[free], here + ways]),
    )


def without(before: Points, after: Points, still: Float) -> tuple[Points, Points]:
    """Points of a face that bend what lies about a thing and not the thing: glasses' rims.

    Points that lie on it stay, and places of its own do; eyes behind lenses move as they did.

    Args:
        before: (n, 2), crop pixels.
        after: (n, 2), where they lie after the edit.
        still: (r, r), the share of each pixel of the crop that the thing covers.
    """
    rows, columns = np.nonzero(still > _COVERED)
    if len(rows) < _A_RIM * len(still) ** 2:
        return before, after
    held = np.column_stack([columns, rows])[:: 1 + len(rows) // _HELD].astype(np.float64)
    near = np.linalg.norm(before[:, None] - held[None], axis=-1).min(1) < _ON_IT * len(still)
    after = np.where(near[:, None], before, after)
    return np.concatenate([before, held]), np.concatenate([after, held])


def opened_no_further(before: Points, after: Points, seen: Points) -> Points:
    """``after``, but that a mouth opens no further than what shows in it can be stretched.

    What lies between the lips is one strip of the photograph: two and a half times as high, a row
    of teeth is a grey bar. The lower lip goes a part of its way, and what is below it, the less
    the farther it is from there; the corners go all of theirs. Closed lips hardly part: nothing
    lies between them, and they would swell.

    Args:
        before: (478, 2), the mesh of the render before, crop pixels.
        after: (478, 2), of the one after, as far as the photo is bent.
        seen: (68, 2), the photo's landmarks, crop pixels.
    """
    here, there = ibug_landmarks(before), ibug_landmarks(after)
    gap, now, then = (_gap(points) for points in (seen, here, there))
    excess = then - now
    if not lips_are_closed(seen):
        excess -= (_OPENED - 1) * max(gap, now)
    if excess <= 0:
        return after
    left, right = there[60], there[64]
    half = (right - left) / 2
    width = float(np.hypot(*half))
    across, down = half / width, np.array([-half[1], half[0]]) / width
    apart = after - (left + right) / 2
    lips = np.stack([there[[61, 62, 63]], there[[67, 66, 65]]]) - (left + right) / 2
    line = float((lips @ down).mean())  # the corners of a smile lie above it
    side = np.clip((apart @ across) / width, -1, 1)
    depth = (apart @ down - line * (1 - side**2)) / width
    reach = np.clip((_TO_CHIN - depth) / _TO_CHIN, 0, 1)
    share = (1 - side**2) * np.where(depth > 0, reach, 0)
    return after - excess * share[:, None] * down


def _gap(points: Points) -> float:
    """Between the inner lips of landmarks (68, 2)."""
    return float(np.hypot(*(points[[61, 62, 63]] - points[[67, 66, 65]]).T).mean())


def folds(before: Float, after: Float, surface: Surface, skin: Float) -> Float:
    """How much lighter or darker skin gets where it folds: a factor's natural logarithm, (r, r).

    Renders are compared along the bend, at ``surface.MEASURED`` pixels at most, and only how a
    place's light changes beside that of its surroundings counts: a render that is darker as a whole
    darkens nothing.

    Args:
        before: the render, sRGB (r, r, 3) in [0, 1].
        after: the render after the edit, likewise.
        surface: how the photograph is bent.
        skin: where the photograph shows bare skin before the edit, (r, r): how much of the light is
            taken there, and 0 elsewhere.
    """
    whole = len(before)
    before, after, skin = (as_measured(p) for p in (before, after, skin))
    side = len(before)
    flow = as_measured(surface.flow) * np.float32(side / whole)
    here = np.arange(side, dtype=np.float32)
    at = here + flow[..., 0], here[:, None] + flow[..., 1]
    old, new = (_light(p, _GRAINED * side) for p in (before, after))
    bare = cv2.remap(skin, *at, cv2.INTER_LINEAR)
    most = np.float32(skin.max())
    depth = cv2.distanceTransform(np.asarray(bare > most / 2, np.uint8), cv2.DIST_L2, 5)
    share = np.asarray(np.clip(depth / (_IN_SKIN * side), 0, 1), np.float32)
    ratio = np.log((new + _GLIMMER) / (cv2.remap(old, *at, cv2.INTER_LINEAR) + _GLIMMER))
    ratio = np.asarray(ratio, np.float32)
    wide = _FOLD * side
    covered = np.maximum(cv2.GaussianBlur(share, (0, 0), wide), 1e-3)
    fine = cv2.GaussianBlur(ratio, (0, 0), _GRAINED * side)
    alone = np.clip(fine - cv2.GaussianBlur(ratio * share, (0, 0), wide) / covered, *_DEEPEST)
    taken = np.asarray(most * alone * share, np.float32)
    smooth = cv2.GaussianBlur(taken, (0, 0), _GRAINED * side)
    return enlarged(np.asarray(smooth, np.float32), whole)


def _light(picture: Float, sigma: float) -> Float:
    """Linear luminance of sRGB (Rec. 709), without its grain."""
    smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    grey = smooth @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    return srgb_decoded(np.clip(grey, 0, 1))


class _Spline:
    """A function of the plane, (n, 2) → (n, k)."""

    def __init__(self, places: Points, values: Points) -> None:
        count = len(places)
        matrix = np.zeros((count + 3, count + 3))
        matrix[:count, :count] = _kernel(places, places) + _SMOOTH * np.eye(count)
        matrix[:count, count:] = np.column_stack([np.ones(count), places])
        matrix[count:, :count] = matrix[:count, count:].T
        sides = np.zeros((count + 3, values.shape[1]))
        sides[:count] = values
        self._places = places
        self._weights = np.linalg.solve(matrix, sides)

    def __call__(self, at: Points) -> Points:
        bends, flat = np.split(self._weights, [len(self._places)])
        bends = bends.astype(np.float32)
        found = flat[0] + at @ flat[1:]
        for row in range(0, len(at), _ROWS):
            some = slice(row, row + _ROWS)
            found[some] += _kernel(at[some], self._places, np.float32) @ bends
        return np.asarray(found, np.float64)


def _kernel(a: Points, b: Points, kind: type[np.floating] = np.float64) -> NDArray[np.floating]:
    """r² log r of places (n, 2) and (m, 2), 0 at 0, (n, m); reckoned in a ``kind`` of number."""
    one, another = a.astype(kind), b.astype(kind)
    squared, other = (np.subtract.outer(one[:, axis], another[:, axis]) for axis in (0, 1))
    squared *= squared  # in place: a fifth of the time
    other *= other
    squared += other
    np.maximum(squared, kind(1e-12), out=squared)
    np.log(squared, out=other)
    other *= squared
    other *= kind(0.5)
    return other
