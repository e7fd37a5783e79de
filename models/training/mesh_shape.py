"""Finds the mean mesh of ``resources/face-mesh.csv`` and which of its points mirror each other.

    python -m models.training.mesh_shape PORTRAITS.tar … --out resources/face-mesh.csv [--every 3]

Reads aligned portraits (tars or folders, see ``dataset``), finds the mesh of each, turns, scales
and shifts them all onto their mean (generalised Procrustes analysis), pairs each point of the mean
with the nearest one of its mirror image, and makes the mean symmetric.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.faces.mesh import FaceMesh, aligned_frame
from models.faces.mesh_shape import LEFT_EYE, RIGHT_EYE
from models.training.dataset import read_portraits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_ROUNDS = 10
_SIDE = 512
_LEAST_SCORE, _MOST_DRIFT = 0.9, 0.03


def centred(points: Array) -> Array:
    """(n, 3) about the origin, of root mean square distance 1."""
    points = points - points.mean(0)
    return points / np.sqrt((points**2).sum(1).mean())


def turned_onto(points: Array, target: Array) -> Array:
    """Centred points turned and scaled nearest to others (Umeyama 1991); never mirrored."""
    u, values, v = np.linalg.svd(points.T @ target)
    signs = np.array([1, 1, np.sign(np.linalg.det(u @ v))])
    return points @ (u * signs) @ v * ((values * signs).sum() / (points**2).sum())


def mean_of(meshes: Iterable[Array]) -> Array:
    """The mean of (478, 3) each, after Procrustes analysis, centred."""
    aligned = [centred(mesh) for mesh in meshes]
    mean = aligned[0]
    for _ in range(_ROUNDS):
        aligned = [turned_onto(mesh, mean) for mesh in aligned]
        mean = centred(np.mean(aligned, 0))
    return mean


def partners(mean: Array) -> NDArray[np.intp]:
    """(478,), which point of a mean mesh lies nearest to each one of its mirror image.

    Raises:
        ValueError: two points claim the same one: the mean is not symmetric enough.
    """
    mirror = mean * [-1, 1, 1]
    seen = mirror
    partner = np.arange(len(mean))
    for _ in range(_ROUNDS):
        partner = np.linalg.norm(mean[:, None] - seen, axis=2).argmin(1)
        u, _values, v = np.linalg.svd(mirror[partner].T @ mean)
        seen = mirror @ u @ v
    if not np.array_equal(partner[partner], np.arange(len(mean))):
        raise ValueError("the points of the mean mesh do not pair up")
    return partner


def table(mean: Array) -> Array:
    """(478, 4): the symmetric mean in eye distances from between the eyes, and the partners."""
    mean = centred(mean)
    partner = partners(mean)
    both = centred(mean[partner] * [-1, 1, 1])
    mean = centred((mean + turned_onto(both, mean)) / 2)
    across = mean[LEFT_EYE, :].mean(0) - mean[RIGHT_EYE, :].mean(0)
    unit = float(np.linalg.norm(across))
    x = across / unit
    z = np.cross(x, mean[152] - mean[10])  # the forehead's top to the chin: y is not exact yet
    z /= np.linalg.norm(z)
    turned = mean @ np.column_stack([x, np.cross(z, x), z]) / unit
    turned -= (turned[LEFT_EYE, :].mean(0) + turned[RIGHT_EYE, :].mean(0)) / 2
    return np.column_stack([turned, partner.astype(np.float64)])


def main() -> None:
    """Read the portraits and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, prog="models.training.mesh_shape")
    parser.add_argument("portraits", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take only every n-th portrait")
    options = parser.parse_args()
    mesh = FaceMesh.load(torch.device("cpu"))
    meshes: list[Array] = []
    for path in options.portraits:
        for pixels in read_portraits(path, _SIDE).pixels[:: options.every].numpy():
            picture = np.ascontiguousarray(pixels.transpose(1, 2, 0))
            (found,) = mesh.found([picture], [aligned_frame(_SIDE)])
            if found.score > _LEAST_SCORE and found.drift < _MOST_DRIFT:
                meshes.append(found.points)
        print(f"{path.name}: {len(meshes)} faces so far", flush=True)
    form = "%.4f,%.4f,%.4f,%d"
    np.savetxt(options.out, table(mean_of(meshes)), fmt=form)


if __name__ == "__main__":
    main()
