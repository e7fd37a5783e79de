"""Pickle streams as inert records: the opcodes are followed, nothing that they name is called.

What a stream would import is a ``Name``, what it would call a ``Record`` of the call. So there is
nothing that a file could run, whatever it says; the list of names that are expected only tells a
network from something else. Protocols 2 to 5; opcodes as ``pickletools`` of the standard library
documents them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from models.importing.bounded import PIECE, MalformedError, shown

if TYPE_CHECKING:
    from models.importing.bounded import Budget, Window

LONGEST_TEXT = 64 << 20
LONGEST_NAME = 512
LONGEST_INTEGER = 64  # bytes

_MOVED = {"__builtin__": "builtins", "copy_reg": "copyreg", "numpy._core": "numpy.core"}


@dataclass(frozen=True, slots=True)
class Name:
    """What a stream asks to import; Python 2's and NumPy 2's modules under their other names."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Record:
    """``function(*arguments)``, not called.

    Attributes:
        function: its name.
        arguments: a tuple, as the stream has it.
        state: what its ``__setstate__`` or ``__dict__`` would get.
        entries, elements: what would be put into it, as into a dict or a list.
    """

    function: Name
    arguments: tuple[object, ...]
    state: object = None
    entries: dict[object, object] = field(default_factory=dict[object, object])
    elements: list[object] = field(default_factory=list[object])


@dataclass(frozen=True, slots=True, eq=False)
class Persistent:
    """Something kept outside the stream."""

    reference: object


@dataclass(frozen=True, slots=True, eq=False)
class Pickle:
    """One stream.

    Attributes:
        value: its object: None, bool, int, float, str, list, tuple, dict (also for OrderedDict and
            EasyDict; sets are lists), ``Window`` for bytes, ``Name``, ``Record``, ``Persistent``.
            It may contain itself, and may be deeper than Python can recurse.
        end: offset of the first byte after it.
        names: all that it would import.
        persistent: all its references, in order.
    """

    value: object
    end: int
    names: frozenset[Name]
    persistent: tuple[Persistent, ...]


_DICTS = {
    Name("collections", "OrderedDict"),
    Name("dnnlib.util", "EasyDict"),
    Name("builtins", "dict"),
}
_LISTS = {Name("builtins", "set"), Name("builtins", "frozenset"), Name("builtins", "list")}


def read_pickle(window: Window, budget: Budget, at: int = 0) -> Pickle:
    """The stream that begins at offset ``at``.

    Raises:
        MalformedError: it is damaged, needs what no network needs, or is over budget.
    """
    machine = _Machine(window, budget, at)
    while not machine.done:
        budget.step()
        code = machine.take(1)
        operation = _OPERATIONS.get(code)
        if operation is None:
            raise MalformedError(f"uses the pickle operation {code!r}, which no network needs")
        operation(machine)
    value = machine.pop()
    return Pickle(value, machine.position, frozenset(machine.names), tuple(machine.persistent))


class _Machine:
    """The stack, the memo and the place in the stream."""

    def __init__(self, window: Window, budget: Budget, at: int) -> None:
        self.budget = budget
        self.position = at
        self.done = False
        self.names: set[Name] = set()
        self.persistent: list[Persistent] = []
        self.memo: dict[int, object] = {}
        self.stack: list[object] = []
        self._window = window
        self._marks: list[list[object]] = []
        self._piece, self._piece_at = b"", at

    def take(self, length: int) -> bytes:
        at = self.position - self._piece_at
        if at + length > len(self._piece):
            self._piece = self._window.peek(self.position, max(length, PIECE))
            self._piece_at, at = self.position, 0
            if length > len(self._piece):
                raise MalformedError("ends in the middle of a pickle")
        self.position += length
        return self._piece[at : at + length]

    def number(self, form: str) -> int:
        return cast("int", struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def line(self) -> str:
        characters = bytearray()
        while (c := self.take(1)) != b"\n":
            characters += c
            if len(characters) > LONGEST_NAME:
                raise MalformedError("asks for a name that is too long")
        return characters.decode("utf-8", "replace")

    def text(self, length: int, encoding: str = "utf-8") -> None:
        if length > LONGEST_TEXT:
            raise MalformedError("holds a text that is too long")
        self.budget.spend(4 * length)
        content = self.take(length)
        try:
            self.stack.append(content.decode(encoding, "surrogatepass"))
        except UnicodeDecodeError:
            raise MalformedError("holds a text that is none") from None

    def content(self, length: int) -> None:
        self.stack.append(self._window.window(self.position, length))
        self.position += length

    def pop(self) -> object:
        if not self.stack:
            raise MalformedError("is no pickle that Python could have written")
        return self.stack.pop()

    def top(self) -> object:
        if not self.stack:
            raise MalformedError("is no pickle that Python could have written")
        return self.stack[-1]

    def mark(self) -> None:
        self._marks.append(self.stack)
        self.stack = []

    def since_mark(self) -> list[object]:
        if not self._marks:
            raise MalformedError("is no pickle that Python could have written")
        items, self.stack = self.stack, self._marks.pop()
        return items

    def name(self, module: object, name: object) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise MalformedError("asks for a name that is no text")
        if len(module) + len(name) > LONGEST_NAME:
            raise MalformedError("asks for a name that is too long")
        for old, new in _MOVED.items():
            if module == old or module.startswith(old + "."):
                module = new + module[len(old) :]
        found = Name(module, name)
        self.names.add(found)
        self.stack.append(found)

    def remember(self, index: int) -> None:
        self.memo[index] = self.top()

    def recall(self, index: int) -> None:
        if index not in self.memo:
            raise MalformedError("refers to something that it does not hold")
        self.stack.append(self.memo[index])

    def call(self, function: object, arguments: object) -> None:
        if not isinstance(function, Name) or not isinstance(arguments, tuple):
            raise MalformedError("would call something that has no name")
        given = cast("tuple[object, ...]", arguments)
        if function in _DICTS:
            made: dict[object, object] = {}
            if given and isinstance(given[0], list):
                pairs: list[object] = []
                for pair in cast("list[object]", given[0]):
                    if not isinstance(pair, list | tuple):
                        raise MalformedError("holds a dictionary without pairs")
                    pairs.extend(cast("list[object]", pair)[:2])
                self.put(made, pairs)
            self.stack.append(made)
        elif function in _LISTS:
            first = given[0] if given else ()
            items = list(cast("list[object]", first)) if isinstance(first, list | tuple) else []
            self.budget.step(len(items))
            self.stack.append(items)
        else:
            self.stack.append(Record(function, given))

    def put(self, target: object, items: list[object]) -> None:
        if len(items) % 2:
            raise MalformedError("holds a dictionary without pairs")
        entries = target.entries if isinstance(target, Record) else target
        if not isinstance(entries, dict):
            raise MalformedError("puts entries into what is no dictionary")
        entries = cast("dict[object, object]", entries)
        for key, value in zip(items[::2], items[1::2], strict=True):
            self.budget.step()
            # Nested tuples could be deeper than hashing can recurse; numbers could be chosen so
            # that all have one hash.
            if not isinstance(key, str | int | Name | None) or (
                isinstance(key, int) and abs(key) >= 1 << 53
            ):
                raise MalformedError("holds a dictionary with keys that no network has")
            entries[key] = value

    def add(self, target: object, items: list[object]) -> None:
        elements = target.elements if isinstance(target, Record) else target
        if not isinstance(elements, list):
            raise MalformedError("puts elements into what is no list")
        cast("list[object]", elements).extend(items)

    def build(self, state: object) -> None:
        target = self.top()
        if isinstance(target, Record):
            target.state = state
        elif not isinstance(target, dict):  # attributes of an OrderedDict are of no interest
            raise MalformedError("gives a state to what has none")


_Operation = Callable[[_Machine], None]
_OPERATIONS: dict[bytes, _Operation] = {}


def _on(*codes: bytes) -> Callable[[_Operation], _Operation]:
    def register(operation: _Operation) -> _Operation:
        _OPERATIONS.update(dict.fromkeys(codes, operation))
        return operation

    return register


def _constant(code: bytes, value: Callable[[], object]) -> None:
    _OPERATIONS[code] = lambda m: m.stack.append(value())


def _scalar(code: bytes, form: str) -> None:
    _OPERATIONS[code] = lambda m: m.stack.append(m.number(form))


def _tuple_of(code: bytes, length: int) -> None:
    def make(m: _Machine) -> None:
        items = [m.pop() for _ in range(length)]
        m.stack.append(tuple(reversed(items)))

    _OPERATIONS[code] = make


for _code, _value in ((b"N", None), (b"\x88", True), (b"\x89", False)):
    _constant(_code, lambda value=_value: value)
for _code, _kind in ((b"}", dict), (b"]", list), (b"\x8f", list), (b")", tuple)):
    _constant(_code, cast("Callable[[], object]", _kind))
for _code, _form in ((b"J", "<i"), (b"K", "<B"), (b"M", "<H"), (b"G", ">d")):
    _scalar(_code, _form)
for _code, _length in ((b"\x85", 1), (b"\x86", 2), (b"\x87", 3)):
    _tuple_of(_code, _length)
for _code, _form in ((b"U", "<B"), (b"T", "<I")):  # Python 2's str, of text or of bytes
    _OPERATIONS[_code] = lambda m, form=_form: m.text(m.number(form), "latin-1")
for _code, _form in ((b"\x8c", "<B"), (b"X", "<I"), (b"\x8d", "<Q")):
    _OPERATIONS[_code] = lambda m, form=_form: m.text(m.number(form))
for _code, _form in ((b"C", "<B"), (b"B", "<I"), (b"\x8e", "<Q"), (b"\x96", "<Q")):
    _OPERATIONS[_code] = lambda m, form=_form: m.content(m.number(form))
for _code, _form in ((b"q", "<B"), (b"r", "<I")):
    _OPERATIONS[_code] = lambda m, form=_form: m.remember(m.number(form))
for _code, _form in ((b"h", "<B"), (b"j", "<I")):
    _OPERATIONS[_code] = lambda m, form=_form: m.recall(m.number(form))


@_on(b"\x80")
def _protocol(m: _Machine) -> None:
    if not 2 <= m.number("<B") <= 5:
        raise MalformedError("is written in a pickle protocol that no network is written in")


@_on(b"\x95")
def _frame(m: _Machine) -> None:
    m.take(8)


@_on(b"\x8a")
def _integer(m: _Machine) -> None:
    length = m.number("<B")
    if length > LONGEST_INTEGER:
        raise MalformedError("holds a number that is too long")
    m.stack.append(int.from_bytes(m.take(length), "little", signed=True))


@_on(b"(")
def _mark(m: _Machine) -> None:
    m.mark()


@_on(b"0")
def _pop(m: _Machine) -> None:
    if m.stack:
        m.pop()
    else:
        m.since_mark()


@_on(b"1")
def _pop_mark(m: _Machine) -> None:
    m.since_mark()


@_on(b"2")
def _duplicate(m: _Machine) -> None:
    m.stack.append(m.top())


@_on(b"\x94")
def _memoize(m: _Machine) -> None:
    m.remember(len(m.memo))


@_on(b"c")
def _global(m: _Machine) -> None:
    m.name(m.line(), m.line())


@_on(b"\x93")
def _stack_global(m: _Machine) -> None:
    name = m.pop()
    m.name(m.pop(), name)


@_on(b"R", b"\x81")
def _call(m: _Machine) -> None:
    arguments = m.pop()
    m.call(m.pop(), arguments)


@_on(b"\x92")
def _call_with_keywords(m: _Machine) -> None:
    m.pop()
    arguments = m.pop()
    m.call(m.pop(), arguments)


@_on(b"Q")
def _persistent(m: _Machine) -> None:
    found = Persistent(m.pop())
    m.persistent.append(found)
    m.stack.append(found)


@_on(b"b")
def _build(m: _Machine) -> None:
    state = m.pop()
    m.build(state)


@_on(b"t")
def _tuple(m: _Machine) -> None:
    items = tuple(m.since_mark())
    m.stack.append(items)


@_on(b"a")
def _append(m: _Machine) -> None:
    item = m.pop()
    m.add(m.top(), [item])


@_on(b"e", b"\x90")
def _appends(m: _Machine) -> None:
    items = m.since_mark()
    m.add(m.top(), items)


@_on(b"\x91")
def _frozen_set(m: _Machine) -> None:
    items = m.since_mark()
    m.stack.append(items)


@_on(b"s")
def _set_item(m: _Machine) -> None:
    value = m.pop()
    key = m.pop()
    m.put(m.top(), [key, value])


@_on(b"u")
def _set_items(m: _Machine) -> None:
    items = m.since_mark()
    m.put(m.top(), items)


@_on(b".")
def _stop(m: _Machine) -> None:
    m.done = True


def unexpected(names: frozenset[Name]) -> list[str]:
    """Those names that no network's file needs, fit to be shown."""
    return sorted(shown(str(name)) for name in names if not _is_expected(name))


_EXPECTED = {
    "torch_utils.persistence": {"_reconstruct_persistent_obj"},
    "torch._utils": {
        "_rebuild_parameter",
        "_rebuild_parameter_with_state",
        "_rebuild_tensor",
        "_rebuild_tensor_v2",
    },
    "torch._tensor": {"_rebuild_from_type_v2"},
    "torch.storage": {"_load_from_bytes"},
    "torch": {
        "BFloat16Storage", "BoolStorage", "ByteStorage", "CharStorage", "DoubleStorage",
        "FloatStorage", "HalfStorage", "IntStorage", "LongStorage", "ShortStorage",
        "Size", "Tensor", "device", "float16", "float32", "float64", "bfloat16", "int64",
    },
    "torch.nn.parameter": {"Parameter"},
    "collections": {"OrderedDict", "defaultdict"},
    "builtins": {"set", "frozenset", "dict", "list", "bytes", "bytearray", "object", "complex"},
    "copyreg": {"_reconstructor"},
    "dnnlib.util": {"EasyDict"},
    "dnnlib.tflib.network": {"Network"},
    "numpy.core.multiarray": {"scalar", "_reconstruct"},
    "numpy.core.numeric": {"_frombuffer"},
    "numpy": {"dtype", "ndarray"},
    "_codecs": {"encode"},
    "argparse": {"Namespace"},
    "pathlib": {"PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path"},
}  # fmt: skip


def _is_expected(name: Name) -> bool:
    # Layers of whole modules: classes that only hold tensors, here as everywhere inert.
    return name.name in _EXPECTED.get(name.module, ()) or name.module.startswith(
        "torch.nn.modules."
    )
