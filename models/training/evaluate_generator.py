"""Measure a generator: ``python -m models.training.evaluate_generator --help``.

Distances are taken in the features of an EfficientNet-Lite that training never sees (it uses
Lite0), against the pictures trained on and against the fifth that was kept out:

* KID (Bińkowski et al., arXiv 1801.01401): unbiased, cubic kernel, × 10³; its standard error
  comes from ten disjoint tenths of the samples.
* FID (Heusel et al., arXiv 1706.08500): biased upwards by few pictures; compare it only between
  rows of the same numbers of pictures.
* precision and recall (Kynkäänniemi et al., arXiv 1904.06991), 3 nearest neighbours, against the
  training set.
* one face: share of samples at truncation 0.7 in which dlib finds exactly one face.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch

from models.generator import Generator
from models.training import synthesis
from models.training.checkpoints import read_tensors
from models.training.dataset import in_parts, read_portraits
from models.training.features import EfficientNetLite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torch import Tensor

    from models.training.dataset import Part

HEADINGS = (
    "generator", "kimg", "KID training", "KID held-out", "FID training", "FID held-out",
    "precision", "recall", "one face",
)  # fmt: skip


def _quantised(x: Tensor) -> Tensor:
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
        yield _quantised(synthesis.images(generator, ws, noise="const"))


@torch.no_grad()
def described(network: EfficientNetLite, batches: Iterable[Tensor]) -> Tensor:
    """Pooled features of pictures in [−1, 1]: float32 (n, 1280)."""
    return torch.cat([network.pooled(x) for x in batches])


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
    estimates = torch.tensor([kernel_distance(part, y) for part in x.chunk(parts)])
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


def one_face_share(batches: Iterable[Tensor]) -> float:
    """Share of pictures in which dlib's detector finds exactly one face."""
    import dlib

    detector = dlib.get_frontal_face_detector()
    found: list[bool] = []
    for x in batches:
        # contiguous: dlib reads strided arrays wrongly, and without a word
        pixels = (x * 127.5 + 127.5).round().byte().permute(0, 2, 3, 1).contiguous().cpu().numpy()
        found += [len(detector(picture, 1)) == 1 for picture in pixels]
    return sum(found) / len(found)


def row(
    name: str, kimg: str, made: Tensor, training: Tensor, held_out: Tensor, one_face: float | None
) -> str:
    """A row of the table: features (n, 1280) of samples, against those of the real pictures."""
    cells = [name, kimg]
    for real in (training, held_out):
        value, error = kernel_distance(made, real), kernel_distance_error(made, real)
        cells.append(f"{1000 * value:.3f} ± {1000 * error:.3f}")
    cells += [f"{frechet_distance(made, real):.2f}" for real in (training, held_out)]
    cells += [f"{share:.3f}" for share in precision_and_recall(training, made)]
    cells.append("–" if one_face is None else f"{one_face:.3f}")
    return f"| {' | '.join(cells)} |"


def main(words: Sequence[str] | None = None) -> None:
    """Entry point: prints a Markdown table with one row per generator."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("generators", type=Path, nargs="+", help="exported safetensors files")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder or tar of aligned portraits"
    )
    parser.add_argument("--drop-sources", type=lambda s: s.split(","), default=[], metavar="A,B")
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument(
        "--faces", type=int, default=500, help="samples looked at by dlib; 0 is none"
    )
    parser.add_argument("--features", type=int, choices=(1, 2), default=2, help="EfficientNet-Lite")
    arguments = parser.parse_args(words)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = EfficientNetLite.pretrained(arguments.features).to(device)

    def real(part: Part, resolution: int) -> Tensor:
        kept = read_portraits(arguments.data, resolution, part, arguments.drop_sources)
        return described(
            network, (x.to(device).float() / 127.5 - 1 for x in in_parts(kept.pixels, 32))
        )

    print(f"EfficientNet-Lite{arguments.features}, {arguments.samples} samples\n")
    print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
    references: dict[int, tuple[Tensor, Tensor]] = {}
    for path in arguments.generators:
        tensors, metadata = read_tensors(path)
        generator = Generator.of(tensors).to(device)
        resolution = generator.config.resolution
        if resolution not in references:
            references[resolution] = real("training", resolution), real("held-out", resolution)
            training, held_out = references[resolution]
            print(row("(held-out pictures)", "–", held_out, training, held_out, None), flush=True)
        share = None
        if arguments.faces:
            share = one_face_share(samples(generator, arguments.faces, device, truncation=0.7))
        made = described(network, samples(generator, arguments.samples, device))
        kimg = metadata.get("training_images_seen_k", "0")
        print(
            row(path.stem, f"{float(kimg):.0f}", made, *references[resolution], share), flush=True
        )


if __name__ == "__main__":
    main()
