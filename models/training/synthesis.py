"""The generator's forward pass for training: its own parameters, low precision, fresh noise.

Same function as :meth:`models.generator.Generator.synthesise`, arranged for GPUs: the upsampling
convolution and its blur become one dense convolution at the lower resolution.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F

from models.layers import LEAKY_GAIN, LEAKY_SLOPE
from models.training.discriminator import blurred_taps

if TYPE_CHECKING:
    from torch import Tensor

    from models.generator import Generator
    from models.layers import SynthesisLayer, ToRGB


def mixed_latents(generator: Generator, z: Tensor, other: Tensor, crossover: Tensor) -> Tensor:
    """Style mixing: rows of w from ``z`` before each picture's crossover, from ``other`` after.

    Args:
        generator: whose mapping network is used.
        z: (n, z_dim), before the crossover.
        other: (n, z_dim), from it on.
        crossover: int (n,), first row taken from ``other``; ``num_ws`` leaves z alone.

    Returns:
        ws (n, num_ws, w_dim).
    """
    rows = torch.arange(generator.num_ws, device=z.device)[None, :, None]
    first, second = generator.mapping(z)[:, None], generator.mapping(other)[:, None]
    return torch.where(rows < crossover[:, None, None], first, second)


def images(
    generator: Generator,
    ws: Tensor,
    dtype: torch.dtype = torch.float32,
    noise: Literal["const", "random"] = "random",
) -> Tensor:
    """Ws (n, num_ws, w_dim) → float32 pictures (n, 3, r, r); convolutions run in ``dtype``."""
    return drawn(generator, generator.styles(ws), dtype, noise)


def drawn(
    generator: Generator,
    s: Tensor,
    dtype: torch.dtype = torch.float32,
    noise: Literal["const", "random"] = "random",
) -> Tensor:
    """Style codes (n, num_styles) → pictures as of :func:`images`."""
    styles = iter([s[:, layer.start : layer.stop] for layer in generator.style_layers])
    x = image = torch.empty(0)
    for _, block in generator.blocks():
        if block.first:
            x = block.const.to(dtype)[None].expand(len(s), -1, -1, -1)
        else:
            x = _convolution(block.conv0, x, next(styles), noise)
        x = _convolution(block.conv1, x, next(styles), noise)
        rgb = _to_rgb(block.torgb, x, next(styles))
        image = rgb if block.first else _doubled(image) + rgb
    # laid out like the real pictures, so that compiled discriminators serve both
    return image.contiguous()


def clipped(pictures: Tensor) -> Tensor:
    """What discriminators are shown: values a little past [−1, 1] at most; the gradient passes.

    A viewer sees clipped pictures too, and white or black areas need not be met to the digit.
    """
    return pictures + (pictures.clamp(-1.05, 1.05) - pictures).detach()


def excess(pictures: Tensor) -> Tensor:
    """A penalty on values far outside [−1, 1], which clipping hides from the discriminators."""
    return 5 * F.relu(pictures.abs() - 1.1).square().mean()


def _convolution(
    layer: SynthesisLayer, x: Tensor, style: Tensor, noise: Literal["const", "random"]
) -> Tensor:
    dtype = x.dtype
    # not layer.energy(): the running average has frozen weights that change all the same
    energy = layer.weight.square().sum([2, 3])
    demodulation = (style.square() @ energy.t() + 1e-8).rsqrt()
    x = x * style.to(dtype)[:, :, None, None]
    if layer.up:
        x = F.pixel_shuffle(F.conv2d(x, _polyphase(layer.weight).to(dtype), padding=1), 2)
    else:
        x = F.conv2d(x, layer.weight.to(dtype), padding=1)
    x = x * demodulation.to(dtype)[:, :, None, None] + layer.bias.to(dtype)[None, :, None, None]
    if layer.uses_noise:
        drawn = layer.noise_const
        if noise == "random":
            drawn = torch.randn(x.shape[0], 1, *x.shape[2:], device=x.device)
        x = x + (drawn * layer.noise_strength).to(dtype)
    return F.leaky_relu(x, LEAKY_SLOPE) * LEAKY_GAIN


def _polyphase(weight: Tensor) -> Tensor:
    """Transposed 3 × 3 convolution and blur as four 3 × 3 kernels, one per output phase.

    (o, i, 3, 3) → (4o, i, 3, 3), in the order ``pixel_shuffle`` expects.
    """
    outputs, inputs = weight.shape[:2]
    # Along one axis the six taps of kernel and blur together, reversed, belong to the odd phase
    # (taps 0, 2, 4) and the even phase (taps 1, 3, 5): two rows of three for each phase.
    taps = blurred_taps(weight).flip(0)
    axis = torch.stack([taps[1::2], taps[0::2]]) * 2
    phases = torch.einsum("puk,qvl,oikl->opqiuv", axis, axis, weight)
    return phases.reshape(4 * outputs, inputs, 3, 3)


def _doubled(image: Tensor) -> Tensor:
    """:func:`models.layers.upsample` as two products with a banded matrix, which compile fast."""
    half = image.shape[2]
    near = torch.arange(2 * half, device=image.device)[:, None] - 2 * torch.arange(
        half, device=image.device
    )
    # row 2i + phase takes 3/4 of sample i and 1/4 of its neighbour on that phase's side
    matrix = ((near >= 0) & (near < 2)) * 0.75 + ((near == -1) | (near == 2)) * 0.25
    matrix = matrix.to(image.dtype)
    return matrix @ image @ matrix.t()


def _to_rgb(layer: ToRGB, x: Tensor, style: Tensor) -> Tensor:
    scale = (style * layer.weight_gain).to(x.dtype)
    x = F.conv2d(x * scale[:, :, None, None], layer.weight.to(x.dtype))
    return x.float() + layer.bias[None, :, None, None]


def path_lengths(generator: Generator, ws: Tensor, dtype: torch.dtype) -> Tensor:
    """How far a picture moves per step in W: |Jᵀy| for random y (arXiv 1912.04958), (n,)."""
    pictures = images(generator, ws, dtype)
    y = torch.randn_like(pictures) / math.sqrt(pictures.shape[2] * pictures.shape[3])
    (gradient,) = torch.autograd.grad((pictures * y).sum(), ws, create_graph=True)
    return gradient.square().sum(2).mean(1).sqrt()
