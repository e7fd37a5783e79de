"""What the engine makes of memory that runs out and of a GPU that is gone: errors are injected."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import torch

from editor.document.errors import EngineFailure
from editor.engine import engine as engine_module
from editor.engine import generators
from editor.engine.engine import Engine
from editor.engine.faults import Fault, fault_of
from editor.engine.jobs import Failed, Finished, Notice, Progress, Render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from editor.engine.jobs import Report

JOB = Render(None, ())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - nothing looks


def _assertion(text: str) -> Exception:
    """As PyTorch 2.8 and later raise CUDA's errors."""
    kind = getattr(torch, "AcceleratorError", RuntimeError)
    return kind(text)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (
            torch.OutOfMemoryError("CUDA out of memory. Tried …"),
            Fault.DEVICE_MEMORY,
        ),
        (RuntimeError("CUDA error: out of memory\nCUDA kernel errors …"), Fault.DEVICE_MEMORY),
        (
            RuntimeError(
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
            ),
            Fault.DEVICE_MEMORY,
        ),
        (
            RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate`"),
            Fault.DEVICE_MEMORY,
        ),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), Fault.DEVICE_MEMORY),
        (
            RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
            Fault.DEVICE_MEMORY,
        ),
        (_assertion("CUDA error: an illegal memory access was encountered"), Fault.DEVICE_LOST),
        (_assertion("CUDA error: device-side assert triggered"), Fault.DEVICE_LOST),
        (_assertion("CUDA error: unspecified launch failure"), Fault.DEVICE_LOST),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), Fault.DEVICE_LOST),
        (
            RuntimeError(
                "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate "
                "memory: you tried to allocate 4000000000000 bytes. Error code 12"
            ),
            Fault.MEMORY,
        ),
        (MemoryError("Unable to allocate 3 TiB for an array"), Fault.MEMORY),
        (cv2.error("(-4:Insufficient memory) Failed to allocate 4 bytes"), Fault.MEMORY),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"), None),
        (cv2.error("(-215:Assertion failed) !_src.empty()"), None),
        (ValueError("CUDA error: what a file is called"), None),
    ],
)
def test_errors_are_told_apart(error: Exception, fault: Fault | None) -> None:
    assert fault_of(error) is fault


def test_what_the_libraries_raise_without_memory_is_recognised() -> None:
    """Really asked for: an exbibyte."""
    with pytest.raises(RuntimeError) as from_torch:
        torch.empty(1 << 58)
    with pytest.raises(MemoryError) as from_numpy:
        np.empty(1 << 58)
    assert fault_of(from_torch.value) is fault_of(from_numpy.value) is Fault.MEMORY


class _Desk:
    """A workspace without networks.

    Attributes:
        made: every one that was built.
        alive: whether the tensors of the failed job still were when a later one was built.
    """

    made: list[_Desk]

    def __init__(self) -> None:
        self.loaded = object()
        self.notice = ""
        self.folder = None
        self.cleared = 0
        self.device = torch.device("cpu")
        self.layout = type("Layout", (), {"generator": "g"})()

    def use(self, sha256: str) -> None:
        assert sha256 == "g"

    def clear(self) -> None:
        self.cleared += 1


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> list[_Desk]:
    made: list[_Desk] = []

    def build(device: str, folder: object = None) -> _Desk:
        assert (device, folder) == ("cpu", None)
        made.append(_Desk())
        return made[-1]

    monkeypatch.setattr(engine_module, "_workspace", build)
    return made


def _answering(monkeypatch: pytest.MonkeyPatch, *outcomes: Any) -> list[weakref.ref[Any]]:
    """The handler of JOB raises or reports these, one at each try; returns what it held."""
    held: list[weakref.ref[Any]] = []
    left = list(outcomes)

    def handler(workspace: object, job: object) -> Iterator[Report]:
        del workspace, job
        tensor = np.zeros(1000)  # stands for what a job has on the device
        cycle: list[Any] = [tensor]
        cycle.append(cycle)  # as frames with closures have
        held.append(weakref.ref(tensor))
        yield Progress("Working", 0, 1)
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        yield Finished(outcome)

    monkeypatch.setitem(engine_module.HANDLERS, Render, handler)
    return held


@pytest.mark.parametrize(
    "text", ["CUDA out of memory.", "CUBLAS_STATUS_ALLOC_FAILED", "CUDA error: device-side assert"]
)
def test_a_device_that_fails_is_left_and_its_tensors_are_gone_by_then(
    monkeypatch: pytest.MonkeyPatch, desks: list[_Desk], text: str
) -> None:
    held = _answering(monkeypatch, RuntimeError(text), "picture")
    first = _Desk()
    engine = Engine(first)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    seen: list[bool] = []
    gc.disable()  # frames must be gone at once, not some time
    try:
        reports: list[Report] = []
        for report in engine.run(JOB):
            if isinstance(report, Notice):
                seen.append(held[0]() is None)
            reports.append(report)
    finally:
        gc.enable()
    assert seen == [True], "a retry beside the tensors that did not fit"
    assert isinstance(reports[-1], Finished)
    assert reports[-1].result == "picture"
    assert first.cleared
    assert engine.workspace is desks[0]
    assert desks[0].notice in reports[1].message  # type: ignore[union-attr] # pyright: ignore
    assert "restart" in reports[1].message  # type: ignore[union-attr] # pyright: ignore


def test_it_is_left_once_and_then_there_is_not_enough_memory(
    monkeypatch: pytest.MonkeyPatch, desks: list[_Desk]
) -> None:
    _answering(monkeypatch, *[torch.OutOfMemoryError("CUDA out of memory.")] * 3)
    engine = Engine(_Desk())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    *_, last = engine.run(JOB)
    assert isinstance(last, Failed)
    assert last.error.kind == "out_of_memory"
    assert len(desks) == 1


@pytest.mark.parametrize(
    "error",
    [MemoryError("no"), RuntimeError("DefaultCPUAllocator: can't allocate memory")],
)
def test_the_computers_memory_is_told_and_what_was_kept_is_given_back(
    monkeypatch: pytest.MonkeyPatch, desks: list[_Desk], error: Exception
) -> None:
    _answering(monkeypatch, error, "later")
    desk = _Desk()
    engine = Engine(desk)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    *_, last = engine.run(JOB)
    assert isinstance(last, Failed)
    assert last.error.kind == "out_of_memory"
    assert last.error.advice
    assert (desk.cleared, desks) == (1, [])
    *_, last = engine.run(JOB)
    assert isinstance(last, Finished), "the engine goes on"


def test_other_errors_are_not_taken_for_it(
    monkeypatch: pytest.MonkeyPatch, desks: list[_Desk]
) -> None:
    _answering(monkeypatch, RuntimeError("shapes cannot be multiplied"))
    engine = Engine(_Desk())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with pytest.raises(RuntimeError, match="shapes"):
        list(engine.run(JOB))
    assert not desks


@pytest.mark.parametrize(
    "content",
    ["[[model]\n", "model = 3\n", "", "model = []\n", '[[model]]\nname = "x"\n', "\x00\xff"],
)
def test_a_damaged_list_of_generators_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "models.toml"
    path.write_bytes(content.encode("latin-1"))
    monkeypatch.setattr("resources.path", {"models.toml": path}.__getitem__)
    for call in (
        generators.default,
        lambda: generators.find("0" * 64),
        lambda: Engine.create("cpu"),
    ):
        with pytest.raises(EngineFailure, match=r"models\.toml") as failure:
            call()
        assert failure.value.error.kind == "model_damaged"
        assert failure.value.error.advice
