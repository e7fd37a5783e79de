"""A slice of the fuzzer of photos, and the photos that are built to cost time or memory."""

from __future__ import annotations

import contextlib
import os
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.photo import PhotoError, decode_photo, make_pyramid
from tests import photo_files as files
from tests.hostile.fuzz_photos import GOOD, MEGABYTES, attempt, damaged, hostile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def test_a_slice_of_damaged_photos_ends_as_it_should(tmp_path: Path):
    ends = [attempt(number, 1_000_000, tmp_path) for number in range(260)]
    assert [(end.number, end.detail) for end in ends if end.outcome not in GOOD] == []
    assert {end.outcome for end in ends} == set(GOOD)
    assert all(end.outcome == "opened" for end in ends if end.kind == "profile")


@pytest.mark.parametrize("name", [name for name, _ in hostile()])
def test_photos_built_to_cost_much_cost_little(name: str, tmp_path: Path):
    number = [own for own, _ in hostile()].index(name)
    end = attempt(number, 0, tmp_path)
    assert end.outcome in GOOD, end.detail
    assert end.megabytes < MEGABYTES


def test_samples_that_nobody_sees_are_not_held():
    wide = np.zeros((640, 540, 60), np.uint16)
    data = files.tiff_of(wide, photometric="minisblack", planarconfig="contig", rowsperstrip=16,
                         compression="deflate")  # fmt: skip
    photo = decode_photo(data, None)
    assert photo.pixels.shape == (640, 540, 3)
    wide = np.zeros((64, 54, 300), np.uint16)
    data = files.tiff_of(wide, photometric="minisblack", planarconfig="contig")
    with pytest.raises(PhotoError, match="300 samples"):
        decode_photo(data, None)


def test_an_avif_of_four_billion_items_is_refused_at_once():
    assert damaged(2340)[0] == "avif"
    avif = bytearray(files.pillow(files.levels(files.picture(), 8), "AVIF", exif=files.exif()))
    at = avif.index(b"iloc") + 4
    struct.pack_into(">BxxxBBI", avif, at, 2, 0, 0, 0xFFFFFFFF)
    with pytest.raises(PhotoError, match="damaged"):
        decode_photo(bytes(avif), None)


@pytest.mark.parametrize("seed", range(25))
def test_noise_behind_a_signature_is_damage(seed: int):
    rng = np.random.default_rng(seed)
    for head in (
        b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"8BPS\0\1",
        b"RIFF\xff\xff\0\0WEBP", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n", b"FUJIFILMCCD",
        b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    ):  # fmt: skip
        with contextlib.suppress(PhotoError):
            make_pyramid(decode_photo(head + rng.bytes(int(rng.integers(0, 3000))), None))
