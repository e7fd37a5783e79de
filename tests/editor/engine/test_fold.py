"""One picture: states that are kept, levels whose parts join, the canvas that shows the export."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.document.byte_cache import ByteCache
from editor.document.colour import rounded_to_8_bits
from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing import fold
from editor.engine.compositing.fold import displayed, edited_pixels, folded
from editor.engine.compositing.geometry import Level, inside, tiles
from editor.engine.compositing.renders import Kept, RenderedEdit
from tests.editor.renders import SIDE, blurred_noise, redder

if TYPE_CHECKING:
    from editor.engine.compositing.placement import PlacedEdit

CROP = FaceCrop(np.zeros((68, 2)), np.array([[2.0, -0.2, 60], [0.2, 2.0, 30]]), SIDE)


def _photo(dtype: type = np.uint16, size: tuple[int, int] = (301, 343), seed: int = 0) -> Photo:
    noise = np.random.default_rng(seed).random((*size, 3)).astype(np.float32)
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), 2), np.float32)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return Photo((smooth * np.iinfo(dtype).max).astype(dtype))


def _region(photo: Photo, x: int, y: int, w: int, h: int) -> RegionMask:
    alpha = np.zeros((photo.height, photo.width), np.uint8)
    cv2.ellipse(alpha, (x + w // 2, y + h // 2), (w // 2, h // 2), 0, 0, 360, 255, -1)
    return RegionMask.from_full(np.asarray(cv2.GaussianBlur(alpha, (0, 0), 2), np.uint8))


def _edits(photo: Photo) -> list[RenderedEdit]:
    """Surface moves and appears, a colour changes, and it moves again elsewhere."""
    first = blurred_noise()
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    bump = 5 * np.exp(-((xs - 50) ** 2 + (ys - 40) ** 2) / 300)
    second = np.asarray(cv2.remap(first, xs + bump, ys - bump, cv2.INTER_CUBIC))
    cv2.circle(second, (60, 55), 7, (1.0, 1.0, 0.9), -1)
    second = np.asarray(np.clip(second, 0, 1), np.float32)
    third = redder(second)
    fourth = np.asarray(cv2.remap(third, xs - bump, ys, cv2.INTER_CUBIC).clip(0, 1), np.float32)
    regions = [
        _region(photo, 60, 40, 200, 190),
        _region(photo, 120, 110, 80, 60),
        _region(photo, 20, 150, 260, 140),
    ]
    pictures = [first, second, third, fourth]
    return [
        RenderedEdit.of(CROP, region, before, after, still=region is regions[1])
        for region, before, after in zip(regions, pictures, pictures[1:], strict=False)
    ]


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[PlacedEdit]:
    """Every edit that is computed from here on."""
    placed: list[PlacedEdit] = []
    apply = fold._apply  # pyright: ignore[reportPrivateUsage] - every edit passes here

    def counted(canvas: object, place: PlacedEdit, tile: int) -> None:
        placed.append(place)
        apply(canvas, place, tile)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(fold, "_apply", counted)
    return placed


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_further_edit_and_another_last_one_fold_one_edit(
    applied: list[PlacedEdit], number: int
) -> None:
    photo, level, kept = _photo(), Level(number), Kept.within(ByteCache(64 << 20))
    edits = _edits(photo)
    stronger = RenderedEdit.of(CROP, edits[2].region, edits[2].before.pixels, blurred_noise(5))
    asked = [edits[:1], edits[:2], edits, [*edits[:2], stronger], edits[:2], edits]
    counts: list[int] = []
    for some in asked:
        applied.clear()
        state = folded(photo, some, level, kept)
        counts.append(len(applied))
        anew = folded(photo, some, level)
        assert state is not None
        assert anew is not None
        both = inside(anew.box, state.box)
        np.testing.assert_array_equal(state.pixels[both], anew.pixels)
        assert not state.pixels.flags.writeable
    assert counts == [1, 1, 1, 1, 0, 0]


def test_an_edit_in_two_parts_that_goes_on_folds_both_and_none_below(
    applied: list[PlacedEdit],
) -> None:
    """A smile that is bent and the eyes that are drawn: what lies below stays as it was folded."""
    photo, kept = _photo(), Kept.within(ByteCache(64 << 20))
    edits = _edits(photo)
    about, beside = edits[1].region, edits[0].region.subtracted(edits[1].region)
    below, counts = edits[2:], list[int]()
    for seed in (5, 6, 7):
        drawn = RenderedEdit.of(CROP, about, edits[0].before.pixels, blurred_noise(seed))
        applied.clear()
        folded(photo, [*below, replace(drawn, region=beside), drawn], Level(0), kept)
        counts.append(len(applied))
    assert counts == [3, 2, 2]


def test_the_states_of_another_photo_or_region_or_render_are_not_taken(
    applied: list[PlacedEdit],
) -> None:
    kept = Kept.within(ByteCache(64 << 20))
    photo, other = _photo(), _photo(seed=3)
    edit = _edits(photo)[0]
    renders = edit.before.pixels, edit.after.pixels
    moved = FaceCrop(np.zeros((68, 2)), CROP.to_photo + 1, SIDE)
    variants = [
        (photo, edit),
        (other, edit),
        (photo, RenderedEdit.of(CROP, _region(photo, 61, 40, 200, 190), *renders)),
        (photo, RenderedEdit.of(CROP, edit.region, *renders, still=True)),
        (photo, RenderedEdit.of(CROP, edit.region, renders[0], redder(renders[1]))),
        (photo, RenderedEdit.of(moved, edit.region, *renders)),
    ]
    for some, variant in variants:
        before = len(applied)
        folded(some, [variant], Level(0), kept)
        assert len(applied) == before + 1
    folded(photo, [edit], Level(0), kept)
    assert len(applied) == len(variants)


def test_states_stay_within_their_bytes() -> None:
    cache = ByteCache(2 << 20)
    photo, kept = _photo(), Kept.within(cache)
    edits = _edits(photo)
    for shift in range(12):
        moved = RenderedEdit.of(
            CROP,
            _region(photo, 20 + shift, 40, 200, 190),
            edits[0].before.pixels,
            blurred_noise(shift),
        )
        folded(photo, [edits[0], moved], Level(0), kept)
        assert cache.held <= cache.budget


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_displayed_at_level_0_is_the_export(dtype: type) -> None:
    photo = _photo(dtype)
    edits = _edits(photo)
    kept = Kept.within(ByteCache(64 << 20))
    state = folded(photo, edits, Level(0), kept)
    exported = rounded_to_8_bits(edited_pixels(photo, edits))
    assert not np.array_equal(exported, rounded_to_8_bits(photo.pixels))
    np.testing.assert_array_equal(edited_pixels(photo, edits, kept), edited_pixels(photo, edits))
    for x, y, width, height in tiles(photo.width, photo.height, 100):
        shown = displayed(photo, state, Level(0), (x, y, width, height))
        np.testing.assert_array_equal(shown, exported[y : y + height, x : x + width])
        assert not shown.flags.writeable


@pytest.mark.parametrize("number", [1, 2, 3])
def test_tiles_of_a_level_are_parts_of_the_whole(number: int) -> None:
    """Also where the last column and row reach beyond a photo of odd sides."""
    photo, level = _photo(np.uint8), Level(number)
    edits = _edits(photo)
    state = folded(photo, edits, level)
    size = level.size(photo)
    assert size == (-(-343 // 2**number), -(-301 // 2**number))
    whole = displayed(photo, state, level, (0, 0, *size))
    untouched = displayed(photo, None, level, (0, 0, *size))
    assert not np.array_equal(whole, untouched)
    for side in (17, 64):
        for x, y, width, height in tiles(*size, side):
            part = displayed(photo, state, level, (x, y, width, height))
            np.testing.assert_array_equal(part, whole[y : y + height, x : x + width])
    np.testing.assert_array_equal(
        untouched[3, 5],
        np.rint(photo.pixels[3 << number : 4 << number, 5 << number : 6 << number].mean((0, 1))),
    )


@pytest.mark.parametrize("number", [0, 1, 3])
def test_an_edit_does_not_depend_on_the_regions_of_others(number: int) -> None:
    photo, level = _photo(), Level(number)
    edit = _edits(photo)[0]
    far = RenderedEdit.of(
        CROP, _region(photo, 290, 250, 40, 40), edit.after.pixels, redder(edit.after.pixels)
    )
    alone, both = folded(photo, [edit], level), folded(photo, [edit, far], level)
    assert alone is not None
    assert both is not None
    box, _ = level.mask(edit.region)
    np.testing.assert_array_equal(
        alone.pixels[inside(box, alone.box)], both.pixels[inside(box, both.box)]
    )


def test_a_region_that_ends_with_the_photo_is_whole_there_at_every_level() -> None:
    alpha = np.zeros((301, 343), np.uint8)
    alpha[200:, 300:] = 255
    region = RegionMask.from_full(alpha)
    for number in (1, 2, 3):
        (x, y, width, height), mask = Level(number).mask(region)
        assert (x + width, y + height) == Level(number).size(_photo())
        assert mask[-1, -1] == 255
    assert Level(3).mask(RegionMask.empty(343, 301))[0] == (0, 0, 0, 0)


def test_the_level_nearest_to_a_length() -> None:
    assert [Level.near(length, 640).number for length in (10, 640, 900, 1000, 1900, 5000)] == [
        0, 0, 0, 1, 2, 3,
    ]  # fmt: skip
