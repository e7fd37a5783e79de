"""A checkpoint of the field → our safetensors with all that is known about it.

``imported`` reads what is written here.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from foundation.atomic_files import atomic_write
from models.checkpoints import CheckpointError
from models.generator import Generator
from models.importing.bounded import MalformedError, shown
from models.importing.imported import ImportedGenerator, imported_generators, written
from models.importing.networks import OWN_FORMAT, Network, network_in
from models.importing.reading import opened
from models.importing.recognition import UNKNOWN, OtherNetwork

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Generator as Steps
    from pathlib import Path

    from torch import Tensor

    from models.importing.arrays import Array
    from models.importing.bounded import Budget

STEPS = 4  # of ``looking_at``
MAPPED = 10_000  # z for the mean of W, where a file lacks it
SUBJECTS = (
    "ffhq", "afhqcat", "afhqdog", "afhqwild", "afhqv2", "metfaces", "celeba", "brecahad", "cifar",
    "anime", "church", "horse", "car", "cat", "dog", "portrait",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A generator out of a file, whole and sound, not yet added.

    Attributes:
        generator: the network, frozen, on the CPU.
        format: whose file it was.
        source: that file's name, fit to be shown.
        source_sha256: of that file.
        licence: what is known of it.
        subject: what it draws, as far as the file or its name says, or nothing.
        notes: what was missing and how it was replaced; sentences.
    """

    generator: Generator
    format: str
    source: str
    source_sha256: str
    licence: str
    subject: str
    notes: tuple[str, ...]


def import_checkpoint(
    path: Path,
    folder: Path,
    *,
    name: str = "",
    taken: Collection[str] = (),
    class_index: int | None = None,
    budget: Budget | None = None,
) -> ImportedGenerator:
    """Convert a StyleGAN2 checkpoint of any known format; nothing from it is executed.

    Args:
        path: the file.
        folder: where to write; made if it is missing.
        name: what to call it; "": as the file.
        taken: names that other generators have.
        class_index: which class a conditional generator shall draw, from 0.
        budget: what reading may cost; the usual one when None.

    Raises:
        CheckpointError: it is no such file, or damaged, or the folder cannot be written.
    """
    steps = looking_at(path, class_index=class_index, budget=budget)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return add(cast("Candidate", end.value), folder, name=name, taken=taken)


def looking_at(
    path: Path, *, class_index: int | None = None, budget: Budget | None = None
) -> Steps[str, None, Candidate]:
    """The generator of a file, in steps between which the work can be given up.

    stylegan2-ada-pytorch's and the StyleGAN3 repository's pickles, StyleGAN2's for TensorFlow,
    rosinality's, genforce's, pSp's and e4e's, networks tuned by PTI and STIT, and our own.

    Args:
        path: the file.
        class_index: which class a conditional generator shall draw, from 0.
        budget: what reading may cost; the usual one when None.

    Yields:
        What is done next, ``STEPS`` times.

    Raises:
        CheckpointError: it is no such file, or damaged, or makes no picture.
    """
    yield "Reading the file"
    with opened(path, budget) as file:
        yield "Looking for the generator"
        try:
            network = network_in(file.contents, file.budget, class_index)
        except MalformedError:
            file.refuse_programs()
            raise
        if network is UNKNOWN or isinstance(network, Network):
            file.refuse_programs()
        if isinstance(network, OtherNetwork):
            raise CheckpointError(f"{file.name} is {network.name}.", network.advice)
        yield "Converting"
        generator, notes = _generator(network)
        yield "Trying it out"
        if not _makes_a_picture(generator):
            raise MalformedError("makes pictures of numbers that are none")
        digest = file.sha256
    words = re.split("[^a-z0-9]+", path.name.lower())
    named = (s for s in SUBJECTS if any(word.startswith(s) for word in words))
    subject = network.subject or next(named, "")
    return Candidate(
        generator, network.format, shown(path.name), digest, network.licence, subject, notes
    )


def add(
    candidate: Candidate, folder: Path, *, name: str = "", taken: Collection[str] = ()
) -> ImportedGenerator:
    """Put a generator into the folder; one that is there already keeps its name.

    Args:
        candidate: what ``looking_at`` found.
        folder: where to write; made if it is missing.
        name: what to call it; "": as its file.
        taken: names that other generators have.

    Raises:
        CheckpointError: the name is taken or none, or the folder cannot be written.
    """
    try:
        return _write(candidate, folder, name, taken)
    except OSError as error:
        reason = shown(error.strerror or str(error))
        raise CheckpointError(
            f"The generator cannot be written to {folder} ({reason}).",
            "Free some space there, or make the folder writable, then import it again.",
        ) from error


@torch.no_grad()
def _makes_a_picture(generator: Generator) -> bool:
    """Whether that of the mean of W is one, at full size for whatever its last layers do."""
    mean = generator.mapping.w_avg[None]
    return bool(generator.synthesise(generator.styles(generator.broadcast(mean))).isfinite().all())


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
    candidate: Candidate, folder: Path, name: str, taken: Collection[str]
) -> ImportedGenerator:
    generator, config = candidate.generator, candidate.generator.config
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
    # The same network out of another file stays one generator; of our own copies, more is known
    # than they say.
    known = _known(folder, sha256)
    if known is not None:
        stem = known.name
    elif name:
        stem = slug(name)
        if not stem:
            raise CheckpointError(
                f"{shown(name)!r} is no name for a generator.",
                "Choose another one, with letters or digits.",
            )
        if stem in taken or (folder / f"{stem}.json").exists():
            raise CheckpointError(
                f"There is another generator named {stem} already.", "Choose another name."
            )
    else:
        stem = f"{slug(candidate.source.rsplit('.', 1)[0]) or 'generator'}-{sha256[:8]}"
    licence = known.licence if known and candidate.format == OWN_FORMAT else candidate.licence
    made = ImportedGenerator(
        stem, folder / f"{stem}.safetensors", sha256, config, candidate.format, candidate.source,
        candidate.source_sha256, licence, candidate.subject, candidate.notes,
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(made.weights, content)
    atomic_write(folder / f"{stem}.json", written(made))
    return made


def slug(text: str) -> str:
    """A file's name of letters that every system takes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")


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
    found, _ = imported_generators(folder)
    return next((made for made in found if made.sha256 == sha256), None)
