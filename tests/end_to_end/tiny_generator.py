"""A generator of 64 pixels that knows nothing, in files like those that ship."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] untyped

from models.checkpoints import ModelCard
from models.generator import Generator

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

ATTRIBUTES = ("smile", "mouth_open", "lip_redness", "light_from_left")


def write_tiny(folder: Path, attributes: tuple[str, ...] = ATTRIBUTES) -> ModelCard:
    """Put its two files there; returns its row of the catalogue. It has no encoder."""
    generator = Generator.tiny(seed=4, resolution=64)

    def write(name: str, tensors: dict[str, Tensor], metadata: dict[str, str]) -> str:
        path = folder / name
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, path, metadata)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    sha256 = write("tiny.safetensors", generator.state_dict(), {})
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        z = torch.randn(256, generator.config.z_dim, generator=random)
        w = generator.mapping(z)
        s = generator.styles(generator.broadcast(w))
    tensors = {"s_mean": s.mean(0), "s_sd": s.std(0) + 1e-3, "w_mean": w.mean(0), "w_sd": w.std(0)}
    for name in attributes:
        step = torch.randn(s.shape[1], generator=random) * tensors["s_sd"]
        tensors[f"{name}.entangled"] = step
        tensors[f"{name}.precise"] = torch.where(
            torch.rand(len(step), generator=random) < 0.1, step, 0
        )
        whitened = step / tensors["s_sd"]
        tensors[f"{name}.normal"] = whitened / whitened.square().sum()
    facts = {name: {"mean": 0.0, "sd": 1.0, "correlation": 0.9} for name in attributes}
    metadata = {"generator": sha256, "attributes": json.dumps(facts)}
    directions_sha256 = write("tiny-directions.safetensors", tensors, metadata)
    return ModelCard(
        name="tiny-64",
        file="tiny.safetensors",
        sha256=sha256,
        directions="tiny-directions.safetensors",
        directions_sha256=directions_sha256,
        resolution=64,
        licence="none: random numbers",
    )
