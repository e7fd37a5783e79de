"""A file that is being written for the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from editor.session.operations import nothing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.history import EditHistory
    from editor.session.deferrals import Deferred
    from editor.session.operations import Operation
    from editor.session.wishes import Wish


@dataclass(slots=True, eq=False)
class Writing:
    """A save, an export or a mask, from the moment it was asked for until it is over.

    Attributes:
        path: where it goes.
        is_export: not a project.
        ended: called with whether the file is there.
        deferred: while it waits for edits and alignments that were pending when it was asked for.
        operation: once it is with the engine, which masks never are.
        cancelled: the user gave it up.
        take: puts an edit that was fulfilled meanwhile into what is written.
    """

    path: Path
    is_export: bool
    ended: Callable[[bool], None]
    deferred: Deferred | None = None
    operation: Operation | None = None
    cancelled: bool = False
    take: Callable[[Wish, EditHistory, EditHistory], None] = nothing
