"""Inversion and intervention on a tiny generator: they reach what they are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from editor.engine import changes, discovery, guarding, intervention, inversion, locality
from editor.engine.objectives import (
    CONSTRAINT_SLACK,
    AttainInside,
    AttributeAlignment,
    AttributeReadouts,
    MatchColours,
    PreserveOutside,
    ReachReadouts,
    Scene,
    Seamless,
    Sparsity,
    Trial,
    attribute_terms,
    masked_squares,
    paint_terms,
)
from models.directions import Direction, StyleStatistics
from models.generator import Generator
from models.perceptual import EfficientNetLite, feature_distance, load_efficientnet_lite, seen


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.tiny(seed=4, resolution=64)


@pytest.fixture(scope="module")
def features() -> EfficientNetLite:
    return load_efficientnet_lite()


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
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
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


def test_inversion_goes_on_from_a_draft(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    random = torch.Generator().manual_seed(7)
    z = torch.randn(1, 32, generator=random)
    w = generator.broadcast(generator.mapping(z))
    offset = (w - statistics.w_mean) / statistics.w_sd
    residual = 0.3 * torch.randn(1, generator.num_styles, generator=random)
    start = inversion.Start(offset, residual)
    code = generator.styles(w) + residual * statistics.s_sd
    target = generator.synthesise(code + 0.1 * (face - code))
    kept = offset.clone()

    def steps(start: inversion.Start | None) -> list[inversion.InversionStep]:
        return list(
            inversion.invert(
                generator, features, feature_distance, statistics, target,
                torch.ones(1, 1, 64, 64), start=start, steps=8,
            )
        )  # fmt: skip

    drafted, mean = steps(start), steps(None)
    torch.testing.assert_close(drafted[0].s, code, atol=1e-4, rtol=1e-4)
    assert torch.equal(offset, kept), "the draft itself stays"
    errors = [
        float((generator.synthesise(s[-1].s) - target).square().mean()) for s in (drafted, mean)
    ]
    assert errors[0] < 0.5 * errors[1]
    assert all(step.picture.shape[-1] == 64 for step in drafted)


def test_a_larger_generator_is_fitted_by_its_inner_picture_first(
    features: EfficientNetLite,
) -> None:
    generator = Generator.tiny(seed=4, resolution=512, width=4)
    with torch.no_grad():
        w = generator.mapping(torch.randn(200, 32, generator=torch.Generator().manual_seed(0)))
        s = generator.styles(generator.broadcast(w))
    statistics = StyleStatistics(s.mean(0), s.std(0) + 1e-3, w.mean(0), w.std(0) + 1e-3)
    target = generator.synthesise(s[:1])
    steps = list(
        inversion.invert(
            generator, features, feature_distance, statistics, target,
            torch.ones(1, 1, 512, 512), steps=10, tune=False,
        )
    )  # fmt: skip
    sides = [step.picture.shape[-1] for step in steps]
    assert sides == [256] * 8 + [512] * 2
    # what the inner picture lacks is added, so that the fit is one of the whole picture
    whole = seen(generator.synthesise(steps[4].s))
    inner = generator.synthesise(steps[4].s, resolution=256)
    assert (steps[4].picture - whole).square().mean() < (inner - whole).square().mean() / 10
    mean = generator.synthesise(generator.styles(generator.broadcast(statistics.w_mean[None])))
    error = (generator.synthesise(steps[-1].s) - target).square().mean()
    assert error < 0.7 * (mean - target).square().mean()


def test_most_steps_of_a_search_are_at_what_networks_see() -> None:
    assert intervention.sides_of_steps(10, 64) == [64] * 10
    assert intervention.sides_of_steps(10, 256) == [128] * 4 + [256] * 6
    assert intervention.sides_of_steps(10, 512) == [128] * 4 + [256] * 5 + [512]
    assert intervention.sides_of_steps(10, 1024) == [128] * 4 + [256] * 5 + [1024]


def test_uncovered_pixels_do_not_count(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
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
    inside, outside = locality.channel_locality(generator, face, everywhere)
    assert inside.sum() > 0
    assert outside.sum() == 0
    inside, outside = locality.channel_locality(generator, face, 1 - everywhere)
    assert inside.sum() == 0
    assert outside.sum() > 0


def test_probes_say_the_same_one_by_one(generator: Generator, face: torch.Tensor) -> None:
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 20:40] = 1
    together = locality.channel_locality(generator, face, mask, seed=3)
    singly = locality.channel_locality(generator, face, mask, seed=3, singly=True)
    for a, b in zip(together, singly, strict=True):
        torch.testing.assert_close(b, a, rtol=1e-3, atol=1e-6)


def test_openness_closes_what_acts_outside() -> None:
    change = torch.ones(1, 3)
    opened = locality.openness(
        change, torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([[0.0, 1.0, 1.0]]), 4.0
    )
    assert opened[0, 0] == 1
    assert opened[0, 2] == 0
    assert 0 < opened[0, 1] < 0.5


def _run(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor, mask: torch.Tensor, steps: int = 24, **options: object,
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """The result's delta and the direct edit's."""
    direction = _direction(generator, statistics)
    change = intervention.AttributeChange.of([direction], [1.0])
    *_, last = intervention.optimise(
        generator, features, statistics, face, mask, change, steps=steps,
        **{"terms": attribute_terms(moves=True), **options},  # type: ignore[arg-type]
    )  # fmt: skip
    return last.delta, change.entangled


def test_an_intervention_leaks_less_than_the_direct_edit_and_still_acts(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
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
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
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
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
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
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    direction = _direction(generator, statistics)
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 20:40] = 1
    with torch.no_grad():
        before, direct = (
            generator.synthesise(face),
            generator.synthesise(face + direction.entangled),
        )
    whitened = (direction.entangled / statistics.s_sd)[None]
    unit = [masked_squares([before], [direct], [m]) for m in (1 - mask, mask)]
    scene = Scene(
        before, direct, mask, mask, [], [], [], unit[0], unit[1], whitened.abs().sum(1), whitened,
        direction.normal[None, None],
    )  # fmt: skip
    at_direct, at_rest = Trial(direct, [], whitened), Trial(before, [], torch.zeros_like(whitened))
    align = AttributeAlignment()
    for term, direct_value, rest_value in (
        (PreserveOutside(), 1.0, 0.0), (Seamless(), 1.0, 0.0), (Sparsity(), 1.0, 0.0),
        (AttainInside(), 0.0, 1.0), (MatchColours(), 0.0, 1.0),
    ):  # fmt: skip
        assert float(term(scene, at_direct)) == pytest.approx(direct_value, abs=1e-3)
        assert float(term(scene, at_rest)) == pytest.approx(rest_value, abs=1e-3)
    assert float(align(scene, at_direct)) < float(align(scene, at_rest))


def test_faces_in_one_batch_do_not_influence_each_other(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    other = statistics.s_mean[None].clone()
    masks = torch.zeros(2, 1, 64, 64)
    masks[0, :, :20], masks[1, :, 40:] = 1, 1
    direction = _direction(generator, statistics)
    together = intervention.AttributeChange.of([direction], [1.0], faces=2)
    *_, both = intervention.optimise(
        generator, features, statistics, torch.cat([face, other]), masks, together, steps=6,
        terms=attribute_terms(moves=True),
    )  # fmt: skip
    for row, one in enumerate((face, other)):
        alone, _ = _run(generator, features, statistics, one, masks[row : row + 1], steps=6)
        assert torch.allclose(both.delta[row], alone[0], atol=2e-3 * float(alone.abs().max()))


def test_each_face_of_a_batch_has_its_own_amount(
    generator: Generator, statistics: StyleStatistics
) -> None:
    direction = _direction(generator, statistics)
    change = intervention.AttributeChange.of([direction], [1.0])
    change = replace(change, amounts=torch.tensor([[2.0], [-0.5]]))
    for row, amount in enumerate((2.0, -0.5)):
        alone = intervention.AttributeChange.of([direction], [amount])
        torch.testing.assert_close(change.entangled[row], alone.entangled[0])
        torch.testing.assert_close(change.precise[row], alone.precise[0])
        torch.testing.assert_close(change.normals[row], alone.normals[0])


def test_what_is_asked_for_follows_what_was_measured() -> None:
    nan = float("nan")
    reached = torch.tensor([[0.8, 1.25, 0.3, 5.0, nan, 0.01, -0.5]])
    asked = intervention.corrected(torch.ones_like(reached), reached, 1.6, 0.12)
    expected = [0.8**-0.5, 0.8, 1.6, intervention.LEAST, 1, 1, 1]
    assert asked[0].tolist() == pytest.approx(expected)
    again = intervention.corrected(asked, torch.full_like(reached, 0.9), 1.6, 0.12)
    assert again.max() <= 1.6, "bounded in all"
    assert intervention.corrected(asked, torch.full_like(reached, 0.5), 1.1, 0.12).max() <= 1.1
    assert again[0, 0] == pytest.approx((0.8 * 0.9) ** -0.5)


def _scores(change: intervention.AttributeChange, sd: torch.Tensor, delta: torch.Tensor) -> Any:
    """The share of each goal that the linear predictors say is reached, (n, k)."""
    return (change.normals @ (delta / sd)[..., None])[..., 0]


@pytest.mark.parametrize("face_says", [0.6, 1.4, 0.3, float("nan"), -0.5, 0.05])
def test_a_measure_closes_the_loop(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor, face_says: float,
) -> None:  # fmt: skip
    """The fake measure moves by ``face_says`` of what the pictures of the first run promise."""
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 16:48, 16:48] = 1
    plain, entangled = _run(generator, features, statistics, face, mask)
    with torch.no_grad():
        before, after = generator.synthesise(torch.cat([face, face + plain])).chunk(2)
    along = (after - before) / (after - before).square().sum()
    amount = 2.0  # entangled is that of an amount of 1

    def gauge(before: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
        moved = ((now - before) * along).sum((1, 2, 3))
        return amount * face_says * moved[:, None]

    direction = _direction(generator, statistics)
    half = Direction(
        direction.entangled / amount, direction.precise / amount, direction.normal * amount,
        0.0, 1.0, 1.0,
    )  # fmt: skip
    change = intervention.AttributeChange.of([half], [amount])
    torch.testing.assert_close(change.entangled, entangled)
    *_, last = intervention.optimise(
        generator, features, statistics, face, mask, change, steps=24,
        loop=intervention.Loop.of(gauge, moves=True), terms=attribute_terms(moves=True),
    )  # fmt: skip
    with torch.no_grad():
        picture = generator.synthesise(face + last.delta)
    share = float(gauge(before, picture) / amount)
    growth = float((last.delta * plain).sum() / plain.square().sum())
    if not face_says > intervention.FAINT_MOVED:
        assert torch.equal(last.delta, plain)
    elif face_says == 0.3:  # more than may be asked for
        assert 1.3 < growth < 1.1 * intervention.MOST_MOVED
    else:
        assert abs(share - 1) < 0.7 * abs(face_says - 1)
        assert (growth > 1) == (face_says < 1)


def test_each_of_several_goals_has_its_own_correction(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    first = _direction(generator, statistics)
    second = Direction(
        first.entangled.flip(0), first.precise.flip(0), first.normal.flip(0), 0.0, 1.0, 1.0
    )
    change = intervention.AttributeChange.of([first, second], [1.0, -1.0])

    def scores(*reads: float) -> list[float]:
        moved = iter([[reads], [(1.0, -1.0)], [(1.0, -1.0)]])
        *_, last = intervention.optimise(
            generator, features, statistics, face, torch.ones(1, 1, 64, 64), change, steps=24,
            loop=intervention.Loop(lambda before, _: before.new_tensor(next(moved))),
            terms=attribute_terms(moves=True),
        )  # fmt: skip
        return _scores(change, statistics.s_sd, last.delta)[0].tolist()

    plain, more, less = scores(1, -1), scores(0.5, float("nan")), scores(1, -1.5)
    assert more[0] > 1.25 * plain[0]
    assert more[1] == pytest.approx(plain[1], abs=0.15)
    assert less[0] == pytest.approx(plain[0], abs=0.15)
    assert less[1] < 0.85 * plain[1]


@pytest.mark.parametrize(
    ("at_the_end", "factor"),
    [(0.9, 1 / 0.9), (1.1, 1 / 1.1), (0.5, 1.2), (2.0, 1 / 1.2), (0.1, 1.0), (float("nan"), 1.0)],
)
def test_in_the_end_a_change_is_as_strong_as_was_asked(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor, at_the_end: float, factor: float,
) -> None:  # fmt: skip
    change = intervention.AttributeChange.of([_direction(generator, statistics)], [1.0])

    def found(last: float, most: float = 1.6) -> torch.Tensor:
        reads = iter([1.0, 1.0, last])
        loop = intervention.Loop(lambda before, _: before.new_tensor([[next(reads)]]), most, 0.25)
        *_, step = intervention.optimise(
            generator, features, statistics, face, torch.ones(1, 1, 64, 64), change, steps=12,
            loop=loop, terms=attribute_terms(moves=True),
        )  # fmt: skip
        return step.delta

    as_asked = found(1.0)
    torch.testing.assert_close(found(at_the_end), as_asked * factor)
    # a face that was asked for the most already gets no more
    torch.testing.assert_close(found(at_the_end, most=1.0), as_asked * min(1.0, factor))


def test_without_a_residual_the_delta_stays_between_both_directions(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., :20] = 1
    direction = _direction(generator, statistics)
    delta, _ = _run(generator, features, statistics, face, mask, steps=8, residual=False)
    both = torch.stack([direction.entangled, direction.precise, torch.zeros_like(delta[0])])
    assert (delta[0] >= both.min(0).values - 1e-6).all()
    assert (delta[0] <= both.max(0).values + 1e-6).all()


def test_every_goal_of_several_counts(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics
) -> None:
    first = _direction(generator, statistics)
    second = Direction(
        first.entangled.flip(0), first.precise.flip(0), first.normal.flip(0), 0.0, 1.0, 1.0
    )
    change = intervention.AttributeChange.of([first, second], [2.0, -1.0])
    assert change.normals.shape == (1, 2, generator.num_styles)
    assert torch.allclose(change.normals[0, 0] * 2, first.normal)
    assert torch.allclose(change.normals[0, 1], -second.normal)
    assert torch.allclose(change.entangled[0], 2 * first.entangled - second.entangled)


def test_a_region_takes_on_painted_colours_and_the_rest_stays(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 20:44, 20:44] = 1
    with torch.no_grad():
        before = generator.synthesise(face)
    wish = intervention.TargetPicture(
        (before + torch.tensor([0.3, -0.3, 0]).view(1, 3, 1, 1)), mask
    )
    *_, last = intervention.optimise(
        generator, features, statistics, face, mask, wish, terms=paint_terms(), steps=40
    )
    with torch.no_grad():
        after = generator.synthesise(face + last.delta)

    def error(picture: torch.Tensor) -> float:
        return float(((picture - wish.picture).square() * mask).sum())

    def moved(where: torch.Tensor) -> float:
        return float(((after - before).square() * where).sum() / where.sum())

    assert error(after) < 0.7 * error(before)
    assert moved(1 - mask) < 0.3 * moved(mask)


def test_discovery_finds_distinct_changes_that_act_inside(
    generator: Generator, statistics: StyleStatistics, face: torch.Tensor
) -> None:
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., :32] = 1
    channels = discovery.candidates(generator, statistics, face, mask)
    deltas = discovery.choose(generator, statistics, face, mask, channels, count=5)
    found = discovery.pictured(generator, face, mask, deltas)
    assert 2 <= len(found) <= 5
    with torch.no_grad():
        before = generator.synthesise(face).clamp(-1, 1)
    for one in found:
        assert not torch.equal(one.low, one.high)
        moved = (one.high - before).square().mean(1)[0]
        inside = float(moved[:, :32].sum() / moved.sum())
        assert inside == pytest.approx(one.locality, abs=0.25)
        assert int((one.delta != 0).sum()) <= discovery.GROUP_CHANNELS
    best = sum(one.locality for one in found) / len(found)
    random = torch.zeros_like(deltas)
    pick = torch.randperm(generator.num_styles, generator=torch.Generator().manual_seed(0))[:5]
    random[torch.arange(len(deltas)), pick[: len(deltas)]] = (
        3 * statistics.s_sd[pick[: len(deltas)]]
    )
    others = discovery.pictured(generator, face, mask, random)
    assert best > sum(one.locality for one in others) / len(others)


def _share(generator: Generator, features: EfficientNetLite, wanted: torch.Tensor, s: torch.Tensor):
    """What tells, as changes along one direction of the features, how much of ``wanted`` shows."""
    with torch.no_grad():
        before, after = (features(generator.synthesise(x), 3) for x in (s, s + wanted))
    along = [b - a for a, b in zip(before, after, strict=True)]
    size = sum(float(a.square().sum()) for a in along)

    def told(maps: Any) -> torch.Tensor:
        parts = [(m * a).flatten(1).sum(1) for m, a in zip(maps, along, strict=True)]
        return torch.stack(parts).sum(0)[:, None] / size

    return told


def test_a_direct_edit_gives_back_what_it_drags_along(
    generator: Generator, features: EfficientNetLite, statistics: StyleStatistics,
    face: torch.Tensor,
) -> None:  # fmt: skip
    goal = _direction(generator, statistics)
    random = torch.Generator().manual_seed(12)
    with torch.no_grad():
        zero = generator.styles(generator.broadcast(torch.zeros(1, 32)))
        step = generator.styles(generator.broadcast(torch.randn(1, 32, generator=random))) - zero
    other = step[0]
    normal = other / statistics.s_sd
    normal = normal / normal.square().sum()
    dragging = replace(goal, entangled=goal.entangled + other)
    wanted = intervention.AttributeChange.of([dragging], [1.0])
    guard = changes.stack([Direction(other, other, normal, 0.0, 1.0, 1.0)])
    told = _share(generator, features, other[None], face)
    nets = generator, features, statistics.s_sd, face

    def drift(change: intervention.AttributeChange) -> float:
        with torch.no_grad():
            a, b = (features(generator.synthesise(x), 3) for x in (face, face + change.entangled))
        return abs(float(told([y - x for x, y in zip(a, b, strict=True)])))

    kept = guarding.constrained(*nets, wanted, told, guard)
    beyond = [drift(change) - CONSTRAINT_SLACK for change in (wanted, kept)]
    assert beyond[0] > CONSTRAINT_SLACK
    assert beyond[1] < 0.5 * beyond[0]
    again = guarding.constrained(*nets, kept, told, guard)
    assert drift(again) <= drift(kept) + 1e-6, "it goes on from what is held already"
    none = guarding.constrained(*nets, wanted, lambda maps: told(maps) * 0, guard)
    torch.testing.assert_close(none.entangled, wanted.entangled)


def test_what_is_seen_in_the_picture_is_asked_for_until_it_shows_and_only_inside() -> None:
    maps = [torch.zeros(1, 2, 8, 8)]
    inside = torch.zeros(1, 1, 8, 8)
    inside[..., :4] = 1

    def goal(change: Any) -> torch.Tensor:
        return change[0][:, :1].sum((2, 3)) / 32

    def other(change: Any) -> torch.Tensor:
        return change[0][:, 1:].sum((2, 3)) / 32

    blank = torch.zeros(1, 3, 8, 8)
    scene = Scene(
        before=blank, wanted=blank, mask=inside, coverage=inside, before_maps=maps,
        wanted_maps=maps, map_masks=[inside], outside_unit=torch.ones(2, 1),
        inside_unit=torch.ones(2, 1),
        delta_unit=torch.ones(1), precise=torch.zeros(1, 4), normals=torch.zeros(1, 1, 4),
        readouts=AttributeReadouts(goal, other, torch.tensor([[0.5]])),
    )  # fmt: skip

    def value(first: float, second: float, *, left: bool) -> float:
        now = torch.zeros(1, 2, 8, 8)
        where = slice(0, 4) if left else slice(4, 8)
        now[:, 0, :, where], now[:, 1, :, where] = first, second
        return float(ReachReadouts()(scene, Trial(blank, [now], torch.zeros(1, 4))))

    assert value(0.5, 0.0, left=True) == pytest.approx(0)
    assert value(0.0, 0.0, left=True) == pytest.approx(1)
    assert value(0.5, 0.0, left=False) == pytest.approx(1), "outside it is not looked at"
    assert value(1.0, 0.0, left=True) == pytest.approx(1), "too much is a miss as well"
    assert value(0.5, 0.25, left=True) == pytest.approx(0), "within the slack"
    assert value(0.5, 1.25, left=True) == pytest.approx(0.5)
    assert float(ReachReadouts()(replace(scene, readouts=None), Trial(blank, maps, blank))) == 0
