"""Straightening: what is read from pictures, what w promises, steps, kill and resume, files."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from models.generator import Generator, GeneratorConfig
from models.perceptual import EfficientNetLite
from models.readout import described
from models.training import checkpoints, sample_faces, straightening, synthesis
from models.training.dataset import Portraits
from models.training.readout import Readout
from models.training.straightening import Recipe, Straightening

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

TOY = Recipe(batch=4, rate=5e-3, warm_up=2, match_weight=0.1, match_bank=8)


@cache
def features() -> EfficientNetLite:
    return EfficientNetLite(head=True).eval().requires_grad_(requires_grad=False)


def toy() -> Straightening:
    """A generator of 32 × 32 and a readout of two attributes of it, all untrained."""
    torch.manual_seed(4)
    generator = Generator(GeneratorConfig(32, (8, 8, 8, 8), 16, 16, 2))
    with torch.no_grad():
        w = generator.mapping(torch.randn(24, 16))
        pictures = synthesis.images(generator, generator.broadcast(w))
        parts = described(features()(pictures))
    widths = [part.shape[1] for part in parts]
    values = pictures.flatten(1)[:, [40, 1500]]
    readout = Readout.of(torch.cat(parts, 1), w, values, widths)
    training = Straightening(TOY, generator, features(), readout)
    pixels = torch.randint(0, 256, (8, 3, 32, 32), dtype=torch.uint8)
    training.begin(Portraits(tuple(f"a_{i}" for i in range(8)), pixels))
    return training


def unexplained(training: Straightening, generator: Generator) -> float:
    """On always the same w."""
    drawn = torch.Generator().manual_seed(9)
    with torch.no_grad():
        w = generator.mapping(torch.randn(32, 16, generator=drawn))
        pictures = synthesis.images(generator, generator.broadcast(w), noise="const")
        seen = training.readout.seen(torch.cat(described(features()(pictures)), 1))
        return float((seen - training.readout.promised(w)).square().mean())


def test_a_readout_finds_what_is_linear_and_leaves_out_what_is_not_shown() -> None:
    drawn = torch.Generator().manual_seed(0)
    w = torch.randn(400, 6, generator=drawn)
    normal = torch.randn(6, generator=drawn)
    seen = torch.randn(400, 10, generator=drawn)
    values = torch.stack([w @ normal + 3 * seen[:, 2], 100 + 7 * seen[:, 5]], 1)
    values[::7, 1] = torch.nan
    readout = Readout.of(seen.clone(), w, values, [4, 6])
    told = readout.seen(seen)
    for column in (0, 1):
        shown = ~values[:, column].isnan()
        both = torch.stack([told[shown, column], values[shown, column]])
        assert torch.corrcoef(both)[0, 1] > (0.7, 0.98)[column]
        assert told[shown, column].std() == pytest.approx((0.7, 1.0)[column], abs=0.2)
    promised = torch.corrcoef(torch.stack([readout.promised(w)[:, 0], w @ normal]))[0, 1]
    assert promised > 0.95
    # w knows nothing of the second
    assert readout.promised(w)[:, 1].std() < 0.3


def test_steps_bring_pictures_nearer_to_what_w_promises_and_leave_w_alone() -> None:
    training = toy()
    before = {name: p.clone() for name, p in training.generator.named_parameters()}
    start = unexplained(training, training.generator)
    for step in range(29):
        training.step(step / 60)
    losses = training.step(0.5)
    assert unexplained(training, training.generator) < 0.8 * start
    assert unexplained(training, training.average) < 0.9 * start
    assert losses["mismatch"].isfinite()
    for name, parameter in training.generator.named_parameters():
        still = name.startswith("mapping") or name.endswith("noise_strength")
        assert torch.equal(parameter, before[name]) == still, name


def test_what_is_finer_than_networks_look_stays() -> None:
    torch.manual_seed(4)
    generator = Generator.tiny(resolution=512, width=4)
    w = generator.mapping(torch.randn(8, generator.config.z_dim)).detach()
    parts = described(features()(torch.rand(8, 3, 256, 256)))
    readout = Readout.of(torch.cat(parts, 1), w, torch.rand(8, 2), [p.shape[1] for p in parts])
    training = Straightening(replace(TOY, batch=2, match_bank=2), generator, features(), readout)
    pixels = torch.randint(0, 256, (2, 3, 256, 256), dtype=torch.uint8)
    training.begin(Portraits(("a_0", "a_1"), pixels))
    before = {name: p.clone() for name, p in generator.named_parameters()}
    training.step(0.2)
    moved = {name for name, p in generator.named_parameters() if not torch.equal(p, before[name])}
    assert any(name.startswith("synthesis.b256.") for name in moved)
    assert not any(name.startswith("synthesis.b512.") for name in moved)


def test_the_rate_rises_stays_and_falls() -> None:
    training = toy()
    rates: list[float] = []
    for progress in (0.0, 0.1, 0.3, 0.7, 1.0):
        training.step(progress)
        rates.append(float(training.optimiser.param_groups[0]["lr"]) / TOY.rate)
    assert rates == pytest.approx([0.5, 1, 1, 0.5, 0], abs=1e-6)


def test_a_killed_run_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    def tensors(training: Straightening) -> dict[str, Tensor]:
        return dict(training.average.state_dict())

    whole = toy()
    for _ in range(4):
        whole.step(0.2)
    stopped = toy()
    for _ in range(2):
        stopped.step(0.2)
    stopped.save(tmp_path / "state.safetensors")
    again = toy()
    again.load(tmp_path / "state.safetensors")
    assert again.steps == 2
    for _ in range(2):
        again.step(0.2)
    for name, tensor in tensors(whole).items():
        assert torch.equal(tensor, tensors(again)[name]), name


@pytest.mark.slow
def test_command_line_straightens_the_embedded_generator_and_goes_on(tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    sample_faces.main(["--count", "30", "--out", str(samples)])
    portraits = tmp_path / "portraits"
    portraits.mkdir()
    drawn = np.random.default_rng(0)
    for i in range(10):
        noise = drawn.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((256, 256)).save(portraits / f"a_{i}.png")
    out = tmp_path / "run"
    words = ["--samples", str(samples), "--data", str(portraits), "--out", str(out)]
    words += ["--batch", "2", "--match-bank", "2", "--log-every", "1"]
    straightening.main([*words, "--minutes", "0.001"])
    (samples.with_suffix(".npz")).unlink()  # the readout is in the state
    _, state = checkpoints.read_tensors(out / "state.safetensors")
    straightening.main([*words, "--minutes", str(float(state["seconds"]) / 60 + 0.001)])
    tensors, about = checkpoints.read_tensors(out / "generator.safetensors")
    assert int(about["straightening_steps"]) >= 2
    assert about["resolution"] == "256"
    picture = Generator.of(tensors)(torch.zeros(1, 512))
    assert picture.isfinite().all()
    log = (out / "log.txt").read_text()
    assert "unexplained" in log
    assert "from step 1" in log
