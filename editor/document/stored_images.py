"""Images inside our files, which anybody may have written: looked through, then decoded.

OpenCV takes the memory that a block of a PNG says it needs: 86 bytes cost a gigabyte. A JPEG of few
bytes may ask for thousands of passes over all of its pixels.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = b"\x89PNG\r\n\x1a\n"
_PASS = b"\xff\xda"  # begins a pass over a JPEG's pixels
_ANIMATED = frozenset({b"acTL", b"fcTL", b"fdAT"})

GREY, COLOUR, COLOUR_WITH_OPACITY = 0, 2, 6
"""Colour types; the others need a palette or are never written here."""


@dataclass(frozen=True, slots=True)
class PngHeader:
    """What a PNG says of itself.

    Attributes:
        width, height: pixels, above 0.
        depth: bits of a channel.
        kind: colour type, as ``GREY``.
    """

    width: int
    height: int
    depth: int
    kind: int


def stated_pixels(beginning: bytes) -> int:
    """Width times height as the first 24 bytes of a PNG state them; 0 when they are none."""
    if len(beginning) < 24 or not beginning.startswith(_MAGIC):
        return 0
    width, height = struct.unpack_from(">II", beginning, 16)
    return width * height


def header_of(data: bytes) -> PngHeader:
    """The header of a PNG that is whole: every block ends where it says, with its checksum.

    Raises:
        ValueError: it is no PNG, damaged, or animated.
    """
    if not data.startswith(_MAGIC):
        raise ValueError("an image is no PNG")
    view = memoryview(data)
    at, tag, header = len(_MAGIC), b"", None
    while tag != b"IEND":
        if len(data) - at < 12:
            raise ValueError("an image is cut short")
        length, tag = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            raise ValueError("an image is cut short")
        if zlib.crc32(view[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise ValueError("an image is damaged")
        if tag in _ANIMATED:
            raise ValueError("an image is animated")
        if header is None:
            if tag != b"IHDR" or length != 13:
                raise ValueError("an image is no PNG")
            header = PngHeader(*struct.unpack_from(">IIBB", data, at + 8))
        at = end + 4
    if header is None or not header.width or not header.height:
        raise ValueError("an image without pixels")
    return header


def decoded(data: bytes, header: PngHeader) -> NDArray[np.uint8]:
    """The pixels of a PNG of 8 bits, (h, w) or (h, w, channels), in OpenCV's order.

    Args:
        data: which ``header_of`` found whole.
        header: what it found.

    Raises:
        ValueError: it cannot be decoded.
    """
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None:  # pyright: ignore[reportUnnecessaryComparison] - the stub is wrong
        raise ValueError("an image cannot be decoded")
    if picture.dtype != np.uint8 or picture.shape[:2] != (header.height, header.width):
        raise ValueError("an image is not what it says")
    return cast("NDArray[np.uint8]", picture)


def decoded_jpeg(data: bytes, most: int) -> NDArray[np.uint8]:
    """The pixels of a JPEG in colour of one pass, RGB (h, w, 3), read-only.

    Args:
        data: the file.
        most: pixels that a side may have.

    Raises:
        ValueError: it is none, larger, of more passes, or damaged.
    """
    if data.count(_PASS) != 1:  # within a pass, a zero follows each 255
        raise ValueError("an image of more than one pass, or of none")
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            if image.mode != "RGB" or max(image.size) > most:
                raise ValueError("an image has other channels or more pixels than it should")
            pixels = np.array(image)
    except (OSError, SyntaxError) as error:
        raise ValueError("an image cannot be decoded") from error
    pixels.setflags(write=False)
    return pixels
