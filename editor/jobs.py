"""What the engine can be asked for, and what it answers: immutable values, safe to cross threads.

A job is a full snapshot: whoever runs it needs nothing else, so no locks are needed and a job
can be logged, replayed and compared. ``Engine.run(job)`` yields any number of Progress, Preview,
Notice and Drafted reports and ends with exactly one Finished or Failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from editor.attributes import AttributeInfo
    from editor.face_crop import DetectedFace, FaceCrop
    from editor.history import Edit, Portrait
    from editor.paint import PaintLayer
    from editor.photo import Photo, Pyramid
    from editor.photo_export import ExportOptions
    from editor.project import Project
    from editor.region import RegionMask
    from editor.style import StyleCode, StyleDelta

ErrorKind = Literal[
    "out_of_memory", "model_missing", "model_damaged", "no_face",
    "photo_unreadable", "project_unreadable", "not_writable", "bad_request", "bug",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EngineError:
    """Why a job failed, in the user's words.

    Attributes:
        kind: for code that must tell errors apart.
        title: one short sentence: what happened.
        advice: what to do next; never empty.
        detail: technical text for a log, may be empty.
    """

    kind: ErrorKind
    title: str
    advice: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.advice}"


class EngineFailure(Exception):  # noqa: N818 - the value it carries is the error
    """Carries an EngineError out of code that cannot go on."""

    def __init__(self, error: EngineError) -> None:
        super().__init__(str(error))
        self.error = error


# ------------------------------------------------------------------ reports


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Edited pixels for the canvas, covering a rectangle of the photo.

    Attributes:
        x, y, width, height: the rectangle, in photo pixels.
        pixels: uint8 sRGB, (h, w, 3), read-only; may be coarser than the rectangle.
    """

    x: int
    y: int
    width: int
    height: int
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a long job: ``step`` of ``steps``, and what is being done ("Inverting")."""

    stage: str
    step: int
    steps: int


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


Report = Progress | Preview | Notice | Drafted | Finished | Failed
Outcome = Finished | Cancelled | Failed


# ------------------------------------------------------------------ jobs


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """Read a photograph and find its faces → Finished(OpenedPhoto). No face is no failure here.

    The default generator is in use from then on, until a job belongs to another.
    """

    path: Path


@dataclass(frozen=True, slots=True)
class OpenProject:
    """Read a project and its photograph → Finished(OpenedProject).

    The generator that it was made with is in use from then on, until a job belongs to another.
    """

    path: Path


@dataclass(frozen=True, slots=True)
class SaveProject:
    """Write a project, atomically → Finished(Path)."""

    project: Project
    path: Path
    embed_photo: bool = False


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
class Goal:
    """What an edit asks for: ``attribute`` changed by ``value``, −100…100 (100: see its card).

    Attributes:
        attribute: name of an attribute, or the id of a discovered ``StyleSlider``.
        value: slider units.
        direction: what +100 adds to the code, for a discovered slider; None for an attribute.
    """

    attribute: str
    value: float
    direction: StyleDelta | None = None


@dataclass(frozen=True, slots=True)
class Dials:
    """The objective's dials, for those who want them.

    Attributes:
        strictness: 0.25…8 times the usual weight of what must stay outside the region: higher
            leaks less and attains less.
        naturalness: 0.25…8 times the usual pull towards few, small channels: higher stays closer
            to faces that the generator knows and attains less.
        residual: whether channels may leave the mix of Δs_z and Δs_n: reaches more; off is the
            paper's own method.
        steps: of the optimizer, 5…200: more is finer and slower.
        seed: of its random probes; the same seed repeats an edit.
    """

    strictness: float = 1.0
    naturalness: float = 1.0
    residual: bool = True
    steps: int = 30
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Another face, to make a region look like it.

    Attributes:
        name: for people: the file's name.
        picture: its aligned crop, sRGB uint8 (r, r, 3), read-only.
        landmarks: (68, 2), iBUG order, crop pixels, read-only.
    """

    name: str
    picture: NDArray[np.uint8]
    landmarks: NDArray[np.float64]


def likeness_name(likeness: Reference | PaintLayer | None) -> str:
    """As ``EditOrigin.likeness`` calls it: ``"reference NAME"``, ``"paint"``, or ""."""
    if likeness is None:
        return ""
    return f"reference {likeness.name}" if isinstance(likeness, Reference) else "paint"


@dataclass(frozen=True, slots=True)
class Drag:
    """Preview goals at once, by scaling a cached or a first-guess delta → Finished(Patch).

    ``portraits[active]`` is edited on top of its history's current state.
    """

    photo: Photo
    portraits: tuple[Portrait, ...]
    active: int
    region: RegionMask
    goals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class Intervene:
    """Style Intervention: optimise a delta → Finished(Intervention).

    What is wanted inside the region is either ``goals``, all of them in one search, or ``likeness``
    (then ``goals`` is empty): the same region of another face, or painted colours.
    """

    photo: Photo
    portraits: tuple[Portrait, ...]
    active: int
    region: RegionMask
    goals: tuple[Goal, ...]
    dials: Dials = Dials()
    likeness: Reference | PaintLayer | None = None


@dataclass(frozen=True, slots=True)
class Discover:
    """What can change in this region? → Finished(Discovery), the best first."""

    photo: Photo
    portraits: tuple[Portrait, ...]
    active: int
    region: RegionMask
    count: int = 12


@dataclass(frozen=True, slots=True)
class OpenReference:
    """Read another photograph and align its largest face → Finished(Reference)."""

    path: Path


@dataclass(frozen=True, slots=True)
class Render:
    """The photo with every portrait's history applied → Finished(Patch), or None without edits."""

    photo: Photo
    portraits: tuple[Portrait, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """Write the edited photograph, atomically → Finished(Exported)."""

    photo: Photo
    portraits: tuple[Portrait, ...]
    path: Path
    options: ExportOptions


Job = (
    OpenPhoto
    | OpenProject
    | SaveProject
    | Invert
    | Drag
    | Intervene
    | Discover
    | OpenReference
    | Render
    | Export
)


# ------------------------------------------------------------------ results


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
    """

    device: str
    generator: str
    versions: dict[str, str]
    attributes: tuple[AttributeInfo, ...]
    notice: str = ""
    crop_size: int = 256
    generator_sha256: str = ""


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
    """A project with its photograph ready to show, and what the engine offers for it."""

    project: Project
    photo: Photo
    pyramid: Pyramid
    faces: tuple[DetectedFace, ...]
    info: EngineInfo | None = None


@dataclass(frozen=True, slots=True)
class Inversion:
    """A face's style code, and how faithful it is.

    Attributes:
        code: the base of the portrait's history.
        psnr: dB, reconstruction against the aligned crop, where the photo covers it.
        identity_distance: dlib descriptor distance photo ↔ reconstruction (same person < 0.6);
            NaN when the reconstruction's face is not found.
        seconds, steps: what it took; waiting for other jobs does not count.
        misfit: (r, r), read-only: how badly each place of the crop is explained (editor.quality).
        is_draft: the encoder's guess, not optimised yet.
    """

    code: StyleCode
    psnr: float
    identity_distance: float
    seconds: float
    steps: int
    misfit: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    is_draft: bool = False


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
class StyleSlider:
    """A change that discovery found: one style channel or a sparse group of them.

    Attributes:
        id: unique; what a ``Goal`` calls it.
        label: for people: ``"b32.conv1 #17"``, or the user's own name once kept.
        delta: what a value of +100 adds to the style code.
        locality: share of its effect on the picture that falls inside the region, 0…1.
        visibility: root mean squared change inside the region at +100, sRGB 0…1.
        low, high: thumbnails of the region at −100 and +100, sRGB uint8 (h, w, 3), read-only.
    """

    id: str
    label: str
    delta: StyleDelta
    locality: float
    visibility: float
    low: NDArray[np.uint8]
    high: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What can change in a region, the best first, and how long it took."""

    sliders: tuple[StyleSlider, ...]
    seconds: float


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
