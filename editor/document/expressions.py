"""What is asked of a face so that it has another expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from editor.document import attributes
from editor.document.face_regions import lips_are_closed
from editor.document.goals import Goal
from editor.document.landmarks import PARTS
from editor.document.limits import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.history import Edit
    from editor.document.region import RegionMask

LEAST = 15.0
"""Slider units: by less nothing is asked."""
LEASTS: dict[str, float] = {
    "gaze": 40.0, "brow_height": 40.0, "brow_tilt": 40.0, "brow_frown": 40.0,
}  # fmt: skip
"""Slider units: the same of what differs between two pictures of one person though nobody moved it:
by 18 in gaze, 12 in brows' height, 6 and 7 in their tilt and frown (standard deviations of 22
people, neutral and smiling, without the head's nod). Of brows by less nobody would miss it: 087's
by −30 were a frown, and one of six tilts brought the rim of spectacles along."""

_MEANT = 0.4  # of a slider's landmarks that a brushed region covers: one eye of two
_EYES = (*range(68)[PARTS["right eye"]], *range(68)[PARTS["left eye"]])
_BROWS = (*range(68)[PARTS["right brow"]], *range(68)[PARTS["left brow"]])
_MOVED = {
    "smile": tuple(range(68)[PARTS["mouth"]]),
    "mouth_open": tuple(range(68)[PARTS["mouth"]]),
    "eyes_open": _EYES,
    "gaze": _EYES,
    "brow_height": _BROWS,
    "brow_frown": _BROWS,
    "brow_tilt": _BROWS,
}  # landmarks by attribute

SHOWN_TEETH = (
    "A mouth that shows teeth gets smaller, and does not close: what lies over the teeth would be "
    "made up badly."
)
OF_A_LAUGH = {"smile": -60.0, "mouth_open": -40.0}
"""Slider units: a mouth that shows teeth gets no smaller. It is bent; by −80 and −60 three of four
(photo12, 13, 15) could have been delivered, and a corner of photo02's was squeezed."""
SMILE_TAKEN = -40.0
"""Slider units: no more of a smile with closed lips is taken out. At −40 five mouths of six were
right; at −52 one was pursed, at −78 another had become a doll's (docs/attributes.md)."""
BEHIND_LIPS = 0.5
"""Of a smile that shows teeth, where lips are closed and stay so: as far out as with teeth, their
corners make another mouth. Chosen on the 21 pairs that measure it, of 1, 0.75, 0.7, 0.6 and 0.5:
how much is right for others is not known (docs/measurements.md)."""
LIDS = 60.0
"""Slider units: lids go no farther. Beside a smile of 60, at 99 a face grew older."""
OPENED = 60.0
"""Slider units: a mouth opens no farther. By 60 thirteen of thirteen could be delivered; at 100
teeth were half as tall again."""
TAKEN = "Only 40 of a smile are taken out; more would purse the mouth."


@dataclass(frozen=True, slots=True)
class ExpressionGoals:
    """One edit that gives a face another expression.

    Attributes:
        goals: how far the sliders shall move; none where nothing is to do.
        whys: for people, why some go no further.
    """

    goals: tuple[Goal, ...]
    whys: tuple[str, ...]


def expression_goals(
    values: Iterable[tuple[str, float]],
    labels: Mapping[str, str],
    landmarks: NDArray[np.float64],
    edits: Iterable[Edit] = (),
    at_hand: RegionMask | None = None,
    *,
    neutral: bool = False,
    detail: FaceDetail | None = None,
) -> ExpressionGoals:
    """What is asked of a face.

    Args:
        values: (attribute, slider value) pairs that lead from the photograph to the expression,
            beyond ±100, too.
        labels: of the attributes on offer, for people.
        landmarks: (68, 2), where its points are after its edits, photo pixels.
        edits: in force, wherever they lie on the face: what they do already is not asked again.
        at_hand: the region that was brushed, feathered: only what it covers is asked for. None:
            all.
        neutral: a face at rest is meant: of a laugh nothing but the mouth gets smaller, for lids
            that open over it look like fright.
        detail: what was seen of the face: a mouth that shows no teeth is opened no further.
    """
    asked, closed = dict(values), lips_are_closed(landmarks)
    if asked.get("smile", 0.0) > 0:  # its slider bends closed lips farther than the renders
        asked["smile"] /= attributes.bends([("smile", 1.0)], closed=closed)
    room = dict.fromkeys(asked, (-100.0, 100.0))
    room |= {"eyes_open": (-LIDS, LIDS), "mouth_open": (-100.0, OPENED)}
    least = {"smile": SMILE_TAKEN} if closed else OF_A_LAUGH
    room |= {name: (value, room[name][1]) for name, value in least.items() if name in room}
    left = {name: max(room[name][0], min(room[name][1], v)) for name, v in asked.items()}
    leasts = dict.fromkeys(left, LEAST) | LEASTS
    if closed and left.get("smile", 0.0) > 0 and left.get("mouth_open", 0.0) >= LEAST:
        left["smile"] *= BEHIND_LIPS
        leasts["smile"] *= BEHIND_LIPS
    for edit in edits:
        for name, value in edit.goals:
            if name in left:
                left[name] -= value
    wanted = {
        name: value
        for name, value in left.items()
        if name in labels and abs(value) >= leasts[name] and _is_meant(name, landmarks, at_hand)
    }
    whys: list[str] = []
    if not closed and any(wanted.get(name, 0.0) < 0 for name in OF_A_LAUGH):
        if neutral:
            wanted = {name: value for name, value in wanted.items() if name in OF_A_LAUGH}
        whys.append(SHOWN_TEETH)
    cut = [name for name in wanted if not room[name][0] <= asked[name] <= room[name][1]]
    told = {name for name in cut if asked[name] < 0 and name in least}
    if closed and told:
        whys.append(TAKEN)
    rounded = [Goal(name, float(round(value))) for name, value in wanted.items()]
    # How close brows are to the eyes counts as a frown as well: of the two the larger one is asked.
    brows = {n: abs(wanted[n]) for n in ("brow_height", "brow_frown") if n in wanted}
    if len(brows) > 1:
        rounded = [goal for goal in rounded if goal.attribute != min(brows, key=brows.__getitem__)]
    goals, limited = within(rounded, landmarks, detail)
    goals = tuple(goal for goal in goals if goal.value)
    kept = {goal.attribute for goal in goals}
    if full := [labels[n] for n in cut if n in kept and n not in told]:
        whys.append(f"{', '.join(full)}: as far as it goes; the expression would take more.")
    return ExpressionGoals(goals, (*whys, *limited))


def _is_meant(name: str, landmarks: NDArray[np.float64], at_hand: RegionMask | None) -> bool:
    """Whether a region covers what an attribute moves, or one side of it."""
    if at_hand is None or name not in _MOVED:
        return at_hand is None
    covered = at_hand.at(landmarks[list(_MOVED[name])]) > 0.5
    return int(np.count_nonzero(covered)) >= _MEANT * len(covered)
