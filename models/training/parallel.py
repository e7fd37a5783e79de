"""One function over many items in several processes, results in order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import cv2
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4  # items a process that are drawn before their turn: memory stays bounded


def _alone() -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


@contextmanager
def processes(count: int) -> Generator[Executor | None]:
    """That many processes of one thread each, for :func:`mapped`; None where one is asked for."""
    if count <= 1:
        yield None
        return
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, spawned, _alone) as pool:
        yield pool


def mapped(
    pool: Executor | None, function: Callable[[Item], Result], items: Iterable[Item], count: int = 1
) -> Iterator[Result]:
    """The function's results in the order of the items, which are drawn only as they are needed.

    Args:
        pool: of :func:`processes`; None computes here.
        function: of a module's top level.
        items: what it is given.
        count: of the pool's processes.
    """
    if pool is None:
        yield from map(function, items)
        return
    waiting: deque[Future[Result]] = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) > _AHEAD * count:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
