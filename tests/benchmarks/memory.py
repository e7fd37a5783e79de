"""Memory over many edits of one photo: is it flat?

    python -m tests.benchmarks.memory [--edits 60] [--tiny] [--trim]

One face is edited again and again, each edit on top of the last, as the window does it: dragged,
searched for, rendered, now and then taken back; at the end of each the process's resident memory
and the bytes that the engine keeps are printed. What is kept grows up to its budget, and resident
memory with it: the verdict is of resident memory less what is kept. What a document itself holds
(the edits, their regions) is not counted by the engine: it is small, and grows with them. With
``--trim`` glibc gives back what is free after each edit: what is left then is in use.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest import mock

import resources
from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Inversion, Portrait
from editor.engine import generators
from editor.engine.engine import Engine
from editor.engine.jobs import (
    Drag,
    Failed,
    Finished,
    Intervene,
    Intervention,
    Invert,
    OpenedPhoto,
    OpenPhoto,
    Render,
)
from models import checkpoints
from tests.end_to_end.tiny_generator import write_tiny

if TYPE_CHECKING:
    from editor.engine.jobs import Job

SLIDERS = (
    ("smile", "smile"),
    ("lips", "lip_redness"),
    ("mouth", "mouth_open"),
    ("skin", "skin_brightness"),
)


def resident() -> int:
    """Bytes of the process's memory now (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    raise RuntimeError("/proc/self/status says nothing of VmRSS")


def trim() -> None:
    """Give what is free back to the system, where glibc can."""
    if hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)


def finish(engine: Engine, job: Job) -> object:
    """What the job ends with."""
    *_, last = engine.run(job)
    if isinstance(last, Failed):
        raise SystemExit(str(last.error))
    return cast("Finished", last).result


def run(
    engine: Engine, photo_path: Path, edits: int, steps: int, *, trims: bool
) -> list[tuple[int, int]]:
    """Resident and kept bytes after each edit."""
    opened = cast("OpenedPhoto", finish(engine, OpenPhoto(photo_path)))
    photo, crop = opened.photo, engine.crop_of(opened.faces[0])
    inversion = cast("Inversion", finish(engine, Invert(photo, crop, steps=8)))
    portrait = Portrait.of(crop, inversion)
    table: list[tuple[int, int]] = []
    for number in range(edits):
        where, name = SLIDERS[number % len(SLIDERS)]
        region = preset(where, portrait.landmarks, photo.width, photo.height).feathered(8)
        goals = (Goal(name, 20 if number % 8 < 4 else -20),)
        portraits = (portrait,)
        finish(engine, Drag(photo, portraits, 0, region, goals))
        job = Intervene(photo, portraits, 0, region, goals, Dials(steps=steps))
        done = cast("Intervention", finish(engine, job))
        portrait = portrait.with_history(portrait.history.push(done.edit))
        if number % 5 == 4:
            finish(engine, Render(photo, (portrait.with_history(portrait.history.undo()),)))
        finish(engine, Render(photo, (portrait,)))
        gc.collect()
        if trims:
            trim()
        table.append((resident(), engine.workspace.cache.held))
        memory, kept = (value / 1e6 for value in table[-1])
        print(f"edit {number + 1:3}: {memory:7.0f} MB resident, {kept:5.0f} MB kept", flush=True)
    return table


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--steps", type=int, default=4, help="of each search (default 4)")
    parser.add_argument("--photo", type=Path, default=resources.path("sample-portrait.jpg"))
    parser.add_argument("--tiny", action="store_true", help="a generator of random weights: quick")
    parser.add_argument("--trim", action="store_true", help="give back what is free (glibc)")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.multiple(
            checkpoints, WEIGHTS=Path(folder) if options.tiny else checkpoints.WEIGHTS
        ),
    ):
        catalogue = generators.catalogue
        if options.tiny:
            card = write_tiny(Path(folder))
            catalogue = mock.Mock(return_value=(card,))
        with mock.patch.object(generators, "catalogue", catalogue):
            engine = Engine.create("cpu")
            table = run(engine, options.photo, options.edits, options.steps, trims=options.trim)
    quarter = max(1, len(table) // 4)
    # what is kept taken off
    late = [memory - kept for memory, kept in table[-quarter:]]
    before = [memory - kept for memory, kept in table[-2 * quarter : -quarter]]
    grown = (sum(late) / len(late) - sum(before) / len(before)) / 1e6
    print(
        f"the last {quarter} edits against the {quarter} before, what is kept taken off: ", end=""
    )
    print(f"{grown:+.1f} MB in the mean")


if __name__ == "__main__":
    main(sys.argv[1:])
