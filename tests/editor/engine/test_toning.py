"""Colours change by a curve of tones, without what the renders' own hair and lips do in places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.fold import edited_pixels
from editor.engine.compositing.renders import RenderedEdit
from editor.engine.compositing.toning import (
    no_darker_than_own,
    no_lighter_than_skin,
    of_hair,
    paled,
    relit,
    whitened,
)
from editor.engine.compositing.toning import toned as toned_by

SIDE = 128
WHOLE = np.ones((4, 4), np.float32)
STEP = np.array([0.12, 0.11, 0.08], np.float32)


def toned(
    before: np.ndarray, change: np.ndarray, covered: np.ndarray, seen: float = 1.0
) -> np.ndarray:
    """Where nothing is new, of a photograph that is so light there."""
    flat = np.full((SIDE, SIDE, 3), seen, np.float32)
    return toned_by(before, change, covered, np.zeros((SIDE, SIDE), np.float32), flat)


def hair(lightness: float = 0.2) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), lightness, np.float32)


def everywhere() -> np.ndarray:
    return np.ones((SIDE, SIDE), np.float32)


def test_a_rim_changes_as_what_lies_further_in() -> None:
    covered = np.zeros((SIDE, SIDE), np.float32)
    covered[20:, 20:100] = 1
    change = np.full((SIDE, SIDE, 3), -0.2, np.float32)
    change[:, 96:104] = 0.3  # background that came where hair had been
    found = toned(hair(0.4), change, covered)
    assert np.abs(found[40:100, 96:100] + 0.2).max() < 0.03
    np.testing.assert_allclose(found[30:50, 40:80], -0.2, atol=0.01)


def test_a_patch_of_another_tint_is_not_the_photos() -> None:
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    change[50:66, 50:66] = [0.05, -0.1, 0.3]
    found = toned(hair(), change, everywhere())
    assert np.abs(found - STEP).max() < 0.04
    assert np.abs(change - STEP).max() > 0.15, "else this test shows nothing"


def test_dark_and_light_strands_change_as_the_renders_have_it() -> None:
    before = hair()
    before[:, 64:] = 0.6
    change = np.where(before > 0.4, np.float32(0.02), np.float32(0.1))
    found = toned(before, change, everywhere())
    assert found[64, 20].mean() == pytest.approx(0.1, abs=0.02)
    assert found[64, 108].mean() == pytest.approx(0.02, abs=0.02)


def test_skin_that_was_brushed_along_stays_as_the_renders_leave_it() -> None:
    """As light as the hair is: only the place tells them apart."""
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    change[:, 64:] = 0
    found = toned(hair(), change, everywhere())
    assert np.abs(found[:, 100:]).max() < 0.01
    assert found[64, 20] == pytest.approx(STEP, abs=0.02)


def test_a_lock_narrower_than_any_rim_changes_too() -> None:
    covered = np.zeros((SIDE, SIDE), np.float32)
    covered[60:64] = 1
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    np.testing.assert_allclose(toned(hair(0.3), change, covered)[61, 64], STEP, atol=0.01)


def test_no_change_is_none() -> None:
    assert not toned(hair(), np.zeros((SIDE, SIDE, 3), np.float32), everywhere()).any()
    nowhere = np.zeros((SIDE, SIDE), np.float32)
    assert np.isfinite(toned(hair(), hair(), nowhere)).all()


def test_hair_in_deep_shade_does_not_turn_to_haze() -> None:
    """Light multiplies what is there: where the photo is darker than the render, there is less."""
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    dark = toned(hair(), change, everywhere(), seen=0.03)
    assert dark.max() < 0.05
    np.testing.assert_allclose(dark[64, 64] / dark[64, 64].max(), STEP / STEP.max(), atol=0.01)
    darker = toned(hair(), -change, everywhere(), seen=0.03)
    np.testing.assert_allclose(darker[64, 64], -STEP, atol=0.01)


def test_a_dark_hairline_does_not_count_the_skin_beside_it() -> None:
    """Skin is light: with it the hair's edge would count as light hair, which changes far more."""
    before, covered = hair(0.1), np.zeros((SIDE, SIDE), np.float32)
    before[:, 64:], covered[:, :64] = 0.7, 1
    change = np.where(np.arange(SIDE)[None, :, None] < 20, np.float32(0.3), np.float32(0.02))
    before[:, :20] = 0.4  # light strands, far from the edge
    found = toned(before, np.broadcast_to(change, before.shape).copy(), covered)
    assert found[40:80, 60:64].max() < found[40:80, 45:50].min() + 0.004


def test_darker_hair_keeps_its_hue() -> None:
    seen = np.broadcast_to(np.array([0.5, 0.35, 0.2], np.float32), (4, 4, 3))
    blueish = np.broadcast_to(np.array([-0.2, -0.15, 0.0], np.float32), (4, 4, 3))
    after = seen + relit(seen, blueish, np.ones((4, 4), np.float32)) + 0.055
    ratio = after[0, 0] / (seen[0, 0] + 0.055)
    assert ratio == pytest.approx(np.full(3, ratio[0]), rel=1e-4)
    luma = np.array([0.299, 0.587, 0.114])
    assert after[0, 0] @ luma - 0.055 == pytest.approx((seen + blueish)[0, 0] @ luma, abs=0.01)


def test_black_hair_becomes_brown_and_light_hair_what_the_renders_make_of_it() -> None:
    grey = np.full((SIDE, SIDE, 3), 0.08, np.float32)
    luma = np.array([0.299, 0.587, 0.114])
    black, blonde = relit(hair(0.06), grey, everywhere()), relit(hair(0.6), grey, everywhere())
    r, g, b = black[64, 64]
    assert r > 1.2 * g > 1.4 * b
    assert black[64, 64] @ luma == pytest.approx(0.08, abs=0.002)
    np.testing.assert_allclose(blonde, grey, atol=1e-6)


def test_skin_between_the_hairs_of_a_dark_hairline_is_no_hair() -> None:
    skin = np.array([0.7, 0.55, 0.45], np.float32)
    seen = hair(0.1)
    seen[:, 100:] = skin
    seen[:, 92:100] = 0.7 * skin + 0.03  # thin hair
    covered = everywhere()
    covered[:, 104:] = 0
    found = of_hair(seen, covered, skin)[64]
    assert found[:88].min() > 0.98
    assert 0.3 < found[96] < 0.9
    assert found[102:104].max() < 0.2
    np.testing.assert_array_equal(of_hair(hair(0.6), everywhere(), skin), 1)  # blonde: not told


def test_pale_lips_go_towards_the_skin_and_never_to_grey() -> None:
    skin = np.array([0.72, 0.55, 0.45], np.float32)
    lips = np.broadcast_to(np.array([0.7, 0.4, 0.42], np.float32), (4, 4, 3))
    grey = np.broadcast_to(np.array([-0.25, 0.05, 0.05], np.float32), (4, 4, 3))
    r, g, b = (lips + paled(lips, grey, skin, WHOLE))[0, 0]
    assert r / g > skin[0] / skin[1], "as red as skin at least"
    assert r / g < lips[0, 0, 0] / lips[0, 0, 1] - 0.1, "less red than they were"
    assert b / g < lips[0, 0, 2] / lips[0, 0, 1], "and as yellow as skin"
    assert b / g > skin[2] / skin[1]


def test_lips_that_are_no_redder_than_the_skin_stay() -> None:
    skin = np.array([0.5, 0.33, 0.25], np.float32)
    lips = np.broadcast_to(np.array([0.35, 0.3, 0.33], np.float32), (4, 4, 3))
    paler = np.broadcast_to(np.array([-0.1, 0.05, 0.05], np.float32), (4, 4, 3))
    after = lips + paled(lips, paler, skin, WHOLE) + 0.055
    ratio = after[0, 0] / (lips[0, 0] + 0.055)
    assert ratio == pytest.approx(np.full(3, ratio[0]), rel=1e-4)


def test_what_gets_younger_gets_no_hair_on_its_forehead() -> None:
    """The renders' hair ends elsewhere: new surface, drawn as a blob on skin."""
    side = 2 * SIDE
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]]), side)
    skin = np.array([0.6, 0.42, 0.32], np.float32)
    before = np.broadcast_to(skin, (side, side, 3)).copy()
    before += np.random.default_rng(2).normal(0, 0.01, (side, side, 1)).astype(np.float32)
    after = before.copy()
    after[40:80, 150:200] = 0.08
    after[40:80, 150:200:3] = 0.2
    photo = Photo(np.rint(np.kron(before, np.ones((2, 2, 1))) * 65535).astype(np.uint16))
    region = RegionMask.from_full(np.full((2 * side, 2 * side), 255, np.uint8))
    edit = RenderedEdit.of(crop, region, before, after)
    drawn, plain = (
        (edited_pixels(photo, [one]) / 65535)[90:150, 310:390].mean()
        for one in (edit, replace(edit, plain=True))
    )
    assert drawn < 0.3, "else this test shows nothing"
    assert plain > skin.mean() - 0.06


def test_a_denser_beard_is_no_darker_than_its_owners_darkest_hair() -> None:
    """Black beards became a band at black, without strands."""
    landmarks, covered = np.zeros((68, 2)), np.zeros((SIDE, SIDE), np.float32)
    covered[40:] = 1
    seen = np.full((SIDE, SIDE, 3), 0.6, np.float32)
    seen[40:] = np.linspace(0.1, 0.6, SIDE, dtype=np.float32)[:, None]  # black, and sparse
    landmarks[17:27] = np.array([[64.0, 10.0]])
    change = np.full_like(seen, -0.15)
    share = no_darker_than_own(seen, change, covered, landmarks)
    there = (seen + share[..., None] * change)[60:120, 4:-4, 0]
    assert (seen + change)[80, 4, 0] < 0, "else this test shows nothing"
    assert there.min() > 0.09
    assert np.diff(there, axis=1).min() > 0, "tones stay apart"
    assert share[80, -8] > 0.8
    seen[9:12, 63:66] = 0.02  # brows that are darker
    darker = no_darker_than_own(seen, change, covered, landmarks)
    assert darker[80, 10] > share[80, 10] + 0.2
    np.testing.assert_array_equal(no_darker_than_own(seen, -change, covered, landmarks), 1)


def test_what_lies_on_another_edit_starts_from_its_colour_and_not_from_the_photos() -> None:
    """Black hair that an edit before made light has as much light to lose as light hair has."""
    side = 3 * SIDE
    crop = FaceCrop(np.zeros((68, 2)), np.array([[3.0, 0, 1.0], [0, 3.0, 1.0]]), SIDE)
    photo = Photo(np.full((side, side, 3), 2000, np.uint16))
    region = RegionMask.from_full(np.full((side, side), 255, np.uint8))
    black, light = hair(0.03), hair(0.45)
    brushed = np.full((side, side), 255, np.uint8)
    brushed[:12, :12] = 0  # brows of this crop, which stay black
    but_brows = RegionMask.from_full(brushed)
    lighter = RenderedEdit.of(crop, but_brows, black, light, still=True)
    darker = RenderedEdit.of(crop, region, light, black, still=True, toned=True)
    darker = replace(darker, keeps="beard")

    first, both = (edited_pixels(photo, edits) / 65535 for edits in ([lighter], [lighter, darker]))
    assert first[200, 200].mean() > 0.4, "else this test shows nothing"
    assert both[200, 200].mean() < 0.2


def test_a_black_and_white_photo_gets_colours_only_from_paint() -> None:
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]]), SIDE)
    steps = np.linspace(0.2, 0.7, 2 * SIDE, dtype=np.float32)
    grey = np.broadcast_to(steps[:, None, None], (2 * SIDE, 2 * SIDE, 3))
    photo = Photo(np.rint(grey * 255).astype(np.uint8))
    region = RegionMask.from_full(np.full((2 * SIDE, 2 * SIDE), 255, np.uint8))
    before = hair(0.4)
    after = before + np.array([0.2, 0.0, -0.1], np.float32)
    drawn = RenderedEdit.of(crop, region, before, after)
    still = replace(drawn, still=True)
    for edit in (
        drawn,
        still,
        replace(still, toned=True),
        replace(still, toned=True, keeps="white"),
    ):
        shown = edited_pixels(photo, [edit]).astype(int)
        assert np.ptp(shown, axis=-1).max() <= 1
        assert np.abs(shown - photo.pixels).mean() > 2, "it is lighter"
        painted = edited_pixels(photo, [replace(edit, tinting=True)]).astype(int)
        assert np.ptp(painted, axis=-1).max() > 10


def test_a_share_of_an_edit_lies_between_its_renders() -> None:
    """A slider in hand is drawn every so often; what lies between is a part of that."""
    crop = FaceCrop(np.zeros((68, 2)), np.array([[1.0, 0, 0.5], [0, 1.0, 0.5]]), SIDE)
    photo = Photo(np.full((SIDE, SIDE, 3), 20000, np.uint16))
    region = RegionMask.from_full(np.full((SIDE, SIDE), 255, np.uint8))
    far = RenderedEdit.of(crop, region, hair(0.3), hair(0.42), still=True, toned=True)
    near = RenderedEdit.of(crop, region, hair(0.3), hair(0.33), still=True, toned=True)
    quarter = replace(far, share=0.25)
    assert quarter.digest != far.digest, "else the one would be shown for the other"
    found, wanted, whole = (
        edited_pixels(photo, [edit]).astype(int) for edit in (quarter, near, far)
    )
    assert np.abs(found - wanted).max() <= 1
    assert np.abs(whole - wanted).max() > 1000


@pytest.mark.parametrize(("keeps", "least", "most"), [("white", 8, 255), ("beard", 0, 2)])
def test_teeth_get_lighter_than_the_skin_around_them_and_beards_do_not(
    keeps: str, least: int, most: int
) -> None:
    """What holds for beards held for teeth, and they were never whitened."""
    crop = FaceCrop(np.zeros((68, 2)), np.array([[1.0, 0, 0.5], [0, 1.0, 0.5]]), SIDE)
    row = np.zeros((SIDE, SIDE), np.uint8)
    row[56:72, 40:88] = 255
    seen = np.where(row[..., None] > 0, 190, np.array([150, 110, 90])).astype(np.uint8)
    before = hair(0.7)
    edit = RenderedEdit.of(
        crop, RegionMask.from_full(row), before, before + np.float32(0.1), still=True, toned=True
    )
    shown = edited_pixels(Photo(seen), [replace(edit, keeps=keeps)]).astype(int)
    lighter = (shown - seen)[60:68, 50:78].mean()
    assert least <= lighter <= most


def test_teeth_lose_yellow_and_never_turn_blue() -> None:
    yellow, bluish = (
        np.broadcast_to(np.array(rgb, np.float32), (SIDE, SIDE, 3))
        for rgb in ((0.9, 0.75, 0.6), (0.6, 0.7, 0.9))
    )
    lighter = np.full((SIDE, SIDE, 3), 0.05, np.float32)
    there = yellow + whitened(yellow, lighter, 1.0)
    own = np.ptp(yellow[0, 0])
    assert 0.3 * own < there[0, 0, 0] - there[0, 0, 2] < 0.7 * own
    assert there[0, 0].mean() > yellow[0, 0].mean()
    np.testing.assert_array_equal(whitened(bluish, lighter, 1.0), lighter)
    np.testing.assert_array_equal(whitened(yellow, lighter, 0.0), lighter)


def test_stubble_in_a_jaws_shade_becomes_no_lighter_than_the_skin_around_it() -> None:
    """Held against the cheeks it had light to gain, and was a pale patch on the jaw."""
    skin = np.array((0.75, 0.55, 0.45), np.float32)
    shade = np.linspace(1, 0.6, 128, dtype=np.float32)[None, :, None]
    bare = np.broadcast_to(skin * shade, (128, 128, 3))
    covered = np.zeros((128, 128), np.float32)
    covered[50:78] = 1
    seen = (bare * (1 - 0.06 * covered[..., None])).astype(np.float32)
    change = np.full_like(seen, 0.15) * covered[..., None]
    share = no_lighter_than_skin(seen, change, covered, skin)
    there = seen + share[..., None] * change
    inner = np.s_[58:70, 12:116]
    assert (there - bare)[inner].mean(-1).max() < 0.03
    assert (there - seen)[inner].mean(-1).min() > 0.005, "lighter it is all the same"
    darker = no_lighter_than_skin(seen, -change, covered, skin)
    np.testing.assert_array_equal(darker, 1)
    black = np.where(covered[..., None] > 0, np.float32(0.1), bare).astype(np.float32)
    assert no_lighter_than_skin(black, change, covered, skin)[inner].min() == 1, "a full beard"
