"""What every error that a user may meet has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ErrorKind = Literal[
    "out_of_memory", "model_missing", "model_damaged", "no_face",
    "photo_unreadable", "photo_missing", "project_unreadable", "not_writable", "region",
    "bad_request", "bug",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EngineError:
    """Why a job failed, in the user's words.

    Attributes:
        kind: for code that must tell errors apart.
        title: one short sentence: what happened.
        advice: what to do next; never empty.
        detail: technical text for a log, may be empty.
    """

    kind: ErrorKind
    title: str
    advice: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.advice}"


class EngineFailure(Exception):  # noqa: N818 - the value it carries is the error
    """Carries an EngineError out of code that cannot go on."""

    def __init__(self, error: EngineError) -> None:
        super().__init__(str(error))
        self.error = error
