import contextlib
import errno
import io
import os
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from editor.document.formats import jpeg, png
from editor.document.photo import Photo, PhotoError, decode_photo, make_pyramid, open_photo
from editor.document.photo_export import ExportOptions, save_photo, stored_bands
from foundation.atomic_files import atomic_write

H, W = 21, 34
RNG = np.random.default_rng(7)
RGB8 = RNG.integers(0, 256, (H, W, 3), dtype=np.uint8)
RGB16 = RNG.integers(0, 65536, (H, W, 3), dtype=np.uint16)
ALPHA16 = RNG.integers(0, 65536, (H, W), dtype=np.uint16)
ALPHA8 = RNG.integers(0, 256, (H, W), dtype=np.uint8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # pyright: ignore[reportUnknownArgumentType] - a C type
OPTIONS = ExportOptions()


def pillow(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(array: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **options)
    return buffer.getvalue()


def chunk(tag: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))


def png16(array: np.ndarray, colour_type: int, extra: bytes = b"") -> bytes:
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    header = struct.pack(">IIBBBBB", array.shape[1], array.shape[0], 16, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )  # fmt: skip


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[271] = "Maker"
    tags[315] = "Artist"
    tags[0x0112] = orientation
    tags.get_ifd(0x8769)[0x829A] = 0.01  # exposure time
    stored = Image.Exif()
    stored.load(tags.tobytes())  # Pillow writes subdirectories to TIFF only when they were read
    return stored


# ------------------------------------------------------------------ opening


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize(
    ("kind", "grey"),
    [("PNG", False), ("PNG", True), ("TIFF", False), ("TIFF", True), ("WEBP", False)],
)
def test_eight_bits_are_kept_exactly(kind: str, alpha: bool, grey: bool):
    image = Image.fromarray(RGB8[..., 0] if grey else RGB8)
    if alpha:
        image.putalpha(Image.fromarray(ALPHA8))
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    photo = decode_photo(pillow(image, kind, **options), None)
    expected = np.repeat(RGB8[..., :1], 3, 2) if grey else RGB8
    np.testing.assert_array_equal(photo.pixels, expected)
    assert photo.pixels.dtype == np.uint8
    assert photo.greyscale == grey
    assert photo.file_format == kind
    if alpha:
        np.testing.assert_array_equal(photo.alpha, ALPHA8)
    else:
        assert photo.alpha is None
    assert not photo.pixels.flags.writeable
    assert (photo.width, photo.height, photo.sixteen_bit) == (W, H, False)


def test_16_bit_png_of_every_kind_is_kept_exactly():
    grey = RGB16[..., 0]
    grey3 = np.repeat(grey[..., None], 3, 2)
    for data, pixels, alpha, is_grey in (
        (png16(grey, 0), grey3, None, True),
        (png16(RGB16, 2), RGB16, None, False),
        (png16(np.dstack([grey, ALPHA16]), 4), grey3, ALPHA16, True),
        (png16(np.dstack([RGB16, ALPHA16]), 6), RGB16, ALPHA16, False),
    ):
        photo = decode_photo(data, None)
        assert photo.sixteen_bit
        assert photo.greyscale == is_grey
        np.testing.assert_array_equal(photo.pixels, pixels)
        assert (photo.alpha is None) == (alpha is None)
        if alpha is not None:
            np.testing.assert_array_equal(photo.alpha, alpha)


def test_16_bit_tiff_of_every_kind_is_kept_exactly():
    grey = RGB16[..., 0]
    grey3 = np.repeat(grey[..., None], 3, 2)
    rgba = np.dstack([RGB16, ALPHA16])
    planes = np.moveaxis(RGB16, -1, 0)
    _, lzw = cv2.imencode(".tif", RGB16[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    for data, pixels, alpha in (
        (tiff(grey, photometric="minisblack"), grey3, None),
        (tiff(65535 - grey, photometric="miniswhite"), grey3, None),
        (tiff(RGB16, photometric="rgb", byteorder=">"), RGB16, None),
        (tiff(planes, photometric="rgb", planarconfig="separate"), RGB16, None),
        (tiff(RGB16, photometric="rgb", compression="deflate", predictor=True), RGB16, None),
        (lzw.tobytes(), RGB16, None),
        (tiff(rgba, photometric="rgb", extrasamples=["unassalpha"]), RGB16, ALPHA16),
    ):
        photo = decode_photo(data, None)
        np.testing.assert_array_equal(photo.pixels, pixels)
        assert photo.sixteen_bit
        if alpha is not None:
            np.testing.assert_array_equal(photo.alpha, alpha)


def test_premultiplied_alpha_is_divided_out():
    alpha = np.full((2, 2), 32768, np.uint16)
    pixels = np.full((2, 2, 3), 16384, np.uint16)
    data = tiff(np.dstack([pixels, alpha]), photometric="rgb", extrasamples=["assocalpha"])
    np.testing.assert_allclose(decode_photo(data, None).pixels.astype(int), 32768, atol=1)


def test_palette_images_open_as_rgb():
    image = Image.fromarray(RGB8).quantize(16)
    photo = decode_photo(pillow(image, "PNG"), None)
    np.testing.assert_array_equal(photo.pixels, np.asarray(image.convert("RGB")))
    assert decode_photo(pillow(image, "PNG", transparency=3), None).alpha is not None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_applied_once(kind: str, orientation: int):
    image = Image.fromarray(RGB8)
    options = {"lossless": True} if kind == "WEBP" else {}
    data = pillow(image, kind, exif=exif(orientation), dpi=(100, 200), **options)
    with Image.open(io.BytesIO(data)) as stored:
        stored.load()
        upright = np.asarray(ImageOps.exif_transpose(stored))
    photo = decode_photo(data, None)
    np.testing.assert_array_equal(photo.pixels, upright)
    kept = Image.Exif()
    assert photo.exif is not None
    kept.load(photo.exif)
    assert kept.get(0x0112, 1) == 1
    assert kept[315] == "Artist"
    assert float(kept.get_ifd(0x8769)[0x829A]) == pytest.approx(0.01)
    if kind != "WEBP":
        expected = (200, 100) if orientation >= 5 else (100, 200)
        assert photo.dpi == pytest.approx(expected, abs=0.1)


def test_orientation_of_16_bit_png_is_applied_once():
    body = exif(6).tobytes().removeprefix(b"Exif\0\0")
    photo = decode_photo(png16(RGB16, 2, chunk(b"eXIf", body)), None)
    np.testing.assert_array_equal(photo.pixels, np.rot90(RGB16, -1))


def test_the_thumbnail_is_dropped():
    blob = bytearray(exif(1).tobytes().removeprefix(b"Exif\0\0"))
    order = "<" if blob.startswith(b"II") else ">"
    at = struct.unpack_from(order + "I", blob, 4)[0]
    count = struct.unpack_from(order + "H", blob, at)[0]
    struct.pack_into(order + "I", blob, at + 2 + 12 * count, 8)
    data = pillow(Image.fromarray(RGB8), "JPEG", exif=b"Exif\0\0" + bytes(blob))
    kept = decode_photo(data, None).exif
    assert kept is not None
    assert struct.unpack_from(order + "I", kept, 6 + at + 2 + 12 * count)[0] == 0


def test_exif_that_cannot_be_followed_is_dropped():
    data = pillow(Image.fromarray(RGB8), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")
    assert decode_photo(data, None).exif is None


def test_the_content_decides_not_the_name(tmp_path: Path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(pillow(Image.fromarray(RGB8), "PNG"))
    assert open_photo(path).file_format == "PNG"
    assert open_photo(path).path == path


def test_the_profile_is_kept_and_a_broken_one_is_noted():
    image = Image.fromarray(RGB8)
    for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
        assert decode_photo(pillow(image, kind, icc_profile=SRGB), None).icc == SRGB
        broken = SRGB[:100] + bytes(len(SRGB) - 100)
        photo = decode_photo(pillow(image, kind, icc_profile=broken), None)
        assert photo.icc is None
        assert "profile" in photo.notes[0]
    extra = chunk(b"iCCP", b"x\0\0" + zlib.compress(SRGB))
    assert decode_photo(png16(RGB16, 2, extra), None).icc == SRGB


def test_cmyk_becomes_srgb_with_a_note():
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    for data in (pillow(image, "JPEG", quality=95), pillow(image, "TIFF")):
        photo = decode_photo(data, None)
        assert photo.pixels[4, 4, 0] > 200
        assert photo.pixels[4, 4, 1] < 60
        assert "CMYK" in photo.notes[0]
        assert photo.icc is None
    deep = np.zeros((8, 8, 4), np.uint16)
    deep[..., 3] = 65535
    assert decode_photo(tiff(deep, photometric="separated"), None).pixels.max() < 60


def test_the_first_page_and_the_first_frame_are_opened_with_a_note():
    first, second = Image.fromarray(RGB8), Image.fromarray(255 - RGB8)
    for kind in ("TIFF", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        data = pillow(first, kind, save_all=True, append_images=[second], **options)
        photo = decode_photo(data, None)
        np.testing.assert_array_equal(photo.pixels, RGB8)
        assert "first" in photo.notes[0]


def test_one_pixel_opens():
    photo = decode_photo(pillow(Image.new("RGB", (1, 1), (9, 8, 7)), "PNG"), None)
    assert photo.pixels.tolist() == [[[9, 8, 7]]]


# ------------------------------------------------------------------ what cannot be opened


def refused(data: bytes, name: str = "photo.jpg") -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        decode_photo(data, Path(name))
    assert caught.value.title.endswith(".")
    assert caught.value.advice.endswith(".")
    return caught.value


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_truncated_files_are_refused(kind: str):
    data = pillow(Image.fromarray(RGB8), kind)
    assert "damaged" in refused(data[: len(data) // 2]).title
    assert "damaged" in refused(data[:40]).title


def test_truncated_16_bit_files_are_refused():
    for data in (png16(RGB16, 2), tiff(RGB16, photometric="rgb")):
        assert "damaged" in refused(data[: len(data) // 2]).title


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "photo.jpg", "empty"),
        (b"Dear diary, this is no picture.", "photo.jpg", "no photo"),
        (b"\0\0\0\x18ftypqt  " + bytes(50), "photo.mov", "video"),
        (b"\0\0\0\x0cjP  " + bytes(50), "photo.jp2", "JPEG 2000"),
        (b"GIF89a" + bytes(50), "photo.gif", "GIF"),
        (b"II*\0\x08\0\0\0" + bytes(50), "photo.NEF", "damaged"),
        (b"II*\0\x08\0\0\0" + bytes(50), "photo.tif", "damaged"),
    ],
)
def test_other_files_say_what_they_are(data: bytes, name: str, words: str):
    assert words in refused(data, name).title


def test_signed_and_complex_tiffs_advise_16_bits():
    for dtype in (np.int16, np.complex64):
        error = refused(tiff(RGB8.astype(dtype), photometric="rgb"), "photo.tif")
        assert "measurements" in error.title
        assert "16 bits" in error.advice


def test_too_many_pixels_are_refused_before_decoding():
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    assert "900 megapixels" in refused(data).title


def test_100_megapixels_are_opened_without_a_bomb_warning(monkeypatch: pytest.MonkeyPatch):
    image = Image.new("1", (12_000, 10_000))

    def decoded(_: Image.Image, mode: str) -> NDArray[np.uint8]:
        return RGB8  # decoding takes long

    monkeypatch.setattr(jpeg, "banded", decoded)
    assert decode_photo(pillow(image, "JPEG"), None).width == W


def test_missing_files_and_folders_say_so(tmp_path: Path):
    with pytest.raises(PhotoError, match="does not exist"):
        open_photo(tmp_path / "none.jpg")
    with pytest.raises(PhotoError, match="is a folder"):
        open_photo(tmp_path)


def test_forbidden_files_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "a.jpg").write_bytes(b"x")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PhotoError, match="may read"):
        open_photo(tmp_path / "a.jpg")


_GOOD = [
    pillow(Image.fromarray(RGB8), kind, exif=exif(6), icc_profile=SRGB)
    for kind in ("JPEG", "PNG", "TIFF", "WEBP")
] + [png16(RGB16, 2), tiff(RGB16, photometric="rgb")]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_GOOD), st.data())
def test_damage_is_a_photo_error_or_harmless(data: bytes, draw: st.DataObject):
    broken = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 6))):
        at = draw.draw(st.integers(0, min(len(broken) - 1, 600)))
        broken[at] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(PhotoError):
        decode_photo(bytes(broken[: draw.draw(st.integers(1, len(broken)))]), None)


# ------------------------------------------------------------------ saving


def photos() -> list[Photo]:
    return [
        Photo(pixels, alpha, icc=SRGB)
        for pixels, alpha in ((RGB8, None), (RGB8, ALPHA8), (RGB16, None), (RGB16, ALPHA16))
    ]


@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF"])
@pytest.mark.parametrize("index", range(4))
def test_open_and_save_without_edits_is_pixel_identical(tmp_path: Path, suffix: str, index: int):
    photo = photos()[index]
    assert save_photo(photo, photo.pixels, tmp_path / f"a{suffix}", OPTIONS) == ()
    again = open_photo(tmp_path / f"a{suffix}")
    assert again.pixels.dtype == photo.pixels.dtype
    np.testing.assert_array_equal(again.pixels, photo.pixels)
    if photo.alpha is not None:
        np.testing.assert_array_equal(again.alpha, photo.alpha)
    assert (again.alpha is None) == (photo.alpha is None)
    assert again.icc == SRGB
    save_photo(again, again.pixels, tmp_path / f"b{suffix}", OPTIONS)
    assert open_photo(tmp_path / f"b{suffix}").sha256 == again.sha256


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_large_file_is_not_read_again_at_once(tmp_path: Path, suffix: str):
    noise = np.random.default_rng(0).integers(0, 65536, (900, 1000, 3), dtype=np.uint16)
    save_photo(Photo(noise), noise, tmp_path / f"a{suffix}", OPTIONS)
    bands = [band for _, band in stored_bands(tmp_path / f"a{suffix}")]
    assert max(map(len, bands)) < 300
    np.testing.assert_array_equal(np.concatenate(bands), noise)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("index", range(4))
def test_what_was_stored_is_read_again_in_bands(tmp_path: Path, suffix: str, index: int):
    photo, path = photos()[index], tmp_path / f"a{suffix}"
    save_photo(photo, photo.pixels, path, OPTIONS)
    bands = list(stored_bands(path))
    assert [top for top, _ in bands] == [0, *np.cumsum([len(band) for _, band in bands])[:-1]]
    assert all(band.dtype == photo.pixels.dtype for _, band in bands)
    np.testing.assert_array_equal(np.concatenate([band for _, band in bands]), photo.pixels)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    if suffix == ".png":
        with pytest.raises(PhotoError, match="cannot be read again"):
            list(stored_bands(path))
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(PhotoError, match="cannot be read again"):
        list(stored_bands(path))


@pytest.mark.parametrize("index", range(4))
def test_pngs_written_in_bands_are_what_opencv_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: int
):
    monkeypatch.setattr(png, "_BAND", 1000)  # a few lines
    photo = photos()[index]
    save_photo(photo, photo.pixels, tmp_path / "a.png", OPTIONS)
    read = cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED)
    assert read is not None
    np.testing.assert_array_equal(read[..., 2::-1], photo.pixels)
    assert (photo.alpha is None) == (read.shape[2] == 3)
    if photo.alpha is not None:
        np.testing.assert_array_equal(read[..., 3], photo.alpha)
    with Image.open(tmp_path / "a.png") as image:
        image.load()
        assert image.info["icc_profile"] == SRGB


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bit_files_are_not_held_in_memory(tmp_path: Path, suffix: str):
    random = np.random.default_rng(1)
    pixels = random.integers(0, 65536, (2000, 2000, 3), np.uint16)
    tracemalloc.start()
    try:
        save_photo(Photo(pixels), pixels, tmp_path / f"a{suffix}", OPTIONS)
        assert tracemalloc.get_traced_memory()[1] < 0.6 * pixels.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_grey_photos_survive_open_and_save(tmp_path: Path, suffix: str):
    for array in (RGB8[..., 0], RGB16[..., 0]):
        cv2.imwrite(str(tmp_path / f"grey{suffix}"), array)
        photo = open_photo(tmp_path / f"grey{suffix}")
        assert photo.greyscale
        save_photo(photo, photo.pixels, tmp_path / f"out{suffix}", OPTIONS)
        again = open_photo(tmp_path / f"out{suffix}")
        np.testing.assert_array_equal(again.pixels, np.repeat(array[..., None], 3, 2))


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_lossy_formats_stay_close_and_note_what_they_lose(tmp_path: Path, suffix: str):
    y, x = np.mgrid[0:64, 0:64]
    smooth = np.stack([x * 1000, y * 1000, (x + y) * 400], -1).astype(np.uint16)
    photo = Photo(smooth, np.full((64, 64), 65535, np.uint16), icc=SRGB, dpi=(240, 240))
    notes = save_photo(photo, photo.pixels, tmp_path / f"a{suffix}", OPTIONS)
    again = open_photo(tmp_path / f"a{suffix}")
    assert np.abs(again.pixels.astype(float) - smooth / 257).mean() < 3
    assert again.icc == SRGB
    assert "rounded" in notes[0]
    assert any("transparency" in note for note in notes) == (suffix == ".jpg")
    assert (again.alpha is None) == (suffix == ".jpg") or suffix == ".webp"


def test_noise_is_written_as_jpeg(tmp_path: Path):
    noise = np.random.default_rng(1).integers(0, 256, (500, 500, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    photo = open_photo(tmp_path / "noise.png")
    save_photo(photo, photo.pixels, tmp_path / "noise.jpg", ExportOptions(quality=100))
    assert open_photo(tmp_path / "noise.jpg").width == 500


def test_jpeg_keeps_full_colour_resolution(tmp_path: Path):
    photo = photos()[0]
    save_photo(photo, photo.pixels, tmp_path / "a.jpg", OPTIONS)
    with Image.open(tmp_path / "a.jpg") as image:
        assert [layer[1:3] for layer in image.layer] == [(1, 1)] * 3  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType] - JPEG only


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("keep", [True, False])
def test_metadata_is_kept_or_left_out(tmp_path: Path, suffix: str, keep: bool):
    data = pillow(Image.fromarray(RGB8), "JPEG", exif=exif(6), dpi=(240, 240))
    photo = decode_photo(data, None)
    path = tmp_path / f"a{suffix}"
    notes = save_photo(photo, photo.pixels, path, ExportOptions(keep_metadata=keep))
    again = open_photo(path)
    if not keep:
        assert again.exif is None
        assert again.dpi is None or again.dpi == (1, 1)
        return
    assert again.exif is not None
    tags = Image.Exif()
    tags.load(again.exif)
    assert tags[271] == "Maker"
    assert tags.get(0x0112, 1) == 1
    assert float(tags.get_ifd(0x8769)[0x829A]) == pytest.approx(0.01)
    assert tags[0x0131] == "Style Intervention"
    assert notes == ()
    if suffix != ".webp":
        assert again.dpi == pytest.approx((240, 240), abs=0.1)


def test_an_unknown_suffix_lists_the_formats(tmp_path: Path):
    for name in ("a.gif", "a"):
        with pytest.raises(PhotoError) as caught:
            save_photo(photos()[0], RGB8, tmp_path / name, OPTIONS)
        assert ".png" in caught.value.advice
    assert not list(tmp_path.iterdir())


def test_a_photo_too_large_for_the_format_is_refused(tmp_path: Path):
    wide = np.zeros((1, 20_000, 3), np.uint8)
    with pytest.raises(PhotoError, match="16383"):
        save_photo(Photo(wide), wide, tmp_path / "a.webp", OPTIONS)


def test_pixels_of_another_size_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="for a photo of"):
        save_photo(photos()[0], RGB8[1:], tmp_path / "a.png", OPTIONS)


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "full"), (errno.EACCES, "write-protected"), (errno.EROFS, "write-protected"),
     (errno.EIO, "cannot be written")],
)  # fmt: skip
def test_a_failed_save_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(PhotoError) as caught:
        save_photo(photos()[0], RGB8, path, OPTIONS)
    assert words in caught.value.title
    assert caught.value.advice
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_are_no_targets(tmp_path: Path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(PhotoError, match="is a folder"):
        save_photo(photos()[0], RGB8, tmp_path / "a.png", OPTIONS)
    with pytest.raises(PhotoError, match="does not exist"):
        save_photo(photos()[0], RGB8, tmp_path / "none" / "a.png", OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="POSIX only")
def test_atomic_writes_keep_links_and_permissions(tmp_path: Path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    atomic_write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA"])
def test_pictures_taller_than_a_band_are_read_whole(mode: str, tmp_path: Path):
    rows = np.random.default_rng(0).integers(0, 256, (700, 9, 4), np.uint8)
    picture = Image.fromarray(rows).convert(mode)
    picture.save(tmp_path / "tall.png")
    photo = open_photo(tmp_path / "tall.png")
    np.testing.assert_array_equal(photo.pixels, np.asarray(picture.convert("RGB")))
    if mode == "RGBA":
        np.testing.assert_array_equal(photo.alpha, rows[..., 3])


# ------------------------------------------------------------------ display


def test_the_pyramid_halves_and_shares_the_first_level():
    photo = Photo(np.zeros((1500, 2049, 3), np.uint8))
    levels = make_pyramid(photo).levels
    assert [level.shape[:2] for level in levels] == [(1500, 2049), (750, 1025), (375, 513)]
    assert np.shares_memory(levels[0], photo.pixels)
    assert not any(level.flags.writeable for level in levels)


def test_the_pyramid_of_16_bits_is_rounded():
    photo = Photo(np.array([[[0, 128, 129], [65535, 257, 32896]]], np.uint16))
    assert make_pyramid(photo).levels[0].tolist() == [[[0, 0, 1], [255, 1, 128]]]
