"""Photographs and projects: opened, saved, exported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from editor.document.colour import sixteen_bits
from editor.document.credentials import signing
from editor.document.errors import EngineError, EngineFailure
from editor.document.formats.layers import layers_between
from editor.document.photo import PhotoError, make_pyramid
from editor.document.photo import open_photo as read_photo
from editor.document.photo_export import (
    SOFTWARE,
    check_export,
    keeps_pixels,
    save_photo,
    stored_bands,
)
from editor.document.photo_source import PhotoNotFoundError
from editor.document.project import find_photo
from editor.document.project import open_project as read_project
from editor.document.quality import misfit_map
from editor.document.style import LayoutMismatchError
from editor.engine import generators
from editor.engine.compositing.fold import edited_part, outside_identical
from editor.engine.jobs import (
    Decoded,
    Exported,
    Finished,
    Notice,
    OpenedPhoto,
    OpenedProject,
    Progress,
)
from editor.engine.older_turns import KNOWN_SINCE, carried_along
from editor.engine.saving import saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.formats.layers import Layer
    from editor.document.history import Portrait
    from editor.document.photo import Photo, Pixels
    from editor.document.photo_export import ExportOptions
    from editor.engine.jobs import Export, OpenPhoto, OpenProject, Report, SaveProject
    from editor.engine.workspace import Workspace
    from models.checkpoints import ModelCard


def open_photo(workspace: Workspace, job: OpenPhoto) -> Iterator[Report]:
    """Decoded, then Finished(OpenedPhoto); the generator that it names is in use from then on.

    Raises:
        PhotoError: it cannot be read.
        LayoutMismatchError, EngineFailure: its generator is not here.
    """
    card = generators.find(job.generator or generators.default().sha256, workspace.folder)
    yield Progress("Reading the photo", 0, 3)
    photo = read_photo(job.path)
    yield Progress("Preparing the display", 1, 3)
    pyramid = make_pyramid(photo)
    workspace.use(card.sha256)  # before: who sees the photo may count on it
    yield Decoded(photo, pyramid, workspace.info)
    yield Progress("Looking for faces", 2, 3)
    faces = workspace.find_faces(pyramid)
    yield Finished(OpenedPhoto(photo, pyramid, faces, workspace.info))


def open_project(workspace: Workspace, job: OpenProject) -> Iterator[Report]:
    """Finished(OpenedProject); its generator is in use from then on.

    Raises:
        ProjectError, PhotoError: one of the two cannot be read.
        LayoutMismatchError, EngineFailure: its generator is not here, or its photo.
    """
    yield Progress("Reading the project", 0, 4)
    try:
        project, embedded = read_project(job.path, job.photo)
    except PhotoNotFoundError as error:
        raise EngineFailure(EngineError("photo_missing", error.title, error.advice)) from error
    layouts = [portrait.history.base.layout for portrait in project.portraits]
    card = generators.default()
    if layouts:
        card = _needed(layouts[0].generator, project.generator, workspace)
    yield Progress("Reading the photo", 1, 4)
    try:
        found = find_photo(project, job.path, embedded, job.photo)
    except PhotoNotFoundError as error:
        raise EngineFailure(EngineError("photo_missing", error.title, error.advice)) from error
    photo, source = found.photo, found.source
    for note in (*project.missing, *found.notes):
        yield Notice(note)
    yield Progress("Preparing the display", 2, 4)
    pyramid = make_pyramid(photo)
    yield Progress("Looking for faces", 3, 4)
    faces = workspace.find_faces(pyramid)
    workspace.use(card.sha256)
    portraits = tuple(_looked_at(workspace, portrait, photo) for portrait in project.portraits)
    if project.version < KNOWN_SINCE:
        portraits, notes = _turned(workspace, portraits)
        yield from notes
    project = replace(project, portraits=portraits)
    if card != generators.default():
        yield Notice(
            f"This project goes on with {card.name}, the generator of its edits. To work with "
            f"{generators.default().name}, open the photo itself."
        )
    inside = source.embedded is not None
    yield Finished(OpenedProject(project, photo, pyramid, faces, workspace.info, inside, source))


def _needed(sha256: str, described: str, workspace: Workspace) -> ModelCard:
    """The generator of a project.

    Raises:
        EngineFailure: it is not here, or its files are not.
    """
    try:
        return generators.find(sha256, workspace.folder)
    except LayoutMismatchError as error:
        called = f" ({described})" if described else ""
        raise EngineFailure(
            EngineError(
                "model_missing",
                f"This project needs a generator that is not here{called}: the one whose weights "
                f"have the SHA-256 {sha256[:16]}…",
                "Add it with File → Add generator… or main.py import, then open the project again.",
            )
        ) from error


def _looked_at(workspace: Workspace, portrait: Portrait, photo: Photo) -> Portrait:
    """As opened from a project, which holds neither the map nor what is seen of the face."""
    crop, picture = portrait.crop, workspace.reconstruction(portrait.history.base)
    coverage = crop.coverage(photo.width, photo.height)
    misfit = misfit_map(workspace.aligned_crop(photo, crop), picture, coverage)
    return replace(portrait, misfit=misfit, detail=workspace.detail_of(photo, crop))


def _turned(
    workspace: Workspace, portraits: Iterable[Portrait]
) -> tuple[tuple[Portrait, ...], list[Notice]]:
    """Faces of an older project, and what the user should know of heads that are turned there."""
    found = [carried_along(workspace, portrait) for portrait in portraits]
    count = sum(carried for _, _, carried in found)
    notes: list[Notice] = []
    if count:
        notes = [
            Notice(
                "A head that is turned in this project looks otherwise than in version 0.4: it "
                f"turns about its own axis. Later edits were carried along: {count}. Look at their "
                "regions once; the file stays as it is until you save."
            )
        ]
    elif any(turned for _, turned, _ in found):
        notes = [
            Notice(
                "A head that is turned in this project looks otherwise than in version 0.4: it "
                "turns about its own axis."
            )
        ]
    return tuple(portrait for portrait, _, _ in found), notes


def save_project(workspace: Workspace, job: SaveProject) -> Iterator[Report]:
    """Finished(SavedProject).

    Raises:
        EngineFailure: the file cannot be written, or the photo not be put into it.
    """
    del workspace
    return saved(job)


def export(workspace: Workspace, job: Export) -> Iterator[Report]:
    """Finished(Exported).

    Raises:
        EngineFailure: the file cannot be written, or not be read again.
    """
    yield Progress("Drawing the edits", 0, 4)
    edits = workspace.rendered_edits(job.portraits)
    yield Progress("Laying the edits over the photo", 1, 4)
    deep = job.options.depth == 16 or job.options.layers
    part = edited_part(job.photo, edits, workspace.folding, deep=deep)
    pixels = part or job.photo.pixels
    yield Progress("Writing the file", 2, 4)
    identical = None
    drawn = [portrait for portrait in job.portraits if _is_drawn(portrait)]
    try:
        options = replace(job.options, ai_mark=job.options.ai_mark and bool(drawn))
        check_export(job.path, (job.photo.width, job.photo.height), options=options)
        layers = _layers(workspace, job) if options.layers else ()
        sign = _signing(job, options, edited=bool(edits)) if job.credentials else None
        notes = save_photo(job.photo, pixels, job.path, options, layers, sign)
        del pixels, part, layers
        yield Progress("Checking the file", 3, 4)
        if keeps_pixels(job.photo, job.path, options):
            identical = outside_identical(
                job.photo.pixels, stored_bands(job.path), [edit.region for edit in edits]
            )
    except PhotoError as error:
        raise EngineFailure(EngineError("not_writable", error.title, error.advice)) from error
    if any(portrait.is_draft for portrait in drawn):
        notes = (*notes, "The preview was still a draft. Export again once it is improved.")
    card = workspace.loaded.card
    if drawn and card.source:
        notes = (*notes, f"The licence of its generator, {card.name}: {card.licence}")
    yield Finished(Exported(job.path, identical, notes))


def _is_drawn(portrait: Portrait) -> bool:
    """Whether a generator drew any of its edits: work on the photo's own skin needs none."""
    return any(edit.is_searched for edit in portrait.history.applied)


def _signing(job: Export, options: ExportOptions, *, edited: bool) -> Callable[[bytes], bytes]:
    assert job.credentials is not None
    mark = options.ai_mark
    return signing(job.credentials, job.photo, job.path, SOFTWARE, edited=edited, mark=mark)


def _layers(workspace: Workspace, job: Export) -> tuple[Layer, ...]:
    """One for each entry of each history, from the picture before it to the picture after it."""
    photo = sixteen_bits(job.photo.pixels)

    def states() -> Iterator[tuple[str, Pixels, NDArray[np.uint8]]]:
        for number, portrait in enumerate(job.portraits):
            history = portrait.history
            for position in range(1, history.position + 1):
                here = portrait.with_history(history.at(position))
                edits = workspace.rendered_edits((*job.portraits[:number], here))
                entry = history.edits[position - 1]
                part = edited_part(job.photo, edits, workspace.folding, deep=True)
                pixels = photo if part is None else part.over(photo)
                beneath = portrait.with_history(history.at(position - 1))
                extent = workspace.there(entry.extent, entry.upon, beneath)
                yield entry.title, pixels, extent.full()

    return layers_between(photo, states())
