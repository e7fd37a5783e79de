"""``generators``, ``import`` and ``fit``: which there are, one more, and attributes for it."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from editor.command_line.beforehand import check_read
from editor.command_line.recipe_arguments import not_negative, positive
from editor.command_line.running import DEVICES, DONE, STOPPED, device, refuse, run
from editor.document.places import fits_folder, generators_folder
from editor.engine.generator_jobs import FitAttributes, RemoveGenerator, RenameGenerator
from editor.engine.jobs import ImportGenerator

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from editor.engine.jobs import FittedAttributes, GeneratorInfo


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Put them among the commands; ``add_parser`` makes one, as argparse's does."""
    listing = add_parser("generators", help="the generators that edits can be made with")
    listing.set_defaults(run=_list)
    listing.add_argument("--json", action="store_true")
    listing.add_argument(
        "--rename", nargs=2, metavar=("NAME", "NEW"), help="call one of your own otherwise"
    )
    listing.add_argument(
        "--remove", metavar="NAME", help="delete one of your own; projects that need it say so"
    )
    adding = add_parser(
        "import",
        help="add a StyleGAN2 generator",
        description="Convert a StyleGAN2 checkpoint (NVIDIA's, rosinality's, genforce's, e4e's, "
        "PTI's or our own) and add it to the generators. Nothing in the file is executed.",
    )
    adding.set_defaults(run=_import)
    adding.add_argument("file", type=Path)
    adding.add_argument("--name", default="", help="what to call it (default: as the file)")
    adding.add_argument(
        "--class",
        dest="class_index",
        type=not_negative,
        metavar="N",
        help="of a conditional generator, the class to draw, from 0",
    )
    fit = add_parser(
        "fit",
        help="the named attributes for a face generator of your own",
        description="Draw samples of a generator of your own, measure their faces, and fit the "
        "attributes that the embedded one has. It takes minutes; stopped, it goes on where it was.",
    )
    fit.set_defaults(run=_fit)
    fit.add_argument("generator", metavar="GENERATOR", help="its name, see: main.py generators")
    fit.add_argument(
        "--samples", type=positive, default=0, metavar="N",
        help="to draw (default 1000 on a CPU, 5000 on a GPU)",
    )  # fmt: skip
    fit.add_argument("--device", default="auto", type=device, metavar=DEVICES)


def _list(options: argparse.Namespace) -> int:
    from editor.engine import generators  # loads torch; usage errors should not wait for it

    folder = generators_folder()
    if options.rename or options.remove:
        return _change(options)
    rows = generators.listed(folder)
    for problem in generators.problems(folder):
        sys.stderr.write(f"main.py: {problem}\n")
    if options.json:
        sys.stdout.write(json.dumps([dataclasses.asdict(row) for row in rows], indent=2) + "\n")
        return DONE
    for number, row in enumerate(rows):
        sys.stdout.write(_told(row, is_default=number == 0))
    return DONE


def _change(options: argparse.Namespace) -> int:
    """Rename or remove one, as asked."""
    from editor.engine import generators
    from editor.engine.engine import Engine

    folder = generators_folder()
    name = options.remove or options.rename[0]
    sha256 = generators.named(name, folder).sha256
    job = RemoveGenerator(sha256) if options.remove else RenameGenerator(sha256, options.rename[1])
    made = cast("GeneratorInfo", run(Engine.create("cpu", folder), job))
    did = "Removed" if options.remove else f"Renamed {name} to"
    sys.stdout.write(f"{did} {made.name}\n")
    return DONE


def _told(row: GeneratorInfo, *, is_default: bool) -> str:
    facts = [f"{row.resolution} px"]
    facts += ["the default"] if is_default else []
    facts += [f"imported from {row.source}"] if row.source else []
    facts += ["attributes fitted"] if row.source and row.has_attributes else []
    facts += [] if row.is_installed else ["its files are not here"]
    return f"{row.name:24} {', '.join(facts)}\n{'':24} {row.licence}\n"


def _import(options: argparse.Namespace) -> int:
    check_read(options.file)
    from editor.engine.engine import Engine  # loads torch; usage errors should not wait for it

    engine = Engine.create("cpu", generators_folder())
    job = ImportGenerator(options.file, options.name, options.class_index)
    made = cast("GeneratorInfo", run(engine, job))
    sys.stdout.write(
        f"Added {made.name}: StyleGAN2, {made.resolution} px, SHA-256 {made.sha256}\n"
        f"Licence: {made.licence}\n"
        f"Use it with: main.py edit PHOTO --generator {made.name} …\n"
    )
    return DONE


def _fit(options: argparse.Namespace) -> int:
    from editor.engine import generators
    from editor.engine.engine import Engine

    folder = generators_folder()
    sha256 = generators.named(options.generator, folder).sha256
    engine = Engine.create(options.device, folder)
    job = FitAttributes(sha256, fits_folder(), options.samples)
    try:
        found = cast("FittedAttributes", run(engine, job))
    except KeyboardInterrupt:
        return refuse(
            "Stopped. What was drawn is kept: the same command goes on from there.", STOPPED
        )
    name = found.generator.name
    fitted = [row for row in found.attributes if row.correlation == row.correlation]
    sys.stdout.write(f"{name}: {len(fitted)} attributes, fitted to {found.samples} samples\n")
    for row in fitted:
        sys.stdout.write(f"  {row.name:20} {row.label:20} r = {row.correlation:.2f}\n")
    for label, why in found.left_out:
        sys.stdout.write(f"  left out: {label}: {why}\n")
    sys.stdout.write(f"Use them with: main.py edit PHOTO --generator {name} --set smile=50 …\n")
    return DONE
