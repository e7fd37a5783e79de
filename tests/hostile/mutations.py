"""Damage to files: bits, bytes, numbers, cuts, splices; in archives also behind right checksums."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

OPCODES = b"\x80\x04}]()N.0123abcehjqrstuQRXCBKJMGTU\x81\x85\x86\x87\x88\x89\x8a\x8c\x93\x94"
EXTREMES = (
    b"\x00" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\x00\x00\x00\x40",
    b"\xff" * 8, b"\x00" * 8, struct.pack("<q", -1), struct.pack("<q", 1 << 40), b"\x01" * 8,
)  # fmt: skip
NAMES = (
    b"cos\nsystem\n(X\x04\x00\x00\x00exittR", b"cbuiltins\neval\nX\x01\x00\x00\x001\x85R",
    b"\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R", b"]q\x00h\x00a", b"}q\x01h\x01h\x01s",
)  # fmt: skip


def mutated(seed: bytes, others: list[bytes], random: random.Random) -> bytes:
    """One damaged copy of ``seed``."""
    if seed.startswith(b"PK") and random.random() < 0.6:
        inside = _inside_archive(seed, others, random)
        if inside is not None:
            return inside
    content = bytearray(seed)
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        _damage(content, others, random)
    return bytes(content)


def _inside_archive(seed: bytes, others: list[bytes], random: random.Random) -> bytes | None:
    """A member or a name is damaged, and the archive is written anew around it."""
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    names = list(members)
    pickles = [name for name in names if name.endswith(".pkl")]
    chosen = random.choice(pickles if pickles and random.random() < 0.8 else names)
    content = bytearray(members[chosen])
    for _ in range(random.choice((1, 1, 2, 4))):
        _damage(content, others, random)
    members[chosen] = bytes(content)
    if random.random() < 0.1:
        members[random.choice(("../x", "/x", "a/../../b", "archive/data.pkl", ""))] = b"x"
    file = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if random.random() < 0.2 else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name or "empty", data)
    return file.getvalue()


def _damage(content: bytearray, others: list[bytes], random: random.Random) -> None:
    if not content:
        content += b"\x80"
    at = _place(content, random)
    match random.randrange(10):
        case 0 | 1 | 2:
            content[at] ^= 1 << random.randrange(8)
        case 3:
            content[at] = random.choice(OPCODES)
        case 4:
            number = random.choice(EXTREMES)
            content[at : at + len(number)] = number
        case 5:
            del content[at : at + random.choice((1, 2, 4, 8, 64, 1024))]
        case 6:
            del content[at:]
        case 7:
            content[at:at] = random.choice(NAMES)
        case 8:
            end = at + random.choice((1, 4, 32, 256))
            content[at:at] = content[at:end] * random.choice((1, 2, 50))
        case _:
            other = random.choice(others)
            begin = random.randrange(len(other))
            piece = other[begin : begin + random.choice((8, 64, 512))]
            content[at : at + len(piece)] = piece


def _place(content: bytearray, random: random.Random) -> int:
    """Anywhere, but mostly where there is text: numbers may be anything, structure may not."""
    at = random.randrange(len(content))
    for _ in range(20):
        near = content[max(0, at - 12) : at + 12]
        if sum(32 <= c < 127 for c in near) > len(near) // 2:
            break
        at = random.randrange(len(content))
    return at
