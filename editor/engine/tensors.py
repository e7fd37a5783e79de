"""Pictures, masks and codes between NumPy arrays and the tensors that the networks take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from editor.document.style import GeneratorOffset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.style import StyleCode


def code_tensor(code: StyleCode, device: torch.device) -> Tensor:
    """A style code as (1, channels)."""
    return torch.from_numpy(code.values.copy())[None].to(device)


def offset_tensors(offset: GeneratorOffset) -> dict[str, Tensor]:
    """A generator offset as float32 tensors on the CPU, for ``models.tuning.tuned``."""
    return {
        name: torch.from_numpy(array.astype(np.float32)) for name, array in offset.tensors.items()
    }


def to_offset(tensors: Mapping[str, Tensor]) -> GeneratorOffset:
    """What a project keeps of ``Tuning.tensors``."""
    arrays = {name: tensor.cpu().numpy().astype(np.float16) for name, tensor in tensors.items()}
    return GeneratorOffset(arrays)


def picture_tensor(picture: NDArray[np.float32], device: torch.device) -> Tensor:
    """(r, r, 3) in [0, 1] → (1, 3, r, r) in [−1, 1]."""
    return torch.from_numpy(picture * 2 - 1).permute(2, 0, 1)[None].to(device)


def mask_tensor(mask: NDArray[np.float32], device: torch.device) -> Tensor:
    """(r, r) → (1, 1, r, r)."""
    return torch.from_numpy(np.ascontiguousarray(mask))[None, None].to(device)


def to_picture(tensor: Tensor) -> NDArray[np.float32]:
    """(1, 3, r, r) in [−1, 1] → float32 (r, r, 3) in [0, 1]."""
    picture = (tensor[0].clamp(-1, 1) * 0.5 + 0.5).permute(1, 2, 0)
    return np.ascontiguousarray(picture.cpu().numpy())


def to_uint8(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Values in [0, 1] as 8-bit levels."""
    return np.ascontiguousarray(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8))
