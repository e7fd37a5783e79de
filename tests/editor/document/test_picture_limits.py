"""Regions limited by lightness, by colour, and strokes that stop at edges."""

from __future__ import annotations

import numpy as np
import pytest

from editor.document.face_parts import CLASSES, FaceClasses
from editor.document.photo import Photo, Pyramid, make_pyramid
from editor.document.picture_limits import FollowingStroke, within_colour, within_lightness
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from tests.fake_engine import landmarks_at

W, H = 300, 200


def halves(noise: float = 0.0, soft: int = 0) -> Pyramid:
    """Dark skin at the left of x = 150, a light wall at its right, perhaps noisy or blurred."""
    share = np.clip((np.arange(W) - 149.5) / max(1, soft) + 0.5, 0, 1)[None, :, None]
    pixels = (1 - share) * np.array([150, 105, 85]) + share * np.array([205, 205, 210])
    pixels = np.repeat(pixels, H, axis=0)
    pixels += np.random.default_rng(1).normal(0, noise, pixels.shape)
    return make_pyramid(Photo(np.clip(np.rint(pixels), 0, 255).astype(np.uint8)))


def stroke(*points: tuple[float, float], radius: float = 40, erase: bool = False) -> BrushStroke:
    return BrushStroke(np.array(points), radius, 0.9, erase, follows=True)


def full(meant: FollowingStroke, width: int = W, height: int = H) -> np.ndarray:
    return RegionMask.empty(width, height).stamped(meant).full().astype(int)


@pytest.mark.parametrize(("noise", "soft"), [(0, 0), (6, 0), (4, 5)])
def test_a_stroke_along_an_edge_stops_at_it(noise: float, soft: int) -> None:
    drawn = stroke((125, 60), (125, 140))
    alpha = full(FollowingStroke(drawn, halves(noise, soft)))
    reach = RegionMask.empty(W, H).stamped(drawn).full()
    assert reach[100, 158] == 255
    assert alpha[60:140, 156:].mean() < 8
    assert alpha[60:140, 100:144].mean() > 245
    assert (alpha <= reach.astype(int) + 1).all()


def test_in_an_even_picture_it_is_the_plain_stroke() -> None:
    drawn = stroke((60, 60), (80, 140), radius=25)
    alpha = full(FollowingStroke(drawn, halves(4)))
    plain = RegionMask.empty(W, H).stamped(drawn).full()
    assert np.abs(alpha - plain).mean() < 1


def test_what_the_middle_of_the_brush_went_over_is_meant_on_both_sides() -> None:
    alpha = full(FollowingStroke(stroke((110, 100), (190, 100)), halves(3)))
    assert alpha[100, 110:190].min() > 240


def test_large_brushes_work_at_a_coarse_resolution_and_still_end_at_the_edge() -> None:
    pixels = np.full((1500, 2000, 3), (150, 105, 85), np.uint8)
    pixels[:, 1000:] = (205, 205, 210)
    picture = make_pyramid(Photo(pixels))
    drawn = stroke((800, 500), (800, 1000), radius=300)
    alpha = full(FollowingStroke(drawn, picture), 2000, 1500)
    assert alpha[600:900, 1008:].max() < 30
    assert alpha[600:900, 700:985].min() > 225


def test_an_eraser_stops_there_too() -> None:
    mask = RegionMask.from_full(np.full((H, W), 255, np.uint8))
    meant = FollowingStroke(stroke((125, 60), (125, 140), erase=True), halves(3))
    left = mask.stamped(meant).full()
    assert left[60:140, 158:].min() > 235
    assert left[100, 120] < 10


@pytest.mark.parametrize("place", [(-200.0, 50.0), (0.0, 0.0), (W + 30.0, H + 30.0), (1e6, 1e6)])
def test_strokes_over_the_photos_border_break_nothing(place: tuple[float, float]) -> None:
    alpha = full(FollowingStroke(stroke(place, (place[0] + 20, place[1])), halves(3)))
    assert alpha.shape == (H, W)


def test_a_border_between_classes_stops_a_stroke_where_the_picture_has_none() -> None:
    even = make_pyramid(Photo(np.full((400, 400, 3), 128, np.uint8)))
    points = landmarks_at(200, 200, 260)
    classes = FaceClasses(points, None)
    lips = classes.labels((0, 0, 400, 400), 1.0) == CLASSES.index("lips")
    y, x = (int(part) for part in np.argwhere(lips)[len(np.argwhere(lips)) // 2])
    drawn = stroke((x - 3, y), (x + 3, y), radius=60)
    alpha = full(FollowingStroke(drawn, even, classes.labels), 400, 400)
    plain = full(FollowingStroke(drawn, even), 400, 400)
    beyond = ~lips & (plain > 250)
    far = np.asarray(beyond)
    assert far.sum() > 2000
    assert plain[far].mean() > 250
    assert alpha[far].mean() < 60
    assert alpha[y, x] > 200


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 0.75])
def test_a_line_between_pixels_is_meant_as_well(shift: float) -> None:
    classes = FaceClasses(landmarks_at(200, 120, 60), None)
    drawn = stroke((30 + shift, 40 + shift), (30 + shift, 44 + shift), radius=8)
    alpha = full(FollowingStroke(drawn, halves(), classes.labels))
    assert alpha[42, 30] > 240


def test_classes_lie_where_the_face_has_them() -> None:
    points = landmarks_at(200, 200, 260)
    classes = FaceClasses(points, None)

    def at(*numbers: int) -> str:
        return classes.at(*points[list(numbers)].mean(0).tolist())

    assert at(36, 37, 38, 39, 40, 41) in ("eyes", "irises")
    assert at(51, 62) == "lips"
    assert at(29, 30) == "nose"
    assert at(2, 31) == "skin"
    assert classes.at(3, 3) == "background"


def test_labels_at_a_coarse_step_are_those_of_the_middles() -> None:
    classes = FaceClasses(landmarks_at(200, 200, 260), None)
    fine, coarse = (classes.labels((40, 60, 240, 200), step) for step in (1.0, 4.0))
    assert coarse.shape == (50, 60)
    assert (coarse == fine[2::4, 2::4]).mean() > 0.97


# ------------------------------------------------------------------ limits


def test_a_limit_by_colour_keeps_what_looks_alike() -> None:
    picture, everything = halves(3), RegionMask.from_full(np.full((H, W), 200, np.uint8))
    kept = within_colour(everything, picture, (50, 100), 14)
    assert kept.full()[:, :145].mean() > 195
    assert kept.full()[:, 155:].max() == 0
    gone = within_colour(everything, picture, (50, 100), 14, remove=True)
    assert np.abs(kept.full().astype(int) + gone.full() - 200).max() <= 1
    alone = within_colour(RegionMask.empty(W, H), picture, (250, 100), 14)
    assert alone.bounds[0] == 150
    assert alone.area == pytest.approx(150 * H, rel=0.02)


def test_a_limit_by_lightness_keeps_what_is_so_light_and_fades() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 20, axis=0).repeat(3, axis=2)
    picture = make_pyramid(Photo(ramp))
    kept = within_lightness(RegionMask.empty(256, 20), picture, 30, 60).full()[10]
    assert kept[0] == kept[255] == 0
    assert kept[100] == 255  # L* 42
    assert (np.diff(kept[:90].astype(int)) >= 0).all()
    assert (np.diff(kept[150:].astype(int)) <= 0).all()
    assert (within_lightness(RegionMask.empty(256, 20), picture, 0, 100).full() == 255).all()


@pytest.mark.parametrize(
    ("place", "tolerance"), [((-5, 5), 10), ((5, H + 5), 10), ((5, 5), 0), ((5, 5), float("nan")),
                             ((float("nan"), 5), 10)],
)  # fmt: skip
def test_senseless_colours_are_refused(place: tuple[float, float], tolerance: float) -> None:
    with pytest.raises(ValueError, match=r"colour at|tolerance"):
        within_colour(RegionMask.empty(W, H), halves(), place, tolerance)


@pytest.mark.parametrize("limits", [(-1, 50), (50, 101), (60, 40), (float("nan"), 50)])
def test_senseless_lightness_is_refused(limits: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="lightness"):
        within_lightness(RegionMask.empty(W, H), halves(), *limits)
