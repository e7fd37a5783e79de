"""The discovered sliders that a user named and kept, in one JSON file.

Each is stored whole: its delta with the layout of the style space it belongs to, and its thumbnails
as PNG. Sliders of another generator than the loaded one stay in the file until it is back.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from editor.document import stored_images
from editor.document.files import (
    Budget,
    read_failure,
    read_file,
    write_failure,
)
from editor.document.json_values import items, number, parse, reason, record, text, whole
from editor.document.style import StyleDelta, StyleLayout
from foundation.atomic_files import atomic_write
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = "style-intervention style sliders"
VERSION = 1
LONGEST_LABEL = 80
_LARGEST = 64 << 20  # bytes of the file
_MOST_SLIDERS, _MOST_NODES = 10_000, 4_000_000
_LARGEST_SIDE = 1024  # of a thumbnail, pixels
_LARGEST_VALUE = 1e4  # of a delta; styles are of the order of 1
_LARGEST_PICTURE = 8 << 20  # characters of a thumbnail
_MOST_LAYERS, _WIDEST_LAYER = 512, 65_536
_MOST_PIXELS, _SECONDS = 64 << 20, 10.0  # of all thumbnails; that reading may take


@dataclass(frozen=True, slots=True, eq=False)
class StyleSlider:
    """A change that discovery found: one style channel or a sparse group of them.

    Attributes:
        id: unique; what a ``Goal`` calls it.
        label: for people: ``"Mouth corner, left"``, or the user's own name once kept.
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
    """Write them all, atomically, unless they are more than would be read again.

    Raises:
        StyleSliderError: the file cannot be written; an older one is untouched.
    """
    rows = [slider_to_json(slider) for slider in sliders]
    content = {"format": FORMAT, "version": VERSION, "sliders": rows}
    data = json.dumps(content, indent=1, allow_nan=False).encode()
    try:
        if len(data) > _LARGEST:
            raise ValueError(f"{len(data)} bytes")
        _sliders_in(data, path.name)
    except (ValueError, TypeError) as error:
        raise StyleSliderError(
            "There are more sliders than can be kept.", "Forget some of the kept ones first."
        ) from error
    try:
        atomic_write(path, data)
    except OSError as error:
        raise StyleSliderError(*write_failure(error, path)) from error


def read_sliders(path: Path) -> tuple[StyleSlider, ...]:
    """Read them, in the order they were kept; none when there is no file.

    Raises:
        StyleSliderError: the file cannot be read, is damaged, or is too new.
    """
    try:
        return _sliders_in(read_file(path, _LARGEST), path.name)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StyleSliderError(*read_failure(error, path)) from error
    except StyleSliderError:
        raise
    except MemoryError as error:
        raise StyleSliderError(
            f"{path.name} does not fit into memory.", "Close other programs and start again."
        ) from error
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, cv2.error) as error:
        raise StyleSliderError(
            f"The sliders that you kept cannot be read: {path.name} is damaged ({reason(error)}).",
            "Put a backup copy of the file in its place, or keep new sliders.",
            damaged=True,
        ) from error


def _sliders_in(data: bytes, name: str) -> tuple[StyleSlider, ...]:
    """Out of a file's content; raises as ``slider_from_json``, and for one that is too new."""
    budget = Budget(0, _MOST_PIXELS, _SECONDS)
    content = record(parse(data, _MOST_NODES))
    if content["format"] != FORMAT:
        raise ValueError("another kind of file")
    if whole(content["version"], 1) > VERSION:
        raise StyleSliderError(f"{name} was made by a newer version.", "Update the editor.")
    rows = items(content["sliders"], _MOST_SLIDERS)
    sliders = tuple(slider_from_json(record(row), budget) for row in rows)
    if len({slider.id for slider in sliders}) < len(sliders):
        raise ValueError("a slider is there twice")
    return sliders


def slider_to_json(slider: StyleSlider) -> dict[str, Any]:
    """A slider whole, as JSON values; its thumbnails are PNG in base64."""
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


def slider_from_json(row: dict[str, Any], budget: Budget) -> StyleSlider:
    """The counterpart of ``slider_to_json``, for values that anybody may have written.

    Raises:
        ValueError, TypeError, KeyError, OverflowError, cv2.error: they are no slider.
        BudgetError: its thumbnails cost more than the budget.
    """
    layers = [
        (text(name, 100), whole(width, 1, _WIDEST_LAYER))
        for name, width in items(row["layers"], _MOST_LAYERS)
    ]
    layout = StyleLayout(
        tuple(name for name, _ in layers),
        tuple(width for _, width in layers),
        text(row["generator"], 128),
    )
    channels = [whole(channel, 0, layout.channels - 1) for channel in items(row["channels"])]
    values = [number(value, -_LARGEST_VALUE, _LARGEST_VALUE) for value in items(row["values"])]
    delta = StyleDelta(layout, np.array(channels, np.int32), np.array(values, np.float32))
    label = text(row["label"])
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise ValueError(f"a label of {len(label)} characters")
    return StyleSlider(
        id=text(row["id"], 200),
        label=label,
        delta=delta,
        locality=number(row["locality"], -1e6, 1e6),
        visibility=number(row["visibility"], -1e6, 1e6),
        low=_from_png(text(row["low"], _LARGEST_PICTURE), budget),
        high=_from_png(text(row["high"], _LARGEST_PICTURE), budget),
    )


def _to_png(picture: NDArray[np.uint8]) -> str:
    done, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError("OpenCV cannot encode the thumbnail")
    return base64.b64encode(encoded.tobytes()).decode()


def _from_png(coded: str, budget: Budget) -> NDArray[np.uint8]:
    data = base64.b64decode(coded, validate=True)
    header = stored_images.header_of(data)
    if header.kind != stored_images.COLOUR or header.depth != 8:
        raise ValueError("a thumbnail has other channels than it should")
    if max(header.width, header.height) > _LARGEST_SIDE:
        raise ValueError("a thumbnail is too large")
    budget.spend(pixels=header.width * header.height)
    picture = stored_images.decoded(data, header)
    pixels = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    pixels.setflags(write=False)
    return pixels
