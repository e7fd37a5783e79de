"""EXIF patched in place: whatever need not change keeps its bytes and its offset.

Maker notes hold offsets that nobody but their maker knows; they survive because only single values
change, and because directories that must grow are written anew behind everything else.

Sources: TIFF 6.0; CIPA DC-008 (Exif 3.0); CIPA DC-009 (DCF 2.0).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

PREFIX = b"Exif\0\0"
EMPTY = PREFIX + b"II*\0" + struct.pack("<IHI", 8, 0, 0)
"""A structure that tells nothing."""

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""Bytes of one value of a type."""

SOFTWARE, ORIENTATION, EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x0131, 0x0112, 0x8769, 0x8825, 0xA005
_ACROSS, _DOWN, _UNIT = 0x011A, 0x011B, 0x0128
_COLOUR_SPACE, _WIDTH, _HEIGHT, _MAKER_NOTE = 0xA001, 0xA002, 0xA003, 0x927C
_CAMERA = frozenset(
    {0x010F, 0x0110, 0xC614, 0xC615, 0xC62F}  # make, model, their names and number in a DNG
    | {_MAKER_NOTE, 0xA430, 0xA431, 0xA432, 0xA433, 0xA434, 0xA435, 0xFDE8, 0xFDE9, 0xFDEA}
    | {0x829A, 0x829D, 0x8822, 0x8827, 0x8830, 0x8832, 0x9201, 0x9202, 0x9203, 0x9204, 0x9205}
    | {0x9207, 0x9208, 0x9209, 0x920A, 0xA20E, 0xA20F, 0xA210, 0xA217, 0xA300, 0xA301, 0xA401}
    | {0xA402, 0xA403, 0xA404, 0xA405, 0xA406, 0xA407, 0xA408, 0xA409, 0xA40A, 0xA40B, 0xA40C}
)
# What lies in IFD0 of a TIFF about the layout of its pixels, profile and other packets.
LAYOUT = frozenset(
    {0x00FE, 0x00FF, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0107, 0x0108, 0x0109, 0x010A}
    | {
        0x0111,
        0x0112,
        0x0115,
        0x0116,
        0x0117,
        0x0118,
        0x0119,
        0x011A,
        0x011B,
        0x011C,
        0x0120,
        0x0121,
    }
    | {0x0122, 0x0123, 0x0128, 0x012D, 0x013D, 0x013E, 0x013F, 0x0140, 0x0141, 0x0142, 0x0143}
    | {0x0144, 0x0145, 0x014A, 0x0151, 0x0152, 0x0153, 0x0154, 0x0155, 0x0156, 0x015B}
    | {0x0200, 0x0201, 0x0202, 0x0203, 0x0205, 0x0206, 0x0207, 0x0208, 0x0209}
    | {0x0211, 0x0212, 0x0213, 0x0214, 0x02BC, 0x83BB, 0x8649, 0x8773, 0x8769, 0x8825, 0x935C}
)


@dataclass(slots=True)
class Entry:
    """One field of a directory: where its 12 bytes are, and where its value is."""

    at: int
    tag: int
    kind: int
    count: int
    value_at: int
    size: int


class Blob:
    """A TIFF structure that is patched.

    Attributes:
        data: its bytes, without the prefix of JPEG.
        order: of its bytes, ``"<"`` or ``">"``.
    """

    def __init__(self, exif: bytes) -> None:
        self.data = bytearray(exif.removeprefix(PREFIX))
        order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(self.data[:4]))
        if order is None:
            raise ValueError("no TIFF structure")
        self.order: Literal["<", ">"] = order  # pyright: ignore[reportAttributeAccessIssue]

    def number(self, at: int, form: str) -> int:
        """An integer at an offset."""
        try:
            return struct.unpack_from(self.order + form, self.data, at)[0]
        except struct.error as error:
            raise ValueError("an offset beyond the end") from error

    def directory(self, at: int) -> tuple[list[Entry], int]:
        """The fields of a directory whose values lie inside, and where its next pointer is.

        Raises:
            ValueError: it cannot be followed.
        """
        count = self.number(at, "H")
        end = at + 2 + 12 * count
        if at < 8 or end + 4 > len(self.data):
            raise ValueError("a directory beyond the end")
        entries: list[Entry] = []
        for place in range(at + 2, end, 12):
            tag, kind, number = struct.unpack_from(self.order + "HHI", self.data, place)
            size = SIZES.get(kind, 0) * number
            value_at = place + 8 if size <= 4 else self.number(place + 8, "I")
            if size and value_at + size <= len(self.data):
                entries.append(Entry(place, tag, kind, number, value_at, size))
        return entries, end

    @property
    def first(self) -> int:
        """Where IFD0 is."""
        return self.number(4, "I")

    def find(self, directory: int, tag: int) -> Entry | None:
        """A field of a directory, if it is there."""
        return next((e for e in self.directory(directory)[0] if e.tag == tag), None)

    def integer(self, entry: Entry) -> int:
        """The first value of a field of integers, 0 for other types."""
        form = {1: "B", 3: "H", 4: "I", 13: "I"}.get(entry.kind)
        return self.number(entry.value_at, form) if form else 0

    def set_integer(self, entry: Entry, value: int) -> None:
        """Replace a single short or long; a short becomes a long where the value needs it."""
        if entry.kind not in (3, 4) or entry.count != 1:
            return
        kind = 4 if value > 0xFFFF else entry.kind
        struct.pack_into(self.order + "H", self.data, entry.at + 2, kind)
        struct.pack_into(self.order + ("H" if kind == 3 else "I"), self.data, entry.value_at, value)

    def child(self, directory: int, tag: int) -> int | None:
        """Where a directory that a field points to is; None without it or where it is damaged."""
        entry = self.find(directory, tag)
        if entry is None or entry.kind not in (4, 13):
            return None
        at = self.integer(entry)
        try:
            self.directory(at)
        except ValueError:
            return None
        return at

    def erase(self, entry: Entry) -> None:
        """Overwrite a value that lies outside its directory with zeros."""
        if entry.size > 4:
            self.data[entry.value_at : entry.value_at + entry.size] = bytes(entry.size)

    def remove(self, directory: int, tags: frozenset[int]) -> None:
        """Take fields out of a directory; their values are overwritten."""
        entries, end = self.directory(directory)
        gone = [entry for entry in entries if entry.tag in tags]
        for entry in gone:
            self.erase(entry)
        for entry in reversed(gone):
            tail = bytes(self.data[entry.at + 12 : end + 4])
            self.data[entry.at : end + 4] = tail + bytes(12)
            end -= 12
        count = self.number(directory, "H") - len(gone)
        struct.pack_into(self.order + "H", self.data, directory, count)

    def bytes(self) -> bytes:
        """With the prefix of JPEG."""
        return PREFIX + bytes(self.data)


# ------------------------------------------------------------------ opening


def opened(exif: bytes) -> tuple[bytes | None, int, str]:
    """EXIF with orientation 1 and no thumbnail; the orientation it had; what it says of colours.

    Returns:
        None where it cannot be followed; 1…8; ``"Adobe RGB"`` where a DCF camera says so, or "".
    """
    orientation, colours = 1, ""
    try:
        blob = Blob(exif)
        first = blob.first
        _, next_at = blob.directory(first)
        if entry := blob.find(first, ORIENTATION):
            value = blob.integer(entry)
            orientation = value if 1 <= value <= 8 else 1
            blob.set_integer(entry, 1)
        _drop_thumbnail(blob, next_at)
        colours = _dcf_colours(blob)
    except ValueError:
        return None, orientation, ""
    return blob.bytes(), orientation, colours


def resolution(exif: bytes | None) -> tuple[float, float] | None:
    """Pixels per inch across and down; None where they are not told."""
    if exif is None:
        return None
    try:
        blob = Blob(exif)
        unit, *sides = (blob.find(blob.first, tag) for tag in (_UNIT, _ACROSS, _DOWN))
        scale = {2: 1.0, 3: 2.54}.get(blob.integer(unit) if unit else 2)
        values: list[float] = []
        for entry in sides:
            if entry is None or entry.kind != 5 or scale is None:
                return None
            above, below = (blob.number(entry.value_at + at, "I") for at in (0, 4))
            values.append(above / below * scale if below else 0)
    except ValueError:
        return None
    return values[0], values[1]


def _drop_thumbnail(blob: Blob, next_at: int) -> None:
    """Without IFD1, and without the picture that it points to: it shows the unedited photo."""
    second = blob.number(next_at, "I")
    struct.pack_into(blob.order + "I", blob.data, next_at, 0)
    if not second:
        return
    try:
        start, size = blob.find(second, 0x0201), blob.find(second, 0x0202)
    except ValueError:
        return
    if start is None or size is None:
        return
    at, length = blob.integer(start), blob.integer(size)
    if at < 8 or length <= 0 or at + length > len(blob.data):
        return
    if at + length == len(blob.data):
        del blob.data[at:]
    else:
        blob.data[at : at + length] = bytes(length)


def _dcf_colours(blob: Blob) -> str:
    directory = blob.child(blob.first, EXIF_IFD)
    if directory is None:
        return ""
    space = blob.find(directory, _COLOUR_SPACE)
    value = blob.integer(space) if space else 0
    if value == 2:  # outside the standard, but written
        return "Adobe RGB"
    interop = blob.child(directory, INTEROP_IFD)
    index = blob.find(interop, 1) if interop is not None else None
    if value != 1 and index and bytes(blob.data[index.value_at : index.value_at + 3]) == b"R03":
        return "Adobe RGB"
    return ""


# ------------------------------------------------------------------ exporting


def without_orientation(exif: bytes) -> bytes:
    """Without the field, for writers that would write all of EXIF anew to take it out.

    Raises:
        ValueError: it cannot be followed.
    """
    blob = Blob(exif)
    blob.remove(blob.first, frozenset({ORIENTATION}))
    return blob.bytes()


def without(exif: bytes, *, place: bool, camera: bool) -> bytes | None:
    """Without the GPS directory, or without what the camera says of itself and its settings."""
    try:
        blob = Blob(exif)
        if place and (gps := blob.child(blob.first, GPS_IFD)) is not None:
            entries, end = blob.directory(gps)
            for entry in entries:
                blob.erase(entry)
            blob.data[gps : end + 4] = bytes(end + 4 - gps)
        if place:
            blob.remove(blob.first, frozenset({GPS_IFD}))
        if camera:
            if (directory := blob.child(blob.first, EXIF_IFD)) is not None:
                blob.remove(directory, _CAMERA)
            blob.remove(blob.first, _CAMERA)
    except ValueError:
        return None  # what cannot be followed may hold anything
    return blob.bytes()


def renewed(
    exif: bytes,
    *,
    size: tuple[int, int],
    software: str,
    thumbnail: bytes | None,
    srgb: bool,
    dpi: tuple[float, float] | None,
) -> bytes:
    """EXIF of the exported photo: its size, the program that wrote it, and a new thumbnail.

    Args:
        exif: as ``opened`` gave it.
        size: width and height.
        software: replaces what is there.
        thumbnail: a small JPEG, or None.
        srgb: the pixels were converted to sRGB: the mark of another space goes.
        dpi: pixels per inch that EXIF is to tell; None leaves what it tells.

    Raises:
        ValueError: it cannot be followed.
    """
    blob = Blob(exif)
    directory = blob.child(blob.first, EXIF_IFD)
    if directory is not None:
        for tag, value in ((_WIDTH, size[0]), (_HEIGHT, size[1])):
            if entry := blob.find(directory, tag):
                blob.set_integer(entry, value)
        if srgb:
            if entry := blob.find(directory, _COLOUR_SPACE):
                blob.set_integer(entry, 1)
            interop = blob.child(directory, INTEROP_IFD)
            if interop is not None and (index := blob.find(interop, 1)):
                blob.data[index.value_at : index.value_at + 3] = b"R98"
    fields = {SOFTWARE: (2, software.encode() + b"\0")}
    if dpi and resolution(exif) != dpi:
        for tag, value in zip((_ACROSS, _DOWN), dpi, strict=True):
            fields[tag] = 5, struct.pack(blob.order + "II", round(value * 10_000), 10_000)
        fields[_UNIT] = 3, struct.pack(blob.order + "H", 2)
    _put(blob, fields)
    if thumbnail:
        _add_thumbnail(blob, thumbnail)
    return blob.bytes()


def _put(blob: Blob, fields: dict[int, tuple[int, bytes]]) -> None:
    """Set fields of IFD0, each a type and its values, which go behind everything else."""
    entries, next_at = blob.directory(blob.first)
    there = {entry.tag: entry for entry in entries}
    new: list[bytes] = []
    for tag, (kind, value) in fields.items():
        old = there.get(tag)
        if old is not None and bytes(blob.data[old.value_at : old.value_at + old.size]) == value:
            continue
        place = value.ljust(4, b"\0")
        if len(value) > 4:
            _pad(blob)
            place = struct.pack(blob.order + "I", len(blob.data))
            blob.data += value
        field = struct.pack(blob.order + "HHI", tag, kind, len(value) // SIZES[kind]) + place
        if old is None:
            new.append(field)
        else:
            blob.erase(old)
            blob.data[old.at : old.at + 12] = field
    if not new:
        return
    # IFD0 grows: it is written anew at the end, its values stay where they are
    _pad(blob)
    count = blob.number(blob.first, "H")
    start = blob.first + 2
    new += [bytes(blob.data[at : at + 12]) for at in range(start, start + 12 * count, 12)]
    new.sort(key=lambda whole: struct.unpack(blob.order + "H", whole[:2])[0])
    following = bytes(blob.data[next_at : next_at + 4])
    place = struct.pack(blob.order + "I", len(blob.data))
    blob.data += struct.pack(blob.order + "H", len(new)) + b"".join(new) + following
    blob.data[4:8] = place


def _add_thumbnail(blob: Blob, thumbnail: bytes) -> None:
    _pad(blob)
    _, next_at = blob.directory(blob.first)
    place = len(blob.data)
    at = place + 2 + 12 * 3 + 4
    fields = ((0x0103, 3, 1, 6), (0x0201, 4, 1, at), (0x0202, 4, 1, len(thumbnail)))
    blob.data += struct.pack(blob.order + "H", len(fields))
    for tag, kind, count, value in fields:
        value_form = "HH" if kind == 3 else "I"
        values = (value, 0) if kind == 3 else (value,)
        blob.data += struct.pack(blob.order + "HHI" + value_form, tag, kind, count, *values)
    blob.data += bytes(4) + thumbnail
    struct.pack_into(blob.order + "I", blob.data, next_at, place)


def _pad(blob: Blob) -> None:
    if len(blob.data) % 2:
        blob.data.append(0)
