"""Adaptive discriminator augmentation (Karras et al., arXiv 2006.06676), for portraits.

The discriminator only ever sees augmented pictures, real and generated alike; how often is
steered by how surely it tells real ones. While each change is applied to well under all pictures
it does not leak into what the generator draws. Quarter turns and luma flips are left out: faces
are aligned, and the training set is small enough to be learned by heart but not that small.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class AdaptiveAugmentation(nn.Module):
    """Random affine, colour and cutout, differentiable, each with the probability it adapts.

    Attributes:
        probability: scalar buffer p.
        certainty: scalar buffer, running mean of sign(D(real)): 1 means overfitting, 0 none.
    """

    probability: Tensor
    certainty: Tensor

    def __init__(
        self,
        probability: float = 0.0,
        target: float = 0.6,
        images_to_full: float = 300_000,
        cutout: bool = False,
        highest: float = 0.5,
    ) -> None:
        """Prepare.

        Args:
            probability: p to start from.
            target: certainty at which p stays where it is.
            images_to_full: real pictures after which p could have risen from 0 to 1.
            cutout: whether to blank a random square too.
            highest: bound of p; at 0.8 the changes of colour leaked into the pictures.
        """
        super().__init__()
        self.register_buffer("probability", torch.tensor(probability))
        self.register_buffer("certainty", torch.tensor(target))
        self.target, self.images_to_full = target, images_to_full
        self.cutout, self.highest = cutout, highest

    @torch.no_grad()
    def adapt(self, sign: Tensor, images: int) -> None:
        """Steer by the mean sign of this step's real logits; never reads a value off the device.

        Args:
            sign: scalar, mean over the batch (and over processes).
            images: real pictures since the last call.
        """
        self.certainty.lerp_(sign, 0.05)
        step = (self.certainty - self.target).sign() * (images / self.images_to_full)
        self.probability.add_(step).clamp_(0, self.highest)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 3, r, r) → the same shape, changed at random."""
        x = self._moved(x)
        x = self._coloured(x)
        return self._cut(x) if self.cutout else x

    def _chosen(self, x: Tensor) -> Tensor:
        return (torch.rand(x.shape[0], device=x.device) < self.probability).float()

    def _moved(self, x: Tensor) -> Tensor:
        """Shifts go by whole pixels and all resampling hangs on one draw, by a cubic filter.

        Resampling smooths. Were it drawn for size, stretch and angle apart, the discriminator would
        hardly see the finest detail as it is, and the generator could draw there what it likes.
        """
        n, device = x.shape[0], x.device
        resampled = self._chosen(x)
        scale = torch.exp2(torch.randn(n, device=device) * 0.2 * resampled)
        stretch = torch.exp2(torch.randn(n, device=device) * 0.1 * resampled)
        angle = (torch.rand(n, device=device) * 2 - 1) * (math.pi / 8) * resampled
        pixel = 2 / x.shape[3]
        shift = (torch.rand(n, 2, device=device) * 2 - 1) * 0.25 * self._chosen(x)[:, None]
        shift = (shift / pixel).round() * pixel
        cos, sin = angle.cos(), angle.sin()
        rows = [cos * stretch * scale, -sin * scale, sin * scale, cos / stretch * scale]
        turn = torch.stack(rows, 1).view(n, 2, 2)
        grid = F.affine_grid(
            torch.cat([turn, shift[:, :, None]], 2), list(x.shape), align_corners=False
        )
        return F.grid_sample(x, grid, "bicubic", "reflection", align_corners=False)

    def _coloured(self, x: Tensor) -> Tensor:
        """Light and colour as cameras differ: with any hue at p 0.5, casts leaked onto the skin."""
        n, device = x.shape[0], x.device
        draw = torch.randn(n, 4, device=device)
        brightness = 0.2 * draw[:, 0] * self._chosen(x)
        contrast = torch.exp2(0.4 * draw[:, 1] * self._chosen(x))
        saturation = torch.exp2(0.5 * draw[:, 2] * self._chosen(x))
        hue = (torch.rand(n, device=device) * 2 - 1) * (math.pi / 10) * self._chosen(x)
        grey = torch.full([3, 3], 1 / 3, device=device)
        # Rodrigues' rotation about the grey axis turns hues and keeps greys.
        side = 1 / math.sqrt(3)
        cross = torch.tensor([[0, -side, side], [side, 0, -side], [-side, side, 0]], device=device)
        eye = torch.eye(3, device=device)
        cos, sin = hue.cos()[:, None, None], hue.sin()[:, None, None]
        turn = cos * (eye - grey) + sin * cross
        matrix = contrast[:, None, None] * (grey + saturation[:, None, None] * turn)
        return (matrix @ x.flatten(2)).view(x.shape) + brightness[:, None, None, None]

    def _cut(self, x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        centre = torch.rand(n, 2, device=x.device)
        rows = torch.linspace(0, 1, h, device=x.device)[None] - centre[:, :1]
        columns = torch.linspace(0, 1, w, device=x.device)[None] - centre[:, 1:]
        inside = (rows.abs() < 0.25)[:, :, None] & (columns.abs() < 0.25)[:, None]
        return x * (1 - inside.float() * self._chosen(x)[:, None, None])[:, None]
