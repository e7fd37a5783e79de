"""Photoshop documents, PSD and PSB: the flattened picture that they carry beside their layers.

It is the last of five sections, each of which tells its length; layers are stepped over.

Source: Adobe Photoshop File Formats Specification, 2019.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np

from editor.document.formats import conversions, exif, iptc
from editor.document.formats.decoded import (
    BAND,
    Decoded,
    UnsupportedError,
    check_size,
    sane_dpi,
)
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.formats.decoded import Pixels, Source

    Samples = NDArray[Any]

SIGNATURE = b"8BPS"
_VERSION, _PROFILE, _EXIF, _XMP, _RESOLUTION = 0x0421, 0x040F, 0x0422, 0x0424, 0x03ED
_BITMAP, _GREY, _INDEXED, _RGB, _CMYK, _DUOTONE, _LAB = 0, 1, 2, 3, 4, 8, 9
_MULTICHANNEL = 7
_COLOURS = {_BITMAP: 1, _GREY: 1, _INDEXED: 1, _RGB: 3, _CMYK: 4, _DUOTONE: 1, _LAB: 3}
_AS_RGB = "Convert it to RGB in Photoshop (Image → Mode), save it, and open that."
_AGAIN = "Save it again in Photoshop with “Maximize compatibility”, or as TIFF, and open that."


@dataclass(frozen=True, slots=True)
class _Document:
    channels: int
    height: int
    width: int
    depth: int
    mode: int
    large: bool


def read(source: Source) -> Decoded:
    """Decode the flattened picture.

    Raises:
        UnsupportedError: the document holds none, or one of a kind that is not read.
        ValueError, RuntimeError: damage.
    """
    data = memoryview(source.read())
    version, channels, height, width, depth, mode = struct.unpack_from(">4xH6xHIIHH", data)
    if version not in (1, 2):
        raise ValueError(f"version {version}")
    document = _Document(channels, height, width, depth, mode, version == 2)
    check_size(width, height, channels)
    if mode == _MULTICHANNEL:
        raise UnsupportedError("is a Photoshop document of spot colours (multichannel)", _AS_RGB)
    if mode not in _COLOURS or depth not in (1, 8, 16, 32) or (mode == _BITMAP) != (depth == 1):
        raise UnsupportedError(f"is a Photoshop document of mode {mode} with {depth} bits")
    table, at = _section(data, 26, "I")
    block, at = _section(data, at, "I")
    layers, at = _section(data, at, "Q" if document.large else "I")
    resources = iptc.resources(bytes(block))
    if len(found := resources.get(_VERSION, b"")) >= 5 and not found[4]:
        raise UnsupportedError("is a Photoshop document without a flattened picture", _AGAIN)
    if channels < _COLOURS[mode]:
        raise ValueError(f"{channels} channels")
    transparent = _transparent(layers, document) and channels > _COLOURS[mode]
    count = _COLOURS[mode] + transparent
    samples = _planes(data, at, document, count)
    decoded = _as_rgb(samples, document, bytes(table), resources.get(_PROFILE), transparent)
    decoded.metadata = _metadata(bytes(block), resources)
    if len(body := resources.get(_RESOLUTION, b"")) >= 16:
        across, _, _, down = struct.unpack_from(">IHHI", body)
        decoded.dpi = sane_dpi(across / 65536, down / 65536)
    if len(layers) > 8:
        decoded.notes.append("The document's layers stay in it: its flattened picture is opened.")
    if channels > count:
        decoded.notes.append(f"Extra channels were left out ({channels - count}).")
    return decoded


def _section(data: memoryview, at: int, form: str) -> tuple[memoryview, int]:
    size = struct.unpack_from(">" + form, data, at)[0]
    at += struct.calcsize(form)
    if at + size > len(data):
        raise ValueError("a section beyond the end")
    return data[at : at + size], at + size


def _transparent(layers: memoryview, document: _Document) -> bool:
    """Whether the flattened picture's first extra channel is its transparency."""
    head = 8 if document.large else 4
    return len(layers) >= head + 2 and struct.unpack_from(">h", layers, head)[0] < 0


def _planes(data: memoryview, at: int, document: _Document, count: int) -> Samples:
    """The first channels of the flattened picture, (count, h, w) as stored.

    Raises:
        ValueError: they are cut short.
        UnsupportedError: a compression that is not used for flattened pictures.
    """
    height, width, depth = document.height, document.width, document.depth
    per_row = (width * depth + 7) // 8
    kind = struct.unpack_from(">H", data, at)[0]
    at += 2
    if kind == 0:
        rows = np.frombuffer(data, np.uint8, count * height * per_row, at)
    elif kind == 1:
        rows = _unpacked(data, at, document, count, per_row)
    else:
        raise UnsupportedError(f"is a Photoshop document packed in a rare way ({kind})", _AGAIN)
    planes = rows.reshape(count, height, per_row)
    if depth == 1:
        return np.unpackbits(planes, axis=2)[:, :, :width]
    return planes.view({8: np.uint8, 16: ">u2", 32: ">f4"}[depth])


def _unpacked(
    data: memoryview, at: int, document: _Document, count: int, per_row: int
) -> NDArray[np.uint8]:
    """Rows of PackBits, whose lengths stand first."""
    lengths = np.frombuffer(
        data, ">u4" if document.large else ">u2", document.channels * document.height, at
    )
    at += lengths.nbytes
    out = np.empty((count * document.height, per_row), np.uint8)
    for row, length in enumerate(lengths[: len(out)].tolist()):
        if at + length > len(data):
            raise ValueError("a row beyond the end")
        unpacked = imagecodecs.packbits_decode(bytes(data[at : at + length]))
        if len(unpacked) != per_row:
            raise ValueError("a row of another length")
        out[row] = np.frombuffer(unpacked, np.uint8)
        at += length
    return out


def _as_rgb(
    planes: Samples, document: _Document, table: bytes, icc: bytes | None, transparent: bool
) -> Decoded:
    mode, notes = document.mode, list[str]()
    colours = np.moveaxis(planes[: _COLOURS[mode]], 0, -1)
    alpha: Pixels | None = None
    if document.depth == 32:
        if mode not in (_RGB, _GREY):
            raise UnsupportedError("is a Photoshop document of 32 bits that is not RGB", _AGAIN)
        light: NDArray[np.floating] = colours.astype(np.float32)
        if transparent:  # white was laid under light, before any curve
            part = np.clip(planes[-1].astype(np.float32), 0, 1)
            alpha = np.rint(part * 65535).astype(np.uint16)
            light = np.where(part[..., None] > 0, _unlaid(light, part[..., None]), light)
        pixels, note = conversions.from_light(light, icc is not None)
        notes.append(note)
    else:
        kind = np.uint16 if document.depth == 16 else np.uint8
        pixels = colours.astype(kind)
        alpha = planes[-1].astype(kind) if transparent else None
    top = np.iinfo(pixels.dtype).max
    if mode == _BITMAP:
        pixels = (1 - pixels) * np.uint8(255)
    elif mode == _INDEXED:
        if len(table) < 768:
            raise ValueError("no palette")
        pixels = np.frombuffer(table, np.uint8, 768).reshape(3, 256).T[pixels[..., 0]]
    elif mode == _CMYK:
        pixels, note = conversions.from_cmyk(top - pixels, icc)
        return Decoded(pixels, alpha, notes=[note])
    elif mode == _LAB:
        note = "CIELAB photo converted to 16-bit ProPhoto RGB, which holds all of its colours."
        if alpha is not None and alpha.dtype == np.uint8:
            alpha = alpha.astype(np.uint16) * np.uint16(257)
        return Decoded(_from_lab(pixels, top), alpha, icc=conversions.LAB_PROFILE(), notes=[note])
    elif mode == _DUOTONE:
        notes.append("A duotone opened as grey: its ink is not told to other programs.")
        icc = None
    grey = pixels.shape[2] == 1
    if grey:
        pixels = np.repeat(pixels, 3, axis=2)
    if alpha is not None and document.depth != 32:
        pixels = _without_white(pixels, alpha)
    return Decoded(pixels, alpha, grey, icc, notes=notes)


def _from_lab(pixels: Pixels, top: int) -> NDArray[np.uint16]:
    out = np.empty(pixels.shape, np.uint16)
    unit = (top + 1) // 256
    for row in range(0, len(pixels), BAND):
        band = pixels[row : row + BAND].astype(np.float32)
        a, b = ((band[..., i] - 128 * unit) / np.float32(unit) for i in (1, 2))
        out[row : row + BAND] = conversions.from_lab(band[..., 0] * (100 / top), a, b)
    return out


def _without_white(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Colours that Photoshop laid over white, without it."""
    top = np.iinfo(pixels.dtype).max
    out = np.empty_like(pixels)
    for row in range(0, len(pixels), BAND):
        part = alpha[row : row + BAND, :, None].astype(np.float32) / top
        laid = pixels[row : row + BAND].astype(np.float32) / top
        own = np.where(part > 0, _unlaid(laid, part), laid)
        out[row : row + BAND] = np.rint(np.clip(own, 0, 1) * top)
    return out


def _unlaid(laid: NDArray[np.floating], part: NDArray[np.floating]) -> NDArray[np.floating]:
    """What was laid over a white of 1 where it covers a part in (0, 1]."""
    return (laid - 1 + part) / np.maximum(part, np.float32(1e-6))


def _metadata(block: bytes, resources: dict[int, bytes]) -> Metadata:
    blob = resources.get(_EXIF)
    return Metadata(
        exif=exif.PREFIX + blob.removeprefix(exif.PREFIX) if blob else None,
        xmp=resources.get(_XMP),
        iptc=resources.get(iptc.IPTC_RESOURCE),
        resources=iptc.kept(block),
    )
