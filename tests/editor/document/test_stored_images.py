"""Images inside projects and slider files are whole before a decoder sees them."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest

from editor.document.stored_images import COLOUR, GREY, decoded, header_of, stated_pixels

MAGIC = b"\x89PNG\r\n\x1a\n"


def image(*channels: int) -> bytes:
    return cv2.imencode(".png", np.full((4, 6, *channels), 7, np.uint8))[1].tobytes()


def block(tag: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))


HEADER = block(b"IHDR", struct.pack(">IIBBBBB", 6, 4, 8, 0, 0, 0, 0))
END = block(b"IEND", b"")


def test_an_image_comes_back():
    for data, kind, shape in ((image(), GREY, (4, 6)), (image(3), COLOUR, (4, 6, 3))):
        header = header_of(data)
        assert (header.width, header.height, header.depth, header.kind) == (6, 4, 8, kind)
        assert decoded(data, header).shape == shape
        assert stated_pixels(data[:24]) == 24


@pytest.mark.parametrize("at", range(len(image())))
def test_no_flipped_bit_reaches_the_decoder(at: int, monkeypatch: pytest.MonkeyPatch):
    """One in the length of a block made OpenCV take a gigabyte."""
    monkeypatch.setattr(cv2, "imdecode", None)
    data = bytearray(image())
    data[at] ^= 0x40
    with pytest.raises(ValueError, match="image"):
        header_of(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"", MAGIC, image()[:-1], image()[:40], MAGIC + END, MAGIC + HEADER,
        MAGIC + struct.pack(">I", 0x40000000) + b"IHDR" + bytes(60),
        MAGIC + HEADER + block(b"acTL", bytes(8)) + END,
        MAGIC + block(b"IHDR", bytes(13)) + END,
    ],
)  # fmt: skip
def test_what_is_no_whole_image_is_refused(data: bytes):
    with pytest.raises(ValueError, match="image"):
        header_of(data)


def test_an_image_without_data_is_refused_by_the_decoder():
    data = MAGIC + HEADER + END
    with pytest.raises(ValueError, match="decoded"):
        decoded(data, header_of(data))
