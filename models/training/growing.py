"""A trained generator goes on at twice the size: what it drew, enlarged, is its first picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from models.generator import Generator

NOISE = 0.02  # strength of a new block's noise; trained ones are between 0 and 0.03


@torch.no_grad()
def grow(generator: Generator, tensors: Mapping[str, Tensor]) -> None:
    """Load a generator of the same or a smaller size; what is then missing starts from its own.

    New blocks keep the random weights they have, except that their toRGB adds nothing yet.

    Raises:
        ValueError: the tensors are no part of such a generator.
    """
    state = generator.state_dict()
    for name, tensor in tensors.items():
        if name not in state or state[name].shape != tensor.shape:
            raise ValueError(
                f"{name} {tuple(tensor.shape)} does not fit a generator of "
                f"{generator.config.resolution} pixels with channels {generator.config.channels}"
            )
        state[name] = tensor.float()
    missing = [name for name in state if name not in tensors]
    sides = {int(m[1]) for name in tensors if (m := re.match(r"synthesis\.b(\d+)\.", name))}
    for name in missing:
        block = re.match(r"synthesis\.b(\d+)\.", name)
        if block is None or int(block[1]) in sides:
            raise ValueError(f"{name} is missing; only whole blocks may be new")
        if re.search(r"torgb\.(weight|bias)$", name):
            state[name] = torch.zeros_like(state[name])
        elif name.endswith("noise_strength"):
            state[name] = torch.full_like(state[name], NOISE)
    generator.load_state_dict(state)
