from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke, dabs

WAY = np.array([[60.0, 100.0], [340.0, 100.0]])


def full(stroke: BrushStroke, width: int = 400, height: int = 200) -> np.ndarray:
    return RegionMask.empty(width, height).stamped(stroke).full().astype(int)


def exact(points: np.ndarray, radius: float, hardness: float) -> np.ndarray:
    """What a stroke covers, from the distance of every pixel to every segment."""
    y, x = np.mgrid[0:400, 0:500].astype(float)
    nearest = np.full((400, 500), np.inf)
    for (ax, ay), (bx, by) in pairwise(points):
        ex, ey = bx - ax, by - ay
        along = np.clip(((x - ax) * ex + (y - ay) * ey) / max(ex * ex + ey * ey, 1e-9), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - ax - along * ex, y - ay - along * ey))
    inner = min(radius * hardness, radius - 1)
    t = np.clip((radius - nearest) / (radius - inner), 0, 1)
    return np.rint(255 * t * t * (3 - 2 * t)).astype(int)


@pytest.mark.parametrize("radius", [2.5, 20.0, 60.0, 210.0])
@pytest.mark.parametrize("hardness", [0.0, 0.6, 1.0])
def test_coverage_is_the_distance_to_the_line_at_every_size(radius: float, hardness: float) -> None:
    turn = np.linspace(0, 4, 40)
    points = np.column_stack([250 + 150 * np.cos(turn), 200 + 130 * np.sin(2 * turn)])
    stroke = BrushStroke(points, radius, hardness)
    difference = np.abs(full(stroke, 500, 400) - exact(points, radius, hardness))
    # a hard edge falls within one pixel: 0.1 pixels of a line's place are 40 of 255
    assert np.percentile(difference, 99.9) <= (40 if hardness == 1 else 10)
    assert difference.mean() < 0.5


def test_opacity_limits_the_stroke_and_does_not_build_up() -> None:
    there_and_back = np.concatenate([WAY, WAY[::-1], WAY])
    half = full(BrushStroke(there_and_back, 20, 0.6, opacity=0.5))
    assert half.max() == 128
    whole = full(BrushStroke(WAY, 20, 0.6))
    np.testing.assert_allclose(half, whole / 2, atol=1)


def test_a_half_opaque_eraser_takes_half() -> None:
    mask = RegionMask.from_full(np.full((200, 400), 200, np.uint8))
    left = mask.stamped(BrushStroke(WAY, 20, 0.6, erase=True, opacity=0.5)).full()
    assert left[100, 200] == pytest.approx(100, abs=1)
    assert left[20, 200] == 200


def test_pressure_widens_the_line() -> None:
    pressure = np.array([0.1, 1.0], np.float32)
    alpha = full(BrushStroke(WAY, 40, 1.0, pressure=pressure))
    widths = (alpha > 127).sum(0)
    assert (np.diff(widths[62:335]) >= 0).all()
    assert widths[62] == pytest.approx(8, abs=3)
    assert widths[200] == pytest.approx(44, abs=2)
    assert widths[338] == pytest.approx(80, abs=3)
    np.testing.assert_array_equal(
        full(BrushStroke(WAY, 40, 1.0, pressure=pressure, to_size=False)),
        full(BrushStroke(WAY, 40, 1.0)),
    )


def test_pressure_can_change_the_opacity() -> None:
    pressure = np.array([0.2, 1.0], np.float32)
    stroke = BrushStroke(WAY, 40, 0.8, pressure=pressure, to_size=False, to_opacity=True)
    alpha = full(stroke)
    np.testing.assert_allclose(alpha[100, [60, 200, 340]], [51, 153, 255], atol=3)
    assert (alpha > 0).sum(0)[120] == (alpha > 0).sum(0)[280]


def test_a_light_pass_does_not_lighten_a_heavy_one() -> None:
    heavy = np.column_stack([np.linspace(60, 340, 50), np.full(50, 100.0)])
    light = np.column_stack([np.full(50, 200.0), np.linspace(20, 180, 50)])
    pressure = np.concatenate([np.full(50, 1.0), np.full(50, 0.3)]).astype(np.float32)
    stroke = BrushStroke(
        np.concatenate([heavy, light]), 30, 0.9, pressure=pressure, to_size=False, to_opacity=True
    )
    alpha = full(stroke)
    assert alpha[100, 200] == 255
    assert alpha[90:110, 190:210].min() == 255
    assert alpha[170, 200] == pytest.approx(0.3 * 255, abs=2)


@pytest.mark.parametrize(
    "wrong",
    [{"opacity": 1.5}, {"opacity": float("nan")}, {"pressure": np.ones(3)},
     {"pressure": np.array([0.5, 2.0])}, {"pressure": np.array([0.5, np.nan])}],
)  # fmt: skip
def test_senseless_pens_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="stroke's"):
        BrushStroke(WAY, 20, 0.5, **wrong)  # pyright: ignore[reportArgumentType] - on purpose


def test_a_mirrored_stroke_keeps_its_pressure() -> None:
    pressure = np.array([0.2, 0.9], np.float32)
    twin = BrushStroke(WAY, 20, 0.5, opacity=0.7, pressure=pressure).mirrored(
        lambda places: places * [-1, 1] + [400, 0]
    )
    np.testing.assert_allclose(twin.line, [[340, 100, 4, 0.7], [60, 100, 18, 0.7]], rtol=1e-6)


@given(
    st.lists(
        st.tuples(st.floats(-50, 250), st.floats(-50, 250), st.floats(0, 1)),
        min_size=1,
        max_size=12,
    ),
    st.floats(0.5, 300),
    st.floats(0, 1),
)
def test_no_pen_breaks_the_coverage(
    places: list[tuple[float, float, float]], radius: float, hardness: float
) -> None:
    line = np.array(places, np.float32)
    stroke = BrushStroke(
        line[:, :2], radius, hardness, pressure=line[:, 2], to_opacity=True, opacity=0.8
    )
    (x, y, w, h), alpha = stroke.coverage(200, 200)
    assert alpha.shape == (h, w)
    assert x >= 0
    assert y >= 0
    assert x + w <= 200
    assert y + h <= 200
    assert alpha.max(initial=0) <= round(255 * 0.8 * line[:, 2].max()) + 1


def test_a_line_that_ends_where_it_began_is_closed() -> None:
    square = np.array([[60.0, 40], [140, 40], [140, 120], [60, 120], [60, 40]])
    assert full(BrushStroke(square, 8, 0.6))[80, 60] == 255


# ------------------------------------------------------------------ flow


def test_flow_builds_up_to_the_opacity_where_the_line_crosses_itself() -> None:
    once = full(BrushStroke(WAY, 20, 0.6, flow=0.1, opacity=0.8))
    often = full(BrushStroke(np.concatenate([WAY, WAY[::-1]] * 8), 20, 0.6, flow=0.1, opacity=0.8))
    assert 80 < once[100, 200] < 180
    assert often[100, 200] == pytest.approx(204, abs=2)
    assert often.max() <= 204
    assert (often >= once - 1).all()


def test_a_flow_of_nearly_one_looks_like_the_plain_stroke() -> None:
    plain = full(BrushStroke(WAY, 40, 0.5))
    dabbed = full(BrushStroke(WAY, 40, 0.5, flow=0.999))
    assert np.abs(plain - dabbed)[100, 70:330].max() <= 2
    assert dabbed[[59, 141]].max() == 0


def test_dabs_fall_alike_whether_the_line_comes_whole_or_in_pieces() -> None:
    rng = np.random.default_rng(5)
    line = np.column_stack(
        [np.cumsum(rng.normal(3, 2, 80)), 100 + np.cumsum(rng.normal(0, 2, 80)),
         rng.uniform(2, 30, 80), rng.uniform(0.2, 1, 80)]
    ).astype(np.float32)  # fmt: skip
    whole, _ = dabs(line)
    first, since = dabs(line[:1])
    parts = [first]
    for k in range(1, len(line)):
        part, since = dabs(line[k - 1 : k + 1], since)
        parts.append(part)
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-5)


def test_the_number_of_points_does_not_change_how_much_flows() -> None:
    few = full(BrushStroke(WAY, 15, 0.6, flow=0.2))
    many = full(
        BrushStroke(
            np.column_stack([np.linspace(60, 340, 700), np.full(700, 100.0)]), 15, 0.6, flow=0.2
        )
    )
    assert np.abs(few - many).max() <= 2


@pytest.mark.parametrize("flow", [0.0, -1.0, 1.5, float("nan")])
def test_senseless_flows_are_refused(flow: float) -> None:
    with pytest.raises(ValueError, match="flow"):
        BrushStroke(WAY, 20, 0.5, flow=flow)


def test_large_dabs_are_dabs_too() -> None:
    point = np.array([[200.0, 100.0]])
    plain = full(BrushStroke(point, 180, 0.3))
    dab = full(BrushStroke(point, 180, 0.3, flow=0.9999))
    assert np.abs(plain - dab).max() <= 3


def test_many_points_are_never_worked_on_at_once() -> None:
    rng = np.random.default_rng(2)
    scribble = BrushStroke(rng.uniform(0, 200, (2000, 2)).astype(np.float32), 6, 0.6)
    assert scribble.cost > 20 * 200 * 200
