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

from editor.colour import rounded_to_8_bits
from editor.files import atomic_file, write_failure
from editor.photo import DAMAGE, DESCRIPTIVE, PhotoError

if TYPE_CHECKING:
    from typing import BinaryIO

    from editor.photo import Photo, Pixels

_BAND = 1 << 20  # bytes of pixels that are encoded at a time


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
    file.write(b"\x89PNG\r\n\x1a\n")
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
