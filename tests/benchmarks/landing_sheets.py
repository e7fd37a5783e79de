"""Contact sheets of landed edits: original and export side by side, at 200 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.benchmarks.landing_rows import GOALS, number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.benchmarks.landing_measures import Scene
    from tests.benchmarks.landing_rows import Landed

ZOOM = 2
LONGEST = 900  # photo pixels: of a larger region only the middle is shown, still at 200 %
_HEAD, _GAP = 30, 8


def tile(scene: Scene) -> Image.Image:
    """The region with a little around it, original | export, enlarged ``ZOOM`` times."""
    x, y, w, h = cv2.boundingRect((scene.alpha > 0).astype(np.uint8))
    margin = 12
    x, w = _within(x - margin, w + 2 * margin, scene.alpha.shape[1])
    y, h = _within(y - margin, h + 2 * margin, scene.alpha.shape[0])
    pair = [
        np.clip(np.rint(picture[y : y + h, x : x + w]), 0, 255).astype(np.uint8)
        for picture in (scene.photo, scene.export)
    ]
    gap = np.full((h, _GAP // ZOOM, 3), 255, np.uint8)
    both = Image.fromarray(np.hstack([pair[0], gap, pair[1]]))
    return both.resize((ZOOM * both.width, ZOOM * both.height), Image.Resampling.BICUBIC)


def _within(start: int, length: int, whole: int) -> tuple[int, int]:
    """A span cut to ``LONGEST`` about its middle and to the picture."""
    if length > LONGEST:
        start, length = start + (length - LONGEST) // 2, LONGEST
    first = max(0, start)
    return first, min(start + length, whole) - first


def sheets(rows: Sequence[Landed], tiles: Path, out: Path) -> list[Path]:
    """One JPEG for every edit, and ``worst.jpg`` with the worst three by each figure."""
    written: list[Path] = []
    for edit in dict.fromkeys(row.edit for row in rows):
        mine = [row for row in rows if row.edit == edit]
        written.append(out / f"sheet_{edit}.jpg")
        _sheet([(_caption(row), row) for row in mine], tiles, written[-1])
    far = [(f"{goal.title}: {_caption(row)}", row) for goal in GOALS for row in goal.worst(rows, 3)]
    if far:
        written.append(out / "worst.jpg")
        _sheet(far, tiles, written[-1])
    return written


def _caption(row: Landed) -> str:
    texture = (
        f"texture {number(row.texture)} (bare {number(row.bare)}), astray {number(row.astray)}"
    )
    ghost = "" if np.isnan(row.ghost) else f", ghost {number(row.ghost)}"
    return (
        f"{row.photo}   {row.edit}   identity {number(row.identity)}, "
        f"seam {number(row.seam)} (worst {number(row.seam_worst)}), "
        f"{texture}{ghost}, attained {number(row.attained)} sd"
    )


def _sheet(rows: Sequence[tuple[str, Landed]], tiles: Path, path: Path) -> None:
    pictures: list[tuple[str, Image.Image]] = []
    for caption, row in rows:
        file = tiles / f"{row.key}.jpg"
        if file.is_file():
            with Image.open(file) as picture:
                pictures.append((caption, picture.convert("RGB")))
    if not pictures:
        return
    width = max(picture.width for _, picture in pictures)
    height = sum(picture.height + _HEAD + _GAP for _, picture in pictures)
    sheet = Image.new("RGB", (max(width, 1150), height), "white")
    draw, font, y = ImageDraw.Draw(sheet), ImageFont.load_default(18), 0
    for caption, picture in pictures:
        draw.text((6, y + 4), caption, "black", font)
        sheet.paste(picture, (0, y + _HEAD))
        y += picture.height + _HEAD + _GAP
    sheet.save(path, quality=88)
