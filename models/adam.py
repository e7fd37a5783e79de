"""Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) by torch's own function for it.

``torch.optim.Adam`` computes the same, but the first optimiser of a program imports
``torch._dynamo``: 3.3 s and 73 MB (two cores), much of it with Python's lock held, so that the
window stood still for 0.3 s in the first minute.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch.optim.adam import adam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_EPSILON = 1e-8


@dataclass(slots=True, eq=False)
class Group:
    """Tensors that share a rate.

    Attributes:
        tensors: leaves that require gradients, on one device.
        rate: above 0.
    """

    tensors: list[Tensor]
    rate: float
    _first: list[Tensor] = field(init=False)  # running means of gradients and of their squares
    _second: list[Tensor] = field(init=False)
    _steps: list[Tensor] = field(init=False)

    def __post_init__(self) -> None:
        self._first = [torch.zeros_like(t) for t in self.tensors]
        self._second = [torch.zeros_like(t) for t in self.tensors]
        on_gpu = [t.device if t.is_cuda else torch.device("cpu") for t in self.tensors]
        self._steps = [torch.zeros((), device=device) for device in on_gpu]

    @torch.no_grad()
    def step(self, decay: tuple[float, float], rate: float | Tensor) -> None:
        """Move the tensors that have a gradient."""
        moved = [k for k, t in enumerate(self.tensors) if t.grad is not None]
        adam(
            [self.tensors[k] for k in moved],
            [self._gradient(k) for k in moved],
            [self._first[k] for k in moved],
            [self._second[k] for k in moved],
            [],
            [self._steps[k] for k in moved],
            capturable=self.tensors[0].is_cuda,
            amsgrad=False,
            beta1=decay[0],
            beta2=decay[1],
            lr=rate,
            weight_decay=0.0,
            eps=_EPSILON,
            maximize=False,
        )

    def _gradient(self, k: int) -> Tensor:
        gradient = self.tensors[k].grad
        assert gradient is not None
        return gradient


@dataclass(slots=True, eq=False)
class Adam:
    """Steps down a loss.

    Attributes:
        groups: what is free, in the order given; their rates may be changed between steps.
        decay: of the running means of gradients and of their squares, below 1 (β₁, β₂).
    """

    groups: list[Group]
    decay: tuple[float, float]

    def step(self, loss: Tensor, rates: Sequence[float | Tensor] | None = None) -> None:
        """One step down ``loss``, a scalar that depends on the free tensors.

        Args:
            loss: is differentiated.
            rates: of the groups at this step, tensors there where steps are captured
                (``models.replays``); their own when None.
        """
        for group in self.groups:
            for tensor in group.tensors:
                tensor.grad = None
        loss.backward()
        own = [group.rate for group in self.groups]
        for group, rate in zip(self.groups, own if rates is None else rates, strict=True):
            group.step(self.decay, rate)
