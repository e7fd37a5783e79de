"""Which presets the region at hand is, and which lie apart from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from editor.document.face_regions import PresetGrid, PresetMatch
from editor.session.background import Background
from editor.session.studio import engine_error

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.face import FaceDetail
    from editor.document.history import Edit
    from editor.document.region import RegionMask
    from editor.session.desks.regions import Regions
    from editor.session.open_document import Face
    from editor.session.studio import Studio


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A region of a face that is to be compared.

    Attributes:
        mask: the region; of an edit that has only its soft form, that: it fades inwards, presets
            end where it does.
        landmarks: of the face as it is.
        earlier: as it was when the region was made, where an edit in it has moved the face since.
        size: the photo's.
    """

    mask: RegionMask
    landmarks: NDArray[np.float64]
    earlier: NDArray[np.float64]
    detail: FaceDetail | None
    size: tuple[int, int]

    def equals(self, other: _Asked) -> bool:
        """Whether the answer is the same."""
        return (
            self.mask is other.mask
            and self.detail is other.detail
            and self.size == other.size
            and np.array_equal(self.landmarks, other.landmarks)
            and np.array_equal(self.earlier, other.earlier)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """The presets of a face that lies at ``landmarks``."""

    landmarks: NDArray[np.float64]
    detail: FaceDetail | None
    size: tuple[int, int]
    grid: PresetGrid

    def are(self, landmarks: NDArray[np.float64], asked: _Asked) -> bool:
        """Whether they are those of the face that is asked for, where it lies there."""
        same = self.detail is asked.detail and self.size == asked.size
        return same and np.array_equal(self.landmarks, landmarks)


@dataclass(slots=True, eq=False)
class _Parts:
    """The presets that the region of an edit consists of.

    Attributes:
        asked: the region.
        found: what it is; None while nobody has compared it.
    """

    asked: _Asked
    found: tuple[str, ...] | None


_MOST_PLACES = 4  # of a face before and after a turn, and of the one before
_MOST_KEPT = 500  # edits


class UsualRegions(QObject):
    """Follows the region of the active face, and names those of its edits, beside the window.

    Signals:
        match_changed(PresetMatch): of the region at hand.
        parts_found(): ``parts_of`` has other answers than before.
    """

    match_changed = Signal(object)
    parts_found = Signal()

    def __init__(self, studio: Studio, regions: Regions) -> None:
        super().__init__(studio)
        self._studio = studio
        self._background = Background("usual", self)
        self._match = PresetMatch()
        self._asked: _Asked | None = None  # what is being compared; None for nothing
        self._told_of: _Asked | None = None  # what ``match`` is of
        self._parts: dict[str, _Parts] = {}  # by edit; the newest ones that were asked about
        self._places: list[_Places] = []  # the newest few; only touched in the background
        regions.region_changed.connect(self._follow)
        studio.face_chosen.connect(self._follow)
        studio.portrait_changed.connect(self._follow)
        studio.history_changed.connect(self._follow)

    @property
    def match(self) -> PresetMatch:
        """Of the newest region that was looked at."""
        return self._match

    @property
    def is_current(self) -> bool:
        """Whether that is the region at hand."""
        document = self._studio.document
        return self._told_of is not None and (
            document is not None and self._told_of.mask is document.region.mask
        )

    def parts_of(self, edit: Edit) -> tuple[str, ...] | None:
        """The presets that the region of one of the active face's edits consists of, by name.

        They are compared beside the window.

        Returns:
            The names, none for a region that is brushed otherwise; None while it is compared:
            ``parts_found`` tells of the end. Where only the face has moved, what was found before
            is the answer until then.
        """
        document, face = self._studio.document, self._studio.face
        if document is None or face is None or face.portrait is None:
            return ()
        made = edit.brushed
        if made is not None and made.usual:
            return (made.usual,)
        points = face.portrait.crop.landmarks
        points = points if edit.upon is None else points + edit.upon
        size = document.photo.width, document.photo.height
        mask = edit.region if made is None else made.mask
        asked = _Asked(mask, points, points, face.detail, size)
        known = self._parts.get(edit.id)
        if known is None or not known.asked.equals(asked):
            kept = known.found if known is not None and known.asked.mask is mask else None
            known = self._parts[edit.id] = _Parts(asked, kept)
            for oldest in list(self._parts)[:-_MOST_KEPT]:
                del self._parts[oldest]
            work = partial(self._compare_edit, known, soft=made is None)
            self._background.submit(work, partial(self._on_edit_compared, known))
        return known.found

    def close(self) -> None:
        """Look at nothing any more."""
        self._background.close(wait=False)

    @Slot()
    def _follow(self) -> None:
        document, face = self._studio.document, self._studio.face
        if document is None or face is None or document.region.mask.is_empty:
            self._asked = None
            self._tell(PresetMatch())
            return
        photo = document.photo
        size = photo.width, photo.height
        region = document.region
        earlier = _where_it_was_made(face, region)
        asked = _Asked(region.mask, face.landmarks, earlier, face.detail, size)
        if self._asked is None or not asked.equals(self._asked):
            self._asked = asked
            work = partial(self._compare, asked)
            self._background.submit(work, partial(self._on_compared, asked))

    def _compare(self, asked: _Asked) -> PresetMatch | None:
        if asked is not self._asked:
            return None  # another stroke has come
        match = self._grid(asked.landmarks, asked).compare(asked.mask)
        if not match.parts and not np.array_equal(asked.landmarks, asked.earlier):
            # a head that was turned has left its own region
            earlier = self._grid(asked.earlier, asked).compare(asked.mask)
            match = replace(match, parts=earlier.parts)
        return match

    def _compare_edit(self, parts: _Parts, *, soft: bool) -> tuple[str, ...]:
        asked = parts.asked
        mask = asked.mask
        if soft:
            mask = replace(mask, alpha=np.where(mask.alpha > 0, np.uint8(255), np.uint8(0)))
        return tuple(sorted(self._grid(asked.landmarks, asked).compare(mask).parts))

    def _on_edit_compared(self, parts: _Parts, future: Future[tuple[str, ...]]) -> None:
        error = future.exception()
        if error is not None:
            self._studio.failed.emit(engine_error(error))
            return
        before, parts.found = parts.found, future.result()
        if parts.found != before:
            self.parts_found.emit()

    def _grid(self, landmarks: NDArray[np.float64], asked: _Asked) -> PresetGrid:
        """The presets of a face that lies there."""
        known = next((one for one in self._places if one.are(landmarks, asked)), None)
        if known is None:
            grid = PresetGrid(landmarks, *asked.size, asked.detail)
            known = _Places(landmarks, asked.detail, asked.size, grid)
            self._places = [known, *self._places[: _MOST_PLACES - 1]]
        return known.grid

    def _on_compared(self, asked: _Asked, future: Future[PresetMatch | None]) -> None:
        error = future.exception()
        if error is not None:
            self._studio.failed.emit(engine_error(error))
            return
        match = future.result()
        if match is not None and asked is self._asked:
            self._told_of = asked
            self._tell(match)

    def _tell(self, match: PresetMatch) -> None:
        if match != self._match:
            self._match = match
            self.match_changed.emit(match)


def _where_it_was_made(face: Face, region: BrushedRegion) -> NDArray[np.float64]:
    """The points of a face before the oldest edit in a region, (68, 2); of now without one."""
    portrait = face.portrait
    for edit in () if portrait is None else portrait.history.reached:
        if portrait is not None and edit.brushed is not None and edit.brushed.id == region.id:
            return portrait.with_history(portrait.history.before(edit.id)).landmarks
    return face.landmarks
