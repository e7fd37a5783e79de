"""Photos a minute of a batch, by one worker and by two, here and in a Dask cluster.

    python -m tests.benchmarks.throughput [--photos 8] [--side 320] [--clusters]

Every run does the same photos with the real engine, one after the other. The first photo of each
worker warms it up and is not counted: from then on to the last photo it is timed. Results must be
the same, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

import resources

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[2]
EDIT = ("--set", "smooth_skin=60", "--draft")
_START = 60.0  # seconds that a scheduler and its workers may take


def photos(folder: Path, count: int, side: int) -> None:
    """The sample at several sizes: no two files are alike."""
    folder.mkdir()
    with Image.open(resources.path("sample-portrait.jpg")) as sample:
        for number in range(count):
            sample.resize((side + number, side + number)).save(folder / f"{number:03}.png")


def timed(folder: Path, out: Path, where: tuple[str, ...], workers: int) -> float:
    """Photos a minute, without each worker's first.

    Raises:
        RuntimeError: a photo was not done.
    """
    words = [sys.executable, "main.py", "batch", str(folder), "-o", str(out), "--json-lines"]
    process = subprocess.Popen(
        [*words, *EDIT, *where], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    moments: list[float] = []
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "photo":
            if event["state"] != "done":
                raise RuntimeError(f"{event['photo']}: {event.get('error')}")
            moments.append(time.monotonic())
    _, told = process.communicate()
    if process.returncode:
        raise RuntimeError(told)
    return 60 * (len(moments) - workers) / (moments[-1] - moments[workers - 1])


@contextmanager
def cluster(workers: int) -> Generator[str]:
    """The address of a Dask scheduler with so many workers on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder) / "scheduler.json"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        common = ("--scheduler-file", str(address), "--no-dashboard")
        local = ("--host", "127.0.0.1", "--port", "0")
        commands = [("distributed.cli.dask_scheduler", *local, *common)]
        commands += [("distributed.cli.dask_worker", "--nthreads", "1", *common)] * workers
        running = [
            subprocess.Popen(
                [sys.executable, "-m", *words], cwd=folder, env=environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for words in commands
        ]  # fmt: skip
        try:
            end = time.monotonic() + _START
            while not address.exists() or not address.read_text():
                if time.monotonic() > end:
                    raise RuntimeError("the scheduler does not begin")
                time.sleep(0.1)
            time.sleep(5)  # the workers
            yield json.loads(address.read_text())["address"]
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait(30)


def main() -> None:
    """Time every way and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=8)
    parser.add_argument("--side", type=int, default=320, help="pixels of the smallest photo")
    parser.add_argument("--clusters", action="store_true", help="Dask's workers, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, outs = Path(place) / "in", list[Path]()
        photos(folder, options.photos, options.side)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.photos} photos of "
              f"{options.side} pixels, {' '.join(EDIT)}", flush=True)  # fmt: skip
        print("| workers | photos a minute |\n|---|---|", flush=True)
        for workers in (1, 2):
            outs.append(Path(place) / f"here-{workers}")
            where = ("--devices", "cpu", "--jobs", str(workers))
            rate = timed(folder, outs[-1], where, workers)
            print(f"| {workers} here | {rate:.1f} |", flush=True)
        for workers in (1, 2) if options.clusters else ():
            outs.append(Path(place) / f"there-{workers}")
            with cluster(workers) as address:
                rate = timed(folder, outs[-1], ("--cluster", address), workers)
            print(f"| {workers} of Dask | {rate:.1f} |", flush=True)
        names = sorted(path.name for path in outs[0].glob("*.png"))
        same = all(
            (out / name).read_bytes() == (outs[0] / name).read_bytes()
            for out in outs
            for name in names
        )
        print(f"{len(names)} exports, {'all the same' if same else 'NOT THE SAME'} in every run")


if __name__ == "__main__":
    main()
