"""A picture is the same whether its first layers were drawn for it or for all."""

from __future__ import annotations

import pytest
import torch

from models import variations as module
from models.generator import Generator
from models.variations import variations


@pytest.mark.parametrize("resolution", [None, 16])
@pytest.mark.parametrize("pixels", [1, 1 << 11, 1 << 20])
def test_variations_are_the_pictures_of_their_codes(
    resolution: int | None, pixels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PIXELS", pixels)
    generator = Generator.tiny(resolution=32)
    random = torch.Generator().manual_seed(0)
    s = generator.styles(generator.broadcast(torch.randn(1, 32, generator=random)))
    layers = [*generator.style_layers, *generator.style_layers[::3]]
    changes = torch.zeros(len(layers) + 2, generator.num_styles)
    for row, layer in enumerate(layers):
        changes[row, layer.start + row % 5] = 2.0
    changes[0, -1] = 1.0  # the first layer and the last
    changes[len(layers)] = torch.randn(generator.num_styles, generator=random)
    assert not changes[-1].any(), "the code itself"
    drawn = variations(generator, s, changes, resolution=resolution)
    wanted = generator.synthesise(s + changes, resolution=resolution)
    torch.testing.assert_close(drawn, wanted, atol=1e-5, rtol=1e-5)
    alone = variations(generator, s, torch.zeros(2, generator.num_styles), resolution=resolution)
    torch.testing.assert_close(alone, wanted[-1:].expand(2, -1, -1, -1), atol=1e-5, rtol=1e-5)


def test_what_is_alike_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = Generator.tiny(resolution=32)
    s = torch.ones(1, generator.num_styles)
    rows: list[int] = []
    for _, block in generator.blocks():
        block.conv1.register_forward_hook(lambda _, args, __: rows.append(len(args[0])))
    changes = torch.zeros(6, generator.num_styles)
    changes[:3, generator.style_layers[-2].start] = 1  # the last block's convolution
    changes[3:, generator.style_layers[3].start] = 1  # the second block's
    variations(generator, s, changes)
    assert rows == [1, 4, 4, 6], "the code itself, then those that differ"
