"""Inversion and intervention on a tiny generator: they reach what they are asked for."""

from __future__ import annotations

import pytest
import torch

from editor import intervention, inversion
from editor.objectives import DEFAULT, AttainInside, PreserveOutside, Sparsity
from models.directions import Direction, StyleStatistics
from models.generator import Generator
from models.perceptual import EfficientNetLite0, feature_distance, load_efficientnet_lite0


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.tiny(seed=4, resolution=64)


@pytest.fixture(scope="module")
def features() -> EfficientNetLite0:
    return load_efficientnet_lite0()


@pytest.fixture(scope="module")
def statistics(generator: Generator) -> StyleStatistics:
    with torch.no_grad():
        w = generator.mapping(torch.randn(500, 32, generator=torch.Generator().manual_seed(0)))
        s = generator.styles(generator.broadcast(w))
    return StyleStatistics(s.mean(0), s.std(0) + 1e-3, w.mean(0), w.std(0) + 1e-3)


@pytest.fixture(scope="module")
def face(generator: Generator) -> torch.Tensor:
    with torch.no_grad():
        z = torch.randn(1, 32, generator=torch.Generator().manual_seed(9))
        return generator.styles(generator.broadcast(generator.mapping(z)))


def _direction(generator: Generator, statistics: StyleStatistics) -> Direction:
    step = torch.randn(1, 32, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        zero = generator.styles(generator.broadcast(torch.zeros(1, 32)))
        entangled = (generator.styles(generator.broadcast(step)) - zero)[0]
    normal = entangled / statistics.s_sd
    normal = normal / normal.square().sum()
    precise = torch.where(normal.abs() > normal.abs().quantile(0.8), entangled, 0.0)
    return Direction(entangled, precise, normal, 0.0, 1.0, 1.0)


def test_inversion_comes_closer_and_reports_every_step(
    generator: Generator, features: EfficientNetLite0, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    target = generator.synthesise(face)
    errors = [
        float((generator.synthesise(step.s) - target).square().mean())
        for step in inversion.invert(
            generator, features, feature_distance, statistics, target,
            torch.ones(1, 1, 64, 64), steps=30,
        )
    ]  # fmt: skip
    assert len(errors) == 30
    assert errors[-1] < 0.5 * errors[0]


def test_uncovered_pixels_do_not_count(
    generator: Generator, features: EfficientNetLite0, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    target = generator.synthesise(face)
    spoiled = target.clone()
    spoiled[..., 48:] = 1
    weight = torch.ones(1, 1, 64, 64)
    weight[..., 48:] = 0

    def error(weights: torch.Tensor) -> float:
        *_, last = inversion.invert(
            generator, features, feature_distance, statistics, spoiled, weights, steps=20
        )
        return float((generator.synthesise(last.s) - target)[..., :48].square().mean())

    assert error(weight) < error(torch.ones(1, 1, 64, 64))


def test_locality_tells_inside_from_outside(generator: Generator, face: torch.Tensor) -> None:
    everywhere = torch.ones(1, 1, 64, 64)
    inside, outside = intervention.channel_locality(generator, face, everywhere)
    assert inside.sum() > 0
    assert outside.sum() == 0
    inside, outside = intervention.channel_locality(generator, face, 1 - everywhere)
    assert inside.sum() == 0
    assert outside.sum() > 0


def test_openness_closes_what_acts_outside() -> None:
    change = torch.ones(1, 3)
    opened = intervention.openness(
        change, torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([[0.0, 1.0, 1.0]]), 4.0
    )
    assert opened[0, 0] == 1
    assert opened[0, 2] == 0
    assert 0 < opened[0, 1] < 0.5


def _run(
    generator: Generator, features: EfficientNetLite0, statistics: StyleStatistics,
    face: torch.Tensor, mask: torch.Tensor, steps: int = 24, **options: object,
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """The result's delta and the direct edit's."""
    direction = _direction(generator, statistics)
    entangled, precise, normal = intervention.displacement([direction], [1.0])
    *_, last = intervention.optimise(
        generator, features, statistics, face, entangled, precise, normal, mask, steps=steps,
        **options,  # type: ignore[arg-type]
    )  # fmt: skip
    return last.delta, entangled


def test_an_intervention_leaks_less_than_the_direct_edit_and_still_acts(
    generator: Generator, features: EfficientNetLite0, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 16:48, 16:48] = 1
    delta, entangled = _run(generator, features, statistics, face, mask)
    with torch.no_grad():
        before, after, direct = (
            generator.synthesise(s) for s in (face, face + delta, face + entangled)
        )

    def change(a: torch.Tensor, b: torch.Tensor, where: torch.Tensor) -> float:
        return float(((a - b).square() * where).sum())

    outside = 1 - mask
    assert change(after, before, outside) < 0.5 * change(direct, before, outside)
    assert change(after, direct, mask) < 0.7 * change(before, direct, mask)


def test_stricter_preservation_leaks_less(
    generator: Generator, features: EfficientNetLite0, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., :32] = 1
    leaks: list[float] = []
    for weight in (0.2, 20.0):
        terms = (PreserveOutside(weight), AttainInside(), Sparsity())
        delta, _ = _run(generator, features, statistics, face, mask, terms=terms)
        with torch.no_grad():
            moved = generator.synthesise(face + delta) - generator.synthesise(face)
        leaks.append(float((moved.square() * (1 - mask)).sum()))
    assert leaks[1] < 0.5 * leaks[0]


def test_the_same_seed_gives_the_same_delta(
    generator: Generator, features: EfficientNetLite0, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., :20] = 1
    first, _ = _run(generator, features, statistics, face, mask, steps=6, seed=1)
    again, _ = _run(generator, features, statistics, face, mask, steps=6, seed=1)
    other, _ = _run(generator, features, statistics, face, mask, steps=6, seed=2)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_terms_are_about_one_where_the_direct_edit_stands(
    generator: Generator, features: EfficientNetLite0, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    from editor.objectives import Scene, Trial

    direction = _direction(generator, statistics)
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 20:40] = 1
    with torch.no_grad():
        before, direct = (
            generator.synthesise(face),
            generator.synthesise(face + direction.entangled),
        )
    whitened = (direction.entangled / statistics.s_sd)[None]
    scene = Scene(before, direct, mask, [], [], [], whitened, whitened, direction.normal)
    at_direct, at_rest = Trial(direct, [], whitened), Trial(before, [], torch.zeros_like(whitened))
    preserve, attain, align, sparse = DEFAULT
    for term, direct_value, rest_value in (
        (preserve, 1.0, 0.0), (attain, 0.0, 1.0), (sparse, 1.0, 0.0),
    ):  # fmt: skip
        assert float(term(scene, at_direct)) == pytest.approx(direct_value, abs=1e-3)
        assert float(term(scene, at_rest)) == pytest.approx(rest_value, abs=1e-3)
    assert float(align(scene, at_direct)) < float(align(scene, at_rest))
