"""What the generator is trained against.

``Discriminator`` is StyleGAN2's residual network (arXiv 1912.04958); ``FeatureDiscriminators``
judge frozen features (Projected GAN, Sauer et al., arXiv 2111.01007). Both keep float32
parameters and compute in the ``dtype`` they are asked for.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.layers import LEAKY_GAIN, LEAKY_SLOPE, FullyConnected

if TYPE_CHECKING:
    from models.perceptual import EfficientNetLite


def blurred_taps(weight: Tensor) -> Tensor:
    """The linear map from a kernel's k taps along an axis to the k + 3 of it blurred, (k + 3, k).

    The blur is [1, 3, 3, 1]/8; ``weight`` gives k (its last dimension), device and dtype.
    """
    k = weight.shape[-1]
    offset = torch.arange(k + 3, device=weight.device)[:, None] - torch.arange(
        k, device=weight.device
    )
    # 1, 3, 3, 1 at offsets 0 … 3
    blur = ((offset >= 0) & (offset <= 3)) * 0.125 + ((offset == 1) | (offset == 2)) * 0.25
    return blur.to(weight.dtype)


class _Convolution(nn.Module):
    """Equalised convolution; ``down`` blurs with [1, 3, 3, 1] and halves the size."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, down: bool = False, linear: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = None if linear else nn.Parameter(torch.zeros(outputs))
        self.gain = 1 / math.sqrt(inputs * kernel * kernel)
        self.down = down

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        weight = self.weight * self.gain
        kernel = weight.shape[2]
        if not self.down:
            x = F.conv2d(x, weight.to(x.dtype), padding=kernel // 2)
        else:
            # Blur and convolution as one kernel of kernel + 3 taps: one dense convolution is less
            # work for a GPU than a blur at full size, and for a compiler than many slices.
            taps = blurred_taps(weight)
            weight = torch.einsum("uk,vl,oikl->oiuv", taps, taps, weight)
            x = F.conv2d(x, weight.to(x.dtype), stride=2, padding=(kernel + 1) // 2)
        if self.bias is None:
            return x * gain
        x = x + self.bias.to(x.dtype)[None, :, None, None]
        return F.leaky_relu(x, LEAKY_SLOPE) * (LEAKY_GAIN * gain)


class _Block(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv0 = _Convolution(inputs, inputs, 3)
        self.conv1 = _Convolution(inputs, outputs, 3, down=True)
        self.skip = _Convolution(inputs, outputs, 1, down=True, linear=True)

    def forward(self, x: Tensor) -> Tensor:
        half = math.sqrt(0.5)
        return self.conv1(self.conv0(x), half) + self.skip(x, half)


class Discriminator(nn.Module):
    """Residual discriminator with minibatch standard deviation.

    Tensor names: ``fromrgb``, ``blocks.{0…}`` from the finest resolution down, ``conv``, ``fc``,
    ``out``.
    """

    def __init__(self, channels: tuple[int, ...], group: int = 8) -> None:
        """Build.

        Args:
            channels: of the generator's blocks, from 4 × 4 up.
            group: pictures over which the standard deviation is taken; must divide the batch.
        """
        super().__init__()
        fine_first = channels[::-1]
        self.fromrgb = _Convolution(3, fine_first[0], 1)
        self.blocks = nn.Sequential(*(_Block(i, o) for i, o in pairwise(fine_first)))
        self.group = group
        self.conv = _Convolution(channels[0] + 1, channels[0], 3)
        self.fc = FullyConnected(channels[0] * 16, channels[0], leaky=True)
        self.out = FullyConnected(channels[0], 1)

    def forward(self, x: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
        """Pictures (n, 3, r, r) → logits (n,), float32."""
        x = x.to(dtype, memory_format=torch.channels_last)
        x = self.blocks(self.fromrgb(x)).float()
        n, c, h, w = x.shape
        group = min(self.group, n)
        spread = x.reshape(group, n // group, c, h, w)
        spread = (spread - spread.mean(0)).square().mean(0).add(1e-8).sqrt().mean([1, 2, 3])
        spread = spread.repeat(group)[:, None, None, None].expand(n, 1, h, w)
        x = self.conv(torch.cat([x, spread], 1))
        return self.out(self.fc(x.flatten(1)))[:, 0]


class _SpectralConvolution(nn.Module):
    """Convolution whose largest singular value is held at one (arXiv 1802.05957).

    The estimate is refined by :meth:`refine` once a step, not in ``forward``, so that the passes
    of one step share it and the compiled graph stays free of side effects.
    """

    left: Tensor
    right: Tensor

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.stride, self.padding = stride, padding
        self.register_buffer("left", F.normalize(torch.randn(outputs), dim=0))
        self.register_buffer("right", F.normalize(torch.randn(inputs * kernel * kernel), dim=0))

    @torch.no_grad()
    def refine(self) -> None:
        matrix = self.weight.flatten(1)
        self.right.copy_(F.normalize(matrix.t() @ self.left, dim=0))
        self.left.copy_(F.normalize(matrix @ self.right, dim=0))

    def forward(self, x: Tensor) -> Tensor:
        largest = self.left @ (self.weight.flatten(1) @ self.right)
        weight = (self.weight / largest).to(x.dtype)
        return F.conv2d(x, weight, stride=self.stride, padding=self.padding)


class _Judge(nn.Module):
    """A small discriminator of one feature map: halves it to 8 × 8, then a grid of logits."""

    def __init__(self, inputs: int, side: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        while side > 8:
            side //= 2
            outputs = max(width, 64 * width // side)  # 64 at 64 × 64, 512 at 8 × 8
            layers.append(_SpectralConvolution(inputs, outputs, 4, 2, 1))
            layers.append(nn.BatchNorm2d(outputs, track_running_stats=False))
            layers.append(nn.LeakyReLU(0.2))
            inputs = outputs
        layers.append(_SpectralConvolution(inputs, 1, 4))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            # statistics and affine of the normalisation stay in float32
            x = layer(x.float()).to(x.dtype) if isinstance(layer, nn.BatchNorm2d) else layer(x)
        return x.flatten(1).float()


class FeatureDiscriminators(nn.Module):
    """Judges of frozen features, mixed across channels and scales by random frozen 1 × 1 layers.

    As published (arXiv 2111.01007, section 3.2): each mixed map is doubled in size before it is
    judged and handed to the next finer one. The features themselves are handed over at
    construction and are no part of the state dict.
    """

    def __init__(self, features: EfficientNetLite, resolution: int, width: int = 64) -> None:
        super().__init__()
        self._features = [features]  # a list hides the module from parameters() and state_dict()
        sides = [side for k in range(1, 5) if (side := resolution >> k) >= 8]
        if len(sides) < 2:
            raise ValueError("frozen-feature discriminators need pictures of 32 pixels or more")
        widths = [width << i for i in range(len(sides))]
        judged = [width, *widths[:-1]]
        given = features.channels[: len(sides)]
        self.across = nn.ModuleList(nn.Conv2d(i, o, 1) for i, o in zip(given, widths, strict=True))
        self.down = nn.ModuleList(nn.Conv2d(i, o, 1) for i, o in zip(widths, judged, strict=True))
        self.judges = nn.ModuleList(_Judge(c, s, width) for c, s in zip(judged, sides, strict=True))
        for layer in (*self.across, *self.down):
            layer = cast("nn.Conv2d", layer)
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(cast("Tensor", layer.bias))
            layer.requires_grad_(requires_grad=False)

    def trained(self) -> list[nn.Parameter]:
        """The judges' parameters; everything else is frozen."""
        return list(self.judges.parameters())

    def refine(self) -> None:
        """One power iteration of every spectral normalisation; once before each training step."""
        for module in self.judges.modules():
            if isinstance(module, _SpectralConvolution):
                module.refine()

    def forward(self, x: Tensor, dtype: torch.dtype = torch.float32) -> list[Tensor]:
        """Pictures (n, 3, r, r) in [−1, 1] → per scale, coarsest first, logits (n, places)."""
        maps = self._features[0](x.to(dtype, memory_format=torch.channels_last))
        logits: list[Tensor] = []
        mixed: Tensor | None = None
        for k in range(len(self.across) - 1, -1, -1):
            here = _frozen(cast("nn.Conv2d", self.across[k]), maps[k])
            if mixed is not None:
                here = here + mixed
            doubled = F.interpolate(here, scale_factor=2.0, mode="bilinear", align_corners=False)
            mixed = _frozen(cast("nn.Conv2d", self.down[k]), doubled)
            logits.append(self.judges[k](mixed))
        return logits


def _frozen(layer: nn.Conv2d, x: Tensor) -> Tensor:
    return F.conv2d(x, layer.weight.to(x.dtype), cast("Tensor", layer.bias).to(x.dtype))
