"""Which presets the region at hand is, and which lie apart from it."""

from __future__ import annotations

from dataclasses import dataclass
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

    from editor.document.face import FaceDetail
    from editor.document.region import RegionMask
    from editor.session.desks.regions import Regions
    from editor.session.studio import Studio


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A region of a face that is to be compared; ``size`` is the photo's."""

    mask: RegionMask
    landmarks: NDArray[np.float64]
    detail: FaceDetail | None
    size: tuple[int, int]

    def is_of_the_face(self, other: _Asked) -> bool:
        """Whether the presets are the same."""
        same = self.detail is other.detail and self.size == other.size
        return same and np.array_equal(self.landmarks, other.landmarks)

    def equals(self, other: _Asked) -> bool:
        """Whether the answer is the same."""
        return self.mask is other.mask and self.is_of_the_face(other)


class UsualRegions(QObject):
    """Follows the region of the active face, beside the window.

    Signals:
        match_changed(PresetMatch): of the region at hand.
    """

    match_changed = Signal(object)

    def __init__(self, studio: Studio, regions: Regions) -> None:
        super().__init__(studio)
        self._studio = studio
        self._background = Background("usual", self)
        self._match = PresetMatch()
        self._asked: _Asked | None = None  # what is being compared; None for nothing
        self._told_of: _Asked | None = None  # what ``match`` is of
        self._grid: PresetGrid | None = None  # only touched in the background
        self._grid_of: _Asked | None = None
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
        asked = _Asked(document.region.mask, face.landmarks, face.detail, size)
        if self._asked is None or not asked.equals(self._asked):
            self._asked = asked
            work = partial(self._compare, asked)
            self._background.submit(work, partial(self._on_compared, asked))

    def _compare(self, asked: _Asked) -> PresetMatch | None:
        if asked is not self._asked:
            return None  # another stroke has come
        if self._grid is None or self._grid_of is None or not asked.is_of_the_face(self._grid_of):
            self._grid = PresetGrid(asked.landmarks, *asked.size, asked.detail)
            self._grid_of = asked
        return self._grid.compare(asked.mask)

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
