"""What a program may not do while it reads a file: noticed by Python's audit hooks."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

FORBIDDEN = (
    "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.startfile",
    "subprocess.Popen", "socket.connect", "socket.bind", "pty.spawn", "exec", "compile",
    "pickle.find_class", "ctypes.dlopen", "shutil.rmtree", "code.__new__", "import",
)  # fmt: skip

_seen: list[str] = []
_watching = False
_installed = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event.startswith(FORBIDDEN):
        _seen.append(f"{event} {arguments[:1]}")


@contextmanager
def watched() -> Generator[list[str]]:
    """Lists what was done in the block that a reader must not do, such as to run or import."""
    global _watching, _installed
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
    _seen.clear()
    _watching = True
    try:
        yield _seen
    finally:
        _watching = False
