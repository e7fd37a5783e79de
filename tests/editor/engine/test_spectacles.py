"""Spectacles' rims stay as the photograph has them, whatever is bent behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.fold import edited_pixels
from editor.engine.compositing.lids import REACH
from editor.engine.compositing.renders import RenderedEdit
from editor.engine.compositing.spectacles import taken_off
from tests.editor.engine.test_lids import around_iris, contour, photo_of_an_eye

SIDE, SCALE = 128, 4
CROP = FaceCrop(np.zeros((68, 2)), np.array([[SCALE, 0, 1.5], [0, SCALE, 1.5]]), SIDE)
BLACK = 20
RIM = slice(54, 56)  # a line of the crop just above the eye


def frames(rim: slice = RIM) -> np.ndarray:
    seen = np.zeros((SIDE, SIDE), np.float32)
    seen[rim, 24:104] = 1
    return seen


def worn(photo: Photo, rim: slice = RIM) -> Photo:
    """The photo with a black rim, soft at its edges as a lens draws it."""
    dark = np.kron(frames(rim), np.ones((SCALE, SCALE)))[..., None]
    soft = np.stack([np.convolve(column, [0.25, 0.5, 0.25], "same") for column in dark[..., 0].T])
    share = soft.T[..., None]
    pixels = photo.pixels.astype(np.float64)
    return Photo(np.rint(pixels + share * (BLACK - pixels)).astype(np.uint8))


def lids_edit(up: float, down: float = 0.0) -> RenderedEdit:
    brushed = np.zeros((SCALE * SIDE, SCALE * SIDE), np.uint8)
    brushed[80:430, 80:430] = 255
    grey = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    edit = RenderedEdit.of(CROP, RegionMask.from_full(brushed), grey, grey)
    lids = contour()[None], contour(up, down)[None], around_iris()[None], REACH[None]
    return replace(edit, lids=lids)


def bent_edit() -> RenderedEdit:
    """All of a face goes up, as a brow would."""
    points = np.stack(np.meshgrid(np.linspace(34, 94, 9), np.linspace(44, 84, 7)), -1)
    points = points.reshape(-1, 2)
    return replace(lids_edit(0), lids=None, bent=(points, points - [0.0, 4.0]))


def dark(pixels: np.ndarray) -> np.ndarray:
    """Which pixels in columns of the rim are black."""
    return pixels[180:228, 140:380].max(-1) < BLACK + 30


@pytest.mark.parametrize("edit", [lids_edit(3.0, 1.0), lids_edit(-3.0), bent_edit()])
def test_a_rim_stays_where_it_is_and_straight(edit: RenderedEdit) -> None:
    """Rims bowed with the lids, cheeks and brows that were bent beside them."""
    photo = worn(photo_of_an_eye())
    bowed = edited_pixels(photo, [edit])
    assert (dark(bowed) != dark(photo.pixels)).mean() > 0.01, "else this test shows nothing"
    out = edited_pixels(photo, [replace(edit, rims=frames())])
    rim = slice(RIM.start * SCALE + 1, RIM.stop * SCALE - 1)
    np.testing.assert_allclose(out[rim, 140:380], photo.pixels[rim, 140:380], atol=2)
    np.testing.assert_array_equal(dark(out), dark(photo.pixels))  # and it is there once


def test_what_lies_behind_a_rim_moves_as_it_does_without_one() -> None:
    bare, edit = photo_of_an_eye(), lids_edit(2.0, 1.0)
    out = edited_pixels(worn(bare), [replace(edit, rims=frames())])
    wanted = edited_pixels(bare, [edit])
    eye = slice(236, 290), slice(190, 330)
    assert np.abs(out[eye].astype(float) - bare.pixels[eye]).mean() > 4, "else it does not open"
    assert np.abs(out[eye].astype(float) - wanted[eye]).mean() < 1.5


def test_outside_the_region_nothing_changes_and_tiles_leave_no_trace() -> None:
    photo = worn(photo_of_an_eye())
    edit = lids_edit(3.0)
    brushed = np.zeros((SCALE * SIDE, SCALE * SIDE), np.uint8)
    brushed[100:420, 100:250] = 255  # it ends in the middle of the eye
    edit = replace(edit, region=RegionMask.from_full(brushed), rims=frames())
    whole = edited_pixels(photo, [edit], tile=1000)
    assert (whole != photo.pixels).any()
    np.testing.assert_array_equal(whole[brushed == 0], photo.pixels[brushed == 0])
    for tile in (37, 96):
        np.testing.assert_array_equal(edited_pixels(photo, [edit], tile=tile), whole)


def test_a_lash_that_was_taken_for_a_rim_is_none() -> None:
    crumb = np.zeros((SIDE, SIDE), np.float32)
    crumb[56, 60] = 1
    picture = np.zeros((SCALE * SIDE, SCALE * SIDE, 3), np.uint16)
    assert taken_off(picture, crumb, CROP.to_crop) is None
    assert taken_off(picture, np.zeros_like(crumb), CROP.to_crop) is None


def test_rims_are_part_of_what_an_edit_is() -> None:
    edit = lids_edit(2.0)
    there, elsewhere = (replace(edit, rims=frames(rim)) for rim in (RIM, slice(40, 42)))
    assert len({edit.digest, there.digest, elsewhere.digest}) == 3
