"""Seconds for a draft, inversion, one intervention and discovery, CUDA beside the CPU, in one run.

    python -m tests.benchmarks.speed [--steps 200] [--edit-steps 30] [--repeats 3]

The target is a face of the generator; its mask covers the lower middle of the crop. Only what runs
on the device is timed: no detection, no compositing. Inversion begins from the draft, where the
generator has an encoder. Medians over the repeats.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time

import torch

from editor.engine import discovery, intervention, inversion
from editor.engine.objectives import attribute_terms
from models.checkpoints import catalogue, load_tensors
from models.device import describe
from models.directions import load_directions
from models.encoder import load_encoder
from models.generator import Generator
from models.perceptual import feature_distance, load_efficientnet_lite


def measure(
    device: torch.device, steps: int, edit_steps: int, repeats: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Median seconds of each part on one device, and how good the results are."""
    card = catalogue()[0]
    generator = Generator.of(load_tensors(card.weights_path, card.sha256)[0]).to(device)
    features = load_efficientnet_lite().to(device)
    directions = load_directions(card.directions_path, card.directions_sha256, card.sha256, device)
    encoder = None
    if card.encoder_path is not None:
        encoder = load_encoder(card.encoder_path, card.encoder_sha256, card.sha256).to(device)
    side = generator.config.resolution
    z = torch.randn(1, generator.config.z_dim, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        s = generator.styles(generator.broadcast(generator.mapping(z.to(device), 0.7)))
        target = generator.synthesise(s)
    mask = torch.zeros(1, 1, side, side, device=device)
    mask[..., side * 5 // 8 : side * 7 // 8, side * 3 // 8 : side * 5 // 8] = 1

    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize()

    def forward() -> None:
        with torch.no_grad():
            generator.synthesise(s)

    def note(name: str, picture: torch.Tensor) -> None:
        error = float((picture - target).square().mean()) / 4
        quality[name] = -10 * math.log10(error)

    def encode() -> inversion.Start | None:
        if encoder is None:
            return None
        draft = encoder.encode(generator, directions.statistics, target)
        return inversion.Start(draft.offset, draft.residual)

    def invert() -> None:
        last = None
        for last in inversion.invert(
            generator, features, feature_distance, directions.statistics, target,
            torch.ones_like(mask), start=encode(), steps=steps,
        ):  # fmt: skip
            if last.step == 1:
                note("first step, dB", last.picture)
        assert last is not None
        note("inversion, dB", last.picture)

    def intervene() -> None:
        change = intervention.AttributeChange.of([directions.attributes["smile"]], [1.2])
        last: intervention.InterventionStep | None = None
        for last in intervention.optimise(  # noqa: B007 - the last one counts
            generator, features, directions.statistics, s, mask, change,
            terms=attribute_terms(moves=True), steps=edit_steps,
        ):  # fmt: skip
            pass
        assert last is not None
        with torch.no_grad():
            pictures = generator.synthesise(torch.cat([s, s + change.entangled]))
        before, direct = pictures[:1], pictures[1:]
        outside = 1 - mask
        leaks = [float(((p - before).square() * outside).sum()) for p in (last.picture, direct)]
        quality["leak over the direct edit's"] = leaks[0] / leaks[1]

    def discover() -> None:
        channels = discovery.candidates(generator, directions.statistics, s, mask)
        deltas = discovery.choose(generator, directions.statistics, s, mask, channels)
        discovery.pictured(generator, s, mask, deltas)

    seconds: dict[str, float] = {}
    quality: dict[str, float] = {}
    for name, part, times in (
        ("one render", forward, 10 * repeats),
        ("a draft", encode, 3 * repeats),
        (f"one intervention, {edit_steps} steps", intervene, repeats),
        ("discovery, 12 sliders", discover, repeats),
        (f"inversion, {steps} steps", invert, max(1, repeats // 2)),
    ):
        if device.type == "cuda":  # the first call loads kernels
            part()
        taken: list[float] = []
        for _ in range(times):
            wait()
            began = time.perf_counter()
            part()
            wait()
            taken.append(time.perf_counter() - began)
        seconds[name] = statistics.median(taken)
    return seconds, quality


def main(arguments: list[str]) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--edit-steps", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    devices = [torch.device("cpu")]
    if torch.cuda.is_available():
        devices.insert(0, torch.device("cuda"))
    results = [
        measure(device, options.steps, options.edit_steps, options.repeats) for device in devices
    ]
    print(f"torch {torch.__version__}\n")
    print(
        "| |"
        + "".join(f" {describe(d)} |" for d in devices)
        + (" ratio |" if len(devices) > 1 else "")
    )
    print("|---" * (1 + len(devices) + (len(devices) > 1)) + "|")
    for name in results[0][0]:
        row = [seconds[name] for seconds, _ in results]
        ratio = f" {row[1] / row[0]:.1f} |" if len(row) > 1 else ""
        print(f"| {name} |" + "".join(f" {taken:.3f} s |" for taken in row) + ratio)
    for name in results[0][1]:
        row = [quality[name] for _, quality in results]
        ratio = " |" if len(row) > 1 else ""
        print(f"| {name} |" + "".join(f" {value:.3f} |" for value in row) + ratio)


if __name__ == "__main__":
    main(sys.argv[1:])
