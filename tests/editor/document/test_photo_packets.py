"""What files say beside their pixels, where the way it is said differs from program to program."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from editor.document.photo import decode_photo, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from tests import photo_files as files
from tests.exif_tool import needs_exiftool, told

if TYPE_CHECKING:
    from pathlib import Path

RGB8 = files.levels(files.picture(), 8)
PLAIN = ExportOptions(ai_mark=False)


def raw_text(kind: str, title: str, packet: bytes, separator: str = "\n") -> bytes:
    """A packet in digits among the texts of a PNG, as ``title`` has it."""
    lines = separator.join(["", title, f"{len(packet):8}", packet.hex(), ""])
    return files.chunk(
        b"zTXt", f"Raw profile type {kind}\0\0".encode() + zlib.compress(lines.encode())
    )


@pytest.mark.parametrize("title", ["iptc", "IPTC profile", "generic profile of this"])
@pytest.mark.parametrize("separator", ["\n", "\r\n"])
def test_packets_among_the_texts_of_a_png_are_read_whatever_their_title(title: str, separator: str):
    text = raw_text("iptc", title, files.RESOURCES, separator)
    photo = decode_photo(files.png_of(RGB8, text), None)
    assert photo.metadata.iptc
    assert photo.metadata.iptc == decode_photo(files.described_png(RGB8), None).metadata.iptc


def test_xmp_that_a_png_calls_app1_is_read():
    text = raw_text("APP1", "generic profile", b"http://ns.adobe.com/xap/1.0/\0" + files.XMP)
    assert decode_photo(files.png_of(RGB8, text), None).metadata.xmp == files.XMP


def test_texts_of_one_keyword_are_all_kept(tmp_path: Path):
    twice = files.chunk(b"tEXt", b"Comment\0first") + files.chunk(b"tEXt", b"Comment\0second")
    photo = decode_photo(files.png_of(RGB8, twice), None)
    save_photo(photo, photo.pixels, tmp_path / "a.png", PLAIN)
    kept = open_photo(tmp_path / "a.png").metadata.text
    assert kept == (("Comment", "first"), ("Comment", "second"))


def test_texts_that_jpeg_has_no_room_for_are_noted(tmp_path: Path):
    photo = decode_photo(files.described_png(RGB8), None)
    notes = " ".join(save_photo(photo, photo.pixels, tmp_path / "a.jpg", PLAIN))
    assert "“Title”" in notes
    assert "“Author”" in notes


# ------------------------------------------------------------------ resolution


def without_own_place(kind: str) -> bytes:
    """A file whose EXIF alone tells 240 pixels per inch."""
    if kind == "png":
        return files.png_of(RGB8, files.chunk(b"eXIf", files.exif()[6:]))
    return files.pillow(RGB8, "WEBP", lossless=True, exif=files.exif())


@needs_exiftool
@pytest.mark.parametrize("kind", ["png", "webp"])
def test_a_resolution_that_only_exif_tells_is_kept_in_a_tiff(kind: str, tmp_path: Path):
    photo = decode_photo(without_own_place(kind), None)
    save_photo(photo, photo.pixels, tmp_path / "a.tif", PLAIN)
    found = told(tmp_path / "a.tif")
    assert (found["EXIF:XResolution"], found["EXIF:ResolutionUnit"]) == (240, 2)


@needs_exiftool
@pytest.mark.parametrize("suffix", [".webp", ".avif", ".jxl"])
@pytest.mark.parametrize("described", [True, False])
def test_a_resolution_is_told_by_exif_where_there_is_no_other_place(
    suffix: str, described: bool, tmp_path: Path
):
    own: dict[str, Any] = {"resolution": (300, 200), "resolutionunit": 2}
    made = files.described_tiff if described else files.tiff_of
    photo = decode_photo(made(RGB8, **own), None)
    path = tmp_path / f"a{suffix}"
    save_photo(photo, photo.pixels, path, PLAIN)
    found = told(path)
    assert (found["EXIF:XResolution"], found["EXIF:YResolution"]) == (300, 200)
    assert open_photo(path).dpi == (300, 200)
    assert not described or found["EXIF:Artist"] == files.CREATOR
    save_photo(
        photo, photo.pixels, path, ExportOptions(ai_mark=False, leave_out=frozenset({"all"}))
    )
    assert "EXIF:XResolution" not in told(path)


@needs_exiftool
@pytest.mark.parametrize("order", "<>")
def test_a_size_that_a_short_of_exif_cannot_tell_is_told(order: str, tmp_path: Path):
    def field(tag: int, kind: int, *values: int) -> bytes:
        body = struct.pack(order + {3: "HH", 4: "I"}[kind], *values)
        return struct.pack(order + "HHI", tag, kind, 1) + body

    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8)
    first = struct.pack(order + "H", 1) + field(0x8769, 4, 26) + bytes(4)
    inner = struct.pack(order + "H", 2) + field(0xA002, 3, 100, 0) + field(0xA003, 3, 1, 0)
    data = files.png_of(
        np.zeros((1, 70_000, 3), np.uint8), files.chunk(b"eXIf", head + first + inner + bytes(4))
    )
    photo = decode_photo(data, None)
    save_photo(photo, photo.pixels, tmp_path / "a.tif", PLAIN)
    found = told(tmp_path / "a.tif")
    assert (found["EXIF:ExifImageWidth"], found["EXIF:ExifImageHeight"]) == (70_000, 1)
