"""Where photos may be read from and written to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import tifffile

from editor.document.photo import Photo, PhotoError, open_photo
from editor.document.photo_export import ExportOptions, check_export, save_photo
from editor.document.photo_source import stated_size_of
from tests import photo_files as files

if TYPE_CHECKING:
    from pathlib import Path

RGB8 = files.levels(files.picture(), 8)


def test_exports_that_cannot_succeed_are_refused_at_once(tmp_path: Path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(files.png_of(RGB8))
    check_export(tmp_path / "out.png", (10, 10), [photo])
    other = tmp_path / "link.png"
    other.symlink_to(photo)
    for path, words in (
        (tmp_path / "a.bmp", "no format"),
        (tmp_path / "none" / "a.png", "does not exist"),
        (tmp_path, "no format"),
        (photo, "made from"),
        (other, "made from"),
        (tmp_path / ("x" * 300 + ".png"), None),
        (tmp_path / "a\0b.png", None),
    ):
        with pytest.raises(PhotoError, match=words):
            check_export(path, (10, 10), [photo])
    with pytest.raises(PhotoError, match="16383"):
        check_export(tmp_path / "a.webp", (20_000, 10))
    with pytest.raises(PhotoError, match="left"):
        check_export(tmp_path / "a.png", (999_999, 999_999))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX only")
def test_pipes_and_devices_are_neither_read_nor_replaced(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PhotoError):
        open_photo(tmp_path / "pipe.png")
    with pytest.raises(PhotoError, match="pipe"):
        save_photo(Photo(RGB8), RGB8, tmp_path / "pipe.png", ExportOptions())
    assert (tmp_path / "pipe.png").is_fifo()


def test_a_project_finds_a_tiff_that_begins_with_a_preview(tmp_path: Path):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(RGB8[::4, ::4], photometric="rgb", subfiletype=1, metadata=None)
        tiff.write(RGB8, photometric="rgb", subfiletype=0, metadata=None)
    assert stated_size_of(path) == (files.W, files.H)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
def test_sixteen_bits_are_refused_where_there_is_no_room_for_them(
    suffix: str, tmp_path: Path
) -> None:
    deep = ExportOptions(depth=16)
    with pytest.raises(PhotoError, match="8 bits per channel"):
        check_export(tmp_path / f"a{suffix}", (10, 10), options=deep)
    check_export(tmp_path / "a.png", (10, 10), options=deep)
