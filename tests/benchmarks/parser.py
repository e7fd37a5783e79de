"""How well the face parser knows real pictures that it never saw, class by class.

    python -m tests.benchmarks.parser PHOTOS_DIR PAIRS_DIR PORTRAITS.tar … [--weights FILE]
        [--sheets DIR]

``tests/data/parser-labels.json`` holds label maps, drawn by hand as ``models/training/parser.md``
tells, of pictures that are not part of this repository: photographs, the Face Research Lab London
Set, and portraits of the fifth that is never trained on. Printed is the intersection of what is
labelled and what is found over their union, of all pictures' pixels together (the usual mean IoU
is the mean of that over the classes), beside it what the network and the mesh say alone.
``--sheets`` writes overlays to look at: labelled left, found right.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from models.checkpoints import load_tensors
from models.faces.face_classes import CONTOURS, OVAL, UNKNOWN
from models.faces.mesh import FaceMesh
from models.faces.parser import FaceParser, ParserNetwork, features, load_parser, with_features
from models.training.parser_label import found_mesh, labelled_pictures, overlay
from models.training.parser_labels import polygon
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Counts = NDArray[np.int64]
    Labels = NDArray[np.uint8]
    Picture = NDArray[np.uint8]

LABELS = Path(__file__).parents[1] / "data" / "parser-labels.json"
_COUNT = len(CLASSES)


def confusion(wanted: Labels, found: Labels) -> Counts:
    """(classes, classes), pixels by what they are and what they were found to be."""
    known = wanted != UNKNOWN
    pairs = wanted[known].astype(np.int64) * _COUNT + found[known]
    return np.bincount(pairs, minlength=_COUNT**2).reshape(_COUNT, _COUNT)


def overlaps(counts: Counts) -> Array:
    """Intersection over union of each class, (classes,); NaN where it is nowhere."""
    common = np.diag(counts).astype(np.float64)
    union = counts.sum(0) + counts.sum(1) - np.diag(counts)
    return np.divide(common, union, out=np.full(len(common), np.nan), where=union > 0)


def of_mesh(mesh: Array) -> Labels:
    """What the contours of the mesh alone say."""
    labels = features(mesh, 512)
    labels[(labels == 0) & polygon(mesh[list(OVAL)])] = CLASSES.index("skin")
    return labels


def _network(weights: Path | None) -> ParserNetwork:
    if weights is None:
        return load_parser(torch.device("cpu"))
    network = ParserNetwork()
    tensors, _ = load_tensors(weights, None)
    network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    return network.eval().requires_grad_(requires_grad=False)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, prog="tests.benchmarks.parser")
    parser.add_argument("pictures", type=Path, nargs="+", help="folders and tars")
    parser.add_argument("--weights", type=Path, help="instead of those that ship")
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cpu = torch.device("cpu")
    faces = FaceParser(cpu, _network(options.weights))
    mesh = FaceMesh.load(cpu)
    totals = {name: np.zeros((_COUNT, _COUNT), np.int64) for name in ("parser", "network", "mesh")}
    pictures: dict[str, Array] = {}
    seconds: list[float] = []
    for row, picture in labelled_pictures(options.labels, options.pictures):
        wanted, points = row.labels, found_mesh(mesh, picture)
        began = time.perf_counter()
        shares = faces.seen(picture, points)
        alone = shares.argmax(0).astype(np.uint8)
        found = with_features(shares, points).argmax(0).astype(np.uint8)
        seconds.append(time.perf_counter() - began)
        counts = confusion(wanted, found)
        pictures[row.name] = overlaps(counts)
        totals["parser"] += counts
        totals["network"] += confusion(wanted, alone)
        totals["mesh"] += confusion(wanted, of_mesh(points))
        if options.sheets:
            options.sheets.mkdir(parents=True, exist_ok=True)
            sheet = np.hstack([overlay(picture, wanted), overlay(picture, found)])
            Image.fromarray(sheet).save(options.sheets / f"{Path(row.name).stem}.png")
    _print(totals, pictures, seconds)


def _print(totals: dict[str, Counts], pictures: dict[str, Array], seconds: list[float]) -> None:
    found, alone = overlaps(totals["parser"]), overlaps(totals["network"])
    of_contours = overlaps(totals["mesh"])
    share = totals["parser"].sum(1) / totals["parser"].sum()
    print(f"{len(pictures)} pictures\n")
    print(
        "| class | share of pixels | parser | its network alone | the mesh |\n|---|---|---|---|---|"
    )
    for number, name in enumerate(CLASSES):
        without = of_contours[number] if name in CONTOURS or name in ("skin", "iris") else np.nan
        told = "–" if np.isnan(without) else f"{without:.3f}"
        both = f"{found[number]:.3f} | {alone[number]:.3f}"
        print(f"| {name} | {100 * share[number]:.2f} % | {both} | {told} |")
    print(f"| mean | | {np.nanmean(found):.3f} | {np.nanmean(alone):.3f} | |")
    drawn = [k for k, name in enumerate(CLASSES) if name not in CONTOURS and name != "iris"]
    both = f"{np.nanmean(found[drawn]):.3f} | {np.nanmean(alone[drawn]):.3f}"
    print(f"| mean of what labels did not take from the mesh | | {both} | |")
    correct = np.trace(totals["parser"]) / totals["parser"].sum()
    median = 1000 * float(np.median(seconds))
    print(f"\n{100 * correct:.1f} % of pixels; {median:.0f} ms a face (median)")
    number = CLASSES.index("hair")
    worst = sorted(
        (values[number], name) for name, values in pictures.items() if not np.isnan(values[number])
    )
    print("hair, worst: " + ", ".join(f"{name} {value:.2f}" for value, name in worst[:6]))


if __name__ == "__main__":
    main()
