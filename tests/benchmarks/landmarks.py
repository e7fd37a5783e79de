"""How near the mesh comes to points placed by hand, and how long it takes.

    python -m tests.benchmarks.landmarks PAIRS_DIR [--threads 2]

``tests/data/pairs-points.csv`` holds ten points on each of 20 pictures of PAIRS_DIR (the Face
Research Lab London Set, not part of this repository): the centres of the irises, the corners of the
eyes and of the mouth, the middle of the upper lip's upper and of the lower lip's lower edge. They
were placed on enlargements of the pictures, before any network was asked. The outer corners of the
eyes alone were placed a second time: first at the end of the lashes' line, which the mesh and
dlib's landmarks then turned out to miss inwards by 5 %, then, on larger and lighter enlargements,
where the edges of the lids meet. Errors are in percent of the distance between the irises.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from models.faces.detection import FaceDetector, strongest
from models.faces.finder import FaceFinder
from models.faces.mesh import FaceMesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Points = dict[str, tuple[float, float]]

HAND_PLACED = Path(__file__).parents[1] / "data" / "pairs-points.csv"
MESH = {
    "right iris": 468, "right eye outer": 33, "right eye inner": 133, "left eye inner": 362,
    "left eye outer": 263, "left iris": 473, "right mouth corner": 61, "left mouth corner": 291,
    "upper lip": 0, "lower lip": 17,
}  # fmt: skip
"""Which point of the mesh is which of those placed by hand; right is the person's own."""


def hand_placed() -> dict[str, Points]:
    """The points of each picture, pixels; the centre of the first pixel is 0, 0."""
    points: dict[str, Points] = {}
    with HAND_PLACED.open(newline="") as file:
        for row in csv.DictReader(file):
            points.setdefault(row["picture"], {})[row["point"]] = float(row["x"]), float(row["y"])
    return points


def errors(
    points: Points, found: NDArray[np.float64], numbers: dict[str, int]
) -> dict[str, tuple[float, float]]:
    """How far the found points lie to the right and below, in percent of the pupil distance."""
    unit = math.dist(points["right iris"], points["left iris"]) / 100
    return {
        name: ((found[k, 0] - points[name][0]) / unit, (found[k, 1] - points[name][1]) / unit)
        for name, k in numbers.items()
    }


def table(methods: dict[str, list[dict[str, tuple[float, float]]]]) -> str:
    """A Markdown table: a line for each point, and the means."""
    lines = [
        "| point | " + " | ".join(methods) + " |",
        "|---|" + "---|" * len(methods),
    ]
    for name in MESH:
        cells: list[str] = []
        for rows in methods.values():
            off = np.array([row[name] for row in rows if name in row])
            if len(off):
                (x, y), mean = off.mean(0), np.linalg.norm(off, axis=1).mean()
                cells.append(f"{mean:.2f} ({x:+.1f}, {y:+.1f})")
            else:
                cells.append("–")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    without = [name for name in MESH if "iris" not in name]
    for title, names in (("without the irises", without), ("all", list(MESH))):
        means = [
            np.mean([math.hypot(*row[n]) for row in rows for n in names if n in row])
            if all(n in rows[0] for n in names)
            else math.nan
            for rows in methods.values()
        ]
        lines.append(f"| **{title}** | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")
    return "\n".join(lines)


def milliseconds(mesh: FaceMesh, picture: Picture, frame: NDArray[np.float64]) -> str:
    """Of two passes for one face, and for each of eight at once; the median of 20 and the least."""
    cells: list[str] = []
    for faces in (1, 8):
        took: list[float] = []
        for _ in range(20):
            began = time.perf_counter()
            mesh.found([picture] * faces, [frame] * faces)
            took.append(1000 * (time.perf_counter() - began) / faces)
        cells.append(f"{faces} at once: median {np.median(took):.1f}, least {min(took):.1f} ms")
    return "; ".join(cells)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, prog="tests.benchmarks.landmarks")
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    mesh, detector = FaceMesh.load(torch.device("cpu")), FaceDetector()
    finder = FaceFinder(mesh, detector)
    one, two, found = ([] for _ in range(3))
    speed = ""
    for name, points in hand_placed().items():
        bgr = cv2.imread(str(options.pairs / f"{name}.jpg"))
        if bgr is None:
            parser.error(f"{options.pairs} holds no {name}.jpg")
        picture = np.ascontiguousarray(bgr[..., ::-1], np.uint8)
        frame = strongest(next(detector.searches(picture)))[0].frame()
        one.append(errors(points, mesh.found([picture], [frame], 1)[0].points, MESH))
        two.append(errors(points, mesh.found([picture], [frame])[0].points, MESH))
        found.append(errors(points, finder.detect(picture)[0].points, MESH))
        speed = speed or milliseconds(mesh, picture, frame)
        print(f"{name} done", flush=True)
    print(table({"one pass": one, "two passes": two, "as found": found}))
    print(f"\nTwo passes on {options.threads} threads, a face: {speed}")


if __name__ == "__main__":
    main()
