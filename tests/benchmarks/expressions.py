"""Expressions: what faces at rest measure, and whether an edit comes nearer to the real expression.

    python -m tests.benchmarks.expressions PAIRS [--edits 033,045,…] [--inversions FOLDER]
        [--steps 40] [--out build/expressions]

PAIRS holds NNN_neutral.jpg and NNN_smiling.jpg of the same people (the Face Research Lab London
Set, not part of this repository). Printed are the readings of the neutral pictures, from which
``models.expression.RESTS`` are, and how well a smile is taken from *another* person's smiling
picture: the root mean square over all pairs of two people of what is asked for less the real change
of the one who smiles, in standard deviations of the generator's samples; by geometry as it is, by
geometry beyond its spread at rest, by blendshapes, and by what ships.

With ``--edits`` these people are edited: the neutral picture by the expression of the smiling one
(*copied*) and of the next person's smiling one (*of another*), the smiling one by *neutral*, and
sheets of before | after | the real one at 100 % are written to OUT. Told are, of before and after,
the distance to the real picture in measures (root mean square, sd, of all that an expression has)
and in blendshapes (mean absolute difference), and dlib's distance to the real picture and to the
picture that was edited.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from PIL import Image

from editor.document.attributes import table
from editor.document.expressions import expression_goals
from editor.document.face import DetectedFace, FaceCrop
from editor.document.face_regions import feather_of, preset
from editor.document.goals import Dials
from editor.document.photo import open_photo
from editor.engine.expression_jobs import CompareExpressions
from editor.engine.jobs import Intervene, OpenReference
from models.checkpoints import catalogue
from models.directions import load_directions
from models.expression import COMPARED, RESTS, Expression
from models.faces.analyser import FaceAnalyser
from models.faces.identity import identity_distance
from tests.benchmarks import landing_photos
from tests.benchmarks.jobs import result
from tests.benchmarks.landing_rows import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from editor.document.goals import Reference
    from editor.document.history import Portrait
    from editor.document.photo import Photo, Pixels
    from editor.document.region import RegionMask
    from editor.engine.engine import Engine
    from editor.engine.expression_jobs import ExpressionChange
    from editor.engine.jobs import Intervention

    Crop = NDArray[np.uint8]


class Readings:
    """Reads expressions off aligned crops.

    Attributes:
        sd: of each attribute's measure, over the generator's samples.
    """

    def __init__(self) -> None:
        card, cpu = catalogue()[0], torch.device("cpu")
        directions = load_directions(card.directions_path, card.directions_sha256, card.sha256, cpu)
        self.sd = {name: directions.attributes[name].sd for name in COMPARED}
        self._faces = FaceAnalyser()

    def of_file(self, path: Path) -> Expression:
        """Of a photograph's largest face."""
        picture = np.ascontiguousarray(open_photo(path).pixels, np.uint8)
        crop = FaceCrop.from_landmarks(self._faces.detect(picture)[0].landmarks, 256)
        seen = crop.sample(picture, (0, 0))
        return self._of(seen, crop.landmarks_in_crop())

    def of_crop(self, seen: Crop) -> tuple[Expression, NDArray[np.float64]]:
        """Of an aligned crop, and its blendshapes (52,)."""
        mesh = self._faces.aligned_mesh(seen)
        with torch.no_grad():
            shapes = self._faces.blendshapes(torch.from_numpy(mesh[None]).float())[0]
        return self._of(seen, self._faces.aligned_landmarks(seen)), shapes.double().numpy()

    def _of(self, seen: Crop, landmarks: NDArray[np.float64]) -> Expression:
        mesh = self._faces.aligned_mesh(seen)
        return Expression.of(seen, landmarks, mesh, self._faces.blendshapes)

    def distance(self, one: Expression, other: Expression) -> float:
        """Root mean square of what their measures differ by, sd."""
        away = [(one.measures[n] - other.measures[n]) / self.sd[n] for n in COMPARED]
        return float(np.sqrt(np.nanmean(np.square(away))))


def people_of(folder: Path) -> list[str]:
    """Numbers of those who are there twice."""
    found = {path.name[:3] for path in folder.glob("*_neutral.jpg")}
    return sorted(one for one in found if (folder / f"{one}_smiling.jpg").is_file())


def rest_table(neutral: Sequence[Expression]) -> str:
    """What ``RESTS`` were taken from."""
    lines = ["| attribute | mean | sd | ships |", "|---|---|---|---|"]
    for name in COMPARED:
        values = np.array([one.readings[name] for one in neutral])
        rest = RESTS.get(name)
        ships = f"{rest.low:g} … {rest.high:g}" if rest else "not compared"
        lines.append(f"| {name} | {values.mean():.4f} | {values.std(ddof=1):.4f} | {ships} |")
    return "\n".join(lines)


def error_table(
    neutral: Sequence[Expression], smiling: Sequence[Expression], sd: dict[str, float]
) -> str:
    """How well a smile is taken from another person, by attribute and method."""
    methods = ("nothing", "geometry", "beyond 1.5 sd", "beyond 2.5 sd", "ships")
    lines = ["| attribute | " + " | ".join(methods) + " |", "|---|" + "---|" * len(methods)]
    for name in COMPARED:
        here = np.array([one.measures[name] for one in neutral])
        there = np.array([one.measures[name] for one in smiling])
        mean, spread = here.mean(), here.std(ddof=1)
        shipped = [
            [own.to(other, same_person=False).get(name, 0.0) for other in smiling]
            for own in neutral
        ]
        estimates = [
            np.zeros((len(here), len(there))),
            there[None] - here[:, None],
            *(
                _beyond(there, mean, width * spread)[None]
                - _beyond(here, mean, width * spread)[:, None]
                for width in (1.5, 2.5)
            ),
            np.array(shipped),
        ]
        others = ~np.eye(len(here), dtype=bool)
        misses = [(estimate - (there - here)[None])[others] for estimate in estimates]
        cells = [f"{float(np.sqrt(np.mean(np.square(miss)))) / sd[name]:.2f}" for miss in misses]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _beyond(values: NDArray[np.float64], mean: float, width: float) -> NDArray[np.float64]:
    """How far values lie from a mean beyond a width."""
    return values - values.clip(mean - width, mean + width)


# ------------------------------------------------------------------ edits


def edit_rows(
    folder: Path, people: Sequence[str], plan: Plan, readings: Readings, out: Path
) -> Iterator[str]:
    """A line for each edit; its sheet is written."""
    for place, one in enumerate(people):
        other = people[(place + 1) % len(people)]
        smiling = folder / f"{one}_smiling.jpg"
        neutral = folder / f"{one}_neutral.jpg"
        asked = (
            ("copied", neutral, smiling, smiling),
            ("of another", neutral, folder / f"{other}_smiling.jpg", smiling),
            ("neutral", smiling, None, neutral),
        )
        for kind, path, reference, real in asked:
            if plan.inversions and not (plan.inversions / f"{path.stem}.sip").is_file():
                continue
            yield _edited(kind, path, reference, real, plan, readings, out)


def _edited(
    kind: str,
    path: Path,
    reference: Path | None,
    real: Path,
    plan: Plan,
    readings: Readings,
    out: Path,
) -> str:
    engine, photo, portrait = landing_photos.face_of(path, plan)
    other = None
    if reference is not None:
        other = cast("Reference", result(engine, OpenReference(reference)))
    change = cast(
        "ExpressionChange", result(engine, CompareExpressions(photo, portrait.crop, other))
    )
    labels = {row.name: row.label for row in engine.info.attributes}
    found = expression_goals(
        change.values, labels, portrait.landmarks,
        neutral=reference is None, detail=portrait.detail,
    )  # fmt: skip
    told = ", ".join(f"{goal.attribute} {goal.value:+.0f}" for goal in found.goals)
    head = f"| {path.stem[:3]} | {kind} | {told or 'nothing'}{' (limited)' * bool(found.whys)} |"
    if not found.goals:
        return f"{head} | | | | |"
    region = _usual(portrait, photo, [goal.attribute for goal in found.goals])
    job = Intervene(photo, (portrait,), 0, region, found.goals, Dials())
    made = cast("Intervention", result(engine, job))
    edited = portrait.with_history(portrait.history.push(made.edit))
    pixels = landing_photos.pixels_of(engine, photo, edited)
    goal_photo, goal_crop = _real(engine, real)
    before, after, wanted = (
        landing_photos.crop_of(p, of, crop)
        for p, of, crop in (
            (photo.pixels, photo, portrait.crop),
            (pixels, photo, portrait.crop),
            (goal_photo.pixels, goal_photo, goal_crop),
        )
    )
    _sheet([(photo, photo.pixels, portrait.crop), (photo, pixels, portrait.crop),
            (goal_photo, goal_photo.pixels, goal_crop)],
           out / f"{path.stem}_{kind.replace(' ', '_')}.png")  # fmt: skip
    seen = [readings.of_crop(crop) for crop in (before, after, wanted)]
    measures = [readings.distance(one, seen[2][0]) for one, _ in seen[:2]]
    shapes = [float(np.abs(one - seen[2][1]).mean()) for _, one in seen[:2]]
    who = [
        landing_photos.descriptor_of(p, of, crop)
        for p, of, crop in (
            (photo.pixels, photo, portrait.crop),
            (pixels, photo, portrait.crop),
            (goal_photo.pixels, goal_photo, goal_crop),
        )
    ]
    real_away = [identity_distance(one, who[2]) for one in who[:2]]
    own = identity_distance(who[0], who[1])
    return (
        f"{head} {measures[0]:.2f} → {measures[1]:.2f} | {shapes[0]:.3f} → {shapes[1]:.3f} | "
        f"{real_away[0]:.2f} → {real_away[1]:.2f} | {own:.2f} |"
    )


def _usual(portrait: Portrait, photo: Photo, names: Sequence[str]) -> RegionMask:
    """The usual regions of attributes as one, as the window makes it."""
    regions = {row.name: row.region for row in table()}
    usual = DetectedFace.at(portrait.crop.landmarks, "project").default_feather
    size = photo.width, photo.height
    masks = [
        preset(name, portrait.landmarks, *size, portrait.detail).feathered(feather_of(name, usual))
        for name in sorted({regions[name] for name in names})
    ]
    first, *others = masks
    for mask in others:
        first = first.united(mask)
    return first


def _real(engine: Engine, path: Path) -> tuple[Photo, FaceCrop]:
    photo = open_photo(path)
    found = landing_photos.detected(engine, photo)
    return photo, engine.crop_of(found)


def _sheet(pictures: Sequence[tuple[Photo, Pixels, FaceCrop]], path: Path) -> None:
    """Faces beside each other at 100 %."""
    parts: list[Image.Image] = []
    for photo, pixels, crop in pictures:
        x, y, w, h = crop.bounds(photo.width, photo.height)
        parts.append(Image.fromarray(np.ascontiguousarray(pixels[y : y + h, x : x + w], np.uint8)))
    sheet = Image.new("RGB", (sum(p.width for p in parts), max(p.height for p in parts)))
    x = 0
    for part in parts:
        sheet.paste(part, (x, 0))
        x += part.width
    sheet.save(path)


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--edits", default="")
    parser.add_argument("--inversions", type=Path)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--out", type=Path, default=Path("build/expressions"))
    parser.add_argument("--no-tables", action="store_true")
    options = parser.parse_args()
    readings = Readings()
    if not options.no_tables:
        people = people_of(options.pairs)
        neutral, smiling = (
            [readings.of_file(options.pairs / f"{one}_{kind}.jpg") for one in people]
            for kind in ("neutral", "smiling")
        )
        print(rest_table(neutral), error_table(neutral, smiling, readings.sd), sep="\n\n")
    if options.edits:
        options.out.mkdir(parents=True, exist_ok=True)
        plan = Plan("cpu", (), options.steps, options.inversions, True, None)
        print("\n| who | what | asked | measures | blendshapes | to the real | to itself |")
        print("|---|---|---|---|---|---|---|", flush=True)
        people = options.edits.split(",")
        for row in edit_rows(options.pairs, people, plan, readings, options.out):
            print(row, flush=True)


if __name__ == "__main__":
    main()
