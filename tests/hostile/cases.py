"""Files that try to run something, fill the memory, never end, or leave their place."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
import zlib
from typing import Any

from tests.models.importing import formats

TENSORS = formats.random_network(1, 16)


class _Call:
    """Pickles as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._reduced = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self._reduced


def _system() -> Any:
    import os

    return _Call(os.system, "touch executed")  # pyright: ignore[reportDeprecated] what exploits call


def _evaluated() -> Any:
    return _Call(eval, "__import__('pathlib').Path('executed').touch()")


def _text(text: str) -> bytes:
    content = text.encode()
    return b"X" + struct.pack("<I", len(content)) + content


def _named(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _dictionary(value: bytes, key: str = "G_ema") -> bytes:
    return b"\x80\x02}" + _text(key) + value + b"s."


def _module(state: bytes) -> bytes:
    """A persistent module whose attributes are ``state``."""
    meta = b"}" + _text("class_name") + _text("Generator") + b"s" + _text("state") + state + b"s"
    return _named("torch_utils.persistence", "_reconstruct_persistent_obj") + meta + b"\x85R"


def _tensor(storage: bytes, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> bytes:
    def whole(n: int) -> bytes:
        content = n.to_bytes(12, "little", signed=True)
        return b"\x8a" + bytes([len(content)]) + content

    def row(numbers: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(map(whole, numbers)) + b"t"

    call = _named("torch._utils", "_rebuild_tensor_v2")
    return call + b"(" + storage + whole(offset) + row(size) + row(stride) + b"\x89}tR"


def _storage(numel: int = 4, stream: bytes | None = None) -> bytes:
    if stream is None:
        stream = _storage_stream(numel)
    call = _named("torch.storage", "_load_from_bytes")
    return call + b"B" + struct.pack("<I", len(stream)) + stream + b"\x85R"


def _stored(content: bytes) -> bytes:
    """A file whose mean of W is what this record says."""
    return _dictionary(content, "latent_avg")


def _kept(key: str, numel: int = 4) -> bytes:
    """A storage outside of the stream."""
    pid = b"(" + _text("storage") + _named("torch", "FloatStorage") + _text(key) + _text("cpu")
    return pid + b"\x8a\x08" + struct.pack("<q", numel) + b"NtQ"


def _storage_stream(numel: int, declared: int | None = None, *, payload: bytes = b"") -> bytes:
    """PyTorch's older stream of one float storage."""
    said = numel if declared is None else declared
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    head += pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, 2)
    return (
        head
        + b"\x80\x02"
        + _kept("0", said)
        + b"."
        + pickle.dumps(["0"], 2)
        + struct.pack("<q", numel)
        + (payload or bytes(4 * max(0, min(numel, 64))))
    )


def _deep(opening: bytes, closing: bytes, depth: int) -> bytes:
    return b"\x80\x02" + opening * depth + closing * depth + b"."


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _patched_size(content: bytes, name: bytes, size: int) -> bytes:
    """The index of a zip archive says another uncompressed size for a member."""
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def _end_record(entries: int, size: int, offset: int) -> bytes:
    return b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, entries, entries, size, offset, 0)


def _npy(descr: str, shape: str, content: bytes = b"") -> bytes:
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + content


def _safetensors(head: bytes, content: bytes = b"") -> bytes:
    return struct.pack("<Q", len(head)) + head + content


def _replaced_root(content: bytes, root: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        return _zip({f"{root}/{n.split('/', 1)[1]}": archive.read(n) for n in names})


def _numpy_array(shape: bytes, dtype: str = "f4", data: bytes = b"C\x00") -> bytes:
    kind = _named("numpy", "dtype") + _text(dtype) + b"\x89\x88\x87R(K\x03" + _text("<")
    kind += b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    call = _named("numpy.core.multiarray", "_reconstruct") + _named("numpy", "ndarray")
    return call + b"K\x00\x85C\x01b\x87R(K\x01" + shape + kind + b"\x89" + data + b"tb"


def hostile_files() -> dict[str, bytes]:
    """Each by what it tries."""
    return (
        _programs()
        | _streams()
        | _tensors()
        | _npy_files()
        | _archives()
        | _safetensors_files()
        | _others()
    )


def _programs() -> dict[str, bytes]:
    """Code, in every place where a loader would run it."""
    with formats.stub_modules():
        module = formats.module(TENSORS)
        whole = pickle.dumps({"G_ema": module, "x": _system()})
        inside = formats.module(TENSORS)
        inside.state["_parameters"]["p"] = _system()
        in_module = pickle.dumps({"G_ema": inside})
    nested = pickle.dumps(_system(), 2)
    in_meta = _dictionary(
        _named("torch_utils.persistence", "_reconstruct_persistent_obj")
        + b"}" + _text("type") + _text("class") + b"s" + _text("module_src")
        + _text(formats.SOURCE) + b"s" + _text("state") + pickle.dumps(_system(), 2)[2:-1] + b"s"
        + b"\x85R"
    )  # fmt: skip
    return {
        "runs a command": pickle.dumps(_system()),
        "runs a command, protocol 0": pickle.dumps(_system(), 0),
        "runs a command, protocol 2": pickle.dumps(_system(), 2),
        "evaluates": pickle.dumps(_evaluated()),
        "runs a command beside a generator": whole,
        "runs a command inside a generator": in_module,
        "runs a command in a module's state": in_meta,
        "runs a command in a nested stream": _stored(
            _tensor(_storage(stream=nested), 0, (1,), (1,))
        ),
        "runs a command after the head of a nested stream": _stored(
            _tensor(
                _storage(stream=_storage_stream(4).replace(b"torch\nFloatStorage", b"os\nsystem")),
                0,
                (1,),
                (1,),
            )
        ),
        "runs a command in an archive": _zip({"archive/data.pkl": nested}),
        "runs a command in an array of objects": _npy("|O", "(1,)", nested),
        "runs a command in a TensorFlow variable": b"\x80\x02NN"
        + (
            _named("dnnlib.tflib.network", "Network")
            + b")\x81}"
            + _text("variables")
            + b"]("
            + _text("x")
            + nested[2:-1]
            + b"\x86esb\x87."
        ),
        "gets an attribute": pickle.dumps(_Call(getattr, str, "join")),
        "imports with an attribute in the name": b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
    }


def _streams() -> dict[str, bytes]:
    """Pickles without end, bottom or sense."""
    return {
        "calls what it did not name": b"\x80\x02K\x01)R.",
        "uses an extension": b"\x80\x02\x82\x01.",
        "uses a buffer from outside": b"\x80\x05\x97.",
        "a billion lists": b"\x80\x02" + b"]" * 450_000 + b".",
        "a billion dictionaries": b"\x80\x02" + b"}" * 450_000 + b".",
        "deep lists": _deep(b"](", b"e", 60_000),
        "deep tuples": b"\x80\x02N" + b"\x85" * 120_000 + b".",
        "deep tuples as a key": b"\x80\x02}N" + b"\x85" * 120_000 + b"Ns.",
        "deep records": b"\x80\x02"
        + _named("torch", "Size") * 30_000
        + b")R"
        + b"\x85R" * 29_999
        + b".",
        "a list in itself": b"\x80\x02]q\x00h\x00a.",
        "a module in itself": _dictionary(
            _module(b"}q\x01" + _text("_modules") + b"}" + _text("a") + _module(b"h\x01") + b"ss")
        ),
        "modules without end": b"\x80\x02}" + _text("G_ema") + _laughing(40) + b"s.",
        "a parameter of a parameter": _stored(_parameter_chain()),
        "a number of a million digits": b"\x80\x02\x8b"
        + struct.pack("<i", 1 << 20)
        + bytes(1 << 20)
        + b".",
        "a text of 4 GB": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 32) + b"a.",
        "bytes of 16 EB": b"\x80\x04\x8e" + struct.pack("<Q", (1 << 64) - 1) + b"a.",
        "a memo of 4 billion": b"\x80\x02Nr\xff\xff\xff\xffj\xff\xff\xff\xff.",
        "a memo that is not there": b"\x80\x02h\x07.",
        "nothing on the stack": b"\x80\x02.",
        "a mark that is not there": b"\x80\x02t.",
        "no end": b"\x80\x02N",
        "keys that cannot be": b"\x80\x02}]Ns.",
    }


def _tensors() -> dict[str, bytes]:
    """Tensors and arrays that are not what they say."""
    huge = 1 << 40
    nested = pickle.dumps(_system(), 2)
    return {
        "a tensor of 8 EB": _stored(_tensor(_storage(), 0, (huge, huge), (1, 1))),
        "a tensor past its end": _stored(_tensor(_storage(), 2, (4,), (1,))),
        "a tensor before its start": _stored(_tensor(_storage(), -1, (4,), (1,))),
        "a tensor with backward strides": _stored(_tensor(_storage(), 3, (4,), (-1,))),
        "a tensor of one number, a million times": _stored(
            _tensor(_storage(), 0, (1000, 1000, 1000), (0, 0, 0))
        ),
        "overlapping strides": _stored(_tensor(_storage(), 0, (3, 2), (1, 1))),
        "a tensor without numbers": _stored(_tensor(_storage(), 0, (huge, 0), (1, 1))),
        "a tensor of many dimensions": _stored(_tensor(_storage(), 0, (1,) * 64, (1,) * 64)),
        "a storage larger than its stream": _stored(
            _tensor(_storage(stream=_storage_stream(huge >> 2)), 0, (1,), (1,))
        ),
        "a storage of negative length": _stored(
            _tensor(_storage(stream=_storage_stream(-4, 4)), 0, (1,), (1,))
        ),
        "a storage that says two lengths": _stored(
            _tensor(_storage(stream=_storage_stream(4, 64)), 0, (1,), (1,))
        ),
        "an array of 4 TB": _stored(
            _numpy_array(b"\x8a\x06" + struct.pack("<q", huge >> 2)[:6] + b"\x85")
        ),
        "an array of negative size": _stored(_numpy_array(b"J\xff\xff\xff\xff\x85")),
        "an array of objects": _stored(_numpy_array(b"K\x01\x85", "O8", b"]")),
        "an array of structures": _stored(_numpy_array(b"K\x01\x85", "V8", b"C\x08" + bytes(8))),
        "an array whose type is a program": _stored(
            _named("numpy.core.multiarray", "scalar") + nested[2:-1] + b"C\x01a\x86R"
        ),
    }


def _npy_files() -> dict[str, bytes]:
    """NumPy's own format."""
    huge = 1 << 40
    return {
        "npy of 8 EB": _npy("<f8", f"({huge}, {huge})"),
        "npy of structures": _npy("[('a', '<f4')]", "(1,)"),
        "npy with a program as its shape": _npy(
            "<f4", "(__import__('os').system('touch executed'),)"
        ),
        "npy with a deep header": b"\x93NUMPY\x01\x00" + struct.pack("<H", 4000) + b"(" * 4000,
        "npy with a long header": b"\x93NUMPY\x02\x00" + struct.pack("<I", 1 << 31) + b"{",
    }


def _archives() -> dict[str, bytes]:
    """Zip archives."""
    archive = formats.rosinality(TENSORS)
    nested = pickle.dumps(_system(), 2)
    return {
        "a bomb in npz": _zip(
            {"a.npy": _npy("<f4", "(5000000,)", bytes(20_000_000))}, zipfile.ZIP_DEFLATED
        ),
        "a bomb as a pickle": _zip({"a/data.pkl": bytes(70_000_000)}, zipfile.ZIP_DEFLATED),
        "a bomb as a storage": _bomb_storage(),
        "a bomb packed with bzip2": _zip({"a/data.pkl": bytes(10_000_000)}, zipfile.ZIP_BZIP2),
        "a bomb packed with lzma": _zip({"a/data.pkl": bytes(10_000_000)}, zipfile.ZIP_LZMA),
        "a member that says too much": _patched_size(archive, b"archive/data.pkl", 1 << 31),
        "a member that says too little": _patched_size(archive, b"archive/data.pkl", 3),
        "a table of contents of 4 GB": b"PK\x03\x04"
        + bytes(100)
        + _end_record(65535, 0xFFFFFFF0, 0),
        "a million members": _many_members(),
        "two members of one name": _duplicate(),
        "a path upwards": _zip({"../../executed": b"x", "archive/data.pkl": nested}),
        "a path from the root": _zip({"/tmp/executed": b"x", "archive/data.pkl": nested}),
        "a path of another drive": _zip({"C:\\executed": b"x", "archive/data.pkl": nested}),
        "a root named upwards": _replaced_root(archive, ".."),
        "a key that is a path": _zip(
            {"a/data.pkl": _stored(_tensor(_kept("../../etc/passwd"), 0, (1,), (1,)))}
        ),
        "TorchScript": _zip(
            {"m/data.pkl": b"\x80\x02N.", "m/constants.pkl": b"", "m/code/a.py": b""}
        ),
    }


def _safetensors_files() -> dict[str, bytes]:
    """Tables of contents of safetensors."""
    return {
        "safetensors of 8 EB": _safetensors(
            b'{"a":{"dtype":"F32","shape":[1099511627776,1099511627776],"data_offsets":[0,4]}}',
            b"aaaa",
        ),
        "safetensors past its end": _safetensors(
            b'{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', b"aaaa"
        ),
        "safetensors of negative size": _safetensors(
            b'{"a":{"dtype":"F32","shape":[-1],"data_offsets":[4,0]}}', b"aaaa"
        ),
        "safetensors without numbers": _safetensors(
            b'{"synthesis.b4.const":{"dtype":"F32","shape":[1099511627776,0,4],"data_offsets":[0,0]}}'
        ),
        "safetensors with a deep header": _safetensors(
            b'{"a":' + b"[" * 500_000 + b"]" * 500_000 + b"}"
        ),
        "safetensors with a large number": _safetensors(b'{"a":' + b"9" * 1_000_000 + b"}"),
        "safetensors that repeats itself": _safetensors(
            b"{"
            + b",".join(
                b'"t%d":{"dtype":"F32","shape":[1024,1024],"data_offsets":[0,4194304]}' % i
                for i in range(4000)
            )
            + b"}",
            bytes(4 << 20),
        ),
    }


def _others() -> dict[str, bytes]:
    """Names, and files that were cut off."""
    good = formats.ada(TENSORS)
    archive = formats.rosinality(TENSORS)
    return {
        "a name of a megabyte": b"\x80\x02c" + b"a" * 1_000_000 + b"\nb\n.",
        "names with control characters": _dictionary(
            b"}" + _text("synthesis.b4.const\x1b[2J\r\n") + _numpy_array(b"K\x00\x85") + b"s",
            "g_ema",
        ),
        "a block of ten thousand digits": _dictionary(
            b"}"
            + _text("synthesis.b4.const")
            + b"Ns"
            + _text("synthesis.b" + "9" * 10_000 + ".conv0.weight")
            + b"Ns",
            "g_ema",
        ),
        "half of a generator": good[: len(good) // 2],
        "half of an archive": archive[: len(archive) // 2],
        "an archive without its end": archive[:-10],
        "random bytes": zlib.compress(good)[:4096],
    }


def _laughing(depth: int) -> bytes:
    """Modules that hold the next one twice: 2^depth of them, if all were visited."""
    inner = _module(b"}" + _text("_modules") + b"}s")
    for k in range(depth):
        put, get = b"q" + bytes([k + 2]), b"h" + bytes([k + 2])
        inner = _module(
            b"}" + _text("_modules") + b"}" + _text("a") + inner + put + b"s" + _text("b") + get
            + b"ss"
        )  # fmt: skip
    return inner


def _parameter_chain() -> bytes:
    """Each parameter's data is the next parameter, 20 000 deep."""
    call = _named("torch._utils", "_rebuild_parameter")
    return call * 20_000 + b"N" + b"\x85R" * 20_000


def _bomb_storage() -> bytes:
    content = formats.rosinality(TENSORS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in list(members):
        if "/data/" in name:
            members[name] = bytes(1_000_000)
    return _zip(members, zipfile.ZIP_DEFLATED)


def _many_members() -> bytes:
    """One local header, and an index that lists it 200 000 times."""
    local = b"PK\x03\x04" + bytes(26)
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    index = entry * 200_000
    return local + index + _end_record(65535, len(index), len(local))


def _duplicate() -> bytes:
    import warnings

    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("archive/data.pkl", b"\x80\x02N.")
        archive.writestr("archive/data.pkl", pickle.dumps(_system(), 2))
    return file.getvalue()
