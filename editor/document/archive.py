"""Zip files that anybody may have written: members by exact name, within bounds, from broken ones.

Python's ``zipfile`` writes them; it is not used for reading, because it believes sizes that a file
states of itself and gives up all members when the directory at the end is lost. Only what this
editor writes is read: members that are stored, or deflated where that is expected, below 4 GB.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from editor.document.files import Budget

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_DESCRIPTOR = 0x08  # flag: the sizes follow the data
_ENCRYPTED = 0x01
_STORED, _DEFLATED = 0, 8
MOST_MEMBERS = 20_000
"""Of a file that is read."""

_LONGEST_NAME = 200
_LARGEST_DIRECTORY = 8 << 20
LARGEST = (1 << 31) - (64 << 20)
"""Bytes of a member: larger ones would need extensions of the format."""


@dataclass(frozen=True, slots=True)
class _Entry:
    offset: int
    method: int
    flags: int
    crc: int
    packed: int
    size: int


class Archive:
    """The members of a zip file.

    Attributes:
        is_whole: whether its directory was there; without it, members are found one after another
            up to where the file breaks off.
    """

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        """Read the directory of a file that is open for reading and stays open.

        Raises:
            ValueError: it is no zip file.
        """
        self._file, self._budget = file, budget
        self._length = file.seek(0, io.SEEK_END)
        file.seek(0)
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            raise ValueError("it is no archive")
        entries = self._directory()
        self.is_whole = entries is not None
        self._entries = self._scanned() if entries is None else entries

    @property
    def names(self) -> tuple[str, ...]:
        """Of all members."""
        return tuple(self._entries)

    def read(self, name: str, largest: int, ratio: int = 1) -> bytes:
        """A member whose checksum is right.

        Args:
            name: exactly as it is stored.
            largest: bytes that it may unpack to.
            ratio: how many times smaller it may be packed; 1 for one that must be stored.

        Raises:
            KeyError: there is none of that name.
            ValueError: it is damaged, too large, or packed in a foreign way.
        """
        data, sound = self.read_unsound(name, largest, ratio)
        if not sound:
            raise ValueError(f"the checksum of {name} is wrong")
        return data

    def read_unsound(self, name: str, largest: int, ratio: int = 1) -> tuple[bytes, bool]:
        """As ``read``, with whether the checksum is right instead of an error when it is not."""
        entry = self._entries[name]
        if entry.size > min(largest, LARGEST) or entry.packed > self._length:
            raise ValueError(f"{name} is too large")
        if entry.flags & (_ENCRYPTED | _DESCRIPTOR) or not (
            entry.method == _STORED or (entry.method == _DEFLATED and ratio > 1)
        ):
            raise ValueError(f"{name} is packed in a foreign way")
        if entry.size > 65_536 + ratio * entry.packed:
            raise ValueError(f"{name} unpacks to more than any sound file does")
        self._budget.spend(bytes=entry.size)
        raw = self._raw(name, entry)
        if entry.method == _STORED:
            data = raw
        else:
            try:
                data = zlib.decompressobj(-15).decompress(raw, entry.size + 1)
            except zlib.error as error:
                raise ValueError(f"{name} cannot be unpacked") from error
        if len(data) != entry.size:
            raise ValueError(f"{name} is cut short")
        return data, zlib.crc32(data) == entry.crc

    def beginning(self, name: str, count: int) -> bytes:
        """The first bytes of a stored member, unchecked; fewer when it is shorter.

        Raises:
            KeyError: there is none of that name.
            ValueError: it is packed, or not where it should be.
        """
        entry = self._entries[name]
        if entry.method != _STORED:
            raise ValueError(f"{name} is packed in a foreign way")
        self._seek(name, entry)
        return self._file.read(min(count, entry.size))

    def _seek(self, name: str, entry: _Entry) -> None:
        """Go to where a member's data begin."""
        self._file.seek(entry.offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size:
            raise ValueError(f"{name} is cut short")
        magic, *_, name_length, extra_length = _LOCAL.unpack(header)
        if magic != b"PK\x03\x04" or self._file.read(name_length) != name.encode():
            raise ValueError(f"{name} is not where it should be")
        self._file.seek(extra_length, io.SEEK_CUR)

    def _raw(self, name: str, entry: _Entry) -> bytes:
        self._seek(name, entry)
        raw = self._file.read(entry.packed)
        if len(raw) != entry.packed:
            raise ValueError(f"{name} is cut short")
        return raw

    def _directory(self) -> dict[str, _Entry] | None:
        """Members by the directory at the end; None when it is lost or makes no sense."""
        tail_at = max(0, self._length - _END.size - 0xFFFF)
        self._file.seek(tail_at)
        tail = self._file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            return None
        *_, count, length, offset, _ = _END.unpack_from(tail, at)
        if length > _LARGEST_DIRECTORY or count > MOST_MEMBERS:
            raise ValueError("it holds more members than any sound file")
        if offset + length > tail_at + at:
            return None
        self._file.seek(offset)
        directory = self._file.read(length)
        entries: dict[str, _Entry] = {}
        place = 0
        while place < len(directory):
            if len(directory) - place < _CENTRAL.size:
                return None
            (
                magic, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length,
                comment_length, _, _, _, at,
            ) = _CENTRAL.unpack_from(directory, place)  # fmt: skip
            if magic != b"PK\x01\x02":
                return None
            place += _CENTRAL.size
            name = directory[place : place + name_length]
            place += name_length + extra_length + comment_length
            if name_length <= _LONGEST_NAME and name.isascii():
                entries[name.decode()] = _Entry(at, method, flags, crc, packed, size)
            if len(entries) > MOST_MEMBERS:
                raise ValueError("it holds more members than any sound file")
        return entries

    def _scanned(self) -> dict[str, _Entry]:
        """Members one after another from the beginning, up to where that breaks off."""
        entries: dict[str, _Entry] = {}
        at = 0
        while len(entries) < MOST_MEMBERS:
            self._budget.spend()
            self._file.seek(at)
            header = self._file.read(_LOCAL.size)
            if len(header) < _LOCAL.size:
                break
            magic, _, flags, method, _, _, crc, packed, size, name_length, extra_length = (
                _LOCAL.unpack(header)
            )
            name = self._file.read(name_length)
            if magic != b"PK\x03\x04" or flags & _DESCRIPTOR:
                break
            if name_length <= _LONGEST_NAME and name.isascii():
                entries[name.decode()] = _Entry(at, method, flags, crc, packed, size)
            at += _LOCAL.size + name_length + extra_length + packed
        return entries


def write_archive(file: BinaryIO, members: Mapping[str, bytes], deflated: frozenset[str]) -> None:
    """Write a zip file; equal members always give equal bytes.

    Raises:
        ValueError: a member is too large.
        OSError: the file cannot be written.
    """
    with zipfile.ZipFile(file, "w", allowZip64=False) as archive:
        for name, data in members.items():
            if len(data) > LARGEST:
                raise ValueError(f"{name} is too large")
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            info.compress_type = _DEFLATED if name in deflated else _STORED
            archive.writestr(info, data)
