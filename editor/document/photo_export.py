"""Photographs written as files: profile, depth and metadata as they were, in one step."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile
from PIL import Image

from editor.document.colour import rounded_to_8_bits
from editor.document.files import atomic_file, write_failure
from editor.document.photo import DAMAGE, DESCRIPTIVE, PhotoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from editor.document.photo import Photo, Pixels

_BAND = 1 << 20  # bytes of pixels that are encoded at a time
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a photograph is written.

    Attributes:
        quality: of JPEG and WebP, 1…100.
        png_compression: 0 (fast) … 9 (small).
        keep_metadata: write EXIF and resolution. The profile is always written: without it the
            colours would change.
    """

    quality: int = 95
    png_compression: int = 3
    keep_metadata: bool = True


def save_photo(photo: Photo, pixels: Pixels, path: Path, options: ExportOptions) -> tuple[str, ...]:
    """Write ``pixels`` as ``photo`` would be: its profile, alpha, EXIF and resolution.

    The suffix decides the format. PNG and TIFF are lossless and keep 8 or 16 bits and alpha; WebP
    keeps alpha; JPEG (4:4:4) does not. TIFF keeps only the describing EXIF tags (date, camera,
    artist, copyright …). Greyscale photographs are written as RGB.

    Args:
        photo: what the pixels were made from.
        pixels: (height, width, 3), uint8 or uint16, in the photo's size and colour space.
        path: where to; replaced only once the new file is complete.
        options: quality and such.

    Returns:
        What the format could not keep, one sentence each.

    Raises:
        PhotoError: unknown suffix, too large for the format, or the file cannot be written.
    """
    path = Path(path)
    if pixels.shape != photo.pixels.shape or pixels.dtype.name not in ("uint8", "uint16"):
        raise ValueError(f"{pixels.dtype} {pixels.shape} for a photo of {photo.pixels.shape}")
    encode, largest = _ENCODERS.get(path.suffix.lower(), (None, 0))
    if encode is None:
        raise PhotoError(
            f"“{path.suffix or path.name}” is no format that photos can be saved in.",
            "Choose a name that ends in .png, .tif, .jpg or .webp.",
        )
    if max(pixels.shape[:2]) > largest:
        raise PhotoError(
            f"{path.suffix} files hold at most {largest} pixels a side.",
            "Save as PNG or TIFF instead.",
        )
    notes: list[str] = []
    alpha = photo.alpha
    if encode in (_encode_jpeg, _encode_webp) and pixels.dtype == np.uint16:
        notes.append(f"{path.suffix} has 8 bits per channel: the 16-bit photo was rounded.")
        pixels = rounded_to_8_bits(pixels)
    if alpha is not None and alpha.dtype != pixels.dtype:
        alpha = rounded_to_8_bits(alpha) if pixels.dtype == np.uint8 else alpha.astype("u2") * 257
    if alpha is not None and encode is _encode_jpeg:
        notes.append("JPEG has no transparency: the alpha channel was left out.")
    exif, dpi = (photo.exif, photo.dpi) if options.keep_metadata else (None, None)
    content = _Content(pixels, alpha, photo.icc, exif, dpi, options, notes)
    try:
        with atomic_file(path) as file:
            encode(file, content)
    except (MemoryError, *DAMAGE) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's, not the format's
            raise PhotoError(*write_failure(error, path)) from error
        raise PhotoError(
            f"The photo cannot be written as {path.suffix} ({error}).", "Save as PNG instead."
        ) from error
    return tuple(notes)


def stored_bands(path: Path) -> Iterator[tuple[int, Pixels]]:
    """What :func:`save_photo` has stored in a lossless file, read from the disk band by band.

    Args:
        path: a PNG or TIFF file as written here, no other.

    Yields:
        the first row of a band, and its rows (n, width, 3), from the top down; never the whole
        photograph at once.

    Raises:
        PhotoError: the file cannot be read, or is not as it was written.
    """
    try:
        with path.open("rb") as file:
            yield from (_png_bands if path.suffix.lower() == ".png" else _tiff_bands)(file)
    except DAMAGE as error:
        raise PhotoError(
            f"{path.name} was written, but cannot be read again ({error}).",
            "Look whether the disk is sound, and export once more.",
        ) from error


@dataclass(frozen=True, slots=True)
class _Content:
    """What goes into a file; ``exif`` and ``dpi`` are None where they are to be left out."""

    pixels: Pixels
    alpha: Pixels | None
    icc: bytes | None
    exif: bytes | None
    dpi: tuple[float, float] | None
    options: ExportOptions
    notes: list[str]

    @property
    def channels(self) -> Pixels:
        """Three, or four with alpha."""
        return self.pixels if self.alpha is None else np.dstack([self.pixels, self.alpha])

    def for_pillow(self) -> dict[str, Any]:
        given = {"icc_profile": self.icc, "exif": self.exif, "dpi": self.dpi}
        return {name: value for name, value in given.items() if value}


def _encode_jpeg(file: BinaryIO, content: _Content) -> None:
    keep = content.for_pillow()
    if len(keep.get("exif", b"")) > 65533:
        del keep["exif"]
        content.notes.append("The EXIF data is too long for JPEG and was left out.")
    quality = content.options.quality
    Image.fromarray(content.pixels).save(
        file, "JPEG", quality=quality, subsampling=0, optimize=True, **keep
    )


def _encode_webp(file: BinaryIO, content: _Content) -> None:
    image = Image.fromarray(content.channels)
    keep = content.for_pillow()
    keep.pop("dpi", None)
    image.save(file, "WEBP", quality=content.options.quality, method=4, exact=True, **keep)


def _encode_png(file: BinaryIO, content: _Content) -> None:
    """PNG (third edition, W3C 2025), band by band.

    Ours, because what libraries write of 16-bit colour they hold in memory as a whole, and more
    than once: gigabytes for 100 megapixels. Every line is filtered by the one above it, which packs
    photographs as well as OpenCV's choice and takes less time.
    """

    def chunk(tag: bytes, *parts: bytes) -> None:
        file.write(struct.pack(">I", sum(map(len, parts))) + tag)
        crc = zlib.crc32(tag)
        for part in parts:
            file.write(part)
            crc = zlib.crc32(part, crc)
        file.write(struct.pack(">I", crc))

    pixels, alpha = content.pixels, content.alpha
    rows, columns = pixels.shape[:2]
    kind = 2 if alpha is None else 6  # colour, colour with alpha
    file.write(_PNG)
    chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8 * pixels.itemsize, kind, 0, 0, 0))
    if content.icc:
        chunk(b"iCCP", b"ICC profile\0\0", zlib.compress(content.icc, 9))
    if content.exif:
        chunk(b"eXIf", content.exif.removeprefix(b"Exif\0\0"))
    if content.dpi:
        metric = [round(value / 0.0254) for value in content.dpi]
        chunk(b"pHYs", struct.pack(">IIB", *metric, 1))
    packed = zlib.compressobj(content.options.png_compression, memLevel=9)
    above = np.zeros((1, columns * (3 if alpha is None else 4) * pixels.itemsize), np.uint8)
    step = max(1, _BAND // above.shape[1])
    for top in range(0, rows, step):
        band = pixels[top : top + step]
        if alpha is not None:
            band = np.dstack([band, alpha[top : top + step]])
        lines = np.ascontiguousarray(band, band.dtype.newbyteorder(">")).view(np.uint8)
        lines = lines.reshape(len(band), -1)
        filtered = np.full((len(lines), 1 + lines.shape[1]), 2, np.uint8)  # 2: the line above
        np.subtract(lines, np.concatenate([above, lines[:-1]]), out=filtered[:, 1:])
        above = lines[-1:]
        if body := packed.compress(filtered.data):
            chunk(b"IDAT", body)
    chunk(b"IDAT", packed.flush())
    chunk(b"IEND")


def _png_bands(file: BinaryIO) -> Iterator[tuple[int, Pixels]]:
    """The counterpart of :func:`_encode_png`, which filters every line by the one above it."""
    unpacked = zlib.decompressobj()
    depth, columns, channels, top = 8, 0, 3, 0
    above, rest = np.zeros(0, np.uint8), b""
    if file.read(8) != _PNG:
        raise ValueError("it does not begin as a PNG file")
    tag = b""
    while tag != b"IEND":
        length, tag = struct.unpack(">I4s", file.read(8))
        body = file.read(length)
        if zlib.crc32(body, zlib.crc32(tag)) != struct.unpack(">I", file.read(4))[0]:
            raise ValueError(f"the checksum of a block {tag.decode('ascii', 'replace')} is wrong")
        if tag == b"IHDR":
            columns, _, depth, kind = struct.unpack(">IIBB", body[:10])
            channels = 3 if kind == 2 else 4
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
        band = stored.reshape(len(lines), columns, channels)[..., :3]
        yield top, band.astype(band.dtype.newbyteorder("="))
        top += len(lines)


def _tiff_bands(file: BinaryIO) -> Iterator[tuple[int, Pixels]]:
    with tifffile.TiffFile(file) as tiff:
        for strip, (*_, top, _, _), _ in tiff.pages.first.segments():
            if strip is None:
                raise ValueError(f"the strip at line {top} is missing")
            yield top, strip.reshape(-1, *strip.shape[-2:])[..., :3]


def _encode_tiff(file: BinaryIO, content: _Content) -> None:
    tags: list[tuple[int, int, int, Any, bool]] = []
    if content.exif:
        exif = Image.Exif()
        exif.load(content.exif)
        for tag in DESCRIPTIVE:
            if isinstance(text := exif.get(tag), str) and text.isascii() and text:
                tags.append((tag, 2, 0, text, True))
        if exif.get_ifd(0x8769) or exif.get_ifd(0x8825):
            content.notes.append(
                "TIFF keeps date, camera and author of the EXIF data, not its details."
            )
    tifffile.imwrite(
        file,
        content.channels,
        photometric="rgb",
        extrasamples=None if content.alpha is None else ("unassalpha",),
        compression="adobe_deflate",
        compressionargs={"level": 3},
        predictor=True,
        iccprofile=content.icc,
        resolution=content.dpi,
        resolutionunit=None if content.dpi is None else "INCH",
        extratags=tags,
        metadata=None,
        software=False,
    )


_ENCODERS = {
    ".jpg": (_encode_jpeg, 65_500),
    ".jpeg": (_encode_jpeg, 65_500),
    ".png": (_encode_png, 1_000_000),
    ".tif": (_encode_tiff, 1_000_000),
    ".tiff": (_encode_tiff, 1_000_000),
    ".webp": (_encode_webp, 16_383),
}
