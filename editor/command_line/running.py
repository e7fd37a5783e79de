"""Jobs of the command line: how their progress is shown, and how they end."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Protocol

from editor.command_line.wording import own_error, own_notes, own_words
from editor.document.errors import EngineFailure
from editor.engine.jobs import Drafted, Exported, Failed, Finished, Notice, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from editor.document.errors import EngineError
    from editor.document.face import DetectedFace, FaceCrop
    from editor.engine.jobs import EngineInfo, Job, Report

DONE, SOME_FAILED, WRONG_INPUT, NO_FACE, UNCHANGED, STOPPED = 0, 1, 2, 3, 4, 130
"""Exit statuses; 130 is what shells give a program that Ctrl+C ended."""

EXIT_STATUS = (
    "Exit status: 0 done, 1 some photos of a batch were not, 2 wrong usage or input that cannot be "
    "read, 3 no face, 4 nothing that was asked for can be done to this face (nothing is written), "
    "130 stopped with Ctrl+C."
)
"""For help."""


DEVICES = "auto|cuda|cuda:N|cpu"


def device(text: str) -> str:
    """One of ``DEVICES``, as argparse's types are."""
    kind, _, number = text.partition(":")
    if text not in ("auto", "cuda", "cpu") and not (kind == "cuda" and number.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r}: auto, cuda, cuda:N or cpu")
    return text


class Runs(Protocol):
    """What the commands need of an engine."""

    @property
    def info(self) -> EngineInfo:
        """Device, generator, versions and the attributes on offer."""
        ...

    def crop_of(self, face: DetectedFace) -> FaceCrop:
        """The aligned crop that the generator sees of a face."""
        ...

    def run(self, job: Job) -> Iterator[Report]:
        """Reports of one job; the last is Finished or Failed."""
        ...


class RefusedError(Exception):
    """The command cannot do this, and the text says what to do instead: exit status 2."""


class UnchangedError(RefusedError):
    """Nothing that was asked for can be done to a photo's faces: exit status 4, nothing written."""

    def __init__(self, whys: Iterable[str]) -> None:
        said = " ".join(whys) or "Nothing that was asked for changes this photo."
        super().__init__(
            f"{said} Nothing was written. Ask for something else: main.py attributes lists what "
            "there is."
        )


class NoFaceError(Exception):
    """No face was found: exit status 3."""


class Watch(Protocol):
    """Whoever is told how jobs get on."""

    def notice(self, message: str) -> None:
        """One sentence that the user should know."""
        ...

    def progress(self, report: Progress | None) -> None:
        """A step of a job; None: it is over."""
        ...


class Terminal:
    """Notices on standard error, steps there too while it is a terminal.

    Attributes:
        verbose: details of errors and each job's beginning are told as well.
    """

    def __init__(self, *, verbose: bool = False) -> None:
        self.verbose = verbose
        self._stage = ""

    def notice(self, message: str) -> None:
        """A line of its own."""
        sys.stderr.write(f"main.py: {message}\n")

    def progress(self, report: Progress | None) -> None:
        """In one line that is written again and again."""
        if report is not None and self.verbose and report.stage != self._stage:
            sys.stderr.write(f"{report.stage}\n")
        self._stage = report.stage if report is not None else ""
        if not sys.stderr.isatty():
            return
        if report is None:
            sys.stderr.write("\r\033[K")
        else:
            sys.stderr.write(f"\r\033[K{report.stage} {report.step}/{report.steps}")
        sys.stderr.flush()


class Notes:
    """Notices as a list, for a summary.

    Attributes:
        texts: one sentence each, in the order they came.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []

    def notice(self, message: str) -> None:
        """Keep it, once."""
        if message not in self.texts:
            self.texts.append(message)

    def progress(self, report: Progress | None) -> None:
        """Not shown."""


TERMINAL = Terminal()
"""Of the command that runs."""


def refuse(message: str, status: int = WRONG_INPUT) -> int:
    """Say on standard error why not; returns the exit status."""
    sys.stderr.write(f"main.py: {message}\n")
    return status


def refuse_failure(error: EngineError) -> int:
    """The same for an engine's error, with its details if they were asked for."""
    refuse(str(error))
    if TERMINAL.verbose and error.detail:
        sys.stderr.write(f"{error.detail}\n")
    return NO_FACE if error.kind == "no_face" else WRONG_INPUT


def run(engine: Runs, job: Job, *, draft: bool = False, watch: Watch = TERMINAL) -> object:
    """The job's result, or an inversion's ``draft``; ``watch`` hears of notices and progress.

    What the engine says for the window is said in the command line's words.

    Raises:
        EngineFailure: the job failed.
    """
    for report in engine.run(job):
        if isinstance(report, Finished | Failed):
            watch.progress(None)
        if draft and isinstance(report, Drafted):
            return report.inversion
        if isinstance(report, Finished):
            result = report.result
            return own_notes(result) if isinstance(result, Exported) else result
        if isinstance(report, Failed):
            raise EngineFailure(own_error(report.error))
        if isinstance(report, Notice):
            watch.notice(own_words(report.message))
        elif isinstance(report, Progress):
            watch.progress(report)
    raise RuntimeError("the engine ended without a result")
