"""Functions of tensors as CUDA graphs that are kept, one for each form of their arguments.

At a few hundred pixels a GPU waits for kernels to be launched more than it computes. A graph
launches them all at once, but to capture one costs as much as four calls: so it is kept, works on
tensors of its own, and what it is called with is copied there (PyTorch's notes on CUDA graphs).
Weights too: generators of one configuration, tuned to different photographs, share a stand-in.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import torch

from models.generator import Generator
from models.nests import copied, copy_tensors, form_of, tensors_in
from models.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    Recorder = Callable[[Callable[[], Any]], tuple[Any, Callable[[], None]]]
    """Given a function: what it returned, and what does the same again and overwrites that."""

_log = logging.getLogger(__name__)

WARM_UP = 3  # calls before a capture: libraries set themselves up in them
KEPT = 16  # graphs; an intervention has four, of each form of its objective
Drawing = TypeVar("Drawing", bound="Generator | None")
Looking = TypeVar("Looking")
Given = TypeVar("Given")
Free = TypeVar("Free")
Result = TypeVar("Result")
Made = TypeVar("Made")


class Replays:
    """Calls functions, or replays what they launched when they were called with the same form.

    A function has the form ``function(generator, network, given, free) -> result``: frozen networks
    or None, and nests (``models.nests``) of tensors and of values that are part of the form. It
    must do the same work whatever the tensors hold, not look at their values, change none but those
    of ``free``, and use a generator's weights only through ``synthesise``, or those that tuning
    leaves as they are.
    Where nests hold closures it is called.
    What changes from call to call is best given in parts: of a tuple, only elements that are other
    objects than at the call before are looked at again.
    """

    def __init__(self, record: Recorder | None = None) -> None:
        """Without a recorder every function is simply called."""
        self._record = record
        self._kept: OrderedDict[Hashable, _Replay[Any, Any, Any]] = OrderedDict()
        self._stand_ins: dict[Hashable, StandIn] = {}
        self._made: dict[Hashable, Any] = {}
        self._forms: deque[tuple[object, Hashable | None]] = deque(maxlen=6)
        self._refused: set[Hashable] = set()

    @classmethod
    def on(cls, device: torch.device) -> Replays:
        """Graphs on a CUDA device, plain calls elsewhere."""
        return cls(CudaRecorder(device) if device.type == "cuda" else None)

    def number(self, value: float, device: torch.device) -> float | torch.Tensor:
        """One that may differ from call to call; as it is where functions are simply called."""
        return value if self._record is None else torch.full((), value, device=device)

    def made(self, kind: Callable[[Generator], Made], generator: Generator) -> Made:
        """``kind(generator)``, the same one again while graphs may remember it."""
        if self._record is None:
            return kind(generator)
        key = kind, generator
        if key not in self._made:
            self._made[key] = kind(generator)
        return self._made[key]

    def run(
        self,
        function: Callable[[Drawing, Looking, Given, Free], Result],
        generator: Drawing,
        network: Looking,
        given: Given,
        free: Free,
    ) -> Result:
        """What the function returns, in tensors of its own.

        ``free`` is what the function changes. Its tensors are behind until ``release``; two
        searches may take turns.
        """
        replay = self._replay(function, generator, network, given, free)
        if replay is None:
            return function(generator, network, given, free)
        for other in self._kept.values():
            if other is not replay:
                other.release(free)
        if isinstance(generator, Generator):
            self._stand_in(generator).follow(generator)
        return replay(given, free)

    def release(self, free: object) -> None:
        """Bring the tensors of ``free`` up to date; they may be changed until the next ``run``."""
        for replay in self._kept.values():
            replay.release(free)

    def forget(self, free: object) -> None:
        """What becomes of ``free`` matters no longer."""
        for replay in self._kept.values():
            replay.forget(free)

    def clear(self) -> None:
        """Give the graphs' memory back; searches under way go on with what they have found."""
        for replay in self._kept.values():
            replay.release_all()
        self._kept.clear()
        self._stand_ins.clear()
        self._made.clear()
        self._forms.clear()

    def _replay(
        self,
        function: Callable[[Drawing, Looking, Given, Free], Result],
        generator: Drawing,
        network: Looking,
        given: Given,
        free: Free,
    ) -> _Replay[Given, Free, Result] | None:
        if self._record is None:
            return None
        kin = _kin(generator) if isinstance(generator, Generator) else None
        forms = tuple(self._form(part) for part in _parts(given))
        changing = self._form(free)
        if changing is None or None in forms:
            return None
        key = function, kin, network, forms, changing
        if key in self._refused:
            return None
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        drawing = generator
        if isinstance(generator, Generator):
            stand_in = self._stand_in(generator)
            stand_in.follow(generator)
            drawing = cast("Drawing", stand_in.generator)

        def step(given: Given, free: Free) -> Result:
            return function(drawing, network, given, free)

        try:
            replay = _Replay(step, given, free, self._record)
        except torch.OutOfMemoryError:
            _log.warning("no room for a graph of %s: none from here on", function.__name__)
            self.clear()
            self._record = None
            torch.cuda.empty_cache()
            return None
        except NotCapturedError as error:
            _log.warning("%s is not replayed: %s", function.__name__, error)
            self._refused.add(key)
            return None
        self._kept[key] = replay
        while len(self._kept) > KEPT:
            _, oldest = self._kept.popitem(last=False)
            oldest.release_all()
        return replay

    def _form(self, nest: object) -> Hashable | None:
        """Of nests that come again and again: described once."""
        for known, form in self._forms:
            if known is nest:
                return form
        form = form_of(nest)
        self._forms.append((nest, form))
        return form

    def _stand_in(self, generator: Generator) -> StandIn:
        kin = _kin(generator)
        if kin not in self._stand_ins:
            self._stand_ins[kin] = StandIn(generator)
        return self._stand_ins[kin]


def _kin(generator: Generator) -> Hashable:
    """What a generator has in common with those that are tuned from it."""
    return generator.config, generator.mapping.w_avg  # a tensor is equal to itself alone as a key


class NotCapturedError(RuntimeError):
    """A function does what cannot be part of a graph."""


class _Replay(Generic[Given, Free, Result]):
    """One function of one form, with tensors of its own."""

    def __init__(
        self,
        step: Callable[[Given, Free], Result],
        given: Given,
        free: Free,
        record: Recorder,
    ) -> None:
        self._given, self._free = copied(given), copied(free)
        self._parts = [tensors_in(part) for part in _parts(self._given)]
        self._changing = tensors_in(self._free)
        self._result, self._again = record(lambda: step(self._given, self._free))
        self._held: tuple[Given | None, Free | None] = (None, None)

    def __call__(self, given: Given, free: Free) -> Result:
        if self._held[1] is not free:
            self.release_all()
            copy_tensors(self._changing, tensors_in(free))
        known = _parts(self._held[0]) if self._held[0] is not None else [None] * len(self._parts)
        for own, part, before in zip(self._parts, _parts(given), known, strict=True):
            if part is not before:
                copy_tensors(own, tensors_in(part))
        self._held = given, free
        self._again()
        return cast("Result", copied(self._result))

    def release(self, free: object) -> None:
        """Copy back what is held of ``free``, if it is."""
        if self._held[1] is free:
            self.release_all()

    def release_all(self) -> None:
        """Copy back whatever is held."""
        held, self._held = self._held[1], (None, None)
        if held is not None:
            copy_tensors(tensors_in(held), self._changing)

    def forget(self, free: object) -> None:
        """Hold it no longer, if it is held."""
        if self._held[1] is free:
            self._held = None, None


def _parts(given: object) -> list[object]:
    return list(cast("tuple[object, ...]", given)) if isinstance(given, tuple) else [given]


class CudaRecorder:
    """Captures what a function launches. All graphs share a pool of memory and a stream."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)
        self._pool: Any = torch.cuda.graph_pool_handle()

    def __call__(self, function: Callable[[], Result]) -> tuple[Result, Callable[[], None]]:
        """Call it a few times, then capture it."""
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            for _ in range(WARM_UP):
                function()
        current.wait_stream(self._stream)
        graph = torch.cuda.CUDAGraph()
        # The warm-up's stream: gradients remember it. Other threads may use the GPU meanwhile.
        capture = torch.cuda.graph(
            graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"
        )
        try:
            with capture:
                result = function()
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            raise NotCapturedError(str(error)) from error
        return result, graph.replay
