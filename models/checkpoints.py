"""Weights on disk: find, verify by SHA-256, load. Safetensors only; nothing is executed."""

from __future__ import annotations

import hashlib
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from safetensors import SafetensorError, safe_open

import resources
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS = Path(__file__).parent / "weights"
LARGEST = 4 << 30  # bytes of a weights file


class CheckpointError(AdvisedError):
    """Weights are missing, damaged or do not fit."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One row of ``resources/models.toml``, or a generator that the user imported.

    Attributes:
        name: ``"portrait-256"``.
        file: weights, relative to ``models/weights``.
        sha256: of that file, in hex; also the fingerprint of its style space.
        directions: attribute directions and statistics of S that belong to it, or nothing.
        directions_sha256: of that file.
        resolution: side of its pictures.
        licence: short statement; the whole card lies beside the weights.
        encoder: the draft encoder that belongs to it, or nothing.
        encoder_sha256: of that file.
        shipped_until: the last version of the program that its files came with, or nothing while
            they do.
        clamp: bound on its activations, or None.
        source: the file that the user imported it from, or nothing; ``file`` is absolute then.
        lineage: the network that it descends from, which directions must have been fitted to; ""
            when unknown.
        subject: what it draws, as far as that is known, or nothing.
    """

    name: str
    file: str
    sha256: str
    directions: str
    directions_sha256: str
    resolution: int
    licence: str
    encoder: str = ""
    encoder_sha256: str = ""
    shipped_until: str = ""
    clamp: float | None = None
    source: str = ""
    lineage: str = ""
    subject: str = ""

    @property
    def weights_path(self) -> Path:
        """Where the weights lie."""
        return WEIGHTS / self.file

    @property
    def directions_path(self) -> Path:
        """Where the directions lie."""
        return WEIGHTS / self.directions

    @property
    def descends_from(self) -> str:
        """The network that directions must have been fitted to; "" when unknown.

        Ours descend from nobody's.
        """
        return self.lineage if self.source else self.name

    @property
    def encoder_path(self) -> Path | None:
        """Where the draft encoder lies, if there is one."""
        return WEIGHTS / self.encoder if self.encoder else None

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all its files, relative to ``models/weights``."""
        return tuple(name for name in (self.file, self.directions, self.encoder) if name)

    @property
    def is_installed(self) -> bool:
        """Whether all its files lie there; nothing is read."""
        return all((WEIGHTS / name).is_file() for name in self.files)


def catalogue() -> tuple[ModelCard, ...]:
    """The generators that the program knows; the first is the default and ships with it."""
    with resources.path("models.toml").open("rb") as file:
        return tuple(ModelCard(**row) for row in tomllib.load(file)["model"])


def load_tensors(path: Path, sha256: str | None) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and string metadata of a safetensors file, verified first.

    Args:
        path: the file.
        sha256: its expected digest in hex, or None for a file that the user vouches for.

    Raises:
        CheckpointError: the file is missing, does not match its digest, or is damaged.
    """
    try:
        about = path.stat()  # asked first: to open a pipe or a device may never end
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            raise CheckpointError(
                f"{path.name} is no weights file.",
                "Restore it from the repository or reinstall the program.",
            )
        content = path.read_bytes()  # not mapped: the file may be replaced while we run
        if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
            raise CheckpointError(
                f"The weights file {path.name} is damaged (its checksum does not match).",
                "Restore it from the repository or reinstall the program.",
            )
        # Here, not above: models.faces.detection imports this module, and its users need no torch.
        from safetensors.torch import load

        from models.packing import unpacked

        tensors = unpacked(load(content))
        with safe_open(path, framework="pt") as file:  # pyright: ignore[reportUnknownVariableType] untyped
            metadata = cast("dict[str, str] | None", file.metadata())
        return tensors, metadata or {}
    except FileNotFoundError:
        raise CheckpointError(
            f"The weights file {path} is missing.",
            "Restore it from the repository or reinstall the program.",
        ) from None
    except (OSError, SafetensorError, ValueError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(
            f"The weights file {path.name} cannot be read ({error}).",
            "Restore it from the repository or reinstall the program.",
        ) from error
