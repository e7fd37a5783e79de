"""An iris looks elsewhere, and light falls between lids: all of it is the photo's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document import attributes
from editor.document.region import RegionMask
from editor.engine.compositing.fold import edited_pixels
from editor.engine.compositing.lids import REACH, within_lids
from tests.editor.engine.test_lids import (
    BROWN,
    IRIS,
    LEFT,
    LEVEL,
    RIGHT,
    SCALE,
    SKIN,
    around_iris,
    contour,
    depth,
    edit_of,
    photo_of_an_eye,
)

WIDTH = RIGHT - LEFT


def middle_of_iris(pixels: np.ndarray) -> float:
    """Its column, crop pixels, where it is brown or black along the eye's axis."""
    row = pixels[round(SCALE * LEVEL), :, 0].astype(int)
    dark = np.flatnonzero(row < (BROWN[0] + 180) / 2)  # of skin
    return float((dark[0] + dark[-1]) / 2 / SCALE - 0.375)


@pytest.mark.parametrize("gaze", [0.08, -0.08])
def test_an_iris_moves_between_lids_that_stay(gaze: float) -> None:
    photo = photo_of_an_eye()
    out = edited_pixels(photo, [replace(edit_of(photo, 0, 0), gaze=gaze)])
    assert middle_of_iris(photo.pixels) == pytest.approx(IRIS[0], abs=0.3)
    assert middle_of_iris(out) == pytest.approx(IRIS[0] + gaze * WIDTH, abs=0.3)
    away = depth() < -0.3 * WIDTH
    np.testing.assert_array_equal(out[away], photo.pixels[away])
    ball, skin = depth() > 0.7, (depth() < -0.7) & (depth() > -6)
    assert out[ball][:, 1].min() < 25, "its pupil"
    lit = [(p[ball] > 240).all(-1).sum() for p in (photo.pixels, out)]
    assert lit[1] == pytest.approx(lit[0], rel=0.3), "and its catch-light"
    odd = [(np.abs(p[skin].astype(int) - SKIN).max(-1) > 60).sum() for p in (photo.pixels, out)]
    assert odd[1] < odd[0] + 10, "no eyeball in the skin: the catch-light reaches into it"
    xs = np.mgrid[: out.shape[0], : out.shape[1]][1] / SCALE
    new = ball & (np.abs(xs - 0.375 - IRIS[0] - gaze * WIDTH) > 10)
    assert out[new][:, 0].min() > 200, "what it leaves is the white beside it"


def test_a_part_of_a_glance_and_one_eye_alone() -> None:
    photo = photo_of_an_eye()
    half = edited_pixels(photo, [replace(edit_of(photo, 0, 0, alpha=128), gaze=0.08)])
    assert middle_of_iris(half) == pytest.approx(IRIS[0] + 0.04 * WIDTH, abs=0.3)
    edit = replace(edit_of(photo, 0, 0), gaze=0.08)
    brushed = np.zeros(photo.pixels.shape[:2], np.uint8)
    brushed[80:430, 400:430] = 255  # beside it: the other eye's half of a slider
    out = edited_pixels(photo, [replace(edit, region=RegionMask.from_full(brushed))])
    np.testing.assert_array_equal(out, photo.pixels)


def test_opened_lids_show_an_iris_that_looks_elsewhere() -> None:
    photo = photo_of_an_eye()
    out = edited_pixels(photo, [replace(edit_of(photo, 2.0, 0.0), gaze=0.08)])
    assert middle_of_iris(out) == pytest.approx(IRIS[0] + 0.08 * WIDTH, abs=0.3)
    column = out[:, round(SCALE * (IRIS[0] + 0.08 * WIDTH)), 0].astype(int)
    first = np.flatnonzero(column[200:260] < 120)[0] + 200
    assert first / SCALE - 0.375 < LEVEL - 6.5 * 0.946 - 0.5, "there is iris above the old line"


@pytest.mark.parametrize("light", [0.5, -0.5])
def test_light_falls_between_the_lids_alone_and_keeps_hue(light: float) -> None:
    photo = photo_of_an_eye()
    out = edited_pixels(photo, [replace(edit_of(photo, 0, 0), eye_light=light)])
    skin = depth() < -0.5
    np.testing.assert_array_equal(out[skin], photo.pixels[skin])
    ys, xs = np.mgrid[: photo.pixels.shape[0], : photo.pixels.shape[1]] / SCALE - 0.375
    far = np.hypot(xs - IRIS[0], ys - IRIS[1])
    iris = (depth() > 2.5) & (far > 3.5) & (far < 8) & (photo.pixels[..., 0] == BROWN[0])
    assert iris.sum() > 300
    was, now = (p[iris].astype(float) / 255 + 0.055 for p in (photo.pixels, out))
    factor = (now / was) ** 2.4
    np.testing.assert_allclose(factor, np.exp(light), rtol=0.08)
    assert np.ptp(factor, axis=1).max() < 0.08, "of its own hue"
    lit = (photo.pixels == 255).all(-1) & (depth() > 2.5)
    if light > 0:
        np.testing.assert_array_equal(out[lit], photo.pixels[lit])
        assert out[depth() > 2.5].max() <= 255


@pytest.mark.parametrize("change", [{"gaze": 0.08}, {"eye_light": 0.5}])
@pytest.mark.parametrize("up", [0.0, 2.0])
def test_tiles_leave_no_trace(up: float, change: dict[str, float]) -> None:
    photo = photo_of_an_eye()
    edits = [replace(edit_of(photo, up, 0.0), **change)]
    whole = edited_pixels(photo, edits, tile=1000)
    for tile in (37, 96):
        np.testing.assert_array_equal(edited_pixels(photo, edits, tile=tile), whole)


def test_both_eyes_look_alike_and_no_iris_leaves_its_opening() -> None:
    eye, iris = contour(), around_iris()
    lids = np.stack([eye, eye]), np.stack([eye, eye]), np.stack([iris, iris]), np.stack([REACH] * 2)
    assert within_lids(lids, 0.03) == 0.03
    at_corner = np.stack([iris, iris + np.array([10, 0])])
    assert 0 <= within_lids((*lids[:2], at_corner, lids[3]), 0.08) < 0.02
    assert within_lids((*lids[:2], at_corner, lids[3]), -0.08) < -0.05
    shut = np.stack([eye, contour(-5, -4.4)])
    assert within_lids((shut, shut, *lids[2:]), 0.08) == 0, "of a laugh no iris is seen"


def test_it_is_part_of_what_an_edit_is() -> None:
    photo = photo_of_an_eye()
    edit = edit_of(photo, 0, 0)
    each = edit, replace(edit, gaze=0.05), replace(edit, eye_light=0.05)
    assert len({one.digest for one in each}) == 3


def test_what_is_asked_beside_it() -> None:
    gaze, eyes, smile = ("gaze", 50.0), ("eyes_open", 9.0), ("smile", 9.0)
    bright, dark = ("eye_brightness", 50.0), ("under_eye_darkness", 9.0)
    row = next(row for row in attributes.table() if row.name == "gaze")
    for goals in ([gaze], [gaze, smile], [gaze, eyes], [gaze, bright][:1]):
        assert attributes.gaze(goals) == pytest.approx(row.looks / 2)
    assert attributes.moves_lids([gaze, eyes]) == attributes.moves_lids([eyes]) > 0
    assert not attributes.moves_lids([gaze])
    assert not attributes.gaze([eyes])
    for other in (("eye_size", 9.0), ("brow_height", 9.0), ("mine", 9.0)):
        assert not attributes.gaze([gaze, other])
        assert not attributes.moves_lids([gaze, eyes, other])
    assert attributes.eye_light([bright]) == -attributes.eye_light([("eye_brightness", -50.0)]) > 0
    assert not attributes.eye_light([bright, dark])
    assert attributes.parts([bright, dark, gaze]) == (
        ("eye_brightness",),
        ("under_eye_darkness",),
        ("gaze",),
    )
