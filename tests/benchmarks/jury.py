"""What people say of edits, what measures say of them, and whether these agree.

    python -m tests.benchmarks.jury PHOTOS --inversions FOLDER [--out build/jury] [--device auto]
        [--attributes smile,…] [--values 60,-60] [--only photo02,…] [--processes N] [--look-only]

Edits are made and exported as by ``tests.benchmarks.landing`` (whose folder of inversions is used
again); OUT/scenes keeps each edited place before and after, without loss. From these:

OUT/sheet001.png …  blind: pairs at 100 % (before, after, region) and 200 % (where most was
    changed), shuffled, with nothing but numbers.
OUT/key.csv         number → photo, attribute, value, and the fingerprint of what was looked at.
OUT/answers.csv     to be filled in: number, accepted (1 or 0), faults, note. A retoucher accepts
    what could be delivered after looking at 100 %.
OUT/measures.csv    of every edit (``jury_measures``).

Once there are answers, ``--look-only --judge`` adds them to the judgements (``--judgements``,
tests/data/judgements.csv), by photograph's file name. Measures are held against judgements of the
very same pixels, and printed: the chance that a rejected edit has the higher figure than an
accepted one (0.5: none; 1: always), and how many judgements a combination of them repeats, each
photograph left out in turn.
"""

from __future__ import annotations

import contextlib
import csv
import multiprocessing
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from editor.document.attributes import table
from tests.benchmarks import jury_measures, jury_scenes, landing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from tests.benchmarks.landing_measures import Scene

TWELVE = (
    "smile", "mouth_open", "eyes_open", "eye_size", "brow_height", "lip_redness", "teeth_whiteness",
    "jaw_width", "hair_brightness", "head_turn", "apparent_age", "glasses",
)  # fmt: skip
JUDGEMENTS = Path(__file__).parents[1] / "data" / "judgements.csv"
FAULTS = (
    "nothing", "milk", "bar", "ripples", "blotches", "cast", "doubled", "smear", "dragged", "bent",
    "halo", "torn", "unlike",
)  # fmt: skip
"""What can be wrong: nothing is seen of it; grey milk or a blob between lips; teeth as one bar;
fine waves; patches of another tone; another colour; contours twice; texture lost; collar, hair or
background dragged; things bent that are straight; halo; a torn edge; another person."""


KEY = ("photo", "attribute", "value", "seen")
Edited = tuple[str, str, float, str]
"""What tells one edit: the values of ``KEY``."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody saw.

    Attributes:
        photo, attribute, value: the edit.
        seen: ``jury_scenes.digest`` of what was looked at.
        accepted: a retoucher could deliver it.
        faults: some of ``FAULTS``, with spaces between them.
        note: in words.
    """

    photo: str
    attribute: str
    value: float
    seen: str
    accepted: bool
    faults: str = ""
    note: str = ""


def read(path: Path) -> list[Judgement]:
    """Judgements of a CSV; none where there is no file.

    Raises:
        ValueError: a fault is not in ``FAULTS``.
    """
    if not path.is_file():
        return []
    found: list[Judgement] = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.append(
                Judgement(
                    row["photo"], row["attribute"], float(row["value"]), row["seen"],
                    row["accepted"] == "1", _known(row["faults"]), row["note"],
                )
            )  # fmt: skip
    return found


def write(judgements: Iterable[Judgement], path: Path) -> None:
    """As CSV, sorted; the last judgement of the same pixels holds."""
    newest = {(j.photo, j.attribute, j.value, j.seen): j for j in judgements}
    rows = [asdict(newest[key]) | {"accepted": int(newest[key].accepted)} for key in sorted(newest)]
    _table(path, [field.name for field in fields(Judgement)], rows)


# ------------------------------------------------------------------ scenes


def stems(folder: Path) -> list[Path]:
    """Of all kept scenes, by name."""
    return [path.with_suffix("") for path in sorted(folder.glob("*.json"))]


def parts_of(stem: Path) -> tuple[str, str, float]:
    """Photo, attribute and value of a scene's name, such as ``photo01_pexels_smile+60``."""
    signs = max(stem.name.rfind("+"), stem.name.rfind("-"))
    named = stem.name[:signs]
    attribute = max((row.name for row in table() if named.endswith(f"_{row.name}")), key=len)
    return named.removesuffix(f"_{attribute}"), attribute, float(stem.name[signs:])


def blind(folder: Path, out: Path, seed: int) -> list[Path]:
    """Shuffled sheets, their key, and a file for answers that is never overwritten."""
    there = stems(folder)
    random.Random(seed).shuffle(there)
    keys: list[Mapping[str, object]] = []

    def numbered() -> Iterator[tuple[int, Scene]]:
        for number, stem in enumerate(there, 1):
            scene = jury_scenes.kept(stem)
            named = dict(zip(KEY, (*parts_of(stem), jury_scenes.digest(scene)), strict=True))
            keys.append({"number": number} | named)
            yield number, scene

    written = list(jury_scenes.sheets(numbered(), out))
    _table(out / "key.csv", ["number", *KEY], keys)
    answers = out / "answers.csv"
    if not answers.exists():
        _table(answers, ["number", "accepted", "faults", "note"], [])
    return written


def answered(out: Path) -> list[Judgement]:
    """What the filled in answers say, with the key beside them.

    Raises:
        ValueError: an answer has no such number, is neither 1 nor 0, or names no fault.
    """
    with (out / "key.csv").open(encoding="utf-8", newline="") as file:
        key = {row["number"]: row for row in csv.DictReader(file)}
    found: list[Judgement] = []
    with (out / "answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["number"] not in key or row["accepted"] not in ("0", "1"):
                raise ValueError(f"answers.csv: {row['number']} is no answer: accepted is 1 or 0")
            asked = key[row["number"]]
            found.append(
                Judgement(
                    asked["photo"], asked["attribute"], float(asked["value"]), asked["seen"],
                    row["accepted"] == "1", _known(row["faults"] or ""), row["note"] or "",
                )
            )  # fmt: skip
    return found


def measured(folder: Path, processes: int = 1) -> dict[Edited, dict[str, float]]:
    """All measures of all kept scenes, by photo, attribute, value and ``seen``."""
    figures: dict[Edited, dict[str, float]] = {}
    texture: dict[Edited, list[NDArray[np.float32]]] = {}
    with contextlib.ExitStack() as stack:
        run = map
        if processes > 1:
            context = multiprocessing.get_context("spawn")
            run = stack.enter_context(ProcessPoolExecutor(processes, context)).map
        for key, own, surface in run(_measured, stems(folder)):
            figures[key], texture[key] = own, surface
    for key, (edited, own) in texture.items():
        others = {k[0]: old for k, (_, old) in texture.items() if k[1] == key[1] and k[0] != key[0]}
        figures[key]["patches"] = jury_measures.strangeness(edited, own, list(others.values()))
    return figures


def _measured(stem: Path) -> tuple[Edited, dict[str, float], list[NDArray[np.float32]]]:
    """Of one scene, and its patches after and before."""
    scene = jury_scenes.kept(stem)
    place = jury_measures.Place(scene)
    figures = {name: one(place) for name, one in jury_measures.MEASURES.items()}
    pictures = place.after, place.before
    surface = [jury_measures.patches(picture, place.weight) for picture in pictures]
    return (*parts_of(stem), jury_scenes.digest(scene)), figures, surface


# ------------------------------------------------------------------ agreement


def separation(values: Sequence[float], accepted: Sequence[bool]) -> float:
    """The chance that a rejected edit has the higher figure; ties count half; NaN without both."""
    good = np.array([v for v, a in zip(values, accepted, strict=True) if a and np.isfinite(v)])
    bad = np.array([v for v, a in zip(values, accepted, strict=True) if not a and np.isfinite(v)])
    if not len(good) or not len(bad):
        return float("nan")
    higher = (bad[:, None] > good).mean() + 0.5 * (bad[:, None] == good).mean()
    return float(higher)


def repeated(
    table: NDArray[np.float64], accepted: NDArray[np.bool_], photos: Sequence[str]
) -> NDArray[np.bool_]:
    """What a logistic regression on the figures says of each photograph, learnt from the others.

    Args:
        table: (n, measures), finite.
        accepted: (n,).
        photos: of each row.

    Returns:
        (n,), accepted or not.
    """
    said = np.zeros(len(table), bool)
    for photo in set(photos):
        held = np.array([one == photo for one in photos])
        known, target = table[~held], accepted[~held]
        if not len(known) or target.all() or not target.any():
            said[held] = target.all() if len(target) else True
            continue
        mean, spread = known.mean(0), known.std(0) + 1e-6
        x = np.c_[np.clip((known - mean) / spread, -3, 3), np.ones(len(known))]
        weights = np.zeros(x.shape[1])
        for _ in range(400):  # plain gradient steps: a dozen numbers, no solver is worth it
            likely = 1 / (1 + np.exp(-x @ weights))
            weights += 0.5 * (x.T @ (target - likely) / len(x) - 0.05 * np.r_[weights[:-1], 0])
        seen = np.c_[np.clip((table[held] - mean) / spread, -3, 3), np.ones(int(held.sum()))]
        said[held] = seen @ weights > 0
    return said


def told(
    judgements: Sequence[Judgement],
    figures: Mapping[Edited, dict[str, float]],
) -> str:
    """Acceptance by edit, faults, and the agreement, as Markdown."""
    lines = [f"{sum(j.accepted for j in judgements)} of {len(judgements)} edits accepted.", ""]
    lines += ["| edit | accepted | faults seen |", "|---|---|---|"]
    for edit in sorted({(j.attribute, j.value) for j in judgements}):
        mine = [j for j in judgements if (j.attribute, j.value) == edit]
        counted = {f: sum(f in j.faults.split() for j in mine) for f in FAULTS}
        faults = ", ".join(f"{f} {n}" for f, n in counted.items() if n)
        share = f"{sum(j.accepted for j in mine)} of {len(mine)}"
        lines.append(f"| {edit[0]} {edit[1]:+.0f} | {share} | {faults} |")
    pairs = [
        (j, figures[key])
        for j in judgements
        if (key := (j.photo, j.attribute, j.value, j.seen)) in figures
    ]
    lines += ["", f"Agreement on the {len(pairs)} judgements of pixels that are here:", ""]
    if pairs:
        accepted = [j.accepted for j, _ in pairs]
        lines += ["| measure | a rejected edit has the higher figure |", "|---|---|"]
        names = list(pairs[0][1])
        for name in names:
            values = [figure[name] for _, figure in pairs]
            lines.append(f"| {name} | {separation(values, accepted):.2f} |")
        grid = np.nan_to_num(np.array([[figure[n] for n in names] for _, figure in pairs]))
        right = repeated(grid, np.array(accepted), [j.photo for j, _ in pairs]) == accepted
        most = max(sum(accepted), len(accepted) - sum(accepted)) / len(accepted)
        lines += [
            "",
            f"All of them together repeat {right.mean():.2f} of the judgements, each photograph "
            f"left out in turn (always saying the same: {most:.2f}).",
        ]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------ command line


def parser() -> argparse.ArgumentParser:
    """The command line: landing's, and what is the jury's own."""
    arguments = landing.parser()
    arguments.description = __doc__
    arguments.set_defaults(out=Path("build/jury"), attributes=",".join(TWELVE))
    arguments.add_argument("--look-only", action="store_true", help="of edits made before")
    arguments.add_argument("--judge", action="store_true", help="add the answers to the judgements")
    arguments.add_argument("--judgements", type=Path, default=JUDGEMENTS)
    arguments.add_argument("--seed", type=int, default=1)
    return arguments


def main(arguments: list[str]) -> None:
    """Command line."""
    options = parser().parse_args(arguments)
    scenes: Path = options.out / "scenes"
    if not options.look_only:
        plan = landing.planned(options)
        scenes.mkdir(parents=True, exist_ok=True)
        plan = replace(plan, tiles=None, crops=scenes)
        landing.measured(options, plan, landing.photographs(options))
    judgements = read(options.judgements)
    if options.judge:
        judgements += answered(options.out)
        write(judgements, options.judgements)
        judgements = read(options.judgements)
    else:
        for path in blind(scenes, options.out, options.seed):
            print(path, file=sys.stderr)
    figures = measured(scenes, options.processes)
    rows = [dict(zip(KEY, key, strict=True)) | figure for key, figure in figures.items()]
    if rows:
        _table(options.out / "measures.csv", list(rows[0]), rows)
    text = told(judgements, figures)
    (options.out / "jury.md").write_text(text, encoding="utf-8")
    print(text)


def _known(faults: str) -> str:
    if wrong := set(faults.split()) - set(FAULTS):
        raise ValueError(f"no such fault: {', '.join(sorted(wrong))}")
    return faults


def _table(path: Path, names: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
