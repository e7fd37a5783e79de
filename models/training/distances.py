"""Distances between sets of pictures in a network's features, and the samples they are taken of."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch

from models.training import synthesis
from models.training.dataset import in_parts
from models.training.resampling import resized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torch import Tensor

    from models.generator import Generator
    from models.perceptual import EfficientNetLite


def quantised(x: Tensor) -> Tensor:
    """Pictures as they would be stored: clipped to [−1, 1] and rounded to 8 bits."""
    return (x.clamp(-1, 1) * 127.5 + 127.5).round() / 127.5 - 1


@torch.no_grad()
def samples(
    generator: Generator, count: int, device: torch.device, truncation: float = 1.0, batch: int = 32
) -> Iterator[Tensor]:
    """Batches of generated pictures; the same latents for every generator of the same width."""
    seeded = torch.Generator().manual_seed(20_230)
    latents = torch.randn(count, generator.config.z_dim, generator=seeded)
    for z in in_parts(latents.to(device), batch):
        ws = generator.broadcast(generator.mapping(z, truncation))
        yield quantised(synthesis.images(generator, ws, noise="const"))


@torch.no_grad()
def described(network: EfficientNetLite, batches: Iterable[Tensor]) -> Tensor:
    """Pooled features of pictures in [−1, 1]: float32 (n, 1280)."""
    return torch.cat([network.pooled(x) for x in batches])


@torch.no_grad()
def seen_at(
    network: EfficientNetLite,
    batches: Iterable[Tensor],
    whole: int,
    cut_out: Callable[[Tensor], list[Tensor]],
) -> list[Tensor]:
    """Pooled features of pictures brought to a side, and of cut-outs of them.

    Args:
        network: with its head.
        batches: pictures (n, 3, r, r) in [−1, 1].
        whole: side.
        cut_out: a batch → its cut-outs, always as many.

    Returns:
        float32 (n, 1280), of the whole pictures and of each cut-out.
    """
    rows: list[list[Tensor]] = []
    for x in batches:
        small = quantised(resized(x, whole)) if x.shape[3] != whole else x
        rows.append([network.pooled(part) for part in (small, *cut_out(x))])
    return [torch.cat(column) for column in zip(*rows, strict=True)]


def kernel_distance(x: Tensor, y: Tensor) -> float:
    """Unbiased squared maximum mean discrepancy with kernel (x·y/d + 1)³.

    x is (n, d) and y is (m, d), n and m at least 2; may come out slightly below zero.
    """

    def total(a: Tensor, b: Tensor) -> float:
        rows = (
            ((part.double() @ b.double().t() / b.shape[1]) + 1).pow(3).sum()
            for part in in_parts(a, 1024)
        )
        return float(torch.stack(list(rows)).sum())

    def diagonal(a: Tensor) -> float:
        return float((a.double().square().mean(1) + 1).pow(3).sum())

    n, m = len(x), len(y)
    within_x = (total(x, x) - diagonal(x)) / (n * (n - 1))
    within_y = (total(y, y) - diagonal(y)) / (m * (m - 1))
    return within_x + within_y - 2 * total(x, y) / (n * m)


def kernel_distance_error(x: Tensor, y: Tensor, parts: int = 10) -> float:
    """Standard error of :func:`kernel_distance` that comes from the choice of samples x."""
    estimates = torch.tensor(
        [kernel_distance(part, y) for part in x.tensor_split(min(parts, len(x) // 2))]
    )
    return float(estimates.std() / len(estimates) ** 0.5)


def frechet_distance(x: Tensor, y: Tensor) -> float:
    """Fréchet distance between Gaussians fitted to (n, d) and (m, d)."""
    x, y = x.double(), y.double()
    a, b = torch.cov(x.t()), torch.cov(y.t())
    values, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(a))
    root = vectors * values.clamp(min=0).sqrt() @ vectors.t()
    overlap = cast("Tensor", torch.linalg.eigvalsh(root @ b @ root)).clamp(min=0).sqrt().sum()
    return float((x.mean(0) - y.mean(0)).square().sum() + a.trace() + b.trace() - 2 * overlap)


def precision_and_recall(real: Tensor, made: Tensor, neighbours: int = 3) -> tuple[float, float]:
    """Share of made samples inside the reals' manifold, and of reals inside the made ones'.

    As many samples as reals are used, so that recall does not rise with their number.
    """
    made = made[: len(real)]

    def share(points: Tensor, manifold: Tensor) -> float:
        radii = torch.cat(
            [
                torch.cdist(part, manifold).kthvalue(neighbours + 1, 1).values
                for part in in_parts(manifold, 1024)
            ]
        )
        inside = [(torch.cdist(part, manifold) <= radii).any(1) for part in in_parts(points, 1024)]
        return float(torch.cat(inside).float().mean())

    return share(made, real), share(real, made)
