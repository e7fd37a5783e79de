"""``boundary`` and ``scorer``: a direction fitted to two folders of pictures, or to a scorer.

Both write a file of GANSpace's kind, which ``--directions FILE`` and the window read.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from editor.command_line import beforehand
from editor.command_line.recipe_arguments import not_negative, positive
from editor.command_line.running import DONE, RefusedError, run
from editor.document.errors import EngineError, EngineFailure
from editor.document.files import write_failure
from editor.document.places import generators_folder
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from editor.engine.jobs import FittedDirection


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Put both among the commands; ``add_parser`` makes one, as argparse's does."""
    boundary = add_parser(
        "boundary",
        help="a direction from two folders of pictures, with and without something",
        description="Fit what tells the pictures of two folders apart (InterFaceGAN), for "
        "`--directions FILE`. A dozen or more on each side, otherwise alike, do well.",
    )
    boundary.set_defaults(run=_boundary)
    boundary.add_argument("having", type=Path, metavar="WITH", help="folder of pictures with it")
    boundary.add_argument("lacking", type=Path, metavar="WITHOUT", help="folder without it")
    boundary.add_argument(
        "--square",
        action="store_true",
        help="take the middle square of each picture instead of its largest face",
    )
    scorer = add_parser(
        "scorer",
        help="a direction along which a scorer of your own gives more",
        description="Score samples of the generator and fit what raises the score (after "
        "GANalyze), for `--directions FILE`. A Python scorer is run as it is: take only what "
        "you trust.",
    )
    scorer.set_defaults(run=_scorer)
    scorer.add_argument(
        "source",
        metavar="FILE.onnx|MODULE:FUNCTION|FILE.py:FUNCTION",
        help="a network, or a function that gives a number for a picture, sRGB uint8 (s, s, 3)",
    )
    scorer.add_argument(
        "--scaling",
        choices=("unit", "symmetric", "imagenet", "bytes"),
        default="imagenet",
        help="what the network takes: 0…1, -1…1, ImageNet's mean and spread (default), 0…255",
    )
    scorer.add_argument(
        "--output", type=not_negative, default=0, metavar="N", help="which of its numbers, from 0"
    )
    scorer.add_argument("--samples", type=positive, default=400, help="to be scored (default 400)")
    for parser in (boundary, scorer):
        parser.add_argument("-o", "--out", type=Path, required=True, metavar="NAME.npz")
        parser.add_argument(
            "--generator", metavar="NAME", default="", help="the default one without"
        )


def _boundary(options: argparse.Namespace) -> int:
    _check_out(options.out)
    for folder in (options.having, options.lacking):
        beforehand.check_pictures(folder)
    job = FitBoundary("", options.having, options.lacking, options.out.stem, options.square)
    return _fitted(options, job, "of the pictures that were held out are told apart")


def _scorer(options: argparse.Namespace) -> int:
    _check_out(options.out)
    file, _, function = options.source.rpartition(":")
    network, code = Path(options.source), Path(file)
    if network.suffix.lower() == ".onnx":
        beforehand.check_read(network)
    elif not (file and function.isidentifier()):
        raise RefusedError(
            f"{options.source!r} is no scorer. Name a file NAME.onnx, FILE.py:FUNCTION or "
            "MODULE:FUNCTION."
        )
    elif code.suffix == ".py":
        beforehand.check_read(code)
    job = FitScorer(
        "", options.source, options.out.stem, options.scaling, options.output, options.samples
    )
    return _fitted(options, job, "is the correlation with the score, in % (held-out samples)")


def _check_out(out: Path) -> None:
    if out.suffix.lower() != ".npz":
        raise RefusedError(f"{out.name}: call it NAME.npz.")
    beforehand.check_written(out)


def _fitted(options: argparse.Namespace, job: FitBoundary | FitScorer, figure: str) -> int:
    out: Path = options.out
    from editor.engine.engine import Engine  # loads torch; usage errors should not wait for it

    engine = Engine.create("cpu", generators_folder(), options.generator)
    found = cast("FittedDirection", run(engine, job))
    content = io.BytesIO()
    np.savez(
        content,
        lat_comp=found.normal[None, None],
        lat_mean=found.mean[None],
        lat_stdev=np.array([found.unit], np.float32),
    )
    try:
        atomic_write(out, content.getvalue())
    except OSError as error:
        title, advice = write_failure(error, out)
        raise EngineFailure(EngineError("not_writable", title, advice)) from error
    sys.stdout.write(
        f"Fitted to {found.pictures} pictures: {100 * found.agreement:.0f} % {figure}.\n"
        f"Use it with: main.py edit PHOTO --directions {out} --set '{out.stem} 1=50' …\n"
    )
    return DONE
