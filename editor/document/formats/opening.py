"""Which reader a file is for: its content decides, not its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document.formats import isobmff, jpeg, jpeg_xl, png, psd, raw, tiff, webp
from editor.document.formats.decoded import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.formats.decoded import Decoded, Source

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OTHERS = (
    (0, b"GIF8", "a GIF"), (0, b"BM", "a BMP"), (0, b"%PDF", "a PDF"), (0, b"%!PS", "PostScript"),
    (0, b"v/1\x01", "an OpenEXR picture"), (0, b"#?RADIANCE", "a Radiance HDR picture"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"), (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"gimp xcf", "a GIMP document"), (0, b"AFFI", "an Affinity document"),
    (0, b"\xff\x4fAf", "an Affinity document"), (0, b"II\xbc", "a JPEG XR picture"),
    (0, b"\0\0\1\0", "an icon"), (0, b"\x1aE\xdf\xa3", "a video"), (0, b"<svg", "an SVG drawing"),
    (0, b"PK\x03\x04", "a ZIP archive or a document inside one"), (0, b"qoif", "a QOI picture"),
    (0, b"P5", "a PGM picture"), (0, b"P6", "a PPM picture"), (0, b"<?xml", "an XML document"),
)  # fmt: skip
_VIDEO = "a video"


def reader(source: Source) -> tuple[str, Callable[[Source], Decoded]]:
    """The name of a file's format, and what reads it.

    Raises:
        UnsupportedError: nothing does; the text says what the file is.
    """
    head = source.head(256)
    if any(head[at : at + len(magic)] == magic for at, magic in raw.MAGIC):
        return "RAW", raw.read
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG", jpeg.read
    if head.startswith(png.SIGNATURE):
        return "PNG", png.read
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP", webp.read
    if head[:4] in _TIFF:
        if source.suffix in raw.SUFFIXES or tiff.is_raw(source):
            return "RAW", raw.read
        return "TIFF", tiff.read
    if head.startswith(psd.SIGNATURE):
        return "PSD", psd.read
    if head.startswith((jpeg_xl.CODESTREAM, jpeg_xl.CONTAINER)):
        return "JXL", jpeg_xl.read
    if head[4:8] == b"ftyp" and len(head) >= 16:
        kinds = isobmff.brands(head)
        if kinds & isobmff.AVIF:
            return "AVIF", isobmff.read_avif
        if kinds & isobmff.HEIF:
            return "HEIF", isobmff.read_heif
        raise UnsupportedError(f"is {_VIDEO}")
    for at, magic, description in _OTHERS:
        if head[at : at + len(magic)] == magic:
            raise UnsupportedError(f"is {description}")
    if source.suffix in raw.SUFFIXES:
        return "RAW", raw.read
    raise UnsupportedError("is no photo that this editor reads")
