"""A second generator: the shipped one without its finest block, at 128 pixels, unable to "gaze"."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] untyped

from models.checkpoints import ModelCard, catalogue, load_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


def write_older(folder: Path) -> ModelCard:
    """Put its three files there; returns their row of the catalogue."""
    shipped = catalogue()[0]
    assert shipped.encoder_path is not None

    def write(name: str, tensors: dict[str, Tensor], metadata: dict[str, str]) -> str:
        path = folder / name
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, path, metadata)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    tensors, metadata = load_tensors(shipped.weights_path, shipped.sha256)
    finest = [len(tensors[name]) for name in tensors if "b256" in name and "affine.bias" in name]
    coarser = {name: tensor for name, tensor in tensors.items() if "b256" not in name}
    sha256 = write("older.safetensors", coarser, metadata)
    owner, gone = {"generator": sha256}, sum(finest)  # the last channels of S

    tensors, metadata = load_tensors(shipped.directions_path, shipped.directions_sha256)
    facts = json.loads(metadata["attributes"])
    del facts["gaze"]
    del tensors["readout"]  # older generators have none
    metadata |= owner | {"attributes": json.dumps(facts)}
    for name in tensors:
        if not name.startswith("w_"):
            tensors[name] = tensors[name][:-gone]
    directions_sha256 = write("older-directions.safetensors", tensors, metadata)

    tensors, metadata = load_tensors(shipped.encoder_path, shipped.encoder_sha256)
    rank = tensors["row_up"].shape[1]
    tensors["row_up"] = tensors["row_up"][:-2]
    tensors["style_up.weight"] = tensors["style_up.weight"][:-gone]
    for name in ("row_down.weight", "row_down.bias"):
        tensors[name] = tensors[name][: -2 * rank]
    encoder_sha256 = write("older-encoder.safetensors", tensors, metadata | owner)

    return ModelCard(
        name="older-128",
        file="older.safetensors",
        sha256=sha256,
        directions="older-directions.safetensors",
        directions_sha256=directions_sha256,
        encoder="older-encoder.safetensors",
        encoder_sha256=encoder_sha256,
        resolution=128,
        licence="as the shipped one's",
        shipped_until="0.1",
    )
