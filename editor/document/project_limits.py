"""How much a project may hold: what is larger is not opened, and so it is not written either."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from editor.document import stored_images
from editor.document.archive import MOST_MEMBERS
from editor.document.json_values import parse
from editor.document.project_contents import ProjectError
from editor.document.project_writing import CONTENTS, STYLES

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_CONTENTS = 16 << 20
"""Bytes of the JSON."""

LARGEST_STYLES = 256 << 20
"""Bytes of the codes."""

LARGEST_HEADER = 4 << 20
"""Bytes of their names and shapes, as JSON."""

LARGEST_IMAGE = {"regions": 1 << 29, "paint": 1 << 30, "reference": 32 << 20, "preview": 4 << 20}
"""Bytes of one image in each folder; of a mask: the largest photo's that packs no smaller."""

CHANNELS = {"regions": 1, "paint": 4, "reference": 3}
"""Of the images in each folder."""

UNQUESTIONED = 64_000_000
"""Pixels of all images, channels counted, that any project may have."""

PHOTOS = 48
"""How often they may cover the photograph."""

MOST_DECODED = 5_000_000_000
"""Pixels of all images: 16 times those of the largest photo, which take some 20 s to read."""

_LESS = "Delete named regions, snapshots or edits, or take back the last steps; then save again."


class TooLargeError(ProjectError):
    """A session holds more than a project may, which would never be opened again."""


def most_pixels(width: int, height: int) -> int:
    """Of all images of a project over a photograph of that size, channels counted."""
    return max(UNQUESTIONED, min(PHOTOS * width * height, MOST_DECODED))


def pixels_of(name: str, beginning: bytes) -> int:
    """Of a member, channels counted, as its first 24 bytes state them; 0 where it is no image."""
    return CHANNELS.get(name.partition("/")[0], 0) * stored_images.stated_pixels(beginning)


def require_room(members: Mapping[str, bytes], width: int, height: int) -> None:
    """Refuse what reading would refuse for its size, before it is written; decodes nothing.

    Args:
        members: of a project's file.
        width: of its photograph.
        height: likewise.

    Raises:
        TooLargeError: there is too much of something.
    """
    if any(
        len(data) > LARGEST_IMAGE.get(name.partition("/")[0], len(data))
        for name, data in members.items()
    ):
        raise TooLargeError("One mask or painted colour is too large for a project.", _LESS)
    total = sum(pixels_of(name, data[:24]) for name, data in members.items())
    photo, most = width * height, most_pixels(width, height)
    if total > most:
        raise TooLargeError(
            f"Masks and colours are {total / photo:.0f} times as large as the photo, and a "
            f"project holds {most / photo:.0f} times.",
            _LESS,
        )
    contents, styles = members[CONTENTS], members[STYLES]
    (header,) = struct.unpack_from("<Q", styles)
    fits = (
        len(members) <= MOST_MEMBERS
        and len(contents) <= LARGEST_CONTENTS
        and len(styles) <= LARGEST_STYLES
        and header <= LARGEST_HEADER
    )
    if not fits or not _is_parsed(contents):
        raise TooLargeError("There are more edits and snapshots than a project holds.", _LESS)


def _is_parsed(contents: bytes) -> bool:
    """Whether it is no JSON of too many values."""
    try:
        parse(contents)
    except ValueError:
        return False
    return True
