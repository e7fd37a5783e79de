"""Generators of the user's own: looked at, and added to the catalogue."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from editor.document.errors import EngineError, EngineFailure
from editor.document.places import fits_folder
from editor.engine import generators
from editor.engine.generator_jobs import GeneratorOffer
from editor.engine.jobs import Finished, Progress
from models.checkpoints import CheckpointError
from models.importing import checkpoint, keeping

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from editor.engine.generator_jobs import RemoveGenerator, RenameGenerator
    from editor.engine.jobs import ImportGenerator, InspectGenerator, Report
    from editor.engine.workspace import Workspace
    from models.importing.checkpoint import Candidate


def inspect_generator(workspace: Workspace, job: InspectGenerator) -> Iterator[Report]:
    """Finished(GeneratorOffer); nothing is written.

    Raises:
        EngineFailure: it is no StyleGAN2 generator, or damaged.
    """
    del workspace
    found = yield from _looked_at(job)
    offer = GeneratorOffer(
        job.path,
        found.source_sha256,
        found.format,
        found.generator.config.resolution,
        sum(tensor.numel() for tensor in found.generator.parameters()),
        found.licence,
        found.subject,
        found.notes,
    )
    yield Finished(offer)


def import_generator(workspace: Workspace, job: ImportGenerator) -> Iterator[Report]:
    """Finished(GeneratorInfo).

    Raises:
        EngineFailure: it is no StyleGAN2 generator, or damaged, or another file than was inspected,
            or cannot be written.
    """
    folder = _folder(workspace)
    found = yield from _looked_at(job)
    if job.source_sha256 not in ("", found.source_sha256):
        raise _refused(
            f"{found.source} was changed since it was looked at.", "Add the generator again."
        )
    yield Progress("Writing", checkpoint.STEPS, checkpoint.STEPS + 1)
    taken = {card.name for card in generators.cards()}
    try:
        made = checkpoint.add(found, folder, name=job.name, taken=taken)
    except CheckpointError as error:
        raise EngineFailure(EngineError("not_writable", error.title, error.advice)) from error
    yield Finished(generators.info_of(made.card))


def rename_generator(workspace: Workspace, job: RenameGenerator) -> Iterator[Report]:
    """Finished(GeneratorInfo).

    Raises:
        EngineFailure: it is none of the user's, the name is taken or none, or it cannot be written.
    """
    yield Progress("Renaming the generator", 0, 1)
    taken = {card.name for card in generators.cards()}
    try:
        made = keeping.rename(_folder(workspace), job.sha256, job.name, taken)
    except CheckpointError as error:
        raise _refused(error.title, error.advice) from error
    yield Finished(generators.info_of(made.card))


def remove_generator(workspace: Workspace, job: RemoveGenerator) -> Iterator[Report]:
    """Finished(GeneratorInfo), what it was.

    Raises:
        EngineFailure: it is none of the user's, or its files cannot be deleted.
    """
    yield Progress("Removing the generator", 0, 1)
    try:
        made = keeping.remove(_folder(workspace), job.sha256)
    except CheckpointError as error:
        raise _refused(error.title, error.advice) from error
    for parts in fits_folder().glob(f"{job.sha256}-*"):
        shutil.rmtree(parts, ignore_errors=True)  # of a fit that did not come to its end
    yield Finished(replace(generators.info_of(made.card), is_installed=False))


def _folder(workspace: Workspace) -> Path:
    if workspace.folder is None:
        raise _refused(
            "There is no folder for generators.",
            "Start the editor as usual; a rehearsal (--run-and-quit) adds none.",
        )
    return workspace.folder


def _looked_at(
    job: InspectGenerator | ImportGenerator,
) -> Generator[Report, None, Candidate]:
    steps = checkpoint.looking_at(job.path, class_index=job.class_index)
    step = 0
    try:
        while True:
            try:
                stage = next(steps)
            except StopIteration as end:
                return end.value
            yield Progress(stage, step, checkpoint.STEPS + 1)
            step += 1
    except CheckpointError as error:
        raise _refused(error.title, error.advice) from error
    finally:
        steps.close()  # and with it the file, when the job is cancelled


def _refused(title: str, advice: str) -> EngineFailure:
    return EngineFailure(EngineError("bad_request", title, advice))
