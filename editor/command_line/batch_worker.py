"""One photograph of a batch, in a process of its own: on this machine, or a worker of a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, cast

from editor.command_line import recipe, records
from editor.command_line.ledger import write_record
from editor.command_line.running import NoFaceError, Notes, RefusedError, run
from editor.document.errors import EngineFailure
from editor.document.photo_export import check_export
from editor.document.places import generators_folder
from editor.engine.jobs import Export, Exported
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.command_line.recipe import Plan, Recipe
    from editor.command_line.running import Runs
    from editor.document.credentials import Credentials
    from editor.document.photo_export import ExportOptions

THREADS = 2
"""Of one worker on the CPU, however many there are: pictures must not depend on that."""

_TOLD = (EngineFailure, AdvisedError, RefusedError)


@dataclass(frozen=True, slots=True)
class Order:
    """What all photographs of a batch have in common.

    Attributes:
        recipe: the edits.
        options: how exports are written.
        device: to compute on.
        records: the folder for records.
        create: makes the engine for a device and the name of a generator.
        credentials: whose signature exports carry, if anybody's.
    """

    recipe: Recipe
    options: ExportOptions
    device: str
    records: Path
    create: Callable[[str, str], Runs]
    credentials: Credentials | None = None


def create_engine(device: str, generator: str) -> Runs:
    """The real engine."""
    threads = min(THREADS, os.cpu_count() or 1)
    # Read once, when torch loads: what main.py sets, which starts no worker of a cluster; and what
    # Dask's nanny sets to 1, for which torch is several times slower than for two.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads)))
    from editor.engine.engine import Engine

    Engine.use_threads(threads)
    return cast("Runs", Engine.create(device, generators_folder(), generator))


def end_with_parent() -> None:
    """End this process when the one that started it is gone, however that ended; and only then.

    Ctrl+C is for the program, which ends its workers itself.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    gone = parent.sentinel

    def follow() -> None:
        wait([gone])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


_mutex = threading.Lock()  # an engine belongs to one photograph at a time
_plans: dict[tuple[str, str], tuple[Order, Runs, Plan]] = {}


def _prepared(order: Order, notes: Notes) -> tuple[Runs, Plan]:
    """The engine of this process, and the edits as it will make them."""
    key = order.device, order.recipe.generator
    kept = _plans.get(key)
    if kept is None or kept[0].recipe != order.recipe:
        engine = kept[1] if kept is not None else order.create(*key)
        kept = order, engine, recipe.planned(engine, order.recipe, notes)
        _plans[key] = kept
    return kept[1], kept[2]


def prepare(order: Order) -> dict[str, Any]:
    """Load the networks and look whether the edits can be made.

    Returns:
        ``"worker"`` and ``"pid"``, what it computes with, and ``"notes"``; or ``"error"``.
    """
    notes = Notes()
    with _mutex:
        try:
            engine, _ = _prepared(order, notes)
        except (*_TOLD, NoFaceError) as error:
            return {"error": str(error)}
    info = engine.info
    return {
        "worker": f"{socket.gethostname()}, {info.device}",
        "pid": os.getpid(),
        "notes": [*notes.texts, *([info.notice] if info.notice else [])],
        "generator": info.generator,
        "versions": info.versions,
    }


def process(order: Order, number: int, source: Path, output: Path) -> dict[str, Any]:
    """Edit and export one photograph, and write its record.

    Returns:
        The record: ``"state"`` is ``"done"``, ``"failed"`` or ``"no face"``.

    Raises:
        OSError: the record cannot be written.
        Exception: an error of the program.
    """
    start, notes = time.monotonic(), Notes()
    row: dict[str, Any] = {"photo": str(source), "output": "", "state": "done"}
    with _mutex:
        try:
            engine, plan = _prepared(order, notes)
            row |= _done(engine, plan, source, output, order, notes)
            row["output"] = str(output)
        except NoFaceError as error:
            row |= {"state": "no face", "error": str(error)}
        except _TOLD as error:
            is_faceless = isinstance(error, EngineFailure) and error.error.kind == "no_face"
            row |= {"state": "no face" if is_faceless else "failed", "error": str(error)}
    row |= {"seconds": round(time.monotonic() - start, 3), "notes": notes.texts}
    row["worker"] = f"{socket.gethostname()}:{os.getpid()}"
    write_record(order.records, number, row)
    return row


def _done(
    engine: Runs, plan: Plan, source: Path, output: Path, order: Order, notes: Notes
) -> dict[str, Any]:
    options, credentials = order.options, order.credentials
    opened = recipe.opened(engine, source, notes, face_needed=plan.recipe.square is None)
    photo = opened.photo
    check_export(output, (photo.width, photo.height), [source], options)
    faces = recipe.edited(engine, plan, opened, notes)
    portraits = tuple(face.portrait for face in faces)
    export = Export(photo, portraits, output, options, credentials)
    exported = cast("Exported", run(engine, export, watch=notes))
    for note in (*photo.notes, *exported.notes):
        notes.notice(note)
    return {
        "sha256": photo.sha256,
        "faces": len(opened.faces),
        "inversions": [
            {"face": face.number, **records.inversion_record(face.inversion)} for face in faces
        ],
        "edits": [{"face": face.number, **edit} for face in faces for edit in face.records],
        "outside_identical": exported.outside_identical,
    }
