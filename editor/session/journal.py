"""The journal of a window: its unsaved work as files, and what killed windows left behind.

A folder holds one journal a window::

    recovery/
        lock            held while a journal is made, looked at or thrown away
        HEX/            one window's
            lock        held while the window lives; the system lets go of it when it is killed
            project.sip the newest work, replaced in one step; without it nothing is recovered
            photo       the photograph's file, when the project cannot find it anywhere else
            thumbnail.jpg, about.json
            folders     where the window wrote files (``document.temporaries``)

A journal holds one version, so it is as large as the project, and as the photograph if that is
copied. All journals together are bounded when a window starts: the oldest go first.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from filelock import FileLock, Timeout

from editor.document.files import mark_of
from editor.document.json_values import items, parse, record, text, whole
from editor.document.photo_source import is_plain, linkable, with_file
from editor.document.project import open_project, save_project
from foundation.atomic_files import atomic_write, clean_leftovers
from foundation.temporaries import note_in, noted_in

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from editor.document.photo import Photo, Pyramid
    from editor.document.photo_source import PhotoSource
    from editor.document.project import Project
    from editor.engine.jobs import Patch

_log = logging.getLogger(__name__)

THUMBNAIL = 320
"""Longer side of a thumbnail, pixels."""

MOST_BYTES = 4 << 30
"""Of what killed windows left behind, all of it together."""

_PATIENCE = 5.0  # seconds for another window's start; it holds the lock for milliseconds
_LONGEST_ABOUT = 64 << 10  # bytes
# Seconds by which a window's last save may be younger than its journal, which is written within two
# of a change (its own save was taken for another window's after 141 of 500 kills).
_SAVED_SINCE = 3.0
_FOLDERS = "folders"


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What one window would lose: immutable, so that any thread may write it.

    Attributes:
        document: what is open; another object is another document.
        project: all that a project file holds; what it says of the photograph's file is replaced.
        photo, source: the photograph, and its file.
        project_path: where it was saved to or opened from; None for none.
        pyramid, patch: the photo for the screen and the edited part of it, for a thumbnail.
        project_mark: of that file as it was then (``files.mark_of``); None: not known.
    """

    document: object
    project: Project
    photo: Photo
    source: PhotoSource
    project_path: Path | None = None
    pyramid: Pyramid | None = None
    patch: Patch | None = None
    project_mark: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """Of the photo, for people."""
        path = self.source.path or self.project_path
        return "Photo" if path is None else path.name


@dataclass(frozen=True, slots=True)
class _Photo:
    """How a journal keeps the photograph.

    Attributes:
        source: its file, as the project names it.
        mark: of the file that is linked to, as long as it stays as it was; None for a copy.
    """

    source: PhotoSource
    mark: tuple[int, int] | None


class Journal:
    """One window's journal; used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Make and lock a new one in ``folder``, which is made too.

        The folders that this process writes to are noted in it from then on.

        Raises:
            OSError: the folder cannot be written.
        """
        with _alone(folder):
            self.folder = folder / secrets.token_hex(8)
            self.folder.mkdir()
            self.lock = _lock(self.folder)
            self.lock.acquire()
        self._root = folder
        self._document: object = None
        self._photo: _Photo | None = None
        self._pictured: tuple[object, object] | None = None
        self._about = ""
        self.note_here()

    @property
    def document(self) -> object:
        """Whose work is in it; None: nobody's."""
        return self._document

    def note_here(self) -> None:
        """The folders that this process writes to are noted in it from now on."""
        note_in(self.folder / _FOLDERS)

    def write(self, snapshot: Snapshot | None) -> None:
        """Replace what is in it; None: there is nothing to lose.

        Raises:
            OSError, ProjectError: it cannot be written; what was there before still is, unless it
                was of another document.
        """
        if snapshot is None:
            self.clear()
            return
        if snapshot.document is not self._document:
            self.clear()
            self._document = snapshot.document
        source = self._keep_photo(snapshot)
        self._write_about(snapshot)
        pictured = (snapshot.pyramid, snapshot.patch)
        if snapshot.pyramid is not None and pictured != self._pictured:
            pixels = thumbnail(snapshot.pyramid, snapshot.patch)
            atomic_write(self.folder / "thumbnail.jpg", _jpeg(pixels))
            self._pictured = pictured
        project = replace(
            snapshot.project,
            photo_path=source.path,
            photo_sha256=source.sha256,
            photo_pixels=source.pixels,
            photo_size=source.size,
        )
        save_project(project, self.folder / "project.sip", check=False)

    def clear(self) -> None:
        """There is nothing to recover any more."""
        self._document = self._photo = self._pictured = None
        self._about = ""
        for name in ("project.sip", "photo", "thumbnail.jpg", "about.json"):
            (self.folder / name).unlink(missing_ok=True)

    def close(self, *, keep: bool) -> None:
        """Let go of the lock; the work is thrown away, or kept for the next start."""
        note_in(None)
        if keep:
            self.lock.release()
        else:
            _remove(self._root, self.folder, self.lock)

    def _keep_photo(self, snapshot: Snapshot) -> PhotoSource:
        """Link to the photograph's file while it is what is open; else copy that, once."""
        kept, source = self._photo, snapshot.source
        if kept is not None and (kept.mark is None or kept.mark == _mark(kept.source.path)):
            return kept.source
        mark, linked = _mark(source.path), None
        # An embedded one may have come from another machine, and a server may be away by then.
        if mark is not None and source.embedded is None and is_plain(source.path or Path()):
            linked = linkable(source, snapshot.photo)
        if linked is None:
            mark = None
            linked, _ = with_file(source, snapshot.photo)
            atomic_write(self.folder / "photo", linked.embedded or b"")
            linked = replace(linked, embedded=None)
        self._photo = _Photo(linked, mark)
        return linked

    def _write_about(self, snapshot: Snapshot) -> None:
        about = json.dumps(
            {
                "name": snapshot.name,
                "project": None if snapshot.project_path is None else str(snapshot.project_path),
                "mark": snapshot.project_mark,
                "edits": sum(len(one.history.applied) for one in snapshot.project.portraits),
            }
        )
        if about != self._about:
            atomic_write(self.folder / "about.json", about.encode())
            self._about = about


@dataclass(frozen=True, slots=True, eq=False)
class Recovery:
    """What a window that was killed left behind; no other window touches it meanwhile.

    Attributes:
        folder: its journal.
        name: of the photo.
        time: when it was last written, seconds since the epoch.
        edits: how many are applied.
        thumbnail: a JPEG of the edited photo, or None.
        project_path: the project that it goes on with, or None when it was never saved.
        lock: held.
        project_mark: of that project's file, as the window knew it (``files.mark_of``).
    """

    folder: Path
    name: str
    time: float
    edits: int
    thumbnail: Path | None
    project_path: Path | None
    lock: FileLock = field(repr=False)
    project_mark: tuple[int, ...] | None = None

    @property
    def last_mark(self) -> tuple[int, ...] | None:
        """Of its project's file, as the killed window last wrote or knew it."""
        now = None if self.project_path is None else mark_of(self.project_path)
        own = now is not None and now[2] / 1e9 <= self.time + _SAVED_SINCE
        return now if own else self.project_mark

    def open(self) -> Path:
        """The project to open; a copied photograph is inside from now on.

        It lasts until ``discard``. Takes as long as reading and writing the photograph.

        Raises:
            OSError, ProjectError: it cannot be read or completed.
        """
        path, photo = self.folder / "project.sip", self.folder / "photo"
        if photo.is_file():
            project, inside = open_project(path, photo)  # which explains large masks, too
            if inside is None:
                save_project(project, path, photo.read_bytes())
        return path

    def release(self) -> None:
        """Leave it to the next start."""
        self.lock.release()


def recoverable(folder: Path, most_bytes: int = MOST_BYTES) -> tuple[Recovery, ...]:
    """What killed windows left in ``folder``, the newest first; each is locked from now on.

    Journals of windows that are open are not touched. Temporary files that killed windows left
    anywhere are removed, and journals without work; of the rest the oldest, beyond ``most_bytes``.

    Raises:
        OSError: the folder cannot be read or written.
    """
    left = _abandoned(folder)
    found: list[Recovery] = []
    for journal, lock in left:
        try:
            for written in (journal, *noted_in(journal / _FOLDERS)):
                clean_leftovers(written)
            if (journal / "project.sip").is_file():
                found.append(_recovery(journal, lock))
            else:
                _remove(folder, journal, lock)
        except OSError:
            _log.exception("%s is left to the next start", journal)
            lock.release()
    found.sort(key=lambda recovery: -recovery.time)
    kept: list[Recovery] = []
    total = 0
    for recovery in found:
        total += sum(path.stat().st_size for path in recovery.folder.iterdir())
        if kept and total > most_bytes:
            _log.warning("%s of %s is dropped: too much is kept", recovery.name, recovery.time)
            discard(recovery)
        else:
            kept.append(recovery)
    return tuple(kept)


def _abandoned(folder: Path) -> list[tuple[Path, FileLock]]:
    """Journals whose window is gone, locked."""
    left: list[tuple[Path, FileLock]] = []
    with _alone(folder):
        for journal in sorted(path for path in folder.iterdir() if path.is_dir()):
            lock = _lock(journal)
            try:
                lock.acquire()
            except Timeout:
                continue  # an open window's
            left.append((journal, lock))
    return left


def discard(recovery: Recovery) -> None:
    """Throw it away.

    Raises:
        OSError: it cannot be removed; the next start offers it again.
    """
    _remove(recovery.folder.parent, recovery.folder, recovery.lock)


def thumbnail(pyramid: Pyramid, patch: Patch | None) -> NDArray[np.uint8]:
    """The edited photo at most ``THUMBNAIL`` pixels long, uint8 sRGB (h, w, 3)."""
    height, width = pyramid.levels[0].shape[:2]
    scale = min(1.0, THUMBNAIL / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pyramid.levels[-1], size, interpolation=cv2.INTER_AREA)
    if patch is not None:
        left, top = round(patch.x * scale), round(patch.y * scale)
        right = min(size[0], max(left + 1, round((patch.x + patch.width) * scale)))
        bottom = min(size[1], max(top + 1, round((patch.y + patch.height) * scale)))
        if left < right and top < bottom:
            part = (right - left, bottom - top)
            small[top:bottom, left:right] = cv2.resize(
                patch.pixels, part, interpolation=cv2.INTER_AREA
            )
    return np.asarray(small, np.uint8)


# ------------------------------------------------------------------ small things


def _recovery(journal: Path, lock: FileLock) -> Recovery:
    name, edits, project, mark = "Photo", 0, None, None
    try:
        with (journal / "about.json").open("rb") as file:
            about = record(parse(file.read(_LONGEST_ABOUT)))
        name, edits = text(about["name"]), whole(about["edits"])
        project = None if about["project"] is None else Path(text(about["project"]))
        if about.get("mark") is not None:  # not told by older versions
            mark = tuple(whole(part, -(1 << 127), 1 << 127) for part in items(about["mark"], 3))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        # the work itself may be sound
        _log.warning("%s does not say what it is of: %s", journal, error)
    picture = journal / "thumbnail.jpg"
    time = (journal / "project.sip").stat().st_mtime
    return Recovery(
        journal, name, time, edits, picture if picture.is_file() else None, project, lock, mark
    )


def _mark(path: Path | None) -> tuple[int, int] | None:
    """Changes when a file does; None without one."""
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return None if found is None else (found.st_size, found.st_mtime_ns)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """No other window makes, looks at or throws away a journal meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock", timeout=_PATIENCE):  # its Timeout is an OSError
        yield


def _lock(journal: Path) -> FileLock:
    return FileLock(journal / "lock", timeout=0, thread_local=False)


def _remove(root: Path, journal: Path, lock: FileLock) -> None:
    with _alone(root):
        _throw_away(journal, lock)


def _throw_away(journal: Path, lock: FileLock) -> None:
    """With the outer lock held: the work first, so that half of a journal is none."""
    (journal / "project.sip").unlink(missing_ok=True)
    lock.release()  # Windows removes no file that is open
    if journal.is_dir():
        shutil.rmtree(journal)


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise ValueError("OpenCV cannot encode the thumbnail")
    return encoded.tobytes()
