"""Make attributes follow w along lines, in a short last leg that a CPU can run.

    python -m models.training.sample_faces --count 5000 --out build/samples
    python -m models.training.semantic --samples build/samples --out build/samples.semantic.npz
    python -m models.training.straightening --samples build/samples --data portraits.tar \
        --out runs/straight --minutes 14

Directions are found by regressing attributes on w and followed as straight lines. What such a
regression leaves is seen by a frozen network: a linear readout of EfficientNet-Lite0's maps, fitted
to the same samples, tells attributes from pictures (held-out r 0.94, and 0.81 of what w leaves, of
portrait-256-2). So the generator is asked to draw what the line through w promises, and else what
it drew before; feature matching (``matching.py``) holds its pictures' distribution. Only the
synthesis network learns: w, and with it the promises, stay what they are. ``linearity.py`` asks
for the same of all features, among which the attributes' are few. Of a larger generator the blocks
beyond the size at which pictures are seen stay too: nothing here looks at what they add.

Stop it whenever you like; the same command goes on from ``state.safetensors``.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import re
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.checkpoints import catalogue
from models.generator import Generator
from models.perceptual import SEEN, load_efficientnet_lite, seen
from models.readout import described
from models.training import checkpoints, synthesis
from models.training.dataset import read_portraits
from models.training.matching import FeatureMatching
from models.training.readout import Readout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.perceptual import EfficientNetLite
    from models.training.dataset import Portraits


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings, stored in the state.

    Attributes:
        batch: pictures per step; half of them at truncation 1, half between ``truncation`` and 1.
        truncation: the least.
        rate: Adam's, after ``warm_up`` steps; from ``steady`` of the run on it falls to nothing.
        keep_weight: of what else changes in a picture: the squared change of its feature
            statistics, in the training pictures' standard deviations.
        match_weight: of the kernel distance of feature statistics to the training pictures'.
        match_bank: generated pictures that stand for all of them there.
        average: steps, half-life of the averaged weights, which are the result.
        seed: of everything drawn.
    """

    batch: int = 16
    truncation: float = 0.6
    rate: float = 1.5e-4
    warm_up: int = 20
    steady: float = 0.4
    keep_weight: float = 4.0
    match_weight: float = 10.0
    match_bank: int = 1024
    average: int = 14
    seed: int = 0


def _learns(name: str) -> bool:
    """Whether a parameter is straightened.

    w stays, and so do blocks that are finer than what is looked at, and the single numbers that
    make the finest texture: they are no attribute's.
    """
    block = re.match(r"synthesis\.b(\d+)\.", name)
    return block is not None and int(block[1]) <= SEEN and not name.endswith("noise_strength")


class Straightening:
    """Everything that changes while a generator is straightened.

    Attributes:
        generator, average: the network in training and its running average, which is the result.
        first: the network as it was.
        steps, seconds: so far, over all sittings.
    """

    def __init__(
        self,
        recipe: Recipe,
        generator: Generator,
        network: EfficientNetLite,
        readout: Readout,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Prepare; :meth:`begin` must follow.

        Args:
            recipe: settings.
            generator: to begin with; it is changed.
            network: Lite0 with its head; it is brought to ``dtype``.
            readout: of the generator's attributes. All three on the same device.
            dtype: of convolutions.
        """
        self.recipe, self.generator, self.readout = recipe, generator, readout
        self.steps, self.seconds = 0, 0.0
        self._dtype = dtype
        self.device = readout.middle.device
        torch.manual_seed(recipe.seed)
        self.matching = FeatureMatching(network.to(dtype), recipe.match_bank).to(self.device)
        for name, parameter in generator.named_parameters():
            parameter.requires_grad_(_learns(name))
        self.average = copy.deepcopy(generator).requires_grad_(requires_grad=False)
        self.first = copy.deepcopy(self.average)
        self.optimiser = torch.optim.Adam(
            [p for p in generator.parameters() if p.requires_grad],
            lr=recipe.rate,
            betas=(0.5, 0.99),
        )

    @torch.no_grad()
    def begin(self, portraits: Portraits) -> None:
        """What matching has to know before the first step."""
        self.matching.learn(portraits.pixels, self.device, self._dtype)
        for _ in range(0 if self.steps else -(-self.recipe.match_bank // self.recipe.batch)):
            maps = self._maps(self._drawn(self.generator, self._codes()))
            self.matching.remember(self._statistics(maps))

    @torch.no_grad()
    def _codes(self) -> Tensor:
        """w (n, w_dim); the first half as they come, the others nearer to their mean."""
        n, mapping = self.recipe.batch, self.generator.mapping
        w = mapping(torch.randn(n, self.generator.config.z_dim, device=self.device))
        least = self.recipe.truncation
        psi = least + (1 - least) * torch.rand(n, 1, device=self.device)
        psi[: n // 2] = 1
        return mapping.w_avg + psi * (w - mapping.w_avg)

    def _drawn(self, generator: Generator, w: Tensor) -> Tensor:
        return synthesis.images(generator, generator.broadcast(w), self._dtype, noise="const")

    def _maps(self, pictures: Tensor) -> list[Tensor]:
        return self.matching.maps(synthesis.clipped(seen(pictures)), self._dtype)

    def _statistics(self, maps: list[Tensor]) -> Tensor:
        return self.matching.standardised(self.matching.of_maps(maps))

    def step(self, progress: float) -> dict[str, Tensor]:
        """One step at ``progress`` 0…1 of the run; returns losses as scalars.

        *unexplained* is the readout's, *changed* the mean squared change of feature statistics.
        """
        r, w = self.recipe, self._codes()
        pictures = self._drawn(self.generator, w)
        maps = self._maps(pictures)
        losses = {"unexplained": self.readout(torch.cat(described(maps[1:]), 1), w).mean()}
        statistics = self._statistics(maps)
        with torch.no_grad():
            was = self._statistics(self._maps(self._drawn(self.first, w)))
        parts = torch.split((statistics - was).square(), self.matching.widths, 1)
        losses["changed"] = torch.stack([part.mean() for part in parts]).mean()
        untruncated = statistics[: r.batch // 2]
        losses["mismatch"] = self.matching(untruncated)
        loss = (
            losses["unexplained"]
            + r.keep_weight * losses["changed"]
            + r.match_weight * losses["mismatch"]
            + synthesis.excess(pictures)
        )
        for group in self.optimiser.param_groups:
            group["lr"] = r.rate * self._share(progress)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self.matching.remember(untruncated.detach())
        self.steps += 1
        keep = min(0.5 ** (1 / r.average), self.steps / (self.steps + r.average))
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self.generator.parameters(), strict=True)
            for slow, fast in pairs:
                slow.lerp_(fast, 1 - keep)
        return {name: value.detach() for name, value in losses.items()}

    def _share(self, progress: float) -> float:
        """What part of the full rate holds now."""
        left = (1 - min(1.0, progress)) / (1 - self.recipe.steady)
        falling = 0.5 - 0.5 * math.cos(math.pi * min(1.0, left))
        return min(1.0, (self.steps + 1) / self.recipe.warm_up) * falling

    # Files ---------------------------------------------------------------------------------

    def _modules(self) -> dict[str, nn.Module]:
        return {
            "generator": self.generator,
            "average": self.average,
            "first": self.first,
            "matching": self.matching,
            "readout": self.readout,
        }

    def save(self, path: Path) -> None:
        """Write the whole state, so that a run can go on as if it had not been stopped."""
        tensors = checkpoints.state_tensors(
            self._modules(), {"optimiser": self.optimiser}, self.device
        )
        written = {
            "recipe": json.dumps(asdict(self.recipe)),
            "steps": str(self.steps),
            "seconds": str(self.seconds),
        }
        checkpoints.write_tensors(path, tensors, written)

    def load(self, path: Path) -> None:
        """Take up a state written by :meth:`save`."""
        tensors, metadata = checkpoints.read_tensors(path)
        self.steps, self.seconds = int(metadata["steps"]), float(metadata["seconds"])
        for name, module in self._modules().items():
            module.load_state_dict(checkpoints.under(tensors, f"{name}."))
        checkpoints.take_up(self.optimiser, checkpoints.under(tensors, "optimiser."))
        checkpoints.take_up_random(tensors, self.device)


def export(training: Straightening, path: Path, about: dict[str, str]) -> None:
    """Write the running average as float16 safetensors."""
    tensors = checkpoints.halved(training.average.state_dict())
    checkpoints.write_tensors(path, tensors, about | {"straightening_steps": str(training.steps)})


def main(words: Sequence[str] | None = None) -> None:
    """Entry point; writes ``state``, ``generator.safetensors`` and ``log.txt`` in the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--generator", type=Path, default=catalogue()[0].weights_path, help="exported generator"
    )
    parser.add_argument("--samples", type=Path, required=True, help="of that generator")
    parser.add_argument("--data", type=Path, required=True, help="folder or tar of portraits")
    parser.add_argument("--out", type=Path, required=True, help="folder for state, export and log")
    parser.add_argument("--drop-sources", type=lambda s: s.split(","), default=[], metavar="A,B")
    parser.add_argument("--minutes", type=float, default=14, help="of steps, over all sittings")
    parser.add_argument("--save-every", type=int, default=50, metavar="STEPS")
    parser.add_argument("--log-every", type=int, default=10, metavar="STEPS")
    for field in fields(Recipe):
        kind = {"int": int, "float": float}[str(field.type)]
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    options = parser.parse_args(words)
    recipe = Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    state, product = folder / "state.safetensors", folder / "generator.safetensors"

    def report(line: str) -> None:
        print(line, flush=True)
        with (folder / "log.txt").open("a") as log:
            log.write(f"{line}\n")

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = load_efficientnet_lite(head=True)
    tensors, about = checkpoints.read_tensors(options.generator)
    generator = Generator.of(tensors).to(device)
    # of a run that goes on, its own: the samples need not be read again
    readout = (
        Readout.read(state, "readout.")
        if state.exists()
        else Readout.fitted(options.samples, lambda x: described(network(x)))
    )
    # a CPU without bfloat16 of its own convolves in it a hundred times as slowly
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    training = Straightening(recipe, generator, network.to(device), readout.to(device), dtype)
    if state.exists():
        training.load(state)
    side = min(SEEN, generator.config.resolution)
    training.begin(read_portraits(options.data, side, "training", options.drop_sources))
    report(f"# {json.dumps(asdict(recipe))}, {device}, from step {training.steps}")

    before, start = training.seconds, time.monotonic()
    sums: dict[str, Tensor] = {}
    while training.seconds < options.minutes * 60:
        losses = training.step(training.seconds / (options.minutes * 60))
        training.seconds = before + time.monotonic() - start
        sums = {name: sums.get(name, 0) + value for name, value in losses.items()}
        if training.steps % options.log_every == 0:
            means = " ".join(f"{k} {v.item() / options.log_every:.4f}" for k, v in sums.items())
            report(f"step {training.steps} {means} {training.seconds:.0f} s")
            sums = {}
        if training.steps % options.save_every == 0:
            export(training, product, about)  # first: it refuses what has diverged
            training.save(state)
    export(training, product, about)
    training.save(state)
    report(f"# done: {training.steps} steps")


if __name__ == "__main__":
    main()
