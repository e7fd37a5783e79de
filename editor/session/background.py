"""Work beside the window: what takes longer than a frame but needs no engine."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

_T = TypeVar("_T")


_BEHIND = 10  # of niceness: the window gets three times the share of a thread that computes
# Seconds after which a thread that computes in Python hands its lock over. The window waits for it
# several times in each event; with Python's own 5 ms a preset's gap was 25 ms, not 18 (gui_gaps).
_LOCK = 0.0005


def stand_behind() -> None:
    """Let the window go first where cores are short; to be called in a thread that computes.

    Threads that this one starts later, such as torch's, stand behind it too where the system hands
    priorities down (Linux does).
    """
    sys.setswitchinterval(_LOCK)
    if sys.platform == "linux":  # which ignores Qt's priorities, and has niceness thread by thread
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _BEHIND)
    else:
        QThread.currentThread().setPriority(QThread.Priority.LowPriority)


@dataclass(slots=True, eq=False)
class _Errand:
    """A piece of work, and who hears of it; the window's thread lets go of both, never the other.

    What a closure holds may be Qt's, which is destroyed with its last reference and on the window's
    thread only. A pool's thread still holds what it was given when all others are told.
    """

    work: Callable[[], Any] | None
    then: Callable[[Future[Any]], None] | None
    future: Future[Any] | None

    def let_go(self) -> None:
        """Hold nothing any more."""
        self.work = self.then = self.future = None


class Background(QObject):
    """One thread that does one piece of work after another, in order."""

    _ended = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, name, stand_behind)
        self._errands: list[_Errand] = []
        self._closed = False
        # Always by way of the event loop: nobody is called back from inside ``submit``.
        self._ended.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def submit(self, work: Callable[[], _T], then: Callable[[Future[_T]], None]) -> Future[_T]:
        """Do ``work`` there, then call ``then`` here with the ended future, unless cancelled.

        What both hold is let go of here. After ``close`` nothing is begun any more: the future
        comes back cancelled.
        """
        future: Future[_T] = Future()
        if self._closed:
            future.cancel()
            return future
        errand = _Errand(work, then, future)
        self._errands.append(errand)
        self._pool.submit(_run, errand, self._ended)
        return future

    def close(self, *, wait: bool = True) -> None:
        """Call nobody back any more, and end.

        Args:
            wait: until all that was submitted is done (files are being written); else what has not
                begun is dropped.
        """
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=not wait)
        for errand in self._errands:
            if errand.future is not None:
                errand.future.cancel()  # unless it is done
            errand.let_go()
        self._errands.clear()

    @Slot(object)
    def _hand_over(self, errand: _Errand) -> None:
        if self._closed:
            return
        self._errands.remove(errand)
        then, future = errand.then, errand.future
        errand.let_go()
        if then is not None and future is not None and not future.cancelled():
            then(future)


def _run(errand: _Errand, ended: SignalInstance) -> None:
    """In the pool's thread, whose frames hold nothing of an errand once it is told."""
    _do(errand)
    ended.emit(errand)


def _do(errand: _Errand) -> None:
    work, future = errand.work, errand.future
    if work is None or future is None or not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - told to whoever asked, as a pool does
        future.set_exception(error)
    finally:
        del work, future  # or the error's traceback would hold what holds the error
