"""StyleGAN2's layers in plain PyTorch, run from style vectors.

Parameter names and arithmetic follow the stylegan2-ada-pytorch layout (Karras et al.,
*Analyzing and Improving the Image Quality of StyleGAN*, arXiv 1912.04958); the code is our own.
No compiled extension is needed. Activations lie channels last; weights that are frozen are prepared
once. An upsampling convolution is followed by its filter on the CPU. GPUs wait for kernels to be
launched more than for arithmetic; there the filter is part of the kernel.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import torch
import torch.nn.functional as F
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

Noise = Literal["const", "random", "none"]

LEAKY_SLOPE = 0.2
LEAKY_GAIN = math.sqrt(2.0)


def replace_parameter(module: nn.Module, name: str, value: Tensor) -> None:
    """Put a computed tensor in a parameter's place."""
    if name in dict(module.named_parameters(recurse=False)):
        delattr(module, name)
    setattr(module, name, value)


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


@lru_cache(maxsize=64)
def _resampling(channels: int, gain: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The filter [1, 3, 3, 1]/8 along both axes for each channel, ``gain`` per axis.

    Kept: a copy to the GPU at every use would hold it up, and cannot be part of a CUDA graph.
    """
    row = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=dtype, device=device) * (gain / 8)
    return torch.outer(row, row).expand(channels, 1, 4, 4)


def smooth(x: Tensor, gain: float, padding: int = 0) -> Tensor:
    """The filter [1, 3, 3, 1]/8 along both axes, ``gain`` per axis, zeros past the border.

    Shape (n, c, h, w) → (n, c, h − 3 + 2 · padding, w − 3 + 2 · padding).
    """
    return F.conv2d(
        x, _resampling(x.shape[1], gain, x.dtype, x.device), padding=padding, groups=x.shape[1]
    )


def upsample(x: Tensor) -> Tensor:
    """Twice the size by the filter [1, 3, 3, 1], zeros past the border: (n, c, h, w) → 2h, 2w.

    Each output sample is 3/4 of its nearer and 1/4 of its farther neighbour.
    """
    return F.conv_transpose2d(
        x, _resampling(x.shape[1], 2.0, x.dtype, x.device), stride=2, padding=1, groups=x.shape[1]
    )


def polyphase(weight: Tensor) -> Tensor:
    """A transposed convolution of stride 2 and its smoothing as one plain convolution.

    Shape (o, i, 3, 3) → (4o, i, 3, 3), for padding 1: four kernels, one for each phase of the
    output (row, then column), all outputs of a phase together.
    """
    o, i = weight.shape[:2]
    phases = weight.reshape(o * i, 9) @ _phases(weight.dtype, weight.device)
    return phases.view(o, i, 4, 9).permute(2, 0, 1, 3).reshape(4 * o, i, 3, 3)


@lru_cache(maxsize=8)
def _phases(dtype: torch.dtype, device: torch.device) -> Tensor:
    """(9, 4 · 9): what each tap of a kernel gives to those of its four phases."""
    with torch.inference_mode(False), torch.no_grad():
        taps = smooth(torch.eye(9, dtype=dtype, device=device).view(9, 1, 3, 3), 2.0, padding=3)
        # Reversed, the taps 1, 3, 5 belong to even samples and 0, 2, 4 to odd ones.
        pairs = taps.flip(2, 3).reshape(9, 3, 2, 3, 2).flip(2, 4)
        return pairs.permute(0, 2, 4, 1, 3).reshape(9, 36)


def unfold_phases(x: Tensor) -> Tensor:
    """Four phases as ``polyphase`` orders them, (n, 4c, h, w) → (n, c, 2h, 2w), channels last."""
    n, _, h, w = x.shape
    x = x.permute(0, 2, 3, 1).reshape(n, h, w, 2, 2, -1)
    return x.transpose(2, 3).reshape(n, 2 * h, 2 * w, -1).permute(0, 3, 1, 2)


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
        self._kept: dict[torch.dtype, tuple[Tensor, Tensor, Tensor]] = {}
        self._stands_in = False  # for another layer, see ``draw_with``
        if noise:
            self.noise_strength = nn.Parameter(torch.zeros([]))
            self.register_buffer("noise_const", torch.randn(resolution, resolution))

    def __getstate__(self) -> dict[str, Any]:
        """Copies prepare their own weights, which may come to differ."""
        return self.__dict__ | {"_kept": {}}

    def prepared(self, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
        """Kernel in ``dtype``, energy, offset: what the weights alone decide.

        Kept for frozen weights, which must not change after the first picture. The energy is the
        squared weights summed over the kernel, (inputs, outputs); the offset is bias and constant
        noise times the leaky ReLU's gain.
        """
        kept = self._kept.get(dtype)
        if kept and kept[0].device == self.weight.device:
            return kept
        if self._stands_in:  # for what changes under its hands: nothing made of it can be kept
            kernel, energy, offset = self._kept[torch.float32]
            return kernel.to(dtype), energy, offset.to(dtype)
        kernel: Tensor = self.weight
        if self.up:
            kernel = polyphase(kernel) if kernel.is_cuda else kernel.transpose(0, 1)
        kernel = kernel.to(dtype).contiguous(memory_format=torch.channels_last)
        energy = self.weight.square().sum([2, 3]).t().contiguous()
        offset = self.bias[None, :, None, None]
        if self.uses_noise:
            offset = offset + self.noise_const * self.noise_strength
        offset = (offset * LEAKY_GAIN).to(dtype).contiguous(memory_format=torch.channels_last)
        prepared = kernel, energy, offset
        if not self.weight.requires_grad:
            self._kept[dtype] = prepared
        return prepared

    @property
    def kept_bytes(self) -> int:
        """Of what ``prepared`` keeps."""
        return sum(part.nbytes for parts in self._kept.values() for part in parts)

    def draw_with(self, kernel: Tensor, energy: Tensor, offset: Tensor) -> None:
        """Take these for what ``prepared`` makes of the weights in float32, now and later."""
        self._kept, self._stands_in = {torch.float32: (kernel, energy, offset)}, True

    def forward(
        self, x: Tensor, style: Tensor, noise: Noise = "const", clamp: float | None = None
    ) -> Tensor:
        """x (n, inputs, r, r) and style (n, inputs) → (n, outputs, r or 2r, r or 2r), as x's dtype.

        Scaling activations instead of weights gives the whole batch one shared convolution.
        """
        kernel, energy, offset = self.prepared(x.dtype)
        if self.uses_noise and noise != "const":
            offset = self.bias[None, :, None, None]
            if noise == "random":
                shape = (x.shape[0], 1, self.resolution, self.resolution)
                offset = offset + torch.randn(shape, device=x.device) * self.noise_strength
            offset = (offset * LEAKY_GAIN).to(x.dtype)
        # The gain of the leaky ReLU is carried by the factors before it.
        demodulation = (style.square() @ energy + 1e-8).rsqrt() * LEAKY_GAIN
        x = x * style.to(x.dtype)[:, :, None, None]
        if self.up and not x.is_cuda:
            x = smooth(F.conv_transpose2d(x, kernel, stride=2), gain=2.0, padding=1)
        else:
            x = F.conv2d(x, kernel, padding=1)
            if self.up:
                x = unfold_phases(x)
        x = torch.addcmul(offset, x, demodulation.to(x.dtype)[:, :, None, None])
        x = F.leaky_relu(x, LEAKY_SLOPE)
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
        """x (n, inputs, r, r) and style (n, inputs) → float32 (n, 3, r, r)."""
        weight = self.weight[None, :, :, 0, 0] * (style * self.weight_gain)[:, None]
        n, _, h, w = x.shape
        pixels = x.permute(0, 2, 3, 1).reshape(n, h * w, -1)
        rgb = (pixels @ weight.to(x.dtype).transpose(1, 2)).transpose(1, 2)
        out = rgb.reshape(n, 3, h, w).float() + self.bias[None, :, None, None]
        return out if clamp is None else out.clamp(-clamp, clamp)
