"""Size, sharpening and colours of exports, as other programs see them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from editor.document import profiles
from editor.document.colour import SRGB_ICC
from editor.document.formats.content import EditedPart
from editor.document.output_pixels import PROFILES, profile_of, resized, sharpened, size_of
from editor.document.photo import Photo, decode_photo, make_pyramid, open_photo
from editor.document.photo_export import ExportOptions, keeps_pixels, save_photo
from tests import photo_files as files
from tests.editor.document.test_colour import table_profile
from tests.editor.document.test_photo_cases import IMAGEMAGICK, needs_imagemagick
from tests.exif_tool import needs_exiftool, told

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.formats.content import Intent, ProfileChoice

RGB8, RGB16 = files.levels(files.picture(), 8), files.levels(files.picture(), 16)


def export(photo: Photo, path: Path, options: ExportOptions) -> Photo:
    save_photo(photo, photo.pixels, path, options)
    return open_photo(path)


@pytest.mark.parametrize("choice", list(PROFILES))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
@needs_imagemagick
@needs_exiftool
def test_converted_colours_look_the_same_in_another_program(
    choice: ProfileChoice, suffix: str, tmp_path: Path
) -> None:
    """Of a photo in Adobe RGB; ImageMagick brings both back to sRGB."""
    photo = Photo(RGB16, icc=profiles.adobe_rgb())
    path = tmp_path / f"a{suffix}"
    export(photo, path, ExportOptions(profile=choice, quality=100))
    found = told(path)
    name = {"photo": "Adobe", "srgb": None}.get(choice, PROFILES[choice].split()[0])
    assert (name is None) == ("ICC_Profile:ProfileDescription" not in found)
    if name is not None:
        assert name in found["ICC_Profile:ProfileDescription"]
    if suffix == ".avif":
        return  # this ImageMagick reads none
    (tmp_path / "srgb.icc").write_bytes(SRGB_ICC)
    profile = ("-profile", tmp_path / "srgb.icc") if name else ()
    words = (path, *profile, "-depth", "8", "RGB:-")
    command = [str(IMAGEMAGICK), *map(str, words)]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    seen = np.frombuffer(raw, np.uint8).reshape(RGB8.shape).astype(float)
    look = make_pyramid(photo).levels[0].astype(float)
    bound = 1.5 if suffix in (".jpg", ".webp") else 0.7
    assert float(np.abs(seen - look).mean()) < bound


@pytest.mark.parametrize("intent", ["relative", "perceptual", "saturation", "absolute"])
def test_a_profile_of_tables_is_converted_as_littlecms_does_it(
    intent: Intent, tmp_path: Path
) -> None:
    photo = Photo(RGB8, icc=table_profile())
    options = ExportOptions(profile="adobe-rgb", intent=intent)
    made = export(photo, tmp_path / "a.png", options).pixels
    numbers = {"perceptual": 0, "relative": 1, "saturation": 2, "absolute": 3}
    flags = 0 if intent == "absolute" else ImageCms.Flags.BLACKPOINTCOMPENSATION
    wanted = ImageCms.profileToProfile(
        Image.fromarray(RGB8),
        ImageCms.ImageCmsProfile(_file(table_profile())),
        ImageCms.ImageCmsProfile(_file(profiles.adobe_rgb())),
        renderingIntent=ImageCms.Intent(numbers[intent]),
        flags=ImageCms.Flags(flags),
    )
    assert wanted is not None
    assert np.abs(made.astype(int) - np.asarray(wanted)).max() <= 2


def _file(icc: bytes) -> object:
    import io

    return io.BytesIO(icc)


def test_a_converted_photo_is_converted_before_it_is_rounded(tmp_path: Path) -> None:
    """Sixteen bits to Display P3 in eight: within one level of the exact conversion."""
    deep = export(
        Photo(RGB16), tmp_path / "deep.png", ExportOptions(profile="display-p3", depth=16)
    )
    plain = export(
        Photo(RGB16), tmp_path / "plain.png", ExportOptions(profile="display-p3", depth=8)
    )
    np.testing.assert_array_equal(np.rint(deep.pixels / 257), plain.pixels)
    assert deep.icc == profile_of("display-p3")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif", ".jxl"])
@needs_exiftool
def test_size_is_what_was_asked_for_in_pixels_and_packets(suffix: str, tmp_path: Path) -> None:
    photo = decode_photo(files.described_jpeg(RGB8), None)
    path = tmp_path / f"a{suffix}"
    made = export(photo, path, ExportOptions(longest=28))
    width, height = size_of(photo.width, photo.height, 28)
    assert max(width, height) == 28
    assert (made.width, made.height) == (width, height)
    found = told(path)
    if "EXIF:ExifImageWidth" in found:
        assert (found["EXIF:ExifImageWidth"], found["EXIF:ExifImageHeight"]) == (width, height)
    assert found["XMP:Creator"]
    lossless = suffix in (".png", ".tif", ".jxl")
    off = np.abs(made.pixels.astype(float) - _reduced(photo.pixels, width, height)).mean()
    assert off < (1.5 if lossless else 4)


def _reduced(pixels: object, width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype]:
    whole = Image.fromarray(np.asarray(pixels, np.uint8))
    return np.asarray(whole.resize((width, height), Image.Resampling.BOX), float)


def test_transparent_pixels_colour_no_edge() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, :13] = (200, 30, 40)
    pixels[:, 13:] = (0, 255, 0)  # unseen
    alpha = np.zeros((40, 40), np.uint8)
    alpha[:, :13] = 255
    small, mask = resized(pixels, alpha, 10)
    assert mask is not None
    seen = mask > 0
    assert 0 < mask[:, 3].max() < 255
    np.testing.assert_array_equal(small[seen], np.broadcast_to((200, 30, 40), small[seen].shape))


def test_sharpening_raises_edges_in_lightness_only() -> None:
    pixels = np.full((600, 40, 3), (90, 60, 30), np.uint16) * np.uint16(200)
    pixels[:, 20:] *= 2
    same = sharpened(pixels, 0)
    assert same is pixels
    sharp = sharpened(pixels, 60).astype(int)
    change = sharp - pixels
    assert change[:, 20].min() > 200
    assert change[:, 19].max() < -200
    assert np.abs(change[:, :10]).max() <= 1
    assert np.ptp(change, axis=-1).max() <= 1
    assert np.ptp(change, axis=0).max() == 0, "bands leave no trace"
    most = int(np.abs(sharpened(pixels, 100).astype(int) - pixels).max())
    assert most > np.abs(change).max()


def test_only_exports_that_keep_pixels_are_said_to(tmp_path: Path) -> None:
    photo = Photo(RGB8)
    path = tmp_path / "a.png"
    assert keeps_pixels(photo, path, ExportOptions())
    assert keeps_pixels(photo, path, ExportOptions(profile="srgb", longest=10_000))
    for options in (
        ExportOptions(longest=50), ExportOptions(sharpen=1), ExportOptions(depth=16),
        ExportOptions(profile="display-p3"), ExportOptions(layers=True),
    ):  # fmt: skip
        assert not keeps_pixels(photo, path.with_suffix(".tif"), options)


def test_grey_stays_one_channel_unless_its_colours_are_converted(tmp_path: Path) -> None:
    grey = np.repeat(RGB8[..., :1], 3, 2)
    photo = Photo(grey, greyscale=True)
    export(photo, tmp_path / "a.tif", ExportOptions(sharpen=20, longest=50))
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        assert tiff.pages.first.samplesperpixel == 1
    export(photo, tmp_path / "b.tif", ExportOptions(profile="display-p3"))
    with tifffile.TiffFile(tmp_path / "b.tif") as tiff:
        assert tiff.pages.first.samplesperpixel == 3


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg", "a.jxl"])
@pytest.mark.parametrize("kind", ["plain", "alpha", "grey", "smaller"])
def test_the_edited_part_gives_the_file_that_the_whole_picture_gives(
    name: str, kind: str, tmp_path: Path
) -> None:
    photo = Photo(RGB16)
    if kind == "alpha":
        photo = Photo(RGB16, np.full(RGB16.shape[:2], 40_000, np.uint16))
    if kind == "grey":
        photo = Photo(np.repeat(RGB16[..., :1], 3, 2), greyscale=True)
    options = ExportOptions(longest=30 if kind == "smaller" else 0)
    changed = photo.pixels.copy()
    changed[7:19, 11:33] //= 2
    part = EditedPart(11, 7, changed[7:19, 11:33].copy())
    np.testing.assert_array_equal(part.over(photo.pixels), changed)
    whole, by_part = tmp_path / f"whole-{name}", tmp_path / f"part-{name}"
    save_photo(photo, changed, whole, options)
    save_photo(photo, part, by_part, options)
    assert by_part.read_bytes() == whole.read_bytes()
