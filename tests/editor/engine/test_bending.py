"""Shapes are changed by bending the photograph; the renders say how far, and give no colour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document import attributes
from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.bending import (
    bent,
    folds,
    going_exactly,
    opened_no_further,
    without,
)
from editor.engine.compositing.blending import fade
from editor.engine.compositing.fold import edited_pixels
from editor.engine.compositing.renders import RenderedEdit
from resources.face_mesh import ibug_landmarks, mean_mesh

SIDE = 128
STEPS = np.linspace(40, 88, 7)
POINTS = np.stack(np.meshgrid(STEPS, STEPS), -1).reshape(-1, 2)
CROP = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]]), SIDE)


def moved(by: tuple[float, float]) -> np.ndarray:
    return POINTS + by


def test_points_move_as_they_did_and_the_rim_stays() -> None:
    flow = bent(POINTS, moved((3, -2)), SIDE).flow
    assert flow.shape == (SIDE, SIDE, 2)
    np.testing.assert_allclose(flow[62, 67], [-3, 2], atol=0.1)
    for rim in (flow[0], flow[-1], flow[:, 0], flow[:, -1]):
        assert np.abs(rim).max() < 0.1


def test_what_is_before_a_face_stays_while_the_face_goes() -> None:
    rim = np.zeros((SIDE, SIDE), np.float32)
    rim[58:61, 44:84] = 1
    there = moved((3, -2))
    flow = bent(*without(POINTS, there, rim), SIDE).flow
    assert np.abs(flow[58:61, 44:84]).max() < 0.8, "the rim is no part of the face"
    np.testing.assert_allclose(flow[80, 64], [-3, 2], atol=0.3)
    crumb = np.zeros_like(rim)
    crumb[60, 60] = 1
    for same, given in zip(without(POINTS, there, crumb), (POINTS, there), strict=True):
        assert same is given


def test_a_larger_crop_is_bent_alike() -> None:
    small = bent(POINTS, moved((3, -2)), SIDE).flow
    large = bent(4 * POINTS, 4 * moved((3, -2)), 4 * SIDE).flow
    np.testing.assert_allclose(large[2::4, 2::4] / 4, small, atol=0.15)


def test_a_mesh_that_trembles_hardly_bends_the_photo() -> None:
    tremble = np.random.default_rng(0).normal(0, 0.3, POINTS.shape)
    flow = bent(POINTS, POINTS + tremble, SIDE).flow
    assert np.sqrt((flow[40:88, 40:88] ** 2).mean()) < 0.2
    assert not bent(POINTS, POINTS, SIDE).flow.any()


def test_what_lies_around_a_face_never_moves_more_than_its_outline() -> None:
    """Points that turn about an axis: a spline left to itself goes on growing beyond them."""
    side, middle = 256, np.array([128.0, 128.0])
    turns = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    oval = middle + 70 * np.column_stack([0.8 * np.cos(turns), np.sin(turns)])
    points = np.concatenate([middle + share * (oval - middle) for share in (0.2, 0.5, 0.8, 1)])
    across = (points - middle)[:, :1] / 56
    after = points + np.concatenate([8 * across**2 * np.sign(across), 0 * across], 1)
    ways = np.linalg.norm(bent(points, after, side).flow, axis=-1)
    rows, columns = np.mgrid[:side, :side]
    far = np.hypot((columns - middle[0]) / 56, (rows - middle[1]) / 70)
    assert ways[far > 1.05].max() <= 1.02 * 8
    assert ways[far > 1.5].max() < 0.5 * 8
    assert ways[far > 1.9].max() < 0.2 * 8
    assert ways[128, 128 + 55] > 0.8 * 8


@pytest.mark.parametrize("way", [(10, 0), (0, 10)])
def test_a_chin_near_the_crops_rim_moves_and_the_rim_stays(way: tuple[int, int]) -> None:
    """As large as FaceMesh finds photo05's face: beyond the rim a region moves as the rim does."""
    side, turns = 256, np.linspace(0, 2 * np.pi, 36, endpoint=False)
    oval = np.array([142, 149]) + np.column_stack([69 * np.cos(turns), 82 * np.sin(turns)])
    points = np.concatenate([oval, oval + (np.array([142, 149]) - oval) / 2])
    flow = bent(points, points + way, side).flow
    rim = np.concatenate([flow[0], flow[-1], flow[:, 0], flow[:, -1]])
    assert np.linalg.norm(rim, axis=-1).max() < 1.2
    assert np.linalg.norm(flow[229, 142]) > 8.5


def test_what_bends_ends_at_a_regions_edge_more_slowly_than_what_is_drawn() -> None:
    """Eight crop pixels of way: an outline that a region cuts would be drawn out to streaks."""
    brushed = np.zeros((2 * SIDE, 2 * SIDE), np.uint8)
    brushed[40:216, 40:216] = 255
    region = RegionMask.from_full(brushed).feathered(16)
    flat = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    flow = np.zeros((SIDE, SIDE, 2), np.float32)
    flow[..., 0] = 8
    alpha = CROP.mask_in_crop(region.alpha, region.x, region.y)

    def steepest(*, bent: bool) -> float:
        share = alpha * fade(region, CROP, flat, 0 * flat, flow, bent=bent)
        return 8 * float(np.abs(np.diff(share[SIDE // 2])).max())

    assert steepest(bent=True) < 0.26
    assert steepest(bent=False) > 0.35


def test_a_pulled_place_goes_all_of_its_way_and_takes_those_beside_it_along() -> None:
    """The search took it half the way, and everything a little to the right."""
    after = moved((1, 0))
    here, there = POINTS[[24]], after[[24]] + [[2, 0]]
    meshes = going_exactly((POINTS, after), (here, there), np.array([[6.0, 0]]), 10)
    flow = bent(*meshes, SIDE).flow
    x, y = (here[0] + [6, 0]).astype(int)
    np.testing.assert_allclose(flow[y, x], [-6, 0], atol=1)
    np.testing.assert_allclose(flow[y + 20, x], [-1, 0], atol=0.8)
    near = np.linalg.norm(meshes[0] - here[0], axis=1)
    ways = (meshes[1] - meshes[0])[:, 0]
    assert 2 < ways[np.argsort(near)[1]] < 6
    assert ways[np.argmax(near)] == pytest.approx(1, abs=0.01)


def photo_of_stripes() -> Photo:
    pixels = np.full((2 * SIDE, 2 * SIDE, 3), 90, np.uint8)
    pixels[:, 120:136] = [200, 150, 120]
    return Photo(pixels)


def edit_of(photo: Photo, by: tuple[float, float], shade: float = 0.5) -> RenderedEdit:
    brushed = np.zeros(photo.pixels.shape[:2], np.uint8)
    brushed[60:200, 60:200] = 255
    before = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    after = np.full((SIDE, SIDE, 3), shade, np.float32)
    edit = RenderedEdit.of(CROP, RegionMask.from_full(brushed), before, after)
    return replace(edit, bent=(POINTS, moved(by)))


def test_the_photo_itself_moves() -> None:
    photo = photo_of_stripes()
    out = edited_pixels(photo, [edit_of(photo, (3, 0))])
    row = out[128, :, 0].astype(int)
    assert (row[128:140] > 150).all(), "6 photo pixels further"
    assert (row[118:124] < 130).all()
    assert set(np.unique(out.reshape(-1, 3)[:, 2])) <= set(range(85, 126)), "its own colours"
    outside = np.ones(out.shape[:2], np.bool_)
    outside[60:200, 60:200] = False
    np.testing.assert_array_equal(out[outside], photo.pixels[outside])


def test_the_renders_colours_do_not_matter() -> None:
    photo = photo_of_stripes()
    dark, light = (edited_pixels(photo, [edit_of(photo, (3, 0), shade)]) for shade in (0.1, 0.9))
    np.testing.assert_array_equal(dark, light)


def test_an_edit_that_bends_is_another_one_than_the_same_renders_laid_over() -> None:
    edit = edit_of(photo_of_stripes(), (3, 0))
    assert edit.digest != replace(edit, bent=None).digest


def test_what_bends_moves_things_and_nothing_else_is_asked_for() -> None:
    rows = [row for row in attributes.table() if row.bends]
    assert rows
    assert all(row.moves and 1 <= row.bends <= 3 for row in rows)
    jaw, smile, frown = ("jaw_width", 9.0), ("smile", 9.0), ("smile", -9.0)
    assert attributes.bends([jaw, smile]) == min(attributes.bends([g]) for g in (jaw, smile))
    assert attributes.bends([smile], closed=True) > attributes.bends([smile])
    for goal in (frown, jaw):
        assert attributes.bends([goal], closed=True) == attributes.bends([goal])
    assert not attributes.bends([jaw, ("lip_redness", 9.0)])
    assert not attributes.bends([jaw, ("a slider of one's own", 9.0)])
    assert not attributes.bends([])
    still = ("lip_redness", 0.0)
    assert attributes.bends([jaw, still]) == attributes.bends([jaw])
    assert not attributes.bends([still])


def renders_of_a_fold() -> tuple[np.ndarray, np.ndarray]:
    """Grey skin; afterwards darker as a whole, and a line of shade across."""
    before = np.full((SIDE, SIDE, 3), 0.6, np.float32)
    after = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    after[62:66] = 0.42
    return before, after


def test_a_fold_shades_bare_skin_and_what_is_darker_as_a_whole_does_not() -> None:
    before, after = renders_of_a_fold()
    skin = np.zeros((SIDE, SIDE), np.float32)
    skin[:, :90] = 1
    light = folds(before, after, bent(POINTS, POINTS, SIDE), skin)
    assert light.dtype == np.float32
    assert light[64, 20:80].max() < -0.1
    assert np.abs(light[:40, 20:80]).max() < 0.06
    assert np.abs(light[:, 92:]).max() < 1e-6, "lips, hair, a nose"
    assert light.min() >= -0.25
    assert light.max() <= 0.12


def test_folds_of_large_renders_are_those_of_small_ones() -> None:
    def of(times: int) -> np.ndarray:
        """Of renders that are so many times as large, moved as far."""
        before, after = (p.repeat(times, 0).repeat(times, 1) for p in renders_of_a_fold())
        points, skin = times * POINTS, np.ones(before.shape[:2], np.float32)
        way = times * np.array([1.5, -1])
        return folds(before, after, bent(points, points + way, times * SIDE), skin)

    small, large = of(2), of(8)
    assert large.shape == (8 * SIDE, 8 * SIDE)
    np.testing.assert_allclose(large[2::4, 2::4], small, atol=0.01)


def test_the_photo_shows_a_fold_in_its_own_colours_and_only_in_the_region() -> None:
    photo = photo_of_stripes()
    before, after = renders_of_a_fold()
    edit = edit_of(photo, (0, 0))
    edit = RenderedEdit.of(CROP, edit.region, before, after)
    plain = replace(edit, bent=(POINTS, POINTS))
    folded = replace(plain, folding=np.ones((SIDE, SIDE), np.float32))
    assert folded.digest != plain.digest
    assert replace(plain, turning=folded.folding).digest not in (plain.digest, folded.digest)
    out = edited_pixels(photo, [folded]).astype(int)
    np.testing.assert_array_equal(edited_pixels(photo, [plain]), photo.pixels)
    assert (out[128, 80:180].sum(-1) < photo.pixels[128, 80:180].astype(int).sum(-1) - 10).all()
    stripe = out[128, 128] / photo.pixels[128, 128]
    assert np.ptp(stripe) < 0.05, "a factor of light keeps the tint"
    np.testing.assert_array_equal(out[:60], photo.pixels[:60])


def test_an_edit_that_bends_is_drawn_about_the_eyes_alone() -> None:
    smile, eyes, brows = ("smile", 9.0), ("eyes_open", 9.0), ("brow_height", -9.0)
    assert attributes.drawn_at_eyes([smile, brows, eyes]) == ("brows", "eyes")
    none = [("mine", 9.0), smile], [("smile", 0.0), eyes], [smile, ("gaze", 0.0)]
    for goals in ([smile], [eyes], [smile, eyes, ("lip_redness", 9.0)], *none, []):
        assert not attributes.drawn_at_eyes(goals)


@pytest.mark.parametrize("name", ["brow_height", "brow_frown", "brow_tilt", "brow_arch"])
def test_brows_bend_unless_eyes_beside_them_are_drawn(name: str) -> None:
    brows, smile, eyes = (name, -60.0), ("smile", 9.0), ("eyes_open", 9.0)
    assert attributes.bends([brows])
    assert attributes.moves_brows([brows])
    assert not attributes.moves_brows([(name, 0.0), smile])
    assert not attributes.drawn_at_eyes([brows, smile])
    assert not attributes.bends([brows, eyes])
    for closed in (False, True):
        both = attributes.bends([smile, brows], closed=closed)
        assert both == attributes.bends([smile], closed=closed), "brows do not hold a smile back"


def test_brows_are_searched_for_after_a_mouth_whether_they_bend_or_not() -> None:
    brows, smile, eyes = ("brow_height", 9.0), ("smile", 9.0), ("eyes_open", 9.0)
    assert attributes.found_at_eyes([smile, brows]) == ("brows",)
    assert attributes.found_at_eyes([smile, brows, eyes]) == ("brows", "eyes")
    assert attributes.found_at_eyes([smile, eyes]) == ("eyes",)
    for goals in ([brows], [smile], [brows, eyes], [smile, brows, ("lip_redness", 9.0)], []):
        assert not attributes.found_at_eyes(goals)


def a_mouth(opened: float) -> np.ndarray:
    """A mean face's mesh, eyes 100 apart, with its lower lip and all below lower by so much."""
    points = 100 * mean_mesh()[:, :2] + np.array([128.0, 100.0])
    upper, lower = (ibug_landmarks(points)[n] for n in ([61, 62, 63], [67, 66, 65]))
    line = (upper[:, 1].mean() + lower[:, 1].mean()) / 2
    below = np.clip((points[:, 1] - line) / 0.2, 0, 1)
    corners = ibug_landmarks(points)[[60, 64], 0]
    side = np.clip(2 * (points[:, 0] - corners.mean()) / np.ptp(corners), -1, 1)
    points[:, 1] += opened * below * (1 - side**2)
    return points


def test_a_smile_opens_a_mouth_no_further_than_its_teeth_can_be_stretched() -> None:
    def gap(mesh: np.ndarray) -> float:
        points = ibug_landmarks(mesh)
        return float((points[[67, 66, 65]] - points[[61, 62, 63]])[:, 1].mean())

    before, little, wide = a_mouth(0), a_mouth(3), a_mouth(20)
    seen = ibug_landmarks(before)
    np.testing.assert_array_equal(opened_no_further(before, little, seen), little)
    held = opened_no_further(before, wide, seen)
    assert gap(wide) > 2.3 * gap(before), "else this test shows nothing"
    assert 1.6 * gap(before) < gap(held) < 2 * gap(before)
    above = wide[:, 1] < ibug_landmarks(wide)[[61, 62, 63], 1].min()
    np.testing.assert_array_equal(held[above], wide[above])
    corners = [48, 54, 60, 64]
    apart = ibug_landmarks(held)[corners] - ibug_landmarks(wide)[corners]
    assert np.abs(apart).max() < 0.5, "a smile is as wide as it was"
    chin = ibug_landmarks(wide)[8] - ibug_landmarks(held)[8]
    lip = ibug_landmarks(wide)[57] - ibug_landmarks(held)[57]
    assert lip[1] > 2 * abs(chin[1]), "the less the farther down"


@pytest.mark.parametrize("tile", [64, 1000])
def test_tiles_leave_no_trace(tile: int) -> None:
    photo = photo_of_stripes()
    plain = edit_of(photo, (4, 3))
    shaded = RenderedEdit.of(CROP, plain.region, *renders_of_a_fold())
    skin = np.ones((SIDE, SIDE), np.float32)
    edits = [plain, replace(shaded, bent=plain.bent, folding=skin)]
    np.testing.assert_array_equal(
        edited_pixels(photo, edits, tile=tile), edited_pixels(photo, edits, tile=96)
    )


def test_closed_lips_stay_so_in_a_smile_and_do_not_swell() -> None:
    def gap(mesh: np.ndarray) -> float:
        points = ibug_landmarks(mesh)
        return float((points[[67, 66, 65]] - points[[61, 62, 63]])[:, 1].mean())

    open_lips = a_mouth(0)
    shut = a_mouth(-gap(open_lips) + 1)
    parted = a_mouth(8)
    held = opened_no_further(shut, parted, ibug_landmarks(shut))
    assert gap(parted) > gap(shut) + 5, "else this test shows nothing"
    assert abs(gap(held) - gap(shut)) < 0.4 * (gap(parted) - gap(shut))
    np.testing.assert_array_equal(opened_no_further(parted, shut, ibug_landmarks(shut)), shut)
