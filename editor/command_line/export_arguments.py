"""Options that say how photographs are written, by the names that the window's dialog has too."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from editor.command_line.recipe_arguments import positive
from editor.command_line.running import RefusedError
from editor.document.credentials import Credentials, check
from editor.document.export_presets import read_export_preset
from editor.document.formats.content import ExportOptions, Intent
from editor.document.output_pixels import PROFILES


def add_to(parser: argparse.ArgumentParser) -> None:
    """All of them, in a group of their own."""
    usual = ExportOptions()
    group = parser.add_argument_group("how the photo is written")
    group.add_argument(
        "--export-preset",
        type=Path,
        metavar="FILE",
        help="saved in the window's export dialog; the options below change it",
    )
    group.add_argument(
        "--quality",
        type=_percent,
        metavar="N",
        help=f"of JPEG, WebP, AVIF and JPEG XL, 1 to 100 (default {usual.quality})",
    )
    group.add_argument(
        "--chroma",
        choices=("4:4:4", "4:2:2", "4:2:0"),
        help=f"how finely JPEG keeps colour (default {usual.chroma})",
    )
    group.add_argument(
        "--depth", choices=("photo", "8", "16"), help="bits per channel (default: the photo's)"
    )
    group.add_argument(
        "--compression",
        choices=("none", "lzw", "deflate", "zstd"),
        help=f"of TIFF (default {usual.tiff_compression})",
    )
    group.add_argument(
        "--profile", choices=tuple(PROFILES), help="keep the photo's colours, or convert them"
    )
    group.add_argument(
        "--intent", choices=get_args(Intent), help="of that conversion (default relative)"
    )
    group.add_argument(
        "--size", type=positive, metavar="PIXELS", help="of the longer side, at most"
    )
    group.add_argument(
        "--sharpen", type=_amount, metavar="N", help="for that size, 0 (default) to 100"
    )
    group.add_argument(
        "--leave-out",
        action="append",
        choices=("place", "camera", "all"),
        help="metadata that are not written; may be given twice",
    )
    group.add_argument(
        "--layers",
        action="store_true",
        default=None,
        help="of TIFF: the photo and each edit as a layer with its mask, in 16 bits",
    )
    group.add_argument(
        "--no-ai-mark",
        dest="ai_mark",
        action="store_false",
        default=None,
        help="do not say in the file that an AI model changed the picture",
    )

    group.add_argument(
        "--sign",
        type=Path,
        metavar="CERTIFICATE.pem",
        help="sign content credentials (C2PA) with it, its chain after it; needs c2pa-python",
    )
    group.add_argument("--sign-key", type=Path, metavar="KEY.pem", help="of that certificate")


def credentials_of(options: argparse.Namespace) -> Credentials | None:
    """Whose signature exports carry; None: nobody's.

    Raises:
        RefusedError: one of the two files was not named.
        PhotoError: they cannot sign.
    """
    if (options.sign is None) != (options.sign_key is None):
        raise RefusedError("To sign, name both: --sign CERTIFICATE.pem --sign-key KEY.pem.")
    if options.sign is None:
        return None
    credentials = Credentials(options.sign.absolute(), options.sign_key.absolute())
    check(credentials)
    return credentials


def options_of(options: argparse.Namespace) -> ExportOptions:
    """What was asked for, on top of the preset.

    Raises:
        PresetError: the preset cannot be read.
    """
    chosen = ExportOptions()
    if options.export_preset is not None:
        chosen = read_export_preset(options.export_preset).options
    given: dict[str, Any] = {
        "quality": options.quality,
        "chroma": options.chroma,
        "depth": None if options.depth is None else int(options.depth.replace("photo", "0")),
        "tiff_compression": options.compression,
        "profile": options.profile,
        "intent": options.intent,
        "longest": options.size,
        "sharpen": options.sharpen,
        "leave_out": None if options.leave_out is None else frozenset(options.leave_out),
        "ai_mark": options.ai_mark,
        "layers": options.layers,
    }
    return replace(chosen, **{name: value for name, value in given.items() if value is not None})


def _percent(text: str) -> int:
    return _within(text, 1, 100)


def _amount(text: str) -> int:
    return _within(text, 0, 100)


def _within(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from {least} to {most}")
    return int(text)
