"""What stands for a GPU's graphs in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from models.nests import copied, copy_tensors, tensors_in
from models.replays import Replays

if TYPE_CHECKING:
    from collections.abc import Callable


class Recorder:
    """As a GPU's does, the same tensors are read and written at each replay."""

    def __init__(self) -> None:
        self.recorded = 0

    def __call__(self, function: Callable[[], Any]) -> tuple[Any, Callable[[], None]]:
        self.recorded += 1
        function()  # warm: what it changes must not be seen
        result = copied(function())

        def again() -> None:
            copy_tensors(tensors_in(result), tensors_in(function()))

        return result, again


class Called(Replays):
    """Simply calls, with the same numbers as what is replayed: not a bit differs."""

    def number(self, value: float, device: torch.device) -> torch.Tensor:
        return torch.full((), value, device=device)
