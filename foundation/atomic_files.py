"""Files are written in one synced step: readers see the old file or all of the new one."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from foundation.temporaries import note

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_TEMPORARY = (".style-intervention-", ".tmp")  # how the names of our temporary files begin and end


class IrregularFileError(OSError):
    """A device, a pipe or a socket stands where a file is expected."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "it is a device, a pipe or a socket", str(path))


def require_regular(mode: int, path: Path) -> None:
    """Refuse what is no regular file, by its ``st_mode``.

    Raises:
        OSError: it is a folder (IsADirectoryError), or a device, a pipe or a socket
            (IrregularFileError).
    """
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise IrregularFileError(path)


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
        descriptor = os.open(path, os.O_RDWR | NO_WAITING | os.O_NOFOLLOW | PLAIN)
        try:
            require_regular(os.fstat(descriptor).st_mode, path)
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
    require_regular(old.st_mode, path)
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
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | PLAIN
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
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | PLAIN)
    except PermissionError:  # a folder that may be written and not be listed
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # it knows no such thing
            raise
    finally:
        os.close(descriptor)
