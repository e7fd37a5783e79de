"""Damaged files by the thousand, given to the importers; counts by outcome.

    python -m tests.hostile.fuzz_checkpoints --cases 20000 --seed 0

Each case is one call with one damaged file: it must return or raise ``CheckpointError``, run and
import nothing (an audit hook watches), leave no other file behind, and stay within seconds and
memory. Exit status 1 if any does not; the files that did are kept.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from models.checkpoints import CheckpointError
from models.importing.checkpoint import import_checkpoint
from tests.hostile.mutations import mutated
from tests.hostile.watch import watched
from tests.models.importing import formats

if TYPE_CHECKING:
    from collections.abc import Callable

SLOWEST = 20.0  # seconds for one case, on a busy machine
MEMORY = 1 << 30  # bytes more than after the intact files


def seeds() -> dict[str, bytes]:
    """Intact files of every format."""
    import torch
    from safetensors.torch import save

    tensors = formats.random_network(0, 8)
    own = {name: tensor.clone() for name, tensor in tensors.items()}
    return {
        "ada": formats.ada(tensors, 256),
        "ada2": formats.ada(tensors, protocol=2),
        "tensorflow": formats.tensorflow(tensors),
        "tensorflow2": formats.tensorflow(tensors, protocol=2),
        "tensorflow5": formats.tensorflow(tensors, protocol=5),
        "rosinality": formats.rosinality(tensors),
        "legacy": formats.rosinality(tensors, legacy=True),
        "training": formats.rosinality_training(tensors),
        "e4e": formats.encoder4editing(tensors),
        "genforce": formats.genforce(tensors),
        "pti": formats.pti(tensors, 256),
        "stit": formats.pti(tensors, stit=True),
        "safetensors": save(own, {"conv_clamp": "256"}),
        "whole": formats.saved({"a": torch.zeros(3), "b": [1, 2.0, "c", None, {"d": (True,)}]}),
    }


def outcome(read: Callable[[Path], object], path: Path) -> tuple[str, str]:
    """What a reader makes of a file: ("refused", why), ("read", "") or a fault and what it was."""
    start = time.monotonic()
    with watched() as seen:
        try:
            read(path)
            found = "read", ""
        except CheckpointError as error:
            found = "refused", error.title.removeprefix(path.name).strip()
        except MemoryError:
            found = "fault: memory", ""
        except BaseException as error:  # noqa: BLE001 whatever it is, it is what we look for
            if isinstance(error, KeyboardInterrupt):
                raise
            found = "fault: traceback", f"{type(error).__name__}: {error}"
    if seen:
        return "fault: executed", seen[0]
    if time.monotonic() - start > SLOWEST:
        return "fault: slow", f"{time.monotonic() - start:.1f} s"
    return found


def fuzz(cases: int, seed: int, folder: Path) -> tuple[collections.Counter[tuple[str, str]], int]:
    """Counts of (outcome, why) over ``cases`` damaged files, and the largest growth in bytes."""
    source = folder / "network.pkl"
    target = folder / "generators"
    files = seeds()
    contents = list(files.values())

    def read(path: Path) -> object:
        return import_checkpoint(path, target)

    for content in contents:  # what a first call loads is no part of what a file does
        source.write_bytes(content)
        for _ in range(2):
            outcome(read, source)
    before = _peak()
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    drawn = random.Random(seed)
    for case in range(cases):
        content = mutated(drawn.choice(contents), contents, drawn)
        source.write_bytes(content)
        what, why = outcome(read, source)
        strays = {p.name for p in folder.iterdir()} - {"network.pkl", "generators", "faults"}
        if strays:
            what, why = "fault: files", ", ".join(sorted(strays))
        if what.startswith("fault"):
            (folder / "faults").mkdir(exist_ok=True)
            (folder / "faults" / f"{seed}-{case}").write_bytes(content)
        counts[what, _kind(why)] += 1
        for path in target.glob("*"):
            path.unlink()
    grown = _peak() - before
    if grown > MEMORY:
        counts["fault: memory", f"{grown >> 20} MiB"] += 1
    return counts, grown


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _kind(why: str) -> str:
    """A reason without what differs from file to file."""
    for mark in (" (", " of the type", " asks to run", "'", " its tensor", " holds a tensor of the"):
        why = why.split(mark)[0] if mark.strip() != "asks to run" else why
    if "asks to run" in why:
        return "asks to run something"
    return why[:70]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    os.chdir(folder)
    start = time.monotonic()
    counts, grown = fuzz(options.cases, options.seed, folder)
    for (what, why), count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{count:7} {what:18} {why}")
    totals: collections.Counter[str] = collections.Counter()
    for (what, _), count in counts.items():
        totals[what] += count
    seconds = time.monotonic() - start
    print(f"\n{options.cases} cases, seed {options.seed}, {seconds:.0f} s, memory +{grown >> 20} MiB")
    for what, count in totals.most_common():
        print(f"{count:7} {what}")
    faults = sum(count for what, count in totals.items() if what.startswith("fault"))
    if faults:
        print(f"The files are in {folder / 'faults'}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
