"""Which part of a picture is a person: a mask at 256 px.

Google's ``selfie_segmentation`` of MediaPipe (Apache License 2.0; model card "MediaPipe Selfie
Segmentation"), MobileNetV3 (Howard et al., arXiv 1905.02244) with a light decoder, in plain PyTorch
with their weights, converted by ``models.training.convert_faces``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from models.faces.network_parts import depthwise, frozen, same_padding

if TYPE_CHECKING:
    from torch import Tensor

FILE = "selfie-segmentation.safetensors"
SHA256 = "f7b10eb9cf6bdf4943425174178a5049267c2cc89fdd88006bf6e754af3306db"

# inputs, expanded channels, outputs, kernel, stride, width of the squeeze (0 for none), hard swish
_BLOCKS = (
    (16, 16, 16, 3, 2, 8, False),
    (16, 72, 24, 3, 2, 0, False),
    (24, 88, 24, 3, 1, 0, False),
    (24, 96, 32, 5, 2, 24, True),
    (32, 128, 32, 5, 1, 32, True),
    (32, 128, 32, 5, 1, 32, True),
    (32, 96, 32, 5, 1, 24, True),
    (32, 96, 32, 5, 1, 24, True),
)
_SKIPPED = (0, 2)  # blocks whose results the decoder sees again
_BOTTOM = 128


class _Squeeze(nn.Module):
    """How much each channel should count: (n, c, 1, 1) in 0…1."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, width, 1)
        self.expand = nn.Conv2d(width, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.expand(F.relu(self.reduce(x.mean((2, 3), keepdim=True)))).sigmoid()


class _Block(nn.Module):
    """An inverted residual with squeeze and excitation."""

    def __init__(
        self, inputs: int, middle: int, outputs: int, kernel: int, stride: int, squeeze: int,
        swish: bool,
    ) -> None:  # fmt: skip
        super().__init__()
        self.expand = nn.Conv2d(inputs, middle, 1)
        self.mix = depthwise(middle, kernel, stride)
        self.squeeze = _Squeeze(middle, squeeze) if squeeze else None
        self.project = nn.Conv2d(middle, outputs, 1)
        self.activation = nn.Hardswish() if swish else nn.ReLU()
        self.kernel, self.stride = kernel, stride
        self.residual = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.activation(self.expand(x))
        if self.stride > 1:
            y = same_padding(y, self.kernel, self.stride)
        y = self.activation(self.mix(y))
        if self.squeeze is not None:
            y = y * self.squeeze(y)
        y = self.project(y)
        return x + y if self.residual else y


class _Refinement(nn.Module):
    """Twice the side, beside what the encoder saw at that side."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(inputs, channels, 1)
        self.squeeze = _Squeeze(channels, channels)
        self.join = nn.Conv2d(channels, channels, 1)
        self.mix = depthwise(channels, 3)

    def forward(self, x: Tensor, skipped: Tensor) -> Tensor:
        x = self.reduce(F.interpolate(x, scale_factor=2, mode="bilinear"))
        y = F.relu(self.join(x + skipped * self.squeeze(x + skipped)))
        return y + F.relu(self.mix(y))


class PersonNetwork(nn.Module):
    """A picture → how likely each pixel is a person."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, stride=2)
        self.blocks = nn.ModuleList(_Block(*shape) for shape in _BLOCKS)
        self.bottom = nn.Conv2d(32, _BOTTOM, 1)
        self.bottom_gate = nn.Conv2d(32, _BOTTOM, 1)
        self.refinements = nn.ModuleList(
            [_Refinement(_BOTTOM, 24), _Refinement(24, 16), _Refinement(16, 16)]
        )
        self.mask = nn.ConvTranspose2d(16, 1, 2, stride=2)

    def forward(self, pictures: Tensor) -> Tensor:
        """Of pictures (n, 3, 256, 256), sRGB in 0…1: (n, 1, 256, 256) in 0…1, 1 is a person.

        It was trained on whole selfies squeezed to that square: head, shoulders and some room.
        """
        x = same_padding(pictures, 3, 2).contiguous(memory_format=torch.channels_last)
        x = F.hardswish(self.stem(x))
        skipped = [x]
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in _SKIPPED:
                skipped.append(x)
        gate = self.bottom_gate(x.mean((2, 3), keepdim=True)).sigmoid()
        x = F.relu(self.bottom(x)) * gate
        for refinement, seen in zip(self.refinements, reversed(skipped), strict=True):
            x = refinement(x, seen)
        return self.mask(x).sigmoid()


def load_person(device: torch.device) -> PersonNetwork:
    """The network as it ships.

    Raises:
        CheckpointError: the weights are missing or damaged.
    """
    return frozen(PersonNetwork(), FILE, SHA256, device)
