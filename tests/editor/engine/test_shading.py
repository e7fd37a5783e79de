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
from editor.engine.compositing.shading import (
    BROWS,
    NEAR,
    WIDE,
    Brows,
    grain_of,
    of_renders,
    shone,
)

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
    picture = np.asarray(0.5 * plain() + np.float32(0.02) * grain, np.float32)
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
    assert min(apart) > (2.6 if asked > 0 else 2.8)


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


def test_lighter_teal_black_brows_are_not_blue_however_little_is_asked() -> None:
    """Green was taken from them all at once, and no blue: ``photo09`` had bright blue brows."""
    picture = with_brow(np.array([0.0, 0.157, 0.165], np.float32))
    for asked in (-0.05, -0.6):
        found = drawn(picture, edit(BROWS, plain(), asked))[86, 120]
        assert found[2] < found[1] + 0.05
        assert found[0] >= picture[86, 120, 0]


def test_lighter_brows_keep_their_strands_apart_and_the_skin_between_as_it_is() -> None:
    """They were dissolved in a film of one colour."""
    picture = with_brow(np.array([0.3, 0.22, 0.17], np.float32))
    dark = (COLUMNS % 4 < 1) & (parts()[..., 2] > 0)
    picture[dark] = [0.18, 0.13, 0.1]
    found = drawn(picture, edit(BROWS, plain(), -0.6))
    light = luma(found) + DARK
    assert luma(found)[86, 120] > luma(picture)[86, 120] + 0.02
    before = (luma(picture)[86, 121] + DARK) / (luma(picture)[86, 120] + DARK)
    assert np.log(light[86, 121] / light[86, 120]) > 0.8 * np.log(before)
    between = (COLUMNS % 4 >= 2) & (parts()[..., 2] > 0)
    assert np.abs(found - picture)[between].max() < 4e-3


def test_a_brow_is_found_where_its_label_misses_it_but_shade_beside_it_is_not() -> None:
    """Labels are polygons between points of a face."""
    picture: np.ndarray = plain()
    picture[84:98, 80:160] = [0.3, 0.22, 0.17]
    shade = np.clip((ROWS - 98) / 20, 0, 1) * np.clip((136 - ROWS) / 20, 0, 1)
    picture *= (1 - 0.25 * shade * (np.abs(COLUMNS - 120) < 30))[..., None]
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.float32)
    found = drawn(picture, edit(BROWS, plain(), 0.6))
    darker = luma(picture) - luma(found)
    assert darker[95, 120] > 0.6 * darker[88, 120] > 0.01
    assert np.abs(darker[106:135]).max() < 4e-3


@pytest.mark.parametrize("asked", [0.6, -0.6])
def test_grain_between_a_brows_hairs_stays_grain(asked: float) -> None:
    """Each dark speck became a hair, and each hair specks."""
    rng = np.random.default_rng(3)
    clean = with_brow(np.array([0.3, 0.22, 0.17], np.float32))
    clean[:, 120:] = plain()[:, 120:]
    noisy = clean + np.float32(0.04) * rng.standard_normal((SIDE, SIDE, 1)).astype(np.float32)
    found = drawn(np.clip(noisy, 0, 1), edit(BROWS, plain(), asked))
    bare = (slice(84, 88), slice(130, 156))
    assert luma(found)[bare].std() < 1.25 * luma(noisy)[bare].std()


@pytest.mark.parametrize("hiding", [3, 5])
def test_hair_over_a_brow_and_a_rim_before_it_stay(hiding: int) -> None:
    picture = with_brow(np.array([0.2, 0.15, 0.1], np.float32))
    seen = parts()
    seen[70:110, 116:124] = 0
    seen[70:110, 116:124, hiding] = 1
    picture[70:110, 116:124] = 0.1
    one = replace(edit(BROWS, plain()), parts=seen)
    found = drawn(picture, one)
    assert np.abs(found - picture)[70:110, 116:124].max() < 2e-3
    assert luma(picture - found)[86, 100] > 0.02


def test_shine_in_less_light_has_the_skins_colour_and_teeth_do_not() -> None:
    """Darkened, highlights were grey patches."""
    picture = plain()
    picture[100:200, 180:240] = [0.9, 0.86, 0.85]
    one = edit(WIDE, sideways(), 1.0)
    found = drawn(picture, one)[150, 210] + DARK
    assert found[0] / found[2] > 1.1 * (0.9 + DARK) / (0.85 + DARK)
    teeth = parts()
    teeth[100:200, 180:240, 0] = 0
    beside = drawn(picture, replace(one, parts=teeth))[150, 210] + DARK
    assert beside[0] / beside[2] == pytest.approx((0.9 + DARK) / (0.85 + DARK), rel=0.01)


def test_black_stays_black_in_more_light() -> None:
    """A factor of sRGB + 0.055 alone lays a veil over it."""
    black = np.full((1, 1, 3), 0.01, np.float32)
    assert shone(black, np.full((1, 1), 1.2, np.float32)).max() < 0.03


def test_shadows_under_eyes_are_under_them_and_as_strong_there() -> None:
    """The renders darken lids above eyes most: nothing else was seen."""
    after = plain()
    after[60:118] *= np.float32(0.5)
    after[130:160] *= np.float32(0.9)
    light = of_renders(
        plain(), after, parts(), np.ones((SIDE, SIDE), np.float32), NEAR, 0.6, SKIN
    ).maps[..., 0]
    assert np.abs(light[:112]).max() < 0.02
    assert light[140, 120] < -0.2


def test_grain_is_told_from_slopes_and_hairs() -> None:
    rng = np.random.default_rng(4)
    slope = np.linspace(0.3, 0.9, 400, dtype=np.float32)[None, :, None].repeat(300, 0).repeat(3, 2)
    slope[:, ::40] *= np.float32(0.5)
    assert grain_of(np.rint(slope * 65535).astype(np.uint16)) < 2e-3
    noisy = (slope + DARK) * np.exp(0.03 * rng.standard_normal((300, 400, 1))) - DARK
    pixels = np.rint(np.clip(noisy, 0, 1) * 65535).astype(np.uint16)
    assert grain_of(pixels) == pytest.approx(0.03, rel=0.2)
