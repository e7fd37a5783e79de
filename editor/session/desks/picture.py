"""What the canvas shows: the photo with its edits, and previews over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.engine.jobs import Drag, Intervene, Patch, Render
from editor.session.operations import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.errors import EngineError
    from editor.session.open_document import Document, StateKey
    from editor.session.studio import Studio


@dataclass(frozen=True, slots=True, eq=False)
class _Awaited:
    """Somebody who needs a state drawn; see ``Picture.once_drawn``."""

    document: Document
    key: StateKey
    then: Callable[[Patch | None], object]
    otherwise: Callable[[], object]


class Picture(QObject):
    """Keeps the composite in line with the document.

    A state is rendered when it is not known, and asked for once: a render that was superseded is
    asked for again by whatever ended the newer job, or by its own end where that came first.

    Signals:
        composite_changed(Patch | None): the photo with all edits; None: no edits.
        preview_changed(Patch | None): shown over the composite until None.
        kept_changed(bool): whether the composite is only what a project kept of it, until the edits
            are drawn.
        behind_changed(bool): whether something was changed since, or is being made, that what the
            project kept does not show.
    """

    composite_changed = Signal(object)
    preview_changed = Signal(object)
    kept_changed = Signal(bool)
    behind_changed = Signal(bool)

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._shown: StateKey | None = None
        self._kept = self._behind = False  # see the signals
        self._covered = False  # by a preview that goes once the state is shown
        self._awaited: list[_Awaited] = []

    def begin(self) -> None:
        """Show the document that is open now; what its project kept until its edits are drawn."""
        document = self._studio.document
        self.preview(None)
        self._tell(None if document is None else document.picture_until_drawn, kept=True)
        self.show()

    def _tell(self, patch: Patch | None, *, kept: bool = False) -> None:
        self._kept = kept and patch is not None
        self.composite_changed.emit(patch)
        self.kept_changed.emit(self._kept)
        self._tell_behind()

    def _tell_behind(self) -> None:
        document = self._studio.document
        newer = document is not None and document.picture_until_drawn is None
        made = bool(self._studio.operations.pending(Intervene))
        behind = self._kept and (newer or made)
        if behind != self._behind:
            self._behind = behind
            self.behind_changed.emit(behind)

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

    def once_drawn(
        self, then: Callable[[Patch | None], object], otherwise: Callable[[], object]
    ) -> None:
        """Call with the document's state as soon as that is drawn; an open photo is needed.

        Args:
            then: takes the photo with all edits; None: no edits.
            otherwise: called instead when another state comes first, or it cannot be drawn.
        """
        document = self._studio.document
        if document is None:
            otherwise()
            return
        key = document.composite_key()
        self._awaited.append(_Awaited(document, key, then, otherwise))
        if key not in document.composites and key == self._shown:
            self._shown = None  # drawn once, and kept no longer
        self.show()

    def _answer(self) -> None:
        """Serve those who wait for a state that is there by now, or is passed."""
        current, waiting = self._studio.document, self._awaited
        self._awaited = []
        for awaited in waiting:
            document = awaited.document
            if document is not current or document.composite_key() != awaited.key:
                awaited.otherwise()
            elif awaited.key in document.composites:
                awaited.then(document.composites.get(awaited.key))
            elif self._shown == awaited.key:  # it failed
                awaited.otherwise()
            else:
                self._awaited.append(awaited)

    def show(self) -> None:
        """Show the document's state: from the cache, or rendered once no edit is under way."""
        self._show()
        self._tell_behind()
        self._answer()

    def _show(self) -> None:
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
            self._tell(cache.get(key))
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
                if self._shown is None:  # what the project kept is nothing that there will be
                    self._tell(None)
                self._shown = key
                self._uncover()
                self._answer()

        def superseded() -> None:
            """The newer job may have been withdrawn before this was told."""
            if document is studio.document and not operations.pending(Render):
                self.show()

        portraits, _ = document.portraits()
        job = Render(document.photo, portraits)
        # Opened just now, say: what is on the screen has no edits, and must not pass for edited.
        called = "Drawing the edits" if self._shown is None else ""
        operations.submit(
            Operation(
                job,
                done=done,
                failed=failed,
                cancelled=superseded,
                subject=(document, key),
                called=called,
            )
        )
