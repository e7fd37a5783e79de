"""Attributes as seen in feature maps: what differences of maps say, and where it is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch

from models.checkpoints import CheckpointError, catalogue, load_tensors
from models.directions import load_directions
from models.readout import GRID, AttributeReadout, described
from models.training import checkpoints

if TYPE_CHECKING:
    from pathlib import Path

CPU = torch.device("cpu")


def maps(seed: int, count: int = 2) -> list[torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    return [
        torch.randn(count, channels, side, side, generator=random)
        for channels, side in ((3, 64), (5, 32), (7, 16))
    ]


def test_maps_are_averaged_to_one_grid() -> None:
    parts = described(maps(1))
    assert [part.shape for part in parts] == [(2, n * GRID**2) for n in (3, 5, 7)]
    assert float(parts[0][1, 0]) == pytest.approx(float(maps(1)[0][1, 0, :4, :4].mean()), abs=1e-6)


def test_a_readout_tells_those_it_is_asked_for_in_their_order() -> None:
    weights = torch.randn(15 * GRID**2, 3, generator=torch.Generator().manual_seed(2))
    readout = AttributeReadout(("a", "b", "c"), weights)
    told = readout.of(["c", "a"])(maps(3))
    whole = torch.cat(described(maps(3)), 1) @ weights
    torch.testing.assert_close(told, whole[:, [2, 0]])
    with pytest.raises(ValueError, match="not in"):
        readout.of(["d"])


def test_the_embedded_readout_tells_the_attributes_that_pictures_show() -> None:
    card = catalogue()[0]
    readout = load_directions(
        card.directions_path, card.directions_sha256, card.sha256, CPU
    ).readout
    assert readout is not None
    assert {"smile", "lip_fullness", "brow_height", "skin_redness"} <= set(readout.names)
    assert readout.weights.shape[1] == len(readout.names)


def test_directions_without_a_readout_still_load_and_damaged_ones_do_not(tmp_path: Path) -> None:
    card = catalogue()[0]
    tensors, metadata = load_tensors(card.directions_path, card.directions_sha256)
    without = {name: tensor for name, tensor in tensors.items() if name != "readout"}
    path = tmp_path / "older.safetensors"
    checkpoints.write_tensors(path, without, metadata)
    assert load_directions(path, None, card.sha256, CPU).readout is None
    nameless = {name: text for name, text in metadata.items() if name != "readout"}
    checkpoints.write_tensors(path, tensors, nameless)
    with pytest.raises(CheckpointError, match="incomplete"):
        load_directions(path, None, card.sha256, CPU)
    assert json.loads(metadata["readout"])
