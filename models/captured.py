"""A step of an optimiser as one CUDA graph.

At a few hundred pixels a GPU waits for kernels to be launched more than it computes; a graph
launches them all at once (PyTorch's notes on CUDA graphs, "whole-network capture").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

WARM_UP = 3  # calls before the capture: libraries set themselves up in them


class Captured(Generic[T]):
    """Calls ``step``; on a GPU its first calls run it, and the later ones replay what it launched.

    The step must do the same work on the same tensors at each call, and must not look at values.
    What it returns is overwritten by the next call. Adam needs ``capturable=True`` and its learning
    rate in a tensor (see ``rate``).
    """

    def __init__(self, step: Callable[[], T], device: torch.device) -> None:
        self._step = step
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None
        self._calls = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._result: T | None = None

    def __call__(self) -> T:
        """Do one step."""
        if self._stream is None:
            return self._step()
        self._calls += 1
        if self._calls <= WARM_UP:
            current = torch.cuda.current_stream()
            self._stream.wait_stream(current)
            with torch.cuda.stream(self._stream):
                result = self._step()
            current.wait_stream(self._stream)
            return result
        if self._graph is None:
            self._graph = torch.cuda.CUDAGraph()
            # The warm-up's stream: gradients remember it. Other threads may use the GPU meanwhile.
            with torch.cuda.graph(
                self._graph, stream=self._stream, capture_error_mode="thread_local"
            ):
                self._result = self._step()
        self._graph.replay()
        assert self._result is not None
        return self._result


def rate(value: float, device: torch.device) -> float | torch.Tensor:
    """A learning rate for Adam that may be changed between replays: a tensor on a GPU."""
    return torch.tensor(value, device=device) if device.type == "cuda" else value
