"""Layers of a TIFF, as Photoshop keeps them beside the picture: the photo, and each edit above it.

A layer's colours are such that through its mask they give the picture after its edit: with the
picture beneath B, the one to come W and the mask m, C = B + (W − B) / m. Where that is no colour
the mask lets more through. C is rounded to 16 bits, by which the composite is off by at most m / 2:
it is W to the last bit.

Sources: Adobe Photoshop TIFF Technical Notes (2002), "ImageSourceData"; Adobe Photoshop File
Formats Specification, "Layer and Mask Information".
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import psdtags

from editor.document.colour import sixteen_bits
from editor.document.formats.decoded import BAND

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from editor.document.formats.decoded import Pixels

    Deep = NDArray[np.uint16]

TAG = 37724
"""ImageSourceData."""

_ZIP = psdtags.PsdCompressionType.ZIP_PREDICTED
_OPAQUE = 65535


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What one edit makes of the picture.

    Attributes:
        name: for people.
        x, y: its upper left pixel in the photo.
        pixels: uint16 (h, w, 3), in the photo's colours, to be seen through the mask.
        mask: uint16 (h, w).
    """

    name: str
    x: int
    y: int
    pixels: Deep
    mask: Deep


def layer_of(name: str, at: tuple[int, int], below: Deep, wanted: Deep, mask: Deep) -> Layer:
    """The layer that turns one picture into another.

    Args:
        name: for people.
        at: x and y of the upper left pixel.
        below: (h, w, 3), the picture beneath.
        wanted: the same, with the edit.
        mask: (h, w), how much of the edit each pixel takes; a pixel that changes gets as much as it
            needs.
    """
    pixels, needed = np.empty_like(wanted), np.empty_like(mask)
    for row in range(0, len(wanted), BAND):
        band = slice(row, row + BAND)
        under = below[band].astype(np.float64)
        change = wanted[band] - under
        room = np.where(change > 0, _OPAQUE - under, under)  # up to the end of the scale
        least = np.max(np.abs(change) / np.maximum(room, 1), axis=-1)
        share = np.maximum(mask[band], np.ceil(least * _OPAQUE - 1e-9))
        share = np.minimum(share, _OPAQUE)
        weight = np.where(share > 0, share, 1)[..., None] / _OPAQUE
        pixels[band] = np.clip(np.rint(under + change / weight), 0, _OPAQUE)
        needed[band] = share
    return Layer(name, *at, pixels, needed)


def layers_between(
    photo: Pixels, states: Iterable[tuple[str, Pixels, Pixels]]
) -> tuple[Layer, ...]:
    """A layer for every state of a picture that differs from the one before.

    Args:
        photo: (h, w, 3), the first state, uint8 or uint16.
        states: name, picture of the same size, and mask of the edit, uint8 (h, w).
    """
    found: list[Layer] = []
    before = photo
    for name, picture, mask in states:
        box = _difference(before, picture)
        if box is not None:
            alpha = sixteen_bits(np.ascontiguousarray(mask[box]))
            at = box[1].start, box[0].start
            found.append(
                layer_of(name, at, sixteen_bits(before[box]), sixteen_bits(picture[box]), alpha)
            )
        before = picture
    return tuple(found)


def _difference(a: Pixels, b: Pixels) -> tuple[slice, slice] | None:
    """The rows and columns in which two pictures differ."""
    rows, columns = np.zeros(len(a), bool), np.zeros(a.shape[1], bool)
    for row in range(0, len(a), BAND):
        differs = np.any(a[row : row + BAND] != b[row : row + BAND], axis=-1)
        rows[row : row + BAND] = differs.any(1)
        columns |= differs.any(0)
    if not rows.any():
        return None
    top, bottom = np.flatnonzero(rows)[[0, -1]].tolist()
    left, right = np.flatnonzero(columns)[[0, -1]].tolist()
    return slice(top, bottom + 1), slice(left, right + 1)


def packed(order: str, photo: Deep, alpha: Deep | None, layers: Sequence[Layer]) -> bytes:
    """The value of ``TAG``.

    Args:
        order: of the file's bytes, ``"<"`` or ``">"``.
        photo: the lowest layer.
        alpha: of the photo; the layers above are clipped to it.
        layers: above it, the lowest first.
    """
    height, width = photo.shape[:2]
    seen = np.full((height, width), _OPAQUE, np.uint16) if alpha is None else alpha
    records = [
        psdtags.PsdLayer("Photo", _channels(photo, seen), psdtags.PsdRectangle(0, 0, height, width))
    ]
    clipping = psdtags.PsdClippingType
    for layer in layers:
        box = psdtags.PsdRectangle(
            layer.y, layer.x, layer.y + len(layer.mask), layer.x + layer.mask.shape[1]
        )
        opaque = np.full(layer.mask.shape, _OPAQUE, np.uint16)
        kind = psdtags.PsdChannelId.USER_LAYER_MASK
        records.append(
            psdtags.PsdLayer(
                layer.name.encode("ascii", "replace").decode()[:31],
                [*_channels(layer.pixels, opaque), psdtags.PsdChannel(kind, _ZIP, layer.mask)],
                box,
                mask=psdtags.PsdLayerMask(0, box),
                clipping=clipping.BASE if alpha is None else clipping.NON_BASE,
                info=[psdtags.PsdString(psdtags.PsdKey.UNICODE_LAYER_NAME, layer.name)],
            )
        )
    form = psdtags.PsdFormat.LE32BIT if order == "<" else psdtags.PsdFormat.BE32BIT
    kept = psdtags.PsdLayers(psdtags.PsdKey.LAYER_16, records)
    data = psdtags.TiffImageSourceData(form, kept, psdtags.PsdUserMask())
    return data.tobytes(maxworkers=min(4, os.cpu_count() or 1))


def _channels(pixels: Deep, alpha: Deep) -> list[psdtags.PsdChannel]:
    kind = psdtags.PsdChannelId
    colours = [
        psdtags.PsdChannel(kind(index), _ZIP, np.ascontiguousarray(pixels[..., index]))
        for index in range(3)
    ]
    return [*colours, psdtags.PsdChannel(kind.TRANSPARENCY_MASK, _ZIP, alpha)]
