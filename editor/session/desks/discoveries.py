"""What can change in this region, as the engine finds it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.jobs import Discover, Discovery, FindDirections
from editor.session.desks.sliders import can_edit
from editor.session.operations import Operation

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.region import RegionMask
    from editor.engine.jobs import FittedDirection
    from editor.session.deferrals import Deferred
    from editor.session.desks.edits import Edits
    from editor.session.desks.regions import Regions
    from editor.session.studio import Studio

_OUTDATED = "The search for what can change was stopped: its region, face or edits changed."


class Discoveries(QObject):
    """Asks for discovered sliders, and forgets them once they no longer hold.

    Signals:
        discovery_changed(Discovery | None): what can change in this region; None: not known.
    """

    discovery_changed = Signal(object)

    def __init__(self, studio: Studio, regions: Regions, edits: Edits) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._edits = edits
        self._deferred: Deferred | None = None
        self._ground_of: object = None
        self.discovery: Discovery | None = None
        regions.region_changed.connect(self._check)
        studio.face_chosen.connect(self._check)
        studio.history_changed.connect(self._check)

    def discover(self) -> None:
        """Look for what can change in this region, after the edits that are under way."""
        self.cancel()
        self._regions.then(self._discover_after_edits)

    def find_directions(self, source: Literal["sefa", "ganspace", "published"] | Path) -> None:
        """Look for sliders for any picture of the generator in use, or read them from a file."""
        operations, info = self._studio.operations, self._studio.info
        if info is not None:
            operations.withdraw(*operations.pending(FindDirections))
            job = FindDirections(info.generator_sha256, source)
            operations.submit(Operation(job, done=self._found))

    def fit(self, job: FitBoundary | FitScorer) -> None:
        """Fit a slider for any picture to what the user brings, behind all other work."""
        operations = self._studio.operations
        operations.withdraw(*operations.pending(FitBoundary, FitScorer))
        operations.submit(Operation(job, done=self._fitted))

    def cancel(self) -> None:
        """Look for nothing any more."""
        if self._deferred is not None:
            self._studio.deferrals.drop(self._deferred)
            self._deferred = None

    def _discover_after_edits(self) -> None:
        document, face = self._studio.document, self._studio.face
        if document is None or face is None or not can_edit(self._studio, face):
            return
        region = document.region
        if region.mask.is_empty:
            self._studio.hinted.emit(
                "Brush a region first: it is searched for what can change in it."
            )
            return

        def go() -> None:
            self._deferred = None
            if document is not self._studio.document or document.region is not region:
                self._studio.noticed.emit(_OUTDATED)
                return
            search = partial(self._search, self._ground())
            self._regions.soften(region, search, self._studio.failed.emit)

        self._deferred = self._edits.when_done(go)

    def _search(self, ground: object, region: RegionMask) -> None:
        if ground != self._ground():
            self._studio.noticed.emit(_OUTDATED)
            return
        studio = self._studio
        document, face, operations = studio.document, studio.face, studio.operations
        if document is None or face is None or face.portrait is None:
            return
        operations.withdraw(*operations.pending(Discover))
        portraits, active = document.portraits(face, face.portrait.history)
        job = Discover(document.photo, portraits, active, region)
        operations.submit(
            Operation(job, done=self._found, cancelled=self._stopped, subject=self._ground())
        )

    def _fitted(self, found: FittedDirection) -> None:
        self._found(found.discovery)

    def _found(self, discovery: Discovery) -> None:
        info = self._studio.info
        if discovery.origin and (info is None or info.generator_sha256 != discovery.generator):
            return  # another generator is in use by now
        self.discovery = discovery
        self._ground_of = self._ground(discovery)
        self.discovery_changed.emit(discovery)

    def _stopped(self) -> None:
        self._studio.noticed.emit("The search for what can change was stopped.")

    def _ground(self, discovery: Discovery | None = None) -> object:
        """What a discovery holds for: photo, face, region, and the edits but its own.

        Of sliders for any picture, only the generator.
        """
        if discovery is not None and discovery.origin:
            info = self._studio.info
            return info.generator_sha256 if info is not None else None
        own = {slider.id for slider in discovery.sliders} if discovery else set[str]()
        history, document = self._studio.history, self._studio.document
        others = tuple(
            edit.look
            for edit in (history.applied if history else ())
            if not edit.origin.goals or not own.issuperset(name for name, _ in edit.origin.goals)
        )
        if document is None:
            return None
        return id(document.photo), document.active, id(document.region), others

    @Slot()
    def _check(self) -> None:
        operations = self._studio.operations
        now = self._ground()
        outdated = [one for one in operations.pending(Discover) if one.subject != now]
        operations.withdraw(*outdated)
        if outdated:
            self._studio.noticed.emit(_OUTDATED)
        discovery = self.discovery
        if discovery is not None and self._ground_of != self._ground(discovery):
            self.discovery = None
            self.discovery_changed.emit(None)
