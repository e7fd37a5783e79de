"""Files written in one step: readers see the old one or all of the new one."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import BinaryIO


def atomic_write(path: Path, data: bytes) -> None:
    """``atomic_file`` with all of its content at once."""
    with atomic_file(path) as file:
        file.write(data)


@contextmanager
def atomic_file(path: Path) -> Generator[BinaryIO]:
    """A file to write to, which replaces ``path`` in one step once the block has ended well.

    Readers see the old file or all of the new one.

    Raises:
        OSError: it cannot be written; the old file is untouched and nothing else is left behind.
    """
    path = path.resolve()  # a link keeps pointing where it points
    if path.exists() and not path.is_dir() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is write-protected", str(path))
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.is_file():
            temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_failure(error: OSError, path: Path) -> tuple[str, str]:
    """Title and advice for a file that could not be written."""
    folder = path.parent
    if path.is_dir():
        return f"{path.name} is a folder.", "Choose another file name."
    if isinstance(error, FileNotFoundError) or not folder.is_dir():
        return f"The folder {folder} does not exist.", "Choose a folder that exists."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {folder} is full.", "Free some space or choose another disk."
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return (
            f"{path.name} cannot be written: the folder or file is write-protected.",
            "Choose another folder, for example your pictures folder.",
        )
    return (
        f"{path.name} cannot be written ({error.strerror or error}).",
        "Choose another folder or disk and save again.",
    )
