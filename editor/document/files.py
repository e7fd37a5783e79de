"""Files: only regular ones are read, within a budget; they are written in one synced step."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from editor.document.temporaries import note

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

_TEMPORARY = (".style-intervention-", ".tmp")  # how the names of our temporary files begin and end
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class IrregularFileError(OSError):
    """A device, a pipe or a socket stands where a file is expected."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "it is a device, a pipe or a socket", str(path))


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


# ------------------------------------------------------------------ reading


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading that is certain not to block: no pipe, device, socket or folder.

    Raises:
        OSError: there is no such file, it may not be read, or it is no regular one
            (IsADirectoryError, IrregularFileError).
    """
    try:
        _require_regular(os.stat(path).st_mode, path)  # noqa: PTH116 - opening may already act
        descriptor = os.open(path, os.O_RDONLY | _NO_WAITING | _PLAIN)
    except ValueError as error:  # a NUL in the name
        raise OSError(errno.EINVAL, str(error), str(path)) from error
    try:
        _require_regular(os.fstat(descriptor).st_mode, path)
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


def read_failure(error: OSError, path: Path) -> tuple[str, str]:
    """Title and advice for a file that could not be read."""
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


def _require_regular(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise IrregularFileError(path)


# ------------------------------------------------------------------ writing


def atomic_write(path: Path, data: bytes) -> None:
    """``atomic_file`` with all of its content at once."""
    with atomic_file(path) as file:
        file.write(data)


@contextmanager
def atomic_file(path: Path) -> Generator[BinaryIO]:
    """A file to write to, which replaces ``path`` in one step once the block has ended well.

    Readers see the old file or all of the new one, whatever happens to the program or the power:
    the content is written beside it and synced, then renamed, then the folder is synced. A symbolic
    link keeps pointing where it points. Permissions stay, from the first byte on, and the owner as
    far as the system lets us. Of a file with several names (hard links) only this one gets the new
    content; the others keep the old one whole. Writing through all of them would mean overwriting
    the only good copy in place, and the other name may be a backup.

    What earlier runs of the program left in the folder, when they were killed, is removed.

    Raises:
        OSError: it cannot be written, or ``path`` is a folder, a device, a pipe or a socket; the
            old file is untouched and nothing else is left behind.
    """
    path = Path(os.path.realpath(path))
    old = _replaceable(path)
    clean_leftovers(path.parent)
    note(path.parent)
    temporary, file = _temporary_beside(path, old)
    try:
        with file:
            yield cast("BinaryIO", file)
            file.flush()
            os.fsync(file.raw.fileno())
            if sys.platform != "win32":  # while it is locked nobody takes it for a leftover
                temporary.replace(path)
        if sys.platform == "win32":  # which renames no open file
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def clean_leftovers(folder: Path) -> int:
    """Remove the temporary files that writers left in a folder when they were killed.

    A file that is still being written is locked by its writer and stays.

    Returns:
        how many were removed; 0 for a folder that cannot be looked into.
    """
    begin, end = _TEMPORARY
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.name.startswith(begin) and e.name.endswith(end)]
    except OSError:  # whoever wants to write there will hear why it cannot be done
        return 0
    return sum(_removed(folder / name) for name in names)


def _removed(path: Path) -> bool:
    """Whether a leftover could be removed: nobody writes it, and it may be deleted."""
    try:
        if sys.platform == "win32":
            path.unlink()  # fails while a program holds it open
            return True
        descriptor = os.open(path, os.O_RDWR | _NO_WAITING | os.O_NOFOLLOW | _PLAIN)
        try:
            _require_regular(os.fstat(descriptor).st_mode, path)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(descriptor)
    except OSError:  # in use, another person's, or gone already
        return False
    return True


def _replaceable(path: Path) -> os.stat_result | None:
    """What is known of the file that will be replaced; None when there is none.

    Raises:
        OSError: it must not be replaced.
    """
    try:
        old = path.stat()
    except FileNotFoundError:
        return None
    _require_regular(old.st_mode, path)
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is write-protected", str(path))
    return old


class _Output(io.BufferedRandom):
    """A file whose descriptor stays ours.

    Pillow writes past the object when it can, and then calls a full disk a broken data stream;
    without a descriptor it comes through ``write``, which raises what the system says.
    """

    def fileno(self) -> NoReturn:
        raise io.UnsupportedOperation("write through the object")


def _temporary_beside(path: Path, old: os.stat_result | None) -> tuple[Path, _Output]:
    """A new, locked file in the same folder, as private as the one that it will replace."""
    mode = 0o666 if old is None else stat.S_IMODE(old.st_mode) & 0o777
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | _PLAIN
    while True:
        temporary = path.with_name(secrets.token_hex(8).join(_TEMPORARY))

        def create(name: str, _: int) -> int:
            return os.open(name, flags, mode)

        file = io.FileIO(str(temporary), "r+", opener=create)
        try:
            if _claimed(file.fileno(), old, mode):
                return temporary, _Output(file)
            file.close()
        except BaseException:
            file.close()
            temporary.unlink(missing_ok=True)
            raise


def _claimed(descriptor: int, old: os.stat_result | None, mode: int) -> bool:
    """Lock a new file and give it owner and permissions; False when a cleaner was faster."""
    if sys.platform == "win32":
        return True
    # Some network file systems know no locks: there leftovers cannot be told and stay.
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if old is not None:
        with contextlib.suppress(PermissionError):  # only root gives files away
            os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, mode)
    return os.fstat(descriptor).st_nlink > 0


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    if sys.platform == "win32":  # where a folder cannot be opened
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _PLAIN)
    except PermissionError:  # a folder that may be written and not be listed
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # it knows no such thing
            raise
    finally:
        os.close(descriptor)


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
