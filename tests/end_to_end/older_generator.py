"""The shipped generator without its finest blocks: as older ones were, and quicker to draw."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] untyped

from models.checkpoints import ModelCard, catalogue, load_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


def write_older(folder: Path, resolution: int = 128) -> ModelCard:
    """Put its three files there; returns their row of the catalogue. It is unable to "gaze".

    Args:
        folder: where to.
        resolution: 128, or 64.
    """
    return _write(folder, f"older-{resolution}", resolution, left_out=("gaze",))


def write_default(folder: Path) -> ModelCard:
    """One of 128 pixels that can do all that the shipped one can."""
    return _write(folder, "default", 128)


def _write(folder: Path, called: str, resolution: int, left_out: tuple[str, ...] = ()) -> ModelCard:
    shipped = catalogue()[0]
    assert shipped.encoder_path is not None

    def write(name: str, tensors: dict[str, Tensor], metadata: dict[str, str]) -> str:
        path = folder / name
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, path, metadata)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    tensors, metadata = load_tensors(shipped.weights_path, shipped.sha256)
    blocks = [f"b{side}." for side in (128, 256) if side > resolution]
    fine = {name for name in tensors if any(block in name for block in blocks)}
    finest = [len(tensors[name]) for name in fine if "affine.bias" in name]
    coarser = {name: tensor for name, tensor in tensors.items() if name not in fine}
    sha256 = write(f"{called}.safetensors", coarser, metadata)
    owner, gone = {"generator": sha256}, sum(finest)  # the last channels of S

    tensors, metadata = load_tensors(shipped.directions_path, shipped.directions_sha256)
    facts = json.loads(metadata["attributes"])
    for name in left_out:
        del facts[name]
    del tensors["readout"]  # it reads pictures of 256 pixels
    metadata |= owner | {"attributes": json.dumps(facts)}
    for name in tensors:
        if not name.startswith("w_"):
            tensors[name] = tensors[name][:-gone]
    directions_sha256 = write(f"{called}-directions.safetensors", tensors, metadata)

    tensors, metadata = load_tensors(shipped.encoder_path, shipped.encoder_sha256)
    rank = tensors["row_up"].shape[1]
    tensors["row_up"] = tensors["row_up"][: -2 * len(blocks)]
    tensors["style_up.weight"] = tensors["style_up.weight"][:-gone]
    for name in ("row_down.weight", "row_down.bias"):
        tensors[name] = tensors[name][: -2 * rank * len(blocks)]
    encoder_sha256 = write(f"{called}-encoder.safetensors", tensors, metadata | owner)

    return ModelCard(
        name=called,
        file=f"{called}.safetensors",
        sha256=sha256,
        directions=f"{called}-directions.safetensors",
        directions_sha256=directions_sha256,
        encoder=f"{called}-encoder.safetensors",
        encoder_sha256=encoder_sha256,
        resolution=resolution,
        licence="as the shipped one's",
        shipped_until="0.1" if left_out else "",
    )
