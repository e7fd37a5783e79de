"""Functions that are replayed: what is copied where, over a recorder that calls again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from models.adam import Adam, Group
from models.generator import Generator
from models.nests import copied, copy_tensors, form_of, tensors_in
from models.replays import NotCapturedError, Replays
from models.stand_in import StandIn
from models.tuning import Tuning, tuned
from tests.models.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

Tensor = torch.Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Free:
    at: Tensor
    adam: Adam

    @classmethod
    def begun(cls) -> Free:
        at = torch.zeros(3).requires_grad_()
        return cls(at, Adam([Group([at], 0.1)], (0.9, 0.99)))


Given = tuple[Tensor, float | Tensor]


def _towards(_: Generator, __: object, given: Given, free: Free) -> Tensor:
    goal, rate = given
    loss = (free.at - goal).square().sum()
    free.adam.step(loss, [rate])
    return loss.detach()


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.tiny(resolution=16)


def _walk(replays: Replays, generator: Generator, goal: Tensor, free: Free, steps: int) -> float:
    loss = torch.zeros(())
    for step in range(steps):
        rate = replays.number(0.1 / (step + 1), goal.device)
        loss = replays.run(_towards, generator, None, (goal, rate), free)
    return float(loss)


def test_a_replayed_search_ends_where_a_called_one_does(generator: Generator) -> None:
    recorder = Recorder()
    plain, replayed = Free.begun(), Free.begun()
    goal = torch.tensor([1.0, -2.0, 0.5])
    replays = Replays(recorder)
    losses = [_walk(r, generator, goal, f, 7) for r, f in ((Replays(), plain), (replays, replayed))]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    assert torch.equal(replayed.at, torch.zeros(3)), "until it is released"
    replays.release(replayed)
    torch.testing.assert_close(replayed.at, plain.at)
    assert recorder.recorded == 1

    again = Free.begun()
    _walk(replays, generator, goal + 1, again, 2)
    assert recorder.recorded == 1, "another search of the same form has the same graph"
    assert not torch.equal(replayed.at, again.at)


def test_two_searches_take_turns_and_one_is_changed_meanwhile(generator: Generator) -> None:
    goals = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([-1.0, 0.0, 1.0])

    def walked(replays: Replays) -> list[Tensor]:
        free = [Free.begun(), Free.begun()]
        for step in range(6):
            for goal, one in zip(goals, free, strict=True):
                replays.run(
                    _towards, generator, None, (goal, replays.number(0.1, goal.device)), one
                )
            if step == 2:
                replays.release(free[0])
                with torch.no_grad():
                    free[0].at.mul_(0.5)
        for one in free:
            replays.release(one)
        return [one.at.detach() for one in free]

    for plain, replayed in zip(walked(Replays()), walked(Replays(Recorder())), strict=True):
        torch.testing.assert_close(replayed, plain)


def test_what_was_found_outlives_the_graphs(generator: Generator) -> None:
    goal = torch.tensor([1.0, -2.0, 0.5])
    ends: list[Tensor] = []
    for clears in (False, True):
        free, replays = Free.begun(), Replays(Recorder())
        _walk(replays, generator, goal, free, 3)
        if clears:
            replays.clear()
        _walk(replays, generator, goal, free, 3)
        replays.release(free)
        ends.append(free.at.detach().clone())
    assert torch.equal(*ends)


def test_what_came_out_is_not_overwritten(generator: Generator) -> None:
    def doubled(_: Generator, __: object, given: Tensor, free: tuple[()]) -> dict[str, Tensor]:
        del free
        return {"twice": given * 2}

    replays = Replays(Recorder())
    first = replays.run(doubled, generator, None, torch.ones(2), ())
    second = replays.run(doubled, generator, None, torch.full((2,), 5.0), ())
    assert first["twice"].tolist() == [2, 2]
    assert second["twice"].tolist() == [10, 10]


def test_what_a_closure_holds_is_not_seen_so_it_is_called(generator: Generator) -> None:
    def asked(_: Generator, __: object, given: Any, free: tuple[()]) -> Tensor:
        del free
        return given[0](given[1])

    def times(factor: float) -> Callable[[Tensor], Tensor]:
        def scaled(x: Tensor) -> Tensor:
            return x * factor

        return scaled

    recorder = Recorder()
    replays = Replays(recorder)
    for factor in (2.0, 3.0):
        given = times(factor), torch.ones(2)
        assert replays.run(asked, generator, None, given, ()).tolist() == [factor] * 2
    assert recorder.recorded == 0


def test_each_form_has_its_own_graph_and_the_oldest_makes_way(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def summed(_: Generator, __: object, given: Tensor, free: tuple[()]) -> Tensor:
        del free
        return given.sum()

    monkeypatch.setattr("models.replays.KEPT", 2)
    recorder = Recorder()
    replays = Replays(recorder)
    for size in (1, 2, 1, 3, 1, 2):
        assert float(replays.run(summed, generator, None, torch.ones(size), ())) == size
    assert recorder.recorded == 4, "of 1, 2 and 3; that of 2 had made way"


@pytest.mark.parametrize(
    ("error", "later"), [(torch.OutOfMemoryError("no room"), 1), (NotCapturedError("a look"), 2)]
)
def test_what_cannot_be_recorded_is_called(
    generator: Generator, error: Exception, later: int
) -> None:
    asked: list[int] = []

    def refuses(function: Callable[[], Any]) -> tuple[Any, Callable[[], None]]:
        del function
        asked.append(1)
        raise error

    replays = Replays(refuses)
    plain, called = Free.begun(), Free.begun()
    goal = torch.ones(3)
    for _ in range(3):
        replays.run(_towards, generator, None, (goal, 0.1), called)
        Replays().run(_towards, generator, None, (goal, 0.1), plain)
    assert torch.equal(called.at, plain.at)
    assert len(asked) == 1
    replays.run(_towards, generator, None, (torch.ones(3, dtype=torch.float64), 0.1), called)
    assert len(asked) == later, "without room for one there is none for others"


def test_a_stand_in_draws_what_it_follows(generator: Generator) -> None:
    random = torch.Generator().manual_seed(1)
    change = {
        name: torch.randn(tensor.shape, generator=random) * 0.1
        for name, tensor in Tuning(generator).no_change().items()
    }
    other = tuned(generator, change)
    s = generator.styles(generator.broadcast(torch.randn(2, 32, generator=random)))
    pictures = [g.synthesise(s) for g in (generator, other)]
    assert not torch.equal(*pictures)
    stand_in = StandIn(generator)
    for g, picture in zip((other, generator, other), (*pictures[::-1], pictures[1]), strict=True):
        stand_in.follow(g)
        assert torch.equal(stand_in.generator.synthesise(s), picture)
    assert torch.equal(generator.synthesise(s), pictures[0]), "those that it followed stay"
    assert torch.equal(other.synthesise(s), pictures[1])


def test_a_stand_in_draws_in_half_precision_what_it_follows(generator: Generator) -> None:
    random = torch.Generator().manual_seed(1)
    change = {
        name: torch.randn(tensor.shape, generator=random)
        for name, tensor in Tuning(generator).no_change().items()
    }
    other = tuned(generator, change)
    s = generator.styles(generator.broadcast(torch.randn(2, 32, generator=random)))
    stand_in = StandIn(generator)
    for g in (generator, other, generator):
        stand_in.follow(g)
        half = stand_in.generator.synthesise(s, dtype=torch.bfloat16)
        exact = stand_in.generator.synthesise(s)
        assert torch.equal(exact, g.synthesise(s)), "and in float32 as before"
        assert (half - exact).abs().max() < 0.05 * exact.abs().max()


def test_kernels_of_both_precisions_are_kept_and_counted(generator: Generator) -> None:
    layer = next(block.conv1 for _, block in generator.blocks())
    whole = layer.prepared(torch.float32)
    before = layer.kept_bytes
    half = layer.prepared(torch.bfloat16)
    assert layer.prepared(torch.float32) is whole
    assert layer.prepared(torch.bfloat16) is half
    assert before < layer.kept_bytes < 2 * before


def test_generators_of_one_kin_share_graphs_and_others_do_not(generator: Generator) -> None:
    def drawn(drawing: Generator, _: object, s: Tensor, free: tuple[()]) -> Tensor:
        del free
        return drawing.synthesise(s)

    stranger = Generator.tiny(seed=5, resolution=16)
    kin = tuned(generator, Tuning(generator).no_change())
    recorder = Recorder()
    replays = Replays(recorder)
    s = torch.ones(1, generator.num_styles)
    for one, graphs in ((generator, 1), (kin, 1), (stranger, 2), (generator, 2)):
        assert torch.equal(replays.run(drawn, one, None, s, ()), one.synthesise(s))
        assert recorder.recorded == graphs
    replays.clear()
    replays.run(drawn, generator, None, s, ())
    assert recorder.recorded == 3


def test_nests_keep_what_is_shared_and_tell_their_form() -> None:
    free = Free.begun()
    twin = copied(free)
    assert twin.at is twin.adam.groups[0].tensors[0], "one place, whatever leads there"
    assert twin.at is not free.at
    assert twin.at.requires_grad
    assert len(tensors_in(free)) == 4
    assert form_of(free) == form_of(twin)
    assert form_of(replace(free, at=torch.zeros(3))) != form_of(free), "no longer shared"
    assert form_of((torch.zeros(2), 1)) != form_of((torch.zeros(2), 2))
    assert form_of((torch.zeros(2), 1)) != form_of([torch.zeros(2), 1])
    assert form_of({"a": torch.zeros(2)}) != form_of({"b": torch.zeros(2)})
    with torch.no_grad():
        twin.at.fill_(7)
    copy_tensors(tensors_in(free), tensors_in(twin))
    assert free.at.tolist() == [7, 7, 7]
