"""The embedded generator's weights as somebody's own: few samples give sliders that work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from editor.command_line import commands as command_line
from editor.command_line import recipe
from editor.document import places
from models.checkpoints import catalogue
from models.fitting import attributes as fitting
from tests.end_to_end.real_engine import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_from_a_file_to_an_edit_with_a_fitted_attribute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")
    monkeypatch.setattr(places, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(recipe, "INVERSION_STEPS", 12)

    def effort(_: object, __: int, samples: int) -> fitting.Effort:
        return fitting.Effort(samples, 1, 8)

    monkeypatch.setattr(fitting.Effort, "on", effort)

    def told(*arguments: object, status: int = 0) -> str:
        assert command_line.main([str(argument) for argument in arguments]) == status
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return said.out + said.err

    told("import", catalogue()[0].weights_path, "--name", "mine")
    out, report = tmp_path / "out.png", tmp_path / "report.json"
    edit = (
        "edit", SAMPLE, "--generator", "mine", "--set", "smile=60", "--steps", 8, "-o", out,
        "--report", report,
    )  # fmt: skip
    assert "main.py fit NAME" in told(*edit, status=2), "it has no smile yet, and says what helps"
    assert "already" in told("fit", catalogue()[0].name, status=2)
    said = told("fit", "mine", "--samples", 128)
    assert "fitted to 128 samples" in said
    assert "smile" in said
    assert "left out: Apparent age: What tells it" in said
    assert "attributes fitted" in told("generators")
    assert not list((tmp_path / "cache").rglob("*.safetensors"))
    told(*edit)
    (record,) = json.loads(report.read_text())["edits"]
    assert record["attribute"] == "smile"
    assert record["attained"] > 0.25
    (fitted,) = (tmp_path / "user" / "generators" / "attributes").iterdir()
    fitted.write_bytes(fitted.read_bytes()[:-8])
    assert "damaged" in told(*edit, status=2)
    told("generators", "--remove", "mine")
    assert not fitted.exists()
