"""A checkpoint of the field → our safetensors with all that is known about it.

Two files belong to an imported generator: ``NAME.safetensors`` and ``NAME.json``, which is written
last and without which the first does not count.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from foundation.atomic_files import atomic_write
from models.checkpoints import CheckpointError, load_tensors
from models.generator import Generator, GeneratorConfig
from models.importing.bounded import MalformedError, shown
from models.importing.networks import OWN_FORMAT, Network, network_in
from models.importing.reading import opened
from models.importing.recognition import UNKNOWN, OtherNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from models.importing.arrays import Array
    from models.importing.bounded import Budget

FACTS = "style-intervention generator 1"
MAPPED = 10_000  # z for the mean of W, where a file lacks it
SUBJECTS = (
    "ffhq", "afhqcat", "afhqdog", "afhqwild", "afhqv2", "metfaces", "celeba", "brecahad", "cifar",
    "anime", "church", "horse", "car", "cat", "dog", "portrait",
)  # fmt: skip


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

    def load(self) -> Generator:
        """The network, frozen, on the CPU.

        Raises:
            CheckpointError: its weights are missing or were changed.
        """
        try:
            tensors, _ = load_tensors(self.weights, self.sha256)
        except CheckpointError as error:
            advice = f"Import it again from {self.source}."
            raise CheckpointError(error.title, advice) from error
        return Generator.of(tensors, self.config.clamp)


def import_checkpoint(
    path: Path, folder: Path, *, class_index: int | None = None, budget: Budget | None = None
) -> ImportedGenerator:
    """Convert a StyleGAN2 checkpoint of any known format; nothing from it is executed.

    stylegan2-ada-pytorch's and the StyleGAN3 repository's pickles, StyleGAN2's for TensorFlow,
    rosinality's, genforce's, pSp's and e4e's, networks tuned by PTI and STIT, and our own.

    Args:
        path: the file.
        folder: where to write; made if it is missing.
        class_index: which class a conditional generator shall draw, from 0.
        budget: what reading may cost; the usual one when None.

    Raises:
        CheckpointError: it is no such file, or damaged, or the folder cannot be written.
    """
    with opened(path, budget) as file:
        try:
            network = network_in(file.contents, file.budget, class_index)
        except MalformedError:
            file.refuse_programs()
            raise
        if network is UNKNOWN or isinstance(network, Network):
            file.refuse_programs()
        if isinstance(network, OtherNetwork):
            raise CheckpointError(f"{file.name} is {network.name}.", network.advice)
        generator, notes = _generator(network)
        digest = file.sha256
    try:
        return _write(path.name, digest, network, generator, notes, folder)
    except OSError as error:
        reason = shown(error.strerror or str(error))
        raise CheckpointError(
            f"The generator cannot be written to {folder} ({reason}).",
            "Free some space there, or make the folder writable, then import it again.",
        ) from error


def imported_generators(folder: Path) -> tuple[ImportedGenerator, ...]:
    """Those in a folder, by name; the weights are not read.

    Raises:
        CheckpointError: the facts of one are damaged.
    """
    return tuple(_facts(path) for path in sorted(folder.glob("*.json")))


def _generator(network: Network) -> tuple[Generator, tuple[str, ...]]:
    """The network, whole: its shapes fit and its numbers are finite."""
    tensors = dict(network.tensors)
    notes = list(network.notes)
    noise_is_missing = False
    drawn = np.random.default_rng(0)
    for name in [n for n in tensors if n.endswith("noise_strength")]:
        constant = name.replace("noise_strength", "noise_const")
        if constant not in tensors:
            side = int(cast("re.Match[str]", re.search(r"b(\d+)", name))[1])
            tensors[constant] = drawn.standard_normal((side, side), np.float32)
            noise_is_missing = True
    if noise_is_missing:
        notes.append("The file has no constant noise; it was drawn anew.")
    average_is_missing = "mapping.w_avg" not in tensors
    weight = tensors.get("synthesis.b4.conv1.affine.weight")
    if average_is_missing and weight is not None and weight.ndim == 2:
        tensors["mapping.w_avg"] = np.zeros(weight.shape[1], np.float32)
    for name, tensor in tensors.items():
        if name.endswith("torgb.bias") and tensor.shape != (3,):
            raise MalformedError("makes pictures of other than three channels")
    try:
        generator = Generator.of(
            {n: torch.from_numpy(np.require(t, requirements="W")) for n, t in tensors.items()},
            network.clamp,
        )
    except ValueError as error:
        reason = shown(str(error).splitlines()[-1].strip())
        raise MalformedError(f"is no whole StyleGAN2 generator ({reason})") from None
    if average_is_missing:
        mean = _mean_w(generator)
        if not mean.isfinite().all():
            raise MalformedError("has a mapping network that leads nowhere")
        generator.mapping.w_avg.copy_(mean)
        notes.append(f"The file has no mean of W; it was taken over {MAPPED} samples.")
    return generator, tuple(notes)


@torch.no_grad()
def _mean_w(generator: Generator) -> Tensor:
    random = torch.Generator().manual_seed(0)
    z = torch.randn(MAPPED, generator.config.z_dim, generator=random)
    return generator.mapping(z).mean(0)


def _write(
    source: str,
    digest: str,
    network: Network,
    generator: Generator,
    notes: tuple[str, ...],
    folder: Path,
) -> ImportedGenerator:
    config = generator.config
    words = re.split("[^a-z0-9]+", source.lower())
    named = (s for s in SUBJECTS if any(word.startswith(s) for word in words))
    subject = network.subject or next(named, "")
    arrays = {k: np.ascontiguousarray(v.numpy()) for k, v in generator.state_dict().items()}
    content = _safetensors(
        arrays,
        {
            "layout": "stylegan2-ada-pytorch",
            "conv_clamp": "none" if config.clamp is None else repr(config.clamp),
            "mapping_lr_multiplier": "0.01",
            "resample_filter": "1,3,3,1",
        },
    )
    sha256 = hashlib.sha256(content).hexdigest()
    stem = re.sub(r"[^a-z0-9]+", "-", source.rsplit(".", 1)[0].lower()).strip("-")[:40]
    name = f"{stem or 'generator'}-{sha256[:8]}"
    # The same network out of another file stays one generator; of our own copies, more is known
    # than they say.
    known = _known(folder, sha256)
    name = known.name if known else name
    licence = known.licence if known and network.format == OWN_FORMAT else network.licence
    made = ImportedGenerator(
        name, folder / f"{name}.safetensors", sha256, config, network.format, shown(source),
        digest, licence, subject, notes,
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(made.weights, content)
    record = dataclasses.asdict(made) | {"weights": made.weights.name, "kind": FACTS}
    atomic_write(folder / f"{name}.json", json.dumps(record, indent=2).encode())
    return made


def _safetensors(arrays: dict[str, Array], facts: dict[str, str]) -> bytes:
    """The file, byte for byte the same for the same numbers: projects know generators by its hash.

    (The library's own writer puts the facts down in any order.)
    """
    table: dict[str, Any] = {"__metadata__": facts}
    at = 0
    for name, array in sorted(arrays.items()):
        ends = [at, at + array.nbytes]
        table[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": ends}
        at = ends[1]
    head = json.dumps(table, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    numbers = (array.astype("<f4", copy=False).tobytes() for _, array in sorted(arrays.items()))
    return b"".join([len(head).to_bytes(8, "little"), head, *numbers])


def _known(folder: Path, sha256: str) -> ImportedGenerator | None:
    """The generator of these weights, if it is there; damaged facts are written anew."""
    for path in folder.glob(f"*-{sha256[:8]}.json"):
        try:
            known = _facts(path)
        except CheckpointError:
            continue
        if known.sha256 == sha256:
            return known
    return None


def _facts(path: Path) -> ImportedGenerator:
    try:
        record = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        if record.pop("kind") != FACTS:
            raise ValueError("written by another version")
        config = record.pop("config")
        config["channels"] = tuple(config["channels"])
        weights = path.with_name(str(record.pop("weights")))
        if weights.parent != path.parent:
            raise ValueError("names weights in another folder")
        notes = tuple(record.pop("notes"))
        made = ImportedGenerator(
            **record, weights=weights, config=GeneratorConfig(**config), notes=notes
        )
        clamp = made.config.clamp
        if clamp is not None and not (math.isfinite(clamp) and clamp > 0):
            raise ValueError("an impossible clamp")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"What is known about the generator {path.stem} is damaged ({shown(str(error))}).",
            "Import it again from its source.",
        ) from error
    return made
