"""What the canvas shows: the photo with its edits, and previews over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.engine.jobs import Drag, Intervene, Patch, Render
from editor.session.operations import Operation

if TYPE_CHECKING:
    from editor.document.errors import EngineError
    from editor.session.open_document import StateKey
    from editor.session.studio import Studio


class Picture(QObject):
    """Keeps the composite in line with the document.

    A state is rendered when it is not known, and asked for once: a render that was superseded is
    asked for again by whatever ended the newer job, or by its own end where that came first.

    Signals:
        composite_changed(Patch | None): the photo with all edits; None: no edits.
        preview_changed(Patch | None): shown over the composite until None.
    """

    composite_changed = Signal(object)
    preview_changed = Signal(object)

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._shown: StateKey | None = None
        self._covered = False  # by a preview that goes once the state is shown

    @property
    def is_current(self) -> bool:
        """Whether the canvas shows the document's state."""
        document = self._studio.document
        return document is None or document.composite_key() == self._shown

    def preview(self, patch: Patch | None) -> None:
        """Show that over the composite."""
        self._covered = False
        self.preview_changed.emit(patch)

    def settle(self) -> None:
        """Show the document's state, and until that is there what was previewed of it."""
        self._covered = True
        if self.is_current:
            self._uncover()
        else:
            self.show()

    def _uncover(self) -> None:
        if self._covered:
            self._covered = False
            self.preview_changed.emit(None)

    def renew(self) -> None:
        """What was rendered is not what the document would give now."""
        operations = self._studio.operations
        operations.withdraw(*operations.pending(Render))
        self._shown = None

    def show(self) -> None:
        """Show the document's state: from the cache, or rendered once no edit is under way."""
        studio = self._studio
        document, operations = studio.document, studio.operations
        if document is None:
            return
        key = document.composite_key()
        if key == self._shown:
            return
        cache = document.composites
        if not any(key):
            cache.keep(key, None)
        if key in cache:
            self._shown = key
            self.composite_changed.emit(cache.get(key))
            self._uncover()
            return
        if operations.pending(Intervene, Drag):
            return
        if any(render.subject == (document, key) for render in operations.pending(Render)):
            return

        def done(patch: Patch | None) -> None:
            if document is studio.document:
                document.composites.keep(key, patch)
                self.show()

        def failed(error: EngineError) -> None:
            del error  # told; asking again would fail again
            if document is studio.document:
                self._shown = key
                self._uncover()

        def superseded() -> None:
            """The newer job may have been withdrawn before this was told."""
            if document is studio.document and not operations.pending(Render):
                self.show()

        portraits, _ = document.portraits()
        job = Render(document.photo, portraits)
        operations.submit(
            Operation(job, done=done, failed=failed, cancelled=superseded, subject=(document, key))
        )
