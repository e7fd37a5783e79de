"""What every reader of photographs gives, and the limits that each of them keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from editor.document.formats.metadata import Metadata
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from typing import BinaryIO

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8 | np.uint16]

MAX_PIXELS = 300_000_000
"""Larger photographs are refused: an editing session would need tens of gigabytes."""

MAX_SIDE = 1_000_000
"""Pixels across or down that no photograph has."""

MAX_FILE = 4 << 30
"""Bytes of the largest file that is read: 300 megapixels of 16 bits with alpha, and layers."""

BAND = 256
"""Rows converted at once."""

CREDENTIALS = (
    "The photo's content credentials (C2PA) hold for the photo as it is: exports leave them out."
)
"""A note on a file that is signed."""

AGAIN = "Copy or export it again from its source, then open the new file."
CONVERT = "Open it in a photo program, export it as JPEG, PNG or 16-bit TIFF, and open that file."


class PhotoError(AdvisedError):
    """A photograph cannot be opened or saved."""


class UnsupportedError(Exception):
    """A sound file of a kind that is not read; the text ends a sentence about the file.

    Attributes:
        advice: what to do instead.
    """

    def __init__(self, what: str, advice: str = CONVERT) -> None:
        super().__init__(what)
        self.advice = advice


@dataclass(slots=True)
class Decoded:
    """A photograph as its file holds it, before it is turned upright.

    Attributes:
        pixels: uint8 or uint16, (h, w, 3).
        alpha: the same type (h, w), not premultiplied.
        greyscale: whether the file holds one grey channel.
        icc: the profile of the pixels; None means sRGB.
        own_icc: the file's profile where ``icc`` is another one of the same meaning.
        declared: chunks of a PNG that declare its colours in another way than a profile.
        metadata: EXIF, XMP, IPTC and text as they are in the file.
        dpi: pixels per inch across and down, as stored.
        orientation: of EXIF, 1…8: how the pixels are still to be turned.
        notes: one sentence each.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    greyscale: bool = False
    icc: bytes | None = None
    own_icc: bytes | None = None
    declared: tuple[tuple[bytes, bytes], ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    dpi: tuple[float, float] | None = None
    orientation: int = 1
    notes: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a photograph's file.

    Attributes:
        file: open for reading, seekable.
        size: its length.
        name: for errors.
        suffix: of the name, in lower case, with its dot.
        page: which picture of several, from 0; None for the photograph itself.
    """

    file: BinaryIO
    size: int
    name: str
    suffix: str = ""
    page: int | None = None

    def head(self, length: int = 64) -> bytes:
        """The first bytes."""
        self.file.seek(0)
        return self.file.read(length)

    def read(self) -> bytes:
        """All of them."""
        self.file.seek(0)
        data = self.file.read(self.size + 1)
        if len(data) != self.size:
            raise ValueError("the file changed while it was read")
        return data


def check_size(width: int, height: int, samples: int = 4) -> None:
    """Refuse pictures of impossible or unbearable size before anything is decoded.

    Raises:
        ValueError: no such picture exists.
        UnsupportedError: it is too large.
    """
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        raise ValueError(f"a picture of {width} × {height} pixels")
    if samples > 64:  # Photoshop stores 56
        raise UnsupportedError(f"has {samples} samples a pixel", CONVERT)
    if width * height > MAX_PIXELS:
        raise UnsupportedError(
            f"has {width * height / 1e6:.0f} megapixels; "
            f"this editor opens at most {MAX_PIXELS / 1e6:.0f}",
            "Export a smaller copy from a photo program and open that.",
        )


def split(samples: Pixels) -> tuple[Pixels, Pixels | None, bool]:
    """Colour, alpha and whether it is grey, of (h, w) or (h, w, 1 to 4)."""
    if samples.ndim == 2:
        samples = samples[..., None]
    channels = samples.shape[2]
    alpha = samples[..., -1].copy() if channels in (2, 4) else None
    if channels in (1, 2):
        return np.repeat(samples[..., :1], 3, axis=2), alpha, True
    if channels not in (3, 4):
        raise ValueError(f"{channels} channels")
    return (samples if channels == 3 else np.ascontiguousarray(samples[..., :3])), alpha, False


def stretched(samples: NDArray[np.integer[Any]], bits: int) -> Pixels:
    """Values of ``bits`` bits over the whole range of uint8 (up to 8 bits) or uint16."""
    top, dtype = (255, np.uint8) if bits <= 8 else (65535, np.uint16)
    if bits in (8, 16):
        return samples.astype(dtype, copy=False)
    most = (1 << bits) - 1
    if bits > 16:
        return (samples >> (bits - 16)).astype(np.uint16)
    scale = np.rint(np.arange(most + 1) * (top / most)).astype(dtype)
    out = np.empty(samples.shape, dtype)
    for row in range(0, len(samples), BAND):
        out[row : row + BAND] = scale[np.minimum(samples[row : row + BAND], most)]
    return out


def divided_by_alpha(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Colours that were premultiplied, without their alpha."""
    top = np.iinfo(pixels.dtype).max
    out = np.empty_like(pixels)
    for row in range(0, len(pixels), BAND):
        whole = np.maximum(alpha[row : row + BAND], 1)[..., None].astype(np.float64)
        out[row : row + BAND] = np.rint(np.minimum(pixels[row : row + BAND] / whole, 1) * top)
    return out


def upright(array: Pixels, orientation: int) -> Pixels:
    """Apply an EXIF orientation, 1…8."""
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)


def sane_dpi(across: object, down: object) -> tuple[float, float] | None:
    """A resolution, if it is one."""
    try:
        values = float(cast("Any", across)), float(cast("Any", down))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return values if all(math.isfinite(v) and 1 <= v <= 1e5 for v in values) else None
