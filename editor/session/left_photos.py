"""Photos that the user left for another one of the strip: each as it was, to come back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from editor.engine.jobs import EngineInfo
    from editor.session.open_document import Document

MOST_BYTES = 2 << 30
"""Of photographs that are kept; 24 megapixels are some 100 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftPhoto:
    """A document with its undo, and the engine as it was for it."""

    document: Document
    info: EngineInfo | None

    @property
    def is_unsaved(self) -> bool:
        """Whether it holds something that no project file has."""
        return self.document.state() != self.document.saved

    @property
    def name(self) -> str:
        """For people."""
        path = self.document.project_path or self.document.photo.path
        return "Photo" if path is None else path.name

    @property
    def nbytes(self) -> int:
        """Memory of its pixels."""
        photo, levels = self.document.photo, self.document.pyramid.levels
        shared = np.shares_memory(photo.pixels, levels[0])
        own = photo.pixels.nbytes + (0 if photo.alpha is None else photo.alpha.nbytes)
        return own + sum(level.nbytes for level in levels[1 if shared else 0 :])


class LeftPhotos:
    """Holds them in memory, the one that was left last at the end.

    Unsaved ones are never dropped: where there is no room for another, ask before it is left.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._left: list[LeftPhoto] = []

    @property
    def unsaved(self) -> tuple[LeftPhoto, ...]:
        """Those that would be lost, the oldest first."""
        return tuple(left for left in self._left if left.is_unsaved)

    def has_room(self, document: Document) -> bool:
        """Whether that document may be left without being saved."""
        kept = sum(left.nbytes for left in self.unsaved)
        return kept + LeftPhoto(document, None).nbytes <= self._most

    def put(self, document: Document, info: EngineInfo | None) -> None:
        """Keep it; older ones make way that are saved, or that nothing was done to."""
        key = document.composite_key()
        picture = document.composites.get(key)
        document.composites.clear()
        if picture is not None:
            document.composites.keep(key, picture)  # it is on the screen at once
        self._left.append(LeftPhoto(document, info))
        spare = self._most - sum(left.nbytes for left in self._left)
        for left in self._left[:-1]:
            if spare < 0 and not left.is_unsaved:
                self._left.remove(left)
                spare += left.nbytes

    def find(self, path: Path) -> LeftPhoto | None:
        """The one of that photo or project that was left last."""
        return next(
            (
                left
                for left in reversed(self._left)
                if path in (left.document.photo.path, left.document.project_path)
            ),
            None,
        )

    def __contains__(self, left: LeftPhoto) -> bool:
        """Whether it can still be come back to."""
        return left in self._left

    def take(self, left: LeftPhoto) -> None:
        """It is open again."""
        self._left.remove(left)

    def discard(self) -> None:
        """Let go of all of them."""
        self._left.clear()
