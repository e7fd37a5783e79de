"""Directions of other tools, checked against the generator that they shall steer.

A direction means something in one network and its descendants only. What can be checked is: its
length and rows, the means that a file carries against the generator's own, and what is known about
files that are passed around (``resources/published-directions.toml``).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

import resources
from models.checkpoints import CheckpointError
from models.importing.arrays import as_float32, is_array, plain_array
from models.importing.bounded import MalformedError, shown
from models.importing.modules import as_dict
from models.importing.reading import opened

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.generator import Generator
    from models.importing.reading import Opened

    Floats = NDArray[np.float32]

Space = Literal["Z", "W", "W+", "S"]

COARSE_ROWS = 8  # generators-with-stylegan2 moves the first rows only
MOST_COMPONENTS = 512
LARGEST_STEP = 4.0  # published directions have rows of norm 0.2 to 1.3, codes of 7 to 18


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a direction must fit.

    Attributes:
        num_ws, z_dim, w_dim: of the generator.
        styles: (name, width) of each style vector in synthesis order, "b8.conv0".
        lineage: the networks that it descends from, such as "stylegan2-ffhq"; "" when unknown.
        w_mean: (w_dim,), its mean of W.
        s_mean: (channels,), the style code of that mean.
    """

    num_ws: int
    z_dim: int
    w_dim: int
    styles: tuple[tuple[str, int], ...]
    lineage: str
    w_mean: Floats
    s_mean: Floats

    @classmethod
    def of(cls, generator: Generator, lineage: str = "") -> Target:
        """A generator's."""
        mean = generator.mapping.w_avg.detach()
        styles = generator.styles(generator.broadcast(mean[None]))[0].detach()
        return cls(
            generator.num_ws,
            generator.config.z_dim,
            generator.config.w_dim,
            tuple((layer.name, layer.stop - layer.start) for layer in generator.style_layers),
            lineage,
            as_float32(mean.cpu().numpy()),
            as_float32(styles.cpu().numpy()),
        )

    def check_lineage(self, name: str, fitted_to: str) -> None:
        """A file that was fitted to one network is not for another.

        Raises:
            CheckpointError: it is known to be.
        """
        if fitted_to.startswith("stylegan1"):
            raise CheckpointError(
                f"{name} was fitted to StyleGAN1 ({fitted_to}), whose latent space has nothing in "
                "common with a StyleGAN2 generator's.",
                "Choose directions that were fitted to this generator.",
            )
        if fitted_to and self.lineage and fitted_to != self.lineage:
            raise CheckpointError(
                f"{name} was fitted to {fitted_to}; this generator is {self.lineage}, in which the "
                "same numbers mean something else.",
                "Choose directions that were fitted to this generator, or find some: SeFa and "
                "GANSpace need only the generator.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class LatentDirection:
    """One direction, ready to be added.

    Attributes:
        name: from its file, for people.
        space: where ``step`` is added.
        step: one unit of a slider: Z (z_dim,), W and W+ (num_ws, w_dim), S (channels,).
        unit: what that is, in words.
        norm: of the file's vector, before it was made a unit.
        rows: first and last + 1 of the rows that it moves.
        family: whose file it is.
        fitted_to: networks that it belongs to; "" when the file does not tell.
    """

    name: str
    space: Space
    step: Floats
    unit: str
    norm: float
    rows: tuple[int, int]
    family: str
    fitted_to: str


def read_directions(
    path: Path, target: Target, space: Literal["Z", "W"] | None = None
) -> tuple[LatentDirection, ...]:
    """The directions of a file; of components, the strongest first.

    Of InterFaceGAN, generators-with-stylegan2, e4e, ReStyle, PTI, GANSpace and rosinality's SeFa.

    Args:
        path: the file.
        target: the generator to steer.
        space: of a plain vector; None: as its name says, which is W unless it is InterFaceGAN's.

    Raises:
        CheckpointError: it is none, damaged, or for another generator.
    """
    with opened(path) as file:
        file.refuse_programs()
        name = _plain_name(path)
        fitted_to = known_files().get(file.sha256, "")
        if not fitted_to and re.match(r"(stylegan|pggan)_", path.name):
            fitted_to = "stylegan1" if path.name.startswith("stylegan_") else "pggan"
        if fitted_to == "pggan":
            raise MalformedError("was fitted to ProGAN, which has no space W")
        target.check_lineage(file.name, fitted_to)
        value, arrays = file.contents.value, file.contents.arrays
        if file.contents.kind == "npz":
            return _ganspace(file, path, target)
        array = arrays.array(value) if is_array(value) else plain_array(value)
        if array is not None:
            return (_vector(as_float32(array), name, path, target, space, fitted_to),)
        named = as_dict(value)
        if {"mean", "comp", "std"} <= named.keys():
            mean, rows, sd = (as_float32(arrays.array(named[k])) for k in ("mean", "comp", "std"))
            return _components(rows, sd, mean, target, "GANSpace (e4e, PTI)", fitted_to)
        if "eigvec" in named:
            columns = as_float32(arrays.array(named["eigvec"]))
            if columns.ndim != 2:
                raise MalformedError(f"holds components of the shape {columns.shape}")
            return _components(columns.T, None, None, target, "SeFa (rosinality)", fitted_to)
    raise CheckpointError(
        f"{shown(path.name)} holds no direction.",
        "Choose a direction file: .npy, .pt or .npz of InterFaceGAN, e4e, GANSpace or SeFa.",
    )


def _vector(
    array: Floats,
    name: str,
    path: Path,
    target: Target,
    space: Literal["Z", "W"] | None,
    fitted_to: str,
) -> LatentDirection:
    boundary = "boundary" in path.name
    if space is None:
        space = "Z" if boundary and "_w_" not in path.name else "W"
    width = target.z_dim if space == "Z" else target.w_dim
    rows = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    if array.ndim > 3 or (array.ndim == 3 and array.shape[0] != 1):
        raise MalformedError(f"holds an array of the shape {array.shape}, which is no direction")
    if rows.shape[1] != width:
        raise MalformedError(
            f"has vectors of {rows.shape[1]} numbers; those of this generator's space {space} have "
            f"{width}"
        )
    norm = _checked_norm(rows)
    if len(rows) == 1 or np.ptp(rows, axis=0).max() <= 1e-6 * norm:
        family = "InterFaceGAN" if boundary else "e4e, ReStyle, PTI" if path.suffix == ".pt" else ""
        unit = rows[0] / norm
        if space == "Z":
            step = unit
            moved = (0, 1)
        else:
            moved = (0, target.num_ws)
            if len(rows) > 1 and path.parent.name == "latent_directions":
                family, moved = "generators-with-stylegan2", (0, min(COARSE_ROWS, target.num_ws))
            step = np.zeros((target.num_ws, width), np.float32)
            step[moved[0] : moved[1]] = unit
        return LatentDirection(
            name, space, step, "one step of length 1", norm, moved, family or "a vector", fitted_to
        )
    if len(rows) != target.num_ws:
        raise MalformedError(
            f"has {len(rows)} different rows, this generator {target.num_ws}: it was fitted to one "
            f"of {_side(len(rows))} pixels"
        )
    return LatentDirection(
        name, "W+", rows / norm, "one step of length 1 per row", norm, (0, len(rows)),
        "a vector for each row", fitted_to,
    )  # fmt: skip


def _side(rows: int) -> str:
    return (
        str(4 << (rows // 2 - 1)) if rows % 2 == 0 and 4 <= rows <= 18 else "an unknown number of"
    )


def _checked_norm(rows: Floats) -> float:
    """The largest norm of a row."""
    norm = float(np.linalg.norm(rows, axis=1).max())
    if norm < 1e-6:
        raise MalformedError("holds a direction of length 0")
    if norm > LARGEST_STEP:
        raise MalformedError(
            f"holds vectors of length {norm:.1f}, which are latent codes rather than a direction"
        )
    return norm


def _ganspace(file: Opened, path: Path, target: Target) -> tuple[LatentDirection, ...]:
    named = cast("dict[str, Floats]", file.contents.value)
    if not {"lat_comp", "lat_mean", "lat_stdev"} <= named.keys():
        raise MalformedError("is no GANSpace file (lat_comp, lat_mean and lat_stdev are not there)")
    # {model}-{class}_{layer}_{estimator}_c{n}_n{N}[_w][_seed].npz
    title = re.match(r"([A-Za-z0-9]+)-([^_]+)_([^_]+)_", path.name)
    if title and title[1].lower() != "stylegan2":
        raise MalformedError(f"was computed for {shown(title[1])}, not for StyleGAN2")
    fitted_to = f"stylegan2-{title[2].lower()}" if title else ""
    if title and not re.search(r"_w(_|\.)", path.name):
        raise MalformedError("holds components of Z; those of W have _w in their name")
    target.check_lineage(file.name, fitted_to)
    rows, mean, sd = (as_float32(named[k]) for k in ("lat_comp", "lat_mean", "lat_stdev"))
    return _components(rows, sd, mean, target, "GANSpace", fitted_to)


def _components(
    rows: Floats,
    sd: Floats | None,
    mean: Floats | None,
    target: Target,
    family: str,
    fitted_to: str,
) -> tuple[LatentDirection, ...]:
    """Principal components of W: one unit of a slider is one standard deviation."""
    rows = rows.reshape(len(rows) if rows.ndim > 1 else 1, -1)
    if rows.shape[1] != target.w_dim or len(rows) > MOST_COMPONENTS:
        raise MalformedError(
            f"has components of {rows.shape[1]} numbers; W of this generator has {target.w_dim}"
        )
    norms = np.linalg.norm(rows, axis=1)
    if np.abs(norms - 1).max() > 1e-2:
        raise MalformedError("has components that are not of length 1")
    if sd is not None:
        sd = sd.reshape(-1)
        if len(sd) != len(rows) or (sd <= 0).any():
            raise MalformedError("has other standard deviations than components")
    if mean is not None and sd is not None:
        _check_mean(mean.reshape(-1), float(np.sqrt((sd**2).sum())), target)
    made: list[LatentDirection] = []
    for i, row in enumerate(rows):
        scale = 1.0 if sd is None else float(sd[i])
        step = np.tile(row * np.float32(scale), (target.num_ws, 1))
        unit = "one step of length 1" if sd is None else f"one standard deviation ({scale:.2f})"
        made.append(
            LatentDirection(
                f"component {i}", "W", step, unit, float(norms[i]), (0, target.num_ws), family,
                fitted_to,
            )
        )  # fmt: skip
    return tuple(made)


def _check_mean(mean: Floats, spread: float, target: Target) -> None:
    """The mean of W that a file was computed with is this generator's."""
    if mean.shape != target.w_mean.shape:
        raise MalformedError(f"has a mean of {mean.size} numbers")
    distance = float(np.linalg.norm(mean - target.w_mean))
    if distance > 0.5 * spread:
        raise MalformedError(
            f"was computed for another generator: its mean of W lies {distance / spread:.1f} "
            "standard deviations from this one's"
        )


@lru_cache(maxsize=1)
def _published() -> dict[str, list[dict[str, object]]]:
    with resources.path("published-directions.toml").open("rb") as file:
        return tomllib.load(file)


def known_files() -> dict[str, str]:
    """SHA-256 of files that are passed around → the networks that they were fitted to."""
    return {str(row["sha256"]): str(row["fitted_to"]) for row in _published()["file"]}


@dataclass(frozen=True, slots=True)
class PublishedChannels:
    """Channels of NVIDIA's FFHQ network, config-f, that others have named.

    Attributes:
        name: what they are said to do.
        channels: such as "12_479".
        measure: of ``models.measures`` that tells which sign does it; "" where none does.
        lowers: whether what is meant has less of the measure.
    """

    name: str
    channels: tuple[str, ...]
    measure: str = ""
    lowers: bool = False


def published_channels() -> tuple[PublishedChannels, ...]:
    """All that are known, as published."""
    return tuple(
        PublishedChannels(
            str(row["name"]),
            tuple(map(str, cast("list[object]", row["channels"]))),
            str(row.get("measure", "")),
            row.get("lowers") is True,
        )
        for row in _published()["channels"]
    )


def _plain_name(path: Path) -> str:
    stem = re.sub(r"^stylegan2_[a-z]+_|_(w_)?boundary$", "", path.stem)
    return shown(stem.replace("_", " ")) or "direction"
