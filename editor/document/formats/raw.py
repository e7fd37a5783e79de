"""Camera raw files, developed by LibRaw as a photographer's program would open them.

White balance as shot, the camera's matrix to the primaries of ProPhoto RGB, the exposure that was
measured (a DNG's baseline exposure with it), highlights clipped, 16 bits with a gamma of 1.8.

Sources: LibRaw's documentation; Adobe DNG Specification 1.7.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, cast

import rawpy

from editor.document.formats import jpeg, tiff, tiff_metadata
from editor.document.formats.decoded import Decoded, UnsupportedError, check_size
from editor.document.formats.metadata import Metadata
from editor.document.profiles import prophoto

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from editor.document.formats.decoded import Source

SUFFIXES = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef",
     ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf",
     ".srw", ".x3f"}
)  # fmt: skip
MAGIC = (
    (0, b"FUJIFILMCCD"), (8, b"CR\x02"), (0, b"IIU\0"), (0, b"IIRO"), (0, b"IIRS"), (0, b"MMOR"),
    (0, b"FOVb"), (0, b"\0MRM"), (6, b"HEAPCCDR"), (4, b"ftypcrx "),
)  # fmt: skip
_BASELINE_EXPOSURE = 50730


def read(source: Source) -> Decoded:
    """Develop a raw file; as libraw turns it upright, no orientation is left.

    Raises:
        UnsupportedError: a camera or kind that LibRaw does not know.
        LibRawError and others: damage.
    """
    source.file.seek(0)
    with rawpy.RawPy() as raw:
        try:
            raw.open_buffer(source.file)
        except (rawpy.LibRawFileUnsupportedError, rawpy.LibRawNotImplementedError) as error:
            raise UnsupportedError(
                "is a camera raw file of a kind that is not known here",
                "Develop it in the camera's own program, export 16-bit TIFF, and open that file.",
            ) from error
        sizes = raw.sizes
        check_size(sizes.raw_width, sizes.raw_height)
        check_size(sizes.width, sizes.height)
        raw.unpack()
        developed = raw.postprocess(
            use_camera_wb=True,
            no_auto_bright=True,
            exp_shift=_exposure(source),
            output_color=rawpy.ColorSpace.ProPhoto,
            output_bps=16,
            gamma=(1.8, 0),
            highlight_mode=rawpy.HighlightMode.Clip,
        )
    pixels = cast("NDArray[np.uint16]", developed)
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"developed to {pixels.shape}")
    note = (
        "Camera raw developed here: white balance as shot, the camera's colours in 16-bit ProPhoto "
        "RGB. Export as TIFF or PNG to keep all of it."
    )
    return Decoded(pixels, icc=prophoto(), metadata=_metadata(source), notes=[note])


def _exposure(source: Source) -> float:
    """The factor of a DNG's baseline exposure, within what LibRaw takes."""
    if source.head(4) not in (b"II*\0", b"MM\0*"):
        return 1.0
    with tiff.opened(source) as opened:
        stops: Any = opened.pages.first.tags.valueof(_BASELINE_EXPOSURE, default=(0, 1))
    above, below = (int(number) for number in stops)
    return min(max(2.0 ** (above / below if below else 0.0), 0.25), 8.0)


def _metadata(source: Source) -> Metadata:
    """EXIF and XMP, where they stand as in a TIFF or JPEG; none otherwise."""
    head = source.head(100)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order:
        at = struct.unpack_from(order + "I", head, 4)[0]
        return tiff_metadata.packets(source, at, order, False)
    if head.startswith(b"FUJIFILMCCD"):
        at, size = struct.unpack_from(">II", head, 84)
        source.file.seek(at)
        return jpeg.packets_of(source.file.read(min(size, 64 << 20)))
    return Metadata()
