"""The generators of the catalogue, as the engine works with them: each with all that belongs to it.

A project names its generator by the SHA-256 of the weights. The default one ships with the program;
an older one opens as long as its files lie in ``models/weights``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.style import LayoutMismatchError, StyleLayout
from editor.engine.jobs import Discover, Drag, Export, Intervene, Invert, Render, RenderTile
from models.checkpoints import CheckpointError, catalogue, load_tensors
from models.directions import load_directions
from models.encoder import load_encoder
from models.generator import Generator

if TYPE_CHECKING:
    import torch

    from editor.document.attributes import AttributeInfo
    from editor.engine.jobs import Job
    from models.checkpoints import ModelCard
    from models.directions import Directions
    from models.encoder import Encoder

# The generator's way to smooth skin left moles and made it greyer; ``skin_table`` has the same.
_DONE_BETTER = frozenset({"skin_smoothness"})


@dataclass(frozen=True, slots=True, eq=False)
class LoadedGenerator:
    """A generator with its directions and encoder, frozen, on one device.

    Attributes:
        card: its row of the catalogue.
        network: G.
        layout: of its style space.
        directions: of its attributes, with the statistics of its samples.
        encoder: makes drafts, if it has one.
    """

    card: ModelCard
    network: Generator
    layout: StyleLayout
    directions: Directions
    encoder: Encoder | None

    @property
    def attributes(self) -> tuple[AttributeInfo, ...]:
        """What it can edit, in the order to show."""
        known = self.directions.attributes
        found = (
            replace(row, correlation=known[row.name].correlation, drags=known[row.name].drags)
            for row in attributes.table()
            if row.name in known and row.name not in _DONE_BETTER
        )
        return *found, *attributes.skin_table()


def cards() -> tuple[ModelCard, ...]:
    """The generators that the program knows, the default one first.

    Raises:
        EngineFailure: their list is missing or damaged.
    """
    try:
        found = catalogue()
    except (OSError, ValueError, TypeError, KeyError) as error:
        detail = repr(error)
    else:
        if found:
            return found
        detail = "it is empty"
    title = "The list of generators (resources/models.toml) is damaged."
    advice = "Restore it from the repository or reinstall the program."
    raise EngineFailure(EngineError("model_damaged", title, advice, detail))


def default() -> ModelCard:
    """The generator of everything new.

    Raises:
        EngineFailure: the list of generators is damaged.
    """
    return cards()[0]


def find(sha256: str) -> ModelCard:
    """The generator with these weights.

    Raises:
        LayoutMismatchError: the catalogue does not know it.
        EngineFailure: its files are not there.
    """
    card = next((card for card in cards() if card.sha256 == sha256), None)
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
        tensors, _ = load_tensors(card.weights_path, card.sha256)
        network = Generator.of(tensors)
        directions = load_directions(
            card.directions_path, card.directions_sha256, card.sha256, device
        )
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
    return LoadedGenerator(card, network.to(device), layout, directions, encoder)


def _where_from(card: ModelCard) -> str:
    *names, last = card.files
    return (
        f"Copy {', '.join(names)} and {last} from version {card.shipped_until} of the editor into "
        f"the folder {card.weights_path.parent}, then open the project again."
    )
