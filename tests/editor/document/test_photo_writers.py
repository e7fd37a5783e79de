"""Photos that other programs wrote: cjxl, psd-tools, ImageMagick, LibRaw's DNGs, libheif, cjpeg."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np
import pytest
from PIL import Image

from editor.document import profiles
from editor.document.colour import ColourSpace
from editor.document.photo import Photo, PhotoError, decode_photo, make_pyramid, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from tests import photo_files as files

if TYPE_CHECKING:
    from pathlib import Path

CJXL, DJXL, MAGICK = (shutil.which(name) for name in ("cjxl", "djxl", "convert-im6.q16"))
needs_cjxl = pytest.mark.skipif(not CJXL or not DJXL, reason="apt-get install libjxl-tools")
needs_magick = pytest.mark.skipif(not MAGICK, reason="apt-get install imagemagick")

_ADOBE = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290)
RGB8, RGB16 = files.levels(files.picture(), 8), files.levels(files.picture(), 16)


def off(photo: Photo) -> float:
    shown = make_pyramid(photo).levels[0].astype(float)
    return float(np.abs(shown - files.picture() * 255).mean())


def made(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


# ------------------------------------------------------------------ JPEG XL


@needs_cjxl
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("distance", [0, 1])
@pytest.mark.parametrize("kind", ["plain", "alpha", "turned", "profile"])
def test_cjxl(bits: int, distance: int, kind: str, tmp_path: Path):
    rgb = files.levels(files.picture(), bits)
    data = files.png_of(rgb)
    if kind == "alpha":
        data = files.png_of(np.dstack([rgb, files.levels(files.shape(), bits)]))
    elif kind == "turned":
        data = files.described_png(files.turned_back(rgb, 6), 6)
    elif kind == "profile":
        adobe = ColourSpace.of(profiles.adobe_rgb()).from_srgb(files.picture().astype(np.float32))
        data = files.png_of(
            files.levels(adobe.astype(np.float64), bits), files.iccp(profiles.adobe_rgb())
        )
    (tmp_path / "a.png").write_bytes(data)
    made(CJXL, tmp_path / "a.png", tmp_path / "a.jxl", "-d", distance, "-e", 3)
    if kind == "profile" and not distance:
        with pytest.raises(PhotoError, match="embedded ICC profile"):
            open_photo(tmp_path / "a.jxl")
        return
    photo = open_photo(tmp_path / "a.jxl")
    assert off(photo) < (2.5 if distance else 0.3)
    assert photo.sixteen_bit == (bits == 16)
    assert (photo.alpha is not None) == (kind == "alpha")
    assert bool(photo.notes) == (kind == "profile")


@needs_cjxl
@pytest.mark.parametrize("distance", [0, 1])
@pytest.mark.parametrize("gamma", [1 / 2.2, 1 / 1.8, 1.0])
@pytest.mark.parametrize("primaries", [profiles.SRGB_PRIMARIES, _ADOBE])
def test_colours_that_a_jpeg_xl_writes_out_are_used(
    primaries: tuple[float, ...], gamma: float, distance: int, tmp_path: Path
):
    icc = profiles.rgb_profile("", primaries, profiles.gamma_curve(1 / gamma))
    values = ColourSpace.of(icc).from_srgb(files.picture().astype(np.float32))
    places = [round(v * 1e5) for v in (*primaries[6:], *primaries[:6])]
    declared = files.chunk(b"gAMA", struct.pack(">I", round(gamma * 1e5)))
    declared += files.chunk(b"cHRM", struct.pack(">8I", *places))
    stored = files.levels(np.clip(values, 0, 1).astype(np.float64), 16)
    (tmp_path / "a.png").write_bytes(files.png_of(stored, declared))
    made(CJXL, tmp_path / "a.png", tmp_path / "a.jxl", "-d", distance, "-e", 3)
    photo = open_photo(tmp_path / "a.jxl")
    assert off(photo) < (2.5 if distance else 0.3)
    assert not photo.notes


@needs_cjxl
@pytest.mark.parametrize("distance", [0, 1])
@pytest.mark.parametrize(
    "colours",
    ["RGB_EER_SRG_Rel_SRG", "RGB_DCI_DCI_Rel_DCI", "RGB_D65_202_Rel_709", "Gra_D65_Rel_g0.5"],
)
def test_colours_that_a_jpeg_xl_names_are_used(colours: str, distance: int, tmp_path: Path):
    values = files.luma() if colours.startswith("Gra") else files.picture()
    name = tmp_path / ("a.pgm" if colours.startswith("Gra") else "a.ppm")
    Image.fromarray(files.levels(values, 8)).save(name)
    made(CJXL, name, tmp_path / "a.jxl", "-d", distance, "-x", f"color_space={colours}")
    made(DJXL, tmp_path / "a.jxl", tmp_path / "b.png")  # with an ICC profile
    seen, wanted = (
        make_pyramid(open_photo(tmp_path / name)).levels[0].astype(float)
        for name in ("a.jxl", "b.png")
    )
    assert np.abs(seen - wanted).mean() < 1


@needs_cjxl
@pytest.mark.parametrize("quality", [100, 95])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("grey", [False, True])
def test_djxl_reads_what_is_written(quality: int, bits: int, grey: bool, tmp_path: Path):
    values = np.repeat(files.luma()[..., None], 3, 2) if grey else files.picture()
    pixels = files.levels(values, bits)
    photo = Photo(pixels, greyscale=grey)
    save_photo(photo, pixels, tmp_path / "a.jxl", ExportOptions(quality=quality))
    made(DJXL, tmp_path / "a.jxl", tmp_path / "a.png")
    seen = make_pyramid(open_photo(tmp_path / "a.png")).levels[0]
    assert np.abs(seen - values * 255).mean() < (0.3 if quality == 100 else 2)
    again = open_photo(tmp_path / "a.jxl")
    assert np.array_equal(again.pixels, pixels) or quality < 100
    assert np.abs(make_pyramid(again).levels[0] - values * 255).mean() < 2


# ------------------------------------------------------------------ Photoshop documents


def test_psd_tools(tmp_path: Path):
    import psd_tools

    for image in (Image.fromarray(RGB8), Image.fromarray(RGB8[..., 0])):
        psd_tools.PSDImage.frompil(image).save(tmp_path / "a.psd")
        photo = open_photo(tmp_path / "a.psd")
        np.testing.assert_array_equal(photo.pixels, np.asarray(image.convert("RGB")))


@needs_magick
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("model", ["sRGB", "CMYK"])
@pytest.mark.parametrize("suffix", ["psd", "psb", "tif"])
def test_imagemagick(depth: int, model: str, suffix: str, tmp_path: Path):
    (tmp_path / "a.png").write_bytes(files.png_of(RGB16))
    out = tmp_path / f"a.{suffix}"
    made(MAGICK, tmp_path / "a.png", "-colorspace", model, "-depth", depth, out)
    photo = open_photo(out)
    assert off(photo) < 0.5
    assert photo.sixteen_bit == (depth == 16)
    assert any("CMYK" in note for note in photo.notes) == (model == "CMYK")


def test_documents_without_a_flattened_picture_say_so():
    version = b"8BIM\x04\x21\0\0" + (13).to_bytes(4, "big") + b"\0\0\0\1\0" + bytes(9)
    data = files.psd_of(np.moveaxis(RGB8, -1, 0), 3, resources=version)
    with pytest.raises(PhotoError, match="without a flattened picture") as caught:
        decode_photo(data, None)
    assert "Maximize compatibility" in caught.value.advice


# ------------------------------------------------------------------ camera raw


@pytest.mark.parametrize(
    ("make", "pattern"), [("Canon", b"\0\1\1\2"), ("NIKON", b"\2\1\1\0"), ("SONY", b"\1\0\2\1")]
)
def test_raw_files_are_developed_and_exported(make: str, pattern: bytes, tmp_path: Path):
    path = tmp_path / f"{make}.dng"
    path.write_bytes(files.dng_of(make, pattern))
    photo = open_photo(path)
    assert photo.file_format == "RAW"
    assert photo.sixteen_bit
    assert photo.icc == profiles.prophoto()
    assert "developed" in photo.notes[0]
    small = cv2.resize(
        make_pyramid(photo).levels[0], (files.W, files.H), interpolation=cv2.INTER_AREA
    )
    assert np.abs(small - files.picture() * 255)[4:-4, 4:-4].mean() < 2
    save_photo(photo, photo.pixels, tmp_path / "out.tif", ExportOptions())
    again = open_photo(tmp_path / "out.tif")
    np.testing.assert_array_equal(again.pixels, photo.pixels)
    assert again.exif is not None
    assert make.encode() in again.exif
    assert files.CREATOR.encode() in again.exif


# ------------------------------------------------------------------ HEIF and rare JPEGs


@pytest.mark.parametrize(("mode", "bits"), [("RGB", 8), ("RGB;16", 10)])
def test_heif(mode: str, bits: int):
    heif: Any = pytest.importorskip("pillow_heif", reason="pip install pillow-heif")
    array = RGB8 if bits == 8 else RGB16
    picture = heif.from_bytes(mode, (files.W, files.H), array.tobytes())
    picture.info["exif"], picture.info["xmp"] = files.exif(), files.XMP
    buffer = io.BytesIO()
    picture.save(buffer, quality=95, chroma=444)
    photo = decode_photo(buffer.getvalue(), None)
    assert photo.file_format == "HEIF"
    assert off(photo) < 1.5
    assert photo.sixteen_bit == (bits > 8)
    assert photo.metadata.xmp == files.XMP
    assert photo.exif is not None
    assert files.MAKER_NOTE in photo.exif


def test_heif_without_its_part_names_the_next_step(monkeypatch: pytest.MonkeyPatch):
    heif: Any = pytest.importorskip("pillow_heif", reason="pip install pillow-heif")
    buffer = io.BytesIO()
    heif.from_bytes("RGB", (files.W, files.H), RGB8.tobytes()).save(buffer)
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    with pytest.raises(PhotoError, match="HEIC or HEIF") as caught:
        decode_photo(buffer.getvalue(), None)
    assert "pip install pillow-heif" in caught.value.advice


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_is_turned_by_its_container(orientation: int):
    data = files.pillow(
        files.turned_back(RGB8, orientation), "AVIF", quality=100, exif=files.exif(orientation)
    )
    photo = decode_photo(data, None)
    assert (photo.height, photo.width) == (files.H, files.W)
    assert off(photo) < 1.5


def test_jpegs_of_12_bits_and_lossless_ones():
    twelve = files.levels(files.picture(), 12)
    photo = decode_photo(bytes(imagecodecs.jpeg8_encode(twelve, 98, bitspersample=12)), None)
    assert photo.sixteen_bit
    assert off(photo) < 1
    grey = files.levels(files.luma(), 14)
    photo = decode_photo(bytes(imagecodecs.ljpeg_encode(grey, bitspersample=14)), None)
    assert photo.greyscale
    np.testing.assert_allclose(photo.pixels[..., 0] / 65535, grey / 16383, atol=1e-4)


@pytest.mark.skipif(not shutil.which("cjpeg"), reason="apt-get install libjpeg-turbo-progs")
def test_jpegs_with_arithmetic_coding(tmp_path: Path):
    Image.fromarray(RGB8).save(tmp_path / "a.ppm")
    made("cjpeg", "-arithmetic", "-quality", 95, "-outfile", tmp_path / "a.jpg", tmp_path / "a.ppm")
    assert off(open_photo(tmp_path / "a.jpg")) < 1.5
