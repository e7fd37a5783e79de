"""``batch``: the same edits for many photographs, on all devices, and again after a kill."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import filelock
from tqdm import tqdm

from editor.command_line import batch_worker, export_arguments, recipe_arguments
from editor.command_line.beforehand import check_recipe
from editor.command_line.lanes import ClusterLanes, LocalLanes, WorkerLostError, worked
from editor.command_line.ledger import FOLDER, Ledger, digest_of, photos_in, write_record
from editor.command_line.running import (
    DONE,
    SOME_FAILED,
    STOPPED,
    TERMINAL,
    RefusedError,
    refuse,
)
from editor.document.export_presets import NAME_FIELDS, named, options_record, read_export_preset
from editor.document.files import BudgetError, read_failure, read_file, write_failure
from editor.document.photo_export import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from editor.command_line.batch_worker import Order
    from editor.command_line.lanes import Lane, Lanes
    from editor.command_line.ledger import PhotoTask

_NO_PHOTOS = "There are no photos in these folders. See --recursive."
_LARGEST = 16 << 20  # bytes of a list of photos

CREATE = batch_worker.create_engine
"""What makes engines in the workers."""


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Put it among the commands; ``add_parser`` makes one, as argparse's does."""
    batch = add_parser(
        "batch",
        help="the same edits for many photos",
        description="Edit many photos alike. What was stopped or killed goes on with the same "
        "command; a photo that cannot be done, or whose faces can carry nothing of what is asked "
        "for, is not written, told with the reason, and does not stop the others; what only some "
        "wishes meet is done without these, with a note. OUT gets the photos, summary.csv and "
        "summary.json. Exit status: 0 all done, 1 some not.",
    )
    batch.set_defaults(run=_batch)
    batch.add_argument(
        "places", nargs="*", type=Path, metavar="FOLDER", help="folders of photos, or photos"
    )
    batch.add_argument(
        "--photos-from",
        metavar="FILE",
        help="a text file with one more photo or folder a line; - is standard input",
    )
    batch.add_argument("-o", "--out", type=Path, required=True, help="folder for the results")
    batch.add_argument("--recursive", action="store_true", help="folders inside folders, too")
    recipe_arguments.add_to(batch, masks=False)
    batch.add_argument(
        "--faces", choices=("largest", "all"), default="largest", help="which (default largest)"
    )
    batch.add_argument(
        "--name",
        metavar="TEMPLATE",
        help=f"of the results, with {', '.join(f'{{{field}}}' for field in NAME_FIELDS)} "
        "(default {stem}-edited)",
    )
    batch.add_argument(
        "--format",
        choices=tuple(suffix[1:] for suffix in SUFFIXES),
        help="of the results (default: the photo's, TIFF where that cannot be written)",
    )
    batch.add_argument(
        "--conflict",
        choices=("number", "replace"),
        default="number",
        help="where OUT has another file of that name (default number)",
    )
    export_arguments.add_to(batch)
    work = batch.add_argument_group("who works")
    work.add_argument(
        "--jobs",
        type=recipe_arguments.positive,
        metavar="N",
        help="photos at a time (default: one a GPU, or one for two cores)",
    )
    work.add_argument(
        "--devices",
        type=_devices,
        metavar="cuda:0,cuda:1,cpu",
        help="one worker each; with --jobs more of them, in turn",
    )
    work.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="the workers of a Dask scheduler instead; all machines must see the same folders",
    )
    batch.add_argument(
        "--retry", action="store_true", help="try again what could not be done the last time"
    )
    told = batch.add_mutually_exclusive_group()
    told.add_argument("--json", action="store_true", help="the summary on standard output, too")
    told.add_argument(
        "--json-lines",
        action="store_true",
        help="a line of JSON on standard output at the beginning, for each photo, and at the end",
    )


def _devices(text: str) -> list[str]:
    devices = text.split(",")
    for device in devices:
        kind, _, number = device.partition(":")
        if device not in ("cpu", "cuda") and not (kind == "cuda" and number.isdecimal()):
            raise argparse.ArgumentTypeError(f"{device!r}: cuda:0, cuda:1 … or cpu")
    return devices


def _batch(options: argparse.Namespace) -> int:
    wanted = recipe_arguments.recipe_of(options, "all" if options.faces == "all" else 1)
    if wanted.mask_file is not None:
        raise RefusedError(f"There is no region {options.region!r}. A mask fits one photo only.")
    if options.cluster and options.devices:
        raise RefusedError("Say either --devices, for this machine, or --cluster.")
    preset = read_export_preset(options.export_preset) if options.export_preset else None
    template = options.name or (preset.template if preset else "{stem}-edited")
    suffix = f".{options.format}" if options.format else (preset.suffix if preset else "")
    try:
        named(template, Path("folder/photo.jpg"), 1)
    except ValueError as error:
        raise RefusedError(f"--name {template!r}: {error}.") from error
    out = options.out.absolute()
    check_recipe(wanted)
    places = [*options.places, *_listed(options.photos_from)]
    if not places:
        raise RefusedError("Name folders or photos, or a list of them with --photos-from.")
    photos = photos_in(places, deep=options.recursive)
    if out.is_file():
        raise RefusedError(f"{out} is a file. Name a folder for the results with -o.")
    if not photos and not (out / FOLDER).is_dir():
        raise RefusedError(_NO_PHOTOS)
    wanted = replace(
        wanted,
        match=wanted.match.absolute() if wanted.match else None,
        person=wanted.person.absolute() if wanted.person else None,
        expression=_absolute(wanted.expression),
    )
    written = export_arguments.options_of(options)
    credentials = export_arguments.credentials_of(options)
    what = {
        **asdict(replace(wanted, match=None, expression=None, person=None, edits=None)),
        "match": digest_of(wanted.match),
        "directions": [digest_of(Path(one)) or one for one in wanted.directions],
        "export": options_record(written),
        "template": template,
        "suffix": suffix,
    }
    # batches of earlier versions had none of these
    for name, digest in (
        ("person", digest_of(wanted.person)),
        ("expression", _expression_record(wanted.expression)),
        ("edits", wanted.edits.digest if wanted.edits else ""),
        ("certificate", digest_of(credentials.certificate if credentials else None)),
    ):
        what[name] = digest
        if not digest:
            del what[name]
    what = json.loads(json.dumps(what))  # as it is read again: lists for tuples
    try:
        (out / FOLDER).mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(out / FOLDER / "lock")
        lock.acquire(blocking=False)
    except filelock.Timeout as error:
        raise RefusedError(f"Another batch is writing to {out}. Wait for it.") from error
    except OSError as error:
        title, advice = write_failure(error, out / FOLDER)
        raise RefusedError(f"{title} {advice}") from error
    with lock:
        ledger = Ledger.open(out, what)
        ledger.add(photos, template=template, suffix=suffix, replaces=options.conflict == "replace")
        if not ledger.tasks:
            raise RefusedError(_NO_PHOTOS)
        if options.retry:
            ledger.forget_failures()
        order = batch_worker.Order(wanted, written, "cpu", ledger.records, CREATE, credentials)
        return _work(ledger, order, options)


def _absolute(expression: Path | Literal["neutral"] | None) -> Path | Literal["neutral"] | None:
    return expression.absolute() if isinstance(expression, Path) else expression


def _expression_record(expression: Path | Literal["neutral"] | None) -> str:
    """As the ledger tells one batch from another; "" for none."""
    return digest_of(expression) if isinstance(expression, Path) else expression or ""


def _listed(source: str | None) -> list[Path]:
    """The places in a list of them.

    Raises:
        RefusedError: it cannot be read.
    """
    if source is None:
        return []
    try:
        data = sys.stdin.buffer.read() if source == "-" else read_file(Path(source), _LARGEST)
    except OSError as error:
        raise RefusedError(" ".join(read_failure(error, Path(source)))) from error
    except BudgetError as error:
        raise RefusedError(f"{source} is no list of photos: {error}.") from error
    try:
        # what programs pipe here may be names of another encoding, as the system hands them out
        told = data.decode("utf-8", "surrogateescape" if source == "-" else "strict")
    except UnicodeDecodeError as error:
        raise RefusedError(f"{source} is no list of photos: it is not text in UTF-8.") from error
    lines = (line.removesuffix("\r") for line in told.split("\n"))  # names may hold other breaks
    return [Path(line) for line in lines if line]


def _work(ledger: Ledger, order: Order, options: argparse.Namespace) -> int:
    left = [task for task in ledger.tasks if ledger.state(task)["state"] == "left"]
    _check_room(ledger.out, left)
    start, stopped, workers = time.monotonic(), False, 0
    tell = _tell if options.json_lines else _nothing
    tell({"event": "begin", "photos": len(ledger.tasks), "left": len(left)})
    if left:
        lanes = _lanes(options, len(left))
        try:
            workers = _prepare(lanes, order)
            _run(lanes, order, ledger, left, tell)
        except KeyboardInterrupt:
            stopped = True
        finally:
            lanes.close()
    rows = ledger.summary()
    seconds = time.monotonic() - start
    totals = _totals(rows, len(left), seconds, workers)
    ledger.write_summary(rows, totals)
    tell({"event": "end", **totals})
    if options.json:
        sys.stdout.write(json.dumps({**totals, "photos": rows}, indent=2) + "\n")
    for row in rows:
        if row["state"] in ("failed", "no face"):
            sys.stderr.write(f"main.py: {row['photo']}: {row.get('error', '')}\n")
    sys.stderr.write(f"{_told(totals, ledger.out)}\n")
    if stopped:
        refuse("Stopped. The same command goes on with what is left.")
        return STOPPED
    return DONE if totals["done"] == len(rows) else SOME_FAILED


def _check_room(out: Path, left: Sequence[PhotoTask]) -> None:
    needed = sum(task.size for task in left)
    free = shutil.disk_usage(out).free
    if free < needed:
        raise RefusedError(
            f"The disk that holds {out} has {free / 1e9:.1f} GB left; the photos may take "
            f"{needed / 1e9:.1f}. Free some space or choose another disk."
        )


def _lanes(options: argparse.Namespace, tasks: int) -> Lanes:
    if options.cluster:
        return ClusterLanes(options.cluster)
    devices = options.devices
    if devices is None:
        from editor.engine.engine import Engine  # loads torch

        devices = list(Engine.gpus())
    if not devices:
        usual = max(1, (os.cpu_count() or 1) // batch_worker.THREADS)
        devices = ["cpu"] * (options.jobs or usual)
    jobs = options.jobs or len(devices)
    return LocalLanes(devices[number % len(devices)] for number in range(min(jobs, tasks)))


def _prepare(lanes: Lanes, order: Order) -> int:
    """Load the networks everywhere; how many workers there are.

    Raises:
        RefusedError: none, or one cannot do this.
    """
    begun = [
        lane.submit(batch_worker.prepare, replace(order, device=lane.device))
        for lane in lanes.there()
    ]
    if not begun:
        raise RefusedError("The cluster has no workers. Start some: dask worker ADDRESS.")
    notes: dict[str, None] = {}
    for future in begun:
        try:
            found = future.result()
        except Exception as error:  # whatever ended a worker
            raise RefusedError(
                f"A worker cannot begin ({type(error).__name__}: {error}). Is this program "
                "installed where it runs, and is there memory enough?"
            ) from error
        if "error" in found:
            raise RefusedError(found["error"])
        notes |= dict.fromkeys(found["notes"])
        if TERMINAL.verbose:
            sys.stderr.write(f"{found['worker']}: {found['generator']}\n")
    for note in notes:
        TERMINAL.notice(note)
    return len(begun)


def _tell(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _nothing(record: dict[str, Any]) -> None:
    del record


def _run(
    lanes: Lanes,
    order: Order,
    ledger: Ledger,
    left: Sequence[PhotoTask],
    tell: Callable[[dict[str, Any]], None],
) -> None:
    def begin(lane: Lane, task: PhotoTask) -> Future[Any]:
        own = replace(order, device=lane.device)
        output = ledger.out / task.output
        return lane.submit(batch_worker.process, own, task.number, task.source, output)

    total = len(ledger.tasks)
    bar = tqdm(
        total=total, initial=total - len(left), unit="photo", disable=None, dynamic_ncols=True
    )
    began = time.monotonic()
    with bar:
        for number, (task, outcome) in enumerate(worked(lanes, left, begin), 1):
            row = outcome
            if not isinstance(row, dict):  # an error of the program, or of its worker
                error = f"It could not be done ({type(outcome).__name__}: {outcome})."
                if isinstance(outcome, WorkerLostError):
                    error = str(outcome)
                row = {"photo": str(task.source), "output": "", "state": "failed", "error": error}
                write_record(ledger.records, task.number, row)
            if TERMINAL.verbose:
                bar.write(f"{task.source.name}: {row['state']}", sys.stderr)
            bar.update()
            tell(
                {
                    "event": "photo",
                    **{
                        key: row[key] for key in ("photo", "output", "state", "error") if key in row
                    },
                    "left": len(left) - number,
                    "seconds_left": round(
                        (time.monotonic() - began) / number * (len(left) - number), 1
                    ),
                }
            )


def _totals(
    rows: Sequence[dict[str, Any]], tried: int, seconds: float, workers: int
) -> dict[str, Any]:
    states = Counter(row["state"] for row in rows)
    now = tried - states["left"]
    return {
        "done": states["done"],
        "failed": states["failed"],
        "no_face": states["no face"],
        "left": states["left"],
        "done_before": len(rows) - tried,
        "seconds": round(seconds, 2),
        "workers": workers,
        "photos_per_minute": round(60 * now / seconds, 2) if now and seconds else None,
    }


def _told(totals: dict[str, Any], out: Path) -> str:
    parts = [f"{totals['done']} done"]
    parts += [f"{totals['failed']} failed"] if totals["failed"] else []
    parts += [f"{totals['no_face']} without a face"] if totals["no_face"] else []
    parts += [f"{totals['left']} left"] if totals["left"] else []
    text = f"{', '.join(parts)} in {out}"
    if totals["photos_per_minute"] is not None:
        many = "worker" if totals["workers"] == 1 else "workers"
        text += (
            f"; now {totals['seconds']:.1f} s with {totals['workers']} {many}, "
            f"{totals['photos_per_minute']:.1f} photos a minute"
        )
    return text + "."
