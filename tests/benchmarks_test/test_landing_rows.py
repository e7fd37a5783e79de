"""The landing benchmark's tables."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks import landing_sheets
from tests.benchmarks.landing_measures import Scene
from tests.benchmarks.landing_rows import (
    GOALS,
    Attained,
    Inverted,
    Landed,
    attained_table,
    edit_table,
    inversion_table,
    read,
    worst_table,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

LANDED = Landed(
    "photo01",
    "smile",
    60.0,
    "smile",
    0.8,
    0.2,
    0.4,
    0.9,
    6.0,
    0.95,
    0.0,
    0.0,
    0.05,
    1.5,
    0.4,
    True,
    2.5,
    0.97,
)
INVERTED = Inverted("photo01", 640, 480, 19.5, 0.1, 26.5, 0.3, 0.31, 9.0)


def test_rows_come_back_from_a_file(tmp_path: Path) -> None:
    landed = [LANDED, replace(LANDED, photo="photo02", ghost=math.nan, outside_identical=False)]
    write(landed, tmp_path / "landing.csv")
    back = read(tmp_path / "landing.csv", Landed)
    assert back[0] == LANDED
    assert math.isnan(back[1].ghost)
    assert not back[1].outside_identical
    write([INVERTED], tmp_path / "inversions.csv")
    assert read(tmp_path / "inversions.csv", Inverted) == [INVERTED]
    assert read(tmp_path / "none.csv", Landed) == []


def test_medians_pass_over_what_was_not_measured() -> None:
    rows = [INVERTED, replace(INVERTED, psnr=20.5), replace(INVERTED, psnr=math.nan)]
    assert "| **23.5** |" in inversion_table(rows).splitlines()[-1]


def test_goals_count_rows_with_a_figure_only() -> None:
    rows = [LANDED, replace(LANDED, texture=0.7), replace(LANDED, texture=math.nan)]
    texture = next(goal for goal in GOALS if goal.name == "texture")
    assert texture.met(rows) == "1/2"
    assert texture.worst(rows, 3) == [rows[1], rows[0]]
    assert "1/2" in edit_table(rows)


def test_texture_is_as_bad_below_as_above() -> None:
    rows = [replace(LANDED, texture=t, photo=f"{t}") for t in (1.1, 0.8, 1.3)]
    table = worst_table(rows, 2)
    assert "| 1.3 |" in table
    assert "| 0.8 |" in table
    assert "| 1.1 | smile+60 | 1.10" not in table


def test_attained_is_compared_with_sampled_faces_in_both_directions() -> None:
    def rows(*changes: float) -> list[Attained]:
        return [Attained(change, math.inf) for change in changes]

    photographs = {("smile", 60.0): rows(0.8, 0.4, math.nan), ("smile", -60.0): rows(0.6)}
    sampled = {("smile", 60.0): rows(1.0), ("smile", -60.0): rows(1.0, 1.0)}
    table = attained_table(photographs, sampled, {"smile": 1.5})
    assert "| smile | 1.00 | 0.60 (2) | 1.00 | 0.60 (1) | 0.60 | 0.60 | below 0.8 |" in table
    less = {key: rows(0.7) for key in sampled}
    assert "below" not in attained_table(photographs, less, {"smile": 1.5})
    assert "below" not in attained_table(photographs, {}, {"smile": 1.5})


def test_faces_that_cannot_go_so_far_are_not_counted() -> None:
    closed, open_ = Attained(0.1, 0.2), Attained(0.9, 2.0)
    photographs = {("mouth_open", -60.0): [closed, closed, open_]}
    sampled = {("mouth_open", -60.0): [closed, open_]}
    table = attained_table(photographs, sampled, {"mouth_open": 1.5})
    assert "| mouth_open | 0.90 | 0.90 (1) | 1.00 | 1.00 |  |" in table


def test_sheets_show_both_at_200_per_cent(tmp_path: Path) -> None:
    photo = np.full((60, 80, 3), 50, np.float32)
    alpha = np.zeros((60, 80), np.uint8)
    alpha[20:40, 30:60] = 255
    scene = Scene(photo, photo + 100, alpha, np.eye(2, 3), np.zeros((68, 2)))
    tile = landing_sheets.tile(scene)
    assert tile.size == (2 * (2 * 54 + 4), 2 * 44)
    assert np.asarray(tile)[40, [10, 210]].mean(-1) == pytest.approx([50, 150])
    tile.save(tmp_path / f"{LANDED.key}.jpg")
    written = landing_sheets.sheets([LANDED], tmp_path, tmp_path)
    assert [path.name for path in written] == ["sheet_smile+60.jpg", "worst.jpg"]
    with Image.open(written[1]) as worst:
        assert worst.height > 7 * tile.height
