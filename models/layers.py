"""StyleGAN2's layers in plain PyTorch, run from style vectors.

Parameter names and arithmetic follow the stylegan2-ada-pytorch layout (Karras et al.,
*Analyzing and Improving the Image Quality of StyleGAN*, arXiv 1912.04958); the code is our own.
No compiled extension is needed: the resampling filter [1, 3, 3, 1] is two shifted sums per axis.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

Noise = Literal["const", "random", "none"]

LEAKY_SLOPE = 0.2
LEAKY_GAIN = math.sqrt(2.0)


class FullyConnected(nn.Module):
    """Equalised linear layer: stored weights are ~N(0, 1/lr_multiplier²), scaled at run time."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        lr_multiplier: float = 1.0,
        bias: float = 0.0,
        leaky: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / lr_multiplier)
        self.bias = nn.Parameter(torch.full([outputs], bias / lr_multiplier))
        self.weight_gain = lr_multiplier / math.sqrt(inputs)
        self.bias_gain = lr_multiplier
        self.leaky = leaky

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs) → (n, outputs)."""
        x = F.linear(x, self.weight * self.weight_gain, self.bias * self.bias_gain)
        return F.leaky_relu(x, LEAKY_SLOPE) * LEAKY_GAIN if self.leaky else x


def smooth(x: Tensor, gain: float) -> Tensor:
    """The filter [1, 3, 3, 1]/8 along both axes without padding, ``gain`` per axis.

    Shape (n, c, h, w) → (n, c, h − 3, w − 3).
    """
    unit = gain / 8
    x = (x[..., :-3, :] + x[..., 3:, :]) * unit + (x[..., 1:-2, :] + x[..., 2:-1, :]) * (3 * unit)
    return (x[..., :-3] + x[..., 3:]) * unit + (x[..., 1:-2] + x[..., 2:-1]) * (3 * unit)


def upsample(x: Tensor) -> Tensor:
    """Twice the size by the filter [1, 3, 3, 1], zeros past the border: (n, c, h, w) → 2h, 2w.

    Each output sample is 3/4 of its nearer and 1/4 of its farther neighbour.
    """
    n, c, h, w = x.shape
    p = F.pad(x, (0, 0, 1, 1))
    even, odd = p[:, :, :-2].lerp(p[:, :, 1:-1], 0.75), p[:, :, 2:].lerp(p[:, :, 1:-1], 0.75)
    x = torch.stack([even, odd], 3).reshape(n, c, 2 * h, w)
    p = F.pad(x, (1, 1))
    even, odd = p[..., :-2].lerp(p[..., 1:-1], 0.75), p[..., 2:].lerp(p[..., 1:-1], 0.75)
    return torch.stack([even, odd], 4).reshape(n, c, 2 * h, 2 * w)


class SynthesisLayer(nn.Module):
    """3 × 3 modulated, demodulated convolution, noise, bias, leaky ReLU; ``up``: twice the size."""

    noise_const: Tensor

    def __init__(
        self,
        inputs: int,
        outputs: int,
        w_dim: int,
        resolution: int,
        *,
        up: bool,
        noise: bool = True,
    ) -> None:
        super().__init__()
        self.up = up
        self.resolution = resolution
        self.affine = FullyConnected(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.uses_noise = noise
        self._energy: Tensor | None = None
        if noise:
            self.noise_strength = nn.Parameter(torch.zeros([]))
            self.register_buffer("noise_const", torch.randn(resolution, resolution))

    def energy(self) -> Tensor:
        """Squared weights summed over the kernel, (outputs, inputs); kept while they are frozen."""
        if self.weight.requires_grad:
            return self.weight.square().sum([2, 3])
        if self._energy is None or self._energy.device != self.weight.device:
            self._energy = self.weight.square().sum([2, 3])
        return self._energy

    def forward(
        self, x: Tensor, style: Tensor, noise: Noise = "const", clamp: float | None = None
    ) -> Tensor:
        """x (n, inputs, r, r) and style (n, inputs) → (n, outputs, r or 2r, r or 2r)."""
        # Scaling activations instead of weights gives the whole batch one shared convolution.
        demodulation = (style.square() @ self.energy().t() + 1e-8).rsqrt()
        x = x * style[:, :, None, None]
        if self.up:
            x = F.conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)
            x = smooth(F.pad(x, (1, 1, 1, 1)), gain=2.0)
        else:
            x = F.conv2d(x, self.weight, padding=1)
        x = x * demodulation[:, :, None, None]
        offset = self.bias[None, :, None, None]
        if self.uses_noise and noise == "const":
            offset = offset + self.noise_const * self.noise_strength
        elif self.uses_noise and noise == "random":
            shape = (x.shape[0], 1, self.resolution, self.resolution)
            offset = offset + torch.randn(shape, device=x.device) * self.noise_strength
        x = F.leaky_relu(x + offset, LEAKY_SLOPE) * LEAKY_GAIN
        return x if clamp is None else x.clamp(-clamp, clamp)


class ToRGB(nn.Module):
    """1 × 1 modulated convolution to three channels, without demodulation or noise."""

    def __init__(self, inputs: int, w_dim: int) -> None:
        super().__init__()
        self.affine = FullyConnected(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(3, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(3))
        self.weight_gain = 1 / math.sqrt(inputs)

    def forward(self, x: Tensor, style: Tensor, clamp: float | None = None) -> Tensor:
        """x (n, inputs, r, r) and style (n, inputs) → (n, 3, r, r)."""
        weight = self.weight[None, :, :, 0, 0] * (style * self.weight_gain)[:, None]
        n, _, h, w = x.shape
        out = (weight @ x.flatten(2)).view(n, 3, h, w) + self.bias[None, :, None, None]
        return out if clamp is None else out.clamp(-clamp, clamp)
