"""What goes into an exported file, and how it is to be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from typing import BinaryIO

    from editor.document.formats.decoded import Pixels
    from editor.document.formats.layers import Layer
    from editor.document.formats.metadata import Metadata, MetadataGroup


ProfileChoice = Literal["photo", "srgb", "display-p3", "adobe-rgb", "prophoto"]
Intent = Literal["relative", "perceptual", "saturation", "absolute"]
"""What ICC.1 calls them."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a photograph is written.

    Attributes:
        quality: of JPEG, WebP, AVIF and JPEG XL, 1…100; JPEG XL is lossless at 100.
        png_compression: 0 (fast) … 9 (small).
        keep_metadata: write EXIF, XMP, IPTC and resolution. The profile is always written: without
            it the colours would change.
        chroma: how finely JPEG keeps colour.
        tiff_compression: of TIFF; ``"deflate"`` is small, ``"none"`` is read by anything.
        profile: ``"photo"`` keeps the photo's colours as they are; the others convert them.
        intent: how colours that the other profile does not reach are brought into it; only profiles
            of tables tell perceptual and saturation from relative colorimetric.
        longest: pixels that the longer side is to have at most; 0 keeps the photo's size.
        sharpen: for the size that is written, 0 (as it is) … 100 (strong).
        ai_mark: say in XMP that a trained model made parts of the picture
            (IPTC's compositeWithTrainedAlgorithmicMedia). Written even without other metadata.
        leave_out: groups of metadata that are not written.
        depth: bits per channel; 0 keeps the photo's where the format can hold them.
        layers: of TIFF: the photo and each edit as a layer with its mask, in 16 bits.
    """

    quality: int = 95
    png_compression: int = 3
    keep_metadata: bool = True
    chroma: Literal["4:4:4", "4:2:2", "4:2:0"] = "4:4:4"
    tiff_compression: Literal["none", "lzw", "deflate", "zstd"] = "deflate"
    profile: ProfileChoice = "photo"
    intent: Intent = "relative"
    longest: int = 0
    sharpen: int = 0
    ai_mark: bool = True
    leave_out: frozenset[MetadataGroup] = frozenset()
    depth: Literal[0, 8, 16] = 0
    layers: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class EditedPart:
    """The part of a photograph that edits have changed; the rest is the photo's own.

    Attributes:
        x, y: its upper left pixel.
        pixels: (h, w, 3), of the photo's type, or of 16 bits.
    """

    x: int
    y: int
    pixels: Pixels

    def over(self, photo: Pixels) -> Pixels:
        """The whole photograph (H, W, 3) with this part in it, as a copy."""
        return self.rows(photo, 0, len(photo))

    def rows(self, photo: Pixels, top: int, bottom: int) -> Pixels:
        """Some of its rows, as a copy."""
        band = photo[top:bottom].copy()
        self.write(band, top)
        return band

    def write(self, band: Pixels, top: int = 0) -> None:
        """Write it into rows of the photo that begin at ``top``, in place."""
        first, last = max(top, self.y), min(top + len(band), self.y + len(self.pixels))
        if first < last:
            columns = slice(self.x, self.x + self.pixels.shape[1])
            band[first - top : last - top, columns] = self.pixels[first - self.y : last - self.y]


@dataclass(slots=True)
class Content:
    """A photograph on its way into a file.

    Attributes:
        file: to write to.
        pixels: (h, w, 3), of a depth that the format holds; the three equal if ``grey``.
        alpha: (h, w) of the same type, or None.
        grey: write one channel of colour.
        icc: the profile to write, of grey if ``grey``.
        declared: chunks for PNG instead of the profile.
        metadata: as it is to be written.
        dpi: pixels per inch, or None.
        options: quality and such.
        notes: what the format cannot keep is added.
        part: belongs over ``pixels``: only ``rows`` and ``whole`` have it.
        photo: the unedited pixels, where they are to lie under ``layers``.
        layers: of TIFF, above the photo.
    """

    file: BinaryIO
    pixels: Pixels
    alpha: Pixels | None
    grey: bool
    icc: bytes | None
    declared: tuple[tuple[bytes, bytes], ...]
    metadata: Metadata
    dpi: tuple[float, float] | None
    options: ExportOptions
    notes: list[str]
    part: EditedPart | None = None
    photo: Pixels | None = None
    layers: tuple[Layer, ...] = ()

    @property
    def channels(self) -> int:
        """Samples of a pixel, alpha among them."""
        return (1 if self.grey else 3) + (self.alpha is not None)

    def rows(self, top: int, bottom: int) -> Pixels:
        """Some rows with all their channels, (n, w, channels)."""
        if self.part is not None:
            band = self.part.rows(self.pixels, top, bottom)
        else:
            band = self.pixels[top:bottom]
        if self.grey:
            band = band[..., :1]
        if self.alpha is None:
            return np.ascontiguousarray(band)
        return np.concatenate([band, self.alpha[top:bottom, :, None]], axis=2)

    def whole(self) -> Pixels:
        """All rows, (h, w) for grey without alpha."""
        if self.alpha is None and not self.grey and self.part is None:
            return self.pixels
        rows = self.rows(0, len(self.pixels))
        return rows[..., 0] if rows.shape[2] == 1 else rows
