"""Jobs that change the user's own generators; ``jobs`` has the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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


@dataclass(frozen=True, slots=True)
class FitAttributes:
    """The named attributes for a generator of the user's own → Finished(FittedAttributes).

    It takes minutes, and goes on where it was stopped; what was fitted before is there at once.

    Attributes:
        generator: SHA-256 of the weights.
        parts: folder where parts are kept until all is fitted.
        samples: to be drawn, 0: as many as take minutes on the device.
    """

    generator: str
    parts: Path
    samples: int = 0


@dataclass(frozen=True, slots=True)
class GeneratorOffer:
    """What a checkpoint holds, before it is added.

    Attributes:
        path, source_sha256: of the file.
        format: whose it is, such as "stylegan2-ada-pytorch".
        resolution: side of its pictures.
        parameters: how many numbers its network has.
        licence: what is known of it, for the user to read before it is added.
        subject: what it draws, as far as file or name tell, or "".
        notes: what was missing in the file and how it is replaced.
    """

    path: Path
    source_sha256: str
    format: str
    resolution: int
    parameters: int
    licence: str
    subject: str
    notes: tuple[str, ...]
