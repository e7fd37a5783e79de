"""Files: only regular ones are read, within a budget; what to say of those that fail."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from foundation.atomic_files import NO_WAITING, PLAIN, IrregularFileError, require_regular

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


class BudgetError(ValueError):
    """What a file holds costs more memory or time than any sound one."""


@dataclass(slots=True)
class Budget:
    """What reading one file may cost; a file that asks for more is no work of this editor.

    Attributes:
        bytes: that may still be unpacked.
        pixels: that may still be decoded.
        seconds: that it may take, from now on.
    """

    bytes: int
    pixels: int
    seconds: float
    _end: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def spend(self, *, bytes: int = 0, pixels: int = 0) -> None:
        """Take from the budget, before the work is done.

        Raises:
            BudgetError: that much is not left, or the time is over.
        """
        self.bytes -= bytes
        self.pixels -= pixels
        if self.bytes < 0 or self.pixels < 0:
            raise BudgetError("it unpacks to more than any sound file does")
        if time.monotonic() > self._end:
            raise BudgetError("reading it takes too long")


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading that is certain not to block: no pipe, device, socket or folder.

    Raises:
        OSError: there is no such file, it may not be read, or it is no regular one
            (IsADirectoryError, IrregularFileError).
    """
    try:
        require_regular(os.stat(path).st_mode, path)  # noqa: PTH116 - opening may already act
        descriptor = os.open(path, os.O_RDONLY | NO_WAITING | PLAIN)
    except ValueError as error:  # a NUL in the name
        raise OSError(errno.EINVAL, str(error), str(path)) from error
    try:
        require_regular(os.fstat(descriptor).st_mode, path)
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def read_file(path: Path, largest: int) -> bytes:
    """All of a regular file.

    Raises:
        BudgetError: it has more than ``largest`` bytes.
        OSError: as ``open_regular``.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > largest:
            raise BudgetError(f"it is larger than {largest >> 10:,} KB")
        data = file.read(largest + 1)  # it may grow meanwhile
    if len(data) > largest:
        raise BudgetError(f"it is larger than {largest >> 10:,} KB")
    return data


def same_file(a: Path, b: Path) -> bool:
    """Whether two names lead to one file, or would: through links, too."""
    try:
        if a.samefile(b):
            return True
    except OSError:
        pass  # one of them is not there yet
    return a.resolve() == b.resolve()


def mark_of(path: Path) -> tuple[int, ...] | None:
    """What is another one once a file was replaced or written to; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def read_failure(error: OSError, path: Path) -> tuple[str, str]:
    """Title and advice for a file that could not be read."""
    path = path if path.name else path.absolute()  # "" and "." have none
    if isinstance(error, FileNotFoundError):
        return f"{path.name} does not exist.", "Check its folder and name."
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):  # noqa: PTH112 - never raises
        return f"{path.name} is a folder and cannot be read.", "Choose a file inside it."
    if isinstance(error, IrregularFileError):
        return f"{path.name} is no ordinary file.", "Choose a file on a disk."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name {_shortened(path.name)} is too long.", "Give the file a shorter name."
    return (
        f"{path.name} cannot be read ({error.strerror or 'unknown reason'}).",
        "Check that it is a file and that you may read it.",
    )


def write_failure(error: OSError, path: Path) -> tuple[str, str]:
    """Title and advice for a file that could not be written."""
    name, folder = _shortened(path.name), path.parent
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        return f"{name} is a folder.", "Choose another file name."
    if isinstance(error, IrregularFileError):
        return f"{name} is a device or a pipe, no file.", "Choose another file name."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name {name} is too long.", "Choose a shorter name."
    if isinstance(error, FileNotFoundError) or not os.path.isdir(folder):  # noqa: PTH112
        return f"The folder {folder} does not exist.", "Choose a folder that exists."
    advice = _WRITE_ADVICE.get(error.errno or 0)
    if advice is not None:
        return advice[0].format(folder=folder, name=name), advice[1]
    return (
        f"{name} cannot be written ({error.strerror or error}).",
        "Choose another folder or disk and save again.",
    )


def _shortened(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:60]}…{name[-12:]}"


_FULL = "The disk that holds {folder} is full.", "Free some space or choose another disk."
_PROTECTED = (
    "{name} cannot be written: the folder or file is write-protected.",
    "Choose another folder, for example your pictures folder.",
)
_WRITE_ADVICE: dict[int, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    cast("int", getattr(errno, "EDQUOT", errno.ENOSPC)): _FULL,
    errno.EFBIG: (
        "{name} is larger than the disk that holds {folder} lets a file be.",
        "Choose another disk, or a format that packs better.",
    ),
    errno.EACCES: _PROTECTED,
    errno.EPERM: _PROTECTED,
    errno.EROFS: _PROTECTED,
}
