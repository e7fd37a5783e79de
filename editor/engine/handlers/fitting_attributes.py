"""The named attributes, fitted to a generator of the user's own."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.style import LayoutMismatchError
from editor.engine import generators
from editor.engine.jobs import Finished, FittedAttributes, Progress
from models.checkpoints import CheckpointError
from models.fitting.attributes import (
    RECIPE,
    AttributeFit,
    Effort,
    Networks,
    NoFacesError,
    read_fitted,
)
from models.importing.imported import fitted_path, load_imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from editor.engine.generator_jobs import FitAttributes
    from editor.engine.jobs import Report
    from editor.engine.workspace import Workspace
    from models.checkpoints import ModelCard
    from models.fitting.attributes import FittedFile
    from models.generator import Generator

_log = logging.getLogger(__name__)

STAGE = "Fitting the attributes"


def fit_attributes(workspace: Workspace, job: FitAttributes) -> Iterator[Report]:
    """Finished(FittedAttributes).

    The generator in use stays: whoever works with another one meanwhile waits for no change.

    Raises:
        EngineFailure: it is none of the user's, draws no faces, or there is no room for what is
            fitted.
        LayoutMismatchError: nobody knows it.
    """
    card = generators.find(job.generator, workspace.folder)
    if not card.source or workspace.folder is None:
        raise _refused(
            f"{card.name} has its attributes already.",
            "Only to generators that you added can they be fitted.",
        )
    yield Progress(STAGE, 0, 0)
    network = _network(workspace, card)
    out = fitted_path(workspace.folder, card.sha256)
    effort = Effort.on(workspace.device, network.config.resolution, job.samples)
    fitted = _fitted(out, card, network, workspace)
    if fitted is None or fitted.recipe != RECIPE or fitted.samples < effort.samples:
        looking = Networks(workspace.faces.mesh, workspace.features, workspace.faces.has_face)
        wanted = [row.name for row in attributes.table() if row.name not in attributes.WITHDRAWN]
        fit = AttributeFit(network, card.sha256, looking, effort, job.parts, wanted)
        try:
            for step in fit.run(out):
                yield Progress(STAGE, min(step.done, step.of), step.of)
            fitted = read_fitted(out, card.sha256, network, workspace.device)
        except NoFacesError as error:
            shutil.rmtree(fit.folder, ignore_errors=True)
            raise _refused(
                f"{card.name} does not seem to draw faces, and the attributes are of faces.",
                f"{error} Look for its directions instead (menu Directions).",
            ) from error
        except OSError as error:
            raise EngineFailure(
                EngineError(
                    "not_writable",
                    f"What is fitted to {card.name} cannot be kept ({error.strerror or error}).",
                    "Free some space, then fit the attributes again: it goes on where it was.",
                )
            ) from error
        shutil.rmtree(fit.folder, ignore_errors=True)  # of no use any more
    try:
        card = generators.find(job.generator, workspace.folder)  # it may be called otherwise now
    except LayoutMismatchError:
        out.unlink(missing_ok=True)  # it was removed meanwhile
        raise
    if workspace.layout.generator == card.sha256:
        workspace.clear()  # what was found with other directions
        workspace.loaded = replace(
            workspace.loaded, card=card, directions=fitted.directions, problem=""
        )
    labels = {row.name: row.label for row in attributes.table()}
    yield Finished(
        FittedAttributes(
            generators.info_of(card),
            generators.offered(fitted.directions),
            tuple((labels.get(name, name), why) for name, why in fitted.left_out),
            fitted.samples,
        )
    )


def _network(workspace: Workspace, card: ModelCard) -> Generator:
    """The generator, on the workspace's device."""
    if workspace.layout.generator == card.sha256:
        return workspace.generator
    try:
        return load_imported(card).to(workspace.device)
    except CheckpointError as error:
        raise EngineFailure(EngineError("model_damaged", error.title, error.advice)) from error


def _fitted(
    out: Path, card: ModelCard, network: Generator, workspace: Workspace
) -> FittedFile | None:
    """What was fitted before, if it is whole."""
    try:
        return read_fitted(out, card.sha256, network, workspace.device)
    except FileNotFoundError:
        return None
    except CheckpointError:  # what was wrong with it is over soon
        _log.warning("%s is fitted again", card.name, exc_info=True)
        return None


def _refused(title: str, advice: str) -> EngineFailure:
    return EngineFailure(EngineError("bad_request", title, advice))
