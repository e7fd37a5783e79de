"""Ratings: read and kept where each format has its XMP, and nothing else changes."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from editor.document.formats.metadata import Metadata
from editor.document.photo import PhotoError, open_photo
from editor.document.ratings import rate, rating_of
from tests import photo_files as files
from tests.exif_tool import needs_exiftool, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RGB8, RGB16 = files.levels(files.picture(), 8), files.levels(files.picture(), 16)
A8 = files.levels(files.shape(), 8)
IMAGEMAGICK = shutil.which("convert-im6.q16") or shutil.which("magick")


def webp(alpha: bool, **options: Any) -> bytes:
    array = np.dstack([RGB8, A8]) if alpha else RGB8
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "WEBP", **options)
    return buffer.getvalue()


def jxl(*, bare: bool) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpegxl_encode(RGB8, lossless=True, usecontainer=not bare))


def tiff(**options: Any) -> bytes:
    return files.tiff_of(RGB16, photometric="rgb", **options)


INSIDE: dict[str, Callable[[], bytes]] = {
    "described.jpg": lambda: files.described_jpeg(RGB8),
    "bare.jpg": lambda: files.jpeg_of(RGB8),
    "exif_only.jpg": lambda: files.with_segments(
        files.jpeg_of(RGB8), files.segment(0xE1, files.exif())
    ),
    "described.png": lambda: files.described_png(RGB16),
    "late.png": lambda: files.described_png(RGB16, late=True),
    "bare.png": lambda: files.png_of(RGB8),
    "described.tif": lambda: files.described_tiff(RGB16, photometric="rgb", compression="lzw"),
    "bare.tif": tiff,
    "big.tif": lambda: tiff(bigtiff=True),
    "big_described.tif": lambda: files.described_tiff(RGB16, photometric="rgb", bigtiff=True),
    "other_order.tif": lambda: tiff(byteorder=">", tile=(16, 16)),
    "planes.tif": lambda: files.tiff_of(
        np.moveaxis(RGB16, -1, 0), photometric="rgb", planarconfig="separate"
    ),
    "lossy.webp": lambda: webp(False, quality=90),
    "lossless.webp": lambda: webp(False, lossless=True),
    "alpha.webp": lambda: webp(True, lossless=True, exact=True),
    "described.webp": lambda: webp(True, exif=files.exif(), xmp=files.XMP),
    "container.jxl": lambda: jxl(bare=False),
    "bare.jxl": lambda: jxl(bare=True),
    "camera.dng": lambda: files.dng_of("Leica"),
    "linear.dng": lambda: files.dng_of("Leica", linear=True),
}


def kept_of(found: dict[str, Any]) -> dict[str, Any]:
    """What ExifTool reads, without the file itself and what a rating changes."""
    gone = ("XMP:Rating", "XMP:XMPToolkit", "ExifTool:ExifToolVersion", "SourceFile")
    names = ("FileName", "Directory", "FileSize", "Date", "Permissions", "StripOffsets", "TileOff")
    names += ("WEBP_Flags", "ApplicationNotes")  # tell of XMP as such
    return {
        k: v
        for k, v in found.items()
        if k not in gone
        and not k.startswith(("File:", "RIFF:", "Jpeg2000:"))
        and not any(name in k for name in names)
    }


@needs_exiftool
@pytest.mark.parametrize("name", INSIDE)
def test_a_rating_changes_nothing_but_itself(name: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(INSIDE[name]())
    before, tags = open_photo(path), told(path)
    for rating in (3, 0, 5):
        rated = rate(path, rating)
        after = open_photo(path)
        assert rating_of(after.metadata) == rating == rating_of(rated.metadata)
        assert (rated.sha256, rated.size) == (after.sha256, path.stat().st_size)
        np.testing.assert_array_equal(after.pixels, before.pixels)
        found = told(path)
        assert found["XMP:Rating"] == rating
        assert found.get("ExifTool:Warning") == tags.get("ExifTool:Warning")
        assert kept_of(found) == kept_of(tags)
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(IMAGEMAGICK is None, reason="ImageMagick reads the file: apt-get install")
@pytest.mark.parametrize("name", [n for n in INSIDE if n[-3:] not in ("jxl", "dng")])
def test_another_program_sees_the_same_picture(name: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(INSIDE[name]())

    def seen() -> bytes:
        words = [str(IMAGEMAGICK), str(path), "-depth", "16", "rgba:-"]
        return subprocess.run(words, capture_output=True, check=True).stdout

    before = seen()
    rate(path, 4)
    assert seen() == before


def test_the_bytes_of_the_picture_stay(tmp_path: Path):
    data = files.described_jpeg(RGB8) + b"a video behind it" * 10
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    rate(path, 2)
    after = path.read_bytes()
    start = data.index(files.XMP) + len(files.XMP)
    assert after.endswith(data[start:])
    head = data[: data.index(b"http://ns.adobe.com/xap/1.0/\0") - 4]
    assert after.startswith(head)


def multi_picture(xmp_first: bool) -> bytes:
    """A JPEG with a second one that is found by its distance from the MPF segment."""
    first, second = files.jpeg_of(RGB8), files.jpeg_of(RGB8[::-1])
    padded = files.XMP.replace(b"<?xpacket end", b" " * 2048 + b"<?xpacket end")
    packet = files.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + padded)

    def mpf(at: int) -> bytes:
        entries = struct.pack("<IIIHH", 0x20030000, 0, 0, 0, 0)
        entries += struct.pack("<IIIHH", 0x20002, len(second), at, 0, 0)
        rows = struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, 2)
        rows += struct.pack("<HHII", 0xB002, 7, len(entries), 8 + 2 + 36 + 4)
        return files.segment(
            0xE2, b"MPF\0II*\0\x08\0\0\0" + struct.pack("<H", 3) + rows + bytes(4) + entries
        )

    parts = [packet, mpf(0)] if xmp_first else [mpf(0), packet]
    whole = files.with_segments(first, *parts)
    base = whole.index(b"MPF\0") + 4
    parts = [mpf(len(whole) - base) if part[4:8] == b"MPF\0" else part for part in parts]
    return files.with_segments(first, *parts) + second


@pytest.mark.parametrize("xmp_first", [True, False])
def test_further_pictures_of_a_jpeg_are_still_found(xmp_first: bool, tmp_path: Path):
    path = tmp_path / "a.jpg"
    path.write_bytes(multi_picture(xmp_first))
    rate(path, 5)
    with Image.open(path) as image:
        assert image.n_frames == 2  # pyright: ignore[reportAttributeAccessIssue] - MPO has it
        image.seek(1)
        second = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(second - RGB8[::-1]).mean() < 2


def test_exif_states_the_same_where_it_stated_one(tmp_path: Path):
    values = files.exif(thumbnail=False)
    rated = values.replace(struct.pack("<HHI", 0x0112, 3, 1), struct.pack("<HHI", 0x4746, 3, 1))
    path = tmp_path / "a.jpg"
    path.write_bytes(files.with_segments(files.jpeg_of(RGB8), files.segment(0xE1, rated)))
    assert rating_of(open_photo(path).metadata) == 1  # the field is one of EXIF, only moved
    rate(path, 4)
    metadata = open_photo(path).metadata
    assert rating_of(metadata) == 4
    assert rating_of(Metadata(exif=metadata.exif)) == 4


@pytest.mark.parametrize(
    ("text", "rating"),
    [("3", 3), ("4.0", 4), ("-1", 0), ("", 0), ("many", 0), ("77", 0), ("nan", 0)],
)
def test_ratings_as_others_write_them(text: str, rating: int):
    packet = files.XMP.replace(b'xmp:Rating="4"', f'xmp:Rating="{text}"'.encode())
    assert rating_of(Metadata(xmp=packet)) == rating


# ------------------------------------------------------------------ beside the photo


def raw_beside(tmp_path: Path) -> Path:
    """What only the camera writes: here a DNG under a maker's suffix."""
    path = tmp_path / "IMG_1.nef"
    path.write_bytes(files.dng_of("NIKON"))
    return path


@needs_exiftool
@pytest.mark.parametrize("there", ["", "IMG_1.xmp", "IMG_1.nef.xmp", "IMG_1.XMP"])
def test_raw_files_stay_as_the_camera_wrote_them(there: str, tmp_path: Path):
    path = raw_beside(tmp_path)
    before = path.read_bytes()
    crs = b' xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure2012="+1.00"'
    noted = files.XMP.replace(b" photoshop:City", crs + b" photoshop:City")
    if there:
        (tmp_path / there).write_bytes(noted)
        assert rating_of(open_photo(path).metadata) == 4
    rate(path, 2)
    assert path.read_bytes() == before
    aside = tmp_path / (there or "IMG_1.xmp")
    assert {p.name for p in tmp_path.iterdir()} == {path.name, aside.name}
    assert told(aside)["XMP:Rating"] == 2
    photo = open_photo(path)
    assert rating_of(photo.metadata) == 2
    if there:
        assert b"Exposure2012" in aside.read_bytes(), "another program's settings stay"
        assert b"Exposure2012" not in (photo.metadata.xmp or b"")
        assert told(aside)["XMP:City"] == "München"


@pytest.mark.parametrize("suffix", ["avif", "psd"])
def test_formats_without_a_place_get_a_sidecar_of_their_own(suffix: str, tmp_path: Path):
    path = tmp_path / f"a.{suffix}"
    if suffix == "avif":
        Image.fromarray(RGB8).save(path, "AVIF", quality=90)
    else:
        path.write_bytes(files.psd_of(np.moveaxis(RGB8, -1, 0), 3))
    before = path.read_bytes()
    rate(path, 5)
    assert path.read_bytes() == before
    assert rating_of(open_photo(path).metadata) == 5
    assert (tmp_path / f"a.{suffix}.xmp").exists()


def test_settings_of_a_raw_developer_stay_in_a_dng(tmp_path: Path):
    noted = files.XMP.replace(
        b" photoshop:City",
        b' xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Tint="5" photoshop:City',
    )
    path = tmp_path / "a.dng"
    path.write_bytes(files.dng_of("Leica", more=[(700, 1, len(noted), noted, True)]))
    rate(path, 1)
    assert b'crs:Tint="5"' in path.read_bytes()[-len(noted) * 2 :]
    assert rating_of(open_photo(path).metadata) == 1


# ------------------------------------------------------------------ what goes wrong


def test_damaged_xmp_is_not_thrown_away(tmp_path: Path):
    path = tmp_path / "a.jpg"
    segment = files.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + files.XMP[:300])
    path.write_bytes(files.with_segments(files.jpeg_of(RGB8), segment))
    before = path.read_bytes()
    with pytest.raises(PhotoError, match="damaged"):
        rate(path, 3)
    assert path.read_bytes() == before


def test_a_packet_without_room_is_refused(tmp_path: Path):
    long = files.XMP.replace(b"face &amp; lips", b"x" * (65_533 - len(files.XMP) - 30))
    path = tmp_path / "a.jpg"
    packet = files.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + long)
    path.write_bytes(files.with_segments(files.jpeg_of(RGB8), packet))
    before = path.read_bytes()
    with pytest.raises(PhotoError, match="no room"):
        rate(path, 3)
    assert path.read_bytes() == before


def unwritable(path: Path, mode: int) -> bool:
    del path, mode
    return False


def test_write_protected_photos_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.png"
    path.write_bytes(files.png_of(RGB8))
    monkeypatch.setattr("os.access", unwritable)  # root may write everything
    with pytest.raises(PhotoError, match="write-protected"):
        rate(path, 3)


def test_a_sidecar_that_is_none_is_told(tmp_path: Path):
    path = raw_beside(tmp_path)
    (tmp_path / "IMG_1.xmp").write_bytes(b"no XMP")
    photo = open_photo(path)
    assert any("IMG_1.xmp is no XMP" in note for note in photo.notes)
    with pytest.raises(PhotoError, match="damaged"):
        rate(path, 3)
    assert (tmp_path / "IMG_1.xmp").read_bytes() == b"no XMP"
