"""``proof``: what a printer or another screen would show of a photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import imagecodecs

from editor.command_line.beforehand import check_written
from editor.command_line.running import DONE, RefusedError
from editor.document.colour import soft_proof
from editor.document.files import same_file, write_failure
from editor.document.formats.content import Intent
from editor.document.photo import open_photo
from editor.document.proof import read_profile
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Put it among the commands; ``add_parser`` makes one, as argparse's does."""
    proof = add_parser(
        "proof",
        help="what a printer would make of a photo's colours",
        description="Write a PNG in sRGB that looks as the photo would on the device of an ICC "
        "profile (soft proof).",
    )
    proof.set_defaults(run=_proof)
    proof.add_argument("photo", type=Path)
    proof.add_argument(
        "--profile", type=Path, required=True, metavar="FILE.icc", help="of RGB, grey or CMYK"
    )
    proof.add_argument("--intent", choices=get_args(Intent), default="relative")
    proof.add_argument(
        "--paper", action="store_true", help="show the paper's white and the ink's black, too"
    )
    proof.add_argument("-o", "--out", type=Path, required=True, metavar="OUT.png")


def _proof(options: argparse.Namespace) -> int:
    if options.out.suffix.lower() != ".png":
        raise RefusedError("A proof is written as PNG: let its name end in .png.")
    if any(same_file(options.out, path) for path in (options.photo, options.profile)):
        raise RefusedError("The output is what is read. Choose another name with -o.")
    check_written(options.out)
    device = read_profile(options.profile)
    photo = open_photo(options.photo)
    shown = soft_proof(photo.pixels, photo.icc, device, options.intent, paper=options.paper)
    try:
        atomic_write(options.out, bytes(imagecodecs.png_encode(shown, level=6)))
    except OSError as error:
        raise RefusedError(" ".join(write_failure(error, options.out))) from error
    return DONE
