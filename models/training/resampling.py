"""Pictures at another size as Pillow makes them, as matrix products that gradients pass through.

Training pictures were brought to their size by Pillow's Lanczos filter. What a generator draws at
512 pixels must be brought to 256 by the same filter, or a discriminator tells them apart by it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import torch

if TYPE_CHECKING:
    from torch import Tensor

Filter = Literal["lanczos", "bicubic"]


def _taps(x: Tensor, kind: Filter) -> Tensor:
    """The filter at distances in samples of the coarser of both sizes."""
    if kind == "lanczos":
        return torch.where(x.abs() < 3, torch.sinc(x) * torch.sinc(x / 3), 0.0)
    near, a = x.abs(), -0.5  # Keys' cubic
    inner = ((a + 2) * near - (a + 3)) * near**2 + 1
    outer = (((near - 5) * near + 8) * near - 4) * a
    return torch.where(near < 1, inner, torch.where(near < 2, outer, 0.0))


@lru_cache(maxsize=8)
def _matrix(inputs: int, outputs: int, kind: Filter, device: torch.device) -> Tensor:
    """What brings a row of ``inputs`` samples to ``outputs``: (outputs, inputs)."""
    scale = inputs / outputs
    centres = (torch.arange(outputs, dtype=torch.double) + 0.5) * scale
    places = torch.arange(inputs, dtype=torch.double) + 0.5
    weights = _taps((places - centres[:, None]) / max(scale, 1.0), kind)
    return (weights / weights.sum(1, keepdim=True)).float().to(device)


def resized(x: Tensor, side: int, kind: Filter = "lanczos") -> Tensor:
    """Pictures (n, c, r, r) → (n, c, side, side) by Pillow's filter, unclipped and unrounded."""
    if x.shape[3] == side:
        return x
    matrix = _matrix(x.shape[3], side, kind, x.device)
    return matrix @ x @ matrix.t()
