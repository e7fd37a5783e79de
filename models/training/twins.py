"""Pictures of one set that show the same photograph as one of another: ``python -m …twins --help``.

The portraits that exist at 512 pixels are for the greater part those that existed at 256 before,
under other names. Learned from twice they would count twice; and one that is held out at one size
must not be learned from at the other.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from models.training.dataset import in_parts, read_portraits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

SIDE = 32
LIKENESS = 0.92
"""Correlation from which two thumbnails are of one photograph: of 4,040 portraits at 256 pixels and
2,027 at 512, the nearest of two people reach 0.91, and the same photograph, cut a few pixels
otherwise, mostly more than 0.97 (``--report`` prints them)."""


def thumbnails(pixels: Tensor) -> Tensor:
    """What of uint8 pictures (n, 3, r, r) makes them that photograph: (n, d), unit length, mean 0.

    Neither a change of light nor mirroring is looked through.
    """
    small = torch.cat(
        [
            F.interpolate(some.float(), size=(SIDE, SIDE), mode="area").flatten(1)
            for some in in_parts(pixels, 64)
        ]
    )
    return F.normalize(small - small.mean(1, keepdim=True), dim=1)


def likenesses(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """For each of ``a``'s pictures (n, 3, r, r), uint8: the most alike of ``b``'s.

    Returns:
        correlation (n,), and the row of ``b`` (n,).
    """
    product = thumbnails(a) @ thumbnails(b).t()
    best = product.max(1)
    return best.values, best.indices


def main(words: Sequence[str] | None = None) -> None:
    """Entry point: prints the names of the first set's pictures that the others show too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("small", type=Path, help="folder or tar whose twins are named")
    parser.add_argument("large", type=Path, nargs="+", help="folders or tars to compare with")
    parser.add_argument("--least", type=float, default=LIKENESS, help="correlation of a twin")
    parser.add_argument("--report", action="store_true", help="correlation and other name too")
    options = parser.parse_args(words)
    small, large = read_portraits(options.small, SIDE), read_portraits(options.large, SIDE)
    likeness, other = likenesses(small.pixels, large.pixels)
    for k, name in enumerate(small.names):
        if options.report:
            print(f"{float(likeness[k]):.3f} {name} {large.names[int(other[k])]}")
        elif float(likeness[k]) >= options.least:
            print(name)


if __name__ == "__main__":
    main()
