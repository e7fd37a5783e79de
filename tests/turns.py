"""Waiting, for scripts and tests that drive the window."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QTimer


def wait(milliseconds: int) -> None:
    """Let the window live. ``QTest.qWait`` would keep Python's lock, and the engine waiting."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
