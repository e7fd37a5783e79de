"""What reaches the photograph: exactness outside, movement inside, depth and colour kept."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor.document.byte_cache import ByteCache
from editor.document.colour import ColourSpace, rounded_to_8_bits, sixteen_bits
from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.profiles import display_p3
from editor.document.region import RegionMask
from editor.engine.compositing import fold, placement, renders
from editor.engine.compositing.fold import (
    edited_box,
    edited_part,
    edited_pixels,
    folded,
    outside_identical,
)
from editor.engine.compositing.geometry import Level, inside
from editor.engine.compositing.placement import PlacedEdit
from editor.engine.compositing.renders import Kept, RenderedEdit, State
from editor.engine.compositing.surface import Surface, explained
from tests.editor.document.test_colour import matrix_profile
from tests.editor.renders import SIDE, blurred_noise, redder

if TYPE_CHECKING:
    from editor.engine.compositing.geometry import Box


def _crop(scale: float = 2.0, x: float = 20, y: float = 30, turn: float = 0.1) -> FaceCrop:
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    return FaceCrop(np.zeros((68, 2)), np.array([[a, -b, x + 40], [b, a, y]]), SIDE)


def _photo(dtype: type = np.uint8, size: tuple[int, int] = (300, 340), seed: int = 0) -> Photo:
    noise = np.random.default_rng(seed).random((*size, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return Photo((smooth * np.iinfo(dtype).max).astype(dtype))


def _region(photo: Photo, x: int = 120, y: int = 100, w: int = 60, h: int = 50) -> RegionMask:
    alpha = np.zeros((photo.height, photo.width), np.uint8)
    cv2.ellipse(alpha, (x + w // 2, y + h // 2), (w // 2, h // 2), 0, 0, 360, 255, -1)
    return RegionMask.from_full(np.asarray(cv2.GaussianBlur(alpha, (0, 0), 2), np.uint8))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1000),
    boxes=st.lists(
        st.tuples(
            st.integers(0, 250), st.integers(0, 220), st.integers(10, 90), st.integers(10, 80)
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_pixels_outside_all_regions_are_bit_identical(
    dtype: type, seed: int, boxes: list[tuple[int, int, int, int]]
) -> None:
    photo, crop = _photo(dtype, seed=seed), _crop()
    faces = [blurred_noise(seed + k) for k in range(len(boxes) + 1)]
    regions = [_region(photo, *box) for box in boxes]
    changes = [
        RenderedEdit.of(crop, region, before, after)
        for region, before, after in zip(regions, faces, faces[1:], strict=False)
    ]
    out = edited_pixels(photo, changes)
    assert out.dtype == dtype
    assert outside_identical(photo.pixels, [(0, out)], regions)
    assert not np.array_equal(out, photo.pixels)


def test_the_check_can_fail() -> None:
    photo = _photo()
    region = _region(photo)
    spoiled = photo.pixels.copy()
    spoiled[0, 0, 0] ^= 1
    assert not outside_identical(photo.pixels, [(0, spoiled)], [region])
    spoiled = photo.pixels.copy()
    spoiled[125, 150] ^= 8
    assert outside_identical(photo.pixels, [(0, spoiled)], [region])
    assert not outside_identical(photo.pixels, [(0, spoiled.astype(np.uint16))], [region])
    halves = [(0, spoiled[:120]), (120, spoiled[120:])]
    assert outside_identical(photo.pixels, halves, [region])
    assert not outside_identical(photo.pixels, halves[:1], [region])
    assert not outside_identical(photo.pixels, halves[::-1], [region])
    spoiled[130, 0] ^= 8
    assert not outside_identical(photo.pixels, halves, [region])


def test_no_change_gives_the_photo_back() -> None:
    photo, face = _photo(np.uint16), blurred_noise()
    region = _region(photo)
    assert np.array_equal(edited_pixels(photo, []), photo.pixels)
    same = edited_pixels(photo, [RenderedEdit.of(_crop(), region, face, face)])
    assert np.array_equal(same, photo.pixels)


def test_a_colour_change_is_added_in_full_where_the_region_is_full() -> None:
    photo, crop, face = _photo(), _crop(), blurred_noise()
    region = _region(photo, w=90, h=80)
    state = folded(photo, [RenderedEdit.of(crop, region, face, redder(face))], Level(0))
    assert state is not None
    picture = state.pixels[inside(region.bounds, state.box)]
    before = Level(0).window(region.bounds).cut(photo)
    added = (picture - before.astype(np.float32)) / 65535
    mean = added[region.alpha == 255].mean(0)
    np.testing.assert_allclose(mean, [0.15, -0.05, 0], atol=0.02)


def test_of_large_renders_the_finest_does_not_reach_surface_that_stays() -> None:
    """Threads that a generator of 512 pixels draws anew are no part of the change of colour."""
    photo = _photo(size=(600, 600))
    crop = FaceCrop(np.zeros((68, 2)), np.array([[1.0, 0, 40], [0, 1.0, 30]]), 512)
    face = np.asarray(cv2.resize(blurred_noise(), (512, 512)), np.float32)
    threads = np.tile(np.array([0.05, -0.05], np.float32), 256)[None, :, None]
    region = _region(photo, 180, 180, 240, 200)
    out = edited_pixels(photo, [RenderedEdit.of(crop, region, face, redder(face) + threads)])
    added = (out.astype(np.float32) - photo.pixels)[250:310, 270:330]
    np.testing.assert_allclose(added.mean((0, 1)) / 255, [0.15, -0.05, 0], atol=0.02)
    assert np.abs(np.diff(added[..., 1], axis=1)).mean() < 2, "25 between two threads"


def test_sixteen_bits_are_more_than_eight_bits_repeated() -> None:
    photo, face = _photo(np.uint16), blurred_noise()
    region = _region(photo)
    out = edited_pixels(photo, [RenderedEdit.of(_crop(), region, face, redder(face))])
    inside = out[region.full() > 128]
    assert (inside % 257 != 0).mean() > 0.9


@pytest.mark.parametrize("icc", [None, display_p3()])
def test_what_edits_change_has_sixteen_bits_in_a_photo_of_eight(icc: bytes | None) -> None:
    """A deep export held 8-bit values times 257: bands on smooth skin."""
    photo, face = replace(_photo(np.uint8), icc=icc), blurred_noise()
    region = _region(photo)
    edits = [RenderedEdit.of(_crop(), region, face, redder(face))]
    deep, plain = (edited_part(photo, edits, deep=deep) for deep in (True, False))
    assert deep is not None
    assert plain is not None
    np.testing.assert_array_equal(rounded_to_8_bits(deep.pixels), plain.pixels)
    inside = deep.over(sixteen_bits(photo.pixels))[region.full() > 128]
    assert (inside % 257 != 0).mean() > 0.5


def test_photo_detail_travels_with_the_surface() -> None:
    """The renders move a dark disc; the photo's own mark on that disc must move along."""

    def disc(cx: float) -> np.ndarray:
        ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
        base = 0.7 - 0.45 * np.exp(-(((xs - cx) ** 2 + (ys - 64) ** 2) / 300))
        texture = 0.04 * np.sin((xs - cx) * 0.8) * np.exp(-((xs - cx) ** 2 + (ys - 64) ** 2) / 500)
        return np.repeat((base + texture)[..., None], 3, -1).astype(np.float32)

    before, after = disc(60), disc(65)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 20], [0, 2.0, 30]]), SIDE)
    base = cv2.resize(before, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    pixels = np.full((330, 300, 3), 0.7, np.float32)
    pixels[30:286, 20:276] = base
    mark = (20 + 2 * 60 + 10, 30 + 2 * 64)
    cv2.circle(pixels, mark, 3, (1.0, 1.0, 1.0), -1)
    photo = Photo((pixels.clip(0, 1) * 255).astype(np.uint8))
    alpha = np.zeros((330, 300), np.uint8)
    alpha[60:260, 60:260] = 255
    out = edited_pixels(photo, [RenderedEdit.of(crop, RegionMask.from_full(alpha), before, after)])
    grey = out.mean(-1)
    ys, xs = np.nonzero(grey[100:220, 100:220] > 0.9 * grey[100:220, 100:220].max())
    assert abs(xs.mean() + 100 - (mark[0] + 10)) <= 2
    assert abs(ys.mean() + 100 - mark[1]) <= 2
    assert grey[mark[1], mark[0]] < 200, "the mark's ghost stayed"


def test_what_hides_the_face_stays_as_it_is_in_every_edit() -> None:
    """A bar lies over the face in the photo; the inversion knows nothing of it."""
    face = np.full((SIDE, SIDE, 3), (0.7, 0.55, 0.5), np.float32)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 20], [0, 2.0, 30]]), SIDE)
    pixels = np.full((330, 300, 3), (178, 140, 128), np.uint8)
    pixels[140:180, 60:240] = (70, 110, 160)
    photo = Photo(pixels)
    alpha = np.zeros((330, 300), np.uint8)
    alpha[80:240, 70:230] = 255
    region = RegionMask.from_full(alpha)
    once = redder(face)
    out = edited_pixels(
        photo,
        [
            RenderedEdit.of(crop, region, face, once),
            RenderedEdit.of(crop, region, once, redder(once)),
        ],
    )
    assert np.array_equal(out[145:175, 75:225], pixels[145:175, 75:225])
    added = out[90:120, 80:220].astype(np.float32) - pixels[90:120, 80:220]
    np.testing.assert_allclose(added.mean((0, 1)), [2 * 0.15 * 255, -2 * 0.05 * 255, 0], atol=2)


def test_more_light_shows_more_of_the_texture_and_less_light_less() -> None:
    """Between what addition leaves as it is and what light itself would multiply."""
    face = np.full((SIDE, SIDE, 3), 0.4, np.float32)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 20], [0, 2.0, 30]]), SIDE)
    noise = np.random.default_rng(4).standard_normal((330, 300, 1)).repeat(3, -1)
    photo = Photo(np.rint((0.4 + 0.03 * noise).clip(0, 1) * 65535).astype(np.uint16))
    alpha = np.zeros((330, 300), np.uint8)
    alpha[80:240, 70:230] = 255
    middle = (slice(100, 220), slice(90, 210))
    own = photo.pixels[middle].std()
    for lightness in (0.28, 0.56):
        after = np.full_like(face, lightness)
        out = edited_pixels(
            photo, [RenderedEdit.of(crop, RegionMask.from_full(alpha), face, after)]
        )
        kept = (out[middle] / 65535).astype(np.float32)
        light = (lightness + 0.055) / (0.4 + 0.055)
        low, high = sorted((1.0, light))
        assert low + 0.01 < kept.std() * 65535 / own < high - 0.01
        assert kept.std() * 65535 / own == pytest.approx(1 + 0.1 * (light - 1), abs=0.01)
        assert kept.mean() == pytest.approx(lightness, abs=0.01)


def test_a_colour_that_runs_against_lightness_leaves_fine_texture() -> None:
    """Where dark lips redden more than light ones, their lines stay, but for a little."""
    xs = np.arange(SIDE, dtype=np.float32)
    shade = 0.6 - 0.4 * np.exp(-(((xs - 65) / 4) ** 2)).astype(np.float32)
    face = np.tile(shade[None, :, None], (SIDE, 1, 3))
    after = face.copy()
    after[..., 0] += 0.5 * (0.6 - face[..., 0])
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 20], [0, 2.0, 30]]), SIDE)
    lines = np.sin(np.arange(330) * 1.5)[:, None, None] * 0.03
    broad = np.interp(np.arange(300), 20 + 2 * xs, shade)[None, :, None]
    photo = Photo(np.rint((broad + lines + np.zeros(3)) * 65535).astype(np.uint16))
    alpha = np.zeros((330, 300), np.uint8)
    alpha[80:240, 70:230] = 255
    change = RenderedEdit.of(crop, RegionMask.from_full(alpha), face, after, still=True)
    change = replace(change, tinting=True)  # the photo is grey
    out, own = (
        x[100:220, 150:160, 0] / 65535 for x in (edited_pixels(photo, [change]), photo.pixels)
    )
    texture = [float((x - x.mean(0)).std()) for x in (out, own)]
    assert 0.92 < texture[0] / texture[1] < 1.06
    assert out.mean() - own.mean() > 0.1, "the broad change is there"


def test_a_contour_that_moves_in_the_soft_edge_is_seen_once() -> None:
    """The renders move a dark line; in the feather it lies between its old and its new place."""
    xs = np.arange(SIDE, dtype=np.float32)

    def line(at: float) -> np.ndarray:
        row = 0.7 - 0.4 * np.exp(-(((xs - at) / 1.5) ** 2))
        rough = 0.05 * (blurred_noise(6) - 0.5)
        return np.clip(np.broadcast_to(row, (SIDE, SIDE))[..., None] + rough, 0, 1).astype("f4")

    before, after = line(60), line(65)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]]), SIDE)
    size = (2 * SIDE, 2 * SIDE)
    picture = cv2.resize(before, size, interpolation=cv2.INTER_CUBIC)
    photo = Photo((picture.clip(0, 1) * 255).astype(np.uint8))
    fall = np.clip((np.arange(256) - 60) / 100, 0, 1)  # alpha rises downwards
    alpha = np.zeros((256, 256), np.uint8)
    alpha[20:236, 20:236] = np.rint(255 * fall)[20:236, None]
    out = edited_pixels(photo, [RenderedEdit.of(crop, RegionMask.from_full(alpha), before, after)])
    half = out[105:116].mean((0, 2))
    dark = np.flatnonzero(half < half.min() + 0.5 * (np.median(half) - half.min()))
    assert np.ptp(dark) < 9, "one line, not two"
    assert 122.5 < dark.mean() < 129


def test_new_surface_shows_no_line_of_the_old_one() -> None:
    """Teeth appear where the photo, but not its soft inversion, has a sharp dark line."""
    face = np.full((SIDE, SIDE, 3), (0.7, 0.5, 0.45), np.float32)
    face += 0.1 * (blurred_noise(9) - 0.5)
    cv2.ellipse(face, (64, 64), (22, 9), 0, 0, 360, (0.62, 0.3, 0.3), -1)
    before = np.asarray(cv2.GaussianBlur(face, (0, 0), 1.2), np.float32)
    after = before.copy()
    cv2.ellipse(after, (64, 64), (17, 5), 0, 0, 360, (0.85, 0.85, 0.8), -1)
    after = np.asarray(cv2.GaussianBlur(after, (0, 0), 0.8), np.float32)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[3.0, 0, 1.0], [0, 3.0, 1.0]]), SIDE)
    size = (3 * SIDE, 3 * SIDE)
    picture = np.asarray(cv2.resize(face, size, interpolation=cv2.INTER_CUBIC), np.float32)
    cv2.line(picture, (140, 193), (244, 193), (0.1, 0.03, 0.03), 3)
    photo = Photo((picture.clip(0, 1) * 255).astype(np.uint8))
    region = _region(photo, 90, 130, 200, 130)
    out = edited_pixels(photo, [RenderedEdit.of(crop, region, before, after)]).astype(np.float32)
    teeth = out[184:203, 170:214].mean(-1)
    line = np.abs(teeth[9:12].mean() - teeth[[2, 3, -4, -3]].mean())
    assert teeth.mean() > 190
    assert line < 6, "of 150 levels that the line was dark"


def test_teeth_beside_the_renders_place_are_not_overexposed() -> None:
    """The photo's teeth lie a little beside the inversion's; an edit makes them larger."""
    lips = np.full((SIDE, SIDE, 3), (0.7, 0.35, 0.35), np.float32) + 0.1 * (blurred_noise(9) - 0.5)

    def teeth(height: int, down: int = 0) -> np.ndarray:
        face = lips.copy()
        cv2.ellipse(face, (64, 64 + down), (22, height), 0, 0, 360, (0.85, 0.84, 0.8), -1)
        return np.asarray(cv2.GaussianBlur(face, (0, 0), 0.8), np.float32)

    crop = FaceCrop(np.zeros((68, 2)), np.array([[3.0, 0, 1.0], [0, 3.0, 1.0]]), SIDE)
    seen = cv2.resize(teeth(5, -4), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    photo = Photo((seen.clip(0, 1) * 255).astype(np.uint8))
    region = _region(photo, 90, 130, 200, 130)
    out = edited_pixels(photo, [RenderedEdit.of(crop, region, teeth(5), teeth(9))])
    assert np.quantile(out[..., 2], 0.999) < 0.9 * 255
    assert np.quantile(out[..., 1], 0.001) > 0.2 * 255


def test_what_hides_a_face_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[np.ndarray] = []

    def counted(seen: np.ndarray, base: np.ndarray) -> np.ndarray:
        asked.append(base)
        return explained(seen, base)

    monkeypatch.setattr(renders, "explained", counted)
    photo, other, face = _photo(), _photo(seed=1), blurred_noise()
    kept = Kept.within(ByteCache(10 << 20))
    changes = [RenderedEdit.of(_crop(), _region(photo), face, redder(face))]
    first, again = (edited_pixels(photo, changes, kept) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert len(asked) == 1
    edited_pixels(other, changes, kept)
    assert len(asked) == 2, "another photo hides other things"
    refined = face * np.float32(0.9)
    edited_pixels(photo, [RenderedEdit.of(_crop(), _region(photo), refined, face)], kept)
    assert asked[-1] is refined, "another inversion explains other things"


def test_a_coarse_window_agrees_with_the_full_one() -> None:
    photo, face = _photo(), blurred_noise()
    region = _region(photo, w=100, h=90)
    changes = [RenderedEdit.of(_crop(), region, face, redder(face))]
    full, half = (folded(photo, changes, Level(number)) for number in (0, 1))
    box = edited_box(changes, Level(1))
    assert full is not None
    assert half is not None
    assert box is not None
    fine = full.pixels[inside((2 * box[0], 2 * box[1], 2 * box[2], 2 * box[3]), full.box)]
    small = cv2.resize(fine, (box[2], box[3]), interpolation=cv2.INTER_AREA).astype(np.float32)
    assert np.abs(small - half.pixels[inside(box, half.box)]).mean() < 0.01 * 65535


def _moving(scale: float, size: tuple[int, int]) -> tuple[Photo, list[RenderedEdit]]:
    """A photo of ``size`` and two edits at ``scale``: surface moves and appears, then colour."""
    photo, before = _photo(np.uint16, size), blurred_noise()
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    bump = 5 * np.exp(-((xs - 50) ** 2 + (ys - 40) ** 2) / 300)
    after = np.asarray(cv2.remap(before, xs + bump, ys - bump, cv2.INTER_CUBIC))
    cv2.circle(after, (60, 55), 7, (1.0, 1.0, 0.9), -1)
    after = np.asarray(np.clip(after, 0, 1), np.float32)
    crop, wide = _crop(scale), _region(photo, 40, 30, size[1] - 70, size[0] - 60)
    narrow = _region(photo, size[1] // 3, size[0] // 3, 80, 60)
    return photo, [
        RenderedEdit.of(crop, wide, before, after),
        RenderedEdit.of(crop, narrow, after, redder(after)),
    ]


@pytest.mark.parametrize("scale", [0.7, 2.0, 4.0])
def test_tiles_equal_the_whole(scale: float) -> None:
    """Also where the photo's detail and the filters cross the edges of tiles."""
    photo, changes = _moving(scale, (300, 340))
    surface = Surface.between(changes[0].before.pixels, changes[0].after.pixels)
    assert np.abs(surface.flow).max() > 1
    assert surface.novelty.max() > 1
    whole = edited_pixels(photo, changes, tile=1000)
    assert not np.array_equal(whole, photo.pixels)
    for tile in (48, 111):
        tiled = edited_pixels(photo, changes, tile=tile)
        np.testing.assert_allclose(tiled, whole, rtol=0, atol=1)  # of 65,535: sums round off


def test_where_things_move_a_coarse_change_does_not_flatten_the_texture() -> None:
    """The change is darker where the photo is lighter: a colour may follow that, movement not."""
    photo = np.asarray(_photo().pixels / np.float32(255), np.float32)
    photo = photo.mean(-1, keepdims=True).repeat(3, -1)
    change = np.asarray(0.4 * (0.5 - cv2.GaussianBlur(photo, (0, 0), 3)), np.float32)
    guided = placement._guided  # pyright: ignore[reportPrivateUsage] - the choice is made there
    moved, still = (guided(change, photo, 3, flatten=flatten) for flatten in (False, True))
    own, kept, flattened = (
        float((p - np.asarray(cv2.GaussianBlur(p, (0, 0), 4), np.float32)).std())
        for p in (photo, photo + moved, photo + still)
    )
    assert flattened < 0.97 * kept
    assert kept > 0.88 * own


def test_what_is_held_beside_the_picture_does_not_grow_with_the_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    largest = 0
    guided = placement._guided  # pyright: ignore[reportPrivateUsage] - every tile passes here

    def watched(change: np.ndarray, photo: np.ndarray, radius: int, *, flatten: bool) -> np.ndarray:
        nonlocal largest
        largest = max(largest, change.size)
        return guided(change, photo, radius, flatten=flatten)

    monkeypatch.setattr(placement, "_guided", watched)
    held: list[int] = []
    for size in ((300, 340), (450, 680)):
        photo, changes = _moving(2.0, size)
        largest = 0
        edited_pixels(photo, changes, tile=64)
        held.append(largest)
    assert held == [3 * (64 + 2 * 2 * 3) ** 2] * 2


@pytest.mark.parametrize("workers", [2, 8])
def test_tiles_that_are_computed_at_once_leave_no_trace(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, changes = _moving(2.0, (300, 340))
    monkeypatch.setattr(cv2, "getNumThreads", lambda: 1)
    alone = edited_pixels(photo, changes)
    monkeypatch.setattr(cv2, "getNumThreads", lambda: workers)
    monkeypatch.setattr(fold, "_SMALLEST_TILE", 32)
    together = edited_pixels(photo, changes)
    np.testing.assert_allclose(together, alone, rtol=0, atol=1)  # of 65,535: sums round off
    assert (alone != photo.pixels).any()


def test_a_fault_in_one_of_the_tiles_ends_the_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    photo, changes = _moving(2.0, (300, 340))
    monkeypatch.setattr(cv2, "getNumThreads", lambda: 4)
    monkeypatch.setattr(fold, "_SMALLEST_TILE", 32)
    tile, count = PlacedEdit.tile, itertools.count()

    def broken(place: PlacedEdit, canvas: State, at: Box) -> np.ndarray:
        if next(count) == 3:
            raise MemoryError
        return tile(place, canvas, at)

    monkeypatch.setattr(PlacedEdit, "tile", broken)
    with pytest.raises(MemoryError):
        edited_pixels(photo, changes)


def test_the_check_sees_every_band_of_a_tall_photo() -> None:
    photo = _photo()
    region = _region(photo)

    def bands(pixels: np.ndarray) -> list[tuple[int, np.ndarray]]:
        return [(top, pixels[top : top + 40]) for top in range(0, len(pixels), 40)]

    for y in (0, 90, 130, 299):
        spoiled = photo.pixels.copy()
        spoiled[y, 3] ^= 1
        assert not outside_identical(photo.pixels, bands(spoiled), [region])
    spoiled = photo.pixels.copy()
    spoiled[region.full() > 0] ^= 1
    assert outside_identical(photo.pixels, bands(spoiled), [region])


def test_photos_in_other_profiles_look_alike_after_an_edit() -> None:
    """An Adobe RGB photo and its sRGB twin must show the same change."""
    icc = matrix_profile()
    space = ColourSpace.of(icc)
    assert not space.is_srgb
    twin, face = _photo(np.uint16), blurred_noise()
    muted = (0.25 + 0.5 * twin.pixels / 65535).astype(
        np.float32
    )  # inside both gamuts, also when edited
    plain = Photo(np.rint(muted * 65535).astype(np.uint16))
    tagged = Photo(np.rint(space.from_srgb(muted) * 65535).astype(np.uint16), icc=icc)
    region = _region(plain)
    changes = [RenderedEdit.of(_crop(), region, face, redder(face))]
    one = edited_pixels(plain, changes) / np.float32(65535)
    edited = (edited_pixels(tagged, changes) / 65535).astype(np.float32)
    other = space.to_srgb(edited)
    np.testing.assert_allclose(other, one, atol=2e-3)
    assert np.abs(one - muted).max() > 0.05


def test_empty_regions_have_no_box() -> None:
    photo, face = _photo(), blurred_noise()
    empty = RegionMask.empty(photo.width, photo.height)
    change = RenderedEdit.of(_crop(), empty, face, redder(face))
    assert edited_box([change], Level(0)) is None
    assert np.array_equal(edited_pixels(photo, [change]), photo.pixels)


def test_where_only_colours_change_the_photos_detail_stays_in_its_place() -> None:
    """The render's beard goes with the change; the photo's hairs are not taken for hidden."""
    bare = np.full((SIDE, SIDE, 3), (0.75, 0.55, 0.5), np.float32)
    bare = np.asarray(bare + 0.1 * (blurred_noise(9) - 0.5), np.float32)
    bearded = bare.copy()
    cv2.ellipse(bearded, (64, 64), (26, 16), 0, 0, 360, (0.2, 0.17, 0.17), -1)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[3.0, 0, 1.0], [0, 3.0, 1.0]]), SIDE)
    smooth = np.asarray(cv2.resize(bearded, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC))
    hair = 0.08 * np.random.default_rng(3).standard_normal((3 * SIDE, 3 * SIDE, 1))
    photo = Photo(((smooth + hair).clip(0, 1) * 255).astype(np.uint8))
    region = RegionMask.from_full(np.full(photo.pixels.shape[:2], 255, np.uint8))

    def hairs(pixels: np.ndarray) -> np.ndarray:
        grey = pixels[160:230, 140:250].astype(np.float32).mean(-1)
        return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), 2), np.float32).ravel()

    before = hairs(photo.pixels)
    kept, dropped = (
        np.corrcoef(before, hairs(edited_pixels(photo, [change])))[0, 1]
        for change in (RenderedEdit.of(crop, region, bearded, bare, still=s) for s in (True, False))
    )
    assert kept > 0.9
    assert dropped < 0.5, "else this test shows nothing"


def test_lighter_hair_keeps_its_strands_and_lights_no_rim_beside_it() -> None:
    """In the render the hair's outline goes back as well: skin is there, and in the photo still."""
    hair, skin = np.float32(0.15), np.float32(0.7)
    before, after = (np.full((SIDE, SIDE, 3), skin, np.float32) for _ in range(2))
    before[:64], after[:58] = hair, 0.4
    before, after = (
        np.asarray(cv2.GaussianBlur(p, (0, 0), 1.5), np.float32) for p in (before, after)
    )
    crop = FaceCrop(np.zeros((68, 2)), np.array([[3.0, 0, 1.0], [0, 3.0, 1.0]]), SIDE)
    pixels = np.full((3 * SIDE, 3 * SIDE, 3), skin, np.float32)
    pixels[: 3 * 62] = hair
    pixels[: 3 * 62, ::5] = 0.3
    photo = Photo(np.rint(pixels * 65535).astype(np.uint16))
    region = RegionMask.from_full(np.full(pixels.shape[:2], 255, np.uint8))
    edits = (
        RenderedEdit.of(crop, region, before, after, still=True, toned=f) for f in (True, False)
    )
    kept, plain = (edited_pixels(photo, [edit])[90:300, 100:200] / 65535 for edit in edits)
    assert plain.max() > 0.95, "else this test shows nothing"
    assert kept.max() < skin + 0.06
    strands, own = (p[:60].std(1).mean() for p in (kept, pixels[90:300, 100:200]))
    assert strands > 0.9 * own
    assert kept[:40].mean() > hair + 0.1, "it is lighter"


def test_hairs_do_not_turn_grey_in_more_light() -> None:
    """Hairs of a width that the render cannot show: it is brightened as the skin around them."""
    face = np.full((SIDE, SIDE, 3), 0.35, np.float32)
    after = np.full_like(face, 0.55)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[3.0, 0, 1.0], [0, 3.0, 1.0]]), SIDE)
    pixels = np.full((3 * SIDE, 3 * SIDE, 3), 0.35, np.float32)
    pixels[:, ::7] = 0.04
    photo = Photo(np.rint(pixels * 65535).astype(np.uint16))
    region = RegionMask.from_full(np.full(pixels.shape[:2], 255, np.uint8))
    out = edited_pixels(photo, [RenderedEdit.of(crop, region, face, after, still=True)]) / 65535
    inner = out[100:200, 100:200]
    hairs = inner[:, [k for k in range(100) if (100 + k) % 7 == 0]]
    skin = inner[:, [k for k in range(100) if (100 + k) % 7 == 3]]
    assert skin.mean() == pytest.approx(0.55, abs=0.02)
    assert hairs.mean() < 0.04 * (0.55 + 0.055) / (0.35 + 0.055) + 0.055, "as light, not as paint"
