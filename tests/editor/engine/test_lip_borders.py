"""What colours lips ends at the photograph's own lips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.fold import edited_pixels
from editor.engine.compositing.lips import of_lips
from editor.engine.compositing.renders import RenderedEdit
from editor.engine.compositing.toning import paled

SIDE = 256
SKIN = np.array([0.72, 0.55, 0.45], np.float32)
LIP = np.array([0.7, 0.4, 0.42], np.float32)
UPPER, LOWER = 100, 140  # rows of the lips' borders
ROWS = slice(UPPER, LOWER), slice(60, 196)


def face(lip: np.ndarray = LIP) -> np.ndarray:
    picture = np.broadcast_to(SKIN, (SIDE, SIDE, 3)).copy()
    picture[ROWS] = lip
    return picture


def labelled(too_wide: int) -> np.ndarray:
    label = np.zeros((SIDE, SIDE), np.float32)
    label[UPPER - too_wide : LOWER + too_wide, 60:196] = 1
    return label


def test_a_label_that_is_too_wide_is_taken_to_the_photos_edge() -> None:
    share = of_lips(face(), labelled(2))
    assert share[UPPER - 2, 128] < 0.1, "skin that was labelled"
    assert share[UPPER - 5, 128] < 0.01
    assert share[UPPER + 1 : LOWER - 1, 128].min() > 0.9


def test_lips_of_the_skins_colour_end_softly_at_their_label() -> None:
    share = of_lips(face(SKIN), labelled(0))
    assert share[UPPER - 4, 128] < 0.05
    assert share[UPPER + 6, 128] > 0.95
    assert np.abs(np.diff(share[:, 128])).max() < 0.5


def test_a_dark_mouth_between_lips_is_none_though_it_was_labelled() -> None:
    picture = face()
    picture[118:124, 70:186] = 0.05
    share = of_lips(picture, labelled(0))
    assert share[119:123, 80:176].max() < 0.05
    assert share[112, 128] > 0.95
    assert of_lips(picture, labelled(0), dark=True)[121, 128] > 0.95, "red is taken from it"
    nothing = np.zeros((SIDE, SIDE), np.float32)
    np.testing.assert_array_equal(of_lips(picture, nothing), nothing)


def test_red_spots_lose_as_much_of_their_red_as_the_lips_do() -> None:
    seen = np.broadcast_to(LIP, (8, 8, 3)).copy()
    seen[0] = [0.7, 0.3, 0.32]
    less = np.broadcast_to(np.array([-0.05, 0.03, 0.02], np.float32), seen.shape)
    after = seen + paled(seen, less, SKIN, np.ones((8, 8), np.float32))

    def redder(colour: np.ndarray) -> float:
        r, g, _ = colour + 0.055
        skin = SKIN + 0.055
        return float(np.log(r / g) - np.log(skin[0] / skin[1]))

    spot, lip = (redder(after[row, 0]) / redder(seen[row, 0]) for row in (0, 4))
    assert 0.2 < lip < 0.9
    assert spot == pytest.approx(lip, abs=0.02)


def of_a_photo(
    keeps: str, change: np.ndarray, lip: np.ndarray = LIP, shade: float = 0.0
) -> tuple[np.ndarray, ...]:
    """A photo of twice the crop's size, and what an edit makes of it whose region is too wide.

    Lips are darker than in the render by a shade.
    """
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]]), SIDE)
    whole = np.rint(255 * face(lip).repeat(2, 0).repeat(2, 1)).astype(np.uint8)
    alpha = np.zeros(whole.shape[:2], np.uint8)
    alpha[2 * UPPER - 16 : 2 * LOWER + 16, 104:408] = 255
    before = face(lip + shade)
    edit = RenderedEdit.of(
        crop, RegionMask.from_full(alpha), before, before + change, still=True, toned=True
    )
    edit = replace(edit, keeps=keeps, lips=labelled(1))
    photo = Photo(whole)
    return whole.astype(int), edited_pixels(photo, [edit]).astype(int)


def test_red_ends_at_the_lips_of_the_photo_and_not_at_the_regions_edge() -> None:
    redder = np.array([0.12, -0.03, 0.0], np.float32)
    photo, after = of_a_photo("", np.broadcast_to(redder, (SIDE, SIDE, 3)))
    change = np.abs(after - photo).sum(-1)[:, 256]
    assert change[2 * UPPER + 10 : 2 * LOWER - 10].min() > 20
    assert change[: 2 * UPPER - 8].max() <= 2
    assert change[2 * LOWER + 8 :].max() <= 2


def test_what_is_darker_than_the_render_has_it_becomes_what_was_reckoned_and_not_blue() -> None:
    dark = np.array([0.4, 0.16, 0.17], np.float32)
    paler = np.array([-0.14, 0.04, 0.0], np.float32)
    photo, after = of_a_photo("skin", np.broadcast_to(paler, (SIDE, SIDE, 3)), dark, 0.07)
    lip, ones = np.broadcast_to(dark, (4, 4, 3)), np.ones((4, 4), np.float32)
    wanted = (dark + paled(lip, np.broadcast_to(paler, lip.shape), SKIN, ones)[0, 0]) * 255
    np.testing.assert_allclose(after[240, 256], wanted, atol=1.5)
    (r, _, b), (r_then, _, b_then) = (p[240, 256] / p[240, 256, 1] for p in (after, photo))
    assert r < r_then
    assert b < b_then
