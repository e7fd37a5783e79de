"""The training recipe at toy size: data split, steps, kill and resume, files, measures."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from models.generator import Generator, GeneratorConfig
from models.layers import ToRGB
from models.perceptual import EfficientNetLite
from models.training import (
    adversarial,
    checkpoints,
    distances,
    evaluate_generator,
    sample_faces,
    synthesis,
)
from models.training.adversarial import GeneratorTraining
from models.training.augment import AdaptiveAugmentation
from models.training.dataset import Portraits, is_held_out, read_portraits, source_of
from models.training.discriminator import Discriminator, FeatureDiscriminators
from models.training.linearity import Linearity
from models.training.matching import FeatureMatching
from models.training.readout import Readout
from models.training.recipe import Recipe
from models.training.train_generator import main

if TYPE_CHECKING:
    from pathlib import Path

TOY = Recipe(
    resolution=32,
    channel_base=256,
    channel_max=8,
    z_dim=16,
    w_dim=16,
    mapping_layers=2,
    batch=4,
    augment=0.3,
    r1_every=2,
    path_weight=2.0,
    path_every=2,
)
CPU = torch.device("cpu")


@pytest.fixture
def portraits_tar(tmp_path: Path) -> Path:
    drawn = np.random.default_rng(0)
    path = tmp_path / "portraits.tar"
    with tarfile.open(path, "w") as archive:
        for i in range(40):
            picture = Image.fromarray(drawn.integers(0, 256, (40, 40, 3), dtype=np.uint8))
            content = io.BytesIO()
            picture.save(content, "png")
            member = tarfile.TarInfo(f"faces/{'a' if i % 4 else 'b'}_{i:03d}.png")
            member.size = content.tell()
            content.seek(0)
            archive.addfile(member, content)
    return path


def test_a_fifth_is_held_out_for_good(portraits_tar: Path) -> None:
    training = read_portraits(portraits_tar, 32, "training")
    held_out = read_portraits(portraits_tar, 32, "held-out")
    assert training.pixels.shape == (len(training.names), 3, 32, 32)
    assert len(training.names) + len(held_out.names) == 40
    assert not set(training.names) & set(held_out.names)
    assert 2 <= len(held_out.names) <= 16
    assert is_held_out("x/a_001.png") == is_held_out("a_001.webp")


def test_folder_and_tar_agree_and_sources_can_be_dropped(
    portraits_tar: Path, tmp_path: Path
) -> None:
    with tarfile.open(portraits_tar) as archive:
        archive.extractall(tmp_path / "folder", filter="data")
    a, b = read_portraits(portraits_tar, 32), read_portraits(tmp_path / "folder", 32)
    assert a.names == b.names
    assert torch.equal(a.pixels, b.pixels)
    kept = read_portraits(portraits_tar, 32, drop_sources=["b"])
    assert {source_of(name) for name in kept.names} == {"a"}
    with pytest.raises(ValueError, match="no pictures"):
        read_portraits(portraits_tar, 32, drop_sources=["a", "b"])


def test_training_forward_is_the_generator() -> None:
    generator = Generator.tiny()
    ws = generator.broadcast(generator.mapping(torch.randn(2, 32)))
    expected = generator.synthesise(generator.styles(ws))
    torch.testing.assert_close(
        synthesis.images(generator, ws, noise="const"), expected, atol=1e-4, rtol=1e-4
    )


def test_style_mixing_crosses_over() -> None:
    generator = Generator.tiny()
    z, other = torch.randn(2, 2, 32)
    ws = synthesis.mixed_latents(generator, z, other, torch.tensor([3, generator.num_ws]))
    torch.testing.assert_close(ws[0, 2], generator.mapping(z)[0])
    torch.testing.assert_close(ws[0, 3], generator.mapping(other)[0])
    torch.testing.assert_close(ws[1, -1], generator.mapping(z)[1])


def test_augmentation_at_zero_changes_nothing_and_adapts_both_ways() -> None:
    augmentation = AdaptiveAugmentation(0.0, images_to_full=1000, cutout=True)
    x = torch.rand(4, 3, 16, 16) * 2 - 1
    torch.testing.assert_close(augmentation(x), x, atol=1e-5, rtol=1e-5)
    for _ in range(50):
        augmentation.adapt(torch.tensor(1.0), 10)
    risen = augmentation.probability.item()
    assert 0.3 < risen <= 0.5
    assert not torch.allclose(augmentation(x), x, atol=1e-2)
    for _ in range(50):
        augmentation.adapt(torch.tensor(-1.0), 10)
    assert augmentation.probability.item() < risen


def test_discriminators_judge_every_picture() -> None:
    assert Discriminator((8, 8, 8, 8))(torch.randn(4, 3, 32, 32)).shape == (4,)
    judges = FeatureDiscriminators(EfficientNetLite(0), 64, width=8)
    x = torch.randn(4, 3, 64, 64, requires_grad=True)
    logits = judges(x)
    assert [part.shape for part in logits] == [(4, 25)] * 3
    torch.stack([part.mean() for part in logits]).sum().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0
    assert all(p.grad is None for p in (*judges.across.parameters(), *judges.down.parameters()))
    assert not any("features" in name for name in judges.state_dict())


def test_certainty_is_the_mean_sign_of_each_parts_logits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    training = GeneratorTraining(TOY, CPU, compiled=False)

    def brightness(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        return x.to(dtype).mean((1, 2, 3))

    monkeypatch.setattr(training.discriminator, "forward", brightness)
    bright = torch.full((6, 3, 32, 32), 200, dtype=torch.uint8)
    mixed = torch.cat([bright[:3], 255 - bright[:1]])
    seen = training.certainties({"training": bright, "held-out": mixed})
    assert seen == {"discriminator": {"training": 1.0, "held-out": 0.5}}


def untrained_features(*, head: bool = True) -> EfficientNetLite:
    return EfficientNetLite(head=head).eval().requires_grad_(requires_grad=False)


def test_matching_tells_made_from_real_and_is_silent_where_they_agree() -> None:
    random = torch.Generator().manual_seed(0)

    def pictures(darkest: int) -> torch.Tensor:
        bases = torch.randint(darkest, darkest + 100, (64, 3, 1, 1), generator=random)
        return (bases + torch.randint(0, 40, (64, 3, 32, 32), generator=random)).byte()

    torch.manual_seed(0)
    matching = FeatureMatching(untrained_features(), bank=64)

    def described(pixels: torch.Tensor) -> torch.Tensor:
        seen = matching.described(pixels.float() / 127.5 - 1, torch.float32)
        return matching.standardised(seen)

    real, made = pictures(20), pictures(90)
    matching.learn(real, CPU, torch.float32)
    matching.remember(described(made[:40]))
    matching.remember(described(made[24:]))  # goes round
    assert int(matching.at) == 16
    difference = (matching(described(made)) - matching(described(real))).item()
    assert difference > 0.05
    matching.remember(described(pictures(20)))
    assert abs(matching(described(real)).item()) < 0.2 * difference


def test_layout_is_described_and_not_matched() -> None:
    torch.manual_seed(0)
    features = untrained_features()
    plain, wide = FeatureMatching(features, 8), FeatureMatching(features, 8, with_layout=True)
    pixels = torch.randint(0, 255, (8, 3, 32, 32), dtype=torch.uint8)
    x = pixels.float() / 127.5 - 1

    def described(matching: FeatureMatching, x: torch.Tensor) -> torch.Tensor:
        return matching.standardised(matching.described(x, torch.float32))

    for matching in (plain, wide):
        matching.learn(pixels, CPU, torch.float32)
        matching.remember(described(matching, x.flip(0)))
    seen, more = described(plain, x), described(wide, x)
    assert more.shape[1] == seen.shape[1] + sum(wide.layout)
    assert torch.equal(plain(seen), wide(more))
    turned = described(wide, x.rot90(2, (2, 3)))[:, seen.shape[1] :]
    assert not torch.allclose(turned, more[:, seen.shape[1] :], atol=1e-3)


def test_linearity_is_what_a_regression_on_w_leaves() -> None:
    random = torch.Generator().manual_seed(2)
    w = torch.randn(600, 6, generator=random) + 3
    noise = torch.randn(600, 2, generator=random)
    features = torch.cat([w @ torch.randn(6, 4, generator=random), noise], 1)
    counts = (torch.arange(600) % 3 > 0).float()
    features[counts == 0] = 50.0  # pictures of mixed styles must not matter
    linearity = Linearity(6, [(4, 1), (2, 1)])
    for start in range(0, 600, 60):
        part = slice(start, start + 60)
        linearity.learn(w[part], features[part], counts[part])
    linearity.solve()
    left = linearity(w, features, counts)
    # the four first features follow from w, the two others do not; both parts count the same
    assert left.item() == pytest.approx(0.5 * noise[counts > 0].var().item(), rel=0.1)
    assert linearity(w[:4], features[:4], torch.zeros(4)).item() == 0
    with pytest.raises(ValueError, match="needs match_weight"):
        GeneratorTraining(replace(TOY, linear_weight=1.0), CPU, compiled=False)


@pytest.mark.slow
def test_a_generator_is_asked_for_the_attributes_that_w_promises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adversarial, "load_efficientnet_lite", cache(untrained_features))
    portraits = Portraits(tuple("abcdef"), torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8))
    recipe = replace(
        TOY,
        match_weight=1e-6,
        match_bank=8,
        attribute_weight=1e3,
        mixing=0.0,
        warm_kimg=0,
        rate=1e-3,
        batch=16,
    )
    with pytest.raises(ValueError, match="readout"):
        GeneratorTraining(recipe, CPU, compiled=False)
    torch.manual_seed(0)
    generator = Generator(GeneratorConfig(32, TOY.channels(), 16, 16, 2))
    matching = FeatureMatching(adversarial.load_efficientnet_lite(head=True), with_layout=True)
    with torch.no_grad():
        w = generator.mapping(torch.randn(24, 16))
        pictures = synthesis.images(generator, generator.broadcast(w))
        described = matching.described(pictures, torch.float32)
    values = pictures.flatten(1)[:, [40, 1500]]
    readout = Readout.of(described, w, values, [*matching.widths, *matching.layout])
    training = GeneratorTraining(recipe, CPU, compiled=False, readout=readout)
    training.generator.load_state_dict(generator.state_dict())
    training.begin(portraits)

    @torch.no_grad()
    def off() -> float:
        latents = torch.randn(64, 16, generator=torch.Generator().manual_seed(5))
        w = training.generator.mapping(latents)
        pictures = synthesis.images(training.generator, training.generator.broadcast(w))
        described = matching.described(synthesis.clipped(pictures), torch.float32)
        return float(readout(described, w).mean())

    start = off()
    for _ in range(40):
        training.step(portraits)
    assert off() < 0.85 * start


def test_a_judge_that_is_sure_enough_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adversarial, "load_efficientnet_lite", untrained_features)
    portraits = Portraits(tuple("abcdef"), torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8))
    for floor, learns in ((0.0, True), (100.0, False)):
        recipe = replace(TOY, feature_weight=0.1, feature_floor=floor)
        training = GeneratorTraining(recipe, CPU, compiled=False)
        assert training.judges is not None
        before = [p.detach().clone() for p in training.judges.trained()]
        training.step(portraits)
        pairs = zip(before, training.judges.trained(), strict=True)
        assert any(not torch.equal(a, b) for a, b in pairs) == learns


@pytest.mark.parametrize(
    "recipe",
    [
        TOY,
        replace(
            TOY, feature_weight=0.1, match_weight=1.0, match_bank=8, linear_weight=1.0,
            rebuild_weight=1.0, rebuild_batch=3,
        ),
    ],
)  # fmt: skip
def test_resuming_equals_never_stopping(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adversarial, "load_efficientnet_lite", cache(untrained_features))
    portraits = Portraits(tuple("abcdef"), torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8))
    unbroken = GeneratorTraining(recipe, CPU, compiled=False, portraits=6)
    unbroken.begin(portraits)
    for _ in range(3):
        unbroken.step(portraits)
    unbroken.save(tmp_path / "state.safetensors")
    for _ in range(3):
        unbroken.step(portraits)
    resumed = GeneratorTraining(recipe, CPU, compiled=False, portraits=6)
    resumed.load(tmp_path / "state.safetensors")
    resumed.begin(portraits)
    for _ in range(3):
        resumed.step(portraits)
    assert (resumed.images, resumed.steps) == (24, 6)
    again = resumed.modules()
    for name, module in unbroken.modules().items():
        pairs = zip(module.state_dict().values(), again[name].state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs), name


def test_command_line_trains_resumes_exports_and_measures(
    portraits_tar: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    toy = "--resolution 32 --channel-base 256 --channel-max 8 --z-dim 16 --w-dim 16 --batch 4"
    words = ["train", "--data", str(portraits_tar), "--out", str(out), "--no-compile", *toy.split()]
    main([*words, "--kimg", "0.008"])
    main([*words, "--kimg", "0.016"])
    log = (out / "log.txt").read_text()
    assert "from 8 images" in log
    exported, _ = checkpoints.read_tensors(out / "generator.safetensors")
    assert all(t.dtype == torch.float16 for t in exported.values())
    assert Generator.of(exported).config.resolution == 32
    assert {p.name for p in out.iterdir()} >= {"sheet-0.7-00000.jpg", "discriminator.safetensors"}
    main(["export", str(out / "state.safetensors"), str(tmp_path / "again.safetensors")])
    assert checkpoints.read_tensors(tmp_path / "again.safetensors")[0].keys() == exported.keys()
    main(["sheet", str(out / "generator.safetensors"), str(tmp_path / "sheet.jpg")])
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (320, 320)


def test_a_killed_run_loses_no_more_than_the_last_checkpoint(
    portraits_tar: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    toy = "--resolution 32 --channel-base 256 --channel-max 8 --z-dim 16 --w-dim 16 --batch 4"
    words = ["train", "--data", str(portraits_tar), "--out", str(out), "--no-compile", *toy.split()]
    words += ["--save-every", "3"]
    command = [sys.executable, "-m", "models.training.train_generator", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        kept: list[str] = []
        while len(kept) < 3 and (line := run.stdout.readline()):
            kept += [line] if line.startswith("# kept") else []
        run.kill()
    assert len(kept) == 3
    (out / ".state.safetensors.1").write_bytes(b"half")
    saved = int(checkpoints.read_tensors(out / "state.safetensors")[1]["images"])
    assert saved >= 3 * 3 * 4
    assert saved % 12 == 0
    main([*words, "--kimg", str((saved + 8) / 1000)])
    assert f"from {saved} images" in (out / "log.txt").read_text()
    metadata = checkpoints.read_tensors(out / "state.safetensors")[1]
    assert int(metadata["images"]) == saved + 8
    assert not list(out.glob(".*"))


def test_path_lengths_are_those_of_the_jacobian() -> None:
    generator = Generator.tiny(width=4).double()
    for name, tensor in generator.named_parameters():
        if name.endswith("noise_strength"):
            tensor.data.zero_()
    ws = generator.broadcast(generator.mapping(torch.randn(1, 32, dtype=torch.float64)))
    ws = ws.clone().requires_grad_()
    torch.manual_seed(5)
    (length,) = synthesis.path_lengths(generator, ws, torch.float64)
    torch.manual_seed(5)
    picture = synthesis.images(generator, ws, torch.float64)
    y = torch.randn_like(picture) / 32
    steps = 1e-4 * torch.eye(ws[0].numel(), dtype=torch.float64).view(-1, *ws.shape[1:])
    with torch.no_grad():
        ahead, behind = (
            (synthesis.images(generator, ws + sign * steps, torch.float64) * y).sum([1, 2, 3])
            for sign in (1, -1)
        )
    slopes = ((ahead - behind) / 2e-4).view(ws.shape[1:])
    assert length.item() == pytest.approx(float(slopes.square().sum(1).mean().sqrt()), rel=1e-3)


@pytest.mark.slow
def test_rebuilt_portraits_come_nearer_each_from_its_own_code() -> None:
    recipe = replace(TOY, rebuild_weight=100.0, rebuild_batch=4, path_weight=0.0)
    training = GeneratorTraining(recipe, CPU, compiled=False, portraits=12)
    shades = torch.linspace(0, 255, 12).to(torch.uint8)[:, None, None, None]
    portraits = Portraits(tuple("abcdefghijkl"), shades.expand(-1, 3, 32, 32).contiguous())
    training.begin(portraits)
    far = [float(training.step(portraits)["rebuilt"]) for _ in range(70)]
    assert sum(far[-6:]) < 0.6 * sum(far[:6])
    assert training.rebuilding is not None
    assert torch.pdist(training.rebuilding.codes).min() > 0
    rows, pictures = portraits.unmirrored(12, CPU)
    assert torch.equal(rows.sort().values, torch.arange(12))
    torch.testing.assert_close((pictures[:, 0, 0, 0] + 1) * 127.5, shades[rows, 0, 0, 0].float())


def test_strengths_of_noise_move_slowly() -> None:
    recipe = replace(TOY, warm_kimg=0.0, path_weight=0.0)
    training = GeneratorTraining(recipe, CPU, compiled=False)
    before = {name: p.detach().clone() for name, p in training.generator.named_parameters()}
    pictures = torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8)
    training.step(Portraits(tuple("abcdef"), pictures))
    moved = {
        name: float((p.detach() - before[name]).abs().max())
        for name, p in training.generator.named_parameters()
    }
    noise = [change for name, change in moved.items() if name.endswith("noise_strength")]
    assert 0 < max(noise) <= 1.01 * adversarial.NOISE_SHARE * TOY.rate
    assert max(moved.values()) > 0.9 * TOY.rate


def test_detail_survives_augmentation() -> None:
    torch.manual_seed(0)
    x = torch.randn(32, 3, 64, 64) * 0.3
    moved = AdaptiveAugmentation(0.5)._moved(x)  # pyright: ignore[reportPrivateUsage] - colours aside
    # of those not resampled, the middle is some window of the original, digit for digit
    windows = x.unfold(2, 24, 1).unfold(3, 24, 1)
    middle = moved[:, :, None, None, 20:44, 20:44]
    nearest = (windows - middle).abs().amax([1, 4, 5]).flatten(1).amin(1)
    assert 0.3 < (nearest < 1e-4).float().mean() < 0.7


def test_generator_learns_on_fresh_pictures_and_discriminators_see_clipped_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    training = GeneratorTraining(TOY, CPU, compiled=False)
    shown: list[torch.Tensor] = []
    judged = training.discriminator.forward

    def forward(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        shown.append(x.detach())
        return judged(x, dtype)

    monkeypatch.setattr(training.discriminator, "forward", forward)
    training.augmentation.probability.zero_()
    training.recipe = replace(TOY, r1_every=1000)
    training.steps = 1
    for layer in training.generator.modules():
        if isinstance(layer, ToRGB):
            layer.bias.data.fill_(3)
    pictures = torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8)
    training.step(Portraits(tuple("abcdef"), pictures))
    _, fake, again = shown
    assert not torch.equal(fake, again)
    assert fake.max() == pytest.approx(1.05)
    assert synthesis.excess(torch.full((1, 3, 4, 4), 2.1)) == pytest.approx(5)


def test_rates_rise_and_fall() -> None:
    recipe = replace(TOY, warm_kimg=0.04, decay_kimg=0.1, kimg=1)
    training = GeneratorTraining(recipe, CPU, compiled=False)
    assert training.rate_share() == pytest.approx(0.1)
    training.steps, training.images = 100, 400
    assert training.rate_share() == 1
    training.images = 950
    assert training.rate_share() == pytest.approx(0.5)
    training.images = 1000
    assert training.rate_share() == 0.05


def test_parts_join_and_refuse_damage(tmp_path: Path) -> None:
    whole = tmp_path / "weights.safetensors"
    checkpoints.write_tensors(whole, {"a": torch.arange(100.0)}, {"kimg": "1"})
    parts = checkpoints.split(whole, tmp_path, part_bytes=200)
    assert len(parts) > 1
    checkpoints.join(parts[::-1], tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == whole.read_bytes()
    with pytest.raises(ValueError, match="missing"):
        checkpoints.join(parts[1:], tmp_path / "joined")
    parts[0].write_bytes(b"x" * 200)
    with pytest.raises(ValueError, match="checksum"):
        checkpoints.join(parts, tmp_path / "joined")


def half_written(path: Path) -> None:
    with checkpoints.replacing(path) as temporary:
        temporary.write_bytes(b"half")
        raise ValueError("stopped")


def test_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    checkpoints.write_tensors(path, {"a": torch.ones(1)}, {})
    before = path.read_bytes()
    with pytest.raises(ValueError, match="stopped"):
        half_written(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="diverged"):
        checkpoints.halved({"a": torch.tensor([1e9])})


def test_kernel_distance_is_unbiased_and_sees_a_shift() -> None:
    torch.manual_seed(0)
    same = [distances.kernel_distance(*torch.randn(2, 40, 16)) for _ in range(50)]
    assert abs(np.mean(same)) < 4 * np.std(same) / len(same) ** 0.5
    x, y = torch.randn(2, 200, 16)
    assert distances.kernel_distance(x, y + 1) > 10 * abs(distances.kernel_distance(x, y))


def test_frechet_distance_of_known_gaussians() -> None:
    torch.manual_seed(0)
    x = torch.randn(4000, 4)
    assert distances.frechet_distance(x, x) == pytest.approx(0, abs=1e-6)
    # N(0, 1) against N(2, 9) in four dimensions: 4 · (2² + (3 − 1)²)
    assert distances.frechet_distance(x, 2 + 3 * x) == pytest.approx(32, rel=0.05)


def test_precision_and_recall_tell_quality_from_variety() -> None:
    torch.manual_seed(0)
    real = torch.randn(300, 2)
    collapsed = torch.randn(300, 2) * 0.05
    precision, recall = distances.precision_and_recall(real, collapsed)
    assert precision > 0.95
    assert recall < 0.2
    precision, recall = distances.precision_and_recall(real, real * 10)
    assert precision < 0.5


def test_one_face_is_found_in_the_embedded_generators_pictures() -> None:
    generator = sample_faces.default_generator()
    made = list(distances.samples(generator, 6, CPU, truncation=0.5))
    assert evaluate_generator.one_face_share(made) == 1
    assert evaluate_generator.one_face_share([torch.zeros(2, 3, 256, 256)]) == 0
