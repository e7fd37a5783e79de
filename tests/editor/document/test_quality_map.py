from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.quality import FAIR, WEAK, light_of, masked_misfit, misfit_map, region_misfit
from editor.document.region import RegionMask
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 256
WHOLE = np.ones((SIDE, SIDE), np.float32)


def scene() -> NDArray[np.float32]:
    """Smooth blobs of light and colour, sRGB in [0, 1]."""
    noise = np.random.default_rng(0).uniform(0, 1, (SIDE, SIDE, 3)).astype(np.float32)
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), 9), np.float32)
    return np.clip(0.5 + (smooth - smooth.mean()) * 6, 0, 1)


def uint8(picture: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def halved(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    size = (SIDE // 2, SIDE // 2)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def test_a_perfect_reconstruction_misses_nothing() -> None:
    misfit = misfit_map(uint8(scene()), scene(), WHOLE)
    assert misfit.shape == (SIDE, SIDE)
    assert misfit.dtype == np.float32
    assert not misfit.flags.writeable
    assert misfit.max() < 0.01


def test_what_is_not_there_stands_out_and_the_rest_stays_clear() -> None:
    seen = scene()
    seen[100:150, 120:170] = (0.1, 0.3, 0.9)  # a blue scarf
    misfit = misfit_map(uint8(seen), scene(), WHOLE)
    assert misfit[115:135, 135:155].min() > WEAK
    assert misfit[200:, 200:].max() < 0.02


def test_grain_does_not_count_but_a_blurred_feature_does() -> None:
    photo = scene()
    grain = np.random.default_rng(1).normal(0, 0.05, photo.shape)
    assert misfit_map(uint8(photo + grain), photo, WHOLE).mean() < FAIR / 2
    blurred = np.asarray(cv2.GaussianBlur(photo, (0, 0), 12), np.float32)
    assert misfit_map(uint8(photo), blurred, WHOLE).mean() > FAIR


def test_beyond_the_photo_nothing_is_explained() -> None:
    coverage = WHOLE.copy()
    coverage[:, :40] = 0
    misfit = misfit_map(uint8(scene()), scene(), coverage)
    assert np.array_equal(misfit[:, :40], np.ones((SIDE, 40), np.float32))


def test_the_map_is_the_same_whatever_the_crops_size() -> None:
    seen = scene()
    seen[100:150, 120:170] = (0.1, 0.3, 0.9)
    large = misfit_map(uint8(seen), scene(), WHOLE)
    small = misfit_map(uint8(halved(seen)), halved(scene()), WHOLE[::2, ::2])
    assert abs(small - halved(large)).max() < 0.12


def mask(x: int, y: int, value: int = 255) -> RegionMask:
    return RegionMask(600, 500, x - 8, y - 8, np.full((17, 17), value, np.uint8))


def test_a_regions_misfit_is_the_mean_under_its_mask() -> None:
    crop = FaceCrop.from_landmarks(landmarks_at(300, 250, 150), SIDE)
    misfit = np.zeros((SIDE, SIDE), np.float32)
    inside = crop.to_photo @ [180, 60, 1]  # the badly rebuilt patch's middle, in the photo
    misfit[40:80, 160:200] = 0.8
    x, y = np.rint(inside).astype(int).tolist()
    bad, good = mask(x, y), mask(x, y + 100)
    assert region_misfit(misfit, crop, bad) == pytest.approx(0.8)
    assert region_misfit(misfit, crop, good) == 0
    assert region_misfit(misfit, crop, bad.united(good)) == pytest.approx(0.4, abs=0.05)
    faint = mask(x, y, 51)
    assert region_misfit(misfit, crop, faint.united(good)) == pytest.approx(0.8 / 6, abs=0.03)
    assert region_misfit(misfit, crop, mask(8, 8)) is None
    assert region_misfit(misfit, crop, RegionMask.empty(600, 500)) is None


def test_the_mask_may_lie_in_any_pixels() -> None:
    misfit = np.random.default_rng(2).uniform(0, 1, (64, 64)).astype(np.float32)
    alpha = np.zeros((128, 128), np.uint8)
    alpha[40:90, 30:70] = 255  # twice as fine as the crop
    twice = np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]])
    found = masked_misfit(misfit, alpha, twice)
    assert found == pytest.approx(float(misfit[20:45, 15:35].mean()), abs=0.05)


@pytest.mark.parametrize(
    ("misfit", "light"), [(0.0, "good"), (FAIR, "fair"), (WEAK - 0.01, "fair"), (WEAK, "weak")]
)
def test_three_states(misfit: float, light: str) -> None:
    assert light_of(misfit) == light
