"""The open document: a photograph, its faces, what was painted and edited on each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.brushed_region import BrushedRegion
from editor.document.byte_cache import ByteCache, Shelf
from editor.document.history import Portrait
from editor.document.named_regions import RegionList
from editor.document.paint import PaintLayer
from editor.document.photo_source import PhotoSource
from editor.document.photo_square import SQUARE
from editor.document.project import Project, ProjectFace
from editor.document.project_contents import PREVIEW_SIDE, KeptPreview
from editor.document.region import RegionMask
from editor.engine.jobs import OpenedPhoto, OpenedProject, Patch
from editor.session.undo import Alignment, Footing, UndoList

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.face import DetectedFace, FaceCrop, FaceDetail
    from editor.document.formats.metadata import Metadata
    from editor.document.history import Edit, EditHistory, Inversion, NamedState
    from editor.document.photo import Photo, Pyramid
    from editor.document.project import ViewPlace
    from editor.document.ratings import Rated
    from editor.session.refined import Refined

StateKey = tuple[tuple[bytes, ...], ...]
"""What the edits in force lie on, and their looks, face by face: what a picture is filed under."""

PLACED = ("hand", SQUARE)  # detectors of faces that the user put there


@dataclass(slots=True, eq=False)
class Face:
    """One face of the photo.

    Attributes:
        detected: where it is.
        region: what is brushed for it, the region in hand.
        paint: colours painted over it.
        named: its regions with names, ``region`` among them or not.
        portrait: its inversion and edits, None before it was analysed.
        refined: what its draft was refined to, while edits lie on the draft.
        snapshots: states of its edits that the user gave a name.
    """

    detected: DetectedFace
    region: BrushedRegion
    paint: PaintLayer
    portrait: Portrait | None = None
    refined: Refined | None = None
    snapshots: tuple[NamedState, ...] = ()
    named: tuple[BrushedRegion, ...] = ()

    @property
    def landmarks(self) -> NDArray[np.float64]:
        """Where the face's points are now, (68, 2) in photo pixels."""
        return self.detected.landmarks if self.portrait is None else self.portrait.landmarks

    @property
    def detail(self) -> FaceDetail | None:
        """What was seen of it beyond them, once it is analysed."""
        return None if self.portrait is None else self.portrait.detail

    def catch_up(self, face: Face, *, moved: bool) -> None:
        """Take over what was found out about the face that this is a copy of.

        That is what its draft was refined to, and with ``moved`` where it was aligned to. What was
        done to it since is not: neither is a refined face that the user took for its edits.
        """
        then, now = self.portrait, face.portrait
        if then is None or now is None or not (moved or now.crop == then.crop):
            return
        if not moved and any(edit.is_searched for edit in then.history.edits):
            return
        if now.is_draft and not (moved or then.is_draft):
            return  # undo brought edits back that were made on the draft
        self.detected = face.detected
        self.portrait = now.with_history(then.history.rebased(now.history.base))


def _composites() -> Shelf[Patch | None]:
    """What keeps rendered states by their keys; None is the photo itself."""
    return ByteCache(256 << 20).shelf(lambda patch: patch.nbytes if patch else 0)


@dataclass(slots=True)
class Document:
    """What one window edits; replaced as a whole when another photo is opened.

    Attributes:
        photo, pyramid: the photograph, and its display sizes.
        source: the photograph's file.
        faces: largest first.
        active: number of the face that is edited, −1 for none.
        unowned: what is brushed while no face is active.
        unowned_paint: colours that are painted then.
        unowned_named: regions with names that belong to no face.
        undo: strokes and edits, in the order of the user's actions.
        composites: rendered states by ``composite_key()``; undo is instant while they are kept.
        project_path: where it was saved to or opened from.
        project_mark: of that file as it was then (``files.mark_of``); None: not known.
        holds_photo: whether that project holds the photograph itself.
        is_damaged: whether that project could not be read whole.
        saved: ``state()`` when it was last saved or opened.
        view: where the window looks; None: at all of the photograph.
        metadata: what exports say, where that is newer than the photo; else None.
        footings: what the edits of each face, by its number, stood on before.
        kept_picture: a state and what its project kept of its picture, to be seen until the edits
            are drawn; never to be taken for these.
    """

    photo: Photo
    pyramid: Pyramid
    source: PhotoSource
    faces: list[Face]
    active: int
    unowned: BrushedRegion
    unowned_paint: PaintLayer
    undo: UndoList = field(default_factory=UndoList)
    composites: Shelf[Patch | None] = field(default_factory=_composites)
    project_path: Path | None = None
    project_mark: tuple[int, ...] | None = None
    holds_photo: bool = False
    is_damaged: bool = False
    saved: object = None
    view: ViewPlace | None = None
    metadata: Metadata | None = None
    footings: dict[int, tuple[Footing, ...]] = field(default_factory=dict[int, tuple[Footing, ...]])
    unowned_named: tuple[BrushedRegion, ...] = ()
    kept_picture: tuple[StateKey, Patch] | None = None

    @classmethod
    def of(cls, opened: OpenedPhoto | OpenedProject) -> Document:
        """As the engine opened it: the largest or the project's face is active."""
        photo = opened.photo
        empty = RegionMask.empty(photo.width, photo.height)
        bare = PaintLayer.empty(photo.width, photo.height)

        def brushed(face: ProjectFace, feather: float) -> RegionList:
            if not face.regions:
                return RegionList(BrushedRegion(empty, feather))
            return RegionList.of(face.regions[face.region], face.regions)

        def fresh(detected: DetectedFace) -> Face:
            return Face(detected, BrushedRegion(empty, detected.default_feather), bare)

        source = opened.source if isinstance(opened, OpenedProject) else None
        source = source or PhotoSource.of(photo)
        faces = [fresh(detected) for detected in opened.faces]
        active = min(0, len(faces) - 1)
        document = cls(
            photo, opened.pyramid, source, faces, active, BrushedRegion(empty, 0.0), bare
        )
        if isinstance(opened, OpenedProject):
            project = opened.project
            owners: list[Face] = []
            for kept in project.faces:
                if kept.detected is None:
                    continue
                face = _owner(kept.detected, faces, owners) or fresh(kept.detected)
                if face not in faces:
                    faces.append(face)
                owners.append(face)
                document.put(face, brushed(kept, face.detected.default_feather))
                face.paint = kept.paint or bare
                face.snapshots = kept.snapshots
                if kept.portrait is not None:
                    face.portrait = project.portraits[kept.portrait]
                    base = face.portrait.history.base.fingerprint
                    face.snapshots = tuple(
                        replace(one, base=one.base or base) for one in kept.snapshots
                    )
            document.put(None, brushed(project.unowned, 0.0))
            document.unowned_paint = project.unowned.paint or bare
            if owners and project.active >= 0:
                document.active = faces.index(owners[project.active])
            document.view = project.view
            document.holds_photo = opened.embedded
            document.is_damaged = bool(project.missing)
            document.undo = UndoList.of(
                {
                    number: face.portrait.history
                    for number, face in enumerate(faces)
                    if face.portrait is not None
                }
            )
            seen = project.preview
            if seen is not None and not project.missing:  # of what is left out it may show some
                patch = Patch(seen.x, seen.y, seen.width, seen.height, seen.pixels)
                document.kept_picture = document.composite_key(), patch
        document.saved = document.state()
        return document

    @property
    def face(self) -> Face | None:
        """The active face."""
        return self.faces[self.active] if self.active >= 0 else None

    @property
    def history(self) -> EditHistory | None:
        """Of the active face."""
        return self.face.portrait.history if self.face and self.face.portrait else None

    @property
    def region(self) -> BrushedRegion:
        """Of the active face; of the photo without one."""
        return self.region_of(self.face)

    @property
    def paint(self) -> PaintLayer:
        """Over the active face; over the photo without one."""
        return self.paint_of(self.face)

    def region_of(self, face: Face | None) -> BrushedRegion:
        """Of a face; of the photo with None."""
        return self.unowned if face is None else face.region

    def paint_of(self, face: Face | None) -> PaintLayer:
        """Over a face; over the photo with None."""
        return self.unowned_paint if face is None else face.paint

    def regions_of(self, face: Face | None) -> RegionList:
        """The region in hand and those with names of a face; of the photo with None."""
        named = self.unowned_named if face is None else face.named
        return RegionList(self.region_of(face), named)

    def put(self, face: Face | None, state: BrushedRegion | RegionList | PaintLayer) -> None:
        """Brush or paint that for a face, or for the photo with None."""
        if isinstance(state, BrushedRegion):
            state = self.regions_of(face).put(state)
        if isinstance(state, RegionList):
            if face is None:
                self.unowned, self.unowned_named = state.hand, state.named
            else:
                face.region, face.named = state.hand, state.named
        elif face is None:
            self.unowned_paint = state
        else:
            face.paint = state

    def number_of(self, face: Face | None) -> int:
        """Of a face among all, −1 for None."""
        return -1 if face is None else self.faces.index(face)

    def take_rating(self, rated: Rated) -> None:
        """The photo's file holds a rating now; its picture is the one that is open."""
        self.metadata = rated.metadata
        if self.source.embedded is None and self.source.sha256 == rated.before:
            self.source = replace(self.source, sha256=rated.sha256, size=rated.size)

    @property
    def described_photo(self) -> Photo:
        """The photo with what is to be said of it."""
        return self.photo if self.metadata is None else replace(self.photo, metadata=self.metadata)

    def copy(self) -> Document:
        """As it is now, without undo: what happens to this one later does not reach it."""
        return replace(
            self,
            faces=[replace(face) for face in self.faces],
            undo=UndoList(),  # pictures stay common: their keys tell all that is in them
        )

    def portraits(
        self, edited: Face | None = None, history: EditHistory | None = None
    ) -> tuple[tuple[Portrait, ...], int]:
        """The analysed faces, one of them with ``history``, and its place among them (or −1)."""
        portraits: list[Portrait] = []
        place = -1
        for face in self.faces:
            if face.portrait is None:
                continue
            if face is edited and history is not None:
                place = len(portraits)
                portraits.append(face.portrait.with_history(history))
            else:
                portraits.append(face.portrait)
        return tuple(portraits), place

    def project(self) -> Project:
        """All of it that a project file keeps; what belongs to the session is added there."""
        portraits: list[Portrait] = []

        def kept(face: Face | None) -> ProjectFace:
            listed, paint = self.regions_of(face), self.paint_of(face)
            regions = listed.all
            place = next((n for n, one in enumerate(regions) if one is listed.hand), 0)
            number = None
            portrait = face.portrait if face is not None else None
            if portrait is not None:
                number = len(portraits)
                portraits.append(portrait)
            return ProjectFace(
                face.detected if face is not None else None,
                number,
                regions,
                place,
                paint=None if paint.is_empty else paint,
                snapshots=face.snapshots if face is not None and number is not None else (),
            )

        faces = tuple(kept(face) for face in self.faces)
        return Project(
            photo_path=self.source.path,
            photo_sha256=self.source.sha256,
            width=self.photo.width,
            height=self.photo.height,
            portraits=tuple(portraits),
            active=self.active,
            faces=faces,
            unowned=kept(None),
            photo_pixels=self.source.pixels,
            photo_size=self.source.size,
            view=self.view,
            preview=self._preview(),
        )

    def take_inversion(self, face: Face, crop: FaceCrop, inversion: Inversion) -> bool:
        """Make it the base of a face; edits made on its draft stay on top.

        Returns:
            whether anything changed; a draft never takes the place of what is there.
        """
        if face.portrait is None:
            face.portrait = Portrait.of(crop, inversion)
            return True
        if inversion.is_draft or face.portrait.crop != crop:
            return False
        face.portrait = face.portrait.refined(inversion)
        self.composites.clear()
        return True

    def alignment(self, face: Face) -> Alignment:
        """Of a face, as it is now."""
        return Alignment(face.detected, face.portrait)

    def put_alignment(self, number: int, alignment: Alignment) -> None:
        """Move a face with its inversion and edits; add it, and edit it; or take the last away.

        A photo's first face takes over what was brushed and painted without one.
        """
        if alignment.detected is None:
            del self.faces[number]
            self.active = min(self.active, len(self.faces) - 1)
        elif number < len(self.faces):
            face = self.faces[number]
            face.detected, face.portrait = alignment.detected, alignment.portrait
            face.refined = None  # it was of the crop before
        else:
            region, paint, named = self.unowned, self.unowned_paint, self.unowned_named
            if self.faces:
                region, named = region.emptied(), ()
                paint = PaintLayer.empty(self.photo.width, self.photo.height)
            if not region.name:
                region = BrushedRegion(region.mask, alignment.detected.default_feather)
            face = Face(alignment.detected, region, paint, alignment.portrait, named=named)
            self.faces.append(face)
            self.active = number
        self.composites.clear()  # the edits do not tell where the face lies

    def take_faces(self, found: tuple[DetectedFace, ...]) -> None:
        """They were looked for while the photo was shown already.

        The first takes over what was brushed and painted before there was one, with its undo.
        """
        unchanged = self.state() == self.saved
        for detected in found:
            self.put_alignment(len(self.faces), Alignment(detected, None))
        if found:
            self.active = 0
            self.unowned, self.unowned_named = self.unowned.emptied(), ()
            self.unowned_paint = PaintLayer.empty(self.photo.width, self.photo.height)
            self.undo.hand_over(-1, 0, found[0].default_feather)
        bare = self if unchanged else Document.of(OpenedPhoto(self.photo, self.pyramid, found))
        self.saved = bare.state()

    def put_footing(self, face: Face, footing: Footing) -> None:
        """Let a face's edits stand on that, and its snapshots with them."""
        now, base = face.portrait, footing.portrait.history.base
        if now is not None and now.history.base != base:
            left = Footing(now, face.refined)
            if face.refined is not None:
                face.snapshots = face.refined.in_states(face.snapshots, now.history.base)
            elif footing.refined is not None:
                face.snapshots = footing.refined.in_states(face.snapshots, base, back=True)
            number = self.number_of(face)
            others = (o for o in self.footings.get(number, ()) if not _are_one(o, left))
            self.footings[number] = (*others, left)
        face.portrait, face.refined = footing.portrait, footing.refined
        self.composites.clear()  # the edits do not tell what they lie on

    def footing_on(self, face: Face, base: str) -> Footing | None:
        """What a face stood on, or could, when its base was that (a fingerprint); None: unknown.

        Only where it lies now: edits go along to another place, as they are.
        """
        now, refined = face.portrait, face.refined
        if now is None or now.history.base.fingerprint == base:
            return None
        if refined is not None and refined.inversion.code.fingerprint == base:
            return Footing(Portrait.of(now.crop, refined.inversion), None)
        for footing in reversed(self.footings.get(self.number_of(face), ())):
            portrait = footing.portrait
            if portrait.crop == now.crop and portrait.history.base.fingerprint == base:
                return footing
        return None

    def draft_of(self, face: Face) -> Footing | None:
        """The draft that a face stood on where it lies now; None: it is not known."""
        crop = None if face.portrait is None else face.portrait.crop
        for footing in reversed(self.footings.get(self.number_of(face), ())):
            if footing.portrait.is_draft and footing.portrait.crop == crop:
                return footing
        return None

    def composite_key(self) -> StateKey:
        """What the current state is filed under in ``composites``: equal keys, equal pictures.

        It tells what each face's edits lie on, too: an edit of one face may be computed while
        another comes to lie elsewhere, or on what its draft was refined to.
        """
        return tuple(_key(face.portrait) for face in self.faces)

    @property
    def picture_until_drawn(self) -> Patch | None:
        """What the project kept of the picture of this state; None: nothing, or of another one."""
        kept = self.kept_picture
        return kept[1] if kept is not None and kept[0] == self.composite_key() else None

    def _preview(self) -> KeptPreview | None:
        """What a project file keeps of the picture; None without edits, or where none is known."""
        patch = self.composites.get(self.composite_key()) or self.picture_until_drawn
        if patch is None:
            return None
        levels = (patch.pixels, *patch.smaller)
        enough = [level for level in levels if max(level.shape[:2]) >= PREVIEW_SIDE]
        pixels = enough[-1] if enough else patch.pixels
        return KeptPreview(patch.x, patch.y, patch.width, patch.height, pixels)

    def state(self) -> object:
        """Equal for documents that a project file would hold alike."""
        histories = [face.portrait.history if face.portrait else None for face in self.faces]
        edits = tuple(
            (tuple(_kept(edit) for edit in history.edits), history.position)
            if history and history.edits
            else ()
            for history in histories
        )
        drafts = tuple(  # those that their edits lie on: nobody but the user changes that
            face.portrait is not None
            and face.portrait.is_draft
            and any(edit.is_searched for edit in face.portrait.history.edits)
            for face in self.faces
        )
        named = tuple(tuple((one.id, one.name) for one in face.snapshots) for face in self.faces)
        by_hand = [face.detected for face in self.faces if face.detected.detector in PLACED]
        landmarks = tuple(face.landmarks.tobytes() for face in by_hand)
        owners = (None, *self.faces)
        # the very values: brushing and undoing comes back to them, comparing pixels takes long
        brushed = [_Same(self.region_of(owner)) for owner in owners]
        lists = [self.regions_of(owner).named for owner in owners]
        listed = tuple(tuple((one.name, _Same(one)) for one in regions) for regions in lists)
        painted = [_Same(self.paint_of(owner)) for owner in owners]
        return edits, drafts, named, landmarks, tuple(brushed), listed, tuple(painted)


def _key(portrait: Portrait | None) -> tuple[bytes, ...]:
    """Of a face's picture; () without edits in force."""
    applied = () if portrait is None else portrait.history.applied
    if portrait is None or not applied:
        return ()
    base = portrait.history.base
    offset = "" if base.offset is None else base.offset.fingerprint
    ground = portrait.crop.to_photo.tobytes() + f"{base.fingerprint} {offset}".encode()
    return ground, *(edit.look for edit in applied)


def _are_one(one: Footing, other: Footing) -> bool:
    """Whether two footings are of one base in one place."""
    a, b = one.portrait, other.portrait
    return a.crop == b.crop and a.history.base == b.history.base


def _kept(edit: Edit) -> object:
    """Equal for entries that a project file would hold alike."""
    return edit.id, edit.look, edit.enabled, edit.title


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Equal to nothing but itself around the same pixels; empty ones are all alike.

    So is a region that a slider made for itself: nobody would miss it.
    """

    value: BrushedRegion | PaintLayer

    @property
    def _key(self) -> object:
        value = self.value
        if isinstance(value, PaintLayer):
            return PaintLayer if value.is_empty else id(value)
        if value.mask.is_empty or (value.usual and not value.name):
            return BrushedRegion
        return id(value.mask), value.feather

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _owner(detected: DetectedFace, faces: list[Face], taken: list[Face]) -> Face | None:
    """The face that lies where a project's face does; it is moved there to the point."""
    landmarks = detected.landmarks
    size = float(np.ptp(landmarks, axis=0).max())
    for face in faces:
        off = face.detected.landmarks - landmarks
        if face not in taken and float(np.hypot(*off.mean(0))) < 0.3 * size:
            elsewhere = float(np.abs(off).mean()) > 0.002 * size  # found by an older version
            if elsewhere or detected.detector in PLACED:
                face.detected = detected
            return face
    return None
