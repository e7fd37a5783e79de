"""The discovered sliders that a user named and kept, in one JSON file.

Each is stored whole: its delta with the layout of the style space it belongs to, and its thumbnails
as PNG. Sliders of another generator than the loaded one stay in the file until it is back.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from editor.document.errors import AdvisedError
from editor.document.files import atomic_write, write_failure
from editor.document.json_values import items, number, parse, reason, record, text, whole
from editor.document.style import StyleDelta, StyleLayout

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = "style-intervention style sliders"
VERSION = 1
LONGEST_LABEL = 80
_LARGEST = 64 << 20  # bytes of the file
_LARGEST_SIDE = 1024  # of a thumbnail, pixels
_LARGEST_VALUE = 1e6  # of a delta; styles are of the order of 1


@dataclass(frozen=True, slots=True, eq=False)
class StyleSlider:
    """A change that discovery found: one style channel or a sparse group of them.

    Attributes:
        id: unique; what a ``Goal`` calls it.
        label: for people: ``"b32.conv1 #17"``, or the user's own name once kept.
        delta: what a value of +100 adds to the style code.
        locality: share of its effect on the picture that falls inside the region, 0…1.
        visibility: root mean squared change inside the region at +100, sRGB 0…1.
        low, high: thumbnails of the region at −100 and +100, sRGB uint8 (h, w, 3), read-only.
    """

    id: str
    label: str
    delta: StyleDelta
    locality: float
    visibility: float
    low: NDArray[np.uint8]
    high: NDArray[np.uint8]


class StyleSliderError(AdvisedError):
    """Kept sliders cannot be read or written.

    Attributes:
        damaged: whether the file is there and holds something else than it should.
    """

    def __init__(self, title: str, advice: str, *, damaged: bool = False) -> None:
        super().__init__(title, advice)
        self.damaged = damaged


def write_sliders(sliders: Iterable[StyleSlider], path: Path) -> None:
    """Write them all, atomically.

    Raises:
        StyleSliderError: the file cannot be written; an older one is untouched.
    """
    rows = [_to_json(slider) for slider in sliders]
    content = {"format": FORMAT, "version": VERSION, "sliders": rows}
    try:
        atomic_write(path, json.dumps(content, indent=1, allow_nan=False).encode())
    except OSError as error:
        raise StyleSliderError(*write_failure(error, path)) from error


def read_sliders(path: Path) -> tuple[StyleSlider, ...]:
    """Read them, in the order they were kept; none when there is no file.

    Raises:
        StyleSliderError: the file cannot be read, is damaged, or is too new.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StyleSliderError(
            f"{path.name} cannot be read ({error.strerror or 'unknown reason'}).",
            "Check that it is a file and that you may read it.",
        ) from error
    try:
        if len(data) > _LARGEST:
            raise ValueError("too large")
        content = record(parse(data))
        if content["format"] != FORMAT:
            raise ValueError("another kind of file")
        if whole(content["version"], 1) > VERSION:
            raise StyleSliderError(
                f"{path.name} was made by a newer version.", "Update the editor."
            )
        sliders = tuple(_from_json(record(row)) for row in items(content["sliders"]))
        if len({slider.id for slider in sliders}) < len(sliders):
            raise ValueError("a slider is there twice")
    except StyleSliderError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, cv2.error) as error:
        raise StyleSliderError(
            f"The sliders that you kept cannot be read: {path.name} is damaged ({reason(error)}).",
            "Put a backup copy of the file in its place, or keep new sliders.",
            damaged=True,
        ) from error
    return sliders


def _to_json(slider: StyleSlider) -> dict[str, Any]:
    layout = slider.delta.layout
    return {
        "id": slider.id,
        "label": slider.label,
        "generator": layout.generator,
        "layers": [list(layer) for layer in zip(layout.names, layout.widths, strict=True)],
        "channels": slider.delta.channels.tolist(),
        "values": slider.delta.values.tolist(),
        "locality": float(slider.locality),
        "visibility": float(slider.visibility),
        "low": _to_png(slider.low),
        "high": _to_png(slider.high),
    }


def _from_json(row: dict[str, Any]) -> StyleSlider:
    layers = [(text(name), whole(width, 1)) for name, width in items(row["layers"])]
    layout = StyleLayout(
        tuple(name for name, _ in layers),
        tuple(width for _, width in layers),
        text(row["generator"]),
    )
    channels = [whole(channel) for channel in items(row["channels"])]
    if any(channel >= layout.channels for channel in channels):
        raise ValueError("a channel that there is not")
    values = [number(value) for value in items(row["values"])]
    if any(abs(value) > _LARGEST_VALUE for value in values):
        raise ValueError("a value that no style has")
    delta = StyleDelta(layout, np.array(channels, np.int32), np.array(values, np.float32))
    label = text(row["label"])
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise ValueError(f"a label of {len(label)} characters")
    return StyleSlider(
        id=text(row["id"]),
        label=label,
        delta=delta,
        locality=number(row["locality"]),
        visibility=number(row["visibility"]),
        low=_from_png(text(row["low"])),
        high=_from_png(text(row["high"])),
    )


def _to_png(picture: NDArray[np.uint8]) -> str:
    done, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError("OpenCV cannot encode the thumbnail")
    return base64.b64encode(encoded.tobytes()).decode()


def _from_png(coded: str) -> NDArray[np.uint8]:
    data = base64.b64decode(coded, validate=True)
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 33:
        raise ValueError("a thumbnail is no PNG")
    if max(struct.unpack_from(">II", data, 16)) > _LARGEST_SIDE:  # before it is unpacked
        raise ValueError("a thumbnail is too large")
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:  # pyright: ignore[reportUnnecessaryComparison] - the stub is wrong
        raise ValueError("a thumbnail cannot be decoded")
    pixels = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    pixels.setflags(write=False)
    return pixels
