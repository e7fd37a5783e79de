"""How edits land in real photographs: inversion, identity, seam, texture, ghosts, contact sheets.

    python -m tests.benchmarks.landing PHOTOS [--out build/landing] [--device auto]
        [--attributes smile,…] [--values 60,-60] [--only photo02,…] [--processes N]
        [--inversions FOLDER] [--sampled QUALITY.csv,…] [--no-export] [--no-sheets] [--report-only]

The largest face of each photograph in the folder PHOTOS is inverted; each attribute is then
changed by each value in its default region, from the inversion, and the photograph exported as
PNG, all by the editor's own jobs. What is measured of photograph and export: the docstrings of
``landing_measures.py``; identity is the distance of dlib's descriptors of the two faces, found in
the photograph's own pixels with landmarks that are looked for anew in each.

OUT gets inversions.csv, landing.csv, landing.md, and for looking at them one sheet for every edit,
original | export at 200 %, and worst.jpg, the worst three by each figure.

``--inversions FOLDER`` keeps each inversion there and takes it from there the next time: an
editor's project (NAME.sip: face crop, style code, and whatever else belongs to it) with the figures
of the table (NAME.json). Nothing looks whether the engine inverts differently today: use a new
folder after a change.

``--attributes all`` takes every attribute, ``--attributes none`` inverts only. ``--sampled`` adds a
table of the change attained on the photographs over that on sampled faces, from a CSV of
``tests.benchmarks.quality`` for each value; ``--no-export`` when nothing else is wanted:

    python -m tests.benchmarks.quality --methods intervention --out build/up
    python -m tests.benchmarks.quality --methods intervention --value=-60 --out build/down
    python -m tests.benchmarks.landing PHOTOS --attributes all --no-export --inversions FOLDER
        --sampled build/up/quality.csv,build/down/quality.csv --out build/attained

Each process works on one photograph after the other with an engine of its own; what they share
(cores, the GPU) makes *seconds* longer than they are alone. ``--processes 1`` for honest times.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

# No torch up here: it loads in the processes that need it.
from editor.document.attributes import table
from tests.benchmarks import jobs, landing_sheets, report
from tests.benchmarks import landing_rows as rows
from tests.benchmarks.landing_rows import Attained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.benchmarks.landing_rows import Inverted, Landed, Plan

SIX = ("smile", "mouth_open", "eyes_open", "brow_height", "lip_redness", "skin_brightness")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("photos", type=Path)
    arguments.add_argument("--out", type=Path, default=Path("build/landing"))
    arguments.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    arguments.add_argument("--attributes", default=",".join(SIX))
    arguments.add_argument("--values", default="60,-60")
    arguments.add_argument("--only", default="", help="photographs whose names begin with one of")
    arguments.add_argument("--steps", type=int, default=0, help="of the inversion")
    arguments.add_argument("--processes", type=int, default=1)
    arguments.add_argument("--inversions", type=Path)
    arguments.add_argument(
        "--sampled", type=lambda text: [Path(name) for name in text.split(",")], metavar="CSV,CSV"
    )
    arguments.add_argument("--no-sheets", action="store_true")
    arguments.add_argument("--no-export", action="store_true", help="attained only")
    arguments.add_argument("--report-only", action="store_true")
    return arguments


def planned(options: argparse.Namespace) -> Plan:
    """What to do with each photograph.

    Raises:
        SystemExit: there is no such attribute.
    """
    known = [row.name for row in table()]
    asked: list[str] = options.attributes.split(",")
    if asked in (["all"], ["none"]):
        asked = known if asked == ["all"] else []
    if wrong := [name for name in asked if name not in known]:
        parser().error(f"no such attribute: {', '.join(wrong)}")
    values = [float(text) for text in options.values.split(",")]
    export = not options.no_export
    tiles = options.out / "tiles" if export and not options.no_sheets else None
    for folder in (options.out, tiles, options.inversions):
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    edits = tuple((name, value) for name in asked for value in values)
    return rows.Plan(options.device, edits, options.steps, options.inversions, export, tiles)


def photographs(options: argparse.Namespace) -> list[Path]:
    """The files, the largest first, so that none is left over at the end."""
    only = tuple(options.only.split(","))
    found = [path for path in jobs.photographs(options.photos) if path.name.startswith(only)]
    return sorted(found, key=lambda path: -path.stat().st_size)


def _begin(threads: int) -> None:
    from tests.benchmarks import landing_photos

    landing_photos.begin(threads)


def _land(path: Path, plan: Plan) -> tuple[Inverted, list[Landed]] | None:
    from tests.benchmarks import landing_photos

    return landing_photos.land(path, plan)


def measured(
    options: argparse.Namespace, plan: Plan, files: Sequence[Path]
) -> tuple[list[Inverted], list[Landed]]:
    """Every photograph, spread over the processes; written as they come in."""
    threads = max(1, (os.cpu_count() or 1) // options.processes)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # for the workers
    context = multiprocessing.get_context("spawn")
    inverted: list[Inverted] = []
    landed: list[Landed] = []
    began = time.monotonic()
    with ProcessPoolExecutor(options.processes, context, _begin, (threads,)) as pool:
        waiting = {pool.submit(_land, path, plan): path for path in files}
        for done in as_completed(waiting):
            name = waiting[done].name
            if error := done.exception():  # the others' time is not to be lost
                print(f"{name}: left out, {type(error).__name__}: {error}", flush=True)
                continue
            found = done.result()
            if found is None:
                print(f"{name}: left out, no face found", flush=True)
                continue
            inverted.append(found[0])
            landed += found[1]
            inverted.sort(key=lambda row: row.photo)
            landed.sort(key=lambda row: (plan.edits.index((row.attribute, row.value)), row.photo))
            rows.write(inverted, options.out / "inversions.csv")
            rows.write(landed, options.out / "landing.csv")
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return inverted, landed


def attained(rows: Iterable[Landed | report.Row]) -> dict[tuple[str, float], list[Attained]]:
    """What edits attained, by attribute and value."""
    found: dict[tuple[str, float], list[Attained]] = {}
    for row in rows:
        same = found.setdefault((row.attribute, row.value), [])
        same.append(Attained(row.attained, row.room))
    return found


def sampled(paths: Sequence[Path]) -> Iterator[report.Row]:
    """The interventions on sampled faces, from files of ``quality``."""
    for path in paths:
        for row in report.read(path):
            if (row.faces, row.method) == ("sampled", report.INTERVENTION):
                yield row


def told(options: argparse.Namespace, inverted: list[Inverted], landed: list[Landed]) -> str:
    """All tables as Markdown."""
    parts = ["## Inversion", rows.inversion_table(inverted)] if inverted else []
    if landed and not options.no_export:
        parts += [
            "## Edits, exported\nMedian over the photographs (in brackets the worst).",
            rows.edit_table(landed),
            "## The worst three by each figure",
            rows.worst_table(landed),
            "## Ghosts",
            rows.ghost_table(landed),
        ]
    if options.sampled:
        asked = {row.name: row.unit_sd for row in table()}
        samples = attained(sampled(options.sampled))
        parts += ["## Attained, sd", rows.attained_table(attained(landed), samples, asked)]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> None:
    """Command line."""
    options = parser().parse_args(arguments)
    plan = planned(options)
    if options.report_only:
        inverted = rows.read(options.out / "inversions.csv", rows.Inverted)
        landed = rows.read(options.out / "landing.csv", rows.Landed)
    else:
        inverted, landed = measured(options, plan, photographs(options))
    text = told(options, inverted, landed)
    (options.out / "landing.md").write_text(text, encoding="utf-8")
    print(text)
    if plan.tiles:
        for path in landing_sheets.sheets(landed, plan.tiles, options.out):
            print(path, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
