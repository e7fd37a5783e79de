"""NumPy arrays out of the inert records of NumPy's and PyTorch's pickles.

PyTorch keeps a tensor as a view (offset, size, stride) of a storage, and the storage's bytes as a
member of a zip archive, or behind the pickles of an older stream, or in such a stream nested as
bytes in a plain pickle. Every number is checked against the bytes that are there.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from models.importing.bounded import MalformedError, Window, shown
from models.importing.pickles import Name, Persistent, Record, read_pickle

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.importing.bounded import Budget
    from models.importing.pickles import Pickle

Array = np.ndarray[Any, Any]

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
MOST_DIMENSIONS = 8
DEEPEST = 6  # a parameter of a tensor with attributes of …

_STORAGES = {
    "FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "BFloat16Storage": "<u2",
    "LongStorage": "<i8", "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "|i1",
    "ByteStorage": "|u1", "BoolStorage": "|b1",
}  # fmt: skip

_REBUILD = {
    Name("torch._utils", "_rebuild_tensor"),
    Name("torch._utils", "_rebuild_tensor_v2"),
}
_WRAPPERS = {
    Name("torch._utils", "_rebuild_parameter"),
    Name("torch._utils", "_rebuild_parameter_with_state"),
    Name("torch.nn.parameter", "Parameter"),
}
_WITH_ATTRIBUTES = Name("torch._tensor", "_rebuild_from_type_v2")
_LOAD_FROM_BYTES = Name("torch.storage", "_load_from_bytes")
_ND_ARRAY = Name("numpy.core.multiarray", "_reconstruct")
_ND_SCALAR = Name("numpy.core.multiarray", "scalar")
_ND_BUFFER = Name("numpy.core.numeric", "_frombuffer")
_ND_TYPE = Name("numpy", "dtype")
_ENCODE = Name("_codecs", "encode")


@dataclass(frozen=True, slots=True)
class LegacyStream:
    """PyTorch's format before the zip archives.

    Attributes:
        pickle: its object.
        storages: the bytes of each storage, by key.
    """

    pickle: Pickle
    storages: dict[str, Window]


def plain_type(text: object) -> np.dtype[Any]:
    """A NumPy type of plain numbers.

    Raises:
        MalformedError: it is another, such as Python objects.
    """
    if isinstance(text, str) and re.fullmatch(r"[<>=|]?(b1|[iu][1248]|f[248])", text):
        return np.dtype(text)
    if isinstance(text, str) and text.lstrip("|").startswith("O"):
        raise MalformedError("holds an array of Python objects, not of numbers")
    raise MalformedError(f"holds numbers of the type {shown(text)!r}")


def is_array(value: object) -> bool:
    """Whether a record says that it is an array, a scalar or a tensor."""
    return isinstance(value, Record) and (
        value.function in _REBUILD
        or value.function in _WRAPPERS
        or value.function in (_WITH_ATTRIBUTES, _ND_ARRAY, _ND_SCALAR, _ND_BUFFER)
    )


def plain_array(value: object) -> Array | None:
    """The value itself where it is an array already, as out of .npy and safetensors."""
    return cast("Array", value) if isinstance(value, np.ndarray) else None


def objects_of(value: object) -> list[object]:
    """The elements of an array of Python objects, as records; none when it is no such array."""
    if isinstance(value, Record) and value.function == _ND_ARRAY and isinstance(value.state, tuple):
        data = cast("tuple[object, ...]", value.state)[-1:]
        if data and isinstance(data[0], list):
            return cast("list[object]", data[0])
    return []


@dataclass(slots=True)
class Arrays:
    """Reads what records say.

    Attributes:
        budget: of the file.
        storage: a storage's bytes by key and length, for files that keep them beside the pickle.
    """

    budget: Budget
    storage: Callable[[str, int], bytes] | None = None
    _last: tuple[object, Array] | None = None
    _nested: dict[int, tuple[Record, Array]] = field(
        default_factory=dict[int, "tuple[Record, Array]"]
    )

    def array(self, value: object) -> Array:
        """The numbers of a record, in native types; bfloat16 becomes float32.

        Raises:
            MalformedError: it is none, or does not hold what it says.
        """
        for _ in range(DEEPEST):
            if not isinstance(value, Record):
                break
            if value.function in _REBUILD:
                return self._tensor(value.arguments)
            if value.function in (_ND_ARRAY, _ND_SCALAR, _ND_BUFFER):
                return self._numpy(value)
            if value.function in _WRAPPERS and value.arguments:
                value = value.arguments[0]
            elif value.function == _WITH_ATTRIBUTES and len(value.arguments) > 2:
                rebuild, _, inner = value.arguments[:3]
                if not isinstance(rebuild, Name) or not isinstance(inner, tuple):
                    break
                value = Record(rebuild, cast("tuple[object, ...]", inner))
            else:
                break
        raise MalformedError("holds something else where an array should be")

    def number(self, value: object) -> float | None:
        """A plain or NumPy number, or None when it is neither."""
        if isinstance(value, int | float):
            return float(value) if abs(value) < 1e300 else None
        if is_array(value):
            array = self.array(value)
            return float(array) if array.size == 1 and array.ndim == 0 else None
        return None

    def _tensor(self, arguments: tuple[object, ...]) -> Array:
        if len(arguments) < 4:
            raise MalformedError("holds an incomplete tensor")
        storage, offset, size, stride = arguments[:4]
        flat = self._flat(storage)
        view = _strided(flat, offset, size, stride)
        if flat.dtype == np.uint16:  # bfloat16
            self.budget.spend(4 * view.size)
            return (view.astype(np.uint32) << 16).view(np.float32)
        self.budget.spend(view.nbytes)
        return view.copy()

    def _flat(self, storage: object) -> Array:
        if isinstance(storage, Record) and storage.function == _LOAD_FROM_BYTES:
            return self._from_bytes(storage)
        if not isinstance(storage, Persistent):
            raise MalformedError("holds a tensor without numbers")
        if self._last is not None and self._last[0] is storage.reference:
            return self._last[1]
        key, dtype, count = storage_reference(storage)
        if self.storage is None:
            raise MalformedError("refers to numbers that it does not hold")
        flat = np.frombuffer(self.storage(key, count * dtype.itemsize), dtype)
        self._last = storage.reference, flat
        return flat

    def _from_bytes(self, record: Record) -> Array:
        """A whole older stream as the argument of a call; PyTorch's own reader would run it."""
        known = self._nested.get(id(record))
        if known is not None:
            return known[1]
        content = record.arguments[0] if record.arguments else None
        if not isinstance(content, Window):  # a text, in protocol 2
            plain = self._bytes(content)
            content = Window(BytesIO(plain), 0, len(plain))
        stream = read_legacy(content, self.budget)
        value = stream.pickle.value
        if not isinstance(value, Persistent):
            raise MalformedError("holds a nested stream that is no tensor's numbers")
        key, dtype, _ = storage_reference(value)
        flat = np.frombuffer(stream.storages[key].read(self.budget), dtype)
        self._nested = {id(record): (record, flat)}
        return flat

    def _numpy(self, record: Record) -> Array:
        if record.function == _ND_SCALAR:
            if len(record.arguments) != 2:
                raise MalformedError("holds an incomplete number")
            dtype, data = record.arguments
            shape: object = ()
            fortran = False
        elif record.function == _ND_BUFFER:
            if len(record.arguments) != 4 or record.arguments[3] not in ("C", "F"):
                raise MalformedError("holds an incomplete array")
            data, dtype, shape, order = record.arguments
            fortran = order == "F"
        else:
            state = record.state
            if not isinstance(state, tuple) or len(cast("tuple[object, ...]", state)) != 5:
                raise MalformedError("holds an incomplete array")
            _, shape, dtype, fortran, data = cast("tuple[object, ...]", state)
        kind = _numpy_type(dtype)
        sizes = _sizes(shape)
        content = self._bytes(data)
        if math.prod(sizes) * kind.itemsize != len(content):
            raise MalformedError("holds an array whose size does not match its numbers")
        flat = np.frombuffer(content, kind)
        return flat.reshape(sizes, order="F" if fortran else "C").astype(kind.newbyteorder("="))

    def _bytes(self, value: object) -> bytes:
        if isinstance(value, Record) and value.function == _ENCODE and value.arguments:
            value = value.arguments[0]
        if isinstance(value, Window):
            return value.read(self.budget)
        if isinstance(value, str):
            self.budget.spend(len(value))
            try:
                return value.encode("latin-1")
            except UnicodeEncodeError:
                pass
        if isinstance(value, list):
            raise MalformedError("holds an array of Python objects, not of numbers")
        raise MalformedError("holds an array without numbers")


def read_legacy(window: Window, budget: Budget) -> LegacyStream:
    """A stream of PyTorch before 1.6, or of a storage inside a plain pickle.

    Raises:
        MalformedError: it is none, or damaged.
    """
    head: list[object] = []
    at = 0
    for expected in (LEGACY_MAGIC, 1001, None):
        part = read_pickle(window, budget, at)
        if expected is not None and part.value != expected:
            raise MalformedError("holds a nested stream that is no tensor's numbers")
        head.append(part.value)
        at = part.end
    system = head[2]
    if (
        not isinstance(system, dict)
        or cast("dict[object, object]", system).get("little_endian") is not True
    ):
        raise MalformedError("was written on a machine with another byte order")
    pickle = read_pickle(window, budget, at)
    keys = read_pickle(window, budget, pickle.end)
    if not isinstance(keys.value, list):
        raise MalformedError("holds tensors without numbers")
    sizes = {key: (count, dtype) for key, dtype, count in map(storage_reference, pickle.persistent)}
    storages: dict[str, Window] = {}
    at = keys.end
    for key in cast("list[object]", keys.value):
        budget.step()
        count = int.from_bytes(window.window(at, 8).read(budget), "little", signed=True)
        if not isinstance(key, str) or key not in sizes or sizes[key][0] != count:
            raise MalformedError("holds tensors without numbers")
        length = count * sizes[key][1].itemsize
        storages[key] = window.window(at + 8, length)
        at += 8 + length
    if sizes.keys() - storages.keys():
        raise MalformedError("holds tensors without numbers")
    return LegacyStream(pickle, storages)


def storage_reference(reference: Persistent) -> tuple[str, np.dtype[Any], int]:
    """Key, type and length of a storage; bfloat16 is given as uint16.

    Raises:
        MalformedError: it is no storage.
    """
    fields = reference.reference
    if not isinstance(fields, tuple):
        raise MalformedError("refers to something that is no tensor's numbers")
    fields = cast("tuple[object, ...]", fields)
    if len(fields) < 5 or fields[0] != "storage" or any(f is not None for f in fields[5:]):
        raise MalformedError("refers to something that is no tensor's numbers")
    _, kind, key, _, count = fields[:5]
    if not isinstance(kind, Name) or kind.module != "torch" or kind.name not in _STORAGES:
        raise MalformedError(f"holds numbers of the type {shown(str(kind))!r}")
    if not isinstance(key, str) or not isinstance(count, int) or not 0 <= count < 1 << 40:
        raise MalformedError("refers to something that is no tensor's numbers")
    return key, np.dtype(_STORAGES[kind.name]), count


def _numpy_type(value: object) -> np.dtype[Any]:
    if isinstance(value, Record) and value.function == _ND_TYPE and value.arguments:
        kind = plain_type(value.arguments[0])
        state = value.state
        if state is None:
            return kind
        if isinstance(state, tuple):
            order = cast("tuple[object, ...]", state)[1:2]
            if order and order[0] in ("<", ">", "|", "="):
                return kind.newbyteorder(order[0])
    raise MalformedError("holds an array of unknown type")


def _sizes(shape: object) -> tuple[int, ...]:
    if not isinstance(shape, tuple) or len(cast("tuple[object, ...]", shape)) > MOST_DIMENSIONS:
        raise MalformedError("holds an array of impossible shape")
    sizes: list[int] = []
    for n in cast("tuple[object, ...]", shape):
        if not isinstance(n, int) or not 0 < n < 1 << 40:
            raise MalformedError("holds an array of impossible shape")
        sizes.append(n)
    return tuple(sizes)


def _strided(flat: Array, offset: object, size: object, stride: object) -> Array:
    """The view, checked: inside the storage, and no number of it twice."""
    sizes = _sizes(size)
    steps = cast("tuple[object, ...]", stride) if isinstance(stride, tuple) else ()
    if len(steps) != len(sizes) or not isinstance(offset, int):
        raise MalformedError("holds a tensor of impossible shape")
    reach = 0
    checked: list[int] = []
    for step in steps:
        if not isinstance(step, int) or not 0 <= step < 1 << 40:
            raise MalformedError("holds a tensor of impossible shape")
        checked.append(step)
    for step, n in sorted((step, n) for step, n in zip(checked, sizes, strict=True) if n > 1):
        if step <= reach:
            raise MalformedError("holds a tensor whose numbers overlap")
        reach += (n - 1) * step
    if offset < 0 or offset + reach >= flat.size:
        raise MalformedError("holds a tensor that reaches past its numbers")
    strides = tuple(step * flat.itemsize for step in checked)
    return np.lib.stride_tricks.as_strided(flat[offset:], sizes, strides, writeable=False)


def as_float32(array: Array, most: float = 1e8) -> NDArray[np.float32]:
    """The numbers as float32.

    Raises:
        MalformedError: there are none, or some are not finite or larger than ``most``, which no
            network's are.
    """
    # Python's errors would name no reason; what does not fit becomes infinite and is refused.
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.ascontiguousarray(array, np.float32)
    if not found.size:
        raise MalformedError("holds an empty array")
    if not np.abs(found).max() <= most:
        raise MalformedError("holds numbers that are not finite, or far too large")
    return found
