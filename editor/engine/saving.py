"""Projects are saved without the networks, so that this works where they cannot be loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo_source import PhotoSource
from editor.document.project import ProjectError, SavedProject, save_with_photo
from editor.document.project import save_project as write_project
from editor.engine.jobs import Finished, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.engine.jobs import Report, SaveProject


def saved(job: SaveProject) -> Iterator[Report]:
    """Finished(SavedProject).

    Raises:
        EngineFailure: the file cannot be written, or the photo not be put into it.
    """
    project, photo = job.project, job.photo
    try:
        if photo is not None:
            source = job.source or PhotoSource.of(photo)
            written = save_with_photo(project, job.path, photo, source, embed=job.embed_photo)
        else:
            inside = _photo_bytes(job) if job.embed_photo else None
            write_project(project, job.path, inside)
            source = PhotoSource(project.photo_path, project.photo_sha256, embedded=inside)
            written = SavedProject(job.path, source, job.embed_photo)
    except ProjectError as error:
        raise EngineFailure(EngineError("not_writable", error.title, error.advice)) from error
    for note in written.notes:
        yield Notice(note)
    yield Finished(written)


def _photo_bytes(job: SaveProject) -> bytes:
    """The original file, to embed it, where the photo itself is not at hand."""
    path = job.project.photo_path
    try:
        if path is None:
            raise FileNotFoundError("the photo has no file")
        return path.read_bytes()
    except OSError as error:
        raise EngineFailure(
            EngineError(
                "photo_unreadable",
                f"The photo cannot be embedded ({error}).",
                "Save the project without embedding, or put the photo back.",
            )
        ) from error
