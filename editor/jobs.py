"""What the engine can be asked for, and what it answers: immutable values, safe to cross threads.

A job is a full snapshot: whoever runs it needs nothing else, so no locks are needed and a job
can be logged, replayed and compared. ``Engine.run(job)`` yields any number of Progress and Preview
reports and ends with exactly one Finished or Failed.
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
    from editor.photo import ExportOptions, Photo, Pyramid
    from editor.project import Project
    from editor.region import RegionMask
    from editor.style import StyleCode

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


Report = Progress | Preview | Notice | Finished | Failed
Outcome = Finished | Cancelled | Failed


# ------------------------------------------------------------------ jobs


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """Read a photograph and find its faces → Finished(OpenedPhoto). No face is no failure here."""

    path: Path


@dataclass(frozen=True, slots=True)
class OpenProject:
    """Read a project and its photograph → Finished(OpenedProject)."""

    path: Path


@dataclass(frozen=True, slots=True)
class SaveProject:
    """Write a project, atomically → Finished(Path)."""

    project: Project
    path: Path
    embed_photo: bool = False


@dataclass(frozen=True, slots=True)
class Invert:
    """Find the style code of one face → Finished(Inversion); previews show the reconstruction."""

    photo: Photo
    crop: FaceCrop
    steps: int = 240
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """What an edit asks for: ``attribute`` changed by ``value``, −100…100 (100: see its card)."""

    attribute: str
    value: float


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
    """Style Intervention: optimise a delta for the goals → Finished(Intervention)."""

    photo: Photo
    portraits: tuple[Portrait, ...]
    active: int
    region: RegionMask
    goals: tuple[Goal, ...]
    steps: int = 30
    seed: int = 0


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


Job = OpenPhoto | OpenProject | SaveProject | Invert | Drag | Intervene | Render | Export


# ------------------------------------------------------------------ results


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What the engine is, once it has started.

    Attributes:
        device: for people, for example ``"CPU, 2 threads"`` or ``"NVIDIA H100"``.
        generator: name of the loaded generator, for example ``"portrait-256"``.
        versions: library → version.
        attributes: what can be edited, in the order to show.
        notice: something the user should know (a fallback to the CPU), or "".
        crop_size: side of the aligned crop that the generator wants, pixels.
    """

    device: str
    generator: str
    versions: dict[str, str]
    attributes: tuple[AttributeInfo, ...]
    notice: str = ""
    crop_size: int = 256


@dataclass(frozen=True, slots=True)
class OpenedPhoto:
    """A photograph, its display pyramid, and its faces, largest first (maybe none)."""

    photo: Photo
    pyramid: Pyramid
    faces: tuple[DetectedFace, ...]


@dataclass(frozen=True, slots=True)
class OpenedProject:
    """A project with its photograph ready to show."""

    project: Project
    photo: Photo
    pyramid: Pyramid
    faces: tuple[DetectedFace, ...]


@dataclass(frozen=True, slots=True)
class Inversion:
    """A face's style code, and how faithful it is.

    Attributes:
        code: the base of the portrait's history.
        psnr: dB, reconstruction against the aligned crop, where the photo covers it.
        identity_distance: dlib descriptor distance photo ↔ reconstruction (same person < 0.6);
            NaN when the reconstruction's face is not found.
        seconds, steps: what it took.
    """

    code: StyleCode
    psnr: float
    identity_distance: float
    seconds: float
    steps: int


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
