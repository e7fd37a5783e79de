"""What a session shows, held against what its edits make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.fake_tints import composite

if TYPE_CHECKING:
    from editor.document.project import Project
    from editor.engine.jobs import Patch
    from editor.session.session import EditSession


class ShownPictures:
    """Hears what the canvas shows."""

    def __init__(self, session: EditSession) -> None:
        self._session = session
        self.newest: Patch | None = None
        session.composite_changed.connect(self._show)

    def _show(self, patch: Patch | None) -> None:
        self.newest = patch

    def require(self, project: Project) -> None:
        """What is shown is what a project's edits make, on the bases of now, to the bit."""
        document, shown = self._session.studio.document, self.newest
        assert document is not None
        portraits = [face.portrait for face in document.faces if face.portrait]
        for one, other in zip(project.portraits, portraits, strict=True):
            assert one.history.base == other.history.base
            assert one.is_draft == other.is_draft
        made = composite(document.photo, project.portraits, [])
        if made is None or shown is None:
            assert made is shown
            return
        assert (made.x, made.y) == (shown.x, shown.y)
        assert np.array_equal(made.pixels, shown.pixels), "another picture than the edits make"
