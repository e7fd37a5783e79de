"""The editor without a window: ``edit``, ``batch``, ``attributes``, ``faces`` and others.

Exit status: see ``running.EXIT_STATUS``. Results go to standard output, errors and notes to
standard error, progress there too when that is a terminal.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from editor.command_line import (
    batch,
    beforehand,
    directions,
    discovering,
    export_arguments,
    fitting,
    generator_commands,
    proofing,
    recipe,
    recipe_arguments,
    records,
)
from editor.command_line.parsing import Parser
from editor.command_line.running import (
    DEVICES,
    DONE,
    EXIT_STATUS,
    NO_FACE,
    STOPPED,
    TERMINAL,
    UNCHANGED,
    WRONG_INPUT,
    NoFaceError,
    RefusedError,
    UnchangedError,
    device,
    refuse,
    refuse_failure,
    run,
)
from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.export_presets import free_path
from editor.document.files import same_file, write_failure
from editor.document.limits import usual_range
from editor.document.photo_export import check_export
from editor.document.places import generators_folder
from editor.document.region import write_mask
from editor.engine.jobs import Export, Exported
from foundation.atomic_files import atomic_write
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from editor.engine.engine import Engine


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
    TERMINAL.verbose = options.verbose
    try:
        return options.run(options)
    except EngineFailure as failure:
        return refuse_failure(failure.error)
    except UnchangedError as error:
        return refuse(str(error), UNCHANGED)
    except (AdvisedError, RefusedError) as error:
        return refuse(str(error))
    except BrokenPipeError:  # whoever read the output has seen enough, as with "| head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except NoFaceError as error:
        refuse(str(error))
        return NO_FACE
    except KeyboardInterrupt:
        refuse("Stopped. Nothing was written.")
        return STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="main.py", description="Edit faces locally, without a window.", epilog=EXIT_STATUS
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add_parser(name: str, **texts: Any) -> argparse.ArgumentParser:
        made = commands.add_parser(name, **texts)
        made.add_argument(
            "-v", "--verbose", action="store_true", help="tell each step, and details of errors"
        )
        return made

    _add_edit(add_parser)
    batch.add_to(add_parser)
    names = add_parser("attributes", help="what can be edited")
    names.set_defaults(run=_attributes)
    directions.add_to(names)
    names.add_argument("--json", action="store_true")
    faces = add_parser("faces", help="boxes and landmarks of the faces in a photo")
    faces.set_defaults(run=_faces)
    faces.add_argument("photo", type=Path)
    faces.add_argument("--json", action="store_true")
    discovering.add_to(add_parser)
    fitting.add_to(add_parser)
    proofing.add_to(add_parser)
    generator_commands.add_to(add_parser)
    return parser


def _add_edit(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    edit = add_parser(
        "edit",
        help="change attributes inside a region of a photo",
        description="Edit a photo. What of several wishes this face cannot carry (no teeth to "
        "whiten between closed lips) is left out, told on standard error and in the report; the "
        "others are made, and the photo is written: status 0. If nothing is left, nothing is "
        "written: status 4.",
        epilog=EXIT_STATUS,
    )
    edit.set_defaults(run=_edit)
    edit.add_argument("photo", type=Path)
    recipe_arguments.add_to(edit, masks=True)
    edit.add_argument("-o", "--out", type=Path, required=True, help="where to write the photo")
    edit.add_argument(
        "--face",
        type=recipe_arguments.positive,
        default=1,
        metavar="N",
        help="1 = the largest (default)",
    )
    edit.add_argument("--device", default="auto", type=device, metavar=DEVICES)
    edit.add_argument(
        "--conflict",
        choices=("ask", "number", "replace"),
        default="replace",
        help="where there is a file of that name (default replace)",
    )
    export_arguments.add_to(edit)
    edit.add_argument(
        "--save-masks",
        type=Path,
        metavar="FOLDER",
        help="write each edit's mask there as a grey PNG, which --region reads again",
    )
    edit.add_argument("--mask-depth", type=int, choices=(8, 16), default=8)
    edit.add_argument("--report", type=Path, metavar="REPORT.json")


def _engine(device: str = "cpu", generator: str = "") -> Engine:
    from editor.engine.engine import Engine  # loads torch; usage errors should not wait for it

    engine = Engine.create(device, generators_folder(), generator)
    if engine.info.notice:
        TERMINAL.notice(engine.info.notice)
    return engine


def _attributes(options: argparse.Namespace) -> int:
    beforehand.check_directions(options.directions)
    engine = _engine(generator=options.generator)
    rows = engine.info.attributes
    found = directions.found(engine, options.directions)
    if options.json:
        listed: list[dict[str, Any]] = [
            {
                **dataclasses.asdict(row),
                "correlation": records.finite(row.correlation, 3),
                "minimum": low,
                "maximum": high,
            }
            for row, (low, high) in ((row, _whole_range(row.name)) for row in rows)
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
        low, high = _whole_range(row.name)
        sys.stdout.write(f"{row.name:18} {low:4}…{high}  ({what})\n{'':18} {row.measures}.\n")
    for name, slider in found.items():
        sys.stdout.write(f"{name:18} -100…100  (a direction of {slider.origin})\n")
    if not (rows or found):
        sys.stderr.write(f"main.py: {directions.NONE_FITTED}\n")
    return DONE


def _whole_range(attribute: str) -> tuple[int, int]:
    low, high = usual_range(attribute)
    return round(low), round(high)


def _faces(options: argparse.Namespace) -> int:
    beforehand.check_photo(options.photo)
    opened = recipe.opened(_engine(), options.photo)
    if options.json:
        faces = [records.face_record(face) for face in opened.faces]
        sys.stdout.write(json.dumps(faces, indent=2) + "\n")
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


def _edit(options: argparse.Namespace) -> int:
    wanted = recipe_arguments.recipe_of(options, options.face)
    if (clash := _clash(options, wanted.mask_file)) is not None:
        return refuse(clash)
    for written in (options.out, options.report):
        if written is not None:
            beforehand.check_written(written)
    if options.save_masks is not None:
        beforehand.check_folder(options.save_masks)
    export_options = export_arguments.options_of(options)
    credentials = export_arguments.credentials_of(options)
    known = beforehand.check_photo(options.photo)
    size = (1, 1) if known is None else (known.width, known.height)
    check_export(options.out, size, options=export_options)
    beforehand.check_recipe(wanted, known)
    if known is not None and wanted.square is not None:
        recipe.square_of(wanted.square, known)
    del known  # the engine reads it again
    out = _unless_there(options.out, options.conflict)
    engine = _engine(options.device, options.generator)
    plan = recipe.planned(engine, wanted)
    opened = recipe.opened(engine, options.photo, face_needed=wanted.square is None)
    photo = opened.photo
    check_export(out, (photo.width, photo.height), options=export_options)
    (face,) = recipe.edited(engine, plan, opened)
    export = Export(photo, (face.portrait,), out, export_options, credentials)
    exported = cast("Exported", run(engine, export))
    for note in (*photo.notes, *exported.notes):
        sys.stderr.write(f"main.py: {note}\n")
    if options.save_masks is not None:
        for number, made in enumerate(face.portrait.history.edits, 1):
            path = options.save_masks / f"{out.stem}-mask-{number}.png"
            write_mask(made.extent, free_path(path), options.mask_depth)
    if options.report is not None:
        info = engine.info
        record = {
            "model": info.generator,
            "device": info.device,
            "versions": info.versions,
            "photo": {"width": photo.width, "height": photo.height, "sha256": photo.sha256},
            "faces": [records.face_record(f) for f in opened.faces],
            "face": face.number,
            "inversion": records.inversion_record(face.inversion),
            "edits": list(face.records),
            "left_out": list(face.left_out),
            "output": str(exported.path),
            "outside_identical": exported.outside_identical,
        }
        _write_report(options.report, json.dumps(record, indent=2, allow_nan=False) + "\n")
    return DONE


def _unless_there(path: Path, conflict: str) -> Path:
    """Where to write, as ``--conflict`` says.

    Raises:
        RefusedError: the file is there, and it may not be replaced.
    """
    if conflict == "number":
        return free_path(path)
    if conflict == "ask" and path.exists():
        if not sys.stdin.isatty():
            raise RefusedError(f"{path} is there already. Choose --conflict number or replace.")
        sys.stderr.write(f"{path} is there already. Replace it? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise RefusedError("Nothing was written.")
    return path


def _clash(options: argparse.Namespace, mask_file: Path | None) -> str | None:
    """Why what is written would overwrite what is read, or the other thing written; None if not."""
    written = {"The output": options.out, "The report": options.report}
    read = {
        "the photo itself": options.photo,
        "the reference": options.match,
        "the photo of the expression": options.expression,
        "the photo of the person": options.person,
        "the copied edits": options.edits,
        "the preset": options.preset,
        "the export preset": options.export_preset,
        "the mask": mask_file,
        "the certificate": options.sign,
        "the key": options.sign_key,
    }
    for name, path in written.items():
        others = read if name == "The output" else {**read, "the output": options.out}
        for other, source in others.items():
            if path is not None and source is not None and same_file(path, source):
                option = "-o" if name == "The output" else "--report"
                return f"{name} is {other}. Choose another name with {option}."
    return None


def _write_report(path: Path, text: str) -> None:
    try:
        atomic_write(path, text.encode())
    except OSError as error:
        title, advice = write_failure(error, path)
        raise EngineFailure(EngineError("not_writable", title, advice)) from error
