"""How far the alignment of faces moves when a photograph is turned, shrunk, darkened or covered.

    python -m tests.benchmarks.alignment PHOTOS_DIR [--side 600] [--csv OUT.csv]

Photographs larger than ``--side`` are shrunk first, which only saves time. Each photograph's
largest face, as found in the upright photograph, is the reference. Then every variant is
searched, and the corners of its FFHQ alignment are carried back: deviation is the farthest
corner's distance from the reference's, in percent of the distance between the eyes. A row tells
in how many photographs the face was found (nearer than one eye distance), the median and the
worst deviation of those, how many were flagged as doubtful, how many that lie more than 25 % off
were *not* flagged, and the median processor time of the search.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from editor.document.face import FaceCrop
from models.faces.analyser import FaceAnalyser
from models.faces.finder import DOUBTFUL
from tests.benchmarks.jobs import photographs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Variant = Callable[[Picture, "Located"], tuple[Picture, NDArray[np.float64]]]


class Located(Protocol):
    """A face that was found."""

    @property
    def landmarks(self) -> NDArray[np.float64]:
        """(68, 2), pixels."""
        ...

    @property
    def confidence(self) -> float:
        """From 0 to 1."""
        ...


class Finder(Protocol):
    """What finds faces, the largest first."""

    def detect(self, picture: Picture) -> Sequence[Located]: ...


_STILL = np.eye(2, 3)
_FAR = 25.0  # percent of an eye distance: a crop this far off is no alignment


@dataclass(frozen=True, slots=True)
class Row:
    """One photograph in one variant; ``deviation`` is NaN where the face was not found."""

    photo: str
    variant: str
    deviation: float
    confidence: float
    seconds: float  # of processor time


def eye_distance(landmarks: NDArray[np.float64]) -> float:
    """Between the middles of the eyes, in pixels of (68, 2) landmarks."""
    return math.dist(landmarks[36:42].mean(0), landmarks[42:48].mean(0))


def deviation(reference: NDArray[np.float64], landmarks: NDArray[np.float64]) -> float:
    """Farthest corner of the alignments of two (68, 2), in percent of the reference's eyes."""
    a, b = (FaceCrop.from_landmarks(points, 256).quad for points in (reference, landmarks))
    return 100 * float(np.linalg.norm(a - b, axis=1).max()) / eye_distance(reference)


def turned(degrees: float) -> Variant:
    """Turned anticlockwise; the canvas grows, its new corners are grey."""

    def make(picture: Picture, face: Located) -> tuple[Picture, NDArray[np.float64]]:
        del face
        h, w = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), degrees, 1.0)
        reach = np.abs(matrix[:, :2]) @ [w, h]
        matrix[:, 2] += (reach - [w, h]) / 2
        size = (round(reach[0]), round(reach[1]))
        out = cv2.warpAffine(picture, matrix, size, borderValue=(128, 128, 128))
        return np.asarray(out, np.uint8), np.asarray(matrix, np.float64)

    return make


def scaled(eyes: float) -> Variant:
    """Shrunk or enlarged until the eyes lie that many pixels apart."""

    def make(picture: Picture, face: Located) -> tuple[Picture, NDArray[np.float64]]:
        factor = eyes / eye_distance(face.landmarks)
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
        small = np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)
        fx, fy = size[0] / picture.shape[1], size[1] / picture.shape[0]
        return small, np.array([[fx, 0, fx / 2 - 0.5], [0, fy, fy / 2 - 0.5]])

    return make


def darkened(factor: float) -> Variant:
    """All values times ``factor``, with sensor-like noise of one level."""

    def make(picture: Picture, face: Located) -> tuple[Picture, NDArray[np.float64]]:
        del face
        noise = np.random.default_rng(0).normal(0, 1, picture.shape)
        return np.clip(picture * factor + noise, 0, 255).astype(np.uint8), _STILL

    return make


def packed(quality: int) -> Variant:
    """As a JPEG of that quality."""

    def make(picture: Picture, face: Located) -> tuple[Picture, NDArray[np.float64]]:
        del face
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8), _STILL

    return make


def covered(first: int, last: int, reach: float) -> Variant:
    """A grey box around landmarks ``first`` to ``last``, ``reach`` eye distances past them."""

    def make(picture: Picture, face: Located) -> tuple[Picture, NDArray[np.float64]]:
        points, edge = face.landmarks[first:last], reach * eye_distance(face.landmarks)
        x0, y0 = np.maximum(0, points.min(0) - edge).astype(int)
        x1, y1 = np.ceil(points.max(0) + edge).astype(int)
        out = picture.copy()
        out[y0:y1, x0:x1] = 90
        return out, _STILL

    return make


VARIANTS: dict[str, Variant] = {
    **{f"turned {angle:+d}°": turned(angle) for angle in (15, -15, 30, -30, 45, -45, 90, -90)},
    "turned 180°": turned(180),
    **{f"{eyes} px between the eyes": scaled(eyes) for eyes in (40, 25, 15)},
    "darkened to 0.2": darkened(0.2),
    "JPEG quality 25": packed(25),
    "one eye covered": covered(42, 48, 0.25),
    "mouth covered": covered(48, 68, 0.15),
    "eyes covered": covered(36, 48, 0.2),
}


def measured(faces: Finder, path: Path, side: int, variants: dict[str, Variant]) -> list[Row]:
    """The rows of one photograph; the first is the photograph itself."""
    bgr = cv2.imread(str(path))
    if bgr is None:
        return []
    factor = side / max(bgr.shape[:2])
    if factor < 1:
        bgr = cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    picture = np.ascontiguousarray(bgr[..., ::-1], np.uint8)
    began = time.process_time()
    found = faces.detect(picture)
    seconds = time.process_time() - began
    if not found:
        return [Row(path.stem, "upright", math.nan, math.nan, seconds)]
    reference = found[0]
    rows = [Row(path.stem, "upright", 0.0, reference.confidence, seconds)]
    eyes = eye_distance(reference.landmarks)
    middle = reference.landmarks[27:31].mean(0)
    for name, variant in variants.items():
        other, matrix = variant(picture, reference)
        began = time.process_time()
        found = faces.detect(other)
        seconds = time.process_time() - began
        back = cv2.invertAffineTransform(matrix)
        row = Row(path.stem, name, math.nan, math.nan, seconds)
        for face in found:
            points = face.landmarks @ back[:, :2].T + back[:, 2]
            if math.dist(points[27:31].mean(0), middle) < eyes:
                off = deviation(reference.landmarks, points)
                row = Row(path.stem, name, off, face.confidence, seconds)
                break
        rows.append(row)
    return rows


def summary(rows: list[Row]) -> str:
    """A Markdown table, one line for each variant."""
    lines = [
        "| variant | found | median | worst | doubtful | far off, not flagged | CPU s |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row.variant for row in rows):
        mine = [row for row in rows if row.variant == name]
        off = [row.deviation for row in mine if not math.isnan(row.deviation)]
        doubtful = sum(row.confidence < DOUBTFUL for row in mine)
        missed = sum(row.deviation > _FAR and row.confidence >= DOUBTFUL for row in mine)
        median, worst = (np.median(off), max(off)) if off else (math.nan, math.nan)
        seconds = np.median([row.seconds for row in mine])
        lines.append(
            f"| {name} | {len(off)}/{len(mine)} | {median:.1f} | {worst:.1f} | {doubtful} "
            f"| {missed} | {seconds:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure a folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, prog="tests.benchmarks.alignment")
    parser.add_argument("photos", type=Path)
    parser.add_argument("--side", type=int, default=600, help="longest side, pixels")
    parser.add_argument("--csv", type=Path, help="every measurement")
    options = parser.parse_args()
    faces, rows = FaceAnalyser(), list[Row]()
    for path in photographs(options.photos):
        rows += measured(faces, path, options.side, VARIANTS)
        print(f"{path.name} done", flush=True)
    if options.csv:
        with options.csv.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("photo", "variant", "deviation", "confidence", "seconds"))
            writer.writerows(
                (r.photo, r.variant, r.deviation, r.confidence, r.seconds) for r in rows
            )
    print(summary(rows))


if __name__ == "__main__":
    main()
