"""Imported generators renamed and removed; of their two files the facts count (``imported``)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from foundation.atomic_files import atomic_write
from models.checkpoints import CheckpointError
from models.importing.bounded import shown
from models.importing.checkpoint import slug
from models.importing.imported import imported_generators, written

if TYPE_CHECKING:
    from collections.abc import Collection, Generator
    from pathlib import Path

    from models.importing.imported import ImportedGenerator


def rename(folder: Path, sha256: str, name: str, taken: Collection[str] = ()) -> ImportedGenerator:
    """Call a generator otherwise; projects know it by its weights, and go on with it.

    The new files are whole before the old ones go: whatever ends it, the generator is there.

    Args:
        folder: where imported generators lie.
        sha256: of its weights.
        name: what to call it.
        taken: names that other generators have.

    Raises:
        CheckpointError: it is not there, the name is taken or none, or it cannot be written.
    """
    made, stem = _own(folder, sha256), slug(name)
    if not stem:
        raise CheckpointError(
            f"{shown(name)!r} is no name for a generator.",
            "Choose another one, with letters or digits.",
        )
    if stem == made.name:
        return made
    if stem in taken or (folder / f"{stem}.json").exists():
        raise CheckpointError(
            f"There is another generator named {stem} already.", "Choose another name."
        )
    renamed = replace(made, name=stem, weights=folder / f"{stem}.safetensors")
    with _writing(folder):
        atomic_write(renamed.weights, made.weights.read_bytes())
        atomic_write(folder / f"{stem}.json", written(renamed))
        _unlink(folder, made)
    return renamed


def remove(folder: Path, sha256: str) -> ImportedGenerator:
    """Delete a generator's files, and what was fitted to it; returns what it was.

    Raises:
        CheckpointError: it is not there, or the folder cannot be written.
    """
    made = _own(folder, sha256)
    with _writing(folder):
        _unlink(folder, made)
        made.fitted.unlink(missing_ok=True)
    return made


def _own(folder: Path, sha256: str) -> ImportedGenerator:
    found, _ = imported_generators(folder)
    made = next((one for one in found if one.sha256 == sha256), None)
    if made is None:
        raise CheckpointError(
            "This generator is not among your own.", "Only those that you added can be changed."
        )
    return made


def _unlink(folder: Path, made: ImportedGenerator) -> None:
    (folder / f"{made.name}.json").unlink()  # without it the weights do not count
    made.weights.unlink()


@contextmanager
def _writing(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        reason = shown(error.strerror or str(error))
        raise CheckpointError(
            f"The generator cannot be changed in {folder} ({reason}).",
            "Free some space there, or make the folder writable, then try again.",
        ) from error
