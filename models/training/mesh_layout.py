"""Chooses which points of the mesh stand for the 68 of iBUG's layout, by measuring.

    python -m models.training.mesh_layout PORTRAITS.tar … --out resources/face-mesh-68.csv

For aligned portraits, dlib's 68 points are compared with the points of the mesh that lie on the
same contour (jaw, brow, bridge, nostrils, lids, lips). A landmark becomes the point, or the place
between two neighbours on the contour, with the least mean square distance, both halves of the face
counted together; a place between is taken only where it is nearer by a tenth. The numbers say
where on a contour a landmark is meant to be. Prints what remains, in percent of the eye distance:
the mean distance, and how much of it is the same in all faces.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.faces.ibug import MIRRORED, eye_distance
from models.faces.mesh import FaceMesh, aligned_frame
from models.training.dataset import read_portraits
from models.training.dlib_landmarks import DlibLandmarks
from resources.face_mesh import ibug_landmarks, mirrored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Row = tuple[int, int, float]

_SIDE = 512
_LEAST_SCORE, _MOST_DRIFT = 0.9, 0.03
_SINGLE = 0.9  # a place between two points must leave less than that share of a single one's
_STEPS = np.linspace(0, 1, 21)

# Contours of the mesh on the person's right, and along the middle, each from landmark to landmark.
_JAW = (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)
_UPPER_BROW, _LOWER_BROW = (70, 63, 105, 66, 107), (46, 53, 52, 65, 55)
_BRIDGE = (168, 6, 197, 195, 5, 4, 1)
_NOSTRILS = (64, 98, 97, 2, 326, 327, 294)
_UPPER_LID = (33, 246, 161, 160, 159, 158, 157, 173, 133)
_LOWER_LID = (33, 7, 163, 144, 145, 153, 154, 155, 133)
_UPPER_LIP, _LOWER_LIP = (61, 185, 40, 39, 37, 0), (61, 146, 91, 181, 84, 17)
_UPPER_INNER, _LOWER_INNER = (78, 191, 80, 81, 82, 13), (78, 95, 88, 178, 87, 14)
_CONTOURS: tuple[tuple[range | tuple[int, ...], tuple[tuple[int, ...], ...]], ...] = (
    (range(9), (_JAW,)),
    ((17,), ((70, 35), (46, 35))),  # iBUG's outer ends lie lower than the mesh's
    (range(18, 22), (_UPPER_BROW, *zip(_UPPER_BROW, _LOWER_BROW, strict=True))),
    (range(27, 31), (_BRIDGE,)),
    (range(31, 34), (_NOSTRILS,)),
    ((36, 39), ((33,), (133,))),
    ((37, 38), (_UPPER_LID,)),
    ((40, 41), (_LOWER_LID,)),
    ((48,), ((61,),)),
    (range(49, 52), (_UPPER_LIP,)),
    ((57, 58, 59), (_LOWER_LIP,)),
    ((60,), ((78,),)),
    ((61, 62), (_UPPER_INNER,)),
    ((66, 67), (_LOWER_INNER,)),
)
_MIDDLE = {8: 152, 33: 2, 51: 0, 57: 17, 62: 13, 66: 14}  # on the axis, where two halves meet


def chosen(meshes: Array, landmarks: Array) -> list[Row]:
    """Rows of the table, from meshes (n, 478, 2) and dlib's landmarks (n, 68, 2) of n faces.

    Lengths in eye distances.
    """
    mirror = mirrored()
    both = np.concatenate([meshes, meshes[:, mirror] * [-1, 1]])
    wanted = np.concatenate([landmarks, landmarks[:, MIRRORED] * [-1, 1]])

    def error(place: Array, landmark: int) -> float:
        return float(((place - wanted[:, landmark]) ** 2).sum(1).mean())

    rows: list[Row] = []
    for names, contours in _CONTOURS:
        for landmark in names:
            points = (
                [_MIDDLE[landmark]]
                if landmark in _MIDDLE
                else [p for contour in contours for p in contour]
            )
            best = min((error(both[:, p], landmark), p, p, 1.0) for p in dict.fromkeys(points))
            if landmark not in _MIDDLE:
                pairs = [pair for c in contours for pair in pairwise(c)]
                between = [
                    (error(s * both[:, a] + (1 - s) * both[:, b], landmark), a, b, float(s))
                    for a, b in pairs
                    for s in _STEPS[1:-1]
                ]
                if between and min(between)[0] < _SINGLE * best[0]:
                    best = min(between)
            _, a, b, share = best
            mine = [(landmark, a, share)] + ([(landmark, b, 1 - share)] if a != b else [])
            rows += mine
            if MIRRORED[landmark] != landmark:
                rows += [(MIRRORED[landmark], int(mirror[p]), s) for _, p, s in mine]
    return sorted(rows)


def main() -> None:
    """Measure portraits, write the table, print what remains."""
    parser = argparse.ArgumentParser(description=__doc__, prog="models.training.mesh_layout")
    parser.add_argument("portraits", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=5, help="take only every n-th portrait")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    mesh, dlib = FaceMesh.load(torch.device("cpu")), DlibLandmarks()
    meshes: list[Array] = []
    landmarks: list[Array] = []
    for path in options.portraits:
        for pixels in read_portraits(path, _SIDE).pixels[:: options.every].numpy():
            picture = np.ascontiguousarray(pixels.transpose(1, 2, 0))
            (found,) = mesh.found([picture], [aligned_frame(_SIDE)])
            if found.score > _LEAST_SCORE and found.drift < _MOST_DRIFT:
                theirs = dlib.of(picture)
                unit = eye_distance(theirs)
                meshes.append(found.points[:, :2] / unit)
                landmarks.append(theirs / unit)
        print(f"{path.name}: {len(meshes)} faces so far", flush=True)
    rows = chosen(np.array(meshes), np.array(landmarks))
    np.savetxt(options.out, np.array(rows), fmt="%d,%d,%.2f")
    off = np.array([ibug_landmarks(a) - b for a, b in zip(meshes, landmarks, strict=True)])
    print("| landmark | mean distance % | common shift x, y % |\n|---|---|---|")
    for landmark in range(68):
        mine = 100 * off[:, landmark]
        x, y = mine.mean(0)
        print(f"| {landmark} | {np.linalg.norm(mine, axis=1).mean():.2f} | {x:+.2f}, {y:+.2f} |")
    print(f"all: {100 * np.linalg.norm(off, axis=2).mean():.2f} %")


if __name__ == "__main__":
    main()
