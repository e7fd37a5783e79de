"""pytest-qt's hands and eyes, with the patience that a slow or busy machine needs.

What a test waits for comes sooner or later: only a fault waits to the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 60_000
"""Milliseconds; pytest-qt's own are 5000."""


class PatientBot(QtBot):
    """pytest-qt's, with other defaults."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:
        """Until it is true, or asserts nothing wrong."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE, **how: Any) -> Any:
        """A context, until the signal comes."""
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE) -> Any:
        """A context, until the window is on the screen."""
        return super().waitExposed(widget, timeout=timeout)
