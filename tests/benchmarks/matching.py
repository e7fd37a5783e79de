"""Steps at matched change: each edit is scaled until its measured change is the one asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TOLERANCE = 0.05  # standard deviations of the attribute's measure
ROUNDS = 7  # renders per edit and face


class Seeker:
    """The step along one direction at which the measured change equals ``target``.

    At step 0 nothing changes. Until a step overshoots, the next one is extrapolated; from then on
    it is the false position of the bracket, and its middle whenever one end stays twice. If the
    first step goes the wrong way, the direction is turned round, once.

    Args:
        target: the change to reach, above 0.
        predicted: change per unit step, as far as it is known.
        limit: longest step.
    """

    def __init__(self, target: float, predicted: float, limit: float) -> None:
        self._target, self._limit, self._sign = target, limit, 1.0
        self._low, self._high = (0.0, -target), (limit, np.nan)
        self._bracketed, self._stayed, self._told = False, 0, 0
        self._size = min(target / max(abs(predicted), 0.05), limit / 4)
        self.best, self.error = 0.0, target
        self.done = False

    @property
    def matched(self) -> bool:
        """Whether the best step so far is within the tolerance."""
        return self.error <= TOLERANCE

    @property
    def renders(self) -> int:
        """How many steps were tried."""
        return self._told

    @property
    def step(self) -> float:
        """The step to try next."""
        return self._sign * self._size

    def tell(self, change: float) -> None:
        """What ``step`` changed."""
        self._told += 1
        error = change - self._target
        if abs(error) < self.error:
            self.best, self.error = self.step, abs(error)
        if self.matched or self._told == ROUNDS or np.isnan(error):
            self.done = True
        elif self._told == 1 and change < 0:
            self._sign = -1.0
        elif error < 0:
            self._too_little(change, error)
        else:
            self._stayed = max(0, self._stayed) + 1
            self._high, self._bracketed = (self._size, error), True
            self._between()

    def _too_little(self, change: float, error: float) -> None:
        if self._size >= self._limit:
            self.done = True
            return
        size, self._low = self._size, (self._size, error)
        self._stayed = min(0, self._stayed) - 1
        if self._bracketed:
            self._between()
        else:
            growth = self._target / change if change > 0 else 3.0
            self._size = min(size * float(np.clip(growth, 1.2, 3.0)), self._limit)

    def _between(self) -> None:
        (a, low), (b, high) = self._low, self._high
        share = 0.5 if abs(self._stayed) >= 2 else -low / (high - low)
        self._size = a + (b - a) * float(np.clip(share, 0.1, 0.9))


def seek(
    seekers: Sequence[Seeker], measured: Callable[[list[int], list[float]], Iterable[float]]
) -> None:
    """Let all seekers go on until each has matched or given up.

    ``measured`` is asked for the changes of the seekers of these numbers at these steps.
    """
    while going := [k for k, seeker in enumerate(seekers) if not seeker.done]:
        changes = measured(going, [seekers[k].step for k in going])
        for k, change in zip(going, changes, strict=True):
            seekers[k].tell(float(change))
