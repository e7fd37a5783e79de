"""Weights load only when they are what the catalogue says."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] untyped

from models.checkpoints import CheckpointError, catalogue, load_tensors
from models.directions import load_directions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.safetensors"
    save_file({"a": torch.arange(6.0)}, path, {"made": "here"})
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_intact_weights_load_with_their_metadata(weights: Path) -> None:
    tensors, metadata = load_tensors(weights, _digest(weights))
    assert torch.equal(tensors["a"], torch.arange(6.0))
    assert metadata == {"made": "here"}


def test_one_flipped_bit_is_noticed(weights: Path) -> None:
    digest = _digest(weights)
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    with pytest.raises(CheckpointError, match="damaged") as caught:
        load_tensors(weights, digest)
    assert "Restore" in caught.value.advice


def test_loaded_tensors_stay_when_the_file_is_overwritten(weights: Path) -> None:
    tensors, _ = load_tensors(weights, None)
    with weights.open("r+b") as file:
        file.seek(-24, 2)
        file.write(bytes(24))
    assert torch.equal(tensors["a"], torch.arange(6.0))


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"\xff" * 100])
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_tensors(path, None)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.safetensors is missing"):
        load_tensors(tmp_path / "none.safetensors", None)


def test_directions_of_another_generator_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "directions.safetensors"
    save_file({"s_mean": torch.zeros(3)}, path, {"generator": "other", "attributes": "{}"})
    with pytest.raises(CheckpointError, match="another generator"):
        load_directions(path, None, "mine", torch.device("cpu"))
    facts = json.dumps({"smile": {"mean": 0, "sd": 1}})
    save_file({"s_mean": torch.zeros(3)}, path, {"generator": "mine", "attributes": facts})
    with pytest.raises(CheckpointError, match="incomplete"):
        load_directions(path, None, "mine", torch.device("cpu"))


def test_embedded_directions_predict_the_change_they_are_scaled_to() -> None:
    card = catalogue()[0]
    directions = load_directions(
        card.directions_path, card.directions_sha256, card.sha256, torch.device("cpu")
    )
    for name, direction in directions.attributes.items():
        for part in (direction.entangled, direction.precise):
            moved = float((part / directions.statistics.s_sd) @ direction.normal)
            assert moved == pytest.approx(1, abs=0.05 if part is direction.precise else 0.35), name
        assert (direction.precise == 0).float().mean() > 0.85
        assert direction.correlation > 0.5
