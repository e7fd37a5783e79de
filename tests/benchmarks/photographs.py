"""The faces of a folder of photographs, opened and inverted as the editor does it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from editor.engine.engine import Engine
from editor.engine.jobs import Invert, OpenedPhoto, OpenPhoto
from tests.benchmarks.jobs import photographs, result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.history import Inversion
    from models.device import DeviceChoice


def inverted(
    folder: Path, device: DeviceChoice, steps: int, kept: Path
) -> Iterator[tuple[str, str, Tensor]]:
    """Kind, name and code (channels,) of the largest face of each photograph: Faces.of takes them.

    Codes are kept in the file ``kept`` (.npz), by the photograph's and the generator's digest and
    the number of steps, and taken from there. A photograph without a face is named and left out.
    """
    codes: dict[str, NDArray[np.float32]] = {}
    if kept.is_file():
        with np.load(kept, allow_pickle=False) as file:
            codes = {key: file[key] for key in file.files}
    engine = Engine.create(device)
    for path in photographs(folder):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        key = f"{digest}-{engine.workspace.layout.generator[:16]}-{steps}"
        if key not in codes:
            opened = cast("OpenedPhoto", result(engine, OpenPhoto(path)))
            if not opened.faces:
                print(f"{path.name}: no face found, left out", flush=True)
                continue
            job = Invert(opened.photo, engine.crop_of(opened.faces[0]), steps)
            codes[key] = cast("Inversion", result(engine, job)).code.values
            np.savez(kept, **codes)  # pyright: ignore[reportArgumentType]  # takes them for flags
        yield "photographs", path.stem, torch.from_numpy(codes[key].copy())
    engine.close()
