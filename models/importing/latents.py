"""Latent codes that other tools saved: projections, encoders' outputs, PTI's pivots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from models.importing.arrays import as_float32, is_array, objects_of, plain_array
from models.importing.bounded import MalformedError, shown
from models.importing.modules import as_dict
from models.importing.reading import opened

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.importing.arrays import Array
    from models.importing.directions import Target

    Floats = NDArray[np.float32]

MOST_CODES = 10_000
SHORTEST_CODE = 1.5  # published directions have rows of norm up to 1.3, codes of 7 to 18


@dataclass(frozen=True, slots=True, eq=False)
class LatentCode:
    """One code.

    Attributes:
        name: from its file, for people.
        ws: (num_ws, w_dim), absolute W+.
        space: "W" when all rows are the same.
    """

    name: str
    ws: Floats
    space: str


def read_latents(path: Path, target: Target) -> tuple[LatentCode, ...]:
    """The codes of a file: .npz, .npy and .pt.

    Of stylegan2-ada's and rosinality's projectors, e4e, ReStyle, PTI, STIT and StyleCLIP.

    Raises:
        CheckpointError: it is none, damaged, or another generator's.
    """
    with opened(path) as file:
        file.refuse_programs()
        value, arrays = file.contents.value, file.contents.arrays
        stem = shown(path.stem)
        if file.contents.kind == "npz":
            named = cast("dict[str, Array]", value)
            if "w" not in named:
                raise MalformedError("holds no projected code (w)")
            return _codes(stem, named["w"], target)
        array = plain_array(value)
        if array is not None:
            return _codes(stem, array, target)
        objects = objects_of(value)
        if is_array(value) and not objects:
            return _codes(stem, arrays.array(value), target)
        named = as_dict(objects[0] if objects else value)
        if "pivots" in named:
            return _codes(stem, arrays.array(named["pivots"]), target)
        found: list[LatentCode] = []
        for name, entry in list(named.items())[:MOST_CODES]:
            record = as_dict(entry).get("latent")  # rosinality's projector
            if isinstance(entry, list) and entry:  # ReStyle: one code for each of its iterations
                record = cast("list[object]", entry)[-1]
            if is_array(record):
                found += _codes(shown(name), arrays.array(record), target)
        if not found:
            raise MalformedError("holds no latent codes")
    return tuple(found)


def _codes(name: str, array: Array, target: Target) -> tuple[LatentCode, ...]:
    """Codes of one array: (w,), (rows, w), or (n, rows, w); rows 1, or the generator's."""
    codes = as_float32(array)
    if codes.ndim == 0 or codes.ndim > 3 or codes.shape[-1] != target.w_dim:
        raise MalformedError(
            f"holds codes of the shape {codes.shape}; those of this generator end in {target.w_dim}"
        )
    codes = codes.reshape(-1, 1 if codes.ndim == 1 else codes.shape[-2], target.w_dim)
    rows = codes.shape[1]
    if rows not in (1, target.num_ws):
        raise MalformedError(
            f"holds codes of {rows} rows; this generator has {target.num_ws}, so they belong "
            "to one of another size"
        )
    if len(codes) > MOST_CODES:
        raise MalformedError("holds more codes than can be shown")
    if np.linalg.norm(codes, axis=2).max() < SHORTEST_CODE:
        raise MalformedError("holds vectors so short that they are directions rather than codes")
    made: list[LatentCode] = []
    for i, code in enumerate(codes):
        ws = np.ascontiguousarray(np.broadcast_to(code, (target.num_ws, target.w_dim)))
        same = bool(np.ptp(ws, axis=0).max() <= 1e-6)
        title = f"{name} {i + 1}" if len(codes) > 1 else name
        made.append(LatentCode(title, ws, "W" if same else "W+"))
    return tuple(made)
