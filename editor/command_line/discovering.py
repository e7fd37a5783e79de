"""``discover``: what can change in a region of a photo; ``edit --set discovered-1=50`` does it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from editor.command_line import beforehand, recipe, recipe_arguments, records
from editor.command_line.directions import discovered_name
from editor.command_line.running import DONE, run
from editor.document.errors import EngineError, EngineFailure
from editor.document.face_regions import PRESETS
from editor.document.files import write_failure
from editor.document.goals import Dials
from editor.document.places import generators_folder
from editor.engine.jobs import Discover
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from editor.document.style_sliders import StyleSlider
    from editor.engine.jobs import Discovery


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Put it among the commands; ``add_parser`` makes one, as argparse's does."""
    parser = add_parser(
        "discover",
        help="what can change in a region of a photo",
        description="List what the generator can change in a region, without any fitting. "
        "`edit` with the same region and `--set discovered-1=50` changes it.",
    )
    parser.set_defaults(run=_discover)
    parser.add_argument("photo", type=Path)
    parser.add_argument(
        "--region",
        metavar="NAME|MASK.png",
        help=f"one of {', '.join(PRESETS)}, or a mask of the photo's size, white = may change; "
        "without it all of the face or square",
    )
    parser.add_argument(
        "--face",
        type=recipe_arguments.positive,
        default=1,
        metavar="N",
        help="1 = the largest",
    )
    recipe_arguments.add_square_to(parser)
    parser.add_argument("--generator", metavar="NAME", default="", help="the default one without")
    parser.add_argument("--draft", action="store_true", help="on the encoder's quick guess")
    parser.add_argument(
        "--seed", type=recipe_arguments.seed, default=0, help="as for the edit (default 0)"
    )
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="write there what each does: at -100 on the left, at +100 on the right",
    )
    parser.add_argument("--json", action="store_true")


def _discover(options: argparse.Namespace) -> int:
    folder: Path | None = options.pictures
    if folder is not None:
        beforehand.check_folder(folder)
    wanted = recipe.Recipe(
        region=options.region or None,
        faces=options.face,
        square=options.square,
        draft=options.draft,
        dials=Dials(seed=options.seed),
        generator=options.generator,
    )
    recipe_arguments.check_region(wanted)
    known = beforehand.check_photo(options.photo)
    beforehand.check_recipe(wanted, known)
    if known is not None and wanted.square is not None:
        recipe.square_of(wanted.square, known)
    from editor.engine.engine import Engine  # loads torch; usage errors should not wait for it

    engine = Engine.create("cpu", generators_folder(), wanted.generator)
    opened = recipe.opened(engine, options.photo, face_needed=wanted.square is None)
    ((_, face),) = recipe.chosen_of(wanted, opened)
    photo = opened.photo
    _, portrait = recipe.inverted(engine, wanted, photo, face)
    where = recipe.region_of(wanted)
    region = recipe.region_named(where, portrait, face.default_feather, photo)
    found = cast("Discovery", run(engine, Discover(photo, (portrait,), 0, region))).sliders
    if folder is not None:
        for number, slider in enumerate(found, 1):
            _write_picture(folder / f"{discovered_name(number)}.png", slider)
    if options.json:
        records = [_record(number, slider) for number, slider in enumerate(found, 1)]
        sys.stdout.write(json.dumps(records, indent=2) + "\n")
        return DONE
    for number, slider in enumerate(found, 1):
        sys.stdout.write(
            f"{discovered_name(number):16} -100…100  {slider.label} "
            f"({100 * slider.locality:.0f} % of it inside the region)\n"
        )
    return DONE


def _record(number: int, slider: StyleSlider) -> dict[str, object]:
    return {
        "name": discovered_name(number),
        "label": slider.label,
        "locality": records.finite(slider.locality),
        "visibility": records.finite(slider.visibility),
        "channels": len(slider.delta.channels),
    }


def _write_picture(path: Path, slider: StyleSlider) -> None:
    both = np.concatenate([slider.low, slider.high], axis=1)
    done, content = cv2.imencode(".png", cv2.cvtColor(both, cv2.COLOR_RGB2BGR))
    assert done, "8 bits of RGB are a PNG"
    try:
        atomic_write(path, content.tobytes())
    except OSError as error:
        title, advice = write_failure(error, path)
        raise EngineFailure(EngineError("not_writable", title, advice)) from error
