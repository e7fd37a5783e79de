"""Edits as style-space deltas from a base; undo and redo replay, never subtract."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from editor.document.face import FaceCrop, FaceDetail
    from editor.document.region import RegionMask
    from editor.document.style import StyleCode, StyleDelta


@dataclass(frozen=True, slots=True)
class EditOrigin:
    """Where a delta came from: enough to explain it and to compute it again.

    Attributes:
        goals: (attribute, change of its slider) pairs that the intervention was asked for.
        seed: of the optimizer.
        steps: that it took.
        strictness, naturalness, residual: the objective's dials (see jobs.Dials).
        likeness: what else the region was to look like: ``"reference NAME"``, ``"paint"``, or "".
        offset: fingerprint of the GeneratorOffset that it was found with; "" for none (a draft's).
    """

    goals: tuple[tuple[str, float], ...]
    seed: int
    steps: int
    strictness: float = 1.0
    naturalness: float = 1.0
    residual: bool = True
    likeness: str = ""
    offset: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of the history.

    Attributes:
        id: unique in its history.
        label: for people: ``"Smile +60"``.
        delta: what it adds to the style code.
        region: where in the photo it may change pixels (already feathered).
        origin: goals, seed, steps.
        created: seconds since the epoch.
        landmarks: (68, 2) float64, photo pixels, read-only: the face's points once it is applied;
            None where nothing moved them.
    """

    id: str
    label: str
    delta: StyleDelta
    region: RegionMask
    origin: EditOrigin
    created: float
    landmarks: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EditHistory:
    """A base code and the edits on top of it; the first ``position`` of them are applied.

    State is always ``base + Σ edits[:position]``, added up in order, so undo and redo return to
    bit-identical codes (floating-point subtraction would drift).
    """

    base: StyleCode
    edits: tuple[Edit, ...] = ()
    position: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.position <= len(self.edits):
            raise ValueError(f"position {self.position} of {len(self.edits)} edits")
        for edit in self.edits:
            self.base.layout.require(edit.delta.layout)

    @property
    def applied(self) -> tuple[Edit, ...]:
        """The edits in force, oldest first."""
        return self.edits[: self.position]

    def codes(self) -> tuple[StyleCode, ...]:
        """The base, then the code after each applied edit: ``position + 1`` codes."""
        codes = [self.base]
        for edit in self.applied:
            codes.append(codes[-1].plus(edit.delta))
        return tuple(codes)

    def current(self) -> StyleCode:
        """``base + Σ edits[:position]``."""
        return self.codes()[-1]

    def push(self, edit: Edit) -> EditHistory:
        """Apply ``edit`` after the current state; undone edits are dropped."""
        return EditHistory(self.base, (*self.applied, edit), self.position + 1)

    def amend(self, edit: Edit) -> EditHistory:
        """Put ``edit`` in the place of the last applied one (the same slider moved again).

        Raises:
            ValueError: nothing is applied.
        """
        if not self.position:
            raise ValueError("no edit to amend")
        return EditHistory(self.base, (*self.edits[: self.position - 1], edit), self.position)

    def rebased(self, base: StyleCode) -> EditHistory:
        """The same edits on top of another base.

        Raises:
            LayoutMismatchError: the base belongs to another generator.
        """
        return replace(self, base=base)

    def at(self, position: int) -> EditHistory:
        """The same edits with the first ``position`` of them applied."""
        return replace(self, position=position)

    def undo(self) -> EditHistory:
        """One edit back; the same history at the start."""
        return self.at(max(0, self.position - 1))

    def redo(self) -> EditHistory:
        """One edit forward; the same history at the end."""
        return self.at(min(len(self.edits), self.position + 1))


@dataclass(frozen=True, slots=True)
class Inversion:
    """A face's style code, and how faithful it is.

    Attributes:
        code: the base of the portrait's history.
        psnr: dB, reconstruction against the aligned crop, where the photo covers it.
        identity_distance: dlib descriptor distance photo ↔ reconstruction (same person < 0.6);
            NaN where dlib's descriptor is not installed.
        seconds, steps: what it took; waiting for other jobs does not count.
        misfit: (r, r), read-only: how badly each place of the crop is explained (``quality``).
        is_draft: the encoder's guess, not optimised yet.
        detail: what was seen of the face in the photo.
    """

    code: StyleCode
    psnr: float
    identity_distance: float
    seconds: float
    steps: int
    misfit: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    is_draft: bool = False
    detail: FaceDetail | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Portrait:
    """One face of the photo with its own inversion and history.

    Attributes:
        crop: where the face is.
        history: its base is the inversion's code.
        psnr, identity_distance, misfit: how faithful that inversion is (see jobs.Inversion).
        is_draft: it is the encoder's guess and is still to be refined.
        detail: what was seen of the face in the photo; None where nobody has looked.
    """

    crop: FaceCrop
    history: EditHistory
    psnr: float
    identity_distance: float
    misfit: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    is_draft: bool = False
    detail: FaceDetail | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, crop: FaceCrop, inversion: Inversion) -> Portrait:
        """A face as it was inverted, without edits."""
        return cls(
            crop,
            EditHistory(inversion.code),
            inversion.psnr,
            inversion.identity_distance,
            inversion.misfit,
            inversion.is_draft,
            inversion.detail,
        )

    def refined(self, inversion: Inversion) -> Portrait:
        """The same edits on top of a better inversion of the same crop."""
        anew = Portrait.of(self.crop, inversion)
        return anew.with_history(self.history.rebased(anew.history.base))

    @property
    def landmarks(self) -> NDArray[np.float64]:
        """Where the face's points are after the applied edits, (68, 2) in photo pixels."""
        moved = [e.landmarks for e in self.history.applied if e.landmarks is not None]
        return moved[-1] if moved else self.crop.landmarks

    def with_history(self, history: EditHistory) -> Portrait:
        """The same face with another history."""
        return replace(self, history=history)
