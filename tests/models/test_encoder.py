"""The draft encoder and its training at toy size: shapes, size on disk, learning, resuming."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from models.checkpoints import CheckpointError, catalogue, load_tensors
from models.directions import StyleStatistics
from models.encoder import Encoder, load_encoder
from models.generator import Generator, GeneratorConfig
from models.perceptual import load_efficientnet_lite, seen
from models.training import checkpoints, degradation, train_encoder
from models.training.dataset import Portraits
from models.training.encoding import EncoderRecipe, EncoderTraining

if TYPE_CHECKING:
    from pathlib import Path

TOY = EncoderRecipe(batch=4, rate=3e-3, warm_up=1, ema=16)


def _statistics(generator: Generator) -> StyleStatistics:
    w = generator.mapping(torch.randn(64, generator.config.z_dim))
    s = generator.styles(generator.broadcast(w))
    return StyleStatistics(s.mean(0), s.std(0), w.mean(0), w.std(0))


def _training(dtype: torch.dtype | None = None) -> EncoderTraining:
    generator = Generator.tiny()
    torch.manual_seed(0)
    features = load_efficientnet_lite()
    statistics = _statistics(generator)
    encoder = Encoder.tiny(generator)
    encoder.trunk.take(features)
    return EncoderTraining(TOY, generator, statistics, encoder, features, dtype)


def _portraits(count: int = 6) -> Portraits:
    generator = Generator.tiny()
    drawn = torch.Generator().manual_seed(5)
    with torch.no_grad():
        x = generator(torch.randn(count, generator.config.z_dim, generator=drawn))
    pixels = (x.clamp(-1, 1) * 127.5 + 127.5).round().byte()
    return Portraits(tuple(f"toy_{i}.png" for i in range(count)), pixels)


def test_untrained_encoder_stays_at_the_mean_face() -> None:
    generator = Generator.tiny()
    statistics = _statistics(generator)
    draft = (
        Encoder.beginning(generator, None)
        .eval()
        .encode(generator, statistics, torch.rand(2, 3, 32, 32))
    )
    assert draft.offset.shape == (2, generator.num_ws, generator.config.w_dim)
    assert draft.residual.shape == (2, generator.num_styles)
    assert not draft.offset.any()
    assert not draft.residual.any()
    mean = generator.styles(generator.broadcast(statistics.w_mean[None]))
    torch.testing.assert_close(draft.styles(generator, statistics), mean.expand(2, -1))


def test_passes_add_up() -> None:
    generator = Generator.tiny()
    statistics = _statistics(generator)
    encoder = Encoder.tiny(generator)
    target = torch.rand(1, 3, 32, 32) * 2 - 1
    first = encoder.encode(generator, statistics, target, passes=1)
    render = generator.synthesise(first.styles(generator, statistics)).clamp(-1, 1)
    second = first.moved(encoder(target, render))
    both = encoder.encode(generator, statistics, target)
    torch.testing.assert_close(both.offset, second.offset)
    assert (both.offset - first.offset).abs().max() > 1e-4


def test_an_encoder_goes_on_with_a_larger_generator() -> None:
    smaller, larger = Generator.tiny(), Generator.tiny(resolution=64)
    tensors = Encoder.tiny(smaller).state_dict()
    grown = Encoder.grown(tensors, larger).eval()
    target, render = torch.rand(2, 1, 3, 32, 32)
    known, now = Encoder.of(tensors)(target, render), grown(target, render)
    torch.testing.assert_close(now.offset[:, : smaller.num_ws], known.offset)
    torch.testing.assert_close(now.residual[:, : smaller.num_styles], known.residual)
    assert now.offset.shape == (1, larger.num_ws, 32)
    assert not now.residual[:, smaller.num_styles :].any()
    base = grown.base(torch.zeros(1, grown.config.hidden))
    assert base.shape == now.offset[:, -1].shape
    torch.testing.assert_close(now.offset[:, -1], now.offset[:, -2])  # as all new rows, without own
    with pytest.raises(ValueError, match="smaller generator"):
        Encoder.grown(grown.state_dict(), smaller)


def test_crops_and_renders_above_256_pixels_are_seen_at_256() -> None:
    generator = Generator.tiny(resolution=512, width=4)
    statistics, encoder = _statistics(generator), Encoder.tiny(generator)
    target = torch.rand(1, 3, 512, 512) * 2 - 1
    shown: list[tuple[torch.Size, ...]] = []
    encoder.register_forward_pre_hook(lambda _, args: shown.append(tuple(x.shape for x in args)))
    draft = encoder.encode(generator, statistics, target)
    assert shown == [((1, 3, 256, 256),) * 2] * 2
    again = encoder.encode(generator, statistics, seen(target))
    torch.testing.assert_close(draft.offset, again.offset)


def test_real_configuration_fits_fifteen_megabytes(tmp_path: Path) -> None:
    config = GeneratorConfig(256, (384, 384, 384, 256, 128, 64, 32), mapping_layers=4)
    encoder = Encoder.beginning(Generator(config), None)
    path = tmp_path / "encoder.safetensors"
    checkpoints.write_tensors(path, checkpoints.halved(encoder.state_dict()), {})
    assert path.stat().st_size < 15_000_000
    again = Encoder.of(load_tensors(path, None)[0])
    assert again.config == encoder.config


def test_strange_tensors_are_refused() -> None:
    with pytest.raises(ValueError, match="row_up"):
        Encoder.of({})
    tensors = Encoder.tiny(Generator.tiny()).state_dict()
    del tensors["gather.bias"]
    with pytest.raises(ValueError, match=r"gather\.bias"):
        Encoder.of(tensors)


def test_encoders_of_another_generator_or_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "encoder.safetensors"
    tensors = Encoder.tiny(Generator.tiny()).state_dict()
    checkpoints.write_tensors(path, tensors, {"generator": "other"})
    with pytest.raises(CheckpointError, match="another generator"):
        load_encoder(path, None, "mine")
    assert load_encoder(path, None, "other").config.channels == Generator.tiny().num_styles
    del tensors["base.bias"]
    checkpoints.write_tensors(path, tensors, {"generator": "mine"})
    with pytest.raises(CheckpointError, match=r"does not fit[\s\S]*base\.bias"):
        load_encoder(path, None, "mine")


def test_embedded_encoder_recovers_faces_of_its_generator() -> None:
    card = catalogue()[0]
    assert card.encoder_path is not None
    generator, statistics, sha256 = train_encoder.embedded_generator(torch.device("cpu"))
    encoder = load_encoder(card.encoder_path, card.encoder_sha256, sha256)
    random = torch.Generator().manual_seed(11)
    z = torch.randn(2, generator.config.z_dim, generator=random)
    with torch.no_grad():
        target = generator(z, 0.7).clamp(-1, 1)
        draft = encoder.encode(generator, statistics, target)
        render = generator.synthesise(draft.styles(generator, statistics)).clamp(-1, 1)
    error = ((render - target) / 2).square().mean([1, 2, 3])
    assert (-10 * error.log10()).min() > 20


def test_degradations_keep_the_picture_recognisable() -> None:
    torch.manual_seed(0)
    at = torch.linspace(-0.8, 0.8, 32)
    x = torch.stack([at.expand(32, 32), at[:, None].expand(32, 32), -at.expand(32, 32)])[None]
    torch.testing.assert_close(degradation.blurred(x, torch.tensor([0.01])), x)
    coarse = [
        (degradation.compressed(x, torch.tensor([q])) - x).abs().mean().item() for q in (0.05, 4.0)
    ]
    assert coarse[0] < 0.02 < coarse[1] < 0.2
    many = x.expand(8, -1, -1, -1)
    for changed in (degradation.varied(many), degradation.degraded(many, share=1.0)):
        assert changed.shape == many.shape
        assert 0.001 < (changed - many).abs().mean().item() < 0.4


@pytest.mark.slow
def test_a_few_steps_bring_the_renders_nearer() -> None:
    training, portraits = _training(), _portraits()
    before = training.measure(portraits.pixels)[-1]
    losses = [training.step(portraits, 0.0)["loss"].item() for _ in range(40)]
    assert sum(losses[-8:]) < 0.9 * sum(losses[:8])
    assert training.measure(portraits.pixels)[-1] > before + 0.5


def test_measuring_does_not_search_for_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    training, portraits = _training(), _portraits()
    searches: list[bool] = []

    def looked(*_: object) -> None:
        searches.append(torch.backends.cudnn.benchmark)

    training.average.register_forward_hook(looked)
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    training.measure(portraits.pixels)
    assert searches
    assert not any(searches)
    assert torch.backends.cudnn.benchmark, "training goes on with what it has found"


def test_low_precision_says_the_same() -> None:
    exact, coarse = (
        _training(dtype).step(_portraits(), 0.0) for dtype in (torch.float32, torch.bfloat16)
    )
    for name, value in exact.items():
        torch.testing.assert_close(coarse[name], value, atol=0.02, rtol=0.05)


def test_a_killed_run_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole, portraits = _training(), _portraits()
    for _ in range(2):
        whole.step(portraits, 0.1)
    whole.seconds = 7.5
    whole.save(tmp_path / "state.safetensors")
    whole.step(portraits, 0.2)
    resumed = _training()
    resumed.load(tmp_path / "state.safetensors")
    assert (resumed.steps, resumed.pictures, resumed.seconds) == (2, 8, 7.5)
    for parameter, state in resumed.optimiser.state.items():
        for name in ("exp_avg", "exp_avg_sq"):  # fused optimisers refuse another layout
            assert state[name].stride() == parameter.stride()
            assert state[name].dtype == parameter.dtype
    resumed.step(portraits, 0.2)
    for name, tensor in whole.average.state_dict().items():
        torch.testing.assert_close(resumed.average.state_dict()[name], tensor)


def test_command_line_trains_exports_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = Generator.tiny()
    statistics = _statistics(generator)

    def embedded(_: torch.device) -> tuple[Generator, StyleStatistics, str]:
        return generator, statistics, "ab" * 32

    def read(*_: object) -> Portraits:
        return _portraits()

    monkeypatch.setattr(train_encoder, "embedded_generator", embedded)
    monkeypatch.setattr(train_encoder, "read_portraits", read)
    words = ["--data", "unused", "--out", str(tmp_path), "--batch", "2", "--held-out", "2"]
    train_encoder.main([*words, "--steps", "2", "--save-every", "1", "--log-seconds", "0"])
    tensors, metadata = load_tensors(tmp_path / "encoder.safetensors", None)
    assert metadata["generator"] == "ab" * 32
    assert metadata["steps"] == "2"
    assert all(t.dtype == torch.float16 for t in tensors.values())
    draft = Encoder.of(tensors).encode(generator, statistics, torch.zeros(1, 3, 32, 32))
    assert torch.isfinite(draft.offset).all()
    train_encoder.main([*words, "--steps", "3"])
    begun = ["--out", str(tmp_path / "begun"), "--encoder", str(tmp_path / "encoder.safetensors")]
    train_encoder.main([*words, *begun, "--steps", "1", "--rate", "0"])
    first = load_tensors(tmp_path / "begun" / "encoder.safetensors", None)[0]
    assert first["base.bias"].abs().max() > 0
    assert load_tensors(tmp_path / "encoder.safetensors", None)[1]["steps"] == "3"
    log = (tmp_path / "log.txt").read_text()
    assert "from step 2" in log
    assert "held-out" in log
    assert not list(tmp_path.glob(".*"))
    with pytest.raises(CheckpointError):
        load_tensors(tmp_path / "encoder.safetensors", "00" * 32)
