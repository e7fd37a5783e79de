"""The user's generators: looked at, added, chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.document.places import fits_folder
from editor.engine.generator_jobs import FitAttributes, RemoveGenerator, RenameGenerator
from editor.engine.jobs import ImportGenerator, InspectGenerator
from editor.session.operations import Operation

if TYPE_CHECKING:
    from pathlib import Path

    from editor.engine.generator_jobs import GeneratorOffer
    from editor.engine.jobs import FittedAttributes, GeneratorInfo
    from editor.session.desks.files import Files
    from editor.session.studio import Studio


class Generators(QObject):
    """Adds generators, and lets one be used for this photo and those that are opened later.

    Attributes:
        fits: what was fitted since the start, by SHA-256 of the weights.

    Signals:
        offered(GeneratorOffer): what a file holds; it is for the user to say whether to add it.
        added(GeneratorInfo): it is among the generators now.
        changed(GeneratorInfo): it was renamed, or removed (not ``is_installed``).
        fitted(FittedAttributes): it has attributes now.
    """

    offered = Signal(object)
    added = Signal(object)
    changed = Signal(object)
    fitted = Signal(object)

    def __init__(self, studio: Studio, files: Files) -> None:
        super().__init__(studio)
        self._studio = studio
        self._files = files
        self.fits: dict[str, FittedAttributes] = {}

    @property
    def known(self) -> tuple[GeneratorInfo, ...]:
        """All that the engine knows, the default one first."""
        return self._studio.info.generators if self._studio.info else ()

    @property
    def chosen(self) -> str:
        """SHA-256 of the one that is in use for this photo, or else for the next one."""
        studio = self._studio
        if studio.document is not None and studio.info is not None:
            return studio.info.generator_sha256
        return studio.generator or next((one.sha256 for one in self.known), "")

    def inspect(self, path: Path) -> None:
        """Look what a checkpoint is; nothing is added."""
        operations = self._studio.operations
        operations.withdraw(*operations.pending(InspectGenerator))
        operations.submit(Operation(InspectGenerator(path), done=self.offered.emit))

    def add(self, offer: GeneratorOffer, name: str = "") -> None:
        """Put it among the generators, under that name, or as its file is called."""
        job = ImportGenerator(offer.path, name, source_sha256=offer.source_sha256)
        self._studio.operations.submit(Operation(job, done=self._take))

    @property
    def in_use(self) -> GeneratorInfo | None:
        """The one that is ``chosen``."""
        return next((one for one in self.known if one.sha256 == self.chosen), None)

    @property
    def own(self) -> tuple[GeneratorInfo, ...]:
        """Those that the user added, by name."""
        return tuple(sorted((one for one in self.known if one.source), key=lambda one: one.name))

    def why_kept(self, sha256: str) -> str:
        """Why a generator cannot be removed now, in the user's words; "" when it can."""
        if self._studio.document is not None and sha256 == self.chosen:
            return "The photo that is open works with it. Choose another generator first."
        return ""

    def rename(self, sha256: str, name: str) -> None:
        """Call one of the user's own otherwise."""
        job = RenameGenerator(sha256, name)
        self._studio.operations.submit(Operation(job, done=self._replace))

    def remove(self, sha256: str) -> None:
        """Delete one of the user's own; whoever asks has made sure."""
        why = self.why_kept(sha256)
        if why:
            self._studio.noticed.emit(why)
            return
        self._studio.operations.withdraw(*self._fitting(sha256))
        self._studio.operations.submit(Operation(RemoveGenerator(sha256), done=self._replace))

    def fit_attributes(self, sha256: str, samples: int = 0) -> None:
        """Fit the named attributes to one of the user's own, behind all other work."""
        operations = self._studio.operations
        operations.withdraw(*self._fitting(sha256))  # it goes on where that one was
        job = FitAttributes(sha256, fits_folder(), samples)
        operations.submit(Operation(job, done=self._take_fitted))

    def use(self, sha256: str) -> None:
        """Work with that generator from now on.

        A photo that is open is opened anew, since edits belong to the generator that they were made
        with: ask about unsaved ones first.
        """
        document = self._studio.document
        if sha256 == self.chosen:
            return
        if document is None:
            self._studio.generator = sha256
        elif document.photo.path is None:
            self._studio.noticed.emit(
                "This photo lies only inside its project. Export it, then open that file with the "
                "other generator."
            )
        else:
            edited = any(face.portrait and face.portrait.history.edits for face in document.faces)
            self._files.open_photo(document.photo.path, sha256)
            if edited:
                self._studio.noticed.emit(
                    "The edits belong to the generator that they were made with. The project keeps "
                    "them; with the other generator the photo begins without."
                )

    def _take(self, made: GeneratorInfo) -> None:
        self._list(made)
        self.added.emit(made)

    def _replace(self, changed: GeneratorInfo) -> None:
        """It has another name now, or is gone."""
        if not changed.is_installed and self._studio.generator == changed.sha256:
            self._studio.generator = ""  # the next photo begins with the default one
        self._list(changed)
        self.changed.emit(changed)

    def _fitting(self, sha256: str) -> list[Operation]:
        """What fits attributes to a generator now."""
        return [
            one
            for one in self._studio.operations.pending(FitAttributes)
            if isinstance(one.job, FitAttributes) and one.job.generator == sha256
        ]

    def _take_fitted(self, result: FittedAttributes) -> None:
        """Offer them wherever that generator is in use, now or when one comes back to it."""
        studio = self._studio
        self.fits[result.generator.sha256] = result
        studio.fitted[result.generator.sha256] = result.attributes
        if studio.info is not None:
            studio.info = studio.up_to_date(studio.info)
        self._list(result.generator)
        self.fitted.emit(result)

    def _list(self, made: GeneratorInfo) -> None:
        studio = self._studio
        if studio.info is not None:
            others = tuple(one for one in studio.info.generators if one.sha256 != made.sha256)
            there = (made,) if made.is_installed else ()
            studio.info = replace(studio.info, generators=(*others, *there))
            studio.engine_changed.emit(studio.info)
