"""The generators that a user has imported: what their folder says of them, checked before use.

Two files belong to each: ``NAME.safetensors`` and ``NAME.json``, which is written last and without
which the first does not count. Either may have been changed, by whoever, since it was written.
"""

from __future__ import annotations

import json
import re
import stat
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from models.checkpoints import CheckpointError, ModelCard, load_tensors
from models.generator import WIDEST, Generator, GeneratorConfig
from models.importing.bounded import shown

if TYPE_CHECKING:
    from pathlib import Path

FACTS = "style-intervention generator 1"
STYLEGAN2_FFHQ = "stylegan2-ffhq"  # config-f, with conversions and descendants of it
LONGEST_TEXT = 1000
_LARGEST_FACTS = 256 << 10  # bytes of a NAME.json
_MOST_GENERATORS = 1000
_HIGHEST_CLAMP = 1e6


@dataclass(frozen=True, slots=True)
class ImportedGenerator:
    """A generator that was imported.

    Attributes:
        name: of its files, without ending.
        weights: the safetensors file.
        sha256: of that file; the fingerprint of its style space.
        config: its shape and clamp.
        format: whose file it was.
        source: that file's name.
        source_sha256: of that file.
        licence: what is known of it.
        subject: what it draws, as far as the file or its name says, or nothing.
        notes: what was missing and how it was replaced; sentences.
    """

    name: str
    weights: Path
    sha256: str
    config: GeneratorConfig
    format: str
    source: str
    source_sha256: str
    licence: str
    subject: str
    notes: tuple[str, ...]

    @property
    def lineage(self) -> str:
        """The network that it descends from, as far as file and subject tell, or nothing.

        Directions are checked against it: NVIDIA trained several networks on FFHQ, of which only
        config-f of 1024 pixels is the one that published directions were fitted to.
        """
        if self.subject.startswith("ffhq"):
            is_config_f = self.config.resolution == 1024 and "config-f" in self.source
            return STYLEGAN2_FFHQ if is_config_f else ""
        return f"stylegan2-{self.subject}" if self.subject else ""

    @property
    def fitted(self) -> Path:
        """Where the attributes lie that were fitted to it, if they were."""
        return fitted_path(self.weights.parent, self.sha256)

    @property
    def card(self) -> ModelCard:
        """Its row of the catalogue; it has no encoder, and directions once they were fitted."""
        fitted = self.fitted.absolute()
        return ModelCard(
            name=self.name,
            file=str(self.weights.absolute()),
            sha256=self.sha256,
            directions=str(fitted) if fitted.is_file() else "",
            directions_sha256="",
            resolution=self.config.resolution,
            licence=self.licence,
            clamp=self.config.clamp,
            source=self.source,
            lineage=self.lineage,
            subject=self.subject,
        )

    def load(self) -> Generator:
        """The network, frozen, on the CPU.

        Raises:
            CheckpointError: its weights are missing, were changed, or are none.
        """
        return load_imported(self.card)


def fitted_path(folder: Path, sha256: str) -> Path:
    """Where the attributes lie that were fitted to a generator of that folder."""
    return folder / "attributes" / f"{sha256}.safetensors"


def load_imported(card: ModelCard) -> Generator:
    """The network of an imported generator, frozen, on the CPU; its numbers are finite.

    Raises:
        CheckpointError: its weights are missing, were changed, or are none.
    """
    advice = f"Import it again from {card.source}."
    try:
        tensors, _ = load_tensors(card.weights_path, card.sha256)
        generator = Generator.of(tensors, card.clamp)
    except CheckpointError as error:
        raise CheckpointError(error.title, advice) from error
    except ValueError as error:
        raise CheckpointError(f"{card.name} is no StyleGAN2 generator.", advice) from error
    if not all(bool(t.isfinite().all()) for t in generator.state_dict().values()):
        raise CheckpointError(f"{card.name} holds numbers that are none.", advice)
    return generator


def imported_generators(
    folder: Path,
) -> tuple[tuple[ImportedGenerator, ...], tuple[CheckpointError, ...]]:
    """Those in a folder, by name, and what is wrong with the rest; the weights are not read.

    A folder that is not there holds none.
    """
    found: list[ImportedGenerator] = []
    problems: list[CheckpointError] = []
    try:
        paths = sorted(folder.glob("*.json"))[:_MOST_GENERATORS]
    except OSError as error:
        reason = shown(error.strerror or str(error))
        title = f"The folder of generators, {folder}, cannot be read ({reason})."
        return (), (CheckpointError(title, "Make it readable, or import them again."),)
    for path in paths:
        try:
            found.append(facts_of(path))
        except CheckpointError as error:
            problems.append(error)
    return tuple(found), tuple(problems)


def facts_of(path: Path) -> ImportedGenerator:
    """What a ``NAME.json`` says.

    Raises:
        CheckpointError: it is damaged, or its weights are not there.
    """
    try:
        made = _checked(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"What is known about the generator {shown(path.stem)} is damaged "
            f"({shown(str(error))}).",
            "Import it again from its source.",
        ) from error
    if not made.weights.is_file():
        raise CheckpointError(
            f"The weights of the generator {made.name}, {made.weights}, are missing.",
            f"Import it again from {made.source}.",
        )
    return made


def written(made: ImportedGenerator) -> bytes:
    """The content of its ``NAME.json``."""
    record = asdict(made) | {"weights": made.weights.name, "kind": FACTS}
    return json.dumps(record, indent=2).encode()


def _checked(path: Path) -> ImportedGenerator:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise ValueError("it is no file")
    if about.st_size > _LARGEST_FACTS:
        raise ValueError("it is larger than any")
    record = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    if record.pop("kind") != FACTS:
        raise ValueError("written by another version")
    if record.pop("weights") != f"{path.stem}.safetensors" or record["name"] != path.stem:
        raise ValueError("names other weights than its own")
    config = _config(record.pop("config"))
    notes = tuple(_text(note) for note in record.pop("notes")[:100])
    for name in ("sha256", "source_sha256"):
        if not re.fullmatch(r"[0-9a-f]{64}", record[name]):
            raise ValueError(f"{name} is no digest")
    plain = {str(name): _text(value) for name, value in record.items()}
    weights = path.with_suffix(".safetensors")
    return ImportedGenerator(**plain, weights=weights, config=config, notes=notes)


def _config(record: dict[str, Any]) -> GeneratorConfig:
    channels = tuple(cast("list[int]", record.pop("channels")))
    config = GeneratorConfig(channels=channels, **record)
    sizes = (config.z_dim, config.w_dim, config.mapping_layers, *config.channels)
    if not all(type(size) is int and 0 < size <= WIDEST for size in sizes):
        raise ValueError("impossible sizes")
    if not 2 <= len(config.channels) <= 9 or config.resolution != 2 << len(config.channels):
        raise ValueError("an impossible resolution")
    clamp = config.clamp
    if clamp is not None and not (type(clamp) in (int, float) and 0 < clamp < _HIGHEST_CLAMP):
        raise ValueError("an impossible clamp")
    return config


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise TypeError("text is missing or endless")
    return "".join(c if c.isprintable() else "?" for c in value)
