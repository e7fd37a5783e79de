"""Pictures of where each edit lies."""

from __future__ import annotations

import numpy as np
import pytest

from editor.document.photo import Photo, make_pyramid
from editor.document.region import RegionMask
from widgets.thumbnails import thumbnail


@pytest.mark.parametrize(
    ("width", "height", "size", "y"), [(400, 300, 40, 100), (3000, 2000, 900, 500)]
)
def test_it_shows_the_region_and_dims_the_rest(width: int, height: int, size: int, y: int) -> None:
    pixels = np.full((height, width, 3), 100, np.uint8)
    pixels[y : y + size, 2 * y : 2 * y + size] = (200, 60, 20)
    alpha = np.full((size, size), 255, np.uint8)
    made = thumbnail(make_pyramid(Photo(pixels)), RegionMask(width, height, 2 * y, y, alpha), 60)
    assert made.shape == (60, 60, 3)
    assert np.abs(made[30, 30].astype(int) - (200, 60, 20)).max() <= 1
    assert np.abs(made[3, 3].astype(int) - 35).max() <= 1  # beside it
    inside = (np.abs(made.astype(int) - (200, 60, 20)).max(-1) <= 3).mean()
    assert inside == pytest.approx(1 / 1.5**2, abs=0.05)


def test_beyond_the_photo_there_is_nothing() -> None:
    photo = Photo(np.full((50, 80, 3), 90, np.uint8))
    region = RegionMask(80, 50, 0, 0, np.full((50, 20), 255, np.uint8))
    made = thumbnail(make_pyramid(photo), region, 40)
    assert not made[:, 0].any()
    assert np.abs(made[20, 20].astype(int) - 90).max() <= 1
