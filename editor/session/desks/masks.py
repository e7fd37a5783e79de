"""What is done to the region as a whole, or by what the picture and the face are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from editor.document import mask_operations, picture_limits
from editor.document.class_mattes import ClassMatte, KeptStroke
from editor.document.face_parts import CLASSES, FaceClasses
from editor.document.face_regions import PRESETS, preset
from editor.document.gone_along import has_gone
from editor.document.outline import Outline
from editor.document.photo import Pyramid
from editor.document.picture_limits import FollowingStroke
from editor.document.region import from_image
from editor.document.stroke import BrushStroke
from editor.session.background import Background

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.class_mattes import ShownMatte
    from editor.document.face import FaceDetail
    from editor.document.paint import Colour
    from editor.document.region import RegionMask
    from editor.document.stroke import Stamp
    from editor.engine.jobs import Patch
    from editor.session.desks.regions import Regions
    from editor.session.open_document import Document, Face
    from editor.session.studio import Studio

    Box = tuple[int, int, int, int]

_NO_FACE = "That needs a face. Choose one, or Face → Add a face by hand."
_MUCH = 1 << 30  # pixels: always done in the background
_MOST_MATTES = 4  # of the latest classes; a large one takes 30 MB
# As they were seen, not as presets, which make up a beard and lenses where they must.
_AS_SEEN = frozenset(CLASSES) - frozenset(PRESETS) | {"beard", "glasses"}


class _Classes:
    """The classes of a face, found where they are first needed: in the background.

    They are those of the photograph, and of the photograph with its edits once its head is turned.
    """

    def __init__(self, face: Face, document: Document) -> None:
        self._of = self._wanted(face, document)
        self._landmarks, self._detail, self._photo, self._edited = self._of
        self._picture: Pyramid | None = None
        self._found: FaceClasses | None = None
        self._mattes: dict[str, ClassMatte] = {}
        self._one = Lock()  # strokes are worked in beside what is shown of the next one

    def found(self) -> FaceClasses:
        """May take some tens of milliseconds at the first time."""
        with self._one:
            if self._found is None:
                self._found = FaceClasses(self._landmarks, self._detail)
            return self._found

    @staticmethod
    def _wanted(
        face: Face, document: Document
    ) -> tuple[NDArray[np.float64], FaceDetail | None, Pyramid, Patch | None]:
        points, detail, photo = face.landmarks, face.detail, document.pyramid
        if detail is None or not has_gone(points, detail):
            return face.detected.landmarks, detail, photo, None
        return points, detail, photo, document.composites.get(document.composite_key())

    def are_of(self, face: Face, document: Document) -> bool:
        """Whether they are this face's, as it is now."""
        (points, *others), (landmarks, *wanted) = self._of, self._wanted(face, document)
        same = all(one is other for one, other in zip(others, wanted, strict=True))
        return same and np.array_equal(points, landmarks)

    def labels(self, box: Box, step: float) -> NDArray[np.uint8]:
        """As ``FaceClasses.labels``."""
        return self.found().labels(box, step)

    def matte(self, name: str) -> ClassMatte:
        """Of a class; takes some tenths of a second at the first time."""
        classes = self.found()
        with self._one:
            if self._picture is None:
                self._picture = _with_edits(self._photo, self._edited)
            matte = self._mattes.pop(name, None) or ClassMatte(classes, name, self._picture)
            self._mattes[name] = matte  # the last one
            while len(self._mattes) > _MOST_MATTES:
                del self._mattes[next(iter(self._mattes))]
            return matte

    def matte_at(self, place: tuple[float, float]) -> ClassMatte:
        """Of what lies at a photo point."""
        return self.matte(self.found().at(*place))


class Masks(QObject):
    """Each verb is one step of undo of the active face's region.

    Signals:
        limit_found(tuple[float, float], ShownMatte): where a stroke began that is to be kept within
            a class, and where that is.
    """

    limit_found = Signal(object, object)

    def __init__(self, studio: Studio, regions: Regions) -> None:
        super().__init__(studio)
        self._studio, self._regions = studio, regions
        self._classes: _Classes | None = None
        self._background = Background("limits", self)

    # ------------------------------------------------------------ strokes

    def paint(self, stroke: Stamp) -> None:
        """Add a stroke or a shape to the region, or erase with it.

        Where it follows, at edges; where it is to be kept within a class, within that.
        """
        self._regions.paint_region(stroke, self._meant(stroke))

    def paint_colour(self, stroke: BrushStroke, colour: Colour) -> None:
        """Paint a stroke of colour, or erase with it, within a class where it is to be."""
        self._regions.paint_colour(stroke, colour, self._meant(stroke))

    def _meant(self, stroke: Stamp) -> Stamp | None:
        """What is made of a stroke as it was drawn; None: just that."""
        document, face = self._studio.document, self._studio.face
        if document is None or not isinstance(stroke, BrushStroke | Outline):
            return None
        classes = None if face is None else self._classes_of(face, document)
        meant: Stamp | None = None
        if isinstance(stroke, BrushStroke) and stroke.follows:
            labels = None if classes is None else classes.labels
            meant = FollowingStroke(stroke, document.pyramid, labels)
        if stroke.within and classes is not None:
            matte = partial(classes.matte_at, stroke.start)
            meant = KeptStroke(meant or stroke, matte)
        return meant

    def find_limit(self, x: float, y: float) -> None:
        """Tell where the class is that lies at a photo point: ``limit_found``, in a moment.

        Without a face nothing is told, and nothing kept within anything.
        """
        document, face = self._studio.document, self._studio.face
        if document is None or face is None:
            return
        classes = self._classes_of(face, document)

        def tell(future: Future[ShownMatte]) -> None:
            if future.exception() is None:  # else the stroke itself fails of it, and that is told
                self.limit_found.emit((x, y), future.result())

        self._background.submit(lambda: classes.matte_at((x, y)).shown(), tell)

    def close(self) -> None:
        """Look for nothing any more."""
        self._background.close(wait=False)

    # ------------------------------------------------------------ the whole region

    def grow(self, pixels: float) -> None:
        """Let it reach so many photo pixels farther; negative ones: less far."""
        operation = mask_operations.grown if pixels >= 0 else mask_operations.shrunk
        label = "Grow region" if pixels >= 0 else "Shrink region"
        self._reshape(label, partial(operation, radius=abs(pixels)))

    def smooth(self, pixels: float) -> None:
        """Take specks, dents and corners away that are smaller than that."""
        pixels = min(pixels, mask_operations.SMOOTHEST)
        self._reshape("Smooth region", partial(mask_operations.smoothed, radius=pixels))

    def fill(self) -> None:
        """Close its holes."""
        self._reshape("Fill holes", mask_operations.filled)

    def invert(self) -> None:
        """Take all of the photo but the region."""
        self._reshape("Invert region", mask_operations.inverted)

    def keep_half(self, *, left: bool) -> None:
        """Keep what lies on one side of the active face: the picture's left, or its right."""
        face = self._studio.face
        if face is None:
            self._studio.noticed.emit(_NO_FACE)
            return
        label = "Left half of region" if left else "Right half of region"
        work = partial(mask_operations.half, landmarks=face.landmarks, left=left)
        self._reshape(label, work)

    def open(self, path: Path) -> None:
        """Take the mask in an image of the photo's size, as it is: nothing is feathered."""

        def work(region: BrushedRegion) -> BrushedRegion:
            mask = from_image(path, region.mask.width, region.mask.height)
            return replace(region.anew(mask), feather=0.0)

        self._regions.renew("Mask from a file", work, _MUCH)

    # ------------------------------------------------------------ by the picture

    def keep_lightness(self, darkest: float, lightest: float) -> None:
        """Keep only what is so light, L* of 0…100; without a region, of all of the photo."""
        document = self._studio.document
        if document is not None:
            self._reshape(
                "Limit by lightness",
                partial(
                    picture_limits.within_lightness,
                    picture=document.pyramid, darkest=darkest, lightest=lightest,
                ),
            )  # fmt: skip

    def keep_colour(self, x: float, y: float, tolerance: float, remove: bool = False) -> None:
        """Keep only what looks like a place of the photo, or all but that.

        Args:
            x: photo pixels; a place beside the photo means nothing.
            y: likewise.
            tolerance: ΔE, above 0.
            remove: what looks like it goes.
        """
        document = self._studio.document
        if document is None:
            return
        photo = document.photo
        if not (-0.5 <= x < photo.width - 0.5 and -0.5 <= y < photo.height - 0.5):
            return
        self._reshape(
            "Limit by colour",
            partial(
                picture_limits.within_colour,
                picture=document.pyramid, place=(x, y), tolerance=tolerance, remove=remove,
            ),
        )  # fmt: skip

    # ------------------------------------------------------------ by the face

    def choose_class(self, x: float, y: float, how: str = "replace") -> None:
        """Select what lies at a photo point: lips, a brow, hair, skin, a beard, a hat.

        Args:
            x: photo pixels.
            y: photo pixels.
            how: ``"replace"``, ``"add"`` to the region or ``"subtract"`` from it.
        """
        document, face = self._studio.document, self._studio.face
        if document is None:
            return
        if face is None:
            self._studio.noticed.emit(_NO_FACE)
            return
        classes, photo = self._classes_of(face, document), document.photo
        landmarks, detail = face.landmarks, face.detail

        def work(region: BrushedRegion) -> BrushedRegion:
            name = classes.found().at(x, y)
            if name in _AS_SEEN:
                chosen = classes.matte(name).region()
            else:
                chosen = preset(name, landmarks, photo.width, photo.height, detail)
            if how == "add":
                return region.with_mask(region.mask.united(chosen))
            if how == "subtract":
                return region.with_mask(region.mask.subtracted(chosen))
            return region.anew(chosen)

        self._regions.renew("Region by class", work, _MUCH)

    # ------------------------------------------------------------ inside

    def _reshape(self, label: str, work: Callable[[RegionMask], RegionMask]) -> None:
        self._regions.reshape(label, work, _MUCH)

    def _classes_of(self, face: Face, document: Document) -> _Classes:
        known = self._classes
        if known is None or not known.are_of(face, document):
            known = self._classes = _Classes(face, document)
        return known


def _with_edits(photo: Pyramid, edited: Patch | None) -> Pyramid:
    """A photo's display sizes with what is edited of it."""
    if edited is None:
        return photo
    levels = [level.copy() for level in photo.levels]
    for number, level in enumerate(levels):
        f, (height, width) = 1 << number, level.shape[:2]
        x, y = edited.x // f, edited.y // f
        right = min(width, -(-(edited.x + edited.width) // f))
        below = min(height, -(-(edited.y + edited.height) // f))
        size = right - x, below - y
        shrinks = edited.pixels.shape[1] > size[0]
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        level[y:below, x:right] = cv2.resize(edited.pixels, size, interpolation=how)
        level.setflags(write=False)
    return Pyramid(tuple(levels))
