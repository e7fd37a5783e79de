"""Reads what a TensorFlow Lite file computes: its operators in order, with their constants.

Only what the conversion of a frozen network needs, straight from the FlatBuffers layout
(tensorflow/lite/schema/schema.fbs, version 3): a table is an offset to a table of offsets.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Values = NDArray[np.float16 | np.float32]

_DEQUANTIZE = 6
_NAMES = {
    0: "add", 1: "average_pool", 2: "concatenation", 3: "conv", 4: "depthwise_conv", 14: "logistic",
    17: "max_pool", 18: "mul", 19: "relu", 22: "reshape", 23: "resize_bilinear", 32: "custom",
    34: "pad", 39: "transpose", 40: "mean", 41: "sub", 42: "div", 45: "strided_slice", 54: "prelu",
    59: "neg", 74: "sum", 75: "sqrt", 76: "rsqrt", 99: "squared_difference", 117: "hard_swish",
}  # fmt: skip
_FLOATS = {0: np.dtype(np.float32), 1: np.dtype(np.float16)}


@dataclass(frozen=True, slots=True)
class Operator:
    """One step of a network.

    Attributes:
        kind: such as ``"conv"``; the custom ones are all ``"custom"``.
        constants: its constant inputs in floating point, in order, of the stored type and layout.
        outputs: numbers of the tensors that it writes.
    """

    kind: str
    constants: tuple[Values, ...]
    outputs: tuple[int, ...]


class _Table:
    """A FlatBuffers table."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.fields = at - struct.unpack_from("<i", data, at)[0]
        self.size = struct.unpack_from("<H", data, self.fields)[0]

    def _field(self, number: int) -> int | None:
        """Where a field lies; None where it has its default."""
        entry = 4 + 2 * number
        offset = (
            struct.unpack_from("<H", self.data, self.fields + entry)[0] if entry < self.size else 0
        )
        return self.at + offset if offset else None

    def number(self, field: int, form: str) -> int:
        """A scalar, 0 where it is left out."""
        at = self._field(field)
        return 0 if at is None else struct.unpack_from(form, self.data, at)[0]

    def vector(self, field: int) -> tuple[int, int]:
        """Where a vector's elements begin, and how many they are."""
        at = self._field(field)
        if at is None:
            return 0, 0
        at += struct.unpack_from("<I", self.data, at)[0]
        return at + 4, struct.unpack_from("<I", self.data, at)[0]

    def integers(self, field: int) -> tuple[int, ...]:
        at, count = self.vector(field)
        return struct.unpack_from(f"<{count}i", self.data, at)

    def tables(self, field: int) -> list[_Table]:
        at, count = self.vector(field)
        places = range(at, at + 4 * count, 4)
        return [
            _Table(self.data, place + struct.unpack_from("<I", self.data, place)[0])
            for place in places
        ]


def operators(data: bytes) -> Iterator[Operator]:
    """The operators of a TensorFlow Lite file's first graph, without those that only unpack.

    Raises:
        ValueError: the bytes are no such file, or use an operator that is not known here.
    """
    if data[4:8] != b"TFL3":
        raise ValueError("no TensorFlow Lite file of version 3")
    model = _Table(data, struct.unpack_from("<I", data, 0)[0])
    codes = [max(t.number(0, "<b"), t.number(3, "<i")) for t in model.tables(1)]
    graph, buffers = model.tables(2)[0], model.tables(4)
    tensors = graph.tables(0)
    unpacked: dict[int, int] = {}  # tensor → the constant that it is unpacked from

    def constant(index: int) -> Values | None:
        tensor = tensors[unpacked.get(index, index)] if index >= 0 else None
        if tensor is None:
            return None
        at, size = buffers[tensor.number(2, "<I")].vector(0)
        form = _FLOATS.get(tensor.number(1, "<b"))
        if not size or form is None:
            return None
        values = np.frombuffer(data, form.newbyteorder("<"), size // form.itemsize, at)
        return values.reshape(tensor.integers(0))

    for operator in graph.tables(3):
        code = codes[operator.number(0, "<I")]
        inputs, outputs = operator.integers(1), operator.integers(2)
        if code == _DEQUANTIZE:
            unpacked[outputs[0]] = inputs[0]
            continue
        if code not in _NAMES:
            raise ValueError(f"unknown operator {code}")
        found = tuple(c for c in map(constant, inputs) if c is not None)
        yield Operator(_NAMES[code], found, outputs)
