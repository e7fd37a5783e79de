"""What the engine can be asked for, and what it answers: immutable values, safe to cross threads.

A job is a full snapshot: whoever runs it needs nothing else, so no locks are needed and a job
can be logged, replayed and compared. ``Engine.run(job)`` yields any number of Progress, Preview,
Notice, Drafted and Decoded reports and ends with exactly one Finished or Failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from editor.document.goals import Dials
from editor.engine.expression_jobs import CompareExpressions
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.generator_jobs import FitAttributes, RemoveGenerator, RenameGenerator

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.attributes import AttributeInfo
    from editor.document.credentials import Credentials
    from editor.document.errors import EngineError
    from editor.document.face import DetectedFace, FaceCrop
    from editor.document.goals import Goal, Guess, Pull, Reference
    from editor.document.history import Edit, Inversion, Portrait
    from editor.document.paint import PaintLayer
    from editor.document.photo import Photo, Pyramid
    from editor.document.photo_export import ExportOptions
    from editor.document.photo_source import PhotoSource
    from editor.document.project import Project
    from editor.document.region import RegionMask
    from editor.document.style_sliders import StyleSlider

TILE_SIDE = 512  # pixels of a level

# ------------------------------------------------------------------ reports


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Edited pixels for the canvas, covering a rectangle of the photo.

    Attributes:
        x, y, width, height: the rectangle, in photo pixels.
        pixels: uint8 sRGB, (h, w, 3), read-only; may be coarser than the rectangle.
        smaller: the same at half the size, again and again, as the canvas draws it zoomed out.
    """

    x: int
    y: int
    width: int
    height: int
    pixels: NDArray[np.uint8]
    smaller: tuple[NDArray[np.uint8], ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of all its pixels."""
        return self.pixels.nbytes + sum(half.nbytes for half in self.smaller)


@dataclass(frozen=True, slots=True)
class Progress:
    """``step`` of ``steps`` of what is done ("Making the edit"), which may be stopped or not."""

    stage: str
    step: int
    steps: int
    stoppable: bool = True


@dataclass(frozen=True, slots=True)
class Preview:
    """What the photo looks like at this step; at most one every 100 ms."""

    patch: Patch | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know while the job goes on, such as a fallback to the CPU."""

    message: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A face can be edited from now on, while its inversion is refined."""

    inversion: Inversion


@dataclass(frozen=True, slots=True)
class Finished:
    """The job's result; its type is named beside each job."""

    result: object


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was stopped or superseded; nothing of it remains."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The job could not be done."""

    error: EngineError


@dataclass(frozen=True, slots=True)
class Decoded:
    """A photograph can be looked at from now on, while its faces are looked for."""

    photo: Photo
    pyramid: Pyramid
    info: EngineInfo


Report = Progress | Preview | Notice | Drafted | Decoded | Finished | Failed
Outcome = Finished | Cancelled | Failed


# ------------------------------------------------------------------ jobs


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """Read a photograph and find its faces → Finished(OpenedPhoto). No face is no failure here.

    Decoded comes before the faces are looked for.

    The generator with the SHA-256 ``generator`` ("": the default one) is in use from then on, until
    a job belongs to another.
    """

    path: Path
    generator: str = ""


@dataclass(frozen=True, slots=True)
class OpenProject:
    """Read a project and its photograph → Finished(OpenedProject).

    Notices tell what of a damaged one is left out. Without its photograph it fails as
    ``photo_missing``: ask where that is.

    The generator that it was made with is in use from then on, until a job belongs to another.
    ``photo`` says where the photograph lies now, when it was moved.
    """

    path: Path
    photo: Path | None = None


@dataclass(frozen=True, slots=True)
class SaveProject:
    """Write a project, atomically → Finished(SavedProject).

    Attributes:
        embed_photo: puts the photograph inside.
        photo: the one that is open. With it, a project whose photograph has no file any more gets
            it inside unasked; without it, only a file that lies at ``project.photo_path`` can be.
        source: its file, as it was opened or last saved (``SavedProject.source``); None: unchanged
            since the photo was read.
    """

    project: Project
    path: Path
    embed_photo: bool = False
    photo: Photo | None = None
    source: PhotoSource | None = None


@dataclass(frozen=True, slots=True)
class Invert:
    """Find the style code of one face → Finished(Inversion).

    Drafted comes first when there is an encoder; without one, previews show the reconstruction.
    ``generator`` is the SHA-256 of the one whose code it is to be; "" is the default one's.
    """

    photo: Photo
    crop: FaceCrop
    steps: int = 200
    seed: int = 0
    generator: str = ""


@dataclass(frozen=True, slots=True)
class Drag:
    """Preview goals at once, by scaling a cached or a first-guess delta → Finished(Patch).

    ``portraits[active]`` is edited on top of its history's current state.

    Attributes:
        above: edits that lie on top of it, in force, as where an older entry is changed.
        opacity: of the edit, 0…1.
        under_way: edits of this face that are being searched for; they are drawn on top.
        upon: ``turned_by`` what the face had when ``region`` was made; None: what lies beneath the
            edit, and above.
    """

    photo: Photo
    portraits: tuple[Portrait, ...]
    active: int
    region: RegionMask
    goals: tuple[Goal, ...]
    above: tuple[Edit, ...] = ()
    opacity: float = 1.0
    under_way: tuple[Guess, ...] = ()
    upon: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Intervene:
    """Style Intervention: optimise a delta → Finished(Intervention).

    What is wanted inside the region is either ``goals`` (what one search would spoil is searched
    for one after the other, ``attributes.parts``, and makes one edit), or ``likeness``
    (then ``goals`` is empty): the same region of another face, painted colours, or points that are
    pulled elsewhere.

    It is searched for on top of ``portraits[active]``. Pictures show it at ``opacity`` and beneath
    the edits ``above``, as where an older entry is searched for anew. ``upon`` is as of a ``Drag``.
    """

    photo: Photo
    portraits: tuple[Portrait, ...]
    active: int
    region: RegionMask
    goals: tuple[Goal, ...]
    dials: Dials = Dials()
    likeness: Reference | PaintLayer | Pull | None = None
    above: tuple[Edit, ...] = ()
    opacity: float = 1.0
    upon: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Resettle:
    """An edit that was made on a draft, searched for on the refined face → Finished(Intervention).

    As ``search``, but nobody waits for it: without pictures, and behind all else, as inversions.
    """

    search: Intervene


@dataclass(frozen=True, slots=True)
class Discover:
    """What can change in this region? → Finished(Discovery), the best first."""

    photo: Photo
    portraits: tuple[Portrait, ...]
    active: int
    region: RegionMask
    count: int = 12


@dataclass(frozen=True, slots=True)
class FindDirections:
    """Sliders of a generator for any picture, named by nobody or by a file → Finished(Discovery).

    Attributes:
        generator: SHA-256 of its weights.
        source: ``"sefa"`` and ``"ganspace"`` need only the generator; ``"published"`` are channels
            of NVIDIA's FFHQ network, their signs measured on samples; a path is a file of another
            tool, which is checked against the generator and refused when it belongs to another one.
        count: how many at most, the strongest first; of published ones all.
    """

    generator: str
    source: Literal["sefa", "ganspace", "published"] | Path
    count: int = 12


@dataclass(frozen=True, slots=True)
class OpenReference:
    """Read another photograph and align its largest face → Finished(Reference)."""

    path: Path


@dataclass(frozen=True, slots=True)
class FindPerson:
    """Look which face is a person's → Finished(FoundPerson).

    Attributes:
        photo: where to look.
        faces: of it.
        person: another photograph of the one who is looked for.
    """

    photo: Photo
    faces: tuple[DetectedFace, ...]
    person: Reference


@dataclass(frozen=True, slots=True)
class InspectGenerator:
    """Look what a checkpoint is, without adding it → Finished(GeneratorOffer).

    Attributes:
        path: NVIDIA's, rosinality's, genforce's, PTI's … file; nothing from it is executed.
        class_index: which class a conditional generator shall draw, from 0.
    """

    path: Path
    class_index: int | None = None


@dataclass(frozen=True, slots=True)
class ImportGenerator:
    """Convert a checkpoint and put it into the user's folder → Finished(GeneratorInfo).

    Attributes:
        path, class_index: as of ``InspectGenerator``.
        name: what to call it; "": as its file.
        source_sha256: of the file as it was inspected; "": it was not.
    """

    path: Path
    name: str = ""
    class_index: int | None = None
    source_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Render:
    """The photo with every portrait's history applied → Finished(Patch), or None without edits."""

    photo: Photo
    portraits: tuple[Portrait, ...]


@dataclass(frozen=True, slots=True)
class RenderTile:
    """One square of the photo as edited, at the zoom that is shown → Finished(Tile).

    At level 0 its pixels are those that an export of an 8-bit photo has, bit for bit.

    Attributes:
        level: 0 is the photo's own size; each next one halves it, as those of the display pyramid.
        column, row: of the square, ``TILE_SIDE`` pixels of the level a side, counted from 0.
    """

    photo: Photo
    portraits: tuple[Portrait, ...]
    level: int
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Export:
    """Write the edited photograph, atomically → Finished(Exported)."""

    photo: Photo
    portraits: tuple[Portrait, ...]
    path: Path
    options: ExportOptions
    credentials: Credentials | None = None


Job = (
    OpenPhoto | OpenProject | SaveProject | Invert | Drag | Intervene | Resettle | Discover
    | FindDirections | FitBoundary | FitScorer | FitAttributes | OpenReference | FindPerson
    | CompareExpressions | InspectGenerator | ImportGenerator | RenameGenerator | RemoveGenerator
    | Render | RenderTile | Export
)  # fmt: skip


# ------------------------------------------------------------------ results


@dataclass(frozen=True, slots=True)
class GeneratorInfo:
    """A generator that the engine knows.

    Attributes:
        name: for people and the command line.
        sha256: of its weights.
        resolution: side of its pictures.
        licence: what is known of it.
        source: the file that the user imported it from; "" of those that the program knows.
        subject: what it draws, as far as that is known.
        is_installed: its files are there.
        has_attributes: some were fitted to it, here or before it came.
    """

    name: str
    sha256: str
    resolution: int
    licence: str
    source: str = ""
    subject: str = ""
    is_installed: bool = True
    has_attributes: bool = False

    @property
    def described(self) -> str:
        """Its name and where it came from, for a project that may be opened where it is not."""
        return f"{self.name}, imported from {self.source}" if self.source else self.name


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What the engine is, once it has started, or for a document that it has opened.

    Attributes:
        device: for people, for example ``"CPU, 2 threads"`` or ``"NVIDIA H100"``.
        generator: name of the generator in use, for example ``"portrait-256"``.
        versions: library → version.
        attributes: what can be edited, in the order to show.
        notice: something the user should know (a fallback to the CPU), or "".
        crop_size: side of the aligned crop that the generator wants, pixels.
        generator_sha256: of its weights, as ``StyleLayout.generator``.
        generators: all that it knows, the default one first.
    """

    device: str
    generator: str
    versions: dict[str, str]
    attributes: tuple[AttributeInfo, ...]
    notice: str = ""
    crop_size: int = 256
    generator_sha256: str = ""
    generators: tuple[GeneratorInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedPhoto:
    """A photograph, its display pyramid, and its faces, largest first (maybe none).

    ``info`` says what the engine offers for it; None without an engine.
    """

    photo: Photo
    pyramid: Pyramid
    faces: tuple[DetectedFace, ...]
    info: EngineInfo | None = None


@dataclass(frozen=True, slots=True)
class OpenedProject:
    """A project with its photograph ready to show, and what the engine offers for it.

    ``embedded`` says whether the photograph came out of the project's file. ``source`` is that file
    of the photograph, for the next ``SaveProject``.
    """

    project: Project
    photo: Photo
    pyramid: Pyramid
    faces: tuple[DetectedFace, ...]
    info: EngineInfo | None = None
    embedded: bool = False
    source: PhotoSource | None = None


@dataclass(frozen=True, slots=True)
class InterventionReport:
    """Figures of one intervention, before compositing; leaks are in [−1, 1]² units.

    Attributes:
        steps, seconds: what it took.
        leak: mean squared change outside the region.
        leak_direct: the same for the direct edit in W at the same strength.
        inside_error: mean squared difference to the direct edit inside the region.
        attained: change of each goal's own measure in its standard deviations, in the order of
            the goals; NaN where it cannot be measured.
        attained_direct: the same for the direct edit in W.
        delta_channels: channels that the delta touches.
    """

    steps: int
    seconds: float
    leak: float
    leak_direct: float
    inside_error: float
    attained: tuple[float, ...]
    attained_direct: tuple[float, ...]
    delta_channels: int


@dataclass(frozen=True, slots=True)
class Intervention:
    """A finished edit: the history entry, its figures, and the photo with it applied."""

    edit: Edit
    report: InterventionReport
    patch: Patch | None


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A square of the edited photo.

    Attributes:
        level, column, row: which one.
        pixels: uint8 sRGB (h, w, 3), read-only; smaller than ``TILE_SIDE`` at the photo's edges.
    """

    level: int
    column: int
    row: int
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What can change in a region, the best first, and how long it took.

    Attributes:
        sliders: what can.
        seconds: how long it took to find them.
        origin: of sliders for the whole picture, whose they are ("SeFa", a file's name); "" of
            those for a region.
        generator: SHA-256 of the weights that they belong to; "" with ``origin``.
    """

    sliders: tuple[StyleSlider, ...]
    seconds: float
    origin: str = ""
    generator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FittedDirection:
    """A direction of W that was fitted to the user's own pictures or scores.

    Attributes:
        discovery: its one slider.
        normal: float32 (w_dim,), of length 1.
        unit: how far one unit of the slider goes along it.
        mean: float32 (w_dim,), the mean of W that the generator's weights hold.
        agreement: on pictures that were held out: of a boundary, the share on its right side, with
            and without counting alike (chance is 0.5); of a scorer, the correlation of what W
            predicts with the score.
        pictures: that it was fitted to.
    """

    discovery: Discovery
    normal: NDArray[np.float32]
    unit: float
    mean: NDArray[np.float32]
    agreement: float
    pictures: int


@dataclass(frozen=True, slots=True)
class FittedAttributes:
    """What a generator can be asked for by now.

    Attributes:
        generator: which, with what is fitted to it.
        attributes: those that hold, in the order to show.
        left_out: labels of the others, each with the reason.
        samples: that were drawn.
    """

    generator: GeneratorInfo
    attributes: tuple[AttributeInfo, ...]
    left_out: tuple[tuple[str, str], ...]
    samples: int


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Which face is a person's.

    Attributes:
        number: of the face that is most alike, from 0; None: nobody is that person.
        distances: of each face's descriptor to the person's; below 0.6 it is the same one.
    """

    number: int | None
    distances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the photograph went, and the check that nothing outside the regions changed.

    Attributes:
        path: the written file.
        outside_identical: the file was read again and every pixel outside all regions is the
            photo's own; None when its format is lossy and promises nothing.
        notes: what the format could not keep.
    """

    path: Path
    outside_identical: bool | None
    notes: tuple[str, ...] = field(default=())
