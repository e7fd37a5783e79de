"""Train the draft encoder: ``python -m models.training.train_encoder --help``.

It belongs to the first generator of ``resources/models.toml``, whose weights and statistics it
reads. Stop it whenever you like; the same command goes on from ``state.safetensors``.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models.checkpoints import catalogue, load_tensors
from models.directions import load_directions
from models.encoder import Encoder
from models.generator import Generator
from models.perceptual import load_efficientnet_lite
from models.training import checkpoints
from models.training.dataset import read_portraits
from models.training.encoding import EncoderRecipe, EncoderTraining

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.directions import StyleStatistics

HELD_OUT = 128  # pictures measured, always the same


def embedded_generator(device: torch.device) -> tuple[Generator, StyleStatistics, str]:
    """The default generator, the statistics of its samples, and its SHA-256."""
    card = catalogue()[0]
    tensors, _ = load_tensors(card.weights_path, card.sha256)
    directions = load_directions(card.directions_path, card.directions_sha256, card.sha256, device)
    return Generator.of(tensors).to(device), directions.statistics, card.sha256


def export(training: EncoderTraining, path: Path, generator_sha256: str, psnr: float) -> None:
    """Write the running average as float16 safetensors."""
    about = {
        "architecture": "draft encoder (models/encoder.py)",
        "generator": generator_sha256,
        "passes": str(training.recipe.passes),
        "steps": str(training.steps),
        "pictures": str(training.pictures),
        "held_out_psnr": f"{psnr:.2f}",
        "recipe": json.dumps(asdict(training.recipe)),
    }
    checkpoints.write_tensors(path, checkpoints.halved(training.average.state_dict()), about)


def train(arguments: argparse.Namespace, recipe: EncoderRecipe) -> EncoderTraining:
    """Run, or go on with, a training; writes ``state``, ``encoder.safetensors`` and ``log.txt``."""
    start = time.monotonic()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    folder = Path(arguments.out)
    folder.mkdir(parents=True, exist_ok=True)
    state, product = folder / "state.safetensors", folder / "encoder.safetensors"

    def report(line: str) -> None:
        print(line, flush=True)
        with (folder / "log.txt").open("a") as log:
            log.write(f"{line}\n")

    generator, statistics, sha256 = embedded_generator(device)
    features = load_efficientnet_lite()
    torch.manual_seed(recipe.seed)
    if arguments.encoder is None:
        encoder = Encoder.beginning(generator, features)
    else:
        encoder = Encoder.grown(checkpoints.read_tensors(arguments.encoder)[0], generator)
    low = torch.bfloat16 if arguments.bfloat16 else None
    training = EncoderTraining(
        recipe, generator, statistics, encoder.to(device), features.to(device), low
    )
    if state.exists():
        training.load(state)
    portraits, unseen = (
        read_portraits(arguments.data, training.side, part, arguments.drop_sources).to(device)
        for part in ("training", "held-out")
    )
    unseen = unseen.pixels[torch.linspace(0, len(unseen.names) - 1, arguments.held_out).long()]
    report(f"# {json.dumps(asdict(recipe))}")
    report(
        f"# {len(portraits.names)} portraits, {len(unseen)} held out, {device}, "
        f"from step {training.steps} ({training.seconds:.0f} s)"
    )

    before, budget = training.seconds, arguments.minutes * 60
    logged = measured = time.monotonic()
    kept_steps = shown_steps = training.steps
    sums: dict[str, torch.Tensor] = {}
    text = ""

    def keep() -> None:
        nonlocal text, measured
        psnr = training.measure(unseen)
        text = "held-out " + " ".join(f"{value:.2f}" for value in psnr) + " dB"
        export(training, product, sha256, psnr[-1])  # first: it refuses what has diverged
        training.save(state)
        measured = time.monotonic()

    while True:
        training.seconds = before + time.monotonic() - start
        by_steps = training.steps / arguments.steps if arguments.steps else 0.0
        progress = max(training.seconds / budget, by_steps)
        if progress >= 1:
            break
        for name, value in training.step(portraits, progress).items():
            sums[name] = sums.get(name, 0) + value
        now = time.monotonic()
        if now - logged >= arguments.log_seconds:
            if now - measured >= arguments.measure_seconds:
                psnr = training.measure(unseen)
                text = "held-out " + " ".join(f"{value:.2f}" for value in psnr) + " dB"
                measured = time.monotonic()
            steps = training.steps - shown_steps
            means = " ".join(f"{name} {value.item() / steps:.4f}" for name, value in sums.items())
            speed = steps * recipe.batch / (now - logged)
            report(
                f"step {training.steps} {means} {speed:.0f} pictures/s "
                f"{training.seconds:.0f} of {budget:.0f} s {text}"
            )
            text = ""
            sums.clear()
            logged, shown_steps = time.monotonic(), training.steps
        if training.steps - kept_steps >= arguments.save_every:
            keep()
            kept_steps = training.steps
    keep()
    report(f"# done: {training.steps} steps, {training.pictures} pictures, {text}")
    more = training.measure(unseen, recipe.passes + 2)
    report(f"# with two passes more: {' '.join(f'{value:.2f}' for value in more)} dB")
    return training


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder or tar of portraits")
    parser.add_argument("--out", type=Path, required=True, help="folder for state, export and log")
    parser.add_argument(
        "--minutes", type=float, default=10, help="in all, over all sittings, starting up included"
    )
    parser.add_argument("--steps", type=int, default=0, help="stop at that many, if sooner")
    parser.add_argument(
        "--encoder", type=Path, help="to begin with: an encoder of this or of a smaller generator"
    )
    parser.add_argument("--drop-sources", type=lambda s: s.split(","), default=[], metavar="A,B")
    parser.add_argument(
        "--bfloat16", action="store_true", help="without CUDA too: faster where the CPU knows it"
    )
    parser.add_argument("--held-out", type=int, default=HELD_OUT, help="pictures to measure")
    parser.add_argument("--save-every", type=int, default=1000, metavar="STEPS")
    parser.add_argument("--log-seconds", type=float, default=10)
    parser.add_argument("--measure-seconds", type=float, default=60)
    for field in fields(EncoderRecipe):
        kind = {"int": int, "float": float}[str(field.type)]
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    return parser


def main(words: Sequence[str] | None = None) -> None:
    """Entry point."""
    arguments = _arguments().parse_args(words)
    chosen = {field.name: getattr(arguments, field.name) for field in fields(EncoderRecipe)}
    train(arguments, EncoderRecipe(**chosen))


if __name__ == "__main__":
    main()
