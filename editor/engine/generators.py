"""The generators of the catalogue, as the engine works with them: each with all that belongs to it.

A project names its generator by the SHA-256 of the weights. The default one ships with the program;
an older one opens as long as its files lie in ``models/weights``. Imported ones lie in a folder of
the user's; they have no fitted attributes and no encoder, and their statistics are sampled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.style import LayoutMismatchError, StyleLayout
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.jobs import (
    Discover,
    Drag,
    Export,
    FindDirections,
    GeneratorInfo,
    Intervene,
    Invert,
    Render,
    RenderTile,
    Resettle,
)
from models.checkpoints import CheckpointError, catalogue, load_tensors
from models.directions import Directions, load_directions
from models.encoder import load_encoder
from models.fitting.attributes import read_fitted
from models.generator import Generator
from models.importing.imported import imported_generators, load_imported
from models.unsupervised import sampled_statistics

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from editor.document.attributes import AttributeInfo
    from editor.engine.jobs import Job
    from models.checkpoints import ModelCard
    from models.encoder import Encoder
    from models.importing.imported import ImportedGenerator


@dataclass(frozen=True, slots=True, eq=False)
class LoadedGenerator:
    """A generator with its directions and encoder, frozen, on one device.

    Attributes:
        card: its row of the catalogue.
        network: G.
        layout: of its style space.
        directions: of its attributes, with the statistics of its samples.
        encoder: makes drafts, if it has one.
        problem: what is wrong with a file that it can do without, with advice, or "".
    """

    card: ModelCard
    network: Generator
    layout: StyleLayout
    directions: Directions
    encoder: Encoder | None
    problem: str = ""

    @property
    def attributes(self) -> tuple[AttributeInfo, ...]:
        """What it can edit, in the order to show."""
        return offered(self.directions)


def offered(directions: Directions) -> tuple[AttributeInfo, ...]:
    """What can be edited with these, in the order to show."""
    known = directions.attributes
    found = (
        replace(row, correlation=known[row.name].correlation, drags=known[row.name].drags)
        for row in attributes.table()
        if row.name in known and row.name not in attributes.WITHDRAWN
    )
    # one without fitted attributes may draw anything: there need not be skin
    return (*found, *attributes.skin_table()) if known else ()


def cards(folder: Path | None = None) -> tuple[ModelCard, ...]:
    """The generators that the program knows, the default one first, then the user's by name.

    Args:
        folder: where imported ones lie; None: nowhere.

    Raises:
        EngineFailure: the program's list is missing or damaged.
    """
    try:
        found = catalogue()
    except (OSError, ValueError, TypeError, KeyError) as error:
        detail = repr(error)
    else:
        if found:
            known = {card.sha256 for card in found}
            return found + tuple(
                made.card for made in _imported(folder)[0] if made.sha256 not in known
            )
        detail = "it is empty"
    title = "The list of generators (resources/models.toml) is damaged."
    advice = "Restore it from the repository or reinstall the program."
    raise EngineFailure(EngineError("model_damaged", title, advice, detail))


def problems(folder: Path | None) -> tuple[str, ...]:
    """What is wrong with generators in the user's folder, one line each with what to do."""
    return tuple(f"{error.title} {error.advice}" for error in _imported(folder)[1])


def _imported(
    folder: Path | None,
) -> tuple[tuple[ImportedGenerator, ...], tuple[CheckpointError, ...]]:
    return ((), ()) if folder is None else imported_generators(folder)


def listed(folder: Path | None) -> tuple[GeneratorInfo, ...]:
    """All of them, for people."""
    return tuple(info_of(card) for card in cards(folder))


def info_of(card: ModelCard) -> GeneratorInfo:
    """A generator, for people."""
    return GeneratorInfo(
        card.name, card.sha256, card.resolution, card.licence, card.source, card.subject,
        card.is_installed, bool(card.directions),
    )  # fmt: skip


def named(name: str, folder: Path | None) -> ModelCard:
    """The generator of that name, or of the one name that begins so.

    Raises:
        EngineFailure: there is none, or there are several.
    """
    known = cards(folder)
    exact = [card for card in known if card.name == name]
    found = exact or [card for card in known if name and card.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    offered = ", ".join(card.name for card in found or known)
    title = (
        f"Several generators begin with {name!r}." if found else f"There is no generator {name!r}."
    )
    raise EngineFailure(EngineError("bad_request", title, f"Choose one of: {offered}."))


def default() -> ModelCard:
    """The generator of everything new.

    Raises:
        EngineFailure: the list of generators is damaged.
    """
    return cards()[0]


def find(sha256: str, folder: Path | None = None) -> ModelCard:
    """The generator with these weights; imported ones lie in ``folder``.

    Raises:
        LayoutMismatchError: nobody knows it.
        EngineFailure: its files are not there.
    """
    card = next((card for card in cards(folder) if card.sha256 == sha256), None)
    if card is None:
        raise LayoutMismatchError(f"generator {sha256[:12]} is not in the catalogue")
    if card.shipped_until and not card.is_installed:
        title = f"This project was made with the generator {card.name}, whose files are not here."
        raise EngineFailure(EngineError("model_missing", title, _where_from(card)))
    return card


def needed_by(job: Job) -> str:
    """SHA-256 of the generator that a job's codes belong to; "" when any will do."""
    match job:
        case Invert():
            return job.generator or default().sha256
        case FindDirections() | FitBoundary() | FitScorer():
            return job.generator
        case Resettle():
            return needed_by(job.search)
        case Drag() | Intervene() | Discover() | Render() | RenderTile() | Export() if (
            job.portraits
        ):
            return job.portraits[0].history.base.layout.generator
        case _:
            return ""


def load(card: ModelCard, device: torch.device) -> LoadedGenerator:
    """Read a generator and all that belongs to it, verified.

    Raises:
        EngineFailure: a file is missing or damaged, or they do not fit together.
    """
    try:
        if card.source:
            network = load_imported(card)
        else:
            network = Generator.of(load_tensors(card.weights_path, card.sha256)[0], card.clamp)
        network, problem = network.to(device), ""
        if card.source:
            directions, problem = _own_directions(card, network, device)
        elif card.directions:
            directions = load_directions(
                card.directions_path, card.directions_sha256, card.sha256, device
            )
        else:
            directions = Directions(sampled_statistics(network), {})
        encoder = None
        if card.encoder_path is not None:
            encoder = load_encoder(card.encoder_path, card.encoder_sha256, card.sha256).to(device)
    except CheckpointError as error:
        advice = _where_from(card) if card.shipped_until else error.advice
        raise EngineFailure(EngineError("model_damaged", error.title, advice)) from error
    except ValueError as error:
        advice = "Restore models/weights from the repository."
        raise EngineFailure(
            EngineError("model_damaged", "The generator does not fit.", advice, str(error))
        ) from error
    layout = StyleLayout(
        tuple(layer.name for layer in network.style_layers),
        tuple(layer.stop - layer.start for layer in network.style_layers),
        card.sha256,
    )
    return LoadedGenerator(card, network, layout, directions, encoder, problem)


def _own_directions(
    card: ModelCard, network: Generator, device: torch.device
) -> tuple[Directions, str]:
    """Of the user's own generator, and what is wrong with those that were fitted to it, or ""."""
    problem = ""
    if card.directions:
        try:
            return read_fitted(card.directions_path, card.sha256, network, device).directions, ""
        except FileNotFoundError:
            pass  # they were removed a moment ago
        except CheckpointError as error:
            problem = f"The attributes of {card.name} cannot be used: {error.title} {error.advice}"
    return Directions(sampled_statistics(network), {}), problem


def _where_from(card: ModelCard) -> str:
    *names, last = card.files
    return (
        f"Copy {', '.join(names)} and {last} from version {card.shipped_until} of the editor into "
        f"the folder {card.weights_path.parent}, then open the project again."
    )
