"""Ratings of photographs, 0 to 5, as XMP keeps them: in the file, or in a sidecar beside it.

JPEG, PNG, TIFF, DNG, WebP and JPEG XL hold XMP themselves. Beside the raw files of cameras, which
nobody but the camera should write, lies ``IMG_1.xmp``, as Adobe's programs have it, or
``IMG_1.CR3.xmp`` where another program has put that; beside AVIF, HEIF and Photoshop documents
``IMG_1.heic.xmp``.

Sources: XMP part 1, xmp:Rating; XMP part 3; Exif 3.0 (Rating, 0x4746, as Windows writes it).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.files import read_failure, read_file, write_failure
from editor.document.formats import exif, packet_places, raw, xmp
from editor.document.formats.decoded import AGAIN, MAX_FILE, PhotoError, Source, UnsupportedError
from editor.document.photo import decode_photo, open_photo, sidecar_of
from foundation.atomic_files import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.formats.decoded import Pixels
    from editor.document.formats.metadata import Metadata
    from editor.document.photo import Photo

BEST = 5
_EXIF_RATING = 0x4746


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that was kept.

    Attributes:
        path: of the photo.
        rating: 0…5.
        before: SHA-256 of the photo's file as it was, in hex.
        sha256: as it is now.
        size: its bytes.
        metadata: as the photo has it when it is opened again.
    """

    path: Path
    rating: int
    before: str
    sha256: str
    size: int
    metadata: Metadata


def rating_of(metadata: Metadata) -> int:
    """0…5; 0 where there is none, or where it is rejected (−1)."""
    stated: float | None = None
    if metadata.xmp is not None:
        try:
            text = xmp.value(metadata.xmp, xmp.XMP, "Rating")
            stated = float(text) if text else None
        except ValueError:  # no number, or no XMP
            stated = None
    if stated is None and metadata.exif is not None:
        try:
            blob = exif.Blob(metadata.exif)
            entry = blob.find(blob.first, _EXIF_RATING)
            stated = None if entry is None else blob.integer(entry)
        except ValueError:
            stated = None
    if stated is None or not 0 <= stated <= BEST:
        return 0
    return round(stated)


def rate(path: Path, rating: int) -> Rated:
    """Keep a rating; nothing else of the photo changes.

    The file is written in one step, once it was decoded again and shows the same picture.

    Args:
        path: a photograph.
        rating: 0…5.

    Raises:
        PhotoError: it cannot be read or written, or its XMP is damaged; it is as it was.
    """
    if not 0 <= rating <= BEST:
        raise ValueError(f"a rating of {rating}")
    photo = open_photo(path)
    try:
        aside = sidecar_of(path, photo.file_format)
        data = b"" if aside is not None else read_file(path, MAX_FILE)
        packet = _inside(photo, data) if aside is None else _beside(aside, photo)
        new, note = xmp.edited(packet, add={(xmp.XMP, "xmp:Rating"): str(rating)})
        if note or new is None:
            raise PhotoError(f"The XMP data of {path.name} is damaged.", AGAIN)
        if aside is not None:
            atomic_write(aside, new)
            metadata = photo.metadata.replaced(xmp=new)
            size = path.stat().st_size
            return Rated(path, rating, photo.sha256, photo.sha256, size, metadata)
        changed = _with_packet(photo, data, new, rating)
        again = _checked(photo, changed, path)
        atomic_write(path, changed)
    except OSError as error:
        raise PhotoError(*write_failure(error, path)) from error
    return Rated(path, rating, photo.sha256, again.sha256, len(changed), again.metadata)


def _inside(photo: Photo, data: bytes) -> bytes | None:
    """The packet as the file has it."""
    if photo.file_format != "RAW":
        return photo.metadata.xmp
    # what is opened of a DNG lacks the settings of its raw developer
    return raw.packets(Source(io.BytesIO(data), len(data), "The photo")).xmp


def _beside(aside: Path, photo: Photo) -> bytes | None:
    """The packet of a sidecar, as it is there; the photo's own where there is none yet."""
    try:
        return read_file(aside, xmp.MAX_PACKET)
    except FileNotFoundError:
        return photo.metadata.xmp
    except (OSError, ValueError) as error:
        failure = error if isinstance(error, OSError) else OSError(str(error))
        raise PhotoError(*read_failure(failure, aside)) from error


def _with_packet(photo: Photo, data: bytes, packet: bytes, rating: int) -> bytes:
    try:
        changed = packet_places.with_packet(photo.file_format, data, packet)
    except UnsupportedError as error:
        raise PhotoError(f"The photo {error}.", error.advice) from error
    if changed is None:
        raise ValueError(f"{photo.file_format} has no place for XMP")
    return _with_exif_rating(photo, changed, rating)


def _with_exif_rating(photo: Photo, data: bytes, rating: int) -> bytes:
    """Where EXIF states a rating too, in its place: Windows looks there first."""
    at = data.find(exif.PREFIX)
    if photo.file_format != "JPEG" or data[max(at - 4, 0) : at - 2] != b"\xff\xe1":
        return data
    end = at - 2 + int.from_bytes(data[at - 2 : at], "big")
    try:
        blob = exif.Blob(data[at:end])
        entry = blob.find(blob.first, _EXIF_RATING)
        if entry is None:
            return data
        blob.set_integer(entry, rating)
    except ValueError:  # it cannot be followed: then nobody reads a rating in it
        return data
    return data[:at] + blob.bytes() + data[end:]


def _checked(photo: Photo, data: bytes, path: Path) -> Photo:
    """What the new file shows.

    Raises:
        PhotoError: not the same as before.
    """
    again = decode_photo(data, path)
    same = (
        again.file_format == photo.file_format
        and np.array_equal(again.pixels, photo.pixels)
        and _alike(again.alpha, photo.alpha)
        and (again.icc, again.own_icc, again.declared) == (photo.icc, photo.own_icc, photo.declared)
        and replace(again.metadata, xmp=None, exif=None)
        == replace(photo.metadata, xmp=None, exif=None)
    )
    if not same:
        raise PhotoError(
            f"A rating cannot be kept in {path.name} without changing more than that.", AGAIN
        )
    return again


def _alike(one: Pixels | None, other: Pixels | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)
