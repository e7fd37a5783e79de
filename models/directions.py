"""Attribute directions in style space, and the statistics of S, as ``models/training`` fits them.

One safetensors file belongs to one generator. For each attribute it holds, per standard deviation
of the attribute's own measure over the generator's samples:

- ``entangled`` Δs_z: what a step along the data in W causes in S. The affines are linear, so
  this displacement is the same for every face;
- ``precise`` Δs_n: the sparse normal of a linear predictor trained in whitened S;
- ``normal``: that predictor itself, dense, on whitened displacements.

Files since version 0.4 of the program also hold ``readout``, which tells attributes in pictures
(``models/readout.py``), in thousandths.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.checkpoints import CheckpointError, load_tensors
from models.readout import AttributeReadout

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from torch import Tensor


READOUT_SCALE = 1000  # small numbers lose digits as float16


@dataclass(frozen=True, slots=True)
class StyleStatistics:
    """What the generator's samples look like in S and W, float32.

    Attributes:
        s_mean, s_sd: (channels,); whitening divides a displacement in S by ``s_sd``.
        w_mean, w_sd: (w_dim,).
    """

    s_mean: Tensor
    s_sd: Tensor
    w_mean: Tensor
    w_sd: Tensor


@dataclass(frozen=True, slots=True)
class Direction:
    """One attribute of one generator.

    Attributes:
        entangled: Δs_z, (channels,), for +1 sd of the measure.
        precise: Δs_n, (channels,), mostly zeros, for +1 sd.
        normal: (channels,): normal · whitened displacement = predicted change in sd.
        mean, sd: of the measure over the samples, in its own units.
        correlation: of the predictor with the measure on held-out samples.
        drags: other measures that the direct edit moves by at least 0.3 sd per sd, and by how much,
            the largest first.
    """

    entangled: Tensor
    precise: Tensor
    normal: Tensor
    mean: float
    sd: float
    correlation: float
    drags: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Directions:
    """All that belongs to a generator besides its weights."""

    statistics: StyleStatistics
    attributes: dict[str, Direction]
    readout: AttributeReadout | None = None


def load_directions(
    path: Path, sha256: str | None, generator_sha256: str, device: torch.device
) -> Directions:
    """Read a directions file.

    Raises:
        CheckpointError: missing, damaged, or made for another generator.
    """
    tensors, metadata = load_tensors(path, sha256)
    tensors = {name: tensor.float().to(device) for name, tensor in tensors.items()}
    return directions_of(tensors, metadata, path.name, generator_sha256)


def directions_of(
    tensors: dict[str, Tensor], metadata: dict[str, str], name: str, generator_sha256: str
) -> Directions:
    """Of a file's content: float32 tensors on their device; ``name`` is the file's.

    Raises:
        CheckpointError: incomplete, or made for another generator.
    """
    if metadata.get("generator") != generator_sha256:
        raise CheckpointError(
            f"The directions file {name} belongs to another generator.",
            "Fit it again: python -m models.training.fit_directions",
        )
    try:
        facts = json.loads(metadata["attributes"])
        statistics = StyleStatistics(*(tensors[k] for k in ("s_mean", "s_sd", "w_mean", "w_sd")))
        attributes = {
            attribute: Direction(
                *(tensors[f"{attribute}.{part}"] for part in ("entangled", "precise", "normal")),
                mean=row["mean"],
                sd=row["sd"],
                correlation=row["correlation"],
                drags=tuple((other, change) for other, change in row.get("drags", [])),
            )
            for attribute, row in facts.items()
        }
        readout = None
        if "readout" in tensors:
            names = tuple(json.loads(metadata["readout"]))
            readout = AttributeReadout(names, tensors["readout"] / READOUT_SCALE)
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise CheckpointError(
            f"The directions file {name} is incomplete ({error}).",
            "Fit it again: python -m models.training.fit_directions",
        ) from error
    return Directions(statistics, attributes, readout)
