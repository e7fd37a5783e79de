"""Where the photographs of a batch are worked on: processes of this machine, or of a cluster.

A lane takes one photograph at a time. Both kinds are executors of ``concurrent.futures``, so that
one loop serves them: Dask's client has such an interface of its own.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from editor.command_line.batch_worker import end_with_parent
from editor.command_line.running import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future

Task = TypeVar("Task")

_POLL = 1.0  # seconds after which lost workers are looked for
_MOST_TRIES = 2  # of a photograph whose worker was lost
_PATIENCE = 60  # polls without any worker


class WorkerLostError(Exception):
    """The process that worked on a task has ended, twice."""


class Lane(Protocol):
    """One worker."""

    @property
    def device(self) -> str:
        """What it computes on."""
        ...

    def submit(self, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        """Begin a call in the worker; function and arguments must be picklable."""
        ...


class Lanes(Protocol):
    """All workers of a batch."""

    def there(self) -> Sequence[Lane]:
        """Those that can work now."""
        ...

    def lost(self, lane: Lane, error: BaseException | None) -> bool:
        """Whether a call failed, or will not end (``error`` None), because its worker has ended."""
        ...

    def close(self) -> None:
        """End what they are doing."""
        ...


def worked(
    lanes: Lanes,
    tasks: Iterable[Task],
    begin: Callable[[Lane, Task], Future[Any]],
) -> Iterator[tuple[Task, object]]:
    """Work on every task, each lane on one at a time.

    A task whose worker is lost is tried once more.

    Yields:
        each task, as soon as it is over, and what its call returned or raised.

    Raises:
        RefusedError: no worker is left.
    """
    waiting = deque(tasks)
    tries: Counter[int] = Counter()
    running: dict[Future[Any], tuple[Lane, Task]] = {}
    idle_polls = 0
    while waiting or running:
        busy = {id(lane) for lane, _ in running.values()}
        for lane in lanes.there():
            if waiting and id(lane) not in busy:
                task = waiting.popleft()
                running[begin(lane, task)] = lane, task
        if not running:
            idle_polls += 1
            if idle_polls > _PATIENCE:
                raise RefusedError("No worker is left. Start some, and run the command again.")
            time.sleep(_POLL)
        done, _ = wait(running, _POLL, FIRST_COMPLETED)
        stuck = [future for future, (lane, _) in running.items() if lanes.lost(lane, None)]
        for future in {*done, *stuck}:
            lane, task = running.pop(future)
            error = future.exception() if future.done() and not future.cancelled() else None
            if future in done and error is None and not future.cancelled():
                idle_polls = 0
                yield task, future.result()
                continue
            if future in stuck or lanes.lost(lane, error or CancelledError()):
                tries[id(task)] += 1
                if tries[id(task)] < _MOST_TRIES:
                    waiting.append(task)
                    continue
                error = WorkerLostError(
                    "Its worker ended twice while it worked on it: out of memory, or a crash."
                )
            yield task, error


# ------------------------------------------------------------------ this machine


class LocalLane:
    """A process of this machine, which is replaced when it ends."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._executor: ProcessPoolExecutor | None = None
        self._process: Future[int] | None = None

    @property
    def device(self) -> str:
        """What it computes on."""
        return self._device

    def submit(self, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        """Begin a call, in a new process if there is none."""
        if self._executor is None:
            context = multiprocessing.get_context("spawn")  # torch does not survive a fork
            self._executor = ProcessPoolExecutor(1, context, initializer=end_with_parent)
            self._process = self._executor.submit(os.getpid)
        return self._executor.submit(function, *arguments)

    def renew(self) -> None:
        """The process has ended: the next call gets another."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        process = self._process
        idle = self._executor
        self.renew()
        if idle is None or process is None or not process.done() or process.exception():
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process.result(), signal.SIGTERM)


class LocalLanes:
    """Workers on this machine, one for each of ``devices``."""

    def __init__(self, devices: Iterable[str]) -> None:
        self._lanes = [LocalLane(device) for device in devices]

    def there(self) -> Sequence[Lane]:
        """All of them."""
        return self._lanes

    def lost(self, lane: Lane, error: BaseException | None) -> bool:
        """Whether its process ended; another takes its place."""
        if not isinstance(error, BrokenProcessPool):
            return False
        cast("LocalLane", lane).renew()
        return True

    def close(self) -> None:
        """End them."""
        for lane in self._lanes:
            lane.close()


# ------------------------------------------------------------------ a cluster


class ClusterLane:
    """One process of a Dask cluster."""

    def __init__(self, executor: Executor, address: str) -> None:
        self._executor = executor
        self.address = address

    @property
    def device(self) -> str:
        """A GPU where that machine has one."""
        return "auto"

    def submit(self, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        """Begin a call."""
        return self._executor.submit(function, *arguments)


class ClusterLanes:
    """The workers of a Dask scheduler, those that join later, too.

    Dask runs whatever its scheduler is sent: it belongs into a network of one's own.
    """

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            RefusedError: Dask is not installed, or the scheduler does not answer.
        """
        try:
            import distributed
        except ImportError as error:
            raise RefusedError(
                "--cluster needs Dask: pip install '.[cluster]', here and on every machine."
            ) from error
        try:
            self._client = distributed.Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise RefusedError(
                f"No Dask scheduler answers at {address} ({error}). Start one: dask scheduler."
            ) from error
        self._lanes: dict[str, ClusterLane] = {}

    def there(self) -> Sequence[Lane]:
        """One for each worker process."""
        workers = self._workers()
        self._lanes = {key: lane for key, lane in self._lanes.items() if key in workers}
        for address in sorted(workers - self._lanes.keys()):
            executor = self._client.get_executor(
                workers=[address], allow_other_workers=False, pure=False, retries=0
            )
            self._lanes[address] = ClusterLane(executor, address)
        return list(self._lanes.values())

    def _workers(self) -> set[str]:
        known = cast("dict[str, Any]", self._client.scheduler_info(n_workers=-1))
        return set(known["workers"])

    def lost(self, lane: Lane, error: BaseException | None) -> bool:
        """Whether its process has left the cluster."""
        del error
        return cast("ClusterLane", lane).address not in self._workers()

    def close(self) -> None:
        """Let the workers go on to the ends of their photographs, and leave."""
        self._client.close()
