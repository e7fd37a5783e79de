"""Photographs as files of every kind, made by writers other than the editor's own.

Used by the tests of the formats, by the matrix and by the fuzzer.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms

from editor.document import profiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]

H, W = 40, 56

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # pyright: ignore[reportUnknownArgumentType] - a C type

CREATOR = "Jörg Müller ©"
MAKER_NOTE = b"Maker\0\1\2\3" + bytes(range(60))


def picture() -> NDArray[np.float64]:
    """An sRGB picture (H, W, 3) in [0.1, 0.9]: smooth, and different in every corner."""
    y, x = np.mgrid[0:H, 0:W] / np.array([[[H]], [[W]]])
    red = 0.2 + 0.6 * x
    green = 0.25 + 0.5 * y
    blue = 0.3 + 0.4 * (1 - x) * (1 - y) + 0.1 * np.sin(6 * x)
    return np.clip(np.stack([red, green, blue], -1), 0.1, 0.9)


def light() -> NDArray[np.float64]:
    """The same as linear light, (H, W, 3)."""
    values = picture()
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luma() -> NDArray[np.float64]:
    """The same in grey, (H, W)."""
    return picture() @ np.array([0.3, 0.6, 0.1])


def shape() -> NDArray[np.float64]:
    """Alpha, (H, W): opaque but for a soft corner."""
    y, x = np.mgrid[0:H, 0:W]
    return np.clip((x + y) / 24, 0.05, 1)


def levels(values: NDArray[np.float64], bits: int) -> Array:
    """Values in [0, 1] as integers of a depth."""
    dtype = np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32
    return np.rint(values * ((1 << bits) - 1)).astype(dtype)


def turned_back(array: Array, orientation: int) -> Array:
    """What a file with an orientation stores for it to come out upright."""
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array.swapaxes(0, 1) if orientation >= 5 else array)


# ------------------------------------------------------------------ metadata


def exif(orientation: int = 1, *, adobe_rgb: bool = False, thumbnail: bool = True) -> bytes:
    """EXIF as a camera writes it, with a maker note, a place and a thumbnail; little-endian."""
    values = _Values()
    photo = [
        values.field(0x9003, 2, b"2024:05:06 07:08:09\0"),
        values.field(0x829A, 5, struct.pack("<II", 1, 125)),
        values.field(0x927C, 7, MAKER_NOTE),
        values.field(0xA001, 3, struct.pack("<H", 0xFFFF if adobe_rgb else 1)),
        values.field(0xA002, 4, struct.pack("<I", H if orientation >= 5 else W)),
        values.field(0xA003, 4, struct.pack("<I", W if orientation >= 5 else H)),
    ]
    place = [
        values.field(0x0001, 2, b"N\0"),
        values.field(0x0002, 5, struct.pack("<6I", 48, 1, 8, 1, 0, 1)),
        values.field(0x0003, 2, b"E\0"),
        values.field(0x0004, 5, struct.pack("<6I", 11, 1, 34, 1, 0, 1)),
    ]
    if adobe_rgb:
        interop = values.directory([values.field(1, 2, b"R03\0"), values.field(2, 7, b"0100")])
        photo.append(values.field(0xA005, 4, struct.pack("<I", interop)))
    photo_at, place_at = values.directory(photo), values.directory(place)
    first = [
        values.field(0x010F, 2, b"Testmaker\0"),
        values.field(0x0110, 2, b"T-1000\0"),
        values.field(0x0112, 3, struct.pack("<H", orientation)),
        values.field(0x011A, 5, struct.pack("<II", 240, 1)),
        values.field(0x011B, 5, struct.pack("<II", 240, 1)),
        values.field(0x0128, 3, struct.pack("<H", 2)),
        values.field(0x0131, 2, b"Camera firmware 1.0\0"),
        values.field(0x013B, 2, CREATOR.encode() + b"\0"),
        values.field(0x8298, 2, "© Jörg".encode() + b"\0"),
        values.field(0x8769, 4, struct.pack("<I", photo_at)),
        values.field(0x8825, 4, struct.pack("<I", place_at)),
    ]
    following = 0
    if thumbnail:
        small = jpeg_of(np.zeros((12, 16, 3), np.uint8))
        at = values.raw(small)
        following = values.directory(
            [
                values.field(0x0103, 3, struct.pack("<H", 6)),
                values.field(0x0201, 4, struct.pack("<I", at)),
                values.field(0x0202, 4, struct.pack("<I", len(small))),
            ]
        )
    start = values.directory(first, following)
    return b"Exif\0\0II*\0" + struct.pack("<I", start) + bytes(values.data)


class _Values:
    """The body of an EXIF structure, which begins at offset 8."""

    def __init__(self) -> None:
        self.data = bytearray()

    def raw(self, value: bytes) -> int:
        self.data += bytes(len(self.data) % 2)
        at = 8 + len(self.data)
        self.data += value
        return at

    def field(self, tag: int, kind: int, value: bytes) -> tuple[int, bytes]:
        count = len(value) // {2: 1, 3: 2, 4: 4, 5: 8, 7: 1}[kind]
        shown = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", self.raw(value))
        return tag, struct.pack("<HHI", tag, kind, count) + shown

    def directory(self, fields: list[tuple[int, bytes]], following: int = 0) -> int:
        rows = b"".join(row for _, row in sorted(fields))
        return self.raw(struct.pack("<H", len(fields)) + rows + struct.pack("<I", following))


XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"
   xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="München">
  <dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Bag><rdf:li>портрет</rdf:li>
   <rdf:li>face &amp; lips</rdf:li></rdf:Bag></dc:subject>
  <dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Seq><rdf:li>{CREATOR}</rdf:li>
   </rdf:Seq></dc:creator>
 </rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


def _dataset(number: int, text: str) -> bytes:
    body = text.encode()
    return struct.pack(">BBBH", 0x1C, 2, number, len(body)) + body


IPTC = (
    b"\x1c\x01\x5a\0\x03\x1b%G" + _dataset(0, "\0\4") + _dataset(25, "portrait")
    + _dataset(80, CREATOR) + _dataset(90, "München") + _dataset(120, "a caption")
)  # fmt: skip

RESOURCES = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(IPTC)) + IPTC + bytes(len(IPTC) % 2)


# ------------------------------------------------------------------ JPEG


def pillow(array: Array, kind: str, **options: Any) -> bytes:
    """A file by Pillow; ``mode`` for CMYK."""
    mode = options.pop("mode", None)
    image = Image.frombytes(mode, array.shape[1::-1], array.tobytes()) if mode else None
    buffer = io.BytesIO()
    (image or Image.fromarray(array)).save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg_of(array: Array, **options: Any) -> bytes:
    """A JPEG of high quality without subsampling."""
    return pillow(array, "JPEG", **({"quality": 97} | options))


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Segments right after the start of a JPEG."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def described_jpeg(array: Array, orientation: int = 1, **options: Any) -> bytes:
    """A JPEG with EXIF, XMP, IPTC and a comment."""
    return with_segments(
        jpeg_of(array, **options),
        segment(0xE1, exif(orientation)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xED, b"Photoshop 3.0\0" + RESOURCES),
        segment(0xFE, "a comment, ö".encode()),
    )


# ------------------------------------------------------------------ PNG


def chunk(tag: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))


def png_of(array: Array, before: bytes = b"", after: bytes = b"") -> bytes:
    """A PNG of 8 or 16 bits with chunks before and after the pixels."""
    channels = 1 if array.ndim == 2 else array.shape[2]
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    bits = 8 * array.itemsize
    rows = array.astype(array.dtype.newbyteorder(">"))
    body = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", array.shape[1], array.shape[0], bits, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before
        + chunk(b"IDAT", zlib.compress(body)) + after + chunk(b"IEND", b"")
    )  # fmt: skip


def iccp(icc: bytes) -> bytes:
    """The chunk of a profile."""
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(icc))


def described_png(
    array: Array, orientation: int = 1, colours: bytes = b"", *, late: bool = False
) -> bytes:
    """A PNG with EXIF, XMP, IPTC and texts; the EXIF after the pixels if ``late``."""
    digits = RESOURCES.hex()
    raw = f"\niptc\n{len(RESOURCES):8}\n{digits}\n".encode()
    photo = chunk(b"eXIf", exif(orientation)[6:])
    packets = (
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
        + chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(raw))
        + chunk(b"tEXt", b"Title\0a title")
        + chunk(b"iTXt", b"Author\0\0\0\0\0" + CREATOR.encode())
        + chunk(b"pHYs", struct.pack(">IIB", 9449, 9449, 1))
    )
    if late:
        return png_of(array, colours + packets, photo)
    return png_of(array, colours + packets + photo)


# ------------------------------------------------------------------ TIFF


def tiff_of(array: Array, **options: Any) -> bytes:
    """A TIFF by tifffile."""
    buffer = io.BytesIO()
    given: dict[str, Any] = {"metadata": None} | options
    tifffile.imwrite(buffer, array, **given)
    return buffer.getvalue()


def described_tiff(array: Array, orientation: int = 1, **options: Any) -> bytes:
    """A TIFF with XMP, IPTC, an artist and a resolution."""
    tags = [
        (274, 3, 1, orientation, True),
        (315, 2, 0, CREATOR.encode() + b"\0", True),
        (700, 1, len(XMP), XMP, True),
        (33723, 7, len(IPTC), IPTC, True),
    ]
    given = {"resolution": (240, 240), "resolutionunit": "INCH", "extratags": tags}
    return tiff_of(array, **(given | options))


def lab(bits: int) -> Array:
    """The picture in CIELAB as TIFF stores it: a and b signed."""
    to_xyz = np.array([[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169],
                       [0.0139322, 0.0971045, 0.7141733]])  # fmt: skip
    xyz = light() @ to_xyz.T / np.array([0.9642, 1.0, 0.8249])
    bent = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(bent, -1, 0)
    lightness, a, b = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    unit = 1 if bits == 8 else 256
    signed = np.int8 if bits == 8 else np.int16
    dtype = np.uint8 if bits == 8 else np.uint16
    out = np.empty((H, W, 3), dtype)
    out[..., 0] = np.rint(lightness / 100 * np.iinfo(dtype).max)
    for index, axis in ((1, a), (2, b)):
        out[..., index] = np.rint(axis * unit).astype(signed).view(dtype)
    return out


def ink(bits: int) -> Array:
    """The picture in CMYK, naively separated."""
    values = picture()
    black = 1 - values.max(-1, keepdims=True)
    colour = (1 - values - black) / (1 - black)
    return levels(np.concatenate([colour, black], -1), bits)


# ------------------------------------------------------------------ others


def psd_of(
    planes: Array, mode: int, *, resources: bytes = b"", packed: bool = False, alpha: bool = False
) -> bytes:
    """A Photoshop document without layers: planes (n, h, w), the last transparency if ``alpha``."""
    count, height, width = planes.shape
    stored = planes.astype(planes.dtype.newbyteorder(">"))
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, count, height, width, 8 * planes.itemsize, mode)
    layers = struct.pack(">IhH", 4, -1 if alpha else 0, 0) + bytes(4) if alpha else b""
    out = head + bytes(4) + struct.pack(">I", len(resources)) + resources
    out += struct.pack(">I", len(layers)) + layers
    if not packed:
        return out + b"\0\0" + stored.tobytes()
    rows = [bytes(imagecodecs.packbits_encode(row.tobytes())) for p in stored for row in p]
    return out + b"\0\1" + struct.pack(f">{len(rows)}H", *map(len, rows)) + b"".join(rows)


def dng_of(
    make: str,
    pattern: bytes = b"\0\1\1\2",
    *,
    linear: bool = False,
    more: Sequence[tuple[int, int, int, Any, bool]] = (),
    scene: NDArray[np.float64] | None = None,
) -> bytes:
    """A small DNG of 12 bits: a mosaic, or linear raw data, of a camera with sRGB primaries.

    ``more``: tags that are added, or take others' places; ``scene``: linear light (h, w, 3)
    instead of the picture.
    """
    large = np.kron(light(), np.ones((4, 4, 1))) if scene is None else scene
    values = np.rint(64 + large * (4095 - 64)).astype(np.uint16)
    to_camera = np.array([3.2404542, -1.5371385, -0.4985314, -0.9692660, 1.8760108, 0.0415560,
                          0.0556434, -0.2040259, 1.0572252])  # fmt: skip
    numbers = [
        value for entry in np.rint(to_camera * 10_000).astype(int) for value in (entry, 10_000)
    ]
    name = f"{make} Test".encode() + b"\0"
    count = 3 if linear else 1
    tags = [
        (271, 2, 0, make.encode() + b"\0", True), (272, 2, 0, name, True),
        (274, 3, 1, 1, True), (315, 2, 0, CREATOR.encode() + b"\0", True),
        (50706, 1, 4, b"\1\4\0\0", True), (50707, 1, 4, b"\1\1\0\0", True),
        (50708, 2, 0, name, True), (50714, 4, count, [64] * count if linear else 64, True),
        (50717, 4, count, [4095] * count if linear else 4095, True),
        (50721, 10, 9, tuple(int(n) for n in numbers), True), (50778, 3, 1, 21, True),
        (50728, 5, 3, (1, 1, 1, 1, 1, 1), True),
    ]  # fmt: skip
    tags = [tag for tag in tags if tag[0] not in {other[0] for other in more}] + list(more)
    if linear:
        return tiff_of(values, photometric=34892, extratags=tags, planarconfig="contig")
    mosaic = np.empty(values.shape[:2], np.uint16)
    for index, channel in enumerate(pattern):
        y, x = divmod(index, 2)
        mosaic[y::2, x::2] = values[y::2, x::2, channel]
    tags += [(33421, 3, 2, (2, 2), True), (33422, 1, 4, pattern, True)]
    return tiff_of(mosaic, photometric=32803, extratags=tags)


def png_colours(kind: str) -> tuple[bytes, bytes | None]:
    """Chunks that declare the colours of a PNG, and the profile of the same meaning."""
    if kind == "gamma":
        body = chunk(b"gAMA", struct.pack(">I", 55_556))
        return body, profiles.from_gamma(0.55556, None)
    if kind == "primaries":
        xy = (0.3127, 0.3290, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
        body = struct.pack(">8I", *(round(value * 1e5) for value in xy))
        return chunk(b"cHRM", body) + chunk(b"gAMA", struct.pack(">I", 45_455)), (
            profiles.from_gamma(0.45455, xy)
        )
    points = {"p3": (12, 13), "pq": (9, 16), "hlg": (9, 18)}[kind]
    return chunk(b"cICP", bytes((*points, 0, 1))), profiles.from_code_points(*points)
