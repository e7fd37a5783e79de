"""Jobs that change the user's own generators; ``jobs`` has the others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenameGenerator:
    """Call one of the user's own generators otherwise → Finished(GeneratorInfo).

    Attributes:
        sha256: of its weights.
        name: what to call it.
    """

    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class RemoveGenerator:
    """Delete one of the user's own generators → Finished(GeneratorInfo), what it was.

    Attributes:
        sha256: of its weights.
    """

    sha256: str
