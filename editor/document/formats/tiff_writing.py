"""TIFF written strip by strip, around the EXIF structure of the photo.

An EXIF structure is a TIFF without pixels. It becomes the beginning of the file, byte for byte, so
that every offset in it still holds, those of maker notes too; pixels follow, and a new first
directory at the end names both.

Sources: TIFF 6.0 and its technical note 2; Adobe's TIFF notes for Photoshop (deflate, ICC, XMP).
"""

from __future__ import annotations

import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np

from editor.document.colour import sixteen_bits
from editor.document.formats import exif, iptc, layers

if TYPE_CHECKING:
    from editor.document.formats.content import Content
    from editor.document.formats.decoded import Pixels

_STRIP = 1 << 18  # bytes of pixels in one
_CODES = {"none": 1, "lzw": 5, "deflate": 8, "zstd": 50000}


def write(content: Content) -> None:
    """Write 8 or 16 bits, grey or RGB, with alpha and every packet."""
    file = content.file
    blob = exif.Blob(content.metadata.exif) if content.metadata.exif else None
    order = blob.order if blob else "<"
    start = bytes(blob.data) if blob else b"II*\0\0\0\0\0"
    file.write(start + bytes(len(start) % 2))
    offsets, lengths, per_strip = _strips(content, order)
    fields = _fields(content, order, offsets, lengths, per_strip)
    rows: dict[int, bytes] = {}
    if blob is not None:
        for entry in blob.directory(blob.first)[0]:
            if entry.tag not in exif.LAYOUT or entry.tag in (exif.EXIF_IFD, exif.GPS_IFD):
                rows[entry.tag] = bytes(blob.data[entry.at : entry.at + 12])
    for tag, (kind, value) in fields.items():
        count = len(value) // exif.SIZES[kind]
        place = value.ljust(4, b"\0")
        if len(value) > 4:
            at = file.tell()
            place = struct.pack(order + "I", at)
            file.write(value + bytes(len(value) % 2))
        rows[tag] = struct.pack(order + "HHI", tag, kind, count) + place
    at = file.tell()
    if at >= 1 << 32:
        raise ValueError("more than 4 GB")
    directory = b"".join(rows[tag] for tag in sorted(rows))
    file.write(struct.pack(order + "H", len(rows)) + directory + bytes(4))
    file.seek(4)
    file.write(struct.pack(order + "I", at))
    file.seek(0, os.SEEK_END)


def _strips(content: Content, order: str) -> tuple[list[int], list[int], int]:
    """Write the pixels; where each strip is, its length, and its rows."""
    height, width = content.pixels.shape[:2]
    per_row = width * content.channels * content.pixels.itemsize
    step = max(1, min(height, _STRIP // per_row))
    kind = content.options.tiff_compression

    def packed(top: int) -> bytes:
        rows = content.rows(top, min(top + step, height))
        if kind != "none":
            rows = _differences(rows)
        if rows.dtype.itemsize == 2 and order == ">":
            rows = rows.byteswap()
        data = np.ascontiguousarray(rows).tobytes()
        if kind == "deflate":
            return zlib.compress(data, 3)
        if kind == "lzw":
            return bytes(imagecodecs.lzw_encode(data))
        return bytes(imagecodecs.zstd_encode(data, level=3)) if kind == "zstd" else data

    offsets: list[int] = []
    lengths: list[int] = []
    workers = min(4, os.cpu_count() or 1)
    tops = range(0, height, step)
    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, len(tops), 4 * workers):
            for strip in pool.map(packed, tops[first : first + 4 * workers]):
                offsets.append(content.file.tell())
                lengths.append(len(strip))
                content.file.write(strip + bytes(len(strip) % 2))
    return offsets, lengths, step


def _differences(rows: Pixels) -> Pixels:
    """Each pixel less the one before it in its row (predictor 2)."""
    out = rows.copy()
    np.subtract(rows[:, 1:], rows[:, :-1], out=out[:, 1:])
    return out


def _fields(
    content: Content, order: str, offsets: list[int], lengths: list[int], per_strip: int
) -> dict[int, tuple[int, bytes]]:
    """Type and bytes of every field about the pixels, profile and packets."""

    def shorts(*values: int) -> tuple[int, bytes]:
        return 3, struct.pack(f"{order}{len(values)}H", *values)

    def longs(*values: int) -> tuple[int, bytes]:
        return 4, struct.pack(f"{order}{len(values)}I", *values)

    height, width = content.pixels.shape[:2]
    kind = content.options.tiff_compression
    fields = {
        254: longs(0),
        256: longs(width),
        257: longs(height),
        258: shorts(*[8 * content.pixels.itemsize] * content.channels),
        259: shorts(_CODES[kind]),
        262: shorts(1 if content.grey else 2),
        273: longs(*offsets),
        274: shorts(1),
        277: shorts(content.channels),
        278: longs(per_strip),
        279: longs(*lengths),
        284: shorts(1),
    }
    if content.dpi:
        for tag, value in zip((282, 283), content.dpi, strict=True):
            fields[tag] = 5, struct.pack(order + "II", round(value * 10_000), 10_000)
        fields[296] = shorts(2)
    if kind != "none":
        fields[317] = shorts(2)
    if content.alpha is not None:
        fields[338] = shorts(2)  # not premultiplied
    metadata = content.metadata
    if metadata.xmp:
        fields[700] = 1, metadata.xmp
    if metadata.iptc:
        fields[33723] = 7, metadata.iptc
    if metadata.resources or metadata.iptc:
        block = iptc.resource(iptc.IPTC_RESOURCE, metadata.iptc) if metadata.iptc else b""
        fields[34377] = 1, block + (metadata.resources or b"")
    if content.icc:
        fields[34675] = 7, content.icc
    if content.photo is not None:
        alpha = None if content.alpha is None else sixteen_bits(content.alpha)
        photo = sixteen_bits(content.photo)
        fields[layers.TAG] = 7, layers.packed(order, photo, alpha, content.layers)
    return fields
