"""What a batch is to do, and what of it is done, in files that survive any kill.

In ``OUT/.batch`` lie ``list.json``, the photographs and the names of their exports, and one record
for each photograph that is done or could not be. Each file is written in one step. A photograph
without a record is done nevertheless if its export is there: exports come in one step, too, and
their names were free, or held another file, when the list was made.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from editor.command_line.running import RefusedError
from editor.document.export_presets import free_path, named
from editor.document.files import open_regular, read_failure, read_file, write_failure
from editor.document.json_values import items, parse, record, text, whole
from editor.document.photo import SUFFIXES
from editor.document.photo_export import SUFFIXES as WRITTEN
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = ".batch"
FORMAT = "style-intervention batch"
VERSION = 1
_LARGEST = 256 << 20  # bytes of a list: a million photographs
_WIDE = 6  # digits of a record's name

State = Literal["done", "failed", "no face", "left"]
Identity = tuple[int, int, int]  # of a file: inode, size, nanoseconds of its last change


@dataclass(frozen=True, slots=True)
class PhotoTask:
    """One photograph of a batch.

    Attributes:
        number: from 1, in the order of the list.
        source: where it lies.
        size, changed: of its file when the list was made; bytes, nanoseconds.
        output: name of the export in OUT.
        replaces: the file that had this name then, or None.
    """

    number: int
    source: Path
    size: int
    changed: int
    output: str
    replaces: Identity | None = None


class Ledger:
    """A batch in a folder.

    Attributes:
        out: where exports go.
        tasks: every photograph that was ever given, by its number.
    """

    def __init__(self, out: Path, recipe: dict[str, Any], tasks: Sequence[PhotoTask]) -> None:
        self.out, self.tasks = out, list(tasks)
        self._recipe = recipe

    @classmethod
    def open(cls, out: Path, recipe: dict[str, Any]) -> Ledger:
        """The batch that the folder holds, or a new one.

        Args:
            out: an existing folder.
            recipe: edits and options, as JSON has them.

        Raises:
            RefusedError: it holds a batch with another recipe, or one that cannot be read.
        """
        path = out / FOLDER / "list.json"
        if not path.exists():
            return cls(out, recipe, [])
        try:
            content = record(parse(read_file(path, _LARGEST), 20_000_000))
            if content.get("format") != FORMAT or whole(content["version"], 1) > VERSION:
                raise ValueError("of another program, or of a newer version")
            tasks = [_task(record(row)) for row in items(content["photos"], 1_000_000)]
            if [task.number for task in tasks] != list(range(1, len(tasks) + 1)):
                raise ValueError("photos are missing")
            known = record(content["recipe"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise RefusedError(
                f"{path} cannot be read ({error}). Choose another folder with -o, or delete "
                f"{path.parent} to begin anew."
            ) from error
        if known != recipe:
            raise RefusedError(
                f"{out} holds a batch with other edits or options. Choose another folder with -o, "
                f"or delete {path.parent} to begin anew."
            )
        return cls(out, recipe, tasks)

    @property
    def records(self) -> Path:
        """The folder of the records."""
        return self.out / FOLDER / "records"

    def add(self, photos: Iterable[Path], *, template: str, suffix: str, replaces: bool) -> None:
        """Put photographs on the list that are not on it, or have changed since, and write it.

        Args:
            photos: absolute paths; exports of this batch are passed over.
            template: of names, see ``export_presets.named``.
            suffix: of the exports; "": as the photo's, TIFF where that is not written.
            replaces: other files of these names go; else the exports get numbers.

        Raises:
            RefusedError: an export would overwrite one of the photographs, or the list cannot be
                written.
        """
        known = {task.source: task for task in self.tasks}
        ours = {self.out / task.output for task in self.tasks}
        photos = [photo for photo in photos if photo not in ours]
        sources = {photo.resolve() for photo in photos} | {t.source.resolve() for t in self.tasks}
        taken = {task.output.casefold() for task in self.tasks}
        for photo in photos:
            try:
                found = photo.stat()
            except OSError as error:  # it was there a moment ago
                raise RefusedError(" ".join(read_failure(error, photo))) from error
            task = known.get(photo)
            if task is not None:
                if (task.size, task.changed) != (found.st_size, found.st_mtime_ns):
                    self._renew(task, found.st_size, found.st_mtime_ns)
                continue
            number = len(self.tasks) + 1
            own = photo.suffix if photo.suffix.lower() in WRITTEN else ".tif"
            wanted = self.out / (named(template, photo, number) + (suffix or own))

            def is_taken(path: Path) -> bool:
                if path.name.casefold() in taken:
                    return True
                if replaces:
                    return False
                return path.exists() or path.is_symlink()

            path = free_path(wanted, is_taken)
            if path.resolve() in sources:
                raise RefusedError(
                    f"The export of {photo.name} would replace the photo {path}. Choose another "
                    "folder with -o, or another name with --name."
                )
            taken.add(path.name.casefold())
            self.tasks.append(
                PhotoTask(
                    number, photo, found.st_size, found.st_mtime_ns, path.name, identity(path)
                )
            )
        self._write()

    def _renew(self, task: PhotoTask, size: int, changed: int) -> None:
        """A photograph that has changed since it was done is to be done again."""
        there = identity(self.out / task.output)
        self._path(task).unlink(missing_ok=True)
        anew = replace(task, size=size, changed=changed, replaces=there)
        self.tasks[task.number - 1] = anew

    def _write(self) -> None:
        content = {
            "format": FORMAT,
            "version": VERSION,
            "recipe": self._recipe,
            "photos": [
                {
                    "number": task.number,
                    "source": str(task.source),
                    "size": task.size,
                    "changed": task.changed,
                    "output": task.output,
                    "replaces": task.replaces,
                }
                for task in self.tasks
            ],
        }
        try:
            self.records.mkdir(parents=True, exist_ok=True)
            path = self.out / FOLDER / "list.json"
            atomic_write(path, json.dumps(content, indent=1).encode("utf-8", "surrogatepass"))
        except OSError as error:
            title, advice = write_failure(error, self.out / FOLDER / "list.json")
            raise RefusedError(f"{title} {advice}") from error

    # ------------------------------------------------------------ what is done

    def state(self, task: PhotoTask) -> dict[str, Any]:
        """The record of a photograph; one with the state ``"left"`` where it is to be done."""
        found = self._record(task)
        there = identity(self.out / task.output)
        if found is not None and (found["state"] != "done" or there is not None):
            return found
        row: dict[str, Any] = {"photo": str(task.source), "output": "", "state": "left"}
        if found is None and there is not None and there != task.replaces:
            row |= {"state": "done", "output": str(self.out / task.output)}
            row["notes"] = ["The batch was stopped right after this file; its figures are lost."]
        return row

    def forget_failures(self) -> None:
        """What could not be done is to be tried again."""
        for task in self.tasks:
            found = self._record(task)
            if found is not None and found["state"] != "done":
                self._path(task).unlink(missing_ok=True)

    def _record(self, task: PhotoTask) -> dict[str, Any] | None:
        try:
            found = record(parse(read_file(self._path(task), _LARGEST)))
        except (OSError, ValueError, TypeError):  # none, or not ours: the photo counts as left
            return None
        return found if found.get("state") in ("done", "failed", "no face") else None

    def _path(self, task: PhotoTask) -> Path:
        return record_path(self.records, task.number)

    # ------------------------------------------------------------ summary

    def summary(self) -> list[dict[str, Any]]:
        """One record a photograph, in the order of the list."""
        return [{"number": task.number, **self.state(task)} for task in self.tasks]

    def write_summary(self, rows: Sequence[dict[str, Any]], totals: dict[str, Any]) -> None:
        """``summary.json`` and ``summary.csv`` in OUT.

        Raises:
            RefusedError: they cannot be written.
        """
        columns = ("number", "photo", "state", "output", "faces", "seconds", "worker", "edits")
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow((*columns, "error", "notes"))
        for row in rows:
            cells = [row.get(name, "") for name in columns[:-1]]
            edits = cast("list[dict[str, Any]]", row.get("edits", []))
            told = [
                f"{edit.get('attribute', edit.get('match'))} {edit.get('value', '')}".strip()
                + f": {edit['attained']}" * (edit.get("attained") is not None)
                for edit in edits
            ]
            notes = " ".join(row.get("notes", []))
            writer.writerow([*cells, "; ".join(told), row.get("error", ""), notes])
        whole_text = json.dumps({**totals, "photos": list(rows)}, indent=2, allow_nan=False)
        for name, content in (
            ("summary.json", whole_text + "\n"),
            ("summary.csv", table.getvalue()),
        ):
            try:
                atomic_write(self.out / name, content.encode("utf-8", "surrogateescape"))
            except OSError as error:
                title, advice = write_failure(error, self.out / name)
                raise RefusedError(f"{title} {advice}") from error


def _task(row: dict[str, Any]) -> PhotoTask:
    replaced = row["replaces"]
    return PhotoTask(
        whole(row["number"], 1),
        Path(text(row["source"])),
        whole(row["size"]),
        whole(row["changed"]),
        Path(text(row["output"])).name,
        None if replaced is None else cast("Identity", tuple(whole(v) for v in items(replaced, 3))),
    )


def identity(path: Path) -> Identity | None:
    """Which file that is; None: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def record_path(folder: Path, number: int) -> Path:
    """Where the record of a photograph lies."""
    return folder / f"{number:0{_WIDE}}.json"


def write_record(folder: Path, number: int, row: dict[str, Any]) -> None:
    """Note how a photograph went.

    Raises:
        OSError: it cannot be written.
    """
    atomic_write(record_path(folder, number), json.dumps(row, indent=1, allow_nan=False).encode())


def digest_of(path: Path | None) -> str:
    """SHA-256 of a file that a recipe reads; "" for none or one that cannot be read."""
    if path is None:
        return ""
    digest = hashlib.sha256()
    with contextlib.suppress(OSError), open_regular(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()
    return ""


def photos_in(places: Iterable[Path], *, deep: bool) -> list[Path]:
    """Photographs: files as given, and those of folders, by their suffixes and in their order.

    Args:
        places: files and folders.
        deep: folders inside folders, too.

    Raises:
        RefusedError: there is no such file or folder.
    """
    found: dict[Path, None] = {}
    for place in places:
        here = place.absolute()
        if here.is_file():
            found[here] = None
        elif here.is_dir():
            listed = here.rglob("*") if deep else here.iterdir()
            inside = [
                path
                for path in sorted(listed)
                if path.suffix.lower() in SUFFIXES
                and path.is_file()
                and not any(part.startswith(".") for part in path.relative_to(here).parts)
            ]
            found.update(dict.fromkeys(inside))
        else:
            raise RefusedError(f"{place} does not exist. Check its folder and name.")
    return list(found)
