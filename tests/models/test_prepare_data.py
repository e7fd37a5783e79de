"""Preparing a training set: alignment, filters, near-duplicates, provenance, atomic writing."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import resources
from editor.document.face import FaceCrop
from models.training import prepare_data
from models.training.dataset import read_portraits
from models.training.prepare_data import Limits, Nearness, Portrait, prepare

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def landmarks() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(3).uniform(40, 260, (68, 2))


def test_alignment_is_the_editors(
    landmarks: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    editors = FaceCrop.from_landmarks(landmarks, 64)
    ours = prepare_data.alignment(landmarks, 64)
    np.testing.assert_allclose(ours, editors.to_photo, atol=1e-9)
    np.testing.assert_allclose(prepare_data.corners(ours, 64), editors.quad, atol=1e-9)
    ramp = np.add.outer(np.arange(300), np.arange(300)) * 0.4
    photo = np.repeat(ramp[:, :, None].astype(np.uint8), 3, 2)
    inside = editors.coverage(300, 300) > 0.99
    difference = prepare_data.cut_out(photo, ours, 64).astype(int) - editors.sample(photo)
    assert inside.sum() > 500
    assert np.abs(difference[inside]).max() <= 2


def test_share_outside_is_that_of_the_area() -> None:
    square = np.array([[-25, 0], [75, 0], [75, 100], [-25, 100]]) - 0.5
    assert prepare_data.outside(square, 200, 200) == pytest.approx(0.25, abs=1e-3)
    assert prepare_data.outside(square + 300, 200, 200) == pytest.approx(1)


def test_near_duplicates_and_persons_are_counted() -> None:
    def portrait(bits: int, place: float) -> Portrait:
        return Portrait(np.zeros((8, 8, 3), np.uint8), np.full(4, place), bits, {})

    near = Nearness(Limits(hash_bits=2, descriptor_distance=0.1, per_person=2))
    ones = (1 << 64) - 1
    assert near.refusal(portrait(0, 0.0)) is None
    assert "looks the same" in (near.refusal(portrait(0b11, 9.0)) or "")
    assert "same moment" in (near.refusal(portrait(ones, 0.04)) or "")
    assert near.refusal(portrait(ones, 0.1)) is None
    assert "2 of that person" in (near.refusal(portrait(0xFFFF, 0.2)) or "")
    assert near.refusal(portrait(0xFFFF, 5.0)) is None


def test_folder_becomes_a_training_set_with_provenance(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "Wedding_A").mkdir(parents=True)
    sample = Image.open(resources.path("sample-portrait.jpg")).convert("RGB")
    sample.resize((300, 300)).save(folder / "Wedding_A" / "b.jpg", quality=95)
    sample.resize((330, 330)).save(folder / "Wedding_A" / "copy.png")
    sample.resize((110, 110)).save(folder / "small.png")
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "sources.csv").write_text("source,licence,from\nwedding-a,CC0,the couple\n")
    out = tmp_path / "portraits.tar"
    assert prepare(folder, out, Limits(size=128)) == (1, 3)
    with tarfile.open(out) as archive:
        lines = {
            name: [json.loads(line) for line in archive.extractfile(name).read().splitlines()]  # pyright: ignore[reportOptionalMemberAccess] - it is a file
            for name in ("manifest.jsonl", "rejected.jsonl")
        }
    (row,) = lines["manifest.jsonl"]
    assert (row["source"], row["licence"], row["from"]) == ("wedding-a", "CC0", "the couple")
    assert row["original"] == "Wedding_A/b.jpg"
    assert len(row["sha256"]) == 64
    assert np.shape(row["quad"]) == (4, 2)
    why = {row["original"]: row["why"] for row in lines["rejected.jsonl"]}
    assert "near-duplicate" in why["Wedding_A/copy.png"]
    assert "small" in why["small.png"]
    assert "cannot be read" in why["broken.jpg"]
    portraits = read_portraits(out, 128)
    assert portraits.names == (row["name"],)
    assert row["name"].startswith("wedding-a_")


def test_nothing_kept_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    out = tmp_path / "portraits.tar"
    out.write_bytes(b"old")
    with pytest.raises(ValueError, match="no photographs"):
        prepare(tmp_path / "in", out, Limits())
    (tmp_path / "in" / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="none of 1"):
        prepare(tmp_path / "in", out, Limits())
    assert out.read_bytes() == b"old"
    assert {p.name for p in tmp_path.iterdir()} == {"in", "portraits.tar"}
