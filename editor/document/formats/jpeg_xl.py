"""JPEG XL, read and written with libjxl (imagecodecs); the container's boxes are handled here.

Sources: ISO/IEC 18181-1 (codestream header) and 18181-2 (container).
"""

from __future__ import annotations

import io
import itertools
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import imagecodecs
import numpy as np

from editor.document import profiles
from editor.document.colour import srgb_decoded
from editor.document.formats import exif, jpeg
from editor.document.formats.decoded import (
    BAND,
    CREDENTIALS,
    Decoded,
    Source,
    UnsupportedError,
    check_size,
    divided_by_alpha,
    split,
    stretched,
)
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.document.formats.content import Content
    from editor.document.formats.decoded import Pixels

CODESTREAM = b"\xff\x0a"
CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_MAX_PACKET = 32 << 20
_RGB, _GREY, _XYB = 0, 1, 2
_CUSTOM = 2
_WHITES = {1: profiles.SRGB_PRIMARIES[6:], 10: (1 / 3, 1 / 3), 11: (0.314, 0.351)}
_PRIMARIES = {
    1: profiles.SRGB_PRIMARIES[:6],
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
_DCI = 17  # of the transfers: a plain gamma, as libjxl has it
_ADVICE = "Export it as 16-bit TIFF or PNG with its profile and open that file."


@dataclass(slots=True)
class _Header:
    """What the codestream says before its pixels.

    Attributes:
        primaries: x and y of red, green, blue and white; None where they are not told.
        transfer: a code point of H.273, unless there is a gamma.
        gamma: light = value ** gamma; 0 for none.
        transfer_at: the bit of the codestream, after its signature, at which the four bits of
            the transfer stand; 0 where it has none.
    """

    width: int = 0
    height: int = 0
    orientation: int = 1
    bits: int = 8
    floats: bool = False
    alpha_bits: int | None = None
    alpha_associated: bool = False
    xyb: bool = True
    profile: bool = False
    primaries: tuple[float, ...] | None = profiles.SRGB_PRIMARIES
    transfer: int = 13
    gamma: float = 0
    transfer_at: int = 0


def read(source: Source) -> Decoded:
    """Decode a JPEG XL.

    Raises:
        UnsupportedError: floats, or a profile that the decoder does not hand out.
        ValueError, RuntimeError: damage.
    """
    data = source.read()
    stream, packets = (data, {}) if data.startswith(CODESTREAM) else _container(data)
    header = _header(stream)
    check_size(header.width, header.height)
    if header.floats:
        raise UnsupportedError("is a JPEG XL of floating-point light", _ADVICE)
    if header.profile and not header.xyb:
        if b"jbrd" in packets:
            return _as_jpeg(data, header)
        raise UnsupportedError("is a JPEG XL with an embedded ICC profile", _ADVICE)
    samples = cast("Pixels", imagecodecs.jpegxl_decode(data, keeporientation=True))
    if samples.ndim == 4:
        samples = samples[0]
    bits = header.bits if header.bits not in (8, 16) else 8 * samples.dtype.itemsize
    decoded = Decoded(*split(stretched(samples, bits) if bits < 8 * samples.dtype.itemsize
                             and int(samples.max(initial=0)) < 1 << bits else samples))  # fmt: skip
    if header.alpha_associated and decoded.alpha is not None:
        decoded.pixels = divided_by_alpha(decoded.pixels, decoded.alpha)
    decoded.orientation = header.orientation
    _declare_colours(decoded, header)
    if b"jumb" in packets:
        decoded.notes.append(CREDENTIALS)
    decoded.metadata = Metadata(exif=packets.get(b"Exif"), xmp=packets.get(b"xml "))
    return decoded


def _declare_colours(decoded: Decoded, header: _Header) -> None:
    try:
        if header.primaries is None:
            raise ValueError("a profile that the decoder does not hand out")
        decoded.icc = profiles.from_chromaticities(
            header.primaries, transfer=header.transfer, gamma=header.gamma
        )
    except ValueError:
        # of what it cannot encode, the decoder gives linear light of sRGB
        decoded.icc = profiles.from_code_points(1, 8) if header.xyb else None
        decoded.notes.append("The file's colour profile was left out; its colours are as in sRGB.")
        return
    if not header.gamma and profiles.is_high_dynamic_range(header.transfer):
        decoded.notes.append("An HDR picture: shown tone-mapped for this screen.")


def _as_jpeg(data: bytes, header: _Header) -> Decoded:
    """The JPEG that was packed without loss: it has the profile that the decoder keeps."""
    picture = bytes(imagecodecs.jpegxl_decode_jpeg(data, numthreads=2))
    decoded = jpeg.read(Source(io.BytesIO(picture), len(picture), "JPEG"))
    decoded.orientation = header.orientation
    return decoded


# ------------------------------------------------------------------ container


def _container(data: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """The beginning of the codestream, and the packets.

    Raises:
        ValueError: it is cut short.
    """
    stream = b""
    packets: dict[bytes, bytes] = {}
    for name, body in _boxes(data):
        if name == b"jxlc":
            stream = stream or body[:4096]
        elif name == b"jxlp" and len(stream) < 4096:
            stream += body[4 : 4 + 4096]
        elif name in (b"Exif", b"xml ", b"brob", b"jbrd", b"jumb"):
            if name == b"brob":
                name, body = body[:4], _unpacked(body[4:])
            if name == b"Exif" and len(body) > 8:
                body = exif.PREFIX + body[4 + struct.unpack_from(">I", body)[0] :]
            packets.setdefault(name, body)
    return stream, packets


def _unpacked(body: bytes) -> bytes:
    try:
        return bytes(imagecodecs.brotli_decode(body, out=_MAX_PACKET))
    except (imagecodecs.BrotliError, ValueError):
        return b""


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for name, start, head, end in box_places(data):
        yield name, data[start + head : end]


def box_places(data: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """Name, first byte, length of the head and byte after the end of each box.

    Raises:
        ValueError: it is cut short.
    """
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= len(data):
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + size > len(data):
            raise ValueError("a box beyond the end")
        yield name, at, head, at + size
        at += size


# ------------------------------------------------------------------ codestream


class _Bits:
    """Bits of a codestream, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data[:4096], "little")
        self._left = 8 * min(len(data), 4096)
        self.taken = 0

    def take(self, count: int) -> int:
        if count > self._left:
            raise ValueError("the header ends too early")
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        self.taken += count
        return taken

    def choice(self, *ways: tuple[int, int]) -> int:
        """U32: an offset and a number of bits by a selector of two bits."""
        offset, count = ways[self.take(2)]
        return offset + self.take(count)

    def enumerated(self) -> int:
        return self.choice((0, 0), (1, 0), (2, 4), (18, 6))


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.take(1)
    ways = ((1, 9), (1, 13), (1, 18), (1, 30))

    def side() -> int:
        return 8 * (bits.take(5) + 1) if small else bits.choice(*ways)

    height = side()
    ratio = bits.take(3)
    if not ratio:
        return side(), height
    above, below = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))[ratio - 1]
    return height * above // below, height


def _depth(bits: _Bits) -> tuple[int, bool]:
    if bits.take(1):
        count = bits.choice((32, 0), (16, 0), (24, 0), (1, 6))
        bits.take(4)
        return count, True
    return bits.choice((8, 0), (10, 0), (12, 0), (1, 6)), False


def _header(stream: bytes) -> _Header:
    """Size, depth, turning and colours.

    Raises:
        ValueError: no codestream, or a damaged one.
    """
    if not stream.startswith(CODESTREAM):
        raise ValueError("no codestream")
    bits, header = _Bits(stream[2:]), _Header()
    header.width, header.height = _size(bits)
    if bits.take(1):  # all defaults
        return header
    animated = False
    if bits.take(1):
        header.orientation = bits.take(3) + 1
        if bits.take(1):
            _size(bits)
        if bits.take(1):
            raise UnsupportedError("is a JPEG XL with a preview inside", _ADVICE)
        animated = bool(bits.take(1))
        if animated:
            bits.choice((100, 0), (1000, 0), (1, 10), (1, 30))
            bits.choice((1, 0), (1001, 0), (1, 8), (1, 10))
            bits.choice((0, 0), (0, 3), (0, 16), (0, 32))
            bits.take(1)
    header.bits, header.floats = _depth(bits)
    bits.take(1)  # whether 16 bits suffice inside
    for _ in range(bits.choice((0, 0), (1, 0), (2, 4), (1, 12))):
        _extra_channel(bits, header)
    header.xyb = bool(bits.take(1))
    _colours(bits, header)
    return header


def _extra_channel(bits: _Bits, header: _Header) -> None:
    if bits.take(1):
        header.alpha_bits = header.alpha_bits or 8
        return
    kind = bits.enumerated()
    depth, _ = _depth(bits)
    bits.choice((0, 0), (3, 0), (4, 0), (1, 3))
    for _ in range(bits.choice((0, 0), (0, 4), (16, 5), (48, 10))):
        bits.take(8)
    if kind == 0:
        header.alpha_bits, header.alpha_associated = depth, bool(bits.take(1))
    elif kind == 2:
        bits.take(64)
    elif kind == 5:
        bits.choice((1, 0), (0, 2), (3, 4), (19, 8))


def _colours(bits: _Bits, header: _Header) -> None:
    if bits.take(1):
        return
    header.profile = bool(bits.take(1))
    space = bits.enumerated()
    header.primaries = None
    if header.profile:
        return
    places: tuple[float, ...] | None = profiles.SRGB_PRIMARIES
    if space != _XYB:
        white = _places(bits, _WHITES, 1)
        if space != _GREY:  # of which the white is white, whatever its primaries
            colours = _places(bits, _PRIMARIES, 3)
            places = colours + white if colours and white else None
    if bits.take(1):
        exponent = bits.take(24) / 1e7
        header.gamma = 1 / exponent if exponent else 0
    else:
        header.transfer_at = bits.taken + 2
        header.transfer = bits.enumerated()
        header.gamma = 2.6 if header.transfer == _DCI else 0
    if space in (_RGB, _GREY):
        header.primaries = places


def _places(
    bits: _Bits, known: dict[int, tuple[float, ...]], count: int
) -> tuple[float, ...] | None:
    """x and y of colours that are named or written out; None for a name that is not known."""
    name = bits.enumerated()
    if name != _CUSTOM:
        return known.get(name)
    ways = (0, 19), (524288, 19), (1048576, 20), (2097152, 21)
    packed = [bits.choice(*ways) for _ in range(2 * count)]
    return tuple((-(n + 1) // 2 if n & 1 else n // 2) / 1e6 for n in packed)


# ------------------------------------------------------------------ writing


def write(content: Content) -> None:
    """Write 8 or 16 bits of sRGB: lossless at quality 100, else at the distance of that quality.

    The encoder takes 16 bits for linear light. Lossless, only the mark is wrong, and is mended;
    otherwise the values are made linear, and stay marked so.
    """
    metadata, quality = content.metadata, content.options.quality
    lossless = quality >= 100
    pixels = content.whole()
    linear = pixels.dtype == np.uint16
    if linear and not lossless:
        pixels = _linear(pixels, content.alpha is not None)
    encoded = imagecodecs.jpegxl_encode(
        pixels,
        lossless=lossless,
        distance=None if lossless else distance(quality),
        effort=5,
        usecontainer=True,
        numthreads=2,
    )
    data = bytearray(encoded)
    if linear and lossless:
        _mark_srgb(data)
    content.file.write(data)
    if metadata.exif:
        _box(content, b"Exif", bytes(4) + metadata.exif.removeprefix(exif.PREFIX))
    if metadata.xmp:
        _box(content, b"xml ", metadata.xmp)


def _linear(pixels: Pixels, alpha: bool) -> Pixels:
    out = pixels.copy()
    planes = [out] if out.ndim == 2 else [out[..., i] for i in range(out.shape[2] - alpha)]
    for plane, row in itertools.product(planes, range(0, len(out), BAND)):
        band = plane[row : row + BAND]
        light = srgb_decoded(band.astype(np.float32) / np.float32(65535))
        band[...] = np.rint(light * 65535)
    return out


def _mark_srgb(data: bytearray) -> None:
    """Write sRGB where the codestream's header says linear: both take four bits."""
    start = data.find(CODESTREAM, 12)
    at = _header(bytes(data[start : start + 4096])).transfer_at
    if start < 0 or not at:
        raise ValueError("the encoder declared the colours in another way")
    for bit in range(4):
        place, shift = divmod(16 + at + bit, 8)
        wanted = (13 - 2) >> bit & 1
        data[start + place] = data[start + place] & ~(1 << shift) | wanted << shift


def distance(quality: int) -> float:
    """Butteraugli distance of a quality of JPEG, as libjxl's own tools map it."""
    if quality >= 30:
        return 0.1 + (100 - quality) * 0.09
    return 53 / 3000 * quality**2 - 23 / 20 * quality + 25


def _box(content: Content, name: bytes, body: bytes) -> None:
    content.file.write(struct.pack(">I4s", 8 + len(body), name) + body)
