"""Photographs: opened with every bit, profile and packet kept, and prepared for the screen."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from editor.document.colour import ColourSpace, srgb_uint8
from editor.document.files import BudgetError, open_regular, read_failure, read_file
from editor.document.formats import exif, opening, xmp
from editor.document.formats.conversions import grey_as_rgb
from editor.document.formats.decoded import (
    AGAIN,
    MAX_FILE,
    MAX_PIXELS,
    PhotoError,
    Source,
    UnsupportedError,
    sane_dpi,
    upright,
)
from editor.document.formats.metadata import Metadata
from editor.document.formats.raw import SUFFIXES as RAW_SUFFIXES
from editor.document.profiles import adobe_rgb, model_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from editor.document.formats.decoded import Decoded, Pixels

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "Metadata",
    "Photo",
    "PhotoError",
    "Pyramid",
    "decode_photo",
    "kind_of",
    "make_pyramid",
    "open_photo",
]

# Pillow's own guard warns at 89 megapixels; ours is checked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".avif", ".heic", ".heif", ".jxl", ".psd",
    ".psb", *sorted(RAW_SUFFIXES),
)  # fmt: skip
"""What the names of photographs usually end in, for dialogs; the content decides, not the name."""

_LARGE = 64 << 20  # bytes above which it matters how a file is stored
_TURNED_BY_EXIF = ("JPEG", "PNG", "WEBP")
_WITHOUT_XMP = ("RAW", "AVIF", "HEIF", "PSD")  # where nobody but their own writers puts it


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Photo:
    r"""A photograph as its file holds it, upright.

    Attributes:
        pixels: uint8 or uint16, (height, width, 3), RGB in the file's own colour space, with the
            orientation applied, read-only.
        alpha: the same type, (height, width), not premultiplied, read-only; None when opaque.
        icc: the profile that the pixels are in; None means sRGB.
        metadata: EXIF with orientation 1 and no thumbnail (it would show the unedited photo), XMP,
            IPTC and text.
        dpi: pixels per inch across and down, if the file says so.
        path: where it was read from; None for photographs embedded in a project.
        sha256: of the file's bytes, in hex.
        file_format: ``"JPEG"``, ``"PNG"``, ``"TIFF"``, ``"WEBP"``, ``"AVIF"``, ``"HEIF"``,
            ``"JXL"``, ``"PSD"`` or ``"RAW"``.
        greyscale: whether the file held one grey channel; ``pixels`` repeats it three times.
        own_icc: the file's own profile of grey, where ``icc`` is one of RGB with the same look.
        declared: chunks of a PNG that declare the colours in another way than ``icc``, which
            means the same.
        notes: what the user should know about how it was opened, one sentence each.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    icc: bytes | None = None
    metadata: Metadata = field(default_factory=Metadata)
    dpi: tuple[float, float] | None = None
    path: Path | None = None
    sha256: str = ""
    file_format: str = "PNG"
    greyscale: bool = False
    own_icc: bytes | None = None
    declared: tuple[tuple[bytes, bytes], ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        pixels = np.ascontiguousarray(self.pixels)
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype.name not in ("uint8", "uint16"):
            raise ValueError(f"a photo is uint8 or uint16 (h, w, 3): {pixels.dtype} {pixels.shape}")
        if not pixels.size:
            raise ValueError("a photo without pixels")
        alpha = None if self.alpha is None else np.ascontiguousarray(self.alpha)
        if alpha is not None and (alpha.shape != pixels.shape[:2] or alpha.dtype != pixels.dtype):
            raise ValueError(f"alpha of {alpha.dtype} {alpha.shape} beside {pixels.shape}")
        for name, array in (("pixels", pixels), ("alpha", alpha)):
            if array is not None:
                array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.pixels.shape[0]

    @property
    def exif(self) -> bytes | None:
        r"""``Exif\0\0`` and a TIFF structure; None without EXIF."""
        return self.metadata.exif

    @property
    def sixteen_bit(self) -> bool:
        """Whether the pixels are uint16."""
        return self.pixels.dtype == np.uint16


# ------------------------------------------------------------------ opening


def open_photo(path: Path, page: int | None = None) -> Photo:
    """Read a photograph; the content decides what it is, not the name.

    JPEG, PNG, TIFF, WebP, AVIF, HEIF, JPEG XL, Photoshop documents (flattened) and camera raw
    files. Every bit that a channel has is kept; CMYK, CIELAB and floats are converted, with a note.

    Args:
        path: a regular file.
        page: which page of a TIFF, from 0; None for the photograph itself.

    Raises:
        PhotoError: there is no such file, it cannot be read, or it is no usable photograph.
    """
    path = Path(path)
    with _source(path, page) as source:
        return _with_sidecar(_photo(source, path), path)


def kind_of(path: Path) -> str:
    """What ``Photo.file_format`` of a file will be, by its first bytes: nothing is decoded.

    Raises:
        PhotoError: there is no such file, it cannot be read, or it is certainly no photograph.
    """
    with _source(Path(path)) as source:
        return _reader(source)[0]


@contextmanager
def _source(path: Path, page: int | None = None) -> Generator[Source]:
    """A photo's file, open.

    Raises:
        PhotoError: it cannot be read, or its size is none of a photo.
    """
    try:
        with open_regular(path) as file:
            found = os.fstat(file.fileno())
            if found.st_size > MAX_FILE:
                gigabytes = found.st_size / 1e9
                raise PhotoError(
                    f"{_name(path)} has {gigabytes:.1f} GB; no photo of that size is read.",
                    "Export a smaller copy from a photo program and open that.",
                )
            stored = getattr(found, "st_blocks", found.st_size) * 512  # Windows does not tell
            if found.st_size > _LARGE and stored < found.st_size // 16:
                raise PhotoError(
                    f"{_name(path)} is a file of holes: hardly any of it is there.", AGAIN
                )
            yield Source(file, found.st_size, _name(path), path.suffix.lower(), page)
    except OSError as error:
        raise PhotoError(*read_failure(error, path)) from error


def decode_photo(data: bytes, path: Path | None) -> Photo:
    """Decode the bytes of a photograph's file; ``path`` is kept and named in errors.

    Raises:
        PhotoError: the bytes are no usable photograph.
    """
    suffix = path.suffix.lower() if path is not None else ""
    return _photo(Source(io.BytesIO(data), len(data), _name(path), suffix), path)


def sidecar_of(path: Path, file_format: str) -> Path | None:
    """Where the XMP of a photo lies beside it; None where the file holds its own.

    Args:
        path: of the photo.
        file_format: as ``Photo`` has it.
    """
    if file_format not in _WITHOUT_XMP or path.suffix.lower() == ".dng":
        return None
    longer = path.with_name(f"{path.name}.xmp")
    if file_format != "RAW" or longer.exists():
        return longer
    upper = path.with_suffix(".XMP")
    return upper if upper.exists() else path.with_suffix(".xmp")


def _with_sidecar(photo: Photo, path: Path) -> Photo:
    """With the XMP that lies beside it, which is newer than what is inside."""
    aside = sidecar_of(path, photo.file_format)
    if aside is None:
        return photo
    try:
        packet = read_file(aside, xmp.MAX_PACKET)
    except FileNotFoundError:
        return photo
    except (OSError, BudgetError) as error:
        note = f"{aside.name} cannot be read and was left out ({error})."
        return replace(photo, notes=(*photo.notes, note))
    kept, problem = xmp.edited(packet, leave_out=xmp.named(raw_settings=True))
    if problem:
        return replace(photo, notes=(*photo.notes, f"{aside.name} is no XMP and was left out."))
    return replace(photo, metadata=photo.metadata.replaced(xmp=kept))


def _name(path: Path | None) -> str:
    if path is None:
        return "The photo"
    return path.name if len(path.name) <= 80 else f"{path.name[:60]}…{path.name[-16:]}"


def _reader(source: Source) -> tuple[str, Callable[[Source], Decoded]]:
    if not source.size:
        raise PhotoError(f"{source.name} is empty.", AGAIN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return opening.reader(source)
    except UnsupportedError as error:
        raise PhotoError(f"{source.name} {error}.", error.advice) from error
    except OSError:
        raise
    except Exception as error:  # of a TIFF the tags are looked at
        raise PhotoError(
            f"{source.name} cannot be read. It is damaged or cut short.", AGAIN
        ) from error


def _photo(source: Source, path: Path | None) -> Photo:
    name = source.name
    kind, read = _reader(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata does not concern the user
            decoded = read(source)
            return _finished(decoded, kind, source, path)
    except PhotoError:
        raise
    except UnsupportedError as error:
        raise PhotoError(f"{name} {error}.", error.advice) from error
    except MemoryError as error:
        raise PhotoError(
            f"{name} does not fit into memory.", "Close other programs or open a smaller copy."
        ) from error
    except Exception as error:  # decoders raise what they like on damaged files
        raise PhotoError(f"{name} cannot be read. It is damaged or cut short.", AGAIN) from error


def _finished(decoded: Decoded, kind: str, source: Source, path: Path | None) -> Photo:
    """Upright, with a profile that is of use, and with metadata that fits."""
    notes = list(decoded.notes)
    metadata, orientation, icc = decoded.metadata, decoded.orientation, decoded.icc
    if metadata.exif:
        kept, turned, colours = exif.opened(metadata.exif)
        if kept is None:
            notes.append("The EXIF data is damaged and was left out.")
        metadata = metadata.replaced(exif=kept)
        if kind in _TURNED_BY_EXIF:
            orientation = turned
        if icc is None and not decoded.declared and colours and kind == "JPEG":
            icc = adobe_rgb()
            notes.append("The camera marked the photo as Adobe RGB; exports carry that profile.")
    own_icc = None
    if icc is not None:
        icc, own_icc, note = _usable(icc, greyscale=decoded.greyscale)
        notes += [note] if note else []
    dpi = decoded.dpi or exif.resolution(metadata.exif)
    dpi = sane_dpi(*dpi) if dpi else None
    if dpi and orientation >= 5:
        dpi = dpi[1], dpi[0]
    return Photo(
        pixels=upright(decoded.pixels, orientation),
        alpha=None if decoded.alpha is None else upright(decoded.alpha, orientation),
        icc=icc,
        metadata=metadata,
        dpi=dpi,
        path=path,
        sha256=_sha256(source),
        file_format=kind,
        greyscale=decoded.greyscale,
        own_icc=own_icc,
        declared=decoded.declared,
        notes=tuple(dict.fromkeys(notes)),
    )


def _usable(icc: bytes, *, greyscale: bool) -> tuple[bytes | None, bytes | None, str]:
    """A profile of RGB for a file's profile, the file's own if that is another, and a note."""
    if greyscale and model_of(icc) == "GRAY":
        try:
            return grey_as_rgb(icc), icc, ""
        except ValueError:
            return None, None, "The colour profile was left out (it is damaged); treated as sRGB."
    if problem := ColourSpace.of(icc).problem:
        return None, None, f"The colour profile was left out ({problem}); treated as sRGB."
    return icc, None, ""


def _sha256(source: Source) -> str:
    digest = hashlib.sha256()
    source.file.seek(0)
    while block := source.file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


# ------------------------------------------------------------------ display


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """A photograph for the screen at several sizes.

    Attributes:
        levels: uint8 sRGB (h, w, 3), read-only; the first has the photo's size, each next half of
            it (rounded up), until the longer side is at most 1,024.
    """

    levels: tuple[NDArray[np.uint8], ...]


def make_pyramid(photo: Photo) -> Pyramid:
    """The display pyramid; the first level shares memory with an 8-bit sRGB photo."""
    level = srgb_uint8(photo.pixels, photo.icc)
    level.setflags(write=False)
    return Pyramid((level, *halves(level, 1024)))


def halves(pixels: NDArray[np.uint8], longest: int) -> tuple[NDArray[np.uint8], ...]:
    """Pixels (h, w, …) at half their size, rounded up, and so on.

    Each is read-only; the last is the first whose longer side is at most ``longest``.
    """
    levels = [pixels]
    while max(levels[-1].shape[:2]) > longest:
        height, width = levels[-1].shape[:2]
        half = ((width + 1) // 2, (height + 1) // 2)
        smaller = np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA), np.uint8)
        smaller.setflags(write=False)
        levels.append(smaller)
    return tuple(levels[1:])
