"""Work beside the window: what takes longer than a frame but needs no engine."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Background(QObject):
    """One thread that does one piece of work after another, in order."""

    _ended = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, name, stand_behind)
        self._closed = False
        # Always by way of the event loop: nobody is called back from inside ``submit``.
        self._ended.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def submit(self, work: Callable[[], _T], then: Callable[[Future[_T]], None]) -> Future[_T]:
        """Do ``work`` there, then call ``then`` here with the ended future, unless cancelled.

        After ``close`` nothing is begun any more: the future comes back cancelled.
        """
        if self._closed:
            late: Future[_T] = Future()
            late.cancel()
            return late
        future = self._pool.submit(work)

        def announce(ended: Future[_T]) -> None:
            if not ended.cancelled():
                self._ended.emit(then, ended)

        future.add_done_callback(announce)
        return future

    def close(self, *, wait: bool = True) -> None:
        """Call nobody back any more, and end.

        Args:
            wait: until all that was submitted is done (files are being written); else what has not
                begun is dropped.
        """
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=not wait)

    @Slot(object, object)
    def _hand_over(self, then: Callable[[Future[Any]], None], future: Future[Any]) -> None:
        if not self._closed:
            then(future)
