"""ONNX files looked at before a runtime reads them: what they would do beyond arithmetic.

An ONNX file is a protobuf message (onnx.proto3 of github.com/onnx/onnx, Apache-2.0). It carries no
code, but it can name files beside it, operators of other libraries and loops without an end. Those
are refused here, by walking the few fields that say so; the arithmetic itself, whose sizes nobody
can tell in advance, runs in a process of its own with a limit of memory and time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.checkpoints import CheckpointError
from models.importing.bounded import MalformedError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 512 << 20  # bytes: a scorer is a classifier, not a language model
_MOST_NODES = 50_000
_DEEPEST = 8  # graphs within graphs
_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
_ENDLESS = frozenset({"Loop", "Scan", "SequenceMap"})
_EXTERNAL = 1  # TensorProto.DataLocation

# Fields by number, of Model-, Graph-, Node-, Attribute-, Tensor- and FunctionProto.
_MODEL_GRAPH, _MODEL_FUNCTION, _MODEL_TRAINING = 7, 25, 20
_GRAPH_NODE, _GRAPH_TENSOR = 1, 5
_NODE_TYPE, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = (5, 10), (6, 11)
_TENSOR_EXTERNAL, _TENSOR_LOCATION = 13, 14
_FUNCTION_NODE = 7


def check_onnx(path: Path) -> None:
    """Refuse what is no ONNX file, or does more than compute from its own numbers.

    Raises:
        CheckpointError: it is none, or names files, foreign operators or loops.
    """
    name = shown(path.name)
    advice = "Export the network anew, as one .onnx file of plain operators."
    try:
        if path.stat().st_size > LARGEST:
            raise MalformedError(f"is larger than {LARGEST >> 20} MB")
        walk = _Walk(memoryview(path.read_bytes()))
        walk.model()
    except OSError as error:
        raise CheckpointError(f"{name} cannot be read ({error.strerror}).", advice) from error
    except MalformedError as error:
        raise CheckpointError(f"{name} {error}.", advice) from None
    if not walk.nodes:
        raise CheckpointError(f"{name} is no ONNX network.", "Choose an .onnx file.")


@dataclass(slots=True)
class _Walk:
    """Through the messages of one file; counts nodes."""

    data: memoryview
    nodes: int = 0

    def model(self) -> None:
        for number, part in _fields(self.data):
            if number == _MODEL_GRAPH:
                self._graph(_message(part), 0)
            elif number == _MODEL_FUNCTION:
                self._all_nodes(_message(part), _FUNCTION_NODE, 0)
            elif number == _MODEL_TRAINING:
                raise MalformedError("carries training graphs")

    def _graph(self, data: memoryview, depth: int) -> None:
        if depth > _DEEPEST:
            raise MalformedError("holds graphs within graphs without end")
        self._all_nodes(data, _GRAPH_NODE, depth)
        for number, part in _fields(data):
            if number == _GRAPH_TENSOR:
                _check_tensor(_message(part))

    def _all_nodes(self, data: memoryview, number: int, depth: int) -> None:
        for found, part in _fields(data):
            if found == number:
                self._node(_message(part), depth)

    def _node(self, data: memoryview, depth: int) -> None:
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            raise MalformedError(f"holds more than {_MOST_NODES} operators")
        for number, part in _fields(data):
            if number == _NODE_TYPE and (kind := _text(part)) in _ENDLESS:
                raise MalformedError(f"holds a loop ({kind}), which may never end")
            if number == _NODE_DOMAIN and (domain := _text(part)) not in _DOMAINS:
                raise MalformedError(f"needs operators of another library ({shown(domain)})")
            if number == _NODE_ATTRIBUTE:
                self._attribute(_message(part), depth)

    def _attribute(self, data: memoryview, depth: int) -> None:
        for number, part in _fields(data):
            if number in _ATTRIBUTE_TENSORS:
                _check_tensor(_message(part))
            elif number in _ATTRIBUTE_GRAPHS:
                self._graph(_message(part), depth + 1)


def _check_tensor(data: memoryview) -> None:
    for number, part in _fields(data):
        if number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and part == _EXTERNAL):
            raise MalformedError("keeps its numbers in other files")


def _message(part: memoryview | int) -> memoryview:
    if isinstance(part, int):
        raise MalformedError("is no ONNX network")
    return part


def _text(part: memoryview | int) -> str:
    return _message(part)[:200].tobytes().decode("utf-8", "replace")


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Field numbers of a message, with their bytes, or their number of a varint."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == 2:
            length, at = _varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise MalformedError("is no ONNX network")
        if number == 0 or length > len(data) - at:
            raise MalformedError("is no ONNX network, or is cut off")
        yield number, data[at : at + length]
        at += length


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise MalformedError("is no ONNX network, or is cut off")
