"""The job that compares expressions; ``jobs`` has the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.document.face import FaceCrop
    from editor.document.goals import Reference
    from editor.document.photo import Photo


@dataclass(frozen=True, slots=True)
class CompareExpressions:
    """How a face's expression differs from another one → Finished(ExpressionChange).

    Attributes:
        photo, crop: where the face is, as photographed.
        reference: whose expression it is to have; None: none, a neutral face's.
    """

    photo: Photo
    crop: FaceCrop
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class ExpressionChange:
    """Where sliders are to stand for a face to have another expression.

    Attributes:
        values: (attribute, slider value) pairs, of the photograph without edits, whatever a face
            can carry of them: beyond ±100, too.
        same_person: whether the reference shows the same one, so that both have the same rest.
    """

    values: tuple[tuple[str, float], ...]
    same_person: bool = False
