"""Imported generators renamed and removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from models.checkpoints import CheckpointError
from models.importing import keeping
from models.importing.checkpoint import import_checkpoint
from models.importing.imported import imported_generators
from tests.models.importing import formats

if TYPE_CHECKING:
    from pathlib import Path

    from models.importing.imported import ImportedGenerator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "generators"


@pytest.fixture
def cats(tmp_path: Path, folder: Path) -> ImportedGenerator:
    path = tmp_path / "afhqcat.pkl"
    path.write_bytes(formats.ada(formats.random_network(5, 16), 256))
    return import_checkpoint(path, folder, name="cats")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_renamed_generator_is_the_same_one(cats: ImportedGenerator, folder: Path) -> None:
    renamed = keeping.rename(folder, cats.sha256, "Wild Cats")
    assert names(folder) == ["wild-cats.json", "wild-cats.safetensors"]
    assert (renamed.name, renamed.sha256, renamed.licence) == (
        "wild-cats", cats.sha256, cats.licence,
    )  # fmt: skip
    found, problems = imported_generators(folder)
    assert found == (renamed,)
    assert not problems
    renamed.load()
    assert keeping.rename(folder, cats.sha256, "wild cats") == renamed, "nothing to do"


def test_a_name_that_is_none_or_taken_changes_nothing(
    cats: ImportedGenerator, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.pkl"
    other.write_bytes(formats.ada(formats.random_network(6, 16)))
    import_checkpoint(other, folder, name="dogs")
    before = names(folder)
    for name, reason in (("dogs", "already"), ("default", "already"), ("…", "no name")):
        with pytest.raises(CheckpointError, match=reason):
            keeping.rename(folder, cats.sha256, name, taken=["default"])
    with pytest.raises(CheckpointError, match="not among your own"):
        keeping.rename(folder, "0" * 64, "birds")
    assert names(folder) == before


def test_a_rename_that_stops_half_way_leaves_the_generator(
    cats: ImportedGenerator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "atomic_write", full)
    with pytest.raises(CheckpointError, match="No space left") as told:
        keeping.rename(folder, cats.sha256, "lions")
    assert told.value.advice
    assert imported_generators(folder)[0] == (cats,)


def test_a_removed_generator_is_gone(cats: ImportedGenerator, folder: Path) -> None:
    assert keeping.remove(folder, cats.sha256) == cats
    assert names(folder) == []
    with pytest.raises(CheckpointError, match="not among your own"):
        keeping.remove(folder, cats.sha256)


def test_facts_that_point_elsewhere_remove_nothing_there(
    cats: ImportedGenerator, folder: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim.safetensors"
    victim.write_text("mine")
    record = json.loads((folder / "cats.json").read_text())
    record["weights"] = "../victim.safetensors"
    (folder / "cats.json").write_text(json.dumps(record))
    with pytest.raises(CheckpointError, match="not among your own"):
        keeping.remove(folder, cats.sha256)
    assert victim.read_text() == "mine"
