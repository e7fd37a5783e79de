"""How often a long job shows what it has, and how large."""

from __future__ import annotations

import time

SMALLEST_SIDE = 512  # pixels below which the canvas needs no smaller sizes
PREVIEW_SIDE = 640  # pixels that the long side of a preview comes nearest to
FINAL_SIDE = 2400  # and of a finished picture

_SECONDS = 0.1


class Pace:
    """Lets a preview through at most every 100 ms, and never for more than a fifth of the time."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        """Whether it is time for one."""
        return time.monotonic() >= self._next

    def spent(self, began: float) -> None:
        """A preview took from ``began`` until now."""
        now = time.monotonic()
        self._next = now + max(_SECONDS, 4 * (now - began))
