"""Every format of one network imports as the same network."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors import torch as safetensors

from models.checkpoints import CheckpointError
from models.generator import Generator, GeneratorConfig
from models.importing.checkpoint import import_checkpoint
from models.importing.imported import imported_generators
from models.unsupervised import ganspace, sefa
from tests.models.importing import formats

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.importing.imported import ImportedGenerator


def save(tensors: dict[str, torch.Tensor], facts: dict[str, str] | None = None) -> bytes:
    """A safetensors file, in which no two tensors may share their numbers."""
    return safetensors.save({k: v.clone() for k, v in tensors.items()}, facts)


CLAMP = 0.8  # low, so that it shows


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., ImportedGenerator]:
    def run(content: bytes, name: str = "network.pkl", **choices: Any) -> ImportedGenerator:
        path = tmp_path / name
        path.write_bytes(content)
        return import_checkpoint(path, tmp_path / "generators", **choices)

    return run


TENSORS = formats.random_network(seed=1)

FORMATS: dict[str, Callable[[], bytes]] = {
    "ada": lambda: formats.ada(TENSORS),
    "ada, protocol 2": lambda: formats.ada(TENSORS, protocol=2),
    "ada, protocol 3": lambda: formats.ada(TENSORS, protocol=3),
    "ada, protocol 5": lambda: formats.ada(TENSORS, protocol=5),
    "tensorflow": lambda: formats.tensorflow(TENSORS),
    "tensorflow ada": lambda: formats.tensorflow(TENSORS, version=5),
    "tensorflow, protocol 2": lambda: formats.tensorflow(TENSORS, protocol=2),
    "tensorflow, protocol 5": lambda: formats.tensorflow(TENSORS, protocol=5),
    "rosinality": lambda: formats.rosinality(TENSORS),
    "rosinality, older": lambda: formats.rosinality(TENSORS, legacy=True),
    "e4e": lambda: formats.encoder4editing(TENSORS),
    "genforce": lambda: formats.genforce(TENSORS),
    "pti": lambda: formats.pti(TENSORS),
    "stit": lambda: formats.pti(TENSORS, stit=True),
    "safetensors": lambda: save(TENSORS, {"conv_clamp": "none"}),
    "safetensors, rosinality's names": lambda: save(
        formats.rosinality_tensors(TENSORS) | {"latent_avg": TENSORS["mapping.w_avg"]}
    ),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_draws_the_same_picture(
    kind: str, imported: Callable[..., ImportedGenerator]
) -> None:
    generator = imported(FORMATS[kind]()).load()
    z = torch.randn(1, formats.W_DIM, generator=torch.Generator().manual_seed(4))
    wanted = formats.picture(TENSORS, z[0])
    torch.testing.assert_close(generator(z), wanted, atol=2e-5, rtol=1e-4)
    torch.testing.assert_close(generator.mapping.w_avg, TENSORS["mapping.w_avg"], atol=0, rtol=0)


@pytest.mark.parametrize(
    "write",
    [
        lambda: formats.ada(TENSORS, CLAMP),
        lambda: formats.pti(TENSORS, CLAMP),
        lambda: formats.tensorflow(TENSORS, CLAMP, version=5),
        lambda: save(TENSORS, {"conv_clamp": str(CLAMP)}),
    ],
)
def test_the_clamp_is_kept(
    write: Callable[[], bytes], imported: Callable[..., ImportedGenerator], tmp_path: Path
) -> None:
    made = imported(write())
    assert made.config.clamp == CLAMP
    z = torch.randn(1, formats.W_DIM, generator=torch.Generator().manual_seed(4))
    clamped = formats.picture(TENSORS, z[0], CLAMP)
    assert not torch.allclose(clamped, formats.picture(TENSORS, z[0]), atol=0.05)
    torch.testing.assert_close(made.load()(z), clamped, atol=2e-5, rtol=1e-4)
    assert imported_generators(tmp_path / "generators") == ((made,), ())


def test_a_file_of_a_training_lacks_what_is_made_anew(
    imported: Callable[..., ImportedGenerator],
) -> None:
    made = imported(formats.rosinality_training(TENSORS), "050000.pt")
    assert any("noise" in note for note in made.notes)
    assert any("mean of W" in note for note in made.notes)
    generator = made.load()
    z = torch.randn(4000, formats.W_DIM, generator=torch.Generator().manual_seed(7))
    near = generator.mapping(z).mean(0)
    assert (generator.mapping.w_avg - near).abs().max() < 0.1 * float(near.abs().max()) + 0.05
    assert torch.equal(
        generator.synthesis.get_submodule("b8").get_parameter("conv1.weight"),
        TENSORS["synthesis.b8.conv1.weight"],
    )


@pytest.mark.parametrize("resolution", [8, 64, 128])
def test_other_sizes(resolution: int, imported: Callable[..., ImportedGenerator]) -> None:
    tensors = formats.random_network(3, resolution)
    z = torch.randn(1, formats.W_DIM, generator=torch.Generator().manual_seed(4))
    pictures = [
        imported(write(tensors)).load()(z)
        for write in (formats.ada, formats.tensorflow, formats.rosinality, formats.genforce)
    ]
    wanted = formats.picture(tensors, z[0])
    scale = float(wanted.abs().max())
    for picture in pictures:
        torch.testing.assert_close(picture, wanted, atol=2e-5 * max(1.0, scale), rtol=1e-4)


def test_without_noise(imported: Callable[..., ImportedGenerator]) -> None:
    tensors = {k: v for k, v in TENSORS.items() if "noise" not in k}
    made = imported(formats.ada(tensors))
    assert not made.config.noise
    z = torch.randn(1, formats.W_DIM, generator=torch.Generator().manual_seed(4))
    torch.testing.assert_close(made.load()(z), formats.picture(tensors, z[0]), atol=2e-5, rtol=1e-4)


def test_another_learning_rate_of_the_mapping_network(
    imported: Callable[..., ImportedGenerator],
) -> None:
    scaled = {k: v * (0.1 if k.startswith("mapping.fc") else 1) for k, v in TENSORS.items()}
    made = imported(formats.ada(scaled, bias_gain=0.1))
    z = torch.randn(1, formats.W_DIM, generator=torch.Generator().manual_seed(4))
    wanted = formats.picture(TENSORS, z[0])
    # The stub sets bias_gain of affines too; they are no part of the mapping network.
    torch.testing.assert_close(made.load()(z), wanted, atol=1e-4, rtol=1e-3)


def test_one_class_of_a_conditional_generator(
    imported: Callable[..., ImportedGenerator],
) -> None:
    """Against the mapping network as it is written: [z, label] through the first layer."""
    drawn = torch.Generator().manual_seed(5)
    width, classes = 7, 3
    tensors = TENSORS | {
        "mapping.embed.weight": torch.randn(width, classes, generator=drawn),
        "mapping.embed.bias": torch.randn(width, generator=drawn),
        "mapping.fc0.weight": 100 * torch.randn(16, formats.W_DIM + width, generator=drawn),
    }
    content = formats.ada(tensors)
    z = torch.randn(1, formats.W_DIM, generator=drawn)
    pictures: list[torch.Tensor] = []
    for index in range(classes):
        label = tensors["mapping.embed.weight"][:, index] / math.sqrt(classes)
        label = label + tensors["mapping.embed.bias"]
        both = [x / (x.square().mean() + 1e-8).sqrt() for x in (z[0], label)]
        first, bias = tensors["mapping.fc0.weight"], tensors["mapping.fc0.bias"]
        w = first @ torch.cat(both) * (0.01 / math.sqrt(first.shape[1])) + bias * 0.01
        w = torch.nn.functional.leaky_relu(w, 0.2) * math.sqrt(2)
        made = imported(content, class_index=index)
        assert f"class {index} of {classes}" in made.notes[0]
        generator = made.load()
        found = generator.mapping.get_submodule("fc0")(both[0][None])
        torch.testing.assert_close(found[0], w, atol=1e-5, rtol=1e-5)
        pictures.append(generator(z))
    assert not torch.allclose(pictures[0], pictures[1], atol=0.1)
    for index in (None, -1, 3):
        with pytest.raises(CheckpointError, match="0 to 2"):
            imported(content, class_index=index)


def test_parameters_of_the_published_sizes() -> None:
    """Counts of NVIDIA's and rosinality's networks."""
    for side, base, parameters, rows in (
        (256, 16384, 24_767_458, 14), (256, 32768, 30_034_338, 14),
        (512, 32768, 30_276_583, 16), (1024, 32768, 30_370_060, 18),
    ):  # fmt: skip
        sides = [4 << i for i in range(side.bit_length() - 2)]
        generator = Generator(GeneratorConfig(side, tuple(min(base // r, 512) for r in sides)))
        assert sum(p.numel() for p in generator.parameters()) == parameters
        assert generator.num_ws == rows
        names = generator.state_dict()
        filters = len(sides) + 2 * len(sides) - 1  # of blocks and of their convolutions
        assert len(names) + filters == {14: 144, 16: 163, 18: 182}[rows]


def test_a_generator_of_cats_works_like_any_other(
    imported: Callable[..., ImportedGenerator],
) -> None:
    tensors = formats.random_network(9, 64)
    made = imported(formats.ada(tensors, 256), "afhqcat.pkl")
    generator = made.load()
    z = torch.randn(2, formats.W_DIM, generator=torch.Generator().manual_seed(0))
    w = generator.mapping(z, 0.7)
    s = generator.styles(generator.broadcast(w)).requires_grad_()
    picture = generator.synthesise(s)
    assert picture.shape == (2, 3, 64, 64)
    assert picture.isfinite().all()
    picture.square().sum().backward()
    assert s.grad is not None
    assert s.grad.abs().max() > 0
    assert generator.synthesise(s.detach(), resolution=16).shape == (2, 3, 16, 16)
    for found in (sefa(generator, 4), ganspace(generator, 4, samples=500)):
        moved = generator.styles(generator.broadcast(w + 3 * found.sd[0] * found.rows[0]))
        assert not torch.allclose(generator.synthesise(moved), picture, atol=0.05)


def test_half_precision_and_other_strides(imported: Callable[..., ImportedGenerator]) -> None:
    tensors = {
        k: v.to(torch.bfloat16) if "affine" in k else v.half() if "torgb" in k else v
        for k, v in TENSORS.items()
    }
    laid = {
        k: v.contiguous(memory_format=torch.channels_last) if v.ndim == 4 else v
        for k, v in tensors.items()
    }
    exact = {k: v.float() for k, v in tensors.items()}
    z = torch.randn(1, formats.W_DIM, generator=torch.Generator().manual_seed(4))
    made = imported(formats.ada(laid))
    torch.testing.assert_close(made.load()(z), formats.picture(exact, z[0]), atol=2e-5, rtol=1e-4)


def test_what_is_written(imported: Callable[..., ImportedGenerator], tmp_path: Path) -> None:
    content = formats.ada(TENSORS, 256)
    made = imported(content, "Cats & more (final).pkl")
    folder = tmp_path / "generators"
    assert sorted(p.name for p in folder.iterdir()) == [
        f"{made.name}.json",
        f"{made.name}.safetensors",
    ]
    assert made.name == f"cats-more-final-{made.sha256[:8]}"
    assert made.sha256 == hashlib.sha256(made.weights.read_bytes()).hexdigest()
    assert made.source_sha256 == hashlib.sha256(content).hexdigest()
    assert "non-commercial" in made.licence
    assert made.subject == "afhqcat"  # as its training_set_kwargs say
    facts = json.loads((folder / f"{made.name}.json").read_text())
    assert facts["config"]["clamp"] == 256
    assert facts["weights"] == f"{made.name}.safetensors"
    assert imported(content, "Cats & more (final).pkl") == made  # again: the same files
    assert len(list(folder.iterdir())) == 2


def test_what_was_imported_can_be_imported_again(
    imported: Callable[..., ImportedGenerator],
) -> None:
    first = imported(formats.ada(TENSORS, 256), "ffhq.pkl")
    again = imported(first.weights.read_bytes(), "copy.safetensors")
    assert again.config == first.config
    assert again.sha256 == first.sha256  # it stays the same generator
    assert again.name == first.name
    assert again.licence == first.licence  # the copy does not say, but it is known here
    z = torch.randn(1, formats.W_DIM)
    assert torch.equal(again.load()(z), first.load()(z))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(formats.ada(TENSORS))
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(CheckpointError, match="cannot be written") as caught:
        import_checkpoint(path, tmp_path / "taken")
    assert "writable" in caught.value.advice


def test_damaged_facts_are_named_and_hide_no_other(
    imported: Callable[..., ImportedGenerator], tmp_path: Path
) -> None:
    folder = tmp_path / "generators"
    other = imported(formats.ada(formats.random_network(seed=2)), "z.pkl")
    made = imported(formats.ada(TENSORS))
    path = folder / f"{made.name}.json"
    whole = json.loads(path.read_text())
    changes: list[dict[str, Any]] = [
        {"kind": "other"}, {"weights": "../../secret"}, {"config": 3}, {"more": 1}, {"sha256": "1"},
        {"name": "another"}, {"licence": 5}, {"licence": "x" * 5000}, {"notes": [[]]},
    ]  # fmt: skip
    wrong: tuple[dict[str, Any], ...] = (
        {"clamp": math.nan},
        {"clamp": -1},
        {"clamp": "256"},
        {"resolution": 1 << 40},
        {"channels": [1 << 40] * 4},
        {"channels": []},
        {"z_dim": True},
        {"w_dim": 1e300},
    )
    changes += [{"config": whole["config"] | change} for change in wrong]
    for change in changes:
        path.write_text(json.dumps(whole | change))
        found, problems = imported_generators(folder)
        assert found == (other,), change
        assert "damaged" in problems[0].title
        assert problems[0].advice
    path.write_text("[" * 100_000)
    assert "damaged" in imported_generators(folder)[1][0].title
    path.write_bytes(b" " * (1 << 20))
    assert "larger" in imported_generators(folder)[1][0].title
    path.unlink()
    path.mkdir()
    assert "no file" in imported_generators(folder)[1][0].title
    path.rmdir()
    path.write_text(json.dumps(whole))
    made.weights.unlink()
    assert "missing" in imported_generators(folder)[1][0].title
    assert imported_generators(tmp_path / "nowhere") == ((), ())


def test_weights_that_were_changed_are_not_used(
    imported: Callable[..., ImportedGenerator],
) -> None:
    made = imported(formats.ada(TENSORS))
    content = bytearray(made.weights.read_bytes())
    content[-1] ^= 1
    made.weights.write_bytes(content)
    with pytest.raises(CheckpointError, match="checksum") as caught:
        made.load()
    assert made.source in caught.value.advice
    not_finite = save(TENSORS | {"synthesis.b4.const": TENSORS["synthesis.b4.const"] / 0})
    made.weights.write_bytes(not_finite)
    told = dataclasses.replace(made, sha256=hashlib.sha256(not_finite).hexdigest())
    with pytest.raises(CheckpointError, match="none"):
        told.load()


def test_a_name_of_ones_own(tmp_path: Path) -> None:
    folder, path = tmp_path / "generators", tmp_path / "a.pkl"
    path.write_bytes(formats.ada(TENSORS))
    made = import_checkpoint(path, folder, name="My Cats!")
    assert made.name == "my-cats"
    assert import_checkpoint(path, folder, name="Others").name == "my-cats", "it stays one"
    path.write_bytes(formats.ada(formats.random_network(seed=2)))
    for name, taken in (("my cats", ()), ("portrait", ("portrait",))):
        with pytest.raises(CheckpointError, match="already"):
            import_checkpoint(path, folder, name=name, taken=taken)
    with pytest.raises(CheckpointError, match="no name"):
        import_checkpoint(path, folder, name="../..")
    assert [p.name for p in sorted(folder.iterdir())] == ["my-cats.json", "my-cats.safetensors"]


@pytest.mark.parametrize(
    ("source", "resolution", "lineage"),
    [
        ("stylegan2-ffhq-config-f.pkl", 1024, "stylegan2-ffhq"),
        ("ffhq.pkl", 1024, ""),  # NVIDIA trained others on FFHQ, too
        ("stylegan2-ffhq-config-f.pkl", 32, ""),
        ("afhqcat.pkl", 32, "stylegan2-afhqcat"),
        ("mine.pkl", 32, ""),
    ],
)
def test_what_a_generator_descends_from(
    source: str, resolution: int, lineage: str, tmp_path: Path
) -> None:
    path = tmp_path / source
    path.write_bytes(formats.tensorflow(TENSORS))
    made = import_checkpoint(path, tmp_path / "generators")
    config = dataclasses.replace(made.config, resolution=resolution)
    assert dataclasses.replace(made, config=config).lineage == lineage


def _with(**changes: Any) -> bytes:
    tensors = dict(TENSORS)
    for name, tensor in changes.items():
        key = name.replace("__", ".")
        if tensor is None:
            del tensors[key]
        else:
            tensors[key] = tensor
    return formats.ada(tensors)


def _stylegan3() -> bytes:
    names = {"synthesis.input.freqs": torch.zeros(2), "synthesis.L0_36_64.weight": torch.zeros(2)}
    return formats.ada(names)


def _tensorflow_first() -> bytes:
    return formats.tensorflow(TENSORS, version=3)


OTHERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "stylegan3": (_stylegan3, "StyleGAN3"),
    "stylegan3, rosinality": (
        lambda: formats.saved({"g_ema": {"input.freqs": torch.zeros(1)}}),
        "StyleGAN3",
    ),
    "stylegan1, tensorflow": (_tensorflow_first, "StyleGAN1"),
    "stylegan1, rosinality": (
        lambda: formats.saved({"generator": {"progression.0.conv1.weight": torch.zeros(1)}}),
        "StyleGAN1",
    ),
    "early configuration": (
        lambda: formats.tensorflow(TENSORS, synthesis_func="G_synthesis_stylegan_revised"),
        r"early configuration \(A to D\)",
    ),
    "lucidrains": (
        lambda: formats.saved({"GAN": {"GE.initial_block": torch.zeros(2)}, "version": "1.9"}),
        "lucidrains",
    ),
    "encoder": (
        lambda: formats.saved(
            {"state_dict": {"encoder.body.0.res_layer.1.weight": torch.zeros(2)}, "opts": {}}
        ),
        "an encoder",
    ),
    "lora": (
        lambda: save({"lora_unet_down.lora_up.weight": torch.zeros(2)}),
        "LoRA",
    ),
    "vae": (
        lambda: save({"decoder.mid_block.attentions.0.weight": torch.zeros(2)}),
        "VAE",
    ),
    "diffusion": (
        lambda: formats.saved({"state_dict": {"model.diffusion_model.x": torch.zeros(2)}}),
        "diffusion",
    ),
    "eg3d": (
        lambda: formats.ada({"backbone.synthesis.b4.const": torch.zeros(2)}),
        "EG3D",
    ),
    "discriminator": (
        lambda: formats.saved({"d": {"final_conv.0.weight": torch.zeros(2)}}),
        "a discriminator",
    ),
    "direction": (lambda: formats.saved(torch.zeros(1, 512)), "a direction"),
    "unknown": (lambda: formats.saved({"layer.weight": torch.zeros(2)}), "no network that"),
    "conditional": (lambda: _with(mapping__embed__weight=torch.zeros(8, 4)), "told a class"),
    "conditional, tensorflow": (lambda: formats.tensorflow(TENSORS, label_size=10), "told a class"),
    "residual": (lambda: formats.ada(TENSORS, architecture="resnet"), "without skip"),
    "residual, tensorflow": (
        lambda: formats.tensorflow(TENSORS, architecture="resnet"), "without skip",
    ),
    "activation": (lambda: formats.ada(TENSORS, activation="relu"), "another activation"),
    "filter": (
        lambda: _with(synthesis__b8__conv0__resample_filter=torch.ones(4, 4) / 16),
        "another filter",
    ),
    "filter, tensorflow": (
        lambda: formats.tensorflow(TENSORS, resample_kernel=[1, 2, 2, 1]), "another filter",
    ),
    "missing tensor": (lambda: _with(synthesis__b8__conv1__bias=None), "b8.conv1.bias"),
    "wrong shape": (
        lambda: _with(synthesis__b8__conv1__bias=torch.zeros(3)), "b8.conv1.bias",
    ),
    "more tensors": (
        lambda: _with(synthesis__b8__attention__weight=torch.zeros(3)), "attention",
    ),
    "far too large": (
        lambda: _with(synthesis__b8__conv1__bias=torch.full((12,), 1e30)),
        r"far too large \(synthesis\.b8\.conv1\.bias\)",
    ),
    "a latent space of millions": (
        lambda: _with(
            synthesis__b4__conv1__affine__weight=torch.zeros(1, 5_000_000),
            mapping__fc0__weight=torch.zeros(1, 5_000_000),
        ),
        "mapping network has the shape",
    ),
    "a convolution of no dimension": (
        lambda: _with(synthesis__b8__conv1__weight=torch.tensor(1.0)), "conv1.weight has the shape",
    ),
    "a convolution of millions": (
        lambda: _with(synthesis__b8__conv1__weight=torch.zeros(5_000_000, 1, 1, 1)),
        "conv1.weight has the shape",
    ),
    "not finite": (
        lambda: _with(synthesis__b8__conv1__bias=torch.full((12,), float("nan"))), "not finite",
    ),
    "grey": (lambda: _with(synthesis__b4__torgb__bias=torch.zeros(1)), "three channels"),
    "empty": (lambda: b"", "is empty"),
    "git lfs": (lambda: b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
    "web page": (lambda: b"<!DOCTYPE html><html>", "web page"),
    "text": (lambda: b"hello, world" * 10, "of no kind"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_stylegan2_generator_is_named(
    kind: str, imported: Callable[..., ImportedGenerator], tmp_path: Path
) -> None:
    write, reason = OTHERS[kind]
    with pytest.raises(CheckpointError, match=reason) as caught:
        imported(write())
    assert caught.value.title.startswith("network.pkl ")
    assert caught.value.advice.endswith(".")
    assert not (tmp_path / "generators").exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.pkl cannot be read"):
        import_checkpoint(tmp_path / "none.pkl", tmp_path)
    with pytest.raises(CheckpointError, match="a folder"):
        import_checkpoint(tmp_path, tmp_path)


def test_numpy_2_names_are_numpy_1_names(imported: Callable[..., ImportedGenerator]) -> None:
    content = formats.ada(TENSORS)
    moved = content.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    if np.__version__ >= "2":
        assert moved != content
    # One letter fewer: the length before it, and the frames, no longer fit.
    assert imported(formats.ada(TENSORS, protocol=2).replace(b"numpy._core", b"numpy.core")).config
