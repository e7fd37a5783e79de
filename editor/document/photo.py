"""Photographs as files: opened with every bit and profile kept, and prepared for the screen."""

from __future__ import annotations

import hashlib
import io
import math
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import tifffile
from PIL import Image, ImageCms

from editor.document.colour import SRGB_PROFILE, ColourSpace, rounded_to_8_bits, srgb_uint8
from editor.document.errors import AdvisedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8 | np.uint16]

MAX_PIXELS = 300_000_000
"""Larger photographs are refused: an editing session would need tens of gigabytes."""

# Pillow's own guard warns at 89 megapixels; ours is checked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

_BAND = 256  # rows converted at once

_UNREADABLE = "It is damaged or cut short."
_AGAIN = "Copy or export it again from its source, then open the new file."
_CONVERT = "Open it in a photo program, export it as JPEG, PNG or 16-bit TIFF, and open that file."
_RAW = (
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".kdc", ".mos", ".mrw", ".nef",
    ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".sr2", ".srf", ".srw", ".x3f",
)  # fmt: skip
_OTHER_CONTENT = (
    (0, b"GIF8", "a GIF"),
    (0, b"BM", "a BMP"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%PDF", "a PDF"),
    (4, b"ftyp", "a HEIC, AVIF or video file"),
    (0, b"FUJIFILMCCD", "a camera raw file"),
    (8, b"CR\x02", "a camera raw file"),
    (0, b"IIU\x00", "a camera raw file"),
    (0, b"IIR", "a camera raw file"),
)
# What decoders raise on damaged files.
DAMAGE = (
    OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError,
    OverflowError, RuntimeError, NotImplementedError, struct.error, zlib.error, cv2.error,
    tifffile.TiffFileError,
)  # fmt: skip


class PhotoError(AdvisedError):
    """A photograph cannot be opened or saved."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Photo:
    r"""A photograph as its file holds it, upright.

    Attributes:
        pixels: uint8 or uint16, (height, width, 3), RGB in the file's own colour space, with the
            EXIF orientation applied, read-only.
        alpha: the same type, (height, width), not premultiplied, read-only; None when opaque.
        icc: the profile that the pixels are in; None means sRGB.
        exif: ``Exif\0\0`` and a TIFF structure, orientation reset to 1, without the embedded
            thumbnail (it would show the unedited photo); None without EXIF.
        dpi: pixels per inch across and down, if the file says so.
        path: where it was read from; None for photographs embedded in a project.
        sha256: of the file's bytes, in hex.
        file_format: ``"JPEG"``, ``"PNG"``, ``"TIFF"`` or ``"WEBP"``.
        greyscale: whether the file held one grey channel; ``pixels`` repeats it three times.
        notes: what the user should know about how it was opened, one sentence each.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    path: Path | None = None
    sha256: str = ""
    file_format: str = "PNG"
    greyscale: bool = False
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
    def sixteen_bit(self) -> bool:
        """Whether the pixels are uint16."""
        return self.pixels.dtype == np.uint16


# ------------------------------------------------------------------ opening


def open_photo(path: Path) -> Photo:
    """Read a JPEG, PNG, TIFF or WebP photograph; the content decides, not the name.

    8 and 16 bits are kept exactly. CMYK is converted to sRGB, with a note.

    Raises:
        PhotoError: there is no such file, it cannot be read, or it is no usable photograph.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise PhotoError(f"{path.name} does not exist.", "Check its folder and name.") from error
    except IsADirectoryError as error:
        raise PhotoError(f"{path.name} is a folder.", "Choose a photo inside it.") from error
    except OSError as error:
        if path.is_dir():  # Windows refuses permission instead
            raise PhotoError(f"{path.name} is a folder.", "Choose a photo inside it.") from error
        raise PhotoError(
            f"{path.name} cannot be read ({error.strerror or 'unknown reason'}).",
            "Check that you may read the file and that its drive is connected.",
        ) from error
    return decode_photo(data, path)


def decode_photo(data: bytes, path: Path | None) -> Photo:
    """Decode the bytes of a photograph's file; ``path`` is kept and named in errors.

    Raises:
        PhotoError: the bytes are no usable photograph.
    """
    name = path.name if path is not None else "The photo"
    if not data:
        raise PhotoError(f"{name} is empty.", _AGAIN)
    kind = _content(data, path)
    if kind not in ("JPEG", "PNG", "TIFF", "WEBP"):
        raise PhotoError(f"{name} is {kind or 'no photo that this editor reads'}.", _CONVERT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata does not concern the user
            raw = _decode_tiff(data, name) if kind == "TIFF" else _decode(data, kind, name)
    except PhotoError:
        raise
    except MemoryError as error:
        raise PhotoError(
            f"{name} does not fit into memory.", "Close other programs or open a smaller copy."
        ) from error
    except DAMAGE as error:
        raise PhotoError(f"{name} cannot be read. {_UNREADABLE}", _AGAIN) from error
    notes = list(raw.notes)
    icc = raw.icc or None
    if icc is not None:
        if raw.greyscale and icc[16:20] == b"GRAY":
            notes.append("The greyscale profile was left out; the photo is treated as sRGB.")
            icc = None
        elif problem := ColourSpace.of(icc).problem:
            notes.append(f"The colour profile was left out ({problem}); treated as sRGB.")
            icc = None
    return Photo(
        pixels=_upright(raw.pixels, raw.orientation),
        alpha=None if raw.alpha is None else _upright(raw.alpha, raw.orientation),
        icc=icc,
        exif=raw.exif or None,
        dpi=_sane_dpi(raw.dpi, swap=raw.orientation >= 5),
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        file_format=kind,
        greyscale=raw.greyscale,
        notes=tuple(notes),
    )


@dataclass(slots=True)
class _Raw:
    """What a decoder found, before orientation and profile are dealt with."""

    pixels: Pixels
    alpha: Pixels | None = None
    greyscale: bool = False
    icc: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    orientation: int = 1
    notes: tuple[str, ...] = ()


def _content(data: bytes, path: Path | None) -> str:
    """Format of a file by its first bytes, a description of a foreign one, or ""."""
    for at, magic, description in _OTHER_CONTENT:
        if data[at : at + len(magic)] == magic:
            return description
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        raw = path is not None and path.suffix.lower() in _RAW
        return "a camera raw file" if raw else "TIFF"
    return ""


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoError(
            f"{name} has {width * height / 1e6:.0f} megapixels; "
            f"this editor opens at most {MAX_PIXELS / 1e6:.0f}.",
            "Export a smaller copy from a photo program and open that.",
        )


def _decode(data: bytes, kind: str, name: str) -> _Raw:
    """JPEG, PNG and WebP; Pillow reads everything but 16-bit PNG, which it would cut to 8."""
    formats = ("JPEG", "MPO") if kind == "JPEG" else (kind,)
    with Image.open(io.BytesIO(data), formats=formats) as image:
        _check_size(*image.size, name)
        if kind == "PNG" and data[24] == 16:
            info = dict(image.info)
            image.verify()  # OpenCV would accept a file that is cut short
            raw = _from_cv2(data)
            raw.icc = info.get("icc_profile")
        else:
            raw = _from_pillow(image)
            if kind == "WEBP" and getattr(image, "n_frames", 1) > 1:
                raw.notes += ("Only the first frame of the animation was opened.",)
        raw.dpi = image.info.get("dpi")
        if isinstance(exif := image.info.get("exif"), bytes):
            raw.exif, raw.orientation = _reset_orientation(exif)
        return raw


def _from_pillow(image: Image.Image) -> _Raw:
    icc = cast("bytes | None", image.info.get("icc_profile"))
    if image.mode == "CMYK":
        pixels, note = _from_cmyk(image, icc)
        return _Raw(pixels, notes=(note,))
    grey = image.mode in ("1", "L", "LA", "La")
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        rgba = _array(image, "RGBA")
        return _Raw(np.ascontiguousarray(rgba[..., :3]), rgba[..., 3].copy(), grey, icc)
    if image.mode not in ("1", "L", "P", "RGB", "RGBX", "YCbCr"):
        raise NotImplementedError(image.mode)
    return _Raw(_array(image, "RGB"), None, grey, icc)


def _array(image: Image.Image, mode: str) -> NDArray[np.uint8]:
    """A whole picture (h, w, c), converted band by band: Pillow would hold it three times."""
    image.load()
    out = np.empty((image.height, image.width, len(mode)), np.uint8)
    for top in range(0, image.height, _BAND):
        bottom = min(top + _BAND, image.height)
        band = image.crop((0, top, image.width, bottom)).convert(mode)
        out[top:bottom] = np.asarray(band)
    return out


def _from_cmyk(image: Image.Image, icc: bytes | None) -> tuple[NDArray[np.uint8], str]:
    if icc:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(icc)),
                SRGB_PROFILE,
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError):
            pass
        else:
            if converted is not None:
                return np.asarray(converted), "CMYK photo converted to sRGB by its own profile."
    note = "CMYK photo without a usable profile converted to sRGB; colours may be off."
    return np.asarray(image.convert("RGB")), note


def _from_cv2(data: bytes) -> _Raw:
    """8 and 16 bit, grey, RGB or RGBA, exactly as stored (OpenCV's order is BGR)."""
    array = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if array is None:  # pyright: ignore[reportUnnecessaryComparison] - the stub is wrong
        raise ValueError("OpenCV cannot decode it")
    if array.dtype.name not in ("uint8", "uint16"):
        raise NotImplementedError(str(array.dtype))
    pixels = cast("Pixels", array)
    if pixels.ndim == 2:
        return _Raw(np.repeat(pixels[..., None], 3, axis=2), greyscale=True)
    grey = bool(
        (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()
    )
    if pixels.shape[2] == 4:
        return _Raw(np.ascontiguousarray(pixels[..., 2::-1]), pixels[..., 3].copy(), grey)
    for y in range(0, len(pixels), 256):  # in place: a large photo is not held twice
        band = pixels[y : y + 256]
        band[...] = band[..., ::-1]
    return _Raw(pixels, greyscale=grey)


def _decode_tiff(data: bytes, name: str) -> _Raw:
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        page = tiff.pages.first
        _check_size(page.imagewidth, page.imagelength, name)
        if page.sampleformat != 1 or page.bitspersample > 16:
            raise PhotoError(
                f"{name} holds {page.bitspersample}-bit floating-point or integer pixels.",
                "Export it as TIFF with 16 bits per channel and open that file.",
            )
        tags = page.tags
        if 50706 in tags:  # DNGVersion
            raise PhotoError(f"{name} is a camera raw file.", _CONVERT)
        stored = tags.valueof(274, default=1)
        if page.bitspersample == 16:
            raw = _sixteen_bit_tiff(data, page)
            orientation = stored
        else:
            with Image.open(io.BytesIO(data), formats=("TIFF",)) as image:
                raw = _from_pillow(image)
                # Pillow turns a TIFF upright as it decodes it, and then forgets the tag.
                orientation = image.getexif().get(274, 1)
        if page.photometric != tifffile.PHOTOMETRIC.SEPARATED:
            raw.icc = page.iccprofile
        if len(tiff.pages) > 1:
            second = tiff.pages[1]
            if not (isinstance(second, tifffile.TiffPage) and second.is_reduced):
                raw.notes += ("Only the first page was opened.",)
        raw.orientation = int(orientation) if orientation in range(2, 9) else 1
        raw.dpi = _tiff_dpi(tags)
        if raw.dpi is not None and stored in range(5, 9) and raw.orientation == 1:
            raw.dpi = raw.dpi[1], raw.dpi[0]
    raw.exif = _tiff_exif(data)
    return raw


def _sixteen_bit_tiff(data: bytes, page: tifffile.TiffPage) -> _Raw:
    photometric = page.photometric
    try:
        array = page.asarray()
    except DAMAGE:  # a compression that tifffile cannot read without more packages
        if photometric not in (tifffile.PHOTOMETRIC.RGB, tifffile.PHOTOMETRIC.MINISBLACK):
            raise
        return _from_cv2(data)
    if array.dtype != np.uint16:
        raise NotImplementedError(str(array.dtype))
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and array.ndim == 3:
        array = np.moveaxis(array, 0, -1)
    samples = cast("NDArray[np.uint16]", array.reshape(page.imagelength, page.imagewidth, -1))
    if photometric == tifffile.PHOTOMETRIC.SEPARATED:
        eight = Image.frombytes(
            "CMYK",
            (page.imagewidth, page.imagelength),
            rounded_to_8_bits(samples[..., :4]).tobytes(),
        )
        pixels, note = _from_cmyk(eight, page.iccprofile)
        return _Raw(pixels, notes=(note,))
    if photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        samples = np.concatenate([np.uint16(65535) - samples[..., :1], samples[..., 1:]], axis=-1)
    elif photometric not in (tifffile.PHOTOMETRIC.RGB, tifffile.PHOTOMETRIC.MINISBLACK):
        raise NotImplementedError(str(photometric))
    colours = 3 if photometric == tifffile.PHOTOMETRIC.RGB else 1
    pixels = np.ascontiguousarray(np.broadcast_to(samples[..., :colours], (*samples.shape[:2], 3)))
    raw = _Raw(pixels, greyscale=colours == 1)
    extra = page.extrasamples
    if extra and extra[0] == tifffile.EXTRASAMPLE.UNASSALPHA:
        raw.alpha = samples[..., colours].copy()
    elif extra and extra[0] == tifffile.EXTRASAMPLE.ASSOCALPHA:
        raw.alpha = alpha = samples[..., colours].copy()
        whole = np.maximum(alpha, 1)[..., None].astype(np.float64)
        raw.pixels = np.rint(np.minimum(pixels / whole, 1) * 65535).astype(np.uint16)
    elif extra:
        raw.notes += ("Extra channels of the TIFF were left out.",)
    return raw


def _tiff_dpi(tags: tifffile.TiffTags) -> tuple[float, float] | None:
    per_inch = {2: 1.0, 3: 2.54}.get(int(tags.valueof(296, default=2)))
    across, down = tags.valueof(282), tags.valueof(283)
    if per_inch is None or not across or not down or not across[1] or not down[1]:
        return None
    return across[0] / across[1] * per_inch, down[0] / down[1] * per_inch


def _tiff_exif(data: bytes) -> bytes | None:
    """What describes the photograph among the tags of a TIFF, without those of its layout."""
    try:
        with Image.open(io.BytesIO(data), formats=("TIFF",)) as image:
            found = image.getexif()
            kept = Image.Exif()
            for tag in DESCRIPTIVE:
                if tag in found:
                    kept[tag] = found[tag]
            for tag in (0x8769, 0x8825):  # Exif and GPS directories
                if directory := found.get_ifd(tag):
                    kept[tag] = directory
            return b"Exif\0\0" + kept.tobytes().removeprefix(b"Exif\0\0") if len(kept) else None
    except DAMAGE:  # pixels matter more than words
        return None


DESCRIPTIVE = (270, 271, 272, 305, 306, 315, 33432)
"""Baseline TIFF tags for people: description, make, model, software, date, artist, copyright."""


def _sane_dpi(dpi: object, *, swap: bool) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in cast("tuple[Any, Any]", dpi))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not all(math.isfinite(value) and 1 <= value <= 1e5 for value in (across, down)):
        return None
    return (down, across) if swap else (across, down)


def _upright(array: Pixels, orientation: int) -> Pixels:
    """Apply an EXIF orientation, 1…8."""
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)


def _reset_orientation(exif: bytes) -> tuple[bytes | None, int]:
    """EXIF with orientation 1 and no thumbnail, and the orientation it had.

    Patched in place, because writing EXIF anew breaks the offsets inside maker notes. EXIF that
    cannot be followed is dropped.
    """
    blob = bytearray(exif.removeprefix(b"Exif\0\0"))
    order = {b"II": "<", b"MM": ">"}.get(bytes(blob[:2]))
    if order is None:
        return None, 1
    orientation = 1
    try:
        at = struct.unpack_from(order + "I", blob, 4)[0]
        count = struct.unpack_from(order + "H", blob, at)[0]
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", blob, entry)
            if tag == 0x0112:
                value = struct.unpack_from(order + ("I" if kind == 4 else "H"), blob, entry + 8)[0]
                orientation = value if 1 <= value <= 8 else 1
                struct.pack_into(order + ("I" if kind == 4 else "H"), blob, entry + 8, 1)
        struct.pack_into(order + "I", blob, at + 2 + 12 * count, 0)
    except struct.error:
        return None, orientation
    return b"Exif\0\0" + bytes(blob), orientation


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
    levels = [level]
    while max(levels[-1].shape[:2]) > 1024:
        height, width = levels[-1].shape[:2]
        half = ((width + 1) // 2, (height + 1) // 2)
        smaller = np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA), np.uint8)
        smaller.setflags(write=False)
        levels.append(smaller)
    return Pyramid(tuple(levels))
