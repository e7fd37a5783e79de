"""Camera raw files, developed by LibRaw as a photographer's program would open them.

White balance as shot, the camera's matrix to the primaries of ProPhoto RGB, the exposure that was
measured (a DNG's baseline exposure with it), highlights clipped, 16 bits with a gamma of 1.8.

Sources: LibRaw's documentation; Adobe DNG Specification 1.7; "Describing the Canon CR3 file format"
(github.com/lclevy/canon_cr3) and ExifTool's tables for where CR3 and RW2 keep their EXIF.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, cast

import rawpy

from editor.document.formats import isobmff, jpeg, tiff, tiff_metadata, xmp
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
_CR3, _RW2 = b"ftypcrx ", b"IIU\0"
_CANON_BOX = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_DNG_VERSION, _BASELINE_EXPOSURE, _EMBEDDED_JPEG = 50706, 50730, 0x002E
_ORIENTATIONS = (1, 2, 4, 3, 5, 8, 6, 7)  # of EXIF, by LibRaw's flip


def read(source: Source) -> Decoded:
    """Develop a raw file.

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
        exact = is_dng(source)
        developed = raw.postprocess(
            use_camera_wb=True,
            no_auto_bright=True,
            exp_shift=_exposure(source),
            user_flip=0,
            # LibRaw takes the brightest pixel for white where its table may be wrong; a DNG tells
            adjust_maximum_thr=0.0 if exact else 0.75,
            output_color=rawpy.ColorSpace.ProPhoto,
            output_bps=16,
            gamma=(1.8, 0),
            highlight_mode=rawpy.HighlightMode.Clip,
        )
    pixels = cast("NDArray[np.uint16]", developed)
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"developed to {pixels.shape}")
    notes = [
        "Camera raw developed here: white balance as shot, the camera's colours in 16-bit ProPhoto "
        "RGB. Export as TIFF or PNG to keep all of it."
    ]
    metadata = packets(source)
    if xmp.has(metadata.xmp, xmp.RAW_SETTINGS):
        packet, _ = xmp.edited(metadata.xmp, leave_out=xmp.named(raw_settings=True))
        metadata = metadata.replaced(xmp=packet)
        notes.append("What another program noted for developing this photo was not applied.")
    return Decoded(
        _cropped(pixels, sizes) if exact else pixels,
        icc=prophoto(),
        metadata=metadata,
        orientation=_ORIENTATIONS[sizes.flip & 7],
        notes=notes,
    )


def _cropped(pixels: NDArray[np.uint16], sizes: rawpy.ImageSizes) -> NDArray[np.uint16]:
    """What a DNG is meant to show of its pixels (DefaultCropOrigin and DefaultCropSize)."""
    left, top = sizes.crop_left_margin - sizes.left_margin, sizes.crop_top_margin - sizes.top_margin
    right, bottom = left + sizes.crop_width, top + sizes.crop_height
    if not (0 <= left < right <= pixels.shape[1] and 0 <= top < bottom <= pixels.shape[0]):
        return pixels
    return pixels[top:bottom, left:right]


def is_dng(source: Source) -> bool:
    """Whether a raw file is a DNG, which others may write to."""
    if source.head(4) not in (b"II*\0", b"MM\0*"):
        return False
    with tiff.opened(source) as opened:
        return _DNG_VERSION in opened.pages.first.tags


def _exposure(source: Source) -> float:
    """The factor of a DNG's baseline exposure, within what LibRaw takes."""
    if source.head(4) not in (b"II*\0", b"MM\0*"):
        return 1.0
    with tiff.opened(source) as opened:
        stops: Any = opened.pages.first.tags.valueof(_BASELINE_EXPOSURE, default=(0, 1))
    above, below = (int(number) for number in stops)
    return min(max(2.0 ** (above / below if below else 0.0), 0.25), 8.0)


def packets(source: Source) -> Metadata:
    """EXIF and XMP, where they stand as in a TIFF, a JPEG or a CR3; none otherwise."""
    head = source.head(100)
    if head[4:12] == _CR3:
        return _of_cr3(source.read())
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if head.startswith(_RW2):
        at = struct.unpack_from("<I", head, 4)[0]
        picture = tiff_metadata.value(source, at, "<", _EMBEDDED_JPEG)
        return jpeg.packets_of(picture) if picture else Metadata()
    if order:
        at = struct.unpack_from(order + "I", head, 4)[0]
        return tiff_metadata.packets(source, at, order, False)
    if head.startswith(b"FUJIFILMCCD"):
        at, size = struct.unpack_from(">II", head, 84)
        source.file.seek(at)
        return jpeg.packets_of(source.file.read(min(size, 64 << 20)))
    return Metadata()


def _of_cr3(data: bytes) -> Metadata:
    """Canon's directories, each a TIFF structure of its own, as one; and XMP."""
    parts: dict[bytes, bytes] = {}
    packet: bytes | None = None
    for name, start, end in isobmff.boxes(data, 0, len(data)):
        if name == b"uuid" and data[start : start + 16] == _XMP_BOX:
            packet = data[start + 16 : end]
        if name != b"moov":
            continue
        for inner, first, last in isobmff.boxes(data, start, end):
            if inner == b"uuid" and data[first : first + 16] == _CANON_BOX:
                for part, a, b in isobmff.boxes(data, first + 16, last):
                    parts.setdefault(part, data[a:b])
    blob = tiff_metadata.joined(parts.get(b"CMT1"), parts.get(b"CMT2"), parts.get(b"CMT4"))
    return Metadata(exif=blob, xmp=packet)
