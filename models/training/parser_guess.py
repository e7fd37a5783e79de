"""Labels of further portraits, guessed by trained parsers and gone through by eye.

    python -m models.training.parser_guess guess  --pictures DIR_OR_TAR … --nets STATE … --out PART
    python -m models.training.parser_guess sheets PART --out DIR
    python -m models.training.parser_guess choose PART DECISIONS.json --out PART

``guess`` takes the mean of what several networks say of each picture and of its mirror image, its
features where the mesh has them; where that is below 0.6, nobody knows. ``sheets`` shows 72 at once
with their classes, to be judged;
``choose`` keeps those that DECISIONS names (lists of file names without suffix), corrected as it
says:

    ``"as guessed"``
    ``"hat"``           above the brows, what was taken for hair, or for nothing, is a hat
    ``"covered"``       all of it is: no hair shows
    ``"hair"``          what was taken for a hat is hair
    ``"dark lenses"``   all within the rims is glasses

Parts are those of ``models.training.parser_draw``. A held-out picture is never guessed.
"""

from __future__ import annotations

import argparse
import io
import json
import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from PIL import Image

from foundation.atomic_files import atomic_write
from models.faces.face_classes import MIRRORED, OVAL, UNKNOWN
from models.faces.mesh import FaceMesh, aligned_frame
from models.faces.parser import (
    SIDE,
    ParserNetwork,
    as_network_sees,
    guides,
    mirror_image,
    person_of,
    with_features,
)
from models.faces.person import load_person
from models.training.checkpoints import read_tensors
from models.training.dataset import SUFFIXES, is_held_out
from models.training.parser_data import Example
from models.training.parser_draw import example_files, read_named
from models.training.parser_label import COLOURS
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Float = NDArray[np.float32]
    Labels = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
    Picture = NDArray[np.uint8]

_SURE = 0.6
_LEAST_SCORE = 0.8  # of a mesh
_HOLE = 0.03  # of a picture; larger ones in a hat are no holes
_BROWS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
_EYES = (((33, 133, 159, 145), -1), ((263, 362, 386, 374), 1))  # corners and lids; which side
_CELL, _ROWS, _COLUMNS = 160, 6, 12
_NUMBERS = {name: number for number, name in enumerate(CLASSES)}


def shares_of(networks: Sequence[ParserNetwork], example: Example, device: torch.device) -> Float:
    """The mean of what networks say of a picture and its mirror image, (classes, SIDE, SIDE)."""
    drawn = guides(example.mesh, example.person, SIDE / 2 / len(example.picture))
    seen, shown = as_network_sees(example.picture), torch.from_numpy(drawn)[None]
    pictures = torch.cat([seen, seen.flip(-1)]).to(device)
    both = torch.cat([shown, mirror_image(shown)]).to(device)
    with torch.inference_mode():
        answers = torch.stack([network(pictures, both).float().softmax(1) for network in networks])
        direct, mirror = answers.mean(0)
        mean = (direct + mirror.flip(-1)[list(MIRRORED)]) / 2
        large = torch.nn.functional.interpolate(mean[None], (SIDE, SIDE), mode="bilinear")
    return large[0].cpu().numpy()


def _pictures(sources: Sequence[Path]) -> Iterator[tuple[str, Picture]]:
    """Names without suffix and pictures (SIDE, SIDE, 3) of folders and tars."""
    for source in sources:
        if source.is_dir():
            files = ((path.name, path.read_bytes()) for path in sorted(source.rglob("*")))
        else:
            with tarfile.open(source) as archive:
                entries = [(entry.name, archive.extractfile(entry)) for entry in archive]
                files = [(name, stream.read()) for name, stream in entries if stream is not None]
        for name, content in files:
            path = PurePosixPath(name)
            if path.suffix.lower() not in SUFFIXES or is_held_out(path.stem):
                continue
            with Image.open(io.BytesIO(content)) as image:
                pixels = np.asarray(image.convert("RGB"))
            small = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            yield path.stem, np.asarray(small, np.uint8)


def guess(sources: Sequence[Path], states: Sequence[Path], device: torch.device) -> bytes:
    """A part with every picture in which a face was found.

    Args:
        sources: folders and tars of aligned portraits.
        states: of ``models.training.train_parser``.
        device: of the networks.
    """
    networks: list[ParserNetwork] = []
    for state in states:
        network = ParserNetwork()
        network.load_state_dict(read_tensors(state, "average.")[0])
        networks.append(network.to(device).eval())
    mesh, person = FaceMesh.load(device), load_person(device)
    found: dict[str, Example] = {}
    for name, picture in _pictures(sources):
        face = mesh.found([picture], [aligned_frame(SIDE)])[0]
        if face.score < _LEAST_SCORE:
            continue
        who = person_of(person, picture, device)
        blank = np.zeros((SIDE, SIDE), np.uint8)
        example = Example(picture, blank, face.points[:, :2], who)
        shares = with_features(shares_of(networks, example, device), example.mesh)
        labels = shares.argmax(0).astype(np.uint8)
        labels[shares.max(0) < _SURE] = UNKNOWN
        found[name] = Example(picture, labels, example.mesh, who)
    return named_part(found)


def named_part(examples: Mapping[str, Example]) -> bytes:
    """A part whose entries have names."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, example in examples.items():
            for suffix, content in example_files(example).items():
                entry = tarfile.TarInfo(name + suffix)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


# ------------------------------------------------------------------ corrections


def corrected(example: Example, decision: str) -> Example:
    """An example as someone decided about it.

    Raises:
        ValueError: nobody can decide that.
    """
    labels = example.labels.copy()
    if decision in ("hat", "covered"):
        labels[_hat(example, everywhere=decision == "covered")] = _NUMBERS["hat"]
    elif decision == "hair":
        labels[labels == _NUMBERS["hat"]] = _NUMBERS["hair"]
    elif decision == "dark lenses":
        labels[_lenses(example)] = _NUMBERS["glasses"]
    elif decision != "as guessed":
        raise ValueError(f"“{decision}” is no decision")
    return Example(example.picture, labels, example.mesh, example.person)


def _hat(example: Example, *, everywhere: bool) -> Mask:
    """What is a hat where someone wears one: all hair, or what of it lies above the brows."""
    labels, mesh = example.labels, example.mesh
    rows = np.arange(len(labels))[:, None]
    taken, unknown = labels == _NUMBERS["hair"], labels == UNKNOWN
    if everywhere:
        hat = taken | (unknown & (rows < mesh[152, 1]))
    else:
        hat = (taken | unknown) & (rows < mesh[list(_BROWS), 1].mean() - 4)
    hat |= labels == _NUMBERS["hat"]
    closed = cv2.morphologyEx(hat.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    oval = np.zeros(labels.shape, np.uint8)
    cv2.fillPoly(oval, [mesh[list(OVAL), :2].astype(np.int32)], 1)
    face = [n for n in range(2, 12) if n != _NUMBERS["hat"]]
    hat = (np.asarray(closed) > 0) & ~np.isin(labels, [*face, _NUMBERS["neck"]])
    return _filled(hat & ~((labels == _NUMBERS["skin"]) & (oval > 0)), labels)


def _filled(hat: Mask, labels: Labels) -> Mask:
    """A hat without the small holes in it that were taken for other things than a face."""
    count, numbers, boxes, _ = cv2.connectedComponentsWithStats((~hat).astype(np.uint8))
    parts = np.asarray(numbers, np.int32)
    border = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    other = [0, *(_NUMBERS[name] for name in ("skin", "ears", "clothes")), UNKNOWN]
    for part in range(1, count):
        small = int(boxes[part, cv2.CC_STAT_AREA]) < _HOLE * hat.size
        if small and part not in border and np.isin(labels[parts == part], other).mean() > 0.9:
            hat = hat | (parts == part)
    return hat


def _lenses(example: Example) -> Mask:
    """The hulls of what is glasses before each eye."""
    labels, mesh = example.labels, example.mesh[:, :2]
    rows, columns = np.indices(labels.shape)
    unit = float(np.hypot(*(mesh[33] - mesh[263])))
    inside = np.zeros(labels.shape, np.uint8)
    for corners, side in _EYES:
        x, y = mesh[list(corners)].mean(0)
        near = (np.abs(columns - x) < 0.41 * unit) & (np.abs(rows - y) < 0.34 * unit)
        here = (labels == _NUMBERS["glasses"]) & near & ((columns - mesh[168, 0]) * side > 0)
        if here.sum() >= 40:
            hull = cv2.convexHull(np.argwhere(here)[:, ::-1].astype(np.int32))
            cv2.fillPoly(inside, [hull], 1)
    return inside > 0


def _sheets(examples: Mapping[str, Example], out: Path) -> None:
    """Sheets with numbers, and ``names.json`` that says whose they are."""
    out.mkdir(parents=True, exist_ok=True)
    colours = np.array([*COLOURS, *[(128, 128, 128)] * (256 - len(COLOURS))], np.uint8)
    cells: list[Picture] = []
    for number, example in enumerate(examples.values()):
        shown = example.picture * 0.35 + colours[example.labels] * 0.65
        shown = np.where((example.labels == 0)[..., None], example.picture, shown)
        cell = cv2.resize(shown.astype(np.uint8), (_CELL, _CELL), interpolation=cv2.INTER_AREA)
        cv2.putText(cell, str(number), (2, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 0), 1)
        cells.append(np.asarray(cell, np.uint8))
    (out / "names.json").write_text(json.dumps(list(examples)), encoding="utf-8")
    whole = _ROWS * _COLUMNS
    for first in range(0, len(cells), whole):
        part = cells[first : first + whole]
        part += [np.zeros((_CELL, _CELL, 3), np.uint8)] * (whole - len(part))
        rows = [np.hstack(part[k : k + _COLUMNS]) for k in range(0, whole, _COLUMNS)]
        Image.fromarray(np.vstack(rows)).save(out / f"sheet-{first // whole:02}.jpg", quality=88)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="models.training.parser_guess",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("guess", "sheets", "choose"))
    parser.add_argument("files", type=Path, nargs="*", help="a part; for choose its decisions, too")
    parser.add_argument("--pictures", type=Path, nargs="+", default=[])
    parser.add_argument("--nets", type=Path, nargs="+", default=[])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_intermixed_args()
    if options.what == "guess":
        if not options.nets or not options.pictures:
            parser.error("pictures, or networks, are missing")
        device = torch.device(options.device)
        atomic_write(options.out, guess(options.pictures, options.nets, device))
    elif options.what == "sheets" and len(options.files) == 1:
        _sheets(read_named(options.files[0]), options.out)
    elif options.what == "choose" and len(options.files) == 2:
        part, decisions = options.files
        examples = read_named(part)
        asked: dict[str, list[str]] = json.loads(decisions.read_text(encoding="utf-8"))
        chosen = {name: decision for decision, names in asked.items() for name in names}
        kept = {n: corrected(examples[n], chosen[n]) for n in sorted(chosen) if n in examples}
        atomic_write(options.out, named_part(kept))
        print(f"{len(kept)} of {len(examples)} kept")
    else:
        parser.error("a part, or decisions, are missing")


if __name__ == "__main__":
    main()
