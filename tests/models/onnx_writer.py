"""ONNX networks, written field by field: without a package, and hostile ones too."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FLOAT = 1


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def part(field: int, content: bytes | str) -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name: str, shape: Sequence[int], values: Sequence[float], extra: bytes = b"") -> bytes:
    dims = b"".join(number(1, side) for side in shape)
    raw = part(9, struct.pack(f"<{len(values)}f", *values))
    return dims + number(2, FLOAT) + part(8, name) + raw + extra


def ints(name: str, values: Sequence[int]) -> bytes:
    """An attribute."""
    return part(1, name) + b"".join(number(8, value) for value in values) + number(20, 7)


def node(
    kind: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *attributes: bytes,
    domain: str = "",
) -> bytes:
    named = b"".join(part(1, name) for name in inputs)
    named += b"".join(part(2, name) for name in outputs)
    tail = b"".join(part(5, attribute) for attribute in attributes)
    return named + part(4, kind) + tail + (part(7, domain) if domain else b"")


def value(name: str, shape: Sequence[int]) -> bytes:
    sides = b"".join(part(1, number(1, side)) for side in shape)
    return part(1, name) + part(2, part(1, number(1, FLOAT) + part(2, sides)))


def model(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes] = (),
    shape: Sequence[int] = (1, 3, 8, 8),
    out: Sequence[int] = (1, 1),
    extra: bytes = b"",
) -> bytes:
    graph = b"".join(part(1, one) for one in nodes) + part(2, "g")
    graph += b"".join(part(5, one) for one in tensors)
    graph += part(11, value("x", shape)) + part(12, value("y", out))
    return number(1, 8) + part(7, graph) + part(8, part(1, "") + number(2, 13)) + extra


def brightness(factor: float = 1.0) -> bytes:
    """Scores the mean of a picture, times a factor."""
    means = node("ReduceMean", ["x"], ["m"], ints("axes", [1, 2, 3]))
    return model(
        [means, node("Reshape", ["m", "s"], ["r"]), node("Mul", ["r", "f"], ["y"])],
        [tensor("f", (1, 1), [factor]), shape_tensor("s", (1, 1))],
    )


def shape_tensor(name: str, values: Sequence[int]) -> bytes:
    raw = struct.pack(f"<{len(values)}q", *values)
    return number(1, len(values)) + number(2, 7) + part(8, name) + part(9, raw)
