"""The engine: the only door to the networks. Runs jobs, yields reports, owns every tensor."""

from __future__ import annotations

import gc
import logging
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal

import torch

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo import PhotoError
from editor.document.project import ProjectError
from editor.document.style import LayoutMismatchError
from editor.engine import generators
from editor.engine.expression_jobs import CompareExpressions
from editor.engine.faults import Fault, fault_of
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.generator_jobs import FitAttributes, RemoveGenerator, RenameGenerator
from editor.engine.handlers import (
    directing,
    discovering,
    editing,
    files,
    fitting,
    fitting_attributes,
    importing,
    inverting,
    likenesses,
    rendering,
)
from editor.engine.jobs import (
    Discover,
    Drag,
    Export,
    Failed,
    FindDirections,
    FindPerson,
    ImportGenerator,
    InspectGenerator,
    Intervene,
    Invert,
    Notice,
    OpenPhoto,
    OpenProject,
    OpenReference,
    Render,
    RenderTile,
    Resettle,
    SaveProject,
)
from editor.engine.workspace import Workspace
from foundation.errors import AdvisedError
from models.checkpoints import CheckpointError
from models.device import DeviceError, choose_device
from models.replays import Replays

if TYPE_CHECKING:
    import collections.abc
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from editor.document.face import DetectedFace, FaceCrop
    from editor.engine.jobs import EngineInfo, Job, Report
    from models.device import DeviceChoice

    Handler = Callable[[Workspace, Any], Iterator[Report]]

_log = logging.getLogger(__name__)

HANDLERS: dict[type, Handler] = {
    OpenPhoto: files.open_photo,
    OpenProject: files.open_project,
    SaveProject: files.save_project,
    Export: files.export,
    Invert: inverting.invert,
    Drag: editing.drag,
    Intervene: editing.intervene,
    Resettle: editing.resettle,
    Discover: discovering.discover,
    FindDirections: directing.find_directions,
    FitBoundary: fitting.fit_boundary,
    FitScorer: fitting.fit_scorer,
    FitAttributes: fitting_attributes.fit_attributes,
    OpenReference: likenesses.open_reference,
    CompareExpressions: likenesses.compare_expressions,
    FindPerson: likenesses.find_person,
    InspectGenerator: importing.inspect_generator,
    ImportGenerator: importing.import_generator,
    RenameGenerator: importing.rename_generator,
    RemoveGenerator: importing.remove_generator,
    Render: rendering.render,
    RenderTile: rendering.render_tile,
}
"""What answers each type of job: a generator of its reports, Finished last; failures are raised."""


class Engine:
    """Answers jobs on one device, and on the CPU once that has failed.

    A job that belongs to another generator than the one in use brings its own with it. Build with
    ``create``; not thread-safe: one thread owns it.

    Attributes:
        workspace: the networks in use; another one after the device has failed.
    """

    def __init__(self, workspace: Workspace, collect: Callable[[], object] = gc.collect) -> None:
        self.workspace = workspace
        self._collect = collect

    @classmethod
    def create(
        cls,
        device: DeviceChoice = "auto",
        folder: Path | None = None,
        generator: str = "",
        collect: Callable[[], object] = gc.collect,
    ) -> Engine:
        """A generator on a device.

        Args:
            device: where to compute.
            folder: of the user's imported generators; None: there are none.
            generator: name of the one to begin with; "": the default one.
            collect: looks for cyclic garbage that may hold a device's memory; beside a window, on
                the window's thread (``session/garbage.py``).

        Raises:
            EngineFailure: weights are missing or damaged, or the generator or the device is not
                there.
        """
        return cls(_workspace(device, folder, generator), collect)

    @staticmethod
    def gpus() -> tuple[str, ...]:
        """``"cuda:0"`` and so on: what ``create`` can be given besides the CPU."""
        return tuple(f"cuda:{number}" for number in range(torch.cuda.device_count()))

    @staticmethod
    def use_threads(count: int) -> None:
        """Compute with that many on the CPU: sums in another order differ in their last bits."""
        torch.set_num_threads(count)

    @property
    def info(self) -> EngineInfo:
        """Device, generator, versions and the attributes on offer."""
        return self.workspace.info

    def crop_of(self, face: DetectedFace) -> FaceCrop:
        """The aligned crop that the generator in use sees of a face."""
        return self.workspace.crop_of(face)

    def warm_up(self) -> collections.abc.Generator[None]:
        """Do once for nothing what the first face would wait for: imports, kernels, memory.

        In steps, after each of which it can be given up; it changes no picture.
        """
        try:
            yield from inverting.warm_up(self.workspace)
            yield from editing.warm_up(self.workspace)
        except Exception as error:
            if fault_of(error) is None:
                raise  # else jobs know what to do about it

    def close(self) -> None:
        """Forget what is kept and give device memory back."""
        self.workspace.clear()
        if self.workspace.device.type == "cuda":
            torch.cuda.empty_cache()

    def run(self, job: Job) -> collections.abc.Generator[Report]:
        """Reports of one job; the last is Finished or Failed. Close the iterator to cancel."""
        left_device = False
        while True:
            end = yield from self._attempt(job)
            if end is Fault.DEVICE_MEMORY and self._saves_memory():
                yield Notice(self.workspace.notice)
            elif isinstance(end, Fault):
                # The error is gone by now, and with it the frames that held the job's tensors.
                if left_device or end is Fault.MEMORY:
                    self.close()
                    yield Failed(_out_of_memory())
                    return
                left_device = True
                try:
                    self._leave_device(end)
                except EngineFailure as failure:
                    yield Failed(failure.error)
                    return
                yield Notice(
                    f"{self.workspace.notice} "
                    "Close other programs that use the GPU and restart to go back."
                )
            elif end != "again":
                return

    def _attempt(
        self, job: Job
    ) -> collections.abc.Generator[Report, None, Fault | Literal["again", "done"]]:
        """See a job through, and say how it went."""
        try:
            self.workspace.use(generators.needed_by(job) or self.workspace.layout.generator)
            with closing(_reports(self.workspace, job)) as reports:
                for report in reports:
                    loaded = self.workspace.loaded
                    yield report
                    if self.workspace.loaded is not loaded:
                        return "again"  # while it was set aside, another job changed the networks
        except EngineFailure as failure:
            yield Failed(failure.error)
        except (PhotoError, ProjectError) as error:
            kind = "project_unreadable" if isinstance(error, ProjectError) else "photo_unreadable"
            yield Failed(EngineError(kind, error.title, error.advice))
        except LayoutMismatchError as error:
            title = "This was made with another generator, which is not here."
            advice = "Add that generator (File → Add generator…), then open it again."
            yield Failed(EngineError("model_missing", title, advice, str(error)))
        except AdvisedError as error:
            yield Failed(EngineError("bug", error.title, error.advice))
        except Exception as error:
            fault = fault_of(error)
            if fault is None:
                raise
            _log.warning(
                "%s: %s", type(job).__name__, str(error)
            )  # a record may outlive the frames
            return fault
        return "done"

    def _saves_memory(self) -> bool:
        """Whether a GPU that is short of memory is tried once more, with less."""
        workspace = self.workspace
        if workspace.device.type != "cuda" or workspace.halved:
            return False
        if workspace.thrifty:
            workspace.search_in_half()
            notice = "The GPU is short of memory; edits are searched for in half precision now."
        else:
            workspace.save_memory()
            notice = "The GPU is short of memory; edits take longer from here on."
        self._collect()
        torch.cuda.empty_cache()
        workspace.notice = notice
        return True

    def _leave_device(self, fault: Fault) -> None:
        """Go on with fresh networks on the CPU; each job brings its generator.

        Raises:
            EngineFailure: they cannot be read.
        """
        self.workspace.replays = Replays()  # a GPU that is lost gives nothing back
        self.workspace.clear()
        self.workspace = _workspace("cpu", self.workspace.folder)
        self._collect()
        if fault is Fault.DEVICE_MEMORY:
            torch.cuda.empty_cache()
            self.workspace.notice = "The GPU ran out of memory; working on the CPU from here on."
        else:
            self.workspace.notice = "The GPU has failed; working on the CPU from here on."


def _workspace(device: DeviceChoice, folder: Path | None, name: str = "") -> Workspace:
    """The generator of that name (the default one for "") on a device.

    Raises:
        EngineFailure: weights are missing or damaged, or the device is not there.
    """
    try:
        chosen = choose_device(device)
        card = generators.named(name, folder) if name else generators.default()
        return Workspace(generators.load(card, chosen), chosen, folder)
    except CheckpointError as error:
        raise EngineFailure(EngineError("model_damaged", error.title, error.advice)) from error
    except DeviceError as error:
        raise EngineFailure(EngineError("bad_request", error.title, error.advice)) from error


def _reports(workspace: Workspace, job: Job) -> collections.abc.Generator[Report]:
    yield from HANDLERS[type(job)](workspace, job)


def _out_of_memory() -> EngineError:
    return EngineError(
        "out_of_memory",
        "There is not enough memory for this.",
        "Close other programs, or work on a smaller copy of the photo.",
    )
