"""What the three networks ported from Google's MediaPipe share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoints import WEIGHTS, CheckpointError, load_tensors

if TYPE_CHECKING:
    from torch import Tensor

    Network = TypeVar("Network", bound=nn.Module)


def same_padding(x: Tensor, kernel: int, stride: int) -> Tensor:
    """TensorFlow's SAME padding of even sides: the odd pixel goes to the right and below."""
    total = max(kernel - stride, 0)
    before, after = total // 2, total - total // 2
    return F.pad(x, (before, after, before, after))


def depthwise(channels: int, kernel: int, stride: int = 1, *, bias: bool = True) -> nn.Conv2d:
    """A convolution of each channel by itself; with a stride, its input must be padded first."""
    padding = kernel // 2 if stride == 1 else 0  # SAME is symmetric only without a stride
    return nn.Conv2d(channels, channels, kernel, stride, padding, groups=channels, bias=bias)


def frozen(network: Network, file: str, sha256: str, device: torch.device) -> Network:
    """The network with the weights of a file of ``models/weights``, in float32.

    Its inputs may have gradients, its weights have none.

    Raises:
        CheckpointError: the file is missing, damaged, or of another network.
    """
    tensors, _ = load_tensors(WEIGHTS / file, sha256)
    try:
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except RuntimeError as error:
        raise CheckpointError(
            f"The weights file {file} is of another network.",
            "Restore it from the repository or reinstall the program.",
        ) from error
    network.eval().requires_grad_(False).to(device)
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network
