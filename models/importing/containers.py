"""What kind of file it is, and its object, whatever it is wrapped in."""

from __future__ import annotations

import json
import math
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from models.importing.arrays import (
    LEGACY_MAGIC,
    Arrays,
    plain_type,
    read_legacy,
    storage_reference,
)
from models.importing.bounded import MalformedError, Window, shown
from models.importing.pickles import read_pickle, unexpected

if TYPE_CHECKING:
    from typing import BinaryIO

    from models.importing.arrays import Array
    from models.importing.bounded import Budget

Kind = Literal["pickle", "torch", "npy", "npz", "safetensors"]

LARGEST_INDEX = 8 << 20  # of a zip archive or a safetensors file
LARGEST_PICKLE = 64 << 20  # inside a zip archive, where it holds no numbers
MOST_MEMBERS = 50_000

_HEADER = re.compile(
    r"\{'descr': '([^']{1,16})', 'fortran_order': (True|False), "
    r"'shape': \(((?:\d{1,12}, ?)*\d{0,12},?)\), *\}\s*"
)
_SAFETENSORS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "|i1", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip
_OTHERS = (
    (b"\x89HDF", "is an HDF5 file (Keras)"),
    (b"GGUF", "is a GGUF language model"),
    (b"version https://git-lfs", "is only a Git LFS pointer, not the file itself"),
    (b"<", "is a web page: the download went wrong"),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first"),
    (b"7z\xbc\xaf", "is a 7-Zip archive; unpack it first"),
    (b"Rar!", "is a RAR archive; unpack it first"),
    (b"\x08", "is an ONNX network, or none at all"),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """A file, looked into.

    Attributes:
        kind: its wrapping.
        value: the object of a pickle, of PyTorch's too, as ``pickles`` gives it; an array of an
            ``.npy``; arrays by name of ``.npz`` and ``.safetensors``.
        arrays: reads the records in it.
        unexpected: names that it would import, and that no network needs.
        facts: strings that a safetensors file carries.
    """

    kind: Kind
    value: object
    arrays: Arrays
    unexpected: list[str] = field(default_factory=list[str])
    facts: dict[str, str] = field(default_factory=dict[str, str])


def look_into(file: BinaryIO, size: int, budget: Budget) -> Contents:
    """Read an open file's structure; the numbers of most stay in it until they are asked for.

    Raises:
        MalformedError: it is of no known kind, damaged, or over budget.
    """
    window = Window(file, 0, size)
    head = window.peek(0, 32)
    if head.startswith(b"PK"):
        return _zip(file, budget)
    if head.startswith(b"\x93NUMPY"):
        return _npy_file(window, budget)
    if head[:1] == b"\x80" and len(head) > 1 and head[1] <= 5:
        return _pickle(window, budget)
    if len(head) > 8 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size - 8:
        return _safetensors(window, budget)
    for start, reason in _OTHERS:
        if head.startswith(start):
            raise MalformedError(reason)
    if not size:
        raise MalformedError("is empty")
    raise MalformedError("is of no kind that a StyleGAN2 network comes in")


def _pickle(window: Window, budget: Budget) -> Contents:
    first = read_pickle(window, budget)
    if first.value == LEGACY_MAGIC:
        stream = read_legacy(window, budget)

        def content(key: str, length: int) -> bytes:
            kept = stream.storages.get(key)
            if kept is None or kept.length != length:
                raise MalformedError("holds a tensor without numbers")
            return kept.read(budget)

        return Contents(
            "torch", stream.pickle.value, Arrays(budget, content), unexpected(stream.pickle.names)
        )
    return Contents("pickle", first.value, Arrays(budget), unexpected(first.names))


class _SmallReads:
    """A file that refuses to be read in large pieces, as a zip archive's forged index asks for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.close = file.seek, file.tell, lambda: None

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(LARGEST_INDEX + 1 if size < 0 else min(size, LARGEST_INDEX + 1))
        if len(content) > LARGEST_INDEX:
            raise MalformedError("has a table of contents that is too long")
        return content

    def seekable(self) -> bool:
        return True


class _Archive:
    """A zip archive whose members are only ever read, never unpacked."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._budget = budget
        try:
            self._zip = zipfile.ZipFile(cast("BinaryIO", _SmallReads(file)))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise _damaged(error) from None
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS:
            raise MalformedError("has more members than any network has")
        budget.step(len(members))
        self.members = {member.filename: member for member in members}
        if len(self.members) < len(members):
            raise MalformedError("has two members of one name")
        for name, member in self.members.items():
            # Other methods unpack a piece at once, however large it becomes.
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise MalformedError("is packed in a way that no network is")
            parts = name.replace("\\", "/").split("/")
            if ".." in parts or parts[0] in ("", "~") or ":" in parts[0] or "\0" in name:
                raise MalformedError(f"has a member named {shown(name)!r}, outside of itself")

    def read(self, name: str, length: int | None = None, *, most: int = LARGEST_PICKLE) -> bytes:
        """A member, whole and with the right checksum; of ``length`` if that is given."""
        member = self.members.get(name)
        if member is None:
            raise MalformedError(f"lacks its member {shown(name)!r}")
        size = member.file_size
        if (length is not None and size != length) or (length is None and size > most):
            raise MalformedError(f"has a member {shown(name)!r} of the wrong size")
        self._budget.spend(size)
        pieces: list[bytes] = []
        left = size
        try:
            with self._zip.open(member) as stream:
                while left:
                    self._budget.step(1)
                    piece = stream.read(min(left, 1 << 20))
                    if not piece:
                        break
                    pieces.append(piece)
                    left -= len(piece)
                # The checksum is compared at the end; what is longer than it says is no archive.
                if left or stream.read(1):
                    raise MalformedError("has a member that is not as long as it says")
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
            raise _damaged(error) from None
        except (RuntimeError, ValueError, NotImplementedError) as error:  # encrypted, odd methods
            raise _damaged(error) from None
        return b"".join(pieces)


def _damaged(error: Exception) -> MalformedError:
    if isinstance(error, MalformedError):
        return error
    return MalformedError(f"is a damaged archive ({shown(str(error))})")


def _zip(file: BinaryIO, budget: Budget) -> Contents:
    archive = _Archive(file, budget)
    pickles = [name for name in archive.members if re.fullmatch(r"[^/]+/data\.pkl", name)]
    if any(name.endswith("/constants.pkl") for name in archive.members):
        raise MalformedError("is a TorchScript program, which would have to be run")
    if len(pickles) == 1:
        root = pickles[0].removesuffix("data.pkl")
        if f"{root}byteorder" in archive.members:
            order = archive.read(f"{root}byteorder", most=16)
            if order != b"little":
                raise MalformedError("was written on a machine with another byte order")
        content = archive.read(pickles[0])
        pickle = read_pickle(Window(BytesIO(content), 0, len(content)), budget)
        for reference in pickle.persistent:
            storage_reference(reference)
        arrays = Arrays(budget, lambda key, length: archive.read(f"{root}data/{key}", length))
        return Contents("torch", pickle.value, arrays, unexpected(pickle.names))
    if archive.members and all(name.endswith(".npy") for name in archive.members):
        found: dict[str, object] = {}
        for name, member in archive.members.items():
            content = archive.read(name, member.file_size)
            window = Window(BytesIO(content), 0, len(content))
            found[name.removesuffix(".npy")] = _npy(window, budget)
        return Contents("npz", found, Arrays(budget))
    raise MalformedError("is a zip archive without a network in it")


def _npy_file(window: Window, budget: Budget) -> Contents:
    try:
        return Contents("npy", _npy(window, budget), Arrays(budget))
    except _ObjectsError as objects:
        pickle = read_pickle(window, budget, objects.at)
        return Contents("npy", pickle.value, Arrays(budget), unexpected(pickle.names))


class _ObjectsError(MalformedError):
    """An array of Python objects: a pickle begins ``at``."""

    def __init__(self, at: int) -> None:
        super().__init__("holds an array of Python objects, not of numbers")
        self.at = at


def _npy(window: Window, budget: Budget) -> Array:
    """An array in NumPy's own format, version 1 to 3."""
    head = window.peek(0, 12)
    if head[:6] != b"\x93NUMPY" or len(head) < 12 or not 1 <= head[6] <= 3:
        raise MalformedError("holds something else where an array should be")
    start, width = (10, 2) if head[6] == 1 else (12, 4)
    length = int.from_bytes(head[8 : 8 + width], "little")
    if length > 4096:
        raise MalformedError("describes its array at impossible length")
    text = window.window(start, length).read(budget).decode("latin-1")
    found = _HEADER.fullmatch(text)
    if found is None:
        raise MalformedError("describes its array in a way that NumPy does not")
    if found[1] == "|O":
        raise _ObjectsError(start + length)
    kind = plain_type(found[1])
    shape = tuple(int(n) for n in found[3].replace(" ", "").split(",") if n)
    if len(shape) > 8 or math.prod(shape) * kind.itemsize != window.length - start - length:
        raise MalformedError("holds an array whose size does not match its numbers")
    flat = np.frombuffer(
        window.window(start + length, window.length - start - length).read(budget), kind
    )
    order = "F" if found[2] == "True" else "C"
    return flat.reshape(shape, order=order).astype(kind.newbyteorder("="))


def _safetensors(window: Window, budget: Budget) -> Contents:
    length = int.from_bytes(window.peek(0, 8), "little")
    if length > LARGEST_INDEX:
        raise MalformedError("has a table of contents that is too long")
    try:
        table: object = json.loads(window.window(8, length).read(budget))
    except (ValueError, RecursionError):
        raise MalformedError("has a table of contents that cannot be read") from None
    if not isinstance(table, dict):
        raise MalformedError("has a table of contents that cannot be read")
    data = window.window(8 + length, window.length - 8 - length)
    found: dict[str, object] = {}
    facts: dict[str, str] = {}
    left = 2 * data.length  # bfloat16 has doubled
    for name, row in cast("dict[str, object]", table).items():
        budget.step()
        if not isinstance(row, dict):
            raise MalformedError("has a table of contents that cannot be read")
        fields = cast("dict[str, object]", row)
        if name == "__metadata__":
            facts = {k: v for k, v in fields.items() if isinstance(v, str)}
        else:
            found[name] = array = _safetensor(fields, data, budget)
            left -= array.nbytes
            if left < 0:
                raise MalformedError("has a table of contents that promises more than there is")
    return Contents("safetensors", found, Arrays(budget), facts=facts)


def _safetensor(fields: dict[str, object], data: Window, budget: Budget) -> Array:
    code, shape, place = (fields.get(k) for k in ("dtype", "shape", "data_offsets"))
    if not isinstance(code, str) or code not in _SAFETENSORS:
        raise MalformedError(f"holds numbers of the type {shown(code)!r}")
    sizes = _whole_numbers(shape)
    ends = _whole_numbers(place)
    kind: np.dtype[Any] = np.dtype(_SAFETENSORS[code])
    if len(sizes) > 8 or len(ends) != 2 or ends[1] - ends[0] != math.prod(sizes) * kind.itemsize:
        raise MalformedError("holds a tensor whose size does not match its numbers")
    flat = np.frombuffer(data.window(ends[0], ends[1] - ends[0]).read(budget), kind)
    if code == "BF16":
        budget.spend(4 * flat.size)
        flat = (flat.astype(np.uint32) << 16).view(np.float32)
    return flat.reshape(sizes)


def _whole_numbers(value: object) -> tuple[int, ...]:
    numbers: list[int] = []
    for n in cast("list[object]", value) if isinstance(value, list) else [None]:
        if type(n) is not int or not 0 <= n < 1 << 48:
            raise MalformedError("has a table of contents that cannot be read")
        numbers.append(n)
    return tuple(numbers)
