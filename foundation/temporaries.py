"""The folders that this process writes to, noted so that the next start can clean up after a kill.

A program that is killed in the middle of a save leaves its temporary file beside the target, which
may lie anywhere (``files.clean_leftovers`` removes it, if somebody knows where).
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

_log = logging.getLogger(__name__)

_MOST_BYTES = 1 << 20  # of a file of notes
_END = b"\0"  # in no path; a note that was cut short has none

_mutex = threading.Lock()
_notes: Path | None = None  # of this process, as with logging
_noted: set[Path] = set()


def note_in(notes: Path | None) -> None:
    """Note folders in that file from now on; None: nowhere, as at first."""
    global _notes
    with _mutex:
        _notes = notes
        _noted.clear()


def note(folder: Path) -> None:
    """A file in that folder is about to be written in one step.

    Where it cannot be noted, it is written all the same: notes may lie on a disk that is full while
    the user saves on another, and work that is lost is worse than a leftover, which the next save
    in the folder removes.
    """
    with _mutex:
        if _notes is None or folder in _noted or folder == _notes.parent:
            return
        try:
            with _notes.open("ab") as file:
                file.write(os.fsencode(folder) + _END)
        except OSError:
            _log.warning("%s cannot be noted in %s", folder, _notes, exc_info=True)
            return
        _noted.add(folder)


def noted_in(notes: Path) -> tuple[Path, ...]:
    """The folders that a process noted.

    Raises:
        OSError: the file cannot be read; one that does not exist notes nothing.
    """
    try:
        with notes.open("rb") as file:
            *whole, _ = file.read(_MOST_BYTES).split(_END)
    except FileNotFoundError:
        return ()
    return tuple(Path(os.fsdecode(one)) for one in whole)
