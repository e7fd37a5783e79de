"""Limits on what reading a file may cost, and views into it that are read only when needed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import BinaryIO

PIECE = 1 << 16


class MalformedError(ValueError):
    """A file is damaged, hostile or unlike its kind; the message completes "the file …"."""


@dataclass(slots=True)
class Budget:
    """What one file may cost.

    Attributes:
        memory: bytes that may still be made of it, all told.
        steps: pickle operations and other small things that may still be done.
        seconds: how long it may take.
    """

    memory: int = 2 << 30
    steps: int = 400_000
    seconds: float = 120.0
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + self.seconds

    def spend(self, size: int) -> None:
        """Take ``size`` bytes off ``memory``.

        Raises:
            MalformedError: so many are not left.
        """
        self.memory -= size
        if self.memory < 0:
            raise MalformedError("would take more memory than any StyleGAN2 network needs")

    def step(self, count: int = 1) -> None:
        """Take ``count`` off ``steps``, and look at the clock now and then.

        Raises:
            MalformedError: they, or the seconds, are used up.
        """
        before = self.steps
        self.steps -= count
        if self.steps < 0:
            raise MalformedError("has more parts than any StyleGAN2 network needs")
        if before >> 10 != self.steps >> 10 and time.monotonic() > self._deadline:
            raise MalformedError("takes too long to read")


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """``length`` bytes of an open file from ``start``."""

    file: BinaryIO
    start: int
    length: int

    def window(self, offset: int, length: int) -> Window:
        """Part of it.

        Raises:
            MalformedError: it is shorter.
        """
        if offset < 0 or length < 0 or offset + length > self.length:
            raise MalformedError("ends too early")
        return Window(self.file, self.start + offset, length)

    def peek(self, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset``; fewer at the end."""
        self.file.seek(self.start + offset)
        return self.file.read(max(0, min(length, self.length - offset)))

    def read(self, budget: Budget) -> bytes:
        """All of it.

        Raises:
            MalformedError: the budget does not allow it, or the file has become shorter.
        """
        budget.spend(self.length)
        content = self.peek(0, self.length)
        if len(content) < self.length:
            raise MalformedError("ends too early")
        return content


def shown(text: object) -> str:
    """A file's own text, fit to be shown: printable, and not long."""
    plain = str(text) if isinstance(text, str | int | float) else type(text).__name__
    plain = "".join(c if c.isprintable() else "?" for c in plain[:200])
    return plain if len(plain) <= 60 else plain[:57] + "…"
