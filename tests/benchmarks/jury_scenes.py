"""Edited places as the jury looks at them: kept without loss, and laid out on blind sheets."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.benchmarks.landing_measures import Scene

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

LONGEST = 620  # pixels of one picture on a sheet; of more only what was changed most is shown
HEIGHT = 1900  # of a sheet
_HEAD, _GAP = 26, 6


def keep(scene: Scene, stem: Path) -> None:
    """Write a scene as STEM.before.png, .after.png, .region.png and .json."""
    for name, picture in (("before", scene.photo), ("after", scene.export)):
        Image.fromarray(_levels(picture)).save(stem.with_name(f"{stem.name}.{name}.png"))
    Image.fromarray(scene.alpha).save(stem.with_name(f"{stem.name}.region.png"))
    where = {"to_crop": scene.to_crop.tolist(), "points": scene.points.tolist()}
    stem.with_name(f"{stem.name}.json").write_text(json.dumps(where), encoding="utf-8")


def kept(stem: Path) -> Scene:
    """A scene that ``keep`` wrote."""
    pictures: list[NDArray[np.float32]] = []
    for name in ("before", "after", "region"):
        with Image.open(stem.with_name(f"{stem.name}.{name}.png")) as picture:
            pictures.append(np.asarray(picture, np.float32))
    where = json.loads(stem.with_name(f"{stem.name}.json").read_text(encoding="utf-8"))
    before, after, region = pictures
    to_crop, points = (np.array(where[name]) for name in ("to_crop", "points"))
    return Scene(before, after, region.astype(np.uint8), to_crop, points)


def digest(scene: Scene) -> str:
    """Of what was looked at: a judgement is of these pixels and of no others."""
    return hashlib.sha256(_levels(scene.export).tobytes()).hexdigest()[:12]


def rows(scene: Scene) -> list[Image.Image]:
    """Before | after | region at 100 %, then before | after at 200 % where most was changed."""
    before, after = _levels(scene.photo), _levels(scene.export)
    shown = after.copy()
    edge = cv2.morphologyEx(
        (scene.alpha > 8).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)
    )
    shown[edge > 0] = (255, 0, 255)
    whole = _part(scene, LONGEST)
    half = _part(scene, LONGEST * 3 // 4)
    plain = _beside([picture[whole] for picture in (before, after, shown)])
    double = _beside([picture[half] for picture in (before, after)])
    size = (2 * double.width, 2 * double.height)
    return [plain, double.resize(size, Image.Resampling.BICUBIC)]


def sheets(numbered: Iterable[tuple[int, Scene]], folder: Path) -> Iterator[Path]:
    """Pages of pairs that tell only their numbers: nobody knows what was asked for, and where.

    Each is written as soon as it is full: of many photographs no more are held than it shows.
    """
    page: list[Image.Image] = []
    place = 1
    font = ImageFont.load_default(18)
    for number, scene in numbered:
        parts = rows(scene)
        width = max(part.width for part in parts)
        height = _HEAD + sum(part.height + _GAP for part in parts)
        entry = Image.new("RGB", (width, height), "white")
        ImageDraw.Draw(entry).text((6, 3), f"{number}: before, after", "black", font)
        y = _HEAD
        for part in parts:
            entry.paste(part, (0, y))
            y += part.height + _GAP
        if page and sum(e.height for e in page) + height > HEIGHT:
            yield _page(page, folder / f"sheet{place:03}.png")
            page, place = [], place + 1
        page.append(entry)
    if page:
        yield _page(page, folder / f"sheet{place:03}.png")


def _page(entries: Sequence[Image.Image], path: Path) -> Path:
    size = (max(entry.width for entry in entries), sum(entry.height for entry in entries))
    sheet = Image.new("RGB", size, "white")
    y = 0
    for entry in entries:
        sheet.paste(entry, (0, y))
        y += entry.height
    sheet.save(path)
    return path


def _levels(picture: NDArray[np.float32]) -> Pixels:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _part(scene: Scene, longest: int) -> tuple[slice, slice]:
    """At most so many pixels a side: the place with most change in it."""
    change = np.abs(scene.export - scene.photo).sum(-1)
    spans: list[slice] = []
    for axis in (0, 1):
        length = change.shape[axis]
        if length <= longest:
            spans.append(slice(0, length))
            continue
        summed = np.concatenate([[0.0], np.cumsum(change.sum(1 - axis, dtype=np.float64))])
        start = int(np.argmax(summed[longest:] - summed[:-longest]))
        spans.append(slice(start, start + longest))
    return spans[0], spans[1]


def _beside(pictures: Sequence[Pixels]) -> Image.Image:
    gap = np.full((pictures[0].shape[0], _GAP, 3), 255, np.uint8)
    parts = [part for picture in pictures for part in (picture, gap)][:-1]
    return Image.fromarray(np.hstack(parts))
