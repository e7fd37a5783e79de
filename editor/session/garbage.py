"""Python's cyclic garbage, looked for on the GUI thread alone."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from editor.session.engine_thread import EngineThread

_EVERY = 250  # ms; a look at what is young takes some 1 ms
_PATIENCE = 5.0  # seconds that another thread waits for the GUI thread, which may be closing


class GarbageCollection(QObject):
    """Takes the collector's work from whichever thread happens to make an object.

    Garbage holds closed dialogs and their slots, and Qt's objects may be destroyed on their own
    thread only: a thread that collected them while the GUI thread connected a signal stopped both
    for ever (CI of 2630711).
    """

    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.collect)
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def wait_for(self, thread: EngineThread) -> None:
        """Begin when the engine has started or cannot start, and pass over what is there by then.

        One look through all that torch's import makes stopped the window for 0.3 s.
        """
        thread.ready.connect(self._begin)
        thread.unavailable.connect(self._begin)

    def collect(self) -> None:
        """Look through the generations that Python would look through by itself."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(counts) if count > most]
        if due:
            gc.collect(due[-1])

    def collect_all(self) -> None:
        """Look through everything; called in another thread, which waits for the GUI thread."""
        done = threading.Event()
        self._asked.emit(done)
        done.wait(_PATIENCE)

    def close(self) -> None:
        """Python goes on by itself."""
        self._timer.stop()
        gc.enable()

    def _begin(self) -> None:
        if not self._timer.isActive():
            gc.freeze()
            self._timer.start()

    def _answer(self, done: threading.Event) -> None:
        gc.collect()
        done.set()
