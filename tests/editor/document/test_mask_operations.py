"""Operations on whole masks, soft ones too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from editor.document.mask_operations import filled, grown, half, inverted, shrunk, smoothed
from editor.document.outline import Outline, ellipse
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from resources.face_mesh import ibug_landmarks, mean_mesh

if TYPE_CHECKING:
    from collections.abc import Callable

W, H = 60, 40
masks = hnp.arrays(np.uint8, (H, W), elements=st.sampled_from([0, 0, 0, 60, 128, 255])).map(
    RegionMask.from_full
)
radii = st.floats(0, 8)


def symmetric_face(degrees: float) -> np.ndarray:
    """Landmarks (68, 2) around (100, 100): the mean face's, turned."""
    points = ibug_landmarks(mean_mesh())[:, :2]
    points = (points - points.mean(0)) * 60 / np.ptp(points)
    turn = np.deg2rad(degrees)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return points @ matrix.T + 100


@pytest.mark.parametrize("degrees", [0, 20, -65])
def test_halves_of_a_region_part_it_at_the_axis_of_the_face(degrees: float) -> None:
    face, whole = symmetric_face(degrees), RegionMask.empty(200, 200).stamped(disc(60))
    left, right = (half(whole, face, left=side) for side in (True, False))
    eyes = np.rint([face[36:42].mean(0), face[42:48].mean(0)]).astype(int)
    assert [left.full()[y, x] for x, y in eyes] == [255, 0]
    assert [right.full()[y, x] for x, y in eyes] == [0, 255]
    assert np.abs(left.full().astype(int) + right.full() - whole.full()).max() <= 1
    assert left.area == pytest.approx(whole.area / 2, rel=0.03)
    assert half(RegionMask.empty(200, 200), face, left=True).is_empty


def disc(radius: float, *, erase: bool = False) -> Outline:
    middle = 100.0
    ends = (middle - radius, middle - radius), (middle + radius, middle + radius)
    return Outline(ellipse(*ends), erase)


def ring() -> RegionMask:
    return RegionMask.empty(200, 200).stamped(disc(60)).stamped(disc(30, erase=True))


@settings(deadline=None)
@given(masks, radii)
def test_growing_takes_nothing_away_and_shrinking_adds_nothing(
    mask: RegionMask, radius: float
) -> None:
    assert (grown(mask, radius).full() >= mask.full()).all()
    assert (shrunk(mask, radius).full() <= mask.full()).all()


@settings(deadline=None)
@given(masks, st.integers(1, 5))
def test_growing_is_the_largest_value_within_the_radius(mask: RegionMask, radius: int) -> None:
    at = np.arange(-radius, radius + 1)
    kernel = np.asarray(at[:, None] ** 2 + at[None, :] ** 2 <= radius**2).astype(np.uint8)
    full = mask.full()
    dilated = cv2.dilate(full, kernel, borderValue=(0,))
    assert (grown(mask, radius).full() >= dilated.astype(int) - 1).all()
    padded = cv2.dilate(full, np.ones((2 * radius + 3,) * 2, np.uint8), borderValue=(0,))
    assert (grown(mask, radius).full() <= padded).all()  # and not beyond a pixel more


@settings(deadline=None)
@given(masks)
def test_inverting_twice_and_filling_twice_change_nothing_more(mask: RegionMask) -> None:
    assert inverted(inverted(mask)) == mask
    whole = filled(mask)
    assert filled(whole) == whole
    assert (whole.full() >= mask.full()).all()


def test_a_disc_grows_and_shrinks_to_discs() -> None:
    mask = RegionMask.empty(200, 200).stamped(disc(40))
    for change in (12, -12):
        made = grown(mask, change) if change > 0 else shrunk(mask, -change)
        assert made.area == pytest.approx(np.pi * (40 + change) ** 2, rel=0.03)


def test_a_soft_edge_moves_as_a_whole() -> None:
    soft = RegionMask.empty(200, 200).stamped(BrushStroke(np.array([[100.0, 100.0]]), 60, 0.2))
    moved = grown(soft, 10).full()[100, 100:].astype(int)
    before = soft.full()[100, 100:].astype(int)
    assert np.abs(moved[10:80] - before[:70]).max() <= 16
    back = shrunk(soft, 10).full()[100, 100:].astype(int)
    assert np.abs(back[:60] - before[10:70]).max() <= 16


def test_the_photos_border_is_no_edge_to_shrink_from() -> None:
    mask = RegionMask.from_full(np.full((H, W), 255, np.uint8))
    assert shrunk(mask, 10) == mask
    half = np.zeros((H, W), np.uint8)
    half[:, :30] = 255
    shrunken = shrunk(RegionMask.from_full(half), 5).full()
    assert shrunken[:, :24].min() == 255
    assert shrunken[:, 26:].max() == 0


def test_filling_closes_holes_up_to_what_encloses_them() -> None:
    assert filled(ring()).area == pytest.approx(np.pi * 60**2, rel=0.01)
    half = RegionMask.empty(200, 200).stamped(
        BrushStroke(
            np.array([[60.0, 60], [140, 60], [140, 140], [60, 140], [60, 60]]), 12, 0.6, opacity=0.5
        )
    )
    assert filled(half).full()[100, 100] == 128
    open_ring = ring().stamped(BrushStroke(np.array([[100.0, 100], [199, 100]]), 5, 1.0, True))
    assert filled(open_ring).full()[100, 100] == 0


def test_smoothing_takes_specks_and_keeps_straight_edges() -> None:
    full = np.zeros((H, W), np.uint8)
    full[:, :30] = 255
    full[20, 50] = 255
    made = smoothed(RegionMask.from_full(full), 3).full()
    assert made[20, 50] == 0
    np.testing.assert_array_equal(made[:, :45], full[:, :45])


@pytest.mark.parametrize("operation", [grown, shrunk, smoothed])
@pytest.mark.parametrize("radius", [-1, 1e9, float("nan"), float("inf")])
def test_senseless_radii_are_refused(
    operation: Callable[[RegionMask, float], RegionMask], radius: float
) -> None:
    with pytest.raises(ValueError, match="radius"):
        operation(ring(), radius)


@pytest.mark.parametrize(
    "operation",
    [partial(grown, radius=5), partial(shrunk, radius=5), filled, partial(smoothed, radius=5)],
)
def test_nothing_comes_of_nothing(operation: Callable[[RegionMask], RegionMask]) -> None:
    empty = RegionMask.empty(W, H)
    assert operation(empty) == empty
