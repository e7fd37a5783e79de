"""What is to be done once other things are over: a file that waits for edits and alignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(slots=True, eq=False)
class Deferred:
    """Something to do once the things are over that were pending when it was asked for."""

    left: list[object]
    action: Callable[[], None]


class Deferrals:
    """Knows who waits for what; whoever has something pending says when it is over."""

    def __init__(self) -> None:
        self._waiting: list[Deferred] = []

    def when_over(self, things: Iterable[object], action: Callable[[], None]) -> Deferred | None:
        """Do something once these are over, or what took their places; at once without any."""
        left = list(things)
        if not left:
            action()
            return None
        deferred = Deferred(left, action)
        self._waiting.append(deferred)
        return deferred

    def drop(self, deferred: Deferred) -> None:
        """Do not do that."""
        if deferred in self._waiting:
            self._waiting.remove(deferred)

    def replaced(self, thing: object, heir: object) -> None:
        """Whoever waits for that thing waits for its heir from now on."""
        for deferred in self._waiting:
            if thing in deferred.left:
                deferred.left.remove(thing)
                if heir not in deferred.left:
                    deferred.left.append(heir)

    def over(self, thing: object) -> None:
        """Nobody needs to wait for that any longer; actions come in the order they were asked."""
        for deferred in self._waiting:
            if thing in deferred.left:
                deferred.left.remove(thing)
        ready = [deferred for deferred in self._waiting if not deferred.left]
        self._waiting = [deferred for deferred in self._waiting if deferred.left]
        for deferred in ready:
            deferred.action()
