"""Damaged and hostile projects, presets and slider files, each made from a seed."""

from __future__ import annotations

import io
import json
import math
import os
import random
import struct
import zipfile
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
from safetensors.numpy import load, save

from editor.document.brushed_region import BrushedRegion
from editor.document.face import DetectedFace, FaceCrop
from editor.document.history import EditHistory, Portrait
from editor.document.paint import PaintLayer
from editor.document.photo import open_photo
from editor.document.photo_source import PhotoSource
from editor.document.presets import AttributePreset, PresetPart, write_preset
from editor.document.project import Project, ProjectFace, save_with_photo
from editor.document.region import RegionMask
from editor.document.style import StyleCode
from editor.document.style_sliders import write_sliders
from tests.editor.document.project_examples import (
    LAYOUT,
    edit,
    example,
    members_in,
    picture,
    preview,
    slider,
    write_picture,
    zipped,
)
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Json = dict[str, Any]

LARGE = 4_000, 3_000
"""Pixels of the photograph in the largest sound project: 12 megapixels."""

NASTY: list[Any] = [
    None, True, False, 0, -1, 1, 2, 7, 255, 1 << 31, 1 << 62, 1 << 63, 10**40, -(10**40), 0.5, -0.0,
    1e-320, 1e300, -1e300, 3e38, "", "x", "\ud800", "a\u0000b", "n" * 20_000, "../../x",
    "/dev/zero", "\\\\server\\share\\p.png", "//server/p.png", "project.json", "photo/original",
    [], {}, [[]], [None], [1, 2], [1e308] * 3, {"image": None}, {"a": {"b": {}}},
]  # fmt: skip


# ------------------------------------------------------------------ sound files


@dataclass(frozen=True, slots=True)
class Samples:
    """Sound files that are damaged, and the folder that they lie in.

    Attributes:
        folder: holds a photograph, for projects that link to it.
        projects, presets, sliders: contents of files.
        largest: the project whose opening takes the most memory.
    """

    folder: Path
    projects: tuple[bytes, ...]
    presets: tuple[bytes, ...]
    sliders: tuple[bytes, ...]
    largest: bytes

    @classmethod
    def made(cls, folder: Path, *, largest: bool = True) -> Samples:
        """What a session would write; without the largest one in little time."""
        project = replace(example(folder), preview=preview())
        photo = open_photo(folder / "photo.png")
        kept: list[bytes] = []
        for embed in (False, True):
            path = folder / "sound.sip"
            save_with_photo(project, path, photo, PhotoSource.of(photo), embed=embed)
            kept.append(path.read_bytes())
        looks = [AttributePreset("Look", (PresetPart("lips", (("smile", 10.0), ("age", -3.5))),))]
        looks.append(
            AttributePreset("Many", tuple(PresetPart("eyes", ((f"a{k}", k),)) for k in range(40)))
        )
        presets: list[bytes] = []
        for look in looks:
            write_preset(look, folder / "look.json")
            presets.append((folder / "look.json").read_bytes())
        sliders: list[bytes] = []
        for count in (1, 6):
            write_sliders([slider(f"s{k}") for k in range(count)], folder / "sliders.json")
            sliders.append((folder / "sliders.json").read_bytes())
        return cls(
            folder,
            tuple(kept),
            tuple(presets),
            tuple(sliders),
            _largest(folder) if largest else b"",
        )


def _largest(folder: Path) -> bytes:
    """A project of 12 megapixels: 24 regions of half of it, paint, and the photo inside."""
    width, height = LARGE
    path = folder / "large.png"
    write_picture(path, picture(width, height))
    photo = open_photo(path)
    marks = landmarks_at(width / 2, height / 2, height / 2)
    masks = [
        RegionMask(width, height, 0, 10 * k, np.full((height // 2, width), 255 - k, np.uint8))
        for k in range(24)
    ]
    base = StyleCode(LAYOUT, np.zeros(12, np.float32))
    edits = tuple(edit(k, mask) for k, mask in enumerate(masks))
    face = Portrait(
        FaceCrop.from_landmarks(marks, 256), EditHistory(base, edits, len(edits)), 25.0, 0.3
    )
    colours = np.full((height // 4, width // 4, 4), 200, np.uint8)
    colours.setflags(write=False)
    work = ProjectFace(
        DetectedFace.at(marks, "hog"),
        0,
        (BrushedRegion(masks[0], 40.0, "r", ""),),
        0,
        PaintLayer(width, height, 0, 0, colours),
    )
    project = Project(path, photo.sha256, width, height, (face,), faces=(work,))
    save_with_photo(project, folder / "large.sip", photo, PhotoSource.of(photo), embed=True)
    data = (folder / "large.sip").read_bytes()
    path.unlink()
    (folder / "large.sip").unlink()
    return data


# ------------------------------------------------------------------ any damage

Damage = str
Case = tuple[str, Damage, bytes]
"""Suffix of the file, what was done to it, and its content."""


def damaged(number: int, seed: int, samples: Samples) -> Case:
    """The case of that number: a project seven times of ten, else a preset or kept sliders."""
    chance = random.Random(f"{seed} {number}")
    kind = chance.choices(("sip", "preset", "sliders"), (70, 15, 15))[0]
    if kind != "sip":
        sound = chance.choice(samples.presets if kind == "preset" else samples.sliders)
        return kind, *_damaged_json_file(sound, chance)
    name, damage = chance.choice(list(_PROJECT_DAMAGE.items()))
    return "sip", name, damage(chance.choice(samples.projects), chance)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(body)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _spliced(data: bytes, chance: random.Random) -> bytes:
    """Blocks moved, doubled, taken away or overwritten."""
    body = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        start, length = chance.randrange(len(body)), chance.choice((1, 4, 30, 400))
        block = bytes(body[start : start + length])
        match chance.randrange(4):
            case 0:
                del body[start : start + length]
            case 1:
                body[start:start] = block
            case 2:
                body[start : start + length] = chance.randbytes(length)
            case _:
                at = chance.randrange(len(body))
                body[at : at + length] = block
        if not body:
            break
    return bytes(body)


def _numbers_overwritten(data: bytes, chance: random.Random) -> bytes:
    """Fields of the archive's own headers."""
    body = bytearray(data)
    places = [
        at for magic in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06") for at in _all(data, magic)
    ]
    for _ in range(chance.randint(1, 3)):
        at = chance.choice(places) + chance.randrange(4, 44, 2)
        value = chance.choice((0, 1, 0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF, chance.getrandbits(32)))
        size = chance.choice((2, 4))
        body[at : at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    return bytes(body)


def _all(data: bytes, magic: bytes) -> list[int]:
    found: list[int] = []
    at = data.find(magic)
    while at >= 0:
        found.append(at)
        at = data.find(magic, at + 1)
    return found


def _members_changed(data: bytes, chance: random.Random) -> bytes:
    """Members lost, exchanged, emptied, damaged behind right checksums, or packed."""
    members = members_in(data)
    deflated: list[str] = []
    for _ in range(chance.randint(1, 3)):
        name, other = chance.choice(list(members)), chance.choice(list(members))
        match chance.randrange(6):
            case 0:
                members.pop(name)
            case 1:
                members[name], members[other] = members[other], members[name]
            case 2:
                members[name] = b""
            case 3 | 4:
                members[name] = chance.choice((_flipped, _cut, _spliced))(
                    members[name] or b"0", chance
                )
            case _:
                deflated.append(name)
        if not members:
            return zipped({})
    return zipped(members, *deflated)


def _json_changed(data: bytes, chance: random.Random) -> bytes:
    members = members_in(data)
    record = json.loads(members["project.json"])
    for _ in range(chance.choice((1, 1, 2, 5))):
        _mutate(record, chance)
    members["project.json"] = json.dumps(record).encode()
    return zipped(members)


def _json_text_changed(data: bytes, chance: random.Random) -> bytes:
    members = members_in(data)
    members["project.json"] = _damaged_text(members["project.json"], chance)
    return zipped(members)


def _styles_changed(data: bytes, chance: random.Random) -> bytes:
    members = members_in(data)
    tensors = load(members["styles.safetensors"])
    name = chance.choice(list(tensors))
    array = tensors[name].copy()
    match chance.randrange(6):
        case 0:
            bits = array.dtype == np.uint8
            array = np.full_like(array, chance.choice((0, 1, 255) if bits else (0, -1, 1e4, 6e4)))
        case 1 if array.dtype.kind == "f":
            array.flat[chance.randrange(array.size)] = chance.choice((np.inf, np.nan, -np.inf))
        case 2:
            array = array.astype(chance.choice((np.float64, np.float16, np.int64, np.uint8)))
        case 3:
            array = np.zeros(chance.choice(((0,), (1,), (array.size + 1,), (3, 3))), array.dtype)
        case 4:
            array = array[::-1].copy()
        case _:
            members["styles.safetensors"] = _flipped(members["styles.safetensors"], chance)
            return zipped(members)
    tensors[name] = array
    members["styles.safetensors"] = save(tensors)
    if chance.random() < 0.7:  # the digests agree with it
        _forget_digests(members, tensors)
    return zipped(members)


def _forget_digests(members: dict[str, bytes], tensors: dict[str, Any]) -> None:
    from editor.document.project_writing import digest

    record = json.loads(members["project.json"])
    for index, portrait in enumerate(record["portraits"]):
        if (base := tensors.get(f"{index}.base")) is not None:
            portrait["base"] = digest(base)
        for place, item in enumerate(portrait["edits"]):
            arrays = [tensors.get(f"{index}.{place}.{part}") for part in ("channels", "values")]
            if all(array is not None for array in arrays):
                item["delta"] = digest(*cast("list[Any]", arrays))
    members["project.json"] = json.dumps(record).encode()


def _images_changed(data: bytes, chance: random.Random) -> bytes:
    members = members_in(data)
    name = chance.choice([name for name in members if name.endswith(".png")])
    match chance.randrange(4):
        case 0:
            across, down = (chance.choice((0, 1, 64, 65, 9_000, 1 << 31)) for _ in range(2))
            body = bytearray(members[name])
            struct.pack_into(">II", body, 16, across & 0xFFFFFFFF, down & 0xFFFFFFFF)
            members[name] = bytes(body)
        case 1:
            shape = (chance.choice((1, 48, 49, 300)), chance.choice((1, 64, 65, 300)))
            channels = chance.choice(((), (3,), (4,)))
            deep = chance.choice((np.uint8, np.uint16))
            members[name] = cv2.imencode(".png", np.full((*shape, *channels), 9, deep))[1].tobytes()
        case 2:
            members[name] = cv2.imencode(".jpg", np.full((9, 8), 9, np.uint8))[1].tobytes()
        case _:
            members[name] = _flipped(members[name], chance)
    return zipped(members)


_PROJECT_DAMAGE: dict[Damage, Callable[[bytes, random.Random], bytes]] = {
    "bits flipped": _flipped,
    "cut": _cut,
    "blocks moved": _spliced,
    "headers overwritten": _numbers_overwritten,
    "members changed": _members_changed,
    "values changed": _json_changed,
    "values changed again": _json_changed,
    "text changed": _json_text_changed,
    "codes changed": _styles_changed,
    "images changed": _images_changed,
}


def _damaged_json_file(sound: bytes, chance: random.Random) -> tuple[Damage, bytes]:
    match chance.randrange(4):
        case 0:
            return "bits flipped", _flipped(sound, chance)
        case 1:
            return "cut", _cut(sound, chance)
        case 2:
            return "text changed", _damaged_text(sound, chance)
        case _:
            record = json.loads(sound)
            for _ in range(chance.choice((1, 1, 2, 5))):
                _mutate(record, chance)
            return "values changed", json.dumps(record).encode()


def _mutate(record: Any, chance: random.Random) -> None:
    """Replace, remove, double or exchange one value somewhere in a document."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        keys: list[Any] = (
            list(cast("Json", node)) if isinstance(node, dict) else list(range(len(node)))
        )
        for key in keys:
            places.append((cast("Any", node), key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    if isinstance(record, dict | list):
        walk(record)
    if not places:
        return
    # Rows of numbers are most of a file: values above them shall be met as often.
    upper = [place for place in places if isinstance(place[0], dict)]
    node, key = chance.choice(upper if upper and chance.random() < 0.7 else places)
    match chance.randrange(6):
        case 0:
            del node[key]
        case 1 if isinstance(node[key], list):
            node[key] = node[key] * chance.choice((0, 2, 30))
        case 2:
            other, elsewhere = chance.choice(places)
            if not isinstance(other[elsewhere], dict | list):
                node[key] = other[elsewhere]
        case 3 if isinstance(node[key], int | float) and not isinstance(node[key], bool):
            node[key] = node[key] * chance.choice((-1, 0, 2, 1e3, 1e9, 1e300))
            if not math.isfinite(node[key]):
                node[key] = 0
        case _:
            node[key] = chance.choice(NASTY)


def _damaged_text(text: bytes, chance: random.Random) -> bytes:
    """JSON that is none, or says what JSON must not say."""
    at = chance.randrange(len(text))
    inserted = chance.choice(
        (b"NaN", b"Infinity", b"1e999", b"[" * 200, b"{", b"}", b'"', b",", b"\\u0000", b"\xff",
         b"\0", b"9" * 5000, b"-", b"//", b"\xef\xbb\xbf")
    )  # fmt: skip
    if chance.random() < 0.2:
        return text.decode().encode(chance.choice(("utf-16", "utf-32", "utf-8-sig")))
    return text[:at] + inserted + text[at + chance.choice((0, 1, 5)) :]


# ------------------------------------------------------------------ bombs with a name


def bombs(samples: Samples) -> dict[str, bytes]:
    """Projects that were made to exhaust memory or time, or to end in the engine."""
    linked, inside = samples.projects
    made = {name: make(inside) for name, make in _BOMBS.items()}
    if samples.largest:
        made["200 regions of the whole large photo"] = _covered(samples.largest)
    for name, way, value in _NONSENSE:
        made[f"nonsense: {name}"] = _with(inside, partial(_put, way=way, value=value))
    for stated in ("\\\\server\\share\\p.png", "//server/p.png", "/net/host/p.png", "/dev/zero"):
        photo = {"path": stated, "near": None, "sha256": "", "pixels": "", "size": 0}
        changed = photo | {"width": 64, "height": 48}
        made[f"photo at {stated}"] = _with(linked, partial(_put, way=("photo",), value=changed))
    return made


def special_files(folder: Path) -> list[Path]:
    """Files that never end, or are none; of any suffix."""
    made: list[Path] = []
    for suffix in ("sip", "preset", "sliders"):
        pipe, endless, sparse = (folder / f"{name}.{suffix}" for name in ("pipe", "zero", "sparse"))
        os.mkfifo(pipe)
        endless.symlink_to("/dev/zero")
        with sparse.open("wb") as file:
            file.truncate(1 << 40)
        directory = folder / f"directory.{suffix}"
        directory.mkdir()
        loop = folder / f"loop.{suffix}"
        loop.symlink_to(loop)
        made += [pipe, endless, sparse, directory, loop, folder / ("n" * 300 + f".{suffix}")]
    return made


def _with(data: bytes, change: Callable[[Json], object]) -> bytes:
    members = members_in(data)
    record = json.loads(members["project.json"])
    change(record)
    members["project.json"] = json.dumps(record).encode()
    return zipped(members)


def _put(record: Any, *, way: tuple[Any, ...], value: object) -> None:
    for step in way[:-1]:
        record = record[step]
    record[way[-1]] = value


def _one_region_many_edits(data: bytes, *, distinct: bool = False, side: int = 3_000) -> bytes:
    """Of a square photograph that the project states and that is none of its own."""
    members = members_in(data)
    record = json.loads(members["project.json"])
    record["photo"] |= {"width": side, "height": side}
    members["project.json"] = json.dumps(record).encode()
    return _many_edits(members, np.full((side, side), 255, np.uint8), distinct=distinct)


def _covered(data: bytes) -> bytes:
    """Of the photograph that is really there."""
    return _many_edits(members_in(data), np.full(LARGE[::-1], 255, np.uint8), distinct=True)


def _many_edits(members: dict[str, bytes], alpha: NDArray[np.uint8], *, distinct: bool) -> bytes:
    record = json.loads(members["project.json"])
    tensors = load(members["styles.safetensors"])
    face = record["portraits"][0]
    item = face["edits"][0]
    image = cv2.imencode(".png", alpha, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
    edits: list[Any] = []
    for k in range(200):
        name = f"regions/{k if distinct else 0}.png"
        members[name] = image
        edits.append(item | {"id": str(k), "region": {"image": name, "x": 0, "y": 0}})
        for part in ("channels", "values", "shift"):
            tensors[f"0.{k}.{part}"] = tensors[f"0.0.{part}"]
    face |= {"edits": edits, "position": len(edits)}
    members["styles.safetensors"] = save(tensors)
    members["project.json"] = json.dumps(record).encode()
    return zipped(members)


def _replaced(name: str, body: bytes, *deflated: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        return zipped(members_in(data) | {name: body}, *deflated)

    return change


def _lying(field: int, value: int) -> Callable[[bytes], bytes]:
    """The photograph's entry in the directory states another size."""

    def change(data: bytes) -> bytes:
        body = bytearray(data)
        at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"photo/original"))
        struct.pack_into("<I", body, at + field, value)
        return bytes(body)

    return change


def _lying_everywhere(data: bytes) -> bytes:
    """A deflated photograph of 1 GB of nothing whose headers say 100 bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in members_in(data).items():
            if name != "photo/original":
                archive.writestr(name, body)
        packed = zipfile.ZipInfo("photo/original")
        packed.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(packed, "w") as member:
            for _ in range(64):
                member.write(bytes(1 << 20))
    body = bytearray(buffer.getvalue())
    at = body.rindex(b"PK\x01\x02", 0, body.rindex(b"photo/original"))
    struct.pack_into("<I", body, at + 24, 100)
    return bytes(body)


def _many_members(data: bytes) -> bytes:
    members = members_in(data)
    return zipped(members | {f"regions/{k}.png": b"" for k in range(30_000)})


def _wide_directory(data: bytes) -> bytes:
    """A directory of a million entries for one member."""
    at = data.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", data, at + 16)[0]
    entry = data[start : data.index(b"PK\x01\x02", start + 4)]
    directory = entry * 300_000
    end = bytearray(data[at:])
    struct.pack_into("<I", end, 12, len(directory))
    return data[:start] + directory + bytes(end)


_ROW = [10.0, 10.0]
_NONSENSE: list[tuple[str, tuple[Any, ...], object]] = [
    ("crop of 60,000", ("portraits", 0, "size"), 60_000),
    ("crop of 30,000", ("portraits", 0, "size"), 30_000),
    ("crop of 1", ("portraits", 0, "size"), 1),
    ("singular to_photo", ("portraits", 0, "to_photo"), [[0, 0, 0], [0, 0, 0]]),
    ("huge to_photo", ("portraits", 0, "to_photo"), [[1e308, 0, 0], [0, 1e308, 0]]),
    ("tiny to_photo", ("portraits", 0, "to_photo"), [[1e-308, 0, 0], [0, 1e-308, 0]]),
    ("sheared to_photo", ("portraits", 0, "to_photo"), [[1, 5, 0], [0, 1, 0]]),
    ("far to_photo", ("portraits", 0, "to_photo"), [[1, 0, 1e8], [0, 1, 1e8]]),
    ("coinciding landmarks", ("portraits", 0, "landmarks"), [_ROW] * 68),
    ("coinciding landmarks of a face", ("faces", 0, "landmarks"), [_ROW] * 68),
    ("far landmark", ("faces", 0, "landmarks", 0), [1e6, 1e6]),
    ("moved to a point", ("portraits", 0, "edits", 0, "shift"), [_ROW] * 68),
    ("a photo of 10^18 pixels", ("photo", "width"), 10**17),
    ("a photo of 300 megapixels", ("photo",),
     {"path": None, "near": None, "sha256": "", "pixels": "", "size": 0,
      "width": 17_320, "height": 17_320}),
    ("feather of 1e300", ("faces", 0, "regions", 0, "feather"), 1e300),
    ("a view from nowhere", ("view",), [1e-300, 1e300, 0]),
    ("a crop of 2,048", ("portraits", 0, "size"), 2_048),
]  # fmt: skip

_BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "one region, 200 edits": _one_region_many_edits,
    "200 regions of 9 megapixels": lambda data: _one_region_many_edits(data, distinct=True),
    "one region of 300 megapixels": lambda data: _one_region_many_edits(data, side=17_000),
    "65 KB of lists": _replaced("project.json", b'{"format": [' + b"[]," * (20 << 20) + b"0]}"),
    "deep lists": _replaced("project.json", b"[" * 1_000_000),
    "deep objects": _replaced("project.json", b'{"a":' * 500_000),
    "a number of a million digits": _replaced("project.json", b"9" * 1_000_000),
    "16 MB of one text": _replaced("project.json", b'"' + b"x" * (16 << 20) + b'"'),
    "a packed photo of 64 MB": _replaced("photo/original", bytes(64 << 20), "photo/original"),
    "packed styles of 200 MB": _replaced(
        "styles.safetensors", bytes(200 << 20), "styles.safetensors"
    ),
    "a photo that is no photo": _replaced("photo/original", b"\x89PNG\r\n\x1a\n" + bytes(100_000)),
    "a photo of 2 GB, it says": _lying(24, 0x7FFFFFFF),
    "a photo of 4 GB, packed": _lying(20, 0xFFFFFFFF),
    "a photo that says 100 bytes": _lying_everywhere,
    "a member elsewhere": _lying(42, 7),
    "30,000 members": _many_members,
    "a directory of 300,000 entries": _wide_directory,
}
