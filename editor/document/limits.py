"""How far a slider goes on one face, and why no further: known before an edit is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.face_regions import lips_are_closed
from editor.document.seen_parts import dark_glasses, has_beard, has_teeth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.goals import Goal

    Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limit:
    """The values of a slider that this face can carry.

    Attributes:
        why: for people, one sentence.
        low, high: −100…0 and 0…100.
        usual: whether every face has it: told, but nothing to warn of.
    """

    why: str
    low: float = -100.0
    high: float = 100.0
    usual: bool = False

    def clamped(self, value: float, standing: float = 0.0) -> float:
        """The nearest value that can be carried, or that lies no further than it stands already."""
        low, high = min(self.low, standing), max(self.high, standing)
        return max(low, min(high, value))


_NO_TEETH = Limit("No teeth show between these lips, so there is nothing to whiten.", 0.0, 0.0)
_NO_HAIR = Limit(
    "No hair was found on this head, so there is none to colour; where there is some, brush over "
    "it first.",
    0.0,
    0.0,
)
_ONLY_WHITER = Limit("Teeth only get whiter here: darkened, they turn grey.", low=0.0, usual=True)
# of twenty that were looked at seven could be delivered: docs/adr/0019-colours-by-tone.md
_ONLY_HEALED = Limit("Blemishes are healed here, and none are made.", low=0.0, usual=True)
_ONLY_LIGHTER = Limit(
    "This only lightens shade under eyes; “Under-eye shadows” deepens it, too.",
    low=0.0,
    usual=True,
)
_ONE_WAY = {
    "teeth_whiteness": _ONLY_WHITER,
    "heal_blemishes": _ONLY_HEALED,
    "lighten_under_eyes": _ONLY_LIGHTER,
}
_NO_BEARD = Limit(
    "No beard was found on this face, so there is none to thicken or to thin; where there is some, "
    "brush over it first.",
    0.0,
    0.0,
)  # drawn where none is, stains in five of fourteen; thinned, a step of tone: docs/attributes.md
_OPEN_ENOUGH = Limit(
    "No teeth were seen between these lips: what lies there would be stretched to stains. Where "
    "there are some, brush over the mouth first.",
    high=0.0,
)  # three of three were rejected, of thirteen with teeth one: docs/attributes.md
_TURNED_AWAY = 0.35  # of a face's width beside its middle lies the nose's tip: about 20 degrees
_ACROSS = slice(1, 3), slice(14, 16), 30  # of the landmarks: both cheeks' edges, the nose's tip
_HARDLY_BACK = 20.0
_FAR_SIDE = (
    "This head is turned to the side: what its far half hides is not in the photo, so it hardly "
    "turns back."
)  # of four such at 60 three were smeared, of three at 0.2 and nearer none: docs/attributes.md
_SHUT = 0.13  # of its width an eye's height: of 103 faces two look down so far, the next has 0.14
_BEHIND_GLASSES = Limit(
    "These eyes lie behind dark glasses and are not in the photo; where they can be seen, brush "
    "over them first.",
    0.0,
    0.0,
)
_NO_EYES = Limit(
    "These eyes are closed or look down: what lids hide is not in the photo, and would be made up "
    "badly.",
    0.0,
    0.0,
)  # opened, both of two had grey smears on their lids
_OF_EYES = (
    "eyes_open", "eye_size", "eye_slant", "gaze", "eye_brightness", "under_eye_darkness",
)  # fmt: skip
_OF_EYEBALLS = "gaze", "eye_brightness"
_OF_HAIR = ("hair_brightness", "hair_warmth")
_STAY_CLOSED = Limit(
    "Lips that are closed stay closed: what is behind them is not in the photo, and would be made "
    "up badly.",
    high=0.0,
)  # of twelve that were looked at none could be delivered: docs/attributes.md


def usual_range(attribute: str) -> tuple[float, float]:
    """How far a slider goes on every face: −100 to 100, or one way only."""
    limit = _ONE_WAY.get(attribute)
    return (-100.0, 100.0) if limit is None else (limit.low, limit.high)


def limits(landmarks: Points, detail: FaceDetail | None = None) -> dict[str, Limit]:
    """By attribute; those that are not limited are left out.

    Args:
        landmarks: (68, 2), where the face's points are after its edits.
        detail: what was seen of a face whose regions are the usual ones; None: its hair may be
            anywhere.
    """
    found = dict(_ONE_WAY)
    if lips_are_closed(landmarks):
        found |= {"teeth_whiteness": _NO_TEETH, "mouth_open": _STAY_CLOSED}
    elif detail is not None and not has_teeth(detail):
        found["mouth_open"] = _OPEN_ENOUGH
    photographed = landmarks if detail is None else detail.crop.landmarks  # not as edits turned it
    if abs(aside := _aside(photographed)) > _TURNED_AWAY:
        low, high = (-_HARDLY_BACK, 100.0) if aside > 0 else (-100.0, _HARDLY_BACK)
        found["head_turn"] = Limit(_FAR_SIDE, low, high)
    if detail is not None and not detail.hair.any():
        found |= dict.fromkeys(_OF_HAIR, _NO_HAIR)
    if detail is not None and not has_beard(detail):
        found["beard_density"] = _NO_BEARD
    if detail is not None and dark_glasses(detail):
        found |= dict.fromkeys(_OF_EYES, _BEHIND_GLASSES)
    elif detail is not None and _eyes_are_shut(photographed):
        found |= dict.fromkeys(_OF_EYEBALLS, _NO_EYES)
        found["eyes_open"] = replace(_NO_EYES, low=-100.0)
    return found


def _eyes_are_shut(landmarks: Points) -> bool:
    """Whether lids leave next to nothing of both eyes."""
    right, left = landmarks[36:42], landmarks[42:48]
    high = [np.hypot(*(eye[[1, 2]].mean(0) - eye[[4, 5]].mean(0))) for eye in (right, left)]
    wide = [np.hypot(*(eye[0] - eye[3])) for eye in (right, left)]
    return all(h < _SHUT * w for h, w in zip(high, wide, strict=True))


def _aside(landmarks: Points) -> float:
    """How far towards the picture's right the nose's tip lies in a face, of its width.

    0 where it lies in the middle; likewise of points that are no face.
    """
    across = landmarks[42:48].mean(0) - landmarks[36:42].mean(0)
    first, last, tip = (landmarks[n].reshape(-1, 2).mean(0) @ across for n in _ACROSS)
    return float((tip - first) / (last - first) - 0.5) if last > first else 0.0


def within(
    goals: Sequence[Goal], landmarks: Points, detail: FaceDetail | None = None
) -> tuple[tuple[Goal, ...], tuple[str, ...]]:
    """Goals as far as a face can carry them, and why some go no further.

    Args:
        goals: of a face that none of them was asked of before; what it cannot carry is left out.
        landmarks: as for ``limits``.
        detail: likewise.
    """
    found = limits(landmarks, detail)
    kept: list[Goal] = []
    whys: list[str] = []
    for goal in goals:
        limit = found.get(goal.attribute)
        value = goal.value if limit is None else limit.clamped(goal.value)
        if limit is not None and value != goal.value:
            whys.append(limit.why)
        if value == goal.value or value:
            kept.append(replace(goal, value=value))
    return tuple(kept), tuple(dict.fromkeys(whys))  # several sliders may have the same
