"""Copied edits as a file: sliders' values with their regions, for the faces of other photographs.

Named regions are kept by their names, brushed ones as they are, with the landmarks of the face that
they were brushed on: they lie where another face has what they cover (``carrying``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from editor.document.carrying import CarriedRegion, CopiedEdits
from editor.document.face_regions import PRESETS, feather_of, preset
from editor.document.files import write_failure
from editor.document.json_values import items, number, reason, record, text, whole
from editor.document.presets import (
    LONGEST_NAME,
    PresetError,
    PresetPart,
    content_of,
    region_name,
    require_version,
    version_of,
)
from editor.document.region import RegionError, RegionMask
from editor.document.stored_images import GREY, decoded, header_of
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.photo import Photo

FORMAT = "style-intervention edits"
VERSION = 2  # since some change more than 100: a slider at 75 that stands at −60 further in
_LARGEST = 64 << 20  # bytes of a file
_MOST_NODES = 100_000  # of its JSON
_MOST_PARTS = 100
_MOST_PIXELS = 300_000_000  # of a mask
_LANDMARKS = 68


@dataclass(frozen=True, slots=True, eq=False)
class EditPart:
    """Sliders of one region.

    Attributes:
        region: name of a region preset, or a mask on the face that the set was copied from.
        opacity: of the edit, in (0, 1].
        goals: (slider, what the edit changes −200…200), at least one, no slider twice: on top of
            what the parts before it do there.
    """

    region: str | RegionMask
    opacity: float
    goals: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class EditSet:
    """Edits of one face, for others.

    Attributes:
        parts: in the order to make them, at least one.
        landmarks: (68, 2), of the face that they were copied from, photo pixels.
    """

    parts: tuple[EditPart, ...]
    landmarks: NDArray[np.float64]

    @classmethod
    def of(cls, copied: CopiedEdits) -> EditSet:
        """What was copied; regions that cover a named one are that, which takes some time.

        Raises:
            PresetError: nothing was.
        """
        if not copied.parts:
            raise PresetError(
                "This face has no edits that other photos can take.", "Move a slider first."
            )
        parts = tuple(
            EditPart(region_name(mask, copied.landmarks, copied.detail) or mask, opacity, goals)
            for mask, opacity, goals in copied.parts
        )
        return cls(parts, copied.landmarks)

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says, in hex."""
        return hashlib.sha256(_written(self)).hexdigest()

    def region(
        self,
        part: EditPart,
        landmarks: NDArray[np.float64],
        detail: FaceDetail | None,
        photo: Photo,
        feather: float,
    ) -> RegionMask:
        """Where a part lies on another face, as an edit of that opacity gets it.

        Args:
            part: of this set.
            landmarks: (68, 2), of the other face, photo pixels.
            detail: what was seen of it.
            photo: that it is in.
            feather: of named regions, photo pixels.

        Raises:
            RegionError: it lies outside the photo, or this head has no hair.
        """
        size = photo.width, photo.height
        if isinstance(part.region, str):
            made = preset(part.region, landmarks, *size, detail)
            return made.feathered(feather_of(part.region, feather))
        carried = CarriedRegion(
            part.region, self.landmarks, None, landmarks, detail, *size, feather
        ).feathered()
        if carried.is_empty:
            raise RegionError(
                "A brushed region of the copied edits lies outside this photo.",
                "Leave the photo out, or brush less around the face that the edits come from.",
            )
        return carried


def write_edit_set(edits: EditSet, path: Path) -> None:
    """Write one file, atomically.

    Raises:
        PresetError: it cannot be written; an older one is untouched.
    """
    try:
        atomic_write(path, _written(edits))
    except OSError as error:
        raise PresetError(*write_failure(error, path)) from error


def _written(edits: EditSet) -> bytes:
    content = {
        "format": FORMAT,
        "version": version_of(edits.parts),
        "landmarks": edits.landmarks.tolist(),
        "parts": [
            {"region": _region_record(part.region), "opacity": part.opacity,
             "goals": {name: float(value) for name, value in part.goals}}
            for part in edits.parts
        ],
    }  # fmt: skip
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode()


def _region_record(region: str | RegionMask) -> str | dict[str, Any]:
    if isinstance(region, str):
        return region
    png = cv2.imencode(".png", region.alpha)[1].tobytes()
    return {
        "width": region.width, "height": region.height, "x": region.x, "y": region.y,
        "mask": base64.b64encode(png).decode(),
    }  # fmt: skip


def read_edit_set(path: Path) -> EditSet:
    """Read one file.

    Raises:
        PresetError: it cannot be read, is no such file, is damaged, or is too new.
    """
    foreign = PresetError(
        f"{path.name} holds no copied edits of this editor.",
        "Choose a file that was saved as such, or a preset with --preset.",
    )
    content = content_of(path, FORMAT, foreign, _LARGEST, _MOST_NODES)
    try:
        if whole(content["version"], 1) > VERSION:
            raise PresetError(f"{path.name} was made by a newer version.", "Update the editor.")
        points = [[number(v, -1e7, 1e7) for v in items(p, 2)] for p in items(content["landmarks"])]
        landmarks = np.array(points, np.float64)
        if landmarks.shape != (_LANDMARKS, 2):
            raise ValueError(f"{len(landmarks)} landmarks")
        landmarks.setflags(write=False)
        parts = tuple(_part(record(part)) for part in items(content["parts"], _MOST_PARTS))
        if not parts:
            raise ValueError("no edits")
        require_version(content["version"], parts)
        return EditSet(parts, landmarks)
    except PresetError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error) as error:
        raise PresetError(
            f"{path.name} is damaged ({reason(error)}).", "Copy the edits again."
        ) from error


def _part(content: dict[str, Any]) -> EditPart:
    goals = tuple((name, number(value)) for name, value in record(content["goals"]).items())
    PresetPart(PRESETS[0], goals)  # the same limits
    stored = content["region"]
    region = text(stored, LONGEST_NAME) if isinstance(stored, str) else _mask(record(stored))
    if isinstance(region, str) and region not in PRESETS:
        raise ValueError(f"there is no region “{region}”")
    opacity = number(content["opacity"], 0, 1)
    if not opacity:
        raise ValueError("an edit that cannot be seen")
    return EditPart(region, opacity, goals)


def _mask(content: dict[str, Any]) -> RegionMask:
    data = base64.b64decode(text(content["mask"], _LARGEST), validate=True)
    header = header_of(data)
    if header.kind != GREY or header.depth != 8 or header.width * header.height > _MOST_PIXELS:
        raise ValueError("a mask of another kind")
    width, height = whole(content["width"], 1), whole(content["height"], 1)
    if width * height > _MOST_PIXELS:
        raise ValueError("a mask of a photo that is too large")
    x, y = whole(content["x"]), whole(content["y"])
    mask = RegionMask(width, height, x, y, decoded(data, header))
    if mask.is_empty:
        raise ValueError("an empty mask")
    return mask
