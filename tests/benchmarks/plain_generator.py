"""StyleGAN2's synthesis straight from its formulae, to be compared with: float32, eager, no tricks.

Each sample's kernel is modulated and demodulated (Karras et al., arXiv 1912.04958, equations 1 to
3), one grouped convolution for a batch; an upsampling convolution is a transposed one and its
filter.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor

    from models.generator import Generator
    from models.layers import SynthesisLayer


def _filtered(x: Tensor, gain: float, padding: int) -> Tensor:
    row = torch.tensor([1.0, 3.0, 3.0, 1.0], device=x.device) / 8 * gain
    taps = torch.outer(row, row).expand(x.shape[1], 1, 4, 4)
    return F.conv2d(x, taps, padding=padding, groups=x.shape[1])


def _convolved(layer: SynthesisLayer, x: Tensor, style: Tensor) -> Tensor:
    n, inputs, height, width = x.shape
    kernel = layer.weight[None] * style[:, None, :, None, None]
    kernel = kernel * (kernel.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    x = x.reshape(1, n * inputs, height, width)
    if layer.up:
        kernel = kernel.transpose(1, 2).reshape(n * inputs, -1, 3, 3)
        x = F.conv_transpose2d(x, kernel, stride=2, groups=n)
        x = _filtered(x, 2.0, 1)
    else:
        x = F.conv2d(x, kernel.reshape(-1, inputs, 3, 3), padding=1, groups=n)
    x = x.reshape(n, -1, *x.shape[2:])
    if layer.uses_noise:
        x = x + layer.noise_const * layer.noise_strength
    return F.leaky_relu(x + layer.bias[None, :, None, None], 0.2) * math.sqrt(2)


def plain(generator: Generator, s: Tensor) -> Tensor:
    """What ``generator.synthesise(s)`` draws, (n, 3, r, r)."""
    styles = iter([s[:, layer.start : layer.stop] for layer in generator.style_layers])
    x = image = torch.empty(0)
    for _, block in generator.blocks():
        if block.first:
            x = block.const[None].expand(len(s), -1, -1, -1)
        else:
            x = _convolved(block.conv0, x, next(styles))
        x = _convolved(block.conv1, x, next(styles))
        rgb = block.torgb
        kernel = rgb.weight[None, :, :, 0, 0] * (next(styles) * rgb.weight_gain)[:, None]
        drawn = torch.einsum("nihw,noi->nohw", x, kernel) + rgb.bias[None, :, None, None]
        if block.first:
            image = drawn
        else:
            n, _, h, w = image.shape
            stuffed = image.new_zeros(n, 3, 2 * h, 2 * w)
            stuffed[:, :, ::2, ::2] = image
            image = _filtered(F.pad(stuffed, (2, 1, 2, 1)), 2.0, 0) + drawn
    return image
