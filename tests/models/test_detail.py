"""Training and measuring at a size that only some pictures have, at toy size."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from models.generator import Generator
from models.layers import upsample
from models.perceptual import EfficientNetLite
from models.training import (
    adversarial,
    checkpoints,
    dataset,
    evaluate_detail,
    growing,
    resampling,
    twins,
    windows,
)
from models.training.adversarial import GeneratorTraining
from models.training.dataset import Portraits
from models.training.recipe import Recipe
from models.training.train_generator import main
from models.training.window_matching import WindowMatching

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

CPU = torch.device("cpu")
SMALL = Recipe(
    resolution=64, channel_base=256, channel_max=8, z_dim=16, w_dim=16, mapping_layers=2, batch=4
)
FINE = replace(
    SMALL,
    resolution=128,
    whole=64,
    patch=64,
    channel_least=4,
    frozen_below=16,
    inherited_share=0.3,
    inherited_kimg=0.02,
    teach_kimg=0.008,
    match_weight=2.0,
    window_weight=1.0,
    match_bound=3.0,
    match_bank=8,
    rebuild_weight=1.0,
    rebuild_batch=2,
    augment=0.3,
    r1_every=2,
)


def untrained_features(variant: int = 0, *, head: bool = True) -> EfficientNetLite:
    torch.manual_seed(variant)
    return EfficientNetLite(head=head).eval().requires_grad_(requires_grad=False)


def portraits(side: int, count: int = 6) -> Portraits:
    drawn = torch.Generator().manual_seed(side)
    pixels = torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8, generator=drawn)
    return Portraits(tuple("abcdefghijkl"[:count]), pixels)


@pytest.mark.parametrize("kind", ["lanczos", "bicubic"])
@pytest.mark.parametrize(("inputs", "outputs"), [(64, 32), (32, 64)])
def test_resized_as_pillow_does(kind: resampling.Filter, inputs: int, outputs: int) -> None:
    x = torch.rand(1, 1, inputs, inputs, generator=torch.Generator().manual_seed(1))
    how = {"lanczos": Image.Resampling.LANCZOS, "bicubic": Image.Resampling.BICUBIC}[kind]
    wanted = Image.fromarray(x[0, 0].numpy()).resize((outputs, outputs), how)
    got = resampling.resized(x, outputs, kind)[0, 0]
    torch.testing.assert_close(got, torch.from_numpy(np.array(wanted)), atol=2e-5, rtol=0)


def test_a_grown_generators_first_picture_is_the_smaller_ones_enlarged() -> None:
    small = Generator.tiny(resolution=64, width=8)
    large = Generator.tiny(seed=3, resolution=128, width=8)
    growing.grow(large, small.state_dict())
    z = torch.randn(2, 32)
    torch.testing.assert_close(large(z), upsample(small(z)), atol=1e-5, rtol=1e-5)
    assert not large.state_dict()["synthesis.b128.torgb.weight"].any()
    lacking = {k: v for k, v in small.state_dict().items() if k != "synthesis.b8.conv0.weight"}
    with pytest.raises(ValueError, match="only whole blocks"):
        growing.grow(large, lacking)
    with pytest.raises(ValueError, match="does not fit"):
        growing.grow(Generator.tiny(resolution=128, width=4), small.state_dict())


def test_patches_are_cut_from_pictures_everywhere() -> None:
    side = 16
    x = torch.arange(side * side, dtype=torch.float32).view(1, 1, side, side).expand(8, 3, -1, -1)
    seen = torch.zeros(side * side)
    for _ in range(40):
        cut = windows.patches(x, 8)
        assert cut.shape == (8, 3, 8, 8)
        assert torch.equal(cut[0, 0, 1] - cut[0, 0, 0], torch.full((8,), float(side)))
        seen[cut[:, 0].long().flatten()] += 1
    assert (seen > 0).all()


def test_windows_hold_eyes_mouth_and_hair() -> None:
    x = torch.rand(2, 3, 64, 64)
    cut = windows.windows(x)
    assert cut.shape == (6, 3, 16, 32)
    assert torch.equal(cut[2:4], windows.window(x, "mouth"))
    assert torch.equal(windows.window(x, "hair"), x[:, :, :16, 16:48])


def test_what_counts_more_is_drawn_and_represented_more() -> None:
    some = portraits(32, 4).weighed({"a": 3.0, "b": 0.0})
    assert some.weights is not None
    assert some.weights.tolist() == pytest.approx([2.4, 0.0, 0.8, 0.8])
    rows = some.rows()
    assert rows is not None
    assert rows.bincount(minlength=4).tolist() == [2, 0, 1, 1]
    torch.manual_seed(0)
    some.pixels[:] = torch.arange(4).view(4, 1, 1, 1)
    drawn = ((some.batch(500, CPU)[:, 0, 0, 0] + 1) * 127.5).round().long()
    share = drawn.bincount(minlength=4) / 500
    assert share[0] == pytest.approx(0.6, abs=0.08)
    assert share[1] == 0


def test_discriminators_are_taught_first_and_frozen_blocks_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adversarial, "load_efficientnet_lite", cache(untrained_features))
    training = GeneratorTraining(FINE, CPU, compiled=False, portraits=6)
    whole, fine = portraits(64), portraits(128)
    training.begin(whole, fine)
    first = {k: v.clone() for k, v in training.generator.named_parameters()}
    critic = training.discriminator.out.weight.detach().clone()
    middle = training.average.mapping.w_avg.clone()

    def moved() -> set[int]:
        return {
            int(k.split(".")[1][1:]) if k.startswith("synthesis") else 0
            for k, v in training.generator.named_parameters()
            if not torch.equal(v, first[k])
        }

    for _ in range(2):
        assert "patches" not in training.step(whole, fine)
    assert moved() == set()
    assert not torch.equal(training.discriminator.out.weight, critic)
    losses = training.step(whole, fine)
    assert {"patches", "windows", "rebuilt"} <= set(losses)
    assert moved() == {16, 32, 64, 128}
    assert torch.equal(training.average.mapping.w_avg, middle)  # of a mapping that stays
    groups = training.optimisers["generator"].param_groups
    rates = {bool(g["inherited"]): g["lr"] / g["full_rate"] for g in groups}
    assert rates[True] == pytest.approx(rates[False] * 0.2)


def test_matching_is_bounded_beside_the_discriminators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adversarial, "load_efficientnet_lite", cache(untrained_features))

    def after_one_step(weight: float, bound: float) -> torch.Tensor:
        recipe = replace(
            FINE,
            match_bound=bound,
            match_weight=weight,
            window_weight=weight,
            teach_kimg=0,
            rebuild_weight=0,
        )
        training = GeneratorTraining(recipe, CPU, compiled=False)
        training.begin(portraits(64), portraits(128))
        torch.manual_seed(4)
        training.step(portraits(64), portraits(128))
        return training.generator.state_dict()["synthesis.b128.torgb.weight"]

    unmatched = after_one_step(1e-12, 0)
    torch.testing.assert_close(after_one_step(1e6, 1e-9), unmatched)
    assert not torch.allclose(after_one_step(1e6, 0), unmatched)


def test_hair_counts_as_much_as_it_is_told() -> None:
    features = untrained_features()
    pictures = portraits(128)
    described: Tensor | None = None
    found: dict[float, float] = {}
    each: list[float] = []
    for count in (1.0, 4.0):
        matching = WindowMatching(features, 8, {"hair": count})
        matching.learn(pictures, CPU, torch.float32)
        if described is None:
            drawn = torch.rand(4, 3, 128, 128, generator=torch.Generator().manual_seed(7)) * 2 - 1
            described = matching.described(windows.windows(drawn), torch.float32)
        matching.remember(described)
        found[count] = float(matching(described))
        pairs = matching._standardised(described)  # pyright: ignore[reportPrivateUsage]
        each = [float(part(features)) for part, features in pairs]
    assert found[1.0] == pytest.approx(sum(each) / 3)
    assert found[4.0] == pytest.approx((each[0] + each[1] + 4 * each[2]) / 6)
    assert each[2] != pytest.approx(sum(each[:2]) / 2), "so the two means differ"


def test_resuming_equals_never_stopping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adversarial, "load_efficientnet_lite", cache(untrained_features))
    whole = portraits(64).weighed({"a": 2.0})
    fine = portraits(128)
    unbroken = GeneratorTraining(FINE, CPU, compiled=False, portraits=6)
    unbroken.begin(whole, fine)
    for _ in range(3):
        unbroken.step(whole, fine)
    unbroken.save(tmp_path / "state.safetensors")
    for _ in range(3):
        unbroken.step(whole, fine)
    resumed = GeneratorTraining(FINE, CPU, compiled=False, portraits=6)
    resumed.load(tmp_path / "state.safetensors")
    resumed.begin(whole, fine)
    for _ in range(3):
        resumed.step(whole, fine)
    assert (resumed.images, resumed.steps) == (24, 6)
    again = resumed.modules()
    assert {"patch_discriminator", "patch_augmentation", "window_matching"} <= again.keys()
    for name, module in unbroken.modules().items():
        pairs = zip(module.state_dict().values(), again[name].state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs), name


def write_tar(path: Path, side: int, names: list[str]) -> None:
    drawn = np.random.default_rng(side)
    with tarfile.open(path, "w") as archive:
        for name in names:
            content = io.BytesIO()
            pixels = drawn.integers(0, 256, (side, side, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(content, "png")
            member = tarfile.TarInfo(name)
            member.size = content.tell()
            content.seek(0)
            archive.addfile(member, content)


@pytest.mark.slow
def test_a_leg_from_a_smaller_generator_goes_on_and_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(adversarial, "load_efficientnet_lite", cache(untrained_features))
    monkeypatch.setattr(evaluate_detail, "load_efficientnet_lite", untrained_features)
    small, large, manifest = (tmp_path / name for name in ("a.tar", "b.tar", "m.jsonl"))
    write_tar(small, 64, [f"a_{i:03d}.png" for i in range(30)])
    names = [f"b_{i:03d}.png" for i in range(40)]
    write_tar(large, 128, names)
    rows = [{"name": n, "scale": 0.5 if i % 4 == 0 else 1.2} for i, n in enumerate(names)]
    manifest.write_text("\n".join(map(json.dumps, rows)))
    assert dataset.really_that_large([manifest], 0.9) == {n for i, n in enumerate(names) if i % 4}
    toy = "--channel-base 256 --channel-max 8 --z-dim 16 --w-dim 16 --mapping-layers 2 --batch 4"
    train = ["train", "--no-compile", *toy.split()]
    first, leg = tmp_path / "first", tmp_path / "leg"
    main([*train, "--data", str(small), "--out", str(first), "--resolution=64", "--kimg=0.004"])
    generator = str(first / "generator.safetensors")
    assert len(checkpoints.split(first / "discriminator.safetensors", first, 5_000)) > 1
    (first / "discriminator.safetensors").unlink()
    on = [*train, "--data", str(small), "--fine", str(large), "--manifest", str(manifest)]
    on += ["--resolution", "128", "--whole", "64", "--patch", "64", "--channel-least", "4"]
    on += ["--frozen-below", "16", "--generator", generator, "--out", str(leg)]
    on += ["--discriminator", str(first / "discriminator.safetensors")]
    main([*on, "--kimg", "0.012"])
    log = (leg / "log.txt").read_text()
    learned = sum(1 for i, n in enumerate(names) if i % 4 and not dataset.is_held_out(n))
    assert f"({learned} at 128)" in log
    assert "# knowing nothing yet: patch_discriminator\n" in log
    checkpoints.split(leg / "state.safetensors", leg, 100_000)
    (leg / "state.safetensors").unlink()
    main([*on, "--kimg", "0.016"])
    assert "from 12 images" in (leg / "log.txt").read_text()
    changes, merged = tmp_path / "changes.safetensors", tmp_path / "merged.safetensors"
    main(["changes", generator, str(leg / "generator.safetensors"), str(changes)])
    main(["merge", generator, str(changes), str(merged)])
    kept, whole = (checkpoints.read_tensors(p)[0] for p in (changes, leg / "generator.safetensors"))
    assert "synthesis.b128.torgb.weight" in kept
    assert "synthesis.b8.conv1.weight" not in kept
    again, _ = checkpoints.read_tensors(merged)
    assert again.keys() == whole.keys()
    assert all(torch.equal(again[k], whole[k]) for k in whole)
    capsys.readouterr()
    measure = [generator, str(merged), "--data", str(small), "--fine", str(large)]
    measure += ["--whole", "64", "--side", "128", "--samples", "8", "--steps", "4"]
    evaluate_detail.main([*measure, "--photos", str(large)])
    rows = capsys.readouterr().out.strip().splitlines()[-4:]
    names = [row.split("|")[1].strip() for row in rows]
    assert names == ["(held-out pictures)", "generator, bicubic", "generator, lanczos", "merged"]
    assert all(row.count("|") == rows[0].count("|") for row in rows)
    assert "–" not in rows[-1]


def test_twins_are_found_though_stored_again_and_smaller(tmp_path: Path) -> None:
    drawn = torch.Generator().manual_seed(0)
    large = torch.nn.functional.interpolate(
        torch.rand(6, 3, 8, 8, generator=drawn), size=(64, 64), mode="bicubic"
    )
    large = (large.clamp(0, 1) * 255).byte()
    small = torch.nn.functional.avg_pool2d(large[3:].float(), 2).byte()
    likeness, row = twins.likenesses(small, large)
    assert row.tolist() == [3, 4, 5]
    assert likeness.min() > 0.98
    others, _ = twins.likenesses(small, large[:3])
    assert others.max() < twins.LIKENESS
