"""PNG: read with libpng, written band by band.

Written here, because what libraries write of 16-bit colour they hold in memory as a whole, and more
than once: gigabytes for 100 megapixels.

Sources: PNG (third edition, W3C 2025); ImageMagick's and ExifTool's "Raw profile type" texts, which
carried EXIF and IPTC before eXIf.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import imagecodecs
import numpy as np

from editor.document import profiles
from editor.document.formats import exif, iptc, xmp
from editor.document.formats.decoded import (
    BAND,
    CREDENTIALS,
    Decoded,
    UnsupportedError,
    check_size,
    sane_dpi,
    split,
)
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from editor.document.formats.content import Content
    from editor.document.formats.decoded import Pixels, Source

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BAND = 1 << 20  # bytes of pixels that are encoded at a time
_XMP, _RAW = "XML:com.adobe.xmp", "Raw profile type "
XMP_KEYWORDS = (_XMP.encode(), f"{_RAW}xmp".encode())
"""Of texts that hold an XMP packet."""
_MAX_CHUNKS = 1_000_000
_MAX_TEXT = 32 << 20  # of one text, unpacked
_KEPT = (b"gAMA", b"cHRM", b"cICP", b"mDCV", b"cLLI", b"sRGB", b"iCCP", b"pHYs")
_MORE_LIGHT = "An HDR picture ({}): shown tone-mapped for this screen; PNG exports keep it HDR."


@dataclass(slots=True)
class _Chunks:
    """What stands around the pixels."""

    header: tuple[int, ...] = ()
    found: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    texts: dict[str, list[bytes]] = field(default_factory=dict[str, list[bytes]])
    exif: bytes | None = None
    animated: bool = False
    signed: bool = False


def read(source: Source) -> Decoded:
    """Decode a PNG; the default picture of an animated one.

    Raises:
        UnsupportedError: Apple's own kind of PNG.
        ValueError, RuntimeError: damage.
    """
    data = source.read()
    chunks = _chunks(data)
    width, height = chunks.header[:2]
    check_size(width, height)
    samples = cast("Pixels", imagecodecs.png_decode(data))
    if samples.shape[:2] != (height, width):
        raise ValueError("other pixels than the header says")
    pixels, alpha, grey = split(samples)
    decoded = Decoded(pixels, alpha, grey)
    _declare_colours(decoded, chunks)
    decoded.metadata = _metadata(chunks)
    if len(metric := chunks.found.get(b"pHYs", b"")) == 9 and metric[8] == 1:
        decoded.dpi = sane_dpi(*(v * 0.0254 for v in struct.unpack(">II", metric[:8])))
    if chunks.animated:
        decoded.notes.append("Only the first frame of the animation was opened.")
    if chunks.signed:
        decoded.notes.append(CREDENTIALS)
    return decoded


def _chunks(data: bytes) -> _Chunks:
    """Follow the chunks to the last one.

    Raises:
        ValueError: it is cut short, or the header is damaged.
    """
    chunks, at, texts, count = _Chunks(), 8, 0, 0
    while True:
        if at + 12 > len(data):
            raise ValueError("the PNG ends before its last chunk")
        size, tag = struct.unpack_from(">I4s", data, at)
        if at + 12 + size > len(data) or not tag.isalpha():
            raise ValueError("a chunk beyond the end")
        count += 1
        if count > _MAX_CHUNKS:
            raise ValueError("chunks without measure")
        body = data[at + 8 : at + 8 + size] if tag != b"IDAT" else b""
        at += 12 + size
        if tag == b"CgBI":
            raise UnsupportedError("is a PNG as Apple packs them into programs")
        if not chunks.header:
            if tag != b"IHDR" or size != 13:
                raise ValueError("no header")
            chunks.header = struct.unpack(">IIBBBBB", body)
        elif tag == b"IEND":
            return chunks
        elif tag in _KEPT:
            chunks.found.setdefault(tag, body)
        elif tag == b"eXIf":
            # some writers put in the prefix of JPEG, too
            chunks.exif = chunks.exif or exif.PREFIX + body.removeprefix(exif.PREFIX)
        elif tag == b"acTL":
            chunks.animated = True
        elif tag == b"caBX":
            chunks.signed = True
        elif tag in (b"tEXt", b"zTXt", b"iTXt") and texts < 200:
            texts += 1
            _read_text(tag, body, chunks)


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Tag, first byte and byte after the end of each chunk.

    Raises:
        ValueError: it is cut short.
    """
    at, tag = 8, b""
    while tag != b"IEND":
        if at + 12 > len(data):
            raise ValueError("the PNG ends before its last chunk")
        size, tag = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size if tag != b"IEND" else len(data)
        if end > len(data):
            raise ValueError("a chunk beyond the end")
        yield tag, at, end
        at = end


def xmp_chunk(packet: bytes) -> bytes:
    """The chunk of an XMP packet."""
    body = b"iTXt" + _XMP.encode() + b"\0\0\0\0\0" + packet
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _inflated(body: bytes) -> bytes:
    unpacked = zlib.decompressobj()
    text = unpacked.decompress(body, _MAX_TEXT)
    if unpacked.unconsumed_tail:
        raise ValueError("a text without measure")
    return text


def _read_text(tag: bytes, body: bytes, chunks: _Chunks) -> None:
    keyword, _, rest = body.partition(b"\0")
    name = keyword.decode("latin-1")
    try:
        if tag == b"tEXt":
            text = rest.decode("latin-1").encode()
        elif tag == b"zTXt":
            text = _inflated(rest[1:]).decode("latin-1").encode()
        else:
            packed, rest = rest[:2] == b"\1\0", rest[2:]
            rest = rest.split(b"\0", 2)[2]
            text = _inflated(rest) if packed else rest
    except (zlib.error, ValueError, IndexError):
        return  # a damaged text is no reason to refuse the photo
    chunks.texts.setdefault(name, []).append(text)


def _declare_colours(decoded: Decoded, chunks: _Chunks) -> None:
    """The first that is there of cICP, iCCP, sRGB, gAMA and cHRM; the others count for nothing."""
    found = chunks.found
    if len(points := found.get(b"cICP", b"")) == 4:
        try:
            decoded.icc = profiles.from_code_points(points[0], points[1])
        except ValueError as error:
            decoded.notes.append(f"The colours declared by cICP are not known here ({error}).")
        else:
            kept = (b"cICP", b"mDCV", b"cLLI")
            decoded.declared = tuple((tag, found[tag]) for tag in kept if tag in found)
            if not points[3]:
                _widen(decoded)
            if profiles.is_high_dynamic_range(points[1]):
                decoded.notes.append(_MORE_LIGHT.format("PQ" if points[1] == 16 else "HLG"))
            return
    if profile := found.get(b"iCCP"):
        try:
            decoded.icc = _inflated(profile.partition(b"\0")[2][1:])
        except (zlib.error, ValueError):
            decoded.notes.append("The colour profile is damaged and was left out; treated as sRGB.")
        return
    for name in ("icc", "icm"):  # ImageMagick's, before libpng knew iCCP
        if raw := _raw_profile(chunks.texts, name):
            decoded.icc = raw
            return
    if b"sRGB" in found:
        decoded.declared = ((b"sRGB", found[b"sRGB"]),)
        return
    gamma = chromaticities = None
    if len(body := found.get(b"gAMA", b"")) == 4:
        gamma = struct.unpack(">I", body)[0] / 1e5
    if len(body := found.get(b"cHRM", b"")) == 32:
        chromaticities = tuple(value / 1e5 for value in struct.unpack(">8I", body))
    try:
        decoded.icc = profiles.from_gamma(gamma, chromaticities)
    except ValueError as error:
        decoded.notes.append(f"The colours declared by gAMA and cHRM make no sense ({error}).")
        return
    decoded.declared = tuple((tag, found[tag]) for tag in (b"gAMA", b"cHRM") if tag in found)


def _widen(decoded: Decoded) -> None:
    """Levels of video (16 to 235 of 8 bits) over the whole range, and declared so."""
    top = np.iinfo(decoded.pixels.dtype).max
    unit = (top + 1) // 256
    levels = (np.arange(top + 1) - 16 * unit) / (219 * unit)
    table = np.rint(np.clip(levels, 0, 1) * top).astype(decoded.pixels.dtype)
    for row in range(0, len(decoded.pixels), BAND):
        decoded.pixels[row : row + BAND] = table[decoded.pixels[row : row + BAND]]
    (tag, points), *others = decoded.declared
    decoded.declared = ((tag, points[:3] + b"\1"), *others)
    decoded.notes.append("Levels of video were widened to the whole range, and are written so.")


def _metadata(chunks: _Chunks) -> Metadata:
    texts = chunks.texts
    packet = texts[_XMP][0] if _XMP in texts else None
    blob, block, iim = chunks.exif, None, None
    for name in ("exif", "APP1", "xmp"):
        raw = _raw_profile(texts, name)
        if raw and raw.startswith((exif.PREFIX, b"II*\0", b"MM\0*")):
            blob = blob or exif.PREFIX + raw.removeprefix(exif.PREFIX)
        elif raw and (name == "xmp" or raw.startswith(xmp.SEGMENT)):
            packet = packet or raw.removeprefix(xmp.SEGMENT)
    for name in ("iptc", "8bim"):
        if raw := _raw_profile(texts, name):
            raw = raw.removeprefix(iptc.PHOTOSHOP)
            if raw.startswith(b"8BIM"):
                iim = iim or iptc.resources(raw).get(iptc.IPTC_RESOURCE)
                block = block or iptc.kept(raw)
            else:
                iim = iim or raw
    words = tuple(
        (name, text.decode("utf-8", "replace"))
        for name, own in texts.items()
        if name != _XMP and not name.startswith(_RAW)
        for text in own
    )
    return Metadata(blob, packet, None, iim, block, words)


def _raw_profile(texts: dict[str, list[bytes]], name: str) -> bytes | None:
    """A packet in hexadecimal digits, after a line that names it and one of its length."""
    for text in texts.get(_RAW + name, ())[:1]:
        try:
            _, length, digits = text.strip().split(b"\n", 2)
            return bytes.fromhex(digits.decode("ascii"))[: int(length)]
        except (ValueError, UnicodeDecodeError):
            return None
    return None


# ------------------------------------------------------------------ writing


def write(content: Content) -> None:
    """Write 8 or 16 bits. Every line is filtered by the one above it.

    That packs photographs as well as OpenCV's choice and takes less time.
    """

    def chunk(tag: bytes, *parts: bytes) -> None:
        file.write(struct.pack(">I", sum(map(len, parts))) + tag)
        crc = zlib.crc32(tag)
        for part in parts:
            file.write(part)
            crc = zlib.crc32(part, crc)
        file.write(struct.pack(">I", crc))

    file = content.file
    rows, columns = content.pixels.shape[:2]
    depth, kind = 8 * content.pixels.itemsize, _KINDS[content.channels]
    file.write(SIGNATURE)
    chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, depth, kind, 0, 0, 0))
    for tag, body in content.declared:
        chunk(tag, body)
    if content.icc and not content.declared:
        chunk(b"iCCP", b"ICC profile\0\0", zlib.compress(content.icc, 9))
    for tag, body in _packets(content):
        chunk(tag, body)
    packed = zlib.compressobj(content.options.png_compression, memLevel=9)
    above = np.zeros((1, columns * content.channels * content.pixels.itemsize), np.uint8)
    step = max(1, _BAND // above.shape[1])
    for top in range(0, rows, step):
        band = content.rows(top, top + step)
        lines = np.ascontiguousarray(band, band.dtype.newbyteorder(">")).view(np.uint8)
        lines = lines.reshape(len(band), -1)
        filtered = np.full((len(lines), 1 + lines.shape[1]), 2, np.uint8)  # 2: the line above
        np.subtract(lines, np.concatenate([above, lines[:-1]]), out=filtered[:, 1:])
        above = lines[-1:]
        if body := packed.compress(filtered.data):
            chunk(b"IDAT", body)
    chunk(b"IDAT", packed.flush())
    chunk(b"IEND")


_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}
"""Colour types by the number of channels."""


def _packets(content: Content) -> Iterator[tuple[bytes, bytes]]:
    metadata = content.metadata
    if content.dpi:
        metric = [round(value / 0.0254) for value in content.dpi]
        yield b"pHYs", struct.pack(">IIB", *metric, 1)
    if metadata.exif:
        yield b"eXIf", metadata.exif.removeprefix(exif.PREFIX)
    if metadata.xmp:
        yield b"iTXt", _XMP.encode() + b"\0\0\0\0\0" + metadata.xmp
    block = iptc.resource(iptc.IPTC_RESOURCE, metadata.iptc) if metadata.iptc else b""
    if metadata.iptc:
        yield b"zTXt", _hexadecimal("iptc", block)
    if metadata.resources:
        yield b"zTXt", _hexadecimal("8bim", metadata.resources)
    for name, text in metadata.text:
        keyword = name.encode("latin-1", "replace")[:79] or b"Comment"
        stored = text.encode(
            "utf-8", "surrogateescape"
        )  # bytes of a JPEG's comment may be anything
        text = stored.decode("utf-8") if _is_utf8(stored) else stored.decode("latin-1")
        if text.isascii():
            yield b"tEXt", keyword + b"\0" + text.encode()
        else:
            yield b"iTXt", keyword + b"\0\0\0\0\0" + text.encode()


def _is_utf8(stored: bytes) -> bool:
    try:
        stored.decode()
    except UnicodeDecodeError:
        return False
    return True


def _hexadecimal(name: str, packet: bytes) -> bytes:
    digits = packet.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name}\n{len(packet):8}\n{lines}\n"
    return f"{_RAW}{name}".encode() + b"\0\0" + zlib.compress(text.encode())


def bands(file: BinaryIO) -> Iterator[tuple[int, Pixels]]:
    """The counterpart of :func:`write`, which filters every line by the one above it.

    Yields:
        the first row of a band, and its rows (n, width, 3), from the top down.

    Raises:
        ValueError, struct.error, zlib.error: it is not as it was written.
    """
    unpacked = zlib.decompressobj()
    depth, columns, channels, top = 8, 0, 3, 0
    above, rest = np.zeros(0, np.uint8), b""
    if file.read(8) != SIGNATURE:
        raise ValueError("it does not begin as a PNG file")
    tag = b""
    while tag != b"IEND":
        length, tag = struct.unpack(">I4s", file.read(8))
        body = file.read(length)
        if zlib.crc32(body, zlib.crc32(tag)) != struct.unpack(">I", file.read(4))[0]:
            raise ValueError(f"the checksum of a block {tag.decode('ascii', 'replace')} is wrong")
        if tag == b"IHDR":
            columns, _, depth, kind = struct.unpack(">IIBB", body[:10])
            channels = next(count for count, own in _KINDS.items() if own == kind)
            above = np.zeros(columns * channels * depth // 8, np.uint8)
        if tag != b"IDAT":
            continue
        rest += unpacked.decompress(body)
        whole = len(rest) // (1 + len(above)) * (1 + len(above))
        lines = np.frombuffer(rest[:whole], np.uint8).reshape(-1, 1 + len(above)).copy()
        rest = rest[whole:]
        if not len(lines):
            continue
        if (lines[:, 0] != 2).any():
            raise ValueError("its lines are filtered in another way")
        lines[0, 1:] += above
        np.add.accumulate(lines[:, 1:], axis=0, out=lines[:, 1:])
        above = lines[-1, 1:].copy()
        stored = np.ascontiguousarray(lines[:, 1:]).view(">u2" if depth == 16 else np.uint8)
        band = stored.reshape(len(lines), columns, channels)
        band = band[..., :3] if channels >= 3 else np.repeat(band[..., :1], 3, axis=2)
        yield top, band.astype(band.dtype.newbyteorder("="))
        top += len(lines)
