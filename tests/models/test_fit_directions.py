"""Directions and the readout, fitted again: what is asked for changes, everything else stays."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
import torch

from models.checkpoints import catalogue, load_tensors
from models.directions import load_directions
from models.fitting import steps
from models.fitting.regression import Regression
from models.measures import MEASURES
from models.training import checkpoints, fit_directions, sample_faces

if TYPE_CHECKING:
    from pathlib import Path


def test_what_directions_hold_can_be_measured() -> None:
    table = steps.holds()
    known = {*MEASURES, "apparent_age", "femininity", "glasses"}  # models.training.semantic
    assert set(table) <= known
    assert all(known.issuperset(row) and name not in row for name, row in table.items())
    assert table["nose_length"] == ("head_nod",)
    assert table["lip_gloss"], "measured, though it is not offered"


def test_statistics_that_are_kept_must_be_the_same_generators(tmp_path: Path) -> None:
    card = catalogue()[0]
    kept = fit_directions.kept_statistics(str(card.directions_path))
    tensors, _ = load_tensors(card.directions_path, card.directions_sha256)
    assert kept.keys() == {"s_mean", "s_sd", "w_mean", "w_sd"}
    assert all(torch.equal(value, tensors[name].double()) for name, value in kept.items())
    checkpoints.write_tensors(tmp_path / "other.safetensors", tensors, {"generator": "0" * 64})
    with pytest.raises(ValueError, match="another generator"):
        fit_directions.kept_statistics(str(tmp_path / "other.safetensors"))
    with pytest.raises(SystemExit):
        fit_directions.main(["--statistics", str(tmp_path / "other.safetensors")])


def test_changes_are_means_of_pairs_in_standard_deviations() -> None:
    blank = torch.zeros(1)
    known = {name: Regression(0.0, 2.0, blank, blank, 0.0, 0.0) for name in MEASURES}
    rows = [dict.fromkeys(MEASURES, value) for value in (1.0, 2.0, 4.0, 7.0)]
    rows[1]["gaze"] = float("nan")  # not shown there: the other pair tells
    changes = steps.changed(rows, known)
    assert changes["smile"] == pytest.approx(((4 - 1) + (7 - 2)) / 2 / 2)
    assert changes["gaze"] == pytest.approx((4 - 1) / 2)


@pytest.mark.slow
def test_one_attribute_can_be_fitted_again(tmp_path: Path) -> None:
    card = catalogue()[0]
    out = tmp_path / "directions.safetensors"
    shutil.copy(card.directions_path, out)
    samples = tmp_path / "samples"
    sample_faces.main(["--count", "40", "--out", str(samples), "--seed", "5"])
    fit_directions.main(
        ["--samples", str(samples), "--out", str(out), "--only", "smile", "--device", "cpu",
         "--matrix", str(tmp_path / "dependency.csv")]
    )  # fmt: skip
    before, _ = load_tensors(card.directions_path, card.directions_sha256)
    after, facts = load_tensors(out, None)
    assert before.keys() == after.keys()
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"smile", "readout"}
    rows = (tmp_path / "dependency.csv").read_text().splitlines()[1:]
    assert {row.split(",")[0] for row in rows} == {"smile"}
    fitted = load_directions(out, None, card.sha256, torch.device("cpu"))
    assert fitted.readout is not None
    assert list(fitted.readout.names) == json.loads(facts["readout"])
    smile = fitted.attributes["smile"]
    moved = float((smile.entangled / fitted.statistics.s_sd) @ smile.normal)
    assert moved > 0.2, "towards a smile, as the same samples have it"
