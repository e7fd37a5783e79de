"""What the engine does when a GPU runs out of memory: it saves, and only then goes to the CPU."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from editor.engine.engine import Engine
from editor.engine.faults import Fault
from editor.engine.jobs import Finished, Notice
from models.generator import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator


class Workspace(SimpleNamespace):
    """As far as the ladder looks at it."""

    def __init__(self) -> None:
        super().__init__(
            device=torch.device("cuda"), thrifty=False, halved=False, notice="", saved=0,
            folder=None,
        )  # fmt: skip

    def save_memory(self) -> None:
        self.thrifty = True
        self.saved += 1

    def search_in_half(self) -> None:
        self.halved = True

    def clear(self) -> None:
        pass


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    on_cpu: Any = SimpleNamespace(device=torch.device("cpu"), thrifty=False, notice="")

    def workspace_on_cpu(*_: object) -> Any:
        return on_cpu

    monkeypatch.setattr("editor.engine.engine._workspace", workspace_on_cpu)
    workspace: Any = Workspace()
    return Engine(workspace)


def ending(engine: Engine, monkeypatch: pytest.MonkeyPatch, *faults: Fault) -> list[object]:
    """Reports of a job that meets these faults, one at each attempt, before it succeeds."""
    left = iter(faults)

    def attempt(_: object) -> Iterator[Any]:
        fault = next(left, None)
        if fault is None:
            yield Finished(engine.workspace.device.type)
            return "done"
        return fault

    monkeypatch.setattr(engine, "_attempt", attempt)
    job: Any = None
    return list(engine.run(job))


def test_short_of_memory_a_gpu_works_with_less(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, end = ending(engine, monkeypatch, Fault.DEVICE_MEMORY)
    assert isinstance(notice, Notice)
    assert "short of memory" in notice.message
    assert isinstance(end, Finished)
    assert end.result == "cuda"
    assert engine.workspace.thrifty


def test_then_it_searches_in_half_precision(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, notice, end = ending(engine, monkeypatch, Fault.DEVICE_MEMORY, Fault.DEVICE_MEMORY)
    assert isinstance(notice, Notice)
    assert "half precision" in notice.message
    assert isinstance(end, Finished)
    assert end.result == "cuda"
    assert engine.workspace.halved


def test_if_that_is_not_enough_the_cpu_takes_over(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = ending(engine, monkeypatch, *[Fault.DEVICE_MEMORY] * 3)
    saved, halved, left, end = reports
    assert isinstance(saved, Notice)
    assert isinstance(halved, Notice)
    assert isinstance(left, Notice)
    assert "CPU" in left.message
    assert isinstance(end, Finished)
    assert end.result == "cpu"


def test_a_lost_gpu_is_left_at_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    notice, end = ending(engine, monkeypatch, Fault.DEVICE_LOST)
    assert isinstance(notice, Notice)
    assert "failed" in notice.message
    assert isinstance(end, Finished)
    assert end.result == "cpu"


def test_a_thrifty_generator_has_the_same_pictures_and_gradients() -> None:
    generator = Generator.tiny(resolution=32)
    s = generator.styles(generator.broadcast(torch.randn(2, 32)))
    found: list[tuple[torch.Tensor, torch.Tensor]] = []
    kept: list[int] = []
    for thrifty in (False, True):
        generator.thrifty = thrifty
        code = s.clone().requires_grad_()
        sizes: list[int] = []

        def pack(tensor: torch.Tensor, sizes: list[int] = sizes) -> torch.Tensor:
            sizes.append(tensor.numel())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            picture = generator.synthesise(code)
        kept.append(sum(sizes))
        (gradient,) = torch.autograd.grad(picture.square().sum(), code)
        found.append((picture.detach(), gradient))
    for a, b in zip(*found, strict=True):
        assert torch.equal(a, b)
    assert kept[1] < 0.5 * kept[0]


def test_in_half_precision_gradients_are_nearly_the_same_and_pictures_without_one_are() -> None:
    generator = Generator.tiny(resolution=64)
    s = generator.styles(generator.broadcast(torch.randn(2, 32)))
    with torch.no_grad():
        before = generator.synthesise(s)
    found: list[torch.Tensor] = []
    kept: list[int] = []
    for halved in (False, True):
        generator.halved = halved
        code = s.clone().requires_grad_()
        sizes: list[int] = []

        def pack(tensor: torch.Tensor, sizes: list[int] = sizes) -> torch.Tensor:
            sizes.append(tensor.numel() * tensor.element_size())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            picture = generator.synthesise(code)
        assert picture.dtype == torch.float32
        kept.append(sum(sizes))
        (gradient,) = torch.autograd.grad(picture.square().sum(), code)
        found.append(gradient.flatten())
    assert float(torch.nn.functional.cosine_similarity(found[0], found[1], 0)) > 0.999
    assert kept[1] < 0.65 * kept[0]
    with torch.no_grad():
        assert torch.equal(generator.synthesise(s), before)
