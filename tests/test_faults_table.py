"""``docs/faults.md`` names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_fault_has_a_test_and_every_test_is_there() -> None:
    rows = [
        line
        for line in (ROOT / "docs/faults.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and "Tests" not in line
    ]
    assert len(rows) > 30
    there = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert set(named) <= there, set(named) - there
