"""A few kills of the real window; ``tests.kills`` does as many as wanted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.search
@pytest.mark.skipif(sys.platform == "win32", reason="a window there is ended in another way")
def test_nothing_is_lost_by_kills(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.kills", "--kills", "5", "--folder", str(tmp_path)]
    ended = subprocess.run([*command, "--seed", "3"], check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + (tmp_path / "stderr.txt").read_text()
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert len(rows) == 5
    assert any(row["restored"] == "yes" for row in rows)
