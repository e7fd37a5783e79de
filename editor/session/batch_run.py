"""``main.py batch`` beside the window: the same command, in a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QProcess, Signal, Slot

import editor
from editor.document.edit_sets import EditSet, write_edit_set
from editor.document.errors import EngineError
from editor.document.presets import write_preset
from editor.session.background import Background
from editor.session.studio import engine_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from editor.document.presets import AttributePreset

COMMAND = (
    (sys.executable,)  # a program of one file is its own Python
    if getattr(sys, "frozen", False)
    else (sys.executable, str(Path(editor.__file__).parents[1] / "main.py"))
)
"""Program and first arguments of the command line."""

_MOST_TOLD = 4000  # characters of what the process said last, for an error
_DONE, _SOME_FAILED = 0, 1  # exit codes of a batch that came to its end


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """What is to be done.

    Attributes:
        photos: files and folders.
        out: folder for the results.
        faces: which of each photo.
        person: a photo of the one whose face it is to be instead; None: nobody certain.
        suffix: of the results, ``".tif"``; "" as each photo has it.
        generator: its name; "" for the default one.
    """

    photos: tuple[Path, ...]
    out: Path
    faces: Literal["largest", "all"] = "largest"
    suffix: str = ""
    generator: str = ""
    person: Path | None = None

    def arguments(self, edits: Path, option: str) -> list[str]:
        """For ``main.py``; the photos are told on standard input."""
        words = ["batch", "--photos-from", "-", "-o", str(self.out), option, str(edits)]
        words += ["--faces", self.faces, "--json-lines"]
        words += ["--person", str(self.person)] if self.person else []
        words += ["--format", self.suffix[1:]] if self.suffix else []
        words += ["--generator", self.generator] if self.generator else []
        return words


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is.

    Attributes:
        photos: all of them.
        left: of them, not done yet.
        seconds_left: about; None before the first photo is done.
        photo: that was done last, or None.
        state: of that: ``"done"``, ``"failed"``, ``"no face"``.
        error: why it was not done.
    """

    photos: int
    left: int
    seconds_left: float | None = None
    photo: Path | None = None
    state: str = ""
    error: str = ""


@dataclass(slots=True, eq=False)
class _Process:
    """A batch under way.

    Attributes:
        order: what it does.
        folder: of its preset's file, gone with it.
        process: the command; None while the preset is made.
        photos: how many there are.
        rest: of a line that is not whole yet.
        totals: that it told at its end.
        cancelled: the user gave it up.
    """

    order: BatchOrder
    folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="batch-")
    )
    process: QProcess | None = None
    photos: int = 0
    rest: bytes = b""
    totals: dict[str, Any] | None = None
    cancelled: bool = False


class BatchRun(QObject):
    """Runs one batch at a time; a crash or a lack of memory there does not reach the window.

    What was cancelled goes on when the same order is begun again: the command does only what is
    left.

    Signals:
        progressed(BatchProgress): a photo is done, or the batch begins.
        ended(str): it is over, in the user's words.
        failed(EngineError): it is over, and could not be done.
    """

    progressed = Signal(object)
    ended = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None, command: Sequence[str] = COMMAND) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._background = Background("batch", self)
        self._now: _Process | None = None

    @property
    def running(self) -> bool:
        """Whether a batch is under way."""
        return self._now is not None

    def start(self, order: BatchOrder, make: Callable[[], AttributePreset | EditSet]) -> None:
        """Begin, unless one is under way.

        Args:
            order: what to do.
            make: the edits; called in the background.
        """
        if self._now is not None:
            return
        now = self._now = _Process(order)
        path = Path(now.folder.name) / "edits.json"
        self._background.submit(lambda: _written(make(), path), partial(self._launch, now, path))

    def cancel(self) -> None:
        """Stop; photos that are done stay done."""
        now = self._now
        if now is None:
            return
        now.cancelled = True
        if now.process is not None:
            now.process.kill()  # its workers see that, and end

    def close(self) -> None:
        """Stop, and call nobody back any more."""
        now, self._now = self._now, None
        if now is not None and now.process is not None:
            now.process.kill()
            now.process.waitForFinished(3000)
        if now is not None:
            now.folder.cleanup()
        self._background.close(wait=False)

    # ------------------------------------------------------------ inside

    def _launch(self, now: _Process, path: Path, future: Future[str]) -> None:
        if now is not self._now:
            return
        error = future.exception()
        if error is not None:
            self._end(now, engine_error(error))
            return
        if now.cancelled:
            self._end(now)
            return
        program, *words = self._command
        process = now.process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.start(program, [*words, *now.order.arguments(path, future.result())])
        listed = "\n".join(str(photo) for photo in now.order.photos)
        process.write(listed.encode("utf-8", "surrogateescape"))
        process.closeWriteChannel()

    @Slot()
    def _read(self) -> None:
        now = self._now
        if now is None or now.process is None:
            return
        *lines, now.rest = (now.rest + now.process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            self._take(now, json.loads(line))

    def _take(self, now: _Process, record: dict[str, Any]) -> None:
        if record["event"] == "end":
            now.totals = record
        elif record["event"] == "begin":
            now.photos = record["photos"]
            self.progressed.emit(BatchProgress(now.photos, record["left"]))
        else:
            self.progressed.emit(
                BatchProgress(
                    now.photos,
                    record["left"],
                    record["seconds_left"],
                    Path(record["photo"]),
                    record["state"],
                    record.get("error", ""),
                )
            )

    @Slot(int)
    def _on_finished(self, code: int) -> None:
        now = self._now
        if now is None or now.process is None:
            return
        self._read()
        if now.cancelled or (code in (_DONE, _SOME_FAILED) and now.totals is not None):
            self._end(now)
            return
        told = bytes(now.process.readAllStandardError().data()).decode("utf-8", "replace")
        told = told[-_MOST_TOLD:].strip()
        why = told.splitlines()[-1].removeprefix("main.py: ") if told else "It ended too early."
        advice = "Photos that are done stay done: begin it again to go on."
        self._end(now, EngineError("bad_request", why, advice, told))

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        now = self._now
        if now is not None and error == QProcess.ProcessError.FailedToStart:
            title = "The batch could not be begun."
            self._end(now, EngineError("bad_request", title, "Install the program again."))

    def _end(self, now: _Process, error: EngineError | None = None) -> None:
        self._now = None
        if now.process is not None:
            now.process.deleteLater()
        now.folder.cleanup()
        if error is not None:
            self.failed.emit(error)
        elif now.totals is None:
            self.ended.emit("Stopped. Begin it again to go on with what is left.")
        else:
            self.ended.emit(_told(now.totals))


def _written(made: AttributePreset | EditSet, path: Path) -> str:
    """The edits as a file, and what the command calls that."""
    if isinstance(made, EditSet):
        write_edit_set(made, path)
        return "--edits"
    write_preset(made, path)
    return "--preset"


def _told(totals: dict[str, Any]) -> str:
    parts = [f"{totals['done']} done"]
    parts += [f"{totals['failed']} failed"] if totals["failed"] else []
    parts += [f"{totals['no_face']} without a face"] if totals["no_face"] else []
    return f"{', '.join(parts)}; the folder has a summary."
