"""An XMP packet put into a file as it is: no other byte of pictures or packets changes.

Sources: XMP part 3 (where each format keeps it); CIPA DC-007 (whose offsets count from its own
segment); RFC 9649; ISO/IEC 18181-2; TIFF 6.0 and BigTIFF.
"""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING

from editor.document.formats import jpeg, jpeg_xl, png, tiff, xmp
from editor.document.formats.decoded import Source, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIELD = 700  # of TIFF
_NO_ROOM = "Keep it in the program that wrote the file, or export a copy and rate that."


def with_packet(kind: str, data: bytes, packet: bytes) -> bytes | None:
    """The file with this XMP packet; None where its format has no place that is known here.

    Args:
        kind: of the file, as ``Photo.file_format`` names it; ``"RAW"`` for a DNG only.
        data: all of it.
        packet: UTF-8.

    Raises:
        UnsupportedError: this file has no room.
        ValueError, struct.error: it is damaged.
    """
    place = _PLACES.get(kind)
    return None if place is None else place(data, packet)


def _in_jpeg(data: bytes, packet: bytes) -> bytes:
    segments = list(jpeg.segments(data))
    old = [(a, b) for marker, a, b in segments if marker == 0xE1 and _is_xmp(data, a)]
    multi = next((a for m, a, _ in segments if m == 0xE2 and data[a + 4 : a + 8] == b"MPF\0"), None)
    wanted = None
    if old and multi is not None and multi < old[0][0]:
        wanted = old[0][1] - old[0][0]  # further pictures are found by their distance from there
    segment = _segment(packet, wanted)
    if old:
        start, end = old[0]
        return data[:start] + segment + data[end:]
    at = 2
    for marker, start, end in segments:
        is_exif = marker == 0xE1 and data[start + 4 : start + 10] == b"Exif\0\0"
        if start != at or not (marker == 0xE0 or is_exif):
            break
        at = end
    return data[:at] + segment + data[at:]


def _is_xmp(data: bytes, at: int) -> bool:
    return data[at + 4 : at + 4 + len(xmp.SEGMENT)] == xmp.SEGMENT


def _segment(packet: bytes, wanted: int | None) -> bytes:
    """An APP1 segment, of a length in bytes if one is wanted.

    Raises:
        UnsupportedError: the packet is too long for that.
    """
    head = 4 + len(xmp.SEGMENT)
    most = (jpeg.LONGEST + 4 if wanted is None else wanted) - head
    if len(packet) > most:
        packet = jpeg.without_padding(packet)
    if len(packet) > most:
        raise UnsupportedError("has no room for more XMP data", _NO_ROOM)
    if wanted is not None:
        end = re.search(rb"<\?xpacket end", packet)
        at = end.start() if end else len(packet)
        packet = packet[:at] + b" " * (most - len(packet)) + packet[at:]
    return struct.pack(">BBH", 0xFF, 0xE1, head - 2 + len(packet)) + xmp.SEGMENT + packet


def _in_png(data: bytes, packet: bytes) -> bytes:
    out = [data[:8]]
    done = False
    for tag, start, end in png.chunks(data):
        body = data[start + 8 : end - 4]
        if tag in (b"iTXt", b"tEXt", b"zTXt") and body.partition(b"\0")[0] in png.XMP_KEYWORDS:
            continue
        if tag == b"IDAT" and not done:
            out.append(png.xmp_chunk(packet))
            done = True
        out.append(data[start:end])
    return b"".join(out)


def _in_tiff(data: bytes, packet: bytes) -> bytes:
    source = Source(io.BytesIO(data), len(data), "The photo")
    with tiff.opened(source) as opened:
        page = tiff.photograph(opened)
        order, big = opened.byteorder, opened.is_bigtiff
        first = int(opened.pages.first.offset)
        at = int(page.offset) if _FIELD in page.tags else first
    out = bytearray(data)
    head, size, number, inline = (8, 20, "Q", 8) if big else (2, 12, "I", 4)
    rows = struct.unpack_from(order + ("Q" if big else "H"), out, at)[0]
    fields = [bytes(out[at + head + i * size : at + head + (i + 1) * size]) for i in range(rows)]
    place = _appended(out, packet, big)
    mine = struct.pack(order + "HH" + number * 2, _FIELD, 1, len(packet), place)
    for index, field in enumerate(fields):
        if struct.unpack_from(order + "H", field)[0] == _FIELD:
            start = at + head + index * size
            out[start : start + size] = mine
            return bytes(out)
    following = bytes(out[at + head + rows * size :][:inline])
    fields = sorted([*fields, mine], key=lambda field: struct.unpack_from(order + "H", field)[0])
    whole = struct.pack(order + ("Q" if big else "H"), rows + 1) + b"".join(fields) + following
    struct.pack_into(order + number, out, 8 if big else 4, _appended(out, whole, big))
    return bytes(out)


def _appended(out: bytearray, body: bytes, big: bool) -> int:
    """Put something at the end, at an even place; where that is.

    Raises:
        UnsupportedError: the file would be longer than its offsets reach.
    """
    out += bytes(-len(out) % 8)
    at = len(out)
    if not big and at + len(body) >= 1 << 32:
        raise UnsupportedError("has no room for more XMP data", _NO_ROOM)
    out += body
    return at


def _in_webp(data: bytes, packet: bytes) -> bytes:
    end = struct.unpack_from("<I", data, 4)[0] + 8
    chunks: list[tuple[bytes, bytes]] = []
    at = 12
    while at + 8 <= min(end, len(data)):
        tag, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > len(data):
            raise ValueError("a chunk beyond the end")
        if tag != b"XMP ":
            chunks.append((tag, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    if chunks and chunks[0][0] != b"VP8X":
        chunks.insert(0, (b"VP8X", _canvas(*chunks[0])))
    head = chunks[0][1]
    chunks[0] = (b"VP8X", bytes((head[0] | 0x04,)) + head[1:])
    chunks.append((b"XMP ", packet))
    body = b"".join(
        struct.pack("<4sI", tag, len(part)) + part + bytes(len(part) % 2) for tag, part in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body + data[end:]


def _canvas(tag: bytes, body: bytes) -> bytes:
    """A VP8X chunk for a simple file: size and whether it has alpha.

    Raises:
        ValueError: no picture begins the file.
    """
    if tag == b"VP8L" and body[:1] == b"\x2f":
        bits = struct.unpack_from("<I", body, 1)[0]
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1
    elif tag == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
        alpha = 0
    else:
        raise ValueError("no picture")
    sides = b"".join(struct.pack("<I", side - 1)[:3] for side in (width, height))
    return bytes((alpha << 4, 0, 0, 0)) + sides


def _in_jpeg_xl(data: bytes, packet: bytes) -> bytes:
    mine = struct.pack(">I4s", 8 + len(packet), b"xml ") + packet
    if data.startswith(jpeg_xl.CODESTREAM):
        kind = struct.pack(">I4s", 20, b"ftyp") + b"jxl \0\0\0\0jxl "
        stream = struct.pack(">I4s", 8 + len(data), b"jxlc") + data
        return jpeg_xl.CONTAINER + kind + mine + stream
    parts: list[bytes] = []
    for name, start, head, end in jpeg_xl.box_places(data):
        if name == b"xml " or (name == b"brob" and data[start + head :][:4] == b"xml "):
            continue
        if name in (b"jxlc", b"jxlp") and mine:  # the last box may go on to the end of the file
            parts.append(mine)
            mine = b""
        parts.append(data[start:end])
    return b"".join(parts)


_PLACES: dict[str, Callable[[bytes, bytes], bytes]] = {
    "JPEG": _in_jpeg,
    "PNG": _in_png,
    "TIFF": _in_tiff,
    "RAW": _in_tiff,
    "WEBP": _in_webp,
    "JXL": _in_jpeg_xl,
}
