"""How well a generator draws photographs it has never seen: inversion in style space, PSNR.

A plain optimisation with a fixed number of steps, the same for every generator: first one row of W
for each layer, then the style code itself, both in units of their spread over samples. It is no
match for the editor's inversion (draft, feature distance, tuned weights), and needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from models.directions import StyleStatistics
from models.training.dataset import in_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from models.generator import Generator

W_SHARE = 0.4
W_RATE, S_RATE = 0.06, 0.03
PRIOR = 2e-4
SPREAD_SAMPLES = 4000


def decibels(picture: Tensor, target: Tensor) -> Tensor:
    """PSNR (n,) of pictures (n, 3, r, r) in [−1, 1], clipped as when they are stored."""
    error = (picture.clamp(-1, 1) - target).square().mean([1, 2, 3]) / 4
    return -10 * error.clamp(min=1e-10).log10()


@torch.no_grad()
def spread(generator: Generator, z: Tensor) -> StyleStatistics:
    """Where the faces of latents z (n, z_dim) lie in W and S."""
    w = generator.mapping(z)
    s = torch.cat([generator.styles(generator.broadcast(part)) for part in in_parts(w, 500)])
    return StyleStatistics(s.mean(0), s.std(0).clamp(min=1e-6), w.mean(0), w.std(0))


def reconstructed(generator: Generator, target: Tensor, steps: int) -> Tensor:
    """Pictures as near as S comes to aligned photographs (n, 3, r, r) in [−1, 1]; same shape.

    Every photograph is its own problem: what comes out does not hang on the others.
    """
    random = torch.Generator().manual_seed(7)
    z = torch.randn(SPREAD_SAMPLES, generator.config.z_dim, generator=random).to(target.device)
    known = spread(generator, z)
    w_mean, w_sd, s_sd = known.w_mean, known.w_sd, known.s_sd

    def descend(free: Tensor, rate: float, count: int, codes: Callable[[Tensor], Tensor]) -> None:
        optimiser = torch.optim.Adam([free], rate, betas=(0.9, 0.99))
        for step in range(count):
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / 5, 2 * (count - step) / count)
            off = generator.synthesise(codes(free)) - target
            each = 2 * off.square().mean([1, 2, 3]) + 0.5 * off.abs().mean([1, 2, 3])
            loss = (each + PRIOR * free.square().flatten(1).mean(1)).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    n = len(target)
    w_steps = round(steps * W_SHARE)
    offset = target.new_zeros(n, generator.num_ws, w_mean.numel()).requires_grad_()
    descend(offset, W_RATE, w_steps, lambda x: generator.styles(w_mean + x * w_sd))
    with torch.no_grad():
        start = generator.styles(w_mean + offset * w_sd)
    change = torch.zeros_like(start).requires_grad_()
    descend(change, S_RATE, steps - w_steps, lambda x: start + x * s_sd)
    with torch.no_grad():
        return generator.synthesise(start + change * s_sd)
