"""What a project holds: the state of an editing session, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from editor.document.face import DetectedFace
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.goals import Dials, Reference
    from editor.document.history import NamedState, Portrait
    from editor.document.paint import PaintLayer
    from editor.document.style_sliders import StyleSlider


class ProjectError(AdvisedError):
    """A project cannot be opened or saved."""


@dataclass(frozen=True, slots=True)
class ProjectFace:
    """One face of the photograph with all that was done to it, analysed or not.

    Attributes:
        detected: where it lies: as it was found, or as the user put it (``detector`` ``"hand"``);
            None in ``Project.unowned``.
        portrait: number of its portrait in the project; None while it is not analysed.
        regions: brushed for it, at most 101: those with names in the user's order, and the one in
            hand. Their ids are unique, 1…80 characters, as long as their names may be, and their
            feathers 0…10,000 photo pixels.
        region: number of the one in ``regions`` that is in hand; 0 without any.
        paint: colours painted over it; None without any.
        snapshots: states of its edits that were given a name; only with a portrait.
    """

    detected: DetectedFace | None = None
    portrait: int | None = None
    regions: tuple[BrushedRegion, ...] = ()
    region: int = 0
    paint: PaintLayer | None = None
    snapshots: tuple[NamedState, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.region < max(1, len(self.regions)):
            raise ValueError(f"region {self.region} of {len(self.regions)}")

    @property
    def is_untouched(self) -> bool:
        """Whether nothing is brushed or painted."""
        return not self.regions and self.paint is None


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """Which part of the photograph the window shows.

    Attributes:
        zoom: device pixels per photo pixel, above 0; 1 is 100 %.
        x, y: the photo pixel in the middle of the canvas.
    """

    zoom: float
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class KeptPreview:
    """What was seen of the edits when they were saved: for the eye, until they are drawn again.

    Attributes:
        x, y, width, height: the part of the photograph that it covers, photo pixels.
        pixels: sRGB, uint8 (h, w, 3), read-only; coarser than that part, or as fine. A file keeps
            no more than ``PREVIEW_SIDE`` a side, and not to the last bit.
    """

    x: int
    y: int
    width: int
    height: int
    pixels: NDArray[np.uint8]


PREVIEW_SIDE = 1280
"""Pixels of a preview's longer side in a file: as many as a canvas shows of a face."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a person works on: a photograph, its faces, and the session's state around them.

    Attributes:
        photo_path: where the photograph lies, absolute; None when it exists only inside the
            project. Of an opened project: what its file states. Nothing has been looked at yet, and
            it may be a network path, which is not to be touched unasked (``find_photo`` sees to
            that).
        photo_sha256: of the photograph's file, in hex.
        width, height: of the photograph, upright.
        portraits: the faces that have been inverted.
        active: number of the face in ``faces`` that is being edited; −1 for none.
        photo_near: the photograph's path relative to the project file, as last saved, or None.
        faces: all of them, largest first, as the session lists them. Where none are given, they are
            those of the portraits, in their order.
        unowned: what is brushed and painted while no face is active.
        photo_pixels: ``photo_source.pixel_digest`` of the photograph; "" when unknown.
        photo_size: bytes of the photograph's file; 0 when unknown.
        reference: the face to make regions look like, or None.
        dials: of the objective; None for the usual ones.
        together: whether sliders of one region make one edit.
        sliders: discovered sliders that edits were made with, so that they can be moved again.
        view: what the window shows; None: the whole photograph.
        generator: of the portraits, for people who lack it: its name and where it came from. The
            portraits' layouts say by its SHA-256 which it is; "" when unknown.
        preview: the edits as they were seen when it was saved; None without any, or where they had
            not been drawn. Nothing is ever made of it.
        missing: what of a damaged file could not be read, one sentence each. A project with
            anything missing should not be saved over its file without a question.
        version: of the file that it was read from; 0 for none.
    """

    photo_path: Path | None
    photo_sha256: str
    width: int
    height: int
    portraits: tuple[Portrait, ...] = ()
    active: int = 0
    photo_near: str | None = None
    faces: tuple[ProjectFace, ...] = ()
    unowned: ProjectFace = ProjectFace()
    photo_pixels: str = ""
    photo_size: int = 0
    reference: Reference | None = None
    dials: Dials | None = None
    together: bool = False
    sliders: tuple[StyleSlider, ...] = ()
    view: ViewPlace | None = None
    generator: str = ""
    preview: KeptPreview | None = field(default=None, compare=False)
    missing: tuple[str, ...] = field(default=(), compare=False)
    version: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not self.faces and self.portraits:
            object.__setattr__(self, "faces", faces_of(self.portraits))
        if self.active != -1 and not 0 <= self.active < max(1, len(self.faces)):
            raise ValueError(f"face {self.active} of {len(self.faces)}")
        owned = [face.portrait for face in self.faces if face.portrait is not None]
        if sorted(owned) != list(range(len(self.portraits))):
            raise ValueError(f"faces own the portraits {owned} of {len(self.portraits)}")

    @property
    def paint(self) -> dict[int, PaintLayer]:
        """Number of a portrait → the colours painted over its face; none where there are none."""
        return {
            face.portrait: face.paint
            for face in self.faces
            if face.portrait is not None and face.paint is not None
        }


def faces_of(
    portraits: tuple[Portrait, ...], paint: Mapping[int, PaintLayer] | None = None
) -> tuple[ProjectFace, ...]:
    """A face for each portrait, where it was aligned, with what is painted over it."""
    layers = paint or {}
    return tuple(
        ProjectFace(
            DetectedFace.at(portrait.crop.landmarks, "project"), number, paint=layers.get(number)
        )
        for number, portrait in enumerate(portraits)
    )
