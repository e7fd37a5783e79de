"""Measures how long the GUI thread was away from its event loop."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot


class Heartbeat(QObject):
    """Beats every few milliseconds and notes the gaps, from start() to stop().

    Attributes:
        gaps: seconds between one beat and the next.
        work: seconds of them that this thread computed; the rest it waited, or others had the core.
    """

    def __init__(self, period_ms: int = 5) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.work: list[float] = []
        self._last = self._spent = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(period_ms)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self.gaps.clear()
        self.work.clear()
        self._last, self._spent = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        self._beat()
        self._timer.stop()

    @property
    def longest(self) -> float:
        """The longest gap in seconds, 0 before the first beat."""
        return max(self.gaps, default=0.0)

    @property
    def hardest(self) -> float:
        """The most that this thread computed between two beats, seconds."""
        return max(self.work, default=0.0)

    @Slot()
    def _beat(self) -> None:
        now, spent = time.perf_counter(), time.thread_time()
        self.gaps.append(now - self._last)
        self.work.append(spent - self._spent)
        self._last, self._spent = now, spent
