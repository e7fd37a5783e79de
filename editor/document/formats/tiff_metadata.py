"""What the directories of a TIFF say about its photograph, as packets that other formats carry.

Maker notes stay where they were in the file if they can: some hold offsets from its beginning.

Sources: TIFF 6.0; BigTIFF; CIPA DC-008 (Exif 3.0), section 4.6.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from editor.document.formats import exif, iptc
from editor.document.formats.decoded import Source
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAKER_NOTE, _XMP, _IPTC, _PHOTOSHOP = 0x927C, 0x02BC, 0x83BB, 0x8649
_MAX_VALUE = 1 << 20  # bytes of a field that describes; layers and tables are larger
_NEAR = 1 << 15  # bytes into a file up to which a maker note keeps its place
_MAX_PACKET = 32 << 20
_BIG_SIZES = exif.SIZES | {16: 8, 17: 8, 18: 8}
# Other tags about pages and the insides of a DNG.
_SKIPPED = (
    exif.LAYOUT
    | {0x0129, 0xCD41}  # pages; C2PA, which is of this file alone
    | set(range(0xC612, 0xC614))
    | set(range(0xC616, 0xC62F))
    | set(range(0xC630, 0xC800))
)


_POINTERS = (exif.EXIF_IFD, exif.GPS_IFD, exif.INTEROP_IFD)


@dataclass(slots=True)
class _Field:
    tag: int
    kind: int
    count: int
    value: bytes
    at: int


def packets(source: Source, offset: int, order: str, big: bool) -> Metadata:
    """EXIF, XMP and IPTC of the directory at an offset; what cannot be followed is left out."""
    try:
        fields = {field.tag: field for field in _directory(source, offset, order, big)}
    except (ValueError, struct.error):
        return Metadata()
    packet, iim, block = (
        fields[tag].value if tag in fields and len(fields[tag].value) <= _MAX_PACKET else None
        for tag in (_XMP, _IPTC, _PHOTOSHOP)
    )
    if iim and iim[:1] != b"\x1c" and len(iim) % 4 == 0:  # longs in the order of the file
        iim = struct.pack(f">{len(iim) // 4}I", *struct.unpack(f"<{len(iim) // 4}I", iim))
    if iim:
        iim = iim if iim[:1] == b"\x1c" else None
    if iim is None and block:
        iim = iptc.resources(block).get(iptc.IPTC_RESOURCE)
    blob = _exif(source, fields, order, big)
    return Metadata(blob, packet, None, iim, iptc.kept(block) if block else None)


def value(source: Source, offset: int, order: str, tag: int) -> bytes | None:
    """What a field of the directory at an offset holds; None without it or where it is damaged."""
    try:
        fields = _directory(source, offset, order, False)
    except (ValueError, struct.error):
        return None
    return next((field.value for field in fields if field.tag == tag), None)


def joined(first: bytes | None, photo: bytes | None, place: bytes | None) -> bytes | None:
    """One EXIF structure of directories that are TIFF structures each; None where none is sound.

    Args:
        first: of IFD0.
        photo: of the Exif directory.
        place: of the GPS directory.
    """
    found: list[list[_Field]] = []
    orders = {part[:2] for part in (first, photo, place) if part}
    if len(orders) != 1:
        return None
    order = "<" if b"II" in orders else ">"
    for part in (first, photo, place):
        fields: list[_Field] = []
        if part and len(part) >= 8:
            at = struct.unpack_from(order + "I", part, 4)[0]
            source = Source(io.BytesIO(part), len(part), "EXIF")
            try:
                fields = _directory(source, at, order, False)
            except (ValueError, struct.error):
                fields = []
        # what pointed to directories of another file leads nowhere here
        found.append([f for f in fields if f.tag not in _POINTERS and f.tag not in _SKIPPED])
    if not any(found):
        return None
    return assembled(found[0], found[1], found[2], [], order)


def _directory(source: Source, at: int, order: str, big: bool) -> list[_Field]:
    """The fields of a directory with their values, as far as those are of bearable size."""
    head, size, form, inline = (8, 20, "HHQ", 8) if big else (2, 12, "HHI", 4)
    file = source.file
    file.seek(at)
    count = struct.unpack(order + ("Q" if big else "H"), file.read(head))[0]
    if count > 4096:
        raise ValueError("a directory without measure")
    rows = file.read(count * size)
    if len(rows) != count * size:
        raise ValueError("a directory beyond the end")
    fields: list[_Field] = []
    for index in range(count):
        row = rows[index * size : (index + 1) * size]
        tag, kind, number = struct.unpack_from(order + form, row)
        length = _BIG_SIZES.get(kind, 0) * number
        if not length or length > _MAX_PACKET:
            continue
        value, place = row[-inline:][:length], 0
        if length > inline:
            place = struct.unpack(order + ("Q" if big else "I"), row[-inline:])[0]
            file.seek(place)
            value = file.read(length)
        if len(value) == length:
            fields.append(_Field(tag, kind, number, value, place))
    return fields


def _child(
    source: Source, fields: dict[int, _Field], tag: int, order: str, big: bool
) -> list[_Field]:
    field = fields.get(tag)
    if field is None:
        return []
    form = {4: "I", 13: "I", 16: "Q", 18: "Q"}.get(field.kind)
    if form is None:
        return []
    try:
        return _directory(source, struct.unpack_from(order + form, field.value)[0], order, big)
    except (ValueError, struct.error):
        return []


def _exif(source: Source, fields: dict[int, _Field], order: str, big: bool) -> bytes | None:
    """A structure of IFD0, Exif, GPS and Interoperability."""
    first = [f for f in fields.values() if f.tag not in _SKIPPED and len(f.value) <= _MAX_VALUE]
    photo = _child(source, fields, exif.EXIF_IFD, order, big)
    place = _child(source, fields, exif.GPS_IFD, order, big)
    by_tag = {field.tag: field for field in photo}
    interop = _child(source, by_tag, exif.INTEROP_IFD, order, big)
    photo = [f for f in photo if f.tag != exif.INTEROP_IFD]
    if not (first or photo or place):
        return None
    return assembled(first, photo, place, interop, order)


def assembled(
    first: Iterable[_Field],
    photo: list[_Field],
    place: list[_Field],
    interop: list[_Field],
    order: str,
) -> bytes | None:
    """A compact EXIF structure; None if there is nothing to hold.

    Args:
        first: fields of IFD0.
        photo: of the Exif directory.
        place: of the GPS directory.
        interop: of the Interoperability directory.
        order: of bytes, ``"<"`` or ``">"``.
    """
    first = [_small(f, order) for f in first if f.tag not in (exif.EXIF_IFD, exif.GPS_IFD)]
    pointer = b"\0\0\0\0"
    note = next((f for f in photo if f.tag == _MAKER_NOTE), None)
    photo = [_small(f, order) for f in photo]
    if interop:
        photo.append(_Field(exif.INTEROP_IFD, 4, 1, pointer, 0))
    if photo:
        first.append(_Field(exif.EXIF_IFD, 4, 1, pointer, 0))
    if place:
        first.append(_Field(exif.GPS_IFD, 4, 1, pointer, 0))
    directories = [first, photo, [_small(f, order) for f in place],
                   [_small(f, order) for f in interop]]  # fmt: skip
    note_at = note.at if note is not None and 8 <= note.at <= _NEAR else 0
    starts: list[int] = []
    at = 8 if note is None or not note_at else note_at + len(note.value) + len(note.value) % 2
    first_at = at
    for fields in directories:
        fields.sort(key=lambda field: field.tag)
        starts.append(at)
        at += 2 + 12 * len(fields) + 4 if fields else 0
    for fields, tag, target in ((first, exif.EXIF_IFD, 1), (first, exif.GPS_IFD, 2),
                                (photo, exif.INTEROP_IFD, 3)):  # fmt: skip
        for field in fields:
            if field.tag == tag and field.value == pointer:
                field.value = struct.pack(order + "I", starts[target])
    body, values = b"", b""
    start = at
    for fields in directories:
        if not fields:
            continue
        rows = b""
        for field in fields:
            if len(field.value) <= 4:
                shown = field.value.ljust(4, b"\0")
            elif field.tag == _MAKER_NOTE and note_at and fields is photo:
                shown = struct.pack(order + "I", note_at)
            else:
                values += bytes(len(values) % 2)
                shown = struct.pack(order + "I", start + len(values))
                values += field.value
            rows += struct.pack(order + "HHI", field.tag, field.kind, field.count) + shown
        body += struct.pack(order + "H", len(fields)) + rows + bytes(4)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", first_at)
    if note is not None and note_at:
        head = (head.ljust(note_at, b"\0") + note.value).ljust(first_at, b"\0")
    return exif.PREFIX + head + body + values


def _small(field: _Field, order: str) -> _Field:
    """Without the 64-bit types of BigTIFF."""
    if field.kind in (16, 17, 18):
        form = "q" if field.kind == 17 else "Q"
        numbers = struct.unpack(f"{order}{field.count}{form}", field.value)
        value = b"".join(struct.pack(order + "I", n & 0xFFFFFFFF) for n in numbers)
        return _Field(field.tag, 9 if field.kind == 17 else 4, field.count, value, field.at)
    return field
