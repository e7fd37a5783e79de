"""Closed shapes cover what they wind around, to the share of a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor.document.outline import Outline, ellipse, rectangle
from editor.document.region import RegionMask

W, H = 60, 40
places = st.lists(st.tuples(st.floats(-30, 90), st.floats(-30, 70)), min_size=3, max_size=9)


def full(outline: Outline, width: int = W, height: int = H) -> np.ndarray:
    return RegionMask.empty(width, height).stamped(outline).full().astype(float) / 255


def by_samples(points: np.ndarray, grid: int = 8) -> np.ndarray:
    """The winding number at grid × grid points of each pixel, by the angles of its edges."""
    at = (np.arange(W * grid) + 0.5) / grid - 0.5, (np.arange(H * grid) + 0.5) / grid - 0.5
    x, y = np.meshgrid(*at)
    turns = np.zeros(x.shape, int)
    for (ax, ay), (bx, by) in zip(points, np.roll(points, -1, axis=0), strict=True):
        side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        turns += ((ay <= y) & (by > y) & (side > 0)).astype(int)
        turns -= ((ay > y) & (by <= y) & (side < 0)).astype(int)
    return (turns != 0).reshape(H, grid, W, grid).mean((1, 3))


def edges_near(points: np.ndarray) -> np.ndarray:
    """How many edges pass within a pixel of each pixel's middle."""
    x, y = np.meshgrid(np.arange(W, dtype=float), np.arange(H, dtype=float))
    near = np.zeros(x.shape, int)
    for (ax, ay), (bx, by) in zip(points, np.roll(points, -1, axis=0), strict=True):
        length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9)
        share = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
        near += np.hypot(ax + share * (bx - ax) - x, ay + share * (by - ay) - y) <= 1
    return near


@settings(max_examples=60, deadline=None)
@given(places)
def test_any_polygon_covers_what_it_winds_around(corners: list[tuple[float, float]]) -> None:
    points = np.array(corners, np.float32)
    here, sampled = full(Outline(points)), by_samples(points.astype(float))
    # where a line crosses itself or comes back within a pixel, areas of both turns are added there
    alone = edges_near(points.astype(float)) <= 1
    assert (np.abs(here - sampled)[alone] < 0.2).all()  # samples err by their grid on an edge
    assert np.abs(here - sampled).mean() < 0.02


def test_a_rectangle_between_pixels_has_its_exact_area_and_shares() -> None:
    alpha = full(Outline(rectangle((10.25, 5.5), (20.75, 9.5))))
    assert alpha.sum() == pytest.approx(10.5 * 4, abs=0.1)
    assert alpha[7, 10] == pytest.approx(0.25, abs=0.01)
    assert alpha[7, 15] == 1
    assert alpha[5, 15] == 0  # pixel 5 spans 4.5 to 5.5


def test_an_ellipse_is_as_large_and_as_wide_as_it_should_be() -> None:
    alpha = full(Outline(ellipse((10, 5), (50, 35))))
    assert alpha.sum() == pytest.approx(np.pi * 20 * 15, rel=0.005)
    assert alpha[20].sum() == pytest.approx(40, abs=0.1)
    assert alpha[:, 30].sum() == pytest.approx(30, abs=0.1)


def test_a_lasso_that_overshoots_its_beginning_leaves_no_hole() -> None:
    turn = np.linspace(0, 2 * np.pi + 1.0, 60)
    alpha = full(Outline(np.column_stack([30 + 15 * np.cos(turn), 20 + 15 * np.sin(turn)])))
    assert alpha[20, 30] == 1
    assert alpha.sum() == pytest.approx(np.pi * 15**2, rel=0.01)


def test_both_lobes_of_an_eight_are_covered() -> None:
    turn = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    alpha = full(Outline(np.column_stack([30 + 20 * np.cos(turn), 20 + 15 * np.sin(2 * turn)])))
    assert alpha[20, 18] == 1
    assert alpha[20, 42] == 1


@pytest.mark.parametrize("far", [1e3, 1e6, 1e30])
def test_far_corners_cover_the_photo_and_nothing_breaks(far: float) -> None:
    assert (full(Outline(rectangle((-far, -far), (far, far)))) == 1).all()
    assert full(Outline(rectangle((-far, 5), (3, 8)))).sum() == pytest.approx(10.5, abs=0.1)
    assert not full(Outline(rectangle((W + 5, 0), (far, far)))).any()


def test_taking_away_and_half_opacity() -> None:
    mask = RegionMask.from_full(np.full((H, W), 200, np.uint8))
    box = rectangle((9.5, 9.5), (29.5, 19.5))
    left = mask.stamped(Outline(box, erase=True, opacity=0.5)).full()
    assert left[15, 20] == pytest.approx(100, abs=1)
    assert left[25, 20] == 200


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 2)), np.zeros((3, 3)), np.array([[0, 0], [1, np.nan], [2, 2]])]
)
def test_senseless_outlines_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="outline"):
        Outline(wrong)
    with pytest.raises(ValueError, match="opacity"):
        Outline(rectangle((0, 0), (1, 1)), opacity=2)


def test_a_mirrored_shape_lies_on_the_other_side() -> None:
    shape = Outline(ellipse((5, 5), (20, 30)))
    other = shape.mirrored(lambda places: places * [-1, 1] + [W - 1, 0])
    np.testing.assert_allclose(full(other), full(shape)[:, ::-1], atol=0.01)
