"""Damaged files by the thousand, given to the importers; counts by outcome.

    python -m tests.hostile.fuzz_checkpoints --cases 20000 --seed 0
    python -m tests.hostile.fuzz_checkpoints --only scorers --cases 20000 --seed 0

Each case is one call with one damaged file: it must return or raise ``CheckpointError``, run and
import nothing (an audit hook watches), leave no other file behind, and stay within seconds and
memory. Exit status 1 if any does not; the files that did are kept.
"""

from __future__ import annotations

import argparse
import collections
import io
import os
import pickle
import random
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save  # pyright: ignore[reportUnknownVariableType] untyped

from models.checkpoints import CheckpointError
from models.generator import Generator
from models.importing.checkpoint import import_checkpoint
from models.importing.directions import Target, read_directions
from models.importing.latents import read_latents
from models.importing.onnx_files import check_onnx
from models.importing.style_channels import (
    read_channel_list,
    read_clip_dictionary,
    read_style_statistics,
)
from tests.hostile.mutations import mutated
from tests.hostile.watch import watched
from tests.models import onnx_writer as onnx
from tests.models.importing import formats

Reader = Callable[[Path], object]

SLOWEST = 20.0  # seconds for one case, on a busy machine
MEMORY = 1 << 30  # bytes more than after the intact files


def checkpoints() -> list[bytes]:
    """Intact checkpoints of every format."""
    tensors = formats.random_network(0, 8)
    own = {name: tensor.clone() for name, tensor in tensors.items()}
    return [
        formats.ada(tensors, 256),
        formats.ada(tensors, protocol=2),
        formats.tensorflow(tensors),
        formats.tensorflow(tensors, protocol=2),
        formats.tensorflow(tensors, protocol=5),
        formats.rosinality(tensors),
        formats.rosinality(tensors, legacy=True),
        formats.rosinality_training(tensors),
        formats.encoder4editing(tensors),
        formats.genforce(tensors),
        formats.pti(tensors, 256),
        formats.pti(tensors, stit=True),
        save(own, {"conv_clamp": "256"}),
        formats.saved({"a": torch.zeros(3), "b": [1, 2.0, "c", None, {"d": (True,)}]}),
    ]


def directions(target: Target) -> list[bytes]:
    """Intact directions, statistics and latents."""
    random = np.random.default_rng(0)
    row = random.standard_normal((1, target.w_dim)).astype(np.float32)
    row /= np.linalg.norm(row)
    ends = np.cumsum([width for _, width in target.styles])[:-1]
    parts = [np.split(target.s_mean, ends), np.split(np.ones_like(target.s_mean), ends)]
    rows = np.eye(target.w_dim, dtype=np.float32)[:4]
    codes = 5 * random.standard_normal((2, target.num_ws, target.w_dim)).astype(np.float32)
    components = {"lat_comp": rows[:, None], "lat_mean": target.w_mean, "lat_stdev": np.ones(4)}
    named = {"mean": torch.zeros(1, target.w_dim), "std": torch.ones(4)}
    return [
        _numpy(row),
        _numpy(row.astype(np.float64)),
        formats.saved(torch.from_numpy(row)),
        formats.saved(torch.from_numpy(row), legacy=True),
        formats.saved({"comp": torch.from_numpy(rows)[:, None], **named}),
        formats.saved({"ckpt": "a.pt", "eigvec": torch.eye(target.w_dim)}),
        _numpy(components, many=True),
        pickle.dumps(parts, 2),
        pickle.dumps(parts, 3),
        _numpy({"mean": target.s_mean, "std": np.ones_like(target.s_mean)}, many=True),
        _numpy({"w": codes[:1]}, many=True),
        _numpy(codes),
        _numpy(np.array({"a.jpg": [codes[0], codes[1]]}, dtype=object)),
        formats.saved(torch.from_numpy(codes)),
        formats.saved({"pivots": torch.from_numpy(codes), "quads": [codes[0, :4, :2]]}),
        b"0_1 hair\n-3_2, 1_0: eyes  # both\n",
    ]


def scorers() -> list[bytes]:
    """ONNX files: plain ones, with graphs within graphs and functions, and such as are refused."""
    relu, loop = (onnx.node(kind, ["x"], ["y"]) for kind in ("Relu", "Loop"))
    inner, endless = onnx.part(1, relu), onnx.part(1, loop)
    for _ in range(4):
        inner = onnx.part(1, onnx.node("If", ["x"], ["y"], onnx.part(6, inner)))
    outside = onnx.number(14, 1) + onnx.part(13, onnx.part(1, "location") + onnx.part(2, "/etc/a"))
    weights = onnx.tensor("w", (1, 3, 1, 1), (0.2, 0.3, 0.5))
    convolved = onnx.node("Conv", ["x", "w"], ["m"], onnx.ints("kernel_shape", [1, 1]))
    mean = onnx.node("ReduceMean", ["m"], ["y"], onnx.ints("axes", [2, 3]))
    return [
        onnx.brightness(),
        onnx.brightness(-3.5),
        onnx.model([convolved, mean], [weights]),
        onnx.model([onnx.node("If", ["x"], ["y"], onnx.part(6, inner))]),
        onnx.model([relu], extra=onnx.part(25, onnx.part(7, relu))),
        onnx.model([relu], [onnx.tensor("w", (1,), (1.0,), outside)]),
        onnx.model([onnx.node("If", ["x"], ["y"], onnx.part(6, endless))]),
        onnx.model([onnx.node("Evil", ["x"], ["y"], domain="my.ops")]),
    ]


def _numpy(value: Any, *, many: bool = False) -> bytes:
    file = io.BytesIO()
    if many:
        np.savez(file, **value)
    else:
        np.save(file, value)
    return file.getvalue()


def outcome(read: Reader, path: Path) -> tuple[str, str]:
    """What a reader makes of a file: ("refused", why), ("read", "") or a fault and what it was."""
    start = time.monotonic()
    with watched() as seen, warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read(path)
            found = "read", ""
        except CheckpointError as error:
            found = "refused", error.title.removeprefix(path.name).strip()
        except MemoryError:
            found = "fault: memory", ""
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            found = "fault: traceback", f"{type(error).__name__}: {error}"
    if seen:
        return "fault: executed", seen[0]
    if time.monotonic() - start > SLOWEST:
        return "fault: slow", f"{time.monotonic() - start:.1f} s"
    return found


def fuzz(
    cases: int, seed: int, folder: Path, only: str = ""
) -> tuple[collections.Counter[tuple[str, str]], int]:
    """Counts of (outcome, why) over ``cases`` damaged files, and the growth of memory in bytes.

    Three quarters are checkpoints; the others go to each reader of directions and latents. Or all
    go to the reader of ``only`` "scorers", as ONNX files.
    """
    source = folder / "network.pkl"
    made = folder / "generators"
    target = Target.of(Generator.tiny(resolution=8, width=8))
    sd = np.ones_like(target.s_mean)
    readers: tuple[Reader, ...] = (
        lambda path: read_directions(path, target),
        lambda path: read_latents(path, target),
        lambda path: read_style_statistics(path, target),
        lambda path: read_clip_dictionary(path, target),
        lambda path: read_channel_list(path, target, sd),
    )
    groups: tuple[tuple[list[bytes], tuple[Reader, ...]], ...] = (
        (checkpoints(), (lambda path: import_checkpoint(path, made),)),
        (directions(target), readers),
    )
    if only == "scorers":
        groups = ((scorers(), (check_onnx,)),)
    for contents, group in groups:  # what a first call loads is no part of what a file does
        for content in contents:
            source.write_bytes(content)
            for read in group * 2:
                outcome(read, source)
    "ä".encode("cp437")  # as names in archives may be
    before = _peak()
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    drawn = random.Random(seed)
    for case in range(cases):
        contents, group = groups[len(groups) > 1 and drawn.random() > 0.75]
        content = mutated(drawn.choice(contents), contents, drawn)
        source.write_bytes(content)
        what, why = outcome(drawn.choice(group), source)
        strays = {p.name for p in folder.iterdir()} - {"network.pkl", "generators", "faults"}
        if strays:
            what, why = "fault: files", ", ".join(sorted(strays))
        if what.startswith("fault"):
            (folder / "faults").mkdir(exist_ok=True)
            (folder / "faults" / f"{seed}-{case}").write_bytes(content)
        counts[what, _kind(why) if what == "refused" else why] += 1
        for path in made.glob("*"):
            path.unlink()
    grown = _peak() - before
    if grown > MEMORY:
        counts["fault: memory", f"{grown >> 20} MiB"] += 1
    return counts, grown


def _peak() -> int:
    """The most memory that the process has had, in bytes; 0 where that is not told (Windows)."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _kind(why: str) -> str:
    """A reason without what differs from file to file."""
    if "asks to run" in why:
        return "asks to run …"
    return re.sub(r"[\d.]+|'.*|\(.*| its tensor .*|b\".*", "…", why)[:70]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("scorers",), default="")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    os.chdir(folder)
    start = time.monotonic()
    counts, grown = fuzz(options.cases, options.seed, folder, options.only)
    totals: collections.Counter[str] = collections.Counter()
    lines: list[str] = []
    for (what, why), count in sorted(counts.items(), key=lambda item: -item[1]):
        totals[what] += count
        lines.append(f"{count:7} {what:18} {why}")
    seconds = time.monotonic() - start
    lines.append(
        f"\n{options.cases} cases, seed {options.seed}, {seconds:.0f} s, memory +{grown >> 20} MiB"
    )
    lines += [f"{count:7} {what}" for what, count in totals.most_common()]
    faults = sum(count for what, count in totals.items() if what.startswith("fault"))
    if faults:
        lines.append(f"The files are in {folder / 'faults'}.")
    else:
        shutil.rmtree(folder)
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
