"""Label portraits for the face parser: look, write shapes, look again, freeze.

    python -m models.training.parser_label frame  PICTURE … --drawings DIR
    python -m models.training.parser_label look   NAME … --pictures DIR … --drawings DIR --out SHEET
    python -m models.training.parser_label freeze --pictures DIR … --drawings DIR --out LABELS.json

A drawing is ``DIR/NAME.json``: ``[["hair", "120,40 200,20 …"], …]``, as ``parser_labels`` says, in
pixels of the 512 × 512 that the label map has. NAME is the picture's file name without its suffix,
or any beginning of it that one picture alone has. Aligned portraits of 512 pixels are labelled as
they are; of a photograph ``frame`` first writes ``DIR/frames.json``: where the largest face lies.

``look`` draws four pictures a sheet at 100 %: with a grid, or, where there is a drawing, with the
outlines of its classes. ``freeze`` writes what the drawings come to as outlines alone, each with
the file's name and SHA-256 and the frame; no picture goes along.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import torch
from PIL import Image

from foundation.atomic_files import atomic_write
from models.faces.face_classes import UNKNOWN
from models.faces.mesh import FaceMesh, aligned_frame, square
from models.training.dataset import SUFFIXES
from models.training.parser_labels import SIDE, contours, drawn, frozen, outlines

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from models.training.parser_labels import Labels, Shape

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

_GRID = 64
COLOURS = (
    (0, 0, 0), (255, 200, 160), (255, 120, 60), (160, 255, 0), (0, 200, 90), (0, 160, 255),
    (0, 255, 255), (255, 0, 0), (255, 0, 120), (200, 0, 255), (90, 0, 90), (255, 255, 255),
    (255, 160, 0), (120, 80, 0), (255, 255, 0), (80, 120, 255), (0, 255, 120), (255, 0, 255),
    (0, 0, 255),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPicture:
    """One picture of a file of labels.

    Attributes:
        name: of its file.
        sha256: of that file, in hex.
        frame: (2, 3), where in it the label map lies (``models.faces.mesh``); None: all of it.
        shapes: the label map's outlines.
    """

    name: str
    sha256: str
    frame: Array | None
    shapes: tuple[Shape, ...]

    @property
    def labels(self) -> Labels:
        """The label map, (512, 512)."""
        return frozen(self.shapes)


def read_labels(path: Path) -> list[LabelledPicture]:
    """What ``freeze`` wrote.

    Raises:
        ValueError: it is no such file.
        OSError: it cannot be read.
    """
    try:
        rows = cast("list[dict[str, object]]", json.loads(path.read_text(encoding="utf-8")))
        return [
            LabelledPicture(
                str(row["picture"]),
                str(row["sha256"]),
                None if row["frame"] is None else np.array(row["frame"], np.float64).reshape(2, 3),
                tuple((str(a), str(b)) for a, b in cast("list[list[str]]", row["shapes"])),
            )
            for row in rows
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is no file of labels: {error}") from error


def picture_files(folders: Iterable[Path]) -> dict[str, Path]:
    """Pictures in folders and all below them, by name without suffix."""
    return {
        path.stem: path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
    }


def contents(sources: Iterable[Path], names: Container[str]) -> dict[str, bytes]:
    """Files of those names in folders, in all below them, and in tars; the last one of a name."""
    found: dict[str, bytes] = {}
    for source in sources:
        if source.is_dir():
            for path in sorted(source.rglob("*")):
                if path.name in names and path.is_file():
                    found[path.name] = path.read_bytes()
            continue
        with tarfile.open(source) as archive:
            for entry in archive:
                name = PurePosixPath(entry.name).name
                stream = archive.extractfile(entry) if name in names else None
                if stream is not None:
                    found[name] = stream.read()
    return found


def labelled_pictures(
    labels: Path, sources: Iterable[Path]
) -> Iterator[tuple[LabelledPicture, Picture]]:
    """Each labelled picture with its square, (512, 512, 3).

    Raises:
        ValueError: a picture is missing, or is another one than was labelled.
    """
    rows = read_labels(labels)
    found = contents(sources, {row.name for row in rows})
    for row in rows:
        if row.name not in found:
            raise ValueError(f"{row.name}, labelled in {labels.name}, is in none of the sources")
        if hashlib.sha256(found[row.name]).hexdigest() != row.sha256:
            raise ValueError(f"{row.name} is another picture than was labelled")
        yield row, read_picture(found[row.name], row.frame)


def read_picture(content: bytes, frame: Array | None) -> Picture:
    """The square that is labelled, sRGB (512, 512, 3).

    Raises:
        ValueError: without a frame, the picture is no square of 512 pixels.
    """
    with Image.open(io.BytesIO(content)) as image:
        pixels = np.asarray(image.convert("RGB"))
    if frame is not None:
        return square(pixels, frame, SIDE)
    if pixels.shape != (SIDE, SIDE, 3):
        raise ValueError(f"a picture without a frame must have {SIDE} × {SIDE} pixels")
    return pixels


def beyond(content: bytes, frame: Array | None) -> NDArray[np.bool_]:
    """Where the square lies outside its picture, (512, 512)."""
    if frame is None:
        return np.zeros((SIDE, SIDE), np.bool_)
    with Image.open(io.BytesIO(content)) as image:
        size = np.array(image.size)
    at = (np.indices((SIDE, SIDE))[::-1].reshape(2, -1).T + 0.5) / SIDE
    places = at @ frame[:, :2].T + frame[:, 2]
    outside = (places < 0) | (places > size - 1)
    return outside.any(1).reshape(SIDE, SIDE)


def found_mesh(mesh: FaceMesh, picture: Picture) -> Array:
    """The mesh (478, 3) of a square as it is labelled."""
    return mesh.found([picture], [aligned_frame(SIDE)])[0].points


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where pictures and drawings lie."""

    files: dict[str, Path]
    drawings: Path
    mesh: FaceMesh

    def frames(self) -> dict[str, list[float]]:
        path = self.drawings / "frames.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def whole_name(self, beginning: str) -> str:
        fits = [name for name in self.files if name.startswith(beginning)]
        if len(fits) != 1:
            raise ValueError(f"{len(fits)} pictures begin with “{beginning}”")
        return fits[0]

    def picture(self, name: str) -> tuple[Picture, Array | None, str]:
        content = self.files[name].read_bytes()
        row = self.frames().get(name)
        frame = None if row is None else np.array(row, np.float64).reshape(2, 3)
        return read_picture(content, frame), frame, hashlib.sha256(content).hexdigest()

    def drawing(self, name: str) -> list[Shape] | None:
        path = self.drawings / f"{name}.json"
        if not path.is_file():
            return None
        rows = cast("list[list[str]]", json.loads(path.read_text(encoding="utf-8")))
        return [(what, points) for what, points in rows]

    def labels(self, name: str, picture: Picture, frame: Array | None) -> Labels | None:
        shapes = self.drawing(name)
        if shapes is None:
            return None
        labels = drawn(picture, found_mesh(self.mesh, picture), shapes)
        labels[beyond(self.files[name].read_bytes(), frame)] = UNKNOWN
        return labels


def _with_grid(picture: Picture) -> Picture:
    shown = picture.copy()
    for at in range(0, SIDE, _GRID):
        for line in (shown[at], shown[:, at]):
            line[...] = (line.astype(np.uint16) * 3 // 5 + 80).astype(np.uint8)
    for at in range(_GRID, SIDE, _GRID):
        for place in ((at + 2, 10), (2, at + 10)):
            for colour, thick in (((0, 0, 0), 2), ((255, 255, 0), 1)):
                cv2.putText(shown, str(at), place, cv2.FONT_HERSHEY_SIMPLEX, 0.35, colour, thick)
    return shown


def overlay(picture: Picture, labels: Labels) -> Picture:
    """A picture with the outlines of its classes, and a tint of them."""
    shown = picture.astype(np.float32)
    values: list[int] = np.unique(labels).tolist()
    for value in values:
        colour = np.array([255, 255, 255] if value == UNKNOWN else COLOURS[value], np.float32)
        mask = labels == value
        if value:
            shown[mask] += 0.18 * (colour - shown[mask])
        if value:
            cv2.drawContours(shown, contours(mask, cv2.RETR_LIST), -1, colour.tolist(), 1)
    return shown.astype(np.uint8)


def _sheet(cells: Sequence[Picture]) -> Picture:
    blank = np.zeros((SIDE, SIDE, 3), np.uint8)
    padded = [*cells, *[blank] * (-len(cells) % 2)]
    rows = [np.hstack(padded[k : k + 2]) for k in range(0, len(padded), 2)]
    return np.vstack(rows)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="models.training.parser_label",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("frame", "look", "freeze"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--pictures", type=Path, nargs="+", default=[])
    parser.add_argument("--drawings", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plain", action="store_true", help="look: no outlines")
    options = parser.parse_intermixed_args()
    if options.what == "frame":
        _frame([Path(name) for name in options.names], options.drawings)
        return
    mesh = FaceMesh.load(torch.device("cpu"))
    desk = _Desk(picture_files(options.pictures), options.drawings, mesh)
    if options.what == "look":
        cells: list[Picture] = []
        for name in map(desk.whole_name, options.names):
            picture, frame, _ = desk.picture(name)
            labels = None if options.plain else desk.labels(name, picture, frame)
            shown = _with_grid(picture) if labels is None else overlay(picture, labels)
            cv2.putText(shown, name, (4, 506), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 0), 1)
            cells.append(shown)
        Image.fromarray(_sheet(cells)).save(options.out)
        return
    rows: list[dict[str, object]] = []
    for path in sorted(options.drawings.glob("*.json")):
        if path.name == "frames.json":
            continue
        name = desk.whole_name(path.stem)
        picture, frame, sha256 = desk.picture(name)
        labels = desk.labels(name, picture, frame)
        assert labels is not None
        place = None if frame is None else [round(float(v), 3) for v in frame.ravel()]
        rows.append(
            {
                "picture": desk.files[name].name,
                "sha256": sha256,
                "frame": place,
                "shapes": [list(shape) for shape in outlines(labels)],
            }
        )
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    atomic_write(options.out, f"[\n{lines}\n]\n".encode())
    print(len(rows), "pictures")


def _frame(pictures: Sequence[Path], drawings: Path) -> None:
    """Write where the FFHQ-aligned squares of photographs' largest faces lie.

    Raises:
        ValueError: no face was found.
    """
    from models.faces.analyser import FaceAnalyser  # dlib, which training can do without
    from models.training.prepare_data import alignment

    analyser = FaceAnalyser()
    drawings.mkdir(parents=True, exist_ok=True)
    path = drawings / "frames.json"
    frames: dict[str, list[float]] = {}
    if path.is_file():
        frames = json.loads(path.read_text(encoding="utf-8"))
    for picture in pictures:
        with Image.open(picture) as image:
            faces = analyser.detect(np.asarray(image.convert("RGB")))
        if not faces:
            raise ValueError(f"no face was found in {picture.name}")
        to_photo = alignment(faces[0].landmarks, SIDE)
        corner = to_photo[:, :2] @ [-0.5, -0.5] + to_photo[:, 2]
        frame = np.column_stack([to_photo[:, :2] * SIDE, corner])
        frames[picture.stem] = [round(float(v), 3) for v in frame.ravel()]
    atomic_write(path, json.dumps(frames, indent=0).encode())


if __name__ == "__main__":
    main()
