"""How much two regions have in common: what an edit's entry and the region at hand are held to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from editor.document.region import RegionMask

_GRID = 256  # samples along the longer side, at most: the answer need not be exact to a pixel
_MOST = 4096  # pairs that are remembered

HALF = 0.5 - 1e-9
"""Of a region: as much of it an edit must cover to be in force there."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two regions share, in parts of one of them or of both, 0…1.

    Attributes:
        of_first, of_second: how much of each the other one covers.
        of_both: of what either covers: 1 for equal regions, 0 for those that lie apart.
    """

    of_first: float
    of_second: float
    of_both: float


_APART, _EQUAL = Overlap(0.0, 0.0, 0.0), Overlap(1.0, 1.0, 1.0)
_known: dict[tuple[str, str], Overlap] = {}


def overlap(first: RegionMask, second: RegionMask) -> Overlap:
    """What two regions of one photo share; nothing where one is empty.

    Large ones are looked at in every n-th row and column. Pairs are remembered.
    """
    if first.is_empty or second.is_empty:
        return _APART
    if first is second or first == second:
        return _EQUAL
    (ax, ay, aw, ah), (bx, by, bw, bh) = first.bounds, second.bounds
    if ax >= bx + bw or bx >= ax + aw or ay >= by + bh or by >= ay + ah:
        return _APART
    key = first.digest, second.digest
    if key not in _known:
        if len(_known) >= _MOST:
            _known.clear()
        step = math.ceil(max(aw, ah, bw, bh) / _GRID)
        _known[key] = _sampled(first, second, step) or _sampled(first, second, 1) or _APART
    return _known[key]


def covers(edit: RegionMask, region: RegionMask) -> bool:
    """Whether an edit of the first region is in force in the second."""
    return overlap(region, edit).of_first >= HALF


def _sampled(first: RegionMask, second: RegionMask, step: int) -> Overlap | None:
    """On a grid of the photo; None where that meets nothing of one of them."""
    boxes = [(m.x, m.y, m.x + m.alpha.shape[1], m.y + m.alpha.shape[0]) for m in (first, second)]
    left, top = (max(pair) for pair in zip(*(box[:2] for box in boxes), strict=True))
    right, bottom = (min(pair) for pair in zip(*(box[2:] for box in boxes), strict=True))

    def seen(mask: RegionMask, x: int, y: int, x1: int, y1: int) -> np.ndarray:
        columns = slice(-(-x // step) * step - mask.x, x1 - mask.x, step)
        rows = slice(-(-y // step) * step - mask.y, y1 - mask.y, step)
        return mask.alpha[rows, columns]

    areas = [
        float(seen(mask, *box).sum(dtype=np.int64))
        for mask, box in zip((first, second), boxes, strict=True)
    ]
    if not all(areas):
        return None
    both = np.minimum(*(seen(mask, left, top, right, bottom) for mask in (first, second)))
    common = float(both.sum(dtype=np.int64))
    return Overlap(common / areas[0], common / areas[1], common / (sum(areas) - common))
