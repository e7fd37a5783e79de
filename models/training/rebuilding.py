"""Portraits drawn again from style codes of their own, which are learned along with the generator.

Generative latent optimisation (Bojanowski et al., arXiv 1707.05776) in style space, beside the
adversarial game: what the generator cannot reach from any code, no photograph's inversion finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.training.reconstruction import SPREAD_SAMPLES, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.generator import Generator

# Of a code's first step, in standard deviations of S; later ones are shorter. After 50 steps on a
# still network eight portraits have 21.2 dB at 0.05, 23.2 at 0.2, 23.0 at 0.5 (leg 4e's end).
RATE = 0.2
PRIOR = 2e-3  # of a code's mean square: it stays among the codes that edits are made for


class Rebuilding(nn.Module):
    """A style code for each portrait of the training set, unmirrored.

    Attributes:
        codes: (portraits, channels), in standard deviations of S from its mean.
        squares: (portraits, channels), summed squares of their gradients.
        mean, sd: (channels,), of S over the samples of the generator that training began with.
    """

    codes: Tensor
    squares: Tensor
    mean: Tensor
    sd: Tensor

    def __init__(self, portraits: int, channels: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.zeros(portraits, channels))
        self.register_buffer("squares", torch.zeros(portraits, channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("sd", torch.ones(channels))

    @torch.no_grad()
    def begin(self, generator: Generator) -> None:
        """Take mean and deviation of S from a generator's samples."""
        z = torch.randn(SPREAD_SAMPLES, generator.config.z_dim, device=self.mean.device)
        known = spread(generator, z)
        self.mean.copy_(known.s_mean)
        self.sd.copy_(known.s_sd)

    def forward(
        self, code: Tensor, real: Tensor, draw: Callable[[Tensor], Tensor]
    ) -> tuple[Tensor, Tensor]:
        """How far portraits are from what their codes show.

        Args:
            code: (n, channels), rows of ``codes``.
            real: (n, 3, r, r) in [−1, 1], those portraits.
            draw: style codes (n, channels) → pictures.

        Returns:
            the loss to descend, and the mean squared difference of clipped pictures; scalars.
        """
        made = draw(self.mean + code * self.sd)
        # at half the size: the finest texture, which no code can aim at, is the critics' affair
        off = F.avg_pool2d(made - real, 2)
        loss = 2 * off.square().mean() + 0.5 * off.abs().mean() + PRIOR * code.square().mean()
        return loss, (made.detach().clamp(-1, 1) - real).square().mean()

    @torch.no_grad()
    def learn(self, rows: Tensor, gradient: Tensor) -> None:
        """One step (Adagrad, for codes seen a few dozen times) of the codes int (n,) shown."""
        self.squares[rows] += gradient.square()
        self.codes[rows] -= RATE * gradient / (self.squares[rows].sqrt() + 1e-20)
