"""What the quality benchmark writes: rows as CSV, Markdown tables, a summary, charts."""

from __future__ import annotations

import csv
import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

INTERVENTION, DIRECT, BLENDING = "style intervention", "direct W", "mask blending"
METHODS = (INTERVENTION, DIRECT, "GANSpace", "SeFa", "single channel", "sparse S", BLENDING)
FEWEST = 2  # faces that a comparison of two methods needs


@dataclass(frozen=True, slots=True)
class Row:
    """One face, one attribute, one method.

    Attributes:
        faces: ``"sampled"`` or ``"photographs"``.
        face: which one.
        attribute, region, value: what was asked for, and where.
        method: one of ``METHODS``; note: which component or channel.
        used: whether the change was matched, and so counts in the means; of the intervention,
            whether its change was large enough to be a reference.
        renders: that the matching took.
        step: along the method's direction.
        target: change to reach; attained: change of the attribute's measure, both in sd.
        leak: mean squared change outside the mask before compositing.
        inside: mean squared difference to the direct W edit inside the mask.
        seam: root mean square of the gradient that blending adds.
        identity: distance of the descriptors before and after.
        dependency: Attribute Dependency.
        seconds: for this face.
        room: how far the attribute can go that way at all, sd, see ``measuring.room``.
    """

    faces: str
    face: str
    attribute: str
    region: str
    value: float
    method: str
    note: str
    used: bool
    renders: int
    step: float
    target: float
    attained: float
    leak: float
    inside: float
    seam: float
    identity: float
    dependency: float
    seconds: float
    room: float = math.inf


FIGURES = ("attained", "leak", "inside", "seam", "identity", "dependency", "seconds")


def write(rows: Sequence[Row], path: Path) -> None:
    """All rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Row)])
        table.writeheader()
        table.writerows(asdict(row) for row in rows)


def read(path: Path) -> list[Row]:
    """The rows of a CSV that ``write`` wrote."""
    numbers = {"value", "step", "target", "room", *FIGURES}
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(
                **{
                    name: float(text)
                    if name in numbers
                    else int(text)
                    if name == "renders"
                    else text == "True"
                    if name == "used"
                    else text
                    for name, text in line.items()
                }  # pyright: ignore[reportArgumentType]  # by name, as the fields say
            )
            for line in csv.DictReader(file)
        ]


# ------------------------------------------------------------------ statistics


def interval(top: Values, bottom: Values | None = None, *, count: int = 2000) -> Values:
    """Mean and its 95 % bootstrap interval over faces: (3,) mean, low, high.

    With ``bottom``, of the ratio of the means of both, faces drawn together. NaN when empty.
    """
    if not len(top):
        return np.full(3, np.nan)
    drawn = np.random.default_rng(0).integers(0, len(top), (count, len(top)))
    means, mean = top[drawn].mean(1), top.mean()
    if bottom is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            means, mean = means / bottom[drawn].mean(1), mean / bottom.mean()
    return np.array([mean, *np.quantile(means, [0.025, 0.975])])


class Case:
    """All rows of one attribute on one set of faces."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.first = rows[0]
        self._of = {m: {r.face: r for r in rows if r.method == m} for m in METHODS}

    def share(self, method: str) -> str:
        """Faces that count, of all."""
        rows = self._of[method].values()
        return f"{sum(row.used for row in rows)}/{len(rows)}"

    def note(self, method: str) -> str:
        """Which component or channel."""
        return next((row.note for row in self._of[method].values()), "")

    def column(self, method: str, figure: str) -> Values:
        """One figure over the faces that count."""
        return np.array([getattr(r, figure) for r in self._of[method].values() if r.used], float)

    def ratio(self, method: str, other: str, figure: str) -> tuple[Values, int]:
        """Ratio of the means over the faces that count for both, with interval; how many."""
        mine, theirs = self._of[method], self._of[other]
        both = [f for f, row in mine.items() if row.used and f in theirs and theirs[f].used]
        top, bottom = (
            np.array([getattr(of[f], figure) for f in both], float) for of in (mine, theirs)
        )
        return interval(top, bottom), len(both)


def cases(rows: Sequence[Row]) -> Iterator[Case]:
    """Rows grouped by set of faces and attribute, in order."""
    keys = dict.fromkeys((row.faces, row.attribute) for row in rows)
    for key in sorted(keys, key=lambda k: k[0] != "sampled"):
        yield Case([row for row in rows if (row.faces, row.attribute) == key])


# ------------------------------------------------------------------ Markdown


def number(values: Values, digits: int) -> str:
    """Mean [low, high]; a dash without values."""
    if np.isnan(values[0]):
        return "–"
    return f"{values[0]:.{digits}f} [{values[1]:.{digits}f}, {values[2]:.{digits}f}]"


def attribute_table(case: Case) -> str:
    """The methods on one attribute."""
    first = case.first
    digits = {"attained": 2, "leak": 5, "inside": 4, "seam": 5, "identity": 3, "dependency": 3}
    lines = [
        f"### {first.attribute} {first.value:+.0f}, region {first.region}, {first.faces}\n",
        "| method | matched | attained | leak | leak over direct W's | inside | seam | identity "
        "| dependency | seconds |",
        "|---" * 10 + "|",
    ]
    for method in METHODS:
        figures = {f: number(interval(case.column(method, f)), d) for f, d in digits.items()}
        ratio = number(case.ratio(method, DIRECT, "leak")[0], 4)
        note = case.note(method)
        lines.append(
            f"| {method}{f' ({note})' if note else ''} | {case.share(method)} "
            f"| {figures['attained']} | {figures['leak']} | {ratio} | {figures['inside']} "
            f"| {figures['seam']} | {figures['identity']} | {figures['dependency']} "
            f"| {number(interval(case.column(method, 'seconds')), 3).split()[0]} |"
        )
    return "\n".join(lines) + "\n"


def summary(rows: Sequence[Row]) -> str:
    """Over the attributes: one table and the exceptions for each set of faces."""
    parts: list[str] = []
    for faces in dict.fromkeys(row.faces for row in rows):
        mine = [case for case in cases(rows) if case.first.faces == faces]
        parts.append(_summary(faces, mine))
    return "\n".join(parts)


def _summary(faces: str, mine: Sequence[Case]) -> str:
    lines = [
        f"## Summary: {faces}, {len(mine)} attributes\n",
        "| attribute | matched | attained | leak over direct W's | next least leak "
        "| intervention's leak over that | seam over mask blending's | identity |",
        "|---" * 8 + "|",
    ]
    ratios: list[float] = []
    exceptions: list[str] = []
    seams: list[str] = []
    far: list[str] = []
    for case in mine:
        name = case.first.attribute
        to_direct = case.ratio(INTERVENTION, DIRECT, "leak")[0]
        ratios.append(float(to_direct[0]))
        rivals = {
            method: found
            for method in METHODS
            if method not in (INTERVENTION, BLENDING)
            for found, n in [case.ratio(INTERVENTION, method, "leak")]
            if n >= FEWEST
        }
        exceptions += [
            f"{name} ({method}: {number(found, 2)}, matched {case.share(method)})"
            for method, found in rivals.items()
            if found[0] >= 1
        ]
        nearest = max(rivals, key=lambda method: rivals[method][0]) if rivals else ""
        seam = case.ratio(INTERVENTION, BLENDING, "seam")[0]
        if seam[0] >= 1:
            seams.append(f"{name} ({number(seam, 2)})")
        identity = interval(case.column(INTERVENTION, "identity"))
        if identity[0] >= 0.35:
            far.append(f"{name} ({number(identity, 3)})")
        lines.append(
            f"| {name} | {case.share(INTERVENTION)} "
            f"| {number(interval(case.column(INTERVENTION, 'attained')), 2)} "
            f"| {number(to_direct, 4)} | {nearest or '–'} "
            f"| {number(rivals[nearest], 3) if nearest else '–'} | {number(seam, 3)} "
            f"| {number(identity, 3)} |"
        )
    mean = float(np.nanmean(ratios)) if np.isfinite(ratios).any() else float("nan")
    lines += [
        "",
        f"- Leak of the intervention over direct W's, mean over attributes: {mean:.4f}"
        + (f" (1/{1 / mean:.0f})." if mean > 0 else "."),
        f"- Not the least leak of the methods that edit a code: {', '.join(exceptions) or 'none'}.",
        f"- Seam not below mask blending's: {', '.join(seams) or 'none'}.",
        f"- Identity distance 0.35 or more: {', '.join(far) or 'none'}.",
        "",
    ]
    return "\n".join(lines)


def attained(rows: Sequence[Row]) -> str:
    """What the intervention attained on each set of faces, and photographs over sampled.

    Means in sd over all faces, those on which little was reached as well, with 95 % bootstrap
    intervals.
    """
    lines = [
        "| attribute | sampled | photographs | photographs over sampled |",
        "|---" * 4 + "|",
    ]
    for name in dict.fromkeys(row.attribute for row in rows):
        sets: list[Values] = []
        for faces in ("sampled", "photographs"):
            found = [
                row.attained
                for row in rows
                if (row.attribute, row.method, row.faces) == (name, INTERVENTION, faces)
            ]
            values = np.array(found)
            sets.append(interval(values[np.isfinite(values)]))
        ratio = sets[1][0] / sets[0][0]
        shown = "–" if np.isnan(ratio) else f"{ratio:.2f}"
        lines.append(f"| {name} | {number(sets[0], 2)} | {number(sets[1], 2)} | {shown} |")
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------ charts

_COLOURS = ("#d62728", "#1f77b4", "#ff7f0e", "#8c564b", "#9467bd", "#2ca02c", "#555555")


def charts(rows: Sequence[Row], folder: Path) -> None:
    """``leak``, ``seam``, ``identity`` and ``dependency`` of every set of faces, as PNG."""
    for faces in dict.fromkeys(row.faces for row in rows):
        mine = [case for case in cases(rows) if case.first.faces == faces]
        for figure, methods, log in (
            ("leak", METHODS[:-1], True),
            ("seam", METHODS, True),
            ("identity", METHODS, False),
            ("dependency", METHODS, True),
        ):
            title = f"{figure}, {faces}: mean and 95 % interval at matched change"
            values = [[interval(case.column(m, figure)) for m in methods] for case in mine]
            names = [case.first.attribute for case in mine]
            dots(title, names, methods, np.array(values), log).save(
                folder / f"{figure}-{faces}.png"
            )


def dots(
    title: str, names: Sequence[str], methods: Sequence[str], values: Values, log: bool
) -> Image.Image:
    """A dot with its interval for every name and method: values (names, methods, 3)."""
    left, top, width, line = 170, 80, 760, 13
    height = line * len(methods) + 8
    picture = Image.new("RGB", (left + width + 30, top + height * len(names) + 40), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(13)
    known = values[np.isfinite(values) & ((values > 0) | (not log))]
    ends = (float(known.min()), float(known.max())) if known.size else (0.1, 1.0)
    low, high = (np.log10(ends[0]), np.log10(ends[1])) if log else (0.0, ends[1])
    ticks: list[float] = (
        [float(k) for k in range(int(np.floor(low)), int(np.ceil(high)) + 1)]
        if log
        else [high * k / 5 for k in range(6)]
    )
    low, high = float(min(low, ticks[0])), float(max(high, ticks[-1], ticks[0] + 1e-6))

    def place(value: float) -> float:
        at = np.log10(max(value, 10**low)) if log else value
        return left + width * float(np.clip((at - low) / (high - low), 0, 1))

    draw.text((10, 8), title, "black", font)
    x = 10.0
    for method, colour in zip(methods, _COLOURS, strict=False):
        draw.ellipse((x, 36, x + 8, 44), colour)
        draw.text((x + 12, 32), method, "black", font)
        x += 30 + draw.textlength(method, font)
    bottom = top + height * len(names)
    for tick in ticks:
        at = place(float(10**tick if log else tick))
        draw.line((at, top - 4, at, bottom), "#dddddd")
        draw.text((at - 12, bottom + 6), f"{10**tick if log else tick:.3g}", "black", font)
    for i, name in enumerate(names):
        y = top + height * i
        draw.line((10, y - 4, left + width, y - 4), "#eeeeee")
        draw.text((10, y + height / 2 - 12), name, "black", font)
        for k, colour in zip(range(len(methods)), _COLOURS, strict=False):
            mean, first, last = (float(v) for v in values[i, k])
            if np.isfinite(mean) and (mean > 0 or not log):
                at, middle = place(mean), y + line * k + line / 2
                draw.line((place(first), middle, place(last), middle), colour, 2)
                draw.ellipse((at - 4, middle - 4, at + 4, middle + 4), colour)
    return picture
