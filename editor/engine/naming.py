"""What discovered sliders are called: by what they do to the face, where measures tell.

Each slider's two ends are drawn already. Three kinds of sentences are tried, the most telling
first: an attribute that moves far more than all others; a part of the face that moves or changes
colour; and else only where something changes. Left and right are the picture's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document import attributes
from models.measures import MEASURES, Face, measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Points = NDArray[np.float64]

_TELLS = 0.5  # standard deviations between the ends, from which an attribute tells what changes
_AHEAD = 1.25  # times as far as the next one, of another place: else it is not this one alone
_BESIDES = 0.3  # standard deviations, from which a second attribute is worth a word
_MOVES = 0.035  # eye distances between the ends, from which a part is seen to move
_ONE_SIDE = 1.8  # times as far as its mirror image: only that side moves
_COLOURED = 3.0  # CIELAB between the ends, from which a part is seen to change colour

_PARTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "Mouth corner": ((48, 60), (54, 64)),
    "Upper lip": ((49, 50, 51, 61, 62), (51, 52, 53, 62, 63)),
    "Lower lip": ((57, 58, 59, 66, 67), (55, 56, 57, 65, 66)),
    "Eyelids": ((37, 38, 40, 41), (43, 44, 46, 47)),
    "Eye corner": ((36, 39), (42, 45)),
    "Brow": ((17, 18, 19, 20, 21), (22, 23, 24, 25, 26)),
    "Nostril": ((31, 32), (34, 35)),
    "Nose": ((28, 29, 30, 33), (28, 29, 30, 33)),
    "Chin": ((6, 7, 8), (8, 9, 10)),
    "Jaw": ((3, 4, 5), (11, 12, 13)),
    "Cheek": ((1, 2), (14, 15)),
}
_PLACES: dict[str, tuple[float, float]] = {  # eye distances from between the eyes: across, down
    "Forehead": (0.0, -0.75), "Hair": (0.0, -1.35), "Temple": (0.85, -0.35),
    "Brow": (0.5, -0.35), "Eye": (0.5, 0.0), "Nose": (0.0, 0.45), "Cheek": (0.6, 0.6),
    "Mouth": (0.0, 1.0), "Mouth corner": (0.4, 1.0), "Chin": (0.0, 1.5), "Jaw": (0.75, 1.15),
    "Neck": (0.0, 2.1), "Ear": (1.15, 0.3),
}  # fmt: skip
_COLOURS = "lighter", "redder", "warmer"  # more L, more a, more b


@dataclass(frozen=True, slots=True)
class Name:
    """What a slider is called.

    Attributes:
        text: for people, capitalised: ``"Mouth corner, left"``.
        flipped: more of it lies at the slider's low end: the ends should change places.
        besides: what else changes: ``"more eyes open"``; "" for nothing that tells.
    """

    text: str
    flipped: bool = False
    besides: str = ""


def names(
    ends: Sequence[tuple[Picture, Picture]],
    points: Sequence[tuple[Points, Points]],
    units: Mapping[str, float],
) -> list[Name]:
    """What sliders are called, no two alike.

    Args:
        ends: of each slider the aligned crops, uint8 sRGB (s, s, 3), at −100 and at +100.
        points: their landmarks, (68, 2) in iBUG order, crop pixels.
        units: of attributes that may name one, the standard deviation of its measure.
    """
    given = [_name(*pair, *at, units) for pair, at in zip(ends, points, strict=True)]
    common = Counter(name.text for name in given)
    told = [
        f"{name.text}, {name.besides}" if common[name.text] > 1 and name.besides else name.text
        for name in given
    ]
    common, seen = Counter(told), Counter[str]()
    named: list[Name] = []
    for name, text in zip(given, told, strict=True):
        seen[text] += 1
        text = f"{text} {seen[text]}" if common[text] > 1 else text
        named.append(replace(name, text=text))
    return named


def _name(
    low: Picture, high: Picture, at_low: Points, at_high: Points, units: Mapping[str, float]
) -> Name:
    side, part = _moved_part(low, at_low, at_high)
    if part is not None and side:
        return part  # attributes are of both sides
    return _attribute(low, high, at_low, at_high, units) or part or _coloured(low, high, at_low)


def _attribute(
    low: Picture, high: Picture, at_low: Points, at_high: Points, units: Mapping[str, float]
) -> Name | None:
    """The attribute that tells what lies between the ends; None where none does, or two do."""
    rows = {row.name: row for row in attributes.table() if row.name in units}
    asked = [name for name in rows if name in MEASURES and units[name] > 0]
    first, last = measure(low, at_low, asked), measure(high, at_high, asked)
    moved = {name: (last[name] - first[name]) / units[name] for name in asked}
    ranked = sorted(
        (name for name in asked if not np.isnan(moved[name])), key=lambda name: -abs(moved[name])
    )
    if not ranked or abs(moved[ranked[0]]) < _TELLS:
        return None
    best = ranked[0]
    others = [name for name in ranked[1:] if rows[name].region != rows[best].region]
    if others and abs(moved[best]) < _AHEAD * abs(moved[others[0]]):
        return None
    besides = ""
    if len(ranked) > 1 and abs(moved[ranked[1]]) >= _BESIDES:
        second = ranked[1]
        with_it = moved[second] * moved[best] > 0
        besides = f"{'more' if with_it else 'less'} {rows[second].label.lower()}"
    return Name(rows[best].label, moved[best] < 0, besides)


def _moved_part(low: Picture, at_low: Points, at_high: Points) -> tuple[str, Name | None]:
    """The side of the part whose points move farthest ("": both), and its name; None: none does."""
    far = np.hypot(*(at_high - at_low).T) / Face(low, at_low).unit
    best, most, side = "", 0.0, ""
    for part, (left, right) in _PARTS.items():
        one, other = float(far[list(left)].mean()), float(far[list(right)].mean())
        if max(one, other) > most:
            best, most = part, max(one, other)
            only = left != right and most > _ONE_SIDE * min(one, other)
            side = ("left" if one > other else "right") if only else ""
    if most < _MOVES:
        return "", None
    return side, Name(f"{best}, {side}" if side else best)


def _coloured(low: Picture, high: Picture, at: Points) -> Name:
    """Where most changes, and into which colour if it is one."""
    face = Face(low, at)
    lab = [
        np.asarray(cv2.cvtColor(p.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
        for p in (low, high)
    ]
    change = lab[1] - lab[0]
    weight = np.square(change).sum(2, dtype=np.float64)
    rows, columns = np.mgrid[: weight.shape[0], : weight.shape[1]]
    total = weight.sum() + 1e-9
    middle = np.array([(weight * columns).sum() / total, (weight * rows).sum() / total])
    across = float((middle - face.eyes) @ face.across) / face.unit
    down = float((middle - face.eyes) @ face.down) / face.unit
    place, (to_side, _) = min(
        _PLACES.items(), key=lambda row: np.hypot(abs(across) - row[1][0], down - row[1][1])
    )
    if to_side:
        place += ", left" if across < 0 else ", right"
    mean = (change * weight[..., None]).sum((0, 1)) / total
    axis = int(np.abs(mean).argmax())
    if abs(mean[axis]) < _COLOURED:
        return Name(place)
    return Name(f"{place}: {_COLOURS[axis]}", flipped=bool(mean[axis] < 0))
