"""Light on skin and brows is a factor of the photo's own; of the renders it takes large patches."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.fold import edited_pixels
from editor.engine.compositing.light import DARK, luma, told_apart
from editor.engine.compositing.renders import PARTS, RenderedEdit
from editor.engine.compositing.shading import BROWS, NEAR, WIDE, Brows, of_renders, shone

SIDE = 256
SKIN = np.array([0.75, 0.55, 0.45], np.float32)
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE].astype(np.float32)


def plain(colour: np.ndarray = SKIN) -> np.ndarray:
    return np.broadcast_to(colour, (SIDE, SIDE, 3)).astype(np.float32).copy()


def parts() -> np.ndarray:
    """An eye, and above it a brow, in skin."""
    found = np.zeros((SIDE, SIDE, len(PARTS)), np.float32)
    found[120:130, 100:140, 1] = 1
    found[80:92, 80:160, 2] = 1
    found[..., 0] = 1 - found[..., 1] - found[..., 2]
    return found


def with_brow(hair: np.ndarray, skin: np.ndarray = SKIN) -> np.ndarray:
    """Strands of two pixels' width, with as much skin between them."""
    picture = plain(skin)
    strands = (COLUMNS % 4 < 2) & (parts()[..., 2] > 0)
    picture[strands] = hair
    return picture


def edit(keeps: str, after: np.ndarray, asked: float = 0.6) -> RenderedEdit:
    crop = FaceCrop(np.zeros((68, 2)), np.eye(2, 3), SIDE)
    region = RegionMask(SIDE, SIDE, 0, 0, np.full((SIDE, SIDE), 255, np.uint8))
    made = RenderedEdit.of(crop, region, plain(), after, still=True)
    return replace(made, keeps=keeps, asked=asked, parts=parts())


def drawn(picture: np.ndarray, one: RenderedEdit, tile: int = SIDE) -> np.ndarray:
    photo = Photo(np.rint(picture * 65535).astype(np.uint16))
    return np.asarray(edited_pixels(photo, [one], tile=tile), np.float32) / 65535


def sideways() -> np.ndarray:
    """A render that is lit from the left, with a patch and a red rim that are its own."""
    lit = plain() * np.linspace(1.15, 0.85, SIDE, dtype=np.float32)[:, None]
    lit[150:156, 150:156] = [0.9, 0.1, 0.1]
    return np.clip(lit, 0, 1)


def test_light_is_that_of_large_patches_and_keeps_every_hue() -> None:
    """Casts, red rims and haze of the renders were drawn into the photo."""
    rng = np.random.default_rng(1)
    grain = rng.standard_normal((SIDE, SIDE, 3)).astype(np.float32)
    picture = 0.5 * plain() + np.float32(0.02) * grain
    found = drawn(picture, edit(WIDE, sideways()))
    gain = (found + DARK) / (picture + DARK)
    lighter = gain[..., 1] > 1
    assert np.ptp(gain, -1)[lighter].max() < 2e-3, "one factor for all channels"
    even = luma(found + DARK) / luma(picture + DARK)
    assert even[128, 40] > 1.04
    assert even[128, 216] < 0.96
    assert np.abs(even - cv2.GaussianBlur(even, (0, 0), 4))[20:-20, 20:-20].max() < 0.02


def test_more_light_burns_nothing_and_less_clips_no_channel() -> None:
    light = np.full((1, 11), 1.0, np.float32)
    greys = np.linspace(0, 1, 11, dtype=np.float32)[None, :, None].repeat(3, -1)
    lit = shone(greys, light)
    assert lit.max() <= 1 + 1e-6
    assert (np.diff(lit[0, :, 0]) > 0).all(), "highlights stay apart"
    dark = shone(np.array([[[0.04, 0.02, 0.0]]], np.float32), np.array([[-1.0]], np.float32))[0, 0]
    assert dark[0] > 1.5 * dark[1] > dark[2] >= 0


def test_light_ends_at_the_faces_outline_and_in_hair() -> None:
    seen = parts()
    seen[:, 200:, 0], seen[:, 200:, 4] = 0, 1
    seen[:60, :, 0], seen[:60, :, 3] = 0, 1
    covered = np.ones((SIDE, SIDE), np.float32)
    light = of_renders(plain(), sideways(), seen, covered, WIDE, 0.6, SKIN).maps[..., 0]
    assert np.abs(light[:, 206:]).max() < 1e-3
    assert abs(light[30, 20]) < 0.02 < light[80, 20]


def test_shadows_under_eyes_leave_the_eye_as_it_is() -> None:
    """Eyes got teal and purple fringes."""
    after = plain()
    after[100:160, 80:160] *= np.array([1.2, 1.25, 1.4], np.float32)
    found = drawn(plain(), edit(NEAR, np.clip(after, 0, 1), -0.6)) - plain()
    assert np.abs(found[parts()[..., 1] > 0]).max() < 1e-4
    assert found[145, 120].min() > 0.01
    covered = np.ones((SIDE, SIDE), np.float32)
    darker = of_renders(plain(), after, parts(), covered, NEAR, 0.6, SKIN)
    assert darker.maps[..., 0].max() <= 0, "what the renders do the other way is none of it"


@pytest.mark.parametrize("asked", [0.6, -0.6])
def test_brows_of_any_colour_change_as_much_to_the_eye_and_the_skin_between_stays(
    asked: float,
) -> None:
    apart: list[float] = []
    for hair in ([0.14, 0.12, 0.12], [0.3, 0.2, 0.13], [0.5, 0.36, 0.24]):
        picture = with_brow(np.array(hair, np.float32))
        found = drawn(picture, edit(BROWS, plain(), asked))
        strands = (COLUMNS % 4 < 2) & (parts()[..., 2] > 0)
        strands &= (ROWS > 83) & (ROWS < 88) & (COLUMNS > 90) & (COLUMNS < 150)
        apart.append(float(told_apart(picture[strands], found[strands]).mean()))
        assert (luma(found[strands]) < luma(picture[strands])).all() == (asked > 0)
        assert np.abs(found - picture)[~(parts()[..., 2] > 0)].max() < 2e-3
        assert luma(found).max() < luma(picture).max() + 2e-3, "no halo"
    assert max(apart) < 1.5 * min(apart)
    assert min(apart) > (4 if asked > 0 else 2.8)


def test_lighter_black_brows_are_brown_in_cold_light_and_on_pale_skin() -> None:
    """They were grey, or glowed yellow."""
    for skin in (SKIN, np.array([0.8, 0.72, 0.72], np.float32)):
        picture = with_brow(np.array([0.15, 0.16, 0.18], np.float32), skin)
        found = drawn(picture, edit(BROWS, plain(), -1.0))[86, 120]
        assert found[0] - found[2] > picture[86, 120, 0] - picture[86, 120, 2] + 0.03
        assert found[0] < 2 * found[2], "and no orange"


def test_brows_of_a_photo_without_colours_stay_grey() -> None:
    skin = np.full(3, 0.6, np.float32)
    found = drawn(with_brow(np.full(3, 0.2, np.float32), skin), edit(BROWS, plain(skin), -0.6))
    assert np.ptp(found, -1).max() < 1e-4
    assert found[86, 120, 0] > 0.235


def test_a_blond_brow_that_is_hardly_told_from_skin_gets_darker_as_a_whole() -> None:
    picture = plain()
    brow = Brows.of(picture, parts(), SKIN, 0.6)
    assert brow.fair > 0.9
    assert luma(brow.added(picture, COLUMNS, ROWS))[86, 120] < -0.02


@pytest.mark.parametrize("keeps", [WIDE, NEAR, BROWS])
def test_tiles_join(keeps: str) -> None:
    picture, one = with_brow(np.array([0.2, 0.15, 0.1], np.float32)), edit(keeps, sideways())
    np.testing.assert_array_equal(drawn(picture, one), drawn(picture, one, tile=50))


def test_light_makes_no_step_on_skin_that_goes_on_beyond_the_region() -> None:
    """A high forehead, above the region of a face, had an arc."""
    covered = np.ones((SIDE, SIDE), np.float32)
    covered[:70] = 0
    seen = np.zeros((SIDE, SIDE, len(PARTS)), np.float32)
    seen[..., 0] = 1
    light = of_renders(plain(), sideways(), seen, covered, WIDE, 0.6, SKIN).maps[:, 40, 0]
    assert abs(light[71]) < 0.01
    assert np.abs(np.diff(light)).max() < 0.02
    assert light[150] > 0.1
