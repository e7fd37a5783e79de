"""AVIF and HEIF, which share a container: AVIF with libavif, HEIF with libheif if it is installed.

The boxes are read here: what a picture's size, depth, colours and turning are, and its packets.

Sources: ISO/IEC 14496-12 (boxes); ISO/IEC 23008-12 (HEIF); AV1 Image File Format 1.1; MIAF.
"""

from __future__ import annotations

import importlib
import io
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import imagecodecs
import numpy as np
from PIL import Image

from editor.document import profiles
from editor.document.formats import exif, xmp
from editor.document.formats.decoded import (
    CREDENTIALS,
    Decoded,
    UnsupportedError,
    check_size,
    split,
    stretched,
)
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.document.formats.content import Content
    from editor.document.formats.decoded import Pixels, Source

AVIF = frozenset({b"avif", b"avis"})
HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
CANON_RAW = b"crx "
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MAX_SIDE = 65_535
_MAX_ITEMS = 10_000
_LARGEST_PACKET = 32 << 20


@dataclass(slots=True)
class _Item:
    """A picture or packet of the file, and where its bytes are."""

    kind: bytes = b""
    content_type: bytes = b""
    extents: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    inside: bool = False  # the extents count from the beginning of the idat box
    properties: list[int] = field(default_factory=list[int])
    describes: list[int] = field(default_factory=list[int])


@dataclass(slots=True)
class _Meta:
    """The meta box."""

    items: dict[int, _Item] = field(default_factory=dict[int, _Item])
    primary: int = 0
    properties: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    idat: tuple[int, int] = (0, 0)
    auxiliary: list[bytes] = field(default_factory=list[bytes])
    signed: bool = False


def brands(head: bytes) -> frozenset[bytes]:
    """The kinds that a file says it is of, from its first bytes."""
    size = struct.unpack_from(">I", head)[0]
    body = head[8 : min(size, len(head))]
    return frozenset({body[:4], *(body[at : at + 4] for at in range(8, len(body) - 3, 4))})


def read_avif(source: Source) -> Decoded:
    """Decode an AVIF of 8, 10 or 12 bits.

    Raises:
        ValueError, RuntimeError: damage.
    """
    data = source.read()
    meta = _meta(data)
    own = _properties(meta)
    _check(own)
    samples = cast("Pixels", imagecodecs.avif_decode(data))
    if samples.ndim == 4:  # a sequence
        samples = samples[0]
    bits = _depth(own, b"av1C") if samples.dtype == np.uint16 else 8
    decoded = Decoded(*split(stretched(samples, bits)))
    _turn(decoded, own)
    if bits not in (8, 16):
        decoded.notes.append(f"{bits} bits per channel were opened as 16.")
    if b"avis" in brands(source.head(256)):
        decoded.notes.append("Only the first frame of the sequence was opened.")
    _describe(decoded, data, meta, own)
    return decoded


def read_heif(source: Source) -> Decoded:
    """Decode a HEIC or HEIF of 8, 10 or 12 bits.

    Raises:
        UnsupportedError: libheif is not installed.
        ValueError, RuntimeError and others: damage.
    """
    data = source.read()
    meta = _meta(data)
    own = _properties(meta)
    _check(own)
    try:
        heif: Any = importlib.import_module("pillow_heif")
    except ImportError as error:
        raise UnsupportedError(
            "is a HEIC or HEIF photo, and the part that reads those is not installed",
            "Install it with “pip install pillow-heif”, or export the photo as JPEG or TIFF.",
        ) from error
    opened = heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    check_size(*opened.size)
    samples = cast("Pixels", np.asarray(opened))
    bits = int(opened.info.get("bit_depth", 8)) if samples.dtype == np.uint16 else 8
    if bits not in (8, 16):  # libheif shifts them up
        samples = stretched(samples >> (16 - bits), bits)
    decoded = Decoded(*split(samples))  # turned by libheif itself
    if opened.info.get("primary") is False or len(opened) > 1:
        decoded.notes.append("The file holds further pictures; only the first opens.")
    if bits != 8:
        decoded.notes.append(f"{bits} bits per channel were opened as 16.")
    _describe(decoded, data, meta, own)
    return decoded


def _check(own: dict[bytes, bytes]) -> None:
    body = own.get(b"ispe", b"")
    if len(body) < 12:
        raise ValueError("no size")
    check_size(*struct.unpack_from(">II", body, 4))


def _depth(own: dict[bytes, bytes], config: bytes) -> int:
    if len(body := own.get(config, b"")) >= 3:
        return 12 if body[2] & 0x20 else 10 if body[2] & 0x40 else 8
    body = own.get(b"pixi", b"")
    return max(body[5:], default=8)


def _turn(decoded: Decoded, own: dict[bytes, bytes]) -> None:
    """The EXIF orientation that irot and imir amount to (the turn comes first)."""
    quarter = own[b"irot"][0] & 3 if own.get(b"irot") else 0
    mirror = own[b"imir"][0] & 1 if own.get(b"imir") else None
    turned = {0: 1, 1: 8, 2: 3, 3: 6}[quarter]
    if mirror == 0:  # top and bottom change places
        turned = {1: 4, 8: 5, 3: 2, 6: 7}[turned]
    elif mirror == 1:
        turned = {1: 2, 8: 7, 3: 4, 6: 5}[turned]
    decoded.orientation = turned


def _describe(decoded: Decoded, data: bytes, meta: _Meta, own: dict[bytes, bytes]) -> None:
    """Colours, packets and notes. The EXIF orientation counts for nothing in these formats."""
    for name, body in meta.properties:
        if name == b"colr" and body[:4] in (b"prof", b"rICC") and body is own.get(b"prof"):
            decoded.icc = body[4:]
    if decoded.icc is None and len(body := own.get(b"nclx", b"")) >= 10:
        primaries, transfer = struct.unpack_from(">HH", body, 4)
        try:
            decoded.icc = profiles.from_code_points(primaries, transfer)
        except ValueError as error:
            decoded.notes.append(
                f"The colours that the file declares are not known here ({error})."
            )
        if profiles.is_high_dynamic_range(transfer):
            decoded.notes.append("An HDR picture: shown tone-mapped for this screen.")
    blob = packet = None
    for item in meta.items.values():
        if meta.primary not in item.describes and item.describes:
            continue
        if item.kind == b"Exif" and blob is None:
            body = _bytes(data, meta, item)
            start = 4 + struct.unpack_from(">I", body)[0] if len(body) > 8 else 0
            blob = exif.PREFIX + body[start:].removeprefix(exif.PREFIX) if body[start:] else None
        elif item.kind == b"mime" and item.content_type == b"application/rdf+xml":
            packet = packet or _bytes(data, meta, item) or None
    decoded.metadata = Metadata(exif=blob, xmp=packet)
    if meta.signed:
        decoded.notes.append(CREDENTIALS)
    if any(b"hdrgainmap" in urn or b"tmap" in urn for urn in meta.auxiliary) or any(
        item.kind == b"tmap" for item in meta.items.values()
    ):
        decoded.notes.append(
            "The photo's HDR gain map does not fit an edited picture and is left out."
        )
    elif any(b"depth" in urn for urn in meta.auxiliary):
        decoded.notes.append("The photo's depth map is left out.")


# ------------------------------------------------------------------ boxes


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, first and last byte of the boxes in a part of the file."""
    at = start
    while at + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= end:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise ValueError("a box beyond the end")
        yield name, at + head, at + size
        at += size


def _meta(data: bytes) -> _Meta:
    """Read the meta box.

    Raises:
        ValueError, struct.error: it is missing or damaged.
    """
    meta = _Meta()
    seen = False
    for name, start, end in boxes(data, 0, len(data)):
        meta.signed |= name == b"uuid" and data[start : start + 16] == _C2PA
        if name != b"meta":
            continue
        seen = True
        for inner, first, last in boxes(data, start + 4, end):
            _read_box(meta, data, inner, first, last)
        break
    if not seen or meta.primary not in meta.items:
        raise ValueError("no picture in the container")
    return meta


def _read_box(meta: _Meta, data: bytes, name: bytes, start: int, end: int) -> None:
    if name == b"pitm":
        meta.primary = struct.unpack_from(">I" if data[start] else ">H", data, start + 4)[0]
    elif name == b"idat":
        meta.idat = start, end
    elif name == b"iinf":
        head = 8 if data[start] else 6
        for inner, first, last in boxes(data, start + head, end):
            if inner == b"infe" and data[first] >= 2:
                wide = data[first] == 3
                number = struct.unpack_from(">I" if wide else ">H", data, first + 4)[0]
                item = meta.items.setdefault(number, _Item())
                rest = data[first + (10 if wide else 8) : last]
                item.kind = rest[:4]
                if item.kind == b"mime":
                    item.content_type = [*rest[4:].split(b"\0"), b""][1]
    elif name == b"iloc":
        _read_locations(meta, data, start)
    elif name == b"iref":
        form, size = (">I", 4) if data[start] else (">H", 2)
        for inner, first, _ in boxes(data, start + 4, end):
            number = struct.unpack_from(form, data, first)[0]
            count = struct.unpack_from(">H", data, first + size)[0]
            targets = struct.unpack_from(f">{count}{form[1]}", data, first + size + 2)
            if inner == b"cdsc":
                meta.items.setdefault(number, _Item()).describes += targets
    elif name == b"iprp":
        for inner, first, last in boxes(data, start, end):
            if inner == b"ipco":
                for kind, a, b in boxes(data, first, last):
                    meta.properties.append((kind, data[a:b]))
                    if kind == b"auxC":
                        meta.auxiliary.append(data[a + 4 : b])
            elif inner == b"ipma":
                _read_associations(meta, data, first)


def _read_locations(meta: _Meta, data: bytes, start: int) -> None:
    version = data[start]
    sizes = data[start + 4], data[start + 5]
    offset_size, length_size, base_size = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    index_size = sizes[1] & 15 if version else 0
    at = start + 6

    def integer(size: int) -> int:
        nonlocal at
        at += size
        if at > len(data):
            raise ValueError("a location beyond the end")
        return int.from_bytes(data[at - size : at], "big")

    def count(size: int) -> int:
        if (found := integer(size)) > _MAX_ITEMS:
            raise ValueError("items without measure")
        return found

    for _ in range(count(4 if version == 2 else 2)):
        number = integer(4 if version == 2 else 2)
        method = integer(2) & 15 if version else 0
        integer(2)
        base = integer(base_size)
        item = meta.items.setdefault(number, _Item())
        item.inside = method == 1
        for _ in range(count(2)):
            integer(index_size)
            offset, length = integer(offset_size), integer(length_size)
            item.extents.append((base + offset, length))


def _read_associations(meta: _Meta, data: bytes, start: int) -> None:
    version, wide = data[start], data[start + 3] & 1
    at = start + 8
    for _ in range(struct.unpack_from(">I", data, start + 4)[0]):
        number = struct.unpack_from(">I" if version else ">H", data, at)[0]
        at += 4 if version else 2
        count, at = data[at], at + 1
        item = meta.items.setdefault(number, _Item())
        for _ in range(count):
            if wide:
                item.properties.append(struct.unpack_from(">H", data, at)[0] & 0x7FFF)
            else:
                item.properties.append(data[at] & 0x7F)
            at += 2 if wide else 1


def _properties(meta: _Meta) -> dict[bytes, bytes]:
    """The properties of the primary picture; both kinds of colr under their own names."""
    own: dict[bytes, bytes] = {}
    for index in meta.items[meta.primary].properties:
        if 0 < index <= len(meta.properties):
            name, body = meta.properties[index - 1]
            if name == b"colr":
                name = b"nclx" if body[:4] == b"nclx" else b"prof"
            own.setdefault(name, body)
    return own


def _bytes(data: bytes, meta: _Meta, item: _Item) -> bytes:
    start, end = meta.idat if item.inside else (0, len(data))
    if sum(length for _, length in item.extents) > _LARGEST_PACKET:
        return b""
    return b"".join(data[start + at : min(start + at + n, end)] for at, n in item.extents)


# ------------------------------------------------------------------ writing


def write_avif(content: Content) -> None:
    """Write 8-bit pixels as AVIF, with alpha; the colour planes are not subsampled."""
    metadata = content.metadata
    pixels = content.pixels if content.alpha is None else content.rows(0, len(content.pixels))
    packet = xmp.utf8(metadata.xmp) if metadata.xmp else None
    blob = exif.without_orientation(metadata.exif) if metadata.exif else None
    given = {"icc_profile": content.icc, "exif": blob, "xmp": packet}
    Image.fromarray(pixels).save(
        content.file,
        "AVIF",
        quality=content.options.quality,
        subsampling="4:4:4",
        speed=7,
        **{name: body for name, body in given.items() if body},
    )
