"""JPEG: read with libjpeg-turbo of every process but for exotic ones, written with its segments.

Sources: ITU-T T.81 (markers); JFIF 1.02; CIPA DC-008 (APP1), DC-007 (several pictures in a file);
ICC.1 annex B.4 (APP2); Adobe Technical Note 5116 (APP14); XMP part 3 (APP1, extended).
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import imagecodecs
import numpy as np
from PIL import Image

from editor.document.formats import conversions, exif, iptc, xmp
from editor.document.formats.decoded import (
    BAND,
    CREDENTIALS,
    Decoded,
    UnsupportedError,
    check_size,
    sane_dpi,
    split,
    stretched,
)
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from editor.document.formats.content import Content
    from editor.document.formats.decoded import Pixels, Source

LONGEST = 65_533
"""Bytes that a segment holds."""
"""What begins the APP1 segment of a packet."""
_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_ICC = b"ICC_PROFILE\0"
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

MAX_SCANS = 500
"""Passes over the picture: ten are usual; thousands only keep a decoder busy for hours."""
_MAX_WORK = 12_000_000_000  # pixels times scans


@dataclass(slots=True)
class _Frame:
    """What the markers of a JPEG say."""

    process: int = -1
    bits: int = 8
    width: int = 0
    height: int = 0
    components: int = 0
    scans: int = 0
    end: int = 0
    segments: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])


def read(source: Source) -> Decoded:
    """Decode a JPEG; the first picture of several.

    Raises:
        UnsupportedError: a process that is not read.
        ValueError, OSError, RuntimeError: damage.
    """
    data = source.read()
    frame = _frame(data)
    check_size(frame.width, frame.height)
    if frame.scans > MAX_SCANS or frame.scans * frame.width * frame.height > _MAX_WORK:
        raise UnsupportedError(
            f"is a JPEG of {frame.scans} scans, which would take hours to decode",
            "Open it in a photo program, export it as an ordinary JPEG, and open that file.",
        )
    metadata, icc, dpi = _packets(frame)
    notes = _further_pictures(data, frame, metadata)
    if any(marker == 0xEB and b"c2pa" in body[:64] for marker, body in frame.segments):
        notes.append(CREDENTIALS)
    decoded = _pixels(data, frame, icc)
    decoded.metadata, decoded.notes = metadata, [*decoded.notes, *notes]
    decoded.dpi = dpi
    return decoded


def _pixels(data: bytes, frame: _Frame, icc: bytes | None) -> Decoded:
    if frame.bits == 8 and frame.process in (0, 1, 2, 9, 10):
        with Image.open(io.BytesIO(data), formats=("JPEG", "MPO")) as image:
            if image.mode == "CMYK":
                pixels, note = conversions.from_cmyk(banded(image, "CMYK"), icc)
                return Decoded(pixels, notes=[note])
            if image.mode not in ("L", "RGB"):
                raise UnsupportedError(f"is a JPEG of {image.mode} pixels")
            return Decoded(banded(image, "RGB"), greyscale=image.mode == "L", icc=icc)
    if frame.process not in (0, 1, 2, 3, 9, 10):
        raise UnsupportedError(f"is a JPEG of a rare kind (SOF{frame.process})")
    samples = cast("NDArray[np.uint16]", imagecodecs.jpeg_decode(data, bitspersample=frame.bits))
    if samples.ndim == 3 and samples.shape[2] == 4:
        raise UnsupportedError(f"is a CMYK JPEG of {frame.bits} bits")
    pixels, _, grey = split(stretched(samples, frame.bits))
    note = f"The JPEG of {frame.bits} bits per channel was opened with all of them."
    return Decoded(pixels, greyscale=grey, icc=icc, notes=[note] if frame.bits != 8 else [])


def banded(image: Image.Image, mode: str) -> NDArray[np.uint8]:
    """A whole picture (h, w, c), converted band by band: Pillow would hold it three times."""
    image.load()
    out = np.empty((image.height, image.width, len(mode)), np.uint8)
    for top in range(0, image.height, BAND):
        bottom = min(top + BAND, image.height)
        band = image.crop((0, top, image.width, bottom)).convert(mode)
        out[top:bottom] = np.asarray(band)
    return out


def _frame(data: bytes) -> _Frame:
    """Follow the markers to the end of the first picture.

    Raises:
        UnsupportedError: it is JPEG-LS, which begins alike.
        ValueError: it is cut short or no JPEG.
    """
    frame, at = _Frame(), 2
    while True:
        match = _NEXT_MARKER.search(data, at)
        if match is None:
            raise ValueError("the JPEG ends before its last marker")
        marker, at = data[match.start() + 1], match.end()
        if marker == 0xD9:
            frame.end = at
            break
        if marker in (0x01, 0xD8):
            continue
        size = struct.unpack_from(">H", data, at)[0] if at + 2 <= len(data) else 0
        if size < 2 or at + size > len(data):
            raise ValueError("a segment beyond the end")
        body = data[at + 2 : at + size]
        if marker == 0xF7:
            raise UnsupportedError("is a JPEG-LS picture")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if frame.process >= 0 or len(body) < 6:
                raise ValueError("a second frame")
            frame.process = marker - 0xC0
            frame.bits, frame.height, frame.width, frame.components = struct.unpack_from(
                ">BHHB", body
            )
        elif marker == 0xDA:
            frame.scans += 1
        elif 0xE0 <= marker <= 0xEF or marker == 0xFE:
            frame.segments.append((marker, body))
        at += size
    if frame.process < 0 or not frame.scans:
        raise ValueError("no picture")
    return frame


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, first byte and byte after the end of the segments before the picture.

    Raises:
        ValueError: it is cut short or no JPEG.
    """
    at = 2
    while True:
        match = _NEXT_MARKER.search(data, at)
        if match is None or match.end() + 2 > len(data):
            raise ValueError("the JPEG ends before its picture")
        marker, start = data[match.start() + 1], match.start()
        if marker in (0xDA, 0xD9):
            return
        at = match.end() + struct.unpack_from(">H", data, match.end())[0]
        if at > len(data):
            raise ValueError("a segment beyond the end")
        yield marker, start, at


def _packets(frame: _Frame) -> tuple[Metadata, bytes | None, tuple[float, float] | None]:
    """Metadata, profile and resolution."""
    blob = packet = comment = block = None
    profile: dict[int, bytes] = {}
    more: dict[bytes, list[tuple[int, bytes]]] = {}
    dpi: tuple[float, float] | None = None
    for marker, body in frame.segments:
        if marker == 0xE1 and body.startswith(exif.PREFIX):
            blob = blob or body
        elif marker == 0xE1 and body.startswith(xmp.SEGMENT):
            packet = packet or body[len(xmp.SEGMENT) :]
        elif marker == 0xE1 and body.startswith(_XMP_MORE) and len(body) > len(_XMP_MORE) + 40:
            rest = body[len(_XMP_MORE) :]
            more.setdefault(rest[:32], []).append(
                (struct.unpack_from(">I", rest, 36)[0], rest[40:])
            )
        elif marker == 0xE2 and body.startswith(_ICC) and len(body) > 14:
            profile.setdefault(body[12], body[14:])
        elif marker == 0xED and body.startswith(iptc.PHOTOSHOP):
            block = (block or b"") + body[len(iptc.PHOTOSHOP) :]
        elif marker == 0xFE:
            comment = comment or body
        elif marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            unit, across, down = struct.unpack_from(">BHH", body, 7)
            scale = {1: 1.0, 2: 2.54}.get(unit)
            dpi = sane_dpi(across * scale, down * scale) if scale else None
    found = iptc.resources(block) if block else {}
    metadata = Metadata(
        exif=blob,
        xmp=packet,
        extended=_extended(more) if packet else None,
        iptc=found.get(iptc.IPTC_RESOURCE),
        resources=iptc.kept(block) if block else None,
        text=(("Comment", _words(comment)),) if comment else (),
    )
    icc = b"".join(profile[number] for number in sorted(profile)) or None
    return metadata, icc, dpi


def packets_of(data: bytes) -> Metadata:
    """The metadata of a JPEG that is only looked into; nothing where it is damaged."""
    try:
        return _packets(_frame(data))[0]
    except (ValueError, UnsupportedError):
        return Metadata()


def _words(comment: bytes) -> str:
    """As UTF-8; other bytes stay what they are, as nobody says in which alphabet they were."""
    return comment.decode("utf-8", "surrogateescape").strip("\0")


def _extended(more: dict[bytes, list[tuple[int, bytes]]]) -> bytes | None:
    """The extended packet in one piece; None if it is not whole or about other pictures."""
    for parts in more.values():
        whole = b""
        for at, part in sorted(parts):
            if at != len(whole):
                return None
            whole += part
        return None if xmp.has(whole, xmp.OTHER_PICTURES) else whole
    return None


def _further_pictures(data: bytes, frame: _Frame, metadata: Metadata) -> list[str]:
    """Notes on whatever follows the picture or belongs to it."""
    multi = any(m == 0xE2 and body.startswith(b"MPF\0") for m, body in frame.segments)
    gain_map = xmp.has(metadata.xmp, xmp.GAIN_MAP) or any(
        m == 0xE2 and body.startswith(b"urn:iso:std:iso:ts:21496:-1") for m, body in frame.segments
    )
    rest = data[frame.end :].lstrip(b"\0")
    if gain_map:
        return [
            "The photo's HDR gain map does not fit an edited picture: it is left out, and the "
            "photo is opened as screens without HDR show it."
        ]
    if multi and rest:
        return ["The file holds further pictures (stereo, depth or preview); only the first opens."]
    if b"ftyp" in rest[:64]:
        return ["A video is appended to the photo (a motion photo); exports leave it out."]
    if len(rest) > 64:
        return [f"{len(rest):,} bytes of other data follow the photo; exports leave them out."]
    return []


# ------------------------------------------------------------------ writing


def write(content: Content) -> None:
    """Write 8-bit pixels, grey or RGB, with every packet that fits."""
    options = content.options
    subsampling = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}[options.chroma]
    pixels: Pixels = content.pixels[..., 0] if content.grey else content.pixels
    picture = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(
        picture,
        "JPEG",
        quality=options.quality,  # not ``optimize``: on noise Pillow's buffer for it is too small
        **({} if content.grey else {"subsampling": subsampling}),
        **({"dpi": content.dpi} if content.dpi else {}),
    )
    data = picture.getbuffer()
    start = 2
    if data[3] == 0xE0:
        start += 2 + struct.unpack_from(">H", data, 4)[0]
    file = content.file
    file.write(data[:start])
    for marker, body in _segments(content):
        file.write(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body)
    file.write(data[start:])


def _segments(content: Content) -> Iterator[tuple[int, bytes]]:
    metadata = content.metadata
    if blob := metadata.exif:
        if len(blob) > LONGEST:
            content.notes.append("The EXIF data is too long for JPEG and was left out.")
        else:
            yield 0xE1, blob
    if packet := metadata.xmp:
        if len(packet) + len(xmp.SEGMENT) > LONGEST:
            packet = without_padding(packet)
        if len(packet) + len(xmp.SEGMENT) > LONGEST:
            content.notes.append("The XMP data is too long for JPEG and was left out.")
        else:
            yield 0xE1, xmp.SEGMENT + packet
            yield from _extension(metadata.extended)
    block = iptc.resource(iptc.IPTC_RESOURCE, metadata.iptc) if metadata.iptc else b""
    block += metadata.resources or b""
    room = LONGEST - len(iptc.PHOTOSHOP)
    for at in range(0, len(block), room):
        yield 0xED, iptc.PHOTOSHOP + block[at : at + room]
    if content.icc:
        room = LONGEST - len(_ICC) - 2
        parts = [content.icc[at : at + room] for at in range(0, len(content.icc), room)]
        if len(parts) > 255:
            raise ValueError("a colour profile that is too long for JPEG")
        for index, part in enumerate(parts):
            yield 0xE2, _ICC + bytes((index + 1, len(parts))) + part
    for keyword, text in metadata.text:
        words = text.encode("utf-8", "surrogateescape")
        if keyword == "Comment" and len(words) <= LONGEST:
            yield 0xFE, words
        else:
            content.notes.append(f"JPEG has no room for the photo's text “{keyword}”.")


def _extension(whole: bytes | None) -> Iterator[tuple[int, bytes]]:
    """An extended packet, unchanged, under the name that the first packet calls it by."""
    if whole is None:
        return
    guid = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper().encode()
    room = LONGEST - len(_XMP_MORE) - 40
    for at in range(0, len(whole), room):
        head = _XMP_MORE + guid + struct.pack(">II", len(whole), at)
        yield 0xE1, head + whole[at : at + room]


def without_padding(packet: bytes) -> bytes:
    """Without the padding that lets programs edit a packet in place."""
    return re.sub(rb"\s{64,}(?=<\?xpacket end)", b"\n", packet)
