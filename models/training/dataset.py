"""Aligned portraits from a folder or a tar: read, split for good, served as mirrored batches.

The part before the first underscore of a file's name says where the picture came from
(``pexels_00012.webp``); it is kept, so that a source can be dropped, or count less, by its name.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from torch import Tensor

Part = Literal["training", "held-out", "all"]
SUFFIXES = frozenset({".webp", ".png", ".jpg", ".jpeg"})


def in_parts(x: Tensor, size: int) -> Iterator[Tensor]:
    """Consecutive slices of at most ``size`` rows."""
    return (x[i : i + size] for i in range(0, len(x), size))


def is_held_out(name: str) -> bool:
    """Whether a picture belongs to the fifth that is never trained on.

    Decided by a hash of the name without folder and suffix, so that a picture stays on its side
    when others come or go, or when it is stored in another format.
    """
    return hashlib.sha256(PurePosixPath(name).stem.encode()).digest()[0] % 5 == 0


def source_of(name: str) -> str:
    """Where a picture came from: its name up to the first underscore."""
    return PurePosixPath(name).stem.partition("_")[0]


@dataclass(frozen=True, slots=True)
class Portraits:
    """Pictures in memory.

    Attributes:
        names: file names, sorted.
        pixels: uint8 (n, 3, r, r).
        weights: how much each counts (n,), 1 on average; None is all alike.
    """

    names: tuple[str, ...]
    pixels: Tensor
    weights: Tensor | None = None

    def to(self, device: torch.device) -> Portraits:
        """The same pictures on another device."""
        weights = None if self.weights is None else self.weights.to(device)
        return Portraits(self.names, self.pixels.to(device), weights)

    def weighed(self, by_name: Mapping[str, float]) -> Portraits:
        """The same pictures, counting as given by file name without suffix, or by source.

        What neither is named counts 1, relative to the others.
        """
        weights = torch.tensor(
            [
                by_name.get(PurePosixPath(name).stem, by_name.get(source_of(name), 1.0))
                for name in self.names
            ]
        )
        return Portraits(self.names, self.pixels, weights / weights.mean())

    def batch(self, count: int, device: torch.device) -> Tensor:
        """Random pictures, each mirrored half the time: float32 (count, 3, r, r) in [−1, 1]."""
        where = self.pixels.device
        if self.weights is None:
            rows = torch.randint(len(self.names), (count,), device=where)
        else:
            rows = torch.multinomial(self.weights, count, replacement=True)
        x = self._pictures(rows, device)
        return torch.where(torch.rand(count, 1, 1, 1, device=device) < 0.5, x.flip(3), x)

    def rows(self) -> Tensor | None:
        """As many rows as there are pictures, each as often as it counts; None is each once."""
        if self.weights is None:
            return None
        ends = self.weights.double().cumsum(0)
        count = len(self.names)
        middles = (torch.arange(count, device=ends.device) + 0.5) * (ends[-1] / count)
        return torch.searchsorted(ends, middles).clamp(max=count - 1)

    def unmirrored(self, count: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Different random pictures as they are: their numbers (count,) and pictures as above."""
        rows = torch.randperm(len(self.names), device=self.pixels.device)[:count]
        return rows.to(device), self._pictures(rows, device)

    def _pictures(self, rows: Tensor, device: torch.device) -> Tensor:
        return self.pixels[rows].to(device, non_blocking=True).float() / 127.5 - 1


def read_portraits(
    sources: Path | Iterable[Path],
    resolution: int,
    part: Part = "all",
    drop_sources: Iterable[str] = (),
    leave_out: Iterable[str] = (),
    only: Container[str] | None = None,
) -> Portraits:
    """Read all aligned portraits below folders or inside tar files.

    Args:
        sources: a folder or tar, or several.
        resolution: side to which the pictures are scaled where they differ.
        part: the four fifths to train on, the fifth kept out of training, or both.
        drop_sources: prefixes to leave out (see :func:`source_of`).
        leave_out: names of files to leave out.
        only: names of the only files to take, if any.

    Raises:
        ValueError: nothing is left.
    """
    dropped, left_out = set(drop_sources), set(leave_out)
    places = [sources] if isinstance(sources, Path) else list(sources)

    def wanted(name: str) -> bool:
        return (
            PurePosixPath(name).suffix.lower() in SUFFIXES
            and source_of(name) not in dropped
            and name not in left_out
            and (only is None or name in only)
            and (part == "all" or is_held_out(name) == (part == "held-out"))
        )

    def decode(file: tuple[str, bytes]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        picture = Image.open(io.BytesIO(file[1])).convert("RGB")
        if picture.size != (resolution, resolution):
            picture = picture.resize((resolution, resolution), Image.Resampling.LANCZOS)
        return np.asarray(picture).transpose(2, 0, 1)

    files = sorted(
        (name, data)
        for place in places
        for name, data in _files(place, wanted_suffixes=SUFFIXES)
        if wanted(name)
    )
    if not files:
        raise ValueError(
            f"{', '.join(map(str, places))} hold no pictures for the part “{part}”; needed are "
            f"aligned {', '.join(sorted(SUFFIXES))} files that are not left out"
        )
    with ThreadPoolExecutor() as pool:
        pixels = np.stack(list(pool.map(decode, files)))
    return Portraits(tuple(name for name, _ in files), torch.from_numpy(pixels))


def really_that_large(manifests: Iterable[Path], least_scale: float) -> set[str]:
    """Names of crops for which their photographs had the pixels.

    Args:
        manifests: of ``prepare_data``, a line of JSON for each crop with ``name`` and ``scale``,
            the photograph's pixels for each of the crop's.
        least_scale: below it the crop was enlarged.
    """
    lines = (line for file in manifests for line in file.read_text().splitlines() if line)
    rows: Iterator[dict[str, str | float]] = (json.loads(line) for line in lines)
    return {str(row["name"]) for row in rows if float(row["scale"]) >= least_scale}


def _files(source: Path, wanted_suffixes: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """(name without folder, content) of every picture."""
    if source.is_dir():
        for path in source.rglob("*"):
            if path.suffix.lower() in wanted_suffixes:
                yield path.name, path.read_bytes()
        return
    with tarfile.open(source) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                yield PurePosixPath(member.name).name, content.read()
