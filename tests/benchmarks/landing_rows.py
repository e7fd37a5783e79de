"""What the landing benchmark finds out: rows, as CSV and as Markdown."""

from __future__ import annotations

import csv
import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from models.device import DeviceChoice


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with every photograph.

    Attributes:
        device: of the engine.
        edits: attribute and value, each on its own, from the inverted photo.
        steps: of the inversion; 0 for as many as the engine takes by itself.
        inversions: folder of kept inversions, or None.
        export: whether to export and measure, or to intervene only.
        tiles: folder for the sheets' pictures, or None.
        crops: folder for the scenes themselves, as ``jury_scenes`` keeps them, or None.
    """

    device: DeviceChoice
    edits: tuple[tuple[str, float], ...]
    steps: int
    inversions: Path | None
    export: bool
    tiles: Path | None
    crops: Path | None = None


@dataclass(frozen=True, slots=True)
class Inverted:
    """One inversion.

    Attributes:
        photo: name of its file; width, height: pixels.
        draft_psnr, draft_seconds: of the encoder's draft; NaN without one.
        psnr: dB over the aligned crop's pixels that the photo covers.
        features: relative distance of EfficientNet-Lite0's maps, there.
        identity: descriptor distance crop ↔ reconstruction.
        seconds: of the whole inversion, as the engine tells it.
    """

    photo: str
    width: int
    height: int
    draft_psnr: float
    draft_seconds: float
    psnr: float
    features: float
    identity: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Landed:
    """One edit of one photograph, exported.

    Attributes:
        photo, attribute, value, region: what was done where.
        attained: change of the attribute's measure between the renders towards the side asked for,
            sd; NaN where it cannot be measured.
        identity: descriptor distance of the photograph's face, original ↔ export.
        seam, seam_worst, seam_sigma: see ``landing_measures.seam``.
        texture, texture_shared, bare, astray: see ``landing_measures``.
        ghost, ghost_levels: see ``landing_measures.ghost``; ghost_added: share of plain addition.
            NaN, as is astray, of edits that bend the photo.
        outside_identical: as the export's own check has it.
        seconds: intervention, export and its check.
        room: how far the attribute can go that way at all, sd, see ``measuring.room``.
    """

    photo: str
    attribute: str
    value: float
    region: str
    attained: float
    identity: float
    seam: float
    seam_worst: float
    seam_sigma: float
    texture: float
    bare: float
    astray: float
    ghost: float
    ghost_levels: float
    ghost_added: float
    outside_identical: bool
    seconds: float
    texture_shared: float = math.nan
    room: float = math.inf

    @property
    def edit(self) -> str:
        """``"smile+60"``."""
        return f"{self.attribute}{self.value:+.0f}"

    @property
    def key(self) -> str:
        """A file's name for it."""
        return f"{self.photo}_{self.edit}"


FIGURES = (
    "identity", "seam", "seam_worst", "seam_sigma", "texture", "texture_shared", "bare", "astray",
    "ghost", "ghost_levels", "ghost_added",
)  # fmt: skip
"""What is measured of an exported photograph, as ``Landed`` calls it."""

RowT = TypeVar("RowT", Inverted, Landed)


def write(rows: Sequence[Inverted] | Sequence[Landed], path: Path) -> None:
    """Rows as CSV; nothing without rows."""
    if not rows:
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.DictWriter(file, [field.name for field in fields(rows[0])])
        sheet.writeheader()
        sheet.writerows(asdict(row) for row in rows)


def read(path: Path, kind: type[RowT]) -> list[RowT]:
    """Rows that ``write`` wrote; none without a file."""
    if not path.is_file():
        return []
    parse: dict[str, Callable[[str], object]] = {
        "str": str,
        "int": int,
        "float": float,
        "bool": lambda text: text == "True",
    }
    kinds = {field.name: parse[str(field.type)] for field in fields(kind)}
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    # by name, as the fields say
    return [kind(**{name: kinds[name](text) for name, text in line.items()}) for line in lines]  # pyright: ignore[reportArgumentType]


# ------------------------------------------------------------------ what is wanted


@dataclass(frozen=True, slots=True)
class Goal:
    """What one figure of an edit should be.

    Attributes:
        name: the figure; title: for people.
        badness: of a row, larger is worse; NaN where it has none.
        limit: of the badness.
    """

    name: str
    title: str
    badness: Callable[[Landed], float]
    limit: float

    def met(self, rows: Sequence[Landed]) -> str:
        """``"43/45"``: rows within the limit, of those with a figure."""
        known = [b for row in rows if not math.isnan(b := self.badness(row))]
        return f"{sum(b <= self.limit for b in known)}/{len(known)}" if known else "–"

    def worst(self, rows: Sequence[Landed], count: int) -> list[Landed]:
        """The worst rows, worst first."""
        known = [row for row in rows if not math.isnan(self.badness(row))]
        return sorted(known, key=self.badness, reverse=True)[:count]


GOALS = (
    Goal("identity", "identity ≤ 0.25", lambda row: row.identity, 0.25),
    Goal("seam", "seam, typical ≤ 1", lambda row: row.seam, 1.0),
    Goal("seam_worst", "seam, worst 5 % ≤ 1", lambda row: row.seam_worst, 1.0),
    Goal("texture", "texture 0.85 … 1.15", lambda row: abs(row.texture - 1), 0.15),
    Goal("bare", "bare ≤ 0.01", lambda row: row.bare, 0.01),
    Goal("astray", "astray ≤ 0.01", lambda row: row.astray, 0.01),
    Goal("ghost", "ghost ≤ 0.1", lambda row: row.ghost, 0.1),
)


def median(values: Sequence[float]) -> float:
    """Without the NaNs; NaN of nothing."""
    known = [value for value in values if not math.isnan(value)]
    return float(np.median(known)) if known else math.nan


def number(value: float, digits: int = 2) -> str:
    """A dash for NaN."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


# ------------------------------------------------------------------ Markdown


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join([_line(head), "|---" * len(head) + "|", *(_line(line) for line in lines)])


def inversion_table(rows: Sequence[Inverted]) -> str:
    """Every photograph, then the medians."""
    figures: list[tuple[str, Callable[[Inverted], float], int]] = [
        ("draft, dB", lambda row: row.draft_psnr, 1),
        ("draft, s", lambda row: row.draft_seconds, 2),
        ("final, dB", lambda row: row.psnr, 1),
        ("features", lambda row: row.features, 3),
        ("identity", lambda row: row.identity, 2),
        ("seconds", lambda row: row.seconds, 1),
    ]
    lines = [
        [row.photo, f"{row.width} × {row.height}", *(number(f(row), d) for _, f, d in figures)]
        for row in rows
    ]
    middle = [number(median([f(row) for row in rows]), d) for _, f, d in figures]
    lines.append(["**median**", "", *(f"**{text}**" for text in middle)])
    return _table(["photo", "size", *(title for title, _, _ in figures)], lines)


def edit_table(rows: Sequence[Landed]) -> str:
    """Every edit over the photographs, then all: median (worst), and how many are within the goal.

    Attained and seconds are medians.
    """
    groups = [(edit, [r for r in rows if r.edit == edit]) for edit in _edits(rows)]
    if len(groups) > 1:
        groups.append(("**all**", list(rows)))
    lines: list[list[str]] = []
    for edit, mine in groups:
        cells = [edit, str(len(mine)), number(median([row.attained for row in mine]))]
        for goal in GOALS:
            far = goal.worst(mine, 1)
            middle = median([getattr(row, goal.name) for row in mine])
            most = getattr(far[0], goal.name) if far else math.nan
            cells.append(f"{number(middle)} ({number(most)}) {goal.met(mine)}" if far else "–")
        cells += [
            number(median([row.ghost_added for row in mine])),
            number(median([row.texture_shared for row in mine])),
            f"{sum(row.outside_identical for row in mine)}/{len(mine)}",
            number(median([row.seconds for row in mine]), 1),
        ]
        lines.append(cells)
    titles = [goal.title for goal in GOALS]
    head = ["edit", "photos", "attained, sd", *titles, "ghost of plain addition"]
    head.append("texture of shared surface")
    return _table([*head, "outside identical", "seconds"], lines)


def _edits(rows: Sequence[Landed]) -> list[str]:
    return list(dict.fromkeys(row.edit for row in rows))


def ghost_table(rows: Sequence[Landed]) -> str:
    """Every row that has one: of the export and of plain addition."""
    known = [row for row in rows if not math.isnan(row.ghost)]
    lines = [
        [
            row.photo,
            row.edit,
            number(row.ghost, 3),
            number(row.ghost_levels, 1),
            number(row.ghost_added, 3),
        ]
        for row in known
    ]
    return _table(["photo", "edit", "ghost", "levels", "plain addition's"], lines)


def worst_table(rows: Sequence[Landed], count: int = 3) -> str:
    """The worst by each figure."""
    lines: list[list[str]] = []
    for goal in GOALS:
        for row in goal.worst(rows, count):
            value = number(getattr(row, goal.name))
            extra = f" (scale {row.seam_sigma:.0f} px)" if goal.name == "seam_worst" else ""
            lines.append([goal.title, row.photo, row.edit, value + extra])
    return _table(["figure", "photo", "edit", "value"], lines)


@dataclass(frozen=True, slots=True)
class Attained:
    """What one edit of one face attained, sd, and how far it could have gone, see ``Landed``."""

    change: float
    room: float


def attained_table(
    photographs: dict[tuple[str, float], list[Attained]],
    sampled: dict[tuple[str, float], list[Attained]],
    asked: dict[str, float],
) -> str:
    """Attained on the photographs over attained on sampled faces, attribute by attribute.

    Faces that cannot go as far as is asked (closed lips cannot close) are left out, on both sides.

    Args:
        photographs: by attribute and value.
        sampled: the same of sampled faces.
        asked: of each attribute the change that a value of 100 asks for, sd.
    """
    values = list(dict.fromkeys(value for _, value in photographs))
    lines: list[list[str]] = []
    ratios: list[tuple[float, float]] = []

    def known(rows: list[Attained], least: float) -> list[float]:
        return [r.change for r in rows if not math.isnan(r.change) and r.room >= least]

    for name in dict.fromkeys(attribute for attribute, _ in photographs):
        cells: list[str] = []
        means: list[tuple[float, float]] = []
        medians: list[tuple[float, float]] = []
        for value in values:
            least = abs(value) / 100 * asked[name]
            mine, theirs = (
                known(rows.get((name, value), []), least) for rows in (photographs, sampled)
            )
            pair = [float(np.mean(found)) if found else math.nan for found in (mine, theirs)]
            means.append((pair[0], pair[1]))
            medians.append((median(mine), median(theirs)))
            cells += [number(pair[1]), f"{number(pair[0])} ({len(mine)})"]
        ratio = [
            sum(mine for mine, _ in both) / sum(theirs for _, theirs in both)
            for both in (means, medians)
        ]
        ratios.append((ratio[0], ratio[1]))
        lines.append([name, *cells, *(number(r) for r in ratio), "below 0.8" * (ratio[0] < 0.8)])
    last = [f"**{number(median(column))}**" for column in zip(*ratios, strict=True)]
    lines.append(["**median**", *[""] * (2 * len(values)), *last, ""])
    head = ["attribute"]
    for value in values:
        head += [f"{value:+.0f}: sampled", "photographs (counted)"]
    head += ["ratio, means", "ratio, medians", ""]
    return _table(head, lines)
