"""Batches of changed faces, made by forked processes into memory that they share."""

from __future__ import annotations

import math
import mmap
import multiprocessing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import cv2
import numpy as np
import torch

from models.faces.parser import GUIDES, SIDE
from models.training.parser_data import Changing, Example

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.queues import SimpleQueue

    from numpy.typing import NDArray
    from torch import Tensor

Kind = TypeVar("Kind", bound=np.generic)

_AHEAD = 4  # batches that lie ready


@dataclass(frozen=True, slots=True)
class Pool:
    """Examples of one kind.

    Attributes:
        examples: of them one is drawn at random.
        share: of all that is drawn.
    """

    examples: Sequence[Example]
    share: float


class ForkedBatches:
    """Processes that change examples; enter it before anything of CUDA is used.

    What they make lies in anonymous memory that they share with their parent: no pipe has to carry
    it, and no file of ``/dev/shm``, which machines often have little of.
    """

    def __init__(
        self,
        pools: Sequence[Pool],
        donors: Sequence[Example],
        batch: int,
        processes: int,
        seed: int = 0,
    ) -> None:
        """Nothing starts before it is entered.

        Args:
            pools: with at least one example each.
            donors: whose hats, glasses and beards others may wear.
            batch: examples of a batch.
            processes: that make them.
            seed: of the first process; the next ones follow.
        """
        self._pools, self._donors, self._batch = pools, donors, batch
        self._slots = _AHEAD * batch + processes
        half = SIDE // 2
        self._pictures = self._shared(np.uint8, SIDE, SIDE, 3)
        self._guides = self._shared(np.float16, GUIDES, half, half)
        self._labels = self._shared(np.uint8, half, half)
        context = multiprocessing.get_context("fork")
        self._free: SimpleQueue[int] = context.SimpleQueue()
        self._ready: SimpleQueue[int] = context.SimpleQueue()
        for slot in range(self._slots):
            self._free.put(slot)
        self._processes = [
            context.Process(target=self._work, args=(seed + n,), daemon=True)
            for n in range(processes)
        ]

    def _shared(self, kind: type[Kind], *shape: int) -> NDArray[Kind]:
        """An array of that shape for each slot, in memory of all processes."""
        count = self._slots * math.prod(shape)
        memory = mmap.mmap(-1, count * np.dtype(kind).itemsize)
        return np.frombuffer(memory, kind, count).reshape(self._slots, *shape)

    def __enter__(self) -> Self:
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *failure: object) -> None:
        for process in self._processes:
            process.terminate()

    def _work(self, seed: int) -> None:
        cv2.setNumThreads(0)
        random = np.random.default_rng(seed)
        shares = np.array([pool.share for pool in self._pools])
        shares = shares / shares.sum()
        pieces = [e.picture for pool in self._pools for e in pool.examples[:500]]
        while True:
            slot = self._free.get()
            examples = self._pools[int(random.choice(len(shares), p=shares))].examples
            example = examples[int(random.integers(len(examples)))]
            changing = Changing(pieces, int(random.integers(1 << 30)), self._donors)
            picture, drawn, labels = changing.example(example)
            y, x = random.integers(0, 2, 2)  # every second label, the first or the second of a pair
            self._pictures[slot] = picture
            self._guides[slot] = drawn
            self._labels[slot] = labels[y::2, x::2]
            self._ready.put(slot)

    def batch(self, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures in [−1, 1], guides, and labels at the guides' size."""
        slots = [self._ready.get() for _ in range(self._batch)]
        pictures, drawn, labels = (
            torch.from_numpy(values).to(device)
            for values in (self._pictures[slots], self._guides[slots], self._labels[slots])
        )
        for slot in slots:
            self._free.put(slot)
        return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1, drawn.float(), labels.long()
