"""The passes between convolutions: in plain PyTorch here, their kernels on a GPU."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from models import fused
from models.generator import Generator
from models.stand_in import StandIn
from models.tuning import Tuning, tuned

if TYPE_CHECKING:
    from collections.abc import Callable

Tensor = torch.Tensor
SIDE = 32


def _always(passes: fused.Passes | None) -> Callable[[object], fused.Passes | None]:
    def answer(_: object) -> fused.Passes | None:
        return passes

    return answer


def _generator(clamp: float | None = None, width: int = 24) -> Generator:
    generator = Generator.tiny(resolution=SIDE, width=width)
    generator.config = replace(generator.config, clamp=clamp)
    random = torch.Generator().manual_seed(1)
    for weight in generator.parameters():
        weight.data += 0.1 * torch.randn(weight.shape, generator=random)
    return generator


def _codes(generator: Generator, scale: float = 1.0) -> Tensor:
    random = torch.Generator().manual_seed(2)
    w = torch.randn(2, 32, generator=random)
    return scale * generator.styles(generator.broadcast(w)).detach()


def _with_gradient(generator: Generator, s: Tensor, side: int) -> tuple[Tensor, Tensor]:
    s = s.clone().requires_grad_()
    picture = generator.synthesise(s, resolution=side)
    random = torch.Generator().manual_seed(3)
    goal = torch.randn(picture.shape, generator=random).to(picture.device)
    return picture.detach(), torch.autograd.grad((picture * goal).sum(), s)[0]


def _apart(found: Tensor, wanted: Tensor) -> float:
    return float((found - wanted).square().sum().sqrt() / wanted.square().sum().sqrt())


def _alike(found: Tensor, wanted: Tensor) -> None:
    assert _apart(found, wanted) < 2e-6


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> fused.Plain:
    plain = fused.Plain()
    monkeypatch.setattr(fused, "passes_on", _always(plain))
    monkeypatch.setattr(fused, "PHASES_FROM", 16)  # both kinds of upsampling convolutions
    return plain


@pytest.mark.parametrize("clamp", [None, 1.5])
@pytest.mark.parametrize("side", [4, 8, SIDE])
def test_passes_draw_what_the_layers_draw_and_its_gradient(
    clamp: float | None, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = _generator(clamp)
    s = _codes(generator, 2.0 if clamp else 1.0)
    wanted, gradient = _with_gradient(generator, s, side)
    monkeypatch.setattr(fused, "passes_on", _always(fused.Plain()))
    monkeypatch.setattr(fused, "PHASES_FROM", 16)
    drawn, found = _with_gradient(generator, s, side)
    assert generator.kept_bytes, "by the passes"
    _alike(drawn, wanted)
    _alike(found, gradient)
    if clamp:
        assert float(wanted.abs().max()) >= clamp, "and the bound was met"


@pytest.mark.usefixtures("passes")
def test_noise_is_left_out_or_drawn_anew() -> None:
    generator = _generator()
    s = _codes(generator)
    once, again = (generator.synthesise(s, noise="random") for _ in range(2))
    without = generator.synthesise(s, noise="none")
    assert not torch.equal(once, again)
    for _, block in generator.blocks():
        for layer in (block.conv1,) if block.first else (block.conv0, block.conv1):
            layer.noise_strength.data.zero_()
    generator = Generator.of(generator.state_dict())
    _alike(generator.synthesise(s), without)


@pytest.mark.usefixtures("passes")
def test_a_stand_in_draws_what_it_follows_and_tuning_finds_its_gradients() -> None:
    generator = _generator()
    s = _codes(generator)
    tuning = Tuning(generator)
    change = {name: t.requires_grad_() for name, t in tuning.no_change().items()}
    picture = tuning.apply(change).synthesise(s)
    grads = torch.autograd.grad(picture.square().sum(), list(change.values()))
    assert any(bool(g.abs().max() > 0) for g in grads)
    other = tuned(generator, {name: torch.ones_like(t) * 0.1 for name, t in change.items()})
    stand_in = StandIn(generator)
    for one in (generator, other, generator):
        stand_in.follow(one)
        for dtype in (torch.float32, torch.bfloat16):
            drawn = stand_in.generator.synthesise(s, dtype=dtype)
            assert torch.equal(drawn, one.synthesise(s, dtype=dtype))
    assert not torch.equal(generator.synthesise(s), other.synthesise(s))


def test_two_by_two_is_the_transposed_convolution() -> None:
    weight, x = torch.randn(5, 3, 3, 3), torch.randn(2, 3, 6, 4)
    wide = torch.nn.functional.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
    phases = torch.nn.functional.conv2d(x, fused.two_by_two(weight), padding=1)
    fine = phases.view(2, 2, 2, 5, 7, 5).permute(0, 3, 4, 1, 5, 2).reshape(2, 5, 14, 10)
    assert torch.allclose(fine[:, :, :-1, :-1], wide, atol=1e-5)
    assert not fine[:, :, -1].any()
    assert not fine[..., -1].any()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("clamp", [None, 1.5])
@pytest.mark.parametrize("width", [16, 24, 80])
def test_kernels_compute_what_the_plain_passes_do(
    clamp: float | None, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = fused.passes_on(torch.device("cuda"))
    assert kernels is not None
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    monkeypatch.setattr(fused, "PHASES_FROM", 16)
    generator = _generator(clamp, width).to("cuda")
    s = _codes(_generator(clamp, width), 2.0 if clamp else 1.0).to("cuda")
    found = _with_gradient(generator, s, SIDE)
    half = generator.synthesise(s, dtype=torch.bfloat16)
    monkeypatch.setattr(fused, "passes_on", _always(fused.Plain()))
    wanted = _with_gradient(generator, s, SIDE)
    plain_half = generator.synthesise(s, dtype=torch.bfloat16)
    for one, other in zip(found, wanted, strict=True):
        _alike(one, other)
    assert _apart(half, wanted[0]) < 1.2 * _apart(plain_half, wanted[0]) + 1e-4


def test_without_a_compiler_pictures_are_drawn_without(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fused.passes_on(torch.device("cpu")) is None
    monkeypatch.setattr(fused, "find_spec", _always(None))
    assert fused.passes_on(torch.device("cuda", 7)) is None
