"""What can be refused before an engine is started, which takes seconds."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from editor.command_line import directions
from editor.command_line.running import RefusedError
from editor.document import attributes
from editor.document.files import open_regular, read_failure, write_failure
from editor.document.photo import SUFFIXES, kind_of, open_photo
from editor.document.region import from_image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from editor.command_line.recipe import Recipe
    from editor.document.photo import Photo

_LONGEST = 255  # bytes of a name
_DECODED = 16 << 20
"""Bytes of a file up to which it is decoded to see whether it is whole: a third of a second."""


def check_photo(path: Path) -> Photo | None:
    """Whether a photograph can be read.

    Returns:
        It, unless it is a raw or large file, of which the beginning was looked at alone.

    Raises:
        PhotoError: it cannot.
    """
    if kind_of(path) == "RAW" or path.stat().st_size > _DECODED:
        return None
    return open_photo(path)


def check_recipe(recipe: Recipe, photo: Photo | None = None) -> None:
    """Whether its photos and its mask can be read, and there is what it names.

    Args:
        recipe: for the default generator; what others have is known to an engine alone.
        photo: that is to be edited, where it is known.

    Raises:
        RefusedError: there is no such attribute.
        PhotoError, RegionError: a file cannot be used.
    """
    check_names(recipe)
    check_directions(recipe.directions)
    for path in (recipe.match, recipe.person, recipe.expression):
        if path is not None and path != "neutral":
            check_photo(path)
    if recipe.mask_file is not None and photo is not None:
        from_image(recipe.mask_file, photo.width, photo.height)
    elif recipe.mask_file is not None:
        kind_of(recipe.mask_file)


def check_directions(sources: Iterable[str]) -> None:
    """Whether the files among them can be read.

    Raises:
        RefusedError: one cannot.
    """
    for source in sources:
        if source not in directions.OWN:
            check_read(Path(source))


def check_names(recipe: Recipe) -> None:
    """Whether the default generator has what is asked for.

    Raises:
        RefusedError: it has not.
    """
    if recipe.generator or recipe.directions:
        return
    offered = [
        row.name
        for row in (*attributes.table(), *attributes.skin_table())
        if row.name not in attributes.WITHDRAWN
    ]
    for (name, _), goal in zip(
        attributes.succeeded(tuple((g.attribute, g.value) for g in recipe.goals), offered),
        recipe.goals,
        strict=True,
    ):
        if name not in offered and directions.discovered_number(name) is None:
            raise RefusedError(directions.unknown(goal.attribute, offered))


def check_pictures(folder: Path) -> None:
    """Whether a folder has files that may be pictures.

    Raises:
        RefusedError: it cannot be read, or has none.
    """
    try:
        names = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
    except OSError as error:
        raise RefusedError(
            f"The folder {folder} cannot be read ({error.strerror}). Choose another one."
        ) from error
    if not names:
        raise RefusedError(f"There are no pictures in {folder}. Choose a folder of photos.")


def check_read(path: Path) -> None:
    """Whether a file can be read.

    Raises:
        RefusedError: it cannot, or is no file.
    """
    try:
        open_regular(path).close()
    except OSError as error:
        raise RefusedError(" ".join(read_failure(error, path))) from error


def check_written(path: Path) -> None:
    """Whether a file of that name can be written.

    Raises:
        RefusedError: it cannot.
    """
    if len(os.fsencode(path.name)) > _LONGEST:
        raise RefusedError(" ".join(write_failure(OSError(errno.ENAMETOOLONG, ""), path)))
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        raise RefusedError(f"{path} is a folder. Name a file in it.")
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - likewise
        raise RefusedError(f"{path} is a device or a pipe, no file. Choose another name.")
    check_folder(path.parent)


def check_folder(path: Path) -> None:
    """Whether files can be written into a folder.

    Raises:
        RefusedError: they cannot.
    """
    if os.path.isfile(path):  # noqa: PTH113 - never raises
        raise RefusedError(f"{path} is no folder. Choose another one.")
    if not os.path.isdir(path):  # noqa: PTH112 - likewise
        raise RefusedError(f"The folder {path} does not exist. Create it first.")
    if not os.access(path, os.W_OK):
        raise RefusedError(f"The folder {path} is write-protected. Choose another one.")
