"""WebP, read and written with Pillow (libwebp); 8 bits.

Source: RFC 9649 (the WebP container).
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from editor.document.formats import exif
from editor.document.formats.decoded import CREDENTIALS, Decoded, check_size
from editor.document.formats.jpeg import banded
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from editor.document.formats.content import Content
    from editor.document.formats.decoded import Source


def read(source: Source) -> Decoded:
    """Decode a WebP; the first frame of an animation.

    Raises:
        ValueError, OSError: damage.
    """
    data = source.read()
    chunks = _chunks(data)
    with Image.open(io.BytesIO(data), formats=("WEBP",)) as image:
        check_size(*image.size)
        animated = getattr(image, "n_frames", 1) > 1
        if image.mode in ("RGBA", "RGBa"):
            rgba = banded(image, "RGBA")
            pixels, alpha = np.ascontiguousarray(rgba[..., :3]), rgba[..., 3].copy()
        else:
            pixels, alpha = banded(image, "RGB"), None
    decoded = Decoded(pixels, alpha, icc=chunks.get(b"ICCP"))
    blob = chunks.get(b"EXIF")
    if blob and not blob.startswith(exif.PREFIX):
        blob = exif.PREFIX + blob
    decoded.metadata = Metadata(exif=blob, xmp=chunks.get(b"XMP "))
    if animated:
        decoded.notes.append("Only the first frame of the animation was opened.")
    if b"C2PA" in chunks:
        decoded.notes.append(CREDENTIALS)
    return decoded


def _chunks(data: bytes) -> dict[bytes, bytes]:
    """The chunks of a RIFF file but for the pixels.

    Raises:
        ValueError: it is cut short.
    """
    end = struct.unpack_from("<I", data, 4)[0] + 8
    if end > len(data) + 1:
        raise ValueError("the file is shorter than it says")
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= min(end, len(data)):
        tag, size = struct.unpack_from("<4sI", data, at)
        if tag in (b"ICCP", b"EXIF", b"XMP ", b"C2PA"):
            found.setdefault(tag, data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


def write(content: Content) -> None:
    """Write 8-bit pixels, lossy, with alpha exact."""
    metadata = content.metadata
    pixels = content.pixels if content.alpha is None else content.rows(0, len(content.pixels))
    given = {"icc_profile": content.icc, "exif": metadata.exif, "xmp": metadata.xmp}
    Image.fromarray(pixels).save(
        content.file,
        "WEBP",
        quality=content.options.quality,
        method=4,
        exact=True,
        **{name: packet for name, packet in given.items() if packet},
    )
