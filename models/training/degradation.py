"""What cameras, files and imperfect alignment do to portraits, for batches on any device.

The draft encoder must serve photographs of every origin, so it learns from pictures that were
moved, recoloured, blurred, grained and compressed at random.
"""

from __future__ import annotations

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

_BLUR_REACH = 6  # pixels
# Annex K of ITU-T T.81: the tables that most encoders scale
_LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMINANCE = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 8,) * 4,
)
_TO_YCC = (
    (0.299, 0.587, 0.114),
    (-0.168736, -0.331264, 0.5),
    (0.5, -0.418688, -0.081312),
)
_FROM_YCC = ((1.0, 0.0, 1.402), (1.0, -0.344136, -0.714136), (1.0, 1.772, 0.0))


def varied(x: Tensor) -> Tensor:
    """Another portrait as good as this one: moved a little, other light and colour.

    (n, 3, r, r) in [−1, 1] → the same.
    """
    return _recoloured(_moved(x)).clamp(-1, 1)


def degraded(x: Tensor, share: float = 0.3) -> Tensor:
    """The same portrait, taken or kept badly: blur, grain and JPEG, each for ``share`` of them.

    (n, 3, r, r) in [−1, 1], r a multiple of 16 → the same.
    """
    x = torch.where(_chosen(x, share), blurred(x, 2.5 * torch.rand(len(x), device=x.device)), x)
    grain = 0.06 * torch.rand(len(x), 1, 1, 1, device=x.device) * torch.randn_like(x)
    x = torch.where(_chosen(x, share), x + grain, x)
    coarseness = torch.exp2(3 * torch.rand(len(x), device=x.device) - 2)
    return torch.where(_chosen(x, share), compressed(x, coarseness), x).clamp(-1, 1)


def blurred(x: Tensor, sigma: Tensor) -> Tensor:
    """Gaussian blur by ``sigma`` (n,) in pixels, edges repeated."""
    n, c, h, w = x.shape
    at = torch.arange(-_BLUR_REACH, _BLUR_REACH + 1, device=x.device)
    taps = torch.exp(-0.5 * (at / sigma.clamp(min=0.05)[:, None]).square())
    taps = (taps / taps.sum(1, keepdim=True)).repeat_interleave(c, 0)[:, None]
    x = F.pad(x, (_BLUR_REACH,) * 4, mode="replicate").reshape(1, n * c, h + 12, w + 12)
    x = F.conv2d(x, taps[:, :, None], groups=n * c)
    return F.conv2d(x, taps[..., None], groups=n * c).view(n, c, h, w)


def compressed(x: Tensor, coarseness: Tensor) -> Tensor:
    """What JPEG leaves, chroma halved; ``coarseness`` (n,) scales its tables (1: quality 50)."""
    h, w = x.shape[2:]
    ycc = (_matrix(_TO_YCC, x.device) @ (x.flatten(2) * 127.5)).view(x.shape)
    chroma = _quantised(F.avg_pool2d(ycc[:, 1:], 2), _CHROMINANCE, coarseness)
    chroma = F.interpolate(chroma, (h, w), mode="bilinear", align_corners=False)
    ycc = torch.cat([_quantised(ycc[:, :1], _LUMINANCE, coarseness), chroma], 1)
    return (_matrix(_FROM_YCC, x.device) @ ycc.flatten(2)).view(x.shape) / 127.5


@cache
def _matrix(rows: tuple[tuple[float, ...], ...], device: torch.device) -> Tensor:
    return torch.tensor(rows, dtype=torch.float32, device=device)


@cache
def _cosines(device: torch.device) -> Tensor:
    """The discrete cosine transform of eight samples, (8, 8), orthonormal."""
    k = torch.arange(8, device=device)
    dct = 0.5 * torch.cos(math.pi / 8 * k[:, None] * (k + 0.5))
    dct[0] *= math.sqrt(0.5)
    return dct


def _quantised(x: Tensor, table: tuple[tuple[int, ...], ...], coarseness: Tensor) -> Tensor:
    n, c, h, w = x.shape
    dct = _cosines(x.device)
    step = _matrix(table, x.device) * coarseness[:, None, None]
    step = step.clamp(min=1)[:, None, None, None]
    blocks = x.view(n, c, h // 8, 8, w // 8, 8).transpose(3, 4)
    blocks = dct.t() @ (((dct @ blocks @ dct.t()) / step).round() * step) @ dct
    return blocks.transpose(3, 4).reshape(x.shape)


def _chosen(x: Tensor, share: float) -> Tensor:
    return torch.rand(len(x), 1, 1, 1, device=x.device) < share


def _moved(x: Tensor) -> Tensor:
    """Up to about 2 % aside, 2° and 3 %: how far landmarks of another detector would be off."""
    draw = torch.randn(len(x), 4, device=x.device)
    scale, angle = torch.exp2(0.03 * draw[:, 0]), 0.02 * draw[:, 1]
    cos, sin = angle.cos() * scale, angle.sin() * scale
    turn = torch.stack([cos, -sin, sin, cos], 1).view(-1, 2, 2)
    grid = F.affine_grid(
        torch.cat([turn, 0.02 * draw[:, 2:, None]], 2), list(x.shape), align_corners=False
    )
    return F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)


def _recoloured(x: Tensor) -> Tensor:
    draw = torch.randn(len(x), 6, 1, 1, device=x.device) * _chosen(x, 0.6)
    x = x + 0.08 * draw[:, :1]
    x = (x + 1) * torch.exp2(0.06 * draw[:, 1:4]) - 1  # each channel's exposure: white balance
    x = x * torch.exp2(0.15 * draw[:, 4:5])
    grey = x.mean(1, keepdim=True)
    return grey + (x - grey) * torch.exp2(0.3 * draw[:, 5:])
