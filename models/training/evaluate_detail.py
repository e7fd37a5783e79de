"""Measure generators of 512 pixels, a row of Markdown each: ``…evaluate_detail --help``.

Whole faces are brought to the side ``--whole`` and measured against all pictures there; cut-outs of
eyes, mouth and hair are measured at the full size against the held-out pictures that have it (see
``windows.py``). A smaller generator has a row for each way of enlarging what it draws for them.

* KID × 10³ (± standard error over the samples), precision and recall: as ``evaluate_generator``,
  in the features of an EfficientNet-Lite that training never sees.
* ``--photos``: photographs that were never trained on, inverted in S at the generator's own size:
  mean PSNR at the full size of the whole, of the eyes and of the mouth.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models.generator import Generator
from models.perceptual import load_efficientnet_lite
from models.training.checkpoints import read_tensors
from models.training.dataset import in_parts, read_portraits, really_that_large
from models.training.distances import (
    described,
    kernel_distance,
    kernel_distance_error,
    precision_and_recall,
    quantised,
    samples,
    seen_at,
)
from models.training.reconstruction import decibels, reconstructed
from models.training.resampling import Filter, resized
from models.training.windows import WINDOWS, window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


_ENLARGED: tuple[Filter, ...] = ("bicubic", "lanczos")


class Detail:
    """What is measured, and the real pictures that it is measured against, read once."""

    def __init__(self, options: argparse.Namespace, device: torch.device) -> None:
        """Read and describe the pictures.

        Args:
            options: the command line's; see :func:`main`.
            device: to compute on.
        """
        self.options, self.device = options, device
        self.network = load_efficientnet_lite(options.features, head=True).to(device)
        left_out = options.leave_out.read_text().split() if options.leave_out else ()
        only = really_that_large(options.manifest, options.least_scale)
        self.training, self.held_out = (
            self._seen(read_portraits([*options.data, *options.fine], options.whole, part,
                                      leave_out=left_out).pixels)
            for part in ("training", "held-out")
        )  # fmt: skip
        fine = {
            part: read_portraits(options.fine, options.side, part, only=only or None).pixels
            for part in ("training", "held-out")
        }
        self.cut_out = {
            name: {part: self._seen(window(kept, name)) for part, kept in fine.items()}
            for name in WINDOWS
        }
        self.photos: Tensor | None = None
        if options.photos:
            pixels = read_portraits(options.photos, options.side).pixels
            self.photos = pixels.to(device).float() / 127.5 - 1
        self.columns = ["KID training", "KID held-out", "precision", "recall", *WINDOWS]
        if options.photos:
            self.columns += ["photos, dB", "their eyes", "their mouths"]

    def _seen(self, pixels: Tensor) -> Tensor:
        pictures = (x.to(self.device).float() / 127.5 - 1 for x in in_parts(pixels, 32))
        return described(self.network, pictures)

    def of_held_out(self) -> dict[str, str]:
        """What held-out pictures themselves reach, cut-outs against the training ones'."""
        cells = self._of_whole(self.held_out)
        for name, seen in self.cut_out.items():
            cells[name] = _interval(seen["held-out"], seen["training"])
        return cells

    def of(self, generator: Generator, kind: Filter) -> dict[str, str]:
        """All cells of a generator, enlarged by ``kind`` where it is smaller."""
        seen = seen_at(
            self.network,
            samples(generator, self.options.samples, self.device, batch=16),
            self.options.whole,
            lambda x: [
                window(quantised(resized(x, self.options.side, kind)), name) for name in WINDOWS
            ],
        )
        seen = dict(zip(("whole", *WINDOWS), seen, strict=True))
        cells = self._of_whole(seen["whole"])
        for name, real in self.cut_out.items():
            cells[name] = _interval(seen[name], real["held-out"])
        if self.photos is not None:
            target = self.photos
            side = generator.config.resolution
            near = resized(
                reconstructed(generator, resized(target, side), self.options.steps),
                target.shape[3],
                kind,
            )
            parts = [(near, target)]
            parts += [(window(near, name), window(target, name)) for name in ("eyes", "mouth")]
            names = "photos, dB", "their eyes", "their mouths"
            for name, (picture, wanted) in zip(names, parts, strict=True):
                cells[name] = f"{float(decibels(picture, wanted).mean()):.2f}"
        return cells

    def _of_whole(self, made: Tensor) -> dict[str, str]:
        precision, recall = precision_and_recall(self.training, made)
        return {
            "KID training": _interval(made, self.training),
            "KID held-out": _interval(made, self.held_out),
            "precision": f"{precision:.3f}",
            "recall": f"{recall:.3f}",
        }


def _interval(x: Tensor, y: Tensor) -> str:
    return f"{1000 * kernel_distance(x, y):.2f} ± {1000 * kernel_distance_error(x, y):.2f}"


def enlarging(network: Generator, side: int) -> tuple[Filter, ...]:
    """The ways to bring a generator's pictures to a side; of its own size one, which is none."""
    return _ENLARGED if network.config.resolution < side else _ENLARGED[:1]


def main(words: Sequence[str] | None = None) -> None:
    """Entry point: prints a Markdown table with a row for each generator and enlargement."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("generators", type=Path, nargs="+", help="exported safetensors files")
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="smaller portraits")
    parser.add_argument("--fine", type=Path, nargs="+", required=True, help="of the full size")
    parser.add_argument("--manifest", type=Path, nargs="*", default=[], help="of --fine")
    parser.add_argument("--least-scale", type=float, default=0.9)
    parser.add_argument("--leave-out", type=Path, help="file of names to leave out of --data")
    parser.add_argument("--whole", type=int, default=256, help="side of whole faces")
    parser.add_argument("--side", type=int, default=512, help="the full size")
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--features", type=int, choices=(1, 2), default=2, help="EfficientNet-Lite")
    parser.add_argument("--photos", type=Path, help="folder or tar of aligned photographs")
    parser.add_argument("--steps", type=int, default=200, help="of their inversion")
    options = parser.parse_args(words)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    detail = Detail(options, device)
    print(f"EfficientNet-Lite{options.features}, {options.samples} samples\n")
    print(f"| generator | kimg | {' | '.join(detail.columns)} |")
    print(f"|{' --- |' * (len(detail.columns) + 2)}")

    def report(name: str, kimg: str, cells: dict[str, str]) -> None:
        row = [name, kimg, *(cells.get(column, "–") for column in detail.columns)]
        print(f"| {' | '.join(row)} |", flush=True)

    report("(held-out pictures)", "–", detail.of_held_out())
    for path in options.generators:
        tensors, metadata = read_tensors(path)
        generator = Generator.of(tensors).to(device)
        kimg = f"{float(metadata.get('training_images_seen_k', '0')):.0f}"
        kinds = enlarging(generator, options.side)
        for kind in kinds:
            name = path.stem if len(kinds) == 1 else f"{path.stem}, {kind}"
            report(name, kimg, detail.of(generator, kind))


if __name__ == "__main__":
    main()
