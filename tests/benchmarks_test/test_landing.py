"""The landing benchmark's command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from editor.document.attributes import table
from tests.benchmarks import landing, report
from tests.benchmarks.landing_rows import Inverted, Landed, write

if TYPE_CHECKING:
    from pathlib import Path

LANDED = Landed(
    "photo01", "smile", 60.0, "smile", 0.8, 0.2, 0.4, 0.9, 6.0, 0.95, 0.0, 0.0, 0.05, 1.5, 0.4,
    True, 2.5,
)  # fmt: skip


def test_the_plan_holds_every_attribute_at_every_value(tmp_path: Path) -> None:
    def edits(*arguments: str) -> tuple[tuple[str, float], ...]:
        line = [str(tmp_path), "--out", str(tmp_path / "out"), *arguments]
        return landing.planned(landing.parser().parse_args(line)).edits

    assert len(edits()) == 2 * len(landing.SIX)
    assert edits("--attributes", "smile", "--values", "30,-30") == (("smile", 30), ("smile", -30))
    assert edits("--attributes", "none") == ()
    assert len(edits("--attributes", "all", "--values", "60")) == len(table())
    with pytest.raises(SystemExit):
        edits("--attributes", "smile,wings")


def test_photographs_come_largest_first(tmp_path: Path) -> None:
    for name, size in (("b.jpg", 10), ("a.PNG", 30), ("c.txt", 90), ("ba.jpg", 20)):
        (tmp_path / name).write_bytes(b"x" * size)

    def names(*arguments: str) -> list[str]:
        options = landing.parser().parse_args([str(tmp_path), *arguments])
        return [path.name for path in landing.photographs(options)]

    assert names() == ["a.PNG", "ba.jpg", "b.jpg"]
    assert names("--only", "b") == ["ba.jpg", "b.jpg"]
    assert names("--only", "a,ba") == ["a.PNG", "ba.jpg"]


def test_a_report_is_made_of_what_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write([Inverted("photo01", 640, 480, 19.5, 0.1, 26.5, 0.3, 0.31, 9.0)],
          tmp_path / "inversions.csv")  # fmt: skip
    write([LANDED, replace(LANDED, photo="photo02", identity=0.4)], tmp_path / "landing.csv")
    sampled = [
        report.Row("sampled", f"{k}", "smile", "smile", 60.0, method, "", True, 1, 1.0, 1.0, 0.5,
                   0.1, 0.1, 0.1, 0.1, 0.1, 1.0)
        for k in range(2) for method in (report.INTERVENTION, report.DIRECT)
    ]  # fmt: skip
    sampled[1] = replace(sampled[1], attained=9.0)
    report.write(sampled, tmp_path / "quality.csv")
    line = [str(tmp_path), "--out", str(tmp_path), "--report-only", "--no-sheets"]
    landing.main([*line, "--sampled", str(tmp_path / "quality.csv")])
    told = capsys.readouterr().out
    assert "| smile+60 | 2 | 0.80 | 0.30 (0.40) 1/2 |" in told
    assert "| smile | 0.50 | 0.80 (2) | 1.60 | 1.60 |" in told
    assert (tmp_path / "landing.md").read_text(encoding="utf-8") in told
