"""Photographs written as files: profile, depth and metadata as they were, in one step."""

from __future__ import annotations

import errno
import io
import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from editor.document.colour import ColourSpace, rounded_to_8_bits, sixteen_bits, srgb_uint8
from editor.document.files import write_failure
from editor.document.formats import (
    exif,
    iptc_as_xmp,
    isobmff,
    jpeg,
    jpeg_xl,
    png,
    tiff,
    tiff_writing,
    webp,
    xmp,
)
from editor.document.formats.content import Content, EditedPart, ExportOptions
from editor.document.formats.decoded import BAND, PhotoError
from editor.document.formats.metadata import Metadata
from editor.document.output_pixels import converted, profile_of, resized, sharpened, size_of
from foundation.atomic_files import atomic_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from editor.document.formats.layers import Layer
    from editor.document.photo import Photo, Pixels

__all__ = [
    "SUFFIXES",
    "ExportOptions",
    "check_export",
    "keeps_pixels",
    "save_photo",
    "stored_bands",
]

SOFTWARE = "Style Intervention"
"""Written as the program of an exported photo."""

_AI_MARK: dict[tuple[str, str], xmp.Value] = {
    (xmp.IPTC_EXT, "Iptc4xmpExt:DigitalSourceType"): xmp.AI_COMPOSITE
}
_THUMBNAIL = 160  # pixels of the longer side, as DCF has it


class _Format:
    """What a format can hold, and what writes it."""

    def __init__(
        self,
        name: str,
        write: Callable[[Content], None],
        largest: int,
        *,
        deep: bool = True,
        alpha: bool = True,
        grey: bool = True,
        profile: bool = True,
        iptc: bool = True,
        text: bool = False,
        thumbnail: bool = False,
        resolution: bool = True,
    ) -> None:
        self.name, self.write, self.largest = name, write, largest
        self.deep, self.alpha, self.grey, self.profile = deep, alpha, grey, profile
        self.iptc, self.text, self.thumbnail = iptc, text, thumbnail
        self.resolution = resolution


_JPEG = _Format("JPEG", jpeg.write, 65_500, deep=False, alpha=False, text=True, thumbnail=True)
_PNG = _Format("PNG", png.write, 1_000_000, text=True)
_TIFF = _Format("TIFF", tiff_writing.write, 1_000_000)
_WEBP = _Format("WebP", webp.write, 16_383, deep=False, grey=False, iptc=False, resolution=False)
_AVIF = _Format(
    "AVIF", isobmff.write_avif, 65_535, deep=False, grey=False, iptc=False, resolution=False
)
_JXL = _Format("JPEG XL", jpeg_xl.write, 1_000_000, profile=False, iptc=False, resolution=False)
_FORMATS = {
    ".jpg": _JPEG, ".jpeg": _JPEG, ".png": _PNG, ".tif": _TIFF, ".tiff": _TIFF, ".webp": _WEBP,
    ".avif": _AVIF, ".jxl": _JXL,
}  # fmt: skip

SUFFIXES = tuple(_FORMATS)
"""What the names of exported photos may end in, in lower case."""


def check_export(
    path: Path,
    size: tuple[int, int],
    inputs: Iterable[Path] = (),
    options: ExportOptions | None = None,
) -> None:
    """Refuse an export that cannot succeed, before anything is computed.

    Args:
        path: where to.
        size: width and height of the photo.
        inputs: files that the export must not overwrite: the photo, a mask, a reference, a project.
        options: how it will be written.

    Raises:
        PhotoError: an unknown suffix, too many pixels for the format, no such folder, no room, a
            device or pipe, or one of the inputs.
    """
    path = Path(path)
    form = _format_of(path)
    if options is not None:
        _check_layers(form, options)
        if options.depth == 16 and not form.deep:
            raise PhotoError(
                f"{form.name} holds 8 bits per channel.",
                "Save as TIFF, PNG or JPEG XL, or leave the depth as it is.",
            )
        size = size_of(*size, options.longest)
    if max(size) > form.largest:
        raise PhotoError(
            f"{path.suffix} files hold at most {form.largest} pixels a side.",
            "Save as PNG or TIFF instead.",
        )
    try:
        _check_place(path, size, inputs)
    except (OSError, ValueError) as error:
        if isinstance(error, PhotoError):
            raise
        failure = error if isinstance(error, OSError) else OSError(str(error))
        raise PhotoError(*write_failure(failure, path)) from error


def _check_layers(form: _Format, options: ExportOptions) -> None:
    if not options.layers:
        return
    if form is not _TIFF:
        raise PhotoError(f"{form.name} files hold no layers.", "Choose a name that ends in .tif.")
    if options.longest or options.sharpen or options.profile != "photo" or options.depth == 8:
        raise PhotoError(
            "Layers are written as the photo is: in its size and colours, in 16 bits.",
            "Leave size, sharpening, profile and depth as they are, or leave the layers out.",
        )


def _check_place(path: Path, size: tuple[int, int], inputs: Iterable[Path]) -> None:
    if path.is_dir():
        raise PhotoError(f"{path.name} is a folder.", "Choose another file name.")
    if not path.parent.is_dir():
        raise PhotoError(
            f"The folder {path.parent} does not exist.", "Choose a folder that exists."
        )
    if not os.access(path.parent, os.W_OK):
        raise PhotoError(*write_failure(PermissionError(errno.EACCES, "", str(path)), path))
    if path.exists():
        if not path.is_file():
            raise PhotoError(f"{path.name} is a device or pipe.", "Choose another file name.")
        for source in inputs:
            if source.exists() and path.samefile(source):
                raise PhotoError(
                    f"{path.name} is one of the files that the export is made from.",
                    "Choose another file name.",
                )
    if len(os.fsencode(path.name)) > 255 or "\0" in path.name:
        raise PhotoError("No file can have that name.", "Choose a name of at most 255 bytes.")
    free = shutil.disk_usage(path.parent).free
    needed = size[0] * size[1]  # about what a well-packed file takes at most
    if free < needed:
        raise PhotoError(
            f"The disk that holds {path.parent} has {free / 1e6:.0f} MB left; "
            f"the photo may take {needed / 1e6:.0f}.",
            "Free some space or choose another disk.",
        )


def _format_of(path: Path) -> _Format:
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise PhotoError(
            f"“{path.suffix or path.name}” is no format that photos can be saved in.",
            "Choose a name that ends in .png, .tif, .jpg, .webp, .avif or .jxl.",
        )
    return form


def save_photo(
    photo: Photo,
    pixels: Pixels | EditedPart,
    path: Path,
    options: ExportOptions,
    layers: tuple[Layer, ...] = (),
    sign: Callable[[bytes], bytes] | None = None,
) -> tuple[str, ...]:
    """Write ``pixels`` as ``photo`` would be: its profile, alpha, metadata and resolution.

    The suffix decides the format. PNG and TIFF are lossless and keep 8 or 16 bits, alpha and every
    packet; JPEG XL keeps 8 or 16 bits and alpha in sRGB; WebP and AVIF have 8 bits; JPEG has
    neither 16 bits nor alpha. A photo of one grey channel that is still grey stays so.

    Args:
        photo: what the pixels were made from.
        pixels: (height, width, 3), uint8 or uint16, in the photo's size and colour space; or the
            part of them that edits have changed, with which PNG and TIFF are written without a copy
            of the whole photo.
        path: where to; replaced only once the new file is complete.
        options: quality and such.
        layers: with ``options.layers``: what leads from the photo to ``pixels``.
        sign: puts a signature into the file before it is there (``credentials.signing``).

    Returns:
        What the format could not keep, one sentence each.

    Raises:
        PhotoError: see ``check_export``; or the file cannot be written.
    """
    path = Path(path)
    part: EditedPart | None = None
    if isinstance(pixels, EditedPart):
        if keeps_pixels(photo, path, options) and not photo.greyscale:
            pixels, part = photo.pixels, pixels
        else:
            pixels = _whole(photo.pixels, pixels)
    if pixels.shape != photo.pixels.shape or pixels.dtype.name not in ("uint8", "uint16"):
        raise ValueError(f"{pixels.dtype} {pixels.shape} for a photo of {photo.pixels.shape}")
    form = _format_of(path)
    check_export(path, (photo.width, photo.height), options=options)
    notes: list[str] = []
    if options.layers:
        options = replace(options, depth=16)
    pixels, alpha = _deeper(pixels, photo.alpha, form, options)
    pixels, alpha = resized(pixels, alpha, options.longest)
    pixels = sharpened(pixels, options.sharpen)
    pixels, icc, declared = _in_colours(photo, pixels, form, options, notes)
    pixels, alpha = _in_depth(pixels, alpha, form, options, notes)
    kept = icc is not None and icc == photo.icc
    grey = form.grey and photo.greyscale and (icc is None or (kept and photo.own_icc is not None))
    grey = grey and not options.layers and _is_grey(pixels)
    if grey:
        icc = photo.own_icc if icc is not None or photo.icc is None else None
    try:
        thumbnail = _thumbnail(pixels, icc) if form.thumbnail and photo.exif and not grey else None
        if grey and form.thumbnail and photo.exif:
            thumbnail = _thumbnail(pixels, photo.icc)
        srgb = photo.icc is not None and icc is None
        size = pixels.shape[1], pixels.shape[0]
        metadata = _metadata(photo, form, options, notes, thumbnail, size, srgb=srgb)
        dpi = photo.dpi if options.keep_metadata else None
        with atomic_file(path) as file:
            content = Content(
                file, pixels, alpha, grey, icc, declared, metadata, dpi, options, notes
            )
            content.part = part
            if options.layers:
                content.photo, content.layers = photo.pixels, layers
            form.write(content)
            if sign is not None:
                file.seek(0)
                signed = sign(file.read())
                file.seek(0)
                file.truncate()
                file.write(signed)
    except OSError as error:
        if error.errno is not None:  # the disk's, not the format's
            raise PhotoError(*write_failure(error, path)) from error
        raise _unwritable(path, error) from error
    except (MemoryError, ValueError, TypeError, RuntimeError, OverflowError) as error:
        raise _unwritable(path, error) from error
    return tuple(dict.fromkeys(notes))


def _whole(photo: Pixels, part: EditedPart) -> Pixels:
    """The photo with a part of it that edits have changed, in that one's depth, as a copy."""
    if part.pixels.dtype == photo.dtype:
        return part.over(photo)
    whole = sixteen_bits(photo)
    part.write(whole)
    return whole


def _unwritable(path: Path, error: Exception) -> PhotoError:
    if isinstance(error.__context__, OSError) and error.__context__.errno:
        return PhotoError(*write_failure(error.__context__, path))
    return PhotoError(
        f"The photo cannot be written as {path.suffix} ({error}).", "Save as PNG instead."
    )


def _deeper(
    pixels: Pixels, alpha: Pixels | None, form: _Format, options: ExportOptions
) -> tuple[Pixels, Pixels | None]:
    """Pixels and alpha of one depth, and of 16 bits already where those are to be written."""
    if form.deep and options.depth == 16:
        pixels = sixteen_bits(pixels)
    if alpha is not None and alpha.dtype != pixels.dtype:
        alpha = rounded_to_8_bits(alpha) if pixels.dtype == np.uint8 else sixteen_bits(alpha)
    return pixels, alpha


def _in_depth(
    pixels: Pixels, alpha: Pixels | None, form: _Format, options: ExportOptions, notes: list[str]
) -> tuple[Pixels, Pixels | None]:
    """Pixels and alpha in the depth that is written."""
    if pixels.dtype == np.uint16 and (not form.deep or options.depth == 8):
        if not form.deep:
            notes.append(f"{form.name} has 8 bits per channel here: the 16-bit photo was rounded.")
        pixels = rounded_to_8_bits(pixels)
        alpha = None if alpha is None else rounded_to_8_bits(alpha)
    if alpha is not None and not form.alpha:
        notes.append(f"{form.name} has no transparency: the alpha channel was left out.")
        alpha = None
    return pixels, alpha


def _in_colours(
    photo: Photo, pixels: Pixels, form: _Format, options: ExportOptions, notes: list[str]
) -> tuple[Pixels, bytes | None, tuple[tuple[bytes, bytes], ...]]:
    """Pixels, the profile of RGB to write, and the chunks of PNG that declare the same."""
    if options.profile == "photo" and (form.profile or photo.icc is None):
        return pixels, photo.icc, photo.declared if form is _PNG else ()
    target = profile_of(options.profile) if form.profile else None
    if options.profile != "srgb" and not form.profile:
        notes.append(f"{form.name} is written in sRGB here: the colours were converted.")
    return converted(pixels, photo.icc, target, options.intent), target, ()


def _is_grey(pixels: Pixels) -> bool:
    for row in range(0, len(pixels), BAND):
        band = pixels[row : row + BAND]
        if (band[..., :1] != band[..., 1:]).any():
            return False
    return True


def _thumbnail(pixels: Pixels, icc: bytes | None) -> bytes:
    scale = _THUMBNAIL / max(pixels.shape[:2])
    size = tuple(max(1, round(side * min(scale, 1))) for side in pixels.shape[1::-1])
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), pixels.dtype)
    file = io.BytesIO()
    Image.fromarray(srgb_uint8(small, icc)).save(file, "JPEG", quality=80)
    return file.getvalue()


def keeps_pixels(photo: Photo, path: Path, options: ExportOptions) -> bool:
    """Whether :func:`stored_bands` gives back the very pixels that are saved with these options."""
    form = _FORMATS.get(path.suffix.lower())
    depths = (0, 16) if photo.sixteen_bit else (0, 8)
    if options.layers and not photo.sixteen_bit:
        return False
    colours = options.profile == "photo" or (
        options.profile == "srgb" and ColourSpace.of(photo.icc).is_srgb
    )
    size = photo.width, photo.height
    whole = size_of(*size, options.longest) == size and not options.sharpen
    return form in (_PNG, _TIFF) and options.depth in depths and colours and whole


def _metadata(
    photo: Photo,
    form: _Format,
    options: ExportOptions,
    notes: list[str],
    thumbnail: bytes | None,
    size: tuple[int, int],
    *,
    srgb: bool,
) -> Metadata:
    """What the file is to say: what the photo's file said, renewed where the export differs."""
    kept = photo.metadata.without(options.leave_out) if options.keep_metadata else Metadata()
    blob, dpi = kept.exif, None
    if not form.resolution and options.keep_metadata and "all" not in options.leave_out:
        dpi = photo.dpi  # these formats have no other place for it than EXIF
        blob = blob or (exif.EMPTY if dpi else None)
    if blob is not None:
        try:
            renew = partial(exif.renewed, blob, size=size, software=SOFTWARE, srgb=srgb, dpi=dpi)
            blob = renew(thumbnail=thumbnail)
            if form is _JPEG and thumbnail and len(blob) > jpeg.LONGEST:
                blob = renew(thumbnail=None)
        except ValueError:
            notes.append("The EXIF data is damaged and was left out.")
            blob = None
    extended = kept.extended if form is _JPEG else None
    if kept.extended and extended is None:
        notes.append(f"{form.name} has no room for the extended part of the XMP data.")
    stale = xmp.named(layout=True, other_pictures=True, extended=extended is None)
    iim, resources = kept.iptc, kept.resources
    add: dict[tuple[str, str], xmp.Value] = {}
    if not form.iptc:
        if iim:
            add |= iptc_as_xmp.properties(iim, kept.xmp)
            notes.append(f"{form.name} has no room for IPTC data: XMP holds it instead.")
        iim = resources = None
    if options.ai_mark:
        add |= _AI_MARK
    packet, note = xmp.edited(kept.xmp, leave_out=stale, add=add)
    notes += [note] if note else []
    text = kept.text
    if text and not form.text:
        notes.append(f"{form.name} has no room for the photo's text or comment.")
    return Metadata(blob, packet, extended, iim, resources, text if form.text else ())


def stored_bands(path: Path) -> Iterator[tuple[int, Pixels]]:
    """What :func:`save_photo` has stored in a lossless file, read from the disk band by band.

    Args:
        path: a PNG or TIFF file as written here, no other.

    Yields:
        the first row of a band, and its rows (n, width, 3), from the top down; never the whole
        photograph at once.

    Raises:
        PhotoError: the file cannot be read, or is not as it was written.
    """
    try:
        with path.open("rb") as file:
            yield from (png if path.suffix.lower() == ".png" else tiff).bands(file)
    except Exception as error:  # decoders raise what they like
        raise PhotoError(
            f"{path.name} was written, but cannot be read again ({error}).",
            "Look whether the disk is sound, and export once more.",
        ) from error
