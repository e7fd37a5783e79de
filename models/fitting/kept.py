"""Tensors kept in the user's own folders, written in one step and checked when they are read.

Somebody, or a disk, may have changed them since: each file holds a digest of all the rest.
"""

from __future__ import annotations

import hashlib
import json
import stat
from typing import TYPE_CHECKING, cast

from safetensors import SafetensorError
from safetensors.torch import load, save

from foundation.atomic_files import atomic_write
from models.checkpoints import CheckpointError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

_DIGEST = "digest"


def write_kept(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, str]) -> None:
    """Write tensors and facts.

    Raises:
        OSError: they cannot be written.
    """
    stored = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, save(stored, {**facts, _DIGEST: _digest(stored, facts)}))


def read_kept(path: Path, largest: int) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and facts, as they were written: the same bytes, and finite.

    Args:
        path: the file.
        largest: bytes that it may have.

    Raises:
        FileNotFoundError: it is not there.
        CheckpointError: it is larger, damaged, was changed, or cannot be read.
    """
    try:
        about = path.stat()  # asked first: to open a pipe or a device may never end
        if not stat.S_ISREG(about.st_mode) or about.st_size > largest:
            raise _damaged(path, "it is no file, or larger than any")
        content = path.read_bytes()  # not mapped: the file may be replaced meanwhile
        tensors = load(content)
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        facts = cast("dict[str, str]", header.get("__metadata__", {}))  # texts, load has seen to it
    except FileNotFoundError:
        raise
    except (OSError, SafetensorError, ValueError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise _damaged(path, str(error)) from error
    if facts.pop(_DIGEST, "") != _digest(tensors, facts):
        raise _damaged(path, "its bytes are others than were written")
    # samples may lack a measure; what is fitted to them may not
    strange = [
        n for n, t in tensors.items() if t.isinf().any() or (n != "values" and t.isnan().any())
    ]
    if strange:
        raise _damaged(path, f"{strange[0]} holds numbers that are none")
    return tensors, facts


def _digest(tensors: Mapping[str, Tensor], facts: Mapping[str, str]) -> str:
    found = hashlib.sha256()
    for name in sorted(facts):
        found.update(repr((name, facts[name])).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(repr((name, str(tensor.dtype), tuple(tensor.shape))).encode())
        found.update(tensor.numpy().tobytes())
    return found.hexdigest()


def _damaged(path: Path, why: str) -> CheckpointError:
    return CheckpointError(f"{path.name} is damaged ({why}).", "Fit the attributes again.")
