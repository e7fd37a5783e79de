"""Temporary files that will replace others, noted while they exist: a kill leaves none for good.

A program that is killed in the middle of a save cannot remove its temporary file, which lies beside
the target, anywhere. So each is noted first, in a folder that the next start looks through.
"""

from __future__ import annotations

import logging
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

_log = logging.getLogger(__name__)

_NOTE = ".note"
_LONGEST_NOTE = 64 << 10  # bytes; paths are shorter on every system

_folder: Path | None = None  # of this process, as with logging


def note_in(folder: Path | None) -> None:
    """Note this process's temporary files in ``folder`` from now on; None: nowhere, as at first."""
    global _folder
    _folder = folder


@contextmanager
def noted(temporary: Path) -> Generator[None]:
    """Keep a note of a temporary file while the block makes, moves or removes it.

    Raises:
        OSError: the note cannot be written; nothing was made yet.
    """
    folder = _folder
    if folder is None or folder == temporary.parent:  # that folder is looked through as a whole
        yield
        return
    note = folder / f"{temporary.name}{_NOTE}"
    note.write_bytes(os.fsencode(temporary))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def remove_noted(folder: Path) -> tuple[Path, ...]:
    """Remove the temporary files that a killed process noted in ``folder``, and the notes.

    What does not look like a temporary file of this editor is left alone.

    Returns:
        what was removed.
    """
    removed: list[Path] = []
    for note in sorted(folder.glob(f".*{_NOTE}")):
        try:
            with note.open("rb") as file:
                temporary = Path(os.fsdecode(file.read(_LONGEST_NOTE)))
            ours = note.name == f"{temporary.name}{_NOTE}" and temporary.suffix == ".tmp"
            if ours and temporary.is_absolute() and stat.S_ISREG(temporary.lstat().st_mode):
                temporary.unlink()
                removed.append(temporary)
        except FileNotFoundError:
            pass  # it was not made yet, or has replaced its target already
        except (OSError, ValueError) as error:
            _log.warning("a leftover of %s stays: %s", note, error)
            continue
        note.unlink(missing_ok=True)
    return tuple(removed)
