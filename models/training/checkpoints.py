"""Files of a training run: whole states, exports, and parts small enough to pass around.

Everything is safetensors: names, shapes and numbers, nothing that runs when opened.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, cast

import torch
from safetensors import safe_open
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] - os.PathLike of anything

from models.packing import unpacked

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from torch import Tensor, nn

PART_BYTES = 15_000_000


class _Opened(Protocol):
    def keys(self) -> list[str]: ...
    def get_tensor(self, name: str) -> Tensor: ...
    def metadata(self) -> dict[str, str] | None: ...


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Hand out a temporary neighbour of ``path`` that takes its place once written and synced."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write a safetensors file; an older one stays whole until the new one is."""
    contiguous = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    with replacing(path) as temporary:
        save_file(contiguous, temporary, dict(metadata))


def read_tensors(path: Path, prefix: str = "") -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors whose names start with ``prefix`` (cut off), and the file's metadata."""
    with safe_open(path, "pt") as opened:  # pyright: ignore[reportUnknownVariableType] untyped
        file = cast("_Opened", opened)  # safetensors' own types are unknown to pyright
        tensors = {
            name.removeprefix(prefix): file.get_tensor(name)
            for name in file.keys()  # noqa: SIM118 - no mapping
            if name.startswith(prefix)
        }
        return unpacked(tensors), file.metadata() or {}


def take_up(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimiser the state that :func:`optimiser_tensors` made of one like it.

    Moments are laid out in memory as their parameters are, which files do not tell and fused
    optimisers insist on.
    """
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".")
        state.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    for parameter, kept in optimiser.state.items():
        for name, tensor in kept.items():
            if name != "step":
                kept[name] = torch.empty_like(parameter, requires_grad=False).copy_(tensor)


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Its state by ``<parameter's number>.<name>``."""
    rows: dict[int, dict[str, Tensor]] = optimiser.state_dict()["state"]
    return {f"{i}.{name}": tensor for i, row in rows.items() for name, tensor in row.items()}


def state_tensors(
    modules: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
    device: torch.device,
) -> dict[str, Tensor]:
    """Modules and optimisers by their names, and where random numbers stand."""
    tensors = {"random.cpu": torch.get_rng_state()}
    if device.type == "cuda":
        tensors["random.cuda"] = torch.cuda.get_rng_state(device)
    for name, module in modules.items():
        tensors |= {f"{name}.{k}": v for k, v in module.state_dict().items()}
    for name, optimiser in optimisers.items():
        tensors |= {f"{name}.{k}": v for k, v in optimiser_tensors(optimiser).items()}
    return tensors


def take_up_random(tensors: Mapping[str, Tensor], device: torch.device) -> None:
    """Go on with the random numbers of :func:`state_tensors`."""
    torch.set_rng_state(tensors["random.cpu"])
    if device.type == "cuda" and "random.cuda" in tensors:
        torch.cuda.set_rng_state(tensors["random.cuda"], device)


def under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those whose names start with ``prefix``, without it."""
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def halved(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Floating-point tensors as float16, for files that are shipped.

    Raises:
        ValueError: a value does not fit float16.
    """
    half = {k: v.half() if v.is_floating_point() else v for k, v in tensors.items()}
    for name, tensor in half.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{name} holds values that float16 cannot; the training has diverged")
    return half


def split(path: Path, folder: Path, part_bytes: int = PART_BYTES) -> list[Path]:
    """Cut a file into parts ``<name>.<i>of<n>.<first 12 digits of its SHA-256>``."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    count = -(-len(content) // part_bytes)
    parts: list[Path] = []
    for i in range(count):
        part = folder / f"{path.name}.{i + 1}of{count}.{digest}"
        part.write_bytes(content[i * part_bytes : (i + 1) * part_bytes])
        parts.append(part)
    return parts


def available(path: Path, target: Path) -> Path:
    """``path``, or if only its parts lie there, ``target``, to which they are joined.

    Raises:
        ValueError: neither is there, or the parts are damaged.
    """
    if path.exists():
        return path
    parts = sorted(path.parent.glob(f"{path.name}.*of*.*"))
    if not parts:
        raise ValueError(f"{path} is not there, neither whole nor in parts; copy it there")
    join(parts, target)
    return target


def join(parts: list[Path], target: Path) -> None:
    """Put the parts of :func:`split` together again, in any order given.

    Raises:
        ValueError: parts are missing, damaged, or of different files.
    """
    ordered: dict[int, Path] = {}
    kinds: set[tuple[str, str]] = set()
    for part in parts:
        named = re.fullmatch(r".+\.(\d+)of(\d+)\.([0-9a-f]{12})", part.name)
        if named is None:
            raise ValueError(f"{part.name} is not named like a part (name.1of2.0123456789ab)")
        ordered[int(named[1])] = part
        kinds.add((named[2], named[3]))
    if len(kinds) != 1:
        raise ValueError("these parts belong to different files; join one file's at a time")
    ((count, digest),) = kinds
    if sorted(ordered) != list(range(1, int(count) + 1)):
        raise ValueError(f"parts {sorted(ordered)} of {count} are here; the others are missing")
    content = b"".join(ordered[i].read_bytes() for i in sorted(ordered))
    if hashlib.sha256(content).hexdigest()[:12] != digest:
        raise ValueError(
            "the joined parts do not have the checksum in their names; copy them again"
        )
    with replacing(target) as temporary:
        temporary.write_bytes(content)
