"""Lids move over an eyeball that stays; what they uncover is painted from what is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document import attributes
from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.fold import edited_pixels
from editor.engine.compositing.lids import (
    LIDS,
    NEARLY_CLOSED,
    REACH,
    Eye,
    lid_surface,
    lids_of,
    opening,
)
from editor.engine.compositing.renders import RenderedEdit

SIDE, SCALE = 128, 4
CROP = FaceCrop(np.zeros((68, 2)), np.array([[SCALE, 0, 1.5], [0, SCALE, 1.5]]), SIDE)
LEFT, RIGHT, LEVEL, IRIS, RADIUS = 44.0, 84.0, 64.0, np.array([65.0, 63.0]), 8.5
HIGH, LOW = 6.5, 5.5
SKIN, WHITE, BROWN, BLACK = (180, 130, 110), (225, 220, 215), (90, 60, 40), (15, 15, 15)


def contour(up: float = 0.0, down: float = 0.0) -> np.ndarray:
    """Of an eye whose lids lie so much higher and lower, (16, 2), in FaceMesh's order."""
    share = np.arange(9) / 8
    x, bow = LEFT + (RIGHT - LEFT) * share, np.sin(np.pi * share)
    lower = np.column_stack([x, LEVEL + (LOW + down) * bow])
    upper = np.column_stack([x, LEVEL - (HIGH + up) * bow])
    return np.concatenate([lower, upper[-2:0:-1]])


def around_iris() -> np.ndarray:
    turns = np.linspace(0, 2 * np.pi, 4, endpoint=False)
    return IRIS + RADIUS * np.column_stack([np.cos(turns), np.sin(turns)])


def photo_of_an_eye() -> Photo:
    ys, xs = np.mgrid[: SCALE * SIDE, : SCALE * SIDE] / SCALE - 0.375
    bow = np.sin(np.pi * np.clip((xs - LEFT) / (RIGHT - LEFT), 0, 1))
    far = np.hypot(xs - IRIS[0], ys - IRIS[1])
    pixels = np.full((*xs.shape, 3), SKIN, np.float64)
    pixels += 20 * np.sin(ys)[..., None]  # creases
    ball = np.full_like(pixels, WHITE)
    ball[far < RADIUS] = BROWN
    ball[far < 3] = BLACK
    seen = (ys > LEVEL - HIGH * bow) & (ys < LEVEL + LOW * bow)
    pixels[seen] = ball[seen]
    pixels[228:240, 268:276][:] = 255  # a catch-light
    return Photo(np.clip(pixels, 0, 255).astype(np.uint8))


def edit_of(photo: Photo, up: float, down: float, alpha: int = 255) -> RenderedEdit:
    brushed = np.zeros(photo.pixels.shape[:2], np.uint8)
    brushed[80:430, 80:430] = alpha
    grey = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    edit = RenderedEdit.of(CROP, RegionMask.from_full(brushed), grey, grey)
    lids = contour()[None], contour(up, down)[None], around_iris()[None], REACH[None]
    return replace(edit, lids=lids)


def depth(up: float = 0.0, down: float = 0.0) -> np.ndarray:
    """How deep each photo pixel lies in an eye, crop pixels; below 0 outside."""
    ys, xs = np.mgrid[: SCALE * SIDE, : SCALE * SIDE] / SCALE - 0.375
    bow = np.sin(np.pi * np.clip((xs - LEFT) / (RIGHT - LEFT), 0, 1))
    upper, lower = LEVEL - (HIGH + up) * bow, LEVEL + (LOW + down) * bow
    return np.minimum(ys - upper, lower - ys)


@pytest.mark.parametrize(("up", "down"), [(2.0, 0.0), (-2.5, -1.0), (1.0, 0.5)])
def test_lids_move_as_the_mesh_says_and_the_heads_own_movement_does_not_count(
    up: float, down: float
) -> None:
    for shift in (0.0, 1.5):
        eye = Eye.of(contour(), contour(up, down) + shift, around_iris())
        flow = lid_surface((eye,), SIDE).flow
        rise, fall = eye.ways[0, 128], eye.ways[1, 128]
        wanted = down if down < 0 else 0.6 * down
        assert rise == pytest.approx(-up, abs=0.3)
        assert fall == pytest.approx(wanted, abs=0.3)
        for x in (52, 64, 76):
            bow = np.sin(np.pi * (x - LEFT) / (RIGHT - LEFT))
            y = LEVEL - (HIGH + up) * bow
            assert flow[round(y) - 1, x, 1] == pytest.approx(up * bow, abs=0.5)
    assert not flow[:36].any()
    assert not flow[:, :44].any()


def test_an_eye_closes_over_an_eyeball_that_is_the_photos_own() -> None:
    photo = photo_of_an_eye()
    out = edited_pixels(photo, [edit_of(photo, -2.5, -1.0)])
    both = depth(-2.5, -1.0) > 1.5
    assert both.sum() > 500
    np.testing.assert_array_equal(out[both], photo.pixels[both])
    column = out[:, 4 * 65, 0].astype(int)  # above the iris's middle
    first = np.flatnonzero(column[200:260] < 120)[0] + 200
    assert first / SCALE - 0.375 == pytest.approx(LEVEL - HIGH + 2.5, abs=0.5)


def test_an_eye_opens_and_what_was_seen_of_it_stays() -> None:
    photo = photo_of_an_eye()
    out = edited_pixels(photo, [edit_of(photo, 2.0, 0.0)])
    seen = depth() > 4.2  # beyond any lash or rim
    assert seen.sum() > 500
    np.testing.assert_array_equal(out[seen], photo.pixels[seen])
    column = out[:, 4 * 65, 0].astype(int)
    first = np.flatnonzero(column[200:260] < 120)[0] + 200
    assert first / SCALE - 0.375 == pytest.approx(LEVEL - HIGH - 2.0, abs=0.5)


def test_what_is_uncovered_goes_on_without_a_seam() -> None:
    photo = photo_of_an_eye()
    out = edited_pixels(photo, [edit_of(photo, 2.0, 0.0)]).astype(float)
    for x, colour in ((65, BROWN), (53, WHITE)):
        bow = np.sin(np.pi * (x - LEFT) / (RIGHT - LEFT))
        rows = [round(SCALE * (LEVEL - (HIGH + up) * bow)) for up in (2.0, 0.0)]
        band = out[rows[0] + 5 : rows[1] + 8, SCALE * x]
        assert len(band) > 7
        share = band / np.array(colour)
        assert share.min() > 0.7, "a lid's shade, and no lash"
        assert share.max() < 1.15
        assert np.abs(np.diff(band[1:], axis=0)).max() < 14
    radius = np.hypot(*(np.mgrid[: SCALE * SIDE, : SCALE * SIDE][::-1] / SCALE - 0.375
                        - IRIS[:, None, None]))  # fmt: skip
    new = (depth(1.2, 0) > 0.8) & (depth() < 0)
    assert out[new & (radius < RADIUS - 0.7)][:, 0].max() < 120, "the iris is round"
    assert out[new & (radius > RADIUS + 0.9)][:, 0].min() > 130


def test_a_part_of_the_way_is_a_part_of_the_way_and_none_is_none() -> None:
    photo = photo_of_an_eye()
    half = edited_pixels(photo, [edit_of(photo, 2.0, 0.0, alpha=128)])
    column = half[:, 4 * 65, 0].astype(int)
    first = np.flatnonzero(column[200:260] < 120)[0] + 200
    assert first / SCALE - 0.375 == pytest.approx(LEVEL - HIGH - 1.0, abs=0.5)
    still = edited_pixels(photo, [edit_of(photo, 0.0, 0.0)])
    np.testing.assert_array_equal(still, photo.pixels)
    edit = edit_of(photo, 2.0, 0.0)
    brushed = np.zeros(photo.pixels.shape[:2], np.uint8)
    brushed[80:430, 80:240] = 255  # it ends within the eye
    out = edited_pixels(photo, [replace(edit, region=RegionMask.from_full(brushed))])
    np.testing.assert_array_equal(out[:, 240:], photo.pixels[:, 240:])
    assert (out != photo.pixels).any()


def test_no_eye_is_closed_beyond_its_other_lid_nor_opened_to_a_stare() -> None:
    shut = Eye.of(contour(), contour(-20, -20), around_iris())
    gap = (shut.lids + shut.ways)[1] - (shut.lids + shut.ways)[0]
    assert gap[20:-20].min() > 0
    crushed = Eye.of(contour(), contour(6, 6), around_iris(), np.array([0.12, 0.12]))
    assert np.diff(lid_surface((crushed,), SIDE).flow[..., 1], axis=0).min() > -1, "skin folds over"
    wide = Eye.of(contour(), contour(6, 0), around_iris())
    assert (wide.lids + wide.ways)[0].min() > -LEVEL + IRIS[1] - 0.9 * RADIUS - 0.5


def test_an_eye_that_is_nearly_closed_is_known() -> None:
    assert opening(contour()) == pytest.approx((HIGH + LOW) / (RIGHT - LEFT), abs=0.02)
    assert opening(contour(-4, -3)) < NEARLY_CLOSED < opening(contour(-1, -1))


def opened_and_closed(up: float, down: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Meshes before and after of eyes that open, and of the same that close."""
    meshes: list[np.ndarray] = []
    for change in (0.0, 1.0, -1.0):
        mesh = np.zeros((478, 2))
        for points in LIDS:
            mesh[list(points)] = contour(up + change, down)
        meshes.append(mesh)
    before, wider, narrower = meshes
    return [before, before, wider], [before, before, narrower]


def test_a_nearly_closed_eye_closes_and_does_not_open() -> None:
    opened, closed = opened_and_closed(-3.5, -2.5)
    assert opening(opened[0][list(LIDS[0])]) < NEARLY_CLOSED
    assert lids_of(opened[0], opened, 1, opens=True) is None
    assert lids_of(closed[0], closed, 1, opens=False) is not None


def test_lids_are_part_of_what_an_edit_is() -> None:
    photo = photo_of_an_eye()
    one, other = edit_of(photo, 2.0, 0.0), edit_of(photo, 1.0, 0.0)
    assert len({one.digest, other.digest, replace(one, lids=None).digest}) == 3
    assert one.digest == replace(one, lids=tuple(p.copy() for p in one.lids or ())).digest
    assert one.bend != replace(one, lids=None, bent=(contour(), contour())).bend


@pytest.mark.parametrize("up", [2.0, -2.0])
def test_tiles_leave_no_trace(up: float) -> None:
    photo = photo_of_an_eye()
    edits = [edit_of(photo, up, up / 2)]
    whole = edited_pixels(photo, edits, tile=1000)
    for tile in (37, 96):
        np.testing.assert_array_equal(edited_pixels(photo, edits, tile=tile), whole)


def test_lids_move_where_nothing_else_is_drawn_about_the_eyes() -> None:
    eyes, smile, size = ("eyes_open", 9.0), ("smile", 9.0), ("eye_size", 9.0)
    row = next(row for row in attributes.table() if row.name == "eyes_open")
    assert row.lids >= 1
    assert attributes.moves_lids([eyes]) == row.lids
    assert attributes.moves_lids([eyes, smile, ("gaze", 0.0)]) == row.lids
    others = [smile], [eyes, size], [eyes, ("brow_height", 9.0)]
    for goals in (*others, [eyes, ("mine", 9.0)], [("eyes_open", 0.0)], []):
        assert not attributes.moves_lids(goals)
