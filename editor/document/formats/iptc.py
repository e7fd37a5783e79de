"""IPTC-IIM and the Photoshop image resources that carry it.

Sources: IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop File Formats Specification,
"Image Resources Section".
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PHOTOSHOP = b"Photoshop 3.0\0"
"""What begins the APP13 segment of a JPEG."""

IPTC_RESOURCE = 0x0404
PROFILE_RESOURCE = 0x040F
EXIF_RESOURCE = 0x0422
XMP_RESOURCE = 0x0424
RESOLUTION_RESOURCE = 0x03ED
# Thumbnails would show the photo before the edit; the digest is of an XMP that is renewed.
_RENEWED = (0x0409, 0x040C, 0x0425, 0x0423)
_OWN = (
    IPTC_RESOURCE,
    PROFILE_RESOURCE,
    EXIF_RESOURCE,
    XMP_RESOURCE,
    RESOLUTION_RESOURCE,
    *_RENEWED,
)

# Sublocation, city, province, country code and name, and the content location of record 2.
_PLACES = frozenset({26, 27, 90, 92, 95, 100, 101})


def resources(block: bytes) -> dict[int, bytes]:
    """The image resources of a block by their numbers, as far as it can be followed."""
    return {number: body for number, _, body in _walk(block)}


def kept(block: bytes) -> bytes | None:
    """The resources that an edited photo keeps, without those that are kept apart."""
    found = b"".join(whole for number, whole, _ in _walk(block) if number not in _OWN)
    return found or None


def resource(number: int, body: bytes) -> bytes:
    """One image resource without a name."""
    return b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + bytes(len(body) % 2)


def _walk(block: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at + 12 <= len(block) and block[at : at + 4] in (b"8BIM", b"MeSa", b"AgHg", b"PHUT"):
        number = struct.unpack_from(">H", block, at + 4)[0]
        name = 1 + block[at + 6]
        start = at + 6 + name + name % 2
        if start + 4 > len(block):
            return
        size = struct.unpack_from(">I", block, start)[0]
        end = start + 4 + size
        if end > len(block):
            return
        yield number, block[at : end + size % 2], block[start + 4 : end]
        at = end + size % 2


def datasets(iim: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record, number and value of each dataset, as far as they can be followed."""
    at = 0
    while at + 5 <= len(iim) and iim[at] == 0x1C:
        record, dataset, size = struct.unpack_from(">BBH", iim, at + 1)
        end = at + 5 + size
        if size & 0x8000 or end > len(iim):  # an extended dataset: its size follows
            return
        yield record, dataset, iim[at + 5 : end]
        at = end


def texts(iim: bytes) -> dict[int, list[str]]:
    """The texts of record 2 by the numbers of their datasets.

    UTF-8 where the envelope says so or where it is that, else Windows's Latin alphabet, which most
    programs have written without saying so.
    """
    found: dict[int, list[str]] = {}
    for record, dataset, value in datasets(iim):
        if record != 2 or dataset == 0:
            continue
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("cp1252", "replace")
        if text := text.strip("\0 "):
            found.setdefault(dataset, []).append(text)
    return found


def without_place(iim: bytes) -> bytes | None:
    """IPTC without the datasets that say where; all of it goes where it cannot be followed."""
    out, at = b"", 0
    while at < len(iim) and iim[at] == 0x1C:
        if at + 5 > len(iim):
            return None
        record, dataset, size = struct.unpack_from(">BBH", iim, at + 1)
        if size & 0x8000:  # an extended dataset: its size follows
            return None
        end = at + 5 + size
        if end > len(iim):
            return None
        if not (record == 2 and dataset in _PLACES):
            out += iim[at:end]
        at = end
    return out or None
