"""A file that is being written for the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from editor.document.errors import EngineError
from editor.document.files import mark_of
from editor.session.operations import nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from editor.document.history import EditHistory
    from editor.session.deferrals import Deferred
    from editor.session.open_document import Document
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


def is_anothers(document: Document, path: Path, writing: Iterable[Writing]) -> bool:
    """Whether the document's project is another file by now than this window knows.

    Args:
        document: to be saved.
        path: where to.
        writing: what is being written here, whose end is not told yet.
    """
    under_way = any(
        not one.is_export and one.operation is not None and one.path == path for one in writing
    )
    known = document.project_mark if path == document.project_path else None
    return not under_way and None not in (known, now := mark_of(path)) and now != known


def changed_elsewhere(path: Path) -> EngineError:
    """What is told then."""
    return EngineError(
        "not_writable",
        f"{path.name} was changed by another window or program since it was opened or saved here, "
        "so it was not replaced.",
        "Save the project under another name; to replace the other one, choose its own name there.",
    )
