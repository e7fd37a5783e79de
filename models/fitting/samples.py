"""Samples of a generator as pictures, and what FaceMesh and the measures see in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.faces.finder import DOUBTFUL, FoundFace
from models.faces.mesh import aligned_frame
from models.measures import MEASURES, measure
from models.perceptual import seen
from models.readout import MAPS, described
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from models.faces.mesh import FaceMesh
    from models.generator import Generator
    from models.perceptual import EfficientNetLite

TRUNCATION = 0.8


def to_pixels(images: Tensor) -> NDArray[np.uint8]:
    """Pictures (n, 3, r, r) in [−1, 1] → uint8 (n, r, r, 3)."""
    levels = (images.clamp(-1, 1) * 127.5 + 127.5).round().byte()
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())


@torch.no_grad()
def drawn(
    generator: Generator, count: int, truncation: float, seed: int, batch: int = 10
) -> Iterator[tuple[Tensor, NDArray[np.uint8]]]:
    """w (n, w_dim) and pictures uint8 (n, r, r, 3) of ``count`` samples, ``batch`` by ``batch``.

    The same for the same seed and batch. Larger generators' pictures come as all networks and
    measures see them, r = 256.
    """
    random = torch.Generator().manual_seed(seed)
    for start in range(0, count, batch):
        z = torch.randn(min(batch, count - start), generator.config.z_dim, generator=random)
        w = generator.mapping(z.to(generator.mapping.w_avg.device), truncation)
        yield w, pictures_of(generator, w)


@torch.no_grad()
def pictures_of(generator: Generator, w: Tensor) -> NDArray[np.uint8]:
    """What networks and measures see of codes (n, w_dim): uint8 (n, r, r, 3)."""
    return to_pixels(seen(generator.synthesise(generator.styles(generator.broadcast(w)))))


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What is seen in n samples.

    Attributes:
        w: float32 (n, w_dim), on the CPU.
        has_face: bool (n,): FaceMesh is sure of one, where the alignment puts it.
        values: float32 (n, measures), in the order of ``MEASURES``; NaN where one is not shown.
        features: float16 (n, d): what a readout reads.
        widths: of the parts of d.
    """

    w: Tensor
    has_face: Tensor
    values: Tensor
    features: Tensor
    widths: tuple[int, ...]


@torch.no_grad()
def looked_at(
    w: Tensor, pictures: NDArray[np.uint8], mesh: FaceMesh, network: EfficientNetLite
) -> Looked:
    """Measure samples; those without a face have NaN for all measures."""
    found = mesh.found(list(pictures), [aligned_frame(pictures.shape[1])] * len(pictures))
    rows: list[list[float]] = []
    for picture, face in zip(pictures, found, strict=True):
        is_face = FoundFace.of(face, "").confidence >= DOUBTFUL
        row = measure(picture, ibug_landmarks(face.points)) if is_face else {}
        rows.append([row.get(name, float("nan")) for name in MEASURES])
    seen_at = torch.from_numpy(pictures).to(w.device).permute(0, 3, 1, 2).float() / 127.5 - 1
    parts = [part.half().cpu() for part in described(network(seen_at, MAPS))]
    values = torch.tensor(rows)
    return Looked(
        w.float().cpu(),
        ~values.isnan().all(1),
        values,
        torch.cat(parts, 1),
        tuple(part.shape[1] for part in parts),
    )
