"""TIFF: every page is read with tifffile and imagecodecs, strip by strip.

Sources: TIFF 6.0 and its technical notes 1 and 2; BigTIFF; Adobe's notes for Photoshop (deflate,
predictors of floats, layers); ICC.1 annex B.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import tifffile

from editor.document import profiles
from editor.document.formats import conversions, tiff_metadata
from editor.document.formats.decoded import (
    BAND,
    CREDENTIALS,
    Decoded,
    UnsupportedError,
    check_size,
    divided_by_alpha,
    sane_dpi,
    stretched,
)
from editor.document.formats.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from numpy.typing import NDArray

    from editor.document.formats.decoded import Pixels, Source

    Samples = NDArray[Any]

_SIXTEEN = "Export it as TIFF with 16 bits per channel and open that file."
_MAX_PAGES = 1000
_BUFFER = 32 << 20  # bytes of packed strips that are read at a time

_GREY_WHITE, _GREY, _RGB, _PALETTE, _CMYK, _YCBCR, _LAB, _ICC_LAB = 0, 1, 2, 3, 5, 6, 8, 9
_COLOURS = {
    _GREY_WHITE: 1, _GREY: 1, _RGB: 3, _PALETTE: 1, _CMYK: 4, _YCBCR: 3, _LAB: 3, _ICC_LAB: 3,
}  # fmt: skip
_BY_TAGS = (_GREY_WHITE, _GREY, _RGB, _PALETTE, _YCBCR)  # whose colours tags may declare
_OTHERS = {
    4: "a transparency mask", 10: "ITU CIELAB", 32803: "raw sensor data",
    32844: "LogL light", 32845: "LogLuv light", 34892: "linear raw data", 51177: "a depth map",
    52527: "a semantic mask",
}  # fmt: skip


def opened(source: Source) -> tifffile.TiffFile:
    """The file for tifffile, which reads from where a file stands."""
    source.file.seek(0)
    return tifffile.TiffFile(source.file, name=source.name)


def is_raw(source: Source) -> bool:
    """Whether a TIFF is a camera raw file that a raw developer must read."""
    with opened(source) as tiff:
        tags = tiff.pages.first.tags
        return 50706 in tags or int(tags.valueof(262, default=2)) in (32803, 34892)


def read(source: Source) -> Decoded:
    """Decode the photograph of a TIFF: the first page that is no reduced copy, or the one chosen.

    Raises:
        UnsupportedError: pixels of a kind that is not read.
        ValueError, RuntimeError and others: damage.
    """
    with opened(source) as tiff:
        page, notes = _chosen(tiff, source.page)
        decoded = _decode(page, source.size)
        decoded.notes += notes
        tags = page.tags
        orientation = tags.valueof(274, default=1)
        decoded.orientation = orientation if orientation in range(2, 9) else 1
        decoded.dpi = _dpi(tags)
        decoded.metadata = _metadata(source, tiff, page)
        if 52545 in tags:
            decoded.notes.append(CREDENTIALS)
        if 37724 in tags:
            decoded.notes.append("The file's layers stay in it: their flattened picture is opened.")
    return decoded


def photograph(tiff: tifffile.TiffFile) -> tifffile.TiffPage:
    """The page that is opened."""
    return _chosen(tiff, None)[0]


def _chosen(tiff: tifffile.TiffFile, wanted: int | None) -> tuple[tifffile.TiffPage, list[str]]:
    pages: list[tifffile.TiffPage] = []
    for index, page in enumerate(tiff.pages):
        if index >= _MAX_PAGES:
            break
        whole = page if isinstance(page, tifffile.TiffPage) else page.aspage()
        pages.append(whole)
    if wanted is not None:
        if not 0 <= wanted < len(pages):
            raise UnsupportedError(
                f"has {len(pages)} pages, not {wanted + 1}", "Choose one of them, from 1."
            )
        return pages[wanted], []
    inner: list[tifffile.TiffPage] = []
    if pages[0].is_reduced and pages[0].subifds:
        inner = [p for p in (pages[0].pages or ()) if isinstance(p, tifffile.TiffPage)]
    whole = [page for page in (*pages, *inner) if not (page.is_reduced or page.is_mask)]
    page = whole[0] if whole else pages[0]
    return page, ["Only the first page was opened."] if len(whole) > 1 else []


def _decode(page: tifffile.TiffPage, size: int) -> Decoded:
    """The pixels of a page as RGB."""
    photometric, bits = int(page.photometric), page.bitspersample
    if photometric in _OTHERS or photometric not in _COLOURS:
        raise UnsupportedError(f"holds {_OTHERS.get(photometric, f'photometric {photometric}')}")
    form = int(page.sampleformat)
    if form not in (1, 3, 4):
        kind = "signed" if form == 2 else "complex"
        raise UnsupportedError(f"holds {kind} numbers, measurements rather than a photo", _SIXTEEN)
    if not isinstance(cast("object", bits), int) or bits > 64 or (form != 3 and bits > 32):
        raise UnsupportedError(f"holds pixels of {bits} bits", _SIXTEEN)
    jpeg = int(page.compression) in (6, 7, 34892, 33007)
    if photometric == _CMYK and int(page.tags.valueof(332, default=1)) != 1:
        raise UnsupportedError("is separated into inks other than CMYK")
    colours = _COLOURS[photometric]
    if page.samplesperpixel < colours:
        raise ValueError(f"{page.samplesperpixel} samples of {colours}")
    check_size(page.imagewidth, page.imagelength, page.samplesperpixel)
    extra = [int(kind) for kind in page.extrasamples][: page.samplesperpixel - colours]
    at = next((colours + i for i, kind in enumerate(extra) if kind in (1, 2)), None)
    samples, alpha = _samples(page, size, colours, at)
    associated = at is not None and extra[at - colours] == 1
    if alpha is not None and associated and photometric not in (_YCBCR, _PALETTE):
        _divide(samples, alpha, bits, form, signed=photometric == _LAB)
    decoded = _as_rgb(samples, page, page.iccprofile, converted=jpeg and photometric == _YCBCR)
    if alpha is not None:
        decoded.alpha = _same_depth(alpha, bits, form, decoded.pixels.dtype)
        if associated and photometric == _YCBCR:
            decoded.pixels = divided_by_alpha(decoded.pixels, decoded.alpha)
    if page.iccprofile is None and form != 3 and photometric in _BY_TAGS:
        try:
            decoded.icc = _colorimetry(page.tags, bits)
        except (ValueError, ZeroDivisionError, TypeError) as error:
            decoded.notes.append(f"The colours that the TIFF declares make no sense ({error}).")
    left = page.samplesperpixel - colours - (at is not None)
    if left:
        decoded.notes.append(f"Extra channels of the TIFF were left out ({left}).")
    return decoded


def _samples(
    page: tifffile.TiffPage, size: int, colours: int, alpha_at: int | None
) -> tuple[Samples, Samples | None]:
    """Colour (h, w, colours) and alpha (h, w) as stored, strip by strip; nothing else is kept.

    Raises:
        UnsupportedError: a compression or packing that cannot be read.
        ValueError: strips are missing or lie beyond the end of the file.
    """
    if page.decode.__name__.startswith("decode_raise"):
        try:
            page.decode(b"", 0)
        except (ValueError, NotImplementedError, RuntimeError) as error:
            reason = str(error).split(": ", 1)[-1]
            raise UnsupportedError(f"is a TIFF of a kind that is not read ({reason})") from error
    height, width = page.imagelength, page.imagewidth
    chunk, count = page.chunks, int(np.prod(page.chunked))
    whole = height * width * page.samplesperpixel
    if not count or int(np.prod(chunk)) > max(4 * whole, 1 << 22):
        raise ValueError(f"strips or tiles of {chunk}")
    if len(page.dataoffsets) < count or len(page.databytecounts) < count:
        raise ValueError("strips are missing")
    for offset, length in zip(page.dataoffsets[:count], page.databytecounts[:count], strict=True):
        if not offset or not length or offset + length > size:
            raise ValueError("a strip lies beyond the end")
    separate = int(page.planarconfig) == 2 and page.samplesperpixel > 1
    dtype = np.dtype(np.uint8) if page.dtype == np.bool_ else cast("np.dtype[Any]", page.dtype)
    colour = np.empty((height, width, colours), dtype)
    alpha = None if alpha_at is None else np.empty((height, width), dtype)
    for segment, (plane, _, top, left, _), (_, rows, columns, _) in page.segments(
        buffersize=_BUFFER
    ):
        if segment is None or segment.shape[1] < min(rows, height - top):
            raise ValueError(f"the strip at line {top} is missing or cut short")
        rows, columns = min(rows, height - top), min(columns, width - left)
        part = segment[0, :rows, :columns]
        box = slice(top, top + rows), slice(left, left + columns)
        if not separate:
            colour[box] = part[..., :colours]
            if alpha is not None:
                alpha[box] = part[..., alpha_at]
        elif plane < colours:
            colour[(*box, plane)] = part[..., 0]
        elif plane == alpha_at and alpha is not None:
            alpha[box] = part[..., 0]
    return colour, alpha


def _divide(samples: Samples, alpha: Samples, bits: int, form: int, *, signed: bool) -> None:
    """Take alpha (h, w) out of premultiplied samples (h, w, n), in place.

    Before anything is converted: what was multiplied are the numbers as they are stored. With
    ``signed``, all channels but the first are of two's complement.
    """
    top = 1.0 if form == 3 else float((1 << bits) - 1)
    for row in range(0, len(samples), BAND):
        whole = alpha[row : row + BAND].astype(np.float64) / top
        scale = np.divide(1, whole, out=np.ones_like(whole), where=whole > 0)
        for channel in range(samples.shape[2]):
            band = samples[row : row + BAND, :, channel]
            if form == 3:
                band[...] = band * scale
            elif signed and channel:
                stored = np.dtype(f"i{samples.itemsize}")
                limits = np.iinfo(stored)
                own = np.rint(np.ascontiguousarray(band).view(stored) * scale)
                whole_numbers = np.clip(own, limits.min, limits.max).astype(stored)
                band[...] = whole_numbers.view(samples.dtype)
            else:
                band[...] = np.rint(np.minimum(band * scale, top))


def _colorimetry(tags: tifffile.TiffTags, bits: int) -> bytes | None:
    """A profile for white point, primaries and transfer function; None where they say sRGB.

    Raises:
        ValueError, ZeroDivisionError, TypeError: they make no sense.
    """
    white, colours, curve = (tags.valueof(tag) for tag in (318, 319, 301))
    points: list[float] | None = None
    if colours is not None and len(colours) == 12:
        d65 = (3127, 10_000, 3290, 10_000)
        numbers = [*colours, *(white if white is not None and len(white) == 4 else d65)]
        points = [numbers[i] / numbers[i + 1] for i in range(0, 16, 2)]
    tables = None if curve is None else np.asarray(curve, np.uint16)
    if tables is not None:
        if bits > 16 or tables.size not in (1 << bits, 3 << bits):
            raise ValueError(f"a transfer function of {tables.size} values")
        tables = tables.reshape(-1, 1 << bits)
    return profiles.from_colorimetry(points, tables)


def _as_rgb(
    samples: Samples, page: tifffile.TiffPage, icc: bytes | None, *, converted: bool
) -> Decoded:
    """Pixels of any colour model as RGB of 8 or 16 bits."""
    photometric, bits, form = int(page.photometric), page.bitspersample, int(page.sampleformat)
    if photometric in (_LAB, _ICC_LAB):
        pixels = _from_lab(samples, bits, form, offset=photometric == _ICC_LAB)
        note = "CIELAB photo converted to 16-bit ProPhoto RGB, which holds all of its colours."
        return Decoded(pixels, icc=conversions.LAB_PROFILE(), notes=[note])
    notes: list[str] = []
    if form == 3:
        if photometric == _CMYK:
            raise UnsupportedError("holds CMYK in floats", _SIXTEEN)
        if photometric == _GREY_WHITE:
            np.subtract(1, samples, out=samples)
        pixels, note = conversions.from_light(samples, icc is not None)
        notes.append(note)
    elif photometric == _PALETTE:
        table = np.asarray(page.colormap, np.uint16)
        if table.shape[0] != 3:
            raise ValueError("a palette without three colours")
        if int(table.max(initial=0)) < 256:
            table = table * np.uint16(257)
        rounded = np.rint(table.T / 257).astype(np.uint8)
        pixels = rounded[np.minimum(samples[..., 0], len(rounded) - 1)]
    else:
        pixels = stretched(samples, bits)
        if bits not in (1, 2, 4, 8, 16):
            wide = 16 if bits > 8 else 8
            notes.append(f"{bits} bits per channel were opened as {wide}.")
    if photometric == _CMYK:
        pixels, note = conversions.from_cmyk(pixels, icc)
        return Decoded(pixels, notes=[*notes, note])
    if photometric == _GREY_WHITE and form != 3:
        np.subtract(np.iinfo(pixels.dtype).max, pixels, out=pixels)
    if photometric == _YCBCR and not converted:
        pixels = _from_ycbcr(pixels)
    grey = pixels.shape[2] == 1
    if grey:
        pixels = np.repeat(pixels, 3, axis=2)
    return Decoded(pixels, greyscale=grey, icc=icc, notes=notes)


def _from_lab(samples: Samples, bits: int, form: int, *, offset: bool) -> NDArray[np.uint16]:
    if form == 3 or bits not in (8, 16):
        raise UnsupportedError(f"holds CIELAB of {bits} bits", _SIXTEEN)
    out = np.empty(samples.shape, np.uint16)
    top, unit = (255, 1) if bits == 8 else (65535, 256)
    middle, signed = (128 * unit, np.int32) if offset else (0, np.dtype(f"i{bits // 8}"))
    for row in range(0, len(samples), BAND):
        band = samples[row : row + BAND]
        lightness = band[..., 0].astype(np.float32) * np.float32(100 / top)
        a, b = (
            (np.ascontiguousarray(band[..., i]).view(signed) if not offset else band[..., i])
            .astype(np.float32)
            .__sub__(np.float32(middle))
            / np.float32(unit)
            for i in (1, 2)
        )
        out[row : row + BAND] = conversions.from_lab(lightness, a, b)
    return out


def _from_ycbcr(pixels: Pixels) -> Pixels:
    """Full-range BT.601, as TIFF 6.0 assumes by default."""
    out, top = np.empty_like(pixels), np.iinfo(pixels.dtype).max
    for row in range(0, len(pixels), BAND):
        y, cb, cr = np.moveaxis(pixels[row : row + BAND].astype(np.float32), -1, 0)
        cb, cr = cb - (top + 1) // 2, cr - (top + 1) // 2
        band = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], -1)
        out[row : row + BAND] = np.rint(np.clip(band, 0, top))
    return out


def _same_depth(alpha: Samples, bits: int, form: int, dtype: np.dtype[Any]) -> Pixels:
    if form == 3:
        light = np.clip(np.nan_to_num(alpha.astype(np.float32)), 0, 1)
        return np.rint(light * np.iinfo(dtype).max).astype(dtype)
    alpha = stretched(alpha, bits)
    if alpha.dtype == dtype:
        return alpha
    return alpha.astype(np.uint16) * np.uint16(257)  # CIELAB of 8 bits becomes 16


def _dpi(tags: tifffile.TiffTags) -> tuple[float, float] | None:
    per_inch = {2: 1.0, 3: 2.54}.get(int(tags.valueof(296, default=2)))
    across, down = tags.valueof(282), tags.valueof(283)
    if per_inch is None or not across or not down or not across[1] or not down[1]:
        return None
    return sane_dpi(across[0] / across[1] * per_inch, down[0] / down[1] * per_inch)


def _metadata(source: Source, tiff: tifffile.TiffFile, page: tifffile.TiffPage) -> Metadata:
    """Packets of a page; EXIF from the first page where the page has none, as after a preview."""
    pages = [page] if page is tiff.pages.first else [page, tiff.pages.first]
    packets = [tiff_metadata.packets(source, own.offset, tiff.byteorder, tiff.is_bigtiff)
               for own in pages]  # fmt: skip
    first = packets[0]
    for other in packets[1:]:
        first = Metadata(
            exif=first.exif or other.exif,
            xmp=first.xmp or other.xmp,
            iptc=first.iptc or other.iptc,
            resources=first.resources or other.resources,
        )
    return first


def bands(file: BinaryIO) -> Iterator[tuple[int, Pixels]]:
    """What was written here, strip by strip: the first row, and rows (n, width, 3).

    Raises:
        ValueError and others: it is not as it was written.
    """
    with tifffile.TiffFile(file) as tiff:
        page = tiff.pages.first
        for strip, (*_, top, _, _), _ in page.segments(buffersize=_BUFFER):
            if strip is None:
                raise ValueError(f"the strip at line {top} is missing")
            rows = strip.reshape(-1, *strip.shape[-2:])
            yield top, rows[..., :3] if rows.shape[2] >= 3 else np.repeat(rows[..., :1], 3, axis=2)
