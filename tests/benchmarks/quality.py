"""Style intervention against the methods that people would use instead, at matched change.

    python -m tests.benchmarks.quality [--faces 50] [--photos FOLDER] [--attributes smile,…]
        [--value 60] [--device auto] [--out build/quality] [--seed 7]

For each attribute and face, the style intervention is asked for ``--value`` in the attribute's
default region, and every other method is scaled until it changes the attribute's own measure as
much, within 0.05 sd, in at most 7 renders; where it cannot, the face is left out of that method's
means (column *matched*). Faces on which the intervention changes less than 0.2 sd are left out for
all. The methods: docs of tests/benchmarks/methods.py; mask blending pastes the direct W edit
through the intervention's mask, and is matched on the pasted picture.

- attained: change of the attribute's measure in standard deviations over the generator's samples;
- leak: mean squared change outside the mask before compositing, [−1, 1]² units (for mask blending
  0 by construction); leak over direct W's: ratio of the means over the faces both matched on;
- inside: mean squared difference to the direct W edit of the same change, inside the mask;
- seam: see ``comparison.seam``, after compositing through the mask;
- identity: distance of dlib's descriptors before and after, of the edit before compositing (of
  mask blending: after);
- dependency: Attribute Dependency, mean |change| of the other offered attributes' measures in sd,
  over the attained change;
- seconds: for one face, of a batch: the optimisation, or one render (and the pasting).

Figures are means over faces with 95 % bootstrap intervals. The same faces, masks and seeds for
all. OUT gets quality.csv, quality.md, charts, and the photographs' inverted codes. ``--append``
keeps the rows of other attributes and faces in OUT, so that runs can be shared out;
``--report-only`` makes the summary of what is there. ``--methods intervention`` leaves out all that
it is compared with and prints what it attained, on photographs over sampled faces; there, too,
photographs are codes of the common generator. What the engine attains on photographs with what it
tunes for each: ``tests.benchmarks.landing --attributes all --values 60 --sampled OUT/quality.csv``.

``--sheet FOLDER`` also writes a contact sheet per attribute: six sampled faces at −100, −50, +50
and +100; with ``--sheets-only``, nothing else.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

# No torch up here: the measuring processes import this module again.
from editor.document.attributes import table
from tests.benchmarks import report
from tests.benchmarks.measuring import Measurers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.comparison import Model
    from tests.benchmarks.report import Row

CALIBRATION = 4  # faces


def parser() -> argparse.ArgumentParser:
    """The command line."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--faces", type=int, default=50)
    arguments.add_argument("--photos", type=Path)
    arguments.add_argument("--attributes", type=lambda text: text.split(","))
    arguments.add_argument("--value", type=float, default=60)
    arguments.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    arguments.add_argument("--out", type=Path, default=Path("build/quality"))
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--samples", type=int, default=2000, help="for the single channel")
    arguments.add_argument("--inversion-steps", type=int, default=240)
    arguments.add_argument("--processes", type=int, help="that measure; one per core by default")
    arguments.add_argument("--methods", choices=("all", "intervention"), default="all")
    arguments.add_argument("--append", action="store_true")
    arguments.add_argument("--report-only", action="store_true")
    arguments.add_argument("--sheet", type=Path)
    arguments.add_argument("--sheets-only", action="store_true")
    return arguments


def finish(rows: Sequence[Row], out: Path) -> None:
    """Summary, charts and quality.md; of the intervention alone what it attained."""
    if all(row.method == report.INTERVENTION for row in rows):
        print(report.attained(rows))
        return
    summary = report.summary(rows)
    tables = "\n".join(report.attribute_table(case) for case in report.cases(rows))
    (out / "quality.md").write_text(f"{summary}\n{tables}", encoding="utf-8")
    report.charts(rows, out)
    print(summary)


def compare(options: argparse.Namespace, model: Model, measurers: Measurers) -> None:
    """The benchmark itself."""
    from tests.benchmarks import comparison
    from tests.benchmarks.photographs import inverted

    began, seed = time.monotonic(), options.seed
    codes = list(comparison.sampled(model, measurers, options.faces, seed, "sampled"))
    if options.photos:
        kept = options.out / "photographs.npz"
        found = inverted(options.photos, options.device, options.inversion_steps, kept)
        codes += [(kind, name, code.to(model.device)) for kind, name, code in found]
    drawn = None
    if options.methods == "all":
        codes += comparison.sampled(model, measurers, CALIBRATION, seed + 1, "calibration")
        drawn = comparison.Samples.draw(model, measurers, options.samples, seed + 2)
    faces = comparison.Faces.of(model, measurers, codes)
    offered = comparison.measurable(model, table(), faces.seen[0])
    left_out = [row.name for row in table() if row not in offered]
    if left_out:
        print(f"No direction or no measure here, left out: {', '.join(left_out)}.\n")
    count = {kind: faces.kinds.count(kind) for kind in dict.fromkeys(faces.kinds)}
    print(
        f"{model.name}. Faces: {count}; {options.samples if drawn else 0} samples; seed {seed}; "
        f"prepared in {time.monotonic() - began:.0f} s\n",
        flush=True,
    )
    runner = comparison.Comparison(model, measurers, faces, drawn, offered, seed + 3)
    path, rows = options.out / "quality.csv", list[report.Row]()
    if options.append and path.is_file():
        rows = report.read(path)
    for row in chosen(options, [row.name for row in offered]):
        began = time.monotonic()
        attribute = next(one for one in offered if one.name == row)
        new = runner.run(attribute, options.value)
        replaced = {(one.faces, one.attribute) for one in new}
        rows = [one for one in rows if (one.faces, one.attribute) not in replaced] + new
        report.write(rows, path)
        for case in report.cases(new) if drawn else ():
            print(report.attribute_table(case))
        print(f"({time.monotonic() - began:.1f} s)\n", flush=True)
    finish(rows, options.out)


def chosen(options: argparse.Namespace, offered: Sequence[str]) -> Iterator[str]:
    """Of the offered attributes those asked for; others are named."""
    for name in options.attributes or offered:
        if name in offered:
            yield name
        else:
            print(f"{name} is not offered or cannot be measured here: left out\n", flush=True)


def draw_sheets(options: argparse.Namespace, model: Model, measurers: Measurers) -> None:
    """The contact sheets."""
    from tests.benchmarks import comparison, sheets

    options.sheet.mkdir(parents=True, exist_ok=True)
    codes = comparison.sampled(model, measurers, sheets.ROWS, options.seed, "sampled")
    faces = comparison.Faces.of(model, measurers, list(codes))
    rows = {row.name: row for row in table() if row.name in model.directions.attributes}
    for name in chosen(options, list(rows)):
        began = time.monotonic()
        path = options.sheet / f"{name}.jpg"
        sheets.sheet(model, faces, rows[name]).save(path, quality=90)
        print(f"{path} ({time.monotonic() - began:.1f} s)", flush=True)


def main(arguments: list[str]) -> None:
    """Command line."""
    options = parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.report_only:
        finish(report.read(options.out / "quality.csv"), options.out)
        return
    if options.sheets_only and not options.sheet:
        parser().error("--sheets-only needs --sheet FOLDER")
    if not options.value:
        parser().error("--value must not be 0")

    from models.device import choose_device
    from tests.benchmarks.comparison import Model

    model = Model(choose_device(options.device))
    with Measurers(options.processes) as measurers:
        if options.sheet:
            draw_sheets(options, model, measurers)
        if not options.sheets_only:
            compare(options, model, measurers)


if __name__ == "__main__":
    main(sys.argv[1:])
