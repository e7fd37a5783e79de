"""Layered TIFFs: every layer is there for other programs, and together they are the export."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import psdtags
import pytest
import tifffile

from editor.document.formats.layers import layer_of, layers_between
from editor.document.photo import Photo, decode_photo, open_photo
from editor.document.photo_export import ExportOptions, PhotoError, check_export, save_photo
from tests import photo_files as files
from tests.editor.document.test_photo_cases import IMAGEMAGICK
from tests.exif_tool import needs_exiftool, told

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Deep = NDArray[np.uint16]

needs_imagemagick = pytest.mark.skipif(
    IMAGEMAGICK is None or shutil.which("identify") is None,
    reason="ImageMagick reads the layers: apt-get install imagemagick",
)
LAYERS = ExportOptions(layers=True)


def edited(photo: Photo) -> list[tuple[str, NDArray[np.uint8 | np.uint16], NDArray[np.uint8]]]:
    """Two edits with soft masks that overlap, one with colours at the ends of the scale."""
    top = np.iinfo(photo.pixels.dtype).max
    height, width = photo.pixels.shape[:2]
    y, x = np.mgrid[:height, :width]
    states: list[tuple[str, NDArray[np.uint8 | np.uint16], NDArray[np.uint8]]] = []
    before = photo.pixels
    for name, at, shift in (("Smile +60 – ü", 0.35, 0.8), ("Lips −30", 0.6, -0.9)):
        away = np.hypot(x / width - at, y / height - 0.5) / 0.3
        mask = np.rint(255 * np.clip(1.3 - away, 0, 1)).astype(np.uint8)
        moved = before + mask[..., None] / 255 * shift * top
        after = np.clip(np.rint(moved), 0, top).astype(photo.pixels.dtype)
        states.append((name, after, mask))
        before = after
    return states


def written(photo: Photo, path: Path) -> NDArray[np.uint8 | np.uint16]:
    """The last state; the file holds all of them."""
    states = edited(photo)
    save_photo(photo, states[-1][1], path, LAYERS, layers_between(photo.pixels, states))
    return states[-1][1]


def deep(pixels: NDArray[np.uint8 | np.uint16]) -> Deep:
    return np.asarray(pixels if pixels.dtype == np.uint16 else pixels.astype("u2") * 257, "u2")


def magick(*words: object) -> bytes:
    command = [str(IMAGEMAGICK), *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize("bits", [8, 16])
@needs_imagemagick
def test_another_program_finds_all_layers_and_flattens_them_to_the_export(
    bits: int, tmp_path: Path
) -> None:
    photo = Photo(files.levels(files.picture(), bits))
    path = tmp_path / "layers.tif"
    last = deep(written(photo, path))
    listed = subprocess.run(
        ["identify", "-format", "%z %wx%h %l\n", str(path)], check=True, capture_output=True
    ).stdout.decode()
    merged, base, *above = listed.splitlines()
    size = f"{photo.width}x{photo.height}"
    assert merged.split()[:2] == ["16", size]
    assert base == f"16 {size} Photo"
    assert len(above) == 2
    assert "Lips" in above[1]
    height, width = photo.pixels.shape[:2]
    for words in ((f"{path}[0]",), (path, "-delete", "0", "-background", "none", "-flatten")):
        raw = magick(*words, "-alpha", "off", "-depth", "16", "-endian", "LSB", "RGB:-")
        flat = np.frombuffer(raw, "<u2").reshape(height, width, 3)
        np.testing.assert_array_equal(flat, last)
    with tifffile.TiffFile(path) as tiff:
        np.testing.assert_array_equal(tiff.pages.first.asarray(), last)
    np.testing.assert_array_equal(open_photo(path).pixels, last)


def test_masks_and_names_lie_in_the_layers(tmp_path: Path) -> None:
    photo = Photo(files.levels(files.picture(), 16))
    path = tmp_path / "layers.tif"
    written(photo, path)
    found = psdtags.TiffImageSourceData.fromtiff(path)
    base, smile, lips = found.layers
    np.testing.assert_array_equal(
        np.stack([np.asarray(c.data) for c in base.channels[:3]], -1), photo.pixels
    )
    assert str(smile.info[0].value) == "Smile +60 – ü"
    before, states = photo.pixels, edited(photo)
    for layer, (_, after, mask), shift in zip((smile, lips), states, (0.8, -0.9), strict=True):
        (own,) = (c.data for c in layer.channels if c.channelid == -2)
        top, left, bottom, right = layer.rectangle
        given = mask[top:bottom, left:right].astype(int) * 257
        assert own is not None
        assert (own >= given).all(), "a mask lets through what the edit takes, at least"
        aim = before[top:bottom, left:right] + shift * 65_535  # through a full mask
        within = np.all((aim > 2) & (aim < 65_533), axis=-1) | (given == 65_535)
        assert within.any()
        np.testing.assert_array_equal(own[within], given[within])
        before = after


def test_a_pixel_that_cannot_be_reached_through_its_mask_gets_a_stronger_one() -> None:
    below = np.full((1, 4, 3), 60_000, np.uint16)
    wanted = below.copy()
    wanted[0, :, 0] = (60_000, 62_000, 65_535, 0)
    layer = layer_of("x", (0, 0), below, wanted, np.array([[0, 13_107, 13_107, 0]], np.uint16))
    assert layer.mask[0].tolist() == [0, 23_681, 65_535, 65_535]
    share = layer.mask[..., None] / 65_535
    mixed = below * (1 - share) + layer.pixels * share
    np.testing.assert_array_equal(np.rint(mixed), wanted)


@needs_exiftool
def test_packets_stay_and_transparency_and_profile_too(tmp_path: Path) -> None:
    rgb = files.levels(files.picture(), 8)
    alpha = np.full(rgb.shape[:2], 128, np.uint8)
    metadata = decode_photo(files.described_jpeg(rgb), None).metadata
    photo = Photo(rgb, alpha, metadata=metadata)
    path = tmp_path / "layers.tif"
    written(photo, path)
    again = open_photo(path)
    assert again.alpha is not None
    np.testing.assert_array_equal(again.alpha, alpha.astype("u2") * 257)
    assert any("layers stay" in note for note in again.notes)
    found = told(path)
    assert "compositeWithTrainedAlgorithmicMedia" in str(found["XMP:DigitalSourceType"])
    layers = psdtags.TiffImageSourceData.fromtiff(path).layers
    clipped = psdtags.PsdClippingType.NON_BASE
    assert [layer.clipping is clipped for layer in layers] == [False, True, True]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", LAYERS),
        ("a.tif", ExportOptions(layers=True, longest=100)),
        ("a.tif", ExportOptions(layers=True, depth=8)),
        ("a.tif", ExportOptions(layers=True, profile="srgb")),
    ],
)
def test_what_cannot_have_layers_is_refused(
    name: str, options: ExportOptions, tmp_path: Path
) -> None:
    with pytest.raises(PhotoError, match="ayers"):
        check_export(tmp_path / name, (200, 200), options=options)
