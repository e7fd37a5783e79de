"""Train the face parser on labelled faces; stops and goes on as one likes.

    python -m models.training.train_parser LABELS.json … --pictures DIR_OR_TAR … --out RUN
    --minutes 15
        [--guessed PART.tar …] [--drawn PART.tar …] [--init STATE] [--batch 8] [--rate 1e-3]
        [--device cpu]

LABELS.json are what ``models.training.parser_label freeze`` wrote; ``--guessed`` what
``models.training.parser_guess`` says of further pictures, ``--drawn`` what
``models.training.parser_draw`` drew; ``--init`` is the state of another run, whose averaged weights
this one begins with where their shapes are the same. Every few minutes, and at the end,
``RUN/state.safetensors`` (the whole state) and ``RUN/face-parser.safetensors`` (the averaged
network as ``models.faces.parser`` reads it) are written; the same command with more ``--minutes``
goes on from there. The rate falls by the clock. Held-out labels are those that nothing here is
given: ``tests.benchmarks.parser`` measures them.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load, save

from foundation.atomic_files import atomic_write
from models.faces.face_classes import UNKNOWN
from models.faces.mesh import FaceMesh
from models.faces.parser import ParserNetwork, person_of
from models.faces.person import load_person
from models.packing import packed
from models.perceptual import load_efficientnet_lite
from models.training.parser_batches import ForkedBatches, Pool
from models.training.parser_data import Example
from models.training.parser_draw import read_drawn
from models.training.parser_label import found_mesh, labelled_pictures
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    Float = NDArray[np.float32]
    Picture = NDArray[np.uint8]

_WARM = 0.03  # of the time, over which the rate rises
_SAVE_EVERY = 180.0  # seconds
_EMA = 0.995
_PAUSE = 30.0  # seconds; a step that took longer stood still, and the clock with it


@dataclass(frozen=True, slots=True)
class ParserRecipe:
    """What decides a run.

    Attributes:
        minutes: how long it takes in all, over all its sittings.
        batch: faces per step.
        rate: AdamW's, at its highest.
        trunk: share of the rate at which the trunk learns, which knows pictures already; with 0 it
            stays, and a step takes half the time.
        seed: of everything drawn.
    """

    minutes: float
    batch: int = 8
    rate: float = 1e-3
    trunk: float = 0.1
    seed: int = 0

    def rate_at(self, share: float) -> float:
        """The rate when that share of the time is over: it rises, and falls as a cosine."""
        rising = min(1.0, share / _WARM)
        return self.rate * rising * (0.02 + 0.49 * (1 + np.cos(np.pi * min(1.0, share))))


def labelled(files: Sequence[Path], sources: Sequence[Path], device: torch.device) -> list[Example]:
    """The examples of files of labels.

    Raises:
        ValueError: a picture is missing, or is another one than was labelled.
    """
    mesh, person = FaceMesh.load(device), load_person(device)
    examples: list[Example] = []
    for file in files:
        for row, picture in labelled_pictures(file, sources):
            points = found_mesh(mesh, picture)[:, :2]
            who = person_of(person, picture, device)
            examples.append(Example(picture, row.labels, points, who))
    return examples


def loss_of(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy and the mean soft Dice distance of the classes that are there.

    Args:
        logits: (n, classes, h, w).
        labels: int64 (n, h, w); ``UNKNOWN`` counts nowhere.
    """
    known = labels != UNKNOWN
    safe = labels.where(known, torch.zeros_like(labels))
    entropy = F.cross_entropy(logits, safe, reduction="none", label_smoothing=0.02)
    entropy = (entropy * known).sum() / known.sum().clamp(min=1)
    shares = logits.softmax(1) * known[:, None]
    wanted = F.one_hot(safe, len(CLASSES)).permute(0, 3, 1, 2) * known[:, None]
    common = (shares * wanted).sum((0, 2, 3))
    there = wanted.sum((0, 2, 3))
    dice = 1 - (2 * common + 1) / (shares.sum((0, 2, 3)) + there + 1)
    return entropy + 0.5 * dice[there > 0].mean()


class ParserTraining:
    """A network in training, with its average, to and from a file."""

    def __init__(self, recipe: ParserRecipe, device: torch.device) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, device
        self.network = ParserNetwork(load_efficientnet_lite(taps=3)).to(device)
        self.network.requires_grad_(requires_grad=True)
        self.average = {name: t.detach().clone() for name, t in self.network.state_dict().items()}
        trunk = list(self.network.trunk.parameters())
        own = {id(parameter) for parameter in trunk}
        rest = [p for p in self.network.parameters() if id(p) not in own]
        self.network.trunk.requires_grad_(requires_grad=recipe.trunk > 0)
        self.optimiser = torch.optim.AdamW(
            [{"params": trunk, "share": recipe.trunk}, {"params": rest, "share": 1.0}],
            lr=recipe.rate, weight_decay=0.01, betas=(0.9, 0.99),
        )  # fmt: skip
        self.seconds, self.steps = 0.0, 0

    def begin_with(self, content: bytes) -> None:
        """Take over what another run's ``state`` has on average, where its shapes are this one's.

        Raises:
            ValueError: nothing in it fits.
        """
        weights = self.network.state_dict()
        fitting = {
            name: tensor.to(self.device)
            for whole, tensor in load(content).items()
            if (name := whole.removeprefix("average.")) in weights
            and whole != name
            and tensor.shape == weights[name].shape
        }
        if not fitting:
            raise ValueError("the state to begin with is another network's")
        self.network.load_state_dict(weights | fitting)
        self.average |= {name: tensor.clone() for name, tensor in fitting.items()}

    def step(self, pictures: Tensor, guides: Tensor, labels: Tensor) -> float:
        """One step; the loss."""
        rate = self.recipe.rate_at(self.seconds / 60 / self.recipe.minutes)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["share"]
        self.optimiser.zero_grad()
        loss = loss_of(self.network(pictures, guides), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.steps += 1
        decay = min(_EMA, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, tensor in self.network.state_dict().items():
                self.average[name].lerp_(tensor, 1 - decay)
        return float(loss.detach())

    def exported(self) -> bytes:
        """The averaged network as ``models.faces.parser`` reads it."""
        return exported(self.average, {"steps": str(self.steps)})

    def state(self) -> bytes:
        """All of it."""
        tensors = {f"network.{n}": t for n, t in self.network.state_dict().items()}
        tensors |= {f"average.{n}": t for n, t in self.average.items()}
        for number, moments in self.optimiser.state_dict()["state"].items():
            for name, value in moments.items():
                tensors[f"optimiser.{number}.{name}"] = torch.as_tensor(value)
        tensors["progress"] = torch.tensor([self.seconds, float(self.steps)], dtype=torch.float64)
        return save({name: t.cpu().contiguous() for name, t in tensors.items()})

    def restore(self, content: bytes) -> None:
        """Go on from ``state``.

        Raises:
            ValueError: it is another network's.
        """
        tensors = load(content)
        parts: dict[str, dict[str, Tensor]] = {"network": {}, "average": {}, "optimiser": {}}
        for name, tensor in tensors.items():
            part, _, rest = name.partition(".")
            if part in parts:
                parts[part][rest] = tensor.to(self.device)
        try:
            self.network.load_state_dict(parts["network"])
        except RuntimeError as error:
            raise ValueError(f"the state is another network's: {error}") from None
        self.average = parts["average"]
        moments: dict[int, dict[str, Tensor]] = {}
        for name, tensor in parts["optimiser"].items():
            number, _, what = name.partition(".")
            moments.setdefault(int(number), {})[what] = tensor
        whole = self.optimiser.state_dict()
        self.optimiser.load_state_dict({"state": moments, "param_groups": whole["param_groups"]})
        self.seconds = float(tensors["progress"][0])
        self.steps = int(tensors["progress"][1])


def exported(weights: Mapping[str, Tensor], notes: dict[str, str]) -> bytes:
    """A network's weights as ``models.faces.parser`` reads them: matrices in 8 bits."""
    small = packed({name: t.float().cpu().contiguous() for name, t in weights.items()})
    return save({n: t.half() if t.is_floating_point() else t for n, t in small.items()}, notes)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="models.training.train_parser",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--guessed", type=Path, nargs="*", default=[])
    parser.add_argument("--guessed-share", type=float, default=0.6)
    parser.add_argument("--drawn", type=Path, nargs="*", default=[])
    parser.add_argument("--drawn-share", type=float, default=0.5)
    parser.add_argument("--init", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--trunk", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_intermixed_args()
    recipe = ParserRecipe(options.minutes, options.batch, options.rate, options.trunk, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    real = labelled(options.labels, options.pictures, torch.device("cpu"))  # before any fork
    guessed, drawn = (
        [example for path in paths for example in read_drawn(path)]
        for paths in (options.guessed, options.drawn)
    )
    print(f"{len(real)} labelled pictures, {len(guessed)} guessed, {len(drawn)} drawn", flush=True)
    others = [(guessed, options.guessed_share), (drawn, options.drawn_share)]
    pools = [Pool(examples, share) for examples, share in others if examples and share]
    pools.append(Pool(real, max(0.1, 1 - sum(pool.share for pool in pools))))
    processes, seed = options.processes, 1000 * options.seed
    with ForkedBatches(pools, [*real, *guessed], recipe.batch, processes, seed) as batches:
        training = ParserTraining(recipe, torch.device(options.device))
        state = options.out / "state.safetensors"
        if state.is_file():
            training.restore(state.read_bytes())
            print(f"goes on at step {training.steps}, {training.seconds / 60:.1f} min", flush=True)
        elif options.init:
            training.begin_with(options.init.read_bytes())
        _run(training, batches, options.out)


def _run(training: ParserTraining, batches: ForkedBatches, out: Path) -> None:
    """Train until the time is over, saving now and then."""
    recipe = training.recipe
    saved = clock = time.monotonic()
    losses: list[float] = []
    while training.seconds < 60 * recipe.minutes:
        losses.append(training.step(*batches.batch(training.device)))
        now = time.monotonic()
        training.seconds += min(now - clock, _PAUSE)
        clock = now
        if training.steps % 20 == 0:
            row = {
                "step": training.steps,
                "minutes": round(training.seconds / 60, 2),
                "loss": round(float(np.mean(losses[-20:])), 4),
            }
            print(json.dumps(row), flush=True)
        if now - saved > _SAVE_EVERY or training.seconds >= 60 * recipe.minutes:
            atomic_write(out / "state.safetensors", training.state())
            atomic_write(out / "face-parser.safetensors", training.exported())
            saved = now


if __name__ == "__main__":
    main()
