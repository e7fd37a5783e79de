"""The mean of what several trainings of the face parser made of its weights, as one network.

    python -m models.training.parser_mean STATE STATE … --out FILE

Trainings that began with one another's weights lie in one valley: the mean of their weights knows
new pictures better than any of them (Wortsman et al., *Model soups*, arXiv 2203.05482), at the cost
of one. States are those of ``models.training.train_parser``; FILE is as
``models.faces.parser`` reads it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from foundation.atomic_files import atomic_write
from models.training.checkpoints import read_tensors
from models.training.train_parser import exported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


def mean(states: Sequence[Path]) -> dict[str, Tensor]:
    """The mean of the averaged weights of some states' files, as float32.

    Raises:
        ValueError: there is none, or they are of unlike networks.
    """
    averages = [
        {name: tensor.float() for name, tensor in read_tensors(state, "average.")[0].items()}
        for state in states
    ]
    shapes = [{name: tensor.shape for name, tensor in one.items()} for one in averages]
    if not averages or not shapes[0] or any(shape != shapes[0] for shape in shapes):
        raise ValueError("these are not the states of one network's trainings")
    return {name: torch.stack([one[name] for one in averages]).mean(0) for name in shapes[0]}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="models.training.parser_mean",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("states", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    tensors = mean(options.states)
    atomic_write(options.out, exported(tensors, {"mean of": str(len(options.states))}))


if __name__ == "__main__":
    main()
