"""How strongly each style channel acts inside and outside a region, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F

from models.replays import Replays

if TYPE_CHECKING:
    from torch import Tensor

    from models.generator import Generator

PROBES = 4  # random pictures per side of the mask; relative error of a channel's share about 0.3
WEAK = 1e-3  # of the squared effect: what the dropped channels did together


def channel_locality(
    generator: Generator,
    s: Tensor,
    mask: Tensor,
    *,
    seed: int = 0,
    resolution: int = 64,
    probes: int = PROBES,
    singly: bool = False,
    replays: Replays | None = None,
) -> tuple[Tensor, Tensor]:
    """How strongly each style channel acts inside and outside a mask at each of n faces.

    The squared norm of a masked Jacobian column, E[(vᵀ M J_c)²] over random pictures v
    (Hutchinson's estimator); all probes share one backward pass.

    Args:
        generator: frozen.
        s: (n, channels), the faces.
        mask: (n, 1, r, r) in [0, 1].
        seed: of the probes, the same for every face.
        resolution: at which the Jacobian is taken.
        probes: random pictures per side of the mask.
        singly: of one face on a CPU, draw it once and take the probes one by one: half the time,
            and sums in another order.
        replays: of a GPU.

    Returns:
        inside, outside: (n, channels), squared change of the picture per squared unit of the
        channel.
    """
    random = torch.Generator(device="cpu").manual_seed(seed)
    noise = torch.randn(2 * probes, 3, resolution, resolution, generator=random).to(s.device)
    small = F.adaptive_avg_pool2d(mask, resolution)
    sides = torch.stack([small, 1 - small], 1).repeat_interleave(probes, 1).flatten(0, 1)
    probed = noise.repeat(len(s), 1, 1, 1) * sides
    given = s.detach(), probed, singly and len(s) == 1 and not s.is_cuda
    return (replays or Replays()).run(_squares, generator, None, given, ())


def _squares(
    generator: Generator, _: object, given: tuple[Tensor, Tensor, bool], __: tuple[()]
) -> tuple[Tensor, Tensor]:
    """The mean squares of the pictures' gradients along the first and the second half of probes."""
    s, probed, singly = given
    each = len(probed) // len(s)
    if singly:
        s = s.clone().requires_grad_()
        picture = generator.synthesise(s, resolution=probed.shape[-1])
        gradients = [
            torch.autograd.grad((picture * probe).sum(), s, retain_graph=True)[0]
            for probe in cast("tuple[Tensor, ...]", probed.split(1))
        ]
        squares = torch.cat(gradients).square().view(1, 2, each // 2, -1).mean(2)
        return squares[:, 0], squares[:, 1]
    repeated = s.repeat_interleave(each, 0).requires_grad_()
    picture = generator.synthesise(repeated, resolution=probed.shape[-1])
    (gradient,) = torch.autograd.grad((picture * probed).sum(), repeated)
    squares = gradient.square().view(len(s), 2, each // 2, -1).mean(2)
    return squares[:, 0], squares[:, 1]


def openness(change: Tensor, inside: Tensor, outside: Tensor, strictness: float) -> Tensor:
    """How far each channel of ``change`` (n, channels) may move, in [0, 1], same shape.

    The minimiser, channel by channel, of the lost effect inside plus ``strictness`` times the
    effect outside, both relative to the whole change's (a Wiener filter over channels).
    """
    squared = change.square()
    gain = inside / ((squared * inside).sum(1, keepdim=True) + 1e-12)
    cost = outside / ((squared * outside).sum(1, keepdim=True) + 1e-12)
    return gain / (gain + strictness * cost + 1e-20)


def first_guess(entangled: Tensor, precise: Tensor, inside: Tensor, outside: Tensor) -> Tensor:
    """Δs (n, channels) before any optimisation: the mix, each channel opened by its locality."""
    open_z = openness(entangled, inside, outside, 4.0)
    open_n = openness(entangled + precise, inside, outside, 4.0)
    return 0.5 * open_z * entangled + 0.5 * open_n * precise


def strongest(delta: Tensor, inside: Tensor, outside: Tensor) -> Tensor:
    """Which channels of Δs (n, channels) matter: 1, or 0 for the weakest, ``WEAK`` of its effect.

    A channel's effect is its squared displacement times what ``channel_locality`` says of it.
    """
    effect = delta.square() * (inside + outside)
    ranked, order = effect.sort(1)
    weak = ranked.cumsum(1) <= WEAK * effect.sum(1, keepdim=True)
    return torch.ones_like(delta).scatter(1, order, (~weak).to(delta.dtype))
