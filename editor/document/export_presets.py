"""Export presets: how photographs are written, under a name; one JSON file each."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, Literal, get_args

from editor.document.files import write_failure
from editor.document.formats.content import ExportOptions, Intent, ProfileChoice
from editor.document.json_values import items, reason, record, text, whole
from editor.document.photo_export import SUFFIXES
from editor.document.presets import PresetError, content_of, file_name
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = "style-intervention export preset"
VERSION = 1
_LARGEST = 64 << 10  # bytes of a file

Conflict = Literal["ask", "number", "replace"]
"""What to do where there is a file of that name already."""

NAME_FIELDS = ("stem", "folder", "number")
"""What a template of names may hold in braces."""


@dataclass(frozen=True, slots=True)
class ExportPreset:
    """How photographs are written.

    Attributes:
        name: for people.
        suffix: of the files, one of ``photo_export.SUFFIXES``; "": as the photo's.
        template: of their names, see ``named``.
        conflict: where there is one of that name.
        options: the rest.
    """

    name: str
    suffix: str = ""
    template: str = "{stem}-edited"
    conflict: Conflict = "ask"
    options: ExportOptions = field(default_factory=ExportOptions)


def named(template: str, photo: Path, number: int) -> str:
    """The name of an export without its suffix.

    Args:
        template: a name, in which ``{stem}`` stands for the photo's own, ``{folder}`` for its
            folder's and ``{number}`` (also ``{number:04}``) for its place in the batch.
        photo: where the photo lies.
        number: from 1.

    Raises:
        ValueError: it holds anything else in braces, or makes no name.
    """
    values = {"stem": photo.stem, "folder": photo.parent.name, "number": number}
    made = ""
    for plain, name, form, conversion in Formatter().parse(template):
        made += plain
        if name is None:
            continue
        digits = form or ""
        if name not in NAME_FIELDS or conversion or (digits and name != "number"):
            raise ValueError(f"{{{name}}} is none of {', '.join(NAME_FIELDS)}")
        if digits and not (digits.isdecimal() and len(digits) <= 2):
            raise ValueError(f"{{number:{digits}}}: write {{number:04}}")
        made += format(values[name], digits)
    if not made.strip(" .") or "/" in made or "\\" in made or "\0" in made:
        raise ValueError(f"“{made}” is no file's name")
    return made


def template_of(name: str, stem: str) -> str:
    """The template that gives a photo's export this name: where its own stands in it, a field."""
    before, own, after = name.partition(stem)
    plain = [part.replace("{", "{{").replace("}", "}}") for part in (before, after)]
    return "{stem}".join(plain) if own and stem else plain[0]


def free_path(path: Path, taken: Callable[[Path], bool] = Path.exists) -> Path:
    """That path, or the same with -2, -3 … before its suffix: the first that is not taken."""
    free, number = path, 2
    while taken(free):
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


# ------------------------------------------------------------------ files


def options_record(options: ExportOptions) -> dict[str, Any]:
    """Options as JSON holds them."""
    return {**asdict(options), "leave_out": sorted(options.leave_out)}


_CHOICES: dict[str, tuple[object, ...]] = {
    "chroma": ("4:4:4", "4:2:2", "4:2:0"),
    "tiff_compression": ("none", "lzw", "deflate", "zstd"),
    "profile": get_args(ProfileChoice),
    "intent": get_args(Intent),
    "depth": (0, 8, 16),
}
_RANGES = {"quality": (1, 100), "png_compression": (0, 9), "longest": (0, 1_000_000)}
_RANGES["sharpen"] = (0, 100)


def options_from(values: object) -> ExportOptions:
    """Options from JSON; what it does not name is as usual.

    Raises:
        ValueError, TypeError: a value that no option has.
    """
    given: dict[str, Any] = {}
    known = {one.name for one in fields(ExportOptions)}
    for name, value in record(values).items():
        if name not in known:
            continue  # of a newer version
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise ValueError(f"{name} {value!r}")
            given[name] = value
        elif name in _RANGES:
            given[name] = whole(value, *_RANGES[name])
        elif name == "leave_out":
            groups = frozenset(text(one, 10) for one in items(value, 3))
            if not groups <= {"place", "camera", "all"}:
                raise ValueError(f"{name} {value!r}")
            given[name] = groups
        elif isinstance(value, bool):
            given[name] = value
        else:
            raise TypeError(f"{name} {value!r}")
    return ExportOptions(**given)


def write_export_preset(preset: ExportPreset, path: Path) -> None:
    """Write one file, atomically.

    Raises:
        PresetError: it cannot be written; an older one is untouched.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "name": preset.name,
        "suffix": preset.suffix,
        "template": preset.template,
        "conflict": preset.conflict,
        "options": options_record(preset.options),
    }
    try:
        atomic_write(path, (json.dumps(content, indent=2) + "\n").encode())
    except OSError as error:
        raise PresetError(*write_failure(error, path)) from error


def read_export_preset(path: Path) -> ExportPreset:
    """Read one file.

    Raises:
        PresetError: it cannot be read, is no export preset, is damaged, or is too new.
    """
    foreign = PresetError(
        f"{path.name} is no export preset.", "Choose a .json file that the export dialog saved."
    )
    content = content_of(path, FORMAT, foreign, _LARGEST, 1000)
    try:
        if whole(content["version"], 1) > VERSION:
            raise PresetError(f"{path.name} was made by a newer version.", "Update the editor.")
        suffix = text(content["suffix"])
        conflict = next((c for c in get_args(Conflict) if c == content["conflict"]), None)
        if (suffix and suffix not in SUFFIXES) or conflict is None:
            raise ValueError(f"{suffix} {content['conflict']}")
        template = text(content["template"], 200)
        named(template, Path("folder/photo.jpg"), 1)
        options = options_from(content["options"])
        return ExportPreset(text(content["name"], 80), suffix, template, conflict, options)
    except PresetError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise PresetError(
            f"{path.name} is damaged ({reason(error)}).", "Save the preset again, or delete it."
        ) from error


class ExportPresets:
    """The user's export presets, a folder of small files.

    Attributes:
        folder: where they lie; None: they last as long as this object.
    """

    def __init__(self, folder: Path | None) -> None:
        """Read them; a file that is no export preset is passed over, and stays."""
        self.folder = folder
        self._found: dict[str, tuple[ExportPreset, Path | None]] = {}
        for path in sorted(folder.glob("*.json")) if folder is not None else ():
            with contextlib.suppress(PresetError):  # it is offered by nobody
                preset = read_export_preset(path)
                self._found.setdefault(preset.name, (preset, path))

    @property
    def names(self) -> list[str]:
        """In the order of the alphabet."""
        return sorted(self._found, key=str.casefold)

    def found(self, name: str) -> ExportPreset | None:
        """The one of that name."""
        return self._found[name][0] if name in self._found else None

    def put(self, preset: ExportPreset) -> None:
        """Keep one, in the place of an older one of its name.

        Raises:
            PresetError: it cannot be written.
        """
        path = self._found[preset.name][1] if preset.name in self._found else None
        if self.folder is not None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise PresetError(*write_failure(error, self.folder)) from error
            path = path or free_path(self.folder / file_name(preset.name))
            write_export_preset(preset, path)
        self._found[preset.name] = preset, path

    def drop(self, name: str) -> None:
        """Delete one with its file.

        Raises:
            PresetError: it cannot be deleted.
        """
        path = self._found[name][1]
        try:
            if path is not None:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise PresetError(*write_failure(error, path or Path(name))) from error
        del self._found[name]
