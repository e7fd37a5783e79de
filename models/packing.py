"""Matrices and kernels in 8 bits, each row with a scale of its own.

For networks whose answer is a first guess or a mean of very many products: half the bytes of
float16, at an error of a 250th of a row's largest number at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

SCALE = ".row scale"  # what a packed tensor's name is followed by
_LEAST = 4096  # numbers of a tensor that is worth it


def packed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Large tensors of two or more dimensions as int8 with their rows' scales, others as given."""
    result: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if tensor.dim() < 2 or tensor.numel() < _LEAST or not tensor.is_floating_point():
            result[name] = tensor
            continue
        rows = tensor.float().flatten(1)
        scale = rows.abs().amax(1).clamp(min=1e-30) / 127
        result[name] = (rows / scale[:, None]).round().to(torch.int8).view_as(tensor)
        result[name + SCALE] = scale
    return result


def unpacked(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What :func:`packed` was given, as float16; tensors without a scale as they are.

    Raises:
        ValueError: a scale has no tensor, or not one for each row.
    """
    result = {name: tensor for name, tensor in tensors.items() if not name.endswith(SCALE)}
    for name, scale in tensors.items():
        if not name.endswith(SCALE):
            continue
        whole = result.get(name.removesuffix(SCALE))
        if whole is None or scale.shape != whole.shape[:1]:
            raise ValueError(f"“{name}” does not fit")
        rows = whole.float().flatten(1) * scale[:, None]
        result[name.removesuffix(SCALE)] = rows.view_as(whole).half()
    return result
