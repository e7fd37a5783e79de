"""FaceMesh V2 in plain PyTorch: a crop of a face → 478 points in three dimensions and a score.

Google's network of MediaPipe's Face Landmarker (Apache License 2.0; model card "MediaPipe Face
Mesh V2"): bottlenecks of a depthwise convolution with PReLU, halved six times. The weights are
theirs, converted by ``models.training.convert_faces``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from models.faces.network_parts import depthwise, frozen, same_padding

if TYPE_CHECKING:
    from torch import Tensor

POINTS = 478
"""Points of the mesh; the last ten are the irises: 468 … 472 the right one, 473 … 477 the left."""

FILE = "face-mesh-v2.safetensors"
SHA256 = "adce537cfc4bea45eb6254efd007faea901b1b88784c9f0b36407921cd81ddf1"

_LEVELS = (16, 32, 64, 128, 128, 128, 128)  # channels, from a half of the side to a 128th
_BOTTLENECKS = 4  # of each level


class _Bottleneck(nn.Module):
    """Half the channels, a depthwise convolution, all the channels again, added to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.reduce = nn.Conv2d(channels, half, 1)
        self.reduce_slope = nn.PReLU(half)
        self.mix = depthwise(half, 3, bias=False)
        self.expand = nn.Conv2d(half, channels, 1)
        self.slope = nn.PReLU(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = self.expand(self.mix(self.reduce_slope(self.reduce(x))))
        return self.slope(x + y)


class _Halving(nn.Module):
    """A bottleneck that halves the side; the input, pooled, is filled up with empty channels."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        half = outputs // 2
        self.reduce = nn.Conv2d(inputs, half, 2, stride=2)
        self.reduce_slope = nn.PReLU(half)
        self.mix = depthwise(half, 3, bias=False)
        self.expand = nn.Conv2d(half, outputs, 1)
        self.slope = nn.PReLU(outputs)
        self.missing = outputs - inputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.expand(self.mix(self.reduce_slope(self.reduce(x))))
        pooled = F.max_pool2d(x, 2)
        if self.missing:
            pooled = F.pad(pooled, (0, 0, 0, 0, 0, self.missing))
        return self.slope(pooled + y)


class FaceMeshNetwork(nn.Module):
    """FaceMesh V2."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, _LEVELS[0], 3, stride=2)
        self.stem_slope = nn.PReLU(_LEVELS[0])
        layers: list[nn.Module] = []
        for number, channels in enumerate(_LEVELS):
            if number:
                layers.append(_Halving(_LEVELS[number - 1], channels))
            layers += [_Bottleneck(channels) for _ in range(_BOTTLENECKS)]
        self.layers = nn.Sequential(*layers)
        self.score = nn.Conv2d(_LEVELS[-1], 1, 2)
        self.points = nn.Conv2d(_LEVELS[-1], 3 * POINTS, 2)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """What the network says of crops in which the eyes are level.

        Args:
            crops: (n, 3, 256, 256), sRGB in 0…1.

        Returns:
            Points (n, 478, 3): x, y in pixels of the crop, whose left upper corner (not the centre
            of its first pixel) is 0, 0; z in the same unit, less is nearer to the camera. And the
            logits (n,) of there being a face.
        """
        x = same_padding(crops, 3, 2).contiguous(memory_format=torch.channels_last)
        x = self.stem_slope(self.stem(x))
        x = self.layers(x)
        return self.points(x).view(-1, POINTS, 3), self.score(x).flatten()


def load_face_mesh(device: torch.device) -> FaceMeshNetwork:
    """FaceMesh V2 as it ships.

    Raises:
        CheckpointError: the weights are missing or damaged.
    """
    return frozen(FaceMeshNetwork(), FILE, SHA256, device)
