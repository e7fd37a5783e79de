"""A face's edits one on top of the other, each of them as what was found at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.carrying import moved_region
from editor.document.history import Edit, turned_by
from editor.document.style import StyleDelta
from editor.engine.compositing.bending import how_far
from editor.engine.compositing.renders import Made, serial_of
from editor.engine.compositing.turning import turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from editor.document.byte_cache import Shelf
    from editor.document.history import Portrait
    from editor.document.region import RegionMask
    from editor.document.style import StyleCode

    Gone = NDArray[np.float32]
    Points = NDArray[np.float64]

_LEAST = 0.5  # of a photo pixel: less is nowhere else


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What of an edit was found at once: a whole one, or one of its parts.

    Attributes:
        made: what it is.
        before, after: the face's code.
        shown: the code of which a picture is laid over the photo, ``share`` of the way.
        place: of its edit, counted from 0.
    """

    made: Made
    before: StyleCode
    after: StyleCode
    shown: StyleCode
    share: float
    place: int


def stages(
    portrait: Portrait,
    regions: Shelf[RegionMask],
    under_way: Sequence[Edit] = (),
    *,
    quick: bool = False,
) -> Iterator[Stage]:
    """Of a face's edits in force and what is made on top of them, in order.

    Args:
        portrait: the face.
        regions: keeps what has moved.
        under_way: on top of its history.
        quick: as for ``region_upon``.
    """
    applied = portrait.history.applied
    edits = *applied, *under_way
    before, turning = portrait.history.base, list[Edit]()
    for place, edit in enumerate(edits):
        after, extent = before.plus(edit.step), edit.extent
        if all(turn.shift is not None for turn in turning):  # none is being searched for
            there = edit.upon, turned_by(turning)
            extent = region_upon(edit.extent, portrait, there, regions, quick=quick)
        if turns(edit.goals):
            turning.append(edit)
        for made, delta in _parts(edit, extent):
            then = after if delta is None else before.plus(delta.scaled(edit.weight))
            shown, share = then, 1.0
            if edit.weight != 1 and _bends_head(made, portrait):
                # points of the face go evenly with the weight, and a renders' head would not
                shown = before.plus(_last(edit) if delta is None else delta)
                share = edit.weight
            yield Stage(made, before, then, shown, share, place)
            before = then
        before = after


def _bends_head(made: Made, portrait: Portrait) -> bool:
    bends = how_far(made.drawn, portrait.crop.landmarks) and not (made.like or made.pulls)
    return bool(bends) and turns(made.drawn)


def _parts(edit: Edit, region: RegionMask) -> Iterator[tuple[Made, StyleDelta | None]]:
    """An edit's parts with their deltas at weight 1; the last one's is what is left of the edit."""
    whole, told = replace(Made.of(edit), region=region), set[str]()
    for part in edit.parts:
        told.update(part.names)
        goals = tuple(goal for goal in whole.goals if goal[0] in part.names)
        yield replace(whole, goals=goals), part.delta
    yield replace(whole, goals=tuple(goal for goal in whole.goals if goal[0] not in told)), None


def _last(edit: Edit) -> StyleDelta:
    """What the parts of an edit leave of its delta."""
    dense = edit.delta.dense()
    for part in edit.parts:
        dense = dense - part.delta.dense()
    return StyleDelta.from_dense(edit.delta.layout, dense)


def region_upon(
    region: RegionMask,
    portrait: Portrait,
    upon: tuple[Gone | None, Gone | None],
    regions: Shelf[RegionMask],
    *,
    quick: bool = False,
) -> RegionMask:
    """A region of a face where that is now.

    Args:
        region: as it was made.
        portrait: the face.
        upon: ``turned_by`` what lay beneath when it was made, and what does now.
        regions: keeps what has moved.
        quick: it soon goes again, as while a turn is weighed: it may be slid as a whole.
    """
    was, now = (np.zeros((68, 2), np.float32) if by is None else by for by in upon)
    if region.is_empty or float(np.abs(now - was).max()) < _LEAST:
        return region
    detail = portrait.detail
    seen = detail and serial_of(detail)
    key = region.digest, "upon", was.tobytes(), now.tobytes(), portrait.crop, seen
    points = portrait.crop.landmarks
    if quick:
        return regions.get(key) or _slid(region, points + was, now - was)
    return regions.made(key, lambda: moved_region(region, points + was, points + now, detail))


def _slid(region: RegionMask, points: Points, by: Gone) -> RegionMask:
    """A region as far aside as the points in it go on average, by whole pixels."""
    held = region.at(points)
    if not held.any():
        return region
    across, down = np.rint(held @ by / held.sum()).astype(int).tolist()
    x, y, width, height = region.bounds
    x, y = x + across, y + down
    left, right = max(0, -x), min(width, region.width - x)
    top, bottom = max(0, -y), min(height, region.height - y)
    if left >= right or top >= bottom:
        return region.empty(region.width, region.height)
    part = region.alpha[top:bottom, left:right]
    return replace(region, x=x + left, y=y + top, alpha=part)
