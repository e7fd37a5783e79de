"""Kinds of files that came out wrong when somebody set out to break the readers, one test each."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zlib
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pytest

from editor.document import profiles
from editor.document.colour import srgb_encoded
from editor.document.formats import raw, xmp
from editor.document.formats.decoded import Source
from editor.document.photo import PhotoError, decode_photo, make_pyramid
from editor.document.photo_export import ExportOptions, save_photo
from tests import photo_files as files
from tests.exif_tool import needs_exiftool, told

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.formats.metadata import Metadata
    from editor.document.photo import Photo

P, RGB8, RGB16 = (
    files.picture(),
    files.levels(files.picture(), 8),
    files.levels(files.picture(), 16),
)
GREY = np.repeat(files.luma()[..., None], 3, 2)
A8, A16 = files.levels(files.shape(), 8), files.levels(files.shape(), 16)
_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                 [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
_ADOBE = np.array([[2.0413690, -0.5649464, -0.3446944], [-0.9692660, 1.8760108, 0.0415560],
                   [0.0134474, -0.1183897, 1.0154096]])  # fmt: skip
ADOBE = np.clip(files.light() @ (_ADOBE @ _XYZ).T, 0, 1) ** (256 / 563)
"""The picture as values of Adobe RGB (1998)."""


def grey_light() -> NDArray[np.float64]:
    luma = files.luma()
    return np.where(luma <= 0.04045, luma / 12.92, ((luma + 0.055) / 1.055) ** 2.4)


def off(photo: Photo, wanted: NDArray[np.float64] = P, margin: int = 0) -> float:
    """Mean difference of the look, of 255, where the photo is seen and within the margin."""
    shown = make_pyramid(photo).levels[0].astype(float)
    assert shown.shape == wanted.shape
    seen = np.ones(wanted.shape[:2], bool)
    if photo.alpha is not None:
        seen = photo.alpha > np.iinfo(photo.alpha.dtype).max * 0.15
    if margin:
        seen[:margin] = seen[-margin:] = False
        seen[:, :margin] = seen[:, -margin:] = False
    return float(np.abs(shown - wanted * 255)[seen].mean())


# ------------------------------------------------------------------ TIFF


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_grey_floats(dtype: type[np.floating[Any]], white_is_zero: bool):
    light = (1 - grey_light() if white_is_zero else grey_light()).astype(dtype)
    photo = decode_photo(
        files.tiff_of(light, photometric="miniswhite" if white_is_zero else "minisblack"), None
    )
    assert photo.greyscale
    assert off(photo, GREY) < 0.5


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("grey", [False, True])
def test_floats_under_associated_alpha_are_divided_as_light(
    dtype: type[np.floating[Any]], grey: bool
):
    light = grey_light()[..., None] if grey else files.light()
    alpha = files.shape()[..., None]
    planes = np.moveaxis(np.concatenate([light * alpha, alpha], 2), -1, 0).astype(dtype)
    photo = decode_photo(
        files.tiff_of(planes, photometric="minisblack" if grey else "rgb",
                      planarconfig="separate", extrasamples=["assocalpha"], tile=(16, 16),
                      compression="deflate", predictor=3), None,
    )  # fmt: skip
    assert off(photo, GREY if grey else P) < 0.7
    assert photo.alpha is not None
    assert np.abs(photo.alpha.astype(int) - A16).max() <= 65535 / 512


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("model", ["CMYK", "Lab"])
def test_other_colour_models_under_associated_alpha(bits: int, model: str):
    stored = files.ink(bits) if model == "CMYK" else files.lab(bits)
    alpha = files.levels(files.shape(), bits)
    part = alpha / np.float64((1 << bits) - 1)
    laid = np.rint(stored * part[..., None]).astype(stored.dtype)
    if model == "Lab":
        for axis in (1, 2):
            signed = np.ascontiguousarray(stored[..., axis]).view(f"i{bits // 8}")
            laid[..., axis] = np.rint(signed * part).astype(signed.dtype).view(stored.dtype)
    photo = decode_photo(
        files.tiff_of(np.dstack([laid, alpha]), extrasamples=["assocalpha"], planarconfig="contig",
                      photometric="separated" if model == "CMYK" else "cielab"), None,
    )  # fmt: skip
    assert off(photo) < (2 if bits == 8 else 0.5)


_TABLE = np.rint(65535 * (np.arange(256) / 255) ** (563 / 256)).astype(int)
_POINTS = [(318, 5, 2, (3127, 10_000, 3290, 10_000), True),
           (319, 5, 6, (64, 100, 33, 100, 21, 100, 71, 100, 15, 100, 6, 100), True)]  # fmt: skip


@pytest.mark.parametrize("curves", [0, 1, 3])
def test_colours_that_tags_of_a_tiff_declare(curves: int, tmp_path: Path):
    tags = list(_POINTS)
    if curves:
        tags.append((301, 3, 256 * curves, tuple(_TABLE.tolist() * curves), True))
    stored = files.levels(ADOBE, 8)
    data = files.tiff_of(stored, photometric="rgb", extratags=tags)
    photo = decode_photo(data, None)
    assert off(photo) < 0.8
    save_photo(photo, photo.pixels, tmp_path / "again.tif", ExportOptions())
    again = decode_photo((tmp_path / "again.tif").read_bytes(), None)
    np.testing.assert_array_equal(again.pixels, stored)
    assert off(again) < 0.8


def test_srgb_declared_by_tags_stays_srgb():
    """ImageMagick writes these into every TIFF."""
    points = (319, 5, 6, (64, 100, 33, 100, 30, 100, 60, 100, 15, 100, 6, 100), True)
    photo = decode_photo(files.tiff_of(RGB8, photometric="rgb", extratags=[points]), None)
    assert photo.icc is None


def test_declared_colours_without_sense_are_told():
    falling = (301, 3, 256, tuple(range(255, -1, -1)), True)
    photo = decode_photo(files.tiff_of(RGB8, photometric="rgb", extratags=[falling]), None)
    assert photo.icc is None
    assert any("make no sense" in note for note in photo.notes)


# ------------------------------------------------------------------ PNG


def raw_profile(name: str, body: bytes) -> bytes:
    text = f"\n{name}\n{len(body):8}\n{body.hex()}\n".encode()
    return files.chunk(b"zTXt", f"Raw profile type {name}\0\0".encode() + zlib.compress(text))


@pytest.mark.parametrize("kind", ["prefix in eXIf", "raw profile without prefix"])
def test_exif_of_a_png_with_and_without_the_prefix_of_jpeg(kind: str):
    blob = files.exif(6)
    chunk = files.chunk(b"eXIf", blob) if kind[0] == "p" else raw_profile("exif", blob[6:])
    photo = decode_photo(files.png_of(files.turned_back(RGB16, 6), chunk), None)
    np.testing.assert_array_equal(photo.pixels, RGB16)
    assert photo.exif is not None


def test_a_profile_among_the_texts_of_a_png():
    chunk = raw_profile("icm", profiles.adobe_rgb())
    assert off(decode_photo(files.png_of(files.levels(ADOBE, 16), chunk), None)) < 0.3


def test_levels_of_video_are_widened(tmp_path: Path):
    narrow = np.rint((16 + 219 * P) * 256).astype(np.uint16)
    data = files.png_of(narrow, files.chunk(b"cICP", bytes((1, 13, 0, 0))))
    photo = decode_photo(data, None)
    assert off(photo) < 0.3
    save_photo(photo, photo.pixels, tmp_path / "wide.png", ExportOptions())
    again = decode_photo((tmp_path / "wide.png").read_bytes(), None)
    assert again.declared == ((b"cICP", bytes((1, 13, 0, 1))),)
    assert off(again) < 0.3


# ------------------------------------------------------------------ others


@pytest.mark.parametrize("comment", ["снимок".encode("cp1251"), "花嫁 ©".encode(), b"caf\xe9"])
def test_a_comment_in_any_alphabet_keeps_its_bytes(comment: bytes, tmp_path: Path):
    photo = decode_photo(files.jpeg_of(RGB8, comment=comment), None)
    for suffix in (".jpg", ".png"):
        save_photo(photo, photo.pixels, tmp_path / f"a{suffix}", ExportOptions())
    assert files.segment(0xFE, comment) in (tmp_path / "a.jpg").read_bytes()
    again = decode_photo((tmp_path / "a.png").read_bytes(), None)
    assert len(dict(again.metadata.text)["Comment"]) > 2


def test_photoshop_documents_of_light():
    grey = decode_photo(files.psd_of(grey_light().astype(np.float32)[None], 1), None)
    assert off(grey, GREY) < 0.5
    alpha = files.shape()[..., None]
    laid = files.light() * alpha + 1 - alpha
    planes = np.moveaxis(np.concatenate([laid, alpha], 2), -1, 0).astype(np.float32)
    assert off(decode_photo(files.psd_of(planes, 3, alpha=True), None)) < 0.5


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (files.psd_of(np.moveaxis(RGB8, -1, 0), 7), "spot colours"),
        (bytes(imagecodecs.jpegls_encode(RGB8)), "JPEG-LS"),
    ],
)
def test_sound_files_of_other_kinds_are_named(data: bytes, words: str):
    with pytest.raises(PhotoError, match=words):
        decode_photo(data, None)


@pytest.mark.skipif(not shutil.which("cjxl"), reason="apt-get install libjxl-tools")
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_jpeg_packed_as_jpeg_xl_keeps_its_profile(orientation: int, tmp_path: Path):
    profile = files.segment(0xE2, b"ICC_PROFILE\0\1\1" + profiles.adobe_rgb())
    stored = files.turned_back(files.levels(ADOBE, 8), orientation)
    jpeg = files.with_segments(files.described_jpeg(stored, orientation), profile)
    (tmp_path / "a.jpg").write_bytes(jpeg)
    subprocess.run(["cjxl", tmp_path / "a.jpg", tmp_path / "a.jxl"], check=True)
    photo = decode_photo((tmp_path / "a.jxl").read_bytes(), None)
    assert off(photo) < 1.2
    assert photo.icc == profiles.adobe_rgb()
    assert photo.metadata.xmp == files.XMP


# ------------------------------------------------------------------ camera raw


_CROP = [(50719, 4, 2, (16, 8), True), (50720, 4, 2, (160, 120), True)]
_LARGE = np.kron(P, np.ones((4, 4, 1)))


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_dng_is_cropped_and_turned_as_it_says(linear: bool, orientation: int):
    data = files.dng_of("Canon", linear=linear, more=[*_CROP, (274, 3, 1, orientation, True)])
    wanted = _LARGE[8:128, 16:176]
    turned = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}[orientation]
    photo = decode_photo(data, None)
    assert off(photo, files.turned_back(wanted, turned), margin=4) < 1.2


@pytest.mark.parametrize("linear", [False, True])
def test_a_dng_is_as_bright_as_its_white_level_says(linear: bool):
    """LibRaw would take the brightest pixel for white, where that is above three quarters."""
    scene = files.light() / files.light().max() * 0.85
    bright = scene.repeat(4, axis=0).repeat(4, axis=1)
    photo = decode_photo(files.dng_of("Canon", linear=linear, scene=bright), None)
    encoded = srgb_encoded(bright.astype(np.float32).reshape(len(bright), -1))
    encoded = encoded.reshape(bright.shape).astype(np.float64)
    assert off(photo, encoded, margin=4) < 1.2


def test_what_a_raw_developer_noted_is_not_taken_along():
    noted = files.XMP.replace(
        b' photoshop:City', b' xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" '
        b'crs:Exposure2012="+2.00" crs:HasSettings="True" photoshop:City'
    )  # fmt: skip
    photo = decode_photo(files.dng_of("Canon", more=[(700, 1, len(noted), noted, True)]), None)
    assert photo.metadata.xmp is not None
    assert b"Exposure2012" not in photo.metadata.xmp
    assert xmp.value(photo.metadata.xmp, xmp.XMP, "Rating") == "4"
    assert any("not applied" in note for note in photo.notes)


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def _structure(rows: list[tuple[int, int, int, bytes]]) -> bytes:
    """A TIFF structure of one directory: tag, type, count, value."""
    at, body, fields = 8 + 2 + 12 * len(rows) + 4, b"", b""
    for tag, kind, count, value in rows:
        shown = value.ljust(4, b"\0")
        if len(value) > 4:
            shown, body = struct.pack("<I", at + len(body)), body + value
        fields += struct.pack("<HHI", tag, kind, count) + shown
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(rows)) + fields + bytes(4) + body


def cr3() -> bytes:
    """The boxes of a Canon CR3 without its pictures."""
    parts = (
        (b"CMT1", [(271, 2, 6, b"Canon\0"), (272, 2, 13, b"Canon EOS R5\0"),
                   (315, 2, 7, "Jörg\0\0".encode())]),
        (b"CMT2", [(0x829A, 5, 1, struct.pack("<II", 1, 125)),
                   (0x9003, 2, 20, b"2024:05:06 07:08:09\0")]),
        (b"CMT4", [(1, 2, 2, b"N\0"), (2, 5, 3, struct.pack("<6I", 48, 1, 8, 1, 0, 1))]),
    )  # fmt: skip
    inner = b"".join(_box(name, _structure(rows)) for name, rows in parts)
    moov = _box(b"moov", _box(b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + inner))
    packet = _box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + files.XMP)
    return _box(b"ftyp", b"crx \0\0\0\1crx isom") + moov + packet + _box(b"mdat", bytes(16))


def metadata_of(data: bytes) -> Metadata:
    return raw.packets(Source(io.BytesIO(data), len(data), "photo"))


@needs_exiftool
def test_a_cr3_tells_what_exiftool_reads_of_it(tmp_path: Path):
    (tmp_path / "a.cr3").write_bytes(cr3())
    before = told(tmp_path / "a.cr3")
    metadata = metadata_of(cr3())
    assert metadata.xmp == files.XMP
    (tmp_path / "a.jpg").write_bytes(
        files.with_segments(files.jpeg_of(RGB8), files.segment(0xE1, metadata.exif or b""))
    )
    after = told(tmp_path / "a.jpg")
    names = ("Make", "Model", "Artist", "ExposureTime", "DateTimeOriginal", "GPSLatitude")
    for name in names:
        assert after[f"EXIF:{name}"] == before[f"EXIF:{name}"], name
    assert before["EXIF:Model"] == "Canon EOS R5"


@pytest.mark.parametrize("cut", [20, 60, 150, 260])
def test_a_cr3_that_is_cut_short_tells_what_is_left(cut: int):
    whole = metadata_of(cr3())
    try:
        found = metadata_of(cr3()[:cut])
    except ValueError:  # the reader says “damaged”
        return
    assert found.exif in (None, whole.exif) or len(found.exif or b"") < len(whole.exif or b"")


def test_an_rw2_tells_what_its_preview_tells():
    preview = files.described_jpeg(RGB8)
    data = b"IIU\0" + _structure([(0x2E, 7, len(preview), preview)])[4:]
    metadata = metadata_of(data)
    assert metadata.exif == files.exif()
    assert metadata.xmp == files.XMP
