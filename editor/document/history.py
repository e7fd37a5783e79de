"""Edits as style-space deltas from a base: a stack that is replayed, never subtracted.

What can be changed of an entry later (its weight, its opacity, whether it is on, its mask) stands
beside what was found for it, so that none of it needs the optimizer again (docs/adr/0012).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document import attributes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.face import FaceCrop, FaceDetail
    from editor.document.region import RegionMask
    from editor.document.style import StyleCode, StyleDelta

MOST_WEIGHT = 2.0
"""Times what was found: beyond it a scaled delta is nothing that anybody searched for."""

LONGEST_NAME = 80
"""Characters of the name of an entry or a state."""

LONGEST_LABEL = 1_000
"""Characters of what an entry says that it does: of many sliders it names the first ones."""

MOST_STATES = 200
"""Named states of one face."""


@dataclass(frozen=True, slots=True)
class EditOrigin:
    """Where a delta came from: enough to explain it and to compute it again.

    Attributes:
        goals: (attribute, change of its slider) pairs that the intervention was asked for.
        seed: of the optimizer.
        steps: that it took.
        strictness, naturalness, residual: the objective's dials (see jobs.Dials).
        likeness: what else the region was to look like: ``"reference NAME"``, ``"paint"``,
            ``"pull"``, or "".
        offset: fingerprint of the GeneratorOffset that it was found with; "" for none (a draft's).
        pulls: the points of a ``Pull``.
    """

    goals: tuple[tuple[str, float], ...]
    seed: int
    steps: int
    strictness: float = 1.0
    naturalness: float = 1.0
    residual: bool = True
    likeness: str = ""
    offset: str = ""
    pulls: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class EditPart:
    """What of an edit was found before the rest of it, as if it had been asked for alone.

    Attributes:
        names: of its goals.
        delta: what it adds to the style code at weight 1.
    """

    names: tuple[str, ...]
    delta: StyleDelta


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of the history: what was found for it, and how much of that is in force.

    Attributes:
        id: unique in its history; stays whatever is changed of the entry.
        label: for people: ``"Smile +60"``.
        delta: what it adds to the style code at weight 1.
        region: where in the photo it may change pixels (already feathered).
        origin: goals, seed, steps of the search that found the delta.
        created: seconds since the epoch.
        shift: (68, 2) float32, photo pixels, read-only: by how much it moves the face's points at
            weight 1; None where nothing moves.
        weight: 0…``MOST_WEIGHT`` times the delta are in force.
        opacity: 0…1 times the region's alpha.
        enabled: whether it takes part; one that is off stays in the stack.
        name: that the user gave it; "" for none.
        brushed: what its region was made of, hard; None where that is not known.
        parts: what was found first, each on top of those before it; the goals and the delta that
            are left were found on top of them.
        upon: (68, 2) float32, photo pixels, read-only: how far heads that turn had moved the face's
            points where its region was made (``turned_by``); None: they had not.
    """

    id: str
    label: str
    delta: StyleDelta
    region: RegionMask
    origin: EditOrigin
    created: float
    shift: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    weight: float = 1.0
    opacity: float = 1.0
    enabled: bool = True
    name: str = ""
    brushed: BrushedRegion | None = None
    parts: tuple[EditPart, ...] = ()
    upon: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    _look: bytes = field(default=b"", init=False, compare=False, repr=False)
    _extent: RegionMask | None = field(default=None, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= MOST_WEIGHT:
            raise ValueError(f"a weight of {self.weight}, not 0…{MOST_WEIGHT:g}")
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"an opacity of {self.opacity}, not 0…1")

    @property
    def title(self) -> str:
        """For people: its name, or else what it does."""
        return self.name or self.label

    @property
    def is_searched(self) -> bool:
        """Whether it was found for one face as the generator draws it; skin work is not."""
        return len(self.delta.channels) > 0

    @property
    def goals(self) -> tuple[tuple[str, float], ...]:
        """(attribute, change of its slider) pairs that are in force."""
        return tuple((name, value * self.weight) for name, value in self.origin.goals)

    @property
    def step(self) -> StyleDelta:
        """What it adds to the style code."""
        return self.delta if self.weight == 1 else self.delta.scaled(self.weight)

    @property
    def extent(self) -> RegionMask:
        """Where it changes pixels, and how much of it each takes."""
        if self._extent is None:
            object.__setattr__(self, "_extent", self.region.faded(self.opacity))
        assert self._extent is not None
        return self._extent

    @property
    def look(self) -> bytes:
        """Of all that decides what it does to a picture: equal looks, equal pictures."""
        if not self._look:
            plain = f"{self.region.digest} {self.origin} {self.weight!r} {self.opacity!r}"
            digest = hashlib.blake2b(plain.encode(), digest_size=16)
            for part in self.parts:
                digest.update(f"{part.names}".encode())
            for delta in (self.delta, *(part.delta for part in self.parts)):
                digest.update(delta.channels.tobytes() + delta.values.tobytes())
            digest.update(b"" if self.upon is None else self.upon.tobytes())
            object.__setattr__(self, "_look", digest.digest())
        return self._look


def turned_by(edits: Iterable[Edit]) -> NDArray[np.float32] | None:
    """How far edits that turn the head move the face's points, (68, 2), photo pixels, read-only.

    None where none does.
    """
    total = np.zeros((68, 2), np.float32)
    for edit in edits:
        turns = attributes.moves_head(name for name, value in edit.goals if value)
        if turns and edit.shift is not None:
            total += edit.weight * edit.opacity * edit.shift
    total.setflags(write=False)
    return total if total.any() else None


@dataclass(frozen=True, slots=True)
class EditHistory:
    """A base code and a stack of edits on top of it; the first ``position`` of them are reached.

    State is always ``base + Σ weightₖ Δₖ`` over the edits in force, added up in order, so whatever
    is changed and put back leads to bit-identical codes (floating-point subtraction would drift).
    """

    base: StyleCode
    edits: tuple[Edit, ...] = ()
    position: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.position <= len(self.edits):
            raise ValueError(f"position {self.position} of {len(self.edits)} edits")
        for edit in self.edits:
            for delta in (edit.delta, *(part.delta for part in edit.parts)):
                self.base.layout.require(delta.layout)

    @property
    def reached(self) -> tuple[Edit, ...]:
        """The edits up to the position, those that are off among them, oldest first."""
        return self.edits[: self.position]

    @property
    def applied(self) -> tuple[Edit, ...]:
        """The edits in force, oldest first."""
        return tuple(edit for edit in self.reached if edit.enabled)

    @property
    def turned(self) -> NDArray[np.float32] | None:
        """``turned_by`` the edits in force."""
        return turned_by(self.applied)

    def codes(self) -> tuple[StyleCode, ...]:
        """The base, then the code after each edit in force."""
        codes = [self.base]
        for edit in self.applied:
            codes.append(codes[-1].plus(edit.step))
        return tuple(codes)

    def current(self) -> StyleCode:
        """The code after all edits in force."""
        return self.codes()[-1]

    def find(self, id: str) -> Edit | None:
        """The entry of that id, reached or not."""
        return next((edit for edit in self.edits if edit.id == id), None)

    def push(self, edit: Edit) -> EditHistory:
        """Apply ``edit`` after the current state; undone edits are dropped."""
        return EditHistory(self.base, (*self.reached, edit), self.position + 1)

    def changed(self, edit: Edit) -> EditHistory:
        """``edit`` in the place of the entry that has its id; the same history without one."""
        edits = tuple(edit if one.id == edit.id else one for one in self.edits)
        return replace(self, edits=edits)

    def without(self, id: str) -> EditHistory:
        """The stack without that entry; all others stay as they are."""
        reached = sum(edit.id != id for edit in self.reached)
        return EditHistory(self.base, tuple(e for e in self.edits if e.id != id), reached)

    def before(self, id: str) -> EditHistory:
        """The reached entries beneath that one; all that are reached without one."""
        ids = [edit.id for edit in self.reached]
        return self.at(ids.index(id) if id in ids else self.position)

    def rebased(self, base: StyleCode) -> EditHistory:
        """The same edits on top of another base.

        Raises:
            LayoutMismatchError: the base belongs to another generator.
        """
        return replace(self, base=base)

    def at(self, position: int) -> EditHistory:
        """The same edits with the first ``position`` of them reached."""
        return replace(self, position=position)

    def undo(self) -> EditHistory:
        """One edit back; the same history at the start."""
        return self.at(max(0, self.position - 1))

    def redo(self) -> EditHistory:
        """One edit forward; the same history at the end."""
        return self.at(min(len(self.edits), self.position + 1))


@dataclass(frozen=True, slots=True)
class NamedState:
    """A stack of edits as it was at some time, under a name.

    Attributes:
        id: unique among those of its face.
        name: for people, 1…``LONGEST_NAME`` characters.
        edits, position: as of the history then.
        base: fingerprint of the code that they lie on; "" where that is not known.
    """

    id: str
    name: str
    edits: tuple[Edit, ...]
    position: int
    base: str = ""


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
        """Where the face's points are after the edits in force, (68, 2) in photo pixels.

        None moves farther than the face is wide, whatever a file says.
        """
        points = self.crop.landmarks
        total = np.zeros_like(points)
        for edit in self.history.applied:
            if edit.shift is not None:
                total += edit.weight * edit.opacity * edit.shift
        if not total.any():
            return points
        width = float(np.ptp(points, axis=0).max())
        moved = points + np.clip(total, -width, width)
        moved.setflags(write=False)
        return moved

    def with_history(self, history: EditHistory) -> Portrait:
        """The same face with another history."""
        return replace(self, history=history)
