"""Pulled points: where the user drags them, and the edit that takes them there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from editor.document.face_regions import area_of
from editor.document.goals import Pull
from editor.document.landmarks import PARTS
from editor.document.region_overlap import overlap
from editor.session.desks.sliders import can_edit
from editor.session.wishes import HALF, Wish

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from editor.document.history import Edit
    from editor.document.region import RegionMask
    from editor.session.desks.edits import Edits
    from editor.session.desks.regions import Regions
    from editor.session.open_document import Face
    from editor.session.studio import Studio

    Offsets = dict[int, tuple[float, float]]

_USUAL = {
    "jaw": "jaw", "right brow": "brows", "left brow": "brows", "nose": "nose",
    "right eye": "eyes", "left eye": "eyes", "mouth": "smile",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class PulledFace:
    """Points of the active face that can be pulled.

    Attributes:
        home: (68, 2), photo pixels: where they lie without the pull in this region.
        now: (68, 2), where they lie with all edits.
        offsets: by number, how far pulled ones are to go from home; (0, 0) is a pin.
    """

    home: NDArray[np.float64]
    now: NDArray[np.float64]
    offsets: Offsets


class Pulls(QObject):
    """Asks for one edit for each region, which follows all the points that were dragged there."""

    def __init__(self, studio: Studio, regions: Regions, edits: Edits) -> None:
        super().__init__(studio)
        self._studio, self._regions, self._edits = studio, regions, edits
        # What was asked for last, for which no wish is there yet: its region is being made, or all
        # of it are pins.
        self._asked: tuple[Face, Offsets] | None = None
        self._making = False

    @property
    def state(self) -> PulledFace | None:
        """Of the active face and its region; None without an analysed face."""
        face = self._studio.face
        if face is None or face.portrait is None:
            return None
        entry, history = self._entry(face), face.portrait.history
        beneath = history if entry is None else history.before(entry.id)
        home = face.portrait.with_history(beneath).landmarks
        offsets = {} if entry is None else {n: (x, y) for n, x, y in entry.origin.pulls}
        for wish in self._edits.pending:  # the newest is what the user sees
            if wish.face is face and isinstance(wish.likeness, Pull):
                offsets = {n: (x, y) for n, x, y in wish.likeness.points}
        if self._asked is not None and self._asked[0] is face and (self._making or not offsets):
            offsets = self._asked[1]
        return PulledFace(home, face.portrait.landmarks, offsets)

    def pull(self, offsets: Offsets) -> None:
        """Let the points go there: the region's pull is searched for anew, or begun.

        Without a region, the usual one of the pulled points' part of the face is made.
        """
        document, face = self._studio.document, self._studio.face
        if document is None or face is None or not can_edit(self._studio, face):
            return
        pull = Pull(tuple((number, x, y) for number, (x, y) in sorted(offsets.items())))
        dials, region_serial = self._studio.dials, self._studio.next_serial()
        serial = self._studio.next_serial()
        self._asked, self._making = (face, dict(offsets)), True

        def commit(told: str = "") -> None:
            self._asked, self._making = None, False
            region = document.region_of(face)
            if not region.mask.is_empty:
                if told:
                    self._studio.hinted.emit(told)
                if face.portrait is not None and not _reached(
                    region.mask, pull, face.portrait.landmarks
                ):
                    self._studio.hinted.emit(
                        "The region reaches none of the pulled points, so they stay where they "
                        "are. Brush over them, or clear the region: then pulling chooses one."
                    )
                self._edits.commit(Wish(face, (), region, serial, likeness=pull, dials=dials))

        def begin() -> None:
            if face not in document.faces or face.portrait is None:
                self._asked = None
            elif not pull.moves:
                self._making = False
                self._take_away(face, serial)
            elif document.region_of(face).mask.is_empty:
                usual = _usual(pull)
                self._regions.apply_preset(usual, face=face, serial=region_serial, automatic=True)
                told = (
                    f"No region was brushed, so pulling uses the region “{area_of(usual)}”. "
                    "Brush to change it."
                )
                self._regions.then(lambda: commit(told))
            else:
                commit()

        self._regions.then(begin)

    def _take_away(self, face: Face, serial: int) -> None:
        for wish in self._edits.pending:
            if wish.face is face and isinstance(wish.likeness, Pull):
                self._edits.take_back(wish)
        entry = self._entry(face)
        if entry is not None and face.portrait is not None:
            after = face.portrait.history.without(entry.id)
            self._edits.adjust(face, f"Reset {entry.title}", after, serial)

    def _entry(self, face: Face) -> Edit | None:
        """The newest pull in force in the face's region, or anywhere without one."""
        if face.portrait is None:
            return None
        soft = self._regions.soft()
        for edit in reversed(face.portrait.history.applied):
            if edit.origin.pulls and (
                soft is None or soft.is_empty or overlap(soft, edit.region).of_both >= HALF
            ):
                return edit
        return None


def _reached(mask: RegionMask, pull: Pull, landmarks: NDArray[np.float64]) -> bool:
    """Whether the picture may change at any point that is to move; landmarks: (68, 2), photo."""
    left, top, width, height = mask.bounds
    for number, x, y in pull.points:
        column, row = int(landmarks[number, 0]) - left, int(landmarks[number, 1]) - top
        moves = bool(x or y) and 0 <= column < width and 0 <= row < height
        if moves and mask.alpha[row, column]:
            return True
    return False


def _usual(pull: Pull) -> str:
    """The preset for the pulled points: of their part, or of all of the face."""
    names = {
        _USUAL[part]
        for number, x, y in pull.points
        if x or y
        for part, numbers in PARTS.items()
        if numbers.start <= number < numbers.stop
    }
    return names.pop() if len(names) == 1 else "face"
