"""SeFa and GANSpace, on generators whose directions are known."""

from __future__ import annotations

import pytest
import torch

from models.generator import Generator
from models.unsupervised import affines, ganspace, sefa


def test_components_are_orthonormal_and_sorted() -> None:
    generator = Generator.tiny()
    for found in (sefa(generator, 8), ganspace(generator, 8)):
        assert found.rows.shape == (8, 32)
        torch.testing.assert_close(found.rows @ found.rows.T, torch.eye(8), atol=1e-4, rtol=0)
        assert (found.strength.diff() <= 0).all()
        assert (found.sd > 0).all()
        peaks = found.rows.gather(1, found.rows.abs().argmax(1, keepdim=True))
        assert (peaks > 0).all()
    whole = sefa(generator, 32)
    assert float(whole.strength.sum()) == pytest.approx(1, abs=1e-4)


def test_ganspace_finds_what_varies() -> None:
    generator = Generator.tiny()
    last = generator.mapping.get_submodule("fc1")
    direction = torch.zeros(32)
    direction[5], direction[9] = 0.6, -0.8
    weight = last.get_parameter("weight")
    weight.data = 1e3 * direction.abs()[:, None] * weight.new_ones(1, 32) + 0.01 * weight
    found = ganspace(generator, 2, samples=2000)
    # The layers' leaky ReLU keeps positive numbers' ratio.
    assert abs(float(found.rows[0, 5])) == pytest.approx(0.6, abs=0.02)
    assert abs(float(found.rows[0, 9])) == pytest.approx(0.8, abs=0.02)
    assert found.strength[0] > 0.95


def test_sefa_finds_what_moves_the_styles() -> None:
    generator = Generator.tiny()
    for layer in generator.style_layers:
        weight = generator.synthesis.get_submodule(layer.name).get_parameter("affine.weight")
        weight.data *= 0.05
        weight.data[:, 3] = 1
        if layer.ws_index < 2:
            weight.data[:, 3], weight.data[:, 7] = 0, 1
    assert int(sefa(generator, 1).rows[0].argmax()) == 3
    assert int(sefa(generator, 1, ws_rows=(0, 1)).rows[0].argmax()) == 7
    with pytest.raises(ValueError, match="no layer"):
        sefa(generator, 1, ws_rows=(99,))


def test_affines_are_what_styles_are_made_with() -> None:
    generator = Generator.tiny()
    step = torch.randn(32, generator=torch.Generator().manual_seed(0))

    def styles(w: torch.Tensor) -> torch.Tensor:
        return generator.styles(generator.broadcast(w[None]))[0]

    moved = styles(step) - styles(torch.zeros(32))
    kept = [
        moved[x.start : x.stop]
        for x in generator.style_layers
        if not x.name.endswith("torgb") or x == generator.style_layers[-1]
    ]
    torch.testing.assert_close(affines(generator) @ step, torch.cat(kept), atol=1e-4, rtol=1e-4)


def test_the_same_seed_gives_the_same_directions() -> None:
    generator = Generator.tiny()
    assert torch.equal(ganspace(generator, 3).rows, ganspace(generator, 3).rows)
    assert not torch.equal(ganspace(generator, 3, seed=1).sd, ganspace(generator, 3).sd)
