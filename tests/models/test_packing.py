"""Weights in 8 bits: what comes back, which are packed, and what does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from models.checkpoints import CheckpointError, load_tensors
from models.packing import SCALE, packed, unpacked
from models.training import checkpoints
from models.training.train_generator import main

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


def some() -> dict[str, Tensor]:
    drawn = torch.Generator().manual_seed(2)
    sizes = torch.logspace(-4, 2, 16)[:, None, None, None]
    kernel = torch.randn(16, 64, 3, 3, generator=drawn) * sizes
    kernel[3] = 0
    return {
        "kernel": kernel.half(),
        "bias": torch.randn(9000, generator=drawn).half(),
        "small": torch.randn(4, 4, generator=drawn),
        "counts": torch.arange(8192).view(2, -1),
    }


def test_rows_come_back_within_a_step_of_their_own() -> None:
    before = some()
    after = unpacked(packed(before))
    assert after.keys() == before.keys()
    for name in ("bias", "small", "counts"):
        assert torch.equal(after[name], before[name]), name
    off = (after["kernel"].float() - before["kernel"].float()).flatten(1).abs().amax(1)
    largest = before["kernel"].float().flatten(1).abs().amax(1)
    assert (off <= largest / 220 + 1e-7).all()
    assert after["kernel"].dtype == torch.float16


def test_a_packed_file_is_half_as_large_and_reads_as_any_other(tmp_path: Path) -> None:
    whole, half = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    tensors = {"kernel": torch.randn(64, 1024).half()}
    checkpoints.write_tensors(whole, tensors, {"generator": "mine"})
    main(["pack", str(whole), str(half)])
    assert half.stat().st_size < 0.55 * whole.stat().st_size
    for read, metadata in (load_tensors(half, None), checkpoints.read_tensors(half)):
        assert metadata == {"generator": "mine"}
        torch.testing.assert_close(read["kernel"], tensors["kernel"], atol=0.02, rtol=0)


def test_a_scale_that_does_not_fit_is_damage(tmp_path: Path) -> None:
    scale, whole = "a" + SCALE, torch.zeros(4, 4, dtype=torch.int8)
    for broken in ({scale: torch.ones(3)}, {"a": whole, scale: torch.ones(3)}):
        checkpoints.write_tensors(tmp_path / "x.safetensors", broken, {})
        with pytest.raises(CheckpointError, match="cannot be read"):
            load_tensors(tmp_path / "x.safetensors", None)
