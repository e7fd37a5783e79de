"""Small pictures of the face that a preset was saved from, beside the user's own presets.

They show a person, so they are files of their own, and never in a preset that is given away.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document import stored_images
from editor.document.files import read_failure, read_file, write_failure
from editor.document.json_values import reason
from editor.document.presets import PresetError
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.files import Budget
    from editor.document.photo import Pyramid
    from editor.engine.jobs import Patch

LARGEST_SIDE = 256
"""Of a picture, pixels."""
_LARGEST = 512 << 10  # bytes of its file: half as much again as its pixels
_ROOM = 0.35  # of the face's longer side, around it
_FOREHEAD = 0.12  # of that side, by which the middle lies higher than that of the landmarks


def face_picture(
    pyramid: Pyramid, patch: Patch | None, landmarks: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """The edited photo around a face, uint8 sRGB (h, w, 3), at most ``LARGEST_SIDE`` long.

    Args:
        pyramid: of the photo.
        patch: what its edits change; None: nothing.
        landmarks: (68, 2), of the face, photo pixels; their middle lies on the photo or near it.
    """
    height, width = pyramid.levels[0].shape[:2]
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    side = max(1.0, float((high - low).max()))
    x, y = (low + high) / 2 - np.array([0.0, _FOREHEAD * side])
    reach = side * (0.5 + _ROOM)
    level = 0
    while level + 1 < len(pyramid.levels) and reach / 2**level >= LARGEST_SIDE:
        level += 1
    step, pixels = 2**level, pyramid.levels[level]
    left, right = _within(x - reach, x + reach, width, step)
    top, bottom = _within(y - reach, y + reach, height, step)
    picture = pixels[top:bottom, left:right].copy()
    if patch is not None:
        _lay_over(picture, patch, left * step, top * step, step)
    scale = min(1.0, LARGEST_SIDE / max(picture.shape[:2]))
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _within(low: float, high: float, length: int, step: int) -> tuple[int, int]:
    """A stretch of photo pixels on a level, at least one pixel of it."""
    end = -(-length // step)
    first = min(end - 1, max(0, math.floor(low / step)))
    return first, max(first + 1, min(end, math.ceil(high / step)))


def _lay_over(picture: NDArray[np.uint8], patch: Patch, x: int, y: int, step: int) -> None:
    """Draw a patch into a part of the photo, which begins at photo pixel x, y."""
    height, width = picture.shape[:2]
    across = patch.pixels.shape[1] / patch.width * step  # pixels of the patch in one of the picture
    down = patch.pixels.shape[0] / patch.height * step
    left, right = max(0, round((patch.x - x) / step)), round((patch.x + patch.width - x) / step)
    top, bottom = max(0, round((patch.y - y) / step)), round((patch.y + patch.height - y) / step)
    right, bottom = min(width, right), min(height, bottom)
    if left >= right or top >= bottom:
        return
    # Only what is seen: a patch may be as large as the photo.
    rows, columns = patch.pixels.shape[:2]
    column = min(columns - 1, max(0, round((x - patch.x) / step * across)))
    row = min(rows - 1, max(0, round((y - patch.y) / step * down)))
    seen = patch.pixels[
        row : row + max(1, round((bottom - top) * down)),
        column : column + max(1, round((right - left) * across)),
    ]
    size = (right - left, bottom - top)
    picture[top:bottom, left:right] = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)


def write_picture(picture: NDArray[np.uint8], path: Path) -> None:
    """Write one as PNG, atomically.

    Raises:
        PresetError: it cannot be written; an older one is untouched.
    """
    done, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError("OpenCV cannot encode the picture")
    try:
        atomic_write(path, encoded.tobytes())
    except OSError as error:
        raise PresetError(*write_failure(error, path)) from error


def read_picture(path: Path, budget: Budget) -> NDArray[np.uint8] | None:
    """One that was written so, read-only; None where there is no file.

    Raises:
        PresetError: it cannot be read, or is no such picture.
    """
    try:
        data = read_file(path, _LARGEST)
        header = stored_images.header_of(data)
        if header.kind != stored_images.COLOUR or header.depth != 8:
            raise ValueError("it has other channels than it should")
        if max(header.width, header.height) > LARGEST_SIDE:
            raise ValueError("it is too large")
        budget.spend(pixels=header.width * header.height)
        decoded = stored_images.decoded(data, header)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PresetError(*read_failure(error, path)) from error
    except (ValueError, cv2.error) as error:
        raise PresetError(
            f"{path.name} is no picture of a preset ({reason(error)}).",
            "Delete the file; saving the preset again makes another.",
        ) from error
    picture = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
    picture.setflags(write=False)
    return picture
