"""The file of an open photograph: found again for a project, and kept so that it can be embedded.

A photograph is known by two digests: that of its file, and that of what the file shows. The second
one recognises a file of which only metadata changed (a rating, a caption).

Paths come out of files that anybody may have written, so only plain local ones are touched without
asking: no server is contacted, no device opened. The user may point at any file.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import weakref
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from editor.document.files import Budget, BudgetError, open_regular
from editor.document.photo import Photo, PhotoError, decode_photo, open_photo
from editor.document.photo_export import ExportOptions, save_photo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_CHUNK = 1 << 20
_LARGEST = 4 << 30  # bytes of a photograph's file
_LOOKED_AT = 2_000  # files beside a project, when its photograph is searched
_OPENED = 24  # of them, to compare their pixels
_SEARCH_BYTES = 4 << 30
_SEARCH_SECONDS = 8.0
_SUFFIXES = {".jpeg": ".jpg", ".jpe": ".jpg", ".tiff": ".tif"}
_FOREIGN_ROOTS = frozenset({"net", "network", "proc", "dev", "sys", "run", "afs", "misc"})
_WINDOWS_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$"})
_WINDOWS_PORTS = ("com", "lpt")


@dataclass(frozen=True, slots=True)
class PhotoSource:
    """Which file an open photograph is, and how to have it again.

    Attributes:
        path: where it lies, absolute; None when it exists only inside a project.
        sha256: of the file's bytes, in hex.
        pixels: ``pixel_digest`` of what it shows; "" while that was not needed.
        size: bytes of the file; 0 when unknown.
        embedded: the file itself, when it came out of a project or was put into one; None when it
            lies on the disk only.
    """

    path: Path | None
    sha256: str
    pixels: str = ""
    size: int = 0
    embedded: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, photo: Photo, embedded: bytes | None = None) -> PhotoSource:
        """Of a photograph as it was opened."""
        size = 0 if embedded is None else len(embedded)
        return cls(photo.path, photo.sha256, size=size, embedded=embedded)


class PhotoNotFoundError(PhotoError):
    """The photograph of a project is not there, or is not the one that was edited.

    The session can ask the user for the file, and open the project again with it.

    Attributes:
        path: where it was when the project was saved, as far as that is known. It may be a network
            path that was not touched.
    """

    def __init__(self, title: str, advice: str, path: Path | None) -> None:
        super().__init__(title, advice)
        self.path = path


# ------------------------------------------------------------------ digests

_digests: weakref.WeakKeyDictionary[Photo, str] = weakref.WeakKeyDictionary()


def pixel_digest(photo: Photo) -> str:
    """SHA-256 over depth, size, pixels, opacity and what declares colours, in hex; computed once.

    Equal for two files that show the same picture, whatever else they say about it.
    """
    if (known := _digests.get(photo)) is not None:
        return known
    digest = hashlib.sha256(f"{photo.pixels.dtype} {photo.pixels.shape}".encode())
    digest.update(photo.pixels.data)
    for part in (photo.alpha, photo.icc, *(part for pair in photo.declared for part in pair)):
        digest.update(b"none" if part is None else b"some")
        if part is not None:
            digest.update(part if isinstance(part, bytes) else part.data)
    return _digests.setdefault(photo, digest.hexdigest())


def file_sha256(path: Path, budget: Budget | None = None) -> str:
    """Of a regular file, in hex.

    Raises:
        OSError: it is not there, cannot be read, or is no regular file.
        BudgetError: it is too large.
    """
    budget = budget or Budget(_LARGEST, 0, 3600.0)
    digest = hashlib.sha256()
    with open_regular(path) as file:
        budget.spend(bytes=os.fstat(file.fileno()).st_size)
        while chunk := file.read(_CHUNK):
            budget.spend()
            digest.update(chunk)
    return digest.hexdigest()


# ------------------------------------------------------------------ paths


def is_plain(path: Path) -> bool:
    """Whether a path may be touched because a file says so: absolute, local, and no device."""
    plain = Path(os.path.normpath(path))
    if not plain.is_absolute():
        return False
    if os.name == "nt":
        windows = PureWindowsPath(plain)
        return not windows.drive.startswith("\\\\") and not any(map(_is_device, windows.parts[1:]))
    parts = PurePosixPath(plain).parts
    return parts[0] == "/" and (len(parts) < 2 or parts[1].casefold() not in _FOREIGN_ROOTS)


def name_of(path: Path | None) -> str:
    """The file's name, on whatever system the path was written; "" without one."""
    return "" if path is None else PureWindowsPath(PurePosixPath(path).name).name


def _is_device(name: str) -> bool:
    stem = name.partition(".")[0].rstrip().casefold()
    return stem in _WINDOWS_DEVICES or (stem[:3] in _WINDOWS_PORTS and stem[3:].isdigit())


def beside(folder: Path, near: str) -> Path | None:
    """A path relative to a folder, as a project states it; None for one that must not be touched.

    It may lead upwards, but neither to a device nor to another server than the folder's own.
    """
    posix, windows = PurePosixPath(near), PureWindowsPath(near)
    if posix.is_absolute() or windows.drive or windows.root or ":" in near or not near:
        return None
    path = Path(os.path.normpath(folder / near))
    return path if is_plain(path) or path.is_relative_to(folder) else None


def relative(path: Path, folder: Path) -> str | None:
    """How ``beside`` finds a file again from a folder; None when there is no such way."""
    try:
        near = os.path.relpath(path, folder)
    except ValueError:  # another drive on Windows
        return None
    near = Path(near).as_posix()
    return near if beside(folder, near) is not None else None


# ------------------------------------------------------------------ finding


@dataclass(frozen=True, slots=True, eq=False)
class FoundPhoto:
    """A project's photograph, opened.

    Attributes:
        photo: as it is edited.
        source: its file; for the next time that the project is saved.
        notes: what the user should know about how it was found, one sentence each.
    """

    photo: Photo
    source: PhotoSource
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The photograph that a project was made from.

    Attributes:
        sha256, pixels, size: as ``PhotoSource`` has them.
        width, height: of the photograph, upright; its regions have that size.
        name: of its file, "" when unknown.
    """

    sha256: str
    pixels: str
    size: int
    width: int
    height: int
    name: str

    def fits(self, photo: Photo) -> bool:
        """Whether the project's regions lie right on it."""
        return (photo.width, photo.height) == (self.width, self.height)

    def is_shown_by(self, photo: Photo) -> bool:
        """Whether it is the very picture, metadata apart."""
        same_file = bool(self.sha256) and photo.sha256 == self.sha256
        return self.fits(photo) and (
            same_file or (bool(self.pixels) and pixel_digest(photo) == self.pixels)
        )


def chosen_photo(wanted: Wanted, path: Path) -> FoundPhoto:
    """The file that the user points at; another picture of the same size is taken, with a note.

    Raises:
        PhotoError: it is no photograph.
        PhotoNotFoundError: its size is another one, so the edits cannot lie right on it.
    """
    photo = open_photo(path)
    if not wanted.fits(photo):
        raise PhotoNotFoundError(
            f"{path.name} is {photo.width} × {photo.height} pixels, but the photo of this "
            f"project is {wanted.width} × {wanted.height}.",
            "Choose the photo that was edited.",
            path,
        )
    notes: tuple[str, ...] = ()
    if not wanted.is_shown_by(photo):
        notes = (
            f"{path.name} is not exactly the photo that was edited; "
            "look whether the edits still lie right.",
        )
    return FoundPhoto(photo, PhotoSource.of(photo), notes)


def embedded_photo(wanted: Wanted, data: bytes, path: Path | None) -> FoundPhoto | None:
    """The photograph inside a project; None when that cannot be opened or is another one.

    Damage that leaves a picture of the right size is told in a note.
    """
    try:
        photo = decode_photo(data, path)
    except PhotoError:
        return None
    if not wanted.fits(photo):
        return None
    notes: tuple[str, ...] = ()
    if not wanted.is_shown_by(photo):
        notes = ("The photo inside the project is damaged; parts of it may look wrong.",)
    return FoundPhoto(photo, PhotoSource.of(photo, data), notes)


def linked_photo(wanted: Wanted, places: Iterable[Path], folder: Path) -> FoundPhoto | None:
    """The photograph at one of the places, or beside the project under any name; None: nowhere.

    Args:
        wanted: what to look for.
        places: where to look first, each ``is_plain`` or beside the project.
        folder: of the project; a bounded number of files there is compared.
    """
    there = [place for place in dict.fromkeys(places) if _is_file(place)]
    budget = Budget(_SEARCH_BYTES, 0, _SEARCH_SECONDS)
    try:
        for place in (*there, *_same_size(wanted, folder)):
            if _sha256_of(place, budget) == wanted.sha256:
                photo = _opened(place)
                if photo is not None and wanted.is_shown_by(photo):
                    return FoundPhoto(photo, PhotoSource.of(photo))
        if not wanted.pixels:
            return None
        likely = sorted(_siblings(wanted, folder), key=lambda p: _unlike(wanted, p))
        for place in (*there, *likely[:_OPENED]):
            budget.spend()
            photo = _opened(place)
            if photo is not None and wanted.is_shown_by(photo):
                note = f"{place.name} has other metadata than before; its picture is the same."
                return FoundPhoto(photo, PhotoSource.of(photo), (note,))
    except BudgetError:  # the user knows better where it lies
        pass
    return None


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - never raises


def _sha256_of(path: Path, budget: Budget) -> str:
    try:
        return file_sha256(path, budget)
    except OSError:  # gone, or not to be read: it is looked for elsewhere
        return ""


def _opened(path: Path) -> Photo | None:
    try:
        return open_photo(path)
    except PhotoError:
        return None


def _siblings(wanted: Wanted, folder: Path) -> Iterator[Path]:
    """Files in the folder that could be the photograph by their names; links are not followed."""
    kind = _kind(wanted.name)
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= _LOOKED_AT:
                    return
                if _kind(entry.name) == kind and entry.is_file(follow_symlinks=False):
                    yield folder / entry.name
    except OSError:  # a folder that may not be listed
        return


def _same_size(wanted: Wanted, folder: Path) -> Iterator[Path]:
    """Siblings that may be the very file."""
    for path in _siblings(wanted, folder):
        if not wanted.size or _size(path) == wanted.size:
            yield path


def _unlike(wanted: Wanted, path: Path) -> tuple[bool, int]:
    """Small for files that resemble the wanted one by name and size."""
    return path.name.casefold() != wanted.name.casefold(), abs(_size(path) - wanted.size)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _kind(name: str) -> str:
    suffix = PurePosixPath(name).suffix.casefold()
    return _SUFFIXES.get(suffix, suffix)


def stated_size(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height of a photograph, maybe turned; None: it is none.

    Its header tells; of kinds that may hold several pictures, only the decoder can.
    """
    try:
        with Image.open(file, formats=("JPEG", "MPO", "PNG", "WEBP")) as image:
            return image.size
    except Exception:  # noqa: BLE001 - Pillow raises what it likes on what it does not know
        file.seek(0)
    try:
        photo = decode_photo(file.read(_LARGEST), None)
    except PhotoError:
        return None
    return photo.width, photo.height


def stated_size_of(path: Path) -> tuple[int, int] | None:
    """``stated_size`` of a file; None also when it is not there."""
    try:
        with open_regular(path) as file:
            return stated_size(file)
    except OSError:
        return None


# ------------------------------------------------------------------ keeping


def linkable(source: PhotoSource, photo: Photo) -> PhotoSource | None:
    """The source as a project can link to it now; None when its file is gone or another picture.

    When only metadata changed since, it is the file as it is now.
    """
    if source.path is None:
        return None
    try:
        size = os.stat(source.path).st_size  # noqa: PTH116 - no Path needed
        if file_sha256(source.path) == source.sha256:
            return replace(source, size=size, pixels=pixel_digest(photo))
        now = open_photo(source.path)
    except (OSError, BudgetError, PhotoError):
        return None
    if pixel_digest(now) != pixel_digest(photo):
        return None
    return replace(source, sha256=now.sha256, size=size, pixels=pixel_digest(now), embedded=None)


def with_file(source: PhotoSource, photo: Photo) -> tuple[PhotoSource, tuple[str, ...]]:
    """The source with the bytes of a file that shows ``photo``, to be put into a project.

    The bytes that were opened, if they are at hand or still lie where they did; else the file as it
    is now, if only its metadata changed; else what is open, written without loss.

    Returns:
        the source, and what the user should know.

    Raises:
        PhotoError: the picture cannot be written anew.
    """
    pixels = pixel_digest(photo)
    if source.embedded is not None:
        return replace(source, pixels=pixels, size=len(source.embedded)), ()
    data = _bytes_of(source.path)
    if data is not None:
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 == source.sha256 or _shows(data, source.path, pixels):
            return PhotoSource(source.path, sha256, pixels, len(data), data), ()
    data = _lossless(photo)
    again = decode_photo(data, None)
    if not np.array_equal(again.pixels, photo.pixels):
        raise PhotoError(
            "The open photo cannot be put into the project.",
            "Put its original file back where it was, and save again.",
        )
    pixels = pixel_digest(again)  # a profile may be stated in another way
    sha256 = again.sha256
    note = (
        "The photo's file was changed or moved since it was opened, so the picture that is "
        "open was put into the project, as PNG without loss."
    )
    return PhotoSource(source.path, sha256, pixels, len(data), data), (note,)


def _bytes_of(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        with open_regular(path) as file:
            return file.read() if os.fstat(file.fileno()).st_size <= _LARGEST else None
    except OSError:  # gone: then what is open is written
        return None


def _shows(data: bytes, path: Path | None, pixels: str) -> bool:
    try:
        return pixel_digest(decode_photo(data, path)) == pixels
    except PhotoError:
        return False


def _lossless(photo: Photo) -> bytes:
    """A PNG of the photograph with its profile, opacity and metadata."""
    with tempfile.TemporaryDirectory(prefix="style-intervention-") as folder:
        path = Path(folder) / "photo.png"
        save_photo(photo, photo.pixels, path, ExportOptions(ai_mark=False))  # it is unedited
        return path.read_bytes()
