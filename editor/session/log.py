"""The log: a file that rotates, errors that nobody expected, and text that may be given away.

Python code that Qt calls (slots, events) has no caller that could catch: PySide6 hands what it
raises to ``sys.excepthook``. Here each becomes an ``EngineError`` that the window shows.
"""

from __future__ import annotations

import faulthandler
import logging
import platform
import re
import sys
import threading
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from editor.document.errors import EngineError, EngineFailure
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from types import TracebackType

_log = logging.getLogger(__name__)

_BYTES = 1 << 20  # of one file, before it is put aside
_FILES = 3  # that were put aside
_WINDOWS = 8  # open at once that have a log of their own
_AGAIN = 2.0  # seconds before the same error is told again
_PROGRAM = Path(__file__).resolve().parents[2]


class Log:
    """The log file of this window; other windows write to others.

    Attributes:
        folder: where it is.
        handler: writes it.
    """

    def __init__(self, folder: Path) -> None:
        """Log to ``folder``: warnings and errors of all, what the editor notes, and what it is.

        Raises:
            OSError: the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        for number in range(1, _WINDOWS + 1):
            self._lock = FileLock(folder / f".{number}.lock", timeout=0, thread_local=False)
            try:
                self._lock.acquire()
            except Timeout:
                continue
            break
        else:
            raise OSError(f"{_WINDOWS} windows are open")
        name = "style-intervention" if number == 1 else f"style-intervention-{number}"
        self.handler = RotatingFileHandler(
            folder / f"{name}.log", maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8",
            errors="backslashreplace",
        )  # fmt: skip
        self.handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
        )
        logging.getLogger().addHandler(self.handler)
        logging.getLogger("editor").setLevel(logging.INFO)
        _log.info("%s", about())
        # A crash inside a library: written by the system's signal handler, without Python.
        self._crashes = (folder / f"{name}.crash").open("ab")
        faulthandler.enable(self._crashes)

    def close(self) -> None:
        """Write no more."""
        faulthandler.disable()
        self._crashes.close()
        if not Path(self._crashes.name).stat().st_size:
            Path(self._crashes.name).unlink()
        logging.getLogger().removeHandler(self.handler)
        self.handler.close()
        self._lock.release()


class Faults(QObject):
    """Errors that nobody caught, in any thread, and messages of Qt: all of them are logged.

    Whoever caught them before still does: by default they are printed, too.

    Signals:
        happened(EngineError): an error that nobody caught; the same one at most every two seconds.
    """

    happened = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Catch them from now on, until ``close``."""
        super().__init__(parent)
        self._last = ""
        self._told = 0.0
        self._repeats = 0
        self._mutex = threading.Lock()
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable
        self._messages = qInstallMessageHandler(self._on_message)

    def close(self) -> None:
        """Catch no more."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        qInstallMessageHandler(self._messages)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, KeyboardInterrupt | SystemExit):
            self._tell(error, "".join(traceback.format_exception(kind, error, trace)))
        self._hooks[0](kind, error, trace)

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        error = args.exc_value
        if error is not None and not isinstance(error, SystemExit):
            text = "".join(traceback.format_exception(args.exc_type, error, args.exc_traceback))
            self._tell(error, text)
        self._hooks[1](args)

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        error = args.exc_value
        if error is not None:
            text = "".join(traceback.format_exception(args.exc_type, error, args.exc_traceback))
            self._tell(error, f"{args.err_msg or 'ignored'}: {args.object!r}\n{text}")
        self._hooks[2](args)

    def _on_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        levels = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.INFO,
            QtMsgType.QtWarningMsg: logging.WARNING,
        }
        logging.getLogger("qt").log(levels.get(kind, logging.ERROR), "%s", text)
        if self._messages is not None:
            self._messages(kind, context, text)
        elif sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - pythonw
            sys.stderr.write(f"{text}\n")

    def _tell(self, error: BaseException, text: str) -> None:
        now = time.monotonic()
        with self._mutex:
            again = text == self._last
            self._repeats = self._repeats + 1 if again else 0
            silent = again and now - self._told < _AGAIN
            self._last = text
            if not silent:
                self._told = now
        if not again:
            _log.critical("nobody caught this:\n%s", text)
        elif self._repeats in (10, 100, 1000, 10_000):
            _log.critical("the same again, %d times", self._repeats)
        if not silent:
            self.happened.emit(described(error, text))


def described(error: BaseException, text: str) -> EngineError:
    """An error that nobody expected, for people; ``text`` is its traceback."""
    if isinstance(error, EngineFailure):
        return error.error
    if isinstance(error, AdvisedError):
        return EngineError("bad_request", error.title, error.advice, text)
    return EngineError(
        "bug",
        "Something went wrong inside the program.",
        "Your work is still here: save the project. If it happens again, copy the details and "
        "report them.",
        f"{about()}\n{text}",
    )


def about() -> str:
    """What runs: versions and the system, one line."""
    parts = [f"Python {platform.python_version()}", platform.platform()]
    for name in ("style-intervention", "PySide6-Essentials", "torch", "numpy"):
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(parts)


# A path in quotes may hold spaces; without quotes it ends at one, unless a photo's suffix follows.
_START = r"(?:(?<!\w)[A-Za-z]:[\\/]|\\\\|(?<![\w.…/\\~])~?/(?!/)|file:/+)"
_SUFFIX = r"\.(?:jpe?g|png|tiff?|webp|heic|heif|avif|dng|sip|json|safetensors|icc|tmp|py)\b"
_PATHS = (
    re.compile(rf"(?<=['\"“‘])({_START})[^'\"”’\n]+(?=['\"”’])", re.IGNORECASE),
    re.compile(rf"({_START})[^'\"“”<>|\n:]*?(?={_SUFFIX})", re.IGNORECASE),
    re.compile(rf"({_START})[^\s'\"“”<>|:,;)]+", re.IGNORECASE),
)


def shortened(text: str) -> str:
    """Text that may be given away: of the program's files the place in it, of others the kind.

    ``/home/anna/Photos/Anna.jpg`` becomes ``…/….jpg``; names of people are in both parts.
    """
    for program, short in _program_places():
        text = text.replace(program, short)

    def cut(found: re.Match[str]) -> str:
        kind = re.search(rf"{_SUFFIX}$", found[0], re.IGNORECASE)
        return f"…/…{kind[0] if kind else ''}"

    for path in _PATHS:
        text = path.sub(cut, text)
    return text


def _program_places() -> list[tuple[str, str]]:
    """Folders of the program and of Python, and what they are called in text that is given away."""
    places = [(f"{_PROGRAM}/", ""), (f"{_PROGRAM}\\", "")]
    for entry in sys.path:
        if entry.endswith(("site-packages", "dist-packages")):
            places += [(f"{entry}/", "site-packages/"), (f"{entry}\\", "site-packages\\")]
    library = Path(logging.__file__).parents[1]
    places += [(f"{library}/", "python/"), (f"{library}\\", "python\\")]
    return sorted(places, key=lambda place: -len(place[0]))
