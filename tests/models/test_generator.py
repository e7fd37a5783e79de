"""The generator against a second, literal statement of StyleGAN2's arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from models.checkpoints import catalogue, load_tensors
from models.generator import Generator, GeneratorConfig
from models.layers import FullyConnected, polyphase, smooth, unfold_phases, upsample


def _reference(generator: Generator, w: torch.Tensor) -> torch.Tensor:
    """Slow synthesis from the written formulae: weights per sample, zero-stuffed filters."""
    row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    kernel = torch.outer(row, row)

    def filtered(x: torch.Tensor, pad: tuple[int, int, int, int], gain: float) -> torch.Tensor:
        channels = x.shape[1]
        weight = (kernel * gain).expand(channels, 1, 4, 4)
        return F.conv2d(F.pad(x, pad), weight, groups=channels)

    def stuffed(x: torch.Tensor) -> torch.Tensor:
        n, c, h, wide = x.shape
        out = torch.zeros(n, c, 2 * h, 2 * wide)
        out[:, :, ::2, ::2] = x
        return out

    def style(affine: FullyConnected) -> torch.Tensor:
        return F.linear(w, affine.weight / math.sqrt(w.shape[1]), affine.bias)

    image = x = torch.zeros(0)
    for r, block in generator.blocks():
        layers = [block.conv1] if block.first else [block.conv0, block.conv1]
        x = block.const[None] if block.first else x
        for layer in layers:
            modulated = layer.weight[None] * style(layer.affine)[:, None, :, None, None]
            norm = (modulated.square().sum([2, 3, 4], keepdim=True) + 1e-8).rsqrt()
            weight = (modulated * norm)[0]
            if layer.up:
                x = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
                x = filtered(x, (1, 1, 1, 1), 4.0)
            else:
                x = F.conv2d(x, weight, padding=1)
            x = x + layer.noise_const * layer.noise_strength + layer.bias[None, :, None, None]
            x = F.leaky_relu(x, 0.2) * math.sqrt(2)
        rgb_style = style(block.torgb.affine) / math.sqrt(x.shape[1])
        rgb = F.conv2d(x, (block.torgb.weight[None] * rgb_style[:, None, :, None, None])[0])
        rgb = rgb + block.torgb.bias[None, :, None, None]
        image = rgb if r == 4 else filtered(stuffed(image), (2, 1, 2, 1), 4.0) + rgb
    return image


def test_synthesis_matches_the_written_formulae() -> None:
    generator = Generator.tiny(seed=1)
    w = torch.randn(1, 32, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        fast = generator.synthesise(generator.styles(generator.broadcast(w)))
        torch.testing.assert_close(fast, _reference(generator, w), atol=2e-5, rtol=2e-4)


def test_upsampling_filter() -> None:
    x = torch.randn(1, 2, 5, 5, generator=torch.Generator().manual_seed(0))
    row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
    stuffed = torch.zeros(1, 2, 10, 10)
    stuffed[:, :, ::2, ::2] = x
    kernel = torch.outer(row, row).expand(2, 1, 4, 4)
    wanted = F.conv2d(F.pad(stuffed, (2, 1, 2, 1)), kernel, groups=2)
    torch.testing.assert_close(upsample(x), wanted)
    assert smooth(torch.ones(1, 1, 8, 8), 1.0).allclose(torch.ones(1, 1, 5, 5))


def test_mapping_normalises_z_and_truncates_towards_the_mean() -> None:
    generator = Generator.tiny()
    z = torch.randn(3, 32)
    torch.testing.assert_close(generator.mapping(z), generator.mapping(z * 7), atol=1e-4, rtol=1e-3)
    generator.mapping.w_avg.fill_(0.5)
    torch.testing.assert_close(generator.mapping(z, 0.0), torch.full((3, 32), 0.5))


def test_styles_are_linear_in_w() -> None:
    generator = Generator.tiny()
    a, b = torch.randn(2, 1, 32)

    def styles(w: torch.Tensor) -> torch.Tensor:
        return generator.styles(generator.broadcast(w))

    step = styles(a + b) - styles(a)
    torch.testing.assert_close(step, styles(b) - styles(torch.zeros(1, 32)), atol=1e-5, rtol=1e-4)


def test_coarse_pictures_have_the_asked_size() -> None:
    generator = Generator.tiny()
    s = generator.styles(generator.broadcast(torch.randn(2, 32)))
    assert generator.synthesise(s, resolution=8).shape == (2, 3, 8, 8)
    assert generator.synthesise(s).shape == (2, 3, 32, 32)


def test_constant_noise_repeats_and_random_noise_does_not() -> None:
    generator = Generator.tiny()
    s = generator.styles(generator.broadcast(torch.randn(1, 32)))
    assert torch.equal(generator.synthesise(s), generator.synthesise(s))
    random = [generator.synthesise(s, noise="random") for _ in range(2)]
    assert not torch.equal(*random)


def test_configuration_is_read_off_the_tensors() -> None:
    generator = Generator.tiny(resolution=64, width=8)
    assert GeneratorConfig.of(generator.state_dict()) == generator.config
    copy = Generator.of(generator.state_dict())
    z = torch.randn(1, 32)
    assert torch.equal(copy(z), generator(z))


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("synthesis.b8.conv1.weight", None, "no StyleGAN2"),
        ("mapping.embed.weight", torch.zeros(32, 4), "class-conditional"),
        ("synthesis.b8.resample_filter", torch.ones(4, 4) / 16, "resample_filter"),
        ("mapping.fc0.bias", None, "fc0"),
        ("synthesis.b16.conv0.bias", torch.zeros(3), "b16.conv0.bias"),
    ],
)
def test_other_networks_are_refused(name: str, change: torch.Tensor | None, reason: str) -> None:
    tensors = Generator.tiny().state_dict()
    if change is None:
        del tensors[name]
    else:
        tensors[name] = change
    with pytest.raises(ValueError, match=reason):
        Generator.of(tensors)


def test_embedded_weights_are_what_the_catalogue_says() -> None:
    card = catalogue()[0]
    tensors, _ = load_tensors(card.weights_path, card.sha256)
    generator = Generator.of(tensors)
    assert generator.config.resolution == card.resolution
    assert generator.num_styles == 4864
    with torch.no_grad():
        picture = generator(torch.randn(1, 512, generator=torch.Generator().manual_seed(5)), 0.7)
    levels = picture[0].clamp(-1, 1).numpy()
    assert levels.shape == (3, 256, 256)
    assert 0.2 < np.std(levels) < 0.9


def test_upsampling_convolutions_agree() -> None:
    drawn = torch.Generator().manual_seed(0)
    x = torch.randn(2, 5, 6, 6, generator=drawn)
    weight = torch.randn(7, 5, 3, 3, generator=drawn)
    there = smooth(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), 2.0, padding=1)
    folded = unfold_phases(F.conv2d(x, polyphase(weight), padding=1))
    torch.testing.assert_close(folded, there, atol=1e-4, rtol=1e-4)


def test_frozen_weights_give_the_gradient_of_free_ones() -> None:
    free, frozen = Generator.tiny().requires_grad_(), Generator.tiny()
    random = torch.Generator().manual_seed(1)
    s = frozen.styles(frozen.broadcast(torch.randn(2, 32, generator=random)))
    looked = torch.randn(2, 3, 32, 32, generator=random)
    gradients: list[torch.Tensor] = []
    for generator in (free, frozen, frozen):
        style = s.clone().requires_grad_()
        (generator.synthesise(style) * looked).sum().backward()
        assert style.grad is not None
        gradients.append(style.grad)
    torch.testing.assert_close(gradients[1], gradients[0])
    torch.testing.assert_close(gradients[2], gradients[0])
    by_difference = (frozen.synthesise(s + 1e-2 * gradients[0].sign()) * looked).sum()
    by_difference = (
        by_difference - (frozen.synthesise(s - 1e-2 * gradients[0].sign()) * looked).sum()
    )
    assert by_difference / 2e-2 == pytest.approx(float(gradients[0].abs().sum()), rel=0.02)


def test_low_precision_stays_near() -> None:
    generator = Generator.tiny()
    s = generator.styles(generator.broadcast(torch.randn(1, 32)))
    exact, coarse = (generator.synthesise(s, dtype=d) for d in (torch.float32, torch.bfloat16))
    assert coarse.dtype == torch.float32
    torch.testing.assert_close(coarse, exact, atol=0.02 * float(exact.abs().max()), rtol=0.05)
    assert torch.equal(generator.synthesise(s), exact)
