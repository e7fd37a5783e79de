"""The batch command with engines of tests, to be run, watched and killed.

    python -m tests.batch_robot fake|tiny FOLDER COMMAND…

``FOLDER`` holds the tiny generator's weights, or ``exports.log``, to which the fake engine adds a
line for each export that is done.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from editor.command_line import batch, commands
from editor.engine.jobs import Export, Finished, OpenPhoto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.command_line.running import Runs
    from editor.engine.jobs import Job, Report

PAUSE = 0.02  # seconds of each of the fake engine's steps
CRASH = "crash"  # photographs of that name end their worker


def fake(folder: Path, device: str, generator: str) -> Runs:
    """The fake engine; it tells what it has exported, and to whom it belonged."""
    from tests.fake_engine import FakeEngine

    class Logging(FakeEngine):
        """Writes down every export; ends the process for some photographs."""

        def run(self, job: Job) -> Iterator[Report]:
            if isinstance(job, OpenPhoto) and job.path.stem.startswith(CRASH):
                os._exit(9)
            for report in super().run(job):
                if isinstance(job, Export) and isinstance(report, Finished):
                    with (folder / "exports.log").open("a", errors="surrogateescape") as log:
                        log.write(f"{job.path.name} {os.getpid()} {device}\n")
                yield report

    del generator
    return cast("Runs", Logging(steps=2, pause=PAUSE))


def tiny(folder: Path, device: str, generator: str) -> Runs:
    """The real engine with a tiny random generator, and short searches."""
    from editor.command_line import recipe
    from editor.engine import generators
    from editor.engine.engine import Engine
    from models import checkpoints
    from tests.end_to_end.tiny_generator import write_tiny

    recipe.INVERSION_STEPS = 3
    weights = Path(tempfile.mkdtemp(dir=folder))  # the same bytes every time, in each process
    card = write_tiny(weights)
    checkpoints.WEIGHTS = weights
    generators.catalogue = lambda: (card,)
    Engine.use_threads(1)
    return cast("Runs", Engine.create(device, folder / "generators", generator))


def main(arguments: list[str]) -> int:
    """Run a command with one of these engines."""
    kind, folder, *command = arguments
    made = Path(folder).absolute()
    batch.CREATE = partial({"fake": fake, "tiny": tiny}[kind], made)
    return commands.main(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
