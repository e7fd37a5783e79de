"""Options that say what is done to photographs, and the recipe that they make."""

from __future__ import annotations

import argparse
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from editor.command_line import directions, expressions
from editor.command_line.recipe import Recipe
from editor.command_line.running import RefusedError
from editor.document.edit_sets import read_edit_set
from editor.document.face_regions import PRESETS
from editor.document.goals import Dials, Goal
from editor.document.photo_square import SMALLEST, PhotoSquare
from editor.document.presets import read_preset

if TYPE_CHECKING:
    from typing import Literal


def add_to(parser: argparse.ArgumentParser, *, masks: bool) -> None:
    """The options that a recipe is made of; ``masks``: a region may be a file."""
    names = ", ".join(PRESETS)
    parser.add_argument(
        "--region",
        metavar="NAME|MASK.png" if masks else "NAME",
        help=f"one of {names}"
        + (", or a mask of the photo's size, white = may change" if masks else "")
        + "; without it each attribute's own default region, and the preset's own regions",
    )
    parser.add_argument(
        "--preset",
        type=Path,
        metavar="FILE",
        help="slider values that the window saved; done first",
    )
    parser.add_argument(
        "--set",
        dest="goals",
        metavar="ATTRIBUTE=VALUE",
        action="append",
        default=[],
        type=_goal,
        help="VALUE from -100 to 100 (a few go one way only, see: main.py attributes); may be "
        "given several times, each is one edit",
    )
    parser.add_argument(
        "--match",
        type=Path,
        metavar="PHOTO",
        help="make the --region look like the same region of this face, after all else",
    )
    expressions.add_to(parser)
    parser.add_argument(
        "--edits",
        type=Path,
        metavar="FILE",
        help="edits that the window copied from a face; brushed regions lie where each face has "
        "what they cover; done first",
    )
    parser.add_argument(
        "--person",
        type=Path,
        metavar="PHOTO",
        help="the face of the one whom this photo shows (its largest face)",
    )
    add_square_to(parser)
    directions.add_to(parser)
    parser.add_argument(
        "--draft",
        action="store_true",
        help="edit on the encoder's quick guess of the face, without refining it",
    )
    dials = parser.add_argument_group("dials of the search")
    usual = Dials()
    dials.add_argument(
        "--strictness",
        type=_weight,
        default=usual.strictness,
        help="0.25 to 8: higher changes less outside the region, and attains less (default 1)",
    )
    dials.add_argument(
        "--naturalness",
        type=_weight,
        default=usual.naturalness,
        help="0.25 to 8: higher stays closer to known faces, and attains less (default 1)",
    )
    dials.add_argument(
        "--no-residual",
        dest="residual",
        action="store_false",
        help="only mix the two directions, as in the paper: attains less",
    )
    dials.add_argument(
        "--steps",
        type=positive,
        default=usual.steps,
        help="of each edit: more is finer and slower (default 30)",
    )
    dials.add_argument(
        "--seed", type=seed, default=usual.seed, help="the same seed repeats an edit (default 0)"
    )


def add_square_to(parser: argparse.ArgumentParser) -> None:
    """Options that choose a square of the photo instead of a face."""
    parser.add_argument(
        "--square",
        dest="square",
        action="store_const",
        const="middle",
        help="edit the square in the middle of the photo, whatever it shows, instead of a face: "
        "for generators of other things",
    )
    parser.add_argument(
        "--square-at",
        dest="square",
        type=_square,
        metavar="X,Y,SIDE",
        help="edit that square of the photo instead, in pixels from its upper left corner",
    )


def recipe_of(options: argparse.Namespace, faces: int | Literal["all"]) -> Recipe:
    """What was asked for, as far as it can be checked without an engine.

    Raises:
        RefusedError: it cannot be done.
        PresetError: the preset cannot be read.
    """
    expression = "neutral" if options.neutral else options.expression
    if not (options.goals or options.preset or options.match or options.edits or expression):
        raise RefusedError(
            "Nothing to do. Say what to change with --set (main.py attributes lists what there "
            "is), --preset, --edits, --expression, --neutral-expression or --match."
        )
    if options.person and (options.square or faces != 1):
        raise RefusedError("--person chooses the face: leave out --face, --faces and --square.")
    if expression and options.square:
        raise RefusedError("A square has no expression: leave out --square, or the expression.")
    if options.match and not options.region:
        raise RefusedError(f"--match needs --region: one of {', '.join(PRESETS)}, or a mask.")
    recipe = Recipe(
        tuple(options.goals),
        None,
        options.region or None,
        options.match,
        expression,
        faces,
        options.square,
        options.draft,
        Dials(
            options.strictness, options.naturalness, options.residual, options.steps, options.seed
        ),
        options.generator,
        tuple(options.directions),
        options.person,
        read_edit_set(options.edits) if options.edits else None,
    )
    check_region(recipe)
    if options.preset is None:
        return recipe
    return replace(recipe, preset=read_preset(options.preset))


def check_region(recipe: Recipe) -> None:
    """Its region is a known one, or a file that is there.

    Raises:
        RefusedError: it is neither.
    """
    if recipe.mask_file is not None and not os.path.isfile(recipe.mask_file):  # noqa: PTH113 - never raises
        raise RefusedError(
            f"There is no region or mask file {recipe.region!r}. Regions: {', '.join(PRESETS)}."
        )


def _goal(text: str) -> Goal:
    name, equals, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not equals or not -100 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r}: write ATTRIBUTE=VALUE, VALUE from -100 to 100")
    return Goal(name, value)


def _square(text: str) -> PhotoSquare:
    numbers = text.split(",")
    if len(numbers) != 3 or not all(part.strip().isdecimal() for part in numbers):
        raise argparse.ArgumentTypeError(f"{text!r}: write X,Y,SIDE in pixels, such as 120,0,900")
    square = PhotoSquare(*(int(part) for part in numbers))
    if square.side < SMALLEST:
        raise argparse.ArgumentTypeError(f"{text!r}: a side of at least {SMALLEST} pixels")
    return square


def _weight(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.25 <= value <= 8:
        raise argparse.ArgumentTypeError(f"{text!r}: a number from 0.25 to 8")
    return value


def seed(text: str) -> int:
    """A whole number that fits into 64 bits, of an option."""
    try:
        value = int(text)
    except ValueError:
        value = 1 << 64
    if abs(value) >= 1 << 63:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number of 64 bits")
    return value


def not_negative(text: str) -> int:
    """A whole number from 0, of an option."""
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 0")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1, of an option."""
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1")
    return int(text)
