"""The low-rank change of a generator: it fits, it is small, and the original stays as it was."""

from __future__ import annotations

import pytest
import torch

from models.generator import Generator
from models.tuning import LOWEST, Tuning, size_of_change, tuned


@pytest.fixture
def generator() -> Generator:
    return Generator.tiny(seed=3, resolution=64)


@pytest.fixture
def code(generator: Generator) -> torch.Tensor:
    z = torch.randn(1, 32, generator=torch.Generator().manual_seed(5))
    return generator.styles(generator.broadcast(generator.mapping(z)))


def test_a_fresh_tuning_changes_nothing(generator: Generator, code: torch.Tensor) -> None:
    tuning = Tuning(generator)
    copy = tuning.apply(tuning.no_change())
    assert copy is not generator
    assert torch.equal(copy.synthesise(code), generator.synthesise(code))


def test_tuning_fits_a_picture_and_leaves_the_original_alone(
    generator: Generator, code: torch.Tensor
) -> None:
    before = generator.synthesise(code)
    random = torch.Generator().manual_seed(1)
    change = {
        name: torch.randn(tensor.shape, generator=random) * (1.0 if name.endswith("right") else 0.1)
        for name, tensor in Tuning(generator).no_change().items()
    }
    target = tuned(generator, change).synthesise(code)
    tuning = Tuning(generator)
    free = {name: tensor.requires_grad_() for name, tensor in tuning.no_change().items()}
    optimizer = torch.optim.Adam(free.values(), lr=0.01)
    losses: list[float] = []
    for _ in range(20):
        loss = (tuning.apply(free).synthesise(code) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.3 * losses[0]
    assert float(size_of_change(free).detach()) > 0
    assert torch.equal(generator.synthesise(code), before)

    with torch.no_grad():
        wanted = tuning.apply(free).synthesise(code)
    found = {name: tensor.detach() for name, tensor in free.items()}
    again = tuned(generator, found)
    torch.testing.assert_close(again.synthesise(code), wanted)
    assert not any(p.requires_grad for p in again.parameters())
    assert again.synthesise(code).data_ptr() != wanted.data_ptr()
    layer = again.get_submodule(f"synthesis.b{LOWEST}.conv1")
    assert not layer.weight.requires_grad
    assert (
        again.get_submodule("synthesis.b4.conv1").weight
        is generator.get_submodule("synthesis.b4.conv1").weight
    ), "what is not tuned is shared"


def test_an_offset_of_another_generator_is_refused(generator: Generator) -> None:
    other = Tuning(Generator.tiny(resolution=32)).no_change()
    with pytest.raises(ValueError, match="another generator"):
        tuned(generator, other)
    wider = Tuning(Generator.tiny(resolution=64, width=24)).no_change()
    with pytest.raises(ValueError, match="shape"):
        tuned(generator, wider)
