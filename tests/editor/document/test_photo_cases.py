"""What photographers reported of programs like this one, each kind with files made here.

``../shared/cases`` holds one file of each kind with the right value; where it lies beside the
checkout, those are opened and exported, too. Exports are read by ExifTool and ImageMagick.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from editor.document import profiles
from editor.document.colour import ColourSpace
from editor.document.formats.metadata import Metadata
from editor.document.photo import Photo, PhotoError, decode_photo, make_pyramid, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from tests import photo_files as files
from tests.editor.document.test_colour import table_profile
from tests.exif_tool import needs_exiftool, told

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BESIDE = Path(__file__).parents[4] / "shared" / "cases"
CASES = _BESIDE if _BESIDE.is_dir() else Path("/work/shared/cases")

IMAGEMAGICK = shutil.which("convert-im6.q16") or shutil.which("magick")
needs_imagemagick = pytest.mark.skipif(
    IMAGEMAGICK is None, reason="ImageMagick reads the export: apt-get install imagemagick"
)

RGB8, RGB16 = files.levels(files.picture(), 8), files.levels(files.picture(), 16)
LOOK = files.picture() * 255


def look(photo: Photo) -> NDArray[np.float64]:
    return make_pyramid(photo).levels[0].astype(float)


def off(photo: Photo) -> float:
    """Mean difference of the look from the picture's, of 255."""
    return float(np.abs(look(photo) - LOOK).mean())


def exported(
    photo: Photo, path: Path, options: ExportOptions | None = None
) -> tuple[Photo, tuple[str, ...]]:
    notes = save_photo(photo, photo.pixels, path, options or ExportOptions())
    return open_photo(path), notes


# ------------------------------------------------------------------ the files themselves

SMALL, LARGE = (130.4, 111.3, 98.0), (130.5, 111.7, 98.5)
_OPENED = {
    "F02_tiff16_lzw_planar.tif": SMALL, "F03_tiff16_lzw_orient6.tif": SMALL,
    "F04_tiff16_lzw_selection.tif": SMALL, "F07_tiff16_lzw_5ch.tif": SMALL,
    "F07_tiff16_lzw_cmyk.tif": SMALL, "F08_tiff16_zstd.tif": SMALL,
    "F09_tiff_thumbnail_first.tif": SMALL, "F10_tiff_12bit.tif": SMALL,
    "F10_tiff_lab8.tif": SMALL, "F11_jpeg_xmp_iptc.jpg": LARGE, "F11_tiff_xmp_iptc.tif": SMALL,
    "F12_jpeg_scanner_lut_profile.jpg": (131, 112, 98), "F13_jpeg_grey_gamma1.8.jpg": (116,) * 3,
    "F14_png16_cicp_pq.png": (130, 111, 98), "F14_png16_gama_linear.png": (130, 111, 98),
    "F15_jpeg_dcf_adobergb.jpg": (131, 112, 99), "F16_jpeg_copyright_sign.jpg": LARGE,
    "F17_base.png": LARGE, "F18_jpeg_trailing_data.jpg": LARGE, "F18_mpo_two_pictures.jpg": LARGE,
    "F19_png16_exif_after_idat_orient6.png": SMALL, "F19_png48_by_imagemagick_orient6.png": LARGE,
}  # fmt: skip


@pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is not beside the checkout")
@pytest.mark.parametrize("name", _OPENED)
def test_the_reported_file_looks_right_and_its_export_too(name: str, tmp_path: Path):
    photo = open_photo(CASES / name)
    for suffix in ("", ".tif", ".png"):
        if suffix:
            photo, _ = exported(photo, tmp_path / f"again{suffix}")
        mean = look(photo).reshape(-1, 3).mean(0)
        np.testing.assert_allclose(mean, _OPENED[name], atol=1)
    if photo.width in (240, 256):
        assert (photo.width, photo.height) == (240, 256)
    if "selection" in name:
        assert photo.alpha is None


# ------------------------------------------------------------------ TIFF (F02 … F10)


@needs_imagemagick
@pytest.mark.parametrize("compression", ["lzw", "zstd", "packbits", "jpegxl", "lerc", None])
@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("orientation", [1, 6])
def test_tiffs_of_every_packing_come_out_right(
    compression: str | None, planes: bool, orientation: int, tmp_path: Path
):
    if planes and compression in ("jpegxl", "lerc"):
        pytest.skip("tifffile writes these with the channels together only")
    array = files.turned_back(RGB16, orientation)
    array = np.moveaxis(array, -1, 0) if planes else array
    data = files.described_tiff(
        array, orientation, photometric="rgb", compression=compression,
        planarconfig="separate" if planes else "contig",
    )  # fmt: skip
    photo = decode_photo(data, None)
    np.testing.assert_array_equal(photo.pixels, RGB16)
    save_photo(photo, photo.pixels, tmp_path / "out.tif", ExportOptions())
    raw = subprocess.run(
        [str(IMAGEMAGICK), f"{tmp_path / 'out.tif'}[0]", "-depth", "16", "-endian", "LSB", "rgb:-"],
        capture_output=True,
        check=True,
    ).stdout
    np.testing.assert_array_equal(np.frombuffer(raw, "<u2").reshape(RGB16.shape), RGB16)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("count", [1, 3])
def test_saved_selections_are_left_out_with_a_note(bits: int, count: int):
    rgb = files.levels(files.picture(), bits)
    stored = np.dstack([rgb, *[rgb[..., :1] // 10] * count])
    data = files.tiff_of(
        stored, photometric="rgb", extrasamples=["unspecified"] * count, compression="lzw"
    )
    photo = decode_photo(data, None)
    np.testing.assert_array_equal(photo.pixels, rgb)
    assert photo.alpha is None
    assert f"({count})" in photo.notes[0]


def test_alpha_after_a_selection_is_the_alpha():
    alpha = files.levels(files.shape(), 16)
    stored = np.dstack([RGB16, RGB16[..., :1], alpha])
    data = files.tiff_of(
        stored, photometric="rgb", extrasamples=["unspecified", "unassalpha"], compression="zstd"
    )
    np.testing.assert_array_equal(decode_photo(data, None).alpha, alpha)


@pytest.mark.parametrize("kind", ["page", "pages"])
def test_previews_are_not_the_photo(kind: str, tmp_path: Path):
    path = tmp_path / "a.tif"
    small = RGB8[::4, ::4]
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(small, photometric="rgb", subfiletype=1, metadata=None)
        tiff.write(RGB8, photometric="rgb", subfiletype=0, metadata=None)
        if kind == "pages":
            tiff.write(255 - RGB8, photometric="rgb", subfiletype=0, metadata=None)
    photo = open_photo(path)
    np.testing.assert_array_equal(photo.pixels, RGB8)
    assert bool(photo.notes) == (kind == "pages")
    if kind == "pages":
        np.testing.assert_array_equal(open_photo(path, page=2).pixels, 255 - RGB8)
        with pytest.raises(PhotoError, match="3 pages"):
            open_photo(path, page=3)


@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 14, 24, 32])
def test_every_depth_fills_the_range(bits: int):
    grey = files.levels(files.luma(), bits)
    data = files.tiff_of(grey, photometric="minisblack", bitspersample=bits)
    photo = decode_photo(data, None)
    top = 255 if bits <= 8 else 65535
    expected = grey.astype(np.float64) / ((1 << bits) - 1) * top
    assert np.abs(photo.pixels[..., 0] - expected).max() <= 1
    assert photo.greyscale


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("compression", [None, "deflate"])
def test_cielab_and_cmyk_look_as_they_should(bits: int, compression: str | None):
    lab = files.tiff_of(files.lab(bits), photometric="cielab", compression=compression)
    assert off(decode_photo(lab, None)) < 0.7
    ink = files.tiff_of(files.ink(bits), photometric="separated", compression=compression)
    photo = decode_photo(ink, None)
    assert off(photo) < 0.7
    assert photo.sixteen_bit == (bits == 16)
    assert "CMYK" in photo.notes[0]


def test_offset_cielab_is_read_too():
    lab = files.lab(8)
    lab[..., 1:] ^= 0x80  # ICCLab: a and b begin at 128
    data = bytearray(files.tiff_of(lab, photometric="cielab"))
    at = struct.unpack_from("<I", data, 4)[0]
    for entry in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", data, at)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == 262:
            struct.pack_into("<H", data, entry + 8, 9)
    assert off(decode_photo(bytes(data), None)) < 0.7


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_are_mapped_and_it_is_said(dtype: type[np.floating[Any]]):
    light = files.light().astype(dtype)
    photo = decode_photo(files.tiff_of(light, photometric="rgb", compression="zstd"), None)
    assert photo.sixteen_bit
    assert off(photo) < 0.5
    assert "linear" in photo.notes[0]
    profiled = files.tiff_of(
        files.picture().astype(dtype), photometric="rgb", iccprofile=files.SRGB
    )
    assert off(decode_photo(profiled, None)) < 0.5
    bright = decode_photo(files.tiff_of(light * 100, photometric="rgb"), None)
    assert "divided" in bright.notes[0]


# ------------------------------------------------------------------ metadata (F11, F16, F19)

_KEPT = ("XMP:Rating", "XMP:Subject", "XMP:Creator")


@needs_exiftool
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif", ".jxl"])
@pytest.mark.parametrize("source", ["jpeg", "png", "tiff"])
def test_metadata_survives_in_every_format(source: str, suffix: str, tmp_path: Path):
    made = {
        "jpeg": lambda: files.described_jpeg(files.turned_back(RGB8, 6), 6),
        "png": lambda: files.described_png(files.turned_back(RGB16, 6), 6, late=True),
        "tiff": lambda: files.described_tiff(RGB16, photometric="rgb"),
    }
    path = tmp_path / f"a.{source}"
    path.write_bytes(made[source]())
    photo = open_photo(path)
    save_photo(photo, photo.pixels, tmp_path / f"b{suffix}", ExportOptions())
    old, new = told(path), told(tmp_path / f"b{suffix}")
    for tag in _KEPT:
        assert new[tag] == old[tag]
    assert new["EXIF:Artist"] == files.CREATOR
    assert new.get("EXIF:Orientation", 1) == 1
    if source != "tiff":
        assert new["EXIF:GPSLatitude"] == old["EXIF:GPSLatitude"]
        assert new["EXIF:Software"] == "Style Intervention"
        assert (new["EXIF:ExifImageWidth"], new["EXIF:ExifImageHeight"]) == (files.W, files.H)
    if suffix in (".jpg", ".png", ".tif"):
        assert new["IPTC:Keywords"] == "portrait"
        assert new["IPTC:By-line"] == files.CREATOR
        assert new["EXIF:XResolution" if suffix == ".tif" else "File:FileType"]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif", ".jxl"])
def test_packets_and_maker_notes_keep_every_byte(suffix: str, tmp_path: Path):
    photo = decode_photo(files.described_jpeg(RGB8, 1), None)
    has_iptc = suffix in (".jpg", ".png", ".tif")
    if not has_iptc:  # else it would become part of the XMP: the test below
        photo = replace(photo, metadata=replace(photo.metadata, iptc=None))
    again, _ = exported(photo, tmp_path / f"a{suffix}", ExportOptions(ai_mark=False))
    assert again.metadata.xmp == files.XMP
    assert again.metadata.iptc == (files.IPTC if has_iptc else None)
    assert again.exif is not None
    assert files.MAKER_NOTE in again.exif
    assert photo.exif is not None
    assert photo.exif.index(files.MAKER_NOTE) == again.exif.index(files.MAKER_NOTE)


def test_the_maker_note_of_a_tiff_stays_where_it_is(tmp_path: Path):
    photo = decode_photo(files.described_jpeg(RGB8, 1), None)
    save_photo(photo, photo.pixels, tmp_path / "a.tif", ExportOptions())
    save_photo(open_photo(tmp_path / "a.tif"), photo.pixels, tmp_path / "b.tif", ExportOptions())
    first, second = ((tmp_path / name).read_bytes() for name in ("a.tif", "b.tif"))
    assert first.index(files.MAKER_NOTE) == second.index(files.MAKER_NOTE)


def test_the_thumbnail_is_renewed(tmp_path: Path):
    photo = decode_photo(files.described_jpeg(RGB8, 1), None)
    old = files.jpeg_of(np.zeros((12, 16, 3), np.uint8))
    assert photo.exif is not None
    assert old not in photo.exif
    white = np.full_like(photo.pixels, 255)
    save_photo(photo, white, tmp_path / "a.jpg", ExportOptions())
    with Image.open(tmp_path / "a.jpg") as image:
        data: bytes = image.info["exif"]
    assert old not in data
    at = data.rindex(b"\xff\xd8\xff")
    assert int(decode_photo(data[at:], None).pixels.min()) > 250


@pytest.mark.parametrize("group", ["place", "camera", "all"])
@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".png"])
def test_groups_are_left_out(group: Any, suffix: str, tmp_path: Path):
    photo = decode_photo(files.described_jpeg(RGB8, 1), None)
    options = ExportOptions(leave_out=frozenset({group}))
    save_photo(photo, photo.pixels, tmp_path / f"a{suffix}", options)
    data = (tmp_path / f"a{suffix}").read_bytes()
    again = open_photo(tmp_path / f"a{suffix}")
    assert (files.MAKER_NOTE in data) == (group == "place")
    assert (b"Testmaker" in data) == (group == "place")
    assert ("München".encode() in data) == (group == "camera")
    place = struct.pack("<6I", 48, 1, 8, 1, 0, 1)
    assert (place in data) == (group == "camera")
    assert (again.exif is None) == (group == "all")
    assert again.metadata.xmp is not None  # the AI mark
    assert (b"Rating" in again.metadata.xmp) == (group != "all")


@needs_exiftool
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif", ".jxl"])
@pytest.mark.parametrize("described", [True, False])
def test_exports_carry_the_ai_mark_unless_it_is_left_off(
    suffix: str, described: bool, tmp_path: Path
):
    photo = decode_photo(files.described_jpeg(RGB8, 1), None) if described else Photo(RGB8)
    save_photo(photo, photo.pixels, tmp_path / f"a{suffix}", ExportOptions())
    found = told(tmp_path / f"a{suffix}")
    assert found["XMP:DigitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert ("XMP:Rating" in found) == described
    save_photo(photo, photo.pixels, tmp_path / f"b{suffix}", ExportOptions(ai_mark=False))
    assert "XMP:DigitalSourceType" not in told(tmp_path / f"b{suffix}")


def _iptc(*rows: tuple[int, bytes], coded: bool = True) -> bytes:
    rows = ((0, b"\0\4"), *rows)
    body = b"".join(struct.pack(">BBBH", 0x1C, 2, n, len(text)) + text for n, text in rows)
    return (b"\x1c\x01\x5a\0\x03\x1b%G" if coded else b"") + body


@needs_exiftool
@pytest.mark.parametrize("suffix", [".webp", ".avif", ".jxl"])
def test_iptc_becomes_xmp_where_there_is_no_place_for_it(suffix: str, tmp_path: Path):
    iim = _iptc(
        (5, b"A title & <more>"), (25, b"Menschen"), (25, "東京".encode()),
        (80, b"Somebody else"), (90, "München".encode()), (101, b"Deutschland"),
        (105, b"Headline\x01"), (120, b"A caption"), (116, b"(c) me"),
        (55, b"20260131"), (60, b"142530+0100"),
    )  # fmt: skip
    photo = Photo(RGB8, metadata=Metadata(iptc=iim))
    path = tmp_path / f"a{suffix}"
    notes = save_photo(photo, RGB8, path, ExportOptions())
    assert any("XMP holds it" in note for note in notes)
    found = told(path)
    assert found["XMP:Title"] == "A title & <more>"
    assert found["XMP:Subject"] == ["Menschen", "東京"]
    assert found["XMP:City"] == "München"
    assert found["XMP:Country"] == "Deutschland"
    assert found["XMP:Headline"] == "Headline"
    assert found["XMP:Description"] == "A caption"
    assert found["XMP:Rights"] == "(c) me"
    assert found["XMP:DateCreated"] == "2026:01:31 14:25:30+01:00"
    assert found["XMP:Creator"] == ["Somebody else"]
    described = decode_photo(files.described_jpeg(RGB8), None).metadata.replaced(iptc=iim)
    save_photo(Photo(RGB8, metadata=described), RGB8, path, ExportOptions())
    both = told(path)
    assert both["XMP:Creator"] != ["Somebody else"], "what XMP tells already stays"
    assert both["XMP:Rating"]
    assert both["XMP:City"] == "München"
    no_place = ExportOptions(leave_out=frozenset({"place"}), ai_mark=False)
    save_photo(photo, RGB8, path, no_place)
    found = told(path)
    assert "XMP:City" not in found
    assert found["XMP:Title"] == "A title & <more>"
    assert "XMP:DigitalSourceType" not in found


@needs_exiftool
def test_iptc_of_old_programs_is_read_in_their_alphabet(tmp_path: Path):
    iim = _iptc((90, b"M\xfcnchen"), (55, b"20260000"), (120, b"\x93so\x94"), coded=False)
    photo = Photo(RGB8, metadata=Metadata(iptc=iim))
    save_photo(photo, RGB8, tmp_path / "a.webp", ExportOptions())
    found = told(tmp_path / "a.webp")
    assert found["XMP:City"] == "München"
    assert found["XMP:Description"] == "“so”"
    assert "XMP:DateCreated" not in found


@pytest.mark.parametrize("orientation", range(2, 9))
def test_exif_of_a_png_counts_wherever_it_stands(orientation: int):
    for bits, late in ((8, True), (16, True), (16, False)):
        array = files.turned_back(files.levels(files.picture(), bits), orientation)
        photo = decode_photo(files.described_png(array, orientation, late=late), None)
        np.testing.assert_array_equal(photo.pixels, files.levels(files.picture(), bits))
        assert photo.exif is not None


def test_extended_xmp_is_kept_in_jpeg(tmp_path: Path):
    long = files.XMP.replace(b"face &amp; lips", b"x" * 90_000)
    guid = hashlib.md5(long, usedforsecurity=False).hexdigest().upper().encode()
    first = files.XMP.replace(
        b'xmp:Rating="4"',
        b'xmp:Rating="4" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="'
        + guid + b'"',
    )  # fmt: skip
    parts = [
        files.segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + guid
                      + struct.pack(">II", len(long), at) + long[at : at + 60_000])
        for at in range(0, len(long), 60_000)
    ]  # fmt: skip
    data = files.with_segments(
        files.jpeg_of(RGB8), files.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + first), *parts
    )
    photo = decode_photo(data, None)
    assert photo.metadata.extended == long
    again, _ = exported(photo, tmp_path / "a.jpg")
    assert again.metadata.extended == long
    again, notes = exported(photo, tmp_path / "a.png")
    assert "extended" in notes[0]
    assert again.metadata.xmp is not None
    assert b"HasExtended" not in again.metadata.xmp


# ------------------------------------------------------------------ colour (F12 … F15)


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff"])
def test_profiles_of_tables_in_one_direction_are_used_and_kept(kind: str, tmp_path: Path):
    tags = {k: v for k, v in profiles.tags_of(table_profile()).items() if k != b"B2A0"}
    icc = profiles.assembled(tags, b"RGB ")[:20] + b"Lab " + profiles.assembled(tags, b"RGB ")[24:]
    icc = icc[:8] + b"\x02\x40\0\0scnr" + icc[16:]
    data = {
        "jpeg": lambda: files.jpeg_of(RGB8, icc_profile=icc),
        "png": lambda: files.png_of(RGB16, files.iccp(icc)),
        "tiff": lambda: files.tiff_of(RGB16, photometric="rgb", iccprofile=icc),
    }[kind]()
    photo = decode_photo(data, None)
    assert photo.icc == icc
    assert off(photo) > 5
    again, _ = exported(photo, tmp_path / "a.tif")
    assert again.icc == icc
    space = ColourSpace.of(icc)
    values = np.random.default_rng(0).random((500, 3), np.float32) * np.float32(0.4) + np.float32(
        0.3
    )
    seen = space.to_srgb(values)
    np.testing.assert_allclose(space.to_srgb(space.from_srgb(seen)), seen, atol=0.01)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("exponent", [1.8, 2.6])
def test_grey_profiles_are_used_and_kept(kind: str, exponent: float, tmp_path: Path):
    curve = profiles.gamma_curve(exponent)
    tags = profiles.tags_of(profiles.rgb_profile("g", profiles.SRGB_PRIMARIES, curve))
    tags = {k: v for k, v in tags.items() if k[:1] not in (b"r", b"g", b"b")}
    icc = profiles.assembled(tags | {b"kTRC": curve}, b"GRAY")
    light = files.luma() ** 2.2
    stored = files.levels(light ** (1 / exponent), 8)
    photo = decode_photo(files.pillow(stored, kind, icc_profile=icc), None)
    expected = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    assert np.abs(look(photo)[..., 0] - expected).mean() < 1.5
    suffix = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif"}[kind]
    again, _ = exported(photo, tmp_path / f"a{suffix}")
    assert again.own_icc == icc
    with Image.open(tmp_path / f"a{suffix}") as image:
        assert image.mode == "L"
        assert image.info["icc_profile"] == icc
    coloured = photo.pixels.copy()
    coloured[:4, :4] = (200, 40, 40)
    save_photo(photo, coloured, tmp_path / f"b{suffix}", ExportOptions())
    with Image.open(tmp_path / f"b{suffix}") as image:
        assert image.mode == "RGB"
        assert image.info["icc_profile"] == photo.icc


@pytest.mark.parametrize("kind", ["gamma", "primaries", "p3", "pq", "hlg"])
@pytest.mark.parametrize("bits", [8, 16])
def test_colours_declared_by_chunks_are_used_and_declared_again(
    kind: str, bits: int, tmp_path: Path
):
    declared, icc = files.png_colours(kind)
    assert icc is not None
    values = ColourSpace.of(icc).from_srgb(files.picture().astype(np.float32))
    stored = files.levels(values.astype(np.float64), bits)
    photo = decode_photo(files.png_of(stored, declared), None)
    assert off(photo) < (0.3 if bits == 16 else 1.5)
    again, _ = exported(photo, tmp_path / "a.png")
    np.testing.assert_array_equal(again.pixels, stored)
    assert again.declared == photo.declared
    written = (tmp_path / "a.png").read_bytes()
    assert all(files.chunk(tag, body) in written for tag, body in photo.declared)
    assert sum(12 + len(body) for _, body in photo.declared) == len(declared)
    tagged, _ = exported(photo, tmp_path / "a.tif")
    np.testing.assert_array_equal(tagged.pixels, stored)
    assert tagged.icc == icc


def test_the_first_declaration_counts():
    srgb = files.chunk(b"sRGB", b"\0")
    gamma = files.chunk(b"gAMA", struct.pack(">I", 100_000))
    assert decode_photo(files.png_of(RGB8, srgb + gamma), None).icc is None
    icc = profiles.adobe_rgb()
    assert decode_photo(files.png_of(RGB8, gamma + files.iccp(icc)), None).icc == icc
    p3 = files.chunk(b"cICP", bytes((12, 13, 0, 1)))
    photo = decode_photo(files.png_of(RGB8, p3 + files.iccp(icc)), None)
    assert photo.icc == profiles.from_code_points(12, 13)


@pytest.mark.parametrize("suffix", [".tif", ".jpg", ".png"])
def test_adobe_rgb_marked_in_exif_is_tagged_in_the_export(suffix: str, tmp_path: Path):
    adobe = ColourSpace.of(profiles.adobe_rgb()).from_srgb(files.picture().astype(np.float32))
    data = files.with_segments(
        files.jpeg_of(files.levels(adobe.astype(np.float64), 8)),
        files.segment(0xE1, files.exif(adobe_rgb=True)),
    )
    photo = decode_photo(data, None)
    assert off(photo) < 1.2
    again, _ = exported(photo, tmp_path / f"a{suffix}")
    assert again.icc == profiles.adobe_rgb()
    assert off(again) < 1.4
    plain, _ = exported(photo, tmp_path / f"b{suffix}", ExportOptions(profile="srgb"))
    assert plain.icc is None
    assert off(plain) < 1.6
    assert plain.exif is not None
    assert b"R03" not in plain.exif


@pytest.mark.parametrize("seed", range(60))
def test_damaged_profiles_never_close_a_sound_photo(seed: int):
    rng = np.random.default_rng(seed)
    icc = bytearray((files.SRGB, profiles.adobe_rgb(), profiles.prophoto())[seed % 3])
    for _ in range(int(rng.integers(1, 10))):
        icc[int(rng.integers(0, len(icc)))] = int(rng.integers(256))
    photo = decode_photo(files.png_of(RGB8, files.iccp(bytes(icc))), None)
    np.testing.assert_array_equal(photo.pixels, RGB8)
    make_pyramid(photo)
    assert photo.icc is not None or ColourSpace.of(bytes(icc)).is_srgb


@pytest.mark.parametrize("icc", [b"nonsense", files.SRGB[:300], bytes(200)])
def test_a_profile_that_is_none_is_set_aside_with_a_note(icc: bytes):
    for data in (
        files.png_of(RGB16, files.iccp(icc)),
        files.tiff_of(RGB16, photometric="rgb", iccprofile=icc),
    ):
        photo = decode_photo(data, None)
        assert photo.icc is None
        assert "sRGB" in photo.notes[0]


# ------------------------------------------------------------------ further pictures (F18)


def test_whatever_follows_a_jpeg_is_noted():
    jpeg = files.jpeg_of(RGB8)
    video = b"\0\0\0\x18ftypmp42" + bytes(3000)
    assert "video" in decode_photo(jpeg + video, None).notes[0]
    assert "3,000 bytes" in decode_photo(jpeg + b"x" * 3000, None).notes[0]
    assert decode_photo(jpeg + bytes(3000), None).notes == ()
    gain_map = files.segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + bytes(4))
    assert "gain map" in decode_photo(files.with_segments(jpeg, gain_map) + jpeg, None).notes[0]
    pictures = files.segment(0xE2, b"MPF\0" + bytes(30))
    assert (
        "only the first" in decode_photo(files.with_segments(jpeg, pictures) + jpeg, None).notes[0]
    )


def test_an_export_does_not_claim_a_gain_map_that_is_gone(tmp_path: Path):
    packet = files.XMP.replace(
        b'xmp:Rating="4"',
        b'xmp:Rating="4" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"',
    )
    data = files.with_segments(
        files.jpeg_of(RGB8), files.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
    )
    again, _ = exported(decode_photo(data, None), tmp_path / "a.jpg")
    assert again.metadata.xmp is not None
    assert b"hdrgm:Version" not in again.metadata.xmp
    assert b"Rating" in again.metadata.xmp


# ------------------------------------------------------------------ before the work begins (F20)
