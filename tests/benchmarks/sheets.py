"""Contact sheets: what an attribute's slider does to six faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from models.fitting.samples import to_pixels
from tests.benchmarks.comparison import intervened

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.attributes import AttributeInfo
    from tests.benchmarks.comparison import Faces, Model

VALUES = (-100, -50, 0, 50, 100)
ROWS = 6
_SIDE, _HEAD = 160, 44


def sheet(model: Model, faces: Faces, attribute: AttributeInfo) -> Image.Image:
    """Up to six faces, one a row, edited in the default region and laid over the original.

    All faces and values are one batch where the device can hold it.
    """
    values = [value for value in VALUES if value]
    rows = min(ROWS, len(faces.names))
    before, masks = faces.pictures[:rows], faces.masks(attribute.region)[:rows]
    amounts = torch.tensor(values).to(before).repeat(rows) * (attribute.unit_sd / 100)
    s, mask = (x[:rows].repeat_interleave(len(values), 0) for x in (faces.s, masks))
    deltas: list[Tensor] = []
    for start in range(0, len(s), model.chunk):
        part = slice(start, start + model.chunk)
        deltas.append(intervened(model, attribute, s[part], mask[part], amounts[part]))
    originals = before.repeat_interleave(len(values), 0)
    edited = torch.lerp(originals, model.render(s + torch.cat(deltas)), mask)
    pictures = to_pixels(edited).reshape(rows, len(values), *to_pixels(before).shape[1:])
    table = np.insert(pictures, VALUES.index(0), to_pixels(before), axis=1)
    return _drawn(f"{attribute.label} ({attribute.name}), region {attribute.region}", table)


def _drawn(title: str, table: NDArray[np.uint8]) -> Image.Image:
    """A title, a head of values and pictures uint8 (rows, columns, s, s, 3)."""
    rows, columns = table.shape[:2]
    out = Image.new("RGB", (columns * _SIDE, _HEAD + rows * _SIDE), "white")
    draw = ImageDraw.Draw(out)
    draw.text((8, 4), title, "black", ImageFont.load_default(15))
    for k, value in enumerate(VALUES):
        label = f"{value:+d}" if value else "original"
        middle = k * _SIDE + _SIDE / 2
        draw.text((middle, 26), label, "black", ImageFont.load_default(13), anchor="mt")
        for row in range(rows):
            small = Image.fromarray(table[row, k]).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
            out.paste(small, (k * _SIDE, _HEAD + row * _SIDE))
    return out
