"""What can be refused before an engine is started, which takes seconds."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from editor.command_line import directions
from editor.command_line.running import RefusedError
from editor.document import attributes
from editor.document.files import write_failure
from editor.document.photo import kind_of, open_photo
from editor.document.region import from_image

if TYPE_CHECKING:
    from pathlib import Path

    from editor.command_line.recipe import Recipe
    from editor.document.photo import Photo

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
    for path in (recipe.match, recipe.person, recipe.expression):
        if path is not None and path != "neutral":
            check_photo(path)
    if recipe.mask_file is not None and photo is not None:
        from_image(recipe.mask_file, photo.width, photo.height)
    elif recipe.mask_file is not None:
        kind_of(recipe.mask_file)


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


def check_written(path: Path) -> None:
    """Whether a file of that name can be written.

    Raises:
        RefusedError: it cannot.
    """
    if path.is_dir():
        raise RefusedError(f"{path} is a folder. Name a file in it.")
    if path.exists() and not path.is_file():
        raise RefusedError(f"{path} is a device or a pipe, no file. Choose another name.")
    if len(os.fsencode(path.name)) > 255:
        raise RefusedError(" ".join(write_failure(OSError(errno.ENAMETOOLONG, ""), path)))
    check_folder(path.parent)


def check_folder(path: Path) -> None:
    """Whether files can be written into a folder.

    Raises:
        RefusedError: they cannot.
    """
    if path.exists() and not path.is_dir():
        raise RefusedError(f"{path} is no folder. Choose another one.")
    if not path.is_dir():
        raise RefusedError(f"The folder {path} does not exist. Create it first.")
    if not os.access(path, os.W_OK):
        raise RefusedError(f"The folder {path} is write-protected. Choose another one.")
