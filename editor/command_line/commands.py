"""The editor without a window: ``edit``, ``attributes``, ``faces``, ``generators``, ``import``.

Exit status: 0 done, 2 wrong usage or input that cannot be read, 3 no face found. Results go to
standard output, progress to standard error when that is a terminal.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from editor.command_line import directions, generator_commands
from editor.command_line.running import DONE, NO_FACE, WRONG_INPUT, refuse, run
from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.face_regions import PRESETS, preset
from editor.document.files import write_failure
from editor.document.goals import Dials, Goal
from editor.document.history import Inversion, Portrait
from editor.document.landmarks import middle_square
from editor.document.photo import PhotoError
from editor.document.photo_export import ExportOptions, check_export
from editor.document.places import generators_folder
from editor.document.presets import PresetError, read_preset
from editor.document.region import RegionError, RegionMask, from_image
from editor.engine.jobs import (
    Export,
    Exported,
    Intervene,
    Intervention,
    Invert,
    OpenedPhoto,
    OpenPhoto,
    OpenReference,
)
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    from editor.document.face import DetectedFace
    from editor.document.goals import Reference
    from editor.document.photo import Photo
    from editor.engine.engine import Engine
    from editor.engine.jobs import InterventionReport

INVERSION_STEPS = 200
ANYWHERE = "face"  # the region of directions, which have no default of their own
WHOLE = ""  # with --square: all of it


class _NoFaceError(Exception):
    """Exit status 3."""


def main(arguments: list[str]) -> int:
    """Run one command; ``arguments`` without the program's name.

    Returns:
        the exit status.
    """
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has already said why
        return DONE if stop.code in (0, None) else WRONG_INPUT
    try:
        return options.run(options)
    except EngineFailure as failure:
        refuse(str(failure.error))
        return NO_FACE if failure.error.kind == "no_face" else WRONG_INPUT
    except (RegionError, PresetError, PhotoError) as error:
        return refuse(str(error))
    except BrokenPipeError:  # whoever read the output has seen enough, as with "| head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except _NoFaceError as error:
        refuse(str(error))
        return NO_FACE
    except KeyboardInterrupt:
        return refuse("Stopped. Nothing was written.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="main.py", description="Edit faces locally, without a window."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    edit = commands.add_parser("edit", help="change attributes inside a region of a photo")
    edit.set_defaults(run=_edit)
    edit.add_argument("photo", type=Path)
    edit.add_argument(
        "--region",
        metavar="NAME|MASK.png",
        help=f"one of {', '.join(PRESETS)}, or a mask of the photo's size, white = may change; "
        "without it each attribute's own default region, and the preset's own regions",
    )
    edit.add_argument(
        "--preset",
        type=Path,
        metavar="FILE",
        help="slider values that the window saved; done first",
    )
    edit.add_argument(
        "--set",
        dest="goals",
        metavar="ATTRIBUTE=VALUE",
        action="append",
        default=[],
        type=_goal,
        help="VALUE from -100 to 100; may be given several times, each is one edit",
    )
    edit.add_argument(
        "--match",
        type=Path,
        metavar="PHOTO",
        help="make the --region look like the same region of this face, after all else",
    )
    edit.add_argument("-o", "--out", type=Path, required=True, help="where to write the photo")
    edit.add_argument(
        "--square",
        action="store_true",
        help="edit the square in the middle of the photo, whatever it shows, instead of a face: "
        "for generators of other things",
    )
    edit.add_argument("--face", type=int, default=1, metavar="N", help="1 = the largest (default)")
    directions.add_to(edit)
    edit.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    edit.add_argument(
        "--draft",
        action="store_true",
        help="edit on the encoder's quick guess of the face, without refining it",
    )
    dials = edit.add_argument_group("dials of the search")
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
        type=_positive,
        default=usual.steps,
        help="of each edit: more is finer and slower (default 30)",
    )
    dials.add_argument(
        "--seed", type=int, default=usual.seed, help="the same seed repeats an edit (default 0)"
    )
    edit.add_argument("--report", type=Path, metavar="REPORT.json")
    names = commands.add_parser("attributes", help="what can be edited")
    names.set_defaults(run=_attributes)
    directions.add_to(names)
    names.add_argument("--json", action="store_true")
    faces = commands.add_parser("faces", help="boxes and landmarks of the faces in a photo")
    faces.set_defaults(run=_faces)
    faces.add_argument("photo", type=Path)
    faces.add_argument("--json", action="store_true")
    generator_commands.add_to(commands.add_parser)
    return parser


def _goal(text: str) -> Goal:
    name, equals, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not equals or not -100 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r}: write ATTRIBUTE=VALUE, VALUE from -100 to 100")
    return Goal(name, value)


def _weight(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.25 <= value <= 8:
        raise argparse.ArgumentTypeError(f"{text!r}: a number from 0.25 to 8")
    return value


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1")
    return int(text)


def _engine(device: Literal["auto", "cuda", "cpu"] = "cpu", generator: str = "") -> Engine:
    from editor.engine.engine import Engine  # loads torch; usage errors should not wait for it

    return Engine.create(device, generators_folder(), generator)


def _opened(engine: Engine, path: Path, *, face_needed: bool = True) -> OpenedPhoto:
    job = OpenPhoto(path, engine.info.generator_sha256)
    opened = cast("OpenedPhoto", run(engine, job))
    if face_needed and not opened.faces:
        raise _NoFaceError(
            f"No face was found in {path.name}. Use a photo in which the face looks towards the "
            "camera and is at least 40 pixels wide."
        )
    return opened


def _attributes(options: argparse.Namespace) -> int:
    engine = _engine(generator=options.generator)
    rows = engine.info.attributes
    found = directions.found(engine, options.directions)
    if options.json:
        listed: list[dict[str, Any]] = [
            {
                **dataclasses.asdict(row),
                "correlation": _number(row.correlation, 3),
                "minimum": -100,
                "maximum": 100,
            }
            for row in rows
        ]
        listed += [
            {"name": name, "directions": slider.origin, "minimum": -100, "maximum": 100}
            for name, slider in found.items()
        ]
        sys.stdout.write(json.dumps(listed, indent=2) + "\n")
        return DONE
    for row in rows:
        what = (
            f"100 = {row.unit_sd:g} standard deviations, default region {row.region}, "
            f"held-out r {row.correlation:.2f}"
        )
        if attributes.is_skin_work(row.name):
            what = f"on the photo itself, default region {row.region}"
        sys.stdout.write(f"{row.name:16} −100…100  ({what})\n{'':16} {row.measures}.\n")
    for name, slider in found.items():
        sys.stdout.write(f"{name:16} −100…100  (a direction of {slider.origin})\n")
    if not (rows or found):
        sys.stderr.write(f"main.py: {directions.NONE_FITTED}\n")
    return DONE


def _faces(options: argparse.Namespace) -> int:
    opened = _opened(_engine(), options.photo)
    if options.json:
        sys.stdout.write(json.dumps([_face_record(f) for f in opened.faces], indent=2) + "\n")
        return DONE
    for number, face in enumerate(opened.faces, 1):
        x, y, w, h = (round(v) for v in face.box)
        doubt = ", landmarks doubtful" if face.is_doubtful else ""
        sys.stdout.write(f"face {number}: {w} × {h} at ({x}, {y}), {face.detector}{doubt}\n")
    if any(face.is_doubtful for face in opened.faces):
        sys.stderr.write(
            "main.py: doubtful landmarks can be put right in the window: Face → Drag the points.\n"
        )
    return DONE


def _face_record(face: DetectedFace) -> dict[str, object]:
    return {
        "box": [round(v, 1) for v in face.box],
        "confidence": round(face.confidence, 3),
        "doubtful": face.is_doubtful,
        "detector": face.detector,
        "landmarks": np.round(face.landmarks, 2).tolist(),
    }


def _edit(options: argparse.Namespace) -> int:
    number: int = options.face
    mask_file = options.region if options.region and options.region not in PRESETS else None
    if (clash := _clash(options, mask_file)) is not None:
        return refuse(clash)
    for written in (options.out, options.report):
        if written is not None and not written.parent.is_dir():
            return refuse(f"The folder {written.parent} does not exist. Create it first.")
    check_export(options.out, (1, 1))
    if not (options.goals or options.preset or options.match):
        return refuse("Nothing to do. Say what to change with --set, --preset or --match.")
    if options.match and not options.region:
        return refuse(f"--match needs --region: one of {', '.join(PRESETS)}, or a mask.")
    if mask_file is not None and not Path(mask_file).is_file():
        return refuse(
            f"There is no region or mask file {mask_file!r}. Regions: {', '.join(PRESETS)}."
        )
    wanted = read_preset(options.preset) if options.preset else None
    engine = _engine(options.device, options.generator)
    info = engine.info
    known = {row.name: row for row in info.attributes}
    found = directions.found(engine, options.directions)
    wished: list[_PlannedEdit] = []
    for goal in options.goals:
        row, slider = known.get(goal.attribute), found.get(directions.key(goal.attribute))
        if row is not None:
            wished.append(_PlannedEdit(options.region or row.region, (goal,)))
        elif slider is not None:
            anywhere = WHOLE if options.square else ANYWHERE
            wished.append(_PlannedEdit(options.region or anywhere, (slider.goal(goal.value),)))
        else:
            return refuse(_unknown(goal.attribute, [*known, *found]))
    planned: list[_PlannedEdit] = []
    if wanted is not None:
        usable, unknown = wanted.limited_to(known)
        if unknown:
            sys.stderr.write(f"main.py: left out, no such attribute: {', '.join(unknown)}\n")
        for part in usable.parts if usable else ():
            goals = tuple(Goal(name, value) for name, value in part.goals)
            planned.append(_PlannedEdit(options.region or part.region, goals))
    planned += wished
    if options.match:
        reference = cast("Reference", run(engine, OpenReference(options.match)))
        planned.append(_PlannedEdit(options.region, (), reference))
    if not planned:
        return refuse("Nothing is left to do. Choose another preset.")
    opened = _opened(engine, options.photo, face_needed=not options.square)
    photo = opened.photo
    check_export(options.out, (photo.width, photo.height))
    if not options.square and not 1 <= number <= len(opened.faces):
        return refuse(
            f"There is no face {number}: {len(opened.faces)} found. See: main.py faces "
            f"{options.photo}"
        )
    face = middle_square(photo.width, photo.height) if options.square else opened.faces[number - 1]
    crop = engine.crop_of(face)
    invert = Invert(photo, crop, INVERSION_STEPS, options.seed, info.generator_sha256)
    inversion = cast("Inversion", run(engine, invert, draft=options.draft))
    portrait = Portrait.of(crop, inversion)
    dials = Dials(
        options.strictness, options.naturalness, options.residual, options.steps, options.seed
    )
    edits: list[dict[str, object]] = []
    for plan in planned:
        region = _region(plan.region, portrait, face.default_feather, photo)
        job = Intervene(photo, (portrait,), 0, region, plan.goals, dials, plan.likeness)
        done = cast("Intervention", run(engine, job))
        portrait = portrait.with_history(portrait.history.push(done.edit))
        names = {slider.id: name for name, slider in found.items()}
        edits.extend(_edit_records(plan, done.report, names))
    export = Export(photo, (portrait,), options.out, ExportOptions())
    exported = cast("Exported", run(engine, export))
    for note in (*photo.notes, *exported.notes):
        sys.stderr.write(f"main.py: {note}\n")
    if options.report is not None:
        record = {
            "model": info.generator,
            "device": info.device,
            "versions": info.versions,
            "photo": {"width": photo.width, "height": photo.height, "sha256": photo.sha256},
            "faces": [_face_record(f) for f in opened.faces],
            "face": number,
            "inversion": {
                "seconds": round(inversion.seconds, 3),
                "steps": inversion.steps,
                "psnr": _number(inversion.psnr, 3),
                "identity_distance": _number(inversion.identity_distance),
            },
            "edits": edits,
            "outside_identical": exported.outside_identical,
        }
        _write_report(options.report, json.dumps(record, indent=2, allow_nan=False) + "\n")
    return DONE


def _unknown(name: str, offered: list[str]) -> str:
    """Why there is nothing of that name to set."""
    if not offered:
        return directions.NONE_FITTED
    return f"There is no attribute named {name!r}. Choose one of: {', '.join(offered)}."


def _clash(options: argparse.Namespace, mask_file: str | None) -> str | None:
    """Why what is written would overwrite what is read, or the other thing written; None if not."""
    written = {"The output": options.out, "The report": options.report}
    read = {
        "the photo itself": options.photo,
        "the reference": options.match,
        "the preset": options.preset,
        "the mask": None if mask_file is None else Path(mask_file),
    }
    for name, path in written.items():
        others = read if name == "The output" else {**read, "the output": options.out}
        for other, source in others.items():
            if path is not None and source is not None and _same_file(path, source):
                option = "-o" if name == "The output" else "--report"
                return f"{name} is {other}. Choose another name with {option}."
    return None


def _same_file(a: Path, b: Path) -> bool:
    """Whether two names lead to one file, or would: through links, too."""
    try:
        if a.samefile(b):
            return True
    except OSError:
        pass  # one of them is not there yet
    return a.resolve() == b.resolve()


@dataclasses.dataclass(frozen=True, slots=True)
class _PlannedEdit:
    """One edit to make: goals or a likeness, in a region preset or a mask file."""

    region: str
    goals: tuple[Goal, ...]
    likeness: Reference | None = None


def _edit_records(
    plan: _PlannedEdit, report: InterventionReport, names: dict[str, str]
) -> list[dict[str, object]]:
    """One for each goal of an edit, or one for its likeness."""
    figures: dict[str, object] = {
        "region": plan.region,
        "steps": report.steps,
        "seconds": round(report.seconds, 3),
        "leak": _number(report.leak, 8),
        "leak_direct": _number(report.leak_direct, 8),
        "inside_error": _number(report.inside_error, 8),
        "delta_channels": report.delta_channels,
    }
    if plan.likeness is not None:
        return [{"match": plan.likeness.name, **figures}]
    return [
        {
            "attribute": names.get(goal.attribute, goal.attribute),
            "value": goal.value,
            **figures,
            "attained": _number(attained),
        }
        for goal, attained in zip(plan.goals, report.attained, strict=True)
    ]


def _region(name: str, portrait: Portrait, feather: float, photo: Photo) -> RegionMask:
    """A preset or the whole crop with the default soft edge, or a mask file as it is."""
    if name == WHOLE:
        x, y, width, height = portrait.crop.bounds(photo.width, photo.height)
        alpha = np.zeros((photo.height, photo.width), np.uint8)
        alpha[y : y + height, x : x + width] = 255
        return RegionMask.from_full(alpha).feathered(feather)
    if name in PRESETS:
        mask = preset(name, portrait.landmarks, photo.width, photo.height, portrait.detail)
        return mask.feathered(feather)
    return from_image(Path(name), photo.width, photo.height)


def _number(value: float, digits: int = 4) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None


def _write_report(path: Path, text: str) -> None:
    try:
        atomic_write(path, text.encode())
    except OSError as error:
        title, advice = write_failure(error, path)
        raise EngineFailure(EngineError("not_writable", title, advice)) from error
