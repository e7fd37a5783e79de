"""Directions that a generator has without any fitting: SeFa's and GANSpace's, in seconds.

- SeFa (Shen and Zhou, arXiv 2007.06600): eigenvectors of AᵀA, where A are the affines of chosen
  layers one above the other: the steps in W that change the styles most.
- GANSpace (Härkönen et al., arXiv 2004.02546): principal components of W over mapped z: the ways in
  which the samples differ most.

Both are unnamed. They come strongest first; the sign is fixed by the largest number being positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F

from models.directions import StyleStatistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from models.generator import Generator
    from models.layers import FullyConnected

SAMPLES = 10_000
SCALED = 2_000  # samples that only scale sliders
CHUNK = 1_000  # style codes at once
SMALLEST_SPREAD = 1e-3  # of a channel of S, in medians of all


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Directions of W.

    Attributes:
        rows: (count, w_dim), of length 1, strongest first.
        sd: (count,), standard deviation of the samples of W along each; a slider's unit.
        strength: (count,), the share of what they explain: of the squared styles (SeFa), of the
            variance (GANSpace); all of the generator's together sum to 1.
    """

    rows: Tensor
    sd: Tensor
    strength: Tensor


def affines(generator: Generator, ws_rows: Sequence[int] | None = None) -> Tensor:
    """The affines' matrices one above the other, (channels, w_dim), as they act on w.

    As published, without those of the inner toRGB layers.

    Args:
        generator: whose.
        ws_rows: only of layers that these rows of W+ drive; all when None.
    """
    found: list[Tensor] = []
    for layer in generator.style_layers:
        inner = layer.name.endswith("torgb") and layer != generator.style_layers[-1]
        if not inner and (ws_rows is None or layer.ws_index in ws_rows):
            module = generator.synthesis.get_submodule(layer.name).get_submodule("affine")
            affine = cast("FullyConnected", module)
            found.append(affine.weight * affine.weight_gain)
    if not found:
        raise ValueError(f"no layer is driven by the rows {list(ws_rows or ())}")
    return torch.cat(found)


@torch.no_grad()
def sefa(
    generator: Generator,
    count: int = 10,
    ws_rows: Sequence[int] | None = None,
    samples: int = SCALED,
    seed: int = 0,
) -> Components:
    """SeFa's directions; no picture is made, samples only scale the sliders.

    Args:
        generator: frozen, on any device.
        count: how many, at most w_dim.
        ws_rows: layers to look at, by their rows of W+: few first ones for pose and shape, late
            ones for colour; all when None.
        samples: of z, for ``sd``.
        seed: of z.

    Raises:
        ValueError: no layer has these rows.
    """
    matrix = affines(generator, ws_rows)
    # As published, every channel counts alike, however large its weights.
    matrix = F.normalize(matrix, dim=1)
    return _strongest(matrix, _sampled(generator, samples, seed), count)


@torch.no_grad()
def ganspace(
    generator: Generator, count: int = 10, samples: int = SAMPLES, seed: int = 0
) -> Components:
    """GANSpace's directions: principal components of W over the samples.

    Args:
        generator: frozen, on any device.
        count: how many, at most w_dim.
        samples: of z.
        seed: of z.
    """
    w = _sampled(generator, samples, seed)
    return _strongest(w - w.mean(0), w, count)


@torch.no_grad()
def sampled_statistics(
    generator: Generator, samples: int = SAMPLES, seed: int = 0
) -> StyleStatistics:
    """What the generator's samples look like in S and W; no picture is made.

    A channel that never changes gets a spread that is tiny beside the others', not 0.

    Args:
        generator: frozen, on any device.
        samples: of z.
        seed: of z.
    """
    w = _sampled(generator, samples, seed)
    total = torch.zeros(generator.num_styles, dtype=torch.float64, device=w.device)
    squares = torch.zeros_like(total)
    for at in range(0, samples, CHUNK):
        part = w[at : at + CHUNK]
        s = generator.styles(generator.broadcast(part)).double()
        total += s.sum(0)
        squares += s.square().sum(0)
    s_mean = total / samples
    s_sd = (squares / samples - s_mean.square()).clamp_min(0).sqrt().float()
    floor = SMALLEST_SPREAD * float(s_sd.median())
    return StyleStatistics(
        s_mean.float(), s_sd.clamp_min(max(floor, 1e-6)), w.mean(0), w.std(0).clamp_min(1e-6)
    )


def _sampled(generator: Generator, samples: int, seed: int) -> Tensor:
    random = torch.Generator().manual_seed(seed)  # on the CPU: the same on every device
    z = torch.randn(samples, generator.config.z_dim, generator=random)
    return generator.mapping(z.to(generator.mapping.w_avg.device))


def _strongest(matrix: Tensor, w: Tensor, count: int) -> Components:
    """Eigenvectors of matrixᵀ·matrix, (…, w_dim), and how w (n, w_dim) spreads along them."""
    wide = matrix.double().cpu()
    values, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(wide.T @ wide))
    rows = vectors.flip(1).T[:count]
    peaks = rows.gather(1, rows.abs().argmax(1, keepdim=True))
    rows = (rows * peaks.sign()).to(w)
    strength = (values.flip(0)[:count] / values.sum()).to(w)
    return Components(rows, (w @ rows.T).std(0), strength)
