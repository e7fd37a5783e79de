"""The quality benchmark's own arithmetic."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import torch

from models.generator import Generator
from tests.benchmarks import methods, report
from tests.benchmarks.comparison import mean_square, seam
from tests.benchmarks.matching import ROUNDS, TOLERANCE, Seeker, seek
from tests.benchmarks.measuring import room

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def sought(f: Callable[[float], float], target: float, predicted: float = 1.0) -> Seeker:
    seeker = Seeker(target, predicted, 20.0)
    seek([seeker], lambda _, steps: [f(step) for step in steps])
    return seeker


# ------------------------------------------------------------------ matching


CURVES: list[Callable[[float], float]] = [
    lambda t: t,
    lambda t: 0.2 * t,
    lambda t: 0.02 * t**3,
    lambda t: 6 * math.tanh(t),
    lambda t: math.copysign(math.sqrt(abs(t)), t),
    lambda t: -0.3 * t,
]


@pytest.mark.parametrize("f", CURVES)
@pytest.mark.parametrize("target", [0.3, 1.0, 2.0])
def test_a_step_is_found(f: Callable[[float], float], target: float) -> None:
    seeker = sought(f, target)
    assert seeker.matched
    assert f(seeker.best) == pytest.approx(target, abs=TOLERANCE)
    assert 1 <= seeker.renders <= ROUNDS


def test_what_cannot_be_reached_is_given_up() -> None:
    flat = sought(lambda t: 0.5 * math.tanh(t), 1.0)
    assert not flat.matched
    assert flat.done
    assert flat.renders <= ROUNDS
    assert abs(flat.best) <= 20
    jump = sought(lambda t: 0.0 if t < 1.3 else 3.0, 1.0)
    assert not jump.matched
    assert jump.renders == ROUNDS
    broken = sought(lambda _: math.nan, 1.0)
    assert not broken.matched
    assert broken.renders == 1


def test_seekers_end_one_by_one() -> None:
    seekers = [Seeker(1.0, 1.0, 20.0), Seeker(1.0, 1.0, 20.0)]
    asked: list[list[int]] = []

    def measured(going: list[int], steps: list[float]) -> list[float]:
        asked.append(going)
        return [step if k == 0 else 0.1 * step for k, step in zip(going, steps, strict=True)]

    seek(seekers, measured)
    assert asked[0] == [0, 1]
    assert asked[1] == [1]
    assert [seeker.matched for seeker in seekers] == [True, True]


# ------------------------------------------------------------------ directions


def test_principal_components_are_ranked_by_variance() -> None:
    random = torch.Generator().manual_seed(0)
    turn = cast("torch.Tensor", torch.linalg.qr(torch.randn(3, 3, generator=random))[0])
    w = torch.randn(4000, 3, generator=random) * torch.tensor([1.0, 5.0, 2.0]) @ turn + 7
    found = methods.principal_components(w)
    for row, expected in zip(found, turn[[1, 2, 0]], strict=True):
        assert abs(float(row @ expected)) > 0.98


def test_sefa_finds_what_the_affines_enlarge() -> None:
    a = torch.zeros(6, 3)
    a[0, 2], a[1, 0], a[2, 1] = 3.0, 2.0, 1.0
    found = methods.sefa_components(a)
    assert torch.allclose(found.abs(), torch.eye(3)[[2, 0, 1]], atol=1e-6)


def test_affine_is_what_w_does_to_styles() -> None:
    generator = Generator.tiny()
    a = methods.affine(generator)
    random = torch.Generator().manual_seed(1)
    one, two = torch.randn(2, 1, generator.config.w_dim, generator=random)
    with torch.no_grad():
        moved = generator.styles(generator.broadcast(two)) - generator.styles(
            generator.broadcast(one)
        )
    assert torch.allclose(moved[0], a @ (two - one)[0], atol=1e-5)


def test_the_closest_component_counts_neither_sign_nor_scale() -> None:
    sd = torch.tensor([1.0, 10.0])
    wanted = torch.tensor([1.0, 1.0])  # whitened: nearly along the first axis
    deltas = torch.tensor([[0.0, 50.0], [-0.01, 0.0], [1.0, 9.0]])
    best, cosine = methods.closest(deltas, wanted, sd)
    assert best == 1
    assert cosine == pytest.approx(-1 / math.hypot(1, 0.1))


def test_components_point_towards_the_attribute() -> None:
    generator = Generator.tiny()
    sd = torch.ones(generator.num_styles)
    components = methods.Components(generator, sd, 200, 0)
    wanted = methods.affine(generator) @ torch.ones(generator.config.w_dim)
    for path in components.nearest(wanted, wanted):
        assert path.predicted > 0
        assert float(path.delta @ wanted) > 0


def test_the_exemplars_channel_comes_first() -> None:
    random = torch.Generator().manual_seed(2)
    s = torch.randn(400, 5, generator=random)
    y = -s[:, 3] + 0.2 * torch.randn(400, generator=random)
    channels, signs = methods.exemplar_channels(s, y)
    assert int(channels[0]) == 3
    assert float(signs[0]) == -1
    few = methods.exemplar_channels(s[:40], (y[:40] * 0.1))  # none above 1.5 sd
    assert int(few[0][0]) == 3


# ------------------------------------------------------------------ figures


def test_seam_is_the_gradient_that_blending_adds() -> None:
    random = torch.Generator().manual_seed(3)
    before, edited = torch.randn(2, 1, 3, 32, 32, generator=random)
    mask = torch.linspace(-0.3, 1.3, 32).clamp(0, 1).expand(1, 1, 32, 32).contiguous()
    assert float(seam(before, before, mask)) == 0
    shifted = before + 0.5  # ∇M is 1.6 / 31 in the ramp
    ramp = float(seam(before, shifted, mask))
    assert ramp == pytest.approx(0.5 * 1.6 / 31, rel=0.1)
    only_inside = torch.where(mask > 0.99, edited, before)
    assert float(seam(before, only_inside, mask)) < 1e-6
    assert float(seam(before, edited, (mask > 0.5).float())) == 0  # no band


def test_mean_square_weighs_by_the_mask() -> None:
    a, b = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4)
    b[..., 2:] = 2
    left = torch.zeros(1, 1, 4, 4)
    left[..., :2] = 1
    assert float(mean_square(a, b, left)) == pytest.approx(1)
    assert float(mean_square(a, b, 1 - left)) == pytest.approx(4)


# ------------------------------------------------------------------ report


def row(face: str, method: str, leak: float, used: bool = True) -> report.Row:
    return report.Row(
        "sampled", face, "smile", "mouth", 60.0, method, "", used, 3, 1.0, 1.0, 1.0, leak, 0.1,
        0.01, 0.2, 0.3, 1.0,
    )  # fmt: skip


def test_intervals_cover_the_mean_and_shrink() -> None:
    random = np.random.default_rng(0)
    wide, narrow = (report.interval(random.normal(5, 1, n)) for n in (10, 1000))
    for mean, low, high in (wide, narrow):
        assert low < 5 < high
        assert low < mean < high
    assert narrow[2] - narrow[1] == pytest.approx(2 * 1.96 / math.sqrt(1000), rel=0.15)
    assert np.isnan(report.interval(np.array([]))).all()


def test_a_ratio_is_that_of_the_means() -> None:
    top, bottom = np.array([1.0, 1.0, 4.0]), np.array([10.0, 10.0, 10.0])
    assert report.interval(top, bottom)[0] == pytest.approx(0.2)
    assert report.interval(bottom, bottom) == pytest.approx([1, 1, 1])


def test_ratios_take_the_faces_both_matched_on() -> None:
    mine = [row(f"{k}", report.INTERVENTION, 0.1) for k in range(4)]
    theirs = [row(f"{k}", report.DIRECT, 1.0, used=k != 3) for k in range(4)]
    spoiled = replace(mine[3], leak=100.0)
    case = report.Case([*mine[:3], spoiled, *theirs])
    ratio, faces = case.ratio(report.INTERVENTION, report.DIRECT, "leak")
    assert ratio[0] == pytest.approx(0.1)
    assert faces == 3
    assert case.share(report.DIRECT) == "3/4"


def test_the_summary_names_exceptions() -> None:
    rows = [
        row(f"{k}", method, leak)
        for k in range(3)
        for method, leak in ((report.INTERVENTION, 0.1), (report.DIRECT, 2.0), ("sparse S", 0.2))
    ]
    text = report.summary(rows)
    assert "0.0500 (1/20)" in text
    assert "edit a code: none" in text
    rows += [row(f"{k}", "single channel", 0.05) for k in range(3)]
    assert "edit a code: smile (single channel: 2.00" in report.summary(rows)


def test_attained_on_photographs_is_compared_with_sampled_faces() -> None:
    sampled = [replace(row(f"{k}", report.INTERVENTION, 0.1), attained=0.5 * k) for k in range(3)]
    rivals = [replace(row("0", report.DIRECT, 0.1), attained=9.0)]
    photos = [replace(sampled[1], faces="photographs", used=False)]
    nothing = [replace(photos[0], attained=math.nan)]
    table = report.attained([*sampled, *rivals, *photos, *nothing])
    assert "| 0.50 [0.50, 0.50] | 1.00 |" in table
    assert table.splitlines()[-1].startswith("| smile | 0.50 [0.00, 1.00] |")
    assert "| – | – |" in report.attained(sampled)


def test_rows_survive_the_csv_and_are_drawn(tmp_path: Path) -> None:
    rows = [
        replace(row(f"{k}", method, 0.1 * (k + 1)), note='#3, "b8"', used=k > 0)
        for k in range(3)
        for method in report.METHODS
    ]
    report.write(rows, tmp_path / "rows.csv")
    assert report.read(tmp_path / "rows.csv") == rows
    report.charts(rows, tmp_path)
    assert (tmp_path / "leak-sampled.png").stat().st_size > 1000


def test_a_gap_can_close_by_as_much_as_it_is_open_and_everything_else_as_far_as_it_likes() -> None:
    before = {"mouth_open": 0.12, "smile": 0.4}
    assert room("mouth_open", -60, before, 0.06) == pytest.approx(2.0)
    assert room("mouth_open", 60, before, 0.06) == math.inf
    assert room("smile", -60, before, 0.06) == math.inf
