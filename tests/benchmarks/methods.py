"""The directions that the benchmark compares: GANSpace, SeFa, StyleSpace, direct edits.

- GANSpace (Härkönen et al., arXiv 2004.02546): principal components of W over mapped z, applied to
  all layers.
- SeFa (Shen and Zhou, arXiv 2007.06600): eigenvectors of AᵀA, A all affine weights one above the
  other, all layers.
- StyleSpace (Wu et al., arXiv 2011.12799): single channels, ranked by how far and how unanimously
  exemplars of the attribute lie from the mean.

Of GANSpace's and SeFa's components the one is taken whose displacement in whitened S has the
largest |cosine| with the attribute's Δs_z; all components of the basis (as many as W has
dimensions) compete. A component's unit step is one standard deviation of the mapped w along it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor

    from models.generator import Generator

EXEMPLARS = 1.5  # standard deviations from which a sample has the attribute
FEWEST = 10  # the highest samples stand in when fewer lie above


@dataclass(frozen=True, slots=True)
class Path:
    """A direction in S, the same for every face.

    Attributes:
        method: whose it is, as the tables call it.
        delta: (channels,), what a step of 1 adds to the code.
        predicted: change of the measure per unit step, in sd, as the linear predictor says.
        limit: longest step.
        note: which component or channel.
    """

    method: str
    delta: Tensor
    predicted: float
    limit: float
    note: str = ""


@torch.no_grad()
def affine(generator: Generator) -> Tensor:
    """All affine weights one above the other, (channels, w_dim): s = A w + bias."""
    width = generator.config.w_dim
    device = generator.mapping.w_avg.device
    zero = generator.styles(generator.broadcast(torch.zeros(1, width, device=device)))
    unit = generator.styles(generator.broadcast(torch.eye(width, device=device)))
    return (unit - zero).T


def principal_components(w: Tensor) -> Tensor:
    """Unit rows (w_dim, w_dim): the principal components of w (n, w_dim), strongest first."""
    return _eigenvectors(w - w.mean(0))


def sefa_components(a: Tensor) -> Tensor:
    """Unit rows (w_dim, w_dim): eigenvectors of AᵀA, a (channels, w_dim), strongest first."""
    return _eigenvectors(a)


def _eigenvectors(x: Tensor) -> Tensor:
    """Of xᵀx, as unit rows, that of the largest eigenvalue first."""
    gram = x.double().T @ x.double()
    vectors = cast("Tensor", torch.linalg.eigh(gram)[1])
    return vectors.flip(1).T.to(x.dtype)


def closest(deltas: Tensor, wanted: Tensor, sd: Tensor) -> tuple[int, float]:
    """Which of the displacements (k, channels) is most parallel to ``wanted``, and its cosine.

    Cosines are taken in whitened S, sd (channels,); signs do not count in the choice.
    """
    cosines = F.cosine_similarity(deltas / sd, (wanted / sd)[None], dim=1)
    best = int(cosines.abs().argmax())
    return best, float(cosines[best])


def exemplar_channels(s: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Channels ranked by what exemplars of an attribute have in common, and their signs.

    A channel's rank is |mean| / sd of the exemplars' values, normalised over all samples.

    Args:
        s: (n, channels), samples.
        y: (n,), how much of the attribute each has, in sd from the mean.

    Returns:
        channels: (channels,), best first; signs: (channels,), of the exemplars' mean.
    """
    has = y > EXEMPLARS
    if int(has.sum()) < FEWEST:
        has = y >= y.topk(min(FEWEST, len(y))).values[-1]
    shift = (s[has] - s.mean(0)) / (s.std(0) + 1e-8)
    mean = shift.mean(0)
    order = (mean.abs() / (shift.std(0) + 1e-8)).argsort(descending=True)
    return order, mean.sign()[order]


class Components:
    """GANSpace's and SeFa's components of one generator.

    Args:
        generator: frozen.
        sd: of S over the generator's samples, (channels,).
        count: mapped z, all of truncation 1.
        seed: of the z.
    """

    @torch.no_grad()
    def __init__(self, generator: Generator, sd: Tensor, count: int, seed: int) -> None:
        device = generator.mapping.w_avg.device
        random = torch.Generator().manual_seed(seed)
        z = torch.randn(count, generator.config.z_dim, generator=random)
        w = generator.mapping(z.to(device))
        a = affine(generator)
        self._sd = sd
        self._deltas: dict[str, Tensor] = {}
        for method, rows in (
            ("GANSpace", principal_components(w)),
            ("SeFa", sefa_components(a)),
        ):
            scale = (w @ rows.T).std(0)
            self._deltas[method] = (rows * scale[:, None]) @ a.T

    def nearest(self, wanted: Tensor, normal: Tensor) -> list[Path]:
        """Each method's component closest to Δs_z ``wanted``; ``normal`` predicts its change."""
        paths: list[Path] = []
        for method, deltas in self._deltas.items():
            best, cosine = closest(deltas, wanted, self._sd)
            delta = deltas[best] * (1.0 if cosine > 0 else -1.0)
            predicted = float(normal @ (delta / self._sd))
            paths.append(Path(method, delta, predicted, 20.0, f"#{best}, cos {abs(cosine):.2f}"))
        return paths
