"""Skin work on a drawn face: cheeks with pores, texture, a spot, a blotch and shine."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.document.attributes import BY_HAND
from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.blemishes import spots
from editor.engine.compositing.fold import edited_pixels, folded
from editor.engine.compositing.geometry import Level
from editor.engine.compositing.renders import RenderedEdit
from editor.engine.compositing.skin import NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 1200  # of the crop in the photo
TONE = np.array([0.78, 0.58, 0.48])
SPOT, BLOTCH, SHINE, LASH = (420, 700), (780, 720), (600, 560), (600, 420)  # x, y
PIMPLE, FRECKLES = (300, 850), tuple((x, y) for x in range(850, 1050, 40) for y in (560, 610))
BAG = 300, 500
SLIDERS = [name for name in NAMES if name not in BY_HAND]


def noise(sigma: float, seed: int) -> NDArray[np.float64]:
    grain = np.random.default_rng(seed).standard_normal((SIDE, SIDE))
    soft = np.asarray(cv2.GaussianBlur(grain, (0, 0), sigma), np.float64)
    return soft / soft.std()


def blob(at: tuple[int, int], sigma: float) -> NDArray[np.float64]:
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * sigma**2))


@cache
def face() -> Photo:
    picture = np.broadcast_to(TONE, (SIDE, SIDE, 3)).copy()
    picture += 0.012 * noise(4, 1)[..., None]  # texture
    picture += 0.008 * noise(0.5, 2)[..., None]  # pores
    picture -= blob(SPOT, 5)[..., None] * [0.2, 0.25, 0.22]
    picture -= blob(PIMPLE, 9)[..., None] * [0.0, 0.16, 0.13]  # blood lets red light pass
    for freckle in FRECKLES:
        picture -= blob(freckle, 4)[..., None] * [0.14, 0.19, 0.18]
    picture += blob(BLOTCH, 25)[..., None] * [0.04, -0.04, -0.04]
    y, x = np.mgrid[:SIDE, :SIDE]
    bag = np.exp(-(((x - BAG[0]) / 70) ** 2) - ((y - BAG[1]) / 22) ** 2)
    picture -= bag[..., None] * [0.08, 0.09, 0.08]
    picture += 0.15 * blob(SHINE, 30)[..., None]
    picture[LASH[1] - 2 : LASH[1] + 2, 450:750] = 0.1
    picture[1000:] = (0.1, 0.12, 0.3)  # a blue collar
    picture[1000:] += 0.03 * noise(4, 3)[1000:, :, None]
    return Photo((picture.clip(0, 1) * 65535).astype(np.uint16))


def region() -> RegionMask:
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    alpha[100:1100, 100:1100] = 255
    return RegionMask.from_full(alpha)


def edit(**amounts: float) -> RenderedEdit:
    crop = FaceCrop(np.zeros((68, 2)), np.array([[SIDE / 256, 0, 0], [0, SIDE / 256, 0.0]]), 256)
    grey = np.full((256, 256, 3), 0.5, np.float32)
    plain = RenderedEdit.of(crop, region(), grey, grey, still=True)
    return replace(plain, skin=tuple(amounts.items()))


def worked(**amounts: float) -> NDArray[np.float64]:
    return edited_pixels(face(), [edit(**amounts)]) / 65535


def band(picture: NDArray[np.float64], low: float, high: float) -> float:
    """Energy of the lightness between two blurs, on plain skin."""
    grey = np.asarray(picture.mean(-1), np.float64)
    fine = np.asarray(cv2.GaussianBlur(grey, (0, 0), low), np.float64) if low else grey
    part = fine - np.asarray(cv2.GaussianBlur(grey, (0, 0), high), np.float64)
    return float(part[760:960, 450:650].std())


def test_smoothness_takes_texture_and_leaves_pores_and_edges() -> None:
    before, after, rougher = (
        face().pixels / 65535,
        worked(smooth_skin=100),
        worked(smooth_skin=-100),
    )
    assert band(after, 2, 8) < 0.45 * band(before, 2, 8)
    assert 0.7 < band(after, 0, 0.6) / band(before, 0, 0.6) < 1.02
    assert band(rougher, 2, 8) > 1.3 * band(before, 2, 8)
    lash = np.s_[LASH[1], 500:700]
    np.testing.assert_allclose(after[lash], before[lash], atol=0.03)
    assert abs(after[450:1000].mean() - before[450:1000].mean()) < 0.002, "no lighter, no darker"


def test_what_is_no_skin_stays_as_it_is() -> None:
    before, after = face().pixels / 65535, worked(smooth_skin=100, even_skin=100, soften_shine=100)
    assert np.abs(after[1030:1090] - before[1030:1090]).max() < 0.01
    assert np.abs(after[700:900] - before[700:900]).max() > 0.03


def test_a_spot_is_healed_and_its_surroundings_are_not() -> None:
    before, after = face().pixels / 65535, worked(heal_blemishes=100)
    x, y = SPOT
    around = before[y - 60 : y + 60, x + 25 : x + 60].mean((0, 1))
    lack = around - before[y - 3 : y + 4, x - 3 : x + 4].mean((0, 1))
    left = around - after[y - 3 : y + 4, x - 3 : x + 4].mean((0, 1))
    assert (np.abs(left) < 0.2 * lack).all()
    plain = np.s_[760:960, 500:650]  # a few dips of its texture count as spots
    assert np.abs(after[plain] - before[plain]).mean() < 0.001
    np.testing.assert_array_equal(worked(heal_blemishes=-100), before)


def lack(picture: NDArray[np.float64], at: tuple[int, int]) -> float:
    """Of green light, against the skin around."""
    x, y = at
    return float(TONE[1] - picture[y - 3 : y + 4, x - 3 : x + 4, 1].mean())


def test_a_pimple_goes_and_freckles_stay_until_the_strength_is_high() -> None:
    before, usual, most = (
        face().pixels / 65535,
        worked(heal_blemishes=61),
        worked(heal_blemishes=100),
    )
    assert lack(usual, PIMPLE) < 0.25 * lack(before, PIMPLE)
    for freckle in FRECKLES:
        assert lack(usual, freckle) > 0.95 * lack(before, freckle)
        assert lack(most, freckle) < 0.3 * lack(before, freckle)


def test_redder_light_beside_other_light_is_no_blemish() -> None:
    pixels = np.full((300, 300, 3), (0.75, 0.6, 0.55), np.float32)
    wedge = np.array([[60, 150], [240, 90], [240, 210]], np.int32)
    lit = cv2.fillPoly(np.zeros((300, 300), np.float32), [wedge], 1.0)
    lit = cv2.GaussianBlur(lit, (0, 0), 2)[..., None]
    everywhere = np.ones((300, 300), np.float32)
    pixels -= lit * np.array([0, 0.1, 0.12], np.float32)
    found = spots(pixels, everywhere, 768.0, everywhere > 0)
    assert found.blemishes.max() == 0
    y, x = np.mgrid[:300, :300]
    pimple = np.exp(-((x - 40.0) ** 2 + (y - 40.0) ** 2) / (2 * 4**2))[..., None]
    pixels -= (pimple * [0, 0.1, 0.12]).astype(np.float32)
    found = spots(pixels, everywhere, 768.0, everywhere > 0)
    assert found.blemishes[40, 40] > 0.9
    assert found.blemishes[100:].max() == 0


def test_light_that_is_half_the_cheeks_is_as_uneven_as_it_is() -> None:
    """The tip of a nose whose colour is not quite the cheeks': it was healed to grey."""
    pixels = np.full((300, 300, 3), (0.75, 0.6, 0.55), np.float32)
    wedge = np.array([[60, 150], [240, 90], [240, 210]], np.int32)
    lit = cv2.fillPoly(np.zeros((300, 300), np.float32), [wedge], 1.0)
    lit = cv2.GaussianBlur(lit, (0, 0), 2)[..., None]
    pixels -= lit * np.array([0, 0.1, 0.12], np.float32)
    likeness = np.full((300, 300), 0.6, np.float32)
    assert spots(pixels, likeness, 768.0, likeness > 0).blemishes.max() == 0


def test_nostrils_stay_where_the_landmarks_tell_them() -> None:
    points = np.zeros((68, 2))
    points[30] = 450, 620  # the tip; the nose's lower edge is beneath it
    points[31:36] = [(390, 685), (420, 698), (450, 702), (480, 698), (510, 685)]
    hidden = replace(edit(heal_blemishes=61), crop=FaceCrop(points, edit().crop.to_photo, 256))
    before, after = face().pixels / 65535, edited_pixels(face(), [hidden]) / 65535
    assert lack(after, SPOT) == pytest.approx(lack(before, SPOT), rel=0.05), "it lies in one"
    assert lack(after, PIMPLE) < 0.25 * lack(before, PIMPLE), "it does not"


def test_a_nostril_in_dark_skin_is_no_mole() -> None:
    """It is darker in red light above all; melanin takes more of the green."""
    plain = np.full((300, 300, 3), (0.62, 0.36, 0.25), np.float32)
    y, x = np.mgrid[:300, :300]
    dark = np.exp(-((x - 150.0) ** 2 + (y - 150.0) ** 2) / (2 * 4**2))[..., None]
    everywhere = np.ones((300, 300), np.float32)
    nostril, mole = (
        plain - (dark * taken).astype(np.float32)
        for taken in ([0.25, 0.10, 0.03], [0.25, 0.17, 0.13])
    )
    found = spots(nostril, everywhere, 768.0, everywhere > 0)
    assert found.blemishes.max() == 0
    assert found.freckles.max() == 0
    assert spots(mole, everywhere, 768.0, everywhere > 0).blemishes[150, 150] > 0.9


def test_a_clicked_freckle_is_healed_alone_with_texture_from_beside_it() -> None:
    x, y = FRECKLES[4]
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(alpha, (x, y), 16, 255, -1)
    mask = RegionMask.from_full(alpha).feathered(5)
    before = face().pixels / 65535
    work = replace(edit(heal_spot=100), region=mask)
    after = edited_pixels(face(), [work]) / 65535
    assert abs(lack(after, (x, y))) < 0.15 * lack(before, (x, y))
    for other in FRECKLES[:4]:
        assert lack(after, other) == lack(before, other)
    here, plain = np.s_[y - 7 : y + 8, x - 7 : x + 8, 1], np.s_[900:915, 500:515, 1]
    assert after[here].std() > 0.5 * before[plain].std(), "no smooth patch"
    np.testing.assert_array_equal(after[alpha == 0], before[alpha == 0])
    in_tiles = edited_pixels(face(), [work], tile=7) / 65535
    assert np.abs(in_tiles - after).max() <= 1.5 / 65535
    np.testing.assert_array_equal(
        edited_pixels(face(), [replace(edit(heal_spot=-100), region=mask)]) / 65535, before
    )


def test_a_region_without_a_source_takes_the_tones_of_its_edge() -> None:
    before, after = face().pixels / 65535, worked(heal_spot=100)
    assert np.isfinite(after).all()
    assert lack(after, SPOT) < 0.5 * lack(before, SPOT)


def test_a_blotch_is_evened_and_light_stays() -> None:
    before, after = face().pixels / 65535, worked(even_skin=100)
    x, y = BLOTCH

    def redness(picture: NDArray[np.float64]) -> float:
        here, there = picture[y - 10 : y + 10, x - 10 : x + 10], picture[y - 10 : y + 10, 940:980]
        red = [part[..., 0].mean() - part[..., 1].mean() for part in (here, there)]
        return float(red[0] - red[1])

    assert redness(before) > 0.05
    assert redness(after) < 0.6 * redness(before)
    assert band(after, 2, 8) == pytest.approx(band(before, 2, 8), rel=0.1)


def test_shine_loses_its_white_light() -> None:
    x, y = SHINE
    here = np.s_[y - 6 : y + 6, x - 6 : x + 6]
    before, after, more = face().pixels / 65535, worked(soften_shine=100), worked(soften_shine=-100)
    gain = before[here].mean((0, 1)) - TONE
    assert (after[here].mean((0, 1)) - TONE < 0.65 * gain).all()
    assert (more[here].mean((0, 1)) > before[here].mean((0, 1))).all()


def test_shade_under_the_eyes_is_lifted_and_its_texture_stays() -> None:
    x, y = BAG
    here, lit = np.s_[y - 8 : y + 8, x - 30 : x + 30], np.s_[y + 60 : y + 80, x - 30 : x + 30]
    before, after = (face().pixels / 65535, worked(lighten_under_eyes=100))
    lack = before[lit].mean((0, 1)) - before[here].mean((0, 1))
    left = before[lit].mean((0, 1)) - after[here].mean((0, 1))
    assert lack[2] > 0.05
    assert (left < 0.55 * lack).all()
    assert (left > 0).all(), "it is no highlight"
    np.testing.assert_allclose(after[lit], before[lit], atol=0.01)
    fine = [p[here] - cv2.GaussianBlur(p, (0, 0), 3)[here] for p in (before, after)]
    assert fine[1].std() == pytest.approx(fine[0].std(), rel=0.05)
    np.testing.assert_array_equal(worked(lighten_under_eyes=-100), before)


def test_nothing_outside_the_region_changes_and_tiles_leave_no_trace() -> None:
    photo, work = face(), edit(**dict.fromkeys(SLIDERS, 90.0))
    whole = edited_pixels(photo, [work], tile=2000)
    outside = np.ones((SIDE, SIDE), bool)
    outside[100:1100, 100:1100] = False
    np.testing.assert_array_equal(whole[outside], photo.pixels[outside])
    in_tiles = edited_pixels(photo, [work], tile=96)
    assert np.abs(whole.astype(int) - in_tiles.astype(int)).max() <= 1


def test_the_screen_shows_what_the_export_has() -> None:
    photo, work = face(), edit(**dict.fromkeys(SLIDERS, 90.0))
    full = edited_pixels(photo, [work]).astype(np.float32)
    state = folded(photo, [work], Level(1))
    assert state is not None
    x, y, w, h = state.box
    small = np.asarray(cv2.resize(full, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA))
    difference = np.abs(small[y : y + h, x : x + w] - state.pixels) / 65535
    changed = np.abs(full - photo.pixels).mean() / 65535
    assert difference.mean() < 0.35 * changed
    assert np.percentile(difference, 99) < 0.02


def test_the_screen_and_the_export_heal_from_the_same_source() -> None:
    photo, edits = face(), list[RenderedEdit]()
    places = [*FRECKLES, PIMPLE, SPOT, (500, 900), (700, 950)]
    for at in places:
        alpha = np.zeros((SIDE, SIDE), np.uint8)
        cv2.circle(alpha, at, 16, 255, -1)
        edits.append(replace(edit(heal_spot=100), region=RegionMask.from_full(alpha)))
    full = edited_pixels(photo, edits)
    state = folded(photo, edits, Level(1))
    assert state is not None
    left, top, _, _ = state.box
    small = Level(1).window((0, 0, SIDE // 2, SIDE // 2)).cut(Photo(full)).astype(float)
    for x, y in places:
        rows, columns = slice(y // 2 - 4, y // 2 + 4), slice(x // 2 - 4, x // 2 + 4)
        here = state.pixels[rows.start - top : rows.stop - top]
        off = (here[:, columns.start - left : columns.stop - left] - small[rows, columns]) / 65535
        assert off[..., 1].std() < 0.6 * 0.012, "not the texture that the export has there"


def test_another_amount_is_another_edit() -> None:
    digests = {edit(smooth_skin=amount).digest for amount in (0, 30, 60)}
    assert len({*digests, edit(even_skin=30).digest}) == 4


def lined(**amounts: float) -> tuple[float, float, float]:
    """How deep a crease, a freckle beside it and the shade of a nose's side are afterwards."""
    y, x = np.mgrid[:SIDE, :SIDE]
    depth = 0.06 * np.exp(-(((x - 600) / 5) ** 2)) * ((y > 640) & (y < 860))
    depth += 0.06 * np.exp(-(((x - 540) / 5) ** 2) - ((y - 750) / 5) ** 2)
    depth += 0.06 * np.exp(-(((x - 200) / 70) ** 2))
    picture = np.broadcast_to(TONE, (SIDE, SIDE, 3)) - depth[..., None]
    out = edited_pixels(Photo((picture * 65535).astype(np.uint16)), [edit(**amounts)]) / 65535
    grey = np.asarray(out[..., 1], np.float64)
    plain = float(grey[750, 660])
    crease, freckle = (plain - float(grey[750, column]) for column in (600, 540))
    return crease, freckle, plain - float(grey[750, 200])


def test_age_is_in_lines_and_neither_in_freckles_nor_in_the_shape_of_a_face() -> None:
    """What was left of the renders was hardly seen: of 124 edits 32 showed nothing."""
    before, younger, older = lined(), lined(age=-60), lined(age=60)
    assert younger[0] < 0.6 * before[0]
    assert older[0] > 1.35 * before[0]
    for after, share in ((younger, 0.9), (older, 0.7)):  # texture gets softer, freckles with it
        crease, freckle, shape = (n / was - 1 for n, was in zip(after, before, strict=True))
        assert abs(freckle) < share * abs(crease)
        assert abs(shape) < 0.25


def test_texture_that_comes_out_has_no_colour() -> None:
    grain = 0.02 * np.stack([noise(2, seed) for seed in (5, 6, 7)], -1)
    photo = Photo(((TONE + grain).clip(0, 1) * 65535).astype(np.uint16))
    inner = slice(300, 900), slice(300, 900)
    spread = [
        np.asarray(np.diff(pixels[inner] / 65535, axis=-1)).std()
        for pixels in (photo.pixels, edited_pixels(photo, [edit(smooth_skin=-100)]))
    ]
    assert spread[1] == pytest.approx(spread[0], rel=0.02)


def test_a_wide_region_changes_what_was_seen_as_skin_alone() -> None:
    """Light on a face was a disc on the wall behind it, whose grey is near that of dark skin."""
    before = face().pixels / 65535
    seen = np.zeros((256, 256), np.float32)
    seen[:, :128] = 1
    lit = replace(edit(skin_light=100), trusted=seen)
    change = np.abs(edited_pixels(face(), [lit]) / 65535 - before).sum(-1)
    assert change[300:900, 150:560].mean() > 0.1
    assert change[300:900, 640:1050].max() < 1e-3, "of skin's colour, and none"
    everywhere = np.abs(worked(skin_light=100) - before).sum(-1)
    assert everywhere[300:900, 640:1050].mean() > 0.1, "where nobody looked, colours tell"
    assert everywhere[1060:1090, 200:1000].max() < 1e-3, "and a blue collar is none"


def test_a_photo_without_colours_gets_no_hue() -> None:
    grey = Photo(np.repeat(face().pixels.mean(-1, keepdims=True).astype(np.uint16), 3, -1))
    for amounts in ({"skin_tint": 100.0}, {"skin_red": -100.0}, {"skin_red": 100.0}):
        assert np.array_equal(edited_pixels(grey, [edit(**amounts)]), grey.pixels)
    lit = edited_pixels(grey, [edit(skin_light=100.0)])
    assert not np.array_equal(lit, grey.pixels)
    assert np.ptp(lit.astype(int), -1).max() <= 1
