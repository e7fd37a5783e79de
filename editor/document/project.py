"""Projects: an editing session as a .sip file, a zip of JSON, style codes and images.

``project.json`` holds everything but the arrays, ``styles.safetensors`` the base codes, the deltas
and what each photograph changed of the generator's weights, ``regions/*.png`` the masks,
``paint/*.png`` the colours painted over faces, ``reference/*.png`` the reference face, and
``photo/original`` the photograph's file when it was put inside. Only the JSON is packed, so a
flipped bit costs one image or one edit. The same project always gives the same bytes. What is
written is read again before it replaces an older file. Opening checks everything and executes
nothing.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from editor.document import photo_source
from editor.document.archive import LARGEST, Archive, write_archive
from editor.document.files import Budget, open_regular, read_failure, write_failure
from editor.document.json_values import reason, text
from editor.document.photo import PhotoError
from editor.document.photo_source import FoundPhoto, PhotoNotFoundError, PhotoSource, Wanted
from editor.document.project_contents import (
    Project,
    ProjectError,
    ProjectFace,
    ViewPlace,
    faces_of,
)
from editor.document.project_limits import MOST_DECODED, TooLargeError, require_room
from editor.document.project_reading import DAMAGE, read_contents
from editor.document.project_writing import CONTENTS, PHOTO, members_of, photo_place
from foundation.atomic_files import atomic_file

if TYPE_CHECKING:
    from typing import BinaryIO

    from editor.document.photo import Photo

__all__ = [
    "PhotoNotFoundError",
    "PhotoSource",
    "Project",
    "ProjectError",
    "ProjectFace",
    "SavedProject",
    "TooLargeError",
    "ViewPlace",
    "faces_of",
    "find_photo",
    "open_project",
    "save_project",
    "save_with_photo",
]

_MOST_BYTES = LARGEST + (512 << 20)  # unpacked
_MOST_PIXELS = MOST_DECODED + (64 << 20)  # of all images, channels counted, and of sliders
_SECONDS = 60.0
_FRESH = "Open a backup copy of the project, or start again from the photo."
_CUT_OFF = b"PK\x03\x04", b"PK\x05\x06"


# ------------------------------------------------------------------ saving


@dataclass(frozen=True, slots=True)
class SavedProject:
    """A project that was written together with its photograph, or with a link to it.

    Attributes:
        path: of the project.
        source: the photograph's file from now on; save with it the next time.
        embedded: whether the photograph lies inside.
        notes: what the user should know, one sentence each.
    """

    path: Path
    source: PhotoSource
    embedded: bool
    notes: tuple[str, ...] = ()


def save_with_photo(
    project: Project, path: Path, photo: Photo, source: PhotoSource, *, embed: bool
) -> SavedProject:
    """Write a project so that its photograph can be opened again with it.

    With ``embed``, or when there is no file that it could link to any more, the photograph goes
    inside: the bytes that were opened if they can be had, else the picture without loss.

    Args:
        project: what to write; what it says of the photograph's file is replaced.
        path: where to.
        photo: the photograph that is open.
        source: its file, as it was opened or last saved.
        embed: put it inside even if a link would do.

    Raises:
        ProjectError: the file cannot be written; an older one is untouched.
    """
    notes: tuple[str, ...] = ()
    linked = None if embed else photo_source.linkable(source, photo)
    if linked is None:
        try:
            linked, notes = photo_source.with_file(source, photo)
        except PhotoError as error:
            raise ProjectError(error.title, error.advice) from error
        except OSError as error:
            raise ProjectError(*write_failure(error, path)) from error
        if not embed and not notes:
            notes = ("The photo has no file of its own any more, so it was put into the project.",)
        inside = linked.embedded
    else:
        inside = None
    project = replace(
        project,
        photo_path=linked.path,
        photo_sha256=linked.sha256,
        photo_pixels=linked.pixels,
        photo_size=linked.size,
    )
    save_project(project, path, inside)
    return SavedProject(path, linked, inside is not None, notes)


def save_project(
    project: Project, path: Path, photo_bytes: bytes | None = None, *, check: bool = True
) -> None:
    """Write a project, atomically; ``photo_bytes`` puts the photograph's file inside.

    What was written is read again, with all that opening checks, before it replaces an older file;
    without ``check``, for a journal that is written anew with each change, only its sizes are.

    Raises:
        TooLargeError: it would not open again, for it holds more than a project may.
        ProjectError: the file cannot be written, or would not open again; an older one is
            untouched.
    """
    path = Path(path)
    if photo_bytes is not None and len(photo_bytes) > LARGEST:
        raise ProjectError(
            "The photo is too large to be put into a project.",
            "Save the project without the photo inside.",
        )
    near = None
    if project.photo_path is not None:
        near = photo_source.relative(project.photo_path, path.resolve().parent)
    stored = photo_place(project.photo_path, near)
    members = members_of(project, stored, near, photo_bytes)
    require_room(members, project.width, project.height)
    try:
        with atomic_file(path) as file:
            write_archive(file, members, frozenset({CONTENTS}))
            file.flush()
            if check:
                _require_same(project, photo_bytes, file, path)
    except OSError as error:
        raise ProjectError(*write_failure(error, path)) from error


def _require_same(project: Project, photo_bytes: bytes | None, file: BinaryIO, path: Path) -> None:
    """Read a project that was just written.

    Raises:
        ProjectError: it would not open again as it was.
    """
    try:
        opened, inside = _read(file, path, trusted=True)
    except (ProjectError, *DAMAGE) as error:
        cause = reason(error)
    else:
        same = inside == photo_bytes and len(opened.portraits) == len(project.portraits)
        if same and not opened.missing:
            return
        cause = opened.missing[0] if opened.missing else "it is not what was written"
    raise ProjectError(
        f"{path.name} was not saved: it could not be read again ({cause.rstrip('.')}).",
        "Save it on another disk. If that fails too, undo the last step and save again.",
    )


# ------------------------------------------------------------------ opening


def open_project(path: Path, photo: Path | None = None) -> tuple[Project, bytes | None]:
    """Read a project, and the photograph's file if it lies inside.

    A damaged project is read as far as it can be; ``Project.missing`` names what is left out. The
    photograph itself is opened by ``find_photo``.

    Args:
        path: of the project.
        photo: the photograph, when the user had to be asked for it.

    Raises:
        PhotoNotFoundError: the images inside are so large that only the photograph, which is not
            where the project says, could explain them.
        ProjectError: it cannot be read, is no project, is damaged beyond use, or is too new.
    """
    path = Path(path)
    try:
        with open_regular(path) as file:
            return _read(file, path, photo)
    except OSError as error:
        raise ProjectError(*read_failure(error, path)) from error
    except (ProjectError, PhotoNotFoundError):
        raise
    except MemoryError as error:
        raise ProjectError(
            f"{path.name} does not fit into memory.", "Close other programs and open it again."
        ) from error
    except DAMAGE as error:
        raise ProjectError(f"{path.name} is damaged ({reason(error)}).", _FRESH) from error


def _read(
    file: BinaryIO, path: Path, photo: Path | None = None, *, trusted: bool = False
) -> tuple[Project, bytes | None]:
    file.seek(0)
    if file.read(4) not in _CUT_OFF:
        raise ProjectError(f"{path.name} is not a project of this editor.", "Choose a .sip file.")
    budget = Budget(_MOST_BYTES, _MOST_PIXELS, _SECONDS)
    archive = Archive(file, budget)
    folder = path.resolve().parent

    def place(stored: object, near: object) -> tuple[Path | None, str | None]:
        """Where the photograph may lie, out of the two paths that the file states."""
        near = None if near is None else text(near, 4_096)
        relative = None if near is None else photo_source.beside(folder, near)
        path = relative if stored is None else Path(text(stored, 4_096))
        return path, None if relative is None else near

    def confirm(stated: Path | None, near: str | None, width: int, height: int) -> None:
        """Refuse sizes that the photograph, wherever it is, does not have."""
        if trusted:
            return
        if photo is None and PHOTO in archive.names:
            seen = photo_source.stated_size(io.BytesIO(archive.beginning(PHOTO, LARGEST)))
        else:
            places = _places(stated, near, folder) if photo is None else [photo]
            seen = next(filter(None, map(photo_source.stated_size_of, places)), None)
        if seen is None or sorted(seen) != sorted((width, height)):
            raise _not_found(stated, near, folder, inside=PHOTO in archive.names)

    project = read_contents(archive, budget, path.name, place, confirm)
    if PHOTO not in archive.names:
        return project, None
    try:
        inside, _ = archive.read_unsound(PHOTO, LARGEST)  # it has a digest of its own
    except DAMAGE as error:
        line = f"The photo inside the project could not be read: {reason(error)}."
        return replace(project, missing=(*project.missing, line)), None
    return project, inside


# ------------------------------------------------------------------ the photograph


def find_photo(
    project: Project, project_path: Path, embedded: bytes | None = None, chosen: Path | None = None
) -> FoundPhoto:
    """Open the photograph of a project.

    It is the file that the user points at, or the one inside the project, or the one that the
    project names, or one beside the project with the same content or, metadata apart, the same
    picture. Paths of servers and devices that a project names are not touched.

    Args:
        project: as opened.
        project_path: its file.
        embedded: the photograph's file out of the project.
        chosen: what the user answered when asked for the file.

    Raises:
        PhotoNotFoundError: it is at none of these places, or is another photograph. Ask the user
            and try again with ``chosen``.
        PhotoError: ``chosen`` cannot be opened.
    """
    wanted = _wanted(project)
    if chosen is not None:
        return photo_source.chosen_photo(wanted, chosen)
    folder = _folder(project_path)
    places = _places(project.photo_path, project.photo_near, folder)
    found = None
    if embedded is not None:
        found = photo_source.embedded_photo(wanted, embedded, places[0] if places else None)
    if found is not None and not found.notes:
        return found
    found = photo_source.linked_photo(wanted, places, folder) or found
    if found is None:
        inside = embedded is not None
        raise _not_found(project.photo_path, project.photo_near, folder, inside=inside)
    return found


def _wanted(project: Project) -> Wanted:
    return Wanted(
        sha256=project.photo_sha256,
        pixels=project.photo_pixels,
        size=project.photo_size,
        width=project.width,
        height=project.height,
        name=photo_source.name_of(project.photo_path),
    )


def _folder(project_path: Path) -> Path:
    return Path(project_path).resolve().parent


def _places(path: Path | None, near: str | None, folder: Path) -> list[Path]:
    """Where to look first for a photograph, of which nothing is a server or a device."""
    places: list[Path] = []
    if near is not None and (relative := photo_source.beside(folder, near)) is not None:
        places.append(relative)
    if path is not None and photo_source.is_plain(path):
        places.append(path)
    if name := photo_source.name_of(path):
        places.append(folder / name)
    return places


def _not_found(
    path: Path | None, near: str | None, folder: Path, *, inside: bool
) -> PhotoNotFoundError:
    name = photo_source.name_of(path) or "of this project"
    places = _places(path, near, folder)
    if inside:
        title = f"The photo {name} inside the project is damaged, and no other was found."
    elif any(place.is_file() for place in places):
        title = f"The photo {name} has changed since the project was saved."
    else:
        title = f"The photo {name} was not found."
    advice = f"Point at its file, or copy it into {folder} and open the project again."
    return PhotoNotFoundError(title, advice, path)
