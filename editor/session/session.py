"""The one object the window talks to: the open document, and the desks that work on it.

Verbs are the user's actions and stand on the desks; signals are what became of them and stand here.
No pixel is computed here: everything slow goes to the engine thread or to the background.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from editor.engine.schedules import SCHEDULES, CancelGroup
from editor.session.background import Background
from editor.session.desks.adjustments import Adjustments
from editor.session.desks.copies import Copies
from editor.session.desks.discoveries import Discoveries
from editor.session.desks.edits import Edits
from editor.session.desks.expressions import Expressions
from editor.session.desks.faces import Faces
from editor.session.desks.files import Files
from editor.session.desks.generators import Generators
from editor.session.desks.likeness import Likeness
from editor.session.desks.masks import Masks
from editor.session.desks.named_regions import NamedRegions
from editor.session.desks.picture import Picture
from editor.session.desks.pulls import Pulls
from editor.session.desks.refinements import Refinements
from editor.session.desks.regions import AT_ONCE, Regions
from editor.session.desks.sliders import Sliders
from editor.session.desks.snapshots import Snapshots
from editor.session.desks.spots import Spots
from editor.session.desks.steps import Steps
from editor.session.desks.succession import Succession
from editor.session.desks.usual_regions import UsualRegions
from editor.session.journal import Snapshot
from editor.session.known_sliders import KnownSliders
from editor.session.left_photos import LeftPhotos
from editor.session.library import UserLibrary
from editor.session.operations import Operations
from editor.session.studio import Studio

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.brushed_region import BrushedRegion
    from editor.document.face import DetectedFace
    from editor.document.goals import Dials, Reference
    from editor.document.history import EditHistory, Portrait
    from editor.document.paint import PaintLayer
    from editor.document.photo import Photo, Pyramid
    from editor.document.presets import AttributePreset
    from editor.document.project import ViewPlace
    from editor.document.style import StyleLayout
    from editor.document.style_sliders import StyleSlider
    from editor.engine.jobs import Discovery, EngineInfo
    from editor.session.engine_thread import EngineThread
    from editor.session.operations import Operation


class EditSession(QObject):
    """Puts the desks together, shows their state, and hands on their signals.

    Signals:
        engine_ready(EngineInfo): editing is possible from now on; again with a document that the
            engine works on in another way, as with the generator of an older project.
        engine_unavailable(EngineError): photos can be looked at, not edited.
        changed(): the document is another one than before.
        and those of the studio, the operations, the desks and the library, told there.

    Attributes:
        studio: the open document, for the desks and for tests.
        files, faces_desk, regions, named, masks, spots, pulls, sliders, copies, likeness,
            adjustments, discoveries, steps, snapshots, edits, picture, refinements, generators,
            usual: desks.
        library: what the user keeps from photo to photo.
    """

    engine_ready = Signal(object)
    engine_unavailable = Signal(object)
    photo_opened = Signal(object)
    photo_missing = Signal(object, object)
    replacing = Signal(object)
    faces_found = Signal(object)
    face_chosen = Signal(int)
    portrait_changed = Signal(object)
    refined = Signal(object)
    refining_changed = Signal(object)
    waiting_changed = Signal(object)
    preview_changed = Signal(object)
    composite_changed = Signal(object)
    history_changed = Signal(object)
    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    noticed = Signal(str)
    hinted = Signal(str)
    hints_over = Signal()
    saved = Signal(object)
    exported = Signal(object)
    writing_changed = Signal(bool)
    modified_changed = Signal(bool)
    changed = Signal()
    region_changed = Signal(object)
    paint_changed = Signal(object)
    mirrored_changed = Signal(bool)
    undo_changed = Signal(str, str)
    failed = Signal(object)
    attribute_values_changed = Signal(object)
    dials_changed = Signal(object)
    together_changed = Signal(bool)
    discovery_changed = Signal(object)
    style_sliders_changed = Signal(object)
    presets_changed = Signal(object)
    restored = Signal(object)
    leaving = Signal()
    reference_changed = Signal(object)
    chosen_changed = Signal(str)

    def __init__(
        self,
        thread: EngineThread,
        parent: QObject | None = None,
        library: Path | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        """Follow the thread.

        Args:
            thread: not yet started.
            parent: owner.
            library: folder of the user's presets and kept sliders; without one, what is kept lasts
                until the session ends.
            at_once: pixels of a stroke that are worked on without the background.
        """
        super().__init__(parent)
        self._operations = Operations(thread, self)
        self.studio = studio = Studio(self._operations, self)
        self._known = KnownSliders()
        self._layout: StyleLayout | None = None  # of the generator in use, once a code is there
        self._ended: bool | None = None  # how ``close`` went
        self._disk = Background("library", self)
        self.picture = Picture(studio)
        self.library = UserLibrary(library, self._disk, self)
        self.regions = Regions(studio, at_once)
        self.usual = UsualRegions(studio, self.regions)
        self.masks = Masks(studio, self.regions)
        self.edits = Edits(studio, self.regions, self.picture, self._known)
        self.spots = Spots(studio, self.regions, self.edits)
        self.pulls = Pulls(studio, self.regions, self.edits)
        self.sliders = Sliders(
            studio, self.regions, self.usual, self.picture, self.edits, self._known, self.library
        )
        self.named = NamedRegions(studio, self.regions, self.edits)
        self.copies = Copies(studio, self.regions, self.edits, self._known)
        self.likeness = Likeness(studio, self.regions, self.edits)
        self.expressions = Expressions(studio, self.regions, self.edits, self._known, self.likeness)
        self.adjustments = Adjustments(studio, self.regions, self.edits, self.likeness, self._known)
        self.discoveries = Discoveries(studio, self.regions, self.edits)
        self.faces_desk = Faces(studio, self.regions, self.picture, self.edits)
        desks = studio, self.regions, self.picture, self.edits, self.faces_desk
        self.refinements = Refinements(
            studio, self.regions, self.picture, self.edits, self.likeness, self._known,
            self.faces_desk,
        )  # fmt: skip
        self.steps = Steps(*desks)
        self.snapshots = Snapshots(studio, self.regions, self.edits, self.picture, self.faces_desk)
        left = LeftPhotos()
        self.succession = Succession(*desks, left)
        self.files = Files(
            studio, self.regions, self.edits, self.faces_desk, self.succession, left, self.sliders,
            self.likeness, self._known, self._disk,
        )  # fmt: skip
        self.generators = Generators(studio, self.files)
        self._hand_on_signals()
        studio.history_changed.connect(self._on_history)
        self.library.sliders_changed.connect(self._choose_sliders)
        thread.ready.connect(self._on_ready)
        thread.unavailable.connect(self.engine_unavailable)

    def _hand_on_signals(self) -> None:
        for source, names in (
            (
                self.studio,
                "face_chosen portrait_changed history_changed undo_changed modified_changed "
                "changed failed noticed hinted hints_over",
            ),
            (self._operations, "progress_changed busy_changed refining_changed"),
            (self.picture, "composite_changed preview_changed"),
            (self.regions, "region_changed paint_changed mirrored_changed"),
            (self.sliders, "dials_changed together_changed"),
            (self.likeness, "reference_changed"),
            (self.adjustments, "chosen_changed"),
            (self.discoveries, "discovery_changed"),
            (self.faces_desk, "faces_found refined"),
            (self.refinements, "waiting_changed"),
            (self.succession, "photo_opened leaving"),
            (self.files, "photo_missing replacing restored saved exported writing_changed"),
            (self.library, "presets_changed failed"),
        ):
            for name in names.split():
                getattr(source, name).connect(getattr(self, name))
        self.sliders.values_changed.connect(self.attribute_values_changed)
        self.studio.engine_changed.connect(self._on_engine)

    # ------------------------------------------------------------ state

    @property
    def info(self) -> EngineInfo | None:
        """The engine as it is for this document, once it has started."""
        return self.studio.info

    @property
    def photo(self) -> Photo | None:
        """The open photograph."""
        return self.studio.document.photo if self.studio.document else None

    @property
    def pyramid(self) -> Pyramid | None:
        """Its display sizes."""
        return self.studio.document.pyramid if self.studio.document else None

    @property
    def project_path(self) -> Path | None:
        """Where the project was saved to or opened from."""
        return self.studio.document.project_path if self.studio.document else None

    @property
    def faces(self) -> tuple[DetectedFace, ...]:
        """The photo's faces, largest first."""
        document = self.studio.document
        return tuple(face.detected for face in document.faces) if document else ()

    @property
    def active(self) -> int:
        """Number of the face that is edited, −1 for none."""
        return self.studio.document.active if self.studio.document else -1

    @property
    def portrait(self) -> Portrait | None:
        """The active face's inversion and edits, None before it was analysed."""
        return self.studio.face.portrait if self.studio.face else None

    @property
    def history(self) -> EditHistory | None:
        """Of the active face."""
        return self.studio.history

    @property
    def region(self) -> BrushedRegion | None:
        """Of the active face; of the photo when it has no face; None without a photo."""
        return self.studio.document.region if self.studio.document else None

    @property
    def paint(self) -> PaintLayer | None:
        """Colours painted over the active face (over the photo without one)."""
        return self.studio.document.paint if self.studio.document else None

    @property
    def mirrored(self) -> bool:
        """Whether strokes are painted on both sides of the face."""
        return self.regions.mirrored

    @property
    def modified(self) -> bool:
        """Whether there is something that no project file has."""
        return self.studio.modified

    @property
    def busy(self) -> bool:
        """Whether something is under way that a user would wait for."""
        return self._operations.busy or self.regions.pending or bool(self.edits.pending)

    @property
    def finding_faces(self) -> bool:
        """Whether the photo's faces are being looked for: it can be looked at meanwhile."""
        return self.studio.finding_faces

    @property
    def inverting(self) -> bool:
        """Whether the active face is being analysed."""
        return self.faces_desk.inverting

    @property
    def attribute_values(self) -> dict[str, float]:
        """Where the sliders stand for the active face and region; absent ones at 0."""
        return self.sliders.values

    @property
    def dials(self) -> Dials:
        """The objective's dials."""
        return self.studio.dials

    @property
    def together(self) -> bool:
        """Whether moving another slider in the same region joins that region's last edit."""
        return self.sliders.together

    @property
    def reference(self) -> Reference | None:
        """The face that ``match_reference`` follows; it outlasts the photo."""
        return self.likeness.reference

    @property
    def discovery(self) -> Discovery | None:
        """What can change in this region; None as soon as face, region or edits change.

        Edits made with the discovered sliders themselves do not count, so that one can go on
        trying them.
        """
        return self.discoveries.discovery

    @property
    def style_sliders(self) -> tuple[StyleSlider, ...]:
        """Discovered sliders that the user kept and that fit the loaded generator.

        None before the first face was analysed: there is nothing to move them on.
        """
        return self._known.kept

    @property
    def presets(self) -> tuple[AttributePreset, ...]:
        """The user's presets, by name."""
        return self.library.presets

    @property
    def view(self) -> ViewPlace | None:
        """Where a window last looked; None: at all of the photo."""
        return self.studio.document.view if self.studio.document else None

    def look_at(self, view: ViewPlace | None) -> None:
        """A window looks there now; a project keeps it, and is not changed by that alone."""
        if self.studio.document is not None:
            self.studio.document.view = view

    def snapshot(self) -> Snapshot | None:
        """What would be lost if the program were killed now, for the journal; None: nothing."""
        document = self.studio.document
        if document is None or not self.modified:
            return None
        return Snapshot(
            document,
            self.files.snapshot(document),
            document.photo,
            document.source,
            document.project_path,
            document.pyramid,
            document.composites.get(document.composite_key()),
            document.project_mark,
        )

    @property
    def left_documents(self) -> tuple[object, ...]:
        """Those that were left unsaved: a journal keeps each as it was then."""
        return tuple(left.document for left in self.files.left.unsaved)

    # ------------------------------------------------------------ verbs of the whole

    def cancel(self) -> bool:
        """Stop edits, or else searches and analyses; strokes and files go on (``files.cancel``).

        Returns:
            whether anything was under way.
        """
        asked = self._operations.pending()
        if self.regions.pending:
            self.regions.then(lambda: self._cancel(asked))  # what waits behind them as well
            return True
        return self._cancel(asked)

    def _cancel(self, asked: list[Operation]) -> bool:
        """Of what was asked for by then; moves of faces wait behind strokes, as edits do."""
        self.discoveries.cancel()
        told = self.edits.cancel()
        if told:
            self.noticed.emit(told)
            return True
        analyses = [
            operation
            for operation in self._operations.pending()
            if operation.group is CancelGroup.ANALYSIS and not operation.is_drafted
            # minutes of work are stopped by their own button only
            if not SCHEDULES[type(operation.job)].patient
            if operation in asked or operation.cause is not None
        ]
        self._operations.cancel(*analyses)
        return bool(analyses)

    def cancel_shown(self) -> None:
        """Stop that whose progress is shown; of edits, those that wait behind it as well."""
        shown = self._operations.shown
        if shown is None or shown.group is CancelGroup.EDITS:
            self.cancel()
        elif shown.group is CancelGroup.FILES:
            self.files.cancel(shown)
        else:
            self._operations.cancel(shown)

    def close(self) -> bool:
        """Stop everything; False when the engine's step would not end. It is waited for once."""
        if self._ended is None:
            self.regions.close()
            self.masks.close()
            self.usual.close()
            self._ended = self._operations.close()
            self._disk.close()
        return self._ended

    # ------------------------------------------------------------ inside

    @Slot(object)
    def _on_ready(self, info: EngineInfo) -> None:
        self.studio.info = info
        self._on_engine(info)
        if info.notice:
            self.noticed.emit(info.notice)

    @Slot(object)
    def _on_engine(self, info: EngineInfo) -> None:
        self._known.attributes = info.attributes
        self.engine_ready.emit(info)

    @Slot(object)
    def _on_history(self, history: EditHistory | None) -> None:
        if history is not None and history.base.layout != self._layout:
            self._layout = history.base.layout
            self._choose_sliders()

    @Slot()
    def _choose_sliders(self) -> None:
        fitting = tuple(s for s in self.library.sliders if s.delta.layout == self._layout)
        if fitting != self._known.kept:
            self._known.kept = fitting
            self.style_sliders_changed.emit(fitting)
