"""Photographs written as files: profile, depth and metadata as they were, in one step."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import tifffile
from PIL import Image

from editor.colour import rounded_to_8_bits
from editor.files import atomic_write, write_failure
from editor.photo import DAMAGE, DESCRIPTIVE, PhotoError

if TYPE_CHECKING:
    from editor.photo import Photo, Pixels


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
    try:
        data = encode(photo, pixels, alpha, options, notes)
    except (MemoryError, *DAMAGE) as error:
        raise PhotoError(
            f"The photo cannot be written as {path.suffix} ({error}).", "Save as PNG instead."
        ) from error
    try:
        atomic_write(path, data)
    except OSError as error:
        raise PhotoError(*write_failure(error, path)) from error
    return tuple(notes)


def _encode_jpeg(
    photo: Photo, pixels: Pixels, alpha: Pixels | None, options: ExportOptions, notes: list[str]
) -> bytes:
    del alpha
    keep = _pillow_metadata(photo, options)
    if len(keep.get("exif", b"")) > 65533:
        del keep["exif"]
        notes.append("The EXIF data is too long for JPEG and was left out.")
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(
        buffer, "JPEG", quality=options.quality, subsampling=0, optimize=True, **keep
    )
    return buffer.getvalue()


def _encode_webp(
    photo: Photo, pixels: Pixels, alpha: Pixels | None, options: ExportOptions, notes: list[str]
) -> bytes:
    del notes
    image = Image.fromarray(pixels if alpha is None else np.dstack([pixels, alpha]))
    keep = _pillow_metadata(photo, options)
    keep.pop("dpi", None)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=options.quality, method=4, exact=True, **keep)
    return buffer.getvalue()


def _pillow_metadata(photo: Photo, options: ExportOptions) -> dict[str, Any]:
    keep: dict[str, Any] = {"icc_profile": photo.icc} if photo.icc else {}
    if options.keep_metadata and photo.exif:
        keep["exif"] = photo.exif
    if options.keep_metadata and photo.dpi:
        keep["dpi"] = photo.dpi
    return keep


def _encode_png(
    photo: Photo, pixels: Pixels, alpha: Pixels | None, options: ExportOptions, notes: list[str]
) -> bytes:
    del notes
    if alpha is None:
        bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    else:
        bgr = np.dstack([pixels[..., ::-1], alpha])
    level = [cv2.IMWRITE_PNG_COMPRESSION, options.png_compression]
    done, encoded = cv2.imencode(".png", bgr, level)
    if not done:
        raise ValueError("OpenCV cannot encode it")
    chunks: list[tuple[bytes, bytes]] = []
    if photo.icc:
        chunks.append((b"iCCP", b"ICC profile\0\0" + zlib.compress(photo.icc, 9)))
    if options.keep_metadata and photo.exif:
        chunks.append((b"eXIf", photo.exif.removeprefix(b"Exif\0\0")))
    if options.keep_metadata and photo.dpi:
        metric = [round(value / 0.0254) for value in photo.dpi]
        chunks.append((b"pHYs", struct.pack(">IIB", *metric, 1)))
    del bgr
    data = encoded.data  # not copied: it is as large as the file
    head = 33  # signature and IHDR; these chunks come before the pixels
    extra = b"".join(
        struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))
        for tag, body in chunks
    )
    return b"".join((data[:head], extra, data[head:]))


def _encode_tiff(
    photo: Photo, pixels: Pixels, alpha: Pixels | None, options: ExportOptions, notes: list[str]
) -> bytes:
    tags: list[tuple[int, int, int, Any, bool]] = []
    if options.keep_metadata and photo.exif:
        exif = Image.Exif()
        exif.load(photo.exif)
        for tag in DESCRIPTIVE:
            if isinstance(text := exif.get(tag), str) and text.isascii() and text:
                tags.append((tag, 2, 0, text, True))
        if exif.get_ifd(0x8769) or exif.get_ifd(0x8825):
            notes.append("TIFF keeps date, camera and author of the EXIF data, not its details.")
    dpi = photo.dpi if options.keep_metadata else None
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer,
        pixels if alpha is None else np.dstack([pixels, alpha]),
        photometric="rgb",
        extrasamples=None if alpha is None else ("unassalpha",),
        compression="adobe_deflate",
        compressionargs={"level": 3},
        predictor=True,
        iccprofile=photo.icc,
        resolution=dpi,
        resolutionunit=None if dpi is None else "INCH",
        extratags=tags,
        metadata=None,
        software=False,
    )
    return buffer.getvalue()


_ENCODERS = {
    ".jpg": (_encode_jpeg, 65_500),
    ".jpeg": (_encode_jpeg, 65_500),
    ".png": (_encode_png, 1_000_000),
    ".tif": (_encode_tiff, 1_000_000),
    ".tiff": (_encode_tiff, 1_000_000),
    ".webp": (_encode_webp, 16_383),
}
